//! The rows of a desk, for reading.
//!
//! Invariant: a book opened by itself makes no store and holds the lock while it is open, briefly; one that belongs to
//! an open desk holds nothing.

use super::{CallFilter, CallRow, DeskError, Setup};
use ascall_engine::domain::command::Person;
use ascall_engine::domain::event::{Event, Record, TelDigest, Verdict};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{
    CallId, MemberId, ParticipantId, ProfileId, Seq, SubjectId, Time, WorkerId,
};
use ascall_engine::domain::profile::Profile;
use ascall_engine::domain::world::Settings;
use ascall_engine::journal::lock::{Holder, LockError, StoreLock};
use ascall_engine::journal::redb::{Options, RedbJournal};
use ascall_engine::journal::{Journal as _, JournalError};
use ascall_engine::views::{MemberRow, StockRow, Store};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The rows of a desk.
pub(crate) struct Book {
    store: Store,
    at: PathBuf,
    /// What keeps the file open and ours, in the order in which they are let go.
    _held: Option<(RedbJournal, StoreLock)>,
}

impl Book {
    /// The rows of a desk that is open.
    pub(crate) fn of(store: Store, at: &Path) -> Self {
        Self { store, at: at.to_owned(), _held: None }
    }

    /// Opens the rows without building the live state; waits for a busy store as long as the set-up says.
    pub(crate) async fn open(setup: &Setup, verb: &str) -> Result<Self, DeskError> {
        let at = &setup.store;
        if !at.exists() {
            return Err(DeskError::Missing { store: at.clone() });
        }
        let lock = lock(setup, verb).await?;
        let journal = RedbJournal::open(at, Options::default());
        let journal = journal.map_err(|e| DeskError::from_journal(at, e))?;
        let store = Store::new(Arc::from(journal.reader()));
        Ok(Self { store, at: at.clone(), _held: Some((journal, lock)) })
    }

