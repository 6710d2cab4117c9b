//! Hangul under the fingers: a key pressed with a Korean input method on, and first consonants (초성) as a search.
//!
//! Invariant: pure; two-set (두벌식) layout, as Korean systems ship it.

/// The consonants a syllable may begin with, in the order of the syllable block.
const INITIALS: [char; 19] = [
    'ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ',
    'ㅌ', 'ㅍ', 'ㅎ',
];

/// Which Latin key a letter of the two-set layout is on.
const KEYS: [(char, char); 33] = [
    ('ㅂ', 'q'),
    ('ㅈ', 'w'),
    ('ㄷ', 'e'),
    ('ㄱ', 'r'),
    ('ㅅ', 't'),
    ('ㅛ', 'y'),
    ('ㅕ', 'u'),
    ('ㅑ', 'i'),
    ('ㅐ', 'o'),
    ('ㅔ', 'p'),
    ('ㅁ', 'a'),
    ('ㄴ', 's'),
    ('ㅇ', 'd'),
    ('ㄹ', 'f'),
    ('ㅎ', 'g'),
    ('ㅗ', 'h'),
    ('ㅓ', 'j'),
    ('ㅏ', 'k'),
    ('ㅣ', 'l'),
    ('ㅋ', 'z'),
    ('ㅌ', 'x'),
    ('ㅊ', 'c'),
    ('ㅍ', 'v'),
    ('ㅠ', 'b'),
    ('ㅜ', 'n'),
    ('ㅡ', 'm'),
    ('ㅃ', 'Q'),
    ('ㅉ', 'W'),
    ('ㄸ', 'E'),
    ('ㄲ', 'R'),
    ('ㅆ', 'T'),
    ('ㅒ', 'O'),
    ('ㅖ', 'P'),
];

/// The key that was meant: a letter of the two-set layout is the Latin letter on the same key.
pub(crate) fn key(pressed: char) -> char {
    KEYS.iter().find(|(hangul, _)| *hangul == pressed).map_or(pressed, |(_, latin)| *latin)
}

/// The consonant a syllable begins with.
fn initial(c: char) -> Option<char> {
    let at = u32::from(c).checked_sub(u32::from('가')).filter(|at| *at < 11_172)?;
    INITIALS.get(usize::try_from(at / 588).ok()?).copied()
}

/// Whether a letter of a text answers a letter of a search: the same whatever its case, or a consonant it begins with.
pub(crate) fn answers(wanted: char, found: char) -> bool {
    wanted == found
        || initial(found) == Some(wanted)
        || wanted.to_lowercase().eq(found.to_lowercase())
}

/// How well `text` answers `wanted`: none when a letter is missing; else the fewer gaps and the earlier, the smaller.
pub(crate) fn fuzzy(wanted: &str, text: &str) -> Option<usize> {
    let wanted: Vec<char> = wanted.chars().filter(|c| !c.is_whitespace()).collect();
    let text: Vec<char> = text.chars().collect();
    if wanted.is_empty() {
        return Some(0);
    }
    // A run of neighbours is what most people type: it wins over letters that are strewn about.
    let run = text
        .windows(wanted.len())
        .position(|w| w.iter().zip(&wanted).all(|(t, w)| answers(*w, *t)));
    if let Some(at) = run {
        return Some(at);
    }
    let (mut cost, mut from) = (0, 0);
    for letter in wanted {
        let step = text.get(from..)?.iter().position(|found| answers(letter, *found))?;
        cost += step * 8 + 8;
        from += step + 1;
    }
    Some(cost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_with_the_korean_input_method_on() {
        for (hangul, latin) in
            [('ㅓ', 'j'), ('ㅏ', 'k'), ('ㅂ', 'q'), ('ㅃ', 'Q'), ('x', 'x'), ('?', '?')]
        {
            assert_eq!(key(hangul), latin);
        }
    }

    #[test]
    fn first_consonants_find_a_place() {
        assert_eq!(fuzzy("ㄱㄷㄷ", "마포구 공덕동"), Some(4));
        assert_eq!(fuzzy("공ㄷ", "마포구 공덕동"), Some(4));
        assert!(fuzzy("ㅁㄱㄷ", "마포구 공덕동").is_some());
        assert_eq!(fuzzy("ㅋ", "마포구 공덕동"), None);
        assert_eq!(fuzzy("KIM", "kim"), Some(0));
        assert_eq!(fuzzy("", "x"), Some(0));
    }

    #[test]
    fn neighbours_win_over_letters_strewn_about() {
        assert!(fuzzy("can", "cancel").unwrap() < fuzzy("can", "claim a number").unwrap());
    }
}
