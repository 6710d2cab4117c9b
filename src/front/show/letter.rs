//! A notice as it is shown.

use super::name_of;
use crate::desk::letters::{Letter, Try};
use crate::front::clock::iso;
use crate::front::look::Look;
use crate::front::mask::Veil;
use crate::front::show::Show;
use crate::front::words::Word;
use ascall_engine::domain::event::Said;
use ascall_engine::domain::ids::{Time, WorkerId};
use ascall_engine::domain::profile::Role;
use schemars::JsonSchema;
use serde::Serialize;

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct LetterJson {
    /// Its record.
    pub seq: u64,
    /// When.
    pub at: String,
    /// The call it is about.
    pub call: String,
    /// `customer`, `worker` or `friend`.
    pub to: &'static str,
    /// What it tells of, e.g. `assigned`.
    pub on: String,
    /// `owed`, `accepted` (by a provider), `delivered`, `suppressed` or `dead`.
    pub delivery: &'static str,
    /// The sentence.
    pub text: String,
    /// Its name, as `inbox resend` wants it.
    pub notice: String,
    /// By what it travels, e.g. `webhook`.
    pub transport: &'static str,
    /// The worker it speaks of.
    #[serde(skip)]
    pub worker: Option<WorkerId>,
    #[serde(skip)]
    pub time: Time,
}

impl LetterJson {
    /// A notice, as much of the persons in it as `veil` lets through.
    pub(crate) fn of(letter: &Letter, veil: Veil) -> Self {
        Self {
            seq: letter.notice.seq.0,
            at: iso(letter.at),
            call: letter.call.to_string(),
            to: match letter.role {
                Role::Customer => "customer",
                Role::Worker => "worker",
                Role::Friend => "friend",
            },
            on: name_of(&letter.on),
            delivery: letter.fate.name(),
            text: veiled(letter, veil),
            notice: letter.notice.to_string(),
            transport: letter.notice.transport.name(),
            worker: letter.worker,
            time: letter.at,
        }
    }
}

/// The sentence with what names a person masked: numbers first, because a name may be part of nothing else.
fn veiled(letter: &Letter, veil: Veil) -> String {
    if veil == Veil::Whole {
        return letter.text.clone();
    }
    let mut text = letter.text.clone();
    for person in &letter.persons {
        if let Some(tel) = &person.tel {
            text = text.replace(&Veil::Whole.tel(tel), &veil.tel(tel));
        }
        if let Some(address) = person.address.as_ref().filter(|a| !a.is_empty()) {
            text = text.replace(address, &veil.address(address));
        }
        if let Some(name) = person.name.as_ref().filter(|n| !n.is_empty()) {
            text = text.replace(name, &veil.name(name));
        }
    }
    text
}

impl Show for LetterJson {
    fn id(&self) -> String {
        self.call.clone()
    }
    const CSV: &'static [&'static str] =
        &["seq", "at", "call", "to", "on", "delivery", "text", "notice", "transport"];
    const HEADS: &'static [Word] = &[Word::Time, Word::Call, Word::To, Word::Delivery, Word::Text];
    fn cells(&self, look: &Look) -> Vec<String> {
        let to = match self.to {
            "worker" => Word::Worker,
            "friend" => Word::Friend,
            _ => Word::Customer,
        };
        vec![
            look.clock.short(self.time),
            self.call.clone(),
            look.word(to),
            if self.delivery == "delivered" { String::new() } else { look.delivery(self.delivery) },
            self.text.clone(),
        ]
    }
}

