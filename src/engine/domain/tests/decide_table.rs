//! `decide` enumerated: the machinery of the tables in `decide_calls`, `decide_work` and `decide_desk`.
//!
//! Invariant: every command of the language is in a table, and every row says what it does in every state. A row is
//! `command: result`, and on the next line the states that have it (or `everywhere`); the result is the record's events,
//! `nothing` (accepted, no record), or the refusal with `phase: _` where it names the call's own phase. A call that ended
//! and was forgotten is recalled for what may still happen to it, and unknown to everything else.

use super::goods::member;
use super::states::{CALL, FAR, NEAR, PRODUCT, State, VISIT, row};
use crate::domain::breaker::{BreakerSettings, Order as BreakerOrder};
use crate::domain::command::{Amendment, Answer, Command, Current, MemberCard, Order};
use crate::domain::event::{
    Actor, Card, Duty, Event, Mode, NoticeKey, Op, Outcome, ParticipantKind, SettledBy, Spot,
    WorkOutcome,
};
use crate::domain::ids::{
    AttentionId, MemberId, Millis, OfferId, Seq, SubjectId, Time, Won, WorkerId,
};
use crate::domain::profile::Transport;
use crate::domain::refusal::Refusal;
use crate::domain::testing::{Bench, START, repair, request, seoul, worker};
use std::fmt::Write;

/// A command of the tables: its name there, how it is made at a desk, and who asks.
pub(super) struct Case {
    name: &'static str,
    make: fn(&Bench) -> Command,
    by_customer: bool,
}

const fn case(name: &'static str, make: fn(&Bench) -> Command) -> Case {
    Case { name, make, by_customer: false }
}

impl Case {
    const fn by_customer(self) -> Self {
        Self { by_customer: true, ..self }
    }

    fn order(&self, desk: &Bench) -> Order {
        let mut order = Order::by_operator("kim", (self.make)(desk));
        if self.by_customer {
            order.actor = Actor::Customer;
        }
        order.reason = Some("a reason".to_owned());
        order
    }
}

fn amend(change: Amendment) -> Command {
    Command::AmendCall { call: CALL, change }
}

fn moved_to(north: i32) -> Command {
    let spot = Spot { point: seoul(north, 0), within_m: None };
    amend(Amendment { spot: Some((spot, "elsewhere".to_owned())), ..Amendment::default() })
}

fn duty(current: Current) -> Command {
    Command::SetDuty { worker: NEAR, duty: Duty::Off, current }
}

fn claim(worker: WorkerId, at: Option<Time>) -> Command {
    Command::ClaimCall { call: CALL, worker, at }
}

fn accept(worker: Option<WorkerId>) -> Command {
    Command::AcceptOffer { offer: OfferId(1), worker }
}

fn decline(worker: Option<WorkerId>) -> Command {
    Command::DeclineOffer { offer: OfferId(1), worker }
}

fn refund(won: Option<i64>) -> Command {
    Command::RefundCall { call: CALL, won: won.map(Won) }
}

fn write_off(product: &str, qty: u32) -> Command {
    Command::WriteOffStock { product: product.to_owned(), qty }
}

fn amend_member(member: u64, change: MemberCard) -> Command {
    Command::AmendMember { member: MemberId(member), change }
}

fn resend(seq: u64, transport: Transport) -> Command {
    let (seq, to) = (Seq(seq), SubjectId(1));
    let notice = NoticeKey { seq, call: CALL, rule: 0, to, transport };
    Command::ResendNotice { notice, worker: None }
}

fn new_call() -> crate::domain::command::NewCall {
    match request("repair", 2, Some(seoul(9_000, 0))) {
        Command::RequestCall(new) => new,
        other => unreachable!("{other:?}"),
    }
}

fn set_manage(probes: u32) -> Command {
    Command::SetParticipant {
        name: "manage".to_owned(),
        kind: ParticipantKind::Local,
        breaker: BreakerSettings { probes, ..BreakerSettings::default() },
        bulkhead: 64,
    }
}

/// The answer "done" to the first request that the gate was ever sent.
fn first_ok() -> Command {
    Command::Answer(Answer {
        call: CALL,
        step: 0,
        op: Op::Do,
        group: 1,
        attempt: 1,
        outcome: Outcome::Ok,
        took: Millis(90),
    })
}

