//! Names and quantities of the domain: identifiers, money, time.
//!
//! Invariant: no bare integer stands for an id, money, a time or a duration outside this file.
//! Knows nothing of the clock: a [`Time`] is always given.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An identifier that could not be read, with the form that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {what} (expected a form like `{example}`)")]
pub struct BadId {
    /// What was given.
    pub text: String,
    /// What it should have been, with its article.
    pub what: &'static str,
    /// A good example.
    pub example: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $inner:ty, $prefix:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "-{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            /// Reads the printed form (any case), or the bare number.
            fn from_str(text: &str) -> Result<Self, BadId> {
                let trimmed = text.trim();
                let digits = match trimmed.split_once('-') {
                    Some((head, rest)) if head.eq_ignore_ascii_case($prefix) => rest,
                    _ => trimmed,
                };
                let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                digits.parse().ok().filter(|_| plain).map(Self).ok_or_else(|| BadId {
                    text: text.chars().take(40).collect(),
                    what: $what,
                    example: concat!($prefix, "-1"),
                })
            }
        }
    };
}

id!(
    /// A call, printed `C-1042`. Small, per desk, never reused.
    CallId, u64, "C", "a call number"
);
id!(
    /// A worker, printed `W-17`. Small, per desk, never reused.
    WorkerId, u64, "W", "a worker number"
);
id!(
    /// An offer, printed `O-3`: one question to one worker about one call.
    OfferId, u64, "O", "an offer number"
);
id!(
    /// An attention item, printed `A-5`: something a human must decide.
    AttentionId, u64, "A", "an attention number"
);
id!(
    /// A person about whom the desk keeps personal data in a row of its own, printed `S-9`.
    SubjectId, u64, "S", "a subject number"
);
id!(
    /// A profile version adopted by the desk, printed `P-1`. A call is pinned to one.
    ProfileId, u32, "P", "a profile number"
);
id!(
    /// A participant known to the desk, printed `T-1`.
    ParticipantId, u16, "T", "a participant number"
);
id!(
    /// An incident of a breaker, printed `I-1`: from its opening to its closing.
    IncidentId, u64, "I", "an incident number"
);

id!(
    /// A member, printed `M-7`: a customer the desk knows by name. Small, per desk, never reused.
    MemberId, u64, "M", "a member number"
);

/// The place of a record in the journal: dense, from 1.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The seq after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An instant: milliseconds since the Unix epoch, as the desk's clock gives them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// The instant `span` later; saturates.
    #[must_use]
    pub fn plus(self, span: Millis) -> Self {
        Self(self.0.saturating_add_unsigned(span.0))
    }

    /// The time from `earlier` to this instant; zero when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Millis {
        Millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// A span of time in milliseconds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Millis(pub u64);

impl Millis {
    /// A span of whole seconds.
    #[must_use]
    pub const fn secs(secs: u64) -> Self {
        Self(secs * 1_000)
    }

    /// A span of whole minutes.
    #[must_use]
    pub const fn mins(mins: u64) -> Self {
        Self(mins * 60_000)
    }

    /// A span of whole hours.
    #[must_use]
    pub const fn hours(hours: u64) -> Self {
        Self(hours * 3_600_000)
    }
}

/// Money in whole won.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Won(pub i64);

impl fmt::Display for Won {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_its_printed_form_and_the_bare_number() {
        assert_eq!("C-12".parse(), Ok(CallId(12)));
        assert_eq!("c-12".parse(), Ok(CallId(12)));
        assert_eq!(" 12 ".parse(), Ok(CallId(12)));
        for bad in ["", "C-", "C--1", "W-12", "-3", "+3", "C-99999999999999999999999", "C-1x"] {
            assert!(bad.parse::<CallId>().is_err(), "{bad}");
        }
        assert_eq!(CallId(7).to_string(), "C-7");
    }
}
