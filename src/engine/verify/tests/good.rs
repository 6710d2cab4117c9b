//! Good days: journals that keep every rule, to the end and at quiet.

use super::*;
use crate::domain::event::ParkedWhy::{BreakerOpen, Unavailable};

/// C-1 of the profile `full` has passed its gate and is with W-1. Six records.
pub(super) fn assigned_full() -> Book {
    open_full()
        .rec(
            2_000,
            vec![
                committed(1, 1, AssignedBy::Auto),
                issued(notice(4, 1, 0, 3)),
                issued(notice(4, 1, 1, 1)),
            ],
        )
        .rec(2_500, vec![delivered(notice(4, 1, 0, 3))])
}

/// C-1 of the profile `full` has passed its gate and its step. Three records.
pub(super) fn open_full() -> Book {
    Book::new()
        .rec(
            1_000,
            vec![
                received(1, 2),
                asked(1_000, 1, 0, Op::Do, 1),
                answered(1, 0, Op::Do, 1, Outcome::Ok),
                opened(1),
                asked(1_000, 1, 1, Op::Do, 1),
            ],
        )
        .rec(1_100, vec![answered(1, 1, Op::Do, 1, Outcome::Ok)])
}

/// C-1 of the profile `plain` is with W-1. Two records.
pub(super) fn assigned_plain() -> Book {
    Book::new().rec(1_000, vec![received(1, 1), opened(1), committed(1, 1, AssignedBy::Auto)])
}

/// C-1 of the profile `plain` is open. Two records.
pub(super) fn open_plain() -> Book {
    Book::new().rec(1_000, vec![received(1, 1), opened(1)])
}

/// C-1 of the profile `asks` is open. Two records.
pub(super) fn open_asks() -> Book {
    Book::new().rec(1_000, vec![received(1, 3), opened(1)])
}

/// C-1 is done and its payment is being asked. Six records.
pub(super) fn closing() -> Book {
    assigned_full().rec(
        9_000,
        vec![
            started(1, 1),
            finished(1, 1),
            Event::CallClosing { call: CallId(1) },
            asked(9_000, 1, 2, Op::Do, 1),
        ],
    )
}

/// C-1 is canceled; its stock is being given back. Six records.
pub(super) fn unwinding_full() -> Book {
    assigned_full().by(
        Actor::Customer,
        None,
        3_000,
        vec![
            canceled(1),
            released(1, 1, false),
            asked(3_000, 1, 1, Op::Undo, 2),
            issued(notice(6, 1, 2, 3)),
        ],
    )
}

/// C-1 is canceled and everything of it undone. Nine records.
pub(super) fn canceled_full() -> Book {
    unwinding_full()
        .rec(3_100, vec![answered(1, 1, Op::Undo, 2, Outcome::Ok), asked(3_100, 1, 0, Op::Undo, 2)])
        .rec(3_200, vec![answered(1, 0, Op::Undo, 2, Outcome::Ok), ended(1, Target::Canceled)])
        .rec(3_300, vec![delivered(notice(6, 1, 2, 3))])
}

/// `manage` has failed twice, its breaker is open until 11 000, C-1 and C-2 are parked. Four records.
pub(super) fn parked() -> Book {
    let parked = |call, why| Event::CallParked { call: CallId(call), why };
    Book::new()
        .rec(
            900,
            vec![
                received(1, 2),
                asked(900, 1, 0, Op::Do, 1),
                answered(1, 0, Op::Do, 1, down()),
                parked(1, Unavailable),
                issued(notice(2, 1, 3, 3)),
            ],
        )
        .rec(
            1_000,
            vec![
                Event::CallResumed { call: CallId(1) },
                asked(1_000, 1, 0, Op::Do, 2),
                answered(1, 0, Op::Do, 2, down()),
                moved(
                    1,
                    1_000,
                    StateKind::Closed,
                    open_until(11_000, 0),
                    Why::ConsecutiveFailures,
                    [2, 2, 2],
                ),
                parked(1, Unavailable),
            ],
        )
        .rec(
            1_100,
            vec![
                received(2, 2),
                parked(2, BreakerOpen),
                issued(notice(4, 2, 3, 4)),
                received(3, 2),
                parked(3, BreakerOpen),
                issued(notice(4, 3, 3, 5)),
            ],
        )
}

pub(super) fn open_until(until: i64, again: u32) -> State {
    State::Open { until: Time(until), again }
}

pub(super) fn half_open() -> Event {
    let to = State::HalfOpen { leases: vec![], passed: 0, slow: 0, again: 0 };
    moved(2, 11_000, StateKind::Open, to, Why::WaitOver, [0, 0, 0])
}

/// A probe of `manage` for this call, which comes back well.
pub(super) fn probe(call: u64) -> Event {
    match asked(11_000, call, 0, Op::Do, 1) {
        Event::StepAsked { call, step, op, group, attempt, deadline, answer_at, .. } => {
            Event::StepAsked {
                call,
                step,
                op,
                group,
                attempt,
                deadline,
                answer_at,
                generation: 2,
                probe: true,
            }
        }
        other => other,
    }
}

fn quiet(at: i64) -> Quiet {
    Quiet::Yes { at: Time(at) }
}

