//! Every row of the command table, with real programs; and the two example participants, which
//! must behave as `docs/participants.md` says.

use super::command::{CommandParticipant, CommandSettings};
use super::http::{HttpParticipant, HttpSettings};
use super::*;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::TcpListener;

fn request(op: Op, key: &str) -> Request {
    Request {
        key: key.into(),
        op,
        deadline: Duration::from_secs(30),
        payload: json!({"cost": 25_500}),
        traceparent: None,
    }
}

fn shell(script: &str) -> CommandSettings {
    CommandSettings::new("/bin/sh", ["-c", script])
}

async fn ask(settings: CommandSettings, request: Request) -> Outcome {
    Outside::Command(CommandParticipant::new(settings)).ask(request).await
}

/// The outcome of a `do` given to a shell script.
async fn of(script: &str) -> Outcome {
    ask(shell(script), request(Op::Do, "C-1/manage/1")).await
}

fn indeterminate(cause: Cause) -> Outcome {
    Outcome::Indeterminate { cause }
}

#[tokio::test]
async fn exit_zero_with_a_valid_answer_says_what_the_answer_says() {
    let ok = Outcome::Ok { detail: Some(json!(7)) };
    assert_eq!(of(r#"cat >&2; echo '{"result":"ok","detail":7}'"#).await, ok);
    let denied = Outcome::Denied { reason: "full".into() };
    assert_eq!(of(r#"echo '{"result":"denied","reason":"full"}'"#).await, denied);
    let not_done = Outcome::Unavailable { cause: Cause::SaidNotDone };
    assert_eq!(of(r#"echo '{"done":false}'"#).await, not_done);
}

#[tokio::test]
async fn the_program_reads_the_documented_request() {
    let script = r#"read line; printf '{"result":"ok","detail":%s}' "$line""#;
    let sent = json!({
        "ascall": 1, "key": "C-1/manage/1", "op": "do", "deadline_ms": 30_000,
        "payload": {"cost": 25_500},
    });
    assert_eq!(of(script).await, Outcome::Ok { detail: Some(sent) });
}

#[tokio::test]
async fn no_part_of_a_request_is_ever_run() {
    let folder = tempfile::tempdir().unwrap();
    let trap = folder.path().join("trap");
    let evil = format!("$(touch {0}); `touch {0}`; '\"; touch {0} #", trap.display());
    let mut evil_request = request(Op::Do, &evil);
    evil_request.payload = json!(evil);
    let outcome = ask(shell(r#"cat >/dev/null; echo '{"result":"ok"}'"#), evil_request).await;
    assert_eq!(outcome, Outcome::Ok { detail: None });
    assert!(!trap.exists());
}

#[tokio::test]
async fn a_program_that_cannot_be_started_did_nothing() {
    let not_started = |fault| Outcome::Unavailable { cause: Cause::NotStarted(fault) };
    let none: [&str; 0] = [];
    let folder = tempfile::tempdir().unwrap();
    let missing = CommandSettings::new(folder.path().join("missing"), none);
    let a_request = || request(Op::Do, "C-1/manage/1");
    assert_eq!(ask(missing, a_request()).await, not_started(StartFault::NotFound));
    let plain = folder.path().join("plain");
    std::fs::write(&plain, "not executable").unwrap();
    let plain = CommandSettings::new(plain, none);
    assert_eq!(ask(plain, a_request()).await, not_started(StartFault::NotAllowed));
    let nowhere = CommandSettings { dir: Some(folder.path().join("nowhere")), ..shell("echo") };
    assert_eq!(ask(nowhere, a_request()).await, not_started(StartFault::NotFound));
}

#[tokio::test]
async fn another_exit_code_settles_nothing_whatever_was_printed() {
    let outcome = of(r#"echo '{"result":"ok"}'; exit 3"#).await;
    assert_eq!(outcome, indeterminate(Cause::Exit(3)));
    assert_eq!(of("exec /nonexistent/program").await, indeterminate(Cause::Exit(127)));
}

#[tokio::test]
async fn a_program_that_is_killed_settles_nothing() {
    let outcome = of(r#"echo '{"result":"ok"}'; kill -9 $$"#).await;
    assert_eq!(outcome, indeterminate(Cause::Signal(9)));
}

#[tokio::test]
async fn a_bad_answer_settles_nothing() {
    use AnswerFault::{NotAnAnswer, NotJson, UnknownToOrder};
    let cases = [
        ("true", NotJson),
        ("echo ok", NotJson),
        (r#"echo '{"result":"ok"'"#, NotJson),
        (r#"echo starting; echo '{"result":"ok"}'"#, NotJson),
        ("echo '{}'", NotAnAnswer),
        (r#"echo '{"result":"unknown"}'"#, UnknownToOrder),
    ];
    for (script, fault) in cases {
        assert_eq!(of(script).await, indeterminate(Cause::BadAnswer(fault)), "{script}");
    }
}

#[tokio::test]
async fn an_answer_without_end_ends_the_program() {
    let outcome = of("while :; do echo spam; done").await;
    assert_eq!(outcome, indeterminate(Cause::BadAnswer(AnswerFault::TooLong)));
}

#[tokio::test]
async fn a_program_that_floods_stderr_still_answers() {
    let script = r#"i=0; while [ $i -lt 3000 ]; do echo "0123456789012345678901234567890123456789012345678901234567890" >&2; i=$((i+1)); done; echo '{"result":"ok"}'"#;
    assert_eq!(of(script).await, Outcome::Ok { detail: None });
}

#[tokio::test]
async fn a_program_that_reads_nothing_still_answers() {
    let mut big = request(Op::Do, "C-1/manage/1");
    big.payload = json!("x".repeat(1 << 20));
    let script = r#"exec 0<&-; echo '{"result":"ok"}'"#;
    assert_eq!(ask(shell(script), big).await, Outcome::Ok { detail: None });
}

#[tokio::test]
async fn a_deadline_that_passes_settles_nothing() {
    for script in
        ["sleep 600", r#"echo '{"result":"ok"}'; exec >&-; sleep 600"#, "sleep 600 & exit 0"]
    {
        let late =
            Request { deadline: Duration::from_millis(80), ..request(Op::Do, "C-1/manage/1") };
        assert_eq!(ask(shell(script), late).await, indeterminate(Cause::Deadline), "{script}");
    }
}

/// Both the program and a child of it hold one connection open and wait for ever. The connection
/// ends only when both are dead.
const CLINGING: &str = "
import os, socket, sys, time
s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
os.fork()
s.send(b'x')
time.sleep(600)
";

#[tokio::test]
async fn a_withdrawn_request_kills_the_program_and_its_children() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let program = CommandSettings::new(python(), ["-c", CLINGING, &port]);
    let clinging = async {
        let (mut held, _) = listener.accept().await.unwrap();
        held.read_exact(&mut [0; 2]).await.unwrap();
        held
    };
    let mut held = tokio::select! {
        outcome = ask(program, request(Op::Do, "C-1/manage/1")) => panic!("{outcome:?}"),
        held = clinging => held,
    };
    let left = tokio::time::timeout(Duration::from_secs(20), held.read(&mut [0; 1])).await;
    // End of stream, or a reset: either way nobody holds the other end.
    assert!(matches!(left, Ok(Ok(0) | Err(_))), "{left:?}");
}

/// The Python of this machine.
pub(super) fn python() -> PathBuf {
    let found = std::process::Command::new("python3")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(
        found.is_ok_and(|status| status.success()),
        "python3 is needed for the example participants: install Python 3 and put it in PATH"
    );
    PathBuf::from("python3")
}

pub(super) fn fixture(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/participants");
    root.join(name).to_str().unwrap().to_owned()
}

/// The story every correct participant tells, in whichever way it is reached.
async fn tells_the_documented_story(outside: &Outside) {
    let ask = |op, key: &str| outside.ask(request(op, key));
    let undone = Outcome::Denied { reason: UNDONE.into() };
    let done = Outcome::Ok { detail: Some(json!({"number": 1})) };
    let plain_ok = Outcome::Ok { detail: None };

    let unknown = Outcome::Unavailable { cause: Cause::NotKnown };
    assert_eq!(ask(Op::Query, "C-1/manage/1").await, unknown);
    assert_eq!(ask(Op::Do, "C-1/manage/1").await, done);
    assert_eq!(ask(Op::Do, "C-1/manage/1").await, done, "a key is done once");
    assert_eq!(ask(Op::Query, "C-1/manage/1").await, done);
    assert_eq!(ask(Op::Undo, "C-1/manage/1").await, plain_ok);
    assert_eq!(ask(Op::Undo, "C-1/manage/1").await, plain_ok, "an undo twice is an undo");
    assert_eq!(ask(Op::Do, "C-1/manage/1").await, undone);
    assert_eq!(ask(Op::Query, "C-1/manage/1").await, undone);

    assert_eq!(ask(Op::Undo, "C-2/manage/1").await, plain_ok, "undo before do");
    assert_eq!(ask(Op::Do, "C-2/manage/1").await, undone, "the tombstone refuses the late do");

    let mut dear = request(Op::Do, "C-3/manage/1");
    dear.payload = json!({"cost": 1_000_001});
    let too_dear = Outcome::Denied { reason: "cost above 1000000".into() };
    assert_eq!(outside.ask(dear.clone()).await, too_dear);
    assert_eq!(outside.ask(dear).await, too_dear, "a denial is remembered too");
    assert_eq!(ask(Op::Query, "C-3/manage/1").await, too_dear);

    let (a, b, c) = tokio::join!(
        ask(Op::Do, "C-4/manage/1"),
        ask(Op::Do, "C-4/manage/1"),
        ask(Op::Do, "C-4/manage/1"),
    );
    assert!(matches!(a, Outcome::Ok { .. }), "{a:?}");
    assert!(a == b && b == c, "at once is once: {a:?} {b:?} {c:?}");
}

#[tokio::test]
async fn the_example_command_is_a_correct_participant() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = CommandSettings::new(python(), [fixture("manage.py")]);
    let record = folder.path().join("record.db").to_str().unwrap().to_owned();
    settings.env.insert("MANAGE_RECORD".into(), record);
    settings.env.insert("MANAGE_COST_MAX".into(), "1000000".into());
    let outside = Outside::Command(CommandParticipant::new(settings.clone()));
    Box::pin(tells_the_documented_story(&outside)).await;

    let mut changed = request(Op::Do, "C-4/manage/1");
    changed.payload = json!({"cost": 1});
    let outcome = ask(settings, changed).await;
    assert_eq!(outcome, indeterminate(Cause::Exit(2)), "a key with another payload is a fault");
}

#[tokio::test]
async fn the_example_server_is_a_correct_participant() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = tokio::process::Command::new(python())
        .args([fixture("manage_http.py"), "0".into()])
        .env("MANAGE_RECORD", folder.path().join("record.db"))
        .env("MANAGE_COST_MAX", "1000000")
        .env("MANAGE_TOKEN", "sesame")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut url).await.unwrap();
    let mut settings = HttpSettings::new(url.trim());
    let stranger = Outside::Http(HttpParticipant::new(settings.clone()).unwrap());
    let refused = Outcome::Misconfigured { cause: Cause::Status(401) };
    assert_eq!(stranger.ask(request(Op::Do, "C-1/manage/1")).await, refused);
    settings.token = Some("sesame".into());
    let known = Outside::Http(HttpParticipant::new(settings).unwrap());
    Box::pin(tells_the_documented_story(&known)).await;
    server.kill().await.unwrap();
}
