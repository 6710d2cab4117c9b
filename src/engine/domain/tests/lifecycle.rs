//! The ordinary life of a call, and the ways off it.

use crate::domain::command::Command;
use crate::domain::event::{Event, FailKind, Mode, WorkOutcome};
use crate::domain::ids::{Millis, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::refusal::Refusal;
use crate::domain::testing::{Bench, repair, seoul, worker};
use crate::domain::worker::Availability;
use crate::domain::world::World;

fn mode(name: &str, mode: Mode) -> Command {
    Command::SetMode { name: name.to_owned(), mode }
}

#[test]
fn a_call_is_accepted_and_given_to_the_nearest_in_one_record() {
    let mut desk = Bench::with(&[repair()]);
    desk.worker(30, 0);
    let near = desk.worker(2, 0);
    let before = desk.journal.len();
    let call = desk.call(1, 0);
    assert_eq!(desk.journal.len(), before + 1);
    let taken = desk.world.call(call).unwrap();
    assert_eq!((taken.phase, taken.worker()), (Phase::Assigned, Some(near)));
}

#[test]
fn the_fold_of_the_journal_is_the_world() {
    let mut desk = Bench::with(&[repair()]);
    desk.worker(3, 0);
    let first = desk.call(1, 0);
    desk.call(2, 0);
    desk.ok(Command::FinishWork { call: first, outcome: WorkOutcome::Done, fare: None });
    let mut again = World::new(desk.world.settings);
    for record in &desk.journal {
        again.replay(record);
    }
    assert_eq!(again.desk, desk.world.desk);
    assert_eq!(again.calls, desk.world.calls);
    assert_eq!(again.workers, desk.world.workers);
    assert!(desk.world.call(first).is_none());
}

#[test]
fn a_freed_worker_takes_the_oldest_that_waits() {
    let mut desk = Bench::with(&[repair()]);
    let only = desk.worker(0, 0);
    let first = desk.call(1, 0);
    let second = desk.call(9, 0);
    let third = desk.call(2, 0);
    assert_eq!(desk.world.call(second).unwrap().phase, Phase::Open);
    desk.ok(Command::FinishWork { call: first, outcome: WorkOutcome::Done, fare: None });
    assert_eq!(desk.world.call(second).unwrap().worker(), Some(only));
    assert_eq!(desk.world.call(third).unwrap().phase, Phase::Open);
}

#[test]
fn a_cancel_frees_the_worker_and_undoes_the_gate_in_its_own_record() {
    let mut desk = Bench::with(&[repair()]);
    let w = desk.worker(0, 0);
    let call = desk.call(1, 0);
    let events = desk.ok(Command::CancelCall { call, force: false });
    assert!(events.iter().any(|e| matches!(e, Event::CallEnded { .. })), "{events:?}");
    assert!(desk.world.call(call).is_none());
    assert_eq!(desk.world.worker(w).unwrap().availability(), Availability::Available);
}

#[test]
fn stopped_assign_keeps_calls_open_and_starting_it_serves_them_all() {
    let mut desk = Bench::with(&[repair()]);
    desk.worker(0, 0);
    desk.worker(1, 1);
    desk.ok(mode("assign", Mode::Stopped));
    let (one, two) = (desk.call(1, 0), desk.call(2, 0));
    for call in [one, two] {
        assert_eq!(desk.world.call(call).unwrap().phase, Phase::Open);
    }
    desk.pass(Millis::hours(48));
    assert_eq!(desk.world.call(one).unwrap().phase, Phase::Open, "the search does not run");
    desk.ok(mode("assign", Mode::Running));
    let workers: Vec<_> =
        [one, two].iter().map(|c| desk.world.call(*c).unwrap().worker().unwrap()).collect();
    assert_ne!(workers[0], workers[1]);
}

#[test]
fn a_gate_that_is_down_parks_and_is_asked_again_when_it_returns() {
    let mut desk = Bench::with(&[repair()]);
    desk.worker(0, 0);
    desk.breaker("manage", 2);
    desk.ok(mode("manage", Mode::Stopped));
    let calls: Vec<_> = (1..=4).map(|n| desk.call(n, 0)).collect();
    for call in &calls {
        assert_eq!(desk.world.call(*call).unwrap().phase, Phase::Parked);
    }
    let incident = desk.world.participant("manage").unwrap().incident().unwrap().clone();
    assert_eq!(incident.parked, 3, "the breaker opened with the second failure");
    desk.pass(Millis::mins(1));
    desk.ok(mode("manage", Mode::Running));
    desk.pass(Millis::mins(1));
    let phases: Vec<_> = calls.iter().map(|c| desk.world.call(*c).unwrap().phase).collect();
    assert_eq!(phases, [Phase::Assigned, Phase::Open, Phase::Open, Phase::Open]);
    let manage = desk.world.participant("manage").unwrap();
    assert!(manage.incident().is_none());
    assert_eq!(manage.incidents[0].admitted, 4);
}

#[test]
fn a_parked_call_is_given_up_after_its_time_and_the_customer_told() {
    let mut desk = Bench::with(&[repair()]);
    desk.ok(mode("manage", Mode::Stopped));
    let call = desk.call(1, 0);
    desk.pass(Millis::hours(3));
    assert!(desk.world.call(call).is_none());
    let last = desk.journal.last().unwrap();
    assert!(last.events.iter().any(|e| matches!(e, Event::NoticeIssued { .. })));
}

#[test]
fn a_lost_answer_is_queried_and_found_done() {
    let mut desk = Bench::with(&[repair()]);
    desk.ok(mode("manage", Mode::Failing(FailKind::Lost)));
    let call = desk.call(1, 0);
    assert_eq!(desk.world.call(call).unwrap().phase, Phase::Gating);
    desk.pass(Millis(700));
    assert_eq!(desk.world.call(call).unwrap().phase, Phase::Parked);
    desk.ok(mode("manage", Mode::Running));
    desk.pass(Millis::mins(1));
    assert_eq!(desk.world.call(call).unwrap().phase, Phase::Open);
}

#[test]
fn a_cancel_while_everything_is_down_is_undone_when_it_comes_back() {
    let mut desk = Bench::with(&[repair()]);
    let call = desk.call(1, 0);
    desk.ok(mode("manage", Mode::Stopped));
    desk.ok(Command::CancelCall { call, force: false });
    assert_eq!(desk.world.call(call).unwrap().phase, Phase::Unwinding);
    assert!(desk.ok(Command::CancelCall { call, force: false }).is_empty());
    desk.pass(Millis::hours(1));
    assert_eq!(desk.world.call(call).unwrap().phase, Phase::Unwinding);
    desk.ok(mode("manage", Mode::Running));
    desk.pass(Millis::mins(1));
    assert!(desk.world.call(call).is_none());
}

#[test]
fn a_worker_of_another_skill_is_passed_over_and_why_is_kept() {
    let mut desk = Bench::with(&[repair()]);
    desk.ok(worker(Some(seoul(0, 0)), &["TV"]));
    let other = WorkerId(1);
    let call = desk.call(1, 0);
    assert_eq!(desk.world.call(call).unwrap().worker(), Some(other));
    let refusal = desk.no(Command::StartWork { call: crate::domain::ids::CallId(9) });
    assert_eq!(refusal, Refusal::NoSuchCall(crate::domain::ids::CallId(9)));
}
