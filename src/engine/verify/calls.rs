//! The life of a call, event by event: reception, gates, parking, opening, unwinding, ends.
//!
//! Invariant: after a fault the call is where the journal says it is. Must not know how a decision
//! is made.

use super::model::{Call, Parked, Step};
use super::rule::Rule;
use super::{Checker, Ctx, table};
use crate::domain::event::{Actor, Event, ParkedWhy, Why};
use crate::domain::ids::{CallId, Time};
use crate::domain::phase::{Phase, Target};
use crate::domain::profile::{CancelUntil, Position};
use std::collections::BTreeSet;

impl Checker {
    pub(super) fn call_event(&mut self, ctx: Ctx<'_>, event: &Event) {
        match event {
            Event::CallReceived { .. } => self.received(ctx, event),
            Event::CallParked { call, why } => self.parked(ctx, *call, *why),
            Event::CallResumed { call } => self.resumed(ctx, *call),
            Event::CallOpened { call } => {
                self.go(*call, Phase::Open, "opening");
                let Some(c) = self.calls.known.get_mut(call) else { return };
                let gates = c.spec.steps.iter().zip(&c.steps);
                let closed = gates
                    .filter(|(spec, _)| spec.position == Position::BeforeOpen)
                    .find(|(_, step)| step.state != super::StepState::Done);
                self.log.check(Rule::C3, closed.is_none(), || {
                    let name = closed.map_or("", |(spec, _)| spec.name.as_str());
                    format!("{call} opens although its gate `{name}` has not said ok")
                });
                c.opened_at.get_or_insert(ctx.at);
                c.open_since = ctx.at;
            }
            Event::StageEntered { call, stage } => {
                let Some(c) = self.in_phase(*call, &[Phase::Open], "a stage") else { return };
                let (stages, stage) = (c.spec.plan.len(), usize::from(*stage));
                self.log.check(Rule::I9, stage < stages, || {
                    format!("{call} enters stage {stage} of {stages}")
                });
            }
            Event::PlanExhausted { call } => {
                self.in_phase(*call, &[Phase::Open], "the end of the plan");
                self.attentions.exhausted.push(*call);
            }
            Event::NobodyFound { call, decision } => {
                self.in_phase(*call, &[Phase::Open], "a search");
                self.check_decision(*call, None, decision);
            }
            Event::CallUnwinding { call, target, why, .. } => {
                self.unwinding(ctx, *call, *target, *why);
            }
            Event::CallEnded { call, end } => self.ended(*call, *end),
            Event::CallClosing { call } => {
                self.go(*call, Phase::Closing, "closing");
                self.check_finished(*call);
            }
            Event::CallCompleted { call } => self.completed(*call),
            Event::CallAmended { call, tel, kind, cost, .. } => {
                let Some(c) = self.calls.live(&mut self.log, *call, "an amendment") else { return };
                if let Some((_, reachable)) = tel {
                    c.reachable = *reachable;
                }
                if kind.is_some() {
                    c.kind.clone_from(kind);
                }
                c.cost = cost.or(c.cost);
                let cost = c.cost.map_or(0, |w| w.0);
                self.log.check(Rule::M1, cost >= 0, || format!("{call} costs {cost} won"));
            }
            Event::PrioritySet { call, priority } => {
                let Some(c) = self.calls.live(&mut self.log, *call, "a priority") else { return };
                let old = std::mem::replace(&mut c.priority, *priority);
                if let Some(Parked { waits_for: Some(p), no_backoff: true, .. }) = c.parked {
                    self.participants.leave_queue(p, old, *call);
                    self.participants.join_queue(p, *priority, *call);
                }
                self.log.check(Rule::Z1, *priority <= 3, || format!("priority {priority}"));
            }
            Event::CallHeld { call, until } => {
                let Some(c) = self.calls.live(&mut self.log, *call, "a hold") else { return };
                (c.held_until, c.hold_is_moot) = (Some(*until), false);
                self.log.check(Rule::T2, *until > ctx.at, || {
                    format!("{call} is held until {}, which is over", until.0)
                });
            }
            Event::HoldEnded { call } => {
                let Some(c) = self.calls.live(&mut self.log, *call, "the end of a hold") else {
                    return;
                };
                let until = c.held_until.take();
                // An operator may end it before; time may not.
                let in_time =
                    !matches!(ctx.actor, Actor::Clock) || until.is_some_and(|u| ctx.at >= u);
                self.log.check(Rule::T2, until.is_some() && in_time, || {
                    format!("the hold of {call} ends, but it was until {until:?}")
                });
            }
            Event::NoteAdded { call } => {
                let known = self.calls.was_received(*call);
                self.log.check(Rule::I9, known, || format!("a note about {call}"));
            }
            _ => {}
        }
    }

