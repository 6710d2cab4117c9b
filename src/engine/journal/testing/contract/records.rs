//! What appends, refusals, stops and readers owe their callers.
//!
//! Invariant: as of the whole contract; these tests use no work beside the commits.

use super::{Subject, each, each_fault, put, read_all, records};
use crate::domain::ids::{Seq, Time};
use crate::journal::{Batch, Head, JournalError, JournalReader, Maintenance, Misuse};
use crate::journal::{Order, ROW_MAX, Table, codec};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

#[test]
fn seqs_are_dense_and_the_chain_goes_on() {
    each(|Subject { name, journal, .. }| {
        assert_eq!(journal.head(), Head::default(), "{name}");
        let first = journal.append(&records(5, &[b"a", b"", b"c"])).unwrap();
        assert_eq!((first.seq, first.at), (Seq(3), Time(5)));
        let second = journal.append(&records(5, &[b"d"])).unwrap();
        assert_eq!(second.seq, Seq(4));
        assert_ne!(first.hash, second.hash);
        assert_eq!(journal.head(), second);
        let view = journal.reader().view().unwrap();
        assert_eq!(view.head().unwrap(), second, "{name}");
        let all = read_all(&*view, 1);
        assert_eq!(all.iter().map(|r| r.seq.0).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(all.iter().map(|r| &*r.body).collect::<Vec<_>>(), [&b"a"[..], b"", b"c", b"d"]);
        assert_eq!(read_all(&*view, 3), all[2..]);
        assert!(read_all(&*view, 5).is_empty() && read_all(&*view, 99).is_empty());
        assert_eq!(read_all(&*view, 0), all);
        assert_eq!(view.check().unwrap().records, 4);
    });
}

#[test]
fn two_journals_with_the_same_records_have_the_same_hash() {
    let heads = std::cell::RefCell::new(BTreeSet::new());
    each(|Subject { journal, .. }| {
        for i in 0..20 {
            journal.append(&records(i, &[b"one", b"two"])).unwrap();
        }
        heads.borrow_mut().insert(journal.head().hash);
    });
    assert_eq!(heads.borrow().len(), 1);
}

#[test]
fn a_reader_stops_when_it_has_enough() {
    each(|Subject { journal, .. }| {
        journal.append(&records(5, &[b"a", b"b", b"c"])).unwrap();
        let mut seen = 0;
        let stop = &mut |_| {
            seen += 1;
            if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        journal.reader().view().unwrap().read_from(Seq(1), stop).unwrap();
        assert_eq!(seen, 2);
    });
}

#[test]
fn a_refused_batch_changes_nothing_and_the_journal_goes_on() {
    each(|Subject { name, journal, .. }| {
        let head = journal.append(&records(5, &[b"a"])).unwrap();
        let mut back = records(4, &[b"b"]);
        back.rows.push(put(Table::Calls, 1, b"x"));
        let late = Misuse::TimeGoesBack { at: Time(4), last: Time(5) };
        assert!(matches!(journal.append(&back), Err(JournalError::Refused(m)) if m == late));
        let body = vec![0; codec::BODY_MAX + 1];
        let large = journal.append(&records(6, &[b"b", &body]));
        assert!(matches!(large, Err(JournalError::Refused(Misuse::TooLarge { .. }))), "{name}");
        let mut large = records(6, &[b"b"]);
        large.rows.push(put(Table::Calls, 1, &vec![0; ROW_MAX + 1]));
        let large = journal.append(&large);
        assert!(matches!(large, Err(JournalError::Refused(Misuse::TooLarge { .. }))), "{name}");
        let ahead = Maintenance::Snapshot { seq: Seq(2), at: Time(5), chunks: Vec::new() };
        assert!(matches!(journal.maintain(&ahead), Err(JournalError::Refused(_))), "{name}");
        assert_eq!(journal.head(), head);
        assert_eq!(journal.append(&records(5, &[b"b"])).unwrap().seq, Seq(2));
        let view = journal.reader().view().unwrap();
        assert_eq!(view.row(Table::Calls, 1).unwrap(), None);
        assert_eq!(read_all(&*view, 1).len(), 2);
    });
}

#[test]
fn an_empty_batch_is_acknowledged_and_leaves_the_head() {
    each(|Subject { journal, .. }| {
        let head = journal.append(&records(5, &[b"a"])).unwrap();
        assert_eq!(journal.append(&Batch::default()).unwrap(), head);
    });
}

#[test]
fn a_view_does_not_change_while_it_is_held() {
    each(|Subject { name, journal, .. }| {
        let mut batch = records(5, &[b"a"]);
        batch.rows.push(put(Table::Meta, 1, b"old"));
        journal.append(&batch).unwrap();
        let reader = journal.reader();
        let view = reader.view().unwrap();
        let before = (view.head().unwrap(), view.applied_seq().unwrap(), view.row(Table::Meta, 1));
        for i in 0..20 {
            batch.rows = vec![put(Table::Meta, 1, format!("new {i}").as_bytes())];
            journal.append(&batch).unwrap();
        }
        let after = (view.head().unwrap(), view.applied_seq().unwrap(), view.row(Table::Meta, 1));
        assert_eq!((before.0, before.1), (after.0, after.1), "{name}");
        assert_eq!(before.2.unwrap(), after.2.unwrap(), "{name}");
        assert_eq!(reader.view().unwrap().head().unwrap().seq, Seq(21));
    });
}

#[test]
fn readers_on_other_threads_see_whole_batches_only() {
    each(|Subject { name, journal, .. }| {
        let readers: Vec<Box<dyn JournalReader>> = (0..2).map(|_| journal.reader()).collect();
        std::thread::scope(|scope| {
            let name = *name;
            let watch = move |reader: Box<dyn JournalReader>| loop {
                let view = reader.view().unwrap();
                let (head, applied) = (view.head().unwrap(), view.applied_seq().unwrap());
                assert!(head.seq.0 % 3 == 0 && applied <= head.seq, "{name}");
                let marks = view.rows(Table::Meta, 1..=2, Order::Ascending, 9).unwrap();
                let expected = applied.0.to_le_bytes().to_vec();
                assert!(
                    applied.0 == 0 || marks == [(1, expected.clone()), (2, expected)],
                    "{name}"
                );
                if head.seq.0 == 90 {
                    return;
                }
            };
            let watching: Vec<_> =
                readers.into_iter().map(|r| scope.spawn(move || watch(r))).collect();
            for i in 1..=30_u64 {
                let mark = (i * 3).to_le_bytes();
                let mut batch = records(1, &[b"a", b"b", b"c"]);
                batch.rows = vec![put(Table::Meta, 1, &mark), put(Table::Meta, 2, &mark)];
                journal.append(&batch).unwrap();
            }
            for thread in watching {
                thread.join().unwrap();
            }
        });
    });
}

#[test]
fn an_error_stops_everything_until_the_reopen() {
    each_fault(|Subject { name, journal, fail_next, .. }| {
        let mut batch = records(1, &[b"kept"]);
        batch.rows.push(put(Table::Calls, 1, b"kept"));
        for _ in 0..10 {
            journal.append(&batch).unwrap();
        }
        let acknowledged = journal.head();
        let reader = journal.reader();
        fail_next();
        batch = records(2, &[b"in doubt", b"in doubt"]);
        batch.rows.push(put(Table::Calls, 2, b"in doubt"));
        let failed = journal.append(&batch);
        assert!(
            matches!(failed, Err(JournalError::Storage(_) | JournalError::NoSpace)),
            "{name}: {failed:?}"
        );
        assert_eq!(journal.head(), acknowledged, "{name}: nothing more is acknowledged");
        assert!(matches!(journal.append(&batch), Err(JournalError::Stopped)), "{name}");
        assert!(matches!(journal.append(&Batch::default()), Err(JournalError::Stopped)), "{name}");
        let work = Maintenance::Expire { now: Time(1) };
        assert!(matches!(journal.maintain(&work), Err(JournalError::Stopped)), "{name}");
        assert!(matches!(reader.view(), Err(JournalError::Stopped)), "{name}");

        let head = journal.reopen().unwrap();
        assert_eq!(journal.head(), head);
        let kept = match head.seq.0 - acknowledged.seq.0 {
            0 => false,
            2 => true,
            other => panic!("{name}: {other} records of a batch of two"),
        };
        for _ in 0..8 {
            journal.append(&records(3, &[b"later"])).unwrap();
        }
        let view = reader.view().unwrap();
        assert_eq!(view.row(Table::Calls, 2).unwrap().is_some(), kept, "{name}");
        assert_eq!(view.row(Table::Calls, 1).unwrap().unwrap(), b"kept", "{name}");
        assert_eq!(view.check().unwrap().records, journal.head().seq.0, "{name}");
    });
}

#[test]
fn a_reopen_without_a_stop_finds_everything() {
    each(|Subject { name, journal, .. }| {
        for i in 0..50 {
            let body = vec![7; 400 * i];
            journal.append(&records(1, &[&body])).unwrap();
        }
        let head = journal.head();
        assert_eq!(journal.reopen().unwrap(), head, "{name}");
        assert_eq!(journal.append(&records(1, &[b"on"])).unwrap().seq, Seq(51), "{name}");
        assert_eq!(journal.reader().view().unwrap().check().unwrap().records, 51, "{name}");
    });
}

#[test]
fn records_of_an_older_program_are_lifted_on_reading() {
    each(|Subject { name, journal, .. }| {
        journal.append_as(1, &records(1, &[b"\x81\xa5actor\xa1a"])).unwrap();
        journal.append(&records(1, &[b"\x80"])).unwrap();
        let found = read_all(&*journal.reader().view().unwrap(), 1);
        assert_eq!((found[0].version, found[1].version), (1, codec::CURRENT_VERSION), "{name}");
        let lifted: BTreeMap<String, Option<String>> =
            rmp_serde::from_slice(&found[0].body).unwrap();
        let expected = [("actor".into(), Some("a".into())), ("causation".into(), None)];
        assert_eq!(lifted, BTreeMap::from(expected), "{name}");
        journal.reader().view().unwrap().check().unwrap();
    });
}

#[test]
fn a_record_of_a_newer_program_stops_the_reader_with_its_version() {
    each(|Subject { name, journal, .. }| {
        journal.append(&records(1, &[b"\x80"])).unwrap();
        journal.append_as(9, &records(1, &[b"\x80"])).unwrap();
        let view = journal.reader().view().unwrap();
        let read = view.read_from(Seq(1), &mut |_| ControlFlow::Continue(()));
        assert!(
            matches!(read, Err(JournalError::NewerFormat { found: 9, .. })),
            "{name}: {read:?}"
        );
        let again = journal.reopen();
        assert!(matches!(again, Err(JournalError::NewerFormat { found: 9, .. })), "{name}");
    });
}
