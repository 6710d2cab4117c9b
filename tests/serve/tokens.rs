//! Tokens: made, listed, revoked, and what each may do.

use crate::client::{ask, serve, until};
use crate::running::later;
use crate::sealed::Sealed;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;

pub fn token(desk: &Sealed, scope: &str, name: &str) -> String {
    let made = desk.json(&["token", "new", "--scope", scope, "--name", name]);
    assert_eq!((&made["scope"], &made["name"]), (&scope.into(), &name.into()));
    made["token"].as_str().unwrap().to_owned()
}

fn status(at: SocketAddr, line: &str, token: &str) -> u16 {
    let header = format!("Authorization: Bearer {token}");
    ask(at, line, &[&header, "Content-Length: 0"]).status
}

#[test]
fn a_token_is_printed_once_and_kept_as_a_hash_in_a_private_file() {
    let desk = Sealed::new();
    let secret = token(&desk, "operate", "phone-app");
    let kept = std::fs::read_to_string(desk.path("desk.redb.tokens")).unwrap();
    assert!(!kept.contains(&secret) && kept.contains("phone-app"), "{kept}");
    let mode = std::fs::metadata(desk.path("desk.redb.tokens")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let list = desk.json(&["token", "list"]);
    assert_eq!(list[0]["name"], "phone-app");
    assert!(!list.to_string().contains(&secret) && list[0].get("token").is_none(), "{list}");
    assert!(
        desk.fails(1, &["token", "new", "--scope", "read", "--name", "phone-app"])
            .contains("already")
    );
    assert!(
        desk.fails(2, &["token", "new", "--scope", "read", "--name", "a b"]).contains("no name")
    );
    assert!(desk.fails(1, &["token", "revoke", "other"]).contains("no token"));
    desk.ok(&["token", "revoke", "phone-app"]);
    assert_eq!(desk.json(&["token", "list"]), serde_json::json!([]));
}

#[test]
fn with_a_token_made_everybody_needs_one_except_the_probes() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let (_host, at) = serve(&desk, &[]);
    assert_eq!(ask(at, "GET /v1/calls/C-1", &[]).status, 200);
    let [reader, operator] = ["read", "operate"].map(|scope| token(&desk, scope, scope));
    // A running desk notices by itself.
    until(|| (ask(at, "GET /v1/calls/C-1", &[]).status == 401).then_some(()));
    let refused = ask(at, "GET /v1/calls/C-1", &[]);
    assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    for open in ["GET /livez", "GET /readyz"] {
        assert_eq!(ask(at, open, &[]).status, 200, "{open}");
    }
    for closed in ["GET /healthz", "GET /metrics", "GET /", "GET /nowhere"] {
        assert_eq!(ask(at, closed, &[]).status, 401, "{closed}");
    }
    assert_eq!(status(at, "GET /v1/calls/C-1", &reader), 200);
    assert_eq!(status(at, "POST /v1/calls/C-1", &reader), 403);
    // It was let in: what is wrong is said by the route.
    assert_ne!(status(at, "POST /v1/calls/C-1", &operator), 403);
    for wrong in ["", "ascall_00", &reader[..reader.len() - 1], &format!("{reader}0")] {
        assert_eq!(status(at, "GET /v1/calls/C-1", wrong), 401, "{wrong}");
    }
    let basic = "Authorization: Basic a2ltOmtpbQ==";
    assert_eq!(ask(at, "GET /v1/calls/C-1", &[basic]).status, 401);
    let twice = format!("Authorization: Bearer {reader}");
    assert_eq!(ask(at, "GET /v1/calls/C-1", &[&twice, &twice]).status, 401);
    // The last one that is revoked does not leave the door open.
    desk.ok(&["token", "revoke", "read"]);
    until(|| (status(at, "GET /v1/calls/C-1", &reader) == 401).then_some(()));
    assert_eq!(status(at, "GET /v1/calls/C-1", &operator), 200);
    desk.ok(&["token", "revoke", "operate"]);
    until(|| (status(at, "GET /v1/calls/C-1", &operator) == 401).then_some(()));
    assert_eq!(ask(at, "GET /v1/calls/C-1", &[]).status, 401);
}

#[test]
fn an_address_that_others_can_reach_takes_a_token_before_it_is_listened_on() {
    let desk = Sealed::new();
    let line = ["serve", "--listen", "0.0.0.0:0", "--lang", "en"];
    let said = later(&desk, &line)();
    assert_eq!(said.code, Some(2), "{said:?}");
    assert_eq!(
        said.err,
        "error: 0.0.0.0:0 can be reached from other machines, and this desk has no token\n\
         hint: make one: ascall token new --scope operate --name NAME; or listen on 127.0.0.1\n"
    );
    assert!(!desk.path("desk.redb").exists(), "nothing was opened");
    let operator = token(&desk, "operate", "phone-app");
    let (_host, at) = serve(&desk, &["--listen", "0.0.0.0:0"]);
    let at = SocketAddr::from(([127, 0, 0, 1], at.port()));
    assert_eq!(ask(at, "GET /healthz", &["Host: 127.0.0.1"]).status, 401);
    assert_eq!(status(at, "GET /healthz", &operator), 200);
}

#[test]
fn tokens_that_others_may_write_are_not_trusted() {
    let desk = Sealed::new();
    token(&desk, "operate", "phone-app");
    let file = desk.path("desk.redb.tokens");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).unwrap();
    let said = later(&desk, &["serve", "--listen", "127.0.0.1:0", "--lang", "en"])();
    assert_eq!(said.code, Some(7), "{said:?}");
    assert!(said.err.contains("others may write it"), "{}", said.err);
}
