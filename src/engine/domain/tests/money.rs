//! Money: captured once, given back never more than captured, the books balanced at every record.

use super::kit::{bare, cancel, has, mode};
use crate::domain::call::StepState;
use crate::domain::command::{Amendment, Command};
use crate::domain::event::{
    Account, Actor, Card, Concern, Event, FailKind, Line, Mode, MoneyMove, Op, Outcome, Record,
    SettledBy, TelDigest, WorkOutcome,
};
use crate::domain::ids::{CallId, MemberId, Millis, SubjectId, Won};
use crate::domain::phase::Phase;
use crate::domain::profile::{
    Does, Field, FieldKind, PaymentRule, Position, Price, Profile, RewardRule, StepSpec,
};
use crate::domain::refusal::Refusal;
use crate::domain::testing::{Bench, request, seoul};

/// The bare profile with a charge.
pub(super) fn charging(position: Position, price: Price) -> Profile {
    let mut pay = StepSpec::new("payment", position);
    pay.does = Does::Charge;
    let payment = Some(PaymentRule { price, limit: Some(Won(100_000)) });
    let mut profile = Profile { steps: vec![pay], payment, ..bare() };
    if price == Price::Fixed {
        let mut cost = Field { skill: false, required: true, ..profile.fields[0].clone() };
        (cost.name, cost.kind) = ("cost".to_owned(), FieldKind::Won);
        profile.fields.push(cost);
    }
    profile
}

/// The price is paid before anything else.
pub(super) fn prepaid() -> Bench {
    let mut desk = Bench::with(&[charging(Position::BeforeOpen, Price::Fixed)]);
    desk.worker(0, 0);
    desk
}

/// The fare is paid at the end.
pub(super) fn metered() -> Bench {
    let mut desk = Bench::with(&[charging(Position::BeforeComplete, Price::Metered)]);
    desk.worker(0, 0);
    desk
}

fn offer(desk: &mut Bench, won: Option<i64>) -> Result<CallId, Refusal> {
    let mut order = request("repair", 1, Some(seoul(0, 0)));
    if let Command::RequestCall(new) = &mut order {
        new.cost = won.map(Won);
    }
    desk.run(order, None).map(|_| CallId(desk.world.desk.next.call))
}

pub(super) fn ended(call: CallId, fare: Option<i64>) -> Command {
    Command::FinishWork { call, outcome: WorkOutcome::Done, fare: fare.map(Won) }
}

/// Somebody becomes a member, with this card.
pub(super) fn member(desk: &mut Bench, card: Option<Card>) -> MemberId {
    let id = MemberId(desk.world.desk.next.member + 1);
    let added = Event::MemberAdded {
        member: id,
        subject: SubjectId(desk.world.desk.next.subject + 1),
        tel: TelDigest(900 + id.0),
        reachable: true,
        friend: None,
        friend_reachable: false,
        card,
    };
    let record = Record {
        seq: desk.world.seq().next(),
        at: desk.now,
        actor: Actor::Clock,
        key: None,
        causation: None,
        trace: None,
        reason: None,
        events: vec![added],
    };
    desk.world.replay(&record);
    desk.journal.push(record);
    id
}

/// A call of this member's.
fn ride(desk: &mut Bench, who: MemberId) -> CallId {
    let call = desk.one();
    let known = desk.world.member(who).unwrap().snapshot();
    desk.world.calls.get_mut(&call).unwrap().member = Some(known);
    call
}

/// Every entry of the books, checked: each balanced, each call captured once and never given back more than that.
pub(super) fn entries(desk: &Bench) -> Vec<(MoneyMove, Vec<(Account, i64)>)> {
    let (mut kept, mut captures) = (std::collections::BTreeMap::new(), 0);
    let mut all = Vec::new();
    for event in desk.events() {
        let Event::MoneyMoved { call, what, lines, .. } = event else { continue };
        assert_eq!(lines.iter().map(|line| line.won.0).sum::<i64>(), 0, "{lines:?}");
        let won: i64 = lines.iter().map(|line| line.won.0.max(0)).sum();
        let held: &mut i64 = kept.entry(call).or_default();
        match what {
            MoneyMove::Captured => {
                captures += 1;
                *held += won;
            }
            MoneyMove::Refunded => *held -= won,
            MoneyMove::Settled(_) => {}
        }
        assert!(*held >= 0, "{call} gave back more than it had");
        all.push((what, lines.iter().map(|Line { account, won }| (*account, won.0)).collect()));
    }
    let calls = desk.world.desk.next.call;
    assert!(captures <= calls, "{captures} captures of {calls} calls");
    assert_eq!(desk.world.books().values().sum::<i64>(), 0, "the books are balanced");
    all
}

