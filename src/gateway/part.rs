//! What handlers take from a request: the number in its path, its query, its language.
//!
//! Invariant: what cannot be read is a problem that names it, before the desk is asked. Knows no resource.

use super::answer::tag;
use super::asked::{Asked, IDEMPOTENCY_KEY, Json, meant};
use super::gate::Gate;
use super::openapi::{Operation, Part};
use super::problem::Problem;
use crate::front::clock::Clock;
use crate::front::error::UserError;
use crate::front::look::Look;
use ascall_engine::domain::ids::{
    AttentionId, BadId, CallId, MemberId, OfferId, Seq, Time, WorkerId,
};
use axum::extract::{FromRequestParts, Path, Query as AxumQuery};
use axum::http::StatusCode;
use axum::http::header::{ACCEPT_LANGUAGE, IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::json;
use std::borrow::Cow;
use std::convert::Infallible;
use std::str::FromStr;

/// A number of the desk's, in its printed form.
pub(super) trait Number: FromStr<Err = BadId> + Send + 'static {
    /// The letter before it.
    const LETTER: char;
    /// Of what it is.
    const OF: &'static str;
}

macro_rules! numbers {
    ($($id:ident $letter:literal $of:literal;)*) => {
        $(impl Number for $id {
            const LETTER: char = $letter;
            const OF: &'static str = $of;
        })*
    };
}

numbers! {
    CallId 'C' "call";
    WorkerId 'W' "worker";
    OfferId 'O' "offer";
    AttentionId 'A' "attention item";
    MemberId 'M' "member";
}

/// A number in a body or a query: `"W-17"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ref<T>(pub T);

impl<'de, T: Number> Deserialize<'de> for Ref<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(from)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

impl<T: Number> JsonSchema for Ref<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        T::OF.into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let letter = T::LETTER;
        json_schema!({
            "type": "string",
            "pattern": format!("^({letter}-)?[0-9]{{1,18}}$"),
            "examples": [format!("{letter}-1")],
        })
    }
}

/// The number in the path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbered<T>(pub T);

impl<T: Number> FromRequestParts<Gate> for Numbered<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, gate: &Gate) -> Result<Self, Problem> {
        let Named(text) = Named::from_request_parts(parts, gate).await?;
        let number = text.parse().map_err(|bad: BadId| {
            let hint = format!("write it like {}-1", T::LETTER);
            Problem::new(StatusCode::NOT_FOUND, "not-found", bad.to_string()).hint(hint)
        });
        number.map(Self)
    }
}

impl<T: Number> Part for Numbered<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.path_member::<Ref<T>>(&format!("The number of the {}.", T::OF));
    }
}

/// The name in the path.
#[derive(Debug, Clone)]
pub(super) struct Named(pub String);

impl FromRequestParts<Gate> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, gate: &Gate) -> Result<Self, Problem> {
        let Ok(Path(text)) = Path::<String>::from_request_parts(parts, gate).await else {
            let detail = "the address holds bytes that are no text";
            return Err(Problem::new(StatusCode::NOT_FOUND, "not-found", detail));
        };
        Ok(Self(text))
    }
}

impl Part for Named {
    fn describe(operation: &mut Operation<'_>) {
        operation.path_member::<String>("The name.");
    }
}

/// The query.
#[derive(Debug, Clone)]
pub(super) struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Gate> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Gate) -> Result<Self, Problem> {
        match AxumQuery::<T>::try_from_uri(&parts.uri) {
            Ok(AxumQuery(query)) => Ok(Self(query)),
            Err(rejection) => {
                let said = rejection.body_text();
                let said = said.rsplit_once("query string: ").map_or(said.as_str(), |(_, s)| s);
                let detail = format!("the query: {said}");
                let problem = Problem::new(StatusCode::BAD_REQUEST, "bad-query", detail);
                Err(match meant(said) {
                    Some(near) => problem.hint(format!("did you mean `{near}`?")),
                    None => problem,
                })
            }
        }
    }
}

impl<T: JsonSchema> Part for Query<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.query::<T>();
    }
}

/// How many a page has unless told otherwise.
const PAGE: usize = 100;

/// The most that a page has.
const PAGE_MAX: usize = 1_000;

