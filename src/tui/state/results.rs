//! What came of the lines that were carried out.
//!
//! Invariant: every line that was sent is told of once, with what the desk said to it.

use super::State;
use super::overlay::Overlay;
use crate::tui::msg::{Effect, Job, Then};
use crate::tui::typed::{Line, Ran};

impl State {
    /// A line was carried out.
    pub(super) fn ran(&mut self, job: Job, ran: &Ran) -> Option<Effect> {
        let said = if ran.out.trim().is_empty() { &ran.err } else { &ran.out };
        let first = if ran.is_done() {
            said.lines().next().unwrap_or_default().to_owned()
        } else {
            first_error(ran)
        };
        match job.then {
            Then::Tell if self.overlay.is_none() && self.moved(&job.line, ran) => {}
            Then::Tell => {
                if ran.is_done() {
                    self.took(&job.line, &first);
                }
                self.news(first, ran.is_done(), Some(job.line));
            }
            Then::Show if ran.is_done() && said.lines().count() > 1 => {
                self.overlay = Some(Overlay::text(job.line.shell(), &ran.out));
            }
            Then::Show => self.news(first, ran.is_done(), Some(job.line)),
            Then::Ask => self.would(&job.line, ran, first),
            Then::Bulk { item } => {
                self.bulk.push((item, ran.is_done(), first));
                self.bulk_done();
            }
        }
        None
    }

    /// After a line that may have taken a call: that call is chosen.
    fn took(&mut self, line: &Line, said: &str) {
        let takes = ["request", "reopen"].map(str::to_owned);
        if line.0.first().is_some_and(|verb| takes.contains(verb)) {
            self.awaited = said.split_whitespace().next().and_then(|word| word.parse().ok());
            self.listed();
        }
    }
}

/// The error of a line, with its hint.
pub(super) fn first_error(ran: &Ran) -> String {
    let line = |start: &str| ran.err.lines().find_map(|line| line.strip_prefix(start));
    let error = line("error: ").or(ran.err.lines().next()).unwrap_or_default();
    line("hint: ").map_or_else(|| error.to_owned(), |hint| format!("{error} ({hint})"))
}
