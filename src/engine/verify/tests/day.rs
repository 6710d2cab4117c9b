//! A random day of the real desk: what is done, what comes from outside, what must be the same in world and checker.
//!
//! Invariant: everything follows from the seed.

use super::kit;
use super::*;
use crate::domain::call::Call;
use crate::domain::command::{
    Answer, Came, Command, Contact, Delivery, MemberCard, NewWorker, Order, Person,
};
use crate::domain::event::{Card, Mode, Said, TelDigest, call_of};
use crate::domain::profile::AppointmentRule;
use crate::domain::testing::{seoul, worker};
use crate::domain::world::{Settings, World};

/// Numbers that look random (`SplitMix64`, Steele and others 2014).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }

    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let sides = of.len() as u64;
        (sides > 0).then(|| of[usize::try_from(self.roll(sides)).unwrap_or(0)])
    }
}

/// Participants that the desk answers for itself, and `assign`.
pub(super) const HERE: [&str; 4] = ["manage", "till", "shelf", "assign"];

/// All participants.
pub(super) const ALL: [&str; 5] = ["manage", "till", "shelf", "stock", "payment"];

/// A desk whose participants `stock` and `payment` are outside and answer late, wrongly or not.
pub(super) struct Day {
    pub world: World,
    pub now: Time,
    pub dice: Dice,
    pub journal: Vec<Record>,
    pub checker: Checker,
    /// Answers under way.
    posted: Vec<(Time, Answer)>,
    faults_on: bool,
    /// Calls of one line are looked at together.
    pub rounds: bool,
    keys: u64,
}

impl Day {
    pub(super) fn new(seed: u64) -> Self {
        Self::with(seed, false)
    }

    /// A day on which calls of one more line are looked at together.
    pub(super) fn of_rounds(seed: u64) -> Self {
        Self::with(seed, true)
    }

    fn with(seed: u64, rounds: bool) -> Self {
        let mut day = Self {
            world: World::new(Settings::default()),
            now: Time(1_800_000_000_000),
            dice: Dice(seed),
            journal: vec![],
            checker: Checker::new(),
            posted: vec![],
            faults_on: true,
            rounds,
            keys: 0,
        };
        day.order(Command::OpenDesk { seed });
        for (name, kind) in [
            ("manage", ParticipantKind::Local),
            ("till", ParticipantKind::Local),
            ("shelf", ParticipantKind::Local),
            ("stock", ParticipantKind::Http { url: "http://127.0.0.1:1/".to_owned() }),
            ("payment", ParticipantKind::Command { argv: vec!["pay".to_owned()] }),
        ] {
            let breaker = BreakerSettings { minimum_calls: 4, ..BreakerSettings::default() };
            let (name, bulkhead) = (name.to_owned(), 3);
            day.order(Command::SetParticipant { name, kind, breaker, bulkhead });
        }
        let mut profiles = lines();
        if rounds {
            profiles.push(pool());
        }
        for profile in &profiles {
            day.order(Command::AdoptProfile(Box::new(profile.clone())));
        }
        let adopted = day.journal.iter().flat_map(|r| &r.events);
        let adopted = adopted.filter(|e| matches!(e, Event::ProfileAdopted { .. })).count();
        assert_eq!(adopted, profiles.len(), "every line is sound");
        for i in 0..4 {
            let Command::AddWorker(new) = worker(Some(seoul(i, i)), &["boiler"]) else { continue };
            // One comes along without being added by anybody.
            let handle = (i == 3).then_some(TelDigest(7));
            day.order(Command::AddWorker(NewWorker { handle, ..new }));
        }
        for number in 1..4 {
            day.order(Command::AddMember(card(number)));
        }
        day.order(Command::ReceiveStock { product: "mask".to_owned(), qty: 40 });
        day
    }

    /// Asks for something, which may be refused, and takes down what comes of it.
    pub(super) fn order(&mut self, command: Command) {
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
        let recalled = self.recalled(&order.command);
        let carried = self.world.carry_out_about(&order, recalled.as_ref(), self.now);
        let Ok(carried) = carried else { return };
        let Some(record) = carried.record else { return };
        for event in &record.events {
            self.post(event);
        }
        self.checker.record(&record);
        self.journal.push(record);
    }

