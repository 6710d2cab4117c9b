//! What the checker remembers of a call and of a worker: the least from which its rules can be recomputed.
//!
//! Invariant: nothing in here is taken from the desk's own state; all of it is read off events. Must not know `World`.

use crate::domain::event::{
    Card, Duty, MemberRef, Op, SettledBy, Spot, TelDigest, Window, WorkOutcome,
};
use crate::domain::geo::Point;
use crate::domain::ids::{
    CallId, Millis, OfferId, ParticipantId, ProfileId, Seq, SubjectId, Time, Won, WorkerId,
};
use crate::domain::phase::{Phase, Target};
use crate::domain::profile::{Does, Position, Profile, Stage, StepSpec};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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

/// How far the worker of a live assignment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Progress {
    /// Has the call.
    #[default]
    Committed,
    /// On the way.
    EnRoute,
    /// There.
    Arrived,
    /// At work.
    Working,
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
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, each said by an answer of its own"
)]
pub(super) struct Step {
    pub state: StepState,
    /// In which order the steps of the call were first asked; none: never.
    pub started: Option<u32>,
    pub group: u32,
    pub attempt: u32,
    pub requests: Vec<Request>,
    pub settled: Option<SettledBy>,
    /// The last answer refused the do (before completion, beside the search, or of a refund).
    pub do_denied: bool,
    /// The last answer refused the undo.
    pub undo_denied: bool,
    /// It was done although it had been undone or settled: the record that said so.
    pub late_ok: Option<Seq>,
    /// The desk itself said that it was done, so that its own goods have moved.
    pub done_here: bool,
    /// What answers said was captured by it and not given back by its undo.
    pub paid: i64,
    /// Answers said so once: whatever they say again is the same capture.
    pub was_paid: bool,
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

    /// Whether the gate or step has passed.
    pub fn is_passed(&self) -> bool {
        self.state == StepState::Done || self.settled.is_some()
    }
}

/// What a step of a call is: one of its profile, or a refund behind them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One of the profile's.
    Own(Position, Does),
    /// Money is given back.
    Refund(Won),
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

/// The search for a worker.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Search {
    /// The stage of the plan.
    pub stage: u8,
    /// Since when, on the clock that stands still while `assign` is stopped.
    pub stage_since: Time,
    /// Since when the search deadline runs, on the same clock.
    pub since: Time,
    /// When it began anew, on the desk's own clock.
    pub begun_at: Time,
    /// The plan is over.
    pub exhausted: bool,
    /// An appointment for which nobody is searched before then.
    pub dispatch_at: Option<Time>,
    /// How often the customer was told that nobody has it.
    pub told: u32,
}

/// The worker who will have the call at its appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reserved {
    pub worker: WorkerId,
    /// The appointment is near.
    pub due: bool,
}

/// What the books say of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallMoney {
    /// Captured from a card.
    pub captured: Won,
    /// Given back of it.
    pub refunded: Won,
    /// Settled by hand, in whatever way.
    pub settled: Won,
    /// Taken off by coupons.
    pub discount: Won,
}

/// Where a call's goods are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Goods {
    /// The call holds none.
    #[default]
    None,
    /// Set aside for it.
    Reserved,
    /// They left with it.
    Shipped,
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
    pub tel: Option<TelDigest>,
    pub reachable: bool,
    pub kind: Option<String>,
    pub spot: Option<Spot>,
    pub cost: Option<Won>,
    pub fare: Option<Won>,
    pub priority: u8,
    pub parent: Option<CallId>,
    pub member: Option<MemberRef>,
    pub window: Option<Window>,
    pub received_at: Time,
    pub phase: Phase,
    pub phase_at: Time,
    pub target: Option<Target>,
    /// Those of its profile, then its refunds.
    pub steps: Vec<Step>,
    pub refunds: Vec<Won>,
    pub starts: u32,
    pub worker: Option<WorkerId>,
    pub progress: Progress,
    pub reserved: Option<Reserved>,
    /// Who had it last.
    pub last_worker: Option<WorkerId>,
    /// Whose assignment was ended in the record being read, because the appointment moves.
    pub moving: Option<WorkerId>,
    /// Who did the work.
    pub served_by: Option<WorkerId>,
    /// Everybody who was asked or had it.
    pub told: BTreeSet<WorkerId>,
    pub offers: BTreeSet<OfferId>,
    pub broadcast: Option<OfferId>,
    pub excluded: BTreeSet<WorkerId>,
    pub search: Search,
    pub held_until: Option<Time>,
    /// It was given to a worker since it was held: whether the hold still counts is nobody's concern.
    pub hold_is_moot: bool,
    pub parked: Option<Parked>,
    /// How often it was parked.
    pub parkings: u32,
    /// When something last happened to it, but for the word that nobody suits.
    pub heard_at: Time,
    pub opened_at: Option<Time>,
    pub money: CallMoney,
    /// Its money was captured when nobody wanted it any more.
    pub paid_late: bool,
    /// The product it asks for, and how many.
    pub wants: Option<(String, u32)>,
    pub goods: Goods,
    /// The mark of the client's own number, until it may be used again.
    pub reference: Option<u64>,
    /// The how manyth call of its line it is.
    pub ordinal: u64,
    pub outcome: Option<WorkOutcome>,
    pub rating: Option<u8>,
    pub disposition: Option<String>,
    pub events: u32,
    /// The phase at the start of the record being read.
    pub before: Phase,
    /// It moved in the record being read.
    pub moved: bool,
    /// Work began in the record being read.
    pub began: bool,
    /// Work was broken off in the record being read.
    pub aborted: bool,
    /// A step beside the search, or a refund, was refused in the record being read.
    pub refused: bool,
    /// An operator had it tried again in the record being read.
    pub retried: bool,
    /// Its goods left in the record being read.
    pub sent_off: bool,
    /// Work began with nobody: its plan needs no worker.
    pub unstaffed: bool,
    /// Work is over.
    pub finished: bool,
    /// It was taken up again after its end, or somebody outside was asked about it: the desk may still know it.
    pub lingers: bool,
    /// When it was last heard of after its end.
    pub resting_since: Option<Time>,
}

