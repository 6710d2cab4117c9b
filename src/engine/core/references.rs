//! Requests under a client's own number whose call has ended: the world has forgotten it, the store has not.
//!
//! Invariant: what is found is what the live world would have found; deciding what is said about it is the domain's.

use super::{Answer, Core, Draft, replayed};
use crate::domain::command::{Command, Order};
use crate::domain::event::{Event, Record};
use crate::domain::ids::CallId;
use crate::domain::phase::Phase;
use crate::domain::text::nfc;
use crate::domain::world::World;
use crate::journal::{Journal, JournalError};
use crate::views::{self, CallRow};

impl<J: Journal> Core<J> {
    /// The answer to a request under a number that an ended call has; none: the number is free, or its call is live.
    pub(super) fn taken_before(
        &self,
        draft: &Draft,
        order: &Order,
    ) -> Result<Option<Answer>, JournalError> {
        let Command::RequestCall(new) = &order.command else { return Ok(None) };
        let Some(reference) = self.world.reference_in(new) else { return Ok(None) };
        let Some((row, asked)) = self.named(draft, &reference.profile, &reference.text)? else {
            return Ok(None);
        };
        // What was never accepted may be asked for again.
        let is_free = !row.phase.is_terminal() || row.phase == Phase::Rejected;
        let (id, seq) = (row.call, row.seqs.first().copied().unwrap_or_default());
        Ok((!is_free).then(|| reference.again(id, asked).map(|_| replayed(seq, id))))
    }

    /// The newest call of a line under a client's own number, live or ended; none: there never was one.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn call_named(&self, line: &str, text: &str) -> Result<Option<CallRow>, JournalError> {
        let text = nfc(text);
        Ok(self.named(&Draft::default(), line, &text)?.map(|(row, _)| row))
    }

    /// The newest call under a number, and the mark of what was asked under it. The newest of them counts: an earlier one
    /// gave its number back before there could be a later one.
    fn named(
        &self,
        draft: &Draft,
        line: &str,
        text: &str,
    ) -> Result<Option<(CallRow, Option<u64>)>, JournalError> {
        let term = views::reference_term(line, text);
        let newest = draft.referred.get(&term).map(|call| call.0).or(self.references.newest(term));
        let mut on_disk = Vec::new();
        if newest.is_none() && self.references.may_be_older(term) {
            on_disk = self.store.reader().view()?.lookup(views::BY_REFERENCE, term)?;
            on_disk.sort_unstable();
        }
        for id in newest.into_iter().chain(on_disk.into_iter().rev()).map(CallId) {
            let Some((row, asked)) = self.as_taken(draft, id)? else { continue };
            let mut texts = row.fields.iter().map(|(_, text)| text);
            if row.profile_name == line && texts.any(|one| one == text) {
                return Ok(Some((row, asked)));
            }
        }
        Ok(None)
    }

    /// A call as it stands, and the mark of what was asked.
    fn as_taken(
        &self,
        draft: &Draft,
        id: CallId,
    ) -> Result<Option<(CallRow, Option<u64>)>, JournalError> {
        if let Some(call) = draft.departed.get(&id).or(self.world.call(id)) {
            return Ok(Some((CallRow::of(call, &self.world), call.asked)));
        }
        let Some(row) = self.store.call(id)? else { return Ok(None) };
        let Some(seq) = row.seqs.first() else { return Ok(None) };
        let record = self.store.record(*seq)?;
        let asked = record.iter().flat_map(|record| &record.events).find_map(|event| match event {
            Event::CallReceived { call, asked, .. } if *call == id => *asked,
            _ => None,
        });
        Ok(Some((row, asked)))
    }
}

