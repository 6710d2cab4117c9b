//! A day at the desk on real redb, and the power going at every sync of it.
//!
//! Invariant: whatever the disk holds then, the desk opens, knows every acknowledged order, breaks no rule, shows rows
//! that agree with its journal, and opening it once more changes nothing.

use crate::checks;
use crate::storage::{SimJournal, Storage};
use crate::town;
use ascall_engine::core::{Core, Founding};
use ascall_engine::domain::carry::key_mark;
use ascall_engine::domain::command::{Command, Order};
use ascall_engine::domain::event::{FailKind, Mode, WorkOutcome};
use ascall_engine::domain::ids::{CallId, Millis, Seq, Time, Won, WorkerId};
use ascall_engine::domain::world::{Settings, World};
use ascall_engine::journal::testing::backend::{FaultBackend, Image};
use ascall_engine::verify::{Checker, Quiet};
use std::collections::{BTreeMap, BTreeSet};

const FOUNDING: Founding = Founding { seed: 11, secret: [3; 32] };

fn open(disk: &FaultBackend, now: Time) -> Core<SimJournal> {
    let journal = Storage::on(disk.clone()).open().expect("the journal opens");
    Core::open(journal, Settings::default(), &FOUNDING, now).expect("the desk opens")
}

/// What was acknowledged after so many syncs: the newest record, and the key it was asked under.
type Acked = Vec<(u64, Seq, Option<String>)>;

/// The day, its acknowledgements and how many syncs it took to open the desk.
fn day(disk: &FaultBackend) -> (Acked, Time) {
    let mut now = crate::sim::START;
    let mut acked = Acked::new();
    let mut core = open(disk, now);
    acked.push((disk.syncs(), core.head().seq, None));
    for (n, order) in script().into_iter().enumerate() {
        now = now.plus(Millis(7_000));
        while let Some(due) = core.world().next_due().filter(|due| *due <= now) {
            core.tick(due).expect("a tick");
            acked.push((disk.syncs(), core.head().seq, None));
        }
        let mut order = order;
        order.key = Some(format!("day-{n}"));
        let done = core.run(std::slice::from_ref(&order), now).expect("a commit");
        let receipt = done.answers[0].as_ref().unwrap_or_else(|no| panic!("{order:?}: {no}"));
        let key = order.key.filter(|_| !done.records.is_empty());
        acked.push((disk.syncs(), receipt.seq, key));
        if n % 12 == 11 {
            core.maintain(now).expect("maintenance");
        }
    }
    (acked, now)
}

/// Orders of every kind, each accepted.
fn script() -> Vec<Order> {
    let mut commands: Vec<Command> = Vec::new();
    for name in town::LOCAL {
        commands.push(town::participant(name, 2, 8));
    }
    let held = town::Holders { bank: false, depot: false };
    let lines = ["repair", "ask", "tutoring"];
    for profile in
        town::profiles(held).into_iter().filter(|line| lines.contains(&line.name.as_str()))
    {
        commands.push(Command::AdoptProfile(Box::new(profile)));
    }
    for n in 0..3 {
        commands.push(town::new_worker(n, Some(town::spot(10 * n, 20)), &[], &town::SKILLS));
    }
    let request = |n: u64, line: &str| {
        Command::RequestCall(town::new_call(
            line,
            town::contact(n, true),
            Some(town::spot(n, n)),
            None,
        ))
    };
    let lesson = |n: u64| {
        let cost = Some(Won(30_000));
        let new = town::new_call("tutoring", town::contact(n, true), None, None);
        Command::RequestCall(ascall_engine::domain::command::NewCall { cost, ..new })
    };
    let visit = crate::sim::START.plus(Millis::mins(60));
    let finish = |call: u64| Command::FinishWork {
        call: CallId(call),
        outcome: WorkOutcome::Done,
        fare: Some(Won(30_000)),
    };
    let mode = |mode| Command::SetMode { name: "manage".to_owned(), mode };
    commands.extend([
        request(1, "repair"),
        request(2, "repair"),
        Command::Arrive { call: CallId(1) },
        Command::StartWork { call: CallId(1) },
        mode(Mode::Failing(FailKind::Lost)),
        request(3, "repair"),
        request(4, "repair"),
        Command::AddNote { call: CallId(3), text: "급함".to_owned() },
        Command::SetPriority { call: CallId(4), priority: 3 },
        finish(1),
        Command::CancelCall { call: CallId(2), force: false },
        mode(Mode::Running),
        Command::KeepPositions,
        request(5, "ask"),
        Command::HoldCall { call: CallId(5), until: crate::sim::START.plus(Millis::mins(50)) },
        town::new_worker(3, None, &["driver"], &[]),
        Command::ReleaseCall { call: CallId(5), no_show: false },
        Command::AssignCall { call: CallId(5), worker: WorkerId(4), force: true },
        Command::StartWork { call: CallId(5) },
        finish(5),
        request(6, "repair"),
        Command::Reveal { what: "list".to_owned() },
        Command::StepClock { by_ms: 120_000 },
        request(7, "repair"),
        request(8, "repair"),
        Command::AddMember(town::new_member(3, true)),
        town::received("mask", 20),
        lesson(9),
        Command::ClaimCall { call: CallId(9), worker: WorkerId(2), at: Some(visit) },
        Command::Reschedule { call: CallId(9), at: visit.plus(Millis::mins(9)) },
        lesson(10),
        Command::CancelCall { call: CallId(10), force: false },
    ]);
    let by_hand = |command| Order {
        reason: Some("the day's work".to_owned()),
        ..Order::by_operator("kim", command)
    };
    commands.into_iter().map(by_hand).collect()
}

