//! The real desk under a random day: whatever is asked of it, its journal keeps every rule.
//!
//! Invariant: everything follows from the seed, which a failure prints. `ASCALL_SEEDS` makes it long.

use super::*;
use crate::domain::command::{Amendment, Answer, Command, Current, Delivery, NewCall, Order};
use crate::domain::event::{FailKind, Mode, SettledBy};
use crate::domain::ids::Won;
use crate::domain::testing::{request, seoul, worker};
use crate::domain::world::{Settings, World};

/// Steps of one day.
const STEPS: u32 = 400;

/// Numbers that look random (`SplitMix64`, Steele and others 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let sides = of.len() as u64;
        (sides > 0).then(|| of[usize::try_from(self.roll(sides)).unwrap_or(0)])
    }
}

/// A desk whose participants `stock` and `payment` are outside and answer late, wrongly or not.
struct Day {
    world: World,
    now: Time,
    dice: Dice,
    journal: Vec<Record>,
    checker: Checker,
    /// Answers under way.
    posted: Vec<(Time, Answer)>,
    faults_on: bool,
    keys: u64,
}

impl Day {
    fn new(seed: u64) -> Self {
        let mut day = Self {
            world: World::new(Settings::default()),
            now: Time(1_800_000_000_000),
            dice: Dice(seed),
            journal: vec![],
            checker: Checker::new(),
            posted: vec![],
            faults_on: true,
            keys: 0,
        };
        day.order(Command::OpenDesk { seed });
        day.order(Command::AdoptProfile(Box::new(full())));
        let mut taxi = Profile { name: "taxi".to_owned(), ..full() };
        taxi.steps[0].fallback = Fallback::Reject;
        taxi.steps[1].on_denied = OnDenied::End;
        taxi.plan = vec![
            Stage::Offer { deadline_ms: Millis(20_000), most: Some(3), for_ms: None },
            Stage::Manual,
        ];
        taxi.cancel = CancelRule { until: CancelUntil::Open };
        day.order(Command::AdoptProfile(Box::new(taxi)));
        day.order(Command::AdoptProfile(Box::new(plain())));
        for (name, kind) in [
            ("manage", ParticipantKind::Local),
            ("stock", ParticipantKind::Http { url: "http://127.0.0.1:1/".to_owned() }),
            ("payment", ParticipantKind::Command { argv: vec!["pay".to_owned()] }),
        ] {
            let breaker = BreakerSettings { minimum_calls: 4, ..BreakerSettings::default() };
            day.order(Command::SetParticipant {
                name: name.to_owned(),
                kind,
                breaker,
                bulkhead: 3,
            });
        }
        for i in 0..4 {
            day.order(worker(Some(seoul(i, i)), &["boiler"]));
        }
        day
    }

    /// Asks for something, which may be refused, and takes down what comes of it.
    fn order(&mut self, command: Command) {
        let mut order = match self.dice.roll(4) {
            // Force is a dispatcher's.
            0 if matches!(command, Command::CancelCall { force: false, .. }) => {
                Order { actor: Actor::Customer, ..Order::by_clock(command) }
            }
            _ => Order::by_operator("kim", command),
        };
        self.keys += 1;
        order.key =
            matches!(order.command, Command::RequestCall(_)).then(|| format!("k-{}", self.keys));
        if matches!(order.command, Command::Tick | Command::Answer(_) | Command::Deliveries(_)) {
            order.actor = Actor::Clock;
        }
        order.reason = Some("asked to".to_owned());
        let Ok(carried) = self.world.carry_out(&order, self.now) else { return };
        let Some(record) = carried.record else { return };
        for event in &record.events {
            self.post(event);
        }
        self.checker.record(&record);
        self.journal.push(record);
    }

