//! Loads from the command line: at each target, with faults, thresholds and files.
//!
//! Invariant: the load itself takes its seconds; nobody waits for anything else. On a machine that is busy with other tests
//! the generator may be late, which a load says and counts as failed; nothing else may.

use crate::sealed::{Ran, Sealed};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

/// A few seconds in which customers come and workers are quick.
fn quick(secs: u64, rate: u64, more: &str) -> String {
    format!(
        "title = \"a few seconds\"\nsettle = \"20s\"\n{more}\n\
         [[stages]]\nfor = \"{secs}s\"\nrate = {rate}\narrivals = \"constant\"\n\
         [[mix]]\nprofile = \"repair\"\nlooks = 1\n\
         [[workers]]\ncount = 60\nprofiles = [\"repair\"]\ntravel = [\"50ms\", \"100ms\"]\nwork = [\"50ms\", \"100ms\"]\n"
    )
}

pub fn report(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}\n{}\n{}", ran.out, ran.err))
}

/// The report of a load in which nothing failed but perhaps the generator, for want of a processor.
pub fn sound(ran: &Ran) -> Value {
    let report = report(ran);
    for failing in report["failings"].as_array().unwrap() {
        assert!(failing.as_str().unwrap().contains("could not keep up"), "{failing}");
    }
    let held = report["held"].as_bool().unwrap();
    assert_eq!(ran.code, Some(if held { 0 } else { 5 }), "{}", ran.err);
    assert_eq!((&report["lost"], &report["doubled"]), (&Value::from(0), &Value::from(0)));
    assert_eq!(report["verify"]["held"], true);
    report
}

