//! Rows, and the work beside the commits: sealed blocks, sorted runs, snapshots.
//!
//! Invariant: as of the whole contract; what a reader sees is compared with plain maps.

use super::{Draw, Model, Subject, each, put, records};
use crate::domain::ids::{Seq, Time};
use crate::journal::{Journal, JournalView, Maintenance, Order, RowChange, SnapshotChunk, Table};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn rows_agree_with_a_plain_map_at_the_applied_seq_sealed_or_not() {
    for seed in 0..3 {
        each(|Subject { name, journal, .. }| {
            let mut draw = Draw::new(seed);
            let mut model = Model::default();
            let mut history = vec![model.clone()];
            let (mut next, mut sealed) = (1_u64, BTreeSet::new());
            for step in 0..60_i64 {
                let mut batch = records(step, &[b"x"]);
                for _ in 0..draw.below(40) {
                    let value = draw.bytes(900);
                    batch.rows.push(put(Table::Calls, next, &value));
                    next += 1;
                }
                for _ in 0..draw.below(6) {
                    let key = draw.below(next) + 1;
                    let deletes = draw.below(3) == 0 && !sealed.contains(&key);
                    let table = Table::Calls;
                    let value = draw.bytes(2_000);
                    let change = if deletes {
                        RowChange::Delete { table, key }
                    } else {
                        put(table, key, &value)
                    };
                    next = next.max(key + 1);
                    batch.rows.push(change);
                }
                batch.rows.push(put(Table::Subjects, draw.below(9), b"s"));
                journal.append(&batch).unwrap();
                model.apply(&batch.rows);
                history.push(model.clone());
                if draw.below(5) == 0 {
                    let mut chosen: BTreeMap<u64, Time> = BTreeMap::new();
                    for _ in 0..300 {
                        let key = draw.below(next + 5);
                        chosen.insert(key, Time(i64::try_from(key).unwrap()));
                    }
                    sealed.extend(chosen.keys().copied());
                    let rows = chosen.into_iter().collect();
                    journal.maintain(&Maintenance::Seal { table: Table::Calls, rows }).unwrap();
                }
                let view = journal.reader().view().unwrap();
                let applied = usize::try_from(view.applied_seq().unwrap().0).unwrap();
                let model = &history[applied];
                let case = format!("{name}, seed {seed}, step {step}");
                for _ in 0..4 {
                    let from = draw.below(next + 1);
                    let to = from + draw.below(next + 1);
                    let limit = usize::try_from(draw.below(30)).unwrap();
                    for order in [Order::Ascending, Order::Descending] {
                        let found = view.rows(Table::Calls, from..=to, order, limit).unwrap();
                        assert_eq!(
                            found,
                            model.range(Table::Calls, from, to, order, limit),
                            "{case}"
                        );
                    }
                    let row = view.row(Table::Calls, from).unwrap();
                    assert_eq!(row.as_ref(), model.rows.get(&(Table::Calls, from)), "{case}");
                }
                if step == 59 {
                    model.agrees(&*view, &case);
                    view.check().unwrap();
                    blocks_say_what_they_hold(&*view, name);
                }
            }
        });
    }
}

fn blocks_say_what_they_hold(view: &dyn JournalView, name: &str) {
    let blocks = view.blocks(Table::Calls).unwrap();
    assert!(!blocks.is_empty(), "{name}");
    assert!(blocks.windows(2).all(|pair| pair[0].number < pair[1].number));
    for info in blocks {
        let rows = view.block(Table::Calls, info.number).unwrap();
        let keys: Vec<u64> = rows.iter().map(|row| row.0).collect();
        assert!(keys.is_sorted());
        assert_eq!(keys.len(), info.rows as usize);
        assert_eq!((keys[0], *keys.last().unwrap()), (info.key_min, info.key_max));
        let time = |key| Time(i64::try_from(key).unwrap());
        assert_eq!((info.time_min, info.time_max), (time(info.key_min), time(info.key_max)));
    }
    assert!(view.block(Table::Calls, 9_999).unwrap().is_empty());
    assert!(view.blocks(Table::Stock).unwrap().is_empty());
}

#[test]
fn sealing_again_or_sealing_what_is_missing_changes_nothing() {
    each(|Subject { journal, .. }| {
        let mut batch = records(1, &[b"x"]);
        batch.rows = (1..=300).map(|key| put(Table::Calls, key, &[7; 200])).collect();
        journal.append(&batch).unwrap();
        for _ in 0..8 {
            journal.append(&records(1, &[b"x"])).unwrap();
        }
        let rows = (100..=450).map(|key| (key, Time(1))).collect();
        let seal = Maintenance::Seal { table: Table::Calls, rows };
        journal.maintain(&seal).unwrap();
        let before = journal.reader().view().unwrap().blocks(Table::Calls).unwrap();
        journal.maintain(&seal).unwrap();
        let view = journal.reader().view().unwrap();
        assert_eq!(view.blocks(Table::Calls).unwrap(), before);
        assert_eq!(before.iter().map(|b| b.rows).sum::<u32>(), 201);
        assert_eq!(view.rows(Table::Calls, 0..=999, Order::Descending, 999).unwrap().len(), 300);
    });
}

