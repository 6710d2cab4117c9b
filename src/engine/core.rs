//! The core: decides a batch of orders, writes it in one commit, and only then lets anybody know. No threads, no clock.
//!
//! Invariant: an answer leaves only for what is durable. After a storage error the world in memory is not trusted: the
//! core refuses everything until [`Core::reopen`] has built it anew from the disk. The simulator drives this very code.

mod keys;
#[cfg(test)]
mod ordinals_tests;
mod recall;
#[cfg(test)]
mod recall_tests;
mod references;
mod resends;
mod stale;
mod upkeep;

use crate::domain::call::Call;
use crate::domain::carry::{Carried, key_mark};
use crate::domain::command::{Command, Order, Person, Receipt, RowWrite};
use crate::domain::event::{Actor, BoundKey, Event, Record};
use crate::domain::geo::Point;
use crate::domain::ids::{CallId, Millis, ProfileId, Seq, SubjectId, Time, WorkerId};
use crate::domain::member::Member;
use crate::domain::profile::Profile;
use crate::domain::refusal::Refusal;
use crate::domain::snapshot::Part;
use crate::domain::stock::Stock;
use crate::domain::worker::Worker;
use crate::domain::world::{Settings, World};
use crate::journal::{Batch, Head, Journal, JournalError, RowChange, Table};
use crate::planted::planted;
use crate::record;
use crate::views::{self, CallRow, MemberRow, PlaceRow, StockRow, Store};
use keys::Keys;
use recall::Ended;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::ops::ControlFlow;
use std::sync::Arc;

/// How long a client's key is remembered, at least.
pub const KEYS_LIVE: Millis = Millis::hours(24);

/// How long the runs of keys stay.
const KEYS_KEPT: Millis = Millis(KEYS_LIVE.0 * 2);

/// After this many events a snapshot is worth its cost.
pub const SNAPSHOT_EVENTS: u64 = 20_000;

/// The fewest events for which leaving takes a snapshot.
const SNAPSHOT_EVENTS_LEAVING: u64 = 2_000;

/// What became of one order of a batch.
pub type Answer = Result<Receipt, Refusal>;

/// What an order would do: its events, or its refusal.
pub type Would = Result<Vec<Event>, Refusal>;

/// The core of a desk over a journal.
pub struct Core<J> {
    journal: J,
    world: World,
    store: Store,
    settings: Settings,
    keys: Keys,
    references: Keys,
    /// Events since the last snapshot.
    events_since: u64,
    /// Rows that were archived but did not fill a block.
    unsealed: Vec<(u64, Time)>,
    /// Calls whose rows wait for the archive; none: it is not known which, and all rows are looked at.
    ended: Option<BTreeSet<CallId>>,
    stopped: bool,
}

/// What a new desk begins with, from the machine's randomness (or from a test's seed).
#[derive(Debug, Clone, Copy)]
pub struct Founding {
    /// The seed of every choice that looks random; in the journal.
    pub seed: u64,
    /// The secret of the phone digests; beside the journal, never in it.
    pub secret: [u8; 32],
}

/// What a batch did, for those who act on it.
#[derive(Debug, Default)]
pub struct Done {
    /// One answer per order, in order.
    pub answers: Vec<Answer>,
    /// The records written, in order.
    pub records: Vec<Arc<Record>>,
}

/// Orders being carried out, not yet durable.
#[derive(Default)]
struct Draft {
    done: Done,
    batch: Batch,
    touched: BTreeSet<CallId>,
    departed: BTreeMap<CallId, Call>,
    /// Keys bound in this batch: the term of each, its record among those done, and the answer.
    bound: BTreeMap<u64, (usize, Receipt)>,
    /// Calls that this batch took under a client's own number, by its term.
    referred: BTreeMap<u64, CallId>,
}

impl<J: Journal> Core<J> {
    /// Opens the desk in `journal`; a journal without a record becomes a desk, founded as given.
    ///
    /// # Errors
    /// Storage and damage.
    pub fn open(
        journal: J,
        settings: Settings,
        founding: &Founding,
        now: Time,
    ) -> Result<Self, JournalError> {
        let store = Store::new(Arc::from(journal.reader()));
        let mut core = Self {
            journal,
            world: World::new(settings),
            store,
            settings,
            keys: Keys::new(keys::KEYS),
            references: Keys::new(keys::REFERENCES),
            events_since: 0,
            unsealed: Vec::new(),
            ended: None,
            stopped: false,
        };
        core.load()?;
        if core.world.seq() == Seq(0) {
            core.found(founding, now)?;
        }
        Ok(core)
    }

