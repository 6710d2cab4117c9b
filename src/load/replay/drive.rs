//! Drives a day through the engine in virtual time: the calls come in, the workers come and go, drive and serve.
//!
//! Invariant: who gets a call is decided by the engine alone; what is known of the day beforehand stays in here. At one
//! instant callers give up first, then calls come in and are put on hold, then workers become free, come, go and are seen; then the clock ticks.

use super::ReplayError;
use super::day::Day;
use ascall_engine::core::{Core, Done, Founding};
use ascall_engine::domain::command::{Command, Contact, Current, NewCall, NewWorker, Order};
use ascall_engine::domain::event::{Duty, Event, Record, Spot, WorkOutcome};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{CallId, Millis, Seq, Time, WorkerId};
use ascall_engine::domain::profile::{
    CancelRule, CancelUntil, Dispatch, Field, FieldKind, Lang, Matching, Policy, Profile, Stage,
    Travel, Turn, Words,
};
use ascall_engine::domain::world::Settings;
use ascall_engine::journal::memory::MemoryJournal;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::Arc;

/// A policy, and the order in which calls have their turn when it is not the policy's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Way {
    /// Who is chosen.
    pub policy: Policy,
    /// In which order; none: all together, or, where calls are decided one by one, at once.
    pub order: Option<Turn>,
}

impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.policy.name())?;
        self.order.map_or(Ok(()), |order| write!(f, ":{}", order.name()))
    }
}

impl FromStr for Way {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (policy, order) = match text.split_once(':') {
            Some((policy, order)) => (policy, Some(order)),
            None => (text, None),
        };
        let known = Policy::ALL.into_iter().find(|p| p.name() == policy);
        let turns = [Turn::Whole, Turn::NewestFirst, Turn::LongestFirst];
        let turn = order.map(|order| turns.into_iter().find(|turn| turn.name() == order));
        match (known, turn) {
            (Some(Policy::Foresight), Some(_)) | (_, Some(None)) | (None, _) => {
                let text: String = text.chars().take(40).collect();
                Err(format!(
                    "`{text}` is not a policy (nearest, longest_idle, random, batch, foresight; all but the last also \
                     with `:newest_first` or `:longest_first`)"
                ))
            }
            (Some(policy), turn) => {
                // All together is what a policy that matches does anyway.
                let usual = |turn: &Turn| policy.matches() && *turn == Turn::Whole;
                Ok(Self { policy, order: turn.flatten().filter(|turn| !usual(turn)) })
            }
        }
    }
}

/// What became of a call.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fate {
    /// Who got it, when, and from how far away.
    pub given: Option<Given>,
    /// When it was given up.
    pub failed: Option<Time>,
}

/// A call that somebody got.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given {
    pub worker: WorkerId,
    pub at: Time,
    pub metres: Option<u32>,
    /// When the worker is at the pickup.
    pub there: Time,
    /// When the worker is free again.
    pub free: Time,
}

/// A day that was driven through.
pub(super) struct Driven {
    /// One per call of the day.
    pub fates: Vec<Fate>,
    /// The whole journal.
    pub records: Vec<Arc<Record>>,
    /// Its last hash.
    pub hash: String,
}

/// Something that happens, in the order in which things of one instant do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    GiveUp(usize),
    Request(usize),
    Hold(usize, Time),
    Start(CallId),
    Finish(CallId),
    On(WorkerId),
    Off(WorkerId),
    Seen(WorkerId, Point),
}

/// The profile's name.
const LINE: &str = "replay";

/// The field that holds where a call goes.
const TO: &str = "to";

struct Drive<'a> {
    day: &'a Day,
    core: Core<MemoryJournal>,
    queue: BTreeSet<(Time, Happening)>,
    /// The desk's call of each of the day's that has come in.
    calls: Vec<CallId>,
    /// Which of the day's it is.
    places: BTreeMap<CallId, usize>,
    /// Who is on the way or at work.
    engaged: BTreeSet<WorkerId>,
    fates: Vec<Fate>,
    records: Vec<Arc<Record>>,
}

pub(super) fn drive(day: &Day, way: Way, seed: u64) -> Result<Driven, ReplayError> {
    let shifts = day.workers.iter().flat_map(|worker| &worker.shifts);
    let begin = shifts.map(|shift| shift.from).chain(day.calls.iter().map(|call| call.at)).min();
    let begin = begin.unwrap_or(day.midnight);
    let stale_after = day.rules.stale_after.unwrap_or(Millis::hours(24 * 365));
    let settings = Settings { stale_after, ..Settings::default() };
    let core =
        Core::open(MemoryJournal::new(), settings, &Founding { seed, secret: [0; 32] }, begin)?;
    let mut drive = Drive {
        day,
        core,
        queue: BTreeSet::new(),
        calls: Vec::with_capacity(day.calls.len()),
        places: BTreeMap::new(),
        engaged: BTreeSet::new(),
        fates: vec![Fate::default(); day.calls.len()],
        records: Vec::new(),
    };
    drive.records.extend(drive.core.store().record(Seq(1))?.map(Arc::new));
    drive.set_up(way, begin)?;
    drive.run()?;
    let hash = drive.core.head().digits();
    Ok(Driven { fates: drive.fates, records: drive.records, hash })
}

