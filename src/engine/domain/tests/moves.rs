//! The moves of a call's life: the table is the whole of it, all of it is lived, and `docs/lifecycle.md` shows it.
//!
//! `ASCALL_BLESS=1` writes the page anew.

use super::kit::{mode, stepped};
use super::random::day;
use super::states::State;
use crate::domain::command::Command;
use crate::domain::event::{Event, FailKind, Mode, Record, call_of};
use crate::domain::ids::{CallId, Millis};
use crate::domain::phase::{MOVES, Phase};
use crate::domain::profile::{OnDenied, Position, Stage};
use crate::domain::testing::Bench;
use crate::domain::worker::Availability;
use crate::domain::world::{Settings, World};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

type Moves = BTreeSet<(Phase, Phase)>;

/// The moves of a journal: event by event, and over each record as a whole (a cancel releases the worker on its way).
fn moves(journal: &[Record]) -> (Moves, Moves) {
    let (mut by_event, mut by_record) = (Moves::new(), Moves::new());
    let mut world = World::new(Settings::default());
    for record in journal {
        let mut passed: BTreeMap<CallId, Vec<Phase>> = BTreeMap::new();
        world.begin(record.seq, record.at);
        for event in &record.events {
            let call = call_of(event);
            // A call comes into being as received; one with gates is gating in the same event.
            let is_new = matches!(event, Event::CallReceived { .. });
            let phase = |world: &World| call.and_then(|id| world.call(id)).map(|c| c.phase);
            let was = if is_new { Some(Phase::Received) } else { phase(&world) };
            world.evolve(event);
            if let (Some(call), Some(was), Some(is)) = (call, was, phase(&world)) {
                passed.entry(call).or_insert_with(|| vec![was]).push(is);
                if was != is {
                    by_event.insert((was, is));
                }
            }
        }
        world.finish();
        for phases in passed.values() {
            let first = phases[0];
            let ends = phases.iter().filter(|phase| **phase == Phase::Unwinding);
            by_record.extend(ends.map(|end| (first, *end)));
        }
    }
    (by_event, by_record)
}

/// A call that ends while a worker is reserved for it.
fn ended_while_scheduled() -> Bench {
    let mut profile = stepped(&[("stock", Position::AfterOpen)]);
    profile.steps[0].on_denied = OnDenied::End;
    profile.plan = vec![Stage::Manual { claimable: false }];
    let mut desk = Bench::with(&[profile]);
    let worker = desk.worker(0, 0);
    desk.ok(mode("stock", Mode::Stopped));
    let call = desk.one();
    desk.ok(Command::Reschedule { call, at: desk.now.plus(Millis::hours(5)) });
    desk.ok(Command::AssignCall { call, worker, force: false });
    assert_eq!(desk.phase(call), Phase::Scheduled);
    desk.ok(mode("stock", Mode::Failing(FailKind::Denied)));
    desk.pass(Millis::mins(5));
    assert_eq!(desk.phase(call), Phase::Unfilled);
    assert!(desk.world.worker(worker).unwrap().reserved.is_empty());
    desk
}

#[test]
fn every_move_of_the_table_is_lived_and_no_other() {
    let mut desks: Vec<Bench> = State::ALL.iter().map(|state| state.bench()).collect();
    desks.push(ended_while_scheduled());
    desks.extend((0..10).map(|seed| day(seed, 200)));
    let (mut by_event, mut by_record) = (Moves::new(), Moves::new());
    for desk in &desks {
        let (events, records) = moves(&desk.journal);
        by_event.extend(events);
        by_record.extend(records);
    }
    let table: Moves = MOVES.iter().map(|(from, to, _)| (*from, *to)).collect();
    assert_eq!(table.len(), MOVES.len(), "no move is there twice");
    let outside: Vec<_> = by_event.difference(&table).collect();
    assert!(outside.is_empty(), "moves outside the table: {outside:?}");
    let lived: Moves = by_event.union(&by_record).copied().collect();
    let never: Vec<_> = table.difference(&lived).collect();
    assert!(never.is_empty(), "moves that no journal makes: {never:?}");
}

#[test]
fn nothing_leaves_a_terminal_phase_and_everything_else_can_reach_one() {
    for (from, _, _) in MOVES {
        assert!(!from.is_terminal());
    }
    for phase in Phase::ALL {
        let mut reached = BTreeSet::from([phase]);
        for _ in Phase::ALL {
            let next: Vec<Phase> =
                MOVES.iter().filter(|m| reached.contains(&m.0)).map(|m| m.1).collect();
            reached.extend(next);
        }
        assert!(reached.iter().any(|phase| phase.is_terminal()), "{phase}");
    }
}

