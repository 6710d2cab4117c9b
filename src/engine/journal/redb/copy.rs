//! A copy of one committed state, as a store of its own.
//!
//! Invariant: the file at the given path is the whole copy, synced, or not there. Values are carried over as they stand,
//! checks and chain included: what is damaged here is damaged there, and found by whoever checks the copy. Table by table
//! inside one read transaction, because what the port hands out (records lifted to the newest version, rows joined with
//! their blocks, an index only by its terms) would make another store: with other hashes, and without snapshots and runs.

use super::tables::{self, BLOCK_DIR, BLOCKS, LOG, META, RUN_DIR, RUNS, SNAP_DIR, SNAPS, shielded};
use super::view::RedbView;
use super::{Options, abandon, begin, build};
use crate::journal::{JournalError, Table};
use ::redb::backends::FileBackend;
use ::redb::{Key, ReadableTable, TableDefinition, Value, WriteTransaction};
use std::fs::{self, File, OpenOptions};
use std::path::Path;
use std::sync::Arc;

/// Copies what `view` shows into a new file at `path`.
pub(super) fn copy(view: &RedbView, path: &Path) -> Result<(), JournalError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    let done = fill(view, file).and_then(|()| Ok(File::open(path)?.sync_all()?));
    if done.is_err()
        && let Err(error) = fs::remove_file(path)
    {
        tracing::warn!(%error, "half a copy stays behind");
    }
    done
}

fn fill(view: &RedbView, file: File) -> Result<(), JournalError> {
    let db = shielded(|| build(Box::new(FileBackend::new(file)?), Options::default()))?;
    let done = shielded(|| {
        let txn = begin(&db)?;
        all(view, &txn)?;
        Ok(txn.commit()?)
    });
    if done.is_err() {
        abandon(Some(Arc::new(db)));
        return done;
    }
    // Closed in order: both commit slots then hold the same state.
    shielded(|| {
        drop(db);
        Ok(())
    })
}

fn all(view: &RedbView, txn: &WriteTransaction) -> Result<(), JournalError> {
    one(view, txn, META)?;
    one(view, txn, LOG)?;
    one(view, txn, BLOCKS)?;
    one(view, txn, BLOCK_DIR)?;
    one(view, txn, SNAPS)?;
    one(view, txn, SNAP_DIR)?;
    one(view, txn, RUNS)?;
    one(view, txn, RUN_DIR)?;
    Table::ALL.iter().try_for_each(|table| one(view, txn, tables::rows(*table)))
}

fn one<K: Key + 'static, V: Value + 'static>(
    view: &RedbView,
    txn: &WriteTransaction,
    table: TableDefinition<K, V>,
) -> Result<(), JournalError> {
    let mut to = txn.open_table(table)?;
    for entry in view.open(table)?.iter()? {
        let (key, value) = entry?;
        to.insert(key.value(), value.value())?;
    }
    Ok(())
}
