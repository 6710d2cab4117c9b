//! Every row of the HTTP table, against a server on loopback that really resets, hangs, cuts short
//! and talks nonsense.

use super::http::{BadHttp, HttpParticipant, HttpSettings};
use super::*;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;

/// What the server does with a connection once it has read a whole request.
pub(crate) enum Act {
    /// Writes and closes.
    Say(Vec<u8>),
    /// Writes and keeps the connection open until the client leaves.
    SayAndHold(Vec<u8>),
    /// Resets the connection without a word.
    Reset,
}

/// An answer as bytes.
pub(crate) fn reply(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}\r\n{body}").into_bytes()
}

/// Serves one connection an act; gives its URL and the requests it read.
pub(crate) async fn server(acts: Vec<Act>) -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks/manage", listener.local_addr().unwrap());
    let (read, requests) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        for act in acts {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = read.send(read_request(&mut stream).await);
            match act {
                Act::Say(bytes) => stream.write_all(&bytes).await.unwrap(),
                Act::SayAndHold(bytes) => {
                    stream.write_all(&bytes).await.unwrap();
                    let _ = stream.read(&mut [0; 64]).await;
                }
                Act::Reset => stream.set_zero_linger().unwrap(),
            }
        }
    });
    (url, requests)
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = vec![];
    loop {
        let n = stream.read_buf(&mut bytes).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let wanted = text.split_once("\r\n\r\n").and_then(|(head, body)| {
            let length = head.lines().find_map(|l| l.strip_prefix("content-length: "))?;
            Some(body.len() >= length.parse::<usize>().unwrap())
        });
        if wanted == Some(true) || n == 0 {
            return text;
        }
    }
}

fn request(op: Op) -> Request {
    Request {
        key: "C-1/manage/1".into(),
        op,
        deadline: Duration::from_secs(20),
        payload: json!({"cost": 25_500}),
        traceparent: None,
    }
}

fn participant(settings: HttpSettings) -> Outside {
    Outside::Http(HttpParticipant::new(settings).unwrap())
}

async fn outcome_of(act: Act, request: Request) -> Outcome {
    let (url, _requests) = server(vec![act]).await;
    participant(HttpSettings::new(url)).ask(request).await
}

/// The outcome of a `do` that was answered with this status and body.
async fn answered(status: &str, body: &str) -> Outcome {
    outcome_of(Act::Say(reply(status, "", body)), request(Op::Do)).await
}

fn unavailable(cause: Cause) -> Outcome {
    Outcome::Unavailable { cause }
}

fn indeterminate(cause: Cause) -> Outcome {
    Outcome::Indeterminate { cause }
}

fn denied(reason: &str) -> Outcome {
    Outcome::Denied { reason: reason.into() }
}

fn soon() -> Duration {
    Duration::from_millis(80)
}

