//! A day from a desk's own journal.
//!
//! Invariant: what is in the journal is taken as it is (when calls came in and callers gave up, who worked when, how long
//! ways and work took); only what it cannot say is modelled. Records are read once, in order, and what lies outside the
//! day is not kept.

use super::ReplayError;
use super::day::{Call, Day, Happened, Shift, Worker};
use super::usual::{Pace, rules, say};
use super::words::{Fact, Known};
use ascall_engine::domain::event::{AssignedBy, Duty, Event, Mode, Record, Why};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{CallId, ProfileId, Time, WorkerId};
use ascall_engine::domain::phase::Target;
use ascall_engine::domain::profile::{Profile, Stage};
use ascall_engine::domain::world::Settings;
use std::collections::BTreeMap;

/// The day that is meant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// Its begin.
    pub from: Time,
    /// Its end.
    pub until: Time,
}

impl Span {
    fn has(self, at: Time) -> bool {
        self.from <= at && at < self.until
    }
}

/// What a journal says of a day, as far as it was read.
pub(crate) struct Past {
    span: Span,
    profiles: BTreeMap<ProfileId, Profile>,
    lives: BTreeMap<CallId, Life>,
    hands: BTreeMap<WorkerId, Hand>,
    /// When the last record was written: nobody worked longer so far.
    last: Time,
    /// Workers who were asked and did not take the call.
    not_taken: usize,
    /// Since when automatic assignment is stopped or slow; none: it works.
    off_since: Option<Time>,
    /// How often it was, within the day.
    off: usize,
}

/// The course of a call.
struct Life {
    profile: ProfileId,
    received: Time,
    /// It has an appointment: it is given away when that is near.
    appointed: bool,
    /// When it could first be given to somebody.
    open: Option<Time>,
    kind: Option<String>,
    spot: Option<Point>,
    to: Option<Point>,
    priority: u8,
    given: Option<Having>,
    /// From when to when it was left alone.
    holds: Vec<(Time, Time)>,
    /// How often it was taken off a worker again.
    taken_off: usize,
    /// How often the worker did not come.
    no_shows: usize,
    /// When it was undone, and where to.
    undone: Option<(Time, Target)>,
    over: bool,
}

/// Somebody has it.
#[derive(Clone, Copy)]
struct Having {
    worker: WorkerId,
    at: Time,
    metres: Option<u32>,
    by_hand: bool,
    there: Option<Time>,
    free: Option<Time>,
}

/// The day of a worker.
#[derive(Default)]
struct Hand {
    services: Vec<String>,
    skills: Vec<String>,
    home: Option<Point>,
    on_since: Option<Time>,
    on: Vec<(Time, Time)>,
    seen: Vec<(Time, Point)>,
    /// Where they were last before the day.
    before: Option<(Time, Point)>,
    current: Option<(CallId, Time)>,
    /// Which calls they had, from when to when, and where they were then.
    had: Vec<(CallId, Time, Time, Option<Point>)>,
}

impl Hand {
    fn duty(&mut self, is_on: bool, at: Time) {
        match (is_on, self.on_since) {
            (true, None) => self.on_since = Some(at),
            (false, Some(from)) => {
                self.on.push((from, at));
                self.on_since = None;
            }
            _ => {}
        }
    }

    fn see(&mut self, at: Time, point: Point, span: Span) {
        if at < span.from {
            self.before = Some((at, point));
        } else if at < span.until {
            self.seen.push((at, point));
        }
    }
}

impl Life {
    /// It is no longer left alone.
    fn resume(&mut self, at: Time) {
        if let Some((_, until)) = self.holds.last_mut() {
            *until = at.min(*until);
        }
    }
}

impl Past {
    /// Nothing read yet.
    pub(crate) fn new(span: Span) -> Self {
        let (profiles, lives, hands) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let last = span.from;
        Self { span, profiles, lives, hands, last, not_taken: 0, off_since: None, off: 0 }
    }

    /// Whether what comes after this instant no longer matters.
    pub(crate) fn is_over(&self, at: Time) -> bool {
        at >= self.span.until && self.lives.values().all(|life| life.over)
    }

    /// Reads the next record.
    pub(crate) fn record(&mut self, record: &Record) {
        let at = record.at;
        self.last = at.min(self.span.until).max(self.last);
        for event in &record.events {
            self.desk(event, at);
            self.course(event, at);
        }
    }

