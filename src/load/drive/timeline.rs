//! What goes wrong when: the faults of the scenario and of the keyboard, each with its begin and its end.
//!
//! Invariant: of one participant one fault is in force at a time, the one that began last of those that go on; a turn tells
//! when that changes, and only then. Whoever is started has none left.

use crate::load::meter::{Meter, Micros};
use crate::load::scenario::{Fault, Scenario, Trouble};
use ascall_engine::domain::event::Mode;
use ascall_engine::domain::ids::Millis;
use std::collections::BTreeMap;

/// What goes wrong has changed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Turn {
    /// The how manyth that was planned.
    pub nth: usize,
    /// Which.
    pub what: Trouble,
    /// Whether it is in force from now on.
    pub begins: bool,
    /// For how long a host stays away; none: it comes again at once.
    pub lasts: Option<Millis>,
    /// The one that was in force until now, when this one takes its place.
    pub over: Option<usize>,
}

/// A fault begins, or is over.
#[derive(Debug)]
struct Due {
    nth: usize,
    what: Trouble,
    begins: bool,
    lasts: Option<Millis>,
}

/// All that are still to come.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    due: BTreeMap<(Millis, usize), Due>,
    planned: usize,
    put: usize,
    /// Those that go on, in the order in which they began: whose, and how they behave.
    on: Vec<(usize, String, Mode)>,
    /// By participant, which is in force, as it was told.
    told: BTreeMap<String, (usize, Mode)>,
    /// How those behave with whom nothing is wrong, where that is not just running.
    usual: BTreeMap<String, Mode>,
}

impl Turn {
    /// It has happened: the report shows it.
    pub(super) fn show(&self, meter: &mut Meter, at: Micros) {
        if let Some(over) = self.over {
            meter.fault(over, "", false, at);
        }
        meter.fault(self.nth, &self.what.to_string(), self.begins, at);
    }
}

impl Timeline {
    /// Those of the scenario.
    pub(super) fn of(scenario: &Scenario) -> Self {
        let mut timeline = Self::default();
        scenario.faults.iter().for_each(|fault| timeline.plan(fault));
        timeline
    }

    /// Where everybody behaves like this by themselves.
    pub(super) fn over(mut self, usual: BTreeMap<String, Mode>) -> Self {
        self.usual = usual;
        self
    }

    /// One more.
    pub(super) fn plan(&mut self, fault: &Fault) {
        let Fault { at, what, lasts } = fault;
        let nth = self.planned;
        self.planned += 1;
        self.put(*at, Due { nth, what: what.clone(), begins: true, lasts: *lasts });
        // A host that is killed comes again by itself, and says when.
        if let (Trouble::Mode(..), Some(lasts)) = (what, lasts) {
            let end = Millis(at.0.saturating_add(lasts.0));
            self.put(end, Due { nth, what: what.clone(), begins: false, lasts: None });
        }
    }

    fn put(&mut self, at: Millis, due: Due) {
        self.due.insert((at, self.put), due);
        self.put += 1;
    }

    /// When the next one is due.
    pub(super) fn next_at(&self) -> Option<Millis> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    /// The next turn, when there is one by `now`.
    pub(super) fn take(&mut self, now: Millis) -> Option<Turn> {
        loop {
            self.next_at().filter(|at| *at <= now)?;
            let (_, Due { nth, what, begins, lasts }) = self.due.pop_first()?;
            let Trouble::Mode(name, mode) = &what else {
                return Some(Turn { nth, what, begins, lasts, over: None });
            };
            let is_start = begins && *mode == Mode::Running;
            if is_start {
                self.on.retain(|(_, whose, _)| whose != name);
                self.usual.remove(name);
            } else if begins {
                self.on.push((nth, name.clone(), *mode));
            } else {
                self.on.retain(|(known, ..)| *known != nth);
            }
            if let Some(turn) = self.changed(name) {
                return Some(turn);
            }
            if is_start {
                // Nothing of ours is wrong with it; whatever else may be is over.
                return Some(Turn { nth, what, begins: false, lasts: None, over: None });
            }
        }
    }

    /// What is in force for somebody, when that is not what was told last.
    fn changed(&mut self, name: &str) -> Option<Turn> {
        let last = self.on.iter().rev().find(|(_, whose, _)| whose == name);
        let now = last.map(|(nth, _, mode)| (*nth, *mode));
        let told = self.told.get(name).copied();
        let mode = |one: Option<(usize, Mode)>| one.map(|(_, mode)| mode);
        if mode(told) == mode(now) {
            return None;
        }
        let turn = |(nth, mode), begins, over| Turn {
            nth,
            what: Trouble::Mode(name.to_owned(), mode),
            begins,
            lasts: None,
            over,
        };
        if let Some(now) = now {
            self.told.insert(name.to_owned(), now);
            Some(turn(now, true, told.map(|(nth, _)| nth)))
        } else {
            self.told.remove(name);
            told.map(|told| turn(told, false, None))
        }
    }

