//! The worker and the work: release, reassign, amend, hold, abort, finish, the rules of cancel, and duty.

use super::kit::{bare, cancel, has, kinds, offers, planned, stepped};
use crate::domain::call::AssignmentState;
use crate::domain::command::{Amendment, Command, Contact, Current, NewWorker, Order};
use crate::domain::event::{Duty, Event, Spot, TelDigest, Why, WorkOutcome};
use crate::domain::ids::{CallId, Millis, Time, Won, WorkerId};
use crate::domain::phase::{Phase, Target};
use crate::domain::profile::{CancelUntil, OnAbort, Position, Profile};
use crate::domain::refusal::Refusal;
use crate::domain::testing::{Bench, repair, request, seoul, worker};
use crate::domain::worker::Availability;

fn off(worker: WorkerId, current: Current) -> Command {
    Command::SetDuty { worker, duty: Duty::Off, current }
}

fn amend(call: CallId, change: Amendment) -> Command {
    Command::AmendCall { call, change }
}

fn to(north: i32) -> Amendment {
    let spot = Spot { point: seoul(north, 0), within_m: None };
    Amendment { spot: Some((spot, "elsewhere".to_owned())), ..Amendment::default() }
}

/// A desk where one worker has one call.
fn assigned(profile: Profile) -> (Bench, WorkerId, CallId) {
    let mut desk = Bench::with(&[profile]);
    let has_it = desk.worker(0, 0);
    let call = desk.one();
    assert_eq!(desk.world.call(call).unwrap().worker(), Some(has_it));
    (desk, has_it, call)
}

fn owner(desk: &Bench, call: CallId) -> Option<WorkerId> {
    desk.world.call(call)?.worker()
}

#[test]
fn a_released_call_keeps_its_age_and_goes_to_somebody_else() {
    let (mut desk, first, call) = assigned(bare());
    desk.pass(Millis::mins(1));
    let younger = desk.one();
    desk.ok(Command::ReleaseCall { call, no_show: false });
    assert_eq!(owner(&desk, call), None, "not back to whom it was taken from");
    assert_eq!(owner(&desk, younger), Some(first));
    let second = desk.worker(9, 0);
    assert_eq!(owner(&desk, call), Some(second));
    assert_eq!(desk.world.call(call).unwrap().received_at.plus(Millis::mins(1)), desk.now);
}

#[test]
fn a_reassign_releases_and_commits_in_one_record_and_tells_both() {
    let mut profile = repair();
    profile.steps.clear();
    let (mut desk, old, call) = assigned(profile);
    let new = desk.worker(5, 0);
    let waits = desk.one();
    assert_eq!(owner(&desk, waits), Some(new));
    let busy = desk.no(Command::ReassignCall { call, worker: new, force: false });
    assert_eq!(busy, Refusal::WorkerBusy { worker: new, call: waits });
    desk.ok(cancel(waits));
    let events = desk.ok(Command::ReassignCall { call, worker: new, force: false });
    assert_eq!(
        kinds(&events),
        [
            "AssignmentReleased",
            "NoticeIssued",
            "AssignmentCommitted",
            "NoticeIssued",
            "NoticeIssued"
        ]
    );
    assert_eq!(owner(&desk, call), Some(new));
    assert_eq!(desk.world.worker(old).unwrap().availability(), Availability::Available);
}

#[test]
fn an_amended_call_keeps_its_worker_while_they_still_suit() {
    let mut profile = bare();
    profile.dispatch.max_metres = Some(5_000);
    let (mut desk, near, call) = assigned(profile);
    desk.ok(amend(call, to(20)));
    assert_eq!(owner(&desk, call), Some(near));
    let events = desk.ok(amend(call, to(200)));
    assert!(events.iter().any(|event| matches!(
        event,
        Event::AssignmentReleased { why: Why::Amended, exclude: false, .. }
    )));
    assert_eq!(desk.phase(call), Phase::Open);
    desk.ok(amend(call, to(1)));
    assert_eq!(owner(&desk, call), Some(near), "near enough again");
    let kind = Amendment { kind: Some("TV".to_owned()), ..Amendment::default() };
    desk.ok(amend(call, kind.clone()));
    assert_eq!((desk.phase(call), owner(&desk, call)), (Phase::Open, None));
    desk.ok(worker(Some(seoul(0, 0)), &["TV"]));
    assert_eq!(owner(&desk, call), Some(WorkerId(2)));
    desk.start(call);
    assert_eq!(
        desk.no(amend(call, kind)),
        Refusal::CallInService { call, worker: WorkerId(2) },
        "nobody changes the place or the kind of work that goes on"
    );
}

