//! Requests to participants and their answers: keys, effects known or unknown, undo in reverse.
//!
//! Invariant: what a step did outside is recomputed from requests and answers alone.

use super::model::{Call, Goods, Kind, Request, Step, StepState};
use super::rule::Rule;
use super::{Checker, Ctx, table};
use crate::domain::event::{About, Concern, Event, Op, Outcome, SettledBy};
use crate::domain::ids::CallId;
use crate::domain::phase::{Phase, Target};
use crate::domain::profile::{Does, OnDenied, Position};

/// Requests of one step that are remembered although they were given up.
const GIVEN_UP_MAX: usize = 64;

impl Checker {
    pub(super) fn step_event(&mut self, ctx: Ctx<'_>, event: &Event) {
        match event {
            Event::StepAsked { .. } => self.asked(ctx, event),
            Event::StepAnswered { .. } => self.answered(ctx, event),
            Event::StepWaived { call, step } => self.waived(ctx, *call, *step),
            Event::StepSettled { call, step, by } => self.settled(ctx, *call, *step, *by),
            Event::StepRetried { call, step } => self.retried(ctx, *call, usize::from(*step)),
            _ => {}
        }
    }

    /// An operator has it tried again, or the desk, which got the goods that were missing.
    fn retried(&mut self, ctx: Ctx<'_>, call: CallId, index: usize) {
        let Some(c) = self.calls.past(&mut self.log, call, "another try") else { return };
        c.retried = true;
        let kind = c.kind_of(index);
        let wanted = c.wants.as_ref().filter(|_| c.goods == Goods::None);
        let Some(s) = c.steps.get_mut(index) else {
            self.log.fault(Rule::I9, || format!("{call} has no step {index}"));
            return;
        };
        let was_short = s.do_denied && matches!(kind, Some(Kind::Own(_, Does::Reserve)));
        (s.do_denied, s.undo_denied) = (false, false);
        let is_there = wanted.is_some_and(|(product, qty)| {
            self.stock.get(product).is_some_and(|goods| goods.free() >= u64::from(*qty))
        });
        self.log.check(Rule::C6, ctx.is_operator() || was_short && is_there, || {
            format!("{call}: step {index} is tried again by {:?}", ctx.actor)
        });
    }

    fn waived(&mut self, ctx: Ctx<'_>, call: CallId, step: u8) {
        let Some(s) = self.step_by_hand(ctx, call, step, "waived") else { return };
        let mut was_owed = s.is_owed() || s.late_ok.is_some();
        let was = std::mem::replace(&mut s.state, StepState::Waived);
        s.late_ok = None;
        let c = self.calls.known.get(&call);
        let is_refund = c.is_some_and(|c| matches!(c.kind_of(step.into()), Some(Kind::Refund(_))));
        // A refund is let go as long as it is surely not made, asked for or not.
        if is_refund {
            was_owed = matches!(was, StepState::NotStarted | StepState::NotDone);
        }
        self.log.check(Rule::K3, was_owed, || {
            format!("{call}: the undo of step {step} is let go, but nothing is owed")
        });
    }

    /// A gate or owed step is settled: by a named operator when the call closes, or by the desk where nothing is due.
    fn settled(&mut self, ctx: Ctx<'_>, call: CallId, step: u8, by: SettledBy) {
        let s = match by {
            SettledBy::Nothing => self.step_of(call, step),
            _ => self.step_by_hand(ctx, call, step, "settled"),
        };
        let Some(s) = s else { return };
        let was_passed = s.is_passed();
        s.settled = Some(by);
        let c = self.calls.known.get(&call);
        let fits = c.is_some_and(|c| {
            let closes = c.phase == Phase::Closing;
            let opens = matches!(c.phase, Phase::Received | Phase::Gating);
            match c.kind_of(usize::from(step)) {
                Some(Kind::Own(Position::BeforeOpen, _)) => opens && by == SettledBy::Nothing,
                Some(Kind::Own(..)) => closes,
                _ => false,
            }
        });
        self.log.check(Rule::M5, fits && !was_passed, || {
            format!("{call}: step {step} is settled but closes no call")
        });
        self.money_settled(call, step, by);
    }