impl Drive<'_> {
    fn set_up(&mut self, way: Way, begin: Time) -> Result<(), ReplayError> {
        let mut orders = vec![by_desk(Command::AdoptProfile(Box::new(profile(self.day, way))))];
        for (worker, id) in self.day.workers.iter().zip(1..) {
            orders.push(by_desk(Command::AddWorker(NewWorker {
                contact: Contact::default(),
                services: vec![LINE.to_owned()],
                skills: worker.skills.clone(),
                home: worker.home,
                duty: Duty::Off,
                handle: None,
            })));
            for shift in &worker.shifts {
                self.queue.insert((shift.from, Happening::On(WorkerId(id))));
                self.queue.insert((shift.last, Happening::Off(WorkerId(id))));
            }
            for (at, point) in &worker.seen {
                self.queue.insert(((*at).max(begin), Happening::Seen(WorkerId(id), *point)));
            }
        }
        for (i, call) in self.day.calls.iter().enumerate() {
            self.queue.insert((call.at, Happening::Request(i)));
            for (from, until) in &call.holds {
                self.queue.insert((*from, Happening::Hold(i, *until)));
            }
            if let Some(at) = call.gave_up {
                self.queue.insert((at.max(call.at.plus(Millis(1))), Happening::GiveUp(i)));
            }
        }
        self.order(&orders, begin)
    }

    /// Until nothing happens any more.
    fn run(&mut self) -> Result<(), ReplayError> {
        loop {
            let due = self.core.world().next_due();
            let next = self.queue.first().map(|(at, _)| *at);
            match (due, next) {
                (Some(due), next) if next.is_none_or(|next| due < next) => {
                    let done = self.core.tick(due)?;
                    self.take(&done);
                }
                (_, None) => return Ok(()),
                (due, Some(now)) => {
                    self.happen(now)?;
                    // What is due at the same instant comes after what happens at it.
                    while due.is_some()
                        && self.core.world().next_due().is_some_and(|due| due <= now)
                    {
                        let done = self.core.tick(now)?;
                        self.take(&done);
                        if done.records.is_empty() {
                            break;
                        }
                    }
                }
            }
        }
    }

    /// Everything that happens at `now`.
    fn happen(&mut self, now: Time) -> Result<(), ReplayError> {
        let (mut orders, mut seen) = (Vec::new(), Vec::new());
        while let Some((_, what)) = self.queue.first().copied().filter(|(at, _)| *at <= now) {
            self.queue.pop_first();
            let order = by_desk(match what {
                Happening::GiveUp(i) => match self.calls.get(i) {
                    Some(call) => Command::CancelCall { call: *call, force: true },
                    None => continue,
                },
                Happening::Hold(i, until) => match self.calls.get(i) {
                    Some(call) => Command::HoldCall { call: *call, until },
                    None => continue,
                },
                Happening::Request(i) => Command::RequestCall(self.request(i)),
                // Whoever gave up is nobody's work any more.
                Happening::Start(call) | Happening::Finish(call) if !self.is_given(call) => {
                    continue;
                }
                Happening::Start(call) => Command::StartWork { call },
                Happening::Finish(call) => {
                    Command::FinishWork { call, outcome: WorkOutcome::Done, fare: None }
                }
                Happening::On(worker) => {
                    Command::SetDuty { worker, duty: Duty::On, current: Current::Keep }
                }
                Happening::Off(worker) => {
                    Command::SetDuty { worker, duty: Duty::Off, current: Current::Finish }
                }
                Happening::Seen(worker, point) => {
                    seen.push((worker, point));
                    continue;
                }
            });
            // Against the rule of the profile the desk wants to know why.
            let reason = matches!(what, Happening::GiveUp(_)).then(|| "gave up".to_owned());
            orders.push(Order { reason, ..order });
        }
        self.order(&orders, now)?;
        // Where a worker is who has a call follows from the call.
        seen.retain(|(worker, _)| !self.engaged.contains(worker));
        if !seen.is_empty() {
            let done = self.core.take_positions(&seen, now)?;
            self.take(&done);
        }
        Ok(())
    }

    fn is_given(&self, call: CallId) -> bool {
        self.places.get(&call).is_some_and(|i| self.fates[*i].given.is_some())
    }

    fn request(&self, i: usize) -> NewCall {
        let call = &self.day.calls[i];
        NewCall {
            profile: LINE.to_owned(),
            contact: Contact::default(),
            kind: call.skill.clone(),
            spot: call.spot.map(|point| Spot { point, within_m: None }),
            cost: None,
            priority: call.priority,
            fields: call.to.map(|to| (TO.to_owned(), to.to_string())).into_iter().collect(),
            lang: Lang::En,
            parent: None,
            member: None,
            visit: None,
        }
    }

    fn order(&mut self, orders: &[Order], now: Time) -> Result<(), ReplayError> {
        let done = self.core.run(orders, now)?;
        for (order, answer) in orders.iter().zip(&done.answers) {
            match (&order.command, answer) {
                // Too late: somebody is there, or has it, by now.
                (_, Ok(_)) | (Command::CancelCall { .. } | Command::HoldCall { .. }, Err(_)) => {}
                (_, Err(refusal)) => return Err(refusal.clone().into()),
            }
        }
        self.take(&done);
        Ok(())
    }

    /// Notes what was decided, and lets it take its course.
    fn take(&mut self, done: &Done) {
        for record in &done.records {
            for event in &record.events {
                match event {
                    Event::CallReceived { call, .. } => {
                        // Calls are numbered in the order in which they come in.
                        self.places.insert(*call, self.calls.len());
                        self.calls.push(*call);
                    }
                    Event::AssignmentCommitted { call, worker, decision, .. } => {
                        let chosen = decision.as_ref().and_then(|decision| decision.chosen);
                        let from = chosen.and_then(|chosen| chosen.at);
                        self.give(*call, *worker, from, record.at);
                    }
                    Event::WorkFinished { worker: Some(worker), .. }
                    | Event::AssignmentReleased { worker, .. } => {
                        self.engaged.remove(worker);
                    }
                    Event::CallUnwinding { call, .. } => {
                        if let Some(i) = self.places.get(call) {
                            self.fates[*i] = Fate { given: None, failed: Some(record.at) };
                        }
                    }
                    _ => {}
                }
            }
            self.records.push(Arc::clone(record));
        }
    }

    fn give(&mut self, id: CallId, worker: WorkerId, from: Option<Point>, at: Time) {
        let Some(i) = self.places.get(&id).copied() else { return };
        let (call, rules) = (&self.day.calls[i], &self.day.rules);
        let ends = from.zip(call.spot);
        // How long the way really took is known of whoever really had the call.
        let there = at.plus(
            self.day
                .way(i, worker)
                .unwrap_or_else(|| ends.map_or(rules.usual_way, |(from, to)| rules.way(from, to))),
        );
        let begins = call.ready.map_or(there, |ready| ready.max(there));
        let free = match (call.work, call.spot.zip(call.to)) {
            (Some(work), _) => begins.plus(work),
            (None, Some((spot, to))) => {
                begins.plus(rules.stay).plus(rules.travel.time(spot, to)).plus(rules.leave)
            }
            (None, None) => begins.plus(rules.stay).plus(rules.leave),
        };
        let metres = ends.map(|(from, to)| from.metres_to(to));
        self.fates[i].given = Some(Given { worker, at, metres, there, free });
        self.engaged.insert(worker);
        self.queue.insert((there, Happening::Start(id)));
        self.queue.insert((free, Happening::Finish(id)));
    }
}

