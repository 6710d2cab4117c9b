//! The page of messages: a list with how far each is, and the chosen one whole below it.
//!
//! Invariant: as every page.

use super::call::{draw_lines, fate, letter};
use super::{MIDDLE, first_seen, framed, put};
use crate::front::show::Show as _;
use crate::tui::msg::Told;
use crate::tui::state::State;
use crate::tui::state::messages::Order;
use crate::tui::text::{clip, fit};
use crate::tui::theme::Role;
use crate::tui::words::Label;
use ascall_engine::domain::ids::Seq;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// From how many rows on the chosen message is shown whole.
const TALL: u16 = 14;

/// Draws it.
pub(super) fn draw(state: &State, area: Rect, buffer: &mut Buffer) {
    let theme = state.setting.theme;
    let (list, whole) = split(area);
    let messages = &state.messages;
    let order = state.say(match messages.order {
        Order::Fate => Label::OrderFate,
        Order::Newest => Label::OrderNumber,
        Order::Call => Label::OrderCall,
        Order::Worker => Label::OrderWorker,
    });
    let title = format!("{} {} · {order}", state.say(Label::DoMessages), messages.shown.len());
    let inside = framed(state, list, &title, true, buffer);
    if messages.shown.is_empty() {
        let is_known = messages.is_known() || state.picture().seq == Seq(0);
        let label = if is_known { Label::NoMessages } else { Label::Fetching };
        put(buffer, inside, 1, 0, state.say(label), theme.style(Role::Dim));
        return;
    }
    let height = usize::from(inside.height);
    let first = first_seen(messages.at(), messages.shown.len(), height);
    let seen = messages.shown.iter().enumerate().skip(first).take(height);
    for (row, (at, told)) in seen.enumerate() {
        let Ok(row) = u16::try_from(row) else { return };
        let (mark, role) = fate(told.letter.delivery);
        let is_chosen = at == messages.at();
        let style = theme.style(if is_chosen { Role::Chosen } else { Role::Text });
        let text = fit(&line(state, told), usize::from(inside.width).saturating_sub(2));
        put(buffer, inside, 2, row, &text, style);
        put(buffer, inside, 0, row, mark, theme.style(role));
    }
    if let Some(told) = messages.chosen().filter(|_| whole.height > 1) {
        let title = format!("{} {}", told.letter.call, told.letter.notice);
        let inside = framed(state, whole, &title, false, buffer);
        let lines = letter(told, state.look(), usize::from(inside.width.saturating_sub(2)));
        draw_lines(state, &lines, 0, inside, buffer);
    }
}

fn split(area: Rect) -> (Rect, Rect) {
    let below = if area.height < TALL { 0 } else { (area.height / 3).clamp(5, 12) };
    let list = Rect { height: area.height - below, ..area };
    (list, Rect { y: area.y + list.height, height: below, ..area })
}

/// The message at a row of the page.
pub(super) fn at(state: &State, area: Rect, row: u16) -> Option<usize> {
    let (list, _) = split(area);
    let row = row.checked_sub(list.y + 1).filter(|row| *row + 1 < list.height)?;
    let all = state.messages.shown.len();
    let height = usize::from(list.height.saturating_sub(1));
    let at = first_seen(state.messages.at(), all, height) + usize::from(row);
    (at < all).then_some(at)
}

fn line(state: &State, told: &Told) -> String {
    let look = state.look();
    let letter = &told.letter;
    let to = letter.cells(look).get(2).cloned().unwrap_or_default();
    let worker = letter.worker.filter(|_| letter.to == "worker");
    let to = worker.map_or_else(|| to.clone(), |worker| format!("{to} {worker}"));
    let is_narrow = state.size.0 < MIDDLE;
    let fate = fit(&look.delivery(letter.delivery), 6);
    let head = if is_narrow {
        format!("{} {fate}", fit(&letter.call, 6))
    } else {
        let by = fit(&look.transport(letter.transport), 8);
        let time = fit(&look.clock.short(letter.time), 11);
        format!("{time} {} {} {by} {fate}", fit(&letter.call, 8), fit(&to, 13))
    };
    let text = letter.text.replace('\n', " ");
    format!("{head} {}", clip(&text, usize::from(state.size.0)))
}
