//! One connection to a host: HTTP/1.1 over its socket, one question at a time.
//!
//! Invariant: a line on which anything went wrong is not used again.

use super::wire::{ASK, HELLO};
use super::{DeskError, socket};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::path::Path;

/// The longest hello.
const HELLO_MAX: usize = 64 << 10;

/// A connection to a host.
pub(super) struct Line {
    sender: SendRequest<Full<Bytes>>,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failed {
    /// The host did not get the question, or says that it did nothing.
    NotDone,
    /// It got the question, and nobody knows what became of it.
    Unknown,
    /// The host does not know what it was asked.
    NotUnderstood,
}

impl Line {
    /// Connects; none: nobody listens.
    ///
    /// # Errors
    /// Whoever listens is another user's process, or the socket cannot be used.
    pub(super) async fn to(place: &Path) -> Result<Option<Self>, DeskError> {
        let Some(stream) = socket::connect(place).await? else { return Ok(None) };
        let Ok((sender, connection)) = http1::handshake(TokioIo::new(stream)).await else {
            return Ok(None);
        };
        // It ends with the line; what went wrong on it is said by the question that it was asked.
        tokio::spawn(async { drop(connection.await) });
        Ok(Some(Self { sender }))
    }

    /// What the host says of itself; none: the line broke.
    pub(super) async fn hello(&mut self) -> Option<Bytes> {
        let request = request(Method::GET, HELLO, Bytes::new())?;
        let answer = self.sender.send_request(request).await.ok()?;
        let body = Limited::new(answer.into_body(), HELLO_MAX).collect().await.ok()?;
        Some(body.to_bytes())
    }

    /// Asks a question.
    pub(super) async fn ask(&mut self, name: &str, body: Bytes) -> Result<Bytes, Failed> {
        let request = request(Method::POST, &format!("{ASK}{name}"), body);
        let request = request.ok_or(Failed::NotUnderstood)?;
        // A line that the host closed meanwhile takes nothing.
        self.sender.ready().await.map_err(|_| Failed::NotDone)?;
        let answer = self.sender.try_send_request(request).await.map_err(|mut error| {
            // What comes back unsent was not read by anybody.
            if error.take_message().is_some() { Failed::NotDone } else { Failed::Unknown }
        })?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::SERVICE_UNAVAILABLE => return Err(Failed::NotDone),
            _ => return Err(Failed::NotUnderstood),
        }
        let body = answer.into_body().collect().await.map_err(|_| Failed::Unknown)?;
        Ok(body.to_bytes())
    }

    /// Whether it can be used again.
    pub(super) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }
}

fn request(method: Method, path: &str, body: Bytes) -> Option<Request<Full<Bytes>>> {
    Request::builder().method(method).uri(path).header("host", "ascall").body(Full::new(body)).ok()
}
