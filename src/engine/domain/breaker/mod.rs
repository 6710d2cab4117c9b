//! The circuit breaker of one participant: whether it may be asked now, as pure data.
//!
//! Deciding ([`Breaker::permit`], [`Breaker::due`], [`Breaker::verdict`], [`Breaker::order`]) takes
//! `&self` and changes nothing; applying ([`Breaker::taken`], [`Breaker::fold`],
//! [`Breaker::transition`], [`Breaker::configure`]) takes what its owner has journalled. Folding
//! the same journal gives the same breaker, so a restart neither forgets nor hammers.
//!
//! Invariant: of its own it only moves closed to open, open to half-open, half-open to closed or
//! open; half-open never has more leases out than probes, and every lease ends by its deadline, so
//! it cannot stick. Must not know a clock, a participant, a call, or the bulkhead.
//!
//! How an owner uses it, each line in one record:
//! - to ask: apply [`Breaker::due`] if there is one, then act on [`Breaker::permit`]; with a permit
//!   journal the request and apply [`Breaker::taken`] with an id of its own;
//! - an answer: compute [`Breaker::verdict`], journal the outcome and the verdict, then apply
//!   [`Breaker::fold`] and, if there was a verdict, [`Breaker::transition`];
//! - a timer at [`Breaker::next_due`]: apply [`Breaker::due`].
//!
//! Source: the pattern is Michael Nygard's (*Release It!*); leases as probes are our own.

mod settings;
mod transition;
mod window;

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;

pub use settings::{BadSettings, BreakerSettings, PROBES_MAX, SPAN_MAX, WINDOW_MIN};
pub use transition::{Numbers, Order, StateKind, Transition, Why};
pub use window::{BUCKETS_MAX, Counts, Window, bucket_start};

use crate::domain::ids::{Millis, Time};
use crate::planted::planted;
use serde::{Deserialize, Serialize};

/// What an answer says about the health of the participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// It answered and did what was asked.
    Success,
    /// It answered and said no: a healthy participant with an opinion. Counts as a success.
    Denied,
    /// It was unavailable, or nobody knows what it did.
    Failure,
    /// Nothing was learned (the request was withdrawn before it was sent): gives the permit back
    /// and counts nowhere.
    Ignored,
}

/// One answer to one request that had a permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The id given to [`Breaker::taken`].
    pub lease: u64,
    /// The generation the permit named.
    pub generation: u64,
    /// What it says of the participant.
    pub outcome: OutcomeKind,
    /// From asking to the answer, or to giving up.
    pub took: Millis,
}

/// Whether the participant may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permit {
    /// Ask: the breaker is closed or disabled.
    Go {
        /// To be kept with the request and given back in its [`Answer`].
        generation: u64,
    },
    /// Ask as a probe: one of the few leases of a half-open breaker.
    Probe {
        /// To be kept with the request and given back in its [`Answer`].
        generation: u64,
    },
    /// Do not ask.
    Refused {
        /// When asking again makes sense. Later than now; a guess only when forced open.
        retry_at: Time,
    },
}

/// A probe that is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The owner's id of the request.
    pub id: u64,
    /// Without an answer by then the probe counts as failed.
    pub until: Time,
}

/// The five states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Requests pass and are counted.
    Closed,
    /// Nothing passes before `until`.
    Open {
        /// The first instant a probe may be asked for.
        until: Time,
        /// Rounds of probes that failed since it was last closed: the wait grows with it.
        again: u32,
    },
    /// Probes pass, nothing else.
    HalfOpen {
        /// Probes that are out, oldest first.
        leases: Vec<Lease>,
        /// Probes that came back; none of them failed.
        passed: u32,
        /// Of these, the slow ones.
        slow: u32,
        /// As in [`State::Open`].
        again: u32,
    },
    /// Held open by an operator.
    ForcedOpen {
        /// The operator's words.
        reason: String,
    },
    /// Switched off by an operator: everything passes, nothing is counted.
    Disabled,
}

/// The breaker of one participant. See the module's description for how to use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    settings: BreakerSettings,
    state: State,
    /// Rises with every transition; an answer of an older one does not count.
    generation: u64,
    /// Outcomes counted while closed; empty in every other state.
    window: Window,
    /// Failures since the last success, while closed.
    consecutive: u32,
}

impl Breaker {
    /// A closed breaker that has seen nothing.
    #[must_use]
    pub fn new(settings: BreakerSettings) -> Self {
        Self {
            settings,
            state: State::Closed,
            generation: 0,
            window: Window::default(),
            consecutive: 0,
        }
    }