    /// Decides what the outside participant makes of a request.
    fn post(&mut self, event: &Event) {
        let Event::StepAsked { call, step, op, group, attempt, .. } = event else { return };
        let is_outside = *step > 0;
        if !is_outside {
            return;
        }
        let sides = if self.faults_on { 10 } else { 1 };
        let outcome = match self.dice.roll(sides) {
            6 => lost(),
            7 => down(),
            8 => no(),
            9 => Outcome::Misconfigured("404".to_owned()),
            _ => Outcome::Ok,
        };
        let took = Millis(if self.faults_on { self.dice.roll(1_500) } else { 20 });
        let (call, step, op, group, attempt) = (*call, *step, *op, *group, *attempt);
        let answer = Answer { call, step, op, group, attempt, outcome, took };
        if !self.faults_on || self.dice.roll(8) > 0 {
            self.posted.push((self.now.plus(took), answer));
        }
    }

    /// Lets time pass: timers, answers and notices in the order of their time.
    fn pass(&mut self, span: Millis) {
        let end = self.now.plus(span);
        for _ in 0..200_000 {
            self.posted.sort_by_key(|(at, _)| *at);
            let post = self.posted.first().map(|(at, _)| *at);
            let next = [self.world.next_due(), post, self.world.next_notice_due()];
            let Some(due) = next.into_iter().flatten().min().filter(|due| *due <= end) else {
                break;
            };
            self.now = self.now.max(due);
            if post.is_some_and(|at| at <= self.now) {
                let (_, answer) = self.posted.remove(0);
                self.order(Command::Answer(answer));
            } else if self.world.next_notice_due().is_some_and(|at| at <= self.now) {
                self.deliver();
            } else {
                self.order(Command::Tick);
            }
        }
        self.now = end;
    }

    fn deliver(&mut self) {
        let now = self.now;
        let mut seen = std::collections::BTreeSet::new();
        let owed: Vec<_> = self.world.notices().map(|(key, owed)| (*key, *owed)).collect();
        let mut deliveries = vec![];
        for (notice, owed) in owed {
            // The first of each call and recipient holds the others back.
            if seen.insert((notice.call, notice.to)) && owed.not_before <= now {
                let ok = !self.faults_on || self.dice.roll(3) > 0;
                deliveries.push(Delivery { notice, attempt: owed.tries + 1, ok });
            }
        }
        self.order(Command::Deliveries(deliveries));
    }

    fn step(&mut self) {
        let calls: Vec<CallId> = self.world.calls().map(|c| c.id).collect();
        let workers: Vec<WorkerId> = self.world.workers().map(|w| w.id).collect();
        let offers: Vec<OfferId> =
            self.world.calls().filter_map(|c| c.offer.as_ref().map(|o| o.id)).collect();
        // What was refused for good is closed by its remedy, not by hand: nothing else keeps its call.
        let by_remedy = [Concern::Misconfigured];
        let attention = self.world.attention().filter(|a| !by_remedy.contains(&a.concern));
        let attention: Vec<AttentionId> = attention.map(|a| a.id).collect();
        let roll = self.dice.roll(100);
        let some_call = self.dice.one(&calls);
        let some_worker = self.dice.one(&workers);
        let force = self.dice.roll(3) == 0;
        let command = match (roll, some_call, some_worker) {
            (0..20, ..) => Some(self.request()),
            (20..26, Some(call), _) => Some(Command::CancelCall { call, force }),
            (26..30, Some(call), Some(worker)) => Some(Command::AssignCall { call, worker, force }),
            (30..33, Some(call), Some(worker)) => {
                Some(Command::ReassignCall { call, worker, force })
            }
            (33..35, Some(call), _) => Some(Command::Arrive { call }),
            (35..42, Some(call), _) => Some(Command::StartWork { call }),
            (42..50, Some(call), _) => {
                let fare = force.then_some(Won(30_000));
                Some(Command::FinishWork { call, outcome: WorkOutcome::Done, fare })
            }
            (50..52, Some(call), _) => Some(Command::AbortWork { call }),
            (52..54, Some(call), _) => {
                let change = Amendment { cost: Some(Won(9_000)), ..Amendment::default() };
                Some(Command::AmendCall { call, change })
            }
            (54..56, Some(call), _) => Some(Command::SetPriority { call, priority: 3 }),
            (56..58, Some(call), _) => {
                Some(Command::HoldCall { call, until: self.now.plus(Millis::secs(40)) })
            }
            (58..60, Some(call), _) => Some(Command::ReleaseCall { call }),
            (60..62, Some(call), _) => Some(Command::SettleCall { call, by: SettledBy::Cash }),
            (62..64, Some(call), _) => {
                let step = self.dice.one(&["manage", "stock", "payment"]).unwrap_or("stock");
                Some(Command::WaiveStep { call, step: step.to_owned() })
            }
            (64..66, Some(call), _) => Some(Command::RetryCall { call }),
            (66..72, ..) => self.dice.one(&offers).map(|offer| {
                if force { Command::DeclineOffer { offer } } else { Command::AcceptOffer { offer } }
            }),
            (72..77, _, Some(worker)) => {
                let duty = self.dice.one(&[Duty::On, Duty::On, Duty::Off, Duty::Break]);
                let current = self.dice.one(&[Current::Keep, Current::Finish, Current::Abort]);
                duty.zip(current).map(|(duty, current)| Command::SetDuty { worker, duty, current })
            }
            (77..83, ..) => Some(self.mode()),
            (83..85, ..) => Some(self.breaker()),
            (85..87, ..) => self.dice.one(&attention).map(|attention| {
                if force {
                    Command::CloseAttention { attention }
                } else {
                    Command::TakeAttention { attention }
                }
            }),
            (87, ..) => Some(Command::StepClock { by_ms: 90_000 }),
            _ => None,
        };
        if let Some(command) = command {
            self.order(command);
        } else {
            let span = self.dice.one(&[50, 700, 5_000, 30_000, 120_000]).unwrap_or(50);
            self.pass(Millis(span));
        }
    }

