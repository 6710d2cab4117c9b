//! Calls that are looked at together: when, in which order, who gets whom, and what is written down of it.

use super::kit::{bare, has, mode};
use crate::domain::command::{Command, NewCall};
use crate::domain::event::{Decision, Event, FailKind, Mode, Verdict, WorkOutcome};
use crate::domain::ids::{CallId, Millis, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::{Field, FieldKind, Foresight, Matching, Policy, Profile, Turn};
use crate::domain::testing::{Bench, request, seoul, worker};

fn matched(policy: Policy, tick_s: u64, order: Turn) -> Profile {
    let mut profile = bare();
    profile.dispatch.policy = policy;
    profile.dispatch.matching = Some(Matching { tick_ms: Millis::secs(tick_s), order });
    profile
}

fn desk(policy: Policy, tick_s: u64) -> Bench {
    Bench::with(&[matched(policy, tick_s, Turn::Whole)])
}

fn owner(desk: &Bench, call: CallId) -> Option<WorkerId> {
    desk.world.call(call)?.worker()
}

/// What was considered when the call was given to somebody, or to nobody for the first time.
fn decision(desk: &Bench, id: CallId) -> Decision {
    let found = desk.events().into_iter().rev().find_map(|event| match event {
        Event::AssignmentCommitted { call, decision, .. } if call == id => decision,
        Event::NobodyFound { call, decision } if call == id => Some(decision),
        _ => None,
    });
    found.unwrap()
}

fn done(desk: &mut Bench, call: CallId) {
    desk.ok(Command::FinishWork { call, outcome: WorkOutcome::Done, fare: None });
}

#[test]
fn calls_of_one_tick_get_the_workers_that_are_best_for_all() {
    let mut desk = desk(Policy::Batch, 5);
    let (near, far) = (desk.worker(0, 0), desk.worker(10, 0));
    desk.pass(Millis::secs(1));
    // Each by itself would take the near one; together the second has nobody else as near.
    let (between, beyond) = (desk.call(2, 0), desk.call(-3, 0));
    assert_eq!((owner(&desk, between), owner(&desk, beyond)), (None, None), "not before the tick");
    desk.pass(Millis::secs(3));
    assert_eq!(owner(&desk, between), None, "not before the tick");
    desk.pass(Millis::secs(1));
    assert_eq!((owner(&desk, between), owner(&desk, beyond)), (Some(far), Some(near)));
    let decision = decision(&desk, between);
    assert_eq!(decision.others.iter().map(|c| c.worker).collect::<Vec<_>>(), [near]);
    assert_eq!(decision.counts[&Verdict::Matched], 1, "the nearer one got the other call");
    let round = decision.round.unwrap();
    assert_eq!((round.policy, round.calls, round.workers), (Policy::Batch, 2, 2));
}

#[test]
fn a_tick_of_nothing_decides_as_soon_as_there_is_something_to_decide() {
    let mut desk = desk(Policy::Batch, 0);
    let call = desk.call(1, 0);
    assert_eq!(desk.world.next_due(), Some(desk.now));
    desk.pass(Millis(0));
    assert!(has(&desk.events(), "NobodyFound"), "it is said once that nobody is there");
    assert_ne!(desk.world.next_due(), Some(desk.now), "and then nothing is due");
    desk.pass(Millis::secs(90));
    let only = desk.worker(0, 0);
    desk.pass(Millis(0));
    assert_eq!(owner(&desk, call), Some(only));
}

#[test]
fn a_call_that_nobody_suits_is_not_written_of_at_every_tick() {
    let mut desk = desk(Policy::Batch, 2);
    let Command::RequestCall(mut new) = request("repair", 1, Some(seoul(0, 0))) else {
        unreachable!()
    };
    new.kind = Some("lift".to_owned());
    desk.ok(Command::RequestCall(new));
    desk.worker(0, 0);
    desk.pass(Millis::secs(3));
    let before = desk.journal.len();
    desk.pass(Millis::mins(5));
    assert_eq!(desk.journal.len(), before);
    desk.ok(worker(Some(seoul(9, 0)), &["lift"]));
    desk.pass(Millis::secs(2));
    assert_eq!(owner(&desk, CallId(1)), Some(WorkerId(2)));
}

#[test]
fn urgent_calls_have_their_turn_first_whatever_it_costs_the_others() {
    let mut desk = desk(Policy::Batch, 5);
    let near = desk.worker(0, 0);
    desk.pass(Millis::secs(1));
    let (plain, urgent) = (desk.call(1, 0), desk.call(9, 0));
    desk.ok(Command::SetPriority { call: urgent, priority: 3 });
    desk.pass(Millis::secs(4));
    assert_eq!((owner(&desk, urgent), owner(&desk, plain)), (Some(near), None));
}

#[test]
fn the_newest_or_the_longest_waiting_have_their_turn_first() {
    for (order, first) in [(Turn::NewestFirst, CallId(2)), (Turn::LongestFirst, CallId(1))] {
        for policy in [Policy::Batch, Policy::Nearest] {
            let mut desk = Bench::with(&[matched(policy, 10, order)]);
            desk.pass(Millis::secs(1));
            desk.call(1, 0);
            desk.pass(Millis::secs(20));
            desk.call(1, 0);
            let only = desk.worker(0, 0);
            desk.pass(Millis::secs(10));
            assert_eq!(owner(&desk, first), Some(only), "{policy:?} {order:?}");
        }
    }
}

#[test]
fn while_assign_is_stopped_no_round_is_held_and_then_it_is() {
    for stop in [Mode::Stopped, Mode::Failing(FailKind::Unavailable)] {
        let mut desk = desk(Policy::Batch, 5);
        desk.ok(mode("assign", stop));
        let (only, call) = (desk.worker(0, 0), desk.call(1, 0));
        desk.pass(Millis::mins(1));
        assert_eq!(owner(&desk, call), None);
        desk.ok(mode("assign", Mode::Running));
        desk.pass(Millis::secs(5));
        assert_eq!(owner(&desk, call), Some(only));
    }
}

#[test]
fn a_slow_assign_looks_at_a_call_only_when_its_time_has_come() {
    let mut desk = desk(Policy::Batch, 1);
    let slow = Mode::Slow { fixed: Millis::secs(30), random: Millis(0) };
    desk.ok(mode("assign", slow));
    let (only, call) = (desk.worker(0, 0), desk.call(1, 0));
    desk.pass(Millis::secs(29));
    assert_eq!(owner(&desk, call), None);
    desk.pass(Millis::secs(2));
    assert_eq!(owner(&desk, call), Some(only));
}

#[test]
fn a_worker_who_comes_free_takes_what_waits_at_the_next_tick() {
    let mut desk = desk(Policy::Batch, 10);
    let only = desk.worker(0, 0);
    let (first, second) = (desk.call(1, 0), desk.call(2, 0));
    desk.pass(Millis::secs(10));
    assert_eq!((owner(&desk, first), owner(&desk, second)), (Some(only), None));
    desk.pass(Millis::secs(3));
    done(&mut desk, first);
    assert_eq!(owner(&desk, second), None, "not before the tick");
    desk.pass(Millis::secs(7));
    assert_eq!(owner(&desk, second), Some(only));
}

#[test]
fn a_cancel_before_the_tick_leaves_nothing_to_decide() {
    let mut desk = desk(Policy::Batch, 60);
    desk.worker(0, 0);
    desk.pass(Millis::secs(1));
    let call = desk.call(1, 0);
    desk.ok(super::kit::cancel(call));
    desk.pass(Millis::mins(2));
    assert_eq!(desk.phase(call), Phase::Canceled);
    assert!(!has(&desk.events(), "AssignmentCommitted"));
}

/// A line whose calls say where they go, and whose work lasts a minute at each end.
fn rides() -> Profile {
    let mut profile = matched(Policy::Foresight, 5, Turn::Whole);
    let to = Field {
        name: "to".to_owned(),
        kind: FieldKind::Text,
        skill: false,
        ..profile.fields[0].clone()
    };
    profile.fields.push(to);
    profile.dispatch.destination = Some("to".to_owned());
    profile.dispatch.foresight =
        Some(Foresight { stay_s: 60, leave_s: 60, ..Foresight::default() });
    profile
}

fn ride(from: (i32, i32), to: (i32, i32)) -> Command {
    let Command::RequestCall(new) = request("repair", 1, Some(seoul(from.0, from.1))) else {
        unreachable!()
    };
    let fields = [("to".to_owned(), seoul(to.0, to.1).to_string())].into_iter().collect();
    Command::RequestCall(NewCall { fields, ..new })
}

#[test]
fn a_call_waits_for_a_worker_who_is_about_to_be_free_close_by() {
    let mut desk = Bench::with(&[rides()]);
    let busy = desk.worker(0, 0);
    desk.ok(ride((0, 0), (1, 0)));
    desk.pass(Millis::secs(5));
    desk.ok(Command::StartWork { call: CallId(1) });
    // Free in about four minutes at (1, 0): a minute, the way, a minute.
    desk.pass(Millis::mins(3));
    let far = desk.worker(90, 0);
    desk.ok(ride((1, 0), (5, 0)));
    desk.pass(Millis::secs(5));
    assert_eq!(owner(&desk, CallId(2)), None);
    let round = decision(&desk, CallId(2)).round.unwrap();
    let (awaited, seconds) = round.awaits.unwrap();
    assert_eq!(awaited, busy);
    assert!((30..120).contains(&seconds), "{seconds}");
    desk.pass(Millis::secs(60));
    done(&mut desk, CallId(1));
    desk.pass(Millis::secs(5));
    assert_eq!(owner(&desk, CallId(2)), Some(busy));
    assert_eq!(desk.world.worker(far).unwrap().current, None);
    let chosen = decision(&desk, CallId(2)).chosen.unwrap();
    assert_eq!(chosen.at, Some(seoul(1, 0)), "work ended at the destination");
}

#[test]
fn a_call_does_not_wait_longer_for_somebody_who_is_late() {
    let mut desk = Bench::with(&[rides()]);
    let busy = desk.worker(0, 0);
    desk.ok(ride((0, 0), (1, 0)));
    desk.pass(Millis::secs(5));
    desk.ok(Command::StartWork { call: CallId(1) });
    desk.pass(Millis::mins(3));
    let far = desk.worker(90, 0);
    desk.ok(ride((1, 0), (5, 0)));
    desk.pass(Millis::secs(5));
    assert_eq!(decision(&desk, CallId(2)).round.unwrap().awaits.unwrap().0, busy);
    let before = desk.journal.len();
    // The work goes on and on, and nothing else happens.
    desk.pass(Millis::mins(5));
    assert_eq!(owner(&desk, CallId(2)), Some(far));
    assert_eq!(desk.journal.len(), before + 1, "nothing is written until the worker is late");
}

#[test]
fn while_workers_are_left_over_whoever_looks_ahead_does_not_wait_for_the_tick() {
    let mut desk = Bench::with(&[matched(Policy::Foresight, 60, Turn::Whole)]);
    desk.worker(0, 0);
    desk.pass(Millis::secs(7));
    let call = desk.call(1, 0);
    desk.pass(Millis(1));
    assert!(owner(&desk, call).is_some(), "a worker for each call");
    // From here on more calls wait than workers are free: they are gathered.
    let (second, third) = (desk.call(1, 0), desk.call(2, 0));
    desk.worker(0, 0);
    desk.pass(Millis::secs(20));
    assert_eq!((owner(&desk, second), owner(&desk, third)), (None, None));
    desk.worker(0, 0);
    desk.pass(Millis(1));
    assert!(owner(&desk, second).is_some() && owner(&desk, third).is_some());
}

#[test]
fn without_a_tick_a_call_that_waits_is_looked_at_when_something_changes_and_not_all_the_time() {
    let mut profile = rides();
    profile.dispatch.matching = Some(Matching { tick_ms: Millis(0), order: Turn::Whole });
    let mut desk = Bench::with(&[profile]);
    let busy = desk.worker(0, 0);
    desk.ok(ride((0, 0), (1, 0)));
    desk.pass(Millis(1));
    desk.ok(Command::StartWork { call: CallId(1) });
    desk.pass(Millis::mins(3));
    desk.worker(90, 0);
    desk.ok(ride((1, 0), (5, 0)));
    desk.pass(Millis(1));
    let (awaited, seconds) = decision(&desk, CallId(2)).round.unwrap().awaits.unwrap();
    assert_eq!(awaited, busy);
    let again = desk.world.next_round().unwrap();
    assert_eq!(again.since(desk.now).0 / 1_000, u64::from(seconds));
    done(&mut desk, CallId(1));
    desk.pass(Millis(1));
    assert_eq!(owner(&desk, CallId(2)), Some(busy));
}

#[test]
fn how_long_work_really_lasts_is_learnt_and_counts_for_whom_a_call_waits() {
    let mut desk = Bench::with(&[rides()]);
    let busy = desk.worker(0, 0);
    // The profile says a minute at each end; it is six minutes more.
    let work = |desk: &mut Bench, call: u64, span: Millis| {
        desk.ok(ride((0, 0), (0, 0)));
        desk.pass(Millis::secs(5));
        desk.ok(Command::StartWork { call: CallId(call) });
        desk.pass(span);
    };
    for call in 1..=3 {
        work(&mut desk, call, Millis::mins(10));
        done(&mut desk, CallId(call));
    }
    let learnt = desk.world.desk.overtimes.values().next().copied().unwrap();
    assert_eq!((learnt.times, learnt.mean_ms), (3, 360_000), "two minutes' way that was none");
    work(&mut desk, 4, Millis::mins(7));
    desk.worker(90, 0);
    desk.ok(ride((0, 0), (5, 0)));
    desk.pass(Millis::secs(5));
    // By the profile the work was over three minutes ago, and nobody would wait.
    let (awaited, seconds) = decision(&desk, CallId(5)).round.unwrap().awaits.unwrap();
    assert_eq!(awaited, busy);
    assert!((150..=180).contains(&seconds), "{seconds}");
    let mut again = crate::domain::world::World::new(desk.world.settings);
    for record in &desk.journal {
        again.replay(record);
    }
    assert_eq!(again.desk.overtimes, desk.world.desk.overtimes);
}

#[test]
fn nobody_waits_for_ever_for_a_worker_who_stands_still_on_the_way() {
    let mut desk = Bench::with(&[rides()]);
    let busy = desk.worker(0, 0);
    desk.ok(ride((1, 0), (1, 0)));
    desk.pass(Millis::secs(5));
    let far = desk.worker(90, 0);
    desk.ok(ride((1, 0), (5, 0)));
    desk.pass(Millis::secs(5));
    assert_eq!(decision(&desk, CallId(2)).round.unwrap().awaits.unwrap().0, busy);
    // Seen again and again where the way began, they would be there soon for ever.
    for _ in 0..60 {
        desk.world.carry_position(busy, seoul(0, 0), desk.now);
        desk.pass(Millis::secs(15));
    }
    assert_eq!(owner(&desk, CallId(2)), Some(far));
}

#[test]
fn nobody_is_sent_out_of_reach_while_calls_outnumber_workers_whatever_their_urgency() {
    let mut profile = matched(Policy::Foresight, 5, Turn::Whole);
    profile.dispatch.foresight = Some(Foresight { reach_s: 600, ..Foresight::default() });
    let mut desk = Bench::with(&[profile]);
    desk.pass(Millis::secs(1));
    let urgent = desk.call(0, 0);
    desk.ok(Command::SetPriority { call: urgent, priority: 3 });
    let (second, third) = (desk.call(1, 0), desk.call(2, 0));
    let (near, far) = (desk.worker(0, 0), desk.worker(300, 0));
    desk.pass(Millis::secs(10));
    assert_eq!(owner(&desk, urgent), Some(near));
    assert_eq!((owner(&desk, second), owner(&desk, third)), (None, None));
    let decision = decision(&desk, second);
    assert_eq!(decision.counts[&Verdict::OutOfReach], 1, "{decision:?}");
    // One call less: as many workers are free as calls wait, and the way does not matter any more.
    desk.ok(Command::CancelCall { call: third, force: true });
    desk.pass(Millis::secs(10));
    assert_eq!(owner(&desk, second), Some(far));
}

#[test]
fn whoever_waits_in_vain_costs_nothing_until_something_changes() {
    let mut desk = desk(Policy::Batch, 1);
    let only = desk.worker(0, 0);
    let (first, second) = (desk.call(1, 0), desk.call(2, 0));
    desk.pass(Millis::secs(1));
    assert_eq!((owner(&desk, first), owner(&desk, second)), (Some(only), None));
    assert_eq!(desk.world.next_round(), None, "nobody is free");
    desk.ok(worker(Some(seoul(0, 0)), &[]));
    assert!(desk.world.next_round().is_some());
    desk.pass(Millis::secs(1));
    assert!(owner(&desk, second).is_some());
    assert_eq!(desk.world.next_round(), None, "nobody waits");
    done(&mut desk, first);
    assert_eq!(desk.world.next_round(), None, "a free worker alone brings none");
}

#[test]
fn a_round_that_was_due_when_a_desk_was_closed_is_due_when_it_is_opened() {
    let mut desk = desk(Policy::Batch, 10);
    let only = desk.worker(0, 0);
    let (first, second) = (desk.call(1, 0), desk.call(2, 0));
    desk.pass(Millis::secs(13));
    done(&mut desk, first);
    let due = desk.world.next_round();
    assert!(due.is_some());
    let mut again = crate::domain::world::World::new(desk.world.settings);
    for record in &desk.journal {
        again.replay(record);
    }
    assert_eq!(again.next_round(), due);
    desk.world = again;
    desk.pass(Millis::secs(10));
    assert_eq!(owner(&desk, second), Some(only));
}

#[test]
fn whoever_comes_near_enough_brings_a_round_and_whoever_does_not_writes_nothing() {
    let mut profile = matched(Policy::Batch, 2, Turn::Whole);
    profile.dispatch.max_metres = Some(1_000);
    let mut desk = Bench::with(&[profile]);
    let (only, call) = (desk.worker(90, 0), desk.call(0, 0));
    desk.pass(Millis::secs(2));
    assert_eq!((owner(&desk, call), desk.world.next_round()), (None, None));
    let before = desk.journal.len();
    assert!(desk.world.carry_position(only, seoul(60, 0), desk.now).is_none());
    assert!(desk.world.next_round().is_some());
    desk.pass(Millis::secs(4));
    assert_eq!((desk.journal.len(), desk.world.next_round()), (before, None), "still too far");
    assert!(desk.world.carry_position(only, seoul(1, 0), desk.now).is_none());
    desk.pass(Millis::secs(4));
    assert_eq!(owner(&desk, call), Some(only));
}

#[test]
fn nobody_is_awaited_who_goes_off_or_comes_after_the_search_is_over() {
    let mut profile = rides();
    profile.dispatch.search_ms = Millis::secs(20);
    for off in [false, true] {
        let mut desk = Bench::with(&[profile.clone()]);
        let busy = desk.worker(0, 0);
        desk.ok(ride((0, 0), (1, 0)));
        desk.pass(Millis::secs(5));
        if off {
            desk.ok(Command::SetDuty {
                worker: busy,
                duty: crate::domain::event::Duty::Off,
                current: crate::domain::command::Current::Finish,
            });
        }
        let far = desk.worker(90, 0);
        desk.ok(ride((1, 0), (5, 0)));
        desk.pass(Millis::secs(5));
        assert_eq!(owner(&desk, CallId(2)), Some(far), "off: {off}");
    }
}

#[test]
fn everything_of_a_line_that_is_matched_folds_to_the_same_world() {
    let mut desk = Bench::with(&[rides()]);
    for i in 0..12 {
        desk.worker(i * 7 % 23, i * 5 % 17);
    }
    for i in 0..40 {
        desk.ok(ride((i * 11 % 29, i * 3 % 19), (i % 13, i % 7)));
        desk.pass(Millis::secs(7));
        let given: Vec<CallId> =
            desk.world.calls.values().filter(|c| c.worker().is_some()).map(|c| c.id).collect();
        for call in given.into_iter().take(1) {
            done(&mut desk, call);
        }
    }
    let mut again = crate::domain::world::World::new(desk.world.settings);
    for record in &desk.journal {
        again.replay(record);
    }
    assert_eq!((&again.calls, &again.workers), (&desk.world.calls, &desk.world.workers));
    assert_eq!(again.index.crowds, desk.world.index.crowds);
    assert_eq!(again.index.ready, desk.world.index.ready);
}

#[test]
fn chance_is_the_same_every_time_and_not_always_the_nearest() {
    let picked: Vec<Option<WorkerId>> = (0..2)
        .map(|_| {
            let mut profile = bare();
            profile.dispatch.policy = Policy::Random;
            let mut desk = Bench::with(&[profile]);
            for north in 0..9 {
                desk.worker(north, 0);
            }
            let calls: Vec<CallId> = (0..4).map(|_| desk.call(0, 0)).collect();
            calls.iter().map(|call| owner(&desk, *call)).collect::<Vec<_>>()
        })
        .reduce(|one, other| {
            assert_eq!(one, other);
            one
        })
        .unwrap();
    let nearest: Vec<Option<WorkerId>> = (1..=4).map(|n| Some(WorkerId(n))).collect();
    assert!(picked.iter().all(Option::is_some));
    assert_ne!(picked, nearest);
}
