//! Steps asked of a desk over HTTP, as a program on the network asks: `/v1`, one request at a time on a connection that is
//! kept.
//!
//! Invariant: of what may have been done nobody says that it was not. A connection on which anything went wrong is not used
//! again. The addresses are those of `docs/http.md`.

use super::order::Papers;
use crate::desk::remote::Remote;
use crate::load::crowd::{Asked, Said, What};
use ascall_engine::domain::ids::{CallId, Millis, WorkerId};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, RETRY_AFTER};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The longest answer that is read.
const ANSWER_MAX: usize = 4 << 20;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whoever asks over HTTP.
pub(super) struct Http {
    remote: Remote,
    papers: Papers,
    idle: Mutex<Vec<SendRequest<Full<Bytes>>>>,
}

/// What came back.
struct Answer {
    status: StatusCode,
    retry_after: Option<u64>,
    body: Bytes,
}

/// Why nothing did.
enum Missed {
    /// Nobody got it.
    NotSent(String),
    /// Nobody knows what became of it.
    Unknown,
}

/// What of a problem (RFC 9457) is looked at.
#[derive(Debug, Default, Deserialize)]
struct Problem {
    #[serde(default, rename = "type")]
    kind: String,
    /// The call that was taken and turned away.
    #[serde(default)]
    call: Option<String>,
}

/// What of a call is looked at.
#[derive(Debug, Deserialize)]
struct Card {
    id: String,
}

/// What of a list of calls is.
#[derive(Debug, Deserialize)]
struct Cards {
    items: Vec<Card>,
}

impl Http {
    /// Of the desk there.
    pub(super) fn new(remote: Remote, papers: Papers) -> Self {
        Self { remote, papers, idle: Mutex::default() }
    }

    /// Asks; what came of it.
    pub(super) async fn ask(&self, what: &What) -> Said {
        let post = |path: String, body: Value| self.change(path, None, body);
        match what {
            What::Request(asked) => self.request(asked).await,
            What::Status(call) => {
                said(self.send(Method::GET, &of_call(*call, ""), None, None).await)
            }
            What::Claim(worker) => self.claim(*worker).await,
            What::Cancel(call) => post(of_call(*call, "/cancel"), json!({"as": "customer"})).await,
            What::Start(call) => post(of_call(*call, "/start"), json!({})).await,
            What::Finish(call, fare) => {
                post(of_call(*call, "/finish"), json!({"fare": fare})).await
            }
            What::Release(call) => post(of_call(*call, "/release"), json!({"no_show": true})).await,
            What::Answer(offer, worker, yes) => {
                let verb = if *yes { "accept" } else { "decline" };
                let worker = worker.to_string();
                post(format!("/v1/offers/{offer}/{verb}"), json!({"worker": worker})).await
            }
            What::Duty(worker, true) => post(format!("/v1/workers/{worker}/on"), json!({})).await,
            What::Duty(worker, false) => {
                post(format!("/v1/workers/{worker}/off"), json!({"after_current": true})).await
            }
        }
    }

    async fn request(&self, asked: &Asked) -> Said {
        let body = json!({
            "tel": asked.tel,
            "member": self.papers.member(asked).map(|member| member.to_string()),
            "location": asked.spot.map(|point| point.to_string()),
            "cost": asked.cost,
            "kind": asked.kind,
            "profile": asked.profile,
            "fields": asked.fields,
        });
        self.change("/v1/calls".to_owned(), Some(&asked.key), body).await
    }

    /// A worker takes the first call that they may.
    async fn claim(&self, worker: WorkerId) -> Said {
        let path = format!("/v1/calls?view=open&worker={worker}&limit=20");
        let open = match self.send(Method::GET, &path, None, None).await {
            Ok(answer) if answer.status.is_success() => answer,
            other => return said(other),
        };
        let open: Option<Cards> = serde_json::from_slice(&open.body).ok();
        let Some(open) = open else { return Said::Failed("the list is not understood".to_owned()) };
        match open.items.first() {
            Some(call) => {
                let path = format!("/v1/calls/{}/claim", call.id);
                self.change(path, None, json!({"worker": worker.to_string()})).await
            }
            None => Said::Done(None),
        }
    }

