//! A participant whose answers are written down beforehand, for tests and rehearsals.
//!
//! Invariant: answers come in the order of the script, and every request is remembered. At the end
//! of the script it is as if nobody listened. Knows no transport.

use super::{Cause, Outcome, Request};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// One line of a script.
#[derive(Debug, Clone, PartialEq)]
pub enum ScriptedAnswer {
    /// Answers at once.
    Now(Outcome),
    /// Answers after a while, or not in time.
    After(Duration, Outcome),
    /// Never answers.
    Never,
}

impl From<Outcome> for ScriptedAnswer {
    fn from(outcome: Outcome) -> Self {
        Self::Now(outcome)
    }
}

/// A script being played.
#[derive(Debug)]
pub struct Scripted {
    play: Mutex<Play>,
}

#[derive(Debug)]
struct Play {
    script: VecDeque<ScriptedAnswer>,
    asked: Vec<Request>,
}

impl Scripted {
    /// A script: one answer a request.
    #[must_use]
    pub fn new(script: impl IntoIterator<Item = ScriptedAnswer>) -> Self {
        let script = script.into_iter().collect();
        Self { play: Mutex::new(Play { script, asked: vec![] }) }
    }

    /// Adds a line at the end.
    pub fn push(&self, answer: ScriptedAnswer) {
        self.lock().script.push_back(answer);
    }

    /// Every request so far, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<Request> {
        self.lock().asked.clone()
    }

    /// Takes the next line.
    pub async fn ask(&self, request: Request) -> Outcome {
        let deadline = request.deadline;
        let line = {
            let mut play = self.lock();
            play.asked.push(request);
            play.script.pop_front()
        };
        let late = Outcome::Indeterminate { cause: Cause::Deadline };
        match line {
            None => Outcome::Unavailable { cause: Cause::ConnectionRefused },
            Some(ScriptedAnswer::Now(outcome)) => outcome,
            Some(ScriptedAnswer::After(delay, outcome)) if delay < deadline => {
                tokio::time::sleep(delay).await;
                outcome
            }
            Some(ScriptedAnswer::After(..) | ScriptedAnswer::Never) => {
                tokio::time::sleep(deadline).await;
                late
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Play> {
        // A test that failed while holding it is reported by itself; the script is still whole.
        self.play.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::participants::Op;

    #[tokio::test]
    async fn a_script_is_played_in_order_and_then_nobody_listens() {
        let denied = Outcome::Denied { reason: "full".into() };
        let ok = Outcome::Ok { detail: None };
        let (soon, deadline) = (Duration::from_millis(1), Duration::from_millis(5));
        let s = Scripted::new([
            denied.clone().into(),
            ScriptedAnswer::After(soon, ok.clone()),
            ScriptedAnswer::After(deadline, ok.clone()),
        ]);
        s.push(ScriptedAnswer::Never);
        let late = Outcome::Indeterminate { cause: Cause::Deadline };
        let refused = Outcome::Unavailable { cause: Cause::ConnectionRefused };
        for (n, expected) in [denied, ok, late.clone(), late, refused].into_iter().enumerate() {
            let request = Request {
                key: format!("C-{n}/manage/1"),
                op: Op::Do,
                deadline,
                payload: serde_json::Value::Null,
                traceparent: None,
            };
            assert_eq!(s.ask(request).await, expected, "line {n}");
        }
        assert_eq!(s.asked().len(), 5);
        assert_eq!(s.asked()[3].key, "C-3/manage/1");
    }
}
