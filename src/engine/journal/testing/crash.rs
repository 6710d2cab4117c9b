//! The store under a disk that loses power: at every sync in turn, with any part of what was not
//! synced surviving, nothing acknowledged is missing and nothing else has appeared.
//!
//! Invariant: every case is made from numbers printed with the failure.

use super::contract::{Draw, Model, read_all, record};
use crate::domain::ids::{Seq, Time};
use crate::journal::redb::{Options, RedbJournal};
use crate::journal::testing::backend::{FaultBackend, Image};
use crate::journal::{Batch, Head, Journal, JournalError, Maintenance, RowChange, SnapshotChunk};
use crate::journal::{Table, codec};

const OPTIONS: Options = Options { cache_bytes: 1 << 20 };

fn open(disk: &FaultBackend) -> Result<RedbJournal, JournalError> {
    RedbJournal::open_with_backend(disk.source(), OPTIONS)
}

/// What a store was told, and when.
#[derive(Default)]
struct Told {
    /// The head and the rows after each batch; first the empty store.
    states: Vec<(Head, Model)>,
    /// Up to which state was acknowledged after so many syncs.
    acknowledged: Vec<(u64, usize)>,
    /// Values of term 1 in index 0 after so many syncs.
    indexed: Vec<(u64, u64)>,
}

/// Writes batches of all kinds, with the work beside them, and tells what it wrote.
fn write_history(journal: &mut RedbJournal, disk: &FaultBackend, seed: u64, steps: u64) -> Told {
    let mut draw = Draw::new(seed);
    let mut model = Model::default();
    let mut told = Told::default();
    told.states.push((Head::default(), model.clone()));
    told.acknowledged.push((disk.syncs(), 0));
    let mut next = 1;
    for step in 0..steps {
        let at = i64::try_from(step).unwrap();
        let mut batch = Batch::default();
        for _ in 0..=draw.below(3) {
            batch.records.push(record(at, &draw.bytes(3_000)));
        }
        for _ in 0..draw.below(12) {
            let value = draw.bytes(600);
            batch.rows.push(RowChange::Put { table: Table::Calls, key: next, value });
            next += 1;
        }
        let key = 1 + draw.below(next);
        batch.rows.push(RowChange::Put { table: Table::Calls, key, value: draw.bytes(900) });
        next = next.max(key + 1);
        let head = journal.append(&batch).unwrap();
        model.apply(&batch.rows);
        told.states.push((head, model.clone()));
        told.acknowledged.push((disk.syncs(), told.states.len() - 1));
        let work = match draw.below(4) {
            0 => Maintenance::Seal {
                table: Table::Calls,
                rows: (0..next).map(|key| (key, Time(at))).collect(),
            },
            1 => {
                let chunks = vec![SnapshotChunk { kind: 1, chunk: 1, bytes: draw.bytes(5_000) }];
                Maintenance::Snapshot { seq: head.seq, at: Time(at), chunks }
            }
            2 => Maintenance::Run { family: 0, entries: vec![(1, step)], expires_at: None },
            _ => continue,
        };
        journal.maintain(&work).unwrap();
        if let Maintenance::Run { .. } = work {
            told.indexed.push((disk.syncs(), step));
        }
    }
    told
}

