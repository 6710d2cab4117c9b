//! What events are made of: outcomes, reasons, decisions, the keys of notices.
//!
//! Invariant: plain data that is written in the journal; nothing here names a person. Decides nothing.

use crate::domain::geo::Point;
use crate::domain::ids::{
    CallId, MemberId, Millis, OfferId, ParticipantId, Seq, SubjectId, Time, Won, WorkerId,
};
use crate::domain::profile::{Policy, Transport};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A keyed digest of a phone number: equal numbers have equal digests on one desk, and only there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TelDigest(pub u64);

/// Where a call is to be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// The point used for distances.
    pub point: Point,
    /// How far the true place may be from it, in metres, when only the district is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_m: Option<u32>,
}

/// What is asked of a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Do the step.
    Do,
    /// Undo it, or make sure that it is never done.
    Undo,
    /// Say whether it was done.
    Query,
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done (or undone, as asked).
    Ok,
    /// Refused, with the participant's reason.
    Denied(String),
    /// Surely not done.
    Unavailable(String),
    /// Perhaps done.
    Indeterminate(String),
    /// The participant does not understand us (401, 403, 404): surely not done, and a human must look.
    Misconfigured(String),
}

/// How a participant of the desk's own, or the stage `assign`, behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Answers at once.
    #[default]
    Running,
    /// Does not answer: surely nothing is done.
    Stopped,
    /// Answers late.
    Slow {
        /// The least delay.
        fixed: Millis,
        /// Up to this much more, by a pure hash.
        random: Millis,
    },
    /// Answers with a failure.
    Failing(FailKind),
}

/// How a failing local participant fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailKind {
    /// Refuses everything.
    Denied,
    /// Surely not done.
    Unavailable,
    /// Does it and does not say so: the answer is lost.
    Lost,
}

/// Who answers for a participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParticipantKind {
    /// The desk itself.
    Local,
    /// A server: JSON over HTTP.
    Http {
        /// Where requests are posted.
        url: String,
    },
    /// A program: JSON on its standard input and output.
    Command {
        /// Its fixed words; no shell.
        argv: Vec<String>,
    },
}

/// Whether a worker is at work, as said by the worker or the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// On shift.
    #[default]
    On,
    /// Off shift.
    Off,
    /// On a break.
    Break,
    /// Taken out of service by the desk.
    Suspended,
}

/// How an assignment came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignedBy {
    /// The engine picked.
    Auto,
    /// The worker accepted an offer.
    Offer(OfferId),
    /// The worker took it from the open list.
    Claim {
        /// The worker had declined it, or been taken off it, before.
        overridden: bool,
    },
    /// A dispatcher said so.
    Manual {
        /// The dispatcher went against an exclusion or a missing skill.
        overridden: bool,
    },
}

/// One worker looked at in a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "CandidateRow", into = "CandidateRow")]
pub struct Candidate {
    /// The worker.
    pub worker: WorkerId,
    /// Great-circle metres to the call; none when either has no place.
    pub metres: Option<u32>,
    /// Travel time in seconds by the profile's model.
    pub travel_s: Option<u32>,
    /// How long the worker had been idle, in seconds.
    pub idle_s: u32,
    /// The place that was used; none when unknown.
    pub at: Option<Point>,
    /// The place is the worker's home, because no live position was fresh enough.
    pub from_home: bool,
}

type CandidateRow = (WorkerId, Option<u32>, Option<u32>, u32, Option<(i32, i32)>, bool);

impl From<CandidateRow> for Candidate {
    fn from((worker, metres, travel_s, idle_s, at, from_home): CandidateRow) -> Self {
        let at = at.and_then(|(lat_e6, lon_e6)| Point::new(lat_e6, lon_e6).ok());
        Self { worker, metres, travel_s, idle_s, at, from_home }
    }
}

