//! The plan: automatic, offers, a dispatcher; and what becomes of a call whose plan is over.

use super::kit::{auto, bare, has, kinds, mode, offers, planned};
use crate::domain::call::AssignmentState;
use crate::domain::command::{Command, Current};
use crate::domain::event::{AssignedBy, Concern, Duty, Event, Mode, Why};
use crate::domain::ids::{CallId, Millis, WorkerId};
use crate::domain::phase::{Phase, Target};
use crate::domain::profile::Stage;
use crate::domain::refusal::Refusal;
use crate::domain::testing::{Bench, seoul, worker};

fn offered_to(desk: &Bench, call: CallId) -> Option<WorkerId> {
    desk.world.call(call)?.offer.map(|offer| offer.worker)
}

fn decline(desk: &mut Bench, call: CallId) -> Vec<Event> {
    let offer = desk.offer_of(call).unwrap();
    desk.ok(Command::DeclineOffer { offer, worker: None })
}

#[test]
fn workers_are_asked_one_by_one_nearest_first() {
    let mut desk = Bench::with(&[planned(&[offers(None)])]);
    let (far, near) = (desk.worker(9, 0), desk.worker(1, 0));
    let call = desk.one();
    assert_eq!(offered_to(&desk, call), Some(near));
    decline(&mut desk, call);
    assert_eq!(offered_to(&desk, call), Some(far));
    let offer = desk.offer_of(call).unwrap();
    desk.ok(Command::AcceptOffer { offer, worker: None });
    let assignment = desk.world.call(call).unwrap().assignment.unwrap();
    assert_eq!((assignment.worker, assignment.by), (far, AssignedBy::Offer(offer)));
    assert_eq!(assignment.state, AssignmentState::Committed);
    assert_eq!(desk.no(Command::AcceptOffer { offer, worker: None }), Refusal::OfferOver(offer));
}

#[test]
fn an_offer_is_exclusive_while_it_is_out() {
    let mut desk = Bench::with(&[planned(&[offers(None)])]);
    let only = desk.worker(0, 0);
    let (first, second) = (desk.one(), desk.one());
    assert_eq!((offered_to(&desk, first), offered_to(&desk, second)), (Some(only), None));
    decline(&mut desk, first);
    assert_eq!((offered_to(&desk, first), offered_to(&desk, second)), (None, Some(only)));
}

#[test]
fn an_answer_at_the_deadline_is_too_late() {
    let mut desk = Bench::with(&[planned(&[offers(None)])]);
    desk.worker(0, 0);
    let call = desk.one();
    let offer = desk.offer_of(call).unwrap();
    desk.now = desk.now.plus(Millis::secs(30));
    assert_eq!(desk.no(Command::AcceptOffer { offer, worker: None }), Refusal::OfferOver(offer));
    assert_eq!(desk.no(Command::DeclineOffer { offer, worker: None }), Refusal::OfferOver(offer));
}

#[test]
fn who_declined_is_remembered_and_who_let_it_expire_only_for_the_stage() {
    let mut desk =
        Bench::with(&[planned(&[offers(None), offers(None), Stage::Manual { claimable: false }])]);
    let (no, late) = (desk.worker(1, 0), desk.worker(2, 0));
    let call = desk.one();
    decline(&mut desk, call);
    assert_eq!(offered_to(&desk, call), Some(late));
    desk.pass(Millis::secs(30));
    assert_eq!(offered_to(&desk, call), Some(late), "the second stage asks again");
    let search = &desk.world.call(call).unwrap().search;
    assert_eq!((search.stage, search.excluded.contains(&no)), (1, true));
    desk.pass(Millis::secs(30));
    let search = &desk.world.call(call).unwrap().search;
    assert_eq!((search.stage, offered_to(&desk, call)), (2, None));
    assert_eq!(desk.concerns(), [Concern::NeedsDispatcher]);
    assert!(has(&desk.events(), "OfferExpired"));
    let refused = desk.no(Command::AssignCall { call, worker: no, force: false });
    assert_eq!(refused, Refusal::WorkerExcluded { worker: no, call });
    let events = desk.ok(Command::AssignCall { call, worker: no, force: true });
    let by = AssignedBy::Manual { overridden: true };
    assert!(events.iter().any(
        |event| matches!(event, Event::AssignmentCommitted { by: found, .. } if *found == by)
    ));
    assert!(desk.concerns().is_empty());
}

