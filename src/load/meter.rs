//! What was meant, sent, answered and journalled under a load, counted and measured.
//!
//! Invariant: every latency is measured twice: from when it was meant to be sent, and from when it was. Who was sent away,
//! kept waiting or given up is counted apart from who got a worker. A call is the one that its request was answered with,
//! whichever comes first, the answer or what the journal says; who is asked again under a key waits since the first time.

mod calls;
mod glance;
mod timeline;

pub(crate) use calls::CallLine;
pub(crate) use glance::Glance;

use super::crowd::{Said, Step, What};
use super::expect::{self, Expectation};
use super::histogram::Histogram;
use super::report::{
    Asked, Band, Calls, Generator, Incident, Latency, Machine, Measured, Move, Report, Verify,
    in_ms, in_s, lasting,
};
use super::scenario::Target;
use ascall_engine::domain::breaker::Transition;
use ascall_engine::domain::event::{Event, Record};
use ascall_engine::domain::ids::{ParticipantId, Time};
use calls::{Change, Ledger, Origin};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use timeline::Timeline;

/// A moment of a load, in microseconds from its begin (virtual ones where time is virtual).
pub(crate) type Micros = u64;

/// How late the generator may send one of a hundred steps.
const LATE_MAX: Micros = 50_000;

/// The latencies that are of no kind of step.
pub(crate) const AWAY: &str = "away";
/// Until the call of a request was accepted.
pub(crate) const OPEN: &str = "open";
/// Until the call of a request had a worker.
pub(crate) const ASSIGN: &str = "assign";
/// The kind of the steps that make calls.
pub(crate) const REQUEST: &str = "request";

/// Everything that is measured.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    kinds: BTreeMap<&'static str, Kind>,
    latency: BTreeMap<&'static str, Twice>,
    /// The first time of those requests that may be asked again under their key.
    firsts: BTreeMap<String, (Micros, Micros)>,
    ledger: Ledger,
    calls: Calls,
    timeline: Timeline,
    names: BTreeMap<ParticipantId, String>,
    faults: Vec<Band>,
    breakers: Vec<Move>,
    incidents: Vec<Incident>,
    late: Histogram,
    /// When the last request was answered.
    until: Micros,
}

#[derive(Debug, Default)]
struct Kind {
    counts: Asked,
    refusals: BTreeMap<String, u64>,
}

/// A latency from when it was meant to be sent, and from when it was.
#[derive(Debug, Default)]
struct Twice {
    intended: Histogram,
    sent: Histogram,
}

/// What is known of a load besides what was measured.
#[derive(Debug)]
pub(crate) struct Closing<'a> {
    /// What the scenario is called.
    pub title: String,
    /// The seed of every choice.
    pub seed: u64,
    /// Where the load went.
    pub target: Target,
    /// When it began.
    pub began: Time,
    /// How long it lasted, until the desk was at rest.
    pub lasted: Micros,
    /// What must hold.
    pub expect: &'a [Expectation],
    /// What the check of the journal found.
    pub verify: Vec<String>,
    /// Calls that were acknowledged and are not in the journal.
    pub lost: u64,
    /// Calls that are there twice.
    pub doubled: u64,
    /// The hash of the last record, where time is virtual.
    pub journal_hash: Option<String>,
    /// What the generator itself cost of a processor, in microseconds, where that is known.
    pub cpu: Option<Micros>,
    /// Processors.
    pub cores: u32,
}

impl Meter {
    /// One that remembers every call until the end, for [`Meter::lines`].
    pub(crate) fn keeping_calls() -> Self {
        Self { ledger: Ledger::keeping(), ..Self::default() }
    }

    /// A step was to be sent and was not: too many were under way.
    pub(crate) fn dropped(&mut self, step: &Step) {
        let due = due(step);
        self.count(step, due, |counts| {
            counts.intended += 1;
            counts.dropped += 1;
        });
    }

    /// A step was sent.
    pub(crate) fn sent(&mut self, step: &Step, at: Micros) {
        self.count(step, due(step), |counts| counts.intended += 1);
        let again = key(step).is_some_and(|key| self.firsts.contains_key(key));
        self.count(step, at, |counts| {
            counts.sent += 1;
            counts.retried += u64::from(again);
        });
    }