impl Day {
    /// How long the worker really was on the way to the call; none: they did not have it.
    fn way(&self, call: usize, worker: WorkerId) -> Option<Millis> {
        let happened = self.happened.as_ref()?.get(call)?;
        let had = u64::try_from(happened.worker?).ok()? + 1 == worker.0;
        Some(happened.there?.since(happened.given?)).filter(|_| had)
    }
}

fn by_desk(command: Command) -> Order {
    Order::by_operator("replay", command)
}

/// The service line of the day under the policy.
fn profile(day: &Day, way: Way) -> Profile {
    let words = |text: &str| Words { ko: text.to_owned(), en: text.to_owned() };
    let field = |name: &str, skill: bool| Field {
        name: name.to_owned(),
        label: words(name),
        kind: FieldKind::Text,
        required: false,
        default: None,
        skill,
        one_of: Vec::new(),
        no_skill: Vec::new(),
    };
    let (fixed_min, min_per_km) = day.rules.travel.believed();
    let whole =
        |number: f64| u32::try_from(super::day::millis(number / 60_000.0).0).unwrap_or(u32::MAX);
    // The slower on the road, the finer: the factor holds hundredths of a minute per kilometre, or whole minutes.
    let metres_per_min = if min_per_km > 100.0 { 10 } else { 1_000 };
    let per_cent = min_per_km * f64::from(metres_per_min) / 10.0;
    let matched = way.order.is_some() || way.policy.matches();
    let matching =
        matched.then(|| Matching { tick_ms: day.rules.tick, order: way.order.unwrap_or_default() });
    Profile {
        name: LINE.to_owned(),
        title: words("replay"),
        worker: words("worker"),
        fields: vec![field("kind", true), field(TO, false)],
        plan: vec![Stage::Auto { for_ms: None, claimable: false }],
        dispatch: Dispatch {
            policy: way.policy,
            max_metres: day.rules.max_metres,
            search_ms: day.rules.give_up,
            travel: Travel {
                factor_pct: whole(per_cent).max(1),
                metres_per_min,
                fixed_s: whole(fixed_min * 60.0),
            },
            destination: day.calls.iter().any(|call| call.to.is_some()).then(|| TO.to_owned()),
            matching,
            foresight: (way.policy == Policy::Foresight).then_some(day.rules.foresight),
        },
        cancel: CancelRule { until: CancelUntil::Assigned, customer: None },
        park_max_ms: Millis::hours(1),
        ..Profile::default()
    }
}
