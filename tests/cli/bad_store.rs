//! Stores that cannot be used: damaged, cut, something else, not to be written, on a full disk.

use crate::sealed::Sealed;
use crate::told::{ends, head, tell};
use insta::assert_snapshot;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

fn desk() -> Sealed {
    let desk = Sealed::new();
    for n in 1..=5 {
        ends(&desk, 0, &format!("request --tel 010-0000-000{n}"));
    }
    desk
}

#[test]
fn a_file_that_is_no_desk_is_left_as_it_is() {
    let desk = Sealed::new();
    let noise: Vec<u8> =
        (0..8_192_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    std::fs::write(desk.path("noise.redb"), &noise).unwrap();
    std::fs::write(desk.path("empty.redb"), b"").unwrap();
    std::fs::create_dir(desk.path("folder")).unwrap();
    assert_snapshot!(tell(&desk, &[
        "--store noise.redb list --lang en",
        "--store noise.redb request --tel 010-0000-0001",
        "--store noise.redb verify --lang en",
        "--store empty.redb request --tel 010-0000-0001 --lang en",
        "--store folder request --tel 010-0000-0001 --lang en",
        "--store folder list",
        "--store no/such/desk.redb list --lang en",
    ]), @r#"
$ --store noise.redb list --lang en
! error: the store noise.redb is damaged
! caused by: the file is not a journal
! hint: name the desk's own file: ascall --store FILE …
= 7
$ --store noise.redb request --tel 010-0000-0001
! error: 저장소 noise.redb이(가) 손상되었습니다
! caused by: the file is not a journal
! hint: 데스크의 파일을 지정하세요: ascall --store FILE …
= 7
$ --store noise.redb verify --lang en
! error: the store noise.redb is damaged
! caused by: the file is not a journal
! hint: name the desk's own file: ascall --store FILE …
= 7
$ --store empty.redb request --tel 010-0000-0001 --lang en
! error: the store empty.redb is damaged
! caused by: the file is not a journal
! hint: name the desk's own file: ascall --store FILE …
= 7
$ --store folder request --tel 010-0000-0001 --lang en
! error: the store folder cannot be used
! caused by: the storage failed: Is a directory (os error 21)
! hint: that is a folder; name a file in it: folder/desk.redb
= 7
$ --store folder list
! error: 저장소 folder을(를) 쓸 수 없습니다
! caused by: the storage failed: Is a directory (os error 21)
! hint: that is a folder; name a file in it: folder/desk.redb
= 7
$ --store no/such/desk.redb list --lang en
! error: there is no desk at no/such/desk.redb yet
! hint: take the first call: ascall request --tel 010-0000-1234
= 1
"#);
    assert_eq!(std::fs::read(desk.path("noise.redb")).unwrap(), noise);
    assert_eq!(std::fs::read(desk.path("empty.redb")).unwrap(), b"");
    assert!(!desk.path("no").exists(), "looking makes nothing");
}

#[test]
fn a_first_request_makes_the_folders_of_its_store() {
    let desk = Sealed::new();
    ends(&desk, 0, "--store deep/down/desk.redb request --tel 010-0000-0001");
    ends(&desk, 0, "--store deep/down/desk.redb status C-1");
    std::fs::write(desk.path("file"), "x").unwrap();
    let said = ends(&desk, 7, "--store file/desk.redb request --tel 010-0000-0001 --lang en");
    assert!(said.contains("hint: "), "{said}");
}

#[test]
fn a_store_that_was_cut_or_changed_is_named_as_damaged_or_answers_rightly() {
    let desk = desk();
    let whole = std::fs::read(desk.store()).unwrap();
    let expected = desk.ok(&["list", "-o", "id"]);
    let check = |bytes: &[u8], what: &str| {
        std::fs::write(desk.path("bad.redb"), bytes).unwrap();
        let lines = [
            "--store bad.redb list -o id --lang en",
            "--store bad.redb verify --lang en",
            "--store bad.redb request --tel 010-0000-0009 --lang en",
        ];
        for line in lines {
            // Each line finds the damage as it was, not as the one before may have left it.
            std::fs::write(desk.path("bad.redb"), bytes).unwrap();
            let ran = crate::told::run(&desk, line);
            assert!(matches!(ran.code, Some(0 | 5 | 7)), "{what}: {line} {ran:?}");
            if ran.code == Some(0) && line.contains("list") {
                assert_eq!(ran.out, expected, "{what}: a wrong answer");
            }
            if ran.code == Some(7) {
                let said = &ran.err;
                assert!(said.contains("is damaged") && said.contains("hint: "), "{what}: {said}");
            }
        }
    };
    for part in [1, 2, 3] {
        check(&whole[..whole.len() * part / 4], &format!("cut at {part}/4"));
    }
    for at in (0..whole.len()).step_by(whole.len() / 12) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        check(&bytes, &format!("a bit at {at}"));
        let end = (at + 300).min(bytes.len());
        bytes[at..end].fill(0xa5);
        check(&bytes, &format!("300 bytes at {at}"));
    }
}

/// Runs one line in a shell that first says `before`, as a user without rights over others' files.
pub fn in_shell(desk: &Sealed, before: &str, line: &str) -> (Option<i32>, String) {
    let program = env!("CARGO_BIN_EXE_ascall");
    let plain = desk.command(&[]);
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("{before}; {program} {line}")).current_dir(desk.path(""));
    for (name, value) in plain.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    let output = shell.output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_full_disk_is_said_and_nothing_acknowledged_is_lost() {
    let desk = Sealed::new();
    // Half a block: there is no room for a new desk.
    let (code, said) =
        in_shell(&desk, "trap '' XFSZ; ulimit -f 1", "request --tel 010-0000-0001 --lang en");
    assert_eq!(code, Some(7), "{said}");
    assert!(said.contains("no space left") && said.contains("make room"), "{said}");
    assert!(!desk.store().exists(), "half a desk is none");
    ends(&desk, 0, "request --tel 010-0000-0001");
    // As large as it is, and not a byte more: what needs room is refused or fits, and what stood stands.
    let blocks = std::fs::metadata(desk.store()).unwrap().len() / 512;
    let mut text = String::from("tel,name\n");
    for n in 0..3_000 {
        text += &format!("010-0000-{n:04},이름{n:0190}\n");
    }
    desk.write("many.csv", &text);
    let before = desk.ok(&["list", "--all", "-o", "id", "--limit", "0"]).lines().count();
    let (code, said) = in_shell(
        &desk,
        &format!("trap '' XFSZ; ulimit -f {blocks}"),
        "request -f many.csv -o id --lang en >taken.txt",
    );
    assert!(matches!(code, Some(7 | 8)), "{code:?} {said}");
    assert!(said.contains("hint: ") && !said.contains("bug in ascall"), "{said}");
    let taken = std::fs::read_to_string(desk.path("taken.txt")).unwrap();
    let after = desk.ok(&["list", "--all", "-o", "id", "--limit", "0"]);
    assert!(after.lines().count() >= before);
    for call in taken.lines() {
        assert!(after.lines().any(|line| line == call), "{call} was acknowledged and is gone");
    }
    desk.verified();
}

#[test]
fn a_store_that_may_not_be_read_is_said() {
    let desk = desk();
    let before = head(&desk);
    std::fs::set_permissions(desk.store(), std::fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser may read everything: there is nothing to see then.
    if std::fs::File::open(desk.store()).is_err() {
        let said = ends(&desk, 7, "list --lang en");
        assert!(said.contains("may be read and written"), "{said}");
    }
    std::fs::set_permissions(desk.store(), std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(head(&desk), before);
}

#[test]
fn a_store_in_use_is_waited_for_and_then_named() {
    use rustix::process::{Pid, Signal, kill_process};
    use std::io::{BufRead as _, BufReader};
    let desk = desk();
    let mut host = desk.command(&["serve", "--no-http"]);
    let mut host = host.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(host.stderr.take().unwrap()).read_line(&mut line).unwrap();
    // One that answers would share the desk: this one has it and is silent.
    let pid = Pid::from_raw(i32::try_from(host.id()).unwrap()).unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    let said = ends(&desk, 3, "list --lock-timeout 10ms --lang en");
    assert!(said.contains("in use by") && said.contains("--lock-timeout 30s"), "{said}");
    host.kill().unwrap();
    host.wait().unwrap();
    ends(&desk, 0, "list --lock-timeout 5s");
}
