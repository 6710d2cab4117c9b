//! Views: what is shown of calls, read from rows and records without building the world.
//!
//! Invariant: reads only; every answer is complete at the head, because rows are written in the commit of their records.
//! Knows nothing of deciding.

pub mod letter;
mod rows;

pub use rows::{CallRow, MemberRow, PlaceRow, ROW_FORMAT, StepMark, StockRow};

use crate::domain::command::Person;
use crate::domain::event::{Event, Record, TelDigest};
use crate::domain::ids::{
    CallId, MemberId, ParticipantId, ProfileId, Seq, SubjectId, Time, WorkerId,
};
use crate::domain::phase::Phase;
use crate::domain::profile::Profile;
use crate::domain::snapshot::Part;
use crate::domain::world::{Settings, World};
use crate::journal::redb::{Options, RedbJournal};
use crate::journal::{Batch, Head, Journal as _, JournalError, JournalReader, JournalView, Order};
use crate::journal::{RowChange, Table};
use crate::record;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::{ControlFlow, RangeInclusive};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// The index of ended calls by phone digest.
pub const BY_TEL: u8 = 1;
/// The index of ended calls by each worker who was asked or had it.
pub const BY_WORKER: u8 = 2;
/// The index of records by idempotency key.
pub const BY_KEY: u8 = 3;
/// The index of ended calls by member.
pub const BY_MEMBER: u8 = 4;
/// The index of calls by the client's own number ([`reference_term`]), from some time after they were taken.
pub const BY_REFERENCE: u8 = 5;

/// The row of [`Table::Meta`] that holds the secret of the phone digests.
pub const DIGEST_KEY: u64 = 1;
/// The row of [`Table::Meta`] that holds the desk's epoch.
const EPOCH: u64 = 2;

/// The term of a worker in [`BY_WORKER`].
#[must_use]
pub fn worker_term(worker: WorkerId) -> u64 {
    worker.0
}

/// The term of a member in [`BY_MEMBER`].
#[must_use]
pub fn member_term(member: MemberId) -> u64 {
    member.0
}

/// The key of a call in [`Table::Ordinals`]: the keys of a line follow each other.
#[must_use]
pub fn ordinal_key(line: ProfileId, ordinal: u64) -> u64 {
    u64::from(line.0) << ORDINAL_BITS | ordinal.min(ORDINAL_MAX)
}

/// The bits of a key in [`Table::Ordinals`] that count within the line.
const ORDINAL_BITS: u32 = 40;

/// The most calls of a line that have a key.
const ORDINAL_MAX: u64 = (1 << ORDINAL_BITS) - 1;

/// The term of a client's own number for a call of a line in [`BY_REFERENCE`]; several may share one.
#[must_use]
pub fn reference_term(profile: &str, reference: &str) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(profile.as_bytes());
    hasher.update(&[0]);
    hasher.update(reference.as_bytes());
    let mut eight = [0; 8];
    eight.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(eight)
}

/// Which calls a list shows. Everything that is named must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFilter {
    /// Under this number.
    pub tel: Option<TelDigest>,
    /// With this worker.
    pub worker: Option<WorkerId>,
    /// Of this member.
    pub member: Option<MemberId>,
    /// On the open list.
    pub claimable: bool,
    /// About which this worker was asked, or which this worker had once.
    pub told: Option<WorkerId>,
    /// In one of these phases; empty: any.
    pub phases: Vec<Phase>,
    /// Taken at or after.
    pub since: Option<Time>,
    /// Of this service line.
    pub profile: Option<String>,
    /// Ended ones too.
    pub ended: bool,
    /// With a lower number: for the page before this one.
    pub below: Option<CallId>,
    /// At most this many, the newest; 0: all.
    pub limit: usize,
}

impl CallFilter {
    fn takes(&self, row: &CallRow) -> bool {
        (self.ended || !row.phase.is_terminal())
            && self.tel.is_none_or(|tel| row.tel == Some(tel))
            && self.worker.is_none_or(|worker| row.worker.is_some_and(|(id, _)| id == worker))
            && self.member.is_none_or(|member| row.member == Some(member))
            && (!self.claimable || row.claimable)
            && self.told.is_none_or(|worker| row.told.contains(&worker))
            && (self.phases.is_empty() || self.phases.contains(&row.phase))
            && self.since.is_none_or(|since| row.received_at >= since)
            && self.profile.as_ref().is_none_or(|name| row.profile_name == *name)
            && self.below.is_none_or(|below| row.call < below)
    }