/// Opens what a crash left and compares it with what was told.
fn survives(image: Vec<u8>, told: &Told, syncs: u64, case: &str) {
    let disk = FaultBackend::from_image(image);
    let mut journal = open(&disk).unwrap_or_else(|error| panic!("{case}: {error}"));
    let head = journal.head();
    let certain = told.acknowledged.iter().rfind(|(at, _)| *at <= syncs).unwrap().1;
    let possible = &told.states[certain..told.states.len().min(certain + 2)];
    let (_, model) = possible
        .iter()
        .find(|(told, _)| *told == head)
        .unwrap_or_else(|| panic!("{case}: ends at {head:?}, acknowledged {certain}"));
    let view = journal.reader().view().unwrap();
    let checked = view.check().unwrap_or_else(|error| panic!("{case}: {error}"));
    assert_eq!(checked.records, head.seq.0, "{case}");
    model.agrees(&*view, case);
    let indexed = view.lookup(0, 1).unwrap();
    let certain = told.indexed.iter().filter(|(at, _)| *at <= syncs);
    assert!(certain.clone().all(|(_, value)| indexed.contains(value)), "{case}: index");
    assert!(indexed.len() <= certain.count() + 1, "{case}: index");
    drop(view);
    let next = journal.append(&Batch { records: vec![record(1 << 40, b"on")], rows: Vec::new() });
    assert_eq!(next.unwrap().seq, head.seq.next(), "{case}");
}

#[test]
fn a_crash_at_any_sync_loses_nothing_acknowledged_and_invents_nothing() {
    let seeds = if std::env::var_os("ASCALL_LONG").is_some() { 0..40 } else { 0..2 };
    for seed in seeds {
        let disk = FaultBackend::new();
        let mut journal = open(&disk).unwrap();
        let first = disk.syncs();
        disk.record_images();
        let told = write_history(&mut journal, &disk, seed, 24);
        let images = disk.take_images();
        assert!(images.len() >= 48, "two syncs a commit");
        for (i, image) in images.iter().enumerate() {
            let syncs = first + i as u64;
            let case = |how: &str| format!("seed {seed}, sync {i}, {how}");
            survives(image.before.clone(), &told, syncs, &case("nothing since the last sync"));
            for torn in 0..3 {
                survives(image.torn(torn), &told, syncs, &case(&format!("torn {torn}")));
            }
            let Image { after, .. } = image;
            survives(after.clone(), &told, syncs + 1, &case("all of it"));
        }
    }
}

#[test]
fn a_crash_during_recovery_is_recovered_from() {
    let disk = FaultBackend::new();
    let mut journal = open(&disk).unwrap();
    let first = disk.syncs();
    disk.record_images();
    let told = write_history(&mut journal, &disk, 5, 8);
    let images = disk.take_images();
    for (i, image) in images.iter().enumerate().step_by(3) {
        let syncs = first + i as u64;
        let again = FaultBackend::from_image(image.torn(1));
        again.record_images();
        drop(open(&again).unwrap());
        for (k, second) in again.take_images().iter().enumerate() {
            let case = format!("sync {i}, then sync {k} of the recovery");
            survives(second.torn(2), &told, syncs, &case);
        }
    }
}

#[test]
fn a_store_that_lost_what_it_acknowledged_is_not_opened_again() {
    let disk = FaultBackend::new();
    let mut journal = open(&disk).unwrap();
    let old = {
        let copy = FaultBackend::new();
        let mut other = open(&copy).unwrap();
        other.append(&Batch { records: vec![record(1, b"a")], rows: Vec::new() }).unwrap();
        other.close().unwrap();
        copy.content()
    };
    for body in [b"a", b"b"] {
        journal.append(&Batch { records: vec![record(1, body)], rows: Vec::new() }).unwrap();
    }
    disk.replace(old);
    let reopened = journal.reopen();
    let lost = JournalError::Lost { acknowledged: Seq(2), found: Seq(1) };
    assert_eq!(reopened.unwrap_err().to_string(), lost.to_string());
    assert!(matches!(journal.append(&Batch::default()), Err(JournalError::Stopped)));
}

/// A small store with records across pieces, closed in order.
fn small() -> (Vec<u8>, Head, Vec<Vec<u8>>) {
    let disk = FaultBackend::new();
    let mut journal = open(&disk).unwrap();
    let mut draw = Draw::new(11);
    for at in 0..6 {
        let records = vec![record(at, &draw.bytes(1_500)), record(at, &draw.bytes(200))];
        let rows = vec![RowChange::Put {
            table: Table::Calls,
            key: at.unsigned_abs(),
            value: draw.bytes(200),
        }];
        journal.append(&Batch { records, rows }).unwrap();
    }
    let head = journal.head();
    let bodies = read_all(&*journal.reader().view().unwrap(), 1);
    journal.close().unwrap();
    (disk.content(), head, bodies.into_iter().map(|record| record.body).collect())
}

