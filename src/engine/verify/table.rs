//! The checker's own copy of the lifecycle, written from the design and not from the domain's table.
//!
//! Invariant: what is not in here is a fault. Must not read `domain::phase::MOVES`.

use crate::domain::event::Why;
use crate::domain::phase::{Phase, Target};
use crate::domain::profile::CancelUntil;

/// Where a call may go from each phase, by one event.
fn next(from: Phase) -> &'static [Phase] {
    use Phase::{
        Assigned, Canceled, Closing, Completed, Gating, InService, Open, Parked, Received,
        Rejected, Scheduled, Unfilled, Unwinding,
    };
    match from {
        Received => &[Gating, Open],
        Gating => &[Open, Parked, Unwinding],
        Parked => &[Gating, Unwinding],
        Open => &[Scheduled, Assigned, InService, Unwinding],
        Scheduled => &[Assigned, Open, Unwinding],
        Assigned => &[Open, InService, Unwinding],
        InService => &[Open, Closing, Completed, Unwinding],
        Closing => &[Completed],
        Unwinding => &[Canceled, Unfilled, Rejected],
        Completed | Canceled | Unfilled | Rejected => &[],
    }
}

/// Whether one event may take a call from `from` to `to`.
pub(super) fn may_go(from: Phase, to: Phase) -> bool {
    next(from).contains(&to)
}

/// Whether a call in `from` may be unwound to `target` because of `why`.
pub(super) fn may_unwind(from: Phase, target: Target, why: Why) -> bool {
    use Phase::{Assigned, Gating, Open, Parked, Received, Scheduled};
    let froms: &[Phase] = match (why, target) {
        (Why::Canceled, Target::Canceled) => &[Received, Gating, Parked, Open, Scheduled, Assigned],
        (Why::Denied | Why::GateUnavailable, Target::Rejected) => &[Received, Gating],
        (Why::Denied, Target::Unfilled) => &[Open, Scheduled, Assigned],
        (Why::ParkedTooLong, Target::Rejected) => &[Parked],
        // A broken-off call counts as open until it is said what becomes of it.
        (Why::SearchOver | Why::Aborted, Target::Unfilled) => &[Open],
        _ => &[],
    };
    froms.contains(&from)
}

/// The least that a cancel rule must allow for a call in this phase to be canceled; none: no rule stands against it.
pub(super) fn last_cancel(phase: Phase) -> Option<CancelUntil> {
    match phase {
        Phase::Open => Some(CancelUntil::Open),
        Phase::Scheduled => Some(CancelUntil::Scheduled),
        Phase::Assigned => Some(CancelUntil::Assigned),
        _ => None,
    }
}

/// Whether automation still works towards serving a call in this phase.
pub(super) fn is_going_forward(phase: Phase) -> bool {
    !phase.is_terminal() && phase != Phase::Unwinding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_phase_leads_nowhere_and_every_other_leads_somewhere() {
        for phase in Phase::ALL {
            assert_eq!(next(phase).is_empty(), phase.is_terminal(), "{phase}");
        }
    }

    #[test]
    fn every_end_but_completed_is_reached_through_unwinding_only() {
        for from in Phase::ALL {
            for to in [Phase::Canceled, Phase::Unfilled, Phase::Rejected] {
                assert_eq!(may_go(from, to), from == Phase::Unwinding, "{from} to {to}");
            }
        }
    }

    #[test]
    fn a_call_in_service_or_closing_cannot_be_canceled() {
        for from in [Phase::InService, Phase::Closing, Phase::Unwinding, Phase::Completed] {
            assert!(!may_unwind(from, Target::Canceled, Why::Canceled), "{from}");
        }
    }
}
