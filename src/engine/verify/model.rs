//! What the checker remembers of a desk: the least from which its rules can be recomputed.
//!
//! Invariant: a call is forgotten when it has ended and no answer to it can still come; of a
//! forgotten call only its last phase stays. Must not know `World`.

use super::rule::{Log, Rule};
use crate::domain::event::{Duty, Op, SettledBy};
use crate::domain::ids::{
    CallId, Millis, OfferId, ParticipantId, ProfileId, Seq, SubjectId, Time, Won, WorkerId,
};
use crate::domain::phase::{Phase, Target};
use crate::domain::profile::Profile;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// Ended calls that are kept because an answer given up may still come.
const GHOSTS_MAX: usize = 65_536;

/// What is known of a step's effect outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StepState {
    /// Nothing was asked.
    #[default]
    NotStarted,
    /// It was asked to be done; nobody knows yet whether it is.
    Unknown,
    /// Done.
    Done,
    /// It was asked, and surely is not done.
    NotDone,
    /// Undone.
    Undone,
    /// An operator let its undo go.
    Waived,
}

/// A request that may still be answered.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub attempt: u32,
    pub op: Op,
    pub group: u32,
    pub generation: u64,
    pub answer_at: Option<Time>,
    pub deadline: Time,
    pub participant: Option<ParticipantId>,
    /// What was known before it was asked: it is known again when this request surely did nothing.
    pub prior: StepState,
    /// It was answered, but not by the ok of a do, so that a late one can still follow.
    pub given_up: bool,
}

/// One step of one call.
#[derive(Debug, Clone, Default)]
pub(super) struct Step {
    pub state: StepState,
    /// In which order the steps of the call were first asked; none: never.
    pub started: Option<u32>,
    pub group: u32,
    pub attempt: u32,
    pub requests: Vec<Request>,
    pub settled: Option<SettledBy>,
    /// The last answer refused the do (before completion or beside the search).
    pub do_denied: bool,
    /// The last answer refused the undo.
    pub undo_denied: bool,
    /// It was done although it had been undone or settled: the record that said so.
    pub late_ok: Option<Seq>,
}

impl Step {
    /// Whether an undo is owed before the call may end.
    pub fn is_owed(&self) -> bool {
        matches!(self.state, StepState::Unknown | StepState::Done)
    }

    /// Whether a request is out that was not given up.
    pub fn in_flight(&self) -> bool {
        self.requests.iter().any(|r| !r.given_up)
    }
}

/// A call that waits for its gate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parked {
    pub at: Time,
    /// Its participant; none when its profile names nobody known.
    pub waits_for: Option<ParticipantId>,
    /// It was never asked since it was parked, so that nothing but its turn keeps it.
    pub no_backoff: bool,
}

/// One call.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, each one of a record or of the number"
)]
pub(super) struct Call {
    pub profile: ProfileId,
    pub spec: Arc<Profile>,
    pub subject: SubjectId,
    pub reachable: bool,
    pub kind: Option<String>,
    pub cost: Option<Won>,
    pub fare: Option<Won>,
    pub priority: u8,
    pub parent: Option<CallId>,
    pub received_at: Time,
    pub phase: Phase,
    pub phase_at: Time,
    pub target: Option<Target>,
    pub steps: Vec<Step>,
    pub starts: u32,
    pub worker: Option<WorkerId>,
    /// Who had it last.
    pub last_worker: Option<WorkerId>,
    pub offers: BTreeSet<OfferId>,
    pub excluded: BTreeSet<WorkerId>,
    pub held_until: Option<Time>,
    /// It was given to a worker since it was held: whether the hold still counts is nobody's concern.
    pub hold_is_moot: bool,
    pub parked: Option<Parked>,
    /// How often it was parked.
    pub parkings: u32,
    pub opened_at: Option<Time>,
    pub open_since: Time,
    pub events: u32,
    /// The phase at the start of the record being read.
    pub before: Phase,
    /// It moved in the record being read.
    pub moved: bool,
    /// Work was broken off in the record being read.
    pub aborted: bool,
    /// A step beside the search was refused in the record being read.
    pub refused: bool,
    /// An operator had it tried again in the record being read.
    pub retried: bool,
    /// Work is over.
    pub finished: bool,
}

impl Call {
    /// The skill its worker must have: values that ask for none are left out.
    pub fn skill(&self) -> Option<&str> {
        let kind = self.kind.as_deref()?;
        let field = self.spec.fields.iter().find(|f| f.skill);
        let is_free = field.is_some_and(|f| f.no_skill.iter().any(|v| v == kind));
        (!is_free).then_some(kind)
    }

    /// Whether an answer to it can still come.
    fn may_be_answered(&self) -> bool {
        self.steps.iter().any(|s| !s.requests.is_empty() || s.late_ok.is_some())
    }
}

/// One worker.
#[derive(Debug, Clone)]
pub(super) struct Worker {
    pub subject: SubjectId,
    pub services: Vec<String>,
    pub skills: Vec<String>,
    pub duty: Duty,
    /// What the duty becomes once the current call is over.
    pub leaving: Option<Duty>,
    pub call: Option<CallId>,
    pub offer: Option<OfferId>,
}

