//! What follows by itself for gates, steps and their undoing, and for those who wait for a participant.

use super::{Pass, SERVED_MAX};
use crate::domain::call::{Call, Step, StepState, Want};
use crate::domain::chance;
use crate::domain::event::{
    About, Concern, Event, FailKind, Mode, Op, Outcome, ParkedWhy, SettledBy, Why,
};
use crate::domain::ids::{CallId, Millis, ParticipantId, Time, Won};
use crate::domain::participant::Participant;
use crate::domain::phase::{Phase, Target};
use crate::domain::profile::{Fallback, OnDenied, Position, Profile};
use crate::domain::world::World;
use crate::planted::planted;
use std::sync::Arc;

/// How many of those who wait for a participant are looked at to find one whose time has come.
const LOOKED_AT: usize = 256;

/// When a caller who was sent away may try again, if the breaker does not know better.
const TRY_AGAIN: Millis = Millis::secs(5);

impl World {
    pub(super) fn follow_call(&self, id: CallId, now: Time) -> Vec<Event> {
        let Some(call) = self.calls.get(&id) else { return Vec::new() };
        let Some(adopted) = self.desk.profiles.get(&call.profile).map(Arc::clone) else {
            return Vec::new();
        };
        let profile = &adopted.spec;
        if let Some(events) = self.overdue_answer(call, now) {
            return events;
        }
        if let Some(event) = self.goods_let_go(call, profile) {
            return vec![event];
        }
        let mut events = match call.phase {
            Phase::Received => vec![Event::CallOpened { call: id }],
            Phase::Gating => self.follow_gate(call, profile, now),
            // The answer it was parked for came after all.
            Phase::Parked if call.gate_ahead(profile, Position::BeforeOpen).is_none() => {
                vec![Event::CallResumed { call: id }]
            }
            Phase::Parked if call.park_ends(profile) <= now => {
                unwind(call, Target::Rejected, Why::ParkedTooLong, None)
            }
            Phase::Open | Phase::Scheduled | Phase::Assigned | Phase::InService => {
                self.follow_steps(call, profile, now)
            }
            Phase::Closing
                if planted!(UnpaidCompleted) || call.completion_ahead(profile).is_none() =>
            {
                self.completed(call, profile)
            }
            Phase::Closing => self.follow_steps(call, profile, now),
            Phase::Unwinding if call.is_unwound(profile) => {
                let end = call.unwinding.map_or(Target::Canceled, |u| u.target);
                vec![Event::CallEnded { call: id, end }]
            }
            // What is to be undone, or to be given back.
            Phase::Unwinding
            | Phase::Completed
            | Phase::Canceled
            | Phase::Unfilled
            | Phase::Rejected => self.ask_wanted(call, profile, now),
            Phase::Parked => Vec::new(),
        };
        if events.is_empty() && call.phase == Phase::Open {
            events = self.follow_search(call, profile, now);
        }
        if events.is_empty() && call.phase == Phase::Scheduled {
            events = self.follow_reservation(call, profile, now);
        }
        if events.is_empty() {
            events.extend(still_searching(call, profile, now));
        }
        if events.is_empty() {
            events = self.follow_attention(call, profile);
        }
        events
    }

    /// The answer of a local participant whose time has come, or of anybody whose deadline has passed.
    fn overdue_answer(&self, call: &Call, now: Time) -> Option<Vec<Event>> {
        for (i, step) in call.steps.iter().enumerate() {
            let Some(out) = &step.out else { continue };
            let number = u8::try_from(i).ok()?;
            let participant = self.desk.participants.get(&self.answerer(call.id, number)?)?;
            let answers = out.answer_at.is_some_and(|at| at <= now && at <= out.deadline);
            if answers && participant.is_local() {
                let outcome = self.local_answer(participant, call, i, out.op);
                return Some(self.answered(call, number, out, outcome, now));
            }
            if out.deadline <= now {
                let outcome = Outcome::Indeterminate("no answer by the deadline".to_owned());
                return Some(self.answered(call, number, out, outcome, now));
            }
        }
        None
    }

