//! What must hold at the end of a load: `p99(assign)<2s`, `refused<1%`, `lost==0`.
//!
//! Invariant: a threshold that names something that was not measured fails, and says so. One holds only when it would hold
//! however long those wait who were still waiting.

use super::crowd::What;
use super::meter::{ASSIGN, AWAY, OPEN};
use super::report::{Bounds, Judged, Latency, Report};
use crate::toml_file::nearest;
use std::str::FromStr;
use thiserror::Error;

/// A threshold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expectation {
    /// As it was written.
    pub text: String,
    what: Figure,
    relation: Relation,
    /// In milliseconds, percent, per second or calls.
    bound: f64,
}

/// Why a threshold was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}`: {what}")]
pub(crate) struct ExpectFault {
    /// What was written.
    pub text: String,
    /// What is wrong with it.
    pub what: String,
    /// The known word nearest to the one that is not known.
    pub nearest: Option<String>,
}

/// What is compared.
#[derive(Debug, Clone, PartialEq)]
enum Figure {
    /// Of a latency.
    Latency {
        statistic: Statistic,
        /// From when it was sent, not from when it was meant to be.
        from_sent: bool,
        name: String,
    },
    /// How many.
    Count(String),
    /// Of a hundred requests.
    Share(String),
    /// Requests taken per second.
    Rate,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Statistic {
    Mean,
    Max,
    Quantile(f64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

const STATISTICS: [(&str, Statistic); 6] = [
    ("mean", Statistic::Mean),
    ("p50", Statistic::Quantile(0.5)),
    ("p90", Statistic::Quantile(0.9)),
    ("p99", Statistic::Quantile(0.99)),
    ("p99.9", Statistic::Quantile(0.999)),
    ("max", Statistic::Max),
];

/// How late the generator was.
const LATE: &str = "late";

/// Every latency that may be named, beside those of the steps.
const LATENCIES: [&str; 4] = [ASSIGN, OPEN, AWAY, LATE];

/// A count of a report.
type Count = fn(&Report) -> u64;

/// Every count that may be named.
const COUNTS: [(&str, Count); 22] = [
    ("intended", |report| report.asked.intended),
    ("sent", |report| report.asked.sent),
    ("dropped", |report| report.steps.values().map(|step| step.counts.dropped).sum()),
    ("answered", |report| report.asked.answered),
    ("refused", |report| report.asked.refused),
    ("held_off", |report| report.asked.held_off),
    ("unknown", |report| report.asked.unknown),
    ("failed", |report| report.asked.failed),
    ("retried", |report| report.asked.retried),
    ("tries", |report| report.tries.sent),
    ("received", |report| report.calls.received),
    ("accepted", |report| report.calls.accepted),
    ("parked", |report| report.calls.parked),
    ("opened_late", |report| report.calls.opened_late),
    ("assigned", |report| report.calls.assigned),
    ("unassigned", Report::unassigned),
    ("completed", |report| report.calls.completed),
    ("canceled", |report| report.calls.canceled),
    ("unfilled", |report| report.calls.unfilled),
    ("rejected", |report| report.calls.rejected),
    ("lost", |report| report.lost),
    ("doubled", |report| report.doubled),
];

/// Every way to compare; those that begin another one come behind it.
const RELATIONS: [(&str, Relation); 5] = [
    ("<=", Relation::AtMost),
    (">=", Relation::AtLeast),
    ("==", Relation::Equal),
    ("<", Relation::Less),
    (">", Relation::More),
];

/// Every unit of a latency, in milliseconds; those that end another one come behind it.
const UNITS: [(&str, f64); 4] = [("us", 0.001), ("ms", 1.0), ("s", 1_000.0), ("m", 60_000.0)];

impl FromStr for Expectation {
    type Err = ExpectFault;

    fn from_str(text: &str) -> Result<Self, ExpectFault> {
        let text = text.trim();
        let fault = |what: String, nearest: Option<&str>| ExpectFault {
            text: text.chars().take(80).collect(),
            what,
            nearest: nearest.map(str::to_owned),
        };
        let at = text.find(['<', '>', '=']);
        let Some((left, (right, relation))) = at.and_then(|at| {
            let (left, rest) = text.split_at(at);
            let found = RELATIONS.iter().find_map(|(sign, relation)| {
                rest.strip_prefix(sign).map(|right| (right, *relation))
            });
            found.map(|found| (left.trim(), found))
        }) else {
            return Err(fault("one of < <= == >= > is expected".to_owned(), None));
        };
        let (what, bound) = figure(left, right.trim()).map_err(|(what, near)| fault(what, near))?;
        Ok(Self { text: text.to_owned(), what, relation, bound })
    }
}

/// What stands on both sides of the sign.
fn figure(left: &str, right: &str) -> Result<(Figure, f64), (String, Option<&'static str>)> {
    if let Some((statistic, name)) = left.strip_suffix(')').and_then(|left| left.split_once('(')) {
        let (statistic, name) = (statistic.trim(), name.trim());
        let found = STATISTICS.iter().find(|(known, _)| *known == statistic);
        let Some((_, statistic)) = found.copied() else {
            let known = STATISTICS.map(|(known, _)| known);
            return Err((format!("unknown statistic `{statistic}`"), nearest(statistic, &known)));
        };
        let (from_sent, name) = match name.strip_prefix("sent:") {
            Some(name) => (true, name.trim()),
            None => (false, name),
        };
        let latencies = [What::NAMES.as_slice(), &LATENCIES].concat();
        if !latencies.contains(&name) {
            return Err((format!("unknown latency `{name}`"), nearest(name, &latencies)));
        }
        if from_sent && name == LATE {
            let what = "`late` is until it was sent: there is no `sent:late`";
            return Err((what.to_owned(), Some(LATE)));
        }
        let unit = UNITS.iter().find_map(|(unit, ms)| Some((right.strip_suffix(unit)?, ms)));
        let bound = unit.and_then(|(digits, ms)| Some(number(digits)? * ms));
        let bound = bound
            .ok_or_else(|| (format!("`{right}` is no time (like 250us, 40ms, 2s, 1m)"), None))?;
        return Ok((Figure::Latency { statistic, from_sent, name: name.to_owned() }, bound));
    }
    let known = COUNTS.map(|(known, _)| known);
    let is_rate = left == "rate";
    if !is_rate && !known.contains(&left) {
        let all: Vec<&str> = known.into_iter().chain(["rate"]).collect();
        return Err((format!("unknown count `{left}`"), nearest(left, &all)));
    }
    let (digits, is_share) = match right.strip_suffix('%') {
        Some(digits) if !is_rate => (digits, true),
        _ => (right, false),
    };
    let bound = number(digits).ok_or_else(|| {
        let like = if is_rate { "200" } else { "5, 1%" };
        (format!("`{right}` is no number (like {like})"), None)
    })?;
    let what = match (is_rate, is_share) {
        (true, _) => Figure::Rate,
        (false, true) => Figure::Share(left.to_owned()),
        (false, false) => Figure::Count(left.to_owned()),
    };
    Ok((what, bound))
}

/// A number as people write it: digits, perhaps with a point.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if plain { text.parse().ok() } else { None }
}

/// Each threshold against what was measured.
pub(crate) fn judge(expect: &[Expectation], report: &Report) -> Vec<Judged> {
    expect.iter().map(|one| one.judged(report)).collect()
}

/// A value with its unit, as people read it.
pub(crate) fn value(value: f64, unit: &str) -> String {
    let digits = if value.fract() == 0.0 { 0 } else { 3 };
    match unit {
        "" => format!("{value:.digits$}"),
        "ms" => super::report::lasting(value),
        "%" => format!("{value:.digits$}%"),
        unit => format!("{value:.digits$} {unit}"),
    }
}

/// What was measured, likewise; none: nothing was.
pub(crate) fn measured(judged: &Judged) -> Option<String> {
    let text = value(judged.measured?, &judged.unit);
    Some(if judged.at_least { at_least(&text) } else { text })
}

/// So much or more.
pub(crate) fn at_least(text: &str) -> String {
    format!("≥ {text}")
}

impl Expectation {
    fn judged(&self, report: &Report) -> Judged {
        let (bounds, unit) = self.measured(report);
        let held = bounds.is_some_and(|bounds| self.relation.holds(bounds, self.bound));
        // Told is what the threshold looks at: the upper end, or the lower one.
        let told = bounds.map(|bounds| match self.relation {
            Relation::AtLeast | Relation::More => (bounds.least, bounds.most != Some(bounds.least)),
            _ => bounds.most.map_or((bounds.least, true), |most| (most, false)),
        });
        Judged {
            text: self.text.clone(),
            measured: told.map(|(value, _)| value),
            at_least: told.is_some_and(|(_, at_least)| at_least),
            unit: unit.to_owned(),
            held,
        }
    }

    /// What was measured, and in what unit.
    #[expect(clippy::cast_precision_loss, reason = "counts of one load")]
    fn measured(&self, report: &Report) -> (Option<Bounds>, &'static str) {
        let count = |name: &str| {
            COUNTS.iter().find(|(known, _)| *known == name).map(|(_, count)| count(report) as f64)
        };
        match &self.what {
            Figure::Latency { statistic, from_sent, name } => {
                let latency = latency(report, name, *from_sent);
                (latency.and_then(|latency| statistic.of(latency)), "ms")
            }
            Figure::Count(name) => (count(name).map(Bounds::exactly), ""),
            Figure::Share(name) => {
                let all = report.asked.intended;
                let share = count(name).filter(|_| all > 0).map(|many| many * 100.0 / all as f64);
                (share.map(Bounds::exactly), "%")
            }
            Figure::Rate => (Some(Bounds::exactly(report.rate)), "/s"),
        }
    }
}

fn latency<'a>(report: &'a Report, name: &str, from_sent: bool) -> Option<&'a Latency> {
    if name == LATE {
        return Some(&report.generator.late);
    }
    let measured = report.latency.get(name)?;
    Some(if from_sent { &measured.sent } else { &measured.intended })
}

impl Statistic {
    fn of(self, latency: &Latency) -> Option<Bounds> {
        match self {
            Self::Mean => latency.mean(),
            Self::Max => latency.max(),
            Self::Quantile(share) => latency.quantile(share),
        }
    }
}

impl Relation {
    /// Whether it holds wherever between its bounds the value is.
    fn holds(self, Bounds { least, most }: Bounds, bound: f64) -> bool {
        match self {
            Self::Less => most.is_some_and(|most| most < bound),
            Self::AtMost => most.is_some_and(|most| most <= bound),
            Self::Equal => least >= bound && most.is_some_and(|most| most <= bound),
            Self::AtLeast => least >= bound,
            Self::More => least > bound,
        }
    }
}

#[cfg(test)]
mod tests;
