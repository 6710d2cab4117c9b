//! The page of messages: what anybody was told last, and how it got there.
//!
//! Invariant: what is chosen is a message, never a place in the list. Those that wait or were given up stand first, because
//! somebody may have to do something about them.

use super::State;
use super::form::Manner;
use crate::tui::msg::{Effect, Told, Want};
use crate::tui::typed::Line;
use ascall_engine::domain::ids::{CallId, Millis, Time};
use std::cmp::Reverse;

/// The least time between two looks at the messages: they change all the time at a busy desk.
const REST: Millis = Millis(500);

/// The order of the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Order {
    /// Given up, waiting, then the others, each newest first.
    #[default]
    Fate,
    /// Newest first.
    Newest,
    /// By call, oldest first.
    Call,
    /// By worker, then newest first.
    Worker,
}

impl Order {
    fn next(self) -> Self {
        match self {
            Self::Fate => Self::Newest,
            Self::Newest => Self::Call,
            Self::Call => Self::Worker,
            Self::Worker => Self::Fate,
        }
    }
}

/// The page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Messages {
    /// What was fetched, in the order that is shown; those that the filter leaves out are not among them.
    pub shown: Vec<Told>,
    /// The order.
    pub order: Order,
    all: Vec<Told>,
    /// What was asked for it, and when it was answered.
    had: Option<(Want, Time)>,
    /// The name of the chosen one, and where it stood.
    chosen: Option<(String, usize)>,
}

impl Messages {
    /// Whether there was an answer.
    pub(crate) fn is_known(&self) -> bool {
        self.had.is_some()
    }

    /// Where the chosen one stands.
    pub(crate) fn at(&self) -> usize {
        self.chosen.as_ref().map_or(0, |(_, at)| *at)
    }

    /// The chosen one.
    pub(crate) fn chosen(&self) -> Option<&Told> {
        self.shown.get(self.at())
    }

    pub(super) fn forget(&mut self) {
        self.had = None;
    }

    pub(super) fn take(&mut self, want: Want, told: Vec<Told>, now: Time) {
        self.had = Some((want, now));
        self.all = told;
    }

    /// Whether `want` is worth asking now.
    pub(super) fn lacks(&self, want: &Want, now: Time) -> bool {
        let Some((had, at)) = &self.had else { return true };
        had != want && now.since(*at) >= REST
    }

    /// Whether `want` will be worth asking soon.
    pub(super) fn waits(&self, want: &Want) -> bool {
        self.had.as_ref().is_some_and(|(had, _)| had != want)
    }

    /// Makes the list anew; what is chosen stays chosen.
    pub(super) fn list(&mut self, takes: impl Fn(&str) -> bool) {
        self.shown = self.all.iter().filter(|told| takes(&searched(told))).cloned().collect();
        let seq = |told: &Told| Reverse(told.letter.seq);
        match self.order {
            Order::Fate => self.shown.sort_by_key(|told| (rank(told), seq(told))),
            Order::Newest => self.shown.sort_by_key(seq),
            Order::Call => self.shown.sort_by_key(|told| (told.call(), told.letter.seq)),
            Order::Worker => {
                self.shown.sort_by_key(|t| (t.letter.worker.is_none(), t.letter.worker, seq(t)));
            }
        }
        let before = self.chosen.take();
        let at = before.as_ref().map_or(0, |(_, at)| *at);
        let found = before
            .and_then(|(name, _)| self.shown.iter().position(|told| told.letter.notice == name));
        self.choose(found.unwrap_or(at));
    }

    /// Chooses the one at a place of the list, the nearest there is.
    pub(crate) fn choose(&mut self, at: usize) {
        let at = at.min(self.shown.len().saturating_sub(1));
        self.chosen = self.shown.get(at).map(|told| (told.letter.notice.clone(), at));
    }
}

impl Told {
    /// The call it is about.
    pub(crate) fn call(&self) -> Option<CallId> {
        self.letter.call.parse().ok()
    }
}

/// What needs somebody first.
fn rank(told: &Told) -> u8 {
    match told.letter.delivery {
        "dead" => 0,
        "owed" => 1,
        _ => 2,
    }
}

/// Everything of a message that may be searched for.
fn searched(told: &Told) -> String {
    let letter = &told.letter;
    let worker = letter.worker.map(|worker| worker.to_string()).unwrap_or_default();
    let words = [&letter.call, letter.to, &worker, letter.delivery, letter.transport, &letter.on];
    format!("{} {}", words.join(" "), letter.text)
}

impl State {
    /// What the page lacks.
    pub(super) fn letters_wanted(&self) -> Want {
        let picture = self.picture();
        let then = self.past.is_some();
        // In the past nothing new is told.
        let seq = if then { picture.seq } else { picture.told };
        Want::Letters { seq, then, reveal: self.is_revealed(), lang: self.look().lang }
    }

    /// Makes the list of messages anew.
    pub(super) fn list_messages(&mut self) {
        let filter = self.board.filter.clone();
        self.messages.list(|text| filter.takes_text(text));
    }

    /// The next order.
    pub(super) fn sort_messages(&mut self) {
        self.messages.order = self.messages.order.next();
        self.list_messages();
    }

    /// Has the chosen message sent again.
    pub(super) fn resend(&mut self) -> Option<Effect> {
        let notice = self.messages.chosen()?.letter.notice.clone();
        let line = Line::of(&["inbox", "resend"]).word(notice);
        // What is on its way to somebody cannot be called back.
        self.carry_out(vec![line], Manner::AfterDryRun)
    }
}
