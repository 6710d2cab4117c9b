//! What is left of a load: counts, latencies, what happened when, and whether it held.
//!
//! Invariant: data only; whoever reads it needs nothing else. A field, once in the schema, keeps its meaning.

mod chart;
pub(crate) mod compare;
mod html;
mod markdown;
pub(crate) mod rows;

pub(crate) use chart::{moment, span as lasting};
pub(crate) use html::html;
pub(crate) use markdown::{comparison, markdown};

use super::histogram::Histogram;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is left of a load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Report {
    /// What the scenario is called.
    pub title: String,
    /// The seed of every choice.
    pub seed: u64,
    /// Where the load went: `engine`, `embedded`, `attached`, `http`.
    pub target: String,
    /// When it began, RFC 3339.
    pub began: String,
    /// How long it lasted, in the time of the desk.
    pub lasted_s: f64,
    /// What it ran on.
    pub machine: Machine,
    /// Whether everything held: thresholds, `verify`, the generator.
    pub held: bool,
    /// What did not, in words.
    pub failings: Vec<String>,
    /// Of the requests of customers.
    #[serde(flatten)]
    pub asked: Asked,
    /// Of their calls.
    #[serde(flatten)]
    pub calls: Calls,
    /// Calls that were acknowledged and are not in the journal.
    pub lost: u64,
    /// Calls that are there twice.
    pub doubled: u64,
    /// Requests taken per second, until the last one was answered.
    pub rate: f64,
    /// Of every kind of step.
    pub steps: BTreeMap<String, Step>,
    /// Every latency: of the steps that were done, by kind; `away` of those that were refused or held off; `open` until a
    /// request's call was accepted; `assign` until it had a worker.
    pub latency: BTreeMap<String, Measured>,
    /// What happened in each stretch of time.
    pub series: Series,
    /// What went wrong on purpose, as it happened.
    pub faults: Vec<Band>,
    /// Every move of a breaker.
    pub breakers: Vec<Move>,
    /// From each opening of a breaker to its closing.
    pub incidents: Vec<Incident>,
    /// How the generator did.
    pub generator: Generator,
    /// The thresholds.
    pub expect: Vec<Judged>,
    /// What the check of the journal found.
    pub verify: Verify,
    /// The hash of the last record, where time is virtual: the same for the same scenario and seed.
    pub journal_hash: Option<String>,
}

/// What a load ran on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Machine {
    /// Processors.
    pub cores: u32,
}

/// What became of steps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Asked {
    /// Were to be sent.
    pub intended: u64,
    /// Were sent.
    pub sent: u64,
    /// Were to be sent, and too many others were under way.
    pub dropped: u64,
    /// Of those sent: done.
    pub answered: u64,
    /// Of those sent: a rule said no.
    pub refused: u64,
    /// Of those sent: not now, by a breaker or the load.
    pub held_off: u64,
    /// Of those sent: nobody knows whether they were done.
    pub unknown: u64,
    /// Of those sent: they could not be asked.
    pub failed: u64,
    /// Of those sent: asked again under their key.
    pub retried: u64,
}

/// What became of calls, by the journal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Calls {
    /// Taken.
    pub received: u64,
    /// Passed their gates without being parked.
    pub accepted: u64,
    /// Parked at least once.
    pub parked: u64,
    /// Of those parked: passed their gates later.
    pub opened_late: u64,
    /// Got a worker.
    pub assigned: u64,
    /// Ended well.
    pub completed: u64,
    /// Ended called off.
    pub canceled: u64,
    /// Ended because nobody was found.
    pub unfilled: u64,
    /// Ended not accepted.
    pub rejected: u64,
}

/// What became of the steps of a kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Step {
    /// How many.
    #[serde(flatten)]
    pub counts: Asked,
    /// Those refused, by the word of the rule.
    pub refusals: BTreeMap<String, u64>,
}

/// A latency, twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Measured {
    /// From when it was meant to be sent: what a customer waits.
    pub intended: Latency,
    /// From when it was sent.
    pub sent: Latency,
}

/// How long something took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Latency {
    /// How often it was measured.
    pub count: u64,
    /// The mean.
    pub mean_ms: Option<f64>,
    /// Half took at most so long.
    pub p50_ms: Option<f64>,
    /// Nine of ten.
    pub p90_ms: Option<f64>,
    /// 99 of a hundred.
    pub p99_ms: Option<f64>,
    /// 999 of a thousand.
    pub p99_9_ms: Option<f64>,
    /// The longest.
    pub max_ms: Option<f64>,
    /// Every value in microseconds, to three digits, and how often.
    pub histogram_us: Histogram,
}

