//! What must be true at the end: everything acknowledged is in the journal, and once; and everybody was answered.
//!
//! Invariant: judged by the journal's own records and by what was acknowledged; nothing is taken from what was measured.

use crate::load::crowd::{Said, Step, What};
use ascall_engine::domain::carry::key_mark;
use ascall_engine::domain::event::{Event, Record};
use ascall_engine::domain::ids::CallId;
use std::collections::{BTreeMap, BTreeSet};

/// What the desk acknowledged: the mark of each key, and its call.
#[derive(Debug, Default)]
pub(super) struct Witness {
    promised: BTreeMap<String, CallId>,
    /// The requests that nobody answered so far, by the number of their first try.
    unanswered: BTreeSet<u64>,
}

/// What the journal says of the requests, by the mark of their keys.
#[derive(Debug, Default)]
pub(super) struct Account {
    taken: BTreeMap<String, Vec<CallId>>,
}

impl Account {
    /// Notes the calls that a record took under a key.
    pub(super) fn note(&mut self, record: &Record) {
        let Some(key) = &record.key else { return };
        for event in &record.events {
            if let Event::CallReceived { call, .. } = event {
                self.taken.entry(key.key.clone()).or_default().push(*call);
            }
        }
    }
}

impl Witness {
    /// A step was answered, or was not; the desk was away on purpose meanwhile, or was meant to be there.
    pub(super) fn answered(&mut self, step: &Step, said: &Said, away: bool) {
        let What::Request(asked) = &step.what else { return };
        match said {
            Said::Unknown | Said::Failed(_) if !away => self.unanswered.insert(step.first),
            _ => self.unanswered.remove(&step.first),
        };
        if let Said::Done(Some(call)) = said {
            self.promised.insert(key_mark(&asked.key), *call);
        }
    }

    /// How many requests had no answer the last time they were asked, although the desk was meant to be there.
    pub(super) fn unanswered(&self) -> usize {
        self.unanswered.len()
    }

    /// The newest call that was acknowledged.
    pub(super) fn newest(&self) -> Option<CallId> {
        self.promised.values().max().copied()
    }

    /// How many acknowledged requests the journal does not have as they were acknowledged, and how many requests it has
    /// more than once.
    pub(super) fn judge(&self, account: &Account) -> (u64, u64) {
        let kept = |(mark, call): &(&String, &CallId)| {
            account.taken.get(*mark).is_some_and(|calls| calls.contains(call))
        };
        let lost = self.promised.iter().filter(|promise| !kept(promise)).count();
        let doubled = account.taken.values().filter(|calls| calls.len() > 1).count();
        (lost as u64, doubled as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::crowd::Asked;
    use ascall_engine::domain::event::{Actor, BoundKey};
    use ascall_engine::domain::ids::{Millis, ProfileId, Seq, SubjectId, Time};
    use ascall_engine::domain::profile::Lang;

    fn taken(seq: u64, key: &str, call: u64) -> Record {
        let received = Event::CallReceived {
            call: CallId(call),
            profile: ProfileId(1),
            subject: SubjectId(1),
            tel: None,
            reachable: false,
            kind: None,
            spot: None,
            cost: None,
            priority: 1,
            fields: BTreeMap::new(),
            lang: Lang::Ko,
            parent: None,
            member: None,
            window: None,
            asked: None,
            ordinal: seq,
        };
        Record {
            seq: Seq(seq),
            at: Time(0),
            actor: Actor::Clock,
            key: Some(BoundKey {
                key: key_mark(key),
                fields: Vec::new(),
                call: Some(CallId(call)),
                worker: None,
                member: None,
            }),
            causation: None,
            trace: None,
            reason: None,
            events: vec![received],
        }
    }

    fn asked(key: &str) -> Step {
        let asked = Asked {
            key: key.to_owned(),
            profile: "repair".to_owned(),
            tel: "010-0000-0001".to_owned(),
            spot: None,
            kind: None,
            cost: None,
            fields: BTreeMap::new(),
            member: None,
            address: None,
        };
        Step { number: 1, first: 1, due: Millis(0), what: What::Request(Box::new(asked)) }
    }

    #[test]
    fn what_was_acknowledged_and_is_not_in_the_journal_is_lost() {
        let mut witness = Witness::default();
        witness.answered(&asked("a"), &Said::Done(Some(CallId(1))), false);
        witness.answered(&asked("b"), &Said::Done(Some(CallId(2))), false);
        witness.answered(&asked("c"), &Said::Unknown, false);
        let mut account = Account::default();
        account.note(&taken(1, "a", 1));
        assert_eq!(witness.judge(&account), (1, 0));
        account.note(&taken(2, "b", 2));
        assert_eq!(witness.judge(&account), (0, 0));
        assert_eq!(witness.newest(), Some(CallId(2)));
    }

    #[test]
    fn a_request_that_was_taken_twice_is_doubled_whoever_was_told_of_it() {
        let mut account = Account::default();
        account.note(&taken(1, "a", 1));
        account.note(&taken(2, "a", 2));
        assert_eq!(Witness::default().judge(&account), (0, 1));
    }

    #[test]
    fn another_call_than_the_one_acknowledged_is_a_lost_one() {
        let mut witness = Witness::default();
        witness.answered(&asked("a"), &Said::Done(Some(CallId(7))), false);
        let mut account = Account::default();
        account.note(&taken(1, "a", 1));
        assert_eq!(witness.judge(&account), (1, 0));
    }
    #[test]
    fn who_is_not_answered_counts_unless_the_desk_was_away_on_purpose() {
        let mut witness = Witness::default();
        let step = |first| Step { number: first + 10, first, ..asked("a") };
        let failed = Said::Failed("nobody there".to_owned());
        for first in 1..=3 {
            witness.answered(&step(first), &Said::Unknown, false);
        }
        assert_eq!(witness.unanswered(), 3);
        witness.answered(&step(1), &Said::Done(Some(CallId(1))), false);
        witness.answered(&step(2), &failed, true);
        witness.answered(&step(3), &failed, false);
        assert_eq!(witness.unanswered(), 1);
    }
}
