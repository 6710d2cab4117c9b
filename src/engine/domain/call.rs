//! A live call: everything the desk must remember of it to decide what happens next.
//!
//! Invariant: it holds no personal data and no derived index; what it needs next is computed from it, never stored beside.
//! Knows nothing of other calls or of workers' state.

use super::event::{
    AssignedBy, Concern, Op, ParkedWhy, SettledBy, Spot, TelDigest, Why, WorkOutcome,
};
use super::ids::{
    AttentionId, CallId, Millis, OfferId, ProfileId, Seq, SubjectId, Time, Won, WorkerId,
};
use super::phase::{Phase, Target};
use super::profile::{Lang, Position, Profile, Stage};
use crate::planted::planted;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One request, from reception to an end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Its number.
    pub id: CallId,
    /// The profile version it was taken under.
    pub profile: ProfileId,
    /// Whose call.
    pub subject: SubjectId,
    /// The digest of the number.
    pub tel: Option<TelDigest>,
    /// Whether the customer can be told anything.
    pub reachable: bool,
    /// The skill it asks for.
    pub kind: Option<String>,
    /// Where.
    pub spot: Option<Spot>,
    /// Price or estimate; once work is over, the fare reported.
    pub cost: Option<Won>,
    /// 0 low, 1 normal, 2 high, 3 urgent.
    pub priority: u8,
    /// The profile's other fields.
    pub fields: BTreeMap<String, String>,
    /// The language the customer is told in.
    pub lang: Lang,
    /// The call it follows up.
    pub parent: Option<CallId>,
    /// When it was taken.
    pub received_at: Time,
    /// Where it stands.
    pub phase: Phase,
    /// Since when.
    pub phase_at: Time,
    /// Where an unwinding call goes, and why.
    pub unwinding: Option<Unwinding>,
    /// The gates and steps of its profile, in the profile's order.
    pub steps: Vec<Step>,
    /// Why it is parked, while it is.
    pub parked: Option<ParkedWhy>,
    /// How often it was parked.
    pub parked_times: u32,
    /// The search for a worker.
    pub search: Search,
    /// Automation leaves it alone until then.
    pub held_until: Option<Time>,
    /// Who has it.
    pub assignment: Option<Assignment>,
    /// The question that is out.
    pub offer: Option<Offer>,
    /// Everybody who was asked or had it, whatever came of it.
    pub told: BTreeSet<WorkerId>,
    /// What came of the work.
    pub outcome: Option<WorkOutcome>,
    /// Open attention items about it.
    pub attention: BTreeMap<Concern, AttentionId>,
    /// The records that speak of it, oldest first.
    pub seqs: Vec<Seq>,
    /// After its end: it is remembered until then, because an answer may still be under way.
    pub linger_until: Option<Time>,
}

/// Where an unwinding call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unwinding {
    /// To which end.
    pub target: Target,
    /// Why.
    pub why: Why,
    /// When trying again makes sense.
    pub retry_at: Option<Time>,
}

/// The search for a worker.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Search {
    /// The stage of the plan.
    pub stage: u8,
    /// Since when, on the search's clock.
    pub stage_at: Time,
    /// When the call opened first: its age among those that wait.
    pub opened_at: Time,
    /// When it is given up, on the clock that stands still while `assign` is stopped.
    pub ends_at: Time,
    /// An attempt is owed.
    pub fresh: bool,
    /// Since when an attempt is owed: a slow `assign` counts from here.
    pub fresh_at: Time,
    /// The plan is over.
    pub exhausted: bool,
    /// Workers who are not to get it by themselves.
    pub excluded: BTreeSet<WorkerId>,
    /// Workers asked in this stage who did not answer.
    pub asked: BTreeSet<WorkerId>,
    /// Offers made in this stage.
    pub offers: u32,
}

/// The commitment of a worker to the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Who.
    pub worker: WorkerId,
    /// How it came about.
    pub by: AssignedBy,
    /// How far it is.
    pub state: AssignmentState,
    /// Since when the worker has it.
    pub at: Time,
}