/// What is asked about the call as the customer sees it.
pub(super) const ABOUT_CALLS: &[Case] = &[
    case("cancel", |_| Command::CancelCall { call: CALL, force: false }),
    case("cancel by the customer", |_| Command::CancelCall { call: CALL, force: false })
        .by_customer(),
    case("cancel --force", |_| Command::CancelCall { call: CALL, force: true }),
    case("amend place, near", |_| moved_to(1)),
    case("amend place, far", |_| moved_to(3_000)),
    case("amend kind", |_| {
        amend(Amendment { kind: Some("TV".to_owned()), ..Amendment::default() })
    }),
    case("amend cost", |_| amend(Amendment { cost: Some(Won(9_000)), ..Amendment::default() })),
    case("amend nothing", |_| amend(Amendment::default())),
    case("priority", |_| Command::SetPriority { call: CALL, priority: 3 }),
    case("hold", |_| Command::HoldCall { call: CALL, until: Time(START.0 + 86_400_000) }),
    case("release", |_| Command::ReleaseCall { call: CALL, no_show: false }),
    case("release --no-show", |_| Command::ReleaseCall { call: CALL, no_show: true }),
    case("claim near", |_| claim(NEAR, None)),
    case("claim far", |_| claim(FAR, None)),
    case("claim near, for a visit", |_| claim(NEAR, Some(VISIT))),
    case("reschedule, the visit", |_| Command::Reschedule { call: CALL, at: VISIT }),
    case("reschedule, tomorrow", |_| Command::Reschedule {
        call: CALL,
        at: Time(START.0 + 86_400_000),
    }),
    case("reschedule, soon", |desk| Command::Reschedule {
        call: CALL,
        at: desk.now.plus(Millis::mins(10)),
    }),
    case("note", |_| Command::AddNote { call: CALL, text: "rings twice".to_owned() }),
    case("reopen", |_| Command::ReopenCall { parent: CALL, new: new_call() }),
];

/// What is asked about its work, its worker, and what comes after.
pub(super) const ABOUT_WORK: &[Case] = &[
    case("assign near", |_| Command::AssignCall { call: CALL, worker: NEAR, force: false }),
    case("assign far", |_| Command::AssignCall { call: CALL, worker: FAR, force: false }),
    case("reassign near", |_| Command::ReassignCall { call: CALL, worker: NEAR, force: false }),
    case("reassign far", |_| Command::ReassignCall { call: CALL, worker: FAR, force: false }),
    case("depart", |_| Command::Depart { call: CALL }),
    case("arrive", |_| Command::Arrive { call: CALL }),
    case("start", |_| Command::StartWork { call: CALL }),
    case("finish", |_| Command::FinishWork {
        call: CALL,
        outcome: WorkOutcome::Done,
        fare: Some(Won(20_000)),
    }),
    case("abort", |_| Command::AbortWork { call: CALL }),
    case("settle", |_| Command::SettleCall { call: CALL, by: SettledBy::Cash }),
    case("waive stock", |_| Command::WaiveStep { call: CALL, step: "stock".to_owned() }),
    case("waive manage", |_| Command::WaiveStep { call: CALL, step: "manage".to_owned() }),
    case("waive refund", |_| Command::WaiveStep { call: CALL, step: "refund".to_owned() }),
    case("retry", |_| Command::RetryCall { call: CALL }),
    case("refund", |_| refund(None)),
    case("refund a part", |_| refund(Some(5_000))),
    case("refund too much", |_| refund(Some(20_001))),
    case("refund by the customer", |_| refund(None)).by_customer(),
    case("rate", |_| Command::RateCall { call: CALL, stars: 5, text: None }),
    case("disposition", |_| Command::SetDisposition { call: CALL, code: "repaired".to_owned() }),
    case("offer accept", |_| accept(None)),
    case("offer accept near", |_| accept(Some(NEAR))),
    case("offer accept far", |_| accept(Some(FAR))),
    case("offer decline", |_| decline(None)),
    case("offer decline near", |_| decline(Some(NEAR))),
    case("offer decline far", |_| decline(Some(FAR))),
    case("worker off", |_| duty(Current::Keep)),
    case("worker off --after-current", |_| duty(Current::Finish)),
    case("worker off --abort", |_| duty(Current::Abort)),
];

