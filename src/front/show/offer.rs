//! A question to workers as it is shown.

use crate::desk::live;
use crate::front::clock::iso;
use crate::front::look::Look;
use crate::front::show::Show;
use crate::front::words::Word;
use ascall_engine::domain::ids::Time;
use schemars::JsonSchema;
use serde::Serialize;

/// How many of those who are asked a table names.
const NAMED_MAX: usize = 5;

/// An open offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct OfferJson {
    /// `O-3`.
    pub id: String,
    /// About this call.
    pub call: String,
    /// Who is asked, when it is one.
    pub worker: Option<String>,
    /// Everybody who is asked and has not said no.
    pub workers: Vec<String>,
    /// The ring of a question to several, from 1.
    pub ring: Option<u32>,
    /// Until when.
    pub deadline: String,
    #[serde(skip)]
    pub until: Time,
}

impl OfferJson {
    /// An offer.
    pub(crate) fn of(offer: &live::Offer) -> Self {
        Self {
            id: offer.id.to_string(),
            call: offer.call.to_string(),
            worker: offer.workers.first().filter(|_| offer.ring.is_none()).map(ToString::to_string),
            workers: offer.workers.iter().map(ToString::to_string).collect(),
            ring: offer.ring.map(|ring| u32::from(ring) + 1),
            deadline: iso(offer.deadline),
            until: offer.deadline,
        }
    }
}

impl Show for OfferJson {
    fn id(&self) -> String {
        self.id.clone()
    }
    const CSV: &'static [&'static str] = &["id", "call", "worker", "deadline", "workers", "ring"];
    const HEADS: &'static [Word] =
        &[Word::Number, Word::Call, Word::Worker, Word::Ring, Word::Until];
    fn cells(&self, look: &Look) -> Vec<String> {
        let mut workers =
            self.workers.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join(" ");
        if let Some(more) = self.workers.len().checked_sub(NAMED_MAX).filter(|more| *more > 0) {
            workers = look.say(Word::AndMore, &[&workers, &more.to_string()]);
        }
        vec![
            self.id.clone(),
            self.call.clone(),
            workers,
            self.ring.map(|ring| ring.to_string()).unwrap_or_default(),
            look.clock.exact(self.until),
        ]
    }
}
