//! What a request is asked for.
//!
//! Invariant: what names a person has a field of the desk's own ([`Field::DESKS`]) and is kept beside the journal. Knows no
//! request.

use super::{Words, is_false};
use serde::{Deserialize, Serialize};

/// A field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The name in commands: `location`, `cost` and `tel` are the desk's own; others are the profile's.
    pub name: String,
    /// What people see.
    pub label: Words,
    /// What may stand in it.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// Whether a request without it is refused.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// The value taken when the request does not name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether its value is the skill that the worker must have.
    #[serde(default, skip_serializing_if = "is_false")]
    pub skill: bool,
    /// The only values allowed; empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<String>,
    /// Values that ask for no skill (an automatic car needs no special driver).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub no_skill: Vec<String>,
}

impl Field {
    /// The fields that every call has, by the name and the type that a profile must give them.
    pub const DESKS: [(&str, FieldKind); 4] = [
        ("tel", FieldKind::Tel),
        ("location", FieldKind::Place),
        ("cost", FieldKind::Won),
        ("visit", FieldKind::Time),
    ];

    /// Whether it is the profile's own, and its value is kept with the call under its name.
    #[must_use]
    pub fn is_own(&self) -> bool {
        Self::DESKS.iter().all(|(name, _)| *name != self.name)
    }
}

/// What a request field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A phone number.
    Tel,
    /// A place: `lat,lon` or a name.
    Place,
    /// Whole won.
    Won,
    /// Free text.
    Text,
    /// A whole number, at least one.
    Count,
    /// The client's own number for the call. The same request under the same number again is the same call; another one
    /// is refused, also when the call has ended. Only one that was rejected, which was never accepted, gives its number
    /// back. A call that is opened again does not take its parent's along.
    Reference,
    /// A point in time: the appointment asked for.
    Time,
}
