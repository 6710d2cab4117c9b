//! Loads of which something is lost on the way: the desk's process, the load itself, whoever waits for it; and what they
//! leave at a desk that was there before.
//!
//! Invariant: as in `loads`; every process that is killed here was started here, and is named by its number.

use crate::loads::{report, sound, types};
use crate::sealed::{Ran, Sealed};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStderr, Stdio};
use std::time::{Duration, Instant};

/// The longest that anything here takes on a machine that is busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// A load that goes on, in a folder for what it leaves.
struct Going {
    child: Child,
    aside: BufReader<ChildStderr>,
}

impl Going {
    fn new(desk: &Sealed, line: &str) -> Self {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut command = desk.command(&words);
        command.env("TMPDIR", scratches(desk)).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let aside = BufReader::new(child.stderr.take().unwrap());
        Self { child, aside }
    }

    /// Waits for its next line, one a second.
    fn says(&mut self) -> String {
        let mut line = String::new();
        self.aside.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "it has ended");
        line
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }

    fn ended(self) -> Ran {
        // It must not wait for somebody to read what it says.
        let mut aside = self.aside;
        let reader = std::thread::spawn(move || {
            let mut err = String::new();
            std::io::Read::read_to_string(&mut aside, &mut err).unwrap();
            err
        });
        let output = self.child.wait_with_output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        Ran { code: output.status.code(), out, err: reader.join().unwrap() }
    }
}