    /// Writes the first record, and the secret of the digests beside it.
    fn found(&mut self, founding: &Founding, now: Time) -> Result<(), JournalError> {
        let mut draft = Draft::default();
        draft.batch.rows.push(RowChange::Put {
            table: Table::Meta,
            key: views::DIGEST_KEY,
            value: founding.secret.to_vec(),
        });
        let order = Order::by_clock(Command::OpenDesk { seed: founding.seed });
        let answer = self.draft(&mut draft, &order, now)?;
        draft.done.answers.push(answer);
        self.commit(draft).map(drop)
    }

    /// Builds the world from the newest snapshot and the records after it.
    fn load(&mut self) -> Result<(), JournalError> {
        let reader = Arc::clone(self.store.reader());
        let view = reader.view()?;
        let snapshot = view.snapshot(Seq(u64::MAX))?;
        let chunks = snapshot.map(|snapshot| snapshot.chunks).unwrap_or_default();
        let parts = chunks.iter().filter(|chunk| Part::is_kind(chunk.kind));
        let world = World::from_parts(
            parts.map(|chunk| (chunk.kind, chunk.bytes.as_slice())),
            self.settings,
        );
        let keys = Keys::load(keys::KEYS, &chunks).zip(Keys::load(keys::REFERENCES, &chunks));
        ((self.keys, self.references), self.world) = keys.zip(world).unwrap_or_else(|| {
            let none = (Keys::new(keys::KEYS), Keys::new(keys::REFERENCES));
            (none, World::new(self.settings))
        });
        (self.events_since, self.ended) = (0, None);
        let mut damage = None;
        let from = self.world.seq().next();
        view.read_from(from, &mut |stored| match record::decode(&stored) {
            Ok(record) => {
                self.events_since += record.events.len() as u64;
                if let Some(bound) = record.key.as_ref().filter(|_| !planted!(KeyForgotten)) {
                    self.keys.bind(key_term(&record.actor, &bound.key), record.seq.0);
                }
                self.world.replay(&record);
                for (term, call) in references::named_in(&self.world, &record) {
                    self.references.bind(term, call.0);
                }
                ControlFlow::Continue(())
            }
            Err(error) => {
                damage = Some(error);
                ControlFlow::Break(())
            }
        })?;
        damage.map_or(Ok(()), Err)
    }

    /// The live state. What it shows is durable, unless the core has stopped.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The reading side.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The end of the journal.
    #[must_use]
    pub fn head(&self) -> Head {
        self.journal.head()
    }

    /// Whether a storage error stopped it.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Carries out the orders in turn and makes all of it durable in one commit.
    ///
    /// # Errors
    /// Storage: nobody is answered, whether the batch is durable is unknown, and the core has stopped.
    pub fn run(&mut self, orders: &[Order], now: Time) -> Result<Done, JournalError> {
        if self.stopped {
            return Err(JournalError::Stopped);
        }
        let mut draft = Draft::default();
        for order in orders {
            let answer = self.draft(&mut draft, order, now).inspect_err(|_| self.stopped = true)?;
            draft.done.answers.push(answer);
        }
        self.commit(draft)
    }

    /// Does what is due; nothing is written when nothing is.
    ///
    /// # Errors
    /// As [`Core::run`].
    pub fn tick(&mut self, now: Time) -> Result<Done, JournalError> {
        self.run(&[Order::by_clock(Command::Tick)], now)
    }

    /// Takes live positions; whoever waits for somebody nearer may be served by it.
    ///
    /// # Errors
    /// As [`Core::run`].
    pub fn take_positions(
        &mut self,
        positions: &[(WorkerId, Point)],
        now: Time,
    ) -> Result<Done, JournalError> {
        if self.stopped {
            return Err(JournalError::Stopped);
        }
        let mut draft = Draft::default();
        for (worker, point) in positions {
            if let Some(carried) = self.world.carry_position(*worker, *point, now) {
                self.take(&mut draft, carried).inspect_err(|_| self.stopped = true)?;
            }
        }
        self.commit(draft)
    }

