//! Fifty at once.

use crate::running::{Running, later};
use crate::sealed::Sealed;
use rustix::process::Signal;
use std::collections::BTreeSet;

const CROWD: usize = 50;

/// What the host does meanwhile.
#[derive(Clone, Copy)]
enum Host {
    Stays,
    IsNot,
    /// Is killed when so many have been answered.
    DiesAfter(usize),
}

/// Fifty callers ask for a call each, all at the same time: each gets one of its own, and nobody hangs.
fn crowd(host: Host) {
    let desk = Sealed::new();
    desk.worker("한가람", 901, "37.5663,126.9779", "TV");
    let mut hosting = (!matches!(host, Host::IsNot)).then(|| Running::host(&desk));
    let asked: Vec<_> = (1..=CROWD)
        .map(|n| {
            let tel = format!("010-0000-{n:04}");
            let wait = ["--lock-timeout", "60s"];
            later(&desk, &["request", "--tel", &tel, "-o", "id", wait[0], wait[1]])
        })
        .collect();
    let mut acknowledged = BTreeSet::new();
    for (answered, ended) in asked.into_iter().enumerate() {
        if matches!(host, Host::DiesAfter(after) if after == answered)
            && let Some(host) = hosting.take()
        {
            assert_eq!(host.ends_by(Signal::KILL), None);
        }
        let ran = ended();
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(acknowledged.insert(ran.out.trim().to_owned()), "two have {}", ran.out);
    }
    drop(hosting);
    let there = desk.ok(&["list", "--all", "-o", "id"]);
    let there: BTreeSet<String> = there.lines().map(str::to_owned).collect();
    assert_eq!(there, acknowledged);
    desk.verified();
}

#[test]
fn fifty_one_shots_share_a_host() {
    crowd(Host::Stays);
}

#[test]
fn fifty_one_shots_take_turns_without_a_host() {
    crowd(Host::IsNot);
}

#[test]
fn fifty_one_shots_go_on_when_their_host_is_killed() {
    for after in [0, 5, 20] {
        crowd(Host::DiesAfter(after));
    }
}
