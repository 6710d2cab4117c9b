//! Who gets in: names of this machine, pages of other sites, places where no token belongs, files.

use crate::client::{Client, ask, post, request, serve};
use crate::sealed::Sealed;

#[test]
fn a_name_that_is_not_this_machines_gets_nothing() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let (_host, at) = serve(&desk, &["--host", "desk.example"]);
    let port = at.port();
    for ours in [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "[::1]",
        "desk.example",
        "Desk.Example:443",
        &format!("127.0.0.1:{port}"),
        &format!("localhost:{port}"),
    ] {
        let host = format!("Host: {ours}");
        assert_eq!(ask(at, "GET /v1/calls/C-1", &[&host]).status, 200, "{ours}");
    }
    // A page whose name was made to point here (DNS rebinding), and other forged names.
    for other in [
        "evil.example",
        &format!("evil.example:{port}"),
        "desk.example.evil.example",
        "localhost.evil.example",
        "192.0.2.7",
        "127.0.0.2.evil.example",
        "localhost@evil.example",
    ] {
        let said = ask(at, "GET /v1/calls/C-1", &[&format!("Host: {other}")]);
        assert_eq!(said.status, 421, "{other}");
        assert!(!said.body.contains("010") && !said.body.contains("evil"), "{said:?}");
    }
    assert_eq!(ask(at, "GET http://evil.example/v1/calls/C-1", &[]).status, 421);
    assert_eq!(ask(at, "GET http://localhost/v1/calls/C-1", &[]).status, 200);
    for bad in [&["Host: a b"][..], &["Host:"], &["Host: localhost", "Host: evil.example"]] {
        assert!([400, 421].contains(&ask(at, "GET /v1/calls/C-1", bad).status), "{bad:?}");
    }
    let mut client = Client::to(at);
    client.says(b"GET /v1/calls/1 HTTP/1.1\r\n\r\n");
    assert_eq!(client.hears().unwrap().status, 400);
}

#[test]
fn a_page_of_another_site_gets_nothing() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let (_host, at) = serve(&desk, &[]);
    let mine = format!("Host: localhost:{}", at.port());
    let same = format!("Origin: http://localhost:{}", at.port());
    assert_eq!(ask(at, "GET /v1/calls/C-1", &[&mine, &same]).status, 200);
    for foreign in [
        "Origin: http://evil.example",
        "Origin: null",
        "Origin: http://localhost:1",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
    ] {
        for line in ["GET /v1/calls/C-1", "POST /v1/calls", "OPTIONS /v1/calls"] {
            let said = ask(at, line, &[&mine, foreign, "Content-Length: 0"]);
            assert_eq!(said.status, 403, "{line} {foreign}");
            assert_eq!(said.header("access-control-allow-origin"), None);
        }
    }
    assert_eq!(ask(at, "GET /v1/calls/C-1", &[&mine, "Sec-Fetch-Site: none"]).status, 200);
    assert_eq!(ask(at, "GET /v1/calls/C-1", &[&mine, &same, "Origin: null"]).status, 403);
}

#[test]
fn a_token_in_an_address_or_a_cookie_is_refused_and_not_repeated() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let token = desk.ok(&["token", "new", "--scope", "admin", "--name", "phone-app"]);
    let token = token.trim();
    let (mut host, at) = serve(&desk, &["--log", "debug"]);
    let lines = [
        format!("GET /v1/calls/C-1?access_token={token}"),
        format!("GET /v1/calls/C-1?x={token}"),
        format!("GET /v1/calls/{token}"),
        "GET /v1/calls/C-1?TOKEN=abc".to_owned(),
    ];
    for line in &lines {
        let said = ask(at, line, &[&format!("Authorization: Bearer {token}")]);
        assert_eq!(said.status, 400, "{line}");
        assert!(!said.body.contains(token), "{said:?}");
    }
    let cookie = format!("Cookie: theme=dark; session={token}");
    assert_eq!(ask(at, "GET /v1/calls/C-1", &[&cookie]).status, 400);
    let harmless = format!("Authorization: Bearer {token}");
    assert_eq!(ask(at, "GET /v1/calls/C-1", &["Cookie: theme=dark", &harmless]).status, 200);
    let mut logged = 0;
    while logged < 6 {
        let line = host.says_aside();
        assert!(!line.contains(token), "{line}");
        logged += usize::from(line.contains(" answered "));
    }
}

#[test]
fn no_file_is_ever_served_from_a_path() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    desk.write("secret.txt", "precious");
    let (_host, at) = serve(&desk, &[]);
    for path in [
        "/../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc/passwd",
        "//etc/passwd",
        "/desk.redb",
        "/secret.txt",
        "/./secret.txt",
        "/v1/../secret.txt",
        "/static/../../secret.txt",
        "/%00",
        "/desk.redb.tokens",
        "/~root/",
    ] {
        let said = ask(at, &format!("GET {path}"), &[]);
        assert_eq!(said.status, 404, "{path}");
        assert_eq!(said.header("content-type"), Some("application/problem+json"), "{path}");
        assert!(!said.body.contains("precious") && !said.body.contains("root:"), "{said:?}");
    }
}

