//! Carrying out an order: decide, fold, and follow until everything it touched is at rest. One record comes of it.
//!
//! Invariant: a refusal leaves the world as it was. Otherwise the world has moved on by exactly the record returned, and
//! must be thrown away if that record does not become durable.

use super::call::Call;
use super::command::{Order, Receipt, RowWrite, Standing};
use super::event::{BoundKey, Event, NoticeKey, Record};
use super::follow::Pass;
use super::geo::Point;
use super::ids::{CallId, Time, WorkerId};
use super::refusal::Refusal;
use super::world::World;
use crate::planted::planted;
use std::collections::BTreeSet;

/// After this many events a record is closed; what is not at rest is due at once and gets a record of its own.
pub const EVENTS_MAX: usize = 2_000;

/// What usually follows an order.
const EVENTS_USUAL: usize = 8;

/// An order carried out in memory.
#[derive(Debug)]
pub struct Carried {
    /// What the caller is told once the record is durable.
    pub receipt: Receipt,
    /// The record; none: nothing changed.
    pub record: Option<Record>,
    /// Personal data to be written with it.
    pub rows: Vec<RowWrite>,
    /// The live calls it touched.
    pub touched: Vec<CallId>,
    /// The calls that ended in it.
    pub departed: Vec<Call>,
}

impl World {
    /// Carries out `order` at `now`, which must not lie before [`World::at`].
    ///
    /// # Errors
    /// The rule that says no; nothing has changed then.
    pub fn carry_out(&mut self, order: &Order, now: Time) -> Result<Carried, Refusal> {
        self.carry_out_about(order, None, now)
    }

    /// Carries out `order` at `now`, when the call it is about had ended and was forgotten: `recalled` is that call as it
    /// stood ([`World::as_it_stood`]).
    ///
    /// # Errors
    /// As [`World::carry_out`].
    pub fn carry_out_about(
        &mut self,
        order: &Order,
        recalled: Option<&Call>,
        now: Time,
    ) -> Result<Carried, Refusal> {
        let now = now.max(self.desk.at);
        self.forget_stale_positions(now);
        let decided = self.decide_about(order, recalled, now).inspect_err(|_| {
            if planted!(DirtyRefusal) {
                self.desk.next.offer += 1;
            }
        })?;
        let pass = match order.command {
            super::command::Command::Tick => Pass::over_due(self, now),
            // What still stands is raised again at once: closing an item never makes a call silent.
            super::command::Command::CloseAttention { .. } => {
                decided.call.map_or_else(Pass::default, Pass::over_call)
            }
            _ => Pass::default(),
        };
        let key = order.key.as_ref().map(|key| BoundKey {
            key: key_mark(key),
            fields: order.command.fingerprint(),
            call: decided.call,
            worker: decided.worker,
            member: decided.member,
        });
        let (mut carried, events) = self.run(pass, decided.events, now);
        carried.rows = decided.rows;
        carried.receipt.call = decided.call;
        carried.receipt.worker = decided.worker;
        carried.receipt.member = decided.member;
        carried.receipt.stands = decided.call.and_then(|id| {
            let ended = || carried.departed.iter().find(|call| call.id == id);
            self.calls.get(&id).or_else(ended).map(Standing::of)
        });
        if let Some(seq) = decided.replayed {
            (carried.receipt.seq, carried.receipt.replayed) = (seq, true);
        }
        if !events.is_empty() {
            carried.record = Some(Record {
                seq: self.desk.seq,
                at: now,
                actor: order.actor.clone(),
                key,
                causation: order.causation,
                trace: order.trace,
                reason: order.reason.as_deref().map(|r| super::text::veiled(r).into_owned()),
                events,
            });
        }
        Ok(carried)
    }

    /// Takes a live position at `now`, and gives the worker what waits and only now is near enough.
    pub fn carry_position(&mut self, worker: WorkerId, point: Point, now: Time) -> Option<Carried> {
        let now = now.max(self.desk.at);
        self.forget_stale_positions(now);
        if !self.take_position(worker, point, now) || self.index.waiting_all.is_empty() {
            return None;
        }
        self.look_again_near(worker, now);
        let (mut carried, events) = self.run(Pass::over_worker(worker), Vec::new(), now);
        if events.is_empty() {
            return None;
        }
        carried.record = Some(Record {
            seq: self.desk.seq,
            at: now,
            actor: super::event::Actor::Clock,
            key: None,
            causation: None,
            trace: None,
            reason: None,
            events,
        });
        Some(carried)
    }