/// Where the loads of a test have their stores.
fn scratches(desk: &Sealed) -> std::path::PathBuf {
    let folder = desk.path("tmp");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn signal(pid: u32, signal: Signal) {
    kill_process(Pid::from_raw(i32::try_from(pid).unwrap()).unwrap(), signal).unwrap();
}

/// The state and the parent of a process; none: it is gone.
fn stands(pid: u32) -> Option<(char, u32)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

/// The process that a load has started; none: the system does not say.
fn child_of(load: u32) -> Option<u32> {
    let all = std::fs::read_dir("/proc").ok()?.flatten();
    let mut pids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.find(|pid| stands(*pid).is_some_and(|(_, parent)| parent == load))
}

fn until(mut there: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !there() {
        assert!(begun.elapsed() < PATIENCE, "it does not happen");
        std::thread::yield_now();
    }
}

fn failings(report: &Value) -> String {
    let all = report["failings"].as_array().unwrap().iter();
    all.map(|failing| failing.as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

/// How `manage` behaves, and how late it answers.
fn mode(desk: &Sealed, store: &str) -> (Value, Value) {
    let all = desk.json(&["participant", "list", "--store", store]);
    let all = all.as_array().unwrap();
    let manage = all.iter().find(|one| one["name"] == "manage").unwrap();
    (manage["mode"].clone(), manage["delay_ms"].clone())
}

fn nobody_is_on_duty(desk: &Sealed, store: &str, hired: usize) {
    let workers = desk.json(&["worker", "list", "--store", store]);
    let workers = workers.as_array().unwrap();
    assert_eq!(workers.len(), hired);
    for worker in workers {
        assert_ne!(worker["availability"], "available", "{worker}");
    }
}

#[test]
fn a_desk_of_the_users_is_as_it_was_after_a_load_however_it_ended() {
    let desk = Sealed::new();
    let line = "--rate 10 --workers 5 --here --store own.redb -o json";
    desk.ok(&["participant", "slow", "manage", "--fixed", "20ms", "--store", "own.redb"]);
    let before = mode(&desk, "own.redb");
    assert_eq!(before, ("slow".into(), 20.into()));
    let stopped = "--fault 'at 300ms stop manage for 30s' --quiet";
    let report_ = sound(&types(&desk, &format!("load --for 1s {line} {stopped}")));
    assert!(report_["parked"].as_u64().unwrap() > 0, "{report_}");
    assert_eq!(mode(&desk, "own.redb"), before);
    nobody_is_on_duty(&desk, "own.redb", 5);
    let mut load = Going::new(&desk, &format!("load --for 60s {line}"));
    load.says();
    signal(load.pid(), Signal::INT);
    assert_eq!(load.ended().code, Some(130));
    assert_eq!(mode(&desk, "own.redb"), before);
    nobody_is_on_duty(&desk, "own.redb", 10);
}

#[test]
fn a_process_of_the_desk_that_dies_by_itself_is_a_failing() {
    for target in ["attached", "http"] {
        let desk = Sealed::new();
        let line = format!("load --rate 20 --for 60s --workers 20 --target {target} -o json");
        let mut load = Going::new(&desk, &line);
        load.says();
        let Some(host) = child_of(load.pid()) else { return };
        signal(host, Signal::KILL);
        let ran = load.ended();
        assert_eq!(ran.code, Some(5), "{}", ran.err);
        let report = report(&ran);
        assert_eq!(report["held"], false);
        assert!(failings(&report).contains("the process that had the desk was gone"), "{report}");
        assert_eq!((&report["lost"], &report["verify"]["held"]), (&0.into(), &true.into()));
    }
}

#[test]
fn an_interrupt_ends_a_load_whose_desk_hangs_with_its_report() {
    let desk = Sealed::new();
    std::fs::write(desk.path("report.json"), "the one before").unwrap();
    let line = "load --rate 20 --for 60s --workers 20 --target http --out report.json";
    let mut load = Going::new(&desk, line);
    load.says();
    let Some(host) = child_of(load.pid()) else { return };
    signal(host, Signal::STOP);
    load.says();
    load.says();
    let before = std::fs::read_to_string(desk.path("report.json")).unwrap();
    assert_eq!(before, "the one before");
    let begun = Instant::now();
    signal(load.pid(), Signal::INT);
    let ran = load.ended();
    assert_eq!(ran.code, Some(130), "{}", ran.err);
    assert!(begun.elapsed() < PATIENCE / 2, "{:?}", begun.elapsed());
    let written = std::fs::read_to_string(desk.path("report.json")).unwrap();
    let report: Value = serde_json::from_str(&written).unwrap();
    assert!(report["unknown"].as_u64().unwrap() > 0, "{report}");
    assert_eq!(report["lost"], 0);
}

#[test]
fn a_load_that_is_killed_leaves_no_process_and_the_next_one_clears_up() {
    let desk = Sealed::new();
    for target in ["attached", "http"] {
        let line = format!("load --rate 5 --for 60s --workers 5 --target {target}");
        let mut load = Going::new(&desk, &line);
        load.says();
        let host = child_of(load.pid());
        signal(load.pid(), Signal::KILL);
        assert_eq!(load.ended().code, None);
        let Some(host) = host else { return };
        // Where nobody reaps orphans it stays as a name.
        until(|| stands(host).is_none_or(|(state, _)| state == 'Z'));
    }
    let left = || std::fs::read_dir(scratches(&desk)).unwrap().count();
    assert!(left() > 0);
    let load = Going::new(&desk, "load --rate 1 --for 1s --workers 1 --quiet");
    assert_eq!(load.ended().code, Some(0));
    assert_eq!(left(), 0);
}

#[test]
fn serve_leaves_when_whoever_started_it_is_gone() {
    let desk = Sealed::new();
    let mut command = desk.command(&["serve", "--no-http", "--until-eof"]);
    command.stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut host = command.spawn().unwrap();
    let mut aside = BufReader::new(host.stderr.take().unwrap());
    let mut line = String::new();
    aside.read_line(&mut line).unwrap();
    drop(host.stdin.take());
    assert_eq!(host.wait().unwrap().code(), Some(0), "{line}");
}

#[test]
fn what_is_due_while_the_desk_is_away_happens_when_it_is_there_again() {
    let desk = Sealed::new();
    let load = "load --rate 20 --for 3s --workers 60 --target attached --quiet -o json";
    let faults = "--fault 'at 300ms stop manage for 1s' --fault 'at 1250ms kill host' \
                  --fault 'at 2s kill host' --fault 'at 2050ms stop manage for 2500ms'";
    let ran = types(&desk, &format!("{load} {faults} --keep kept.redb"));
    let report = sound(&ran);
    assert_eq!(mode(&desk, "kept.redb").0, "running", "{report}");
    let faults = report["faults"].as_array().unwrap();
    assert_eq!(faults.len(), 4, "{report}");
    let time = |label: &str, nth: usize, which: &str| {
        let band = faults.iter().filter(|band| band["label"] == label).nth(nth).unwrap();
        band[which].as_f64().unwrap()
    };
    let over = time("stop manage", 0, "ended_s");
    assert!(over >= time("kill host", 0, "ended_s"), "the desk was away when it was due: {report}");
    assert!(time("stop manage", 1, "began_s") >= time("kill host", 1, "ended_s"), "{report}");
    assert!(report["parked"].as_u64().unwrap() > 0);
}

#[test]
fn a_load_on_a_desk_that_goes_away_for_good_leaves_its_report() {
    let desk = Sealed::new();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--lang", "en", "--store", "own.redb"];
    let mut host = desk.command(&serve).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(host.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    let address = line.split_once("http://").unwrap().1;
    let address = address.split([';', ',', ' ']).next().unwrap();
    let line = format!(
        "load --here --url http://{address} --rate 5 --for 2s --workers 5 --out report.json \
         --lock-timeout 200ms"
    );
    let mut load = Going::new(&desk, &line);
    load.says();
    host.kill().unwrap();
    host.wait().unwrap();
    let ran = load.ended();
    assert_eq!(ran.code, Some(5), "{}", ran.err);
    let written = std::fs::read_to_string(desk.path("report.json")).unwrap();
    let report: Value = serde_json::from_str(&written).unwrap();
    assert_eq!((&report["target"], &report["held"]), (&"attached".into(), &false.into()));
    let failings = failings(&report);
    for wanted in ["could not be looked at afterwards", "left on duty", "never answered"] {
        assert!(failings.contains(wanted), "{failings}");
    }
}
