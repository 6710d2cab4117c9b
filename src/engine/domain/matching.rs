//! When the calls that wait are looked at together, and who is expected to be free when.
//!
//! Invariant: a round is due when it could decide something that the one before could not: a call is new, somebody came
//! free, or somebody who is awaited is late. All of it follows from the journal, so a desk that is opened in the middle
//! goes on with the round that was due; only what a live position brings about is not kept, as positions are not.

pub(super) mod solver;

use super::call::AssignmentState;
use super::event::Duty;
use super::geo::Point;
use super::ids::{Millis, ProfileId, Time, WorkerId};
use super::profile::Matching;
use super::worker::{Availability, Worker};
use super::world::World;

/// Positions come all the time: however short the tick, they bring a round at the next multiple of this at the earliest.
const NEARED: Millis = Millis::secs(1);

impl World {
    /// When the next round is; none: nothing that is known now brings one.
    pub(crate) fn next_round(&self) -> Option<Time> {
        let assign = &self.desk.assign;
        if assign.stopped_at.is_some() || assign.sweeping {
            return None;
        }
        self.index.crowds.keys().filter_map(|id| self.round_due(*id)).min()
    }

    /// The profiles whose round is due.
    pub(crate) fn rounds_due(&self, now: Time) -> impl Iterator<Item = ProfileId> {
        let is_due = move |id: &ProfileId| self.round_due(*id).is_some_and(|due| due <= now);
        self.index.crowds.keys().copied().filter(is_due)
    }

    /// When the calls that wait under a profile are looked at together.
    fn round_due(&self, id: ProfileId) -> Option<Time> {
        let neared = self.neared.get(&id).filter(|_| self.was_looked_at(id));
        self.kept_round_due(id).into_iter().chain(neared.copied()).min()
    }

    /// The same, as far as the journal says so.
    pub(super) fn kept_round_due(&self, id: ProfileId) -> Option<Time> {
        let matching = self.desk.profiles.get(&id)?.spec.dispatch.matched()?;
        let first = self.index.crowds.get(&id)?.fresh.first();
        let first = first.map(|(at, _)| matching.tick_from(*at));
        let again = self.desk.rounds.get(&id).filter(|_| self.was_looked_at(id));
        first.into_iter().chain(again.copied()).min()
    }

    /// Whether somebody waits who was looked at before: the others have a round of their own.
    fn was_looked_at(&self, id: ProfileId) -> bool {
        let crowd = self.index.crowds.get(&id);
        crowd.is_some_and(|crowd| crowd.all.len() > crowd.fresh.len())
    }

    /// A worker came free: who waits is looked at again.
    pub(super) fn look_again_for(&mut self, worker: WorkerId) {
        let at = self.desk.at;
        for (id, matching) in self.crowds_of(worker) {
            let due = matching.tick_from(at);
            self.desk.rounds.entry(id).and_modify(|set| *set = due.min(*set)).or_insert(due);
        }
    }

    /// A free worker is elsewhere: who waits is looked at again.
    pub(super) fn look_again_near(&mut self, worker: WorkerId, now: Time) {
        for (id, matching) in self.crowds_of(worker) {
            let tick_ms = matching.tick_ms.max(NEARED);
            let due = Matching { tick_ms, ..matching }.tick_from(now);
            self.neared.entry(id).and_modify(|set| *set = due.min(*set)).or_insert(due);
        }
    }

    /// The profiles under which calls wait that the worker could be given now.
    fn crowds_of(&self, worker: WorkerId) -> Vec<(ProfileId, Matching)> {
        let Some(worker) = self.workers.get(&worker) else { return Vec::new() };
        if worker.availability() != Availability::Available {
            return Vec::new();
        }
        let crowd = |id: &ProfileId| {
            let spec = &self.desk.profiles.get(id)?.spec;
            let matching = spec.dispatch.matched().filter(|_| worker.serves(&spec.name))?;
            Some((*id, matching))
        };
        self.index.crowds.keys().filter_map(crowd).collect()
    }

    /// When and where a worker who has a call is expected to be free; none: nobody asks, or they go off then.
    pub(crate) fn foreseen(&self, worker: &Worker) -> Option<(Time, Point)> {
        let (call, state) = worker.current?;
        if worker.duty != Duty::On || worker.off_after {
            return None;
        }
        let call = self.calls.get(&call)?;
        let spec = &self.desk.profiles.get(&call.profile)?.spec;
        let foresight = spec.dispatch.foresees()?;
        let spot = call.spot?.point;
        let travel = |from: Point, to: Point| {
            Millis::secs(spec.dispatch.travel.seconds(from.metres_to(to)).into())
        };
        let begins = if state == AssignmentState::Working {
            call.phase_at
        } else {
            let (from, _) = self.place(worker)?;
            let given = call.assignment.as_ref()?.at;
            let seen = self.last_seen(worker).map_or(given, |(_, at)| at.max(given));
            seen.plus(travel(from, spot))
        };
        let there = begins.plus(Millis::secs(foresight.stay_s.into()));
        let leave = Millis::secs(foresight.leave_s.into());
        Some(match call.destination(spec) {
            Some(end) => (there.plus(travel(spot, end)).plus(leave), end),
            None => (there.plus(leave), spot),
        })
    }
}