    /// A step was answered.
    pub(crate) fn answered(&mut self, step: &Step, said: &Said, sent: Micros, at: Micros) {
        let kind = step.what.name();
        self.count(step, at, |counts| match said {
            Said::Done(_) => counts.answered += 1,
            Said::Refused(_) => counts.refused += 1,
            Said::HeldOff(_) => counts.held_off += 1,
            Said::Unknown => counts.unknown += 1,
            Said::Failed(_) => counts.failed += 1,
        });
        match said {
            Said::Done(_) => self.measure(kind, due(step), sent, at),
            Said::Refused(_) | Said::HeldOff(_) => self.measure(AWAY, due(step), sent, at),
            Said::Unknown | Said::Failed(_) => {}
        }
        if let Said::Refused(word) = said {
            let refusals = &mut self.kinds.entry(kind).or_default().refusals;
            *refusals.entry(word.clone()).or_default() += 1;
        }
        if let What::Request(asked) = &step.what {
            self.until = self.until.max(at);
            let first = self.firsts.remove(&asked.key).unwrap_or((due(step), sent));
            if matches!(said, Said::Unknown | Said::HeldOff(_) | Said::Failed(_)) {
                self.firsts.insert(asked.key.clone(), first);
            }
            let (due, sent) = first;
            let origin =
                Origin { number: step.number, key: asked.key.clone(), due, sent, answered: at };
            for change in self.ledger.answered(origin, said) {
                self.apply(&change, at);
            }
        }
    }

    /// Something was journalled, and seen at `at`.
    pub(crate) fn saw(&mut self, record: &Record, at: Micros) {
        for event in &record.events {
            match event {
                Event::ParticipantSet { participant, name, .. } => {
                    self.names.insert(*participant, name.clone());
                }
                Event::BreakerMoved { participant, transition, .. } => {
                    self.moved(*participant, transition, at);
                }
                _ => {
                    for change in self.ledger.saw(event, at) {
                        self.apply(&change, at);
                    }
                }
            }
        }
    }

    /// A fault of the scenario (or of the keyboard) began or ended.
    pub(crate) fn fault(&mut self, label: &str, begins: bool, at: Micros) {
        let at = in_s(at);
        if begins {
            let band = Band { label: label.to_owned(), began_s: at, ended_s: None };
            self.faults.push(band);
        } else if let Some(band) =
            self.faults.iter_mut().rev().find(|band| band.label == label && band.ended_s.is_none())
        {
            band.ended_s = Some(at);
        }
    }

    /// How late the generator was when it sent something.
    pub(crate) fn late(&mut self, by: Micros) {
        self.late.record(by);
    }

    /// What became of each request, in the order they were sent; of a meter that keeps the calls.
    pub(crate) fn lines(&self) -> Vec<CallLine> {
        self.ledger.lines()
    }

    /// What is left of the load.
    pub(crate) fn finish(self, closing: Closing<'_>) -> Report {
        let dropped: u64 = self.kinds.values().map(|kind| kind.counts.dropped).sum();
        let sent: u64 = self.kinds.values().map(|kind| kind.counts.sent).sum();
        let asked = self.asked();
        let late = self.late.quantile(0.99).unwrap_or(0);
        let mut report = Report {
            title: closing.title,
            seed: closing.seed,
            target: closing.target.name().to_owned(),
            began: rfc3339(closing.began),
            lasted_s: in_s(closing.lasted),
            machine: Machine { cores: closing.cores },
            held: true,
            failings: Vec::new(),
            rate: per_second(asked.answered, self.until),
            asked,
            calls: self.calls,
            lost: closing.lost,
            doubled: closing.doubled,
            steps: named(self.kinds, |kind| super::report::Step {
                counts: kind.counts,
                refusals: kind.refusals,
            }),
            latency: named(self.latency, |twice| Measured {
                intended: Latency::of(twice.intended),
                sent: Latency::of(twice.sent),
            }),
            series: self.timeline.series(),
            faults: self.faults,
            breakers: self.breakers,
            incidents: self.incidents,
            generator: Generator {
                kept_up: dropped == 0 && late <= LATE_MAX,
                late: Latency::of(self.late),
                cpu_per_step_us: closing.cpu.map(|cpu| per(cpu, sent)),
            },
            expect: Vec::new(),
            verify: Verify { held: closing.verify.is_empty(), faults: closing.verify },
            journal_hash: closing.journal_hash,
        };
        report.expect = expect::judge(closing.expect, &report);
        report.failings = failings(&report, dropped, late);
        report.held = report.failings.is_empty();
        report
    }

    fn asked(&self) -> Asked {
        self.kinds.get(REQUEST).map(|kind| kind.counts).unwrap_or_default()
    }

