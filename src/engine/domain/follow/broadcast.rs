//! What follows by itself for a question to several: it goes out ring by ring, and whoever becomes free in the ring that
//! is out is asked as well.
//!
//! Invariant: nobody is asked twice by one broadcast; a broadcast that has a deadline behind it is widened or over.
//! Must not know who has said what: that is in the call.

use super::search::{next_stage, nobody};
use crate::domain::call::Call;
use crate::domain::event::{Decision, Event, Verdict, Why};
use crate::domain::ids::{Millis, OfferId, Time};
use crate::domain::profile::{Profile, Stage};
use crate::domain::worker::Worker;
use crate::domain::world::World;

/// How a broadcast of the stage goes out.
#[derive(Clone, Copy)]
pub(super) struct Rings<'a> {
    /// The radii in metres, from the inside.
    radii: &'a [u32],
    /// How long one ring is waited for.
    span: Millis,
    /// The most workers asked in one ring.
    most: u32,
}

impl<'a> Rings<'a> {
    /// The rings of the stage that the call is in; none: it asks nobody at once.
    pub(super) fn of(call: &Call, profile: &'a Profile) -> Option<Self> {
        match call.stage(profile)? {
            Stage::Broadcast { rings_m, ring_ms, most, .. } => {
                Some(Self { radii: rings_m, span: *ring_ms, most: *most })
            }
            _ => None,
        }
    }
}

impl World {
    /// Asks the next ring in which somebody is to be asked; after the last one the broadcast is over.
    pub(super) fn widen(
        &self,
        call: &Call,
        profile: &Profile,
        rings: Rings<'_>,
        now: Time,
    ) -> Vec<Event> {
        let live = call.live_broadcast();
        let first = live.map_or(0, |broadcast| usize::from(broadcast.ring) + 1);
        let mut looked = Decision::default();
        for (radius, ring) in rings.radii.iter().zip(0..=u8::MAX).skip(first) {
            let (workers, decision) = self.ring(call, profile, *radius, rings.most, now);
            if workers.is_empty() {
                looked = decision;
                continue;
            }
            return vec![Event::BroadcastSent {
                offer: live.map_or(OfferId(self.desk.next.offer + 1), |broadcast| broadcast.id),
                call: call.id,
                workers,
                ring,
                deadline: now.plus(rings.span),
                decision,
            }];
        }
        let Some(live) = live else {
            let mut events = nobody(call, looked);
            if !call.search.exhausted {
                events.push(next_stage(call, profile));
            }
            return events;
        };
        let mut events = vec![Event::BroadcastOver {
            offer: live.id,
            call: call.id,
            why: Why::SearchOver,
            losers: live.asked.iter().copied().collect(),
        }];
        if !call.search.exhausted {
            events.push(next_stage(call, profile));
        }
        events
    }

    /// Asks a worker who became free or came near about a call of this stage: beside those who are being asked, or, when
    /// nobody is, with a broadcast of its own.
    pub(super) fn join(
        &self,
        call: &Call,
        profile: &Profile,
        rings: Rings<'_>,
        worker: &Worker,
        now: Time,
    ) -> Vec<Event> {
        let Some(live) = call.live_broadcast() else {
            // Most workers who move do not suit; only for one who does the rings are looked through.
            let reach = rings.radii.iter().max().copied().unwrap_or(0);
            return match self.in_ring(call, profile, worker, reach, now) {
                Some(_) => self.widen(call, profile, rings, now),
                None => Vec::new(),
            };
        };
        let room = u64::from(rings.most) * (u64::from(live.ring) + 1);
        if live.deadline <= now || live.asked.len() as u64 >= room {
            return Vec::new();
        }
        let Some(radius) = rings.radii.get(usize::from(live.ring)) else { return Vec::new() };
        let Some(candidate) = self.in_ring(call, profile, worker, *radius, now) else {
            return Vec::new();
        };
        vec![Event::BroadcastSent {
            offer: live.id,
            call: call.id,
            workers: vec![worker.id],
            ring: live.ring,
            deadline: live.deadline,
            decision: Decision {
                chosen: Some(candidate),
                counts: [(Verdict::Suitable, 1)].into(),
                radius_m: call.spot.map(|_| *radius),
                ..Decision::default()
            },
        }]
    }
}
