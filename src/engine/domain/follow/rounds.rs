//! What follows by itself when the calls that wait are looked at together.
//!
//! Invariant: after a round no call waits that somebody could have had who is still free, unless it waits for somebody
//! better. A call is weighed with its nearest workers only; whoever gets none of them, because others did, is weighed
//! again with the next ones. So a round costs as much as its calls have neighbours, and not as much as the desk has
//! workers; `domain/tests/rounds_cost.rs` measures what the way grows by it.

use super::Pass;
use crate::domain::call::Call;
use crate::domain::event::{AssignedBy, Decision, Event, Verdict, Weighed};
use crate::domain::foresight::Coming;
use crate::domain::geo::Point;
use crate::domain::ids::{Millis, ProfileId, Time, WorkerId};
use crate::domain::matching::solver::{self, COST_MAX, Choice};
use crate::domain::policy::OTHERS_MAX;
use crate::domain::profile::{Foresight, Matching, Profile, Travel, Turn};
use crate::domain::worker::Worker;
use crate::domain::world::World;
use crate::planted::planted;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The most calls that are weighed against each other; more are looked at so many at a time, in their order.
const WEIGHED_MAX: usize = 1_024;

/// A call is weighed at once with so many of its nearest workers at least.
pub(in crate::domain) const NEAREST: usize = 64;

/// As long as few calls wait, each is weighed with as many workers as there are calls: as one of these is always left for
/// it, nobody farther away can be better. More pairs than this are not weighed at once.
const PAIRS_MAX: usize = 1 << 17;

/// After so many events the rest of a round has a record of its own.
const ROUND_EVENTS_MAX: usize = 1_024;

/// The cost of a worker whose way is not known: behind everybody whose way is, half way round the earth in millimetres.
const UNKNOWN: i64 = 30_000_000_000;

/// Those whom nobody free is near enough for are looked at again after this.
const FAR_AGAIN: Millis = Millis::secs(10);

/// One look at the calls that wait under one profile.
struct Look<'a> {
    profile: &'a Profile,
    now: Time,
    /// With how many of its nearest workers a call is weighed at once.
    most: usize,
    /// Who has got a call in it, or is awaited by one.
    taken: BTreeSet<WorkerId>,
    /// What is gone by when somebody looks ahead.
    foresight: Option<Foresight>,
    /// More calls wait than workers are free.
    is_scarce: bool,
    /// When there is something to look at again although nothing changes.
    again: Option<Time>,
    events: Vec<Event>,
}

/// What became of a look, or of the part of it that fits into one record.
pub(in crate::domain) struct Looked {
    pub(in crate::domain) events: Vec<Event>,
    /// When there is to be another although nothing changes.
    again: Option<Time>,
    /// Nothing is left of it.
    over: bool,
}

/// What one call could have.
struct Options<'a> {
    call: &'a Call,
    /// Free workers who suit, nearest first.
    free: Vec<(Option<u32>, &'a Worker)>,
    /// There may be more of them.
    more: bool,
    /// Nobody farther than this is worth waiting for, as somebody who is free is always left; none: nobody is.
    farthest: Option<u32>,
    /// What it costs to send somebody so far.
    dearest: i64,
    /// Workers who will be free: how soon, in seconds, and what it costs to wait for them.
    soon: Vec<(WorkerId, u32, i64)>,
    /// Who was looked at.
    seen: Decision,
}

impl World {
    /// Looks at the calls that wait under a profile, turn by turn.
    pub(super) fn follow_round(&self, id: ProfileId, pass: &mut Pass, now: Time) -> Vec<Event> {
        if !pass.begin_round(id) {
            return Vec::new();
        }
        let waiting = self.index.crowds.get(&id).map_or(0, |crowd| crowd.all.len());
        let most = (PAIRS_MAX / waiting.clamp(1, WEIGHED_MAX)).max(NEAREST);
        let Some(Looked { mut events, again, over }) = self.round(id, most, now) else {
            return Vec::new();
        };
        if !over {
            return events;
        }
        pass.end_round(id);
        // Whoever only came nearer is not kept, and so is not what came of it when that is nothing.
        if !events.is_empty() || self.kept_round_due(id).is_some_and(|due| due <= now) {
            events.push(Event::RoundHeld { profile: id, again: again.filter(|at| *at > now) });
        }
        events
    }