/// How far an assignment is. All but `Finished` are live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentState {
    /// The worker has the call.
    Committed,
    /// The worker is there.
    Arrived,
    /// Work is going on.
    Working,
    /// Work is over; the worker is free.
    Finished,
}

/// A question that is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its number.
    pub id: OfferId,
    /// Who is asked.
    pub worker: WorkerId,
    /// Until when.
    pub deadline: Time,
}

/// One gate or step of the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// How far it is.
    pub state: StepState,
    /// The group of its request key; it rises after a confirmed undo.
    pub group: u32,
    /// Requests made so far, whatever they asked.
    pub attempts: u32,
    /// Failures in a row of what is being tried.
    pub tries: u32,
    /// Whether a do was ever asked in this group.
    pub started: bool,
    /// The request that is out; never more than one.
    pub out: Option<Out>,
    /// What a local participant has really done, which it may not have said.
    pub effect: Effect,
    /// Dos of which no ok was heard, newest last: an ok to one of them would be news. At most [`Step::DOUBTFUL_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubtful: Vec<u32>,
}

/// How far a step is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Not asked yet.
    Idle,
    /// To be asked again, not before `retry_at`.
    Waiting {
        /// When.
        retry_at: Time,
        /// Perhaps it was done: ask first whether.
        unknown: bool,
    },
    /// Done.
    Done,
    /// Refused.
    Denied {
        /// The participant's words.
        reason: String,
    },
    /// Settled by hand instead.
    Settled {
        /// How.
        by: SettledBy,
    },
    /// Its undo is to be asked again, not before `retry_at`.
    Undoing {
        /// When.
        retry_at: Time,
    },
    /// Its undo was refused; a human must decide.
    UndoDenied {
        /// The participant's words.
        reason: String,
    },
    /// Undone.
    Undone,
    /// Its undo was let go by an operator.
    Waived,
}

/// A request that is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Out {
    /// What was asked.
    pub op: Op,
    /// Under which group.
    pub group: u32,
    /// Which request of the step.
    pub attempt: u32,
    /// When.
    pub asked_at: Time,
    /// When it is given up.
    pub deadline: Time,
    /// When a slow local participant will have the answer.
    pub answer_at: Option<Time>,
    /// The breaker generation it went out under.
    pub generation: u64,
}

/// What a local participant's own ledger holds under the step's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing.
    #[default]
    None,
    /// Done.
    Done,
    /// Undone, or forbidden before it was done.
    Undone,
}

impl Step {
    /// A step that nothing happened to.
    #[must_use]
    pub fn new() -> Self {
        Self {
            state: StepState::Idle,
            group: 1,
            attempts: 0,
            tries: 0,
            started: false,
            out: None,
            effect: Effect::None,
            doubtful: Vec::new(),
        }
    }

    /// How many unanswered dos are remembered.
    pub const DOUBTFUL_MAX: usize = 32;

    /// Whether its participant may have done it and it is neither undone nor let go.
    #[must_use]
    pub fn owes_undo(&self) -> bool {
        match self.state {
            StepState::Done | StepState::Undoing { .. } => true,
            StepState::Waiting { unknown, .. } => unknown,
            _ => false,
        }
    }

    /// Whether the gate has passed.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        matches!(self.state, StepState::Done | StepState::Settled { .. })
    }

    /// When asking again is allowed, for a step that waits.
    #[must_use]
    pub fn retry_at(&self) -> Option<Time> {
        match self.state {
            StepState::Waiting { retry_at, .. } | StepState::Undoing { retry_at } => Some(retry_at),
            _ => None,
        }
    }
}

impl Default for Step {
    fn default() -> Self {
        Self::new()
    }
}

/// What a step of a call wants to ask now, as far as the call itself is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Want {
    /// The step, from 0.
    pub step: usize,
    /// What.
    pub op: Op,
    /// Not before then.
    pub not_before: Time,
}

impl Call {
    /// The worker who has the call.
    #[must_use]
    pub fn worker(&self) -> Option<WorkerId> {
        self.live_assignment().map(|a| a.worker)
    }

