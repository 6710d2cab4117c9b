//! A recorded day replayed from the command line.

use crate::sealed::Sealed;
use serde_json::Value;
use std::path::Path;

fn day(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/days").join(name).display().to_string()
}

#[test]
fn a_day_is_replayed_under_several_policies_and_the_same_seed_gives_the_same_journal() {
    let desk = Sealed::new();
    let day = day("evening.toml");
    let run = || {
        let seeded = ["replay", &day, "--seed", "7", "-o", "json"];
        let ways = ["--policy", "nearest,batch", "--policy", "foresight"];
        let text = desk.ok(&[&seeded[..], &ways].concat());
        let mut all: Vec<Value> = serde_json::from_str(&text).unwrap();
        for one in &mut all {
            assert!(one["elapsed_s"].take().as_f64().is_some());
        }
        all
    };
    let all = run();
    let names: Vec<&str> = all.iter().filter_map(|one| one["policy"].as_str()).collect();
    assert_eq!(names, ["nearest", "batch", "foresight"]);
    for one in &all {
        for key in [
            "calls",
            "served",
            "failed_pct",
            "wait_mean_min",
            "wait_p50_min",
            "wait_p90_min",
            "wait_max_min",
            "workers_used",
        ] {
            assert!(one[key].as_f64().is_some(), "{key}: {one}");
        }
        assert_eq!((one["calls"].as_u64(), one["faults"].as_u64()), (Some(420), Some(0)));
        assert!(one["modelled"].as_array().is_some_and(|said| !said.is_empty()));
    }
    assert_eq!(all, run());
}

#[test]
fn what_became_of_each_call_is_written_to_a_file() {
    let desk = Sealed::new();
    let file = desk.write("fates.ndjson", "");
    let file = file.display().to_string();
    desk.ok(&["replay", &day("sf_medic.toml"), "--policy", "batch", "--calls", &file]);
    let text = std::fs::read_to_string(&file).unwrap();
    let fates: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(fates.len(), 204);
    assert!(fates.iter().all(|fate| fate["policy"] == "batch"));
    let file = desk.path("fates.csv").display().to_string();
    let args = ["replay", &day("sf_medic.toml"), "--day", "2020-04-13", "--policy", "batch"];
    desk.ok(&[&args[..], &["--calls", &file]].concat());
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("policy,call,request_min,worker,"), "{text}");
    assert_eq!(text.lines().count(), 1 + 222);
}

#[test]
fn an_independent_recomputation_agrees_with_what_is_said_of_a_day() {
    let desk = Sealed::new();
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/replay/recompute.py");
    let [calls, results] = ["calls.ndjson", "results.json"].map(|name| desk.path(name));
    let calls = calls.display().to_string();
    for (name, many) in [("evening.toml", "420"), ("sf_medic.toml", "204")] {
        let (day, ways) = (day(name), "nearest,batch,batch:newest_first,foresight");
        let said = desk.ok(&["replay", &day, "--policy", ways, "--calls", &calls, "-o", "json"]);
        std::fs::write(&results, &said).unwrap();
        let recompute = || {
            let mut python = desk.program("python3");
            python.arg(&program).args([&day, &calls]).arg(&results).output().unwrap()
        };
        let agreed = recompute();
        let told = String::from_utf8(agreed.stdout).unwrap();
        assert!(agreed.status.success(), "{name}:\n{told}");
        assert!(told.contains("all holds"), "{name}:\n{told}");
        assert_eq!(told.matches(&format!("calls {many}  ")).count(), 4, "{name}:\n{told}");
        // It does look: a figure that is not so is found.
        let mut wrong: Value = serde_json::from_str(&said).unwrap();
        wrong[0]["wait_mean_min"] = (wrong[0]["wait_mean_min"].as_f64().unwrap() + 1.0).into();
        std::fs::write(&results, wrong.to_string()).unwrap();
        assert!(!recompute().status.success(), "{name}");
    }
}

