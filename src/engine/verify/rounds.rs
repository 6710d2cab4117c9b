//! Rounds: calls of a line that are looked at together, at the ticks its profile names.
//!
//! Invariant: ticks, turns and ways are reckoned here anew, from what the journal says of calls and workers. Of a policy
//! that looks ahead it is not asked whom it should have sent: a call may wait for somebody better. Nobody who is reserved
//! is said to be free: whether the hours until then are enough is for the search to say.

use super::model::{Call, Worker};
use super::rule::Rule;
use super::{Checker, Ctx};
use crate::domain::event::{Actor, Decision, Duty, Mode};
use crate::domain::geo::Point;
use crate::domain::ids::{CallId, ProfileId, Time, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::{Matching, Policy, Profile, Stage, Turn};

impl Checker {
    /// How a call was looked at that was given out by the engine, or for which it found nobody.
    pub(super) fn check_looked_at(&mut self, ctx: Ctx<'_>, call: CallId, decision: &Decision) {
        let Some(c) = self.calls.known.get(&call) else { return };
        if !matches!(c.stage(), Some(Stage::Auto { .. })) {
            return;
        }
        let matching = c.spec.dispatch.matched();
        let in_round = decision.round.is_some();
        self.log.check(Rule::A13, matching.is_some() == in_round, || {
            let service = &c.spec.name;
            format!("{call} of `{service}` is looked at in a round: {in_round}")
        });
        let Some(matching) = matching else { return };
        let first = tick_from(c.search.begun_at, matching);
        let at_once = || {
            let looks_ahead = c.spec.dispatch.foresees().is_some();
            looks_ahead && ctx.at >= c.search.begun_at && !self.is_scarce(c)
        };
        let in_time = matches!(ctx.actor, Actor::Clock) && (ctx.at >= first || at_once());
        self.log.check(Rule::A13, in_time, || {
            format!(
                "{call} is looked at by {:?} at {}, its first tick is {}",
                ctx.actor, ctx.at.0, first.0
            )
        });
        let metres = decision.chosen.and_then(|chosen| {
            let away = c.spot.zip(chosen.at).map(|(spot, at)| spot.point.metres_to(at));
            (away != chosen.metres || farther(c, away)).then_some((away, chosen.metres))
        });
        self.log.check(Rule::A13, metres.is_none(), || {
            let most = c.spec.dispatch.max_metres;
            format!("{call} goes to somebody {metres:?} metres away, at most {most:?}")
        });
    }

    /// Whether somebody whose turn was before is passed over when the worker is given this call.
    pub(super) fn check_turn(
        &mut self,
        ctx: Ctx<'_>,
        call: CallId,
        worker: WorkerId,
        decision: &Decision,
    ) {
        let (Some(c), Some(w)) = (self.calls.known.get(&call), self.workers.get(&worker)) else {
            return;
        };
        let Some(matching) = c.spec.dispatch.matched().filter(|_| self.is_plain(&c.spec)) else {
            return;
        };
        let at = decision.chosen.and_then(|chosen| chosen.at);
        let turn = turn(c, matching, ctx.at);
        let passed = self.waiting(c.profile, matching, ctx.at).find(|(id, other)| {
            let near = |at| !farther(other, other.spot.map(|spot| spot.point.metres_to(at)));
            *id != call
                && self::turn(other, matching, ctx.at) < turn
                && can_have(other, worker, w)
                && at.map_or(other.spec.dispatch.max_metres.is_none(), |at: Point| near(at))
        });
        let passed = passed.map(|(id, _)| id);
        self.log.check(Rule::A14, passed.is_none(), || {
            format!("{worker} is given {call}, and the turn of {passed:?} was before")
        });
    }

    /// A round is over: who waits still could have nobody who is free.
    pub(super) fn round_held(&mut self, ctx: Ctx<'_>, id: ProfileId, again: Option<Time>) {
        let Some(spec) = self.profiles.get(&id).cloned() else {
            self.log.fault(Rule::I9, || format!("a round of {id}, which nobody knows"));
            return;
        };
        let matching = spec.dispatch.matched();
        let in_order = matching.is_some()
            && matches!(ctx.actor, Actor::Clock)
            && again.is_none_or(|again| again > ctx.at && spec.dispatch.foresees().is_some());
        self.log.check(Rule::A13, in_order, || {
            let name = &spec.name;
            format!("a round of `{name}` by {:?}, the next at {again:?}", ctx.actor)
        });
        let Some(matching) = matching.filter(|_| self.is_plain(&spec)) else { return };
        // How far everybody is the journal does not say of those who were not chosen.
        if spec.dispatch.max_metres.is_some() {
            return;
        }
        let is_idle = |(_, w): &(&WorkerId, &Worker)| is_free(w) && w.reserved.is_empty();
        let mut free = None;
        let left = self.waiting(id, matching, ctx.at).find_map(|(call, c)| {
            let free =
                free.get_or_insert_with(|| self.workers.iter().filter(is_idle).collect::<Vec<_>>());
            let could = free.iter().find(|(id, worker)| can_have(c, **id, worker));
            could.map(|(worker, _)| (call, **worker))
        });
        self.log.check(Rule::A15, left.is_none(), || {
            format!("a round of `{}` leaves {left:?} apart, although both are free", spec.name)
        });
    }

    /// Whether more calls wait beside this one than workers are free for them.
    fn is_scarce(&self, call: &Call) -> bool {
        let waiting =
            self.calls.known.values().filter(|c| c.profile == call.profile && is_waiting(c));
        let waiting = waiting.count();
        // Whether there are as many is enough: no more of them are counted.
        let free = self.workers.values().filter(|w| is_free(w) && serves(call, w));
        free.take(waiting).count() < waiting
    }

    /// Whether its rounds are as the turns say and nothing else: nobody looks ahead, and `assign` runs as usual.
    fn is_plain(&self, spec: &Profile) -> bool {
        spec.dispatch.policy != Policy::Foresight && self.assign == Mode::Running
    }

    /// The calls of a profile for which a round at `at` looks for somebody.
    fn waiting(
        &self,
        id: ProfileId,
        matching: Matching,
        at: Time,
    ) -> impl Iterator<Item = (CallId, &Call)> {
        self.calls.known.iter().map(|(call, c)| (*call, c)).filter(move |(_, c)| {
            c.profile == id && is_waiting(c) && tick_from(c.heard_at, matching) <= at
        })
    }
}

/// Whether somebody is searched for it now.
fn is_waiting(c: &Call) -> bool {
    c.phase == Phase::Open
        && c.held().is_none()
        && c.search.dispatch_at.is_none()
        && c.offers.is_empty()
        && matches!(c.stage(), Some(Stage::Auto { .. }))
}

/// Whether they have nothing to do.
fn is_free(w: &Worker) -> bool {
    let alone = w.call.is_none() && w.offer.is_none();
    alone && w.duty == Duty::On && w.leaving.is_none()
}

fn serves(c: &Call, w: &Worker) -> bool {
    w.services.is_empty() || w.services.contains(&c.spec.name)
}

/// The first tick from `at` on.
fn tick_from(at: Time, matching: Matching) -> Time {
    let tick = i64::try_from(matching.tick_ms.0).unwrap_or(i64::MAX).max(1);
    let past = at.0.rem_euclid(tick);
    if past == 0 { at } else { Time(at.0.saturating_add(tick - past)) }
}

/// Where a call stands among those of a round: less is before.
fn turn(c: &Call, matching: Matching, at: Time) -> (u8, i64, bool) {
    let ticks = at.since(c.received_at).0 / matching.tick_ms.0.max(1);
    let ticks = i64::try_from(ticks).unwrap_or(i64::MAX);
    let urgency = u8::MAX - c.priority;
    match matching.order {
        Turn::Whole => (urgency, 0, false),
        Turn::NewestFirst => (urgency, ticks, c.kind.is_none()),
        Turn::LongestFirst => (urgency, -ticks, c.kind.is_none()),
    }
}

/// Whether the line, the skill and what was before allow it.
fn can_have(c: &Call, id: WorkerId, w: &Worker) -> bool {
    let can = c.skill().is_none_or(|skill| w.skills.iter().any(|s| s == skill));
    serves(c, w) && can && !c.excluded.contains(&id)
}

/// Whether so many metres are more than the line allows; a way that is not known is.
fn farther(c: &Call, metres: Option<u32>) -> bool {
    let most = c.spec.dispatch.max_metres.filter(|_| c.spot.is_some());
    most.is_some_and(|most| metres.is_none_or(|metres| metres > most))
}
