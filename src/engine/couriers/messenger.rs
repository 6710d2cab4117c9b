//! The transports `alimtalk` and `sms`: a provider is asked to send a message, and then what became of it.
//!
//! A provider knows how it is asked and how its answers read, and sends nothing itself; so each is tried without a network,
//! and timeouts, rate limits and lost answers are the same for all.
//!
//! Invariant: a message that was accepted is never sent again, only asked after. A refused 알림톡 is reported as refused;
//! that it then goes as a text message is the desk's decision.

use super::http::{Answer, Ask, Caller};
use super::nhn::Nhn;
use super::solapi::Solapi;
use super::{BadCourier, Parcel, Secret, failed, held_off};
use crate::domain::command::Came;
use crate::domain::event::Said;
use crate::domain::ids::{Millis, Time};
use crate::domain::profile::Transport;
use crate::domain::tel::Tel;
use crate::participants::http::{Url, checked_url};
use crate::views::letter::{Form, Forms};
use std::fmt;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// How long a provider may take for one answer.
const DEADLINE: Duration = Duration::from_secs(10);

/// After how long it is asked what became of a message, each time; then it counts as sent.
const LOOKS: [Duration; 8] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
    Duration::from_secs(30),
    Duration::from_mins(1),
    Duration::from_mins(2),
];

/// At most this many such questions at once.
const LOOKS_MAX: usize = 16;

/// How long everything rests after a rate limit that names no time.
const THROTTLED: Millis = Millis::secs(5);

/// Whose service it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderKind {
    /// SOLAPI, <https://solapi.com>.
    Solapi,
    /// NHN Cloud, <https://www.nhncloud.com>.
    Nhn,
}

impl ProviderKind {
    /// Where its messages of both kinds are sent when nothing else is configured: 알림톡, then text messages.
    #[must_use]
    pub fn urls(self) -> [&'static str; 2] {
        match self {
            Self::Solapi => [super::solapi::URL; 2],
            Self::Nhn => [super::nhn::URL, super::nhn::SMS_URL],
        }
    }
}

/// A provider and the account there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessengerSettings {
    /// Whose service.
    pub provider: ProviderKind,
    /// Where 알림톡 is sent (and text messages, when the provider has one address for both).
    pub url: String,
    /// Where text messages are sent.
    pub sms_url: String,
    /// The name of the account: SOLAPI's API key, NHN Cloud's app key.
    pub key: String,
    /// Its secret.
    pub secret: Secret,
    /// The account for text messages; none: the same.
    pub sms: Option<(String, Secret)>,
    /// The number that messages come from, registered with the provider.
    pub from: String,
    /// The KakaoTalk channel: SOLAPI's pfId, NHN Cloud's sender key.
    pub channel: Option<String>,
    /// What the provider has approved.
    pub forms: Forms,
    /// After how long it is asked what became of a message, each time.
    pub looks: Vec<Duration>,
    /// How long the provider may take for one answer.
    pub deadline: Duration,
}

impl MessengerSettings {
    /// The account `key` at a provider, with everything else as it comes.
    #[must_use]
    pub fn new(provider: ProviderKind, key: &str, secret: Secret, from: &str) -> Self {
        let [url, sms_url] = provider.urls().map(str::to_owned);
        Self {
            provider,
            url,
            sms_url,
            key: key.to_owned(),
            secret,
            sms: None,
            from: from.chars().filter(char::is_ascii_digit).collect(),
            channel: None,
            forms: Forms::new(),
            looks: LOOKS.to_vec(),
            deadline: DEADLINE,
        }
    }
}

/// What a message travels as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Alimtalk,
    Sms,
}

/// A message to be sent.
#[derive(Debug)]
pub(super) struct Message<'a> {
    /// What it says and how.
    pub what: What<'a>,
    /// Digits only.
    pub to: &'a str,
    /// The same for tries of which nobody knows whether they came to anything.
    pub key: &'a str,
}

/// What a message says.
#[derive(Debug)]
pub(super) enum What<'a> {
    /// An approved form, filled in, of this channel.
    Alimtalk { channel: &'a str, form: &'a Form },
    /// A text.
    Sms(&'a str),
}

