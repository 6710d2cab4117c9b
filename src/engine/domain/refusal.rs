//! Why a command is refused: a rule said no. Expected, exhaustive, and nothing has changed.

use super::card::BadCard;
use super::event::{Duty, NoticeName, SettledBy};
use super::ids::{AttentionId, CallId, MemberId, OfferId, Seq, Time, Won, WorkerId};
use super::phase::{Phase, Target};
pub use super::profile::ProfileFault;
pub use super::word::Word;
use super::word::word;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A rule said no.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum Refusal {
    /// No call has this number.
    #[error("there is no call {0}")]
    NoSuchCall(CallId),
    /// No worker has this number.
    #[error("there is no worker {0}")]
    NoSuchWorker(WorkerId),
    /// No offer has this number, or it is over.
    #[error("offer {0} is not open any more")]
    OfferOver(OfferId),
    /// No notice of this name was ever sent.
    #[error("no notice {notice} was sent")]
    NoSuchNotice {
        /// What was asked for.
        notice: NoticeName,
    },
    /// A notice that is on its way cannot be sent again.
    #[error("notice {notice} is on its way")]
    NoticeOwed {
        /// Which.
        notice: NoticeName,
    },
    /// A notice that was never sent anywhere: it is read on the desk.
    #[error("notice {notice} is kept on the desk and sent nowhere")]
    NoticeStays {
        /// Which.
        notice: NoticeName,
    },
    /// No attention item has this number, or it is done.
    #[error("attention {0} is not open")]
    NoSuchAttention(AttentionId),
    /// An attention item whose cause still stands.
    #[error("attention {attention} stands as long as {call} is as it is")]
    AttentionStands {
        /// The item.
        attention: AttentionId,
        /// The call it is about.
        call: CallId,
    },
    /// Only a person at the desk may do this.
    #[error("only an operator may use {verb}")]
    OnlyOperator {
        /// What was asked.
        #[serde(deserialize_with = "word")]
        verb: Word,
    },
    /// No participant has this name.
    #[error("there is no participant `{name}` (known: {known})")]
    NoSuchParticipant {
        /// What was asked for.
        name: String,
        /// Those there are.
        known: String,
    },
    /// Only local participants can be stopped or slowed.
    #[error("participant `{name}` is outside the desk and cannot be stopped from here")]
    NotLocal {
        /// Which.
        name: String,
    },
    /// No profile has this name.
    #[error("there is no profile `{name}` (known: {known})")]
    NoSuchProfile {
        /// What was asked for.
        name: String,
        /// Those there are.
        known: String,
    },
    /// The profile has no such step.
    #[error("call {call} has no step `{step}` (its steps: {known})")]
    NoSuchStep {
        /// The call.
        call: CallId,
        /// What was asked for.
        step: String,
        /// Those there are.
        known: String,
    },
    /// A request field is missing.
    #[error("profile `{profile}` needs the field `{field}`")]
    FieldMissing {
        /// The profile.
        profile: String,
        /// The field.
        field: String,
    },
    /// A request field has a value that the profile does not allow.
    #[error("`{value}` is not allowed for `{field}` (allowed: {allowed})")]
    FieldNotAllowed {
        /// The field.
        field: String,
        /// What was given.
        value: String,
        /// What may stand there.
        allowed: String,
    },
    /// The profile has no such field.
    #[error("profile `{profile}` has no field `{field}` (its fields: {known})")]
    NoSuchField {
        /// The profile.
        profile: String,
        /// What was given.
        field: String,
        /// Those there are.
        known: String,
    },
    /// A number outside its limits.
    #[error("{what} must be from {min} to {max}, not {value}")]
    OutOfRange {
        /// Which value.
        #[serde(deserialize_with = "word")]
        what: Word,
        /// What was given.
        value: i64,
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// A text longer than its limit.
    #[error("{what} is longer than {max} characters")]
    TooLong {
        /// Which text.
        #[serde(deserialize_with = "word")]
        what: Word,
        /// The limit.
        max: usize,
    },
    /// The call is in a phase in which this cannot be done.
    #[error("call {call} is {phase} and cannot be {verb}")]
    WrongPhase {
        /// The call.
        call: CallId,
        /// Where it stands.
        phase: Phase,
        /// What was asked, as a participle.
        #[serde(deserialize_with = "word")]
        verb: Word,
    },
    /// Work has begun.
    #[error("call {call} is already in service with {worker}")]
    CallInService {
        /// The call.
        call: CallId,
        /// Who serves it.
        worker: WorkerId,
    },
    /// The profile lets nobody cancel once a worker is assigned.
    #[error(
        "call {call} already has worker {worker}; `{profile}` calls can be canceled only before"
    )]
    CancelTooLate {
        /// The call.
        call: CallId,
        /// The worker.
        worker: WorkerId,
        /// The profile.
        profile: String,
    },
    /// The call is being unwound to somewhere else.
    #[error("call {call} is already on its way to {}", .target.phase())]
    AlreadyUnwinding {
        /// The call.
        call: CallId,
        /// Where to.
        target: Target,
    },
    /// A step must be done first.
    #[error("call {call} must first have `{step}` done")]
    StepNotDone {
        /// The call.
        call: CallId,
        /// The step.
        step: String,
    },
    /// The worker has another call.
    #[error("worker {worker} is busy with {call}")]
    WorkerBusy {
        /// The worker.
        worker: WorkerId,
        /// With which call.
        call: CallId,
    },
    /// The worker is not at work.
    #[error("worker {worker} is {}", duty_word(*.duty))]
    WorkerNotOnDuty {
        /// The worker.
        worker: WorkerId,
        /// What instead.
        duty: Duty,
    },
    /// The worker cannot do this kind of work.
    #[error("worker {worker} does not have the skill `{skill}`")]
    WorkerLacksSkill {
        /// The worker.
        worker: WorkerId,
        /// What is missing.
        skill: String,
    },
    /// The worker does not serve this line.
    #[error("worker {worker} does not serve `{service}`")]
    WorkerOtherService {
        /// The worker.
        worker: WorkerId,
        /// The line.
        service: String,
    },
    /// The worker declined this call or was taken off it.
    #[error("worker {worker} declined {call} or was taken off it")]
    WorkerExcluded {
        /// The worker.
        worker: WorkerId,
        /// The call.
        call: CallId,
    },
    /// The worker is in the middle of work.
    #[error("worker {worker} is working on {call}")]
    WorkerWorking {
        /// The worker.
        worker: WorkerId,
        /// On which call.
        call: CallId,
    },
    /// The call already has this worker.
    #[error("call {call} already has worker {worker}")]
    SameWorker {
        /// The call.
        call: CallId,
        /// The worker.
        worker: WorkerId,
    },
    /// Nobody has the call.
    #[error("call {call} has no worker")]
    NoWorker {
        /// The call.
        call: CallId,
    },
    /// Nothing waits on this call.
    #[error("call {call} has nothing that waits to be tried again")]
    NothingToRetry {
        /// The call.
        call: CallId,
    },
    /// The undo is not one that can be let go.
    #[error("call {call}: `{step}` has nothing to be undone")]
    NothingToWaive {
        /// The call.
        call: CallId,
        /// The step.
        step: String,
    },
    /// Only a call being closed can be settled.
    #[error("call {call} is {phase}, not closing; it cannot be settled by {}", settle_word(*.by))]
    NotClosing {
        /// The call.
        call: CallId,
        /// Where it stands.
        phase: Phase,
        /// How it was to be settled.
        by: SettledBy,
    },
    /// The end of a hold must lie ahead.
    #[error("a hold must end in the future")]
    HoldInThePast,
    /// Nothing was named that would change.
    #[error("nothing to change was named for {0}")]
    NothingToAmend(CallId),
    /// The named thing needs a reason.
    #[error("{verb} needs a reason")]
    ReasonMissing {
        /// What was asked.
        #[serde(deserialize_with = "word")]
        verb: Word,
    },
    /// An answer to a request that was never made, or that was already answered.
    #[error("nobody waits for that answer any more")]
    StaleAnswer,
    /// Not now: come back then. No key is bound, no number given.
    #[error("`{participant}` cannot be asked now")]
    TryLater {
        /// Who cannot be asked.
        participant: String,
        /// When it makes sense to come back.
        at: Time,
    },
    /// As many live calls as the desk holds.
    #[error("the desk holds {max} live calls and takes no more")]
    DeskFull {
        /// The limit.
        max: usize,
        /// When it makes sense to come back.
        at: Time,
    },
    /// The key was used for something else.
    #[error("key `{key}` was already used for another request; these differ: {differ}")]
    KeyReused {
        /// The key.
        key: String,
        /// The fields that differ.
        differ: String,
    },
    /// More has happened to the call than the asker knew of.
    #[error("call {call} has moved on: it is at record {now}, and record {seen} was meant")]
    Stale {
        /// The call.
        call: CallId,
        /// What the asker knew.
        seen: Seq,
        /// The newest record that speaks of it.
        now: Seq,
    },
    /// Somebody else was first.
    #[error("call {call} was taken by {worker}")]
    CallTaken {
        /// The call.
        call: CallId,
        /// Who has it.
        worker: WorkerId,
    },
    /// The call is not on the open list.
    #[error("call {call} is not on the open list")]
    NotClaimable {
        /// The call.
        call: CallId,
    },
    /// The open list is paused.
    #[error("`assign` is stopped; the open list is paused")]
    AssignStopped,
    /// The worker has an appointment at that time.
    #[error("worker {worker} is reserved for {call} at that time")]
    WorkerReserved {
        /// The worker.
        worker: WorkerId,
        /// The other appointment's call.
        call: CallId,
    },
    /// An appointment must lie ahead, and not too far.
    #[error("an appointment must begin in the future, at most a year ahead")]
    BadVisit,
    /// The call has no appointment.
    #[error("call {call} has no appointment")]
    NoAppointment {
        /// The call.
        call: CallId,
    },
    /// Several workers were asked, so the one who answers must be named.
    #[error("offer {0} went to several workers; say which one answers")]
    NameTheWorker(OfferId),
    /// That worker was not asked.
    #[error("worker {worker} was not asked by offer {offer}")]
    NotAsked {
        /// The offer.
        offer: OfferId,
        /// The worker.
        worker: WorkerId,
    },
    /// The price is metered: it must be reported with the end of the work.
    #[error("call {call} is charged by the meter; its end needs the fare")]
    FareMissing {
        /// The call.
        call: CallId,
    },
    /// The price was agreed on and stays.
    #[error("the price of call {call} is fixed")]
    PriceFixed {
        /// The call.
        call: CallId,
    },
    /// Perhaps it was done: nobody may decide as if it had not been.
    #[error("whether `{step}` of call {call} was done is not known yet")]
    OutcomeUnknown {
        /// The call.
        call: CallId,
        /// The step.
        step: String,
    },
    /// Less can be given back than that.
    #[error("call {call} has {} won left to give back", .left.0)]
    RefundTooMuch {
        /// The call.
        call: CallId,
        /// What is left of what was captured.
        left: Won,
    },
    /// A call is rated once.
    #[error("call {call} was already rated with {stars}")]
    AlreadyRated {
        /// The call.
        call: CallId,
        /// How.
        stars: u8,
    },
    /// The desk never had such goods.
    #[error("there is no product `{product}` (known: {known})")]
    UnknownProduct {
        /// What was asked for.
        product: String,
        /// Those there are.
        known: String,
    },
    /// There is less of it than that.
    #[error("only {available} of `{product}` are free")]
    StockShort {
        /// What.
        product: String,
        /// How many are not held by calls.
        available: u64,
    },
    /// Only members may call.
    #[error("`{profile}` calls are for members only")]
    NotAMember {
        /// The profile.
        profile: String,
    },
    /// No member has this number.
    #[error("there is no member {0}")]
    NoSuchMember(MemberId),
    /// The phone number belongs to a member.
    #[error("this number already belongs to member {0}")]
    MemberExists(MemberId),
    /// What the member calls is paid by card, and none is stored.
    #[error("member {0} has no stored card")]
    CardMissing(MemberId),
    /// A member is known by name and number.
    #[error("a member needs {field}")]
    MemberNeeds {
        /// What is missing.
        #[serde(deserialize_with = "word")]
        field: Word,
    },
    /// What was given for a card is no token.
    #[error(transparent)]
    BadCard(#[from] BadCard),
    /// The client's own number was used before.
    #[error("`{reference}` was already used for call {call}, and something else was asked then")]
    ReferenceUsed {
        /// The client's number.
        reference: String,
        /// The call it belongs to.
        call: CallId,
    },
    /// The profile lets the customer cancel only earlier.
    #[error("call {call} is {phase}; `{profile}` customers can cancel only before")]
    CustomerCancelTooLate {
        /// The call.
        call: CallId,
        /// Where it stands.
        phase: Phase,
        /// The profile.
        profile: String,
    },
    /// The desk already has its first record.
    #[error("the desk is already open")]
    DeskAlreadyOpen,
    /// The profile is not sound.
    #[error("profile `{profile}`: {fault}")]
    ProfileUnsound {
        /// Its name.
        profile: String,
        /// What is wrong.
        fault: ProfileFault,
    },
}

fn duty_word(duty: Duty) -> &'static str {
    match duty {
        Duty::On => "on shift",
        Duty::Off => "off shift",
        Duty::Break => "on a break",
        Duty::Suspended => "suspended",
    }
}

fn settle_word(by: SettledBy) -> &'static str {
    match by {
        SettledBy::Cash => "cash",
        SettledBy::Card => "card",
        SettledBy::Waive => "waiving it",
        SettledBy::Nothing => "nothing",
    }
}
