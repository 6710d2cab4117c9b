//! Attention items: what a human must decide, raised once and closed once.
//!
//! Invariant: holds open items only. Knows what a concern is about, not how it is remedied.

use super::model::Call;
use super::rule::Rule;
use super::search::stage_end;
use super::{Checker, Ctx};
use crate::domain::event::{About, Actor, Concern, Event, NoticeKey};
use crate::domain::ids::{AttentionId, CallId, ParticipantId, Time};
use crate::domain::phase::Phase;
use crate::domain::profile::{Position, Stage};
use std::collections::{BTreeMap, BTreeSet};

/// The open items, both ways.
#[derive(Debug, Default)]
pub(super) struct Attentions {
    open: BTreeMap<AttentionId, (About, Concern)>,
    by_about: BTreeMap<About, BTreeMap<Concern, AttentionId>>,
    /// The machine's clock stepped in the record being read.
    pub clock_stepped: bool,
    /// Notices that died in the record being read.
    pub died: Vec<NoticeKey>,
    /// Notices given up, as long as a human has them to look after.
    dead: BTreeSet<NoticeKey>,
    /// The calls of which one was delivered after all in the record being read.
    back: BTreeSet<CallId>,
    /// A participant did not understand us in the record being read.
    pub misconfigured: Vec<(CallId, Option<ParticipantId>)>,
}

impl Attentions {
    /// Whether this concern is open.
    pub fn has(&self, about: About, concern: Concern) -> bool {
        self.by_about.get(&about).is_some_and(|of| of.contains_key(&concern))
    }

    /// Whether anything is open about the call.
    pub fn has_any(&self, call: CallId) -> bool {
        self.by_about.contains_key(&About::Call(call))
    }

    /// A notice was delivered, perhaps after it had been given up.
    pub fn back(&mut self, key: &NoticeKey) {
        if self.dead.remove(key) {
            self.back.insert(key.call);
        }
    }

    /// How many items are open.
    pub fn len(&self) -> usize {
        self.open.len()
    }

    fn has_misconfigured(&self, call: CallId, participant: Option<ParticipantId>) -> bool {
        self.has(About::Call(call), Concern::Misconfigured)
            || participant.is_some_and(|p| self.has(About::Participant(p), Concern::Misconfigured))
    }
}

impl Checker {
    pub(super) fn clock_stepped(&mut self, by_ms: i64) {
        self.log.check(Rule::T2, by_ms.unsigned_abs() > 60_000, || {
            format!("a step of {by_ms} ms is no more than a minute")
        });
        self.attentions.clock_stepped = true;
    }

    pub(super) fn attention_event(&mut self, ctx: Ctx<'_>, event: &Event) {
        match event {
            Event::AttentionRaised { attention, about, concern } => {
                self.ids.attentions.next(&mut self.log, "attention", attention.0);
                self.attention_raised(*attention, *about, *concern);
            }
            Event::AttentionTaken { attention, .. } => {
                let open = self.attentions.open.contains_key(attention);
                self.log.check(Rule::H1, open, || format!("{attention} is taken but not open"));
            }
            Event::AttentionDone { attention } => {
                let by_itself = matches!(ctx.actor, Actor::Clock);
                let item = self.attentions.open.remove(attention);
                self.log.check(Rule::H1, item.is_some(), || {
                    format!("{attention} is done but was not open")
                });
                let Some((about, concern)) = item else { return };
                if let (About::Call(call), Concern::NoticeDead) = (about, concern) {
                    let before = self.attentions.dead.len();
                    self.attentions.dead.retain(|key| key.call != call);
                    let none_left = self.attentions.dead.len() == before;
                    self.log.check(Rule::H3, !by_itself || none_left, || {
                        format!("{attention} is done while a notice of {call} is given up")
                    });
                }
                if let Some(of) = self.attentions.by_about.get_mut(&about) {
                    of.remove(&concern);
                    if of.is_empty() {
                        self.attentions.by_about.remove(&about);
                    }
                }
                if let About::Call(call) = about
                    && self.calls.known.contains_key(&call)
                {
                    // Its last owner may just have gone.
                    self.calls.any(&mut self.log, call);
                }
            }
            _ => {}
        }
    }

