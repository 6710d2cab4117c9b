//! Who is told what, when, and how often.
//!
//! Invariant: a rule holds the sentence; who the people are is found when it is told.

use super::Words;
use crate::domain::ids::Millis;
use serde::{Deserialize, Serialize};

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
