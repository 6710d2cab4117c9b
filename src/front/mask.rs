//! Hiding what identifies a person, as far as lists and tables go.
//!
//! Invariant: what comes out cannot be turned back into what went in, and still tells two rows apart at a glance.

use ascall_engine::domain::geo::Point;
use ascall_engine::domain::tel::Tel;

/// How much of a person is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Veil {
    /// Names, numbers and addresses are masked.
    Masked,
    /// Everything is shown.
    Whole,
}

impl Veil {
    /// A name.
    pub(crate) fn name(self, name: &str) -> String {
        match self {
            Self::Masked => mask_name(name),
            Self::Whole => name.to_owned(),
        }
    }

    /// A phone number as it is kept.
    pub(crate) fn tel(self, tel: &str) -> String {
        match (self, Tel::parse(tel)) {
            (Self::Masked, Ok(tel)) => tel.masked(),
            (Self::Masked, Err(_)) => "***".to_owned(),
            (Self::Whole, Ok(tel)) => tel.to_string(),
            (Self::Whole, Err(_)) => tel.to_owned(),
        }
    }

    /// An address as typed.
    pub(crate) fn address(self, address: &str) -> String {
        match self {
            Self::Masked => mask_address(address),
            Self::Whole => address.to_owned(),
        }
    }
}

/// The first letter of each word, and the last of a Korean name of three letters or more.
fn mask_name(name: &str) -> String {
    let word = |word: &str| {
        let letters: Vec<char> = word.chars().collect();
        let hangul = letters.iter().all(|c| ('가'..='힣').contains(c));
        match letters.as_slice() {
            [] => String::new(),
            [first, middle @ .., last] if hangul && !middle.is_empty() => {
                format!("{first}{}{last}", "*".repeat(middle.len()))
            }
            [first, rest @ ..] => format!("{first}{}", "*".repeat(rest.len().clamp(1, 3))),
        }
    };
    name.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

/// The districts at its start; house, street and flat are hidden. A point is rounded to about a kilometre.
fn mask_address(address: &str) -> String {
    if let Ok(point) = address.parse::<Point>() {
        let round = |e6: i32| f64::from(e6 / 10_000) / 100.0;
        return format!("{:.2},{:.2}", round(point.lat_e6()), round(point.lon_e6()));
    }
    let district = |word: &&str| {
        [
            "시", "도", "군", "구", "읍", "면", "동", "가", "서울", "부산", "대구", "인천", "광주",
            "대전",
        ]
        .iter()
        .any(|end| word.ends_with(end))
            || word.ends_with("울산")
    };
    let mut words = address.split_whitespace();
    let shown: Vec<&str> = words.by_ref().take_while(district).collect();
    let all = shown.len() == address.split_whitespace().count();
    match (shown.is_empty(), all) {
        (_, true) => shown.join(" "),
        (true, false) => "***".to_owned(),
        (false, false) => format!("{} ***", shown.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_ends() {
        assert_eq!(mask_name("홍길동"), "홍*동");
        assert_eq!(mask_name("김철"), "김*");
        assert_eq!(mask_name("남궁하늘"), "남**늘");
        assert_eq!(mask_name("John Smith"), "J*** S***");
        assert_eq!(mask_name("김"), "김*");
        assert_eq!(mask_name(""), "");
    }

    #[test]
    fn addresses_keep_their_districts() {
        assert_eq!(mask_address("서울 마포구 공덕동"), "서울 마포구 공덕동");
        assert_eq!(mask_address("서울시 마포구 공덕동 12-3 101호"), "서울시 마포구 공덕동 ***");
        assert_eq!(mask_address("성동구 성수동1가 9"), "성동구 성수동1가 ***");
        assert_eq!(mask_address("우리집 앞"), "***");
        assert_eq!(mask_address("37.548111,126.954999"), "37.54,126.95");
    }

    #[test]
    fn numbers_are_masked_in_the_middle_and_shown_whole_when_asked() {
        assert_eq!(Veil::Masked.tel("01000001234"), "010-****-1234");
        assert_eq!(Veil::Whole.tel("01000001234"), "010-0000-1234");
        assert_eq!(Veil::Masked.tel("no digits"), "***");
    }
}
