//! Telephone numbers as people in Korea write them.
//!
//! Invariant: a recognised number has exactly one canonical form, so equal numbers compare equal
//! however they were typed; what is not recognised is kept as typed and marked, never guessed. No
//! error and no `Debug` shows a whole number. Knows nothing of transports or of whom a number
//! belongs to.
//!
//! Source of the rules: the numbering plan of the Ministry of Science and ICT (전기통신번호관리세칙).

use super::text;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Longest text taken as a telephone number, in characters.
pub const MAX_CHARS: usize = 64;

/// A telephone number: recognised and normalised, or kept as typed.
///
/// Serialised as its canonical text. `Display` prints it whole; use [`Tel::masked`] in lists and
/// logs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tel {
    canonical: String,
    kind: Kind,
}

/// What sort of number it is, as far as its digits say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `010` and eight digits.
    Mobile,
    /// `011`, `016` to `019`: closed with the second-generation networks; kept for old records.
    Retired,
    /// An area code and seven or eight digits.
    Landline,
    /// `070`: an internet telephone.
    Voip,
    /// `0502` to `0508`: a number that stands for another (안심번호).
    Virtual,
    /// `080`, or `15xx`, `16xx`, `18xx` without an area code: a company's number.
    Service,
    /// `+` and a country code other than 82.
    International,
    /// Not recognised: kept as typed, nothing is sent to it.
    Unrecognised,
}

/// Text that is not taken as a telephone number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTel {
    /// Nothing, or nothing visible, was given.
    #[error("a telephone number is empty")]
    Empty,
    /// There is not one digit in it.
    #[error("a telephone number without any digit")]
    NoDigits,
    /// Longer than [`MAX_CHARS`].
    #[error("a telephone number has at most {MAX_CHARS} characters, not {chars} or more")]
    TooLong {
        /// How many characters were given.
        chars: usize,
    },
    /// Only from [`Tel::strict`]: a number of no known form.
    #[error(
        "`{masked}` is not a telephone number of a known form (expected one like `010-0000-1234`)"
    )]
    Unrecognised {
        /// What was given, all but its last two digits hidden.
        masked: String,
    },
}

impl Tel {
    /// Reads a number leniently: a recognised one is normalised, anything else with a digit in it
    /// is kept as typed (see [`Tel::recognised`]).
    ///
    /// # Errors
    /// [`BadTel`] when empty, without any digit, or over [`MAX_CHARS`].
    pub fn parse(text: &str) -> Result<Self, BadTel> {
        let typed = checked(text)?;
        Ok(recognise(&typed).unwrap_or(Self { canonical: typed, kind: Kind::Unrecognised }))
    }

    /// Reads a number and refuses what is not recognised.
    ///
    /// # Errors
    /// [`BadTel`], also for a number of no known form.
    pub fn strict(text: &str) -> Result<Self, BadTel> {
        let tel = Self::parse(text)?;
        if tel.recognised() { Ok(tel) } else { Err(BadTel::Unrecognised { masked: tel.masked() }) }
    }

    /// Keeps the text as typed without trying to recognise it; nothing is ever sent to it.
    ///
    /// # Errors
    /// [`BadTel`] when empty, without any digit, or over [`MAX_CHARS`].
    pub fn unrecognised(text: &str) -> Result<Self, BadTel> {
        Ok(Self { canonical: checked(text)?, kind: Kind::Unrecognised })
    }

    /// National digits (`01000001234`), `+` and digits for a foreign number, or the text as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.canonical
    }

    /// What sort of number it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether the number has a known form. Notices to any other are suppressed.
    #[must_use]
    pub fn recognised(&self) -> bool {
        self.kind != Kind::Unrecognised
    }

    /// Whether a text message can arrive: mobile, virtual and foreign numbers.
    #[must_use]
    pub fn takes_texts(&self) -> bool {
        matches!(self.kind, Kind::Mobile | Kind::Virtual | Kind::International)
    }

    /// The number with its middle hidden: `010-****-1234`; a company's number `1588-**00`; a foreign
    /// or unrecognised one shows its last two digits only.
    #[must_use]
    pub fn masked(&self) -> String {
        match (self.kind, self.groups().as_slice()) {
            (_, [head, middle, tail]) => format!("{head}-{}-{tail}", "*".repeat(middle.len())),
            (_, [head, tail]) => format!("{head}-{}", ends(tail)),
            (Kind::International, _) => format!("+{}", ends(&self.canonical)),
            _ => ends(&self.canonical),
        }
    }

    /// The groups of the national form; empty when there is none.
    fn groups(&self) -> Vec<&str> {
        let digits = self.canonical.as_str();
        let head = match self.kind {
            Kind::International | Kind::Unrecognised => return Vec::new(),
            Kind::Service if !digits.starts_with('0') => {
                return vec![&digits[..4], &digits[4..]];
            }
            Kind::Landline if digits.starts_with("02") => 2,
            Kind::Virtual => 4,
            _ => 3,
        };
        let tail = digits.len() - 4;
        vec![&digits[..head], &digits[head..tail], &digits[tail..]]
    }
}

/// Stars for the digits of `text` except the last two; all of them when there are fewer than four.
fn ends(text: &str) -> String {
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    let shown = if digits.len() < 4 { 0 } else { 2 };
    let hidden = digits.len() - shown;
    "*".repeat(hidden).chars().chain(digits[hidden..].iter().copied()).collect()
}

