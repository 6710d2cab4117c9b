//! A profile: the description of one service line, as data.
//!
//! Invariant: a profile never changes once adopted; a changed file is a new [`super::ids::ProfileId`] and calls in
//! flight keep the one they were taken under. Knows no file format: the binary reads TOML into it.

mod fault;
mod sound;

pub use fault::{ProfileFault, Wrong};

use super::breaker::BreakerSettings;
use super::ids::{Millis, Won};
use super::phase::Phase;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A word or a sentence in the two languages of the desk.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

/// The languages the desk speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    /// Korean.
    #[default]
    Ko,
    /// English.
    En,
}

impl Words {
    /// The word in `lang`.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ko => &self.ko,
            Lang::En => &self.en,
        }
    }

    /// Whether neither language has a word.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ko.is_empty() && self.en.is_empty()
    }
}

/// One service line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The name used by commands and by workers' services, e.g. `repair`.
    pub name: String,
    /// What the service is called.
    pub title: Words,
    /// What a worker of it is called.
    pub worker: Words,
    /// What a call of it is called; empty: a call.
    #[serde(default, skip_serializing_if = "Words::is_empty")]
    pub noun: Words,
    /// The words of the phases that differ from the plain ones.
    #[serde(default)]
    pub phases: BTreeMap<Phase, Words>,
    /// The fields of a request beside the number, in the order they are asked.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// Gates and steps, in the order they are done; they are undone in reverse.
    #[serde(default)]
    pub steps: Vec<StepSpec>,
    /// The stages by which a worker is found, in order.
    pub plan: Vec<Stage>,
    /// How workers are chosen and how long the search goes on.
    pub dispatch: Dispatch,
    /// How long a call may stay parked before it is given up and the customer told.
    #[serde(default = "Profile::park_max_default")]
    pub park_max_ms: Millis,
    /// What becomes of a call whose work is aborted.
    #[serde(default)]
    pub on_abort: OnAbort,
    /// Until which phase a call may be canceled, by whom.
    pub cancel: CancelRule,
    /// Who is told what, when.
    #[serde(default)]
    pub notices: Vec<NoticeRule>,
    /// What is paid for it, when a step charges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentRule>,
    /// Which fields name the goods, when a step reserves stock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock: Option<StockRule>,
    /// Whether only members may call.
    #[serde(default)]
    pub membership: MembershipRule,
    /// How long an appointment lasts and how long before it its worker is committed.
    #[serde(default)]
    pub appointment: AppointmentRule,
    /// The codes that say how work ended; empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dispositions: Vec<String>,
    /// What members earn by calling often.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rewards: Vec<RewardRule>,
    /// Lists of this line beside the plain one, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<ViewSpec>,
    /// Under which names other programs find it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Resource>,
}

/// What is paid for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentRule {
    /// When the price is known.
    pub price: Price,
    /// The most that may be charged; none: the desk's own limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Won>,
}

/// When a price is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Price {
    /// It is named in the request and stays.
    Fixed,
    /// It is reported when the work is over.
    Metered,
}

/// Which fields name the goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StockRule {
    /// The field that names the product.
    pub product: String,
    /// The field that says how many; without it in a request: one.
    pub quantity: String,
    /// What a product does that the desk has never had.
    #[serde(default)]
    pub unknown: UnknownProduct,
}

/// What a request for a product does that the desk has never had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownProduct {
    /// The request is refused.
    #[default]
    Refuse,
    /// It is taken, and treated as a shortage.
    Shortage,
}

/// Whether only members may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MembershipRule {
    /// Strangers are refused.
    #[serde(default)]
    pub required: bool,
}

/// How appointments are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppointmentRule {
    /// How long one lasts.
    pub duration_ms: Millis,
    /// How long before its begin the worker is committed; an appointment nearer than that is a call for now.
    pub lead_ms: Millis,
}

impl Default for AppointmentRule {
    /// An hour, with half an hour to get there.
    fn default() -> Self {
        Self { duration_ms: Millis::mins(60), lead_ms: Millis::mins(30) }
    }
}

/// What a member earns by calling often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RewardRule {
    /// Every so many completed calls…
    pub every: u32,
    /// …the member gets a coupon worth this, used up by the next one.
    pub coupon: Won,
}

