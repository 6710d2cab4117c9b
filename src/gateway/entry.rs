//! The way of every request for programs: traced, let in or not, read whole, given a place, answered, counted.
//!
//! Invariant: a route sees only requests that were let in, with their whole body in memory; whoever is refused on the way
//! has had nothing done. What is logged of a request holds nothing that its sender wrote freely.

use super::asked::{self, BODY_MAX};
use super::attach;
use super::caller::{Caller, Scope};
use super::guard::{Admitted, Guard, needed};
use super::listen::{Peer, Stage};
use super::load::{CHANGES, Load};
use super::metrics::Metrics;
use super::problem::Problem;
use super::trace::{Step, TRACEPARENT, Tracer};
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, CACHE_CONTROL, CONNECTION, ORIGIN, VARY,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::body::Body as _;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::watch;

/// The longest question of one who attaches over the network, in bytes.
const QUESTION_MAX: usize = 4 << 20;

/// What is known at the entry.
pub(super) struct Entry {
    /// Before the network; none: nobody comes from there.
    pub guard: Option<Guard>,
    /// Who comes over the desk's own socket.
    pub operator: String,
    pub metrics: Arc<Metrics>,
    pub stage: watch::Receiver<Stage>,
    tracer: Tracer,
    load: Arc<Load>,
}

impl Entry {
    /// An entry.
    pub(super) fn new(
        guard: Option<Guard>,
        operator: &str,
        metrics: Arc<Metrics>,
        stage: watch::Receiver<Stage>,
    ) -> Self {
        let load = Load::new(guard.as_ref().map_or(CHANGES, |guard| guard.changes));
        let (operator, tracer) = (operator.to_owned(), Tracer::new());
        Self { guard, operator, metrics, stage, tracer, load }
    }

    /// Whoever asks, as far as it can be seen before the body has come.
    fn admit(&self, request: Request) -> Result<(Admitted, Request), Problem> {
        let peer = request.extensions().get::<Peer>().copied();
        let (parts, body) = request.into_parts();
        let admitted = match (peer, &self.guard) {
            (Some(Peer::Net { to, .. }), Some(guard)) => guard.admit(to, &parts)?,
            (Some(Peer::Own), _) => {
                let name = self.operator.clone();
                let caller = Caller { name, scope: Scope::Admin, trace: None };
                Admitted { caller, by_token: false, origin: None }
            }
            _ => {
                let detail = "nobody is let in from there";
                return Err(Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail));
            }
        };
        Ok((admitted, Request::from_parts(parts, body)))
    }

    async fn answer(&self, request: Request, next: Next, step: Step, who: &mut String) -> Response {
        let (admitted, request) = match self.admit(request) {
            Ok(admitted) => admitted,
            Err(problem) => return problem.into_response(),
        };
        let Admitted { caller, by_token, origin } = admitted;
        who.clone_from(&caller.name);
        let mut response = if origin.is_some() && is_preflight(&request) {
            preflight()
        } else {
            let bearer = by_token.then(|| caller.name.clone());
            let caller = Caller { trace: Some(step.trace), ..caller };
            let routed = self.routed(request, next, caller, bearer).await;
            routed.unwrap_or_else(Problem::into_response)
        };
        if let Some(origin) = origin {
            response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            response.headers_mut().append(VARY, HeaderValue::from_static("origin"));
        }
        response
    }

    async fn routed(
        &self,
        request: Request,
        next: Next,
        caller: Caller,
        bearer: Option<String>,
    ) -> Result<Response, Problem> {
        let (parts, body) = request.into_parts();
        // A body that does not come holds no place.
        let is_question = attach::needed(parts.uri.path()).is_some();
        let max = if is_question { QUESTION_MAX } else { BODY_MAX };
        let body =
            if body.is_end_stream() { body } else { Body::from(asked::within(body, max).await?) };
        let mut request = Request::from_parts(parts, body);
        let looks = needed(request.method(), request.uri().path())? == Scope::Read;
        let _place = if looks {
            None
        } else {
            let place = self.load.enter(bearer.as_deref());
            Some(place.inspect_err(|_| self.metrics.count_overload())?)
        };
        request.extensions_mut().insert(caller);
        Ok(next.run(request).await)
    }
}

