//! Who is chosen for a call: filter, score, and the ledger entry that explains it.
//!
//! Invariant: the choice is a function of the world and the time; ties go to the longer idle, then the smaller number.
//! Cost does not grow with the number of workers: candidates come from a grid or from a list in idle order.

use super::call::Call;
use super::event::{Candidate, Decision, Duty, Verdict};
use super::geo::Point;
use super::ids::{Time, WorkerId};
use super::index::{Bucket, BucketKey};
use super::profile::{Dispatch, Policy, Profile};
use super::worker::{Availability, Worker};
use super::world::World;
use std::collections::BTreeMap;

/// How many others are kept beside the chosen one.
pub const OTHERS_MAX: usize = 8;

/// How many longest-idle candidates are looked at when there is no distance to go by.
const IDLE_LOOKED_AT: usize = 64;

impl World {
    /// The best worker for `call` now, with what was considered.
    #[must_use]
    pub(crate) fn choose(&self, call: &Call, profile: &Profile, now: Time) -> Decision {
        let mut decision = Decision::default();
        let mut found: Vec<Candidate> = Vec::with_capacity(OTHERS_MAX + 1);
        let skill = match call.kind.as_deref() {
            None => Some(None),
            Some(kind) => self.index.skills.get(kind).map(Some),
        };
        if let Some(skill) = skill {
            let service = self.index.services.get(&profile.name);
            let keys: [Option<BucketKey>; 2] =
                [service.map(|service| (Some(service), skill)), Some((None, skill))];
            // A bucket that somebody was in once says no more than one that never was.
            let buckets = keys.into_iter().flatten().filter_map(|key| self.index.buckets.get(&key));
            for bucket in buckets.filter(|bucket| !bucket.idle.is_empty()) {
                match (call.spot, profile.dispatch.policy) {
                    (Some(spot), Policy::Nearest) => {
                        let search = Search { call, dispatch: &profile.dispatch, now };
                        self.by_distance(bucket, spot.point, &search, &mut found, &mut decision);
                    }
                    (spot, _) => {
                        let at = spot.map(|s| s.point);
                        let search = Search { call, dispatch: &profile.dispatch, now };
                        self.by_idleness(bucket, at, &search, &mut found, &mut decision);
                    }
                }
            }
        }
        match (call.spot, profile.dispatch.policy) {
            (Some(_), Policy::Nearest) => found.sort_by_key(|c| {
                (c.metres.unwrap_or(u32::MAX), std::cmp::Reverse(c.idle_s), c.worker)
            }),
            _ => found.sort_by_key(|c| {
                (std::cmp::Reverse(c.idle_s), c.metres.unwrap_or(u32::MAX), c.worker)
            }),
        }
        let mut ranked = found.into_iter();
        decision.chosen = ranked.next();
        decision.others = ranked.take(OTHERS_MAX).collect();
        let counts = &mut decision.counts;
        if decision.chosen.is_some() {
            counts.insert(Verdict::Suitable, 1);
        }
        if !decision.others.is_empty() {
            counts.insert(Verdict::Outranked, u32::try_from(decision.others.len()).unwrap_or(0));
        }
        decision
    }

    fn by_distance(
        &self,
        bucket: &Bucket,
        at: Point,
        search: &Search<'_>,
        found: &mut Vec<Candidate>,
        decision: &mut Decision,
    ) {
        let counts = &mut decision.counts;
        let nearest = bucket.grid.nearest(
            at,
            search.dispatch.max_metres,
            |id| search.passes(id, counts),
            OTHERS_MAX + 1,
        );
        let radius = decision.radius_m.unwrap_or(0).max(nearest.radius_m);
        decision.radius_m = Some(radius);
        for (metres, id) in nearest.best {
            if let Some(worker) = self.workers.get(&id) {
                found.push(self.candidate(worker, Some(metres), search));
            }
        }
        // Whoever has no place at all comes last: nobody knows how far away they are.
        if search.dispatch.max_metres.is_none() {
            for (_, id) in bucket.unplaced.iter().take(IDLE_LOOKED_AT) {
                if let (true, Some(worker)) =
                    (search.passes(*id, &mut decision.counts), self.workers.get(id))
                {
                    found.push(self.candidate(worker, None, search));
                }
            }
        }
    }

