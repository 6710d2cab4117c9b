//! The work beside the commits: ended calls to the archive, keys and clients' numbers to their runs, snapshots.
//!
//! Invariant: each part is a transaction of its own, and done twice it is done once, so a crash between them costs
//! nothing. It decides nothing and writes no record.

use super::{Core, KEYS_KEPT, SNAPSHOT_EVENTS, SNAPSHOT_EVENTS_LEAVING};
use crate::domain::ids::Time;
use crate::domain::snapshot::Part;
use crate::journal::{Batch, Journal, JournalError, Maintenance, Order, Row, RowChange};
use crate::journal::{SnapshotChunk, Table};
use crate::views::{self, CallRow};
use std::collections::BTreeSet;

impl<J: Journal> Core<J> {
    /// Whether a snapshot is worth its cost.
    #[must_use]
    pub fn wants_maintenance(&self) -> bool {
        self.events_since >= SNAPSHOT_EVENTS
    }

    /// Whether a snapshot is worth its cost to somebody who leaves.
    #[must_use]
    pub fn wants_maintenance_leaving(&self) -> bool {
        self.events_since >= SNAPSHOT_EVENTS_LEAVING
    }

    /// The work beside the commits: ended calls move to the archive and its indexes, keys to their runs, and a snapshot
    /// is taken. Each part done twice is done once, so a crash between them costs nothing.
    ///
    /// # Errors
    /// Storage: the core has stopped.
    pub fn maintain(&mut self, now: Time) -> Result<(), JournalError> {
        if self.stopped {
            return Err(JournalError::Stopped);
        }
        let done =
            self.archive().and_then(|()| self.keep_keys(now)).and_then(|()| self.snapshot(now));
        if let Err(error) = &done {
            self.stopped |= error.stops();
            self.ended = None;
        }
        done
    }

    /// The rows of the live table that may be of calls that ended. Once they were all looked at, it is known which.
    fn ended_rows(&mut self) -> Result<Vec<Row>, JournalError> {
        let view = self.store.reader().view()?;
        let Some(ended) = self.ended.replace(BTreeSet::new()) else {
            return view.rows(Table::Live, 0..=u64::MAX, Order::Ascending, usize::MAX);
        };
        let mut rows = Vec::with_capacity(ended.len());
        for call in ended {
            rows.extend(view.row(Table::Live, call.0)?.map(|value| (call.0, value)));
        }
        Ok(rows)
    }

    fn archive(&mut self) -> Result<(), JournalError> {
        let rows = self.ended_rows()?;
        let mut by_tel = Vec::new();
        let mut by_worker = Vec::new();
        let mut by_member = Vec::new();
        let mut batch = Batch::default();
        let mut archived = std::mem::take(&mut self.unsealed);
        for (key, value) in rows {
            let Some(row) = CallRow::decode(&value).filter(|row| row.phase.is_terminal()) else {
                continue;
            };
            // A call that lingers may still be written again.
            if self.world.call(row.call).is_some() {
                continue;
            }
            by_tel.extend(row.tel.map(|tel| (tel.0, key)));
            by_worker.extend(row.told.iter().map(|id| (views::worker_term(*id), key)));
            by_member.extend(row.member.map(|id| (views::member_term(id), key)));
            batch.rows.push(RowChange::Put { table: Table::Calls, key, value });
            batch.rows.push(RowChange::Delete { table: Table::Live, key });
            archived.push((key, row.received_at));
        }
        if batch.rows.is_empty() {
            self.unsealed = archived;
            return Ok(());
        }
        let runs =
            [(views::BY_TEL, by_tel), (views::BY_WORKER, by_worker), (views::BY_MEMBER, by_member)];
        for (family, entries) in runs.into_iter().filter(|(_, entries)| !entries.is_empty()) {
            self.journal.maintain(&Maintenance::Run { family, entries, expires_at: None })?;
        }
        self.journal.append(&batch)?;
        let before = self.sealed_rows()?;
        archived.sort_unstable();
        self.journal
            .maintain(&Maintenance::Seal { table: Table::Calls, rows: archived.clone() })?;
        let sealed = usize::try_from(self.sealed_rows()?.saturating_sub(before)).unwrap_or(0);
        self.unsealed = archived.split_off(sealed.min(archived.len()));
        Ok(())
    }

    fn sealed_rows(&self) -> Result<u64, JournalError> {
        let blocks = self.store.reader().view()?.blocks(Table::Calls)?;
        Ok(blocks.iter().map(|block| u64::from(block.rows)).sum())
    }

    fn keep_keys(&mut self, now: Time) -> Result<(), JournalError> {
        let runs = [
            (views::BY_KEY, self.keys.entries(), Some(now.plus(KEYS_KEPT))),
            (views::BY_REFERENCE, self.references.entries(), None),
        ];
        for (family, entries, expires_at) in runs.into_iter().filter(|(_, run, _)| !run.is_empty())
        {
            self.journal.maintain(&Maintenance::Run { family, entries, expires_at })?;
        }
        self.journal.maintain(&Maintenance::Expire { now })
    }

    fn snapshot(&mut self, now: Time) -> Result<(), JournalError> {
        let parts: BTreeSet<Part> = self.world.take_changed();
        let mut chunks = Vec::with_capacity(parts.len());
        for part in parts {
            let (kind, chunk) = part.code();
            // Encoding fails only for what MessagePack cannot say, which entities do not hold.
            let Ok(bytes) = self.world.part(part) else { return Ok(()) };
            chunks.push(SnapshotChunk { kind, chunk, bytes });
        }
        chunks.extend(self.keys.file(now, Some(KEYS_KEPT)));
        chunks.extend(self.references.file(now, None));
        let seq = self.world.seq();
        self.journal.maintain(&Maintenance::Snapshot {
            seq,
            at: now.max(self.world.at()),
            chunks,
        })?;
        self.events_since = 0;
        Ok(())
    }
}
