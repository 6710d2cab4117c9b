//! Assignments: who is given a call and how it came about, how far the worker is, and who is free again.
//!
//! Invariant: a worker's call and a call's worker are two sides of one fact, kept together here.

use super::model::Progress;
use super::rule::Rule;
use super::search::stops;
use super::{Checker, Ctx};
use crate::domain::event::{Actor, AssignedBy, Decision, Event, Why};
use crate::domain::ids::{CallId, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::{OnAbort, Position, RequiredBefore, Stage};

impl Checker {
    pub(super) fn assignment_event(&mut self, ctx: Ctx<'_>, event: &Event) {
        match event {
            Event::AssignmentCommitted { call, worker, by, decision } => {
                if let Some(decision) = decision {
                    self.check_decision(*call, &[*worker], decision);
                }
                if *by == AssignedBy::Auto {
                    let unsaid = Decision::default();
                    let decision = decision.as_ref().unwrap_or(&unsaid);
                    self.check_looked_at(ctx, *call, decision);
                    self.check_turn(ctx, *call, *worker, decision);
                }
                self.committed(ctx, *call, *worker, *by);
            }
            Event::AssignmentReleased { call, worker, why, exclude } => {
                self.released(ctx, *call, *worker, *why, *exclude);
            }
            Event::WorkerEnRoute { call, worker } => {
                self.advanced(*call, *worker, Progress::EnRoute, "sets out for");
            }
            Event::WorkerArrived { call, worker } => {
                self.advanced(*call, *worker, Progress::Arrived, "arrives at");
            }
            Event::WorkStarted { call, worker } => self.started(*call, *worker),
            Event::WorkFinished { .. } => self.finished(event),
            Event::WorkAborted { call, worker } => self.aborted(*call, *worker),
            _ => {}
        }
    }

    fn committed(&mut self, ctx: Ctx<'_>, call: CallId, worker: WorkerId, by: AssignedBy) {
        let was_reserved = self.take_reservation(ctx, call, worker);
        if !was_reserved {
            self.check_taking(ctx, call, worker, by);
        }
        if self.calls.live(&mut self.log, call, "an assignment").is_none() {
            return;
        }
        self.go(call, Phase::Assigned, "an assignment");
        self.check_on_duty(call, worker, "is given");
        if !was_reserved {
            self.check_suits(call, worker, by, "is given");
            self.take_accepted(call, worker, by);
        }
        if let Some(w) = self.worker(worker) {
            let busy = w.call.replace(call);
            self.log.check(Rule::A2, busy.is_none(), || {
                format!("{worker} is given {call} and has {busy:?}")
            });
        }
        if let Some(c) = self.calls.known.get_mut(&call) {
            (c.worker, c.last_worker) = (Some(worker), Some(worker));
            c.progress = Progress::Committed;
            c.told.insert(worker);
            c.search.dispatch_at = None;
            // What was left alone is in somebody's hands now.
            c.hold_is_moot = true;
        }
    }

    /// Whether the call is free to be taken, and in this way.
    pub(super) fn check_taking(
        &mut self,
        ctx: Ctx<'_>,
        call: CallId,
        worker: WorkerId,
        by: AssignedBy,
    ) {
        if by == AssignedBy::Auto {
            self.check_automation(call, "picks for");
        }
        let Some(c) = self.calls.known.get(&call) else { return };
        self.log.check(Rule::A1, c.worker.is_none() && c.reserved.is_none(), || {
            format!(
                "{call} is given to {worker}, {:?} has it, reserved is {:?}",
                c.worker, c.reserved
            )
        });
        if let Some(reserved) = c.reserved {
            self.log.fault(Rule::A10, || {
                format!(
                    "{call} is given to {worker} although it is reserved for {}",
                    reserved.worker
                )
            });
        }
        match by {
            AssignedBy::Auto => {
                let auto = matches!(c.stage(), Some(Stage::Auto { .. }));
                self.log.check(Rule::C3, auto, || {
                    format!("the plan of {call} picks nobody now, and {worker} is picked")
                });
            }
            // Who had the call keeps it when its appointment moves.
            AssignedBy::Claim { .. } if c.moving == Some(worker) => {}
            AssignedBy::Claim { .. } => {
                let (listed, runs) = (c.is_claimable(), !stops(self.assign));
                self.log.check(Rule::A11, listed && runs, || {
                    format!(
                        "{worker} claims {call}, on the open list: {listed}, `assign` runs: {runs}"
                    )
                });
                let own = !matches!(ctx.actor, Actor::Worker(other) if *other != worker);
                self.log.check(Rule::C6, own, || {
                    format!("{call} is claimed for {worker} by {:?}", ctx.actor)
                });
            }
            AssignedBy::Offer(_) | AssignedBy::Manual { .. } => {}
        }
    }

    fn released(&mut self, ctx: Ctx<'_>, call: CallId, worker: WorkerId, why: Why, exclude: bool) {
        if !self.unreserve(ctx, call, worker, why) {
            self.check_holder(call, worker, "is taken off");
            self.free(call, worker);
        }
        let Some(c) = self.calls.known.get_mut(&call) else { return };
        if exclude {
            c.excluded.insert(worker);
        }
        c.moving = (why == Why::Rescheduled).then_some(worker);
        // An unwinding that is already said keeps its phase.
        if c.phase != Phase::Unwinding {
            self.go(call, Phase::Open, "a release");
            self.begin_search(call);
        }
    }

    fn advanced(&mut self, call: CallId, worker: WorkerId, to: Progress, what: &str) {
        self.in_phase(call, &[Phase::Assigned], "its worker's way");
        self.check_holder(call, worker, what);
        if to == Progress::Arrived {
            self.seen_at(call, worker);
        }
        let Some(c) = self.calls.known.get_mut(&call) else { return };
        let from = std::mem::replace(&mut c.progress, to);
        self.log
            .check(Rule::C3, from < to, || format!("{worker} {what} {call} after being {from:?}"));
    }

    fn started(&mut self, call: CallId, worker: Option<WorkerId>) {
        if let Some(worker) = worker {
            self.check_holder(call, worker, "starts");
            self.seen_at(call, worker);
        } else {
            let holder = self.calls.any(&mut self.log, call).and_then(|c| c.worker);
            self.log.check(Rule::A7, holder.is_none(), || {
                format!("work on {call} starts with nobody, and {holder:?} has it")
            });
        }
        self.go(call, Phase::InService, "the start of work");
        self.check_required(call, RequiredBefore::Start);
        if let Some(c) = self.calls.known.get_mut(&call) {
            (c.progress, c.began, c.unstaffed) = (Progress::Working, true, worker.is_none());
            c.hold_is_moot = true;
            c.search.dispatch_at = None;
        }
    }

    fn finished(&mut self, event: &Event) {
        let Event::WorkFinished { call, worker, outcome, fare } = event else { return };
        self.in_phase(*call, &[Phase::InService], "the end of work");
        self.leave_work(*call, *worker, "finishes");
        self.check_required(*call, RequiredBefore::Finish);
        if let Some(c) = self.calls.known.get_mut(call) {
            (c.finished, c.outcome, c.served_by) = (true, Some(*outcome), *worker);
        }
        self.fare_reported(*call, *fare);
    }

    fn aborted(&mut self, call: CallId, worker: Option<WorkerId>) {
        self.calls.any(&mut self.log, call);
        self.leave_work(call, worker, "breaks off");
        self.go(call, Phase::Open, "an abort");
        self.begin_search(call);
        if let Some(c) = self.calls.known.get_mut(&call) {
            c.aborted = c.spec.on_abort == OnAbort::End;
            c.excluded.extend(worker);
        }
    }

    /// The worker, if there was one, is free again.
    fn leave_work(&mut self, call: CallId, worker: Option<WorkerId>, what: &str) {
        let Some(worker) = worker else {
            let holder = self.calls.known.get(&call).and_then(|c| c.worker);
            self.log.check(Rule::A7, holder.is_none(), || {
                format!("nobody {what} {call}, and {holder:?} has it")
            });
            return;
        };
        self.check_holder(call, worker, what);
        self.seen_at(call, worker);
        self.free(call, worker);
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

    fn check_required(&mut self, call: CallId, before: RequiredBefore) {
        let Some(c) = self.calls.known.get(&call) else { return };
        let undone = c.spec.steps.iter().zip(&c.steps).find(|(spec, s)| {
            spec.position == Position::AfterOpen
                && spec.required_before == Some(before)
                && !s.is_passed()
        });
        self.log.check(Rule::C3, undone.is_none(), || {
            let name = undone.map_or("", |(spec, _)| spec.name.as_str());
            format!("{call} passes {before:?} although `{name}` is not done")
        });
    }
}
