//! What can go wrong between a verb and the engine, by what the person at the keyboard can do about it.
//!
//! Invariant: each engine error becomes exactly one of these; hints and exit codes are chosen from them elsewhere.

use super::asker::Scope;
use super::wire::PROTOCOL;
use ascall_engine::couriers::BadCourier;
use ascall_engine::domain::ids::Time;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::engine::{BadParticipant, HandleError, OpenError};
use ascall_engine::journal::JournalError;
use std::io;
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
    /// The host was gone before it answered, and nobody could be asked about it since.
    #[error("the desk's host went away before it answered; whether it was done is not known")]
    HostGone {
        /// The key to ask again under.
        key: Option<String>,
    },
    /// What lies where the host's socket should be belongs to another user.
    #[error("{} belongs to another user (uid {owner})", socket.display())]
    Foreign {
        /// The socket, or its folder.
        socket: PathBuf,
        /// Whose it is.
        owner: u32,
    },
    /// The host's program is of another make.
    #[error(
        "the desk is held by {holder} of ascall {release}, which speaks protocol {protocol}, not {PROTOCOL}"
    )]
    OtherProtocol {
        /// Who.
        holder: String,
        /// Its release.
        release: String,
        /// What it speaks.
        protocol: u32,
    },
    /// Somebody answers, but not as a host.
    #[error("whoever listens at {} does not answer like a desk's host", socket.display())]
    NotUnderstood {
        /// Where.
        socket: PathBuf,
    },
    /// Nobody answers where a desk should be.
    #[error("no desk answers at {url}")]
    Unreachable {
        /// Where.
        url: String,
    },
    /// The host lets nobody in who comes like this.
    #[error("the desk at {url} lets nobody in like this: {detail}")]
    TurnedAway {
        /// Which.
        url: String,
        /// Whether it is for want of a token that it knows.
        wants_token: bool,
        /// What it said.
        detail: String,
        /// What it said to do about it.
        hint: Option<String>,
    },
    /// The host has too much to do; nothing was done.
    #[error("the desk at {url} has too much to do")]
    Overloaded {
        /// Which.
        url: String,
        /// When it said to come back.
        retry_at: Time,
    },
    /// Whoever asks over the network may not.
    #[error("{}", not_allowed(*needs, *has))]
    NotAllowed {
        /// What it would take; none: nobody may from there.
        needs: Option<Scope>,
        /// What they have.
        has: Scope,
    },
    /// The socket cannot be used.
    #[error("the socket {} cannot be used", socket.display())]
    Socket {
        /// Where.
        socket: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file has the name that was meant for another.
    #[error("{} is there already", file.display())]
    FileThere {
        /// Which.
        file: PathBuf,
    },
    /// A desk is where another was to be made.
    #[error("there is a desk at {} already", store.display())]
    StoreThere {
        /// The store's file.
        store: PathBuf,
    },
    /// What was named as a copy is the desk.
    #[error("{} is the desk's own file", file.display())]
    OwnFile {
        /// Which.
        file: PathBuf,
    },
    /// A copy that was just made does not hold; it was not kept.
    #[error("the copy {} does not hold: {why}", file.display())]
    BadCopy {
        /// What it was to be called.
        file: PathBuf,
        /// What was found.
        why: String,
    },
    /// A copy that was to become the desk does not hold; nothing was changed.
    #[error("the copy {} does not hold: {why}", file.display())]
    BadBackup {
        /// Which.
        file: PathBuf,
        /// What was found.
        why: String,
    },
    /// A file beside the desk cannot be read or written.
    #[error("{} cannot be used", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The desk is being closed.
    #[error("the desk is closing")]
    Closing,
    /// A participant of the configuration cannot be asked.
    #[error("a participant of the configuration cannot be asked")]
    Participant(#[from] BadParticipant),
    /// Notices cannot be carried as the configuration has it.
    #[error("notices cannot be carried as the configuration has it")]
    Courier(#[from] BadCourier),
}

fn not_allowed(needs: Option<Scope>, has: Scope) -> String {
    match needs {
        Some(needs) => format!("this needs the scope `{needs}`, and the token has `{has}`"),
        None => "this is done only on the desk's own machine".to_owned(),
    }
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
            OpenError::Courier(bad) => Self::Courier(bad),
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
