//! The terminal: taken for what is drawn on it by itself (the console, the live view of a load), and given back as it was,
//! whatever ends it.
//!
//! Invariant: what was changed at the terminal is undone on every way out: the end, an error, a panic in whatever thread, a
//! signal, a stop to the shell. Only this file writes to it. A letter whose width terminals disagree about never moves what
//! stands behind it. Knows nothing of what is drawn.

use super::msg::Msg;
use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture, Event,
};
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, SetTitle, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute};
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::{Frame, Terminal};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, PipeReader, PipeWriter};
use std::os::fd::AsFd as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, mpsc};

/// Whether the terminal is ours at the moment.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Whether it is the one of standard error: standard output goes elsewhere, or is to be printed on afterwards.
static BESIDE: AtomicBool = AtomicBool::new(false);

/// Whether some thread has panicked.
static BROKEN: AtomicBool = AtomicBool::new(false);

/// Said when whatever is shown must end at once: its terminal is gone, or some thread has panicked.
static OVER: Notify = Notify::const_new();

/// Whether there is a terminal to show a console on.
pub(crate) fn has_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Whether the terminal says that it can only write one line after the other.
pub(crate) fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Whether there is a terminal to show something on beside what is printed.
pub(crate) fn has_terminal_beside() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal() && !is_dumb()
}

/// What befell the terminal while it was ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It has another size: columns and rows.
    Resized(u16, u16),
    /// It was somebody else's and is ours again: for how long we stood still, when we did so by ourselves.
    Back(Option<Duration>),
    /// It is gone, or some thread has panicked: what is shown must end.
    Over,
}

/// The terminal while it is ours; given back when dropped.
pub(crate) struct Canvas {
    terminal: Terminal<Steady>,
    /// Whether the mouse is ours, too.
    mouse: bool,
    resized: Signal,
    stopped: Signal,
    resumed: Signal,
    /// When we stopped to the shell.
    left: Option<Instant>,
    _keys: Keys,
    _taken: Taken,
}

impl Canvas {
    /// Takes the terminal of standard output, and perhaps the mouse; `tell` is told what is typed.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn begin(mouse: bool, tell: mpsc::UnboundedSender<Msg>) -> io::Result<Self> {
        let taken = Taken::begin(mouse)?;
        let heard = |number: process::Signal| signal(SignalKind::from_raw(number.as_raw()));
        Ok(Self {
            terminal: on_screen()?,
            mouse,
            resized: signal(SignalKind::window_change())?,
            stopped: heard(process::Signal::TSTP)?,
            resumed: heard(process::Signal::CONT)?,
            left: None,
            _keys: Keys::read(tell)?,
            _taken: taken,
        })
    }

    /// Takes the terminal of standard error: what is printed on standard output afterwards is left alone.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn beside(tell: mpsc::UnboundedSender<Msg>) -> io::Result<Self> {
        BESIDE.store(true, Ordering::SeqCst);
        Self::begin(false, tell)
    }

    /// Its columns and rows.
    ///
    /// # Errors
    /// It is gone.
    pub(crate) fn size(&self) -> io::Result<(u16, u16)> {
        self.terminal.size().map(|size| (size.width, size.height))
    }

    /// Shows something, while the terminal is ours.
    ///
    /// # Errors
    /// It is gone.
    pub(crate) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        if TAKEN.load(Ordering::SeqCst) {
            self.terminal.draw(draw)?;
            may_break();
        }
        Ok(())
    }

    /// Waits for what befalls it. Who is told to stop to the shell does so meanwhile.
    ///
    /// # Errors
    /// It could not be taken again.
    pub(crate) async fn turned(&mut self) -> io::Result<Turn> {
        loop {
            tokio::select! {
                _ = self.resized.recv() => {
                    let (columns, rows) = self.size()?;
                    return Ok(Turn::Resized(columns, rows));
                }
                _ = self.stopped.recv() => self.stop(),
                _ = self.resumed.recv() => {
                    // Whatever stood between did as it liked with the terminal.
                    give_back();
                    take(self.mouse)?;
                    // One that knows nothing of what stood there: clearing would ask the terminal where its cursor is.
                    self.terminal = on_screen()?;
                    return Ok(Turn::Back(self.left.take().map(|left| left.elapsed())));
                }
                () = OVER.notified() => return Ok(Turn::Over),
            }
        }
    }

    /// Stops to the shell; false: there is none that would bring us back.
    pub(crate) fn suspend(&mut self) -> bool {
        let can = !leads_session();
        if can {
            self.stop();
        }
        can
    }

    /// Gives the terminal back and stops until the shell lets us go on; the terminal is taken again when it says so.
    fn stop(&mut self) {
        give_back();
        self.left = Some(Instant::now());
        // A script around us is to stop, too: its shell waits for all of them.
        let _ = process::kill_current_process_group(process::Signal::STOP);
    }

    /// Takes the mouse, or leaves it to the terminal.
    ///
    /// # Errors
    /// The terminal is gone.
    pub(crate) fn mouse(&mut self, mouse: bool) -> io::Result<()> {
        self.mouse = mouse;
        capture(mouse)
    }
}

/// Puts a text on the clipboard of the terminal, as far as that does so (OSC 52).
///
/// # Errors
/// The terminal is gone.
pub(crate) fn copy(text: &str) -> io::Result<()> {
    execute!(terminal()?, CopyToClipboard::to_clipboard_from(text))
}

/// Takes the terminal; the mouse, too, unless it is left to the terminal.
fn take(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    execute!(
        terminal()?,
        EnterAlternateScreen,
        EnableBracketedPaste,
        SetTitle("ascall"),
        cursor::Hide
    )?;
    if mouse { capture(true) } else { Ok(()) }
}