pub(super) fn captured(won: i64) -> (MoneyMove, Vec<(Account, i64)>) {
    (MoneyMove::Captured, vec![(Account::Card, won), (Account::Revenue, -won)])
}

pub(super) fn refunded(won: i64) -> (MoneyMove, Vec<(Account, i64)>) {
    (MoneyMove::Refunded, vec![(Account::Revenue, won), (Account::Card, -won)])
}

fn denied(why: &str) -> Outcome {
    Outcome::Denied(why.to_owned())
}

/// A metered call whose work is over and whose charge is out to a bank outside.
pub(super) fn at_the_bank(fare: i64) -> (Bench, CallId) {
    let mut desk = metered();
    desk.outside("payment");
    let call = desk.one();
    desk.ok(ended(call, Some(fare)));
    assert_eq!((desk.phase(call), desk.asked(call, 0)), (Phase::Closing, Some(Op::Do)));
    (desk, call)
}

#[test]
fn a_price_paid_before_is_booked_with_the_answer_and_given_back_with_the_undo() {
    let mut desk = prepaid();
    let call = offer(&mut desk, Some(30_000)).unwrap();
    let first = &desk.journal.last().unwrap().events;
    assert!(has(first, "MoneyMoved") && has(first, "CallOpened"), "one record: {first:?}");
    assert_eq!(desk.world.call(call).unwrap().money.captured, Won(30_000));
    desk.ok(cancel(call));
    assert_eq!(desk.phase(call), Phase::Canceled);
    assert_eq!(entries(&desk), [captured(30_000), refunded(30_000)]);
    assert!(desk.world.books().values().all(|balance| *balance == 0));
}

#[test]
fn a_refused_payment_rejects_the_call_and_books_nothing() {
    let mut desk = prepaid();
    desk.ok(mode("payment", Mode::Failing(FailKind::Denied)));
    let call = offer(&mut desk, Some(30_000)).unwrap();
    assert_eq!(desk.phase(call), Phase::Rejected);
    assert_eq!(entries(&desk), []);
}

#[test]
fn an_unknown_capture_is_booked_when_it_is_known_and_only_once() {
    let (mut desk, call) = at_the_bank(12_000);
    let late = desk.reply(call, 0, Outcome::Ok);
    desk.pass(Millis(610));
    assert!(matches!(desk.state(call, 0), StepState::Waiting { unknown: true, .. }));
    assert_eq!(entries(&desk), [], "neither paid nor failed");
    desk.until_asked(&[call], 0);
    assert_eq!(desk.asked(call, 0), Some(Op::Query));
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!(desk.phase(call), Phase::Completed);
    assert_eq!(desk.no(late), Refusal::StaleAnswer, "it says nothing new");
    assert!(desk.concerns().is_empty());
    assert_eq!(entries(&desk), [captured(12_000)]);
}

#[test]
fn a_late_ok_books_the_capture_and_the_query_that_was_out_does_not_book_it_again() {
    let (mut desk, call) = at_the_bank(12_000);
    let late = desk.reply(call, 0, Outcome::Ok);
    desk.pass(Millis(610));
    desk.until_asked(&[call], 0);
    let query = desk.reply(call, 0, Outcome::Ok);
    let events = desk.ok(late);
    assert!(has(&events, "MoneyMoved") && has(&events, "CallCompleted"));
    desk.ok(query);
    assert_eq!(entries(&desk), [captured(12_000)]);
}

#[test]
fn an_unknown_capture_of_a_canceled_call_is_undone_and_never_booked() {
    let mut desk = prepaid();
    desk.outside("payment");
    let call = offer(&mut desk, Some(30_000)).unwrap();
    desk.pass(Millis(610));
    desk.ok(cancel(call));
    assert_eq!(desk.asked(call, 0), Some(Op::Undo));
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!((desk.phase(call), entries(&desk)), (Phase::Canceled, vec![]));
}

