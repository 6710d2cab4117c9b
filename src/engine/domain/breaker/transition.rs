//! A move of a breaker, whole enough to be one event: from, to, the rule and the numbers it saw.
//!
//! Invariant: applying a transition needs nothing but the transition. Knows no rule itself.

use super::{Counts, State};
use crate::domain::ids::Time;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A state's name without its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateKind {
    /// Requests pass.
    Closed,
    /// Nothing passes.
    Open,
    /// Only probes pass.
    HalfOpen,
    /// Nothing passes, by order.
    ForcedOpen,
    /// Everything passes, by order.
    Disabled,
}

impl fmt::Display for StateKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
            Self::ForcedOpen => "forced open",
            Self::Disabled => "disabled",
        })
    }
}

/// The rule or order behind a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Closed to open: too many failures in a row.
    ConsecutiveFailures,
    /// Closed to open: too large a share of the window failed.
    FailureRate,
    /// Closed to open: too large a share of the window was slow.
    SlowRate,
    /// Open to half-open.
    WaitOver,
    /// Half-open to closed.
    ProbesPassed,
    /// Half-open to open: a probe failed.
    ProbeFailed,
    /// Half-open to open: the probes came back well, but too slowly.
    ProbesSlow,
    /// Half-open to open: a probe did not come back.
    LeaseRanOut,
    /// Any move by an operator's order.
    Operator,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ConsecutiveFailures => "failures in a row",
            Self::FailureRate => "failure rate",
            Self::SlowRate => "slow-call rate",
            Self::WaitOver => "wait over",
            Self::ProbesPassed => "probes passed",
            Self::ProbeFailed => "probe failed",
            Self::ProbesSlow => "probes slow",
            Self::LeaseRanOut => "probe never came back",
            Self::Operator => "operator",
        })
    }
}

/// What the rules looked at, the answer that caused the move included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers {
    /// Of the window; of a half-open breaker: of its probes.
    pub counts: Counts,
    /// Failures in a row.
    pub consecutive: u32,
}

/// One move, as an event carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// The state left.
    pub from: StateKind,
    /// The state entered, with its values.
    pub to: State,
    /// The rule or order.
    pub why: Why,
    /// What the rule looked at.
    pub numbers: Numbers,
    /// When.
    pub at: Time,
    /// The generation that begins.
    pub generation: u64,
}

impl Transition {
    /// Whether a participant that was asked is not asked any more: an incident begins.
    #[must_use]
    pub fn opens(&self) -> bool {
        use StateKind::{Closed, Disabled, ForcedOpen, Open};
        matches!(self.from, Closed | Disabled) && matches!(self.to.kind(), Open | ForcedOpen)
    }

    /// Whether everything passes again: an incident ends.
    #[must_use]
    pub fn closes(&self) -> bool {
        use StateKind::{Closed, Disabled};
        !matches!(self.from, Closed | Disabled) && matches!(self.to.kind(), Closed | Disabled)
    }
}

/// An operator's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Hold it open until another order.
    Open {
        /// Why, in the operator's words.
        reason: String,
    },
    /// Close it now, with an empty window; it goes on by itself from there.
    Close,
    /// Let everything pass and count nothing.
    Disable,
    /// Let it decide by itself again: after a forced opening, or while it is open, it probes at once.
    Auto,
}