    /// Folds the first events in and follows them up.
    fn run(&mut self, mut pass: Pass, first: Vec<Event>, now: Time) -> (Carried, Vec<Event>) {
        let mut events: Vec<Event> = Vec::with_capacity(first.len() + EVENTS_USUAL);
        let mut told: BTreeSet<NoticeKey> = BTreeSet::new();
        let mut next = first;
        loop {
            if !next.is_empty() && events.is_empty() {
                self.begin(self.desk.seq.next(), now);
            }
            for event in next.drain(..) {
                self.fold_and_tell(event, &mut events, &mut pass, &mut told);
            }
            if events.len() >= EVENTS_MAX {
                break;
            }
            let Some(key) = pass.next() else { break };
            next = self.follow(key, &mut pass, now);
            if next.is_empty() {
                pass.rest(key);
            }
        }
        for round in pass.rounds() {
            self.neared.remove(&round);
        }
        let receipt = Receipt {
            seq: self.desk.seq,
            call: None,
            worker: None,
            participant: None,
            member: None,
            replayed: false,
            stands: None,
        };
        let mut carried = Carried {
            receipt,
            record: None,
            rows: Vec::new(),
            touched: Vec::new(),
            departed: Vec::new(),
        };
        if !events.is_empty() {
            self.finish();
            carried.departed = std::mem::take(&mut self.departed);
            carried.touched = std::mem::take(&mut self.touched)
                .into_iter()
                .filter(|id| !carried.departed.iter().any(|call| call.id == *id))
                .collect();
        }
        (carried, events)
    }

    fn fold_and_tell(
        &mut self,
        event: Event,
        events: &mut Vec<Event>,
        pass: &mut Pass,
        told: &mut BTreeSet<NoticeKey>,
    ) {
        self.evolve(&event);
        pass.note(&event, self);
        let notices = self.notices_after(&event);
        events.push(event);
        for notice in notices {
            if let Some(notice) = self.untold(notice, told) {
                self.evolve(&notice);
                events.push(notice);
            }
        }
    }
}

/// What the journal keeps of a client's key: a digest in letters. A key may be made of a phone number; its digest tells
/// nobody, and no run of its letters looks like one.
#[must_use]
pub fn key_mark(key: &str) -> String {
    let hash = blake3::hash(key.as_bytes());
    let halves = hash.as_bytes()[..16].iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves.map(|half| char::from(b'a' + half)).collect()
}

impl super::command::Command {
    /// A hash per field, to tell whether a key comes again with the same body and, if not, what differs.
    #[must_use]
    pub fn fingerprint(&self) -> Vec<(String, u32)> {
        let Ok(serde_json::Value::Object(outer)) = serde_json::to_value(self) else {
            return vec![("command".to_owned(), hash(&serde_json::Value::Null))];
        };
        let mut fields = Vec::new();
        for (verb, body) in outer {
            fields.push(("command".to_owned(), hash(&serde_json::Value::String(verb))));
            match body {
                serde_json::Value::Object(body) => {
                    fields.extend(body.into_iter().map(|(name, value)| {
                        let hash = hash(&value);
                        (name, hash)
                    }));
                }
                other => fields.push(("value".to_owned(), hash(&other))),
            }
        }
        fields
    }
}

/// FNV-1a, folded to 32 bits: it tells two bodies under one key apart, and nobody but the sender would gain from a clash.
struct Fold(u64);

impl std::io::Write for Fold {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn hash(value: &serde_json::Value) -> u32 {
    let mut fold = Fold(0xcbf2_9ce4_8422_2325);
    // Neither a value nor the fold can fail to be written.
    drop(serde_json::to_writer(&mut fold, value));
    let low = |wide: u64| u32::try_from(wide & u64::from(u32::MAX)).unwrap_or(u32::MAX);
    low(fold.0) ^ low(fold.0 >> 32)
}
