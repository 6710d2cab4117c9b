//! What the simulation found, each once more in a few lines.

use crate::domain::command::{Amendment, Answer, Came, Command, Delivery};
use crate::domain::event::{
    About, Concern, Event, FailKind, Mode, Op, Outcome, ParticipantKind, Said, Spot, Why,
};
use crate::domain::ids::{AttentionId, CallId, Millis, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::{Fallback, Position, Profile, Stage, Transport};
use crate::domain::refusal::Refusal;
use crate::domain::testing::{Bench, repair, request, seoul, step};

const CALL: CallId = CallId(1);

fn outside(name: &str) -> Command {
    Command::SetParticipant {
        name: name.to_owned(),
        kind: ParticipantKind::Http { url: "http://127.0.0.1:1".to_owned() },
        breaker: crate::domain::breaker::BreakerSettings::default(),
        bulkhead: 8,
    }
}

fn answer(attempt: u32, op: Op, outcome: Outcome) -> Command {
    let (step, group, took) = (0, 1, Millis(5));
    Command::Answer(Answer { call: CALL, step, op, group, attempt, outcome, took })
}

/// A desk whose gate is outside, with one call before it.
fn gated(fallback: Fallback) -> Bench {
    let mut profile = repair();
    profile.steps[0].fallback = fallback;
    let mut desk = Bench::with(&[profile]);
    desk.ok(outside("manage"));
    desk.ok(request("repair", 1, Some(seoul(0, 0))));
    desk
}

#[test]
fn an_amended_call_that_a_dispatcher_must_give_away_is_not_due_at_once_for_ever() {
    let manual =
        Profile { steps: vec![], plan: vec![Stage::Manual { claimable: false }], ..repair() };
    let mut desk = Bench::with(&[manual]);
    let call = desk.call(0, 0);
    let spot = Some((Spot { point: seoul(5, 5), within_m: None }, "there".to_owned()));
    desk.ok(Command::AmendCall { call, change: Amendment { spot, ..Amendment::default() } });
    assert!(desk.world.next_due().is_none_or(|due| due > desk.now));
}

#[test]
fn a_parked_call_whose_answer_comes_after_all_opens() {
    let mut desk = gated(Fallback::Park);
    desk.pass(Millis(700));
    assert_eq!(desk.world.call(CALL).unwrap().phase, Phase::Parked);
    desk.ok(answer(1, Op::Do, Outcome::Ok));
    assert_eq!(desk.world.call(CALL).unwrap().phase, Phase::Open);
}

#[test]
fn an_ok_that_comes_twice_is_no_news() {
    let mut desk = gated(Fallback::Park);
    desk.ok(answer(1, Op::Do, Outcome::Ok));
    desk.ok(Command::CancelCall { call: CALL, force: false });
    desk.ok(answer(2, Op::Undo, Outcome::Ok));
    assert_eq!(desk.world.call(CALL).unwrap().phase, Phase::Canceled);
    assert_eq!(desk.no(answer(1, Op::Do, Outcome::Ok)), Refusal::StaleAnswer);
}

#[test]
fn a_deed_that_was_denied_first_is_undone_however_long_that_takes() {
    let mut desk = gated(Fallback::Reject);
    desk.ok(answer(1, Op::Do, Outcome::Unavailable("no route".to_owned())));
    assert_eq!(desk.world.call(CALL).unwrap().phase, Phase::Rejected);
    desk.ok(answer(1, Op::Do, Outcome::Ok));
    // Nobody answers the undo for an hour: the call is still remembered, and its undo still asked.
    desk.pass(Millis::hours(1));
    desk.ok(Command::KeepPositions);
    let step = &desk.world.call(CALL).unwrap().steps[0];
    assert!(step.attempts > 3 && (step.out.is_some() || step.owes_undo()));
}

#[test]
fn a_call_that_completes_gives_the_permit_of_a_step_beside_it_back() {
    let mut profile = repair();
    profile.steps = vec![step("insure", Position::AfterOpen)];
    let mut desk = Bench::with(&[profile]);
    desk.ok(Command::SetMode { name: "insure".to_owned(), mode: Mode::Failing(FailKind::Lost) });
    desk.worker(0, 0);
    let call = desk.call(0, 0);
    desk.ok(Command::FinishWork {
        call,
        outcome: crate::domain::event::WorkOutcome::Done,
        fare: None,
    });
    assert_eq!(desk.world.participant("insure").unwrap().in_flight, 1);
    desk.pass(Millis::mins(1));
    assert_eq!(desk.world.participant("insure").unwrap().in_flight, 0);
}

#[test]
fn a_worker_who_is_given_the_call_they_are_asked_about_did_not_say_yes() {
    let ask =
        Stage::Offer { deadline_ms: Millis::secs(30), most: None, for_ms: None, claimable: false };
    let mut desk = Bench::with(&[Profile { steps: vec![], plan: vec![ask], ..repair() }]);
    let worker = desk.worker(0, 0);
    let call = desk.call(0, 0);
    assert!(desk.world.call(call).unwrap().offer.is_some());
    let events = desk.ok(Command::AssignCall { call, worker, force: false });
    let taken = matches!(events[0], Event::OfferWithdrawn { why: Why::Taken, .. });
    assert!(taken && desk.world.call(call).unwrap().worker() == Some(WorkerId(1)));
}

#[test]
fn an_ended_call_has_nothing_to_be_tried_again() {
    let mut desk = gated(Fallback::Reject);
    desk.ok(answer(1, Op::Do, Outcome::Unavailable("down".to_owned())));
    assert_eq!(desk.no(Command::RetryCall { call: CALL }), Refusal::NothingToRetry { call: CALL });
}

#[test]
fn attention_that_the_state_of_a_call_demands_stays() {
    let mut desk = Bench::with(&[repair()]);
    let call = desk.call(0, 0);
    let deny = Mode::Failing(FailKind::Denied);
    desk.ok(Command::SetMode { name: "manage".to_owned(), mode: deny });
    desk.ok(Command::CancelCall { call, force: false });
    let item = desk.world.attention().next().unwrap();
    assert_eq!((item.about, item.concern), (About::Call(call), Concern::UndoDenied));
    let (attention, close) = (item.id, Command::CloseAttention { attention: item.id });
    assert_eq!(attention, AttentionId(1));
    assert_eq!(desk.no(close), Refusal::AttentionStands { attention, call });
}

#[test]
fn a_delivery_reported_twice_in_one_order_is_one_delivery() {
    let mut profile = repair();
    for rule in &mut profile.notices {
        rule.transport = Transport::Command;
    }
    let mut desk = Bench::with(&[profile]);
    desk.call(0, 0);
    let notice = *desk.world.notices().next().unwrap().0;
    let came = [Came::Failed { said: Said::Timeout, wait: None }, Came::Taken(Said::Exit(0))];
    for (attempt, came) in (1..).zip(came) {
        let twice = vec![Delivery { notice, attempt, came }; 2];
        assert_eq!(desk.ok(Command::Deliveries(twice)).len(), 1);
    }
}
