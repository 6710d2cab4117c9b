//! The transport `webhook`: one signed POST a try, as Standard Webhooks has it
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).
//!
//! | what happened | what comes of it |
//! | --- | --- |
//! | 2xx | taken |
//! | 410 | refused, and nothing more is posted there until a person has something sent again or the host begins anew |
//! | 429, 502, 503, 504 | later, not before `Retry-After` |
//! | every other status, a timeout, a broken connection | later |
//!
//! Invariant: what is signed is what is sent; id and body name nobody but in the body's data.

use super::http::{Ask, Caller};
use super::{BadCourier, Parcel, Secret, failed, held_off};
use crate::domain::command::Came;
use crate::domain::event::Said;
use crate::domain::ids::Time;
use crate::participants::http::{Url, checked_url};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat};
use reqwest::Method;
use ring::hmac;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long the receiver may take: the specification asks for 15 to 30 seconds.
const DEADLINE: Duration = Duration::from_secs(15);

/// What a secret of this kind begins with.
const PREFIX: &str = "whsec_";

/// How long a secret may be, in bytes.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// Where notices are posted, and how they are signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookSettings {
    /// `http://` or `https://`.
    pub url: String,
    /// `whsec_…`; each of them signs, so that a receiver may change from one to the next.
    pub secrets: Vec<Secret>,
    /// How long the receiver may take.
    pub deadline: Duration,
}

/// Why a secret signs nothing. Never says the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSecret {
    /// Another kind.
    #[error("it does not begin with whsec_")]
    Prefix,
    /// No base64.
    #[error("what follows whsec_ is not base64")]
    NotBase64,
    /// Too short to be safe, or longer than the specification has it.
    #[error("it has {bytes} bytes, not 24 to 64")]
    Length {
        /// As it is.
        bytes: usize,
    },
    /// None at all.
    #[error("there is none")]
    Missing,
}

/// A receiver of notices.
#[derive(Debug)]
pub(super) struct Webhook {
    caller: Caller,
    url: Url,
    keys: Vec<hmac::Key>,
    /// The receiver wants no more.
    gone: AtomicBool,
}

impl Webhook {
    pub(super) fn new(settings: &WebhookSettings) -> Result<Self, BadCourier> {
        let http = |source| BadCourier::Http { what: "notices.webhook.url", source };
        let url = checked_url(&settings.url).map_err(http)?;
        let secrets = settings.secrets.iter().zip(1..);
        let bad = |number, source| BadCourier::Secret { number, source };
        let keys: Result<Vec<_>, _> =
            secrets.map(|(secret, number)| key(secret).map_err(|e| bad(number, e))).collect();
        let keys = keys?;
        if keys.is_empty() {
            return Err(bad(1, BadSecret::Missing));
        }
        let caller = Caller::new(url.clone(), settings.deadline);
        Ok(Self { caller, url, keys, gone: AtomicBool::new(false) })
    }

    pub(super) async fn carry(&self, parcel: &Parcel) -> Came {
        if self.gone.load(Ordering::Relaxed) && !parcel.again {
            return Came::Refused(Said::Gone);
        }
        let body = body(parcel);
        let timestamp = parcel.at.0.div_euclid(1_000);
        let ask = Ask {
            method: Method::POST,
            url: self.url.clone(),
            headers: vec![
                ("webhook-signature", self.sign(&parcel.id, timestamp, &body)),
                ("webhook-timestamp", timestamp.to_string()),
                ("webhook-id", parcel.id.clone()),
            ],
            body: Some(body),
        };
        let answer = match self.caller.exchange(ask, parcel.at).await {
            Ok(answer) => answer,
            Err(said) => return failed(said),
        };
        let said = Said::Status(answer.status);
        self.gone.store(answer.status == 410, Ordering::Relaxed);
        match answer.status {
            200..300 => Came::Taken(said),
            410 => Came::Refused(said),
            _ => held_off(said, answer.wait),
        }
    }

    fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let signed = format!("{id}.{timestamp}.{body}");
        let sign = |key| STANDARD.encode(hmac::sign(key, signed.as_bytes()));
        let all: Vec<String> = self.keys.iter().map(|key| format!("v1,{}", sign(key))).collect();
        all.join(" ")
    }
}

impl WebhookSettings {
    /// A receiver that may take as long as is usual.
    #[must_use]
    pub fn new(url: &str, secrets: Vec<Secret>) -> Self {
        Self { url: url.to_owned(), secrets, deadline: DEADLINE }
    }
}

fn key(secret: &Secret) -> Result<hmac::Key, BadSecret> {
    let text = secret.open().strip_prefix(PREFIX).ok_or(BadSecret::Prefix)?;
    let bytes = STANDARD.decode(text).map_err(|_| BadSecret::NotBase64)?;
    if !SECRET_BYTES.contains(&bytes.len()) {
        return Err(BadSecret::Length { bytes: bytes.len() });
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}

fn body(parcel: &Parcel) -> String {
    let letter = &parcel.letter;
    let on = serde_json::json!(letter.on);
    serde_json::json!({
        "type": format!("notice.{}", on.as_str().unwrap_or_default()),
        "timestamp": iso(parcel.issued_at),
        "data": {
            "key": parcel.notice.name().to_string(),
            "call": parcel.notice.call.to_string(),
            "profile": letter.profile,
            "role": letter.role,
            "to": letter.to,
            "text": letter.text,
        },
    })
    .to_string()
}

fn iso(at: Time) -> String {
    let at = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
