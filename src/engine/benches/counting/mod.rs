//! A file under the store that counts what is asked of it.
//!
//! Invariant: changes nothing of what it passes on.

use redb::StorageBackend;
use redb::backends::FileBackend;
use std::fs::OpenOptions;
use std::io;
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file that counts.
#[derive(Debug)]
pub struct Counting {
    file: FileBackend,
    counts: Arc<Counts>,
}

/// What was asked of it.
#[derive(Debug, Default)]
pub struct Counts {
    /// Calls of `fdatasync`.
    pub syncs: AtomicU64,
    /// Calls of `pwrite`.
    pub writes: AtomicU64,
    /// Bytes written.
    pub bytes: AtomicU64,
}

impl StorageBackend for Counting {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.counts.syncs.fetch_add(1, Ordering::Relaxed);
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.counts.writes.fetch_add(1, Ordering::Relaxed);
        self.counts.bytes.fetch_add(data.len() as u64, Ordering::Relaxed);
        self.file.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }

    fn try_lock_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, redb::BackendError> {
        self.file.try_lock_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), redb::BackendError> {
        self.file.unlock_range(start, end)
    }
}

/// The file at `path`, made when it is not there.
pub fn counting(path: &Path, counts: &Arc<Counts>) -> io::Result<Counting> {
    let mut options = OpenOptions::new();
    let file = options.read(true).write(true).create(true).truncate(false).open(path)?;
    let file = FileBackend::new(file).map_err(io::Error::other)?;
    Ok(Counting { file, counts: Arc::clone(counts) })
}
