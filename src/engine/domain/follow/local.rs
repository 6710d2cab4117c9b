//! What the desk's own participants answer, and what an answer of anybody's moves: money and goods.
//!
//! Invariant: an answer is a function of the world and of what was asked; what it moves is written in its own record,
//! once, and only when the answer says that it happened.
//! Must not know when anybody is asked, nor what becomes of the step.

use crate::domain::call::{Call, Effect};
use crate::domain::event::{Event, FailKind, Mode, Op, Outcome};
use crate::domain::participant::Participant;
use crate::domain::profile::Does;
use crate::domain::world::World;

impl World {
    /// What the desk's own participant says to `op` about step `i` of the call.
    pub(super) fn local_answer(
        &self,
        participant: &Participant,
        call: &Call,
        i: usize,
        op: Op,
    ) -> Outcome {
        match participant.mode {
            Mode::Stopped => Outcome::Unavailable("stopped".to_owned()),
            Mode::Failing(FailKind::Unavailable) => Outcome::Unavailable("made to fail".to_owned()),
            Mode::Failing(FailKind::Denied) if !stands(call, i, op) => {
                Outcome::Denied("made to refuse".to_owned())
            }
            Mode::Failing(FailKind::Lost) => Outcome::Indeterminate("answer lost".to_owned()),
            Mode::Running | Mode::Slow { .. } | Mode::Failing(FailKind::Denied) => {
                match self.does(call, i) {
                    Does::Confirm => ledger(call, i, op),
                    Does::Charge => self.charge_answer(call, i, op),
                    Does::Reserve => self.reserve_answer(call, i, op),
                }
            }
        }
    }

    /// The events that belong to the answer `outcome` to `op` of step `i`: entries in the books, moves of stock.
    ///
    /// The call is as it was before the answer.
    pub(in crate::domain) fn moved_by(
        &self,
        call: &Call,
        i: usize,
        op: Op,
        outcome: &Outcome,
    ) -> Vec<Event> {
        match self.does(call, i) {
            Does::Confirm => Vec::new(),
            Does::Charge => self.money_moved(call, i, op, outcome).into_iter().collect(),
            Does::Reserve => self.goods_moved(call, i, op, outcome),
        }
    }

    /// What step `i` is about. A refund is the charge's business.
    fn does(&self, call: &Call, i: usize) -> Does {
        let Some(adopted) = self.desk.profiles.get(&call.profile) else { return Does::Confirm };
        adopted.spec.steps.get(i).map_or(Does::Charge, |spec| spec.does)
    }
}

/// Whether it is asked to do, or about, what it has done: whoever says no has done nothing.
fn stands(call: &Call, i: usize, op: Op) -> bool {
    let done = call.steps.get(i).is_some_and(|step| step.effect == Effect::Done);
    done && matches!(op, Op::Do | Op::Query)
}

/// The answer of a ledger that refuses nothing but a do after its undo, and tells what it holds.
pub(super) fn ledger(call: &Call, i: usize, op: Op) -> Outcome {
    match (op, call.steps.get(i).map(|step| step.effect).unwrap_or_default()) {
        (Op::Do, Effect::Undone) => Outcome::Denied("undone before".to_owned()),
        (Op::Query, Effect::None | Effect::Undone) => Outcome::Denied("not done".to_owned()),
        _ => Outcome::Ok,
    }
}
