//! The terminal: taken for the console, and given back as it was, whatever ends it.
//!
//! Invariant: what was changed at the terminal is undone on every way out: the end, an error, a panic in whatever thread, a
//! signal, a stop to the shell. Only this file writes to it. A letter whose width terminals disagree about never moves what
//! stands behind it. Nothing wakes up while nothing happens.

use super::msg::{Effect, Job, Msg, Want};
use super::state::State;
use super::view::view;
use super::words::Label;
use crate::front::clock::Clock;
use ascall_engine::domain::profile::Lang;
use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture, Event,
    KeyEvent,
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
use rustix::process::Signal;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, PipeReader, PipeWriter};
use std::os::fd::AsFd as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, mpsc, watch};

/// Whether the terminal is ours at the moment.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Whether it is the one of standard error: standard output goes elsewhere, or is to be printed on afterwards.
static BESIDE: AtomicBool = AtomicBool::new(false);

/// Whether some thread has panicked.
static BROKEN: AtomicBool = AtomicBool::new(false);

/// Said when the console must end at once: its terminal is gone, or some thread has panicked.
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
pub(crate) fn give_back() {
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

/// Gives the terminal back before a panic is told, and ends the console: whichever thread it was, part of it is missing.
pub(crate) fn panicked() {
    BROKEN.store(true, Ordering::SeqCst);
    give_back();
    OVER.notify_one();
}

/// Whether some thread has panicked.
pub(crate) fn is_broken() -> bool {
    BROKEN.load(Ordering::SeqCst)
}

/// The terminal while it is the console's.
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

/// The ways between the screen and those who work for it.
pub(crate) struct Ports {
    /// What happens.
    pub inbox: mpsc::UnboundedReceiver<Msg>,
    /// Where what happens is told.
    pub tell: mpsc::UnboundedSender<Msg>,
    /// Lines to be carried out.
    pub jobs: mpsc::UnboundedSender<Task>,
    /// What the screen lacks.
    pub wanted: watch::Sender<Option<Want>>,
}

/// Something to be done beside the screen.
#[derive(Debug)]
pub(crate) enum Task {
    /// Lines, one after the other, in this language.
    Run(Vec<Job>, Lang),
    /// That persons are shown is to be journalled; what goes wrong is told in this language.
    Reveal(Lang),
}

/// Shows the console until it ends.
///
/// # Errors
/// The terminal failed, otherwise than by being gone.
pub(crate) async fn run(state: &mut State, ports: Ports) -> io::Result<()> {
    let _taken = Taken::begin(state.mouse)?;
    let shown = show(state, ports).await;
    // Nobody is there to be told.
    if is_gone() { Ok(()) } else { shown }
}

async fn show(state: &mut State, mut ports: Ports) -> io::Result<()> {
    let mut resized = signal(SignalKind::window_change())?;
    let mut stopped = signal(SignalKind::from_raw(Signal::TSTP.as_raw()))?;
    let mut resumed = signal(SignalKind::from_raw(Signal::CONT.as_raw()))?;
    let mut terminal = on_screen()?;
    let size = terminal.size()?;
    state.size = (size.width, size.height);
    let _keys = Keys::read(ports.tell.clone())?;
    loop {
        while let Some(want) = state.want() {
            ports.wanted.send_replace(Some(want));
        }
        if TAKEN.load(Ordering::SeqCst) {
            terminal.draw(|frame| view(state, frame))?;
            may_break();
        }
        let wake = Duration::from_millis(state.next_change().0.max(1));
        let tick = || Msg::Tick(Clock::of_machine());
        let first = tokio::select! {
            msg = ports.inbox.recv() => msg,
            () = tokio::time::sleep(wake) => Some(tick()),
            _ = resized.recv() => {
                let size = terminal.size()?;
                Some(Msg::Resize(size.width, size.height))
            }
            _ = stopped.recv() => {
                suspend();
                None
            }
            _ = resumed.recv() => {
                // Whatever stood between did as it liked with the terminal.
                give_back();
                take(state.mouse)?;
                // One that knows nothing of what stood there: clearing would ask the terminal where its cursor is.
                terminal = on_screen()?;
                Some(Msg::Back)
            }
            () = OVER.notified() => return Ok(()),
        };
        // Whatever has come meanwhile is drawn together, at the time that it is now.
        let mut next = first;
        let mut last = Some(tick());
        while let Some(msg) = next {
            let effect = state.update(msg);
            match effect {
                None => {}
                Some(Effect::Quit) => return Ok(()),
                // Who carries them out lives as long as the console.
                Some(Effect::Run(jobs)) => {
                    drop(ports.jobs.send(Task::Run(jobs, state.look().lang)));
                }
                Some(Effect::Reveal) => {
                    drop(ports.jobs.send(Task::Reveal(state.look().lang)));
                }
                Some(Effect::Copy(text)) => copy(&text)?,
                Some(Effect::Mouse(mouse)) => capture(mouse)?,
                Some(Effect::Suspend) if leads_session() => {
                    state.tell(Label::NoShell, false);
                }
                Some(Effect::Suspend) => suspend(),
            }
            next = ports.inbox.try_recv().ok().or_else(|| last.take());
        }
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

/// The terminal of standard error while something is shown on it that changes by itself; given back when dropped.
pub(crate) struct Canvas {
    terminal: Terminal<Steady>,
    inbox: mpsc::UnboundedReceiver<Msg>,
    _keys: Keys,
    _taken: Taken,
}

impl Canvas {
    /// Takes the terminal.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn begin() -> io::Result<Self> {
        BESIDE.store(true, Ordering::SeqCst);
        let taken = Taken::begin(false)?;
        let (tell, inbox) = mpsc::unbounded_channel();
        let terminal = on_screen()?;
        Ok(Self { terminal, inbox, _keys: Keys::read(tell)?, _taken: taken })
    }

    /// Shows something.
    ///
    /// # Errors
    /// The terminal is gone.
    pub(crate) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.terminal.draw(draw).map(drop)
    }

    /// The next key; none: the terminal is gone, or some thread has panicked.
    pub(crate) async fn key(&mut self) -> Option<KeyEvent> {
        loop {
            tokio::select! {
                msg = self.inbox.recv() => if let Msg::Key(key) = msg? {
                    return Some(key);
                },
                () = OVER.notified() => return None,
            }
        }
    }
}

/// Whether nobody would bring this process back: it is what the terminal was opened for.
fn leads_session() -> bool {
    // In a container the session may be one from outside, which has no number here; `rustix` takes that for impossible.
    nix::unistd::getsid(None).is_ok_and(|session| session == nix::unistd::getpid())
}

/// Gives the terminal back and stops until the shell lets us go on; the terminal is taken again when it says so.
fn suspend() {
    give_back();
    // A script around us is to stop, too: its shell waits for all of them.
    let _ = rustix::process::kill_current_process_group(Signal::STOP);
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
fn is_gone() -> bool {
    let stdin = io::stdin();
    let mut look = [PollFd::new(&stdin, PollFlags::IN)];
    let now = rustix::event::Timespec::default();
    poll(&mut look, Some(&now)).is_ok() && look[0].revents().intersects(GONE)
}

/// What a terminal says that is not there any more.
const GONE: PollFlags = PollFlags::HUP.union(PollFlags::ERR).union(PollFlags::NVAL);

/// Puts a text on the clipboard of the terminal, as far as that does so (OSC 52).
fn copy(text: &str) -> io::Result<()> {
    execute!(terminal()?, CopyToClipboard::to_clipboard_from(text))
}

/// The thread that reads what the terminal sends, until this is dropped.
struct Keys(#[expect(dead_code, reason = "the thread hears it being dropped")] PipeWriter);

impl Keys {
    fn read(tell: mpsc::UnboundedSender<Msg>) -> io::Result<Self> {
        let (unwanted, wanted) = io::pipe()?;
        std::thread::spawn(move || {
            // Whoever ends the console because of it finds out what is the matter.
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