#[test]
fn what_a_sender_writes_begins_no_line_in_the_log() {
    let desk = Sealed::new();
    let (mut host, at) = serve(&desk, &["--log", "debug", "--log-format", "json"]);
    let forged = "%0A2026-11-21 ERROR forged%0D%1b[2K";
    let lines = [format!("GET /{forged}"), format!("GET /v1/calls/{forged}?q={forged}")];
    for line in lines.iter().map(|line| line.replace(' ', "%20").replacen("%20", " ", 1)) {
        let said = ask(at, &line, &[&format!("User-Agent: {forged}"), "Traceparent: \u{e9}forged"]);
        assert!([400, 404].contains(&said.status), "{said:?}");
    }
    assert!(ask(at, "FORGED /", &[]).status >= 400);
    assert_eq!(ask(at, "GET /livez", &[]).status, 200);
    let mut answered = Vec::new();
    while answered.len() < 4 {
        let line = host.says_aside();
        assert!(!line.to_lowercase().contains("forged"), "{line}");
        let event: serde_json::Value = serde_json::from_str(&line).unwrap();
        if event["message"] == "answered" {
            answered.push((event["method"].clone(), event["route"].clone()));
        }
    }
    assert_eq!(answered[2].0, "other");
    assert_eq!(answered[3], ("GET".into(), "/livez".into()));
}

#[test]
fn a_request_is_answered_with_its_trace() {
    let desk = Sealed::new();
    let (_host, at) = serve(&desk, &[]);
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let said = ask(at, "GET /livez", &[&format!("traceparent: {parent}")]);
    let answered = said.header("traceparent").unwrap();
    assert_eq!((&answered[..36], &answered[52..]), (&parent[..36], "-01"));
    assert_ne!(&answered[36..52], &parent[36..52], "a step of its own");
    for made in [&[][..], &["traceparent: 00-nonsense"]] {
        let said = ask(at, "GET /livez", made);
        assert_eq!(said.header("traceparent").unwrap().len(), parent.len());
    }
}

#[test]
fn several_requests_on_one_connection_are_answered_in_turn() {
    let desk = Sealed::new();
    let (_host, at) = serve(&desk, &[]);
    let mut client = Client::to(at);
    let lines = ["GET /livez", "GET /nowhere", "GET /readyz"];
    let together: String = lines.iter().map(|line| request(line, &[])).collect();
    client.says(together.as_bytes());
    let heard = lines.map(|_| client.hears().unwrap().status);
    assert_eq!(heard, [200, 404, 200]);
}

#[test]
fn what_a_bearer_asks_is_journalled_under_the_tokens_name_with_the_trace() {
    let desk = Sealed::new();
    let token = desk.ok(&["token", "new", "--scope", "operate", "--name", "phone-app"]);
    let (_host, at) = serve(&desk, &[]);
    let bearer = format!("Authorization: Bearer {}", token.trim());
    let parent = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let said = post(at, "/v1/calls", &[&bearer, parent], r#"{"tel": "010-0000-0001"}"#);
    assert_eq!(said.status, 201, "{said:?}");
    let answered = said.header("traceparent").unwrap();
    let tail: serde_json::Value =
        serde_json::from_str(desk.ok(&["tail", "-n", "1", "-o", "ndjson"]).trim()).unwrap();
    assert!(tail["by"].as_str().unwrap().contains("phone-app"), "{tail}");
    assert_eq!(tail["trace"], answered[3..52], "{tail}");
    assert_eq!(tail["events"][0]["event"], "call_received");
    // Stopping a participant takes more than this token has.
    let said = post(at, "/v1/participants/manage/stop", &[&bearer], "{}");
    assert_eq!(said.status, 403, "{said:?}");
    // To look for somebody is to look.
    let reader = desk.ok(&["token", "new", "--scope", "read", "--name", "reader"]);
    let reader = format!("Authorization: Bearer {}", reader.trim());
    let found = crate::client::until(|| {
        let said = post(at, "/v1/calls/search", &[&reader], r#"{"tel": "010-0000-0001"}"#);
        (said.status != 401).then_some(said)
    });
    assert_eq!(found.status, 200, "{found:?}");
    assert_eq!(post(at, "/v1/calls", &[&reader], r#"{"tel": "010-0000-0002"}"#).status, 403);
    desk.verified();
}

#[test]
fn a_body_that_is_too_deep_or_too_long_takes_no_call() {
    let desk = Sealed::new();
    let (_host, at) = serve(&desk, &[]);
    let deep = format!(
        "{{\"tel\": \"010-0000-0001\", \"fields\": {}{}}}",
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    assert_eq!(post(at, "/v1/calls", &[], &deep).status, 400);
    let long = format!("{{\"tel\": \"010-0000-0001\", \"note\": \"{}\"}}", "x".repeat(70_000));
    assert_eq!(post(at, "/v1/calls", &[], &long).status, 413);
    assert_eq!(ask(at, "GET /v1/calls/C-1", &[]).status, 404);
    assert_eq!(post(at, "/v1/calls", &[], r#"{"tel": "010-0000-0001"}"#).status, 201);
}
