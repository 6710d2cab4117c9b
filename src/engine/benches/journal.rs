//! What a commit of the journal costs, against the plain layout of one row per record, in one run.
//!
//! Both write the same bodies of some 900 bytes into a file of their own with the same settings of
//! redb, by turns, so that a noisy machine is noisy for both. Prints times, syncs and file sizes, and
//! how long an open takes after an unclean stop. Times differ between machines: read the ratios.

#![expect(clippy::cast_precision_loss, reason = "ratios and rates for people to read")]

mod counting;

use ascall_engine::domain::ids::{Seq, Time};
use ascall_engine::journal::Table;
use ascall_engine::journal::redb::{Options, RedbJournal};
use ascall_engine::journal::{Batch, Journal, Maintenance, NewRecord, RowChange, SnapshotChunk};
use counting::{Counts, counting};
use redb::{Builder, Database, ReadableDatabase, ReadableTableMetadata};
use redb::{StorageBackend, TableDefinition};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const PLAIN: TableDefinition<u64, &[u8]> = TableDefinition::new("log");
const CHUNKED: TableDefinition<(u64, u32), &[u8]> = TableDefinition::new("log");

/// Sizes from 700 to 1,100 bytes, the same ones each time.
fn body(i: u64) -> Vec<u8> {
    let mixed = i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    let len = usize::try_from(700 + mixed % 401).unwrap_or(900);
    (0..len).map(|at| (mixed as usize + at * at).to_le_bytes()[0]).collect()
}

trait Candidate {
    fn commit(&mut self, from: u64, count: u64) -> Outcome<()>;
}

struct Plain(Database);

impl Candidate for Plain {
    fn commit(&mut self, from: u64, count: u64) -> Outcome<()> {
        let mut txn = self.0.begin_write()?;
        txn.set_two_phase_commit(true);
        txn.set_quick_repair(true);
        {
            let mut table = txn.open_table(PLAIN)?;
            let mut prev = [0; 32];
            for i in from..from + count {
                // The same envelope: 37 bytes and a hash over everything.
                let body = body(i);
                let hash = blake3::hash(&body);
                let mut row = vec![2; 13];
                row.extend_from_slice(&prev[..16]);
                row.extend_from_slice(&hash.as_bytes()[..8]);
                row.extend_from_slice(&body);
                prev = *hash.as_bytes();
                table.insert(i, row.as_slice())?;
            }
        }
        Ok(txn.commit()?)
    }
}

impl Candidate for RedbJournal {
    fn commit(&mut self, from: u64, count: u64) -> Outcome<()> {
        let record = |i| NewRecord { at: Time(1), body: body(i) };
        let records = (from..from + count).map(record).collect();
        self.append(&Batch { records, rows: Vec::new() })?;
        Ok(())
    }
}

struct Measure {
    name: &'static str,
    counts: Arc<Counts>,
    took: Vec<Duration>,
}

impl Measure {
    fn new(name: &'static str) -> Self {
        Self { name, counts: Arc::default(), took: Vec::new() }
    }

    fn median_us(&mut self) -> f64 {
        self.took.sort_unstable();
        self.took.get(self.took.len() / 2).map_or(0.0, |took| took.as_secs_f64() * 1e6)
    }
}