/// One try of a notice, or that it was sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct TryJson {
    /// The record that tells of it.
    pub seq: u64,
    /// When.
    pub at: String,
    /// The notice.
    pub notice: String,
    /// The call it is about.
    pub call: String,
    /// By what it went: for a refused alimtalk from then on `sms`.
    pub by: &'static str,
    /// Which try, from 1; none: a person had it sent again.
    pub attempt: Option<u32>,
    /// `accepted`, `delivered`, `failed` (tried again), `by_sms` (refused, tried again as a text message), `dead` or `resent`.
    pub became: &'static str,
    /// What was answered, e.g. `status 503`, `code 3104` or `timeout`.
    pub said: Option<String>,
    /// The provider's own number for it.
    pub reference: Option<String>,
    /// When it is tried again.
    pub retry_at: Option<String>,
    #[serde(skip)]
    time: Time,
    #[serde(skip)]
    answer: Option<Said>,
    #[serde(skip)]
    next: Option<Time>,
}

impl TryJson {
    /// All that happened to some notices, in the order of time.
    pub(crate) fn all(letters: &[Letter]) -> Vec<Self> {
        let of = |letter: &Letter, one: &Try| Self {
            seq: one.seq.0,
            at: iso(one.at),
            notice: letter.notice.to_string(),
            call: letter.call.to_string(),
            by: one.by.name(),
            attempt: (one.attempt > 0).then_some(one.attempt),
            became: one.became.name(),
            said: one.said.as_ref().map(Said::to_string),
            reference: one.reference.clone(),
            retry_at: one.retry_at.map(iso),
            time: one.at,
            answer: one.said.clone(),
            next: one.retry_at,
        };
        let each =
            |letter: &Letter| letter.tries.iter().map(|one| of(letter, one)).collect::<Vec<_>>();
        let mut all: Vec<Self> = letters.iter().flat_map(each).collect();
        all.sort_by_key(|one| one.seq);
        all
    }
}

impl Show for TryJson {
    fn id(&self) -> String {
        self.notice.clone()
    }
    const CSV: &'static [&'static str] = &[
        "seq",
        "at",
        "notice",
        "call",
        "by",
        "attempt",
        "became",
        "said",
        "reference",
        "retry_at",
    ];
    const HEADS: &'static [Word] = &[
        Word::Time,
        Word::Notice,
        Word::By,
        Word::Try,
        Word::Delivery,
        Word::Answer,
        Word::NextTry,
    ];
    fn cells(&self, look: &Look) -> Vec<String> {
        vec![
            look.clock.exact(self.time),
            self.notice.clone(),
            look.transport(self.by),
            self.attempt.map(|attempt| attempt.to_string()).unwrap_or_default(),
            look.delivery(self.became),
            self.answer.as_ref().map(|said| look.said(said)).unwrap_or_default(),
            self.next.map(|at| look.clock.exact(at)).unwrap_or_default(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::letters::Fate;
    use ascall_engine::domain::command::Person;
    use ascall_engine::domain::ids::CallId;
    use ascall_engine::domain::profile::NoticeOn;

    fn letter() -> Letter {
        Letter {
            notice: "3/0/S-2/inbox".parse().unwrap(),
            at: Time(0),
            call: CallId(1),
            worker: None,
            role: Role::Customer,
            on: NoticeOn::Assigned,
            fate: Fate::Delivered,
            text: "C-1: 김하나 수리기사, 010-0000-0001, 마포구 공덕동 12".to_owned(),
            persons: vec![
                Person { address: Some("마포구 공덕동 12".to_owned()), ..Person::default() },
                Person {
                    name: Some("김하나".to_owned()),
                    tel: Some("01000000001".to_owned()),
                    address: None,
                    card: None,
                },
            ],
            tries: Vec::new(),
        }
    }

    #[test]
    fn a_listed_letter_names_nobody() {
        let masked = LetterJson::of(&letter(), Veil::Masked);
        assert_eq!(masked.text, "C-1: 김*나 수리기사, 010-****-0001, 마포구 공덕동 ***");
        assert_eq!(masked.on, "assigned");
    }

    #[test]
    fn a_revealed_letter_is_as_it_was_sent() {
        assert_eq!(LetterJson::of(&letter(), Veil::Whole).text, letter().text);
    }
}
