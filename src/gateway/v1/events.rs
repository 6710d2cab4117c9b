//! `GET /v1/events`: the journal as it grows, for followers with a cursor of their own.
//!
//! Invariant: a follower sees every record after its cursor, once, in order, or is told by a reset that its cursor means
//! nothing here. It is never waited for: records are read when it takes them, so that who reads slowly costs no memory.
//!
//! The stream is Server-Sent Events (WHATWG HTML, 9.2) or newline-delimited JSON, as asked for by `Accept`.

use crate::front::cursor::{BadCursor, Cursor, ResetJson};
use crate::front::look::Look;
use crate::front::show::event::{NamesOf, RecordJson};
use crate::gateway::gate::Gate;
use crate::gateway::openapi::{Answer, Api, Operation, Part};
use crate::gateway::part::{Query, Ref};
use crate::gateway::problem::Problem;
use ascall_engine::domain::event::{Record, call_of};
use ascall_engine::domain::ids::{CallId, Seq};
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use std::convert::Infallible;
use tokio::sync::OwnedSemaphorePermit;

/// The most followers at once.
pub(in crate::gateway) const FOLLOWERS_MAX: usize = 64;

/// How long a browser is to wait before it connects again.
const RETRY_MS: u32 = 2_000;

/// The routes of events.
pub(super) fn routes(api: Api) -> Api {
    api.about("events", "The journal as it grows").get(
        "/v1/events",
        "Follow the journal: Server-Sent Events, or lines of JSON.",
        follow,
    )
}

/// What a follower may ask for.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Wanted {
    /// Records after this cursor (a record's `cursor`; `0` is before the first one); without it, those to come.
    /// `Last-Event-ID` counts more.
    after: Option<Cursor>,
    /// Only records that speak of this call.
    call: Option<Ref<CallId>>,
    /// Whether to go on when the newest was sent; true unless said otherwise.
    follow: Option<bool>,
}

/// In what form a follower wants the journal, and the cursor of a browser that connects again.
struct Manner {
    form: Form,
    last: Option<Cursor>,
}

impl FromRequestParts<Gate> for Manner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Gate) -> Result<Self, Problem> {
        let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        // Lines of JSON unless events are asked for.
        let events = text("accept").is_some_and(|accept| accept.contains("text/event-stream"));
        let last =
            text("last-event-id").map(str::parse).transpose().map_err(|bad: BadCursor| {
                let detail = format!("Last-Event-ID: {bad}");
                Problem::new(StatusCode::BAD_REQUEST, "invalid", detail)
            })?;
        Ok(Self { form: if events { Form::Sse } else { Form::Ndjson }, last })
    }
}

impl Part for Manner {
    fn describe(operation: &mut Operation<'_>) {
        let what = "The last record that was seen, as a browser says it when it connects again.";
        operation.header_of::<Cursor>("Last-Event-ID", what);
        operation.refuses(StatusCode::BAD_REQUEST);
    }
}

/// Records as they come.
struct Records(Form, Body);

impl IntoResponse for Records {
    fn into_response(self) -> Response {
        let head = [(CONTENT_TYPE, self.0.media()), (CACHE_CONTROL, "no-store")];
        (head, self.1).into_response()
    }
}

impl Answer for Records {
    fn describe(operation: &mut Operation<'_>) {
        let media = [Form::Ndjson.media(), Form::Sse.media()];
        operation.streams::<RecordJson>(
            "Records, heartbeats, and a reset where the cursor means nothing.",
            &media,
        );
    }
}

