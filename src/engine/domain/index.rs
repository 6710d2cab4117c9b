//! What is found quickly: derived wholly from the entities, never kept, never hashed.
//!
//! Invariant: every set equals what a scan over the entities would give ([`super::world::World::rebuilt`] is the proof in tests).
//! Decides nothing.

use super::call::Rank;
use super::event::{NoticeKey, TelDigest};
use super::geo::{Grid, Point};
use super::ids::{CallId, MemberId, OfferId, ParticipantId, ProfileId, SubjectId, Time, WorkerId};
use super::profile::Transport;
use std::collections::{BTreeMap, BTreeSet};

/// Something that time alone moves on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// A call.
    Call(CallId),
    /// Requests that wait for a participant.
    Participant(ParticipantId),
}

/// A service and a skill, by their numbers; no service: workers who serve any; no skill: calls that ask for none.
pub type BucketKey = (Option<u16>, Option<u16>);

/// The available workers of one service and skill.
#[derive(Debug, Default, Clone)]
pub struct Bucket {
    /// Those with a place.
    pub grid: Grid<WorkerId>,
    /// All of them, longest idle first.
    pub idle: BTreeSet<(Time, WorkerId)>,
    /// Those without a place, longest idle first.
    pub unplaced: BTreeSet<(Time, WorkerId)>,
}

/// Names as small numbers, in order of first appearance.
#[derive(Debug, Default, Clone)]
pub struct Names(BTreeMap<String, u16>);

impl Names {
    /// The number of `name`, given one when it has none.
    pub fn intern(&mut self, name: &str) -> u16 {
        if let Some(number) = self.0.get(name) {
            return *number;
        }
        let number = u16::try_from(self.0.len()).unwrap_or(u16::MAX);
        self.0.insert(name.to_owned(), number);
        number
    }

    /// The number of `name`, when it has one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<u16> {
        self.0.get(name).copied()
    }
}

/// Where one call stands in the index.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct CallKeys {
    /// In [`Index::due`].
    pub due: Option<Time>,
    /// In [`Index::search`].
    pub search: Option<Time>,
    /// In [`Index::wants`]: participant, step, not before.
    pub wants: Vec<(ParticipantId, u8, Time)>,
    /// In [`Index::waiting`].
    pub waiting: Option<(u16, Option<u16>)>,
    /// In [`Index::crowds`]: under which profile, and since when an attempt is owed.
    pub crowd: Option<(ProfileId, Option<Time>)>,
    /// Its rank, under which `wants`, `waiting` and `crowds` hold it.
    pub rank: Option<Rank>,
    /// In [`Index::offers`].
    pub offer: Option<OfferId>,
    /// In [`Index::by_tel`].
    pub tel: Option<TelDigest>,
    /// In [`Index::outside`].
    pub outside: Vec<u8>,
    /// In [`Index::lingering`].
    pub linger: Option<Time>,
    /// In [`Index::goods`]: product, how many, and whether they were refused.
    pub goods: Option<(String, u32, bool)>,
    /// In [`Index::references`].
    pub reference: Option<(u16, String)>,
}

impl CallKeys {
    /// Whether it waits for a worker whom the engine may choose.
    fn is_waiting(&self) -> bool {
        self.waiting.is_some() || self.crowd.is_some()
    }
}

/// Where one worker stands in the index.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct WorkerKeys {
    /// The buckets that hold the worker; empty when not available.
    pub buckets: Vec<BucketKey>,
    /// The place in their grids.
    pub point: Option<Point>,
    /// The place is the worker's home.
    pub from_home: bool,
    /// The idle time in their lists.
    pub idle: Time,
    /// In [`Index::ready`]: when a worker who has a call will be free, and where.
    pub ready: Option<(Time, Point)>,
}