    fn attention_raised(&mut self, attention: AttentionId, about: About, concern: Concern) {
        let known = match about {
            About::Call(call) => self.calls.was_received(call),
            About::Participant(p) => self.participants.by_id.contains_key(&p),
            About::Desk => true,
        };
        self.log.check(Rule::I9, known, || format!("{attention} is about {about:?}"));
        let open = self.attentions.has(about, concern);
        self.log.check(Rule::H1, !open, || {
            format!("{attention} raises {concern:?} of {about:?}, which is open already")
        });
        self.attentions.open.insert(attention, (about, concern));
        self.attentions.by_about.entry(about).or_default().insert(concern, attention);
        if let About::Call(call) = about
            && let Some(c) = self.calls.known.get(&call)
        {
            let clock = self.stopped.search_clock(self.at);
            self.log.check(Rule::H1, has_cause(c, concern, clock), || {
                format!("{attention} raises {concern:?} of {call}, which gives no cause for it")
            });
        }
        if let (About::Call(call), Concern::LateOk) = (about, concern)
            && let Some(call) = self.calls.known.get_mut(&call)
        {
            // A human looks after it now.
            call.steps.iter_mut().for_each(|step| step.late_ok = None);
        }
    }

    /// What the record should have raised.
    pub(super) fn check_raised(&mut self) {
        let Self { attentions, log, .. } = self;
        if std::mem::take(&mut attentions.clock_stepped) {
            let raised = attentions.has(About::Desk, Concern::ClockStepped);
            log.check(Rule::H2, raised, || "the clock stepped and nobody is told".to_owned());
        }
        for key in std::mem::take(&mut attentions.died) {
            let call = key.call;
            attentions.dead.insert(key);
            let raised = attentions.has(About::Call(call), Concern::NoticeDead)
                || attentions.has(About::Desk, Concern::NoticeDead);
            log.check(Rule::H2, raised, || format!("a notice of {call} died unseen"));
        }
        for call in std::mem::take(&mut attentions.back) {
            let left = attentions.dead.iter().any(|key| key.call == call);
            let open = attentions.has(About::Call(call), Concern::NoticeDead);
            log.check(Rule::H3, left == open, || {
                format!("{call}: notices given up: {left}, a human has them: {open}")
            });
        }
        for (call, participant) in std::mem::take(&mut attentions.misconfigured) {
            let raised = attentions.has_misconfigured(call, participant);
            log.check(Rule::H2, raised, || {
                format!("{call}: a participant does not understand us and nobody is told")
            });
        }
    }
}

/// Whether the call is in need of a human for this very reason.
fn has_cause(c: &Call, concern: Concern, clock: Time) -> bool {
    let denied = |position| {
        let mut steps = c.spec.steps.iter().zip(&c.steps);
        steps.any(|(spec, s)| spec.position == position && s.do_denied)
    };
    let open = c.phase == Phase::Open;
    let none = matches!(c.stage(), Some(Stage::None { .. }));
    match concern {
        Concern::PlanExhausted => open && c.search.exhausted && !none,
        Concern::NeedsDispatcher => open && matches!(c.stage(), Some(Stage::Manual { .. })),
        Concern::PromisePassed => {
            open && c.search.exhausted && none && stage_end(c).is_some_and(|end| end <= clock)
        }
        Concern::UndoDenied => c.steps.iter().any(|s| s.undo_denied),
        Concern::ClosingDenied => denied(Position::BeforeComplete),
        Concern::StepDenied => denied(Position::AfterOpen),
        Concern::RefundDenied => c.has_denied_refund(),
        Concern::Misconfigured | Concern::NoticeDead | Concern::ClockStepped | Concern::LateOk => {
            true
        }
    }
}
