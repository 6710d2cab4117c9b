//! One simulated desk: time, clients, participants, storage and the checker, all drawn from one seed.
//!
//! Invariant: everything that happens follows from the seed; the first broken rule ends the run with its name. The
//! engine is driven through `Core` alone, as its writer thread drives it.

use crate::clients;
use crate::cover::Cover;
use crate::history::{Broken, History};
use crate::outside::{Dependencies, Messenger, Request, Weather};
use crate::rng::Rng;
use crate::storage::{SimJournal, Storage};
use crate::town;
use ascall_engine::core::{Core, Done};
use ascall_engine::domain::command::{Command, Delivery, Order};
use ascall_engine::domain::event::{Actor, Event, NoticeKey, Outcome, Record};
use ascall_engine::domain::ids::{CallId, Millis, Time};
use ascall_engine::domain::profile::Transport;
use ascall_engine::domain::world::{Settings, World};
use ascall_engine::verify::Checker;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// When the simulated day begins.
pub const START: Time = Time(1_800_000_000_000);

/// A run that broke a rule.
#[derive(Debug, Clone)]
pub struct Failure {
    pub seed: u64,
    pub rule: String,
    pub what: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}: {}\nreplay: ASCALL_SEED={} cargo test -p ascall-engine --test simulation one_seed",
            self.rule, self.what, self.seed
        )
    }
}

/// What is going to happen.
#[derive(Debug, Clone)]
pub enum Happening {
    Clients,
    Arrive(Request, Fated),
    Heard(Request, Outcome),
    Post(NoticeKey, u32),
    Reported(Vec<Delivery>),
    Positions,
    Keep,
    Maintain,
    Trouble,
    Reopen { new_process: bool },
}

/// What is still to come of a request that arrives.
#[derive(Debug, Clone)]
pub struct Fated {
    pub heard: Option<Millis>,
    pub again: Option<Millis>,
    pub instead: Option<Outcome>,
    pub denies: bool,
}

/// How this run is troubled.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub weather: Weather,
    /// Clients act this many times.
    pub rounds: u64,
    /// How often the storage or the process is troubled, in percent of the occasions.
    pub trouble: u64,
    pub notices: u64,
    pub keyed: u64,
    /// Requests have effect after their deadline: only where no crash swallows their answers.
    pub very_slow: bool,
    /// Nobody calls for a while now and then.
    pub lulls: bool,
}

pub struct Sim {
    pub seed: u64,
    pub rng: Rng,
    pub now: Time,
    pub options: Options,
    pub queue: BTreeMap<(Time, u64, u64), Happening>,
    pub queued: u64,
    pub storage: Storage,
    pub core: Option<Core<SimJournal>>,
    /// The desk between a storage error and its reopening.
    pub hidden: Option<Core<SimJournal>>,
    pub checker: Checker,
    /// The fold of every record seen, never restarted.
    pub mirror: World,
    pub log: Vec<Record>,
    pub history: History,
    pub outside: Dependencies,
    pub messenger: Messenger,
    pub cover: Cover,
    pub calm: bool,
    /// The checker is shown less than there is: every run must fail.
    pub canary: bool,
    rounds: u64,
    /// Orders whose fate nobody knows, since the desk was last open.
    pub unknown: Vec<Order>,
    pub unchecked: u64,
    pub touched: BTreeSet<CallId>,
    pub ended: BTreeMap<CallId, ascall_engine::verify::CallFacts>,
}

pub type Step = Result<(), Broken>;

