//! A report as one page that needs nothing else: no script, no other file, no network.
//!
//! Invariant: whatever a scenario or a journal says is text on it, never markup. Light or dark as the reader's machine is.

use super::chart::{Chart, LANE, Scale, escaped, moment, span};
use super::rows::{Table, figures, incidents, latencies, reach, steps, thresholds};
use super::{Band, Measured, Report, Row, failings};
use crate::load::words::{self, Label};
use ascall_engine::domain::profile::Lang;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The most faults and participants that get a lane of their own.
const LANES_MAX: usize = 16;

/// The page.
pub(crate) fn html(report: &Report, lang: Lang) -> String {
    let say = |label: Label| escaped(label.text(lang));
    let title = escaped(&report.title);
    let (class, verdict) =
        if report.held { ("held", Label::Held) } else { ("broken", Label::NotHeld) };
    let code = match lang {
        Lang::Ko => "ko",
        Lang::En => "en",
    };
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <header><h1>{title}</h1><span class=\"badge {class}\">{}</span></header>\n\
         <p class=\"quiet\">{} {} · {} {} · {} {} · {} {} · {} {}</p>\n",
        say(verdict),
        say(Label::Target),
        escaped(&report.target),
        say(Label::Begun),
        escaped(&report.began),
        say(Label::Lasted),
        moment(report.lasted_s),
        say(Label::Seed),
        report.seed,
        say(Label::Cores),
        report.machine.cores,
    );
    let failings = failings(report, lang);
    if !failings.is_empty() {
        let _ = write!(page, "<section class=\"failings\"><h2>{}</h2><ul>", say(Label::WhatFailed));
        for failing in failings {
            let _ = write!(page, "<li>{}</li>", escaped(&failing));
        }
        page.push_str("</ul></section>\n");
    }
    page.push_str("<section class=\"tiles\">\n");
    for figure in figures(report, lang) {
        let _ = writeln!(
            page,
            "<div class=\"tile {}\"><b>{}</b><span>{}</span></div>",
            figure.class,
            escaped(&figure.value),
            escaped(figure.name)
        );
    }
    page.push_str("</section>\n");
    charts(&mut page, report, lang);
    let _ = writeln!(page, "<section><h2>{}</h2>", say(Label::Latencies));
    table(&mut page, &latencies(report, lang));
    let _ = writeln!(page, "<p class=\"quiet\">{}</p></section>", say(Label::Reading));
    for (label, rows) in [
        (Label::Thresholds, thresholds(report, lang)),
        (Label::Incidents, incidents(report, lang)),
        (Label::Steps, steps(report, lang)),
    ] {
        if !rows.rows.is_empty() {
            let _ = writeln!(page, "<section><h2>{}</h2>", say(label));
            table(&mut page, &rows);
            page.push_str("</section>\n");
        }
    }
    let _ = write!(page, "<section><h2>{}</h2>\n<ul>", say(Label::Soundness));
    for line in super::rows::soundness(report, lang) {
        let _ = write!(page, "<li>{}</li>", escaped(&line));
    }
    page.push_str("</ul></section>\n</main>\n</body>\n</html>\n");
    page
}