    /// What an order would do, without doing it: its events, or the refusal it would get.
    ///
    /// # Errors
    /// What it must know could not be read.
    pub fn dry_run(&self, order: &Order, now: Time) -> Result<Would, JournalError> {
        let draft = Draft::default();
        if let Some(mark) = order.key.as_deref().map(key_mark) {
            let term = key_term(&order.actor, &mark);
            if let Some(answer) = self.answered_before(&draft, order, &mark, term)? {
                return Ok(answer.map(|_| Vec::new()));
            }
        }
        if let Some(answer) = self.taken_before(&draft, order)? {
            return Ok(answer.map(|_| Vec::new()));
        }
        if let Some(stale) = self.stale(&draft, order)? {
            return Ok(Err(stale));
        }
        if let Some(answer) = self.never_issued(&draft, order)? {
            return Ok(answer.map(|_| Vec::new()));
        }
        let mut world = self.world.clone();
        let mut carried = world.carry_out(order, now);
        if let Err(Refusal::NoSuchCall(id)) = carried {
            match self.look_back(&draft, id, order)? {
                Ended::Recalled(call) => {
                    carried = world.carry_out_about(order, Some(&call), now);
                }
                Ended::Answered(answer) => return Ok(answer.map(|_| Vec::new())),
            }
        }
        Ok(carried.map(|carried| carried.record.map(|record| record.events).unwrap_or_default()))
    }

