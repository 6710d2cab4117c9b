//! What a client sends: the members of a JSON object, or of a form.
//!
//! Invariant: numbers may stand in quotes or not; members that stand for nothing here are passed over, as the originals
//! did; what is nested is refused.

use super::surface::{Place, unescaped};
use crate::front::originals::Slot;
use crate::gateway::asked;
use crate::gateway::problem::Problem;
use ascall_engine::domain::text::nfc;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::fmt;

/// The members of a body, in their order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Given(Vec<(String, String)>);

/// What a client says of a resource.
#[derive(Debug, Default)]
pub(super) struct Said(Vec<(Slot, String)>);

impl Given {
    /// The members of this body.
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        if is_form(headers) {
            let form = form(body).ok_or_else(|| {
                Problem::new(StatusCode::BAD_REQUEST, "bad-form", "the body is no form")
            });
            return form.map(Self);
        }
        asked::must_be_json(headers, body)?;
        asked::parse(body)
    }

    /// What they stand for here.
    pub(super) fn at(self, place: &Place) -> Said {
        let known = self.0.into_iter();
        Said(known.filter_map(|(name, value)| Some((place.slot(&name)?.clone(), value))).collect())
    }
}

impl Said {
    /// What is said of this.
    pub(super) fn get(&self, wanted: &Slot) -> Option<&str> {
        let found = self.0.iter().find(|(slot, _)| slot == wanted);
        found.map(|(_, value)| value.as_str())
    }

    /// What is said of this, taken out.
    pub(super) fn take(&mut self, wanted: &Slot) -> Option<String> {
        let at = self.0.iter().position(|(slot, _)| slot == wanted)?;
        Some(self.0.remove(at).1)
    }

    /// What is said of this, which must be said.
    pub(super) fn need(&self, wanted: &Slot, place: &Place) -> Result<&str, Problem> {
        self.get(wanted).filter(|value| !value.trim().is_empty()).ok_or_else(|| {
            let name = place.members.iter().find(|(_, slot)| slot == wanted);
            let name = name.map_or("status", |(name, _)| name.as_str());
            invalid(format!("`{name}` is missing"))
        })
    }

    /// A whole number that is said of this.
    pub(super) fn number(&self, wanted: &Slot) -> Result<Option<i64>, Problem> {
        let Some(text) = self.get(wanted).map(str::trim) else { return Ok(None) };
        let number = text.parse().map_err(|_| {
            let shown: String = text.chars().take(40).collect();
            invalid(format!("`{shown}` is no whole number"))
        });
        number.map(Some)
    }

    /// What is said of the profile's own fields.
    pub(super) fn fields(&mut self) -> impl Iterator<Item = (String, String)> {
        self.0.drain(..).filter_map(|(slot, value)| match slot {
            Slot::Field(name) => Some((name.into_owned(), value)),
            _ => None,
        })
    }
}

/// Something that makes no sense here.
pub(super) fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail)
}

fn is_form(headers: &HeaderMap) -> bool {
    let said = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = said.and_then(|said| said.split(';').next()).unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The members of a form; none: it is not UTF-8, or wrongly escaped.
fn form(body: &[u8]) -> Option<Vec<(String, String)>> {
    let text = |part: &[u8]| String::from_utf8(unescaped(part, true)?).ok();
    let pairs = body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    let read = pairs.map(|pair| {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let (name, value) = (halves.next()?, halves.next().unwrap_or_default());
        Some((nfc(&text(name)?), text(value)?))
    });
    read.collect()
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Given, A::Error> {
        let mut members = Vec::with_capacity(map.size_hint().unwrap_or(8));
        while let Some(name) = map.next_key::<String>()? {
            if let Scalar(Some(value)) = map.next_value()? {
                members.push((nfc(&name), value));
            }
        }
        Ok(Given(members))
    }
}

/// A value as text; none for null.
struct Scalar(Option<String>);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ScalarIn)
    }
}

struct ScalarIn;

impl Visitor<'_> for ScalarIn {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, a number, true, false or null")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar(Some(text.to_owned())))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Scalar, E> {
        Ok(Scalar(Some(text)))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar(Some(number.to_string())))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar(Some(number.to_string())))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Scalar, E> {
        // 25500.0 reads as 25500, which is what was meant.
        Ok(Scalar(Some(number.to_string())))
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Scalar, E> {
        Ok(Scalar(Some(truth.to_string())))
    }

    fn visit_unit<E: Error>(self) -> Result<Scalar, E> {
        Ok(Scalar(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn read(kind: &str, body: &str) -> Result<Vec<(String, String)>, Problem> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_str(kind).unwrap())]);
        Given::read(&headers, body.as_bytes()).map(|given| given.0)
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn numbers_are_the_same_with_and_without_quotes() {
        let json = "application/json";
        let wanted = pairs(&[("tel", "01000001234"), ("cost", "25500")]);
        for cost in ["25500", "\"25500\"", "25500.0"] {
            let body = format!("{{\"tel\": \"01000001234\", \"cost\": {cost}, \"id\": null}}");
            assert_eq!(read(json, &body).unwrap(), wanted, "{cost}");
        }
        assert_eq!(read(json, "").unwrap(), []);
        for (body, status) in
            [("[1]", 422), ("{\"a\": {}}", 422), ("{\"a\": [1]}", 422), ("{", 400)]
        {
            assert_eq!(read(json, body).unwrap_err().status.as_u16(), status, "{body}");
        }
        assert_eq!(read("text/plain", "a=1").unwrap_err().status.as_u16(), 415);
    }

    #[test]
    fn a_form_says_the_same_as_an_object() {
        let form = "application/x-www-form-urlencoded; charset=utf-8";
        let read = |body| read(form, body);
        let wanted = pairs(&[("tel", "01000001234"), ("status", "호출"), ("location", "a b")]);
        let body = "tel=01000001234&status=%ED%98%B8%EC%B6%9C&location=a+b";
        assert_eq!(read(body).unwrap(), wanted);
        assert_eq!(read("&a&b=&").unwrap(), pairs(&[("a", ""), ("b", "")]));
        assert_eq!(read("a=%zz").unwrap_err().status.as_u16(), 400);
        assert_eq!(read("a=%ff").unwrap_err().status.as_u16(), 400);
    }
}
