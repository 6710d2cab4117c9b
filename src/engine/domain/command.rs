//! What can be asked of the desk.
//!
//! Invariant: a command carries everything its decision needs from outside (digests, resolved places), so that deciding
//! is pure. Personal data travels in [`Contact`] and [`Person`] only, and ends in subject rows, never in events.

use super::breaker::{BreakerSettings, Order as BreakerOrder};
use super::call::Call;
use super::event::{
    Actor, Card, Duty, Mode, NoticeKey, Op, Outcome, ParticipantKind, Said, SettledBy, Spot,
    TelDigest, WorkOutcome,
};
use super::geo::Point;
use super::ids::{
    AttentionId, CallId, MemberId, Millis, OfferId, ParticipantId, Seq, SubjectId, Time, Won,
    WorkerId,
};
use super::phase::Phase;
use super::profile::{Lang, Profile};
use super::trace::Trace;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A command with who asks it and under which key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Who asks.
    pub actor: Actor,
    /// The client's idempotency key.
    pub key: Option<String>,
    /// Why, in the asker's words.
    pub reason: Option<String>,
    /// The record whose work this answers.
    pub causation: Option<Seq>,
    /// The state of a call that the asker knows, by the newest record that spoke of it then; when another one has since,
    /// nothing is done.
    pub seen: Option<(CallId, Seq)>,
    /// The trace of the request that it came with.
    pub trace: Option<Trace>,
    /// What is asked.
    pub command: Command,
}

impl Order {
    /// A command by an operator, without a key.
    #[must_use]
    pub fn by_operator(name: &str, command: Command) -> Self {
        Self {
            actor: Actor::Operator(name.to_owned()),
            key: None,
            reason: None,
            causation: None,
            seen: None,
            trace: None,
            command,
        }
    }

    /// A command of the desk's own.
    #[must_use]
    pub fn by_clock(command: Command) -> Self {
        Self {
            actor: Actor::Clock,
            key: None,
            reason: None,
            causation: None,
            seen: None,
            trace: None,
            command,
        }
    }
}

/// What a person outside is known by. Never in an event.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Person {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The phone number, canonical digits or as typed when not recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tel: Option<String>,
    /// The address as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The payment provider's token of a stored card; never a card number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<String>,
}

impl Person {
    /// This person with what `change` names replaced.
    #[must_use]
    pub fn amended(self, change: Self) -> Self {
        Self {
            name: change.name.or(self.name),
            tel: change.tel.or(self.tel),
            address: change.address.or(self.address),
            card: change.card.or(self.card),
        }
    }
}

/// A person together with what may be journalled of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contact {
    /// The personal data.
    pub person: Person,
    /// The digest of the number.
    pub digest: Option<TelDigest>,
    /// Whether notices can reach the number.
    pub reachable: bool,
}

/// A request for a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCall {
    /// The service line, by name: its newest version is taken.
    pub profile: String,
    /// Who calls.
    pub contact: Contact,
    /// The skill needed.
    pub kind: Option<String>,
    /// Where.
    pub spot: Option<Spot>,
    /// Price or estimate.
    pub cost: Option<Won>,
    /// 0 low, 1 normal, 2 high, 3 urgent.
    pub priority: u8,
    /// The profile's other fields.
    pub fields: BTreeMap<String, String>,
    /// The language the customer is told in.
    pub lang: Lang,
    /// The call this one follows up.
    pub parent: Option<CallId>,
    /// The member who calls; none: whoever is a member under this number, if anybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The begin of the appointment asked for; none: as soon as possible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit: Option<Time>,
}

/// What is to be known of a member.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MemberCard {
    /// Name, number and card token.
    pub contact: Contact,
    /// What may be journalled of the card.
    pub card: Option<Card>,
    /// The friend who is told of rides.
    pub friend: Option<Contact>,
}

/// A request for a worker to be known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewWorker {
    /// Who it is.
    pub contact: Contact,
    /// The services served; empty: any.
    pub services: Vec<String>,
    /// What the worker can do.
    pub skills: Vec<String>,
    /// Where the worker starts from.
    pub home: Option<Point>,
    /// On shift at once, or not yet.
    pub duty: Duty,
    /// A worker who comes along by themselves: the digest of the name they give. Known already, it is the same worker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<TelDigest>,
}

