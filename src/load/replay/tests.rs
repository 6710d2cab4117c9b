//! Days replayed: the rules of a day, the same journal again, and what the policies make of it.

mod files;
mod journal;

use super::day::{MIDNIGHT, millis};
use super::words::english;
use super::{Day, Outcome, Past, ReplayError, Span, Verdict, Way, drive, judge, replay};
use ascall_engine::domain::ids::{Millis, Time};
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/days").join(name)
}

fn way(name: &str) -> Way {
    name.parse().unwrap()
}

fn run(day: &Day, name: &str) -> Outcome {
    replay(day, way(name), 1).unwrap()
}

/// A day of a few lines, in a folder of its own.
fn written(
    head: &str,
    calls: &str,
    workers: &str,
) -> (tempfile::TempDir, Result<Day, ReplayError>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("calls.csv"), calls).unwrap();
    std::fs::write(folder.path().join("workers.csv"), workers).unwrap();
    let text = format!(
        "title = 'a day'\n{head}\n[calls]\nfile = 'calls.csv'\nid = 'id'\nfrom = 'at'\nlat = 'lat'\nlon = 'lon'\n\
         to_lat = 'to_lat'\nto_lon = 'to_lon'\n\
         [workers]\nfile = 'workers.csv'\nid = 'id'\nlat = 'lat'\nlon = 'lon'\n"
    );
    let path = folder.path().join("day.toml");
    std::fs::write(&path, text).unwrap();
    let day = Day::read(&path, None);
    (folder, day)
}

const RULES: &str =
    "give_up_min = 30\nstay_min = 2\nleave_min = 1\n[travel]\nfixed_min = 5\nmin_per_km = 2.6";
const CALLS: &str = "id,at,lat,lon,to_lat,to_lon\n";
const WORKERS: &str = "id,lat,lon\n";

/// Each policy, and each order that one may have.
const WAYS: [&str; 7] = [
    "nearest",
    "longest_idle",
    "random",
    "batch",
    "batch:newest_first",
    "batch:longest_first",
    "foresight",
];

fn the_same_again(name: &str) {
    let day = Day::read(&fixture(name), None).unwrap();
    let mut hashes = std::collections::BTreeSet::new();
    for policy in WAYS {
        let (one, other) = (run(&day, policy), run(&day, policy));
        assert_eq!(one.result.journal, other.result.journal, "{policy}");
        assert_eq!(one.result.journal.as_ref().map(String::len), Some(32), "{policy}");
        assert_eq!(one.calls, other.calls, "{policy}");
        hashes.insert(one.result.journal);
    }
    assert_eq!(hashes.len(), WAYS.len(), "each policy makes a day of its own");
    let seeds = [1, 2].map(|seed| replay(&day, way("random"), seed).unwrap());
    assert_ne!(seeds[0].calls, seeds[1].calls);
    assert_ne!(seeds[0].result.journal, seeds[1].result.journal);
}

#[test]
fn the_same_day_policy_and_seed_give_the_same_journal_on_every_run() {
    the_same_again("evening.toml");
}

#[test]
fn a_day_of_the_san_francisco_week_gives_the_same_journal_on_every_run() {
    the_same_again("sf_medic.toml");
}

#[test]
fn every_call_of_a_day_is_served_or_given_up_and_the_checker_finds_nothing() {
    for name in ["evening.toml", "sf_medic.toml"] {
        let day = Day::read(&fixture(name), None).unwrap();
        for policy in
            ["nearest", "nearest:newest_first", "batch:longest_first", "batch", "foresight"]
        {
            let Outcome { result, calls } = run(&day, policy);
            assert_eq!(result.faults, 0, "{name} {policy}");
            assert_eq!((result.calls, result.served + result.failed), (calls.len(), calls.len()));
            assert!(
                calls.iter().all(|c| c.worker.is_some() != c.failed_min.is_some()),
                "{name} {policy}"
            );
            assert!(calls.iter().all(|c| c.pickup_min >= c.assigned_min), "{name} {policy}");
        }
    }
}

