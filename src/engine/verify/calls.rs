//! The life of a call, event by event: gates, parking, opening, unwinding, ends.
//!
//! Invariant: after a fault the call is where the journal says it is. Must not know how a decision
//! is made.

use super::model::{Call, Parked};
use super::rule::Rule;
use super::{Checker, Ctx, table};
use crate::domain::event::{Actor, Event, ParkedWhy, Why};
use crate::domain::ids::CallId;
use crate::domain::phase::{Phase, Target};
use crate::domain::profile::{Position, Stage};

impl Checker {
    pub(super) fn call_event(&mut self, ctx: Ctx<'_>, event: &Event) {
        match event {
            Event::CallReceived { .. } => self.received(ctx, event),
            Event::CallParked { call, why } => self.parked(ctx, *call, *why),
            Event::CallResumed { call } => self.resumed(ctx, *call),
            Event::CallOpened { call } => self.opened(ctx, *call),
            Event::CallUnwinding { call, target, why, .. } => {
                self.unwinding(ctx, *call, *target, *why);
            }
            Event::CallEnded { call, end } => self.ended(*call, *end),
            Event::CallClosing { call } => {
                self.go(*call, Phase::Closing, "closing");
                self.check_finished(*call);
            }
            Event::CallCompleted { call } => self.completed(*call),
            Event::CallAmended { .. } => self.amended(event),
            Event::PrioritySet { call, priority } => {
                let Some(c) = self.calls.live(&mut self.log, *call, "a priority") else { return };
                let old = std::mem::replace(&mut c.priority, *priority);
                if let Some(Parked { waits_for: Some(p), no_backoff: true, .. }) = c.parked {
                    self.participants.leave_queue(p, old, *call);
                    self.participants.join_queue(p, *priority, *call);
                }
                self.log.check(Rule::Z1, *priority <= 3, || format!("priority {priority}"));
            }
            Event::NoteAdded { call } => {
                let known = self.calls.was_received(*call);
                self.log.check(Rule::I9, known, || format!("a note about {call}"));
            }
            _ => {}
        }
    }

    fn opened(&mut self, ctx: Ctx<'_>, call: CallId) {
        self.go(call, Phase::Open, "opening");
        let Some(c) = self.calls.known.get_mut(&call) else { return };
        let gates = c.spec.steps.iter().zip(&c.steps);
        let closed = gates
            .filter(|(spec, _)| spec.position == Position::BeforeOpen)
            .find(|(_, step)| !step.is_passed());
        self.log.check(Rule::C3, closed.is_none(), || {
            let name = closed.map_or("", |(spec, _)| spec.name.as_str());
            format!("{call} opens although its gate `{name}` has not said ok")
        });
        c.opened_at.get_or_insert(ctx.at);
        self.begin_search(call);
    }

    fn amended(&mut self, event: &Event) {
        let Event::CallAmended { call, spot, tel, kind, cost } = event else { return };
        let Some(c) = self.calls.live(&mut self.log, *call, "an amendment") else { return };
        c.spot = spot.or(c.spot);
        if let Some((digest, reachable)) = tel {
            (c.tel, c.reachable) = (Some(*digest), *reachable);
        }
        if kind.is_some() {
            c.kind.clone_from(kind);
        }
        if let Some(cost) = cost {
            self.price_amended(*call, *cost);
        }
    }

    fn parked(&mut self, ctx: Ctx<'_>, call: CallId, why: ParkedWhy) {
        let Some(c) = self.calls.live(&mut self.log, call, "parking") else { return };
        let is_second = c.parked.is_some();
        self.log.check(Rule::Q1, !is_second, || format!("{call} is parked twice"));
        self.go(call, Phase::Parked, "parking");
        let Some(c) = self.calls.known.get_mut(&call) else { return };
        let gate = next_gate(c);
        let waits_for = gate.and_then(|gate| self.participants.by_name(c.answerer_of(gate)?));
        let no_backoff = matches!(why, ParkedWhy::BreakerOpen | ParkedWhy::BulkheadFull)
            && gate.is_some_and(|gate| c.steps[gate].attempt == 0);
        let parks = gate.is_some_and(|gate| {
            c.spec.steps[gate].fallback == crate::domain::profile::Fallback::Park
        });
        // A call the desk has acknowledged is never turned away later for want of a breaker, so
        // only its first gate can be refused at the door.
        self.log.check(Rule::C3, parks || gate.is_some_and(|g| g > 0), || {
            format!("{call} is parked although its gate rejects")
        });
        c.parkings += 1;
        c.parked = Some(Parked { at: ctx.at, waits_for, no_backoff });
        if let (Some(p), true) = (waits_for, no_backoff) {
            self.participants.join_queue(p, c.priority, call);
        }
    }

