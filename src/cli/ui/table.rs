//! A table for people: columns apart by two spaces, cut to the screen.
//!
//! Invariant: what is shown is inert; a row is a line unless its last column is there to be read.

use ascall_engine::domain::text::inert;
use comfy_table::{ContentArrangement, Row, Table, presets};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// A table without lines: columns apart by two spaces, cut to `width` columns when there is a screen. Where that is too
/// narrow, columns that hold nothing give way first.
pub(super) fn text(
    heads: &[String],
    rows: &[Vec<String>],
    width: Option<u16>,
    folds: bool,
) -> String {
    let kept = width.map_or_else(|| (0..heads.len()).collect(), |w| columns(heads, rows, w));
    let pick = |row: &[String]| -> Vec<String> {
        kept.iter().filter_map(|at| row.get(*at).cloned()).collect()
    };
    let (heads, rows) = (pick(heads), rows.iter().map(|row| pick(row)).collect::<Vec<_>>());
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    let mut head = Row::from(heads);
    head.max_height(1);
    table.set_header(head);
    for row in &rows {
        let mut cells = Row::new();
        for (at, cell) in row.iter().enumerate() {
            // Nothing stands after the last cell that it could push away.
            let last = at + 1 == row.len();
            let text = if last { inert(cell).into_owned() } else { one_line(cell) };
            cells.add_cell(text.into());
        }
        // A row is a line: what does not fit is cut, not folded.
        if !folds {
            cells.max_height(1);
        }
        table.add_row(cells);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt()
}

/// The columns shown on a screen `width` wide: all that fit, or without those that are empty in every row.
fn columns(heads: &[String], rows: &[Vec<String>], width: u16) -> Vec<usize> {
    let cell = |row: &Vec<String>, at: usize| row.get(at).map_or(0, |cell| cell.width());
    let widest = |at: usize| rows.iter().map(|row| cell(row, at)).max().unwrap_or(0);
    let needs: usize = (0..heads.len()).map(|at| widest(at).max(heads[at].width()) + 2).sum();
    let fits = needs <= usize::from(width) + 2;
    (0..heads.len()).filter(|at| fits || widest(*at) > 0).collect()
}

/// The most columns one cell takes, so that one absurd value does not push the others off the screen.
const CELL_MAX: usize = 60;

/// Inert and cut to [`CELL_MAX`] columns of the screen.
fn one_line(text: &str) -> String {
    let text = inert(text);
    if text.width() <= CELL_MAX {
        return text.into_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used >= CELL_MAX {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}