    fn by_idleness(
        &self,
        bucket: &Bucket,
        at: Option<Point>,
        search: &Search<'_>,
        found: &mut Vec<Candidate>,
        decision: &mut Decision,
    ) {
        let mut taken = 0;
        for (_, id) in &bucket.idle {
            if taken > OTHERS_MAX {
                break;
            }
            let Some(worker) = self.workers.get(id) else { continue };
            let place = self.place(worker).map(|(point, _)| point);
            let metres = at.zip(place).map(|(at, place)| at.metres_to(place));
            let too_far = search.dispatch.max_metres.zip(metres).is_some_and(|(max, m)| m > max);
            if too_far {
                *decision.counts.entry(Verdict::TooFar).or_insert(0) += 1;
            } else if search.passes(*id, &mut decision.counts) {
                found.push(self.candidate(worker, metres, search));
                taken += 1;
            }
        }
    }

    fn candidate(&self, worker: &Worker, metres: Option<u32>, search: &Search<'_>) -> Candidate {
        let place = self.place(worker);
        let idle = search.now.since(worker.idle_since).0 / 1_000;
        Candidate {
            worker: worker.id,
            metres,
            travel_s: metres.map(|m| search.dispatch.travel.seconds(m)),
            idle_s: u32::try_from(idle).unwrap_or(u32::MAX),
            at: place.map(|(point, _)| point),
            from_home: place.is_some_and(|(_, from_home)| from_home),
        }
    }

    /// How this worker stands to this call now: what the engine would say of them.
    #[must_use]
    pub fn verdict(&self, call: &Call, worker: &Worker) -> Verdict {
        let Some(adopted) = self.desk.profiles.get(&call.profile) else {
            return Verdict::OtherService;
        };
        let dispatch = &adopted.spec.dispatch;
        if !worker.serves(&adopted.spec.name) {
            return Verdict::OtherService;
        }
        if !worker.has_skill(call.kind.as_deref()) {
            return Verdict::NoSkill;
        }
        match (worker.availability(), worker.duty) {
            (Availability::Working | Availability::Committed, _) => return Verdict::Busy,
            (_, Duty::Suspended) => return Verdict::Suspended,
            (_, Duty::Off) => return Verdict::Off,
            (_, Duty::Break) => return Verdict::OnBreak,
            (Availability::Offered, _) => return Verdict::Offered,
            _ => {}
        }
        if call.search.excluded.contains(&worker.id) {
            return Verdict::Excluded;
        }
        if call.search.asked.contains(&worker.id) {
            return Verdict::Asked;
        }
        let metres = call
            .spot
            .and_then(|spot| self.place(worker).map(|(place, _)| spot.point.metres_to(place)));
        match (dispatch.max_metres, metres) {
            (Some(max), Some(metres)) if metres > max => Verdict::TooFar,
            (Some(_), None) if call.spot.is_some() => Verdict::TooFar,
            _ => Verdict::Suitable,
        }
    }
}

/// What one search goes by.
struct Search<'a> {
    call: &'a Call,
    dispatch: &'a Dispatch,
    now: Time,
}

impl Search<'_> {
    /// Whether an available worker may get this call by themselves; counts those who may not.
    fn passes(&self, id: WorkerId, counts: &mut BTreeMap<Verdict, u32>) -> bool {
        let verdict = if self.call.search.excluded.contains(&id) {
            Verdict::Excluded
        } else if self.call.search.asked.contains(&id) {
            Verdict::Asked
        } else {
            return true;
        };
        *counts.entry(verdict).or_insert(0) += 1;
        false
    }
}