impl Sim {
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let very_slow = rng.chance(25);
        let trouble = if very_slow || rng.chance(20) { 0 } else { rng.between(20, 90) };
        let options = Options {
            weather: Weather::draw(&mut rng),
            // Mostly short days; every tenth is a long one.
            rounds: if seed.is_multiple_of(10) {
                rng.between(60, 140)
            } else {
                rng.between(16, 44)
            },
            trouble,
            notices: if rng.chance(70) { rng.below(40) } else { 0 },
            keyed: rng.below(101),
            very_slow,
            lulls: rng.chance(25),
        };
        let storage = if rng.chance(12) { Storage::disk() } else { Storage::memory() };
        Self {
            seed,
            rng,
            now: START,
            options,
            queue: BTreeMap::new(),
            queued: 0,
            storage,
            core: None,
            hidden: None,
            checker: Checker::keeping_ended(),
            mirror: World::new(Settings::default()),
            log: Vec::new(),
            history: History::default(),
            outside: Dependencies::default(),
            messenger: Messenger::default(),
            cover: Cover::default(),
            calm: false,
            canary: false,
            rounds: 0,
            unknown: Vec::new(),
            unchecked: 0,
            touched: BTreeSet::new(),
            ended: BTreeMap::new(),
        }
    }

    /// Both phases. The first broken rule, if there is one.
    pub fn run(&mut self) -> Result<(), Failure> {
        let done = self.play();
        done.map_err(|(rule, what)| {
            let at = self.now.0 - START.0;
            let what = format!("{what} (seed {}, {at} ms, record {})", self.seed, self.log.len());
            Failure { seed: self.seed, rule: rule.to_owned(), what }
        })
    }

    fn play(&mut self) -> Step {
        self.open_desk()?;
        self.later(Millis(0), Happening::Clients);
        self.later(Millis::secs(2), Happening::Positions);
        self.later(Millis::secs(30), Happening::Keep);
        self.later(Millis::secs(20), Happening::Trouble);
        while self.rounds < self.options.rounds {
            self.step(None)?;
        }
        self.check_whole()?;
        self.settle()?;
        self.check_quiet()
    }

    pub fn later(&mut self, after: Millis, what: Happening) {
        self.at(self.now.plus(after), what);
    }

    pub fn at(&mut self, at: Time, what: Happening) {
        self.queued += 1;
        let tie = self.rng.next() >> 40;
        self.queue.insert((at, tie, self.queued), what);
    }

    /// Moves on to the next thing that happens, at most until `end`; false when there is none before it.
    pub fn step(&mut self, end: Option<Time>) -> Result<bool, Broken> {
        let next = self.queue.first_key_value().map(|((at, ..), _)| *at);
        let due = self.core.as_ref().and_then(|core| core.world().next_due());
        if let Some(due) = due.filter(|due| next.is_none_or(|next| *due <= next)) {
            if end.is_some_and(|end| due > end) {
                return Ok(false);
            }
            self.now = self.now.max(due);
            if !self.calm && self.rng.chance(8) {
                // The machine was busy, or asleep.
                self.cover.fault("pause");
                let pause = Millis(self.rng.below(4_000));
                self.now = self.now.plus(pause);
            }
            self.tick(due)?;
            return Ok(true);
        }
        let Some(((at, ..), _)) = self.queue.first_key_value() else { return Ok(false) };
        if end.is_some_and(|end| *at > end) {
            return Ok(false);
        }
        self.now = self.now.max(*at);
        if let Some((_, what)) = self.queue.pop_first() {
            self.happen(what)?;
        }
        Ok(true)
    }

    fn tick(&mut self, due: Time) -> Step {
        let Some(core) = self.core.as_mut() else { return Ok(()) };
        let now = self.now;
        match core.tick(now) {
            Ok(done) => {
                let idle = done.records.is_empty() && core.world().next_due() == Some(due);
                if idle {
                    let waiting = crate::checks::waiting(core.world(), due);
                    let what = format!("due at {} and nothing happens: {waiting}", due.0 - START.0);
                    return Err(("T2", what));
                }
                self.absorb(&done.records)
            }
            Err(error) => self.stopped(&error),
        }
    }

    /// Until the clients act again: mostly seconds, and on some days now and then so long that what ended is forgotten.
    fn gap(&mut self) -> Millis {
        if self.options.lulls && self.rng.chance(15) {
            return Millis::mins(self.rng.between(12, 25));
        }
        Millis(self.rng.below(if self.rng.clone().chance(20) { 90_000 } else { 9_000 }))
    }

    fn happen(&mut self, what: Happening) -> Step {
        match what {
            Happening::Clients => {
                if !self.calm {
                    self.rounds += 1;
                    let gap = self.gap();
                    self.later(gap, Happening::Clients);
                    self.clients()?;
                }
            }
            Happening::Arrive(request, fated) => self.arrive(request, fated),
            Happening::Heard(request, outcome) if self.core.is_none() => {
                // Whoever heard it waits for the desk to be there again.
                self.later(Millis(700), Happening::Heard(request, outcome));
            }
            Happening::Heard(request, outcome) => {
                let answer = request.answer(outcome, self.now);
                let order = Order {
                    actor: Actor::Participant(request.participant),
                    key: None,
                    reason: None,
                    causation: Some(request.causation),
                    trace: None,
                    seen: None,
                    command: Command::Answer(answer),
                };
                self.submit(vec![order])?;
            }
            Happening::Post(key, attempt) => self.post(key, attempt),
            Happening::Reported(deliveries) => {
                for delivery in &deliveries {
                    self.messenger.under_way.remove(&delivery.notice);
                }
                self.submit(vec![Order::by_clock(Command::Deliveries(deliveries))])?;
            }
            Happening::Positions => {
                self.later(Millis::secs(17), Happening::Positions);
                self.positions()?;
            }
            Happening::Keep => {
                self.later(Millis::secs(30), Happening::Keep);
                self.submit(vec![Order::by_clock(Command::KeepPositions)])?;
            }
            Happening::Maintain => self.maintain()?,
            Happening::Trouble => self.trouble()?,
            Happening::Reopen { new_process } => self.reopen(new_process)?,
        }
        Ok(())
    }

    /// A few clients ask at once; the writer takes all of it in one commit.
    fn clients(&mut self) -> Step {
        let Some(core) = self.core.as_ref() else { return Ok(()) };
        let mut orders = Vec::new();
        for _ in 0..self.rng.between(1, 4) {
            let desk = clients::Seen {
                world: core.world(),
                ended: &self.ended,
                sent: &self.messenger.sent,
            };
            orders.push(clients::order(&mut self.rng, desk, self.now));
        }
        for order in &mut orders {
            if matches!(order.command, Command::StepClock { .. }) {
                self.cover.fault("clock step");
            }
            if self.rng.chance(self.options.keyed) {
                self.give_key(order);
            }
        }
        if orders.len() > 1 && self.rng.chance(5) {
            // The client lost patience and sent it twice into the same batch.
            let twin = orders[0].clone();
            orders.push(twin);
        }
        if self.rng.chance(10) {
            self.try_out(&orders[0])?;
        }
        self.submit(orders)?;
        if self.rng.chance(6) {
            self.later(Millis(self.rng.clone().below(3_000)), Happening::Maintain);
        }
        Ok(())
    }

    /// A new key, or one that was used before: with the same order, or with another.
    fn give_key(&mut self, order: &mut Order) {
        let known: Vec<_> = self.history.keys.iter().collect();
        if !known.is_empty() && self.rng.chance(25) {
            if let Some(((actor, key), keyed)) = self.rng.pick(&known) {
                if self.rng.chance(70) {
                    *order = keyed.order.clone();
                } else if matches!(actor, Actor::Operator(_)) {
                    order.actor = (*actor).clone();
                    order.key = Some(key.clone());
                }
            }
            return;
        }
        // Keys of different people may be equal and never meet.
        order.key = Some(format!("k{}", self.rng.below(400)));
    }

    /// A dry run tells what would happen and changes nothing.
    fn try_out(&mut self, order: &Order) -> Step {
        let Some(core) = self.core.as_mut() else { return Ok(()) };
        let (head, seq) = (core.head(), core.world().seq());
        let before = crate::checks::parts(core.world());
        let mut plain = order.clone();
        plain.key = None;
        let Ok(told) = core.dry_run(&plain, self.now) else { return Ok(()) };
        if core.head() != head || core.world().seq() != seq {
            return Err(("J9", "a dry run moved the desk".to_owned()));
        }
        if crate::checks::parts(core.world()) != before {
            return Err(("J9", "a dry run changed the world".to_owned()));
        }
        let done = match core.run(std::slice::from_ref(&plain), self.now) {
            Ok(done) => done,
            Err(error) => {
                self.unknown.push(plain);
                return self.stopped(&error);
            }
        };
        let did: Vec<Event> = done.records.iter().flat_map(|r| r.events.clone()).collect();
        let same = match (&told, &done.answers[0]) {
            (Ok(events), Ok(_)) => *events == did,
            (Err(told), Err(refusal)) => told == refusal,
            _ => false,
        };
        if !same {
            return Err(("J9", format!("a dry run told {told:?}, and then {:?}", done.answers[0])));
        }
        self.take_answers(&[plain], &done)
    }

    /// Hands orders to the writer and their answers to the clients.
    pub fn submit(&mut self, orders: Vec<Order>) -> Step {
        let Some(core) = self.core.as_mut() else {
            return Ok(());
        };
        match core.run(&orders, self.now) {
            Ok(done) => {
                let silent = !self.calm && self.rng.chance(1) && self.options.trouble > 0;
                if silent {
                    // The process dies after the commit and before anybody is told.
                    self.cover.fault("crash before the reply");
                    for order in &orders {
                        self.history.unknown(order);
                    }
                    self.absorb(&done.records)?;
                    self.crash();
                    return Ok(());
                }
                self.take_answers(&orders, &done)
            }
            Err(error) => {
                for order in &orders {
                    self.history.unknown(order);
                }
                self.unknown.extend(orders);
                self.stopped(&error)
            }
        }
    }

    fn take_answers(&mut self, orders: &[Order], done: &Done) -> Step {
        let mut records = done.records.iter().peekable();
        let mut told = Vec::new();
        for (order, answer) in orders.iter().zip(&done.answers) {
            let mine = answer.as_ref().ok().filter(|receipt| !receipt.replayed);
            let wrote = mine.is_some_and(|receipt| {
                records.next_if(|record| record.seq == receipt.seq).is_some()
            });
            let verb = clients::verb(&order.command);
            if !verb.is_empty() {
                let counts = self.cover.commands.entry(verb).or_default();
                if answer.is_ok() { counts.0 += 1 } else { counts.1 += 1 }
            }
            told.push((order, answer, wrote));
        }
        if records.next().is_some() {
            return Err(("J4", "a record that no answered order made".to_owned()));
        }
        self.absorb(&done.records)?;
        for (order, answer, wrote) in told {
            self.history.take(order, answer, wrote, self.now)?;
        }
        Ok(())
    }

    /// Reads what became durable: the checker, the mirror, the outside.
    pub fn absorb(&mut self, records: &[Arc<Record>]) -> Step {
        for record in records {
            self.read(record)?;
        }
        for record in records {
            self.send(record);
        }
        self.look_for_notices();
        self.check_rows()?;
        self.unchecked += records.len() as u64;
        if self.unchecked >= 60 {
            self.check_whole()?;
        }
        Ok(())
    }

    pub fn read(&mut self, record: &Record) -> Step {
        let mut shown = record.clone();
        if self.canary && record.seq.0.is_multiple_of(5) {
            shown.events.pop();
        }
        self.checker.record(&shown);
        self.mirror.replay(record);
        self.cover.record(record);
        for event in &record.events {
            self.touched.extend(ascall_engine::domain::event::call_of(event));
            if let Event::NoticeIssued { notice, worker } = event
                && notice.transport != Transport::Inbox
            {
                self.messenger.sent.push((*notice, *worker));
            }
        }
        for facts in self.checker.take_ended() {
            self.ended.insert(facts.call, facts);
        }
        self.log.push(record.clone());
        match self.checker.faults().first() {
            Some(fault) => Err((fault.rule.id(), fault.to_string())),
            None => Ok(()),
        }
    }

    pub fn maintain(&mut self) -> Step {
        let Some(core) = self.core.as_mut() else { return Ok(()) };
        match core.maintain(self.now) {
            Ok(()) => Ok(()),
            Err(error) if core.is_stopped() => self.stopped(&error),
            Err(error) => Err(("R2", format!("maintenance fails and the desk goes on: {error}"))),
        }
    }

    pub fn checker_calls(&self) -> u64 {
        self.cover.calls
    }

    fn open_desk(&mut self) -> Step {
        let core = self.open_core().map_err(|error| ("R1", error.to_string()))?;
        self.core = Some(core);
        self.recovered(true)?;
        let mut orders = Vec::new();
        for name in town::OUTSIDE.iter().chain(&town::LOCAL) {
            let failures = u32::try_from(self.rng.between(1, 5)).unwrap_or(1);
            let bulkhead = u32::try_from(self.rng.between(1, 8)).unwrap_or(1);
            orders.push(town::participant(name, failures, bulkhead));
        }
        let held = town::Holders { bank: self.rng.chance(70), depot: self.rng.chance(40) };
        for profile in town::profiles(held) {
            orders.push(Command::AdoptProfile(Box::new(profile)));
        }
        for n in 0..self.rng.between(2, 4) {
            orders.push(Command::AddMember(town::new_member(n, self.rng.chance(70))));
        }
        for product in &town::GOODS[..2] {
            orders.push(town::received(product, 5 + self.rng.less(40)));
        }
        for n in 0..self.rng.between(2, 6) {
            let at =
                self.rng.chance(85).then(|| town::spot(self.rng.below(150), self.rng.below(150)));
            orders.push(town::new_worker(n, at, &[], &town::SKILLS[..usize::from(n % 3 != 0)]));
        }
        let orders = orders.into_iter().map(|c| Order::by_operator("kim", c)).collect();
        self.submit(orders)
    }

    fn check_rows(&mut self) -> Step {
        let touched = std::mem::take(&mut self.touched);
        let Some(core) = self.core.as_ref() else { return Ok(()) };
        crate::checks::rows(core, &self.checker, &self.ended, &touched)
    }

    pub fn check_whole(&mut self) -> Step {
        self.unchecked = 0;
        let Some(core) = self.core.as_ref() else { return Ok(()) };
        crate::checks::registers(core, &self.checker)?;
        crate::checks::whole(core, &self.mirror)
    }
}

impl Sim {
    /// The last records that speak of a call, for a failure's reader.
    pub fn story(&self, call: Option<CallId>, last: usize) -> String {
        let speaks = |r: &&Record| {
            call.is_none()
                || r.events.iter().any(|e| ascall_engine::domain::event::call_of(e) == call)
        };
        let mut records: Vec<_> = self.log.iter().rev().filter(speaks).take(last).collect();
        records.reverse();
        let lines = records.iter().map(|r| {
            format!(
                "{} {} {:?} {:?}\n    {:?}",
                r.seq,
                r.at.0 - START.0,
                r.actor,
                r.reason,
                r.events
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}
