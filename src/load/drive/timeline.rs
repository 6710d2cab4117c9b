//! What goes wrong when: the faults of the scenario and of the keyboard, each with its begin and its end.

use crate::load::scenario::{Fault, Scenario, Trouble};
use ascall_engine::domain::ids::Millis;
use std::collections::BTreeMap;

/// A fault that begins or ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Turn {
    /// Which.
    pub what: Trouble,
    /// Whether it begins.
    pub begins: bool,
    /// For how long it lasts; none: from then on.
    pub lasts: Option<Millis>,
}

/// All that are still to come.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    due: BTreeMap<(Millis, usize), Turn>,
    planned: usize,
}

impl Timeline {
    /// Those of the scenario.
    pub(super) fn of(scenario: &Scenario) -> Self {
        let mut timeline = Self::default();
        scenario.faults.iter().for_each(|fault| timeline.plan(fault));
        timeline
    }

    /// One more.
    pub(super) fn plan(&mut self, fault: &Fault) {
        let Fault { at, what, lasts } = fault;
        self.put(*at, Turn { what: what.clone(), begins: true, lasts: *lasts });
        // A host that is killed comes again by itself, and says when.
        if let (Trouble::Mode(..), Some(lasts)) = (what, lasts) {
            let end = Millis(at.0.saturating_add(lasts.0));
            self.put(end, Turn { what: what.clone(), begins: false, lasts: None });
        }
    }

    fn put(&mut self, at: Millis, turn: Turn) {
        self.due.insert((at, self.planned), turn);
        self.planned += 1;
    }

    /// When the next one is due.
    pub(super) fn next_at(&self) -> Option<Millis> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    /// The next one, when it is due by `now`.
    pub(super) fn take(&mut self, now: Millis) -> Option<Turn> {
        self.next_at().filter(|at| *at <= now)?;
        self.due.pop_first().map(|(_, turn)| turn)
    }
}
