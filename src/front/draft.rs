//! From what was typed to what the desk is asked: the person, the place and the fields of a request.
//!
//! Invariant: nothing is guessed, and what must not stand in the journal does not get into a field.

mod change;
mod known;
mod person;
mod place;

pub(crate) use change::{Again, Amend};
pub(crate) use known::{MemberDraft, WorkerDraft};
pub(crate) use person::{card, contact, read_tel};
pub(crate) use place::{THEN, UNSAID, place, point};

use super::error::UserError;
use super::look::Look;
use super::show::event::NamesOf;
use super::words::{ALIASES, Word};
use crate::desk::{Book, CallRow, Desk, Setup};
use ascall_engine::domain::command::{Contact, NewCall, Person};
use ascall_engine::domain::ids::{MemberId, Time, Won};
use ascall_engine::domain::profile::{FieldKind, Profile};
use ascall_engine::domain::text::nfc;
use std::collections::BTreeMap;

/// The most characters of a name, an address or another text of a request.
const TEXT_MAX: usize = 200;

/// The fields of the desk's own: each has a flag and is never one among the profile's fields.
const OWN: [&str; 4] = ["tel", "location", "cost", "kind"];

/// A request as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    pub tel: Option<String>,
    pub member: Option<MemberId>,
    pub name: Option<String>,
    pub location: Option<String>,
    pub cost: Option<i64>,
    pub kind: Option<String>,
    pub profile: String,
    pub priority: u8,
    /// The begin of the appointment.
    pub at: Option<String>,
    pub fields: BTreeMap<String, String>,
}

/// Something the dispatcher should know although the request is fine.
pub(crate) type Warning = String;

impl Draft {
    /// The command's body, and what the dispatcher should know.
    pub(crate) fn resolve(
        &self,
        setup: &Setup,
        book: &Book,
        look: &Look,
    ) -> Result<(NewCall, Vec<Warning>), UserError> {
        self.read(self.contact(setup, book, setup.profile(&self.profile))?, setup, look, false)
    }

    /// The same for somebody who is known already.
    pub(crate) fn resolve_for(
        &self,
        contact: Contact,
        setup: &Setup,
        look: &Look,
    ) -> Result<(NewCall, Vec<Warning>), UserError> {
        self.read(contact, setup, look, false)
    }

    /// The same when nobody can be asked back: a place that is not known, or not told from another, is taken as typed,
    /// without a point.
    pub(crate) fn resolve_as_typed(
        &self,
        setup: &Setup,
        book: &Book,
        look: &Look,
    ) -> Result<(NewCall, Vec<Warning>), UserError> {
        self.read(self.contact(setup, book, setup.profile(&self.profile))?, setup, look, true)
    }

    fn read(
        &self,
        mut contact: Contact,
        setup: &Setup,
        look: &Look,
        as_typed: bool,
    ) -> Result<(NewCall, Vec<Warning>), UserError> {
        let mut warnings = Vec::new();
        let profile = setup.profile(&self.profile);
        if contact.person.tel.is_some() && !contact.reachable {
            warnings.push(look.word(Word::OddTel));
        }
        let mut spot = None;
        if let Some(text) = self.location.as_ref().filter(|text| !text.trim().is_empty()) {
            let text = text_of("location", text)?;
            spot = match place(&text, look, &mut warnings) {
                Err(_) if as_typed => None,
                found => found?,
            };
            contact.person.address = Some(text);
        }
        let mut visit = look.clock.ahead(self.at.as_deref()).map_err(UserError::bad_time)?;
        let mut unknown = Vec::new();
        let beyond = as_typed.then_some(&mut unknown);
        let mut fields = self.fields(profile, look, &mut visit, &mut warnings, beyond)?;
        // What must not stand in the journal goes the way of the address.
        for place in unknown {
            let from = contact.person.address.take().unwrap_or_default();
            contact.person.address = Some(format!("{from}{THEN}{place}"));
        }
        let typed = match &self.kind {
            Some(kind) => Some(text_of("kind", kind)?).filter(|kind| !kind.is_empty()),
            None => None,
        };
        let kind = match profile {
            Some(profile) => skill(profile, typed, &mut fields),
            None => typed,
        };
        let new = NewCall {
            profile: self.profile.clone(),
            contact,
            kind,
            spot,
            cost: self.cost.map(Won),
            priority: self.priority,
            fields,
            lang: look.lang,
            parent: None,
            member: self.member,
            visit,
        };
        Ok((new, warnings))
    }

    /// Who calls: by number, or as a member whose number the desk knows.
    fn contact(
        &self,
        setup: &Setup,
        book: &Book,
        profile: Option<&Profile>,
    ) -> Result<Contact, UserError> {
        if let Some(tel) = &self.tel {
            return contact(setup, book, self.name.as_deref(), tel);
        }
        let needs = |p: &Profile| p.fields.iter().any(|f| f.kind == FieldKind::Tel && f.required);
        if self.member.is_none() && profile.is_some_and(needs) {
            return Err(UserError::nobody_calls());
        }
        let name = self.name.as_deref().map(|name| text_of("name", name)).transpose()?;
        let name = name.filter(|name| !name.is_empty());
        Ok(Contact { person: Person { name, ..Person::default() }, ..Contact::default() })
    }

