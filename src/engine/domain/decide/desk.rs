//! Commands about the desk itself: profiles, participants, breakers, attention.

use super::{Decided, Order, in_range};
use crate::domain::breaker::{BadSettings, BreakerSettings, Order as BreakerOrder, State};
use crate::domain::event::{About, Actor, Concern, Event, Mode, ParticipantKind};
use crate::domain::ids::{AttentionId, Millis, ParticipantId, ProfileId, Time};
use crate::domain::participant::Participant;
use crate::domain::profile::Profile;
use crate::domain::refusal::Refusal;
use crate::domain::world::World;
use std::collections::BTreeSet;

/// At most this many requests at once, when nothing else is said.
pub const BULKHEAD_DEFAULT: u32 = 64;

/// The most requests that may be out at once.
pub const BULKHEAD_MAX: u32 = 10_000;

/// The name of the stage that can be stopped like a participant.
pub const ASSIGN: &str = "assign";

impl World {
    pub(super) fn open_desk(&self, seed: u64) -> Result<Decided, Refusal> {
        if self.desk.seq.0 > 0 {
            return Err(Refusal::DeskAlreadyOpen);
        }
        Ok(Decided::of(vec![Event::DeskOpened { seed }]))
    }

    pub(super) fn step_clock(&self, by_ms: i64) -> Decided {
        let mut events = vec![Event::ClockStepped { by_ms }];
        events.extend(self.raise_once(About::Desk, Concern::ClockStepped));
        Decided::of(events)
    }

    /// A version that equals the newest of its name changes nothing. Steps without a participant get a local one; one
    /// that is known is protected from here on as the version says.
    pub(super) fn adopt(&self, profile: &Profile) -> Result<Decided, Refusal> {
        profile.sound().map_err(|fault| {
            let profile = profile.name.clone();
            Refusal::ProfileUnsound { profile, fault }
        })?;
        let newest = self.desk.newest.get(&profile.name).and_then(|id| self.desk.profiles.get(id));
        if newest.is_some_and(|adopted| adopted.spec == *profile) {
            return Ok(Decided::nothing());
        }
        let mut events = Vec::new();
        let mut number = self.desk.next.participant;
        let mut seen = BTreeSet::new();
        // Steps that share a participant agree on how it is protected, and the first says it.
        for step in profile.steps.iter().filter(|step| seen.insert(step.answerer())) {
            let (name, breaker, bulkhead) = (step.answerer(), step.breaker.as_ref(), step.bulkhead);
            let known = self.participant(name);
            let had = known.map(|p| (p.breaker.settings(), p.bulkhead));
            let same = had.is_some_and(|(settings, most)| {
                breaker.is_none_or(|breaker| breaker == settings)
                    && bulkhead.is_none_or(|bulkhead| bulkhead == most)
            });
            if same {
                continue;
            }
            number += u16::from(known.is_none());
            let settings = breaker.or(had.map(|(settings, _)| settings));
            let most = bulkhead.or(had.map(|(_, most)| most));
            events.push(Event::ParticipantSet {
                participant: known.map_or(ParticipantId(number), |p| p.id),
                name: name.to_owned(),
                kind: known.map_or(ParticipantKind::Local, |p| p.kind.clone()),
                breaker: settings.cloned().unwrap_or_default(),
                bulkhead: most.unwrap_or(BULKHEAD_DEFAULT),
            });
        }
        let id = ProfileId(self.desk.next.profile + 1);
        events.push(Event::ProfileAdopted { profile: id, spec: Box::new(profile.clone()) });
        Ok(Decided::of(events))
    }

    pub(super) fn set_participant_to(
        &self,
        name: &str,
        kind: &ParticipantKind,
        breaker: &BreakerSettings,
        bulkhead: u32,
    ) -> Result<Decided, Refusal> {
        breaker.validate().map_err(|bad| unsound(&bad))?;
        in_range("bulkhead", bulkhead.into(), 1, BULKHEAD_MAX.into())?;
        let known = self.participant(name);
        let same = known.is_some_and(|p| {
            p.kind == *kind && p.breaker.settings() == breaker && p.bulkhead == bulkhead
        });
        if same {
            return Ok(Decided::nothing());
        }
        let participant = known.map_or(ParticipantId(self.desk.next.participant + 1), |p| p.id);
        Ok(Decided::of(vec![Event::ParticipantSet {
            participant,
            name: name.to_owned(),
            kind: kind.clone(),
            breaker: breaker.clone(),
            bulkhead,
        }]))
    }

