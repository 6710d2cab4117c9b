//! Where each call of a load stands, and what that changes in what is counted and measured.
//!
//! Invariant: a call is counted once for each thing that becomes of it, however often it happens. A call that was parked
//! never counts as accepted. Whoever waited in vain counts with at least that wait. A call that is over is forgotten, unless every one is to be told at the end.

use super::{ASSIGN, Micros, OPEN, Said};
use crate::load::report::{Calls, in_ms};
use ascall_engine::domain::event::{Event, call_of};
use ascall_engine::domain::ids::CallId;
use ascall_engine::domain::phase::Phase;
use serde::Serialize;
use std::collections::BTreeMap;

/// The request that a call comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Origin {
    /// The number of its first try.
    pub number: u64,
    pub key: String,
    pub tries: u64,
    /// A worker is to come.
    pub staffed: bool,
    pub due: Micros,
    pub sent: Micros,
    pub answered: Micros,
}

/// What becomes of a call.
pub(super) enum Change {
    /// One more of these.
    Count(fn(&mut Calls)),
    /// A latency.
    Measure { what: &'static str, due: Micros, sent: Micros, at: Micros },
    /// A latency that is longer than until now: they do not wait any more, or the load has ended.
    Waited { what: &'static str, due: Micros, sent: Micros, at: Micros },
    /// It stands elsewhere now.
    Stands,
    /// It waits for a gate.
    Parked,
}

/// How many calls stand in each phase, in the order of [`Phase::ALL`].
pub(super) type Phases = [u64; Phase::ALL.len()];

/// A request and what became of it, as one line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct CallLine {
    /// Its idempotency key.
    pub key: String,
    /// The call it was answered with.
    pub call: Option<String>,
    /// How often it was tried.
    pub tries: u64,
    /// When it was meant to be sent, in milliseconds from the begin; of one asked again: the first time.
    pub intended_ms: f64,
    /// When it was.
    pub sent_ms: f64,
    /// When it was answered.
    pub answered_ms: f64,
    /// When the call passed its gates.
    pub opened_ms: Option<f64>,
    /// When it first had a worker.
    pub assigned_ms: Option<f64>,
    /// When it ended.
    pub ended_ms: Option<f64>,
    /// Whether it was parked.
    pub parked: bool,
    /// The phase it came to, or why there is no call: `refused`, `held_off`, `unknown`, `failed`.
    pub outcome: String,
    /// The word of the rule that refused it, or what failed.
    pub why: Option<String>,
}

#[derive(Debug, Default)]
struct Track {
    origin: Option<Origin>,
    phase: Option<Phase>,
    parked: bool,
    opened: Option<Micros>,
    assigned: Option<Micros>,
    ended: Option<Micros>,
}

/// Every call that is not over.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    keeps: bool,
    tracks: BTreeMap<CallId, Track>,
    phases: Phases,
    /// Requests without a call, by the number of their first try.
    away: BTreeMap<u64, CallLine>,
}

impl Ledger {
    pub(super) fn keeping() -> Self {
        Self { keeps: true, ..Self::default() }
    }

    pub(super) fn phases(&self) -> Phases {
        self.phases
    }

    /// The request was answered.
    pub(super) fn answered(&mut self, origin: Origin, said: &Said) -> Vec<Change> {
        let (outcome, why) = match said {
            Said::Done(Some(call)) => return self.bind(*call, origin),
            Said::Done(None) => ("done", None),
            Said::Refused(word) => ("refused", Some(word.clone())),
            Said::HeldOff(_) => ("held_off", None),
            Said::Unknown => ("unknown", None),
            Said::Failed(why) => ("failed", Some(why.clone())),
        };
        if self.keeps {
            let line = line(&origin, None, &Track::default(), outcome, why);
            self.away.insert(origin.number, line);
        }
        Vec::new()
    }

    fn bind(&mut self, call: CallId, origin: Origin) -> Vec<Change> {
        let track = self.tracks.entry(call).or_default();
        let (due, sent) = (origin.due, origin.sent);
        let mut changes = Vec::new();
        self.away.remove(&origin.number);
        if track.origin.is_none() {
            for (what, at) in [(OPEN, track.opened), (ASSIGN, track.assigned)] {
                changes.extend(at.map(|at| Change::Measure { what, due, sent, at }));
            }
            track.origin = Some(origin);
            if let Some(ended) = track.ended {
                changes.extend(track.in_vain(ended));
            }
        }
        self.forget(call);
        changes
    }

    /// Something happened to a call.
    pub(super) fn saw(&mut self, event: &Event, at: Micros) -> Vec<Change> {
        let Some(call) = call_of(event) else { return Vec::new() };
        if matches!(event, Event::CallReceived { .. }) {
            self.tracks.entry(call).or_default();
        }
        let Some(track) = self.tracks.get_mut(&call) else { return Vec::new() };
        let before = track.phase;
        let Some(phase) = enters(event) else { return Vec::new() };
        let changes = track.enter(phase, matches!(event, Event::CallReceived { .. }), at);
        if let Some(left) = before.and_then(|before| self.phases.get_mut(before as usize)) {
            *left = left.saturating_sub(1);
        }
        if let Some(entered) = self.phases.get_mut(phase as usize) {
            *entered += 1;
        }
        self.forget(call);
        changes
    }

