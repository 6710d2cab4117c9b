//! What the sections share: a profile, orders, a desk driven without threads.
//!
//! Invariant: the same numbers give the same orders in every run.

use crate::Outcome;
use ascall_engine::core::{Core, Founding};
use ascall_engine::domain::command::{Command, Contact, NewCall, NewWorker, Order, Person};
use ascall_engine::domain::event::{Duty, Spot, TelDigest, WorkOutcome};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{CallId, Millis, Time, Won};
use ascall_engine::domain::profile::{Lang, Profile};
use ascall_engine::domain::world::Settings;
use ascall_engine::journal::redb::{Options, RedbJournal};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

/// Orders that share a commit when a desk is filled.
pub const BATCH: u64 = 200;

/// A line of the report.
pub fn say(line: &str) -> Outcome<()> {
    Ok(writeln!(std::io::stdout().lock(), "{line}")?)
}

/// Whether the long figures are wanted.
pub fn long() -> bool {
    std::env::var_os("ASCALL_LONG").is_some_and(|value| value != "0")
}

/// The repair line: one gate, assignment by itself, the customer is told.
pub fn repair() -> Outcome<Profile> {
    let notice = |on: &str, to: &str| {
        serde_json::json!({
            "on": on, "to": to, "text": {"ko": "{call} {worker}", "en": "{call} {worker}"}
        })
    };
    Ok(serde_json::from_value(serde_json::json!({
        "name": "repair",
        "title": {"ko": "수리", "en": "repair"},
        "worker": {"ko": "기사", "en": "technician"},
        "steps": [{"name": "manage", "position": "before_open"}],
        "plan": [{"stage": "auto"}],
        "dispatch": {"search_ms": 86_400_000},
        "park_max_ms": 7_200_000,
        "cancel": {"until": "assigned"},
        "notices": [notice("assigned", "customer"), notice("assigned", "worker")],
    }))?)
}

/// A place in a city, crowded in the middle.
pub fn place(n: u64) -> Outcome<Point> {
    let mut mixed = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut lean = || {
        (0..4).fold(0_i32, |sum, _| {
            mixed ^= mixed >> 29;
            mixed = mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9);
            sum + i32::try_from((mixed >> 33) % 100_000).unwrap_or(0)
        })
    };
    Ok(Point::new(37_400_000 + lean(), 126_800_000 + lean())?)
}

/// Call number `n` as a customer asks for it, under a client key of its own.
pub fn request(n: u64) -> Outcome<Order> {
    let person = Person {
        name: None,
        tel: Some(format!("0100000{:04}", n % 10_000)),
        address: Some("서울시 양천구 목동서로 400".to_owned()),
        card: None,
    };
    let call = NewCall {
        profile: "repair".to_owned(),
        contact: Contact { person, digest: Some(TelDigest(n)), reachable: true },
        kind: None,
        spot: Some(Spot { point: place(n)?, within_m: None }),
        cost: Some(Won(25_500)),
        priority: 1,
        fields: BTreeMap::new(),
        lang: Lang::Ko,
        parent: None,
        member: None,
        visit: None,
    };
    let mut order = Order::by_operator("kim", Command::RequestCall(call));
    order.key = Some(format!("request-{n:016x}"));
    Ok(order)
}

/// Work on a call begins.
pub fn start(call: CallId) -> Order {
    let mut order = Order::by_operator("kim", Command::StartWork { call });
    order.key = Some(format!("start-{:016x}", call.0));
    order
}

/// Work on a call is over.
pub fn finish(call: CallId) -> Order {
    let command = Command::FinishWork { call, outcome: WorkOutcome::Done, fare: Some(Won(25_500)) };
    let mut order = Order::by_operator("kim", command);
    order.key = Some(format!("finish-{:016x}", call.0));
    order
}

/// Worker number `n`, on shift.
pub fn worker(n: u64) -> Outcome<Order> {
    let person = Person { name: Some(format!("기사 {n}")), tel: None, address: None, card: None };
    let new = NewWorker {
        contact: Contact { person, digest: None, reachable: true },
        services: Vec::new(),
        skills: Vec::new(),
        home: Some(place(n.wrapping_mul(31))?),
        duty: Duty::On,
        handle: None,
    };
    Ok(Order::by_operator("kim", Command::AddWorker(new)))
}

/// A desk without threads, whose time is told: ten calls a second.
pub struct Desk {
    /// The core.
    pub core: Core<RedbJournal>,
    /// Its time.
    pub now: Time,
    /// The next call's number.
    pub next: u64,
}

impl Desk {
    /// Opens the store at `path` and adopts the profile.
    pub fn open(path: &Path) -> Outcome<Self> {
        let journal = RedbJournal::open(path, Options::default())?;
        let founding = Founding { seed: 7, secret: [7; 32] };
        let now = Time(1_800_000_000_000);
        let mut core = Core::open(journal, Settings::default(), &founding, now)?;
        let adopt = Order::by_clock(Command::AdoptProfile(Box::new(repair()?)));
        core.run(&[adopt], now)?;
        let next = core.world().calls().last().map_or(0, |call| call.id.0);
        let now = now.max(core.world().at());
        Ok(Self { core, now, next })
    }

    /// Adds workers.
    pub fn staff(&mut self, count: u64) -> Outcome<()> {
        for from in (0..count).step_by(1_000) {
            let orders: Outcome<Vec<Order>> = (from..count.min(from + 1_000)).map(worker).collect();
            self.run(&orders?)?;
        }
        Ok(())
    }

    /// Takes, starts and finishes `count` calls.
    pub fn serve(&mut self, count: u64) -> Outcome<()> {
        for from in (0..count).step_by(usize::try_from(BATCH)?) {
            let calls = self.take(BATCH.min(count - from))?;
            let started: Vec<Order> = calls.iter().copied().map(start).collect();
            self.run(&started)?;
            let finished: Vec<Order> = calls.into_iter().map(finish).collect();
            self.run(&finished)?;
        }
        Ok(())
    }

    /// Takes `count` calls in one commit.
    pub fn take(&mut self, count: u64) -> Outcome<Vec<CallId>> {
        let orders: Outcome<Vec<Order>> = (self.next..self.next + count).map(request).collect();
        self.next += count;
        self.run(&orders?)
    }

    fn run(&mut self, orders: &[Order]) -> Outcome<Vec<CallId>> {
        self.now = self.now.plus(Millis(100 * orders.len() as u64 / 3));
        let mut calls = Vec::with_capacity(orders.len());
        for answer in self.core.run(orders, self.now)?.answers {
            calls.extend(answer?.call);
        }
        if self.core.wants_maintenance() {
            self.core.maintain(self.now)?;
        }
        Ok(calls)
    }
}

/// The memory of this process, in bytes.
pub fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")).map(str::trim);
    kib.and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// The processor time of this thread.
pub fn cpu() -> Outcome<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let ns = stat.split_whitespace().next().ok_or("no processor time")?;
    Ok(Duration::from_nanos(ns.parse()?))
}

/// The middle one.
pub fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(f64::NAN)
}
