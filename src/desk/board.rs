//! The board: everything that is live at a desk at one moment, and what changed since, for those who keep it before
//! their eyes.
//!
//! Invariant: a board and the changes after it, put over each other, are the board of the newest change. Persons come
//! beside the rows, whole: whoever shows them masks them.

use super::live::{self, Attention, Breaker, Participant, Worker};
use super::local::Local;
use super::{CallRow, DeskError};
use ascall_engine::domain::call::Call;
use ascall_engine::domain::command::Person;
use ascall_engine::domain::event::{Record, call_of, workers_of};
use ascall_engine::domain::ids::{CallId, OfferId, Seq, SubjectId, Time, WorkerId};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::world::World;
use ascall_engine::journal::JournalError;
use ascall_engine::views::Store;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Board {
    /// The epoch in which the records have their places.
    pub epoch: u64,
    /// The newest record it knows of.
    pub seq: Seq,
    /// The moment it shows.
    pub at: Time,
    /// Live calls, by number.
    pub calls: Vec<CallRow>,
    /// Until when somebody is searched for those of them that are open.
    pub searches: BTreeMap<CallId, Time>,
    /// Workers, by number; their persons are filled in.
    pub workers: Vec<Worker>,
    /// Customers and workers of the calls, as far as they are not erased.
    pub people: BTreeMap<SubjectId, Person>,
    /// What is always sent whole.
    pub rest: Rest,
}

/// The small things of a board, which are always sent whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rest {
    /// Participants by name, and `assign`.
    pub participants: Vec<Participant>,
    /// Breakers by participant.
    pub breakers: Vec<Breaker>,
    /// Open attention items, oldest first.
    pub attention: Vec<Attention>,
    /// Questions that wait for an answer, by number.
    pub offers: Vec<Asked>,
    /// Notices that are still to be delivered.
    pub notices: u64,
}

/// A question to a worker, or to several, that waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// Its number.
    pub offer: OfferId,
    /// The call it is about.
    pub call: CallId,
    /// Who is asked; none: several.
    pub worker: Option<WorkerId>,
    /// How many are asked.
    pub count: u32,
    /// Until when.
    pub until: Time,
}

/// What changed since a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Changes {
    /// The newest record it knows of.
    pub seq: Seq,
    /// When it was looked at.
    pub at: Time,
    /// The records, in order; none: there was no news for a while, and nothing below changed.
    pub records: Vec<Record>,
    /// Calls that changed and are live.
    pub calls: Vec<CallRow>,
    /// Until when somebody is searched for those of them that are open.
    pub searches: BTreeMap<CallId, Time>,
    /// Calls that changed and are not.
    pub gone: Vec<CallId>,
    /// Workers who may have changed.
    pub workers: Vec<Worker>,
    /// The persons of these calls.
    pub people: BTreeMap<SubjectId, Person>,
    /// What is always sent whole.
    pub rest: Rest,
}

impl Changes {
    /// The calls that may look otherwise than before: those that changed, and those of workers who did.
    pub(crate) fn touched(&self) -> BTreeSet<CallId> {
        let rows = self.calls.iter().map(|row| row.call).chain(self.gone.iter().copied());
        let theirs = |worker: &Worker| {
            let reserved = worker.reserved.iter().map(|(call, _)| *call);
            worker.call.into_iter().chain(reserved).collect::<Vec<_>>()
        };
        rows.chain(self.workers.iter().flat_map(theirs)).collect()
    }
}

impl Rest {
    fn of(world: &World, now: Time) -> Self {
        let asked = live::offers(world, None).into_iter().map(|offer| Asked {
            offer: offer.id,
            call: offer.call,
            worker: offer.workers.first().copied().filter(|_| offer.ring.is_none()),
            count: u32::try_from(offer.workers.len()).unwrap_or(u32::MAX),
            until: offer.deadline,
        });
        Self {
            participants: live::participants(world),
            breakers: live::breakers(world, now),
            attention: live::attention(world),
            offers: asked.collect(),
            notices: world.notices().count() as u64,
        }
    }
}

