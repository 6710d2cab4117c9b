//! Sorted runs: an index of terms to values, written once and merged later.
//!
//! Invariant: a run is sorted by (term, value) without equal pairs, in chunks of just under a page,
//! so that a lookup reads one chunk per run. Knows nothing of the store.

use super::codec::array;
use crate::domain::ids::Time;

/// A term and one of its values.
pub(super) type Entry = (u64, u64);

/// Entries in a full chunk: with key, check and page header just under 4 KiB.
pub(super) const CHUNK: usize = 254;

/// A level with so many runs is merged into one of the next level.
pub(super) const FAN_IN: usize = 8;

/// A merge that would give more entries is left: it would hold up commits for too long.
pub(super) const MERGED_MAX: u64 = 1 << 18;

/// What the directory says of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RunInfo {
    pub(super) entries: u64,
    pub(super) expires_at: Option<Time>,
}

impl RunInfo {
    pub(super) fn encode(self) -> [u8; 17] {
        let mut out = [0; 17];
        out[..8].copy_from_slice(&self.entries.to_le_bytes());
        out[8] = u8::from(self.expires_at.is_some());
        out[9..].copy_from_slice(&self.expires_at.unwrap_or_default().0.to_le_bytes());
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let entries = u64::from_le_bytes(array(bytes, 0)?);
        let at = Time(i64::from_le_bytes(array(bytes, 9)?));
        Some(Self { entries, expires_at: (*bytes.get(8)? == 1).then_some(at) })
    }

    pub(super) fn expired(self, now: Time) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// What a merge of runs keeps: all entries, until the last of them expires.
    pub(super) fn merged(runs: impl Iterator<Item = Self>) -> Option<Self> {
        runs.reduce(|a, b| Self {
            entries: a.entries.saturating_add(b.entries),
            expires_at: a.expires_at.zip(b.expires_at).map(|(a, b)| a.max(b)),
        })
    }
}

pub(super) fn encode(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * 16);
    for (term, value) in entries {
        out.extend_from_slice(&term.to_le_bytes());
        out.extend_from_slice(&value.to_le_bytes());
    }
    out
}

pub(super) fn decode(bytes: &[u8]) -> Option<Vec<Entry>> {
    let entries = bytes.chunks_exact(16);
    if !entries.remainder().is_empty() {
        return None;
    }
    entries
        .map(|e| Some((u64::from_le_bytes(array(e, 0)?), u64::from_le_bytes(array(e, 8)?))))
        .collect()
}

/// Gives the entries of several sorted sources in order, equal pairs once.
pub(super) struct Merge<I: Iterator> {
    sources: Vec<std::iter::Peekable<I>>,
    last: Option<Entry>,
}

impl<I: Iterator<Item = Result<Entry, E>>, E> Merge<I> {
    pub(super) fn new(sources: Vec<I>) -> Self {
        Self { sources: sources.into_iter().map(Iterator::peekable).collect(), last: None }
    }
}

impl<I: Iterator<Item = Result<Entry, E>>, E> Iterator for Merge<I> {
    type Item = Result<Entry, E>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut best: Option<(usize, Option<Entry>)> = None;
            for (i, source) in self.sources.iter_mut().enumerate() {
                let Some(head) = source.peek() else { continue };
                // An error comes before every entry.
                let head = head.as_ref().ok().copied();
                if best.is_none_or(|(_, least)| head < least) {
                    best = Some((i, head));
                }
            }
            let item = self.sources[best?.0].next()?;
            match &item {
                Ok(entry) if self.last == Some(*entry) => {}
                Ok(entry) => {
                    self.last = Some(*entry);
                    return Some(item);
                }
                Err(_) => return Some(item),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_is_sorted_and_has_equal_pairs_once() {
        let runs =
            [vec![(1, 1), (3, 1), (3, 2)], vec![(2, 9), (3, 1)], vec![], vec![(3, 2), (4, 4)]];
        let sources =
            runs.map(|run| run.into_iter().map(Ok::<_, ()>).collect::<Vec<_>>().into_iter());
        let merged: Result<Vec<Entry>, ()> = Merge::new(sources.into()).collect();
        assert_eq!(merged.unwrap(), [(1, 1), (2, 9), (3, 1), (3, 2), (4, 4)]);
    }

    #[test]
    fn a_merged_run_lives_as_long_as_its_longest() {
        let run = |at: Option<i64>| RunInfo { entries: 1, expires_at: at.map(Time) };
        let two = RunInfo::merged([run(Some(5)), run(Some(9))].into_iter()).unwrap();
        assert_eq!(two, RunInfo { entries: 2, expires_at: Some(Time(9)) });
        assert!(two.expired(Time(9)) && !two.expired(Time(8)));
        assert_eq!(
            RunInfo::merged([run(Some(5)), run(None)].into_iter()).unwrap().expires_at,
            None
        );
        for info in [two, run(None)] {
            assert_eq!(RunInfo::decode(&info.encode()), Some(info));
        }
    }
}
