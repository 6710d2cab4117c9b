//! What makes no sense: each line with its exit code and its words, and the journal as it was before.

use crate::sealed::Sealed;
use crate::told::{ends, head, sound, tell};
use insta::assert_snapshot;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::os::unix::ffi::OsStringExt as _;
use std::process::Stdio;

/// One call in each phase that a line can bring about: C-1 completed, C-2 in service, C-3 open, C-4 canceled.
fn desk() -> Sealed {
    let desk = Sealed::new();
    for line in [
        "worker add --name 김하나 --tel 010-0000-0101 --at 37.5663,126.9779",
        "request --tel 010-0000-0004",
        "finish C-1",
        "request --tel 010-0000-0001",
        "start C-2",
        "request --tel 010-0000-0002 --kind TV",
        "request --tel 010-0000-0003 --kind TV",
        "cancel C-4",
    ] {
        ends(&desk, 0, line);
    }
    desk
}

/// Tells the lines in English, each of which must fail with `code` and leave the journal as it is.
fn refused(code: i32, lines: &[&str]) -> String {
    let desk = desk();
    let before = head(&desk);
    let mut told = String::new();
    for line in lines {
        let line = format!("{line} --lang en");
        let said = ends(&desk, code, &line);
        assert!(said.contains("error: "), "{line}\n{said}");
        assert!(said.contains("hint: "), "{line} has no hint\n{said}");
        assert!(said.lines().all(|l| l.chars().count() <= 500), "{line}\n{said}");
        assert_eq!(head(&desk), before, "{line} changed the desk");
        told += &format!("$ {}\n{said}", line.trim_end_matches(" --lang en"));
    }
    desk.verified();
    told
}

