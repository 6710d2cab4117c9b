//! When the calls that wait are looked at together.
//!
//! Invariant: a round is due when it could decide something that the one before could not: a call is new, somebody came
//! free, or somebody who is awaited is late. All of it follows from the journal, so a desk that is opened in the middle
//! goes on with the round that was due; only what a live position brings about is not kept, as positions are not.

pub(super) mod solver;

use super::ids::{Millis, ProfileId, Time, WorkerId};
use super::profile::Matching;
use super::worker::Availability;
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
        let rhythm = self.rhythm(id)?;
        let first = self.index.crowds.get(&id)?.fresh.first().map(|(at, _)| *at);
        let again = self.desk.rounds.get(&id).filter(|_| self.was_looked_at(id)).copied();
        first.into_iter().chain(again).min().map(|at| rhythm.tick_from(at))
    }

    /// At which ticks the calls that wait under a profile are looked at as things stand, so that calls meet. Whoever looks
    /// ahead does not let callers wait for others while workers are left over.
    pub(super) fn rhythm(&self, id: ProfileId) -> Option<Matching> {
        let dispatch = &self.desk.profiles.get(&id)?.spec.dispatch;
        let matching = dispatch.matched()?;
        let at_once = dispatch.foresees().is_some() && !self.is_scarce(id);
        Some(if at_once { Matching { tick_ms: Millis(0), ..matching } } else { matching })
    }

    /// Whether more calls wait under a profile than workers are free for its line.
    pub(super) fn is_scarce(&self, id: ProfileId) -> bool {
        let waiting = self.index.crowds.get(&id).map_or(0, |crowd| crowd.all.len());
        let Some(adopted) = self.desk.profiles.get(&id) else { return false };
        let service = self.index.services.get(&adopted.spec.name);
        let keys = [service.map(|service| (Some(service), None)), Some((None, None))];
        let buckets = keys.into_iter().flatten().filter_map(|key| self.index.buckets.get(&key));
        waiting > buckets.map(|bucket| bucket.idle.len()).sum()
    }

    /// Whether somebody waits who was looked at before: the others have a round of their own.
    fn was_looked_at(&self, id: ProfileId) -> bool {
        let crowd = self.index.crowds.get(&id);
        crowd.is_some_and(|crowd| crowd.all.len() > crowd.fresh.len())
    }

    /// A worker came free: who waits is looked at again.
    pub(super) fn look_again_for(&mut self, worker: WorkerId) {
        let due = self.desk.at;
        for (id, _) in self.crowds_of(worker) {
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
}
