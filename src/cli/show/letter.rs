//! A notice as it is shown.

use super::name_of;
use crate::cli::clock::iso;
use crate::cli::mask::Veil;
use crate::cli::ui::{Look, Show};
use crate::cli::words::Word;
use crate::desk::letters::Letter;
use ascall_engine::domain::ids::Time;
use ascall_engine::domain::profile::Role;
use serde::Serialize;

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// `owed`, `delivered`, `suppressed` or `dead`.
    pub delivery: &'static str,
    /// The sentence.
    pub text: String,
    #[serde(skip)]
    pub time: Time,
}

impl LetterJson {
    /// A notice, as much of the persons in it as `veil` lets through.
    pub(crate) fn of(letter: &Letter, veil: Veil) -> Self {
        Self {
            seq: letter.seq.0,
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
    const CSV: &'static [&'static str] = &["seq", "at", "call", "to", "on", "delivery", "text"];
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
            if self.delivery == "delivered" { String::new() } else { look.term(self.delivery) },
            self.text.clone(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::letters::Fate;
    use ascall_engine::domain::command::Person;
    use ascall_engine::domain::ids::{CallId, Seq};
    use ascall_engine::domain::profile::NoticeOn;

    fn letter() -> Letter {
        Letter {
            seq: Seq(3),
            at: Time(0),
            call: CallId(1),
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
