//! The values of which the state is made: the pages, how the console stands to its desk, what is to be sent, what is said.
//!
//! Invariant: values only; what becomes of them is decided in the state. Nothing in here draws.

use crate::front::look::Look;
use crate::tui::keys::Keymap;
use crate::tui::msg::Job;
use crate::tui::picture::Picture;
use crate::tui::theme::Theme;
use crate::tui::typed::Line;
use ascall_engine::domain::ids::{CallId, Seq, Time};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::Profile;

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Page {
    /// What needs a human, the live calls, the chosen one.
    Board,
    /// One call at length.
    Call(CallId),
    /// Workers.
    Workers,
    /// Participants and breakers.
    Services,
    /// Messages to customers and workers.
    Messages,
    /// Records.
    Journal,
    /// Service lines.
    Profiles,
    /// Goods.
    Stock,
    /// Members.
    Members,
}

/// How the console stands to the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// Nobody has answered yet.
    Waiting,
    /// The desk is open in this process.
    Host,
    /// The desk's host answers.
    Guest,
    /// Nobody has answered since then.
    Lost(Time),
}

/// The desk at another moment.
#[derive(Debug, Clone)]
pub(crate) struct Past {
    /// The moment that is wanted.
    pub at: Time,
    /// What is shown until that has come, and then that.
    pub picture: Option<Picture>,
    /// How far the journal was read for it, from the first to the second of these, and up to the third.
    pub read: Option<[Seq; 3]>,
}

impl Past {
    /// Whether the moment that is wanted is the one that is shown.
    pub(crate) fn is_there(&self) -> bool {
        self.picture.as_ref().is_some_and(|picture| picture.at == self.at)
    }
}

/// Something to be sent unless it is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pending {
    /// What.
    pub jobs: Vec<Job>,
    /// When it is sent.
    pub at: Time,
}

/// A line at the bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct News {
    /// What happened.
    pub text: String,
    /// Whether it went well.
    pub good: bool,
    /// The line of the command line that did it.
    pub line: Option<Line>,
    /// Since when it stands there.
    pub since: Time,
}

/// How the console was begun.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// What is shown in the corner: the desk's name.
    pub desk: String,
    /// Language and clock.
    pub look: Look,
    /// The keys.
    pub keys: Keymap,
    /// The colours.
    pub theme: Theme,
    /// The service lines of this desk.
    pub profiles: Vec<Profile>,
    /// Begin in the past.
    pub at: Option<Time>,
}

impl Setting {
    /// A phase in the words of a service.
    pub(crate) fn phase_word(&self, profile: &str, phase: Phase) -> &str {
        let profile = self.profiles.iter().find(|known| known.name == profile);
        let words = profile.and_then(|profile| profile.phases.get(&phase));
        words.map_or(phase.name(), |words| words.in_lang(self.look.lang))
    }
}
