//! The journal under the simulated desk: in memory or real redb on a faulty disk, with faults at any operation.
//!
//! Invariant: after a fault or a crash every operation fails until the journal is opened again, as on a real machine.

use ascall_engine::journal::memory::{Fault, MemoryJournal};
use ascall_engine::journal::redb::{Options, RedbJournal};
use ascall_engine::journal::testing::backend::{DiskFault, FaultBackend};
use ascall_engine::journal::{Batch, Head, Journal, JournalError, JournalReader, Maintenance};
use std::io;
use std::sync::{Arc, Mutex};

/// The storage, as those hold it who want to hurt it.
#[derive(Clone)]
pub struct Storage {
    kind: Kind,
    trap: Arc<Mutex<Trap>>,
}

#[derive(Clone)]
enum Kind {
    Memory(MemoryJournal),
    Disk(FaultBackend),
}

/// A crash at one of the next operations.
#[derive(Default)]
struct Trap {
    /// After so many operations; none: never.
    after: Option<u64>,
    /// The operation still happens before the crash.
    done: bool,
    seed: u64,
}

impl Storage {
    pub fn memory() -> Self {
        Self { kind: Kind::Memory(MemoryJournal::new()), trap: Arc::default() }
    }

    pub fn disk() -> Self {
        Self::on(FaultBackend::new())
    }

    /// On this disk.
    pub fn on(disk: FaultBackend) -> Self {
        Self { kind: Kind::Disk(disk), trap: Arc::default() }
    }

    /// What a new process finds. The process before must be gone.
    pub fn open(&self) -> Result<SimJournal, JournalError> {
        let inner = match &self.kind {
            Kind::Memory(memory) => {
                let mut memory = memory.clone();
                memory.reopen()?;
                Inner::Memory(memory)
            }
            Kind::Disk(disk) => Inner::Disk(Box::new(RedbJournal::open_with_backend(
                disk.source(),
                Options { cache_bytes: 1 << 20 },
            )?)),
        };
        Ok(SimJournal { inner, storage: self.clone() })
    }

    /// The process dies, or the machine does; `seed` decides what of the unsynced survives.
    pub fn crash(&self, seed: u64) {
        match &self.kind {
            Kind::Memory(memory) => memory.crash(),
            Kind::Disk(disk) => disk.lose_power(seed),
        }
    }

    /// The append after `after` more fails in this way; its name for the coverage.
    pub fn fail(&self, after: u64, how: u64) -> &'static str {
        match &self.kind {
            Kind::Memory(memory) => {
                let (fault, name) = match how % 3 {
                    0 => (Fault::Lost, "append lost"),
                    1 => (Fault::Kept, "append kept"),
                    _ => (Fault::Full, "append full"),
                };
                memory.fail_append(after, fault, false);
                name
            }
            Kind::Disk(disk) => {
                let (fault, name) = match how % 3 {
                    0 => (DiskFault::Sync(after * 2), "disk sync"),
                    1 => (DiskFault::Write(after * 9), "disk write"),
                    _ => (DiskFault::Full(after * 9), "disk full"),
                };
                disk.plant(fault);
                name
            }
        }
    }

    /// The process dies at the operation after `after` more, before or after it.
    pub fn die_at(&self, after: u64, done: bool, seed: u64) {
        if let Ok(mut trap) = self.trap.lock() {
            *trap = Trap { after: Some(after), done, seed };
        }
    }

    /// No fault waits any more.
    pub fn heal(&self) {
        if let Ok(mut trap) = self.trap.lock() {
            trap.after = None;
        }
        match &self.kind {
            Kind::Memory(memory) => memory.heal(),
            // A fault far beyond the end of every run.
            Kind::Disk(disk) => disk.plant(DiskFault::Sync(u64::MAX)),
        }
    }

    /// Whether this operation is the last of the process, and whether it still happens.
    fn strike(&self) -> Option<(bool, u64)> {
        let mut trap = self.trap.lock().ok()?;
        match trap.after {
            Some(0) => {
                trap.after = None;
                Some((trap.done, trap.seed))
            }
            Some(left) => {
                trap.after = Some(left - 1);
                None
            }
            None => None,
        }
    }
}

enum Inner {
    Memory(MemoryJournal),
    Disk(Box<RedbJournal>),
}

/// The journal the core holds.
pub struct SimJournal {
    inner: Inner,
    storage: Storage,
}

impl SimJournal {
    fn journal(&mut self) -> &mut (dyn Journal + 'static) {
        match &mut self.inner {
            Inner::Memory(memory) => memory,
            Inner::Disk(redb) => redb.as_mut(),
        }
    }

    fn guarded<T>(
        &mut self,
        work: impl FnOnce(&mut (dyn Journal + 'static)) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let Some((done, seed)) = self.storage.strike() else { return work(self.journal()) };
        if done {
            drop(work(self.journal()));
        }
        self.storage.crash(seed);
        Err(JournalError::Storage(io::ErrorKind::Interrupted.into()))
    }
}

impl Journal for SimJournal {
    fn append(&mut self, batch: &Batch) -> Result<Head, JournalError> {
        self.guarded(|journal| journal.append(batch))
    }

    fn head(&self) -> Head {
        match &self.inner {
            Inner::Memory(memory) => memory.head(),
            Inner::Disk(redb) => redb.head(),
        }
    }

    fn maintain(&mut self, work: &Maintenance) -> Result<(), JournalError> {
        self.guarded(|journal| journal.maintain(work))
    }

    fn reopen(&mut self) -> Result<Head, JournalError> {
        self.guarded(<dyn Journal>::reopen)
    }

    fn reader(&self) -> Box<dyn JournalReader> {
        match &self.inner {
            Inner::Memory(memory) => memory.reader(),
            Inner::Disk(redb) => redb.reader(),
        }
    }
}
