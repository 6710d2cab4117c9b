//! Days of random commands: the same numbers give the same day.
//!
//! Invariant: every command of a day is one that a person, a clock or a participant could give; those that are refused
//! are part of it. Whatever a day does, [`sound`] holds after every command.

use super::kit::{auto, mode, offers, stepped};
use crate::domain::breaker::{BreakerSettings, Order as BreakerOrder};
use crate::domain::call::AssignmentState;
use crate::domain::command::{Amendment, Answer, Command, Current, NewWorker};
use crate::domain::event::{
    Duty, FailKind, Mode, Op, Outcome, ParticipantKind, SettledBy, Spot, TelDigest, WorkOutcome,
};
use crate::domain::ids::{
    AttentionId, CallId, Millis, OfferId, ParticipantId, Time, Won, WorkerId,
};
use crate::domain::phase::Phase;
use crate::domain::profile::{
    Fallback, Matching, OnAbort, OnDenied, Policy, Position, Profile, RequiredBefore, Stage, Turn,
};
use crate::domain::testing::{Bench, request, seoul, worker};
use std::collections::BTreeMap;

/// One command, drawn: which, about whom, and one more number.
pub(super) type Draw = (u8, u8, u16);

/// The names that can be stopped, slowed and failed.
const NAMES: [&str; 4] = ["manage", "stock", "pay", "assign"];

/// The lines of the desk.
const LINES: [&str; 6] = ["repair", "driver", "plain", "taxi", "tutoring", "shop"];

fn profiles() -> [Profile; 6] {
    let mut repair = stepped(&[
        ("manage", Position::BeforeOpen),
        ("stock", Position::AfterOpen),
        ("pay", Position::BeforeComplete),
    ]);
    repair.steps[1].required_before = Some(RequiredBefore::Start);
    repair.dispatch.max_metres = Some(20_000);
    let mut driver = stepped(&[("manage", Position::BeforeOpen), ("stock", Position::AfterOpen)]);
    driver.name = "driver".to_owned();
    driver.steps[0].fallback = Fallback::Reject;
    driver.steps[1].on_denied = OnDenied::End;
    driver.on_abort = OnAbort::End;
    driver.plan = vec![auto(Some(1)), offers(Some(2)), Stage::Manual { claimable: false }];
    driver.dispatch.search_ms = Millis::mins(20);
    driver.dispatch.policy = Policy::Batch;
    let mut plain = stepped(&[]);
    plain.name = "plain".to_owned();
    plain.plan = vec![offers(None)];
    let mut taxi = stepped(&[]);
    taxi.name = "taxi".to_owned();
    let rings_m = vec![2_000, 8_000, 30_000];
    let ring_ms = Millis::secs(20);
    taxi.plan = vec![Stage::Broadcast { rings_m, ring_ms, most: 2, claimable: true }];
    taxi.dispatch.search_ms = Millis::mins(40);
    let mut tutoring = stepped(&[("manage", Position::BeforeOpen)]);
    tutoring.name = "tutoring".to_owned();
    tutoring.plan = vec![Stage::Claim { for_ms: Some(Millis::mins(30)) }, auto(None)];
    tutoring.dispatch.policy = Policy::Foresight;
    let tick_ms = Millis::secs(3);
    tutoring.dispatch.matching = Some(Matching { tick_ms, order: Turn::Whole });
    let mut shop = stepped(&[("stock", Position::AfterOpen)]);
    shop.name = "shop".to_owned();
    shop.plan = vec![Stage::None { promise_ms: Millis::mins(15), claimable: true }];
    [repair, driver, plain, taxi, tutoring, shop]
}

/// A desk on which a random day can happen.
pub(super) fn desk() -> Bench {
    let mut desk = Bench::with(&profiles());
    desk.worker(0, 0);
    desk.ok(worker(Some(seoul(3, 3)), &["TV"]));
    desk.ok(worker(None, &[]));
    desk
}

/// Does what was drawn. Returns whether it was accepted.
pub(super) fn act(desk: &mut Bench, (which, whom, more): Draw) -> bool {
    if which < 40 {
        desk.pass(Millis(u64::from(more) * u64::from(more) / 400));
    }
    if which % 10 == 9 {
        let (worker, point) = (picked_worker(desk, whom), place(more));
        desk.world.take_position(worker, point, desk.now);
        return true;
    }
    let command = drawn(desk, which, whom, more);
    desk.run(command, Some("by chance")).is_ok()
}

