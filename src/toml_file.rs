//! Reading a TOML file into a type, with faults a person can act on: file, line, key, and the nearest right key.
//!
//! Invariant: an unknown key is a fault, never ignored (the types deny unknown fields). Text is composed (NFC) when it is
//! read, so that a name typed on one machine is the same name on another. Knows nothing of what is read.

mod document;

use ascall_engine::domain::text::composed;
use document::Document;
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
    /// The key or entry, as a path (`plan[0].for_ms`), when it can be told.
    pub at: Option<String>,
    /// What is wrong.
    pub what: String,
    /// The known key or value that is nearest to what stands there.
    pub nearest: Option<String>,
}

impl TomlFault {
    fn whole(file: &Path, what: String) -> Self {
        Self { file: file.to_owned(), line: None, at: None, what, nearest: None }
    }
}

/// The most faults of one file that are told.
const FAULTS_MAX: usize = 50;

/// A TOML text and where it came from.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    file: PathBuf,
    text: String,
}

impl Source {
    /// Reads `file`.
    ///
    /// # Errors
    /// The file cannot be read or is not UTF-8.
    pub(crate) fn read(file: &Path) -> Result<Self, TomlFault> {
        let fault = |what: String| TomlFault::whole(file, what);
        let bytes = std::fs::read(file).map_err(|e| fault(format!("cannot be read: {e}")))?;
        let text = String::from_utf8(bytes).map_err(|_| fault("is not UTF-8 text".to_owned()))?;
        Ok(Self::of(file, &text))
    }

    /// A text that came from `file`.
    pub(crate) fn of(file: &Path, text: &str) -> Self {
        // Editors on some systems begin a file with a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { file: file.to_owned(), text: composed(text).into_owned() }
    }

    /// What the text says, as a `T`.
    ///
    /// # Errors
    /// All that is wrong with it, as far as it can be read on: unknown keys and values are taken out to see what comes
    /// behind them; what is missing, or of another type, ends the reading.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, Vec<TomlFault>> {
        let mut document = Document::parse(&self.text).map_err(|slips| {
            let fault = |(what, at)| TomlFault {
                line: Some(self.line(at)),
                ..TomlFault::whole(&self.file, what)
            };
            slips.into_iter().map(fault).collect::<Vec<_>>()
        })?;
        let mut faults = Vec::new();
        loop {
            match document.to() {
                Ok(value) if faults.is_empty() => return Ok(value),
                Ok(_) => return Err(faults),
                Err(error) => {
                    let slip = document.explain::<T>(&error);
                    faults.push(TomlFault {
                        file: self.file.clone(),
                        line: slip.offset.map(|at| self.line(at)),
                        at: slip.at.clone(),
                        what: slip.what.clone(),
                        nearest: slip.nearest.clone(),
                    });
                    if faults.len() >= FAULTS_MAX || !document.mend(&slip) {
                        return Err(faults);
                    }
                }
            }
        }
    }

    /// A fault of the key or entry at `at`, or of the nearest one above it that is there.
    pub(crate) fn fault(&self, at: &str, what: String, nearest: Option<String>) -> TomlFault {
        let line = self.line_of(at);
        let file = self.file.clone();
        TomlFault { file, line, at: Some(at.to_owned()), what, nearest }
    }

    /// The line of the key or entry at `at`, or of the nearest one above it that is there.
    pub(crate) fn line_of(&self, at: &str) -> Option<usize> {
        let document = Document::parse(&self.text).ok()?;
        document.place_of(at).map(|offset| self.line(offset))
    }

    fn line(&self, offset: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        before.bytes().filter(|b| *b == b'\n').count() + 1
    }
}

/// The first of what is wrong; whoever says that something is, says what.
pub(crate) fn first(mut faults: Vec<TomlFault>) -> TomlFault {
    faults.swap_remove(0)
}

