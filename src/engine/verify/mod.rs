//! The independent checker behind `ascall verify` and the simulator: it reads a journal record by
//! record through a model and tables of its own, and says which rule of the book was broken where.
//!
//! It answers no question about how the desk decides; it recomputes what must be true of the result.
//! A rule here is written so that a journal that keeps the design never breaks it: where the design
//! leaves a choice, both are accepted, and `rule.rs` holds the sentence that is really checked.
//!
//! Invariant: reading never fails and never stops; after a fault the model follows the journal, so
//! that one defect does not hide the next. Memory is bounded by the calls alive, the workers, members
//! and products, the notices not yet sent, a dozen bytes per call of the past and as many per number of
//! a client's own, and the keys of a day.
//! Must not know `decide`, `evolve`, `World` or the views: of the domain it imports only types.

mod appointments;
mod assignments;
mod attention;
mod breakers;
mod broadcasts;
mod calls;
mod facts;
mod keys;
mod members;
mod model;
mod money;
mod notices;
mod offers;
mod participants;
mod privacy;
mod quiet;
mod recall;
mod reception;
mod record_end;
mod register;
mod rounds;
mod rule;
mod search;
mod steps;
mod stock;
mod table;
mod workers;

#[cfg(test)]
mod tests;

pub use facts::{BreakerFacts, CallFacts, MemberFacts, StepFacts, StockFacts, WorkerFacts};
pub use model::{CallMoney, Progress, StepState};
pub use quiet::Quiet;
pub use rule::{FAULTS_MAX, Fault, Report, Rule, RuleCount};

use crate::domain::event::{Actor, Event, Mode, Record, TelDigest, call_of};
use crate::domain::ids::{CallId, OfferId, ProfileId, Seq, Time, WorkerId};
use crate::domain::profile::Profile;
use attention::Attentions;
use breakers::Participants;
use broadcasts::{Broadcast, Over};
use keys::Keys;
use members::Members;
use model::{Offer, Stopped, Worker};
use money::Ledger;
use notices::Notices;
use register::{Calls, Counter};
use rule::Log;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use stock::Shelf;

/// Reads a journal and keeps what its rules need.
///
/// ```
/// use ascall_engine::verify::{Checker, Quiet};
///
/// let report = Checker::new().finish(Quiet::No);
/// assert!(report.is_clean());
/// ```
#[derive(Debug)]
pub struct Checker {
    log: Log,
    records: u64,
    events: u64,
    seq: Seq,
    at: Time,
    /// The first event was read.
    opened: bool,
    profiles: BTreeMap<ProfileId, Arc<Profile>>,
    participants: Participants,
    calls: Calls,
    workers: BTreeMap<WorkerId, Worker>,
    touched_workers: BTreeSet<WorkerId>,
    offers: BTreeMap<OfferId, Offer>,
    /// Offers accepted in the record being read, to become assignments in it.
    accepted: BTreeMap<OfferId, Offer>,
    broadcasts: BTreeMap<OfferId, Broadcast>,
    /// Broadcasts that ended in the record being read.
    broadcasts_over: Vec<Over>,
    ledger: Ledger,
    stock: BTreeMap<String, Shelf>,
    members: Members,
    /// Marks of the client's own numbers that are taken.
    references: BTreeSet<u64>,
    /// How many calls each line had.
    counted: BTreeMap<String, u64>,
    /// Names under which workers came along by themselves.
    handles: BTreeSet<TelDigest>,
    notices: Notices,
    attentions: Attentions,
    keys: Keys,
    ids: Counters,
    assign: Mode,
    /// How long `assign` has been stopped.
    stopped: Stopped,
    /// Facts of ended calls that nobody has taken yet; none: they are not kept.
    kept: Option<BTreeMap<CallId, CallFacts>>,
}

/// The counters of every kind of id.
#[derive(Debug, Default)]
struct Counters {
    calls: Counter,
    workers: Counter,
    offers: Counter,
    attentions: Counter,
    subjects: Counter,
    profiles: Counter,
    participants: Counter,
    members: Counter,
}

/// What the events of one record have in common.
#[derive(Debug, Clone, Copy)]
struct Ctx<'a> {
    seq: Seq,
    at: Time,
    actor: &'a Actor,
    has_reason: bool,
}

