//! A live call: everything the desk must remember of it to decide what happens next.
//!
//! Invariant: it holds no personal data and no derived index; what it needs next is computed from it, never stored beside.
//! Knows nothing of other calls or of workers' state.

use super::event::{
    AssignedBy, Concern, MemberRef, Op, ParkedWhy, SettledBy, Spot, TelDigest, Why, Window,
    WorkOutcome,
};
use super::geo::Point;
use super::ids::{
    AttentionId, CallId, Millis, OfferId, ProfileId, Seq, SubjectId, Time, Won, WorkerId,
};
use super::phase::{Phase, Target};
use super::profile::{Lang, Position, Profile, Repeat, Stage};
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
    /// The question to several that is out, or that was last.
    #[serde(default)]
    pub broadcast: Option<Broadcast>,
    /// The member who called, as known then.
    #[serde(default)]
    pub member: Option<MemberRef>,
    /// The appointment.
    #[serde(default)]
    pub window: Option<Window>,
    /// Its money.
    #[serde(default)]
    pub money: Money,
    /// What is to be given back: each has a step behind those of the profile, in this order.
    #[serde(default)]
    pub refunds: Vec<Won>,
    /// 1 to 5.
    #[serde(default)]
    pub rating: Option<u8>,
    /// How the work ended, by the profile's list.
    #[serde(default)]
    pub disposition: Option<String>,
    /// Its goods have left the storeroom.
    #[serde(default)]
    pub shipped: bool,
    /// The mark of what was asked under the client's own number.
    #[serde(default)]
    pub asked: Option<u64>,
    /// The how manyth call of its line it is.
    #[serde(default)]
    pub ordinal: u64,
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
    /// An appointment for which nobody is searched yet: from then on somebody is.
    #[serde(default)]
    pub dispatch_at: Option<Time>,
    /// When it began anew: the intervals of "still searching" count from here.
    #[serde(default)]
    pub begun_at: Time,
    /// How many of these intervals are over.
    #[serde(default)]
    pub told: u32,
}

/// The money of a call, as far as known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Money {
    /// Captured from a card.
    pub captured: Won,
    /// Given back of it.
    pub refunded: Won,
    /// Settled by hand, in whatever way.
    pub settled: Won,
    /// Taken off by a coupon.
    pub discount: Won,
}

impl Money {
    /// What was captured and not given back.
    #[must_use]
    pub fn kept(&self) -> Won {
        Won(self.captured.0.saturating_sub(self.refunded.0))
    }
}

/// A question to several workers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broadcast {
    /// Its number.
    pub id: OfferId,
    /// Who was asked and has not said no.
    pub asked: BTreeSet<WorkerId>,
    /// The ring, from 0.
    pub ring: u8,
    /// When the ring widens or the broadcast is over.
    pub deadline: Time,
    /// It is over.
    pub over: bool,
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
    /// When they were believed to be there; none: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub there_at: Option<Time>,
}

/// How far an assignment is. From `Committed` to `Working` it is live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentState {
    /// The worker will have the call at its appointment. Not live.
    Reserved,
    /// The appointment is near: committed as soon as the worker is free. Not live.
    Due,
    /// The worker has the call.
    Committed,
    /// The worker is on the way.
    EnRoute,
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