    /// The state.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The generation: how many transitions there were.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> &BreakerSettings {
        &self.settings
    }

    /// What the rules look at, at `now`. Of a half-open breaker: its probes that came back.
    #[must_use]
    pub fn numbers(&self, now: Time) -> Numbers {
        let counts = match &self.state {
            State::HalfOpen { passed, slow, .. } => {
                Counts { calls: *passed, failures: 0, slow: *slow }
            }
            _ => self.window.counts(self.settings.window_ms, now),
        };
        Numbers { counts, consecutive: self.consecutive }
    }

    /// Whether the participant may be asked at `now`, as if [`Breaker::due`] had been applied.
    #[must_use]
    pub fn permit(&self, now: Time) -> Permit {
        if let Some(due) = self.due(now) {
            let mut next = self.clone();
            next.transition(&due);
            return next.permit_now(now);
        }
        self.permit_now(now)
    }

    /// The move that time alone asks for at `now`: a wait that is over, a lease that ran out.
    #[must_use]
    pub fn due(&self, now: Time) -> Option<Transition> {
        match &self.state {
            State::Open { until, again } if now >= *until => {
                let half = State::HalfOpen { leases: vec![], passed: 0, slow: 0, again: *again };
                Some(self.moved(half, Why::WaitOver, self.numbers(now), now))
            }
            State::HalfOpen { leases, again, .. } if leases.iter().any(|l| now >= l.until) => {
                let mut numbers = self.numbers(now);
                for _ in leases.iter().filter(|l| now >= l.until) {
                    numbers.counts = numbers.counts.with(true, false);
                }
                Some(self.reopened(*again, Why::LeaseRanOut, numbers, now))
            }
            _ => None,
        }
    }

    /// When [`Breaker::due`] will next have something. `None`: not by time alone.
    #[must_use]
    pub fn next_due(&self) -> Option<Time> {
        match &self.state {
            State::Open { until, .. } => Some(*until),
            State::HalfOpen { leases, .. } => leases.iter().map(|l| l.until).min(),
            _ => None,
        }
    }

    /// The move that folding this answer at `now` calls for, with its numbers.
    #[must_use]
    pub fn verdict(&self, answer: &Answer, now: Time) -> Option<Transition> {
        if !self.counts(answer) {
            return None;
        }
        let failed = answer.outcome == OutcomeKind::Failure;
        let slow = self.is_slow(answer);
        let mut numbers = self.numbers(now);
        numbers.counts = numbers.counts.with(failed, slow);
        match &self.state {
            State::Closed => {
                numbers.consecutive = if failed { self.consecutive.saturating_add(1) } else { 0 };
                let why = self.tripped(numbers, failed)?;
                let until = now.plus(self.settings.wait(0));
                Some(self.moved(State::Open { until, again: 0 }, why, numbers, now))
            }
            State::HalfOpen { again, .. } if failed => {
                Some(self.reopened(*again, Why::ProbeFailed, numbers, now))
            }
            State::HalfOpen { again, .. } if numbers.counts.calls >= self.settings.probes => {
                if share_reached(self.settings.slow_rate_pct, numbers.counts.slow, numbers.counts) {
                    Some(self.reopened(*again, Why::ProbesSlow, numbers, now))
                } else {
                    Some(self.moved(State::Closed, Why::ProbesPassed, numbers, now))
                }
            }
            _ => None,
        }
    }

    /// The move an operator's order makes. `None`: it is so already.
    #[must_use]
    pub fn order(&self, order: &Order, now: Time) -> Option<Transition> {
        let to = match (order, &self.state) {
            (Order::Open { reason }, State::ForcedOpen { reason: held }) if reason == held => None,
            (Order::Open { reason }, _) => Some(State::ForcedOpen { reason: reason.clone() }),
            (Order::Close, State::Closed) | (Order::Disable, State::Disabled) => None,
            (Order::Disable, _) => Some(State::Disabled),
            // Nobody vouches for the participant, so it proves itself by probes at once.
            (Order::Auto, State::ForcedOpen { .. }) => Some(State::Open { until: now, again: 0 }),
            (Order::Close, _) | (Order::Auto, State::Disabled) => Some(State::Closed),
            // "Try now": whoever says so has reason to think that the trouble is over.
            (Order::Auto, State::Open { again, .. }) => {
                Some(State::HalfOpen { leases: vec![], passed: 0, slow: 0, again: *again })
            }
            (Order::Auto, _) => None,
        }?;
        Some(self.moved(to, Why::Operator, self.numbers(now), now))
    }

    /// A request with a permit was really sent, at `now`, to be answered by `deadline`.
    ///
    /// While half-open it takes one of the leases, which lasts to the deadline or for
    /// `probe_lease_ms`, whichever is later. False: the breaker had no permit for it, and nothing
    /// changed.
    pub fn taken(&mut self, lease: u64, now: Time, deadline: Time) -> bool {
        let until = deadline.max(now.plus(self.settings.probe_lease_ms));
        let probes = self.settings.probes;
        match &mut self.state {
            State::Closed | State::Disabled => true,
            State::HalfOpen { leases, passed, .. } => {
                let free = has_room(leases, *passed, probes);
                if free && leases.iter().all(|l| l.id != lease) {
                    leases.push(Lease { id: lease, until });
                    return true;
                }
                false
            }
            State::Open { .. } | State::ForcedOpen { .. } => false,
        }
    }

    /// Counts an answer and gives its lease back. Answers of an older generation change nothing.
    pub fn fold(&mut self, answer: &Answer, now: Time) {
        let (counts, is_slow) = (self.counts(answer), self.is_slow(answer));
        let is_mine = answer.generation == self.generation;
        match &mut self.state {
            State::HalfOpen { leases, passed, slow, .. } if is_mine => {
                leases.retain(|l| l.id != answer.lease);
                if counts && answer.outcome != OutcomeKind::Failure {
                    *passed = passed.saturating_add(1);
                    *slow = slow.saturating_add(u32::from(is_slow));
                }
            }
            State::Closed if counts => {
                let failed = answer.outcome == OutcomeKind::Failure;
                self.window.count(failed, is_slow, self.settings.window_ms, now);
                self.consecutive = if failed { self.consecutive.saturating_add(1) } else { 0 };
            }
            _ => {}
        }
    }

    /// Moves. Whatever was counted is forgotten: the new state starts on its own.
    pub fn transition(&mut self, moved: &Transition) {
        self.state = moved.to.clone();
        self.generation = moved.generation;
        self.window.clear();
        self.consecutive = 0;
    }

    /// Puts other settings in force. The state stays and so do failures in a row; a window of
    /// another length starts empty, and a half-open breaker starts its round of probes again.
    pub fn configure(&mut self, settings: BreakerSettings) {
        if settings.window_ms != self.settings.window_ms {
            self.window.clear();
        }
        // With fewer probes than already passed, no answer could ever end the round.
        if let State::HalfOpen { passed, slow, .. } = &mut self.state {
            (*passed, *slow) = (0, 0);
        }
        self.settings = settings;
    }

    fn permit_now(&self, now: Time) -> Permit {
        let generation = self.generation;
        match &self.state {
            State::Closed | State::Disabled => Permit::Go { generation },
            State::Open { .. } if planted!(BreakerLeaks) => Permit::Go { generation },
            State::Open { until, .. } => Permit::Refused { retry_at: *until },
            State::HalfOpen { leases, passed, .. } => {
                if has_room(leases, *passed, self.settings.probes) {
                    return Permit::Probe { generation };
                }
                let first = leases.iter().map(|l| l.until).min();
                Permit::Refused { retry_at: first.unwrap_or(now.plus(self.settings.wait(0))) }
            }
            State::ForcedOpen { .. } => {
                Permit::Refused { retry_at: now.plus(self.settings.wait(0)) }
            }
        }
    }

    /// Whether this answer is counted now: of this generation, and a probe only with its lease.
    fn counts(&self, answer: &Answer) -> bool {
        if answer.generation != self.generation || answer.outcome == OutcomeKind::Ignored {
            return false;
        }
        match &self.state {
            State::Closed => true,
            State::HalfOpen { leases, .. } => leases.iter().any(|l| l.id == answer.lease),
            _ => false,
        }
    }

    fn is_slow(&self, answer: &Answer) -> bool {
        answer.took >= self.settings.slow_call_ms
    }

    /// The rule that trips with these numbers, the sharpest first.
    fn tripped(&self, numbers: Numbers, failed: bool) -> Option<Why> {
        let s = &self.settings;
        let counts = numbers.counts;
        let enough = counts.calls >= s.minimum_calls;
        let early = u32::from(planted!(BreakerOpensEarly));
        if failed && s.consecutive_failures.is_some_and(|n| numbers.consecutive + early >= n) {
            Some(Why::ConsecutiveFailures)
        } else if enough && share_reached(s.failure_rate_pct, counts.failures, counts) {
            Some(Why::FailureRate)
        } else if enough && share_reached(s.slow_rate_pct, counts.slow, counts) {
            Some(Why::SlowRate)
        } else {
            None
        }
    }

    fn reopened(&self, again: u32, why: Why, numbers: Numbers, now: Time) -> Transition {
        let again = again.saturating_add(1);
        let until = now.plus(self.settings.wait(again));
        self.moved(State::Open { until, again }, why, numbers, now)
    }

    fn moved(&self, to: State, why: Why, numbers: Numbers, at: Time) -> Transition {
        let generation = self.generation.saturating_add(1);
        Transition { from: self.state.kind(), to, why, numbers, at, generation }
    }
}

impl State {
    /// The state's name without its values.
    #[must_use]
    pub fn kind(&self) -> StateKind {
        match self {
            Self::Closed => StateKind::Closed,
            Self::Open { .. } => StateKind::Open,
            Self::HalfOpen { .. } => StateKind::HalfOpen,
            Self::ForcedOpen { .. } => StateKind::ForcedOpen,
            Self::Disabled => StateKind::Disabled,
        }
    }
}

/// Probes out and probes passed together never exceed the probes of a round.
fn has_room(leases: &[Lease], passed: u32, probes: u32) -> bool {
    let out = u32::try_from(leases.len()).unwrap_or(u32::MAX);
    out.saturating_add(passed) < probes
}

/// Whether `part` of these calls is at least the limit. No calls reach no limit.
fn share_reached(limit_pct: Option<u8>, part: u32, counts: Counts) -> bool {
    limit_pct.is_some_and(|pct| {
        counts.calls > 0 && u64::from(part) * 100 >= u64::from(pct) * u64::from(counts.calls)
    })
}