    /// The index that finds the fewest of the calls it takes.
    fn term(&self) -> Option<(u8, u64)> {
        let tel = self.tel.map(|tel| (BY_TEL, tel.0));
        let worker = || self.worker.or(self.told).map(|worker| (BY_WORKER, worker_term(worker)));
        let member = || self.member.map(|member| (BY_MEMBER, member_term(member)));
        tel.or_else(worker).or_else(member)
    }
}

/// The reading side of a desk's store; cheap to clone, for any thread.
#[derive(Clone)]
pub struct Store {
    reader: Arc<dyn JournalReader>,
    /// The key of the digests, once its secret was read: it never changes.
    digests: Arc<OnceLock<[u8; 32]>>,
}

/// One committed state, however often it is looked at.
struct Still(Arc<dyn JournalView>);

impl JournalReader for Still {
    fn view(&self) -> Result<Arc<dyn JournalView>, JournalError> {
        Ok(Arc::clone(&self.0))
    }
}

/// How many rows are read at once when all are walked through.
const PAGE: usize = 1_024;

impl Store {
    /// Over a journal's reader.
    #[must_use]
    pub fn new(reader: Arc<dyn JournalReader>) -> Self {
        Self { reader, digests: Arc::default() }
    }

    /// Over the file at `path`, without a desk: what `status` and `list` read when nobody holds the store. The caller
    /// holds the store's lock.
    ///
    /// # Errors
    /// Storage, damage, a newer format; the file must be there.
    pub fn open_read(path: &Path) -> Result<Self, JournalError> {
        Ok(Self::new(Arc::from(RedbJournal::open_read(path, Options::default())?)))
    }

    /// The same store as it is committed now, whatever is written meanwhile. To be held as briefly as a view.
    ///
    /// # Errors
    /// Storage.
    pub fn still(&self) -> Result<Self, JournalError> {
        Ok(Self::new(Arc::new(Still(self.reader.view()?))))
    }

