//! A page that has a list and something beside it: where each stands, and how they are drawn.
//!
//! Invariant: what is seen of the list always holds the chosen row, and where it is clicked is decided where it is drawn.

use super::{first_seen, framed, put};
use crate::tui::state::State;
use crate::tui::state::listed::Side;
use crate::tui::text::{fit, fit_right, wrap};
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// From how many rows on a list and what is beside it stand one over the other, when they may.
const TALL: u16 = 16;

/// Where the list stands, and what is beside it; without columns or rows when there is no room.
#[derive(Debug, Clone, Copy)]
pub(super) struct Halves {
    /// The list.
    pub list: Rect,
    /// What is beside it.
    pub beside: Rect,
}

/// How a page is parted where it is not wide enough for two columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parted {
    /// One at a time is shown.
    Turned,
    /// A list of so many rows stands over the other.
    Stacked(usize),
}

impl Halves {
    /// Parts a page; `fifths` of its columns are the list's where it is wide.
    pub(super) fn of(page: Rect, side: Side, fifths: u16, parted: Parted) -> Self {
        if page.width >= super::WIDE {
            let left = page.width * fifths / 5;
            let list = Rect { width: left, ..page };
            return Self {
                list,
                beside: Rect { x: page.x + left, width: page.width - left, ..page },
            };
        }
        match parted {
            Parted::Stacked(rows) if page.height >= TALL => {
                let rows = u16::try_from(rows.max(1)).unwrap_or(u16::MAX).saturating_add(2);
                let top = rows.min(page.height / 2);
                let list = Rect { height: top, ..page };
                Self { list, beside: Rect { y: page.y + top, height: page.height - top, ..page } }
            }
            _ if side == Side::List => Self { list: page, beside: Rect { width: 0, ..page } },
            _ => Self { list: Rect { width: 0, ..page }, beside: page },
        }
    }
}

/// A column of a list.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// Which of a row's cells stands in it.
    cell: usize,
    /// Its head.
    head: String,
    /// How wide it is; 0: it takes what the others leave.
    wide: usize,
    /// Whether it is set to the right.
    right: bool,
}

/// What a list shows beside its rows.
#[derive(Debug)]
pub(super) struct Table<'a> {
    /// What stands over it.
    pub title: &'a str,
    /// What it says when it has no rows.
    pub empty: &'a str,
    /// Whether the keys go there.
    pub focus: bool,
    /// Its columns.
    pub columns: &'a [Column],
    /// How many rows there are.
    pub count: usize,
    /// The chosen one.
    pub at: usize,
}

/// The columns that a list of this width has, one per cell of a row: head, width (0: what is left), whether it is set to
/// the right, and from which width of the list on it is there.
pub(super) fn columns(width: u16, all: &[(String, usize, bool, u16)]) -> Vec<Column> {
    let shown = all.iter().enumerate().filter(|(_, (.., from))| width >= *from);
    let column = |(cell, (head, wide, right, _)): (usize, &(String, usize, bool, u16))| Column {
        cell,
        head: head.clone(),
        wide: *wide,
        right: *right,
    };
    shown.map(column).collect()
}

/// Draws a list; `row` says the cells of a row, each with what it means.
pub(super) fn draw(
    state: &State,
    area: Rect,
    table: &Table<'_>,
    row: impl Fn(usize) -> Vec<(String, Role)>,
    buffer: &mut Buffer,
) {
    if area.width == 0 || area.height == 0 {
        return;
    }
    let theme = state.setting.theme;
    let inside = framed(state, area, table.title, table.focus, buffer);
    if table.count == 0 {
        for (at, line) in
            wrap(table.empty, usize::from(inside.width.saturating_sub(2))).iter().enumerate()
        {
            let Ok(at) = u16::try_from(at) else { return };
            put(buffer, inside, 1, at, line, theme.style(Role::Dim));
        }
        return;
    }
    let widths = widths(table.columns, usize::from(inside.width.saturating_sub(1)));
    let mut column = 1;
    for (spec, wide) in table.columns.iter().zip(&widths) {
        column = cell(state, inside, (column, 0), spec, *wide, (&spec.head, Role::Dim), buffer);
    }
    let height = usize::from(inside.height.saturating_sub(1));
    let first = first_seen(table.at, table.count, height);
    for (place, at) in (first..table.count).take(height).enumerate() {
        let Ok(place) = u16::try_from(place + 1) else { return };
        let chosen = (at == table.at).then_some(if table.focus {
            Role::Chosen
        } else {
            Role::ChosenElsewhere
        });
        if let Some(role) = chosen {
            let blank = " ".repeat(usize::from(inside.width));
            put(buffer, inside, 0, place, &blank, theme.style(role));
        }
        let cells = row(at);
        let mut column = 1;
        for (spec, wide) in table.columns.iter().zip(&widths) {
            let Some((text, role)) = cells.get(spec.cell) else { continue };
            let means = (text.as_str(), chosen.unwrap_or(*role));
            column = cell(state, inside, (column, place), spec, *wide, means, buffer);
        }
    }
}

/// Writes a cell and says where the next one begins.
fn cell(
    state: &State,
    inside: Rect,
    (column, row): (u16, u16),
    spec: &Column,
    wide: usize,
    (text, role): (&str, Role),
    buffer: &mut Buffer,
) -> u16 {
    let text = if spec.right { fit_right(text, wide) } else { fit(text, wide) };
    put(buffer, inside, column, row, &text, state.setting.theme.style(role));
    column + u16::try_from(wide + 1).unwrap_or(0)
}

fn widths(columns: &[Column], room: usize) -> Vec<usize> {
    let used: usize = columns.iter().map(|column| column.wide + 1).sum();
    let left = room.saturating_sub(used);
    columns.iter().map(|c| if c.wide == 0 { left } else { c.wide }).collect()
}

/// The row of a list that stands at a spot.
pub(super) fn row_at(area: Rect, spot: Position, count: usize, at: usize) -> Option<usize> {
    if !area.contains(spot) {
        return None;
    }
    let row = usize::from(spot.y.checked_sub(area.y + 2)?);
    let height = usize::from(area.height.saturating_sub(2));
    let place = first_seen(at, count, height) + row;
    (place < count).then_some(place)
}

/// Draws lines that may be scrolled; a line ends with what it means.
pub(super) fn paper(
    state: &State,
    area: Rect,
    title: &str,
    focus: bool,
    scroll: usize,
    lines: &[(String, Role)],
    buffer: &mut Buffer,
) {
    if area.width == 0 || area.height == 0 {
        return;
    }
    let theme = state.setting.theme;
    let inside = framed(state, area, title, focus, buffer);
    let room = usize::from(inside.width.saturating_sub(2));
    let broken: Vec<(String, Role)> = lines
        .iter()
        .flat_map(|(line, role)| wrap_or_blank(line, room).into_iter().map(|line| (line, *role)))
        .collect();
    let height = usize::from(inside.height);
    let first = scroll.min(broken.len().saturating_sub(height));
    for (row, (line, role)) in broken.iter().skip(first).take(height).enumerate() {
        let Ok(row) = u16::try_from(row) else { return };
        put(buffer, inside, 1, row, line, theme.style(*role));
    }
}

fn wrap_or_blank(line: &str, room: usize) -> Vec<String> {
    let lines = wrap(line, room);
    if lines.is_empty() { vec![String::new()] } else { lines }
}
