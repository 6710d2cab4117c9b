//! What is said of a call when it is over: stars, once; how it ended, by the profile's list.

use super::kit::{bare, cancel, mode};
use crate::domain::command::{Command, RowWrite};
use crate::domain::event::{Event, Mode, WorkOutcome};
use crate::domain::ids::{CallId, Millis, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::Profile;
use crate::domain::refusal::Refusal;
use crate::domain::testing::Bench;

fn served() -> (Bench, CallId) {
    let mut desk = Bench::with(&[bare()]);
    desk.worker(0, 0);
    let call = desk.one();
    desk.finish(call);
    (desk, call)
}

fn rate(call: CallId, stars: u8) -> Command {
    Command::RateCall { call, stars, text: None }
}

fn disposition(call: CallId, code: &str) -> Command {
    Command::SetDisposition { call, code: code.to_owned() }
}

#[test]
fn a_completed_call_is_rated_once_and_the_stars_go_to_who_served() {
    let (mut desk, call) = served();
    let events = desk.after(call, rate(call, 4), None).unwrap();
    let rated = Event::CallRated { call, worker: Some(WorkerId(1)), stars: 4 };
    assert_eq!(events.last(), Some(&rated));
    assert_eq!(desk.world.worker(WorkerId(1)).unwrap().rated, (1, 4));
    let again = Refusal::AlreadyRated { call, stars: 4 };
    assert_eq!(desk.after(call, rate(call, 5), None), Err(again.clone()));
    desk.pass(Millis::mins(16));
    desk.ok(Command::Tick);
    desk.one();
    assert!(desk.world.call(call).is_none(), "forgotten again");
    assert_eq!(desk.after(call, rate(call, 5), None), Err(again), "and still rated");
}

#[test]
fn what_the_customer_wrote_is_a_row_of_the_ratings_record() {
    let (desk, call) = served();
    let with = |text: &str| Command::RateCall { call, stars: 5, text: Some(text.to_owned()) };
    let decide = |command| {
        let order = crate::domain::command::Order::by_operator("kim", command);
        let stood = desk.as_it_stood(call);
        desk.world.decide_about(&order, Some(&stood), desk.now)
    };
    let rows = decide(with(" kind and quick ")).unwrap().rows;
    let seq = desk.world.seq().next();
    assert_eq!(rows, [RowWrite::Note(seq, "kind and quick".to_owned())]);
    assert_eq!(decide(with("  ")).unwrap().rows, []);
    let long = "x".repeat(crate::domain::decide::TEXT_MAX + 1);
    assert!(matches!(decide(with(&long)), Err(Refusal::TooLong { .. })));
}

#[test]
fn there_are_one_to_five_stars_and_only_for_completed_calls() {
    let (mut desk, call) = served();
    for value in [0, 6] {
        let range = Refusal::OutOfRange { what: "stars", value: value.into(), min: 1, max: 5 };
        assert_eq!(desk.after(call, rate(call, value), None), Err(range));
    }
    let live = desk.one();
    let phase = Phase::Assigned;
    assert_eq!(desk.no(rate(live, 5)), Refusal::WrongPhase { call: live, phase, verb: "rated" });
    desk.ok(cancel(live));
    let phase = Phase::Canceled;
    let wrong = Refusal::WrongPhase { call: live, phase, verb: "rated" };
    assert_eq!(desk.after(live, rate(live, 5), None), Err(wrong));
}

#[test]
fn a_disposition_is_one_of_the_profiles_and_the_same_again_changes_nothing() {
    let dispositions = vec!["repaired".to_owned(), "no fault found".to_owned()];
    let mut desk = Bench::with(&[Profile { dispositions, ..bare() }]);
    desk.worker(0, 0);
    let call = desk.one();
    desk.start(call);
    desk.ok(disposition(call, " repaired "));
    assert_eq!(desk.world.call(call).unwrap().disposition.as_deref(), Some("repaired"));
    assert!(desk.ok(disposition(call, "repaired")).is_empty());
    assert_eq!(
        desk.no(disposition(call, "eaten")),
        Refusal::FieldNotAllowed {
            field: "disposition".to_owned(),
            value: "eaten".to_owned(),
            allowed: "repaired, no fault found".to_owned(),
        }
    );
    desk.finish(call);
    let events = desk.after(call, disposition(call, "no fault found"), None).unwrap();
    assert!(matches!(events.last(), Some(Event::DispositionSet { .. })));
    assert_eq!(desk.after(call, disposition(call, "no fault found"), None), Ok(vec![]));
}

#[test]
fn without_a_list_a_disposition_is_a_few_words_that_name_nobody() {
    let (mut desk, call) = served();
    desk.after(call, disposition(call, "call 010-0000-1234 back"), None).unwrap();
    let Some(Event::DispositionSet { code, .. }) = desk.journal.last().unwrap().events.last()
    else {
        unreachable!("nothing was set");
    };
    assert!(!code.contains("1234"), "{code}");
    assert!(matches!(
        desk.after(call, disposition(call, &"x".repeat(41)), None),
        Err(Refusal::TooLong { max: 40, .. })
    ));
    let missing = desk.after(call, disposition(call, " "), None);
    assert!(matches!(missing, Err(Refusal::FieldMissing { field, .. }) if field == "disposition"));
}

#[test]
fn a_call_that_has_not_opened_has_no_disposition() {
    let mut desk = Bench::with(&[super::kit::gated(crate::domain::profile::Fallback::Park)]);
    desk.ok(mode("manage", Mode::Stopped));
    let call = desk.one();
    assert!(matches!(desk.no(disposition(call, "done")), Refusal::WrongPhase { .. }));
}

#[test]
fn nothing_else_wakes_an_ended_call() {
    let (desk, call) = served();
    let wakes = |command: Command| command.recalls(Phase::Completed);
    assert!(wakes(rate(call, 5)) && wakes(disposition(call, "x")));
    assert!(!wakes(cancel(call)) && !wakes(Command::StartWork { call }));
    let finish = Command::FinishWork { call, outcome: WorkOutcome::Done, fare: None };
    assert!(!wakes(finish) && !rate(call, 5).recalls(Phase::Canceled));
    assert_eq!(desk.phase(call), Phase::Completed);
}
