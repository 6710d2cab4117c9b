//! What a worker was for a call in each decision about it, and is now.
//!
//! Invariant: what a decision remembers counts; of whom it does not name, the journal is replayed up to it.

use super::decision::{decisions, verdict_words};
use super::name_of;
use crate::desk::{Book, CallRow};
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::show::Show;
use crate::front::words::Word;
use ascall_engine::domain::event::Verdict;
use ascall_engine::domain::ids::{Seq, WorkerId};
use schemars::JsonSchema;
use serde::Serialize;

/// What a worker was, or is, for a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct VerdictJson {
    /// The call.
    pub call: String,
    /// The worker.
    pub worker: String,
    /// The decision it is about; null: as it would be now.
    pub seq: Option<u64>,
    /// `chosen`, `outranked`, `no_skill` and so on; null when the worker was not there yet.
    pub verdict: Option<String>,
    /// The place among the suitable ones, from 1.
    pub rank: Option<usize>,
    #[serde(skip)]
    pub line: String,
}

impl VerdictJson {
    /// What the worker was in each decision, oldest first.
    pub(crate) fn then(
        book: &Book,
        row: &CallRow,
        worker: WorkerId,
        look: &Look,
    ) -> Result<Vec<Self>, UserError> {
        let mut found = Vec::new();
        for decision in decisions(&book.timeline(row)?) {
            let remembered = decision.verdict_on(worker);
            let may_have_another = decision.is_of_round() && !decision.chose(worker);
            let then = if remembered.is_none() || may_have_another {
                book.verdict_at(row.call, worker, Seq(decision.seq))?
            } else {
                None
            };
            let (verdict, rank) = match (then, remembered) {
                (Some(Verdict::Matched), remembered) => {
                    (Some(name_of(&Verdict::Matched)), remembered.and_then(|(_, rank)| rank))
                }
                (_, Some((verdict, rank))) => (Some(verdict), rank),
                // Suitable, and still not among the best that are remembered.
                (Some(Verdict::Suitable), None) => (Some(name_of(&decision.passed_over())), None),
                (then, None) => (then.map(|verdict| name_of(&verdict)), None),
            };
            let (seq, name) = (decision.seq.to_string(), worker.to_string());
            let line = match &verdict {
                Some(verdict) => {
                    look.say(Word::VerdictThen, &[&seq, &name, &verdict_words(verdict, look)])
                }
                None => look.say(Word::NotThere, &[&seq, &name]),
            };
            let (call, seq) = (row.call.to_string(), Some(decision.seq));
            found.push(Self { call, worker: name, seq, verdict, rank, line });
        }
        Ok(found)
    }

    /// What the worker is now.
    pub(crate) fn now(row: &CallRow, worker: WorkerId, now: Verdict, look: &Look) -> Self {
        let has_it =
            row.worker_now().is_some_and(|(id, _)| id == worker) && !row.phase.is_terminal();
        let verdict = if has_it { "has_it".to_owned() } else { name_of(&now) };
        let name = worker.to_string();
        let line = look.say(Word::VerdictNow, &[&name, &verdict_words(&verdict, look)]);
        let call = row.call.to_string();
        Self { call, worker: name, seq: None, verdict: Some(verdict), rank: None, line }
    }
}

impl Show for VerdictJson {
    fn id(&self) -> String {
        self.verdict.clone().unwrap_or_default()
    }
    const CSV: &'static [&'static str] = &["call", "worker", "seq", "verdict", "rank"];
    const HEADS: &'static [Word] = &[Word::Verdict];
    fn cells(&self, _: &Look) -> Vec<String> {
        vec![self.line.clone()]
    }
}
