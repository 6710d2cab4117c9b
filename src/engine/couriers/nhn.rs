//! NHN Cloud: 알림톡 and text messages are two services with an address, an app key and a secret key each.
//!
//! Sources: <https://docs.nhncloud.com/en/Notification/KakaoTalk%20Bizmessage/en/alimtalk-api-guide/> (v2.3),
//! <https://docs.nhncloud.com/en/Notification/SMS/en/api-guide/> (v3.0), and the pages of error codes beside them.
//!
//! Invariant: an answer counts by its `header.isSuccessful` and its result codes, whatever its HTTP status. The provider's
//! own fallback to a text message is off. A repeated 알림톡 of which nobody knows the outcome is known by its key; for text
//! messages there is no such key, and one may arrive twice after a lost answer.

use super::http::{Answer, Ask, below};
use super::messenger::{
    Message, MessengerSettings, Provider, Way, What, is_short, reference, url_for,
};
use super::{Secret, failed};
use crate::domain::command::Came;
use crate::domain::event::Said;
use crate::domain::ids::Time;
use crate::participants::http::Url;
use reqwest::Method;
use serde_json::json;

/// Where 알림톡 is sent.
pub(super) const URL: &str = "https://kakaotalk-bizmessage.api.nhncloudservice.com";

/// Where text messages are sent.
pub(super) const SMS_URL: &str = "https://sms.api.nhncloudservice.com";

/// The code of a request whose key was used within ten minutes: it had come before.
const REPEATED: &str = "-1005";

/// Codes of what may go well another time: keys that are not valid (yet), the day's volume, the platform's trouble.
const PASSING: [&str; 6] = ["-1000", "-1001", "-1002", "-1017", "-9998", "-9999"];

/// The title of a long message: NHN Cloud wants one.
const TITLE: &str = "알림";

/// Accounts at NHN Cloud.
#[derive(Debug)]
pub(super) struct Nhn {
    urls: [Url; 2],
    /// For 알림톡, and for text messages.
    accounts: [(String, Secret); 2],
    from: String,
}

impl Nhn {
    pub(super) fn new(settings: MessengerSettings, urls: [Url; 2]) -> Self {
        let MessengerSettings { key, secret, sms, from, .. } = settings;
        let talk = (key, secret);
        let sms = sms.unwrap_or_else(|| talk.clone());
        Self { urls, accounts: [talk, sms], from }
    }

    fn account(&self, way: Way) -> (&str, (&'static str, String)) {
        let (key, secret) = match way {
            Way::Alimtalk => &self.accounts[0],
            Way::Sms => &self.accounts[1],
        };
        (key, ("x-secret-key", secret.open().to_owned()))
    }

    fn url(&self, way: Way, rest: &[&str]) -> Url {
        let (key, _) = self.account(way);
        let service = match way {
            Way::Alimtalk => ["alimtalk", "v2.3", "appkeys", key],
            Way::Sms => ["sms", "v3.0", "appKeys", key],
        };
        below(url_for(&self.urls, way), &[&service, rest].concat())
    }
}

impl Provider for Nhn {
    fn send(&self, message: &Message<'_>, _: Time, _: &str) -> Ask {
        let (url, way, body) = match &message.what {
            What::Alimtalk { channel, form } => {
                let body = json!({
                    "senderKey": channel,
                    "templateCode": form.code,
                    "recipientList": [{
                        "recipientNo": message.to,
                        "templateParameter": form.blanks,
                        "resendParameter": { "isResend": false },
                    }],
                });
                (self.url(Way::Alimtalk, &["messages"]), Way::Alimtalk, body)
            }
            What::Sms(text) => {
                let mut body = json!({
                    "body": text,
                    "sendNo": self.from,
                    "recipientList": [{ "recipientNo": message.to }],
                });
                let sender = if is_short(text) { "sms" } else { "mms" };
                if sender == "mms" {
                    body["title"] = json!(TITLE);
                }
                (self.url(Way::Sms, &["sender", sender]), Way::Sms, body)
            }
        };
        let mut headers = vec![self.account(way).1];
        if way == Way::Alimtalk {
            headers.push(("x-nc-api-idempotency-key", message.key.to_owned()));
        }
        Ask { method: Method::POST, url, headers, body: Some(body.to_string()) }
    }

    fn sent(&self, message: &Message<'_>, answer: &Answer) -> Came {
        if let Some(came) = header(answer) {
            return came;
        }
        let (result, id, seq, kind) = match &message.what {
            What::Alimtalk { .. } => (
                "/message/sendResults/0/resultCode",
                "/message/requestId",
                "/message/sendResults/0/recipientSeq",
                "alimtalk",
            ),
            What::Sms(text) => (
                "/body/data/sendResultList/0/resultCode",
                "/body/data/requestId",
                "/body/data/sendResultList/0/recipientSeq",
                if is_short(text) { "sms" } else { "mms" },
            ),
        };
        match answer.word(result) {
            Some(code) if code == "0" => {}
            Some(code) => return judged(&code),
            None => return failed(Said::Unreadable),
        }
        let parts = [Some(kind.to_owned()), answer.word(id), answer.word(seq)];
        match reference(&parts) {
            Some(reference) => Came::Accepted { reference },
            None => Came::Taken(Said::Unconfirmed),
        }
    }

    fn look(&self, way: Way, reference: &str, _: Time, _: &str) -> Ask {
        let mut parts = reference.split('/');
        let mut next = || parts.next().unwrap_or_default();
        let (kind, id, seq) = (next(), next(), next());
        let url = match way {
            Way::Alimtalk => self.url(way, &["messages", id, seq]),
            Way::Sms => {
                let mut url = self.url(way, &["sender", kind, id]);
                url.query_pairs_mut().append_pair("recipientSeq", seq);
                url
            }
        };
        Ask { method: Method::GET, url, headers: vec![self.account(way).1], body: None }
    }

    fn looked(&self, way: Way, _: &str, answer: &Answer) -> Option<Came> {
        let (status, code) = match way {
            Way::Alimtalk => ("/message/messageStatus", "/message/resultCode"),
            Way::Sms => ("/body/data/msgStatus", "/body/data/resultCode"),
        };
        let said = || answer.word(code).map_or(Said::Unreadable, |code| Said::code(&code));
        match (way, answer.word(status)?.as_str()) {
            (Way::Alimtalk, "COMPLETED") | (Way::Sms, "3") => Some(Came::Taken(said())),
            (Way::Alimtalk, "FAILED" | "CANCEL") | (Way::Sms, "0" | "4" | "5" | "6") => {
                Some(Came::Refused(said()))
            }
            _ => None,
        }
    }
}

/// What the header of an answer says against it; none: nothing.
fn header(answer: &Answer) -> Option<Came> {
    let ok = answer.body.as_ref().and_then(|body| body.pointer("/header/isSuccessful")?.as_bool());
    match (ok, answer.word("/header/resultCode")) {
        (Some(true), _) if answer.is_success() => None,
        (Some(false), Some(code)) => Some(judged(&code)),
        _ if answer.is_success() => Some(failed(Said::Unreadable)),
        _ => Some(Came::Refused(Said::Status(answer.status))),
    }
}

/// What a result code means.
fn judged(code: &str) -> Came {
    let said = Said::code(code);
    match code {
        REPEATED => Came::Taken(said),
        _ if PASSING.contains(&code) => failed(said),
        _ => Came::Refused(said),
    }
}
