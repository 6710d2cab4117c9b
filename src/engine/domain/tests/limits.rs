//! What is refused before any state is looked at: limits, missing reasons, unsound settings and profiles.

use super::kit::{bare, gated, mode};
use crate::domain::breaker::{BreakerSettings, Order as BreakerOrder};
use crate::domain::command::{Command, NewCall};
use crate::domain::event::{Mode, ParticipantKind};
use crate::domain::ids::{CallId, Millis, Time, Won};
use crate::domain::profile::{Fallback, Profile, Stage};
use crate::domain::refusal::Refusal;
use crate::domain::testing::{Bench, request, worker};

fn asked(change: impl FnOnce(&mut NewCall)) -> Command {
    let mut order = request("repair", 1, None);
    if let Command::RequestCall(new) = &mut order {
        change(new);
    }
    order
}

fn manage(breaker: BreakerSettings, bulkhead: u32) -> Command {
    Command::SetParticipant {
        name: "manage".to_owned(),
        kind: ParticipantKind::Local,
        breaker,
        bulkhead,
    }
}

#[test]
fn a_request_outside_its_profile_is_refused_and_leaves_nothing() {
    let mut profile = bare();
    profile.fields[0].one_of = vec!["TV".to_owned()];
    let mut desk = Bench::with(&[profile]);
    let records = desk.journal.len();
    let unknown = desk.no(request("taxi", 1, None));
    let known = "repair".to_owned();
    assert_eq!(unknown, Refusal::NoSuchProfile { name: "taxi".to_owned(), known });
    let urgent = desk.no(asked(|new| new.priority = 4));
    assert_eq!(urgent, Refusal::OutOfRange { what: "priority", value: 4, min: 0, max: 3 });
    let dear = desk.no(asked(|new| new.cost = Some(Won(-1))));
    assert!(matches!(dear, Refusal::OutOfRange { what: "cost", value: -1, .. }));
    let kind = desk.no(asked(|new| new.kind = Some("car".to_owned())));
    assert!(matches!(kind, Refusal::FieldNotAllowed { .. }));
    let field = desk.no(asked(|new| drop(new.fields.insert("floor".into(), "3".into()))));
    assert!(matches!(field, Refusal::NoSuchField { .. }));
    let long = desk.no(asked(|new| new.contact.person.name = Some("a".repeat(1_001))));
    assert_eq!(long, Refusal::TooLong { what: "a field", max: 1_000 });
    assert_eq!((desk.journal.len(), desk.world.desk.next.call), (records, 0), "no number is burnt");
}

#[test]
fn a_required_field_is_asked_for_by_name() {
    let mut profile = bare();
    profile.fields[0].required = true;
    let mut desk = Bench::with(&[profile]);
    let (profile, field) = ("repair".to_owned(), "kind".to_owned());
    assert_eq!(desk.no(request("repair", 1, None)), Refusal::FieldMissing { profile, field });
}

#[test]
fn a_full_desk_names_the_time_to_come_back() {
    let mut desk = Bench::with(&[bare()]);
    desk.world.settings.live_calls_max = 2;
    desk.one();
    desk.one();
    match desk.no(request("repair", 1, None)) {
        Refusal::DeskFull { max, at } => assert!(max == 2 && at > desk.now),
        other => unreachable!("{other}"),
    }
}

#[test]
fn a_reason_and_a_note_have_a_length() {
    let mut desk = Bench::with(&[bare()]);
    let call = desk.one();
    let long = "a".repeat(1_001);
    let note = desk.no(Command::AddNote { call, text: long.clone() });
    assert_eq!(note, Refusal::TooLong { what: "the note", max: 1_000 });
    let reason = desk.run(Command::Tick, Some(&long));
    assert_eq!(reason, Err(Refusal::TooLong { what: "the reason", max: 1_000 }));
    let nobody = CallId(9);
    assert_eq!(
        desk.no(Command::AddNote { call: nobody, text: String::new() }),
        Refusal::NoSuchCall(nobody)
    );
}

#[test]
fn a_worker_has_so_many_skills_and_no_more() {
    let mut desk = Bench::with(&[bare()]);
    let skills: Vec<String> = (0..65).map(|n| n.to_string()).collect();
    let skills: Vec<&str> = skills.iter().map(String::as_str).collect();
    assert!(matches!(
        desk.no(worker(None, &skills)),
        Refusal::OutOfRange { value: 65, max: 64, .. }
    ));
    desk.ok(worker(None, &skills[..64]));
}

