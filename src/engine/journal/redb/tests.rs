//! What is particular to a store in a file: how it is made, locked and recognised.
//!
//! Invariant: nothing here repeats the contract of the port.

use super::tables::{FORMAT, Format, META, Place};
use super::{Options, RedbJournal, begin, build};
use crate::domain::ids::{Seq, Time};
use crate::journal::testing::backend::{DiskFault, FaultBackend};
use crate::journal::testing::read_all;
use crate::journal::{
    Batch, Checked, Corruption, Journal, JournalError, Maintenance, NewRecord, RowChange,
    SnapshotChunk, Table,
};
use ::redb::{Database, ReadableDatabase, TableDefinition};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

fn open(path: &Path) -> Result<RedbJournal, JournalError> {
    RedbJournal::open(path, Options::default())
}

fn one(body: &[u8]) -> Batch {
    Batch { records: vec![NewRecord { at: Time(1), body: body.to_vec() }], rows: Vec::new() }
}

fn names(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_first_open_makes_a_private_store_and_leaves_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/er/desk.redb");
    let mut journal = open(&path).unwrap();
    journal.append(&one(b"a")).unwrap();
    let head = journal.head();
    drop(journal);
    assert_eq!(open(&path).unwrap().head(), head);
    assert_eq!(names(path.parent().unwrap()), ["desk.redb"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }
}

#[test]
fn of_many_first_opens_at_once_all_use_the_one_store() {
    for _ in 0..5 {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("desk.redb");
        let appended = std::thread::scope(|scope| {
            let one_run = || {
                loop {
                    match open(&path) {
                        Ok(mut journal) => return journal.append(&one(b"a")).unwrap().seq.0,
                        Err(JournalError::Busy { .. }) => std::thread::yield_now(),
                        Err(error) => panic!("{error}"),
                    }
                }
            };
            let runs: Vec<_> = (0..6).map(|_| scope.spawn(one_run)).collect();
            let mut seqs: Vec<u64> = runs.into_iter().map(|run| run.join().unwrap()).collect();
            seqs.sort_unstable();
            seqs
        });
        assert_eq!(appended, [1, 2, 3, 4, 5, 6]);
        assert_eq!(names(dir.path()), ["desk.redb"]);
    }
}

#[test]
fn a_store_that_is_open_elsewhere_is_busy() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("desk.redb");
    let held = open(&path).unwrap();
    assert!(matches!(open(&path), Err(JournalError::Busy { .. })));
    held.close().unwrap();
    assert!(open(&path).is_ok());
}

#[test]
fn a_file_that_is_something_else_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("desk.redb");
    let (zeros, letters) = (vec![0; 100_000], vec![b'x'; 100_000]);
    for content in [&b""[..], b"hello", &zeros, &letters] {
        std::fs::write(&path, content).unwrap();
        assert!(matches!(open(&path), Err(JournalError::Corrupt(_))), "{} bytes", content.len());
        assert_eq!(std::fs::read(&path).unwrap(), content);
    }
    std::fs::remove_file(&path).unwrap();
    let other = Database::create(&path).unwrap();
    let txn = other.begin_write().unwrap();
    txn.open_table(TableDefinition::<u8, u8>::new("theirs")).unwrap();
    txn.commit().unwrap();
    drop(other);
    let refused = open(&path);
    assert!(matches!(refused, Err(JournalError::Corrupt(Corruption::NotAJournal))));
    let other = Database::open(&path).unwrap();
    assert_eq!(other.begin_read().unwrap().list_tables().unwrap().count(), 1);
}

#[test]
fn a_truncated_store_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("desk.redb");
    let mut journal = open(&path).unwrap();
    for _ in 0..200 {
        journal.append(&one(&[7; 9_000])).unwrap();
    }
    journal.close().unwrap();
    let whole = std::fs::read(&path).unwrap();
    for part in [1, 2, 3] {
        std::fs::write(&path, &whole[..whole.len() * part / 4]).unwrap();
        let read = open(&path).and_then(|journal| journal.reader().view()?.check());
        assert!(matches!(read, Err(JournalError::Corrupt(_))), "{part}/4: {read:?}");
    }
}

