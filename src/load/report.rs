//! What is left of a load: counts, latencies, what happened when, and whether it held.
//!
//! Invariant: data only; whoever reads it needs nothing else. A field, once in the schema, keeps its meaning.

mod chart;
pub(crate) mod compare;
mod failings;
mod html;
mod markdown;
pub(crate) mod rows;

pub(crate) use chart::{moment, span as lasting};
pub(crate) use failings::failings;
pub(crate) use html::html;
pub(crate) use markdown::{comparison, markdown};
pub(crate) use rows::folded;

use super::histogram::{Histogram, rank};
use super::meter::ASSIGN;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The shape of a report.
pub(crate) const SCHEMA: u32 = 1;

/// What is left of a load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Report {
    /// The shape of this: [`SCHEMA`]. Another one means other things by the same names.
    pub schema: u32,
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
    /// Whether everything held: thresholds, `verify`, the generator, the faults, the desk's being there.
    pub held: bool,
    /// What did not, in words.
    pub failings: Vec<String>,
    /// What was to happen and did not, or did and was not to, in English.
    pub amiss: Vec<String>,
    /// Of the requests of customers.
    #[serde(flatten)]
    pub asked: Asked,
    /// Of each try of these.
    pub tries: Tries,
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

/// What became of steps in the end, each counted once however often it was tried.
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
    /// Of those sent: not now, by a breaker or the load, also the last time.
    pub held_off: u64,
    /// Of those sent: nobody knows whether they were done.
    pub unknown: u64,
    /// Of those sent: they could not be asked, also the last time.
    pub failed: u64,
    /// How often one of them was tried again.
    pub retried: u64,
}

/// What became of each try of steps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Tries {
    /// All of them.
    pub sent: u64,
    /// It was done.
    pub answered: u64,
    /// A rule said no.
    pub refused: u64,
    /// Not now.
    pub held_off: u64,
    /// Nobody knows whether it was done.
    pub unknown: u64,
    /// It could not be asked.
    pub failed: u64,
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
    /// How their tries went.
    pub tries: Tries,
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

/// How long something took. Every figure is empty where it cannot be told: nothing was measured, or it falls among those
/// who were still waiting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Latency {
    /// How often it was measured.
    pub count: u64,
    /// How many were still waiting when the load ended, or had left before: they would have waited longer than they did.
    pub waiting: u64,
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
    /// How long those had waited who were still waiting, likewise.
    pub waiting_us: Histogram,
}

/// Between which two values something lies, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bounds {
    /// It is no less than this.
    pub least: f64,
    /// It is no more than this; none: nobody knows.
    pub most: Option<f64>,
}

impl Bounds {
    /// It is known.
    pub(crate) fn exactly(value: f64) -> Self {
        Self { least: value, most: Some(value) }
    }
}

impl Latency {
    /// Of what was measured.
    pub(crate) fn of(histogram: Histogram) -> Self {
        Self::with(histogram, Histogram::default())
    }

    /// Of what was measured, and of those who were still waiting after so long.
    pub(crate) fn with(histogram: Histogram, waiting: Histogram) -> Self {
        let mut latency = Self {
            count: histogram.count(),
            waiting: waiting.count(),
            mean_ms: None,
            p50_ms: None,
            p90_ms: None,
            p99_ms: None,
            p99_9_ms: None,
            max_ms: None,
            histogram_us: histogram,
            waiting_us: waiting,
        };
        let at = |share| latency.quantile(share).and_then(|bounds| bounds.most);
        let [p50, p90, p99, p99_9] = [0.5, 0.9, 0.99, 0.999].map(at);
        let most = |bounds: Option<Bounds>| bounds.and_then(|bounds| bounds.most);
        (latency.mean_ms, latency.max_ms) = (most(latency.mean()), most(latency.max()));
        (latency.p50_ms, latency.p90_ms) = (p50, p90);
        (latency.p99_ms, latency.p99_9_ms) = (p99, p99_9);
        latency
    }

    /// What so large a share (0 to 1) took at most. Those who were still waiting count with what they had waited, at least,
    /// and as if they never came, at most. None when there is nobody.
    pub(crate) fn quantile(&self, share: f64) -> Option<Bounds> {
        let rank = rank(share, self.count.saturating_add(self.waiting));
        let all = self.all();
        let least = in_ms(all.at_rank(rank)?);
        Some(Bounds { least, most: self.histogram_us.at_rank(rank).map(in_ms) })
    }

    /// The longest.
    pub(crate) fn max(&self) -> Option<Bounds> {
        self.all().max().map(|most| self.known(in_ms(most)))
    }

    /// The mean.
    pub(crate) fn mean(&self) -> Option<Bounds> {
        self.all().mean().map(|mean| self.known(mean / 1_000.0))
    }

    /// What is known only when nobody was still waiting.
    fn known(&self, least: f64) -> Bounds {
        Bounds { least, most: (self.waiting == 0).then_some(least) }
    }

    /// Everybody, with what they had waited.
    fn all(&self) -> Cow<'_, Histogram> {
        if self.waiting == 0 {
            return Cow::Borrowed(&self.histogram_us);
        }
        let mut all = self.histogram_us.clone();
        all.merge(&self.waiting_us);
        Cow::Owned(all)
    }
}

impl Report {
    /// How many calls never had a worker: still waiting at the end, called off before, or given up by the desk.
    pub(crate) fn unassigned(&self) -> u64 {
        self.latency.get(ASSIGN).map_or(0, |latency| latency.intended.waiting)
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
    /// Requests, by when they were first sent and when they were answered for the last time.
    #[serde(flatten)]
    pub asked: Asked,
    /// Tries of requests, by when they were sent or answered.
    pub tries: Tries,
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
    /// It is at least so much: some were still waiting.
    pub at_least: bool,
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
    /// What is wrong with it, or why it could not be looked at.
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
adds_up!(Tries { sent, answered, refused, held_off, unknown, failed });
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