impl Offer {
    /// When it is over unless it was answered.
    #[must_use]
    pub fn lapses_at(&self) -> Time {
        if planted!(StaleTimer) { Time(self.deadline.0 - 5_000) } else { self.deadline }
    }
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
        self.assignment.as_ref().filter(|a| a.state.is_live())
    }

    /// The assignment, from its reservation to the end of the work.
    #[must_use]
    pub fn holder(&self) -> Option<&Assignment> {
        self.assignment.as_ref().filter(|a| a.state != AssignmentState::Finished)
    }

    /// The worker who is reserved for the appointment.
    #[must_use]
    pub fn reserved(&self) -> Option<WorkerId> {
        let reserved =
            |a: &&Assignment| matches!(a.state, AssignmentState::Reserved | AssignmentState::Due);
        self.assignment.as_ref().filter(reserved).map(|a| a.worker)
    }

    /// The question to several that is out.
    #[must_use]
    pub fn live_broadcast(&self) -> Option<&Broadcast> {
        self.broadcast.as_ref().filter(|b| !b.over)
    }

    /// The stage of the plan it is in.
    #[must_use]
    pub fn stage<'a>(&self, profile: &'a Profile) -> Option<&'a Stage> {
        profile.stage(self.search.stage)
    }

    /// Whether workers may take it by themselves now.
    #[must_use]
    pub fn is_claimable(&self, profile: &Profile) -> bool {
        self.phase == Phase::Open
            && self.held_until.is_none()
            && self.stage(profile).is_some_and(Stage::is_claimable)
    }

    /// The whole won that its charge takes: the price (fixed), or the fare once it is reported (metered), less the coupon.
    #[must_use]
    pub fn charge(&self, profile: &Profile) -> Option<Won> {
        use super::profile::Price;
        let rule = profile.payment?;
        let known = rule.price == Price::Fixed || self.outcome.is_some();
        let cost = self.cost.filter(|_| known)?;
        Some(Won((cost.0 - self.money.discount.0).max(0)))
    }

    /// The product it asks for and how many, by the profile's stock rule.
    #[must_use]
    pub fn goods<'a>(&'a self, profile: &Profile) -> Option<(&'a str, u32)> {
        let rule = profile.stock.as_ref()?;
        let product = self.fields.get(&rule.product)?;
        let qty = self.fields.get(&rule.quantity).map_or(Some(1), |qty| qty.parse().ok())?;
        Some((product, qty))
    }

    /// The goods it still needs, how many, and whether it was refused them; otherwise they are being asked for.
    #[must_use]
    pub fn needs_goods<'a>(&'a self, profile: &Profile) -> Option<(&'a str, u32, bool)> {
        let (i, spec) = profile.reserve()?;
        let step = self.steps.get(i).filter(|step| step.effect == Effect::None)?;
        let waits = matches!(self.phase, Phase::Open | Phase::Scheduled | Phase::Assigned)
            && spec.position == Position::AfterOpen;
        let refused = match step.state {
            StepState::Denied { .. } if waits => true,
            StepState::Waiting { .. } if !self.is_undoing() => false,
            StepState::Idle if step.out.is_some() => false,
            _ => return None,
        };
        self.goods(profile).map(|(product, qty)| (product, qty, refused))
    }

    /// The amount that step `i` gives back; none: it is a step of the profile.
    #[must_use]
    pub fn refund_of(&self, profile: &Profile, i: usize) -> Option<Won> {
        i.checked_sub(profile.steps.len()).and_then(|i| self.refunds.get(i)).copied()
    }

    /// What may still be given back: neither given back yet nor promised to be.
    #[must_use]
    pub fn refundable(&self, profile: &Profile) -> Won {
        let refunds = self.steps.iter().skip(profile.steps.len()).zip(&self.refunds);
        let promised = refunds
            .filter(|(step, _)| !matches!(step.state, StepState::Done | StepState::Waived))
            .fold(0_i64, |sum, (_, won)| sum.saturating_add(won.0));
        Won(self.money.kept().0.saturating_sub(promised).max(0))
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
            Phase::Open | Phase::Scheduled | Phase::Assigned | Phase::InService => {
                self.step_wants(profile)
            }
            Phase::Unwinding | Phase::Canceled | Phase::Unfilled | Phase::Rejected => {
                self.undo_want(profile).into_iter().collect()
            }
            Phase::Completed => self.refund_wants(profile),
            Phase::Received => Vec::new(),
        }
    }

    /// The refunds of a completed call that are still to be made.
    fn refund_wants(&self, profile: &Profile) -> Vec<Want> {
        let lost = if planted!(RefundLost) { usize::MAX } else { profile.steps.len() };
        let refunds = self.steps.iter().enumerate().skip(lost);
        refunds.filter_map(|(i, step)| forward(i, step)).collect()
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
            Phase::Completed => {
                self.steps.iter().all(|step| step.out.is_none())
                    && self.refund_wants(profile).is_empty()
                    && !self.has_denied_refund(profile)
            }
            _ => self.is_unwound(profile),
        }
    }

    /// Whether a refund was refused and nobody has decided what now.
    #[must_use]
    pub fn has_denied_refund(&self, profile: &Profile) -> bool {
        let mut refunds = self.steps.iter().skip(profile.steps.len());
        refunds.any(|step| matches!(step.state, StepState::Denied { .. }))
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
            Phase::Open => {
                match (self.held_until, self.search.dispatch_at, &self.offer, assign_delay) {
                    (Some(until), _, _, _) | (None, Some(until), _, _) => earliest(until),
                    (None, None, Some(offer), _) => earliest(offer.lapses_at()),
                    (None, None, None, Some(delay))
                        if self.search.fresh && !self.is_matched(profile) =>
                    {
                        earliest(self.search.fresh_at.plus(delay));
                    }
                    (None, None, None, Some(_)) => {
                        if let Some(broadcast) = self.live_broadcast() {
                            earliest(broadcast.deadline);
                        }
                    }
                    _ => {}
                }
                if let Some(at) = self.told_next(profile) {
                    earliest(at);
                }
            }
            Phase::Scheduled => {
                if let Some(at) = self.reservation_due(profile) {
                    earliest(at);
                }
            }
            _ => {}
        }
        first
    }

    /// When the customer is told next that nobody has the call yet; none: not any more.
    #[must_use]
    pub fn told_next(&self, profile: &Profile) -> Option<Time> {
        let repeat = profile.still_searching()?;
        if self.phase != Phase::Open || self.held_until.is_some() || self.search.told >= repeat.most
        {
            return None;
        }
        let spans = u64::from(self.search.told) + 1;
        Some(self.searched_from(profile).plus(Millis(repeat.every_ms.0.saturating_mul(spans))))
    }

    /// How many of the intervals at which the customer is told that nobody has the call yet are over, as far as they
    /// count.
    #[must_use]
    pub fn intervals_over(&self, repeat: Repeat, profile: &Profile, now: Time) -> u32 {
        let span = now.since(self.searched_from(profile)).0;
        let over = span.checked_div(repeat.every_ms.0).unwrap_or(0);
        u32::try_from(over).unwrap_or(u32::MAX).min(repeat.most)
    }

    /// Since when somebody is searched: for an appointment not before its time has come.
    fn searched_from(&self, profile: &Profile) -> Time {
        let begun = self.search.begun_at;
        self.window.map_or(begun, |window| window.dispatch_at(profile).max(begun))
    }

    /// When a reserved call's worker is to be committed; once that is due, when the appointment is missed.
    #[must_use]
    pub fn reservation_due(&self, profile: &Profile) -> Option<Time> {
        let window = self.window?;
        match self.assignment.as_ref()?.state {
            AssignmentState::Reserved => Some(window.dispatch_at(profile)),
            AssignmentState::Due => Some(window.from),
            _ => None,
        }
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
            && self.search.dispatch_at.is_none()
            && self.offer.is_none()
            && self.stage(profile).is_some_and(Stage::is_automatic)
    }

    /// Where its work ends, when that is known to be another place.
    #[must_use]
    pub fn destination(&self, profile: &Profile) -> Option<Point> {
        let field = profile.dispatch.destination.as_ref()?;
        self.fields.get(field)?.parse().ok()
    }

    /// Whether it is looked at together with the others that wait, from time to time.
    #[must_use]
    pub fn is_matched(&self, profile: &Profile) -> bool {
        let auto = matches!(self.stage(profile), Some(Stage::Auto { .. }));
        auto && profile.dispatch.matched().is_some() && self.is_searching(profile)
    }

    /// When the search does something by time alone, on the search's own clock.
    #[must_use]
    pub fn search_due(&self, profile: &Profile) -> Option<Time> {
        let waits = self.held_until.is_some() || self.search.dispatch_at.is_some();
        if self.phase != Phase::Open || waits {
            return None;
        }
        self.stage_ends(profile).into_iter().chain(self.search_ends(profile)).min()
    }

    /// When the search is given up, on the search's clock; none: where nobody is searched nobody can be found too late.
    #[must_use]
    pub fn search_ends(&self, profile: &Profile) -> Option<Time> {
        let needs_nobody = matches!(self.stage(profile), Some(Stage::None { .. }));
        (!needs_nobody).then_some(self.search.ends_at)
    }

    /// When the current stage of the plan is over, on the search's clock; none: not by time.
    #[must_use]
    pub fn stage_ends(&self, profile: &Profile) -> Option<Time> {
        if self.search.exhausted {
            return None;
        }
        match profile.plan.get(usize::from(self.search.stage))? {
            Stage::Auto { for_ms, .. } | Stage::Offer { for_ms, .. } | Stage::Claim { for_ms } => {
                for_ms.map(|ms| self.search.stage_at.plus(ms))
            }
            Stage::None { promise_ms, .. } => Some(self.search.stage_at.plus(*promise_ms)),
            Stage::Broadcast { .. } | Stage::Manual { .. } => None,
        }
    }

    /// Its place among those that wait: urgent first, then oldest.
    #[must_use]
    pub fn rank(&self) -> Rank {
        (std::cmp::Reverse(self.priority), self.received_at, self.id)
    }
}

impl AssignmentState {
    /// Whether it binds the worker now.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(self, Self::Committed | Self::EnRoute | Self::Arrived | Self::Working)
    }
}

impl Window {
    /// When somebody for this appointment is searched, or the one who is reserved committed.
    #[must_use]
    pub fn dispatch_at(self, profile: &Profile) -> Time {
        Time(self.from.0.saturating_sub_unsigned(profile.appointment.lead_ms.0))
    }

    /// Whether it is too early for its worker to be committed.
    #[must_use]
    pub fn is_far(self, profile: &Profile, now: Time) -> bool {
        self.dispatch_at(profile) > now
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
