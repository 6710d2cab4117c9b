//! The page of the journal: records, newest last; the chosen one as it is below them, when it is opened.
//!
//! Invariant: as every page.

use super::call::{draw_lines, wrap_indented};
use super::{MIDDLE, framed, put};
use crate::front::show::event::RecordJson;
use crate::tui::state::State;
use crate::tui::text::fit;
use crate::tui::theme::Role;
use crate::tui::words::Label;
use ascall_engine::domain::ids::Seq;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws it.
pub(super) fn draw(state: &State, area: Rect, buffer: &mut Buffer) {
    let theme = state.setting.theme;
    let (list, whole) = split(state, area);
    let journal = &state.journal;
    let follows = state.say(if journal.follows() { Label::FollowsEnd } else { Label::StandsStill });
    let title = format!("{} · {follows}", state.say(Label::DoJournal));
    let inside = framed(state, list, &title, true, buffer);
    if journal.len() == 0 {
        let is_none = state.picture().seq == Seq(0) || !state.board.filter.is_empty();
        let label = if is_none { Label::NoRecords } else { Label::Fetching };
        put(buffer, inside, 1, 0, state.say(label), theme.style(Role::Dim));
        return;
    }
    let height = usize::from(inside.height);
    let first = first_row(state, height);
    for row in 0..height.min(journal.len() - first) {
        let (Some(record), Ok(y)) = (journal.get(first + row), u16::try_from(row)) else { return };
        let is_chosen = first + row == journal.at();
        let style = theme.style(if is_chosen { Role::Chosen } else { Role::Text });
        let text = fit(&line(state, record), usize::from(inside.width).saturating_sub(1));
        put(buffer, inside, 1, y, &text, style);
    }
    if let Some(record) = journal.record().filter(|_| whole.height > 1) {
        let inside = framed(state, whole, &format!("#{}", record.seq), false, buffer);
        let columns = usize::from(inside.width.saturating_sub(2));
        let lines = record.raw_lines();
        let lines = lines.iter().flat_map(|line| wrap_indented(line, columns));
        let lines: Vec<_> = lines.map(|line| vec![(line, Role::Text)]).collect();
        draw_lines(state, &lines, 0, inside, buffer);
    }
}

/// The list and, when one is opened, the record below it: three quarters, because a record is long.
fn split(state: &State, area: Rect) -> (Rect, Rect) {
    let below = if state.journal.is_open { area.height * 3 / 4 } else { 0 };
    let list = Rect { height: area.height - below, ..area };
    (list, Rect { y: area.y + list.height, height: below, ..area })
}

/// The first record of the list that is seen: the end stands at the bottom.
fn first_row(state: &State, height: usize) -> usize {
    super::first_seen(state.journal.at(), state.journal.len(), height)
}

/// The record at a row of the page.
pub(super) fn at(state: &State, area: Rect, row: u16) -> Option<usize> {
    let (list, _) = split(state, area);
    let row = row.checked_sub(list.y + 1).filter(|row| *row + 1 < list.height)?;
    let at = first_row(state, usize::from(list.height.saturating_sub(1))) + usize::from(row);
    (at < state.journal.len()).then_some(at)
}

fn line(state: &State, record: &RecordJson) -> String {
    let look = state.look();
    let events = record.lines.join(" · ");
    if state.size.0 < MIDDLE {
        return format!("{} {events}", record.seq);
    }
    let why = record.reason.as_ref().map(|why| format!("  \"{why}\"")).unwrap_or_default();
    let (seq, time) = (fit(&record.seq.to_string(), 8), look.clock.exact(record.time));
    format!("{seq} {time}  {}  {events}{why}", fit(&record.by_word, 10))
}
