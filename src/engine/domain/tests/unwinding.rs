//! Undoing: in reverse, once each, whoever is down; and the two ways a human ends one that is refused.

use super::kit::{cancel, kinds, mode, stepped};
use crate::domain::call::StepState;
use crate::domain::command::Command;
use crate::domain::event::{Concern, Event, FailKind, Mode, Op, Outcome};
use crate::domain::ids::{CallId, Millis};
use crate::domain::phase::{Phase, Target};
use crate::domain::profile::{Position, Profile};
use crate::domain::refusal::Refusal;
use crate::domain::testing::Bench;

const STEPS: [(&str, Position); 3] = [
    ("manage", Position::BeforeOpen),
    ("credit", Position::BeforeOpen),
    ("stock", Position::AfterOpen),
];

fn three() -> Profile {
    stepped(&STEPS)
}

/// Three steps outside, all done; the call is open.
fn done() -> (Bench, CallId) {
    let mut desk = Bench::with(&[three()]);
    for (name, _) in STEPS {
        desk.outside(name);
    }
    let call = desk.one();
    for step in 0..3 {
        desk.answer(call, step, Outcome::Ok);
    }
    (desk, call)
}

fn undos(events: &[Event]) -> Vec<u8> {
    events
        .iter()
        .filter_map(|event| match event {
            Event::StepAsked { op: Op::Undo, step, .. } => Some(*step),
            _ => None,
        })
        .collect()
}

fn waive(call: CallId, step: &str) -> Command {
    Command::WaiveStep { call, step: step.to_owned() }
}

#[test]
fn three_steps_are_undone_in_reverse_each_after_the_one_before() {
    let (mut desk, call) = done();
    desk.ok(cancel(call));
    for step in [2, 1, 0_u8] {
        let out: Vec<bool> = (0..3).map(|i| desk.asked(call, i).is_some()).collect();
        assert_eq!(out.iter().filter(|out| **out).count(), 1);
        desk.answer(call, step, Outcome::Ok);
    }
    assert_eq!(desk.phase(call), Phase::Canceled);
    assert_eq!(undos(&desk.events()), [2, 1, 0]);
}

#[test]
fn the_undo_carries_the_key_of_the_do() {
    let (mut desk, call) = done();
    desk.ok(cancel(call));
    let out = desk.step(call, 2).out.unwrap();
    assert_eq!((out.op, out.group, out.attempt), (Op::Undo, 1, 2));
    desk.answer(call, 2, Outcome::Unavailable("down".to_owned()));
    desk.until_asked(&[call], 2);
    assert_eq!(desk.step(call, 2).out.unwrap().group, 1, "the same key until it is confirmed");
    desk.answer(call, 2, Outcome::Ok);
    assert_eq!(desk.step(call, 2).group, 2);
}

#[test]
fn an_undo_in_doubt_is_asked_again_and_not_taken_for_done() {
    let (mut desk, call) = done();
    desk.ok(cancel(call));
    desk.pass(Millis(610));
    assert!(matches!(desk.state(call, 2), StepState::Undoing { .. }));
    assert_eq!((desk.phase(call), desk.asked(call, 1)), (Phase::Unwinding, None));
    desk.until_asked(&[call], 2);
    desk.answer(call, 2, Outcome::Ok);
    assert_eq!(desk.asked(call, 1), Some(Op::Undo));
}

#[test]
fn a_refused_undo_stays_until_it_is_waived_with_a_reason() {
    let (mut desk, call) = done();
    desk.ok(cancel(call));
    desk.answer(call, 2, Outcome::Denied("shipped".to_owned()));
    assert_eq!((desk.phase(call), desk.concerns()), (Phase::Unwinding, vec![Concern::UndoDenied]));
    desk.pass(Millis::hours(24));
    assert_eq!(desk.asked(call, 1), None, "nothing before it is undone past it");
    assert_eq!(desk.no(waive(call, "stock")), Refusal::ReasonMissing { verb: "waive" });
    let known = "manage, credit, stock".to_owned();
    let unknown = desk.run(waive(call, "car"), Some("so"));
    assert_eq!(unknown, Err(Refusal::NoSuchStep { call, step: "car".to_owned(), known }));
    desk.ok(waive(call, "stock"));
    assert_eq!((desk.concerns(), desk.asked(call, 1)), (vec![], Some(Op::Undo)));
    desk.answer(call, 1, Outcome::Ok);
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!(desk.phase(call), Phase::Canceled);
}

#[test]
fn a_refused_undo_can_be_tried_again() {
    let (mut desk, call) = done();
    desk.ok(cancel(call));
    desk.answer(call, 2, Outcome::Denied("not yet".to_owned()));
    desk.ok(Command::RetryCall { call });
    assert_eq!(desk.asked(call, 2), Some(Op::Undo));
    desk.answer(call, 2, Outcome::Ok);
    assert_eq!((desk.asked(call, 1), desk.concerns()), (Some(Op::Undo), vec![]));
}

