//! Ended calls that are taken up again: what is recalled is what was left.
//!
//! Of a forgotten call five short marks stay, one for each thing that nothing may change unseen. A recalled body gives
//! the same marks or is another call.
//!
//! Invariant: reads the fields of a recalled body and calls nothing of it.

use super::model::{Call, CallMoney, Goods, Search, Step, StepState};
use super::rule::Rule;
use super::{Checker, Ctx};
use crate::domain::call::{AssignmentState, Call as Body, StepState as BodyState};
use crate::domain::event::{Event, MemberRef, Window, WorkOutcome};
use crate::domain::ids::{CallId, ProfileId, SubjectId, Time, Won, WorkerId};
use crate::domain::phase::{Phase, Target};
use crate::domain::profile::Profile;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a call can be known by when it has been forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks([u16; 5]);

/// What each mark is of.
const OF: [&str; 5] = ["its request", "its course", "its steps", "its money", "its rating"];

/// What is compared, read off our own call or off a recalled body.
struct Left<'a> {
    profile: ProfileId,
    subject: SubjectId,
    received_at: Time,
    priority: u8,
    kind: Option<&'a str>,
    parent: Option<CallId>,
    member: Option<MemberRef>,
    cost: Option<Won>,
    window: Option<Window>,
    phase: Phase,
    phase_at: Time,
    target: Option<Target>,
    served_by: Option<WorkerId>,
    outcome: Option<WorkOutcome>,
    /// One letter for each step.
    steps: Vec<u8>,
    /// Captured, refunded, settled, taken off.
    money: [Won; 4],
    refunds: &'a [Won],
    rating: Option<u8>,
    disposition: Option<&'a str>,
}

impl Marks {
    /// Of nothing.
    pub const NONE: Self = Self([0; 5]);

    /// The marks of a call as we know it.
    pub fn of_ours(c: &Call) -> Self {
        Self::of(&Left {
            profile: c.profile,
            subject: c.subject,
            received_at: c.received_at,
            priority: c.priority,
            kind: c.kind.as_deref(),
            parent: c.parent,
            member: c.member,
            cost: c.fare.or(c.cost),
            window: c.window,
            phase: c.phase,
            phase_at: c.phase_at,
            target: c.target,
            served_by: c.served_by,
            outcome: c.outcome,
            steps: c.steps.iter().map(class_of).collect(),
            money: [c.money.captured, c.money.refunded, c.money.settled, c.money.discount],
            refunds: &c.refunds,
            rating: c.rating,
            disposition: c.disposition.as_deref(),
        })
    }

    /// The marks of a recalled body.
    fn of_body(b: &Body) -> Self {
        Self::of(&Left {
            profile: b.profile,
            subject: b.subject,
            received_at: b.received_at,
            priority: b.priority,
            kind: b.kind.as_deref(),
            parent: b.parent,
            member: b.member,
            cost: b.cost,
            window: b.window,
            phase: b.phase,
            phase_at: b.phase_at,
            target: b.unwinding.map(|u| u.target),
            served_by: served_by(b),
            outcome: b.outcome,
            steps: b.steps.iter().map(|s| class(&s.state)).collect(),
            money: [b.money.captured, b.money.refunded, b.money.settled, b.money.discount],
            refunds: &b.refunds,
            rating: b.rating,
            disposition: b.disposition.as_deref(),
        })
    }

    fn of(left: &Left<'_>) -> Self {
        let request = Fold::new()
            .num(left.profile.0.into())
            .num(left.subject.0)
            .num(left.received_at.0.cast_unsigned())
            .num(left.priority.into())
            .text(left.kind)
            .opt(left.parent.map(|p| p.0))
            .opt(left.member.map(|m| m.member.0))
            .opt(left.cost.map(|w| w.0.cast_unsigned()))
            .opt(left.window.map(|w| w.from.0.cast_unsigned()));
        let course = Fold::new()
            .num(left.phase as u64)
            .num(left.phase_at.0.cast_unsigned())
            .opt(left.target.map(|t| t as u64))
            .opt(left.served_by.map(|w| w.0))
            .opt(left.outcome.map(|o| o as u64));
        let steps = left.steps.iter().fold(Fold::new(), |fold, class| fold.byte(*class));
        let money = left.money.iter().chain(left.refunds);
        let money = money.fold(Fold::new(), |fold, won| fold.num(won.0.cast_unsigned()));
        let rating = Fold::new().opt(left.rating.map(u64::from)).text(left.disposition);
        Self([request.end(), course.end(), steps.end(), money.end(), rating.end()])
    }

