//! Places as typed: `LAT,LON` or a name.
//!
//! Invariant: nothing is guessed. A place that could be several is a question, a coarse one is marked, an unknown one is
//! said to be unknown.

use super::Warning;
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::words::Word;
use ascall_engine::domain::event::Spot;
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::text::nfc;
use ascall_engine::places::{Coarser, Place, Resolution, resolve};

/// What stands in a field for a place that is in the rows only.
pub(crate) const UNSAID: &str = "***";

/// What stands in an address between where a ride begins and an end that the desk does not know.
pub(crate) const THEN: &str = " → ";

/// Where a text says, for a call: unknown is allowed and said, ambiguous is a question.
pub(crate) fn place(
    text: &str,
    look: &Look,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Spot>, UserError> {
    if let Some(point) = exact(text)? {
        return Ok(Some(Spot { point, within_m: None }));
    }
    match resolve(text) {
        Resolution::Exact(place) => Ok(Some(spot(&place))),
        Resolution::Coarse(place, why) => {
            warnings.push(coarse(&place, &why, look));
            Ok(Some(spot(&place)))
        }
        Resolution::Ambiguous(places) => Err(ambiguous(text, &places)),
        Resolution::Unknown => {
            warnings.push(look.say(Word::UnknownPlace, &[text]));
            Ok(None)
        }
    }
}

/// Where a text says, for a field of a request: the official name of the place, or the point. What was typed is not kept,
/// because a field stands in the journal and an address must not.
pub(super) fn known(
    text: &str,
    look: &Look,
    warnings: &mut Vec<Warning>,
) -> Result<String, UserError> {
    if text == UNSAID {
        return Ok(text.to_owned());
    }
    if let Some(point) = exact(text)? {
        return Ok(point.to_string());
    }
    match resolve(text) {
        Resolution::Exact(place) => Ok(place.label),
        Resolution::Coarse(place, why) => {
            warnings.push(coarse(&place, &why, look));
            Ok(place.label)
        }
        Resolution::Ambiguous(places) => Err(ambiguous(text, &places)),
        Resolution::Unknown => Err(UserError::unknown_place(text)),
    }
}

fn coarse(place: &Place, why: &Coarser, look: &Look) -> Warning {
    let (Coarser::RoadNotKnown(unknown) | Coarser::PartNotKnown(unknown)) = why;
    look.say(Word::CoarsePlace, &[&place.label, unknown])
}

/// Where a text says, for a worker: it must be known.
pub(crate) fn point(text: &str) -> Result<Point, UserError> {
    if let Some(point) = exact(text)? {
        return Ok(point);
    }
    match resolve(&nfc(text)) {
        Resolution::Exact(place) | Resolution::Coarse(place, _) => Ok(place.point),
        Resolution::Ambiguous(places) => Err(ambiguous(text, &places)),
        Resolution::Unknown => Err(UserError::unknown_place(text)),
    }
}

/// `LAT,LON`; text that begins like it and is no point is an error, not a name.
fn exact(text: &str) -> Result<Option<Point>, UserError> {
    let numbers = text.contains(',')
        && text.chars().all(|c| c.is_ascii_digit() || " ,.+-".contains(c))
        && text.chars().any(|c| c.is_ascii_digit());
    match text.trim().parse::<Point>() {
        Ok(point) => Ok(Some(point)),
        Err(error) if numbers => Err(UserError::bad_point(&error)),
        Err(_) => Ok(None),
    }
}

fn spot(place: &Place) -> Spot {
    Spot { point: place.point, within_m: place.radius_m.filter(|metres| *metres > 0) }
}

fn ambiguous(text: &str, places: &[Place]) -> UserError {
    let labels: Vec<String> = places.iter().map(|place| place.label.clone()).collect();
    UserError::ambiguous_place(text, &labels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::look::tests::look;
    use ascall_engine::domain::profile::Lang;

    #[test]
    fn numbers_with_a_comma_are_a_point_or_an_error_but_never_a_name() {
        assert!(exact("37.5481, 126.9550").unwrap().is_some());
        assert!(exact("마포구 공덕동").unwrap().is_none());
        assert!(exact("126.9550,37.5481").is_err(), "latitude out of range");
        assert!(exact("37.5,").is_err());
        assert!(exact("서울, 마포").unwrap().is_none());
    }

    #[test]
    fn a_place_in_a_field_is_kept_by_its_official_name() {
        let mut warnings = Vec::new();
        let mut known = |text: &str| known(text, &look(Lang::En), &mut warnings);
        assert_eq!(known("마포구 공덕동").unwrap(), "서울특별시 마포구 공덕동");
        assert_eq!(known("마포구 공덕동 12-3 101호").unwrap(), "서울특별시 마포구 공덕동");
        assert_eq!(known("37.5481, 126.9550").unwrap(), "37.548100,126.955000");
        assert!(known("우리집").is_err());
        assert_eq!(warnings.len(), 1, "the house number is said to be unknown");
    }
}