/// Takes a request to its route and its answer back.
pub(super) async fn enter(
    State(entry): State<Arc<Entry>>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let step = entry.tracer.step(request.headers());
    let mut who = String::new();
    let mut response = entry.answer(request, next, step, &mut who).await;
    let status = response.status();
    finish(response.headers_mut(), status, step);
    if *entry.stage.borrow() != Stage::Open {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    let took = begun.elapsed();
    let pattern = route.as_ref().map_or("none", MatchedPath::as_str);
    tracing::info!(
        target: "ascall::access",
        method = method_name(&method),
        route = pattern,
        status = status.as_u16(),
        took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        caller = who,
        trace = %step.trace,
        "answered"
    );
    entry.metrics.count_request(route, status, took);
    response
}

/// What every answer says.
fn finish(headers: &mut HeaderMap, status: StatusCode, step: Step) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(value) = step.header() {
        headers.insert(TRACEPARENT, value);
    }
}

/// The method, when it is one of those there are: others are their sender's words.
fn method_name(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|name| method.as_str() == *name).unwrap_or("other")
}

/// Whether a browser asks what a page of another site may ask.
fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(ORIGIN)
        && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

fn preflight() -> Response {
    let says: [(HeaderName, &str); 3] = [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE"),
        (
            ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, idempotency-key, if-match, last-event-id, traceparent",
        ),
        (ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    (StatusCode::NO_CONTENT, says).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::tally::Tally;
    use axum::routing::post;
    use axum::{Router, middleware};
    use tokio::sync::Notify;
    use tower::ServiceExt as _;

    /// A way in with room for one, to a route that is done when it is told so.
    fn narrow() -> (Arc<Entry>, Arc<Notify>, Router) {
        let (_stage, watched) = watch::channel(Stage::Open);
        let metrics = Arc::new(Metrics::new(&Tally::default()));
        let entry = Entry::new(None, "kim", metrics, watched);
        let entry = Arc::new(Entry { load: Load::new(1), ..entry });
        let done = Arc::new(Notify::new());
        let wait = Arc::clone(&done);
        let slow = post(async move || wait.notified().await).get(async || "seen");
        let routes = Router::new().route("/slow", slow);
        let layer = middleware::from_fn_with_state(Arc::clone(&entry), enter);
        (entry, done, routes.layer(layer))
    }

    fn asks(method: Method) -> Request {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = "/slow".parse().unwrap();
        request.extensions_mut().insert(Peer::Own);
        request
    }

    #[tokio::test]
    async fn one_change_too_many_is_sent_away_before_its_route_hears_of_it_and_looks_are_not() {
        let (entry, done, routes) = narrow();
        let first = tokio::spawn(routes.clone().oneshot(asks(Method::POST)));
        while entry.load.enter(None).is_ok() {
            tokio::task::yield_now().await;
        }
        let refused = routes.clone().oneshot(asks(Method::POST)).await.unwrap();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        let retry: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&retry), "{retry}");
        let seen = routes.clone().oneshot(asks(Method::GET)).await.unwrap();
        assert_eq!(seen.status(), StatusCode::OK);
        done.notify_one();
        assert_eq!(first.await.unwrap().unwrap().status(), StatusCode::OK);
        done.notify_one();
        assert_eq!(routes.oneshot(asks(Method::POST)).await.unwrap().status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn who_comes_from_nowhere_known_is_not_let_in() {
        let (_, _, routes) = narrow();
        let mut request = asks(Method::GET);
        request.extensions_mut().remove::<Peer>();
        let refused = routes.oneshot(request).await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(refused.headers()["www-authenticate"], "Bearer");
    }
}
