//! Every word of the console, in Korean and English. Words that the command line has, too, are in `front/words.rs`.
//!
//! Invariant: each is there in both languages, with the same placeholders.

use crate::front::words::words;
use ascall_engine::domain::profile::Lang;

words! {
    /// A word or a sentence of the console; `{}` is filled in, in order.
    Label;

    // Actions.
    DoDown: "아래로", "down";
    DoUp: "위로", "up";
    DoPageDown: "한 쪽 아래로", "page down";
    DoPageUp: "한 쪽 위로", "page up";
    DoTop: "맨 위로", "to the top";
    DoBottom: "맨 아래로", "to the bottom";
    DoLeft: "왼쪽으로", "left";
    DoRight: "오른쪽으로", "right";
    DoNextPane: "다음 칸", "next pane";
    DoPreviousPane: "이전 칸", "previous pane";
    DoOpen: "자세히", "open";
    DoBack: "뒤로", "back";
    DoNewCall: "새 호출", "new call";
    DoAssign: "배정", "assign";
    DoStart: "시작", "start";
    DoFinish: "완료", "finish";
    DoCancel: "취소", "cancel";
    DoUndo: "되돌리기", "undo";
    DoFix: "해결", "fix";
    DoArrive: "도착", "arrive";
    DoDepart: "출발", "depart";
    DoAmend: "변경", "amend";
    DoReschedule: "예약 변경", "reschedule";
    DoPriority: "우선순위", "priority";
    DoHold: "보류", "hold";
    DoRelease: "배정 해제", "release";
    DoOffer: "제안 응답", "answer the offer";
    DoClaim: "직접 수락", "claim";
    DoNote: "메모", "note";
    DoRate: "평가", "rate";
    DoSettle: "직접 정산", "settle";
    DoWaive: "취소 단계 면제", "waive";
    DoRetry: "다시 시도", "retry";
    DoRefund: "환불", "refund";
    DoAbort: "작업 중단", "abort";
    DoReopen: "다시 접수", "reopen";
    DoWhy: "이유", "why";
    DoMark: "표시", "mark";
    DoMarkAll: "모두 표시", "mark all";
    DoTake: "맡기", "take";
    DoDone: "처리됨", "done";
    DoWorkerAdd: "기사 등록", "add a worker";
    DoWorkerOn: "출근", "on shift";
    DoWorkerOff: "퇴근", "off shift";
    DoWorkerBreak: "휴식", "break";
    DoWorkerMove: "위치 변경", "move";
    DoStop: "중지", "stop";
    DoRun: "재개", "start";
    DoSlow: "지연", "slow down";
    DoFail: "실패시키기", "make fail";
    DoBreakerOpen: "차단기 열기", "open the breaker";
    DoBreakerClose: "차단기 닫기", "close the breaker";
    DoBreakerAuto: "차단기 자동", "breaker by itself";
    DoBreakerDisable: "차단기 끄기", "switch the breaker off";
    DoMemberAdd: "회원 등록", "add a member";
    DoMemberAmend: "회원 정보 변경", "change a member";
    DoResend: "다시 보내기", "send again";
    DoReceive: "입고", "receive";
    DoWriteOff: "폐기", "write off";
    DoBoard: "현황", "board";
    DoWorkers: "기사", "workers";
    DoServices: "서비스", "services";
    DoMessages: "알림", "messages";
    DoJournal: "기록", "journal";
    DoProfiles: "프로필", "profiles";
    DoStock: "재고", "stock";
    DoMembers: "회원", "members";
    DoFilter: "검색", "filter";
    DoSort: "정렬", "sort";
    DoCommand: "명령", "command";
    DoPalette: "도움말", "help";
    DoEarlier: "과거로", "earlier";
    DoLater: "나중으로", "later";
    DoGoTo: "시각으로", "go to a time";
    DoReveal: "개인정보 보기", "reveal";
    DoCopy: "복사", "copy";
    DoMouse: "마우스 켜기·끄기", "mouse on or off";
    DoLanguage: "언어", "language";
    DoQuit: "끝내기", "quit";
    DoSuspend: "잠시 나가기", "suspend";

    // Panes and heads.
    NeedsHuman: "확인 필요", "needs somebody";
    NobodyNeeded: "확인할 것이 없습니다", "nothing needs you";
    Calls: "호출", "calls";
    NoCalls: "진행 중인 호출이 없습니다. n 으로 새 호출을 받습니다", "no live calls; n takes one";
    NoneFound: "찾는 호출이 없습니다", "no call answers the filter";
    NoCallChosen: "선택한 호출이 없습니다", "no call chosen";
    Fetching: "가져오는 중…", "fetching…";
    Number: "번호", "id";
    Phase: "상태", "phase";
    Age: "경과", "age";
    Place: "위치", "place";
    Kind: "종류", "kind";
    Worker: "기사", "worker";
    Marks: "표시", "marks";
    Text: "내용", "text";
    Reason: "사유", "reason";
    Timeline: "진행", "timeline";
    Results: "결과", "results";
    OrderPhase: "상태순", "by phase";
    OrderAge: "오래된 순", "oldest first";
    OrderNumber: "최근 순", "newest first";
    OrderPlace: "위치순", "by place";
    OrderWorker: "기사순", "by worker";

    // Reading.
    Facts: "내용", "facts";
    WhyPart: "배정 이유", "why";
    Money: "금액", "money";
    Raw: "원본", "raw";
    NothingHere: "아직 아무것도 없습니다", "nothing yet";
    Promise: "약속", "promise";
    OrderFate: "실패·대기 먼저", "undelivered first";
    OrderCall: "호출순", "by call";
    NoMessages: "보낸 알림이 없습니다", "no messages";
    NoRecords: "기록이 없습니다", "no records";
    FollowsEnd: "끝을 따라감", "follows the end";
    StandsStill: "멈춰 있음 (G: 끝으로)", "stands still (G: to the end)";
    LagOf: "{} 전", "{} old";
    GoingTo: "{} 으로 가는 중…", "going to {}…";
    GoingToRead: "{} 으로 가는 중, 기록 {}% 읽음", "going to {}, {}% of the records read";
    // Forms.
    Service: "서비스", "service";
    Name: "이름", "name";
    Tel: "전화번호", "phone";
    Cost: "비용", "cost";
    Fare: "요금", "fare";
    Outcome: "결과", "outcome";
    OutcomeDone: "완료", "done";
    OutcomePartial: "일부 완료", "partly done";
    NoShow: "나오지 않음", "no-show";
    Disposition: "처리 코드", "disposition";
    By: "방법", "by";
    Cash: "현금", "cash";
    Card: "카드", "card";
    LetGo: "받지 않음", "let go";
    Step: "단계", "step";
    Amount: "금액", "amount";
    Stars: "별점", "stars";
    Force: "규칙과 달리", "against the rules";
    Yes: "예", "yes";
    ToTime: "언제", "when";
    UntilTime: "언제까지", "until";
    TimeForms: "예: 14:00, +2h, 2026-11-22 14:00", "such as 14:00, +2h, 2026-11-22 14:00";
    Low: "낮음", "low";
    Normal: "보통", "normal";
    High: "높음", "high";
    Urgent: "긴급", "urgent";
    Quantity: "수량", "quantity";
    Answer: "답", "answer";
    Accept: "수락", "accept";
    Decline: "거절", "decline";
    IsMember: "회원 {}", "a member: {}";
    AlreadyLive: "이 번호로 진행 중인 호출이 있습니다: {}", "this number already has a live call: {}";

    // Workers.
    OrderFree: "대기 기사 먼저", "free ones first";
    OrderNear: "가까운 순", "nearest first";
    OrderById: "번호순", "by number";
    DistanceTo: "{}까지 거리", "distance to {}";
    NoWorkers: "등록된 기사가 없습니다. N 으로 등록합니다", "no workers; N adds one";
    NothingFound: "찾는 것이 없습니다", "nothing answers the filter";
    Map: "지도", "map";
    NoPlaces: "위치를 아는 기사나 호출이 없습니다", "no worker or call has a known place";
    MapLegend: "⠶ 기사 {}  ○▸● 호출 {}  ├─┤ {}", "⠶ workers {}  ○▸● calls {}  ├─┤ {}";
    OffMap: "밖 {}", "{} off the map";
    AbortWhy: "중단 사유 (비우면 지금 일이 끝난 뒤)", "why the work is broken off (empty: once it is done)";
    AnyService: "모든 서비스", "any service";
    RatedAs: "평점 {} ({}건)", "rated {} by {}";
    WhereNow: "위치 {} ({} 전)", "seen at {}, {} ago";
    WhereHome: "기본 위치 {}", "starts from {}";
    WhereUnknown: "위치를 모릅니다", "nobody knows where";
    AskedNow: "제안 {}: {} 남음", "asked about {}: {} left";
    IdleFor: "쉰 지 {}", "idle for {}";

    // Services.
    Breaker: "차단기", "breaker";
    NoBreaker: "차단기 없음", "no breaker";
    NoServices: "참여 서비스가 없습니다", "no participants";
    InTheWindow: "최근 응답 {}: 실패 {}, 느림 {}, 연속 실패 {}", "last {} answers: {} failed, {} slow, {} failures in a row";
    WaitBehind: "{}건 대기 중", "{} calls wait because of it";
    Incidents: "장애 이력", "incidents";
    NoIncidents: "장애가 없었습니다", "no incident yet";
    IncidentSums: "대기접수 {}, 재접수 {}, 만료 {}, 유실 {}", "{} parked, {} admitted, {} expired, {} lost";
    MayBeDone: "할 수 있는 일", "what may be done";
    MeansStop: "응답하지 않습니다. 새 호출은 대기접수됩니다", "it does not answer; new calls wait";
    MeansRun: "다시 응답합니다. 기다리던 호출이 이어집니다", "it answers again; what waits goes on";
    MeansSlow: "늦게 응답합니다. 기한을 넘기면 실패입니다", "it answers late; past the deadline that is a failure";
    MeansFail: "실패로 응답합니다", "it answers with a failure";
    MeansOpen: "다른 지시가 있을 때까지 요청을 보내지 않습니다", "nothing is sent to it until another order";
    MeansClose: "지금 닫고 그다음은 스스로 판단합니다", "closes it now; it goes on by itself from there";
    MeansDisable: "모두 통과시키고 세지 않습니다", "everything passes and nothing is counted";
    MeansAuto: "다시 스스로 판단합니다", "it decides by itself again";
    DelayLeast: "최소 지연 (400ms)", "least delay (400ms)";
    DelayMore: "추가 지연 (220ms까지)", "up to this much more";
    How: "방식", "how";
    FailsUnavailable: "아무것도 하지 않음", "it surely does nothing";
    FailsDenied: "모두 거절", "it refuses everything";
    FailsLost: "처리하고 응답을 잃음", "it does it and the answer is lost";

    // Service lines, goods, members.
    SectionFields: "접수 항목", "what is asked";
    SectionWay: "진행 순서", "the way of a call";
    SectionNotices: "알림 문구", "notices";
    SectionViews: "목록", "lists";
    Movements: "입출고 내역", "movements";
    NoGoods: "상품이 없습니다. + 로 입고합니다", "no goods; + receives some";
    NoMoves: "입출고가 없었습니다", "nothing has moved";
    NoMembers: "회원이 없습니다. N 으로 등록합니다", "no members; N adds one";
    MembersNotThen: "회원은 지금 상태만 볼 수 있습니다 (Esc: 현재로)", "members are known as they are now only (Esc: back to now)";
    NewestOf: "전체 {}명 중 최근 {}명", "the newest {1} of {0}";
    CardToken: "카드 토큰 (tok_…)", "card token (tok_…)";
    FriendName: "지인 이름", "friend's name";
    FriendTel: "지인 전화번호", "friend's phone";

    // Bars.
    PerMinute: "분당 {}건", "{}/min";
    ToAssign: "배정 {} (99% {})", "assign {} (p99 {})";
    NoticesWaiting: "알림 대기 {}", "{} notices wait";
    BreakersClosed: "차단기 정상", "breakers closed";
    Waiting: "연결 중…", "connecting…";
    Here: "{} 을 여기서 열어 둠", "{} is open here";
    There: "{} 에 연결됨", "attached to {}";
    LostFor: "연결 끊김 {}, 다시 연결하는 중", "connection lost for {}, reconnecting";
    PastBanner: "과거 {} 의 현황, 읽기 전용 (Esc: 현재로)", "the desk as of {}, read-only (Esc: back to now)";
    PendingIn: "{}초 뒤 보냄: {} ({}: 되돌리기)", "sent in {} s: {} ({}: undo)";
    Revealing: "개인정보 표시 중 {}초", "persons shown for {} s";
    Filtered: "검색 {}", "filter {}";
    Marked: "{}건 표시", "{} marked";
    TooSmall: "화면이 너무 작습니다 (40x12 이상)", "the screen is too small (40x12 or more)";

    // Overlays.
    GoToTime: "언제로? (14:32, 30m, 2026-11-21 14:32)", "to when? (14:32, 30m, 2026-11-21 14:32)";
    WouldHappen: "이렇게 됩니다", "this would happen";
    AskingDesk: "데스크에 묻는 중…", "asking the desk…";
    HasMoved: "{} 그 사이 바뀌었습니다", "{} has moved on";
    MovedKeys: "Enter: 지금 상태에서 다시, Esc: 그만두기", "Enter: again as it stands now, Esc: leave it";
    EnterSays: "Enter: 실행, Esc: 그만두기", "Enter: do it, Esc: leave it";
    FormKeys: "Tab: 다음, ↓: 고르기, Enter: 다음·실행, Esc: 그만두기", "Tab: next, ↓: pick, Enter: next or do it, Esc: leave it";
    ChooseKeys: "Enter: 선택, Esc: 그만두기", "Enter: choose, Esc: leave it";
    ReadKeys: "아무 키나 누르면 닫힙니다", "any key closes it";
    PaletteTitle: "무엇을 할까요?", "what would you like to do?";

    // News.
    TakenBack: "되돌렸습니다. 보내지 않았습니다", "taken back; nothing was sent";
    NotPossibleNow: "지금은 할 수 없습니다", "not possible now";
    MustBeFilled: "꼭 채워야 합니다", "this must be filled in";
    StillToSend: "아직 보내지 않은 것이 있습니다. 한 번 더 누르면 보내지 않고 끝냅니다", "something is still to be sent; once more ends without sending it";
    NobodyAsked: "답을 기다리는 제안이 없습니다", "no offer waits for an answer";
    QuoteOpen: "따옴표가 닫히지 않았습니다", "a quote is open";
    BulkDone: "{1}건 중 {0}건 완료", "{} of {} done";
    Copied: "복사했습니다", "copied";
    MouseOn: "마우스를 콘솔이 씁니다", "the console has the mouse";
    MouseOff: "마우스는 터미널의 것입니다. 끌어서 글자를 고를 수 있습니다 ({}: 다시)", "the terminal has the mouse: drag to mark text ({}: back)";
    NothingThen: "그때는 기록이 없습니다", "there was no record then";
    NoShell: "돌아올 셸이 없어 잠시 나갈 수 없습니다", "there is no shell to go to";

    // The tour of the demonstration.
    TourCalls: "서울 곳곳에서 호출이 들어옵니다. j, k 로 고르고 Enter 로 자세히 봅니다", "calls come in from all over Seoul: j and k choose, Enter opens";
    TourWhy: "w: 이 기사가 왜 배정되었는지 봅니다", "w shows why this worker was chosen";
    TourCommand: ": 을 누르고 request --tel 010-0000-0001 을 쳐 보세요. ? 은 할 수 있는 모든 것", "press : and type request --tel 010-0000-0001; ? lists all there is";
    TourOutage: "지금 manage 가 멈췄습니다. 새 호출은 대기접수되고 아무것도 잃지 않습니다", "manage has stopped just now: new calls wait, and none is lost";
    TourServices: "3: 서비스와 차단기를 봅니다. 1: 현황으로 돌아옵니다", "3 shows services and breakers, 1 leads back to the board";
    TourBack: "manage 가 돌아왔습니다. 기다리던 호출이 오래된 순서로 접수됩니다", "manage is back: waiting calls are taken, the oldest first";
    TourPast: "[ 을 누르면 1분 전 현황을 봅니다. Esc 로 현재로 돌아옵니다", "[ shows the desk a minute ago; Esc leads back to now";
    TourEnd: "둘러보기가 끝났습니다. q 로 끝내면 같은 일을 하는 명령을 보여 드립니다", "the tour is over; q ends it and shows the commands that do the same";
}