    /// The profile's own fields, each by its kind: a place is kept by its official name, a time becomes the appointment. A
    /// place that is not known is refused, or goes to `unknown`.
    fn fields(
        &self,
        profile: Option<&Profile>,
        look: &Look,
        visit: &mut Option<Time>,
        warnings: &mut Vec<Warning>,
        mut unknown: Option<&mut Vec<String>>,
    ) -> Result<BTreeMap<String, String>, UserError> {
        let mut fields = BTreeMap::new();
        for (name, value) in &self.fields {
            let (name, value) = (nfc(name), text_of("field", value)?);
            if OWN.contains(&name.as_str()) {
                return Err(UserError::own_field(&name));
            }
            let known = profile.and_then(|p| p.fields.iter().find(|field| field.name == name));
            match known.map(|field| field.kind) {
                Some(FieldKind::Place) => {
                    let known = place::known(&value, look, warnings);
                    let known = match (known, unknown.as_deref_mut()) {
                        (Err(_), Some(unknown)) => {
                            unknown.push(value);
                            UNSAID.to_owned()
                        }
                        (known, _) => known?,
                    };
                    fields.insert(name, known);
                }
                Some(FieldKind::Time) => {
                    *visit = Some(look.clock.parse(&value).map_err(UserError::bad_time)?);
                }
                _ => {
                    fields.insert(name, value);
                }
            }
        }
        Ok(fields)
    }
}

/// The live call that this one could be a second mention of: the same customer asks for the same. What is told apart by
/// the client's own number, or by the goods, is not the same for being of one kind.
pub(crate) async fn twin(
    setup: &Setup,
    desk: &Desk,
    new: &NewCall,
) -> Result<Option<CallRow>, UserError> {
    let (tel, member) = (new.contact.digest, new.member);
    if tel.is_none() && member.is_none() {
        return Ok(None);
    }
    let by_fields = setup
        .profile(&new.profile)
        .is_some_and(|profile| profile.stock.is_some() || profile.reference_field().is_some());
    let same = |row: &CallRow| {
        let fields = || row.fields.iter().map(|(k, v)| (k, v)).eq(&new.fields);
        row.profile_name == new.profile && row.kind == new.kind && (!by_fields || fields())
    };
    Ok(desk.live_calls_of(tel, member).await?.into_iter().find(same))
}

/// The sentence about a twin.
pub(crate) fn twin_warning(look: &Look, book: &Book, twin: &CallRow) -> Warning {
    let phase = NamesOf::new(book).of_profile(twin.profile).phase(twin.phase, look);
    look.say(Word::AlreadyLive, &[&twin.call.to_string(), &phase])
}

/// The text composed and trimmed, when it is not absurdly long.
pub(crate) fn text_of(what: &str, text: &str) -> Result<String, UserError> {
    let text = nfc(text);
    if text.chars().count() > TEXT_MAX {
        return Err(UserError::too_long(what, TEXT_MAX));
    }
    Ok(text)
}

/// The skill a request asks for, by the profile's own field for it; `--kind` may always stand for that field.
fn skill(
    profile: &Profile,
    typed: Option<String>,
    fields: &mut BTreeMap<String, String>,
) -> Option<String> {
    let Some(field) = profile.skill_field() else { return typed };
    if field.name != "kind"
        && let Some(kind) = typed.clone()
    {
        fields.entry(field.name.clone()).or_insert(kind);
    }
    let value = if field.name == "kind" {
        typed.or_else(|| field.default.clone())
    } else {
        if let Some(value) = fields.get_mut(&field.name)
            && let Some((_, word)) = ALIASES.iter().find(|(alias, _)| alias == value)
            && !field.one_of.contains(value)
            && field.one_of.iter().any(|allowed| allowed == word)
        {
            (*word).clone_into(value);
        }
        if let Some(default) = &field.default {
            fields.entry(field.name.clone()).or_insert_with(|| default.clone());
        }
        fields.get(&field.name).cloned()
    };
    value.filter(|value| !field.no_skill.contains(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::profiles;

    fn of(
        profile: usize,
        kind: Option<&str>,
        field: Option<&str>,
    ) -> (Option<String>, Vec<String>) {
        let profiles = profiles::load(&[]).unwrap();
        let mut fields = BTreeMap::new();
        if let Some(value) = field {
            fields.insert("transmission".to_owned(), value.to_owned());
        }
        let skill = skill(&profiles[profile], kind.map(str::to_owned), &mut fields);
        (skill, fields.into_values().collect())
    }

    #[test]
    fn the_kind_of_a_repair_is_the_skill() {
        assert_eq!(of(0, Some("냉장고"), None), (Some("냉장고".to_owned()), vec![]));
        assert_eq!(of(0, None, None), (None, vec![]));
    }

    #[test]
    fn only_a_manual_car_asks_for_a_skill() {
        assert_eq!(of(1, None, None), (None, vec!["자동".to_owned()]));
        assert_eq!(of(1, None, Some("자동")), (None, vec!["자동".to_owned()]));
        let manual = (Some("수동".to_owned()), vec!["수동".to_owned()]);
        assert_eq!(of(1, None, Some("수동")), manual);
        assert_eq!(of(1, None, Some("manual")), manual);
        assert_eq!(of(1, Some("수동"), None), manual, "--kind stands for the profile's field");
        assert_eq!(of(1, None, Some("auto")).0, None);
    }

    #[test]
    fn absurdly_long_text_is_refused_before_it_reaches_the_desk() {
        assert!(text_of("name", &"가".repeat(TEXT_MAX)).is_ok());
        assert!(text_of("name", &"가".repeat(TEXT_MAX + 1)).is_err());
    }
}
