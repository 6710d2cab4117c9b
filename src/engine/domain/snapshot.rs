//! A world as chunks, and back: only the chunks that changed since the last time are written.
//!
//! Invariant: chunks and the records after them give the same world as all records. Chunks are a cache: another
//! [`FORMAT`] means that they are passed over and the whole journal is folded.

use super::call::Call;
use super::ids::{CallId, MemberId, WorkerId};
use super::member::Member;
use super::worker::Worker;
use super::world::{Desk, Settings, World};
use crate::planted::planted;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The form of the chunks; it rises whenever an entity changes its shape.
pub const FORMAT: u32 = 4;

/// How many call numbers share a chunk.
const CALLS_EACH: u64 = 64;

/// How many worker numbers share a chunk.
const WORKERS_EACH: u64 = 256;

/// How many member numbers share a chunk.
const MEMBERS_EACH: u64 = 256;

/// What a chunk holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The desk; one chunk.
    Desk,
    /// Live calls.
    Calls(u32),
    /// Workers.
    Workers(u32),
    /// Members.
    Members(u32),
}

impl Part {
    /// The part that holds a call.
    #[must_use]
    pub fn of_call(id: CallId) -> Self {
        Self::Calls(u32::try_from(id.0 / CALLS_EACH).unwrap_or(u32::MAX))
    }

    /// The part that holds a worker.
    #[must_use]
    pub fn of_worker(id: WorkerId) -> Self {
        Self::Workers(u32::try_from(id.0 / WORKERS_EACH).unwrap_or(u32::MAX))
    }

    /// The part that holds a member.
    #[must_use]
    pub fn of_member(id: MemberId) -> Self {
        Self::Members(u32::try_from(id.0 / MEMBERS_EACH).unwrap_or(u32::MAX))
    }

    /// Whether chunks of this kind hold a part of the world; a store may keep others beside them.
    #[must_use]
    pub fn is_kind(kind: u8) -> bool {
        matches!(kind, 1..=4)
    }

    /// Its kind and its number, as a store keeps them.
    #[must_use]
    pub fn code(self) -> (u8, u32) {
        match self {
            Self::Desk => (1, 0),
            Self::Calls(n) => (2, n),
            Self::Workers(n) => (3, n),
            Self::Members(n) => (4, n),
        }
    }
}

#[derive(Serialize)]
struct DeskOut<'a> {
    format: u32,
    desk: &'a Desk,
}

#[derive(Deserialize)]
struct FormatIn {
    format: u32,
}

#[derive(Deserialize)]
struct DeskIn {
    desk: Desk,
}

impl World {
    /// The parts that changed since this was asked last; the desk always does.
    pub fn take_changed(&mut self) -> BTreeSet<Part> {
        let mut changed = std::mem::take(&mut self.changed);
        changed.insert(Part::Desk);
        if planted!(SnapshotMissesChunk) {
            changed.pop_last();
        }
        changed
    }

    /// One part as bytes; empty when it holds nothing.
    ///
    /// # Errors
    /// When an entity cannot be encoded, which no entity of this crate does.
    pub fn part(&self, part: Part) -> Result<Vec<u8>, rmp_serde::encode::Error> {
        match part {
            Part::Desk => rmp_serde::to_vec_named(&DeskOut { format: FORMAT, desk: &self.desk }),
            Part::Calls(n) => {
                let from = u64::from(n) * CALLS_EACH;
                let ids = CallId(from)..CallId(from + CALLS_EACH);
                let calls: Vec<&Call> = self.calls.range(ids).map(|(_, call)| call).collect();
                if calls.is_empty() { Ok(Vec::new()) } else { rmp_serde::to_vec_named(&calls) }
            }
            Part::Workers(n) => {
                let from = u64::from(n) * WORKERS_EACH;
                let ids = WorkerId(from)..WorkerId(from + WORKERS_EACH);
                let workers: Vec<&Worker> = self.workers.range(ids).map(|(_, w)| w).collect();
                if workers.is_empty() { Ok(Vec::new()) } else { rmp_serde::to_vec(&workers) }
            }
            Part::Members(n) => {
                let from = u64::from(n) * MEMBERS_EACH;
                let ids = MemberId(from)..MemberId(from + MEMBERS_EACH);
                let members: Vec<&Member> = self.members.range(ids).map(|(_, m)| m).collect();
                if members.is_empty() { Ok(Vec::new()) } else { rmp_serde::to_vec(&members) }
            }
        }
    }

    /// The world of these chunks; none when they have another format or do not decode.
    #[must_use]
    pub fn from_parts<'a>(
        chunks: impl Iterator<Item = (u8, &'a [u8])>,
        settings: Settings,
    ) -> Option<Self> {
        let mut desk = None;
        let mut calls: Vec<Call> = Vec::new();
        let mut workers: Vec<Worker> = Vec::new();
        let mut members: Vec<Member> = Vec::new();
        for (kind, bytes) in chunks {
            match kind {
                1 => {
                    let format: FormatIn = rmp_serde::from_slice(bytes).ok()?;
                    if format.format != FORMAT {
                        return None;
                    }
                    desk = Some(rmp_serde::from_slice::<DeskIn>(bytes).ok()?.desk);
                }
                2 => calls.extend(rmp_serde::from_slice::<Vec<Call>>(bytes).ok()?),
                3 => workers.extend(rmp_serde::from_slice::<Vec<Worker>>(bytes).ok()?),
                4 => members.extend(rmp_serde::from_slice::<Vec<Member>>(bytes).ok()?),
                _ => return None,
            }
        }
        Some(Self::rebuilt(desk?, calls, workers, members, settings))
    }
}