fn place(more: u16) -> crate::domain::geo::Point {
    seoul(i32::from(more % 300) - 150, i32::from(more / 300) - 100)
}

fn picked_call(desk: &Bench, whom: u8) -> CallId {
    let calls: Vec<CallId> = desk.world.calls.keys().copied().collect();
    calls.get(usize::from(whom) % calls.len().max(1)).copied().unwrap_or(CallId(1))
}

fn picked_worker(desk: &Bench, whom: u8) -> WorkerId {
    WorkerId(1 + u64::from(whom) % desk.world.desk.next.worker.max(1))
}

fn picked_offer(desk: &Bench, whom: u8) -> OfferId {
    let offers: Vec<OfferId> = desk.world.index.offers.keys().copied().collect();
    offers.get(usize::from(whom) % offers.len().max(1)).copied().unwrap_or(OfferId(1))
}

fn drawn(desk: &Bench, which: u8, whom: u8, more: u16) -> Command {
    let (call, worker) =
        (picked_call(desk, whom), picked_worker(desk, u8::try_from(more % 251).unwrap()));
    let chance = more % 4;
    match which % 48 {
        0..=7 => new_call(whom, more),
        8 => Command::CancelCall { call, force: chance == 0 },
        10 => Command::AmendCall { call, change: amendment(more) },
        11 => Command::SetPriority { call, priority: u8::try_from(chance).unwrap() },
        12 => Command::HoldCall { call, until: desk.now.plus(Millis::secs(u64::from(more) + 1)) },
        13 => Command::ReleaseCall { call, no_show: false },
        14 => Command::AddNote { call, text: "rings twice".to_owned() },
        15 => Command::AssignCall { call, worker, force: chance == 0 },
        16 => Command::ReassignCall { call, worker, force: chance == 0 },
        17 => Command::Arrive { call },
        18 | 20 => Command::StartWork { call },
        21 | 22 => {
            Command::FinishWork { call, outcome: WorkOutcome::Done, fare: Some(Won(more.into())) }
        }
        23 => Command::AbortWork { call },
        24 => Command::SettleCall { call, by: SettledBy::Cash },
        25 => Command::WaiveStep { call, step: NAMES[usize::from(chance) % 3].to_owned() },
        26 => Command::RetryCall { call },
        9 | 27 => accept(desk, whom, more),
        28 => decline(desk, whom, more),
        19 | 29 | 42 => {
            Command::ClaimCall { call, worker, at: (chance == 0).then(|| visit(desk, more)) }
        }
        39 | 44 => Command::Reschedule { call, at: visit(desk, more) },
        45 => Command::Depart { call },
        46 => Command::ReleaseCall { call, no_show: true },
        30 => new_worker(more),
        31 => Command::SetDuty { worker, duty: duty(whom), current: current(more) },
        32 => Command::KeepPositions,
        33..=35 => answer(desk, whom, more),
        36 => mode(NAMES[usize::from(whom) % 4], drawn_mode(more)),
        37 => set_participant(whom, more),
        38 => force_breaker(whom, more),
        _ => Command::CloseAttention { attention: AttentionId(u64::from(whom) + 1) },
    }
}

/// Within the next hours; now and then too late.
fn visit(desk: &Bench, more: u16) -> Time {
    Time(desk.now.0 + i64::from(more % 1_000) * 15_000 - 30_000)
}

/// One of those who are asked, or, now and then, anybody.
fn answering(desk: &Bench, offer: OfferId, more: u16) -> Option<WorkerId> {
    let call = desk.world.offer(offer)?;
    let asked: Vec<WorkerId> =
        call.broadcast.iter().flat_map(|broadcast| &broadcast.asked).copied().collect();
    let anybody = picked_worker(desk, u8::try_from(more % 251).unwrap());
    let one = asked.get(usize::from(more) % asked.len().max(1)).copied().unwrap_or(anybody);
    match more % 7 {
        0 => None,
        1 => Some(anybody),
        _ => Some(call.offer.map_or(one, |offer| offer.worker)),
    }
}

fn accept(desk: &Bench, whom: u8, more: u16) -> Command {
    let offer = picked_offer(desk, whom);
    Command::AcceptOffer { offer, worker: answering(desk, offer, more) }
}

fn decline(desk: &Bench, whom: u8, more: u16) -> Command {
    let offer = picked_offer(desk, whom);
    Command::DeclineOffer { offer, worker: answering(desk, offer, more) }
}

