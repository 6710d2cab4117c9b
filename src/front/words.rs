//! Every word and sentence of the command line, in Korean and English.
//!
//! Invariant: each is there in both languages, with the same placeholders. Errors and hints live in
//! `error.rs`, those of refusals in Korean in `korean.rs`; the words of a service (its phases, its notices) live in its profile.

use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::Lang;

/// Declares an enum of words: each variant with its Korean and its English text.
macro_rules! words {
    ($(#[$meta:meta])* $enum:ident; $($name:ident: $ko:literal, $en:literal;)*) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $enum { $(#[doc = $en] $name),* }

        impl $enum {
            /// Every one.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),*];

            fn both(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($ko, $en)),* }
            }

            /// The text in `lang`.
            pub(crate) fn text(self, lang: Lang) -> &'static str {
                let (ko, en) = self.both();
                match lang {
                    Lang::Ko => ko,
                    Lang::En => en,
                }
            }

            /// The text with its placeholders filled: `{}` in order, `{0}` by place.
            pub(crate) fn fill(self, lang: Lang, values: &[&str]) -> String {
                $crate::front::words::filled(self.text(lang), values)
            }
        }

        #[cfg(test)]
        mod every_word {
            use super::*;

            #[test]
            fn is_there_in_both_languages_with_the_same_placeholders() {
                for word in $enum::ALL {
                    let (ko, en) = word.both();
                    $crate::front::words::sound(word, ko, en);
                }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// A word or a sentence; `{}` is filled in, in order.
    Word;

    // Heads of tables.
    Call: "호출", "call";
    Phase: "상태", "phase";
    Service: "서비스", "service";
    Services: "담당 서비스", "services";
    Kind: "종류", "kind";
    Place: "위치", "place";
    Cost: "비용", "cost";
    Worker: "기사", "worker";
    Customer: "고객", "customer";
    Phone: "전화", "phone";
    Age: "경과", "age";
    Received: "접수", "received";
    Since: "시각", "since";
    Priority: "우선순위", "priority";
    Attention: "확인 필요", "attention";
    File: "파일", "file";
    Number: "번호", "id";
    Name: "이름", "name";
    Scope: "권한", "scope";
    Skills: "기술", "skills";
    State: "현황", "state";
    Seen: "최근 위치", "last seen";
    Until: "기한", "until";
    Participant: "참여자", "participant";
    Mode: "동작", "mode";
    InFlight: "요청 중", "in flight";
    Waiting: "대기", "waiting";
    Calls: "요청", "calls";
    Failed: "실패", "failed";
    Slow: "지연", "slow";
    InARow: "연속 실패", "in a row";
    Opened: "열림", "opened";
    Closed: "닫힘", "closed";
    Why: "이유", "why";
    Parked: "대기접수", "parked";
    Admitted: "통과", "admitted";
    Expired: "만료", "expired";
    Lost: "유실", "lost";
    Incident: "장애", "incident";
    Time: "시각", "time";
    Event: "사건", "event";
    By: "누가", "by";
    Seq: "순번", "seq";
    Text: "내용", "text";
    To: "받는 이", "to";
    Delivery: "전달", "delivery";
    Taken: "담당", "taken";
    Remedy: "할 일", "to do";
    Row: "줄", "row";
    OpenList: "열린 호출 목록", "Open list";
    Title: "이름", "title";
    Version: "버전", "version";
    Way: "흐름", "way";
    Rule: "규칙", "rule";
    Result: "결과", "result";
    Distance: "거리", "distance";
    Travel: "이동", "travel";
    Idle: "쉰 시간", "idle";
    From: "출발", "from";
    Verdict: "판정", "verdict";
    Key: "설정", "key";
    Value: "값", "value";
    Source: "출처", "from";
    Reason: "사유", "reason";
    Note: "메모", "note";
    Outcome: "결과", "outcome";
    Follows: "이전 호출", "follows";
    HeldUntil: "보류 기한", "held until";
    RetryAt: "다시 시도", "try again";
    Visit: "예약", "appointment";
    Member: "회원", "member";
    Due: "받을 금액", "to be paid";
    Paid: "결제", "paid";
    GivenBack: "환불", "refunded";
    Discount: "할인", "discount";
    SettledByHand: "직접 정산", "settled by hand";
    Rating: "평가", "rating";
    Disposition: "처리 결과", "disposition";
    Steps: "단계", "steps";
    Asked: "동시 제안", "asked";
    CallCount: "호출", "calls";
    Spend: "이용 금액", "spend";
    Hours: "많이 찾는 시각", "busiest hours";
    Hour: "{}시", "{}:00";
    Places: "자주 찾는 곳", "places";
    NoMember: "비회원", "no member";
    Account: "계정", "account";
    Balance: "잔액", "balance";
    CardOutside: "외부 카드", "card outside";
    Revenue: "매출", "revenue";
    Sum: "합계", "sum";
    Rides: "이용", "rides";
    Coupons: "쿠폰", "coupons";
    Product: "상품", "product";
    Quantity: "수량", "qty";
    OnHand: "재고", "on hand";
    Free: "가능", "free";
    Offers: "제안", "offers";
    Ring: "범위", "ring";
    WorkerPlace: "기사 위치", "worker is at";

    // Values.
    Low: "낮음", "low";
    Normal: "보통", "normal";
    High: "높음", "high";
    Urgent: "긴급", "urgent";
    Available: "대기", "available";
    Offered: "제안 중", "offered";
    Committed: "배정", "committed";
    Working: "작업", "working";
    OnBreak: "휴식", "break";
    Off: "퇴근", "off";
    Suspended: "정지", "suspended";
    Running: "정상", "running";
    Stopped: "중지", "stopped";
    Slowed: "느림 {}", "slow {}";
    Failing: "장애 {}", "failing {}";
    HomePlace: "기본 위치", "home";
    LivePlace: "현재 위치", "live position";
    Erased: "(삭제됨)", "(erased)";
    Seconds: "{}초", "{} s";
    Minutes: "{}분", "{} min";
    HoursLong: "{}시간", "{} h";
    DaysLong: "{}일", "{} d";
    Metres: "{}m", "{} m";
    Kilometres: "{}km", "{} km";
    Won: "{}원", "{} won";
    AndMore: "{} 외 {}명", "{} and {} more";
    Ago: "{} 전", "{} ago";
    Eta: "약 {}", "about {}";
    Stars: "{}/5점", "{}/5";
    AskedUntil: "{}명, {}번째 범위, {}까지", "{} asked, ring {}, until {}";
    MarkIdle: "시작 전", "not yet";
    MarkAsked: "요청함", "asked";
    MarkWaiting: "대기", "waiting";
    MarkSettled: "직접 정산", "settled by hand";
    MarkUndoing: "되돌리는 중", "being undone";
    MarkUndone: "되돌림", "undone";
    None: "(없음)", "(none)";

    Shut: "닫힘", "closed";
    Broken: "열림", "open";
    HalfOpen: "반열림", "half open";
    ForcedOpen: "강제 열림", "forced open";
    Disabled: "꺼짐", "disabled";

    // Notes and warnings.
    WaitsNext: "호출 {}건이 기다리고 있습니다. 다음 예정 {}. 계속 돌보려면: ascall serve",
        "calls waiting: {}, next due {}; keep a host running: ascall serve";
    Waits: "호출 {}건이 기다리고 있습니다. 계속 돌보려면: ascall serve",
        "calls waiting: {}; keep a host running: ascall serve";
    AlreadyLive: "같은 번호와 종류의 호출이 이미 있습니다: {} ({})",
        "{} is already there for this number and kind ({})";
    CoarsePlace: "위치를 다음으로 보았습니다: {} (`{}` 부분은 알 수 없음)",
        "the place was taken as {} (`{}` is not known)";
    UnknownPlace: "알 수 없는 위치라서 (`{}`) 거리 없이 배정합니다",
        "the place `{}` is not known; the worker is chosen without a distance";
    OddTel: "전화번호 형식을 알 수 없어 알림을 보내지 않습니다",
        "the phone number has no known form; nothing is sent to it";
    Replayed: "이미 처리된 요청이라 다시 하지 않았습니다", "this was asked before; nothing was done again";
    DryRun: "실행하면 일어날 일 (아무것도 바뀌지 않았습니다)", "what would happen (nothing did)";
    NothingHappens: "아무 일도 일어나지 않습니다", "nothing would happen";
    RetryIn: "{} ({} 후)에", "at {} (in {})";
    RetryLater: "잠시 후에", "a little later";
    DoneSeq: "완료 (순번 {})", "done (seq {})";
    Overheard: "{}까지 암호화되지 않은 채로 오갑니다. 토큰과 고객 정보를 다른 사람이 읽을 수 있으니 터널을 쓰세요",
        "what goes to {} and back is not encrypted: others on the way can read the token and the customers' data; use a tunnel";
    ServeOpen: "{} 데스크를 열었습니다. 끝내려면 Ctrl-C", "the desk {} is open; leave with Ctrl-C";
    ServeOpenAt: "{} 데스크를 열었습니다. 주소는 http://{}, 끝내려면 Ctrl-C",
        "the desk {} is open at http://{}; leave with Ctrl-C";
    TokenOnce: "이 토큰은 다시 보여 드리지 않습니다", "this token is not shown again";
    TokenRevoked: "토큰 {}을(를) 거두었습니다", "the token {} is revoked";
    ServeClosed: "데스크를 닫았습니다", "the desk is closed";
    CutNewest: "최근 {}건만 보였습니다. 모두 보려면: --limit 0", "only the newest {} are shown; all of them: --limit 0";
    CutFirst: "처음 {}명만 보였습니다. 모두 보려면: --limit 0", "only the first {} are shown; all of them: --limit 0";
    CursorReset: "이 위치는 복원되기 전이거나 다른 데스크의 것입니다. {} 뒤부터 이어집니다",
        "the cursor is of before a restore, or of another desk; it goes on after {}";
    RowsDone: "{}줄: 접수 {}, 이미 처리 {}, 거절 {}", "{} rows: {} taken, {} already done, {} refused";
    PlainBegins: "#{} 기준: 확인 필요 {}, 진행 중인 호출 {}. 명령을 입력할 수 있습니다. q: 끝내기",
        "as of #{}: {} need somebody, {} live calls; commands can be typed, q leaves";
    QuoteOpen: "따옴표가 닫히지 않았습니다", "a quote is open";
    LoadLine: "{}: 요청 {} ({}), 응답 {}, 배정 {}, 대기 {}, 거절 {}, 실패 {}, p99 {}",
        "{}: {} sent ({}), {} answered, {} assigned, {} parked, {} refused, {} failed, p99 {}";
    LoadSound: "{}: 문제없습니다 ({})", "{}: sound ({})";
    DemoDone: "명령 {}개를 실행했고 호출 {}건을 받았습니다", "{} commands were run, {} calls taken";
    DemoByHand: "같은 일을 직접 하려면", "the same by hand";
    DemoAgain: "처음부터 다시 보려면", "all of it again";
    DemoKept: "남겨 둔 데스크를 보려면", "the desk that was kept";
    VerifyGood: "이상 없음: 기록 {}, 사건 {}, 호출 {}, 행 {}",
        "verified, no fault: records {}, events {}, calls {}, rows {}";
    VerifyBad: "결함 {}건 (기록 {})", "faults: {}, in records: {}";

    // profile.
    BuiltIn: "기본 제공", "built in";
    Outdated: "{} (바뀜)", "{} (changed since)";
    DidYouMean: "혹시 `{}`?", "did you mean `{}`?";
    FileSound: "{}: 이상 없음", "{}: sound";
    FileWritten: "{} 파일을 만들었습니다. 확인: ascall profile check {0}",
        "{} is written; check it with: ascall profile check {0}";
    SumAsks: "`{}`({}) 접수에는 {} 값이 필요합니다.", "A call of `{}` ({}) must name: {}.";
    SumAsksNothing: "`{}`({}) 접수에 꼭 필요한 값은 없습니다.", "A call of `{}` ({}) need not name anything.";
    SumMembers: "회원만 부를 수 있습니다.", "Only members may call.";
    SumGate: "먼저 `{}` 단계가 {} (기한 {}, {}).", "First `{}` {} (within {}; {}).";
    SumConfirms: "승인해야 합니다", "must say yes";
    SumCharges: "금액을 결제해야 합니다", "must charge what it costs";
    SumReserves: "물품을 확보해야 합니다", "must set the goods aside";
    SumParks: "응답이 없으면 {}까지 대기", "while it is down the call waits, at most {}";
    SumRejects: "응답이 없으면 다시 시도할 시각을 알리고 돌려보냄",
        "while it is down the caller is sent away with the time to try again";
    SumPlan: "{} 찾는 순서: {}.", "How a {} is found: {}.";
    SumThen: ", 그다음 ", ", then ";
    SumFor: " ({} 동안)", " (for {})";
    SumAuto: "가장 알맞은 기사에게 바로 배정{}", "the best one gets it at once{}";
    SumTogether: "기다리는 호출을 서로 견주어 한꺼번에 배정{}", "the calls that wait are weighed against each other and given out together{}";
    SumOffer: "한 명씩 제안, 답변 기한 {}{}", "one after the other is asked, {} each{}";
    SumBroadcast: "반경 {}까지 한꺼번에 제안, 각 {}", "those within {} are asked at once, ring by ring, {} each";
    SumClaim: "열린 목록에서 기사가 직접 선택{}", "workers take it from the open list{}";
    SumManual: "담당자가 직접 배정", "a dispatcher gives it to somebody";
    SumNone: "없어도 시작 가능, {} 안에 시작해야 함", "nobody is needed, and work is to begin within {}";
    SumClaimable: " (그동안 기사가 직접 선택할 수도 있음)", " (any worker may claim it meanwhile)";
    SumBeside: "그 사이 `{}` 단계가 {}{}.", "Meanwhile `{}` {}{}.";
    SumBeforeStart: " (끝나야 시작 가능)", " before work may begin";
    SumBeforeFinish: " (끝나야 종료 가능)", " before work may be finished";
    SumBesideOnly: " (기다리지 않음)", ", and nothing waits for it";
    SumSearch: "{} 안에 시작하지 못하면 '{}'(으)로 끝납니다.", "What nobody has taken up after {} ends as `{}`.";
    SumCancel: "'{}'까지 취소할 수 있습니다.", "It may be canceled up to `{}`.";
    SumEnd: "일이 끝나면 `{}` 단계가 {}. 그때까지는 '{}'입니다.",
        "When the work is over `{}` {}; until then it is `{}`.";
    SumTells: "알림은 {}가지이고 {}에게 갑니다.", "It has {} notices, for: {}.";
    SumTellsNobody: "알림은 없습니다.", "It tells nobody anything.";

    // why.
    Chose: "{}: {} 선택", "{}: chose {}";
    NobodySuited: "{}: 알맞은 기사가 없음", "{}: nobody suited";
    NobodyYet: "{}: 아직 배정 안 함", "{}: nobody yet";
    NobodyNear: "{}: 보낼 만큼 가까운 기사가 없음", "{}: nobody near enough to be sent";
    AskedWorker: "{}: {}에게 제안", "{}: asked {}";
    AskedMany: "{}: 기사 {}명에게 동시 제안, {}번째 범위", "{}: asked {} at once, ring {}";
    ManualBy: "{}: {} → {} 직접 배정", "{}: {} gave it to {}";
    ClaimedBy: "{}: {} 목록에서 선택", "{}: {} claimed it";
    ClaimedOver: "{}: {} 목록에서 선택, 제외 무시", "{}: {} claimed it, overriding an exclusion";
    ManualOver: "{}: {} → {} 직접, 제외 무시하고 배정", "{}: {} gave it to {}, overriding an exclusion";
    LookedAt: "살펴본 기사", "looked at";
    Radius: "반경 {}", "within {}";
    NoDecision: "아직 배정 결정이 없습니다 ({})", "no decision yet ({})";
    VerdictThen: "순번 {} 당시 {}: {}", "{1} at seq {0}: {2}";
    VerdictNow: "지금 {}: {}", "{} now: {}";
    NotThere: "순번 {} 당시 {}: 아직 없었음", "{1} at seq {0}: was not there yet";

    // Verdicts.
    Chosen: "선택됨", "chosen";
    Suitable: "적합", "suitable";
    Outranked: "적합하나 순위에서 밀림", "suitable, but another ranked before";
    NoSkill: "기술 없음", "lacks the skill";
    OtherService: "다른 서비스 담당", "serves another line";
    Busy: "다른 호출 중", "has another call";
    BeingAsked: "다른 제안을 받는 중", "is being asked about another call";
    Excluded: "거절했거나 제외됨", "declined this call, or was taken off it";
    AskedBefore: "이미 물어봄", "was already asked";
    TooFar: "너무 멂", "too far away";
    ReservedThen: "그 시각에 다른 예약이 있음", "has an appointment at that time";
    Together: "{}: 호출 {}건과 기사 {}명을 함께 봄", "{}: {} calls and {} workers looked at together";
    AwaitsWorker: "{}을(를) 기다림, {} 뒤 빈다고 예상", "waits for {}, expected free in {}";
    OutOfReach: "기다리는 호출이 빈 기사보다 많아 이만큼 멀리는 보내지 않음", "too far to be sent while more calls wait than workers are free";
    MatchedElse: "함께 본 다른 호출에 배정됨", "got another call of the round";

    // Attention: concern and remedy.
    PlanExhausted: "배정 계획이 끝났으나 기사가 없음", "the plan is over and nobody has it";
    NeedsDispatcher: "배차 담당자가 정해야 함", "a dispatcher must choose a worker";
    UndoDenied: "되돌리기가 거부됨", "an undo was refused";
    ClosingDenied: "정산이 거부됨", "the closing gate refused";
    StepDenied: "단계가 거부되어 기다림", "a step was refused; the call waits";
    Misconfigured: "참여자가 요청을 이해하지 못함", "a participant does not understand the desk";
    NoticeDead: "알림을 전달하지 못함", "a notice could not be delivered";
    ClockStepped: "컴퓨터 시계가 바뀜", "the machine's clock jumped";
    LateOk: "끝난 호출에 늦은 승인이 옴", "an ok came after the call had ended";
    ShortOf: "재고부족: {}", "short of {}";
    PromisePassed: "시작하기로 한 시각이 지남", "it should have been started by now";
    RefundDenied: "환불이 거부됨", "a refund was refused";

    // Values of events.
    Do: "처리", "do";
    Undo: "되돌리기", "undo";
    Query: "확인", "query";
    SaidOk: "승인", "ok";
    SaidNo: "거부", "denied";
    NotReached: "응답 불가", "unavailable";
    NotSure: "결과 불명", "indeterminate";
    Misread: "설정 오류", "misconfigured";
    Late: "늦음", "late";
    Probe: "시험 요청", "probe";
    BreakerOpen: "차단기 열림", "breaker open";
    BulkheadFull: "동시 요청 한도", "too many at once";
    GateUnavailable: "접수처 응답 불가", "the gate did not answer";
    ParkedTooLong: "대기 시간 초과", "parked too long";
    SearchOver: "배정 시간 초과", "nobody found in time";
    Canceled: "취소", "canceled";
    Aborted: "작업 중단", "work broken off";
    Released: "해제", "released";
    Reassigned: "다른 기사로 변경", "given to another";
    WorkerOff: "기사 퇴근·휴식", "worker off";
    Amended: "내용 변경", "amended";
    TakenElsewhere: "다른 배정", "taken elsewhere";
    Held: "보류", "held";
    ByHand: "직접", "by hand";
    Overridden: "제외 무시", "overriding an exclusion";
    ByOffer: "제안 수락", "offer accepted";
    ByItself: "자동", "auto";
    OnDuty: "출근", "on";
    AfterCurrent: "현재 호출 후", "after the current call";
    Done: "완료", "done";
    Partial: "일부 완료", "partly done";
    NoShow: "고객 부재", "customer not there";
    Cash: "현금", "cash";
    Card: "카드", "card";
    LetGo: "면제", "waived";
    NothingDue: "받을 것 없음", "nothing to pay";
    WorkerNoShow: "기사 오지 않음", "worker did not come";
    Missed: "예약 시각에 기사가 바쁨", "worker not free for it";
    Rescheduled: "예약 변경", "rescheduled";
    ByClaim: "목록에서 선택", "claimed";
    AskedRing: "기사 {}명에게, {}번째 범위", "{} asked, ring {}";
    TakenUp: "배정됨", "taken";
    WorkersLost: "다른 기사 {}명에게 알림", "{} without it told";
    WorkersTold: "기사 {}명", "{} told";
    RefundStep: "환불 {}", "refund {}";
    Captured: "결제", "captured";
    Refunded: "환불", "refunded";
    GoodsReceived: "입고", "received";
    WrittenOff: "폐기", "written off";
    GoodsReserved: "예약", "reserved";
    Returned: "반환", "returned";
    Shipped: "출고", "shipped";
    Friend: "안심 연락처", "friend";
    Searching: "찾는 중", "still searching";
    Scheduling: "방문 예약", "scheduled";
    Departing: "출발", "en route";
    Finishing: "작업 종료", "finished";
    Paying: "결제", "paid";
    Short: "재고 부족", "short";
    Coupon: "쿠폰", "coupon";
    Opening: "접수", "opened";
    Assigning: "배정", "assigned";
    Offering: "제안", "offered";
    TakingBack: "제안 취소", "withdrawn";
    Arriving: "도착", "arrived";
    Starting: "작업 시작", "started";
    Unfilled: "미배정", "unfilled";
    Rejected: "접수불가", "rejected";
    InProcess: "내장", "built in";
    Stage: "배정 단계", "stage";
    Program: "외부 프로그램", "program";
    AnswerLost: "응답 유실", "answer lost";
    Owed: "보내는 중", "owed";
    Skipped: "생략", "suppressed";
    Dead: "실패", "dead";
    NoticeAccepted: "접수됨", "accepted";
    NoticeTaken: "전달", "delivered";
    TriedAgain: "다시 보냄", "failed, tried again";
    TurnedToSms: "거절, 문자로 보냄", "refused, goes as a text message";
    SentAgain: "다시 보내기 요청", "sent again";
    Notice: "알림", "notice";
    Try: "시도", "try";
    Answer: "답", "answer";
    NextTry: "다음 시도", "next try";
    NoticeGoes: "알림 {}을(를) 다시 보냅니다: {}", "notice {} is sent again: {}";
    Inbox: "데스크", "inbox";
    Webhook: "웹훅", "webhook";
    Alimtalk: "알림톡", "alimtalk";
    Sms: "문자", "sms";
    SaidStatus: "HTTP 상태", "status";
    SaidCode: "코드", "code";
    SaidExit: "종료 코드", "exit";
    SaidKilled: "프로그램이 끊김", "killed";
    SaidNotStarted: "시작하지 못함", "not started";
    SaidTimeout: "시간 초과", "no answer in time";
    SaidBroken: "연결 끊김", "connection broken";
    SaidUnreadable: "알 수 없는 답", "answer not understood";
    SaidAbandoned: "호스트가 끝남", "the host ended";
    SaidUnconfirmed: "결과 모름", "outcome not told";
    SaidGone: "받지 않겠다고 함", "the receiver wants no more";
    SaidNotConfigured: "설정 없음", "not configured";
    SaidNoTemplate: "템플릿 없음", "no template";
    SaidNoNumber: "번호 없음", "no number";
    InARowWhy: "연속 실패", "failures in a row";
    FailureRate: "실패율", "failure rate";
    SlowRate: "지연율", "slow-call rate";
    WaitOver: "대기 끝", "wait over";
    ProbesPassed: "시험 통과", "probes passed";
    ProbeFailed: "시험 실패", "probe failed";
    ProbesSlow: "시험 지연", "probes slow";
    LeaseRanOut: "시험 응답 없음", "probe never came back";
    ByOperator: "직접 조작", "operator";
    Clock: "자동", "clock";
    MadeToFail: "장애 설정", "made to fail";
    MadeToRefuse: "거부 설정", "made to refuse";
    About: "대상", "about";
    HadBy: "이전 기사", "had it before";
    InPhaseSince: "상태 시각", "since";
    HasIt: "이 호출 담당", "has this call";
    AskedNow: "제안함", "asked";
    NowAll: "지금 기사 {}명: {}", "the {} workers now: {}";
    AssignStopped: "자동 배정이 중지되어 있습니다. 다시 시작하려면: ascall participant start assign",
        "automatic assignment is stopped; start it again: ascall participant start assign";
    LostCall: "{} 배정이 해제되었습니다 ({})", "{} was taken off this worker ({})";
    NoticesWait: "알림 {}건이 남아 있습니다. 계속 돌보려면: ascall serve",
        "notices waiting: {}; keep a host running: ascall serve";
    BothWait: "호출 {}건과 알림 {}건이 기다리고 있습니다. 다음 예정 {}. 계속 돌보려면: ascall serve",
        "calls waiting: {}, notices waiting: {}, next due {}; keep a host running: ascall serve";

    Policy: "배정 방식", "policy";
    Served: "완료", "served";
    FailedPct: "실패 %", "failed %";
    WaitMean: "평균 대기(분)", "wait mean";
    WaitHalf: "중앙값", "median";
    WaitMost: "90% 이내", "p90";
    WaitMax: "최대", "max";
    WaitLate: "30분 이상 %", "30+ min %";
    PickupKm: "이동 km", "pickup km";
    WorkersUsed: "기사", "workers";
    IdleHours: "유휴 시간", "idle h";
    Gini: "지니", "gini";
    Took: "소요", "took";
    Observed: "기록된 것: {}", "observed: {}";
    Modelled: "기록이 아닌 가정: {}", "modelled, not observed: {}";
    LeftOut: "제외: {}", "left out: {}";
    UseFewer: "`{0}`을(를) 쓰세요: 호출 {2}건 중 기사를 못 만난 호출이 `{1}`보다 {3}건 적습니다 ({4} %와 {5} %; 우연으로 보기 어려운 차이, 95% 구간 {6}~{7}%p)",
        "use `{0}`: of {2} calls {3} fewer stay without a worker than under `{1}` ({4} % against {5} %; more than chance, 95 % interval {6} to {7} points)";
    UseShorter: "`{0}`을(를) 쓰세요: 실패는 `{1}`보다 많다고 볼 수 없고 평균 대기가 {2}분 짧습니다 ({3}분과 {4}분; 우연으로 보기 어려운 차이, 95% 구간 {5}~{6}분)",
        "use `{0}`: no more calls fail than under `{1}`, and those served wait {2} min less ({3} against {4}; more than chance, 95 % interval {5} to {6} min)";
    UseEither: "`{0}`과(와) `{1}`의 차이는 우연일 수 있습니다 (실패 {2} %와 {3} %, 평균 대기 {4}분과 {5}분): 이날만으로는 고를 수 없으니 더 단순한 쪽을 쓰세요",
        "between `{0}` and `{1}` the difference may be chance (failed {2} % and {3} %, wait {4} and {5} min): this day does not decide, take the simpler one";
    UseAsWell: "`{1}`도 그만할 수 있습니다: `{0}`과(와)의 차이는 우연일 수 있습니다 (실패 {2} %와 {3} %, 평균 대기 {4}분과 {5}분)",
        "`{1}` may do as well: its difference from `{0}` may be chance (failed {2} % and {3} %, wait {4} and {5} min)";
    ButMean: "다만 서비스를 받은 고객의 평균 대기는 {0}분으로 `{1}`의 {2}분보다 깁니다",
        "but those served wait {0} min on the mean, and {2} under `{1}`";
    ButMost: "다만 가장 긴 대기는 {0}분이고 `{1}`은 {2}분입니다",
        "but the longest wait is {0} min, and {2} under `{1}`";
    TooShort: "이날은 너무 짧아 무엇이 우연인지 말할 수 없습니다: 호출이 들어온 시간대가 {}개이고 적어도 {}개가 필요합니다",
        "the day is too short to tell what is chance: calls came in in {} of its hours, and at least {} are needed";
    OneDay: "하루의 기록은 표본 하나입니다. 정하기 전에 다른 날도 재생해 보세요",
        "one day is one sample: replay other days before you decide";
    AsRecorded: "`{0}`: 기록에서 기사가 간 {2}건 중 {1}건이 같은 기사에게 갔습니다",
        "`{0}`: of {2} calls that somebody had, {1} went to the same worker";
    PartedAt: "처음 달라진 호출은 {0}입니다 (기록 {1}, 재생 {2}). 다른 호출 중 {3}건은 사람이 정한 배정이고, 나머지는 앞선 배정이나 위의 가정에서 비롯됩니다",
        "the first that did not is {0} ({1} in the record, {2} here); for {3} of the others a person had chosen, the rest follows from an earlier decision or from what is modelled";

    BackedUp: "사본 {}: 기록 {}건, 호출 {}건, {}바이트, 확인됨",
        "copied to {} and verified: records {}, calls {}, bytes {}";
    Restored: "데스크를 되살렸습니다: 기록 {}건, 호출 {}건, 회차 {}",
        "restored: records {}, calls {}, epoch {}";
    KeptAside: "있던 데스크는 {}에 그대로 있습니다",
        "the desk that was there is kept as {}";

    ExportMasked: "이름, 전화번호, 주소를 가렸습니다. 가린 파일은 다시 가져올 수 없습니다. 그대로 내보내려면 --reveal (기록에 남습니다)",
        "names, numbers and addresses are masked, and a masked file cannot be imported; write them whole with --reveal (journalled)";
    ExportWhole: "개인정보가 그대로 들어 있습니다. 내보낸 사실은 기록에 남았습니다",
        "personal data stands in this as it is; that it was exported is journalled";

    Counts: "적용됨", "counts";
    Overruled: "밀려남", "overruled";
    NotSaid: "없음", "not said";
    Means: "뜻", "means";
    Takes: "쓸 수 있는 값", "takes";

    // The doctor's lines.
    DocStranger: "변수 {}은(는) 아무 뜻이 없습니다", "the variable {} means nothing";
    DocUnknown: "알 수 없음", "unknown";
    DocConfig: "{}, 프로필 {}개", "{}, {} profiles";
    DocNoConfig: "설정 파일 없음, 프로필 {}개", "no file, {} profiles";
    DocStore: "{}, {}, 형식 {}", "{}, {}, format {}";
    DocNoStore: "{}에 아직 데스크가 없습니다", "there is no desk at {} yet";
    DocBadFile: "{}을(를) 볼 수 없습니다: {}", "{} cannot be looked at: {}";
    DocNoFile: "{}은(는) 파일이 아닙니다", "{} is no file";
    DocOpenFile: "{}을(를) 다른 사용자도 읽을 수 있습니다", "{} can be read by others";
    DocDisk: "남은 자리 {}, 저장소 {}", "{} free, the store has {}";
    DocLockFree: "아무도 열고 있지 않습니다", "nobody has the desk open";
    DocLockHeld: "{}이(가) 열고 있습니다", "held by {}";
    DocLockGhost: "{}이(가) 열고 있다는데 그 프로세스가 여기서 보이지 않습니다", "held by {}, which is not seen from here";
    DocCrash: "{}이(가) 끝맺지 못하고 죽었고, 아직 아무도 확인하지 않았습니다", "{} died with the desk open, and nobody has checked it since";
    DocBadLock: "잠금 파일을 쓸 수 없습니다: {}", "the lock file cannot be used: {}";
    DocNoHost: "호스트가 없습니다. 명령은 저마다 데스크를 엽니다", "no host; each command opens the desk by itself";
    DocHost: "{} (프로세스 {}, ascall {})이 답합니다", "{} answers (process {}, ascall {})";
    DocStale: "{}에 옛 소켓이 남아 있습니다. 다음 호스트가 바꿉니다", "an old socket lies at {}; the next host replaces it";
    DocDeaf: "데스크를 연 명령이 물음을 받지 않습니다. 곧 끝날 것입니다", "whoever has the desk open takes no questions; it should be done soon";
    DocSilent: "{}에서 듣는 것이 답하지 않습니다", "whoever listens at {} does not answer";
    DocOtherProtocol: "호스트는 ascall {}, 규약 {}입니다 (이쪽은 {})", "the host is ascall {} with protocol {}, not {}";
    DocShut: "{}을(를) 지금은 들여다볼 수 없습니다", "{} cannot be looked into just now";
    DocJournal: "기록 {}건, 마지막 {}, 회차 {}", "{} records, the last at {}, epoch {}";
    DocClock: "기록보다 뒤처지지 않았습니다", "not behind the journal";
    DocClockBehind: "시계가 마지막 기록보다 {}초 뒤처져 있습니다", "{} seconds behind the last record";
    DocOverdue: "늦은 단계 {}건, 가장 오래된 예정 {}", "{} steps are overdue, the oldest thing to do was due at {}";
    DocNotOverdue: "늦은 것이 없습니다", "nothing is overdue";
    DocCalls: "진행 중 {}건, 그중 대기 {}건", "{} live, {} of them wait";
    DocNotices: "기다리는 알림 {}건, 실패한 알림 {}건", "{} wait, {} could not be delivered";
    DocAttention: "확인할 것 {}건, 맡은 사람 없는 것 {}건", "{} open, {} taken by nobody";
    DocWide: "한글 한 글자가 두 칸입니다", "Hangul takes two columns";
    DocNarrow: "한글 세 글자가 {}칸입니다. 표가 어긋납니다", "three syllables of Hangul take {} columns; tables are crooked";

    // Events.
    EvDeskOpened: "데스크 시작", "desk opened";
    EvClockStepped: "시계 변경", "clock stepped";
    EvProfileAdopted: "프로필 적용", "profile adopted";
    EvParticipantSet: "참여자 설정", "participant set";
    EvModeSet: "동작 변경", "mode set";
    EvQueueSwept: "대기 호출 점검", "waiting calls looked at";
    EvRoundHeld: "일괄 배정 검토", "calls looked at together";
    EvBreakerMoved: "차단기 이동", "breaker moved";
    EvCallReceived: "접수", "received";
    EvStepAsked: "요청", "asked";
    EvStepAnswered: "응답", "answered";
    EvStepWaived: "면제", "waived";
    EvStepSettled: "직접 정산", "settled by hand";
    EvStepRetried: "다시 시도", "retried";
    EvCallParked: "대기접수", "parked";
    EvCallResumed: "대기 해제", "resumed";
    EvCallOpened: "접수 확정", "opened";
    EvStageEntered: "배정 단계", "stage entered";
    EvPlanExhausted: "배정 계획 끝", "plan exhausted";
    EvNobodyFound: "알맞은 기사 없음", "nobody found";
    EvOfferSent: "제안", "offer sent";
    EvOfferAccepted: "제안 수락", "offer accepted";
    EvOfferDeclined: "제안 거절", "offer declined";
    EvOfferExpired: "제안 만료", "offer expired";
    EvOfferWithdrawn: "제안 취소", "offer withdrawn";
    EvAssigned: "배정", "assigned";
    EvReleased: "배정 해제", "released";
    EvArrived: "도착", "arrived";
    EvStarted: "작업 시작", "work started";
    EvFinished: "작업 종료", "work finished";
    EvAborted: "작업 중단", "work aborted";
    EvUnwinding: "되돌리는 중", "unwinding";
    EvEnded: "종료", "ended";
    EvClosing: "정산 중", "closing";
    EvCompleted: "완료", "completed";
    EvAmended: "변경", "amended";
    EvPrioritySet: "우선순위 변경", "priority set";
    EvHeld: "보류", "held";
    EvHoldEnded: "보류 해제", "hold ended";
    EvNoteAdded: "메모", "note";
    EvWorkerAdded: "기사 등록", "worker added";
    SelfRegistered: "직접 등록", "self-registered";
    EvDutySet: "근무 변경", "duty set";
    EvPositionsKept: "위치 저장", "positions kept";
    EvNoticeIssued: "알림", "notice";
    EvNoticeSuppressed: "알림 생략", "notice suppressed";
    EvNoticeDelivered: "알림 전달", "notice delivered";
    EvNoticeFailed: "알림 실패", "notice failed";
    EvNoticeAccepted: "알림 접수됨", "notice accepted";
    EvNoticeResent: "알림 다시 보내기", "notice sent again";
    EvAttentionRaised: "확인 필요", "attention raised";
    EvAttentionTaken: "확인 중", "attention taken";
    EvAttentionDone: "확인 끝", "attention done";
    EvRevealed: "개인정보 열람", "personal data revealed";
    EvRecalled: "다시 꺼냄", "recalled";
    EvDispatchDue: "배정 시작", "dispatch due";
    EvStillSearching: "계속 찾는 중", "still searching";
    EvBroadcastSent: "동시 제안", "broadcast";
    EvBroadcastOver: "동시 제안 끝", "broadcast over";
    EvReserved: "예약", "reserved";
    EvReservationDue: "예약 임박", "appointment due";
    EvRescheduled: "예약 변경", "rescheduled";
    EvEnRoute: "출발", "en route";
    EvMoneyMoved: "입출금", "money";
    EvRefundAsked: "환불 요청", "refund asked";
    EvCouponGranted: "쿠폰 지급", "coupon granted";
    EvCouponUsed: "쿠폰 사용", "coupon used";
    EvRated: "평가", "rated";
    EvDispositionSet: "처리 결과", "disposition";
    EvStockMoved: "재고", "stock";
    EvMemberAdded: "회원 등록", "member added";
    EvMemberChanged: "회원 변경", "member changed";
    EvWorkersTold: "알림", "notices";
}

/// A text with its placeholders filled: `{}` in order, `{0}` by place.
pub(crate) fn filled(text: &str, values: &[&str]) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut next = 0;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else { break };
        let place = name.parse().unwrap_or(next);
        next = place + 1;
        out.push_str(values.get(place).copied().unwrap_or_default());
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// What a phase is called where no service gives it a word of its own.
pub(crate) fn phase(phase: Phase, lang: Lang) -> &'static str {
    let (ko, en) = match phase {
        Phase::Received => ("접수", "received"),
        Phase::Gating => ("접수 확인 중", "gating"),
        Phase::Parked => ("대기접수", "parked"),
        Phase::Open => ("배정 대기", "open"),
        Phase::Scheduled => ("방문 예약", "scheduled"),
        Phase::Assigned => ("배정", "assigned"),
        Phase::InService => ("작업 중", "in service"),
        Phase::Closing => ("정산 중", "closing"),
        Phase::Unwinding => ("되돌리는 중", "unwinding"),
        Phase::Completed => ("완료", "completed"),
        Phase::Canceled => ("취소", "canceled"),
        Phase::Unfilled => ("미배정", "unfilled"),
        Phase::Rejected => ("접수불가", "rejected"),
    };
    match lang {
        Lang::Ko => ko,
        Lang::En => en,
    }
}

