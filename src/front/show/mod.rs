//! What users and their scripts are shown: small structs of their own, one file per kind of thing.
//!
//! Invariant: a member of these structs, once printed, is a promise; they are filled from the engine's types and never
//! are them. Masking happens when they are filled.

pub(crate) mod attention;
pub(crate) mod call;
pub(crate) mod decision;
pub(crate) mod event;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod letter;
pub(crate) mod member;
pub(crate) mod offer;
pub(crate) mod participant;
pub(crate) mod profile;
pub(crate) mod report;
pub(crate) mod status;
pub(crate) mod stock;
pub(crate) mod verdict;
pub(crate) mod view;
pub(crate) mod worker;

use super::look::Look;
use super::words::Word;
use ascall_engine::domain::geo::Point;
use schemars::JsonSchema;
use serde::Serialize;

/// Something that can be shown in every format.
pub(crate) trait Show: Serialize {
    /// What `-o id` prints.
    fn id(&self) -> String;
    /// The members that CSV shows; a dot steps into an object.
    const CSV: &'static [&'static str];
    /// The heads of the table.
    const HEADS: &'static [Word];
    /// The cells of its row, as many as heads. They are made inert when written.
    fn cells(&self, look: &Look) -> Vec<String>;
}

/// A cell of a table whose columns are chosen when it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cell {
    /// As people read it.
    pub shown: String,
    /// As CSV has it.
    pub plain: String,
}

/// A point on the earth, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub(crate) struct PointJson {
    /// North positive.
    pub lat: f64,
    /// East positive.
    pub lon: f64,
}

impl From<Point> for PointJson {
    fn from(point: Point) -> Self {
        Self { lat: f64::from(point.lat_e6()) / 1e6, lon: f64::from(point.lon_e6()) / 1e6 }
    }
}

/// The name under which an engine's unit value stands in JSON.
pub(crate) fn name_of<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        Ok(serde_json::Value::Object(members)) => {
            members.keys().next().cloned().unwrap_or_default()
        }
        _ => String::new(),
    }
}