/// All of it.
#[derive(Debug, Default, Clone)]
pub struct Index {
    /// What time alone moves on.
    pub due: BTreeSet<(Time, Due)>,
    /// Stage and search deadlines, on the clock that stands still while `assign` is stopped.
    pub search: BTreeSet<(Time, CallId)>,
    /// Steps that wait for a participant: in the order they are served, with the earliest time.
    pub wants: BTreeMap<ParticipantId, BTreeMap<(Rank, u8), Time>>,
    /// When each participant is due.
    pub participant_due: BTreeMap<ParticipantId, Time>,
    /// Calls that wait for a worker, by service and skill.
    pub waiting: BTreeMap<(u16, Option<u16>), BTreeSet<Rank>>,
    /// Calls that wait for a worker and are looked at together, by profile.
    pub crowds: BTreeMap<ProfileId, Crowd>,
    /// All of both kinds.
    pub waiting_all: BTreeSet<Rank>,
    /// Offers that are out, and the last broadcast of each call.
    pub offers: BTreeMap<OfferId, CallId>,
    /// Live calls by number.
    pub by_tel: BTreeMap<TelDigest, BTreeSet<CallId>>,
    /// Requests that are out to participants outside.
    pub outside: BTreeSet<(CallId, u8)>,
    /// Ended calls that are still remembered.
    pub lingering: BTreeSet<(Time, CallId)>,
    /// Service names.
    pub services: Names,
    /// Skill names.
    pub skills: Names,
    /// Available workers.
    pub buckets: BTreeMap<BucketKey, Bucket>,
    /// Workers who have a call, by when they will be free.
    pub ready: BTreeSet<(Time, WorkerId)>,
    /// Where each call stands above.
    pub calls: BTreeMap<CallId, CallKeys>,
    /// Where each worker stands above.
    pub workers: BTreeMap<WorkerId, WorkerKeys>,
    /// Notices owed, per call and recipient in order: only the first of each may go out.
    pub queues: BTreeMap<(CallId, SubjectId), Queue>,
    /// The firsts of these queues, by transport and by when they may be tried.
    pub notice_due: BTreeMap<Transport, BTreeSet<(Time, NoticeKey)>>,
    /// Workers by when they were last seen, as long as that is believed.
    pub seen: BTreeSet<(Time, WorkerId)>,
    /// The same by worker.
    pub seen_at: BTreeMap<WorkerId, Time>,
    /// Members by number.
    pub members: BTreeMap<TelDigest, MemberId>,
    /// Workers who came along by themselves, by the name they gave.
    pub handles: BTreeMap<TelDigest, WorkerId>,
    /// Who needs which goods, by product.
    pub goods: BTreeMap<String, Wanted>,
    /// Products of which there is enough for somebody who was refused.
    pub ripe: BTreeSet<String>,
    /// Live calls by service and the client's own number.
    pub references: BTreeMap<(u16, String), CallId>,
}

/// The waiting calls of one profile that are looked at together.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Crowd {
    /// All of them.
    pub all: BTreeSet<Rank>,
    /// Those not looked at yet, by when they may be.
    pub fresh: BTreeSet<(Time, CallId)>,
}

/// Who needs a product.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Calls that were refused it, first come first, and how many each needs.
    pub refused: BTreeMap<Rank, u32>,
    /// The same, the least first.
    pub least: BTreeSet<(u32, Rank)>,
    /// How many others are asking for.
    pub asked: u64,
}

/// Notices owed about one call to one person, in order.
#[derive(Debug, Default, Clone)]
pub struct Queue {
    /// All of them.
    pub keys: BTreeSet<NoticeKey>,
    /// Where the first of them stands in [`Index::notice_due`].
    pub head: Option<(Time, NoticeKey)>,
}

impl Index {
    /// Puts a call where `new` says and takes it from where it was. Returns the products that it needs or needed, when
    /// that has changed.
    pub fn move_call(&mut self, id: CallId, new: &CallKeys) -> Vec<String> {
        let old = if *new == CallKeys::default() {
            self.calls.remove(&id).unwrap_or_default()
        } else {
            let slot = self.calls.entry(id).or_default();
            if *slot == *new {
                return Vec::new();
            }
            std::mem::replace(slot, new.clone())
        };
        if old != *new {
            self.drop_call(id, &old, new);
            self.put_call(id, &old, new);
        }
        if old.goods == new.goods {
            return Vec::new();
        }
        let needed = old.goods.iter().chain(&new.goods);
        needed.map(|(product, ..)| product.clone()).collect()
    }

