//! Orders about calls that ended and are forgotten: their rows know how they ended, and for what may still happen to them
//! they are recalled.
//!
//! Invariant: what is recalled is the call as this batch and everything before it left it, so that of two refunds or two
//! ratings the second one always knows of the first. Nothing is guessed: what cannot be read stops the core.

use super::{Answer, Core, Draft};
use crate::domain::call::Call;
use crate::domain::command::{Command, Order, Receipt};
use crate::domain::event::{Record, call_of};
use crate::domain::ids::CallId;
use crate::domain::phase::Phase;
use crate::domain::refusal::Refusal;
use crate::journal::{Journal, JournalError};
use crate::views::CallRow;
use std::sync::Arc;

/// What is known of a call that is not in the world.
pub(super) enum Ended {
    /// The order may still happen to it.
    Recalled(Box<Call>),
    /// It may not: the answer.
    Answered(Answer),
}

impl<J: Journal> Core<J> {
    /// What becomes of an order that was refused because the world knows no call `id`: perhaps it has ended.
    pub(super) fn look_back(
        &self,
        draft: &Draft,
        id: CallId,
        order: &Order,
    ) -> Result<Ended, JournalError> {
        let row = match draft.departed.get(&id) {
            Some(call) => Some(CallRow::of(call, &self.world)),
            None => self.late_row(draft, id)?,
        };
        let Some(row) = row else { return Ok(Ended::Answered(Err(Refusal::NoSuchCall(id)))) };
        if order.command.recalls(row.phase)
            && let Some(call) = self.recalled(draft, &row)?
        {
            return Ok(Ended::Recalled(Box::new(call)));
        }
        if let (Command::CancelCall { .. }, Phase::Canceled) = (&order.command, row.phase) {
            // The second cancel gets the first one's answer and changes nothing.
            let seq = row.seq();
            let nothing = Receipt {
                seq,
                call: Some(id),
                worker: None,
                participant: None,
                member: None,
                replayed: true,
                stands: None,
            };
            return Ok(Ended::Answered(Ok(nothing)));
        }
        let verb = order.command.participle();
        Ok(Ended::Answered(Err(Refusal::WrongPhase { call: id, phase: row.phase, verb })))
    }

    /// The call of this row as it stood; none: its records do not say.
    fn recalled(&self, draft: &Draft, row: &CallRow) -> Result<Option<Call>, JournalError> {
        if let Some(call) = draft.departed.get(&row.call) {
            return Ok(Some(self.world.recallable(call.clone())));
        }
        let mut records = Vec::with_capacity(row.seqs.len());
        for seq in &row.seqs {
            // What this batch says of a call that it does not recall changes nothing about the call.
            records.extend(self.store.record(*seq)?);
        }
        // Records from before calls were counted do not say the how manyth it was.
        let stood = self.world.as_it_stood(row.call, &records, row.seqs.clone());
        Ok(stood.map(|call| Call { ordinal: row.ordinal, ..call }))
    }

    /// The row of a call that is over and forgotten, with the records of this batch that still speak of it.
    pub(super) fn late_row(
        &self,
        draft: &Draft,
        id: CallId,
    ) -> Result<Option<CallRow>, JournalError> {
        let Some(mut row) = self.store.call(id)? else { return Ok(None) };
        let speaks = |record: &&Arc<Record>| record.events.iter().any(|e| call_of(e) == Some(id));
        row.seqs.extend(draft.done.records.iter().filter(speaks).map(|record| record.seq));
        Ok(Some(row))
    }
}
