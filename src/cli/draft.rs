//! From what was typed to what the desk is asked: phone numbers, places and fields of a request.
//!
//! Invariant: nothing is guessed. A place that could be several is a question, a coarse one is marked, an unknown one is
//! said to be unknown; a phone number of no known form is kept as typed and never written to.

use super::error::CliError;
use super::ui::Look;
use super::words::{ALIASES, Word};
use crate::desk::{Book, CallFilter, CallRow, Setup};
use ascall_engine::domain::command::{Contact, NewCall, Person};
use ascall_engine::domain::event::Spot;
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::Won;
use ascall_engine::domain::profile::Profile;
use ascall_engine::domain::tel::Tel;
use ascall_engine::domain::text::nfc;
use ascall_engine::places::{Coarser, Place, Resolution, resolve};
use std::collections::BTreeMap;

/// The most characters of a name, an address or another text of a request.
const TEXT_MAX: usize = 200;

/// A request as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    pub tel: String,
    pub name: Option<String>,
    pub location: Option<String>,
    pub cost: Option<i64>,
    pub kind: Option<String>,
    pub profile: String,
    pub priority: u8,
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
    ) -> Result<(NewCall, Vec<Warning>), CliError> {
        let mut warnings = Vec::new();
        let mut contact = contact(setup, book, self.name.as_deref(), &self.tel)?;
        if !contact.reachable {
            warnings.push(look.word(Word::OddTel));
        }
        let mut spot = None;
        if let Some(text) = self.location.as_ref().filter(|text| !text.trim().is_empty()) {
            let text = text_of("location", text)?;
            spot = place(&text, look, &mut warnings)?;
            contact.person.address = Some(text);
        }
        let mut fields = BTreeMap::new();
        for (name, value) in &self.fields {
            fields.insert(nfc(name), text_of("field", value)?);
        }
        let typed = match &self.kind {
            Some(kind) => Some(text_of("kind", kind)?).filter(|kind| !kind.is_empty()),
            None => None,
        };
        let kind = match setup.profile(&self.profile) {
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
        };
        Ok((new, warnings))
    }
}

/// The live call that this one could be a second mention of: same number, same kind.
pub(crate) fn twin(book: &Book, new: &NewCall) -> Result<Option<CallRow>, CliError> {
    let Some(tel) = new.contact.digest else { return Ok(None) };
    let filter = CallFilter { tel: Some(tel), limit: 50, ..CallFilter::default() };
    let live = book.calls(&filter)?;
    Ok(live.into_iter().find(|row| !row.phase.is_terminal() && row.kind == new.kind))
}

/// The sentence about a twin.
pub(crate) fn twin_warning(look: &Look, twin: &CallRow) -> Warning {
    let phase = look.phase(&twin.profile_name, twin.phase);
    look.say(Word::AlreadyLive, &[&twin.call.to_string(), &phase])
}

/// A person with the number's digest.
pub(crate) fn contact(
    setup: &Setup,
    book: &Book,
    name: Option<&str>,
    tel: &str,
) -> Result<Contact, CliError> {
    let tel = read_tel(setup, tel)?;
    let name = match name {
        Some(name) => Some(text_of("name", name)?).filter(|name| !name.is_empty()),
        None => None,
    };
    Ok(Contact {
        digest: Some(book.digest(tel.as_str())?),
        reachable: tel.recognised(),
        person: Person { name, tel: Some(tel.as_str().to_owned()), address: None },
    })
}

/// A phone number, by the rule the configuration has for odd ones.
pub(crate) fn read_tel(setup: &Setup, text: &str) -> Result<Tel, CliError> {
    Ok(if setup.tel_strict { Tel::strict(text)? } else { Tel::parse(text)? })
}

/// The text composed and trimmed, when it is not absurdly long.
pub(crate) fn text_of(what: &str, text: &str) -> Result<String, CliError> {
    let text = nfc(text);
    if text.chars().count() > TEXT_MAX {
        return Err(CliError::too_long(what, TEXT_MAX));
    }
    Ok(text)
}

/// Where a text says, for a call: unknown is allowed and said, ambiguous is a question.
pub(crate) fn place(
    text: &str,
    look: &Look,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Spot>, CliError> {
    if let Some(point) = exact(text)? {
        return Ok(Some(Spot { point, within_m: None }));
    }
    match resolve(text) {
        Resolution::Exact(place) => Ok(Some(spot(&place))),
        Resolution::Coarse(place, why) => {
            let unknown = match &why {
                Coarser::RoadNotKnown(part) | Coarser::PartNotKnown(part) => part,
            };
            warnings.push(look.say(Word::CoarsePlace, &[&place.label, unknown]));
            Ok(Some(spot(&place)))
        }
        Resolution::Ambiguous(places) => Err(ambiguous(text, &places)),
        Resolution::Unknown => {
            warnings.push(look.say(Word::UnknownPlace, &[text]));
            Ok(None)
        }
    }
}

/// Where a text says, for a worker: it must be known.
pub(crate) fn point(text: &str) -> Result<Point, CliError> {
    if let Some(point) = exact(text)? {
        return Ok(point);
    }
    match resolve(&nfc(text)) {
        Resolution::Exact(place) | Resolution::Coarse(place, _) => Ok(place.point),
        Resolution::Ambiguous(places) => Err(ambiguous(text, &places)),
        Resolution::Unknown => Err(CliError::unknown_place(text)),
    }
}

/// `LAT,LON`; text that begins like it and is no point is an error, not a name.
fn exact(text: &str) -> Result<Option<Point>, CliError> {
    let numbers = text.contains(',')
        && text.chars().all(|c| c.is_ascii_digit() || " ,.+-".contains(c))
        && text.chars().any(|c| c.is_ascii_digit());
    match text.trim().parse::<Point>() {
        Ok(point) => Ok(Some(point)),
        Err(error) if numbers => Err(CliError::bad_point(&error)),
        Err(_) => Ok(None),
    }
}

fn spot(place: &Place) -> Spot {
    Spot { point: place.point, within_m: place.radius_m.filter(|metres| *metres > 0) }
}

fn ambiguous(text: &str, places: &[Place]) -> CliError {
    let labels: Vec<String> = places.iter().map(|place| place.label.clone()).collect();
    CliError::ambiguous_place(text, &labels)
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
    fn numbers_with_a_comma_are_a_point_or_an_error_but_never_a_name() {
        assert!(exact("37.5481, 126.9550").unwrap().is_some());
        assert!(exact("마포구 공덕동").unwrap().is_none());
        assert!(exact("126.9550,37.5481").is_err(), "latitude out of range");
        assert!(exact("37.5,").is_err());
        assert!(exact("서울, 마포").unwrap().is_none());
    }

    #[test]
    fn absurdly_long_text_is_refused_before_it_reaches_the_desk() {
        assert!(text_of("name", &"가".repeat(TEXT_MAX)).is_ok());
        assert!(text_of("name", &"가".repeat(TEXT_MAX + 1)).is_err());
    }
}