impl From<Candidate> for CandidateRow {
    fn from(c: Candidate) -> Self {
        let at = c.at.map(|p| (p.lat_e6(), p.lon_e6()));
        (c.worker, c.metres, c.travel_s, c.idle_s, at, c.from_home)
    }
}

/// Why a worker who was looked at was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Suitable.
    Suitable,
    /// Suitable, but another one ranked before.
    Outranked,
    /// Does not have the skill.
    NoSkill,
    /// Does not serve this line.
    OtherService,
    /// Off shift.
    Off,
    /// On a break.
    OnBreak,
    /// Suspended.
    Suspended,
    /// Has another call.
    Busy,
    /// Is being asked about another call.
    Offered,
    /// Declined this call, or was taken off it.
    Excluded,
    /// Was already asked in this stage and did not answer.
    Asked,
    /// Farther away than the profile allows.
    TooFar,
    /// Has an appointment that this call would run into.
    Reserved,
    /// Got another of the calls that were looked at together.
    Matched,
    /// Farther away than anybody is sent while more calls wait than workers are free.
    OutOfReach,
}

/// What was considered when a worker was chosen, or when nobody could be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Decision {
    /// The chosen worker; none when nobody suited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<Candidate>,
    /// The best others, at most eight, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Candidate>,
    /// How many workers got which verdict, among those looked at.
    pub counts: BTreeMap<Verdict, u32>,
    /// How far the search went, in metres; none when it was not by distance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub radius_m: Option<u32>,
    /// The others it was weighed against; none: it was decided by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Weighed>,
}

/// What a call was weighed against when several were looked at together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weighed {
    /// The policy.
    pub policy: Policy,
    /// How many calls had their turn together with it, itself included.
    pub calls: u32,
    /// How many workers any of them could have had, those not free yet included.
    pub workers: u32,
    /// It waits for this worker, who will be free after so many seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaits: Option<(WorkerId, u32)>,
    /// Those of the others who got another of these calls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<WorkerId>,
}

/// The end of the work on a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkOutcome {
    /// All of it.
    #[default]
    Done,
    /// Some of it; the rest is another call.
    Partial,
    /// The customer was not there.
    NoShow,
}

/// How a gate before completion was settled by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettledBy {
    /// Paid in cash.
    Cash,
    /// Paid by card outside the desk.
    Card,
    /// Let go.
    Waive,
    /// There was nothing to pay: the desk says so itself.
    Nothing,
}

/// Why a call is parked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParkedWhy {
    /// The participant's breaker did not let the request out.
    BreakerOpen,
    /// As many requests as allowed were already out.
    BulkheadFull,
    /// It said it had not done it, or could not be reached.
    Unavailable,
    /// It may have done it; it will be asked.
    Indeterminate,
}

/// Why a call is being unwound or a worker taken off it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Canceled by someone who may.
    Canceled,
    /// A gate or step refused.
    Denied,
    /// A gate could not be asked or did not answer, and the profile rejects.
    GateUnavailable,
    /// Parked longer than the profile allows.
    ParkedTooLong,
    /// Nobody was found in time.
    SearchOver,
    /// The work was aborted.
    Aborted,
    /// The worker gave it back, or a dispatcher took it from them.
    Released,
    /// A dispatcher gave it to another worker.
    Reassigned,
    /// The worker went off shift.
    WorkerOff,
    /// What the customer asked for changed.
    Amended,
    /// The worker was committed to another call, or the call to another worker.
    Taken,
    /// The call was put on hold.
    Held,
    /// The worker did not come.
    NoShow,
    /// The appointment began and its worker was not free for it.
    Missed,
    /// The appointment was moved.
    Rescheduled,
}

/// What an attention item is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A call.
    Call(CallId),
    /// A participant.
    Participant(ParticipantId),
    /// The desk itself.
    Desk,
}

