//! What a request that changes something carries beside its path: who asks, under which key, why, about which state of the
//! call, and a body of JSON within limits.
//!
//! Invariant: nothing reaches the desk that was not understood in full; whoever is refused here learns where and why. Knows
//! no resource.

use super::caller::Caller;
use super::gate::Gate;
use super::problem::Problem;
use crate::desk::Asking;
use crate::toml_file::nearest;
use ascall_engine::domain::event::Actor;
use ascall_engine::domain::ids::{CallId, Seq};
use ascall_engine::domain::text::{is_blank, nfc};
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_TYPE, HeaderMap, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Body as _;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// The most bytes of a body.
pub(super) const BODY_MAX: usize = 64 << 10;

/// The most objects and lists that stand inside each other in a body.
pub(super) const DEPTH_MAX: usize = 32;

/// How long a body may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(10);

/// The most characters of an idempotency key: it stands in a record and in memory for a day.
pub(super) const KEY_MAX: usize = 200;

/// The header with the idempotency key.
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Who asks for a change, under which key, and about which state of the call.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// Who.
    pub caller: Caller,
    /// The idempotency key.
    pub key: Option<String>,
    /// The state of the call that the client knows; another one: the change is refused.
    pub seen: Option<Seq>,
}

impl Asked {
    /// As the desk is asked, for a change that is about no one call.
    ///
    /// # Errors
    /// Only a call has states to tell apart.
    pub(super) fn asking(&self, reason: Option<&str>) -> Result<Asking, Problem> {
        if self.seen.is_some() {
            let detail = "If-Match stands for the state of a call, and this changes none";
            return Err(Problem::new(StatusCode::BAD_REQUEST, "bad-header", detail)
                .hint("leave If-Match out"));
        }
        Ok(self.as_operator(reason))
    }

    /// As the desk is asked for a change to `call`.
    pub(super) fn asking_about(&self, call: CallId, reason: Option<&str>) -> Asking {
        Asking { seen: self.seen.map(|seq| (call, seq)), ..self.as_operator(reason) }
    }

    /// The same, for the customer: the customer's own rule holds then.
    pub(super) fn for_customer(&self, asking: Asking) -> Asking {
        asking.for_customer(&self.caller.name)
    }

    pub(super) fn as_operator(&self, reason: Option<&str>) -> Asking {
        Asking {
            key: self.key.clone(),
            reason: reason.map(nfc),
            by: Some(Actor::Operator(self.caller.name.clone())),
            seen: None,
            trace: self.caller.trace,
        }
    }
}

impl FromRequestParts<Gate> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, gate: &Gate) -> Result<Self, Problem> {
        Ok(Self {
            caller: Caller::of(&parts.extensions, gate),
            key: key(&parts.headers)?,
            seen: if_match(&parts.headers)?,
        })
    }
}

fn bad_header(name: &HeaderName, what: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad-header", format!("{name}: {what}"))
}

/// The one value of a header, as text.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let mut all = headers.get_all(name).iter();
    let Some(value) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err(bad_header(name, "it stands there more than once"));
    }
    let text = std::str::from_utf8(value.as_bytes());
    text.map(Some).map_err(|_| bad_header(name, "it is not UTF-8"))
}

/// The idempotency key. The draft of the header makes it a string in quotes, and most clients leave them out.
fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(text) = only(headers, &IDEMPOTENCY_KEY)?.map(str::trim) else { return Ok(None) };
    let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    sound_key(bare).map(Some).map_err(|what| bad_header(&IDEMPOTENCY_KEY, &what))
}

/// A key as it is kept.
///
/// # Errors
/// What is wrong with it.
pub(super) fn sound_key(text: &str) -> Result<String, String> {
    if is_blank(text) {
        return Err("nothing stands there".to_owned());
    }
    if text.chars().count() > KEY_MAX || text.chars().any(char::is_control) {
        return Err(format!("a key has at most {KEY_MAX} characters and no control characters"));
    }
    Ok(nfc(text))
}

/// The state that the client knows: one entity tag as the gateway gives them, or any (`*`).
fn if_match(headers: &HeaderMap) -> Result<Option<Seq>, Problem> {
    match only(headers, &IF_MATCH)?.map(str::trim) {
        None | Some("*") => Ok(None),
        Some(tag) => match seq_of(tag) {
            Some(seq) => Ok(Some(seq)),
            None => Err(bad_header(&IF_MATCH, "it is no ETag of a call")
                .hint("send back the ETag of GET /v1/calls/C-1, e.g. \"17\"")),
        },
    }
}