#[test]
fn a_capture_that_comes_through_after_its_undo_is_given_back_once_more() {
    let mut desk = prepaid();
    desk.outside("payment");
    let call = offer(&mut desk, Some(30_000)).unwrap();
    let late = desk.reply(call, 0, Outcome::Ok);
    desk.pass(Millis(610));
    desk.ok(cancel(call));
    desk.answer(call, 0, Outcome::Ok);
    desk.ok(late);
    assert_eq!(desk.asked(call, 0), Some(Op::Undo));
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!(entries(&desk), [captured(30_000), refunded(30_000)]);
}

#[test]
fn an_ok_that_was_known_before_the_undo_is_not_booked_a_second_time_after_it() {
    let mut desk = prepaid();
    desk.outside("payment");
    let call = offer(&mut desk, Some(30_000)).unwrap();
    let late = desk.reply(call, 0, Outcome::Ok);
    desk.pass(Millis(610));
    desk.until_asked(&[call], 0);
    desk.answer(call, 0, Outcome::Ok);
    desk.ok(cancel(call));
    desk.answer(call, 0, Outcome::Ok);
    desk.ok(late);
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!(entries(&desk), [captured(30_000), refunded(30_000)]);
}

#[test]
fn a_lost_answer_never_charges_twice() {
    let mut desk = metered();
    desk.ok(mode("payment", Mode::Failing(FailKind::Lost)));
    let call = desk.one();
    desk.ok(ended(call, Some(9_000)));
    desk.pass(Millis::mins(1));
    assert_eq!((desk.phase(call), entries(&desk)), (Phase::Closing, vec![]));
    desk.ok(mode("payment", Mode::Running));
    desk.pass(Millis::mins(1));
    assert_eq!((desk.phase(call), entries(&desk)), (Phase::Completed, vec![captured(9_000)]));
}

#[test]
fn while_payment_is_down_the_call_stays_closing_and_is_charged_once_when_it_returns() {
    let mut desk = metered();
    desk.ok(mode("payment", Mode::Stopped));
    let call = desk.one();
    desk.ok(ended(call, Some(9_000)));
    desk.pass(Millis::hours(3));
    assert_eq!((desk.phase(call), entries(&desk)), (Phase::Closing, vec![]));
    assert!(desk.world.workers().all(|w| w.current.is_none()), "the worker is free meanwhile");
    desk.ok(mode("payment", Mode::Running));
    desk.pass(Millis::mins(10));
    assert_eq!((desk.phase(call), entries(&desk)), (Phase::Completed, vec![captured(9_000)]));
}

#[test]
fn a_metered_end_needs_a_fare_within_the_limit() {
    let mut desk = metered();
    let call = desk.one();
    desk.start(call);
    assert_eq!(desk.no(ended(call, None)), Refusal::FareMissing { call });
    for value in [-1, 100_001] {
        let range = Refusal::OutOfRange { what: "fare", value, min: 0, max: 100_000 };
        assert_eq!(desk.no(ended(call, Some(value))), range);
    }
    desk.ok(ended(call, Some(100_000)));
    assert_eq!(entries(&desk), [captured(100_000)]);
}

#[test]
fn a_fixed_price_is_named_before_stays_and_is_not_reported_again() {
    let mut desk = Bench::with(&[charging(Position::BeforeComplete, Price::Fixed)]);
    desk.worker(0, 0);
    let missing = Refusal::FieldMissing { profile: "repair".to_owned(), field: "cost".to_owned() };
    assert_eq!(offer(&mut desk, None), Err(missing));
    for value in [0, 100_001] {
        let range = Refusal::OutOfRange { what: "cost", value, min: 1, max: 100_000 };
        assert_eq!(offer(&mut desk, Some(value)), Err(range));
    }
    let call = offer(&mut desk, Some(20_000)).unwrap();
    assert_eq!(desk.no(ended(call, Some(25_000))), Refusal::PriceFixed { call });
    desk.ok(ended(call, Some(20_000)));
    assert_eq!(entries(&desk), [captured(20_000)]);
}

