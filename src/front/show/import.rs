//! What became of one of many workers who were to be made known together.
//!
//! Invariant: each row has a result of its own, and none stops the others.

use super::worker::WorkerCard;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::look::Look;
use crate::front::show::Show;
use crate::front::words::Word;
use ascall_engine::domain::profile::Lang;
use schemars::JsonSchema;
use serde::Serialize;

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct ImportedJson {
    /// Its place among the rows, from 1; its line, when they come line by line.
    row: u64,
    /// `added`, `replayed`, `would_add`, `refused` or `invalid`.
    result: &'static str,
    /// The worker.
    worker: Option<WorkerCard>,
    /// Why not.
    error: Option<String>,
    /// The error and the hint in Korean, for people.
    #[serde(skip)]
    korean: Option<(String, Option<String>)>,
    /// What to do about it.
    hint: Option<String>,
}

impl ImportedJson {
    /// A row whose worker is known now; `replayed`: and was before.
    pub(crate) fn added(row: u64, worker: WorkerCard, replayed: bool) -> Self {
        let result = if replayed { "replayed" } else { "added" };
        Self { worker: Some(worker), ..Self::bare(row, result) }
    }

    /// A row that would be taken.
    pub(crate) fn would_add(row: u64) -> Self {
        Self::bare(row, "would_add")
    }

    /// A row that was not taken, and whose fault that is no other row's business; an error of the desk itself comes back.
    pub(crate) fn not_taken(row: u64, error: UserError) -> Result<Self, UserError> {
        let said = match error {
            UserError::Said(said) if [Exit::Usage, Exit::Refused].contains(&said.exit) => said,
            other => return Err(other),
        };
        let result = if said.exit == Exit::Usage { "invalid" } else { "refused" };
        let said = said.in_one_line();
        let (error, hint, korean) = (Some(said.text), said.hint, said.korean);
        Ok(Self { error, korean, hint, ..Self::bare(row, result) })
    }

    /// A row that cannot be read.
    pub(crate) fn invalid(row: u64, error: String, hint: Option<String>) -> Self {
        Self { error: Some(error), hint, ..Self::bare(row, "invalid") }
    }

    fn bare(row: u64, result: &'static str) -> Self {
        Self { row, result, worker: None, error: None, korean: None, hint: None }
    }

    /// One line for people.
    pub(crate) fn line(&self, look: &Look) -> String {
        let korean = self.korean.as_ref().filter(|_| look.lang == Lang::Ko);
        let (error, hint) = match korean {
            Some((text, hint)) => (Some(text), hint),
            None => (self.error.as_ref(), &self.hint),
        };
        let body = match (&self.worker, error, hint) {
            (Some(card), ..) => card.line(look),
            (None, Some(error), Some(hint)) => format!("{error}  ({hint})"),
            (None, Some(error), None) => error.clone(),
            (None, None, _) => self.result.to_owned(),
        };
        let again = match self.result {
            "replayed" => format!("  ({})", look.word(Word::Replayed)),
            _ => String::new(),
        };
        format!("{} {}: {body}{again}", look.word(Word::Row), self.row)
    }
}

impl Show for ImportedJson {
    fn id(&self) -> String {
        self.worker.as_ref().map(|card| card.id.clone()).unwrap_or_default()
    }
    const CSV: &'static [&'static str] = &["row", "result", "worker.id", "error", "hint"];
    const HEADS: &'static [Word] = &[Word::Row, Word::Result];
    fn cells(&self, look: &Look) -> Vec<String> {
        vec![self.row.to_string(), self.line(look)]
    }
}
