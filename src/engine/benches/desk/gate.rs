//! A gate on loopback that says yes to everybody, as docs/participants.md has it.
//!
//! Invariant: answers every request in full and keeps the connection; remembers nothing, which only a bench may do.

use crate::Outcome;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const YES: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n{\"result\":\"ok\"}";

/// Starts it; gives its URL.
pub async fn serve() -> Outcome<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/manage", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream));
        }
    });
    Ok(url)
}

/// Answers until the client leaves.
async fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut bytes = Vec::with_capacity(4_096);
    loop {
        let Some(end) = end_of_request(&bytes) else {
            if stream.read_buf(&mut bytes).await? == 0 {
                return Ok(());
            }
            continue;
        };
        bytes.drain(..end);
        stream.write_all(YES).await?;
    }
}

/// Where the first request ends; none: more is to come.
fn end_of_request(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..head]).ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    })?;
    (bytes.len() >= head + length).then_some(head + length)
}
