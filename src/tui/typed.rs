//! A line of the command line, and whoever carries it out.
//!
//! Invariant: everything the console changes goes through here, so that each key has a line that does the same from a
//! shell, and that line is what is shown and copied.

use crate::front::mask::Veil;
use ascall_engine::domain::profile::Lang;
use ascall_engine::domain::refusal::Refusal;
use std::fmt;

/// A line of the command line, without the name of the program.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Line(pub Vec<String>);

impl Line {
    /// A verb, or several words of one.
    pub(crate) fn of(words: &[&str]) -> Self {
        Self(words.iter().map(|word| (*word).to_owned()).collect())
    }

    /// With one more word.
    pub(crate) fn word(mut self, word: impl fmt::Display) -> Self {
        self.0.push(word.to_string());
        self
    }

    /// With a flag and its value.
    pub(crate) fn flag(self, flag: &str, value: impl fmt::Display) -> Self {
        // One word, so that a value that begins with a dash is a value.
        self.word(format!("{flag}={value}"))
    }

    /// As a shell reads it back.
    pub(crate) fn shell(&self) -> String {
        let words = std::iter::once("ascall".to_owned()).chain(self.0.iter().map(|w| quoted(w)));
        words.collect::<Vec<_>>().join(" ")
    }

    /// The same with what says who somebody is masked: for a line that stays on the screen.
    pub(crate) fn masked(&self, veil: Veil) -> Self {
        // How the next word is masked, when it is the value of the flag before it.
        let mut next: Option<Mask> = None;
        let word = |word: &String| match (next.take(), word.split_once('=')) {
            (Some(mask), _) => mask(veil, word),
            (None, Some((flag, value))) => match mask_of(flag) {
                Some(mask) => format!("{flag}={}", mask(veil, value)),
                None => word.clone(),
            },
            (None, None) => {
                next = mask_of(word);
                word.clone()
            }
        };
        Self(self.0.iter().map(word).collect())
    }

    /// What was typed, split as a shell would; none: a quote is open.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut words = Vec::new();
        let mut word: Option<String> = None;
        let mut letters = text.chars();
        while let Some(c) = letters.next() {
            match c {
                '\'' | '"' => {
                    let word = word.get_or_insert_default();
                    loop {
                        match letters.next()? {
                            end if end == c => break,
                            '\\' if c == '"' => word.push(letters.next()?),
                            inside => word.push(inside),
                        }
                    }
                }
                '\\' => word.get_or_insert_default().push(letters.next()?),
                c if c.is_whitespace() => words.extend(word.take()),
                c => word.get_or_insert_default().push(c),
            }
        }
        words.extend(word);
        if words.first().is_some_and(|first| first == "ascall") {
            words.remove(0);
        }
        Some(Self(words))
    }
}

/// Masks a value.
type Mask = fn(Veil, &str) -> String;

/// How the value of a flag is masked that says who somebody is.
fn mask_of(flag: &str) -> Option<Mask> {
    match flag {
        "--tel" | "--friend-tel" => Some(Veil::tel),
        "--name" | "--friend-name" => Some(Veil::name),
        "--location" => Some(Veil::address),
        _ => None,
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_=./:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// What came of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ran {
    /// The exit code.
    pub exit: u8,
    /// The results.
    pub out: String,
    /// Notes, warnings and errors.
    pub err: String,
    /// The rule that said no, when it was one.
    pub refused: Option<Refusal>,
}

impl Ran {
    /// Whether it was done.
    pub(crate) fn is_done(&self) -> bool {
        self.exit == 0
    }
}

/// A word that may come next, and what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// The word.
    pub word: String,
    /// What it is for.
    pub help: String,
}

/// Whoever carries out lines of the command line.
pub(crate) trait Typed: Send + Sync {
    /// Carries one out to its end. Blocks.
    fn run(&self, line: &Line, lang: Lang) -> Ran;

    /// Has it journalled that persons are shown whole. Blocks.
    fn reveal(&self, lang: Lang) -> Ran;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_back_as_it_was_shown() {
        let line = Line::of(&["cancel", "C-1"]).flag("--reason", "it's 고장, twice");
        assert_eq!(line.shell(), r"ascall cancel C-1 '--reason=it'\''s 고장, twice'");
        assert_eq!(Line::parse(&line.shell()), Some(line));
    }

    #[test]
    fn a_line_that_stays_on_the_screen_says_nobody_who_they_are() {
        let line = Line::of(&["request"]).flag("--tel", "010-0000-1234").flag("--name", "홍길동");
        let line = line.flag("--cost", 25_500);
        assert_eq!(
            line.masked(Veil::Masked).0[1..],
            ["--tel=010-****-1234", "--name=홍*동", "--cost=25500"]
        );
        assert_eq!(line.masked(Veil::Whole).0[1], "--tel=010-0000-1234");
        // As somebody types it.
        let typed =
            Line::parse("member add --name 홍길동 --tel 010-0000-1234 --friend-tel=010-0000-4321");
        let shown = typed.unwrap().masked(Veil::Masked).shell();
        assert_eq!(
            shown,
            "ascall member add --name '홍*동' --tel '010-****-1234' '--friend-tel=010-****-4321'"
        );
    }

    #[test]
    fn an_open_quote_is_no_line() {
        assert_eq!(Line::parse("note C-1 'open"), None);
        assert_eq!(Line::parse(r#"note C-1 "a b""#), Some(Line::of(&["note", "C-1", "a b"])));
        assert_eq!(Line::parse(""), Some(Line::default()));
    }
}
