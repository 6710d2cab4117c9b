//! What is known of a day, and how, in sentences: in Korean and English.
//!
//! Invariant: each is there in both languages, with the same placeholders. Counts stand behind a colon, so that one is no
//! other sentence than many.

use crate::front::words::words;
use ascall_engine::domain::profile::Lang;

words! {
    /// A sentence about a day; `{}` is filled in, in order.
    Fact;

    // Observed.
    EachCall: "각 호출이 들어온 시각과 위치", "when and where each call came in";
    WorkOfSome: "작업에 걸린 시간 (호출 {1}건 중 {0}건)", "how long work lasted, for {0} of {1} calls";
    EachShift: "각 기사가 일한 시간과 시작 위치", "when and from where each worker worked";
    CameIn: "호출이 들어온 시각과 위치: {0}건, 고객이 그만둔 시각: {1}건",
        "when and where calls came in: {0}; when callers gave up: {1}";
    OnShift: "기사의 근무 시간: {0}명, 기사가 있던 위치: {1}곳", "when workers were on shift: {0}; places where they were: {1}";
    WaysAndWork: "이동과 작업에 걸린 시간: 호출 {}건", "how long the way took and the work lasted, for calls: {}";
    Held: "호출을 보류한 시간: {}번", "when calls were on hold: {}";

    // Modelled.
    WayByTable: "이동 시간: 표 {}", "travel times: by the table {}";
    WayBySpeed: "이동 시간: {0}분 + 직선거리(km) x {1}, 시속 {2} km", "travel times: {0} min + {1} x great-circle km at {2} km/h";
    WayByLine: "이동 시간: {0}분 + {1}분 x 직선거리(km)", "travel times: {0} min + {1} min x great-circle km";
    Stays: "머무는 시간: 호출 위치에서 {}분, 목적지에서 {}분", "stays: {} min at the pickup, {} min at the destination";
    Patience: "기다리는 한도: 기사가 없으면 모든 호출이 {}분 뒤 실패", "patience: every call fails after {} min without a worker";
    Willing: "기사는 받은 호출을 모두 맡아 바로 출발하고, 마지막 일이 끝난 곳에서 기다림",
        "workers take every call they are given, go there at once, and wait where the last one ended";
    ForeseesTruly: "`foresight`가 예상하는 이동 시간과 머무는 시간은 그대로 실현됨",
        "`foresight` expects the very travel times and stays that then come true";
    ForeseesLine: "`foresight`는 이동을 {0}분 + {1}분 x 직선거리(km)로, 머무는 시간을 {2}분과 {3}분으로 예상함: 표, 기록된 작업 시간, 준비 시각은 모름",
        "`foresight` expects ways of {0} min + {1} min x great-circle km and stays of {2} and {3} min: a table, recorded work and `ready` it does not know";
    EndsThere: "목적지: 일은 호출 위치에서 끝남", "destinations: work ends where the call is";
    SomeEndThere: "목적지가 없어 호출 위치에서 일이 끝나는 호출: {}", "destinations: calls without one, whose work ends where the call is: {}";
    WholeDay: "근무 시간: 모두 하루 종일", "shifts: everybody works the whole day";
    OtherWay: "그 호출을 맡지 않았던 기사의 이동: 프로필대로 {0}분 + {1}분 x 직선거리(km)",
        "the way of a worker who did not have the call: {0} min + {1} min x great-circle km, as the profile says";
    Paced: "그 값에 {0}을(를) 곱함: 기록된 이동 {1}건은 평균 {2}분, 이 규칙으로는 {3}분",
        "that way is multiplied by {0}: the ways recorded ({1}) took {2} min on the mean, by this rule {3}";
    PaceUnlikely: "기록된 이동 시간이 규칙의 {}배임: 도착을 제때 입력하는지 확인하세요",
        "recorded ways took {} times as long as by the rule: are arrivals entered when workers arrive?";
    PaceOfFew: "기록된 이동이 {0}건뿐이라 ({1}건 필요) 규칙을 바로잡지 않음: 평균 {2}분, 이 규칙으로는 {3}분",
        "too few ways were recorded ({0} of {1}) to correct that rule by them: {2} min on the mean, by the rule {3}";
    PaceUnknown: "기록된 이동이 없어 그 규칙이 얼마나 맞는지 알 수 없음", "no way was recorded: nothing tells how far that rule is off";
    OtherWork: "기록되지 않은 작업 시간: {}분", "work that was not recorded: {} min";
    OtherPatience: "그만두지 않은 고객이 기다리는 한도: 기사 없이 {}분", "patience of those who did not give up: {} min without a worker";
    WillingAndSeen: "기사는 받은 호출을 모두 맡아 바로 출발하고, 호출이 없으면 마지막으로 보인 곳에 있음",
        "workers take every call they are given and go there at once; without a call they are where they were last seen";
    UsualWay: "위치를 모르는 호출({0}건)까지의 이동: {1}분", "the way to calls without a known place ({0}): {1} min";

    // Left out.
    CallsOutside: "이날 밖의 호출: {}", "calls outside the day: {}";
    CallsLack: "시각이나 위치가 없는 호출: {}", "calls without their time or place: {}";
    ShiftsOutside: "비었거나 이날 밖인 근무: {}", "shifts that are empty or outside the day: {}";
    ShiftsCut: "이날 밖으로 이어져 잘린 근무: {}", "shifts cut where they go on beyond the day: {}";
    WorkersLack: "시각이나 위치가 없는 기사: {}", "workers without a time or place: {}";
    OtherLines: "다른 서비스의 호출 (--profile): {}", "calls of other service lines (--profile): {}";
    NeverOpen: "기사를 찾은 적이 없는 호출: {}", "calls that were never open for a worker: {}";
    NotEnded: "아직 끝나지 않은 호출: {}", "calls that have not ended yet: {}";
    NotTaken: "수락되지 않은 제안 (재생에서는 아무도 거절하지 않음): {}", "offers that were not taken (in the replay nobody says no): {}";
    TakenOff: "출발 전에 기사에게서 거둔 배정: {}", "assignments that were taken off a worker again: {}";
    NoShows: "기사가 오지 않은 배정: {}", "assignments to which the worker did not come: {}";
    AssignOff: "자동 배정이 멈추거나 느렸던 때 (재생에서는 늘 동작함): {}",
        "times when automatic assignment was stopped or slow (in the replay it never is): {}";
}