    /// What a round decides when a call is weighed with `most` workers at once.
    pub(in crate::domain) fn round(&self, id: ProfileId, most: usize, now: Time) -> Option<Looked> {
        let profile = &self.desk.profiles.get(&id)?.spec;
        let matching = profile.dispatch.matched()?;
        let foresight = profile.dispatch.foresees();
        let (taken, again, events) = (BTreeSet::new(), None, Vec::new());
        let is_scarce = self.is_scarce(id);
        let mut look = Look { profile, now, most, taken, foresight, is_scarce, again, events };
        for turn in self.turns(id, matching, now) {
            for calls in turn.chunks(WEIGHED_MAX) {
                if look.events.len() >= ROUND_EVENTS_MAX {
                    let Look { events, again, .. } = look;
                    return Some(Looked { events, again, over: false });
                }
                if profile.dispatch.policy.matches() {
                    self.weigh(calls, &mut look);
                } else {
                    self.one_by_one(calls, &mut look);
                }
            }
        }
        let Look { events, again, .. } = look;
        Some(Looked { events, again, over: true })
    }

    /// The calls that have their turn together, in the order of the turns; in each, the longest waiting first.
    fn turns(&self, id: ProfileId, matching: Matching, now: Time) -> Vec<Vec<&Call>> {
        let tick = matching.tick_ms.0.max(1);
        let crowd = self.index.crowds.get(&id).zip(self.rhythm(id));
        let Some((crowd, rhythm)) = crowd else { return Vec::new() };
        let mut turns: BTreeMap<(Reverse<u8>, i64, bool), Vec<&Call>> = BTreeMap::new();
        for call in crowd.all.iter().filter_map(|rank| self.calls.get(&rank.2)) {
            // However late the round is: whoever came after its tick has the next.
            let ready = self.assign_delay(call.id).map(|delay| call.search.fresh_at.plus(delay));
            if call.search.fresh && ready.is_none_or(|ready| rhythm.tick_from(ready) > now) {
                continue;
            }
            let age = i64::try_from(now.since(call.received_at).0 / tick).unwrap_or(i64::MAX);
            let (age, any_worker) = match matching.order {
                Turn::Whole => (0, false),
                Turn::NewestFirst => (age, call.kind.is_none()),
                Turn::LongestFirst => (-age, call.kind.is_none()),
            };
            let turn = if planted!(TurnsReversed) {
                (Reverse(u8::MAX - call.priority), -age, any_worker)
            } else {
                (Reverse(call.priority), age, any_worker)
            };
            turns.entry(turn).or_default().push(call);
        }
        turns.into_values().collect()
    }

    /// Gives each call in turn the best worker that is left.
    fn one_by_one(&self, calls: &[&Call], look: &mut Look<'_>) {
        for call in calls {
            let mut decision = self.choose_beside(call, look.profile, &look.taken, look.now);
            decision.round = Some(Weighed {
                policy: look.profile.dispatch.policy,
                calls: count(calls.len()),
                workers: decision.counts.values().sum(),
                awaits: None,
                elsewhere: Vec::new(),
            });
            look.say(call, decision);
        }
    }

    /// Gives as many calls as possible a worker, at the least cost in all.
    fn weigh<'a>(&'a self, calls: &[&'a Call], look: &mut Look<'a>) {
        let mut left = calls.to_vec();
        while !left.is_empty() {
            left = self.weigh_once(&left, count(calls.len()), look);
        }
    }

