//! Workers, offers and assignments: who may be asked, who has what, who is free again.
//!
//! Invariant: a worker's call and a call's worker are two sides of one fact, kept together here.

use super::model::{Offer, Worker};
use super::rule::Rule;
use super::{Checker, Ctx};
use crate::domain::event::{AssignedBy, Decision, Duty, Event, Mode};
use crate::domain::ids::{CallId, OfferId, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::{OnAbort, Position, RequiredBefore, Stage};

/// How many others a decision may name.
const OTHERS_MAX: usize = 8;

impl Checker {
    pub(super) fn worker_event(&mut self, ctx: Ctx<'_>, event: &Event) {
        match event {
            Event::WorkerAdded { worker, subject, services, skills, duty, .. } => {
                self.ids.workers.next(&mut self.log, "worker", worker.0);
                self.ids.subjects.seen(&mut self.log, "subject", subject.0);
                let new = Worker {
                    subject: *subject,
                    services: services.clone(),
                    skills: skills.clone(),
                    duty: *duty,
                    leaving: None,
                    call: None,
                    offer: None,
                };
                let is_new = self.workers.insert(*worker, new).is_none();
                self.log.check(Rule::I7, is_new, || format!("{worker} is added again"));
            }
            Event::DutySet { worker, duty, after_current } => {
                let Some(w) = self.worker(*worker) else { return };
                if *after_current && w.call.is_some() {
                    w.leaving = Some(*duty);
                } else {
                    (w.duty, w.leaving) = (*duty, None);
                }
            }
            Event::PositionsKept { at } => {
                for (worker, ..) in at {
                    self.worker(*worker);
                }
            }
            Event::OfferSent { offer, call, worker, deadline, decision } => {
                let sent = Offer { call: *call, worker: *worker, deadline: *deadline };
                self.offer_sent(ctx, *offer, sent, decision);
            }
            Event::OfferAccepted { offer, call, worker } => {
                if let Some(o) = self.close_offer(*offer, *call, *worker, "accepted") {
                    self.accepted.insert(*offer, o);
                }
            }
            Event::OfferDeclined { offer, call, worker } => {
                self.close_offer(*offer, *call, *worker, "declined");
                if let Some(c) = self.calls.known.get_mut(call) {
                    c.excluded.insert(*worker);
                }
            }
            Event::OfferExpired { offer, call, worker } => {
                if let Some(o) = self.close_offer(*offer, *call, *worker, "expired") {
                    self.log.check(Rule::T2, ctx.at >= o.deadline, || {
                        format!("{offer} expires at {}, before {}", ctx.at.0, o.deadline.0)
                    });
                }
            }
            Event::OfferWithdrawn { offer, call, worker, .. } => {
                self.close_offer(*offer, *call, *worker, "withdrawn");
            }
            Event::AssignmentCommitted { call, worker, by, decision } => {
                if let Some(decision) = decision {
                    self.check_decision(*call, Some(*worker), decision);
                }
                self.committed(*call, *worker, *by);
            }
            Event::AssignmentReleased { call, worker, exclude, .. } => {
                self.released(*call, *worker, *exclude);
            }
            _ => self.work_event(ctx, event),
        }
    }

    fn work_event(&mut self, ctx: Ctx<'_>, event: &Event) {
        match event {
            Event::WorkerArrived { call, worker } => {
                self.in_phase(*call, &[Phase::Assigned], "an arrival");
                self.check_holder(*call, *worker, "arrives at");
            }
            Event::WorkStarted { call, worker } => {
                self.check_holder(*call, *worker, "starts");
                self.go(*call, Phase::InService, "the start of work");
                self.check_required(*call, RequiredBefore::Start);
            }
            Event::WorkFinished { call, worker, fare, .. } => {
                self.in_phase(*call, &[Phase::InService], "the end of work");
                self.check_holder(*call, *worker, "finishes");
                self.check_required(*call, RequiredBefore::Finish);
                self.free(*call, *worker);
                if let Some(c) = self.calls.known.get_mut(call) {
                    c.finished = true;
                    c.fare = fare.or(c.fare);
                }
                self.log.check(Rule::M1, fare.is_none_or(|w| w.0 >= 0), || {
                    format!("the fare of {call} is {fare:?}")
                });
            }
            Event::WorkAborted { call, worker } => {
                self.check_holder(*call, *worker, "breaks off");
                self.go(*call, Phase::Open, "an abort");
                self.free(*call, *worker);
                if let Some(c) = self.calls.known.get_mut(call) {
                    c.aborted = c.spec.on_abort == OnAbort::End;
                    c.open_since = ctx.at;
                }
            }
            _ => {}
        }
    }

    fn worker(&mut self, id: WorkerId) -> Option<&mut Worker> {
        let known = self.workers.contains_key(&id);
        self.log.check(Rule::I9, known, || format!("there is no worker {id}"));
        self.touched_workers.insert(id);
        self.workers.get_mut(&id)
    }

    fn offer_sent(&mut self, ctx: Ctx<'_>, offer: OfferId, sent: Offer, decision: &Decision) {
        let Offer { call, worker, deadline } = sent;
        self.ids.offers.next(&mut self.log, "offer", offer.0);
        self.check_decision(call, Some(worker), decision);
        self.log.check(Rule::T2, deadline > ctx.at, || {
            format!("{offer} is over at {}, before it is sent", deadline.0)
        });
        self.check_automation(call, "asks");
        if let Some(c) = self.in_phase(call, &[Phase::Open], "an offer") {
            let other = c.offers.first().copied();
            c.offers.insert(offer);
            let asks = c.spec.plan.iter().any(|s| matches!(s, Stage::Offer { .. }));
            self.log.check(Rule::A9, other.is_none(), || {
                format!("{call} asks by {offer} and by {other:?} at once")
            });
            self.log.check(Rule::C3, asks, || format!("the plan of {call} asks nobody ({offer})"));
        }
        self.check_suits(call, worker, false, "is asked about");
        if let Some(w) = self.worker(worker) {
            let (busy, other) = (w.call, w.offer.replace(offer));
            self.log.check(Rule::A2, busy.is_none(), || {
                format!("{worker} is asked about {call} and has {busy:?}")
            });
            self.log.check(Rule::A9, other.is_none(), || {
                format!("{worker} is asked by {offer} and by {other:?} at once")
            });
        }
        self.offers.insert(offer, sent);
    }

    /// Ends an offer; `None` when it was not open.
    fn close_offer(
        &mut self,
        offer: OfferId,
        call: CallId,
        worker: WorkerId,
        what: &str,
    ) -> Option<Offer> {
        let open = self.offers.remove(&offer);
        let fits = open.is_some_and(|o| o.call == call && o.worker == worker);
        self.log.check(Rule::A4, fits, || {
            format!("{offer} of {call} to {worker} is {what}, but what is open is {open:?}")
        });
        let open = open?;
        if let Some(c) = self.calls.any(&mut self.log, open.call) {
            c.offers.remove(&offer);
        }
        if let Some(w) = self.worker(open.worker)
            && w.offer == Some(offer)
        {
            w.offer = None;
        }
        Some(open)
    }

    fn committed(&mut self, call: CallId, worker: WorkerId, by: AssignedBy) {
        if by == AssignedBy::Auto {
            self.check_automation(call, "picks for");
        }
        let Some(c) = self.calls.live(&mut self.log, call, "an assignment") else { return };
        let (holder, auto) =
            (c.worker, c.spec.plan.iter().any(|s| matches!(s, Stage::Auto { .. })));
        self.log.check(Rule::A1, holder.is_none(), || {
            format!("{call} is given to {worker} and {holder:?} has it")
        });
        self.log.check(Rule::C3, by != AssignedBy::Auto || auto, || {
            format!("the plan of {call} picks nobody, and {worker} is picked")
        });
        self.go(call, Phase::Assigned, "an assignment");
        let overridden = matches!(by, AssignedBy::Manual { overridden: true });
        self.check_suits(call, worker, overridden, "is given");
        if let AssignedBy::Offer(offer) = by {
            let accepted = self.accepted.remove(&offer);
            let fits = accepted.is_some_and(|o| o.call == call && o.worker == worker);
            self.log.check(Rule::A5, fits, || {
                format!("{worker} is given {call} by {offer}, which this record does not accept")
            });
        }
        // A dispatcher may say it in the worker's place: the question is answered by that, too.
        self.accepted.retain(|_, o| o.call != call || o.worker != worker);
        if let Some(w) = self.worker(worker) {
            let busy = w.call.replace(call);
            self.log.check(Rule::A2, busy.is_none(), || {
                format!("{worker} is given {call} and has {busy:?}")
            });
        }
        if let Some(c) = self.calls.known.get_mut(&call) {
            (c.worker, c.last_worker) = (Some(worker), Some(worker));
            // What was left alone is in somebody's hands now.
            c.hold_is_moot = true;
        }
    }

    fn released(&mut self, call: CallId, worker: WorkerId, exclude: bool) {
        self.check_holder(call, worker, "is taken off");
        self.free(call, worker);
        let at = self.at;
        let Some(c) = self.calls.known.get_mut(&call) else { return };
        if exclude {
            c.excluded.insert(worker);
        }
        c.open_since = at;
        // An unwinding that is already said keeps its phase.
        if c.phase != Phase::Unwinding {
            self.go(call, Phase::Open, "a release");
        }
    }

    /// The worker must have the call, and the call the worker.
    fn check_holder(&mut self, call: CallId, worker: WorkerId, what: &str) {
        let holder = self.calls.any(&mut self.log, call).and_then(|c| c.worker);
        let has = self.worker(worker).and_then(|w| w.call);
        self.log.check(Rule::A7, holder == Some(worker) && has == Some(call), || {
            format!("{worker} {what} {call}, but has {has:?} and {call} is with {holder:?}")
        });
    }

    fn free(&mut self, call: CallId, worker: WorkerId) {
        if let Some(c) = self.calls.known.get_mut(&call) {
            c.worker = None;
        }
        if let Some(w) = self.workers.get_mut(&worker)
            && w.call == Some(call)
        {
            w.call = None;
            if let Some(duty) = w.leaving.take() {
                w.duty = duty;
            }
        }
    }

    fn check_suits(&mut self, call: CallId, worker: WorkerId, overridden: bool, what: &str) {
        let (Some(c), Some(w)) = (self.calls.known.get(&call), self.workers.get(&worker)) else {
            return;
        };
        let on_duty = w.duty == Duty::On && w.leaving.is_none();
        self.log.check(Rule::A3, on_duty, || {
            format!("{worker} {what} {call} and is not on duty ({:?})", w.duty)
        });
        let service = &c.spec.name;
        let serves = w.services.is_empty() || w.services.contains(service);
        let can = c.skill().is_none_or(|skill| w.skills.iter().any(|s| s == skill));
        let excluded = c.excluded.contains(&worker);
        self.log.check(Rule::A3, overridden || serves && can && !excluded, || {
            let skill = c.skill().unwrap_or("none");
            format!(
                "{worker} {what} {call}: serves `{service}`: {serves}, has skill `{skill}`: {can}, excluded: {excluded}"
            )
        });
    }

    fn check_automation(&mut self, call: CallId, what: &str) {
        let running = self.assign != Mode::Stopped;
        self.log.check(Rule::A8, running, || {
            format!("the desk {what} {call} although `assign` is stopped")
        });
        let c = self.calls.known.get(&call).filter(|c| !c.hold_is_moot);
        let held = c.and_then(|c| c.held_until);
        self.log
            .check(Rule::A8, held.is_none(), || format!("the desk {what} {call}, which is held"));
    }

    fn check_required(&mut self, call: CallId, before: RequiredBefore) {
        let Some(c) = self.calls.known.get(&call) else { return };
        let undone = c.spec.steps.iter().zip(&c.steps).find(|(spec, s)| {
            spec.position == Position::AfterOpen
                && spec.required_before == Some(before)
                && s.state != super::StepState::Done
        });
        self.log.check(Rule::C3, undone.is_none(), || {
            let name = undone.map_or("", |(spec, _)| spec.name.as_str());
            format!("{call} passes {before:?} although `{name}` is not done")
        });
    }

    pub(super) fn check_decision(
        &mut self,
        call: CallId,
        taken: Option<WorkerId>,
        decision: &Decision,
    ) {
        let others = decision.others.len();
        self.log.check(Rule::Z1, others <= OTHERS_MAX, || {
            format!("the decision about {call} names {others} others")
        });
        let chosen = decision.chosen.map(|c| c.worker);
        let fits = taken.is_none() || chosen.is_none() || chosen == taken;
        self.log.check(Rule::A3, fits && (taken.is_some() || chosen.is_none()), || {
            format!("the decision about {call} chose {chosen:?}, and {taken:?} was taken")
        });
        for candidate in decision.chosen.iter().chain(&decision.others) {
            let known = self.workers.contains_key(&candidate.worker);
            self.log.check(Rule::I9, known, || {
                format!("the decision about {call} names {}", candidate.worker)
            });
        }
    }
}
