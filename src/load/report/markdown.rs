//! A report, and what changed between two, as Markdown: for a ticket, a pull request, a terminal.
//!
//! Invariant: whatever a scenario or a journal says is text in it, never markup.

use super::chart::moment;
use super::compare::Comparison;
use super::rows::{
    Table, changes, figures, incidents, latencies, soundness, steps, thresholds, verdict,
};
use super::{Report, failings};
use crate::load::words::{self, Label};
use ascall_engine::domain::profile::Lang;
use ascall_engine::domain::text::inert;
use std::fmt::Write as _;

/// The report.
pub(crate) fn markdown(report: &Report, lang: Lang) -> String {
    let verdict = if report.held { Label::Held } else { Label::NotHeld };
    let mut text = format!("# {}: {}\n\n", plain(&report.title), verdict.text(lang));
    let _ = writeln!(
        text,
        "{} {} · {} {} · {} {} · {} {} · {} {}\n",
        Label::Target.text(lang),
        plain(&report.target),
        Label::Begun.text(lang),
        plain(&report.began),
        Label::Lasted.text(lang),
        moment(report.lasted_s),
        Label::Seed.text(lang),
        report.seed,
        Label::Cores.text(lang),
        report.machine.cores
    );
    if !report.failings.is_empty() {
        list(&mut text, Label::WhatFailed.text(lang), failings(report, lang).into_iter());
    }
    let all = figures(report, lang);
    let heads = all.iter().map(|figure| figure.name.to_owned()).collect();
    let row = all.into_iter().map(|figure| figure.value).collect();
    table(&mut text, &Table { groups: None, heads, rows: vec![row] });
    let disturbed = report.faults.iter().map(|band| {
        let until = band.ended_s.map_or(Label::Never.text(lang).to_owned(), moment);
        let what = words::fault(&band.label, lang);
        (band.began_s, format!("{} – {until}: {what}", moment(band.began_s)))
    });
    let moved = report.breakers.iter().map(|moved| {
        let [from, to, why] =
            [&moved.from, &moved.to, &moved.why].map(|said| words::breaker(said, lang));
        let (at, name) = (moment(moved.at_s), &moved.participant);
        (moved.at_s, format!("{at}: {name} {from} → {to} ({why})"))
    });
    let mut what: Vec<(f64, String)> = disturbed.chain(moved).collect();
    what.sort_by(|a, b| a.0.total_cmp(&b.0));
    if !what.is_empty() {
        list(&mut text, Label::Disturbed.text(lang), what.into_iter().map(|(_, line)| line));
    }
    for (label, rows) in [
        (Label::Latencies, latencies(report, lang)),
        (Label::Thresholds, thresholds(report, lang)),
        (Label::Incidents, incidents(report, lang)),
        (Label::Steps, steps(report, lang)),
    ] {
        if !rows.rows.is_empty() {
            let _ = write!(text, "## {}\n\n", label.text(lang));
            table(&mut text, &rows);
        }
    }
    list(&mut text, Label::Soundness.text(lang), soundness(report, lang).into_iter());
    text
}

/// What changed.
pub(crate) fn comparison(comparison: &Comparison, lang: Lang) -> String {
    let mut text = format!("**{}**\n\n", verdict(comparison.verdict).text(lang));
    for note in &comparison.notes {
        let _ = writeln!(text, "- {}", plain(note));
    }
    if !comparison.notes.is_empty() {
        text.push('\n');
    }
    table(&mut text, &changes(comparison, lang));
    text
}

fn list(text: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let _ = write!(text, "## {title}\n\n");
    for line in lines {
        let _ = writeln!(text, "- {}", plain(&line));
    }
    text.push('\n');
}

fn table(text: &mut String, table: &Table) {
    // Markdown has no head over several columns: the name of the group stands in the head of its first column.
    let mut heads: Vec<String> = table.heads.iter().map(|head| plain(head)).collect();
    let mut at = 0;
    for (name, columns) in table.groups.iter().flatten() {
        if let Some(head) = heads.get_mut(at).filter(|_| !name.is_empty()) {
            *head = format!("{}: {head}", plain(name));
        }
        at += columns;
    }
    let _ = writeln!(text, "| {} |", heads.join(" | "));
    let _ = writeln!(text, "| --- |{}", " ---: |".repeat(heads.len().saturating_sub(1)));
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|cell| plain(cell)).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text.push('\n');
}

/// A text that is no markup, in one line.
fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in inert(text).chars() {
        match letter {
            '\n' | '\r' => safe.push(' '),
            '<' => safe.push_str("&lt;"),
            '&' => safe.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '!' | '~' => {
                safe.push('\\');
                safe.push(letter);
            }
            letter => safe.push(letter),
        }
    }
    safe
}
