//! How much is carried out at once, and when somebody who is sent away should come back.
//!
//! Invariant: whoever is refused here has had nothing done: it happens before the desk hears of the request. No more
//! requests that change something are under way than there is room for, and no bearer of a token has more than half of it.

use super::problem::Problem;
use axum::http::StatusCode;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The most requests that change something at once, unless told otherwise. The desk's own queue is longer: it never refuses
/// for being full.
pub(crate) const CHANGES: usize = 2_048;

/// The longest time to wait that anybody is told, in seconds.
const RETRY_MAX: u64 = 60;

/// Over how long the rate at which requests are done is measured.
const RATE_OVER: Duration = Duration::from_secs(1);

/// What is under way.
pub(super) struct Load {
    limit: usize,
    held: Mutex<Held>,
}

struct Held {
    all: usize,
    /// By the name of the token.
    by_bearer: HashMap<String, usize>,
    /// Done since the measuring began, and when it did.
    done: u32,
    since: Instant,
    /// Done per second, as measured before.
    rate: f64,
}

/// A place among what is under way, for as long as it is held.
pub(super) struct Place {
    load: Arc<Load>,
    bearer: Option<String>,
}

impl Load {
    /// Room for `limit` at once.
    pub(super) fn new(limit: usize) -> Arc<Self> {
        let held =
            Held { all: 0, by_bearer: HashMap::new(), done: 0, since: Instant::now(), rate: 0.0 };
        Arc::new(Self { limit, held: Mutex::new(held) })
    }

    /// A place for a request; `bearer` is the name of its token, when it has one.
    ///
    /// # Errors
    /// There is none, or this bearer has half of all.
    pub(super) fn enter(self: &Arc<Self>, bearer: Option<&str>) -> Result<Place, Problem> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = bearer.and_then(|name| held.by_bearer.get(name)).copied().unwrap_or_default();
        if held.all >= self.limit {
            let detail =
                format!("{} requests are being carried out, and no more at once", held.all);
            let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "overload", detail);
            return Err(problem.retry_after(held.drained_in(held.all)));
        }
        if theirs >= self.limit.div_ceil(2) {
            let detail = format!("{theirs} requests with this token are being carried out");
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many", detail);
            return Err(problem.retry_after(held.drained_in(theirs)));
        }
        held.all += 1;
        if let Some(name) = bearer {
            *held.by_bearer.entry(name.to_owned()).or_default() += 1;
        }
        Ok(Place { load: Arc::clone(self), bearer: bearer.map(str::to_owned) })
    }

    fn leave(&self, bearer: Option<&str>) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.all -= 1;
        if let Some(name) = bearer
            && let Some(theirs) = held.by_bearer.get_mut(name)
        {
            *theirs -= 1;
            if *theirs == 0 {
                held.by_bearer.remove(name);
            }
        }
        held.done += 1;
        let over = held.since.elapsed();
        if over >= RATE_OVER {
            held.rate = f64::from(held.done) / over.as_secs_f64();
            (held.done, held.since) = (0, Instant::now());
        }
    }
}

impl Held {
    /// In how many seconds so many will be done, at the rate of now.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rough time, kept within its bounds"
    )]
    fn drained_in(&self, requests: usize) -> u64 {
        let over = self.since.elapsed();
        // What was measured before says nothing once nothing has been done for a while.
        let rate = if over >= 2 * RATE_OVER || self.rate == 0.0 {
            f64::from(self.done) / over.as_secs_f64().max(0.001)
        } else {
            self.rate
        };
        if rate <= 0.0 {
            return RETRY_MAX;
        }
        ((requests as f64 / rate).ceil().min(RETRY_MAX as f64) as u64).max(1)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.load.leave(self.bearer.as_deref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_too_many_is_sent_away_until_another_is_done() {
        let load = Load::new(2);
        let first = load.enter(None).unwrap();
        let _second = load.enter(None).unwrap();
        let refused = load.enter(None).err().unwrap();
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(refused.retry_after.is_some_and(|s| (1..=RETRY_MAX).contains(&s)));
        drop(first);
        assert!(load.enter(None).is_ok());
    }

    #[test]
    fn no_bearer_has_more_than_half_of_the_places() {
        let load = Load::new(4);
        let greedy: Vec<_> = (0..2).map(|_| load.enter(Some("greedy")).unwrap()).collect();
        let refused = load.enter(Some("greedy")).err().unwrap();
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(load.enter(Some("modest")).is_ok());
        drop(greedy);
        assert!(load.enter(Some("greedy")).is_ok());
        assert!(load.held.lock().unwrap().by_bearer.is_empty());
    }

    #[test]
    fn the_time_to_come_back_is_that_of_the_rate_at_which_requests_are_done() {
        let long_ago = Instant::now();
        let held =
            |done, rate| Held { all: 0, by_bearer: HashMap::new(), done, since: long_ago, rate };
        assert_eq!(held(0, 100.0).drained_in(1_000), 10);
        assert_eq!(held(0, 100.0).drained_in(10), 1);
        assert_eq!(held(0, 0.001).drained_in(10), RETRY_MAX);
        assert_eq!(held(0, 0.0).drained_in(10), RETRY_MAX, "nothing is done at all");
    }
}
