//! The check of a whole store: its bytes, its rules, and its rows against what the rules say they must be.
//!
//! Invariant: changes nothing. The checker's own model is compared with the rows; neither is made from the other.

use super::{Book, DeskError, Setup};
use ascall_engine::domain::event::{Event, Record};
use ascall_engine::domain::ids::{CallId, ParticipantId, Seq, WorkerId};
use ascall_engine::verify::{CallFacts, Checker, Quiet};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub seq: Seq,
    /// The rule's short name.
    pub rule: String,
    pub what: String,
}

/// The rule that rows equal what the journal says.
const ROWS: &str = "V1";

/// The most faults of rows that are listed.
const FAULTS_MAX: usize = 100;

/// Runs the check, waiting for a busy store as long as the set-up says.
pub(crate) async fn check(setup: &Setup) -> Result<Checked, DeskError> {
    let book = Book::open(setup, "verify").await?;
    let broken = |e| DeskError::from_journal(book.path(), e);
    let bytes = book.store().reader().view().and_then(|view| view.check()).map_err(broken)?;
    let mut checker = Checker::keeping_ended();
    let mut rows = Rows {
        book: &book,
        told: BTreeMap::new(),
        named: BTreeMap::new(),
        faults: Vec::new(),
        count: 0,
    };
    let mut failed = None;
    book.each_record(|record| {
        checker.record(&record);
        if let Err(error) = rows.follow(&record) {
            failed = Some(error);
            return ControlFlow::Break(());
        }
        // Ended calls do not change any more, so they can be compared while the journal is read.
        for facts in checker.take_ended() {
            if let Err(error) = rows.compare(&facts) {
                failed = Some(error);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    for facts in checker.live_calls() {
        rows.compare(&facts)?;
    }
    rows.compare_names()?;
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

struct Rows<'a> {
    book: &'a Book,
    /// Who was asked about, or had, each call that has not been compared yet.
    told: BTreeMap<CallId, BTreeSet<WorkerId>>,
    named: BTreeMap<ParticipantId, (Seq, String)>,
    faults: Vec<Fault>,
    count: u64,
}

impl Rows<'_> {
    /// Takes from a record what rows must show besides the checker's own facts, and compares what cannot change any more.
    fn follow(&mut self, record: &Record) -> Result<(), DeskError> {
        for event in &record.events {
            match event {
                Event::OfferSent { call, worker, .. }
                | Event::AssignmentCommitted { call, worker, .. } => {
                    self.told.entry(*call).or_default().insert(*worker);
                }
                Event::ProfileAdopted { profile, spec } => {
                    let row = self.book.profile(*profile)?;
                    if row.as_ref() != Some(spec) {
                        let found = if row.is_some() { "another one" } else { "none" };
                        self.note(record.seq, format!("{profile}: its row holds {found}"));
                    }
                }
                Event::ParticipantSet { participant, name, .. } => {
                    self.named.insert(*participant, (record.seq, name.clone()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn compare_names(&mut self) -> Result<(), DeskError> {
        for (id, (seq, name)) in std::mem::take(&mut self.named) {
            let row = self.book.participant_name(id)?;
            if row.as_ref() != Some(&name) {
                self.note(seq, format!("{id} is {name} by the journal and {row:?} in its row"));
            }
        }
        Ok(())
    }

    fn compare(&mut self, facts: &CallFacts) -> Result<(), DeskError> {
        let head = self.book.head()?;
        let Some(row) = self.book.call(facts.call)? else {
            self.fault(head, facts.call, "row", "one", "none");
            return Ok(());
        };
        let seq = row.seq();
        let worker = row.worker.map(|(id, _)| id);
        // A live call without a worker may still show who had it last; one with a worker must show that one.
        let worker_is = facts.worker.is_none() || facts.worker == worker;
        let pairs = [
            ("phase", row.phase == facts.phase, facts.phase.to_string(), row.phase.to_string()),
            (
                "subject",
                row.subject == facts.subject,
                facts.subject.to_string(),
                row.subject.to_string(),
            ),
            (
                "profile",
                row.profile == facts.profile,
                facts.profile.to_string(),
                row.profile.to_string(),
            ),
            ("worker", worker_is, format!("{:?}", facts.worker), format!("{worker:?}")),
            (
                "kind",
                row.kind == facts.kind,
                format!("{:?}", facts.kind),
                format!("{:?}", row.kind),
            ),
            (
                "priority",
                row.priority == facts.priority,
                facts.priority.to_string(),
                row.priority.to_string(),
            ),
            (
                "received_at",
                row.received_at == facts.received_at,
                facts.received_at.0.to_string(),
                row.received_at.0.to_string(),
            ),
            (
                "parent",
                row.parent == facts.parent,
                format!("{:?}", facts.parent),
                format!("{:?}", row.parent),
            ),
        ];
        let told: Vec<WorkerId> =
            self.told.remove(&facts.call).unwrap_or_default().into_iter().collect();
        if row.told != told {
            self.fault(seq, facts.call, "told", &format!("{told:?}"), &format!("{:?}", row.told));
        }
        for (what, same, journal, shown) in pairs {
            if !same {
                self.fault(seq, facts.call, what, &journal, &shown);
            }
        }
        Ok(())
    }

    fn fault(&mut self, seq: Seq, call: CallId, what: &str, journal: &str, row: &str) {
        self.note(seq, format!("{call}: {what} is {journal} by the journal and {row} in its row"));
    }

    fn note(&mut self, seq: Seq, what: String) {
        self.count += 1;
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(Fault { seq, rule: ROWS.to_owned(), what });
        }
    }
}
