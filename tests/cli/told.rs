//! Typing lines and reading them back: the transcript that the snapshots hold.
//!
//! Invariant: what differs from run to run (times, digests, keys, the folder) is replaced, and nothing else.

use crate::sealed::{Ran, Sealed};

/// The words of a line; `'…'` keeps blanks together.
pub fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// Runs one line.
pub fn run(desk: &Sealed, line: &str) -> Ran {
    let words = words(line);
    let ran = desk.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
    sound(line, &ran);
    ran
}

/// Nothing that acts on a screen, and no sign of a fault of the program.
pub fn sound(line: &str, ran: &Ran) {
    for text in [&ran.out, &ran.err] {
        assert!(!text.contains("panicked") && !text.contains("bug in ascall"), "{line}\n{text}");
        let acting = text.chars().find(|c| {
            let hidden = matches!(*c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            hidden || c.is_control() && !matches!(*c, '\n' | '\r')
        });
        assert!(acting.is_none(), "{line}: {acting:?}\n{text}");
    }
}

/// Runs one line that must end with `code`; what was said on both handles.
pub fn ends(desk: &Sealed, code: i32, line: &str) -> String {
    let ran = run(desk, line);
    assert_eq!(ran.code, Some(code), "{line}\n{}\n{}", ran.out, ran.err);
    ran.out + &ran.err
}

/// Runs lines one after the other and shows what came of each.
pub fn tell(desk: &Sealed, lines: &[&str]) -> String {
    let mut told = String::new();
    for line in lines {
        let ran = run(desk, line);
        told += &format!("$ {line}\n{}", ran.out);
        for said in ran.err.lines() {
            told += &format!("! {said}\n");
        }
        if ran.code != Some(0) {
            told += &format!("= {}\n", ran.code.unwrap_or(-1));
        }
    }
    let folder = desk.path("").display().to_string();
    let told = told.replace(folder.trim_end_matches('/'), "HERE");
    still(&told)
}

/// A full hour so many hours from now, as it is typed: always another day when it is more than a day.
pub fn later(hours: i64) -> String {
    let seoul = chrono::FixedOffset::east_opt(9 * 3600).unwrap();
    let at = chrono::Utc::now().with_timezone(&seoul) + chrono::TimeDelta::hours(hours);
    at.format("%Y-%m-%d %H:00").to_string()
}

/// The number of the newest record.
pub fn head(desk: &Sealed) -> String {
    desk.run(&["tail", "-n", "1", "-o", "id"]).out
}

/// The text with times, long numbers and fresh keys replaced.
pub fn still(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    let fits = |at: usize, form: &str| {
        let mut next = at;
        form.chars().all(|f| {
            let c = chars.get(next).copied().unwrap_or(' ');
            next += 1;
            if f == '0' { c.is_ascii_digit() } else { c == f }
        })
    };
    while at < chars.len() {
        let inside = at > 0 && chars[at - 1].is_ascii_alphanumeric();
        let forms = [
            ("0000-00-00T00:00:00.000Z", "0000-00-00T00:00:00.000Z"),
            // A day of another year is a day.
            ("0000-00-00 00:00", "00-00 00:00"),
            ("00-00 00:00", "00-00 00:00"),
            ("00:00:00", "00:00:00"),
            ("00:00", "00:00"),
        ];
        let digits = chars[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        let after: String = chars[(at + digits).min(chars.len())..].iter().take(3).collect();
        if let Some((form, stood)) = forms.iter().find(|(form, _)| !inside && fits(at, form)) {
            out += stood;
            at += form.len();
        } else if !inside && digits > 12 {
            out += "NUMBER";
            at += digits;
        } else if !inside
            && digits > 0
            && (after.starts_with(['초', '시']) || after.starts_with(" s "))
        {
            out += "0";
            at += digits;
        } else if chars[at..].starts_with(&['c', 'l', 'i', '-']) && chars.len() > at + 20 {
            out += "KEY";
            at += 20;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

#[test]
fn only_what_differs_between_runs_is_replaced() {
    let text = "11-22 17:42  2027-01-01 09:00";
    assert_eq!(still(text), "00-00 00:00  00-00 00:00");
    let text = "C-1  17:42  12 won  2026-11-21T08:43:03.731Z  8809631553905729270  7초  37.5663";
    let stood = "C-1  00:00  12 won  0000-00-00T00:00:00.000Z  NUMBER  0초  37.5663";
    assert_eq!(still(text), stood);
    assert_eq!(words("a 'b c' d=''"), ["a", "b c", "d=", ""]);
}
