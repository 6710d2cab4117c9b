//! Refunds after completion: asked like any step, never more than was captured, decided by a person when refused.

use super::kit::{cancel, has, mode};
use super::money::{at_the_bank, captured, ended, entries, metered, refunded};
use crate::domain::call::StepState;
use crate::domain::command::{Command, Order};
use crate::domain::event::{Actor, Concern, Event, FailKind, Mode, Op, Outcome};
use crate::domain::ids::{CallId, Millis, Won};
use crate::domain::phase::Phase;
use crate::domain::refusal::Refusal;
use crate::domain::testing::Bench;

fn refund(call: CallId, won: Option<i64>) -> Command {
    Command::RefundCall { call, won: won.map(Won) }
}

/// A call that was charged, completed and forgotten.
fn paid(fare: i64) -> (Bench, CallId) {
    let mut desk = metered();
    let call = desk.one();
    desk.ok(ended(call, Some(fare)));
    assert!(desk.world.call(call).is_none());
    (desk, call)
}

/// A completed call whose refund is out to a bank outside.
fn refunding(fare: i64, won: i64) -> (Bench, CallId) {
    let (mut desk, call) = at_the_bank(fare);
    desk.answer(call, 0, Outcome::Ok);
    desk.after(call, refund(call, Some(won)), Some("too slow")).unwrap();
    assert_eq!(desk.asked(call, 1), Some(Op::Do));
    (desk, call)
}

fn left(call: CallId, won: i64) -> Refusal {
    Refusal::RefundTooMuch { call, left: Won(won) }
}

#[test]
fn a_call_that_is_forgotten_is_recalled_as_it_stood() {
    let (mut desk, call) = at_the_bank(10_000);
    let before = desk.world.call(call).unwrap().clone();
    desk.answer(call, 0, Outcome::Ok);
    let stood = desk.as_it_stood(call);
    assert_eq!((stood.phase, stood.money.captured), (Phase::Completed, Won(10_000)));
    assert_eq!((stood.steps[0].attempts, &stood.steps[0].state), (1, &StepState::Done));
    assert_eq!((stood.assignment, stood.told, stood.search), {
        (before.assignment, before.told, before.search)
    });
    assert_eq!(stood.seqs.len(), before.seqs.len() + 1);
}

#[test]
fn a_part_is_given_back_and_then_the_rest_and_then_nothing_is_left() {
    let (mut desk, call) = paid(10_000);
    let events = desk.after(call, refund(call, Some(4_000)), Some("too slow")).unwrap();
    assert!(matches!(&events[0], Event::CallRecalled { call: recalled } if recalled.id == call));
    assert!(has(&events, "RefundAsked") && has(&events, "MoneyMoved"), "{events:?}");
    assert_eq!(desk.after(call, refund(call, Some(6_001)), Some("x")), Err(left(call, 6_000)));
    desk.after(call, refund(call, None), Some("all of it")).unwrap();
    assert_eq!(desk.after(call, refund(call, None), Some("again")), Err(left(call, 0)));
    assert_eq!(entries(&desk), [captured(10_000), refunded(4_000), refunded(6_000)]);
    assert!(desk.world.books().values().all(|balance| *balance == 0));
}

#[test]
fn only_an_operator_gives_back_and_says_why() {
    let (mut desk, call) = paid(10_000);
    let missing = Refusal::ReasonMissing { verb: "refund" };
    assert_eq!(desk.after(call, refund(call, None), None), Err(missing));
    for actor in [Actor::Customer, Actor::Clock, Actor::Worker(crate::domain::ids::WorkerId(1))] {
        let mut order = Order::by_operator("kim", refund(call, None));
        (order.actor, order.reason) = (actor, Some("please".to_owned()));
        let refused = Err(Refusal::OnlyOperator { verb: "refund" });
        assert_eq!(desk.after_as(call, &order), refused);
    }
    assert!(matches!(
        desk.after(call, refund(call, Some(0)), Some("nothing")),
        Err(Refusal::OutOfRange { what: "refund", .. })
    ));
    assert_eq!(entries(&desk), [captured(10_000)]);
}

