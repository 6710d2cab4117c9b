//! A load on a real terminal: seen, hurried, disturbed, left to the shell and ended by keys.

use crate::sealed::Sealed;
use crate::terminal::Console;
use rustix::process::Signal;
use serde_json::Value;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Twenty customers a second for as long as nobody ends it, and a fault that comes only when it is called for.
const SCENARIO: &str = "title = \"at the terminal\"\nsettle = \"20s\"\nfaults = [\"at 9m stop manage for 1s\"]\n\
     [[stages]]\nfor = \"10m\"\nrate = 20\narrivals = \"constant\"\n\
     [[mix]]\nprofile = \"repair\"\n\
     [[workers]]\ncount = 60\nprofiles = [\"repair\"]\ntravel = [\"50ms\", \"100ms\"]\nwork = [\"50ms\", \"100ms\"]\n";

/// What is at the foot of the view.
const FOOT: &str = "+ - rate   1 fault   f type a fault   ctrl-z suspend   q stop";

/// A load that is seen on a terminal of 80 columns and 24 rows.
fn load(desk: &Sealed, more: &[(&str, &str)]) -> Console {
    desk.write("load.toml", SCENARIO);
    let args = ["load", "load.toml", "--out", "report.json", "--lang", "en"];
    let mut command = desk.command(&args);
    command.envs(more.iter().copied());
    Console::start(command, 80, 24)
}

/// The report that it left, which says so on the terminal, too.
fn report(desk: &Sealed, console: &mut Console) -> Value {
    assert_eq!(console.ends(), Some(130), "{}", console.contents());
    console.is_given_back();
    assert!(console.contents().contains("verify: the journal is sound"), "{}", console.contents());
    let report = std::fs::read_to_string(desk.path("report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!((&report["lost"], &report["doubled"]), (&0.into(), &0.into()));
    assert_eq!(report["verify"]["held"], true);
    report
}

/// The faults of a report by this name.
fn faults<'a>(report: &'a Value, label: &str) -> Vec<&'a Value> {
    let faults = report["faults"].as_array().unwrap();
    faults.iter().filter(|fault| fault["label"] == label).collect()
}

/// How much stands under this name on the screen.
fn figure(contents: &str, name: &str) -> Option<f64> {
    let mut lines = contents.lines().skip_while(|line| !line.contains(&format!(" {name} ")));
    let (before, _) = lines.next()?.split_once(&format!(" {name} "))?;
    // A Korean letter is one letter, and two columns wide.
    let (mut left, mut value) = (before.width() + 1, lines.next()?.chars());
    while left > 0 {
        left = left.saturating_sub(value.next()?.width()?);
    }
    value.as_str().split_whitespace().next()?.trim_end_matches('%').parse().ok()
}

#[test]
fn keys_raise_the_rate_and_bring_faults_and_the_report_shows_both() {
    let desk = Sealed::new();
    let mut console = load(&desk, &[]);
    console.shows(FOOT);
    console.is_taken();
    console.until("calls at twenty a second", |screen| {
        let seen = screen.contents();
        figure(&seen, "per second") == Some(20.0) && figure(&seen, "assigned") > Some(20.0)
    });
    console.press("++++");
    console.shows("200%");
    console.until("forty a second in the picture", |screen| {
        let seen = screen.contents();
        let most = seen.split_once("at most ").and_then(|(_, most)| most.split_whitespace().next());
        most.and_then(|most| most.parse::<u64>().ok()) >= Some(39)
    });
    // The fault of the scenario, and one that is typed; what cannot be is said.
    console.press("1");
    console.shows("stop manage");
    console.press("f");
    console.shows("enter begins it");
    console.press("stop payment\r");
    console.shows("nobody is asked for `payment` in this load (assign, manage)");
    console.press("fslow assign 10ms for 1s\r");
    console.until("both faults, over", |screen| {
        let seen = screen.contents();
        let over = |what: &str| {
            seen.lines().any(|line| {
                line.starts_with("fault ") && line.contains(what) && !line.contains("now")
            })
        };
        over("stop manage") && over("slow assign 10ms")
    });
    console.press("q");
    let report = report(&desk, &mut console);
    let rows = report["series"]["rows"].as_array().unwrap();
    let came: Vec<u64> = rows.iter().filter_map(|row| row["intended"].as_u64()).collect();
    assert_eq!(came[0], 20, "{came:?}");
    assert!(came.iter().any(|many| *many >= 39), "{came:?}");
    for label in ["stop manage", "slow assign 10ms"] {
        let [fault] = faults(&report, label)[..] else { panic!("{label}: {}", report["faults"]) };
        let lasted = fault["ended_s"].as_f64().unwrap() - fault["began_s"].as_f64().unwrap();
        assert!(lasted > 0.9, "{fault}");
    }
    assert!(faults(&report, "stop payment").is_empty());
}

