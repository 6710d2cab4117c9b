//! The rows of a store against what the checker says they must be.
//!
//! Invariant: a row is compared with the checker's facts as of the newest record that speaks of it; one that speaks of no
//! such record is compared at the end of the journal.

use super::Fault;
use ascall_engine::domain::event::{Event, Record, call_of};
use ascall_engine::domain::ids::{CallId, ParticipantId, Seq};
use ascall_engine::journal::JournalError;
use ascall_engine::verify::{CallFacts, CallMoney, Checker, MemberFacts};
use ascall_engine::views::{CallRow, MemberRow, PlaceRow, StockRow, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

/// The rule that rows equal what the journal says.
const ROWS: &str = "V1";

/// The most faults of rows that are listed.
const FAULTS_MAX: usize = 100;

/// The comparison, while the journal is read.
pub(super) struct Rows<'a> {
    store: &'a Store,
    /// Ended calls whose rows speak of records that were not read yet.
    ahead: BTreeMap<CallId, CallFacts>,
    named: BTreeMap<ParticipantId, (Seq, String)>,
    /// The first faults found.
    pub faults: Vec<Fault>,
    /// All faults found.
    pub count: u64,
}

impl<'a> Rows<'a> {
    /// Of a store of which nothing was read yet.
    pub(super) fn of(store: &'a Store) -> Self {
        let (ahead, named) = (BTreeMap::new(), BTreeMap::new());
        Self { store, ahead, named, faults: Vec::new(), count: 0 }
    }

    /// Takes a record and the calls that ended with it, or that it changed after their end. What cannot change any more is
    /// compared and forgotten.
    pub(super) fn follow(
        &mut self,
        record: &Record,
        ended: Vec<CallFacts>,
    ) -> Result<(), JournalError> {
        for event in &record.events {
            match event {
                Event::ProfileAdopted { profile, spec } => {
                    let row = self.store.profile(*profile)?;
                    if row.as_ref() != Some(&**spec) {
                        let found = if row.is_some() { "another one" } else { "none" };
                        self.note(record.seq, format!("{profile}: its row holds {found}"));
                    }
                }
                Event::ParticipantSet { participant, name, .. } => {
                    self.named.insert(*participant, (record.seq, name.clone()));
                }
                _ => {}
            }
        }
        self.ahead.extend(ended.into_iter().map(|facts| (facts.call, facts)));
        let spoken: BTreeSet<CallId> = record.events.iter().filter_map(call_of).collect();
        for call in spoken {
            if !self.ahead.contains_key(&call) {
                continue;
            }
            let row = self.store.call(call)?;
            if row.as_ref().is_none_or(|row| row.seq() <= record.seq)
                && let Some(facts) = self.ahead.remove(&call)
            {
                self.call(&facts, row)?;
            }
        }
        Ok(())
    }

    /// Compares what is left once all records were read.
    pub(super) fn finish(&mut self, checker: &Checker) -> Result<(), JournalError> {
        let ahead = std::mem::take(&mut self.ahead);
        for facts in ahead.into_values().chain(checker.live_calls()) {
            let row = self.store.call(facts.call)?;
            self.call(&facts, row)?;
        }
        for (id, (seq, name)) in std::mem::take(&mut self.named) {
            let row = self.store.participant_name(id)?;
            if row.as_ref() != Some(&name) {
                self.note(seq, format!("{id} is {name} by the journal and {row:?} in its row"));
            }
        }
        let seq = self.store.head()?.seq;
        self.stock(seq, checker)?;
        self.members(seq, checker)?;
        for worker in checker.worker_facts() {
            let row = self.store.place(worker.worker)?;
            let kept = worker.kept.map(|(point, at)| {
                let (lat_e6, lon_e6) = (point.lat_e6(), point.lon_e6());
                PlaceRow { lat_e6, lon_e6, at }
            });
            // Records of one commit share their rows: the worker may have been seen at work in a later one of them.
            let is_later = row.zip(kept).is_some_and(|(row, kept)| row.at > kept.at);
            if !is_later {
                self.same(seq, worker.worker, "place", &kept, &row);
            }
        }
        Ok(())
    }

    fn stock(&mut self, seq: Seq, checker: &Checker) -> Result<(), JournalError> {
        let rows = self.store.stock()?;
        let mut rows: BTreeMap<String, StockRow> =
            rows.into_iter().map(|row| (row.product.clone(), row)).collect();
        for facts in checker.stock_facts() {
            let row = rows.remove(&facts.product).map(|row| (row.on_hand, row.reserved));
            let known = Some((facts.on_hand, facts.reserved));
            self.same(seq, &facts.product, "on hand and reserved", &known, &row);
        }
        for product in rows.keys() {
            self.note(seq, format!("`{product}` is in no record, and has a row"));
        }
        Ok(())
    }

