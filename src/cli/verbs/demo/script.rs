//! What happens in a demonstration and when: lines of the command line, the same for the same seed.
//!
//! Invariant: pure; knows no clock and no desk. What is answered decides only whose turn comes next, never what is asked.
//! Every person and every number is invented.

use crate::front::exit::Exit;
use crate::tui::typed::{Line, Ran};
use crate::tui::words::Label;
use std::collections::BTreeMap;

/// When the participant falls silent, and when it is back, in ms.
pub(super) const OUTAGE: (u64, u64) = (20_000, 34_000);

/// The time between two calls, in ms: at least, and by chance as much again.
const PACE: u64 = 1_200;

/// When a line is tried again that found the desk busy, in ms.
const BUSY: u64 = 300;

/// How often a line is tried again that came too early, and after how long in ms.
const AGAIN: (u32, u64) = (8, 4_000);

const PLACES: [&str; 16] = [
    "서울 종로구 혜화동",
    "서울 용산구 한남동",
    "서울 성동구 성수동2가",
    "서울 광진구 자양동",
    "서울 성북구 길음동",
    "서울 은평구 불광동",
    "서울 서대문구 연희동",
    "서울 마포구 공덕동",
    "서울 양천구 목동",
    "서울 영등포구 여의도동",
    "서울 동작구 사당동",
    "서울 관악구 봉천동",
    "서울 서초구 서초동",
    "서울 강남구 역삼동",
    "서울 송파구 잠실동",
    "서울 강동구 천호동",
];

const KINDS: [&str; 5] = ["냉장고", "세탁기", "에어컨", "TV", "보일러"];

const WORKERS: [&str; 12] = [
    "김하나",
    "이두리",
    "박세찬",
    "최네모",
    "정다솔",
    "강여울",
    "조일곱",
    "윤여덟",
    "장아홉",
    "임열매",
    "한하다",
    "오두루",
];

const TOUR: [(u64, Label); 8] = [
    (2_000, Label::TourCalls),
    (10_000, Label::TourWhy),
    (OUTAGE.0 + 500, Label::TourOutage),
    (28_000, Label::TourServices),
    (OUTAGE.1 + 500, Label::TourBack),
    (43_000, Label::TourCommand),
    (52_000, Label::TourPast),
    (61_000, Label::TourEnd),
];

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A line is carried out.
    Do(Line, Then),
    /// Something is pointed out.
    Say(Label),
}

/// What follows a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Then {
    /// Nothing.
    Nothing,
    /// Another call comes in, and this one is worked on.
    Taken,
    /// The worker begins once there is one; how often it was tried.
    Begun { call: String, tries: u32 },
    /// The work ends; how often it was tried.
    Ended { call: String, tries: u32 },
    /// Another worker goes somewhere.
    Moved,
}

/// What is due and when.
pub(super) struct Script {
    seed: u64,
    /// By time in ms, in the order they were made.
    due: BTreeMap<(u64, u64), Step>,
    made: u64,
    calls: u64,
    moves: u64,
}

impl Script {
    /// A demonstration from its beginning.
    pub(super) fn new(seed: u64) -> Self {
        let mut script = Self { seed, due: BTreeMap::new(), made: 0, calls: 0, moves: 0 };
        for (at, name) in WORKERS.iter().enumerate() {
            let mut line = Line::of(&["worker", "add"])
                .flag("--name", name)
                .flag("--tel", format_args!("010-0000-91{at:02}"))
                .flag("--at", PLACES[at]);
            for skill in 0..3 {
                line = line.flag("--skill", KINDS[(at + skill) % KINDS.len()]);
            }
            script.at(0, Step::Do(line, Then::Nothing));
        }
        for (word, at) in [("stop", OUTAGE.0), ("start", OUTAGE.1)] {
            script.at(at, Step::Do(Line::of(&["participant", word, "manage"]), Then::Nothing));
        }
        for (at, label) in TOUR {
            script.at(at, Step::Say(label));
        }
        script.request(0);
        script.wander(PACE);
        script
    }

    /// When the next thing is due, in ms.
    pub(super) fn next_at(&self) -> Option<u64> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    /// The next thing and when it was due.
    pub(super) fn take(&mut self) -> Option<(u64, Step)> {
        self.due.pop_first().map(|((at, _), step)| (at, step))
    }

    /// A line that was due at `at` was carried out.
    pub(super) fn done(&mut self, at: u64, line: &Line, then: Then, ran: &Ran) {
        if ran.exit == Exit::Busy.code() {
            self.at(at + BUSY, Step::Do(line.clone(), then));
            return;
        }
        let again = |tries: u32| (!ran.is_done() && tries < AGAIN.0).then_some(at + AGAIN.1);
        match then {
            Then::Nothing => {}
            Then::Taken => {
                if let Some(call) = ran.out.split_whitespace().next().filter(|_| ran.is_done()) {
                    self.follow(at, call);
                }
                let next = at + PACE + self.chance("pace", PACE);
                self.request(next);
            }
            Then::Begun { call, tries } => {
                if ran.is_done() {
                    let end = at + 6_000 + self.chance("end", 8_000);
                    let line = Line::of(&["finish"]).word(&call);
                    self.at(end, Step::Do(line, Then::Ended { call, tries: 0 }));
                } else if let Some(next) = again(tries) {
                    self.at(next, Step::Do(line.clone(), Then::Begun { call, tries: tries + 1 }));
                }
            }
            Then::Ended { call, tries } => {
                if let Some(next) = again(tries) {
                    self.at(next, Step::Do(line.clone(), Then::Ended { call, tries: tries + 1 }));
                }
            }
            Then::Moved => self.wander(at + PACE),
        }
    }

