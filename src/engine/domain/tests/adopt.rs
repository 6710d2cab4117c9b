//! What adopting a version of a profile does to those who answer its steps.

use super::kit::{kinds, stepped};
use crate::domain::breaker::BreakerSettings;
use crate::domain::command::Command;
use crate::domain::event::{Event, ParticipantKind};
use crate::domain::ids::{Millis, ParticipantId};
use crate::domain::profile::{Position, Profile};
use crate::domain::refusal::Refusal;
use crate::domain::testing::Bench;

fn brief() -> BreakerSettings {
    BreakerSettings { open_ms: Millis::secs(3), ..BreakerSettings::default() }
}

fn adopt(profile: &Profile) -> Command {
    Command::AdoptProfile(Box::new(profile.clone()))
}

/// A profile whose steps `a` and `b` are answered by the same.
fn shared(breaker: Option<BreakerSettings>, bulkhead: Option<u32>) -> Profile {
    let mut profile = stepped(&[("a", Position::BeforeOpen), ("b", Position::AfterOpen)]);
    for step in &mut profile.steps {
        step.participant = Some("office".to_owned());
    }
    profile.steps[0].breaker = breaker;
    profile.steps[0].bulkhead = bulkhead;
    profile
}

#[test]
fn a_participant_that_is_new_is_protected_as_the_profile_says_and_shared_by_its_steps() {
    let desk = Bench::with(&[shared(Some(brief()), Some(1))]);
    let known: Vec<_> = desk.world.participants().collect();
    assert_eq!((known.len(), known[0].name.as_str()), (1, "office"));
    assert_eq!((known[0].breaker.settings(), known[0].bulkhead), (&brief(), 1));
    let adopted = desk.world.desk.profiles.values().next().unwrap();
    assert_eq!(adopted.answers, [ParticipantId(1), ParticipantId(1)]);
}

#[test]
fn a_version_that_names_other_settings_changes_them_and_nothing_else_of_who_answers() {
    let mut desk = Bench::with(&[shared(None, None)]);
    desk.outside("office");
    let before = desk.world.participant("office").unwrap().clone();
    let other = Profile { name: "other".to_owned(), ..shared(None, Some(3)) };
    assert_eq!(kinds(&desk.ok(adopt(&other))), ["ParticipantSet", "ProfileAdopted"]);
    let now = desk.world.participant("office").unwrap();
    assert_eq!((now.id, &now.kind, now.bulkhead), (before.id, &before.kind, 3));
    assert_eq!(now.breaker.settings(), before.breaker.settings(), "not named, not changed");
    assert!(matches!(now.kind, ParticipantKind::Http { .. }));

    let newer = Profile { name: "other".to_owned(), ..shared(Some(brief()), Some(3)) };
    desk.ok(adopt(&newer));
    let now = desk.world.participant("office").unwrap();
    assert_eq!((now.breaker.settings(), now.bulkhead), (&brief(), 3));
}

#[test]
fn a_version_that_names_what_is_so_already_or_nothing_sets_nothing() {
    let mut desk = Bench::with(&[shared(Some(brief()), Some(3))]);
    for profile in [shared(Some(brief()), None), shared(None, None)] {
        assert_eq!(kinds(&desk.ok(adopt(&profile))), ["ProfileAdopted"]);
    }
    assert!(desk.ok(adopt(&shared(None, None))).is_empty(), "the same version");
    let office = desk.world.participant("office").unwrap();
    assert_eq!((office.breaker.settings(), office.bulkhead), (&brief(), 3));
}

#[test]
fn settings_out_of_their_bounds_are_refused_with_the_profile() {
    let mut desk = Bench::with(&[]);
    let never = BreakerSettings { open_ms: Millis(0), ..BreakerSettings::default() };
    for bad in [shared(Some(never), None), shared(None, Some(0))] {
        let refused = desk.no(adopt(&bad));
        let fits = matches!(refused, Refusal::OutOfRange { .. } | Refusal::ProfileUnsound { .. });
        assert!(fits, "{refused}");
    }
    let set = |event: &Event| matches!(event, Event::ParticipantSet { .. });
    assert!(!desk.events().iter().any(set));
}
