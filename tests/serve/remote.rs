//! The command line at a desk on the network: `--url`, typed as somebody at another machine types it.

use crate::client::{ask, begin, post, serve, until};
use crate::running::{PATIENCE, Running, later};
use crate::sealed::{Ran, Sealed};
use crate::tokens::token;
use rustix::process::Signal;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

/// Somebody's world on another machine, from where the desk at an address is asked.
fn away(at: SocketAddr) -> Sealed {
    let mut away = Sealed::new();
    away.set("ASCALL_URL", &format!("http://{at}"));
    away
}

/// What came of `line`, asked from `away` in English and in bounded time.
fn said(away: &Sealed, line: &[&str]) -> Ran {
    later(away, &[line, &["--lang", "en"]].concat())()
}

/// A file with a token that only its owner may read.
fn token_file(away: &Sealed, token: &str) -> String {
    let file = away.write("token", &format!("{token}\n"));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn every_verb_works_at_a_desk_on_the_network_as_it_works_at_a_file() {
    let desk = Sealed::new();
    let (_host, at) = serve(&desk, &[]);
    let away = Sealed::new();
    let url = format!("http://{at}");
    let there = |line: &[&str]| away.json(&[&["--url", &url], line].concat());
    let worker = ["--name", "김기사", "--tel", "010-0000-2222", "--at", "마포구 공덕동"];
    let worker = there(&[&["worker", "add"][..], &worker, &["--skill", "냉장고"]].concat());
    assert_eq!(worker["id"], "W-1");
    let call = ["request", "--tel", "010-0000-1234", "--location", "마포구 공덕동"];
    let call = there(&[&call[..], &["--kind", "냉장고"]].concat());
    assert_eq!((&call["id"], &call["phase"]), (&"C-1".into(), &"assigned".into()));
    // Both see the same desk.
    for line in [
        &["status", "C-1"][..],
        &["list", "--all"],
        &["why", "C-1"],
        &["worker", "list"],
        &["tail", "-n", "3"],
        &["inbox", "--tel", "010-0000-1234"],
        &["participant", "list"],
        &["breaker", "list"],
        &["attention", "list"],
        &["stock", "list"],
        &["profile", "list"],
        &["verify"],
    ] {
        let line = [line, &["-o", "json"]].concat();
        let (here, there) = (desk.run(&line), away.run(&[&["--url", &url][..], &line].concat()));
        assert_eq!((there.code, &there.err), (Some(0), &String::new()), "{line:?} {there:?}");
        // How long somebody has been idle has moved on meanwhile.
        if line[0] != "worker" {
            assert_eq!(there.out, here.out, "{line:?}");
        }
    }
    for line in [
        &["worker", "at", "W-1", "마포구 공덕동"][..],
        &["note", "C-1", "벨이 고장"],
        &["start", "C-1"],
        &["finish", "C-1", "--fare", "25500"],
        &["rate", "C-1", "5"],
        &["stock", "receive", "mask", "10"],
        &["member", "add", "--name", "이회원", "--tel", "010-0000-5555"],
    ] {
        there(line);
    }
    assert_eq!(desk.stands("C-1").0, "completed");
    let exported = away.ok(&["--url", &url, "export", "calls"]);
    assert!(exported.contains("C-1"), "{exported}");
    assert!(!away.store().exists(), "nothing is opened on this machine");
    desk.verified();
}

#[test]
fn a_desk_with_tokens_is_asked_with_one_and_journals_its_name() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let [reader, operator] = ["read", "operate"].map(|scope| token(&desk, scope, scope));
    let (_host, at) = serve(&desk, &[]);
    let mut away = away(at);
    let missing = said(&away, &["list"]);
    assert_eq!(missing.code, Some(1), "{missing:?}");
    assert_eq!(
        missing.err,
        format!(
            "error: the desk at http://{at} lets nobody in like this: this takes a token\n\
             hint: set ASCALL_TOKEN, or name a file with it: --token-file FILE; \
             made over there: ascall token new --scope operate --name NAME\n"
        )
    );
    let with = |token: &str, line: &[&str]| {
        away.run_with(&[line, &["--lang", "en"]].concat(), &away.with("ASCALL_TOKEN", token))
    };
    let wrong = with("ascall_00", &["list"]);
    assert_eq!(wrong.code, Some(1), "{wrong:?}");
    assert!(wrong.err.contains("not known") && !wrong.err.contains("ascall_00"), "{wrong:?}");
    assert_eq!(with(&reader, &["list", "-o", "id"]).out, "C-1\n");
    for line in [&["cancel", "C-1"][..], &["cancel", "C-1", "--dry-run"], &["verify"]] {
        let refused = with(&reader, line);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(
            refused.err.contains("needs the scope `operate`, and the token has `read`")
                && refused
                    .err
                    .contains("hint: make one that may: ascall token new --scope operate"),
            "{refused:?}"
        );
    }
    assert_eq!(desk.stands("C-1").0, "open");
    // How the desk runs is changed with `admin`, as over the v1 API.
    let refused = with(&operator, &["participant", "stop", "manage"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("needs the scope `admin`"), "{refused:?}");
    // From a file; and whoever is at the other machine is who the token says.
    let file = token_file(&away, &operator);
    let line = ["note", "C-1", "벨이 고장", "--token-file", &file];
    assert_eq!(said(&away, &line).code, Some(0));
    let by = desk.json(&["tail", "-n", "1"])["by"].clone();
    assert_eq!(by, "operate");
    away.write("config.toml", "operator = \"boss\"\ntoken_file = \"token\"\n");
    away.set("ASCALL_CONFIG", away.path("config.toml").to_str().unwrap());
    assert_eq!(said(&away, &["cancel", "C-1", "--as", "customer", "--key", "k"]).code, Some(0));
    assert_eq!(desk.stands("C-1").0, "canceled");
}

#[test]
fn a_token_file_that_others_may_read_is_not_used() {
    let desk = Sealed::new();
    let (_host, at) = serve(&desk, &[]);
    let away = away(at);
    let file = token_file(&away, "ascall_00");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = said(&away, &["list", "--token-file", &file]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.err.contains("others may read") && refused.err.contains("chmod 600"));
    let refused = said(&away, &["list", "--token-file", "nowhere"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    let bad = away.run_with(&["list"], &away.with("ASCALL_TOKEN", "two words"));
    assert_eq!(bad.code, Some(2), "{bad:?}");
    assert!(!bad.err.contains("two words"), "{bad:?}");
}

#[test]
fn the_service_lines_are_those_of_the_desk() {
    let desk = Sealed::new();
    desk.ok(&["profile", "new", "locksmith", "--to", "locksmith.toml"]);
    desk.write("config.toml", "profiles = [\"locksmith.toml\"]\n");
    let (_host, at) = serve(&desk, &["--config", "config.toml"]);
    let away = away(at);
    let line = ["request", "--profile", "locksmith", "--tel", "010-0000-0001", "-o", "json"];
    let taken = said(&away, &line);
    assert_eq!(taken.code, Some(0), "{taken:?}");
    assert!(taken.out.contains("\"profile\": \"locksmith\"") || taken.out.contains("locksmith"));
    assert_eq!(said(&away, &["list", "--profile", "locksmith", "-o", "id"]).out, "C-1\n");
}

#[test]
fn a_follower_and_a_watch_go_on_when_the_host_is_killed_and_started_again() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let (host, at) = serve(&desk, &[]);
    let away = away(at);
    let patient = ["--lock-timeout", "60s"];
    let tail = ["tail", "--follow", "-n", "1", "-o", "ndjson"];
    let mut tail = Running::start(&away, &[&tail[..], &patient].concat());
    let seq = |line: &str| {
        serde_json::from_str::<serde_json::Value>(line).unwrap()["seq"].as_u64().unwrap()
    };
    let first = seq(&tail.says());
    let waits = ["watch", "C-1", "--timeout", "60s"];
    let watch = later(&away, &[&waits[..], &patient].concat());
    desk.ok(&["note", "C-1", "하나"]);
    assert_eq!(seq(&tail.says()), first + 1);
    assert_eq!(host.ends_by(Signal::KILL), None);
    let (_next, _) = serve(&desk, &["--listen", &at.to_string()]);
    desk.ok(&["note", "C-1", "둘"]);
    desk.ok(&["cancel", "C-1"]);
    let mut last = first + 1;
    while last < desk.json(&["tail", "-n", "1"])["seq"].as_u64().unwrap() {
        let next = seq(&tail.says());
        assert_eq!(next, last + 1, "each record once, in order");
        last = next;
    }
    assert_eq!(watch().code, Some(0));
    assert_eq!(tail.ends_by(Signal::INT), Some(130));
}

#[test]
fn a_change_whose_host_died_is_done_once_by_the_one_that_is_started_again() {
    for point in ["before_commit", "after_commit"] {
        let desk = Sealed::new();
        let call = desk.request(1, &[]);
        let mut doomed = desk.command(&["serve", "--listen", "127.0.0.1:0"]);
        doomed.env("ASCALL_HALT_AT", format!("{point}:1"));
        let (mut host, at) = begin(doomed);
        let away = away(at);
        let line = ["cancel", &call, "--key", "k-1", "-o", "json", "--lock-timeout", "60s"];
        let asked = later(&away, &line);
        assert_eq!(host.ends(), None, "{point}: it was killed");
        let (_next, _) = serve(&desk, &["--listen", &at.to_string()]);
        let done = asked();
        assert_eq!(done.code, Some(0), "{point} {done:?}");
        assert_eq!(desk.stands(&call).0, "canceled");
        // Under the same key nothing is done twice.
        let head = desk.json(&["tail", "-n", "1"])["seq"].clone();
        assert_eq!(later(&away, &line)().code, Some(0));
        assert_eq!(desk.json(&["tail", "-n", "1"])["seq"], head);
        desk.verified();
    }
}

#[test]
fn a_change_whose_host_died_for_good_ends_with_8_and_the_key_and_nothing_is_opened_here() {
    let desk = Sealed::new();
    let call = desk.request(1, &[]);
    let mut doomed = desk.command(&["serve", "--listen", "127.0.0.1:0"]);
    doomed.env("ASCALL_HALT_AT", "after_commit:1");
    let (mut host, at) = begin(doomed);
    let away = away(at);
    let asked = later(&away, &["cancel", &call, "--lang", "en", "--lock-timeout", "300ms"]);
    assert_eq!(host.ends(), None);
    let unknown = asked();
    assert_eq!(unknown.code, Some(8), "{unknown:?}");
    assert!(unknown.err.contains("--key cli-"), "{unknown:?}");
    // Nobody was asked anything: that is sure.
    let gone = said(&away, &["cancel", &call, "--lock-timeout", "300ms"]);
    assert_eq!(gone.code, Some(3), "{gone:?}");
    assert!(
        gone.err.starts_with(&format!("error: no desk answers at http://{at}\nhint: ")),
        "{gone:?}"
    );
    assert!(!away.store().exists());
}

/// Somebody who listens on the network and says these answers, one connection each, and then nothing more.
fn stranger(answers: Vec<String>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = [0; 4_096];
            assert!(stream.read(&mut head).unwrap() > 0);
            // A client that has gone away misses nothing.
            drop(stream.write_all(answer.as_bytes()));
        }
        // Whoever comes later is taken and gets no answer.
        let mut kept = Vec::new();
        while let Ok((stream, _)) = listener.accept() {
            kept.push(stream);
        }
    });
    at
}

