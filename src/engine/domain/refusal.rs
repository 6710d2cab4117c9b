//! Why a command is refused: a rule said no. Expected, exhaustive, and nothing has changed.

use super::event::{Duty, SettledBy};
use super::ids::{AttentionId, CallId, OfferId, Time, WorkerId};
use super::phase::{Phase, Target};
use thiserror::Error;

/// A rule said no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
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
        verb: &'static str,
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
        what: &'static str,
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
        what: &'static str,
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
        verb: &'static str,
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
        verb: &'static str,
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

/// What is wrong with a profile.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProfileFault {
    /// The plan has no stage.
    #[error("`plan` has no stage")]
    NoPlan,
    /// Two steps have one name.
    #[error("step `{0}` is there twice")]
    StepTwice(String),
    /// Two fields have one name.
    #[error("field `{0}` is there twice")]
    FieldTwice(String),
    /// More steps, stages or rules than an index holds.
    #[error("more than 64 {0}")]
    TooMany(&'static str),
    /// A time that must not be zero.
    #[error("`{0}` must not be zero")]
    Zero(&'static str),
    /// Two fields claim to be the skill.
    #[error("more than one field is the skill")]
    TwoSkills,
    /// The name `assign` belongs to the desk.
    #[error("a step cannot be called `assign`")]
    StepAssign,
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
    }
}