#[test]
fn an_amended_number_and_cost_change_nothing_else() {
    let (mut desk, near, call) = assigned(bare());
    let contact = Contact { digest: Some(TelDigest(99)), reachable: true, ..Contact::default() };
    let change =
        Amendment { contact: Some(contact), cost: Some(Won(7_000)), ..Amendment::default() };
    let events = desk.ok(amend(call, change));
    assert_eq!(kinds(&events), ["CallAmended"]);
    assert_eq!(desk.world.calls_of(TelDigest(99)).map(|c| c.id).collect::<Vec<_>>(), [call]);
    assert_eq!(desk.world.calls_of(TelDigest(0)).count(), 0);
    assert_eq!(
        (owner(&desk, call), desk.world.call(call).unwrap().cost),
        (Some(near), Some(Won(7_000)))
    );
    let dear = Amendment { cost: Some(Won(-1)), ..Amendment::default() };
    assert!(matches!(desk.no(amend(call, dear)), Refusal::OutOfRange { what: "cost", .. }));
}

#[test]
fn an_amended_place_asks_anew_when_somebody_was_being_asked() {
    let mut desk = Bench::with(&[planned(&[offers(None)])]);
    let (here, there) = (desk.worker(0, 0), desk.worker(50, 0));
    let call = desk.one();
    assert_eq!(desk.world.call(call).unwrap().offer.unwrap().worker, here);
    desk.ok(amend(call, to(51)));
    assert_eq!(desk.world.call(call).unwrap().offer.unwrap().worker, there);
}

#[test]
fn a_held_call_is_left_alone_until_its_end_and_then_searched_anew() {
    let mut profile = bare();
    profile.dispatch.search_ms = Millis::mins(30);
    let mut desk = Bench::with(&[profile]);
    let call = desk.one();
    let until = desk.now.plus(Millis::hours(2));
    desk.ok(Command::HoldCall { call, until });
    let only = desk.worker(0, 0);
    desk.pass(Millis(2 * 3_600_000 - 1));
    assert_eq!((desk.phase(call), owner(&desk, call)), (Phase::Open, None));
    desk.pass(Millis(1));
    assert_eq!(owner(&desk, call), Some(only));
    assert_eq!(
        desk.no(Command::HoldCall { call, until }),
        Refusal::WrongPhase { call, phase: Phase::Assigned, verb: "held" }
    );
}

#[test]
fn a_hold_ends_early_by_release_or_by_a_dispatchers_choice() {
    let mut desk = Bench::with(&[bare()]);
    let call = desk.one();
    let until = desk.now.plus(Millis::hours(2));
    assert_eq!(desk.no(Command::HoldCall { call, until: desk.now }), Refusal::HoldInThePast);
    let far = Time(desk.now.0 + 400 * 86_400_000);
    assert!(matches!(desk.no(Command::HoldCall { call, until: far }), Refusal::OutOfRange { .. }));
    desk.ok(Command::HoldCall { call, until });
    let only = desk.worker(0, 0);
    desk.ok(Command::ReleaseCall { call, no_show: false });
    assert_eq!(owner(&desk, call), Some(only));
    let second = desk.one();
    desk.ok(Command::HoldCall { call: second, until });
    let spare = desk.worker(3, 0);
    desk.ok(Command::AssignCall { call: second, worker: spare, force: false });
    assert_eq!(
        (owner(&desk, second), desk.world.call(second).unwrap().held_until),
        (Some(spare), None)
    );
}