#[test]
fn after_so_many_offers_the_stage_is_over() {
    let mut desk = Bench::with(&[planned(&[offers(Some(2)), Stage::Manual { claimable: false }])]);
    for north in 1..=4 {
        desk.worker(north, 0);
    }
    let call = desk.one();
    decline(&mut desk, call);
    assert_eq!(offered_to(&desk, call), Some(WorkerId(2)));
    decline(&mut desk, call);
    let search = &desk.world.call(call).unwrap().search;
    assert_eq!((offered_to(&desk, call), search.stage), (None, 1));
}

#[test]
fn the_stages_follow_one_another_in_time() {
    let timed = Stage::Offer {
        deadline_ms: Millis::mins(3),
        most: None,
        for_ms: Some(Millis::mins(2)),
        claimable: false,
    };
    let mut desk =
        Bench::with(&[planned(&[auto(Some(10)), timed, Stage::Manual { claimable: false }])]);
    desk.ok(mode("assign", Mode::Running));
    let call = desk.one();
    desk.pass(Millis::mins(9));
    assert_eq!(desk.world.call(call).unwrap().search.stage, 0);
    let slow = desk.worker(0, 0);
    assert_eq!(desk.world.call(call).unwrap().worker(), Some(slow), "automatic stage");
    desk.ok(Command::ReleaseCall { call, no_show: false });
    assert_eq!(desk.world.call(call).unwrap().search.stage, 0, "the plan begins again");
    let other = desk.worker(0, 1);
    desk.ok(Command::ReleaseCall { call, no_show: false });
    assert!(desk.world.call(call).unwrap().search.excluded.contains(&other));
    desk.pass(Millis::mins(10));
    // Both are excluded now: the stage of offers has nobody to ask.
    assert_eq!(desk.world.call(call).unwrap().search.stage, 2);

    let mut desk = Bench::with(&[planned(&[offers(None)])]);
    desk.worker(0, 0);
    let call = desk.one();
    let mut timed_desk = Bench::with(&[planned(&[
        Stage::Offer {
            deadline_ms: Millis::mins(3),
            most: None,
            for_ms: Some(Millis::mins(2)),
            claimable: false,
        },
        Stage::Manual { claimable: false },
    ])]);
    timed_desk.worker(0, 0);
    let cut = timed_desk.one();
    timed_desk.pass(Millis::mins(2));
    assert_eq!(offered_to(&timed_desk, cut), None);
    assert!(has(&timed_desk.events(), "OfferWithdrawn"), "the stage ended before the answer");
    assert!(offered_to(&desk, call).is_some());
}

#[test]
fn an_exhausted_plan_calls_for_a_human_and_a_new_worker_takes_it() {
    let mut desk = Bench::with(&[bare()]);
    let call = desk.one();
    desk.pass(Millis::mins(10));
    assert!(desk.world.call(call).unwrap().search.exhausted);
    assert_eq!((desk.phase(call), desk.concerns()), (Phase::Open, vec![Concern::PlanExhausted]));
    let new = desk.worker(0, 0);
    assert_eq!(desk.world.call(call).unwrap().worker(), Some(new));
    assert!(desk.concerns().is_empty());
}

#[test]
fn who_let_the_last_offer_expire_is_not_asked_again_in_the_same_breath() {
    let mut desk = Bench::with(&[planned(&[offers(None)])]);
    desk.worker(0, 0);
    let call = desk.one();
    desk.pass(Millis::secs(30));
    assert_eq!((offered_to(&desk, call), desk.concerns()), (None, vec![Concern::PlanExhausted]));
    desk.pass(Millis::mins(5));
    let sent = kinds(&desk.events()).iter().filter(|kind| *kind == "OfferSent").count();
    assert_eq!(sent, 1);
    let new = desk.worker(3, 0);
    assert_eq!(offered_to(&desk, call), Some(new), "somebody new is asked");
}

#[test]
fn a_manual_stage_calls_for_a_dispatcher_and_gives_nothing_away_by_itself() {
    let mut desk = Bench::with(&[planned(&[Stage::Manual { claimable: false }])]);
    let near = desk.worker(0, 0);
    let call = desk.one();
    assert_eq!(desk.concerns(), [Concern::NeedsDispatcher]);
    desk.pass(Millis::hours(1));
    assert_eq!(desk.phase(call), Phase::Open);
    desk.ok(Command::AssignCall { call, worker: near, force: false });
    assert!(desk.concerns().is_empty());
}