/// Types a line as a shell takes it apart.
pub fn types(desk: &Sealed, line: &str) -> Ran {
    let mut words: Vec<String> = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    desk.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

fn refused(desk: &Sealed, line: &str) -> String {
    let ran = types(desk, line);
    assert_eq!(ran.code, Some(2), "{line}\n{}\n{}", ran.out, ran.err);
    ran.err
}

#[test]
fn an_outage_in_virtual_time_opens_the_breaker_parks_and_loses_nothing() {
    let desk = Sealed::new();
    let outage =
        "--quiet --fault 'at 20s stop manage for 15s' --expect 'parked>0' --expect 'lost==0'";
    let run = |seed: u64| {
        let line = format!(
            "load --rate 5 --for 60s --profile repair --workers 400 --target engine --seed {seed}"
        );
        sound(&types(&desk, &format!("{line} {outage} -o json")))
    };
    let one = run(7);
    assert_eq!(one["target"], "engine");
    assert!(one["parked"].as_u64().unwrap() > 0);
    let moves = one["breakers"].as_array().unwrap().iter();
    let moves: Vec<&str> = moves.filter_map(|moved| moved["to"].as_str()).collect();
    assert!(moves.starts_with(&["open"]) && moves.last() == Some(&"closed"), "{moves:?}");
    assert_eq!(
        (&one["faults"][0]["began_s"], &one["faults"][0]["ended_s"]),
        (&20.0.into(), &35.0.into())
    );
    assert_eq!(one["expect"].as_array().unwrap().len(), 2);
    assert_eq!(one["journal_hash"], run(7)["journal_hash"], "the same journal");
    assert_ne!(one["journal_hash"], run(8)["journal_hash"]);
    assert!(!desk.store().exists(), "the user's own desk is not touched");
}

#[test]
fn a_threshold_that_does_not_hold_ends_with_5_and_the_report_says_which() {
    let desk = Sealed::new();
    let ran = types(&desk, "load --rate 2 --for 10s --target engine --expect 'received<3' -o json");
    assert_eq!(ran.code, Some(5), "{}", ran.err);
    let report = report(&ran);
    assert_eq!(report["held"], false);
    assert!(report["failings"][0].as_str().unwrap().starts_with("received<3 does not hold"));
}

#[test]
fn reports_are_written_and_compared() {
    let desk = Sealed::new();
    let load = "load --rate 3 --for 20s --target engine";
    let shown =
        "load --rate 3 --for 20s --target engine --out a.json --html a.html --markdown a.md";
    let shown = types(&desk, shown);
    assert_eq!(shown.code, Some(0), "{}", shown.err);
    assert!(shown.out.contains("p99(request)"), "{}", shown.out);
    let page = std::fs::read_to_string(desk.path("a.html")).unwrap();
    assert!(page.contains("<svg") && !page.contains("http://"), "it needs nothing else");
    assert!(std::fs::read_to_string(desk.path("a.md")).unwrap().contains("| --- |"));
    let same = "load --rate 3 --for 20s --target engine --out b.json --baseline a.json --quiet";
    let same = types(&desk, same);
    assert_eq!(same.code, Some(0), "{}", same.err);
    let same = types(&desk, "load compare a.json b.json --markdown c.md -o json");
    assert_eq!(same.code, Some(0), "{}", same.err);
    assert_eq!(report(&same)["verdict"], "same");
    assert!(desk.path("c.md").exists());
    let worse = format!("{load} --fault 'at 0s slow manage 400ms' --baseline a.json");
    assert_eq!(types(&desk, &worse).code, Some(5));
    assert!(refused(&desk, "load compare a.md b.json").contains("a.md"));
}

#[test]
fn on_a_korean_desk_the_report_says_in_korean_what_did_not_hold_and_json_keeps_its_names() {
    let desk = Sealed::new();
    let line = "load --rate 5 --for 40s --workers 3 --target engine --fault 'at 5s stop manage for 10s' \
                --expect 'parked<1' --expect 'p99(claim)<1s' --markdown ko.md --html ko.html --out ko.json --lang ko";
    let ran = types(&desk, line);
    assert_eq!(ran.code, Some(5), "{}", ran.err);
    for said in
        ["parked<1 기준을 충족하지 못했습니다", "p99(claim)<1s 기준을 충족하지 못했습니다: 측정된"]
    {
        assert!(ran.err.contains(said), "{}", ran.err);
    }
    assert!(ran.out.contains("배정 (assign)") && ran.out.contains("연속 실패"), "{}", ran.out);
    let [page, text] =
        ["ko.html", "ko.md"].map(|name| std::fs::read_to_string(desk.path(name)).unwrap());
    for written in [&page, &text] {
        assert!(written.contains("기준을 충족하지 못했습니다"), "{written}");
        assert!(written.contains("연속 실패") && written.contains("요청 (request)"), "{written}");
        for english in ["does not hold", "half-open", "failures in a row", "not measured"] {
            assert!(!written.contains(english), "{english}");
        }
    }
    assert!(page.contains("작업 중") && !page.contains("in_service"), "phases in words");
    assert!(text.contains("manage 닫힘 → 열림 (연속 실패)"), "{text}");
    let json = std::fs::read_to_string(desk.path("ko.json")).unwrap();
    assert!(!json.chars().any(|letter| ('가'..='힣').contains(&letter)), "{json}");
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["incidents"][0]["why"], "failures in a row");
    let said = "p99(claim)<1s does not hold: it was not measured";
    assert_eq!(json["failings"][1], said);
    let english = types(&desk, &line.replace("--lang ko", "--lang en"));
    assert!(english.err.contains(said), "{}", english.err);
}

#[test]
fn users_who_come_again_and_again_are_counted_as_scripts_expect() {
    let desk = Sealed::new();
    let ran = types(&desk, "load --users 3 --for 1s --profile repair -o json");
    let report = sound(&ran);
    for key in ["intended", "sent", "accepted", "parked", "refused", "rate"] {
        assert!(report[key].is_number(), "{key}: {}", ran.out);
    }
    assert!(report["sent"].as_u64().unwrap() >= 3);
    assert!(report["latency"]["request"]["intended"]["p99_ms"].is_number());
    assert_eq!(report["target"], "embedded");
}

