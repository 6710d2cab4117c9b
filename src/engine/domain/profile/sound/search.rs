//! How a worker is found, and how long a call may be called off.

use super::{Check, SPAN_MAX};
use crate::domain::ids::Millis;
use crate::domain::profile::{Policy, Stage, Turn, Wrong};

/// The farthest that anybody is searched, in metres: half way round the earth.
const METRES_MAX: u64 = 20_000_000;

/// The longest tick: a minute.
const TICK_MAX: Millis = Millis::secs(60);

/// The farthest that is foreseen.
const HORIZON_MAX: Millis = Millis::mins(60);

/// The most workers asked in one ring, and the most offers of one stage.
const ASKED_MAX: u64 = 1_000;

impl Check<'_> {
    pub(super) fn plan(&mut self) {
        let plan = &self.profile.plan;
        if plan.is_empty() {
            self.say("plan", Wrong::Empty);
        }
        self.few("plan", plan.len());
        let mut endless: Option<usize> = None;
        for (i, stage) in plan.iter().enumerate() {
            let at = format!("plan[{i}]");
            if let Some(before) = endless {
                let before = format!("plan[{before}]");
                self.say(at.clone(), Wrong::Unreached { before });
            } else if is_endless(stage) {
                endless = Some(i);
            }
            self.stage(&at, stage);
        }
    }

    fn stage(&mut self, at: &str, stage: &Stage) {
        let lasts = |check: &mut Self, span: Option<Millis>| {
            if let Some(span) = span {
                check.span(&format!("{at}.for_ms"), span, SPAN_MAX);
            }
        };
        match stage {
            Stage::Auto { for_ms, .. } | Stage::Claim { for_ms } => lasts(self, *for_ms),
            Stage::Offer { deadline_ms, most, for_ms, .. } => {
                self.span(&format!("{at}.deadline_ms"), *deadline_ms, SPAN_MAX);
                if let Some(most) = *most {
                    self.range(&format!("{at}.most"), most.into(), 1, ASKED_MAX);
                }
                lasts(self, *for_ms);
            }
            Stage::Broadcast { rings_m, ring_ms, most, .. } => {
                self.rings(&format!("{at}.rings_m"), rings_m);
                self.span(&format!("{at}.ring_ms"), *ring_ms, SPAN_MAX);
                self.range(&format!("{at}.most"), (*most).into(), 1, ASKED_MAX);
            }
            Stage::Manual { .. } => {}
            Stage::None { promise_ms, .. } => {
                self.span(&format!("{at}.promise_ms"), *promise_ms, SPAN_MAX);
            }
        }
    }

    /// Each ring goes farther than the one before.
    fn rings(&mut self, at: &str, rings: &[u32]) {
        if rings.is_empty() {
            self.say(at, Wrong::Empty);
        }
        self.few(at, rings.len());
        for (i, metres) in rings.iter().enumerate() {
            let at = format!("{at}[{i}]");
            self.range(&at, (*metres).into(), 1, METRES_MAX);
            let before = i.checked_sub(1).and_then(|before| rings.get(before));
            if before.is_some_and(|before| metres <= before) {
                self.say(at, Wrong::NotRising);
            }
        }
    }

    pub(super) fn dispatch(&mut self) {
        let dispatch = &self.profile.dispatch;
        self.span("dispatch.search_ms", dispatch.search_ms, SPAN_MAX);
        if let Some(metres) = dispatch.max_metres {
            self.range("dispatch.max_metres", metres.into(), 1, METRES_MAX);
        }
        if let Some(matching) = &dispatch.matching {
            self.range("dispatch.matching.tick_ms", matching.tick_ms.0, 0, TICK_MAX.0);
        }
        self.destination();
        self.foresight();
        let travel = &dispatch.travel;
        self.range("dispatch.travel.factor_pct", travel.factor_pct.into(), 1, 10_000);
        self.range("dispatch.travel.metres_per_min", travel.metres_per_min.into(), 1, 100_000);
        self.range("dispatch.travel.fixed_s", travel.fixed_s.into(), 0, 86_400);
    }

    fn foresight(&mut self) {
        let dispatch = &self.profile.dispatch;
        if dispatch.policy == Policy::Foresight
            && dispatch.matching.is_some_and(|matching| matching.order != Turn::Whole)
        {
            let why = "the policy `foresight` weighs all calls that wait";
            self.say("dispatch.matching.order", Wrong::Idle(why));
        }
        let Some(foresight) = &dispatch.foresight else { return };
        if dispatch.policy != Policy::Foresight {
            self.say("dispatch.foresight", Wrong::Idle("the policy is not `foresight`"));
        }
        self.span("dispatch.foresight.horizon_ms", foresight.horizon_ms, HORIZON_MAX);
        self.range("dispatch.foresight.later_pct", foresight.later_pct.into(), 0, 10_000);
        self.range("dispatch.foresight.reach_s", foresight.reach_s.into(), 1, 86_400);
        self.range("dispatch.foresight.stay_s", foresight.stay_s.into(), 0, 86_400);
        self.range("dispatch.foresight.leave_s", foresight.leave_s.into(), 0, 86_400);
    }

    fn destination(&mut self) {
        let Some(name) = &self.profile.dispatch.destination else { return };
        let fields = &self.profile.fields;
        if !fields.iter().any(|field| field.is_own() && field.name == *name) {
            let known = fields.iter().filter(|field| field.is_own()).map(|f| f.name.clone());
            let known = known.collect();
            let unknown = Wrong::Unknown { name: name.clone(), known };
            self.say("dispatch.destination", unknown);
        }
    }

    pub(super) fn cancel(&mut self) {
        let rule = &self.profile.cancel;
        if rule.customer.is_some_and(|customer| customer > rule.until) {
            let why = "nobody may cancel later than `cancel.until` says";
            self.say("cancel.customer", Wrong::Idle(why));
        }
    }
}

/// Whether no time ends it: what stands behind it in the plan waits for ever.
fn is_endless(stage: &Stage) -> bool {
    match stage {
        Stage::Auto { for_ms, .. } | Stage::Claim { for_ms } => for_ms.is_none(),
        Stage::Manual { .. } => true,
        Stage::Offer { .. } | Stage::Broadcast { .. } | Stage::None { .. } => false,
    }
}
