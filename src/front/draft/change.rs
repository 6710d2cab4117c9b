//! Changes to a call as typed, and a call that follows up an ended one.
//!
//! Invariant: what is not said anew stays as it is known; the point that was used before is better than a second reading
//! of the same text.

use super::{Draft, Warning, contact, place, text_of};
use crate::desk::{Book, CallRow, Setup};
use crate::front::error::UserError;
use crate::front::look::Look;
use ascall_engine::domain::command::{Amendment, NewCall};
use ascall_engine::domain::ids::{CallId, Won};
use ascall_engine::domain::profile::Profile;
use ascall_engine::domain::tel::Tel;
use std::collections::BTreeMap;

/// What is to be changed of what was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Amend {
    pub location: Option<String>,
    pub tel: Option<String>,
    pub name: Option<String>,
    pub kind: Option<String>,
    pub cost: Option<i64>,
}

impl Amend {
    /// The command's body, and what the dispatcher should know.
    pub(crate) fn resolve(
        &self,
        call: CallId,
        setup: &Setup,
        book: &Book,
        look: &Look,
    ) -> Result<(Amendment, Vec<Warning>), UserError> {
        let mut warnings = Vec::new();
        let mut change = Amendment { cost: self.cost.map(Won), ..Amendment::default() };
        if let Some(text) = &self.location {
            let text = text_of("location", text)?;
            let spot = place(&text, look, &mut warnings)?;
            // A place the desk does not know cannot take the place of one it does.
            let spot = spot.ok_or_else(|| UserError::unknown_place(&text))?;
            change.spot = Some((spot, text));
        }
        if let Some(tel) = &self.tel {
            let name = self.name.as_deref();
            let mut contact = contact(setup, book, name, tel)?;
            if name.is_none() {
                let row = book.call(call)?.ok_or_else(|| UserError::no_call(call))?;
                contact.person.name = book.person(row.subject)?.and_then(|person| person.name);
            }
            change.contact = Some(contact);
        }
        if let Some(kind) = &self.kind {
            change.kind = Some(text_of("kind", kind)?);
        }
        Ok((change, warnings))
    }
}

/// What is said anew of a call that follows up an ended one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Again {
    pub location: Option<String>,
    pub kind: Option<String>,
    pub cost: Option<i64>,
    pub priority: Option<u8>,
    pub at: Option<String>,
    pub fields: BTreeMap<String, String>,
}

impl Again {
    /// The command's body, and what the dispatcher should know.
    pub(crate) fn resolve(
        &self,
        parent: CallId,
        setup: &Setup,
        book: &Book,
        look: &Look,
    ) -> Result<(NewCall, Vec<Warning>), UserError> {
        let row = book.call(parent)?.ok_or_else(|| UserError::no_call(parent))?;
        let draft = self.draft(book, &row, setup.profile(&row.profile_name))?;
        let (mut new, warnings) = draft.resolve(setup, book, look)?;
        if self.location.is_none() {
            new.spot = row.spot();
        }
        new.parent = Some(parent);
        Ok((new, warnings))
    }

    /// The ended call as a request, with what was said anew.
    fn draft(
        &self,
        book: &Book,
        row: &CallRow,
        profile: Option<&Profile>,
    ) -> Result<Draft, UserError> {
        let person = book.person(row.subject)?.unwrap_or_default();
        let tel = person.tel.clone();
        if tel.is_none() && row.tel.is_some() {
            return Err(UserError::usage(format!(
                "the customer of {} was erased; take the call anew: ascall request --tel …",
                row.call
            )));
        }
        // The client's own number belongs to the call that was: a new one is told by name.
        let reference = profile.and_then(Profile::reference_field).map(|field| &field.name);
        let kept = row.fields.iter().filter(|(name, _)| Some(name) != reference).cloned();
        let anew = self.fields.iter().map(|(name, value)| (name.clone(), value.clone()));
        Ok(Draft {
            tel: tel.map(|tel| Tel::parse(&tel).map_or(tel, |tel| tel.as_str().to_owned())),
            member: row.member,
            at: self.at.clone(),
            name: person.name,
            location: self.location.clone().or(person.address),
            cost: self.cost.or(row.cost.map(|Won(won)| won)),
            kind: self.kind.clone().or_else(|| row.kind.clone()),
            profile: row.profile_name.clone(),
            priority: self.priority.unwrap_or(row.priority),
            fields: kept.chain(anew).collect(),
        })
    }
}
