//! The opening page: what needs a human, the live calls in an order, and what is chosen of them.
//!
//! Invariant: what is chosen is a call or an item, never a place in a list: when the list changes it stays chosen, and
//! when it is gone its neighbour is. A change costs what it changes, not what there is.

use super::Setting;
use super::filter::Filter;
use crate::desk::CallRow;
use crate::tui::picture::Picture;
use ascall_engine::domain::event::About;
use ascall_engine::domain::ids::{AttentionId, CallId, Time, WorkerId};
use ascall_engine::domain::phase::Phase;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Pane {
    /// What needs a human.
    Attention,
    /// The live calls.
    #[default]
    Calls,
    /// The chosen call.
    Detail,
}

/// The order of the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Order {
    /// What waits first, by phase, urgency and age.
    #[default]
    Phase,
    /// The oldest first.
    Age,
    /// The newest first.
    Number,
    /// By place.
    Place,
    /// By worker.
    Worker,
}

impl Order {
    /// Every one, in the order of the key that goes through them.
    pub(crate) const ALL: [Self; 5] =
        [Self::Phase, Self::Age, Self::Number, Self::Place, Self::Worker];

    /// The next one.
    pub(crate) fn next(self) -> Self {
        let at = Self::ALL.iter().position(|order| *order == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }
}

/// The opening page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Board {
    /// Where the keys go.
    pub pane: Pane,
    /// The order of the calls.
    pub order: Order,
    /// Which calls are shown.
    pub filter: Filter,
    /// The calls that are shown, in order.
    pub calls: Vec<CallId>,
    /// Where each of them belongs.
    keys: BTreeMap<CallId, Key>,
    /// The chosen call, and where it stood in the list.
    call: Option<(CallId, usize)>,
    /// The attention items, and the chosen one with its place.
    items: Vec<(AttentionId, About)>,
    item: Option<(AttentionId, usize)>,
    /// How far the chosen call is scrolled.
    pub scroll: usize,
}

/// How near a phase is to needing somebody.
fn rank(phase: Phase) -> u8 {
    match phase {
        Phase::Open => 0,
        Phase::Parked => 1,
        Phase::Received | Phase::Gating => 2,
        Phase::Unwinding => 3,
        Phase::Closing => 4,
        Phase::Assigned => 5,
        Phase::InService => 6,
        Phase::Scheduled => 7,
        Phase::Completed | Phase::Canceled | Phase::Unfilled | Phase::Rejected => 8,
    }
}

/// Where a call belongs in an order; no two calls have the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Phase(u8, Reverse<u8>, Time, CallId),
    Age(Time, CallId),
    Number(Reverse<CallId>),
    Place(Option<String>, CallId),
    Worker(Option<WorkerId>, CallId),
}

impl Key {
    fn of(order: Order, row: &CallRow, picture: &Picture) -> Self {
        match order {
            Order::Phase => {
                Self::Phase(rank(row.phase), Reverse(row.priority), row.received_at, row.call)
            }
            Order::Age => Self::Age(row.received_at, row.call),
            Order::Number => Self::Number(Reverse(row.call)),
            Order::Place => {
                let place = picture.customer(row).and_then(|person| person.address.clone());
                Self::Place(place, row.call)
            }
            Order::Worker => Self::Worker(row.worker_now().map(|(worker, _)| worker), row.call),
        }
    }
}

/// From which part of the live calls on the list is made anew rather than changed call by call.
const MANY: usize = 8;

impl Board {
    /// Makes the lists anew.
    pub(crate) fn list(&mut self, picture: &Picture, setting: &Setting) {
        let shown = picture.calls.values().filter(|row| self.filter.takes(row, picture, setting));
        let keyed = shown.map(|row| (row.call, Key::of(self.order, row, picture)));
        self.keys = keyed.collect();
        let mut calls: Vec<(&Key, CallId)> =
            self.keys.iter().map(|(call, key)| (key, *call)).collect();
        calls.sort_unstable();
        self.calls.clear();
        self.calls.extend(calls.into_iter().map(|(_, call)| call));
        self.settled(picture);
    }