#[test]
fn on_the_invented_evening_foresight_fails_fewer_calls_than_batch_and_batch_fewer_than_nearest() {
    let day = Day::read(&fixture("evening.toml"), None).unwrap();
    let [nearest, batch, foresight] =
        ["nearest", "batch", "foresight"].map(|name| run(&day, name).result);
    assert!(nearest.failed_pct > batch.failed_pct, "{nearest:?}\n{batch:?}");
    assert!(batch.failed_pct > foresight.failed_pct, "{batch:?}\n{foresight:?}");
}

#[test]
fn a_call_waits_from_its_coming_in_to_the_arrival_and_the_worker_is_busy_to_the_end() {
    // One degree of latitude is 111.195 km: the way to the call takes 5 + 2.6 x 1.11195 minutes, and the ride as long.
    let calls = format!("{CALLS}a,600,37.01,127,37.02,127\n");
    let (_folder, day) = written(RULES, &calls, &format!("{WORKERS}w,37,127\n"));
    let outcome = run(&day.unwrap(), "batch");
    let call = &outcome.calls[0];
    let way = 5.0 + 2.6 * 1.111_95;
    let near = |found: Option<f64>, expected: f64| (found.unwrap() - expected).abs() < 0.001;
    assert!(near(call.assigned_min, 600.0), "{call:?}");
    assert!(near(call.wait_min, way), "{call:?}");
    assert!(near(call.free_min, 600.0 + way + 2.0 + way + 1.0), "{call:?}");
    assert!((outcome.result.wait_mean_min - way).abs() < 0.001);
    assert!((outcome.result.busy_h - (2.0 * way + 3.0) / 60.0).abs() < 0.001);
}

#[test]
fn a_call_nobody_comes_to_fails_when_its_patience_is_over() {
    let calls = format!("{CALLS}a,600,37,127,37.2,127\nb,601,37,127,37.2,127\n");
    let (_folder, day) = written(RULES, &calls, &format!("{WORKERS}w,37,127\n"));
    let outcome = run(&day.unwrap(), "batch");
    assert_eq!((outcome.result.failed, outcome.result.served), (1, 1));
    assert_eq!(outcome.calls[1].failed_min, Some(631.0));
    assert!((outcome.result.failed_pct - 50.0).abs() < 1e-9);
}

#[test]
fn times_are_read_in_every_form_and_a_bad_row_is_named() {
    let rules = |unit: &str| {
        RULES.replace("[travel]", "date = '2026-11-21'\nutc_offset = '+09:00'\n[travel]")
            + &format!("\n#{unit}")
    };
    for (unit, text) in [
        ("min", "600.5"),
        ("hour", "10.0083333"),
        ("sec", "36030"),
        ("clock", "10:00:30"),
        ("date", "2026-11-21T10:00:30"),
        ("date", "2026-11-21 10:00:30.000"),
        ("date", "2026-11-21T01:00:30Z"),
        ("date", "2026/11/21 10:00:30"),
        ("epoch", "1795222830"),
        ("epoch", "1795222830000"),
    ] {
        let (folder, _) = written(
            &rules(unit),
            &format!("{CALLS}a,{text},37,127,37,127\n"),
            &format!("{WORKERS}w,37,127\n"),
        );
        let path = folder.path().join("day.toml");
        let toml = std::fs::read_to_string(&path).unwrap();
        let toml = toml.replace("from = 'at'", &format!("from = 'at'\nunit = '{unit}'"));
        std::fs::write(&path, toml).unwrap();
        let day = Day::read(&path, None).unwrap();
        let expected = MIDNIGHT.plus(millis(600.5));
        assert!(day.calls[0].at.0.abs_diff(expected.0) < 10, "{unit}: {:?}", day.calls[0].at);
    }
    let calls = format!("{CALLS}a,600,37,127,37,127\nb,soon,37,127,37,127\n");
    let (_folder, day) = written(RULES, &calls, &format!("{WORKERS}w,37,127\n"));
    let said = day.unwrap_err().to_string();
    assert!(
        said.ends_with(
            "calls.csv:3: column `at`: `soon` is no time of the form `605.5` (`unit = \"min\"`)"
        ),
        "{said}"
    );
    let (_folder, day) = written(RULES, &calls.replace("lat,lon,to", "lat,long,to"), WORKERS);
    let said = day.unwrap_err().to_string();
    assert!(
        said.ends_with("calls.csv:1: there is no column `lon`; did you mean `long`?"),
        "{said}"
    );
    let (_folder, day) = written(RULES, CALLS, &format!("{WORKERS}w,37,127\n"));
    assert_eq!(day.unwrap_err().to_string(), "the day has no calls");
}