    /// A step that only a named operator may touch by hand, with a reason.
    fn step_by_hand(
        &mut self,
        ctx: Ctx<'_>,
        call: CallId,
        step: u8,
        what: &str,
    ) -> Option<&mut Step> {
        let by_hand = ctx.is_reasoned_operator();
        let rule = if what == "settled" { Rule::M5 } else { Rule::C6 };
        self.log.check(rule, by_hand, || {
            format!(
                "{call}: step {step} is {what} by {:?}, reason given: {}",
                ctx.actor, ctx.has_reason
            )
        });
        self.step_of(call, step)
    }

    fn step_of(&mut self, call: CallId, step: u8) -> Option<&mut Step> {
        let c = self.calls.past(&mut self.log, call, "a word about a step")?;
        let count = c.steps.len();
        let known = usize::from(step) < count;
        self.log.check(Rule::I9, known, || format!("{call} has {count} steps, not {step}"));
        self.calls.known.get_mut(&call)?.steps.get_mut(usize::from(step))
    }

    fn asked(&mut self, ctx: Ctx<'_>, event: &Event) {
        let &Event::StepAsked {
            call,
            step,
            op,
            group,
            attempt,
            deadline,
            answer_at,
            generation,
            probe,
        } = event
        else {
            return;
        };
        let index = usize::from(step);
        let Some(c) = self.calls.any(&mut self.log, call) else { return };
        let Some(kind) = c.kind_of(index).filter(|_| index < c.steps.len()) else {
            self.log.fault(Rule::I9, || format!("{call} has no step {step}"));
            return;
        };
        let (phase, target) = (c.phase, c.target);
        let (name, answerer) = (c.name_of(index), c.answerer_of(index));
        let participant = answerer.and_then(|name| self.participants.by_name(name));
        self.log.check(Rule::I9, participant.is_some(), || {
            format!("{call}: `{name}` asks {answerer:?}, which is no participant")
        });
        if op == Op::Do {
            self.log.check(Rule::X1, target != Some(Target::Canceled), || {
                format!("{call} was canceled and asks `{name}`")
            });
            self.log.check(Rule::C3, fits(kind, phase), || {
                format!("{call} is {phase} and asks `{name}` to be done")
            });
            if phase == Phase::Received {
                self.go(call, Phase::Gating, "asking");
            }
        }
        self.check_key(ctx, event);
        let Some(c) = self.calls.known.get_mut(&call) else { return };
        // An answer from outside may come long after its call has ended.
        c.lingers |= !participant.is_some_and(|p| self.participants.is_here(p));
        let s = &mut c.steps[index];
        let started = s.started.is_some();
        let prior = s.state;
        if op == Op::Do {
            if matches!(s.state, StepState::NotStarted | StepState::NotDone | StepState::Undone) {
                s.state = StepState::Unknown;
            }
            s.do_denied = false;
        } else if op == Op::Undo {
            s.undo_denied = false;
        }
        if !started {
            s.started = Some(c.starts);
            c.starts += 1;
        }
        (s.group, s.attempt) = (group, attempt);
        if s.requests.len() >= GIVEN_UP_MAX {
            s.requests.remove(0);
        }
        s.requests.push(Request {
            attempt,
            op,
            group,
            generation,
            answer_at,
            deadline,
            participant,
            prior,
            given_up: false,
        });
        if let Some(p) = participant {
            let id = (call, step, attempt);
            self.participants.asked(&mut self.log, ctx, p, id, generation, probe, deadline);
        }
    }

