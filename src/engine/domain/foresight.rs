//! When and where workers who have a call will be free, and what is learnt of it.
//!
//! Invariant: what is learnt follows from the journal alone. Where a worker is now may be a live position, which is not
//! kept; so what is expected of one worker may differ after a restart, and what is expected of work in general may not.

use super::call::{AssignmentState, Call};
use super::event::Duty;
use super::geo::{Grid, Point};
use super::ids::{CallId, Millis, ProfileId, Time, WorkerId};
use super::profile::{Foresight, Profile};
use super::worker::Worker;
use super::world::World;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Of the work that ended the newest so many count.
const REMEMBERED: u32 = 64;

/// Work is taken to last no longer than a day.
const LASTS_MAX: Millis = Millis::hours(24);

/// How much longer work lasts than a profile says: the mean of all times at first, then of the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Overtime {
    /// From so many times; no more than are remembered.
    pub times: u32,
    /// In milliseconds; below 0: it is over sooner.
    pub mean_ms: i64,
}

impl Overtime {
    fn learn(&mut self, lasted: Millis, believed: Millis) {
        let ms = |span: Millis| i64::try_from(span.min(LASTS_MAX).0).unwrap_or(i64::MAX);
        self.times = self.times.saturating_add(1).min(REMEMBERED);
        self.mean_ms += (ms(lasted) - ms(believed) - self.mean_ms) / i64::from(self.times);
    }
}

/// Workers who will be free soon: where, and in how many seconds.
pub(super) struct Coming<'a> {
    pub places: Grid<WorkerId>,
    pub known: BTreeMap<WorkerId, (&'a Worker, Point, u32)>,
}

impl World {
    /// Everybody of a line who will be free within a while.
    pub(super) fn coming(&self, profile: &Profile, within: Millis, now: Time) -> Coming<'_> {
        let until = now.plus(within);
        let learnt = self.desk.overtimes.values().map(|overtime| overtime.mean_ms);
        let (least, most) = learnt.fold((0, 0), |(a, b), ms| (ms.min(a), ms.max(b)));
        let from = Time(now.0.saturating_sub(most));
        let to = Time(until.0.saturating_sub(least));
        let believed = self.index.ready.range((from, WorkerId(0))..=(to, WorkerId(u64::MAX)));
        let known: BTreeMap<_, _> = believed
            .filter_map(|(at, id)| {
                let worker = self.workers.get(id).filter(|worker| worker.serves(&profile.name))?;
                let (_, place) = self.index.workers.get(id)?.ready?;
                let call = self.calls.get(&worker.current?.0)?;
                let at = self.with_overtime(call.profile, *at);
                // One who should be free by now and is not may be so for long: nobody waits for them.
                let wait = at.since(now).0.div_ceil(1_000);
                let is_soon = at > now && at <= until;
                is_soon.then(|| (*id, (worker, place, u32::try_from(wait).unwrap_or(u32::MAX))))
            })
            .collect();
        let places = known.iter().map(|(id, (_, place, _))| (*id, *place)).collect();
        Coming { places, known }
    }

    fn with_overtime(&self, profile: ProfileId, at: Time) -> Time {
        let ms = self.desk.overtimes.get(&profile).map_or(0, |overtime| overtime.mean_ms);
        Time(at.0.saturating_add(ms))
    }

    /// When and where a worker who has a call would be free by what the profile says; none: nobody asks, they go off
    /// then, or they are so late on the way that nobody can say.
    pub(super) fn foreseen(&self, worker: &Worker) -> Option<(Time, Point)> {
        let (call, state) = worker.current?;
        if worker.duty != Duty::On || worker.off_after {
            return None;
        }
        let call = self.calls.get(&call)?;
        let (spec, foresight) = self.beliefs(call)?;
        let (lasts, end) = lasts(call, spec, foresight)?;
        if state == AssignmentState::Working {
            return Some((call.phase_at.plus(lasts), end));
        }
        let (from, _) = self.place(worker)?;
        let given = call.assignment.as_ref()?;
        let seen = self.last_seen(worker).map_or(given.at, |(_, at)| at.max(given.at));
        let way = spec.dispatch.travel.seconds(from.metres_to(call.spot?.point));
        let there = seen.plus(Millis::secs(way.into()));
        // Whoever stands still would be there soon for ever.
        let late = there.since(given.there_at.unwrap_or(given.at));
        (late <= foresight.horizon_ms).then(|| (there.plus(lasts), end))
    }

    /// What the line of a call believes of its work; none: nobody asks.
    fn beliefs(&self, call: &Call) -> Option<(&Profile, Foresight)> {
        let spec = &self.desk.profiles.get(&call.profile)?.spec;
        Some((spec, spec.dispatch.foresees()?))
    }

    /// Learns from work that ends now.
    pub(super) fn learn_of(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        let given = call.assignment.as_ref();
        if given.is_none_or(|given| given.state != AssignmentState::Working) {
            return;
        }
        let beliefs = self.beliefs(call);
        let Some((believed, _)) = beliefs.and_then(|(spec, of)| lasts(call, spec, of)) else {
            return;
        };
        let (profile, lasted) = (call.profile, self.desk.at.since(call.phase_at));
        self.desk.overtimes.entry(profile).or_default().learn(lasted, believed);
    }
}

/// How long the work of a call lasts by what its profile says, and where it ends; none: nobody knows where it is.
fn lasts(call: &Call, spec: &Profile, foresight: Foresight) -> Option<(Millis, Point)> {
    let spot = call.spot?.point;
    let end = call.destination(spec);
    let way = end.map_or(0, |end| spec.dispatch.travel.seconds(spot.metres_to(end)));
    let secs = [foresight.stay_s, way, foresight.leave_s].map(u64::from);
    Some((Millis::secs(secs.iter().sum()), end.unwrap_or(spot)))
}