    fn follow_gate(&self, call: &Call, profile: &Profile, now: Time) -> Vec<Event> {
        let Some((i, step)) = call.gate_ahead(profile, Position::BeforeOpen) else {
            return vec![Event::CallOpened { call: call.id }];
        };
        if step.out.is_some() {
            return Vec::new();
        }
        if let StepState::Denied { .. } = step.state {
            return unwind(call, Target::Rejected, Why::Denied, None);
        }
        let fallback = profile.steps.get(i).map(|s| s.fallback).unwrap_or_default();
        let wait = step.retry_at().filter(|at| *at > now);
        let (why, again) = if let Some(at) = wait {
            let unknown = matches!(step.state, StepState::Waiting { unknown: true, .. });
            (if unknown { ParkedWhy::Indeterminate } else { ParkedWhy::Unavailable }, at)
        } else {
            match self.ask_events(call, i, now) {
                Ok(events) => return events,
                Err(refused) => refused,
            }
        };
        match fallback {
            Fallback::Park => vec![Event::CallParked { call: call.id, why }],
            Fallback::Reject => {
                let breaker = self.gate_opens_at(call.id, i, now);
                let at = breaker.unwrap_or(again).max(now.plus(TRY_AGAIN));
                unwind(call, Target::Rejected, Why::GateUnavailable, Some(at))
            }
        }
    }

    /// When the breaker before a gate lets somebody through again; none: it does now.
    fn gate_opens_at(&self, call: CallId, step: usize, now: Time) -> Option<Time> {
        let id = self.answerer(call, u8::try_from(step).ok()?)?;
        self.desk.participants.get(&id)?.permit(now).err().map(|(_, at)| at)
    }

    fn follow_steps(&self, call: &Call, profile: &Profile, now: Time) -> Vec<Event> {
        for (i, step) in call.steps_at(profile, Position::AfterOpen) {
            let denied = matches!(step.state, StepState::Denied { .. });
            let ends = profile.steps.get(i).is_some_and(|s| s.on_denied == OnDenied::End);
            let before_work =
                matches!(call.phase, Phase::Open | Phase::Scheduled | Phase::Assigned);
            if denied && ends && before_work {
                let mut events = Self::let_go(call, Why::Denied);
                events.extend(unwind(call, Target::Unfilled, Why::Denied, None));
                return events;
            }
        }
        self.ask_wanted(call, profile, now)
    }

    /// Asks the first thing the call wants and may ask now.
    fn ask_wanted(&self, call: &Call, profile: &Profile, now: Time) -> Vec<Event> {
        call.wants(profile)
            .into_iter()
            .filter(|want| want.not_before <= now)
            .find_map(|want| self.ask_events(call, want.step, now).ok())
            .unwrap_or_default()
    }

    /// The events of asking what step `i` wants now.
    ///
    /// # Errors
    /// Why its participant cannot be asked now, and when again.
    fn ask_events(
        &self,
        call: &Call,
        i: usize,
        now: Time,
    ) -> Result<Vec<Event>, (ParkedWhy, Time)> {
        let never = (ParkedWhy::Unavailable, now.plus(TRY_AGAIN));
        let number = u8::try_from(i).map_err(|_| never)?;
        let adopted = self.desk.profiles.get(&call.profile).ok_or(never)?;
        let spec = adopted.step(i).ok_or(never)?;
        let step = call.steps.get(i).ok_or(never)?;
        let want = wanted(call, &adopted.spec, i).ok_or(never)?;
        if want.op == Op::Do && charges_nothing(call, &adopted.spec, i) {
            let by = SettledBy::Nothing;
            return Ok(vec![Event::StepSettled { call: call.id, step: number, by }]);
        }
        let id = adopted.answerer(i).ok_or(never)?;
        let participant = self.desk.participants.get(&id).ok_or(never)?;
        if let Some(moved) = participant.breaker.due(now) {
            return Ok(vec![self.breaker_moved(id, moved)]);
        }
        let (generation, probe) = participant.permit(now)?;
        let attempt = step.attempts + 1;
        let deadline = now.plus(spec.deadline_ms);
        Ok(vec![Event::StepAsked {
            call: call.id,
            step: number,
            op: want.op,
            group: if fresh_key(call, &adopted.spec, i) { attempt } else { step.group },
            attempt,
            deadline,
            answer_at: self.answer_time(participant, call.id, attempt, now),
            generation,
            probe,
        }])
    }

