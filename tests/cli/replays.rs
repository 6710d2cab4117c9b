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
    assert!(
        all[1]["observed"][0]
            .as_str()
            .unwrap()
            .contains("3 calls came in, and when 1 callers gave up")
    );
    assert_eq!(first, "W-1");
    let said = desk.fails(2, &["replay", "--day", "2001-01-01", "--profile", "repair"]);
    assert!(said.contains("the day has no calls"), "{said}");
    let said = desk.fails(1, &["replay", "--profile", "repiar"]);
    assert!(said.contains("repair"), "{said}");
    let said = desk.fails(2, &["replay", "--day", "yesterday"]);
    assert!(said.contains("2026-11-20"), "{said}");
}
