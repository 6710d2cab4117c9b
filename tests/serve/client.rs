//! A client that says exactly what it is told to say, and a server to say it to.

use crate::running::{PATIENCE, Running};
use crate::sealed::Sealed;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    /// The value of a header, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |line: &&str| line.to_ascii_lowercase().starts_with(&format!("{name}:"));
        let line = self.head.lines().find(named)?;
        Some(line.split_once(':')?.1.trim())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}\n{self:?}"))
    }
}

/// A connection.
pub struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    pub fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self { stream: BufReader::new(stream) }
    }

    pub fn says(&mut self, text: &[u8]) {
        self.stream.get_mut().write_all(text).unwrap();
    }

    /// The next answer; none: the connection was closed instead.
    pub fn hears(&mut self) -> Option<Answer> {
        let mut head = String::new();
        loop {
            // A connection that is reset was closed as well.
            let read = self.stream.read_line(&mut head).unwrap_or_else(|error| {
                assert_ne!(error.kind(), std::io::ErrorKind::WouldBlock, "it hangs");
                0
            });
            if read == 0 {
                return None;
            }
            if head.ends_with("\r\n\r\n") {
                break;
            }
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Answer { status, head, body: String::new() };
        let length = answer.header("content-length").map_or(0, |n| n.parse().unwrap());
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        answer.body = String::from_utf8(body).unwrap();
        Some(answer)
    }
}

/// A request by hand: the first line without the version, and headers; `Host` is added unless it is among them.
pub fn request(line: &str, headers: &[&str]) -> String {
    let host = !headers.iter().any(|h| h.to_ascii_lowercase().starts_with("host"));
    let host = if host { "Host: localhost\r\n" } else { "" };
    let headers = headers.iter().flat_map(|header| [header, "\r\n"]).collect::<String>();
    format!("{line} HTTP/1.1\r\n{host}{headers}\r\n")
}

/// Asks one thing on a connection of its own.
pub fn ask(address: SocketAddr, line: &str, headers: &[&str]) -> Answer {
    let mut client = Client::to(address);
    client.says(request(line, headers).as_bytes());
    client.hears().unwrap_or_else(|| panic!("no answer to {line} {headers:?}"))
}

/// Sends JSON on a connection of its own.
pub fn post(address: SocketAddr, path: &str, headers: &[&str], json: &str) -> Answer {
    let mut client = Client::to(address);
    let length = format!("Content-Length: {}", json.len());
    let own = ["Content-Type: application/json", &length];
    client.says((request(&format!("POST {path}"), &[&own, headers].concat()) + json).as_bytes());
    client.hears().unwrap_or_else(|| panic!("no answer to {path} {json}"))
}

/// `ascall serve` with these flags too, and where it listens.
pub fn serve(desk: &Sealed, more: &[&str]) -> (Running, SocketAddr) {
    let mut args = vec!["serve"];
    if !more.contains(&"--listen") {
        args.extend(["--listen", "127.0.0.1:0"]);
    }
    args.extend(more);
    begin(desk.command(&args))
}

/// A command that serves, and where it listens.
pub fn begin(command: std::process::Command) -> (Running, SocketAddr) {
    let mut host = Running::begin(command);
    let address = loop {
        let line = host.says_aside();
        if let Some((_, rest)) = line.split_once("http://") {
            let end = rest.find([',', ';']).unwrap();
            break rest[..end].parse().unwrap();
        }
    };
    (host, address)
}

/// Looks again until `there` says something; for what happens by itself a little later.
pub fn until<T>(mut there: impl FnMut() -> Option<T>) -> T {
    let begun = std::time::Instant::now();
    loop {
        if let Some(found) = there() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "it does not happen");
        std::thread::yield_now();
    }
}
