//! Those whom the desk knows by name, as typed: workers and members.
//!
//! Invariant: a card's number is refused before anything is asked; what is not said anew of a member stays as it is known.

use super::{Warning, card, contact, point, text_of};
use crate::desk::{Book, Setup};
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::mark::mark;
use crate::front::words::Word;
use ascall_engine::domain::command::{Contact, MemberCard, NewWorker, Person};
use ascall_engine::domain::event::Duty;
use ascall_engine::domain::ids::MemberId;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::domain::text::nfc;

/// A new worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WorkerDraft {
    pub name: String,
    pub tel: String,
    /// Where the worker starts from.
    pub at: Option<String>,
    pub skills: Vec<String>,
    pub services: Vec<String>,
    pub duty: Duty,
}

impl WorkerDraft {
    /// The command's body.
    pub(crate) fn resolve(&self, setup: &Setup, book: &Book) -> Result<NewWorker, UserError> {
        let home = self.at.as_deref().map(point).transpose()?;
        self.services.iter().try_for_each(|name| setup.must_know(name))?;
        Ok(NewWorker {
            contact: contact(setup, book, Some(&self.name), &self.tel)?,
            services: self.services.iter().map(|s| nfc(s)).collect(),
            skills: self.skills.iter().map(|s| nfc(s)).collect(),
            home,
            duty: self.duty,
            handle: None,
        })
    }

    /// A key below `base` for one of many that are made known together: the same worker has the same. The number itself
    /// must not stand in it, because keys are journalled.
    pub(crate) fn key(&self, base: &str) -> String {
        format!("{base}/{}", mark(&format!("{} {}", self.tel, self.name)))
    }
}

/// What is said of a member: of a new one, or anew of one that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MemberDraft {
    pub name: Option<String>,
    pub tel: Option<String>,
    /// The payment provider's token.
    pub card: Option<String>,
    pub friend_name: Option<String>,
    pub friend_tel: Option<String>,
}

impl MemberDraft {
    /// What is known of a member after this, and what the dispatcher should know. `member`: who it is already.
    pub(crate) fn resolve(
        &self,
        member: Option<MemberId>,
        setup: &Setup,
        book: &Book,
        look: &Look,
    ) -> Result<(MemberCard, Vec<Warning>), UserError> {
        let card = self.card.as_deref().map(card).transpose()?;
        let row = match member {
            Some(id) => Some(book.member(id)?.ok_or(Refusal::NoSuchMember(id))?),
            None => None,
        };
        let name = self.name.as_deref();
        let mut contact = match &self.tel {
            Some(tel) => contact(setup, book, name, tel)?,
            None => Contact {
                person: Person {
                    name: name.map(|n| text_of("name", n)).transpose()?,
                    ..Person::default()
                },
                ..Contact::default()
            },
        };
        contact.person.card = card.as_ref().map(|(token, _)| token.clone());
        let friend = row.and_then(|row| row.friend);
        let known = friend.map(|friend| book.person(friend)).transpose()?.flatten();
        let friend = self.friend(setup, book, known.unwrap_or_default())?;
        let spoken = self.tel.is_some().then_some(&contact);
        let odd = [spoken, friend.as_ref()].into_iter().flatten().filter(|one| !one.reachable);
        let warnings = odd.map(|_| look.word(Word::OddTel)).collect();
        Ok((MemberCard { contact, card: card.map(|(_, card)| card), friend }, warnings))
    }

    /// The friend, as far as one is named.
    fn friend(
        &self,
        setup: &Setup,
        book: &Book,
        known: Person,
    ) -> Result<Option<Contact>, UserError> {
        if self.friend_name.is_none() && self.friend_tel.is_none() {
            return Ok(None);
        }
        let name = self.friend_name.clone().or(known.name);
        let Some(tel) = self.friend_tel.clone().or(known.tel) else {
            return Err(Refusal::MemberNeeds { field: "the friend's phone number" }.into());
        };
        contact(setup, book, name.as_deref(), &tel).map(Some)
    }
}
