//! What descriptions and rows may say, and what is told of those that may not.

use super::*;
use ascall_engine::domain::profile::Lang;

/// The day of `toml`, beside files of such names and texts.
fn read(toml: &str, files: &[(&str, &str)]) -> Result<Day, ReplayError> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let path = folder.path().join("day.toml");
    std::fs::write(&path, toml).unwrap();
    Day::read(&path, None)
}

/// A day with times by the clock: its rules, the columns of its workers, calls and workers.
fn clocked(head: &str, calls: &str, workers: &str) -> Result<Day, ReplayError> {
    let toml = format!(
        "title = 'clock'\ngive_up_min = 30\nstay_min = 5\n{head}\n[travel]\nmin_per_km = 2\n\
         [calls]\nfile = 'calls.csv'\nid = 'id'\nfrom = 'at'\nready = 'ready'\nbegun = 'begun'\ndone = 'done'\n\
         unit = 'clock'\nlat = 'lat'\nlon = 'lon'\n\
         [workers]\nfile = 'workers.csv'\nid = 'id'\nfrom = 'from'\nuntil = 'until'\nunit = 'clock'\nlat = 'lat'\n\
         lon = 'lon'\n"
    );
    let calls = format!("id,at,lat,lon,ready,begun,done\n{calls}");
    let workers = format!("id,lat,lon,from,until\n{workers}");
    read(&toml, &[("calls.csv", &calls), ("workers.csv", &workers)])
}

fn refused(day: Result<Day, ReplayError>) -> String {
    day.unwrap_err().to_string()
}

fn at(minutes: f64) -> Time {
    MIDNIGHT.plus(millis(minutes))
}

const ONE_CALL: &str = "id,at,lat,lon,to_lat,to_lon\na,600,37,127,37.01,127\n";
const ONE_WORKER: &str = "id,lat,lon\nw,37,127\n";

#[test]
fn a_day_without_a_tick_is_replayed_under_every_policy() {
    let (_folder, day) = written(&format!("tick_s = 0\n{RULES}"), ONE_CALL, ONE_WORKER);
    let day = day.unwrap();
    for name in ["nearest", "batch", "foresight"] {
        assert_eq!(run(&day, name).result.served, 1, "{name}");
    }
}

#[test]
fn what_the_engine_would_refuse_is_refused_where_it_stands() {
    for (key, was, is) in [
        ("give_up_min", "give_up_min = 30", "give_up_min = 0"),
        ("leave_min", "leave_min = 1", "leave_min = 10000"),
        ("travel.fixed_min", "fixed_min = 5", "fixed_min = 2000"),
        ("travel.min_per_km", "min_per_km = 2.6", "min_per_km = 200"),
        ("travel.factor", "fixed_min = 5", "factor = 0"),
        ("travel.km_per_h", "min_per_km = 2.6", "km_per_h = 0.5"),
        ("foresight.horizon_min", "[travel]", "[foresight]\nhorizon_min = 90\n[travel]"),
        ("foresight.later_pct", "[travel]", "[foresight]\nlater_pct = 99999\n[travel]"),
        ("foresight.reach_min", "[travel]", "[foresight]\nreach_min = 9999\n[travel]"),
        ("travel.km_per_h", "fixed_min = 5", "km_per_h = 30"),
        ("travel.table", "fixed_min = 5", "table = 'ways.csv'"),
    ] {
        let rules = RULES.replace(was, is);
        let said = refused(written(&rules, ONE_CALL, ONE_WORKER).1);
        let line = said.split("day.toml:").nth(1).and_then(|s| s.split(':').next()).unwrap();
        assert!(line.parse::<usize>().is_ok() && said.contains(&format!("`{key}`")), "{said}");
    }
    let said = refused(written("give_up_min = 30\n[travel]", ONE_CALL, ONE_WORKER).1);
    assert!(said.contains("does not say how long a way takes"), "{said}");
    // The slowest and the longest that may be said are taken by every policy.
    let slowest = "give_up_min = 10000\nstay_min = 1440\nleave_min = 1440\n[foresight]\nhorizon_min = 60\nlater_pct = 10000\n\
                   reach_min = 1440\n[travel]\nfixed_min = 1440\nmin_per_km = 100\nfactor = 100";
    let day = written(slowest, ONE_CALL, ONE_WORKER).1.unwrap();
    for name in ["nearest", "batch", "foresight"] {
        let result = run(&day, name).result;
        assert_eq!((result.served, result.faults), (1, 0), "{name}");
    }
}

