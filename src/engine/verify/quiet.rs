//! What must hold once faults are off and everything had time to settle: nothing waits for ever.
//!
//! Invariant: changes nothing, so that reading can go on.

use super::breakers::Seen;
use super::model::{Call, Step, answerer};
use super::rule::Rule;
use super::search::{lead, stops};
use super::{Checker, StepState};
use crate::domain::ids::{CallId, Time};
use crate::domain::phase::Phase;
use crate::domain::profile::{Position, Stage};

/// Whether the journal was given time to settle before it was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quiet {
    /// It may have been ended at any moment: liveness says nothing.
    No,
    /// Participants answered, workers were there and all timers up to this instant had fired.
    Yes {
        /// Until when.
        at: Time,
    },
}

impl Checker {
    pub(super) fn check_quiet(&mut self, quiet: Quiet) {
        let Quiet::Yes { at } = quiet else { return };
        let calls = std::mem::take(&mut self.calls.known);
        for (id, c) in &calls {
            self.check_quiet_call(*id, c, at);
        }
        self.calls.known = calls;
        self.check_quiet_desk(at);
    }

    fn check_quiet_call(&mut self, id: CallId, c: &Call, at: Time) {
        let phase = c.phase;
        let waits_for_human = self.attentions.has_any(id);
        let late = c.steps.iter().find_map(|s| s.late_ok);
        self.log.check(Rule::K6, late.is_none() || waits_for_human, || {
            format!(
                "{id}: record {} says ok of what was undone, and that stayed",
                late.unwrap_or_default()
            )
        });
        if phase.is_terminal() {
            self.log.check(Rule::L6, !c.has_pending_refund() || waits_for_human, || {
                format!("{id} has a refund that is neither made nor before a human")
            });
            let asks = !c.offers.is_empty() || c.broadcast.is_some();
            let holds = c.worker.is_some() || c.reserved.is_some() || asks;
            let asks = c.steps.iter().any(Step::in_flight);
            self.log.check(Rule::X7, !holds && !asks, || {
                format!(
                    "{id} is {phase} and holds a worker or an offer: {holds}, a request: {asks}"
                )
            });
            return;
        }
        let is_held = c.held().is_some_and(|until| until > at);
        let served = matches!(phase, Phase::Scheduled | Phase::Assigned | Phase::InService);
        let searching = phase == Phase::Open && !self.is_given_up(c, at);
        self.log.check(Rule::L1, served || searching || is_held || waits_for_human, || {
            format!("{id} is {phase} since {} and waits for nobody", c.phase_at.0)
        });
        self.log
            .check(Rule::L4, phase != Phase::Parked || is_held, || format!("{id} is still parked"));
        let parked_too_long =
            c.parked.is_some_and(|p| p.at.plus(c.spec.park_max_ms) < at && !waits_for_human);
        let overdue = parked_too_long || c.held().is_some_and(|until| until < at);
        self.log.check(Rule::T2, !overdue, || format!("a timer of {id} was lost"));
        let lost = self.lost_search_timer(c, at).or_else(|| lost_appointment(c, at));
        self.log.check(Rule::T2, lost.is_none(), || {
            format!("a timer of {id} was lost: {}", lost.unwrap_or_default())
        });
        if phase == Phase::Unwinding {
            let owed =
                c.steps.iter().any(|s| matches!(s.state, StepState::Unknown | StepState::Done));
            self.log.check(Rule::L6, !owed || waits_for_human, || {
                format!("{id} has an undo that is neither done nor before a human")
            });
        }
    }

    /// Whether nobody is searched any more: the time for it is over, or a human was to look after a broken promise.
    fn is_given_up(&self, c: &Call, at: Time) -> bool {
        let clock = self.stopped.search_clock(at);
        if c.search.dispatch_at.is_some() || stops(self.assign) {
            return false;
        }
        match c.stage() {
            Some(Stage::None { .. }) => c.search.exhausted,
            _ => clock.since(c.search.since) > c.spec.dispatch.search_ms,
        }
    }

    fn check_quiet_desk(&mut self, at: Time) {
        let notice = self.notices.first_open().copied();
        self.log.check(Rule::L2, notice.is_none(), || {
            format!("{notice:?} was neither delivered nor given up")
        });
        let late = self.offers.iter().find(|(_, o)| o.deadline < at).map(|(id, _)| *id);
        self.log.check(Rule::T2, late.is_none(), || {
            format!("{} has neither an answer nor expired", late.unwrap_or_default())
        });
        let late = self.broadcasts.iter().filter(|_| !stops(self.assign));
        let late = late.filter(|(_, b)| b.deadline < at).map(|(id, _)| *id).next();
        self.log.check(Rule::T2, late.is_none(), || {
            format!("{} neither widens nor is over", late.unwrap_or_default())
        });
        for (id, w) in &self.workers {
            let with = w.call.and_then(|call| self.calls.known.get(&call)).and_then(|c| c.worker);
            self.log.check(Rule::L5, w.call.is_none() || with == Some(*id), || {
                format!("{id} is busy with {:?}, which is with {with:?}", w.call)
            });
        }
        for p in self.participants.by_id.values() {
            let overdue = match &p.state {
                Seen::Open { until, .. } => *until < at,
                Seen::HalfOpen { leases, .. } => leases.values().any(|until| *until < at),
                _ => false,
            };
            let closed = !matches!(p.state, Seen::Open { .. } | Seen::HalfOpen { .. });
            let name = &p.name;
            // Without a request to try it with, a breaker stays open and keeps nobody waiting.
            let waits = self.calls.known.values().any(|c| c.waits_for(name));
            self.log.check(Rule::T2, !overdue || !waits, || {
                format!("the breaker of `{name}` is overdue and calls wait for it")
            });
            self.log.check(Rule::L3, closed || !waits, || {
                format!("the breaker of `{name}` is not closed and calls wait for it")
            });
        }
    }
}

/// An appointment that should have fallen due, or been missed, by now.
fn lost_appointment(c: &Call, at: Time) -> Option<&'static str> {
    let reserved = c.reserved.filter(|_| c.phase == Phase::Scheduled)?;
    let window = c.window?;
    if window.from < at {
        return Some("its appointment has begun and its worker does not have it");
    }
    let falls_due = !reserved.due && lead(&c.spec, window) < at;
    falls_due.then_some("its appointment is near and did not fall due")
}

impl Call {
    /// Whether the call cannot go on before this participant answers.
    fn waits_for(&self, name: &str) -> bool {
        let position = match self.phase {
            Phase::Received | Phase::Gating | Phase::Parked => Position::BeforeOpen,
            Phase::Closing => Position::BeforeComplete,
            Phase::Completed => {
                return self.has_pending_refund()
                    && self.answerer_of(self.spec.steps.len()) == Some(name);
            }
            Phase::Unwinding => {
                return self
                    .next_undo()
                    .is_some_and(|(i, s)| self.answerer_of(i) == Some(name) && !s.undo_denied);
            }
            _ => return false,
        };
        let steps = self.spec.steps.iter().zip(&self.steps);
        steps
            .filter(|(spec, _)| spec.position == position)
            .find(|(_, s)| !s.is_passed())
            .is_some_and(|(spec, s)| answerer(spec) == name && !s.do_denied)
    }
}
