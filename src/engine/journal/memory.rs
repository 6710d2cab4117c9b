//! The journal in memory, with faults on demand: what the simulator and the tests run on.
//!
//! Invariant: it keeps the same contract as the real one. What an append that failed left behind is
//! chosen by the fault, never by chance. Nothing here is durable beyond the value itself.

use super::block::{self, Sealing};
use super::{Batch, BlockInfo, Checked, Corruption, Head, Journal, JournalError, JournalReader};
use super::{JournalView, Maintenance, Misuse, Order, ROW_MAX, Record, Row, RowChange};
use super::{SNAPSHOTS_KEPT_MS, Snapshot, SnapshotChunk, Table, codec};
use crate::domain::ids::{Seq, Time};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::ops::{ControlFlow, RangeInclusive};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What happens to an append that is told to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing of the batch is there after the reopen.
    Lost,
    /// The whole batch is there after the reopen, though nobody was told.
    Kept,
    /// The storage is full; nothing of the batch is there.
    Full,
}

/// Which appends fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plan {
    after: u64,
    fault: Fault,
    forever: bool,
}

/// The journal in memory. A clone is another handle of the same store, such as a test keeps to
/// plant faults.
#[derive(Clone, Default)]
pub struct MemoryJournal {
    shared: Arc<Mutex<Store>>,
}

#[derive(Default)]
struct Store {
    state: Arc<State>,
    acknowledged: Head,
    stopped: bool,
    plan: Option<Plan>,
    /// Batches whose rows stay unapplied.
    lag: usize,
}

#[derive(Clone, Default)]
struct State {
    log: Vec<Arc<[u8]>>,
    head: Head,
    applied: Seq,
    rows: BTreeMap<(Table, u64), Vec<u8>>,
    pending: VecDeque<(Seq, Vec<RowChange>)>,
    blocks: BTreeMap<(Table, u64), (BlockInfo, Vec<Row>)>,
    snapshots: BTreeMap<u64, Kept>,
    runs: Vec<Run>,
}

#[derive(Clone)]
struct Kept {
    at: Time,
    retired: bool,
    chunks: BTreeMap<(u8, u32), Vec<u8>>,
}

#[derive(Clone)]
struct Run {
    family: u8,
    entries: BTreeSet<(u64, u64)>,
    expires_at: Option<Time>,
}

impl MemoryJournal {
    /// An empty journal that applies rows with the commit.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty journal that leaves the rows of the newest `batches` batches unapplied.
    #[must_use]
    pub fn lagging(batches: usize) -> Self {
        let journal = Self::default();
        journal.store().lag = batches;
        journal
    }

    /// Lets the append after `after` more fail, once or for ever from then on.
    pub fn fail_append(&self, after: u64, fault: Fault, forever: bool) {
        self.store().plan = Some(Plan { after, fault, forever });
    }

    /// No append fails from now on. The journal stays stopped if it is.
    pub fn heal(&self) {
        self.store().plan = None;
    }

    /// The process dies: only what is durable is left, and the journal must be opened again.
    pub fn crash(&self) {
        self.store().stopped = true;
    }

    /// Flips the bits of `mask` in one byte of a stored record; no such byte, no change.
    pub fn corrupt(&self, seq: Seq, byte: usize, mask: u8) {
        let mut store = self.store();
        let state = Arc::make_mut(&mut store.state);
        let at = usize::try_from(seq.0.saturating_sub(1)).unwrap_or(usize::MAX);
        if let Some(record) = state.log.get_mut(at) {
            let mut bytes = record.to_vec();
            if let Some(byte) = bytes.get_mut(byte) {
                *byte ^= mask;
            }
            *record = bytes.into();
        }
    }

    /// How many bytes a stored record takes; 0 when there is none.
    #[must_use]
    pub fn stored_bytes(&self, seq: Seq) -> usize {
        let at = usize::try_from(seq.0.saturating_sub(1)).unwrap_or(usize::MAX);
        self.store().state.log.get(at).map_or(0, |record| record.len())
    }

    /// Applies the rows of all but the newest `left` batches, and keeps that lag.
    pub fn apply_all_but(&self, left: usize) {
        let mut store = self.store();
        store.lag = left;
        Arc::make_mut(&mut store.state).apply(left);
    }

