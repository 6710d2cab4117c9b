//! The bars: pages and moment at the top, how the desk does below them; what happened and the keys at the bottom.

use super::put;
use crate::desk::live::Breaker;
use crate::front::cursor::Cursor;
use crate::front::show::name_of;
use crate::tui::keys::{Action, Binding, When};
use crate::tui::state::{Link, Page, State, possible};
use crate::tui::text::{clip, width};
use crate::tui::theme::Role;
use crate::tui::words::Label;
use ascall_engine::domain::breaker::StateKind;
use ascall_engine::domain::event::Mode;
use ascall_engine::domain::ids::Millis;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const PAGES: [(Page, Label); 8] = [
    (Page::Board, Label::DoBoard),
    (Page::Workers, Label::DoWorkers),
    (Page::Services, Label::DoServices),
    (Page::Messages, Label::DoMessages),
    (Page::Journal, Label::DoJournal),
    (Page::Profiles, Label::DoProfiles),
    (Page::Stock, Label::DoStock),
    (Page::Members, Label::DoMembers),
];

/// A desk that has nothing to tell says so every ten seconds: older than this, something is wrong on the way.
const LATE: Millis = Millis(15_000);

/// How many columns an operator's words may take that say why a breaker is held open.
const WHY: usize = 30;

/// The tabs with their columns: page, first column, text.
fn tabs(state: &State) -> Vec<(Page, u16, String)> {
    let mut column = 0;
    let mut tabs = Vec::new();
    for (at, (page, label)) in PAGES.iter().enumerate() {
        let named = state.size.0 >= super::WIDE || *page == state.page;
        let text = if named {
            format!(" {} {} ", at + 1, state.say(*label))
        } else {
            format!(" {} ", at + 1)
        };
        let wide = u16::try_from(width(&text)).unwrap_or(u16::MAX);
        tabs.push((*page, column, text));
        column += wide;
    }
    tabs
}

/// The page whose tab is at a column.
pub(super) fn page_at(state: &State, column: u16) -> Option<Page> {
    tabs(state).iter().rev().find(|(_, from, _)| *from <= column).map(|(page, ..)| *page)
}

/// Pages, moment, place in the journal.
pub(super) fn top(state: &State, area: Rect, buffer: &mut Buffer) {
    let theme = state.setting.theme;
    let picture = state.picture();
    let look = state.look();
    let clock = &look.clock;
    let lag = look.seconds(state.lag().0 / 1_000);
    let lag = Label::LagOf.fill(look.lang, &[&lag]);
    let seq = match picture.epoch {
        0 => format!("#{}", picture.seq.0),
        // A restored desk counts anew.
        epoch => format!("#{}", Cursor::at(epoch, picture.seq)),
    };
    let right = match &state.past {
        Some(_) => format!("{seq}  {} ", clock.exact(state.shown_at())),
        None if state.size.0 < super::MIDDLE => format!("{seq} {lag} "),
        None => format!("{seq} {lag}  {} ", clock.short(state.now())),
    };
    let is_old = state.past.is_none() && state.lag() > LATE;
    let right_at = area.width.saturating_sub(u16::try_from(width(&right)).unwrap_or(area.width));
    let room = Rect { width: right_at, ..area };
    for (page, column, text) in tabs(state) {
        let is_here =
            page == state.page || (page == Page::Board && matches!(state.page, Page::Call(_)));
        let style = theme.style(if is_here { Role::Chosen } else { Role::Dim });
        put(buffer, room, column, 0, &text, style);
    }
    put(
        buffer,
        area,
        right_at,
        0,
        &right,
        theme.style(if is_old { Role::Warn } else { Role::Dim }),
    );
}

/// How the desk does; in the past, that it is the past; without a desk, that there is none.
pub(super) fn health(state: &State, area: Rect, buffer: &mut Buffer) {
    let theme = state.setting.theme;
    let look = state.look();
    let lang = look.lang;
    if let Some(past) = &state.past {
        let at = look.clock.exact(past.at);
        let text = match past.read {
            Some([from, read, goal]) => {
                let all = (goal.0 - from.0).max(1);
                let done = (read.0.saturating_sub(from.0) * 100 / all).to_string();
                Label::GoingToRead.fill(lang, &[&at, &done])
            }
            None if !past.is_there() => Label::GoingTo.fill(lang, &[&at]),
            None => Label::PastBanner.fill(lang, &[&at]),
        };
        let text = crate::tui::text::fit(&format!(" ◀ {text}"), usize::from(area.width));
        put(buffer, area, 0, 0, &text, theme.style(Role::Past));
        return;
    }
    let mut column = 1;
    let mut say = |text: &str, role: Role| {
        let room = usize::from(area.width).saturating_sub(usize::from(column));
        let fits = width(text) <= room;
        if fits {
            column = put(buffer, area, column, 0, text, theme.style(role)) + 2;
        }
        fits
    };
    match state.link {
        Link::Waiting => {
            say(&format!("◌ {}", state.say(Label::Waiting)), Role::Waiting);
        }
        Link::Lost(since) => {
            let span = look.seconds(state.now().since(since).0 / 1_000);
            say(&format!("✗ {}", Label::LostFor.fill(lang, &[&span])), Role::Bad);
            return;
        }
        Link::Host | Link::Guest => {}
    }
    let picture = state.picture();
    let troubled: Vec<_> =
        picture.rest.breakers.iter().filter(|breaker| breaker.state != StateKind::Closed).collect();
    for breaker in &troubled {
        let word = look.term(&name_of(&breaker.state));
        let text = format!("✗ {} {word}", breaker.participant);
        let why = breaker_why(state, breaker).filter(|_| area.width >= super::MIDDLE);
        if !why.is_some_and(|why| say(&format!("{text}: {why}"), Role::Bad)) {
            say(&text, Role::Bad);
        }
    }
    for participant in picture.rest.participants.iter().filter(|p| p.mode != Mode::Running) {
        let word = look.mode(participant.mode);
        say(&format!("‖ {} {word}", participant.name), Role::Warn);
    }
    if troubled.is_empty() && !matches!(state.link, Link::Waiting) {
        say(&format!("✓ {}", state.say(Label::BreakersClosed)), Role::Good);
    }
    let live = picture.calls.len().to_string();
    say(&format!("{} {live}", state.say(Label::Calls)), Role::Text);
    let pace = picture.pace.per_minute(state.now()).to_string();
    say(&Label::PerMinute.fill(lang, &[&pace]), Role::Dim);
    if let Some((half, most)) = picture.pace.to_assign() {
        let short = |span: Millis| span_short(span);
        say(&Label::ToAssign.fill(lang, &[&short(half), &short(most)]), Role::Dim);
    }
    if picture.rest.notices > 0 {
        let count = picture.rest.notices.to_string();
        say(&Label::NoticesWaiting.fill(lang, &[&count]), Role::Warn);
    }
    match state.link {
        Link::Host => say(&Label::Here.fill(lang, &[&state.setting.desk]), Role::Dim),
        Link::Guest => say(&Label::There.fill(lang, &[&state.setting.desk]), Role::Dim),
        Link::Waiting | Link::Lost(_) => false,
    };
}