impl Board {
    /// The live state, without the persons.
    pub(super) fn of(world: &World, now: Time) -> Self {
        let live = || world.calls().filter(|call| !call.phase.is_terminal());
        Self {
            epoch: 0,
            seq: world.seq(),
            at: now,
            calls: live().map(|call| CallRow::of(call, world)).collect(),
            searches: live().filter_map(|call| search(call, world)).collect(),
            workers: world.workers().map(Worker::of).collect(),
            people: BTreeMap::new(),
            rest: Rest::of(world, now),
        }
    }

    /// With the persons of its calls and workers.
    pub(super) fn with_people(mut self, rows: &Store) -> Result<Self, JournalError> {
        self.epoch = rows.epoch()?;
        self.people = people(rows, &self.calls)?;
        name(rows, &mut self.workers)?;
        Ok(self)
    }
}

/// The board as it is now.
pub(super) async fn now(desk: &Local) -> Result<Board, DeskError> {
    let board = desk.ask(Board::of).await?;
    let at = desk.setup().store.clone();
    let named = |rows: &Store| board.with_people(rows);
    desk.read(move |rows| named(rows).map_err(|e| DeskError::from_journal(&at, e))).await
}

/// Until when somebody is searched for a call; none: nobody is, or the search stands still.
fn search(call: &Call, world: &World) -> Option<(CallId, Time)> {
    let ends = (call.phase == Phase::Open).then_some(call.search.ends_at)?;
    Some((call.id, world.on_wall(ends)?))
}

/// What changed since `seen`, as soon as there is something; nothing after a while without.
pub(super) async fn since(desk: &Local, seen: Seq) -> Result<Changes, DeskError> {
    let records = desk.follow(seen).await?;
    let newest = records.last().map_or(seen, |record| record.seq);
    let events = || records.iter().flat_map(|record| &record.events);
    let touched: BTreeSet<CallId> = events().filter_map(call_of).collect();
    let named: BTreeSet<WorkerId> = events().flat_map(workers_of).collect();
    let looked = move |world: &World, now: Time| {
        let mut changes = Changes {
            seq: newest,
            at: now,
            records: Vec::new(),
            calls: Vec::new(),
            searches: BTreeMap::new(),
            gone: Vec::new(),
            workers: Vec::new(),
            people: BTreeMap::new(),
            rest: Rest::of(world, now),
        };
        let mut named = named;
        for id in touched {
            match world.call(id).filter(|call| !call.phase.is_terminal()) {
                Some(call) => {
                    named.extend(call.assignment.as_ref().map(|assignment| assignment.worker));
                    changes.calls.push(CallRow::of(call, world));
                    changes.searches.extend(search(call, world));
                }
                None => changes.gone.push(id),
            }
        }
        let workers = named.into_iter().filter_map(|id| world.worker(id));
        changes.workers = workers.map(Worker::of).collect();
        changes
    };
    let mut changes = desk.ask(looked).await?;
    changes.records = records;
    let at = desk.setup().store.clone();
    desk.read(move |rows| {
        let failed = |e| DeskError::from_journal(&at, e);
        changes.people = people(rows, &changes.calls).map_err(failed)?;
        name(rows, &mut changes.workers).map_err(failed)?;
        Ok(changes)
    })
    .await
}

/// The customers of these calls.
fn people(rows: &Store, calls: &[CallRow]) -> Result<BTreeMap<SubjectId, Person>, JournalError> {
    let mut people = BTreeMap::new();
    for row in calls {
        if let Some(person) = rows.person(row.subject)? {
            people.insert(row.subject, person);
        }
    }
    Ok(people)
}

/// Fills in who these workers are.
fn name(rows: &Store, workers: &mut [Worker]) -> Result<(), JournalError> {
    for worker in workers {
        worker.person = rows.person(worker.subject)?.unwrap_or_default();
    }
    Ok(())
}
