//! What a report says, as tables: the same ones on the page and in Markdown.
//!
//! Invariant: a table is text; whoever writes it down makes it inert for where it goes.

use super::chart::{moment, span};
use super::compare::{Change, Comparison, Verdict};
use super::html::tail;
use super::{Bounds, Latency, Report};
use crate::load::expect;
use crate::load::words::{self, Label};
use ascall_engine::domain::profile::Lang;
use ascall_engine::domain::text::grouped;
use unicode_width::UnicodeWidthStr as _;

/// A table.
pub(crate) struct Table {
    /// Heads over several columns: each with how many.
    pub groups: Option<Vec<(String, usize)>>,
    /// The heads of the columns.
    pub heads: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// One figure of those that matter most.
pub(crate) struct Figure {
    /// What it is.
    pub name: &'static str,
    /// How much.
    pub value: String,
    /// Whether it is `good`, something to `wait` for, `bad`, or neither.
    pub class: &'static str,
}

fn number(count: u64) -> String {
    grouped(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Parts beside each other, in as many lines as it takes: none is cut that fits a line of its own.
pub(crate) fn folded(parts: &[String], gap: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if line.width() + gap.width() + part.width() <= columns => {
                line.push_str(gap);
                line.push_str(part);
            }
            _ => lines.push(part.clone()),
        }
    }
    lines
}

/// The figures that matter most.
pub(crate) fn figures(report: &Report, lang: Lang) -> Vec<Figure> {
    let (asked, calls) = (&report.asked, &report.calls);
    let count = |label: Label, many: u64, class: &'static str| Figure {
        name: label.text(lang),
        value: number(many),
        class: if many > 0 { class } else { "" },
    };
    let mut figures = vec![
        count(Label::Intended, asked.intended, ""),
        count(Label::Sent, asked.sent, ""),
        count(Label::Dropped, asked.dropped, "bad"),
        count(Label::Accepted, calls.accepted, "good"),
        count(Label::Parked, calls.parked, "wait"),
        count(Label::OpenedLate, calls.opened_late, ""),
        count(Label::Refused, asked.refused, "bad"),
        count(Label::HeldOff, asked.held_off, "bad"),
        count(Label::Failed, asked.failed + asked.unknown, "bad"),
        count(Label::Retried, asked.retried, "wait"),
        count(Label::Rejected, calls.rejected, "bad"),
        count(Label::Assigned, calls.assigned, "good"),
        count(Label::Unassigned, report.unassigned(), "wait"),
        count(Label::Completed, calls.completed, ""),
        count(Label::Canceled, calls.canceled, ""),
        count(Label::Unfilled, calls.unfilled, "bad"),
        count(Label::Lost, report.lost, "bad"),
    ];
    let rate = format!("{:.1}", report.rate);
    figures.push(Figure { name: Label::Rate.text(lang), value: rate, class: "" });
    for (kind, name) in [("request", "p99(request)"), ("assign", "p99(assign)")] {
        figures.push(Figure { name, value: tail(report.latency.get(kind)), class: "" });
    }
    figures
}

/// A latency as people read it: how long at most, or how long at least.
pub(super) fn reach(bounds: Option<Bounds>) -> String {
    match bounds {
        None => "–".to_owned(),
        Some(Bounds { most: Some(most), .. }) => span(most),
        Some(Bounds { least, most: None }) => expect::at_least(&span(least)),
    }
}

/// Each latency, both ways.
pub(crate) fn latencies(report: &Report, lang: Lang) -> Table {
    let quantiles = |latency: &Latency| {
        let at = |share| latency.quantile(share);
        [at(0.5), at(0.9), at(0.99), at(0.999), latency.max()].map(reach)
    };
    let heads = ["p50", "p90", "p99", "p99.9", Label::Max.text(lang)];
    let mut rows = Vec::new();
    for (name, measured) in &report.latency {
        let Latency { count, waiting, .. } = measured.intended;
        let mut row = vec![words::measured(name, lang).into(), number(count), number(waiting)];
        row.extend(quantiles(&measured.intended));
        row.extend(quantiles(&measured.sent));
        rows.push(row);
    }
    let first = [Label::What, Label::Count, Label::Waiting].map(|label| label.text(lang));
    Table {
        groups: Some(vec![
            (String::new(), first.len()),
            (Label::FromIntended.text(lang).to_owned(), heads.len()),
            (Label::FromSent.text(lang).to_owned(), heads.len()),
        ]),
        heads: first.into_iter().chain(heads).chain(heads).map(str::to_owned).collect(),
        rows,
    }
}

