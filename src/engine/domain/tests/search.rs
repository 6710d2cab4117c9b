//! Who is chosen: filters, order, ties, and the marks of what was not known.

use super::kit::{bare, cancel};
use crate::domain::command::{Command, Contact, Current, NewWorker};
use crate::domain::event::{Candidate, Decision, Duty, Event, Verdict};
use crate::domain::ids::{CallId, Millis, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::Policy;
use crate::domain::refusal::Refusal;
use crate::domain::testing::{Bench, request, seoul, worker};

fn owner(desk: &Bench, call: CallId) -> Option<WorkerId> {
    desk.world.call(call)?.worker()
}

/// What was considered when the newest record found somebody or nobody.
fn decision(desk: &Bench) -> Decision {
    let events = &desk.journal.last().unwrap().events;
    let found = events.iter().find_map(|event| match event {
        Event::AssignmentCommitted { decision, .. } => decision.clone(),
        Event::NobodyFound { decision, .. } => Some(decision.clone()),
        _ => None,
    });
    found.unwrap()
}

fn chosen(desk: &Bench) -> Candidate {
    decision(desk).chosen.unwrap()
}

fn placeless(desk: &mut Bench) -> CallId {
    desk.ok(request("repair", 4, None));
    CallId(desk.world.desk.next.call)
}

fn serves(services: &[&str]) -> Command {
    Command::AddWorker(NewWorker {
        contact: Contact::default(),
        services: services.iter().map(|s| (*s).to_owned()).collect(),
        skills: Vec::new(),
        home: Some(seoul(0, 0)),
        duty: Duty::On,
        handle: None,
    })
}

#[test]
fn the_nearest_is_taken_and_the_others_are_kept_in_order() {
    let mut desk = Bench::with(&[bare()]);
    for north in [9, 2, 5] {
        desk.worker(north, 0);
    }
    let call = desk.one();
    assert_eq!(owner(&desk, call), Some(WorkerId(2)));
    let decision = decision(&desk);
    let others: Vec<WorkerId> = decision.others.iter().map(|c| c.worker).collect();
    assert_eq!(others, [WorkerId(3), WorkerId(1)]);
    assert_eq!(decision.counts[&Verdict::Suitable], 1);
    assert_eq!(decision.counts[&Verdict::Outranked], 2);
    assert!(decision.others.windows(2).all(|two| two[0].travel_s <= two[1].travel_s));
}

#[test]
fn at_most_eight_others_are_kept() {
    let mut desk = Bench::with(&[bare()]);
    for north in 1..=12 {
        desk.worker(north, 0);
    }
    desk.one();
    assert_eq!(decision(&desk).others.len(), 8);
}

#[test]
fn of_two_in_the_same_place_the_longer_idle_then_the_smaller_number_is_taken() {
    let mut desk = Bench::with(&[bare()]);
    desk.worker(1, 0);
    desk.pass(Millis::mins(1));
    desk.worker(1, 0);
    desk.worker(1, 0);
    let (first, second) = (desk.one(), desk.one());
    assert_eq!((owner(&desk, first), owner(&desk, second)), (Some(WorkerId(1)), Some(WorkerId(2))));
}

#[test]
fn without_a_place_the_longest_idle_is_taken_and_no_distance_is_claimed() {
    let mut desk = Bench::with(&[bare()]);
    desk.worker(50, 0);
    desk.pass(Millis::mins(1));
    desk.worker(0, 0);
    let call = placeless(&mut desk);
    assert_eq!(owner(&desk, call), Some(WorkerId(1)));
    let chosen = chosen(&desk);
    assert_eq!((chosen.metres, chosen.travel_s, chosen.idle_s), (None, None, 60));
    assert_eq!(decision(&desk).radius_m, None, "not a search by distance");
}

#[test]
fn the_policy_of_idleness_looks_at_distance_last() {
    let mut profile = bare();
    profile.dispatch.policy = Policy::LongestIdle;
    let mut desk = Bench::with(&[profile]);
    desk.worker(50, 0);
    desk.pass(Millis::mins(1));
    desk.worker(0, 0);
    let call = desk.one();
    assert_eq!(owner(&desk, call), Some(WorkerId(1)));
}

#[test]
fn a_live_position_counts_until_it_is_stale_and_then_home_does_marked() {
    let mut desk = Bench::with(&[bare()]);
    let only = desk.worker(40, 0);
    desk.world.take_position(only, seoul(1, 0), desk.now);
    desk.one();
    let live = chosen(&desk);
    assert_eq!((live.at, live.from_home), (Some(seoul(1, 0)), false));
    desk.ok(cancel(CallId(1)));
    desk.pass(Millis::mins(15));
    desk.one();
    assert!(!chosen(&desk).from_home, "a quarter of an hour is still believed");
    desk.ok(cancel(CallId(2)));
    desk.pass(Millis(1));
    desk.one();
    let home = chosen(&desk);
    assert_eq!((home.at, home.from_home), (Some(seoul(40, 0)), true));
}

#[test]
fn a_worker_who_comes_near_enough_takes_what_waits() {
    let mut profile = bare();
    profile.dispatch.max_metres = Some(3_000);
    let mut desk = Bench::with(&[profile]);
    let only = desk.worker(90, 0);
    let call = desk.one();
    assert_eq!(owner(&desk, call), None);
    assert!(desk.world.carry_position(only, seoul(60, 0), desk.now).is_none());
    let carried = desk.world.carry_position(only, seoul(2, 0), desk.now).unwrap();
    assert!(carried.record.is_some());
    assert_eq!(owner(&desk, call), Some(only));
}

#[test]
fn a_worker_of_another_line_or_skill_is_neither_chosen_nor_given_it_without_force() {
    let mut desk = Bench::with(&[bare()]);
    desk.ok(serves(&["driver"]));
    let call = desk.one();
    assert_eq!((desk.phase(call), owner(&desk, call)), (Phase::Open, None));
    let other = WorkerId(1);
    let service = "repair".to_owned();
    let assign = Command::AssignCall { call, worker: other, force: false };
    assert_eq!(desk.no(assign), Refusal::WorkerOtherService { worker: other, service });
    desk.ok(serves(&["repair", "driver"]));
    assert_eq!(owner(&desk, call), Some(WorkerId(2)));

    let tv = desk.call_of_kind("TV");
    desk.ok(worker(Some(seoul(0, 0)), &["fridge"]));
    assert_eq!(owner(&desk, tv), None);
    let assign = |force| Command::AssignCall { call: tv, worker: WorkerId(3), force };
    let skill = "TV".to_owned();
    assert_eq!(desk.no(assign(false)), Refusal::WorkerLacksSkill { worker: WorkerId(3), skill });
    assert_eq!(desk.no(assign(true)), Refusal::ReasonMissing { verb: "--force" });
    desk.ok(assign(true));
    assert_eq!(owner(&desk, tv), Some(WorkerId(3)));
}

#[test]
fn force_does_not_double_a_worker_or_wake_one() {
    let mut desk = Bench::with(&[bare()]);
    let only = desk.worker(0, 0);
    let (first, second) = (desk.one(), desk.one());
    let force = |call| Command::AssignCall { call, worker: only, force: true };
    let busy = Err(Refusal::WorkerBusy { worker: only, call: first });
    assert_eq!(desk.run(force(second), Some("must")), busy);
    desk.ok(Command::SetDuty { worker: only, duty: Duty::Break, current: Current::Keep });
    let asleep = Err(Refusal::WorkerNotOnDuty { worker: only, duty: Duty::Break });
    assert_eq!(desk.run(force(second), Some("must")), asleep);
    let nobody = Command::AssignCall { call: second, worker: WorkerId(9), force: true };
    assert_eq!(desk.run(nobody, Some("must")), Err(Refusal::NoSuchWorker(WorkerId(9))));
}

#[test]
fn a_freed_worker_takes_the_most_urgent_and_then_the_oldest() {
    let mut desk = Bench::with(&[bare()]);
    desk.worker(0, 0);
    let has_it = desk.one();
    let old = desk.one();
    let urgent = desk.one();
    desk.ok(Command::SetPriority { call: urgent, priority: 3 });
    desk.finish(has_it);
    assert!(owner(&desk, urgent).is_some() && owner(&desk, old).is_none());
    desk.finish(urgent);
    assert!(owner(&desk, old).is_some());
}

#[test]
fn what_the_engine_would_say_of_each_worker() {
    let mut profile = bare();
    profile.dispatch.max_metres = Some(3_000);
    let mut desk = Bench::with(&[profile]);
    let busy = desk.worker(0, 0);
    let first = desk.one();
    assert_eq!(owner(&desk, first), Some(busy));
    let tv = desk.call_of_kind("TV");
    desk.ok(worker(Some(seoul(0, 0)), &["fridge"]));
    desk.ok(serves(&["driver"]));
    desk.ok(worker(Some(seoul(200, 0)), &["TV"]));
    for duty in [Duty::Off, Duty::Break, Duty::Suspended] {
        desk.ok(Command::AddWorker(NewWorker {
            contact: Contact::default(),
            services: Vec::new(),
            skills: vec!["TV".to_owned()],
            home: Some(seoul(0, 0)),
            duty,
            handle: None,
        }));
    }
    let said: Vec<Verdict> = desk
        .world
        .workers()
        .map(|worker| desk.world.verdict(desk.world.call(tv).unwrap(), worker))
        .collect();
    assert_eq!(
        said,
        [
            Verdict::NoSkill,
            Verdict::NoSkill,
            Verdict::OtherService,
            Verdict::TooFar,
            Verdict::Off,
            Verdict::OnBreak,
            Verdict::Suspended
        ]
    );
}
