//! The JSON that goes to a participant and comes back, the same over HTTP and over a pipe.
//!
//! Invariant: whatever the bytes, reading gives a [`Reply`] or a named [`AnswerFault`], and text
//! from outside leaves here bounded and without control characters. Knows no transport.

use super::{Op, Request};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// The version of the protocol, `ascall` in every request.
pub const PROTOCOL: u32 = 1;

/// The response header by which a 503 says, with the value `false`, that nothing was done.
pub const NOT_DONE_HEADER: &str = "x-ascall-done";

/// The longest reason kept, in characters; the rest is cut.
pub const REASON_CHARS_MAX: usize = 200;

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum AnswerFault {
    /// Longer than an answer may be.
    #[error("too long")]
    TooLong,
    /// Not one JSON value in UTF-8.
    #[error("not JSON")]
    NotJson,
    /// JSON without a `result` or `"done": false`, with values that are not theirs, or with a
    /// denial that gives no reason.
    #[error("not an answer of the protocol")]
    NotAnAnswer,
    /// It answers for another key.
    #[error("for another key")]
    OtherKey,
    /// `unknown` answers a query, not an order.
    #[error("`unknown` to an order")]
    UnknownToOrder,
}

/// A valid answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// `{"result": "ok"}`, with or without `detail`.
    Ok {
        /// The value of `detail`.
        detail: Option<serde_json::Value>,
    },
    /// `{"result": "denied", "reason": "…"}`.
    Denied {
        /// The reason, made inert.
        reason: String,
    },
    /// `{"result": "unknown"}`, to a query only.
    Unknown,
    /// `{"done": false}`: not done, ask again later.
    NotDone,
}

#[derive(Serialize)]
struct WireRequest<'a> {
    ascall: u32,
    key: &'a str,
    op: Op,
    deadline_ms: u64,
    payload: &'a serde_json::Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    traceparent: Option<&'a str>,
}

#[derive(Deserialize)]
struct WireReply {
    result: Option<Verdict>,
    done: Option<bool>,
    detail: Option<serde_json::Value>,
    reason: Option<String>,
    key: Option<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Ok,
    Denied,
    Unknown,
}

/// The request as JSON, without a line break.
#[must_use]
pub fn encode(request: &Request) -> Vec<u8> {
    let wire = WireRequest {
        ascall: PROTOCOL,
        key: &request.key,
        op: request.op,
        deadline_ms: u64::try_from(request.deadline.as_millis()).unwrap_or(u64::MAX),
        payload: &request.payload,
        traceparent: request.traceparent.as_deref(),
    };
    // Strings, numbers and a JSON value: nothing here that JSON cannot hold.
    serde_json::to_vec(&wire).unwrap_or_default()
}

/// Reads an answer to `request`.
///
/// # Errors
/// What is wrong with it; then nobody knows whether it was done.
pub fn decode(bytes: &[u8], request: &Request) -> Result<Reply, AnswerFault> {
    let wire = read(bytes, request)?;
    match (wire.result, wire.done) {
        (Some(Verdict::Ok), None | Some(true)) => Ok(Reply::Ok { detail: wire.detail }),
        (Some(Verdict::Denied), None | Some(false)) => denied(wire.reason),
        (Some(Verdict::Unknown), None) if request.op == Op::Query => Ok(Reply::Unknown),
        (Some(Verdict::Unknown), None) => Err(AnswerFault::UnknownToOrder),
        (None, Some(false)) => Ok(Reply::NotDone),
        _ => Err(AnswerFault::NotAnAnswer),
    }
}

/// Reads the body of an answer whose status already says "denied": only the reason is needed.
///
/// # Errors
/// What is wrong with it.
pub fn decode_denial(bytes: &[u8], request: &Request) -> Result<Reply, AnswerFault> {
    let wire = read(bytes, request)?;
    match (wire.result, wire.done) {
        (None | Some(Verdict::Denied), None | Some(false)) => denied(wire.reason),
        _ => Err(AnswerFault::NotAnAnswer),
    }
}

fn read(bytes: &[u8], request: &Request) -> Result<WireReply, AnswerFault> {
    let wire: WireReply = serde_json::from_slice(bytes)
        .map_err(|e| if e.is_data() { AnswerFault::NotAnAnswer } else { AnswerFault::NotJson })?;
    if wire.key.as_ref().is_some_and(|key| *key != request.key) {
        return Err(AnswerFault::OtherKey);
    }
    Ok(wire)
}

fn denied(reason: Option<String>) -> Result<Reply, AnswerFault> {
    let reason = inert(&reason.unwrap_or_default());
    if reason.is_empty() { Err(AnswerFault::NotAnAnswer) } else { Ok(Reply::Denied { reason }) }
}