    /// Decides one order in memory.
    ///
    /// # Errors
    /// What it must know could not be read: nothing may be guessed then, so the core stops.
    fn draft(
        &mut self,
        draft: &mut Draft,
        order: &Order,
        now: Time,
    ) -> Result<Answer, JournalError> {
        let mark = order.key.as_deref().map(key_mark);
        let term = mark.as_ref().map(|mark| key_term(&order.actor, mark));
        if let (Some(mark), Some(term)) = (&mark, term)
            && let Some(answer) = self.answered_before(draft, order, mark, term)?
        {
            return Ok(answer);
        }
        if let Some(answer) = self.taken_before(draft, order)? {
            return Ok(answer);
        }
        if let Some(stale) = self.stale(draft, order)? {
            return Ok(Err(stale));
        }
        if let Some(answer) = self.never_issued(draft, order)? {
            return Ok(answer);
        }
        let mut carried = self.world.carry_out(order, now);
        if let Err(Refusal::NoSuchCall(id)) = carried {
            match self.look_back(draft, id, order)? {
                Ended::Recalled(call) => {
                    carried = self.world.carry_out_about(order, Some(&call), now);
                }
                Ended::Answered(answer) => return Ok(answer),
            }
        }
        match carried {
            Ok(carried) => {
                let receipt = carried.receipt.clone();
                if let (Some(term), Some(_)) = (term, &carried.record) {
                    draft.bound.insert(term, (draft.done.records.len(), receipt.clone()));
                }
                self.take(draft, carried)?;
                Ok(Ok(receipt))
            }
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// The answer that this key got before; none: it is new.
    fn answered_before(
        &self,
        draft: &Draft,
        order: &Order,
        mark: &str,
        term: u64,
    ) -> Result<Option<Answer>, JournalError> {
        if let Some((at, receipt)) = draft.bound.get(&term) {
            let record = draft.done.records.get(*at).filter(|r| r.actor == order.actor);
            let bound = record.and_then(|r| r.key.as_ref()).filter(|bound| bound.key == mark);
            if let Some(bound) = bound {
                return Ok(Some(compare(bound, order, receipt.clone())));
            }
        }
        let newest = self.keys.newest(term).into_iter();
        let on_disk = if self.keys.may_be_older(term) {
            self.store.reader().view()?.lookup(views::BY_KEY, term)?
        } else {
            Vec::new()
        };
        for seq in newest.chain(on_disk) {
            let Some(record) = self.store.record(Seq(seq))? else { continue };
            if let Some(bound) = record.key.as_ref().filter(|b| b.key == mark)
                && record.actor == order.actor
            {
                return Ok(Some(compare(bound, order, receipt_of(&record, bound))));
            }
        }
        Ok(None)
    }

    fn take(&self, draft: &mut Draft, carried: Carried) -> Result<(), JournalError> {
        if let Some(record) = &carried.record {
            draft.referred.extend(references::named_in(&self.world, record));
        }
        for call in carried.departed {
            draft.touched.remove(&call.id);
            draft.departed.insert(call.id, call);
        }
        for id in carried.touched {
            match (draft.departed.get_mut(&id), &carried.record) {
                // It ended in this batch and is forgotten: what still speaks of it goes into its row.
                (Some(call), Some(record)) => call.seqs.push(record.seq),
                _ => drop(draft.touched.insert(id)),
            }
        }
        for row in carried.rows {
            draft.batch.rows.push(match row {
                RowWrite::Subject(id, person) => subject_row(id, &person),
                RowWrite::Amend(id, change) => {
                    let mut person = draft.person(id);
                    if person.is_none() {
                        person = self.store.person(id)?;
                    }
                    subject_row(id, &person.unwrap_or_default().amended(change))
                }
                RowWrite::Copy { to, from, change } => {
                    let mut person = draft.person(from);
                    if person.is_none() {
                        person = self.store.person(from)?;
                    }
                    subject_row(to, &person.unwrap_or_default().amended(change))
                }
                RowWrite::Note(seq, text) => {
                    RowChange::Put { table: Table::Notes, key: seq.0, value: text.into_bytes() }
                }
            });
        }
        draft.done.records.extend(carried.record.map(Arc::new));
        Ok(())
    }

    fn commit(&mut self, mut draft: Draft) -> Result<Done, JournalError> {
        if draft.done.records.is_empty() && draft.batch.rows.is_empty() {
            return Ok(draft.done);
        }
        for id in &draft.touched {
            if planted!(OldRow) && id.0 % 5 == 0 {
                continue;
            }
            let row = match self.world.call(*id) {
                Some(call) => Some(CallRow::of(call, &self.world)),
                None => self.late_row(&draft, *id).inspect_err(|_| self.stopped = true)?,
            };
            if let Some(row) = row {
                let (key, value) = (id.0, row.encode());
                draft.batch.rows.push(RowChange::Put { table: Table::Live, key, value });
            }
        }
        for (id, call) in &draft.departed {
            let value = CallRow::of(call, &self.world).encode();
            draft.batch.rows.push(RowChange::Put { table: Table::Live, key: id.0, value });
        }
        let (mut goods, mut members, mut seen) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for event in draft.done.records.iter().flat_map(|record| &record.events) {
            match event {
                Event::StockMoved { product, .. } => drop(goods.insert(product.as_str())),
                Event::MemberAdded { member, .. }
                | Event::MemberChanged { member, .. }
                | Event::CouponGranted { member, .. }
                | Event::CouponUsed { member, .. } => drop(members.insert(*member)),
                Event::CallCompleted { call } => {
                    let ended = draft.departed.get(call).or_else(|| self.world.call(*call));
                    members.extend(ended.and_then(|c| c.member).map(|known| known.member));
                }
                Event::PositionsKept { at } => seen.extend(at.iter().map(|(worker, ..)| *worker)),
                Event::ProfileAdopted { profile, spec } => {
                    draft.batch.rows.push(profile_row(*profile, spec));
                    draft.batch.rows.extend(line_row(&self.world, *profile, &spec.name));
                }
                Event::CallReceived { call, profile, .. } => {
                    let taken = draft.departed.get(call).or_else(|| self.world.call(*call));
                    let row = taken.and_then(|call| ordinal_row(&self.world, *profile, call));
                    draft.batch.rows.extend(row);
                }
                Event::ParticipantSet { participant, name, .. } => {
                    let (table, key) = (Table::Participants, participant.0.into());
                    let value = name.as_bytes().to_vec();
                    draft.batch.rows.push(RowChange::Put { table, key, value });
                }
                _ => {}
            }
        }
        let mut rows = Vec::new();
        for product in goods {
            if let Some((_, stock)) = self.world.stock().find(|(name, _)| *name == product) {
                rows.push(stock_row(product, stock));
            }
        }
        rows.extend(members.iter().filter_map(|id| self.world.member(*id)).map(member_row));
        rows.extend(seen.iter().filter_map(|id| self.world.worker(*id)).filter_map(place_row));
        draft.batch.rows.extend(rows);
        draft.batch.records = draft.done.records.iter().map(|r| record::encode(r)).collect();
        if let Err(error) = self.journal.append(&draft.batch) {
            if planted!(AckBeforeCommit) {
                return Ok(draft.done);
            }
            self.stopped = true;
            return Err(error);
        }
        for record in &draft.done.records {
            self.events_since += record.events.len() as u64;
        }
        if let Some(ended) = &mut self.ended {
            let late = draft.touched.iter().filter(|id| self.world.call(**id).is_none());
            ended.extend(late.chain(draft.departed.keys()));
        }
        for (term, (_, receipt)) in draft.bound {
            self.keys.bind(term, receipt.seq.0);
        }
        for (term, call) in draft.referred {
            self.references.bind(term, call.0);
        }
        Ok(draft.done)
    }

    /// Opens the journal again after a storage error and builds the world from it.
    ///
    /// # Errors
    /// Storage and damage: the core stays stopped.
    pub fn reopen(&mut self) -> Result<Head, JournalError> {
        let head = self.journal.reopen()?;
        self.load()?;
        self.stopped = false;
        Ok(head)
    }

    /// The journal, to close it.
    pub fn into_journal(self) -> J {
        self.journal
    }
}

impl Draft {
    /// The personal data of a subject as this batch leaves it.
    fn person(&self, id: SubjectId) -> Option<Person> {
        self.batch.rows.iter().rev().find_map(|row| match row {
            RowChange::Put { table: Table::Subjects, key, value } if *key == id.0 => {
                rmp_serde::from_slice(value).ok()
            }
            _ => None,
        })
    }
}

fn subject_row(id: SubjectId, person: &Person) -> RowChange {
    let value = rmp_serde::to_vec_named(person).unwrap_or_default();
    RowChange::Put { table: Table::Subjects, key: id.0, value }
}

fn row(table: Table, key: u64, value: &impl serde::Serialize) -> RowChange {
    RowChange::Put { table, key, value: rmp_serde::to_vec_named(value).unwrap_or_default() }
}

fn stock_row(product: &str, stock: &Stock) -> RowChange {
    let (on_hand, reserved) = (stock.on_hand, stock.reserved);
    let shown = StockRow { product: product.to_owned(), on_hand, reserved };
    row(Table::Stock, stock.number, &shown)
}

fn member_row(member: &Member) -> RowChange {
    row(Table::Members, member.id.0, &MemberRow::of(member))
}

fn place_row(worker: &Worker) -> Option<RowChange> {
    let (point, at) = worker.seen?;
    let shown = PlaceRow { lat_e6: point.lat_e6(), lon_e6: point.lon_e6(), at };
    Some(row(Table::Workers, worker.id.0, &shown))
}

fn profile_row(id: ProfileId, spec: &Profile) -> RowChange {
    let value = rmp_serde::to_vec_named(spec).unwrap_or_default();
    RowChange::Put { table: Table::Profiles, key: id.0.into(), value }
}

/// The name of a line, with its first version.
fn line_row(world: &World, profile: ProfileId, name: &str) -> Option<RowChange> {
    let line = world.line(name).filter(|line| line.number == profile)?;
    let value = name.as_bytes().to_vec();
    Some(RowChange::Put { table: Table::Lines, key: line.number.0.into(), value })
}

/// The how manyth of its line a call is. The keys of a line grow with time.
fn ordinal_row(world: &World, profile: ProfileId, call: &Call) -> Option<RowChange> {
    let line = world.line(&world.profile(profile)?.spec.name)?;
    let key = views::ordinal_key(line.number, call.ordinal);
    let value = call.id.0.to_le_bytes().to_vec();
    Some(RowChange::Put { table: Table::Ordinals, key, value })
}

/// The receipt of what was done before about a call.
fn replayed(seq: Seq, call: CallId) -> Receipt {
    let (worker, participant, member) = (None, None, None);
    Receipt { seq, call: Some(call), worker, participant, member, replayed: true, stands: None }
}

/// The term of a key: keys of different people never meet.
fn key_term(actor: &Actor, key: &str) -> u64 {
    let mut hasher = blake3::Hasher::new();
    // A hash takes whatever is written to it.
    drop(write!(hasher, "{actor:?}"));
    hasher.update(&[0]);
    hasher.update(key.as_bytes());
    let mut eight = [0; 8];
    eight.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(eight)
}

/// The same body gets the same answer; another one is refused, naming what differs.
fn compare(bound: &BoundKey, order: &Order, mut receipt: Receipt) -> Answer {
    let asked = order.command.fingerprint();
    let old: BTreeMap<&str, u32> = bound.fields.iter().map(|(k, v)| (k.as_str(), *v)).collect();
    let new: BTreeMap<&str, u32> = asked.iter().map(|(k, v)| (k.as_str(), *v)).collect();
    let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let differ: Vec<&str> = names.into_iter().filter(|n| old.get(n) != new.get(n)).collect();
    if differ.is_empty() {
        receipt.replayed = true;
        Ok(receipt)
    } else {
        let key = order.key.clone().unwrap_or_default();
        Err(Refusal::KeyReused { key, differ: differ.join(", ") })
    }
}

/// The receipt that a record was answered with.
fn receipt_of(record: &Record, bound: &BoundKey) -> Receipt {
    let (call, worker) = (bound.call, bound.worker);
    Receipt {
        seq: record.seq,
        call,
        worker,
        participant: None,
        member: bound.member,
        replayed: true,
        stands: None,
    }
}
