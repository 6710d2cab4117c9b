//! Days from a desk's own journal: what is taken as recorded, what is scaled, what is left out.

use super::*;
use ascall_engine::domain::event::{Event, Mode, Record, Why};
use ascall_engine::domain::ids::{CallId, WorkerId};

/// The journal of a day that was driven, changed by `change`, as a day again.
fn changed(day: &Day, way_name: &str, change: impl FnOnce(&mut Past, &Record)) -> Day {
    let driven = drive::drive(day, way(way_name), 1).unwrap();
    let mut past = Past::new(Span { from: MIDNIGHT, until: MIDNIGHT.plus(Millis::hours(48)) });
    driven.records.iter().for_each(|record| past.record(record));
    change(&mut past, &driven.records[0]);
    let mut again = past.day(None, "again").unwrap();
    again.rules.stale_after = None;
    again
}

#[test]
fn modelled_ways_are_as_much_slower_than_the_rule_as_the_recorded_ones() {
    let mut day = Day::read(&fixture("evening.toml"), None).unwrap();
    assert!((changed(&day, "nearest", |_, _| {}).rules.pace - 1.0).abs() < 0.01);
    // The ways really take twice as long as the desk believes.
    day.rules.pace = 2.0;
    let again = changed(&day, "nearest", |_, _| {});
    assert!((again.rules.pace - 2.0).abs() < 0.01, "{}", again.rules.pace);
    let said = english(&again.known.modelled);
    assert!(said.iter().any(|line| line.starts_with("that way is multiplied by 2.00: ")));
    // So the policy that ran has no advantage from its recorded ways: another one, replayed from the record or from the
    // day itself, makes nearly the same of it.
    let [here, there] = [&day, &again].map(|day| run(day, "batch").result.wait_mean_min);
    assert!((here - there).abs() < 0.05 * here, "{here} {there}");
}

#[test]
fn from_few_recorded_ways_nothing_is_scaled_and_that_is_said() {
    let calls = format!("{CALLS}a,600,37.01,127,37.02,127\n");
    let (_folder, day) = written(RULES, &calls, &format!("{WORKERS}w,37,127\n"));
    let again = changed(&day.unwrap(), "nearest", |_, _| {});
    assert!((again.rules.pace - 1.0).abs() < 1e-9);
    let said = english(&again.known.modelled);
    assert!(said.iter().any(|line| line.starts_with("too few ways were recorded (1 of 20)")));
}

#[test]
fn a_line_that_ticks_at_once_can_be_replayed_with_foresight() {
    let mut day = Day::read(&fixture("evening.toml"), None).unwrap();
    day.rules.tick = Millis(0);
    let again = changed(&day, "batch", |_, _| {});
    assert_eq!(again.rules.tick, Millis(0));
    assert_eq!(run(&again, "foresight").result.faults, 0);
}

#[test]
fn a_shift_that_still_runs_idles_to_the_last_record_and_takes_calls_to_the_end_of_the_day() {
    let calls = format!("{CALLS}a,600,37.01,127,37.02,127\n");
    let (_folder, day) = written(RULES, &calls, &format!("{WORKERS}w,37,127\n"));
    let mut day = day.unwrap();
    // The shift ends after the day that is asked for: its end is not in the journal yet.
    day.workers[0].shifts[0].last = MIDNIGHT.plus(Millis::hours(99));
    let driven = drive::drive(&day, way("nearest"), 1).unwrap();
    let mut past = Past::new(Span { from: MIDNIGHT, until: MIDNIGHT.plus(Millis::hours(24)) });
    let today = driven.records.iter().filter(|record| record.at < MIDNIGHT.plus(Millis::hours(24)));
    let mut last = MIDNIGHT;
    for record in today {
        past.record(record);
        last = record.at;
    }
    let again = past.day(None, "today").unwrap();
    let shift = again.workers[0].shifts[0];
    assert_eq!((shift.until, shift.last), (last, MIDNIGHT.plus(Millis::hours(24))));
}

#[test]
fn a_call_that_was_on_hold_is_so_again_and_for_as_long() {
    let calls = format!("{CALLS}a,600,37.01,127,37.02,127\nb,601,37.01,127,37.02,127\n");
    let (_folder, day) = written(RULES, &calls, &format!("{WORKERS}w,37,127\n"));
    let mut day = day.unwrap();
    let minute = |m: f64| MIDNIGHT.plus(millis(m));
    day.calls[1].holds = vec![(minute(602.0), minute(625.0))];
    let again = changed(&day, "nearest", |_, _| {});
    assert_eq!(again.calls[1].holds, day.calls[1].holds);
    assert!(english(&again.known.observed).contains(&"when calls were on hold: 1".to_owned()));
    let calls = run(&again, "nearest").calls;
    assert_eq!(calls[1].assigned_min, Some(625.0), "{calls:?}");
    assert_eq!(run(&again, "nearest").result.agreement.unwrap().same, 2);
}

#[test]
fn what_is_not_replayed_of_a_journal_is_counted() {
    // The second call fails while the only worker drives the first one far away.
    let calls = format!("{CALLS}a,600,37,127,37.2,127\nb,601,37,127,37.2,127\n");
    let day = written(RULES, &calls, &format!("{WORKERS}w,37,127\n")).1.unwrap();
    let at = MIDNIGHT.plus(millis(1_100.0));
    let again = changed(&day, "nearest", |past, record| {
        let mut happen = |event: Event, minutes: u64| {
            let (events, at) = (vec![event], at.plus(Millis::mins(minutes)));
            past.record(&Record { events, at, ..record.clone() });
        };
        for (mode, minutes) in [(Mode::Stopped, 0), (Mode::Running, 5), (Mode::Stopped, 9)] {
            happen(Event::AssignModeSet { mode }, minutes);
        }
        for why in [Why::NoShow, Why::Released, Why::Canceled] {
            let (call, worker) = (CallId(2), WorkerId(1));
            happen(Event::AssignmentReleased { call, worker, why, exclude: true }, 10);
        }
    });
    let said = english(&again.known.left_out);
    for line in [
        "assignments that were taken off a worker again: 1",
        "assignments to which the worker did not come: 1",
        "times when automatic assignment was stopped or slow (in the replay it never is): 2",
    ] {
        assert!(said.contains(&line.to_owned()), "{said:?}");
    }
}