#[test]
fn what_is_outside_the_day_is_cut_off() {
    let calls = format!("{CALLS}a,359,37,127,37,127\nb,360,37,127,37,127\nc,720,37,127,37,127\n");
    let rules = format!("from_min = 360\nuntil_min = 720\n{RULES}");
    let (_folder, day) = written(&rules, &calls, &format!("{WORKERS}w,37,127\n"));
    let day = day.unwrap();
    let at: Vec<Time> = day.calls.iter().map(|call| call.at).collect();
    assert_eq!(at, [MIDNIGHT.plus(millis(360.0))]);
    assert_eq!(day.workers[0].shifts[0].until, MIDNIGHT.plus(millis(720.0)));
    assert_eq!(english(&day.known.left_out), ["calls outside the day: 2"]);
}

#[test]
fn a_table_of_travel_times_is_read_between_its_rows_and_beyond() {
    let rules = "give_up_min = 30\n[travel]\ntable = 'ways.csv'";
    let calls = format!("{CALLS}a,600,37.01,127,37.01,127\n");
    let (folder, day) = written(rules, &calls, &format!("{WORKERS}w,37,127\n"));
    assert!(matches!(day, Err(ReplayError::File { .. })));
    std::fs::write(folder.path().join("ways.csv"), "km,minutes\n0,4\n1,8\n2,10\n").unwrap();
    let day = Day::read(&folder.path().join("day.toml"), None).unwrap();
    let wait = run(&day, "nearest").calls[0].wait_min.unwrap();
    assert!((wait - (8.0 + 2.0 * 0.111_95)).abs() < 0.001, "{wait}");
    assert!(english(&day.known.modelled).iter().any(|line| line.contains("by the table ways.csv")));
}

#[test]
fn a_policy_is_read_with_its_order() {
    for name in ["nearest", "random", "batch:newest_first", "nearest:longest_first", "foresight"] {
        assert_eq!(way(name).to_string(), name);
    }
    for bad in ["", "fastest", "batch:", "batch:oldest", "foresight:newest_first"] {
        assert!(bad.parse::<Way>().is_err(), "{bad}");
    }
}

/// What a day looks like to somebody who has only the journal of its replay.
fn from_journal(day: &Day, way: Way) -> (Day, drive::Driven) {
    let driven = drive::drive(day, way, 1).unwrap();
    let span = Span { from: MIDNIGHT, until: MIDNIGHT.plus(Millis::hours(48)) };
    let mut past = Past::new(span);
    driven.records.iter().for_each(|record| past.record(record));
    let mut again = past.day(None, "again").unwrap();
    // The day was driven without any place growing old.
    again.rules.stale_after = None;
    (again, driven)
}

#[test]
fn a_day_replayed_from_its_own_journal_gives_every_call_to_the_same_worker_at_the_same_time() {
    let day = Day::read(&fixture("evening.toml"), None).unwrap();
    for name in ["nearest", "longest_idle", "random", "batch", "batch:newest_first", "foresight"] {
        let (again, first) = from_journal(&day, way(name));
        let served = first.fates.iter().filter(|fate| fate.given.is_some()).count();
        let Outcome { result, calls } = run(&again, name);
        let agreed = result.agreement.unwrap();
        assert_eq!((agreed.same, agreed.of), (served, served), "{name}: {:?}", agreed.first);
        let before = judge::judge(&day, way(name), 1, first, std::time::Duration::ZERO);
        for (one, other) in before.calls.iter().zip(&calls) {
            let times =
                |call: &super::CallResult| (call.assigned_min, call.free_min, call.failed_min);
            assert_eq!(times(one), times(other), "{name}: {one:?}");
        }
        let recorded = super::as_it_was(&again).unwrap().result;
        assert!((recorded.wait_mean_min - before.result.wait_mean_min).abs() < 1e-9, "{name}");
    }
}

