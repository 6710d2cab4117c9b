//! The journal in one redb file.
//!
//! Invariant: every commit is immediate, two-phase and with quick repair; after any error of the
//! storage the handle is gone and nothing is tried again until [`Journal::reopen`]. The lock between
//! processes is the caller's ([`super::lock`]).

mod copy;
mod create;
mod maintain;
mod tables;
#[cfg(test)]
mod tests;
mod view;

pub use tables::{FORMAT, is_shielded};

use super::chunks::{Key, Tail};
use super::{Batch, Corruption, Head, Journal, JournalError, JournalReader, JournalView};
use super::{Maintenance, Misuse, ROW_MAX, RowChange, Table, codec};
use ::redb::backends::FileBackend;
use ::redb::{Builder, Database, Durability, ReadableDatabase, StorageBackend, WriteTransaction};
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io;
use std::ops::{Bound, ControlFlow};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tables::{
    BLOCK_DIR, BLOCKS, Format, LOG, META, Place, RUN_DIR, RUNS, SNAP_DIR, SNAPS, shielded,
};
use view::RedbView;

/// How a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Bytes of pages kept in memory.
    pub cache_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { cache_bytes: 4 << 20 }
    }
}

/// Opens the storage of a store, the first time and at each reopen.
pub type BackendSource = Box<dyn Fn() -> io::Result<Box<dyn StorageBackend>> + Send>;

/// The journal in one redb file.
pub struct RedbJournal {
    source: BackendSource,
    options: Options,
    shared: Arc<Shared>,
    head: Head,
    tail: Tail,
}

/// The handle that readers share; empty after a stop.
#[derive(Default)]
struct Shared {
    db: Mutex<Option<Arc<Database>>>,
}

impl Shared {
    fn get(&self) -> Result<Arc<Database>, JournalError> {
        self.slot().clone().ok_or(JournalError::Stopped)
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Arc<Database>>> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn view(&self) -> Result<RedbView, JournalError> {
        let db = self.get()?;
        shielded(|| Ok(RedbView::new(db.begin_read()?)))
    }
}

impl RedbJournal {
    /// Opens the store at `path`; makes it, and its folder, when there is none.
    ///
    /// # Errors
    /// Storage, damage, a newer format, [`JournalError::Busy`] when the file is open elsewhere.
    pub fn open(path: &Path, options: Options) -> Result<Self, JournalError> {
        create::ensure(path, |file| {
            initialise(&build(Box::new(FileBackend::new(file)?), options)?)
        })?;
        Self::open_with_backend(existing(path), options)
    }

    /// Opens the store at `path` for reading only; there must be one. Nothing is written when it goes.
    ///
    /// # Errors
    /// As [`RedbJournal::open`].
    pub fn open_read(
        path: &Path,
        options: Options,
    ) -> Result<Box<dyn JournalReader>, JournalError> {
        let mut journal = Self::open_with_backend(existing(path), options)?;
        Ok(Box::new(RedbReader { shared: std::mem::take(&mut journal.shared) }))
    }

    /// Opens a store in the given storage; an empty storage becomes a new store.
    ///
    /// # Errors
    /// As [`RedbJournal::open`].
    pub fn open_with_backend(
        source: BackendSource,
        options: Options,
    ) -> Result<Self, JournalError> {
        let shared = Arc::new(Shared::default());
        let (head, tail) = (Head::default(), Tail::new());
        let mut journal = Self { source, options, shared, head, tail };
        (journal.head, journal.tail) = journal.load()?;
        Ok(journal)
    }

