//! Gates and steps: who answers, how they are protected, and what waits for them.
//!
//! Invariant: a step says everything about itself; what has happened to it in a call stands in the call.

use crate::domain::breaker::BreakerSettings;
use crate::domain::ids::Millis;
use serde::{Deserialize, Serialize};

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
