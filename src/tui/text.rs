//! Text on the screen: how wide it is, and how it is made to fit.
//!
//! Invariant: what comes out of here takes exactly the columns it says, on every terminal: no character that acts on a
//! screen, none without a width, none whose width terminals disagree about.

use ascall_engine::domain::text::{composed, inert};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// How many columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The text as it may be drawn: composed, inert, and without what has no width of its own.
pub(crate) fn safe(text: &str) -> String {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return text.to_owned();
    }
    inert(&composed(text)).chars().filter(|c| c.width().is_some_and(|width| width > 0)).collect()
}

/// The text in at most `columns`, ended by `…` when something is left out.
pub(crate) fn clip(text: &str, columns: usize) -> String {
    let text = safe(text);
    if width(&text) <= columns {
        return text;
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide + 1 > columns {
            break;
        }
        used += wide;
        out.push(c);
    }
    if columns > 0 {
        out.push('…');
    }
    out
}

/// The text in exactly `columns`, filled up on the right.
pub(crate) fn fit(text: &str, columns: usize) -> String {
    let mut out = clip(text, columns);
    let used = width(&out);
    out.extend(std::iter::repeat_n(' ', columns.saturating_sub(used)));
    out
}

/// The text in exactly `columns`, filled up on the left.
pub(crate) fn fit_right(text: &str, columns: usize) -> String {
    let text = clip(text, columns);
    let mut out = " ".repeat(columns.saturating_sub(width(&text)));
    out.push_str(&text);
    out
}

/// The text in lines of at most `columns`, broken at spaces where there are some.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let columns = columns.max(2);
    for line in text.lines() {
        let mut current = String::new();
        for word in safe(line).split(' ') {
            let gap = usize::from(!current.is_empty());
            if width(&current) + gap + width(word) <= columns {
                current.extend(std::iter::repeat_n(' ', gap));
                current.push_str(word);
                continue;
            }
            if !current.is_empty() {
                lines.push(std::mem::take(&mut current));
            }
            for c in word.chars() {
                if width(&current) + c.width().unwrap_or(0) > columns {
                    lines.push(std::mem::take(&mut current));
                }
                current.push(c);
            }
        }
        lines.push(current);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_takes_its_columns_and_says_that_it_is_cut() {
        assert_eq!(clip("공덕동 12-3", 7), "공덕동…");
        assert_eq!(clip("공덕동", 5), "공덕…");
        assert_eq!(clip("공덕동", 6), "공덕동");
        assert_eq!(fit("공덕", 6), "공덕  ");
        assert_eq!(fit_right("7", 3), "  7");
        assert_eq!(fit(" 가 ", 6), " 가   ", "what is empty at an end takes its columns, too");
        assert_eq!(clip("abc", 0), "");
        assert_eq!(clip("가", 1), "…");
    }

    #[test]
    fn what_has_no_width_or_acts_on_a_screen_never_reaches_it() {
        for text in ["a\u{200b}b", "a\u{301}b", "\u{1b}[31mred", "x\u{202e}y", "a\tb", "e\u{fe0f}"]
        {
            let shown = safe(text);
            assert!(shown.chars().all(|c| c.width().is_some_and(|w| w > 0)), "{text:?}: {shown:?}");
        }
        assert_eq!(safe("\u{1100}\u{1161}\u{11a8}"), "각");
    }

    #[test]
    fn long_lines_are_broken_at_spaces_and_long_words_anywhere() {
        assert_eq!(wrap("가나 다라 마바", 9), ["가나 다라", "마바"]);
        assert_eq!(wrap("가나다라마", 4), ["가나", "다라", "마"]);
        assert_eq!(wrap("a\n\nb", 4), ["a", "", "b"]);
    }
}
