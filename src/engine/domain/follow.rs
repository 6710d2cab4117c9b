//! What follows by itself: the next thing the desk does of its own accord about a call, a participant, a worker.
//!
//! Invariant: [`World::follow`] is pure. Asked again and again until it has nothing, it brings everything it was pointed
//! at to rest: what is left then waits for a time, an answer, a worker or a person, and for nothing else. It is the same
//! whether a command, an answer or the clock came before, so recovery is the normal way.

mod appointments;
mod broadcast;
mod goods;
mod local;
mod money;
mod rounds;
mod search;
mod steps;

pub(super) use money::settled;
#[cfg(test)]
pub(super) use rounds::NEAREST;

use super::call::Call;
use super::event::{Event, call_of};
use super::ids::{CallId, ParticipantId, ProfileId, Time, WorkerId};
use super::index::Due;
use super::world::World;
use std::collections::BTreeSet;

/// Something that may have a next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// A call.
    Call(CallId),
    /// Requests that wait for a participant.
    Participant(ParticipantId),
    /// A worker who may take what waits.
    Worker(WorkerId),
    /// Everything that waited while `assign` was stopped.
    Sweep,
    /// Those who wait for goods that are there now.
    Goods,
    /// The calls of a profile that are looked at together: after everything else.
    Round(ProfileId),
}

/// The work of one record: what has been touched and is not at rest yet.
#[derive(Debug, Default)]
pub(crate) struct Pass {
    open: BTreeSet<Key>,
    /// How far the sweep came, so that it does not look at the same call twice.
    pub(super) swept: Option<super::call::Rank>,
    /// Calls moved on by the sweep, the drain or goods in this record.
    pub(super) served: u32,
    /// Rounds begun in this record.
    begun: BTreeSet<ProfileId>,
    /// Those of them that are over.
    over: BTreeSet<ProfileId>,
}

/// How many calls one record moves on for the sweep, a drain or goods that came in; the rest has records of its own.
pub(super) const SERVED_MAX: u32 = 64;

/// How many due keys one tick takes up.
const DUE_MAX: usize = 64;

impl Pass {
    /// A pass over what is due at `now`.
    pub(crate) fn over_due(world: &World, now: Time) -> Self {
        let mut pass = Self::default();
        let mut due_keys = 0;
        for (_, due) in world.index.due.iter().take_while(|(at, _)| *at <= now).take(DUE_MAX) {
            due_keys += 1;
            pass.open.insert(match due {
                Due::Call(id) => Key::Call(*id),
                Due::Participant(id) => Key::Participant(*id),
            });
        }
        pass.note_goods(world);
        let clock = world.search_clock(now);
        if world.desk.assign.stopped_at.is_none() {
            let due = world.index.search.iter().take_while(|(at, _)| *at <= clock);
            let due: Vec<Key> = due.take(DUE_MAX).map(|(_, id)| Key::Call(*id)).collect();
            // A round sees the desk as it stands after everything else that is due.
            let rest = due_keys < DUE_MAX && due.len() < DUE_MAX;
            pass.open.extend(due);
            if world.desk.assign.sweeping {
                pass.open.insert(Key::Sweep);
            } else if rest {
                pass.open.extend(world.rounds_due(now).map(Key::Round));
            }
        }
        pass
    }

    /// A pass over one call.
    pub(crate) fn over_call(call: CallId) -> Self {
        let mut pass = Self::default();
        pass.open.insert(Key::Call(call));
        pass
    }

    /// A pass over one worker who has moved.
    pub(crate) fn over_worker(worker: WorkerId) -> Self {
        let mut pass = Self::default();
        pass.open.insert(Key::Worker(worker));
        pass
    }

    /// Notes what an event may have set going.
    pub(crate) fn note(&mut self, event: &Event, world: &World) {
        if let Some(call) = call_of(event) {
            self.open.insert(Key::Call(call));
        }
        self.note_goods(world);
        match event {
            Event::StepAnswered { call, step, .. } | Event::StepRetried { call, step } => {
                if let Some(id) = world.answerer(*call, *step) {
                    self.open.insert(Key::Participant(id));
                }
            }
            Event::ParticipantModeSet { participant, .. }
            | Event::ParticipantSet { participant, .. }
            | Event::BreakerMoved { participant, .. } => {
                self.open.insert(Key::Participant(*participant));
            }
            Event::AssignModeSet { .. } => {
                self.open.insert(Key::Sweep);
            }
            Event::AssignmentReleased { worker, .. }
            | Event::OfferDeclined { worker, .. }
            | Event::OfferExpired { worker, .. }
            | Event::OfferWithdrawn { worker, .. }
            | Event::WorkerAdded { worker, .. }
            | Event::DutySet { worker, .. }
            | Event::WorkFinished { worker: Some(worker), .. }
            | Event::WorkAborted { worker: Some(worker), .. } => {
                self.open.insert(Key::Worker(*worker));
            }
            // The hours that were kept free for the appointment may be free now.
            Event::CallRescheduled { call, .. } => {
                let reserved = world.calls.get(call).and_then(Call::reserved);
                self.open.extend(reserved.map(Key::Worker));
            }
            _ => {}
        }
    }

    fn note_goods(&mut self, world: &World) {
        if !world.index.ripe.is_empty() {
            self.open.insert(Key::Goods);
        }
    }

    /// Whether a round has not been begun in this record; it is then.
    pub(super) fn begin_round(&mut self, id: ProfileId) -> bool {
        self.begun.insert(id)
    }

    /// Notes that a round is over.
    pub(super) fn end_round(&mut self, id: ProfileId) {
        self.over.insert(id);
    }

    /// The rounds that were held.
    pub(crate) fn rounds(&self) -> impl Iterator<Item = ProfileId> {
        self.over.iter().copied()
    }

    /// The next key that is not known to be at rest.
    pub(crate) fn next(&self) -> Option<Key> {
        self.open.first().copied()
    }

    /// Notes that a key is at rest.
    pub(crate) fn rest(&mut self, key: Key) {
        self.open.remove(&key);
    }
}

impl World {
    /// The next events about `key` at `now`; none: it is at rest.
    pub(crate) fn follow(&self, key: Key, pass: &mut Pass, now: Time) -> Vec<Event> {
        match key {
            Key::Call(id) => self.follow_call(id, now),
            Key::Participant(id) => self.follow_participant(id, pass, now),
            Key::Worker(id) => self.follow_worker(id, now),
            Key::Sweep => self.follow_sweep(pass, now),
            Key::Goods => self.follow_goods(pass),
            Key::Round(id) => self.follow_round(id, pass, now),
        }
    }
}
