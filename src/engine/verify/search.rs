//! The search for a worker: its clock, its stages, holds, and how often the customer is told that nobody came yet.
//!
//! Invariant: time is counted on the search's own clock, which stands still while `assign` is stopped or failing.

use super::model::{Call, Search};
use super::rule::Rule;
use super::{Checker, Ctx};
use crate::domain::event::{Actor, Event, Mode, Window};
use crate::domain::ids::{CallId, Millis, Time};
use crate::domain::phase::Phase;
use crate::domain::profile::{NoticeOn, Profile, Repeat, Stage};

impl Checker {
    pub(super) fn search_event(&mut self, ctx: Ctx<'_>, event: &Event) {
        match event {
            Event::StageEntered { call, stage } => {
                self.check_stage_over(ctx, *call);
                let clock = self.stopped.search_clock(ctx.at);
                let Some(c) = self.in_phase(*call, &[Phase::Open], "a stage") else { return };
                let (stages, old) = (c.spec.plan.len(), c.search.stage);
                if matches!(c.stage(), Some(Stage::None { .. })) {
                    // Nobody was searched until now.
                    c.search.since = clock;
                }
                (c.search.stage, c.search.stage_since) = (*stage, clock);
                self.log.check(Rule::I9, usize::from(*stage) < stages, || {
                    format!("{call} enters stage {stage} of {stages}")
                });
                self.log.check(Rule::C3, u16::from(*stage) == u16::from(old) + 1, || {
                    format!("{call} enters stage {stage} after stage {old}")
                });
            }
            Event::PlanExhausted { call } => {
                self.check_stage_over(ctx, *call);
                let Some(c) = self.in_phase(*call, &[Phase::Open], "the end of the plan") else {
                    return;
                };
                c.search.exhausted = true;
                let left = c.spec.plan.len().saturating_sub(usize::from(c.search.stage) + 1);
                self.log.check(Rule::C3, left == 0, || {
                    format!("the plan of {call} is over, and {left} stages were not tried")
                });
            }
            Event::NobodyFound { call, decision } => {
                self.in_phase(*call, &[Phase::Open], "a search");
                self.check_decision(*call, &[], decision);
                self.check_looked_at(ctx, *call, decision);
            }
            Event::DispatchDue { call } => self.dispatch_due(ctx, *call),
            Event::StillSearching { call, nth } => self.told_again(ctx, *call, *nth),
            Event::CallHeld { call, until } => {
                let Some(c) = self.calls.live(&mut self.log, *call, "a hold") else { return };
                (c.held_until, c.hold_is_moot) = (Some(*until), false);
                self.log.check(Rule::T2, *until > ctx.at, || {
                    format!("{call} is held until {}, which is over", until.0)
                });
            }
            Event::HoldEnded { call } => self.hold_ended(ctx, *call),
            _ => {}
        }
    }

    /// The search begins, or begins again: at the first stage, and not before an appointment is near.
    pub(super) fn begin_search(&mut self, call: CallId) {
        let (at, clock) = (self.at, self.stopped.search_clock(self.at));
        let Some(c) = self.calls.known.get_mut(&call) else { return };
        let dispatch_at = c.window.map(|w| lead(&c.spec, w)).filter(|due| *due > at);
        c.search = Search {
            stage_since: clock,
            since: clock,
            begun_at: at,
            dispatch_at,
            ..Search::default()
        };
    }

    fn hold_ended(&mut self, ctx: Ctx<'_>, call: CallId) {
        let clock = self.stopped.search_clock(ctx.at);
        let Some(c) = self.calls.live(&mut self.log, call, "the end of a hold") else { return };
        let until = c.held_until.take();
        (c.search.since, c.search.stage_since) = (clock, clock);
        (c.search.begun_at, c.search.told) = (ctx.at, 0);
        // An operator may end it before; time may not.
        let in_time = !matches!(ctx.actor, Actor::Clock) || until.is_some_and(|u| ctx.at >= u);
        self.log.check(Rule::T2, until.is_some() && in_time, || {
            format!("the hold of {call} ends, but it was until {until:?}")
        });
    }

    fn dispatch_due(&mut self, ctx: Ctx<'_>, call: CallId) {
        let Some(c) = self.in_phase(call, &[Phase::Open], "the time to find somebody") else {
            return;
        };
        let due = c.search.dispatch_at;
        self.begin_search(call);
        self.log.check(Rule::T2, due.is_some_and(|due| ctx.at >= due), || {
            format!("the search for {call} begins at {}, due was {due:?}", ctx.at.0)
        });
    }

    fn told_again(&mut self, ctx: Ctx<'_>, call: CallId, nth: u32) {
        let Some(c) = self.in_phase(call, &[Phase::Open], "a word that nobody came") else {
            return;
        };
        let (old, held, repeat) = (c.search.told, c.held(), repeat(&c.spec));
        let due = repeat.map(|r| told_at(c, r, nth));
        c.search.told = nth;
        let most = repeat.map_or(0, |r| r.most);
        let in_time = due.is_some_and(|due| ctx.at >= due);
        self.log.check(Rule::T2, nth > old && nth <= most && in_time && held.is_none(), || {
            format!(
                "{call} is told for the {nth}. time after the {old}., at most {most} times, due at {due:?}, held until {held:?}"
            )
        });
    }

