//! The contract of the port, run on every adapter.
//!
//! Invariant: a test here says nothing about how an adapter works; what is particular to one is
//! tested beside it.

mod beside;
mod records;

use crate::domain::ids::{Seq, Time};
use crate::journal::memory::{Fault, MemoryJournal};
use crate::journal::redb::{Options, RedbJournal};
use crate::journal::testing::backend::{DiskFault, FaultBackend};
use crate::journal::{Batch, Head, Journal, JournalError, JournalView, NewRecord, Order, Record};
use crate::journal::{Row, RowChange, Table};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// A journal that can also write as older programs did.
trait Aged: Journal {
    fn append_as(&mut self, version: u8, batch: &Batch) -> Result<Head, JournalError>;
}

impl Aged for RedbJournal {
    fn append_as(&mut self, version: u8, batch: &Batch) -> Result<Head, JournalError> {
        self.append_version(version, batch)
    }
}

impl Aged for MemoryJournal {
    fn append_as(&mut self, version: u8, batch: &Batch) -> Result<Head, JournalError> {
        self.append_version(version, batch)
    }
}

/// An adapter under test, and how its next append is made to fail.
struct Subject {
    name: &'static str,
    journal: Box<dyn Aged>,
    fail_next: Box<dyn Fn()>,
}

fn memory(name: &'static str, journal: MemoryJournal, fault: Fault) -> Subject {
    let handle = journal.clone();
    let fail_next = Box::new(move || handle.fail_append(0, fault, false));
    Subject { name, journal: Box::new(journal), fail_next }
}

fn redb(name: &'static str, fault: DiskFault) -> Subject {
    let disk = FaultBackend::new();
    let journal = RedbJournal::open_with_backend(disk.source(), Options::default()).unwrap();
    let fail_next = Box::new(move || disk.plant(fault));
    Subject { name, journal: Box::new(journal), fail_next }
}

fn run(subjects: impl IntoIterator<Item = Subject>, test: impl Fn(&mut Subject)) {
    for mut subject in subjects {
        test(&mut subject);
    }
}

/// Runs a test on one of each kind.
fn each(test: impl Fn(&mut Subject)) {
    let subjects = [
        memory("memory", MemoryJournal::new(), Fault::Lost),
        memory("lagging", MemoryJournal::lagging(7), Fault::Lost),
        redb("redb", DiskFault::Sync(0)),
    ];
    run(subjects, test);
}

/// Runs a test on every way to fail.
fn each_fault(test: impl Fn(&mut Subject)) {
    let subjects = [
        memory("memory, lost", MemoryJournal::new(), Fault::Lost),
        memory("memory, kept", MemoryJournal::new(), Fault::Kept),
        memory("lagging by one, lost", MemoryJournal::lagging(1), Fault::Lost),
        memory("lagging by one, kept", MemoryJournal::lagging(1), Fault::Kept),
        memory("lagging by seven, full", MemoryJournal::lagging(7), Fault::Full),
        redb("redb, first sync", DiskFault::Sync(0)),
        redb("redb, second sync", DiskFault::Sync(1)),
        redb("redb, write", DiskFault::Write(2)),
        redb("redb, full", DiskFault::Full(1)),
    ];
    run(subjects, test);
}

/// Draws numbers from a seed; the same ones each time.
pub(in crate::journal::testing) struct Draw(u64);

impl Draw {
    pub(in crate::journal::testing) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(in crate::journal::testing) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    pub(in crate::journal::testing) fn bytes(&mut self, len_max: u64) -> Vec<u8> {
        let len = self.below(len_max + 1);
        (0..len).map(|_| u8::try_from(self.below(256)).unwrap()).collect()
    }
}

pub(in crate::journal::testing) fn record(at: i64, body: &[u8]) -> NewRecord {
    NewRecord { at: Time(at), body: body.to_vec() }
}

fn records(at: i64, bodies: &[&[u8]]) -> Batch {
    Batch { records: bodies.iter().map(|body| record(at, body)).collect(), rows: Vec::new() }
}

fn put(table: Table, key: u64, value: &[u8]) -> RowChange {
    RowChange::Put { table, key, value: value.to_vec() }
}

pub(in crate::journal) fn read_all(view: &dyn JournalView, from: u64) -> Vec<Record> {
    let mut found = Vec::new();
    view.read_from(Seq(from), &mut |record| {
        found.push(record);
        ControlFlow::Continue(())
    })
    .unwrap();
    found
}

/// Rows as a plain map; what is sealed makes no difference here.
#[derive(Clone, Default)]
pub(in crate::journal::testing) struct Model {
    pub(in crate::journal::testing) rows: BTreeMap<(Table, u64), Vec<u8>>,
}

impl Model {
    pub(in crate::journal::testing) fn apply(&mut self, changes: &[RowChange]) {
        for change in changes {
            match change.clone() {
                RowChange::Put { table, key, value } => self.rows.insert((table, key), value),
                RowChange::Delete { table, key } => self.rows.remove(&(table, key)),
            };
        }
    }

    fn range(&self, table: Table, from: u64, to: u64, order: Order, limit: usize) -> Vec<Row> {
        let rows = self.rows.range((table, from)..=(table, to));
        let rows = rows.map(|((_, key), value)| (*key, value.clone()));
        match order {
            Order::Ascending => rows.take(limit).collect(),
            Order::Descending => rows.rev().take(limit).collect(),
        }
    }

    pub(in crate::journal::testing) fn agrees(&self, view: &dyn JournalView, case: &str) {
        for &table in Table::ALL {
            let order = Order::Ascending;
            let all = view.rows(table, 0..=u64::MAX, order, usize::MAX).unwrap();
            assert_eq!(all, self.range(table, 0, u64::MAX, order, usize::MAX), "{case}, {table:?}");
        }
    }
}