#[test]
fn what_is_not_completed_or_was_not_captured_is_not_refunded() {
    let mut desk = metered();
    let call = desk.one();
    let phase = desk.phase(call);
    let wrong = Refusal::WrongPhase { call, phase, verb: "refunded" };
    assert_eq!(desk.run(refund(call, None), Some("x")), Err(wrong));
    desk.ok(ended(call, Some(0)));
    assert_eq!(desk.after(call, refund(call, None), Some("x")), Err(left(call, 0)));
}

#[test]
fn a_canceled_call_was_given_back_already() {
    let mut desk = metered();
    let call = desk.one();
    desk.ok(cancel(call));
    let wrong = Refusal::WrongPhase { call, phase: Phase::Canceled, verb: "refunded" };
    assert_eq!(desk.after(call, refund(call, None), Some("x")), Err(wrong));
}

#[test]
fn a_refund_in_doubt_is_queried_and_asked_again_under_the_same_key() {
    let (mut desk, call) = refunding(10_000, 4_000);
    desk.pass(Millis(610));
    assert_eq!(entries(&desk), [captured(10_000)], "not given back as far as is known");
    desk.until_asked(&[call], 1);
    assert_eq!(desk.asked(call, 1), Some(Op::Query));
    desk.answer(call, 1, Outcome::Denied("not known".to_owned()));
    let out = desk.step(call, 1).out.unwrap();
    assert_eq!((out.op, out.group), (Op::Do, 1));
    desk.answer(call, 1, Outcome::Ok);
    assert_eq!(entries(&desk), [captured(10_000), refunded(4_000)]);
}

#[test]
fn a_refund_that_is_under_way_counts_as_given_back() {
    let (mut desk, call) = refunding(10_000, 4_000);
    assert_eq!(desk.after(call, refund(call, Some(6_001)), Some("x")), Err(left(call, 6_000)));
    desk.pass(Millis(610));
    assert_eq!(desk.after(call, refund(call, Some(6_001)), Some("x")), Err(left(call, 6_000)));
    desk.after(call, refund(call, None), Some("the rest")).unwrap();
    let asked = |e: &Event| matches!(e, Event::RefundAsked { step: 2, won: Won(6_000), .. });
    assert!(desk.journal.last().unwrap().events.iter().any(asked));
}

#[test]
fn a_refund_is_asked_again_later_and_later_while_the_bank_is_down() {
    let (mut desk, call) = refunding(10_000, 4_000);
    let mut last = Millis(0);
    for _ in 0..4 {
        desk.answer(call, 1, Outcome::Unavailable("down".to_owned()));
        let since = desk.now;
        desk.until_asked(&[call], 1);
        let wait = desk.now.since(since);
        assert!(wait > last, "{wait:?} after {last:?}");
        last = wait;
    }
    desk.pass(Millis::hours(2));
    assert_eq!(desk.phase(call), Phase::Completed);
    assert!(desk.world.call(call).is_some(), "not forgotten while it is owed");
}

#[test]
fn an_open_breaker_keeps_a_refund_back_and_lets_it_out_when_it_closes() {
    let (mut desk, call) = paid(10_000);
    desk.ok(Command::ForceBreaker {
        name: "payment".to_owned(),
        to: crate::domain::breaker::Order::Open { reason: "maintenance".to_owned() },
    });
    desk.after(call, refund(call, None), Some("too slow")).unwrap();
    desk.pass(Millis::hours(1));
    assert_eq!(desk.state(call, 1), &StepState::Idle);
    desk.ok(Command::ForceBreaker {
        name: "payment".to_owned(),
        to: crate::domain::breaker::Order::Close,
    });
    desk.pass(Millis::secs(1));
    assert_eq!(entries(&desk), [captured(10_000), refunded(10_000)]);
}