/// What changes in a call. Only what is named changes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Amendment {
    /// The new place, with the address as typed.
    pub spot: Option<(Spot, String)>,
    /// The new number.
    pub contact: Option<Contact>,
    /// The new skill.
    pub kind: Option<String>,
    /// The new price or estimate.
    pub cost: Option<Won>,
}

/// An answer from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The call.
    pub call: CallId,
    /// The step, from 0.
    pub step: u8,
    /// What had been asked.
    pub op: Op,
    /// The group of the key.
    pub group: u32,
    /// The request it answers.
    pub attempt: u32,
    /// What came of it.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Millis,
}

/// What became of sending a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Which notice.
    pub notice: NoticeKey,
    /// Which try, from 1.
    pub attempt: u32,
    /// What came of it.
    pub came: Came,
}

/// What came of one try of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// Its transport has it.
    Taken(Said),
    /// A provider has it and does not know yet what becomes of it: to be asked under this reference.
    Accepted {
        /// The provider's own number for it.
        reference: String,
    },
    /// Not this time.
    Failed {
        /// What was answered.
        said: Said,
        /// It asks not to be tried again before this.
        wait: Option<Millis>,
    },
    /// Never by this way.
    Refused(Said),
}

/// Everything that can be asked of the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Make a new journal a desk.
    OpenDesk {
        /// The seed of every choice that looks random.
        seed: u64,
    },
    /// Note that the clock stepped.
    StepClock {
        /// Milliseconds forward or back.
        by_ms: i64,
    },
    /// Take a profile, when the newest one of its name differs.
    AdoptProfile(Box<Profile>),
    /// Say who answers for a name. A name without a word is local.
    SetParticipant {
        /// The name.
        name: String,
        /// Who answers.
        kind: ParticipantKind,
        /// How it is protected.
        breaker: BreakerSettings,
        /// At most this many requests at once.
        bulkhead: u32,
    },
    /// Stop, start, slow or fail a local participant, or `assign`.
    SetMode {
        /// The participant's name, or `assign`.
        name: String,
        /// How it behaves from now on.
        mode: Mode,
    },
    /// Set a breaker by hand.
    ForceBreaker {
        /// The participant's name.
        name: String,
        /// To what.
        to: BreakerOrder,
    },

    /// Take a call.
    RequestCall(NewCall),
    /// Call it off.
    CancelCall {
        /// The call.
        call: CallId,
        /// Against the profile's rule, until it is in service.
        force: bool,
    },
    /// Change what was asked for.
    AmendCall {
        /// The call.
        call: CallId,
        /// What changes.
        change: Amendment,
    },
    /// Change how urgent it is.
    SetPriority {
        /// The call.
        call: CallId,
        /// 0 low, 1 normal, 2 high, 3 urgent.
        priority: u8,
    },
    /// Leave it alone until then.
    HoldCall {
        /// The call.
        call: CallId,
        /// Until when.
        until: Time,
    },
    /// Take its worker off it before work, or end its hold.
    ReleaseCall {
        /// The call.
        call: CallId,
        /// The worker did not come.
        no_show: bool,
    },
    /// A worker takes it from the open list.
    ClaimCall {
        /// The call.
        call: CallId,
        /// The worker.
        worker: WorkerId,
        /// The begin of the appointment; none: the one asked for, or now.
        at: Option<Time>,
    },
    /// Its appointment is another one.
    Reschedule {
        /// The call.
        call: CallId,
        /// Its new begin.
        at: Time,
    },
    /// Give back a part of what was captured, or all of what is left.
    RefundCall {
        /// The completed call.
        call: CallId,
        /// How much; none: all of it.
        won: Option<Won>,
    },
    /// The customer says how it was. Once.
    RateCall {
        /// The completed call.
        call: CallId,
        /// 1 to 5.
        stars: u8,
        /// In words.
        text: Option<String>,
    },
    /// Say how the work ended.
    SetDisposition {
        /// The call, live or ended.
        call: CallId,
        /// By the profile's list.
        code: String,
    },
    /// Write something down about it.
    AddNote {
        /// The call.
        call: CallId,
        /// What.
        text: String,
    },
    /// A new call that follows up an ended one; the caller fills in what is to be the same.
    ReopenCall {
        /// The ended call.
        parent: CallId,
        /// The new call.
        new: NewCall,
    },
    /// Give it to a worker.
    AssignCall {
        /// The call.
        call: CallId,
        /// The worker.
        worker: WorkerId,
        /// Although the worker was excluded or lacks the skill.
        force: bool,
    },
    /// Give it to another worker.
    ReassignCall {
        /// The call.
        call: CallId,
        /// The other worker.
        worker: WorkerId,
        /// Although the worker was excluded or lacks the skill.
        force: bool,
    },
    /// The worker sets out.
    Depart {
        /// The call.
        call: CallId,
    },
    /// The worker is there.
    Arrive {
        /// The call.
        call: CallId,
    },
    /// Work begins.
    StartWork {
        /// The call.
        call: CallId,
    },
    /// Work is over.
    FinishWork {
        /// The call.
        call: CallId,
        /// What came of it.
        outcome: WorkOutcome,
        /// The price to be paid.
        fare: Option<Won>,
    },
    /// Work is broken off.
    AbortWork {
        /// The call.
        call: CallId,
    },
    /// A gate before completion is settled by hand.
    SettleCall {
        /// The call.
        call: CallId,
        /// How.
        by: SettledBy,
    },
    /// Let go of an undo.
    WaiveStep {
        /// The call.
        call: CallId,
        /// The step's name.
        step: String,
    },
    /// Try what waits again now.
    RetryCall {
        /// The call.
        call: CallId,
    },
    /// The worker says yes.
    AcceptOffer {
        /// The offer.
        offer: OfferId,
        /// Who says so; needed when several were asked.
        worker: Option<WorkerId>,
    },
    /// The worker says no.
    DeclineOffer {
        /// The offer.
        offer: OfferId,
        /// Who says so; needed when several were asked.
        worker: Option<WorkerId>,
    },

    /// Goods came in.
    ReceiveStock {
        /// What.
        product: String,
        /// How many.
        qty: u32,
    },
    /// Goods were lost, broken or miscounted.
    WriteOffStock {
        /// What.
        product: String,
        /// How many.
        qty: u32,
    },
    /// Know a member.
    AddMember(MemberCard),
    /// Know something else of a member.
    AmendMember {
        /// The member.
        member: MemberId,
        /// Only what is named changes.
        change: MemberCard,
    },

    /// Know a worker.
    AddWorker(NewWorker),
    /// On shift, off, break, suspended.
    SetDuty {
        /// The worker.
        worker: WorkerId,
        /// To what.
        duty: Duty,
        /// What happens to the call the worker has.
        current: Current,
    },
    /// Keep the last known places.
    KeepPositions,

    /// An answer from a participant.
    Answer(Answer),
    /// What became of sending notices.
    Deliveries(Vec<Delivery>),
    /// Send a notice again that was delivered or given up.
    ResendNotice {
        /// Which.
        notice: NoticeKey,
        /// The worker its sentence speaks of, as it was issued.
        worker: Option<WorkerId>,
    },
    /// Time has passed: do what is due.
    Tick,
    /// Look after an attention item.
    TakeAttention {
        /// The item.
        attention: AttentionId,
    },
    /// An attention item is dealt with.
    CloseAttention {
        /// The item.
        attention: AttentionId,
    },
    /// Personal data was shown unmasked.
    Reveal {
        /// By which verb.
        what: String,
    },
}