/// Fails a test when a word is not what its language says, or has other placeholders in the other one.
#[cfg(test)]
pub(crate) fn sound(word: impl std::fmt::Debug, ko: &str, en: &str) {
    let holes = |text: &str| text.matches('{').count();
    let is_hangul = |c: char| ('가'..='힣').contains(&c);
    assert!(!ko.trim().is_empty() && !en.trim().is_empty(), "{word:?}");
    assert!(!en.chars().any(is_hangul), "{word:?}: {en}");
    // What has no letters of its own is the same everywhere.
    let bare = ["{}m", "{}km"].contains(&ko) || !en.chars().any(char::is_alphabetic);
    assert!(bare || ko.chars().any(is_hangul), "{word:?}: {ko}");
    assert_eq!(holes(ko), holes(en), "{word:?}");
}

/// English words that may be typed for a profile's Korean values.
pub(crate) const ALIASES: &[(&str, &str)] =
    &[("auto", "자동"), ("automatic", "자동"), ("manual", "수동"), ("stick", "수동")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_in_order_or_by_place() {
        assert_eq!(Word::RetryIn.fill(Lang::En, &["14:32", "5 s"]), "at 14:32 (in 5 s)");
        assert_eq!(Word::VerdictThen.fill(Lang::En, &["7", "W-1", "off"]), "W-1 at seq 7: off");
    }
}
