//! The small values that bodies are made of.
//!
//! Invariant: what the description says of a value is what is taken.

use crate::desk::Setup;
use crate::front::clock::Clock;
use crate::front::error::UserError;
use crate::gateway::part::moment;
use ascall_engine::domain::profile::FieldKind;
use ascall_engine::domain::text::{is_blank, nfc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Text in which something can be seen, composed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(from)?;
        if is_blank(&text) {
            return Err(D::Error::custom("nothing stands in a text"));
        }
        Ok(Self(nfc(&text)))
    }
}

impl JsonSchema for Text {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1 })
    }
}

/// A change that needs no more than a reason.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    /// Why, in your words; it is journalled.
    #[serde(default)]
    pub reason: Option<String>,
}

/// How urgent a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Priority {
    Low,
    #[default]
    Normal,
    High,
    Urgent,
}

impl Priority {
    /// As the desk counts it.
    pub(super) fn level(self) -> u8 {
        self as u8
    }
}

/// A point in time: it has a date, so that it means the same when the same is asked again.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct Moment(pub String);

impl Moment {
    /// As it was written, when it can be read.
    pub(super) fn text(self, clock: &Clock) -> Result<String, UserError> {
        moment(clock, &self.0).map(|_| self.0)
    }
}

impl JsonSchema for Moment {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "date-time",
            "examples": ["2026-11-21T14:30:00+09:00"],
        })
    }
}

/// The profile's own fields, by name.
pub(super) type Fields = BTreeMap<String, String>;

/// Refuses a time among the fields that would not mean the same when the same is asked again.
pub(super) fn steady(
    fields: &Fields,
    profile: &str,
    setup: &Setup,
    clock: &Clock,
) -> Result<(), UserError> {
    let Some(profile) = setup.profile(profile) else { return Ok(()) };
    let times = profile.fields.iter().filter(|field| field.kind == FieldKind::Time);
    let mut given = times.filter_map(|field| fields.get(&field.name));
    given.try_for_each(|text| moment(clock, text).map(drop))
}