/// A list of the line's calls, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewSpec {
    /// Its name, for `list --view`.
    pub name: String,
    /// What people call it.
    pub title: Words,
    /// Its columns, from left to right.
    pub columns: Vec<Column>,
    /// The phases it shows; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<Phase>,
}

impl ViewSpec {
    /// The name of the list of calls that may be claimed: every desk has it, and a profile may give it other columns.
    pub const OPEN_LIST: &str = "open";
}

/// A column of a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The call's number.
    Call,
    /// Where it stands.
    Phase,
    /// How long it has been there.
    Age,
    /// Who asked.
    Customer,
    /// Their number.
    Tel,
    /// The member.
    Member,
    /// Who has it.
    Worker,
    /// What for.
    Kind,
    /// Where.
    Place,
    /// Price, estimate or fare.
    Cost,
    /// What was paid, and what was given back.
    Paid,
    /// The appointment.
    Visit,
    /// What came of the work.
    Outcome,
    /// How it was rated.
    Rating,
    /// Why a human should look.
    Attention,
    /// A field of the profile's own.
    #[serde(untagged)]
    Field(String),
}

impl Column {
    /// The desk's own, in the order in which they are told of.
    pub const ALL: [Self; 15] = [
        Self::Call,
        Self::Phase,
        Self::Age,
        Self::Customer,
        Self::Tel,
        Self::Member,
        Self::Worker,
        Self::Kind,
        Self::Place,
        Self::Cost,
        Self::Paid,
        Self::Visit,
        Self::Outcome,
        Self::Rating,
        Self::Attention,
    ];

    /// The name used in files and JSON.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Call => "call",
            Self::Phase => "phase",
            Self::Age => "age",
            Self::Customer => "customer",
            Self::Tel => "tel",
            Self::Member => "member",
            Self::Worker => "worker",
            Self::Kind => "kind",
            Self::Place => "place",
            Self::Cost => "cost",
            Self::Paid => "paid",
            Self::Visit => "visit",
            Self::Outcome => "outcome",
            Self::Rating => "rating",
            Self::Attention => "attention",
            Self::Field(name) => name,
        }
    }
}

/// A name under which other programs find something of the line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// The path, e.g. `ascalls`.
    pub path: String,
    /// What is found there.
    pub of: ResourceOf,
    /// Other paths to the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}

/// What is found under a resource's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceOf {
    /// The line's calls.
    Calls,
    /// What its first gate answered.
    Gates,
    /// Who has which call.
    Assignments,
    /// Calls that may be claimed.
    OpenList,
    /// Workers, each under the call that they have or had.
    Workers,
    /// Members.
    Members,
    /// Money.
    Payments,
    /// What was told.
    Notices,
    /// Stock.
    Stock,
    /// A customer's calls.
    CustomerPage,
    /// All stages of the calls at a glance.
    ServiceView,
}

/// A field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The name in commands: `location`, `cost` and `tel` are the desk's own; others are the profile's.
    pub name: String,
    /// What people see.
    pub label: Words,
    /// What may stand in it.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// Whether a request without it is refused.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// The value taken when the request does not name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether its value is the skill that the worker must have.
    #[serde(default, skip_serializing_if = "is_false")]
    pub skill: bool,
    /// The only values allowed; empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<String>,
    /// Values that ask for no skill (an automatic car needs no special driver).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub no_skill: Vec<String>,
}

impl Field {
    /// The fields that every call has, by the name and the type that a profile must give them.
    pub const DESKS: [(&str, FieldKind); 4] = [
        ("tel", FieldKind::Tel),
        ("location", FieldKind::Place),
        ("cost", FieldKind::Won),
        ("visit", FieldKind::Time),
    ];

    /// Whether it is the profile's own, and its value is kept with the call under its name.
    #[must_use]
    pub fn is_own(&self) -> bool {
        Self::DESKS.iter().all(|(name, _)| *name != self.name)
    }
}

/// What a request field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A phone number.
    Tel,
    /// A place: `lat,lon` or a name.
    Place,
    /// Whole won.
    Won,
    /// Free text.
    Text,
    /// A whole number, at least one.
    Count,
    /// The client's own number for the call. The same request under the same number again is the same call; another one
    /// is refused, also when the call has ended. Only one that was rejected, which was never accepted, gives its number
    /// back. A call that is opened again does not take its parent's along.
    Reference,
    /// A point in time: the appointment asked for.
    Time,
}

