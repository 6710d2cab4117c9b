//! What can go wrong with a store, by what the caller can do about it.
//!
//! Invariant: damage is told from a failing disk, a full one, a newer format and a busy store. It
//! knows no domain rule: a refusal of the domain never gets here.

use super::Table;
use super::lock::{Holder, LockError};
use crate::domain::ids::{Seq, Time};
use serde::{Deserialize, Serialize};
use std::io;

/// Why the journal could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The storage failed. The journal has stopped; reopen it.
    #[error("the storage failed: {0}")]
    Storage(#[source] io::Error),
    /// The disk is full. The journal has stopped; reopen it when there is room.
    #[error("no space left for the store")]
    NoSpace,
    /// What was read is not what was written.
    #[error("the store is damaged: {0}")]
    Corrupt(Corruption),
    /// A newer release wrote this store.
    #[error("the store has format {found}, this program reads up to {supported}")]
    NewerFormat {
        /// What was found.
        found: u32,
        /// The newest this program reads.
        supported: u32,
    },
    /// Another process has the store.
    #[error("the store is in use{}", holder.as_ref().map(|h| format!(" by {h}")).unwrap_or_default())]
    Busy {
        /// Who, as far as it said so.
        holder: Option<Holder>,
    },
    /// An earlier error stopped the journal; reopen it.
    #[error("the journal has stopped after an error and must be opened again")]
    Stopped,
    /// Something acknowledged is not in the store.
    #[error(
        "record {acknowledged} was acknowledged, but the store ends at {found} or differs there"
    )]
    Lost {
        /// The last acknowledged record.
        acknowledged: Seq,
        /// The end that was found.
        found: Seq,
    },
    /// The call itself is wrong; nothing was changed and the journal goes on.
    #[error("{0}")]
    Refused(Misuse),
}

impl JournalError {
    /// Whether the journal takes no more appends after this error.
    #[must_use]
    pub fn stops(&self) -> bool {
        !matches!(self, Self::Refused(_))
    }
}

/// Where the damage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Corruption {
    /// A record's checksum, chain or length does not hold.
    #[error("record {0} does not verify")]
    Record(Seq),
    /// A piece of the log is missing or out of place.
    #[error("piece {0} of the log is missing or out of place")]
    Log(u64),
    /// A row's checksum does not hold.
    #[error("row {1} of {n} does not verify", n = .0.name())]
    Row(Table, u64),
    /// Rows are missing from a table.
    #[error("{n} has not the rows it should have", n = .0.name())]
    Rows(Table),
    /// A block's checksum does not hold.
    #[error("block {1} of {n} does not verify", n = .0.name())]
    Block(Table, u64),
    /// A run of an index does not verify.
    #[error("a run of index {0} does not verify")]
    Run(u8),
    /// A snapshot does not verify.
    #[error("the snapshot at {0} does not verify")]
    Snapshot(Seq),
    /// The file's own structure does not hold.
    #[error("the file's structure does not hold")]
    Structure,
    /// The file is something else.
    #[error("the file is not a journal")]
    NotAJournal,
}

impl From<Corruption> for JournalError {
    fn from(at: Corruption) -> Self {
        Self::Corrupt(at)
    }
}

/// What is wrong with the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Misuse {
    /// Time in the journal never goes back.
    #[error("a record of time {at} cannot follow one of time {last}", at = .at.0, last = .last.0)]
    TimeGoesBack {
        /// The record's time.
        at: Time,
        /// The time before.
        last: Time,
    },
    /// A record or row above its limit.
    #[error("{bytes} bytes are above the limit of {bytes_max}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// A snapshot of a record that is not there yet.
    #[error("a snapshot at {seq} does not fit a journal that ends at {head}")]
    SnapshotSeq {
        /// The snapshot's record.
        seq: Seq,
        /// The end of the journal.
        head: Seq,
    },
    /// A copy of a journal that lies in no file.
    #[error("this journal lies in no file and cannot be copied into one")]
    NoFile,
}

impl From<Misuse> for JournalError {
    fn from(misuse: Misuse) -> Self {
        Self::Refused(misuse)
    }
}

impl From<io::Error> for JournalError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            // The limit of a file system, or of this process, on one file.
            | io::ErrorKind::FileTooLarge => Self::NoSpace,
            _ => Self::Storage(error),
        }
    }
}

impl From<LockError> for JournalError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Busy { holder } => Self::Busy { holder },
            LockError::Io(error) => error.into(),
        }
    }
}
