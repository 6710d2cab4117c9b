//! What is seen of a load while it goes on: the live view where there is a terminal, a line per second elsewhere.

use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::words::Word;
use crate::load::live::{Live, Wish};
use crate::load::meter::Glance;
use crate::load::scenario::Scenario;
use crate::tui::screen::{Canvas, has_terminal_beside};
use crate::tui::theme::Theme;
use std::time::{Duration, Instant};

/// The rest between two lines.
const LINE_EVERY: Duration = Duration::from_secs(1);

/// How it is shown.
pub(super) enum Seen {
    /// On the terminal, with keys.
    Live(Box<(Canvas, Live, Glance)>),
    /// In a line now and then, the last at this time.
    Lines(Instant),
    /// Not at all.
    Quiet,
}

impl Seen {
    /// As it can be.
    pub(super) fn begin(scenario: &Scenario, quiet: bool, cx: &Cx) -> Result<Self, UserError> {
        if quiet {
            return Ok(Self::Quiet);
        }
        if !has_terminal_beside() {
            return Ok(Self::Lines(Instant::now()));
        }
        let colours = cx.configured.theme.value != Theme::Plain;
        let live = Live::new(&scenario.title, &scenario.faults, cx.ui.look.lang, colours);
        Ok(Self::Live(Box::new((Canvas::begin()?, live, Glance::default()))))
    }

    /// Shows the load as it stands.
    pub(super) fn show(&mut self, glance: Glance, cx: &mut Cx) -> Result<(), UserError> {
        match self {
            Self::Live(shown) => {
                shown.2 = glance;
                self.draw()
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

    fn draw(&mut self) -> Result<(), UserError> {
        let Self::Live(shown) = self else { return Ok(()) };
        let (canvas, live, glance) = &mut **shown;
        canvas.draw(|frame| live.draw(glance, frame.area(), frame.buffer_mut()))?;
        Ok(())
    }

    /// What whoever looks on wants next; never, where there are no keys.
    pub(super) async fn wish(&mut self) -> Option<Wish> {
        let Self::Live(shown) = self else { return std::future::pending().await };
        let Some(key) = shown.0.key().await else {
            // The terminal is gone, and with it whoever looked on.
            *self = Self::Quiet;
            return Some(Wish::Interrupt);
        };
        let wish = shown.1.press(key);
        // What cannot be drawn now is drawn a moment later.
        drop(self.draw());
        wish
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