/// What happens to the call a worker has when the worker leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Current {
    /// Refuse when work has begun; release when it has not.
    #[default]
    Keep,
    /// Leave once it is done.
    Finish,
    /// Break it off.
    Abort,
}

/// A row of personal data to be written with the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowWrite {
    /// A new person.
    Subject(SubjectId, Person),
    /// What changed of a known one; the rest stays.
    Amend(SubjectId, Person),
    /// A note on a call, under the seq of its record.
    Note(Seq, String),
    /// A new person who is a known one but for what is named.
    Copy {
        /// The new subject.
        to: SubjectId,
        /// The known one.
        from: SubjectId,
        /// What differs.
        change: Person,
    },
}

/// What the desk says to an accepted command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The record; for a command that changed nothing, the newest one.
    pub seq: Seq,
    /// The call concerned.
    pub call: Option<CallId>,
    /// The worker concerned.
    pub worker: Option<WorkerId>,
    /// The participant concerned.
    pub participant: Option<ParticipantId>,
    /// The member concerned.
    pub member: Option<MemberId>,
    /// The same key was answered before; nothing was done.
    pub replayed: bool,
    /// How the call concerned stands now; none: whoever wants to know reads its row.
    pub stands: Option<Standing>,
}

/// How a call stands, in short: what a program is told that asked for it, without its row being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The how manyth call of its line it is.
    pub ordinal: u64,
    /// Where it stands.
    pub phase: Phase,
    /// When trying again makes sense, for a call that was sent away.
    pub retry_at: Option<Time>,
}

