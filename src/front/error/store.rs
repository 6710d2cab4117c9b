//! What the store's troubles are to the user: exit codes, causes and hints.
//!
//! Invariant: each kind of trouble has one exit code; a cause is said once.

use super::{Exit, Said, UserError};
use crate::desk::DeskError;
use crate::front::korean;
use ascall_engine::journal::{Corruption, JournalError};
use std::error::Error;
use std::path::Path;

/// What to do where a desk is in the way of another.
const STORE_THERE: &str =
    "restore beside it with --store OTHER, or keep it under a dated name: --force";

/// What to do where a desk on the network does not answer.
const UNREACHABLE: &str =
    "see that it runs there (ascall serve --listen ADDR:PORT), or wait longer: --lock-timeout 30s";

/// What to do where somebody lets nobody in and does not say how they would.
const TURNED_AWAY: &str = "see that the address is that of a desk, and what stands before it";

/// What to do where a token is missing or not known.
const WANTS_TOKEN: &str = "set ASCALL_TOKEN, or name a file with it: --token-file FILE; made over there: ascall token new --scope operate --name NAME";

fn typed(exit: Exit, hint: &str) -> (Exit, Option<String>) {
    (exit, Some(hint.to_owned()))
}

impl From<DeskError> for UserError {
    #[expect(clippy::too_many_lines, reason = "one arm per trouble; each arm is a line or two")]
    fn from(error: DeskError) -> Self {
        if let DeskError::Refused(refusal) = error {
            return refusal.into();
        }
        let (exit, hint) = match &error {
            DeskError::Refused(_) => (Exit::Refused, None),
            DeskError::Busy { .. } => (
                Exit::Busy,
                Some("wait longer with --lock-timeout 30s, or stop what holds it".to_owned()),
            ),
            DeskError::Missing { .. } => (
                Exit::Refused,
                Some("take the first call: ascall request --tel 010-0000-1234".to_owned()),
            ),
            DeskError::Full { .. } => {
                (Exit::Storage, Some("make room on the disk and try again".to_owned()))
            }
            DeskError::Damaged {
                source: JournalError::Corrupt(Corruption::NotAJournal), ..
            } => {
                (Exit::Storage, Some("name the desk's own file: ascall --store FILE …".to_owned()))
            }
            DeskError::Damaged { source: JournalError::Corrupt(Corruption::Structure), .. } => (
                Exit::Storage,
                Some(
                    "copy the file away first, then put the last good copy in its place".to_owned(),
                ),
            ),
            DeskError::Damaged { .. } => (
                Exit::Storage,
                Some("copy the file away before anything else, then: ascall verify".to_owned()),
            ),
            DeskError::Newer { .. } => {
                (Exit::Storage, Some("use the newer ascall that wrote it".to_owned()))
            }
            DeskError::Storage { store, .. } => (Exit::Storage, Some(storage_hint(store))),
            DeskError::Unknown { key, .. } | DeskError::HostGone { key } => {
                (Exit::Unknown, Some(unknown_hint(key.as_deref())))
            }
            DeskError::Foreign { .. } => (
                Exit::Busy,
                Some(
                    "run ascall as the user who owns the desk; see whose it is with: ls -la"
                        .to_owned(),
                ),
            ),
            DeskError::OtherProtocol { .. } => (
                Exit::Busy,
                Some("use that release, or stop it and start it from this one".to_owned()),
            ),
            DeskError::NotUnderstood { .. } => (
                Exit::Busy,
                Some("stop what listens there; a host is started with: ascall serve".to_owned()),
            ),
            DeskError::Unreachable { .. } => typed(Exit::Busy, UNREACHABLE),
            DeskError::TurnedAway { wants_token: true, .. } => typed(Exit::Refused, WANTS_TOKEN),
            DeskError::TurnedAway { hint, .. } => {
                (Exit::Refused, Some(hint.clone().unwrap_or_else(|| TURNED_AWAY.to_owned())))
            }
            DeskError::Overloaded { .. } => (Exit::HeldOff, None),
            DeskError::NotAllowed { needs: Some(needs), .. } => (
                Exit::Refused,
                Some(format!(
                    "make one that may, over there: ascall token new --scope {needs} --name NAME"
                )),
            ),
            DeskError::NotAllowed { needs: None, .. } => {
                typed(Exit::Refused, "log in there and ask without --url")
            }
            DeskError::Socket { socket, .. } => {
                (Exit::Storage, Some(format!("see what is there: ls -la {}", socket.display())))
            }
            DeskError::FileThere { .. } => {
                typed(Exit::Refused, "name another file, or replace it: --force")
            }
            DeskError::StoreThere { .. } => typed(Exit::Refused, STORE_THERE),
            DeskError::OwnFile { .. } => {
                typed(Exit::Usage, "name another file; nothing was changed")
            }
            DeskError::BadCopy { .. } => {
                typed(Exit::Failed, "it was not kept; look at the desk itself: ascall verify")
            }
            DeskError::BadBackup { .. } => {
                typed(Exit::Failed, "nothing was changed; take an older copy")
            }
            DeskError::File { .. } => {
                typed(Exit::Usage, "name a file that is there and yours, in a folder that is")
            }
            DeskError::Closing => (Exit::Busy, Some("ask again in a moment".to_owned())),
            DeskError::Participant(_) | DeskError::Courier(_) => {
                (Exit::Usage, Some("see what is configured: ascall config show".to_owned()))
            }
        };
        let mut causes = Vec::new();
        let mut source = error.source();
        if let DeskError::Damaged { source: JournalError::Corrupt(corruption), .. } = &error {
            // That the store is damaged has been said.
            causes.push(corruption.to_string());
            source = None;
        }
        while let Some(cause) = source {
            let text = cause.to_string();
            // An error that quotes its source in its own words has said it already.
            if !causes.last().is_some_and(|last: &String| last.ends_with(&text)) {
                causes.push(text);
            }
            source = cause.source();
        }
        let retry_at = match &error {
            DeskError::Overloaded { retry_at, .. } => Some(*retry_at),
            _ => None,
        };
        let text = error.to_string();
        let korean = korean::desk(&error, hint.as_deref());
        Self::Said(Box::new(Said { exit, text, causes, hint, retry_at, korean, refusal: None }))
    }
}

fn storage_hint(store: &Path) -> String {
    if store.is_dir() {
        return format!("that is a folder; name a file in it: {}/desk.redb", store.display());
    }
    match store.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.exists() => {
            format!("there is no folder {0}; make it: mkdir -p {0}", folder.display())
        }
        _ => format!("check that {} may be read and written", store.display()),
    }
}

fn unknown_hint(key: Option<&str>) -> String {
    match key {
        Some(key) => format!("ask again with the same words and --key {key}: it is done only once"),
        None => "look whether it happened before asking again: ascall list".to_owned(),
    }
}
