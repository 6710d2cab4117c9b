//! Who is chosen for a call: filter, score, and the ledger entry that explains it.
//!
//! Invariant: the choice is a function of the world and the time; ties go to the longer idle, then the smaller number.
//! Cost does not grow with the number of workers: candidates come from a grid or from a list in idle order.

use super::call::Call;
use super::chance;
use super::event::{Candidate, Decision, Duty, Verdict};
use super::geo::Point;
use super::ids::{Time, WorkerId};
use super::index::{Bucket, BucketKey};
use super::profile::{Policy, Profile, Stage};
use super::worker::{Availability, Worker};
use super::world::World;
use std::collections::{BTreeMap, BTreeSet};

/// How many others are kept beside the chosen one.
pub const OTHERS_MAX: usize = 8;

impl World {
    /// The best worker for `call` now, with what was considered.
    #[must_use]
    pub(crate) fn choose(&self, call: &Call, profile: &Profile, now: Time) -> Decision {
        self.choose_beside(call, profile, &BTreeSet::new(), now)
    }

    /// The best worker for `call` among those not `taken`.
    pub(super) fn choose_beside(
        &self,
        call: &Call,
        profile: &Profile,
        taken: &BTreeSet<WorkerId>,
        now: Time,
    ) -> Decision {
        let by = match profile.dispatch.policy {
            Policy::Nearest | Policy::Batch | Policy::Foresight => By::Distance,
            Policy::LongestIdle => By::Idleness,
            Policy::Random => By::Chance,
        };
        let within = profile.dispatch.max_metres;
        let search = Search { call, profile, now, by, within, want: OTHERS_MAX + 1, taken };
        let (found, mut decision) = self.suitable(&search);
        self.name_best(&search, &found, &mut decision);
        if decision.chosen.is_some() {
            decision.counts.insert(Verdict::Suitable, 1);
        }
        if found.len() > 1 {
            let others = u32::try_from(found.len() - 1).unwrap_or(u32::MAX);
            decision.counts.insert(Verdict::Outranked, others);
        }
        decision
    }

    /// The `most` nearest workers within `radius` metres of the call who may be asked about it now, with what was
    /// considered; for a call without a place the longest idle.
    pub(super) fn ring(
        &self,
        call: &Call,
        profile: &Profile,
        radius: u32,
        most: u32,
        now: Time,
    ) -> (Vec<WorkerId>, Decision) {
        let within = Some(profile.dispatch.max_metres.map_or(radius, |max| max.min(radius)));
        let want = usize::try_from(most).unwrap_or(usize::MAX);
        let taken = &BTreeSet::new();
        let search = Search { call, profile, now, by: By::Distance, within, want, taken };
        let (found, mut decision) = self.suitable(&search);
        self.name_best(&search, &found, &mut decision);
        if !found.is_empty() {
            let asked = u32::try_from(found.len()).unwrap_or(u32::MAX);
            decision.counts.insert(Verdict::Suitable, asked);
        }
        (found.into_iter().map(|(_, worker)| worker.id).collect(), decision)
    }

    /// The worker as a candidate for the call, if they may be asked about it now and are within `radius` metres.
    pub(super) fn in_ring(
        &self,
        call: &Call,
        profile: &Profile,
        worker: &Worker,
        radius: u32,
        now: Time,
    ) -> Option<Candidate> {
        if self.stands(call, profile, worker, now) != Verdict::Suitable {
            return None;
        }
        let metres = self.metres(call, worker);
        let inside = call.spot.is_none() || metres.is_some_and(|metres| metres <= radius);
        inside.then(|| self.candidate(worker, metres, profile, now))
    }