/// How a question to a worker ends.
const OFFERS: &[(&str, &str, &str)] = &[
    (
        "(none)",
        "sent",
        "the plan's stage is `offer` and a suitable worker is free, or it is `broadcast` and some are in the ring",
    ),
    (
        "sent",
        "sent",
        "a broadcast widens, or a worker became free in its ring: the same number, more workers",
    ),
    (
        "sent",
        "accepted",
        "the worker said yes; the assignment is committed in the same record, and of a broadcast all others have lost",
    ),
    ("sent", "declined", "the worker said no: not asked again by itself for this call"),
    ("sent", "expired", "the deadline passed: not asked again in this stage"),
    (
        "sent",
        "over",
        "nobody said yes to a broadcast in its last ring: not asked again before other work",
    ),
    (
        "sent",
        "withdrawn",
        "the call was canceled, held, amended, moved, claimed or given to somebody, its search or stage ended, or (a question to one) the worker went off or got another call",
    ),
];

/// How an assignment goes.
const ASSIGNMENTS: &[(&str, &str, &str)] = &[
    (
        "(none)",
        "committed",
        "the engine picked, the worker accepted an offer or claimed the call, or a dispatcher said so",
    ),
    (
        "(none)",
        "reserved",
        "claimed, or given by a dispatcher, for an appointment that is farther off than the lead time",
    ),
    ("reserved", "due", "the lead time has begun"),
    (
        "reserved, due",
        "committed",
        "due, and the worker is on duty and free; or work started, or finished without a start",
    ),
    (
        "reserved, due",
        "released",
        "given back, reassigned, amended out of skill, not free when the appointment began, or the call was canceled or ended",
    ),
    ("committed", "en route", "the worker set out"),
    ("committed, en route", "arrived", "the worker is there"),
    ("committed, en route, arrived", "working", "work started, or finished without a start"),
    (
        "committed, en route, arrived",
        "released",
        "given back, reassigned, amended out of reach, moved to a far time (and reserved for it), the worker went off, or the call was canceled or ended",
    ),
    ("working", "finished", "work is over; the worker is free at once"),
    (
        "working",
        "aborted",
        "work was broken off; that worker does not get the call again by itself",
    ),
];

/// What a worker can be given, and what makes it so.
fn availability(of: Availability) -> &'static str {
    match of {
        Availability::Working => "work goes on at a call",
        Availability::Committed => "has a call that work has not begun on",
        Availability::Suspended => "no call; taken out of service by the desk",
        Availability::Off => "no call; off shift",
        Availability::Break => "no call; on a break",
        Availability::Offered => "no call, on shift; is being asked about one",
        Availability::Available => "no call, on shift, not being asked: can be given one",
    }
}

fn page() -> String {
    let mut page = String::from(
        "# The life of a call\n\nMade by a test from the tables the engine runs on; `ASCALL_BLESS=1 cargo test` writes it anew.\n\n\
         ## Phases\n\n| from | to | when |\n| --- | --- | --- |\n",
    );
    for (from, to, when) in MOVES {
        let _ = writeln!(page, "| {from} | {to} | {when} |");
    }
    let ends: Vec<_> = Phase::ALL.into_iter().filter(|phase| phase.is_terminal()).collect();
    let ends = ends.iter().map(|phase| phase.name()).collect::<Vec<_>>().join(", ");
    let _ = writeln!(
        page,
        "\nNothing leaves {ends}. A call that ends while it has a worker or an offer out gives them back in the same\n\
         record, so that in the journal it is open for that moment. A call canceled from any phase before service goes\n\
         through unwinding, where what was done is undone in reverse; when nothing is owed, both are in one record."
    );
    for (title, rows) in [("Offers", OFFERS), ("Assignments", ASSIGNMENTS)] {
        let _ = writeln!(page, "\n## {title}\n\n| from | to | when |\n| --- | --- | --- |");
        for (from, to, when) in rows {
            let _ = writeln!(page, "| {from} | {to} | {when} |");
        }
    }
    let all = [
        Availability::Working,
        Availability::Committed,
        Availability::Suspended,
        Availability::Off,
        Availability::Break,
        Availability::Offered,
        Availability::Available,
    ];
    page.push_str("\n## Workers\n\nDerived, never stored; the first that applies.\n\n| availability | when |\n| --- | --- |\n");
    for of in all {
        let _ = writeln!(page, "| {} | {} |", of.name(), availability(of));
    }
    page
}

#[test]
fn the_page_about_the_lifecycle_is_what_the_tables_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/lifecycle.md");
    if std::env::var_os("ASCALL_BLESS").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == page(), "docs/lifecycle.md is stale: ASCALL_BLESS=1 cargo test writes it");
}

#[test]
fn the_page_names_the_fate_of_every_offer_and_assignment_event() {
    let fates: BTreeSet<String> = include_str!("../event.rs")
        .lines()
        .filter_map(|line| line.trim().split([' ', '{']).next())
        .filter_map(|name| {
            let fate = name.strip_prefix("Offer").or(name.strip_prefix("Assignment"))?;
            (!fate.is_empty() && fate.chars().all(char::is_alphabetic)).then(|| fate.to_lowercase())
        })
        .filter(|fate| fate != "id,")
        .collect();
    for fate in &fates {
        if fate == "id" {
            continue;
        }
        assert!(page().contains(&format!("| {fate} |")), "{fate}");
    }
    assert!(fates.len() >= 7);
}