#[test]
fn the_table_ends_with_which_policy_to_use_and_what_was_not_observed() {
    let desk = Sealed::new();
    let ran = desk.run(&[
        "replay",
        &day("evening.toml"),
        "--policy",
        "nearest,foresight",
        "--lang",
        "en",
    ]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let advice: Vec<&str> = ran.out.lines().skip(3).collect();
    assert!(advice[0].starts_with("use `foresight`: "), "{}", ran.out);
    assert!(
        advice[0].contains("`nearest`") && advice[0].contains("more than chance"),
        "{}",
        ran.out
    );
    let all = desk.ok(&["replay", &day("evening.toml"), "--lang", "en"]);
    let advice_of_three: Vec<&str> = all.lines().skip(4).collect();
    assert!(advice_of_three[0].starts_with("use `foresight`: "), "{all}");
    assert!(advice_of_three[1].starts_with("`batch` may do as well: "), "{all}");
    assert_eq!(advice.last(), Some(&"one day is one sample: replay other days before you decide"));
    for said in
        ["observed: ", "modelled, not observed: travel times: 3 min + 2.4 min x great-circle km"]
    {
        assert!(ran.err.contains(said), "{}", ran.err);
    }
    let rows =
        desk.ok(&["replay", &day("evening.toml"), "--policy", "nearest,foresight", "-o", "csv"]);
    let (head, best) = (rows.lines().next().unwrap(), rows.lines().nth(2).unwrap());
    assert!(head.contains(",beside_verdict,") && best.contains(",best,"), "{rows}");
}

#[test]
fn a_day_of_the_desks_own_journal_is_replayed_beside_what_really_happened() {
    let desk = Sealed::new();
    let first = desk.worker("kim", 1, "37.50,127.00", "repair");
    desk.worker("lee", 2, "37.60,127.10", "repair");
    for (tel, at) in [(11, "37.51,127.01"), (12, "37.51,127.02")] {
        let call = desk.request(tel, &["--location", at]);
        desk.ok(&["start", &call]);
        desk.ok(&["finish", &call]);
    }
    let gave_up = desk.request(13, &["--location", "37.51,127.01"]);
    desk.ok(&["cancel", &gave_up]);
    let all = desk.json(&["replay", "--policy", "nearest,random", "--seed", "2"]);
    let names: Vec<&str> =
        all.as_array().unwrap().iter().filter_map(|r| r["policy"].as_str()).collect();
    assert_eq!(names, ["recorded", "nearest", "random"]);
    assert_eq!((all[0]["calls"].as_u64(), all[0]["served"].as_u64()), (Some(3), Some(2)));
    assert_eq!(all[0]["journal"], Value::Null);
    let agreed = &all[1]["agreement"];
    assert_eq!((agreed["same"].as_u64(), agreed["of"].as_u64()), (Some(2), Some(2)), "{agreed}");
    assert_eq!(all[1]["failed"].as_u64(), Some(1), "whoever gave up does so again: {}", all[1]);
    let parted = &all[2]["agreement"]["first"];
    assert_eq!(
        (parted["recorded"].as_str(), parted["replayed"].as_str()),
        (Some("W-1"), Some("W-2"))
    );
    let observed = &all[1]["observed"][0];
    assert_eq!(observed, "when and where calls came in: 3; when callers gave up: 1");
    assert_eq!(all[1]["beside"]["verdict"], "too_short");
    let idle = all[0]["idle_h"].as_f64().unwrap();
    assert!(idle < 1.0, "shifts that still run end with the journal: {idle}");
    assert_eq!(first, "W-1");
    let said = desk.fails(2, &["replay", "--day", "2001-01-01", "--profile", "repair"]);
    assert!(said.contains("the day has no calls"), "{said}");
    let said = desk.fails(1, &["replay", "--profile", "repiar"]);
    assert!(said.contains("repair"), "{said}");
    let said = desk.fails(2, &["replay", "--day", "yesterday"]);
    assert!(said.contains("2026-11-20"), "{said}");
}

/// A small day of its own, read from `calls.csv`.
fn small(desk: &Sealed) -> (String, String) {
    desk.write("workers.csv", "id,lat,lon\nw,37.5,127\n");
    let calls = desk.write("calls.csv", "id,at,lat,lon\na,600,37.51,127\n");
    let text = "title = 'small'\nsource = ''\ngive_up_min = 30\n[travel]\nmin_per_km = 2\n\
                [calls]\nfile = 'calls.csv'\nid = 'id'\nfrom = 'at'\nlat = 'lat'\nlon = 'lon'\n\
                [workers]\nfile = 'workers.csv'\nid = 'id'\nlat = 'lat'\nlon = 'lon'\n";
    let day = desk.write("day.toml", text);
    (day.display().to_string(), calls.display().to_string())
}

#[test]
fn the_files_a_day_is_read_from_are_never_written_over() {
    let desk = Sealed::new();
    let (day, calls) = small(&desk);
    let before = std::fs::read_to_string(&calls).unwrap();
    for file in [&calls, &day] {
        let said = desk.fails(2, &["replay", &day, "--policy", "batch", "--calls", file]);
        assert!(said.contains("the day itself is read from that file"), "{said}");
    }
    assert_eq!(std::fs::read_to_string(&calls).unwrap(), before);
    let kept = desk.write("kept.csv", "what was there\n");
    let (broken, kept) = (day.replace("day.toml", "broken.toml"), kept.display().to_string());
    let text = std::fs::read_to_string(&day).unwrap();
    std::fs::write(&broken, text.replace("'calls.csv'", "'none.csv'")).unwrap();
    desk.fails(2, &["replay", &broken, "--calls", &kept]);
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "what was there\n");
    desk.ok(&["replay", &day, "--policy", "batch", "--calls", &kept]);
    assert!(std::fs::read_to_string(&kept).unwrap().starts_with("policy,call,"));
    let folder = Path::new(&kept).parent().unwrap();
    let names = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().file_name());
    let parts = names.filter(|name| name.to_string_lossy().ends_with(".part")).count();
    assert_eq!(parts, 0);
}