#[test]
fn settings_that_could_never_work_are_refused() {
    let mut desk = Bench::with(&[gated(Fallback::Park)]);
    let probes = BreakerSettings { probes: 0, ..BreakerSettings::default() };
    assert_eq!(
        desk.no(manage(probes, 8)),
        Refusal::OutOfRange { what: "probes", value: 0, min: 1, max: 100 }
    );
    let none = BreakerSettings {
        consecutive_failures: None,
        failure_rate_pct: None,
        slow_rate_pct: None,
        ..BreakerSettings::default()
    };
    assert!(matches!(desk.no(manage(none, 8)), Refusal::OutOfRange { value: 0, min: 1, .. }));
    let percent = BreakerSettings { slow_rate_pct: Some(101), ..BreakerSettings::default() };
    assert!(matches!(
        desk.no(manage(percent, 8)),
        Refusal::OutOfRange { value: 101, max: 100, .. }
    ));
    let span = BreakerSettings { window_ms: Millis(1), ..BreakerSettings::default() };
    assert!(matches!(desk.no(manage(span, 8)), Refusal::OutOfRange { what: "window_ms", .. }));
    let bulkhead = desk.no(manage(BreakerSettings::default(), 0));
    assert!(matches!(bulkhead, Refusal::OutOfRange { what: "bulkhead", .. }));
}

#[test]
fn nobody_stops_what_is_not_there_or_not_ours() {
    let mut desk = Bench::with(&[gated(Fallback::Park)]);
    let known = "manage, assign".to_owned();
    let name = "bank".to_owned();
    assert_eq!(desk.no(mode("bank", Mode::Stopped)), Refusal::NoSuchParticipant { name, known });
    let to = BreakerOrder::Close;
    let forced = desk.no(Command::ForceBreaker { name: "assign".to_owned(), to });
    assert!(matches!(forced, Refusal::NoSuchParticipant { .. }));
    desk.ok(mode("manage", Mode::Stopped));
    let call = desk.one();
    desk.outside("manage");
    let name = "manage".to_owned();
    assert_eq!(desk.no(mode("manage", Mode::Running)), Refusal::NotLocal { name });
    assert_eq!(desk.until_asked(&[call], 0), call, "what was stopped is outside now, and is asked");
}

#[test]
fn a_request_to_a_slow_one_that_is_replaced_ends_at_its_deadline() {
    let mut desk = Bench::with(&[gated(Fallback::Park)]);
    desk.ok(mode("manage", Mode::Slow { fixed: Millis(300), random: Millis(0) }));
    let call = desk.one();
    desk.outside("manage");
    assert_eq!(desk.world.next_due(), Some(desk.now.plus(Millis(610))));
    desk.pass(Millis(610));
    assert_eq!(desk.phase(call), crate::domain::phase::Phase::Parked);
    assert!(desk.world.next_due() > Some(Time(desk.now.0)));
}

#[test]
fn a_profile_that_makes_no_sense_is_refused_with_what_is_wrong() {
    let mut hasty = gated(Fallback::Park);
    hasty.steps[0].deadline_ms = Millis(0);
    let faults = hasty.faults();
    let mut desk = Bench::with(&[]);
    let refused = desk.no(Command::AdoptProfile(Box::new(hasty)));
    let fault = faults.into_iter().next().unwrap();
    assert_eq!(fault.at, "steps[0].deadline_ms");
    assert_eq!(refused, Refusal::ProfileUnsound { profile: "repair".to_owned(), fault });
}

#[test]
fn a_call_keeps_the_profile_it_was_taken_under() {
    let mut desk = Bench::with(&[bare()]);
    let call = desk.one();
    let ended = Profile { plan: vec![Stage::Manual { claimable: false }], ..bare() };
    desk.ok(Command::AdoptProfile(Box::new(ended)));
    let only = desk.worker(0, 0);
    assert_eq!(desk.world.call(call).unwrap().worker(), Some(only), "the plan of its own version");
    let later = desk.one();
    desk.finish(call);
    assert_eq!(desk.world.call(later).unwrap().worker(), None);
}

#[test]
fn a_changed_profile_protects_its_participant_as_it_says_and_is_silent_where_it_says_nothing() {
    let held = |bulkhead| {
        let mut profile = gated(Fallback::Park);
        profile.steps[0].bulkhead = bulkhead;
        Command::AdoptProfile(Box::new(profile))
    };
    let mut desk = Bench::with(&[]);
    for (said, holds) in [(None, 64), (Some(3), 3), (Some(4), 4), (None, 4)] {
        desk.ok(held(said));
        assert_eq!(desk.world.participant("manage").unwrap().bulkhead, holds, "{said:?}");
    }
}
