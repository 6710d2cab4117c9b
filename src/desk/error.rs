//! What can go wrong between a verb and the engine, by what the person at the keyboard can do about it.
//!
//! Invariant: each engine error becomes exactly one of these; hints and exit codes are chosen from them elsewhere.

use ascall_engine::domain::refusal::Refusal;
use ascall_engine::engine::{BadParticipant, HandleError, OpenError};
use ascall_engine::journal::JournalError;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// Why the desk did not do what was asked.
#[derive(Debug, Error)]
pub(crate) enum DeskError {
    /// A rule said no; nothing changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Somebody else has the store.
    #[error("the store {} is in use{}", store.display(), by(holder.as_deref()))]
    Busy {
        /// The store's file.
        store: PathBuf,
        /// Who, as far as it said so.
        holder: Option<String>,
    },
    /// There is no store, and this verb makes none.
    #[error("there is no desk at {} yet", store.display())]
    Missing {
        /// Where it was looked for.
        store: PathBuf,
    },
    /// The disk is full.
    #[error("no space left for the store {}", store.display())]
    Full {
        /// The store's file.
        store: PathBuf,
    },
    /// What was read is not what was written.
    #[error("the store {} is damaged", store.display())]
    Damaged {
        /// The store's file.
        store: PathBuf,
        /// Where.
        source: JournalError,
    },
    /// A newer release wrote it.
    #[error("the store {} was written by a newer release", store.display())]
    Newer {
        /// The store's file.
        store: PathBuf,
        /// Which formats.
        source: JournalError,
    },
    /// Reading or writing failed.
    #[error("the store {} cannot be used", store.display())]
    Storage {
        /// The store's file.
        store: PathBuf,
        /// Why.
        source: JournalError,
    },
    /// It may have been done or not.
    #[error("the outcome is not known")]
    Unknown {
        /// The key to ask again under.
        key: Option<String>,
        /// Why.
        source: Arc<JournalError>,
    },
    /// The desk is being closed.
    #[error("the desk is closing")]
    Closing,
    /// A participant of the configuration cannot be asked.
    #[error("a participant of the configuration cannot be asked")]
    Participant(#[from] BadParticipant),
}

fn by(holder: Option<&str>) -> String {
    holder.map(|h| format!(" by {h}")).unwrap_or_default()
}

impl From<OpenError> for DeskError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Busy { store, holder } => {
                Self::Busy { store, holder: holder.map(|h| h.to_string()) }
            }
            OpenError::Journal { store, source } => Self::from_journal(&store, source),
            OpenError::Refused(refusal) => Self::Refused(refusal),
            OpenError::Participant(bad) => Self::Participant(bad),
        }
    }
}

impl DeskError {
    /// From what handling a command said; `key` is what it was asked under.
    pub(crate) fn from_handle(store: &Path, error: HandleError, key: Option<String>) -> Self {
        match error {
            HandleError::Refused(refusal) => Self::Refused(refusal),
            HandleError::Stopped => Self::from_journal(store, JournalError::Stopped),
            HandleError::Unknown(source) => Self::Unknown { key, source },
            HandleError::Closing => Self::Closing,
        }
    }

    /// From what the journal said.
    pub(crate) fn from_journal(store: &Path, source: JournalError) -> Self {
        let store = store.to_owned();
        match source {
            JournalError::Busy { holder } => {
                Self::Busy { store, holder: holder.map(|h| h.to_string()) }
            }
            JournalError::NoSpace => Self::Full { store },
            JournalError::Corrupt(_) | JournalError::Lost { .. } => Self::Damaged { store, source },
            JournalError::NewerFormat { .. } => Self::Newer { store, source },
            _ => Self::Storage { store, source },
        }
    }
}
