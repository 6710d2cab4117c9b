//! The profiles a desk runs: those built in, and those named in the configuration.
//!
//! Invariant: one profile per name; a file's profile takes the place of a built-in one of the same name. A bad file is
//! refused with file, line, key and the nearest key that would have been right.

use crate::toml_file::{Source, TomlFault, first, nearest};
use ascall_engine::domain::profile::{Profile, ProfileFault};
use std::path::{Path, PathBuf};

/// The profiles that ship, as `(name, text)`.
pub(crate) const BUILT_IN: [(&str, &str); 5] = [
    ("repair", include_str!("../../fixtures/services/repair.toml")),
    ("driver", include_str!("../../fixtures/services/driver.toml")),
    ("tutoring", include_str!("../../fixtures/services/tutoring.toml")),
    ("taxi", include_str!("../../fixtures/services/taxi.toml")),
    ("shop", include_str!("../../fixtures/services/shop.toml")),
];

/// A profile and where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    /// What it says.
    pub profile: Profile,
    /// The file that says so; none: it is built in.
    pub file: Option<PathBuf>,
}

/// The built-in profiles with those of `files` over them.
///
/// # Errors
/// The first file that cannot be read or is no profile.
pub(crate) fn load(files: &[PathBuf]) -> Result<Vec<Profile>, TomlFault> {
    Ok(known(files)?.into_iter().map(|known| known.profile).collect())
}

/// As [`load`], with where each comes from.
///
/// # Errors
/// As [`load`].
pub(crate) fn known(files: &[PathBuf]) -> Result<Vec<Known>, TomlFault> {
    let mut all: Vec<Known> = Vec::new();
    for (name, text) in BUILT_IN {
        let source = Source::of(Path::new(&format!("<built-in {name}>")), text);
        all.push(Known { profile: parse(&source).map_err(first)?, file: None });
    }
    for file in files {
        let source = Source::read(file)?;
        let profile = parse(&source).map_err(first)?;
        let known = Known { profile, file: Some(file.clone()) };
        match all.iter_mut().find(|other| other.profile.name == known.profile.name) {
            Some(Known { file: Some(other), .. }) => {
                let (name, other) = (&known.profile.name, other.display());
                let what = format!("the profile `{name}` is in {other} already");
                return Err(source.fault("name", what, None));
            }
            Some(built_in) => *built_in = known,
            None => all.push(known),
        }
    }
    Ok(all)
}

/// The profile that a text holds.
///
/// # Errors
/// Everything that is wrong with it: slips of the pen first, and when there are none, what makes no sense as a whole.
pub(crate) fn parse(source: &Source) -> Result<Profile, Vec<TomlFault>> {
    let profile: Profile = source.parse()?;
    let mut faults: Vec<TomlFault> = profile
        .faults()
        .into_iter()
        .map(|ProfileFault { at, wrong }| {
            let near = wrong.unknown().and_then(|(name, known)| {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                nearest(name, &known).map(str::to_owned)
            });
            source.fault(&at, format!("`{at}` {wrong}"), near)
        })
        .collect();
    faults.sort_by_key(|fault| fault.line);
    if faults.is_empty() { Ok(profile) } else { Err(faults) }
}

#[cfg(test)]
mod tests;
