//! What follows by itself in the search for a worker.

use super::broadcast::Rings;
use super::{Pass, SERVED_MAX};
use crate::domain::call::{Call, Rank};
use crate::domain::event::{AssignedBy, Decision, Event, Why};
use crate::domain::ids::{OfferId, Time, WorkerId};
use crate::domain::phase::{Phase, Target};
use crate::domain::profile::{Profile, Stage};
use crate::domain::worker::{Availability, Worker};
use crate::domain::world::World;

/// How many waiting calls are tried for one worker before the rest is left to others.
const TRIED_MAX: usize = 64;

impl World {
    pub(super) fn follow_search(&self, call: &Call, profile: &Profile, now: Time) -> Vec<Event> {
        if let Some(until) = call.held_until {
            return if until <= now {
                vec![Event::HoldEnded { call: call.id }]
            } else {
                Vec::new()
            };
        }
        if let Some(at) = call.search.dispatch_at {
            return if at <= now { vec![Event::DispatchDue { call: call.id }] } else { Vec::new() };
        }
        if let Some(offer) = call.offer.filter(|offer| offer.lapses_at() <= now) {
            let (offer, worker) = (offer.id, offer.worker);
            return vec![Event::OfferExpired { offer, call: call.id, worker }];
        }
        if self.desk.assign.stopped_at.is_some() {
            return Vec::new();
        }
        let clock = self.search_clock(now);
        if call.search_ends(profile).is_some_and(|end| end <= clock) {
            let mut events = Self::let_go(call, Why::SearchOver);
            events.push(Event::CallUnwinding {
                call: call.id,
                target: Target::Unfilled,
                why: Why::SearchOver,
                retry_at: None,
            });
            return events;
        }
        if call.stage_ends(profile).is_some_and(|end| end <= clock) {
            let mut events = Self::let_go(call, Why::SearchOver);
            events.push(next_stage(call, profile));
            return events;
        }
        let due = if call.search.fresh {
            self.assign_delay(call.id).map(|delay| call.search.fresh_at.plus(delay))
        } else {
            call.live_broadcast().map(|broadcast| broadcast.deadline)
        };
        let due = due.filter(|_| call.offer.is_none() && !call.is_matched(profile));
        if due.is_some_and(|due| due <= now) {
            self.attempt(call, profile, now)
        } else {
            Vec::new()
        }
    }

    /// Tries to find somebody by the stage the call is in.
    fn attempt(&self, call: &Call, profile: &Profile, now: Time) -> Vec<Event> {
        let Some(stage) = profile.plan.get(usize::from(call.search.stage)) else {
            return Vec::new();
        };
        match stage {
            Stage::Manual { .. } | Stage::Claim { .. } | Stage::None { .. } => Vec::new(),
            Stage::Broadcast { .. } => Rings::of(call, profile)
                .map_or_else(Vec::new, |rings| self.widen(call, profile, rings, now)),
            Stage::Auto { .. } => self.attempt_auto(call, profile, now),
            Stage::Offer { most: Some(most), .. }
                if call.search.offers >= *most && !call.search.exhausted =>
            {
                vec![next_stage(call, profile)]
            }
            Stage::Offer { deadline_ms, .. } => {
                let decision = self.choose(call, profile, now);
                match decision.chosen {
                    Some(chosen) => vec![Event::OfferSent {
                        offer: OfferId(self.desk.next.offer + 1),
                        call: call.id,
                        worker: chosen.worker,
                        deadline: now.plus(*deadline_ms),
                        decision,
                    }],
                    None if !call.search.exhausted => vec![
                        Event::NobodyFound { call: call.id, decision },
                        next_stage(call, profile),
                    ],
                    None => nobody(call, decision),
                }
            }
        }
    }

    fn attempt_auto(&self, call: &Call, profile: &Profile, now: Time) -> Vec<Event> {
        let decision = self.choose(call, profile, now);
        match decision.chosen {
            Some(chosen) => vec![Event::AssignmentCommitted {
                call: call.id,
                worker: chosen.worker,
                by: AssignedBy::Auto,
                decision: Some(decision),
            }],
            None => nobody(call, decision),
        }
    }

