//! What is wrong with a desk, and what to type.

use crate::sealed::Sealed;
use crate::told::{ends, tell};
use insta::assert_snapshot;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::fs::File;
use std::io::{Read, Write};

/// The line of one check.
fn line(told: &str, check: &str) -> String {
    let found = told.lines().find(|line| line.split_whitespace().nth(1) == Some(check));
    found.unwrap_or_else(|| panic!("{check}: {told}")).to_owned()
}

/// The checks and their states, and whether a remedy stands with each that is not ok.
fn states(desk: &Sealed, more: &[(String, String)]) -> String {
    let ran = desk.run_with(&["doctor", "--lang", "en", "-o", "json"], more);
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let found = found.as_array().unwrap();
    for finding in found {
        assert_eq!(finding["state"] == "ok", finding["remedy"].is_null(), "{finding}");
    }
    let words = found.iter().map(|f| format!("{}={}", f["check"], f["state"]).replace('"', ""));
    words.collect::<Vec<_>>().join(" ")
}

/// What lies in the folder, with sizes.
fn folder(desk: &Sealed) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(desk.path("")).unwrap().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
    // Opening a store marks its first page; what it holds is compared by the copies of its records.
    let read = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        let bytes =
            if name == "desk.redb" { Vec::new() } else { std::fs::read(entry.path()).unwrap() };
        (name, bytes)
    };
    let mut files: Vec<_> = files.map(read).collect();
    files.sort();
    files
}

#[test]
fn a_desk_that_is_well_says_so_and_nothing_is_changed() {
    let desk = Sealed::new();
    assert_snapshot!(states(&desk, &[]), @"config=ok store=warn disk=ok lock=ok socket=ok terminal=ok");
    assert!(folder(&desk).is_empty(), "looking makes nothing");
    desk.worker("김하나", 101, "37.5663,126.9779", "TV");
    desk.request(1, &["--kind", "TV", "--location", "37.566,126.978"]);
    let (before, listed) = (folder(&desk), desk.ok(&["tail", "-o", "csv", "-n", "99"]));
    assert_snapshot!(states(&desk, &[]), @"config=ok store=ok disk=ok lock=ok socket=ok journal=ok clock=ok overdue=ok calls=ok notices=ok attention=ok terminal=ok");
    let told = ends(&desk, 0, "doctor --lang en");
    for (check, said) in [
        ("config", "no file, 5 profiles"),
        ("store", "desk.redb"),
        ("lock", "nobody has the desk open"),
        ("socket", "no host"),
        ("journal", "epoch 0"),
        ("overdue", "nothing is overdue"),
        ("calls", "1 live, 0 of them wait"),
        ("terminal", "unknown"),
    ] {
        let line = line(&told, check);
        assert!(line.starts_with("ok ") && line.contains(said), "{line}");
    }
    assert!(ends(&desk, 0, "doctor").contains("기록"), "in the desk's language");
    assert_eq!(folder(&desk), before);
    assert_eq!(desk.ok(&["tail", "-o", "csv", "-n", "99"]), listed);
    desk.verified();
}

#[test]
fn what_waits_and_what_nobody_looked_into_is_a_warning() {
    let desk = Sealed::new();
    ends(&desk, 0, "participant stop manage");
    desk.request(1, &[]);
    let told = ends(&desk, 0, "doctor --lang en");
    let calls = line(&told, "calls");
    assert!(
        calls.starts_with("warn") && calls.ends_with("1 live, 1 of them wait  ->  ascall serve"),
        "{calls}"
    );
    // A process that died with the desk open, long ago.
    desk.write("desk.redb.lock", "4194303 1763683200000 serve\n");
    let lock = line(&ends(&desk, 0, "doctor --lang en"), "lock");
    assert!(lock.starts_with("warn") && lock.ends_with("->  ascall verify"), "{lock}");
    // Who only passes by does not settle it; who checks the store does.
    desk.ok(&["list"]);
    assert!(line(&ends(&desk, 0, "doctor --lang en"), "lock").starts_with("warn"));
    desk.verified();
    assert!(line(&ends(&desk, 0, "doctor --lang en"), "lock").starts_with("ok"));
}

