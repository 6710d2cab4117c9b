//! Goods: received, reserved, returned and shipped exactly once, whatever gets lost; never more than there is.

use super::goods::{MASK, asking, order, shop};
use super::kit::{cancel, has, mode};
use crate::domain::call::StepState;
use crate::domain::command::Command;
use crate::domain::event::StockMove::{Received, Reserved, Returned, Shipped};
use crate::domain::event::{Concern, Event, FailKind, Mode, Outcome};
use crate::domain::ids::{CallId, Millis};
use crate::domain::phase::Phase;
use crate::domain::profile::{OnDenied, Profile, UnknownProduct};
use crate::domain::refusal::Refusal;
use crate::domain::testing::Bench;
use crate::domain::world::World;

fn with(profile: Profile) -> Bench {
    let mut desk = Bench::with(&[profile]);
    desk.ok(Command::ReceiveStock { product: MASK.to_owned(), qty: 100 });
    desk
}

fn write_off(product: &str, qty: u32) -> Command {
    Command::WriteOffStock { product: product.to_owned(), qty }
}

fn reason(desk: &Bench, call: CallId) -> String {
    match desk.state(call, 0) {
        StepState::Denied { reason } => reason.clone(),
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn an_order_holds_its_goods_and_they_leave_when_work_begins() {
    let mut desk = with(shop());
    desk.worker(0, 0);
    let call = desk.ordered(10);
    assert_eq!(desk.stock(), (100, 10));
    desk.start(call);
    assert_eq!(desk.stock(), (90, 0));
    desk.finish(call);
    assert_eq!((desk.phase(call), desk.stock()), (Phase::Completed, (90, 0)));
    assert_eq!(desk.moves(call), [(Reserved, 10), (Shipped, 10)]);
}

#[test]
fn goods_leave_before_the_end_when_start_and_end_are_one_order() {
    let mut desk = with(shop());
    desk.worker(0, 0);
    let call = desk.ordered(10);
    let events = desk.finish(call);
    let at = |wanted: fn(&Event) -> bool| events.iter().position(wanted);
    let shipped = at(|event| matches!(event, Event::StockMoved { what: Shipped, .. }));
    assert!(shipped.is_some() && shipped < at(|e| matches!(e, Event::CallCompleted { .. })));
    assert_eq!(desk.stock(), (90, 0));
}

#[test]
fn a_canceled_order_gives_its_goods_back_once() {
    let mut desk = with(shop());
    let call = desk.ordered(10);
    desk.ok(cancel(call));
    assert_eq!((desk.phase(call), desk.stock()), (Phase::Canceled, (100, 0)));
    assert_eq!(desk.moves(call), [(Reserved, 10), (Returned, 10)]);
}

#[test]
fn orders_are_taken_while_stock_is_stopped_and_served_when_it_is_back() {
    let mut desk = with(shop());
    desk.ok(mode("stock", Mode::Stopped));
    let (first, second) = (desk.ordered(10), desk.ordered(20));
    assert_eq!((desk.phase(first), desk.stock()), (Phase::Open, (100, 0)));
    desk.ok(mode("stock", Mode::Running));
    desk.pass(Millis::mins(2));
    assert_eq!(desk.stock(), (100, 30));
    desk.ok(mode("stock", Mode::Stopped));
    desk.ok(cancel(first));
    assert_eq!((desk.phase(first), desk.stock()), (Phase::Unwinding, (100, 30)));
    desk.ok(mode("stock", Mode::Running));
    desk.pass(Millis::mins(2));
    assert_eq!((desk.phase(first), desk.stock()), (Phase::Canceled, (100, 20)));
    assert_eq!(desk.moves(first), [(Reserved, 10), (Returned, 10)]);
    assert_eq!(desk.moves(second), [(Reserved, 20)]);
}

#[test]
fn a_lost_answer_reserves_once_however_often_it_is_asked_again() {
    let mut desk = with(shop());
    desk.ok(mode("stock", Mode::Failing(FailKind::Lost)));
    let call = desk.ordered(10);
    desk.pass(Millis::secs(30));
    assert_eq!(desk.stock(), (100, 10), "done, but nobody heard of it");
    assert!(matches!(desk.state(call, 0), StepState::Waiting { unknown: true, .. }));
    desk.ok(mode("stock", Mode::Running));
    desk.pass(Millis::mins(2));
    assert_eq!(desk.state(call, 0), &StepState::Done);
    assert_eq!(desk.moves(call), [(Reserved, 10)]);
}

#[test]
fn a_storeroom_made_to_refuse_does_not_deny_what_it_has_set_aside() {
    let mut desk = with(shop());
    desk.ok(mode("stock", Mode::Failing(FailKind::Lost)));
    let call = desk.ordered(10);
    desk.pass(Millis::secs(1));
    assert_eq!(desk.stock(), (100, 10), "set aside, and nobody was told");
    desk.ok(mode("stock", Mode::Failing(FailKind::Denied)));
    desk.pass(Millis::mins(2));
    assert_eq!(*desk.state(call, 0), StepState::Done);
    desk.ok(mode("stock", Mode::Running));
    desk.ok(cancel(call));
    desk.pass(Millis::mins(2));
    assert_eq!((desk.phase(call), desk.stock()), (Phase::Canceled, (100, 0)));
}

#[test]
fn a_lost_return_gives_back_once_however_often_it_is_asked_again() {
    let mut desk = with(shop());
    let call = desk.ordered(10);
    desk.ok(mode("stock", Mode::Failing(FailKind::Lost)));
    desk.ok(cancel(call));
    desk.pass(Millis::mins(3));
    assert_eq!((desk.phase(call), desk.stock()), (Phase::Unwinding, (100, 0)));
    desk.ok(mode("stock", Mode::Running));
    desk.pass(Millis::mins(2));
    assert_eq!((desk.phase(call), desk.stock()), (Phase::Canceled, (100, 0)));
    assert_eq!(desk.moves(call), [(Reserved, 10), (Returned, 10)]);
}

#[test]
fn a_lost_answer_about_goods_that_are_not_there_reserves_nothing() {
    let mut desk = with(shop());
    desk.ok(mode("stock", Mode::Failing(FailKind::Lost)));
    let call = desk.ordered(101);
    desk.pass(Millis::secs(5));
    desk.ok(mode("stock", Mode::Running));
    desk.pass(Millis::mins(2));
    assert_eq!(reason(&desk, call), "short: have 100 of 101");
    assert_eq!((desk.stock(), desk.moves(call)), ((100, 0), vec![]));
}

#[test]
fn a_slow_answer_past_its_deadline_has_reserved_all_the_same() {
    let mut desk = with(shop());
    desk.ok(mode("stock", Mode::Slow { fixed: Millis(900), random: Millis(0) }));
    let call = desk.ordered(10);
    desk.pass(Millis(700));
    assert_eq!(desk.stock(), (100, 10));
    desk.ok(cancel(call));
    desk.ok(mode("stock", Mode::Running));
    desk.pass(Millis::mins(2));
    assert_eq!((desk.phase(call), desk.stock()), (Phase::Canceled, (100, 0)));
    assert_eq!(desk.moves(call), [(Reserved, 10), (Returned, 10)]);
}

#[test]
fn what_is_short_waits_flagged_and_nothing_ships_before_it_is_reserved() {
    let mut desk = with(shop());
    desk.worker(0, 0);
    let call = desk.ordered(101);
    assert_eq!((desk.phase(call), desk.concerns()), (Phase::Assigned, vec![Concern::StepDenied]));
    assert_eq!(reason(&desk, call), "short: have 100 of 101");
    let refused = desk.no(Command::StartWork { call });
    assert_eq!(refused, Refusal::StepNotDone { call, step: "stock".to_owned() });
    desk.receive(1);
    assert!(desk.concerns().is_empty());
    desk.start(call);
    assert_eq!(desk.stock(), (0, 0));
}

#[test]
fn what_ends_on_a_shortage_ends_unfilled_and_holds_nothing() {
    let mut profile = shop();
    profile.steps[0].on_denied = OnDenied::End;
    let mut desk = with(profile);
    let call = desk.ordered(101);
    assert_eq!((desk.phase(call), desk.stock()), (Phase::Unfilled, (100, 0)));
    desk.receive(1);
    assert!(desk.moves(call).is_empty());
}

#[test]
fn goods_that_come_in_go_to_those_who_wait_first_come_first_and_too_large_ones_are_passed_over() {
    let mut desk = with(shop());
    let (large, small) = (desk.ordered(150), desk.ordered(120));
    let urgent = desk.ordered(110);
    desk.ok(Command::SetPriority { call: urgent, priority: 3 });
    let events = desk.receive(20);
    assert_eq!(
        desk.stock(),
        (120, 110),
        "the urgent one first; then nothing is left for the small"
    );
    assert!(has(&events, "StepRetried") && has(&events, "AttentionDone"), "in one record");
    let mut waiting = Vec::new();
    for (call, moves) in [(large, 0), (small, 0), (urgent, 1)] {
        assert_eq!(desk.moves(call).len(), moves);
        waiting.push(matches!(desk.state(call, 0), StepState::Denied { .. }));
    }
    assert_eq!(waiting, [true, true, false]);
    desk.receive(110);
    assert_eq!((desk.stock(), desk.moves(small)), ((230, 230), vec![(Reserved, 120)]));
    assert!(desk.moves(large).is_empty(), "passed over");
}

#[test]
fn goods_that_are_given_back_go_to_those_who_wait_in_the_same_record() {
    let mut desk = with(shop());
    let (first, second) = (desk.ordered(80), desk.ordered(30));
    desk.ok(cancel(first));
    assert_eq!(desk.stock(), (100, 30));
    assert_eq!(desk.moves(second), [(Reserved, 30)]);
}

#[test]
fn goods_for_very_many_are_given_out_over_several_records_and_none_is_forgotten() {
    let mut desk = Bench::with(&[shop()]);
    desk.receive(1);
    let calls: Vec<CallId> = (0..150).map(|_| desk.ordered(2)).collect();
    let before = desk.journal.len();
    desk.receive(299);
    assert!(desk.stock().1 < 300, "one record does not do it all");
    desk.pass(Millis(0));
    assert_eq!((desk.stock(), desk.journal.len() > before + 1), ((300, 300), true));
    assert!(calls.iter().all(|call| desk.moves(*call) == [(Reserved, 2)]));
    assert!(desk.world.next_due().is_none_or(|due| due > desk.now));
}

#[test]
fn a_slow_storeroom_is_asked_for_no_more_than_it_has() {
    let mut desk = Bench::with(&[shop()]);
    desk.receive(1);
    let calls: Vec<CallId> = (0..5).map(|_| desk.ordered(2)).collect();
    desk.ok(mode("stock", Mode::Slow { fixed: Millis(300), random: Millis(0) }));
    desk.receive(3);
    desk.pass(Millis::secs(1));
    assert_eq!(desk.stock(), (4, 4));
    let denied = |call: &CallId| matches!(desk.state(*call, 0), StepState::Denied { .. });
    assert_eq!(calls.iter().filter(|call| denied(call)).count(), 3);
    let retried = desk.events().iter().filter(|e| matches!(e, Event::StepRetried { .. })).count();
    assert_eq!(retried, 2, "those who could not get any were not asked for again");
}

#[test]
fn whoever_waits_for_goods_is_not_tried_again_while_stock_is_stopped_and_is_afterwards() {
    let mut desk = with(shop());
    let call = desk.ordered(101);
    desk.ok(mode("stock", Mode::Stopped));
    desk.receive(1);
    desk.pass(Millis::mins(5));
    assert!(matches!(desk.state(call, 0), StepState::Denied { .. }));
    desk.ok(mode("stock", Mode::Running));
    assert_eq!(desk.stock(), (101, 101));
}

#[test]
fn a_call_that_work_was_broken_off_from_ships_once_and_brings_its_goods_back_when_it_ends() {
    let mut desk = with(shop());
    desk.worker(0, 0);
    desk.worker(1, 1);
    let call = desk.ordered(10);
    desk.start(call);
    desk.ok(Command::AbortWork { call });
    assert_eq!((desk.phase(call), desk.stock()), (Phase::Assigned, (90, 0)));
    desk.start(call);
    assert_eq!(desk.stock(), (90, 0), "it left before");
    desk.ok(Command::AbortWork { call });
    desk.ok(cancel(call));
    assert_eq!((desk.phase(call), desk.stock()), (Phase::Canceled, (100, 0)));
    assert_eq!(desk.moves(call), [(Reserved, 10), (Shipped, 10), (Received, 10)]);
}

#[test]
fn goods_whose_return_an_operator_lets_go_of_are_free_again() {
    let mut desk = with(shop());
    let call = desk.ordered(10);
    desk.ok(mode("stock", Mode::Failing(FailKind::Denied)));
    desk.ok(cancel(call));
    assert_eq!((desk.concerns(), desk.stock()), (vec![Concern::UndoDenied], (100, 10)));
    desk.ok(Command::WaiveStep { call, step: "stock".to_owned() });
    assert_eq!((desk.phase(call), desk.stock()), (Phase::Canceled, (100, 0)));
    assert_eq!(desk.moves(call), [(Reserved, 10), (Returned, 10)]);
}

#[test]
fn a_stock_outside_moves_nothing_of_the_desks_own() {
    let mut desk = Bench::with(&[shop()]);
    desk.outside("stock");
    let call = desk.ordered(10);
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!(desk.state(call, 0), &StepState::Done, "an unknown product is its business");
    desk.worker(0, 0);
    desk.start(call);
    desk.finish(call);
    assert!(desk.moves(call).is_empty() && desk.world.stock().next().is_none());
}

#[test]
fn what_was_reserved_here_comes_back_although_somebody_outside_answers_now() {
    let mut desk = with(shop());
    let call = desk.ordered(10);
    desk.outside("stock");
    desk.ok(cancel(call));
    desk.answer(call, 0, Outcome::Indeterminate("reset".to_owned()));
    assert_eq!(desk.stock(), (100, 10), "whether they have heard is not known");
    desk.until_asked(&[call], 0);
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!((desk.phase(call), desk.stock()), (Phase::Canceled, (100, 0)));
}

#[test]
fn a_hundred_orders_get_exactly_what_there_is() {
    let mut desk = with(shop());
    let calls: Vec<CallId> = (0..100).map(|_| desk.ordered(3)).collect();
    assert_eq!(desk.stock(), (100, 99));
    let served = calls.iter().filter(|call| !desk.moves(**call).is_empty()).count();
    assert_eq!(served, 33);
}

#[test]
fn an_unknown_product_is_refused_and_the_known_ones_are_named_nearest_first() {
    let mut desk = with(shop());
    for n in 0..25 {
        desk.ok(Command::ReceiveStock { product: format!("장갑 {n}"), qty: 1 });
    }
    let unknown = desk.no(Command::RequestCall(asking("shop", &[("product", "마스")])));
    let Refusal::UnknownProduct { product, known } = unknown else { unreachable!("{unknown}") };
    assert_eq!((product.as_str(), known.split(", ").next()), ("마스", Some(MASK)));
    assert_eq!(known.split(", ").count(), 20);
}

#[test]
fn an_unknown_product_may_be_a_shortage_like_any_other() {
    let mut profile = shop();
    profile.stock.as_mut().unwrap().unknown = UnknownProduct::Shortage;
    let mut desk = Bench::with(&[profile]);
    let call = desk.ordered(10);
    assert_eq!(reason(&desk, call), "unknown product");
    desk.receive(10);
    assert_eq!(desk.moves(call), [(Reserved, 10)]);
}

#[test]
fn without_a_quantity_it_is_one_and_the_quantity_is_a_whole_number() {
    let mut desk = with(shop());
    desk.ok(Command::RequestCall(asking("shop", &[("product", MASK)])));
    let call = desk.world.call(desk.newest()).unwrap();
    assert_eq!((call.fields["qty"].as_str(), desk.stock()), ("1", (100, 1)));
    for bad in ["0", "-1", "1.5", "", "1000001", "a", "99999999999999999999"] {
        let refused =
            desk.no(Command::RequestCall(asking("shop", &[("product", MASK), ("qty", bad)])));
        let Refusal::FieldNotAllowed { field, allowed, .. } = refused else {
            unreachable!("{bad}")
        };
        assert_eq!((field.as_str(), allowed.as_str()), ("qty", "a whole number from 1 to 1000000"));
    }
    assert!(matches!(
        desk.no(Command::RequestCall(asking("shop", &[("qty", "1")]))),
        Refusal::FieldMissing { field, .. } if field == "product"
    ));
}

#[test]
fn only_what_is_free_can_be_written_off_and_only_with_a_reason() {
    let mut desk = with(shop());
    desk.ordered(90);
    assert_eq!(desk.no(write_off(MASK, 5)), Refusal::ReasonMissing { verb: "stock write-off" });
    let refused = |desk: &mut Bench, command| desk.run(command, Some("broken")).unwrap_err();
    let short = Refusal::StockShort { product: MASK.to_owned(), available: 10 };
    assert_eq!(refused(&mut desk, write_off(MASK, 11)), short);
    let unknown = refused(&mut desk, write_off("장갑", 1));
    assert!(matches!(unknown, Refusal::UnknownProduct { .. }));
    desk.ok(write_off(MASK, 10));
    assert_eq!(desk.stock(), (90, 90));
}

#[test]
fn a_product_has_a_name_and_a_quantity_within_limits() {
    let mut desk = Bench::with(&[shop()]);
    for (product, qty) in
        [("", 1), ("  ", 1), (&*"가".repeat(61), 1), (MASK, 0), (MASK, 1_000_000_001)]
    {
        let receive = Command::ReceiveStock { product: product.to_owned(), qty };
        assert!(matches!(desk.no(receive), Refusal::OutOfRange { .. }), "{product} {qty}");
    }
    // Typed on another keyboard it is the same product.
    let typed = " \u{1106}\u{1161}\u{1109}\u{1173}\u{110f}\u{1173} ".to_owned();
    desk.ok(Command::ReceiveStock { product: typed, qty: 5 });
    desk.receive(5);
    assert_eq!(desk.stock(), (10, 0));
    // A barcode has as many digits as a phone number, and stays what it is.
    desk.ok(Command::ReceiveStock { product: "8801234567890".to_owned(), qty: 1 });
    assert!(desk.world.stock().any(|(name, _)| name == "8801234567890"));
}

#[test]
fn what_the_index_says_of_goods_is_what_the_calls_say() {
    let mut desk = with(shop());
    desk.ok(mode("stock", Mode::Slow { fixed: Millis(300), random: Millis(0) }));
    for qty in [60, 60, 30, 200] {
        desk.ok(order(qty));
        desk.pass(Millis(100));
        let world = &desk.world;
        let again = World::rebuilt(
            world.desk.clone(),
            world.calls.values().cloned().collect(),
            world.workers.values().cloned().collect(),
            Vec::new(),
            world.settings,
        );
        assert_eq!(again.index.goods, world.index.goods);
        assert_eq!(again.index.ripe, world.index.ripe);
    }
    let mut replayed = World::new(desk.world.settings);
    for record in &desk.journal {
        replayed.replay(record);
    }
    assert_eq!((&replayed.desk, &replayed.calls), (&desk.world.desk, &desk.world.calls));
}
