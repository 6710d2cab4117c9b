//! The plan that needs nobody: work starts without a worker, and a promise says by when.

use super::kit::{has, kinds, mode, planned, stepped};
use crate::domain::command::Command;
use crate::domain::event::{Concern, Event, Mode, WorkOutcome};
use crate::domain::ids::Millis;
use crate::domain::phase::Phase;
use crate::domain::profile::{OnAbort, Position, Profile, RequiredBefore, Stage};
use crate::domain::refusal::Refusal;
use crate::domain::testing::Bench;

fn promise(mins: u64) -> Stage {
    Stage::None { promise_ms: Millis::mins(mins), claimable: false }
}

fn shop() -> Profile {
    planned(&[promise(60)])
}

#[test]
fn work_starts_and_ends_without_a_worker() {
    let mut desk = Bench::with(&[shop()]);
    let near = desk.worker(0, 0);
    let call = desk.one();
    assert_eq!(desk.phase(call), Phase::Open, "nobody is searched");
    assert_eq!(desk.ok(Command::StartWork { call }), [Event::WorkStarted { call, worker: None }]);
    assert_eq!(
        (desk.phase(call), desk.world.call(call).unwrap().worker()),
        (Phase::InService, None)
    );
    let again = Refusal::WrongPhase { call, phase: Phase::InService, verb: "started" };
    assert_eq!(desk.no(Command::StartWork { call }), again);
    assert_eq!(kinds(&desk.finish(call)), ["WorkFinished", "CallCompleted"]);
    assert!(desk.world.worker(near).unwrap().current.is_none());
}

#[test]
fn the_end_of_the_work_implies_its_beginning() {
    let mut desk = Bench::with(&[shop()]);
    let call = desk.one();
    assert_eq!(kinds(&desk.finish(call)), ["WorkStarted", "WorkFinished", "CallCompleted"]);
}

#[test]
fn a_step_may_hold_it_back() {
    let mut profile = stepped(&[("stock", Position::AfterOpen)]);
    profile.steps[0].required_before = Some(RequiredBefore::Start);
    profile.plan = shop().plan;
    let mut desk = Bench::with(&[profile]);
    desk.ok(mode("stock", Mode::Stopped));
    let call = desk.one();
    let missing = Refusal::StepNotDone { call, step: "stock".to_owned() };
    assert_eq!(desk.no(Command::StartWork { call }), missing);
    let finish = Command::FinishWork { call, outcome: WorkOutcome::Done, fare: None };
    assert_eq!(desk.no(finish), missing);
    desk.ok(mode("stock", Mode::Running));
    desk.pass(Millis::mins(1));
    desk.start(call);
}

#[test]
fn work_that_is_broken_off_is_open_again_or_over_as_the_line_says() {
    let mut desk = Bench::with(&[shop()]);
    let call = desk.one();
    desk.start(call);
    desk.pass(Millis::mins(50));
    desk.ok(Command::AbortWork { call });
    assert_eq!(desk.phase(call), Phase::Open);
    desk.pass(Millis::mins(59));
    assert!(desk.concerns().is_empty(), "the promise is made anew");
    desk.start(call);

    let mut desk = Bench::with(&[Profile { on_abort: OnAbort::End, ..shop() }]);
    let call = desk.one();
    desk.start(call);
    desk.ok(Command::AbortWork { call });
    assert_eq!(desk.phase(call), Phase::Unfilled);
}

#[test]
fn a_promise_that_passes_calls_for_a_dispatcher_and_ends_nothing() {
    let mut profile = shop();
    profile.dispatch.search_ms = Millis::mins(5);
    let mut desk = Bench::with(&[profile]);
    let call = desk.one();
    desk.pass(Millis::mins(59));
    assert!(desk.concerns().is_empty());
    desk.pass(Millis::mins(1));
    assert_eq!(desk.concerns(), [Concern::PromisePassed]);
    desk.pass(Millis::hours(100));
    assert_eq!(desk.phase(call), Phase::Open);
    assert!(!has(&desk.events(), "CallUnwinding"));
    desk.start(call);
    assert!(desk.concerns().is_empty());
}

#[test]
fn a_courier_may_be_sent_all_the_same() {
    let mut desk = Bench::with(&[shop()]);
    let courier = desk.worker(0, 0);
    let call = desk.one();
    desk.ok(Command::AssignCall { call, worker: courier, force: false });
    assert_eq!(desk.phase(call), Phase::Assigned);
    let started = Event::WorkStarted { call, worker: Some(courier) };
    assert_eq!(desk.ok(Command::StartWork { call }), [started]);
    desk.finish(call);
    assert!(desk.world.worker(courier).unwrap().current.is_none());
}

#[test]
fn a_hold_does_not_keep_a_person_from_starting_and_is_over_then() {
    let mut desk = Bench::with(&[shop()]);
    let call = desk.one();
    desk.ok(Command::HoldCall { call, until: desk.now.plus(Millis::hours(3)) });
    desk.start(call);
    assert_eq!(desk.world.call(call).unwrap().held_until, None);
    desk.ok(Command::AbortWork { call });
    desk.pass(Millis::mins(60));
    assert_eq!(desk.concerns(), [Concern::PromisePassed]);
}

#[test]
fn a_search_that_begins_after_the_promise_has_its_own_time() {
    let mut profile = planned(&[promise(60), Stage::Manual { claimable: false }]);
    profile.dispatch.search_ms = Millis::mins(30);
    let mut desk = Bench::with(&[profile]);
    let call = desk.one();
    desk.pass(Millis::mins(60));
    assert_eq!((desk.phase(call), desk.concerns()), (Phase::Open, vec![Concern::NeedsDispatcher]));
    let no_worker = Refusal::WrongPhase { call, phase: Phase::Open, verb: "started" };
    assert_eq!(desk.no(Command::StartWork { call }), no_worker, "now somebody is needed");
    desk.pass(Millis::mins(30));
    assert_eq!(desk.phase(call), Phase::Unfilled);
}
