//! What asking and answering makes of a step, of its participant's breaker and of what is in flight.

use super::calls::leaves_open;
use crate::domain::breaker::{Answer, OutcomeKind};
use crate::domain::call::{Effect, Out, Step, StepState};
use crate::domain::chance;
use crate::domain::event::{Event, Op, Outcome, Why};
use crate::domain::ids::{CallId, ParticipantId, Time};
use crate::domain::participant::{DRAIN_MAX, Incident, Participant};
use crate::domain::world::World;
use crate::planted::planted;

impl World {
    pub(super) fn evolve_step(&mut self, event: &Event) {
        let at = self.desk.at;
        match event {
            Event::StepAsked {
                call,
                step,
                op,
                group,
                attempt,
                deadline,
                answer_at,
                generation,
                ..
            } => {
                let out = Out {
                    op: *op,
                    group: *group,
                    attempt: *attempt,
                    asked_at: at,
                    deadline: *deadline,
                    answer_at: *answer_at,
                    generation: *generation,
                };
                if let Some(p) = self.answering(*call, *step) {
                    p.breaker.taken(lease(*call, *step, *attempt), at, *deadline);
                    p.in_flight += 1;
                }
                self.with_step(*call, *step, |s| {
                    s.attempts = *attempt;
                    s.started |= *op == Op::Do;
                    s.out = Some(out);
                });
            }
            Event::StepAnswered { call, step, op, group, attempt, outcome, took_ms, late } => {
                let out = self
                    .calls
                    .get(call)
                    .and_then(|c| c.steps.get(usize::from(*step)))
                    .and_then(|s| s.out)
                    .filter(|out| out.attempt == *attempt && !late);
                // Of goods the moves of stock say what was done; here only that it is never to be done.
                let tells = *op == Op::Undo || !self.reserves(*call, *step);
                let local = self.answering(*call, *step).is_some_and(|p| p.is_local());
                if let (Some(out), Some(p)) = (out, self.answering(*call, *step)) {
                    let leaks = planted!(PermitLeaked) && leaves_open(outcome);
                    p.in_flight = p.in_flight.saturating_sub(u32::from(!leaks));
                    let answer = Answer {
                        lease: lease(*call, *step, *attempt),
                        generation: out.generation,
                        outcome: kind_of(outcome),
                        took: *took_ms,
                    };
                    p.breaker.fold(&answer, at);
                    p.drain = match kind_of(outcome) {
                        OutcomeKind::Failure => 1,
                        _ => (p.drain + 1).min(DRAIN_MAX),
                    };
                }
                let seed = self.desk.seed;
                let given =
                    Given { call: *call, step: *step, op: *op, group: *group, outcome, at, seed };
                self.with_step(*call, *step, |s| {
                    if out.is_some() {
                        s.out = None;
                    }
                    s.doubt(*op, *attempt, outcome);
                    if local && tells {
                        s.effect = effect_after(s.effect, *op, outcome);
                    }
                    if *late { s.take_late(&given) } else { s.take(&given) }
                });
            }
            Event::StepWaived { call, step } => {
                self.with_step(*call, *step, |s| s.state = StepState::Waived);
            }
            Event::StepSettled { call, step, by } => {
                self.with_step(*call, *step, |s| s.state = StepState::Settled { by: *by });
            }
            Event::StepRetried { call, step } => {
                self.with_step(*call, *step, |s| s.retry(at));
            }
            _ => {}
        }
        if let Event::StepAsked { call, step, .. } | Event::StepAnswered { call, step, .. } = event
            && let Some(id) = self.answering(*call, *step).map(|p| p.id)
        {
            self.reindex_participant(id);
        }
    }

    /// Who answers this step of this call.
    pub(in crate::domain) fn answerer(&self, call: CallId, step: u8) -> Option<ParticipantId> {
        let call = self.calls.get(&call)?;
        self.desk.profiles.get(&call.profile)?.answerer(usize::from(step))
    }

    fn reserves(&self, call: CallId, step: u8) -> bool {
        use crate::domain::profile::Does;
        let profile = self.calls.get(&call).and_then(|call| self.desk.profiles.get(&call.profile));
        let spec = profile.and_then(|adopted| adopted.step(usize::from(step)));
        spec.is_some_and(|spec| spec.does == Does::Reserve)
    }

    fn answering(&mut self, call: CallId, step: u8) -> Option<&mut Participant> {
        let id = self.answerer(call, step)?;
        self.desk.participants.get_mut(&id)
    }

    /// The open incident of the gate that the call stands before.
    fn incident_of(&mut self, call: CallId) -> Option<&mut Incident> {
        use crate::domain::profile::Position;
        let c = self.calls.get(&call)?;
        let adopted = self.desk.profiles.get(&c.profile)?.clone();
        let ahead = c.gate_ahead(&adopted.spec, Position::BeforeOpen).map(|(i, _)| i);
        let last = c.steps_at(&adopted.spec, Position::BeforeOpen).next_back().map(|(i, _)| i);
        let id = adopted.answers.get(ahead.or(last)?)?;
        let p = self.desk.participants.get_mut(id)?;
        p.incidents.last_mut()
    }

    pub(super) fn count_parked(&mut self, call: CallId) {
        let first = self.calls.get(&call).is_some_and(|c| c.parked_times == 0);
        if let (true, Some(incident)) = (first, self.incident_of(call))
            && incident.closed_at.is_none()
        {
            incident.parked += 1;
        }
    }

