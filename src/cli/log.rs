//! What the desk says of itself while it runs: warnings and errors on stderr, a line each, with their values.
//!
//! Invariant: results never go here, and no phone number leaves unmasked, whoever wrote the line.

use super::error::CliError;
use ascall_engine::domain::tel::Tel;
use std::io::Write;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// What a long-lived verb says when nobody chose.
pub(crate) const DEFAULT: &str = "warn";

/// Starts the log at `level`: `off`, `error`, `warn`, `info`, `debug`, `trace`, or a list of `part=level`.
///
/// # Errors
/// The level makes no sense.
pub(crate) fn start(level: &str) -> Result<(), CliError> {
    let filter = EnvFilter::try_new(level).map_err(|_| CliError::bad_log_level(level))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
    // A log that was started before goes on as it is.
    drop(log.with_target(false).with_writer(Masked).try_init());
    Ok(())
}

/// Stderr with phone numbers masked.
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
        let text = String::from_utf8_lossy(bytes);
        std::io::stderr().write_all(masked(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
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
    fn phone_numbers_are_masked_in_the_log_and_other_numbers_are_not() {
        let line = "2026-11-21T05:00:00.123456Z WARN to=01000001234 \"010-0000-1234\" seq=1042 W-17 20261121";
        let shown = masked(line);
        assert!(!shown.contains("0000-1234") && !shown.contains("01000001234"), "{shown}");
        assert!(shown.starts_with("2026-11-21T05:00:00.123456Z WARN to=010-****-1234"), "{shown}");
        assert!(shown.ends_with("seq=1042 W-17 20261121"), "{shown}");
    }
}