    /// What happens to profiles and workers.
    fn desk(&mut self, event: &Event, at: Time) {
        match event {
            Event::ProfileAdopted { profile, spec } => {
                self.profiles.insert(*profile, (**spec).clone());
            }
            Event::WorkerAdded { worker, services, skills, home, duty, .. } => {
                let hand = Hand {
                    services: services.clone(),
                    skills: skills.clone(),
                    home: *home,
                    ..Hand::default()
                };
                self.hands.entry(*worker).or_insert(hand).duty(*duty == Duty::On, at);
            }
            Event::DutySet { worker, duty, after_current } => {
                if let Some(hand) = self.hands.get_mut(worker) {
                    // Whoever leaves after the current call gets no other.
                    hand.duty(*duty == Duty::On && !after_current, at);
                }
            }
            Event::PositionsKept { at: places } => {
                for (worker, point, at) in places {
                    if let Some(hand) = self.hands.get_mut(worker) {
                        hand.see(*at, *point, self.span);
                    }
                }
            }
            Event::OfferDeclined { .. } | Event::OfferExpired { .. } if self.span.has(at) => {
                self.not_taken += 1;
            }
            Event::AssignModeSet { mode: Mode::Running } => {
                let since = self.off_since.take();
                let within = since.filter(|since| *since < self.span.until && at > self.span.from);
                self.off += usize::from(within.is_some());
            }
            Event::AssignModeSet { .. } => {
                self.off_since.get_or_insert(at);
            }
            _ => {}
        }
    }

    /// What happens to calls.
    fn course(&mut self, event: &Event, at: Time) {
        if let Event::CallReceived { call, profile, kind, spot, priority, fields, window, .. } =
            event
        {
            let spec = self.profiles.get(profile);
            let to = spec.and_then(|spec| spec.dispatch.destination.as_ref());
            let life = Life {
                profile: *profile,
                received: at,
                appointed: window.is_some(),
                open: None,
                kind: kind.clone(),
                spot: spot.map(|spot| spot.point),
                to: to.and_then(|field| fields.get(field)?.parse().ok()),
                priority: *priority,
                given: None,
                holds: Vec::new(),
                taken_off: 0,
                no_shows: 0,
                undone: None,
                over: false,
            };
            self.lives.insert(*call, life);
            return;
        }
        let call = ascall_engine::domain::event::call_of(event);
        let Some((id, life)) = call.and_then(|id| Some((id, self.lives.get_mut(&id)?))) else {
            return;
        };
        match event {
            Event::CallOpened { .. } if !life.appointed => {
                life.open.get_or_insert(at);
            }
            Event::DispatchDue { .. } | Event::ReservationDue { .. } => {
                life.open.get_or_insert(at);
            }
            Event::CallAmended { spot, kind, .. } if life.given.is_none() => {
                life.spot = spot.map(|spot| spot.point).or(life.spot);
                life.kind = kind.clone().or_else(|| life.kind.take());
            }
            Event::PrioritySet { priority, .. } => life.priority = *priority,
            Event::CallHeld { until, .. } => {
                life.resume(at);
                life.holds.push((at, *until));
            }
            Event::HoldEnded { .. } => life.resume(at),
            Event::AssignmentCommitted { worker, by, decision, .. } => {
                life.resume(at);
                life.open.get_or_insert(at);
                let chosen = decision.as_ref().and_then(|decision| decision.chosen);
                life.given = Some(Having {
                    worker: *worker,
                    at,
                    metres: chosen.and_then(|chosen| chosen.metres),
                    by_hand: matches!(by, AssignedBy::Manual { .. } | AssignedBy::Claim { .. }),
                    there: None,
                    free: None,
                });
                if let Some(hand) = self.hands.get_mut(worker) {
                    hand.current = Some((id, at));
                }
            }
            Event::WorkerArrived { .. } | Event::WorkStarted { .. } => {
                if let Some(given) = &mut life.given {
                    given.there.get_or_insert(at);
                }
            }
            Event::AssignmentReleased { worker, why, .. } => {
                life.given = None;
                match why {
                    Why::Canceled => {}
                    Why::NoShow => life.no_shows += 1,
                    _ => life.taken_off += 1,
                }
                self.free(*worker, None, at);
            }
            Event::WorkFinished { worker: Some(worker), .. }
            | Event::WorkAborted { worker: Some(worker), .. } => {
                if let Some(given) = &mut life.given {
                    given.there.get_or_insert(at);
                    given.free = Some(at);
                }
                let end = life.to.or(life.spot);
                self.free(*worker, end, at);
            }
            Event::CallUnwinding { target, .. } => {
                life.undone.get_or_insert((at, *target));
                life.over = life.given.is_none_or(|given| given.free.is_some());
            }
            Event::CallEnded { .. } | Event::CallCompleted { .. } | Event::CallClosing { .. } => {
                life.over = true;
                if life.open.unwrap_or(life.received) < self.span.from {
                    self.lives.remove(&id);
                }
            }
            _ => {}
        }
    }

