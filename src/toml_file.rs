//! Reading a TOML file into a type, with faults a person can act on: file, line, key, and the nearest right key.
//!
//! Invariant: an unknown key is a fault, never ignored (the types deny unknown fields). Knows nothing of what is read.

use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a file was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}{}: {what}", file.display(), line.map(|l| format!(":{l}")).unwrap_or_default())]
pub(crate) struct TomlFault {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1, when it can be told.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: String,
    /// The known key or value that is nearest to what stands there.
    pub nearest: Option<String>,
}

impl TomlFault {
    /// A fault of no line in particular.
    pub(crate) fn whole(file: &Path, what: String) -> Self {
        Self { file: file.to_owned(), line: None, what, nearest: None }
    }
}

/// Reads and parses `file`.
///
/// # Errors
/// The file cannot be read, is not UTF-8, or is not what `T` is.
pub(crate) fn read<T: DeserializeOwned>(file: &Path) -> Result<T, TomlFault> {
    let fault = |what: String| TomlFault { file: file.to_owned(), line: None, what, nearest: None };
    let bytes = std::fs::read(file).map_err(|e| fault(format!("cannot be read: {e}")))?;
    let text = String::from_utf8(bytes).map_err(|_| fault("is not UTF-8 text".to_owned()))?;
    parse(file, &text)
}

/// Parses `text`, which came from `file`.
///
/// # Errors
/// The text is not TOML, or not what `T` is.
pub(crate) fn parse<T: DeserializeOwned>(file: &Path, text: &str) -> Result<T, TomlFault> {
    // Editors on some systems begin a file with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| {
            let before = text.get(..span.start).unwrap_or(text);
            before.bytes().filter(|b| *b == b'\n').count() + 1
        });
        let (what, nearest) = explain(error.message());
        TomlFault { file: file.to_owned(), line, what, nearest }
    })
}

/// Serde's sentence in our words, with the nearest of the names it expected.
fn explain(message: &str) -> (String, Option<String>) {
    let first = message.lines().next().unwrap_or_default();
    for (start, word) in [("unknown field `", "key"), ("unknown variant `", "value")] {
        if let Some(rest) = first.strip_prefix(start)
            && let Some((name, expected)) = rest.split_once('`')
        {
            let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
            let near = nearest(name, &known).map(str::to_owned);
            return (format!("unknown {word} `{name}`"), near);
        }
    }
    if let Some(name) = first.strip_prefix("missing field `").and_then(|r| r.strip_suffix('`')) {
        return (format!("the key `{name}` is missing"), None);
    }
    if first == "wanted string or table" {
        return ("a word in quotes is expected here".to_owned(), None);
    }
    (first.to_owned(), None)
}

/// The name among `known` that differs least from `name`, when it is near enough to be meant.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let most = (name.chars().count() / 3).max(1) + 1;
    known
        .iter()
        .map(|candidate| (edits(name, candidate), *candidate))
        .min()
        .filter(|(distance, _)| *distance <= most)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, taken out or changed (Levenshtein).
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = i;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = change.min(corner + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        store: String,
        #[serde(default)]
        mode: Option<Mode>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Mode {
        Lenient,
        Strict,
    }

    fn fault(text: &str) -> TomlFault {
        parse::<Sample>(Path::new("a.toml"), text).unwrap_err()
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest() {
        let fault = fault("store = 'x'\n\nmod = 'strict'\n");
        assert_eq!(fault.to_string(), "a.toml:3: unknown key `mod`");
        assert_eq!(fault.nearest.as_deref(), Some("mode"));
    }

    #[test]
    fn an_unknown_value_is_named_with_the_nearest() {
        let fault = fault("store = 'x'\nmode = 'strikt'\n");
        assert_eq!(fault.to_string(), "a.toml:2: unknown value `strikt`");
        assert_eq!(fault.nearest.as_deref(), Some("strict"));
    }

    #[test]
    fn a_missing_key_and_bad_syntax_are_told_apart() {
        assert!(fault("mode = 'strict'").to_string().contains("the key `store` is missing"));
        assert_eq!(fault("store = \n").line, Some(1));
    }

    #[test]
    fn nothing_near_is_no_suggestion() {
        assert_eq!(nearest("zebra", &["store", "mode"]), None);
        assert_eq!(nearest("stroe", &["store", "mode"]), Some("store"));
    }

    #[test]
    fn a_byte_order_mark_is_no_fault() {
        assert_eq!(parse::<Sample>(Path::new("a.toml"), "\u{feff}store = 'x'").unwrap().store, "x");
    }
}
