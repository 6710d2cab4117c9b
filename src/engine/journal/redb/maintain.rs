//! The work beside the commits: snapshots, sealed blocks, sorted runs.
//!
//! Invariant: each is one transaction of its own, and done again after a crash it changes nothing
//! that a reader sees.

use super::tables::{BLOCK_DIR, BLOCKS, Place, RUN_DIR, RUNS, SNAP_DIR, SNAPS, rows};
use super::view::{RedbView, SnapInfo};
use crate::domain::ids::{Seq, Time};
use crate::journal::block::{self, Sealing};
use crate::journal::runs::{self, Entry, Merge, RunInfo};
use crate::journal::{JournalError, SNAPSHOTS_KEPT_MS, SnapshotChunk, Table};
use ::redb::{ReadableTable, WriteTransaction};

pub(super) fn snapshot(
    txn: &WriteTransaction,
    seq: Seq,
    at: Time,
    chunks: &[SnapshotChunk],
) -> Result<(), JournalError> {
    let mut snaps = txn.open_table(SNAPS)?;
    let mut dir = txn.open_table(SNAP_DIR)?;
    let mut written: Vec<(u8, u32)> = match dir.get(seq.0)? {
        Some(stored) => SnapInfo::load(seq.0, stored.value())?.chunks,
        None => Vec::new(),
    };
    for SnapshotChunk { kind, chunk, bytes } in chunks {
        let stored = Place::Chunk(*kind, *chunk, seq.0).store(bytes);
        snaps.insert((*kind, *chunk, seq.0), stored.as_slice())?;
        written.push((*kind, *chunk));
    }
    written.sort_unstable();
    written.dedup();
    let info = SnapInfo { at, retired: false, chunks: written };
    dir.insert(seq.0, info.store(seq.0).as_slice())?;

    let kept_from = at.0.saturating_sub(SNAPSHOTS_KEPT_MS);
    let mut oldest_kept = seq.0;
    let mut older = Vec::new();
    for entry in dir.range(..seq.0)?.rev() {
        let (key, stored) = entry?;
        let info = SnapInfo::load(key.value(), stored.value())?;
        if !info.retired && info.at.0 >= kept_from {
            oldest_kept = key.value();
        } else {
            older.push((key.value(), info));
        }
    }
    older.retain(|(key, _)| *key < oldest_kept);
    for (key, mut info) in older {
        let before = (info.retired, info.chunks.len());
        let mut needed = Vec::new();
        for (kind, chunk) in info.chunks {
            let newer = (kind, chunk, key + 1)..=(kind, chunk, oldest_kept);
            if snaps.range(newer)?.next().transpose()?.is_some() {
                snaps.remove((kind, chunk, key))?;
            } else {
                needed.push((kind, chunk));
            }
        }
        info.retired = true;
        info.chunks = needed;
        if info.chunks.is_empty() {
            dir.remove(key)?;
        } else if before != (true, info.chunks.len()) {
            dir.insert(key, info.store(key).as_slice())?;
        }
    }
    Ok(())
}

pub(super) fn seal(
    txn: &WriteTransaction,
    table: Table,
    chosen: &[(u64, Time)],
) -> Result<(), JournalError> {
    let mut chosen = chosen.to_vec();
    chosen.sort_unstable();
    chosen.dedup_by_key(|row| row.0);
    let mut live = txn.open_table(rows(table))?;
    let mut sealing = Vec::with_capacity(chosen.len());
    for (key, time) in chosen {
        if let Some(stored) = live.get(key)? {
            let value = Place::Row(table, key).load(stored.value())?.to_vec();
            sealing.push(Sealing { key, time, value });
        }
    }
    let mut blocks = txn.open_table(BLOCKS)?;
    let mut dir = txn.open_table(BLOCK_DIR)?;
    let code = table.code();
    let last = dir.range((code, 0)..=(code, u64::MAX))?.next_back().transpose()?;
    let mut number = last.map_or(0, |(key, _)| key.value().1);
    for part in block::cut(sealing) {
        number += 1;
        let Some((info, value)) = block::encode(number, &part) else { continue };
        let value = Place::Block(table, number).store(&value);
        blocks.insert((code, number), value.as_slice())?;
        let entry = Place::BlockInfo(table, number).store(&block::encode_info(&info));
        dir.insert((code, number), entry.as_slice())?;
        for row in part {
            live.remove(row.key)?;
        }
    }
    Ok(())
}

