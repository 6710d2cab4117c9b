//! Every word of the report of a load and of its live view, in Korean and English. Words that the command line has, too, are
//! in `front/words.rs`.
//!
//! Invariant: each is there in both languages, with the same placeholders. JSON never carries one of these in Korean.

use crate::front::words::{self, Word, words};
use crate::load::meter::{ASSIGN, AWAY, OPEN, REQUEST};
use ascall_engine::domain::breaker::{StateKind, Why};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::Lang;
use std::borrow::Cow;

words! {
    /// A word or a sentence of the report; `{}` is filled in, in order.
    Label;

    Held: "모두 충족", "everything held";
    NotHeld: "충족하지 못함", "did not hold";
    Begun: "시작", "began";
    Lasted: "걸린 시간", "lasted";
    Seed: "시드", "seed";
    Target: "대상", "target";
    Cores: "코어", "cores";
    WhatFailed: "충족하지 못한 것", "What did not hold";
    Intended: "계획", "intended";
    Sent: "보냄", "sent";
    Dropped: "보내지 못함", "dropped";
    Answered: "처리됨", "answered";
    Refused: "거절", "refused";
    HeldOff: "나중에 다시", "held off";
    Failed: "실패", "failed";
    Unknown: "결과 모름", "unknown";
    Retried: "다시 보냄", "tried again";
    Again: "다시", "again";
    TriesOf: "{} 시도", "{}: tries";
    Accepted: "접수", "accepted";
    Parked: "대기접수", "parked";
    OpenedLate: "대기 후 접수", "opened later";
    Assigned: "배정", "assigned";
    Unassigned: "배정 못 받음", "unassigned";
    Completed: "완료", "completed";
    Canceled: "취소", "canceled";
    Unfilled: "미배정", "unfilled";
    Rejected: "접수불가", "rejected";
    Lost: "유실", "lost";
    Doubled: "중복", "doubled";
    Rate: "초당 처리", "taken per second";
    WhatHappened: "시간에 따라", "What happened when";
    Disturbed: "장애와 차단기", "Faults and breakers";
    Outcomes: "초당 요청과 시도의 결과", "Requests and what became of each try, per second";
    LatencyOver: "시간별 지연 (계획된 시각부터)", "Latency, from when it was meant to be sent";
    Phases: "단계별 호출 수", "Calls in each phase";
    Latencies: "지연", "Latency";
    FromIntended: "계획된 시각부터", "from when it was meant to be sent";
    FromSent: "보낸 시각부터", "from when it was sent";
    Reading: "왼쪽은 고객이 기다린 시간입니다. 오른쪽은 보낸 때부터라서 생성기가 늦은 만큼이 빠져 있습니다. 왼쪽이 더 크면 생성기가 그만큼 늦은 것입니다. 서버가 멈춰 있던 시간은 양쪽에 다 들어 있습니다. ≥ 는 끝까지 기다리던 호출에 걸린 값으로, 그보다 깁니다.", "The left side is what a customer waits. The right side begins when it was sent, and leaves out how late the generator was: where the left is larger, it was that late. A desk that stands still shows on both sides. A figure with ≥ falls among those who were still waiting: it is longer than that.";
    Count: "수", "count";
    Waiting: "계속 기다림", "still waiting";
    Max: "최대", "max";
    Steps: "동작", "Steps";
    What: "무엇", "what";
    ByRule: "거절 사유", "refused because";
    Thresholds: "기준", "Thresholds";
    Threshold: "기준", "threshold";
    Measured: "측정값", "measured";
    NotMeasured: "측정되지 않음", "not measured";
    Result: "결과", "result";
    Yes: "충족", "held";
    No: "미충족", "not held";
    Incidents: "차단 사건", "Incidents";
    Participant: "참여자", "participant";
    Opened: "열림", "opened";
    Closed: "닫힘", "closed";
    Why: "이유", "why";
    ParkedMeanwhile: "그동안 대기접수", "parked meanwhile";
    Never: "아직", "not yet";
    Soundness: "정합성과 생성기", "Soundness and generator";
    VerifyHeld: "verify: 저널이 온전합니다", "verify: the journal is sound";
    VerifyFailed: "verify: 저널에 잘못이 있습니다", "verify: the journal is not sound";
    KeptUp: "생성기가 제때 보냈습니다 (p99 지연 {})", "the generator kept up (p99 lateness {})";
    FellBehind: "생성기가 제때 보내지 못했습니다 (p99 지연 {})", "the generator could not keep up (p99 lateness {})";
    CpuPerStep: "생성기 자체 비용: 동작당 {} µs", "the generator's own cost: {} µs per step";
    Hash: "저널 해시", "journal hash";
    Request: "요청", "request";
    Assign: "배정", "assign";
    Better: "좋아짐", "better";
    Same: "같음", "same";
    Worse: "나빠짐", "worse";
    Before: "이전", "before";
    After: "이후", "after";
    Change: "변화", "change";
    Verdict: "판정", "verdict";

    // What did not hold.
    NobodyAsked: "아무도 요청하지 않았습니다", "nobody asked for anything";
    DoesNotHold: "{} 기준을 충족하지 못했습니다: 측정값 {}", "{} does not hold: it is {}";
    NothingMeasured: "{} 기준을 충족하지 못했습니다: 측정된 것이 없습니다", "{} does not hold: it was not measured";
    StepsDropped: "부하를 다 싣지 못했습니다: 동작 {}개를 보내지 못했습니다", "the load was not carried out: {} steps were dropped";
    TooLate: "생성기가 제때 보내지 못했습니다: 동작 백 개 중 하나는 {} 넘게 늦었습니다", "the generator could not keep up: one step of a hundred was more than {} late";
    CallsLost: "접수했다고 답한 호출 {}건이 유실되었습니다", "{} acknowledged calls are lost";
    CallsDoubled: "접수했다고 답한 호출 {}건이 중복되었습니다", "{} acknowledged calls are doubled";

    // What people do, and what is waited for.
    Cancel: "취소", "cancel";
    Status: "조회", "status";
    Answer: "제안 응답", "answer";
    Claim: "직접 수락", "claim";
    Start: "작업 시작", "start";
    Finish: "작업 완료", "finish";
    Release: "배정 해제", "release";
    Duty: "근무", "duty";
    Open: "접수 통과", "open";
    Away: "돌려보냄", "away";
    Suspended: "잠시 멈춤 (Ctrl-Z)", "suspended";

    // The live view.
    Requests: "요청", "requests";
    TheirCalls: "호출", "calls";
    PhasesNow: "단계", "phases";
    Fault: "장애", "fault";
    Now: "지금", "now";
    Since: "{}부터", "since {}";
    Time: "시간", "time";
    Of: "전체", "of";
    PerSecond: "초당 요청", "per second";
    Pace: "속도", "rate";
    LateTail: "전송 지연 p99", "sent late p99";
    OfLate: "최근 {}", "last {}";
    Picture: "초당 요청, 최대 {}", "requests sent per second, at most {}";
    AtHand: "준비된 장애", "at hand";
    KeyRate: "+ - 속도", "+ - rate";
    KeyFaults: "{} 장애", "{} fault";
    KeyType: "f 장애 입력", "f type a fault";
    KeySuspend: "ctrl-z 잠시 나가기", "ctrl-z suspend";
    KeyStop: "q 끝내기", "q stop";
    Forms: "stop 이름, slow 이름 400ms, fail 이름 lost, start 이름; 뒤에 for 10s. 이름: {}. enter 시작, esc 취소", "stop NAME, slow NAME 400ms, fail NAME lost, start NAME; for 10s behind it. NAME: {}. enter begins it, esc leaves";
    Resting: "고객은 더 오지 않습니다: 남은 일을 처리하는 중", "nobody comes any more: the desk comes to rest";
    Stopping: "끝내는 중: 하던 일에 2초를 더 주고 결과가 나옵니다   ctrl-c 결과 없이 바로", "stopping: what is under way has two more seconds   ctrl-c at once, without a report";
    NoShell: "돌아올 셸이 없어 나갈 수 없습니다", "there is no shell that would bring it back";
}

