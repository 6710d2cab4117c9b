//! One connection to a host: HTTP/1.1 over its socket or the network, one question at a time.
//!
//! Invariant: a line on which anything went wrong is not used again.

use super::remote::Remote;
use super::wire::{ASK, HELLO};
use super::{DeskError, socket};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{AUTHORIZATION, HOST, RETRY_AFTER};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};

/// The longest hello, and the longest reason why there is no answer.
const HELLO_MAX: usize = 64 << 10;

/// The longest text of somebody else's that is shown.
const DETAIL_MAX: usize = 300;

/// Where a host listens.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// On its own socket.
    Socket(PathBuf),
    /// On the network.
    Net(Remote),
}

impl Place {
    /// As errors name it.
    pub(super) fn named(&self) -> PathBuf {
        match self {
            Self::Socket(path) => path.clone(),
            Self::Net(remote) => remote.url().into(),
        }
    }
}

/// A connection to a host.
pub(super) struct Line {
    sender: SendRequest<Full<Bytes>>,
    /// Whom it calls, when that is somebody on the network.
    remote: Option<Remote>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failed {
    /// The host did not get the question, or says that it did nothing.
    NotDone,
    /// It got the question, and nobody knows what became of it.
    Unknown,
    /// The host does not know what it was asked.
    NotUnderstood,
    /// The host has too much to do and did nothing; after so long it may be asked again.
    Overloaded(Duration),
    /// The host does nothing for whoever asks like this.
    TurnedAway(DeskError),
}

/// Why a host on the network did not answer, as all its routes say it (RFC 9457).
#[derive(Default, Deserialize)]
struct Reason {
    detail: String,
    hint: Option<String>,
}

impl Line {
    /// Connects; none: nobody listens.
    ///
    /// # Errors
    /// Whoever listens is another user's process, or the socket cannot be used.
    pub(super) async fn to(place: &Place) -> Result<Option<Self>, DeskError> {
        match place {
            Place::Socket(path) => match socket::connect(path).await? {
                Some(stream) => Ok(Self::over(stream, None).await),
                None => Ok(None),
            },
            Place::Net(remote) => match remote.connect().await {
                Ok(stream) => Ok(Self::over(stream, Some(remote.clone())).await),
                Err(error) => {
                    tracing::debug!(%error, url = remote.url(), "nobody was reached");
                    Ok(None)
                }
            },
        }
    }

    async fn over<S>(stream: S, remote: Option<Remote>) -> Option<Self>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        // It ends with the line; what went wrong on it is said by the question that it was asked.
        tokio::spawn(async { drop(connection.await) });
        Some(Self { sender, remote })
    }

    /// What the host says of itself; none: the line broke, or there is nobody behind who answers it.
    ///
    /// # Errors
    /// The host lets nobody in like this.
    pub(super) async fn hello(&mut self) -> Result<Option<Bytes>, DeskError> {
        let Some(request) = self.request(Method::GET, HELLO, Bytes::new()) else { return Ok(None) };
        let Ok(answer) = self.sender.send_request(request).await else { return Ok(None) };
        if answer.status().is_server_error() {
            return Ok(None);
        }
        match self.turned_away(answer).await {
            Ok(answer) => {
                let body = Limited::new(answer.into_body(), HELLO_MAX).collect().await;
                Ok(body.ok().map(http_body_util::Collected::to_bytes))
            }
            Err(error) => Err(error),
        }
    }

    /// Asks a question.
    pub(super) async fn ask(&mut self, name: &str, body: Bytes) -> Result<Bytes, Failed> {
        let request = self.request(Method::POST, &format!("{ASK}{name}"), body);
        let request = request.ok_or(Failed::NotUnderstood)?;
        // A line that the host closed meanwhile takes nothing.
        self.sender.ready().await.map_err(|_| Failed::NotDone)?;
        let answer = self.sender.try_send_request(request).await.map_err(|mut error| {
            // What comes back unsent was not read by anybody.
            if error.take_message().is_some() { Failed::NotDone } else { Failed::Unknown }
        })?;
        let answer = match answer.status() {
            StatusCode::OK => answer,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                return Err(match retry_after(answer.headers()) {
                    Some(after) => Failed::Overloaded(after),
                    None => Failed::NotDone,
                });
            }
            // It did not come whole.
            StatusCode::REQUEST_TIMEOUT => return Err(Failed::NotDone),
            // Somebody stands before the host and does not know what became of it.
            status if status.is_server_error() && self.remote.is_some() => {
                return Err(Failed::Unknown);
            }
            _ => {
                let answer = self.turned_away(answer).await;
                return Err(answer.err().map_or(Failed::NotUnderstood, Failed::TurnedAway));
            }
        };
        let body = answer.into_body().collect().await.map_err(|_| Failed::Unknown)?;
        Ok(body.to_bytes())
    }

    /// The answer back, unless it says that whoever asks like this gets none.
    async fn turned_away(
        &self,
        answer: Response<Incoming>,
    ) -> Result<Response<Incoming>, DeskError> {
        let refusals = [
            StatusCode::UNAUTHORIZED,
            StatusCode::FORBIDDEN,
            StatusCode::MISDIRECTED_REQUEST,
            StatusCode::PAYLOAD_TOO_LARGE,
        ];
        let status = answer.status();
        let Some(remote) = self.remote.as_ref().filter(|_| refusals.contains(&status)) else {
            return Ok(answer);
        };
        let body = Limited::new(answer.into_body(), HELLO_MAX).collect().await;
        let reason = body.ok().and_then(|body| serde_json::from_slice(&body.to_bytes()).ok());
        let Reason { detail, hint } = reason.unwrap_or_else(|| Reason {
            detail: status.canonical_reason().unwrap_or("refused").to_owned(),
            hint: None,
        });
        let short = |text: String| text.chars().take(DETAIL_MAX).collect::<String>();
        Err(DeskError::TurnedAway {
            url: remote.url(),
            wants_token: status == StatusCode::UNAUTHORIZED,
            detail: short(detail),
            hint: hint.map(short),
        })
    }

    fn request(&self, method: Method, path: &str, body: Bytes) -> Option<Request<Full<Bytes>>> {
        let host = self.remote.as_ref().map_or("ascall", Remote::authority);
        let mut request = Request::builder().method(method).uri(path).header(HOST, host);
        if let Some(bearer) = self.remote.as_ref().and_then(Remote::bearer) {
            request = request.header(AUTHORIZATION, bearer);
        }
        request.body(Full::new(body)).ok()
    }

    /// Whether it can be used again.
    pub(super) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }
}

/// How long to stay away, when it is said in seconds.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let said = headers.get(RETRY_AFTER)?.to_str().ok()?;
    said.trim().parse().ok().map(Duration::from_secs)
}
