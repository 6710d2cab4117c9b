//! The journal: what was decided, in order, and the rows that were derived in the same commit.
//!
//! Invariant: a batch is one commit; when [`Journal::append`] answers `Ok` everything in it is
//! durable and visible, and when it does not, nothing later is accepted until the store was opened
//! again. It stores opaque bytes: it must not know any type of the domain but [`Seq`] and [`Time`].

use crate::domain::ids::{Seq, Time};
use std::ops::{ControlFlow, RangeInclusive};
use std::path::Path;
use std::sync::Arc;

mod block;
mod chunks;
pub mod codec;
mod error;
pub mod lock;
pub mod memory;
pub mod redb;
mod runs;
mod table;
pub mod testing;

pub use error::{Corruption, JournalError, Misuse};
pub use table::Table;

/// A record to be written. Its seq is given by the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// When it was decided; never earlier than the record before.
    pub at: Time,
    /// MessagePack map of the domain record in the current version; at most [`codec::BODY_MAX`] bytes.
    pub body: Vec<u8>,
}

/// A record as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place, dense from 1.
    pub seq: Seq,
    /// When it was decided.
    pub at: Time,
    /// The version it was written in; the body is already lifted to [`codec::CURRENT_VERSION`].
    pub version: u8,
    /// MessagePack map of the domain record in the current version.
    pub body: Vec<u8>,
}

/// A change of one derived row, written in the commit of the records that cause it.
///
/// Keys should grow with time: a randomly keyed row costs one page write of its own in each commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowChange {
    /// Write or replace a row. A sealed row is hidden by it.
    Put {
        /// Where.
        table: Table,
        /// Which.
        key: u64,
        /// Opaque; at most [`ROW_MAX`] bytes.
        value: Vec<u8>,
    },
    /// Remove a row. A sealed row cannot be removed, only replaced.
    Delete {
        /// Where.
        table: Table,
        /// Which.
        key: u64,
    },
}

impl RowChange {
    /// The key, if the change is in this table.
    fn key_in(&self, of: Table) -> Option<u64> {
        let (Self::Put { table, key, .. } | Self::Delete { table, key }) = self;
        (*table == of).then_some(*key)
    }
}

/// Everything one commit writes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// In order.
    pub records: Vec<NewRecord>,
    /// In order; a later change of the same row wins.
    pub rows: Vec<RowChange>,
}

/// The truncated blake3 hash of a record and, through the one before, of all records before it.
pub type ChainHash = [u8; 16];

/// The end of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// The last record's seq; 0 while there is none.
    pub seq: Seq,
    /// The last record's time.
    pub at: Time,
    /// The last record's hash; zeros while there is none.
    pub hash: ChainHash,
}

impl Head {
    /// The hash as people compare it: 32 hexadecimal digits.
    #[must_use]
    pub fn digits(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.hash))
    }
}

/// A row's key and value.
pub type Row = (u64, Vec<u8>);

/// The order of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Smallest key first.
    Ascending,
    /// Largest key first.
    Descending,
}

/// One part of a snapshot: a group of entities of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotChunk {
    /// The kind of entity, as the caller numbers them.
    pub kind: u8,
    /// The group within the kind.
    pub chunk: u32,
    /// Opaque; empty when the group holds nothing any more.
    pub bytes: Vec<u8>,
}

/// A state at a seq, for each kind and group the newest chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last record it contains.
    pub seq: Seq,
    /// When it was taken.
    pub at: Time,
    /// In order of kind, then group; empty chunks left out.
    pub chunks: Vec<SnapshotChunk>,
}

/// Work beside the commits. Each is one transaction of its own; done twice it is done once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Maintenance {
    /// Keep a state: only the chunks that changed since the snapshot before. Snapshots older than
    /// [`SNAPSHOTS_KEPT_MS`] before `at` are pruned.
    Snapshot {
        /// The last record the state contains; not after the head.
        seq: Seq,
        /// When it was taken.
        at: Time,
        /// The changed ones.
        chunks: Vec<SnapshotChunk>,
    },
    /// Move rows that will hardly change again into immutable blocks. Readers see no difference.
    /// Missing rows are passed over; rows that would fill less than half a block stay as they are.
    Seal {
        /// Of which table.
        table: Table,
        /// The rows with the time by which their block is found.
        rows: Vec<(u64, Time)>,
    },
    /// Write a sorted run of an index: terms (digests, ids) with values (ids, seqs).
    Run {
        /// The index, as the caller numbers them.
        family: u8,
        /// Sorted here if they are not; equal pairs count once.
        entries: Vec<(u64, u64)>,
        /// When the whole run may be dropped.
        expires_at: Option<Time>,
    },
    /// Drop the runs whose expiry has come.
    Expire {
        /// A run with `expires_at <= now` goes.
        now: Time,
    },
}

/// The largest row, in bytes.
pub const ROW_MAX: usize = 1 << 20;

/// How long a snapshot is kept for time travel, in milliseconds before the newest one.
pub const SNAPSHOTS_KEPT_MS: i64 = 24 * 3_600_000;

