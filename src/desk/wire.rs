//! What travels between a host and those who attach to it.
//!
//! Invariant: whatever goes out on one side comes in on the other as it was: orders, answers, and errors with their
//! texts. Whoever changes the shape of anything that travels raises [`PROTOCOL`].

use super::asker::Scope;
use super::{Asking, DeskError};
use ascall_engine::domain::command::{Command, Order};
use ascall_engine::domain::event::Actor;
use ascall_engine::domain::ids::Seq;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::journal::{Corruption, JournalError, Misuse};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// The version of everything in here and in [`super::ask`].
pub(crate) const PROTOCOL: u32 = 4;

/// Where a host says what it is: the same for every protocol.
pub(crate) const HELLO: &str = "/attach";

/// Where it is asked, under the name of the question.
pub(crate) const ASK: &str = "/attach/4/";

/// What a host says of itself: in JSON, so that every release can read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hello {
    /// What it understands.
    pub protocol: u32,
    /// The release of its program.
    pub release: String,
    /// Its verb.
    pub verb: String,
    /// Its process.
    pub pid: u32,
}

/// A command with who asks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// Under whose name it is journalled: the client's operator.
    pub operator: String,
    pub asking: Asking,
    pub command: Command,
}

impl From<Asked> for Order {
    fn from(asked: Asked) -> Self {
        Self {
            actor: asked.asking.by.unwrap_or(Actor::Operator(asked.operator)),
            key: asked.asking.key,
            reason: asked.asking.reason,
            causation: None,
            seen: asked.asking.seen,
            trace: asked.asking.trace,
            command: asked.command,
        }
    }
}

/// What became of a question.
pub(crate) type Reply<T> = Result<T, Fault>;

/// Why a host did not do what it was asked: each error that a running desk can have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Fault {
    /// A rule said no.
    Refused(Refusal),
    /// The host is leaving: nothing was done, and the next one may be asked.
    Leaving,
    /// The storage said no.
    Journal(Trouble),
    /// The storage failed in the middle.
    Unknown(Trouble),
    /// Whoever asks may not: `needs` is what it would take, none when nobody may from there.
    NotAllowed { needs: Option<Scope>, has: Scope },
}

/// What the journal said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Trouble {
    /// With the system's own words.
    Storage(String),
    Full,
    Corrupt(Corruption),
    Newer {
        found: u32,
        supported: u32,
    },
    Stopped,
    Lost {
        acknowledged: Seq,
        found: Seq,
    },
    Misused(Misuse),
}

impl From<&JournalError> for Trouble {
    fn from(error: &JournalError) -> Self {
        match error {
            JournalError::NoSpace => Self::Full,
            JournalError::Corrupt(at) => Self::Corrupt(*at),
            JournalError::NewerFormat { found, supported } => {
                Self::Newer { found: *found, supported: *supported }
            }
            JournalError::Stopped => Self::Stopped,
            JournalError::Lost { acknowledged, found } => {
                Self::Lost { acknowledged: *acknowledged, found: *found }
            }
            JournalError::Refused(misuse) => Self::Misused(*misuse),
            JournalError::Storage(error) => Self::Storage(error.to_string()),
            other => Self::Storage(other.to_string()),
        }
    }
}

impl From<Trouble> for JournalError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Storage(text) => Self::Storage(io::Error::other(text)),
            Trouble::Full => Self::NoSpace,
            Trouble::Corrupt(at) => Self::Corrupt(at),
            Trouble::Newer { found, supported } => Self::NewerFormat { found, supported },
            Trouble::Stopped => Self::Stopped,
            Trouble::Lost { acknowledged, found } => Self::Lost { acknowledged, found },
            Trouble::Misused(misuse) => Self::Refused(misuse),
        }
    }
}

impl From<&DeskError> for Fault {
    fn from(error: &DeskError) -> Self {
        let journal = |error: &JournalError| Self::Journal(error.into());
        match error {
            DeskError::Refused(refusal) => Self::Refused(refusal.clone()),
            DeskError::Unknown { source, .. } => Self::Unknown(source.as_ref().into()),
            DeskError::Full { .. } => journal(&JournalError::NoSpace),
            DeskError::Damaged { source, .. }
            | DeskError::Newer { source, .. }
            | DeskError::Storage { source, .. } => journal(source),
            DeskError::Closing => Self::Leaving,
            DeskError::NotAllowed { needs, has } => Self::NotAllowed { needs: *needs, has: *has },
            // What only befalls those who open or attach cannot befall a desk that is open.
            other => Self::Journal(Trouble::Storage(other.to_string())),
        }
    }
}

