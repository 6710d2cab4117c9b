//! The register of all calls: those alive, those of which something may still be heard, and a mark of every other.
//!
//! Invariant: a call is forgotten when it has ended and nothing about it can still come without its being recalled; of
//! a forgotten call its last phase stays, and a mark to know it by. Memory is bounded by the calls alive, [`GHOSTS_MAX`]
//! ended ones and a dozen bytes for each call of the past.

use super::model::Call;
use super::recall::Marks;
use super::rule::{Log, Rule};
use crate::domain::ids::{CallId, Millis, Time};
use crate::domain::phase::Phase;
use std::collections::{BTreeMap, BTreeSet};

/// Ended calls that are kept because something may still be heard of them.
const GHOSTS_MAX: usize = 65_536;

/// How long an ended call is kept after the last that was heard of it: longer than any desk remembers it.
const LINGER: Millis = Millis::mins(30);

/// What stays of a forgotten call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Past {
    pub phase: Phase,
    pub marks: Marks,
}

/// Fills the places of calls that have not ended.
const NOT_ENDED: Past = Past { phase: Phase::Received, marks: Marks::NONE };

/// All calls.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pub known: BTreeMap<CallId, Call>,
    /// The calls of the record being read.
    pub touched: BTreeSet<CallId>,
    pub received: u64,
    pub ended_by_phase: BTreeMap<Phase, u64>,
    /// Ended calls that are still known, by when they were last heard of.
    ghosts: BTreeSet<(Time, CallId)>,
    /// A ghost was forgotten for want of room: what is said of forgotten calls cannot be judged.
    pub forgot_ghosts: bool,
    ended: Vec<Past>,
    strays: BTreeMap<CallId, Past>,
}

impl Calls {
    /// The call, whatever its phase, as part of the record being read. `None` is a fault unless an
    /// answer to a call of long ago is all it can be.
    pub fn any(&mut self, log: &mut Log, id: CallId) -> Option<&mut Call> {
        if !self.known.contains_key(&id) {
            match self.ended_phase(id) {
                Some(_) if self.forgot_ghosts => {}
                Some(end) => {
                    log.fault(Rule::K1, || format!("{id} is {end} and nothing it asked is open"));
                }
                None => log.fault(Rule::I9, || format!("there is no call {id}")),
            }
            return None;
        }
        self.touch(id)
    }

    /// The call, live or ended, for something that may happen to it after its end; then it was recalled before.
    pub fn past(&mut self, log: &mut Log, id: CallId, what: &str) -> Option<&mut Call> {
        if let (false, Some(end)) = (self.known.contains_key(&id), self.ended_phase(id)) {
            log.check(Rule::C7, self.forgot_ghosts, || {
                format!("{what} of {id}, which is {end} and was not recalled")
            });
            return None;
        }
        self.any(log, id)
    }

    /// The call, which must not have ended.
    pub fn live(&mut self, log: &mut Log, id: CallId, what: &str) -> Option<&mut Call> {
        let end = match self.known.get(&id) {
            Some(call) if call.phase.is_terminal() => Some(call.phase),
            Some(_) => None,
            None => self.ended_phase(id),
        };
        if !log.check(Rule::C2, end.is_none(), || {
            format!("{what} of {id}, which is {}", end.map_or("", Phase::name))
        }) {
            return None;
        }
        self.any(log, id)
    }

    /// Makes it a call of the record being read.
    pub fn touch(&mut self, id: CallId) -> Option<&mut Call> {
        let first = self.touched.insert(id);
        let call = self.known.get_mut(&id)?;
        if first {
            call.before = call.phase;
            (call.moved, call.began, call.aborted) = (false, false, false);
            (call.refused, call.retried, call.sent_off) = (false, false, false);
            call.moving = None;
        }
        call.events = call.events.saturating_add(1);
        Some(call)
    }

    /// What stayed of a call that has ended and is forgotten.
    pub fn forgotten(&self, id: CallId) -> Option<Past> {
        let index = usize::try_from(id.0).ok()?;
        let dense = self.ended.get(index).copied().filter(|past| past.phase.is_terminal());
        dense.or_else(|| self.strays.get(&id).copied())
    }

    /// The last phase of a call that has ended.
    pub fn ended_phase(&self, id: CallId) -> Option<Phase> {
        match self.known.get(&id) {
            Some(call) => call.phase.is_terminal().then_some(call.phase),
            None => self.forgotten(id).map(|past| past.phase),
        }
    }

    /// Whether the call was ever received.
    pub fn was_received(&self, id: CallId) -> bool {
        self.known.contains_key(&id) || self.forgotten(id).is_some()
    }

    /// Lets go of an ended call at the end of a record, unless something may still be heard of it.
    pub fn settle(&mut self, id: CallId, at: Time) {
        let Some(call) = self.known.get_mut(&id).filter(|call| call.phase.is_terminal()) else {
            return;
        };
        if let Some(since) = call.resting_since.replace(at) {
            self.ghosts.remove(&(since, id));
        }
        if call.lingers || call.may_go_on() {
            self.ghosts.insert((at, id));
        } else {
            self.forget(id);
        }
        if self.ghosts.len() > GHOSTS_MAX
            && let Some((_, oldest)) = self.ghosts.pop_first()
        {
            self.forgot_ghosts = true;
            self.forget(oldest);
        }
    }

    /// Lets go of the ended calls of which nothing was heard for long.
    pub fn sweep(&mut self, at: Time) {
        while let Some((since, id)) = self.ghosts.first().copied() {
            if since.plus(LINGER) > at {
                break;
            }
            self.ghosts.pop_first();
            match self.known.get_mut(&id).filter(|call| call.may_go_on()) {
                Some(call) => {
                    call.resting_since = Some(at);
                    self.ghosts.insert((at, id));
                }
                None => self.forget(id),
            }
        }
    }

    fn forget(&mut self, id: CallId) {
        let Some(call) = self.known.remove(&id) else { return };
        let past = Past { phase: call.phase, marks: Marks::of_ours(&call) };
        let index = usize::try_from(id.0).unwrap_or(usize::MAX);
        // A journal with a wild id must not make the checker take all memory.
        if index < self.ended.len() + (1 << 20) {
            if index >= self.ended.len() {
                self.ended.resize(index + 1, NOT_ENDED);
            }
            self.ended[index] = past;
        } else {
            self.strays.insert(id, past);
        }
    }
}

/// Ids of one kind: each new one is the next.
#[derive(Debug, Default)]
pub(super) struct Counter {
    last: Option<u64>,
}

impl Counter {
    /// Notes a new id; a fault when it is not the next one.
    pub fn next(&mut self, log: &mut Log, kind: &str, id: u64) {
        let last = self.last;
        let is_next = last.map_or(id <= 1, |last| last.checked_add(1) == Some(id));
        log.check(Rule::I7, is_next, || match last {
            Some(last) => format!("new {kind} number {id} after {last}"),
            None => format!("the first {kind} number is {id}"),
        });
        self.last = Some(last.map_or(id, |last| last.max(id)));
    }

    /// Notes an id that may be known already; a fault when it jumps ahead.
    pub fn seen(&mut self, log: &mut Log, kind: &str, id: u64) {
        if self.last.is_none_or(|last| id > last) {
            self.next(log, kind, id);
        }
    }
}
