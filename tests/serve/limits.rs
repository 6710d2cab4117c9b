//! What is too long, too many, too slow, or two things at once.

use crate::client::{Client, ask, request, serve};
use crate::sealed::Sealed;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// What is heard after this was said: one answer at most, then the end.
fn only(at: SocketAddr, said: &str) -> Option<u16> {
    let mut client = Client::to(at);
    client.says(said.as_bytes());
    let first = client.hears();
    let second = client.hears().map(|answer| answer.status);
    assert_eq!(second, None, "after {first:?} to {said:?}");
    first.map(|answer| answer.status)
}

/// A request that would be answered if it were taken for one.
const HIDDEN: &str = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";

#[test]
fn a_request_is_never_two() {
    let desk = Sealed::new();
    let (_host, at) = serve(&desk, &[]);
    let post = |headers: &[&str], body: &str| request("POST /v1/calls/C-1", headers) + body;
    // Both lengths: the chunks count, and nothing after them does.
    let both = ["Content-Length: 4", "Transfer-Encoding: chunked"];
    let said = only(at, &post(&both, &format!("0\r\n\r\n{HIDDEN}")));
    assert!(said.is_some_and(|status| (400..500).contains(&status)), "{said:?}");
    let cases: [(&[&str], &str); 10] = [
        (&["Content-Length: 4", "Content-Length: 5"], "abcde"),
        (&["Content-Length: 4, 5"], "abcde"),
        (&["Content-Length: +4"], "abcd"),
        (&["Content-Length: -1"], ""),
        (&["Content-Length: 99999999999999999999"], ""),
        (&["Transfer-Encoding: identity"], "0\r\n\r\n"),
        (&["Transfer-Encoding: chunked, gzip"], "0\r\n\r\n"),
        (&["Transfer-Encoding: xchunked"], "0\r\n\r\n"),
        (&["X-Folded: a\r\n b"], ""),
        (&["Content-Length : 4"], "abcd"),
    ];
    for (headers, body) in cases {
        let said = only(at, &post(headers, &format!("{body}{HIDDEN}")));
        assert_eq!(said, Some(400), "{headers:?}");
    }
    let old = format!(
        "POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}"
    );
    assert_eq!(only(at, &old), Some(400));
    for chunks in ["zz\r\n", "1\r\nabc\r\n0\r\n\r\n", "-1\r\n", "1;\r\n\r\n"] {
        let said = post(&["Transfer-Encoding: chunked"], &format!("{chunks}{HIDDEN}"));
        let said = only(at, &said);
        assert!(said.is_none_or(|status| status == 400), "{chunks:?} {said:?}");
    }
    for raw in [
        "GET /livez HTTP/1.1\r\nHost: local\0host\r\n\r\n",
        "GET /li vez HTTP/1.1\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\u{fc}\r\n\r\n",
        "GET /livez HTTP/9.9\r\n\r\n",
    ] {
        assert!(only(at, raw).is_none_or(|status| status == 400), "{raw:?}");
    }
    assert_eq!(ask(at, "GET /livez", &[]).status, 200);
}

#[test]
fn heads_and_bodies_have_their_limits() {
    let desk = Sealed::new();
    let (_host, at) = serve(&desk, &[]);
    let long = |n: usize| format!("X-Long: {}", "x".repeat(n));
    assert_eq!(ask(at, "GET /livez", &[&long(15_000)]).status, 200);
    assert_eq!(ask(at, "GET /livez", &[&long(17_000)]).status, 431);
    let many: Vec<String> = (0..110).map(|n| format!("X-{n}: y")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(ask(at, "GET /livez", &many[..90]).status, 200);
    assert_eq!(ask(at, "GET /livez", &many).status, 431);
    let path = format!("GET /{}", "x".repeat(20_000));
    assert!([414, 431].contains(&ask(at, &path, &[]).status));

    // One that is too long is refused before the rest of it has come.
    let said = ask(at, "POST /v1/calls/C-1", &["Content-Length: 1000000"]);
    assert_eq!(said.status, 413, "{said:?}");
    let mut client = Client::to(at);
    client.says(request("POST /v1/calls/C-1", &["Transfer-Encoding: chunked"]).as_bytes());
    client.says(format!("11000\r\n{}\r\n", "x".repeat(0x11000)).as_bytes());
    assert_eq!(client.hears().unwrap().status, 413);
}

#[test]
fn a_body_that_does_not_come_is_told_so_after_its_time() {
    let desk = Sealed::new();
    let (_host, at) = serve(&desk, &[]);
    let begun = Instant::now();
    let mut client = Client::to(at);
    client.says(request("POST /v1/calls/C-1", &["Content-Length: 10"]).as_bytes());
    client.says(b"abc");
    assert_eq!(client.hears().unwrap().status, 408);
    assert!(begun.elapsed() >= Duration::from_secs(9));
}