    fn free(&mut self, worker: WorkerId, end: Option<Point>, at: Time) {
        let Some(hand) = self.hands.get_mut(&worker) else { return };
        if let Some((call, from)) = hand.current.take() {
            if at < self.span.from {
                hand.before = end.map(|end| (at, end)).or(hand.before);
            } else {
                hand.had.push((call, from, at, end));
            }
        }
    }

    /// The day of a service line; without a name that of the line with the most calls. `title` names it.
    ///
    /// # Errors
    /// The line has no calls on that day, or nobody worked.
    pub(crate) fn day(mut self, line: Option<&str>, title: &str) -> Result<Day, ReplayError> {
        let mut known = Known::default();
        let span = self.span;
        self.lives.retain(|_, life| life.open.unwrap_or(life.received) < span.until);
        let of_line = |life: &Life| self.profiles.get(&life.profile);
        let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
        for spec in self.lives.values().filter_map(of_line).filter(|spec| needs_workers(spec)) {
            *lines.entry(&spec.name).or_default() += 1;
        }
        let most = lines.iter().max_by_key(|(_, count)| **count).map(|(name, _)| *name);
        let Some(line) = line.or(most).map(str::to_owned) else {
            return Err(ReplayError::Empty { what: "calls", outside: 0 });
        };
        let total = self.lives.len();
        let specs: BTreeMap<ProfileId, &Profile> =
            self.profiles.iter().filter(|(_, s)| s.name == line).map(|(id, s)| (*id, s)).collect();
        self.lives.retain(|_, life| specs.contains_key(&life.profile));
        known.leave_out(Fact::OtherLines, total - self.lives.len());
        let all = self.lives.len();
        self.lives.retain(|_, life| life.open.is_some());
        known.leave_out(Fact::NeverOpen, all - self.lives.len());
        let all = self.lives.len();
        self.lives.retain(|_, life| match life.given {
            Some(given) => given.free.is_some(),
            None => life.undone.is_some(),
        });
        known.leave_out(Fact::NotEnded, all - self.lives.len());
        self.leave_out(&mut known);
        let Some(spec) =
            self.lives.values().filter_map(|life| specs.get(&life.profile)).next_back()
        else {
            return Err(ReplayError::Empty { what: "calls", outside: 0 });
        };
        let spec = (*spec).clone();
        let (workers, numbers) = self.workers(&line);
        if workers.is_empty() {
            return Err(ReplayError::Empty { what: "workers", outside: self.hands.len() });
        }
        let (calls, happened) = self.calls(&numbers);
        let mut rules = rules(&spec, &calls, &happened);
        let pace = Pace::of(&rules.travel, &happened);
        rules.pace = pace.ratio().unwrap_or(1.0);
        let calls: Vec<Call> = calls
            .into_iter()
            .map(|call| Call { work: call.work.or(Some(rules.stay)), ..call })
            .collect();
        say(&mut known, &rules, &pace, &calls, &happened, &workers);
        Ok(Day {
            title: format!("{line}, {title}"),
            source: Some("the desk's own journal".to_owned()),
            files: Vec::new(),
            midnight: span.from,
            calls,
            workers,
            rules,
            known,
            happened: Some(happened),
        })
    }

    /// What happened to the calls of the line that is not replayed.
    fn leave_out(&self, known: &mut Known) {
        let still = self.off_since.filter(|since| *since < self.span.until);
        known.leave_out(Fact::NotTaken, self.not_taken);
        known.leave_out(Fact::TakenOff, self.lives.values().map(|life| life.taken_off).sum());
        known.leave_out(Fact::NoShows, self.lives.values().map(|life| life.no_shows).sum());
        known.leave_out(Fact::AssignOff, self.off + usize::from(still.is_some()));
    }

