//! How a worker comes to a call beside the engine's choice: claims, appointments, setting out, and what every way of
//! giving a call to a worker has in common.
//!
//! Invariant: a worker has at most one live call, and no two appointments at one time; whoever gets a call has no other
//! question open, and nobody else has one about it.

use super::{Decided, wrong_phase};
use crate::domain::call::{AssignmentState, Call};
use crate::domain::event::{AssignedBy, Duty, Event, Why, Window};
use crate::domain::ids::{CallId, Millis, Time, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::Profile;
use crate::domain::refusal::Refusal;
use crate::domain::worker::Worker;
use crate::domain::world::World;
use crate::planted::planted;

/// An appointment lies at most this far ahead.
const VISIT_MAX: Millis = Millis::hours(24 * 365);

impl World {
    pub(super) fn claim(
        &self,
        id: CallId,
        worker: WorkerId,
        at: Option<Time>,
        now: Time,
    ) -> Result<Decided, Refusal> {
        let (call, profile) = self.live(id)?;
        let claimer = self.known(worker)?;
        let overwrites = planted!(ClaimOverwritten) && call.holder().is_some();
        if let Some(has) = call.holder().filter(|_| !overwrites) {
            let same = at.is_none_or(|at| call.window.is_some_and(|window| window.from == at));
            return match has.by {
                _ if has.worker != worker => {
                    Err(Refusal::CallTaken { call: id, worker: has.worker })
                }
                AssignedBy::Claim { .. } if same => Ok(Decided::nothing().about(id).by(worker)),
                _ => Err(Refusal::SameWorker { call: id, worker }),
            };
        }
        if !call.is_claimable(profile) && !overwrites {
            return Err(Refusal::NotClaimable { call: id });
        }
        if self.desk.assign.stopped_at.is_some() {
            return Err(Refusal::AssignStopped);
        }
        let named = at.map(|at| visit(profile, at, now)).transpose()?;
        let window = named.or(call.window);
        let far = window.filter(|window| window.is_far(profile, now));
        if let Some(window) = window {
            self.has_room(claimer, id, window)?;
        }
        if far.is_none() {
            is_free(claimer)?;
        }
        is_on_duty(claimer)?;
        unfit(call, profile, claimer)?;
        let mut events = if overwrites { Self::let_go(call, Why::Taken) } else { Vec::new() };
        if let (None, Some(window)) = (far, named.filter(|named| call.window != Some(*named))) {
            events.push(Event::CallRescheduled { call: id, window });
        }
        let overridden = call.search.excluded.contains(&worker);
        events.extend(self.give(call, worker, far, AssignedBy::Claim { overridden }));
        Ok(Decided::of(events).about(id).by(worker))
    }

    pub(super) fn reschedule(&self, id: CallId, at: Time, now: Time) -> Result<Decided, Refusal> {
        let (call, profile) = self.live(id)?;
        if !matches!(call.phase, Phase::Open | Phase::Scheduled | Phase::Assigned) {
            return Err(wrong_phase(call, "rescheduled"));
        }
        if call.window.is_some_and(|window| window.from == at) {
            return Ok(Decided::nothing().about(id));
        }
        let window = visit(profile, at, now)?;
        let moved = Event::CallRescheduled { call: id, window };
        let Some(has) = call.holder().copied() else {
            // Whoever was asked was asked about another time.
            let mut events = Self::take_back(call, Why::Rescheduled, None);
            events.push(moved);
            return Ok(Decided::of(events).about(id));
        };
        let holder = self.known(has.worker)?;
        self.has_room(holder, id, window)?;
        let mut events = Vec::new();
        if has.state.is_live() && window.is_far(profile, now) {
            let (worker, why) = (has.worker, Why::Rescheduled);
            events.push(Event::AssignmentReleased { call: id, worker, why, exclude: false });
            events.push(moved);
            // Whoever leaves after this call leaves now.
            if !holder.off_after {
                let by = match has.by {
                    AssignedBy::Auto | AssignedBy::Offer(_) => {
                        AssignedBy::Manual { overridden: false }
                    }
                    kept => kept,
                };
                events.push(Event::AssignmentReserved { call: id, worker, window, by });
            }
        } else {
            events.push(moved);
        }
        Ok(Decided::of(events).about(id).by(has.worker))
    }

    pub(super) fn depart(&self, id: CallId) -> Result<Decided, Refusal> {
        let (call, _) = self.live(id)?;
        match call.live_assignment() {
            Some(has) if has.state == AssignmentState::EnRoute => {
                Ok(Decided::nothing().about(id).by(has.worker))
            }
            Some(has) if has.state == AssignmentState::Committed => {
                let worker = has.worker;
                Ok(Decided::of(vec![Event::WorkerEnRoute { call: id, worker }])
                    .about(id)
                    .by(worker))
            }
            _ => Err(wrong_phase(call, "departed for")),
        }
    }

    /// Gives the call to the worker, for a visit that is far off or for now, and takes back whatever question stands in
    /// the way.
    pub(super) fn give(
        &self,
        call: &Call,
        worker: WorkerId,
        visit: Option<Window>,
        by: AssignedBy,
    ) -> Vec<Event> {
        let mut events = Self::take_back(call, Why::Taken, Some(worker));
        if let Some(window) = visit {
            events.push(Event::AssignmentReserved { call: call.id, worker, window, by });
        } else {
            events.extend(self.asked_elsewhere(call.id, worker));
            events.push(Event::AssignmentCommitted { call: call.id, worker, by, decision: None });
        }
        events
    }

    /// Commits the worker who is reserved for the call.
    ///
    /// # Errors
    /// Why that cannot be now.
    pub(in crate::domain) fn commit_reserved(&self, call: &Call) -> Result<Vec<Event>, Refusal> {
        let reserved = call.holder().filter(|has| !has.state.is_live());
        let has = reserved.ok_or(Refusal::NoWorker { call: call.id })?;
        let worker = self.known(has.worker)?;
        is_free(worker)?;
        is_on_duty(worker)?;
        let mut events: Vec<Event> =
            self.asked_elsewhere(call.id, has.worker).into_iter().collect();
        events.push(Event::AssignmentCommitted {
            call: call.id,
            worker: has.worker,
            by: has.by,
            decision: None,
        });
        Ok(events)
    }

    /// Takes back the questions about the call. Whoever gets it has not lost it.
    pub(in crate::domain) fn take_back(
        call: &Call,
        why: Why,
        winner: Option<WorkerId>,
    ) -> Vec<Event> {
        let mut events = Vec::new();
        if let Some(offer) = call.offer {
            // Also when the worker who is asked gets it: they did not say yes.
            let (offer, worker) = (offer.id, offer.worker);
            events.push(Event::OfferWithdrawn { offer, call: call.id, worker, why });
        }
        if let Some(broadcast) = call.live_broadcast() {
            let others = broadcast.asked.iter().filter(|worker| Some(**worker) != winner);
            let (offer, losers) = (broadcast.id, others.copied().collect());
            events.push(Event::BroadcastOver { offer, call: call.id, why, losers });
        }
        events
    }

    /// Takes back the question that a worker who gets the call is asked about another one.
    fn asked_elsewhere(&self, call: CallId, worker: WorkerId) -> Option<Event> {
        let (offer, other) = self.workers.get(&worker)?.offer?;
        let why = Why::Taken;
        (other != call).then_some(Event::OfferWithdrawn { offer, call: other, worker, why })
    }

    /// Whether no other appointment of the worker overlaps the visit, the one that is being kept included.
    pub(super) fn has_room(
        &self,
        worker: &Worker,
        call: CallId,
        visit: Window,
    ) -> Result<(), Refusal> {
        let current = worker.current.and_then(|(id, _)| Some((id, self.calls.get(&id)?.window?)));
        let mut taken = worker.reserved.iter().map(|(id, window)| (*id, *window)).chain(current);
        match taken.find(|(id, window)| *id != call && window.overlaps(visit)) {
            _ if planted!(ReservationOverlaps) => Ok(()),
            Some((other, _)) => Err(Refusal::WorkerReserved { worker: worker.id, call: other }),
            None => Ok(()),
        }
    }
}

/// Whether the worker has no other call.
pub(super) fn is_free(worker: &Worker) -> Result<(), Refusal> {
    match worker.current.filter(|_| !planted!(DoubleAssignment)) {
        Some((call, _)) => Err(Refusal::WorkerBusy { worker: worker.id, call }),
        None => Ok(()),
    }
}

/// Whether the worker is at work.
pub(super) fn is_on_duty(worker: &Worker) -> Result<(), Refusal> {
    match worker.duty {
        Duty::On => Ok(()),
        duty => Err(Refusal::WorkerNotOnDuty { worker: worker.id, duty }),
    }
}

/// Whether the worker serves the line and can do this kind of work.
pub(super) fn unfit(call: &Call, profile: &Profile, worker: &Worker) -> Result<(), Refusal> {
    let id = worker.id;
    if !worker.serves(&profile.name) {
        let service = profile.name.clone();
        return Err(Refusal::WorkerOtherService { worker: id, service });
    }
    match call.kind.as_deref().filter(|kind| !worker.has_skill(Some(kind))) {
        Some(kind) => Err(Refusal::WorkerLacksSkill { worker: id, skill: kind.to_owned() }),
        None => Ok(()),
    }
}

/// The visit that begins at `at`.
///
/// # Errors
/// It lies in the past, or too far ahead.
pub(super) fn visit(profile: &Profile, at: Time, now: Time) -> Result<Window, Refusal> {
    if at <= now || at > now.plus(VISIT_MAX) {
        return Err(Refusal::BadVisit);
    }
    Ok(Window { from: at, until: at.plus(profile.appointment.duration_ms) })
}
