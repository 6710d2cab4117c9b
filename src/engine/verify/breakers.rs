//! Participants, recomputed: what their breakers counted, when they move, and who is let out.
//!
//! The window is counted here from the journalled answers, the wait and the leases from the
//! settings; a move in the journal must then be exactly the one that follows.
//!
//! Invariant: takes only the types of a breaker's settings and moves; must not use `Breaker`.

use super::Ctx;
use super::model::Request;
use super::rule::{Log, Rule};
use crate::domain::breaker::{BreakerSettings, Counts, State, StateKind, Transition, Why};
use crate::domain::event::Outcome;
use crate::domain::ids::{CallId, IncidentId, Millis, ParticipantId, Time};
use std::collections::{BTreeMap, BTreeSet};

/// A request by call, step and attempt.
pub(super) type RequestId = (CallId, u8, u32);

/// All participants.
#[derive(Debug, Default)]
pub(super) struct Participants {
    pub by_id: BTreeMap<ParticipantId, Participant>,
    pub names: BTreeMap<String, ParticipantId>,
    /// Parked calls that wait only for their turn: participant, urgency (0 first), call.
    queue: BTreeSet<(ParticipantId, u8, CallId)>,
    pub last_incident: u64,
}

/// One participant.
#[derive(Debug)]
pub(super) struct Participant {
    pub name: String,
    /// The desk itself answers.
    pub is_here: bool,
    pub bulkhead: u32,
    pub in_flight: BTreeSet<RequestId>,
    pub settings: BreakerSettings,
    pub state: Seen,
    pub generation: u64,
    /// Calls, failures and slow ones by the start of a tenth of the window.
    window: BTreeMap<i64, [u32; 3]>,
    consecutive: u32,
    pub incident: Option<IncidentId>,
    /// The move that the last answer asks for, until it comes.
    expected: Option<Expected>,
}

/// A breaker's state as far as rules need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    Closed,
    Open { until: Time, again: u32 },
    HalfOpen { leases: BTreeMap<RequestId, Time>, passed: u32, slow: u32, again: u32 },
    Forced,
    Disabled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Expected {
    why: Why,
    counts: Counts,
    consecutive: u32,
}

impl Participants {
    pub fn by_name(&self, name: &str) -> Option<ParticipantId> {
        self.names.get(name).copied()
    }

    /// Whether the desk itself answers.
    pub fn is_here(&self, p: ParticipantId) -> bool {
        self.by_id.get(&p).is_some_and(|p| p.is_here)
    }

    pub fn join_queue(&mut self, p: ParticipantId, priority: u8, call: CallId) {
        self.queue.insert((p, u8::MAX - priority, call));
    }

    pub fn leave_queue(&mut self, p: ParticipantId, priority: u8, call: CallId) {
        self.queue.remove(&(p, u8::MAX - priority, call));
    }

