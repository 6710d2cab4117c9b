//! Gates before open: each of the four answers, under each of the two fallbacks, and the way out of parking.

use super::kit::{bare, gated, has, mode, stepped};
use crate::domain::breaker::{BreakerSettings, Order as BreakerOrder, State};
use crate::domain::call::StepState;
use crate::domain::command::Command;
use crate::domain::event::{
    AssignedBy, Event, FailKind, Mode, Op, Outcome, ParkedWhy, ParticipantKind, Why,
};
use crate::domain::ids::{CallId, Millis};
use crate::domain::phase::Phase;
use crate::domain::profile::{Fallback, Position};
use crate::domain::refusal::Refusal;
use crate::domain::testing::{Bench, request, seoul};

fn words() -> String {
    "no contract".to_owned()
}

/// A desk whose gate is outside, and a call that waits for its answer.
fn asked(fallback: Fallback) -> (Bench, CallId) {
    let mut desk = Bench::with(&[gated(fallback)]);
    desk.outside("manage");
    let call = desk.one();
    assert_eq!((desk.phase(call), desk.asked(call, 0)), (Phase::Gating, Some(Op::Do)));
    (desk, call)
}

#[test]
fn without_gates_a_call_is_open_at_once() {
    let mut desk = Bench::with(&[bare()]);
    let call = desk.one();
    let events = &desk.journal.last().unwrap().events;
    assert!(has(events, "CallReceived") && has(events, "CallOpened"));
    assert_eq!(desk.phase(call), Phase::Open);
}

#[test]
fn the_last_ok_opens_the_call_and_not_the_one_before() {
    let mut desk = Bench::with(&[stepped(&[
        ("manage", Position::BeforeOpen),
        ("credit", Position::BeforeOpen),
    ])]);
    desk.outside("manage");
    desk.outside("credit");
    let call = desk.one();
    assert_eq!(desk.asked(call, 1), None, "one after the other");
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!((desk.phase(call), desk.asked(call, 1)), (Phase::Gating, Some(Op::Do)));
    desk.answer(call, 1, Outcome::Ok);
    assert_eq!(desk.phase(call), Phase::Open);
}

#[test]
fn a_denial_rejects_under_either_fallback_and_owes_nothing() {
    for fallback in [Fallback::Park, Fallback::Reject] {
        let (mut desk, call) = asked(fallback);
        let events = desk.answer(call, 0, Outcome::Denied(words()));
        let unwinding = events.iter().find_map(|event| match event {
            Event::CallUnwinding { why, retry_at, .. } => Some((*why, *retry_at)),
            _ => None,
        });
        assert_eq!(unwinding, Some((Why::Denied, None)));
        assert_eq!(desk.phase(call), Phase::Rejected);
    }
}

#[test]
fn a_second_gate_that_denies_has_the_first_one_undone() {
    let mut desk = Bench::with(&[stepped(&[
        ("manage", Position::BeforeOpen),
        ("credit", Position::BeforeOpen),
    ])]);
    desk.outside("manage");
    desk.outside("credit");
    let call = desk.one();
    desk.answer(call, 0, Outcome::Ok);
    desk.answer(call, 1, Outcome::Denied(words()));
    assert_eq!((desk.phase(call), desk.asked(call, 0)), (Phase::Unwinding, Some(Op::Undo)));
    assert_eq!(desk.asked(call, 1), None, "what was refused has nothing to be undone");
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!(desk.phase(call), Phase::Rejected);
}

#[test]
fn a_gate_that_cannot_be_reached_parks_and_is_asked_the_same_again() {
    let (mut desk, call) = asked(Fallback::Park);
    desk.answer(call, 0, Outcome::Unavailable("refused".to_owned()));
    let parked = desk.world.call(call).unwrap();
    assert_eq!((parked.phase, parked.parked), (Phase::Parked, Some(ParkedWhy::Unavailable)));
    desk.until_asked(&[call], 0);
    let out = desk.step(call, 0).out.unwrap();
    assert_eq!((desk.phase(call), out.op, out.group), (Phase::Gating, Op::Do, 1));
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!(desk.phase(call), Phase::Open);
}

#[test]
fn a_gate_in_doubt_parks_and_is_queried_before_it_is_asked_again() {
    let (mut desk, call) = asked(Fallback::Park);
    desk.pass(Millis(610));
    let parked = desk.world.call(call).unwrap();
    assert_eq!((parked.phase, parked.parked), (Phase::Parked, Some(ParkedWhy::Indeterminate)));
    desk.until_asked(&[call], 0);
    assert_eq!(desk.asked(call, 0), Some(Op::Query));
    desk.answer(call, 0, Outcome::Denied("not done".to_owned()));
    let out = desk.step(call, 0).out.unwrap();
    assert_eq!((out.op, out.group), (Op::Do, 1), "surely not done: the same request, the same key");
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!(desk.phase(call), Phase::Open);
}