/// What opening and reading a damaged store ends in.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Detected,
    Unharmed,
    SilentlyWrong,
}

fn judge(image: Vec<u8>, head: Head, bodies: &[Vec<u8>]) -> Verdict {
    let Ok(journal) = open(&FaultBackend::from_image(image)) else { return Verdict::Detected };
    let Ok(view) = journal.reader().view() else { return Verdict::Detected };
    let mut found = Vec::new();
    let read = view.read_from(Seq(1), &mut |record| {
        found.push(record.body);
        std::ops::ControlFlow::Continue(())
    });
    match read {
        Err(_) => Verdict::Detected,
        Ok(()) if found == bodies && journal.head() == head => Verdict::Unharmed,
        Ok(()) => Verdict::SilentlyWrong,
    }
}

#[test]
fn a_flipped_bit_anywhere_in_the_file_never_changes_what_is_read() {
    let (image, head, bodies) = small();
    assert_eq!(judge(image.clone(), head, &bodies), Verdict::Unharmed);
    let long = std::env::var_os("ASCALL_LONG").is_some();
    let step = if long { 1 } else { 37 };
    let used: Vec<usize> = (0..image.len())
        .filter(|at| image[at / 4096 * 4096..].iter().take(4096).any(|byte| *byte != 0))
        .collect();
    let mut detected = 0;
    for at in used.into_iter().step_by(step) {
        let mut bad = image.clone();
        bad[at] ^= 1 << (at % 8);
        let verdict = judge(bad, head, &bodies);
        assert_ne!(verdict, Verdict::SilentlyWrong, "byte {at}");
        detected += usize::from(verdict == Verdict::Detected);
    }
    assert!(detected > 100, "{detected}");
}

#[test]
fn every_flipped_byte_of_the_stored_records_is_detected() {
    let disk = FaultBackend::new();
    let mut journal = open(&disk).unwrap();
    let mut draw = Draw::new(12);
    let records: Vec<_> = (0..3).map(|at| record(at, &draw.bytes(900))).collect();
    let bodies: Vec<_> = records.iter().map(|record| record.body.clone()).collect();
    journal.append(&Batch { records: records.clone(), rows: Vec::new() }).unwrap();
    let head = journal.head();
    journal.close().unwrap();
    let image = disk.content();
    let mut stream = Vec::new();
    let mut at = Head::default();
    for record in &records {
        at = codec::encode(&at, record, &mut stream).unwrap();
    }
    assert_eq!(at, head);
    let mut places = image.windows(stream.len()).enumerate().filter(|(_, part)| *part == stream);
    let (start, _) = places.next().unwrap();
    assert!(places.next().is_none(), "stored once");
    for byte in start..start + stream.len() {
        let mut bad = image.clone();
        bad[byte] ^= 1 << (byte % 8);
        assert_eq!(judge(bad, head, &bodies), Verdict::Detected, "byte {}", byte - start);
    }
}

/// That the test above it would notice: a disk that does not do what it says.
#[test]
fn a_disk_that_lies_about_its_syncs_is_caught() {
    let mut caught = 0;
    for seed in 0..20 {
        let disk = FaultBackend::new();
        let mut journal = open(&disk).unwrap();
        for at in 0..4 {
            journal.append(&Batch { records: vec![record(at, b"a")], rows: Vec::new() }).unwrap();
        }
        disk.lie();
        for at in 4..9 {
            journal.append(&Batch { records: vec![record(at, b"b")], rows: Vec::new() }).unwrap();
        }
        disk.lose_power(seed);
        caught += usize::from(journal.reopen().is_err());
    }
    assert!(caught >= 15, "{caught} of 20");
}