/// Opens what the disk holds after a crash and looks at all of it.
fn survives(image: Vec<u8>, acked: &Acked, syncs: u64, now: Time, case: &str) {
    let disk = FaultBackend::from_image(image);
    let core = open(&disk, now);
    let head = core.head();
    let records = core.store().records(Seq(1), usize::MAX).expect("the journal is readable");
    assert_eq!(records.len() as u64, head.seq.0, "{case}: J1");
    for (_, seq, key) in acked.iter().filter(|(at, ..)| *at <= syncs) {
        assert!(
            head.seq >= *seq,
            "{case}: J3: record {seq} was acknowledged, {} is the last",
            head.seq
        );
        if let Some(key) = key {
            let at = usize::try_from(seq.0 - 1).expect("a small journal");
            let bound = records[at].key.as_ref().map(|bound| bound.key.clone());
            assert_eq!(bound, Some(key_mark(key)), "{case}: J5");
        }
    }
    let mut checker = Checker::keeping_ended();
    let mut mirror = World::new(Settings::default());
    let mut touched = BTreeSet::new();
    for record in &records {
        checker.record(record);
        mirror.replay(record);
        touched.extend(record.events.iter().filter_map(ascall_engine::domain::event::call_of));
    }
    let report = checker.finish(Quiet::No);
    assert!(report.is_clean(), "{case}: {}", report.faults[0]);
    let ended: BTreeMap<_, _> = checker.take_ended().into_iter().map(|f| (f.call, f)).collect();
    let broken = |(rule, what): crate::history::Broken| panic!("{case}: {rule}: {what}");
    checks::rows(&core, &checker, &ended, &touched).unwrap_or_else(broken);
    checks::whole(&core, &mirror).unwrap_or_else(broken);
    checks::lists(&core, &checker, report.calls).unwrap_or_else(broken);
    // Opening changed nothing, and the next opening finds the same.
    drop(core);
    assert_eq!(open(&disk, now).head(), head, "{case}: R2");
}

#[test]
fn a_crash_at_every_sync_of_a_day_leaves_a_desk_that_knows_what_it_acknowledged() {
    let disk = FaultBackend::new();
    // The file is made whole under another name before anybody may call it a store.
    drop(Storage::on(disk.clone()).open().expect("an empty store"));
    let first = disk.syncs();
    disk.record_images();
    let (acked, now) = day(&disk);
    let images = disk.take_images();
    assert!(images.len() > 60, "{} syncs", images.len());
    let long = std::env::var_os("ASCALL_LONG").is_some();
    for (i, image) in images.iter().enumerate() {
        let syncs = first + i as u64;
        survives(image.before.clone(), &acked, syncs, now, &format!("before sync {i}"));
        for seed in 0..if long { 8 } else { 1 } {
            survives(image.torn(seed), &acked, syncs, now, &format!("in sync {i}, torn {seed}"));
        }
        if long || i % 4 == 3 {
            crash_in_recovery(image, &acked, syncs, now, i);
        }
    }
    let last = images.last().expect("a last sync").after.clone();
    survives(last, &acked, u64::MAX, now, "after the last sync");
    println!("{} syncs, {} acknowledgements", images.len(), acked.len());
}

/// The power goes again at every sync of the opening.
fn crash_in_recovery(image: &Image, acked: &Acked, syncs: u64, now: Time, i: usize) {
    let again = FaultBackend::from_image(image.torn(77));
    again.record_images();
    drop(open(&again, now));
    for (k, second) in again.take_images().iter().enumerate() {
        let case = format!("sync {i}, then sync {k} of the recovery");
        survives(second.torn(5), acked, syncs, now, &case);
    }
}

/// That the test above would notice: a disk that comes back without what it acknowledged.
#[test]
fn a_disk_that_forgot_an_acknowledged_order_is_noticed() {
    let disk = FaultBackend::new();
    drop(Storage::on(disk.clone()).open().expect("an empty store"));
    disk.record_images();
    let (acked, now) = day(&disk);
    let image = disk.take_images().swap_remove(60).before;
    let looked = std::panic::catch_unwind(|| survives(image, &acked, u64::MAX, now, "forgetful"));
    assert!(looked.is_err());
}
