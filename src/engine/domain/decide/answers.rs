//! Answers from outside to requests.

use super::Decided;
use crate::domain::breaker;
use crate::domain::call::{Call, Out, StepState};
use crate::domain::command::Answer;
use crate::domain::event::{About, Concern, Event, Op, Outcome};
use crate::domain::evolve::{kind_of, lease};
use crate::domain::ids::{AttentionId, CallId, IncidentId, Millis, ParticipantId, Time};
use crate::domain::phase::Phase;
use crate::domain::refusal::Refusal;
use crate::domain::text;
use crate::domain::world::World;
use crate::planted::planted;

/// The most characters kept of a participant's words.
const WORDS_MAX: usize = 200;

impl World {
    pub(super) fn take_answer(&self, answer: &Answer, now: Time) -> Result<Decided, Refusal> {
        let Some(call) = self.calls.get(&answer.call) else { return self.stray(answer) };
        let i = usize::from(answer.step);
        let Some(step) = call.steps.get(i) else { return Err(Refusal::StaleAnswer) };
        let awaited = step.out.filter(|out| {
            out.attempt == answer.attempt && out.op == answer.op && out.group == answer.group
        });
        if let Some(out) = awaited {
            let outcome = clipped(&answer.outcome);
            return Ok(
                Decided::of(self.answered(call, answer.step, &out, outcome, now)).about(call.id)
            );
        }
        // Given up before. A deed that nobody counted on is kept if it is still wanted, and undone if not.
        let deed = answer.op == Op::Do && answer.outcome == Outcome::Ok;
        // An ok that was heard before is no news, however often it comes.
        let asked = step.doubtful.contains(&answer.attempt) && answer.group <= step.group;
        let news = match step.state {
            StepState::Waiting { .. } | StepState::Idle | StepState::Denied { .. } => true,
            StepState::Undone | StepState::Undoing { .. } => answer.group < step.group,
            _ => false,
        };
        // Done after all, beside the hand that settled it or let it go: perhaps paid twice.
        let by_hand = match step.state {
            StepState::Settled { .. } => true,
            StepState::Waived => call.phase == Phase::Completed,
            _ => false,
        };
        if deed && asked && by_hand {
            let mut events = self.moved_by(call, i, answer.op, &Outcome::Ok);
            if !events.is_empty() {
                events.insert(0, late_ok(answer));
            }
            events.extend(self.raise_once(About::Call(call.id), Concern::LateOk));
            if events.is_empty() {
                return Err(Refusal::StaleAnswer);
            }
            return Ok(Decided::of(events).about(call.id));
        }
        if !(deed && asked && news) || planted!(LateOkIgnored) {
            return Err(Refusal::StaleAnswer);
        }
        let mut events = vec![late_ok(answer)];
        events.extend(self.moved_by(call, i, answer.op, &Outcome::Ok));
        Ok(Decided::of(events).about(call.id))
    }

    /// An answer about a call that is over and forgotten: a deed needs a human, anything else nobody.
    fn stray(&self, answer: &Answer) -> Result<Decided, Refusal> {
        let known = answer.call.0 >= 1 && answer.call.0 <= self.desk.next.call;
        let deed = answer.op == Op::Do && answer.outcome == Outcome::Ok;
        let about = About::Call(answer.call);
        let raised =
            self.desk.attention.values().any(|a| a.about == about && a.concern == Concern::LateOk);
        if !known || !deed || raised {
            return Err(Refusal::StaleAnswer);
        }
        Ok(Decided::of(vec![self.attention_about(about, Concern::LateOk)]))
    }

    /// The events of an answer to the request `out`: the answer, and what it does to the breaker.
    pub(in crate::domain) fn answered(
        &self,
        call: &Call,
        step: u8,
        out: &Out,
        outcome: Outcome,
        now: Time,
    ) -> Vec<Event> {
        let took = now.since(out.asked_at);
        let mut events = Vec::with_capacity(3);
        let belongs = self.moved_by(call, usize::from(step), out.op, &outcome);
        let misconfigured = matches!(outcome, Outcome::Misconfigured(_));
        let breaker = self.verdict_on(call.id, step, out, &outcome, took, now);
        events.push(Event::StepAnswered {
            call: call.id,
            step,
            op: out.op,
            group: out.group,
            attempt: out.attempt,
            outcome,
            took_ms: took,
            late: false,
        });
        events.extend(belongs);
        events.extend(breaker);
        if let (true, Some(p)) = (misconfigured, self.answerer(call.id, step)) {
            events.extend(self.raise_once(About::Participant(p), Concern::Misconfigured));
        }
        events
    }

    fn verdict_on(
        &self,
        call: CallId,
        step: u8,
        out: &Out,
        outcome: &Outcome,
        took: Millis,
        now: Time,
    ) -> Option<Event> {
        let participant = self.desk.participants.get(&self.answerer(call, step)?)?;
        let answer = breaker::Answer {
            lease: lease(call, step, out.attempt),
            generation: out.generation,
            outcome: kind_of(outcome),
            took,
        };
        let transition = participant.breaker.verdict(&answer, now)?;
        Some(self.breaker_moved(participant.id, transition))
    }

    /// The event of a breaker's move, with the incident it belongs to.
    pub(in crate::domain) fn breaker_moved(
        &self,
        id: ParticipantId,
        transition: breaker::Transition,
    ) -> Event {
        let open = self.desk.participants.get(&id).and_then(|p| p.incident()).map(|i| i.id);
        let incident = match open {
            None if transition.opens() => Some(IncidentId(self.desk.next.incident + 1)),
            known => known,
        };
        Event::BreakerMoved { participant: id, transition, incident }
    }

    /// An attention item, unless the same one is open already.
    pub(in crate::domain) fn raise_once(&self, about: About, concern: Concern) -> Option<Event> {
        (!self.is_raised(about, concern)).then(|| self.attention_about(about, concern))
    }

    pub(super) fn is_raised(&self, about: About, concern: Concern) -> bool {
        match about {
            About::Call(id) if self.calls.contains_key(&id) => {
                self.calls.get(&id).is_some_and(|c| c.attention.contains_key(&concern))
            }
            _ => self.desk.attention.values().any(|a| a.about == about && a.concern == concern),
        }
    }

    fn attention_about(&self, about: About, concern: Concern) -> Event {
        let attention = AttentionId(self.desk.next.attention + 1);
        Event::AttentionRaised { attention, about, concern }
    }
}

/// The event of a deed that was given up before.
fn late_ok(answer: &Answer) -> Event {
    Event::StepAnswered {
        call: answer.call,
        step: answer.step,
        op: answer.op,
        group: answer.group,
        attempt: answer.attempt,
        outcome: Outcome::Ok,
        took_ms: answer.took,
        late: true,
    }
}

fn clipped(outcome: &Outcome) -> Outcome {
    let clip = |words: &String| text::veiled(&text::clip(words, WORDS_MAX)).into_owned();
    match outcome {
        Outcome::Ok => Outcome::Ok,
        Outcome::Denied(words) => Outcome::Denied(clip(words)),
        Outcome::Unavailable(words) => Outcome::Unavailable(clip(words)),
        Outcome::Indeterminate(words) => Outcome::Indeterminate(clip(words)),
        Outcome::Misconfigured(words) => Outcome::Misconfigured(clip(words)),
    }
}