    /// As [`Journal::append`], in a given version: how tests make stores of older programs.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub fn append_version(&mut self, version: u8, batch: &Batch) -> Result<Head, JournalError> {
        let mut store = self.store();
        if store.stopped {
            return Err(JournalError::Stopped);
        }
        let mut next = store.state.head;
        let mut encoded = Vec::with_capacity(batch.records.len());
        for record in &batch.records {
            let mut bytes = Vec::new();
            next = codec::encode_version(version, &next, record, &mut bytes)?;
            encoded.push(bytes.into());
        }
        for change in &batch.rows {
            if let RowChange::Put { value, .. } = change
                && value.len() > ROW_MAX
            {
                let bytes = value.len();
                return Err(Misuse::TooLarge { bytes, bytes_max: ROW_MAX }.into());
            }
        }
        let fault = store.strike();
        if matches!(fault, None | Some(Fault::Kept)) {
            let lag = store.lag;
            let state = Arc::make_mut(&mut store.state);
            state.log.extend(encoded);
            state.head = next;
            state.pending.push_back((next.seq, batch.rows.clone()));
            state.apply(lag);
        }
        match fault {
            None => {
                store.acknowledged = next;
                Ok(next)
            }
            Some(fault) => {
                store.stopped = true;
                Err(match fault {
                    Fault::Full => JournalError::NoSpace,
                    _ => JournalError::Storage(io::ErrorKind::Other.into()),
                })
            }
        }
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// The fault of this append, if its turn has come.
    fn strike(&mut self) -> Option<Fault> {
        let plan = self.plan.as_mut()?;
        if plan.after > 0 {
            plan.after -= 1;
            return None;
        }
        let fault = plan.fault;
        if !plan.forever {
            self.plan = None;
        }
        Some(fault)
    }
}

impl State {
    fn apply(&mut self, left: usize) {
        while self.pending.len() > left {
            let Some((seq, changes)) = self.pending.pop_front() else { return };
            self.applied = seq;
            for change in changes {
                match change {
                    RowChange::Put { table, key, value } => {
                        self.rows.insert((table, key), value);
                    }
                    RowChange::Delete { table, key } => {
                        self.rows.remove(&(table, key));
                    }
                }
            }
        }
    }

    fn keep(&mut self, seq: Seq, at: Time, chunks: &[SnapshotChunk]) {
        let kept_from = at.0.saturating_sub(SNAPSHOTS_KEPT_MS);
        for (_, older) in self.snapshots.range_mut(..seq.0) {
            older.retired |= older.at.0 < kept_from;
        }
        let fresh = || Kept { at, retired: false, chunks: BTreeMap::new() };
        let kept = self.snapshots.entry(seq.0).or_insert_with(fresh);
        kept.at = at;
        kept.chunks.extend(chunks.iter().map(|c| ((c.kind, c.chunk), c.bytes.clone())));
    }

    fn seal(&mut self, table: Table, chosen: &[(u64, Time)]) {
        let chosen: BTreeMap<u64, Time> = chosen.iter().copied().collect();
        // A row whose change is not applied yet is not what it will be: it stays.
        let pending: BTreeSet<u64> = self
            .pending
            .iter()
            .flat_map(|(_, rows)| rows)
            .filter_map(|c| c.key_in(table))
            .collect();
        let sealing = chosen.into_iter().filter_map(|(key, time)| {
            let value = self.rows.get(&(table, key)).filter(|_| !pending.contains(&key))?.clone();
            Some(Sealing { key, time, value })
        });
        for part in block::cut(sealing.collect()) {
            let last = self.blocks.range((table, 0)..=(table, u64::MAX)).next_back();
            let number = last.map_or(1, |(key, _)| key.1 + 1);
            let Some((info, _)) = block::encode(number, &part) else { continue };
            for row in &part {
                self.rows.remove(&(table, row.key));
            }
            let rows = part.into_iter().map(|row| (row.key, row.value)).collect();
            self.blocks.insert((table, number), (info, rows));
        }
    }
}

impl Journal for MemoryJournal {
    fn append(&mut self, batch: &Batch) -> Result<Head, JournalError> {
        self.append_version(codec::CURRENT_VERSION, batch)
    }

    fn head(&self) -> Head {
        self.store().acknowledged
    }