    /// A worker who can be given a call keeps their appointment, or takes the most urgent, then oldest, that suits.
    pub(super) fn follow_worker(&self, id: WorkerId, now: Time) -> Vec<Event> {
        let Some(worker) = self.workers.get(&id) else { return Vec::new() };
        let kept = self.keep_appointment(worker);
        if !kept.is_empty() {
            return kept;
        }
        let free = worker.availability() == Availability::Available;
        if !free || self.desk.assign.stopped_at.is_some() || self.desk.assign.sweeping {
            return Vec::new();
        }
        for rank in self.waiting_for(worker) {
            let events = self.serve(rank, Some(worker), now);
            if !events.is_empty() {
                return events;
            }
        }
        Vec::new()
    }

    /// The calls that wait and that the worker could be given, first come first.
    fn waiting_for(&self, worker: &Worker) -> Vec<Rank> {
        let services: Vec<u16> = if worker.services.is_empty() {
            self.desk.newest.keys().filter_map(|name| self.index.services.get(name)).collect()
        } else {
            worker.services.iter().filter_map(|name| self.index.services.get(name)).collect()
        };
        let mut ranks = Vec::new();
        for service in services {
            let skills = worker.skills.iter().filter_map(|skill| self.index.skills.get(skill));
            for skill in std::iter::once(None).chain(skills.map(Some)) {
                if let Some(waiting) = self.index.waiting.get(&(service, skill)) {
                    ranks.extend(waiting.iter().take(TRIED_MAX).copied());
                }
            }
        }
        ranks.sort_unstable();
        ranks.truncate(TRIED_MAX);
        ranks
    }

    /// An attempt for a call that waits, because of the worker when there is one; nothing when it still finds nobody.
    fn serve(&self, rank: Rank, worker: Option<&Worker>, now: Time) -> Vec<Event> {
        let Some(call) = self.calls.get(&rank.2) else { return Vec::new() };
        let Some(adopted) = self.desk.profiles.get(&call.profile) else { return Vec::new() };
        let profile = &adopted.spec;
        if call.is_matched(profile) {
            return Vec::new();
        }
        let mut events = match (Rings::of(call, profile), worker) {
            (Some(rings), Some(worker)) => self.join(call, profile, rings, worker, now),
            // Those who are being asked have their time.
            (Some(_), None) if call.live_broadcast().is_some() => Vec::new(),
            _ => self.attempt(call, profile, now),
        };
        let found = events.iter().any(|event| {
            matches!(
                event,
                Event::AssignmentCommitted { .. }
                    | Event::OfferSent { .. }
                    | Event::BroadcastSent { .. }
            )
        });
        if !found {
            events.clear();
        }
        events
    }

    /// After `assign` came back: every call that waits is looked at, first come first.
    pub(super) fn follow_sweep(&self, pass: &mut Pass, now: Time) -> Vec<Event> {
        if !self.desk.assign.sweeping || pass.served >= SERVED_MAX {
            return Vec::new();
        }
        let from = match pass.swept {
            Some(rank) => (std::ops::Bound::Excluded(rank), std::ops::Bound::Unbounded),
            None => (std::ops::Bound::Unbounded, std::ops::Bound::Unbounded),
        };
        for rank in self.index.waiting_all.range(from) {
            pass.swept = Some(*rank);
            let events = self.serve(*rank, None, now);
            if !events.is_empty() {
                pass.served += 1;
                return events;
            }
        }
        vec![Event::QueueSwept]
    }
}

/// Notes once that nobody was found.
pub(super) fn nobody(call: &Call, decision: Decision) -> Vec<Event> {
    debug_assert_eq!(call.phase, Phase::Open);
    if call.search.fresh {
        vec![Event::NobodyFound { call: call.id, decision }]
    } else {
        Vec::new()
    }
}

/// What comes after the stage the call is in.
pub(super) fn next_stage(call: &Call, profile: &Profile) -> Event {
    let next = call.search.stage + 1;
    if usize::from(next) < profile.plan.len() {
        Event::StageEntered { call: call.id, stage: next }
    } else {
        Event::PlanExhausted { call: call.id }
    }
}
