//! The lists of a line, and the names under which other programs find it.
//!
//! Invariant: names only; what stands in a column is known to whoever shows it.

use super::Words;
use crate::domain::phase::Phase;
use serde::{Deserialize, Serialize};

/// A list of the line's calls, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewSpec {
    /// Its name, for `list --view`.
    pub name: String,
    /// What people call it.
    pub title: Words,
    /// Its columns, from left to right.
    pub columns: Vec<Column>,
    /// The phases it shows; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<Phase>,
}

impl ViewSpec {
    /// The name of the list of calls that may be claimed: every desk has it, and a profile may give it other columns.
    pub const OPEN_LIST: &str = "open";
}

/// A column of a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The call's number.
    Call,
    /// Where it stands.
    Phase,
    /// How long it has been there.
    Age,
    /// Who asked.
    Customer,
    /// Their number.
    Tel,
    /// The member.
    Member,
    /// Who has it.
    Worker,
    /// What for.
    Kind,
    /// Where.
    Place,
    /// Price, estimate or fare.
    Cost,
    /// What was paid, and what was given back.
    Paid,
    /// The appointment.
    Visit,
    /// What came of the work.
    Outcome,
    /// How it was rated.
    Rating,
    /// Why a human should look.
    Attention,
    /// A field of the profile's own.
    #[serde(untagged)]
    Field(String),
}

impl Column {
    /// The desk's own, in the order in which they are told of.
    pub const ALL: [Self; 15] = [
        Self::Call,
        Self::Phase,
        Self::Age,
        Self::Customer,
        Self::Tel,
        Self::Member,
        Self::Worker,
        Self::Kind,
        Self::Place,
        Self::Cost,
        Self::Paid,
        Self::Visit,
        Self::Outcome,
        Self::Rating,
        Self::Attention,
    ];

    /// The name used in files and JSON.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Call => "call",
            Self::Phase => "phase",
            Self::Age => "age",
            Self::Customer => "customer",
            Self::Tel => "tel",
            Self::Member => "member",
            Self::Worker => "worker",
            Self::Kind => "kind",
            Self::Place => "place",
            Self::Cost => "cost",
            Self::Paid => "paid",
            Self::Visit => "visit",
            Self::Outcome => "outcome",
            Self::Rating => "rating",
            Self::Attention => "attention",
            Self::Field(name) => name,
        }
    }
}

/// A name under which other programs find something of the line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// The path, e.g. `ascalls`.
    pub path: String,
    /// What is found there.
    pub of: ResourceOf,
    /// Other paths to the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}

/// What is found under a resource's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceOf {
    /// The line's calls.
    Calls,
    /// What its first gate answered.
    Gates,
    /// Who has which call.
    Assignments,
    /// Calls that may be claimed.
    OpenList,
    /// Workers, each under the call that they have or had.
    Workers,
    /// Members.
    Members,
    /// Money.
    Payments,
    /// What was told.
    Notices,
    /// Stock.
    Stock,
    /// A customer's calls.
    CustomerPage,
    /// All stages of the calls at a glance.
    ServiceView,
}