#[test]
fn closing_the_attention_of_a_refused_undo_does_not_silence_the_call() {
    let (mut desk, call) = done();
    desk.ok(cancel(call));
    desk.answer(call, 2, Outcome::Denied("shipped".to_owned()));
    let attention = desk.world.attention().next().unwrap().id;
    let refusal = Refusal::AttentionStands { attention, call };
    assert_eq!(desk.no(Command::CloseAttention { attention }), refusal);
    assert_eq!(desk.concerns(), [Concern::UndoDenied]);
}

#[test]
fn a_request_that_is_out_at_the_cancel_is_waited_for_and_then_undone() {
    let mut desk = Bench::with(&[three()]);
    desk.outside("manage");
    let call = desk.one();
    let events = desk.ok(cancel(call));
    assert_eq!(kinds(&events), ["CallUnwinding"]);
    assert_eq!(desk.asked(call, 0), Some(Op::Do));
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!(desk.asked(call, 0), Some(Op::Undo));
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!(desk.phase(call), Phase::Canceled);
}

#[test]
fn a_request_that_is_out_at_the_cancel_and_refused_leaves_nothing_to_undo() {
    for outcome in [Outcome::Denied("no".to_owned()), Outcome::Unavailable("down".to_owned())] {
        let mut desk = Bench::with(&[three()]);
        desk.outside("manage");
        let call = desk.one();
        desk.ok(cancel(call));
        desk.answer(call, 0, outcome);
        assert_eq!(desk.phase(call), Phase::Canceled);
        assert!(undos(&desk.events()).is_empty(), "no undo without a do");
    }
}

#[test]
fn what_was_never_asked_is_never_undone() {
    let mut desk = Bench::with(&[three()]);
    desk.ok(mode("credit", Mode::Stopped));
    let call = desk.one();
    desk.ok(cancel(call));
    assert_eq!(undos(&desk.events()), [0]);
    assert_eq!(desk.phase(call), Phase::Canceled);
}

#[test]
fn a_step_without_an_undo_is_over_when_it_is_done() {
    let mut profile = three();
    profile.steps[2].undo = false;
    let mut desk = Bench::with(&[profile]);
    let call = desk.one();
    desk.ok(cancel(call));
    assert_eq!(undos(&desk.events()), [1, 0]);
}

#[test]
fn the_second_cancel_gets_the_first_ones_answer_and_adds_nothing() {
    let (mut desk, call) = done();
    desk.ok(cancel(call));
    let records = desk.journal.len();
    assert!(desk.ok(cancel(call)).is_empty());
    assert!(desk.ok(Command::CancelCall { call, force: true }).is_empty());
    assert_eq!(desk.journal.len(), records);
}

#[test]
fn a_cancel_on_the_way_to_another_end_is_refused_and_names_it() {
    let (mut desk, call) = done();
    desk.pass(Millis::hours(24));
    assert_eq!(desk.phase(call), Phase::Unwinding);
    let refused = desk.no(cancel(call));
    assert_eq!(refused, Refusal::AlreadyUnwinding { call, target: Target::Unfilled });
}

#[test]
fn everybody_down_the_cancel_is_taken_and_carried_out_when_they_return() {
    let mut desk = Bench::with(&[three()]);
    let worker = desk.worker(0, 0);
    let call = desk.one();
    for (name, _) in STEPS {
        desk.ok(mode(name, Mode::Stopped));
    }
    desk.ok(mode("assign", Mode::Stopped));
    desk.ok(cancel(call));
    assert_eq!(desk.world.worker(worker).unwrap().current, None, "the worker is free at once");
    desk.pass(Millis::hours(3));
    assert_eq!(desk.phase(call), Phase::Unwinding);
    for (name, _) in STEPS.iter().rev() {
        desk.ok(mode(name, Mode::Running));
    }
    desk.pass(Millis::mins(2));
    assert_eq!(desk.phase(call), Phase::Canceled);
    let done: Vec<u8> = desk
        .events()
        .iter()
        .filter_map(|event| match event {
            Event::StepAnswered { op: Op::Undo, outcome: Outcome::Ok, step, .. } => Some(*step),
            _ => None,
        })
        .collect();
    assert_eq!(done, [2, 1, 0]);
}

#[test]
fn a_lost_undo_is_not_done_twice() {
    let mut desk = Bench::with(&[stepped(&STEPS[..1])]);
    let call = desk.one();
    desk.ok(mode("manage", Mode::Failing(FailKind::Lost)));
    desk.ok(cancel(call));
    desk.pass(Millis(610));
    assert_eq!(desk.phase(call), Phase::Unwinding, "nobody knows yet that it is undone");
    desk.ok(mode("manage", Mode::Running));
    desk.pass(Millis::secs(5));
    assert_eq!(desk.phase(call), Phase::Canceled);
}