/// Where a sealed block lies among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockInfo {
    /// Its number within the table; a higher one is newer.
    pub number: u64,
    /// The smallest key in it.
    pub key_min: u64,
    /// The largest key in it.
    pub key_max: u64,
    /// The earliest time of its rows.
    pub time_min: Time,
    /// The latest time of its rows.
    pub time_max: Time,
    /// How many rows.
    pub rows: u32,
}

/// What a full check looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checked {
    /// Records whose checksum and chain hold.
    pub records: u64,
    /// Rows outside blocks whose checksum holds.
    pub rows: u64,
    /// Blocks whose checksum holds.
    pub blocks: u64,
}

/// The writing side; one per store.
pub trait Journal: Send {
    /// Writes the batch in one commit; durable and visible when `Ok`.
    ///
    /// # Errors
    /// [`JournalError::Refused`] changes nothing. Any other error stops the journal: later calls
    /// answer [`JournalError::Stopped`] until [`Journal::reopen`], and whether this batch is in the
    /// store is unknown until then.
    fn append(&mut self, batch: &Batch) -> Result<Head, JournalError>;

    /// The last acknowledged end.
    fn head(&self) -> Head;

    /// Does work beside the commits, in a transaction of its own.
    ///
    /// # Errors
    /// As [`Journal::append`].
    fn maintain(&mut self, work: &Maintenance) -> Result<(), JournalError>;

    /// Opens the store again after a stop and compares it with what was acknowledged. The head may
    /// then lie after the acknowledged one: the batch that failed may have become durable.
    ///
    /// # Errors
    /// [`JournalError::Lost`] when something acknowledged is missing; else as opening.
    fn reopen(&mut self) -> Result<Head, JournalError>;

    /// A handle for other threads; it survives a stop and a reopen.
    fn reader(&self) -> Box<dyn JournalReader>;
}

/// The reading side, for any thread.
pub trait JournalReader: Send + Sync {
    /// What is committed now; it does not change while it is held. Hold it briefly: it keeps the
    /// space of what is replaced meanwhile.
    ///
    /// # Errors
    /// [`JournalError::Stopped`] between a stop and a reopen.
    fn view(&self) -> Result<Arc<dyn JournalView>, JournalError>;
}

/// One committed state of the store. Every method fails with [`JournalError::Corrupt`] when what it
/// read is not what was written, never with a wrong answer.
pub trait JournalView: Send + Sync {
    /// The end of the journal in this state.
    ///
    /// # Errors
    /// Storage and damage.
    fn head(&self) -> Result<Head, JournalError>;

    /// The last record whose rows are applied; at most the head. A reader that needs its own
    /// acknowledged record waits, or joins the records after this seq.
    ///
    /// # Errors
    /// Storage and damage.
    fn applied_seq(&self) -> Result<Seq, JournalError>;

    /// Visits the records from `from` on, verifying checksum and chain, until the visitor breaks.
    ///
    /// # Errors
    /// Storage, damage, and [`JournalError::NewerFormat`].
    fn read_from(
        &self,
        from: Seq,
        visit: &mut dyn FnMut(Record) -> ControlFlow<()>,
    ) -> Result<(), JournalError>;

    /// One row, sealed or not.
    ///
    /// # Errors
    /// Storage and damage.
    fn row(&self, table: Table, key: u64) -> Result<Option<Vec<u8>>, JournalError>;

    /// Rows in order of their keys, sealed or not, at most `limit`.
    ///
    /// # Errors
    /// Storage and damage.
    fn rows(
        &self,
        table: Table,
        keys: RangeInclusive<u64>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<Row>, JournalError>;

    /// The sealed blocks of a table, oldest first.
    ///
    /// # Errors
    /// Storage and damage.
    fn blocks(&self, table: Table) -> Result<Vec<BlockInfo>, JournalError>;

    /// The rows of one block by key, as they were sealed; empty when there is no such block.
    ///
    /// # Errors
    /// Storage and damage.
    fn block(&self, table: Table, number: u64) -> Result<Vec<Row>, JournalError>;

    /// The values of a term in all runs of a family, sorted, each once.
    ///
    /// # Errors
    /// Storage and damage.
    fn lookup(&self, family: u8, term: u64) -> Result<Vec<u64>, JournalError>;

    /// The newest kept snapshot that contains no record after `seq`.
    ///
    /// # Errors
    /// Storage and damage.
    fn snapshot(&self, seq: Seq) -> Result<Option<Snapshot>, JournalError>;

    /// Verifies everything: the chain over all records, every row, block, run and snapshot.
    ///
    /// # Errors
    /// The first damage found.
    fn check(&self) -> Result<Checked, JournalError>;

    /// Writes this state into a new file at `path`, synced, as a store of its own with the same records, hashes and rows.
    /// Damage is carried over: whoever needs a good copy checks it. On an error there is no file.
    ///
    /// # Errors
    /// Storage, of either side; [`Misuse::NoFile`] from an adapter that keeps its state in no file.
    fn copy_to(&self, path: &Path) -> Result<(), JournalError> {
        let _ = path;
        Err(Misuse::NoFile.into())
    }
}