    /// A stage that has a time is not left before it; one that a dispatcher ends is not left at all.
    fn check_stage_over(&mut self, ctx: Ctx<'_>, call: CallId) {
        let clock = self.stopped.search_clock(ctx.at);
        let Some(c) = self.calls.known.get(&call) else { return };
        let over = match c.stage() {
            // It is over as well when everybody was asked.
            Some(Stage::Offer { .. } | Stage::Broadcast { .. }) => true,
            _ => stage_end(c).is_some_and(|end| end <= clock),
        };
        self.log.check(Rule::T2, over, || {
            let stage = c.search.stage;
            format!("{call} leaves stage {stage} of its plan at {}, before its time", ctx.at.0)
        });
    }

    /// Whether the search has lasted as long as it may.
    pub(super) fn search_is_over(&self, call: CallId) -> bool {
        let Some(c) = self.calls.known.get(&call) else { return true };
        let none = matches!(c.stage(), Some(Stage::None { .. }));
        let waits = c.search.dispatch_at.is_some() || c.held().is_some() || none;
        let ran = self.stopped.search_clock(self.at).since(c.search.since);
        !waits && ran >= c.spec.dispatch.search_ms
    }

    /// Nobody is picked or asked by itself while `assign` is stopped, the call is held or its appointment far off.
    pub(super) fn check_automation(&mut self, call: CallId, what: &str) {
        self.log.check(Rule::A8, !stops(self.assign), || {
            format!("the desk {what} {call} although `assign` is stopped")
        });
        let Some(c) = self.calls.known.get(&call) else { return };
        let (held, later) = (c.held(), c.search.dispatch_at);
        self.log.check(Rule::A8, held.is_none() && later.is_none(), || {
            format!(
                "the desk {what} {call}, held until {held:?}, not to be dispatched before {later:?}"
            )
        });
    }

    pub(super) fn assign_mode_set(&mut self, ctx: Ctx<'_>, mode: Mode) {
        self.assign = mode;
        match (self.stopped.since, stops(mode)) {
            (None, true) => self.stopped.since = Some(ctx.at),
            (Some(since), false) => {
                let total = self.stopped.total.0.saturating_add(ctx.at.since(since).0);
                self.stopped = super::model::Stopped { since: None, total: Millis(total) };
            }
            _ => {}
        }
    }

    /// What time alone should have done with an open call by now, at quiet.
    pub(super) fn lost_search_timer(&self, c: &Call, at: Time) -> Option<&'static str> {
        if stops(self.assign) || c.phase != Phase::Open || c.held().is_some() {
            return None;
        }
        let clock = self.stopped.search_clock(at);
        if let Some(due) = c.search.dispatch_at {
            return (due < at).then_some("the search for its appointment did not begin");
        }
        if !c.search.exhausted && stage_end(c).is_some_and(|end| end < clock) {
            return Some("its stage is over and it is still in it");
        }
        let told = repeat(&c.spec).filter(|r| c.search.told < r.most);
        told.is_some_and(|r| told_at(c, r, c.search.told + 1) < at)
            .then_some("its customer was not told that nobody came")
    }
}

/// Whether nothing is searched in this mode.
pub(super) fn stops(mode: Mode) -> bool {
    matches!(mode, Mode::Stopped | Mode::Failing(_))
}

/// When somebody for an appointment is searched, or the one who is reserved given the call.
pub(super) fn lead(spec: &Profile, window: Window) -> Time {
    Time(window.from.0.saturating_sub_unsigned(spec.appointment.lead_ms.0))
}

/// When the stage of a call is over by time alone, on the search's clock.
pub(super) fn stage_end(c: &Call) -> Option<Time> {
    let lasts = match c.stage()? {
        Stage::Auto { for_ms, .. } | Stage::Offer { for_ms, .. } | Stage::Claim { for_ms } => {
            (*for_ms)?
        }
        Stage::None { promise_ms, .. } => *promise_ms,
        Stage::Broadcast { .. } | Stage::Manual { .. } => return None,
    };
    Some(c.search.stage_since.plus(lasts))
}

/// How often the customer is told that nobody came.
fn repeat(spec: &Profile) -> Option<Repeat> {
    spec.notices.iter().filter(|rule| rule.on == NoticeOn::Searching).find_map(|rule| rule.repeat)
}

/// When the customer of an open call is told for the n-th time: counted from the search, not from an appointment's making.
fn told_at(c: &Call, repeat: Repeat, nth: u32) -> Time {
    let near = c.window.map_or(c.search.begun_at, |window| lead(&c.spec, window));
    near.max(c.search.begun_at).plus(Millis(repeat.every_ms.0.saturating_mul(nth.into())))
}