    fn count(&mut self, step: &Step, at: Micros, change: impl Fn(&mut Asked)) {
        change(&mut self.kinds.entry(step.what.name()).or_default().counts);
        if matches!(step.what, What::Request(_)) {
            change(&mut self.timeline.at(at).asked);
        }
    }

    fn measure(&mut self, what: &'static str, due: Micros, sent: Micros, at: Micros) {
        let twice = self.latency.entry(what).or_default();
        let waited = at.saturating_sub(due);
        twice.intended.record(waited);
        twice.sent.record(at.saturating_sub(sent));
        match what {
            REQUEST => self.timeline.at(at).request.record(waited),
            ASSIGN => self.timeline.at(at).assign.record(waited),
            _ => {}
        }
    }

    fn apply(&mut self, change: &Change, seen: Micros) {
        match *change {
            Change::Count(count) => {
                count(&mut self.calls);
                count(&mut self.timeline.at(seen).calls);
            }
            Change::Measure { what, due, sent, at } => self.measure(what, due, sent, at),
            Change::Stands => {
                let phases = self.ledger.phases();
                self.timeline.at(seen).phases = Some(phases);
            }
            Change::Parked => {
                let open = self.incidents.iter_mut().filter(|incident| incident.closed_s.is_none());
                open.for_each(|incident| incident.parked += 1);
            }
        }
    }

    fn moved(&mut self, participant: ParticipantId, transition: &Transition, at: Micros) {
        let name = self.names.get(&participant);
        let participant = name.cloned().unwrap_or_else(|| participant.to_string());
        let (at_s, why) = (in_s(at), transition.why.to_string());
        if transition.opens() {
            self.incidents.push(Incident {
                participant: participant.clone(),
                opened_s: at_s,
                closed_s: None,
                why: why.clone(),
                parked: 0,
            });
        } else if transition.closes()
            && let Some(incident) =
                self.incidents.iter_mut().rev().find(|incident| {
                    incident.participant == participant && incident.closed_s.is_none()
                })
        {
            incident.closed_s = Some(at_s);
        }
        let (from, to) = (transition.from.to_string(), transition.to.kind().to_string());
        self.breakers.push(Move { participant, at_s, from, to, why });
    }
}

fn due(step: &Step) -> Micros {
    step.due.0.saturating_mul(1_000)
}

fn key(step: &Step) -> Option<&str> {
    match &step.what {
        What::Request(asked) => Some(&asked.key),
        _ => None,
    }
}

fn named<T, U>(of: BTreeMap<&'static str, T>, to: impl Fn(T) -> U) -> BTreeMap<String, U> {
    of.into_iter().map(|(name, one)| (name.to_owned(), to(one))).collect()
}

fn rfc3339(time: Time) -> String {
    let at = chrono::DateTime::<chrono::Utc>::from_timestamp_millis(time.0);
    at.map_or_else(String::new, |at| at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn per_second(many: u64, span: Micros) -> f64 {
    if span == 0 { 0.0 } else { many as f64 / in_s(span) }
}

#[expect(clippy::cast_precision_loss, reason = "a mean")]
fn per(cpu: Micros, sent: u64) -> f64 {
    if sent == 0 { 0.0 } else { cpu as f64 / sent as f64 }
}

/// What did not hold, in words.
fn failings(report: &Report, dropped: u64, late: Micros) -> Vec<String> {
    let mut failings = Vec::new();
    for judged in report.expect.iter().filter(|judged| !judged.held) {
        let mut line = format!("{} does not hold: ", judged.text);
        // Writing to a String does not fail.
        let _ = match judged.measured {
            Some(measured) => write!(line, "it is {}", expect::value(measured, &judged.unit)),
            None => write!(line, "it was not measured"),
        };
        failings.push(line);
    }
    if dropped > 0 {
        failings.push(format!("the load was not carried out: {dropped} steps were dropped"));
    }
    if late > LATE_MAX {
        failings.push(format!(
            "the generator could not keep up: one step of a hundred was more than {} late",
            lasting(in_ms(late))
        ));
    }
    for (many, what) in [(report.lost, "lost"), (report.doubled, "doubled")] {
        if many > 0 {
            failings.push(format!("{many} acknowledged calls are {what}"));
        }
    }
    failings.extend(report.verify.faults.iter().map(|fault| format!("verify: {fault}")));
    failings
}

#[cfg(test)]
pub(super) mod tests;