    fn request(&mut self) -> Command {
        let profile = self.dice.one(&["full", "full", "taxi", "plain"]).unwrap_or("full");
        let tel = self.dice.roll(500);
        let at = self.dice.one(&[-3, -1, 2, 5]).map(|north| seoul(north, 1));
        match request(profile, tel, at) {
            Command::RequestCall(mut new) => {
                new.contact.reachable = self.dice.roll(5) > 0;
                new.priority = u8::try_from(self.dice.roll(4)).unwrap_or(1);
                Command::RequestCall(NewCall { ..new })
            }
            other => other,
        }
    }

    fn mode(&mut self) -> Command {
        let mode = match self.dice.roll(7) {
            0 => Mode::Stopped,
            1 => Mode::Slow { fixed: Millis(200), random: Millis(700) },
            2 => Mode::Failing(FailKind::Denied),
            3 => Mode::Failing(FailKind::Unavailable),
            4 => Mode::Failing(FailKind::Lost),
            _ => Mode::Running,
        };
        let name = self.dice.one(&["manage", "stock", "assign"]).unwrap_or("manage");
        Command::SetMode { name: name.to_owned(), mode }
    }

    fn breaker(&mut self) -> Command {
        use crate::domain::breaker::Order as To;
        let to = match self.dice.roll(4) {
            0 => To::Open { reason: "works".to_owned() },
            1 => To::Close,
            2 => To::Disable,
            _ => To::Auto,
        };
        let name = self.dice.one(&["manage", "stock", "payment"]).unwrap_or("manage");
        Command::ForceBreaker { name: name.to_owned(), to }
    }

    /// What the checker made of the journal is what the world made of it.
    fn compare(&self) {
        let ours: Vec<_> = self
            .checker
            .live_calls()
            .map(|c| (c.call, c.phase, c.phase_at, c.worker, c.priority, c.cost, c.received_at))
            .collect();
        let theirs: Vec<_> = self
            .world
            .calls()
            .map(|c| (c.id, c.phase, c.phase_at, c.worker(), c.priority, c.cost, c.received_at))
            .collect();
        assert_eq!(ours, theirs);
        let ours: Vec<_> = self.checker.worker_facts().map(|w| (w.worker, w.duty)).collect();
        let theirs: Vec<_> = self.world.workers().map(|w| (w.id, w.duty)).collect();
        assert_eq!(ours, theirs);
        assert_eq!(self.checker.open_attentions(), self.world.attention().count());
        let ours: Vec<_> = self
            .checker
            .breaker_facts()
            .map(|b| (b.name, b.state, b.generation, u32::try_from(b.in_flight).unwrap_or(0)))
            .collect();
        let theirs: Vec<_> = self
            .world
            .participants()
            .map(|p| {
                let state = p.breaker.state().kind();
                (p.name.clone(), state, p.breaker.generation(), p.in_flight)
            })
            .collect();
        assert_eq!(ours, theirs);
    }

