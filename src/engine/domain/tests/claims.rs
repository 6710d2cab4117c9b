//! The open list: the first claim wins, and what a claim overrides, takes back and refuses.

use super::kit::{auto, cancel, gated, has, kinds, mode, offers, planned};
use crate::domain::command::{Command, Contact, Current, NewWorker};
use crate::domain::event::{AssignedBy, Duty, Event, FailKind, Mode, Why, Window};
use crate::domain::ids::{CallId, Millis, Time, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::{Fallback, Profile, Stage};
use crate::domain::refusal::Refusal;
use crate::domain::testing::{Bench, START, request, seoul, worker};
use crate::domain::worker::Availability;

fn open_list() -> Profile {
    planned(&[Stage::Claim { for_ms: None }])
}

fn claim(call: CallId, worker: WorkerId) -> Command {
    Command::ClaimCall { call, worker, at: None }
}

fn claim_at(call: CallId, worker: WorkerId, at: Time) -> Command {
    Command::ClaimCall { call, worker, at: Some(at) }
}

fn hours(hours: u64) -> Time {
    START.plus(Millis::hours(hours))
}

fn owner(desk: &Bench, call: CallId) -> Option<WorkerId> {
    desk.world.call(call)?.worker()
}

#[test]
fn a_call_of_the_open_list_waits_for_whoever_claims_it() {
    let mut desk = Bench::with(&[open_list()]);
    let near = desk.worker(0, 0);
    let call = desk.one();
    desk.pass(Millis::hours(1));
    assert_eq!((desk.phase(call), owner(&desk, call)), (Phase::Open, None));
    assert!(desk.world.next_due().is_some(), "the end of the search");
    let events = desk.ok(claim(call, near));
    let by = AssignedBy::Claim { overridden: false };
    let committed = Event::AssignmentCommitted { call, worker: near, by, decision: None };
    assert_eq!(events, [committed]);
    assert_eq!(desk.world.worker(near).unwrap().availability(), Availability::Committed);
}

#[test]
fn a_second_claim_is_refused_and_names_the_winner() {
    let mut desk = Bench::with(&[open_list()]);
    let (first, second) = (desk.worker(0, 0), desk.worker(1, 0));
    let call = desk.one();
    desk.ok(claim(call, first));
    let taken = Refusal::CallTaken { call, worker: first };
    assert_eq!(desk.no(claim(call, second)), taken);
    assert!(desk.ok(claim(call, first)).is_empty(), "the winner asks again");
    desk.start(call);
    assert_eq!(desk.no(claim(call, second)), taken);
    desk.finish(call);
    assert_eq!(desk.no(claim(call, second)), Refusal::NoSuchCall(call));
    assert_eq!(desk.no(claim(call, WorkerId(9))), Refusal::NoSuchCall(call));
}

#[test]
fn two_hundred_claim_one_call_and_one_wins() {
    let mut desk = Bench::with(&[open_list()]);
    let workers: Vec<WorkerId> = (0..200).map(|n| desk.worker(n, 0)).collect();
    let call = desk.one();
    let won: Vec<WorkerId> = workers
        .iter()
        .copied()
        .filter(|worker| match desk.run(claim(call, *worker), None) {
            Ok(events) => {
                assert_eq!(kinds(&events), ["AssignmentCommitted"]);
                true
            }
            Err(refusal) => {
                assert_eq!(refusal, Refusal::CallTaken { call, worker: workers[0] });
                false
            }
        })
        .collect();
    assert_eq!((won.as_slice(), owner(&desk, call)), ([workers[0]].as_slice(), Some(workers[0])));
}

#[test]
fn only_what_is_on_the_open_list_can_be_claimed() {
    let not = |call| Refusal::NotClaimable { call };
    let mut desk = Bench::with(&[planned(&[auto(Some(10)), Stage::Claim { for_ms: None }])]);
    let call = desk.one();
    desk.ok(mode("assign", Mode::Stopped));
    let only = desk.worker(0, 0);
    assert_eq!(desk.no(claim(call, only)), not(call), "its turn comes later");
    desk.ok(mode("assign", Mode::Running));
    assert_eq!(owner(&desk, call), Some(only));
    let of_auto = Refusal::SameWorker { call, worker: only };
    assert_eq!(desk.no(claim(call, only)), of_auto, "it came otherwise");

    let mut profile = gated(Fallback::Park);
    profile.plan = open_list().plan;
    let mut desk = Bench::with(&[profile]);
    let only = desk.worker(0, 0);
    desk.ok(mode("manage", Mode::Stopped));
    let call = desk.one();
    assert_eq!(desk.phase(call), Phase::Parked);
    assert_eq!(desk.no(claim(call, only)), not(call));
    desk.ok(mode("manage", Mode::Running));
    desk.pass(Millis::mins(1));
    desk.ok(Command::HoldCall { call, until: desk.now.plus(Millis::mins(1)) });
    assert_eq!(desk.no(claim(call, only)), not(call));
    desk.ok(mode("manage", Mode::Stopped));
    desk.ok(cancel(call));
    assert_eq!(desk.phase(call), Phase::Unwinding);
    assert_eq!(desk.no(claim(call, only)), not(call));
}

#[test]
fn the_open_list_is_paused_while_assign_is_stopped_or_failing() {
    for off in [Mode::Stopped, Mode::Failing(FailKind::Unavailable)] {
        let mut desk = Bench::with(&[open_list()]);
        let only = desk.worker(0, 0);
        let call = desk.one();
        desk.ok(mode("assign", off));
        assert_eq!(desk.no(claim(call, only)), Refusal::AssignStopped);
        desk.pass(Millis::hours(30));
        assert_eq!(desk.phase(call), Phase::Open, "the search does not run");
        desk.ok(mode("assign", Mode::Running));
        desk.ok(claim(call, only));
    }
}

#[test]
fn whoever_claims_must_be_able_to_serve_now() {
    let mut desk = Bench::with(&[open_list()]);
    desk.ok(Command::AddWorker(NewWorker {
        contact: Contact::default(),
        services: vec!["driver".to_owned()],
        skills: Vec::new(),
        home: None,
        duty: Duty::On,
        handle: None,
    }));
    desk.ok(worker(Some(seoul(0, 0)), &["fridge"]));
    desk.ok(worker(Some(seoul(0, 0)), &["TV"]));
    let call = desk.call_of_kind("TV");
    let plain = desk.one();
    let (driver, fridge, tv) = (WorkerId(1), WorkerId(2), WorkerId(3));
    let nobody = WorkerId(9);
    assert_eq!(desk.no(claim(call, nobody)), Refusal::NoSuchWorker(nobody));
    let service = "repair".to_owned();
    assert_eq!(
        desk.no(claim(call, driver)),
        Refusal::WorkerOtherService { worker: driver, service }
    );
    let skill = "TV".to_owned();
    assert_eq!(desk.no(claim(call, fridge)), Refusal::WorkerLacksSkill { worker: fridge, skill });
    desk.ok(Command::SetDuty { worker: tv, duty: Duty::Break, current: Current::Keep });
    let asleep = Refusal::WorkerNotOnDuty { worker: tv, duty: Duty::Break };
    assert_eq!(desk.no(claim(call, tv)), asleep);
    desk.ok(Command::SetDuty { worker: tv, duty: Duty::On, current: Current::Keep });
    desk.ok(claim(plain, tv));
    assert_eq!(desk.no(claim(call, tv)), Refusal::WorkerBusy { worker: tv, call: plain });
}

#[test]
fn whoever_was_taken_off_it_may_claim_it_all_the_same_and_that_is_recorded() {
    let mut desk = Bench::with(&[open_list()]);
    let only = desk.worker(0, 0);
    let call = desk.one();
    desk.ok(claim(call, only));
    desk.ok(Command::ReleaseCall { call, no_show: false });
    desk.ok(claim(call, only));
    let by = desk.world.call(call).unwrap().assignment.unwrap().by;
    assert_eq!(by, AssignedBy::Claim { overridden: true });
}

#[test]
fn a_claim_takes_back_what_others_were_asked() {
    let mut profile = planned(&[Stage::Offer {
        deadline_ms: Millis::secs(30),
        most: None,
        for_ms: None,
        claimable: true,
    }]);
    let mut other = planned(&[offers(None)]);
    other.name = "driver".to_owned();
    let mut desk = Bench::with(&[profile.clone(), other]);
    let asked = desk.worker(1, 0);
    let call = desk.one();
    let both = desk.worker(2, 0);
    desk.ok(request("driver", 3, Some(seoul(2, 0))));
    assert!(desk.world.worker(both).unwrap().offer.is_some());
    let events = desk.ok(claim(call, both));
    assert_eq!(kinds(&events)[..3], ["OfferWithdrawn", "OfferWithdrawn", "AssignmentCommitted"]);
    assert_eq!(owner(&desk, call), Some(both));
    let offer = desk.world.worker(asked).unwrap().offer;
    assert_eq!(offer.map(|(_, call)| call), Some(CallId(2)), "the other call asks somebody else");

    profile.plan = vec![Stage::Broadcast {
        rings_m: vec![5_000],
        ring_ms: Millis::secs(10),
        most: 20,
        claimable: true,
    }];
    let mut desk = Bench::with(&[profile]);
    let (loser, near, far) = (desk.worker(1, 0), desk.worker(2, 0), desk.worker(200, 0));
    for (winner, lost) in [(far, vec![loser, near]), (near, vec![loser])] {
        let call = desk.one();
        let events = desk.ok(claim(call, winner));
        let [Event::BroadcastOver { why, losers, .. }, Event::AssignmentCommitted { .. }] =
            events.as_slice()
        else {
            unreachable!("{events:?}");
        };
        assert_eq!((*why, losers), (Why::Taken, &lost));
    }
}

#[test]
fn a_claim_for_later_reserves_the_worker_and_leaves_them_free() {
    let mut desk = Bench::with(&[open_list()]);
    let only = desk.worker(0, 0);
    let (visit, now) = (desk.one(), desk.one());
    let events = desk.ok(claim_at(visit, only, hours(5)));
    let window = Window { from: hours(5), until: hours(6) };
    let by = AssignedBy::Claim { overridden: false };
    let reserved = Event::AssignmentReserved { call: visit, worker: only, window, by };
    assert_eq!(events, [reserved]);
    assert_eq!((desk.phase(visit), owner(&desk, visit)), (Phase::Scheduled, None));
    assert_eq!(desk.world.worker(only).unwrap().availability(), Availability::Available);
    assert_eq!(desk.world.worker(only).unwrap().reserved, [(visit, window)].into());
    desk.ok(claim(now, only));
    assert_eq!(owner(&desk, now), Some(only));
    let other = desk.worker(1, 0);
    let taken = Refusal::CallTaken { call: visit, worker: only };
    assert_eq!(desk.no(claim_at(visit, other, hours(9))), taken);
    assert!(desk.ok(claim_at(visit, only, hours(5))).is_empty());
    let same = Refusal::SameWorker { call: visit, worker: only };
    assert_eq!(desk.no(claim_at(visit, only, hours(7))), same, "that is for reschedule");
}

#[test]
fn two_appointments_of_one_worker_never_overlap() {
    let mut desk = Bench::with(&[open_list()]);
    let only = desk.worker(0, 0);
    let (one, two, three) = (desk.one(), desk.one(), desk.one());
    desk.ok(claim_at(one, only, hours(5)));
    let reserved = Refusal::WorkerReserved { worker: only, call: one };
    let half_past = hours(5).plus(Millis::mins(30));
    assert_eq!(desk.no(claim_at(two, only, half_past)), reserved);
    desk.ok(claim_at(two, only, hours(6)));
    desk.ok(claim_at(three, only, hours(4)));
    assert_eq!(desk.world.worker(only).unwrap().reserved.len(), 3);
    desk.pass(Millis::mins(3 * 60 + 30));
    assert_eq!(owner(&desk, three), Some(only), "an appointment that is being kept counts as well");
    let another = desk.one();
    let kept = Refusal::WorkerReserved { worker: only, call: three };
    assert_eq!(desk.no(claim_at(another, only, hours(3).plus(Millis::mins(50)))), kept);
}

#[test]
fn a_claim_for_soon_is_for_now_and_keeps_its_time() {
    let mut desk = Bench::with(&[open_list()]);
    let only = desk.worker(0, 0);
    let call = desk.one();
    let soon = desk.now.plus(Millis::mins(30));
    let events = desk.ok(claim_at(call, only, soon));
    assert_eq!(kinds(&events), ["CallRescheduled", "AssignmentCommitted"]);
    let window = Window { from: soon, until: soon.plus(Millis::hours(1)) };
    assert_eq!(
        (owner(&desk, call), desk.world.call(call).unwrap().window),
        (Some(only), Some(window))
    );
    let later = desk.one();
    let busy = Refusal::WorkerBusy { worker: only, call };
    assert_eq!(desk.no(claim(later, only)), busy);
    desk.ok(claim_at(later, only, desk.now.plus(Millis::mins(90))));
    assert_eq!(desk.phase(later), Phase::Scheduled, "busy now is not busy then");
}

#[test]
fn without_a_time_of_its_own_a_claim_takes_the_time_that_was_asked_for() {
    let mut desk = Bench::with(&[open_list()]);
    let (one, two) = (desk.worker(0, 0), desk.worker(1, 0));
    let (call, other) = (desk.one(), desk.one());
    desk.ok(Command::Reschedule { call, at: hours(5) });
    desk.ok(Command::Reschedule { call: other, at: hours(5) });
    desk.ok(claim(call, one));
    let window = Window { from: hours(5), until: hours(6) };
    assert_eq!(desk.world.worker(one).unwrap().reserved, [(call, window)].into());
    desk.pass(Millis::mins(4 * 60 + 40));
    let events = desk.ok(claim(other, two));
    assert_eq!(kinds(&events), ["AssignmentCommitted"], "by then it is near");
    assert_eq!(desk.world.call(other).unwrap().window, Some(window));
}

#[test]
fn a_visit_lies_ahead_and_at_most_a_year() {
    let mut desk = Bench::with(&[open_list()]);
    let only = desk.worker(0, 0);
    let call = desk.one();
    let year = desk.now.plus(Millis::hours(24 * 365));
    for at in [desk.now, Time(desk.now.0 - 1), year.plus(Millis(1))] {
        assert_eq!(desk.no(claim_at(call, only, at)), Refusal::BadVisit);
        assert_eq!(desk.no(Command::Reschedule { call, at }), Refusal::BadVisit);
    }
    desk.ok(claim_at(call, only, year));
    assert_eq!(desk.phase(call), Phase::Scheduled);
}

#[test]
fn an_unclaimed_call_goes_on_to_the_next_stage_and_is_given_up_in_the_end() {
    let mut profile = planned(&[
        Stage::Claim { for_ms: Some(Millis::mins(5)) },
        Stage::Manual { claimable: true },
    ]);
    profile.dispatch.search_ms = Millis::mins(30);
    let mut desk = Bench::with(&[profile]);
    let only = desk.worker(0, 0);
    let (call, unclaimed) = (desk.one(), desk.one());
    desk.pass(Millis::mins(5));
    assert_eq!(desk.world.call(call).unwrap().search.stage, 1);
    desk.ok(claim(call, only));
    desk.pass(Millis::mins(25));
    assert_eq!((desk.phase(call), desk.phase(unclaimed)), (Phase::Assigned, Phase::Unfilled));
    assert_eq!(desk.no(claim(unclaimed, only)), Refusal::NoSuchCall(unclaimed));
}

#[test]
fn a_dispatcher_may_give_away_what_is_on_the_open_list() {
    let mut desk = Bench::with(&[open_list()]);
    let (one, two) = (desk.worker(0, 0), desk.worker(1, 0));
    let call = desk.one();
    desk.ok(Command::AssignCall { call, worker: one, force: false });
    assert_eq!(desk.no(claim(call, two)), Refusal::CallTaken { call, worker: one });
    assert!(!has(&desk.events(), "AttentionRaised"));
}