/// Why a human must look. Each has one remedy, known to the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Concern {
    /// The plan is over and nobody has the call.
    PlanExhausted,
    /// The plan leaves the choice to a dispatcher.
    NeedsDispatcher,
    /// An undo was refused for good.
    UndoDenied,
    /// A gate before completion was refused.
    ClosingDenied,
    /// A step was refused and the call waits.
    StepDenied,
    /// A participant does not understand us.
    Misconfigured,
    /// A notice could not be delivered.
    NoticeDead,
    /// The clock of the machine jumped.
    ClockStepped,
    /// A participant said ok long after its call had ended.
    LateOk,
    /// The call was to be served by now.
    PromisePassed,
    /// A refund was refused.
    RefundDenied,
}

impl Concern {
    /// Every concern.
    pub const ALL: [Self; 11] = [
        Self::PlanExhausted,
        Self::NeedsDispatcher,
        Self::UndoDenied,
        Self::ClosingDenied,
        Self::StepDenied,
        Self::Misconfigured,
        Self::NoticeDead,
        Self::ClockStepped,
        Self::LateOk,
        Self::PromisePassed,
        Self::RefundDenied,
    ];

    /// Whether it goes away only with its cause: a call's state calls for it.
    #[must_use]
    pub fn stands_with_its_cause(self) -> bool {
        match self {
            Self::PlanExhausted
            | Self::NeedsDispatcher
            | Self::UndoDenied
            | Self::ClosingDenied
            | Self::StepDenied
            | Self::PromisePassed
            | Self::RefundDenied => true,
            Self::Misconfigured | Self::NoticeDead | Self::ClockStepped | Self::LateOk => false,
        }
    }
}

/// The names under which one notice is known everywhere: sent once per key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NoticeKey {
    /// The record that caused it.
    pub seq: Seq,
    /// The call it is about.
    pub call: CallId,
    /// The rule of the call's profile, counted from 0.
    pub rule: u8,
    /// The subject it goes to.
    pub to: SubjectId,
    /// By what.
    pub transport: Transport,
}

/// A span of time on the calendar: an appointment. `from` lies before `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Window {
    /// Its begin.
    pub from: Time,
    /// Its end.
    pub until: Time,
}

impl Window {
    /// Whether the two share an instant.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.from < other.until && other.from < self.until
    }
}

/// The card that is kept for a member. The provider's token itself is a row, never in here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Card {
    /// A token.
    Token,
    /// A test token (`tok_declined…`): the desk's own payment ledger refuses it.
    Declined,
}

/// A member as they were when the call was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRef {
    /// Who.
    pub member: MemberId,
    /// The friend who is told of the ride, when one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub friend: Option<SubjectId>,
    /// Whether the friend can be told anything.
    #[serde(default)]
    pub friend_reachable: bool,
    /// The card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
}

/// An account of the desk's books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// What customers paid by the cards kept for them.
    Card,
    /// What was paid in cash.
    Cash,
    /// What was paid by card outside the desk.
    CardOutside,
    /// What was let go.
    Waived,
    /// What was earned.
    Revenue,
}

impl Account {
    /// The name used in commands and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Cash => "cash",
            Self::CardOutside => "card_outside",
            Self::Waived => "waived",
            Self::Revenue => "revenue",
        }
    }
}

/// One line of an entry in the books: debit is positive, credit negative. The lines of an entry add up to zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which account.
    pub account: Account,
    /// How much.
    pub won: Won,
}

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoneyMove {
    /// The price was captured.
    Captured,
    /// It, or a part of it, was given back.
    Refunded,
    /// It was settled by hand.
    Settled(SettledBy),
}

/// Why stock moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockMove {
    /// It came in: on hand rises.
    Received,
    /// It was lost, broken or miscounted: on hand falls.
    WrittenOff,
    /// A call holds it: reserved rises.
    Reserved,
    /// The call gave it back: reserved falls.
    Returned,
    /// It left with the call: reserved and on hand fall.
    Shipped,
}

impl StockMove {
    /// The name used in commands and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::WrittenOff => "written_off",
            Self::Reserved => "reserved",
            Self::Returned => "returned",
            Self::Shipped => "shipped",
        }
    }
}
