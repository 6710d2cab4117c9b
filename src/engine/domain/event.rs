//! What is written in the journal: past facts, and the record that carries them.
//!
//! Invariant: everything `evolve` needs is in here; nothing in here names a person (subject ids and keyed digests only).
//! A kind or a field, once released, stays readable: new fields have defaults, and old shapes have an upcaster.

mod about;
mod delivery;
mod values;

pub use about::{call_of, workers_of};
pub use delivery::{BadNoticeName, NoticeName, Said};
pub use values::{
    About, Account, AssignedBy, Candidate, Card, Concern, Decision, Duty, FailKind, Line,
    MemberRef, Mode, MoneyMove, NoticeKey, Op, Outcome, ParkedWhy, ParticipantKind, SettledBy,
    Spot, StockMove, TelDigest, Verdict, Weighed, Why, Window, WorkOutcome,
};

use super::breaker::{BreakerSettings, Transition};
use super::call::Call;
use super::geo::Point;
use super::ids::{
    AttentionId, CallId, IncidentId, MemberId, Millis, OfferId, ParticipantId, ProfileId, Seq,
    SubjectId, Time, Won, WorkerId,
};
use super::phase::Target;
use super::profile::{Lang, Profile, Transport};
use super::trace::Trace;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One entry of the journal: what one command, or one passing of time, caused at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its place, dense from 1.
    pub seq: Seq,
    /// When it was decided. Never before the record before it.
    pub at: Time,
    /// Who caused it.
    pub actor: Actor,
    /// The idempotency key it was asked under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<BoundKey>,
    /// The record whose work this one answers (an outside answer names the record that asked).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation: Option<Seq>,
    /// The trace of the request it was asked with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Trace>,
    /// Why, in the words of the person who did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What happened, in order.
    pub events: Vec<Event>,
}

/// Who caused a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person at the desk, by the name they logged in with.
    Operator(String),
    /// A worker, answering for themselves.
    Worker(WorkerId),
    /// The customer.
    Customer,
    /// A participant's answer.
    Participant(ParticipantId),
    /// The passing of time.
    Clock,
}