    /// What becomes of a call that was taken: one in nine is canceled, the others are served.
    fn follow(&mut self, at: u64, call: &str) {
        if self.calls.is_multiple_of(9) {
            let line = Line::of(&["cancel"]).word(call).flag("--reason", "고객 변심");
            self.at(at + 4_000, Step::Do(line, Then::Nothing));
            return;
        }
        let begin = at + 4_000 + self.chance("begin", 6_000);
        let line = Line::of(&["start"]).word(call);
        self.at(begin, Step::Do(line, Then::Begun { call: call.to_owned(), tries: 0 }));
    }

    fn request(&mut self, at: u64) {
        self.calls += 1;
        let line = Line::of(&["request", "-o", "id"])
            .flag("--tel", format_args!("010-0000-{:04}", self.calls % 9_000))
            .flag("--location", self.one_of("place", &PLACES))
            .flag("--kind", self.one_of("kind", &KINDS))
            .flag("--cost", 20_000 + 500 * self.chance("cost", 120));
        self.at(at, Step::Do(line, Then::Taken));
    }

    fn wander(&mut self, at: u64) {
        self.moves += 1;
        let worker = self.chance_of(self.moves, "worker", WORKERS.len() as u64) + 1;
        let east = self.chance_of(self.moves, "east", 2_700);
        let north = self.chance_of(self.moves, "north", 1_400);
        let place = format!(
            "37.{:04},{}.{:04}",
            4_800 + north,
            126 + (8_500 + east) / 10_000,
            (8_500 + east) % 10_000
        );
        let line = Line::of(&["worker", "at"]).word(format_args!("W-{worker}")).word(place);
        self.at(at, Step::Do(line, Then::Moved));
    }

    fn at(&mut self, at: u64, step: Step) {
        self.made += 1;
        self.due.insert((at, self.made), step);
    }

    fn one_of(&self, purpose: &str, all: &[&'static str]) -> &'static str {
        let at = usize::try_from(self.chance(purpose, all.len() as u64)).unwrap_or(0);
        all.get(at).copied().unwrap_or_default()
    }

    fn chance(&self, purpose: &str, limit: u64) -> u64 {
        self.chance_of(self.calls, purpose, limit)
    }

    fn chance_of(&self, number: u64, purpose: &str, limit: u64) -> u64 {
        let hash = blake3::hash(format!("{} {number} {purpose}", self.seed).as_bytes());
        let number =
            hash.as_bytes().iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        number % limit.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(exit: u8, out: &str) -> Ran {
        Ran { exit, out: out.to_owned(), err: String::new(), refused: None }
    }

    /// The lines of the first `ms`, when every request is taken and everything else is done.
    fn lines(seed: u64, ms: u64) -> Vec<(u64, String)> {
        let mut script = Script::new(seed);
        let (mut lines, mut calls) = (Vec::new(), 0);
        while let Some((at, step)) = script.take().filter(|(at, _)| *at <= ms) {
            let Step::Do(line, then) = step else { continue };
            let out = if then == Then::Taken {
                calls += 1;
                format!("C-{calls}\n")
            } else {
                String::new()
            };
            lines.push((at, line.shell()));
            script.done(at, &line, then, &ran(0, &out));
        }
        lines
    }

    #[test]
    fn the_same_seed_gives_the_same_lines_and_another_one_others() {
        assert_eq!(lines(7, 60_000), lines(7, 60_000));
        assert_ne!(lines(7, 60_000), lines(8, 60_000));
    }

    #[test]
    fn calls_are_taken_served_and_canceled_and_a_participant_falls_silent_for_a_while() {
        let lines = lines(7, 60_000);
        for verb in ["worker add", "request", "start C-", "finish C-", "cancel C-", "worker at W-"]
        {
            assert!(
                lines.iter().any(|(_, line)| line.starts_with(&format!("ascall {verb}"))),
                "{verb}"
            );
        }
        let when = |wanted: &str| lines.iter().find(|(_, line)| line == wanted).map(|(at, _)| *at);
        assert_eq!(when("ascall participant stop manage"), Some(20_000));
        assert_eq!(when("ascall participant start manage"), Some(34_000));
    }

    #[test]
    fn a_line_that_found_the_desk_busy_is_typed_again() {
        let mut script = Script::new(7);
        let Some((at, Step::Do(line, then))) = script.take() else { panic!("nothing is due") };
        script.due.clear();
        script.done(at, &line, then.clone(), &ran(Exit::Busy.code(), ""));
        assert_eq!(script.take(), Some((at + BUSY, Step::Do(line, then))));
    }

    #[test]
    fn what_came_too_early_is_tried_again_but_not_for_ever() {
        let mut script = Script::new(7);
        script.due.clear();
        let line = Line::of(&["start", "C-1"]);
        let mut then = Then::Begun { call: "C-1".to_owned(), tries: 0 };
        let mut tried = 1;
        let mut at = 0;
        loop {
            script.done(at, &line, then, &ran(1, ""));
            let Some((next, Step::Do(again, follows))) = script.take() else { break };
            assert_eq!((&again, next), (&line, at + AGAIN.1));
            (at, then, tried) = (next, follows, tried + 1);
        }
        assert_eq!(tried, AGAIN.0 + 1);
    }

    #[test]
    fn every_number_is_invented() {
        for (_, line) in lines(7, 120_000) {
            let Some((_, tel)) = line.split_once("--tel=") else { continue };
            assert!(tel.starts_with("010-0000-"), "{line}");
        }
    }
}