    /// What differs, in words.
    fn differences(self, other: Self) -> Vec<&'static str> {
        let pairs = self.0.iter().zip(other.0).zip(OF);
        pairs.filter(|((ours, theirs), _)| **ours != *theirs).map(|(_, of)| of).collect()
    }
}

/// Who did the work of a recalled call.
fn served_by(b: &Body) -> Option<WorkerId> {
    b.assignment.filter(|a| a.state == AssignmentState::Finished).map(|a| a.worker)
}

fn class_of(s: &Step) -> u8 {
    match s.state {
        _ if s.settled.is_some() => b'S',
        StepState::NotStarted | StepState::NotDone => b'-',
        StepState::Unknown => b'?',
        StepState::Done => b'D',
        StepState::Undone => b'U',
        StepState::Waived => b'W',
    }
}

fn class(state: &BodyState) -> u8 {
    match state {
        BodyState::Idle | BodyState::Waiting { unknown: false, .. } | BodyState::Denied { .. } => {
            b'-'
        }
        BodyState::Waiting { unknown: true, .. }
        | BodyState::Undoing { .. }
        | BodyState::UndoDenied { .. } => b'?',
        BodyState::Done => b'D',
        BodyState::Settled { .. } => b'S',
        BodyState::Undone => b'U',
        BodyState::Waived => b'W',
    }
}

/// FNV-1a, folded to 16 bits.
struct Fold(u64);

impl Fold {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn byte(mut self, byte: u8) -> Self {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        self
    }

    fn num(self, number: u64) -> Self {
        number.to_le_bytes().into_iter().fold(self, Self::byte)
    }

    fn opt(self, number: Option<u64>) -> Self {
        match number {
            None => self.byte(0),
            Some(number) => self.byte(1).num(number),
        }
    }

    fn text(self, text: Option<&str>) -> Self {
        match text {
            None => self.byte(0),
            Some(text) => text.bytes().fold(self.byte(1), Self::byte).byte(0xff),
        }
    }

    fn end(self) -> u16 {
        let folded = self.0 ^ self.0 >> 16 ^ self.0 >> 32 ^ self.0 >> 48;
        u16::try_from(folded & u64::from(u16::MAX)).unwrap_or(u16::MAX)
    }
}

impl Checker {
    /// Takes an ended call up again. One that we still know goes on as we know it.
    pub(super) fn recalled(&mut self, event: &Event) {
        let Event::CallRecalled { call: body } = event else { return };
        let id = body.id;
        let left = match self.calls.known.get(&id) {
            Some(c) => c.phase.is_terminal().then(|| Marks::of_ours(c)),
            None => self.calls.forgotten(id).map(|past| past.marks),
        };
        let differs = left.map(|left| left.differences(Marks::of_body(body)));
        self.log.check(Rule::C7, differs.as_ref().is_some_and(Vec::is_empty), || match differs {
            None => format!("{id} is recalled and never ended"),
            Some(what) => format!("{id} is recalled, and {} is not as it was", what.join(", ")),
        });
        if !self.calls.known.contains_key(&id) {
            let spec = self.profiles.get(&body.profile).cloned();
            self.log.check(Rule::I9, spec.is_some(), || format!("{id} is of {}", body.profile));
            let (Some(spec), Some(_)) = (spec, left) else { return };
            self.calls.known.insert(id, revived(body, spec));
        }
        if let Some(c) = self.calls.touch(id) {
            c.lingers = true;
        }
    }

