//! Steps beside the search, and the gates before completion.

use super::kit::{has, kinds, mode, stepped};
use crate::domain::call::StepState;
use crate::domain::command::{Command, Order};
use crate::domain::event::{Concern, Event, FailKind, Mode, Op, Outcome, SettledBy};
use crate::domain::ids::{CallId, Millis};
use crate::domain::phase::Phase;
use crate::domain::profile::{OnDenied, Position, RequiredBefore};
use crate::domain::refusal::Refusal;
use crate::domain::testing::Bench;

fn denied() -> Outcome {
    Outcome::Denied("declined".to_owned())
}

fn parts(on_denied: OnDenied, before: Option<RequiredBefore>) -> (Bench, CallId) {
    let mut profile = stepped(&[("parts", Position::AfterOpen)]);
    profile.steps[0].on_denied = on_denied;
    profile.steps[0].required_before = before;
    let mut desk = Bench::with(&[profile]);
    desk.outside("parts");
    desk.worker(0, 0);
    let call = desk.one();
    assert_eq!((desk.phase(call), desk.asked(call, 0)), (Phase::Assigned, Some(Op::Do)));
    (desk, call)
}

fn paying() -> (Bench, CallId) {
    let mut desk = Bench::with(&[stepped(&[("pay", Position::BeforeComplete)])]);
    desk.outside("pay");
    desk.worker(0, 0);
    let call = desk.one();
    desk.start(call);
    let events = desk.finish(call);
    assert_eq!(kinds(&events), ["WorkFinished", "CallClosing", "StepAsked"]);
    assert_eq!(desk.phase(call), Phase::Closing);
    (desk, call)
}

fn settle(call: CallId) -> Command {
    Command::SettleCall { call, by: SettledBy::Card }
}

#[test]
fn a_step_that_is_refused_makes_the_call_wait_flagged() {
    let (mut desk, call) = parts(OnDenied::Wait, Some(RequiredBefore::Start));
    desk.answer(call, 0, denied());
    assert_eq!((desk.phase(call), desk.concerns()), (Phase::Assigned, vec![Concern::StepDenied]));
    let missing = Refusal::StepNotDone { call, step: "parts".to_owned() };
    assert_eq!(desk.no(Command::StartWork { call }), missing);
    desk.pass(Millis::hours(5));
    assert_eq!(desk.asked(call, 0), None, "no blind retry");
    desk.ok(Command::RetryCall { call });
    assert_eq!(desk.concerns(), []);
    desk.answer(call, 0, Outcome::Ok);
    desk.start(call);
    assert_eq!(desk.phase(call), Phase::InService);
}

#[test]
fn a_step_that_is_refused_ends_the_call_when_the_profile_says_so() {
    let (mut desk, call) = parts(OnDenied::End, None);
    let events = desk.answer(call, 0, denied());
    assert_eq!(
        kinds(&events),
        ["StepAnswered", "AssignmentReleased", "CallUnwinding", "CallEnded"]
    );
    assert_eq!(desk.phase(call), Phase::Unfilled);
}

#[test]
fn a_step_that_is_refused_at_work_ends_nothing() {
    let (mut desk, call) = parts(OnDenied::End, None);
    desk.start(call);
    desk.answer(call, 0, denied());
    assert_eq!((desk.phase(call), desk.concerns()), (Phase::InService, vec![Concern::StepDenied]));
    desk.finish(call);
    assert_eq!((desk.phase(call), desk.concerns()), (Phase::Closing, vec![Concern::StepDenied]));
    desk.ok(Command::SettleCall { call, by: SettledBy::Waive });
    assert_eq!((desk.phase(call), desk.concerns()), (Phase::Completed, vec![]));
}

#[test]
fn what_finish_needs_holds_back_finish_and_not_start() {
    let (mut desk, call) = parts(OnDenied::Wait, Some(RequiredBefore::Finish));
    desk.start(call);
    let outcome = crate::domain::event::WorkOutcome::Done;
    let finish = Command::FinishWork { call, outcome, fare: None };
    let missing = Refusal::StepNotDone { call, step: "parts".to_owned() };
    assert_eq!(desk.no(finish.clone()), missing);
    desk.answer(call, 0, Outcome::Ok);
    desk.ok(finish);
    assert_eq!(desk.phase(call), Phase::Completed);
}

#[test]
fn what_start_needs_holds_back_a_finish_that_implies_it() {
    let (mut desk, call) = parts(OnDenied::Wait, Some(RequiredBefore::Start));
    let outcome = crate::domain::event::WorkOutcome::Done;
    let refused = desk.no(Command::FinishWork { call, outcome, fare: None });
    assert_eq!(refused, Refusal::StepNotDone { call, step: "parts".to_owned() });
}