impl Standing {
    /// Of a call.
    #[must_use]
    pub fn of(call: &Call) -> Self {
        let retry_at = call.unwinding.and_then(|unwinding| unwinding.retry_at);
        Self { ordinal: call.ordinal, phase: call.phase, retry_at }
    }
}

impl Command {
    /// Its name, for counters.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::OpenDesk { .. } => "open_desk",
            Self::StepClock { .. } => "step_clock",
            Self::AdoptProfile(_) => "adopt_profile",
            Self::SetParticipant { .. } => "set_participant",
            Self::SetMode { .. } => "set_mode",
            Self::ForceBreaker { .. } => "force_breaker",
            Self::RequestCall(_) => "request_call",
            Self::CancelCall { .. } => "cancel_call",
            Self::AmendCall { .. } => "amend_call",
            Self::SetPriority { .. } => "set_priority",
            Self::HoldCall { .. } => "hold_call",
            Self::ReleaseCall { .. } => "release_call",
            Self::ClaimCall { .. } => "claim_call",
            Self::Reschedule { .. } => "reschedule",
            Self::RefundCall { .. } => "refund_call",
            Self::RateCall { .. } => "rate_call",
            Self::SetDisposition { .. } => "set_disposition",
            Self::AddNote { .. } => "add_note",
            Self::ReopenCall { .. } => "reopen_call",
            Self::AssignCall { .. } => "assign_call",
            Self::ReassignCall { .. } => "reassign_call",
            Self::Depart { .. } => "depart",
            Self::Arrive { .. } => "arrive",
            Self::StartWork { .. } => "start_work",
            Self::FinishWork { .. } => "finish_work",
            Self::AbortWork { .. } => "abort_work",
            Self::SettleCall { .. } => "settle_call",
            Self::WaiveStep { .. } => "waive_step",
            Self::RetryCall { .. } => "retry_call",
            Self::AcceptOffer { .. } => "accept_offer",
            Self::DeclineOffer { .. } => "decline_offer",
            Self::ReceiveStock { .. } => "receive_stock",
            Self::WriteOffStock { .. } => "write_off_stock",
            Self::AddMember(_) => "add_member",
            Self::AmendMember { .. } => "amend_member",
            Self::AddWorker(_) => "add_worker",
            Self::SetDuty { .. } => "set_duty",
            Self::KeepPositions => "keep_positions",
            Self::Answer(_) => "answer",
            Self::Deliveries(_) => "deliveries",
            Self::ResendNotice { .. } => "resend_notice",
            Self::Tick => "tick",
            Self::TakeAttention { .. } => "take_attention",
            Self::CloseAttention { .. } => "close_attention",
            Self::Reveal { .. } => "reveal",
        }
    }

    /// Whether it can still happen to a call of this phase that was forgotten: such a call is recalled.
    #[must_use]
    pub fn recalls(&self, phase: Phase) -> bool {
        match self {
            Self::SetDisposition { .. } => phase.is_terminal(),
            Self::RefundCall { .. }
            | Self::RateCall { .. }
            | Self::WaiveStep { .. }
            | Self::RetryCall { .. } => phase == Phase::Completed,
            _ => false,
        }
    }

    /// What it does to a call, as a participle: for refusals.
    #[must_use]
    pub fn participle(&self) -> &'static str {
        match self {
            Self::CancelCall { .. } => "canceled",
            Self::AmendCall { .. } => "amended",
            Self::SetPriority { .. } => "given a priority",
            Self::HoldCall { .. } => "held",
            Self::ReleaseCall { .. } => "released",
            Self::AssignCall { .. } => "assigned",
            Self::ReassignCall { .. } => "reassigned",
            Self::ClaimCall { .. } => "claimed",
            Self::Reschedule { .. } => "rescheduled",
            Self::RefundCall { .. } => "refunded",
            Self::RateCall { .. } => "rated",
            Self::Depart { .. } => "departed for",
            Self::Arrive { .. } => "arrived at",
            Self::StartWork { .. } => "started",
            Self::FinishWork { .. } => "finished",
            Self::AbortWork { .. } => "aborted",
            Self::SettleCall { .. } => "settled",
            Self::WaiveStep { .. } => "waived",
            Self::RetryCall { .. } => "retried",
            _ => "changed",
        }
    }
}
