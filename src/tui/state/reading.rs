//! Reading: the parts of a call's page, and the way through time.
//!
//! Invariant: what is read never changes the desk. A step in time goes to where something is to be seen: on a call's page
//! from one thing that happened to it to the next, elsewhere by minutes, and faster while the key is pressed again.

use super::{Page, Past, State};
use crate::tui::keys::Action;
use crate::tui::words::Label;
use ascall_engine::domain::ids::{CallId, Millis, Time};

/// A part of a call's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Part {
    /// What it is; where there is room, what happened beside it.
    #[default]
    Facts,
    /// What happened, with who and why.
    Timeline,
    /// Why this worker, or why nobody; offers.
    Why,
    /// What was told to whom, and how it got there.
    Told,
    /// Its money.
    Money,
    /// Its records as they are.
    Raw,
}

impl Part {
    /// Every one, in order.
    pub(crate) const ALL: [Self; 6] =
        [Self::Facts, Self::Timeline, Self::Why, Self::Told, Self::Money, Self::Raw];

    /// What it is called.
    pub(crate) fn label(self) -> Label {
        match self {
            Self::Facts => Label::Facts,
            Self::Timeline => Label::Timeline,
            Self::Why => Label::WhyPart,
            Self::Told => Label::DoMessages,
            Self::Money => Label::Money,
            Self::Raw => Label::Raw,
        }
    }

    fn turned(self, back: bool) -> Self {
        let at = Self::ALL.iter().position(|part| *part == self).unwrap_or(0);
        let step = if back { Self::ALL.len() - 1 } else { 1 };
        Self::ALL[(at + step) % Self::ALL.len()]
    }
}

/// How the journal of moments is walked with one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Stride {
    /// When the key was pressed last.
    pressed: Option<Time>,
    back: bool,
    times: u32,
}

/// After this long a press is a first one again.
const AGAIN: Millis = Millis(1_500);

impl Stride {
    /// How far this press goes: a minute at first, farther when it is one of many.
    fn press(&mut self, now: Time, back: bool) -> Millis {
        let again = self.pressed.is_some_and(|at| now.since(at) < AGAIN) && self.back == back;
        self.times = if again { self.times + 1 } else { 0 };
        (self.pressed, self.back) = (Some(now), back);
        match self.times {
            0..5 => Millis(60_000),
            5..10 => Millis(5 * 60_000),
            10..15 => Millis(15 * 60_000),
            _ => Millis(60 * 60_000),
        }
    }
}

impl State {
    /// Turns to the next part of a call's page.
    pub(super) fn turn(&mut self, back: bool) {
        self.part = self.part.turned(back);
        self.board.scroll = 0;
    }

    /// Opens a call's page at a part.
    pub(crate) fn open(&mut self, call: CallId, part: Part) {
        self.part = part;
        self.board.scroll = 0;
        self.go(Page::Call(call));
    }

    /// Scrolls what is read, as far as there is something.
    pub(super) fn scroll(&mut self, action: Action, page: usize) {
        let most = crate::tui::view::rows_to_read(self).saturating_sub(1);
        let at = self.board.scroll.min(most);
        self.board.scroll = match action {
            Action::Down => at + 1,
            Action::Up => at.saturating_sub(1),
            Action::PageDown => at + page,
            Action::PageUp => at.saturating_sub(page),
            Action::Bottom => most,
            _ => 0,
        }
        .min(most);
    }

    /// A step in time.
    pub(super) fn stride(&mut self, back: bool) {
        let shown = self.past.as_ref().map_or_else(|| self.now(), |past| past.at);
        if let Some(at) = self.moment_of_call(shown, back) {
            self.travel(at);
            return;
        }
        let far = i64::try_from(self.stride.press(self.now(), back).0).unwrap_or(i64::MAX);
        // From one whole minute to the next.
        let minute = 60_000;
        let at = if back { shown.0 - far } else { shown.0 + far };
        self.travel(Time(at - at.rem_euclid(minute)));
    }

    /// When the thing before or after the shown one happened to the call whose page is open.
    fn moment_of_call(&self, shown: Time, back: bool) -> Option<Time> {
        let Page::Call(call) = self.page else { return None };
        let (_, page) = self.call.as_ref().filter(|(want, _)| want.is_call(call))?;
        let moments = || page.moments.iter().copied();
        if back {
            let here = moments().filter(|at| *at <= shown).max()?;
            return moments().filter(|at| *at < here).max();
        }
        moments().filter(|at| *at > shown).min()
    }

    /// Shows the desk as it stood at a moment; the present when that is not over yet. What is shown stays until the other
    /// moment has come.
    pub(crate) fn travel(&mut self, at: Time) {
        if at >= self.now() {
            self.leave_past();
            return;
        }
        let picture = self.past.take().and_then(|past| past.picture);
        self.failed = None;
        self.past = Some(Past { at, picture, read: None });
    }

    /// Back to the present, which was followed all the while.
    pub(super) fn leave_past(&mut self) {
        self.past = None;
        self.listed();
    }
}

#[cfg(test)]
mod tests;
