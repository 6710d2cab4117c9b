//! All live state of a desk, and the one way it changes.
//!
//! Invariant: the kept part is a pure fold of the journal; the derived part is a pure function of the kept part and of
//! the live positions, which `evolve` never reads. Knows no journal, no clock and no row.

use super::call::Call;
use super::event::{About, Account, Concern, Mode, NoticeKey, TelDigest};
use super::foresight::Overtime;
use super::geo::Point;
use super::ids::{
    AttentionId, CallId, MemberId, Millis, ParticipantId, ProfileId, Seq, Time, WorkerId,
};
use super::index::{CallKeys, Index, WorkerKeys};
use super::member::Member;
use super::participant::Participant;
use super::profile::{Profile, StepSpec, Transport};
use super::stock::Stock;
use super::worker::{Availability, Worker};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Limits and spans of a desk that are not part of a profile. They feed decisions only, never the fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// A position older than this is not believed.
    pub stale_after: Millis,
    /// The most live calls.
    pub live_calls_max: usize,
    /// How often a notice is tried.
    pub notice_tries_max: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { stale_after: Millis::mins(15), live_calls_max: 200_000, notice_tries_max: 8 }
    }
}

/// The next numbers to be given. A number once given is never given again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counters {
    /// Calls.
    pub call: u64,
    /// Workers.
    pub worker: u64,
    /// Offers.
    pub offer: u64,
    /// Subjects.
    pub subject: u64,
    /// Attention items.
    pub attention: u64,
    /// Incidents.
    pub incident: u64,
    /// Profiles.
    pub profile: u32,
    /// Participants.
    pub participant: u16,
    /// Members.
    #[serde(default)]
    pub member: u64,
}

/// A service line: the profiles of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Line {
    /// The line's own number: its first profile version.
    pub number: ProfileId,
    /// How many calls it ever had.
    pub calls: u64,
}

/// A profile together with who answers each of its steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adopted {
    /// The profile.
    pub spec: Profile,
    /// The participant of each step, in the steps' order.
    pub answers: Vec<ParticipantId>,
}

impl Adopted {
    /// Who answers step `i` of a call: a refund, behind the steps of the profile, is the charge's business.
    #[must_use]
    pub fn answerer(&self, i: usize) -> Option<ParticipantId> {
        self.answers.get(self.own(i)?).copied()
    }

    /// The description of step `i` of a call: for a refund, that of the charge.
    #[must_use]
    pub fn step(&self, i: usize) -> Option<&StepSpec> {
        self.spec.steps.get(self.own(i)?)
    }

    fn own(&self, i: usize) -> Option<usize> {
        if i < self.spec.steps.len() { Some(i) } else { Some(self.spec.charge()?.0) }
    }
}

/// The stage `assign`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AssignStage {
    /// How it behaves.
    pub mode: Mode,
    /// Since when it has been stopped.
    pub stopped_at: Option<Time>,
    /// How long it was stopped before, altogether.
    pub stopped_for: Millis,
    /// It came back and waiting calls are still to be looked at.
    pub sweeping: bool,
}

/// Something a human must decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    /// Its number.
    pub id: AttentionId,
    /// What about.
    pub about: About,
    /// Why.
    pub concern: Concern,
    /// Since when.
    pub at: Time,
    /// Who looks after it.
    pub taken_by: Option<String>,
}

/// A notice that is still to be delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// The worker the sentence speaks of.
    pub worker: Option<WorkerId>,
    /// Tries so far.
    pub tries: u32,
    /// Not before then.
    pub not_before: Time,
    /// What a provider calls it who has taken it and is asked what became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// It goes as a text message, because its own way was refused.
    #[serde(default)]
    pub by_sms: bool,
    /// The last try that surely came to nothing: what is tried after it is asked for under a new key.
    #[serde(default)]
    pub surely: u32,
    /// A person has it sent again.
    #[serde(default)]
    pub again: bool,
}

