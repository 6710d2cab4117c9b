//! The domain's record as bytes in the journal, and back.
//!
//! Invariant: MessagePack with named fields, so that fields can be added; what does not decode is damage, never skipped.

use crate::domain::event::Record;
use crate::journal::{self, Corruption, JournalError, NewRecord};

/// Room for most records, so that they are written without growing.
const USUAL_BYTES: usize = 1_536;

/// The record as the journal takes it.
#[must_use]
pub fn encode(record: &Record) -> NewRecord {
    // Records hold nothing that MessagePack cannot say; an empty body would not decode and is refused by the checks.
    let mut body = Vec::with_capacity(USUAL_BYTES);
    if rmp_serde::encode::write_named(&mut body, record).is_err() {
        body.clear();
    }
    NewRecord { at: record.at, body }
}

/// The record that was stored.
///
/// # Errors
/// Damage, when the body is not a record of a known kind.
pub fn decode(stored: &journal::Record) -> Result<Record, JournalError> {
    rmp_serde::from_slice(&stored.body).map_err(|_| Corruption::Record(stored.seq).into())
}
