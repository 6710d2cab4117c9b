//! The six acceptance stories, each in as many scenes as it has.

use crate::play::play;

#[test]
fn story_1_assign_is_stopped_and_started() {
    play("story-1-assign-stopped");
}

#[test]
fn story_2_a_gate_that_is_down_parks() {
    play("story-2-gate-down-parks");
}

#[test]
fn story_2_a_gate_that_is_down_rejects() {
    play("story-2-gate-down-rejects");
}

#[test]
fn story_3_tutoring_without_payment_there_is_no_match() {
    play("story-3-payment-down");
}

#[test]
fn story_3_tutoring_visits_are_down_and_students_wait_paid() {
    play("story-3-visit-down");
}

#[test]
fn story_3_tutoring_two_teachers_want_one_student() {
    play("story-3-two-teachers");
}

#[test]
fn story_3_tutoring_a_request_is_called_off_before_and_after_the_claim() {
    play("story-3-cancel");
}

#[test]
fn story_3_tutoring_counted_at_the_bank() {
    play("story-3-bank");
}

#[test]
fn story_4_taxi_is_for_members_who_cancel_only_before_a_taxi_has_it() {
    play("story-4-members-only");
}

#[test]
fn story_4_taxi_calls_are_picked_up_when_dispatch_is_back() {
    play("story-4-dispatch-down");
}

#[test]
fn story_4_taxi_ride_is_over_once_it_is_paid() {
    play("story-4-payment-down");
}

#[test]
fn story_4_taxi_payment_that_is_slow_is_held_off_and_charges_once() {
    play("story-4-payment-slow");
}

#[test]
fn story_4_taxi_customer_hears_while_nobody_is_found() {
    play("story-4-still-looking");
}

#[test]
fn story_4_taxi_counted_at_the_bank() {
    play("story-4-bank");
}

#[test]
fn story_5_shop_goods_leave_what_is_available_and_then_the_storeroom() {
    play("story-5-stock");
}

#[test]
fn story_5_shop_orders_are_taken_while_stock_is_down() {
    play("story-5-stock-stopped");
}

#[test]
fn story_5_shop_cancel_is_taken_while_delivery_and_stock_are_down() {
    play("story-5-cancel");
}

#[test]
fn story_5_shop_what_is_short_waits_and_is_never_sold_twice() {
    play("story-5-shortage");
}

#[test]
fn story_5_shop_no_order_without_delivery() {
    play("story-5-delivery-down");
}

#[test]
fn story_5_shop_counted_at_the_bank() {
    play("story-5-bank");
}

#[test]
fn story_6_killed_while_taking_a_call() {
    play("story-6-killed-taking");
}

#[test]
fn story_6_killed_while_paying() {
    play("story-6-killed-paying");
}

#[test]
fn story_6_killed_while_ending_a_ride() {
    play("story-6-killed-ending");
}

#[test]
fn story_6_killed_while_undoing_an_order() {
    play("story-6-killed-undoing");
}
