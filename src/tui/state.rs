//! The state of the console, and what each thing that happens makes of it.
//!
//! Invariant: [`State::update`] is the only way to change it, and asks nobody: what it needs to know comes in as a
//! [`Msg`], what it wants done goes out as an [`Effect`], what it lacks is [`State::want`]. Nothing in here draws.

pub(crate) mod act;
#[cfg(test)]
mod action_tests;
pub(crate) mod asking;
pub(crate) mod board;
pub(crate) mod chosen;
pub(crate) mod confirm;
pub(crate) mod filter;
pub(crate) mod form;
pub(crate) mod forms;
pub(crate) mod journal;
pub(crate) mod listed;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod overlay;
pub(crate) mod pages;
pub(crate) mod prompt;
pub(crate) mod reading;
pub(crate) mod request;
pub(crate) mod results;
pub(crate) mod services;
pub(crate) mod stock;
pub(crate) mod values;
pub(crate) mod workers;

use super::keys::Action;
use super::msg::{CallPage, Effect, Msg, Want};
use super::picture::Picture;
use super::typed::{Candidate, Line};
use super::words::Label;
use crate::front::clock::Clock;
use crate::front::look::Look;
use crate::front::mask::Veil;
use crate::front::show::member::MemberJson;
use ascall_engine::domain::ids::{CallId, Millis, Time};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::Lang;
use ascall_engine::domain::tel::Tel;
use board::Board;
use crossterm::event::{KeyEvent, KeyEventKind};
use journal::Journal;
use messages::Messages;
use overlay::Overlay;
use reading::{Part, Stride};
use results::first_error;
use std::collections::BTreeSet;
pub(crate) use values::{Link, News, Page, Past, Pending, Setting};

/// How long a change can be taken back before it is sent.
pub(crate) const UNDO: Millis = Millis(5_000);

/// How long persons are shown whole.
pub(crate) const REVEAL: Millis = Millis(10_000);

/// How long a line at the bottom stays.
const NEWS: Millis = Millis(8_000);

/// Everything the console knows.
pub(crate) struct State {
    /// How it was begun; language and clock change.
    pub setting: Setting,
    /// Columns and rows.
    pub size: (u16, u16),
    /// The desk now.
    pub live: Picture,
    /// The desk then, when that is shown.
    pub past: Option<Past>,
    /// How the console stands to the desk.
    pub link: Link,
    /// Whether the console has the mouse; otherwise the terminal does.
    pub mouse: bool,
    /// The page, and those it came from.
    pub page: Page,
    /// The pages to go back to.
    pub before: Vec<Page>,
    /// The opening page.
    pub board: Board,
    /// The pages with a list of their own.
    pub pages: pages::Pages,
    /// What stands over the page.
    pub overlay: Option<Overlay>,
    /// The call that is shown at length, as far as it was fetched.
    pub call: Option<(Want, CallPage)>,
    /// The part of a call's page that is read.
    pub part: Part,
    /// The page of messages.
    pub messages: Messages,
    /// The page of the journal.
    pub journal: Journal,
    /// When the desk was heard of last.
    pub heard: Time,
    /// How time is walked through.
    stride: Stride,
    /// Calls marked for what is done to several.
    pub marked: BTreeSet<CallId>,
    /// What is sent unless it is taken back, in the order in which it was said.
    pub pending: Vec<Pending>,
    /// The line at the bottom.
    pub news: Option<News>,
    /// Until when persons are shown whole.
    pub revealed: Option<Time>,
    /// What was asked for last and not answered yet.
    asked: Option<Want>,
    /// What was asked for last and could not be had.
    failed: Option<Want>,
    /// The results of a selection so far: item, whether it was done, in words.
    pub bulk: Vec<(String, bool, String)>,
    /// The lines that were typed, oldest first.
    pub history: Vec<String>,
    /// What the last of some words of the command line may become.
    pub completes: fn(&[String]) -> Vec<Candidate>,
    /// The service that a call was taken for last.
    last_profile: Option<String>,
    /// Whose number was typed into the form of a new call last, and the member that is.
    caller: Option<(Tel, Option<MemberJson>)>,
    /// A new call that is to be chosen as soon as it is listed.
    awaited: Option<CallId>,
    /// Whether the console was told to end while something was still to be sent.
    leaving: bool,
}