    /// The end of the journal.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn head(&self) -> Result<Head, JournalError> {
        self.reader.view()?.head()
    }

    /// The desk's epoch: 0 until it is restored from a copy, then raised with each restore. Numbers of records mean the
    /// same only within an epoch: after a restore the records behind the copy are gone, and their numbers are given again.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn epoch(&self) -> Result<u64, JournalError> {
        let bytes = self.reader.view()?.row(Table::Meta, EPOCH)?;
        let eight = bytes.and_then(|bytes| bytes.try_into().ok());
        Ok(eight.map_or(0, u64::from_le_bytes))
    }

    /// Writes what is committed now into a new file at `path`, as a store of its own; on an error there is no file.
    ///
    /// # Errors
    /// Storage, of either side. Damage is carried over, not found.
    pub fn copy_to(&self, path: &Path) -> Result<(), JournalError> {
        self.reader.view()?.copy_to(path)
    }

    /// One call, live or ended; none: there is none of that number.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn call(&self, id: CallId) -> Result<Option<CallRow>, JournalError> {
        let view = self.reader.view()?;
        let bytes = match view.row(Table::Live, id.0)? {
            Some(bytes) => Some(bytes),
            None => view.row(Table::Calls, id.0)?,
        };
        Ok(bytes.and_then(|bytes| CallRow::decode(&bytes)))
    }

    /// Calls by number, oldest first: the newest `limit` of those the filter takes.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn calls(&self, filter: &CallFilter) -> Result<Vec<CallRow>, JournalError> {
        let enough = if filter.limit == 0 { usize::MAX } else { filter.limit };
        let (mut found, mut ended) = (Vec::new(), 0);
        self.each_call(filter, |row, is_kept| {
            found.push(row);
            ended += usize::from(is_kept);
            if ended < enough { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        found.sort_unstable_by_key(|row| row.call);
        if found.len() > enough {
            found.drain(..found.len() - enough);
        }
        Ok(found)
    }

    /// Visits the calls that the filter takes, whatever its limit, until the visitor breaks: those of the live table by
    /// number, then those that are kept for good (the visitor is told so), newest first. Each is visited once.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn each_call(
        &self,
        filter: &CallFilter,
        mut visit: impl FnMut(CallRow, bool) -> ControlFlow<()>,
    ) -> Result<(), JournalError> {
        let view = self.reader.view()?;
        let mut live = BTreeSet::new();
        for (_, bytes) in view.rows(Table::Live, 0..=u64::MAX, Order::Ascending, usize::MAX)? {
            let Some(row) = CallRow::decode(&bytes) else { continue };
            live.insert(row.call);
            if filter.takes(&row) && visit(row, false).is_break() {
                return Ok(());
            }
        }
        if !filter.ended {
            return Ok(());
        }
        // A row that was written again after it was put away stands in the live table, and that is the one that counts.
        let mut visit = |bytes: &[u8]| match CallRow::decode(bytes) {
            Some(row) if filter.takes(&row) && !live.contains(&row.call) => visit(row, true),
            _ => ControlFlow::Continue(()),
        };
        let Some((family, term)) = filter.term() else {
            let upto = filter.below.map_or(u64::MAX, |below| below.0.saturating_sub(1));
            return walk_kept(view.as_ref(), upto, visit);
        };
        let mut ids = view.lookup(family, term)?;
        ids.sort_unstable();
        for id in ids.into_iter().rev() {
            if let Some(bytes) = view.row(Table::Calls, id)?
                && visit(&bytes).is_break()
            {
                break;
            }
        }
        Ok(())
    }

    /// The number that a service line has; none: there is no such line.
    fn line(view: &dyn JournalView, name: &str) -> Result<Option<ProfileId>, JournalError> {
        let all = 0..=u64::from(u32::MAX);
        let lines = view.rows(Table::Lines, all, Order::Ascending, usize::MAX)?;
        let found = lines.iter().find(|(_, bytes)| bytes == name.as_bytes());
        Ok(found.and_then(|(number, _)| u32::try_from(*number).ok()).map(ProfileId))
    }

    /// How many calls a line ever had.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn count(&self, line: &str) -> Result<u64, JournalError> {
        let view = self.reader.view()?;
        let Some(line) = Self::line(view.as_ref(), line)? else { return Ok(0) };
        let all = ordinal_key(line, 0)..=ordinal_key(line, ORDINAL_MAX);
        let last = view.rows(Table::Ordinals, all, Order::Descending, 1)?;
        Ok(last.first().map_or(0, |(key, _)| key & ORDINAL_MAX))
    }

    /// Calls of a line by the how manyth they are, live or ended, in that order; those that are not there are left out.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn counted(
        &self,
        line: &str,
        ordinals: RangeInclusive<u64>,
    ) -> Result<Vec<CallRow>, JournalError> {
        let still = self.still()?;
        let view = still.reader.view()?;
        let Some(line) = Self::line(view.as_ref(), line)? else { return Ok(Vec::new()) };
        if *ordinals.start() > ORDINAL_MAX {
            return Ok(Vec::new());
        }
        let keys = ordinal_key(line, *ordinals.start())..=ordinal_key(line, *ordinals.end());
        let rows = view.rows(Table::Ordinals, keys, Order::Ascending, usize::MAX)?;
        let mut calls = Vec::with_capacity(rows.len());
        for (_, bytes) in rows {
            let Ok(number) = <[u8; 8]>::try_from(bytes) else { continue };
            calls.extend(still.call(CallId(u64::from_le_bytes(number)))?);
        }
        Ok(calls)
    }

    /// The records that speak of a call, each with only the events about it, oldest first. What was said of another call
    /// when this one came along is no reason of this one.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn timeline(&self, row: &CallRow) -> Result<Vec<Record>, JournalError> {
        let mut timeline = Vec::with_capacity(row.seqs.len());
        for seq in &row.seqs {
            if let Some(mut record) = self.record(*seq)? {
                let about = record.events.first().and_then(crate::domain::event::call_of);
                if about.is_some_and(|call| call != row.call) {
                    record.reason = None;
                }
                record
                    .events
                    .retain(|event| crate::domain::event::call_of(event) == Some(row.call));
                timeline.push(record);
            }
        }
        Ok(timeline)
    }

    /// One record; none: the journal does not reach that far.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn record(&self, seq: Seq) -> Result<Option<Record>, JournalError> {
        Ok(self.records(seq, 1)?.into_iter().next())
    }

    /// Records from `from` on, at most `limit`.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn records(&self, from: Seq, limit: usize) -> Result<Vec<Record>, JournalError> {
        let mut records = Vec::new();
        self.each_record(from, |record| {
            records.push(record);
            if records.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(records)
    }

    /// Visits the records from `from` on until the visitor breaks.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn each_record(
        &self,
        from: Seq,
        mut visit: impl FnMut(Record) -> ControlFlow<()>,
    ) -> Result<(), JournalError> {
        let mut damage = None;
        self.reader.view()?.read_from(from, &mut |stored| match record::decode(&stored) {
            Ok(record) => visit(record),
            Err(error) => {
                damage = Some(error);
                ControlFlow::Break(())
            }
        })?;
        damage.map_or(Ok(()), Err)
    }

    /// A profile version; none: it was never adopted.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn profile(&self, id: ProfileId) -> Result<Option<Profile>, JournalError> {
        let bytes = self.reader.view()?.row(Table::Profiles, id.0.into())?;
        if let Some(profile) = bytes.and_then(|bytes| rmp_serde::from_slice(&bytes).ok()) {
            return Ok(Some(profile));
        }
        // A row of another form: the record that adopted it is read by every version.
        let mut found = None;
        self.each_record(Seq(1), |record| {
            for event in record.events {
                if let Event::ProfileAdopted { profile, spec } = event
                    && profile == id
                {
                    found = Some(*spec);
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    /// Every version of every profile, by number; those whose row is of another form are left out.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn profiles(&self) -> Result<Vec<(ProfileId, Profile)>, JournalError> {
        let all = 0..=u64::from(u32::MAX);
        let rows = self.reader.view()?.rows(Table::Profiles, all, Order::Ascending, usize::MAX)?;
        let read = |(id, bytes): &(u64, Vec<u8>)| {
            let id = ProfileId(u32::try_from(*id).ok()?);
            Some((id, rmp_serde::from_slice(bytes).ok()?))
        };
        Ok(rows.iter().filter_map(read).collect())
    }

    /// The name of a participant; none: there never was one of that number.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn participant_name(&self, id: ParticipantId) -> Result<Option<String>, JournalError> {
        let bytes = self.reader.view()?.row(Table::Participants, id.0.into())?;
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// The state just before record `seq`, from the newest snapshot before it and the records after that.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn world_before(&self, seq: Seq, settings: Settings) -> Result<World, JournalError> {
        let last = Seq(seq.0.saturating_sub(1));
        let mut world = self.world_kept(last, settings)?;
        self.each_record(world.seq().next(), |record| {
            if record.seq > last {
                return ControlFlow::Break(());
            }
            world.replay(&record);
            ControlFlow::Continue(())
        })?;
        Ok(world)
    }

    /// The state of the newest snapshot that contains no record after `last`; without one the state before the first record.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn world_kept(&self, last: Seq, settings: Settings) -> Result<World, JournalError> {
        let snapshot = self.reader.view()?.snapshot(last)?;
        let restored = snapshot.as_ref().and_then(|snapshot| {
            let parts = snapshot.chunks.iter().filter(|chunk| Part::is_kind(chunk.kind));
            World::from_parts(parts.map(|c| (c.kind, c.bytes.as_slice())), settings)
        });
        Ok(restored.unwrap_or_else(|| World::new(settings)))
    }

    /// The personal data of a subject; none: erased, or never given.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn person(&self, id: SubjectId) -> Result<Option<Person>, JournalError> {
        let bytes = self.reader.view()?.row(Table::Subjects, id.0)?;
        Ok(bytes.and_then(|bytes| rmp_serde::from_slice(&bytes).ok()))
    }

    /// Where a worker was last known to be; none: never seen.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn place(&self, worker: WorkerId) -> Result<Option<PlaceRow>, JournalError> {
        let bytes = self.reader.view()?.row(Table::Workers, worker.0)?;
        Ok(bytes.and_then(|bytes| rmp_serde::from_slice(&bytes).ok()))
    }

    /// All goods, in the order of their first receipt.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn stock(&self) -> Result<Vec<StockRow>, JournalError> {
        let rows =
            self.reader.view()?.rows(Table::Stock, 0..=u64::MAX, Order::Ascending, usize::MAX)?;
        Ok(rows.iter().filter_map(|(_, bytes)| rmp_serde::from_slice(bytes).ok()).collect())
    }

    /// One member; none: there is none of that number.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn member(&self, id: MemberId) -> Result<Option<MemberRow>, JournalError> {
        let bytes = self.reader.view()?.row(Table::Members, id.0)?;
        Ok(bytes.and_then(|bytes| rmp_serde::from_slice(&bytes).ok()))
    }

    /// All members, by number.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn members(&self) -> Result<Vec<MemberRow>, JournalError> {
        let rows =
            self.reader.view()?.rows(Table::Members, 0..=u64::MAX, Order::Ascending, usize::MAX)?;
        Ok(rows.iter().filter_map(|(_, bytes)| rmp_serde::from_slice(bytes).ok()).collect())
    }

    /// The note that a record brought.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn note(&self, seq: Seq) -> Result<Option<String>, JournalError> {
        let bytes = self.reader.view()?.row(Table::Notes, seq.0)?;
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// The digest of a canonical phone number on this desk.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn digest(&self, tel: &str) -> Result<TelDigest, JournalError> {
        if let Some(key) = self.digests.get() {
            return Ok(digest_with(key, tel));
        }
        Ok(match self.reader.view()?.row(Table::Meta, DIGEST_KEY)? {
            Some(secret) => digest_with(self.digests.get_or_init(|| key_of(&secret)), tel),
            None => digest_with(&key_of(&[]), tel),
        })
    }

    /// The reader beneath, for checks of the store itself.
    #[must_use]
    pub fn reader(&self) -> &Arc<dyn JournalReader> {
        &self.reader
    }
}

