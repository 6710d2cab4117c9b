//! What must hold at the end of each record: no call is silent, nobody is kept who should be free.
//!
//! Invariant: looks only at the calls and workers the record touched.

use super::model::{Call, Step};
use super::rule::Rule;
use super::{Checker, Ctx};
use crate::domain::event::{About, Concern, Duty};
use crate::domain::ids::{CallId, Millis, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::Position;

/// The most events a call may have for its own sake.
const EVENTS_MAX: u64 = 200;

/// And one more for each such span it lives: what waits is tried again with growing pauses.
const EVENT_EVERY: Millis = Millis::secs(10);

/// A record this long may have been closed before everything in it was at rest.
const CUT_AT: usize = 2_000;

/// What keeps a call from being silent.
enum Owner {
    /// Somebody or something has it.
    Somebody,
    /// A human must look, and this concern must be open.
    Human(Concern),
    /// Nobody.
    Nobody(&'static str),
}

impl Checker {
    pub(super) fn end_record(&mut self, ctx: Ctx<'_>, events: usize) {
        self.check_notices(ctx);
        if events >= CUT_AT {
            // What is not at rest comes in the next record: it is looked at then.
            return;
        }
        self.participants.end_record(&mut self.log);
        for (offer, o) in std::mem::take(&mut self.accepted) {
            self.log.fault(Rule::A5, || {
                format!("{} accepts {offer} and is not given {}", o.worker, o.call)
            });
        }
        self.check_raised();
        for call in std::mem::take(&mut self.calls.touched) {
            self.check_refused(call);
            self.check_call(call);
        }
        for worker in std::mem::take(&mut self.touched_workers) {
            self.check_worker(worker);
        }
    }

    fn check_call(&mut self, id: CallId) {
        let Some(c) = self.calls.known.get_mut(&id) else { return };
        let lived = self.at.since(c.received_at).0 / EVENT_EVERY.0;
        let (events, most) = (u64::from(c.events), EVENTS_MAX + lived);
        if events > most {
            // Said once, and again only when as many have come again.
            c.events = 0;
        }
        self.log.check(Rule::L7, events <= most, || {
            format!("{id} has {events} events, more than {most} for its age")
        });
        let just_ended = c.moved && c.phase.is_terminal();
        let (phase, worker, offers) = (c.phase, c.worker, c.offers.len());
        let (finished, aborted) = (c.finished, c.aborted);
        let served = matches!(phase, Phase::Assigned | Phase::InService);
        self.log.check(Rule::C1, served == worker.is_some(), || {
            format!("{id} is {phase} and its worker is {worker:?}")
        });
        if !matches!(phase, Phase::Open | Phase::Assigned | Phase::InService) {
            self.log.check(Rule::A6, worker.is_none(), || {
                format!("{id} is {phase} and keeps {worker:?}")
            });
        }
        self.log.check(Rule::A6, offers == 0 || phase == Phase::Open, || {
            format!("{id} is {phase} and still asks {offers} workers")
        });
        self.log.check(Rule::C3, !(finished && phase == Phase::InService), || {
            format!("the work on {id} is over and it neither closes nor completes")
        });
        self.log.check(
            Rule::C3,
            !aborted || !matches!(phase, Phase::Open | Phase::Assigned),
            || format!("{id} was broken off and goes on, although its profile ends it"),
        );
        self.check_owner(id);
        if just_ended {
            let end = self.calls.known.get(&id).map(|c| c.phase);
            if let Some(end) = end {
                *self.calls.ended_by_phase.entry(end).or_default() += 1;
            }
            self.keep_facts(id);
        }
        self.calls.settle(id);
    }

    fn check_owner(&mut self, id: CallId) {
        let Some(c) = self.calls.known.get(&id) else { return };
        let phase = c.phase;
        let owner = owner(c);
        match owner {
            Owner::Somebody => {
                self.log.check(Rule::C5, true, String::new);
            }
            Owner::Human(concern) => {
                let raised = self.attentions.has(About::Call(id), concern);
                self.log.check(Rule::K4, raised, || {
                    format!("{id} is {phase}, was refused for good, and nobody is told")
                });
            }
            Owner::Nobody(why) if matches!(phase, Phase::Received | Phase::Gating) => {
                self.log.fault(Rule::B8, || format!("{id} is {phase} and {why}"));
            }
            Owner::Nobody(why) => {
                self.log.fault(Rule::C5, || format!("{id} is {phase} and {why}"));
            }
        }
        if matches!(phase, Phase::Received | Phase::Gating) {
            self.log.check(Rule::B8, true, String::new);
        }
        if phase == Phase::Unwinding {
            self.log.check(Rule::K4, true, String::new);
        }
    }

    fn check_worker(&mut self, id: WorkerId) {
        let Some(w) = self.workers.get(&id) else { return };
        let back = w.call.and_then(|call| self.calls.known.get(&call)).and_then(|c| c.worker);
        self.log.check(Rule::A7, w.call.is_none() || back == Some(id), || {
            format!("{id} has {:?}, which is with {back:?}", w.call)
        });
        self.log.check(Rule::A2, w.call.is_none() || w.offer.is_none(), || {
            format!("{id} has {:?} and is still asked by {:?}", w.call, w.offer)
        });
        let away = matches!(w.duty, Duty::Off | Duty::Break);
        self.log.check(Rule::A3, !away || w.call.is_none() && w.offer.is_none(), || {
            format!("{id} went {:?} and keeps {:?}, {:?}", w.duty, w.call, w.offer)
        });
    }
}

/// Who sees to it that the call goes on.
fn owner(c: &Call) -> Owner {
    match c.phase {
        Phase::Received => Owner::Nobody("nothing was done with it"),
        Phase::Gating => {
            let asked = steps_at(c, Position::BeforeOpen).any(Step::in_flight);
            if asked { Owner::Somebody } else { Owner::Nobody("its gate is not being asked") }
        }
        Phase::Closing => closing_owner(c),
        Phase::Unwinding => unwinding_owner(c),
        // The park limit, the search deadline; the worker it has. What has ended needs nobody.
        _ => Owner::Somebody,
    }
}

fn closing_owner(c: &Call) -> Owner {
    let mut gates = c.spec.steps.iter().zip(&c.steps);
    let Some((spec, gate)) = gates.find(|(spec, step)| {
        spec.position != Position::BeforeOpen
            && step.state != super::StepState::Done
            && step.settled.is_none()
    }) else {
        return Owner::Nobody("all its end gates have passed and no step is owed");
    };
    if gate.in_flight() {
        Owner::Somebody
    } else if gate.do_denied {
        let is_gate = spec.position == Position::BeforeComplete;
        Owner::Human(if is_gate { Concern::ClosingDenied } else { Concern::StepDenied })
    } else {
        // A retry after a wait, or the breaker's closing; H2 sees to it that a human hears of a misunderstanding.
        Owner::Somebody
    }
}

fn unwinding_owner(c: &Call) -> Owner {
    if c.steps.iter().any(Step::in_flight) {
        return Owner::Somebody;
    }
    match c.next_undo() {
        None => Owner::Nobody("nothing is left to be undone"),
        Some((_, step)) if step.undo_denied => Owner::Human(Concern::UndoDenied),
        Some(_) => Owner::Somebody,
    }
}

fn steps_at(c: &Call, position: Position) -> impl Iterator<Item = &Step> {
    let steps = c.spec.steps.iter().zip(&c.steps);
    steps.filter(move |(spec, _)| spec.position == position).map(|(_, step)| step)
}