impl Call {
    /// The skill its worker must have: values that ask for none are left out.
    pub fn skill(&self) -> Option<&str> {
        let kind = self.kind.as_deref()?;
        let field = self.spec.fields.iter().find(|f| f.skill);
        let is_free = field.is_some_and(|f| f.no_skill.iter().any(|v| v == kind));
        (!is_free).then_some(kind)
    }

    /// What step `index` is; none: there is no such step.
    pub fn kind_of(&self, index: usize) -> Option<Kind> {
        match self.spec.steps.get(index) {
            Some(spec) => Some(Kind::Own(spec.position, spec.does)),
            None => self.refunds.get(index - self.spec.steps.len()).copied().map(Kind::Refund),
        }
    }

    /// The name of step `index`, for sentences.
    pub fn name_of(&self, index: usize) -> &str {
        self.spec.steps.get(index).map_or("refund", |spec| spec.name.as_str())
    }

    /// The name of the participant that answers step `index`: a refund is the charge's business.
    pub fn answerer_of(&self, index: usize) -> Option<&str> {
        let own = self.spec.steps.get(index);
        own.or_else(|| self.spec.steps.iter().find(|s| s.does == Does::Charge)).map(answerer)
    }

    /// Whether step `index` can be undone.
    pub fn has_undo(&self, index: usize) -> bool {
        self.spec.steps.get(index).is_some_and(|spec| spec.undo)
    }

    /// The stage of its plan.
    pub fn stage(&self) -> Option<&Stage> {
        self.spec.plan.get(usize::from(self.search.stage))
    }

    /// Until when automation leaves it alone.
    pub fn held(&self) -> Option<Time> {
        self.held_until.filter(|_| !self.hold_is_moot && self.phase == Phase::Open)
    }

    /// Whether it is on the open list.
    pub fn is_claimable(&self) -> bool {
        self.phase == Phase::Open && self.held().is_none() && self.stage().is_some_and(is_open_list)
    }

    /// The refunds that are neither made nor refused nor let go.
    pub fn has_pending_refund(&self) -> bool {
        let refunds = self.steps.iter().skip(self.spec.steps.len());
        let mut open = refunds.filter(|s| !matches!(s.state, StepState::Done | StepState::Waived));
        open.any(|s| !s.do_denied)
    }

    /// Whether a refund was refused and nobody has decided what now.
    pub fn has_denied_refund(&self) -> bool {
        let mut refunds = self.steps.iter().skip(self.spec.steps.len());
        refunds.any(|s| s.do_denied && s.state == StepState::NotDone)
    }

    /// Whether something about it can still come, although it has ended.
    pub fn may_go_on(&self) -> bool {
        self.steps.iter().any(|s| !s.requests.is_empty() || s.late_ok.is_some())
            || self.has_pending_refund()
            || self.has_denied_refund()
    }
}

/// Who answers a step of a profile.
pub(super) fn answerer(spec: &StepSpec) -> &str {
    spec.participant.as_deref().unwrap_or(&spec.name)
}

/// Whether workers may take a call of this stage by themselves.
fn is_open_list(stage: &Stage) -> bool {
    match stage {
        Stage::Claim { .. } => true,
        Stage::Auto { claimable, .. }
        | Stage::Offer { claimable, .. }
        | Stage::Broadcast { claimable, .. }
        | Stage::Manual { claimable }
        | Stage::None { claimable, .. } => *claimable,
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
    /// Appointments the worker is reserved for.
    pub reserved: BTreeMap<CallId, Window>,
    /// Where the worker was last seen, and when: whoever works at a place is there.
    pub seen: Option<(Point, Time)>,
    /// That, when places were kept last.
    pub kept: Option<(Point, Time)>,
}

impl Worker {
    /// Another appointment of the worker that shares an instant with this one.
    pub fn clash(&self, call: CallId, window: Window) -> Option<CallId> {
        let mut others = self.reserved.iter().filter(|(other, _)| **other != call);
        others.find(|(_, o)| window.from < o.until && o.from < window.until).map(|(id, _)| *id)
    }
}

/// An offer that waits for its outcome.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offer {
    pub call: CallId,
    pub worker: WorkerId,
    pub deadline: Time,
}

/// A member.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub subject: SubjectId,
    pub tel: TelDigest,
    pub friend: Option<(SubjectId, bool)>,
    pub card: Option<Card>,
    pub rides: u32,
    pub coupons: Vec<Won>,
}

/// A stopwatch that can be stopped: how long `assign` has been stopped in all.
#[derive(Debug, Default)]
pub(super) struct Stopped {
    pub since: Option<Time>,
    pub total: Millis,
}

impl Stopped {
    /// The clock of searches at `at`: it stands still while `assign` is stopped.
    pub fn search_clock(&self, at: Time) -> Time {
        let now = self.since.map_or(0, |since| at.since(since).0);
        Time(at.0.saturating_sub_unsigned(self.total.0.saturating_add(now)))
    }
}
