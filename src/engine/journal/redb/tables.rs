//! The tables inside the file, and how redb's failures are told to the rest.
//!
//! Invariant: every value but the log's pieces, which have their own, carries a check over itself
//! and its place; redb's own reads verify nothing. A panic of redb on a damaged page is damage.

use crate::journal::codec::{array, guarded, unguarded};
use crate::journal::{Corruption, JournalError, Table};
use ::redb::{CommitError, DatabaseError, StorageError, TableDefinition, TableError};
use ::redb::{SetDurabilityError, TransactionError};
use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The format of the file as a whole: which tables there are and how values are laid out.
pub const FORMAT: u32 = 1;

/// What the file says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) number: u32,
    /// A bit for each table of rows it has: one that is missing all the same is damage.
    pub(super) tables: u64,
}

impl Format {
    /// As this release makes it.
    pub(super) fn current() -> Self {
        let tables = Table::ALL.iter().fold(0, |bits, table| bits | 1 << table.code());
        Self { number: FORMAT, tables }
    }

    /// As a release made it that did not know this table.
    #[cfg(test)]
    pub(super) fn without(self, table: Table) -> Self {
        Self { tables: self.tables & !(1 << table.code()), ..self }
    }

    pub(super) fn has(self, table: Table) -> bool {
        self.tables & 1 << table.code() != 0
    }

    pub(super) fn encode(self) -> [u8; 12] {
        let mut out = [0; 12];
        out[..4].copy_from_slice(&self.number.to_le_bytes());
        out[4..].copy_from_slice(&self.tables.to_le_bytes());
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let number = u32::from_le_bytes(array(bytes, 0)?);
        Some(Self { number, tables: u64::from_le_bytes(array(bytes, 4)?) })
    }
}

pub(super) type RunKey = (u8, u8, u32, u64, u32);

pub(super) const META: TableDefinition<u8, &[u8]> = TableDefinition::new("format");
pub(super) const LOG: TableDefinition<(u64, u32), &[u8]> = TableDefinition::new("log");
pub(super) const BLOCKS: TableDefinition<(u8, u64), &[u8]> = TableDefinition::new("blocks");
pub(super) const BLOCK_DIR: TableDefinition<(u8, u64), &[u8]> = TableDefinition::new("blocks.dir");
pub(super) const SNAPS: TableDefinition<(u8, u32, u64), &[u8]> = TableDefinition::new("snapshots");
pub(super) const SNAP_DIR: TableDefinition<u64, &[u8]> = TableDefinition::new("snapshots.dir");
pub(super) const RUNS: TableDefinition<RunKey, &[u8]> = TableDefinition::new("runs");
pub(super) const RUN_DIR: TableDefinition<(u8, u8, u32), &[u8]> = TableDefinition::new("runs.dir");

pub(super) const fn rows(table: Table) -> TableDefinition<'static, u64, &'static [u8]> {
    TableDefinition::new(table.name())
}

/// Where a value belongs, as its check covers it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Format,
    Row(Table, u64),
    Block(Table, u64),
    BlockInfo(Table, u64),
    Chunk(u8, u32, u64),
    Snapshot(u64),
    Run(RunKey),
    RunInfo(u8, u8, u32),
}

impl Place {
    fn bytes(self) -> [u8; 32] {
        let (tag, a, b, c) = match self {
            Self::Format => (0, 0, 0, 0),
            Self::Row(table, key) => (1, u64::from(table.code()), key, 0),
            Self::Block(table, number) => (2, u64::from(table.code()), number, 0),
            Self::BlockInfo(table, number) => (3, u64::from(table.code()), number, 0),
            Self::Chunk(kind, chunk, seq) => (4, u64::from(kind), u64::from(chunk), seq),
            Self::Snapshot(seq) => (5, seq, 0, 0),
            Self::Run((family, level, run, term, chunk)) => {
                (6, run_id(family, level, run), term, u64::from(chunk))
            }
            Self::RunInfo(family, level, run) => (7, run_id(family, level, run), 0, 0),
        };
        let mut out = [0; 32];
        for (slot, part) in out.chunks_exact_mut(8).zip([tag, a, b, c]) {
            slot.copy_from_slice(&part.to_le_bytes());
        }
        out
    }

    fn damage(self) -> Corruption {
        use crate::domain::ids::Seq;
        match self {
            Self::Format => Corruption::Structure,
            Self::Row(table, key) => Corruption::Row(table, key),
            Self::Block(table, number) | Self::BlockInfo(table, number) => {
                Corruption::Block(table, number)
            }
            Self::Chunk(_, _, seq) | Self::Snapshot(seq) => Corruption::Snapshot(Seq(seq)),
            Self::Run((family, ..)) | Self::RunInfo(family, ..) => Corruption::Run(family),
        }
    }

    /// The value as it is stored here.
    pub(super) fn store(self, value: &[u8]) -> Vec<u8> {
        guarded(&self.bytes(), value)
    }

    /// The value that was stored here.
    pub(super) fn load(self, stored: &[u8]) -> Result<&[u8], JournalError> {
        unguarded(&self.bytes(), stored).ok_or_else(|| self.damage().into())
    }

    /// The value that was stored here, read by `decode`.
    pub(super) fn parse<T>(
        self,
        stored: &[u8],
        decode: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<T, JournalError> {
        decode(self.load(stored)?).ok_or_else(|| self.damage().into())
    }
}

fn run_id(family: u8, level: u8, run: u32) -> u64 {
    u64::from(family) << 40 | u64::from(level) << 32 | u64::from(run)
}

thread_local! {
    static SHIELDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside work whose panics are told as damage: a panic hook has nothing to report then.
#[must_use]
pub fn is_shielded() -> bool {
    SHIELDED.get()
}

/// Runs work inside redb; a panic there is told as damage, which is what it comes from.
pub(super) fn shielded<T>(
    work: impl FnOnce() -> Result<T, JournalError>,
) -> Result<T, JournalError> {
    let before = SHIELDED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    SHIELDED.set(before);
    done.unwrap_or(Err(Corruption::Structure.into()))
}

impl From<StorageError> for JournalError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Io(error) => match error.kind() {
                io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput => {
                    Corruption::Structure.into()
                }
                io::ErrorKind::InvalidData => Corruption::NotAJournal.into(),
                _ => error.into(),
            },
            StorageError::PreviousIo | StorageError::DatabaseClosed => Self::Stopped,
            other => {
                tracing::error!(error = %other, "the store's file is damaged");
                Corruption::Structure.into()
            }
        }
    }
}

impl From<TableError> for JournalError {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Storage(error) => error.into(),
            other => {
                tracing::error!(error = %other, "a table of the store is damaged");
                Corruption::Structure.into()
            }
        }
    }
}

impl From<TransactionError> for JournalError {
    fn from(error: TransactionError) -> Self {
        match error {
            TransactionError::Storage(error) => error.into(),
            _ => Corruption::Structure.into(),
        }
    }
}

impl From<CommitError> for JournalError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Storage(error) => error.into(),
            _ => Corruption::Structure.into(),
        }
    }
}

impl From<SetDurabilityError> for JournalError {
    fn from(_: SetDurabilityError) -> Self {
        Corruption::Structure.into()
    }
}

impl From<DatabaseError> for JournalError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Storage(error) => error.into(),
            DatabaseError::DatabaseAlreadyOpen => Self::Busy { holder: None },
            _ => Corruption::Structure.into(),
        }
    }
}
