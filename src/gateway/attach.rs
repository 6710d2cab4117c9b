//! The private routes for those who attach: hello, and the questions of [`crate::desk::ask`].
//!
//! Invariant: they are served on the desk's own socket only, to the desk's own user; what they answer is decided in
//! [`crate::desk`].

use crate::desk::ask::{self, NoAnswer};
use crate::desk::local::Local;
use crate::desk::wire::{ASK, HELLO, Hello, PROTOCOL};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::time::Duration;

/// The longest question, in bytes.
const QUESTION_MAX: usize = 32 << 20;

/// How long a question may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(10);

/// The routes on a desk.
pub(super) fn routes(desk: Local) -> Router {
    let question = format!("{ASK}{{question}}");
    Router::new().route(HELLO, get(hello)).route(&question, post(answer)).with_state(desk)
}

async fn hello(State(desk): State<Local>) -> Response {
    let hello = Hello {
        protocol: PROTOCOL,
        release: env!("CARGO_PKG_VERSION").to_owned(),
        verb: desk.verb().to_owned(),
        pid: std::process::id(),
    };
    match serde_json::to_vec(&hello) {
        Ok(hello) => ([(CONTENT_TYPE, "application/json")], hello).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn answer(State(desk): State<Local>, Path(name): Path<String>, body: Body) -> Response {
    let question = match tokio::time::timeout(ARRIVAL, to_bytes(body, QUESTION_MAX)).await {
        Ok(Ok(question)) => question,
        Ok(Err(_)) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    match ask::answer(&desk, &name, &question).await {
        Ok(answer) => ([(CONTENT_TYPE, "application/msgpack")], answer).into_response(),
        Err(NoAnswer::NoSuchQuestion) => StatusCode::NOT_FOUND.into_response(),
        Err(NoAnswer::NotUnderstood) => StatusCode::BAD_REQUEST.into_response(),
        Err(NoAnswer::Leaving) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