#[test]
fn an_aborted_call_is_searched_again_by_somebody_else() {
    let (mut desk, first, call) = assigned(bare());
    desk.start(call);
    let missing = desk.no(Command::AbortWork { call });
    assert_eq!(missing, Refusal::ReasonMissing { verb: "abort" });
    desk.ok(Command::AbortWork { call });
    assert_eq!((desk.phase(call), owner(&desk, call)), (Phase::Open, None));
    assert_eq!(desk.world.worker(first).unwrap().availability(), Availability::Available);
    let second = desk.worker(9, 0);
    assert_eq!(owner(&desk, call), Some(second));
}

#[test]
fn an_aborted_call_ends_as_unfilled_when_the_profile_ends_it() {
    let mut profile = stepped(&[("manage", Position::BeforeOpen)]);
    profile.on_abort = OnAbort::End;
    let (mut desk, first, call) = assigned(profile);
    desk.start(call);
    let events = desk.ok(Command::AbortWork { call });
    assert_eq!(
        kinds(&events),
        ["WorkAborted", "CallUnwinding", "StepAsked", "StepAnswered", "CallEnded"]
    );
    assert_eq!(desk.phase(call), Phase::Unfilled);
    assert_eq!(desk.world.worker(first).unwrap().current, None);
}

#[test]
fn work_that_ends_without_having_begun_began_in_the_same_record() {
    let (mut desk, first, call) = assigned(bare());
    let fare = Some(Won(31_000));
    let finish = Command::FinishWork { call, outcome: WorkOutcome::Partial, fare };
    let events = desk.ok(finish);
    assert_eq!(kinds(&events), ["WorkStarted", "WorkFinished", "CallCompleted"]);
    assert_eq!(desk.world.worker(first).unwrap().availability(), Availability::Available);
    let place = desk.world.worker(first).unwrap().seen.unwrap();
    assert_eq!(place, (seoul(0, 0), desk.now), "whoever worked there is there");
}

#[test]
fn a_fare_has_its_limits() {
    let (mut desk, _, call) = assigned(bare());
    for fare in [Won(-1), Won(10_000_000_001)] {
        let finish = Command::FinishWork { call, outcome: WorkOutcome::Done, fare: Some(fare) };
        assert!(matches!(desk.no(finish), Refusal::OutOfRange { what: "fare", .. }));
    }
    assert_eq!(desk.phase(call), Phase::Assigned);
}

#[test]
fn the_cancel_rule_binds_until_it_is_forced_with_a_reason() {
    let mut profile = bare();
    profile.cancel.until = CancelUntil::Open;
    let (mut desk, first, call) = assigned(profile);
    let late = Refusal::CancelTooLate { call, worker: first, profile: "repair".to_owned() };
    assert_eq!(desk.no(cancel(call)), late);
    assert_eq!(desk.no(cancel(call)), late, "the same reason until something changes");
    let force = Command::CancelCall { call, force: true };
    assert_eq!(desk.no(force.clone()), Refusal::ReasonMissing { verb: "--force" });
    let open = desk.one();
    desk.ok(cancel(open));
    assert_eq!(desk.phase(open), Phase::Canceled);
    desk.ok(force.clone());
    assert_eq!(desk.phase(call), Phase::Canceled);
    let again = desk.one();
    desk.start(again);
    assert_eq!(
        desk.no(Command::CancelCall { call: again, force: false }),
        Refusal::CallInService { call: again, worker: first }
    );
    let mut order = Order::by_operator("kim", Command::CancelCall { call: again, force: true });
    order.reason = Some("please".to_owned());
    assert_eq!(
        desk.world.decide(&order, desk.now),
        Err(Refusal::CallInService { call: again, worker: first })
    );
}

#[test]
fn whoever_is_free_comes_back_to_what_waits_only_if_on_shift() {
    let (mut desk, first, call) = assigned(bare());
    let waits = desk.one();
    desk.ok(off(first, Current::Finish));
    assert_eq!(owner(&desk, call), Some(first), "the current call is finished first");
    desk.start(call);
    desk.finish(call);
    assert_eq!(desk.world.worker(first).unwrap().availability(), Availability::Off);
    assert_eq!(owner(&desk, waits), None);
    desk.ok(Command::SetDuty { worker: first, duty: Duty::On, current: Current::Keep });
    assert_eq!(owner(&desk, waits), Some(first));
}

