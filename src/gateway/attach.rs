//! The private routes for those who attach: hello, and the questions of [`crate::desk::ask`].
//!
//! Invariant: who comes over the network has passed the guard, and asks under the name and with the scope that it found;
//! only who comes over the desk's own socket is its operator. What is answered is decided in [`crate::desk`].

use super::caller::Caller;
use super::listen::Peer;
use super::problem::Problem;
use crate::desk::ask::{self, NoAnswer};
use crate::desk::asker::{Asker, Scope};
use crate::desk::local::Local;
use crate::desk::wire::{ASK, HELLO, Hello, PROTOCOL};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Extensions, StatusCode};
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

/// The scope that a question takes which comes by this path; none: the path is not of this protocol.
pub(super) fn needed(path: &str) -> Option<Result<Scope, Problem>> {
    if path == HELLO {
        return Some(Ok(Scope::Read));
    }
    let name = path.strip_prefix(ASK)?;
    // The name is taken as it is written: one in another spelling is none, although its route would find it.
    let Some(needs) = ask::needs(name) else {
        let detail = "there is no such question";
        return Some(Err(Problem::new(StatusCode::NOT_FOUND, "not-found", detail)));
    };
    Some(needs.scope().ok_or_else(|| {
        let detail = "this is done only on the desk's own machine";
        Problem::new(StatusCode::FORBIDDEN, "forbidden", detail)
            .hint("log in there and ask without --url")
    }))
}

/// Who asks; none: nobody says who that is.
fn asker(extensions: &Extensions) -> Option<Asker> {
    match (extensions.get::<Peer>()?, extensions.get::<Caller>()) {
        (Peer::Own, _) => Some(Asker::Own),
        (Peer::Net { .. }, Some(caller)) => {
            Some(Asker::Bearer { name: caller.name.clone(), scope: caller.scope })
        }
        (Peer::Net { .. }, None) => None,
    }
}

async fn answer(
    State(desk): State<Local>,
    Path(name): Path<String>,
    extensions: Extensions,
    body: Body,
) -> Response {
    let Some(asker) = asker(&extensions) else { return StatusCode::UNAUTHORIZED.into_response() };
    let question = match tokio::time::timeout(ARRIVAL, to_bytes(body, QUESTION_MAX)).await {
        Ok(Ok(question)) => question,
        Ok(Err(_)) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    match ask::answer(&desk, &asker, &name, &question).await {
        Ok(answer) => ([(CONTENT_TYPE, "application/msgpack")], answer).into_response(),
        Err(NoAnswer::NoSuchQuestion) => StatusCode::NOT_FOUND.into_response(),
        Err(NoAnswer::NotUnderstood) => StatusCode::BAD_REQUEST.into_response(),
        Err(NoAnswer::Leaving) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
