//! The idempotency keys that are remembered, and the numbers that clients gave their calls: the newest by their record,
//! older ones by a filter over the sorted runs.
//!
//! Invariant: a key that was bound and not yet forgotten is never said to be new; one that is new is seldom looked for on
//! disk. The filter is written with the snapshot that forgets the keys it takes in, so both hold after any crash.

use crate::domain::ids::{Millis, Time};
use crate::journal::SnapshotChunk;
use std::collections::BTreeMap;

/// The kind of chunk that a generation of idempotency keys is kept as, beside those of the world.
pub(super) const KEYS: u8 = 16;

/// The same for clients' own numbers.
pub(super) const REFERENCES: u8 = 17;

/// Bytes of a generation's filter: with its head just under a page of 64 KiB.
const FILTER_BYTES: usize = 65_000;

/// Keys in a full generation: 16 bits each, so that one in some two thousand new keys is taken for an old one.
const KEYS_EACH: u32 = 32_500;

/// Bits set for a key.
const PROBES: u64 = 8;

/// The keys of one kind.
#[derive(Debug)]
pub(super) struct Keys {
    /// The kind of their chunks.
    kind: u8,
    /// Those since the last snapshot: the term of each and what it was bound to.
    newest: BTreeMap<u64, u64>,
    /// Those in sorted runs, oldest first.
    older: Vec<Generation>,
}

/// Keys that were moved to the runs at about the same time.
#[derive(Debug)]
struct Generation {
    number: u32,
    keys: u32,
    /// When the newest of them was moved.
    at: Time,
    bits: Vec<u8>,
}

impl Keys {
    /// None yet.
    pub(super) fn new(kind: u8) -> Self {
        Self { kind, newest: BTreeMap::new(), older: Vec::new() }
    }

    /// The older keys as a snapshot kept them; none: its chunks are not ours.
    pub(super) fn load(kind: u8, chunks: &[SnapshotChunk]) -> Option<Self> {
        let ours = chunks.iter().filter(|chunk| chunk.kind == kind);
        let older = ours.map(Generation::load).collect::<Option<_>>()?;
        Some(Self { older, ..Self::new(kind) })
    }

    /// Notes what a key is bound to: the number of a record, or of a call.
    pub(super) fn bind(&mut self, term: u64, to: u64) {
        self.newest.insert(term, to);
    }

    /// What a key was bound to since the last snapshot.
    pub(super) fn newest(&self, term: u64) -> Option<u64> {
        self.newest.get(&term).copied()
    }

    /// Whether the runs may hold a key.
    pub(super) fn may_be_older(&self, term: u64) -> bool {
        self.older.iter().any(|generation| generation.may_hold(term))
    }

    /// The keys since the last snapshot, for a run.
    pub(super) fn entries(&self) -> Vec<(u64, u64)> {
        self.newest.iter().map(|(term, to)| (*term, *to)).collect()
    }

    /// Files the newest keys among the older ones, forgets generations older than `kept` (none: never), and gives the
    /// chunks that change. Right only with a snapshot, after their run.
    pub(super) fn file(&mut self, now: Time, kept: Option<Millis>) -> Vec<SnapshotChunk> {
        let (kind, mut chunks) = (self.kind, Vec::new());
        self.older.retain(|generation| {
            let stays = kept.is_none_or(|kept| now.since(generation.at) < kept);
            if !stays {
                chunks.push(SnapshotChunk { kind, chunk: generation.number, bytes: Vec::new() });
            }
            stays
        });
        let unchanged = self.older.iter().take_while(|generation| generation.is_full()).count();
        for term in std::mem::take(&mut self.newest).into_keys() {
            if let Some(newest) = self.older.last_mut().filter(|g| !g.is_full()) {
                newest.add(term, now);
            } else {
                let number = self.older.last().map_or(0, |g| g.number.wrapping_add(1));
                let mut generation =
                    Generation { number, keys: 0, at: now, bits: vec![0; FILTER_BYTES] };
                generation.add(term, now);
                self.older.push(generation);
            }
        }
        chunks.extend(self.older[unchanged..].iter().map(|generation| generation.chunk(kind)));
        chunks
    }
}