/// A gate or a step of the saga.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepSpec {
    /// Its name, unique in the profile; also the name of the participant that answers, unless another is named.
    pub name: String,
    /// Who answers, when it is not called like the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participant: Option<String>,
    /// What it is about.
    #[serde(default)]
    pub does: Does,
    /// How its participant is protected, when the configuration does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaker: Option<BreakerSettings>,
    /// At most this many requests to its participant at once, when the configuration does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bulkhead: Option<u32>,
    /// When it is done, and what waits for it.
    pub position: Position,
    /// How long one request may take.
    #[serde(default = "StepSpec::deadline_default")]
    pub deadline_ms: Millis,
    /// What happens when the participant cannot be asked or does not answer (`before_open` only).
    #[serde(default)]
    pub fallback: Fallback,
    /// What a denial does (`after_open` only).
    #[serde(default)]
    pub on_denied: OnDenied,
    /// The command that is refused until this step is done (`after_open` only).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_before: Option<RequiredBefore>,
    /// Whether it has an undo. A step without one is over when it is done.
    #[serde(default = "yes")]
    pub undo: bool,
}

fn yes() -> bool {
    true
}

impl StepSpec {
    /// The deadline of the original systems' breakers: 610 ms.
    #[must_use]
    pub fn deadline_default() -> Millis {
        Millis(610)
    }

    /// A step with nothing special about it: parks, waits when denied, can be undone.
    #[must_use]
    pub fn new(name: &str, position: Position) -> Self {
        Self {
            name: name.to_owned(),
            participant: None,
            does: Does::Confirm,
            breaker: None,
            bulkhead: None,
            position,
            deadline_ms: Self::deadline_default(),
            fallback: Fallback::Park,
            on_denied: OnDenied::Wait,
            required_before: None,
            undo: true,
        }
    }

    /// The name of the participant that answers.
    #[must_use]
    pub fn answerer(&self) -> &str {
        self.participant.as_deref().unwrap_or(&self.name)
    }
}

/// What a step is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// Its participant says yes or no.
    #[default]
    Confirm,
    /// Its participant authorises and captures the price under one key; its undo gives back what was captured.
    Charge,
    /// Its participant sets goods aside; its undo gives them back. They leave when work starts.
    Reserve,
}

/// When a step is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// A gate: the call opens when it has passed.
    BeforeOpen,
    /// A step beside the search: nothing waits for it but what `required_before` names.
    AfterOpen,
    /// A gate: the call completes when it has passed.
    BeforeComplete,
}

/// What a `before_open` gate does when it cannot be asked or does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// The call is durably received and asked again by itself.
    #[default]
    Park,
    /// The caller is sent away with the time to try again.
    Reject,
}

/// What the denial of an `after_open` step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDenied {
    /// The call waits, flagged, until an operator has it retried.
    #[default]
    Wait,
    /// The call ends as unfilled.
    End,
}

/// The command a step holds back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequiredBefore {
    /// `start`
    Start,
    /// `finish`
    Finish,
}

/// One stage of the plan by which a worker is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case", deny_unknown_fields)]
pub enum Stage {
    /// The engine picks the best worker at once.
    Auto {
        /// How long the stage lasts when nobody suits; none: for ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_ms: Option<Millis>,
        /// Workers may take the call by themselves meanwhile.
        #[serde(default, skip_serializing_if = "is_false")]
        claimable: bool,
    },
    /// Workers are asked one by one.
    Offer {
        /// How long one worker may think.
        deadline_ms: Millis,
        /// After how many offers the stage is over; none: when everybody suitable was asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<u32>,
        /// How long the stage lasts at most; none: for ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_ms: Option<Millis>,
        /// Workers may take the call by themselves meanwhile.
        #[serde(default, skip_serializing_if = "is_false")]
        claimable: bool,
    },
    /// The nearest are asked at once; whoever says yes first has the call. Ring by ring more are asked.
    Broadcast {
        /// The rings' radii in metres, from the inside; a call without a place asks the longest idle.
        rings_m: Vec<u32>,
        /// How long a ring is waited for.
        ring_ms: Millis,
        /// The most workers asked in one ring.
        #[serde(default = "Stage::most_default")]
        most: u32,
        /// Any worker of the line may take the call by themselves meanwhile.
        #[serde(default, skip_serializing_if = "is_false")]
        claimable: bool,
    },
    /// Workers take calls from the open list.
    Claim {
        /// How long the stage lasts at most; none: for ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_ms: Option<Millis>,
    },
    /// A dispatcher assigns.
    Manual {
        /// Workers may take the call by themselves meanwhile.
        #[serde(default, skip_serializing_if = "is_false")]
        claimable: bool,
    },
    /// Nobody is needed: the work may start at once. A dispatcher may assign somebody all the same.
    None {
        /// By when it is to be started; then a dispatcher must look.
        promise_ms: Millis,
        /// Workers may take the call by themselves meanwhile.
        #[serde(default, skip_serializing_if = "is_false")]
        claimable: bool,
    },
}