    /// Weighs the calls with the nearest workers of each. Returns those that got none of them and may have others.
    fn weigh_once<'a>(
        &'a self,
        calls: &[&'a Call],
        in_turn: u32,
        look: &mut Look<'a>,
    ) -> Vec<&'a Call> {
        let mut all: Vec<Options<'a>> =
            calls.iter().map(|call| self.options(call, calls.len(), look)).collect();
        if let Some(foresight) = look.foresight {
            self.look_ahead(&mut all, foresight, look);
        }
        let reach = look.reach();
        let mut workers: BTreeMap<WorkerId, usize> = BTreeMap::new();
        let mut rows: Vec<Vec<Choice>> = Vec::with_capacity(all.len());
        for options in &all {
            let soon = options.soon.iter().map(|(worker, _, cost)| (*worker, *cost));
            let row = self.costs(options, look).chain(soon).filter(|(_, cost)| *cost <= reach);
            let row = row.map(|(worker, cost)| {
                let next = workers.len();
                (*workers.entry(worker).or_insert(next), cost.clamp(0, COST_MAX))
            });
            rows.push(row.collect());
        }
        let given = solver::assign(&rows, workers.len());
        let ids: BTreeMap<usize, WorkerId> =
            workers.iter().map(|(id, column)| (*column, *id)).collect();
        let given: Vec<Option<WorkerId>> =
            given.into_iter().map(|column| column.and_then(|c| ids.get(&c).copied())).collect();
        if !planted!(TakenForgotten) {
            look.taken.extend(given.iter().flatten());
        }
        let is_over = given.iter().all(Option::is_none);
        let mut left = Vec::new();
        for (options, given) in all.iter().zip(given) {
            if given.is_none() && options.more && !is_over {
                left.push(options.call);
                continue;
            }
            let given = given.filter(|_| !(planted!(CallPassedOver) && options.call.id.0 % 5 == 0));
            let round = Weighed {
                policy: look.profile.dispatch.policy,
                calls: in_turn,
                workers: count(workers.len()),
                awaits: None,
                elsewhere: Vec::new(),
            };
            let decision = self.explain(options, given, round, look);
            if decision.chosen.is_none() && !options.free.is_empty() {
                look.look_again_at(decision.round.as_ref().and_then(|round| round.awaits));
            }
            look.say(options.call, decision);
        }
        left
    }

    /// What each of the free workers would cost: the way, or, where somebody looks ahead, the time it takes.
    fn costs<'a>(
        &'a self,
        options: &'a Options<'a>,
        look: &'a Look<'a>,
    ) -> impl Iterator<Item = (WorkerId, i64)> + 'a {
        let (spot, travel) = (options.call.spot, &look.profile.dispatch.travel);
        options.free.iter().map(move |(metres, worker)| {
            let place = metres.and_then(|_| self.place(worker));
            let cost = spot.zip(place).map_or(UNKNOWN, |(spot, (place, _))| {
                let length = length(spot.point, place);
                if look.foresight.is_some() { travel.millis(length) } else { length }
            });
            (worker.id, cost)
        })
    }

    /// The workers a call could have: no more than calls have their turn with it, and some to compare with. Of two
    /// workers a call could have, as many as there are calls, one is always left for it: whoever costs more than the
    /// last of these is not worth waiting for.
    fn options<'a>(&'a self, call: &'a Call, calls: usize, look: &Look<'a>) -> Options<'a> {
        let enough = calls.min(look.most);
        let want = enough.max(OTHERS_MAX + 1);
        let (free, seen) = self.nearest(call, look.profile, want, &look.taken, look.now);
        let more = free.len() >= want;
        let spare = enough.checked_sub(1).and_then(|last| free.get(last));
        let farthest = spare.map(|(metres, _)| metres.unwrap_or(u32::MAX));
        let dearest = farthest.map_or(i64::MAX, |metres| {
            let millimetres = i64::from(metres).saturating_add(1).saturating_mul(1_000);
            look.profile.dispatch.travel.millis(millimetres)
        });
        Options { call, free, more, farthest, dearest, soon: Vec::new(), seen }
    }

    /// Finds those who will be free soon for calls that could wait for them.
    fn look_ahead(&self, all: &mut [Options<'_>], foresight: Foresight, look: &Look<'_>) {
        let dearest = all.iter().map(|options| options.dearest).max().unwrap_or(0);
        let longest = longest_wait(dearest, foresight, look.profile.dispatch.travel);
        let coming = self.coming(look.profile, longest, look.now);
        for options in all {
            options.soon = self.soon(options, foresight, &coming, look);
        }
    }

    /// Those who will be free soon whom a call could wait for, nearest first.
    fn soon(
        &self,
        options: &Options<'_>,
        foresight: Foresight,
        coming: &Coming<'_>,
        look: &Look<'_>,
    ) -> Vec<(WorkerId, u32, i64)> {
        let call = options.call;
        let Some(spot) = call.spot else { return Vec::new() };
        let dispatch = &look.profile.dispatch;
        let left = call.search.ends_at.since(self.search_clock(look.now)).0 / 1_000;
        let within = dispatch.max_metres.into_iter().chain(options.farthest).min();
        let mut found = Vec::new();
        let fits = |id: WorkerId| {
            let Some((worker, place, wait)) = coming.known.get(&id) else { return false };
            let later = i64::from(*wait) * i64::from(foresight.later_pct) * 10;
            let cost = dispatch.travel.millis(length(spot.point, *place)).saturating_add(later);
            let suits = cost < options.dearest
                && u64::from(*wait) < left
                && !look.taken.contains(&id)
                && worker.has_skill(call.kind.as_deref())
                && self.withheld(call, look.profile, worker, look.now).is_none();
            if suits {
                found.push((id, *wait, cost));
            }
            suits
        };
        coming.places.nearest(spot.point, within, fits, look.most);
        found
    }

    /// What is written down about one call of a round.
    fn explain(
        &self,
        options: &Options<'_>,
        given: Option<WorkerId>,
        mut round: Weighed,
        look: &Look<'_>,
    ) -> Decision {
        let mut decision = options.seen.clone();
        let soon = options.soon.iter().find(|(worker, ..)| Some(*worker) == given);
        round.awaits = soon.map(|(worker, wait, _)| (*worker, *wait));
        for (metres, worker) in &options.free {
            let is_chosen = soon.is_none() && Some(worker.id) == given;
            let verdict = match () {
                () if is_chosen => Verdict::Suitable,
                () if look.taken.contains(&worker.id) => Verdict::Matched,
                () if given.is_none() => Verdict::OutOfReach,
                () => Verdict::Outranked,
            };
            *decision.counts.entry(verdict).or_insert(0) += 1;
            if is_chosen {
                decision.chosen = Some(self.candidate(worker, *metres, look.profile, look.now));
            } else if decision.others.len() < OTHERS_MAX {
                if verdict == Verdict::Matched {
                    round.elsewhere.push(worker.id);
                }
                decision.others.push(self.candidate(worker, *metres, look.profile, look.now));
            }
        }
        decision.round = Some(round);
        decision
    }
}