/// What became of the steps of each kind, and of their tries where some were tried again.
pub(super) fn steps(report: &Report, lang: Lang) -> Table {
    let heads = [
        Label::What,
        Label::Intended,
        Label::Sent,
        Label::Dropped,
        Label::Answered,
        Label::Refused,
        Label::HeldOff,
        Label::Unknown,
        Label::Failed,
        Label::Retried,
        Label::ByRule,
    ];
    let mut rows = Vec::new();
    for (name, step) in &report.steps {
        let (counts, tries) = (step.counts, step.tries);
        let all = [
            counts.intended,
            counts.sent,
            counts.dropped,
            counts.answered,
            counts.refused,
            counts.held_off,
            counts.unknown,
            counts.failed,
            counts.retried,
        ];
        let why = step.refusals.iter().map(|(word, many)| format!("{word} {}", number(*many)));
        let why = why.collect::<Vec<_>>().join(", ");
        let name = words::measured(name, lang);
        let row = [name.clone().into_owned()].into_iter().chain(all.map(number)).chain([why]);
        rows.push(row.collect());
        if counts.retried > 0 {
            let how = [tries.answered, tries.refused, tries.held_off, tries.unknown, tries.failed];
            let [none, sent] = [String::new(), number(tries.sent)];
            let head = [Label::TriesOf.fill(lang, &[&name]), none.clone(), sent, none.clone()];
            let row = head.into_iter().chain(how.map(number)).chain([none.clone(), none]);
            rows.push(row.collect());
        }
    }
    Table { groups: None, heads: heads.map(|head| head.text(lang).to_owned()).into(), rows }
}

/// Each threshold.
pub(crate) fn thresholds(report: &Report, lang: Lang) -> Table {
    let heads = [Label::Threshold, Label::Measured, Label::Result];
    let rows = report.expect.iter().map(|judged| {
        let measured = expect::measured(judged);
        let measured = measured.unwrap_or_else(|| Label::NotMeasured.text(lang).to_owned());
        let result = if judged.held { Label::Yes } else { Label::No };
        vec![judged.text.clone(), measured, result.text(lang).to_owned()]
    });
    let rows = rows.collect();
    Table { groups: None, heads: heads.map(|head| head.text(lang).to_owned()).into(), rows }
}

/// Each opening of a breaker.
pub(crate) fn incidents(report: &Report, lang: Lang) -> Table {
    let heads =
        [Label::Participant, Label::Opened, Label::Closed, Label::Why, Label::ParkedMeanwhile];
    let rows = report.incidents.iter().map(|incident| {
        vec![
            incident.participant.clone(),
            moment(incident.opened_s),
            incident.closed_s.map_or(Label::Never.text(lang).to_owned(), moment),
            words::breaker(&incident.why, lang).to_owned(),
            number(incident.parked),
        ]
    });
    let rows = rows.collect();
    Table { groups: None, heads: heads.map(|head| head.text(lang).to_owned()).into(), rows }
}

/// Whether the figures can be trusted, in a line each.
pub(crate) fn soundness(report: &Report, lang: Lang) -> Vec<String> {
    let verify = if report.verify.held { Label::VerifyHeld } else { Label::VerifyFailed };
    let mut lines = vec![verify.text(lang).to_owned()];
    lines.extend(report.verify.faults.iter().cloned());
    let kept_up = if report.generator.kept_up { Label::KeptUp } else { Label::FellBehind };
    let late = report.generator.late.p99_ms.map_or("–".to_owned(), span);
    lines.push(kept_up.fill(lang, &[&late]));
    if let Some(cpu) = report.generator.cpu_per_step_us {
        lines.push(Label::CpuPerStep.fill(lang, &[&format!("{cpu:.1}")]));
    }
    for (label, many) in [(Label::Lost, report.lost), (Label::Doubled, report.doubled)] {
        lines.push(format!("{}: {}", label.text(lang), number(many)));
    }
    lines.extend(
        report.journal_hash.iter().map(|hash| format!("{}: {hash}", Label::Hash.text(lang))),
    );
    lines
}

/// What changed from one load to another.
pub(crate) fn changes(comparison: &Comparison, lang: Lang) -> Table {
    let heads = [Label::What, Label::Before, Label::After, Label::Change, Label::Verdict];
    let row = |change: &Change, value: &dyn Fn(f64) -> String| {
        let pct = change.change_pct.map_or("–".to_owned(), |pct| format!("{pct:+.1}%"));
        let verdict = verdict(change.verdict).text(lang).to_owned();
        let side = |side: f64, at_least: bool| {
            let text = value(side);
            if at_least { expect::at_least(&text) } else { text }
        };
        let (a, b) = (side(change.a, change.a_at_least), side(change.b, change.b_at_least));
        vec![change.name.clone(), a, b, pct, verdict]
    };
    let percent = |value: f64| format!("{value:.2}%");
    let latency = comparison.latency.iter().map(|change| row(change, &span));
    let shares = comparison.shares.iter().map(|change| row(change, &percent));
    let rows = latency.chain(shares).collect();
    Table { groups: None, heads: heads.map(|head| head.text(lang).to_owned()).into(), rows }
}

/// The word for it.
pub(crate) fn verdict(verdict: Verdict) -> Label {
    match verdict {
        Verdict::Better => Label::Better,
        Verdict::Same => Label::Same,
        Verdict::Worse => Label::Worse,
    }
}
