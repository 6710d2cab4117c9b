//! Hosts that die or hang while they are asked.

use crate::running::{Running, later};
use crate::sealed::Sealed;
use rustix::process::Signal;

/// A host that dies by itself at the `nth` time it comes to a point between taking an order and answering it.
fn doomed(desk: &Sealed, point: &str, nth: usize) -> Running {
    let mut command = desk.command(&["serve", "--no-http"]);
    command.env("ASCALL_HALT_AT", format!("{point}:{nth}"));
    let mut host = Running::begin(command);
    host.says_aside();
    host
}

#[test]
fn a_call_whose_host_died_before_it_answered_is_there_once() {
    for point in ["before_commit", "after_commit"] {
        let desk = Sealed::new();
        let mut host = doomed(&desk, point, 3);
        let calls: Vec<String> = (1..=4).map(|n| desk.request(n, &[])).collect();
        assert_eq!(calls, ["C-1", "C-2", "C-3", "C-4"], "{point}");
        assert_eq!(host.ends(), None, "{point}: it was killed");
        assert_eq!(desk.ok(&["list", "--all", "-o", "id"]).lines().count(), 4, "{point}");
        desk.verified();
    }
}

#[test]
fn a_change_whose_host_died_is_done_once_by_the_next_host() {
    let desk = Sealed::new();
    let call = desk.request(1, &[]);
    let mut host = doomed(&desk, "after_commit", 1);
    let asked = later(&desk, &["note", &call, "벨이 고장", "-o", "json", "--lock-timeout", "30s"]);
    assert_eq!(host.ends(), None);
    let _next = Running::host(&desk);
    assert_eq!(asked().code, Some(0));
    let notes = desk.json(&["status", &call])["notes"].clone();
    assert_eq!(notes.as_array().unwrap().len(), 1, "{notes}");
    desk.verified();
}

#[test]
fn a_dry_run_and_a_look_ask_the_next_host_when_theirs_is_killed() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let host = Running::host(&desk);
    let looks: Vec<_> = (0..10)
        .map(|n| {
            let line = [&["list", "-o", "id"][..], &["cancel", "C-1", "--dry-run"]][n % 2];
            later(&desk, &[line, &["--lock-timeout", "60s"]].concat())
        })
        .collect();
    assert_eq!(host.ends_by(Signal::KILL), None);
    for look in looks {
        assert_eq!(look().code, Some(0));
    }
    assert_eq!(desk.stands("C-1").0, "open");
}

#[test]
fn a_host_that_hangs_is_named_after_the_time_given() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let host = Running::host(&desk);
    host.signal(Signal::STOP);
    let said = later(&desk, &["list", "--lock-timeout", "300ms"])();
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(said.err.contains(&format!("{}", host.pid())), "{}", said.err);
    host.signal(Signal::CONT);
    desk.ok(&["list"]);
}

#[test]
fn a_host_with_nothing_to_do_takes_no_time() {
    let desk = Sealed::new();
    let call = desk.request(1, &[]);
    let host = Running::host(&desk);
    let ticks = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", host.pid())).unwrap();
        let after = stat.rsplit_once(") ").unwrap().1;
        let fields: Vec<u64> = after.split(' ').filter_map(|field| field.parse().ok()).collect();
        // User and system time, in hundredths of a second; the fields that are no numbers are left out.
        fields[10] + fields[11]
    };
    let before = ticks();
    // A guest that waits for what does not happen.
    let waited = later(&desk, &["watch", &call, "--timeout", "3s", "-o", "id"])();
    assert_eq!(waited.code, Some(6), "{waited:?}");
    assert!(ticks() - before <= 10, "{} hundredths", ticks() - before);
}