    /// The calls of the day in the order in which they could be given away, and what came of each.
    fn calls(&self, numbers: &BTreeMap<WorkerId, usize>) -> (Vec<Call>, Vec<Happened>) {
        let mut all: Vec<(Call, Happened)> = Vec::with_capacity(self.lives.len());
        for (id, life) in &self.lives {
            let at = life.open.unwrap_or(life.received);
            let given = life.given;
            let there = given.and_then(|given| given.there);
            let free = given.and_then(|given| given.free);
            let failed = life.undone.filter(|_| there.is_none());
            let call = Call {
                id: id.to_string(),
                since: if life.appointed { at } else { life.received },
                at,
                spot: life.spot,
                to: life.to,
                ready: None,
                work: there.zip(free).map(|(there, free)| free.since(there)),
                skill: life.kind.clone(),
                priority: life.priority,
                gave_up: failed.filter(|(_, to)| *to == Target::Canceled).map(|(at, _)| at),
                holds: life.holds.iter().copied().filter(|(from, until)| from < until).collect(),
            };
            let happened = Happened {
                worker: given.and_then(|given| numbers.get(&given.worker).copied()),
                given: given.map(|given| given.at),
                metres: given.and_then(|given| given.metres),
                there,
                free,
                by_hand: given.is_some_and(|given| given.by_hand),
                failed: failed.map(|(at, _)| at),
            };
            all.push((call, happened));
        }
        all.sort_by_key(|(call, _)| call.at);
        all.into_iter().unzip()
    }

    /// The workers of the line who were on shift that day, and the place of each.
    fn workers(&self, line: &str) -> (Vec<Worker>, BTreeMap<WorkerId, usize>) {
        let (mut workers, mut numbers) = (Vec::new(), BTreeMap::new());
        let fresh = Settings::default().stale_after;
        for (id, hand) in &self.hands {
            let serves = hand.services.is_empty() || hand.services.iter().any(|name| name == line);
            let shifts = self.shifts(hand);
            if !serves || shifts.is_empty() {
                continue;
            }
            let is_fresh = |at: Time| hand.home.is_none() || self.span.from.since(at) <= fresh;
            let before = hand.before.filter(|(at, _)| is_fresh(*at));
            let others = hand.had.iter().filter(|(call, ..)| !self.lives.contains_key(call));
            let ends = others.filter_map(|(_, _, at, end)| Some((*at, (*end)?)));
            let mut seen: Vec<(Time, Point)> = before
                .map(|(_, point)| (self.span.from, point))
                .into_iter()
                .chain(hand.seen.iter().copied())
                .chain(ends)
                .collect();
            seen.sort_by_key(|(at, _)| *at);
            numbers.insert(*id, workers.len());
            let (skills, home) = (hand.skills.clone(), hand.home);
            workers.push(Worker { id: id.to_string(), shifts, home, skills, seen });
        }
        (workers, numbers)
    }

    /// When a worker was there for the calls of the day: on shift, and not at work for another call.
    fn shifts(&self, hand: &Hand) -> Vec<Shift> {
        let span = self.span;
        let current = hand.current.map(|(call, from)| (call, from, span.until));
        let over = hand.had.iter().map(|(call, from, to, _)| (*call, *from, *to));
        let mut others: Vec<(Time, Time)> = over
            .chain(current)
            .filter(|(call, ..)| !self.lives.contains_key(call))
            .map(|(_, from, to)| (from, to))
            .collect();
        others.sort_unstable();
        let mut shifts = Vec::new();
        let running = hand.on_since.map(|from| (from, span.until));
        for (from, until) in hand.on.iter().copied().chain(running) {
            let (mut from, until) = (from.max(span.from), until.min(span.until));
            for (begun, done) in &others {
                if *begun < until && *done > from {
                    push(&mut shifts, from, *begun, *begun);
                    from = *done;
                }
            }
            // Whoever is still there when the journal ends may get calls to the end of the day, and idles no longer.
            push(&mut shifts, from, until.min(self.last), until);
        }
        shifts
    }
}

fn push(shifts: &mut Vec<Shift>, from: Time, until: Time, last: Time) {
    if from < until {
        shifts.push(Shift { from, last, until });
    }
}

fn needs_workers(spec: &Profile) -> bool {
    !spec.plan.iter().all(|stage| matches!(stage, Stage::None { .. }))
}
