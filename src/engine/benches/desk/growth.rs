//! Whether the millionth call costs what the ten thousandth did: rate, memory, bytes on disk, time to open.
//!
//! Driven through the core with 200 orders a commit, so that only the engine's own work is seen.

use crate::Outcome;
use crate::rig::{Desk, long, median, resident, say};
use ascall_engine::domain::ids::Seq;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

/// Workers on shift; no call waits for one.
const WORKERS: u64 = 2_000;

/// Calls over which a rate is taken.
const MEASURED: u64 = 6_000;

pub fn run() -> Outcome<()> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("desk.redb");
    let mut desk = Desk::open(&path)?;
    desk.staff(WORKERS)?;
    let mut stores = vec![10_000, 100_000];
    if long() {
        stores.extend([1_000_000, 10_000_000]);
    }
    say(
        "     calls   calls/s  of 10^4      RSS  disk/call  of events   open to first accept  of 10^4",
    )?;
    let mut first: Option<(f64, f64)> = None;
    for stored in stores {
        let measured = MEASURED.min(stored / 2);
        desk.serve(stored - measured - desk.next)?;
        let started = Instant::now();
        desk.serve(measured)?;
        let rate = measured as f64 / started.elapsed().as_secs_f64();
        let memory = resident() as f64 / 1e6;
        let bodies = bodies(&desk)?;
        // What the file takes up: redb lengthens it in doublings, and what was never written takes no block.
        let bytes_on_disk =
            std::os::unix::fs::MetadataExt::blocks(&std::fs::metadata(&path)?) * 512;
        // Dropped, not closed: the store is as after a kill.
        let next = desk.next;
        drop(desk);
        let mut opens = Vec::new();
        for n in 0..5 {
            opens.push(open(&path, next + n)?.as_secs_f64() * 1e3);
        }
        let open = median(opens);
        let (rate_first, open_first) = *first.get_or_insert((rate, open));
        say(&format!(
            "  {stored:>8} {rate:>9.0} {:>8.2} {memory:>5.1} MB {:>10.0} {:>10.2} {open:>19.1} ms {:>8.2}",
            rate / rate_first,
            bytes_on_disk as f64 / stored as f64,
            bytes_on_disk as f64 / bodies as f64,
            open / open_first,
        ))?;
        desk = Desk::open(&path)?;
        desk.next = next + 5;
    }
    Ok(())
}

/// From an unclean stop to the first call that is accepted and assigned.
fn open(path: &Path, next: u64) -> Outcome<Duration> {
    let started = Instant::now();
    let mut desk = Desk::open(path)?;
    desk.next = next;
    let calls = desk.take(1)?;
    let took = started.elapsed();
    assert_eq!(calls.len(), 1);
    Ok(took)
}

/// The bytes of all records.
fn bodies(desk: &Desk) -> Outcome<u64> {
    let mut bytes = 0;
    desk.core.store().reader().view()?.read_from(Seq(1), &mut |record| {
        bytes += record.body.len() as u64;
        ControlFlow::Continue(())
    })?;
    Ok(bytes)
}