    fn resumed(&mut self, ctx: Ctx<'_>, call: CallId) {
        let Some(c) = self.calls.live(&mut self.log, call, "resuming") else { return };
        let (parked, priority, retried) = (c.parked, c.priority, c.retried);
        self.log
            .check(Rule::Q1, parked.is_some(), || format!("{call} is resumed but is not parked"));
        self.go(call, Phase::Gating, "resuming");
        let Some(parked) = self.leave_park(call) else { return };
        let Some(p) = parked.waits_for else { return };
        // Whose gate said ok after all does not wait for a turn at it.
        let waited = self.calls.known.get(&call).and_then(|c| {
            next_gate(c).and_then(|gate| self.participants.by_name(c.answerer_of(gate)?))
        });
        if waited != Some(p) {
            return;
        }
        // Whoever waits only for a turn, was there before in every sense and is not held, is first.
        let overtaken = self.participants.queue_before(p, priority, call).find(|other| {
            self.calls.known.get(other).is_some_and(|o| {
                let is_over = ctx.at >= o.received_at.plus(o.spec.park_max_ms);
                let older =
                    o.priority > priority || o.parked.is_some_and(|other| other.at <= parked.at);
                older && !is_over && o.held_until.is_none()
            })
        });
        self.log.check(Rule::Q2, retried || overtaken.is_none(), || {
            let other = overtaken.unwrap_or_default();
            format!("{call} is resumed before {other}, which has waited longer")
        });
    }

    /// Takes the call out of the queue of its gate.
    fn leave_park(&mut self, call: CallId) -> Option<Parked> {
        let c = self.calls.known.get_mut(&call)?;
        let parked = c.parked.take()?;
        if let Some(p) = parked.waits_for {
            self.participants.leave_queue(p, c.priority, call);
        }
        Some(parked)
    }

    fn unwinding(&mut self, ctx: Ctx<'_>, call: CallId, target: Target, why: Why) {
        let already = self.calls.known.get(&call).and_then(|c| c.target);
        let second = target == Target::Canceled
            && (already == Some(Target::Canceled)
                || self.calls.ended_phase(call) == Some(Phase::Canceled));
        if !self.log.check(Rule::X3, !second, || format!("{call} is canceled again")) {
            return;
        }
        let Some(c) = self.calls.live(&mut self.log, call, "unwinding") else { return };
        let from = c.phase;
        let has_gates = c.spec.steps.iter().any(|s| s.position == Position::BeforeOpen);
        if from == Phase::Received && has_gates {
            c.phase = Phase::Gating;
        }
        let may = table::may_unwind(from, target, why) || table::may_unwind(c.before, target, why);
        self.log.check(Rule::C3, may, || {
            format!("{call} goes from {from} to {target:?} because of {why:?}")
        });
        let broken_off = c.aborted || why != Why::Aborted;
        self.log.check(Rule::C3, broken_off, || {
            format!("{call} is given up as broken off, and its work was not")
        });
        let parked_until = c.received_at.plus(c.spec.park_max_ms);
        let in_time = match why {
            Why::ParkedTooLong => ctx.at >= parked_until,
            Why::SearchOver => self.search_is_over(call),
            _ => true,
        };
        self.log
            .check(Rule::T2, in_time, || format!("{call} is given up for {why:?} before its time"));
        if why == Why::Canceled {
            self.check_cancel(ctx, call);
        }
        self.go(call, Phase::Unwinding, "unwinding");
        self.leave_park(call);
        if let Some(c) = self.calls.known.get_mut(&call) {
            c.target = Some(target);
        }
    }

    /// Who may call it off, and until when.
    fn check_cancel(&mut self, ctx: Ctx<'_>, call: CallId) {
        let Some(c) = self.calls.known.get(&call) else { return };
        let by_person = matches!(ctx.actor, Actor::Customer | Actor::Operator(_));
        self.log.check(Rule::C6, by_person, || format!("{call} is canceled by {:?}", ctx.actor));
        let rule = c.spec.cancel;
        let customers = rule.customer.map_or(rule.until, |until| until.min(rule.until));
        let is_customer = matches!(ctx.actor, Actor::Customer);
        let until = if is_customer { customers } else { rule.until };
        let in_rule = table::last_cancel(c.before).is_none_or(|last| last <= until);
        self.log.check(Rule::C6, in_rule || ctx.is_reasoned_operator(), || {
            let (service, before) = (&c.spec.name, c.before);
            format!("{call} is canceled when it is {before}, `{service}` allows it until {until:?}")
        });
    }