    /// The ended call that the command is about, as the records left it, when the desk has forgotten it.
    fn recalled(&self, command: &Command) -> Option<Call> {
        let id = match command {
            Command::RefundCall { call, .. }
            | Command::RateCall { call, .. }
            | Command::SetDisposition { call, .. }
            | Command::WaiveStep { call, .. }
            | Command::RetryCall { call } => *call,
            _ => return None,
        };
        let phase = self.checker.call_phase(id).filter(|_| self.world.call(id).is_none())?;
        if !command.recalls(phase) {
            return None;
        }
        let speaks = |record: &&Record| record.events.iter().any(|e| call_of(e) == Some(id));
        let records: Vec<Record> = self.journal.iter().filter(speaks).cloned().collect();
        let seqs = records.iter().map(|record| record.seq).collect();
        self.world.as_it_stood(id, &records, seqs)
    }

    /// Decides what the outside participant makes of a request.
    fn post(&mut self, event: &Event) {
        let Event::StepAsked { call, step, op, group, attempt, .. } = event else { return };
        let adopted = self.world.call(*call).and_then(|c| self.world.profile(c.profile));
        let answerer = adopted.and_then(|adopted| adopted.answerer(usize::from(*step)));
        let mut here = self.world.participants().filter(|p| p.is_local());
        if here.any(|p| Some(p.id) == answerer) {
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
    pub(super) fn pass(&mut self, span: Millis) {
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
        let owed: Vec<_> = self.world.notices().map(|(key, owed)| (*key, owed.clone())).collect();
        let mut deliveries = vec![];
        for (notice, owed) in owed {
            // The first of each call and recipient holds the others back.
            if seen.insert((notice.call, notice.to)) && owed.not_before <= now {
                let ok = !self.faults_on || self.dice.roll(3) > 0;
                let by_provider = notice.transport == Transport::Alimtalk;
                let came = match (ok, by_provider) {
                    (true, true) if owed.reference.is_none() => {
                        Came::Accepted { reference: "M1".to_owned() }
                    }
                    (true, _) => Came::Taken(Said::Status(200)),
                    (false, true) => Came::Refused(Said::code("3104")),
                    (false, false) => Came::Failed { said: Said::Timeout, wait: None },
                };
                deliveries.push(Delivery { notice, attempt: owed.attempt(), came });
            }
        }
        self.order(Command::Deliveries(deliveries));
    }

    /// What the checker made of the journal is what the world made of it.
    pub(super) fn compare(&self) {
        let ours: Vec<_> = self
            .checker
            .live_calls()
            .map(|c| (c.call, c.phase, c.phase_at, c.worker, c.priority, c.cost, c.received_at))
            .collect();
        let live = || self.world.calls().filter(|c| !c.phase.is_terminal());
        let theirs: Vec<_> = live()
            .map(|c| (c.id, c.phase, c.phase_at, c.worker(), c.priority, c.cost, c.received_at))
            .collect();
        assert_eq!(ours, theirs);
        for call in self.world.calls() {
            self.compare_call(call);
        }
        let ours: Vec<_> =
            self.checker.worker_facts().map(|w| (w.worker, w.duty, w.call, w.reserved)).collect();
        let theirs: Vec<_> = self
            .world
            .workers()
            .map(|w| (w.id, w.duty, w.current.map(|(call, _)| call), w.reserved.clone()))
            .collect();
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
        let ours: Vec<_> =
            self.checker.stock_facts().map(|s| (s.product, s.on_hand, s.reserved)).collect();
        let theirs: Vec<_> =
            self.world.stock().map(|(p, s)| (p.to_owned(), s.on_hand, s.reserved)).collect();
        assert_eq!(ours, theirs);
        let ours: Vec<_> =
            self.checker.member_facts().map(|m| (m.member, m.tel, m.rides, m.coupons)).collect();
        let theirs: Vec<_> =
            self.world.members().map(|m| (m.id, m.tel, m.rides, m.coupons.clone())).collect();
        assert_eq!(ours, theirs);
        assert_eq!(self.checker.books(), self.world.books());
    }

    /// A call the desk remembers, live or ended, is one the checker knows just so.
    fn compare_call(&self, call: &Call) {
        let ours = self.checker.call_facts(call.id).unwrap_or_else(|| panic!("{call:?}"));
        let money = (ours.money.captured, ours.money.refunded, ours.money.settled);
        let theirs = (call.money.captured, call.money.refunded, call.money.settled);
        assert_eq!(money, theirs, "{}", call.id);
        assert_eq!(ours.money.discount, call.money.discount, "{}", call.id);
        let adopted = self.world.profile(call.profile).unwrap();
        assert_eq!(ours.due, call.charge(&adopted.spec), "{}", call.id);
        assert_eq!(ours.claimable, call.is_claimable(&adopted.spec), "{}", call.id);
        assert_eq!(ours.reserved.map(|(worker, _)| worker), call.reserved(), "{}", call.id);
        assert_eq!((ours.window, ours.outcome), (call.window, call.outcome), "{}", call.id);
        assert_eq!((ours.rating, &ours.disposition), (call.rating, &call.disposition));
        assert_eq!((ours.tel, ours.spot, ours.told), (call.tel, call.spot, call.told.clone()));
        assert_eq!(ours.steps.len(), call.steps.len(), "{}", call.id);
        let asked = call.live_broadcast().map(|b| (b.id, u32::try_from(b.asked.len()).unwrap()));
        assert_eq!(ours.broadcast, asked, "{}", call.id);
    }

    /// Everything works again, and there are two hours for it.
    pub(super) fn settle(&mut self) {
        self.faults_on = false;
        for name in HERE {
            self.order(Command::SetMode { name: name.to_owned(), mode: Mode::Running });
        }
        for name in ALL {
            let to = crate::domain::breaker::Order::Auto;
            self.order(Command::ForceBreaker { name: name.to_owned(), to });
        }
        for _ in 0..6 {
            self.pass(Millis::mins(20));
        }
    }
}

/// What is known of member `number`; the third one's card is refused.
pub(super) fn card(number: u64) -> MemberCard {
    let contact = |number: u64| Contact {
        person: Person {
            name: Some("Kim".to_owned()),
            tel: Some(format!("0100000{number:04}")),
            ..Person::default()
        },
        digest: Some(TelDigest(number)),
        reachable: !number.is_multiple_of(5),
    };
    MemberCard {
        contact: contact(number),
        card: Some(if number == 3 { Card::Declined } else { Card::Token }),
        friend: (number != 2).then(|| contact(number + 9_000)),
    }
}

/// The lines of the day: three of the kind that repairs, then a lesson, a ride and an order.
fn lines() -> Vec<Profile> {
    let ask = |deadline_ms, most| Stage::Offer {
        deadline_ms: Millis(deadline_ms),
        most,
        for_ms: None,
        claimable: false,
    };
    let mut taxi = Profile {
        name: "taxi".to_owned(),
        plan: vec![ask(20_000, Some(3)), Stage::Manual { claimable: false }],
        cancel: CancelRule { until: CancelUntil::Open, customer: None },
        ..full()
    };
    taxi.steps[0].fallback = Fallback::Reject;
    taxi.steps[1].on_denied = OnDenied::End;
    let auto = Stage::Auto { for_ms: None, claimable: false };
    let plain = Profile { plan: vec![ask(30_000, None), auto], ..plain() };
    let soon = AppointmentRule { duration_ms: Millis::mins(20), lead_ms: Millis::mins(10) };
    let lesson = Profile { appointment: soon, ..kit::lesson() };
    let mut ride = kit::ride();
    ride.steps[0].participant = Some("till".to_owned());
    ride.on_abort = OnAbort::Reopen;
    ride.rewards[0].every = 1;
    ride.plan.push(Stage::Claim { for_ms: None });
    let mut order = kit::order();
    order.steps[0].participant = Some("shelf".to_owned());
    vec![full(), taxi, plain, lesson, ride, order]
}

/// The longest waiting have their turn first, every five seconds.
fn pool() -> Profile {
    let mut pool = Profile {
        plan: vec![Stage::Auto { for_ms: None, claimable: false }],
        on_abort: OnAbort::Reopen,
        ..kit::pool(Turn::LongestFirst)
    };
    pool.dispatch.search_ms = Millis::mins(5);
    pool
}