    fn received(&mut self, ctx: Ctx<'_>, event: &Event) {
        let Event::CallReceived {
            call,
            profile,
            subject,
            reachable,
            kind,
            cost,
            priority,
            parent,
            ..
        } = event
        else {
            return;
        };
        self.ids.calls.next(&mut self.log, "call", call.0);
        self.ids.subjects.seen(&mut self.log, "subject", subject.0);
        let spec = self.profiles.get(profile).cloned();
        self.log.check(Rule::I9, spec.is_some(), || format!("{call} is pinned to {profile}"));
        let parent_ended = parent.is_none_or(|p| self.calls.ended_phase(p).is_some());
        self.log.check(Rule::I9, parent_ended, || {
            format!("{call} follows up {parent:?}, which has not ended")
        });
        self.log
            .check(Rule::M1, cost.is_none_or(|w| w.0 >= 0), || format!("{call} costs {cost:?}"));
        self.log.check(Rule::Z1, *priority <= 3, || format!("{call} has priority {priority}"));
        let is_new = !self.calls.was_received(*call);
        self.log.check(Rule::I7, is_new, || format!("{call} is received again"));
        let (Some(spec), true) = (spec, is_new) else { return };
        let steps = vec![Step::default(); spec.steps.len()];
        let new = Call {
            profile: *profile,
            spec,
            subject: *subject,
            reachable: *reachable,
            kind: kind.clone(),
            cost: *cost,
            fare: None,
            priority: *priority,
            parent: *parent,
            received_at: ctx.at,
            phase: Phase::Received,
            phase_at: ctx.at,
            target: None,
            steps,
            starts: 0,
            worker: None,
            last_worker: None,
            offers: BTreeSet::new(),
            excluded: BTreeSet::new(),
            held_until: None,
            hold_is_moot: false,
            parked: None,
            parkings: 0,
            opened_at: None,
            open_since: ctx.at,
            events: 1,
            before: Phase::Received,
            moved: true,
            aborted: false,
            refused: false,
            retried: false,
            finished: false,
        };
        self.calls.known.insert(*call, new);
        self.calls.touched.insert(*call);
        self.calls.received += 1;
    }

    fn parked(&mut self, ctx: Ctx<'_>, call: CallId, why: ParkedWhy) {
        let Some(c) = self.calls.live(&mut self.log, call, "parking") else { return };
        let is_second = c.parked.is_some();
        self.log.check(Rule::Q1, !is_second, || format!("{call} is parked twice"));
        self.go(call, Phase::Parked, "parking");
        let Some(c) = self.calls.known.get_mut(&call) else { return };
        let gate = next_gate(c);
        let waits_for = gate.and_then(|gate| self.participants.by_name(&c.spec.steps[gate].name));
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
            next_gate(c).and_then(|gate| self.participants.by_name(&c.spec.steps[gate].name))
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
        let (before, rule, service) = (c.before, c.spec.cancel.until, c.spec.name.clone());
        let early = match why {
            Why::ParkedTooLong => Some(c.received_at.plus(c.spec.park_max_ms)),
            Why::SearchOver => c.opened_at.map(|t| t.plus(c.spec.dispatch.search_ms)),
            _ => None,
        };
        self.log.check(Rule::T2, early.is_none_or(|due| ctx.at >= due), || {
            format!("{call} is given up for {why:?} before its time")
        });
        if why == Why::Canceled {
            let by_person = matches!(ctx.actor, Actor::Customer | Actor::Operator(_));
            self.log
                .check(Rule::C6, by_person, || format!("{call} is canceled by {:?}", ctx.actor));
            let in_rule = before != Phase::Assigned
                || rule == CancelUntil::Assigned
                || ctx.is_reasoned_operator();
            self.log.check(Rule::C6, in_rule, || {
                format!("{call} is canceled although `{service}` allows it only before assignment")
            });
        }
        self.go(call, Phase::Unwinding, "unwinding");
        self.leave_park(call);
        if let Some(c) = self.calls.known.get_mut(&call) {
            c.target = Some(target);
        }
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
        let unpaid = c.spec.steps.iter().zip(&c.steps).find(|(spec, step)| {
            spec.position != Position::BeforeOpen
                && step.state != super::StepState::Done
                && step.settled.is_none()
        });
        self.log.check(Rule::M5, unpaid.is_none(), || {
            let name = unpaid.map_or("", |(spec, _)| spec.name.as_str());
            format!("{call} is completed and `{name}` has neither said ok nor been settled")
        });
        c.held_until = None;
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
        self.log.check(Rule::C3, table::may_go(from, to), || {
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

    /// How long `assign` has been stopped in all, up to `at`.
    pub(super) fn stopped_until(&self, at: Time) -> u64 {
        let now = self.stopped.since.map_or(0, |since| at.since(since).0);
        self.stopped.total.0.saturating_add(now)
    }
}

/// The first `before_open` gate that has not said ok.
pub(super) fn next_gate(c: &Call) -> Option<usize> {
    let gates = c.spec.steps.iter().zip(&c.steps).enumerate();
    gates
        .filter(|(_, (spec, _))| spec.position == Position::BeforeOpen)
        .find(|(_, (_, step))| step.state != super::StepState::Done)
        .map(|(index, _)| index)
}
