//! The real binary, killed: what it acknowledged is there, and nothing is there twice.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod sealed;

use sealed::Sealed;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

/// How many rounds; `ASCALL_LONG` makes it more.
fn rounds(short: u64) -> u64 {
    std::env::var("ASCALL_LONG").ok().and_then(|n| n.parse().ok()).unwrap_or(short)
}

/// A batch file of calls, each with a key of its own.
fn batch(rows: std::ops::Range<u64>) -> String {
    let rows = rows.map(|n| {
        let (minute, cost) = (n % 100, 10_000 + n);
        format!("row-{n},010-0000-{n:04},\"37.5{minute:02},126.978\",{cost}\n")
    });
    std::iter::once("key,tel,location,cost\n".to_owned()).chain(rows).collect()
}

/// A batch is killed after some of its lines were acknowledged, and the same file is given again.
#[test]
fn a_batch_killed_anywhere_is_finished_by_giving_it_again() {
    let desk = Sealed::new();
    desk.worker("한가람", 901, "37.5663,126.9779", "TV");
    let mut acknowledged: BTreeSet<String> = BTreeSet::new();
    let mut given = 0;
    for round in 0..rounds(12) {
        given += 20;
        let file = desk.write("calls.csv", &batch(0..given));
        let file = file.to_str().unwrap();
        let mut child = desk
            .command(&["request", "-f", file, "-o", "ndjson"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Killed after so many new lines that each round dies somewhere else.
        let stop_after = (given - 20) + (round * 7 + 3) % 20;
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for _ in 0..stop_after {
            let Some(Ok(line)) = lines.next() else { break };
            let row: serde_json::Value = serde_json::from_str(&line).unwrap();
            acknowledged.insert(row["id"].as_str().unwrap().to_owned());
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let there: BTreeSet<String> =
            desk.ok(&["list", "--all", "-o", "id"]).lines().map(str::to_owned).collect();
        assert!(acknowledged.is_subset(&there), "lost: {:?}", acknowledged.difference(&there));
        desk.verified();
    }
    let file = desk.write("calls.csv", &batch(0..given));
    desk.ok(&["request", "-f", file.to_str().unwrap()]);
    let there = desk.ok(&["list", "--all", "-o", "id"]);
    assert_eq!(there.lines().count() as u64, given, "each row is one call");
    desk.verified();
}

/// A host that holds the desk is killed; one-shots go on with what it left.
#[test]
fn a_host_killed_while_calls_are_parked_leaves_them_to_the_next() {
    let desk = Sealed::new();
    desk.worker("한가람", 901, "37.5663,126.9779", "TV");
    desk.ok(&["participant", "stop", "manage"]);
    let calls: Vec<String> = (1..=5).map(|n| desk.request(n, &[])).collect();
    let mut host = desk
        .command(&["serve", "--no-http"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The host says when it holds the desk.
    let mut said = String::new();
    BufReader::new(host.stderr.take().unwrap()).read_line(&mut said).unwrap();
    host.kill().unwrap();
    host.wait().unwrap();
    for call in &calls {
        assert_eq!(desk.stands(call).0, "parked");
    }
    desk.ok(&["participant", "start", "manage"]);
    let waited = desk.run(&["watch", &calls[0], "--until", "assigned", "--timeout", "30s"]);
    assert_eq!(waited.code, Some(0), "{waited:?}");
    desk.verified();
}

#[test]
fn first_runs_at_once_create_one_store() {
    let desk = Sealed::new();
    let children: Vec<_> = (1..=8)
        .map(|n| {
            let tel = format!("010-0000-{n:04}");
            desk.command(&["request", "--tel", &tel, "-o", "id", "--lock-timeout", "60s"])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut ids = BTreeSet::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        ids.insert(String::from_utf8(output.stdout).unwrap().trim().to_owned());
    }
    assert_eq!(ids.len(), 8);
    assert_eq!(desk.ok(&["list", "-o", "id"]).lines().count(), 8);
    desk.verified();
}
