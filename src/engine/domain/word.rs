//! Words of the program's own that stand in what it refuses.
//!
//! Invariant: a word is one of those written in the program, here or in a process of the same program elsewhere.

use serde::{Deserialize, Deserializer};

/// A word of the program's own: a verb, or the name of a value.
pub type Word = &'static str;

/// Reads a [`Word`] that another process wrote. It is kept for the rest of the run, as its like are: whoever reads
/// refusals reads a handful of them.
pub(in crate::domain) fn word<'de, D: Deserializer<'de>>(from: D) -> Result<Word, D::Error> {
    Ok(String::deserialize(from)?.leak())
}
