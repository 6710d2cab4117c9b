//! The checker keeps little and stays linear.

use super::*;

#[test]
fn thousands_of_calls_leave_nothing_behind_but_their_phase() {
    let mut checker = Checker::new();
    for record in &Book::new().records {
        checker.record(record);
    }
    let mut seq = 1;
    let mut next = |events| {
        seq += 1;
        let actor = Actor::Clock;
        let at = Time(1_000 * i64::try_from(seq).unwrap());
        Record {
            seq: Seq(seq),
            at,
            actor,
            key: None,
            causation: None,
            trace: None,
            reason: None,
            events,
        }
    };
    for call in 1..=5_000 {
        checker.record(&next(vec![
            received(call, 1),
            opened(call),
            committed(call, 1, AssignedBy::Auto),
        ]));
        checker.record(&next(vec![started(call, 1)]));
        checker.record(&next(vec![finished(call, 1), completed(call)]));
    }
    let report = checker.finish(Quiet::Yes { at: Time(i64::MAX) });
    assert!(report.is_clean(), "{:?}", report.faults.first());
    assert_eq!((report.calls, report.records), (5_000, 15_001));
    assert_eq!(checker.live_calls().count(), 0);
    assert_eq!(checker.call_facts(CallId(17)), None, "ended calls are forgotten");
    assert_eq!(checker.call_phase(CallId(17)), Some(crate::domain::phase::Phase::Completed));
    assert_eq!(checker.call_phase(CallId(5_001)), None);
}

#[test]
fn faults_are_counted_beyond_those_that_are_kept() {
    let mut book = open_calls();
    for _ in 0..1_100 {
        book = book.rec(5_000, vec![opened(99)]);
    }
    let report = book.check(Quiet::No);
    assert_eq!(report.faults.len(), crate::verify::FAULTS_MAX);
    assert!(report.fault_count > 1_000);
    let broken: u64 = report.rules.iter().map(|r| r.broken).sum();
    assert_eq!(broken, report.fault_count);
}

fn open_calls() -> Book {
    Book::new().rec(1_000, vec![received(1, 1), opened(1)])
}