#[test]
fn ctrl_z_leaves_the_terminal_to_the_shell_and_the_report_says_for_how_long() {
    let desk = Sealed::new();
    let mut console = load(&desk, &[]);
    console.shows(FOOT);
    for from_outside in [false, true] {
        if from_outside {
            console.signal(Signal::TSTP);
        } else {
            console.press("\u{1a}");
        }
        console.is_stopped();
        console.is_given_back();
        console.spoil();
        console.signal(Signal::CONT);
        console.is_taken();
        console.shows(FOOT);
        console.shows("suspended");
    }
    console.press("\u{3}");
    let report = report(&desk, &mut console);
    let stood = faults(&report, "suspended");
    assert_eq!(stood.len(), 2, "{}", report["faults"]);
    assert!(stood.iter().all(|fault| fault["ended_s"].as_f64() >= fault["began_s"].as_f64()));
}

#[test]
fn a_signal_ends_the_load_with_its_report_and_the_terminal_as_it_was() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let desk = Sealed::new();
        let mut console = load(&desk, &[]);
        console.shows(FOOT);
        console.is_taken();
        console.signal(signal);
        report(&desk, &mut console);
    }
}

#[test]
fn another_size_is_followed_at_once_and_the_keys_stay_in_sight() {
    let desk = Sealed::new();
    let mut console = load(&desk, &[]);
    console.shows(FOOT);
    for (columns, rows) in [(30, 8), (1, 1), (200, 50), (80, 24)] {
        console.resize(columns, rows);
        let last = usize::from(rows - 1);
        console.until("the keys in the last row", |screen| {
            let foot = screen.rows(0, columns).nth(last).unwrap_or_default();
            if columns < 80 {
                foot.trim_end().len() <= columns.into()
            } else {
                foot.starts_with(FOOT)
            }
        });
    }
    console.signal(Signal::INT);
    report(&desk, &mut console);
}

#[test]
fn ctrl_c_again_ends_it_at_once() {
    let desk = Sealed::new();
    let slow = SCENARIO.replace("\"50ms\", \"100ms\"", "\"5m\", \"5m\"");
    desk.write("slow.toml", &slow.replace("20s", "10m"));
    let command = desk.command(&["load", "slow.toml", "--lang", "ko"]);
    let mut console = Console::start(command, 80, 24);
    console.shows("+ - 속도   1 장애   f 장애 입력   ctrl-z 잠시 나가기   q 끝내기");
    console
        .until("a call that has somebody", |screen| figure(&screen.contents(), "배정").is_some());
    // With the Korean input method on, too.
    console.press("ㅂ");
    console.shows("끝내는 중");
    console.press("\u{3}");
    assert_eq!(console.ends(), Some(130), "{}", console.contents());
    console.is_given_back();
}

#[test]
fn a_panic_and_an_error_give_the_terminal_back_before_they_are_told() {
    let desk = Sealed::new();
    let mut console = load(&desk, &[("ASCALL_PANIC_AT", "console")]);
    assert_eq!(console.ends(), Some(70));
    console.is_given_back();
    assert!(console.contents().contains("error: bug in ascall"), "{}", console.contents());
    desk.write("kept.redb", "");
    let args = ["load", "load.toml", "--keep", "kept.redb", "--lang", "en"];
    let mut console = Console::start(desk.command(&args), 80, 24);
    assert_eq!(console.ends(), Some(2), "{}", console.contents());
    console.is_given_back();
    assert!(console.contents().contains("kept.redb"), "{}", console.contents());
}