#[test]
fn going_off_before_work_gives_the_call_back_without_blame() {
    for duty in [Duty::Off, Duty::Break, Duty::Suspended] {
        let (mut desk, first, call) = assigned(bare());
        desk.ok(Command::SetDuty { worker: first, duty, current: Current::Keep });
        let waits = desk.world.call(call).unwrap();
        assert_eq!((waits.phase, waits.search.excluded.len()), (Phase::Open, 0));
        desk.ok(Command::SetDuty { worker: first, duty: Duty::On, current: Current::Keep });
        assert_eq!(owner(&desk, call), Some(first));
    }
}

#[test]
fn going_off_at_work_is_refused_unless_the_work_is_broken_off_with_a_reason() {
    let (mut desk, first, call) = assigned(bare());
    desk.start(call);
    assert_eq!(desk.no(off(first, Current::Keep)), Refusal::WorkerWorking { worker: first, call });
    assert_eq!(desk.no(off(first, Current::Abort)), Refusal::ReasonMissing { verb: "--abort" });
    let events = desk.ok(off(first, Current::Abort));
    assert!(has(&events, "WorkAborted"));
    assert_eq!((desk.phase(call), owner(&desk, call)), (Phase::Open, None));
}

#[test]
fn leaving_after_the_current_call_can_be_taken_back() {
    let (mut desk, first, call) = assigned(bare());
    desk.ok(off(first, Current::Finish));
    assert!(desk.ok(off(first, Current::Finish)).is_empty(), "once is enough");
    desk.ok(Command::SetDuty { worker: first, duty: Duty::On, current: Current::Keep });
    desk.start(call);
    desk.finish(call);
    assert_eq!(desk.world.worker(first).unwrap().availability(), Availability::Available);
}

#[test]
fn arrival_is_said_once_and_work_follows_it() {
    let (mut desk, first, call) = assigned(bare());
    desk.ok(Command::Arrive { call });
    assert!(desk.ok(Command::Arrive { call }).is_empty());
    let state = |desk: &Bench| desk.world.call(call).unwrap().assignment.unwrap().state;
    assert_eq!(state(&desk), AssignmentState::Arrived);
    assert_eq!(desk.world.worker(first).unwrap().availability(), Availability::Committed);
    desk.start(call);
    assert_eq!(state(&desk), AssignmentState::Working);
    assert_eq!(desk.world.worker(first).unwrap().availability(), Availability::Working);
}

#[test]
fn a_reopened_call_is_a_new_one_that_names_its_parent() {
    let (mut desk, _, call) = assigned(bare());
    desk.start(call);
    desk.finish(call);
    let Command::RequestCall(new) = request("repair", 1, Some(seoul(0, 0))) else {
        unreachable!("a request")
    };
    desk.ok(Command::ReopenCall { parent: call, new });
    let again = desk.world.call(CallId(2)).unwrap();
    assert_eq!((again.parent, again.phase), (Some(call), Phase::Assigned));
    assert_eq!(Target::Canceled.phase(), Phase::Canceled);
}

#[test]
fn a_worker_who_comes_along_twice_under_one_name_is_one_worker_on_duty_for_the_line() {
    let mut desk = Bench::with(&[repair()]);
    let Command::AddWorker(new) = worker(Some(seoul(0, 0)), &[]) else {
        unreachable!("a worker is added")
    };
    let named = |name| NewWorker { handle: Some(TelDigest(name)), ..new.clone() };
    desk.ok(Command::AddWorker(named(7)));
    let records = desk.journal.len();
    let order = Order::by_operator("kim", Command::AddWorker(named(7)));
    let again = desk.world.carry_out(&order, desk.now).unwrap();
    assert_eq!((again.receipt.worker, again.record), (Some(WorkerId(1)), None));
    desk.ok(Command::AddWorker(named(8)));
    desk.ok(Command::AddWorker(new));
    assert_eq!((desk.journal.len(), desk.world.workers().count()), (records + 2, 3));
    let called = |name| desk.world.worker_called(TelDigest(name)).map(|worker| worker.id);
    assert_eq!([called(7), called(8), called(9)], [Some(WorkerId(1)), Some(WorkerId(2)), None]);
}