#[test]
fn under_another_policy_than_the_recorded_one_it_is_said_where_the_ways_part() {
    let day = Day::read(&fixture("evening.toml"), None).unwrap();
    let (again, _) = from_journal(&day, way("nearest"));
    let agreed = run(&again, "batch").result.agreement.unwrap();
    assert!(agreed.same < agreed.of, "{agreed:?}");
    let first = agreed.first.unwrap();
    assert_ne!(Some(&first.recorded), first.replayed.as_ref());
    assert!(first.recorded.starts_with("W-") && first.call.starts_with("C-"), "{first:?}");
}

#[test]
fn a_shift_past_midnight_goes_on_and_one_that_ends_before_it_begins_is_a_fault() {
    let shifts = |unit: &str, from: &str, until: &str| {
        let (folder, _) = written(
            RULES,
            &format!("{CALLS}a,600,37,127,37,127\n"),
            &format!("id,lat,lon,from,until\nw,37,127,{from},{until}\n"),
        );
        let path = folder.path().join("day.toml");
        let toml = std::fs::read_to_string(&path).unwrap();
        let toml = format!("{toml}from = 'from'\nuntil = 'until'\nunit = '{unit}'\n");
        std::fs::write(&path, toml).unwrap();
        Day::read(&path, None)
    };
    let shift = shifts("clock", "09:00", "06:00").unwrap().workers[0].shifts[0];
    assert_eq!(
        (shift.from, shift.until),
        (MIDNIGHT.plus(Millis::hours(9)), MIDNIGHT.plus(Millis::hours(24)))
    );
    let said = shifts("min", "600", "500").unwrap_err().to_string();
    assert!(said.ends_with("workers.csv:2: the shift ends before it begins"), "{said}");
    let said = shifts("min", "09:00", "500").unwrap_err().to_string();
    assert!(
        said.ends_with(
            "`09:00` is no time of the form `605.5` (`unit = \"min\"`); is it `unit = \"clock\"`?"
        ),
        "{said}"
    );
}

#[test]
fn an_empty_cell_is_a_fault_unless_the_description_says_that_such_rows_are_left_out() {
    let calls = format!("{CALLS}a,600,37,127,37,127\nb,601,,127,37,127\nc,602,37,127,,\n");
    let (folder, day) = written(RULES, &calls, &format!("{WORKERS}w,37,127\n"));
    let said = day.unwrap_err().to_string();
    assert!(said.contains("calls.csv:3: column `lat` is empty"), "{said}");
    let path = folder.path().join("day.toml");
    let toml = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, toml.replace("from = 'at'", "from = 'at'\nmissing = 'skip'")).unwrap();
    let day = Day::read(&path, None).unwrap();
    assert_eq!((day.calls.len(), day.calls[1].to), (2, None));
    assert_eq!(english(&day.known.left_out), ["calls without their time or place: 1"]);
    assert!(english(&day.known.modelled).iter().any(|line| line.ends_with("where the call is: 1")));
}

#[test]
fn the_advice_names_the_better_policy_and_what_may_be_chance() {
    let day = Day::read(&fixture("evening.toml"), None).unwrap();
    let mut outcomes = ["nearest", "foresight", "foresight"].map(|name| run(&day, name)).to_vec();
    super::compare(&mut outcomes, 1);
    let verdicts: Vec<Verdict> =
        outcomes.iter().filter_map(|o| Some(o.result.beside.as_ref()?.verdict)).collect();
    assert!(matches!(verdicts[0], Verdict::FailsMore | Verdict::WaitsLonger), "{verdicts:?}");
    assert_eq!(verdicts[1..], [Verdict::Best, Verdict::Level]);
}