impl Stage {
    fn most_default() -> u32 {
        20
    }

    /// Whether workers may take a call of this stage by themselves.
    #[must_use]
    pub fn is_claimable(&self) -> bool {
        match self {
            Self::Claim { .. } => true,
            Self::Auto { claimable, .. }
            | Self::Offer { claimable, .. }
            | Self::Broadcast { claimable, .. }
            | Self::Manual { claimable }
            | Self::None { claimable, .. } => *claimable,
        }
    }

    /// Whether the engine looks for somebody by itself.
    #[must_use]
    pub fn is_automatic(&self) -> bool {
        matches!(self, Self::Auto { .. } | Self::Offer { .. } | Self::Broadcast { .. })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// How workers are chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispatch {
    /// The order among suitable workers.
    #[serde(default)]
    pub policy: Policy,
    /// Workers farther away than this are not taken by themselves; none: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_metres: Option<u32>,
    /// How long a worker is searched before the call ends as unfilled. It does not run while `assign` is stopped.
    pub search_ms: Millis,
    /// How distance becomes time.
    #[serde(default)]
    pub travel: Travel,
}

/// The order among suitable workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Least travel time, then longest idle.
    #[default]
    Nearest,
    /// Longest idle, then nearest.
    LongestIdle,
}

/// Travel time = great-circle distance x factor / speed + a fixed part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Travel {
    /// Road metres per 100 metres as the crow flies.
    pub factor_pct: u32,
    /// Metres per minute on the road.
    pub metres_per_min: u32,
    /// Seconds to get going and to arrive.
    pub fixed_s: u32,
}

impl Default for Travel {
    /// City driving: a third longer than the straight line, 24 km/h, two minutes to get going.
    fn default() -> Self {
        Self { factor_pct: 133, metres_per_min: 400, fixed_s: 120 }
    }
}

impl Travel {
    /// The travel time over `metres` as the crow flies, in whole seconds.
    #[must_use]
    pub fn seconds(&self, metres: u32) -> u32 {
        let road = u64::from(metres) * u64::from(self.factor_pct) / 100;
        let moving = road * 60 / u64::from(self.metres_per_min.max(1));
        u32::try_from(moving).unwrap_or(u32::MAX).saturating_add(self.fixed_s)
    }
}

/// What becomes of a call whose work is aborted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnAbort {
    /// Another worker is searched.
    #[default]
    Reopen,
    /// The call is unwound as unfilled.
    End,
}

/// Until which phase a call may be canceled. An operator with `--force` may until it is in service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelRule {
    /// The last phase in which anybody may cancel.
    pub until: CancelUntil,
    /// The last phase in which the customer may, when that is less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CancelUntil>,
}

/// The last phase in which a cancel is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelUntil {
    /// While its gates have not passed.
    Parked,
    /// While no worker has been assigned.
    Open,
    /// While a worker is only reserved for its appointment.
    Scheduled,
    /// While work has not started.
    #[default]
    Assigned,
}

/// Who is told what, when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeRule {
    /// What happened.
    pub on: NoticeOn,
    /// Who is told.
    pub to: Role,
    /// By what. `inbox` is delivered by the commit itself.
    #[serde(default)]
    pub transport: Transport,
    /// The sentence. Filled in are `{call}`, `{name}` (of who is told), `{customer}`, `{customer_tel}`, `{worker}`,
    /// `{worker_tel}`, `{kind}`, `{place}`, `{visit}` (the appointment), `{cost}`, `{paid}` and `{refunded}` (won, with
    /// separators), `{reason}` (given with what happened), and every field of the profile's own by its name. What is not
    /// known leaves nothing behind, not even the space before it.
    pub text: Words,
    /// How often it is said (`on = "searching"` only).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