    /// The assignment, while it is live.
    #[must_use]
    pub fn live_assignment(&self) -> Option<&Assignment> {
        self.assignment.as_ref().filter(|a| a.state != AssignmentState::Finished)
    }

    /// The steps at `position`, in order, with their numbers.
    #[must_use]
    pub fn steps_at<'a>(
        &'a self,
        profile: &'a Profile,
        position: Position,
    ) -> impl DoubleEndedIterator<Item = (usize, &'a Step)> {
        self.steps
            .iter()
            .enumerate()
            .filter(move |(i, _)| profile.steps.get(*i).is_some_and(|s| s.position == position))
    }

    /// The first gate at `position` that has not passed.
    #[must_use]
    pub fn gate_ahead<'a>(
        &'a self,
        profile: &'a Profile,
        position: Position,
    ) -> Option<(usize, &'a Step)> {
        self.steps_at(profile, position).find(|(_, step)| !step.is_passed())
    }

    /// What the call wants asked, in the order it wants it. A step with a request out wants nothing.
    #[must_use]
    pub fn wants(&self, profile: &Profile) -> Vec<Want> {
        match self.phase {
            Phase::Parked if planted!(LostTimer) => Vec::new(),
            Phase::Gating | Phase::Parked => self.gate_want(profile, Position::BeforeOpen),
            Phase::Closing => {
                let mut wants = self.step_wants(profile);
                wants.extend(self.gate_want(profile, Position::BeforeComplete));
                wants
            }
            Phase::Open | Phase::Assigned | Phase::InService => self.step_wants(profile),
            Phase::Unwinding | Phase::Canceled | Phase::Unfilled | Phase::Rejected => {
                self.undo_want(profile).into_iter().collect()
            }
            Phase::Received | Phase::Completed => Vec::new(),
        }
    }

    fn step_wants(&self, profile: &Profile) -> Vec<Want> {
        let steps = self.steps_at(profile, Position::AfterOpen);
        steps.filter_map(|(i, step)| forward(i, step)).collect()
    }

    /// The first thing that stands between the end of the work and the end of the call: a gate, then a step still owed.
    #[must_use]
    pub fn completion_ahead<'a>(&'a self, profile: &'a Profile) -> Option<(usize, &'a Step)> {
        self.gate_ahead(profile, Position::BeforeComplete)
            .or_else(|| self.gate_ahead(profile, Position::AfterOpen))
    }

    fn gate_want(&self, profile: &Profile, position: Position) -> Vec<Want> {
        self.gate_ahead(profile, position)
            .and_then(|(i, step)| forward(i, step))
            .into_iter()
            .collect()
    }

    /// The last step that owes an undo; nothing while a request of a later step is still out.
    fn undo_want(&self, profile: &Profile) -> Option<Want> {
        if planted!(UndoForward) {
            let first = self.steps.iter().position(Step::owes_undo)?;
            let free = self.steps.iter().all(|step| step.out.is_none());
            return free.then_some(Want { step: first, op: Op::Undo, not_before: Time(i64::MIN) });
        }
        for (i, step) in self.steps.iter().enumerate().rev() {
            if step.out.is_some() {
                return None;
            }
            if step.owes_undo() && profile.steps.get(i).is_some_and(|s| s.undo) {
                let not_before = match step.state {
                    StepState::Undoing { retry_at } => retry_at,
                    _ => Time(i64::MIN),
                };
                return Some(Want { step: i, op: Op::Undo, not_before });
            }
            if matches!(step.state, StepState::UndoDenied { .. }) {
                return None;
            }
        }
        None
    }

    /// Whether nothing of an unwinding call is owed any more.
    #[must_use]
    pub fn is_unwound(&self, profile: &Profile) -> bool {
        self.steps.iter().enumerate().all(|(i, step)| {
            let undoable = profile.steps.get(i).is_some_and(|s| s.undo) && !planted!(SkipUndo);
            step.out.is_none()
                && !matches!(step.state, StepState::UndoDenied { .. })
                && !(undoable && step.owes_undo())
        })
    }

    /// Whether whatever it did is to be undone: on its way to an end, or at one that is not completion.
    #[must_use]
    pub fn is_undoing(&self) -> bool {
        use Phase::{Canceled, Rejected, Unfilled, Unwinding};
        matches!(self.phase, Unwinding | Canceled | Unfilled | Rejected)
    }

    /// Whether an ended call may be forgotten: nothing is out, and nothing that a late answer brought is to be undone.
    #[must_use]
    pub fn is_at_rest(&self, profile: &Profile) -> bool {
        match self.phase {
            Phase::Completed => self.steps.iter().all(|step| step.out.is_none()),
            _ => self.is_unwound(profile),
        }
    }

    /// The next instant at which time alone changes something, leaving out what waits for a participant's permit and
    /// what runs on the clock of the search, which stands still while `assign` is stopped.
    #[must_use]
    pub fn due(&self, profile: &Profile, assign_delay: Option<Millis>) -> Option<Time> {
        let mut first: Option<Time> = None;
        let mut earliest = |at: Time| first = Some(first.map_or(at, |f| f.min(at)));
        for out in self.steps.iter().filter_map(|step| step.out.as_ref()) {
            earliest(out.answer_at.map_or(out.deadline, |at| at.min(out.deadline)));
        }
        match self.phase {
            Phase::Parked if planted!(LostTimer) => {}
            Phase::Parked => earliest(self.park_ends(profile)),
            Phase::Open => match (self.held_until, &self.offer, assign_delay) {
                (Some(until), _, _) => earliest(until),
                (None, Some(offer), _) => earliest(offer.deadline),
                (None, None, Some(delay)) if self.search.fresh => {
                    earliest(self.search.fresh_at.plus(delay));
                }
                _ => {}
            },
            _ => {}
        }
        first
    }

    /// When a parked call is given up: counted from its reception, so that being asked in vain does not start it anew.
    #[must_use]
    pub fn park_ends(&self, profile: &Profile) -> Time {
        self.received_at.plus(profile.park_max_ms)
    }

    /// Whether it waits for a worker whom the engine may choose.
    #[must_use]
    pub fn is_searching(&self, profile: &Profile) -> bool {
        self.phase == Phase::Open
            && self.held_until.is_none()
            && self.offer.is_none()
            && profile
                .plan
                .get(usize::from(self.search.stage))
                .is_some_and(|stage| !matches!(stage, Stage::Manual))
    }

    /// When the search does something by time alone, on the search's own clock.
    #[must_use]
    pub fn search_due(&self, profile: &Profile) -> Option<Time> {
        if self.phase != Phase::Open || self.held_until.is_some() {
            return None;
        }
        let ends = self.search.ends_at;
        Some(self.stage_ends(profile).map_or(ends, |stage| stage.min(ends)))
    }

    /// When the current stage of the plan is over, on the search's clock; none: not by time.
    #[must_use]
    pub fn stage_ends(&self, profile: &Profile) -> Option<Time> {
        if self.search.exhausted {
            return None;
        }
        match profile.plan.get(usize::from(self.search.stage))? {
            Stage::Auto { for_ms } | Stage::Offer { for_ms, .. } => {
                for_ms.map(|ms| self.search.stage_at.plus(ms))
            }
            Stage::Manual => None,
        }
    }

    /// Its place among those that wait: urgent first, then oldest.
    #[must_use]
    pub fn rank(&self) -> Rank {
        (std::cmp::Reverse(self.priority), self.received_at, self.id)
    }
}

/// Urgent first, then oldest, then by number.
pub type Rank = (std::cmp::Reverse<u8>, Time, CallId);

/// What a step that is to be done wants next.
fn forward(i: usize, step: &Step) -> Option<Want> {
    if step.out.is_some() {
        return None;
    }
    match step.state {
        StepState::Idle => Some(Want { step: i, op: Op::Do, not_before: Time(i64::MIN) }),
        StepState::Waiting { retry_at, unknown } => {
            let op = if unknown { Op::Query } else { Op::Do };
            Some(Want { step: i, op, not_before: retry_at })
        }
        _ => None,
    }
}
