//! Hosts that are none: what a client says to them.

use crate::running::later;
use crate::sealed::Sealed;
use std::fs::{DirBuilder, File};
use std::io::{Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::UnixListener;

/// A process that holds the lock and listens where a host would; `answers` are what it says, connection by connection,
/// before it closes each; nothing: it only closes.
fn impostor(desk: &Sealed, answers: &'static [&'static str]) -> File {
    desk.request(1, &[]);
    let lock = File::options().write(true).open(desk.path("desk.redb.lock")).unwrap();
    lock.try_lock().unwrap();
    let folder = desk.path("desk.redb.attach");
    DirBuilder::new().mode(0o700).create(&folder).unwrap();
    let listener = UnixListener::bind(folder.join("socket")).unwrap();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = [0; 4_096];
            let read = stream.read(&mut head).unwrap();
            assert!(read > 0);
            // A client that has gone away misses nothing.
            if !answer.is_empty() {
                drop(write!(
                    stream,
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{answer}",
                    answer.len()
                ));
            }
        }
    });
    lock
}

/// A hello of this protocol.
const HELLO: &str = r#"{"protocol":4,"release":"0.1.0","verb":"serve","pid":4711}"#;

/// A hello of a protocol to come.
const HELLO_99: &str = r#"{"protocol":99,"release":"9.9.0","verb":"serve","pid":4711}"#;

#[test]
fn a_host_of_another_protocol_is_named_and_left_alone() {
    let desk = Sealed::new();
    let _lock = impostor(&desk, &[HELLO_99]);
    let said = later(&desk, &["list", "--lang", "en"])();
    assert_eq!(said.code, Some(3), "{said:?}");
    assert_eq!(
        said.err,
        "error: the desk is held by `serve` (process 4711) of ascall 9.9.0, which speaks protocol 99, not 4\n\
         hint: use that release, or stop it and start it from this one\n"
    );
}

#[test]
fn whoever_answers_nonsense_is_no_host() {
    let desk = Sealed::new();
    let _lock = impostor(&desk, &["hello"]);
    let said = later(&desk, &["list", "--lang", "en"])();
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(said.err.contains("does not answer like a desk's host"), "{}", said.err);
}

#[test]
fn an_outcome_that_nobody_knows_ends_with_8_and_the_key() {
    let desk = Sealed::new();
    // Hello, and nothing once the order itself has come: what became of it nobody can say.
    let _lock = impostor(&desk, &[HELLO, ""]);
    let line = ["cancel", "C-1", "--lang", "en", "--lock-timeout", "300ms"];
    let said = later(&desk, &line)();
    assert_eq!(said.code, Some(8), "{said:?}");
    assert!(said.err.contains("whether it was done is not known"), "{}", said.err);
    assert!(said.err.contains("--key cli-"), "{}", said.err);
}

#[test]
fn a_silent_holder_is_waited_for_and_named() {
    let desk = Sealed::new();
    desk.request(1, &[]);
    let mut lock = File::options().write(true).open(desk.path("desk.redb.lock")).unwrap();
    lock.try_lock().unwrap();
    lock.write_all(b"4711 1763683200000 serve\n").unwrap();
    let folder = desk.path("desk.redb.attach");
    DirBuilder::new().mode(0o700).create(&folder).unwrap();
    let _listener = UnixListener::bind(folder.join("socket")).unwrap();
    let said = later(&desk, &["list", "--lang", "en", "--lock-timeout", "300ms"])();
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(said.err.contains("by `serve` (process 4711)"), "{}", said.err);
}
