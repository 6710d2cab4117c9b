//! The log as pieces of just under one page: records follow each other as a byte stream and may lie
//! across pieces.
//!
//! Invariant: every piece but the last is full, so a leaf of the store holds exactly one piece and
//! nothing of a page is wasted; pieces are numbered from 0 without gaps, so a missing one is seen.
//! Knows nothing of the store.
//!
//! A piece's key is the record that is under way at its first byte, and the offset in that record.
//! A piece begins with eight bytes: its number (48 bits) and where in it the first record starts.

use super::codec::{self, Decoded, array};
use super::{ChainHash, Corruption, Head, JournalError, Record};
use crate::domain::ids::Seq;
use std::collections::VecDeque;

/// The record under way at the first byte, and the offset within it.
pub(super) type Key = (u64, u32);

/// Bytes of a leaf page beside the value: page header, the value's end, the key.
const LEAF_OVERHEAD: usize = 4 + 4 + 12;

/// Bytes at the front of a piece.
const HEADER: usize = 8;

/// Bytes of the stream in a full piece.
pub(super) const PAYLOAD: usize = 4096 - LEAF_OVERHEAD - HEADER;

/// No record starts in this piece.
const NONE: u16 = u16::MAX;

/// The last piece, which grows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tail {
    key: Key,
    index: u64,
    first: u16,
    payload: Vec<u8>,
}

impl Tail {
    /// Before the first record.
    pub(super) fn new() -> Self {
        Self { key: (1, 0), index: 0, first: NONE, payload: Vec::new() }
    }

    /// The last piece of a store; `None` when it is no piece.
    pub(super) fn load(key: Key, value: &[u8]) -> Option<Self> {
        let piece = Piece::parse(value)?;
        let payload = piece.payload.to_vec();
        Some(Self { key, index: piece.index, first: piece.first, payload })
    }

    /// The first record that starts in this piece, or the one under way when none does.
    pub(super) fn start(&self) -> Seq {
        Seq(if self.key.1 == 0 || self.first == NONE { self.key.0 } else { self.key.0 + 1 })
    }

    /// How many pieces there are with this one.
    pub(super) fn pieces(&self) -> u64 {
        if self.payload.is_empty() { self.index } else { self.index + 1 }
    }

    /// Adds the bytes of record `seq`; full pieces go to `out`.
    pub(super) fn push(&mut self, seq: Seq, encoded: &[u8], out: &mut Vec<(Key, Vec<u8>)>) {
        let mut done = 0;
        while done < encoded.len() {
            if self.payload.len() == PAYLOAD {
                out.push((self.key, self.value()));
                self.index += 1;
                self.payload.clear();
                self.first = NONE;
            }
            if self.payload.is_empty() {
                self.key = (seq.0, u32::try_from(done).unwrap_or(u32::MAX));
            }
            if done == 0 && self.first == NONE {
                self.first = u16::try_from(self.payload.len()).unwrap_or(NONE);
            }
            let take = (PAYLOAD - self.payload.len()).min(encoded.len() - done);
            self.payload.extend_from_slice(&encoded[done..done + take]);
            done += take;
        }
    }

    /// The last piece as it is now.
    pub(super) fn piece(&self) -> (Key, Vec<u8>) {
        (self.key, self.value())
    }

    fn value(&self) -> Vec<u8> {
        let mut value = Vec::with_capacity(HEADER + self.payload.len());
        value.extend_from_slice(&(self.index << 16 | u64::from(self.first)).to_le_bytes());
        value.extend_from_slice(&self.payload);
        value
    }
}

struct Piece<'a> {
    index: u64,
    first: u16,
    payload: &'a [u8],
}

impl<'a> Piece<'a> {
    fn parse(value: &'a [u8]) -> Option<Self> {
        let head = u64::from_le_bytes(array(value, 0)?);
        let payload = value.get(HEADER..)?;
        let fits = !payload.is_empty() && payload.len() <= PAYLOAD;
        let first = u16::try_from(head & 0xffff).ok()?;
        fits.then_some(Self { index: head >> 16, first, payload })
    }
}

/// Puts records together again from pieces that are fed in order.
pub(super) struct Assembler {
    from: Seq,
    next: Option<Next>,
    buffer: Vec<u8>,
    ready: VecDeque<Decoded>,
}

struct Next {
    seq: u64,
    index: u64,
    prev: Option<ChainHash>,
    full: bool,
}

impl Assembler {
    /// For records from `from` on. The first piece must be the last whose key is at most
    /// `(from, 0)`.
    pub(super) fn new(from: Seq) -> Self {
        Self { from, next: None, buffer: Vec::new(), ready: VecDeque::new() }
    }