    /// The `want` nearest workers who may get the call by themselves and are not `taken`, and who was looked at.
    pub(super) fn nearest<'a>(
        &'a self,
        call: &Call,
        profile: &Profile,
        want: usize,
        taken: &BTreeSet<WorkerId>,
        now: Time,
    ) -> (Vec<(Option<u32>, &'a Worker)>, Decision) {
        let within = profile.dispatch.max_metres;
        self.suitable(&Search { call, profile, now, by: By::Distance, within, want, taken })
    }

    /// Those who suit, best first and at most as many as wanted, and who was looked at.
    fn suitable<'a>(&'a self, search: &Search<'_>) -> (Vec<(Option<u32>, &'a Worker)>, Decision) {
        let mut decision = Decision::default();
        let mut found = Vec::new();
        let skill = match search.call.kind.as_deref() {
            None => Some(None),
            Some(kind) => self.index.skills.get(kind).map(Some),
        };
        if let Some(skill) = skill {
            let service = self.index.services.get(&search.profile.name);
            let keys: [Option<BucketKey>; 2] =
                [service.map(|service| (Some(service), skill)), Some((None, skill))];
            // A bucket that somebody was in once says no more than one that never was.
            let buckets = keys.into_iter().flatten().filter_map(|key| self.index.buckets.get(&key));
            for bucket in buckets.filter(|bucket| !bucket.idle.is_empty()) {
                match search.call.spot.filter(|_| search.by == By::Distance) {
                    Some(spot) => {
                        self.by_distance(bucket, spot.point, search, &mut found, &mut decision);
                    }
                    None => self.by_idleness(bucket, search, &mut found, &mut decision),
                }
            }
        }
        let far = |metres: Option<u32>| metres.unwrap_or(u32::MAX);
        // Idle time counts in whole seconds, as it is written down.
        let idle = |worker: &Worker| std::cmp::Reverse(idle_s(worker, search.now));
        match search.by {
            By::Distance if search.call.spot.is_some() => {
                found.sort_by_key(|(metres, worker)| (far(*metres), idle(worker), worker.id));
            }
            By::Distance | By::Idleness => {
                found.sort_by_key(|(metres, worker)| (idle(worker), far(*metres), worker.id));
            }
            By::Chance => {
                let draw =
                    |worker: &Worker| chance::draw(self.desk.seed, search.call.id, worker.id);
                found.sort_by_key(|(_, worker)| (draw(worker), worker.id));
            }
        }
        found.truncate(search.want);
        (found, decision)
    }

    /// Writes down the best of those found.
    fn name_best(
        &self,
        search: &Search<'_>,
        found: &[(Option<u32>, &Worker)],
        decision: &mut Decision,
    ) {
        let mut best = found
            .iter()
            .take(OTHERS_MAX + 1)
            .map(|(metres, worker)| self.candidate(worker, *metres, search.profile, search.now));
        decision.chosen = best.next();
        decision.others = best.collect();
    }

    fn by_distance<'a>(
        &'a self,
        bucket: &Bucket,
        at: Point,
        search: &Search<'_>,
        found: &mut Vec<(Option<u32>, &'a Worker)>,
        decision: &mut Decision,
    ) {
        let counts = &mut decision.counts;
        let mut workers = Vec::new();
        let fits = |id| match self.passes(id, search, counts) {
            Some(worker) => {
                workers.push(worker);
                true
            }
            None => false,
        };
        let nearest = bucket.grid.nearest(at, search.within, fits, search.want);
        let radius = decision.radius_m.unwrap_or(0).max(nearest.radius_m);
        decision.radius_m = Some(radius);
        let metres = nearest.best.into_iter().map(|(metres, _)| Some(metres));
        found.extend(metres.zip(workers));
        // Whoever has no place at all comes last: nobody knows how far away they are.
        if search.within.is_none() {
            let unplaced = bucket.unplaced.iter();
            let suit =
                unplaced.filter_map(|(_, id)| self.passes(*id, search, &mut decision.counts));
            found.extend(suit.take(search.want).map(|worker| (None, worker)));
        }
    }

    fn by_idleness<'a>(
        &'a self,
        bucket: &Bucket,
        search: &Search<'_>,
        found: &mut Vec<(Option<u32>, &'a Worker)>,
        decision: &mut Decision,
    ) {
        let mut taken = 0;
        for (_, id) in &bucket.idle {
            if taken >= search.want && search.by != By::Chance {
                break;
            }
            let Some(worker) = self.workers.get(id) else { continue };
            let metres = self.metres(search.call, worker);
            if search.within.zip(metres).is_some_and(|(max, metres)| metres > max) {
                *decision.counts.entry(Verdict::TooFar).or_insert(0) += 1;
            } else if self.passes(*id, search, &mut decision.counts).is_some() {
                found.push((metres, worker));
                taken += 1;
            }
        }
    }

    /// An available worker, if they may get this call by themselves; counts those who may not.
    fn passes(
        &self,
        id: WorkerId,
        search: &Search<'_>,
        counts: &mut BTreeMap<Verdict, u32>,
    ) -> Option<&Worker> {
        let worker = self.workers.get(&id)?;
        let verdict = if search.taken.contains(&id) {
            Some(Verdict::Matched)
        } else {
            self.withheld(search.call, search.profile, worker, search.now)
        };
        match verdict {
            None => Some(worker),
            Some(verdict) => {
                *counts.entry(verdict).or_insert(0) += 1;
                None
            }
        }
    }

    pub(super) fn candidate(
        &self,
        worker: &Worker,
        metres: Option<u32>,
        profile: &Profile,
        now: Time,
    ) -> Candidate {
        let place = self.place(worker);
        Candidate {
            worker: worker.id,
            metres,
            travel_s: metres.map(|m| profile.dispatch.travel.seconds(m)),
            idle_s: idle_s(worker, now),
            at: place.map(|(point, _)| point),
            from_home: place.is_some_and(|(_, from_home)| from_home),
        }
    }

    /// How far the worker is from the call; none when either has no place.
    fn metres(&self, call: &Call, worker: &Worker) -> Option<u32> {
        let (place, _) = self.place(worker)?;
        Some(call.spot?.point.metres_to(place))
    }

    /// How this worker stands to this call at the newest record: what the engine would say of them.
    #[must_use]
    pub fn verdict(&self, call: &Call, worker: &Worker) -> Verdict {
        match self.desk.profiles.get(&call.profile) {
            Some(adopted) => self.stands(call, &adopted.spec, worker, self.desk.at),
            None => Verdict::OtherService,
        }
    }

    fn stands(&self, call: &Call, profile: &Profile, worker: &Worker, now: Time) -> Verdict {
        if !worker.serves(&profile.name) {
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
        if let Some(verdict) = self.withheld(call, profile, worker, now) {
            return verdict;
        }
        let within = |max| self.metres(call, worker).is_some_and(|metres| metres <= max);
        match profile.dispatch.max_metres.filter(|_| call.spot.is_some()) {
            Some(max) if !within(max) => Verdict::TooFar,
            _ => Verdict::Suitable,
        }
    }

    /// Why a worker who could serve the call and is free is not to get it by themselves.
    pub(super) fn withheld(
        &self,
        call: &Call,
        profile: &Profile,
        worker: &Worker,
        now: Time,
    ) -> Option<Verdict> {
        if call.search.excluded.contains(&worker.id) {
            Some(Verdict::Excluded)
        } else if was_asked(call, profile, worker) {
            Some(Verdict::Asked)
        } else {
            self.runs_into_another(profile, worker, now).then_some(Verdict::Reserved)
        }
    }

    /// Whether the worker is to be committed to an appointment before a call of the line would be over.
    fn runs_into_another(&self, profile: &Profile, worker: &Worker, now: Time) -> bool {
        let over = now.plus(profile.appointment.duration_ms);
        worker.reserved.iter().any(|(call, window)| {
            let reserved = self.calls.get(call).and_then(|c| self.desk.profiles.get(&c.profile));
            reserved.is_some_and(|adopted| window.dispatch_at(&adopted.spec) < over)
        })
    }
}

