//! Every word of the report of a load and of its live view, in Korean and English.
//!
//! Invariant: each is there in both languages, with the same placeholders.

use crate::front::words::words;
use ascall_engine::domain::profile::Lang;

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
    Retried: "다시 보냄", "retried";
    Accepted: "접수", "accepted";
    Parked: "보류", "parked";
    OpenedLate: "보류 후 접수", "opened later";
    Assigned: "배정", "assigned";
    Completed: "완료", "completed";
    Canceled: "취소", "canceled";
    Unfilled: "기사 없음", "unfilled";
    Rejected: "거부", "rejected";
    Lost: "잃음", "lost";
    Doubled: "중복", "doubled";
    Rate: "초당 처리", "taken per second";
    WhatHappened: "시간에 따라", "What happened when";
    Disturbed: "장애와 차단기", "Faults and breakers";
    Outcomes: "초당 요청과 결과", "Requests and what became of them, per second";
    LatencyOver: "시간별 지연 (계획된 시각부터)", "Latency, from when it was meant to be sent";
    Phases: "단계별 호출 수", "Calls in each phase";
    Latencies: "지연", "Latency";
    FromIntended: "계획된 시각부터", "from when it was meant to be sent";
    FromSent: "보낸 시각부터", "from when it was sent";
    Reading: "왼쪽은 고객이 기다린 시간이다. 앞의 요청이 막혀 늦게 나간 시간도 들어 있다. 오른쪽은 서버가 답한 시간만이다. 왼쪽이 훨씬 크면 줄이 섰던 것이다.", "The left side is what a customer waits, the time included that a request could not leave because others were stuck. The right side is only how long the desk took. Where the left is much larger, a queue stood in front of the desk.";
    Count: "수", "count";
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
    ParkedMeanwhile: "그동안 보류", "parked meanwhile";
    Never: "아직", "not yet";
    Soundness: "정합성과 생성기", "Soundness and generator";
    VerifyHeld: "verify: 저널이 온전하다", "verify: the journal is sound";
    VerifyFailed: "verify: 저널에 잘못이 있다", "verify: the journal is not sound";
    KeptUp: "생성기가 제때 보냈다 (p99 지연 {})", "the generator kept up (p99 lateness {})";
    FellBehind: "생성기가 제때 보내지 못했다 (p99 지연 {})", "the generator could not keep up (p99 lateness {})";
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

    // The live view.
    Requests: "요청", "requests";
    TheirCalls: "호출", "calls";
    PhasesNow: "단계", "phases";
    Fault: "장애", "fault";
    Now: "지금", "now";
    Keys: "+ - 속도   1-9 장애   f 장애 입력   q 멈춤", "+ - rate   1-9 fault   f type a fault   q stop";
    Stopping: "멈추는 중: 남은 일이 끝나면 결과가 나옵니다", "stopping: the report comes when the desk is at rest";
}
