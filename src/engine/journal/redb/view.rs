//! Reading one committed state of the file.
//!
//! Invariant: nothing is handed out that was not verified. It never writes.

use super::tables::{BLOCK_DIR, BLOCKS, LOG, META, RUN_DIR, RUNS, SNAP_DIR, SNAPS};
use super::tables::{Format, Place, rows, shielded};
use crate::domain::ids::{Seq, Time};
use crate::journal::block::Found;
use crate::journal::chunks::{Assembler, Tail};
use crate::journal::codec::array;
use crate::journal::runs::{self, RunInfo};
use crate::journal::{BlockInfo, Checked, Corruption, Head, JournalError, JournalView, Order};
use crate::journal::{Record, Row, Snapshot, SnapshotChunk, Table, block};
use ::redb::{Key, ReadOnlyTable, ReadTransaction, ReadableTable, TableDefinition, Value};
use ::redb::{ReadableTableMetadata, TableError};
use std::collections::BTreeSet;
use std::ops::{ControlFlow, RangeInclusive};
use std::path::Path;

/// A committed state of a redb store.
pub(super) struct RedbView {
    txn: ReadTransaction,
}

impl RedbView {
    pub(super) fn new(txn: ReadTransaction) -> Self {
        Self { txn }
    }

    pub(super) fn open<K: Key + 'static, V: Value + 'static>(
        &self,
        table: TableDefinition<K, V>,
    ) -> Result<ReadOnlyTable<K, V>, JournalError> {
        Ok(self.txn.open_table(table)?)
    }

