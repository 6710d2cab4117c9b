//! Text that came from outside, made safe to keep and to show.
//!
//! Invariant: what [`inert`] returns moves no cursor, turns no reading direction and hides no
//! character, whatever went in; doing it twice changes nothing. Knows nothing of width, colour or
//! any terminal: columns are the screen's business.

use std::borrow::Cow;
use std::fmt::Write as _;
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// `text` composed (Unicode NFC) and without white space at its ends.
///
/// Decomposed Hangul, as some file systems and keyboards give it, becomes equal to typed Hangul.
#[must_use]
pub fn nfc(text: &str) -> String {
    composed(text.trim()).into_owned()
}

/// `text` composed (Unicode NFC), with everything else as it is.
#[must_use]
pub fn composed(text: &str) -> Cow<'_, str> {
    if is_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// `text` with every character that acts instead of showing replaced by something that shows it.
///
/// C0 controls and delete become their picture (`␛`), everything else that is invisible becomes
/// its code (`<U+202E>`): C1 controls, bidi marks, zero-width and format characters, line and
/// paragraph separators, Hangul fillers, non-characters. A joiner or a variation selector inside
/// an emoji sequence stays. Borrows when nothing had to change.
#[must_use]
pub fn inert(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut done = 0;
    for (at, c) in acting(text) {
        out.push_str(&text[done..at]);
        done = at + c.len_utf8();
        match c {
            '\0'..='\u{1f}' => out.push(picture(0x2400 + u32::from(c))),
            '\u{7f}' => out.push('␡'),
            _ => {
                // Writing to a `String` cannot fail.
                let _ = write!(out, "<U+{:04X}>", u32::from(c));
            }
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// At most `max_chars` characters of `text`; a cut is marked by a final `…`, which counts.
///
/// A cut never parts a letter from its combining marks, nor the two sides of a joiner.
#[must_use]
pub fn clip(text: &str, max_chars: usize) -> Cow<'_, str> {
    if text.char_indices().nth(max_chars).is_none() {
        return Cow::Borrowed(text);
    }
    let Some(room) = max_chars.checked_sub(1) else { return Cow::Borrowed("") };
    let mut end = text.char_indices().nth(room).map_or(text.len(), |(at, _)| at);
    while end > 0 && clings(text, end) {
        end = text[..end].char_indices().next_back().map_or(0, |(at, _)| at);
    }
    Cow::Owned(format!("{}…", &text[..end]))
}

/// A whole number with a comma every three digits.
#[must_use]
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = if number < 0 { "-".to_owned() } else { String::new() };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Whether a reader would see nothing: empty, or only white space and characters that do not show
/// (a Hangul filler is a well-known blank nickname).
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control() || hidden(c))
}

/// `text` without the characters that do not show; what remains is what its author saw.
#[must_use]
pub fn visible(text: &str) -> String {
    text.chars().filter(|&c| !c.is_control() && !hidden(c)).collect()
}

/// The characters of `text` that must not reach a screen as they are, with their byte positions.
fn acting(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    text.char_indices().filter(|&(at, c)| {
        c.is_control() || (hidden(c) && !(joins_emoji(c) && inside_emoji(text, at, c)))
    })
}

/// Characters without a shape of their own that change what is around them, or merely hide.
fn hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{13430}'..='\u{1345f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || (u32::from(c) & 0xfffe) == 0xfffe
        || ('\u{fdd0}'..='\u{fdef}').contains(&c)
}

fn joins_emoji(c: char) -> bool {
    matches!(c, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}')
}

/// Whether the joiner or selector `c` at byte `at` sits where an emoji sequence has one.
fn inside_emoji(text: &str, at: usize, c: char) -> bool {
    let before = text[..at].chars().next_back();
    if c == '\u{200d}' {
        let after = text[at + c.len_utf8()..].chars().next();
        let before = match before {
            Some('\u{fe0f}') => text[..at].chars().rev().nth(1),
            other => other,
        };
        before.is_some_and(pictographic) && after.is_some_and(pictographic)
    } else {
        before.is_some_and(|b| pictographic(b) || matches!(b, '0'..='9' | '#' | '*'))
    }
}