    fn load(&self) -> Result<(Head, Tail), JournalError> {
        let backend = (self.source)().map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => Corruption::NotAJournal.into(),
            _ => JournalError::from(error),
        })?;
        let fresh = backend.len()? == 0;
        let db = shielded(|| {
            let db = build(backend, self.options)?;
            if fresh {
                initialise(&db)?;
            }
            let view = RedbView::new(db.begin_read()?);
            let format = view.format()?.ok_or(Corruption::NotAJournal)?;
            if format.number > FORMAT {
                let (found, supported) = (format.number, FORMAT);
                return Err(JournalError::NewerFormat { found, supported });
            }
            view.complete(format)?;
            // A release that adds a table finds it missing in older files.
            if Table::ALL.iter().any(|table| !format.has(*table)) {
                initialise(&db)?;
            }
            Ok(db)
        })?;
        let (tail, head) = shielded(|| RedbView::new(db.begin_read()?).end())?;
        *self.shared.slot() = Some(Arc::new(db));
        Ok((head, tail))
    }

    /// As [`Journal::append`], in a given version: how tests make stores of older programs.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub fn append_version(&mut self, version: u8, batch: &Batch) -> Result<Head, JournalError> {
        let mut tail = self.tail.clone();
        let mut head = self.head;
        let mut pieces: Vec<(Key, Vec<u8>)> = Vec::new();
        let mut bytes = Vec::new();
        for record in &batch.records {
            bytes.clear();
            head = codec::encode_version(version, &head, record, &mut bytes)?;
            tail.push(head.seq, &bytes, &mut pieces);
        }
        let rows = last_changes(&batch.rows)?;
        if !batch.records.is_empty() {
            pieces.push(tail.piece());
        }
        if !pieces.is_empty() || !rows.is_empty() {
            self.commit(|txn| {
                write_pieces(txn, &pieces)?;
                write_rows(txn, &rows)
            })?;
        }
        (self.head, self.tail) = (head, tail);
        Ok(head)
    }

    fn commit(
        &mut self,
        work: impl FnOnce(&WriteTransaction) -> Result<(), JournalError>,
    ) -> Result<(), JournalError> {
        let db = self.shared.get()?;
        let done = shielded(|| {
            let txn = begin(&db)?;
            work(&txn)?;
            Ok(txn.commit()?)
        });
        drop(db);
        if done.as_ref().is_err_and(JournalError::stops) {
            self.stop();
        }
        done
    }

    /// Closes the store in order: nothing is left to recover, and both commit slots of the file
    /// hold the same state, so that no single damaged bit can bring an older one back. Dropping
    /// the journal instead is safe, and quicker: every commit is complete by itself.
    ///
    /// # Errors
    /// Storage; what was acknowledged is durable all the same.
    pub fn close(self) -> Result<(), JournalError> {
        let Some(db) = self.shared.slot().take() else { return Err(JournalError::Stopped) };
        shielded(|| {
            drop(db);
            Ok(())
        })
    }

    fn stop(&mut self) {
        abandon(self.shared.slot().take());
    }

    fn work(&mut self, work: &Maintenance) -> Result<(), JournalError> {
        match work {
            Maintenance::Snapshot { seq, at, chunks } => {
                if *seq > self.head.seq {
                    let (seq, head) = (*seq, self.head.seq);
                    return Err(Misuse::SnapshotSeq { seq, head }.into());
                }
                self.commit(|txn| maintain::snapshot(txn, *seq, *at, chunks))
            }
            Maintenance::Seal { table, rows } => {
                self.commit(|txn| maintain::seal(txn, *table, rows))
            }
            Maintenance::Run { family, entries, expires_at } => {
                self.commit(|txn| maintain::add_run(txn, *family, entries, *expires_at))?;
                loop {
                    let view = self.shared.view()?;
                    let due = shielded(|| maintain::due_merge(&view, *family));
                    let Some(due) = due? else { return Ok(()) };
                    self.commit(|txn| maintain::merge(txn, &view, &due))?;
                }
            }
            Maintenance::Expire { now } => self.commit(|txn| maintain::expire(txn, *now)),
        }
    }
}

impl Journal for RedbJournal {
    fn append(&mut self, batch: &Batch) -> Result<Head, JournalError> {
        // A stopped journal answers so whatever the batch, even an empty one.
        drop(self.shared.get()?);
        self.append_version(codec::CURRENT_VERSION, batch)
    }

    fn head(&self) -> Head {
        self.head
    }

    fn maintain(&mut self, work: &Maintenance) -> Result<(), JournalError> {
        let done = self.work(work);
        if done.as_ref().is_err_and(JournalError::stops) {
            self.stop();
        }
        done
    }

    fn reopen(&mut self) -> Result<Head, JournalError> {
        self.stop();
        let (head, tail) = self.load()?;
        let acknowledged = self.head;
        let lost = JournalError::Lost { acknowledged: acknowledged.seq, found: head.seq };
        let kept = match head.seq.cmp(&acknowledged.seq) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => head == acknowledged,
            // The first record after the acknowledged end names that end's hash: the chain from
            // there on is verified by reading it.
            std::cmp::Ordering::Greater => {
                let mut found = acknowledged.seq.0 == 0;
                self.shared.view()?.read_chain(acknowledged.seq, &mut |at| {
                    found |= at == acknowledged;
                    ControlFlow::Continue(())
                })?;
                found
            }
        };
        if !kept {
            self.stop();
            return Err(lost);
        }
        (self.head, self.tail) = (head, tail);
        Ok(head)
    }

    fn reader(&self) -> Box<dyn JournalReader> {
        Box::new(RedbReader { shared: Arc::clone(&self.shared) })
    }
}

impl Drop for RedbJournal {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        abandon(self.slot().take());
    }
}

struct RedbReader {
    shared: Arc<Shared>,
}

