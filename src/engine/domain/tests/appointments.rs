//! Appointments: when somebody is searched, how a reserved worker comes to the call, and how one is moved.

use super::kit::{auto, has, kinds, mode, offers, planned};
use crate::domain::command::{Amendment, Command, Current};
use crate::domain::event::{AssignedBy, Duty, Event, Mode, Spot, Verdict, Why, Window};
use crate::domain::ids::{CallId, Millis, Time, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::{Profile, Stage};
use crate::domain::refusal::Refusal;
use crate::domain::testing::{Bench, START, request, seoul};
use crate::domain::worker::Availability;

/// Visits last an hour; their worker is committed half an hour before.
fn manual() -> Profile {
    planned(&[Stage::Manual { claimable: true }])
}

fn hours(hours: u64) -> Time {
    START.plus(Millis::hours(hours))
}

fn window(from: u64) -> Window {
    Window { from: hours(from), until: hours(from + 1) }
}

fn visit(desk: &mut Bench, from: u64) -> CallId {
    let call = desk.one();
    desk.ok(Command::Reschedule { call, at: hours(from) });
    call
}

fn assign(call: CallId, worker: WorkerId) -> Command {
    Command::AssignCall { call, worker, force: false }
}

fn duty(worker: WorkerId, duty: Duty) -> Command {
    Command::SetDuty { worker, duty, current: Current::Keep }
}

/// A desk with one worker who is reserved for a visit in five hours.
fn reserved() -> (Bench, WorkerId, CallId) {
    let mut desk = Bench::with(&[manual()]);
    let only = desk.worker(0, 0);
    let call = visit(&mut desk, 5);
    desk.ok(assign(call, only));
    assert_eq!(desk.phase(call), Phase::Scheduled);
    (desk, only, call)
}

fn owner(desk: &Bench, call: CallId) -> Option<WorkerId> {
    desk.world.call(call)?.worker()
}

fn released(events: &[Event]) -> Option<(WorkerId, Why, bool)> {
    events.iter().find_map(|event| match event {
        Event::AssignmentReleased { worker, why, exclude, .. } => Some((*worker, *why, *exclude)),
        _ => None,
    })
}

#[test]
fn for_a_visit_somebody_is_searched_only_when_it_is_near() {
    let mut profile = planned(&[auto(Some(10))]);
    profile.dispatch.search_ms = Millis::hours(1);
    let mut desk = Bench::with(&[profile]);
    desk.ok(mode("assign", Mode::Stopped));
    let call = visit(&mut desk, 5);
    desk.ok(mode("assign", Mode::Running));
    let only = desk.worker(0, 0);
    desk.pass(Millis(4 * 3_600_000 + 1_799_999));
    assert_eq!((desk.phase(call), owner(&desk, call)), (Phase::Open, None));
    desk.pass(Millis(1));
    assert_eq!(owner(&desk, call), Some(only));
    assert_eq!(kinds(&desk.journal.last().unwrap().events), ["DispatchDue", "AssignmentCommitted"]);
}

#[test]
fn the_search_for_a_visit_has_all_its_time_from_then_on() {
    let mut profile = planned(&[auto(Some(10))]);
    profile.dispatch.search_ms = Millis::hours(1);
    let mut desk = Bench::with(&[profile]);
    let call = desk.one();
    desk.pass(Millis::mins(15));
    assert!(desk.world.call(call).unwrap().search.exhausted);
    desk.ok(Command::Reschedule { call, at: hours(5) });
    assert!(desk.concerns().is_empty(), "there is time again");
    desk.pass(Millis::mins(4 * 60 + 15 + 9));
    assert!(!desk.world.call(call).unwrap().search.exhausted);
    desk.pass(Millis::mins(51));
    assert_eq!(desk.phase(call), Phase::Unfilled);
    // Moved from far off to near without a wait.
    let call = visit(&mut desk, 50);
    desk.pass(Millis::hours(30));
    desk.ok(Command::Reschedule { call, at: desk.now.plus(Millis::mins(20)) });
    desk.pass(Millis::mins(59));
    assert_eq!(desk.phase(call), Phase::Open);
}

#[test]
fn the_turn_of_a_visit_comes_also_while_assign_is_stopped() {
    let mut desk = Bench::with(&[planned(&[auto(None)])]);
    let call = visit(&mut desk, 5);
    let only = desk.worker(0, 0);
    desk.ok(mode("assign", Mode::Stopped));
    desk.pass(Millis::hours(10));
    assert_eq!((desk.phase(call), owner(&desk, call)), (Phase::Open, None));
    desk.ok(mode("assign", Mode::Running));
    assert_eq!(owner(&desk, call), Some(only));
}

#[test]
fn a_reserved_worker_is_committed_when_the_visit_is_near() {
    let (mut desk, only, call) = reserved();
    desk.ok(mode("assign", Mode::Stopped));
    desk.pass(Millis(4 * 3_600_000 + 1_799_999));
    assert_eq!((desk.phase(call), owner(&desk, call)), (Phase::Scheduled, None));
    desk.pass(Millis(1));
    assert_eq!(owner(&desk, call), Some(only), "what was promised is kept also then");
    let record = desk.journal.last().unwrap();
    assert_eq!(kinds(&record.events), ["ReservationDue", "AssignmentCommitted"]);
    let worker = desk.world.worker(only).unwrap();
    assert!(worker.reserved.is_empty());
    assert_eq!(worker.availability(), Availability::Committed);
    let by = desk.world.call(call).unwrap().assignment.unwrap().by;
    assert_eq!(by, AssignedBy::Manual { overridden: false });
}

#[test]
fn a_reserved_worker_who_is_busy_comes_to_it_before_anything_that_waits() {
    let mut other = planned(&[auto(None)]);
    other.name = "driver".to_owned();
    let mut desk = Bench::with(&[manual(), other]);
    let only = desk.worker(0, 0);
    let (call, busy) = (visit(&mut desk, 5), desk.one());
    desk.ok(assign(call, only));
    desk.ok(assign(busy, only));
    let mut urgent = request("driver", 2, None);
    if let Command::RequestCall(new) = &mut urgent {
        new.priority = 3;
    }
    desk.ok(urgent);
    desk.pass(Millis::mins(4 * 60 + 45));
    assert_eq!((desk.phase(call), owner(&desk, call)), (Phase::Scheduled, None));
    desk.finish(busy);
    assert_eq!(owner(&desk, call), Some(only));
    assert_eq!(owner(&desk, CallId(3)), None);
}

#[test]
fn of_two_visits_that_are_due_the_earlier_is_kept() {
    let (mut desk, only, first) = reserved();
    let second = visit(&mut desk, 6);
    desk.ok(assign(second, only));
    let busy = desk.one();
    desk.ok(assign(busy, only));
    desk.pass(Millis::mins(4 * 60 + 59));
    desk.finish(busy);
    assert_eq!((owner(&desk, first), owner(&desk, second)), (Some(only), None));
    desk.pass(Millis::mins(45));
    assert_eq!(owner(&desk, second), None);
    desk.finish(first);
    assert_eq!(owner(&desk, second), Some(only));
}

#[test]
fn a_visit_whose_worker_is_not_free_when_it_begins_is_open_again() {
    let (mut desk, only, call) = reserved();
    let busy = desk.one();
    desk.ok(assign(busy, only));
    desk.pass(Millis(5 * 3_600_000 - 1));
    assert_eq!(desk.phase(call), Phase::Scheduled);
    desk.pass(Millis(1));
    assert_eq!(desk.phase(call), Phase::Open);
    let events = &desk.journal.last().unwrap().events;
    assert_eq!(released(events), Some((only, Why::Missed, false)));
    let waiting = desk.world.call(call).unwrap();
    assert_eq!((waiting.received_at, waiting.search.dispatch_at), (START, None));
    assert!(desk.world.worker(only).unwrap().reserved.is_empty());
}

#[test]
fn a_reservation_outlives_the_shift_until_the_visit_begins() {
    let (mut desk, only, call) = reserved();
    desk.ok(duty(only, Duty::Off));
    desk.pass(Millis::mins(4 * 60 + 45));
    assert_eq!(desk.phase(call), Phase::Scheduled);
    let off = Refusal::WorkerNotOnDuty { worker: only, duty: Duty::Off };
    assert_eq!(desk.no(Command::StartWork { call }), off);
    let mut late = desk.clone();
    desk.ok(duty(only, Duty::On));
    assert_eq!(owner(&desk, call), Some(only));
    late.pass(Millis::mins(15));
    assert_eq!(late.phase(call), Phase::Open, "off duty when it began");
}

#[test]
fn a_question_elsewhere_is_taken_back_from_whoever_is_to_keep_a_visit() {
    let mut other = planned(&[Stage::Offer {
        deadline_ms: Millis::hours(9),
        most: None,
        for_ms: None,
        claimable: false,
    }]);
    other.name = "driver".to_owned();
    let mut desk = Bench::with(&[manual(), other]);
    let only = desk.worker(0, 0);
    let call = visit(&mut desk, 5);
    desk.ok(assign(call, only));
    desk.ok(request("driver", 2, None));
    assert!(desk.world.worker(only).unwrap().offer.is_some());
    desk.pass(Millis::mins(4 * 60 + 30));
    assert_eq!(owner(&desk, call), Some(only));
    assert_eq!(desk.world.worker(only).unwrap().offer, None);
    assert!(has(&desk.events(), "OfferWithdrawn"));
}

#[test]
fn nobody_is_given_work_by_itself_that_a_visit_would_cut_short() {
    let broadcast = Stage::Broadcast {
        rings_m: vec![5_000],
        ring_ms: Millis::secs(10),
        most: 9,
        claimable: false,
    };
    for stage in [auto(None), offers(None), broadcast] {
        let mut other = planned(&[stage]);
        other.name = "driver".to_owned();
        let mut desk = Bench::with(&[manual(), other]);
        let only = desk.worker(0, 0);
        let call = visit(&mut desk, 2);
        desk.ok(assign(call, only));
        desk.pass(Millis::mins(30));
        let place = Some(seoul(0, 0));
        desk.ok(request("driver", 2, place));
        let fits = desk.world.call(CallId(2)).unwrap().told.contains(&only);
        assert!(fits, "an hour is left before the worker is committed");

        let mut desk = Bench::with(&[desk.world.profiles().next().unwrap().1.clone(), manual()]);
        let only = desk.worker(0, 0);
        let call = visit(&mut desk, 2);
        desk.ok(assign(call, only));
        desk.pass(Millis::mins(31));
        desk.ok(request("driver", 2, place));
        let other = desk.world.call(CallId(2)).unwrap();
        assert!(other.told.is_empty());
        let worker = desk.world.worker(only).unwrap();
        assert_eq!(desk.world.verdict(other, worker), Verdict::Reserved);
        desk.ok(Command::Reschedule { call, at: hours(9) });
        assert!(desk.world.call(CallId(2)).unwrap().told.contains(&only), "there is time again");
    }
}

#[test]
fn a_visit_is_given_to_somebody_else() {
    let (mut desk, old, call) = reserved();
    let new = desk.worker(1, 0);
    let clash = visit(&mut desk, 5);
    desk.ok(assign(clash, new));
    assert_eq!(desk.no(assign(call, old)), Refusal::SameWorker { call, worker: old });
    let wrong = Refusal::WrongPhase { call, phase: Phase::Scheduled, verb: "assigned" };
    assert_eq!(desk.no(assign(call, new)), wrong);
    let reassign = |worker| Command::ReassignCall { call, worker, force: false };
    assert_eq!(desk.no(reassign(old)), Refusal::SameWorker { call, worker: old });
    let reserved = Refusal::WorkerReserved { worker: new, call: clash };
    assert_eq!(desk.no(reassign(new)), reserved);
    desk.ok(Command::ReleaseCall { call: clash, no_show: false });
    let events = desk.ok(reassign(new));
    assert_eq!(kinds(&events), ["AssignmentReleased", "AssignmentReserved"]);
    assert_eq!(desk.world.worker(new).unwrap().reserved, [(call, window(5))].into());
    // Once it is due, whoever gets it gets it now.
    let busy = desk.one();
    desk.ok(assign(busy, new));
    desk.pass(Millis::mins(4 * 60 + 40));
    let events = desk.ok(reassign(old));
    assert_eq!(kinds(&events)[..2], ["AssignmentReleased", "AssignmentCommitted"]);
}

#[test]
fn a_released_visit_waits_for_another_worker_and_excludes_the_one_who_gave_it_back() {
    for (no_show, why) in [(false, Why::Released), (true, Why::NoShow)] {
        let (mut desk, only, call) = reserved();
        let events = desk.ok(Command::ReleaseCall { call, no_show });
        assert_eq!(released(&events), Some((only, why, true)));
        let open = desk.world.call(call).unwrap();
        assert_eq!((open.phase, open.window), (Phase::Open, Some(window(5))));
        assert!(open.search.excluded.contains(&only));
        assert_eq!(open.search.dispatch_at, Some(hours(4).plus(Millis::mins(30))));
    }
}

#[test]
fn work_at_a_visit_may_begin_early_and_commits_the_worker() {
    let (mut desk, only, call) = reserved();
    let busy = desk.one();
    desk.ok(assign(busy, only));
    let refused = Refusal::WorkerBusy { worker: only, call: busy };
    assert_eq!(desk.no(Command::StartWork { call }), refused);
    desk.finish(busy);
    let events = desk.ok(Command::StartWork { call });
    assert_eq!(kinds(&events), ["AssignmentCommitted", "WorkStarted"]);
    assert!(desk.world.worker(only).unwrap().reserved.is_empty());
    desk.ok(Command::AbortWork { call });
    let open = desk.world.call(call).unwrap();
    assert!(open.search.dispatch_at.is_some(), "the visit is still ahead");

    let (mut desk, _, call) = reserved();
    let events = desk.finish(call);
    assert_eq!(
        kinds(&events),
        ["AssignmentCommitted", "WorkStarted", "WorkFinished", "CallCompleted"]
    );
}

#[test]
fn an_open_call_gets_a_time_and_another_one() {
    let mut desk = Bench::with(&[manual()]);
    let call = desk.one();
    desk.ok(Command::Reschedule { call, at: hours(5) });
    assert_eq!(desk.world.call(call).unwrap().window, Some(window(5)));
    assert!(desk.ok(Command::Reschedule { call, at: hours(5) }).is_empty());
    let events = desk.ok(Command::Reschedule { call, at: hours(7) });
    assert_eq!(events, [Event::CallRescheduled { call, window: window(7) }]);
    let nobody = Command::Reschedule { call: CallId(9), at: hours(7) };
    assert_eq!(desk.no(nobody), Refusal::NoSuchCall(CallId(9)));
}

#[test]
fn a_reservation_moves_with_its_visit_unless_another_one_is_in_the_way() {
    let (mut desk, only, call) = reserved();
    let other = visit(&mut desk, 8);
    desk.ok(assign(other, only));
    let at = hours(8).plus(Millis::mins(59));
    let clash = Refusal::WorkerReserved { worker: only, call: other };
    assert_eq!(desk.no(Command::Reschedule { call, at }), clash);
    let events = desk.ok(Command::Reschedule { call, at: hours(9) });
    assert_eq!(events, [Event::CallRescheduled { call, window: window(9) }]);
    let kept = &desk.world.worker(only).unwrap().reserved;
    assert_eq!(*kept, [(call, window(9)), (other, window(8))].into());
    let events = desk.ok(Command::Reschedule { call, at: desk.now.plus(Millis::mins(10)) });
    assert_eq!(kinds(&events), ["CallRescheduled", "ReservationDue", "AssignmentCommitted"]);
    assert_eq!(owner(&desk, call), Some(only));
}

#[test]
fn a_visit_that_was_due_and_is_moved_away_is_no_longer_due() {
    let (mut desk, only, call) = reserved();
    let busy = desk.one();
    desk.ok(assign(busy, only));
    desk.pass(Millis::mins(4 * 60 + 40));
    desk.ok(Command::Reschedule { call, at: hours(20) });
    desk.finish(busy);
    assert_eq!((desk.phase(call), owner(&desk, call)), (Phase::Scheduled, None));
    desk.pass(Millis::mins(15 * 60));
    assert_eq!(owner(&desk, call), Some(only));
}

#[test]
fn a_worker_who_has_the_call_keeps_it_for_near_and_is_reserved_for_far() {
    let mut desk = Bench::with(&[planned(&[auto(None)])]);
    let only = desk.worker(0, 0);
    let (call, waits) = (desk.one(), desk.one());
    desk.ok(Command::Depart { call });
    let events = desk.ok(Command::Reschedule { call, at: desk.now.plus(Millis::mins(20)) });
    assert_eq!(kinds(&events), ["CallRescheduled"]);
    assert_eq!(owner(&desk, call), Some(only));
    let events = desk.ok(Command::Reschedule { call, at: hours(5) });
    assert_eq!(
        kinds(&events),
        ["AssignmentReleased", "CallRescheduled", "AssignmentReserved", "AssignmentCommitted"]
    );
    assert_eq!(released(&events), Some((only, Why::Rescheduled, false)));
    assert_eq!((desk.phase(call), owner(&desk, waits)), (Phase::Scheduled, Some(only)));
    let by = desk.world.call(call).unwrap().assignment.unwrap().by;
    assert_eq!(by, AssignedBy::Manual { overridden: false }, "no more the engine's choice");
    desk.start(waits);
    let begun = Refusal::CallInService { call: waits, worker: only };
    assert_eq!(desk.no(Command::Reschedule { call: waits, at: hours(9) }), begun);
}

#[test]
fn whoever_leaves_after_the_call_is_not_reserved_for_its_new_time() {
    let mut desk = Bench::with(&[planned(&[auto(None)])]);
    let only = desk.worker(0, 0);
    let call = desk.one();
    desk.ok(Command::SetDuty { worker: only, duty: Duty::Off, current: Current::Finish });
    desk.ok(Command::Reschedule { call, at: hours(5) });
    assert_eq!(desk.phase(call), Phase::Open);
    assert_eq!(desk.world.worker(only).unwrap().availability(), Availability::Off);
}

#[test]
fn an_amended_kind_releases_whoever_cannot_do_it_and_an_amended_place_does_not() {
    let (mut desk, only, call) = reserved();
    let spot = Spot { point: seoul(900, 0), within_m: None };
    let change = Amendment { spot: Some((spot, "far".to_owned())), ..Amendment::default() };
    desk.ok(Command::AmendCall { call, change });
    assert_eq!(desk.phase(call), Phase::Scheduled);
    let change = Amendment { kind: Some("TV".to_owned()), ..Amendment::default() };
    let events = desk.ok(Command::AmendCall { call, change });
    assert_eq!(released(&events), Some((only, Why::Amended, false)));
}

#[test]
fn setting_out_is_said_once_and_only_before_arriving() {
    let mut desk = Bench::with(&[planned(&[auto(None)])]);
    let only = desk.worker(0, 0);
    let call = desk.one();
    let depart = Command::Depart { call };
    assert_eq!(desk.ok(depart.clone()), [Event::WorkerEnRoute { call, worker: only }]);
    assert!(desk.ok(depart.clone()).is_empty());
    desk.ok(Command::Arrive { call });
    let there = Refusal::WrongPhase { call, phase: Phase::Assigned, verb: "departed for" };
    assert_eq!(desk.no(depart.clone()), there);
    desk.start(call);
    assert_eq!(desk.no(depart), Refusal::CallInService { call, worker: only });
    let waits = desk.one();
    let nobody = Refusal::WrongPhase { call: waits, phase: Phase::Open, verb: "departed for" };
    assert_eq!(desk.no(Command::Depart { call: waits }), nobody);
}
