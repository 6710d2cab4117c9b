//! Durable calls per second through the engine, against redb alone writing the same records and rows.
//!
//! The floor writes bodies and rows of the sizes that the engine wrote, one row a record, in commits of as many records
//! as the engine's had on average, with the same options; it decides nothing, hashes nothing and answers nobody.

use crate::counting::{Counts, counting};
use crate::rig::{cpu, finish, median, repair, request, say, start, worker};
use crate::{Failure, Outcome, gate};
use ascall_engine::domain::event::{Event, ParticipantKind, call_of};
use ascall_engine::domain::ids::{CallId, Seq};
use ascall_engine::domain::phase::Phase;
use ascall_engine::engine::{Config, Engine, ParticipantConfig};
use ascall_engine::journal::Table;
use ascall_engine::views::Store;
use redb::{Builder, StorageBackend, TableDefinition};
use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const LOG: TableDefinition<u64, &[u8]> = TableDefinition::new("log");
const LIVE: TableDefinition<u64, &[u8]> = TableDefinition::new("live");
const SUBJECTS: TableDefinition<u64, &[u8]> = TableDefinition::new("subjects");

/// What one run came to.
struct Run {
    took: Duration,
    syncs: u64,
    written: Written,
}

/// What was written, by size.
#[derive(Default)]
pub struct Written {
    /// One by one.
    pub records: Vec<Sizes>,
    /// All events of all records.
    pub events: u64,
}

/// A record and its rows.
pub struct Sizes {
    /// The record's bytes.
    pub body: usize,
    live: Vec<(u64, usize)>,
    subject: Option<(u64, usize)>,
}

/// How far a call is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Far {
    Accepted,
    Finished,
}

/// With the gate inside the desk.
pub fn plain() -> Outcome<()> {
    table(None, &[1, 64, 200], 3)
}

/// With the gate behind a URL on loopback.
pub fn http() -> Outcome<()> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let url = runtime.block_on(gate::serve())?;
    table(Some(&url), &[1, 200], 1)
}

fn table(gate: Option<&str>, callers: &[u64], rounds: u32) -> Outcome<()> {
    say("  callers  what                    calls/s  floor/s  ratio  syncs/event  records/commit")?;
    for &callers in callers {
        for (far, name) in
            [(Far::Accepted, "accepted and assigned"), (Far::Finished, "requested, done")]
        {
            let calls = match callers {
                1 => 1_000,
                64 => 10_000,
                _ => 20_000,
            };
            let mut figures: [Vec<f64>; 5] = Default::default();
            for _ in 0..rounds {
                let run = engine(gate, callers, calls, far)?;
                let commits = (run.syncs / 2).max(1);
                let per_commit = (run.written.records.len() as u64).div_ceil(commits).max(1);
                let (floor, _) = floor(&run.written, usize::try_from(per_commit)?)?;
                let of = |took: Duration| calls as f64 / took.as_secs_f64();
                let one = [
                    of(run.took),
                    of(floor),
                    of(run.took) / of(floor),
                    run.syncs as f64 / run.written.events as f64,
                    run.written.records.len() as f64 / commits as f64,
                ];
                figures.iter_mut().zip(one).for_each(|(all, one)| all.push(one));
            }
            let [rate, floor, ratio, syncs, batch] = figures.map(median);
            say(&format!(
                "  {callers:>7}  {name:22} {rate:>8.0} {floor:>8.0} {ratio:>6.2} {syncs:>12.3} {batch:>15.1}"
            ))?;
        }
    }
    Ok(())
}

fn engine(gate: Option<&str>, callers: u64, calls: u64, far: Far) -> Outcome<Run> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let dir = tempfile::tempdir()?;
    let counts = Arc::new(Counts::default());
    runtime.block_on(drive(dir.path(), &counts, gate, callers, calls, far))
}

async fn drive(
    dir: &Path,
    counts: &Arc<Counts>,
    gate: Option<&str>,
    callers: u64,
    calls: u64,
    far: Far,
) -> Outcome<Run> {
    let path = dir.join("desk.redb");
    let mut config = Config::at(&path, "bench");
    config.profiles = vec![repair()?];
    config.participants.extend(gate.map(|url| ParticipantConfig {
        name: "manage".to_owned(),
        kind: ParticipantKind::Http { url: url.to_owned() },
        breaker: ascall_engine::domain::breaker::BreakerSettings::default(),
        bulkhead: 256,
    }));
    let made = Arc::clone(counts);
    let source =
        move || -> io::Result<Box<dyn StorageBackend>> { Ok(Box::new(counting(&path, &made)?)) };
    let engine = Engine::over(Box::new(source), &config)?;
    let workers = if far == Far::Accepted { calls } else { 2_000 };
    let mut adding = JoinSet::new();
    for n in 0..workers {
        let (engine, order) = (engine.clone(), worker(n)?);
        adding.spawn(async move { engine.handle(order).await });
    }
    while let Some(added) = adding.join_next().await {
        added??;
    }
    let before = engine.store().head()?.seq;
    let syncs = counts.syncs.load(Ordering::Relaxed);
    let next = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        let (engine, next, outside) = (engine.clone(), Arc::clone(&next), gate.is_some());
        tasks.spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= calls {
                    return Ok::<(), Failure>(());
                }
                one_call(&engine, n, far, outside).await?;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let took = started.elapsed();
    let syncs = counts.syncs.load(Ordering::Relaxed) - syncs;
    let written = written(engine.store(), before)?;
    engine.close().await?;
    Ok(Run { took, syncs, written })
}