#[test]
fn nothing_where_something_is_needed() {
    assert_snapshot!(refused(2, &[
        "request",
        "request --tel ''",
        "request --tel '   '",
        "request --tel 010-0000-0001 --cost ''",
        "request --tel 010-0000-0001 --priority ''",
        "request --tel 010-0000-0001 --key ''",
        "request --tel 010-0000-0001 --field ''",
        "request -f ''",
        "worker add --name '' --tel 010-0000-0001",
        "worker add --name 김 --tel ''",
        "worker add --name 김 --tel 010-0000-0001 --skill ''",
        "note C-2 ''",
        "status ''",
        "inbox",
        "settle C-2",
        "hold C-3",
    ]), @"
    $ request
    error: nobody is named who calls
    hint: add --tel 010-0000-1234, or for a member --member M-1
    $ request --tel ''
    error: a telephone number is empty
    hint: give a number like 010-0000-1234
    $ request --tel '   '
    error: a telephone number is empty
    hint: give a number like 010-0000-1234
    $ request --tel 010-0000-0001 --cost ''
    error: invalid value '' for '--cost <WON>': `` is not whole won (expected a form like `25500` or `25,500`)
    hint: see what it takes with --help
    $ request --tel 010-0000-0001 --priority ''
    error: invalid value '' for '--priority <PRIORITY>': `` is not a priority (low, normal, high, urgent, or 0 to 3)
    hint: see what it takes with --help
    $ request --tel 010-0000-0001 --key ''
    error: invalid value '' for '--key <KEY>': nothing stands there
    hint: see what it takes with --help
    $ request --tel 010-0000-0001 --field ''
    error: invalid value '' for '--field <NAME=VALUE>': `` is not NAME=VALUE
    hint: see what it takes with --help
    $ request -f ''
    error: a value is required for '--file <FILE>' but none was supplied
    hint: see what it takes with --help
    $ worker add --name '' --tel 010-0000-0001
    error: invalid value '' for '--name <NAME>': nothing stands there
    hint: see what it takes with --help
    $ worker add --name 김 --tel ''
    error: a telephone number is empty
    hint: give a number like 010-0000-1234
    $ worker add --name 김 --tel 010-0000-0001 --skill ''
    error: invalid value '' for '--skill <SKILL>': nothing stands there
    hint: see what it takes with --help
    $ note C-2 ''
    error: invalid value '' for '[TEXT]': nothing stands there
    hint: see what it takes with --help
    $ status ''
    error: invalid value '' for '<C>': `` is not a call number (expected a form like `C-1`)
    hint: see what it takes with --help
    $ inbox
    error: the following required arguments were not provided:
      <--tel <TEL>|--worker <W>|--member <M>|--call <C>>
    Usage: ascall inbox --lang <LANG> <--tel <TEL>|--worker <W>|--member <M>|--call <C>>
    hint: see what it takes with --help
    $ settle C-2
    error: the following required arguments were not provided:
      --by <BY>
    Usage: ascall settle --by <BY> --lang <LANG> <C>
    hint: see what it takes with --help
    $ hold C-3
    error: the following required arguments were not provided:
      --until <TIME>
    Usage: ascall hold --until <TIME> --lang <LANG> <C>
    hint: see what it takes with --help
    ");
}

#[test]
fn absurd_numbers_and_times() {
    assert_snapshot!(refused(2, &[
        "request --tel 010-0000-0001 --cost 1e30",
        "request --tel 010-0000-0001 --cost 25.5",
        "request --tel 010-0000-0001 --cost 99999999999999999999",
        "request --tel 010-0000-0001 --priority 9",
        "request --tel 010-0000-0001 --location 91,200",
        "request --tel 010-0000-0001 --location 126.9779,37.5663",
        "request --tel 010-0000-0001 --location 37.5,",
        "request --tel abc",
        "finish C-2 --fare 1e3",
        "status C-99999999999999999999999",
        "status C--1",
        "status W-1",
        "hold C-3 --until soon",
        "hold C-3 --until 99999999999h",
        "list --since yesterday",
        "list --limit -1",
        "tail --from x",
        "tail --last -5",
        "watch C-2 --timeout -1s",
        "participant slow manage --fixed forever",
        "verify --lock-timeout abc",
    ]), @r#"
$ request --tel 010-0000-0001 --cost 1e30
error: invalid value '1e30' for '--cost <WON>': `1e30` is not whole won (expected a form like `25500` or `25,500`)
hint: see what it takes with --help
$ request --tel 010-0000-0001 --cost 25.5
error: invalid value '25.5' for '--cost <WON>': `25.5` is not whole won (expected a form like `25500` or `25,500`)
hint: see what it takes with --help
$ request --tel 010-0000-0001 --cost 99999999999999999999
error: invalid value '99999999999999999999' for '--cost <WON>': `99999999999999999999` is not whole won (expected a form like `25500` or `25,500`)
hint: see what it takes with --help
$ request --tel 010-0000-0001 --priority 9
error: invalid value '9' for '--priority <PRIORITY>': `9` is not a priority (low, normal, high, urgent, or 0 to 3)
hint: see what it takes with --help
$ request --tel 010-0000-0001 --location 91,200
error: latitude 91.000000 is not between -90 and 90 degrees
hint: latitude first, then longitude: 37.5663,126.9779
$ request --tel 010-0000-0001 --location 126.9779,37.5663
error: latitude 126.977900 is not between -90 and 90 degrees
hint: latitude first, then longitude: 37.5663,126.9779
$ request --tel 010-0000-0001 --location 37.5,
error: `37.5,` is not a point (expected a form like `37.5663,126.9779`)
hint: latitude first, then longitude: 37.5663,126.9779
$ request --tel abc
error: a telephone number without any digit
hint: give a number like 010-0000-1234
$ finish C-2 --fare 1e3
error: invalid value '1e3' for '--fare <WON>': `1e3` is not whole won (expected a form like `25500` or `25,500`)
hint: see what it takes with --help
$ status C-99999999999999999999999
error: invalid value 'C-99999999999999999999999' for '<C>': `C-99999999999999999999999` is not a call number (expected a form like `C-1`)
hint: see what it takes with --help
$ status C--1
error: invalid value 'C--1' for '<C>': `C--1` is not a call number (expected a form like `C-1`)
hint: see what it takes with --help
$ status W-1
error: invalid value 'W-1' for '<C>': `W-1` is not a call number (expected a form like `C-1`)
hint: see what it takes with --help
$ hold C-3 --until soon
error: `soon` is not a time (expected a form like `14:30`, `30m` or `2026-11-21 14:30`)
hint: write a clock time (14:30), a span (30m), or a date and a time
$ hold C-3 --until 99999999999h
error: `99999999999h` is not a time (expected a form like `14:30`, `30m` or `2026-11-21 14:30`)
hint: write a clock time (14:30), a span (30m), or a date and a time
$ list --since yesterday
error: `yesterday` is not a time (expected a form like `14:30`, `30m` or `2026-11-21 14:30`)
hint: write a clock time (14:30), a span (30m), or a date and a time
$ list --limit -1
error: invalid value '-1' for '--limit <N>': `-1` is not a whole number from 0 on
hint: see what it takes with --help
$ tail --from x
error: invalid value 'x' for '--from <SEQ>': `x` is not a whole number from 0 on
hint: see what it takes with --help
$ tail --last -5
error: invalid value '-5' for '--last <N>': `-5` is not a whole number from 0 on
hint: see what it takes with --help
$ watch C-2 --timeout -1s
error: invalid value '-1s' for '--timeout <TIME>': `-1s` is not a span of time (expected a form like `30s`, `500ms`, `10m`, `2h`)
hint: see what it takes with --help
$ participant slow manage --fixed forever
error: invalid value 'forever' for '--fixed <TIME>': `forever` is not a span of time (expected a form like `30s`, `500ms`, `10m`, `2h`)
hint: see what it takes with --help
$ verify --lock-timeout abc
error: invalid value 'abc' for '--lock-timeout <TIME>': `abc` is not a span of time (expected a form like `30s`, `500ms`, `10m`, `2h`)
hint: see what it takes with --help
"#);
}

#[test]
fn numbers_outside_their_limits() {
    assert_snapshot!(refused(1, &[
        "request --tel 010-0000-0001 --cost -1",
        "request --tel 010-0000-0001 --cost 9999999999999999",
        "amend C-3 --cost -5",
        "finish C-2 --fare -5",
        "hold C-3 --until 0s",
        "amend C-3",
    ]), @r#"
$ request --tel 010-0000-0001 --cost -1
error: cost must be from 0 to 10000000000, not -1
hint: give a number inside the limits
$ request --tel 010-0000-0001 --cost 9999999999999999
error: cost must be from 0 to 10000000000, not 9999999999999999
hint: give a number inside the limits
$ amend C-3 --cost -5
error: cost must be from 0 to 10000000000, not -5
hint: give a number inside the limits
$ finish C-2 --fare -5
error: fare must be from 0 to 10000000000, not -5
hint: give a number inside the limits
$ hold C-3 --until 0s
error: a hold must end in the future
hint: give a later end: --until 14:30 or --until 30m
$ amend C-3
error: nothing to change was named for C-3
hint: name what changes: ascall amend C-3 --location … --tel … --kind … --cost …
"#);
}

#[test]
fn what_is_not_there() {
    assert_snapshot!(refused(1, &[
        "status C-999",
        "cancel C-0",
        "why C-999",
        "why C-2 W-99",
        "watch C-999",
        "inbox --call C-999",
        "inbox --worker W-99",
        "assign C-3 W-99",
        "worker show W-99",
        "worker on W-99",
        "worker at W-99 37.5,127.0",
        "offer accept O-9",
        "offer decline O-9",
        "attention take A-9",
        "attention done A-9",
        "participant stop nobody",
        "breaker open nobody --reason x",
        "breaker incidents nobody",
        "waive C-2 nothing --reason x",
        "request --tel 010-0000-0001 --profile repiar",
        "request --tel 010-0000-0001 --field colour=red",
        "request --tel 010-0000-0001 --profile driver --field transmission=magic",
        "worker add --name 김 --tel 010-0000-0001 --service nowhere",
        "list --profile nowhere",
        "worker list --service nowhere",
    ]), @"
    $ status C-999
    error: there is no call C-999
    hint: see which there are: ascall list --all
    $ cancel C-0
    error: there is no call C-0
    hint: see which there are: ascall list --all
    $ why C-999
    error: there is no call C-999
    hint: see which there are: ascall list --all
    $ why C-2 W-99
    error: there is no worker W-99
    hint: see who there is: ascall worker list
    $ watch C-999
    error: there is no call C-999
    hint: see which there are: ascall list --all
    $ inbox --call C-999
    error: there is no call C-999
    hint: see which there are: ascall list --all
    $ inbox --worker W-99
    error: there is no worker W-99
    hint: see who there is: ascall worker list
    $ assign C-3 W-99
    error: there is no worker W-99
    hint: see who there is: ascall worker list
    $ worker show W-99
    error: there is no worker W-99
    hint: see who there is: ascall worker list
    $ worker on W-99
    error: there is no worker W-99
    hint: see who there is: ascall worker list
    $ worker at W-99 37.5,127.0
    error: there is no worker W-99
    hint: see who there is: ascall worker list
    $ offer accept O-9
    error: offer O-9 is not open any more
    hint: see what is open: ascall offer list
    $ offer decline O-9
    error: offer O-9 is not open any more
    hint: see what is open: ascall offer list
    $ attention take A-9
    error: attention A-9 is not open
    hint: see what is open: ascall attention list
    $ attention done A-9
    error: attention A-9 is not open
    hint: see what is open: ascall attention list
    $ participant stop nobody
    error: there is no participant `nobody` (known: manage, payment, delivery, stock, assign)
    hint: see who there is: ascall participant list
    $ breaker open nobody --reason x
    error: there is no participant `nobody` (known: manage, payment, delivery, stock, assign)
    hint: see who there is: ascall participant list
    $ breaker incidents nobody
    error: there is no participant `nobody` (known: delivery, manage, payment, stock)
    hint: see who there is: ascall participant list
    $ waive C-2 nothing --reason x
    error: call C-2 has no step `nothing` (its steps: manage)
    hint: see its steps: ascall status C-2
    $ request --tel 010-0000-0001 --profile repiar
    error: there is no profile `repiar` (known: driver, repair, shop, taxi, tutoring)
    hint: name one of them with --profile, or add a file to `profiles` in the configuration
    $ request --tel 010-0000-0001 --field colour=red
    error: profile `repair` has no field `colour` (its fields: tel, location, cost, visit, kind)
    hint: leave it out, or use one of the fields named
    $ request --tel 010-0000-0001 --profile driver --field transmission=magic
    error: `magic` is not allowed for `transmission` (allowed: 자동, 수동)
    hint: give one of the allowed values: --field transmission=…
    $ worker add --name 김 --tel 010-0000-0001 --service nowhere
    error: there is no profile `nowhere` (known: driver, repair, shop, taxi, tutoring)
    hint: name one of them with --profile, or add a file to `profiles` in the configuration
    $ list --profile nowhere
    error: there is no profile `nowhere` (known: driver, repair, shop, taxi, tutoring)
    hint: name one of them with --profile, or add a file to `profiles` in the configuration
    $ worker list --service nowhere
    error: there is no profile `nowhere` (known: driver, repair, shop, taxi, tutoring)
    hint: name one of them with --profile, or add a file to `profiles` in the configuration
    ");
}

#[test]
fn what_the_command_line_does_not_know() {
    assert_snapshot!(refused(2, &[
        "",
        "canel --tel 010-0000-0001",
        "request --tell 010-0000-0001",
        "request --tel 010-0000-0001 extra",
        "request --tel 010-0000-0001 -f calls.csv",
        "request --tel 010-0000-0001 --timeout 5s",
        "request --tel 010-0000-0001 -o xml",
        "request -f nothing.csv",
        "request -f .",
        "list --phase nowhere",
        "list --phase asigned",
        "watch C-2 --until completd",
        "tail --from 1 -n 5",
        "worker off W-1 --after-current --abort x",
        "inbox --tel 010-0000-0001 --worker W-1",
        "completions klingon",
        "serve --listen here",
        "config",
        "config shwo",
        "request --tel 010-0000-0001 --location 중구",
        "worker add --name 김 --tel 010-0000-0001 --at 'no such place'",
        "worker at W-1 중구",
    ]), @r#"
    $ 
    error: 'ascall' requires a subcommand but one was not provided
      [subcommands: request, cancel, amend, priority, hold, release, note, reopen, reschedule, claim, assign, reassign, depart, arrive, start, finish, abort, settle, refund, rate, waive, retry, status, list, watch, why, worker, offer, stock, member, profile, participant, breaker, inbox, attention, report, replay, load, tail, verify, export, import, backup, restore, doctor, tui, demo, serve, token, config, completions]
    Usage: ascall [OPTIONS] <COMMAND>
    hint: see what it takes with --help
    $ canel --tel 010-0000-0001
    error: unrecognized subcommand 'canel'
    hint: a similar subcommand exists: 'cancel'
    Usage: ascall [OPTIONS] <COMMAND>
    hint: see what it takes with --help
    $ request --tell 010-0000-0001
    error: unexpected argument '--tell' found
    hint: a similar argument exists: '--tel'
    Usage: ascall request --tel <TEL>
    hint: see what it takes with --help
    $ request --tel 010-0000-0001 extra
    error: unexpected argument 'extra' found
    Usage: ascall request [OPTIONS]
    hint: see what it takes with --help
    $ request --tel 010-0000-0001 -f calls.csv
    error: the argument '--tel <TEL>' cannot be used with '--file <FILE>'
    Usage: ascall request --tel <TEL> --lang <LANG>
    hint: see what it takes with --help
    $ request --tel 010-0000-0001 --timeout 5s
    error: the following required arguments were not provided:
      --wait <PHASE>
    Usage: ascall request --wait <PHASE> --tel <TEL> --timeout <TIME> --lang <LANG>
    hint: see what it takes with --help
    $ request --tel 010-0000-0001 -o xml
    error: invalid value 'xml' for '--output <FORM>'
      [possible values: table, json, ndjson, csv, id]
    hint: see what it takes with --help
    $ request -f nothing.csv
    error: nothing.csv cannot be read
    caused by: No such file or directory (os error 2)
    hint: name a file that can be read, or - for standard input
    $ request -f .
    error: . cannot be read
    caused by: Is a directory (os error 21)
    hint: name a file that can be read, or - for standard input
    $ list --phase nowhere
    error: invalid value 'nowhere' for '--phase <PHASE>': there is no such phase (known: received, gating, parked, open, scheduled, assigned, in_service, closing, unwinding, completed, canceled, unfilled, rejected)
    hint: see what it takes with --help
    $ list --phase asigned
    error: invalid value 'asigned' for '--phase <PHASE>': there is no such phase (known: received, gating, parked, open, scheduled, assigned, in_service, closing, unwinding, completed, canceled, unfilled, rejected); did you mean `assigned`?
    hint: see what it takes with --help
    $ watch C-2 --until completd
    error: invalid value 'completd' for '--until <PHASE>'
      [possible values: open, scheduled, assigned, in_service, ended]
    hint: a similar value exists: 'open'
    hint: see what it takes with --help
    $ tail --from 1 -n 5
    error: the argument '--from <SEQ>' cannot be used with '--last <N>'
    Usage: ascall tail --from <SEQ> --lang <LANG>
    hint: see what it takes with --help
    $ worker off W-1 --after-current --abort x
    error: the argument '--after-current' cannot be used with '--abort <REASON>'
    Usage: ascall worker off --after-current --lang <LANG> <W>
    hint: see what it takes with --help
    $ inbox --tel 010-0000-0001 --worker W-1
    error: the argument '--tel <TEL>' cannot be used with '--worker <W>'
    Usage: ascall inbox --lang <LANG> <--tel <TEL>|--worker <W>|--member <M>|--call <C>>
    hint: see what it takes with --help
    $ completions klingon
    error: invalid value 'klingon' for '<SHELL>'
      [possible values: bash, elvish, fish, powershell, zsh]
    hint: see what it takes with --help
    $ serve --listen here
    error: invalid value 'here' for '--listen <ADDR:PORT>': invalid socket address syntax
    hint: see what it takes with --help
    $ config
    error: 'ascall config' requires a subcommand but one was not provided
      [subcommands: show, explain, path]
    Usage: ascall config [OPTIONS] <COMMAND>
    hint: see what it takes with --help
    $ config shwo
    error: unrecognized subcommand 'shwo'
    hint: a similar subcommand exists: 'show'
    Usage: ascall config [OPTIONS] <COMMAND>
    hint: see what it takes with --help
    $ request --tel 010-0000-0001 --location 중구
    error: `중구` could be more than one place:
      서울특별시 중구
      부산광역시 중구
      대구광역시 중구
      인천광역시 중구
      대전광역시 중구
      울산광역시 중구
    hint: say which, e.g. "서울특별시 중구", or give LAT,LON
    $ worker add --name 김 --tel 010-0000-0001 --at 'no such place'
    error: `no such place` is not a place the desk knows
    hint: give a district ("마포구 공덕동") or LAT,LON (37.5481,126.9550)
    $ worker at W-1 중구
    error: `중구` could be more than one place:
      서울특별시 중구
      부산광역시 중구
      대구광역시 중구
      인천광역시 중구
      대전광역시 중구
      울산광역시 중구
    hint: say which, e.g. "서울특별시 중구", or give LAT,LON
    "#);
}

#[test]
fn every_verb_in_a_phase_that_is_not_its_own() {
    let desk = desk();
    let before = head(&desk);
    let mut told = String::new();
    for (call, phase) in
        [("C-1", "completed"), ("C-2", "in service"), ("C-3", "open"), ("C-4", "canceled")]
    {
        told += &format!("{call} {phase}\n");
        for verb in [
            "cancel {}",
            "amend {} --location 37.5,127.0",
            "hold {} --until 30m",
            "release {}",
            "assign {} W-1",
            "reassign {} W-1",
            "arrive {}",
            "start {}",
            "finish {}",
            "abort {} --reason x",
            "settle {} --by cash --reason x",
            "waive {} manage --reason x",
            "retry {}",
            "reopen {}",
            "priority {} high",
        ] {
            let line = format!("{} --lang en", verb.replace("{}", call));
            let dry = crate::told::run(&desk, &format!("{line} --dry-run"));
            if dry.code == Some(0) {
                told += &format!("  {verb}: accepted\n");
                continue;
            }
            let said = ends(&desk, 1, &line);
            assert!(said.contains("hint: "), "{line}\n{said}");
            assert_eq!(head(&desk), before, "{line} changed the desk");
            told += &format!("  {verb}: {}\n", said.lines().next().unwrap_or_default());
        }
    }
    assert_snapshot!(told, @"
    C-1 completed
      cancel {}: error: call C-1 is completed and cannot be canceled
      amend {} --location 37.5,127.0: error: call C-1 is completed and cannot be amended
      hold {} --until 30m: error: call C-1 is completed and cannot be held
      release {}: error: call C-1 is completed and cannot be released
      assign {} W-1: error: call C-1 is completed and cannot be assigned
      reassign {} W-1: error: call C-1 is completed and cannot be reassigned
      arrive {}: error: call C-1 is completed and cannot be arrived at
      start {}: error: call C-1 is completed and cannot be started
      finish {}: error: call C-1 is completed and cannot be finished
      abort {} --reason x: error: call C-1 is completed and cannot be aborted
      settle {} --by cash --reason x: error: call C-1 is completed and cannot be settled
      waive {} manage --reason x: error: call C-1: `manage` has nothing to be undone
      retry {}: error: call C-1 has nothing that waits to be tried again
      reopen {}: accepted
      priority {} high: error: call C-1 is completed and cannot be given a priority
    C-2 in service
      cancel {}: error: call C-2 is already in service with W-1
      amend {} --location 37.5,127.0: error: call C-2 is already in service with W-1
      hold {} --until 30m: error: call C-2 is already in service with W-1
      release {}: error: call C-2 is already in service with W-1
      assign {} W-1: error: call C-2 is already in service with W-1
      reassign {} W-1: error: call C-2 is already in service with W-1
      arrive {}: error: call C-2 is already in service with W-1
      start {}: error: call C-2 is already in service with W-1
      finish {}: accepted
      abort {} --reason x: accepted
      settle {} --by cash --reason x: error: call C-2 is in_service, not closing; it cannot be settled by cash
      waive {} manage --reason x: error: call C-2: `manage` has nothing to be undone
      retry {}: error: call C-2 has nothing that waits to be tried again
      reopen {}: error: call C-2 is already in service with W-1
      priority {} high: accepted
    C-3 open
      cancel {}: accepted
      amend {} --location 37.5,127.0: accepted
      hold {} --until 30m: accepted
      release {}: error: call C-3 has no worker
      assign {} W-1: error: worker W-1 is busy with C-2
      reassign {} W-1: error: call C-3 has no worker
      arrive {}: error: call C-3 is open and cannot be arrived at
      start {}: error: call C-3 is open and cannot be started
      finish {}: error: call C-3 is open and cannot be finished
      abort {} --reason x: error: call C-3 is open and cannot be aborted
      settle {} --by cash --reason x: error: call C-3 is open, not closing; it cannot be settled by cash
      waive {} manage --reason x: error: call C-3: `manage` has nothing to be undone
      retry {}: error: call C-3 has nothing that waits to be tried again
      reopen {}: error: call C-3 is open and cannot be reopened
      priority {} high: accepted
    C-4 canceled
      cancel {}: accepted
      amend {} --location 37.5,127.0: error: call C-4 is canceled and cannot be amended
      hold {} --until 30m: error: call C-4 is canceled and cannot be held
      release {}: error: call C-4 is canceled and cannot be released
      assign {} W-1: error: call C-4 is canceled and cannot be assigned
      reassign {} W-1: error: call C-4 is canceled and cannot be reassigned
      arrive {}: error: call C-4 is canceled and cannot be arrived at
      start {}: error: call C-4 is canceled and cannot be started
      finish {}: error: call C-4 is canceled and cannot be finished
      abort {} --reason x: error: call C-4 is canceled and cannot be aborted
      settle {} --by cash --reason x: error: call C-4 is canceled and cannot be settled
      waive {} manage --reason x: error: call C-4 is canceled and cannot be waived
      retry {}: error: call C-4 is canceled and cannot be retried
      reopen {}: accepted
      priority {} high: error: call C-4 is canceled and cannot be given a priority
    ");
}

#[test]
fn usual_refusals_are_korean_for_a_korean_desk() {
    assert_snapshot!(tell(&desk(), &[
        "status C-999",
        "cancel C-2",
        "assign C-3 W-1",
        "request --tel 010-0000-0001 --location 중구",
        "request --tel 010-0000-0001 --cost -1",
        "breaker open manage",
        "watch C-3 --timeout 0s",
        "--store nothing.redb list",
    ]), @r#"
    $ status C-999
    ! error: 호출 C-999이(가) 없습니다
    ! hint: 호출 보기: ascall list --all
    = 1
    $ cancel C-2
    ! error: 호출 C-2은(는) 이미 W-1 기사가 작업 중입니다
    ! hint: 먼저 작업을 끝내세요: ascall finish C-2, 또는 ascall abort C-2 --reason …
    = 1
    $ assign C-3 W-1
    ! error: 기사 W-1은(는) C-2 호출을 맡고 있습니다
    ! hint: 다른 기사를 고르거나 (ascall worker list), 먼저: ascall release C-2
    = 1
    $ request --tel 010-0000-0001 --location 중구
    ! error: `중구`은(는) 여러 곳일 수 있습니다:
    !   서울특별시 중구
    !   부산광역시 중구
    !   대구광역시 중구
    !   인천광역시 중구
    !   대전광역시 중구
    !   울산광역시 중구
    ! hint: 하나를 고르세요. 예: "서울특별시 중구", 또는 LAT,LON
    = 2
    $ request --tel 010-0000-0001 --cost -1
    ! error: cost은(는) 0에서 10000000000 사이여야 합니다 (입력: -1)
    ! hint: 범위 안의 수로 쓰세요
    = 1
    $ breaker open manage
    ! error: 사유가 필요합니다 (holding a breaker open)
    ! hint: --reason "…"을(를) 더하세요
    = 1
    $ watch C-3 --timeout 0s
    12  00:00:00  접수  kim
    12  00:00:00  요청  manage 처리 #1  kim
    12  00:00:00  응답  manage 처리 승인 (0 ms)  kim
    12  00:00:00  접수 확정  kim
    12  00:00:00  알림  접수 → 고객  kim
    12  00:00:00  알맞은 기사 없음  kim
    ! error: 호출 C-3은(는) 아직 ended 상태가 아닙니다 (지금 open)
    ! hint: 호출은 계속됩니다. 다시 보기: ascall status C-3
    = 6
    $ --store nothing.redb list
    ! error: 아직 데스크가 없습니다: nothing.redb
    ! hint: 첫 호출을 받으세요: ascall request --tel 010-0000-1234
    = 1
    "#);
}

/// The characters that act on a screen, in every place that takes text.
const ACTING: &str = "가\u{1b}[31m\u{202e}\u{9b}2J\u{7}\n\t나";

#[test]
fn characters_that_act_are_inert_wherever_they_come_out() {
    let desk = Sealed::new();
    let skill = format!("--skill={ACTING}");
    let (name, kind, note) = (format!("--name={ACTING}"), format!("--kind={ACTING}"), ACTING);
    let place = format!("--location={ACTING}");
    let reason = format!("--reason={ACTING}");
    desk.ok(&["worker", "add", &name, "--tel", "010-0000-0101", &skill, &reason]);
    desk.ok(&["request", "--tel", "010-0000-0001", &name, &place, &kind]);
    desk.ok(&["request", "--tel", &format!("12{ACTING}")]);
    desk.ok(&["note", "C-1", note, &reason]);
    for line in [
        "list",
        "list --reveal",
        "list -o csv --reveal",
        "list -o json --reveal",
        "list -o ndjson --reveal",
        "list -o id",
        "status C-1",
        "status C-1 --reveal",
        "status C-1 -o csv",
        "status C-1 -o json",
        "status C-2 --reveal",
        "worker list --reveal",
        "worker list -o csv --reveal",
        "worker show W-1 -o json",
        "worker show W-1 --reveal",
        "why C-1",
        "why C-1 -o csv",
        "inbox --call C-1 --reveal",
        "inbox --call C-1 -o csv --reveal",
        "inbox --worker W-1 -o json",
        "tail",
        "tail -o csv",
        "tail -o ndjson",
    ] {
        // `ends` looks for what acts.
        ends(&desk, 0, line);
    }
    let json: serde_json::Value = desk.json(&["status", "C-1"]);
    assert_eq!(json["kind"], ACTING, "a program reads what was typed");
    for args in [
        vec!["status", ACTING],
        vec![ACTING],
        vec!["request", "--tel", "1", "--profile", ACTING],
        vec!["participant", "stop", ACTING],
        vec!["breaker", "incidents", ACTING],
        vec!["list", "--phase", ACTING],
        vec!["request", "-f", ACTING],
        vec!["--config", ACTING, "list"],
        vec!["--store", ACTING, "list"],
        vec!["request", "--tel", "1", "--field", ACTING],
        vec!["request", "--tel", "1", "--key", ACTING],
        vec!["waive", "C-1", ACTING, "--reason", "x"],
        vec!["worker", "at", "W-1", ACTING],
    ] {
        let ran = desk.run(&args);
        assert!(matches!(ran.code, Some(1 | 2)), "{args:?} {ran:?}");
        sound(&args.join(" "), &ran);
    }
    desk.verified();
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let desk = desk();
    let before = head(&desk);
    let odd = || OsString::from_vec(b"\xff\xfe".to_vec());
    for flag in ["--tel", "--name", "--location", "--kind", "--key", "--profile"] {
        let mut command = desk.command(&["request", "--lang", "en", "--tel", "010-0000-0009"]);
        let output = command.arg(flag).arg(odd()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{flag}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("error: "), "{flag}: {said}");
    }
    assert_eq!(head(&desk), before);
}

#[test]
fn huge_words_are_refused_in_a_line_that_can_be_read() {
    let desk = desk();
    let before = head(&desk);
    // The most that the system hands over in one word.
    let huge = "가".repeat(40_000);
    for args in [
        vec!["request", "--tel", &huge],
        vec!["request", "--tel", "010-0000-0009", "--name", &huge],
        vec!["request", "--tel", "010-0000-0009", "--location", &huge],
        vec!["request", "--tel", "010-0000-0009", "--kind", &huge],
        vec!["request", "--tel", "010-0000-0009", "--profile", &huge],
        vec!["request", "--tel", "010-0000-0009", "--key", &huge],
        vec!["request", "--tel", "010-0000-0009", "--reason", &huge],
        vec!["note", "C-2", &huge],
        vec!["status", &huge],
        vec!["participant", "stop", &huge],
        vec!["worker", "add", "--tel", "010-0000-0009", "--name", &huge],
        vec!["worker", "add", "--tel", "010-0000-0009", "--name", "김", "--skill", &huge],
        vec!["worker", "at", "W-1", &huge],
        vec![&huge],
    ] {
        let ran = desk.run(&args);
        assert!(matches!(ran.code, Some(1 | 2)), "{} {:?} {}", args[0], ran.code, ran.err.len());
        assert!(ran.err.lines().all(|line| line.chars().count() <= 500), "{}", args[0]);
        assert!(ran.err.lines().count() <= 6, "{}", ran.err);
        assert_eq!(head(&desk), before, "{}", args[0]);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let desk = desk();
    for args in
        [&["tail", "-o", "ndjson"][..], &["list", "--all"], &["completions", "bash"], &["--help"]]
    {
        let mut command = desk.command(args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{args:?}");
    }
}

#[test]
fn output_that_cannot_be_written_is_said() {
    let desk = desk();
    for args in [&["list"][..], &["list", "-o", "json"], &["completions", "zsh"], &["tail"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = desk.command(args).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(7), "{args:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            said.contains("the output cannot be written") && said.contains("No space"),
            "{said}"
        );
    }
}
