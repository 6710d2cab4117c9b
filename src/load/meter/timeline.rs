//! What happened in each stretch of time under a load.
//!
//! Invariant: at most [`ROWS_MAX`] stretches, whatever the load lasts: when there would be more, each is twice as long.
//! Nothing is lost by that: two stretches are added exactly.

use super::Micros;
use super::calls::Phases;
use crate::load::histogram::Histogram;
use crate::load::report::{Asked, Calls, Row, Series, Tries, in_ms};
use ascall_engine::domain::phase::Phase;
use std::collections::BTreeMap;

/// The most stretches.
const ROWS_MAX: usize = 600;

/// What happened in a stretch of time.
#[derive(Debug, Clone, Default)]
pub(super) struct Stretch {
    pub asked: Asked,
    pub tries: Tries,
    pub calls: Calls,
    /// From when they were meant to be sent.
    pub request: Histogram,
    pub assign: Histogram,
    /// At its end; none: as in the one before.
    pub phases: Option<Phases>,
}

/// The stretches.
#[derive(Debug)]
pub(super) struct Timeline {
    width_s: u64,
    rows: Vec<Stretch>,
}

impl Default for Timeline {
    fn default() -> Self {
        Self { width_s: 1, rows: Vec::new() }
    }
}

impl Timeline {
    /// The stretch of a moment.
    pub(super) fn at(&mut self, at: Micros) -> &mut Stretch {
        while self.place(at) >= ROWS_MAX {
            self.widen();
        }
        let place = self.place(at);
        if place >= self.rows.len() {
            self.rows.resize_with(place + 1, Stretch::default);
        }
        &mut self.rows[place]
    }

    /// The last `many` stretches that begin before `now`, oldest first, and how long each is.
    pub(super) fn last(&self, many: usize, now: Micros) -> (&[Stretch], u64) {
        let end = (self.place(now) + 1).min(self.rows.len());
        (&self.rows[end.saturating_sub(many)..end], self.width_s)
    }

    /// As it stands in the report.
    pub(super) fn series(self) -> Series {
        let mut phases = Phases::default();
        let rows = self.rows.into_iter().map(|row| {
            phases = row.phases.unwrap_or(phases);
            let (request, assign) = (&row.request, &row.assign);
            let at = |of: &Histogram, share| of.quantile(share).map(in_ms);
            Row {
                asked: row.asked,
                tries: row.tries,
                calls: row.calls,
                request_p50_ms: at(request, 0.5),
                request_p99_ms: at(request, 0.99),
                assign_p50_ms: at(assign, 0.5),
                assign_p99_ms: at(assign, 0.99),
                phases: live(&phases),
            }
        });
        Series { width_s: self.width_s, rows: rows.collect() }
    }

    fn place(&self, at: Micros) -> usize {
        usize::try_from(at / 1_000_000 / self.width_s).unwrap_or(usize::MAX)
    }

    fn widen(&mut self) {
        self.width_s = self.width_s.saturating_mul(2);
        let narrow = std::mem::take(&mut self.rows);
        self.rows = narrow
            .chunks(2)
            .map(|pair| {
                let mut both = Stretch::default();
                for one in pair {
                    both.asked += one.asked;
                    both.tries += one.tries;
                    both.calls += one.calls;
                    both.request.merge(&one.request);
                    both.assign.merge(&one.assign);
                    both.phases = one.phases.or(both.phases);
                }
                both
            })
            .collect();
    }
}

/// The live phases that somebody stands in.
pub(super) fn live(phases: &Phases) -> BTreeMap<String, u64> {
    let named = Phase::ALL.iter().zip(phases);
    named
        .filter(|(phase, many)| !phase.is_terminal() && **many > 0)
        .map(|(phase, many)| (phase.name().to_owned(), *many))
        .collect()
}