/// Roughly Unicode's `Extended_Pictographic`, with the skin tones: wide enough for the emoji people
/// send, and nothing in it is a letter.
fn pictographic(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{2194}'..='\u{21aa}' | '\u{231a}'..='\u{23ff}' | '\u{24c2}'
        | '\u{25aa}'..='\u{25fe}' | '\u{2600}'..='\u{27bf}' | '\u{2934}' | '\u{2935}'
        | '\u{2b05}'..='\u{2b55}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
        | '\u{1f000}'..='\u{1faff}')
}

fn picture(code: u32) -> char {
    char::from_u32(code).unwrap_or('\u{fffd}')
}

/// Whether what starts at byte `end` belongs to the character before it.
fn clings(text: &str, end: usize) -> bool {
    let next = text[end..].chars().next();
    let last = text[..end].chars().next_back();
    next.is_some_and(|c| {
        is_combining_mark(c)
            || joins_emoji(c)
            || matches!(c, '\u{1160}'..='\u{11ff}' | '\u{1f3fb}'..='\u{1f3ff}')
    }) || last == Some('\u{200d}')
}

/// As many digits as the shortest phone number with its area code.
const NUMBER_DIGITS: usize = 9;

/// The text with everything that may be a phone number made of stars: nine or more digits, however they are grouped.
/// For words that go into the journal, where no personal data may stand.
#[must_use]
pub fn veiled(text: &str) -> Cow<'_, str> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let (mut start, mut digits) = (0, 0);
    for (at, c) in text.char_indices().chain([(text.len(), '.')]) {
        match c {
            '0'..='9' => {
                if digits == 0 {
                    start = at;
                }
                digits += 1;
            }
            '-' | ' ' | '(' | ')' => {}
            _ => {
                if digits >= NUMBER_DIGITS {
                    runs.push((start, at));
                }
                digits = 0;
            }
        }
    }
    if runs.is_empty() {
        return Cow::Borrowed(text);
    }
    let star = |(at, c): (usize, char)| {
        let inside = runs.iter().any(|(from, to)| (*from..*to).contains(&at));
        if inside && c.is_ascii_digit() { '*' } else { c }
    };
    Cow::Owned(text.char_indices().map(star).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn case(id: &str) -> String {
        cases().into_iter().find(|(name, _)| name == id).expect("a case of that name").1
    }

    fn cases() -> Vec<(String, String)> {
        include_str!("../../../fixtures/data/kr_text_cases.jsonl")
            .lines()
            .map(|line| {
                let row: serde_json::Value = serde_json::from_str(line).unwrap();
                (row["id"].as_str().unwrap().to_owned(), row["text"].as_str().unwrap().to_owned())
            })
            .collect()
    }

    #[test]
    fn composed_text_is_what_the_table_of_cases_says() {
        let mut seen = 0;
        for line in include_str!("../../../fixtures/data/kr_text_cases.jsonl").lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = row["text"].as_str().unwrap();
            let changes = nfc(text) != text.trim();
            assert_eq!(changes, row["nfc_changes"].as_bool().unwrap(), "{}", row["id"]);
            seen += 1;
        }
        assert_eq!(seen, 67);
        assert_eq!(nfc(&case("nfd_hangul")), "서울특별시 마포구");
        assert_eq!(nfc("\u{3000} 마포 \n"), "마포");
    }

    #[test]
    fn escapes_controls_and_bidi_marks_are_shown_and_do_not_act() {
        assert_eq!(inert(&case("ansi_colour")), "␛[31m빨강␛[0m");
        assert_eq!(inert(&case("bidi_override")), "기사<U+202E>gnp.exe");
        assert_eq!(inert(&case("crlf")), "1층␍␊경비실");
        assert_eq!(inert(&case("tab")), "이름␉값");
        assert_eq!(inert(&case("c1_csi")), "<U+009B>31m");
        assert_eq!(inert(&case("del")), "가␡나");
        assert_eq!(inert(&case("zwsp")), "마<U+200B>포");
        assert_eq!(inert(&case("bom")), "<U+FEFF>마포");
        assert_eq!(inert(&case("hangul_filler_name")), "<U+3164>");
        assert_eq!(inert(&case("nonchar")), "<U+FFFE>");
        assert_eq!(inert("a\u{2028}b\u{61c}\u{200e}"), "a<U+2028>b<U+061C><U+200E>");
    }

    #[test]
    fn emoji_sequences_and_ordinary_korean_pass_untouched() {
        for id in [
            "plain_hangul",
            "old_hangul",
            "compat_jamo",
            "emoji",
            "emoji_vs16",
            "emoji_flag",
            "emoji_keycap",
            "combining",
            "rtl_arabic",
            "ambiguous",
            "hanja",
            "won",
        ] {
            let text = case(id);
            assert!(matches!(inert(&text), Cow::Borrowed(same) if same == text), "{id}");
        }
        assert_eq!(inert("👨‍👩‍👧 👩🏽‍🔧 ❤️‍🔥"), "👨‍👩‍👧 👩🏽‍🔧 ❤️‍🔥");
        assert_eq!(inert("가\u{200d}나 a\u{fe0f}"), "가<U+200D>나 a<U+FE0F>");
    }

    #[test]
    fn no_case_keeps_a_character_that_acts() {
        for (id, text) in cases() {
            let safe = inert(&text);
            assert_eq!(acting(&safe).count(), 0, "{id}");
            assert_eq!(inert(&safe), safe, "{id} changes when shown again");
        }
    }

    #[test]
    fn a_name_made_of_fillers_is_blank() {
        for id in ["hangul_filler_name", "halfwidth_filler", "empty", "spaces", "private_use"] {
            assert_eq!(is_blank(&case(id)), id != "private_use", "{id}");
        }
        assert!(!is_blank("마포") && is_blank("\u{200b}\u{202e}"));
        assert_eq!(visible("\u{feff}마\u{200b}포\n"), "마포");
    }

    #[test]
    fn a_clip_counts_characters_and_marks_the_cut() {
        assert_eq!(clip("가나다라마", 5), "가나다라마");
        assert_eq!(clip("가나다라마", 4), "가나다…");
        assert_eq!(clip("가나다", 1), "…");
        assert_eq!(clip("가나다", 0), "");
        assert_eq!(clip("ab e\u{301}cole", 5), "ab …");
        assert_eq!(clip("👨‍👩‍👧!", 4), "…");
        assert_eq!(clip(&case("long_hangul"), 40).chars().count(), 40);
    }

    proptest! {
        #[test]
        fn anything_shown_is_inert_and_anything_clipped_fits(text in any::<String>(), max in 0usize..40) {
            let safe = inert(&text).into_owned();
            prop_assert_eq!(acting(&safe).count(), 0);
            prop_assert_eq!(inert(&safe), safe.as_str());
            let cut = clip(&text, max);
            prop_assert!(cut.chars().count() <= max);
            if cut != text {
                prop_assert!(max == 0 || cut.ends_with('…'));
            }
        }
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let texts = [0, 999, 1_000, -25_500, 1_234_567].map(grouped);
        assert_eq!(texts, ["0", "999", "1,000", "-25,500", "1,234,567"]);
        assert_eq!(veiled(&grouped(1_234_567_890)), "1,234,567,890");
    }

    #[test]
    fn a_number_is_veiled_however_it_is_grouped_and_little_else_is() {
        assert_eq!(veiled("call 010-0000-1234 back"), "call ***-****-**** back");
        assert_eq!(veiled("(02) 0000 1234"), "(**) **** ****");
        for plain in ["C-1042", "37.566312,126.977945", "1588-0000", "오후 3시 30분"] {
            assert_eq!(veiled(plain), plain);
        }
    }
}
