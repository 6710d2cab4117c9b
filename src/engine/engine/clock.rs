//! The desk's time: the wall clock at opening, and the monotonic clock since. The only file that asks a clock.
//!
//! Invariant: it never goes back and never jumps; a step of the machine's wall clock is noticed, not followed.

use crate::domain::ids::Time;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// A wall step smaller than this is the ordinary correction of a clock.
const STEP_MS: i64 = 60_000;

/// The desk's time.
#[derive(Debug)]
pub(super) struct Clock {
    opened_at: Time,
    since: Instant,
    /// How far the wall clock is known to be off.
    known_step_ms: i64,
}

impl Clock {
    /// Starts at the wall clock, or at the newest record if that is later.
    pub(super) fn start(newest: Time) -> Self {
        let wall = wall();
        let opened_at = wall.max(newest);
        Self { opened_at, since: Instant::now(), known_step_ms: wall.0.saturating_sub(opened_at.0) }
    }

    /// Now.
    pub(super) fn now(&self) -> Time {
        let ms = i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX);
        Time(self.opened_at.0.saturating_add(ms))
    }

    /// The step the wall clock made since this was asked last; none: it ran on.
    pub(super) fn step(&mut self) -> Option<i64> {
        let off = wall().0.saturating_sub(self.now().0);
        let step = off.saturating_sub(self.known_step_ms);
        (step.abs() > STEP_MS).then(|| {
            self.known_step_ms = off;
            step
        })
    }
}

/// The machine's wall clock.
pub(super) fn wall() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
