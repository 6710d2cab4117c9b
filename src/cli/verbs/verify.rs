//! `ascall verify`: checks the journal and everything that was derived from it.

use crate::cli::cx::Cx;
use crate::cli::ui::{Format, Look, Show};
use crate::desk::check;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::words::Word;
use clap::Args;
use serde::Serialize;

/// Check the desk's file: every record, every rule, every derived row. Ends with 5 when something is wrong.
#[derive(Debug, Args)]
pub(crate) struct Verify {}

/// What came of the check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ReportJson {
    /// Whether nothing is wrong.
    ok: bool,
    records: u64,
    events: u64,
    calls: u64,
    /// Derived rows whose checksum holds.
    rows: u64,
    /// Faults in all; the list may be shorter.
    fault_count: u64,
    faults: Vec<FaultJson>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct FaultJson {
    /// The record at which it shows.
    seq: u64,
    /// The rule that is broken, by its short name.
    rule: String,
    /// What is concerned.
    what: String,
}

impl Show for FaultJson {
    fn id(&self) -> String {
        self.rule.clone()
    }
    const CSV: &'static [&'static str] = &["seq", "rule", "what"];
    const HEADS: &'static [Word] = &[Word::Seq, Word::Rule, Word::Text];
    fn cells(&self, _: &Look) -> Vec<String> {
        vec![self.seq.to_string(), self.rule.clone(), self.what.clone()]
    }
}

impl Show for ReportJson {
    fn id(&self) -> String {
        if self.ok { "ok".to_owned() } else { "faults".to_owned() }
    }
    const CSV: &'static [&'static str] =
        &["ok", "records", "events", "calls", "rows", "fault_count"];
    const HEADS: &'static [Word] = &[Word::Result];
    fn cells(&self, _: &Look) -> Vec<String> {
        vec![self.id()]
    }
}

/// Checks.
pub(crate) async fn run(_: &Verify, cx: &mut Cx) -> Result<Exit, UserError> {
    let report = check::check(&cx.setup).await?;
    let faults = report.faults.iter().map(|fault| FaultJson {
        seq: fault.seq.0,
        rule: fault.rule.clone(),
        what: fault.what.clone(),
    });
    let faults: Vec<FaultJson> = faults.collect();
    let json = ReportJson {
        ok: report.fault_count == 0,
        records: report.records,
        events: report.events,
        calls: report.calls,
        rows: report.rows,
        fault_count: report.fault_count,
        faults,
    };
    let numbers = [json.records, json.events, json.calls, json.rows].map(|n| n.to_string());
    if cx.ui.format == Format::Table {
        if !json.ok {
            cx.ui.many(&json.faults)?;
        }
        let text = if json.ok {
            cx.ui.look.say(Word::VerifyGood, &numbers.each_ref().map(String::as_str))
        } else {
            let count = json.fault_count.to_string();
            cx.ui.look.say(Word::VerifyBad, &[&count, &numbers[0]])
        };
        cx.ui.line(&text)?;
    } else {
        cx.ui.one(&json, "")?;
    }
    Ok(if json.ok { Exit::Done } else { Exit::Failed })
}