    pub(super) fn set_mode_of(
        &self,
        name: &str,
        mode: Mode,
        now: Time,
    ) -> Result<Decided, Refusal> {
        if name == ASSIGN {
            return Ok(if self.desk.assign.mode == mode {
                Decided::nothing()
            } else {
                Decided::of(vec![Event::AssignModeSet { mode }])
            });
        }
        let participant = self.named(name)?;
        if !participant.is_local() {
            return Err(Refusal::NotLocal { name: name.to_owned() });
        }
        if participant.mode == mode {
            return Ok(Decided::nothing());
        }
        let mut events = vec![Event::ParticipantModeSet { participant: participant.id, mode }];
        // Whoever starts it says that the trouble is over: its breaker may try at once.
        let open = matches!(participant.breaker.state(), State::Open { .. });
        if let (Mode::Running, true) = (mode, open)
            && let Some(moved) = participant.breaker.order(&BreakerOrder::Auto, now)
        {
            events.push(self.breaker_moved(participant.id, moved));
        }
        Ok(Decided::of(events))
    }

    pub(super) fn force_breaker(
        &self,
        name: &str,
        to: &BreakerOrder,
        now: Time,
    ) -> Result<Decided, Refusal> {
        let participant = self.named(name)?;
        Ok(match participant.breaker.order(to, now) {
            Some(moved) => Decided::of(vec![self.breaker_moved(participant.id, moved)]),
            None => Decided::nothing(),
        })
    }

    fn named(&self, name: &str) -> Result<&Participant, Refusal> {
        self.participant(name).ok_or_else(|| {
            let names = self.desk.participants.values().map(|p| p.name.as_str());
            let known = names.chain([ASSIGN]).collect::<Vec<_>>().join(", ");
            Refusal::NoSuchParticipant { name: name.to_owned(), known }
        })
    }

    pub(super) fn take_attention(
        &self,
        id: AttentionId,
        order: &Order,
    ) -> Result<Decided, Refusal> {
        if !self.desk.attention.contains_key(&id) {
            return Err(Refusal::NoSuchAttention(id));
        }
        let by = match &order.actor {
            Actor::Operator(name) => name.clone(),
            Actor::Worker(worker) => worker.to_string(),
            _ => String::new(),
        };
        Ok(Decided::of(vec![Event::AttentionTaken { attention: id, by }]))
    }

    /// An item that a call's state calls for goes away with its cause, not by being closed: nothing else would watch over
    /// that call.
    pub(super) fn close_attention(&self, id: AttentionId) -> Result<Decided, Refusal> {
        let item = self.desk.attention.get(&id).ok_or(Refusal::NoSuchAttention(id))?;
        if let (true, About::Call(call)) = (item.concern.stands_with_its_cause(), item.about)
            && self.calls.contains_key(&call)
        {
            return Err(Refusal::AttentionStands { attention: id, call });
        }
        Ok(Decided::of(vec![Event::AttentionDone { attention: id }]))
    }
}

/// The number of a breaker that is out of its bounds.
fn unsound(bad: &BadSettings) -> Refusal {
    let (what, value, min, max) = match *bad {
        BadSettings::NoRule => ("the number of rules that trip the breaker", 0, 1, 3),
        BadSettings::Percent { field, pct } => (field, pct.into(), 1, 100),
        BadSettings::Count { field, count, max } => (field, count.into(), 1, max.into()),
        BadSettings::Span { field, span, min, max } => {
            let ms = |span: Millis| i64::try_from(span.0).unwrap_or(i64::MAX);
            (field, ms(span), ms(min), ms(max))
        }
    };
    Refusal::OutOfRange { what, value, min, max }
}