fn new_call(whom: u8, more: u16) -> Command {
    let name = LINES[usize::from(whom) % LINES.len()];
    let mut order =
        request(name, u64::from(more % 5), (!more.is_multiple_of(7)).then(|| place(more)));
    if let Command::RequestCall(new) = &mut order {
        new.priority = u8::try_from(more % 4).unwrap();
        new.kind = (more.is_multiple_of(11)).then(|| "TV".to_owned());
    }
    order
}

fn amendment(more: u16) -> Amendment {
    let spot = Spot { point: place(more), within_m: None };
    match more % 3 {
        0 => Amendment { spot: Some((spot, "there".to_owned())), ..Amendment::default() },
        1 => Amendment { kind: Some("TV".to_owned()), ..Amendment::default() },
        _ => Amendment { cost: Some(Won(more.into())), ..Amendment::default() },
    }
}

fn new_worker(more: u16) -> Command {
    Command::AddWorker(NewWorker {
        contact: crate::domain::command::Contact::default(),
        services: if more.is_multiple_of(3) { vec!["driver".to_owned()] } else { Vec::new() },
        skills: if more.is_multiple_of(2) { vec!["TV".to_owned()] } else { Vec::new() },
        home: (!more.is_multiple_of(5)).then(|| place(more)),
        duty: if more.is_multiple_of(4) { Duty::Off } else { Duty::On },
        handle: more.is_multiple_of(7).then_some(TelDigest(u64::from(more % 3))),
    })
}

fn duty(whom: u8) -> Duty {
    [Duty::On, Duty::On, Duty::Off, Duty::Break, Duty::Suspended][usize::from(whom) % 5]
}

fn current(more: u16) -> Current {
    [Current::Keep, Current::Finish, Current::Abort][usize::from(more) % 3]
}

fn outcome(more: u16) -> Outcome {
    match more % 6 {
        0..=2 => Outcome::Ok,
        3 => Outcome::Denied("no".to_owned()),
        4 => Outcome::Unavailable("down".to_owned()),
        _ => Outcome::Indeterminate("reset".to_owned()),
    }
}

/// Most often the answer to a request that is out; sometimes one that is late, doubled or made up.
fn answer(desk: &Bench, whom: u8, more: u16) -> Command {
    let outside: Vec<(CallId, u8)> = desk.world.index.outside.iter().copied().collect();
    let known = outside.get(usize::from(whom) % outside.len().max(1)).copied();
    let out = known.and_then(|(call, step)| {
        let out = desk.world.call(call)?.steps.get(usize::from(step))?.out?;
        Some((call, step, out))
    });
    let took = Millis(u64::from(more % 900));
    let outcome = outcome(more);
    Command::Answer(match out {
        Some((call, step, out)) if !more.is_multiple_of(5) => {
            Answer { call, step, op: out.op, group: out.group, attempt: out.attempt, outcome, took }
        }
        _ => Answer {
            call: picked_call(desk, whom),
            step: u8::try_from(more % 3).unwrap(),
            op: Op::Do,
            group: 1,
            attempt: 1 + u32::from(more % 3),
            outcome: Outcome::Ok,
            took,
        },
    })
}

fn drawn_mode(more: u16) -> Mode {
    match more % 7 {
        0 => Mode::Stopped,
        1 => Mode::Slow { fixed: Millis(200), random: Millis(900) },
        2 => Mode::Failing(FailKind::Denied),
        3 => Mode::Failing(FailKind::Unavailable),
        4 => Mode::Failing(FailKind::Lost),
        _ => Mode::Running,
    }
}

fn set_participant(whom: u8, more: u16) -> Command {
    let http = ParticipantKind::Http { url: "http://127.0.0.1:9/".to_owned() };
    Command::SetParticipant {
        name: NAMES[usize::from(whom) % 3].to_owned(),
        kind: if more.is_multiple_of(2) { ParticipantKind::Local } else { http },
        breaker: BreakerSettings {
            consecutive_failures: Some(1 + u32::from(more % 5)),
            ..BreakerSettings::default()
        },
        bulkhead: 1 + u32::from(more % 8),
    }
}

fn force_breaker(whom: u8, more: u16) -> Command {
    let to = match more % 5 {
        0 => BreakerOrder::Open { reason: "by hand".to_owned() },
        1 => BreakerOrder::Disable,
        2 => BreakerOrder::Close,
        _ => BreakerOrder::Auto,
    };
    Command::ForceBreaker { name: NAMES[usize::from(whom) % 3].to_owned(), to }
}