/// An offer that waits for its outcome.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offer {
    pub call: CallId,
    pub worker: WorkerId,
    pub deadline: Time,
}

/// A stopwatch that can be stopped: how long `assign` has been stopped in all.
#[derive(Debug, Default)]
pub(super) struct Stopped {
    pub since: Option<Time>,
    pub total: Millis,
}

/// All calls: those alive, those that may still be answered, and the last phase of the others.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pub known: BTreeMap<CallId, Call>,
    /// The calls of the record being read.
    pub touched: BTreeSet<CallId>,
    pub received: u64,
    pub ended_by_phase: BTreeMap<Phase, u64>,
    /// Ended calls that may still be answered, in order of their end.
    ghosts: VecDeque<CallId>,
    /// A ghost was forgotten for want of room: answers to forgotten calls cannot be judged.
    pub forgot_ghosts: bool,
    ended: Vec<Phase>,
    strays: BTreeMap<CallId, Phase>,
}

impl Calls {
    /// The call, whatever its phase, as part of the record being read. `None` is a fault unless an
    /// answer to a call of long ago is all it can be.
    pub fn any(&mut self, log: &mut Log, id: CallId) -> Option<&mut Call> {
        if !self.known.contains_key(&id) {
            match self.ended_phase(id) {
                Some(_) if self.forgot_ghosts => {}
                Some(end) => {
                    log.fault(Rule::K1, || format!("{id} is {end} and nothing it asked is open"));
                }
                None => log.fault(Rule::I9, || format!("there is no call {id}")),
            }
            return None;
        }
        let first = self.touched.insert(id);
        let call = self.known.get_mut(&id)?;
        if first {
            call.before = call.phase;
            (call.moved, call.aborted, call.refused, call.retried) = (false, false, false, false);
        }
        call.events = call.events.saturating_add(1);
        Some(call)
    }

    /// The call, which must not have ended.
    pub fn live(&mut self, log: &mut Log, id: CallId, what: &str) -> Option<&mut Call> {
        let end = match self.known.get(&id) {
            Some(call) if call.phase.is_terminal() => Some(call.phase),
            Some(_) => None,
            None => self.ended_phase(id),
        };
        if !log.check(Rule::C2, end.is_none(), || {
            format!("{what} of {id}, which is {}", end.map_or("", Phase::name))
        }) {
            return None;
        }
        self.any(log, id)
    }

    /// The last phase of a call that has ended.
    pub fn ended_phase(&self, id: CallId) -> Option<Phase> {
        if let Some(call) = self.known.get(&id) {
            return call.phase.is_terminal().then_some(call.phase);
        }
        let index = usize::try_from(id.0).ok()?;
        // `Received` fills the places of calls that have not ended.
        let dense = self.ended.get(index).copied().filter(|p| p.is_terminal());
        dense.or_else(|| self.strays.get(&id).copied())
    }

    /// Whether the call was ever received.
    pub fn was_received(&self, id: CallId) -> bool {
        self.known.contains_key(&id) || self.ended_phase(id).is_some()
    }

    /// Lets go of an ended call, unless an answer to it can still come.
    pub fn settle(&mut self, id: CallId) -> Option<Call> {
        let call = self.known.get(&id)?;
        if !call.phase.is_terminal() {
            return None;
        }
        if call.may_be_answered() {
            if call.before != call.phase {
                self.ghosts.push_back(id);
            }
            if self.ghosts.len() <= GHOSTS_MAX {
                return None;
            }
            self.forgot_ghosts = true;
            let oldest = self.ghosts.pop_front()?;
            return self.forget(oldest);
        }
        self.forget(id)
    }

    fn forget(&mut self, id: CallId) -> Option<Call> {
        let call = self.known.remove(&id)?;
        let index = usize::try_from(id.0).unwrap_or(usize::MAX);
        // A journal with a wild id must not make the checker take all memory.
        if index < self.ended.len() + (1 << 20) {
            if index >= self.ended.len() {
                self.ended.resize(index + 1, Phase::Received);
            }
            self.ended[index] = call.phase;
        } else {
            self.strays.insert(id, call.phase);
        }
        Some(call)
    }
}

/// Ids of one kind: each new one is the next.
#[derive(Debug, Default)]
pub(super) struct Counter {
    last: Option<u64>,
}

impl Counter {
    /// Notes a new id; a fault when it is not the next one.
    pub fn next(&mut self, log: &mut Log, kind: &str, id: u64) {
        let last = self.last;
        let is_next = last.map_or(id <= 1, |last| last.checked_add(1) == Some(id));
        log.check(Rule::I7, is_next, || match last {
            Some(last) => format!("new {kind} number {id} after {last}"),
            None => format!("the first {kind} number is {id}"),
        });
        self.last = Some(last.map_or(id, |last| last.max(id)));
    }

    /// Notes an id that may be known already; a fault when it jumps ahead.
    pub fn seen(&mut self, log: &mut Log, kind: &str, id: u64) {
        if self.last.is_none_or(|last| id > last) {
            self.next(log, kind, id);
        }
    }
}