impl Latency {
    /// Of what was measured.
    pub(crate) fn of(histogram: Histogram) -> Self {
        let at = |share| histogram.quantile(share).map(in_ms);
        Self {
            count: histogram.count(),
            mean_ms: histogram.mean().map(|mean| mean / 1_000.0),
            p50_ms: at(0.5),
            p90_ms: at(0.9),
            p99_ms: at(0.99),
            p99_9_ms: at(0.999),
            max_ms: histogram.max().map(in_ms),
            histogram_us: histogram,
        }
    }
}

/// Microseconds as milliseconds.
#[expect(clippy::cast_precision_loss, reason = "measured to three digits")]
pub(crate) fn in_ms(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}

/// Microseconds as seconds.
#[expect(clippy::cast_precision_loss, reason = "measured to three digits")]
pub(crate) fn in_s(micros: u64) -> f64 {
    micros as f64 / 1_000_000.0
}

/// What happened in each stretch of time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Series {
    /// How long a stretch is: a second, or as many as it takes to keep the list short.
    pub width_s: u64,
    /// The stretches, from the begin on, none left out.
    pub rows: Vec<Row>,
}

/// What happened in a stretch of time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Row {
    /// Requests, by when they were sent or answered.
    #[serde(flatten)]
    pub asked: Asked,
    /// Calls, by when it was journalled.
    #[serde(flatten)]
    pub calls: Calls,
    /// Half of the requests done in it took at most so long, from when they were meant.
    pub request_p50_ms: Option<f64>,
    /// 99 of a hundred.
    pub request_p99_ms: Option<f64>,
    /// Half of the calls that got a worker in it took at most so long.
    pub assign_p50_ms: Option<f64>,
    /// 99 of a hundred.
    pub assign_p99_ms: Option<f64>,
    /// How many calls stood in which live phase at its end.
    pub phases: BTreeMap<String, u64>,
}

/// Something that went wrong on purpose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Band {
    /// What.
    pub label: String,
    /// When it began.
    pub began_s: f64,
    /// When it was over; none: it was not.
    pub ended_s: Option<f64>,
}

/// A move of a breaker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Move {
    /// Whose.
    pub participant: String,
    /// When.
    pub at_s: f64,
    /// The state left.
    pub from: String,
    /// The state entered.
    pub to: String,
    /// The rule or order.
    pub why: String,
}

/// From the opening of a breaker to its closing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Incident {
    /// Whose.
    pub participant: String,
    /// When it opened.
    pub opened_s: f64,
    /// When it closed; none: it did not.
    pub closed_s: Option<f64>,
    /// The rule or order that opened it.
    pub why: String,
    /// Calls that were parked meanwhile, for whatever reason.
    pub parked: u64,
}

/// How the generator did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Generator {
    /// Whether it sent everything when it was meant to be sent.
    pub kept_up: bool,
    /// How late it was.
    pub late: Latency,
    /// What it cost itself per step, in microseconds of a processor, where that is known.
    pub cpu_per_step_us: Option<f64>,
}

/// A threshold and what was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Judged {
    /// As it was written.
    pub text: String,
    /// What was measured; none: nothing was.
    pub measured: Option<f64>,
    /// Of what: `ms`, `%`, `/s`, or nothing for a number.
    pub unit: String,
    /// Whether it held.
    pub held: bool,
}

/// What the check of the journal found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Verify {
    /// Whether it is sound.
    pub held: bool,
    /// What is wrong with it.
    pub faults: Vec<String>,
}

/// Adds up structs of counts field by field.
macro_rules! adds_up {
    ($type:ident { $($field:ident),* }) => {
        impl std::ops::AddAssign for $type {
            fn add_assign(&mut self, other: Self) {
                // Taken apart, so that a new field is not forgotten.
                let Self { $($field),* } = other;
                $(self.$field += $field;)*
            }
        }
    };
}

adds_up!(Asked { intended, sent, dropped, answered, refused, held_off, unknown, failed, retried });
adds_up!(Calls {
    received,
    accepted,
    parked,
    opened_late,
    assigned,
    completed,
    canceled,
    unfilled,
    rejected
});

#[cfg(test)]
mod tests;
