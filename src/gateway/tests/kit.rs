//! A desk with its routes, and a client that speaks JSON.

use crate::desk::{Desk, Setup, profiles};
use crate::front::clock;
use crate::gateway::api;
use crate::gateway::caller::{Caller, Scope};
use crate::gateway::gate::Gate;
use ascall_engine::couriers::CourierSettings;
use ascall_engine::domain::profile::Fallback;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// A desk that is asked over HTTP.
pub(super) struct Town {
    desk: Desk,
    pub routes: Router,
    _place: TempDir,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Got {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Got {
    /// A header's value; empty: it is not there.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The answer, which must have this status.
    pub(super) fn must(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        if status >= 400 {
            assert_eq!(self.header("content-type"), "application/problem+json");
            assert_eq!(self.body["status"], status);
        }
        self
    }
}

impl Town {
    pub(super) async fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let mut profiles = profiles::load(&[]).unwrap();
        // Of the five, one sends its callers away while its gate is down.
        let driver = profiles.iter_mut().find(|profile| profile.name == "driver").unwrap();
        driver.steps[0].fallback = Fallback::Reject;
        let setup = Setup {
            store: place.path().join("desk.redb"),
            runtime_dir: None,
            lock_timeout: Duration::from_secs(5),
            profiles,
            participants: Vec::new(),
            couriers: CourierSettings::default(),
            workers_strict: false,
            remote: None,
            clock_face: clock::face,
            operator: "desk".to_owned(),
            tel_strict: false,
        };
        let desk = Desk::host(&setup, "serve").await.unwrap();
        let routes = api::routes(Gate::to(desk.clone(), &setup));
        Self { desk, routes, _place: place }
    }

    pub(super) async fn close(self) {
        self.desk.close().await.unwrap();
    }

    /// Asks with whatever is in the request.
    pub(super) async fn ask(&self, request: Request<Body>) -> Got {
        let response = self.routes.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 24).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Got { status: parts.status, headers: parts.headers, body, text }
    }

    /// Looks. The journal is read as far as it goes: to its follower it has no end.
    pub(super) async fn get(&self, path: &str) -> Got {
        let path = if path == "/v1/events" { "/v1/events?follow=false" } else { path };
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Got {
        self.post_with(path, &[], body).await
    }

    pub(super) async fn post_with(&self, path: &str, headers: &[(&str, &str)], body: Value) -> Got {
        let request = Request::post(path).header("content-type", "application/json");
        let request = headers.iter().fold(request, |r, (name, value)| r.header(*name, *value));
        self.ask(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Sends members to what is there.
    pub(super) async fn send(&self, method: &str, path: &str, body: Value) -> Got {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("content-type", "application/json");
        self.ask(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Asks without a body.
    pub(super) async fn bare(&self, method: &str, path: &str) -> Got {
        self.ask(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await
    }

    /// The same as somebody with a token.
    pub(super) async fn post_as(&self, name: &str, scope: Scope, path: &str, body: Value) -> Got {
        let mut request = Request::post(path)
            .header("content-type", "application/json")
            .header("idempotency-key", "k")
            .body(Body::from(body.to_string()))
            .unwrap();
        request.extensions_mut().insert(Caller { name: name.to_owned(), scope, trace: None });
        self.ask(request).await
    }

    /// A worker who is at work where the calls are.
    pub(super) async fn worker(&self) -> String {
        let worker = json!({
            "name": "김하나", "tel": "010-0000-0001", "at": "37.5481,126.9550",
            "skills": ["냉장고", "세탁기"],
        });
        let got = self.post("/v1/workers", worker).await.must(201);
        got.body["id"].as_str().unwrap().to_owned()
    }

    /// A call that nobody has yet.
    pub(super) async fn call(&self) -> String {
        let got = self.post("/v1/calls", a_call()).await.must(201);
        got.body["id"].as_str().unwrap().to_owned()
    }
}

/// A request for a call.
pub(super) fn a_call() -> Value {
    json!({
        "tel": "010-0000-1234", "name": "홍길동", "location": "37.5480,126.9550",
        "kind": "냉장고", "cost": 25_500,
    })
}
