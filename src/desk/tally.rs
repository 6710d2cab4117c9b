//! What became of the commands that a desk was asked, whoever asked and by which way.
//!
//! Invariant: counted once per command, where every way ends; refusals, which the journal does not know, are counted too.

use super::DeskError;
use ascall_engine::domain::command::Receipt;
use ascall_engine::domain::refusal::Refusal;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// For how long after a failed commit nobody is to rely on the next one. Then somebody may try: only a commit can tell.
const DISTRUST: Duration = Duration::from_secs(10);

/// Which command, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Answered {
    command: &'static str,
    answer: &'static str,
}

/// The counters of a desk.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Commands by name and answer.
    pub commands: Family<Answered, Counter>,
    /// From when a command was put to the desk to when its record was durable, in seconds.
    pub commit_s: Histogram,
    /// When the last commit failed; none: it did not.
    failed: Mutex<Option<Instant>>,
}

impl Default for Tally {
    fn default() -> Self {
        let commit_s = Histogram::new(exponential_buckets(0.000_25, 2.0, 14));
        Self { commands: Family::default(), commit_s, failed: Mutex::default() }
    }
}

impl Tally {
    /// Counts one.
    pub(super) fn count(
        &self,
        command: &'static str,
        answer: &Result<Receipt, DeskError>,
        took: Duration,
    ) {
        if matches!(answer, Ok(receipt) if !receipt.replayed) {
            self.commit_s.observe(took.as_secs_f64());
        }
        match answer {
            Ok(receipt) if !receipt.replayed => self.note(None),
            Err(DeskError::Unknown { .. } | DeskError::Full { .. } | DeskError::Storage { .. }) => {
                self.note(Some(Instant::now()));
            }
            _ => {}
        }
        let answer = match answer {
            Ok(receipt) if receipt.replayed => "replayed",
            Ok(_) => "done",
            Err(DeskError::Refused(Refusal::TryLater { .. } | Refusal::DeskFull { .. })) => {
                "try_later"
            }
            Err(DeskError::Refused(_)) => "refused",
            Err(DeskError::Unknown { .. }) => "unknown",
            Err(_) => "failed",
        };
        self.commands.get_or_create(&Answered { command, answer }).inc();
    }

    fn note(&self, failed: Option<Instant>) {
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = failed;
    }

    /// Whether the last commit failed, a moment ago.
    pub(crate) fn failed_lately(&self) -> bool {
        let failed = *self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.is_some_and(|at| at.elapsed() < DISTRUST)
    }
}