/// An idempotency key together with what was asked under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundKey {
    /// The mark of the key the client gave ([`super::carry::key_mark`]).
    pub key: String,
    /// A hash per field of the command, to name what differs when the key comes again with another body.
    pub fields: Vec<(String, u32)>,
    /// The call that the client was told of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// The worker that the client was told of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<WorkerId>,
    /// The member that the client was told of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The first event of a journal.
    DeskOpened {
        /// The seed of every choice that looks random.
        seed: u64,
    },
    /// The machine's clock stepped by more than a minute.
    ClockStepped {
        /// Milliseconds forward (positive) or back.
        by_ms: i64,
    },
    /// A version of a profile is known from here on.
    ProfileAdopted {
        /// The version's number.
        profile: ProfileId,
        /// All of it.
        spec: Box<Profile>,
    },
    /// A participant is known from here on, or answers differently.
    ParticipantSet {
        /// The participant.
        participant: ParticipantId,
        /// Its name: that of the steps it answers.
        name: String,
        /// Who answers.
        kind: ParticipantKind,
        /// How it is protected.
        breaker: BreakerSettings,
        /// At most this many requests at once.
        bulkhead: u32,
    },
    /// A local participant behaves differently from here on.
    ParticipantModeSet {
        /// The participant.
        participant: ParticipantId,
        /// How.
        mode: Mode,
    },
    /// The stage `assign` behaves differently from here on.
    AssignModeSet {
        /// How.
        mode: Mode,
    },
    /// After `assign` came back, every waiting call was looked at.
    QueueSwept,
    /// The calls that wait under a profile were looked at together.
    RoundHeld {
        /// The profile.
        profile: ProfileId,
        /// When they are looked at again although nothing has changed, because a call waits for somebody who would be
        /// late then; none: only a change brings the next round.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again: Option<Time>,
    },
    /// A breaker moved, by itself or by an operator's order (the transition says which).
    BreakerMoved {
        /// Whose.
        participant: ParticipantId,
        /// From where to where, with the numbers.
        transition: Transition,
        /// The incident that this opens, belongs to or closes.
        incident: Option<IncidentId>,
    },

    /// A call was taken.
    CallReceived {
        /// The call.
        call: CallId,
        /// Its profile version, for its whole life.
        profile: ProfileId,
        /// Whose call.
        subject: SubjectId,
        /// The number's digest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tel: Option<TelDigest>,
        /// Whether the customer can be told anything under that number.
        reachable: bool,
        /// The skill it asks for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
        /// Where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        spot: Option<Spot>,
        /// The price or estimate.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cost: Option<Won>,
        /// 0 low, 1 normal, 2 high, 3 urgent.
        priority: u8,
        /// The profile's other fields.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<String, String>,
        /// The language the customer is told in.
        lang: Lang,
        /// The call it follows up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<CallId>,
        /// The member who calls, as known at the moment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        member: Option<MemberRef>,
        /// The appointment asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        window: Option<Window>,
        /// A mark of what was asked under the client's own number: the same request again has the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked: Option<u64>,
        /// The how manyth call of its line it is, whatever the version; 0 in records from before these were counted.
        #[serde(default, skip_serializing_if = "is_zero")]
        ordinal: u64,
    },
    /// An ended call is taken up again for something that may still happen to it (a refund, a rating, a disposition):
    /// the call as it stood.
    CallRecalled {
        /// All of it.
        call: Box<Call>,
    },
    /// A participant is asked; the request may leave once this is durable.
    StepAsked {
        /// The call.
        call: CallId,
        /// The step of its profile, from 0.
        step: u8,
        /// What is asked.
        op: Op,
        /// The group of the request's key `call/step/group`.
        group: u32,
        /// Counts every request of this step, whatever it asked.
        attempt: u32,
        /// When it is given up.
        deadline: Time,
        /// When a slow local participant will have the answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer_at: Option<Time>,
        /// The breaker generation it was let out under.
        generation: u64,
        /// It is a probe of a half-open breaker.
        #[serde(default, skip_serializing_if = "is_false")]
        probe: bool,
    },
    /// A participant answered, or its deadline passed.
    StepAnswered {
        /// The call.
        call: CallId,
        /// The step.
        step: u8,
        /// What had been asked.
        op: Op,
        /// The group.
        group: u32,
        /// The request this answers.
        attempt: u32,
        /// What came of it.
        outcome: Outcome,
        /// How long it took.
        took_ms: Millis,
        /// The request had already been given up.
        #[serde(default, skip_serializing_if = "is_false")]
        late: bool,
    },
    /// An operator let a step's undo go.
    StepWaived {
        /// The call.
        call: CallId,
        /// The step.
        step: u8,
    },
    /// An operator settled a gate before completion by hand.
    StepSettled {
        /// The call.
        call: CallId,
        /// The step.
        step: u8,
        /// How.
        by: SettledBy,
    },
    /// An operator has a step tried again now.
    StepRetried {
        /// The call.
        call: CallId,
        /// The step.
        step: u8,
    },
    /// The gate could not be asked or did not answer; the call waits.
    CallParked {
        /// The call.
        call: CallId,
        /// Why.
        why: ParkedWhy,
    },
    /// A parked call has its turn.
    CallResumed {
        /// The call.
        call: CallId,
    },
    /// The gates have passed.
    CallOpened {
        /// The call.
        call: CallId,
    },
    /// The search goes on by another stage of the plan.
    StageEntered {
        /// The call.
        call: CallId,
        /// The stage, from 0.
        stage: u8,
    },
    /// The plan is over and nobody has the call.
    PlanExhausted {
        /// The call.
        call: CallId,
    },
    /// Nobody suited; the call waits for a worker.
    NobodyFound {
        /// The call.
        call: CallId,
        /// What was considered.
        decision: Decision,
    },
    /// The time has come to find a worker for an appointment.
    DispatchDue {
        /// The call.
        call: CallId,
    },
    /// Nobody has the call yet, and the customer is told so.
    StillSearching {
        /// The call.
        call: CallId,
        /// How many intervals have passed since it opened.
        nth: u32,
    },
    /// Several workers are asked at once; whoever says yes first has the call. Sent again under the same number it adds
    /// workers.
    BroadcastSent {
        /// The offer.
        offer: OfferId,
        /// About this call.
        call: CallId,
        /// Who is asked now, nearest first.
        workers: Vec<WorkerId>,
        /// The ring, from 0.
        ring: u8,
        /// When the ring widens or the broadcast is over.
        deadline: Time,
        /// What was considered.
        decision: Decision,
    },
    /// A broadcast is over: taken, not answered, or taken back.
    BroadcastOver {
        /// The offer.
        offer: OfferId,
        /// The call.
        call: CallId,
        /// Why.
        why: Why,
        /// Who had been asked and does not have it.
        losers: Vec<WorkerId>,
    },
    /// A worker is asked.
    OfferSent {
        /// The offer.
        offer: OfferId,
        /// About this call.
        call: CallId,
        /// Who is asked.
        worker: WorkerId,
        /// Until when.
        deadline: Time,
        /// What was considered.
        decision: Decision,
    },
    /// The worker said yes.
    OfferAccepted {
        /// The offer.
        offer: OfferId,
        /// The call.
        call: CallId,
        /// The worker.
        worker: WorkerId,
    },
    /// The worker said no.
    OfferDeclined {
        /// The offer.
        offer: OfferId,
        /// The call.
        call: CallId,
        /// The worker.
        worker: WorkerId,
    },
    /// The worker did not answer in time.
    OfferExpired {
        /// The offer.
        offer: OfferId,
        /// The call.
        call: CallId,
        /// The worker.
        worker: WorkerId,
    },
    /// The question was taken back.
    OfferWithdrawn {
        /// The offer.
        offer: OfferId,
        /// The call.
        call: CallId,
        /// The worker.
        worker: WorkerId,
        /// Why.
        why: Why,
    },
    /// A worker has the call.
    AssignmentCommitted {
        /// The call.
        call: CallId,
        /// The worker.
        worker: WorkerId,
        /// How it came about.
        by: AssignedBy,
        /// What was considered, when the engine chose.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decision: Option<Decision>,
    },
    /// A worker will have the call at its appointment.
    AssignmentReserved {
        /// The call.
        call: CallId,
        /// The worker.
        worker: WorkerId,
        /// The appointment.
        window: Window,
        /// How it came about.
        by: AssignedBy,
    },
    /// The appointment is near: the worker is to have the call as soon as they are free.
    ReservationDue {
        /// The call.
        call: CallId,
        /// The worker.
        worker: WorkerId,
    },
    /// The appointment is another one.
    CallRescheduled {
        /// The call.
        call: CallId,
        /// The new one.
        window: Window,
    },
    /// The worker no longer has the call.
    AssignmentReleased {
        /// The call.
        call: CallId,
        /// The worker.
        worker: WorkerId,
        /// Why.
        why: Why,
        /// The worker is not to get this call again by itself.
        exclude: bool,
    },
    /// The worker is on the way.
    WorkerEnRoute {
        /// The call.
        call: CallId,
        /// The worker.
        worker: WorkerId,
    },
    /// The worker is there.
    WorkerArrived {
        /// The call.
        call: CallId,
        /// The worker.
        worker: WorkerId,
    },
    /// Work began.
    WorkStarted {
        /// The call.
        call: CallId,
        /// The worker; none under the plan `none`.
        worker: Option<WorkerId>,
    },
    /// Work is over; the worker is free.
    WorkFinished {
        /// The call.
        call: CallId,
        /// The worker; none under the plan `none`.
        worker: Option<WorkerId>,
        /// What came of it.
        outcome: WorkOutcome,
        /// The price to be paid, when reported.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fare: Option<Won>,
    },
    /// Work was broken off; the worker is free.
    WorkAborted {
        /// The call.
        call: CallId,
        /// The worker; none under the plan `none`.
        worker: Option<WorkerId>,
    },
    /// The call is being undone.
    CallUnwinding {
        /// The call.
        call: CallId,
        /// Where to.
        target: Target,
        /// Why.
        why: Why,
        /// When trying again makes sense.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_at: Option<Time>,
    },
    /// Everything is undone.
    CallEnded {
        /// The call.
        call: CallId,
        /// How.
        end: Target,
    },
    /// The gates before completion are being asked.
    CallClosing {
        /// The call.
        call: CallId,
    },
    /// All done.
    CallCompleted {
        /// The call.
        call: CallId,
    },
    /// What was asked for changed. Only what is named changed.
    CallAmended {
        /// The call.
        call: CallId,
        /// The new place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        spot: Option<Spot>,
        /// The new number's digest and whether it can be reached.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tel: Option<(TelDigest, bool)>,
        /// The new skill.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
        /// The new price.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cost: Option<Won>,
    },
    /// The call's priority changed.
    PrioritySet {
        /// The call.
        call: CallId,
        /// 0 low, 1 normal, 2 high, 3 urgent.
        priority: u8,
    },
    /// Automation leaves the call alone until then.
    CallHeld {
        /// The call.
        call: CallId,
        /// Until when.
        until: Time,
    },
    /// The hold is over.
    HoldEnded {
        /// The call.
        call: CallId,
    },
    /// Somebody wrote something down about the call; the text is a row.
    NoteAdded {
        /// The call.
        call: CallId,
    },

    /// Money moved: one entry of the books.
    MoneyMoved {
        /// The call.
        call: CallId,
        /// The step by which it moved.
        step: u8,
        /// Why.
        what: MoneyMove,
        /// Debits and credits; they add up to zero.
        lines: Vec<Line>,
    },
    /// A part of what was captured is to be given back: the call gets a step for it, behind those of its profile.
    RefundAsked {
        /// The call.
        call: CallId,
        /// The new step.
        step: u8,
        /// How much.
        won: Won,
    },
    /// The n-th ride earned a coupon.
    CouponGranted {
        /// Who.
        member: MemberId,
        /// The ride.
        call: CallId,
        /// How many rides that makes.
        nth: u32,
        /// Worth.
        won: Won,
    },
    /// A coupon lowers what this call costs.
    CouponUsed {
        /// Whose.
        member: MemberId,
        /// The call.
        call: CallId,
        /// By how much.
        won: Won,
    },
    /// The customer said how it was. What they wrote is a row.
    CallRated {
        /// The call.
        call: CallId,
        /// Who served it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        worker: Option<WorkerId>,
        /// 1 to 5.
        stars: u8,
    },
    /// How the work ended, by the profile's list.
    DispositionSet {
        /// The call.
        call: CallId,
        /// The code.
        code: String,
    },
    /// Stock moved.
    StockMoved {
        /// What.
        product: String,
        /// Why.
        what: StockMove,
        /// How many.
        qty: u32,
        /// For which call.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
    },
    /// A member is known from here on. Name, phone and card token are rows.
    MemberAdded {
        /// The member.
        member: MemberId,
        /// Who it is.
        subject: SubjectId,
        /// The number's digest.
        tel: TelDigest,
        /// Whether the member can be told anything under that number.
        reachable: bool,
        /// The friend who is told of rides.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        friend: Option<SubjectId>,
        /// Whether the friend can be told anything.
        #[serde(default)]
        friend_reachable: bool,
        /// The card.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<Card>,
    },
    /// What is known of a member changed. Only what is named changed; calls in flight keep what they were taken with.
    MemberChanged {
        /// The member.
        member: MemberId,
        /// A new subject: name, phone or card are others.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<SubjectId>,
        /// The new number's digest and whether it can be reached.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tel: Option<(TelDigest, bool)>,
        /// Another friend, and whether they can be told anything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        friend: Option<(SubjectId, bool)>,
        /// Another card.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<Card>,
    },

    /// A worker is known from here on.
    WorkerAdded {
        /// The worker.
        worker: WorkerId,
        /// Who it is.
        subject: SubjectId,
        /// The services served; empty: any.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        services: Vec<String>,
        /// What the worker can do.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        skills: Vec<String>,
        /// Where the worker starts from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        home: Option<Point>,
        /// Whether the worker is on shift.
        duty: Duty,
        /// A worker who was not added by the desk but came along by themselves: the digest of the name they gave.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handle: Option<TelDigest>,
    },
    /// A worker came on shift, went off, and so on.
    DutySet {
        /// The worker.
        worker: WorkerId,
        /// To what.
        duty: Duty,
        /// Only once the current call is done.
        #[serde(default, skip_serializing_if = "is_false")]
        after_current: bool,
    },
    /// Where workers were last seen: one record for many.
    PositionsKept {
        /// Worker, place and when.
        at: Vec<(WorkerId, Point, Time)>,
    },

    /// Somebody is to be told something; with the transport `inbox` this is the delivery.
    NoticeIssued {
        /// Its key.
        notice: NoticeKey,
        /// The worker the sentence speaks of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        worker: Option<WorkerId>,
    },
    /// Many workers are told the same: short for a [`Event::NoticeIssued`] to each.
    WorkersTold {
        /// The call it is about.
        call: CallId,
        /// The rule of the call's profile, counted from 0.
        rule: u8,
        /// By what.
        transport: Transport,
        /// Who is told.
        workers: Vec<WorkerId>,
    },
    /// A notice is not sent, because its recipient cannot be reached.
    NoticeSuppressed {
        /// Its key.
        notice: NoticeKey,
    },
    /// A provider has taken a notice and does not know yet what becomes of it: it is asked.
    NoticeAccepted {
        /// Its key.
        notice: NoticeKey,
        /// Which try this was, from 1.
        attempt: u32,
        /// The provider's own number for it.
        reference: String,
    },
    /// A notice reached its transport.
    NoticeDelivered {
        /// Its key.
        notice: NoticeKey,
        /// What was answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        said: Option<Said>,
    },
    /// A notice did not reach its transport.
    NoticeFailed {
        /// Its key.
        notice: NoticeKey,
        /// Which try this was, from 1.
        attempt: u32,
        /// When it is tried again; none: given up.
        retry_at: Option<Time>,
        /// What was answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        said: Option<Said>,
        /// From here on it goes as a text message, because its own way was refused.
        #[serde(default, skip_serializing_if = "is_false")]
        by_sms: bool,
    },
    /// A notice that was delivered or given up is to be sent again.
    NoticeResent {
        /// Its key.
        notice: NoticeKey,
        /// The worker the sentence speaks of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        worker: Option<WorkerId>,
    },
    /// A human must decide something.
    AttentionRaised {
        /// The item.
        attention: AttentionId,
        /// What about.
        about: About,
        /// Why.
        concern: Concern,
    },
    /// Somebody looks after it.
    AttentionTaken {
        /// The item.
        attention: AttentionId,
        /// Who.
        by: String,
    },
    /// It is dealt with, by hand or because its cause went away.
    AttentionDone {
        /// The item.
        attention: AttentionId,
    },
    /// Personal data was shown unmasked.
    Revealed {
        /// What was asked for, e.g. `list` or `inbox`.
        what: String,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}
