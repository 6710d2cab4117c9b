//! A terminal in memory with a process on it.
//!
//! Invariant: what the process writes is taken in by one thread (vt100) as it comes; the test sees only whole chunks.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{
    LocalModes, OptionalActions, Termios, Winsize, tcgetattr, tcsetattr, tcsetwinsize,
};
use std::fs::File;
use std::io::{PipeWriter, Read as _, Write as _, pipe};
use std::num::NonZeroU16;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use vt100::{MouseProtocolMode, Parser, Screen};

/// How long anything may take on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_mins(1);

/// A process on a terminal of its own.
pub struct Console {
    child: Child,
    /// The end that a terminal emulator has; none: it was closed.
    ours: Option<File>,
    /// The end that the process has, kept open so that its modes can be looked at.
    theirs: Option<OwnedFd>,
    /// Whose end has the thread that reads let go of the terminal.
    open: Option<(PipeWriter, JoinHandle<()>)>,
    before: Termios,
    screen: Parser,
    chunks: Receiver<Vec<u8>>,
}

fn one(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

impl Console {
    /// Starts a command on a terminal of this size.
    pub fn start(mut command: Command, columns: u16, rows: u16) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let theirs = rustix::fs::open(name.as_c_str(), flags, Mode::empty()).unwrap();
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&ours, size).unwrap();
        let before = tcgetattr(&theirs).unwrap();
        // A group of its own, as a shell gives each job.
        command.process_group(0);
        if !command.get_envs().any(|(name, _)| name == "TERM") {
            command.env("TERM", "xterm-256color").env("COLORTERM", "truecolor");
        }
        for stdio in [Command::stdin, Command::stdout, Command::stderr] {
            stdio(&mut command, Stdio::from(theirs.try_clone().unwrap()));
        }
        let child = command.spawn().unwrap();
        // What the command holds of the terminal would keep it open.
        drop(command);
        let ours = File::from(ours);
        let mut from = ours.try_clone().unwrap();
        let (send, chunks) = channel();
        let (closed, open) = pipe().unwrap();
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let mut look =
                    [PollFd::new(&from, PollFlags::IN), PollFd::new(&closed, PollFlags::IN)];
                poll(&mut look, None).unwrap();
                if !look[1].revents().is_empty() {
                    return;
                }
                match from.read(&mut buffer) {
                    Ok(read) if read > 0 && send.send(buffer[..read].to_vec()).is_ok() => {}
                    _ => return,
                }
            }
        });
        let screen = Parser::new(one(rows), one(columns), 0);
        let (ours, theirs) = (Some(ours), Some(theirs));
        let open = Some((open, reader));
        Self { child, ours, theirs, open, before, screen, chunks }
    }

    /// Presses keys, as a terminal sends them.
    pub fn press(&mut self, keys: &str) {
        self.ours.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
    }

    /// Types a command into the console and has it carried out.
    pub fn command(&mut self, line: &str) {
        self.press(":");
        self.until("the command line", |screen| screen.contents().contains('▏'));
        self.press(line);
        self.until("what was typed", |screen| {
            let tail: String =
                line.chars().rev().take(8).collect::<Vec<_>>().into_iter().rev().collect();
            screen.contents().contains(&format!("{tail}▏"))
        });
        self.press("\r");
    }

    /// Waits until the text is on the screen.
    pub fn shows(&mut self, text: &str) {
        self.until(text, |screen| screen.contents().contains(text));
    }

    /// Waits until the text is not on the screen any more.
    pub fn shows_no(&mut self, text: &str) {
        self.until(&format!("no {text}"), |screen| !screen.contents().contains(text));
    }

    /// Waits until the screen is as wanted.
    pub fn until(&mut self, what: &str, wanted: impl Fn(&Screen) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !wanted(self.screen.screen()) {
            let left = end.saturating_duration_since(Instant::now());
            match self.chunks.recv_timeout(left) {
                Ok(chunk) => self.screen.process(&chunk),
                Err(why) => {
                    let ended = self.child.try_wait();
                    panic!(
                        "{what}: {why:?}, ended: {ended:?}\n{}",
                        self.screen.screen().contents()
                    );
                }
            }
        }
    }

    /// What the screen shows.
    pub fn contents(&self) -> String {
        self.screen.screen().contents()
    }

    /// Changes the size, as a window does.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(self.ours.as_ref().unwrap(), size).unwrap();
        self.screen.screen_mut().set_size(one(rows), one(columns));
        // The terminal is not the one that controls this test, so nobody else tells the process.
        self.signal(Signal::WINCH);
    }

    /// The process.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Closes the window.
    pub fn close(&mut self) {
        let (open, reader) = self.open.take().unwrap();
        drop(open);
        reader.join().unwrap();
        self.theirs = None;
        self.ours = None;
    }

    /// Waits until it is stopped, as a shell does.
    pub fn is_stopped(&mut self) {
        let (_, status) = waitpid(Some(self.pid()), WaitOptions::UNTRACED).unwrap().unwrap();
        while let Ok(chunk) = self.chunks.recv_timeout(Duration::from_millis(20)) {
            self.screen.process(&chunk);
        }
        assert!(status.stopped(), "{status:?}\n{}", self.contents());
    }

    /// Whether the terminal is the console's: no echo, the other screen, no cursor.
    pub fn is_taken(&mut self) {
        self.until("the screen to be taken", |screen| {
            screen.alternate_screen() && screen.hide_cursor()
        });
        assert!(!self.modes().local_modes.contains(LocalModes::ECHO));
    }

    /// Waits until the console has the mouse, or has it no more.
    pub fn mouse_is(&mut self, taken: bool) {
        self.until(if taken { "the mouse to be taken" } else { "no mouse" }, |screen| {
            (screen.mouse_protocol_mode() != MouseProtocolMode::None) == taken
        });
    }

    /// Whether the terminal is as it was before: its modes, its screen, its cursor, its mouse.
    pub fn is_given_back(&mut self) {
        self.until("the screen to be given back", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == MouseProtocolMode::None
        });
        // The modes come back just after the screen.
        let end = Instant::now() + PATIENCE;
        while !same(&self.modes(), &self.before) {
            assert!(Instant::now() < end, "{:?}\n{:?}", self.modes(), self.before);
            std::thread::yield_now();
        }
    }

    /// Spoils the modes, as a program in between may have done.
    pub fn spoil(&self) {
        tcsetattr(self.theirs.as_ref().unwrap(), OptionalActions::Now, &self.before).unwrap();
    }

    fn modes(&self) -> Termios {
        tcgetattr(self.theirs.as_ref().unwrap()).unwrap()
    }

    /// Waits for its end; its exit code, none when a signal killed it.
    pub fn ends(&mut self) -> Option<i32> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                while let Ok(chunk) = self.chunks.try_recv() {
                    self.screen.process(&chunk);
                }
                return status.code();
            }
            assert!(Instant::now() < end, "it does not end:\n{}", self.contents());
            // It may be waiting for somebody to read.
            if let Ok(chunk) = self.chunks.recv_timeout(Duration::from_millis(20)) {
                self.screen.process(&chunk);
            } else {
                std::thread::yield_now();
            }
        }
    }
}

fn same(one: &Termios, other: &Termios) -> bool {
    one.input_modes == other.input_modes
        && one.output_modes == other.output_modes
        && one.local_modes == other.local_modes
        && one.control_modes == other.control_modes
}

impl Drop for Console {
    fn drop(&mut self) {
        // One that has ended already is no fault.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
