//! When the host leaves: who goes on, and whether anything is missed.

use crate::running::{Running, later};
use crate::sealed::Sealed;
use rustix::process::Signal;

/// The records that `tail` has printed, up to the one that takes `call`.
fn printed_until(tail: &mut Running, call: u64, seen: &mut Vec<u64>) {
    loop {
        let record: serde_json::Value = serde_json::from_str(&tail.says()).unwrap();
        seen.push(record["seq"].as_u64().unwrap());
        let first = &record["events"][0];
        if first["event"] == "call_received" && first["call"] == call {
            return;
        }
    }
}

/// Takes a call and has every follower print it.
fn goes_on(desk: &Sealed, n: u32, tails: &mut [(Running, Vec<u64>)]) {
    let call = desk.request(n, &["--lock-timeout", "60s"]);
    let call = call.trim_start_matches("C-").parse().unwrap();
    for (tail, seen) in tails {
        printed_until(tail, call, seen);
    }
}

#[test]
fn followers_go_on_without_a_gap_when_one_host_after_the_other_leaves() {
    for signal in [Signal::TERM, Signal::KILL] {
        let desk = Sealed::new();
        desk.request(1, &[]);
        let host = Running::host(&desk);
        let follow = ["tail", "--from", "1", "--follow", "-o", "ndjson"];
        let mut tails: Vec<(Running, Vec<u64>)> =
            (0..3).map(|_| (Running::start(&desk, &follow), Vec::new())).collect();
        goes_on(&desk, 2, &mut tails);
        host.ends_by(signal);
        goes_on(&desk, 3, &mut tails);
        // One of them is the host now; each in turn is sent away.
        while tails.len() > 1 {
            let (tail, seen) = tails.remove(0);
            assert_eq!(seen, (1..=seen.len() as u64).collect::<Vec<_>>());
            let ended = tail.ends_by(signal);
            assert_eq!(ended, (signal == Signal::TERM).then_some(130));
            goes_on(&desk, 10 + u32::try_from(tails.len()).unwrap(), &mut tails);
        }
        let (tail, seen) = tails.remove(0);
        assert_eq!(seen, (1..=seen.len() as u64).collect::<Vec<_>>());
        drop(tail);
        desk.verified();
    }
}

#[test]
fn a_watch_without_a_host_is_the_host_and_answers_others() {
    let desk = Sealed::new();
    let call = desk.request(1, &["--kind", "TV"]);
    let mut watch = Running::start(&desk, &["watch", &call, "--until", "assigned", "-o", "ndjson"]);
    assert!(watch.says().contains("call_received"));
    let lock = || std::fs::read_to_string(desk.path("desk.redb.lock")).unwrap();
    assert!(lock().starts_with(&format!("{} ", watch.pid())) && lock().contains("watch"));
    let mut second = Running::start(&desk, &["watch", &call, "-o", "ndjson"]);
    assert!(second.says().contains("call_received"));
    desk.worker("한가람", 101, "37.5663,126.9779", "TV");
    assert_eq!(watch.ends(), Some(0), "it is assigned");
    // The second one takes over and sees the rest.
    desk.ok(&["start", &call]);
    desk.ok(&["finish", &call]);
    assert_eq!(second.ends(), Some(0));
    desk.verified();
}

#[test]
fn a_host_in_passing_gives_way_to_one_that_serves() {
    let desk = Sealed::new();
    let call = desk.request(1, &["--kind", "TV"]);
    let mut watch = Running::start(&desk, &["watch", &call, "-o", "ndjson"]);
    let mut last = watch.says();
    let mut tail = Running::start(&desk, &["tail", "--from", "1", "--follow", "-o", "ndjson"]);
    assert!(tail.says().contains("\"seq\":1,"));
    let host = Running::host(&desk);
    let lock = std::fs::read_to_string(desk.path("desk.redb.lock")).unwrap();
    assert!(lock.starts_with(&format!("{} ", host.pid())), "{lock}");
    desk.ok(&["cancel", &call]);
    assert_eq!(watch.ends(), Some(0));
    while !last.contains("call_ended") {
        last = watch.says();
    }
    // One that serves stays: another is told so.
    let said = later(&desk, &["serve", "--no-http", "--lock-timeout", "300ms"])();
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(said.err.contains("`serve`"), "{said:?}");
}

#[test]
fn a_request_that_waits_shares_the_desk_meanwhile() {
    let desk = Sealed::new();
    let args = ["request", "--tel", "010-0000-0001", "--kind", "TV", "--wait", "assigned"];
    let mut waits =
        Running::start(&desk, &[&args[..], &["--timeout", "60s", "-o", "json"]].concat());
    // However the two meet, neither is turned away.
    desk.worker("한가람", 101, "37.5663,126.9779", "TV");
    assert_eq!(waits.ends(), Some(0));
    assert_eq!(desk.stands("C-1").0, "assigned");
}

#[test]
fn an_interrupted_watch_leaves_in_order() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let desk = Sealed::new();
        let call = desk.request(1, &[]);
        let mut watch = Running::start(&desk, &["watch", &call]);
        watch.says();
        assert_eq!(watch.ends_by(signal), Some(130));
        let left = |name: &str| std::fs::read_to_string(desk.path(name));
        assert_eq!(left("desk.redb.lock").unwrap(), "", "the lock says: left cleanly");
        assert!(!desk.path("desk.redb.attach/socket").exists());
    }
}
