//! The crowd at a real desk in virtual time: each of the shipped services is served.

use super::super::{Asked, Crowd, Said, What};
use crate::desk::profiles;
use crate::load::scenario::{Flags, Scenario, Trouble};
use ascall_engine::core::{Core, Done, Founding};
use ascall_engine::domain::command::{
    Command, Contact, Current, MemberCard, NewCall, NewWorker, Order, Person,
};
use ascall_engine::domain::event::{Duty, Event, Mode, Spot, TelDigest, WorkOutcome};
use ascall_engine::domain::ids::{CallId, MemberId, Millis, Time, Won, WorkerId};
use ascall_engine::domain::phase::{Phase, Target};
use ascall_engine::domain::profile::{Lang, Profile, Stage};
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::domain::world::Settings;
use ascall_engine::journal::memory::MemoryJournal;
use ascall_engine::verify::{Checker, Quiet};
use std::collections::BTreeMap;

const BEGIN: Time = Time(1_795_000_000_000);

pub(super) fn shipped() -> Vec<Profile> {
    profiles::load(&[]).unwrap()
}

/// Four customers per second for a minute.
pub(super) fn flags(profile: &str) -> Flags {
    Flags {
        profile: profile.to_owned(),
        rate: Some(4.0),
        users: None,
        lasts: Millis::secs(60),
        workers: None,
        seed: 9,
        faults: Vec::new(),
        expect: Vec::new(),
    }
}

/// A desk with a crowd.
struct Town {
    crowd: Crowd,
    core: Core<MemoryJournal>,
    checker: Checker,
    /// How often what was asked, and how it was answered.
    said: BTreeMap<(&'static str, &'static str), u32>,
    /// What happened to calls.
    came: BTreeMap<&'static str, u32>,
    refusals: BTreeMap<String, u32>,
}

impl Town {
    fn play(scenario: &Scenario) -> Self {
        let mut crowd = Crowd::new(scenario.clone());
        let founding = Founding { seed: scenario.seed, secret: [0; 32] };
        let core = Core::open(MemoryJournal::new(), Settings::default(), &founding, BEGIN).unwrap();
        let opened = core.store().record(ascall_engine::domain::ids::Seq(1)).unwrap().unwrap();
        let mut checker = Checker::new();
        checker.record(&opened);
        crowd.saw(&opened, Millis(0));
        let mut town = Self {
            crowd,
            core,
            checker,
            said: BTreeMap::new(),
            came: BTreeMap::new(),
            refusals: BTreeMap::new(),
        };
        town.found(scenario);
        let mut troubles: Vec<(Millis, Command)> = Vec::new();
        for fault in &scenario.faults {
            let Trouble::Mode(name, mode) = &fault.what else { panic!("{fault}") };
            let order = |mode: Mode| Command::SetMode { name: name.clone(), mode };
            troubles.push((fault.at, order(*mode)));
            troubles.extend(
                fault.lasts.map(|lasts| (Millis(fault.at.0 + lasts.0), order(Mode::Running))),
            );
        }
        troubles.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        let end = Millis(scenario.traffic.lasts().0 + scenario.settle.0);
        loop {
            let due = town.core.world().next_due().map(|due| Millis(due.0.abs_diff(BEGIN.0)));
            let trouble = troubles.last().map(|(at, _)| *at);
            let next = [due, trouble, town.crowd.next_at()].into_iter().flatten().min();
            let Some(now) = next.filter(|now| *now < end) else { return town };
            if town.crowd.is_over() && !town.crowd.has_live() && troubles.is_empty() {
                return town;
            }
            if trouble.is_some_and(|at| at <= now) {
                let (_, command) = troubles.pop().unwrap();
                town.order(Order::by_operator("load", command), now).unwrap();
            } else if due.is_some_and(|due| due <= now) {
                let done = town.core.tick(BEGIN.plus(now)).unwrap();
                town.show(&done, now);
            } else if let Some(step) = town.crowd.take(now) {
                let said = town.carry_out(&step.what, now);
                let word = match &said {
                    Said::Done(_) => "done",
                    Said::Refused(_) => "refused",
                    _ => "held off",
                };
                *town.said.entry((step.what.name(), word)).or_default() += 1;
                town.crowd.answered(&step, &said, now);
            }
        }
    }