/// What is asked of the desk, whatever the call does.
pub(super) const ABOUT_DESK: &[Case] = &[
    case("open desk", |_| Command::OpenDesk { seed: 1 }),
    case("step clock", |_| Command::StepClock { by_ms: -90_000 }),
    case("profile, another", |_| Command::AdoptProfile(Box::new(repair()))),
    case("profile, the same", |desk| {
        let (_, spec) = desk.world.profiles().next().unwrap();
        Command::AdoptProfile(Box::new(spec.clone()))
    }),
    case("participant, other probes", |_| set_manage(7)),
    case("participant stop manage", |_| Command::SetMode {
        name: "manage".to_owned(),
        mode: Mode::Stopped,
    }),
    case("participant start manage", |_| Command::SetMode {
        name: "manage".to_owned(),
        mode: Mode::Running,
    }),
    case("participant start stock", |_| Command::SetMode {
        name: "stock".to_owned(),
        mode: Mode::Running,
    }),
    case("participant start pay", |_| Command::SetMode {
        name: "pay".to_owned(),
        mode: Mode::Running,
    }),
    case("participant stop assign", |_| Command::SetMode {
        name: "assign".to_owned(),
        mode: Mode::Stopped,
    }),
    case("participant start assign", |_| Command::SetMode {
        name: "assign".to_owned(),
        mode: Mode::Running,
    }),
    case("breaker open", |_| Command::ForceBreaker {
        name: "manage".to_owned(),
        to: BreakerOrder::Open { reason: "maintenance".to_owned() },
    }),
    case("breaker close", |_| Command::ForceBreaker {
        name: "manage".to_owned(),
        to: BreakerOrder::Close,
    }),
    case("request", |_| Command::RequestCall(new_call())),
    case("stock receive", |_| Command::ReceiveStock { product: PRODUCT.to_owned(), qty: 1 }),
    case("stock write-off", |_| write_off(PRODUCT, 10)),
    case("stock write-off, too much", |_| write_off(PRODUCT, 11)),
    case("stock write-off, unknown", |_| write_off("gloves", 1)),
    case("member add", |_| Command::AddMember(member(901, None))),
    case("member add, known", |_| Command::AddMember(member(900, None))),
    case("member amend", |_| {
        amend_member(1, MemberCard { card: Some(Card::Token), ..MemberCard::default() })
    }),
    case("member amend nothing", |_| amend_member(1, MemberCard::default())),
    case("member amend, unknown", |_| amend_member(2, MemberCard::default())),
    case("worker add", |_| worker(Some(seoul(0, 1)), &[])),
    case("keep positions", |_| Command::KeepPositions),
    case("answer ok to the gate's first request", |_| first_ok()),
    case("deliveries", |_| Command::Deliveries(Vec::new())),
    case("resend", |_| resend(1, Transport::Webhook)),
    case("resend, not issued yet", |_| resend(9_999, Transport::Webhook)),
    case("resend, to the inbox", |_| resend(1, Transport::Inbox)),
    case("tick", |_| Command::Tick),
    case("attention take", |_| Command::TakeAttention { attention: AttentionId(1) }),
    case("attention done", |_| Command::CloseAttention { attention: AttentionId(1) }),
    case("reveal", |_| Command::Reveal { what: "list".to_owned() }),
];

/// The command carried out as the core does it.
fn carried(case: &Case, state: State, desk: &mut Bench) -> Result<Vec<Event>, Refusal> {
    let order = case.order(desk);
    let recalled = desk.world.call(CALL).is_none()
        && state.phase().is_some_and(|phase| order.command.recalls(phase));
    if recalled {
        return desk.after_as(CALL, &order);
    }
    let carried = desk.world.carry_out(&order, desk.now)?;
    Ok(carried.record.map(|record| record.events).unwrap_or_default())
}

/// What a command does in a state.
fn outcome(case: &Case, state: State, desk: &Bench) -> String {
    let mut desk = desk.clone();
    let world = |desk: &Bench| {
        let world = &desk.world;
        (world.desk.clone(), world.calls.clone(), world.workers.clone(), world.members.clone())
    };
    let before = world(&desk);
    match carried(case, state, &mut desk) {
        Ok(events) if events.is_empty() => "nothing".to_owned(),
        Ok(events) => row(&events),
        Err(refusal) => {
            assert_eq!(world(&desk), before, "a refusal changes nothing");
            let text = format!("refused {refusal:?}");
            let own = state.phase().map(|phase| format!("phase: {phase:?}"));
            own.map_or(text.clone(), |own| text.replace(&own, "phase: _"))
        }
    }
}

/// The table of these commands as it really is.
fn table(cases: &[Case]) -> String {
    let states: Vec<(State, Bench)> = State::ALL.iter().map(|s| (*s, s.bench())).collect();
    let mut text = String::new();
    for case in cases {
        let mut rows: Vec<(String, Vec<String>)> = Vec::new();
        for (state, desk) in &states {
            let result = outcome(case, *state, desk);
            let name = format!("{state:?}");
            match rows.iter_mut().find(|(known, _)| *known == result) {
                Some((_, states)) => states.push(name),
                None => rows.push((result, vec![name])),
            }
        }
        for (result, states) in rows {
            let all = states.len() == State::ALL.len();
            let states = if all { "everywhere".to_owned() } else { states.join(" ") };
            let _ = writeln!(text, "{}: {result}\n    {states}", case.name);
        }
    }
    text
}

