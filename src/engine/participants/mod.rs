//! Who answers outside: a program over HTTP, a command on this machine, or a test's script.
//!
//! A request carries a key and one of three operations; whatever happens, the answer is one of the
//! values of [`Outcome`]. A participant's failure is no error of ours: it is an outcome.
//!
//! Invariant: [`Outcome::Unavailable`] is only ever said when the effect surely did not happen;
//! every doubt is [`Outcome::Indeterminate`]. [`Outside::ask`] ends by the request's deadline.
//! Must not know calls, the breaker's state, the journal, or when to ask again.
//!
//! The wire is described in `docs/participants.md`; [`protocol`] is its one reader and writer.

pub mod command;
pub mod http;
pub mod protocol;
pub mod scripted;

#[cfg(test)]
mod bank_tests;
#[cfg(test)]
mod command_tests;
#[cfg(test)]
pub(crate) mod http_tests;

pub use command::{CommandParticipant, CommandSettings};
pub use http::{BadHttp, HttpParticipant, HttpSettings};
pub use protocol::{AnswerFault, NOT_DONE_HEADER, PROTOCOL};
pub use scripted::{Scripted, ScriptedAnswer};

use crate::domain::breaker::OutcomeKind;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// The deadline of a request when nothing else is configured.
pub const DEADLINE_DEFAULT: Duration = Duration::from_millis(610);

/// The longest answer read when nothing else is configured.
pub const ANSWER_BYTES_DEFAULT: usize = 64 * 1024;

/// The reason every participant gives for a key that was undone, to a late `do` and to a query.
pub const UNDONE: &str = "undone";

/// What is asked of a participant about one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Do it, once for this key however often it is asked.
    Do,
    /// Make it as if it had not been done, also when it was not; a later `do` is refused.
    Undo,
    /// Say what a repeated `do` would be answered, and do nothing.
    Query,
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Do => "do",
            Self::Undo => "undo",
            Self::Query => "query",
        })
    }
}

/// One request to a participant.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// `call/step/group`, for example `C-1/manage/1`: the participant's idempotency key.
    pub key: String,
    /// What to do with it.
    pub op: Op,
    /// From now until the answer no longer counts.
    pub deadline: Duration,
    /// What the step needs to know; the same for the same key.
    pub payload: serde_json::Value,
    /// W3C trace context, when the caller has one.
    pub traceparent: Option<String>,
}

/// The five answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done (undone; or to a query: it was done and stands).
    Ok {
        /// What the participant wants remembered, at most as long as an answer may be.
        detail: Option<serde_json::Value>,
    },
    /// The participant decided against it.
    Denied {
        /// Its words: never empty, bounded, without control characters.
        reason: String,
    },
    /// Surely not done.
    Unavailable {
        /// How we know.
        cause: Cause,
    },
    /// Maybe done: query, then the same request with the same key.
    Indeterminate {
        /// Why we do not know.
        cause: Cause,
    },
    /// Surely not done, and asking again will not help until a human changed something.
    Misconfigured {
        /// What it said.
        cause: Cause,
    },
}

impl Outcome {
    /// What the answer says of the participant's health, for its breaker.
    ///
    /// A query answered "never heard of it" comes from a healthy participant.
    #[must_use]
    pub fn kind(&self) -> OutcomeKind {
        match self {
            Self::Ok { .. } | Self::Unavailable { cause: Cause::NotKnown } => OutcomeKind::Success,
            Self::Denied { .. } => OutcomeKind::Denied,
            Self::Unavailable { cause: Cause::NoTime } => OutcomeKind::Ignored,
            Self::Unavailable { .. } | Self::Indeterminate { .. } | Self::Misconfigured { .. } => {
                OutcomeKind::Failure
            }
        }
    }
}

/// Why a program did not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartFault {
    /// There is no such program (or its folder, or its interpreter).
    NotFound,
    /// It may not be executed.
    NotAllowed,
    /// The machine could not start it: out of processes, memory, descriptors.
    Other,
}

