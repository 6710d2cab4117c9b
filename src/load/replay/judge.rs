//! What a replayed day came to: per call, and in all.
//!
//! Invariant: computed from what the journal says was decided; the journal is checked by the engine's own checker. A
//! percentile is the smallest value that at least so many do not exceed.

use super::advice::Beside;
use super::day::{Day, Happened, Shift};
use super::drive::{Driven, Fate, Given, Way};
use super::words::english;
use ascall_engine::domain::ids::{Millis, Time, WorkerId};
use ascall_engine::verify::{Checker, Quiet};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// What stands for the policy of the day as it happened.
pub(super) const RECORDED: &str = "recorded";

/// A day replayed one way.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// In all.
    pub result: Result,
    /// Call by call.
    pub calls: Vec<CallResult>,
}

/// What a day came to under one policy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Result {
    /// The policy, with its order.
    pub policy: String,
    /// What the day is called.
    pub day: String,
    /// The seed of every choice that looks random.
    pub seed: Option<u64>,
    /// Calls that came in.
    pub calls: usize,
    /// Those that somebody came to.
    pub served: usize,
    /// Those that nobody came to.
    pub failed: usize,
    /// Their share.
    pub failed_pct: f64,
    /// From the call to the arrival of the worker, mean over those served.
    pub wait_mean_min: f64,
    /// Half waited no longer.
    pub wait_p50_min: f64,
    /// Nine of ten waited no longer.
    pub wait_p90_min: f64,
    /// The longest.
    pub wait_max_min: f64,
    /// The share of those served who waited half an hour or more.
    pub wait_30plus_pct: f64,
    /// How far workers were sent, mean, as the crow flies.
    pub pickup_mean_km: f64,
    /// How long they were under way to a call, mean.
    pub pickup_mean_min: f64,
    /// Workers of the day.
    pub workers: usize,
    /// Those who got a call.
    pub workers_used: usize,
    /// Hours of the workers with a call.
    pub busy_h: f64,
    /// Hours of their shifts without.
    pub idle_h: f64,
    /// How unequally the share of the shift that was worked is spread over workers (Gini): 0 evenly, 1 all on one.
    pub gini: f64,
    /// Records of the journal.
    pub records: Option<usize>,
    /// The journal's last hash.
    pub journal: Option<String>,
    /// Faults that the checker found in it.
    pub faults: u64,
    /// The first of them.
    pub first_fault: Option<String>,
    /// How long the replay took.
    pub elapsed_s: f64,
    /// How often it decided as was decided when the day happened.
    pub agreement: Option<Agreement>,
    /// How it stands beside the policy that did best.
    pub beside: Option<Beside>,
    /// What stands in the record.
    pub observed: Vec<String>,
    /// What the record does not hold, and how it was put in its place.
    pub modelled: Vec<String>,
    /// What stands in the record and was not replayed.
    pub left_out: Vec<String>,
}

/// How often a replay gave a call to the worker who really had it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Agreement {
    /// So often.
    pub same: usize,
    /// Of so many that somebody had.
    pub of: usize,
    /// Among the others, those for which a person had chosen.
    pub by_hand: usize,
    /// The first of the others: what comes after it may follow from it.
    pub first: Option<Parting>,
}

/// A call that went to another worker than it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Parting {
    /// The call.
    pub call: String,
    /// Who had it.
    pub recorded: String,
    /// Who got it in the replay.
    pub replayed: Option<String>,
    /// A person had chosen them.
    pub by_hand: bool,
}

/// What became of one call.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct CallResult {
    /// The policy.
    pub policy: String,
    /// What the record calls it.
    pub call: String,
    /// When it came in, minute of the day.
    pub request_min: f64,
    /// Who came; none: nobody.
    pub worker: Option<String>,
    /// When the worker got it.
    pub assigned_min: Option<f64>,
    /// How far the worker was.
    pub pickup_km: Option<f64>,
    /// When the worker was there.
    pub pickup_min: Option<f64>,
    /// When the worker was free again.
    pub free_min: Option<f64>,
    /// From the call to the arrival.
    pub wait_min: Option<f64>,
    /// When it was given up.
    pub failed_min: Option<f64>,
}

