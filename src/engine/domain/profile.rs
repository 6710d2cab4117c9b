//! A profile: the description of one service line, as data.
//!
//! Invariant: a profile never changes once adopted; a changed file is a new [`super::ids::ProfileId`] and calls in
//! flight keep the one they were taken under. Knows no file format: the binary reads TOML into it.

use super::ids::Millis;
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
}

/// One service line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The name used by commands and by workers' services, e.g. `repair`.
    pub name: String,
    /// What the service is called.
    pub title: Words,
    /// What a worker of it is called.
    pub worker: Words,
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
    pub park_max_ms: Millis,
    /// What becomes of a call whose work is aborted.
    #[serde(default)]
    pub on_abort: OnAbort,
    /// Until which phase a call may be canceled, by whom.
    pub cancel: CancelRule,
    /// Who is told what, when.
    #[serde(default)]
    pub notices: Vec<NoticeRule>,
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
    #[serde(default)]
    pub required: bool,
    /// The value taken when the request does not name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether its value is the skill that the worker must have.
    #[serde(default)]
    pub skill: bool,
    /// The only values allowed; empty: any.
    #[serde(default)]
    pub one_of: Vec<String>,
    /// Values that ask for no skill (an automatic car needs no special driver).
    #[serde(default)]
    pub no_skill: Vec<String>,
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
}

/// A gate or a step of the saga.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepSpec {
    /// Its name, unique in the profile; also the name of the participant that answers.
    pub name: String,
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
    },
    /// A dispatcher assigns.
    Manual,
}

/// How workers are chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelRule {
    /// The last phase in which the customer, or a dispatcher for the customer, may cancel.
    pub until: CancelUntil,
}

/// The last phase in which a cancel is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelUntil {
    /// While no worker has been assigned.
    Open,
    /// While work has not started.
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
    /// The sentence. Filled in are `{call}`, `{name}` (of who is told), `{worker}`, `{worker_tel}`, `{customer_tel}`,
    /// `{kind}`, `{place}`, `{cost}` (won, with separators) and `{reason}` (given with what happened). What is not known
    /// leaves nothing behind, not even the space before it.
    pub text: Words,
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
}

/// Who a notice goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person who called.
    Customer,
    /// The worker concerned.
    Worker,
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
}

impl Profile {
    /// The position of the step called `name`.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.name == name)
    }

    /// The field whose value is the worker's skill.
    #[must_use]
    pub fn skill_field(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.skill)
    }
}
