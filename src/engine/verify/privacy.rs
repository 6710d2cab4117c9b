//! No personal data in the journal: no text in a record may look like a phone number, and no field like a card's.
//!
//! Invariant: every string of a record is looked at, whatever its field is called; numbers are not.
//! The desk's own configuration (profiles, participants) is left out: a firm may print its number. So are the names of
//! products: many are numbers.

use super::rule::{Log, Rule};
use crate::domain::event::{Event, Record};
use crate::domain::ids::ProfileId;
use crate::domain::profile::{FieldKind, Profile};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

/// As many digits as the shortest number with its area code.
const DIGITS_MIN: u32 = 9;

/// How many digits a card has.
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 15..=16;

/// Looks at every text of the record.
pub(super) fn scan(log: &mut Log, record: &Record, profiles: &BTreeMap<ProfileId, Arc<Profile>>) {
    let mut found = has_number(&(&record.actor, &record.reason));
    found |= record.key.as_ref().is_some_and(|bound| has_number(&bound.key));
    for event in &record.events {
        found |= match event {
            // A profile's own fields may hold order numbers and the like; what names a person is no field of a call.
            Event::CallReceived { kind, profile, fields, .. } => {
                let card = has_card(fields, profiles.get(profile));
                log.check(Rule::M7, !card, || "a field looks like a card number".to_owned());
                has_number(kind)
            }
            Event::CallRecalled { call } => {
                has_number(&(&call.kind, &call.steps, &call.disposition))
            }
            // A provider's number for a message is its own, and many begin with a date.
            Event::NoticeAccepted { .. }
            | Event::ProfileAdopted { .. }
            | Event::ParticipantSet { .. }
            | Event::StockMoved { .. } => false,
            _ => has_number(event),
        };
    }
    // The text itself stays out of the fault: a report is read by more people than a journal.
    log.check(Rule::P2, !found, || "a text holds nine or more digits in a row".to_owned());
}

/// Whether a field, but for the client's own number, holds what could be paid with.
fn has_card(fields: &BTreeMap<String, String>, spec: Option<&Arc<Profile>>) -> bool {
    let is_reference = |name: &str| {
        let mut own = spec.iter().flat_map(|spec| &spec.fields);
        own.any(|field| field.name == name && field.kind == FieldKind::Reference)
    };
    fields.iter().any(|(name, text)| !is_reference(name) && is_card(text))
}

/// Whether the text holds a run of digits as long as a card's, with a card's first digit and its check digit
/// (Luhn, US patent 2950048).
fn is_card(text: &str) -> bool {
    let kept: String = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    kept.split(|c: char| !c.is_ascii_digit()).any(|run| {
        let brand = matches!(run.as_bytes().first(), Some(b'3'..=b'6' | b'9'));
        CARD_DIGITS.contains(&run.len()) && brand && luhn(run)
    })
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .zip(0_u32..)
        .map(|(digit, place)| {
            let digit = u32::from(digit - b'0') << (place % 2);
            digit / 10 + digit % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

fn has_number<T: Serialize>(value: &T) -> bool {
    let mut reader = Reader::default();
    // The reader takes everything, and the record was serialised before: there is no error to see.
    serde_json::to_writer(&mut reader, value).is_err() || reader.found
}

/// Reads JSON as it is written and counts digits inside strings.
#[derive(Default)]
struct Reader {
    in_text: bool,
    is_escaped: bool,
    digits: u32,
    found: bool,
}

impl Reader {
    fn byte(&mut self, byte: u8) {
        if self.is_escaped {
            self.is_escaped = false;
            self.digits = 0;
            return;
        }
        match byte {
            b'"' => {
                self.in_text = !self.in_text;
                self.digits = 0;
            }
            b'\\' => self.is_escaped = self.in_text,
            b'0'..=b'9' if self.in_text => {
                self.digits += 1;
                self.found |= self.digits >= DIGITS_MIN;
            }
            // People write numbers with these between the groups.
            b'-' | b' ' | b'(' | b')' if self.in_text => {}
            _ => self.digits = 0,
        }
    }
}

impl io::Write for Reader {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.byte(*byte);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_seen_however_it_is_written() {
        for bad in ["010-0000-1234", "call 01000001234 now", "+82 10 0000 1234", "(02) 0000-1234"] {
            assert!(has_number(&bad), "{bad}");
        }
    }

    #[test]
    fn a_card_number_is_seen_however_it_is_grouped_and_an_order_number_is_none() {
        for bad in ["4111 1111 1111 1111", "5555-5555-5555-4444", "card 378282246310005"] {
            assert!(is_card(bad), "{bad}");
        }
        for good in ["4111 1111 1111 1112", "2026110700012345", "010-0000-1234", "411111", ""] {
            assert!(!is_card(good), "{good}");
        }
    }

    #[test]
    fn numbers_places_and_short_texts_are_no_phone_numbers() {
        for good in ["C-1042", "37.566312,126.977945", "1588-0000", "2026-11"] {
            assert!(!has_number(&good), "{good}");
        }
        assert!(!has_number(&1_732_173_213_123_i64), "a time is no text");
        assert!(!has_number(&["a\"0100000", "1234\""]), "two texts are not one");
    }
}
