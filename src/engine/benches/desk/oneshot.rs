//! One-shot use: what `request` and `status` cost on a store of 10^5 calls and 10^5 workers, against a commit.

use crate::rig::{Desk, median, repair, request, resident, say};
use crate::{Failure, Outcome};
use ascall_engine::domain::ids::CallId;
use ascall_engine::engine::{Config, Engine};
use ascall_engine::views::Store;
use redb::{Builder, TableDefinition};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const ROWS: TableDefinition<u64, &[u8]> = TableDefinition::new("rows");

/// Names the store that a process of its own holds open.
const IDLE: &str = "ASCALL_BENCH_STORE";

pub fn run() -> Outcome<()> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("desk.redb");
    let mut desk = Desk::open(&path)?;
    desk.staff(100_000)?;
    desk.serve(100_000)?;
    let next = desk.next;
    desk.core.maintain(desk.now)?;
    drop(desk);
    let commit = commit(dir.path())?;
    say(&format!("  one commit of redb alone, floor   {commit:>8.2} ms"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut took = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    for n in 0..7 {
        let started = Instant::now();
        let mut lap = started;
        let mut step = |of: usize| {
            took[of].push(lap.elapsed().as_secs_f64() * 1e3);
            lap = Instant::now();
        };
        runtime.block_on(async {
            let mut config = Config::at(&path, "bench");
            config.profiles = vec![repair()?];
            let engine = Engine::open(&config)?;
            step(0);
            let receipt = engine.handle(request(next + n)?).await?;
            assert!(receipt.call.is_some());
            step(1);
            engine.close().await?;
            step(2);
            Ok::<(), Failure>(())
        })?;
        took[3].push(started.elapsed().as_secs_f64() * 1e3);
    }
    let [open, ask, close, all] = took.map(median);
    say(&format!(
        "  open, request, close              {all:>8.2} ms  {:.1} times the floor (open {open:.2}, request {ask:.2}, close {close:.2})",
        all / commit
    ))?;
    let mut took = Vec::new();
    for n in 0..51 {
        let started = Instant::now();
        let row = Store::open_read(&path)?.call(CallId(1 + n * 1_999))?;
        assert!(row.is_some());
        took.push(started.elapsed().as_secs_f64() * 1e3);
    }
    let took = median(took);
    say(&format!(
        "  status without the world          {took:>8.2} ms  {:.1} times the floor",
        took / commit
    ))?;
    Ok(())
}

/// A commit of one small row.
fn commit(dir: &Path) -> Outcome<f64> {
    let db = Builder::new().create(dir.join("floor.redb"))?;
    let mut took = Vec::new();
    for n in 0..51 {
        let started = Instant::now();
        let mut txn = db.begin_write()?;
        txn.set_two_phase_commit(true);
        txn.set_quick_repair(true);
        txn.open_table(ROWS)?.insert(n, [7; 1_000].as_slice())?;
        txn.commit()?;
        took.push(started.elapsed().as_secs_f64() * 1e3);
    }
    Ok(median(took))
}

/// What a host takes that has nothing to do.
pub fn idle() -> Outcome<()> {
    if let Some(path) = std::env::var_os(IDLE) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        return runtime.block_on(async {
            let mut config = Config::at(path, "bench");
            config.profiles = vec![repair()?];
            let engine = Engine::open(&config)?;
            engine.ask(|_, _| ()).await?;
            say(&format!("{:.1}", resident() as f64 / 1e6))?;
            Ok(engine.close().await.map(drop)?)
        });
    }
    for (calls, workers) in [(0, 0), (10_000, 2_000)] {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("desk.redb");
        let mut desk = Desk::open(&path)?;
        desk.staff(workers)?;
        desk.serve(calls)?;
        drop(desk);
        let held = Command::new(std::env::current_exe()?).arg("idle").env(IDLE, &path).output()?;
        let memory = String::from_utf8(held.stdout)?;
        say(&format!("  {calls} calls, {workers} workers: {} MB resident", memory.trim()))?;
    }
    Ok(())
}