/// A phase by its name in the report.
pub(crate) fn phase(name: &str, lang: Lang) -> &str {
    let found = Phase::ALL.into_iter().find(|phase| phase.name() == name);
    found.map_or(name, |phase| words::phase(phase, lang))
}

/// The state of a breaker, or what moved it, as the report says it.
pub(crate) fn breaker(said: &str, lang: Lang) -> &str {
    if lang == Lang::En {
        return said;
    }
    let state = STATES.iter().find(|(state, _)| state.to_string() == said).map(|(_, word)| *word);
    let why = || WHYS.iter().find(|(why, _)| why.to_string() == said).map(|(_, word)| *word);
    state.or_else(why).map_or(said, |word| word.text(lang))
}

const STATES: [(StateKind, Word); 5] = [
    (StateKind::Closed, Word::Shut),
    (StateKind::Open, Word::Broken),
    (StateKind::HalfOpen, Word::HalfOpen),
    (StateKind::ForcedOpen, Word::ForcedOpen),
    (StateKind::Disabled, Word::Disabled),
];

const WHYS: [(Why, Word); 9] = [
    (Why::ConsecutiveFailures, Word::InARowWhy),
    (Why::FailureRate, Word::FailureRate),
    (Why::SlowRate, Word::SlowRate),
    (Why::WaitOver, Word::WaitOver),
    (Why::ProbesPassed, Word::ProbesPassed),
    (Why::ProbeFailed, Word::ProbeFailed),
    (Why::ProbesSlow, Word::ProbesSlow),
    (Why::LeaseRanOut, Word::LeaseRanOut),
    (Why::Operator, Word::ByOperator),
];