    async fn change(&self, path: String, key: Option<&str>, body: Value) -> Said {
        said(self.send(Method::POST, &path, key, Some(body)).await)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Option<Value>,
    ) -> Result<Answer, Missed> {
        let not_sent = |why: &dyn std::fmt::Display| Missed::NotSent(why.to_string());
        let mut request =
            Request::builder().method(method).uri(path).header(HOST, self.remote.authority());
        if let Some(bearer) = self.remote.bearer() {
            request = request.header(AUTHORIZATION, bearer);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = match body {
            Some(body) => {
                request = request.header(CONTENT_TYPE, "application/json");
                Bytes::from(body.to_string())
            }
            None => Bytes::new(),
        };
        let request = request.body(Full::new(body)).map_err(|error| not_sent(&error))?;
        let mut line = self.line().await.map_err(|error| not_sent(&error))?;
        let answer = tokio::time::timeout(PATIENCE, line.try_send_request(request)).await;
        let answer = answer.map_err(|_| Missed::Unknown)?.map_err(|mut error| {
            // What comes back unsent was not read by anybody.
            if error.take_message().is_some() {
                Missed::NotSent("the connection was closed".to_owned())
            } else {
                Missed::Unknown
            }
        })?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, ANSWER_MAX).collect();
        let body = tokio::time::timeout(PATIENCE, body).await;
        let body = body.map_err(|_| Missed::Unknown)?.map_err(|_| Missed::Unknown)?.to_bytes();
        let retry_after = head.headers.get(RETRY_AFTER).and_then(|after| after.to_str().ok());
        let retry_after = retry_after.and_then(|after| after.trim().parse().ok());
        if !line.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
        Ok(Answer { status: head.status, retry_after, body })
    }

    /// A connection that nobody uses, or a new one.
    async fn line(&self) -> Result<SendRequest<Full<Bytes>>, std::io::Error> {
        loop {
            let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(mut line) = kept else { break };
            if !line.is_closed() && line.ready().await.is_ok() {
                return Ok(line);
            }
        }
        let stream = self.remote.connect().await?;
        let shaken = http1::handshake(TokioIo::new(stream)).await;
        let (line, connection) = shaken.map_err(std::io::Error::other)?;
        // It ends with the line; what went wrong on it is said by the request that it was asked.
        tokio::spawn(async { drop(connection.await) });
        Ok(line)
    }
}

fn of_call(call: CallId, verb: &str) -> String {
    format!("/v1/calls/{call}{verb}")
}

/// What an answer is to whoever asked.
fn said(answer: Result<Answer, Missed>) -> Said {
    let Answer { status, retry_after, body } = match answer {
        Ok(answer) => answer,
        Err(Missed::NotSent(why)) => return Said::Failed(why),
        Err(Missed::Unknown) => return Said::Unknown,
    };
    if status.is_success() {
        let card: Option<Card> = serde_json::from_slice(&body).ok();
        return Said::Done(card.and_then(|card| card.id.parse().ok()));
    }
    let problem: Problem = serde_json::from_slice(&body).unwrap_or_default();
    // A call that was taken and turned away was taken.
    if let Some(call) = problem.call.and_then(|call| call.parse().ok()) {
        return Said::Done(Some(call));
    }
    let kind = problem.kind.strip_prefix("urn:ascall:").unwrap_or(status.as_str()).to_owned();
    let is_load =
        [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS].contains(&status);
    match kind.as_str() {
        "outcome-unknown" | "timed-out" => Said::Unknown,
        "closing" | "storage" => Said::Failed(kind),
        _ if is_load => Said::HeldOff(retry_after.map(|secs| Millis(secs.saturating_mul(1_000)))),
        _ if status.is_server_error() => Said::Unknown,
        _ => Said::Refused(kind),
    }
}