fn compare(out: &mut impl Write, dir: &Path, per_commit: u64, commits: u64) -> Outcome<()> {
    let (plain_path, chunked_path) = (dir.join("plain"), dir.join("chunked"));
    let mut measures = [Measure::new("one row per record"), Measure::new("pieces of a page")];
    let plain = Builder::new()
        .set_cache_size(Options::default().cache_bytes)
        .create_with_backend(counting(&plain_path, &measures[0].counts)?)?;
    let (path, counts) = (chunked_path.clone(), Arc::clone(&measures[1].counts));
    let source =
        move || -> io::Result<Box<dyn StorageBackend>> { Ok(Box::new(counting(&path, &counts)?)) };
    let mut plain = Plain(plain);
    let mut chunked = RedbJournal::open_with_backend(Box::new(source), Options::default())?;
    for measure in &measures {
        for count in [&measure.counts.syncs, &measure.counts.writes, &measure.counts.bytes] {
            count.store(0, Ordering::Relaxed);
        }
    }
    let candidates: [&mut dyn Candidate; 2] = [&mut plain, &mut chunked];
    let mut pairs: Vec<_> = candidates.into_iter().zip(&mut measures).collect();
    let mut bytes = 0;
    for commit in 0..commits {
        let from = 1 + commit * per_commit;
        bytes += (from..from + per_commit).map(|i| body(i).len()).sum::<usize>();
        for (candidate, measure) in &mut pairs {
            let started = Instant::now();
            candidate.commit(from, per_commit)?;
            measure.took.push(started.elapsed());
        }
    }
    drop(pairs);
    drop(plain);
    chunked.close()?;

    writeln!(out, "\n{per_commit} record(s) a commit, {commits} commits")?;
    let stats = [log_pages(&plain_path, false)?, log_pages(&chunked_path, true)?];
    let mut medians = [0.0; 2];
    for (i, measure) in measures.iter_mut().enumerate() {
        medians[i] = measure.median_us();
        let per = |count: &AtomicU64| count.load(Ordering::Relaxed) as f64 / commits as f64;
        let counts = &measure.counts;
        writeln!(
            out,
            "  {:20} {:8.0} us  {:.2} syncs  {:6.1} writes  {:8.0} bytes written  log {:.3} of the bodies",
            measure.name,
            medians[i],
            per(&counts.syncs),
            per(&counts.writes),
            per(&counts.bytes),
            stats[i] as f64 / bytes as f64,
        )?;
    }
    writeln!(
        out,
        "  pieces against rows: time {:.2}, size {:.2}",
        medians[1] / medians[0],
        stats[1] as f64 / stats[0] as f64
    )?;
    Ok(())
}

/// The bytes of the pages that hold the log.
fn log_pages(path: &Path, chunked: bool) -> Outcome<u64> {
    let db = Database::open(path)?;
    let txn = db.begin_read()?;
    let stats =
        if chunked { txn.open_table(CHUNKED)?.stats()? } else { txn.open_table(PLAIN)?.stats()? };
    Ok(stats.stored_bytes() + stats.metadata_bytes() + stats.fragmented_bytes())
}

/// A desk-like load: a record and a call row a command, reopened after an unclean stop.
fn reopening(out: &mut impl Write, dir: &Path) -> Outcome<()> {
    let path = dir.join("desk.redb");
    let mut journal = RedbJournal::open(&path, Options::default())?;
    for batch in 0..500_u64 {
        let ids = batch * 200 + 1..=batch * 200 + 200;
        let records = ids.clone().map(|i| NewRecord { at: Time(1), body: body(i) }).collect();
        let put = |key| RowChange::Put { table: Table::Calls, key, value: body(key)[..300].into() };
        journal.append(&Batch { records, rows: ids.map(put).collect() })?;
    }
    let head = journal.head();
    let started = Instant::now();
    journal.close()?;
    writeln!(out, "\n{} records: close {:?}", head.seq, started.elapsed())?;
    for (how, orderly) in [("an orderly close", true), ("an unclean stop", false)] {
        let mut took = Vec::new();
        for _ in 0..9 {
            let mut journal = RedbJournal::open(&path, Options::default())?;
            journal.append(&Batch {
                records: vec![NewRecord { at: Time(1), body: body(1) }],
                rows: Vec::new(),
            })?;
            if orderly {
                journal.close()?;
            } else {
                drop(journal);
            }
            let started = Instant::now();
            let journal = RedbJournal::open(&path, Options::default())?;
            took.push(started.elapsed());
            drop(journal);
        }
        took.sort_unstable();
        writeln!(out, "  open after {how}: {:?}", took[took.len() / 2])?;
    }
    let started = Instant::now();
    let mut journal = RedbJournal::open(&path, Options::default())?;
    let records = vec![NewRecord { at: Time(1), body: body(1) }];
    journal.append(&Batch { records, rows: Vec::new() })?;
    drop(journal);
    writeln!(out, "  open, one append, leave: {:?}", started.elapsed())?;
    let journal = RedbJournal::open(&path, Options::default())?;
    let view = journal.reader().view()?;
    let started = Instant::now();
    let mut read = 0_usize;
    view.read_from(Seq(1), &mut |record| {
        read += record.body.len();
        ControlFlow::Continue(())
    })?;
    let rate = read as f64 / started.elapsed().as_secs_f64() / 1e6;
    writeln!(out, "  reading and verifying all records: {:?}, {rate:.0} MB/s", started.elapsed())?;
    writeln!(out, "  resident after that: {}", resident())?;
    drop(view);
    drop(journal);
    let idle = Command::new(std::env::current_exe()?).env(IDLE, &path).output()?;
    writeln!(out, "  resident after an open only: {}", String::from_utf8(idle.stdout)?)?;
    Ok(())
}

