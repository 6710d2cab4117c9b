//! The state of the console, and what each thing that happens makes of it.
//!
//! Invariant: [`State::update`] is the only way to change it, and asks nobody: what it needs to know comes in as a
//! [`Msg`], what it wants done goes out as an [`Effect`], what it lacks is [`State::want`]. Nothing in here draws.

pub(crate) mod act;
#[cfg(test)]
mod action_tests;
pub(crate) mod board;
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
pub(crate) mod services;
pub(crate) mod stock;
pub(crate) mod workers;

use super::keys::{Action, Keymap, When};
use super::msg::{CallPage, Effect, Got, Job, Msg, Then, Want};
use super::picture::Picture;
use super::theme::Theme;
use super::typed::{Candidate, Line, Ran};
use super::words::Label;
use crate::desk::CallRow;
use crate::front::clock::Clock;
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::mask::Veil;
use ascall_engine::domain::ids::{CallId, Millis, Seq, Time, WorkerId};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::{Lang, Profile};
use board::Board;
use crossterm::event::{KeyEvent, KeyEventKind};
use journal::Journal;
use messages::Messages;
use overlay::Overlay;
use reading::{Part, Stride};
use std::collections::BTreeSet;

/// How long a change can be taken back before it is sent.
pub(crate) const UNDO: Millis = Millis(5_000);

/// How long persons are shown whole.
pub(crate) const REVEAL: Millis = Millis(10_000);

