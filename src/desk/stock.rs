//! The movements of a product, read from the journal.
//!
//! Invariant: what was there after each movement is folded from the first one on, so that it is right however few are
//! kept. Changes nothing.

use ascall_engine::domain::event::{Actor, Event, StockMove};
use ascall_engine::domain::ids::{CallId, Seq, Time};
use ascall_engine::domain::stock::Stock;
use ascall_engine::journal::JournalError;
use ascall_engine::views::Store;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::ops::ControlFlow;

/// One movement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Moved {
    /// The how manyth of its product, from 1.
    pub nth: u64,
    pub seq: Seq,
    pub at: Time,
    pub actor: Actor,
    pub what: StockMove,
    pub qty: u32,
    pub call: Option<CallId>,
    /// What was there after it.
    pub after: Stock,
    pub reason: Option<String>,
}

/// The newest `limit` movements of a product before the one that is the `below`th (none: of all), oldest first (0: all),
/// and whether there were more.
pub(super) fn moves(
    rows: &Store,
    wanted: &str,
    below: Option<u64>,
    limit: usize,
) -> Result<(Vec<Moved>, bool), JournalError> {
    let mut found: VecDeque<Moved> = VecDeque::new();
    let mut stock = Stock::default();
    let mut cut = false;
    let mut nth = 0;
    rows.each_record(Seq(1), |record| {
        for event in &record.events {
            let Event::StockMoved { product, what, qty, call } = event else { continue };
            if product != wanted {
                continue;
            }
            nth += 1;
            if below.is_some_and(|below| nth >= below) {
                return ControlFlow::Break(());
            }
            stock.take(*what, *qty);
            found.push_back(Moved {
                nth,
                seq: record.seq,
                at: record.at,
                actor: record.actor.clone(),
                what: *what,
                qty: *qty,
                call: *call,
                after: stock,
                reason: record.reason.clone(),
            });
            if limit > 0 && found.len() > limit {
                found.pop_front();
                cut = true;
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok((found.into(), cut))
}
