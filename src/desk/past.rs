//! The desk at other moments, made from the journal: from the newest snapshot before, and the records after that.
//!
//! Invariant: what is made says nothing that was not known then. A long way is gone a while at a time, so that whoever asks
//! hears how far it is and may turn elsewhere; the worlds that were reached last are kept, so that the next step from one
//! of them is short. Kept worlds are a cache: without them the answers are the same.

use super::board::Board;
use super::local::Local;
use super::{CallRow, DeskError};
use ascall_engine::domain::ids::{CallId, Seq, Time};
use ascall_engine::domain::world::{Settings, World};
use ascall_engine::journal::JournalError;
use ascall_engine::views::Store;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long the journal is read before whoever asks hears how far that came.
const A_WHILE: Duration = Duration::from_millis(120);

/// After how many records the clock is looked at.
const RECORDS_EACH: u64 = 128;

/// How many worlds are kept.
const KEPT: usize = 3;

/// How many records behind the wanted one a kept world is still nearer than a snapshot is.
const NEAR: u64 = 2_000;

/// What is seen of another moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Glimpse {
    /// There was no record yet.
    Nothing,
    /// The journal was read from the first to the second of these records, and is to be read up to the third.
    Underway(Seq, Seq, Seq),
    /// Everything that was live.
    Whole(Box<Board>),
}

/// The worlds that were reached last.
#[derive(Default)]
pub(crate) struct Past(Mutex<Vec<Kept>>);

/// A world on its way to a record, or there.
struct Kept {
    world: World,
    /// Where it began.
    from: Seq,
    goal: Seq,
}

impl Past {
    /// The board as it stood at a moment, as far as that is reached within this time.
    pub(crate) fn board(
        &self,
        rows: &Store,
        at: Time,
        within: Duration,
    ) -> Result<Glimpse, JournalError> {
        let Some(goal) = last_at(rows, at)? else { return Ok(Glimpse::Nothing) };
        match self.towards(rows, goal, within, |world| Board::of(world, at))? {
            Ok(board) => Ok(Glimpse::Whole(Box::new(board.with_people(rows)?))),
            Err((from, read)) => Ok(Glimpse::Underway(from, read, goal)),
        }
    }

    /// A call as it stood after a record; none: it was not there yet.
    pub(crate) fn call(
        &self,
        rows: &Store,
        call: CallId,
        seq: Seq,
    ) -> Result<Option<CallRow>, JournalError> {
        let Some(row) = rows.call(call)? else { return Ok(None) };
        let Some(last) = row.seqs.iter().rev().find(|known| **known <= seq).copied() else {
            return Ok(None);
        };
        if last == row.seq() {
            return Ok(Some(row));
        }
        // The world of the moment that is looked at most likely is there already; a call that had ended by then is not in
        // it, and stands as its last record left it.
        let of = |world: &World| world.call_or_ended(call).map(|call| CallRow::of(call, world));
        if let Ok(Some(then)) = self.towards(rows, seq, Duration::MAX, of)? {
            return Ok(Some(then));
        }
        Ok(self.towards(rows, last, Duration::MAX, of)?.ok().flatten())
    }

    /// The nearest kept world that is not beyond `goal`, taken out.
    fn take(&self, goal: Seq) -> Option<Kept> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let serves = |one: &Kept| {
            let at = one.world.seq();
            at <= goal && (one.goal == goal || goal.0 - at.0 <= NEAR)
        };
        let near = kept.iter().enumerate().filter(|(_, one)| serves(one));
        let nearest = near.max_by_key(|(_, one)| one.world.seq()).map(|(at, _)| at)?;
        Some(kept.remove(nearest))
    }

    fn put(&self, one: Kept) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(one);
        let over = kept.len().saturating_sub(KEPT);
        kept.drain(..over);
    }

    /// Brings a world towards `goal`, for a while at most, and shows it to `see` when it is there.
    fn towards<T>(
        &self,
        rows: &Store,
        goal: Seq,
        within: Duration,
        see: impl FnOnce(&World) -> T,
    ) -> Result<Result<T, (Seq, Seq)>, JournalError> {
        let begun = Instant::now();
        let mut kept = if let Some(kept) = self.take(goal) {
            Kept { goal, ..kept }
        } else {
            let world = rows.world_kept(goal, Settings::default())?;
            Kept { from: world.seq(), world, goal }
        };
        let world = &mut kept.world;
        rows.each_record(world.seq().next(), |record| {
            if record.seq > goal {
                return ControlFlow::Break(());
            }
            world.replay(&record);
            let looks = record.seq.0.is_multiple_of(RECORDS_EACH);
            if looks && begun.elapsed() >= within {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
        let at = world.seq();
        let seen = if at >= goal { Ok(see(world)) } else { Err((kept.from, at)) };
        self.put(kept);
        Ok(seen)
    }
}

/// The board as it stood at a moment.
pub(super) async fn board(desk: &Local, at: Time) -> Result<Glimpse, DeskError> {
    let (past, store) = (desk.past(), desk.setup().store.clone());
    let look = move |rows: &Store| past.board(rows, at, A_WHILE);
    desk.read(move |rows| look(rows).map_err(|e| DeskError::from_journal(&store, e))).await
}

/// A call as it stood after a record; none: it was not there yet.
pub(super) async fn call(
    desk: &Local,
    call: CallId,
    seq: Seq,
) -> Result<Option<CallRow>, DeskError> {
    let (past, store) = (desk.past(), desk.setup().store.clone());
    let look = move |rows: &Store| past.call(rows, call, seq);
    desk.read(move |rows| look(rows).map_err(|e| DeskError::from_journal(&store, e))).await
}

/// The newest record that was written at or before a moment.
fn last_at(rows: &Store, at: Time) -> Result<Option<Seq>, JournalError> {
    let (mut low, mut high) = (0, rows.head()?.seq.0);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        let is_before = rows.record(Seq(middle))?.is_some_and(|record| record.at <= at);
        if is_before {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Ok((low > 0).then_some(Seq(low)))
}
