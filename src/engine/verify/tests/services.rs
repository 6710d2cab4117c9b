//! Good days of a lesson that is claimed and paid before, a ride that is shouted out and paid after, and an order of goods.

use super::kit::*;
use super::*;
use crate::domain::event::{Account, MoneyMove, SettledBy, StockMove};

/// C-1 is a lesson, paid and on the open list. Three records.
pub(super) fn listed() -> Book {
    let mut events = vec![taken(1, LESSON)];
    events.extend(at_once(1_000, 1, 0));
    events.extend([captured(1, 0, 30_000), says(3, 1, 0, 6), opened(1)]);
    desk().rec(1_000, events)
}

/// C-1 is claimed by W-1 for ten o'clock. Four records.
pub(super) fn scheduled() -> Book {
    listed().rec(2_000, vec![reserved(1, 1, 10 * HOUR), says(4, 1, 1, 6)])
}

/// C-1 is a ride; W-1 and W-2 are asked, then W-3. Four records.
pub(super) fn shouted() -> Book {
    desk()
        .rec(
            1_000,
            vec![
                taken(1, RIDE),
                opened(1),
                broadcast(1, 1, &[1, 2], 0, 21_000),
                tells(1, 1, &[1, 2]),
            ],
        )
        .rec(21_000, vec![broadcast(1, 1, &[3], 1, 41_000), tells(1, 1, &[3])])
}

/// C-1 was taken by W-3, driven for 12,000 won, and is being paid. Seven records.
pub(super) fn driven() -> Book {
    shouted()
        .rec(31_000, vec![Event::StillSearching { call: CallId(1), nth: 1 }, says(5, 1, 0, 6)])
        .rec(
            32_000,
            vec![
                accepted(1, 1, 3),
                committed(1, 3, AssignedBy::Offer(OfferId(1))),
                over(1, 1, crate::domain::event::Why::Taken, &[1, 2]),
                tells(1, 2, &[1, 2]),
            ],
        )
        .rec(
            60_000,
            vec![
                Event::WorkerEnRoute { call: CallId(1), worker: WorkerId(3) },
                Event::WorkerArrived { call: CallId(1), worker: WorkerId(3) },
                started(1, 3),
                says(7, 1, 3, 5),
                fared(1, 3, Some(12_000)),
                Event::CallClosing { call: CallId(1) },
                asked(60_000, 1, 0, Op::Do, 1),
            ],
        )
}

/// C-1 is a ride that is over and paid. Eight records.
pub(super) fn paid() -> Book {
    driven().rec(60_100, vec![yes(1, 0, Op::Do, 1), captured(1, 0, 12_000), completed(1)])
}

/// C-1 is an order whose ten masks are set aside. Three records.
pub(super) fn set_aside() -> Book {
    let mut events = vec![taken(1, ORDER), opened(1)];
    events.extend(at_once(1_000, 1, 0));
    events.push(stock(StockMove::Reserved, 10, Some(1)));
    desk().rec(1_000, events)
}

/// C-1 is an order that left. Four records.
pub(super) fn sent_off() -> Book {
    set_aside().rec(
        2_000,
        vec![
            Event::WorkStarted { call: CallId(1), worker: None },
            stock(StockMove::Shipped, 10, Some(1)),
        ],
    )
}

fn at(at: i64) -> Quiet {
    Quiet::Yes { at: Time(at) }
}

#[test]
fn a_lesson_that_is_paid_claimed_moved_and_held_breaks_no_rule() {
    let book = scheduled()
        .desk(3_000, vec![rescheduled(1, 12 * HOUR), says(5, 1, 2, 1)])
        .rec(9 * HOUR, vec![due(1, 1), claimed(1, 1)])
        .rec(12 * HOUR, vec![started(1, 1)])
        .rec(13 * HOUR, vec![finished(1, 1), completed(1)]);
    assert_clean(&book, at(14 * HOUR));
}