    fn members(&mut self, seq: Seq, checker: &Checker) -> Result<(), JournalError> {
        let rows = self.store.members()?;
        let mut rows: BTreeMap<_, MemberRow> =
            rows.into_iter().map(|row| (row.member, row)).collect();
        for facts in checker.member_facts() {
            let MemberFacts { member, subject, tel, friend, card, rides, coupons } = facts;
            let known = MemberRow { member, subject, tel, friend, card, rides, coupons };
            self.same(seq, member, "row", &Some(known), &rows.remove(&member));
        }
        for member in rows.keys() {
            self.note(seq, format!("{member} is in no record, and has a row"));
        }
        Ok(())
    }

    fn call(&mut self, facts: &CallFacts, row: Option<CallRow>) -> Result<(), JournalError> {
        let id = facts.call;
        let Some(row) = row else {
            let head = self.store.head()?.seq;
            self.note(head, format!("{id}: it has no row"));
            return Ok(());
        };
        let seq = row.seq();
        let told: Vec<_> = facts.told.iter().copied().collect();
        let worker = row.worker.map(|(worker, _)| worker);
        let has = facts.worker.or(facts.reserved.map(|(worker, _)| worker));
        // One whom nobody has may still show who had it last; one who is had must show by whom.
        if has.is_some() || facts.served_by.is_some() {
            self.same(seq, id, "worker", &has.or(facts.served_by), &worker);
        }
        let money = CallMoney {
            captured: row.money.captured,
            refunded: row.money.refunded,
            settled: row.money.settled,
            discount: row.money.discount,
        };
        self.same(seq, id, "phase", &facts.phase, &row.phase);
        self.same(seq, id, "phase_at", &facts.phase_at, &row.phase_at);
        self.same(seq, id, "target", &facts.target, &row.unwinding.map(|(target, ..)| target));
        self.same(seq, id, "ended_at", &facts.ended_at, &row.ended_at());
        self.same(seq, id, "received_at", &facts.received_at, &row.received_at);
        self.same(seq, id, "profile", &facts.profile, &row.profile);
        self.same(seq, id, "ordinal", &facts.ordinal, &row.ordinal);
        let counted = self.store.counted(&row.profile_name, facts.ordinal..=facts.ordinal)?;
        let counted = counted.first().map(|row| row.call);
        self.same(seq, id, "call counted so", &Some(id), &counted);
        self.same(seq, id, "subject", &facts.subject, &row.subject);
        self.same(seq, id, "tel", &facts.tel, &row.tel);
        self.same(seq, id, "reachable", &facts.reachable, &row.reachable);
        self.same(seq, id, "member", &facts.member, &row.member);
        self.same(seq, id, "parent", &facts.parent, &row.parent);
        self.same(seq, id, "kind", &facts.kind, &row.kind);
        self.same(seq, id, "priority", &facts.priority, &row.priority);
        self.same(seq, id, "place", &facts.spot, &row.spot());
        self.same(seq, id, "appointment", &facts.window, &row.window);
        self.same(seq, id, "held_until", &facts.held_until, &row.held_until);
        self.same(seq, id, "claimable", &facts.claimable, &row.claimable);
        self.same(seq, id, "broadcast", &facts.broadcast, &row.broadcast);
        self.same(seq, id, "told", &told, &row.told);
        self.same(seq, id, "steps", &facts.steps.len(), &row.steps.len());
        self.same(seq, id, "cost", &facts.cost, &row.cost);
        self.same(seq, id, "due", &facts.due, &row.due);
        self.same(seq, id, "money", &facts.money, &money);
        self.same(seq, id, "outcome", &facts.outcome, &row.outcome);
        self.same(seq, id, "rating", &facts.rating, &row.rating);
        self.same(seq, id, "disposition", &facts.disposition, &row.disposition);
        Ok(())
    }

    /// Notes a fault unless the two are the same.
    fn same<T: PartialEq + Debug>(
        &mut self,
        seq: Seq,
        of: impl std::fmt::Display,
        what: &str,
        journal: &T,
        row: &T,
    ) {
        if journal != row {
            self.note(
                seq,
                format!("{of}: {what} is {journal:?} by the journal and {row:?} in its row"),
            );
        }
    }

    fn note(&mut self, seq: Seq, what: String) {
        self.count += 1;
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault { seq, rule: ROWS.to_owned(), what });
        }
    }
}
