//! SOLAPI: one address for all messages, signed requests, a status code of four digits.
//!
//! Sources: <https://docs.solapi.com/authentication/api-key> (the signature),
//! <https://docs.solapi.com/api-reference/messages/sendsimplemessage> (sending),
//! <https://docs.solapi.com/api-reference/messages/getmessagelist> (what became of it),
//! <https://docs.solapi.com/api-reference/message-status-codes> (the codes).
//!
//! Invariant: the provider's own fallback to a text message is off: that is for the desk, which records it. There is no
//! key that would tell SOLAPI of a repeated request: after a lost answer a message may arrive twice.

use super::http::{Answer, Ask, below};
use super::messenger::{Message, MessengerSettings, Provider, Way, What, reference, url_for};
use super::{Secret, failed};
use crate::domain::command::Came;
use crate::domain::event::Said;
use crate::domain::ids::Time;
use crate::participants::http::Url;
use chrono::{DateTime, SecondsFormat};
use reqwest::Method;
use ring::hmac;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Where it is.
pub(super) const URL: &str = "https://api.solapi.com";

/// Codes of what may go well another time: the platform's or the carrier's trouble, an empty balance, a phone that is off.
const PASSING: [&str; 17] = [
    "1024", "1030", "1058", "2024", "2230", "3012", "3014", "3024", "3040", "3041", "3042", "3043",
    "3045", "3046", "3053", "3056", "3057",
];

/// An account at SOLAPI.
#[derive(Debug)]
pub(super) struct Solapi {
    urls: [Url; 2],
    key: String,
    secret: Secret,
    from: String,
}

impl Solapi {
    pub(super) fn new(settings: MessengerSettings, urls: [Url; 2]) -> Self {
        let MessengerSettings { key, secret, from, .. } = settings;
        Self { urls, key, secret, from }
    }

    fn authorization(&self, at: Time, salt: &str) -> (&'static str, String) {
        let date = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
        let date = date.to_rfc3339_opts(SecondsFormat::Millis, true);
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.open().as_bytes());
        let mut signature = String::with_capacity(64);
        for byte in hmac::sign(&key, format!("{date}{salt}").as_bytes()).as_ref() {
            // Writing to a string cannot fail.
            let _ = write!(signature, "{byte:02x}");
        }
        let key = &self.key;
        let text =
            format!("HMAC-SHA256 apiKey={key}, date={date}, salt={salt}, signature={signature}");
        ("authorization", text)
    }
}

impl Provider for Solapi {
    fn send(&self, message: &Message<'_>, at: Time, salt: &str) -> Ask {
        let mut body = json!({ "to": message.to, "from": self.from });
        let way = match &message.what {
            What::Sms(text) => {
                body["text"] = json!(text);
                Way::Sms
            }
            What::Alimtalk { channel, form } => {
                let blanks = form.blanks.iter();
                let variables: serde_json::Map<String, Value> =
                    blanks.map(|(name, value)| (format!("#{{{name}}}"), json!(value))).collect();
                body["type"] = json!("ATA");
                body["kakaoOptions"] = json!({
                    "pfId": channel,
                    "templateId": form.code,
                    "variables": variables,
                    "disableSms": true,
                });
                Way::Alimtalk
            }
        };
        Ask {
            method: Method::POST,
            url: below(url_for(&self.urls, way), &["messages", "v4", "send"]),
            headers: vec![self.authorization(at, salt)],
            body: Some(json!({ "message": body }).to_string()),
        }
    }

    fn sent(&self, _: &Message<'_>, answer: &Answer) -> Came {
        if !answer.is_success() {
            let code = answer.word("/errorCode");
            return Came::Refused(code.map_or(Said::Status(answer.status), |c| Said::code(&c)));
        }
        let Some(code) = answer.word("/statusCode") else { return failed(Said::Unreadable) };
        judged(&code).unwrap_or_else(|| match reference(&[answer.word("/messageId")]) {
            Some(reference) => Came::Accepted { reference },
            None => Came::Taken(Said::Unconfirmed),
        })
    }

    fn look(&self, way: Way, reference: &str, at: Time, salt: &str) -> Ask {
        let mut url = below(url_for(&self.urls, way), &["messages", "v4", "list"]);
        url.query_pairs_mut().append_pair("messageId", reference);
        Ask { method: Method::GET, url, headers: vec![self.authorization(at, salt)], body: None }
    }

    fn looked(&self, _: Way, reference: &str, answer: &Answer) -> Option<Came> {
        // Its id is the key; SOLAPI's own ids hold letters and digits only.
        judged(&answer.word(&format!("/messageList/{reference}/statusCode"))?)
    }
}

/// What a status code means; none: on its way.
fn judged(code: &str) -> Option<Came> {
    let said = Said::code(code);
    match code {
        "2000" | "3000" => None,
        "4000" => Some(Came::Taken(said)),
        _ if PASSING.contains(&code) => Some(failed(said)),
        _ => Some(Came::Refused(said)),
    }
}
