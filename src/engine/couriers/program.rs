//! The transport `command`: a program of the user's own, which is given the notice as JSON on its standard input.
//!
//! Invariant: no shell; exit 0 means that it has the notice. It ends with its host.

use super::{Parcel, failed};
use crate::domain::command::Came;
use crate::domain::event::Said;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// How long the program may take for one notice.
const DEADLINE: Duration = Duration::from_secs(10);

/// Runs the program for one notice.
pub(super) async fn carry(argv: &[String], parcel: &Parcel) -> Came {
    let Some((program, rest)) = argv.split_first() else { return failed(Said::NotConfigured) };
    let spawned = tokio::process::Command::new(program)
        .args(rest)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let Ok(mut child) = spawned else { return failed(Said::NotStarted) };
    let talk = async {
        if let Some(mut stdin) = child.stdin.take() {
            // A program that does not read may still be content.
            drop(stdin.write_all(parcel.letter.to_json(&parcel.notice).as_bytes()).await);
        }
        child.wait().await
    };
    match tokio::time::timeout(DEADLINE, talk).await {
        Ok(Ok(status)) => match status.code() {
            Some(0) => Came::Taken(Said::Exit(0)),
            Some(code) => failed(Said::Exit(code)),
            None => failed(Said::Killed),
        },
        Ok(Err(_)) => failed(Said::Killed),
        Err(_) => failed(Said::Timeout),
    }
}
