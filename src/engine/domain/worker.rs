//! A worker: the person who serves.
//!
//! Invariant: availability is derived, never stored; at most one live assignment and one exclusive offer at a time.

use super::call::AssignmentState;
use super::event::{Duty, TelDigest, Window};
use super::geo::Point;
use super::ids::{CallId, OfferId, SubjectId, Time, WorkerId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The person who serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worker {
    /// The number.
    pub id: WorkerId,
    /// Who it is.
    pub subject: SubjectId,
    /// The services served; empty: any.
    pub services: Vec<String>,
    /// What the worker can do.
    pub skills: Vec<String>,
    /// Where the worker starts from.
    pub home: Option<Point>,
    /// As said by the worker or the desk.
    pub duty: Duty,
    /// Goes off once the current call is done.
    pub off_after: bool,
    /// The call of the live assignment, and how far it is.
    pub current: Option<(CallId, AssignmentState)>,
    /// The exclusive offer that waits for an answer.
    pub offer: Option<(OfferId, CallId)>,
    /// Since when the worker has been idle (or came on shift).
    pub idle_since: Time,
    /// The last journalled place and when.
    pub seen: Option<(Point, Time)>,
    /// Appointments the worker is reserved for; no two overlap.
    pub reserved: BTreeMap<CallId, Window>,
    /// How often customers rated the worker, and the sum of the stars.
    pub rated: (u32, u32),
    /// The name under which the worker came along by themselves; none: added by the desk.
    pub handle: Option<TelDigest>,
}

/// What a worker can be given, derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Taken out of service by the desk.
    Suspended,
    /// Off shift.
    Off,
    /// On a break.
    Break,
    /// At work on a call.
    Working,
    /// Has a call, not begun.
    Committed,
    /// Is being asked.
    Offered,
    /// Can be given a call.
    Available,
}

impl Availability {
    /// The name used in commands and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Suspended => "suspended",
            Self::Off => "off",
            Self::Break => "break",
            Self::Working => "working",
            Self::Committed => "committed",
            Self::Offered => "offered",
            Self::Available => "available",
        }
    }
}

impl Worker {
    /// What the worker can be given now. A live assignment shows before the shift, because it binds until it is over.
    #[must_use]
    pub fn availability(&self) -> Availability {
        match (self.current, self.duty) {
            (Some((_, AssignmentState::Working)), _) => Availability::Working,
            (Some(_), _) => Availability::Committed,
            (None, Duty::Suspended) => Availability::Suspended,
            (None, Duty::Off) => Availability::Off,
            (None, Duty::Break) => Availability::Break,
            (None, Duty::On) if self.offer.is_some() => Availability::Offered,
            (None, Duty::On) => Availability::Available,
        }
    }

    /// Whether the worker serves this line.
    #[must_use]
    pub fn serves(&self, service: &str) -> bool {
        self.services.is_empty() || self.services.iter().any(|s| s == service)
    }

    /// Whether the worker can do this kind of work; no kind needs nothing.
    #[must_use]
    pub fn has_skill(&self, kind: Option<&str>) -> bool {
        kind.is_none_or(|kind| self.skills.iter().any(|s| s == kind))
    }
}
