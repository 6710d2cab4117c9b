//! What was meant, sent, answered and journalled under a load, counted and measured.
//!
//! Invariant: every latency is measured twice: from when it was meant to be sent, and from when it was. Who was sent away,
//! kept waiting or given up is counted apart from who got a worker. A call is the one that its request was answered with,
//! whichever comes first, the answer or what the journal says. What is tried again is one step, which waits since the first
//! time and is counted by how its last try went; the tries are counted beside it.

mod calls;
mod glance;
mod timeline;

pub(crate) use calls::CallLine;
pub(crate) use glance::Glance;

use super::crowd::{Said, Step, What};
use super::expect::{self, Expectation};
use super::histogram::Histogram;
use super::report::{
    Asked, Band, Calls, Generator, Incident, Latency, Machine, Measured, Move, Report, SCHEMA,
    Tries, Verify, failings, in_s,
};
use super::scenario::Target;
use ascall_engine::domain::breaker::Transition;
use ascall_engine::domain::event::{Event, Record};
use ascall_engine::domain::ids::{ParticipantId, Time};
use ascall_engine::domain::profile::{Lang, Profile, Stage};
use calls::{Change, Ledger, Origin};
use std::collections::{BTreeMap, BTreeSet};
use timeline::Timeline;

/// A moment of a load, in microseconds from its begin (virtual ones where time is virtual).
pub(crate) type Micros = u64;

/// How late the generator may send one of a hundred steps.
pub(crate) const LATE_MAX: Micros = 50_000;

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
    /// The steps that were not done and may be tried again, by the number of their first try.
    tried: BTreeMap<u64, Tried>,
    ledger: Ledger,
    calls: Calls,
    timeline: Timeline,
    names: BTreeMap<ParticipantId, String>,
    /// Profiles whose calls need no worker.
    unstaffed: BTreeSet<String>,
    /// What goes wrong on purpose, as it is planned the how manyth.
    faults: Vec<(usize, Band)>,
    breakers: Vec<Move>,
    incidents: Vec<Incident>,
    late: Histogram,
    /// What went otherwise than it was to go.
    amiss: Vec<String>,
    /// When the last request was answered.
    until: Micros,
}

#[derive(Debug, Default)]
struct Kind {
    counts: Asked,
    tries: Tries,
    refusals: BTreeMap<String, u64>,
}

/// A step that was not done so far.
#[derive(Debug, Clone, Copy)]
struct Tried {
    /// When it was meant to be sent, and when it was, the first time.
    due: Micros,
    sent: Micros,
    /// How the last try went, and when that was known.
    came: Came,
    at: Micros,
    tries: u64,
}

/// How a try went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    Answered,
    Refused,
    HeldOff,
    Unknown,
    Failed,
}

impl Came {
    fn of(said: &Said) -> Self {
        match said {
            Said::Done(_) => Self::Answered,
            Said::Refused(_) => Self::Refused,
            Said::HeldOff(_) => Self::HeldOff,
            Said::Unknown => Self::Unknown,
            Said::Failed(_) => Self::Failed,
        }
    }

    /// Where steps that ended so are counted.
    fn step(self, counts: &mut Asked) -> &mut u64 {
        match self {
            Self::Answered => &mut counts.answered,
            Self::Refused => &mut counts.refused,
            Self::HeldOff => &mut counts.held_off,
            Self::Unknown => &mut counts.unknown,
            Self::Failed => &mut counts.failed,
        }
    }

    /// Where tries that went so are counted.
    fn one(self, tries: &mut Tries) -> &mut u64 {
        match self {
            Self::Answered => &mut tries.answered,
            Self::Refused => &mut tries.refused,
            Self::HeldOff => &mut tries.held_off,
            Self::Unknown => &mut tries.unknown,
            Self::Failed => &mut tries.failed,
        }
    }
}

/// A latency from when it was meant to be sent, and from when it was; then the same of those who were still waiting.
#[derive(Debug, Default)]
struct Twice {
    intended: Histogram,
    sent: Histogram,
    waiting: (Histogram, Histogram),
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

    /// It knows which calls wait for a worker.
    pub(crate) fn of(mut self, profiles: &[Profile]) -> Self {
        let nobody = |stage: &Stage| matches!(stage, Stage::None { .. });
        let unstaffed = profiles
            .iter()
            .filter(|profile| !profile.plan.is_empty() && profile.plan.iter().all(nobody));
        self.unstaffed = unstaffed.map(|profile| profile.name.clone()).collect();
        self
    }

    /// A step was to be sent and was not: too many were under way.
    pub(crate) fn dropped(&mut self, step: &Step) {
        let is_new = !self.tried.contains_key(&step.first);
        self.count(step, due(step), |counts| {
            counts.intended += u64::from(is_new);
            counts.dropped += 1;
        });
    }

    /// A step was sent.
    pub(crate) fn sent(&mut self, step: &Step, at: Micros) {
        if let Some(Tried { came, at: then, .. }) = self.tried.get(&step.first).copied() {
            // It stands open again: how the last try went does not count any more.
            self.count(step, then, |counts| *came.step(counts) -= 1);
            self.count(step, at, |counts| counts.retried += 1);
        } else {
            self.count(step, due(step), |counts| counts.intended += 1);
            self.count(step, at, |counts| counts.sent += 1);
        }
        self.count_try(step, at, |tries| tries.sent += 1);
    }

