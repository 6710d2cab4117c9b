//! The routes for programs, put together.
//!
//! Invariant: each part has its own file and its own `routes`; what is not there is a problem, not an empty page.

use super::gate::Gate;
use super::openapi::Api;
use super::originals::{self, Surface};
use super::problem::Problem;
use super::{home, v1};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use std::sync::Arc;

/// All routes for programs. What is none of the gateway's own may be a resource that a profile names.
pub(super) fn routes(gate: Gate) -> Router {
    let (routes, document) = v1::routes(Api::new()).finish();
    let surface = Arc::new(Surface::of(&gate.setup().profiles));
    let home = home::routes(&document, &surface);
    let named = move |State(gate): State<Gate>, request: Request| async move {
        originals::answer(&surface, gate, request).await
    };
    routes.merge(home).fallback(named).method_not_allowed_fallback(not_so).with_state(gate)
}

async fn not_so(request: Request) -> Problem {
    let detail = format!("this address cannot be asked with {}", request.method());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "not-so", detail)
        .hint("the header Allow says how it can be asked")
}