fn http(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}\r\n{body}")
}

/// What is spoken with a desk's host.
const PROTOCOL: u32 = 4;

fn hello(protocol: u32) -> String {
    let hello = serde_json::json!({
        "protocol": protocol, "release": "9.9.0", "verb": "serve", "pid": 4711
    });
    http("200 OK", "", &hello.to_string())
}

#[test]
fn whoever_is_no_desk_or_another_one_is_left_alone() {
    for (answers, code, text) in [
        (vec![hello(99)], 3, "speaks protocol 99, not 4"),
        (vec![http("200 OK", "", "<html>")], 3, "does not answer like a desk's host"),
        (vec![http("404 Not Found", "", "nothing")], 3, "does not answer like a desk's host"),
        (vec![http("403 Forbidden", "", "\u{1b}[31m")], 1, "lets nobody in like this: Forbidden"),
        (vec![http("502 Bad Gateway", "", ""); 100], 3, "no desk answers"),
        (vec![], 3, "no desk answers"),
        (
            vec![hello(PROTOCOL), http("404 Not Found", "", "")],
            3,
            "does not answer like a desk's host",
        ),
    ] {
        let away = away(stranger(answers));
        let begun = Instant::now();
        let refused = said(&away, &["list", "--lock-timeout", "500ms"]);
        assert_eq!(refused.code, Some(code), "{text} {refused:?}");
        assert!(refused.err.contains(text), "{text} {refused:?}");
        assert!(!refused.err.contains('\u{1b}') && refused.err.contains("hint: "), "{refused:?}");
        assert!(begun.elapsed() < PATIENCE, "{text}");
    }
}