impl Owed {
    /// One that was never tried.
    #[must_use]
    pub fn new(worker: Option<WorkerId>, not_before: Time) -> Self {
        Self {
            worker,
            tries: 0,
            not_before,
            reference: None,
            by_sms: false,
            surely: 0,
            again: false,
        }
    }

    /// The number of the try that is to be reported of next: the one a provider has, or a new one.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        if self.reference.is_some() { self.tries } else { self.tries + 1 }
    }
}

/// The part of the world that is the fold of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Desk {
    /// The newest record folded in.
    pub seq: Seq,
    /// When it was decided.
    pub at: Time,
    /// The seed of every choice that looks random.
    pub seed: u64,
    /// The next numbers.
    pub next: Counters,
    /// Every profile version a call may be pinned to.
    pub profiles: BTreeMap<ProfileId, Arc<Adopted>>,
    /// The newest version of each name.
    pub newest: BTreeMap<String, ProfileId>,
    /// The service lines, by name.
    #[serde(default)]
    pub lines: BTreeMap<String, Line>,
    /// Whoever answers.
    pub participants: BTreeMap<ParticipantId, Participant>,
    /// The stage `assign`.
    pub assign: AssignStage,
    /// Since when those calls of a profile that were looked at together and got nobody are to be looked at again.
    #[serde(default)]
    pub rounds: BTreeMap<ProfileId, Time>,
    /// How much longer work under a profile lasts than the profile says.
    #[serde(default)]
    pub overtimes: BTreeMap<ProfileId, Overtime>,
    /// Open attention items.
    pub attention: BTreeMap<AttentionId, Attention>,
    /// Notices owed.
    pub notices: BTreeMap<NoticeKey, Owed>,
    /// Notices given up about which an attention item is open.
    #[serde(default)]
    pub dead: BTreeSet<NoticeKey>,
    /// Goods, by name.
    #[serde(default)]
    pub stock: BTreeMap<String, Stock>,
    /// The balance of each account in whole won, debits positive: they add up to zero.
    #[serde(default)]
    pub books: BTreeMap<Account, i64>,
}

/// All live state of a desk.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// Counters, profiles, participants, attention, notices.
    pub(crate) desk: Desk,
    /// Live calls, and ended ones that linger.
    pub(crate) calls: BTreeMap<CallId, Call>,
    /// All workers.
    pub(crate) workers: BTreeMap<WorkerId, Worker>,
    /// All members.
    pub(crate) members: BTreeMap<MemberId, Member>,
    /// Derived.
    pub(crate) index: Index,
    /// Live positions: the only input that is not journalled before use.
    pub(crate) live: BTreeMap<WorkerId, (Point, Time)>,
    /// Workers whose live position is newer than the journalled one.
    pub(crate) moved: BTreeSet<WorkerId>,
    /// Calls that ended in the record being folded, for the views.
    pub(crate) departed: Vec<Call>,
    /// Calls touched by the record being folded, for the views.
    pub(crate) touched: BTreeSet<CallId>,
    /// Parts that changed since the last snapshot.
    pub(crate) changed: BTreeSet<super::snapshot::Part>,
    /// The same as [`Desk::rounds`], because somebody came nearer: kept no more than the live positions are.
    pub(crate) neared: BTreeMap<ProfileId, Time>,
    /// What is not part of a profile.
    pub(crate) settings: Settings,
}