async fn follow(
    State(gate): State<Gate>,
    look: Look,
    Manner { form, last }: Manner,
    Query(wanted): Query<Wanted>,
) -> Result<Records, Problem> {
    let place = gate.follower().ok_or_else(|| {
        let detail = format!("{FOLLOWERS_MAX} followers are there already");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too-many-followers", detail).retry_after(5)
    })?;
    // The epoch stays as long as the desk is open.
    let (epoch, head) = gate.read(|book, _| Ok((book.epoch()?, book.head()?))).await?;
    let asked = last.or(wanted.after);
    let known = asked.and_then(|cursor| cursor.in_journal(epoch, head));
    let is_strange = asked.is_some() && known.is_none();
    let follower = Follower {
        gate,
        look,
        form,
        epoch,
        after: known.unwrap_or(head),
        end: (wanted.follow == Some(false)).then_some(head),
        call: wanted.call.map(|Ref(call)| call),
        first: Some(form.begin(is_strange.then(|| Cursor::at(epoch, head)))),
        _place: place,
    };
    let frames = stream::unfold(follower, async |mut follower| {
        let frame = follower.next().await?;
        Some((Ok::<_, Infallible>(frame), follower))
    });
    Ok(Records(form, Body::from_stream(frames)))
}

/// How the stream is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Sse,
    Ndjson,
}

impl Form {
    fn media(self) -> &'static str {
        match self {
            Self::Sse => "text/event-stream",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    /// What is said first: how to come back, and that the cursor means nothing here.
    fn begin(self, reset: Option<Cursor>) -> String {
        let mut text = match self {
            Self::Sse => format!("retry: {RETRY_MS}\n\n"),
            Self::Ndjson => String::new(),
        };
        if let Some(reset) = reset {
            let (id, body) = (reset.to_string(), json!(ResetJson { reset }).to_string());
            match self {
                Self::Sse => text.extend(["event: reset\nid: ", &id, "\ndata: ", &body, "\n\n"]),
                Self::Ndjson => text.extend([&body, "\n"]),
            }
        }
        text
    }

    /// That nothing happened for a while.
    fn heartbeat(self, at: Cursor) -> String {
        match self {
            Self::Sse => format!(": {at}\n\n"),
            Self::Ndjson => format!("{}\n", json!({ "heartbeat": at })),
        }
    }

    /// One record. JSON text has no line break in it.
    fn record(self, text: &mut String, record: &RecordJson) {
        let Ok(body) = serde_json::to_string(record) else { return };
        let id = record.cursor.to_string();
        match self {
            Self::Sse => text.extend(["id: ", &id, "\nevent: record\ndata: ", &body, "\n\n"]),
            Self::Ndjson => text.extend([&body, "\n"]),
        }
    }
}

/// One who follows.
struct Follower {
    gate: Gate,
    look: Look,
    form: Form,
    epoch: u64,
    after: Seq,
    /// Where to stop; none: never.
    end: Option<Seq>,
    call: Option<CallId>,
    first: Option<String>,
    _place: OwnedSemaphorePermit,
}

impl Follower {
    /// The next piece of the stream; none: it is over.
    async fn next(&mut self) -> Option<String> {
        if let Some(first) = self.first.take().filter(|first| !first.is_empty()) {
            return Some(first);
        }
        loop {
            if self.end.is_some_and(|end| self.after >= end) {
                return None;
            }
            let records = self.gate.desk().follow(self.after).await.ok()?;
            let Some(last) = records.last() else {
                return Some(self.form.heartbeat(Cursor::at(self.epoch, self.after)));
            };
            self.after = last.seq;
            let text = self.text(records).await?;
            if !text.is_empty() {
                return Some(text);
            }
        }
    }

    async fn text(&self, records: Vec<Record>) -> Option<String> {
        let (call, form, look, end) = (self.call, self.form, self.look.clone(), self.end);
        let epoch = self.epoch;
        let wanted = move |record: &Record| {
            let speaks = |call| record.events.iter().any(|event| call_of(event) == Some(call));
            call.is_none_or(speaks) && end.is_none_or(|end| record.seq <= end)
        };
        let written = self.gate.read(move |book, _| {
            let mut names = NamesOf::new(book);
            let mut text = String::new();
            for record in records.iter().filter(|record| wanted(record)) {
                form.record(&mut text, &RecordJson::of(record, epoch, &mut names, &look));
            }
            Ok(text)
        });
        written.await.ok()
    }
}
