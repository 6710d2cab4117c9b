//! Two loads beside each other: what is better, what is worse, and what is only noise.
//!
//! Invariant: symmetric: what is better one way round is worse the other. Judged from everything that was measured, not
//! from the quantiles that are printed.
//!
//! A quantile lies between two of the measured values, whatever their distribution, with a probability that the binomial
//! distribution tells (the interval by order statistics, <https://en.wikipedia.org/wiki/Order_statistic>); a share of the
//! requests is compared by the pooled two-proportion test. Waits in one queue depend on each other, which both take no account
//! of: so the level is strict (99.9 %), and what differs by less than a twentieth counts as the same.

use super::{Bounds, Latency, Report};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The normal quantile of 99.9 %, both sides.
const Z: f64 = 3.29;
/// The least change of a latency that matters, as a share of it.
const CHANGE_MIN: f64 = 0.05;
/// The least change of a share of the requests that matters, in percentage points.
const POINTS_MIN: f64 = 0.5;

/// What changed from one load to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Comparison {
    /// Of all of it: worse when anything is.
    pub verdict: Verdict,
    /// Why the two may not be comparable.
    pub notes: Vec<String>,
    /// Each quantile of each latency that both have, from when it was meant to be sent.
    pub latency: Vec<Change>,
    /// What became of the requests, in percent of them.
    pub shares: Vec<Change>,
}

/// What changed of one figure.
#[expect(clippy::struct_field_names, reason = "the unit stands last")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Change {
    /// The figure, as a threshold names it.
    pub name: String,
    /// Before, in milliseconds or percent.
    pub a: f64,
    /// It was at least so much: some were still waiting.
    pub a_at_least: bool,
    /// After.
    pub b: f64,
    /// It is at least so much.
    pub b_at_least: bool,
    /// By how much of what it was, in percent; none: it was zero, or one of both is not known.
    pub change_pct: Option<f64>,
    /// Whether that is more than noise, and to which side.
    pub verdict: Verdict,
}

/// To which side something changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// Better, beyond noise.
    Better,
    /// Not more than noise.
    Same,
    /// Worse, beyond noise.
    Worse,
}

const QUANTILES: [(&str, f64); 4] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)];