    /// What the file says of itself; `None` when it is no journal.
    pub(super) fn format(&self) -> Result<Option<Format>, JournalError> {
        let table = match self.txn.open_table(META) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(None),
            other => other?,
        };
        let Some(stored) = table.get(0)? else { return Ok(None) };
        Place::Format.parse(stored.value(), Format::decode).map(Some)
    }

    /// Whether every table is there that should be: writing would make a missing one silently.
    pub(super) fn complete(&self, format: Format) -> Result<(), JournalError> {
        self.open(LOG)?;
        self.open(BLOCKS)?;
        self.open(BLOCK_DIR)?;
        self.open(SNAPS)?;
        self.open(SNAP_DIR)?;
        self.open(RUNS)?;
        self.open(RUN_DIR)?;
        let known = Table::ALL.iter().filter(|table| format.has(**table));
        known.copied().try_for_each(|table| self.open(rows(table)).map(drop))
    }

    /// The last piece of the log and the head, verified from the piece the last record starts in.
    pub(super) fn end(&self) -> Result<(Tail, Head), JournalError> {
        let log = self.open(LOG)?;
        let Some((key, value)) = log.last()? else {
            return if log.len()? == 0 {
                Ok((Tail::new(), Head::default()))
            } else {
                Err(Corruption::Log(0).into())
            };
        };
        let pieces = log.len()?;
        let tail = Tail::load(key.value(), value.value()).ok_or(Corruption::Log(pieces))?;
        if tail.pieces() != pieces {
            return Err(Corruption::Log(tail.pieces().min(pieces)).into());
        }
        let mut head = None;
        self.records(tail.start(), &mut |_, after| {
            head = Some(after);
            ControlFlow::Continue(())
        })?;
        Ok((tail, head.ok_or(Corruption::Log(pieces))?))
    }

    /// Visits the heads after the records from `from` on.
    pub(super) fn read_chain(
        &self,
        from: Seq,
        visit: &mut dyn FnMut(Head) -> ControlFlow<()>,
    ) -> Result<(), JournalError> {
        self.records(Seq(from.0.max(1)), &mut |_, head| visit(head))
    }

    fn records(
        &self,
        from: Seq,
        visit: &mut dyn FnMut(Record, Head) -> ControlFlow<()>,
    ) -> Result<(), JournalError> {
        let mut pieces = shielded(|| {
            let log = self.open(LOG)?;
            let first = log.range(..=(from.0, 0))?.next_back().transpose()?;
            let first = first.map_or((0, 0), |(key, _)| key.value());
            Ok(log.range(first..)?)
        })?;
        let mut assembler = Assembler::new(from);
        let mut next = || {
            let piece = pieces.next().transpose()?;
            Ok(piece.map(|(key, value)| (key.value(), value.value().to_vec())))
        };
        while let Some((key, value)) = shielded(&mut next)? {
            assembler.feed(key, &value)?;
            while let Some((record, head)) = assembler.take() {
                if visit(record, head).is_break() {
                    return Ok(());
                }
            }
        }
        assembler.finish()
    }

    fn find_row(&self, table: Table, key: u64) -> Result<Option<Vec<u8>>, JournalError> {
        if let Some(stored) = self.open(rows(table))?.get(key)? {
            return Ok(Some(Place::Row(table, key).load(stored.value())?.to_vec()));
        }
        let mut holding = self.block_infos(table)?;
        holding.retain(|b| (b.key_min..=b.key_max).contains(&key));
        let blocks = self.open(BLOCKS)?;
        for info in holding.iter().rev() {
            let Some(stored) = blocks.get((table.code(), info.number))? else {
                return Err(Corruption::Block(table, info.number).into());
            };
            let place = Place::Block(table, info.number);
            if let Found::Row(value) =
                place.parse(stored.value(), |bytes| block::find(bytes, key))?
            {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    fn unsealed(
        &self,
        table: Table,
        keys: RangeInclusive<u64>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Row>, JournalError> {
        let mut range = self.open(rows(table))?.range(keys)?;
        let mut found = Vec::new();
        while found.len() < limit {
            let next = match order {
                Order::Ascending => range.next(),
                Order::Descending => range.next_back(),
            };
            let Some(next) = next else { break };
            let (key, stored) = next?;
            let key = key.value();
            found.push((key, Place::Row(table, key).load(stored.value())?.to_vec()));
        }
        Ok(found)
    }

    fn block_infos(&self, table: Table) -> Result<Vec<BlockInfo>, JournalError> {
        let code = table.code();
        let mut infos = Vec::new();
        for entry in self.open(BLOCK_DIR)?.range((code, 0)..=(code, u64::MAX))? {
            let (key, stored) = entry?;
            let number = key.value().1;
            let place = Place::BlockInfo(table, number);
            infos.push(place.parse(stored.value(), |v| block::decode_info(number, v))?);
        }
        Ok(infos)
    }

    fn sealed(&self, table: Table, number: u64) -> Result<Vec<Row>, JournalError> {
        let Some(stored) = self.open(BLOCKS)?.get((table.code(), number))? else {
            return Err(Corruption::Block(table, number).into());
        };
        Place::Block(table, number).parse(stored.value(), block::decode)
    }

    /// The runs of a family, newest level first.
    fn runs(&self, family: u8) -> Result<Vec<(u8, u32, RunInfo)>, JournalError> {
        let mut found = Vec::new();
        for entry in self.open(RUN_DIR)?.range((family, 0, 0)..=(family, u8::MAX, u32::MAX))? {
            let (key, stored) = entry?;
            let (_, level, run) = key.value();
            let place = Place::RunInfo(family, level, run);
            found.push((level, run, place.parse(stored.value(), RunInfo::decode)?));
        }
        Ok(found)
    }

    fn find_values(&self, family: u8, term: u64) -> Result<Vec<u64>, JournalError> {
        let chunks = self.open(RUNS)?;
        let mut values = BTreeSet::new();
        for (level, run, _) in self.runs(family)? {
            let least = (family, level, run, 0, 0);
            let first = chunks.range(least..(family, level, run, term, 0))?.next_back();
            let first = first.transpose()?.map_or(least, |(key, _)| key.value());
            for entry in chunks.range(first..=(family, level, run, term, u32::MAX))? {
                let (key, stored) = entry?;
                let entries = Place::Run(key.value()).parse(stored.value(), runs::decode)?;
                let from = entries.partition_point(|e| e.0 < term);
                values.extend(entries[from..].iter().take_while(|e| e.0 == term).map(|e| e.1));
            }
        }
        Ok(values.into_iter().collect())
    }

    fn find_snapshot(&self, seq: Seq) -> Result<Option<Snapshot>, JournalError> {
        let mut kept = None;
        for entry in self.open(SNAP_DIR)?.range(..=seq.0)?.rev() {
            let (key, stored) = entry?;
            let info = SnapInfo::load(key.value(), stored.value())?;
            if !info.retired {
                kept = Some((key.value(), info.at));
                break;
            }
        }
        let Some((seq, at)) = kept else { return Ok(None) };
        let table = self.open(SNAPS)?;
        let mut chunks = Vec::new();
        let mut next = table.first()?.map(|(key, _)| key.value());
        while let Some((kind, chunk, _)) = next {
            if let Some(entry) = table.range((kind, chunk, 0)..=(kind, chunk, seq))?.next_back() {
                let (key, stored) = entry?;
                let bytes = Place::Chunk(kind, chunk, key.value().2).load(stored.value())?;
                if !bytes.is_empty() {
                    chunks.push(SnapshotChunk { kind, chunk, bytes: bytes.to_vec() });
                }
            }
            let after =
                (std::ops::Bound::Excluded((kind, chunk, u64::MAX)), std::ops::Bound::Unbounded);
            next =
                table.range::<(u8, u32, u64)>(after)?.next().transpose()?.map(|(k, _)| k.value());
        }
        Ok(Some(Snapshot { seq: Seq(seq), at, chunks }))
    }

    fn check_rows(&self) -> Result<(u64, u64), JournalError> {
        let (mut rows_seen, mut blocks_seen) = (0, 0);
        for &table in Table::ALL {
            let mut last = None;
            let mut seen = 0;
            let open = self.open(rows(table))?;
            for entry in open.range::<u64>(..)? {
                let (key, stored) = entry?;
                let key = key.value();
                Place::Row(table, key).load(stored.value())?;
                if last.is_some_and(|last| last >= key) {
                    return Err(Corruption::Rows(table).into());
                }
                last = Some(key);
                seen += 1;
            }
            if seen != open.len()? {
                return Err(Corruption::Rows(table).into());
            }
            rows_seen += seen;
            for info in self.block_infos(table)? {
                let found = self.sealed(table, info.number)?;
                if found.len() != usize::try_from(info.rows).unwrap_or(usize::MAX) {
                    return Err(Corruption::Block(table, info.number).into());
                }
                blocks_seen += 1;
            }
        }
        if self.open(BLOCK_DIR)?.len()? != blocks_seen || self.open(BLOCKS)?.len()? != blocks_seen {
            return Err(Corruption::Structure.into());
        }
        Ok((rows_seen, blocks_seen))
    }

    fn check_rest(&self) -> Result<(), JournalError> {
        let mut seen = 0;
        let chunks = self.open(RUNS)?;
        for entry in chunks.range::<super::tables::RunKey>(..)? {
            let (key, stored) = entry?;
            Place::Run(key.value()).load(stored.value())?;
            seen += 1;
        }
        let complete = seen == chunks.len()?;
        let snaps = self.open(SNAPS)?;
        seen = 0;
        for entry in snaps.range::<(u8, u32, u64)>(..)? {
            let (key, stored) = entry?;
            let (kind, chunk, seq) = key.value();
            Place::Chunk(kind, chunk, seq).load(stored.value())?;
            seen += 1;
        }
        if complete && seen == snaps.len()? { Ok(()) } else { Err(Corruption::Structure.into()) }
    }
}

/// What the directory says of a snapshot.
pub(super) struct SnapInfo {
    pub(super) at: Time,
    /// Only its chunks are still needed, by newer ones.
    pub(super) retired: bool,
    /// The chunks it wrote that are still there.
    pub(super) chunks: Vec<(u8, u32)>,
}

impl SnapInfo {
    pub(super) fn store(&self, seq: u64) -> Vec<u8> {
        let mut out = self.at.0.to_le_bytes().to_vec();
        out.push(u8::from(self.retired));
        for (kind, chunk) in &self.chunks {
            out.push(*kind);
            out.extend_from_slice(&chunk.to_le_bytes());
        }
        Place::Snapshot(seq).store(&out)
    }

    pub(super) fn load(seq: u64, stored: &[u8]) -> Result<Self, JournalError> {
        Place::Snapshot(seq).parse(stored, |bytes| {
            let at = Time(i64::from_le_bytes(array(bytes, 0)?));
            let retired = *bytes.get(8)? == 1;
            let chunks = bytes[9..]
                .chunks_exact(5)
                .map(|c| Some((c[0], u32::from_le_bytes(array(c, 1)?))))
                .collect::<Option<_>>()?;
            Some(Self { at, retired, chunks })
        })
    }
}

impl JournalView for RedbView {
    fn head(&self) -> Result<Head, JournalError> {
        shielded(|| Ok(self.end()?.1))
    }

    fn applied_seq(&self) -> Result<Seq, JournalError> {
        Ok(self.head()?.seq)
    }

    fn read_from(
        &self,
        from: Seq,
        visit: &mut dyn FnMut(Record) -> ControlFlow<()>,
    ) -> Result<(), JournalError> {
        let from = Seq(from.0.max(1));
        if from > self.head()?.seq {
            return Ok(());
        }
        self.records(from, &mut |record, _| visit(record))
    }

    fn row(&self, table: Table, key: u64) -> Result<Option<Vec<u8>>, JournalError> {
        shielded(|| self.find_row(table, key))
    }

    fn rows(
        &self,
        table: Table,
        keys: RangeInclusive<u64>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Row>, JournalError> {
        if keys.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        shielded(|| {
            let unsealed = self.unsealed(table, keys.clone(), order, limit)?;
            let blocks = self.block_infos(table)?;
            block::join(unsealed, blocks, &keys, order, limit, |number| self.sealed(table, number))
        })
    }

    fn blocks(&self, table: Table) -> Result<Vec<BlockInfo>, JournalError> {
        shielded(|| self.block_infos(table))
    }

    fn block(&self, table: Table, number: u64) -> Result<Vec<Row>, JournalError> {
        shielded(|| {
            if self.open(BLOCK_DIR)?.get((table.code(), number))?.is_none() {
                return Ok(Vec::new());
            }
            self.sealed(table, number)
        })
    }

    fn lookup(&self, family: u8, term: u64) -> Result<Vec<u64>, JournalError> {
        shielded(|| self.find_values(family, term))
    }

    fn snapshot(&self, seq: Seq) -> Result<Option<Snapshot>, JournalError> {
        shielded(|| self.find_snapshot(seq))
    }

    fn check(&self) -> Result<Checked, JournalError> {
        let head = self.head()?;
        let mut records = 0;
        self.read_from(Seq(1), &mut |_| {
            records += 1;
            ControlFlow::Continue(())
        })?;
        if records != head.seq.0 {
            return Err(Corruption::Record(Seq(records + 1)).into());
        }
        shielded(|| {
            let (rows, blocks) = self.check_rows()?;
            self.check_rest()?;
            Ok(Checked { records, rows, blocks })
        })
    }

    fn copy_to(&self, path: &Path) -> Result<(), JournalError> {
        super::copy::copy(self, path)
    }
}