    fn maintain(&mut self, work: &Maintenance) -> Result<(), JournalError> {
        let mut store = self.store();
        if store.stopped {
            return Err(JournalError::Stopped);
        }
        let state = Arc::make_mut(&mut store.state);
        match work {
            Maintenance::Snapshot { seq, at, chunks } => {
                if *seq > state.head.seq {
                    return Err(Misuse::SnapshotSeq { seq: *seq, head: state.head.seq }.into());
                }
                state.keep(*seq, *at, chunks);
            }
            Maintenance::Seal { table, rows } => state.seal(*table, rows),
            Maintenance::Run { family, entries, expires_at } => {
                let entries = entries.iter().copied().collect();
                let (family, expires_at) = (*family, *expires_at);
                state.runs.push(Run { family, entries, expires_at });
            }
            Maintenance::Expire { now } => {
                state.runs.retain(|run| run.expires_at.is_none_or(|at| at > *now));
            }
        }
        Ok(())
    }

    fn reopen(&mut self) -> Result<Head, JournalError> {
        let mut store = self.store();
        let head = store.state.end()?;
        store.acknowledged = head;
        store.stopped = false;
        Ok(head)
    }

    fn reader(&self) -> Box<dyn JournalReader> {
        Box::new(self.clone())
    }
}

impl JournalReader for MemoryJournal {
    fn view(&self) -> Result<Arc<dyn JournalView>, JournalError> {
        let store = self.store();
        if store.stopped {
            return Err(JournalError::Stopped);
        }
        Ok(Arc::new(MemoryView { state: Arc::clone(&store.state) }))
    }
}