#[test]
fn an_unavailable_gate_that_rejects_names_the_time_to_come_back() {
    let (mut desk, call) = asked(Fallback::Reject);
    let events = desk.answer(call, 0, Outcome::Unavailable("refused".to_owned()));
    let at = events.iter().find_map(|event| match event {
        Event::CallUnwinding { why: Why::GateUnavailable, retry_at, .. } => *retry_at,
        _ => None,
    });
    assert!(at.unwrap() > desk.now);
    assert_eq!(desk.phase(call), Phase::Rejected, "surely not done: nothing to be undone");
}

#[test]
fn a_gate_in_doubt_that_rejects_is_never_served_and_undone() {
    let (mut desk, call) = asked(Fallback::Reject);
    desk.worker(0, 0);
    desk.pass(Millis(610));
    assert_eq!((desk.phase(call), desk.asked(call, 0)), (Phase::Unwinding, Some(Op::Undo)));
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!(desk.phase(call), Phase::Rejected);
    assert!(!has(&desk.events(), "CallOpened"));
}

#[test]
fn a_gate_that_does_not_understand_us_parks_and_calls_for_a_human() {
    let (mut desk, call) = asked(Fallback::Park);
    desk.answer(call, 0, Outcome::Misconfigured("401".to_owned()));
    assert_eq!(desk.phase(call), Phase::Parked);
    assert_eq!(desk.concerns(), [crate::domain::event::Concern::Misconfigured]);
}

#[test]
fn a_closed_door_is_said_before_anything_exists_when_the_profile_rejects() {
    let full = |desk: &mut Bench| {
        desk.ok(Command::SetParticipant {
            name: "manage".to_owned(),
            kind: ParticipantKind::Local,
            breaker: BreakerSettings::default(),
            bulkhead: 1,
        });
        desk.ok(mode("manage", Mode::Slow { fixed: Millis(500), random: Millis(0) }));
        desk.one();
    };
    let forced = |desk: &mut Bench| {
        let to = BreakerOrder::Open { reason: "maintenance".to_owned() };
        desk.ok(Command::ForceBreaker { name: "manage".to_owned(), to });
    };
    for close in [full as fn(&mut Bench), forced] {
        let mut desk = Bench::with(&[gated(Fallback::Reject)]);
        close(&mut desk);
        let (records, number) = (desk.journal.len(), desk.world.desk.next.call);
        match desk.no(request("repair", 5, None)) {
            Refusal::TryLater { participant, at } => {
                assert!(participant == "manage" && at > desk.now);
            }
            other => unreachable!("{other}"),
        }
        assert_eq!((desk.journal.len(), desk.world.desk.next.call), (records, number));
    }
}

#[test]
fn a_closed_door_parks_when_the_profile_parks_and_says_which() {
    let mut desk = Bench::with(&[gated(Fallback::Park)]);
    let to = BreakerOrder::Open { reason: "maintenance".to_owned() };
    desk.ok(Command::ForceBreaker { name: "manage".to_owned(), to });
    let call = desk.one();
    assert_eq!(desk.world.call(call).unwrap().parked, Some(ParkedWhy::BreakerOpen));
    assert_eq!(desk.step(call, 0).attempts, 0, "it was not even asked");
    desk.pass(Millis::mins(30));
    assert_eq!(desk.phase(call), Phase::Parked, "an operator holds it open");
    desk.ok(Command::ForceBreaker { name: "manage".to_owned(), to: BreakerOrder::Close });
    assert_eq!(desk.phase(call), Phase::Open);

    desk.ok(Command::SetParticipant {
        name: "manage".to_owned(),
        kind: ParticipantKind::Local,
        breaker: BreakerSettings::default(),
        bulkhead: 1,
    });
    desk.ok(mode("manage", Mode::Slow { fixed: Millis(500), random: Millis(0) }));
    let (first, second) = (desk.one(), desk.one());
    assert_eq!(desk.world.call(second).unwrap().parked, Some(ParkedWhy::BulkheadFull));
    desk.pass(Millis::secs(2));
    assert_eq!((desk.phase(first), desk.phase(second)), (Phase::Open, Phase::Open));
}

#[test]
fn a_disabled_breaker_lets_everything_through_and_never_opens() {
    let mut desk = Bench::with(&[gated(Fallback::Park)]);
    desk.breaker("manage", 1);
    desk.ok(Command::ForceBreaker { name: "manage".to_owned(), to: BreakerOrder::Disable });
    desk.ok(mode("manage", Mode::Failing(FailKind::Unavailable)));
    for _ in 0..5 {
        let call = desk.one();
        assert_eq!(desk.step(call, 0).attempts, 1);
    }
    let manage = desk.world.participant("manage").unwrap();
    assert_eq!(manage.breaker.state(), &State::Disabled);
}

