//! What is wrong with a profile, and where.
//!
//! Invariant: a fault names its place as a path of keys (`steps[1].breaker.open_ms`) that stands in the profile, or could.
//! Knows no file and no line: whoever read the profile from a file finds the path there.

use crate::domain::word::{Word, word};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Something wrong with a profile.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[error("`{at}` {wrong}")]
pub struct ProfileFault {
    /// The key or the entry, e.g. `plan[0].rings_m[2]`; entries are counted from 0.
    pub at: String,
    /// What is wrong there.
    pub wrong: Wrong,
}

/// What is wrong with a key or an entry of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum Wrong {
    /// Nothing stands there that could be seen.
    #[error("is empty")]
    Empty,
    /// Not a name.
    #[error(
        "is `{0}`, which is no name (a lower-case letter, then letters, digits, `_`, `-`; at most 40)"
    )]
    NoName(String),
    /// A name that the desk keeps for itself.
    #[error("is `{0}`, a name of the desk's own")]
    Reserved(String),
    /// A path with something in it that no path may have.
    #[error("is `{0}`, which is no path (letters, digits, `_`, `-`; at most 40)")]
    NoPath(String),
    /// The same stands there before.
    #[error("is {of}, as `{first}` is already")]
    Twice {
        /// What.
        of: String,
        /// Where it stands first.
        first: String,
    },
    /// A number outside its bounds.
    #[error("is {value}, not from {min} to {max}")]
    Range {
        /// What it is.
        value: u64,
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// More entries than are taken.
    #[error("has {count} entries; at most {max} are taken")]
    TooMany {
        /// How many.
        count: usize,
        /// The most.
        max: usize,
    },
    /// A text longer than its limit.
    #[error("is longer than {max} characters")]
    TooLong {
        /// The limit.
        max: usize,
    },
    /// A name that nothing has.
    #[error("names `{name}`, which is not there (known: {})", quoted(.known))]
    Unknown {
        /// What was named.
        name: String,
        /// What could have been.
        known: Vec<String>,
    },
    /// A value that is none of those allowed.
    #[error("is `{value}`, which is not among {}", quoted(.allowed))]
    NotAmong {
        /// The value.
        value: String,
        /// Those allowed.
        allowed: Vec<String>,
    },
    /// A value that its type does not take.
    #[error("is `{value}`, which is no {what}")]
    NoValue {
        /// The value.
        value: String,
        /// What it should be.
        #[serde(deserialize_with = "word")]
        what: Word,
    },
    /// It must be something else.
    #[error("must be {be}: {because}")]
    Must {
        /// What.
        #[serde(deserialize_with = "word")]
        be: Word,
        /// Why.
        #[serde(deserialize_with = "word")]
        because: Word,
    },
    /// Something else must be there for it.
    #[error("needs {0}")]
    Needs(#[serde(deserialize_with = "word")] Word),
    /// It would never do anything.
    #[error("has no effect: {0}")]
    Idle(#[serde(deserialize_with = "word")] Word),
    /// A stage that no call comes to.
    #[error("is never reached: `{before}` goes on for ever")]
    Unreached {
        /// The stage that never ends.
        before: String,
    },
    /// A number that is not more than the one before.
    #[error("must be more than the one before it")]
    NotRising,
    /// It must say what another one says.
    #[error("is not the same as `{other}`: {because}")]
    Differs {
        /// The other one.
        other: String,
        /// Why they must agree.
        #[serde(deserialize_with = "word")]
        because: Word,
    },
    /// A breaker that could never trip.
    #[error("has no rule that could open it")]
    NoRule,
}

impl Wrong {
    /// What was named, and what could have been meant, for a name or a value that is none of those known.
    #[must_use]
    pub fn unknown(&self) -> Option<(&str, &[String])> {
        match self {
            Self::Unknown { name, known } => Some((name, known)),
            Self::NotAmong { value, allowed } => Some((value, allowed)),
            _ => None,
        }
    }
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