impl Ctx<'_> {
    /// Whether a person at the desk did it, and said why.
    fn is_reasoned_operator(&self) -> bool {
        self.is_operator() && self.has_reason
    }

    fn is_operator(&self) -> bool {
        matches!(self.actor, Actor::Operator(name) if !name.trim().is_empty())
    }
}

impl Default for Checker {
    fn default() -> Self {
        Self::new()
    }
}

impl Checker {
    /// A checker that has read nothing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            log: Log::new(),
            records: 0,
            events: 0,
            seq: Seq(0),
            at: Time(i64::MIN),
            opened: false,
            profiles: BTreeMap::new(),
            participants: Participants::default(),
            calls: Calls::default(),
            workers: BTreeMap::new(),
            touched_workers: BTreeSet::new(),
            offers: BTreeMap::new(),
            accepted: BTreeMap::new(),
            broadcasts: BTreeMap::new(),
            broadcasts_over: Vec::new(),
            ledger: Ledger::default(),
            stock: BTreeMap::new(),
            members: Members::default(),
            references: BTreeSet::new(),
            counted: BTreeMap::new(),
            handles: BTreeSet::new(),
            notices: Notices::default(),
            attentions: Attentions::default(),
            keys: Keys::default(),
            ids: Counters::default(),
            assign: Mode::Running,
            stopped: Stopped::default(),
            kept: None,
        }
    }

    /// A checker that also keeps the facts of ended calls until [`Checker::take_ended`] hands them
    /// out, so that views can be compared row by row. Memory grows with what is not taken.
    #[must_use]
    pub fn keeping_ended() -> Self {
        Self { kept: Some(BTreeMap::new()), ..Self::new() }
    }

    /// Reads the next record.
    pub fn record(&mut self, record: &Record) {
        let head = self.seq;
        self.log.seq = record.seq;
        self.log.check(Rule::J1, record.seq == head.next(), || {
            format!("record {} follows {head}", record.seq)
        });
        self.log.check(Rule::J1, record.causation.is_none_or(|c| c < record.seq), || {
            format!("record {} names a cause that comes after it", record.seq)
        });
        let before = self.at;
        self.log.check(Rule::T1, record.at >= before, || {
            format!("time goes from {} back to {}", before.0, record.at.0)
        });
        (self.seq, self.at) = (record.seq, before.max(record.at));
        self.records += 1;
        self.events += record.events.len() as u64;
        self.calls.sweep(self.at);
        self.keys.bind(&mut self.log, record);
        privacy::scan(&mut self.log, record, &self.profiles);

        let ctx = Ctx {
            seq: record.seq,
            at: record.at,
            actor: &record.actor,
            has_reason: record.reason.as_deref().is_some_and(|r| !r.trim().is_empty()),
        };
        self.check_actor(ctx);
        for event in &record.events {
            self.event(ctx, event);
        }
        self.end_record(ctx, record.events.len());
    }

    /// Checks what must hold at the end of the journal, and reports.
    ///
    /// [`Quiet::Yes`] says that faults were off and everything had time to settle: only then are
    /// the rules of liveness looked at. The checker can go on reading afterwards.
    pub fn finish(&mut self, quiet: Quiet) -> Report {
        self.log.seq = self.seq;
        self.check_quiet(quiet);
        Report {
            records: self.records,
            events: self.events,
            calls: self.calls.received,
            fault_count: self.log.fault_count,
            faults: self.log.faults.clone(),
            rules: self.log.counts(),
        }
    }

    /// Faults found so far.
    #[must_use]
    pub fn fault_count(&self) -> u64 {
        self.log.fault_count
    }

    /// The first faults found so far, at most [`FAULTS_MAX`].
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.log.faults
    }

    /// The newest record that was read; 0: none.
    #[must_use]
    pub fn head(&self) -> Seq {
        self.seq
    }

    fn check_actor(&mut self, ctx: Ctx<'_>) {
        let known = match ctx.actor {
            // A participant may be set by the very record, and so may a worker: those have no actor.
            Actor::Participant(id) => self.participants.by_id.contains_key(id),
            Actor::Worker(id) => self.workers.contains_key(id),
            Actor::Operator(_) | Actor::Customer | Actor::Clock => true,
        };
        self.log.check(Rule::I9, known, || format!("nobody knows the actor {:?}", ctx.actor));
    }

    fn event(&mut self, ctx: Ctx<'_>, event: &Event) {
        let is_first = matches!(event, Event::DeskOpened { .. });
        let is_start = !std::mem::replace(&mut self.opened, true);
        self.log.check(Rule::J1, is_first == is_start, || {
            if is_first {
                "the desk is opened again".to_owned()
            } else {
                "the journal does not begin with the desk's opening".to_owned()
            }
        });
        self.take(ctx, event);
        if let Some(c) = call_of(event).and_then(|call| self.calls.known.get_mut(&call))
            && !matches!(event, Event::NobodyFound { .. })
        {
            c.heard_at = ctx.at;
        }
        self.expect_notices(event);
    }

    /// Hands the event to the rules it concerns. Every kind of event has its place.
    fn take(&mut self, ctx: Ctx<'_>, event: &Event) {
        match event {
            Event::DeskOpened { .. } | Event::Revealed { .. } | Event::QueueSwept => {}
            Event::ClockStepped { by_ms } => self.clock_stepped(*by_ms),
            Event::ProfileAdopted { profile, spec } => self.profile_adopted(*profile, spec),
            Event::AssignModeSet { mode } => self.assign_mode_set(ctx, *mode),
            Event::RoundHeld { profile, again } => self.round_held(ctx, *profile, *again),
            Event::ParticipantSet { .. }
            | Event::ParticipantModeSet { .. }
            | Event::BreakerMoved { .. } => self.participant_event(ctx, event),
            Event::StepAsked { .. }
            | Event::StepAnswered { .. }
            | Event::StepWaived { .. }
            | Event::StepSettled { .. }
            | Event::StepRetried { .. } => self.step_event(ctx, event),
            Event::WorkerAdded { .. } | Event::DutySet { .. } | Event::PositionsKept { .. } => {
                self.worker_event(event);
            }
            Event::OfferSent { .. }
            | Event::OfferAccepted { .. }
            | Event::OfferDeclined { .. }
            | Event::OfferExpired { .. }
            | Event::OfferWithdrawn { .. } => self.offer_event(ctx, event),
            Event::BroadcastSent { .. } | Event::BroadcastOver { .. } => {
                self.broadcast_event(ctx, event);
            }
            Event::AssignmentReserved { .. }
            | Event::ReservationDue { .. }
            | Event::CallRescheduled { .. } => self.appointment_event(ctx, event),
            Event::AssignmentCommitted { .. }
            | Event::AssignmentReleased { .. }
            | Event::WorkerEnRoute { .. }
            | Event::WorkerArrived { .. }
            | Event::WorkStarted { .. }
            | Event::WorkFinished { .. }
            | Event::WorkAborted { .. } => self.assignment_event(ctx, event),
            Event::StageEntered { .. }
            | Event::PlanExhausted { .. }
            | Event::NobodyFound { .. }
            | Event::DispatchDue { .. }
            | Event::StillSearching { .. }
            | Event::CallHeld { .. }
            | Event::HoldEnded { .. } => self.search_event(ctx, event),
            Event::MoneyMoved { .. } | Event::CouponGranted { .. } | Event::CouponUsed { .. } => {
                self.money_event(event);
            }
            Event::StockMoved { .. } => self.stock_event(event),
            Event::MemberAdded { .. } | Event::MemberChanged { .. } => self.member_event(event),
            Event::NoticeIssued { .. }
            | Event::WorkersTold { .. }
            | Event::NoticeSuppressed { .. }
            | Event::NoticeAccepted { .. }
            | Event::NoticeDelivered { .. }
            | Event::NoticeFailed { .. }
            | Event::NoticeResent { .. } => self.notice_event(ctx, event),
            Event::AttentionRaised { .. }
            | Event::AttentionTaken { .. }
            | Event::AttentionDone { .. } => self.attention_event(ctx, event),
            Event::CallRecalled { .. } => self.recalled(event),
            Event::CallRated { .. } | Event::DispositionSet { .. } | Event::RefundAsked { .. } => {
                self.aftermath_event(ctx, event);
            }
            Event::CallReceived { .. }
            | Event::CallParked { .. }
            | Event::CallResumed { .. }
            | Event::CallOpened { .. }
            | Event::CallUnwinding { .. }
            | Event::CallEnded { .. }
            | Event::CallClosing { .. }
            | Event::CallCompleted { .. }
            | Event::CallAmended { .. }
            | Event::PrioritySet { .. }
            | Event::NoteAdded { .. } => self.call_event(ctx, event),
        }
    }
}