    /// The key of a request, and what an undo or a query is of.
    fn check_key(&mut self, ctx: Ctx<'_>, event: &Event) {
        let &Event::StepAsked { call, step, op, group, attempt, deadline, .. } = event else {
            return;
        };
        let index = usize::from(step);
        let Some(c) = self.calls.known.get(&call) else { return };
        let (s, name) = (&c.steps[index], c.name_of(index));
        let started = s.started.is_some();
        let never_undone = matches!(c.kind_of(index), Some(Kind::Refund(_))) && op == Op::Undo;
        if op != Op::Do {
            self.log.check(Rule::K3, started && !never_undone, || {
                format!("{call}: `{name}` is asked to {op:?} what was never asked to be done")
            });
            let is_undo = op == Op::Undo && c.phase == Phase::Unwinding && s.late_ok.is_none();
            let later = if is_undo { later_owed(c, index) } else { None };
            self.log.check(Rule::K3, later.is_none(), || {
                let later = later.map_or("", |i| c.name_of(i));
                format!("{call}: `{name}` is undone before `{later}`, which was done after it")
            });
        }
        let (old_group, old_attempt) = (s.group, s.attempt);
        let same = !started && group <= 1
            || started && group == old_group
            || s.state == StepState::Undone && op == Op::Do && group == old_group + 1;
        self.log.check(Rule::K5, same, || {
            format!("{call}: `{name}` changes its key from group {old_group} to {group}")
        });
        let rises = if started { attempt == old_attempt + 1 } else { attempt <= 1 };
        self.log.check(Rule::K5, rises, || {
            format!("{call}: `{name}` has request {attempt} after {old_attempt}")
        });
        self.log.check(Rule::T2, deadline > ctx.at, || {
            format!("{call}: `{name}` is given up at {}, before it is asked", deadline.0)
        });
    }

    fn answered(&mut self, ctx: Ctx<'_>, event: &Event) {
        let Event::StepAnswered { call, step, op, group, attempt, outcome, took_ms, late } = event
        else {
            return;
        };
        let (call, index) = (*call, usize::from(*step));
        let Some(c) = self.calls.any(&mut self.log, call) else { return };
        let (phase, has_undo, kind) = (c.phase, c.has_undo(index), c.kind_of(index));
        let name = c.name_of(index).to_owned();
        let Some(s) = c.steps.get_mut(index) else {
            self.log.fault(Rule::I9, || format!("{call} has no step {step}"));
            return;
        };
        let found = s.requests.iter().position(|r| r.attempt == *attempt);
        let fits = found.is_some_and(|at| {
            let r = &s.requests[at];
            r.op == *op && r.group == *group && r.given_up == *late
        });
        self.log.check(Rule::K1, fits, || {
            let late = if *late { "late " } else { "" };
            format!("{call}: `{name}` gives a {late}answer to request {attempt} ({op:?}, group {group}), which does not wait for it")
        });
        let Some(at) = found else { return };
        let request = s.requests[at].clone();
        // Whatever was said, a do may turn out to have been done after all.
        let is_open = matches!(outcome, Outcome::Indeterminate(_))
            || *op == Op::Do && *outcome != Outcome::Ok;
        if !*late && is_open {
            s.requests[at].given_up = true;
        } else {
            s.requests.remove(at);
            let due = request.answer_at.map(|due| due.min(request.deadline));
            self.log.check(Rule::T2, *late || due.is_none_or(|due| ctx.at >= due), || {
                format!("{call}: `{name}` answers before its delay is over")
            });
        }
        let was_done = s.state == StepState::Done;
        settle(s, &request, outcome, ctx, phase, has_undo);
        let is_here = request.participant.is_some_and(|p| self.participants.is_here(p));
        s.done_here = s.state == StepState::Done && (s.done_here || !was_done && is_here);
        let refused = *op == Op::Do && matches!(outcome, Outcome::Denied(_));
        c.refused |= refused
            && match kind {
                Some(Kind::Own(position, _)) => {
                    position == Position::AfterOpen && table::is_going_forward(phase)
                }
                Some(Kind::Refund(_)) => true,
                None => false,
            };
        self.money_after(call, index, *op, outcome);
        if matches!(outcome, Outcome::Misconfigured(_)) {
            self.attentions.misconfigured.push((call, request.participant));
        }
        if let Some(p) = request.participant {
            let id = (call, *step, *attempt);
            self.participants.answered(
                &mut self.log,
                ctx,
                p,
                id,
                &request,
                outcome,
                *took_ms,
                *late,
            );
        }
    }

