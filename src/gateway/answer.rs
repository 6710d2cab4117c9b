//! What handlers give: one thing, a page of many, what a change came to.
//!
//! Invariant: the same thing has the same shape here and in `-o json` of the command line. Knows no resource.

use super::openapi::{Answer, Operation};
use super::problem::Problem;
use crate::front::show::event::WouldJson;
use ascall_engine::domain::ids::Seq;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, LOCATION, VARY};
use axum::response::{IntoResponse, Response};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use std::borrow::Cow;
use std::marker::PhantomData;

/// The header that says that an answer was given before.
pub(super) const REPLAYED: &str = "idempotency-replayed";

/// One thing.
pub(super) struct Found<T>(pub T);

impl<T: Serialize> IntoResponse for Found<T> {
    fn into_response(self) -> Response {
        match packed(&self.0) {
            Ok(body) => json(StatusCode::OK, body),
            Err(problem) => problem.into_response(),
        }
    }
}

impl<T: Serialize + JsonSchema> Answer for Found<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.gives::<T>(StatusCode::OK, "It.", &[]);
    }
}

/// A page of a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "{T}List")]
pub(super) struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The cursor of the next page; null: this is the last one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// All there is.
    pub(super) fn all(items: impl IntoIterator<Item = T>) -> Self {
        Self { items: items.into_iter().collect(), next: None }
    }
}

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        Found(self).into_response()
    }
}

impl<T: Serialize + JsonSchema> Answer for Page<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.gives::<Self>(StatusCode::OK, "A page of them.", &[]);
    }
}

/// One thing in one of its states; nothing, when the client has that state already.
pub(super) struct Tagged<T> {
    /// The newest record that speaks of it.
    pub seq: Seq,
    /// It; none: the client has it.
    pub value: Option<T>,
}

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = match &self.value {
            None => StatusCode::NOT_MODIFIED.into_response(),
            Some(value) => match packed(value) {
                Ok(body) => json(StatusCode::OK, body),
                Err(problem) => return problem.into_response(),
            },
        };
        put(response.headers_mut(), ETAG, &tag(self.seq));
        response
    }
}

impl<T: Serialize + JsonSchema> Answer for Tagged<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.gives::<T>(StatusCode::OK, "It, in the state that the ETag names.", &["ETag"]);
        let what = "Nothing has happened to it since.";
        operation.gives_nothing(StatusCode::NOT_MODIFIED, what, &["ETag"]);
    }
}

/// What would happen.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Would {
    /// Always true.
    pub dry_run: bool,
    /// The events, in order.
    pub events: Vec<WouldJson>,
}

/// What a change came to, as it is to be shown.
pub(super) struct Outcome<T> {
    /// The thing as it stands.
    pub value: T,
    /// Where it is, when it is new.
    pub location: Option<String>,
    /// Its state, when it is a call.
    pub seq: Option<Seq>,
}

impl<T> Outcome<T> {
    /// Something that has changed.
    pub(super) fn of(value: T) -> Self {
        Self { value, location: None, seq: None }
    }

    /// Something that is new, and where.
    pub(super) fn at(value: T, location: String) -> Self {
        Self { value, location: Some(location), seq: None }
    }
}

/// The answer of a change, as it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    status: StatusCode,
    body: Vec<u8>,
    location: Option<String>,
    seq: Option<Seq>,
}

impl Reply {
    /// What would happen.
    pub(super) fn would(events: Vec<WouldJson>) -> Result<Self, Problem> {
        let body = packed(&Would { dry_run: true, events })?;
        Ok(Self { status: StatusCode::OK, body, location: None, seq: None })
    }

    /// What it came to.
    pub(super) fn of<T: Serialize>(outcome: Outcome<T>) -> Result<Self, Problem> {
        let Outcome { value, location, seq } = outcome;
        let status = if location.is_some() { StatusCode::CREATED } else { StatusCode::OK };
        Ok(Self { status, body: packed(&value)?, location, seq })
    }

    /// How many bytes it takes, about.
    pub(super) fn bytes(&self) -> usize {
        self.body.len()
    }
}

/// A change's answer: the thing as it stands after it, or what would happen to it.
pub(super) struct Changed<T> {
    reply: Reply,
    /// Whether it was asked before.
    replayed: bool,
    of: PhantomData<T>,
}

impl<T> Changed<T> {
    /// An answer that shows a `T`.
    pub(super) fn new(reply: Reply, replayed: bool) -> Self {
        Self { reply, replayed, of: PhantomData }
    }
}

impl<T> IntoResponse for Changed<T> {
    fn into_response(self) -> Response {
        let Reply { status, body, location, seq } = self.reply;
        let mut response = json(status, body);
        let headers = response.headers_mut();
        if let Some(place) = location {
            put(headers, LOCATION, &place);
        }
        if let Some(seq) = seq {
            put(headers, ETAG, &tag(seq));
        }
        if self.replayed {
            put(headers, HeaderName::from_static(REPLAYED), "true");
        }
        response
    }
}

/// The shape of a change's answer: a `T`, or what would happen.
struct Either<T>(PhantomData<T>);

impl<T: JsonSchema> JsonSchema for Either<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("{}OrWould", T::schema_name()).into()
    }
    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        let (done, would) = (schemas.subschema_for::<T>(), schemas.subschema_for::<Would>());
        json_schema!({ "anyOf": [done, would] })
    }
}

impl<T: Serialize + JsonSchema> Answer for Changed<T> {
    fn describe(operation: &mut Operation<'_>) {
        let what = "The thing as it stands now; in a dry run, what would happen to it.";
        operation.gives::<Either<T>>(StatusCode::OK, what, &["ETag", REPLAYED]);
    }
}

/// The answer of a change that makes something new.
pub(super) struct Created<T>(pub Changed<T>);

impl<T> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl<T: Serialize + JsonSchema> Answer for Created<T> {
    fn describe(operation: &mut Operation<'_>) {
        let headers = ["Location", "ETag", REPLAYED];
        operation.gives::<T>(StatusCode::CREATED, "The new one.", &headers);
        operation.gives::<Would>(StatusCode::OK, "In a dry run: what would happen.", &[]);
    }
}

/// As JSON.
fn packed<T: Serialize>(value: &T) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(value).map_err(|error| {
        tracing::error!(%error, "an answer could not be written");
        let detail = "the answer could not be written";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", detail)
    })
}

fn json(status: StatusCode, body: Vec<u8>) -> Response {
    let vary = (VARY, "accept-language");
    (status, [(CONTENT_TYPE, "application/json"), vary], body).into_response()
}

/// The entity tag of a state.
pub(super) fn tag(seq: Seq) -> String {
    format!("\"{seq}\"")
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