    /// When a local participant will answer; none: somebody outside does, or the answer gets lost.
    fn answer_time(&self, p: &Participant, call: CallId, attempt: u32, now: Time) -> Option<Time> {
        if !p.is_local() {
            return None;
        }
        match p.mode {
            Mode::Failing(FailKind::Lost) => None,
            Mode::Running | Mode::Stopped | Mode::Failing(_) => Some(now),
            Mode::Slow { fixed, random } => {
                let more = chance::below(self.desk.seed, call, &p.name, attempt, random.0);
                Some(now.plus(Millis(fixed.0 + more)))
            }
        }
    }

    /// Attention that the call's state calls for, or that it no longer does.
    fn follow_attention(&self, call: &Call, profile: &Profile) -> Vec<Event> {
        let called_for = |concern: Concern| match concern {
            Concern::PlanExhausted => {
                call.phase == Phase::Open && call.search.exhausted && !in_none(call, profile)
            }
            Concern::NeedsDispatcher => {
                call.phase == Phase::Open && !call.search.exhausted && in_manual(call, profile)
            }
            Concern::UndoDenied if planted!(SilentCall) => false,
            Concern::UndoDenied => {
                call.steps.iter().any(|s| matches!(s.state, StepState::UndoDenied { .. }))
            }
            Concern::ClosingDenied => {
                call.phase == Phase::Closing && any_denied(call, profile, Position::BeforeComplete)
            }
            Concern::StepDenied => {
                let waits = [
                    Phase::Open,
                    Phase::Scheduled,
                    Phase::Assigned,
                    Phase::InService,
                    Phase::Closing,
                ];
                waits.contains(&call.phase) && any_denied(call, profile, Position::AfterOpen)
            }
            Concern::PromisePassed => {
                call.phase == Phase::Open && call.search.exhausted && in_none(call, profile)
            }
            Concern::RefundDenied => call.has_denied_refund(profile),
            // Those that only a human ends.
            Concern::Misconfigured
            | Concern::NoticeDead
            | Concern::ClockStepped
            | Concern::LateOk => call.attention.contains_key(&concern),
        };
        for (concern, id) in &call.attention {
            if !called_for(*concern) {
                return vec![Event::AttentionDone { attention: *id }];
            }
        }
        let derived = [
            Concern::PlanExhausted,
            Concern::NeedsDispatcher,
            Concern::UndoDenied,
            Concern::ClosingDenied,
            Concern::StepDenied,
            Concern::PromisePassed,
            Concern::RefundDenied,
        ];
        derived
            .into_iter()
            .filter(|concern| called_for(*concern))
            .find_map(|concern| self.raise_once(About::Call(call.id), concern))
            .into_iter()
            .collect()
    }

    /// Serves whoever waits for a participant: its breaker's time first, then one of those who wait.
    pub(super) fn follow_participant(
        &self,
        id: ParticipantId,
        pass: &mut Pass,
        now: Time,
    ) -> Vec<Event> {
        let Some(participant) = self.desk.participants.get(&id) else { return Vec::new() };
        let waiting = self.index.wants.get(&id).is_some_and(|wants| !wants.is_empty());
        if !Self::is_served(participant) || !waiting || pass.served >= SERVED_MAX {
            return Vec::new();
        }
        if let Some(moved) = participant.breaker.due(now) {
            return vec![self.breaker_moved(id, moved)];
        }
        if participant.permit(now).is_err() {
            return Vec::new();
        }
        let Some((call, step)) = self.first_ready(id, now) else { return Vec::new() };
        pass.served += 1;
        match self.calls.get(&call) {
            Some(parked) if parked.phase == Phase::Parked => vec![Event::CallResumed { call }],
            Some(call) => self.ask_events(call, usize::from(step), now).unwrap_or_default(),
            None => Vec::new(),
        }
    }