impl State {
    /// A console that knows nothing yet.
    pub(crate) fn new(setting: Setting, size: (u16, u16)) -> Self {
        let past = setting.at.map(|at| Past { at, picture: None, read: None });
        Self {
            part: Part::default(),
            messages: Messages::default(),
            journal: Journal::default(),
            heard: setting.look.clock.now(),
            stride: Stride::default(),
            setting,
            size,
            live: Picture::default(),
            past,
            link: Link::Waiting,
            mouse: true,
            page: Page::Board,
            before: Vec::new(),
            board: Board::default(),
            pages: pages::Pages::default(),
            overlay: None,
            call: None,
            marked: BTreeSet::new(),
            pending: Vec::new(),
            news: None,
            revealed: None,
            asked: None,
            failed: None,
            bulk: Vec::new(),
            history: Vec::new(),
            completes: |_| Vec::new(),
            last_profile: None,
            caller: None,
            awaited: None,
            leaving: false,
        }
    }

    /// Language and clock.
    pub(crate) fn look(&self) -> &Look {
        &self.setting.look
    }

    /// A word.
    pub(crate) fn say(&self, label: Label) -> &'static str {
        label.text(self.look().lang)
    }

    /// The present.
    pub(crate) fn now(&self) -> Time {
        self.look().clock.now()
    }

    /// The moment that is shown.
    pub(crate) fn shown_at(&self) -> Time {
        match &self.past {
            Some(past) => past.picture.as_ref().map_or(past.at, |picture| picture.at),
            None => self.now(),
        }
    }

    /// How old the newest answer of the desk is.
    pub(crate) fn lag(&self) -> Millis {
        self.now().since(self.heard)
    }

    /// What is shown of the desk: now, or then.
    pub(crate) fn picture(&self) -> &Picture {
        match &self.past {
            Some(Past { picture: Some(picture), .. }) => picture,
            _ => &self.live,
        }
    }

    /// Whether persons are shown whole.
    pub(crate) fn is_revealed(&self) -> bool {
        self.revealed.is_some_and(|until| self.now() < until)
    }

    /// How much of persons is shown.
    pub(crate) fn veil(&self) -> Veil {
        if self.is_revealed() { Veil::Whole } else { Veil::Masked }
    }

    /// Takes in what happened. Says what is to be done outside.
    pub(crate) fn update(&mut self, msg: Msg) -> Option<Effect> {
        match msg {
            Msg::Key(key) if key.kind == KeyEventKind::Release => None,
            Msg::Key(key) => self.key(key),
            Msg::Mouse(mouse) => self.mouse(mouse),
            Msg::Paste(text) => {
                if let Some(overlay) = &mut self.overlay {
                    overlay.paste(&text);
                }
                None
            }
            Msg::Resize(columns, rows) => {
                self.size = (columns, rows);
                None
            }
            Msg::Tick(clock) => self.tick(clock),
            Msg::Back => None,
            Msg::Attached { picture, host } => {
                self.live = *picture;
                self.heard = self.now();
                self.journal.forget();
                self.messages.forget();
                self.link = if host { Link::Host } else { Link::Guest };
                self.asked = None;
                self.failed = None;
                self.listed();
                None
            }
            Msg::Underway(at, read) => {
                if let Some(past) = self.past.as_mut().filter(|past| past.at == at) {
                    past.read = Some(read);
                }
                None
            }
            Msg::Changed(changes) => {
                self.heard = self.now();
                if changes.records.is_empty() {
                    self.live.at = changes.at;
                } else {
                    let touched = changes.touched();
                    self.live.apply(*changes);
                    self.touched(&touched);
                }
                None
            }
            Msg::Lost => {
                if !matches!(self.link, Link::Lost(_)) {
                    self.link = Link::Lost(self.now());
                }
                None
            }
            Msg::Got(want, got) => {
                self.got(want, got);
                None
            }
            Msg::Ran(job, ran) => self.ran(job, &ran),
            Msg::Logged(line) => {
                self.news(line, false, None);
                None
            }
            Msg::Guided(label) => {
                self.tell(label, true);
                None
            }
            Msg::Revealed(ran) => {
                if ran.is_done() {
                    self.revealed = Some(self.now().plus(REVEAL));
                } else {
                    self.news(first_error(&ran), false, None);
                }
                None
            }
        }
    }

    /// Whether the opening page has room for the chosen call beside the list.
    pub(crate) fn shows_detail(&self) -> bool {
        self.size.0 >= super::view::WIDE
    }

    /// After something changed in what is shown: the lists are made anew, what is chosen stays chosen.
    pub(crate) fn listed(&mut self) {
        let picture = match &self.past {
            Some(Past { picture: Some(picture), .. }) => picture,
            _ => &self.live,
        };
        self.board.list(picture, &self.setting);
        self.relisted();
    }

    /// After these calls changed at the desk.
    fn touched(&mut self, calls: &BTreeSet<CallId>) {
        // Another moment stays as it was.
        if self.past.as_ref().is_none_or(|past| past.picture.is_none()) {
            self.board.put(calls, &self.live, &self.setting);
        }
        self.relisted();
    }

    /// After the board's lists changed: so may those of the other pages.
    fn relisted(&mut self) {
        self.list_page();
        let live = &self.live.calls;
        self.marked.retain(|call| live.contains_key(call));
        match self.page {
            Page::Messages => self.list_messages(),
            Page::Journal => self.list_journal(),
            _ => {}
        }
        if let Some(call) = self.awaited.filter(|call| self.board.calls.contains(call)) {
            self.awaited = None;
            self.board.pane = board::Pane::Calls;
            self.board.find_call(call);
        }
    }

    /// Gives up going to another moment: what is shown stays.
    fn stay(&mut self) {
        let shown = self.past.take().and_then(|past| past.picture);
        self.past =
            shown.map(|picture| Past { at: picture.at, picture: Some(picture), read: None });
        self.listed();
    }

    fn tick(&mut self, clock: Clock) -> Option<Effect> {
        self.setting.look.clock = clock;
        let now = self.now();
        if self.news.as_ref().is_some_and(|news| now.since(news.since) >= NEWS) {
            self.news = None;
        }
        if self.revealed.is_some_and(|until| now >= until) {
            self.revealed = None;
        }
        self.send_due()
    }

    /// When something that is shown changes by itself: the console is to be woken then, and not before.
    pub(crate) fn next_change(&self) -> Millis {
        if let Some(pending) = self.pending.first() {
            let left = pending.at.since(self.now());
            return Millis(left.0.min(1_000 - self.now().0.unsigned_abs() % 1_000));
        }
        if self.page == Page::Messages && self.messages.waits(&self.letters_wanted()) {
            return Millis(250);
        }
        let is_brief = self.revealed.is_some();
        if is_brief || self.news.is_some() || matches!(self.link, Link::Lost(_)) {
            return Millis(1_000 - self.now().0.unsigned_abs() % 1_000);
        }
        if self.picture().calls.is_empty() && self.picture().rest.attention.is_empty() {
            return Millis(60_000 - self.now().0.unsigned_abs() % 60_000);
        }
        Millis(1_000 - self.now().0.unsigned_abs() % 1_000)
    }

    fn key(&mut self, key: KeyEvent) -> Option<Effect> {
        if let Some(overlay) = self.overlay.take() {
            return self.overlay_key(overlay, key);
        }
        let action = self.setting.keys.action(key, |when| self.stands(when))?;
        self.act(action)
    }

    /// Says something at the bottom.
    pub(crate) fn tell(&mut self, label: Label, good: bool) {
        self.news(self.say(label).to_owned(), good, None);
    }

    /// As [`State::tell`], with the line that did it.
    pub(crate) fn news(&mut self, text: String, good: bool, line: Option<Line>) {
        self.news = Some(News { text, good, line, since: self.now() });
    }

    /// Goes to a page; `Back` leads back.
    pub(crate) fn go(&mut self, page: Page) {
        if self.page == page {
            return;
        }
        let from = std::mem::replace(&mut self.page, page);
        self.before.retain(|before| *before != page);
        self.before.push(from);
        self.board.scroll = 0;
        self.listed();
    }

    /// A phase in the words of a service.
    pub(crate) fn phase_word(&self, profile: &str, phase: Phase) -> &str {
        self.setting.phase_word(profile, phase)
    }

    /// Changes the language.
    pub(crate) fn other_language(&mut self) {
        let look = &mut self.setting.look;
        look.lang = if look.lang == Lang::Ko { Lang::En } else { Lang::Ko };
        // What was fetched was said in the other one.
        self.call = None;
        self.journal.forget();
        self.messages.forget();
        self.listed();
    }
}

/// Which action a key would do now: for the bar and the palette.
pub(crate) fn possible(state: &State) -> impl Iterator<Item = &'static super::keys::Binding> {
    super::keys::TABLE.iter().filter(|binding| state.stands(binding.when))
}

/// The action is one of moving about.
pub(crate) fn moves(action: Action) -> bool {
    use Action::{Bottom, Down, PageDown, PageUp, Top, Up};
    matches!(action, Down | Up | PageDown | PageUp | Top | Bottom)
}