impl Fault {
    /// As the client tells it: of its own store, and under the key that it asked with.
    pub(crate) fn into_error(self, store: &Path, key: Option<String>) -> DeskError {
        match self {
            Self::Refused(refusal) => DeskError::Refused(refusal),
            Self::Leaving => DeskError::Closing,
            Self::NotAllowed { needs, has } => DeskError::NotAllowed { needs, has },
            Self::Journal(trouble) => DeskError::from_journal(store, trouble.into()),
            Self::Unknown(trouble) => DeskError::Unknown { key, source: Arc::new(trouble.into()) },
        }
    }
}

/// As bytes; none: it holds something that MessagePack cannot say.
pub(crate) fn pack<T: Serialize>(value: &T) -> Option<Vec<u8>> {
    rmp_serde::to_vec_named(value).ok()
}

/// From bytes; none: they are something else.
pub(crate) fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    rmp_serde::from_slice(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ascall_engine::domain::command::{Contact, NewCall, Person};
    use ascall_engine::domain::ids::{CallId, Time, WorkerId};
    use ascall_engine::domain::phase::Phase;
    use ascall_engine::domain::profile::Lang;
    use std::error::Error;

    fn there_and_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
        assert_eq!(unpack::<T>(&pack(value).unwrap()).as_ref(), Some(value));
    }

    #[test]
    fn a_question_has_another_address_in_every_protocol() {
        assert_eq!(ASK, format!("{HELLO}/{PROTOCOL}/"));
    }

    #[test]
    fn an_order_arrives_as_it_was_sent() {
        let person = Person { name: Some("이고객".to_owned()), ..Person::default() };
        let new = NewCall {
            profile: "repair".to_owned(),
            contact: Contact { person, digest: None, reachable: true },
            kind: Some("냉장고".to_owned()),
            spot: None,
            cost: None,
            priority: 1,
            fields: [("a".to_owned(), "b".to_owned())].into(),
            lang: Lang::Ko,
            parent: None,
            member: None,
            visit: Some(Time(5)),
        };
        for command in [
            Command::RequestCall(new),
            Command::CancelCall { call: CallId(1), force: true },
            Command::KeepPositions,
        ] {
            let asking = Asking { key: Some("k".to_owned()), ..Asking::default() };
            there_and_back(&Asked { operator: "kim".to_owned(), asking, command });
        }
    }

    #[test]
    fn a_refusal_arrives_with_its_words() {
        let call = CallId(7);
        for refusal in [
            Refusal::NoSuchCall(call),
            Refusal::WrongPhase { call, phase: Phase::Open, verb: "finished" },
            Refusal::OutOfRange { what: "cost", value: -1, min: 0, max: 9 },
            Refusal::WorkerBusy { worker: WorkerId(1), call },
            Refusal::TryLater { participant: "manage".to_owned(), at: Time(9) },
        ] {
            there_and_back(&refusal);
            let error = DeskError::Refused(refusal.clone());
            let back = Fault::from(&error).into_error(Path::new("x"), None);
            assert_eq!(back.to_string(), refusal.to_string());
        }
    }

    /// All that an error says, outermost first.
    fn said(error: &DeskError) -> Vec<String> {
        let mut texts = vec![error.to_string()];
        let mut source = error.source();
        while let Some(cause) = source {
            texts.push(cause.to_string());
            source = cause.source();
        }
        texts
    }

    #[test]
    fn trouble_with_the_storage_is_told_in_the_same_words() {
        let store = Path::new("/srv/desk.redb");
        let io = || io::Error::from_raw_os_error(5);
        for make in [
            || JournalError::NoSpace,
            || JournalError::Corrupt(Corruption::Record(Seq(3))),
            || JournalError::NewerFormat { found: 9, supported: 4 },
            || JournalError::Stopped,
            || JournalError::Lost { acknowledged: Seq(9), found: Seq(8) },
        ] {
            let error = DeskError::from_journal(store, make());
            let fault: Fault = unpack(&pack(&Fault::from(&error)).unwrap()).unwrap();
            assert_eq!(said(&fault.into_error(store, None)), said(&error));
        }
        let forbidden = DeskError::NotAllowed { needs: Some(Scope::Admin), has: Scope::Operate };
        assert_eq!(said(&Fault::from(&forbidden).into_error(store, None)), said(&forbidden));
        let failed = DeskError::from_journal(store, JournalError::Storage(io()));
        assert_eq!(said(&Fault::from(&failed).into_error(store, None)), said(&failed));
        let source = Arc::new(JournalError::Storage(io()));
        let unknown = DeskError::Unknown { key: Some("k".to_owned()), source };
        let back = Fault::from(&unknown).into_error(store, Some("k".to_owned()));
        assert_eq!(said(&back), said(&unknown));
        assert!(matches!(back, DeskError::Unknown { key: Some(key), .. } if key == "k"));
    }
}