    fn drop_call(&mut self, id: CallId, old: &CallKeys, new: &CallKeys) {
        if let (Some(at), true) = (old.due, old.due != new.due) {
            self.due.remove(&(at, Due::Call(id)));
        }
        if let (Some(at), true) = (old.search, old.search != new.search) {
            self.search.remove(&(at, id));
        }
        if let (Some(at), true) = (old.linger, old.linger != new.linger) {
            self.lingering.remove(&(at, id));
        }
        if let (Some(offer), true) = (old.offer, old.offer != new.offer) {
            self.offers.remove(&offer);
        }
        if let (Some(tel), true) = (old.tel, old.tel != new.tel)
            && let Some(calls) = self.by_tel.get_mut(&tel)
        {
            calls.remove(&id);
            if calls.is_empty() {
                self.by_tel.remove(&tel);
            }
        }
        for step in old.outside.iter().filter(|step| !new.outside.contains(step)) {
            self.outside.remove(&(id, *step));
        }
        if let (Some(reference), true) = (&old.reference, old.reference != new.reference) {
            self.references.remove(reference);
        }
        let Some(rank) = old.rank else { return };
        if let Some((product, qty, refused)) = &old.goods
            && let Some(wanted) = self.goods.get_mut(product)
        {
            if *refused {
                wanted.refused.remove(&rank);
                wanted.least.remove(&(*qty, rank));
            } else {
                wanted.asked -= u64::from(*qty);
            }
            if *wanted == Wanted::default() {
                self.goods.remove(product);
            }
        }
        for (participant, step, _) in &old.wants {
            if let Some(wants) = self.wants.get_mut(participant) {
                wants.remove(&(rank, *step));
            }
        }
        if old.is_waiting() {
            self.waiting_all.remove(&rank);
        }
        if let Some((profile, fresh)) = old.crowd
            && let Some(crowd) = self.crowds.get_mut(&profile)
        {
            crowd.all.remove(&rank);
            if let Some(at) = fresh {
                crowd.fresh.remove(&(at, id));
            }
            if crowd.all.is_empty() {
                self.crowds.remove(&profile);
            }
        }
        if let Some(key) = old.waiting
            && let Some(waiting) = self.waiting.get_mut(&key)
        {
            waiting.remove(&rank);
            if waiting.is_empty() {
                self.waiting.remove(&key);
            }
        }
    }

    fn put_call(&mut self, id: CallId, old: &CallKeys, new: &CallKeys) {
        if let (Some(at), true) = (new.due, old.due != new.due) {
            self.due.insert((at, Due::Call(id)));
        }
        if let (Some(at), true) = (new.search, old.search != new.search) {
            self.search.insert((at, id));
        }
        if let (Some(at), true) = (new.linger, old.linger != new.linger) {
            self.lingering.insert((at, id));
        }
        if let (Some(offer), true) = (new.offer, old.offer != new.offer) {
            self.offers.insert(offer, id);
        }
        if let (Some(tel), true) = (new.tel, old.tel != new.tel) {
            self.by_tel.entry(tel).or_default().insert(id);
        }
        for step in &new.outside {
            self.outside.insert((id, *step));
        }
        if let (Some(reference), true) = (&new.reference, old.reference != new.reference) {
            self.references.insert(reference.clone(), id);
        }
        let Some(rank) = new.rank else { return };
        if let Some((product, qty, refused)) = &new.goods {
            let wanted = self.goods.entry(product.clone()).or_default();
            if *refused {
                wanted.refused.insert(rank, *qty);
                wanted.least.insert((*qty, rank));
            } else {
                wanted.asked += u64::from(*qty);
            }
        }
        for (participant, step, not_before) in &new.wants {
            self.wants.entry(*participant).or_default().insert((rank, *step), *not_before);
        }
        if new.is_waiting() {
            self.waiting_all.insert(rank);
        }
        if let Some((profile, fresh)) = new.crowd {
            let crowd = self.crowds.entry(profile).or_default();
            crowd.all.insert(rank);
            crowd.fresh.extend(fresh.map(|at| (at, id)));
        }
        if let Some(key) = new.waiting {
            self.waiting.entry(key).or_default().insert(rank);
        }
    }