/// Compares a table with what it is to be, line by line.
pub(super) fn check(cases: &[Case], expected: &str) {
    let actual = table(cases);
    if actual.trim() != expected.trim() {
        let differing = actual
            .trim()
            .lines()
            .zip(expected.trim().lines())
            .enumerate()
            .find(|(_, (is, was))| is != was);
        unreachable!("the table differs, first at {differing:#?}; it is now:\n{actual}");
    }
}

/// The name of a command's variant. A new variant must be named here, and then needs a case in a table.
fn variant(command: &Command) -> &'static str {
    match command {
        Command::OpenDesk { .. } => "OpenDesk",
        Command::StepClock { .. } => "StepClock",
        Command::AdoptProfile(_) => "AdoptProfile",
        Command::SetParticipant { .. } => "SetParticipant",
        Command::SetMode { .. } => "SetMode",
        Command::ForceBreaker { .. } => "ForceBreaker",
        Command::RequestCall(_) => "RequestCall",
        Command::CancelCall { .. } => "CancelCall",
        Command::AmendCall { .. } => "AmendCall",
        Command::SetPriority { .. } => "SetPriority",
        Command::HoldCall { .. } => "HoldCall",
        Command::ReleaseCall { .. } => "ReleaseCall",
        Command::AddNote { .. } => "AddNote",
        Command::ReopenCall { .. } => "ReopenCall",
        Command::AssignCall { .. } => "AssignCall",
        Command::ReassignCall { .. } => "ReassignCall",
        Command::Arrive { .. } => "Arrive",
        Command::StartWork { .. } => "StartWork",
        Command::FinishWork { .. } => "FinishWork",
        Command::AbortWork { .. } => "AbortWork",
        Command::SettleCall { .. } => "SettleCall",
        Command::WaiveStep { .. } => "WaiveStep",
        Command::RetryCall { .. } => "RetryCall",
        Command::AcceptOffer { .. } => "AcceptOffer",
        Command::DeclineOffer { .. } => "DeclineOffer",
        Command::AddWorker(_) => "AddWorker",
        Command::SetDuty { .. } => "SetDuty",
        Command::KeepPositions => "KeepPositions",
        Command::Answer(_) => "Answer",
        Command::Deliveries(_) => "Deliveries",
        Command::ResendNotice { .. } => "ResendNotice",
        Command::Tick => "Tick",
        Command::TakeAttention { .. } => "TakeAttention",
        Command::CloseAttention { .. } => "CloseAttention",
        Command::Reveal { .. } => "Reveal",
        Command::ClaimCall { .. } => "ClaimCall",
        Command::Reschedule { .. } => "Reschedule",
        Command::Depart { .. } => "Depart",
        Command::RefundCall { .. } => "RefundCall",
        Command::RateCall { .. } => "RateCall",
        Command::SetDisposition { .. } => "SetDisposition",
        Command::ReceiveStock { .. } => "ReceiveStock",
        Command::WriteOffStock { .. } => "WriteOffStock",
        Command::AddMember(_) => "AddMember",
        Command::AmendMember { .. } => "AmendMember",
    }
}

#[test]
fn every_command_has_a_row_and_every_phase_a_column() {
    use crate::domain::phase::Phase;
    let desk = Bench::with(&[super::kit::bare()]);
    let cases = ABOUT_CALLS.iter().chain(ABOUT_WORK).chain(ABOUT_DESK);
    let named: std::collections::BTreeSet<_> =
        cases.map(|case| variant(&(case.make)(&desk))).collect();
    let source = include_str!("../command.rs");
    let body = source.split("pub enum Command {").nth(1).unwrap().split("\n}").next().unwrap();
    let declared: std::collections::BTreeSet<_> = body
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
        .map(|line| line.split([' ', '(', ',']).next().unwrap())
        .collect();
    assert_eq!(named, declared);
    // No call stays in this one: what comes next is in the record that takes the call.
    let columns: std::collections::BTreeSet<_> =
        State::ALL.iter().filter_map(|state| state.phase()).collect();
    let all: std::collections::BTreeSet<_> =
        Phase::ALL.into_iter().filter(|phase| *phase != Phase::Received).collect();
    assert_eq!(columns, all);
}
