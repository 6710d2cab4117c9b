//! What follows by itself for a worker who is reserved for an appointment.
//!
//! Invariant: from the lead time on the worker is committed as soon as they are on duty and have no other call; if that
//! is not so when the appointment begins, the call is open again. Must not know how the worker came to it.

use crate::domain::call::{AssignmentState, Call};
use crate::domain::event::{Event, Why};
use crate::domain::ids::Time;
use crate::domain::profile::Profile;
use crate::domain::worker::Worker;
use crate::domain::world::World;

impl World {
    /// What the time brings for a reserved call.
    pub(super) fn follow_reservation(
        &self,
        call: &Call,
        profile: &Profile,
        now: Time,
    ) -> Vec<Event> {
        let due = call.reservation_due(profile).is_some_and(|due| due <= now);
        let Some(has) = call.holder() else { return Vec::new() };
        let (id, worker) = (call.id, has.worker);
        match has.state {
            AssignmentState::Reserved if due => vec![Event::ReservationDue { call: id, worker }],
            AssignmentState::Due => match self.commit_reserved(call) {
                Ok(events) => events,
                Err(_) if due => {
                    let why = Why::Missed;
                    vec![Event::AssignmentReleased { call: id, worker, why, exclude: false }]
                }
                Err(_) => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// The appointment that a worker is to keep now, the earliest first.
    pub(super) fn keep_appointment(&self, worker: &Worker) -> Vec<Event> {
        let due = worker.reserved.iter().filter_map(|(id, window)| {
            let call = self.calls.get(id)?;
            let is_due = call.holder().is_some_and(|has| has.state == AssignmentState::Due);
            is_due.then_some((window.from, call))
        });
        let first = due.min_by_key(|(from, call)| (*from, call.id));
        first.and_then(|(_, call)| self.commit_reserved(call).ok()).unwrap_or_default()
    }
}