impl State {
    fn walk(
        &self,
        from: Seq,
        visit: &mut dyn FnMut(Record, Head) -> ControlFlow<()>,
    ) -> Result<(), JournalError> {
        let mut prev = (from.0 == 1).then_some([0; 16]);
        let first = usize::try_from(from.0 - 1).unwrap_or(usize::MAX);
        for (seq, bytes) in (from.0..).map(Seq).zip(self.log.iter().skip(first)) {
            let damage = JournalError::from(Corruption::Record(seq));
            let Some(decoded) = codec::decode(seq, bytes)? else { return Err(damage) };
            if decoded.bytes != bytes.len() || prev.is_some_and(|prev| prev != decoded.prev) {
                return Err(damage);
            }
            prev = Some(decoded.head.hash);
            if visit(decoded.record, decoded.head).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn end(&self) -> Result<Head, JournalError> {
        let mut head = Head::default();
        if !self.log.is_empty() {
            self.walk(Seq(self.log.len() as u64), &mut |_, at| {
                head = at;
                ControlFlow::Break(())
            })?;
        }
        Ok(head)
    }

    fn infos(&self, table: Table) -> Vec<BlockInfo> {
        self.blocks.range((table, 0)..=(table, u64::MAX)).map(|(_, block)| block.0).collect()
    }
}

struct MemoryView {
    state: Arc<State>,
}

impl JournalView for MemoryView {
    fn head(&self) -> Result<Head, JournalError> {
        self.state.end()
    }

    fn applied_seq(&self) -> Result<Seq, JournalError> {
        Ok(self.state.applied)
    }

    fn read_from(
        &self,
        from: Seq,
        visit: &mut dyn FnMut(Record) -> ControlFlow<()>,
    ) -> Result<(), JournalError> {
        self.state.walk(Seq(from.0.max(1)), &mut |record, _| visit(record))
    }

    fn row(&self, table: Table, key: u64) -> Result<Option<Vec<u8>>, JournalError> {
        Ok(self.rows(table, key..=key, Order::Ascending, 1)?.pop().map(|row| row.1))
    }

    fn rows(
        &self,
        table: Table,
        keys: RangeInclusive<u64>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Row>, JournalError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let range = self.state.rows.range((table, *keys.start())..=(table, *keys.end()));
        let rows = range.map(|((_, key), value)| (*key, value.clone()));
        let unsealed = match order {
            Order::Ascending => rows.take(limit).collect(),
            Order::Descending => rows.rev().take(limit).collect(),
        };
        let blocks = self.state.infos(table);
        block::join(unsealed, blocks, &keys, order, limit, |number| self.block(table, number))
    }

    fn blocks(&self, table: Table) -> Result<Vec<BlockInfo>, JournalError> {
        Ok(self.state.infos(table))
    }

    fn block(&self, table: Table, number: u64) -> Result<Vec<Row>, JournalError> {
        let block = self.state.blocks.get(&(table, number));
        Ok(block.map(|(_, rows)| rows.clone()).unwrap_or_default())
    }

    fn lookup(&self, family: u8, term: u64) -> Result<Vec<u64>, JournalError> {
        let runs = self.state.runs.iter().filter(|run| run.family == family);
        let found = runs.flat_map(|run| run.entries.range((term, 0)..=(term, u64::MAX)));
        Ok(found.map(|entry| entry.1).collect::<BTreeSet<_>>().into_iter().collect())
    }

    fn snapshot(&self, seq: Seq) -> Result<Option<Snapshot>, JournalError> {
        let kept = &self.state.snapshots;
        let Some((seq, newest)) = kept.range(..=seq.0).rfind(|(_, kept)| !kept.retired) else {
            return Ok(None);
        };
        let mut merged = BTreeMap::new();
        for (_, older) in kept.range(..=*seq) {
            merged.extend(&older.chunks);
        }
        let chunks = merged.into_iter().filter(|(_, bytes)| !bytes.is_empty());
        let chunk = |(&(kind, chunk), bytes): (&(u8, u32), &Vec<u8>)| SnapshotChunk {
            kind,
            chunk,
            bytes: bytes.clone(),
        };
        Ok(Some(Snapshot { seq: Seq(*seq), at: newest.at, chunks: chunks.map(chunk).collect() }))
    }

    fn check(&self) -> Result<Checked, JournalError> {
        let mut records = 0;
        self.read_from(Seq(1), &mut |_| {
            records += 1;
            ControlFlow::Continue(())
        })?;
        let (rows, blocks) = (self.state.rows.len() as u64, self.state.blocks.len() as u64);
        Ok(Checked { records, rows, blocks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::NewRecord;

    fn one(journal: &mut MemoryJournal) -> Result<Head, JournalError> {
        let records = vec![NewRecord { at: Time(1), body: b"what was decided".to_vec() }];
        let rows = vec![RowChange::Put { table: Table::Calls, key: 1, value: vec![1] }];
        journal.append(&Batch { records, rows })
    }

    #[test]
    fn every_flipped_bit_of_every_record_is_damage() {
        let mut journal = MemoryJournal::new();
        for _ in 0..3 {
            one(&mut journal).unwrap();
        }
        for seq in (1..=3).map(Seq) {
            for bit in 0..journal.stored_bytes(seq) * 8 {
                let mask = 1 << (bit % 8);
                journal.corrupt(seq, bit / 8, mask);
                let found = journal.reader().view().unwrap().check();
                assert!(matches!(found, Err(JournalError::Corrupt(_))), "{seq}, bit {bit}");
                journal.corrupt(seq, bit / 8, mask);
            }
        }
        assert_eq!(journal.reader().view().unwrap().check().unwrap().records, 3);
    }

    #[test]
    fn a_fault_for_ever_lasts_over_reopens_until_it_is_healed() {
        let mut journal = MemoryJournal::new();
        journal.fail_append(1, Fault::Full, true);
        one(&mut journal).unwrap();
        for _ in 0..3 {
            assert!(matches!(one(&mut journal), Err(JournalError::NoSpace)));
            assert_eq!(journal.reopen().unwrap().seq, Seq(1));
        }
        journal.heal();
        assert_eq!(one(&mut journal).unwrap().seq, Seq(2));
    }

    #[test]
    fn after_a_crash_what_was_acknowledged_is_there_at_the_reopen() {
        let mut journal = MemoryJournal::lagging(2);
        let head = one(&mut journal).unwrap();
        journal.crash();
        assert!(matches!(one(&mut journal), Err(JournalError::Stopped)));
        assert_eq!(journal.reopen().unwrap(), head);
    }

    #[test]
    fn rows_follow_when_they_are_applied() {
        let mut journal = MemoryJournal::lagging(1);
        one(&mut journal).unwrap();
        let view = journal.reader().view().unwrap();
        assert_eq!(view.applied_seq().unwrap(), Seq(0));
        assert_eq!(view.row(Table::Calls, 1).unwrap(), None);
        journal.apply_all_but(0);
        let view = journal.reader().view().unwrap();
        assert_eq!(view.applied_seq().unwrap(), Seq(1));
        assert_eq!(view.row(Table::Calls, 1).unwrap(), Some(vec![1]));
    }
}
