//! A participant that is a program on this machine: started once a request, JSON in, JSON out.
//!
//! | what happened | outcome |
//! | --- | --- |
//! | exit 0, a valid answer on stdout | what the answer says |
//! | it could not be started | unavailable |
//! | killed, another exit code, a bad or long answer, no answer by the deadline | indeterminate |
//!
//! Invariant: no shell ever sees the request; the arguments are fixed and the request goes to
//! stdin. When the deadline passes, or the future is dropped, the whole process group is killed.
//! Must not know what a request is for.

use super::protocol::{self, AnswerFault};
use super::{ANSWER_BYTES_DEFAULT, Cause, Outcome, Request, StartFault};
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// What is kept of stderr for the log, in bytes; the rest is read and forgotten.
pub const STDERR_BYTES_MAX: usize = 4 * 1024;

/// Which program, and how it is run. The environment is inherited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandSettings {
    /// The program: a path, or a name looked up in `PATH`.
    pub program: PathBuf,
    /// Its arguments, the same for every request.
    pub args: Vec<String>,
    /// Variables added to the inherited environment.
    pub env: BTreeMap<String, String>,
    /// Its working folder; ours when `None`.
    pub dir: Option<PathBuf>,
    /// The longest answer that is read, in bytes.
    pub answer_bytes_max: usize,
}

impl CommandSettings {
    /// The defaults for a program and its arguments.
    #[must_use]
    pub fn new<S: Into<String>>(
        program: impl Into<PathBuf>,
        args: impl IntoIterator<Item = S>,
    ) -> Self {
        Self {
            program: program.into(),
            args: args.into_iter().map(Into::into).collect(),
            env: BTreeMap::new(),
            dir: None,
            answer_bytes_max: ANSWER_BYTES_DEFAULT,
        }
    }
}

/// A program that answers requests, one process each.
#[derive(Debug, Clone)]
pub struct CommandParticipant {
    settings: CommandSettings,
}

impl CommandParticipant {
    /// A participant. Starts nothing: a program that is missing is found out, and may come back,
    /// when it is asked.
    #[must_use]
    pub fn new(settings: CommandSettings) -> Self {
        Self { settings }
    }

    /// Asks: starts the program. Ends by the request's deadline.
    pub async fn ask(&self, request: &Request) -> Outcome {
        let mut child = match self.start() {
            Ok(child) => child,
            Err(fault) => return Outcome::Unavailable { cause: Cause::NotStarted(fault) },
        };
        let mut group = Group::of(&child);
        let mut stderr = Vec::new();
        let exchange = self.exchange(&mut child, &mut group, request, &mut stderr);
        let outcome = tokio::time::timeout(request.deadline, exchange)
            .await
            .unwrap_or(Outcome::Indeterminate { cause: Cause::Deadline });
        drop(group);
        log(request, &outcome, &stderr);
        outcome
    }

    fn start(&self) -> Result<Child, StartFault> {
        let s = &self.settings;
        let mut command = Command::new(&s.program);
        command
            .args(&s.args)
            .envs(&s.env)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        if let Some(dir) = &s.dir {
            command.current_dir(dir);
        }
        command.spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => StartFault::NotFound,
            ErrorKind::PermissionDenied => StartFault::NotAllowed,
            _ => StartFault::Other,
        })
    }

    async fn exchange(
        &self,
        child: &mut Child,
        group: &mut Group,
        request: &Request,
        stderr: &mut Vec<u8>,
    ) -> Outcome {
        let (stdin, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let feed = async {
            // A program may answer without reading: that its pipe is closed is no failure.
            if let Some(mut stdin) = stdin {
                let _ = stdin.write_all(&protocol::encode(request)).await;
                let _ = stdin.write_all(b"\n").await;
            }
        };
        let max = self.settings.answer_bytes_max;
        let mut answer = Vec::new();
        let listen = async {
            let is_whole = keep(out, &mut answer, max, Rest::Stop).await;
            if !is_whole {
                // Nothing it says can be an answer any more, and it may never stop.
                group.kill();
            }
            is_whole
        };
        let ((), is_whole, _) =
            tokio::join!(feed, listen, keep(err, stderr, STDERR_BYTES_MAX, Rest::Forget));
        // Reaped only after its pipes are closed: until then its group's number stays its own.
        let status = child.wait().await;
        group.gone();
        if !is_whole {
            return Err(AnswerFault::TooLong).into();
        }
        match status {
            Ok(status) if status.success() => protocol::decode(&answer, request).into(),
            Ok(status) => Outcome::Indeterminate { cause: ending(status) },
            Err(_) => Outcome::Indeterminate { cause: Cause::Broken },
        }
    }
}

/// What to do with the bytes after the bound.
#[derive(Clone, Copy, PartialEq)]
enum Rest {
    Stop,
    Forget,
}

/// Reads to the end and keeps at most `max` bytes. False: there were more.
async fn keep(
    from: Option<impl AsyncRead + Unpin>,
    kept: &mut Vec<u8>,
    max: usize,
    rest: Rest,
) -> bool {
    let Some(mut from) = from else { return true };
    let mut is_whole = true;
    // On the heap: two of these would make every caller's future big.
    let mut chunk = vec![0_u8; 4096];
    loop {
        match from.read(&mut chunk).await {
            Ok(0) | Err(_) => return is_whole,
            Ok(n) => {
                let room = max.saturating_sub(kept.len()).min(n);
                kept.extend_from_slice(&chunk[..room]);
                is_whole &= room == n;
                if !is_whole && rest == Rest::Stop {
                    return false;
                }
            }
        }
    }
}

fn ending(status: ExitStatus) -> Cause {
    match (status.code(), status.signal()) {
        (Some(code), _) => Cause::Exit(code),
        (None, Some(signal)) => Cause::Signal(signal),
        (None, None) => Cause::Broken,
    }
}

/// The process group of a program that runs; killed when this is dropped before its end.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }

    fn kill(&self) {
        if let Some(pid) = self.0 {
            // Fails only when the group is gone already, which is what is wanted.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }

    fn gone(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What a program says on stderr goes to the log, inert and without long numbers: those may be
/// somebody's telephone.
fn log(request: &Request, outcome: &Outcome, stderr: &[u8]) {
    if stderr.is_empty() {
        return;
    }
    let said = without_numbers(&String::from_utf8_lossy(stderr));
    let kind = outcome.kind();
    tracing::debug!(key = %request.key, op = %request.op, ?kind, ?said, "program wrote to stderr");
}

/// Every run of digits and hyphens with four digits or more becomes `#`.
fn without_numbers(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_numeric() || (!run.is_empty() && matches!(c, '-' | ' ' | '.')) {
            run.push(c);
            continue;
        }
        if run.chars().filter(|d| d.is_numeric()).count() < 4 {
            clean.push_str(&run);
        } else {
            clean.push('#');
        }
        run.clear();
        clean.push(c);
    }
    clean.pop();
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_do_not_reach_the_log() {
        assert_eq!(without_numbers("call 010-0000-1234!"), "call #!");
        assert_eq!(without_numbers("010 0000 1234"), "#");
        assert_eq!(without_numbers("line 42, in f"), "line 42, in f");
        assert_eq!(without_numbers("code 3"), "code 3");
        assert_eq!(without_numbers(""), "");
    }
}