#[test]
fn rows_of_one_worker_are_one_worker_with_several_shifts() {
    let calls = "a,09:00,37.5,127,,,\nb,14:00,37.5,127,,,\nc,19:00,37.6,127,,,\n";
    let workers = "w,37.6,127,18:00,20:00\nw,37.5,127,08:00,10:00\nw,37.5,127,10:00,12:00\n";
    let day = clocked("", calls, workers).unwrap();
    assert_eq!(day.workers.len(), 1);
    let shifts: Vec<(Time, Time)> =
        day.workers[0].shifts.iter().map(|shift| (shift.from, shift.until)).collect();
    let hours = |from, until| (at(60.0 * from), at(60.0 * until));
    assert_eq!(shifts, [hours(8.0, 12.0), hours(18.0, 20.0)], "those that touch are one");
    let Outcome { result, calls } = run(&day, "batch");
    let served: Vec<bool> = calls.iter().map(|call| call.worker.is_some()).collect();
    assert_eq!(served, [true, false, true], "nobody works in the break");
    assert_eq!(calls[2].pickup_km, Some(0.0), "the second shift begins at its own place");
    assert_eq!((result.workers, result.faults), (1, 0));
    let said = refused(clocked("", ONE, "w,37,127,08:00,12:00\nw,37,127,11:00,13:00\n"));
    assert!(said.ends_with("workers.csv:3: `w` is on shift at that time already, in line 2"));
}

const ONE: &str = "a,09:00,37.5,127,,,\n";

#[test]
fn a_row_without_a_name_and_a_call_that_is_there_twice_are_faults() {
    let said = refused(clocked("", &format!("{ONE}{ONE}"), "w,37,127,08:00,12:00\n"));
    assert!(said.ends_with("calls.csv:3: the call `a` is there already, in line 2"), "{said}");
    let said = refused(clocked("", ",09:00,37.5,127,,,\n", "w,37,127,08:00,12:00\n"));
    assert!(said.ends_with("calls.csv:2: column `id` is empty"), "{said}");
    let said = refused(clocked("", ONE, ",37,127,08:00,12:00\n"));
    assert!(said.ends_with("workers.csv:2: column `id` is empty"), "{said}");
}

#[test]
fn times_by_the_clock_go_on_past_midnight_as_far_as_the_day_does() {
    let calls =
        "a,23:50,37.5,127,00:10,23:55,00:40\nb,00:30,37.5,127,00:25,,\nc,02:30,37.5,127,,,\n";
    let workers = "w,37.5,127,22:00,06:00\nx,37.5,127,00:15,01:00\ny,37.5,127,09:00,17:00\n";
    let day = clocked("from_min = 1080\nuntil_min = 1560", calls, workers).unwrap();
    let times: Vec<(Time, Option<Time>, Option<Millis>)> =
        day.calls.iter().map(|call| (call.at, call.ready, call.work)).collect();
    assert_eq!(
        times,
        [
            (at(1_430.0), Some(at(1_450.0)), Some(Millis::mins(45))),
            (at(1_470.0), Some(at(1_465.0)), None)
        ]
    );
    let shifts: Vec<(&str, Time, Time)> =
        day.workers.iter().map(|w| (&*w.id, w.shifts[0].from, w.shifts[0].until)).collect();
    assert_eq!(shifts, [("w", at(1_320.0), at(1_560.0)), ("x", at(1_455.0), at(1_500.0))]);
    assert_eq!(
        english(&day.known.left_out),
        [
            "calls outside the day: 1",
            "shifts that are empty or outside the day: 1",
            "shifts cut where they go on beyond the day: 1"
        ]
    );
    assert!(english(&day.known.modelled).iter().any(|line| line.contains("does not know")));
    let said = day.known.modelled[0].text(Lang::Ko);
    assert!(said.starts_with("이동 시간: "), "{said}");
}

