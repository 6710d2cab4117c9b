//! A server on loopback that answers as it is told, and remembers what it was asked.
//!
//! Invariant: one connection a request; whatever hangs, hangs until the client leaves.

use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// What is done with a request.
pub enum Reply {
    /// A status, further headers, a body.
    Say(u16, &'static str, String),
    /// Nothing at all, and the connection stays open.
    Hang,
    /// The connection is closed without a word, after the request was taken.
    Drop,
}

impl Reply {
    pub fn json(body: &Value) -> Self {
        Self::Say(200, "", body.to_string())
    }
}

/// A server.
pub struct Fake {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Fake {
    /// Serves until the test ends; `answer` is given each request and how many came before it.
    pub async fn new(answer: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (all, answer) = (Arc::clone(&asked), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&all), Arc::clone(&answer)));
            }
        });
        Self { url, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The requests of one method, in order.
    pub fn by(&self, method: &str) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.method == method).collect()
    }
}

async fn serve(
    mut stream: TcpStream,
    all: Arc<Mutex<Vec<Asked>>>,
    answer: Arc<impl Fn(&Asked, usize) -> Reply>,
) {
    let Some(asked) = read(&mut stream).await else { return };
    let before = {
        let mut all = all.lock().unwrap();
        all.push(asked.clone());
        all.len() - 1
    };
    match answer(&asked, before) {
        Reply::Say(status, headers, body) => {
            let length = body.len();
            let text = format!(
                "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
            );
            let _ = stream.write_all(text.as_bytes()).await;
        }
        Reply::Hang => {
            let _ = stream.read(&mut [0; 1]).await;
        }
        Reply::Drop => {}
    }
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lines = head.lines();
            let mut first = lines.next()?.split(' ').map(str::to_owned);
            let (method, path) = (first.next()?, first.next()?);
            let headers: BTreeMap<String, String> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect();
            let length = headers.get("content-length").map_or(Ok(0), |n| n.parse()).ok()?;
            if body.len() >= length {
                return Some(Asked { method, path, headers, body: body.to_owned() });
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