    fn found(&mut self, scenario: &Scenario) {
        let mut commands: Vec<Command> =
            scenario.profiles.iter().map(|p| Command::AdoptProfile(Box::new(p.clone()))).collect();
        let founding = self.crowd.founding();
        for member in founding.members {
            let person =
                Person { name: Some(member.name), card: Some(member.card), ..Person::default() };
            let contact = contact(&member.tel, person);
            commands.push(Command::AddMember(MemberCard { contact, ..MemberCard::default() }));
        }
        commands.extend(
            founding.goods.into_iter().map(|(product, qty)| Command::ReceiveStock { product, qty }),
        );
        for hired in self.crowd.hired() {
            commands.push(Command::AddWorker(NewWorker {
                contact: contact(
                    &hired.tel,
                    Person { name: Some(hired.name), ..Person::default() },
                ),
                services: hired.profiles,
                skills: hired.skills,
                home: hired.home,
                duty: if hired.on { Duty::On } else { Duty::Off },
                handle: None,
            }));
        }
        for command in commands {
            self.order(Order::by_operator("load", command), Millis(0)).unwrap();
        }
    }

    fn carry_out(&mut self, what: &What, now: Millis) -> Said {
        let mut key = None;
        let command = match what {
            What::Request(asked) => {
                key = Some(asked.key.clone());
                Command::RequestCall(request(asked))
            }
            What::Cancel(call) => Command::CancelCall { call: *call, force: false },
            What::Status(call) => {
                assert!(
                    self.core.world().call(*call).is_some()
                        || self.core.store().call(*call).unwrap().is_some()
                );
                return Said::Done(Some(*call));
            }
            What::Answer(offer, worker, true) => {
                Command::AcceptOffer { offer: *offer, worker: Some(*worker) }
            }
            What::Answer(offer, worker, false) => {
                Command::DeclineOffer { offer: *offer, worker: Some(*worker) }
            }
            What::Claim(worker) => match self.claimable() {
                Some(call) => Command::ClaimCall { call, worker: *worker, at: None },
                None => return Said::Done(None),
            },
            What::Start(call) => Command::StartWork { call: *call },
            What::Finish(call, fare) => Command::FinishWork {
                call: *call,
                outcome: WorkOutcome::Done,
                fare: fare.map(|won| Won(won.try_into().unwrap())),
            },
            What::Release(call) => Command::ReleaseCall { call: *call, no_show: true },
            What::Duty(worker, on) => Command::SetDuty {
                worker: *worker,
                duty: if *on { Duty::On } else { Duty::Off },
                current: Current::Finish,
            },
        };
        let mut order = Order::by_operator("load", command);
        order.key = key;
        if matches!(what, What::Release(_)) {
            order.reason = Some("did not come".to_owned());
        }
        match self.order(order, now) {
            Ok(call) => Said::Done(call),
            Err(Refusal::TryLater { at, .. } | Refusal::DeskFull { at, .. }) => {
                Said::HeldOff(Some(Millis(at.0.abs_diff(BEGIN.0).saturating_sub(now.0))))
            }
            Err(refusal) => {
                *self.refusals.entry(format!("{}: {refusal}", what.name())).or_default() += 1;
                Said::Refused(refusal.to_string())
            }
        }
    }

    fn claimable(&self) -> Option<CallId> {
        let world = self.core.world();
        let mut open = world.calls().filter(|call| call.phase == Phase::Open);
        let free = |call: &&ascall_engine::domain::call::Call| {
            let profile = world.profile(call.profile);
            let stage =
                profile.and_then(|profile| profile.spec.plan.get(usize::from(call.search.stage)));
            stage.is_some_and(Stage::is_claimable)
        };
        open.find(free).map(|call| call.id)
    }