#[test]
fn a_store_of_a_newer_format_is_named_as_such() {
    let disk = FaultBackend::new();
    drop(RedbJournal::open_with_backend(disk.source(), Options::default()).unwrap());
    let db = build((disk.source())().unwrap(), Options::default()).unwrap();
    let txn = begin(&db).unwrap();
    let newer = Format { number: FORMAT + 1, ..Format::current() };
    let newer = Place::Format.store(&newer.encode());
    txn.open_table(META).unwrap().insert(0, newer.as_slice()).unwrap();
    txn.commit().unwrap();
    drop(db);
    let opened = RedbJournal::open_with_backend(disk.source(), Options::default());
    assert!(matches!(opened, Err(JournalError::NewerFormat { found: 2, supported: 1 })));
}

#[test]
fn a_table_an_older_release_did_not_have_is_added() {
    let disk = FaultBackend::new();
    let mut journal = RedbJournal::open_with_backend(disk.source(), Options::default()).unwrap();
    journal.append(&one(b"a")).unwrap();
    journal.close().unwrap();
    let db = build((disk.source())().unwrap(), Options::default()).unwrap();
    let txn = begin(&db).unwrap();
    assert!(txn.delete_table(super::tables::rows(Table::Feed)).unwrap());
    let older = Place::Format.store(&Format::current().without(Table::Feed).encode());
    txn.open_table(META).unwrap().insert(0, older.as_slice()).unwrap();
    txn.commit().unwrap();
    drop(db);
    let journal = RedbJournal::open_with_backend(disk.source(), Options::default()).unwrap();
    assert_eq!(journal.head().seq, Seq(1));
    assert_eq!(journal.reader().view().unwrap().row(Table::Feed, 1).unwrap(), None);
}

#[test]
fn a_table_that_should_be_there_and_is_not_is_damage() {
    let disk = FaultBackend::new();
    drop(RedbJournal::open_with_backend(disk.source(), Options::default()).unwrap());
    let db = build((disk.source())().unwrap(), Options::default()).unwrap();
    let txn = begin(&db).unwrap();
    assert!(txn.delete_table(super::tables::rows(Table::Feed)).unwrap());
    txn.commit().unwrap();
    drop(db);
    let opened = RedbJournal::open_with_backend(disk.source(), Options::default());
    assert!(matches!(opened, Err(JournalError::Corrupt(Corruption::Structure))));
}

#[test]
fn a_reopen_while_the_disk_is_still_failing_fails_and_a_later_one_succeeds() {
    let disk = FaultBackend::new();
    let mut journal = RedbJournal::open_with_backend(disk.source(), Options::default()).unwrap();
    journal.append(&one(b"a")).unwrap();
    disk.plant(DiskFault::Full(0));
    assert!(matches!(journal.append(&one(b"b")), Err(JournalError::NoSpace)));
    disk.plant(DiskFault::Write(0));
    assert!(journal.reopen().is_err());
    assert!(matches!(journal.append(&one(b"b")), Err(JournalError::Stopped)));
    assert_eq!(journal.reopen().unwrap().seq, Seq(1));
    assert_eq!(journal.append(&one(b"b")).unwrap().seq, Seq(2));
}

#[test]
fn a_row_with_a_flipped_bit_is_damage_at_its_key() {
    let disk = FaultBackend::new();
    let mut journal = RedbJournal::open_with_backend(disk.source(), Options::default()).unwrap();
    let value = b"a value that occurs nowhere else in it";
    let put = RowChange::Put { table: Table::Subjects, key: 4, value: value.to_vec() };
    journal.append(&Batch { records: one(b"a").records, rows: vec![put] }).unwrap();
    journal.close().unwrap();
    let mut image = disk.content();
    let mut copies = 0;
    for at in 0..image.len() - value.len() {
        if image[at..].starts_with(value) {
            image[at + 3] ^= 1;
            copies += 1;
        }
    }
    assert!(copies > 0);
    let disk = FaultBackend::from_image(image);
    let journal = RedbJournal::open_with_backend(disk.source(), Options::default()).unwrap();
    let view = journal.reader().view().unwrap();
    let damage = Corruption::Row(Table::Subjects, 4);
    let found = view.row(Table::Subjects, 4);
    assert!(matches!(found, Err(JournalError::Corrupt(at)) if at == damage), "{found:?}");
    assert!(matches!(view.check(), Err(JournalError::Corrupt(at)) if at == damage));
}