/// Whoever is free only later costs more than that, however near they are.
fn longest_wait(dearest: i64, foresight: Foresight, travel: Travel) -> Millis {
    let spare = dearest.saturating_sub(i64::from(travel.fixed_s) * 1_000).max(0);
    let secs = spare.checked_div(i64::from(foresight.later_pct) * 10);
    let secs = secs.and_then(|secs| u64::try_from(secs).ok());
    let longest = secs.map_or(foresight.horizon_ms, |secs| Millis(secs.saturating_mul(1_000)));
    longest.min(foresight.horizon_ms)
}

/// Millimetres between two places.
fn length(from: Point, to: Point) -> i64 {
    i64::try_from(from.millimetres_to(to)).unwrap_or(UNKNOWN)
}

fn count(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}

impl Look<'_> {
    /// What is too far to send anybody: nothing, but when somebody looks ahead and more calls wait than workers are free.
    fn reach(&self) -> i64 {
        let foresight = self.foresight.filter(|_| self.is_scarce);
        foresight.map_or(i64::MAX, |foresight| i64::from(foresight.reach_s) * 1_000)
    }

    /// Notes when a call that got nobody, although somebody is free, is looked at again: when the one it waits for would
    /// be late, or in a while when nobody is near enough.
    fn look_again_at(&mut self, awaits: Option<(WorkerId, u32)>) {
        if self.foresight.is_none() {
            return;
        }
        let span = awaits.map_or(FAR_AGAIN, |(_, wait)| Millis(u64::from(wait) * 1_000 + 1));
        let due = self.now.plus(span);
        self.again = Some(self.again.map_or(due, |set| set.min(due)));
    }

    /// Gives the call to whom it was decided, or says once that nobody is there.
    fn say(&mut self, call: &Call, decision: Decision) {
        let call_id = call.id;
        match decision.chosen {
            Some(chosen) => {
                if !planted!(TakenForgotten) {
                    self.taken.insert(chosen.worker);
                }
                self.events.push(Event::AssignmentCommitted {
                    call: call_id,
                    worker: chosen.worker,
                    by: AssignedBy::Auto,
                    decision: Some(decision),
                });
            }
            None => self.events.extend(super::search::nobody(call, decision)),
        }
    }
}