/// The state that an entity tag stands for.
pub(super) fn seq_of(tag: &str) -> Option<Seq> {
    let digits = tag.strip_prefix('"')?.strip_suffix('"')?;
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| plain).map(Seq)
}

/// A body of JSON that is a `T`. No body at all is an object without members.
#[derive(Debug, Clone)]
pub(super) struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Gate> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Gate) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = whole(body).await?;
        must_be_json(&parts.headers, &bytes)?;
        parse(&bytes).map(Self)
    }
}

/// All of a body, when it is not too long and does not take too long.
pub(super) async fn whole(body: Body) -> Result<Bytes, Problem> {
    within(body, BODY_MAX).await
}

/// As [`whole`], of at most so many bytes.
pub(super) async fn within(body: Body, max: usize) -> Result<Bytes, Problem> {
    let too_large = || {
        let detail = format!("a body has at most {max} bytes");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail)
    };
    // One that says how long it is need not come first.
    if body.size_hint().lower() > max as u64 {
        return Err(too_large());
    }
    let limited = Limited::new(body, max);
    match tokio::time::timeout(ARRIVAL, limited.collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Problem::new(StatusCode::BAD_REQUEST, "bad-body", "the body broke off")),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "too-slow",
            format!("the body did not arrive within {} s", ARRIVAL.as_secs()),
        )),
    }
}

/// Refuses a body that is said to be anything but JSON.
pub(super) fn must_be_json(headers: &HeaderMap, body: &[u8]) -> Result<(), Problem> {
    let essence = media(headers);
    let is_json = |essence: &str| {
        let essence = essence.to_ascii_lowercase();
        essence == "application/json"
            || (essence.starts_with("application/") && essence.ends_with("+json"))
    };
    match essence {
        None if body.is_empty() => Ok(()),
        Some(essence) if is_json(essence) => Ok(()),
        _ => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-json",
            "the body must be JSON and say so",
        )
        .hint("send it with the header Content-Type: application/json")),
    }
}

/// What the body is said to be, without parameters.
pub(super) fn media(headers: &HeaderMap) -> Option<&str> {
    let said = headers.get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    said.map(|said| said.split(';').next().unwrap_or_default().trim())
}

/// The body as a `T`.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // Editors on some systems begin a file with a byte order mark.
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let body = if body.iter().all(u8::is_ascii_whitespace) { b"{}" } else { body };
    // A list would be read as the members in their order, which nobody means.
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        let detail = "the body is a list, and must be an object";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail));
    }
    must_be_flat(body)?;
    serde_json::from_slice(body).map_err(|error| not_understood(&error))
}

/// Refuses what stands too deep inside each other.
pub(super) fn must_be_flat(body: &[u8]) -> Result<(), Problem> {
    if depth(body) > DEPTH_MAX {
        let detail = format!("more than {DEPTH_MAX} objects and lists stand inside each other");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "bad-json", detail));
    }
    Ok(())
}

/// How many objects and lists stand inside each other at most, whatever else is wrong with the text.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// What is wrong with a body: 400 when it is no JSON, 422 when it says something that makes no sense here.
pub(super) fn not_understood(error: &serde_json::Error) -> Problem {
    use serde_json::error::Category;
    match error.classify() {
        Category::Data => {
            let said = error.to_string();
            let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", &said);
            match meant(&said) {
                Some(near) => problem.hint(format!("did you mean `{near}`?")),
                None => problem,
            }
        }
        _ => Problem::new(
            StatusCode::BAD_REQUEST,
            "bad-json",
            format!("the body is not JSON: {error}"),
        ),
    }
}