#[tokio::test]
async fn a_2xx_with_a_valid_body_says_what_the_body_says() {
    let ok = Outcome::Ok { detail: Some(json!({"id": 7})) };
    assert_eq!(answered("200 OK", r#"{"result":"ok","detail":{"id":7}}"#).await, ok);
    assert_eq!(answered("201 Created", r#"{"result":"ok"}"#).await, Outcome::Ok { detail: None });
    assert_eq!(answered("200 OK", r#"{"result":"denied","reason":"full"}"#).await, denied("full"));
    assert_eq!(answered("200 OK", r#"{"done":false}"#).await, unavailable(Cause::SaidNotDone));
    let unknown = Act::Say(reply("200 OK", "", r#"{"result":"unknown"}"#));
    assert_eq!(outcome_of(unknown, request(Op::Query)).await, unavailable(Cause::NotKnown));
}

#[tokio::test]
async fn a_2xx_with_a_bad_body_settles_nothing() {
    use AnswerFault::{NotAnAnswer, NotJson, OtherKey, UnknownToOrder};
    let cases = [
        ("204 No Content", "", NotJson),
        ("200 OK", "", NotJson),
        ("200 OK", "<html>welcome to our new portal</html>", NotJson),
        ("200 OK", "{}", NotAnAnswer),
        ("200 OK", r#"{"result":"ok","key":"C-2/manage/1"}"#, OtherKey),
        ("200 OK", r#"{"result":"unknown"}"#, UnknownToOrder),
    ];
    for (status, body, fault) in cases {
        let expected = indeterminate(Cause::BadAnswer(fault));
        assert_eq!(answered(status, body).await, expected, "{status} {body}");
    }
}

#[tokio::test]
async fn a_conflict_denies_only_with_a_reason() {
    for status in ["409 Conflict", "422 Unprocessable Content"] {
        assert_eq!(answered(status, r#"{"reason":"no credit"}"#).await, denied("no credit"));
        let no_reason = indeterminate(Cause::BadAnswer(AnswerFault::NotAnAnswer));
        assert_eq!(answered(status, "{}").await, no_reason);
        let no_json = indeterminate(Cause::BadAnswer(AnswerFault::NotJson));
        assert_eq!(answered(status, "conflict").await, no_json);
    }
}

#[tokio::test]
async fn a_503_is_unavailable_only_when_it_says_not_done() {
    let bare = indeterminate(Cause::Status(503));
    assert_eq!(answered("503 Service Unavailable", "").await, bare);
    assert_eq!(answered("503 Service Unavailable", "upstream").await, bare);
    assert_eq!(answered("503 Service Unavailable", r#"{"done":true}"#).await, bare);
    assert_eq!(answered("503 Service Unavailable", r#"{"result":"ok"}"#).await, bare);
    let not_done = unavailable(Cause::SaidNotDone);
    assert_eq!(answered("503 Service Unavailable", r#"{"done":false}"#).await, not_done);
    let header = |value: &str| {
        let header = format!("{NOT_DONE_HEADER}: {value}\r\n");
        outcome_of(Act::Say(reply("503 Service Unavailable", &header, "")), request(Op::Do))
    };
    assert_eq!(header("false").await, not_done);
    assert_eq!(header("true").await, bare);
}

#[tokio::test]
async fn other_failures_of_the_server_settle_nothing() {
    for code in [408, 500, 501, 502, 504, 599] {
        let body = r#"{"done":false}"#;
        let outcome = answered(&format!("{code} No"), body).await;
        assert_eq!(outcome, indeterminate(Cause::Status(code)));
    }
}

#[tokio::test]
async fn asked_too_often_is_surely_not_done() {
    for code in [425, 429] {
        assert_eq!(answered(&format!("{code} Later"), "").await, unavailable(Cause::Throttled));
    }
}

#[tokio::test]
async fn what_only_a_human_can_mend_is_misconfigured() {
    for code in [301, 307, 400, 401, 403, 404, 405, 410, 415] {
        let misconfigured = Outcome::Misconfigured { cause: Cause::Status(code) };
        assert_eq!(answered(&format!("{code} No"), "").await, misconfigured);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, mut asked_elsewhere) =
        server(vec![Act::Say(reply("200 OK", "", r#"{"result":"ok"}"#))]).await;
    let moved = reply("307 Moved", &format!("location: {elsewhere}\r\n"), "");
    let outcome = outcome_of(Act::Say(moved), request(Op::Do)).await;
    assert_eq!(outcome, Outcome::Misconfigured { cause: Cause::Status(307) });
    assert!(asked_elsewhere.try_recv().is_err());
}

#[tokio::test]
async fn nobody_listening_is_surely_not_done() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let outcome = participant(HttpSettings::new(url)).ask(request(Op::Do)).await;
    assert_eq!(outcome, unavailable(Cause::ConnectionRefused));
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_surely_not_done() {
    // A label of 64 characters is too long for any name: no resolver is asked.
    let url = format!("http://{}.invalid/", "a".repeat(64));
    let mut settings = HttpSettings::new(url);
    settings.connect_timeout = Duration::from_secs(10);
    let outcome = participant(settings).ask(request(Op::Do)).await;
    assert_eq!(outcome, unavailable(Cause::NotReached));
}

#[tokio::test]
async fn tls_that_is_not_agreed_is_surely_not_done() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 1024]).await;
        let _ = stream.write_all(b"HTTP/1.1 400 speak plainly\r\n\r\n").await;
    });
    let mut settings = HttpSettings::new(url);
    settings.connect_timeout = Duration::from_secs(10);
    match HttpParticipant::new(settings) {
        Ok(http) => {
            let outcome = Outside::Http(http).ask(request(Op::Do)).await;
            assert_eq!(outcome, unavailable(Cause::NotReached));
        }
        // A machine without root certificates says so when the participant is made.
        Err(error) => assert!(matches!(error, BadHttp::Client(_)), "{error}"),
    }
}

#[tokio::test]
async fn no_connection_in_time_is_surely_not_done() {
    // A backlog that is full: the kernel lets further connections wait without an answer.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = vec![];
    while let Ok(stream) = tokio::time::timeout(soon(), TcpStream::connect(address)).await {
        waiting.push(stream.unwrap());
        assert!(waiting.len() < 64, "the backlog never filled");
    }
    let mut settings = HttpSettings::new(format!("http://{address}/"));
    settings.connect_timeout = soon();
    let outcome = participant(settings).ask(request(Op::Do)).await;
    assert_eq!(outcome, unavailable(Cause::ConnectTimeout));
}

#[tokio::test]
async fn a_deadline_that_passes_settles_nothing() {
    let whole = reply("200 OK", "", r#"{"result":"ok"}"#);
    let in_status = b"HTTP/1.1 20".to_vec();
    let in_body = whole[..whole.len() - 1].to_vec();
    for begun in [vec![], in_status, in_body] {
        let late = Request { deadline: soon(), ..request(Op::Do) };
        let outcome = outcome_of(Act::SayAndHold(begun), late).await;
        assert_eq!(outcome, indeterminate(Cause::Deadline));
    }
}

#[tokio::test]
async fn a_whole_answer_counts_though_the_connection_stays_open() {
    let whole = reply("200 OK", "", r#"{"result":"ok"}"#);
    let outcome = outcome_of(Act::SayAndHold(whole), request(Op::Do)).await;
    assert_eq!(outcome, Outcome::Ok { detail: None });
}

#[tokio::test]
async fn a_connection_that_breaks_settles_nothing() {
    let whole = reply("200 OK", "", r#"{"result":"ok"}"#);
    let acts = [
        Act::Reset,
        Act::Say(vec![]),
        Act::Say(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()),
        Act::Say(whole[..whole.len() - 1].to_vec()),
        Act::Say(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".to_vec()),
        Act::Say(b"SSH-2.0-OpenSSH_9.6\r\n\r\n".to_vec()),
        Act::Say(vec![0; 4096]),
    ];
    for (n, act) in acts.into_iter().enumerate() {
        let outcome = outcome_of(act, request(Op::Do)).await;
        assert_eq!(outcome, indeterminate(Cause::Broken), "act {n}");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let mut endless = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    endless.extend(std::iter::repeat_n(b' ', 4096));
    let (url, _requests) = server(vec![Act::SayAndHold(endless)]).await;
    let mut settings = HttpSettings::new(url);
    settings.answer_bytes_max = 1_000;
    let outcome = participant(settings).ask(request(Op::Do)).await;
    assert_eq!(outcome, indeterminate(Cause::BadAnswer(AnswerFault::TooLong)));
}

#[tokio::test]
async fn the_request_on_the_wire_is_the_documented_one() {
    let (url, mut requests) =
        server(vec![Act::Say(reply("200 OK", "", r#"{"result":"ok"}"#))]).await;
    let mut settings = HttpSettings::new(url);
    settings.token = Some("sesame".into());
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let traced = Request { traceparent: Some(trace.into()), ..request(Op::Undo) };
    participant(settings).ask(traced).await;
    let sent = requests.recv().await.unwrap();
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /hooks/manage HTTP/1.1\r\n"), "{head}");
    let trace_header = format!("traceparent: {trace}");
    for header in [
        "content-type: application/json",
        "idempotency-key: C-1/manage/1:undo",
        "authorization: Bearer sesame",
        &trace_header,
    ] {
        assert!(head.lines().any(|l| l == header), "{header} in {head}");
    }
    assert_eq!(
        body,
        format!(
            r#"{{"ascall":1,"key":"C-1/manage/1","op":"undo","deadline_ms":20000,"payload":{{"cost":25500}},"traceparent":"{trace}"}}"#
        )
    );
}

#[test]
fn settings_that_make_no_participant_are_refused_by_name() {
    let new = |url: &str| HttpParticipant::new(HttpSettings::new(url)).map(|_| ());
    assert!(matches!(new("not a url"), Err(BadHttp::NotUrl { .. })));
    assert!(matches!(new("ftp://a/"), Err(BadHttp::Scheme { scheme }) if scheme == "ftp"));
    assert!(matches!(new("http://me:secret@a/"), Err(BadHttp::Credentials)));
    let mut settings = HttpSettings::new("http://a/");
    settings.token = Some("two\nlines".into());
    assert!(!format!("{settings:?}").contains("lines"), "a token is never printed");
    assert!(matches!(HttpParticipant::new(settings).map(|_| ()), Err(BadHttp::Token)));
}

#[test]
fn a_participant_that_is_printed_shows_no_token() {
    let mut settings = HttpSettings::new("http://127.0.0.1/");
    settings.token = Some("sesame".into());
    let http = HttpParticipant::new(settings).unwrap();
    assert!(!format!("{http:?}").contains("sesame"));
}
