//! The check of a whole store: its bytes, its rules, and its rows against what the rules say they must be.
//!
//! Invariant: changes nothing. The checker's own model is compared with the rows; neither is made from the other. It looks
//! at one committed state, so that a desk that works on meanwhile does not look wrong.

mod rows;

use super::{Book, DeskError, Setup};
use ascall_engine::domain::ids::Seq;
use ascall_engine::journal::JournalError;
use ascall_engine::verify::{Checker, Quiet};
use ascall_engine::views::Store;
use rows::Rows;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Checked {
    pub records: u64,
    pub events: u64,
    pub calls: u64,
    /// Rows whose checksum holds.
    pub rows: u64,
    /// Faults in all; the list below may be shorter.
    pub fault_count: u64,
    pub faults: Vec<Fault>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fault {
    pub seq: Seq,
    /// The rule's short name.
    pub rule: String,
    pub what: String,
}

/// Runs the check, waiting for a busy store as long as the set-up says.
pub(crate) async fn check(setup: &Setup) -> Result<Checked, DeskError> {
    Book::open(setup, "verify").await?.check()
}

/// The check of a store.
pub(crate) fn store(store: &Store) -> Result<Checked, JournalError> {
    let store = &store.still()?;
    let bytes = store.reader().view()?.check()?;
    let mut checker = Checker::keeping_ended();
    let mut rows = Rows::of(store);
    let mut failed = None;
    store.each_record(Seq(1), |record| {
        checker.record(&record);
        match rows.follow(&record, checker.take_ended()) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    failed.map_or(Ok(()), Err)?;
    rows.finish(&checker)?;
    let report = checker.finish(Quiet::No);
    let faults = report.faults.iter().map(|fault| Fault {
        seq: fault.seq,
        rule: fault.rule.to_string(),
        what: fault.what.clone(),
    });
    Ok(Checked {
        records: report.records,
        events: report.events,
        calls: report.calls,
        rows: bytes.rows,
        fault_count: report.fault_count + rows.count,
        faults: faults.chain(rows.faults).collect(),
    })
}
