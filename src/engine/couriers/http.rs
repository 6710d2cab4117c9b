//! One exchange over HTTP: what couriers ask, and what they are answered.
//!
//! Invariant: ends by its deadline; an answer longer than [`ANSWER_MAX`] is none. Redirects are not followed and nothing
//! is sent twice, as the client of the participants has it.

use crate::domain::event::Said;
use crate::domain::ids::{Millis, Time};
use crate::participants::http::{Client, Url, client};
use chrono::DateTime;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Response};
use std::sync::OnceLock;
use std::time::Duration;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// The longest answer that is read, in bytes.
const ANSWER_MAX: usize = 64 * 1024;

/// What is asked. Not to be printed: its headers hold secrets, its body names people.
pub(super) struct Ask {
    pub method: Method,
    pub url: Url,
    /// Never shown, whatever they hold.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: Option<String>,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub status: u16,
    /// It asks to be left alone for this long.
    pub wait: Option<Millis>,
    /// The body, when it is JSON.
    pub body: Option<serde_json::Value>,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The text or number at a path of the body.
    pub(super) fn word(&self, path: &str) -> Option<String> {
        match self.body.as_ref()?.pointer(path)? {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// The URL of a resource below `base`.
pub(super) fn below(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}

/// A client, made when it is first needed: a command that sends nothing need not read the machine's certificates.
#[derive(Debug)]
pub(super) struct Caller {
    url: Url,
    deadline: Duration,
    client: OnceLock<Option<Client>>,
}

impl Caller {
    /// One who asks where `url` is, or below it; each answer has this long.
    pub(super) fn new(url: Url, deadline: Duration) -> Self {
        Self { url, deadline, client: OnceLock::new() }
    }

    /// Asks, at `at` by the desk's clock.
    pub(super) async fn exchange(&self, ask: Ask, at: Time) -> Result<Answer, Said> {
        let made = self.client.get_or_init(|| client(&self.url, CONNECT).ok());
        let client = made.as_ref().ok_or(Said::NotStarted)?;
        exchange(client, ask, at, self.deadline).await
    }
}

async fn exchange(client: &Client, ask: Ask, at: Time, deadline: Duration) -> Result<Answer, Said> {
    let mut headers = HeaderMap::new();
    for (name, text) in ask.headers {
        let mut value = HeaderValue::from_str(&text).map_err(|_| Said::NotConfigured)?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
    }
    let mut request = client.request(ask.method, ask.url).headers(headers);
    if let Some(body) = ask.body {
        request = request.header(CONTENT_TYPE, "application/json;charset=UTF-8").body(body);
    }
    let talk = async {
        let response = request
            .send()
            .await
            .map_err(|error| if error.is_connect() { Said::Unreached } else { Said::Broken })?;
        read(response, at).await
    };
    tokio::time::timeout(deadline, talk).await.unwrap_or(Err(Said::Timeout))
}

async fn read(mut response: Response, at: Time) -> Result<Answer, Said> {
    let status = response.status().as_u16();
    let wait = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let wait = wait.and_then(|text| wait_of(text, at));
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Said::Broken)? {
        if body.len() + chunk.len() > ANSWER_MAX {
            return Err(Said::Unreadable);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, wait, body: serde_json::from_slice(&body).ok() })
}

/// `Retry-After` in either form, RFC 9110 section 10.2.3.
fn wait_of(text: &str, at: Time) -> Option<Millis> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Millis(seconds.saturating_mul(1_000)));
    }
    let until = DateTime::parse_from_rfc2822(text).ok()?;
    Some(Time(until.timestamp_millis()).since(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_a_number_of_seconds_or_a_date() {
        let at = Time(1_445_412_420_000);
        assert_eq!(wait_of("120", at), Some(Millis(120_000)));
        assert_eq!(wait_of(" Wed, 21 Oct 2015 07:28:00 GMT", at), Some(Millis(60_000)));
        assert_eq!(wait_of("Wed, 21 Oct 2015 07:00:00 GMT", at), Some(Millis(0)), "over");
        assert_eq!(wait_of("soon", at), None);
    }

    #[test]
    fn a_path_is_put_below_a_base_with_its_characters_escaped() {
        for base in ["http://127.0.0.1:9", "http://127.0.0.1:9/"] {
            let base = Url::parse(base).unwrap();
            assert_eq!(below(&base, &["a", "b/../c"]).as_str(), "http://127.0.0.1:9/a/b%2F..%2Fc");
        }
        let proxied = Url::parse("http://127.0.0.1:9/nhn").unwrap();
        assert_eq!(below(&proxied, &["sms"]).as_str(), "http://127.0.0.1:9/nhn/sms");
    }
}