/// How often something is said again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// At this interval.
    pub every_ms: Millis,
    /// At most so often.
    pub most: u32,
}

/// What a notice tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeOn {
    /// The call was taken but its gate could not be asked yet.
    Parked,
    /// The gates have passed; a worker is being searched.
    Opened,
    /// A worker is on it.
    Assigned,
    /// The worker was taken off it.
    Released,
    /// A question to a worker.
    Offered,
    /// A question to a worker was taken back.
    Withdrawn,
    /// The worker has arrived.
    Arrived,
    /// Work has begun.
    Started,
    /// All done.
    Completed,
    /// The call was canceled.
    Canceled,
    /// Nobody could be found.
    Unfilled,
    /// The call could not be accepted after all.
    Rejected,
    /// Nobody has the call yet: at intervals, until somebody does.
    Searching,
    /// A worker will come at the appointment.
    Scheduled,
    /// The appointment is another one.
    Rescheduled,
    /// The worker is on the way.
    EnRoute,
    /// Work is over; what is to be paid may still be open.
    Finished,
    /// The price was captured.
    Paid,
    /// Money was given back.
    Refunded,
    /// A step was refused and the call waits, e.g. for goods.
    Short,
    /// A coupon was earned.
    Coupon,
}

/// Who a notice goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person who called.
    Customer,
    /// The worker concerned.
    Worker,
    /// The friend whom a member named.
    Friend,
}

/// By what a notice travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Kept on the desk for the recipient to read.
    #[default]
    Inbox,
    /// Handed to the program named in the desk's configuration.
    Command,
    /// Posted, signed, to the URL named in the desk's configuration.
    Webhook,
    /// Sent as KakaoTalk 알림톡 through the provider named in the desk's configuration; as a text message when that is
    /// refused.
    Alimtalk,
    /// Sent as a text message through the same provider.
    Sms,
}

impl Transport {
    /// Every one of them.
    pub const ALL: [Self; 5] =
        [Self::Inbox, Self::Command, Self::Webhook, Self::Alimtalk, Self::Sms];

    /// The name used in profiles and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Command => "command",
            Self::Webhook => "webhook",
            Self::Alimtalk => "alimtalk",
            Self::Sms => "sms",
        }
    }
}

impl NoticeRule {
    /// What a sentence leaves to be filled in, beside the profile's own fields.
    pub const BLANKS: [&str; 13] = [
        "call",
        "name",
        "customer",
        "customer_tel",
        "worker",
        "worker_tel",
        "kind",
        "place",
        "visit",
        "cost",
        "paid",
        "refunded",
        "reason",
    ];
}

impl Profile {
    fn park_max_default() -> Millis {
        Millis::hours(2)
    }

    /// The position of the step called `name`.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.name == name)
    }

    /// The name of step `i` of a call: behind the steps of the profile come its refunds, `refund-1` first.
    #[must_use]
    pub fn step_name(&self, i: usize) -> String {
        match self.steps.get(i) {
            Some(step) => step.name.clone(),
            None => format!("refund-{}", i + 1 - self.steps.len()),
        }
    }

    /// The stage of the plan with this number.
    #[must_use]
    pub fn stage(&self, number: u8) -> Option<&Stage> {
        self.plan.get(usize::from(number))
    }

    /// The step that moves money, and its number.
    #[must_use]
    pub fn charge(&self) -> Option<(usize, &StepSpec)> {
        self.steps.iter().enumerate().find(|(_, step)| step.does == Does::Charge)
    }

    /// The step that sets goods aside, and its number.
    #[must_use]
    pub fn reserve(&self) -> Option<(usize, &StepSpec)> {
        self.steps.iter().enumerate().find(|(_, step)| step.does == Does::Reserve)
    }

    /// How often the customer is told that nobody has the call yet.
    #[must_use]
    pub fn still_searching(&self) -> Option<Repeat> {
        self.notices.iter().filter(|rule| rule.on == NoticeOn::Searching).find_map(|r| r.repeat)
    }

    /// The field that holds the client's own number for a call.
    #[must_use]
    pub fn reference_field(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.kind == FieldKind::Reference)
    }

    /// The field whose value is the worker's skill.
    #[must_use]
    pub fn skill_field(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.skill)
    }
}
