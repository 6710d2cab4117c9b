//! Answers that were given under an idempotency key, to be given again word for word.
//!
//! Invariant: whether a key was used, and for what, is decided by the desk alone; what is kept here is only how the answer
//! read. So it may be forgotten at any time, and a restart forgets it: then the answer shows the thing as it stands.

use super::answer::Reply;
use super::problem::Problem;
use ascall_engine::domain::ids::Seq;
use axum::http::StatusCode;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most bytes of bodies that are kept.
const KEPT_MAX: usize = 8 << 20;

/// What an answer is kept under: who asked, with which key.
type Name = (String, String);

/// Keys that are being asked under now, and answers that were given. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Replays(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    in_flight: BTreeSet<Name>,
    /// With the record that did what was asked.
    given: BTreeMap<Name, (Seq, Reply)>,
    /// The names of those given, oldest first.
    order: VecDeque<Name>,
    bytes: usize,
}

/// A key that is being asked under. It is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Asking {
    kept: Replays,
    name: Name,
}

impl Replays {
    /// Begins to ask under a key.
    ///
    /// # Errors
    /// Somebody of that name is just asking under it.
    pub(super) fn begin(&self, caller: &str, key: &str) -> Result<Asking, Problem> {
        let name = (caller.to_owned(), key.to_owned());
        if self.lock().in_flight.insert(name.clone()) {
            return Ok(Asking { kept: self.clone(), name });
        }
        let detail = format!("what was asked first under the key `{key}` is not answered yet");
        Err(Problem::new(StatusCode::CONFLICT, "key-in-flight", detail)
            .hint("ask again a little later under the same key")
            .retry_after(1))
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asking {
    /// The answer that was given when record `seq` did what is asked; none: it is not known any more.
    pub(super) fn given(&self, seq: Seq) -> Option<Reply> {
        let kept = self.kept.lock();
        kept.given.get(&self.name).filter(|(at, _)| *at == seq).map(|(_, reply)| reply.clone())
    }

    /// Keeps an answer, and lets the oldest go when there are too many.
    pub(super) fn keep(&self, seq: Seq, reply: Reply) {
        let mut kept = self.kept.lock();
        kept.bytes += reply.bytes();
        match kept.given.insert(self.name.clone(), (seq, reply)) {
            Some((_, old)) => kept.bytes -= old.bytes(),
            None => kept.order.push_back(self.name.clone()),
        }
        while kept.bytes > KEPT_MAX {
            let Some(oldest) = kept.order.pop_front() else { break };
            if let Some((_, old)) = kept.given.remove(&oldest) {
                kept.bytes -= old.bytes();
            }
        }
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.kept.lock().in_flight.remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::answer::Outcome;

    fn reply(bytes: usize) -> Reply {
        Reply::of(Outcome::of("x".repeat(bytes))).unwrap()
    }

    #[test]
    fn a_key_is_asked_under_once_at_a_time_by_each() {
        let replays = Replays::default();
        let first = replays.begin("ann", "k").unwrap();
        assert_eq!(replays.begin("ann", "k").unwrap_err().status, StatusCode::CONFLICT);
        assert!(replays.begin("ben", "k").is_ok(), "another one's key is another key");
        drop(first);
        assert!(replays.begin("ann", "k").is_ok());
    }

    #[test]
    fn an_answer_is_given_again_only_for_the_record_that_it_is_about() {
        let replays = Replays::default();
        let asking = replays.begin("ann", "k").unwrap();
        asking.keep(Seq(7), reply(10));
        assert_eq!(asking.given(Seq(7)), Some(reply(10)));
        assert_eq!(asking.given(Seq(8)), None);
    }

    #[test]
    fn the_oldest_answers_are_forgotten_first() {
        let replays = Replays::default();
        for n in 0..20 {
            replays.begin("ann", &n.to_string()).unwrap().keep(Seq(n), reply(KEPT_MAX / 10));
        }
        let knows = |n: u64| replays.begin("ann", &n.to_string()).unwrap().given(Seq(n)).is_some();
        assert!(!knows(0) && knows(19));
        assert!(replays.lock().bytes <= KEPT_MAX);
    }
}