#[test]
fn a_fault_ends_with_5_and_says_what_to_type() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    desk.write("bad.toml", "stroe = \"x\"\n");
    desk.write("lost.toml", "profiles = [\"nothing.toml\"]\n");
    let mut told = String::new();
    for config in ["bad.toml", "lost.toml"] {
        let said = ends(&desk, 5, &format!("--config {config} doctor --lang en"));
        told += &(line(&said, "config") + "\n");
        assert!(
            line(&said, "journal").starts_with("ok"),
            "the rest is looked at all the same: {said}"
        );
    }
    let strange = desk.with("ASCALL_STROE", "x");
    let ran = desk.run_with(&["doctor", "--lang", "en"], &strange);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    told += &(ran.out.lines().find(|line| line.contains("STROE")).unwrap().to_owned() + "\n");
    let lock = File::options().write(true).open(desk.path("desk.redb.lock")).unwrap();
    lock.lock().unwrap();
    let ran = desk.run(&["doctor", "--lang", "en"]);
    assert_eq!(ran.code, Some(0), "a busy desk is waited for by nobody: {ran:?}");
    told += &(line(&ran.out, "socket")
        + "\n"
        + &line(&ran.out, "journal").replace(desk.path("").to_str().unwrap(), "")
        + "\n");
    drop(lock);
    std::fs::write(desk.store(), "nonsense").unwrap();
    let said = ends(&desk, 5, "doctor --lang en");
    told += &(line(&said, "journal").replace(desk.path("").to_str().unwrap(), "") + "\n");
    assert_snapshot!(told, @r#"
    fail config     bad.toml:1: unknown key `stroe`  ->  did you mean `store`?
    fail config     nothing.toml: cannot be read: No such file or directory (os error 2)  ->  check the name; which configuration is read: ascall config path
    warn config     the variable ASCALL_STROE means nothing  ->  ASCALL_STORE=…
    warn socket     whoever has the desk open takes no questions; it should be done soon  ->  ascall doctor
    warn journal    desk.redb cannot be looked into just now  ->  ascall doctor
    fail journal    the store desk.redb is damaged: the file is not a journal  ->  name the desk's own file: ascall --store FILE …
    "#);
    assert_snapshot!(tell(&desk, &["doctor -o id --store none.redb"]), @r#"
    $ doctor -o id --store none.redb
    config
    store
    disk
    lock
    socket
    terminal
    "#);
}

/// Runs the doctor in a terminal of its own that says its cursor stands there; what stands on the screen in the end.
fn in_terminal(desk: &Sealed, report: Option<&str>) -> String {
    let own = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&own).unwrap();
    unlockpt(&own).unwrap();
    tcsetwinsize(&own, Winsize { ws_row: 24, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let name = ptsname(&own, Vec::new()).unwrap().into_string().unwrap();
    let open = || File::options().read(true).write(true).open(&name).unwrap();
    let mut command = desk.command(&["doctor", "--lang", "en"]);
    command.stdin(open()).stdout(open()).stderr(open());
    let mut child = command.spawn().unwrap();
    // The other end belongs to the child alone, so that it closes with it.
    drop(command);
    let mut own = File::from(own);
    let (mut screen, mut bytes) = (Vec::new(), [0; 4_096]);
    let mut report = report;
    while let Ok(read @ 1..) = own.read(&mut bytes) {
        screen.extend_from_slice(&bytes[..read]);
        let asked = String::from_utf8_lossy(&screen).contains("\x1b[6n");
        if let Some(report) = report.take_if(|_| asked) {
            own.write_all(report.as_bytes()).unwrap();
        }
    }
    child.wait().unwrap();
    String::from_utf8(screen).unwrap()
}

#[test]
fn a_terminal_is_asked_how_wide_it_draws_hangul() {
    let desk = Sealed::new();
    for (report, said) in [
        (Some("\x1b[1;7R"), "ok   terminal   Hangul takes two columns"),
        (Some("\x1b[9;4R"), "warn terminal   three syllables of Hangul take 3 columns"),
        (None, "ok   terminal   unknown"),
    ] {
        let screen = in_terminal(&desk, report);
        assert!(screen.contains(said), "{screen:?}");
        assert!(screen.contains("가나다\x1b[6n\r\x1b[K"), "what was drawn is wiped: {screen:?}");
    }
}