/// Why a breaker keeps requests back: the words of the operator who holds it open, or the rule that opened it.
fn breaker_why(state: &State, breaker: &Breaker) -> Option<String> {
    if let Some(reason) = &breaker.reason {
        let by = state.picture().held_by(breaker.id).map(|by| format!(" @{by}"));
        return Some(format!("{}{}", clip(reason, WHY), by.unwrap_or_default()));
    }
    let incident = breaker.incidents.last().filter(|incident| incident.closed_at.is_none())?;
    Some(state.look().term(&name_of(&incident.why)))
}

/// A short span with its unit.
fn span_short(span: Millis) -> String {
    match span.0 {
        ms if ms < 1_000 => format!("{ms}ms"),
        ms if ms < 120_000 => format!("{}.{}s", ms / 1_000, ms % 1_000 / 100),
        ms => format!("{}m", ms / 60_000),
    }
}

/// What is about to be sent, what happened, how far persons are shown, what is filtered and marked.
pub(super) fn news(state: &State, area: Rect, buffer: &mut Buffer) {
    let theme = state.setting.theme;
    let lang = state.look().lang;
    if let Some(pending) = state.pending.last() {
        let left = pending.at.since(state.now()).0.div_ceil(1_000).to_string();
        let line = pending.jobs.first().map(|job| job.line.masked(state.veil()).shell());
        let line = line.unwrap_or_default();
        let key = state.setting.keys.shown(Action::Undo);
        let text = Label::PendingIn.fill(lang, &[&left, &line, &key]);
        let column = put(buffer, area, 1, 0, &text, theme.style(Role::Warn));
        // What is taken back first stands first; how many more there are behind it.
        let more =
            state.pending.iter().map(|pending| pending.jobs.len()).sum::<usize>().saturating_sub(1);
        if more > 0 {
            put(buffer, area, column + 1, 0, &format!("+{more}"), theme.style(Role::Warn));
        }
        return;
    }
    if let Some(news) = &state.news {
        let (mark, role) = if news.good { ("✓", Role::Good) } else { ("✗", Role::Bad) };
        let column = put(buffer, area, 1, 0, &format!("{mark} {}", news.text), theme.style(role));
        if let Some(line) = &news.line {
            let line = line.masked(state.veil()).shell();
            put(buffer, area, column + 2, 0, &line, theme.style(Role::Dim));
        }
        return;
    }
    let mut column = 1;
    if let Some(until) = state.revealed.filter(|_| state.is_revealed()) {
        let left = until.since(state.now()).0.div_ceil(1_000).to_string();
        let text = Label::Revealing.fill(lang, &[&left]);
        column = put(buffer, area, column, 0, &text, theme.style(Role::Warn)) + 2;
    }
    if !state.narrowed().is_empty() {
        let text = Label::Filtered.fill(lang, &[&state.narrowed().text]);
        column = put(buffer, area, column, 0, &text, theme.style(Role::Moving)) + 2;
    }
    if !state.marked.is_empty() {
        let text = Label::Marked.fill(lang, &[&state.marked.len().to_string()]);
        put(buffer, area, column, 0, &text, theme.style(Role::Moving));
    }
}

/// The keys that do something now.
pub(super) fn keys(state: &State, area: Rect, buffer: &mut Buffer) {
    let theme = state.setting.theme;
    let mut column = 1;
    let shown = possible(state).filter(|binding| binding.bar);
    // What is about the chosen thing first, what is always there last.
    let (here, always): (Vec<&Binding>, Vec<&Binding>) =
        shown.partition(|b| !matches!(b.when, When::Always | When::List));
    for binding in here.into_iter().chain(always) {
        let key = state.setting.keys.shown(binding.action);
        let label = state.say(binding.label);
        let wide = width(&key) + width(label) + 3;
        if usize::from(area.width.saturating_sub(column)) < wide {
            continue;
        }
        column = put(buffer, area, column, 0, &key, theme.style(Role::Key));
        column = put(buffer, area, column + 1, 0, label, theme.style(Role::Dim)) + 2;
    }
}