/// The name among `known` that differs least from `name`, when it is near enough to be meant: of three letters one may be
/// wrong, of more every third and one.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let letters = name.chars().count();
    let most = if letters <= 3 { 1 } else { letters / 3 + 1 };
    known
        .iter()
        .map(|candidate| (edits(name, candidate), *candidate))
        .min()
        // Where every letter is another one nothing is near.
        .filter(|(distance, candidate)| {
            *distance <= most && *distance < letters.max(candidate.chars().count())
        })
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, taken out, changed, or change places with the next one (optimal string alignment,
/// <https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance>).
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
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
        #[serde(default)]
        parts: Vec<Part>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Mode {
        Lenient,
        Strict,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(tag = "part", rename_all = "snake_case", deny_unknown_fields)]
    enum Part {
        Wheel { spokes: u8 },
        Frame { mode: Mode, sizes: Vec<u8> },
    }

    fn faults(text: &str) -> Vec<TomlFault> {
        Source::of(Path::new("a.toml"), text).parse::<Sample>().unwrap_err()
    }

    fn fault(text: &str) -> TomlFault {
        let mut faults = faults(text);
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults.remove(0)
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

    /// What is wrong inside an entry of a list that says by a key what it is, with its line, its path and the nearest.
    fn inside(entry: &str) -> (String, Option<String>, Option<String>) {
        let text = format!("store = 'x'\n\n[[parts]]\npart = 'wheel'\nspokes = 3\n\n{entry}");
        let fault = fault(&text);
        (fault.to_string(), fault.at, fault.nearest)
    }

    #[test]
    fn a_fault_inside_a_tagged_entry_is_found_where_it_stands() {
        let said = |text: &str, at: &str, near: Option<&str>| {
            (text.to_owned(), Some(at.to_owned()), near.map(str::to_owned))
        };
        assert_eq!(
            inside("[[parts]]\npart = 'frame'\nmode = 'strict'\nsizes = [1]\nspoks = 1\n"),
            said("a.toml:11: unknown key `spoks`", "parts[1].spoks", None)
        );
        assert_eq!(
            inside("[[parts]]\npart = 'frame'\nsizes = []\nmode = 'strickt'\n"),
            said("a.toml:10: unknown value `strickt`", "parts[1].mode", Some("strict"))
        );
        assert_eq!(
            inside("[[parts]]\npart = 'whel'\nspokes = 1\n"),
            said("a.toml:8: unknown value `whel`", "parts[1].part", Some("wheel"))
        );
        assert_eq!(
            inside("[[parts]]\npart = 'frame'\nmode = 'strict'\nsizes = [\n 1,\n 'big',\n]\n"),
            said("a.toml:12: a whole number is expected, not \"big\"", "parts[1].sizes[1]", None)
        );
        assert_eq!(
            inside("[[parts]]\npart = 'wheel'\n"),
            said("a.toml:7: the key `spokes` is missing", "parts[1]", None)
        );
        let text = "store = 'x'\nparts = [{ part = 'wheel', spokes = 1 },\n { part = 'wheel', spoks = 1 }]";
        let found = faults(text);
        assert_eq!(found[0].to_string(), "a.toml:3: unknown key `spoks`");
        assert_eq!(found[0].nearest.as_deref(), Some("spokes"));
    }

    #[test]
    fn unknown_keys_and_values_are_all_told_at_once() {
        let found = faults("stor = 1\nstore = 'x'\nmod = 'x'\nmode = 'strikt'\nparts = 5\n");
        let said: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "a.toml:1: unknown key `stor`",
                "a.toml:3: unknown key `mod`",
                "a.toml:4: unknown value `strikt`",
                "a.toml:5: a list is expected, not 5",
            ]
        );
    }

    #[test]
    fn a_missing_key_and_bad_syntax_are_told_apart() {
        assert!(fault("mode = 'strict'").to_string().contains("the key `store` is missing"));
        assert_eq!(fault("store = \n").line, Some(1));
    }

    #[test]
    fn a_value_of_another_type_is_said_in_plain_words() {
        let said = |text: &str| fault(text).what;
        assert_eq!(said("store = 5"), "a text in quotes is expected, not 5");
        assert_eq!(said("store = [1]"), "a text in quotes is expected, not a list");
        assert_eq!(said("store = 'x'\nmode = 5"), "a word in quotes is expected");
        assert_eq!(
            said("store = 'x'\n[[parts]]\npart = 'wheel'\nspokes = -1"),
            "a whole number from 0 to 255 is expected, not -1"
        );
    }

    #[test]
    fn the_place_of_a_path_is_the_deepest_that_is_there() {
        let text = "store = 'x'\n[[parts]]\npart = 'wheel'\nspokes = 3\n[[parts]]\npart = 'frame'\nsizes = [1,\n2]\n";
        let source = Source::of(Path::new("a.toml"), text);
        let line = |at: &str| source.fault(at, String::new(), None).line;
        assert_eq!(line("parts[0].spokes"), Some(4));
        assert_eq!(line("parts[1].sizes[1]"), Some(8));
        assert_eq!(line("parts[1].sizes"), Some(7));
        assert_eq!(line("parts[1].mode.deeper"), Some(5));
        assert_eq!(line("parts[1]"), Some(5));
        assert_eq!(line("nothing"), None);
    }

    #[test]
    fn nothing_near_is_no_suggestion() {
        assert_eq!(nearest("zebra", &["store", "mode"]), None);
        assert_eq!(nearest("stroe", &["store", "mode"]), Some("store"));
    }

    #[test]
    fn a_short_name_is_near_one_that_differs_by_a_letter_and_to_no_other() {
        let known = ["for", "rate", "to", "arrivals", "times"];
        for (slip, meant) in
            [("rat", "rate"), ("fro", "for"), ("fr", "for"), ("ot", "to"), ("tims", "times")]
        {
            assert_eq!(nearest(slip, &known), Some(meant), "{slip}");
        }
        for other in ["job", "x", "ab", "tel", "", "rest"] {
            assert_eq!(nearest(other, &known), None, "{other}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_fault_and_letters_are_composed() {
        let read =
            |text: &str| Source::of(Path::new("a.toml"), text).parse::<Sample>().unwrap().store;
        assert_eq!(read("\u{feff}store = 'x'"), "x");
        assert_eq!(read("store = '\u{1112}\u{1161}\u{11ab}'"), "\u{d55c}");
    }
}