/// How long a line at the bottom stays.
const NEWS: Millis = Millis(8_000);

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
                    self.live.apply(*changes);
                    self.listed();
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

    /// What the present screen lacks and nobody was asked for yet.
    pub(crate) fn want(&mut self) -> Option<Want> {
        let want = self.lacks()?;
        if self.asked.as_ref() == Some(&want) || self.failed.as_ref() == Some(&want) {
            return None;
        }
        self.asked = Some(want.clone());
        Some(want)
    }

    /// Whether something was asked for and not answered yet.
    pub(crate) fn waits(&self) -> bool {
        self.asked.is_some()
    }

    fn lacks(&self) -> Option<Want> {
        if let Some(past) = self.past.as_ref().filter(|past| !past.is_there()) {
            return Some(Want::Past(past.at));
        }
        if self.picture().seq == Seq(0) {
            return None;
        }
        if let Some(want) = self.page_lacks() {
            return Some(want);
        }
        let call = match self.page {
            Page::Call(call) => Some(call),
            Page::Board if self.shows_detail() => self.chosen_call(),
            Page::Messages => {
                let want = self.letters_wanted();
                return self.messages.lacks(&want, self.now()).then_some(want);
            }
            Page::Journal => return self.journal.lacks(self.picture().seq, self.look().lang),
            _ => None,
        };
        let want = self.want_of_call(call?);
        (self.call.as_ref().map(|(had, _)| had) != Some(&want)).then_some(want)
    }

    /// Whether the opening page has room for the chosen call beside the list.
    pub(crate) fn shows_detail(&self) -> bool {
        self.size.0 >= super::view::WIDE
    }

    fn want_of_call(&self, call: CallId) -> Want {
        let picture = self.picture();
        let seq = picture.calls.get(&call).map_or(Seq(0), CallRow::seq);
        let until = self.past.as_ref().map(|_| picture.seq);
        Want::Call { call, seq, until, reveal: self.is_revealed(), lang: self.look().lang }
    }

    fn got(&mut self, want: Want, got: Result<Got, UserError>) {
        if self.asked.as_ref() == Some(&want) {
            self.asked = None;
        }
        match got {
            Ok(Got::Past(picture)) => {
                let Some(past) = &mut self.past else { return };
                if want != Want::Past(past.at) {
                    return;
                }
                past.read = None;
                if let Some(picture) = picture {
                    past.picture = Some(*picture);
                    self.listed();
                } else {
                    self.stay();
                    self.tell(Label::NothingThen, false);
                }
            }
            Ok(Got::Stock(goods)) => self.got_stock(want, *goods),
            Ok(Got::Members(company)) => self.got_members(want, *company),
            Ok(Got::Call(page)) => self.call = Some((want, *page)),
            Ok(Got::Records(records)) => {
                if let Want::Records { from, lang, .. } = want
                    && lang == self.look().lang
                {
                    self.journal.take(from, records);
                    self.list_journal();
                }
            }
            Ok(Got::Letters(told)) => {
                let now = self.now();
                self.messages.take(want, told, now);
                self.list_messages();
            }
            Err(UserError::Said(said)) => {
                if matches!(want, Want::Past(_)) {
                    self.stay();
                }
                self.failed = Some(want);
                let text = said.in_lang(self.look().lang).0.to_owned();
                self.news(text, false, None);
            }
            Err(UserError::Closed) => {}
        }
    }

    /// After something changed in what is shown: the lists are made anew, what is chosen stays chosen.
    pub(crate) fn listed(&mut self) {
        let picture = match &self.past {
            Some(Past { picture: Some(picture), .. }) => picture,
            _ => &self.live,
        };
        self.board.list(picture, &self.setting);
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

    /// Whether something holds that an action needs.
    pub(crate) fn stands(&self, when: When) -> bool {
        let now = self.past.is_none();
        match when {
            When::Always | When::List => true,
            When::Call => {
                now && self.chosen_call().is_some_and(|c| self.live.calls.contains_key(&c))
            }
            When::AnyCall => now && self.chosen_call().is_some(),
            When::SeenCall => self.chosen_call().is_some(),
            When::Attention => now && self.chosen_attention().is_some(),
            When::Workers => now && self.page == Page::Workers,
            When::Worker => now && self.chosen_worker().is_some(),
            When::Participant => now && self.chosen_participant().is_some(),
            When::Message => now && self.page == Page::Messages && self.messages.chosen().is_some(),
            When::Breaker => {
                now && self.chosen_participant().is_some_and(|name| self.breaker_of(name).is_some())
            }
            When::Stock => now && self.page == Page::Stock,
            When::Product => now && self.chosen_product().is_some(),
            When::Members => now && self.page == Page::Members,
            When::Member => now && self.chosen_member().is_some(),
            When::Pending => !self.pending.is_empty(),
            When::Now => now,
            When::Past => !now,
        }
    }

    /// The call that a key is about.
    pub(crate) fn chosen_call(&self) -> Option<CallId> {
        match self.page {
            Page::Call(call) => Some(call),
            Page::Board => self.board.chosen_call(self.picture()),
            Page::Messages => self.messages.chosen()?.call(),
            Page::Journal => self.journal.call(),
            _ => None,
        }
    }

    /// The attention item that a key is about.
    pub(crate) fn chosen_attention(&self) -> Option<&crate::desk::live::Attention> {
        let items = &self.picture().rest.attention;
        let chosen = self.board.chosen_attention().filter(|_| self.page == Page::Board)?;
        items.iter().find(|item| item.id == chosen)
    }

    /// The worker that a key is about.
    pub(crate) fn chosen_worker(&self) -> Option<WorkerId> {
        self.worker_here().map(|worker| worker.id).filter(|_| self.page == Page::Workers)
    }

    /// The participant that a key is about.
    pub(crate) fn chosen_participant(&self) -> Option<&str> {
        let here = self.participant_here().filter(|_| self.page == Page::Services);
        here.map(|participant| participant.name.as_str())
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

    fn ran(&mut self, job: Job, ran: &Ran) -> Option<Effect> {
        let said = if ran.out.trim().is_empty() { &ran.err } else { &ran.out };
        let first = if ran.is_done() {
            said.lines().next().unwrap_or_default().to_owned()
        } else {
            first_error(ran)
        };
        match job.then {
            Then::Tell if self.overlay.is_none() && self.moved(&job.line, ran) => {}
            Then::Tell => {
                if ran.is_done() {
                    self.took(&job.line, &first);
                }
                self.news(first, ran.is_done(), Some(job.line));
            }
            Then::Show if ran.is_done() && said.lines().count() > 1 => {
                self.overlay = Some(Overlay::text(job.line.shell(), &ran.out));
            }
            Then::Show => self.news(first, ran.is_done(), Some(job.line)),
            Then::Ask => self.would(&job.line, ran, first),
            Then::Bulk { item } => {
                self.bulk.push((item, ran.is_done(), first));
                self.bulk_done();
            }
        }
        None
    }

    /// After a line that may have taken a call: that call is chosen.
    fn took(&mut self, line: &Line, said: &str) {
        let takes = ["request", "reopen"].map(str::to_owned);
        if line.0.first().is_some_and(|verb| takes.contains(verb)) {
            self.awaited = said.split_whitespace().next().and_then(|word| word.parse().ok());
            self.listed();
        }
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

/// The error of a line, with its hint.
fn first_error(ran: &Ran) -> String {
    let line = |start: &str| ran.err.lines().find_map(|line| line.strip_prefix(start));
    let error = line("error: ").or(ran.err.lines().next()).unwrap_or_default();
    line("hint: ").map_or_else(|| error.to_owned(), |hint| format!("{error} ({hint})"))
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