    /// Whether those who wait are asked for at all: not while it is stopped, nor beyond the drain's width.
    fn is_served(participant: &Participant) -> bool {
        participant.mode != Mode::Stopped
            && participant.in_flight < participant.drain.min(participant.bulkhead)
    }

    /// The first of those who wait whose time has come.
    fn first_ready(&self, id: ParticipantId, now: Time) -> Option<(CallId, u8)> {
        let wants = self.index.wants.get(&id)?;
        if planted!(ParkedReversed) {
            let ready = wants.iter().rfind(|(_, not_before)| **not_before <= now);
            return ready.map(|((rank, step), _)| (rank.2, *step));
        }
        wants
            .iter()
            .take(LOOKED_AT)
            .find(|(_, not_before)| **not_before <= now)
            .map(|((rank, step), _)| (rank.2, *step))
    }

    /// When [`World::follow_participant`] will have something by time alone.
    pub(in crate::domain) fn participant_due(&self, participant: &Participant) -> Option<Time> {
        use crate::domain::breaker::{Permit, State};
        let wants = self.index.wants.get(&participant.id).filter(|wants| !wants.is_empty())?;
        if !Self::is_served(participant) {
            return None;
        }
        let ready = wants.values().take(LOOKED_AT).min().copied()?;
        match participant.breaker.state() {
            State::Closed | State::Disabled => Some(ready),
            State::Open { until, .. } => Some(*until),
            State::ForcedOpen { .. } => None,
            State::HalfOpen { .. } => match participant.breaker.permit(self.desk.at) {
                Permit::Refused { .. } => participant.breaker.next_due(),
                _ => Some(participant.breaker.next_due().map_or(ready, |due| due.min(ready))),
            },
        }
    }
}

/// Whether a planted bug asks for step `i` under another key than before.
fn fresh_key(call: &Call, profile: &Profile, i: usize) -> bool {
    let doubtful = call.steps.get(i).is_some_and(|step| !step.doubtful.is_empty());
    let charges = profile.charge().is_some_and(|(charge, _)| charge == i);
    if planted!(ChargedAgain) {
        return charges && doubtful;
    }
    planted!(FreshKey)
}

/// What step `i` of the call wants.
fn wanted(call: &Call, profile: &Profile, i: usize) -> Option<Want> {
    call.wants(profile).into_iter().find(|want| want.step == i)
}

/// Whether step `i` is a charge and there is nothing to pay.
fn charges_nothing(call: &Call, profile: &Profile, i: usize) -> bool {
    profile.charge().is_some_and(|(charge, _)| charge == i) && call.charge(profile) == Some(Won(0))
}

/// The customer is told that nobody has the call yet: once, however many intervals have passed.
fn still_searching(call: &Call, profile: &Profile, now: Time) -> Option<Event> {
    call.told_next(profile).filter(|at| *at <= now)?;
    let nth = call.intervals_over(profile.still_searching()?, profile, now);
    Some(Event::StillSearching { call: call.id, nth })
}

fn unwind(call: &Call, target: Target, why: Why, retry_at: Option<Time>) -> Vec<Event> {
    vec![Event::CallUnwinding { call: call.id, target, why, retry_at }]
}

fn any_denied(call: &Call, profile: &Profile, position: Position) -> bool {
    let mut steps = call.steps_at(profile, position);
    steps.any(|(_, step): (usize, &Step)| matches!(step.state, StepState::Denied { .. }))
}

fn in_none(call: &Call, profile: &Profile) -> bool {
    use crate::domain::profile::Stage;
    matches!(call.stage(profile), Some(Stage::None { .. }))
}

fn in_manual(call: &Call, profile: &Profile) -> bool {
    use crate::domain::profile::Stage;
    matches!(profile.plan.get(usize::from(call.search.stage)), Some(Stage::Manual { .. }))
}
