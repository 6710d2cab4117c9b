//! A participant behind a URL: every request is one POST.
//!
//! | what happened | outcome |
//! | --- | --- |
//! | 2xx, a valid body | what the body says |
//! | 409, 422 with a reason | denied |
//! | connection refused, name not resolved, no route, TLS not agreed, no connection in time | unavailable |
//! | 503 that says not done, 425, 429 | unavailable |
//! | deadline, reset, any other 5xx, 408, a bad or cut body | indeterminate |
//! | 3xx, 401, 403, 404 and every other 4xx | misconfigured |
//!
//! Invariant: once a byte of the request may have left, only the participant's own word makes the
//! outcome anything but indeterminate. Redirects are not followed, proxies not used, nothing is
//! sent twice by the transport. Must not know what a request is for.

use super::protocol::{self, AnswerFault, NOT_DONE_HEADER, Reply};
use super::{ANSWER_BYTES_DEFAULT, Cause, Outcome, Request};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
pub(crate) use reqwest::{Client, Url};
use reqwest::{Response, StatusCode};
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// Where a participant is and how it is reached.
#[derive(Clone)]
pub struct HttpSettings {
    /// `http://` or `https://`, without a user name or password in it.
    pub url: String,
    /// Sent as `Authorization: Bearer …`. Never printed.
    pub token: Option<String>,
    /// Time for name, connection and TLS; nothing is sent before. Below the deadline it tells
    /// "surely not done" from "maybe done".
    pub connect_timeout: Duration,
    /// The longest answer that is read, in bytes.
    pub answer_bytes_max: usize,
}

impl HttpSettings {
    /// The defaults for a URL.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            token: None,
            connect_timeout: Duration::from_millis(300),
            answer_bytes_max: ANSWER_BYTES_DEFAULT,
        }
    }
}

impl fmt::Debug for HttpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSettings")
            .field("url", &self.url)
            .field("token", &self.token.as_ref().map(|_| "…"))
            .field("connect_timeout", &self.connect_timeout)
            .field("answer_bytes_max", &self.answer_bytes_max)
            .finish()
    }
}

/// Why settings make no participant.
#[derive(Debug, thiserror::Error)]
pub enum BadHttp {
    /// Not a URL.
    #[error("`{url}` is not a URL")]
    NotUrl {
        /// What was given.
        url: String,
    },
    /// Another scheme than http and https.
    #[error("a participant is reached over http or https, not `{scheme}`")]
    Scheme {
        /// The scheme given.
        scheme: String,
    },
    /// A user name or password in the URL: it would be shown wherever the URL is.
    #[error("the URL must not carry a user name or password; use the token")]
    Credentials,
    /// The token holds characters that no header may.
    #[error("the token holds characters that a header cannot carry")]
    Token,
    /// The client could not be made, for example because the machine has no root certificates.
    #[error("no HTTP client could be made")]
    Client(#[source] reqwest::Error),
}

/// A participant behind a URL. Connections are kept and used again.
#[derive(Debug)]
pub struct HttpParticipant {
    client: Client,
    url: Url,
    authorization: Option<HeaderValue>,
    answer_bytes_max: usize,
}

impl HttpParticipant {
    /// Checks the settings and makes the client. Sends nothing.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn new(settings: HttpSettings) -> Result<Self, BadHttp> {
        let url = checked_url(&settings.url)?;
        let authorization = settings
            .token
            .map(|token| {
                let mut value = HeaderValue::from_str(&format!("Bearer {token}"))?;
                value.set_sensitive(true);
                Ok(value)
            })
            .transpose()
            .map_err(|_: reqwest::header::InvalidHeaderValue| BadHttp::Token)?;
        let client = client(&url, settings.connect_timeout)?;
        Ok(Self { client, url, authorization, answer_bytes_max: settings.answer_bytes_max })
    }

    /// Asks. Ends by the request's deadline.
    pub async fn ask(&self, request: &Request) -> Outcome {
        tokio::time::timeout(request.deadline, self.exchange(request))
            .await
            .unwrap_or(Outcome::Indeterminate { cause: Cause::Deadline })
    }

    async fn exchange(&self, request: &Request) -> Outcome {
        let mut post = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", format!("{}:{}", request.key, request.op))
            .body(protocol::encode(request));
        if let Some(authorization) = &self.authorization {
            post = post.header(AUTHORIZATION, authorization.clone());
        }
        if let Some(traceparent) = &request.traceparent
            && let Ok(value) = HeaderValue::from_str(traceparent)
        {
            post = post.header("traceparent", value);
        }
        match post.send().await {
            Ok(response) => self.judge(response, request).await,
            Err(error) => unsent_or_broken(&error),
        }
    }

