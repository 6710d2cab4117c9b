//! A profile: the description of one service line, as data.
//!
//! Invariant: a profile never changes once adopted; a changed file is a new [`super::ids::ProfileId`] and calls in
//! flight keep the one they were taken under. Knows no file format: the binary reads TOML into it.

mod fault;
mod fields;
mod notices;
mod plan;
mod sound;
mod steps;
mod views;

pub use fault::{ProfileFault, Wrong};
pub use fields::{Field, FieldKind};
pub use notices::{NoticeOn, NoticeRule, Repeat, Role, Transport};
pub use plan::{Dispatch, Foresight, Matching, Policy, Stage, Travel, Turn};
pub use steps::{Does, Fallback, OnDenied, Position, RequiredBefore, StepSpec};
pub use views::{Column, Resource, ResourceOf, ViewSpec};

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

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(value: &bool) -> bool {
    !*value
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