    /// A step was answered.
    pub(crate) fn answered(&mut self, step: &Step, said: &Said, sent: Micros, at: Micros) {
        let kind = step.what.name();
        let came = Came::of(said);
        self.count(step, at, |counts| *came.step(counts) += 1);
        self.count_try(step, at, |tries| *came.one(tries) += 1);
        let first = Tried { due: due(step), sent, came, at, tries: 0 };
        let tried = self.tried.remove(&step.first).unwrap_or(first);
        let tried = Tried { came, at, tries: tried.tries + 1, ..tried };
        let is_request = matches!(step.what, What::Request(_));
        // A customer who is refused does not come again; everybody else may.
        let is_over = came == Came::Answered || is_request && came == Came::Refused;
        if !is_over {
            self.tried.insert(step.first, tried);
        }
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
            let Tried { due, sent, tries, .. } = tried;
            let (number, key) = (step.first, asked.key.clone());
            let staffed = !self.unstaffed.contains(&asked.profile);
            let origin = Origin { number, key, tries, staffed, due, sent, answered: at };
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

    /// A fault of the scenario (or of the keyboard), the `nth` that was planned, began or ended.
    pub(crate) fn fault(&mut self, nth: usize, label: &str, begins: bool, at: Micros) {
        let at = in_s(at);
        if begins {
            let band = Band { label: label.to_owned(), began_s: at, ended_s: None };
            self.faults.push((nth, band));
        } else {
            // One whose place another took for a while has a band before that and one after it.
            let goes_on =
                |(known, band): &&mut (usize, Band)| *known == nth && band.ended_s.is_none();
            if let Some((_, band)) = self.faults.iter_mut().find(goes_on) {
                band.ended_s = Some(at);
            }
        }
    }

    /// The generator stood still for a while, which no fault of the scenario did.
    pub(crate) fn stood_still(&mut self, label: &str, from: Micros, until: Micros) {
        let (label, began_s, ended_s) = (label.to_owned(), in_s(from), Some(in_s(until)));
        self.faults.push((usize::MAX, Band { label, began_s, ended_s }));
    }

    /// Something that was to happen did not, or did that was not to: the load does not hold.
    pub(crate) fn amiss(&mut self, what: String) {
        self.amiss.push(what);
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
    pub(crate) fn finish(mut self, closing: Closing<'_>) -> Report {
        for waiting in self.ledger.waiting(closing.lasted) {
            self.apply(&waiting, closing.lasted);
        }
        // The stretches go to the end, also when nothing happened in the last ones.
        self.timeline.at(closing.lasted.saturating_sub(1));
        let dropped: u64 = self.kinds.values().map(|kind| kind.counts.dropped).sum();
        let sent: u64 = self.kinds.values().map(|kind| kind.counts.sent).sum();
        let (asked, tries) = self.asked();
        let late = self.late.quantile(0.99).unwrap_or(0);
        let mut report = Report {
            schema: SCHEMA,
            title: closing.title,
            seed: closing.seed,
            target: closing.target.name().to_owned(),
            began: rfc3339(closing.began),
            lasted_s: in_s(closing.lasted),
            machine: Machine { cores: closing.cores },
            held: true,
            failings: Vec::new(),
            amiss: self.amiss,
            rate: per_second(asked.answered, self.until),
            asked,
            tries,
            calls: self.calls,
            lost: closing.lost,
            doubled: closing.doubled,
            steps: named(self.kinds, |kind| super::report::Step {
                counts: kind.counts,
                tries: kind.tries,
                refusals: kind.refusals,
            }),
            latency: named(self.latency, |twice| Measured {
                intended: Latency::with(twice.intended, twice.waiting.0),
                sent: Latency::with(twice.sent, twice.waiting.1),
            }),
            series: self.timeline.series(),
            faults: self.faults.into_iter().map(|(_, band)| band).collect(),
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
        report.failings = failings(&report, Lang::En);
        report.held = report.failings.is_empty();
        report
    }

    /// The requests, and their tries.
    fn asked(&self) -> (Asked, Tries) {
        self.kinds.get(REQUEST).map(|kind| (kind.counts, kind.tries)).unwrap_or_default()
    }

    fn count(&mut self, step: &Step, at: Micros, change: impl Fn(&mut Asked)) {
        change(&mut self.kinds.entry(step.what.name()).or_default().counts);
        if matches!(step.what, What::Request(_)) {
            change(&mut self.timeline.at(at).asked);
        }
    }

    fn count_try(&mut self, step: &Step, at: Micros, change: impl Fn(&mut Tries)) {
        change(&mut self.kinds.entry(step.what.name()).or_default().tries);
        if matches!(step.what, What::Request(_)) {
            change(&mut self.timeline.at(at).tries);
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
            Change::Waited { what, due, sent, at } => {
                let waiting = &mut self.latency.entry(what).or_default().waiting;
                waiting.0.record(at.saturating_sub(due));
                waiting.1.record(at.saturating_sub(sent));
            }
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

#[cfg(test)]
pub(super) mod tests;