    fn ended(&mut self, call: CallId, end: Target) {
        self.go(call, end.phase(), "the end");
        let Some(c) = self.calls.known.get_mut(&call) else { return };
        let target = c.target;
        self.log.check(Rule::C3, target == Some(end), || {
            format!("{call} ends as {} but was on its way to {target:?}", end.phase())
        });
        let owed = c.spec.steps.iter().zip(&c.steps).find(|(s, step)| s.undo && step.is_owed());
        self.log.check(Rule::K3, owed.is_none(), || {
            let name = owed.map_or("", |(spec, _)| spec.name.as_str());
            format!("{call} ends as {} and `{name}` is not undone", end.phase())
        });
        c.held_until = None;
    }

    fn completed(&mut self, call: CallId) {
        self.go(call, Phase::Completed, "completion");
        self.check_finished(call);
        let Some(c) = self.calls.known.get_mut(&call) else { return };
        let unpaid = c
            .spec
            .steps
            .iter()
            .zip(&c.steps)
            .find(|(spec, step)| spec.position != Position::BeforeOpen && !step.is_passed());
        self.log.check(Rule::M5, unpaid.is_none(), || {
            let name = unpaid.map_or("", |(spec, _)| spec.name.as_str());
            format!("{call} is completed and `{name}` has neither said ok nor been settled")
        });
        c.held_until = None;
        self.count_ride(call);
    }

    fn check_finished(&mut self, call: CallId) {
        let finished = self.calls.known.get(&call).is_some_and(|c| c.finished);
        self.log.check(Rule::C3, finished, || format!("{call} closes before its work is over"));
    }

    /// Moves a call by the table.
    pub(super) fn go(&mut self, call: CallId, to: Phase, what: &str) {
        let at = self.at;
        let Some(c) = self.calls.live(&mut self.log, call, what) else { return };
        let has_gates = c.spec.steps.iter().any(|s| s.position == Position::BeforeOpen);
        if c.phase == Phase::Received && has_gates && to != Phase::Gating {
            // Its gate could not even be asked.
            c.phase = Phase::Gating;
        }
        let from = std::mem::replace(&mut c.phase, to);
        (c.moved, c.phase_at) = (true, at);
        let (is_canceled, at_gate) = (c.target == Some(Target::Canceled), has_gates);
        let is_undone = matches!(to, Phase::Canceled | Phase::Unfilled | Phase::Rejected);
        self.log.check(Rule::X1, !is_canceled || is_undone, || {
            format!("{call} was canceled and goes to {to}")
        });
        let unstaffed = !matches!((from, to), (Phase::Open, Phase::InService))
            || matches!(c.stage(), Some(Stage::None { .. }));
        self.log.check(Rule::C3, table::may_go(from, to) && unstaffed, || {
            let gates = if at_gate { "" } else { " (it has no gates)" };
            format!("{call} goes from {from} to {to}{gates}")
        });
    }

    /// The call, which must be in one of these phases.
    pub(super) fn in_phase(
        &mut self,
        call: CallId,
        phases: &[Phase],
        what: &str,
    ) -> Option<&mut Call> {
        let c = self.calls.live(&mut self.log, call, what)?;
        let phase = c.phase;
        let is_canceled = c.target == Some(Target::Canceled);
        self.log.check(Rule::X1, !is_canceled, || format!("{call} was canceled and has {what}"));
        self.log.check(Rule::C3, is_canceled || phases.contains(&phase), || {
            format!("{call} is {phase} and has {what}")
        });
        self.calls.known.get_mut(&call)
    }
}

/// The first `before_open` gate that has not said ok.
pub(super) fn next_gate(c: &Call) -> Option<usize> {
    let gates = c.spec.steps.iter().zip(&c.steps).enumerate();
    gates
        .filter(|(_, (spec, _))| spec.position == Position::BeforeOpen)
        .find(|(_, (_, step))| !step.is_passed())
        .map(|(index, _)| index)
}
