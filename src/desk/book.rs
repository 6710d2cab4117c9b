//! The rows of a desk, for reading: in this process, or at the desk's host.
//!
//! Invariant: a book opened by itself makes no store, and holds the lock while it is open, briefly, unless a host has it;
//! one that belongs to an open desk holds nothing.

use super::ask::{self, Reading};
use super::link::Link;
use super::local::Local;
use super::stock::Moved;
use super::{CallFilter, CallRow, DeskError, Setup, door};
use ascall_engine::domain::command::Person;
use ascall_engine::domain::event::{Record, TelDigest, Verdict};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{
    CallId, MemberId, ParticipantId, ProfileId, Seq, SubjectId, Time, WorkerId,
};
use ascall_engine::domain::profile::Profile;
use ascall_engine::engine;
use ascall_engine::journal::Journal as _;
use ascall_engine::journal::lock::StoreLock;
use ascall_engine::journal::redb::{Options, RedbJournal};
use ascall_engine::views::{MemberRow, StockRow, Store};
use door::Found;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{ControlFlow, RangeInclusive};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

/// How many rows or records are asked for at once where there may be many.
const PAGE: usize = 1_000;

/// The rows of a desk.
pub(crate) struct Book {
    rows: Rows,
    at: PathBuf,
}

/// Where the rows are read.
enum Rows {
    Here {
        store: Store,
        /// What keeps the file open and ours, in the order in which they are let go.
        held: Option<(RedbJournal, StoreLock)>,
    },
    /// At the host, with the persons who were asked for beforehand.
    There(Link, Mutex<BTreeMap<SubjectId, Option<Person>>>),
}

impl Book {
    /// The rows of a desk that is open here.
    pub(super) fn here(desk: &Local) -> Self {
        let at = desk.setup().store.clone();
        Self { rows: Rows::Here { store: desk.store().clone(), held: None }, at }
    }

    /// The rows of a desk that a test has in memory.
    #[cfg(test)]
    pub(crate) fn of(store: Store) -> Self {
        Self { rows: Rows::Here { store, held: None }, at: PathBuf::new() }
    }

    /// The rows of a desk that is open elsewhere.
    pub(super) fn there(link: &Link) -> Self {
        Self { rows: Rows::There(link.clone(), Mutex::default()), at: link.setup().named() }
    }

    /// Finds the rows at the desk's host, or opens them without building the live state; waits for a busy store as long
    /// as the set-up says.
    pub(crate) async fn open(setup: &Setup, verb: &str) -> Result<Self, DeskError> {
        let at = setup.named();
        if setup.remote.is_none() && !at.exists() {
            return Err(DeskError::Missing { store: at });
        }
        let rows = match door::enter(setup, setup.lock_timeout, || open_here(&at, verb)).await? {
            Found::Here(rows) => rows,
            Found::There(place) => {
                Rows::There(Link::to(place, Arc::new(setup.clone()), verb)?, Mutex::default())
            }
        };
        Ok(Self { rows, at })
    }

    fn get<R: Reading>(&self, reading: R) -> Result<R::Answer, DeskError> {
        match &self.rows {
            Rows::Here { store, .. } => {
                reading.read(store).map_err(|e| DeskError::from_journal(&self.at, e))
            }
            Rows::There(link, _) => link.ask_waiting(&reading),
        }
    }

    /// One call, live or ended.
    pub(crate) fn call(&self, call: CallId) -> Result<Option<CallRow>, DeskError> {
        self.get(ask::Call { call })
    }

    /// Calls by filter, oldest first.
    pub(crate) fn calls(&self, filter: &CallFilter) -> Result<Vec<CallRow>, DeskError> {
        self.get(ask::Calls { filter: filter.clone() })
    }

    /// Visits the calls of a filter, whatever its limit, until the visitor breaks; each once, in no order to rely on.
    pub(crate) fn each_call(
        &self,
        filter: &CallFilter,
        mut visit: impl FnMut(CallRow) -> ControlFlow<()>,
    ) -> Result<(), DeskError> {
        let link = match &self.rows {
            Rows::Here { store, .. } => {
                let all = store.each_call(filter, |row, _| visit(row));
                return all.map_err(|e| DeskError::from_journal(&self.at, e));
            }
            Rows::There(link, _) => link,
        };
        let mut filter = CallFilter { limit: PAGE, ..filter.clone() };
        loop {
            let page = link.ask_waiting(&ask::Calls { filter: filter.clone() })?;
            let Some(oldest) = page.first() else { return Ok(()) };
            filter.below = Some(oldest.call);
            let is_last = page.len() < PAGE;
            if page.into_iter().any(|row| visit(row).is_break()) || is_last {
                return Ok(());
            }
        }
    }

    /// How many calls a line ever had.
    pub(crate) fn count(&self, line: &str) -> Result<u64, DeskError> {
        self.get(ask::Count { line: line.to_owned() })
    }

    /// Calls of a line by the how manyth they are, in that order; those that are not there are left out.
    pub(crate) fn counted(
        &self,
        line: &str,
        ordinals: RangeInclusive<u64>,
    ) -> Result<Vec<CallRow>, DeskError> {
        let (from, to) = ordinals.into_inner();
        self.get(ask::Counted { line: line.to_owned(), from, to })
    }

    /// The records that speak of a call, with its events only.
    pub(crate) fn timeline(&self, row: &CallRow) -> Result<Vec<Record>, DeskError> {
        self.get(ask::Timeline { row: row.clone() })
    }