/// A kind of step or of latency; in Korean with the name that a threshold calls it by.
pub(crate) fn measured(name: &str, lang: Lang) -> Cow<'_, str> {
    let label = match name {
        REQUEST => Label::Request,
        ASSIGN => Label::Assign,
        OPEN => Label::Open,
        AWAY => Label::Away,
        "cancel" => Label::Cancel,
        "status" => Label::Status,
        "answer" => Label::Answer,
        "claim" => Label::Claim,
        "start" => Label::Start,
        "finish" => Label::Finish,
        "release" => Label::Release,
        "duty" => Label::Duty,
        _ => return name.into(),
    };
    match lang {
        Lang::En => name.into(),
        Lang::Ko => format!("{} ({name})", label.text(lang)).into(),
    }
}

/// What went wrong: as it was written, or that we stood still.
pub(crate) fn fault(label: &str, lang: Lang) -> &str {
    if label == SUSPENDED { Label::Suspended.text(lang) } else { label }
}

/// Under what name a time in which the generator stood still is told among what went wrong.
pub(crate) const SUSPENDED: &str = "suspended";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::crowd::What;

    #[test]
    fn whatever_a_report_names_has_a_korean_word() {
        let korean = |text: &str| text.chars().any(|c| ('가'..='힣').contains(&c));
        let named = What::NAMES.into_iter().chain([ASSIGN, OPEN, AWAY]);
        for name in named {
            assert!(korean(&measured(name, Lang::Ko)), "{name}");
            assert_eq!(measured(name, Lang::En), name);
        }
        for name in Phase::ALL.map(Phase::name) {
            assert!(korean(phase(name, Lang::Ko)), "{name}");
        }
        let states = STATES.iter().map(|(state, _)| state.to_string());
        for said in states.chain(WHYS.iter().map(|(why, _)| why.to_string())) {
            assert!(korean(breaker(&said, Lang::Ko)), "{said}");
            assert_eq!(breaker(&said, Lang::En), said);
        }
        assert_eq!(breaker("whatever", Lang::Ko), "whatever");
    }
}