    /// The customer's word, and the desk's, on how it was.
    pub(super) fn aftermath_event(&mut self, ctx: Ctx<'_>, event: &Event) {
        match event {
            Event::CallRated { call, worker, stars } => {
                let Some(c) = self.calls.past(&mut self.log, *call, "a rating") else { return };
                let (phase, served_by) = (c.phase, c.served_by);
                let before = c.rating.replace(*stars);
                self.log.check(Rule::C8, before.is_none(), || {
                    format!("{call} is rated {stars} and was rated {before:?}")
                });
                let is_over = phase == Phase::Completed;
                self.log.check(Rule::C8, is_over && (1..=5).contains(stars), || {
                    format!("{call} is {phase} and is rated {stars}")
                });
                self.log.check(Rule::C8, *worker == served_by, || {
                    format!("{call} was served by {served_by:?}, its rating is of {worker:?}")
                });
            }
            Event::DispositionSet { call, code } => {
                let what = "a disposition";
                let Some(c) = self.calls.past(&mut self.log, *call, what) else { return };
                let codes = &c.spec.dispositions;
                let known = codes.is_empty() || codes.contains(code);
                c.disposition = Some(code.clone());
                self.log.check(Rule::C8, known, || {
                    format!("{call} ends with `{code}`, which is none of its profile's codes")
                });
            }
            Event::RefundAsked { call, step, won } => self.refund_asked(ctx, *call, *step, *won),
            _ => {}
        }
    }
}

/// A recalled call as far as rules still need it.
fn revived(b: &Body, spec: Arc<Profile>) -> Call {
    let starts = u32::try_from(b.steps.len()).unwrap_or(u32::MAX);
    let steps = b.steps.iter().zip(0..).map(|(s, number): (_, u32)| Step {
        state: match &s.state {
            BodyState::Idle => StepState::NotStarted,
            BodyState::Waiting { unknown: false, .. }
            | BodyState::Denied { .. }
            | BodyState::Settled { .. } => StepState::NotDone,
            BodyState::Waiting { unknown: true, .. } => StepState::Unknown,
            BodyState::Done | BodyState::Undoing { .. } | BodyState::UndoDenied { .. } => {
                StepState::Done
            }
            BodyState::Undone => StepState::Undone,
            BodyState::Waived => StepState::Waived,
        },
        started: (s.attempts > 0).then_some(number),
        group: s.group,
        attempt: s.attempts,
        settled: match &s.state {
            BodyState::Settled { by } => Some(*by),
            _ => None,
        },
        ..Step::default()
    });
    let finished = b.outcome.is_some();
    let goods = if b.shipped { Goods::Shipped } else { Goods::None };
    let money = CallMoney {
        captured: b.money.captured,
        refunded: b.money.refunded,
        settled: b.money.settled,
        discount: b.money.discount,
    };
    Call {
        profile: b.profile,
        spec,
        subject: b.subject,
        tel: b.tel,
        reachable: b.reachable,
        kind: b.kind.clone(),
        spot: b.spot,
        cost: b.cost,
        fare: b.cost.filter(|_: &Won| finished),
        priority: b.priority,
        parent: b.parent,
        member: b.member,
        window: b.window,
        received_at: b.received_at,
        phase: b.phase,
        phase_at: b.phase_at,
        target: b.unwinding.map(|u| u.target),
        steps: steps.collect(),
        refunds: b.refunds.clone(),
        starts,
        worker: None,
        progress: super::model::Progress::default(),
        reserved: None,
        last_worker: served_by(b),
        moving: None,
        served_by: served_by(b),
        told: b.told.clone(),
        offers: BTreeSet::new(),
        broadcast: None,
        excluded: BTreeSet::new(),
        search: Search::default(),
        held_until: None,
        hold_is_moot: true,
        parked: None,
        parkings: 0,
        heard_at: b.received_at,
        opened_at: None,
        money,
        paid_late: false,
        wants: None,
        goods,
        reference: None,
        ordinal: b.ordinal,
        outcome: b.outcome,
        rating: b.rating,
        disposition: b.disposition.clone(),
        events: 0,
        before: b.phase,
        moved: false,
        began: false,
        aborted: false,
        refused: false,
        retried: false,
        sent_off: false,
        unstaffed: false,
        finished,
        lingers: true,
        resting_since: None,
    }
}