    /// What a refused refund, or a refused step beside the search, must have caused in this record.
    pub(super) fn check_refused(&mut self, call: CallId) {
        let Some(c) = self.calls.known.get(&call).filter(|c| c.refused) else { return };
        let told = self.attentions.has(About::Call(call), Concern::RefundDenied);
        self.log.check(Rule::H2, told || !c.has_denied_refund(), || {
            format!("{call} has a refund that was refused, and nobody is told")
        });
        let refused = |on_denied| {
            c.spec.steps.iter().zip(&c.steps).any(|(spec, s)| {
                s.do_denied && spec.position == Position::AfterOpen && spec.on_denied == on_denied
            })
        };
        let searching = matches!(c.phase, Phase::Open | Phase::Scheduled | Phase::Assigned);
        let forward = searching || c.phase == Phase::InService;
        let raised = self.attentions.has(About::Call(call), Concern::StepDenied);
        self.log.check(Rule::H2, raised || !refused(OnDenied::Wait) || !forward, || {
            format!("{call} has a step that was refused, and nobody is told")
        });
        self.log.check(Rule::C3, raised || !refused(OnDenied::End) || !searching, || {
            format!("{call} goes on although a step that ends it was refused")
        });
    }
}

/// Whether a step may be asked to be done in this phase.
fn fits(kind: Kind, phase: Phase) -> bool {
    use Phase::{Assigned, Closing, Completed, Gating, InService, Open, Received, Scheduled};
    match kind {
        Kind::Own(Position::BeforeOpen, _) => matches!(phase, Received | Gating),
        Kind::Own(Position::AfterOpen, _) => {
            matches!(phase, Open | Scheduled | Assigned | InService | Closing)
        }
        Kind::Own(Position::BeforeComplete, _) => phase == Closing,
        Kind::Refund(_) => phase == Completed,
    }
}

/// A step that was begun after this one, stands after it in the profile, and is still to be undone.
fn later_owed(c: &Call, index: usize) -> Option<usize> {
    let started = c.steps[index].started;
    let rest = c.spec.steps.iter().zip(&c.steps).enumerate().skip(index + 1);
    rest.filter(|(_, (spec, s))| spec.undo && s.is_owed() && s.started > started)
        .map(|(i, _)| i)
        .next()
}

/// What an answer says about the step.
fn settle(
    s: &mut Step,
    request: &Request,
    outcome: &Outcome,
    ctx: Ctx<'_>,
    phase: Phase,
    has_undo: bool,
) {
    let is_current = request.group == s.group;
    match (request.op, outcome) {
        (Op::Do | Op::Query, Outcome::Ok) => {
            let unwanted = phase.is_terminal() && phase != Phase::Completed
                || matches!(s.state, StepState::Undone)
                || s.settled.is_some()
                || !is_current;
            if unwanted && s.state != StepState::Waived && request.op == Op::Do {
                if has_undo {
                    s.late_ok = Some(ctx.seq);
                }
            } else if is_current && matches!(s.state, StepState::Unknown | StepState::NotDone) {
                s.state = StepState::Done;
            }
        }
        (Op::Do, Outcome::Denied(_)) if is_current && s.state == StepState::Unknown => {
            s.state = StepState::NotDone;
            s.do_denied = true;
        }
        (Op::Query, Outcome::Denied(_)) if is_current && s.state == StepState::Unknown => {
            s.state = StepState::NotDone;
        }
        // An earlier request of the same key may still have done it.
        (Op::Do, Outcome::Unavailable(_) | Outcome::Misconfigured(_))
            if is_current
                && s.state == StepState::Unknown
                && request.prior != StepState::Unknown =>
        {
            s.state = StepState::NotDone;
        }
        (Op::Undo, Outcome::Ok) if is_current => {
            s.late_ok = None;
            if s.state != StepState::Waived {
                s.state = StepState::Undone;
            }
        }
        (Op::Undo, Outcome::Denied(_)) => s.undo_denied = true,
        _ => {}
    }
}

impl Call {
    /// The step that an unwinding call undoes next.
    pub fn next_undo(&self) -> Option<(usize, &Step)> {
        let steps = self.spec.steps.iter().zip(&self.steps).enumerate();
        steps
            .filter(|(_, (spec, s))| spec.undo && s.is_owed())
            .max_by_key(|(_, (_, s))| s.started)
            .map(|(i, (_, s))| (i, s))
    }
}