async fn one_call(engine: &Engine, n: u64, far: Far, outside: bool) -> Outcome<()> {
    let call = engine.handle(request(n)?).await?.call.ok_or("no call")?;
    if outside {
        assigned(engine, call).await?;
    }
    if far == Far::Finished {
        engine.handle(start(call)).await?;
        engine.handle(finish(call)).await?;
    }
    Ok(())
}

/// Waits until the gate has answered and somebody has the call.
async fn assigned(engine: &Engine, call: CallId) -> Outcome<()> {
    let there = |row: &ascall_engine::views::CallRow| row.phase == Phase::Assigned;
    let settled = engine.wait_for(call, Duration::from_secs(30), there).await?;
    if settled.in_time { Ok(()) } else { Err("not assigned in time".into()) }
}

/// The sizes of what was written after `before`.
pub fn written(store: &Store, before: Seq) -> Outcome<Written> {
    let view = store.reader().view()?;
    let mut bodies = BTreeMap::new();
    view.read_from(before.next(), &mut |record| {
        bodies.insert(record.seq, record.body.len());
        ControlFlow::Continue(())
    })?;
    let mut written = Written::default();
    let mut wrong = None;
    store.each_record(before.next(), |record| {
        written.events += record.events.len() as u64;
        let mut sizes = Sizes { body: bodies[&record.seq], live: Vec::new(), subject: None };
        let calls: std::collections::BTreeSet<CallId> =
            record.events.iter().filter_map(call_of).collect();
        let row = |table, key| view.row(table, key).map(|row| row.map_or(0, |bytes| bytes.len()));
        for call in calls {
            let size = row(Table::Live, call.0).and_then(|size| match size {
                0 => row(Table::Calls, call.0),
                size => Ok(size),
            });
            match size {
                Ok(size) => sizes.live.push((call.0, size)),
                Err(error) => wrong = Some(error),
            }
        }
        for event in &record.events {
            if let Event::CallReceived { subject, .. } = event {
                match row(Table::Subjects, subject.0) {
                    Ok(size) => sizes.subject = Some((subject.0, size)),
                    Err(error) => wrong = Some(error),
                }
            }
        }
        written.records.push(sizes);
        ControlFlow::Continue(())
    })?;
    wrong.map_or(Ok(written), |error| Err(error.into()))
}

/// How long redb takes alone, by the wall clock and of the processor.
pub fn floor(written: &Written, per_commit: usize) -> Outcome<(Duration, Duration)> {
    let dir = tempfile::tempdir()?;
    let counts = Arc::new(Counts::default());
    let db = Builder::new()
        .set_cache_size(ascall_engine::journal::redb::Options::default().cache_bytes)
        .create_with_backend(counting(&dir.path().join("floor.redb"), &counts)?)?;
    let bytes = vec![7; 1 << 16];
    let bytes = |len: usize| bytes.get(..len).unwrap_or(&bytes);
    let mut seq = 0;
    let (started, begun) = (Instant::now(), cpu()?);
    for batch in written.records.chunks(per_commit) {
        let mut txn = db.begin_write()?;
        txn.set_two_phase_commit(true);
        txn.set_quick_repair(true);
        {
            let mut log = txn.open_table(LOG)?;
            let mut live = txn.open_table(LIVE)?;
            let mut subjects = txn.open_table(SUBJECTS)?;
            // Of a row that one commit changes twice, only the last is written.
            let last: BTreeMap<u64, usize> =
                batch.iter().flat_map(|r| r.live.iter().copied()).collect();
            for record in batch {
                seq += 1;
                log.insert(seq, bytes(record.body))?;
                if let Some((key, size)) = record.subject {
                    subjects.insert(key, bytes(size))?;
                }
            }
            for (key, size) in last {
                live.insert(key, bytes(size))?;
            }
        }
        txn.commit()?;
    }
    Ok((started.elapsed(), cpu()?.checked_sub(begun).unwrap()))
}
