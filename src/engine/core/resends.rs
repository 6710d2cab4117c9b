//! Sending a notice again: whether it was ever issued is in the journal, not in the world.
//!
//! Invariant: what is sent again is a notice as it was issued, with the worker it spoke of; nothing is guessed, and what
//! cannot be read stops the core.

use super::{Answer, Core, Draft};
use crate::domain::command::{Command, Order};
use crate::domain::event::{Event, NoticeKey, Record};
use crate::domain::ids::WorkerId;
use crate::domain::refusal::Refusal;
use crate::domain::world::World;
use crate::journal::{Journal, JournalError};
use std::sync::Arc;

impl<J: Journal> Core<J> {
    /// The refusal of an order to send again what was never issued; none: it may be decided.
    pub(super) fn never_issued(
        &self,
        draft: &Draft,
        order: &Order,
    ) -> Result<Option<Answer>, JournalError> {
        let Command::ResendNotice { notice, worker } = &order.command else { return Ok(None) };
        let in_batch = draft.done.records.iter().find(|record| record.seq == notice.seq);
        let record = match in_batch {
            Some(record) => Some(Arc::clone(record)),
            None => self.store.record(notice.seq)?.map(Arc::new),
        };
        let is_issued =
            record.is_some_and(|record| issued_in(&self.world, &record, notice, *worker));
        let refusal = Refusal::NoSuchNotice { notice: notice.name() };
        Ok((!is_issued).then_some(Err(refusal)))
    }
}

/// Whether the record issues this notice, speaking of this worker.
fn issued_in(world: &World, record: &Record, notice: &NoticeKey, worker: Option<WorkerId>) -> bool {
    record.events.iter().any(|event| match event {
        Event::NoticeIssued { notice: key, worker: spoken } => key == notice && *spoken == worker,
        Event::WorkersTold { call, rule, transport, workers } => {
            let same = (*call, *rule, *transport) == (notice.call, notice.rule, notice.transport);
            let told = worker.filter(|worker| workers.contains(worker));
            let to = told.and_then(|worker| world.worker(worker)).map(|worker| worker.subject);
            same && to == Some(notice.to)
        }
        _ => false,
    })
}
