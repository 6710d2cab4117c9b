//! What is seen of a load while it goes on: the live view where there is a terminal, a line per second elsewhere.

use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::words::Word;
use crate::load::drive::Control;
use crate::load::live::{Live, Wish};
use crate::load::meter::Glance;
use crate::load::scenario::{Scenario, Target};
use crate::tui::canvas::{Canvas, Turn, has_terminal_beside};
use crate::tui::hangul;
use crate::tui::msg::Msg;
use crate::tui::theme::Theme;
use crossterm::event::{KeyCode, KeyEvent};
use std::io;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// The rest between two lines.
const LINE_EVERY: Duration = Duration::from_secs(1);

/// How it is shown.
pub(super) enum Seen {
    /// On the terminal, with keys.
    Live(Box<Shown>),
    /// In a line now and then, the last at this time.
    Lines(Instant),
    /// Not at all.
    Quiet,
}

/// A load on the terminal.
pub(super) struct Shown {
    canvas: Canvas,
    inbox: mpsc::UnboundedReceiver<Msg>,
    live: Live,
    glance: Glance,
}

impl Seen {
    /// As it can be.
    pub(super) fn begin(
        scenario: &Scenario,
        target: Target,
        quiet: bool,
        cx: &Cx,
    ) -> Result<Self, UserError> {
        if quiet {
            return Ok(Self::Quiet);
        }
        if !has_terminal_beside() {
            return Ok(Self::Lines(Instant::now()));
        }
        let colours = cx.configured.theme.value != Theme::Plain;
        let live = Live::new(scenario, target, cx.ui.look.lang, colours);
        let (tell, inbox) = mpsc::unbounded_channel();
        let canvas = Canvas::beside(tell)?;
        let mut shown = Shown { canvas, inbox, live, glance: Glance::default() };
        shown.draw()?;
        Ok(Self::Live(Box::new(shown)))
    }

    /// Shows the load as it stands.
    pub(super) fn show(&mut self, glance: Glance, cx: &mut Cx) -> Result<(), UserError> {
        match self {
            Self::Live(shown) => {
                shown.glance = glance;
                // A terminal that is gone is told by the next wish.
                drop(shown.draw());
                Ok(())
            }
            Self::Lines(last) => {
                if last.elapsed() < LINE_EVERY {
                    return Ok(());
                }
                *last = Instant::now();
                let line = line(&glance, cx);
                cx.ui.note(&line)
            }
            Self::Quiet => Ok(()),
        }
    }

    /// The load is ending.
    pub(super) fn stopping(&mut self) {
        if let Self::Live(shown) = self {
            shown.live.stopping();
            drop(shown.draw());
        }
    }

    /// What whoever looks on wants next; never, where there are no keys.
    pub(super) async fn wish(&mut self) -> Option<Wish> {
        let Self::Live(shown) = self else { return std::future::pending().await };
        if let Ok(wish) = shown.next().await {
            // What cannot be drawn now is drawn a moment later.
            drop(shown.draw());
            return wish;
        }
        // The terminal is gone, and with it whoever looked on.
        *self = Self::Quiet;
        Some(Wish::Interrupt)
    }
}

impl Shown {
    fn draw(&mut self) -> io::Result<()> {
        let Self { canvas, live, glance, .. } = self;
        canvas.draw(|frame| live.draw(glance, frame.area(), frame.buffer_mut()))
    }

    /// What comes next from the terminal, and what that wants of the load.
    async fn next(&mut self) -> io::Result<Option<Wish>> {
        let key = tokio::select! {
            msg = self.inbox.recv() => match msg {
                Some(Msg::Key(key)) => key,
                Some(_) => return Ok(None),
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            },
            turned = self.canvas.turned() => return match turned? {
                Turn::Resized(..) | Turn::Back(None) => Ok(None),
                Turn::Back(Some(away)) => Ok(Some(Wish::Load(Control::StoodStill(away)))),
                Turn::Over => Err(io::ErrorKind::UnexpectedEof.into()),
            },
        };
        let wish = self.live.press(self.meant(key));
        if wish == Some(Wish::Suspend) {
            if !self.canvas.suspend() {
                self.live.no_shell();
            }
            return Ok(None);
        }
        Ok(wish)
    }

    /// With the Korean input method on, a key is the letter on it.
    fn meant(&self, key: KeyEvent) -> KeyEvent {
        match key.code {
            KeyCode::Char(letter) if !self.live.is_typing() => {
                KeyEvent { code: KeyCode::Char(hangul::key(letter)), ..key }
            }
            _ => key,
        }
    }
}

/// How it goes, in a line.
fn line(glance: &Glance, cx: &Cx) -> String {
    let ms = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |ms| format!("{ms:.1} ms"));
    let values = [
        format!("{:.0} s", glance.elapsed_s),
        glance.asked.sent.to_string(),
        format!("{:.0}/s", glance.rate),
        glance.asked.answered.to_string(),
        glance.calls.assigned.to_string(),
        glance.calls.parked.to_string(),
        (glance.asked.refused + glance.asked.held_off).to_string(),
        (glance.asked.unknown + glance.asked.failed).to_string(),
        ms(glance.request_ms.1),
    ];
    cx.ui.look.say(Word::LoadLine, &values.each_ref().map(String::as_str))
}