    /// Puts a worker where `new` says and takes the worker from where they were.
    pub fn move_worker(&mut self, id: WorkerId, new: &WorkerKeys) {
        let slot = self.workers.entry(id).or_default();
        if *slot == *new {
            return;
        }
        let old = std::mem::replace(slot, new.clone());
        if old.ready != new.ready {
            if let Some((at, _)) = old.ready {
                self.ready.remove(&(at, id));
            }
            self.ready.extend(new.ready.map(|(at, _)| (at, id)));
        }
        if old.buckets == new.buckets && old.idle == new.idle {
            if old.point != new.point {
                self.relocate(id, &old, new);
            }
        } else {
            for key in &old.buckets {
                let Some(bucket) = self.buckets.get_mut(key) else { continue };
                bucket.idle.remove(&(old.idle, id));
                match old.point {
                    Some(point) => drop(bucket.grid.remove(id, point)),
                    None => drop(bucket.unplaced.remove(&(old.idle, id))),
                }
            }
            for key in &new.buckets {
                let bucket = self.buckets.entry(*key).or_default();
                bucket.idle.insert((new.idle, id));
                match new.point {
                    Some(point) => drop(bucket.grid.insert(id, point)),
                    None => drop(bucket.unplaced.insert((new.idle, id))),
                }
            }
        }
    }

    /// Puts all workers where they stand, as [`Index::move_worker`] would one by one; there are none yet.
    pub fn place_workers(&mut self, all: Vec<(WorkerId, WorkerKeys)>) {
        let mut placed: BTreeMap<BucketKey, Vec<(WorkerId, Point)>> = BTreeMap::new();
        let mut idle: BTreeMap<BucketKey, Vec<(Time, WorkerId)>> = BTreeMap::new();
        for (id, keys) in &all {
            for key in &keys.buckets {
                idle.entry(*key).or_default().push((keys.idle, *id));
                if let Some(point) = keys.point {
                    placed.entry(*key).or_default().push((*id, point));
                } else {
                    let bucket = self.buckets.entry(*key).or_default();
                    bucket.unplaced.insert((keys.idle, *id));
                }
            }
        }
        for (key, idle) in idle {
            self.buckets.entry(key).or_default().idle = idle.into_iter().collect();
        }
        for (key, placed) in placed {
            self.buckets.entry(key).or_default().grid = placed.into_iter().collect();
        }
        let ready = all.iter().filter_map(|(id, keys)| Some((keys.ready?.0, *id)));
        self.ready = ready.collect();
        self.workers = all.into_iter().collect();
    }

    fn relocate(&mut self, id: WorkerId, old: &WorkerKeys, new: &WorkerKeys) {
        for key in &new.buckets {
            let bucket = self.buckets.entry(*key).or_default();
            match (old.point, new.point) {
                (Some(from), Some(to)) => drop(bucket.grid.relocate(id, from, to)),
                (Some(from), None) => {
                    bucket.grid.remove(id, from);
                    bucket.unplaced.insert((new.idle, id));
                }
                (None, Some(to)) => {
                    bucket.unplaced.remove(&(old.idle, id));
                    bucket.grid.insert(id, to);
                }
                (None, None) => {}
            }
        }
    }

    /// Notes when a worker was seen, unless a later time is known.
    pub fn note_seen(&mut self, id: WorkerId, at: Time) {
        let old = self.seen_at.get(&id).copied();
        if old.is_none_or(|old| old < at) {
            if let Some(old) = old {
                self.seen.remove(&(old, id));
            }
            self.seen_at.insert(id, at);
            self.seen.insert((at, id));
        }
    }

    /// Says when a participant is due.
    pub fn move_participant(&mut self, id: ParticipantId, due: Option<Time>) {
        if let Some(old) = self.participant_due.remove(&id) {
            self.due.remove(&(old, Due::Participant(id)));
        }
        if let Some(at) = due {
            self.participant_due.insert(id, at);
            self.due.insert((at, Due::Participant(id)));
        }
    }
}
