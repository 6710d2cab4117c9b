//! How far somebody has read the journal: `EPOCH-SEQ`.
//!
//! Invariant: a cursor counts only in the epoch it was given in. A restored desk gives the numbers behind its copy again, so
//! that a number of an older epoch may name another record; whoever comes with one is told so, and begins anew.
//!
//! A bare number is what clients of before have kept: its epoch is unknown. It counts on a desk that was never restored
//! (epoch 0), where it can mean only one record; elsewhere only 0 does, the place before the first record.

use ascall_engine::domain::ids::Seq;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// How far somebody has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// None: given by a client that knows of no epochs.
    epoch: Option<u64>,
    seq: Seq,
}

/// A text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("it is no place in the journal, like 0-42")]
pub(crate) struct BadCursor;

impl Cursor {
    /// Behind record `seq` of an epoch.
    pub(crate) fn at(epoch: u64, seq: Seq) -> Self {
        Self { epoch: Some(epoch), seq }
    }

    /// The record to go on behind, in a journal of this epoch and length; none: the cursor means nothing there.
    pub(crate) fn in_journal(self, epoch: u64, head: Seq) -> Option<Seq> {
        let counts = match self.epoch {
            Some(known) => known == epoch,
            None => epoch == 0 || self.seq == Seq(0),
        };
        Some(self.seq).filter(|seq| counts && *seq <= head)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.epoch {
            Some(epoch) => write!(f, "{epoch}-{}", self.seq.0),
            None => write!(f, "{}", self.seq.0),
        }
    }
}

impl FromStr for Cursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let number = |digits: &str| {
            let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            digits.parse().ok().filter(|_| plain).ok_or(BadCursor)
        };
        let (epoch, seq) = match text.split_once('-') {
            Some((epoch, seq)) => (Some(number(epoch)?), seq),
            None => (None, text),
        };
        Ok(Self { epoch, seq: Seq(number(seq)?) })
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Cursor {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Cursor".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^([0-9]{1,18}-)?[0-9]{1,18}$",
            "examples": ["0-42"],
        })
    }
}

/// What a follower is told whose cursor means nothing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct ResetJson {
    /// Where it goes on: behind the newest record.
    pub reset: Cursor,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(text: &str) -> Cursor {
        text.parse().unwrap()
    }

    #[test]
    fn a_cursor_reads_as_it_is_written() {
        for text in ["0-0", "3-42", "42"] {
            assert_eq!(cursor(text).to_string(), text);
        }
        for bad in ["", "-", "1-", "-1", "1-2-3", "+1", "1-+2", "soon", "99999999999999999999"] {
            assert_eq!(bad.parse::<Cursor>(), Err(BadCursor), "{bad}");
        }
    }

    #[test]
    fn a_cursor_counts_in_its_own_epoch_and_not_beyond_the_end() {
        let head = Seq(9);
        assert_eq!(cursor("2-9").in_journal(2, head), Some(Seq(9)));
        for strange in ["1-4", "3-4", "2-10", "1-0"] {
            assert_eq!(cursor(strange).in_journal(2, head), None, "{strange}");
        }
    }

    #[test]
    fn a_bare_number_counts_only_where_no_number_was_given_twice() {
        let head = Seq(9);
        assert_eq!(cursor("4").in_journal(0, head), Some(Seq(4)));
        assert_eq!(cursor("10").in_journal(0, head), None);
        assert_eq!(cursor("4").in_journal(2, head), None);
        assert_eq!(cursor("0").in_journal(2, head), Some(Seq(0)));
    }
}