/// What the day came to when it was driven through.
pub(super) fn judge(day: &Day, way: Way, seed: u64, driven: Driven, elapsed: Duration) -> Outcome {
    let mut checker = Checker::new();
    for record in &driven.records {
        checker.record(record);
    }
    let report = checker.finish(Quiet::No);
    let mut outcome = summed(day, way.to_string(), &driven.fates);
    let result = &mut outcome.result;
    result.seed = Some(seed);
    result.records = Some(driven.records.len());
    result.journal = Some(driven.hash);
    result.faults = report.fault_count;
    result.first_fault = report.faults.first().map(ToString::to_string);
    result.elapsed_s = elapsed.as_secs_f64();
    result.agreement = day.happened.as_ref().map(|h| Agreement::of(day, h, &driven.fates));
    outcome
}

/// What the day came to when it happened; none: that is not in the record.
pub(super) fn as_it_was(day: &Day) -> Option<Outcome> {
    let fates = day.happened.as_ref()?.iter().map(Happened::fate);
    Some(summed(day, RECORDED.to_owned(), &fates.collect::<Vec<_>>()))
}

impl Happened {
    fn fate(&self) -> Fate {
        let worker = self.worker.and_then(|i| u64::try_from(i).ok());
        let given = worker.zip(self.given).zip(self.there).map(|((worker, at), there)| Given {
            worker: WorkerId(worker + 1),
            at,
            metres: self.metres,
            there,
            free: self.free.unwrap_or(there),
        });
        Fate { given, failed: self.failed }
    }
}

impl Agreement {
    fn of(day: &Day, happened: &[Happened], fates: &[Fate]) -> Self {
        let mut all = Self { same: 0, of: 0, by_hand: 0, first: None };
        for ((call, happened), fate) in day.calls.iter().zip(happened).zip(fates) {
            let Some(had) = happened.worker else { continue };
            all.of += 1;
            let got = fate.given.and_then(|given| place(given.worker));
            if got == Some(had) {
                all.same += 1;
                continue;
            }
            all.by_hand += usize::from(happened.by_hand);
            let name = |i: usize| day.workers.get(i).map(|worker| worker.id.clone());
            all.first.get_or_insert_with(|| Parting {
                call: call.id.clone(),
                recorded: name(had).unwrap_or_default(),
                replayed: got.and_then(name),
                by_hand: happened.by_hand,
            });
        }
        all
    }
}

/// The place of a worker among those of the day.
fn place(worker: WorkerId) -> Option<usize> {
    usize::try_from(worker.0).ok()?.checked_sub(1)
}