/// A store made once and never again: what it holds must stay readable.
#[test]
fn the_first_format_with_records_of_both_versions_stays_readable() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("desk.redb");
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/journal/format-1.journal");
    std::fs::copy(fixture, &path).unwrap();
    let journal = open(&path).unwrap();
    let view = journal.reader().view().unwrap();
    let found = read_all(&*view, 1);
    assert_eq!(found.iter().map(|record| record.version).collect::<Vec<_>>(), [1, 1, 1, 2, 2, 2]);
    for record in &found {
        let body: BTreeMap<String, Option<String>> = rmp_serde::from_slice(&record.body).unwrap();
        let causation = (record.version == 2).then(|| "request".to_string());
        let key = Some(format!("key {}", record.seq));
        assert_eq!(body, BTreeMap::from([("causation".into(), causation), ("key".into(), key)]));
    }
    assert_eq!(view.row(Table::Calls, 7).unwrap().unwrap(), [7; 150], "sealed");
    assert_eq!(view.row(Table::Calls, 301).unwrap().unwrap(), b"unsealed");
    assert_eq!(view.lookup(1, 10).unwrap(), [3, 4]);
    let snapshot = view.snapshot(Seq(6)).unwrap().unwrap();
    assert_eq!((snapshot.seq, snapshot.chunks.len()), (Seq(6), 1));
    assert_eq!(snapshot.chunks[0].bytes, b"state");
    let checked = Checked { records: 6, rows: 1, blocks: 1 };
    assert_eq!(view.check().unwrap(), checked);
}

#[test]
fn a_copy_is_the_same_journal_and_damage_in_it_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = open(&dir.path().join("desk.redb")).unwrap();
    let rows = (1..=300).map(|key| RowChange::Put { table: Table::Calls, key, value: vec![7; 90] });
    journal.append(&Batch { rows: rows.collect(), ..one(b"a") }).unwrap();
    let seal = (1..=200).map(|key| (key, Time(1))).collect();
    journal.maintain(&Maintenance::Seal { table: Table::Calls, rows: seal }).unwrap();
    let run = Maintenance::Run { family: 1, entries: vec![(4, 5)], expires_at: None };
    journal.maintain(&run).unwrap();
    let chunks = vec![SnapshotChunk { kind: 1, chunk: 1, bytes: b"state".to_vec() }];
    journal.maintain(&Maintenance::Snapshot { seq: Seq(1), at: Time(1), chunks }).unwrap();
    let view = journal.reader().view().unwrap();
    // What is written while it is copied is not in it.
    journal.append(&one(b"b")).unwrap();
    let path = dir.path().join("copy.redb");
    view.copy_to(&path).unwrap();
    let error = view.copy_to(&path).unwrap_err();
    assert!(matches!(error, JournalError::Storage(e) if e.kind() == io::ErrorKind::AlreadyExists));
    let copy = RedbJournal::open_read(&path, Options::default()).unwrap().view().unwrap();
    assert_eq!(copy.head().unwrap(), view.head().unwrap());
    assert_eq!(copy.check().unwrap(), view.check().unwrap());
    assert_eq!(copy.blocks(Table::Calls).unwrap(), view.blocks(Table::Calls).unwrap());
    assert_eq!(copy.lookup(1, 4).unwrap(), [5]);
    assert_eq!(copy.snapshot(Seq(1)).unwrap(), view.snapshot(Seq(1)).unwrap());
    drop(copy);
    // A row that is damaged in the store is damaged in the copy.
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(90).rposition(|piece| piece == [7; 90]).unwrap();
    bytes[at + 5] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let again = dir.path().join("again.redb");
    let damaged = RedbJournal::open_read(&path, Options::default()).unwrap().view().unwrap();
    damaged.copy_to(&again).unwrap();
    let copy = RedbJournal::open_read(&again, Options::default()).unwrap().view().unwrap();
    assert!(matches!(copy.check(), Err(JournalError::Corrupt(_))), "{:?}", copy.check());
}
