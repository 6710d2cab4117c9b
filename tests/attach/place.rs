//! Where the socket lies, and whose it is.

use crate::running::{Running, later};
use crate::sealed::Sealed;
use rustix::process::{Signal, geteuid};
use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn socket_and_folder_are_private_whatever_the_umask() {
    for umask in ["000", "077", "777"] {
        let desk = Sealed::new();
        desk.request(1, &[]);
        let line = format!("umask {umask}; exec \"$0\" serve --no-http");
        let mut command = desk.program("sh");
        command.args(["-c", &line, env!("CARGO_BIN_EXE_ascall")]);
        let mut host = Running::begin(command);
        host.says_aside();
        let folder = desk.path("desk.redb.attach");
        assert_eq!((mode(&folder), mode(&folder.join("socket"))), (0o700, 0o600), "{umask}");
        desk.ok(&["list"]);
        assert_eq!(host.ends_by(Signal::TERM), Some(0));
        assert!(!folder.join("socket").exists(), "the socket goes with its host");
    }
}

#[test]
fn a_socket_that_a_killed_host_left_is_passed_by_and_replaced() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let socket = desk.path("desk.redb.attach/socket");
    assert_eq!(Running::host(&desk).ends_by(Signal::KILL), None);
    assert!(socket.exists());
    let made = || fs::metadata(&socket).unwrap().modified().unwrap();
    let old = made();
    desk.ok(&["list"]);
    assert!(socket.exists(), "one-shots leave it alone");
    let _host = Running::host(&desk);
    assert_ne!(made(), old);
    desk.ok(&["list"]);
}

#[test]
fn what_is_no_socket_is_never_removed() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let folder = desk.path("desk.redb.attach");
    DirBuilder::new().mode(0o700).create(&folder).unwrap();
    fs::write(folder.join("socket"), "precious").unwrap();
    let said = later(&desk, &["serve", "--no-http", "--lang", "en"])();
    assert_eq!(said.code, Some(7), "{said:?}");
    assert!(
        said.err.contains("cannot be used\ncaused by: what lies there is no socket"),
        "{said:?}"
    );
    assert_eq!(fs::read_to_string(folder.join("socket")).unwrap(), "precious");
    fs::remove_file(folder.join("socket")).unwrap();
    desk.ok(&["list"]);
}

/// Giving a file away takes the superuser; without, the same is shown of the parts (`desk/socket.rs`).
#[test]
fn a_socket_of_another_user_is_refused_and_the_user_named() {
    if !geteuid().is_root() {
        return;
    }
    let desk = Sealed::new();
    desk.request(1, &[]);
    let _host = Running::host(&desk);
    let socket = desk.path("desk.redb.attach/socket");
    std::os::unix::fs::chown(&socket, Some(12_345), None).unwrap();
    for line in [&["list"][..], &["request", "--tel", "010-0000-0002"], &["watch", "C-1"]] {
        let said = later(&desk, &[line, &["--lang", "en"]].concat())();
        assert_eq!(said.code, Some(3), "{said:?}");
        assert!(said.err.contains("belongs to another user (uid 12345)"), "{said:?}");
    }
}

#[test]
fn a_store_with_a_long_path_has_its_socket_elsewhere() {
    let mut desk = Sealed::new();
    let deep = desk.path(&"deep/".repeat(20));
    fs::create_dir_all(&deep).unwrap();
    desk.set("ASCALL_STORE", deep.join("desk.redb").to_str().unwrap());
    desk.request(1, &[]);
    let tmp = format!("/tmp/ascall-{}", geteuid().as_raw());
    let run = desk.path("run");
    DirBuilder::new().mode(0o700).create(&run).unwrap();
    for runtime_dir in [None, Some(&run)] {
        if let Some(dir) = runtime_dir {
            desk.set("XDG_RUNTIME_DIR", dir.to_str().unwrap());
        }
        let host = Running::host(&desk);
        let folder =
            runtime_dir.map_or_else(|| Path::new(&tmp).to_owned(), |dir| dir.join("ascall"));
        assert_eq!(mode(&folder), 0o700);
        assert!(!deep.join("desk.redb.attach").exists());
        // The lock is held, so whoever is answered was answered by the host.
        desk.ok(&["list", "--lock-timeout", "0s"]);
        desk.request(2, &[]);
        assert_eq!(host.ends_by(Signal::TERM), Some(0));
    }
}