impl World {
    /// A world in which nothing has happened.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// The newest record folded in.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.desk.seq
    }

    /// When the newest record was decided.
    #[must_use]
    pub fn at(&self) -> Time {
        self.desk.at
    }

    /// A call as it stood after the newest record, live or ended by that record.
    #[must_use]
    pub fn call_or_ended(&self, id: CallId) -> Option<&Call> {
        self.calls.get(&id).or_else(|| self.departed.iter().find(|call| call.id == id))
    }

    /// A live call, or an ended one that lingers.
    #[must_use]
    pub fn call(&self, id: CallId) -> Option<&Call> {
        self.calls.get(&id)
    }

    /// Live calls, by number.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.values().filter(|call| !call.phase.is_terminal())
    }

    /// A worker.
    #[must_use]
    pub fn worker(&self, id: WorkerId) -> Option<&Worker> {
        self.workers.get(&id)
    }

    /// All workers, by number.
    pub fn workers(&self) -> impl Iterator<Item = &Worker> {
        self.workers.values()
    }

    /// A member.
    #[must_use]
    pub fn member(&self, id: MemberId) -> Option<&Member> {
        self.members.get(&id)
    }

    /// All members, by number.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    /// The member under a phone number.
    #[must_use]
    pub fn member_of(&self, tel: TelDigest) -> Option<&Member> {
        self.index.members.get(&tel).and_then(|id| self.members.get(id))
    }

    /// Goods, by name.
    pub fn stock(&self) -> impl Iterator<Item = (&str, &Stock)> {
        self.desk.stock.iter().map(|(name, stock)| (name.as_str(), stock))
    }

    /// The balance of each account that anything was ever booked to, in whole won, debits positive.
    #[must_use]
    pub fn books(&self) -> &BTreeMap<Account, i64> {
        &self.desk.books
    }

    /// All participants, by number.
    pub fn participants(&self) -> impl Iterator<Item = &Participant> {
        self.desk.participants.values()
    }

    /// The participant called `name`.
    #[must_use]
    pub fn participant(&self, name: &str) -> Option<&Participant> {
        self.desk.participants.values().find(|p| p.name == name)
    }

    /// The stage `assign`.
    #[must_use]
    pub fn assign(&self) -> &AssignStage {
        &self.desk.assign
    }

    /// Open attention items, by number.
    pub fn attention(&self) -> impl Iterator<Item = &Attention> {
        self.desk.attention.values()
    }

    /// Notices owed, by key.
    pub fn notices(&self) -> impl Iterator<Item = (&NoticeKey, &Owed)> {
        self.desk.notices.iter()
    }

    /// A profile version.
    #[must_use]
    pub fn profile(&self, id: ProfileId) -> Option<&Arc<Adopted>> {
        self.desk.profiles.get(&id)
    }

    /// The newest version of each profile.
    pub fn profiles(&self) -> impl Iterator<Item = (ProfileId, &Profile)> {
        self.desk
            .newest
            .values()
            .filter_map(|id| self.desk.profiles.get(id).map(|adopted| (*id, &adopted.spec)))
    }

    /// The service line called `name`.
    #[must_use]
    pub fn line(&self, name: &str) -> Option<Line> {
        self.desk.lines.get(name).copied()
    }

    /// The worker who came along by themselves under this name.
    #[must_use]
    pub fn worker_called(&self, handle: TelDigest) -> Option<&Worker> {
        self.index.handles.get(&handle).and_then(|id| self.workers.get(id))
    }

    /// The call an offer is about: one that is out, or the last broadcast of the call.
    #[must_use]
    pub fn offer(&self, id: super::ids::OfferId) -> Option<&Call> {
        self.index.offers.get(&id).and_then(|call| self.calls.get(call))
    }

    /// Live calls under a number, oldest first.
    pub fn calls_of(&self, tel: super::event::TelDigest) -> impl Iterator<Item = &Call> {
        self.index
            .by_tel
            .get(&tel)
            .into_iter()
            .flatten()
            .filter_map(|id| self.calls.get(id))
            .filter(|call| !call.phase.is_terminal())
    }

    /// Where a worker was last seen and when, live or journalled, whichever is newer.
    #[must_use]
    pub fn last_seen(&self, worker: &Worker) -> Option<(Point, Time)> {
        let live = self.live.get(&worker.id).copied();
        live.into_iter().chain(worker.seen).max_by_key(|(_, at)| *at)
    }

    /// Where a worker is believed to be at the moment, and whether that is only the worker's home.
    #[must_use]
    pub fn place(&self, worker: &Worker) -> Option<(Point, bool)> {
        let newest = self.last_seen(worker);
        match newest {
            Some((point, at)) if self.index.seen_at.get(&worker.id) == Some(&at) => {
                Some((point, false))
            }
            _ => worker.home.map(|home| (home, true)).or(newest.map(|(point, _)| (point, true))),
        }
    }

    /// The clock of the search: it stands still while `assign` is stopped.
    #[must_use]
    pub fn search_clock(&self, now: Time) -> Time {
        let assign = &self.desk.assign;
        let now = assign.stopped_at.unwrap_or(now);
        Time(now.0.saturating_sub_unsigned(assign.stopped_for.0))
    }

    /// The wall time of an instant of the search's clock; none while `assign` is stopped.
    #[must_use]
    pub fn on_wall(&self, search: Time) -> Option<Time> {
        let assign = &self.desk.assign;
        assign.stopped_at.is_none().then(|| search.plus(assign.stopped_for))
    }

    /// The next instant at which time alone changes something; none: only something from outside does.
    #[must_use]
    pub fn next_due(&self) -> Option<Time> {
        let timers = self.index.due.first().map(|(at, _)| *at);
        let search = self.index.search.first().and_then(|(at, _)| self.on_wall(*at));
        let round = self.next_round();
        let now = self.desk.assign.sweeping || !self.index.ripe.is_empty();
        timers.into_iter().chain(search).chain(round).chain(now.then_some(self.desk.at)).min()
    }

    /// When the next notice may be tried; none: none is owed.
    #[must_use]
    pub fn next_notice_due(&self) -> Option<Time> {
        self.index.notice_due.values().filter_map(|due| due.first()).map(|(at, _)| *at).min()
    }

    /// Notices that may be tried by this transport up to `now`, the longest due first: of each call and recipient only the
    /// first.
    pub fn notices_due(&self, by: Transport, now: Time) -> impl Iterator<Item = (Time, NoticeKey)> {
        let due = self.index.notice_due.get(&by).into_iter().flatten();
        due.take_while(move |(at, _)| *at <= now).copied()
    }

    /// The first notice of a call that was given up, as long as somebody is to look after it.
    #[must_use]
    pub fn dead_notice(&self, call: CallId) -> Option<NoticeKey> {
        self.desk.dead.iter().find(|notice| notice.call == call).copied()
    }

    /// What is known of a notice that is owed.
    #[must_use]
    pub fn owed(&self, key: &NoticeKey) -> Option<&Owed> {
        self.desk.notices.get(key)
    }

    /// Requests that are out to participants outside: call and step.
    pub fn requests_out(&self) -> impl Iterator<Item = (CallId, u8)> {
        self.index.outside.iter().copied()
    }

    /// Takes a live position. Nothing is journalled; the last ones are, from time to time.
    ///
    /// Returns whether the worker is known.
    pub fn take_position(&mut self, worker: WorkerId, point: Point, now: Time) -> bool {
        if !self.workers.contains_key(&worker) {
            return false;
        }
        self.live.insert(worker, (point, now));
        self.index.note_seen(worker, now);
        self.moved.insert(worker);
        self.reindex_worker(worker);
        true
    }

    /// Lets positions grow stale: a worker not seen for long is believed to be at home. Call before deciding.
    pub fn forget_stale_positions(&mut self, now: Time) {
        let Some(limit) = now.0.checked_sub_unsigned(self.settings.stale_after.0) else { return };
        while let Some((at, worker)) = self.index.seen.first().copied() {
            if at.0 >= limit {
                break;
            }
            self.index.seen.pop_first();
            self.index.seen_at.remove(&worker);
            self.reindex_worker(worker);
        }
    }

    /// The positions to be kept: those newer than the journalled ones.
    #[must_use]
    pub fn positions_to_keep(&self) -> Vec<(WorkerId, Point, Time)> {
        self.moved
            .iter()
            .filter_map(|id| self.live.get(id).map(|(point, at)| (*id, *point, *at)))
            .collect()
    }

    pub(crate) fn reindex_call(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else {
            let products = self.index.move_call(id, &CallKeys::default());
            self.note_ripe(products);
            return;
        };
        let Some(adopted) = self.desk.profiles.get(&call.profile).cloned() else { return };
        let mut keys = CallKeys {
            due: call.due(&adopted.spec, self.assign_delay(id)),
            search: call.search_due(&adopted.spec),
            offer: call.offer.map(|o| o.id).or(call.broadcast.as_ref().map(|b| b.id)),
            linger: call.linger_until.filter(|_| call.is_at_rest(&adopted.spec)),
            rank: Some(call.rank()),
            tel: call.tel.filter(|_| !call.phase.is_terminal()),
            ..CallKeys::default()
        };
        for want in call.wants(&adopted.spec) {
            if let (Some(participant), Ok(step)) =
                (adopted.answerer(want.step), u8::try_from(want.step))
            {
                keys.wants.push((participant, step, want.not_before));
            }
        }
        for (i, step) in call.steps.iter().enumerate() {
            let outside = adopted
                .answerer(i)
                .and_then(|p| self.desk.participants.get(&p))
                .is_some_and(|p| !p.is_local());
            if let (true, true, Ok(i)) = (step.out.is_some(), outside, u8::try_from(i)) {
                keys.outside.push(i);
            }
        }
        if !call.phase.is_terminal() {
            let goods = call.needs_goods(&adopted.spec);
            keys.goods = goods.map(|(product, qty, refused)| (product.to_owned(), qty, refused));
            keys.reference = adopted.spec.reference_field().and_then(|field| {
                let value = call.fields.get(&field.name)?;
                Some((self.index.services.intern(&adopted.spec.name), value.clone()))
            });
        }
        if call.is_matched(&adopted.spec) {
            let fresh = self.assign_delay(id).filter(|_| call.search.fresh);
            let owed = fresh.map(|delay| call.search.fresh_at.plus(delay));
            keys.crowd = Some((call.profile, owed));
        } else if call.is_searching(&adopted.spec) {
            let service = self.index.services.intern(&adopted.spec.name);
            let skill = call.kind.as_deref().map(|kind| self.index.skills.intern(kind));
            keys.waiting = Some((service, skill));
        }
        let products = self.index.move_call(id, &keys);
        self.note_ripe(products);
        for participant in &adopted.answers {
            self.reindex_participant(*participant);
        }
    }

    /// Notes whether somebody who waits for one of the products would get it now.
    pub(crate) fn note_ripe(&mut self, products: impl IntoIterator<Item = String>) {
        for product in products {
            if self.is_ripe(&product) {
                self.index.ripe.insert(product);
            } else {
                self.index.ripe.remove(&product);
            }
        }
    }

    /// The same for every product that somebody needs: who answers for stock, or how, has changed.
    pub(crate) fn note_all_ripe(&mut self) {
        let products: Vec<String> = self.index.goods.keys().cloned().collect();
        self.note_ripe(products);
    }

    /// How long a slow `assign` takes for this call; none while it is stopped or failing.
    #[must_use]
    pub fn assign_delay(&self, call: CallId) -> Option<Millis> {
        match self.desk.assign.mode {
            Mode::Running => Some(Millis(0)),
            Mode::Slow { fixed, random } => {
                let extra = super::chance::below(self.desk.seed, call, "assign", 0, random.0);
                Some(Millis(fixed.0 + extra))
            }
            Mode::Stopped | Mode::Failing(_) => None,
        }
    }

    pub(crate) fn reindex_worker(&mut self, id: WorkerId) {
        if let Some(keys) = self.worker_keys(id) {
            self.index.move_worker(id, &keys);
        }
    }

    fn worker_keys(&mut self, id: WorkerId) -> Option<WorkerKeys> {
        let worker = self.workers.get(&id)?;
        let mut keys = WorkerKeys {
            idle: worker.idle_since,
            ready: self.foreseen(worker),
            ..WorkerKeys::default()
        };
        if let Some((point, from_home)) = self.place(worker) {
            keys.point = Some(point);
            keys.from_home = from_home;
        }
        if worker.availability() == Availability::Available {
            let services: Vec<Option<u16>> = if worker.services.is_empty() {
                vec![None]
            } else {
                worker.services.iter().map(|s| Some(self.index.services.intern(s))).collect()
            };
            for service in services {
                keys.buckets.push((service, None));
                for skill in &worker.skills {
                    keys.buckets.push((service, Some(self.index.skills.intern(skill))));
                }
            }
        }
        Some(keys)
    }

    pub(crate) fn reindex_participant(&mut self, id: ParticipantId) {
        let due = self.desk.participants.get(&id).and_then(|p| self.participant_due(p));
        if self.index.participant_due.get(&id).copied() != due {
            self.index.move_participant(id, due);
        }
    }

    pub(crate) fn reindex_notices(&mut self, key: NoticeKey) {
        let queue = self.index.queues.entry((key.call, key.to)).or_default();
        if let Some(head) = queue.head.take()
            && let Some(due) = self.index.notice_due.get_mut(&head.1.transport)
        {
            due.remove(&head);
        }
        if self.desk.notices.contains_key(&key) {
            queue.keys.insert(key);
        } else {
            queue.keys.remove(&key);
        }
        match queue.keys.first() {
            Some(first) => {
                let not_before =
                    self.desk.notices.get(first).map_or(self.desk.at, |o| o.not_before);
                queue.head = Some((not_before, *first));
                let due = self.index.notice_due.entry(first.transport).or_default();
                due.insert((not_before, *first));
            }
            None => drop(self.index.queues.remove(&(key.call, key.to))),
        }
    }

    /// The same world with everything derived computed anew. For tests and for opening.
    #[must_use]
    pub fn rebuilt(
        desk: Desk,
        calls: Vec<Call>,
        workers: Vec<Worker>,
        members: Vec<Member>,
        settings: Settings,
    ) -> Self {
        let mut world = Self::new(settings);
        world.desk = desk;
        world.index.members = members.iter().map(|member| (member.tel, member.id)).collect();
        world.members = members.into_iter().map(|member| (member.id, member)).collect();
        for adopted in world.desk.profiles.values() {
            world.index.services.intern(&adopted.spec.name);
        }
        world.calls = calls.into_iter().map(|call| (call.id, call)).collect();
        let named = workers.iter().filter_map(|worker| Some((worker.handle?, worker.id)));
        world.index.handles = named.collect();
        world.workers = workers.into_iter().map(|worker| (worker.id, worker)).collect();
        // Those that nobody would believe any more need not be forgotten one by one at the first decision.
        let believed = Time(world.desk.at.0.saturating_sub_unsigned(settings.stale_after.0));
        let seen: Vec<(WorkerId, Time)> = world
            .workers
            .values()
            .filter_map(|w| w.seen.map(|(_, at)| (w.id, at)))
            .filter(|(_, at)| *at >= believed)
            .collect();
        for (worker, at) in seen {
            world.index.note_seen(worker, at);
        }
        let calls: Vec<CallId> = world.calls.keys().copied().collect();
        for id in calls {
            world.reindex_call(id);
        }
        let workers: Vec<WorkerId> = world.workers.keys().copied().collect();
        let keys = workers.into_iter().filter_map(|id| Some((id, world.worker_keys(id)?)));
        let keys = keys.collect();
        world.index.place_workers(keys);
        let notices: Vec<NoticeKey> = world.desk.notices.keys().copied().collect();
        for key in notices {
            world.reindex_notices(key);
        }
        world
    }
}