/// A share of the requests: its name, how many, whether more of it is better.
type Share = (&'static str, fn(&Report) -> u64, bool);

const SHARES: [Share; 11] = [
    ("accepted", |report| report.calls.accepted, true),
    ("assigned", |report| report.calls.assigned, true),
    ("completed", |report| report.calls.completed, true),
    ("parked", |report| report.calls.parked, false),
    ("refused", |report| report.asked.refused, false),
    ("held_off", |report| report.asked.held_off, false),
    ("failed", |report| report.asked.failed, false),
    ("unknown", |report| report.asked.unknown, false),
    ("dropped", |report| report.asked.dropped, false),
    ("unfilled", |report| report.calls.unfilled, false),
    ("rejected", |report| report.calls.rejected, false),
];

/// What changed from `a` to `b`.
pub(crate) fn compare(a: &Report, b: &Report) -> Comparison {
    let mut latency = Vec::new();
    for (name, before) in &a.latency {
        let Some(after) = b.latency.get(name) else { continue };
        for (word, share) in QUANTILES {
            let name = format!("{word}({name})");
            latency.extend(quantile(name, share, &before.intended, &after.intended));
        }
    }
    let shares: Vec<Change> = SHARES
        .iter()
        .filter_map(|(name, many, more_is_better)| {
            let of = |report: &Report| (many(report), report.asked.intended);
            proportion(name, of(a), of(b), *more_is_better)
        })
        .collect();
    let verdicts = || latency.iter().chain(&shares).map(|change| change.verdict);
    // A load in which nobody asked for anything shows nothing, whatever it was to show.
    let unsound = |report: &Report| {
        report.lost > 0 || report.doubled > 0 || !report.verify.held || report.asked.sent == 0
    };
    let verdict = match (unsound(a), unsound(b)) {
        (false, true) => Verdict::Worse,
        (true, false) => Verdict::Better,
        _ if verdicts().any(|verdict| verdict == Verdict::Worse) => Verdict::Worse,
        _ if verdicts().any(|verdict| verdict == Verdict::Better) => Verdict::Better,
        _ => Verdict::Same,
    };
    Comparison { verdict, notes: notes(a, b), latency, shares }
}

fn notes(a: &Report, b: &Report) -> Vec<String> {
    let mut notes = Vec::new();
    let mut differs = |what: &str, a: String, b: String| {
        if a != b {
            notes.push(format!("not the same {what}: {a}, {b}"));
        }
    };
    differs("scenario", a.title.clone(), b.title.clone());
    differs("seed", a.seed.to_string(), b.seed.to_string());
    differs("target", a.target.clone(), b.target.clone());
    differs("number of processors", a.machine.cores.to_string(), b.machine.cores.to_string());
    for (name, report) in [("first", a), ("second", b)] {
        if report.asked.sent == 0 {
            notes.push(format!("in the {name} nobody asked for anything"));
        }
        if !report.generator.kept_up {
            notes.push(format!("the generator of the {name} could not keep up"));
        }
    }
    notes
}

/// One quantile of two latencies. None when one of them has nobody.
fn quantile(name: String, share: f64, a: &Latency, b: &Latency) -> Option<Change> {
    let known = |of: &Latency| {
        let Bounds { least, most } = of.quantile(share)?;
        Some((most.unwrap_or(least), most.is_none()))
    };
    let ((before, a_at_least), (after, b_at_least)) = (known(a)?, known(b)?);
    let (low_a, high_a) = interval(share, a)?;
    let (low_b, high_b) = interval(share, b)?;
    let matters = (after - before).abs() > CHANGE_MIN * before.min(after);
    let verdict = if matters && low_b > high_a {
        Verdict::Worse
    } else if matters && high_b < low_a {
        Verdict::Better
    } else {
        Verdict::Same
    };
    let change_pct = change(before, after).filter(|_| !a_at_least && !b_at_least);
    Some(Change { name, a: before, a_at_least, b: after, b_at_least, change_pct, verdict })
}

/// Between which two measured values the true quantile lies. The upper one has no bound when too few were measured to
/// tell, or when it falls among those who were still waiting.
fn interval(share: f64, of: &Latency) -> Option<(f64, f64)> {
    let many = float(of.count.saturating_add(of.waiting));
    let spread = Z * (share * (1.0 - share) / many).sqrt();
    let low = if share > spread { of.quantile(share - spread)?.least } else { 0.0 };
    let upper = share + spread + 1.0 / many;
    let high = if upper < 1.0 { of.quantile(upper)?.most } else { None };
    Some((low, high.unwrap_or(f64::INFINITY)))
}

/// One share of the requests. None when nobody asked.
fn proportion(name: &str, a: (u64, u64), b: (u64, u64), more_is_better: bool) -> Option<Change> {
    if a.1 == 0 || b.1 == 0 {
        return None;
    }
    let (of_a, of_b) = (float(a.1), float(b.1));
    let (before, after) = (float(a.0) / of_a, float(b.0) / of_b);
    let pooled = (float(a.0) + float(b.0)) / (of_a + of_b);
    let spread = (pooled * (1.0 - pooled) * (1.0 / of_a + 1.0 / of_b)).max(0.0).sqrt();
    let matters = (after - before).abs() * 100.0 > POINTS_MIN;
    let verdict = if !matters || (after - before).abs() <= Z * spread {
        Verdict::Same
    } else if (after > before) == more_is_better {
        Verdict::Better
    } else {
        Verdict::Worse
    };
    let (a, b) = (before * 100.0, after * 100.0);
    let (name, change_pct) = (name.to_owned(), change(a, b));
    Some(Change { name, a, a_at_least: false, b, b_at_least: false, change_pct, verdict })
}

fn change(before: f64, after: f64) -> Option<f64> {
    (before > 0.0).then(|| (after - before) * 100.0 / before)
}

#[expect(clippy::cast_precision_loss, reason = "counts of one load")]
fn float(count: u64) -> f64 {
    count as f64
}