#[test]
fn a_refused_refund_needs_a_human_who_has_it_tried_again() {
    let (mut desk, call) = paid(10_000);
    desk.ok(mode("payment", Mode::Failing(FailKind::Denied)));
    desk.after(call, refund(call, None), Some("too slow")).unwrap();
    assert_eq!(desk.concerns(), [Concern::RefundDenied]);
    desk.pass(Millis::hours(1));
    assert_eq!(desk.concerns(), [Concern::RefundDenied], "it waits for as long as it takes");
    desk.ok(mode("payment", Mode::Running));
    desk.ok(Command::RetryCall { call });
    assert_eq!(entries(&desk), [captured(10_000), refunded(10_000)]);
    assert!(desk.concerns().is_empty());
    assert_eq!(desk.no(Command::RetryCall { call }), Refusal::NothingToRetry { call });
}

#[test]
fn a_refused_refund_that_is_let_go_may_be_asked_for_anew() {
    let (mut desk, call) = paid(10_000);
    desk.ok(mode("payment", Mode::Failing(FailKind::Denied)));
    for won in [3_000, 4_000] {
        desk.after(call, refund(call, Some(won)), Some("too slow")).unwrap();
    }
    let waive = |step: &str| Command::WaiveStep { call, step: step.to_owned() };
    assert_eq!(desk.no(waive("refund-2")), Refusal::ReasonMissing { verb: "waive" });
    assert!(matches!(
        desk.run(waive("refund-3"), Some("x")),
        Err(Refusal::NoSuchStep { known, .. }) if known == "payment, refund-1, refund-2"
    ));
    let nothing = Refusal::NothingToWaive { call, step: "payment".to_owned() };
    assert_eq!(desk.run(waive("payment"), Some("x")), Err(nothing));
    desk.ok(waive("refund-2"));
    assert_eq!((desk.state(call, 2), desk.concerns().len()), (&StepState::Waived, 1));
    desk.ok(waive("refund"));
    assert_eq!((desk.state(call, 1), desk.concerns().len()), (&StepState::Waived, 0));
    desk.ok(mode("payment", Mode::Running));
    desk.after(call, refund(call, Some(10_000)), Some("all of it after all")).unwrap();
    assert_eq!(entries(&desk), [captured(10_000), refunded(10_000)]);
}

#[test]
fn nobody_lets_go_of_a_refund_that_may_have_been_made() {
    let (mut desk, call) = refunding(10_000, 4_000);
    let waive = Command::WaiveStep { call, step: "refund-1".to_owned() };
    assert!(matches!(desk.run(waive.clone(), Some("x")), Err(Refusal::NothingToWaive { .. })));
    desk.pass(Millis(610));
    let unknown = Refusal::OutcomeUnknown { call, step: "refund-1".to_owned() };
    assert_eq!(desk.run(waive, Some("x")), Err(unknown));
}

#[test]
fn a_refund_that_was_let_go_and_comes_through_all_the_same_is_booked_and_needs_a_human() {
    let (mut desk, call) = refunding(10_000, 4_000);
    let late = desk.reply(call, 1, Outcome::Ok);
    desk.pass(Millis(610));
    desk.until_asked(&[call], 1);
    desk.answer(call, 1, Outcome::Denied("not known".to_owned()));
    desk.answer(call, 1, Outcome::Denied("no".to_owned()));
    desk.ok(Command::WaiveStep { call, step: "refund".to_owned() });
    desk.ok(late);
    assert_eq!(desk.concerns(), [Concern::LateOk]);
    assert_eq!(entries(&desk), [captured(10_000), refunded(4_000)]);
    assert_eq!(desk.after(call, refund(call, Some(6_001)), Some("x")), Err(left(call, 6_000)));
}

#[test]
fn a_call_that_was_recalled_is_forgotten_again_once_its_refund_is_made() {
    let (mut desk, call) = refunding(10_000, 4_000);
    desk.answer(call, 1, Outcome::Ok);
    desk.pass(Millis::mins(16));
    desk.one();
    assert!(desk.world.call(call).is_none());
    desk.after(call, refund(call, None), Some("the rest")).unwrap();
    desk.answer(call, 2, Outcome::Ok);
    assert_eq!(entries(&desk), [captured(10_000), refunded(4_000), refunded(6_000)]);
}