/// A provider of messages: how it is asked, and what its answers mean.
pub(super) trait Provider: fmt::Debug + Send + Sync {
    /// How a message is sent. `salt` is used once.
    fn send(&self, message: &Message<'_>, at: Time, salt: &str) -> Ask;
    /// What the answer to that means; it is a success, or says that the request is at fault.
    fn sent(&self, message: &Message<'_>, answer: &Answer) -> Came;
    /// How it is asked what became of a message.
    fn look(&self, way: Way, reference: &str, at: Time, salt: &str) -> Ask;
    /// What the answer to that means; none: nobody knows yet.
    fn looked(&self, way: Way, reference: &str, answer: &Answer) -> Option<Came>;
}

/// The provider of a desk.
#[derive(Debug)]
pub(super) struct Messenger {
    caller: Caller,
    provider: Box<dyn Provider>,
    channel: Option<String>,
    looks: Vec<Duration>,
    places: Semaphore,
}

impl Messenger {
    pub(super) fn new(settings: MessengerSettings) -> Result<Self, BadCourier> {
        let url = |what, text: &str| {
            checked_url(text).map_err(|source| BadCourier::Http { what, source })
        };
        let urls =
            [url("messenger.url", &settings.url)?, url("messenger.sms_url", &settings.sms_url)?];
        let safest = urls.iter().find(|url| url.scheme() == "https").unwrap_or(&urls[0]);
        let caller = Caller::new(safest.clone(), settings.deadline);
        let (channel, looks) = (settings.channel.clone(), settings.looks.clone());
        let provider: Box<dyn Provider> = match settings.provider {
            ProviderKind::Solapi => Box::new(Solapi::new(settings, urls)),
            ProviderKind::Nhn => Box::new(Nhn::new(settings, urls)),
        };
        let places = Semaphore::new(LOOKS_MAX);
        Ok(Self { caller, provider, channel, looks, places })
    }

    pub(super) async fn carry(&self, parcel: &Parcel) -> Came {
        let as_sms = parcel.by_sms || parcel.notice.transport == Transport::Sms;
        let way = if as_sms { Way::Sms } else { Way::Alimtalk };
        match &parcel.reference {
            Some(reference) => self.follow(parcel, way, reference).await,
            None => self.send(parcel, way).await,
        }
    }

    async fn send(&self, parcel: &Parcel, way: Way) -> Came {
        let letter = &parcel.letter;
        let Some(to) = letter.to.as_deref().and_then(|to| Tel::parse(to).ok()) else {
            return Came::Refused(Said::NoNumber);
        };
        let what = match (way, &letter.form, &self.channel) {
            (Way::Sms, ..) => What::Sms(&letter.text),
            (Way::Alimtalk, Some(form), Some(channel)) => What::Alimtalk { channel, form },
            (Way::Alimtalk, ..) => return Came::Refused(Said::NoTemplate),
        };
        let key = format!("{}-{}-{}", parcel.id, u8::from(parcel.by_sms), parcel.surely);
        let message = Message { what, to: to.as_str(), key: &key };
        let ask = self.provider.send(&message, parcel.at, &salt(parcel, parcel.at));
        let answer = match self.caller.exchange(ask, parcel.at).await {
            Ok(answer) => answer,
            Err(said) => return failed(said),
        };
        match answer.status {
            // A request at fault, or an account without money or rights; the provider's own word says which.
            400 | 404 | 409 | 422 => self.provider.sent(&message, &answer),
            _ if answer.is_success() => self.provider.sent(&message, &answer),
            429 => held_off(Said::Status(429), Some(answer.wait.unwrap_or(THROTTLED))),
            status => held_off(Said::Status(status), answer.wait),
        }
    }

    /// Asks what became of a message until somebody knows; at last it counts as sent.
    async fn follow(&self, parcel: &Parcel, way: Way, reference: &str) -> Came {
        let begun = Instant::now();
        for wait in &self.looks {
            tokio::time::sleep(*wait).await;
            let Ok(_place) = self.places.acquire().await else { break };
            let spent = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            let at = parcel.at.plus(Millis(spent));
            let ask = self.provider.look(way, reference, at, &salt(parcel, at));
            // Whoever cannot say now is asked again: the message itself is not in doubt.
            let Ok(answer) = self.caller.exchange(ask, at).await else { continue };
            let known = answer.is_success().then(|| self.provider.looked(way, reference, &answer));
            if let Some(came) = known.flatten() {
                return came;
            }
        }
        Came::Taken(Said::Unconfirmed)
    }
}

/// Letters that are used once: two requests of the same parcel are apart in time.
fn salt(parcel: &Parcel, at: Time) -> String {
    let text = format!("{} {} {}", parcel.id, at.0, parcel.reference.is_some());
    blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
}

/// A number for a request below `base` that may be asked for later.
pub(super) fn reference(parts: &[Option<String>]) -> Option<String> {
    let parts: Option<Vec<&str>> = parts.iter().map(Option::as_deref).collect();
    parts.map(|parts| parts.join("/"))
}

/// The address for one way.
pub(super) fn url_for(urls: &[Url; 2], way: Way) -> &Url {
    match way {
        Way::Alimtalk => &urls[0],
        Way::Sms => &urls[1],
    }
}

/// Whether a text fits into a short message: 90 bytes, of which a Korean letter takes two.
pub(super) fn is_short(text: &str) -> bool {
    let bytes: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    bytes <= 90
}