    fn order(&mut self, order: Order, now: Millis) -> Result<Option<CallId>, Refusal> {
        let done = self.core.run(&[order], BEGIN.plus(now)).unwrap();
        self.show(&done, now);
        done.answers.into_iter().next().unwrap().map(|receipt| receipt.call)
    }

    fn show(&mut self, done: &Done, now: Millis) {
        for record in &done.records {
            self.checker.record(record);
            self.crowd.saw(record, now);
            for event in &record.events {
                let name = match event {
                    Event::CallReceived { .. } => "received",
                    Event::CallParked { .. } => "parked",
                    Event::AssignmentCommitted { .. } => "assigned",
                    Event::AssignmentReleased { .. } => "released",
                    Event::CallCompleted { .. } => "completed",
                    Event::CallEnded { end: Target::Canceled, .. } => "canceled",
                    Event::CallEnded { .. } => "not served",
                    Event::OfferAccepted { .. } => "accepted",
                    Event::OfferDeclined { .. } => "declined",
                    _ => continue,
                };
                *self.came.entry(name).or_default() += 1;
            }
        }
    }

    fn came(&self, name: &str) -> u32 {
        self.came.get(name).copied().unwrap_or(0)
    }

    fn said(&self, what: &'static str, word: &'static str) -> u32 {
        self.said.get(&(what, word)).copied().unwrap_or(0)
    }

    /// What is left of it when nobody comes any more and every call has ended.
    fn rest(self) -> Self {
        let Self { crowd, .. } = &self;
        assert!(crowd.is_over(), "{crowd:?}");
        assert!(!crowd.has_live(), "{:?} {:?}", self.came, self.refusals);
        assert!(crowd.lives.is_empty() && crowd.marks.is_empty() && crowd.offers.is_empty());
        assert!(crowd.under_way.is_empty());
        self
    }

    /// The journal is right.
    fn verified(mut self) {
        let report = self.checker.finish(Quiet::No);
        assert_eq!(report.faults.len(), 0, "{:?}", report.faults.first());
    }
}

fn contact(tel: &str, person: Person) -> Contact {
    let digest = tel.replace('-', "").parse().ok().map(TelDigest);
    Contact { person: Person { tel: Some(tel.to_owned()), ..person }, digest, reachable: true }
}

fn request(asked: &Asked) -> NewCall {
    NewCall {
        profile: asked.profile.clone(),
        contact: contact(&asked.tel, Person::default()),
        kind: asked.kind.clone(),
        spot: asked.spot.map(|point| Spot { point, within_m: None }),
        cost: asked.cost.map(|won| Won(won.try_into().unwrap())),
        priority: 1,
        fields: asked.fields.clone(),
        lang: Lang::Ko,
        parent: None,
        member: asked.member.map(|nth| MemberId(u64::from(nth) + 1)),
        visit: None,
    }
}

fn scenario(flags: &Flags) -> Scenario {
    let mut scenario = Scenario::from_flags(flags, &shipped()).unwrap();
    scenario.settle = Millis::hours(1);
    scenario
}

#[test]
fn customers_of_every_shipped_service_are_served() {
    for profile in ["repair", "driver", "tutoring", "taxi", "shop"] {
        let town = Town::play(&scenario(&flags(profile))).rest();
        let received = town.came("received");
        assert!(received > 180, "{profile}: {:?}", town.came);
        assert_eq!(
            town.came("completed"),
            received,
            "{profile}: {:?} {:?}",
            town.came,
            town.refusals
        );
        assert_eq!(town.said("request", "done"), received, "{profile}");
        town.verified();
    }
}