    async fn judge(&self, mut response: Response, request: &Request) -> Outcome {
        let status = response.status();
        let misconfigured = Outcome::Misconfigured { cause: Cause::Status(status.as_u16()) };
        let unsettled = Outcome::Indeterminate { cause: Cause::Status(status.as_u16()) };
        match status {
            StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
                return Outcome::Unavailable { cause: Cause::Throttled };
            }
            StatusCode::SERVICE_UNAVAILABLE if says_not_done(&response) => {
                return Outcome::Unavailable { cause: Cause::SaidNotDone };
            }
            StatusCode::REQUEST_TIMEOUT => return unsettled,
            StatusCode::CONFLICT
            | StatusCode::UNPROCESSABLE_ENTITY
            | StatusCode::SERVICE_UNAVAILABLE => {}
            s if s.is_success() => {}
            s if s.is_redirection() || s.is_client_error() => return misconfigured,
            _ => return unsettled,
        }
        let body = match self.body(&mut response).await {
            Ok(body) => body,
            Err(cause) => return Outcome::Indeterminate { cause },
        };
        let reply = match status {
            StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY => {
                protocol::decode_denial(&body, request)
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                return match protocol::decode(&body, request) {
                    Ok(Reply::NotDone) => Outcome::Unavailable { cause: Cause::SaidNotDone },
                    _ => unsettled,
                };
            }
            _ => protocol::decode(&body, request),
        };
        reply.into()
    }

    async fn body(&self, response: &mut Response) -> Result<Vec<u8>, Cause> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| Cause::Broken)? {
            if body.len() + chunk.len() > self.answer_bytes_max {
                return Err(Cause::BadAnswer(AnswerFault::TooLong));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

impl From<Result<Reply, AnswerFault>> for Outcome {
    fn from(reply: Result<Reply, AnswerFault>) -> Self {
        match reply {
            Ok(Reply::Ok { detail }) => Self::Ok { detail },
            Ok(Reply::Denied { reason }) => Self::Denied { reason },
            Ok(Reply::Unknown) => Self::Unavailable { cause: Cause::NotKnown },
            Ok(Reply::NotDone) => Self::Unavailable { cause: Cause::SaidNotDone },
            Err(fault) => Self::Indeterminate { cause: Cause::BadAnswer(fault) },
        }
    }
}

/// An address that can be asked, without a secret in it.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn checked_url(text: &str) -> Result<Url, BadHttp> {
    let url = Url::parse(text).map_err(|_| BadHttp::NotUrl { url: text.to_owned() })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(BadHttp::Scheme { scheme: url.scheme().to_owned() });
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BadHttp::Credentials);
    }
    Ok(url)
}

/// The one way this program speaks HTTP to others.
///
/// # Errors
/// The machine cannot.
pub(crate) fn client(url: &Url, connect_timeout: Duration) -> Result<Client, BadHttp> {
    let mut builder = Client::builder()
        .user_agent(concat!("ascall/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .http1_only()
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(Duration::from_secs(15));
    // The client wants a TLS provider even where it never speaks TLS. An error means that the
    // process has one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    if url.scheme() == "http" {
        // No roots: a machine without certificates can still speak plain HTTP on its own network.
        builder = builder.tls_certs_only([]);
    }
    builder.build().map_err(BadHttp::Client)
}

/// An error before there was a response: only one of the connection itself means nothing was sent.
fn unsent_or_broken(error: &reqwest::Error) -> Outcome {
    if !error.is_connect() {
        return Outcome::Indeterminate { cause: Cause::Broken };
    }
    let mut refused = false;
    let mut source = error.source();
    while let Some(e) = source {
        let kind = e.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        refused |= kind == Some(std::io::ErrorKind::ConnectionRefused);
        source = e.source();
    }
    let cause = match (refused, error.is_timeout()) {
        (true, _) => Cause::ConnectionRefused,
        (false, true) => Cause::ConnectTimeout,
        (false, false) => Cause::NotReached,
    };
    Outcome::Unavailable { cause }
}

fn says_not_done(response: &Response) -> bool {
    response.headers().get(NOT_DONE_HEADER).is_some_and(|v| v.as_bytes() == b"false")
}
