//! What is set by file, variable, flag and signal.

use crate::client::{ask, begin, serve, until};
use crate::running::later;
use crate::sealed::Sealed;
use rustix::process::Signal;

#[test]
fn where_it_listens_is_said_by_file_variable_or_flag() {
    let desk = Sealed::new();
    desk.write("config.toml", "[http]\nlisten = \"127.0.0.1:0\"\nhosts = [\"desk.example\"]\n");
    let (host, at) = begin(desk.command(&["serve", "--config", "config.toml"]));
    assert_eq!(ask(at, "GET /readyz", &["Host: desk.example"]).status, 200);
    // The address is taken: the next one is told so, by flag and by variable.
    let taken = at.to_string();
    let other = ["serve", "--store", "other.redb", "--lang", "en"];
    let said = later(&desk, &[&other[..], &["--listen", &taken]].concat())();
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.starts_with(&format!("error: {taken} cannot be listened on")), "{said:?}");
    let more = desk.with("ASCALL_HTTP_LISTEN", &taken);
    let said = desk.run_with(&other, &more);
    assert!(said.err.starts_with(&format!("error: {taken} cannot be listened on")), "{said:?}");
    let more = desk.with("ASCALL_HTTP_LISTEN", "somewhere");
    assert_eq!(desk.run_with(&other, &more).code, Some(2));
    drop(host);
}

#[test]
fn a_site_that_is_named_may_ask_and_read() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    desk.write("config.toml", "[http]\norigins = [\"https://desk.example\"]\n");
    let (_host, at) = serve(&desk, &["--config", "config.toml"]);
    let from = "Origin: https://desk.example";
    let said = ask(at, "GET /v1/calls/C-1", &[from, "Sec-Fetch-Site: cross-site"]);
    assert_eq!(said.status, 200);
    assert_eq!(said.header("access-control-allow-origin"), Some("https://desk.example"));
    assert!(said.head.contains("vary: origin"), "{said:?}");
    let may = "Access-Control-Request-Method: POST";
    let said = ask(at, "OPTIONS /v1/calls", &[from, may]);
    assert_eq!(said.status, 204);
    assert!(said.header("access-control-allow-headers").unwrap().contains("idempotency-key"));
    assert_eq!(ask(at, "GET /v1/calls/C-1", &["Origin: https://evil.example"]).status, 403);
}

#[test]
fn a_hangup_reads_the_configuration_again_and_one_that_makes_no_sense_changes_nothing() {
    let desk = Sealed::new();
    desk.write("config.toml", "log = \"error\"\nlog_format = \"json\"\n");
    let (mut host, at) = serve(&desk, &["--config", "config.toml"]);
    let by_name = || ask(at, "GET /livez", &["Host: desk.example"]).status;
    assert_eq!(by_name(), 421);
    desk.write("config.toml", "log = \"info\"\n[http]\nhosts = [\"desk.example\"]\n");
    host.signal(Signal::HUP);
    until(|| (by_name() == 200).then_some(()));
    // The level counts at once; the form of the log stays as it was.
    let line = loop {
        ask(at, "GET /livez", &[]);
        let line = host.says_aside();
        if line.contains("answered") {
            break line;
        }
    };
    let event: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&event["level"], &event["route"]), (&"INFO".into(), &"/livez".into()));
    desk.write("config.toml", "hosts = 1\n");
    host.signal(Signal::HUP);
    while !host.says_aside().contains("was not read anew") {}
    assert_eq!(by_name(), 200);
    assert_eq!(host.ends_by(Signal::TERM), Some(0));
}

#[test]
fn the_form_of_the_log_is_said_by_file_variable_or_flag() {
    let desk = Sealed::new();
    let shown = |args: &[&str], more: &[(String, String)]| {
        let line = [&["config", "show", "-o", "csv"], args].concat();
        desk.run_with(&line, more).out
    };
    assert!(shown(&[], &[]).contains("log_format,text,default"));
    assert!(shown(&["--log-format", "json"], &[]).contains("log_format,json,--log-format"));
    let more = desk.with("ASCALL_LOG_FORMAT", "json");
    assert!(shown(&[], &more).contains("log_format,json,ASCALL_LOG_FORMAT"));
    let more = desk.with("ASCALL_LOG_FORMAT", "xml");
    assert_eq!(desk.run_with(&["config", "show"], &more).code, Some(2));
}