/// Names the store that a process of its own opens to tell what it takes to hold it.
const IDLE: &str = "ASCALL_BENCH_IDLE";

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.map_or("unknown", |line| line.trim_start_matches("VmRSS:").trim()).to_string()
}

/// The work beside the commits, which holds up the commits while it runs.
fn beside(out: &mut impl Write, dir: &Path) -> Outcome<()> {
    let path = dir.join("desk.redb");
    let mut journal = RedbJournal::open(&path, Options::default())?;
    for batch in 0..200_u64 {
        let ids = batch * 100 + 1..=batch * 100 + 100;
        let put = |key| RowChange::Put { table: Table::Calls, key, value: body(key)[..600].into() };
        let records = vec![NewRecord { at: Time(1), body: body(batch) }];
        journal.append(&Batch { records, rows: ids.map(put).collect() })?;
    }
    let seq = journal.head().seq;
    writeln!(out, "\nbeside the commits")?;
    let mut timed = |out: &mut dyn Write, what: &str, work: &Maintenance| -> Outcome<()> {
        let started = Instant::now();
        journal.maintain(work)?;
        if !what.is_empty() {
            writeln!(out, "  {what}: {:?}", started.elapsed())?;
        }
        Ok(())
    };
    let chunk = |chunk| SnapshotChunk { kind: 1, chunk, bytes: vec![7; 60_000] };
    let chunks = (0..50).map(chunk).collect();
    timed(out, "snapshot of 50 chunks, 3 MB", &Maintenance::Snapshot { seq, at: Time(1), chunks })?;
    let rows = (1..=10_000).map(|key| (key, Time(1))).collect();
    timed(out, "sealing 10,000 rows, 6 MB", &Maintenance::Seal { table: Table::Calls, rows })?;
    for run in 0..64_u64 {
        let term = |i: u64| ((run * 4_000 + i).wrapping_mul(0x9e37_79b9_7f4a_7c15), i);
        let entries = (0..4_000).map(term).collect();
        let work = Maintenance::Run { family: 1, entries, expires_at: None };
        match run {
            6 => timed(out, "a run of 4,000 entries", &work)?,
            7 => timed(out, "the same with a merge of 8 runs", &work)?,
            63 => timed(out, "the same with two merges, the second to 256,000", &work)?,
            _ => timed(out, "", &work)?,
        }
    }
    let view = journal.reader().view()?;
    let mut time_each = |what: &str, read: &dyn Fn(u64) -> Outcome<bool>| -> Outcome<()> {
        let started = Instant::now();
        for i in 0..2_000 {
            if !read(i)? {
                return Err("a row or term is missing".into());
            }
        }
        Ok(writeln!(out, "  {what}: {:?}", started.elapsed() / 2_000)?)
    };
    time_each("a row", &|i| Ok(view.row(Table::Calls, 10_001 + i * 4)?.is_some()))?;
    time_each("a sealed row", &|i| Ok(view.row(Table::Calls, 1 + i * 4)?.is_some()))?;
    time_each("a lookup among 256,000 entries", &|i| {
        let term = (i * 100).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Ok(!view.lookup(1, term)?.is_empty())
    })
}

fn main() -> Outcome<()> {
    let mut out = io::stdout().lock();
    if let Some(path) = std::env::var_os(IDLE) {
        let journal = RedbJournal::open(Path::new(&path), Options::default())?;
        journal.reader().view()?.head()?;
        return Ok(write!(out, "{}", resident())?);
    }
    let folder =
        std::env::var_os("ASCALL_BENCH_DIR").unwrap_or_else(|| std::env::temp_dir().into());
    for (per_commit, commits) in [(1, 3_000), (200, 200)] {
        let dir = tempfile::tempdir_in(&folder)?;
        compare(&mut out, dir.path(), per_commit, commits)?;
    }
    let dir = tempfile::tempdir_in(&folder)?;
    reopening(&mut out, dir.path())?;
    let dir = tempfile::tempdir_in(&folder)?;
    beside(&mut out, dir.path())
}
