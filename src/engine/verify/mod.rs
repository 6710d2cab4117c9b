//! The independent checker behind `ascall verify` and the simulator: it reads a journal record by
//! record through a model and tables of its own, and says which rule of the book was broken where.
//!
//! It answers no question about how the desk decides; it recomputes what must be true of the result.
//! A rule here is written so that a journal that keeps the design never breaks it: where the design
//! leaves a choice, both are accepted, and `rule.rs` holds the sentence that is really checked.
//!
//! Invariant: reading never fails and never stops; after a fault the model follows the journal, so
//! that one defect does not hide the next. Memory is bounded by the calls alive, the workers, the
//! notices not yet sent, one byte per call of the past, and the keys of a day.
//! Must not know `decide`, `evolve`, `World` or the views: of the domain it imports only types.

mod attention;
mod breakers;
mod calls;
mod facts;
mod keys;
mod model;
mod notices;
mod participants;
mod privacy;
mod quiet;
mod record_end;
mod rule;
mod steps;
mod table;
mod workers;

#[cfg(test)]
mod tests;

pub use facts::{BreakerFacts, CallFacts, StepFacts, WorkerFacts};
pub use model::StepState;
pub use quiet::Quiet;
pub use rule::{FAULTS_MAX, Fault, Report, Rule, RuleCount};

use crate::domain::event::{Actor, Event, Mode, Record};
use crate::domain::ids::{CallId, Millis, OfferId, ProfileId, Seq, Time, WorkerId};
use crate::domain::profile::Profile;
use attention::Attentions;
use breakers::Participants;
use keys::Keys;
use model::{Calls, Counter, Offer, Stopped, Worker};
use notices::Notices;
use rule::Log;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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
    notices: Notices,
    attentions: Attentions,
    keys: Keys,
    ids: Counters,
    assign: Mode,
    /// How long automation has been stopped.
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
        self.keys.bind(&mut self.log, record);
        privacy::scan(&mut self.log, record);

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
        match event {
            Event::DeskOpened { .. } | Event::Revealed { .. } | Event::QueueSwept => {}
            Event::ClockStepped { by_ms } => self.clock_stepped(*by_ms),
            Event::ProfileAdopted { profile, spec } => {
                self.ids.profiles.next(&mut self.log, "profile", u64::from(profile.0));
                self.profiles.insert(*profile, Arc::new(spec.clone()));
            }
            Event::AssignModeSet { mode } => self.assign_mode_set(ctx, *mode),
            Event::ParticipantSet { .. }
            | Event::ParticipantModeSet { .. }
            | Event::BreakerMoved { .. } => self.participant_event(ctx, event),
            Event::StepAsked { .. }
            | Event::StepAnswered { .. }
            | Event::StepWaived { .. }
            | Event::StepSettled { .. }
            | Event::StepRetried { .. } => self.step_event(ctx, event),
            Event::WorkerAdded { .. }
            | Event::DutySet { .. }
            | Event::PositionsKept { .. }
            | Event::OfferSent { .. }
            | Event::OfferAccepted { .. }
            | Event::OfferDeclined { .. }
            | Event::OfferExpired { .. }
            | Event::OfferWithdrawn { .. }
            | Event::AssignmentCommitted { .. }
            | Event::AssignmentReleased { .. }
            | Event::WorkerArrived { .. }
            | Event::WorkStarted { .. }
            | Event::WorkFinished { .. }
            | Event::WorkAborted { .. } => self.worker_event(ctx, event),
            Event::NoticeIssued { .. }
            | Event::NoticeSuppressed { .. }
            | Event::NoticeDelivered { .. }
            | Event::NoticeFailed { .. } => self.notice_event(ctx, event),
            Event::AttentionRaised { .. }
            | Event::AttentionTaken { .. }
            | Event::AttentionDone { .. } => self.attention_event(event),
            _ => self.call_event(ctx, event),
        }
        self.expect_notices(event);
    }

    fn assign_mode_set(&mut self, ctx: Ctx<'_>, mode: Mode) {
        self.assign = mode;
        match (self.stopped.since, mode) {
            (None, Mode::Stopped) => self.stopped.since = Some(ctx.at),
            (Some(since), now) if now != Mode::Stopped => {
                let total = self.stopped.total.0.saturating_add(ctx.at.since(since).0);
                self.stopped = Stopped { since: None, total: Millis(total) };
            }
            _ => {}
        }
    }
}
