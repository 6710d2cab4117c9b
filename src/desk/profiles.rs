//! The profiles a desk runs: those built in, and those named in the configuration.
//!
//! Invariant: one profile per name; a file's profile takes the place of a built-in one of the same name. A bad file is
//! refused with file, line, key and the nearest key that would have been right.

use crate::toml_file::{self, TomlFault};
use ascall_engine::domain::profile::Profile;
use std::path::PathBuf;

/// The profiles that ship, as `(name, text)`.
pub(crate) const BUILT_IN: [(&str, &str); 2] = [
    ("repair", include_str!("../../fixtures/services/repair.toml")),
    ("driver", include_str!("../../fixtures/services/driver.toml")),
];

/// The built-in profiles with those of `files` over them.
///
/// # Errors
/// The first file that cannot be read or is no profile.
pub(crate) fn load(files: &[PathBuf]) -> Result<Vec<Profile>, TomlFault> {
    let mut profiles = Vec::new();
    for (name, text) in BUILT_IN {
        profiles.push(toml_file::parse(&PathBuf::from(format!("<built-in {name}>")), text)?);
    }
    for file in files {
        let profile: Profile = toml_file::read(file)?;
        profile.sound().map_err(|fault| TomlFault::whole(file, fault.to_string()))?;
        match profiles.iter_mut().find(|known: &&mut Profile| known.name == profile.name) {
            Some(known) => *known = profile,
            None => profiles.push(profile),
        }
    }
    Ok(profiles)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ascall_engine::domain::ids::Millis;
    use ascall_engine::domain::phase::Phase;
    use ascall_engine::domain::profile::{CancelUntil, Fallback, NoticeOn, Position, Role, Stage};

    fn built_in() -> Vec<Profile> {
        load(&[]).unwrap()
    }

    #[test]
    fn the_built_in_profiles_are_what_the_services_page_says() {
        for profile in built_in() {
            let manage = &profile.steps[profile.step("manage").unwrap()];
            assert_eq!(manage.position, Position::BeforeOpen);
            assert_eq!(manage.deadline_ms, Millis(610));
            assert_eq!(manage.fallback, Fallback::Park);
            assert_eq!(profile.plan, [Stage::Auto { for_ms: Some(Millis::mins(10)) }]);
            assert_eq!(profile.dispatch.search_ms, Millis::hours(24));
            assert_eq!(profile.park_max_ms, Millis::hours(2));
            assert_eq!(profile.cancel.until, CancelUntil::Assigned);
        }
    }

    #[test]
    fn every_phase_has_a_word_in_both_languages() {
        for profile in built_in() {
            for phase in Phase::ALL {
                let words = profile.phases.get(&phase);
                let words = words.unwrap_or_else(|| panic!("{} has no {phase}", profile.name));
                assert!(!words.ko.is_empty() && !words.en.is_empty(), "{phase}");
            }
        }
        let repair = &built_in()[0];
        assert_eq!(repair.phases[&Phase::Parked].ko, "호출(대기접수)");
        assert_eq!(repair.phases[&Phase::Open].ko, "호출중");
        assert_eq!(repair.phases[&Phase::Assigned].ko, "호출확정");
        assert_eq!(built_in()[1].phases[&Phase::InService].ko, "운행중");
    }

    #[test]
    fn the_customer_is_told_every_step_and_the_worker_what_concerns_them() {
        use NoticeOn::{
            Arrived, Assigned, Canceled, Completed, Opened, Parked, Rejected, Released, Started,
            Unfilled,
        };
        for profile in built_in() {
            let has = |on, to| profile.notices.iter().any(|rule| rule.on == on && rule.to == to);
            for on in [
                Parked, Opened, Assigned, Arrived, Started, Completed, Canceled, Unfilled, Rejected,
            ] {
                assert!(has(on, Role::Customer), "{} {on:?}", profile.name);
            }
            for on in [Assigned, Released] {
                assert!(has(on, Role::Worker), "{} {on:?}", profile.name);
            }
            // A cancel releases the worker too: one change, one message.
            assert!(!has(Released, Role::Customer) && !has(Canceled, Role::Worker));
        }
    }

    #[test]
    fn notices_use_only_known_placeholders() {
        let known =
            ["call", "worker", "worker_tel", "cost", "kind", "place", "customer_tel", "name"];
        for profile in built_in() {
            for rule in &profile.notices {
                for text in [&rule.text.ko, &rule.text.en] {
                    for blank in text.split('{').skip(1) {
                        let name = blank.split('}').next().unwrap();
                        assert!(known.contains(&name), "{name} in {text}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_file_takes_the_place_of_a_built_in_profile_of_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("mine.toml");
        std::fs::write(&file, BUILT_IN[0].1.replace("park_max_ms = 7_200_000", "park_max_ms = 1"))
            .unwrap();
        let profiles = load(&[file]).unwrap();
        assert_eq!(profiles.len(), 2);
        assert_eq!(profiles[0].park_max_ms, Millis(1));
    }

    #[test]
    fn a_bad_file_is_refused_with_line_key_and_the_nearest_key() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("mine.toml");
        std::fs::write(&file, BUILT_IN[0].1.replace("park_max_ms", "park_mx_ms")).unwrap();
        let fault = load(std::slice::from_ref(&file)).unwrap_err();
        let line = BUILT_IN[0].1.lines().position(|l| l.starts_with("park_max_ms")).unwrap() + 1;
        assert_eq!(
            fault.to_string(),
            format!("{}:{line}: unknown key `park_mx_ms`", file.display())
        );
        assert_eq!(fault.nearest.as_deref(), Some("park_max_ms"));
    }
}