    /// The calls that wait for the same participant and come first.
    pub fn queue_before(
        &self,
        p: ParticipantId,
        priority: u8,
        call: CallId,
    ) -> impl Iterator<Item = CallId> {
        let first = (p, 0, CallId(0));
        self.queue.range(first..(p, u8::MAX - priority, call)).map(|(_, _, call)| *call)
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one event")]
    pub fn asked(
        &mut self,
        log: &mut Log,
        ctx: Ctx<'_>,
        id: ParticipantId,
        request: RequestId,
        generation: u64,
        probe: bool,
        deadline: Time,
    ) {
        let Some(p) = self.by_id.get_mut(&id) else { return };
        p.flush(log, id);
        p.in_flight.insert(request);
        let (out, most) = (p.in_flight.len(), p.bulkhead as usize);
        log.check(Rule::B11, out <= most, || {
            format!("`{}` has {out} requests out, its bulkhead lets {most}", p.name)
        });
        log.check(Rule::B6, generation == p.generation, || {
            format!("`{}` is asked under generation {generation}, not {}", p.name, p.generation)
        });
        let call = request.0;
        match &mut p.state {
            Seen::Open { until, .. } => {
                let until = until.0;
                log.fault(Rule::B3, || {
                    format!("{call} asks `{}`, whose breaker is open until {until}", p.name)
                });
            }
            Seen::Forced => log.fault(Rule::B3, || {
                format!("{call} asks `{}`, whose breaker is held open", p.name)
            }),
            Seen::HalfOpen { leases, passed, .. } => {
                let taken = leases.len() as u64 + u64::from(*passed);
                let most = u64::from(p.settings.probes);
                log.check(Rule::B4, probe && taken < most, || {
                    format!(
                        "{call} asks half-open `{}`: probe {probe}, {taken} of {most} taken",
                        p.name
                    )
                });
                leases.insert(request, deadline.max(ctx.at.plus(p.settings.probe_lease_ms)));
            }
            Seen::Closed | Seen::Disabled => {
                log.check(Rule::B3, true, String::new);
                log.check(Rule::B4, !probe, || {
                    format!("{call} asks `{}` as a probe of a breaker that lets all pass", p.name)
                });
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one event")]
    pub fn answered(
        &mut self,
        log: &mut Log,
        ctx: Ctx<'_>,
        id: ParticipantId,
        request: RequestId,
        asked: &Request,
        outcome: &Outcome,
        took: Millis,
        late: bool,
    ) {
        let Some(p) = self.by_id.get_mut(&id) else { return };
        p.flush(log, id);
        p.in_flight.remove(&request);
        if late || asked.generation != p.generation {
            return;
        }
        p.count(request, outcome, took, ctx.at);
    }

    /// Every move that answers asked for must have come.
    pub fn end_record(&mut self, log: &mut Log) {
        for (id, p) in &mut self.by_id {
            p.flush(log, *id);
        }
    }
}

impl Participant {
    /// A participant that was never asked.
    pub fn new(name: String, settings: BreakerSettings, bulkhead: u32) -> Self {
        Self {
            name,
            is_here: false,
            bulkhead,
            in_flight: BTreeSet::new(),
            settings,
            state: Seen::Closed,
            generation: 0,
            window: BTreeMap::new(),
            consecutive: 0,
            incident: None,
            expected: None,
        }
    }

    /// Other settings: a window of another length starts empty, a round of probes starts again.
    pub fn configure(&mut self, settings: &BreakerSettings, bulkhead: u32) {
        if self.settings.window_ms != settings.window_ms {
            self.window.clear();
        }
        if let Seen::HalfOpen { passed, slow, .. } = &mut self.state {
            (*passed, *slow) = (0, 0);
        }
        self.settings = settings.clone();
        self.bulkhead = bulkhead;
    }

    fn flush(&mut self, log: &mut Log, id: ParticipantId) {
        if let Some(due) = self.expected.take() {
            let half = matches!(self.state, Seen::HalfOpen { .. });
            log.fault(if half { Rule::B5 } else { Rule::B2 }, || {
                format!(
                    "the breaker of `{}` ({id}) should have moved: {}, {:?}",
                    self.name, due.why, due.counts
                )
            });
        }
    }

    /// What the window holds: tenths that began less than a window ago.
    fn counts(&self, at: Time) -> Counts {
        let span = i64::try_from(self.settings.window_ms.0).unwrap_or(i64::MAX);
        let mut sum = Counts::default();
        for (start, [calls, failures, slow]) in &self.window {
            if at.0.saturating_sub(*start) < span {
                sum.calls += calls;
                sum.failures += failures;
                sum.slow += slow;
            }
        }
        sum
    }

    fn numbers(&self, at: Time) -> (Counts, u32) {
        match &self.state {
            Seen::HalfOpen { passed, slow, .. } => {
                (Counts { calls: *passed, failures: 0, slow: *slow }, 0)
            }
            _ => (self.counts(at), self.consecutive),
        }
    }

    fn count(&mut self, request: RequestId, outcome: &Outcome, took: Millis, at: Time) {
        let slow = took >= self.settings.slow_call_ms;
        let failed = match outcome {
            Outcome::Ok | Outcome::Denied(_) => false,
            Outcome::Unavailable(_) | Outcome::Indeterminate(_) | Outcome::Misconfigured(_) => true,
        };
        let due = match &mut self.state {
            Seen::Closed => self.count_closed(failed, slow, at),
            Seen::HalfOpen { leases, passed, slow: slow_probes, .. } => {
                if leases.remove(&request).is_none() {
                    return;
                }
                let counts = Counts {
                    calls: *passed + 1,
                    failures: u32::from(failed),
                    slow: *slow_probes + u32::from(slow),
                };
                if !failed {
                    (*passed, *slow_probes) = (counts.calls, counts.slow);
                }
                let why = if failed {
                    Some(Why::ProbeFailed)
                } else if counts.calls < self.settings.probes {
                    None
                } else if reaches(self.settings.slow_rate_pct, counts.slow, counts.calls) {
                    Some(Why::ProbesSlow)
                } else {
                    Some(Why::ProbesPassed)
                };
                why.map(|why| Expected { why, counts, consecutive: 0 })
            }
            _ => None,
        };
        self.expected = due;
    }

    fn count_closed(&mut self, failed: bool, slow: bool, at: Time) -> Option<Expected> {
        let s = &self.settings;
        let span = i64::try_from(s.window_ms.0).unwrap_or(i64::MAX);
        let width = (span / 10).max(1);
        self.window.retain(|start, _| at.0.saturating_sub(*start) < span);
        let tenth = self.window.entry(at.0 - at.0.rem_euclid(width)).or_default();
        tenth[0] += 1;
        tenth[1] += u32::from(failed);
        tenth[2] += u32::from(slow);
        self.consecutive = if failed { self.consecutive + 1 } else { 0 };
        let counts = self.counts(at);
        let enough = counts.calls >= self.settings.minimum_calls;
        let s = &self.settings;
        let why = if failed && s.consecutive_failures.is_some_and(|n| self.consecutive >= n) {
            Why::ConsecutiveFailures
        } else if enough && reaches(s.failure_rate_pct, counts.failures, counts.calls) {
            Why::FailureRate
        } else if enough && reaches(s.slow_rate_pct, counts.slow, counts.calls) {
            Why::SlowRate
        } else {
            return None;
        };
        Some(Expected { why, counts, consecutive: self.consecutive })
    }

    pub fn kind(&self) -> StateKind {
        match self.state {
            Seen::Closed => StateKind::Closed,
            Seen::Open { .. } => StateKind::Open,
            Seen::HalfOpen { .. } => StateKind::HalfOpen,
            Seen::Forced => StateKind::ForcedOpen,
            Seen::Disabled => StateKind::Disabled,
        }
    }

    /// The wait after this many failed rounds of probes: doubled each time, up to its bound.
    fn wait(&self, again: u32) -> i64 {
        let (first, most) = (self.settings.open_ms.0, self.settings.open_ms_max.0);
        let mut wait = first.max(1);
        for _ in 0..again {
            wait = wait.saturating_mul(2);
            if wait >= most {
                break;
            }
        }
        i64::try_from(wait.min(most.max(first)).max(1)).unwrap_or(i64::MAX)
    }

    /// Checks a move against our own count, and makes it.
    pub fn moved(&mut self, log: &mut Log, ctx: Ctx<'_>, t: &Transition) {
        let (name, from, to) = (self.name.clone(), self.kind(), kind(&t.to));
        log.check(Rule::B9, t.from == from, || {
            format!("the breaker of `{name}` moves from {} but is {from}", t.from)
        });
        log.check(Rule::B9, t.generation == self.generation + 1 && t.at == ctx.at, || {
            format!("the breaker of `{name}` begins generation {} at {}", t.generation, t.at.0)
        });
        let legal = if t.why == Why::Operator {
            // An operator may have an open one probed at once, and nothing else half-open.
            ctx.is_operator() && (to != StateKind::HalfOpen || from == StateKind::Open)
        } else {
            own_move(t.why) == Some((from, to))
        };
        log.check(Rule::B1, legal, || {
            format!("the breaker of `{name}` moves from {from} to {to}: {}", t.why)
        });
        self.check_why(log, ctx, t);
        if let State::Open { until, again } = &t.to {
            self.check_wait(log, ctx, t, *until, *again);
        }
        let n = t.numbers.counts;
        log.check(Rule::B10, n.failures <= n.calls && n.slow <= n.calls, || {
            format!("the breaker of `{name}` counts {n:?}")
        });
        self.state = seen(&t.to);
        if let State::HalfOpen { leases, passed, slow, .. } = &t.to {
            log.check(Rule::B9, leases.is_empty() && *passed == 0 && *slow == 0, || {
                format!("the probes of `{name}` do not start from nothing")
            });
        }
        self.generation = t.generation;
        self.window.clear();
        (self.consecutive, self.expected) = (0, None);
    }

    fn check_why(&mut self, log: &mut Log, ctx: Ctx<'_>, t: &Transition) {
        let name = &self.name;
        let (mut counts, mut consecutive) = self.numbers(ctx.at);
        match t.why {
            Why::WaitOver => {
                let due = matches!(self.state, Seen::Open { until, .. } if ctx.at >= until);
                log.check(Rule::B3, due, || format!("`{name}` is probed before its wait is over"));
            }
            Why::LeaseRanOut => {
                let late = match &self.state {
                    Seen::HalfOpen { leases, .. } => {
                        leases.values().filter(|until| ctx.at >= **until).count()
                    }
                    _ => 0,
                };
                log.check(Rule::B4, late > 0, || format!("no probe of `{name}` is overdue"));
                let late = u32::try_from(late).unwrap_or(u32::MAX);
                counts.calls = counts.calls.saturating_add(late);
                counts.failures = counts.failures.saturating_add(late);
            }
            Why::Operator => {}
            why => {
                let rule = match why {
                    Why::ConsecutiveFailures | Why::FailureRate | Why::SlowRate => Rule::B2,
                    _ => Rule::B5,
                };
                let due = self.expected.take();
                log.check(rule, due.is_some_and(|due| due.why == why), || {
                    format!("the breaker of `{name}` moves for {why}, but by our count {due:?}")
                });
                if let Some(due) = due {
                    (counts, consecutive) = (due.counts, due.consecutive);
                }
            }
        }
        let said = (t.numbers.counts, t.numbers.consecutive);
        log.check(Rule::B10, said == (counts, consecutive), || {
            format!("`{name}` says {said:?}, our count is {:?}", (counts, consecutive))
        });
    }

    fn check_wait(&self, log: &mut Log, ctx: Ctx<'_>, t: &Transition, until: Time, again: u32) {
        let (round, due) = match (&self.state, t.why) {
            // After an order to go on by itself it is probed at once.
            (_, Why::Operator) => (0, ctx.at.0),
            (Seen::HalfOpen { again, .. }, _) => (again + 1, ctx.at.0 + self.wait(again + 1)),
            _ => (0, ctx.at.0.saturating_add(self.wait(0))),
        };
        log.check(Rule::B9, again == round && until.0 == due, || {
            format!(
                "`{}` waits until {} (round {again}), by our count until {due} (round {round})",
                self.name, until.0
            )
        });
    }
}

/// The one move each rule makes.
fn own_move(why: Why) -> Option<(StateKind, StateKind)> {
    use StateKind::{Closed, HalfOpen, Open};
    match why {
        Why::ConsecutiveFailures | Why::FailureRate | Why::SlowRate => Some((Closed, Open)),
        Why::WaitOver => Some((Open, HalfOpen)),
        Why::ProbesPassed => Some((HalfOpen, Closed)),
        Why::ProbeFailed | Why::ProbesSlow | Why::LeaseRanOut => Some((HalfOpen, Open)),
        Why::Operator => None,
    }
}

fn kind(state: &State) -> StateKind {
    match state {
        State::Closed => StateKind::Closed,
        State::Open { .. } => StateKind::Open,
        State::HalfOpen { .. } => StateKind::HalfOpen,
        State::ForcedOpen { .. } => StateKind::ForcedOpen,
        State::Disabled => StateKind::Disabled,
    }
}

fn seen(state: &State) -> Seen {
    match state {
        State::Closed => Seen::Closed,
        State::Open { until, again } => Seen::Open { until: *until, again: *again },
        State::HalfOpen { again, .. } => {
            Seen::HalfOpen { leases: BTreeMap::new(), passed: 0, slow: 0, again: *again }
        }
        State::ForcedOpen { .. } => Seen::Forced,
        State::Disabled => Seen::Disabled,
    }
}

/// Whether `part` of `calls` is at least the limit.
fn reaches(limit_pct: Option<u8>, part: u32, calls: u32) -> bool {
    limit_pct
        .is_some_and(|pct| calls > 0 && u64::from(part) * 100 >= u64::from(pct) * u64::from(calls))
}