#[test]
fn a_policy_named_twice_and_a_day_that_cannot_be_chosen_are_refused() {
    let desk = Sealed::new();
    let (day, _) = small(&desk);
    for twice in ["batch,batch", "batch,nearest,batch:whole"] {
        let said = desk.fails(2, &["replay", &day, "--policy", twice]);
        assert!(said.contains("--policy names `batch` twice"), "{said}");
    }
    let said = desk.fails(2, &["replay", &day, "--day", "2026-11-20"]);
    assert!(said.contains("--day has nothing to choose from"), "{said}");
    let text = std::fs::read_to_string(&day).unwrap();
    std::fs::write(&day, text.replace("min_per_km = 2", "min_per_km = 200")).unwrap();
    let said = desk.fails(2, &["replay", &day]);
    assert!(said.contains("day.toml:5: `travel.min_per_km` is not from 0 to 100"), "{said}");
    assert!(said.contains("docs/replay.md"), "{said}");
}

#[test]
fn a_short_day_is_said_to_be_too_short_and_in_korean_everything_is_korean() {
    let desk = Sealed::new();
    let (day, _) = small(&desk);
    let ran = desk.run(&["replay", &day, "--policy", "nearest,batch", "--lang", "en"]);
    assert!(ran.out.contains("the day is too short to tell what is chance: calls came in in 1 of"));
    assert!(ran.err.starts_with("small\n"), "an empty source is none: {}", ran.err);
    let ran = desk.run(&["replay", &day, "--policy", "nearest,batch", "--lang", "ko"]);
    assert!(ran.out.contains("너무 짧아"), "{}", ran.out);
    for said in ["기록된 것: 각 호출이", "기록이 아닌 가정: 이동 시간: 0분 + 2분 x"]
    {
        assert!(ran.err.contains(said), "{}", ran.err);
    }
}