#[test]
fn a_scenario_is_carried_out_over_the_socket_while_the_host_is_killed() {
    let desk = Sealed::new();
    desk.write("kill.toml", &quick(2, 15, "faults = [\"at 1s kill host\"]"));
    let line = "load kill.toml --target attached --calls calls.ndjson --keep kept.redb -o json";
    let ran = types(&desk, line);
    let report = sound(&ran);
    assert_eq!(report["completed"], 30, "{}", ran.out);
    assert!(report["faults"][0]["ended_s"].is_number(), "it came again");
    assert!(report["generator"]["cpu_per_step_us"].is_number());
    let lines = std::fs::read_to_string(desk.path("calls.ndjson")).unwrap();
    // Who could not be asked while it was away asked again, and has one line.
    assert_eq!(lines.lines().count(), 30, "{lines}");
    assert!(lines.lines().all(|line| line.contains("\"call\":\"C-")), "{lines}");
    let count = |name: &str| report[name].as_u64().unwrap();
    assert_eq!((count("intended"), count("sent"), count("answered")), (30, 30, 30));
    assert_eq!((count("failed"), count("unknown"), count("held_off")), (0, 0, 0));
    let tries = |name: &str| report["tries"][name].as_u64().unwrap();
    assert_eq!(tries("sent"), 30 + count("retried"));
    let astray = tries("failed") + tries("unknown") + tries("held_off");
    assert_eq!(astray, count("retried"), "{}", ran.out);
    assert_eq!(types(&desk, "verify --store kept.redb").code, Some(0));
}