/// Takes the mouse, or leaves it to the terminal, which then marks and copies text with it.
fn capture(mouse: bool) -> io::Result<()> {
    if mouse {
        execute!(terminal()?, EnableMouseCapture)
    } else {
        execute!(terminal()?, DisableMouseCapture)
    }
}

/// Gives the terminal back as it was, once.
fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // Whatever cannot be undone because the terminal is gone needs no undoing.
    drop(terminal().and_then(|mut out| {
        execute!(
            out,
            DisableBracketedPaste,
            DisableMouseCapture,
            LeaveAlternateScreen,
            cursor::Show
        )
    }));
    drop(disable_raw_mode());
}

/// Gives the terminal back before a panic is told, and ends what is shown: whichever thread it was, part of it is missing.
pub(crate) fn panicked() {
    BROKEN.store(true, Ordering::SeqCst);
    give_back();
    OVER.notify_one();
}

/// Whether some thread has panicked.
pub(crate) fn is_broken() -> bool {
    BROKEN.load(Ordering::SeqCst)
}

/// The terminal while it is taken.
struct Taken;

impl Taken {
    fn begin(mouse: bool) -> io::Result<Self> {
        let taken = Self;
        take(mouse)?;
        Ok(taken)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        give_back();
    }
}

fn on_screen() -> io::Result<Terminal<Steady>> {
    Terminal::new(Steady(CrosstermBackend::new(BufWriter::new(terminal()?))))
}

/// The terminal, past the buffer of this process: what a terminal that is gone did not take must not be left in there.
fn terminal() -> io::Result<File> {
    Ok(File::from(if BESIDE.load(Ordering::SeqCst) {
        io::stderr().as_fd().try_clone_to_owned()?
    } else {
        io::stdout().as_fd().try_clone_to_owned()?
    }))
}

/// Whether nobody would bring this process back: it is what the terminal was opened for.
fn leads_session() -> bool {
    // In a container the session may be one from outside, which has no number here; `rustix` takes that for impossible.
    nix::unistd::getsid(None).is_ok_and(|session| session == nix::unistd::getpid())
}

/// Panics when `ASCALL_PANIC_AT` is `console`: what a bug does to the terminal can be tried. Not in a release build.
#[cfg(debug_assertions)]
fn may_break() {
    use std::sync::OnceLock;
    static ASKED: OnceLock<bool> = OnceLock::new();
    let asked =
        ASKED.get_or_init(|| std::env::var_os("ASCALL_PANIC_AT").is_some_and(|at| at == "console"));
    assert!(!asked, "asked to by ASCALL_PANIC_AT");
}

/// Nothing, in a release build.
#[cfg(not(debug_assertions))]
fn may_break() {}

/// Whether the terminal is gone.
pub(crate) fn is_gone() -> bool {
    let stdin = io::stdin();
    let mut look = [PollFd::new(&stdin, PollFlags::IN)];
    let now = rustix::event::Timespec::default();
    poll(&mut look, Some(&now)).is_ok() && look[0].revents().intersects(GONE)
}

/// What a terminal says that is not there any more.
const GONE: PollFlags = PollFlags::HUP.union(PollFlags::ERR).union(PollFlags::NVAL);

/// The thread that reads what the terminal sends, until this is dropped.
struct Keys(#[expect(dead_code, reason = "the thread hears it being dropped")] PipeWriter);

impl Keys {
    fn read(tell: mpsc::UnboundedSender<Msg>) -> io::Result<Self> {
        let (unwanted, wanted) = io::pipe()?;
        std::thread::spawn(move || {
            // Whoever ends because of it finds out what is the matter.
            if pass_on(&tell, &unwanted).is_err() {
                OVER.notify_one();
            }
        });
        Ok(Self(wanted))
    }
}

/// Passes on what the terminal sends until nobody wants it. Fails when the terminal is gone.
fn pass_on(tell: &mpsc::UnboundedSender<Msg>, unwanted: &PipeReader) -> io::Result<()> {
    let stdin = io::stdin();
    loop {
        let mut look = [PollFd::new(&stdin, PollFlags::IN), PollFd::new(unwanted, PollFlags::IN)];
        match poll(&mut look, None) {
            // A signal came.
            Err(rustix::io::Errno::INTR) => continue,
            polled => polled?,
        };
        let [terminal, unwanted] = look.map(|one| one.revents());
        if !unwanted.is_empty() {
            return Ok(());
        }
        if terminal.intersects(GONE) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        while crossterm::event::poll(Duration::ZERO)? {
            if let Some(msg) = msg(crossterm::event::read()?)
                && tell.send(msg).is_err()
            {
                return Ok(());
            }
        }
    }
}

fn msg(event: Event) -> Option<Msg> {
    Some(match event {
        Event::Key(key) => Msg::Key(key),
        Event::Mouse(mouse) => Msg::Mouse(mouse),
        Event::Paste(text) => Msg::Paste(text),
        Event::Resize(columns, rows) => Msg::Resize(columns, rows),
        Event::FocusGained | Event::FocusLost => return None,
    })
}

/// A backend that says anew where it writes behind every letter whose width terminals disagree about.
struct Steady(CrosstermBackend<BufWriter<File>>);

impl Backend for Steady {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut run: Vec<(u16, u16, &Cell)> = Vec::new();
        for (x, y, cell) in content {
            run.push((x, y, cell));
            if !cell.symbol().is_ascii() {
                self.0.draw(run.drain(..))?;
            }
        }
        self.0.draw(run.into_iter())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.0.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        // Asked for when the terminal is let go; one that is gone has no cursor, and nobody could be told.
        drop(self.0.show_cursor());
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.0.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.0.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.0.clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.0.clear_region(clear_type)
    }

    fn size(&self) -> io::Result<Size> {
        self.0.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.0.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.0)
    }
}