/// What calls that ended so come to in all.
fn summed(day: &Day, policy: String, fates: &[Fate]) -> Outcome {
    let mut calls = Vec::with_capacity(day.calls.len());
    let mut busy: BTreeMap<usize, Busy> = BTreeMap::new();
    let (mut waits, mut metres, mut ways) = (Vec::new(), Vec::new(), 0u64);
    for (call, fate) in day.calls.iter().zip(fates) {
        let given = fate.given;
        let worker = given.and_then(|g| place(g.worker));
        if let (Some(g), Some(place)) = (given, worker) {
            waits.push(g.there.since(call.since).0);
            metres.extend(g.metres.map(u64::from));
            ways += g.there.since(g.at).0;
            let shifts = day.workers.get(place).map_or(&[][..], |worker| &worker.shifts);
            busy.entry(place).or_default().add(g.at, g.free, shifts);
        }
        calls.push(CallResult {
            policy: policy.clone(),
            call: call.id.clone(),
            request_min: minute(day, call.since),
            worker: worker.and_then(|i| day.workers.get(i)).map(|w| w.id.clone()),
            assigned_min: given.map(|g| minute(day, g.at)),
            pickup_km: given.and_then(|g| g.metres).map(|metres| f64::from(metres) / 1_000.0),
            pickup_min: given.map(|g| minute(day, g.there)),
            free_min: given.map(|g| minute(day, g.free)),
            wait_min: given.map(|g| minutes(g.there.since(call.since).0)),
            failed_min: fate.failed.map(|at| minute(day, at)),
        });
    }
    waits.sort_unstable();
    let served = waits.len();
    let failed = day.calls.len() - served;
    let shifts: Vec<(u64, u64)> = day
        .workers
        .iter()
        .enumerate()
        .map(|(i, w)| {
            let shift = w.shifts.iter().map(|shift| shift.until.since(shift.from).0).sum();
            (busy.get(&i).map_or(0, |busy| busy.on_shift), shift)
        })
        .collect();
    let busy_ms: u64 = busy.values().map(|busy| busy.all).sum();
    let idle_ms: u64 = shifts.iter().map(|(busy, shift)| shift.saturating_sub(*busy)).sum();
    let late = waits.iter().filter(|wait| **wait >= HALF_HOUR.0).count();
    let result = Result {
        policy,
        day: day.title.clone(),
        seed: None,
        calls: day.calls.len(),
        served,
        failed,
        failed_pct: share(failed, day.calls.len()),
        wait_mean_min: mean(waits.iter().sum(), served, 60_000.0),
        wait_p50_min: minutes(percentile(&waits, 50)),
        wait_p90_min: minutes(percentile(&waits, 90)),
        wait_max_min: minutes(waits.last().copied().unwrap_or(0)),
        wait_30plus_pct: share(late, served),
        pickup_mean_km: mean(metres.iter().sum(), metres.len(), 1_000.0),
        pickup_mean_min: mean(ways, served, 60_000.0),
        workers: day.workers.len(),
        workers_used: busy.len(),
        busy_h: minutes(busy_ms) / 60.0,
        idle_h: minutes(idle_ms) / 60.0,
        gini: gini(&shifts),
        records: None,
        journal: None,
        faults: 0,
        first_fault: None,
        elapsed_s: 0.0,
        agreement: None,
        beside: None,
        observed: english(&day.known.observed),
        modelled: english(&day.known.modelled),
        left_out: english(&day.known.left_out),
    };
    Outcome { result, calls }
}

/// How long a worker had calls, in milliseconds.
#[derive(Debug, Clone, Copy, Default)]
struct Busy {
    all: u64,
    /// Within the shifts: work beyond their end takes nothing off the idle time before it.
    on_shift: u64,
}

impl Busy {
    fn add(&mut self, from: Time, until: Time, shifts: &[Shift]) {
        self.all += until.since(from).0;
        for shift in shifts {
            self.on_shift += until.min(shift.until).since(from.max(shift.from)).0;
        }
    }
}

/// Who waited as long as this counts as late.
const HALF_HOUR: Millis = Millis::mins(30);

/// The smallest value that `percent` of all do not exceed.
fn percentile(sorted: &[u64], percent: usize) -> u64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(0)
}

/// The Gini coefficient of the share of the shift that was worked.
fn gini(shifts: &[(u64, u64)]) -> f64 {
    let mut shares: Vec<f64> = shifts.iter().map(|(b, s)| float(*b) / float((*s).max(1))).collect();
    shares.sort_by(f64::total_cmp);
    let (count, sum) = (float(shares.len() as u64), shares.iter().sum::<f64>());
    if sum <= 0.0 {
        return 0.0;
    }
    let weighed: f64 = shares.iter().zip(1u64..).map(|(share, rank)| float(rank) * share).sum();
    (2.0 * weighed) / (count * sum) - (count + 1.0) / count
}

/// The minute of the virtual day.
fn minute(day: &Day, at: Time) -> f64 {
    minutes(at.since(day.midnight).0)
}

fn minutes(ms: u64) -> f64 {
    float(ms) / 60_000.0
}

fn mean(sum: u64, count: usize, unit: f64) -> f64 {
    if count == 0 { 0.0 } else { float(sum) / float(count as u64) / unit }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * float(part as u64) / float(whole as u64) }
}

/// Exact up to 2^53, which no day reaches.
#[expect(clippy::cast_precision_loss, reason = "sums of a day are far below 2^53")]
fn float(number: u64) -> f64 {
    number as f64
}
