//! The checker's own copy of the lifecycle, written from the design and not from the domain's table.
//!
//! Invariant: what is not in here is a fault. Must not read `domain::phase::MOVES`.

use crate::domain::event::Why;
use crate::domain::phase::{Phase, Target};

/// Where a call may go from each phase, by one event.
fn next(from: Phase) -> &'static [Phase] {
    use Phase::{
        Assigned, Canceled, Closing, Completed, Gating, InService, Open, Parked, Received,
        Rejected, Unfilled, Unwinding,
    };
    match from {
        Received => &[Gating, Open],
        Gating => &[Open, Parked, Unwinding],
        Parked => &[Gating, Unwinding],
        Open => &[Assigned, Unwinding],
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
    use Phase::{Assigned, Gating, InService, Open, Parked, Received};
    let froms: &[Phase] = match (why, target) {
        (Why::Canceled, Target::Canceled) => &[Received, Gating, Parked, Open, Assigned],
        (Why::Denied | Why::GateUnavailable, Target::Rejected) => &[Received, Gating],
        (Why::Denied, Target::Unfilled) => &[Open, Assigned],
        (Why::ParkedTooLong, Target::Rejected) => &[Parked],
        (Why::SearchOver, Target::Unfilled) => &[Open],
        // A broken-off call counts as open until it is said what becomes of it.
        (Why::Aborted, Target::Unfilled) => &[Open, InService],
        _ => &[],
    };
    froms.contains(&from)
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
