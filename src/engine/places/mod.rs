//! Where is it: a place name, an address or a pair of coordinates becomes a point, or a question.
//!
//! Invariant: never a finer place than the text names. A road, a house number or a building is not
//! known here, so an address gives its district, marked as coarser, and a name that several places
//! share gives all of them. Knows nothing of calls or workers and asks nobody outside.
//!
//! The regions are in `kr_gazetteer.csv` beside this file, with their sources in `NOTICE.md`.

mod gazetteer;

use crate::domain::geo::Point;
use crate::domain::text;
use gazetteer::{Gazetteer, Level, Region};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest text that is looked at, in characters.
pub const MAX_CHARS: usize = 200;

/// A place on the map and how much of the map it covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// A representative point: the centroid of a legal dong, else the office's published point.
    pub point: Point,
    /// The full official name, or the coordinates.
    pub label: String,
    /// How fine the place is.
    pub precision: Precision,
    /// Metres around the point that hold the whole region, where that is known.
    pub radius_m: Option<u32>,
    /// The administrative code of the region; none for bare coordinates.
    pub code: Option<RegionCode>,
}

/// How fine a place is, finest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Coordinates.
    Point,
    /// A legal 읍, 면 or 동.
    Ldong,
    /// An administrative 동.
    Hdong,
    /// A 시, 군 or 구.
    Sigungu,
    /// A 특별시, 광역시 or 도.
    Sido,
}

/// A region's ten-digit administrative code (법정동코드, for an administrative dong 행정동코드).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegionCode(pub u64);

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:010}", self.0)
    }
}

/// Why a place is coarser than the text. The text parts are as given (composed): personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coarser {
    /// A road name is not in the gazetteer; the first one in the text.
    RoadNotKnown(String),
    /// A part of the text is not known (a house number, a building, a village); the first one.
    PartNotKnown(String),
}

/// What a text says about where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// Every part of the text was understood and one place is meant.
    Exact(Place),
    /// One place is meant, but the text says more than is known.
    Coarse(Place, Coarser),
    /// Several places are meant equally: ask which. Largest first, then by code.
    Ambiguous(Vec<Place>),
    /// No part of the text is known.
    Unknown,
}

impl Resolution {
    /// The one place meant, exact or coarser.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Exact(place) | Self::Coarse(place, _) => Some(place),
            Self::Ambiguous(_) | Self::Unknown => None,
        }
    }
}

/// Finds the place a text means: `LAT,LON`, or a Korean place name or address.
///
/// Parts are read left to right, each inside what the ones before allow; official names, the names
/// before a reform, short forms (서울, 경기, 마포) and skipped levels are understood.
#[must_use]
pub fn resolve(text: &str) -> Resolution {
    let text = text::nfc(&text::visible(&text::clip(text, MAX_CHARS)));
    if !text.is_empty()
        && text.chars().all(|c| matches!(c, '0'..='9' | '.' | ',' | '+' | '-' | ' '))
    {
        return text.parse().map_or(Resolution::Unknown, |point| Resolution::Exact(bare(point)));
    }
    let all = gazetteer::get();
    let (meant, rest) = read(all, &parts(&text));
    match (meant.as_slice(), rest.is_empty()) {
        ([], _) => Resolution::Unknown,
        ([one], true) => Resolution::Exact(all.place(*one)),
        ([one], false) => Resolution::Coarse(all.place(*one), why(&rest)),
        (several, _) => Resolution::Ambiguous(several.iter().map(|&id| all.place(id)).collect()),
    }
}

/// At most `limit` places whose name begins as typed, for completion: larger first, then shorter.
///
/// A consonant stands for any syllable that begins with it (`ㅁㅍㄱ` → 마포구), also mixed with whole
/// syllables (`마ㅍ`). Parts before the last narrow the search (`서울 ㅁㅍ`).
#[must_use]
pub fn suggest(prefix: &str, limit: usize) -> Vec<Place> {
    let text = text::nfc(&text::visible(&text::clip(prefix, MAX_CHARS)));
    let all = gazetteer::get();
    let parts = parts(&text);
    let Some((last, before)) = parts.split_last() else { return Vec::new() };
    let (within, rest) = read(all, before);
    if !rest.is_empty() {
        return Vec::new();
    }
    let typed: Vec<char> = last.chars().collect();
    let mut hits: Vec<(Level, usize, gazetteer::Id)> = all
        .ids()
        .filter(|&id| within.is_empty() || within.iter().any(|&outer| all.inside(id, outer)))
        .filter_map(|id| {
            let region = all.region(id);
            let begins = region.names().any(|name| begins(name, &typed))
                || (region.level == Level::Sido
                    && all.aliases_of(region.sido).any(|alias| begins(alias, &typed)));
            begins.then(|| (region.level, region.name().chars().count(), id))
        })
        .collect();
    hits.sort_unstable();
    hits.into_iter().take(limit).map(|(_, _, id)| all.place(id)).collect()
}

