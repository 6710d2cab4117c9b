//! A recorded day against any policy: read, driven through the real engine in virtual time, judged, and compared.
//!
//! Invariant: the same day, policy and seed give the same journal. What is not recorded is modelled, and said.

mod advice;
mod bounds;
mod day;
mod drive;
mod file;
mod judge;
mod past;
mod read;
mod rows;
mod usual;
mod words;

pub(crate) use advice::{PIECES_LEAST, Verdict, compare};
pub(crate) use day::Day;
pub(crate) use drive::Way;
pub(crate) use judge::{CallResult, Outcome, Result};
pub(crate) use past::{Past, Span};

use crate::toml_file::TomlFault;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::journal::JournalError;
use std::path::PathBuf;
use std::time::Instant;
use thiserror::Error;

/// Why a day could not be replayed.
#[derive(Debug, Error)]
pub(crate) enum ReplayError {
    /// The description of the day is wrong.
    #[error(transparent)]
    Day(#[from] TomlFault),
    /// A row of one of its files is.
    #[error("{}:{line}: {what}", file.display())]
    Row {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// One of its files cannot be read.
    #[error("{} cannot be read: {what}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        what: String,
    },
    /// Nobody calls in it, or nobody works.
    #[error("the day has no {what}{}", if *outside > 0 { format!(" ({outside} lie outside of it)") } else { String::new() })]
    Empty {
        /// Which of them.
        what: &'static str,
        /// How many there are at other times.
        outside: usize,
    },
    /// The engine refused what the day asks of it.
    #[error("the desk refused: {0}")]
    Refused(#[from] Refusal),
    /// The journal in memory failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Replays the day one way.
///
/// # Errors
/// The engine refused something, or its journal failed.
pub(crate) fn replay(day: &Day, way: Way, seed: u64) -> std::result::Result<Outcome, ReplayError> {
    let began = Instant::now();
    let driven = drive::drive(day, way, seed)?;
    let elapsed = began.elapsed();
    Ok(judge::judge(day, way, seed, driven, elapsed))
}

/// The day as it happened; none: how is not in the record.
pub(crate) fn as_it_was(day: &Day) -> Option<Outcome> {
    judge::as_it_was(day)
}

#[cfg(test)]
mod tests;