#[test]
fn a_fixed_price_may_be_amended_until_it_was_asked_for() {
    let mut desk = prepaid();
    desk.ok(Command::ForceBreaker {
        name: "payment".to_owned(),
        to: crate::domain::breaker::Order::Open { reason: "maintenance".to_owned() },
    });
    let call = offer(&mut desk, Some(20_000)).unwrap();
    let to = |won| {
        let change = Amendment { cost: Some(Won(won)), ..Amendment::default() };
        Command::AmendCall { call, change }
    };
    assert!(matches!(desk.no(to(0)), Refusal::OutOfRange { what: "cost", min: 1, .. }));
    desk.ok(to(21_000));
    desk.ok(Command::ForceBreaker {
        name: "payment".to_owned(),
        to: crate::domain::breaker::Order::Close,
    });
    desk.pass(Millis::mins(1));
    assert_eq!(entries(&desk), [captured(21_000)]);
    assert_eq!(desk.no(to(22_000)), Refusal::PriceFixed { call });
}

#[test]
fn nothing_to_pay_is_settled_by_the_desk_and_nobody_is_asked() {
    let mut desk = metered();
    desk.ok(mode("payment", Mode::Stopped));
    let call = desk.one();
    let events = desk.ok(ended(call, Some(0)));
    let nothing = |e: &Event| matches!(e, Event::StepSettled { by: SettledBy::Nothing, .. });
    assert!(events.iter().any(nothing) && !has(&events, "StepAsked"), "{events:?}");
    assert_eq!((desk.phase(call), entries(&desk)), (Phase::Completed, vec![]));
}

#[test]
fn what_is_settled_by_hand_is_booked_where_it_came_from() {
    let ways = [
        (SettledBy::Cash, Account::Cash),
        (SettledBy::Card, Account::CardOutside),
        (SettledBy::Waive, Account::Waived),
    ];
    for (by, account) in ways {
        let mut desk = metered();
        desk.ok(mode("payment", Mode::Failing(FailKind::Denied)));
        let call = desk.one();
        desk.ok(ended(call, Some(7_000)));
        assert_eq!(desk.concerns(), [Concern::ClosingDenied]);
        desk.ok(Command::SettleCall { call, by });
        let entry = (MoneyMove::Settled(by), vec![(account, 7_000), (Account::Revenue, -7_000)]);
        assert_eq!((desk.phase(call), entries(&desk)), (Phase::Completed, vec![entry]));
    }
}

#[test]
fn nobody_settles_by_hand_what_the_card_may_have_paid() {
    let (mut desk, call) = at_the_bank(7_000);
    desk.pass(Millis(610));
    let settle = Command::SettleCall { call, by: SettledBy::Cash };
    let unknown = Refusal::OutcomeUnknown { call, step: "payment".to_owned() };
    assert_eq!(desk.run(settle.clone(), Some("paid in cash")), Err(unknown));
    desk.ok(Command::RetryCall { call });
    assert_eq!(desk.asked(call, 0), Some(Op::Query), "asked at once");
    desk.answer(call, 0, denied("not done"));
    desk.answer(call, 0, Outcome::Unavailable("down".to_owned()));
    desk.ok(settle);
    assert_eq!(desk.phase(call), Phase::Completed);
}

#[test]
fn a_capture_that_comes_through_after_all_beside_cash_is_booked_and_needs_a_human() {
    let (mut desk, call) = at_the_bank(7_000);
    let late = desk.reply(call, 0, Outcome::Ok);
    desk.pass(Millis(610));
    desk.until_asked(&[call], 0);
    desk.answer(call, 0, denied("not done"));
    desk.answer(call, 0, Outcome::Unavailable("down".to_owned()));
    desk.ok(Command::SettleCall { call, by: SettledBy::Cash });
    desk.ok(late.clone());
    assert_eq!(desk.concerns(), [Concern::LateOk]);
    assert_eq!(desk.state(call, 0), &StepState::Settled { by: SettledBy::Cash });
    assert_eq!(entries(&desk).last(), Some(&captured(7_000)));
    assert_eq!(desk.no(late), Refusal::StaleAnswer, "once is enough");
    desk.ok(Command::RefundCall { call, won: None });
    desk.answer(call, 1, Outcome::Ok);
    assert_eq!(entries(&desk).last(), Some(&refunded(7_000)));
}