    /// Puts the calls that changed where they belong now; the others stay where they are.
    pub(crate) fn put(&mut self, changed: &BTreeSet<CallId>, picture: &Picture, setting: &Setting) {
        if changed.len() * MANY > picture.calls.len() {
            self.list(picture, setting);
            return;
        }
        for call in changed {
            let row = picture.calls.get(call);
            let shown = row.filter(|row| self.filter.takes(row, picture, setting));
            let key = shown.map(|row| Key::of(self.order, row, picture));
            if self.keys.get(call) == key.as_ref() {
                continue;
            }
            if let Some(Ok(at)) = self.keys.get(call).map(|key| self.place(key)) {
                self.calls.remove(at);
            }
            self.keys.remove(call);
            if let Some(key) = key {
                let (Ok(at) | Err(at)) = self.place(&key);
                self.calls.insert(at, *call);
                self.keys.insert(*call, key);
            }
        }
        self.settled(picture);
    }

    /// Where the call with this key stands, or would stand.
    fn place(&self, key: &Key) -> Result<usize, usize> {
        self.calls.binary_search_by(|call| self.keys.get(call).cmp(&Some(key)))
    }

    /// What is chosen stays chosen in lists that have changed.
    fn settled(&mut self, picture: &Picture) {
        self.call = settle(self.call, &self.calls);
        self.items.clear();
        self.items.extend(picture.rest.attention.iter().map(|item| (item.id, item.about)));
        let ids: Vec<AttentionId> = self.items.iter().map(|(id, _)| *id).collect();
        self.item = settle(self.item, &ids);
        if self.items.is_empty() && self.pane == Pane::Attention {
            self.pane = Pane::Calls;
        }
    }

    /// The call that is chosen: in the list, or by the item that is about it.
    pub(crate) fn chosen_call(&self, picture: &Picture) -> Option<CallId> {
        if self.pane == Pane::Attention {
            let item =
                self.items.iter().find(|(id, _)| Some(*id) == self.item.map(|(id, _)| id))?;
            return match item.1 {
                About::Call(call) if picture.calls.contains_key(&call) => Some(call),
                _ => None,
            };
        }
        self.call.map(|(call, _)| call)
    }

    /// The item that is chosen, when the keys go there.
    pub(crate) fn chosen_attention(&self) -> Option<AttentionId> {
        self.item.map(|(id, _)| id).filter(|_| self.pane == Pane::Attention)
    }

    /// Where the chosen call stands in its list.
    pub(crate) fn call_at(&self) -> Option<usize> {
        self.call.map(|(_, at)| at)
    }

    /// Where the chosen item stands in its list.
    pub(crate) fn item_at(&self) -> Option<usize> {
        self.item.map(|(_, at)| at)
    }

    /// Chooses the call at a place of the list, the nearest there is.
    pub(crate) fn choose_call(&mut self, at: usize) {
        self.scroll = 0;
        self.call = nearest(at, &self.calls);
    }

    /// Chooses a call, when it is in the list.
    pub(crate) fn find_call(&mut self, call: CallId) {
        if let Some(at) = self.calls.iter().position(|known| *known == call) {
            self.choose_call(at);
        }
    }

    /// Chooses the item at a place of the list, the nearest there is.
    pub(crate) fn choose_item(&mut self, at: usize) {
        let ids: Vec<AttentionId> = self.items.iter().map(|(id, _)| *id).collect();
        self.item = nearest(at, &ids);
    }

    /// The next part of the page that has something in it.
    pub(crate) fn next_pane(&mut self, back: bool, detail: bool) {
        let mut panes = vec![Pane::Calls];
        if !self.items.is_empty() {
            panes.insert(0, Pane::Attention);
        }
        if detail {
            panes.push(Pane::Detail);
        }
        let at = panes.iter().position(|pane| *pane == self.pane).unwrap_or(0);
        let step = if back { panes.len() - 1 } else { 1 };
        self.pane = panes[(at + step) % panes.len()];
    }
}

/// The chosen one where it stands now, or its neighbour when it is gone.
fn settle<T: Copy + PartialEq>(chosen: Option<(T, usize)>, all: &[T]) -> Option<(T, usize)> {
    let Some((id, at)) = chosen else { return nearest(0, all) };
    match all.iter().position(|known| *known == id) {
        Some(at) => Some((id, at)),
        None => nearest(at, all),
    }
}

fn nearest<T: Copy>(at: usize, all: &[T]) -> Option<(T, usize)> {
    let at = at.min(all.len().checked_sub(1)?);
    all.get(at).map(|id| (*id, at))
}

#[cfg(test)]
mod tests;