#[test]
fn a_desk_with_too_much_to_do_is_asked_again_when_it_says_and_otherwise_the_time_is_told() {
    let busy =
        |seconds: u32| http("503 Service Unavailable", &format!("retry-after: {seconds}\r\n"), "");
    let away = away(stranger(vec![hello(PROTOCOL), busy(1), busy(30)]));
    let begun = Instant::now();
    let refused = said(&away, &["list"]);
    assert_eq!(refused.code, Some(4), "{refused:?}");
    assert!(begun.elapsed() >= Duration::from_secs(1), "it waited as long as it was told");
    assert!(refused.err.contains("has too much to do"), "{refused:?}");
    assert!(refused.err.contains("try again at "), "{refused:?}");
}

#[test]
fn what_is_about_the_desks_own_machine_is_refused_from_another() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let (_host, at) = serve(&desk, &[]);
    let away = away(at);
    for line in [
        &["backup", "copy.redb"][..],
        &["restore", "copy.redb"],
        &["doctor"],
        &["serve"],
        &["token", "list"],
    ] {
        let refused = said(&away, line);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        let verb = line[0];
        assert_eq!(
            refused.err,
            format!(
                "error: `{verb}` works on the desk's own machine, and ASCALL_URL names http://{at}\n\
                 hint: log in there: ascall {verb} …; for a desk of this machine: --store FILE\n"
            )
        );
    }
    // What they would ask is refused by the desk, too, whoever asks.
    let admin = token(&desk, "admin", "boss");
    let bearer = format!("Authorization: Bearer {admin}");
    until(|| (ask(at, "GET /v1/calls", &[]).status == 401).then_some(()));
    for question in ["Copy", "GiveWay"] {
        let refused = post(at, &format!("/attach/{PROTOCOL}/{question}"), &[&bearer], "{}");
        assert_eq!(refused.status, 403, "{refused:?}");
        assert_eq!(refused.json()["detail"], "this is done only on the desk's own machine");
    }
    let unknown = post(at, &format!("/attach/{PROTOCOL}/Nothing"), &[&bearer], "{}");
    assert_eq!(unknown.status, 404, "{unknown:?}");
    assert_eq!(ask(at, "GET /attach", &[]).status, 401);
    assert_eq!(ask(at, "GET /attach", &[&bearer, "Origin: http://evil.example"]).status, 403);
    assert_eq!(ask(at, "GET /attach", &[&bearer]).json()["protocol"], PROTOCOL);
}

