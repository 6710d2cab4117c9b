//! Steps asked of a desk over HTTP, as a program on the network asks: `/v1`, or for calls the address of an original, one
//! request at a time on a connection that is kept.
//!
//! Invariant: of what may have been done nobody says that it was not. A connection on which anything went wrong is not used
//! again. The addresses are those of `docs/http.md` and `docs/originals.md`.

use super::order::Papers;
use crate::desk::remote::Remote;
use crate::front::originals::Slot;
use crate::load::crowd::{Asked, Said, What};
use crate::load::scenario::Address;
use ascall_engine::domain::ids::{CallId, MemberId, Millis, WorkerId};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, RETRY_AFTER};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The header that names the call in the answers of an original's addresses.
const ASCALL_CALL: HeaderName = HeaderName::from_static("ascall-call");

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
    /// The number of the call, where the body has another one.
    call: Option<CallId>,
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
        let member = self.papers.member(asked);
        if let Some(address) = &asked.address {
            let body = in_words_of(address, asked, member);
            return match self.change(address.path.clone(), Some(&asked.key), body).await {
                // Nobody could say later whether it is there.
                Said::Done(None) => Said::Failed("the answer names no call".to_owned()),
                said => said,
            };
        }
        let body = json!({
            "tel": asked.tel,
            "member": member.map(|member| member.to_string()),
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
        let call = head.headers.get(ASCALL_CALL).and_then(|call| call.to_str().ok());
        let call = call.and_then(|call| call.parse().ok());
        if !line.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
        Ok(Answer { status: head.status, retry_after, call, body })
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

/// What a customer asks for, in the members of an original.
fn in_words_of(address: &Address, asked: &Asked, member: Option<MemberId>) -> Value {
    let text = |text: &Option<String>| text.as_deref().map(number_or_text);
    let members = address.members.iter().filter_map(|(name, slot)| {
        let value = match slot {
            Slot::Tel => Some(Value::from(asked.tel.as_str())),
            Slot::Location => asked.spot.map(|point| point.to_string().into()),
            Slot::Cost => asked.cost.map(Value::from),
            Slot::Kind => text(&asked.kind),
            Slot::Member => member.map(|member| member.0.into()),
            Slot::Field(field) => asked.fields.get(&**field).map(|text| number_or_text(text)),
            _ => None,
        };
        Some((name.clone(), value?))
    });
    Value::Object(members.collect())
}

/// A number where it reads as one.
fn number_or_text(text: &str) -> Value {
    match text.parse::<u64>() {
        Ok(number) if number.to_string() == text => number.into(),
        _ => text.into(),
    }
}

/// What an answer is to whoever asked.
fn said(answer: Result<Answer, Missed>) -> Said {
    let Answer { status, retry_after, call, body } = match answer {
        Ok(answer) => answer,
        Err(Missed::NotSent(why)) => return Said::Failed(why),
        Err(Missed::Unknown) => return Said::Unknown,
    };
    if status.is_success() {
        let card: Option<Card> = serde_json::from_slice(&body).ok();
        return Said::Done(call.or_else(|| card.and_then(|card| card.id.parse().ok())));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::scenario::Scenario;
    use std::path::Path;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// What the first customer of a ready scenario sends, and what an answer with these heads is to them.
    async fn asks(file: &str, heads: &str) -> (String, Value, Said) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios/load");
        let scenario = Scenario::read(&folder.join(file)).unwrap();
        let mut crowd = crate::load::crowd::Crowd::new(scenario.clone());
        let step = crowd.take(Millis(0)).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let remote = format!("http://{}", listener.local_addr().unwrap());
        let setup = crate::load::drive::tests::setup();
        let mut papers = Papers::of(setup);
        papers.members = (1..=200).map(MemberId).collect();
        let http = Http::new(Remote::at(&remote, None).unwrap(), papers);
        let answer = format!("HTTP/1.1 {heads}\r\ncontent-length: 2\r\n\r\n{{}}");
        let desk = async {
            let (mut client, _) = listener.accept().await.unwrap();
            let mut got = String::new();
            let body = loop {
                let mut some = [0; 4096];
                let many = client.read(&mut some).await.unwrap();
                assert!(many > 0, "{got}");
                got.push_str(std::str::from_utf8(&some[..many]).unwrap());
                if let Some((_, body)) = got.split_once("\r\n\r\n")
                    && let Ok(body) = serde_json::from_str::<Value>(body)
                {
                    break body;
                }
            };
            client.write_all(answer.as_bytes()).await.unwrap();
            (got, body)
        };
        let ((got, body), said) = tokio::join!(desk, http.ask(&step.what));
        (got, body, said)
    }

    #[tokio::test]
    async fn a_ready_scenario_sends_the_line_that_siege_sends_with_a_key() {
        let made = "201 Created\r\nascall-call: C-7";
        let members =
            |body: &Value| -> Vec<String> { body.as_object().unwrap().keys().cloned().collect() };
        for (file, line, wanted) in [
            ("repair-siege.toml", "POST /ascalls ", &["cost", "tel"][..]),
            ("driver-siege.toml", "POST /taxicalls ", &["cost", "tel"]),
            ("tutoring-siege.toml", "POST /matches ", &["id", "price"]),
            (
                "taxi-siege.toml",
                "POST /calls ",
                &["endAddress", "memberId", "phoneNumber", "startAddress"],
            ),
            ("shop-siege.toml", "POST /orders ", &["orderId", "productId", "qty"]),
        ] {
            let (got, body, said) = asks(file, made).await;
            assert!(got.starts_with(line), "{got}");
            assert!(got.contains("\r\nidempotency-key: load-1-1\r\n"), "{got}");
            assert!(got.contains("\r\ncontent-type: application/json\r\n"), "{got}");
            let mut members = members(&body);
            members.sort();
            assert_eq!(members, wanted, "{file}");
            assert_eq!(said, Said::Done(Some(CallId(7))), "{file}");
        }
        let (_, body, _) = asks("repair-siege.toml", made).await;
        assert_eq!(body["cost"], 3_000);
    }

    #[tokio::test]
    async fn an_answer_that_names_no_call_is_no_answer_and_one_that_says_later_is_heeded() {
        let (_, _, said) = asks("repair-siege.toml", "201 Created").await;
        assert_eq!(said, Said::Failed("the answer names no call".to_owned()));
        let away = "503 Service Unavailable\r\nretry-after: 2";
        let (_, _, said) = asks("driver-siege.toml", away).await;
        assert_eq!(said, Said::HeldOff(Some(Millis(2_000))));
    }
}
