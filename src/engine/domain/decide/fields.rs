//! The fields of a request: what a profile asks for, and whether it was given so that the desk can work with it.
//!
//! Invariant: what passes here fits the profile. What has a place of its own in a request (number, place, price,
//! appointment) is not taken as a text: a phone number must not come to stand among the fields, which are journalled.

use super::requests::COST_MAX;
use super::{in_range, within};
use crate::domain::card::{self, BadCard};
use crate::domain::command::NewCall;
use crate::domain::ids::Won;
use crate::domain::profile::{Field, FieldKind, Profile};
use crate::domain::refusal::Refusal;
use crate::domain::text::{is_blank, nfc};
use std::collections::BTreeMap;

/// The most of a product in one request.
const COUNT_MAX: u32 = 1_000_000;

/// The most characters of a client's own number.
const REFERENCE_MAX: usize = 200;

/// The fields by name, as they are kept.
pub(super) type Fields = BTreeMap<String, String>;

/// The texts of the request, composed and trimmed, so that equal ones are equal however they were typed.
pub(super) fn composed(new: &NewCall) -> Fields {
    new.fields.iter().map(|(name, text)| (name.clone(), nfc(text))).collect()
}

/// Whether the request fits the profile's fields. A member has a phone number.
pub(super) fn check(
    new: &NewCall,
    fields: &Fields,
    profile: &Profile,
    is_member: bool,
) -> Result<(), Refusal> {
    in_range("priority", new.priority.into(), 0, 3)?;
    if let Some(Won(cost)) = new.cost {
        in_range("cost", cost, 0, COST_MAX)?;
    }
    let person = &new.contact.person;
    for text in [&person.name, &person.tel, &person.address].into_iter().flatten() {
        within("a field", text)?;
    }
    for (name, value) in fields {
        within("a field", value)?;
        let known = profile.fields.iter().find(|field| field.name == *name);
        let field = known.ok_or_else(|| no_such_field(profile, name))?;
        if !field.is_own() {
            return Err(not_allowed(field, "a text", "what the request itself carries"));
        }
        // A client's own number may look like anything.
        if field.kind != FieldKind::Reference && card::stands_in(value) {
            return Err(BadCard::Number.into());
        }
    }
    if new.kind.is_some() && profile.skill_field().is_none() {
        return Err(no_such_field(profile, "kind"));
    }
    if new.visit.is_some() && !profile.fields.iter().any(|field| field.name == "visit") {
        return Err(no_such_field(profile, "visit"));
    }
    for field in &profile.fields {
        let named = fields.get(&field.name).map(String::as_str);
        let given = if field.skill { named.or(new.kind.as_deref()) } else { named };
        match given {
            Some(value) => check_value(field, value)?,
            None if field.required && !given_otherwise(new, field, is_member) => {
                let (profile, field) = (profile.name.clone(), field.name.clone());
                return Err(Refusal::FieldMissing { profile, field });
            }
            None => {}
        }
    }
    Ok(())
}

/// Adds the profile's values for what the request does not name. A skill is whatever the request says it is: its value
/// may be one that asks for nobody in particular.
pub(super) fn fill_in(fields: &mut Fields, profile: &Profile) {
    for field in profile.fields.iter().filter(|field| !field.skill && field.is_own()) {
        if let (Some(value), false) = (&field.default, fields.contains_key(&field.name)) {
            fields.insert(field.name.clone(), value.clone());
        }
    }
}

/// Whether a value may stand in the field.
pub(super) fn check_value(field: &Field, value: &str) -> Result<(), Refusal> {
    within("a field", value)?;
    match field.kind {
        FieldKind::Count if whole(value, COUNT_MAX.into()).is_none_or(|count| count == 0) => {
            let allowed = format!("a whole number from 1 to {COUNT_MAX}");
            return Err(not_allowed(field, value, &allowed));
        }
        FieldKind::Won if whole(value, COST_MAX).is_none() => {
            return Err(not_allowed(field, value, "whole won"));
        }
        FieldKind::Reference if is_blank(value) || value.chars().count() > REFERENCE_MAX => {
            let allowed = format!("your own number, at most {REFERENCE_MAX} characters");
            return Err(not_allowed(field, value, &allowed));
        }
        _ => {}
    }
    if field.one_of.is_empty() || field.one_of.iter().any(|allowed| allowed == value) {
        return Ok(());
    }
    Err(not_allowed(field, value, &field.one_of.join(", ")))
}

/// The profile has no such field.
pub(super) fn no_such_field(profile: &Profile, field: &str) -> Refusal {
    let known = profile.fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", ");
    Refusal::NoSuchField { profile: profile.name.clone(), field: field.to_owned(), known }
}

/// Whether what has a place of its own was given there. A place need not be known to be given.
fn given_otherwise(new: &NewCall, field: &Field, is_member: bool) -> bool {
    match field.name.as_str() {
        "tel" => new.contact.person.tel.is_some() || is_member,
        "location" => new.spot.is_some() || new.contact.person.address.is_some(),
        "cost" => new.cost.is_some(),
        "visit" => new.visit.is_some(),
        // A call that is opened again is known by its parent.
        _ => field.kind == FieldKind::Reference && new.parent.is_some(),
    }
}

/// The whole number that a text of digits says, up to `max`.
fn whole(text: &str, max: i64) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| plain && *number <= max)
}

fn not_allowed(field: &Field, value: &str, allowed: &str) -> Refusal {
    let (field, allowed) = (field.name.clone(), allowed.to_owned());
    Refusal::FieldNotAllowed { field, value: value.chars().take(40).collect(), allowed }
}
