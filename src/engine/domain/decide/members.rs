//! Commands about members: know one, know something else of one.
//!
//! Invariant: no two members share a phone number. What a call was taken with stays with it: another name, number or
//! card is another subject's row. Of a card the journal holds whether it is one that is refused, and nothing else.

use super::{Decided, within};
use crate::domain::card;
use crate::domain::command::{Contact, MemberCard, Person, RowWrite};
use crate::domain::event::{Card, Event};
use crate::domain::ids::{MemberId, SubjectId};
use crate::domain::refusal::Refusal;
use crate::domain::text::is_blank;
use crate::domain::world::World;

impl World {
    pub(super) fn add_member(&self, new: &MemberCard) -> Result<Decided, Refusal> {
        let person = &new.contact.person;
        if missing(person.name.as_deref()) {
            return Err(Refusal::MemberNeeds { field: "a name" });
        }
        let (Some(tel), false) = (new.contact.digest, missing(person.tel.as_deref())) else {
            return Err(Refusal::MemberNeeds { field: "a phone number" });
        };
        fits(person)?;
        if let Some(known) = self.member_of(tel) {
            return Err(Refusal::MemberExists(known.id));
        }
        let member = MemberId(self.desk.next.member + 1);
        let subject = SubjectId(self.desk.next.subject + 1);
        let mut rows = vec![RowWrite::Subject(subject, person.clone())];
        let friend = befriended(new.friend.as_ref(), SubjectId(subject.0 + 1), &mut rows)?;
        let added = Event::MemberAdded {
            member,
            subject,
            tel,
            reachable: new.contact.reachable,
            friend: friend.map(|(friend, _)| friend),
            friend_reachable: friend.is_some_and(|(_, reachable)| reachable),
            card: card_of(person)?.or(new.card),
        };
        Ok(Decided { events: vec![added], rows, member: Some(member), ..Decided::default() })
    }

    /// Nothing named: nothing changes.
    pub(super) fn amend_member(
        &self,
        id: MemberId,
        change: &MemberCard,
    ) -> Result<Decided, Refusal> {
        let member = self.member(id).ok_or(Refusal::NoSuchMember(id))?;
        let (contact, person) = (&change.contact, &change.contact.person);
        fits(person)?;
        for (given, field) in [(&person.name, "a name"), (&person.tel, "a phone number")] {
            if given.as_deref().is_some_and(is_blank) {
                return Err(Refusal::MemberNeeds { field });
            }
        }
        if person.tel.is_some() != contact.digest.is_some() {
            return Err(Refusal::MemberNeeds { field: "a phone number" });
        }
        let owner = contact.digest.and_then(|tel| self.member_of(tel));
        if let Some(owner) = owner.filter(|owner| owner.id != id) {
            return Err(Refusal::MemberExists(owner.id));
        }
        let mut rows = Vec::new();
        let mut next = SubjectId(self.desk.next.subject + 1);
        let mut subject = None;
        if *person != Person::default() {
            subject = Some(next);
            let change = person.clone();
            rows.push(RowWrite::Copy { to: next, from: member.subject, change });
            next = SubjectId(next.0 + 1);
        }
        let friend = befriended(change.friend.as_ref(), next, &mut rows)?;
        let card = card_of(person)?.or(change.card);
        if subject.is_none() && friend.is_none() && card.is_none() {
            return Ok(Decided { member: Some(id), ..Decided::default() });
        }
        let changed = Event::MemberChanged {
            member: id,
            subject,
            tel: contact.digest.map(|tel| (tel, contact.reachable)),
            friend,
            card,
        };
        Ok(Decided { events: vec![changed], rows, member: Some(id), ..Decided::default() })
    }
}

fn missing(text: Option<&str>) -> bool {
    text.is_none_or(is_blank)
}

/// What may be journalled of the card that a token stands for.
pub(super) fn card_of(person: &Person) -> Result<Option<Card>, Refusal> {
    Ok(person.card.as_deref().map(card::parse).transpose()?.map(|(_, card)| card))
}

/// The friend as a new subject, and whether they can be told anything. A friend without a number is of no use.
fn befriended(
    friend: Option<&Contact>,
    subject: SubjectId,
    rows: &mut Vec<RowWrite>,
) -> Result<Option<(SubjectId, bool)>, Refusal> {
    let Some(friend) = friend else { return Ok(None) };
    fits(&friend.person)?;
    if missing(friend.person.tel.as_deref()) {
        return Err(Refusal::MemberNeeds { field: "the friend's phone number" });
    }
    rows.push(RowWrite::Subject(subject, friend.person.clone()));
    Ok(Some((subject, friend.reachable)))
}

fn fits(person: &Person) -> Result<(), Refusal> {
    for text in [&person.name, &person.tel, &person.address].into_iter().flatten() {
        within("a field", text)?;
    }
    Ok(())
}