/// The known name that is nearest to an unknown one, from the sentence that serde says about it: the first name in
/// backticks is what stood there, the others are those there are.
pub(super) fn meant(said: &str) -> Option<&str> {
    let (_, unknown) = said.split_once("unknown ")?;
    let mut names = unknown.split('`').skip(1).step_by(2);
    let stands = names.next()?;
    nearest(stands, &names.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Eq, Default, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Given {
        cost: Option<i64>,
        kind: Option<String>,
    }

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_bytes(value.as_bytes()).unwrap())])
    }

    #[test]
    fn a_key_stands_with_or_without_quotes() {
        for text in ["order-7", "\"order-7\"", " order-7 "] {
            let key = key(&headers(IDEMPOTENCY_KEY, text)).unwrap();
            assert_eq!(key.as_deref(), Some("order-7"), "{text}");
        }
        assert_eq!(key(&HeaderMap::new()).unwrap(), None);
        for bad in ["", "\"\"", &"x".repeat(KEY_MAX + 1), "a\tb"] {
            let problem = key(&headers(IDEMPOTENCY_KEY, bad)).unwrap_err();
            assert_eq!(problem.status, StatusCode::BAD_REQUEST, "{bad:?}");
        }
    }

    #[test]
    fn two_keys_are_one_too_many() {
        let mut two = headers(IDEMPOTENCY_KEY, "a");
        two.append(IDEMPOTENCY_KEY, HeaderValue::from_static("b"));
        assert_eq!(key(&two).unwrap_err().status, StatusCode::BAD_REQUEST);
    }

    #[test]
    fn an_entity_tag_is_a_seq_in_quotes() {
        assert_eq!(if_match(&headers(IF_MATCH, "\"17\"")).unwrap(), Some(Seq(17)));
        assert_eq!(if_match(&headers(IF_MATCH, "*")).unwrap(), None);
        for bad in ["17", "W/\"17\"", "\"x\"", "\"\"", "\"+1\"", "\"1\", \"2\""] {
            assert!(if_match(&headers(IF_MATCH, bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn no_body_is_an_object_without_members() {
        for empty in ["", " \n", "{}", "\u{feff}{}"] {
            assert_eq!(parse::<Given>(empty.as_bytes()).unwrap(), Given::default(), "{empty:?}");
        }
    }

    #[test]
    fn what_is_no_json_is_told_with_its_place_and_what_makes_no_sense_with_its_name() {
        let problem = parse::<Given>(b"{\"cost\": 1,\n \"kind\" }").unwrap_err();
        assert_eq!(problem.status, StatusCode::BAD_REQUEST);
        assert!(problem.detail.contains("line 2 column 9"), "{}", problem.detail);

        let problem = parse::<Given>(b"{\"costs\": 1}").unwrap_err();
        assert_eq!(problem.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(problem.hint.as_deref(), Some("did you mean `cost`?"));

        let problem = parse::<Given>(b"{\"cost\": \"many\"}").unwrap_err();
        assert_eq!(problem.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    #[test]
    fn a_list_is_no_object() {
        for list in ["[]", " [1, \"x\"]"] {
            let problem = parse::<Given>(list.as_bytes()).unwrap_err();
            assert_eq!(problem.status, StatusCode::UNPROCESSABLE_ENTITY, "{list}");
        }
    }

    #[test]
    fn what_is_too_deep_is_refused_before_it_is_read() {
        let deep = |n| format!("{{\"kind\": {}{}}}", "[".repeat(n), "]".repeat(n));
        let problem = parse::<Given>(deep(DEPTH_MAX).as_bytes()).unwrap_err();
        assert_eq!(problem.status, StatusCode::BAD_REQUEST);
        let problem = parse::<Given>(deep(DEPTH_MAX - 1).as_bytes()).unwrap_err();
        assert_eq!(problem.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(depth(br#"{"a": "[[[[\"[[", "b": [[1]]}"#), 3);
    }

    #[test]
    fn only_what_says_that_it_is_json_is_read() {
        for ok in ["application/json", "Application/JSON; charset=utf-8", "application/a+json"] {
            assert!(must_be_json(&headers(CONTENT_TYPE, ok), b"{}").is_ok(), "{ok}");
        }
        for bad in ["text/plain", "application/x-www-form-urlencoded", ""] {
            let problem = must_be_json(&headers(CONTENT_TYPE, bad), b"{}").unwrap_err();
            assert_eq!(problem.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{bad}");
        }
        assert!(must_be_json(&HeaderMap::new(), b"").is_ok());
        assert!(must_be_json(&HeaderMap::new(), b"{}").is_err());
    }

    #[tokio::test]
    async fn a_body_that_is_too_long_is_not_read_to_its_end() {
        assert!(whole(Body::from(vec![b' '; BODY_MAX])).await.is_ok());
        let problem = whole(Body::from(vec![b' '; BODY_MAX + 1])).await.unwrap_err();
        assert_eq!(problem.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}
