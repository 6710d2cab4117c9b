//! What those who look after the machine see: probes, health, metrics.

use crate::client::{ask, begin, post, serve, until};
use crate::sealed::Sealed;
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

/// The value of a line of the metrics.
fn value(text: &str, name: &str) -> Option<f64> {
    let line =
        text.lines().find(|line| line.starts_with(name) && line[name.len()..].starts_with(' '));
    line?.rsplit_once(' ')?.1.parse().ok()
}

#[test]
fn the_metrics_have_their_names_and_count_what_the_desk_does() {
    let desk = Sealed::new();
    let (_host, at) = serve(&desk, &[]);
    desk.worker("한가람", 901, "37.5663,126.9779", "TV");
    desk.request(1, &["--kind", "TV"]);
    let canceled = desk.request(2, &["--kind", "TV"]);
    desk.ok(&["cancel", &canceled]);
    desk.fails(1, &["cancel", "C-99"]);
    ask(at, "GET /v1/calls/C-1", &[]);
    // Calls that ended are counted from the journal a little later.
    let said = until(|| {
        let said = ask(at, "GET /metrics", &[]);
        said.body.contains("ascall_calls_total{").then_some(said)
    });
    let text = &said.body;
    assert!(said.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    assert!(text.ends_with("# EOF\n"), "{text}");
    for (name, count) in [
        ("ascall_calls_total{profile=\"repair\",end=\"canceled\"}", 1.0),
        ("ascall_calls_live{profile=\"repair\",phase=\"assigned\"}", 1.0),
        ("ascall_call_assign_seconds_count", 1.0),
        ("ascall_commands_total{command=\"request_call\",answer=\"done\"}", 2.0),
        ("ascall_commands_total{command=\"cancel_call\",answer=\"done\"}", 1.0),
        ("ascall_commands_total{command=\"cancel_call\",answer=\"refused\"}", 1.0),
        ("ascall_commit_seconds_count", 4.0),
        ("ascall_breaker_state{participant=\"manage\",state=\"closed\"}", 1.0),
        ("ascall_breaker_state{participant=\"manage\",state=\"open\"}", 0.0),
        ("ascall_http_requests_total{route=\"/v1/calls/{call}\",code=\"200\"}", 1.0),
        ("ascall_overload_total", 0.0),
        ("ascall_notices_waiting{transport=\"inbox\"}", 0.0),
        ("ascall_attention_open{concern=\"needs_dispatcher\"}", 0.0),
        ("ascall_build_info{version=\"0.1.0\"}", 1.0),
    ] {
        assert_eq!(value(text, name), Some(count), "{name}\n{text}");
    }
    for name in
        ["ascall_journal_seq", "ascall_http_connections", "ascall_http_request_seconds_count"]
    {
        assert!(value(text, name).is_some_and(|value| value >= 1.0), "{name}\n{text}");
    }
    let personal = ["010-", "0100000", "한가람", "/v1/calls/C-1\""];
    assert!(personal.iter().all(|word| !text.contains(word)), "{text}");
}

#[test]
fn health_tells_what_waits_for_somebody() {
    let desk = Sealed::new();
    desk.request(1, &["--kind", "TV"]);
    let (_host, at) = serve(&desk, &[]);
    desk.ok(&["breaker", "open", "manage", "--reason", "점검"]);
    let said = ask(at, "GET /healthz", &[]);
    assert_eq!(said.status, 200);
    let health = said.json();
    assert_eq!(health["status"], "ok");
    assert_eq!(health["breakers_open"], serde_json::json!({"manage": "forced_open"}));
    assert_eq!(health["calls_live"], 1);
    assert!(health["seq"].as_u64().unwrap() > 1 && health["lag_ms"].is_u64(), "{health}");
    assert!(health["disk"]["free_bytes"].as_u64().unwrap() > 0, "{health}");
    for probe in ["GET /livez", "GET /readyz"] {
        assert_eq!(ask(at, probe, &[]).status, 200, "{probe}");
    }
    assert_eq!(ask(at, "POST /readyz", &["Content-Length: 0"]).status, 405);
}

#[test]
fn a_desk_that_cannot_write_is_not_ready_until_it_can() {
    let desk = Sealed::new();
    let mut command = desk.program("sh");
    // A file that may not grow is an error to the desk, and not its death.
    let line = "trap '' XFSZ; exec \"$0\" serve --listen 127.0.0.1:0";
    command.args(["-c", line, env!("CARGO_BIN_EXE_ascall")]);
    let (host, at) = begin(command);
    let host_id = Pid::from_raw(host.pid().cast_signed());
    let room = |bytes: Option<u64>| {
        let maximum = getrlimit(Resource::Fsize).maximum;
        prlimit(host_id, Resource::Fsize, Rlimit { current: bytes.or(maximum), maximum }).unwrap();
    };
    let mut taken = Vec::new();
    let mut asked = 0;
    let mut take = || {
        asked += 1;
        let body = format!(r#"{{"tel": "010-0000-{asked:04}", "kind": "TV"}}"#);
        let said = post(at, "/v1/calls", &[], &body);
        if said.status == 201 {
            taken.push(said.json()["id"].as_str().unwrap().to_owned());
        }
        said.status
    };
    assert_eq!(take(), 201);
    assert_eq!(ask(at, "GET /readyz", &[]).status, 200);
    // Nothing can be written behind the first page.
    room(Some(4_096));
    let refused = until(|| Some(take()).filter(|status| *status != 201));
    assert!([500, 503].contains(&refused), "{refused}");
    let said = ask(at, "GET /readyz", &[]);
    assert_eq!((said.status, said.header("retry-after")), (503, Some("1")), "{said:?}");
    assert_eq!(ask(at, "GET /livez", &[]).status, 200);
    room(None);
    until(|| (take() == 201).then_some(()));
    assert_eq!(ask(at, "GET /readyz", &[]).status, 200);
    let kept = desk.ok(&["list", "--all", "--limit", "0", "-o", "id"]);
    for call in &taken {
        assert!(kept.lines().any(|line| line == call), "{call} was acknowledged and is gone");
    }
    desk.verified();
}

#[test]
fn no_number_and_no_name_stands_in_the_log() {
    let desk = Sealed::new();
    let (mut host, at) = serve(&desk, &["--log", "debug"]);
    let call = r#"{"tel": "010-0000-1234", "name": "홍길동", "location": "마포구 공덕동"}"#;
    assert_eq!(post(at, "/v1/calls", &[], call).status, 201);
    let looked = post(at, "/v1/calls/search", &[], r#"{"tel": "010-0000-1234"}"#);
    assert_eq!(looked.status, 200);
    // Not even when somebody writes it where it does not belong.
    for line in ["GET /v1/calls/010-0000-1234", "GET /v1/calls?tel=01000001234"] {
        let header = "User-Agent: 010-0000-1234";
        assert!([400, 404].contains(&ask(at, line, &[header]).status), "{line}");
    }
    let mut answered = 0;
    while answered < 4 {
        let line = host.says_aside();
        let personal = ["0000-1234", "00001234", "홍길동", "공덕동"];
        assert!(personal.iter().all(|word| !line.contains(word)), "{line}");
        answered += usize::from(line.contains(" answered "));
    }
}
