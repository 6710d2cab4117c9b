//! The address of an original at which customers ask for a call, and the members of its JSON in which they say it.
//!
//! Invariant: the members are those that the gateway answers with there; what a customer never says is left out.

use crate::front::originals::{Slot, encoded, members};
use ascall_engine::domain::profile::{Profile, ResourceOf};
use ascall_engine::domain::text::nfc;
use std::borrow::Cow;

/// Where an original takes calls.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Address {
    /// As the scenario says it: `/ascalls`.
    pub said: String,
    /// As it stands in a request.
    pub path: String,
    /// What a customer says there, under which names.
    pub members: Vec<(String, Slot)>,
}

impl Address {
    /// The one of these that a scenario names.
    ///
    /// # Errors
    /// The profile takes calls at others: these.
    pub(super) fn of(profile: &Profile, said: &str) -> Result<Self, Vec<String>> {
        let calls = profile.resources.iter().filter(|resource| resource.of == ResourceOf::Calls);
        let known = calls.flat_map(|calls| std::iter::once(&calls.path).chain(&calls.aliases));
        let known: Vec<String> = known.map(|path| nfc(path)).collect();
        match said.strip_prefix('/').filter(|name| known.iter().any(|path| path == name)) {
            None => Err(known.into_iter().map(|path| format!("/{path}")).collect()),
            Some(path) => Ok(Self {
                said: said.to_owned(),
                path: format!("/{}", encoded(path)),
                members: members(profile, ResourceOf::Calls, path)
                    .into_iter()
                    .filter_map(|(name, slot)| Some((name, customers(slot, profile)?)))
                    .collect(),
            }),
        }
    }
}

/// What a customer says in a member; none: it is said to them.
fn customers(slot: Slot, profile: &Profile) -> Option<Slot> {
    let is_skill = |name: &str| profile.skill_field().is_some_and(|field| field.name == name);
    match slot {
        Slot::Field(name) if is_skill(&name) => Some(Slot::Kind),
        Slot::Call => {
            let own = profile.reference_field()?;
            Some(Slot::Field(Cow::Owned(own.name.clone())))
        }
        Slot::Tel | Slot::Location | Slot::Cost | Slot::Kind | Slot::Member | Slot::Field(_) => {
            Some(slot)
        }
        _ => None,
    }
}
