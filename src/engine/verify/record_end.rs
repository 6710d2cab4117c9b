//! What must hold at the end of each record: no call is silent, nobody is kept who should be free.
//!
//! Invariant: looks only at the calls and workers the record touched.

use super::model::{Call, Step};
use super::rule::Rule;
use super::{Checker, Ctx};
use crate::domain::event::{About, Concern, Duty};
use crate::domain::ids::{CallId, Millis, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::{Position, Stage};

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
        self.check_losers();
        self.check_raised();
        self.check_booked();
        self.check_granted();
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
        let (phase, worker, reserved) = (c.phase, c.worker, c.reserved);
        let (asks, broadcast) = (c.offers.len() + usize::from(c.broadcast.is_some()), c.broadcast);
        let in_broadcast = matches!(c.stage(), Some(Stage::Broadcast { .. }));
        let (finished, aborted) = (c.finished, c.aborted);
        let staffed = match phase {
            Phase::Assigned => worker.is_some(),
            Phase::InService => worker.is_none() == c.unstaffed,
            _ => worker.is_none(),
        };
        let booked = (phase == Phase::Scheduled) == reserved.is_some();
        self.log.check(Rule::C1, staffed && booked, || {
            format!("{id} is {phase}, its worker is {worker:?}, reserved is {reserved:?}")
        });
        if !matches!(phase, Phase::Open | Phase::Assigned | Phase::InService) {
            self.log.check(Rule::A6, worker.is_none(), || {
                format!("{id} is {phase} and keeps {worker:?}")
            });
        }
        self.log.check(Rule::A6, reserved.is_none() || phase == Phase::Scheduled, || {
            format!("{id} is {phase} and keeps {reserved:?}")
        });
        self.log.check(Rule::A6, asks == 0 || phase == Phase::Open, || {
            format!("{id} is {phase} and still asks by {asks} questions")
        });
        self.log.check(
            Rule::A12,
            broadcast.is_none() || in_broadcast || phase != Phase::Open,
            || format!("{id} still asks by {broadcast:?}, its plan is at another stage"),
        );
        self.log.check(Rule::C3, !(finished && phase == Phase::InService), || {
            format!("the work on {id} is over and it neither closes nor completes")
        });
        self.log.check(
            Rule::C3,
            !aborted || !matches!(phase, Phase::Open | Phase::Assigned),
            || format!("{id} was broken off and goes on, although its profile ends it"),
        );
        self.check_owner(id);
        self.check_goods(id);
        if just_ended {
            self.check_cost(id);
            self.free_reference(id);
            self.count_end(id);
        }
        if phase.is_terminal() {
            self.keep_facts(id);
        }
        self.calls.settle(id, self.at);
    }

    /// One more call that has ended; the desk may remember it while somebody outside may still answer.
    fn count_end(&mut self, id: CallId) {
        let Some(c) = self.calls.known.get_mut(&id) else { return };
        let outside = c.steps.iter().enumerate().any(|(i, s)| {
            let by = c.answerer_of(i).and_then(|name| self.participants.by_name(name));
            s.in_flight()
                || s.started.is_some() && !by.is_some_and(|p| self.participants.is_here(p))
        });
        c.lingers |= outside;
        *self.calls.ended_by_phase.entry(c.phase).or_default() += 1;
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
                let plan = matches!(phase, Phase::Open | Phase::Completed);
                self.log.check(if plan { Rule::H2 } else { Rule::K4 }, raised, || {
                    format!(
                        "{id} is {phase}, only a human can go on ({concern:?}), and nobody is told"
                    )
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
        Phase::Open => open_owner(c),
        Phase::Scheduled if c.window.is_none() => Owner::Nobody("it has no appointment"),
        Phase::Completed if c.has_denied_refund() => Owner::Human(Concern::RefundDenied),
        // The park limit, the appointment, the worker it has. What has ended needs nobody.
        _ => Owner::Somebody,
    }
}

/// A hold, an appointment, a question and a search end by themselves; where nobody is searched there is a promise.
fn open_owner(c: &Call) -> Owner {
    let waits = c.held().is_some() || c.search.dispatch_at.is_some();
    match c.stage() {
        _ if waits => Owner::Somebody,
        None => Owner::Nobody("its plan has no such stage"),
        Some(Stage::None { .. }) if c.search.exhausted => Owner::Human(Concern::PromisePassed),
        Some(_) if c.search.exhausted => Owner::Human(Concern::PlanExhausted),
        Some(Stage::Manual { .. }) => Owner::Human(Concern::NeedsDispatcher),
        Some(_) => Owner::Somebody,
    }
}

fn closing_owner(c: &Call) -> Owner {
    let mut gates = c.spec.steps.iter().zip(&c.steps);
    let Some((spec, gate)) =
        gates.find(|(spec, step)| spec.position != Position::BeforeOpen && !step.is_passed())
    else {
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