#[test]
fn customers_lose_patience_think_better_of_it_and_look() {
    let mut impatient = scenario(&Flags { workers: Some(10), ..flags("repair") });
    impatient.mix[0].patience = Some((Millis::secs(20), Millis::secs(40)));
    impatient.mix[0].looks = 2;
    let town = Town::play(&impatient).rest();
    let (received, canceled) = (town.came("received"), town.came("canceled"));
    assert_eq!(canceled + town.came("completed"), received);
    // Ten workers do a job in half a minute; the others leave in time, and only while nobody has their call.
    assert!(canceled > received / 2, "{:?}", town.came);
    assert_eq!(town.said("cancel", "done"), canceled);
    assert_eq!(town.said("cancel", "refused"), 0, "{:?}", town.refusals);
    assert_eq!(town.said("status", "done"), 2 * received);
    town.verified();

    let mut fickle = scenario(&flags("repair"));
    fickle.mix[0].cancel_pct = 100;
    fickle.mix[0].patience = Some((Millis(0), Millis::secs(2)));
    let town = Town::play(&fickle).rest();
    assert_eq!(town.came("canceled"), town.came("received"));
    town.verified();
}

#[test]
fn whoever_does_not_come_is_taken_off_and_another_one_comes() {
    let mut lazy = scenario(&Flags { workers: Some(400), ..flags("driver") });
    lazy.crews[0].no_show_pct = 30;
    let town = Town::play(&lazy).rest();
    assert_eq!(town.came("completed"), town.came("received"), "{:?}", town.refusals);
    let share = f64::from(town.came("released")) / f64::from(town.came("assigned"));
    assert!((share - 0.3).abs() < 0.08, "{:?}", town.came);
    town.verified();
}

#[test]
fn workers_come_and_go_with_their_shifts_and_offers_are_declined_as_often_as_said() {
    let mut shifts = scenario(&Flags { workers: Some(200), ..flags("repair") });
    shifts.crews[0].shift = Some((Millis::secs(30), Millis::secs(90)));
    assert!(Crowd::new(shifts.clone()).hired().iter().all(|hired| !hired.on));
    let town = Town::play(&shifts);
    assert_eq!(town.said("duty", "done"), 400, "{:?}", town.refusals);
    assert!(town.came("completed") > 80, "{:?}", town.came);
    town.verified();

    let mut taxi = scenario(&flags("taxi"));
    taxi.crews[0].accept_pct = 20;
    let town = Town::play(&taxi).rest();
    let (answers, no) = (town.said("answer", "done"), town.came("declined"));
    let share = f64::from(no) / f64::from(answers);
    assert!((share - 0.8).abs() < 0.05, "{:?} {:?}", town.said, town.came);
    town.verified();
}

#[test]
fn an_outage_parks_calls_and_all_are_served_when_it_is_over() {
    let fault = "at 20s stop manage for 15s".parse().unwrap();
    let town = Town::play(&scenario(&Flags { faults: vec![fault], ..flags("repair") })).rest();
    assert!(town.came("parked") > 30, "{:?}", town.came);
    assert_eq!(town.came("completed"), town.came("received"), "{:?}", town.refusals);
    town.verified();

    // Who is sent away comes again, under the same key, as long as they have the nerve.
    let fault = "at 20s stop payment for 5s".parse().unwrap();
    let town = Town::play(&scenario(&Flags { faults: vec![fault], ..flags("tutoring") })).rest();
    assert!(town.said("request", "held off") >= 5, "{:?}", town.said);
    assert!(town.came("completed") > town.came("received") * 9 / 10, "{:?}", town.came);
    town.verified();
}

#[test]
fn at_a_desk_the_same_load_is_the_same_journal() {
    let journal =
        |seed: u64| Town::play(&scenario(&Flags { seed, ..flags("driver") })).core.head().hash;
    assert_eq!(journal(3), journal(3));
    assert_ne!(journal(3), journal(4));
}

#[test]
fn workers_who_were_hired_under_other_numbers_work_under_these() {
    let mut crowd = Crowd::new(scenario(&Flags { workers: Some(3), ..flags("tutoring") }));
    crowd.enlisted(&[WorkerId(11), WorkerId(12), WorkerId(13)]);
    let mut seen = Vec::new();
    while let Some(step) = crowd.take(Millis::secs(5)) {
        if let What::Claim(worker) = step.what {
            seen.push(worker.0);
        }
    }
    seen.sort_unstable();
    assert_eq!(seen, [11, 12, 13]);
}
