//! What the desk says of itself while it runs: warnings and errors on stderr, a line each, with their values.
//!
//! Invariant: results never go here, and no phone number leaves unmasked, whoever wrote the line. While the screen is the
//! console's the lines are kept back, told there, and written when the screen is free again.

use crate::front::error::UserError;
use ascall_engine::domain::tel::Tel;
use ascall_engine::domain::text::inert;
use clap::ValueEnum;
use serde::Deserialize;
use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Mutex, OnceLock, PoisonError};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, reload};

/// What a long-lived verb says when nobody chose.
pub(crate) const DEFAULT: &str = "warn";

/// In what form the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    /// A line for people.
    #[default]
    Text,
    /// A JSON object on each line.
    Json,
}

impl AsRef<str> for LogFormat {
    fn as_ref(&self) -> &str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

/// Sets another level on the log that runs.
type SetLevel = Box<dyn Fn(EnvFilter) + Send + Sync>;

static SET_LEVEL: OnceLock<SetLevel> = OnceLock::new();

/// Starts the log at `level`: `off`, `error`, `warn`, `info`, `debug`, `trace`, or a list of `part=level`.
///
/// # Errors
/// The level makes no sense.
pub(crate) fn start(level: &str, format: LogFormat) -> Result<(), UserError> {
    let filter = EnvFilter::try_new(level).map_err(|_| UserError::bad_log_level(level))?;
    let (filter, handle) = reload::Layer::new(filter);
    let lines = fmt::layer().with_ansi(false).with_writer(Masked);
    let lines = match format {
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // A log that was started before goes on as it is.
    if tracing_subscriber::registry().with(filter).with(lines).try_init().is_ok() {
        drop(SET_LEVEL.set(Box::new(move |filter| drop(handle.reload(filter)))));
    }
    Ok(())
}

/// Sets another level on the log that runs. One that makes no sense changes nothing.
pub(crate) fn set_level(level: &str) {
    if let (Some(set), Ok(filter)) = (SET_LEVEL.get(), EnvFilter::try_new(level)) {
        set(filter);
    }
}

/// How many lines are kept back at most: the oldest go first.
const KEPT: usize = 200;

/// The lines that are kept back, and who is told of them.
struct Aside {
    lines: VecDeque<String>,
    tell: Box<dyn Fn(&str) + Send>,
}

static ASIDE: Mutex<Option<Aside>> = Mutex::new(None);

/// The lines are kept back for as long as this is held.
pub(crate) struct KeptBack;

/// Keeps the lines back and tells them to `tell`.
pub(crate) fn keep_back(tell: impl Fn(&str) + Send + 'static) -> KeptBack {
    let aside = Aside { lines: VecDeque::new(), tell: Box::new(tell) };
    *ASIDE.lock().unwrap_or_else(PoisonError::into_inner) = Some(aside);
    KeptBack
}

impl Drop for KeptBack {
    fn drop(&mut self) {
        let aside = ASIDE.lock().unwrap_or_else(PoisonError::into_inner).take();
        let lines: String = aside.into_iter().flat_map(|aside| aside.lines).collect();
        // A reader that went away misses nothing.
        drop(std::io::stderr().write_all(lines.as_bytes()));
    }
}

/// Stderr with phone numbers masked, and each event on one line.
struct Masked;

impl<'a> MakeWriter<'a> for Masked {
    type Writer = MaskedLine;

    fn make_writer(&'a self) -> Self::Writer {
        MaskedLine
    }
}

/// One line; the formatter writes it at once.
struct MaskedLine;

impl Write for MaskedLine {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let line = line(&String::from_utf8_lossy(bytes));
        let mut aside = ASIDE.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *aside {
            Some(aside) => {
                (aside.tell)(line.trim_end());
                aside.lines.push_back(line);
                let over = aside.lines.len().saturating_sub(KEPT);
                aside.lines.drain(..over);
            }
            None => std::io::stderr().write_all(line.as_bytes())?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

/// The text of one event as one line: whoever wrote a part of it begins no other one.
fn line(text: &str) -> String {
    masked(&inert(text.trim_end_matches('\n'))) + "\n"
}

/// The text with everything masked that reads like a phone number and like nothing else.
fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit() || c == '+') {
        // Digits inside a word are part of that word.
        let inside =
            rest[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end =
            rest[1..].find(|c: char| !c.is_ascii_digit() && c != '-').map_or(rest.len(), |n| n + 1);
        let (word, after) = rest.split_at(end);
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let begins = word.starts_with(['0', '+']) || word.starts_with("82");
        let known = !inside && begins && (8..=13).contains(&digits);
        match Tel::parse(word) {
            Ok(tel) if known => out.push_str(&tel.masked()),
            _ => out.push_str(word),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_whatever_is_in_it() {
        let shown = line("INFO answered who=a\nERROR forged\r\u{1b}[2K \u{202e}\n");
        assert_eq!(shown.lines().count(), 1, "{shown:?}");
        assert!(!shown.contains(['\u{1b}', '\r', '\u{202e}']), "{shown:?}");
    }

    #[test]
    fn phone_numbers_are_masked_in_the_log_and_other_numbers_are_not() {
        let line = "2026-11-21T05:00:00.123456Z WARN to=01000001234 \"010-0000-1234\" seq=1042 W-17 20261121";
        let shown = masked(line);
        assert!(!shown.contains("0000-1234") && !shown.contains("01000001234"), "{shown}");
        assert!(shown.starts_with("2026-11-21T05:00:00.123456Z WARN to=010-****-1234"), "{shown}");
        assert!(shown.ends_with("seq=1042 W-17 20261121"), "{shown}");
    }
}
