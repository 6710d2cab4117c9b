//! Who carries notices outside: a program, a webhook, a provider of KakaoTalk and text messages.
//!
//! A parcel is one try of one notice; whatever happens, what comes back is a [`Came`]. A courier that fails is no error of
//! ours: it is reported, and the desk decides when there is another try.
//!
//! Invariant: [`Couriers::carry`] ends within its courier's deadline, and sends a notice under one id however often it is
//! tried. No secret, number or sentence is ever part of what it reports, logs or prints. Must not know the world, the
//! journal, or when to try again.
//!
//! What travels is described in `docs/notices.md`.

mod http;
mod messenger;
mod nhn;
mod program;
mod solapi;
mod webhook;

pub use messenger::{MessengerSettings, ProviderKind};
pub use webhook::{BadSecret, WebhookSettings};

use crate::domain::command::Came;
use crate::domain::event::{NoticeKey, Said};
use crate::domain::ids::{Millis, Time};
use crate::domain::profile::Transport;
use crate::participants::BadHttp;
use crate::views::letter::{Forms, Letter};
use messenger::Messenger;
use std::fmt;
use webhook::Webhook;

/// Something that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// What `text` says, without the space around it.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn open(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Which couriers there are, from the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CourierSettings {
    /// The program that notices with the transport `command` are handed to.
    pub command: Option<Vec<String>>,
    /// Where those with the transport `webhook` are posted.
    pub webhook: Option<WebhookSettings>,
    /// Who sends those with the transports `alimtalk` and `sms`.
    pub messenger: Option<MessengerSettings>,
}

/// Why settings make no courier.
#[derive(Debug, thiserror::Error)]
pub enum BadCourier {
    /// The address makes no sense.
    #[error("{what}")]
    Http {
        /// Which key of the configuration.
        what: &'static str,
        /// Why.
        #[source]
        source: BadHttp,
    },
    /// A secret that signs nothing.
    #[error("notices.webhook.secrets, number {number}")]
    Secret {
        /// Which, counted from 1.
        number: usize,
        /// Why.
        #[source]
        source: BadSecret,
    },
}

/// One try of one notice.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// Which notice.
    pub notice: NoticeKey,
    /// The name of the notice for those outside: the same at every try, another at every desk.
    pub id: String,
    /// When it was issued.
    pub issued_at: Time,
    /// When this try begins.
    pub at: Time,
    /// It goes as a text message, because its own way was refused.
    pub by_sms: bool,
    /// What a provider calls it who has taken it: asked is only what became of it.
    pub reference: Option<String>,
    /// The last try that surely came to nothing.
    pub surely: u32,
    /// A person has it sent again.
    pub again: bool,
    /// What it says.
    pub letter: Letter,
}

impl Parcel {
    /// The id of a notice at the desk with this seed. Nobody can tell the seed from it.
    #[must_use]
    pub fn id_of(seed: u64, notice: &NoticeKey) -> String {
        let text = format!("{seed:016x} {} {}", notice.call, notice.name());
        format!("msg_{}", &blake3::hash(text.as_bytes()).to_hex()[..32])
    }
}

/// The couriers of one desk.
#[derive(Debug)]
pub struct Couriers {
    command: Option<Vec<String>>,
    webhook: Option<Webhook>,
    messenger: Option<Messenger>,
    forms: Forms,
}

impl Couriers {
    /// Checks the settings. Sends nothing.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(settings: CourierSettings) -> Result<Self, BadCourier> {
        let forms = settings.messenger.as_ref().map(|m| m.forms.clone()).unwrap_or_default();
        Ok(Self {
            command: settings.command,
            webhook: settings.webhook.as_ref().map(Webhook::new).transpose()?,
            messenger: settings.messenger.map(Messenger::new).transpose()?,
            forms,
        })
    }

    /// What the provider has approved, for whoever writes the letters.
    #[must_use]
    pub fn forms(&self) -> &Forms {
        &self.forms
    }

    /// Carries one parcel, or asks what became of it.
    pub async fn carry(&self, parcel: &Parcel) -> Came {
        match (parcel.notice.transport, self) {
            (Transport::Command, Self { command: Some(argv), .. }) => {
                program::carry(argv, parcel).await
            }
            (Transport::Webhook, Self { webhook: Some(webhook), .. }) => {
                webhook.carry(parcel).await
            }
            (Transport::Alimtalk | Transport::Sms, Self { messenger: Some(messenger), .. }) => {
                messenger.carry(parcel).await
            }
            _ => failed(Said::NotConfigured),
        }
    }
}

/// Not this time, and no word about when.
fn failed(said: Said) -> Came {
    Came::Failed { said, wait: None }
}

/// Not this time, and perhaps not before a while.
fn held_off(said: Said, wait: Option<Millis>) -> Came {
    Came::Failed { said, wait }
}