    /// Takes the next piece.
    pub(super) fn feed(&mut self, key: Key, value: &[u8]) -> Result<(), JournalError> {
        let index = self.next.as_ref().map_or(0, |next| next.index);
        let piece = Piece::parse(value).ok_or(Corruption::Log(index))?;
        let lost = JournalError::from(Corruption::Log(piece.index));
        let next = if let Some(next) = &mut self.next {
            let expected = (next.seq, u32::try_from(self.buffer.len()).unwrap_or(u32::MAX));
            if piece.index != next.index || !next.full || key != expected {
                return Err(lost);
            }
            self.buffer.extend_from_slice(piece.payload);
            next
        } else {
            let skip = usize::from(piece.first);
            let (seq, skip) = match (key.1, piece.first) {
                (0, 0) => (key.0, 0),
                (1.., first) if first != 0 && first != NONE => (key.0.saturating_add(1), skip),
                // No record starts here: nothing can be read from this piece, and none was asked.
                _ => return Err(lost),
            };
            let first_of_all = key == (1, 0);
            if first_of_all != (piece.index == 0) || seq > self.from.0 || skip > piece.payload.len()
            {
                return Err(lost);
            }
            self.buffer.extend_from_slice(&piece.payload[skip..]);
            let prev = first_of_all.then_some([0; 16]);
            self.next.insert(Next { seq, index: piece.index, prev, full: false })
        };
        next.full = piece.payload.len() == PAYLOAD;
        next.index += 1;
        let mut used = 0;
        while let Some(decoded) = codec::decode(Seq(next.seq), &self.buffer[used..])? {
            if next.prev.is_some_and(|prev| prev != decoded.prev) {
                return Err(Corruption::Record(Seq(next.seq)).into());
            }
            next.prev = Some(decoded.head.hash);
            next.seq += 1;
            used += decoded.bytes;
            if decoded.record.seq >= self.from {
                self.ready.push_back(decoded);
            }
        }
        self.buffer.drain(..used);
        Ok(())
    }

    /// The next complete record and the head after it.
    pub(super) fn take(&mut self) -> Option<(Record, Head)> {
        self.ready.pop_front().map(|decoded| (decoded.record, decoded.head))
    }

    /// After the last piece: nothing may be left over.
    pub(super) fn finish(&self) -> Result<(), JournalError> {
        match &self.next {
            Some(next) if !self.buffer.is_empty() => Err(Corruption::Record(Seq(next.seq)).into()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Time;
    use crate::journal::NewRecord;

    fn log(sizes: &[usize]) -> (Vec<(Key, Vec<u8>)>, Head) {
        let (mut pieces, mut tail, mut head) = (Vec::new(), Tail::new(), Head::default());
        for (i, size) in sizes.iter().enumerate() {
            let record =
                NewRecord { at: Time(1), body: vec![u8::try_from(i % 251).unwrap(); *size] };
            let mut bytes = Vec::new();
            head = codec::encode(&head, &record, &mut bytes).unwrap();
            tail.push(head.seq, &bytes, &mut pieces);
        }
        pieces.push(tail.piece());
        assert_eq!(tail.pieces(), pieces.len() as u64);
        let (key, value) = pieces.last().unwrap();
        assert_eq!(Tail::load(*key, value).unwrap(), tail);
        (pieces, head)
    }

    fn read(pieces: &[(Key, Vec<u8>)], from: u64) -> Result<Vec<usize>, JournalError> {
        let start = pieces.iter().rposition(|(key, _)| *key <= (from, 0)).unwrap();
        let mut assembler = Assembler::new(Seq(from));
        let mut sizes = Vec::new();
        for (key, value) in &pieces[start..] {
            assembler.feed(*key, value)?;
            while let Some((record, _)) = assembler.take() {
                sizes.push(record.body.len());
            }
        }
        assembler.finish().map(|()| sizes)
    }

    fn mixed() -> Vec<usize> {
        let edge = PAYLOAD - codec::ENVELOPE;
        let mut sizes = vec![0, 1, edge, edge - 1, edge + 1, 20_000, 3, 2 * PAYLOAD, edge, edge];
        sizes.extend((0..300).map(|i| i * 37 % 1_900));
        sizes
    }

    #[test]
    fn records_of_every_size_read_back_from_every_seq() {
        let sizes = mixed();
        let (pieces, _) = log(&sizes);
        assert!(pieces.iter().rev().skip(1).all(|(_, v)| v.len() == HEADER + PAYLOAD));
        for from in 1..=sizes.len() {
            assert_eq!(read(&pieces, from as u64).unwrap(), sizes[from - 1..], "from {from}");
        }
    }

    #[test]
    fn a_missing_or_swapped_piece_is_damage() {
        let (pieces, _) = log(&mixed());
        for gap in 0..pieces.len() - 1 {
            let mut bad = pieces.clone();
            bad.remove(gap);
            let whole = bad.first().is_some_and(|(key, _)| *key == (1, 0));
            assert!(!whole || read(&bad, 1).is_err(), "piece {gap}");
            let mut bad = pieces.clone();
            let (a, b) = (bad[gap].1.clone(), bad[gap + 1].1.clone());
            (bad[gap].1, bad[gap + 1].1) = (b, a);
            assert!(read(&bad, 1).is_err(), "swap {gap}");
        }
    }
}
