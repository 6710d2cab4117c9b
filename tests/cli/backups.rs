//! Copies of a desk, and desks from copies.

use crate::bad_store::in_shell;
use crate::sealed::Sealed;
use crate::told::{ends, head, tell};
use insta::assert_snapshot;

/// What lies in the folder of the desk, without locks.
fn files(desk: &Sealed) -> Vec<String> {
    let entries = std::fs::read_dir(desk.path("")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.contains(".redb")).collect();
    names.retain(|name| name != "desk.redb.lock" && name != "other.redb.lock");
    names.sort();
    names
}

#[test]
fn a_desk_comes_back_as_it_was_copied_and_goes_on() {
    let desk = Sealed::new();
    desk.worker("김하나", 101, "37.5663,126.9779", "TV");
    let first = desk.request(1, &["--kind", "TV", "--location", "37.566,126.978"]);
    let copied = desk.json(&["backup", "desk.copy.redb"]);
    assert_eq!(copied["seq"].to_string(), head(&desk).trim());
    assert_eq!((&copied["epoch"], &copied["calls"]), (&0.into(), &1.into()));
    let listed = desk.ok(&["list", "-o", "csv"]);
    let late = desk.request(2, &[]);
    let restored = desk.json(&["restore", "desk.copy.redb", "--force"]);
    assert!(restored["epoch"].as_u64().unwrap() > 0, "{restored}");
    assert_eq!(desk.ok(&["list", "-o", "csv"]), listed);
    desk.verified();
    // The copy is as it was, and the same copy begins another epoch each time.
    let again = desk.json(&["restore", "desk.copy.redb", "--force"]);
    assert!(again["epoch"].as_u64() > restored["epoch"].as_u64(), "{again}");
    // It goes on: the number that was given after the copy is given again.
    desk.ok(&["start", &first]);
    desk.ok(&["finish", &first]);
    assert_eq!(desk.request(3, &[]), late);
    desk.verified();
    // What was there before is kept whole, with the call that the copy does not have.
    let aside = restored["aside"].as_str().unwrap();
    desk.ok(&["--store", aside, "status", &late]);
    desk.ok(&["--store", aside, "verify"]);
    // A copy of a restored desk is of its epoch.
    assert_eq!(desk.json(&["backup", "later.redb"])["epoch"], again["epoch"]);
}

#[test]
fn a_cursor_of_before_a_restore_is_told_so_and_goes_on_behind_the_newest() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let seen = desk.json(&["tail", "-n", "1"])["cursor"].as_str().unwrap().to_owned();
    desk.json(&["backup", "copy.redb"]);
    desk.request(2, &[]);
    let news = desk.json(&["tail", "--after", &seen]);
    assert_eq!(news["cursor"], format!("0-{}", head(&desk).trim()));
    assert_eq!(desk.ok(&["tail", "--after", news["cursor"].as_str().unwrap()]), "");
    let epoch = desk.json(&["restore", "copy.redb", "--force"])["epoch"].to_string();
    let now = format!("{epoch}-{}", head(&desk).trim());
    // Its number is there, and yet it may be another record's.
    assert_eq!(desk.json(&["tail", "--after", &seen]), serde_json::json!({ "reset": now }));
    let ran = desk.run(&["tail", "--after", &seen, "--lang", "en", "-o", "csv"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""));
    let said = "warning: the cursor is of before a restore, or of another desk; it goes on after ";
    assert_eq!(ran.err.trim(), format!("{said}{now}"));
    assert_eq!(desk.ok(&["tail", "--after", &now]), "");
    assert!(desk.ok(&["tail", "--after", "0", "-o", "id"]).starts_with("1\n"));
    let said = desk.fails(2, &["tail", "--after", "soon", "--lang", "en"]);
    assert!(said.contains("no place in the journal"), "{said}");
}