#[test]
fn which_desk_is_meant_is_said_once_and_without_a_token_in_it() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let (_host, at) = serve(&desk, &[]);
    let url = format!("http://{at}");
    let away = Sealed::new();
    for (line, text) in [
        (&["list", "--store", "a", "--url", &url][..], "함께 쓸 수 없습니다"),
        (&["list", "--url", "https://desk.example"], "ssh -N -L"),
        (&["list", "--url", "http://kim:ascall_00@desk.example"], "does not belong"),
        (&["list", "--url", "desk.example"], "no address of a desk"),
    ] {
        let refused = away.fails(2, line);
        assert!(refused.contains(text) && !refused.contains("ascall_00"), "{refused}");
    }
    // A place that counts more wins, and between equals the desk on the network.
    let both = away.with("ASCALL_URL", &url);
    assert_eq!(away.run_with(&["list", "-o", "id"], &both).out, "C-1\n");
    let own = away.run_with(&["list", "--store", "own.redb"], &both);
    assert_eq!(own.code, Some(1), "there is no such desk: {own:?}");
    away.write("config.toml", &format!("url = \"{url}\"\n"));
    let by_file = ["list", "-o", "id", "--config", "config.toml"];
    assert_eq!(away.run(&by_file).code, Some(1), "the variable with the store counts more");
    let shown = away.ok(&["config", "show", "--config", "config.toml", "-o", "csv"]);
    assert!(shown.contains(&format!("url,{url},")), "{shown}");
    let mut command = away.command(&by_file);
    let out = command.env_remove("ASCALL_STORE").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&out.stdout), "C-1\n");
}

#[test]
fn a_way_on_which_others_can_read_along_is_warned_of_once() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let (_host, at) = serve(&desk, &[]);
    let away = Sealed::new();
    // An address that is not known as this machine's, and leads here all the same.
    let url = format!("http://0.0.0.0:{}", at.port());
    let refused = said(&away, &["list", "--url", &url]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert_eq!(refused.err.matches("warning: ").count(), 1, "{refused:?}");
    assert!(refused.err.contains("is not encrypted"), "{refused:?}");
    // The desk is not called so, and says what to do.
    assert!(refused.err.contains("hint: let it be called so: ascall serve --host NAME"));
    let silent = said(&away, &["list", "--url", &format!("http://localhost:{}", at.port())]);
    assert_eq!((silent.code, silent.err.as_str()), (Some(0), ""));
}