/// Writes a run from sorted entries, which need not be in memory.
fn write_run(
    txn: &WriteTransaction,
    family: u8,
    level: u8,
    expires_at: Option<Time>,
    entries: impl Iterator<Item = Result<Entry, JournalError>>,
) -> Result<(), JournalError> {
    let mut dir = txn.open_table(RUN_DIR)?;
    let mut chunks = txn.open_table(RUNS)?;
    let last =
        dir.range((family, level, 0)..=(family, level, u32::MAX))?.next_back().transpose()?;
    let run = last.map_or(0, |(key, _)| key.value().2.wrapping_add(1));
    let mut info = RunInfo { entries: 0, expires_at };
    let mut number = 0;
    let mut chunk = Vec::with_capacity(runs::CHUNK);
    let mut entries = entries.peekable();
    while let Some(entry) = entries.next() {
        chunk.push(entry?);
        if chunk.len() == runs::CHUNK || entries.peek().is_none() {
            let key = (family, level, run, chunk[0].0, number);
            chunks.insert(key, Place::Run(key).store(&runs::encode(&chunk)).as_slice())?;
            info.entries += chunk.len() as u64;
            number += 1;
            chunk.clear();
        }
    }
    if info.entries > 0 {
        let stored = Place::RunInfo(family, level, run).store(&info.encode());
        dir.insert((family, level, run), stored.as_slice())?;
    }
    Ok(())
}

fn drop_run(txn: &WriteTransaction, run: (u8, u8, u32)) -> Result<(), JournalError> {
    let (family, level, number) = run;
    txn.open_table(RUN_DIR)?.remove(run)?;
    let all = (family, level, number, 0, 0)..=(family, level, number, u64::MAX, u32::MAX);
    txn.open_table(RUNS)?.retain_in(all, |_, _| false)?;
    Ok(())
}

pub(super) fn add_run(
    txn: &WriteTransaction,
    family: u8,
    entries: &[Entry],
    expires_at: Option<Time>,
) -> Result<(), JournalError> {
    let mut entries = entries.to_vec();
    entries.sort_unstable();
    entries.dedup();
    write_run(txn, family, 0, expires_at, entries.into_iter().map(Ok))
}

/// The runs that should become one, if there are any.
pub(super) fn due_merge(view: &RedbView, family: u8) -> Result<Option<DueMerge>, JournalError> {
    let mut level_runs: Vec<(u32, RunInfo)> = Vec::new();
    let mut level = 0;
    for entry in view.open(RUN_DIR)?.range((family, 0, 0)..=(family, u8::MAX, u32::MAX))? {
        let (key, stored) = entry?;
        let (_, at, run) = key.value();
        if at != level {
            level_runs.clear();
            level = at;
        }
        let info = Place::RunInfo(family, at, run).parse(stored.value(), RunInfo::decode)?;
        level_runs.push((run, info));
        if level_runs.len() == runs::FAN_IN && level < u8::MAX {
            let merged = RunInfo::merged(level_runs.iter().map(|run| run.1));
            match merged.filter(|merged| merged.entries <= runs::MERGED_MAX) {
                Some(info) => {
                    let runs = level_runs.iter().map(|run| run.0).collect();
                    return Ok(Some(DueMerge { family, level, runs, info }));
                }
                None => {
                    level_runs.remove(0);
                }
            }
        }
    }
    Ok(None)
}

pub(super) struct DueMerge {
    family: u8,
    level: u8,
    runs: Vec<u32>,
    info: RunInfo,
}

/// Merges runs that are read from the state before the transaction.
pub(super) fn merge(
    txn: &WriteTransaction,
    view: &RedbView,
    due: &DueMerge,
) -> Result<(), JournalError> {
    let (family, level) = (due.family, due.level);
    let chunks = view.open(RUNS)?;
    let mut sources = Vec::with_capacity(due.runs.len());
    for run in &due.runs {
        let all = (family, level, *run, 0, 0)..=(family, level, *run, u64::MAX, u32::MAX);
        sources.push(chunks.range(all)?.flat_map(|entry| {
            let read = || {
                let (key, stored) = entry?;
                Place::Run(key.value()).parse(stored.value(), runs::decode)
            };
            match read() {
                Ok(entries) => entries.into_iter().map(Ok).collect(),
                Err(error) => vec![Err::<Entry, JournalError>(error)],
            }
        }));
    }
    write_run(txn, family, level + 1, due.info.expires_at, Merge::new(sources))?;
    for run in &due.runs {
        drop_run(txn, (family, level, *run))?;
    }
    Ok(())
}

pub(super) fn expire(txn: &WriteTransaction, now: Time) -> Result<(), JournalError> {
    let mut expired = Vec::new();
    for entry in txn.open_table(RUN_DIR)?.range::<(u8, u8, u32)>(..)? {
        let (key, stored) = entry?;
        let (family, level, run) = key.value();
        let info = Place::RunInfo(family, level, run).parse(stored.value(), RunInfo::decode)?;
        if info.expired(now) {
            expired.push(key.value());
        }
    }
    expired.into_iter().try_for_each(|run| drop_run(txn, run))
}