/// What stood between a request and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Nobody listens there.
    #[error("connection refused")]
    ConnectionRefused,
    /// The name did not resolve, there was no way to it, or TLS was not agreed: nothing was sent.
    #[error("not reached: name, network or TLS")]
    NotReached,
    /// No connection in the time allowed for one: nothing was sent.
    #[error("no connection in time")]
    ConnectTimeout,
    /// The program did not start.
    #[error("program not started: {}", match .0 {
        StartFault::NotFound => "not found",
        StartFault::NotAllowed => "not allowed",
        StartFault::Other => "the machine could not",
    })]
    NotStarted(StartFault),
    /// The participant says it was not done and may be asked again.
    #[error("it says not done")]
    SaidNotDone,
    /// The participant is asked too often (HTTP 425, 429).
    #[error("asked too often")]
    Throttled,
    /// A query's answer: this key has never been seen, so nothing was done with it so far.
    #[error("key not known there")]
    NotKnown,
    /// The deadline had passed before anything was sent.
    #[error("no time left to ask")]
    NoTime,
    /// No answer by the deadline.
    #[error("no answer by the deadline")]
    Deadline,
    /// The connection ended before a whole answer.
    #[error("connection ended before a whole answer")]
    Broken,
    /// An HTTP status that settles nothing, or says that the address or the credentials are wrong.
    #[error("HTTP status {0}")]
    Status(u16),
    /// An answer came, and is not one.
    #[error("bad answer: {0}")]
    BadAnswer(AnswerFault),
    /// The program ended with this code.
    #[error("program ended with code {0}")]
    Exit(i32),
    /// The program was killed by this signal.
    #[error("program killed by signal {0}")]
    Signal(i32),
}

/// A participant outside this process.
#[derive(Debug)]
pub enum Outside {
    /// A URL that is posted to.
    Http(HttpParticipant),
    /// A program that is run once a request.
    Command(CommandParticipant),
    /// A script, for tests.
    Scripted(Scripted),
}

impl Outside {
    /// Asks, and answers by the deadline. Dropping the future withdraws the request as far as that
    /// is possible: the connection is closed, the program is killed.
    pub async fn ask(&self, request: Request) -> Outcome {
        if request.deadline.is_zero() {
            return Outcome::Unavailable { cause: Cause::NoTime };
        }
        match self {
            Self::Http(http) => http.ask(&request).await,
            Self::Command(command) => command.ask(&request).await,
            Self::Scripted(scripted) => scripted.ask(request).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_breaker_hears_failure_only_of_what_failed() {
        let cause = Cause::Deadline;
        let cases = [
            (Outcome::Ok { detail: None }, OutcomeKind::Success),
            (Outcome::Denied { reason: "full".into() }, OutcomeKind::Denied),
            (Outcome::Unavailable { cause: Cause::ConnectionRefused }, OutcomeKind::Failure),
            (Outcome::Unavailable { cause: Cause::NotKnown }, OutcomeKind::Success),
            (Outcome::Unavailable { cause: Cause::NoTime }, OutcomeKind::Ignored),
            (Outcome::Indeterminate { cause }, OutcomeKind::Failure),
            (Outcome::Misconfigured { cause: Cause::Status(401) }, OutcomeKind::Failure),
        ];
        for (outcome, kind) in cases {
            assert_eq!(outcome.kind(), kind, "{outcome:?}");
        }
    }

    #[tokio::test]
    async fn a_request_without_time_is_not_sent() {
        let scripted = Scripted::new([Outcome::Ok { detail: None }.into()]);
        let outside = Outside::Scripted(scripted);
        let request = Request {
            key: "C-1/manage/1".into(),
            op: Op::Do,
            deadline: Duration::ZERO,
            payload: serde_json::Value::Null,
            traceparent: None,
        };
        assert_eq!(outside.ask(request).await, Outcome::Unavailable { cause: Cause::NoTime });
        let Outside::Scripted(scripted) = outside else { unreachable!() };
        assert_eq!(scripted.asked(), []);
    }
}