/// What holds at every moment of every day.
pub(super) fn sound(desk: &Bench) {
    let world = &desk.world;
    let mut in_flight: BTreeMap<ParticipantId, u32> = BTreeMap::new();
    for call in world.calls.values() {
        let adopted = world.profile(call.profile).unwrap();
        for (step, participant) in call.steps.iter().zip(&adopted.answers) {
            *in_flight.entry(*participant).or_default() += u32::from(step.out.is_some());
        }
        let live = call.live_assignment();
        let with_worker = matches!(call.phase, Phase::Assigned | Phase::InService);
        let alone = call.phase == Phase::InService && adopted.spec.name == "shop";
        assert!(live.is_some() == with_worker || alone, "{} {}", call.id, call.phase);
        assert_eq!(call.reserved().is_some(), call.phase == Phase::Scheduled, "{}", call.id);
        if let Some(worker) = call.reserved() {
            let kept = world.worker(worker).unwrap().reserved.get(&call.id);
            assert_eq!(kept, call.window.as_ref());
        }
        if let Some(broadcast) = call.live_broadcast() {
            assert_eq!((call.phase, call.held_until, call.offer), (Phase::Open, None, None));
            assert_eq!(world.offer(broadcast.id).map(|c| c.id), Some(call.id));
        }
        if let Some(live) = live {
            let worker = world.worker(live.worker).unwrap();
            assert_eq!(worker.current, Some((call.id, live.state)));
            assert_eq!(live.state == AssignmentState::Working, call.phase == Phase::InService);
        }
        if let Some(offer) = call.offer {
            assert_eq!(call.phase, Phase::Open);
            assert_eq!(world.worker(offer.worker).unwrap().offer, Some((offer.id, call.id)));
        }
        quiet(desk, call);
    }
    for worker in world.workers() {
        if let Some((call, _)) = worker.current {
            assert_eq!(world.call(call).unwrap().worker(), Some(worker.id), "one worker, one call");
        }
        if let Some((offer, call)) = worker.offer {
            assert_eq!(world.call(call).unwrap().offer.map(|o| o.id), Some(offer));
        }
        for (call, window) in &worker.reserved {
            assert_eq!(world.call(*call).unwrap().reserved(), Some(worker.id));
            let mut others = worker.reserved.iter().filter(|(other, _)| *other != call);
            assert!(others.all(|(_, other)| !other.overlaps(*window)), "{}", worker.id);
        }
    }
    for participant in world.participants() {
        let out = in_flight.get(&participant.id).copied().unwrap_or(0);
        assert_eq!(participant.in_flight, out, "{}", participant.name);
    }
}

/// No silent call: something that has not ended has a timer, a request, an offer, a worker, a wait for somebody, or a
/// human who was called.
fn quiet(desk: &Bench, call: &crate::domain::call::Call) {
    let world = &desk.world;
    let adopted = world.profile(call.profile).unwrap();
    let stopped = world.assign().stopped_at.is_some();
    let spoken_for = call.phase.is_terminal()
        || call.due(&adopted.spec, world.assign_delay(call.id)).is_some()
        || call.search_due(&adopted.spec).is_some()
        || call.steps.iter().any(|step| step.out.is_some())
        || !call.wants(&adopted.spec).is_empty()
        || call.worker().is_some()
        || call.phase == Phase::InService
        || !call.attention.is_empty()
        || (call.phase == Phase::Open && stopped);
    assert!(spoken_for, "{} is silent: {call:?}", call.id);
}

/// A day drawn from one number, without a test runner's help.
pub(super) fn day(seed: u64, length: usize) -> Bench {
    let mut desk = desk();
    for n in 0..length {
        let n = u32::try_from(n).unwrap_or(0);
        let drawn = crate::domain::chance::below(seed, CallId(0), "day", n, u64::MAX);
        let [which, whom, low, high, ..] = drawn.to_le_bytes();
        act(&mut desk, (which, whom, u16::from_le_bytes([low, high])));
    }
    desk
}

/// The time at which a world with nothing to do says it has something to do again.
pub(super) fn rests(desk: &mut Bench) {
    desk.pass(Millis(0));
    let due: Option<Time> = desk.world.next_due();
    assert!(due.is_none_or(|due| due > desk.now), "due {due:?} at {:?}", desk.now);
}
