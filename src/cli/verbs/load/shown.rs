//! What a load came to, as people see it at a terminal and as programs read it.

use crate::cli::cx::Cx;
use crate::cli::ui::{Cell, Format, Look, Sheet, Show};
use crate::front::error::UserError;
use crate::front::words::Word;
use crate::load::report::compare::Comparison;
use crate::load::report::rows::{self, Table};
use crate::load::report::{Report, SCHEMA, failings};
use crate::load::words::Label;
use serde::Deserialize;
use std::path::Path;

impl Show for Report {
    fn id(&self) -> String {
        self.title.clone()
    }
    const CSV: &'static [&'static str] = &[
        "title",
        "target",
        "seed",
        "lasted_s",
        "held",
        "intended",
        "sent",
        "dropped",
        "answered",
        "refused",
        "held_off",
        "unknown",
        "failed",
        "received",
        "accepted",
        "parked",
        "assigned",
        "completed",
        "canceled",
        "unfilled",
        "rejected",
        "lost",
        "doubled",
        "rate",
        "verify.held",
        "journal_hash",
    ];
    const HEADS: &'static [Word] = &[];
    fn cells(&self, _: &Look) -> Vec<String> {
        Vec::new()
    }
}

impl Show for Comparison {
    fn id(&self) -> String {
        String::new()
    }
    const CSV: &'static [&'static str] = &["verdict"];
    const HEADS: &'static [Word] = &[];
    fn cells(&self, _: &Look) -> Vec<String> {
        Vec::new()
    }
}

/// The report of an earlier load.
pub(super) fn read(path: &Path) -> Result<Report, UserError> {
    #[derive(Deserialize)]
    struct Shape {
        schema: u32,
    }
    let text = std::fs::read_to_string(path).map_err(|error| UserError::input(path, &error))?;
    let none =
        |error| UserError::usage(format!("{} is no report of a load: {error}", path.display()));
    let Shape { schema } = serde_json::from_str(&text).map_err(none)?;
    if schema != SCHEMA {
        return Err(UserError::other_report(path, schema, SCHEMA));
    }
    let report: Report = serde_json::from_str(&text).map_err(none)?;
    if report.asked.sent == 0 {
        return Err(UserError::idle_report(path));
    }
    Ok(report)
}

/// A report.
pub(super) fn report(report: &Report, cx: &mut Cx) -> Result<(), UserError> {
    if cx.ui.format != Format::Table {
        return cx.ui.one(report, "");
    }
    let lang = cx.ui.look.lang;
    let held = if report.held { Label::Held } else { Label::NotHeld };
    cx.ui.line(&format!("{} ({}): {}", report.title, report.target, held.text(lang)))?;
    let figures = rows::figures(report, lang).into_iter();
    let figures: Vec<String> =
        figures.map(|figure| format!("{} {}", figure.name, figure.value)).collect();
    let columns = cx.ui.width.map_or(usize::MAX, usize::from);
    for line in rows::folded(&figures, " · ", columns) {
        cx.ui.line(&line)?;
    }
    for (label, table) in [
        (Label::Latencies, rows::latencies(report, lang)),
        (Label::Disturbed, rows::incidents(report, lang)),
        (Label::Thresholds, rows::thresholds(report, lang)),
    ] {
        if !table.rows.is_empty() {
            shown(label.text(lang), &table, report, cx)?;
        }
    }
    for line in rows::soundness(report, lang) {
        cx.ui.line(&line)?;
    }
    for failing in failings(report, lang) {
        cx.ui.warn(&failing)?;
    }
    Ok(())
}

/// A comparison.
pub(super) fn comparison(comparison: &Comparison, cx: &mut Cx) -> Result<(), UserError> {
    if cx.ui.format != Format::Table {
        return cx.ui.one(comparison, "");
    }
    let lang = cx.ui.look.lang;
    let verdict = rows::verdict(comparison.verdict).text(lang);
    shown(verdict, &rows::changes(comparison, lang), comparison, cx)?;
    comparison.notes.iter().try_for_each(|note| cx.ui.note(note))
}

/// A table under its title; columns that belong together are a table of their own, behind the first ones.
fn shown<T: Show>(title: &str, table: &Table, of: &T, cx: &mut Cx) -> Result<(), UserError> {
    let Some(groups) = &table.groups else {
        let all: Vec<usize> = (0..table.heads.len()).collect();
        return part(title, table, &all, of, cx);
    };
    let (mut first, mut next) = (Vec::new(), 0);
    for (name, columns) in groups {
        let these = next..next + columns;
        next = these.end;
        if name.is_empty() {
            first.extend(these);
        } else {
            let title = format!("{title}, {name}");
            let these: Vec<usize> = first.iter().copied().chain(these).collect();
            part(&title, table, &these, of, cx)?;
        }
    }
    Ok(())
}

/// Some columns of a table.
fn part<T: Show>(
    title: &str,
    table: &Table,
    columns: &[usize],
    of: &T,
    cx: &mut Cx,
) -> Result<(), UserError> {
    let pick = |row: &[String]| -> Vec<String> {
        columns.iter().filter_map(|at| row.get(*at).cloned()).collect()
    };
    let heads: Vec<(String, String)> =
        pick(&table.heads).into_iter().map(|head| (String::new(), head)).collect();
    let cell = |text: String| Cell { plain: text.clone(), shown: text };
    let cells: Vec<Vec<Cell>> =
        table.rows.iter().map(|row| pick(row).into_iter().map(cell).collect()).collect();
    let items = std::slice::from_ref(of);
    cx.ui.sheet(&Sheet { title, columns: &heads, items, cells: &cells })
}
