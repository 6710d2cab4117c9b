//! Processes of the built binary that run beside the test, and the patience with them.

use crate::sealed::{Ran, Sealed};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, ChildStdout, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long anything may take on a machine that is busy with other tests.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A process that runs until it is told to leave, or until the test is over.
pub struct Running {
    child: Child,
    out: Lines,
    err: Lines,
}

/// The lines a process says, as they come.
struct Lines(mpsc::Receiver<String>);

impl Lines {
    fn of(from: impl std::io::Read + Send + 'static) -> Self {
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(from).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Self(lines)
    }
}

impl Running {
    /// Starts `args` in the world of `desk`.
    pub fn start(desk: &Sealed, args: &[&str]) -> Self {
        Self::begin(desk.command(args))
    }

    pub fn begin(mut command: std::process::Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let out: ChildStdout = child.stdout.take().unwrap();
        let err: ChildStderr = child.stderr.take().unwrap();
        Self { child, out: Lines::of(out), err: Lines::of(err) }
    }

    /// A host, listening.
    pub fn host(desk: &Sealed) -> Self {
        let mut host = Self::start(desk, &["serve", "--no-http"]);
        // It says so when it holds the desk and listens.
        host.says_aside();
        host
    }

    /// The next line of its results.
    pub fn says(&mut self) -> String {
        self.out.0.recv_timeout(PATIENCE).unwrap_or_else(|why| {
            let aside: Vec<String> = self.err.0.try_iter().collect();
            panic!("it says nothing: {why}; aside: {aside:#?}")
        })
    }

    /// The next line beside its results.
    pub fn says_aside(&mut self) -> String {
        self.err.0.recv_timeout(PATIENCE).unwrap()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.pid()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Sends it the signal and waits for its end; its exit code, none when the signal killed it.
    pub fn ends_by(mut self, signal: Signal) -> Option<i32> {
        self.signal(signal);
        self.ends()
    }

    /// Waits for its end.
    pub fn ends(&mut self) -> Option<i32> {
        // The pipe closes with the process.
        while let Ok(line) = self.err.0.recv_timeout(PATIENCE) {
            println!("{}: {line}", self.child.id());
        }
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already is no fault.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Starts `args` and gives what came of it to whoever asks; a process that hangs fails the test.
pub fn later(desk: &Sealed, args: &[&str]) -> impl FnOnce() -> Ran + use<> {
    let mut command = desk.command(args);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    let (send, ended) = mpsc::channel();
    std::thread::spawn(move || drop(send.send(child.wait_with_output().unwrap())));
    let args = args.join(" ");
    move || {
        let Ok(output) = ended.recv_timeout(PATIENCE) else {
            kill_process(pid, Signal::KILL).unwrap();
            panic!("`{args}` hangs");
        };
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