    /// Who is still waiting, for what, when the load ends.
    pub(super) fn waiting(&self, at: Micros) -> Vec<Change> {
        let going_on = self.tracks.values().filter(|track| track.ended.is_none());
        going_on.flat_map(|track| track.in_vain(at)).collect()
    }

    fn forget(&mut self, call: CallId) {
        let over = |track: &Track| track.ended.is_some() && track.origin.is_some();
        if !self.keeps && self.tracks.get(&call).is_some_and(over) {
            self.tracks.remove(&call);
        }
    }

    pub(super) fn lines(&self) -> Vec<CallLine> {
        let mut lines: BTreeMap<u64, CallLine> = self.away.clone();
        for (call, track) in &self.tracks {
            let outcome = track.phase.map_or("received", Phase::name);
            let Some(origin) = &track.origin else { continue };
            lines.insert(origin.number, line(origin, Some(*call), track, outcome, None));
        }
        lines.into_values().collect()
    }
}

impl Track {
    fn enter(&mut self, phase: Phase, is_new: bool, at: Micros) -> Vec<Change> {
        self.phase = Some(phase);
        let mut changes = vec![Change::Stands];
        if is_new {
            changes.push(Change::Count(|calls| calls.received += 1));
        }
        let mut reached = None;
        let counted: Option<fn(&mut Calls)> = match phase {
            Phase::Parked => {
                changes.push(Change::Parked);
                let is_first = !std::mem::replace(&mut self.parked, true);
                if is_first { Some(|calls| calls.parked += 1) } else { None }
            }
            Phase::Open if self.opened.is_none() => {
                self.opened = Some(at);
                reached = Some(OPEN);
                if self.parked {
                    Some(|calls| calls.opened_late += 1)
                } else {
                    Some(|calls| calls.accepted += 1)
                }
            }
            Phase::Assigned if self.assigned.is_none() => {
                self.assigned = Some(at);
                reached = Some(ASSIGN);
                Some(|calls| calls.assigned += 1)
            }
            Phase::Completed => Some(|calls| calls.completed += 1),
            Phase::Canceled => Some(|calls| calls.canceled += 1),
            Phase::Unfilled => Some(|calls| calls.unfilled += 1),
            Phase::Rejected => Some(|calls| calls.rejected += 1),
            _ => None,
        };
        changes.extend(counted.map(Change::Count));
        if let (Some(what), Some(origin)) = (reached, &self.origin) {
            let (due, sent) = (origin.due, origin.sent);
            changes.push(Change::Measure { what, due, sent, at });
        }
        if phase.is_terminal() {
            self.ended = Some(at);
            changes.extend(self.in_vain(at));
        }
        changes
    }

    /// What its customer had waited for until then, and did not get. Whoever was rejected had an answer.
    fn in_vain(&self, at: Micros) -> Vec<Change> {
        let Some(Origin { due, sent, staffed, .. }) = self.origin else { return Vec::new() };
        let is_over = matches!(self.phase, Some(Phase::Rejected | Phase::Completed));
        let for_gates = self.opened.is_none() && !is_over;
        let for_worker = staffed && self.assigned.is_none() && !is_over;
        let waits = [(OPEN, for_gates), (ASSIGN, for_worker)];
        let waits = waits.into_iter().filter(|(_, waits)| *waits);
        waits.map(|(what, _)| Change::Waited { what, due, sent, at }).collect()
    }
}

/// The phase that a call is in after an event; none: the same as before. What is asked before the gates have passed is
/// taken as asking the gates.
fn enters(event: &Event) -> Option<Phase> {
    Some(match event {
        Event::CallReceived { .. } | Event::CallResumed { .. } => Phase::Gating,
        Event::CallParked { .. } => Phase::Parked,
        Event::CallOpened { .. } | Event::AssignmentReleased { .. } | Event::WorkAborted { .. } => {
            Phase::Open
        }
        Event::AssignmentReserved { .. } => Phase::Scheduled,
        Event::AssignmentCommitted { .. } => Phase::Assigned,
        Event::WorkStarted { .. } => Phase::InService,
        Event::CallClosing { .. } => Phase::Closing,
        Event::CallUnwinding { .. } => Phase::Unwinding,
        Event::CallCompleted { .. } => Phase::Completed,
        Event::CallEnded { end, .. } => end.phase(),
        _ => return None,
    })
}

fn line(
    origin: &Origin,
    call: Option<CallId>,
    track: &Track,
    outcome: &str,
    why: Option<String>,
) -> CallLine {
    CallLine {
        key: origin.key.clone(),
        call: call.map(|call| call.to_string()),
        tries: origin.tries,
        intended_ms: in_ms(origin.due),
        sent_ms: in_ms(origin.sent),
        answered_ms: in_ms(origin.answered),
        opened_ms: track.opened.map(in_ms),
        assigned_ms: track.assigned.map(in_ms),
        ended_ms: track.ended.map(in_ms),
        parked: track.parked,
        outcome: outcome.to_owned(),
        why,
    }
}