#[test]
fn a_declined_card_and_no_card_are_refused_whatever_became_of_the_answer() {
    for (card, why) in [(Some(Card::Declined), "card declined"), (None, "no card")] {
        let mut desk = metered();
        let who = member(&mut desk, card);
        desk.ok(mode("payment", Mode::Failing(FailKind::Lost)));
        let call = ride(&mut desk, who);
        desk.ok(ended(call, Some(7_000)));
        desk.pass(Millis::secs(5));
        desk.ok(mode("payment", Mode::Running));
        desk.pass(Millis::mins(1));
        assert_eq!(desk.state(call, 0), &StepState::Denied { reason: why.to_owned() });
        assert_eq!((desk.concerns(), entries(&desk)), (vec![Concern::ClosingDenied], vec![]));
        assert_eq!(desk.phase(call), Phase::Closing);
    }
}

#[test]
fn a_stored_card_is_charged() {
    let mut desk = metered();
    let who = member(&mut desk, Some(Card::Token));
    let call = ride(&mut desk, who);
    desk.ok(ended(call, Some(7_000)));
    assert_eq!((desk.phase(call), entries(&desk)), (Phase::Completed, vec![captured(7_000)]));
}

fn rewarding(every: u32, coupon: i64) -> (Bench, MemberId) {
    let mut profile = charging(Position::BeforeComplete, Price::Metered);
    profile.rewards = vec![RewardRule { every, coupon: Won(coupon) }];
    let mut desk = Bench::with(&[profile]);
    desk.worker(0, 0);
    let who = member(&mut desk, Some(Card::Token));
    (desk, who)
}

#[test]
fn the_nth_ride_earns_a_coupon_in_its_own_record_and_the_next_one_uses_it_up() {
    let (mut desk, who) = rewarding(2, 3_000);
    for fare in [5_000, 6_000] {
        let call = ride(&mut desk, who);
        desk.ok(ended(call, Some(fare)));
    }
    let won = Won(3_000);
    let granted = Event::CouponGranted { member: who, call: CallId(2), nth: 2, won };
    assert!(desk.journal.last().unwrap().events.contains(&granted));
    assert_eq!(desk.world.member(who).unwrap().coupons, [won]);
    let call = ride(&mut desk, who);
    let events = desk.ok(ended(call, Some(8_000)));
    assert!(events.contains(&Event::CouponUsed { member: who, call, won }));
    assert_eq!(entries(&desk), [captured(5_000), captured(6_000), captured(5_000)]);
    assert!(desk.world.member(who).unwrap().coupons.is_empty());
    assert_eq!(desk.world.member(who).unwrap().rides, 3);
}

#[test]
fn a_coupon_worth_more_than_the_fare_pays_all_of_it_and_its_rest_is_gone() {
    let (mut desk, who) = rewarding(1, 3_000);
    let first = ride(&mut desk, who);
    desk.ok(ended(first, Some(4_000)));
    let call = ride(&mut desk, who);
    let events = desk.ok(ended(call, Some(2_000)));
    assert!(events.contains(&Event::CouponUsed { member: who, call, won: Won(2_000) }));
    assert!(has(&events, "StepSettled") && has(&events, "CallCompleted"));
    assert_eq!(entries(&desk), [captured(4_000)]);
    assert_eq!(desk.world.member(who).unwrap().coupons, [Won(3_000)], "a new one, by this ride");
}

#[test]
fn a_free_ride_uses_no_coupon() {
    let (mut desk, who) = rewarding(2, 3_000);
    for fare in [4_000, 4_000, 0] {
        let call = ride(&mut desk, who);
        desk.ok(ended(call, Some(fare)));
    }
    assert_eq!(desk.world.member(who).unwrap().coupons, [Won(3_000)]);
}

#[test]
fn a_coupon_is_used_once_although_the_charge_is_tried_often() {
    let (mut desk, who) = rewarding(1, 3_000);
    let first = ride(&mut desk, who);
    desk.ok(ended(first, Some(4_000)));
    desk.ok(mode("payment", Mode::Failing(FailKind::Denied)));
    let call = ride(&mut desk, who);
    desk.ok(ended(call, Some(10_000)));
    for _ in 0..3 {
        desk.ok(Command::RetryCall { call });
    }
    desk.ok(mode("payment", Mode::Running));
    desk.ok(Command::RetryCall { call });
    assert_eq!(
        (desk.phase(call), entries(&desk)),
        (Phase::Completed, vec![captured(4_000), captured(7_000)])
    );
    let used = |e: &&Event| matches!(e, Event::CouponUsed { .. });
    assert_eq!(desk.events().iter().filter(used).count(), 1);
}