/// Whether the worker was asked in this stage and did not say no. Whoever has been at work since their silence in a
/// broadcast is asked again.
fn was_asked(call: &Call, profile: &Profile, worker: &Worker) -> bool {
    let silent = call.search.asked.contains(&worker.id);
    match (&call.broadcast, call.stage(profile)) {
        (Some(last), Some(Stage::Broadcast { .. })) => {
            let is_asked = !last.over && last.asked.contains(&worker.id);
            is_asked || (silent && worker.idle_since <= last.deadline)
        }
        _ => silent,
    }
}

/// What one search goes by.
struct Search<'a> {
    call: &'a Call,
    profile: &'a Profile,
    now: Time,
    /// Who ranks first.
    by: By,
    /// Nobody farther away than this.
    within: Option<u32>,
    /// So many are enough.
    want: usize,
    /// These have got another call just now.
    taken: &'a BTreeSet<WorkerId>,
}

/// Who ranks first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// The nearest, then the longest idle.
    Distance,
    /// The longest idle, then the nearest.
    Idleness,
    /// Whoever the hash says: everybody who suits is looked at.
    Chance,
}

fn idle_s(worker: &Worker, now: Time) -> u32 {
    u32::try_from(now.since(worker.idle_since).0 / 1_000).unwrap_or(u32::MAX)
}