#[test]
fn a_lesson_canceled_after_its_claim_is_refunded_and_breaks_no_rule() {
    let book = scheduled()
        .by(
            Actor::Customer,
            None,
            3_000,
            vec![released(1, 1, false), canceled(1), asked(3_000, 1, 0, Op::Undo, 2)],
        )
        .rec(
            3_100,
            vec![
                yes(1, 0, Op::Undo, 2),
                refunded(1, 0, 30_000),
                says(6, 1, 3, 6),
                ended(1, Target::Canceled),
            ],
        );
    assert_clean(&book, at(4 * HOUR));
    let mut checker = Checker::new();
    book.records.iter().for_each(|record| checker.record(record));
    assert!(checker.books().values().all(|won| *won == 0), "{:?}", checker.books());
}

#[test]
fn a_lesson_whose_capture_is_heard_of_late_is_booked_and_given_back() {
    let book = desk()
        .rec(1_000, vec![taken(1, LESSON), asked(1_000, 1, 0, Op::Do, 1)])
        .by(Actor::Customer, None, 1_100, vec![canceled(1), asked(1_100, 1, 0, Op::Undo, 2)])
        .rec(
            1_700,
            vec![
                answered(1, 0, Op::Do, 1, lost()),
                yes(1, 0, Op::Undo, 2),
                ended(1, Target::Canceled),
            ],
        )
        .rec(1_800, vec![late_ok(1, 0, 1), captured(1, 0, 30_000), asked(1_800, 1, 0, Op::Undo, 3)])
        .rec(1_900, vec![yes(1, 0, Op::Undo, 3), refunded(1, 0, 30_000)]);
    assert_clean(&book, at(4 * HOUR));
}

#[test]
fn a_missed_appointment_goes_back_to_the_open_list() {
    let missed = Event::AssignmentReleased {
        call: CallId(1),
        worker: WorkerId(1),
        why: crate::domain::event::Why::Missed,
        exclude: false,
    };
    let book = scheduled().rec(7 * HOUR, vec![due(1, 1)]).rec(10 * HOUR, vec![missed]);
    assert_clean(&book, at(11 * HOUR));
}

#[test]
fn a_ride_that_is_shouted_out_and_paid_at_its_end_breaks_no_rule() {
    assert_clean(&paid(), at(2 * HOUR));
}

#[test]
fn a_ride_whose_payment_is_unknown_is_asked_about_and_booked_once() {
    let book = driven()
        .rec(60_700, vec![answered(1, 0, Op::Do, 1, lost()), asked(60_700, 1, 0, Op::Query, 2)])
        .rec(60_800, vec![yes(1, 0, Op::Query, 2), captured(1, 0, 12_000), completed(1)]);
    assert_clean(&book, at(2 * HOUR));
}

/// The second ride of M-1, by W-1, after C-1. Two more records; the coupon it earns is worth 1,000.
pub(super) fn second_ride(after: Book) -> Book {
    let seq = after.records.len() as u64 + 1;
    after
        .rec(
            100_000,
            vec![
                taken(2, RIDE),
                opened(2),
                claimed(2, 1),
                started(2, 1),
                says(seq, 2, 3, 5),
                fared(2, 1, Some(9_000)),
                Event::CallClosing { call: CallId(2) },
                asked(100_000, 2, 0, Op::Do, 1),
            ],
        )
        .rec(
            100_100,
            vec![
                yes(2, 0, Op::Do, 1),
                captured(2, 0, 9_000),
                completed(2),
                granted(2, 2),
                says(seq + 1, 2, 4, 7),
            ],
        )
}

