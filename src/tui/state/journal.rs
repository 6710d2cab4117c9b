//! The page of the journal: records, newest last, as they are written.
//!
//! Invariant: what is held is a piece of the journal without a gap. While nothing is chosen the end is followed; whoever
//! goes up stays where they are, and older records are fetched as they come near the beginning of the piece.

use super::State;
use crate::front::show::event::RecordJson;
use crate::tui::msg::Want;
use ascall_engine::domain::ids::{CallId, Seq};
use ascall_engine::domain::profile::Lang;
use std::collections::VecDeque;

/// How many records are fetched at once.
const PAGE: u64 = 200;

/// How many are held at most.
const HELD: usize = 4_000;

/// How near to an end of the piece more are fetched.
const NEAR: usize = 40;

/// The page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Journal {
    records: VecDeque<RecordJson>,
    /// The places of those that the filter takes, oldest first.
    listed: Vec<usize>,
    /// The chosen record; none: the end is followed.
    chosen: Option<u64>,
    /// Whether the chosen record is shown as it is.
    pub is_open: bool,
}

impl Journal {
    /// How many are listed.
    pub(crate) fn len(&self) -> usize {
        self.listed.len()
    }

    /// A listed record.
    pub(crate) fn get(&self, at: usize) -> Option<&RecordJson> {
        self.records.get(*self.listed.get(at)?)
    }

    /// Whether the end is followed.
    pub(crate) fn follows(&self) -> bool {
        self.chosen.is_none()
    }

    /// Where the chosen record stands in the list: the last one while the end is followed.
    pub(crate) fn at(&self) -> usize {
        let last = self.listed.len().saturating_sub(1);
        let Some(seq) = self.chosen else { return last };
        let of = |at: &usize| self.records.get(*at).map_or(0, |record| record.seq);
        self.listed.partition_point(|at| of(at) < seq).min(last)
    }

    /// The chosen record.
    pub(crate) fn record(&self) -> Option<&RecordJson> {
        self.get(self.at())
    }

    /// The call that the chosen record speaks of.
    pub(crate) fn call(&self) -> Option<CallId> {
        let events = &self.record()?.events;
        events.iter().find_map(|event| event.get("call")?.as_u64()).map(CallId)
    }

    fn ends(&self) -> Option<(u64, u64)> {
        Some((self.records.front()?.seq, self.records.back()?.seq))
    }

    /// The records that are lacking while `newest` is the newest one.
    pub(super) fn lacks(&self, newest: Seq, lang: Lang) -> Option<Want> {
        let piece = |from: u64, count: u64| {
            (count > 0).then_some(Want::Records { from: Seq(from), count, lang })
        };
        let end = |newest: u64| piece(newest.saturating_sub(PAGE) + 1, newest.min(PAGE));
        let Some((first, last)) = self.ends() else { return end(newest.0) };
        let behind = newest.0.saturating_sub(last);
        let at = self.at();
        if behind > 0 && self.follows() && behind > PAGE {
            return end(newest.0);
        }
        if behind > 0 && (self.follows() || at + NEAR >= self.listed.len()) {
            return piece(last + 1, behind.min(PAGE));
        }
        let is_short = at < NEAR
            && (self.records.len() < HELD || (!self.follows() && self.listed.len() > NEAR));
        if first > 1 && is_short {
            let from = first.saturating_sub(PAGE).max(1);
            return piece(from, first - from);
        }
        None
    }

    /// Takes in a piece: at either end, or in the place of all that is held.
    pub(super) fn take(&mut self, from: Seq, records: Vec<RecordJson>) {
        let Some(newest) = records.last().map(|record| record.seq) else { return };
        match self.ends() {
            Some((_, last)) if last + 1 == from.0 => {
                self.records.extend(records);
                let over = self.records.len().saturating_sub(HELD);
                self.records.drain(..over);
            }
            Some((first, _)) if newest + 1 == first => {
                for record in records.into_iter().rev() {
                    self.records.push_front(record);
                }
                self.records.truncate(HELD);
            }
            _ => self.records = records.into(),
        }
    }

    /// Lets go of what is newer than `newest`.
    pub(super) fn until(&mut self, newest: Seq) {
        while self.records.back().is_some_and(|record| record.seq > newest.0) {
            self.records.pop_back();
        }
    }

    pub(super) fn forget(&mut self) {
        self.records.clear();
        self.listed.clear();
    }

    /// Makes the list anew.
    pub(super) fn list(&mut self, takes: impl Fn(&RecordJson) -> bool) {
        let some = self.records.iter().enumerate().filter(|(_, record)| takes(record));
        self.listed = some.map(|(at, _)| at).collect();
    }

    /// Chooses a listed record; the last one: the end is followed again.
    pub(crate) fn choose(&mut self, at: usize) {
        let is_last = at.saturating_add(1) >= self.listed.len();
        self.chosen = if is_last { None } else { self.get(at).map(|record| record.seq) };
    }
}

impl State {
    /// Makes the list of records anew.
    pub(super) fn list_journal(&mut self) {
        let (filter, newest) = (self.board.filter.clone(), self.picture().seq);
        if self.past.is_some() {
            self.journal.until(newest);
        }
        let look = self.setting.look.clone();
        self.journal.list(|record| filter.is_empty() || filter.takes_text(&record.line(&look)));
    }
}
