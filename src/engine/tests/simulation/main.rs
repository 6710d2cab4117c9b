//! The whole desk under simulation: one seed drives clients, time, participants, storage and crashes, and every rule of
//! the book is looked at on the way.
//!
//! A failure prints the line that replays it; with `ASCALL_STORY=N` beside it, it tells what the journal says of call N
//! (0: of all). `ASCALL_LONG=N` runs N seeds in place of the default ones; `ASCALL_BUG=NAME` plants that bug alone.

#![allow(
    clippy::panic,
    clippy::print_stdout,
    clippy::match_same_arms,
    clippy::collapsible_if,
    reason = "a test: it says what it found, and its tables are read line by line"
)]

mod bank;
mod books;
mod checks;
mod clients;
mod cover;
mod crash;
mod history;
mod outside;
#[cfg(feature = "planted")]
mod planted;
mod quiet;
mod reach;
mod rng;
mod sim;
mod storage;
mod town;
mod trouble;

use cover::Cover;
use sim::{Failure, Sim};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How many seeds a default run takes.
const SEEDS: u64 = 200;

/// Runs one seed; a panic inside is a failure like any other.
fn run(seed: u64) -> Result<Sim, Failure> {
    drive(Sim::new(seed))
}

fn drive(mut sim: Sim) -> Result<Sim, Failure> {
    let seed = sim.seed;
    match catch_unwind(AssertUnwindSafe(|| sim.run())) {
        Ok(Ok(())) => Ok(sim),
        Ok(Err(failure)) => {
            if let Some(call) = number("ASCALL_STORY") {
                let call = (call > 0).then_some(ascall_engine::domain::ids::CallId(call));
                println!("{}\n{}", sim.story(call, 40), checks::waiting(&sim.mirror, sim.now));
            }
            Err(failure)
        }
        Err(panic) => {
            let what = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()))
                .unwrap_or_default();
            Err(Failure { seed, rule: "assertion".to_owned(), what })
        }
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn every_rule_holds_over_many_seeds_and_everything_is_hit() {
    let first = number("ASCALL_FROM").unwrap_or(1);
    let seeds = number("ASCALL_LONG").unwrap_or(SEEDS);
    let mut cover = Cover::default();
    for seed in first..first + seeds {
        let sim = run(seed).unwrap_or_else(|failure| panic!("{failure}"));
        cover.add(&sim.cover);
    }
    let (records, calls, crashes) = (cover.records, cover.calls, cover.crashes);
    println!("{seeds} seeds: {records} records, {calls} calls, {crashes} crashes");
    println!("faults: {:?}", cover.faults);
    println!("events: {:?}\ncommands: {:?}", cover.events, cover.commands);
    let missing = cover.missing();
    assert!(missing.is_empty() || seeds < SEEDS, "never hit: {missing:#?}");
    println!("never hit: {missing:?}");
}

#[test]
fn one_seed() {
    let seed = number("ASCALL_SEED").unwrap_or(1);
    if let Err(failure) = run(seed) {
        panic!("{failure}");
    }
}

#[test]
fn the_same_seed_gives_the_same_journal() {
    for seed in (1..=SEEDS).step_by(33) {
        let heads: Vec<_> = (0..2)
            .map(|_| {
                let sim = run(seed).unwrap_or_else(|failure| panic!("{failure}"));
                sim.core.map(|core| core.head())
            })
            .collect();
        assert!(heads[0].is_some() && heads[0] == heads[1], "J9: seed {seed} gives {heads:?}");
    }
}

#[test]
fn a_journal_that_hides_an_event_now_and_then_fails_in_every_run() {
    for seed in 1..=8 {
        let mut sim = Sim::new(seed);
        sim.canary = true;
        assert!(drive(sim).is_err(), "seed {seed}");
    }
}