#[test]
fn a_scenario_is_carried_out_over_http_while_the_host_is_restarted() {
    let desk = Sealed::new();
    desk.write("http.toml", &quick(2, 15, "faults = [\"at 1s restart host\"]"));
    let ran = types(&desk, "load http.toml --target http --seed 5 --out report.json -o json");
    let report = sound(&ran);
    assert_eq!(report["completed"], 30, "{}", ran.out);
    assert_eq!(report["seed"], 5);
    let written = std::fs::read_to_string(desk.path("report.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), report);
}

/// A ready scenario with fewer people and for a shorter time.
fn shortened(name: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios/load");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let lines = text.lines().map(|line| match line {
        "count = 200" => "count = 4",
        "count = 1_000" => "count = 40",
        "for = \"60s\"" => "for = \"2s\"",
        "settle = \"5m\"" => "settle = \"1s\"",
        line if line.starts_with("expect = ") => "expect = [\"lost==0\", \"doubled==0\"]",
        line => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_siege_of_an_original_goes_to_its_own_address_and_every_call_is_found() {
    let desk = Sealed::new();
    for (name, profile, cost) in [("repair", "repair", 3_000), ("driver", "driver", 25_000)] {
        let file = format!("{name}.toml");
        desk.write(&file, &shortened(&format!("{name}-siege.toml")));
        let ran = types(&desk, &format!("load {file} --keep {name}.redb --quiet -o json"));
        let report = sound(&ran);
        assert_eq!(report["target"], "http", "where its address is");
        let taken = report["answered"].as_u64().unwrap();
        assert!(taken > 0 && report["refused"] == 0, "{}", ran.out);
        assert_eq!(report["received"].as_u64(), Some(taken));
        let store = format!("{name}.redb");
        let calls = desk.json(&["list", "--all", "--store", &store]);
        let calls = calls.as_array().unwrap();
        assert_eq!(calls.len() as u64, taken);
        for call in calls {
            assert_eq!((&call["profile"], &call["cost"]), (&profile.into(), &cost.into()));
            assert!(call["tel"].as_str().unwrap().starts_with("010-"), "{call}");
        }
    }
    let elsewhere = refused(&desk, "load repair.toml --target embedded");
    assert!(elsewhere.contains("`/ascalls` is an address over HTTP"), "{elsewhere}");
}

#[test]
fn a_desk_of_the_users_bears_a_load_only_when_that_is_said() {
    let desk = Sealed::new();
    let line = "load --rate 5 --for 1s --workers 5 --store own.redb";
    assert!(refused(&desk, line).contains("--here"));
    assert!(!desk.path("own.redb").exists());
    assert!(refused(&desk, "load --rate 5 --here").contains("--store"));
    let report = sound(&types(&desk, &format!("{line} --here -o json")));
    let list = desk.json(&["list", "--all", "--store", "own.redb"]);
    assert_eq!(list.as_array().unwrap().len() as u64, report["received"].as_u64().unwrap());
    let far = "load --rate 5 --here --far --target engine --store own.redb";
    assert!(refused(&desk, far).contains("virtual time"));
}

#[test]
fn what_makes_no_load_is_refused_in_one_line() {
    let desk = Sealed::new();
    assert!(refused(&desk, "load").contains("hint: "));
    assert!(refused(&desk, "load --rate 5 --fault 'at noon stop manage'").contains("noon"));
    refused(&desk, "load --rate 5 --users 5");
    refused(&desk, "load --rate 5 --expect 'p99(asign)<2s'");
    refused(&desk, "load --rate 5 --profile repare --target engine");
    refused(&desk, "load --rate 5 --target engine --fault 'at 1s kill host'");
    desk.write("good.toml", &quick(1, 1, ""));
    desk.write("bad.toml", &quick(1, 1, "sed = 3"));
    assert!(desk.ok(&["load", "check", "good.toml"]).contains("good.toml"));
    desk.write("far.toml", &quick(1, 1, "").replace("looks = 1", "path = \"/ascall\""));
    let ran = types(&desk, "load check good.toml bad.toml far.toml --lang en");
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.out.contains("bad.toml:3: unknown key `sed`; did you mean `seed`?"), "{}", ran.out);
    assert!(ran.out.contains("far.toml:10: `mix[0].path`"), "{}", ran.out);
    assert!(ran.out.contains("did you mean `/ascalls`?"), "{}", ran.out);
    assert!(refused(&desk, "load bad.toml").contains("bad.toml:3"));
}

#[test]
fn what_is_beyond_all_measure_is_refused_at_once() {
    let desk = Sealed::new();
    for wrong in [
        "load --rate 5 --workers 4294967295",
        "load --users 4294967295",
        "load --rate 1e300",
        "load --rate 1e-300 --for 1s",
    ] {
        refused(&desk, wrong);
    }
    assert!(refused(&desk, "load --rate 1e-300 --for 1s").contains("nobody ever comes"));
}

#[test]
fn what_was_perhaps_meant_is_said_wherever_it_was_typed() {
    let desk = Sealed::new();
    desk.write("good.toml", &quick(1, 1, ""));
    desk.write("bad.toml", &quick(1, 1, "sed = 3"));
    desk.write("worse.toml", &quick(1, 1, "members = 5"));
    let expect = refused(&desk, "load --rate 5 --expect 'p99(asign)<2s'");
    assert!(expect.contains("did you mean `assign`?"), "{expect}");
    for line in
        ["load --rate 5 --fault 'at 1s stop mange'", "load good.toml --fault 'at 0s stop mange'"]
    {
        let said = refused(&desk, line);
        assert!(said.contains("hint: did you mean `manage`?"), "{said}");
    }
    assert!(refused(&desk, "load --rate 5 --profile repare").contains("did you mean `repair`?"));
    assert!(refused(&desk, "load bad.toml").contains("hint: did you mean `seed`?"));
    assert!(refused(&desk, "load worse.toml").contains("docs/load.md"));
    assert!(refused(&desk, "load none.toml").contains("docs/load.md"));
    let late = refused(&desk, "load good.toml --target engine --fault 'at 500h stop manage'");
    assert!(late.contains("after the end of the load"), "{late}");
    let late = refused(&desk, "load --rate 5 --expect 'p99(sent:late)<1s'");
    assert!(late.contains("there is no `sent:late`"), "{late}");
}

#[test]
fn a_report_that_says_nothing_or_means_something_else_is_compared_with_none() {
    let desk = Sealed::new();
    let load = "load --rate 3 --for 20s --target engine --quiet";
    assert_eq!(types(&desk, &format!("{load} --out a.json")).code, Some(0));
    let text = std::fs::read_to_string(desk.path("a.json")).unwrap();
    let write = |name: &str, change: &dyn Fn(&mut Value)| {
        let mut report: Value = serde_json::from_str(&text).unwrap();
        change(&mut report);
        desk.write(name, &report.to_string());
    };
    write("zero.json", &|report| report["sent"] = 0.into());
    write("other.json", &|report| report["schema"] = 99.into());
    write("older.json", &|report| drop(report.as_object_mut().unwrap().remove("schema")));
    write("absurd.json", &|report| {
        for key in ["accepted", "lost", "doubled"] {
            report[key] = u64::MAX.into();
        }
    });
    for (name, says) in
        [("zero", "nobody asked"), ("other", "shape 99"), ("older", "missing field `schema`")]
    {
        for line in
            [format!("load compare a.json {name}.json"), format!("{load} --baseline {name}.json")]
        {
            let said = refused(&desk, &line);
            assert!(said.contains(says), "{line}: {said}");
        }
    }
    assert_eq!(types(&desk, "load compare a.json absurd.json").code, Some(5));
}

#[test]
fn no_file_of_a_load_is_written_over_by_another_one() {
    let desk = Sealed::new();
    desk.write("good.toml", &quick(1, 2, ""));
    let load = "load --rate 3 --for 20s --target engine --quiet";
    let said = refused(&desk, &format!("{load} --out a.json --html ./a.json"));
    assert!(said.contains("--out and --html name the same file"), "{said}");
    refused(&desk, "load good.toml --target engine --markdown good.toml");
    assert!(!desk.path("a.json").exists());
    let nowhere = types(&desk, &format!("{load} --out /dev/null --html /dev/null"));
    assert_eq!(nowhere.code, Some(0), "{}", nowhere.err);
    assert_eq!(types(&desk, &format!("{load} --out a.json")).code, Some(0));
    let same = types(&desk, &format!("{load} --out a.json --baseline a.json"));
    assert_eq!(same.code, Some(0), "the new one takes its place: {}", same.err);
    assert!(refused(&desk, "load compare a.json a.json --markdown a.json").contains("--markdown"));
}

#[test]
fn too_few_workers_do_not_make_a_desk_look_quick() {
    let desk = Sealed::new();
    let line = "load --rate 20 --for 2s --workers 3 --expect 'p99(assign)<2s' --quiet -o json";
    let ran = types(&desk, line);
    assert_eq!(ran.code, Some(5), "{}", ran.err);
    let report = report(&ran);
    let assign = &report["latency"]["assign"]["intended"];
    let received = report["received"].as_u64().unwrap();
    assert_eq!(
        (assign["count"].as_u64(), assign["waiting"].as_u64()),
        (Some(3), Some(received - 3))
    );
    assert!(assign["p99_ms"].is_null() && report["expect"][0]["at_least"] == true, "{assign}");
}

#[test]
fn an_interrupt_ends_a_load_in_order_with_its_report() {
    let desk = Sealed::new();
    let mut command = desk.command(&["load", "--rate", "20", "--for", "60s"]);
    let mut load = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = Pid::from_raw(i32::try_from(load.id()).unwrap()).unwrap();
    let mut aside = BufReader::new(load.stderr.take().unwrap());
    let mut line = String::new();
    aside.read_line(&mut line).unwrap();
    assert!(line.contains("p99"), "a line each second: {line}");
    kill_process(pid, Signal::INT).unwrap();
    let ended = load.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(130));
    assert!(!ended.stdout.is_empty(), "the report all the same");
}