#[test]
fn the_worker_is_free_while_the_call_closes() {
    let (mut desk, call) = paying();
    let next = desk.one();
    assert_eq!((desk.phase(next), desk.phase(call)), (Phase::Assigned, Phase::Closing));
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!(desk.phase(call), Phase::Completed);
}

#[test]
fn a_refused_end_gate_calls_a_human_at_once_and_is_not_asked_blindly_again() {
    let (mut desk, call) = paying();
    let events = desk.answer(call, 0, denied());
    assert!(has(&events, "AttentionRaised"));
    assert_eq!(desk.concerns(), [Concern::ClosingDenied]);
    desk.pass(Millis::hours(5));
    assert_eq!((desk.phase(call), desk.asked(call, 0)), (Phase::Closing, None));
    desk.ok(Command::RetryCall { call });
    desk.answer(call, 0, denied());
    assert_eq!(desk.no(settle(call)), Refusal::ReasonMissing { verb: "settle" });
    desk.ok(settle(call));
    assert_eq!((desk.phase(call), desk.concerns()), (Phase::Completed, vec![]));
}

#[test]
fn an_end_gate_that_cannot_be_reached_is_asked_again_later_and_later() {
    let (mut desk, call) = paying();
    let mut last = Millis(0);
    for _ in 0..4 {
        desk.answer(call, 0, Outcome::Unavailable("down".to_owned()));
        let since = desk.now;
        desk.until_asked(&[call], 0);
        let wait = desk.now.since(since);
        assert!(wait > last, "{wait:?} after {last:?}");
        assert_eq!(desk.asked(call, 0), Some(Op::Do));
        last = wait;
    }
}

#[test]
fn an_end_gate_in_doubt_is_queried_and_asked_again_with_the_same_key() {
    let (mut desk, call) = paying();
    desk.pass(Millis(610));
    desk.until_asked(&[call], 0);
    assert_eq!(desk.asked(call, 0), Some(Op::Query));
    desk.answer(call, 0, Outcome::Indeterminate("reset".to_owned()));
    desk.until_asked(&[call], 0);
    assert_eq!(desk.asked(call, 0), Some(Op::Query), "still in doubt: still only a question");
    desk.answer(call, 0, denied());
    let out = desk.step(call, 0).out.unwrap();
    assert_eq!((out.op, out.group), (Op::Do, 1));
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!(desk.phase(call), Phase::Completed);
}

#[test]
fn nobody_settles_while_the_gate_may_still_answer() {
    let (mut desk, call) = paying();
    let mut order = Order::by_operator("kim", settle(call));
    order.reason = Some("cash".to_owned());
    let out = Err(Refusal::StepNotDone { call, step: "pay".to_owned() });
    assert_eq!(desk.world.decide(&order, desk.now), out);
    desk.answer(call, 0, Outcome::Unavailable("down".to_owned()));
    desk.ok(settle(call));
    assert_eq!(desk.phase(call), Phase::Completed);
}

#[test]
fn of_two_end_gates_each_is_settled_by_itself() {
    let two = [("pay", Position::BeforeComplete), ("insure", Position::BeforeComplete)];
    let mut desk = Bench::with(&[stepped(&two)]);
    desk.ok(mode("pay", Mode::Failing(FailKind::Denied)));
    desk.ok(mode("insure", Mode::Failing(FailKind::Denied)));
    desk.worker(0, 0);
    let call = desk.one();
    desk.finish(call);
    desk.ok(settle(call));
    assert_eq!(desk.phase(call), Phase::Closing);
    assert_eq!(desk.state(call, 0), &StepState::Settled { by: SettledBy::Card });
    desk.ok(settle(call));
    assert_eq!(desk.phase(call), Phase::Completed);
}

#[test]
fn a_payment_that_was_settled_by_hand_and_comes_through_after_all_needs_a_human() {
    let two = [("pay", Position::BeforeComplete), ("insure", Position::BeforeComplete)];
    let mut desk = Bench::with(&[stepped(&two)]);
    desk.outside("pay");
    desk.outside("insure");
    desk.worker(0, 0);
    let call = desk.one();
    desk.finish(call);
    let late = desk.reply(call, 0, Outcome::Ok);
    desk.pass(Millis(610));
    desk.ok(settle(call));
    assert_eq!(desk.asked(call, 1), Some(Op::Do));
    desk.ok(late.clone());
    assert_eq!(desk.concerns(), [Concern::LateOk]);
    assert_eq!(desk.no(late), Refusal::StaleAnswer, "once is enough");
}

#[test]
fn a_call_without_end_gates_is_completed_with_the_work() {
    let mut desk = Bench::with(&[stepped(&[])]);
    desk.worker(0, 0);
    let call = desk.one();
    let events = desk.finish(call);
    assert!(matches!(events.last(), Some(Event::CallCompleted { .. })));
}