/// The calls that a record took under a client's own number, with its term.
pub(super) fn named_in(world: &World, record: &Record) -> Vec<(u64, CallId)> {
    let named = record.events.iter().filter_map(|event| {
        let Event::CallReceived { call, profile, fields, asked: Some(_), .. } = event else {
            return None;
        };
        let spec = &world.profile(*profile)?.spec;
        let text = fields.get(&spec.reference_field()?.name)?;
        Some((views::reference_term(&spec.name, text), *call))
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Done, Founding};
    use crate::domain::command::NewCall;
    use crate::domain::event::{FailKind, Mode};
    use crate::domain::ids::{Millis, Time};
    use crate::domain::profile::{Field, FieldKind, Profile, Words};
    use crate::domain::refusal::Refusal;
    use crate::domain::testing::{START, repair, request};
    use crate::domain::world::Settings;
    use crate::journal::memory::MemoryJournal;

    fn shop() -> Profile {
        let order = Field {
            name: "order".to_owned(),
            label: Words { ko: "번호".to_owned(), en: "number".to_owned() },
            kind: FieldKind::Reference,
            required: true,
            default: None,
            skill: false,
            one_of: Vec::new(),
            no_skill: Vec::new(),
        };
        Profile { name: "shop".to_owned(), fields: vec![order], ..repair() }
    }

    fn opened(journal: MemoryJournal, now: Time) -> Core<MemoryJournal> {
        let founding = Founding { seed: 7, secret: [1; 32] };
        Core::open(journal, Settings::default(), &founding, now).unwrap()
    }

    fn desk() -> Core<MemoryJournal> {
        let mut core = opened(MemoryJournal::new(), START);
        run(&mut core, &[Command::AdoptProfile(Box::new(shop()))]);
        core
    }

    fn run(core: &mut Core<MemoryJournal>, commands: &[Command]) -> Vec<Answer> {
        let orders: Vec<Order> =
            commands.iter().map(|command| Order::by_operator("kim", command.clone())).collect();
        let now = core.world().at().max(START).plus(Millis(1));
        let Done { answers, .. } = core.run(&orders, now).unwrap();
        answers
    }

    fn order(reference: &str, tel: u64) -> Command {
        let Command::RequestCall(new) = request("shop", tel, None) else {
            unreachable!("a request is one")
        };
        let fields = [("order".to_owned(), reference.to_owned())].into();
        Command::RequestCall(NewCall { fields, ..new })
    }

    fn cancel(call: u64) -> Command {
        Command::CancelCall { call: CallId(call), force: false }
    }

    /// Maintenance, and the desk opened anew.
    fn reopened(mut core: Core<MemoryJournal>) -> Core<MemoryJournal> {
        let now = core.world().at();
        core.maintain(now).unwrap();
        opened(core.into_journal(), now)
    }

    #[test]
    fn an_ended_call_keeps_its_number_in_its_batch_before_the_archive_in_it_and_afterwards() {
        let mut core = desk();
        let answers =
            run(&mut core, &[order("O-1", 1), cancel(1), order("O-1", 1), order("O-1", 2)]);
        let first = answers[0].clone().unwrap();
        let again = |answer: &Answer| {
            let receipt = answer.clone().unwrap();
            assert_eq!((receipt.seq, receipt.call), (first.seq, first.call));
            assert!(receipt.replayed);
        };
        let used = Refusal::ReferenceUsed { reference: "O-1".to_owned(), call: CallId(1) };
        again(&answers[2]);
        assert_eq!(answers[3], Err(used.clone()));

        let check = |core: &mut Core<MemoryJournal>| {
            let head = core.head();
            let answers = run(core, &[order("O-1", 1), order("O-1", 2)]);
            again(&answers[0]);
            assert_eq!(answers[1], Err(used.clone()));
            assert_eq!(core.head(), head, "nothing was written");
            let asked = Order::by_operator("kim", order("O-1", 2));
            assert_eq!(core.dry_run(&asked, START).unwrap(), Err(used.clone()));
        };
        check(&mut core);
        let mut core = opened(core.into_journal(), START);
        check(&mut core);
        let mut core = reopened(core);
        check(&mut core);
        let mut core = reopened(core);
        check(&mut core);
        assert_eq!(run(&mut core, &[order("O-2", 2)])[0].as_ref().unwrap().call, Some(CallId(2)));
    }

    #[test]
    fn a_call_that_was_live_at_the_archive_and_ended_since_keeps_its_number() {
        let mut core = desk();
        run(&mut core, &[order("O-1", 1)]);
        let mut core = reopened(core);
        assert!(run(&mut core, &[order("O-1", 1)])[0].as_ref().unwrap().replayed, "it is live");
        run(&mut core, &[cancel(1)]);
        let mut core = opened(core.into_journal(), START);
        assert!(run(&mut core, &[order("O-1", 1)])[0].as_ref().unwrap().replayed);
    }

    #[test]
    fn a_rejected_call_gives_its_number_back_also_long_after() {
        let mut core = desk();
        let mode = |mode| Command::SetMode { name: "manage".to_owned(), mode };
        run(&mut core, &[mode(Mode::Failing(FailKind::Denied)), order("O-1", 1)]);
        let mut core = reopened(core);
        let answers = run(&mut core, &[order("O-1", 1), mode(Mode::Running), order("O-1", 2)]);
        let calls: Vec<_> = answers.iter().map(|answer| answer.as_ref().unwrap().call).collect();
        assert_eq!(calls, [Some(CallId(2)), None, Some(CallId(3))]);
        let mut core = reopened(core);
        run(&mut core, &[cancel(3)]);
        let mut core = reopened(core);
        let used = Refusal::ReferenceUsed { reference: "O-1".to_owned(), call: CallId(3) };
        assert_eq!(run(&mut core, &[order("O-1", 1)])[0], Err(used), "that one was accepted");
    }
}