    /// How somebody behaves by now: as the fault in force says, or as they did before.
    pub(super) fn mode(&self, name: &str) -> Mode {
        let told = self.told.get(name).map(|(_, mode)| *mode);
        told.or_else(|| self.usual.get(name).copied()).unwrap_or(Mode::Running)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each turn in a line: when, which, how it behaves then, whose place it takes.
    fn turns(faults: &[&str]) -> Vec<String> {
        let mut timeline = Timeline::default();
        for fault in faults {
            timeline.plan(&fault.parse().unwrap());
        }
        let mut turns = Vec::new();
        while let Some(at) = timeline.next_at() {
            while let Some(turn) = timeline.take(at) {
                let word = if turn.begins { "begins" } else { "ends" };
                let over = turn.over.map(|nth| format!(" for {nth}")).unwrap_or_default();
                let now = Trouble::Mode("manage".to_owned(), timeline.mode("manage"));
                let (s, nth, what) = (at.0 / 1_000, turn.nth, turn.what);
                turns.push(format!("{s} {nth} {what} {word}{over}: {now}"));
            }
        }
        turns
    }

    #[test]
    fn a_later_fault_takes_the_place_of_the_earlier_which_goes_on_after_it() {
        assert_eq!(
            turns(&["at 2s stop manage for 10s", "at 4s slow manage 5ms for 2s"]),
            [
                "2 0 stop manage begins: stop manage",
                "4 1 slow manage 5ms begins for 0: slow manage 5ms",
                "6 0 stop manage begins for 1: stop manage",
                "12 0 stop manage ends: start manage",
            ]
        );
        // What was to be over by then is over.
        assert_eq!(
            turns(&["at 2s stop manage for 3s", "at 4s slow manage 5ms for 4s"])[1..],
            [
                "4 1 slow manage 5ms begins for 0: slow manage 5ms",
                "8 1 slow manage 5ms ends: start manage",
            ]
        );
    }

    #[test]
    fn the_same_fault_again_goes_on_until_the_last_of_both_is_over() {
        let begins = "2 0 stop manage begins: stop manage";
        for (again, end) in [("at 3s stop manage for 2s", 12), ("at 5s stop manage for 10s", 15)] {
            let ends = format!("{end} 0 stop manage ends: start manage");
            assert_eq!(turns(&["at 2s stop manage for 10s", again]), [begins, &ends]);
        }
    }

    #[test]
    fn whoever_is_started_has_nothing_wrong_any_more() {
        assert_eq!(
            turns(&["at 2s stop manage for 10s", "at 5s start manage"]),
            ["2 0 stop manage begins: stop manage", "5 0 stop manage ends: start manage"]
        );
        assert_eq!(turns(&["at 5s start manage"]), ["5 0 start manage ends: start manage"]);
    }

    #[test]
    fn what_goes_wrong_elsewhere_and_with_the_host_stands_apart() {
        assert_eq!(
            turns(&["at 1s stop assign for 3s", "at 2s stop manage for 1s", "at 2s kill host"]),
            [
                "1 0 stop assign begins: start manage",
                "2 1 stop manage begins: stop manage",
                "2 2 kill host begins: stop manage",
                "3 1 stop manage ends: start manage",
                "4 0 stop assign ends: start manage",
            ]
        );
    }
    #[test]
    fn who_was_slow_before_is_slow_again_afterwards_unless_started() {
        let slow: Fault = "slow manage 400ms".parse().unwrap();
        let Trouble::Mode(name, slow) = slow.what else { panic!("{slow:?}") };
        let mut timeline = Timeline::default().over(BTreeMap::from([(name, slow)]));
        timeline.plan(&"at 1s stop manage for 1s".parse().unwrap());
        timeline.plan(&"at 3s start manage".parse().unwrap());
        timeline.take(Millis::secs(1)).unwrap();
        assert_eq!(timeline.mode("manage"), Mode::Stopped);
        timeline.take(Millis::secs(2)).unwrap();
        assert_eq!((timeline.mode("manage"), timeline.mode("assign")), (slow, Mode::Running));
        timeline.take(Millis::secs(3)).unwrap();
        assert_eq!(timeline.mode("manage"), Mode::Running);
    }
}
