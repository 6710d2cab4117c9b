//! The phases of a call and the moves between them.
//!
//! Invariant: [`MOVES`] is the whole lifecycle; `docs/lifecycle.md` is generated from it by a test, and `evolve` asserts
//! that no other move happens. The checker in `verify` owns a copy of its own and must not read this one.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Taken; nothing asked yet.
    Received,
    /// A `before_open` gate is being asked.
    Gating,
    /// Taken, but a gate cannot be asked now; it is asked again by itself.
    Parked,
    /// A worker is being searched.
    Open,
    /// A worker will come at the appointment.
    Scheduled,
    /// A worker is committed and on the way.
    Assigned,
    /// Work is going on.
    InService,
    /// Work is over; a `before_complete` gate is being asked.
    Closing,
    /// What was done is being undone.
    Unwinding,
    /// Done. Terminal.
    Completed,
    /// Called off. Terminal.
    Canceled,
    /// Nobody was found. Terminal.
    Unfilled,
    /// Not accepted. Terminal.
    Rejected,
}

impl Phase {
    /// Every phase, in the order of a call's life.
    pub const ALL: [Self; 13] = [
        Self::Received,
        Self::Gating,
        Self::Parked,
        Self::Open,
        Self::Scheduled,
        Self::Assigned,
        Self::InService,
        Self::Closing,
        Self::Unwinding,
        Self::Completed,
        Self::Canceled,
        Self::Unfilled,
        Self::Rejected,
    ];

    /// Whether the call has ended.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Canceled | Self::Unfilled | Self::Rejected)
    }

    /// The name used in commands, JSON and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Gating => "gating",
            Self::Parked => "parked",
            Self::Open => "open",
            Self::Scheduled => "scheduled",
            Self::Assigned => "assigned",
            Self::InService => "in_service",
            Self::Closing => "closing",
            Self::Unwinding => "unwinding",
            Self::Completed => "completed",
            Self::Canceled => "canceled",
            Self::Unfilled => "unfilled",
            Self::Rejected => "rejected",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where an unwinding call is going.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// To `canceled`.
    Canceled,
    /// To `unfilled`.
    Unfilled,
    /// To `rejected`.
    Rejected,
}

impl Target {
    /// The terminal phase it names.
    #[must_use]
    pub fn phase(self) -> Phase {
        match self {
            Self::Canceled => Phase::Canceled,
            Self::Unfilled => Phase::Unfilled,
            Self::Rejected => Phase::Rejected,
        }
    }
}

/// Every move a call can make, and when.
pub const MOVES: &[(Phase, Phase, &str)] = &[
    (Phase::Received, Phase::Gating, "the profile has `before_open` gates"),
    (Phase::Received, Phase::Open, "the profile has none"),
    (Phase::Gating, Phase::Open, "the last gate said ok"),
    (
        Phase::Gating,
        Phase::Parked,
        "a gate could not be asked or did not answer, and the profile parks",
    ),
    (
        Phase::Gating,
        Phase::Unwinding,
        "a gate denied, did not answer and the profile rejects, or the call was canceled",
    ),
    (
        Phase::Parked,
        Phase::Gating,
        "the breaker lets the gate be asked again, oldest first within priority",
    ),
    (Phase::Parked, Phase::Unwinding, "parked too long, or canceled"),
    (Phase::Open, Phase::Assigned, "a worker was committed"),
    (
        Phase::Open,
        Phase::Unwinding,
        "the search deadline passed, a step was denied, or the call was canceled",
    ),
    (Phase::Open, Phase::Scheduled, "a worker was reserved for a future appointment"),
    (Phase::Open, Phase::InService, "work started under the plan `none`"),
    (Phase::Scheduled, Phase::Assigned, "the appointment is near and its worker is free"),
    (
        Phase::Scheduled,
        Phase::Open,
        "the worker was released, did not come, or was not free when the appointment began",
    ),
    (Phase::Scheduled, Phase::Unwinding, "canceled, or a step was denied"),
    (Phase::Assigned, Phase::Open, "the worker was released before work"),
    (Phase::Assigned, Phase::InService, "work started"),
    (Phase::Assigned, Phase::Unwinding, "canceled, or a step was denied"),
    (Phase::InService, Phase::Open, "work was aborted and the profile reopens"),
    (Phase::InService, Phase::Unwinding, "work was aborted and the profile ends it"),
    (
        Phase::InService,
        Phase::Closing,
        "work finished and there are `before_complete` gates, or steps still owed",
    ),
    (Phase::InService, Phase::Completed, "work finished and nothing is owed"),
    (
        Phase::Closing,
        Phase::Completed,
        "the last gate said ok, or an operator settled it, and no step is owed",
    ),
    (Phase::Unwinding, Phase::Canceled, "every started step is undone or waived"),
    (Phase::Unwinding, Phase::Unfilled, "every started step is undone or waived"),
    (Phase::Unwinding, Phase::Rejected, "every started step is undone or waived"),
];

/// Whether a call may go from `from` to `to` in one event.
#[must_use]
pub fn may_move(from: Phase, to: Phase) -> bool {
    MOVES.iter().any(|(a, b, _)| *a == from && *b == to)
}