    /// The engine's own reading side.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.at
    }

    fn read<T>(&self, result: Result<T, JournalError>) -> Result<T, DeskError> {
        result.map_err(|e| DeskError::from_journal(&self.at, e))
    }

    /// One call, live or ended.
    pub(crate) fn call(&self, call: CallId) -> Result<Option<CallRow>, DeskError> {
        self.read(self.store.call(call))
    }

    /// Calls by filter, oldest first.
    pub(crate) fn calls(&self, filter: &CallFilter) -> Result<Vec<CallRow>, DeskError> {
        self.read(self.store.calls(filter))
    }

    /// Visits the calls of a filter, whatever its limit, until the visitor breaks; each once, in no order to rely on.
    pub(crate) fn each_call(
        &self,
        filter: &CallFilter,
        mut visit: impl FnMut(CallRow) -> ControlFlow<()>,
    ) -> Result<(), DeskError> {
        self.read(self.store.each_call(filter, |row, _| visit(row)))
    }

    /// The records that speak of a call, with its events only.
    pub(crate) fn timeline(&self, row: &CallRow) -> Result<Vec<Record>, DeskError> {
        self.read(self.store.timeline(row))
    }

    /// A person's row; none when erased.
    pub(crate) fn person(&self, subject: SubjectId) -> Result<Option<Person>, DeskError> {
        self.read(self.store.person(subject))
    }

    /// Where a worker was last known to be, and when; none: never seen.
    pub(crate) fn place(&self, worker: WorkerId) -> Result<Option<(Point, Time)>, DeskError> {
        let row = self.read(self.store.place(worker))?;
        Ok(row.and_then(|row| row.point().map(|point| (point, row.at))))
    }

    /// All goods, in the order of their first receipt.
    pub(crate) fn stock(&self) -> Result<Vec<StockRow>, DeskError> {
        self.read(self.store.stock())
    }

    /// One member.
    pub(crate) fn member(&self, id: MemberId) -> Result<Option<MemberRow>, DeskError> {
        self.read(self.store.member(id))
    }

    /// All members, by number.
    pub(crate) fn members(&self) -> Result<Vec<MemberRow>, DeskError> {
        self.read(self.store.members())
    }

    /// The note written with this record; none when erased.
    pub(crate) fn note(&self, seq: Seq) -> Result<Option<String>, DeskError> {
        self.read(self.store.note(seq))
    }

    /// At most `limit` records from `from` on.
    pub(crate) fn records(&self, from: Seq, limit: usize) -> Result<Vec<Record>, DeskError> {
        self.read(self.store.records(from, limit))
    }

    /// Visits every record from the first one on until the visitor breaks.
    pub(crate) fn each_record(
        &self,
        visit: impl FnMut(Record) -> ControlFlow<()>,
    ) -> Result<(), DeskError> {
        self.read(self.store.each_record(Seq(1), visit))
    }

    /// The newest record's place.
    pub(crate) fn head(&self) -> Result<Seq, DeskError> {
        Ok(self.read(self.store.head())?.seq)
    }

    /// This desk's digest of a canonical phone number.
    pub(crate) fn digest(&self, tel: &str) -> Result<TelDigest, DeskError> {
        self.read(self.store.digest(tel))
    }

    /// A profile version.
    pub(crate) fn profile(&self, wanted: ProfileId) -> Result<Option<Profile>, DeskError> {
        self.read(self.store.profile(wanted))
    }

    /// Every version of every profile, by number.
    pub(crate) fn profiles(&self) -> Result<Vec<(ProfileId, Profile)>, DeskError> {
        self.read(self.store.profiles())
    }

    /// The name of a participant.
    pub(crate) fn participant_name(&self, id: ParticipantId) -> Result<Option<String>, DeskError> {
        self.read(self.store.participant_name(id))
    }

    /// How a worker stood to a call just before a decision of record `seq` about it, by replaying the journal from
    /// the newest snapshot before it; none: one of them was not there yet.
    pub(crate) fn verdict_at(
        &self,
        call: CallId,
        worker: WorkerId,
        seq: Seq,
    ) -> Result<Option<Verdict>, DeskError> {
        let mut world = self.read(self.store.world_before(seq, Settings::default()))?;
        if let Some(mut record) = self.read(self.store.record(seq))? {
            let decided = record.events.iter().position(|event| decides(event, call));
            record.events.truncate(decided.unwrap_or(record.events.len()));
            world.replay(&record);
        }
        Ok(world.call(call).zip(world.worker(worker)).map(|(c, w)| world.verdict(c, w)))
    }
}

fn decides(event: &Event, wanted: CallId) -> bool {
    match event {
        Event::NobodyFound { call, .. }
        | Event::OfferSent { call, .. }
        | Event::BroadcastSent { call, .. }
        | Event::AssignmentReserved { call, .. }
        | Event::AssignmentCommitted { call, .. } => *call == wanted,
        _ => false,
    }
}

/// Takes the lock of the store, waiting for it as long as the set-up says.
async fn lock(setup: &Setup, verb: &str) -> Result<StoreLock, DeskError> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let since_ms = i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX);
    let holder = Holder { pid: std::process::id(), verb: verb.to_owned(), since_ms };
    let end = Instant::now() + setup.lock_timeout;
    let mut wait_ms = 5;
    loop {
        match StoreLock::try_acquire(&setup.store, &holder) {
            Ok(lock) => return Ok(lock),
            Err(LockError::Io(error)) => {
                return Err(DeskError::from_journal(&setup.store, error.into()));
            }
            Err(LockError::Busy { holder }) if Instant::now() >= end => {
                let (store, holder) = (setup.store.clone(), holder.map(|h| h.to_string()));
                return Err(DeskError::Busy { store, holder });
            }
            Err(LockError::Busy { .. }) => {
                // Jitter by process, so that fifty who wait do not all come back together.
                let jitter = u64::from(std::process::id()).wrapping_mul(31) % (wait_ms / 2 + 1);
                tokio::time::sleep(Duration::from_millis(wait_ms + jitter)).await;
                wait_ms = (wait_ms * 2).min(50);
            }
        }
    }
}
