//! Problems as programs read them: RFC 9457, with the sentence and the hint that people get.
//!
//! Invariant: every error of the desk has one status; what was refused by a rule is never a 5xx, and what may have been
//! done says so, with the key to ask again under.

use crate::desk::DeskError;
use crate::front::error::{Said, UserError};
use crate::front::exit::Exit;
use crate::front::show::event::HappeningJson;
use ascall_engine::domain::ids::Time;
use ascall_engine::domain::refusal::Refusal;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use std::time::{SystemTime, UNIX_EPOCH};

/// The media type of RFC 9457.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// A problem details object.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(super) struct Problem {
    /// What kind of problem: a name of this project, stable.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status line's words.
    pub title: &'static str,
    /// The status code.
    #[serde(serialize_with = "as_number")]
    #[schemars(with = "u16")]
    pub status: StatusCode,
    /// What was wrong this time.
    pub detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// When asking again makes sense, in seconds from now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// What it has to do with a call.
    #[serde(flatten)]
    pub about: Option<Box<About>>,
}

/// What a problem has to do with a call.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(super) struct About {
    /// The call.
    pub call: String,
    /// What has happened to it since the state that the client knew.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<HappeningJson>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape serde asks for")]
fn as_number<S: serde::Serializer>(status: &StatusCode, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u16(status.as_u16())
}

impl Problem {
    /// A problem of this kind; `name` is the last part of its type.
    pub(super) fn new(status: StatusCode, name: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:ascall:{name}"),
            title: status.canonical_reason().unwrap_or_default(),
            status,
            detail: detail.into(),
            hint: None,
            retry_after: None,
            about: None,
        }
    }

    /// With what to do about it.
    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// About a call, and what has happened to it.
    pub(super) fn about(self, call: String, changed: Vec<HappeningJson>) -> Self {
        Self { about: Some(Box::new(About { call, changed })), ..self }
    }

    /// With when to come back, in seconds.
    pub(super) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// The desk is leaving.
    pub(super) fn closing() -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self::new(status, "closing", "the desk is closing").retry_after(1)
    }

    /// Something that was asked for by its number or name and is not there.
    pub(super) fn missing(error: impl Into<UserError>) -> Self {
        match error.into() {
            UserError::Said(said) => Self::said(*said, StatusCode::NOT_FOUND, "not-found"),
            UserError::Closed => Self::closing(),
        }
    }

    fn said(said: Said, status: StatusCode, name: &str) -> Self {
        let retry_after = said.retry_at.map(seconds_until);
        let detail = std::iter::once(said.text).chain(said.causes).collect::<Vec<_>>().join(": ");
        Self { hint: said.hint, retry_after, ..Self::new(status, name, detail) }
    }
}

/// Whole seconds from now, one at least.
fn seconds_until(at: Time) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let ms = i128::from(at.0) - i128::try_from(now).unwrap_or_default();
    u64::try_from(ms.max(0)).unwrap_or_default().div_ceil(1_000).max(1)
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        UserError::from(refusal).into()
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Refused(refusal) => refusal.into(),
            DeskError::Closing => Self::closing(),
            other => UserError::from(other).into(),
        }
    }
}

impl From<UserError> for Problem {
    fn from(error: UserError) -> Self {
        let said = match error {
            UserError::Said(said) => *said,
            UserError::Closed => return Self::closing(),
        };
        if let Some(refusal) = &said.refusal {
            let (status, name) = of_refusal(refusal);
            return Self::said(said, status, name);
        }
        let (status, name) = match said.exit {
            Exit::Usage => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Exit::Refused | Exit::Done => (StatusCode::CONFLICT, "refused"),
            Exit::Busy | Exit::HeldOff => (StatusCode::SERVICE_UNAVAILABLE, "try-later"),
            Exit::TimedOut => (StatusCode::GATEWAY_TIMEOUT, "timed-out"),
            Exit::Storage => (StatusCode::SERVICE_UNAVAILABLE, "storage"),
            Exit::Unknown => (StatusCode::INTERNAL_SERVER_ERROR, "outcome-unknown"),
            Exit::Failed | Exit::Bug | Exit::Interrupted => {
                (StatusCode::INTERNAL_SERVER_ERROR, "failed")
            }
        };
        Self::said(said, status, name)
    }
}

/// The status of a refusal, and the name of its kind.
fn of_refusal(refusal: &Refusal) -> (StatusCode, &'static str) {
    match refusal {
        Refusal::NoSuchCall(_)
        | Refusal::NoSuchWorker(_)
        | Refusal::NoSuchAttention(_)
        | Refusal::NoSuchMember(_)
        | Refusal::NoSuchNotice { .. }
        | Refusal::OfferOver(_)
        | Refusal::UnknownProduct { .. }
        | Refusal::NoSuchParticipant { .. } => (StatusCode::NOT_FOUND, "not-found"),
        Refusal::TryLater { .. } | Refusal::DeskFull { .. } => {
            (StatusCode::SERVICE_UNAVAILABLE, "try-later")
        }
        Refusal::Stale { .. } => (StatusCode::PRECONDITION_FAILED, "stale"),
        Refusal::KeyReused { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "key-reused"),
        Refusal::NoSuchProfile { .. }
        | Refusal::NoSuchStep { .. }
        | Refusal::FieldMissing { .. }
        | Refusal::FieldNotAllowed { .. }
        | Refusal::NoSuchField { .. }
        | Refusal::OutOfRange { .. }
        | Refusal::TooLong { .. }
        | Refusal::HoldInThePast
        | Refusal::BadVisit
        | Refusal::NothingToAmend(_)
        | Refusal::NameTheWorker(_)
        | Refusal::ReasonMissing { .. }
        | Refusal::FareMissing { .. }
        | Refusal::OutcomeUnknown { .. }
        | Refusal::MemberNeeds { .. }
        | Refusal::BadCard(_)
        | Refusal::ProfileUnsound { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        _ => (StatusCode::CONFLICT, "refused"),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status, [(CONTENT_TYPE, PROBLEM_JSON)], body).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}