/// The text as it is kept: composed, trimmed, without invisible characters, ASCII digits.
fn checked(text: &str) -> Result<String, BadTel> {
    let chars = text.chars().take(MAX_CHARS * 16).count();
    if chars > MAX_CHARS {
        return Err(BadTel::TooLong { chars });
    }
    // Composed last: what stood between two marks may have kept them apart.
    let seen: String = text::visible(text).chars().map(narrow).collect();
    let seen = text::nfc(&seen);
    // Composing may lengthen a text a little; what is kept obeys the limit too.
    let chars = seen.chars().count();
    if chars > MAX_CHARS {
        Err(BadTel::TooLong { chars })
    } else if seen.is_empty() {
        Err(BadTel::Empty)
    } else if seen.bytes().any(|b| b.is_ascii_digit()) {
        Ok(seen)
    } else {
        Err(BadTel::NoDigits)
    }
}

/// Full-width ASCII (a Korean keyboard's) as ASCII; the many dashes as one.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}' => '-',
        _ => c,
    }
}

/// The number in a checked text, when its form is known.
fn recognise(typed: &str) -> Option<Tel> {
    let mut rest = typed.strip_prefix('\'').unwrap_or(typed);
    if rest.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("tel:")) {
        rest = &rest[4..];
    }
    let rest = rest.trim_start();
    let (plus, rest) = rest.strip_prefix('+').map_or((false, rest), |rest| (true, rest));
    let mut digits = String::with_capacity(rest.len());
    for c in rest.chars() {
        match c {
            '0'..='9' => digits.push(c),
            '-' | '.' | '(' | ')' => {}
            c if c.is_whitespace() => {}
            _ => return None,
        }
    }
    let (canonical, kind) = if plus {
        match digits.strip_prefix("82") {
            Some(rest) => without_country(rest)?,
            None if (8..=15).contains(&digits.len()) && !digits.starts_with('0') => {
                (format!("+{digits}"), Kind::International)
            }
            None => return None,
        }
    } else if let Some(kind) = national(&digits) {
        (digits, kind)
    } else if let Some(rest) = after_own_country(&digits) {
        without_country(rest)?
    } else if digits.len() == 10 && digits.starts_with("10") {
        // A spreadsheet took the leading zero away: no other number has ten digits from 10.
        (format!("0{digits}"), Kind::Mobile)
    } else {
        return None;
    };
    Some(Tel { canonical, kind })
}

/// What follows Korea's own country code: bare, after `00`, or after a carrier's prefix.
fn after_own_country(digits: &str) -> Option<&str> {
    const PREFIXES: [&str; 9] =
        ["82", "0082", "00182", "00282", "00382", "00582", "00682", "00882", "0070082"];
    PREFIXES.iter().find_map(|prefix| digits.strip_prefix(prefix))
}

/// The national number after the country code, with or without its trunk zero.
fn without_country(rest: &str) -> Option<(String, Kind)> {
    let bare = rest.strip_prefix('0').unwrap_or(rest);
    let full = format!("0{bare}");
    match national(&full) {
        Some(kind) => Some((full, kind)),
        None => national(bare).map(|kind| (bare.to_owned(), kind)),
    }
}

/// The kind of a national number of digits only.
fn national(digits: &str) -> Option<Kind> {
    let len = digits.len();
    let head = |n: usize| digits.get(..n).unwrap_or("");
    match head(3) {
        "010" => return (len == 11).then_some(Kind::Mobile),
        "011" | "016" | "017" | "018" | "019" => {
            return (10..=11).contains(&len).then_some(Kind::Retired);
        }
        "070" => return (len == 11).then_some(Kind::Voip),
        "080" => return (10..=11).contains(&len).then_some(Kind::Service),
        "050" => {
            let given = matches!(digits.as_bytes().get(3), Some(b'2'..=b'8'));
            return (given && (11..=12).contains(&len)).then_some(Kind::Virtual);
        }
        _ => {}
    }
    if matches!(head(2), "15" | "16" | "18") {
        return (len == 8).then_some(Kind::Service);
    }
    let area = match (head(2), head(3)) {
        ("02", _) => 2,
        (
            _,
            "031" | "032" | "033" | "041" | "042" | "043" | "044" | "051" | "052" | "053" | "054"
            | "055" | "061" | "062" | "063" | "064",
        ) => 3,
        _ => return None,
    };
    // A subscriber's number does not begin with 0 or 1: those are services and short codes.
    let subscriber = matches!(digits.as_bytes().get(area), Some(b'2'..=b'9'));
    (subscriber && (7..=8).contains(&(len - area))).then_some(Kind::Landline)
}

impl fmt::Display for Tel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let groups = self.groups();
        if groups.is_empty() {
            f.write_str(&self.canonical)
        } else {
            f.write_str(&groups.join("-"))
        }
    }
}

impl fmt::Debug for Tel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tel({}, {:?})", self.masked(), self.kind)
    }
}

impl FromStr for Tel {
    type Err = BadTel;

    /// [`Tel::parse`].
    fn from_str(text: &str) -> Result<Self, BadTel> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Tel {
    type Error = BadTel;

    fn try_from(text: String) -> Result<Self, BadTel> {
        Self::parse(&text)
    }
}

impl From<Tel> for String {
    fn from(tel: Tel) -> Self {
        tel.canonical
    }
}

#[cfg(test)]
#[path = "tel_tests.rs"]
mod tests;
