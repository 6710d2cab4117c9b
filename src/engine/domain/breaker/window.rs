//! What a closed breaker remembers of its calls: counts in buckets of a tenth of the window.
//!
//! Invariant: at most [`BUCKETS_MAX`] buckets, in order of time; in each one failures and slow
//! calls never exceed calls. Memory does not grow with traffic. Knows no rule and no state.

use crate::domain::ids::{Millis, Time};
use serde::{Deserialize, Serialize};

/// Most buckets a window holds: ten tenths, and the one being filled.
pub const BUCKETS_MAX: usize = 11;

/// Counts of calls. `calls - failures` is the successes; `slow` overlaps both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Calls that were answered, one way or the other.
    pub calls: u32,
    /// Of these, the failures.
    pub failures: u32,
    /// Of these, the slow ones, failed or not.
    pub slow: u32,
}

impl Counts {
    /// Counts one call more; a count that is full stays, so that the shares stay true.
    #[must_use]
    pub fn with(self, failed: bool, slow: bool) -> Self {
        let Some(calls) = self.calls.checked_add(1) else { return self };
        Self {
            calls,
            failures: self.failures + u32::from(failed),
            slow: self.slow + u32::from(slow),
        }
    }

    /// Successful calls.
    #[must_use]
    pub fn successes(self) -> u32 {
        self.calls.saturating_sub(self.failures)
    }

    fn and(self, other: Self) -> Self {
        let Some(calls) = self.calls.checked_add(other.calls) else { return self };
        Self { calls, failures: self.failures + other.failures, slow: self.slow + other.slow }
    }
}

/// The calls that began to count in one tenth of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Bucket {
    /// First instant of the bucket: a multiple of its width.
    start: Time,
    counts: Counts,
}

/// Outcomes of the recent past, forgotten bucket by bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    buckets: Vec<Bucket>,
}

impl Window {
    /// What the window holds at `now`: every bucket that began less than `span` ago.
    #[must_use]
    pub fn counts(&self, span: Millis, now: Time) -> Counts {
        self.buckets
            .iter()
            .filter(|b| is_live(b.start, span, now))
            .fold(Counts::default(), |sum, b| sum.and(b.counts))
    }

    /// Counts one call at `now` and forgets what is older than `span`.
    pub fn count(&mut self, failed: bool, slow: bool, span: Millis, now: Time) {
        let start = bucket_start(span, now);
        self.buckets.retain(|b| is_live(b.start, span, now));
        // Time does not go back in a journal; should it, the newest bucket takes the call.
        match self.buckets.last_mut() {
            Some(last) if last.start >= start => last.counts = last.counts.with(failed, slow),
            _ => {
                self.buckets.push(Bucket { start, counts: Counts::default().with(failed, slow) });
            }
        }
        if self.buckets.len() > BUCKETS_MAX {
            self.buckets.remove(0);
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.buckets.clear();
    }

    /// How many buckets it holds, at most [`BUCKETS_MAX`].
    #[must_use]
    pub fn len(&self) -> usize {
        self.buckets.len()
    }

    /// Whether nothing was counted since the last [`Window::clear`].
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }
}

/// The first instant of the bucket that `at` falls into, for a window of `span`.
#[must_use]
pub fn bucket_start(span: Millis, at: Time) -> Time {
    let width = i64::try_from((span.0 / 10).max(1)).unwrap_or(i64::MAX);
    Time(at.0.saturating_sub(at.0.rem_euclid(width)))
}

fn is_live(start: Time, span: Millis, now: Time) -> bool {
    now.since(start) < span
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_count_stays_and_keeps_its_shares() {
        let full = Counts { calls: u32::MAX, failures: 7, slow: 3 };
        assert_eq!(full.with(true, true), full);
        assert_eq!(full.and(Counts { calls: 1, failures: 1, slow: 1 }), full);
        assert_eq!(full.successes(), u32::MAX - 7);
    }

    #[test]
    fn a_bucket_counts_until_its_start_is_a_whole_window_old() {
        let span = Millis(100);
        let mut w = Window::default();
        w.count(true, false, span, Time(1_004));
        assert_eq!(w.counts(span, Time(1_099)).failures, 1);
        assert_eq!(w.counts(span, Time(1_100)), Counts::default());
    }

    #[test]
    fn a_call_from_an_earlier_time_counts_in_the_newest_bucket() {
        let span = Millis(100);
        let mut w = Window::default();
        w.count(false, false, span, Time(1_050));
        w.count(true, true, span, Time(1_010));
        assert_eq!(w.len(), 1);
        assert_eq!(w.counts(span, Time(1_050)), Counts { calls: 2, failures: 1, slow: 1 });
    }

    #[test]
    fn the_window_never_holds_more_than_its_buckets() {
        let mut w = Window::default();
        // 109 does not divide by ten: eleven buckets can be live at once.
        for t in 0..5_000 {
            w.count(t % 3 == 0, false, Millis(109), Time(t));
            assert!(w.len() <= BUCKETS_MAX);
        }
    }
}