#[test]
fn an_offer_ends_with_the_shift_of_whom_it_asks() {
    let mut desk = Bench::with(&[planned(&[offers(None)])]);
    let (near, far) = (desk.worker(0, 0), desk.worker(9, 0));
    let call = desk.one();
    let events =
        desk.ok(Command::SetDuty { worker: near, duty: Duty::Break, current: Current::Keep });
    assert!(events.iter().any(
        |event| matches!(event, Event::OfferWithdrawn { why: Why::WorkerOff, worker, .. } if *worker == near)
    ));
    assert_eq!(offered_to(&desk, call), Some(far));
}

#[test]
fn an_offer_to_whom_a_dispatcher_gives_another_call_is_withdrawn() {
    let mut desk = Bench::with(&[planned(&[offers(None)])]);
    let only = desk.worker(0, 0);
    let first = desk.one();
    let second = desk.one();
    desk.ok(Command::AssignCall { call: second, worker: only, force: false });
    assert_eq!(offered_to(&desk, first), None);
    assert_eq!(desk.world.call(second).unwrap().worker(), Some(only));
    desk.start(second);
    desk.finish(second);
    assert_eq!(offered_to(&desk, first), Some(only), "taken back is not declined");
}

#[test]
fn the_search_is_over_at_its_deadline_and_the_customer_is_told() {
    let mut profile = crate::domain::testing::repair();
    profile.steps.clear();
    profile.dispatch.search_ms = Millis::mins(20);
    let mut desk = Bench::with(&[profile]);
    let call = desk.one();
    desk.pass(Millis(20 * 60_000 - 1));
    assert_eq!(desk.phase(call), Phase::Open);
    desk.pass(Millis(1));
    assert_eq!(desk.phase(call), Phase::Unfilled);
    let last = &desk.journal.last().unwrap().events;
    assert!(has(last, "NoticeIssued"));
    assert!(last.iter().any(|event| matches!(
        event,
        Event::CallUnwinding { target: Target::Unfilled, why: Why::SearchOver, .. }
    )));
    assert!(desk.concerns().is_empty());
}

#[test]
fn the_search_deadline_takes_an_offer_with_it() {
    let mut profile = planned(&[offers(None)]);
    profile.dispatch.search_ms = Millis::secs(20);
    let mut desk = Bench::with(&[profile]);
    let only = desk.worker(0, 0);
    let call = desk.one();
    desk.pass(Millis::secs(20));
    assert_eq!(desk.phase(call), Phase::Unfilled);
    assert_eq!(desk.world.worker(only).unwrap().offer, None);
}

#[test]
fn neither_stage_nor_search_runs_while_assign_is_stopped_or_failing() {
    use crate::domain::event::FailKind;
    for stop in [Mode::Stopped, Mode::Failing(FailKind::Unavailable)] {
        let mut profile = planned(&[auto(Some(10)), Stage::Manual { claimable: false }]);
        profile.dispatch.search_ms = Millis::mins(20);
        let mut desk = Bench::with(&[profile]);
        let call = desk.one();
        desk.pass(Millis::mins(5));
        desk.ok(mode("assign", stop));
        desk.pass(Millis::hours(5));
        let waits = desk.world.call(call).unwrap();
        assert_eq!((waits.phase, waits.search.stage), (Phase::Open, 0));
        desk.ok(mode("assign", Mode::Running));
        desk.pass(Millis(5 * 60_000 - 1));
        assert_eq!(desk.world.call(call).unwrap().search.stage, 0);
        desk.pass(Millis(1));
        assert_eq!(desk.world.call(call).unwrap().search.stage, 1);
        desk.pass(Millis::mins(10));
        assert_eq!(desk.phase(call), Phase::Unfilled);
    }
}

#[test]
fn a_stopped_assign_leaves_the_hands_free() {
    let mut desk = Bench::with(&[planned(&[offers(None)])]);
    desk.ok(mode("assign", Mode::Stopped));
    let only = desk.worker(0, 0);
    let call = desk.one();
    assert_eq!(offered_to(&desk, call), None);
    desk.ok(Command::AssignCall { call, worker: only, force: false });
    desk.start(call);
    desk.finish(call);
    assert_eq!(desk.phase(call), Phase::Completed);
}

#[test]
fn a_slow_assign_takes_its_time_in_the_core() {
    let mut desk = Bench::with(&[bare()]);
    desk.ok(worker(Some(seoul(0, 0)), &[]));
    desk.ok(mode("assign", Mode::Slow { fixed: Millis::secs(3), random: Millis::secs(2) }));
    let call = desk.one();
    desk.pass(Millis(2_999));
    assert_eq!(desk.phase(call), Phase::Open);
    desk.pass(Millis::secs(2));
    assert_eq!(desk.phase(call), Phase::Assigned);
}
