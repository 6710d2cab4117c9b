//! Commands about gates and steps by hand: settle, waive, retry.
//!
//! Invariant: a hand is only laid on what nobody else may still decide: never on a step that has a request out, nor on
//! money of which it is not known whether it moved.

use super::{Decided, needs_reason};
use crate::domain::call::{Call, Step, StepState};
use crate::domain::command::Order;
use crate::domain::event::{Event, SettledBy};
use crate::domain::follow::settled;
use crate::domain::ids::CallId;
use crate::domain::phase::Phase;
use crate::domain::profile::{Does, Position, Profile};
use crate::domain::refusal::Refusal;
use crate::domain::world::World;

impl World {
    pub(super) fn settle(
        &self,
        id: CallId,
        by: SettledBy,
        order: &Order,
    ) -> Result<Decided, Refusal> {
        let (call, profile) = self.live(id)?;
        if call.phase != Phase::Closing {
            return Err(Refusal::NotClosing { call: id, phase: call.phase, by });
        }
        needs_reason(order, "settle")?;
        let Some((i, state)) = call.completion_ahead(profile) else {
            return Ok(Decided::nothing().about(id));
        };
        // While a request is out nobody knows yet whether it is settled already.
        if state.out.is_some() {
            return Err(Refusal::StepNotDone { call: id, step: profile.step_name(i) });
        }
        // What may have been captured is not to be paid a second time: it is asked for first.
        let charges = profile.steps.get(i).is_some_and(|spec| spec.does == Does::Charge);
        if charges && in_doubt(state) {
            return Err(Refusal::OutcomeUnknown { call: id, step: profile.step_name(i) });
        }
        let mut events = vec![Event::StepSettled { call: id, step: number(i), by }];
        events.extend(settled(call, profile, i, by));
        Ok(Decided::of(events).about(id))
    }
}

/// Lets an undo go, or a refund.
pub(super) fn waive(
    (call, profile): (&Call, &Profile),
    name: &str,
    order: &Order,
) -> Result<Decided, Refusal> {
    let id = call.id;
    needs_reason(order, "waive")?;
    let Some(i) = named(call, profile, name) else {
        let known = (0..call.steps.len()).map(|i| profile.step_name(i)).collect::<Vec<_>>();
        let known = known.join(", ");
        return Err(Refusal::NoSuchStep { call: id, step: name.to_owned(), known });
    };
    let waivable = call.steps.get(i).is_some_and(|step| {
        let stuck = matches!(step.state, StepState::UndoDenied { .. });
        let undo = call.is_undoing() && (stuck || step.owes_undo());
        step.out.is_none() && (undo || is_refund_owed(profile, i, step))
    });
    if !waivable {
        return Err(Refusal::NothingToWaive { call: id, step: name.to_owned() });
    }
    if i >= profile.steps.len() && call.steps.get(i).is_some_and(in_doubt) {
        return Err(Refusal::OutcomeUnknown { call: id, step: profile.step_name(i) });
    }
    Ok(Decided::of(vec![Event::StepWaived { call: id, step: number(i) }]).about(id))
}

/// Has what waits tried again now, also what was refused.
pub(super) fn retry((call, profile): (&Call, &Profile)) -> Result<Decided, Refusal> {
    use StepState::{Denied, UndoDenied, Undoing, Waiting};
    let id = call.id;
    let is_tried = |i: usize, step: &Step| {
        let Some(spec) = profile.steps.get(i) else {
            return matches!(step.state, Waiting { .. } | Denied { .. });
        };
        match step.state {
            Undoing { .. } | UndoDenied { .. } => true,
            Waiting { unknown, .. } if call.is_undoing() => unknown && spec.undo,
            Waiting { .. } => call.phase != Phase::Completed,
            Denied { .. } => !call.is_undoing() && spec.position != Position::BeforeOpen,
            _ => false,
        }
    };
    let steps = call.steps.iter().enumerate();
    let retried: Vec<Event> = steps
        .filter(|(i, step)| step.out.is_none() && is_tried(*i, step))
        .map(|(i, _)| Event::StepRetried { call: id, step: number(i) })
        .collect();
    if retried.is_empty() && call.phase != Phase::Parked {
        return Err(Refusal::NothingToRetry { call: id });
    }
    Ok(Decided::of(retried).about(id))
}

/// The step of this name; `refund` is the first refund that is still owed.
fn named(call: &Call, profile: &Profile, name: &str) -> Option<usize> {
    let refunds = || profile.steps.len()..call.steps.len();
    let owed = |i: &usize| call.steps.get(*i).is_some_and(|s| is_refund_owed(profile, *i, s));
    profile.step(name).or_else(|| match name {
        "refund" => refunds().find(owed).or_else(|| refunds().next()),
        _ => refunds().find(|i| profile.step_name(*i) == name),
    })
}

fn is_refund_owed(profile: &Profile, i: usize, step: &Step) -> bool {
    i >= profile.steps.len() && !matches!(step.state, StepState::Done | StepState::Waived)
}

/// Whether it may have been done, as far as is known.
fn in_doubt(step: &Step) -> bool {
    matches!(step.state, StepState::Waiting { unknown: true, .. })
}

fn number(i: usize) -> u8 {
    u8::try_from(i).unwrap_or(u8::MAX)
}