fn table(page: &mut String, table: &Table) {
    page.push_str("<div class=\"wide\"><table>\n<thead>");
    if let Some(groups) = &table.groups {
        page.push_str("<tr>");
        for (name, columns) in groups {
            let _ =
                write!(page, "<th class=\"group\" colspan=\"{columns}\">{}</th>", escaped(name));
        }
        page.push_str("</tr>");
    }
    page.push_str("<tr>");
    for head in &table.heads {
        let _ = write!(page, "<th>{}</th>", escaped(head));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        page.push_str("<tr>");
        for cell in row {
            let _ = write!(page, "<td>{}</td>", escaped(cell));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table></div>\n");
}

/// The surfaces of the outcomes, from the foot up.
type Layer = (&'static str, Label, fn(&Row) -> u64);

const OUTCOMES: [Layer; 6] = [
    ("c-accepted", Label::Accepted, |row| row.calls.accepted),
    ("c-late", Label::OpenedLate, |row| row.calls.opened_late),
    ("c-parked", Label::Parked, |row| row.calls.parked),
    ("c-refused", Label::Refused, |row| row.tries.refused + row.calls.rejected),
    ("c-held", Label::HeldOff, |row| row.tries.held_off),
    ("c-failed", Label::Failed, |row| row.tries.failed + row.tries.unknown + row.asked.dropped),
];

const PHASES: [(&str, &str); 7] = [
    ("c-parked", "parked"),
    ("c-held", "gating"),
    ("c-open", "open"),
    ("c-late", "scheduled"),
    ("c-assign", "assigned"),
    ("c-accepted", "in_service"),
    ("c-quiet", "closing"),
];

type Curve = (&'static str, Label, &'static str, fn(&Row) -> Option<f64>);

const CURVES: [Curve; 4] = [
    ("c-request", Label::Request, "p99", |row| row.request_p99_ms),
    ("c-request faint", Label::Request, "p50", |row| row.request_p50_ms),
    ("c-assign", Label::Assign, "p99", |row| row.assign_p99_ms),
    ("c-assign faint", Label::Assign, "p50", |row| row.assign_p50_ms),
];

fn charts(page: &mut String, report: &Report, lang: Lang) {
    let rows = &report.series.rows;
    if rows.is_empty() {
        return;
    }
    let width = float(report.series.width_s.max(1));
    // To the end of the load, and wherever the last stretch begins after it.
    let last = width * float(u64::try_from(rows.len() - 1).unwrap_or(u64::MAX));
    let lasts = report.lasted_s.max(last);
    let lasts = lasts.max(report.faults.iter().filter_map(|band| band.ended_s).fold(0.0, f64::max));
    let _ = writeln!(page, "<section><h2>{}</h2>", escaped(Label::WhatHappened.text(lang)));
    lanes(page, report, lasts, lang);

    // What became of the requests.
    let legend = OUTCOMES.map(|(class, label, _)| (class, label.text(lang).to_owned()));
    head(page, Label::Outcomes, lang, legend.iter().cloned().chain([intended(lang)]));
    let sums: Vec<f64> =
        rows.iter().map(|row| OUTCOMES.iter().map(|(_, _, of)| float(of(row))).sum()).collect();
    let most = rows.iter().map(|row| float(row.asked.intended)).chain(sums).fold(0.0, f64::max);
    let (scale, lines) = Scale::linear(most / width);
    let mut chart = under(report, lasts, 170.0, Label::Outcomes.text(lang));
    chart.lines(scale, &lines, |value| format!("{value}"));
    let mut foot = vec![0.0; rows.len()];
    for (class, _, of) in OUTCOMES {
        stack(&mut chart, class, scale, width, &mut foot, |row| float(of(row)) / width, rows);
    }
    let meant = rows.iter().map(|row| Some(float(row.asked.intended) / width));
    chart.curve("c-intended", scale, width, meant);
    let told = |row: &Row| {
        let mut text = format!("{} {}", Label::Intended.text(lang), row.asked.intended);
        for (_, label, of) in OUTCOMES.iter().filter(|(_, _, of)| of(row) > 0) {
            let _ = write!(text, "\n{} {}", label.text(lang), of(row));
        }
        text
    };
    tell(&mut chart, rows, width, told);
    page.push_str(&chart.done());

    latency(page, report, lasts, width, lang);

    // Where the calls stand.
    let there: Vec<_> = PHASES
        .into_iter()
        .filter(|(_, phase)| rows.iter().any(|row| row.phases.contains_key(*phase)))
        .collect();
    head(
        page,
        Label::Phases,
        lang,
        there.iter().map(|(class, phase)| (*class, words::phase(phase, lang).to_owned())),
    );
    let most = rows.iter().map(|row| float(row.phases.values().sum())).fold(0.0, f64::max);
    let (scale, lines) = Scale::linear(most);
    let mut chart = under(report, lasts, 150.0, Label::Phases.text(lang));
    chart.lines(scale, &lines, |value| format!("{value}"));
    let mut foot = vec![0.0; rows.len()];
    for (class, phase) in there {
        let of = |row: &Row| float(row.phases.get(phase).copied().unwrap_or(0));
        stack(&mut chart, class, scale, width, &mut foot, of, rows);
    }
    let told = |row: &Row| {
        let each = row.phases.iter();
        let each = each.map(|(phase, many)| format!("\n{} {many}", words::phase(phase, lang)));
        each.collect::<String>()
    };
    tell(&mut chart, rows, width, told);
    page.push_str(&chart.done());
    page.push_str("</section>\n");
}

fn latency(page: &mut String, report: &Report, lasts: f64, width: f64, lang: Lang) {
    let rows = &report.series.rows;
    let legend =
        CURVES.map(|(class, label, word, _)| (class, format!("{} {word}", label.text(lang))));
    head(page, Label::LatencyOver, lang, legend.into_iter());
    let of_row = |row: &Row| CURVES.map(|(_, _, _, of)| of(row)).into_iter().flatten();
    let all: Vec<f64> = rows.iter().flat_map(of_row).collect();
    let least = all.iter().copied().fold(f64::INFINITY, f64::min);
    let most = all.iter().copied().fold(0.0, f64::max);
    let (scale, lines) = Scale::decades(if all.is_empty() { 1.0 } else { least }, most);
    let mut chart = under(report, lasts, 170.0, Label::LatencyOver.text(lang));
    chart.lines(scale, &lines, span);
    for (class, _, _, of) in CURVES.into_iter().rev() {
        chart.curve(class, scale, width, rows.iter().map(of));
    }
    let told = |row: &Row| {
        let mut text = String::new();
        for (_, label, word, of) in CURVES {
            if let Some(ms) = of(row) {
                let _ = write!(text, "\n{} {word} {}", label.text(lang), span(ms));
            }
        }
        text
    };
    tell(&mut chart, rows, width, told);
    page.push_str(&chart.done());
}

fn intended(lang: Lang) -> (&'static str, String) {
    ("c-intended", Label::Intended.text(lang).to_owned())
}

/// The title of a chart and what its colours mean.
fn head(
    page: &mut String,
    title: Label,
    lang: Lang,
    legend: impl Iterator<Item = (&'static str, String)>,
) {
    let _ = write!(page, "<h3>{}</h3><p class=\"legend\">", escaped(title.text(lang)));
    for (class, name) in legend {
        let _ = write!(page, "<span><i class=\"{class}\"></i>{}</span>", escaped(&name));
    }
    page.push_str("</p>\n");
}

/// A chart with what went wrong behind it.
fn under(report: &Report, lasts: f64, height: f64, title: &str) -> Chart {
    let mut chart = Chart::new(lasts, height, title);
    for band in &report.faults {
        chart.shade("fault", band.began_s, band.ended_s.unwrap_or(lasts));
    }
    for moved in &report.breakers {
        chart.mark(state_class(&moved.to), moved.at_s);
    }
    chart
}

fn stack(
    chart: &mut Chart,
    class: &str,
    scale: Scale,
    width: f64,
    foot: &mut [f64],
    of: impl Fn(&Row) -> f64,
    rows: &[Row],
) {
    let mut both = Vec::with_capacity(rows.len());
    for (foot, row) in foot.iter_mut().zip(rows) {
        let top = *foot + of(row);
        both.push((*foot, top));
        *foot = top;
    }
    chart.surface(class, scale, width, &both);
}

fn tell(chart: &mut Chart, rows: &[Row], width: f64, text: impl Fn(&Row) -> String) {
    let mut from = 0.0;
    for row in rows {
        let text = text(row);
        let join = if text.starts_with('\n') { "" } else { "\n" };
        chart.tell(from, from + width, &format!("{}{join}{text}", moment(from)));
        from += width;
    }
}

/// What went wrong, and the state of each breaker, each in a lane.
fn lanes(page: &mut String, report: &Report, lasts: f64, lang: Lang) {
    let mut faults = fault_lanes(&report.faults, lasts);
    faults.truncate(LANES_MAX);
    let mut breakers: BTreeMap<&str, Vec<(f64, &str)>> = BTreeMap::new();
    for moved in &report.breakers {
        let states = breakers.entry(&moved.participant).or_insert_with(|| vec![(0.0, &moved.from)]);
        states.push((moved.at_s, &moved.to));
    }
    let many = faults.len() + breakers.len().min(LANES_MAX);
    if many == 0 {
        return;
    }
    let states = ["open", "half-open", "closed"];
    let legend = states.map(|state| (state_class(state), words::breaker(state, lang).to_owned()));
    let fault = (!faults.is_empty()).then(|| ("fault", Label::Fault.text(lang).to_owned()));
    let legend = fault.into_iter().chain(legend);
    head(page, Label::Disturbed, lang, legend);
    let high = u64::try_from(many).map_or(LANE, |many| float(many) * LANE);
    let mut chart = Chart::new(lasts, high, Label::Disturbed.text(lang));
    for (lane, bands) in faults.iter().enumerate() {
        for band in bands {
            let label = words::fault(&band.label, lang);
            chart.bar(lane, "fault", band.began_s, band.ended_s.unwrap_or(lasts), label);
        }
    }
    for (lane, (name, states)) in (faults.len()..).zip(breakers.iter().take(LANES_MAX)) {
        chart.lane(lane, name);
        for (nth, (from, state)) in states.iter().enumerate() {
            let to = states.get(nth + 1).map_or(lasts, |(at, _)| *at);
            chart.bar(lane, state_class(state), *from, to, words::breaker(state, lang));
        }
    }
    page.push_str(&chart.done());
}

/// The same fault stays in its lane, unless the one before is not over yet.
fn fault_lanes(faults: &[Band], lasts: f64) -> Vec<Vec<&Band>> {
    let mut lanes: Vec<Vec<&Band>> = Vec::new();
    for band in faults {
        let is_free = |lane: &&mut Vec<&Band>| {
            lane.iter().all(|other| {
                other.label == band.label && other.ended_s.unwrap_or(lasts) <= band.began_s
            })
        };
        match lanes.iter_mut().find(is_free) {
            Some(lane) => lane.push(band),
            None => lanes.push(vec![band]),
        }
    }
    lanes
}

fn state_class(state: &str) -> &'static str {
    match state {
        "open" | "forced open" => "s-open",
        "half-open" => "s-half",
        "closed" => "s-closed",
        _ => "s-none",
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a stretch")]
fn float(count: u64) -> f64 {
    count as f64
}

/// From when it was meant to be sent, the tail first: what the tiles show.
pub(super) fn tail(measured: Option<&Measured>) -> String {
    reach(measured.and_then(|measured| measured.intended.quantile(0.99)))
}

const STYLE: &str = include_str!("page.css");