/// What is known of a day.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// What stands in the record.
    pub observed: Vec<Said>,
    /// What does not, and what was put in its place.
    pub modelled: Vec<Said>,
    /// What stands in the record and is not replayed.
    pub left_out: Vec<Said>,
}

/// A sentence with what fills it in.
#[derive(Debug)]
pub(crate) struct Said {
    fact: Fact,
    values: Vec<String>,
}

impl Said {
    /// The sentence in `lang`.
    pub(crate) fn text(&self, lang: Lang) -> String {
        let values: Vec<&str> = self.values.iter().map(String::as_str).collect();
        self.fact.fill(lang, &values)
    }
}

impl Fact {
    /// As it stands.
    pub(super) fn plain(self) -> Said {
        Said { fact: self, values: Vec::new() }
    }

    /// With what fills it in.
    pub(super) fn with<const N: usize>(self, values: [&dyn std::fmt::Display; N]) -> Said {
        Said { fact: self, values: values.iter().map(ToString::to_string).collect() }
    }
}

impl Known {
    /// So many were left out; none: nothing is said.
    pub(super) fn leave_out(&mut self, fact: Fact, count: usize) {
        if count > 0 {
            self.left_out.push(fact.with([&count]));
        }
    }
}

/// How sentences stand in JSON.
pub(super) fn english(all: &[Said]) -> Vec<String> {
    all.iter().map(|said| said.text(Lang::En)).collect()
}
