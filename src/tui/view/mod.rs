//! Drawing: the state as it stands, on a screen of any size.
//!
//! Invariant: pure; what is drawn depends on the state alone, and nothing outside the frame is written. Where something
//! stands is decided once ([`Areas`]), for drawing and for the mouse.

mod bars;
mod board;
mod call;
mod journal;
mod list;
mod map;
mod messages;
mod overlay;
mod pages;
mod services;
mod workers;

use super::state::board::Order;
use super::state::{Page, State};
use super::text;
use super::theme::Role;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// From how many columns on the chosen call stands beside the list.
pub(crate) const WIDE: u16 = 110;

/// From how many columns on a list has all its columns.
pub(crate) const MIDDLE: u16 = 60;

/// Below this nothing useful can be drawn.
const LEAST: (u16, u16) = (40, 12);

/// Draws everything.
pub(crate) fn view(state: &State, frame: &mut Frame) {
    let area = frame.area();
    let buffer = frame.buffer_mut();
    if area.width < LEAST.0 || area.height < LEAST.1 {
        too_small(state, area, buffer);
        return;
    }
    let areas = Areas::of(state, area);
    bars::top(state, areas.top, buffer);
    bars::health(state, areas.health, buffer);
    match state.page {
        Page::Board => board::draw(state, &areas, buffer),
        Page::Call(call) => call::draw(state, call, areas.page, true, buffer),
        Page::Messages => messages::draw(state, areas.page, buffer),
        Page::Journal => journal::draw(state, areas.page, buffer),
        _ => pages::draw(state, areas.page, buffer),
    }
    if matches!(state.link, super::state::Link::Lost(_)) {
        // What stands there is not known to be so any more.
        buffer.set_style(areas.page, state.setting.theme.style(Role::Dim));
    }
    bars::news(state, areas.news, buffer);
    bars::keys(state, areas.keys, buffer);
    if let Some(overlay) = &state.overlay {
        overlay::draw(state, overlay, area, buffer);
    }
}

fn too_small(state: &State, area: Rect, buffer: &mut Buffer) {
    let text = state.say(super::words::Label::TooSmall);
    for (row, line) in text::wrap(text, usize::from(area.width)).iter().enumerate() {
        let Ok(row) = u16::try_from(row) else { return };
        put(buffer, area, 0, row, line, Style::new());
    }
}

/// Where the parts of the screen stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Areas {
    /// The pages, the moment, the place in the journal.
    pub top: Rect,
    /// How the desk does.
    pub health: Rect,
    /// The page.
    pub page: Rect,
    /// What needs a human; without rows on other pages.
    pub attention: Rect,
    /// The list of calls.
    pub calls: Rect,
    /// The chosen call; without columns when there is no room.
    pub detail: Rect,
    /// What happened.
    pub news: Rect,
    /// The keys.
    pub keys: Rect,
}

impl Areas {
    /// On a screen of this size.
    pub(crate) fn of(state: &State, area: Rect) -> Self {
        let row = |y: u16, height: u16| Rect { y: area.y + y, height, ..area };
        let page = row(2, area.height.saturating_sub(4));
        let (list, detail) = if state.shows_detail() {
            let left = page.width * 3 / 5;
            (
                Rect { width: left, ..page },
                Rect { x: page.x + left, width: page.width - left, ..page },
            )
        } else {
            (page, Rect { width: 0, ..page })
        };
        let items = u16::try_from(state.picture().rest.attention.len()).unwrap_or(u16::MAX);
        let tall = items.saturating_add(2).max(3).min((list.height / 3).max(3)).min(list.height);
        Self {
            top: row(0, 1),
            health: row(1, 1),
            page,
            attention: Rect { height: tall, ..list },
            calls: Rect { y: list.y + tall, height: list.height - tall, ..list },
            detail,
            news: row(area.height.saturating_sub(2), 1),
            keys: row(area.height.saturating_sub(1), 1),
        }
    }
}

/// How many rows of text there are where a call is read.
pub(crate) fn rows_to_read(state: &State) -> usize {
    let areas = Areas::of(state, Rect::new(0, 0, state.size.0, state.size.1));
    match (state.page, state.chosen_call()) {
        (Page::Call(call), _) => call::rows(state, call, areas.page),
        (Page::Board, Some(call)) => call::rows(state, call, areas.detail),
        _ => 0,
    }
}

/// Something that can be clicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spot {
    /// The call at this place of the list.
    Call(usize),
    /// The attention item at this place.
    Item(usize),
    /// A page.
    Page(Page),
    /// The chosen call.
    Detail,
    /// The message at this place of the list.
    Message(usize),
    /// The record at this place of the list.
    Record(usize),
    /// What stands at this place of the list of another page.
    Row(usize),
    /// The heads of that list.
    Head,
    /// The head of a column by which the calls can stand in order.
    Order(Order),
    /// What stands beside it.
    Beside,
}

/// What stands at a column and a row.
pub(crate) fn at(state: &State, column: u16, row: u16) -> Option<Spot> {
    let areas = Areas::of(state, Rect::new(0, 0, state.size.0, state.size.1));
    let spot = ratatui::layout::Position { x: column, y: row };
    if areas.top.contains(spot) {
        return bars::page_at(state, column).map(Spot::Page);
    }
    match state.page {
        Page::Board => {}
        Page::Messages => return messages::at(state, areas.page, row).map(Spot::Message),
        Page::Journal => return journal::at(state, areas.page, row).map(Spot::Record),
        _ => return pages::at(state, areas.page, spot),
    }
    if areas.detail.contains(spot) {
        return Some(Spot::Detail);
    }
    board::at(state, &areas, spot)
}

/// Writes a text from a column of an area on, cut at its end. Says the column behind it.
pub(super) fn put(
    buffer: &mut Buffer,
    area: Rect,
    column: u16,
    row: u16,
    text: &str,
    style: Style,
) -> u16 {
    if row >= area.height || column >= area.width {
        return column;
    }
    let room = usize::from(area.width - column);
    let text = text::clip(text, room);
    let (x, _) = buffer.set_stringn(area.x + column, area.y + row, &text, room, style);
    x - area.x
}

/// Draws a frame with a title and says what is inside.
pub(super) fn framed(
    state: &State,
    area: Rect,
    title: &str,
    focus: bool,
    buffer: &mut Buffer,
) -> Rect {
    if area.width < 4 || area.height < 2 {
        return Rect { height: 0, ..area };
    }
    let theme = state.setting.theme;
    let style = theme.style(if focus { Role::Focus } else { Role::Frame });
    let title = text::clip(title, usize::from(area.width).saturating_sub(6));
    // The mark says where the keys go where colours do not.
    let mark = if focus { "▌" } else { "─" };
    let mut line = format!("{mark} {title} ");
    let room = usize::from(area.width).saturating_sub(text::width(&line));
    line.extend(std::iter::repeat_n('─', room));
    put(buffer, area, 0, 0, &line, style);
    Rect { y: area.y + 1, height: area.height - 1, ..area }
}

/// The first row of a list of which `height` rows are seen, so that the chosen one is among them.
pub(super) fn first_seen(chosen: usize, all: usize, height: usize) -> usize {
    let first = chosen.saturating_sub(height / 2);
    first.min(all.saturating_sub(height))
}
