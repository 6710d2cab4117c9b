//! Answers that nobody counted on any more: kept if the deed is still wanted, undone if not, never lost.

use super::kit::{bare, cancel, gated, stepped};
use crate::domain::call::StepState;
use crate::domain::command::{Answer, Command};
use crate::domain::event::{Concern, Op, Outcome};
use crate::domain::ids::{CallId, Millis};
use crate::domain::phase::Phase;
use crate::domain::profile::{Fallback, Position};
use crate::domain::refusal::Refusal;
use crate::domain::testing::Bench;

fn late_ok(call: CallId, attempt: u32) -> Command {
    Command::Answer(Answer {
        call,
        step: 0,
        op: Op::Do,
        group: 1,
        attempt,
        outcome: Outcome::Ok,
        took: Millis(700),
    })
}

fn parked() -> (Bench, CallId) {
    let mut desk = Bench::with(&[gated(Fallback::Park)]);
    desk.outside("manage");
    let call = desk.one();
    desk.pass(Millis(610));
    assert_eq!(desk.phase(call), Phase::Parked);
    (desk, call)
}

#[test]
fn a_late_ok_of_a_parked_call_opens_it() {
    let (mut desk, call) = parked();
    desk.ok(late_ok(call, 1));
    assert_eq!((desk.phase(call), desk.state(call, 0)), (Phase::Open, &StepState::Done));
}

#[test]
fn a_late_ok_while_the_query_is_out_counts_and_the_query_changes_nothing() {
    let (mut desk, call) = parked();
    desk.until_asked(&[call], 0);
    assert_eq!(desk.asked(call, 0), Some(Op::Query));
    desk.ok(late_ok(call, 1));
    desk.answer(call, 0, Outcome::Denied("not done".to_owned()));
    assert_eq!((desk.phase(call), desk.state(call, 0)), (Phase::Open, &StepState::Done));
    assert_eq!(desk.world.participant("manage").unwrap().in_flight, 0);
}

#[test]
fn a_late_ok_before_a_second_gate_leaves_that_one_to_be_asked() {
    let mut desk = Bench::with(&[stepped(&[
        ("manage", Position::BeforeOpen),
        ("credit", Position::BeforeOpen),
    ])]);
    desk.outside("manage");
    desk.outside("credit");
    let call = desk.one();
    desk.pass(Millis(610));
    desk.ok(late_ok(call, 1));
    desk.pass(Millis(0));
    assert_eq!((desk.phase(call), desk.asked(call, 1)), (Phase::Gating, Some(Op::Do)));
}

#[test]
fn a_late_ok_after_the_undo_is_undone_again_and_with_its_own_key() {
    let (mut desk, call) = parked();
    desk.ok(cancel(call));
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!(desk.phase(call), Phase::Canceled);
    assert_eq!(desk.step(call, 0).group, 2, "the group rises with a confirmed undo");
    desk.ok(late_ok(call, 1));
    let out = desk.step(call, 0).out.unwrap();
    assert_eq!((desk.phase(call), out.op, out.group), (Phase::Canceled, Op::Undo, 1));
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!(desk.state(call, 0), &StepState::Undone);
}

#[test]
fn what_a_late_ok_left_to_be_undone_outlives_the_time_the_call_is_remembered() {
    let (mut desk, call) = parked();
    desk.ok(cancel(call));
    desk.answer(call, 0, Outcome::Ok);
    desk.pass(Millis::mins(14));
    desk.ok(late_ok(call, 1));
    for _ in 0..30 {
        desk.until_asked(&[call], 0);
        desk.answer(call, 0, Outcome::Unavailable("down".to_owned()));
        desk.pass(Millis::mins(1));
    }
    desk.until_asked(&[call], 0);
    desk.answer(call, 0, Outcome::Denied("too late".to_owned()));
    assert_eq!(desk.concerns(), [Concern::UndoDenied]);
    desk.ok(Command::WaiveStep { call, step: "manage".to_owned() });
    assert!(desk.concerns().is_empty());
    assert!(desk.world.call(call).is_some(), "somebody has just dealt with it");
    desk.pass(Millis::mins(15));
    desk.ok(Command::Tick);
    desk.one();
    assert!(desk.world.call(call).is_none(), "nothing is owed any more");
}

#[test]
fn a_call_whose_work_is_over_waits_for_the_step_it_still_owes() {
    let mut desk = Bench::with(&[stepped(&[("parts", Position::AfterOpen)])]);
    desk.outside("parts");
    desk.worker(0, 0);
    let call = desk.one();
    desk.start(call);
    desk.finish(call);
    assert_eq!(desk.phase(call), Phase::Closing);
    assert_eq!(desk.world.participant("parts").unwrap().in_flight, 1);
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!(desk.world.participant("parts").unwrap().in_flight, 0);
    assert!(desk.world.call(call).is_none(), "completed and gone");
}

#[test]
fn a_deed_for_a_call_that_is_forgotten_needs_a_human_once() {
    let mut desk = Bench::with(&[bare()]);
    let call = desk.one();
    desk.ok(cancel(call));
    desk.ok(late_ok(call, 1));
    assert_eq!(desk.concerns(), [Concern::LateOk]);
    assert_eq!(desk.no(late_ok(call, 1)), Refusal::StaleAnswer);
    assert_eq!(desk.no(late_ok(CallId(99), 1)), Refusal::StaleAnswer);
}

#[test]
fn answers_nobody_asked_for_change_nothing() {
    let (mut desk, call) = parked();
    let mut never = late_ok(call, 7);
    assert_eq!(desk.no(never.clone()), Refusal::StaleAnswer);
    if let Command::Answer(answer) = &mut never {
        (answer.attempt, answer.step) = (1, 9);
    }
    assert_eq!(desk.no(never.clone()), Refusal::StaleAnswer);
    if let Command::Answer(answer) = &mut never {
        (answer.step, answer.outcome) = (0, Outcome::Denied("no".to_owned()));
    }
    assert_eq!(desk.no(never), Refusal::StaleAnswer);
    assert_eq!(desk.phase(call), Phase::Parked);
}