/// The legal dong that a point most likely lies in: the one in whose reach it is deepest. Borders are not known here, so
/// near one it may be the neighbour. None: no dong is near.
#[must_use]
pub fn around(point: Point) -> Option<Place> {
    /// The reach of a dong whose own is not known, in metres.
    const REACH: u32 = 3_000;
    /// No dong but an island's reaches farther north or south than this, in micro-degrees.
    const BAND: u32 = 200_000;
    let all = gazetteer::get();
    let near = |id: &gazetteer::Id| {
        let region = all.region(*id);
        region.level == Level::Ldong && region.point.lat_e6().abs_diff(point.lat_e6()) <= BAND
    };
    // How far out it lies, in thousandths of the reach.
    let outward = |id| {
        let region = all.region(id);
        let reach = u64::from(region.radius_m.unwrap_or(REACH).max(1));
        (u64::from(region.point.metres_to(point)) * 1_000 / reach, id)
    };
    let (_, id) = all.ids().filter(near).map(outward).filter(|(out, _)| *out <= 1_000).min()?;
    Some(all.place(id))
}

fn bare(point: Point) -> Place {
    Place {
        point,
        label: point.to_string(),
        precision: Precision::Point,
        radius_m: None,
        code: None,
    }
}

/// The words of an address. A legal dong in brackets behind a road address is a word too.
fn parts(text: &str) -> Vec<&str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '[' | ']' | '/'))
        .map(|part| part.trim_matches(|c: char| c.is_ascii_punctuation() && c != '-'))
        .filter(|part| !part.is_empty())
        .collect()
}

/// The regions meant by all parts together, and the parts that were not understood.
fn read<'a>(all: &Gazetteer, parts: &[&'a str]) -> (Vec<gazetteer::Id>, Vec<&'a str>) {
    let mut meant = Vec::new();
    let mut rest = Vec::new();
    for part in parts {
        match narrow(all, &meant, part).or_else(|| joined(all, &meant, part)) {
            Some(narrower) => meant = narrower,
            None => rest.push(*part),
        }
    }
    (meant, rest)
}

/// `meant` narrowed by one more word; none when the word does not fit.
fn narrow(all: &Gazetteer, meant: &[gazetteer::Id], part: &str) -> Option<Vec<gazetteer::Id>> {
    let mut named = all.lookup(part);
    if !meant.is_empty() {
        let deeper: Vec<_> = named
            .iter()
            .copied()
            .filter(|&id| meant.iter().any(|&outer| all.inside(id, outer)))
            .collect();
        // The other way round (`정자동 분당구`), or the same region named again.
        named = if deeper.is_empty() {
            let fits = |&id: &gazetteer::Id| named.iter().any(|&n| n == id || all.inside(id, n));
            meant.iter().copied().filter(fits).collect()
        } else {
            // Inside one district, a dong of its own beats one that needs a level between: the
            // text is the first one's full name.
            let passed_over = |&inner: &gazetteer::Id| {
                meant.iter().any(|&outer| {
                    all.inside(inner, outer)
                        && !all.directly(inner, outer)
                        && deeper.iter().any(|&other| all.directly(other, outer))
                })
            };
            deeper.iter().copied().filter(|id| !passed_over(id)).collect()
        };
    }
    (!named.is_empty()).then_some(named)
}

/// Words written together (`서울시마포구공덕동`): only behind a whole province or district, and only
/// when everything is understood, so `목동서로` never becomes 목동.
fn joined(all: &Gazetteer, meant: &[gazetteer::Id], part: &str) -> Option<Vec<gazetteer::Id>> {
    let cuts =
        part.char_indices().filter(|&(at, c)| at > 0 && matches!(c, '시' | '도' | '군' | '구'));
    for (at, c) in cuts {
        let (head, tail) = part.split_at(at + c.len_utf8());
        if tail.is_empty() {
            continue;
        }
        let Some(mut outer) = narrow(all, meant, head) else { continue };
        outer.retain(|&id| all.region(id).level <= Level::Sigungu);
        if outer.is_empty() {
            continue;
        }
        let inner = narrow(all, &outer, tail).filter(|inner| *inner != outer);
        if let Some(inner) = inner.or_else(|| joined(all, &outer, tail)) {
            return Some(inner);
        }
    }
    None
}

fn why(rest: &[&str]) -> Coarser {
    match rest.iter().find(|part| is_road(part)) {
        Some(road) => Coarser::RoadNotKnown((*road).to_owned()),
        None => Coarser::PartNotKnown(rest.first().copied().unwrap_or_default().to_owned()),
    }
}

/// `목동서로`, `테헤란로4길`, `판교역로146번길`, `종로12`.
fn is_road(part: &str) -> bool {
    let stem = part.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
    stem.chars().count() >= 2 && (stem.ends_with('로') || stem.ends_with('길'))
}

fn begins(name: &str, typed: &[char]) -> bool {
    let mut name = name.chars();
    typed.iter().all(|&t| name.next().is_some_and(|n| n == t || initial(n) == Some(t)))
}

/// The first consonant of a Hangul syllable, as the letter a keyboard gives.
fn initial(c: char) -> Option<char> {
    const INITIALS: [char; 19] = [
        'ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ',
        'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ',
    ];
    let syllable = u32::from(c).checked_sub(0xac00).filter(|&s| s < 11_172)?;
    INITIALS.get(usize::try_from(syllable / 588).ok()?).copied()
}

impl Gazetteer {
    fn place(&self, id: gazetteer::Id) -> Place {
        let region: &Region = self.region(id);
        let words = [region.sido, region.sigungu, region.emd];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        Place {
            point: region.point,
            label: words.join(" "),
            precision: match region.level {
                Level::Sido => Precision::Sido,
                Level::Sigungu => Precision::Sigungu,
                Level::Ldong => Precision::Ldong,
                Level::Hdong => Precision::Hdong,
            },
            radius_m: region.radius_m,
            code: Some(RegionCode(region.code)),
        }
    }
}

#[cfg(test)]
mod tests;