impl Generation {
    fn is_full(&self) -> bool {
        self.keys >= KEYS_EACH
    }

    fn add(&mut self, term: u64, now: Time) {
        for (byte, mask) in places(term) {
            self.bits[byte] |= mask;
        }
        self.keys += 1;
        self.at = now;
    }

    fn may_hold(&self, term: u64) -> bool {
        places(term).all(|(byte, mask)| self.bits[byte] & mask != 0)
    }

    fn chunk(&self, kind: u8) -> SnapshotChunk {
        let mut bytes = Vec::with_capacity(12 + FILTER_BYTES);
        bytes.extend_from_slice(&self.keys.to_le_bytes());
        bytes.extend_from_slice(&self.at.0.to_le_bytes());
        bytes.extend_from_slice(&self.bits);
        SnapshotChunk { kind, chunk: self.number, bytes }
    }

    fn load(chunk: &SnapshotChunk) -> Option<Self> {
        let (keys, rest) = chunk.bytes.split_first_chunk()?;
        let (at, bits) = rest.split_first_chunk()?;
        (bits.len() == FILTER_BYTES).then(|| Self {
            number: chunk.chunk,
            keys: u32::from_le_bytes(*keys),
            at: Time(i64::from_le_bytes(*at)),
            bits: bits.to_vec(),
        })
    }
}

/// The bits of a key, as byte and mask. A term is a hash already: its halves are two independent ones.
fn places(term: u64) -> impl Iterator<Item = (usize, u8)> {
    let bits = FILTER_BYTES as u64 * 8;
    let (first, step) = (term & 0xffff_ffff, term >> 32 | 1);
    (0..PROBES).map(move |i| {
        let bit = (first + i * step) % bits;
        (usize::try_from(bit / 8).unwrap_or(0), 1 << (bit % 8))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(n: u64) -> u64 {
        let hash = blake3::hash(&n.to_le_bytes());
        hash.as_bytes().first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight))
    }

    #[test]
    fn a_key_that_was_filed_is_never_said_to_be_new() {
        let mut keys = Keys::new(KEYS);
        let mut kept = BTreeMap::new();
        for n in 0..70_000 {
            keys.bind(term(n), n);
            if n % 7_000 == 6_999 {
                let filed = keys.file(Time(1), Some(Millis(10)));
                kept.extend(filed.into_iter().map(|chunk| (chunk.chunk, chunk)));
            }
        }
        let kept: Vec<SnapshotChunk> = kept.into_values().collect();
        assert!(Keys::load(REFERENCES, &kept).unwrap().older.is_empty(), "another kind");
        let loaded = Keys::load(KEYS, &kept).unwrap();
        for keys in [keys, loaded] {
            assert!((0..70_000).all(|n| keys.may_be_older(term(n))));
            let wrong = (70_000..170_000).filter(|n| keys.may_be_older(term(*n))).count();
            assert!(wrong < 500, "{wrong} of 100,000 new keys are taken for old ones");
        }
    }

    #[test]
    fn a_generation_is_forgotten_once_its_newest_key_is_old() {
        let mut keys = Keys::new(KEYS);
        keys.bind(1, 1);
        keys.file(Time(0), Some(Millis(10)));
        assert!(keys.file(Time(9), Some(Millis(10))).iter().all(|chunk| !chunk.bytes.is_empty()));
        assert!(keys.may_be_older(1));
        assert_eq!(
            keys.file(Time(10), Some(Millis(10))),
            [SnapshotChunk { kind: KEYS, chunk: 0, bytes: Vec::new() }]
        );
        assert!(!keys.may_be_older(1));
    }

    #[test]
    fn what_is_never_forgotten_stays_however_old() {
        let mut references = Keys::new(REFERENCES);
        references.bind(1, 1);
        references.file(Time(0), None);
        references.file(Time(i64::MAX), None);
        assert!(references.may_be_older(1));
    }
}