    pub(super) fn count_admitted(&mut self, call: CallId) {
        let parked = self.calls.get(&call).is_some_and(|c| c.parked_times > 0);
        if let (true, Some(incident)) = (parked, self.incident_of(call)) {
            incident.admitted += 1;
        }
    }

    pub(super) fn count_expired(&mut self, call: CallId, why: Why) {
        if why == Why::ParkedTooLong
            && let Some(incident) = self.incident_of(call)
        {
            incident.expired += 1;
        }
    }
}

/// The breaker's name for a request.
pub(in crate::domain) fn lease(call: CallId, step: u8, attempt: u32) -> u64 {
    (call.0 << 24) ^ (u64::from(step) << 16) ^ u64::from(attempt & 0xFFFF)
}

/// What an answer says of the participant's health.
pub(in crate::domain) fn kind_of(outcome: &Outcome) -> OutcomeKind {
    match outcome {
        Outcome::Ok => OutcomeKind::Success,
        Outcome::Denied(_) => OutcomeKind::Denied,
        Outcome::Unavailable(_) | Outcome::Indeterminate(_) | Outcome::Misconfigured(_) => {
            OutcomeKind::Failure
        }
    }
}

/// What a local participant's ledger holds afterwards. A lost answer is lost after the deed.
fn effect_after(before: Effect, op: Op, outcome: &Outcome) -> Effect {
    match (op, outcome) {
        (Op::Do, Outcome::Ok | Outcome::Indeterminate(_)) if before != Effect::Undone => {
            Effect::Done
        }
        (Op::Undo, Outcome::Ok | Outcome::Indeterminate(_)) => Effect::Undone,
        _ => before,
    }
}

/// An answer on its way into a step.
struct Given<'a> {
    call: CallId,
    step: u8,
    op: Op,
    group: u32,
    outcome: &'a Outcome,
    at: Time,
    seed: u64,
}

impl Given<'_> {
    fn wait(&self, tries: u32) -> Time {
        let purpose = ["0", "1", "2", "3"].get(usize::from(self.step)).unwrap_or(&"more");
        self.at.plus(chance::backoff(self.seed, self.call, purpose, tries))
    }
}

impl Step {
    /// Remembers that a do was answered without an ok, and forgets it with one.
    fn doubt(&mut self, op: Op, attempt: u32, outcome: &Outcome) {
        if op != Op::Do {
            return;
        }
        self.doubtful.retain(|known| *known != attempt);
        if *outcome != Outcome::Ok {
            self.doubtful.push(attempt);
            if self.doubtful.len() > Self::DOUBTFUL_MAX {
                self.doubtful.remove(0);
            }
        }
    }

    /// Takes the answer to the request that was out.
    fn take(&mut self, given: &Given<'_>) {
        match (given.op, given.outcome) {
            // A late ok may have come first: what is known to be done stays done.
            (Op::Do | Op::Query, _) if self.state == StepState::Done => {}
            (Op::Do | Op::Query, Outcome::Ok) => {
                self.state = StepState::Done;
                self.tries = 0;
            }
            (Op::Do, Outcome::Denied(reason)) => {
                self.state = StepState::Denied { reason: reason.clone() };
            }
            // "Not done" for certain: the same request may go out again at once.
            (Op::Query, Outcome::Denied(_)) => {
                self.state = StepState::Waiting { retry_at: given.at, unknown: false };
            }
            (Op::Do, other) => {
                self.tries += 1;
                let unknown = leaves_open(other);
                self.state = StepState::Waiting { retry_at: given.wait(self.tries), unknown };
            }
            (Op::Query, _) => {
                self.tries += 1;
                self.state = StepState::Waiting { retry_at: given.wait(self.tries), unknown: true };
            }
            (Op::Undo, Outcome::Ok) => {
                self.state = StepState::Undone;
                self.group = given.group + 1;
                self.tries = 0;
            }
            (Op::Undo, Outcome::Denied(reason)) => {
                self.state = StepState::UndoDenied { reason: reason.clone() };
            }
            (Op::Undo, _) => {
                self.tries += 1;
                self.state = StepState::Undoing { retry_at: given.wait(self.tries) };
            }
        }
    }

    /// Takes an answer that was given up before. Only a deed matters: it is kept, or undone like any other.
    fn take_late(&mut self, given: &Given<'_>) {
        if given.op == Op::Do && *given.outcome == Outcome::Ok {
            match self.state {
                StepState::Undoing { .. } | StepState::Settled { .. } | StepState::Waived => {}
                _ => self.state = StepState::Done,
            }
            self.group = given.group;
            self.started = true;
        }
    }

    /// Its wait is over: by hand, or because the participant came back.
    pub(super) fn wait_no_longer(&mut self, now: Time) {
        match &mut self.state {
            StepState::Waiting { retry_at, .. } | StepState::Undoing { retry_at } => {
                *retry_at = (*retry_at).min(now);
            }
            _ => {}
        }
    }

    /// An operator has it tried again: also what was refused for good.
    fn retry(&mut self, now: Time) {
        self.tries = 0;
        match &self.state {
            StepState::Denied { .. } => {
                self.state = StepState::Waiting { retry_at: now, unknown: false };
            }
            StepState::UndoDenied { .. } => self.state = StepState::Undoing { retry_at: now },
            _ => self.wait_no_longer(now),
        }
    }
}