#[test]
fn every_second_ride_earns_a_coupon_that_lowers_the_third() {
    let book = second_ride(paid());
    let seq = book.records.len() as u64 + 1;
    let book = book
        .rec(
            200_000,
            vec![
                taken(3, RIDE),
                used(3),
                opened(3),
                claimed(3, 1),
                started(3, 1),
                says(seq, 3, 3, 5),
                fared(3, 1, Some(9_000)),
                Event::CallClosing { call: CallId(3) },
                asked(200_000, 3, 0, Op::Do, 1),
            ],
        )
        .rec(200_100, vec![yes(3, 0, Op::Do, 1), captured(3, 0, 8_000), completed(3)]);
    assert_clean(&book, at(2 * HOUR));
    let mut checker = Checker::new();
    book.records.iter().for_each(|record| checker.record(record));
    let member = checker.member_facts().next().unwrap();
    assert_eq!((member.rides, member.coupons), (3, vec![]));
    assert_eq!(checker.books()[&Account::Card], 12_000 + 9_000 + 8_000);
}

#[test]
fn a_ride_that_cost_nothing_and_one_that_was_settled_in_cash_break_no_rule() {
    let nothing = shouted().desk(
        30_000,
        vec![
            over(1, 1, crate::domain::event::Why::Taken, &[1, 2]),
            tells(1, 2, &[1, 2]),
            committed(1, 3, AssignedBy::Manual { overridden: false }),
            started(1, 3),
            says(5, 1, 3, 5),
            fared(1, 3, Some(0)),
            Event::CallClosing { call: CallId(1) },
            by_hand(1, 0, SettledBy::Nothing),
            completed(1),
        ],
    );
    assert_clean(&nothing, at(2 * HOUR));
    let lines = [(Account::Cash, 12_000), (Account::Revenue, -12_000)];
    let cash = driven()
        .rec(
            60_100,
            vec![
                answered(1, 0, Op::Do, 1, no()),
                raised(1, About::Call(CallId(1)), Concern::ClosingDenied),
            ],
        )
        .desk(
            70_000,
            vec![
                by_hand(1, 0, SettledBy::Cash),
                money(1, 0, MoneyMove::Settled(SettledBy::Cash), &lines),
                completed(1),
            ],
        );
    assert_clean(&cash, at(2 * HOUR));
}

#[test]
fn an_order_that_ships_and_one_that_is_canceled_break_no_rule() {
    let mut second = vec![taken(2, ORDER), opened(2)];
    second.extend(at_once(3_000, 2, 0));
    second.push(stock(StockMove::Reserved, 10, Some(2)));
    let book = sent_off()
        .rec(3_000, second)
        .rec(4_000, vec![finished_by_nobody(1), completed(1)])
        .by(Actor::Customer, None, 5_000, vec![canceled(2), asked(5_000, 2, 0, Op::Undo, 2)])
        .rec(
            5_100,
            vec![
                yes(2, 0, Op::Undo, 2),
                stock(StockMove::Returned, 10, Some(2)),
                ended(2, Target::Canceled),
            ],
        );
    assert_clean(&book, at(2 * HOUR));
    let mut checker = Checker::new();
    book.records.iter().for_each(|record| checker.record(record));
    let shelf = checker.stock_facts().next().unwrap();
    assert_eq!((shelf.on_hand, shelf.reserved), (90, 0));
}

#[test]
fn an_order_nobody_sends_off_in_time_waits_for_a_human() {
    let late = set_aside().rec(
        301_000,
        vec![
            Event::PlanExhausted { call: CallId(1) },
            raised(1, About::Call(CallId(1)), Concern::PromisePassed),
        ],
    );
    assert_clean(&late, at(2 * HOUR));
}

#[test]
fn goods_that_are_short_are_told_to_the_customer_and_to_the_desk() {
    let book = desk().rec(
        1_000,
        vec![
            taken(1, ORDER),
            opened(1),
            asked(1_000, 1, 0, Op::Do, 1),
            answered(1, 0, Op::Do, 1, no()),
            raised(1, About::Call(CallId(1)), Concern::StepDenied),
            says(3, 1, 0, 6),
        ],
    );
    assert_clean(&book, Quiet::No);
}
