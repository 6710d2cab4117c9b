//! Persons as typed: names, phone numbers, card tokens.
//!
//! Invariant: a phone number of no known form is kept as typed and never written to.

use super::text_of;
use crate::desk::{Book, Setup};
use crate::front::error::UserError;
use ascall_engine::domain::card;
use ascall_engine::domain::command::{Contact, Person};
use ascall_engine::domain::event::Card;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::domain::tel::Tel;

/// A person with the number's digest.
pub(crate) fn contact(
    setup: &Setup,
    book: &Book,
    name: Option<&str>,
    tel: &str,
) -> Result<Contact, UserError> {
    let tel = read_tel(setup, tel)?;
    let name = match name {
        Some(name) => Some(text_of("name", name)?).filter(|name| !name.is_empty()),
        None => None,
    };
    Ok(Contact {
        digest: Some(book.digest(tel.as_str())?),
        reachable: tel.recognised(),
        person: Person { name, tel: Some(tel.as_str().to_owned()), address: None, card: None },
    })
}

/// A phone number, by the rule the configuration has for odd ones.
pub(crate) fn read_tel(setup: &Setup, text: &str) -> Result<Tel, UserError> {
    Ok(if setup.tel_strict { Tel::strict(text)? } else { Tel::parse(text)? })
}

/// A card's token and what may be journalled of it. A card's number is refused, and never repeated.
pub(crate) fn card(text: &str) -> Result<(String, Card), UserError> {
    Ok(card::parse(text).map_err(Refusal::BadCard)?)
}