/// How many a page is to have.
pub(super) fn page_of(limit: Option<usize>) -> Result<usize, UserError> {
    let limit = limit.unwrap_or(PAGE);
    if (1..=PAGE_MAX).contains(&limit) {
        return Ok(limit);
    }
    Err(UserError::usage(format!("`limit` is from 1 to {PAGE_MAX}")))
}

/// What a change is asked with in its query.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct How {
    /// Say what would happen, and change nothing.
    pub dry_run: bool,
}

impl FromRequestParts<Gate> for Look {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Gate) -> Result<Self, Infallible> {
        Ok(Gate::look(&parts.headers))
    }
}

impl Part for Look {
    fn describe(operation: &mut Operation<'_>) {
        operation.header(
            ACCEPT_LANGUAGE.as_str(),
            "The language of words: Korean, unless it begins with `en`.",
            &json!({ "type": "string", "examples": ["ko", "en"] }),
        );
    }
}

impl Part for Asked {
    fn describe(operation: &mut Operation<'_>) {
        operation.header(
            IDEMPOTENCY_KEY.as_str(),
            "Asked again under the same key within a day, nothing is done twice and the answer is the first one.",
            &json!({ "type": "string", "minLength": 1 }),
        );
        if operation.names("call") {
            operation.header(
                IF_MATCH.as_str(),
                "The ETag of the call as the client knows it: when more has happened to it since, nothing is done.",
                &json!({ "type": "string", "pattern": "^\"[0-9]{1,18}\"$", "examples": ["\"17\""] }),
            );
            operation.refuses(StatusCode::PRECONDITION_FAILED);
        }
        for status in [
            StatusCode::BAD_REQUEST,
            StatusCode::NOT_FOUND,
            StatusCode::CONFLICT,
            StatusCode::UNPROCESSABLE_ENTITY,
        ] {
            operation.refuses(status);
        }
    }
}

/// The entity tags that the client has already.
#[derive(Debug, Clone)]
pub(super) struct Has(Option<String>);

impl Has {
    /// Whether the client has the one of this state.
    pub(super) fn has(&self, seq: Seq) -> bool {
        let tag = tag(seq);
        let Some(all) = &self.0 else { return false };
        let mut all = all.split(',').map(str::trim);
        // By weak comparison, as RFC 9110 has it for If-None-Match.
        all.any(|has| has == "*" || has.strip_prefix("W/").unwrap_or(has) == tag)
    }
}

impl FromRequestParts<Gate> for Has {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Gate) -> Result<Self, Infallible> {
        let said = parts.headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        Ok(Self(said.map(str::to_owned)))
    }
}

impl Part for Has {
    fn describe(operation: &mut Operation<'_>) {
        operation.header(
            IF_NONE_MATCH.as_str(),
            "The ETag of the call as the client has it: when nothing has happened since, 304.",
            &json!({ "type": "string" }),
        );
    }
}

impl<T: JsonSchema> Part for Json<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.body::<T>();
    }
}

/// A point in time in a body: it must mean the same when the same request is asked again.
pub(super) fn moment(clock: &Clock, text: &str) -> Result<Time, UserError> {
    if text.trim().get(..10).is_none_or(|day| day.matches('-').count() != 2) {
        let short: String = text.chars().take(40).collect();
        let what = format!("`{short}` is no date with a time, like 2026-11-21T14:30:00+09:00");
        return Err(UserError::bad_time(what));
    }
    clock.parse(text).map_err(UserError::bad_time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_in_a_body_has_a_date() {
        let clock = Clock::still("2026-11-21T14:00:00+09:00");
        assert!(moment(&clock, "2026-11-21T14:30:00+09:00").is_ok());
        assert!(moment(&clock, "2026-11-21 14:30").is_ok());
        for moving in ["14:30", "+2h", "30m", "", "가나다라마바사아자차카"] {
            assert!(moment(&clock, moving).is_err(), "{moving}");
        }
    }

    #[test]
    fn a_client_may_have_several_tags_or_any() {
        let has = |text: &str| Has(Some(text.to_owned()));
        assert!(has("\"1\", W/\"17\"").has(Seq(17)));
        assert!(has("*").has(Seq(17)));
        assert!(!has("\"1\"").has(Seq(17)) && !Has(None).has(Seq(17)));
    }
}