    /// Everything works again, and there is an hour for it.
    fn settle(&mut self) {
        self.faults_on = false;
        for name in ["manage", "stock", "assign"] {
            self.order(Command::SetMode { name: name.to_owned(), mode: Mode::Running });
        }
        for name in ["manage", "stock", "payment"] {
            let to = crate::domain::breaker::Order::Auto;
            self.order(Command::ForceBreaker { name: name.to_owned(), to });
        }
        for _ in 0..6 {
            self.pass(Millis::mins(20));
        }
    }
}

fn seeds() -> u64 {
    std::env::var("ASCALL_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(12)
}

#[test]
fn a_random_day_of_the_real_desk_breaks_no_rule() {
    let mut looked_at = vec![0; Rule::ALL.len()];
    let mut found: BTreeMap<Rule, (u64, String)> = BTreeMap::new();
    for seed in 0..seeds() {
        let mut day = Day::new(seed);
        for step in 0..STEPS {
            day.step();
            if step.is_multiple_of(20) {
                day.compare();
            }
        }
        day.settle();
        day.compare();
        let report = day.checker.finish(Quiet::Yes { at: day.now });
        for count in &report.rules {
            looked_at[count.rule as usize] += count.checked;
        }
        for fault in report.faults {
            let record = day.journal.iter().find(|r| r.seq == fault.seq);
            let sample = || (0, format!("seed {seed}: {fault}\n{record:?}"));
            found.entry(fault.rule).or_insert_with(sample).0 += 1;
        }
    }
    let lines: Vec<String> =
        found.values().map(|(times, sample)| format!("{times} times, first {sample}")).collect();
    assert!(found.is_empty(), "{}", lines.join("\n\n"));
    let idle: Vec<&str> =
        Rule::ALL.iter().filter(|r| looked_at[**r as usize] == 0).map(|r| r.id()).collect();
    assert_eq!(idle, Vec::<&str>::new(), "rules that were never looked at");
}

/// What may vanish without any other record betraying it: what it forbids or allows may never come.
const BETRAYED_BY_NOTHING: [&str; 18] = [
    "AssignModeSet",
    "AttentionDone",
    "AttentionTaken",
    "CallAmended",
    "CallHeld",
    "ClockStepped",
    "DutySet",
    "HoldEnded",
    "NobodyFound",
    "NoticeFailed",
    "ParticipantModeSet",
    "ParticipantSet",
    "PrioritySet",
    "QueueSwept",
    "StageEntered",
    "StepRetried",
    "WorkStarted",
    "WorkerArrived",
];

#[test]
fn an_event_taken_out_of_a_real_journal_is_missed() {
    let mut caught: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for seed in [3, 5, 8] {
        let mut day = Day::new(seed);
        for _ in 0..STEPS {
            day.step();
        }
        day.settle();
        let quiet = Quiet::Yes { at: day.now };
        let mut sampled: BTreeMap<String, u32> = BTreeMap::new();
        for at in 0..day.journal.len() {
            for which in 0..day.journal[at].events.len() {
                let name = kind_name(&day.journal[at].events[which]);
                let times = sampled.entry(name.clone()).or_default();
                *times += 1;
                if *times > 3 {
                    continue;
                }
                let mut book = Book { records: day.journal.clone() };
                book.records[at].events.remove(which);
                let count = caught.entry(name).or_default();
                count.0 += u32::from(!book.check(quiet).is_clean());
                count.1 += 1;
            }
        }
    }
    let missed: Vec<_> = caught
        .iter()
        .filter(|(kind, (n, of))| n < of && !BETRAYED_BY_NOTHING.contains(&kind.as_str()))
        .collect();
    assert!(missed.is_empty(), "taken out and not missed: {missed:?}");
}

fn kind_name(event: &Event) -> String {
    let text = format!("{event:?}");
    text.split([' ', '(']).next().unwrap_or_default().to_owned()
}
