//! What customers use the desk for: calls, money, hours and places, added up per member.
//!
//! Invariant: streams over the rows, so that it needs memory for members and never for calls; every call of the filter
//! counts once. Knows no words: hours and places are named by whoever asks.

use super::{Book, CallFilter, CallRow, DeskError};
use ascall_engine::domain::event::{Event, MoneyMove, SettledBy, Spot};
use ascall_engine::domain::ids::{MemberId, Time};
use ascall_engine::domain::phase::Phase;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// What one member, or everybody who is none, used the desk for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Usage {
    pub calls: u64,
    /// By the phase they ended in, or stand in.
    pub phases: BTreeMap<Phase, u64>,
    /// Whole won paid: captured, or settled in cash or by card.
    pub paid: i64,
    /// Whole won given back.
    pub refunded: i64,
    /// Whole won taken off by coupons.
    pub discount: i64,
    /// Calls taken in each hour of the day.
    pub hours: [u64; 24],
    /// Calls by place.
    pub places: BTreeMap<String, u64>,
}

impl Usage {
    /// How many ended, or stand, in a phase.
    pub(crate) fn of(&self, phase: Phase) -> u64 {
        self.phases.get(&phase).copied().unwrap_or(0)
    }

    /// What is left with the desk.
    pub(crate) fn spend(&self) -> i64 {
        self.paid - self.refunded
    }

    fn add(&mut self, row: &CallRow, waived: i64, hour: usize, place: Option<String>) {
        self.calls += 1;
        *self.phases.entry(row.phase).or_default() += 1;
        self.paid += row.money.captured.0 + row.money.settled.0 - waived;
        self.refunded += row.money.refunded.0;
        self.discount += row.money.discount.0;
        if let Some(calls) = self.hours.get_mut(hour) {
            *calls += 1;
        }
        if let Some(place) = place {
            *self.places.entry(place).or_default() += 1;
        }
    }
}

/// What each member used the desk for; none: those who are no members.
pub(crate) fn usage(
    book: &Book,
    filter: &CallFilter,
    hour: impl Fn(Time) -> usize,
    mut place: impl FnMut(Spot) -> String,
) -> Result<BTreeMap<Option<MemberId>, Usage>, DeskError> {
    let mut all: BTreeMap<Option<MemberId>, Usage> = BTreeMap::new();
    let mut failed = None;
    book.each_call(filter, |row| match waived(book, &row) {
        Ok(waived) => {
            let place = row.spot().map(&mut place);
            all.entry(row.member).or_default().add(&row, waived, hour(row.received_at), place);
            ControlFlow::Continue(())
        }
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?;
    failed.map_or(Ok(all), Err)
}

/// What of a call was let go: the row counts it as settled, but nobody paid it. Few calls are settled by hand, so their
/// records are read.
fn waived(book: &Book, row: &CallRow) -> Result<i64, DeskError> {
    if row.money.settled.0 == 0 {
        return Ok(0);
    }
    let let_go = |event: &Event| match event {
        Event::MoneyMoved { what: MoneyMove::Settled(SettledBy::Waive), lines, .. } => {
            lines.iter().map(|line| line.won.0.max(0)).sum()
        }
        _ => 0,
    };
    let records = book.timeline(row)?;
    Ok(records.iter().flat_map(|record| &record.events).map(let_go).sum())
}
