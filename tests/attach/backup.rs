//! Copies of a desk that a host has open and others use.

use crate::running::Running;
use crate::sealed::Sealed;
use rustix::process::Signal;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

#[test]
fn a_copy_made_under_load_is_one_moment_and_whole() {
    let desk = Sealed::new();
    let host = Running::host(&desk);
    desk.request(1, &[]);
    let (taken, over) = (AtomicU32::new(1), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Acquire) {
                desk.request(taken.load(Ordering::Acquire) + 1, &[]);
                taken.fetch_add(1, Ordering::AcqRel);
            }
        });
        let mut before = 0;
        for n in 0..5 {
            let acknowledged = u64::from(taken.load(Ordering::Acquire));
            let name = format!("copy-{n}.redb");
            let copy = desk.json(&["backup", &name]);
            let calls = copy["calls"].as_u64().unwrap();
            assert!(calls >= acknowledged, "{calls} of {acknowledged}: {copy}");
            assert!(copy["seq"].as_u64().unwrap() >= before, "{copy}");
            before = copy["seq"].as_u64().unwrap();
            let list = desk.ok(&["--store", &name, "list", "--all", "--limit", "0", "-o", "id"]);
            assert_eq!(list.lines().count() as u64, calls);
        }
        over.store(true, Ordering::Release);
    });
    // While a host has it, nothing is put in its place.
    let said = desk.fails(3, &["restore", "copy-0.redb", "--force", "--lock-timeout", "100ms"]);
    assert!(said.contains("serve"), "{said}");
    assert_eq!(host.ends_by(Signal::TERM), Some(0));
    desk.ok(&["restore", "copy-0.redb", "--force"]);
    desk.verified();
}

#[test]
fn the_doctor_asks_the_host_and_tells_one_that_is_silent() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let host = Running::host(&desk);
    let said = desk.ok(&["doctor", "--lang", "en"]);
    let line = |said: &str, check: &str| {
        let mut lines = said.lines().map(str::to_owned);
        lines.find(|line| line.split_whitespace().nth(1) == Some(check)).unwrap()
    };
    assert!(
        line(&said, "socket").contains(&format!("serve answers (process {}", host.pid())),
        "{said}"
    );
    assert!(line(&said, "lock").contains("held by `serve`"), "{said}");
    assert!(line(&said, "calls").contains("1 live"), "{said}");
    // One that was stopped in the middle holds the desk and answers nobody.
    host.signal(Signal::STOP);
    let ran = desk.run(&["doctor", "--lang", "en"]);
    host.signal(Signal::CONT);
    assert_eq!(ran.code, Some(5), "{ran:?}");
    let socket = line(&ran.out, "socket");
    assert!(
        socket.starts_with("fail") && socket.ends_with(&format!("kill {}", host.pid())),
        "{socket}"
    );
    assert!(line(&ran.out, "journal").starts_with("warn"), "{ran:?}");
    assert_eq!(host.ends_by(Signal::TERM), Some(0));
    // Killed, its socket stays: the next host will replace it.
    assert_eq!(Running::host(&desk).ends_by(Signal::KILL), None);
    let said = desk.ok(&["doctor", "--lang", "en"]);
    assert!(line(&said, "socket").contains("an old socket lies at"), "{said}");
    assert!(line(&said, "lock").contains("died with the desk open"), "{said}");
}