#[test]
fn a_call_that_is_served_and_paid_breaks_no_rule() {
    let book = closing().rec(9_100, vec![answered(1, 2, Op::Do, 1, Outcome::Ok), completed(1)]);
    assert_clean(&book, quiet(4_000_000));
    let report = book.check(Quiet::No);
    assert_eq!((report.records, report.calls), (7, 1));
}

#[test]
fn a_call_that_is_canceled_and_undone_breaks_no_rule() {
    assert_clean(&canceled_full(), quiet(4_000_000));
}

#[test]
fn parked_calls_come_back_through_a_probe_and_break_no_rule() {
    let close = moved(3, 11_050, StateKind::HalfOpen, State::Closed, Why::ProbesPassed, [1, 0, 0]);
    let resumed = |call| Event::CallResumed { call: CallId(call) };
    let with_generation = |event: Event| match event {
        Event::StepAsked { call, step, op, group, attempt, deadline, answer_at, probe, .. } => {
            Event::StepAsked {
                call,
                step,
                op,
                group,
                attempt,
                deadline,
                answer_at,
                probe,
                generation: 3,
            }
        }
        other => other,
    };
    let book = parked()
        .rec(11_000, vec![half_open(), resumed(2), probe(2)])
        .rec(
            11_050,
            vec![
                answered(2, 0, Op::Do, 1, Outcome::Ok),
                close,
                opened(2),
                resumed(3),
                with_generation(asked(11_050, 3, 0, Op::Do, 1)),
                resumed(1),
                with_generation(asked(11_050, 1, 0, Op::Do, 3)),
            ],
        )
        .rec(
            11_100,
            vec![
                answered(3, 0, Op::Do, 1, Outcome::Ok),
                opened(3),
                answered(1, 0, Op::Do, 3, no()),
                unwinding(1, Target::Rejected, crate::domain::event::Why::Denied),
                ended(1, Target::Rejected),
            ],
        );
    assert_clean(&book, quiet(12_000));
}

#[test]
fn an_offer_declined_an_offer_expired_and_an_offer_accepted_break_no_rule() {
    let ids = (CallId(1), WorkerId(2));
    let book = open_asks()
        .rec(1_100, vec![offer(1, 1, 1, 31_100)])
        .rec(
            1_200,
            vec![
                Event::OfferDeclined { offer: OfferId(1), call: CallId(1), worker: WorkerId(1) },
                offer(2, 1, 2, 31_200),
            ],
        )
        .rec(
            31_200,
            vec![
                Event::OfferExpired { offer: OfferId(2), call: ids.0, worker: ids.1 },
                offer(3, 1, 2, 61_200),
            ],
        )
        .rec(
            40_000,
            vec![
                Event::OfferAccepted { offer: OfferId(3), call: ids.0, worker: ids.1 },
                committed(1, 2, AssignedBy::Offer(OfferId(3))),
            ],
        )
        .desk(
            41_000,
            vec![released(1, 2, true), committed(1, 1, AssignedBy::Manual { overridden: true })],
        )
        .rec(50_000, vec![started(1, 1)])
        .rec(60_000, vec![finished(1, 1), completed(1)]);
    assert_clean(&book, quiet(4_000_000));
}

#[test]
fn a_lost_answer_that_comes_late_is_undone_and_breaks_no_rule() {
    let book = Book::new()
        .rec(1_000, vec![received(1, 2), asked(1_000, 1, 0, Op::Do, 1)])
        .rec(
            1_100,
            vec![canceled_by_desk(), asked(1_100, 1, 0, Op::Undo, 2), issued(notice(3, 1, 2, 3))],
        )
        .rec(
            1_700,
            vec![
                answered(1, 0, Op::Do, 1, lost()),
                answered(1, 0, Op::Undo, 2, Outcome::Ok),
                ended(1, Target::Canceled),
                delivered(notice(3, 1, 2, 3)),
            ],
        )
        .rec(2_000, vec![late_ok(1, 0, 1), asked(2_000, 1, 0, Op::Undo, 3)])
        .rec(2_100, vec![answered(1, 0, Op::Undo, 3, Outcome::Ok)]);
    let mut book = book;
    book.records[2].actor = Actor::Customer;
    assert_clean(&book, quiet(4_000_000));
}

fn canceled_by_desk() -> Event {
    canceled(1)
}

#[test]
fn facts_follow_a_call_through_its_life_and_end() {
    let mut checker = Checker::keeping_ended();
    for record in &closing().records {
        checker.record(record);
    }
    let live = checker.call_facts(CallId(1)).unwrap();
    assert_eq!(live.phase, crate::domain::phase::Phase::Closing);
    assert_eq!((live.worker, live.phase_at, live.received_at), (None, Time(9_000), Time(1_000)));
    assert_eq!(live.steps.len(), 3);
    assert!(live.steps[2].in_flight);
    let last = closing().rec(9_100, vec![answered(1, 2, Op::Do, 1, Outcome::Ok), completed(1)]);
    checker.record(last.records.last().unwrap());
    let taken = checker.take_ended();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].ended_at, Some(Time(9_100)));
    assert_eq!(taken[0].steps[2].state, crate::verify::StepState::Done);
    assert_eq!(checker.call_facts(CallId(1)), None, "it was taken");
    assert_eq!(checker.call_phase(CallId(1)), Some(crate::domain::phase::Phase::Completed));
    assert_eq!(checker.phase_counts().values().sum::<u64>(), 1);
}
