//! Idempotency keys: one key of one actor has one effect while it lives.
//!
//! Invariant: holds at most [`KEYS_MAX`] keys, and none older than a day. Knows no command.

use super::rule::{Log, Rule};
use crate::domain::event::{Actor, Record};
use crate::domain::ids::{Millis, Seq, Time};
use std::collections::{BTreeMap, VecDeque};

/// How long a client's key binds.
const LIFE: Millis = Millis::hours(24);

/// The most keys remembered.
const KEYS_MAX: usize = 1_000_000;

/// The keys of the last day.
#[derive(Debug, Default)]
pub(super) struct Keys {
    bound: BTreeMap<(Actor, String), Seq>,
    by_age: VecDeque<(Time, Actor, String)>,
}

impl Keys {
    /// Notes the key of a record; a fault when it is bound already.
    pub fn bind(&mut self, log: &mut Log, record: &Record) {
        let Some(bound) = &record.key else { return };
        while self.by_age.front().is_some_and(|(at, ..)| record.at.since(*at) >= LIFE)
            || self.by_age.len() >= KEYS_MAX
        {
            if let Some((_, actor, key)) = self.by_age.pop_front() {
                self.bound.remove(&(actor, key));
            }
        }
        let name = (record.actor.clone(), bound.key.clone());
        let first = self.bound.get(&name).copied();
        log.check(Rule::I1, first.is_none(), || {
            let first = first.unwrap_or_default();
            format!("key `{}` had its effect in record {first} already", bound.key)
        });
        if first.is_none() {
            self.by_age.push_back((record.at, name.0.clone(), name.1.clone()));
            self.bound.insert(name, record.seq);
        }
    }
}