impl JournalReader for RedbReader {
    fn view(&self) -> Result<Arc<dyn JournalView>, JournalError> {
        Ok(Arc::new(self.shared.view()?))
    }
}

/// Lets go of the file without writing to it. redb writes when it is dropped, and on a damaged file
/// it may then panic twice, which aborts the process; it does not write when dropped in a panic, so
/// it is dropped in one, which no hook sees.
fn abandon(db: Option<Arc<Database>>) {
    let drop_unwinding = move || {
        let _held = db;
        resume_unwind(Box::new(()));
    };
    // The answer is the unwinding itself.
    let _: Result<(), _> = catch_unwind(AssertUnwindSafe(drop_unwinding));
}

/// The file at `path`, which must be there.
fn existing(path: &Path) -> BackendSource {
    let path = path.to_path_buf();
    Box::new(move || {
        let file = OpenOptions::new().read(true).write(true).open(&path)?;
        let backend = FileBackend::new(file).map_err(io::Error::other)?;
        // An empty file would be taken for a new one.
        if backend.len()? == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(Box::new(backend))
    })
}

fn build(backend: Box<dyn StorageBackend>, options: Options) -> Result<Database, JournalError> {
    let mut builder = Builder::new();
    builder.set_cache_size(options.cache_bytes);
    Ok(builder.create_with_backend(Boxed(backend))?)
}

fn begin(db: &Database) -> Result<WriteTransaction, JournalError> {
    let mut txn = db.begin_write()?;
    txn.set_durability(Durability::Immediate)?;
    txn.set_two_phase_commit(true);
    txn.set_quick_repair(true);
    Ok(txn)
}

/// Makes the tables that are missing.
fn initialise(db: &Database) -> Result<(), JournalError> {
    let txn = begin(db)?;
    txn.open_table(META)?.insert(0, Place::Format.store(&Format::current().encode()).as_slice())?;
    txn.open_table(LOG)?;
    txn.open_table(BLOCKS)?;
    txn.open_table(BLOCK_DIR)?;
    txn.open_table(SNAPS)?;
    txn.open_table(SNAP_DIR)?;
    txn.open_table(RUNS)?;
    txn.open_table(RUN_DIR)?;
    for &table in Table::ALL {
        txn.open_table(tables::rows(table))?;
    }
    Ok(txn.commit()?)
}

/// The last change of each row, in order of table and key; `None` is a removal.
type LastChanges<'a> = BTreeMap<(Table, u64), Option<&'a [u8]>>;

fn last_changes(rows: &[RowChange]) -> Result<LastChanges<'_>, JournalError> {
    let mut last = BTreeMap::new();
    for change in rows {
        match change {
            RowChange::Put { table, key, value } => {
                let bytes = value.len();
                if bytes > ROW_MAX {
                    return Err(Misuse::TooLarge { bytes, bytes_max: ROW_MAX }.into());
                }
                last.insert((*table, *key), Some(value.as_slice()));
            }
            RowChange::Delete { table, key } => {
                last.insert((*table, *key), None);
            }
        }
    }
    Ok(last)
}

fn write_pieces(txn: &WriteTransaction, pieces: &[(Key, Vec<u8>)]) -> Result<(), JournalError> {
    if pieces.is_empty() {
        return Ok(());
    }
    let mut log = txn.open_table(LOG)?;
    for (key, value) in pieces {
        log.insert(*key, value.as_slice())?;
    }
    Ok(())
}

fn write_rows(txn: &WriteTransaction, rows: &LastChanges<'_>) -> Result<(), JournalError> {
    let mut open = None;
    for ((table, key), value) in rows {
        if open.as_ref().is_none_or(|(of, _)| of != table) {
            drop(open.take());
            open = Some((*table, txn.open_table(tables::rows(*table))?));
        }
        let Some((_, rows)) = &mut open else { continue };
        match value {
            Some(value) => {
                rows.insert(*key, Place::Row(*table, *key).store(value).as_slice())?;
            }
            None => {
                rows.remove(*key)?;
            }
        }
    }
    Ok(())
}

/// A storage chosen at run time.
#[derive(Debug)]
struct Boxed(Box<dyn StorageBackend>);

impl StorageBackend for Boxed {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.0.close()
    }

    fn try_lock_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, ::redb::BackendError> {
        self.0.try_lock_range(start, end)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, ::redb::BackendError> {
        self.0.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), ::redb::BackendError> {
        self.0.lock_range(start, end)
    }

    fn lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<(), ::redb::BackendError> {
        self.0.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), ::redb::BackendError> {
        self.0.unlock_range(start, end)
    }

    fn query_lock_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, ::redb::BackendError> {
        self.0.query_lock_range(start, end)
    }
}