#[test]
fn what_is_parked_is_resumed_urgent_first_and_then_oldest_first() {
    let mut desk = Bench::with(&[gated(Fallback::Park)]);
    let to = BreakerOrder::Disable;
    desk.ok(Command::ForceBreaker { name: "manage".to_owned(), to });
    desk.ok(mode("manage", Mode::Stopped));
    let calls: Vec<CallId> = (0..4)
        .map(|_| {
            desk.pass(Millis::secs(1));
            desk.one()
        })
        .collect();
    desk.ok(Command::SetPriority { call: calls[3], priority: 3 });
    desk.ok(Command::SetPriority { call: calls[0], priority: 0 });
    desk.ok(mode("manage", Mode::Running));
    desk.pass(Millis::secs(1));
    let resumed: Vec<CallId> = desk
        .events()
        .iter()
        .filter_map(|event| match event {
            Event::CallResumed { call } => Some(*call),
            _ => None,
        })
        .collect();
    assert_eq!(resumed, [calls[3], calls[1], calls[2], calls[0]]);
}

#[test]
fn a_drain_begins_with_one_and_widens_with_every_success() {
    let mut desk = Bench::with(&[gated(Fallback::Park)]);
    desk.outside("manage");
    let calls: Vec<CallId> = (0..6).map(|_| desk.one()).collect();
    for call in &calls {
        desk.answer(*call, 0, Outcome::Unavailable("down".to_owned()));
    }
    let out = |desk: &Bench| calls.iter().filter(|c| desk.phase(**c) == Phase::Gating).count();
    let first = desk.until_asked(&calls, 0);
    desk.pass(Millis(500));
    assert_eq!(out(&desk), 1);
    desk.answer(first, 0, Outcome::Ok);
    assert_eq!(out(&desk), 2);
}

#[test]
fn a_call_parked_too_long_is_rejected_and_what_it_may_have_done_is_undone() {
    let mut profile = gated(Fallback::Park);
    profile.park_max_ms = Millis::mins(5);
    let mut desk = Bench::with(&[profile]);
    desk.outside("manage");
    let to = BreakerOrder::Open { reason: "maintenance".to_owned() };
    let call = desk.one();
    desk.pass(Millis(610));
    desk.ok(Command::ForceBreaker { name: "manage".to_owned(), to });
    desk.pass(Millis::mins(5));
    let unwinding = desk.world.call(call).unwrap().unwinding.unwrap();
    assert_eq!((desk.phase(call), unwinding.why), (Phase::Unwinding, Why::ParkedTooLong));
    desk.ok(Command::ForceBreaker { name: "manage".to_owned(), to: BreakerOrder::Close });
    assert_eq!(desk.asked(call, 0), Some(Op::Undo), "an undo is never dropped");
    desk.answer(call, 0, Outcome::Ok);
    assert_eq!(desk.phase(call), Phase::Rejected);
}

#[test]
fn a_slow_gate_past_its_deadline_did_it_all_the_same_and_is_found_out() {
    let mut desk = Bench::with(&[gated(Fallback::Park)]);
    desk.worker(0, 0);
    desk.ok(mode("manage", Mode::Slow { fixed: Millis(900), random: Millis(0) }));
    let call = desk.one();
    desk.pass(Millis(609));
    assert_eq!(desk.phase(call), Phase::Gating);
    desk.pass(Millis(1));
    let unknown = matches!(desk.state(call, 0), StepState::Waiting { unknown: true, .. });
    assert!(desk.phase(call) == Phase::Parked && unknown);
    desk.ok(mode("manage", Mode::Slow { fixed: Millis(100), random: Millis(50) }));
    desk.pass(Millis::secs(3));
    let by = desk.world.call(call).unwrap().assignment.unwrap().by;
    assert_eq!((desk.phase(call), by), (Phase::Assigned, AssignedBy::Auto));
    assert!(desk.now.since(desk.world.call(call).unwrap().received_at) < Millis::secs(5));
    let asked =
        desk.events().iter().filter(|e| matches!(e, Event::StepAsked { op: Op::Do, .. })).count();
    assert_eq!(asked, 1, "found done by asking, never done twice");
    assert_eq!(seoul(0, 0), desk.world.call(call).unwrap().spot.unwrap().point);
}

#[test]
fn each_kind_of_failure_has_its_own_way() {
    for (kind, phase) in [
        (FailKind::Denied, Phase::Rejected),
        (FailKind::Unavailable, Phase::Parked),
        (FailKind::Lost, Phase::Parked),
    ] {
        let mut desk = Bench::with(&[gated(Fallback::Park)]);
        desk.ok(mode("manage", Mode::Failing(kind)));
        let call = desk.one();
        desk.pass(Millis(610));
        assert_eq!(desk.phase(call), phase, "{kind:?}");
    }
}