/// Begins a new epoch in the store at `path`, which nobody else has open: at least `at_least`, and always higher than the
/// one before. Says which.
///
/// # Errors
/// Storage and damage.
pub fn begin_epoch(path: &Path, at_least: u64) -> Result<u64, JournalError> {
    let mut journal = RedbJournal::open(path, Options::default())?;
    let before = Store::new(Arc::from(journal.reader())).epoch()?;
    let epoch = at_least.max(before + 1);
    let value = epoch.to_le_bytes().to_vec();
    let row = RowChange::Put { table: Table::Meta, key: EPOCH, value };
    journal.append(&Batch { records: Vec::new(), rows: vec![row] })?;
    journal.close()?;
    Ok(epoch)
}

/// Visits the rows of calls that are kept for good, newest numbers first, until the visitor breaks.
fn walk_kept(
    view: &dyn JournalView,
    mut upto: u64,
    mut visit: impl FnMut(&[u8]) -> ControlFlow<()>,
) -> Result<(), JournalError> {
    loop {
        let page = view.rows(Table::Calls, 0..=upto, Order::Descending, PAGE)?;
        for (key, bytes) in &page {
            if visit(bytes).is_break() {
                return Ok(());
            }
            upto = *key;
        }
        if page.len() < PAGE || upto == 0 {
            return Ok(());
        }
        upto -= 1;
    }
}

/// The key that a secret stands for.
fn key_of(secret: &[u8]) -> [u8; 32] {
    *blake3::hash(secret).as_bytes()
}

fn digest_with(key: &[u8; 32], tel: &str) -> TelDigest {
    let hash = blake3::keyed_hash(key, tel.as_bytes());
    let mut eight = [0; 8];
    eight.copy_from_slice(&hash.as_bytes()[..8]);
    TelDigest(u64::from_le_bytes(eight))
}
