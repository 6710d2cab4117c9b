//! A participant: whoever answers a gate or a step, with its breaker, its bulkhead and its incidents.
//!
//! Invariant: `in_flight` equals the requests that calls have out to it; a drain never has more out than its limit.

use super::breaker::{Breaker, Permit};
use super::event::{Mode, ParkedWhy, ParticipantKind};
use super::ids::{IncidentId, ParticipantId, Time};
use serde::{Deserialize, Serialize};

/// How many incidents are remembered live; all of them stay in the journal.
pub const INCIDENTS_MAX: usize = 16;

/// The widest drain: parked calls asked at once beside new intake.
pub const DRAIN_MAX: u32 = 16;

/// Whoever answers a gate or a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Its number.
    pub id: ParticipantId,
    /// Its name.
    pub name: String,
    /// Who answers.
    pub kind: ParticipantKind,
    /// How a local one behaves.
    pub mode: Mode,
    /// Its breaker.
    pub breaker: Breaker,
    /// At most this many requests at once.
    pub bulkhead: u32,
    /// Requests that are out.
    pub in_flight: u32,
    /// How many parked calls may be asked at once: one after trouble, one more with each success.
    pub drain: u32,
    /// Its last incidents, newest last.
    pub incidents: Vec<Incident>,
}

/// One time that a breaker kept requests back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Its number.
    pub id: IncidentId,
    /// When the breaker opened.
    pub opened_at: Time,
    /// When it closed.
    pub closed_at: Option<Time>,
    /// Why it opened.
    pub why: super::breaker::Why,
    /// Calls parked meanwhile.
    pub parked: u32,
    /// Of these and earlier ones, calls admitted since.
    pub admitted: u32,
    /// Calls that were parked too long.
    pub expired: u32,
}

impl Participant {
    /// Whether the desk itself answers.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.kind == ParticipantKind::Local
    }

    /// Whether it may be asked now, and if not why, and when again.
    ///
    /// # Errors
    /// Why not, and when asking again makes sense.
    pub fn permit(&self, now: Time) -> Result<(u64, bool), (ParkedWhy, Time)> {
        if self.in_flight >= self.bulkhead {
            let again = now.plus(super::ids::Millis::secs(1));
            return Err((ParkedWhy::BulkheadFull, again));
        }
        match self.breaker.permit(now) {
            Permit::Go { generation } => Ok((generation, false)),
            Permit::Probe { generation } => Ok((generation, true)),
            Permit::Refused { retry_at } => Err((ParkedWhy::BreakerOpen, retry_at)),
        }
    }

    /// The incident that is open.
    #[must_use]
    pub fn incident(&self) -> Option<&Incident> {
        self.incidents.last().filter(|i| i.closed_at.is_none())
    }
}
