//! Crowds of peers that stall, and the others that must not notice.

use crate::client::serve;
use crate::running::PATIENCE;
use crate::sealed::Sealed;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// As many files as this process may have.
fn files() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    setrlimit(Resource::Nofile, raised).unwrap();
    usize::try_from(limit.maximum.unwrap_or(20_000)).unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

const ASK: &[u8] = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Asks `times` on one connection; the longest that an answer took.
async fn others(at: SocketAddr, times: usize) -> Duration {
    let mut stream = TcpStream::connect(at).await.unwrap();
    let mut longest = Duration::ZERO;
    let mut answer = [0; 1_024];
    for _ in 0..times {
        let begun = Instant::now();
        stream.write_all(ASK).await.unwrap();
        let read = stream.read(&mut answer).await.unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 200"), "{read}");
        longest = longest.max(begun.elapsed());
    }
    longest
}

/// Waits for the end of a connection, at most a minute.
async fn ends(mut stream: TcpStream) {
    let mut rest = [0; 4_096];
    let ended = async { while matches!(stream.read(&mut rest).await, Ok(read) if read > 0) {} };
    tokio::time::timeout(PATIENCE, ended).await.expect("it is not cut off");
}

#[test]
fn five_hundred_stalled_heads_are_cut_and_others_do_not_notice() {
    files();
    let desk = Sealed::new();
    let (_host, at) = serve(&desk, &[]);
    runtime().block_on(async {
        let begun = Instant::now();
        let mut stalled = Vec::new();
        for n in 0..500 {
            let mut stream = TcpStream::connect(at).await.unwrap();
            let said: &[u8] = if n % 2 == 0 { b"GET /livez HTTP/1.1\r\nHost: l" } else { b"G" };
            stream.write_all(said).await.unwrap();
            stalled.push(stream);
        }
        assert!(others(at, 500).await < Duration::from_secs(2));
        for stream in stalled {
            ends(stream).await;
        }
        assert!(begun.elapsed() >= Duration::from_secs(9), "each has its time");
    });
}

#[test]
fn five_hundred_readers_that_never_read_are_cut_and_others_do_not_notice() {
    files();
    let desk = Sealed::new();
    let (_host, at) = serve(&desk, &[]);
    runtime().block_on(async {
        let mut deaf = Vec::new();
        for _ in 0..500 {
            let socket = TcpSocket::new_v4().unwrap();
            // Little room, so that it is full soon.
            socket.set_recv_buffer_size(2_048).unwrap();
            let mut stream = socket.connect(at).await.unwrap();
            let many = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(60);
            stream.write_all(&many).await.unwrap();
            deaf.push(stream);
        }
        assert!(others(at, 200).await < Duration::from_secs(5));
        let connections = || async {
            let mut stream = TcpStream::connect(at).await.unwrap();
            stream
                .write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .await
                .unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).await.unwrap();
            let line = text.lines().find(|line| line.starts_with("ascall_http_connections "));
            line.unwrap().rsplit_once(' ').unwrap().1.parse::<usize>().unwrap()
        };
        // Nobody has read anything: they are gone because they were cut off.
        let begun = Instant::now();
        while connections().await > 10 {
            assert!(begun.elapsed() < Duration::from_secs(90), "they are not cut off");
            tokio::task::yield_now().await;
        }
        drop(deaf);
    });
}

#[test]
fn ten_thousand_idle_connections_leave_room_for_others() {
    let idle = (files() - 500).min(10_000);
    let desk = Sealed::new();
    let (host, at) = serve(&desk, &[]);
    runtime().block_on(async {
        let mut open = Vec::with_capacity(idle);
        for _ in 0..idle {
            open.push(TcpStream::connect(at).await.unwrap());
        }
        assert!(others(at, 500).await < Duration::from_secs(2));
        let status = std::fs::read_to_string(format!("/proc/{}/status", host.pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        let kib: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        assert!(kib < 600 << 10, "{kib} KiB for {idle} connections");
        drop(open);
    });
}
