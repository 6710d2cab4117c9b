//! Orders about a state of a call that the asker has seen.
//!
//! Invariant: they are compared with the call as this batch and everything before it left it, in the order of the commits,
//! so that of two changes to the same state the second one is refused. What was asked before under its key is not.

use super::{Core, Draft};
use crate::domain::command::Order;
use crate::domain::refusal::Refusal;
use crate::journal::{Journal, JournalError};

impl<J: Journal> Core<J> {
    /// The refusal of an order whose asker does not know the newest of the call; none: it knows, or names no state.
    pub(super) fn stale(
        &self,
        draft: &Draft,
        order: &Order,
    ) -> Result<Option<Refusal>, JournalError> {
        let Some((call, seen)) = order.seen else { return Ok(None) };
        let live = self.world.call(call).or_else(|| draft.departed.get(&call));
        let now = match live {
            Some(known) => known.seqs.last().copied(),
            None => self.late_row(draft, call)?.map(|row| row.seq()),
        };
        // Of a call that was never there the command itself says so.
        let moved = now.filter(|now| *now != seen);
        Ok(moved.map(|now| Refusal::Stale { call, seen, now }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Answer, Founding};
    use super::*;
    use crate::domain::command::Command;
    use crate::domain::ids::{CallId, Seq};
    use crate::domain::testing::{START, repair, request, seoul};
    use crate::domain::world::Settings;
    use crate::journal::memory::MemoryJournal;

    const CALL: CallId = CallId(1);

    fn order(command: Command) -> Order {
        Order::by_operator("kim", command)
    }

    fn urgent(seen: Seq) -> Order {
        let command = Command::SetPriority { call: CALL, priority: 3 };
        Order { seen: Some((CALL, seen)), ..order(command) }
    }

    fn cancel(seen: Seq) -> Order {
        let command = Command::CancelCall { call: CALL, force: false };
        Order { seen: Some((CALL, seen)), ..order(command) }
    }

    /// A desk on which call C-1 is open, and the state in which it is.
    fn desk() -> (Core<MemoryJournal>, Seq) {
        let founding = Founding { seed: 7, secret: [1; 32] };
        let journal = MemoryJournal::new();
        let mut core = Core::open(journal, Settings::default(), &founding, START).unwrap();
        let adopt = order(Command::AdoptProfile(Box::new(repair())));
        let take = order(request("repair", 1, Some(seoul(0, 0))));
        core.run(&[adopt, take], START).unwrap();
        let seen = core.world().call(CALL).unwrap().seqs.last().copied().unwrap();
        (core, seen)
    }

    fn answers(core: &mut Core<MemoryJournal>, orders: &[Order]) -> Vec<Answer> {
        core.run(orders, START).unwrap().answers
    }

    #[test]
    fn of_two_changes_to_the_same_state_in_one_batch_the_second_is_refused() {
        let (mut core, seen) = desk();
        let got = answers(&mut core, &[urgent(seen), cancel(seen)]);
        let now = got[0].as_ref().unwrap().seq;
        assert_eq!(got[1], Err(Refusal::Stale { call: CALL, seen, now }));
        assert!(answers(&mut core, &[cancel(now)])[0].is_ok());
    }

    #[test]
    fn a_dry_run_heeds_the_state_too() {
        let (mut core, seen) = desk();
        answers(&mut core, &[urgent(seen)]);
        let would = core.dry_run(&cancel(seen), START).unwrap();
        assert!(matches!(would, Err(Refusal::Stale { .. })), "{would:?}");
    }

    #[test]
    fn what_was_asked_before_under_its_key_is_answered_whatever_happened_since() {
        let (mut core, seen) = desk();
        let keyed = Order { key: Some("k".to_owned()), ..urgent(seen) };
        let first = answers(&mut core, std::slice::from_ref(&keyed))[0].clone().unwrap();
        let again = answers(&mut core, &[keyed])[0].clone().unwrap();
        assert_eq!((again.seq, again.replayed), (first.seq, true));
    }

    #[test]
    fn the_state_of_a_call_that_has_ended_is_known_from_its_row() {
        let (mut core, seen) = desk();
        let ended = answers(&mut core, &[cancel(seen)])[0].clone().unwrap().seq;
        let late = answers(&mut core, &[cancel(seen)]);
        assert_eq!(late, [Err(Refusal::Stale { call: CALL, seen, now: ended })]);
        assert!(answers(&mut core, &[cancel(ended)])[0].is_ok(), "the second cancel is the first");
    }

    #[test]
    fn a_call_that_was_never_there_is_not_stale() {
        let (mut core, seen) = desk();
        let call = CallId(9);
        let command = Command::SetPriority { call, priority: 3 };
        let got = answers(&mut core, &[Order { seen: Some((call, seen)), ..order(command) }]);
        assert_eq!(got, [Err(Refusal::NoSuchCall(call))]);
    }
}
