//! What it costs that a call is weighed with its nearest workers only: the served and the way in all, beside those of
//! rounds that weigh every call with everybody.

use crate::domain::chance;
use crate::domain::event::Event;
use crate::domain::follow::NEAREST;
use crate::domain::geo::Point;
use crate::domain::ids::{CallId, Millis};
use crate::domain::profile::Policy;
use crate::domain::testing::{Bench, request, seoul, worker};
use std::collections::BTreeSet;

/// A desk on which so many calls wait for a round, with so many free workers, in a town this wide; crowded: half of the
/// calls come from one block.
fn desk(seed: u64, calls: u32, workers: u32, wide: u64, crowded: bool) -> Bench {
    let mut profile = super::kit::bare();
    profile.dispatch.policy = Policy::Batch;
    let mut desk = Bench::with(&[profile]);
    desk.pass(Millis(1));
    let place = |what, n, wide| -> Point {
        let off = |which| {
            let drawn = chance::below(seed, CallId(which), what, n, wide);
            i32::try_from(drawn).unwrap()
        };
        seoul(off(1), off(2))
    };
    for n in 0..workers {
        desk.ok(worker(Some(place("worker", n, wide)), &[]));
    }
    for n in 0..calls {
        let wide = if crowded && n % 2 == 0 { 12 } else { wide };
        desk.ok(request("repair", u64::from(n), Some(place("call", n, wide))));
    }
    desk
}

/// How many are served when a call is weighed with `most` workers at once, and how many metres they are sent.
fn outcome(desk: &Bench, most: usize) -> (usize, u64) {
    let line = desk.world.line("repair").unwrap().number;
    let tick = desk.world.next_round().unwrap();
    let events = desk.world.round(line, most, tick).unwrap().events;
    let (mut calls, mut sent, mut metres) = (BTreeSet::new(), BTreeSet::new(), 0);
    for event in &events {
        if let Event::AssignmentCommitted { call, worker, decision, .. } = event {
            assert!(calls.insert(*call) && sent.insert(*worker), "{call} {worker}");
            let chosen = decision.as_ref().and_then(|decision| decision.chosen).unwrap();
            metres += u64::from(chosen.metres.unwrap());
        }
    }
    (calls.len(), metres)
}

#[test]
fn weighing_with_the_nearest_only_serves_as_many_and_lengthens_the_way_by_little() {
    let mut worst = 0.0_f64;
    for (seed, calls, workers, wide, crowded) in [
        (1, 60, 150, 300, false),
        (2, 120, 150, 300, false),
        (3, 150, 120, 300, false),
        (4, 150, 400, 300, true),
        (5, 200, 200, 900, true),
        (6, 250, 100, 900, true),
    ] {
        let desk = desk(seed, calls, workers, wide, crowded);
        let (served, way) = outcome(&desk, usize::MAX);
        let (served_near, way_near) = outcome(&desk, NEAREST);
        let (served_few, way_few) = outcome(&desk, 8);
        assert_eq!(served, usize::try_from(calls.min(workers)).unwrap());
        assert_eq!((served_near, served_few), (served, served), "seed {seed}");
        let longer = |other: u64| {
            let thousandths = (other * 1_000).div_ceil(way.max(1));
            f64::from(u32::try_from(thousandths).unwrap()) / 1_000.0 - 1.0
        };
        println!(
            "{calls} calls, {workers} workers: {way} m; {NEAREST} nearest {:+.1} %, 8 nearest {:+.1} %",
            longer(way_near) * 100.0,
            longer(way_few) * 100.0
        );
        worst = worst.max(longer(way_near));
        if usize::try_from(calls).unwrap() <= NEAREST {
            assert_eq!(
                way_near, way,
                "seed {seed}: with no more calls than that nothing is left out"
            );
        }
    }
    assert!(worst < 0.05, "{worst}");
}