/// One line of text from outside: NFC, control and direction characters made spaces, cut.
#[must_use]
pub fn inert(text: &str) -> String {
    let shown = |c: char| {
        let is_direction = matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let is_break = matches!(c, '\u{2028}' | '\u{2029}');
        if c.is_control() || is_direction || is_break { ' ' } else { c }
    };
    // Composing looks ahead without a bound; so the input is cut first, generously.
    let cut: String = text.chars().take(REASON_CHARS_MAX * 8).collect();
    let line: String = cut.nfc().map(shown).collect();
    line.trim().chars().take(REASON_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;
    use std::time::Duration;

    fn request(op: Op) -> Request {
        Request {
            key: "C-1/manage/1".into(),
            op,
            deadline: Duration::from_millis(610),
            payload: json!({"cost": 25_500}),
            traceparent: None,
        }
    }

    fn read_as(op: Op, text: &str) -> Result<Reply, AnswerFault> {
        decode(text.as_bytes(), &request(op))
    }

    #[test]
    fn a_request_is_one_line_of_json() {
        assert_eq!(
            String::from_utf8(encode(&request(Op::Undo))).unwrap(),
            r#"{"ascall":1,"key":"C-1/manage/1","op":"undo","deadline_ms":610,"payload":{"cost":25500}}"#
        );
    }

    #[test]
    fn every_valid_answer_is_read() {
        let ok = |detail| Ok(Reply::Ok { detail });
        assert_eq!(read_as(Op::Do, r#"{"result":"ok"}"#), ok(None));
        assert_eq!(read_as(Op::Do, r#"{"result":"ok","done":true}"#), ok(None));
        let with_detail = r#" {"result":"ok","detail":{"id":7},"new_field":1} "#;
        assert_eq!(read_as(Op::Query, with_detail), ok(Some(json!({"id": 7}))));
        let denied = Ok(Reply::Denied { reason: "no credit".into() });
        assert_eq!(read_as(Op::Do, r#"{"result":"denied","reason":"no credit"}"#), denied);
        assert_eq!(read_as(Op::Query, r#"{"result":"unknown"}"#), Ok(Reply::Unknown));
        assert_eq!(read_as(Op::Do, r#"{"done":false}"#), Ok(Reply::NotDone));
    }

    #[test]
    fn every_bad_answer_is_named() {
        use AnswerFault::{NotAnAnswer, NotJson, OtherKey, UnknownToOrder};
        let cases = [
            ("", NotJson),
            ("ok", NotJson),
            (r#"{"result":"ok""#, NotJson),
            (r#"{"result":"ok"} trailing"#, NotJson),
            (r#"{"result":"ok"}{"result":"denied"}"#, NotJson),
            ("{}", NotAnAnswer),
            ("[]", NotAnAnswer),
            ("null", NotAnAnswer),
            (r#"{"result":"perhaps"}"#, NotAnAnswer),
            (r#"{"result":"denied"}"#, NotAnAnswer),
            (r#"{"result":"denied","reason":" \u0007 "}"#, NotAnAnswer),
            (r#"{"result":"ok","done":false}"#, NotAnAnswer),
            (r#"{"done":true}"#, NotAnAnswer),
            (r#"{"result":"ok","key":"C-2/manage/1"}"#, OtherKey),
            (r#"{"result":"unknown"}"#, UnknownToOrder),
        ];
        for (text, fault) in cases {
            assert_eq!(read_as(Op::Do, text), Err(fault), "{text}");
        }
        assert_eq!(decode(b"{\"result\":\"\xff\"}", &request(Op::Do)), Err(NotJson));
    }

    #[test]
    fn a_denial_by_status_needs_only_its_reason() {
        let read = |text: &str| decode_denial(text.as_bytes(), &request(Op::Do));
        let denied = Ok(Reply::Denied { reason: "full".into() });
        assert_eq!(read(r#"{"reason":"full"}"#), denied);
        assert_eq!(read(r#"{"result":"denied","reason":"full"}"#), denied);
        assert_eq!(read("{}"), Err(AnswerFault::NotAnAnswer));
        assert_eq!(read(r#"{"result":"ok","reason":"full"}"#), Err(AnswerFault::NotAnAnswer));
    }

    #[test]
    fn a_reason_from_outside_is_inert_and_bounded() {
        assert_eq!(inert("no\u{1b}[31m\r\ncredit\u{202e}"), "no [31m  credit");
        assert_eq!(inert("\u{1112}\u{1161}\u{11ab}"), "한", "Hangul is composed");
        assert_eq!(inert(&"x".repeat(10_000)).chars().count(), REASON_CHARS_MAX);
    }

    /// The fenced blocks of this kind in the documentation, one line each.
    fn documented(kind: &str) -> Vec<&'static str> {
        const PAGE: &str = include_str!("../../../docs/participants.md");
        let fence = format!("```json {kind}\n");
        PAGE.split(fence.as_str()).skip(1).filter_map(|rest| rest.lines().next()).collect()
    }

    #[test]
    fn the_documented_requests_are_what_is_sent() {
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let traced = Request { traceparent: Some(trace.into()), ..request(Op::Query) };
        let sent = [request(Op::Do), request(Op::Undo), traced].map(|r| encode(&r));
        assert_eq!(documented("request"), sent.map(|bytes| String::from_utf8(bytes).unwrap()));
    }

    #[test]
    fn the_documented_answers_are_understood() {
        let read: Vec<_> =
            documented("reply").into_iter().map(|text| read_as(Op::Query, text)).collect();
        let expected = [
            Ok(Reply::Ok { detail: Some(json!({"number": 7})) }),
            Ok(Reply::Denied { reason: "no credit".into() }),
            Ok(Reply::Unknown),
            Ok(Reply::NotDone),
        ];
        assert_eq!(read, expected);
    }

    #[test]
    fn the_documented_bounds_are_the_real_ones() {
        let page = include_str!("../../../docs/participants.md");
        let connect = crate::participants::HttpSettings::new("http://a/").connect_timeout;
        for bound in [
            format!("{} ms unless", crate::participants::DEADLINE_DEFAULT.as_millis()),
            format!("within {} ms", connect.as_millis()),
            format!("{} KiB unless", crate::participants::ANSWER_BYTES_DEFAULT / 1024),
            format!("{REASON_CHARS_MAX} characters"),
            format!("`{NOT_DONE_HEADER}: false`"),
            format!("\"ascall\":{PROTOCOL}"),
        ] {
            assert!(page.contains(&bound), "{bound}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_reply_or_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(reply) = decode(&bytes, &request(Op::Do)) {
                prop_assert!(reply != Reply::Unknown);
            }
        }
    }
}