    /// A person's row; none when erased.
    pub(crate) fn person(&self, subject: SubjectId) -> Result<Option<Person>, DeskError> {
        if let Rows::There(_, known) = &self.rows
            && let Some(person) = known.lock().unwrap_or_else(PoisonError::into_inner).get(&subject)
        {
            return Ok(person.clone());
        }
        self.get(ask::PersonOf { subject })
    }

    /// Several persons' rows; those that are erased are left out.
    pub(super) fn people(
        &self,
        subjects: BTreeSet<SubjectId>,
    ) -> Result<BTreeMap<SubjectId, Person>, DeskError> {
        self.get(ask::People { subjects })
    }

    /// Asks for the customers and workers of many calls at once, so that each need not be asked for.
    pub(crate) fn meet(&self, calls: &[CallRow]) -> Result<(), DeskError> {
        let Rows::There(_, known) = &self.rows else { return Ok(()) };
        let workers = calls.iter().filter_map(|row| row.worker_now().map(|(_, subject)| subject));
        let subjects: BTreeSet<_> = calls.iter().map(|row| row.subject).chain(workers).collect();
        let mut people = self.people(subjects.clone())?;
        let people = subjects.into_iter().map(|subject| (subject, people.remove(&subject)));
        known.lock().unwrap_or_else(PoisonError::into_inner).extend(people);
        Ok(())
    }

    /// Where a worker was last known to be, and when; none: never seen.
    pub(crate) fn place(&self, worker: WorkerId) -> Result<Option<(Point, Time)>, DeskError> {
        self.get(ask::PlaceKept { worker })
    }

    /// All goods, in the order of their first receipt.
    pub(crate) fn stock(&self) -> Result<Vec<StockRow>, DeskError> {
        self.get(ask::Stock {})
    }

    /// The newest `limit` movements of a product before its `below`th (none: of all), oldest first (0: all), and whether
    /// there were more.
    pub(crate) fn stock_moves(
        &self,
        product: &str,
        below: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Moved>, bool), DeskError> {
        self.get(ask::StockMoves { product: product.to_owned(), below, limit })
    }

    /// One member.
    pub(crate) fn member(&self, id: MemberId) -> Result<Option<MemberRow>, DeskError> {
        self.get(ask::Member { id })
    }

    /// All members, by number.
    pub(crate) fn members(&self) -> Result<Vec<MemberRow>, DeskError> {
        self.get(ask::Members {})
    }

    /// The note written with this record; none when erased.
    pub(crate) fn note(&self, seq: Seq) -> Result<Option<String>, DeskError> {
        self.get(ask::Note { seq })
    }

    /// At most `limit` records from `from` on.
    pub(crate) fn records(&self, from: Seq, limit: usize) -> Result<Vec<Record>, DeskError> {
        self.get(ask::Records { from, limit })
    }

    /// The newest record's place.
    pub(crate) fn head(&self) -> Result<Seq, DeskError> {
        self.get(ask::Head {})
    }

    /// The epoch in which the records have their places: 0 until the desk is restored from a copy.
    pub(crate) fn epoch(&self) -> Result<u64, DeskError> {
        self.get(ask::Epoch {})
    }

    /// Has what is committed now written into a new file, as a store of its own, by whoever has the desk open.
    pub(super) fn copy_to(&self, to: &Path) -> Result<(), DeskError> {
        self.get(ask::Copy { to: to.to_owned() })
    }

    /// This desk's digest of a canonical phone number.
    pub(crate) fn digest(&self, tel: &str) -> Result<TelDigest, DeskError> {
        self.get(ask::Digest { tel: tel.to_owned() })
    }

    /// A profile version.
    pub(crate) fn profile(&self, wanted: ProfileId) -> Result<Option<Profile>, DeskError> {
        self.get(ask::ProfileOf { id: wanted })
    }

    /// Every version of every profile, by number.
    pub(crate) fn profiles(&self) -> Result<Vec<(ProfileId, Profile)>, DeskError> {
        self.get(ask::Profiles {})
    }

    /// The name of a participant.
    pub(crate) fn participant_name(&self, id: ParticipantId) -> Result<Option<String>, DeskError> {
        self.get(ask::ParticipantName { id })
    }

    /// How a worker stood to a call just before a decision of record `seq` about it; none: one of them was not there yet.
    pub(crate) fn verdict_at(
        &self,
        call: CallId,
        worker: WorkerId,
        seq: Seq,
    ) -> Result<Option<Verdict>, DeskError> {
        self.get(ask::VerdictAt { call, worker, seq })
    }

    /// The check of the whole store. One without a fault settles what a crash left in doubt.
    pub(super) fn check(&self) -> Result<super::check::Checked, DeskError> {
        let checked = self.get(ask::Check {})?;
        if let Rows::Here { held: Some((_, lock)), .. } = &self.rows
            && checked.fault_count == 0
        {
            lock.whole().store(true, Ordering::Release);
        }
        Ok(checked)
    }
}

fn open_here(at: &Path, verb: &str) -> Result<Rows, DeskError> {
    let lock = engine::lock(at, verb)?;
    let journal = RedbJournal::open(at, Options::default());
    let journal = journal.map_err(|e| DeskError::from_journal(at, e))?;
    let store = Store::new(Arc::from(journal.reader()));
    Ok(Rows::Here { store, held: Some((journal, lock)) })
}