#[test]
fn that_foresight_expects_what_comes_true_is_said_only_when_it_is_true() {
    let truly = |day: &Day| english(&day.known.modelled).iter().any(|s| s.contains("come true"));
    assert!(truly(&written(RULES, ONE_CALL, ONE_WORKER).1.unwrap()));
    assert!(!truly(&Day::read(&fixture("sf_medic.toml"), None).unwrap()));
}

#[test]
fn a_table_that_falls_at_its_end_gives_no_way_for_nothing() {
    let toml = "title = 't'\ngive_up_min = 30\n[travel]\ntable = 'ways.csv'\n[calls]\nfile = 'calls.csv'\nid = 'id'\n\
                from = 'at'\nlat = 'lat'\nlon = 'lon'\n[workers]\nfile = 'workers.csv'\nid = 'id'\nlat = 'lat'\nlon = 'lon'\n";
    let calls = ONE_CALL.replace("37,127,37.01", "39,127,37.01");
    let files = |ways| [("calls.csv", &*calls), ("workers.csv", ONE_WORKER), ("ways.csv", ways)];
    let day = read(toml, &files("km,minutes\n0,4\n1,9\n2,8\n")).unwrap();
    assert_eq!(run(&day, "nearest").calls[0].wait_min, Some(8.0));
    let said = refused(read(toml, &files("km,minutes\n0,0\n0.01,9000\n")));
    assert!(said.ends_with("ways.csv:1: the ways take longer than a day"), "{said}");
}

#[test]
fn files_in_another_writing_or_with_other_separators_are_told_in_one_line() {
    let said = refused(written(RULES, &ONE_CALL.replace(',', ";"), ONE_WORKER).1);
    assert!(said.contains("calls.csv:1: its separator is `;`"), "{said}");
    let doubled = ONE_CALL.replace("to_lon\n", "at\n").replace("to_lat,at", "to_lon,at");
    let said = refused(written(RULES, &doubled, ONE_WORKER).1);
    assert!(said.ends_with("calls.csv:1: several columns are called `at`"), "{said}");
    let (folder, _) = written(RULES, ONE_CALL, ONE_WORKER);
    let mut bytes = ONE_CALL.as_bytes().to_vec();
    bytes.extend(b"\xc8\xab\xb1\xe6,600,37,127,37,127\n");
    std::fs::write(folder.path().join("calls.csv"), bytes).unwrap();
    let said = refused(Day::read(&folder.path().join("day.toml"), None));
    assert!(said.contains("is not UTF-8 text: save it as UTF-8"), "{said}");
    let ragged = ONE_CALL.replace("37.01,127\n", "37.01\n");
    let said = refused(written(RULES, &ragged, ONE_WORKER).1);
    assert!(said.ends_with("calls.csv:2: has 5 cells, and 6 columns have a head"), "{said}");
}

#[test]
fn work_beyond_the_end_of_the_shift_takes_nothing_off_the_idle_time_before() {
    // An hour of shift: at 08:50 the worker gets a call that keeps them 3 hours.
    let day = clocked("", "a,08:50,37.5,127,,08:50,11:50\n", "w,37.5,127,08:00,09:00\n").unwrap();
    let result = run(&day, "nearest").result;
    assert!((result.busy_h - 3.0).abs() < 1e-6, "{result:?}");
    assert!((result.idle_h - 50.0 / 60.0).abs() < 1e-6, "{result:?}");
}

#[test]
fn the_same_calls_get_the_same_verdict_at_any_time_of_the_day() {
    let verdicts = |begin: u32| {
        let line = |i: u32| format!("c{i},{},37.{:02},127,37.5,127.1\n", begin + i / 2, i * 7 % 60);
        let calls: Vec<String> = (0..120).map(line).collect();
        let workers: Vec<String> = (0..4).map(|i| format!("w{i},37.{i}5,127\n")).collect();
        let (calls, workers) = (calls.concat(), workers.concat());
        let (_folder, day) =
            written(RULES, &format!("{CALLS}{calls}"), &format!("{WORKERS}{workers}"));
        let day = day.unwrap();
        let mut outcomes = ["nearest", "batch"].map(|name| run(&day, name)).to_vec();
        crate::load::replay::compare(&mut outcomes, 1);
        outcomes.iter().map(|o| o.result.beside.as_ref().unwrap().verdict).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(0), [Verdict::TooShort; 2]);
    assert_eq!(verdicts(0), verdicts(22 * 60));
}