#[test]
fn a_lookup_finds_every_value_of_a_term_in_all_runs() {
    each(|Subject { name, journal, .. }| {
        let mut draw = Draw::new(7);
        let mut model: BTreeMap<(u8, u64), BTreeSet<u64>> = BTreeMap::new();
        for run in 0..70_u64 {
            let family = u8::try_from(run % 2).unwrap();
            let mut entries = Vec::new();
            for _ in 0..draw.below(900) {
                entries.push((draw.below(400), draw.below(1_000_000)));
            }
            // One term that fills several chunks.
            entries.extend((0..draw.below(700)).map(|v| (u64::MAX, v)));
            for (term, value) in &entries {
                model.entry((family, *term)).or_default().insert(*value);
            }
            journal.maintain(&Maintenance::Run { family, entries, expires_at: None }).unwrap();
        }
        let view = journal.reader().view().unwrap();
        for family in 0..3 {
            for term in (0..402).chain([u64::MAX]) {
                let expected = model.get(&(family, term)).into_iter().flatten().copied();
                let expected: Vec<u64> = expected.collect();
                assert_eq!(view.lookup(family, term).unwrap(), expected, "{name}, {family}/{term}");
            }
        }
        view.check().unwrap();
    });
}

#[test]
fn a_run_is_dropped_whole_at_its_expiry_and_not_before() {
    each(|Subject { name, journal, .. }| {
        let run = |term, at: Option<i64>| Maintenance::Run {
            family: 3,
            entries: vec![(term, 1)],
            expires_at: at.map(Time),
        };
        for work in [run(1, Some(10)), run(2, Some(20)), run(3, None)] {
            journal.maintain(&work).unwrap();
        }
        journal.maintain(&run(4, Some(20))).unwrap();
        let found = |journal: &dyn Journal| {
            let view = journal.reader().view().unwrap();
            (1..=4).filter(|term| !view.lookup(3, *term).unwrap().is_empty()).collect::<Vec<u64>>()
        };
        for (now, left) in [(9, vec![1, 2, 3, 4]), (10, vec![2, 3, 4]), (20, vec![3])] {
            journal.maintain(&Maintenance::Expire { now: Time(now) }).unwrap();
            assert_eq!(found(&**journal), left, "{name}, at {now}");
        }
    });
}

#[test]
fn merged_runs_keep_what_has_not_expired_and_go_in_the_end() {
    each(|Subject { name, journal, .. }| {
        for term in 1..=40_u64 {
            let expires_at = Some(Time(i64::try_from(term).unwrap()));
            let entries = vec![(term, term)];
            journal.maintain(&Maintenance::Run { family: 3, entries, expires_at }).unwrap();
        }
        journal.maintain(&Maintenance::Expire { now: Time(20) }).unwrap();
        let view = journal.reader().view().unwrap();
        assert!((21..=40).all(|term| view.lookup(3, term).unwrap() == [term]), "{name}");
        journal.maintain(&Maintenance::Expire { now: Time(40) }).unwrap();
        let view = journal.reader().view().unwrap();
        assert!((1..=40).all(|term| view.lookup(3, term).unwrap().is_empty()), "{name}");
    });
}

#[test]
fn a_snapshot_is_the_newest_chunk_of_each_group_at_its_seq() {
    const HOUR: i64 = 3_600_000;
    each(|Subject { name, journal, .. }| {
        let mut draw = Draw::new(3);
        let mut state: BTreeMap<(u8, u32), Vec<u8>> = BTreeMap::new();
        let mut taken = Vec::new();
        assert!(journal.reader().view().unwrap().snapshot(Seq(9)).unwrap().is_none());
        for step in 1..=60_i64 {
            journal.append(&records(step, &[b"x", b"y"])).unwrap();
            let seq = journal.head().seq;
            let mut chunks = Vec::new();
            for _ in 0..draw.below(4) {
                let (kind, chunk) = (1 + u8::try_from(draw.below(2)).unwrap(), draw.below(5));
                let chunk = u32::try_from(chunk).unwrap();
                let empty = draw.below(4) == 0;
                let bytes = if empty { Vec::new() } else { draw.bytes(3_000) };
                state.insert((kind, chunk), bytes.clone());
                chunks.push(SnapshotChunk { kind, chunk, bytes });
            }
            let at = Time(step * HOUR);
            journal.maintain(&Maintenance::Snapshot { seq, at, chunks }).unwrap();
            let mut full = state.clone();
            full.retain(|_, bytes| !bytes.is_empty());
            taken.push((seq, at, full));
            let view = journal.reader().view().unwrap();
            for (i, (seq, at, full)) in taken.iter().enumerate() {
                let newer = taken.get(i + 1).map_or(journal.head().seq.0, |next| next.0.0 - 1);
                for asked in [seq.0, newer] {
                    let found = view.snapshot(Seq(asked)).unwrap();
                    if at.0 < (step - 24) * HOUR {
                        assert!(found.is_none(), "{name}: pruned");
                        continue;
                    }
                    let found = found.unwrap();
                    assert_eq!((found.seq, found.at), (*seq, *at), "{name}, step {step}");
                    let chunks = found.chunks.into_iter().map(|c| ((c.kind, c.chunk), c.bytes));
                    assert_eq!(chunks.collect::<BTreeMap<_, _>>(), *full, "{name}, step {step}");
                }
            }
        }
        journal.reader().view().unwrap().check().unwrap();
    });
}