#[test]
fn nothing_is_replaced_unasked() {
    let desk = Sealed::new();
    assert_snapshot!(tell(&desk, &["backup copy.redb --lang en"]), @"
    $ backup copy.redb --lang en
    ! error: there is no desk at HERE/desk.redb yet
    ! hint: take the first call: ascall request --tel 010-0000-1234
    = 1
    ");
    desk.request(1, &[]);
    ends(&desk, 0, "backup copy.redb");
    let copy = std::fs::read(desk.path("copy.redb")).unwrap();
    desk.write("other.txt", "mine");
    assert_snapshot!(tell(&desk, &[
        "backup copy.redb",
        "backup copy.redb --lang en",
        "backup desk.redb --force --lang en",
        "backup desk.redb.lock --force --lang en",
        "backup no/such/copy.redb --lang en",
        "restore copy.redb",
        "restore copy.redb --lang en",
        "restore desk.redb --force --lang en",
        "restore nothing.redb --force --lang en",
        "restore other.txt --force --lang en",
    ]), @r#"
    $ backup copy.redb
    ! error: HERE/copy.redb 파일이 이미 있습니다
    ! hint: 다른 이름을 쓰거나, 바꾸려면: --force
    = 1
    $ backup copy.redb --lang en
    ! error: HERE/copy.redb is there already
    ! hint: name another file, or replace it: --force
    = 1
    $ backup desk.redb --force --lang en
    ! error: HERE/desk.redb is the desk's own file
    ! hint: name another file; nothing was changed
    = 2
    $ backup desk.redb.lock --force --lang en
    ! error: HERE/desk.redb.lock is the desk's own file
    ! hint: name another file; nothing was changed
    = 2
    $ backup no/such/copy.redb --lang en
    ! error: the store HERE/no/such/copy.redb cannot be used
    ! caused by: the storage failed: No such file or directory (os error 2)
    ! hint: there is no folder HERE/no/such; make it: mkdir -p HERE/no/such
    = 7
    $ restore copy.redb
    ! error: 데스크가 이미 있습니다: HERE/desk.redb
    ! hint: 다른 곳에 되살리려면 --store OTHER, 있던 것을 날짜 붙은 이름으로 두려면: --force
    = 1
    $ restore copy.redb --lang en
    ! error: there is a desk at HERE/desk.redb already
    ! hint: restore beside it with --store OTHER, or keep it under a dated name: --force
    = 1
    $ restore desk.redb --force --lang en
    ! error: HERE/desk.redb is the desk's own file
    ! hint: name another file; nothing was changed
    = 2
    $ restore nothing.redb --force --lang en
    ! error: HERE/nothing.redb cannot be used
    ! caused by: No such file or directory (os error 2)
    ! hint: name a file that is there and yours, in a folder that is
    = 2
    $ restore other.txt --force --lang en
    ! error: the copy HERE/other.txt does not hold: the file is not a journal
    ! hint: nothing was changed; take an older copy
    = 5
    "#);
    assert_eq!(std::fs::read(desk.path("copy.redb")).unwrap(), copy);
    assert_eq!(files(&desk), ["copy.redb", "desk.redb"]);
    ends(&desk, 0, "backup other.txt --force");
    ends(&desk, 0, "--store new/desk.redb restore other.txt");
    assert_eq!(desk.ok(&["--store", "new/desk.redb", "list", "-o", "id"]), "C-1\n");
    desk.verified();
}

#[test]
fn a_damaged_copy_is_found_and_changes_nothing() {
    let desk = Sealed::new();
    for n in 1..=5 {
        desk.request(n, &["--kind", "TV"]);
    }
    ends(&desk, 0, "backup copy.redb");
    let whole = std::fs::read(desk.path("copy.redb")).unwrap();
    let before = desk.ok(&["list", "-o", "csv"]);
    let written: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] != 0).collect();
    let mut found = 0;
    for at in written.iter().step_by(written.len() / 24) {
        let mut bytes = whole.clone();
        bytes[*at] ^= 0x10;
        std::fs::write(desk.path("copy.redb"), &bytes).unwrap();
        let ran = desk.run(&["--store", "other.redb", "restore", "copy.redb"]);
        match ran.code {
            // A page that is not used any more may hold anything.
            Some(0) => {
                desk.ok(&["--store", "other.redb", "verify"]);
                std::fs::remove_file(desk.path("other.redb")).unwrap();
            }
            Some(5 | 7) => found += 1,
            _ => panic!("{at}: {ran:?}"),
        }
        assert_eq!(files(&desk), ["copy.redb", "desk.redb"], "{at}");
    }
    assert!(found > 5, "{found} damages were found");
    assert_eq!(desk.ok(&["list", "-o", "csv"]), before);
    // A damaged desk gives no copy.
    let mut bytes = std::fs::read(desk.store()).unwrap();
    // Wherever it stands: a page that is not used any more may hold an older one.
    let word = b"profile_adopted";
    let places: Vec<usize> =
        (0..bytes.len() - word.len()).filter(|at| bytes[*at..].starts_with(word)).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at] ^= 1;
    }
    std::fs::write(desk.store(), bytes).unwrap();
    let ran = desk.run(&["backup", "bad.redb", "--lang", "en"]);
    assert!(matches!(ran.code, Some(5 | 7)), "{ran:?}");
    assert!(ran.err.contains("hint: "), "{ran:?}");
    assert_eq!(files(&desk), ["copy.redb", "desk.redb"]);
}

#[test]
fn a_full_disk_leaves_neither_half_a_copy_nor_half_a_desk() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    ends(&desk, 0, "backup copy.redb");
    let full = "trap '' XFSZ; ulimit -f 100";
    let (code, said) = in_shell(&desk, full, "backup second.redb --lang en");
    assert_eq!(code, Some(7), "{said}");
    assert!(said.contains("no space left") && said.contains("second.redb"), "{said}");
    let (code, said) = in_shell(&desk, full, "restore copy.redb --force --lang en");
    assert_eq!(code, Some(7), "{said}");
    assert!(said.contains("no space left"), "{said}");
    assert_eq!(files(&desk), ["copy.redb", "desk.redb"]);
    desk.verified();
}
