//! The envelope of a record: version, length, checksum, and the hash of the record before.
//!
//! Invariant: a record that decodes is byte for byte the one that was written, at its place in the
//! chain. Old versions are lifted on reading by one step each; the stored bytes never change. The
//! body's meaning is unknown here, but for its outermost MessagePack map.
//!
//! Layout, little endian: length of the body `u32`, version `u8`, time `i64`, hash of the record
//! before (16 bytes), check (8 bytes), body. Hash and check are different parts of one blake3 hash
//! over seq, version, time, hash before, length and body.

use super::{ChainHash, Corruption, Head, JournalError, Misuse, NewRecord, Record};
use crate::domain::ids::{Seq, Time};

/// The version records are written in.
pub const CURRENT_VERSION: u8 = 2;

/// The largest body, in bytes.
pub const BODY_MAX: usize = 4 << 20;

/// Bytes of a record beside its body.
pub const ENVELOPE: usize = 4 + 1 + 8 + 16 + 8;

const CHECK: usize = 8;

/// Lifts a body by one version; `None` when it is not of the version it claims.
type Upcast = fn(&[u8]) -> Option<Vec<u8>>;

/// One step per old version, index 0 lifting version 1 to version 2.
const UPCASTS: [Upcast; CURRENT_VERSION as usize - 1] = [add_causation];

fn seal(
    seq: Seq,
    version: u8,
    at: Time,
    prev: &ChainHash,
    body: &[u8],
) -> (ChainHash, [u8; CHECK]) {
    let mut hasher = blake3::Hasher::new();
    let mut header = [0; 8 + 1 + 8 + 16 + 8];
    header[..8].copy_from_slice(&seq.0.to_le_bytes());
    header[8] = version;
    header[9..17].copy_from_slice(&at.0.to_le_bytes());
    header[17..33].copy_from_slice(prev);
    header[33..].copy_from_slice(&(body.len() as u64).to_le_bytes());
    hasher.update(&header);
    hasher.update(body);
    let hash = hasher.finalize();
    let mut chain = [0; 16];
    let mut check = [0; CHECK];
    chain.copy_from_slice(&hash.as_bytes()[..16]);
    check.copy_from_slice(&hash.as_bytes()[16..16 + CHECK]);
    (chain, check)
}

/// Appends the record that follows `head` to `out` and gives the new head.
///
/// # Errors
/// [`Misuse`] when it is too large or earlier than the record before.
pub fn encode(head: &Head, record: &NewRecord, out: &mut Vec<u8>) -> Result<Head, Misuse> {
    encode_version(CURRENT_VERSION, head, record, out)
}

/// As [`encode`], in a given version: how the tests make records of older programs.
///
/// # Errors
/// As [`encode`].
pub fn encode_version(
    version: u8,
    head: &Head,
    record: &NewRecord,
    out: &mut Vec<u8>,
) -> Result<Head, Misuse> {
    let too_large = Misuse::TooLarge { bytes: record.body.len(), bytes_max: BODY_MAX };
    let len = u32::try_from(record.body.len()).map_err(|_| too_large)?;
    if record.body.len() > BODY_MAX {
        return Err(too_large);
    }
    if record.at < head.at {
        return Err(Misuse::TimeGoesBack { at: record.at, last: head.at });
    }
    let seq = head.seq.next();
    let (hash, check) = seal(seq, version, record.at, &head.hash, &record.body);
    out.reserve(ENVELOPE + record.body.len());
    out.extend_from_slice(&len.to_le_bytes());
    out.push(version);
    out.extend_from_slice(&record.at.0.to_le_bytes());
    out.extend_from_slice(&head.hash);
    out.extend_from_slice(&check);
    out.extend_from_slice(&record.body);
    Ok(Head { seq, at: record.at, hash })
}

/// A record taken from the front of a byte stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The record, its body lifted to the current version.
    pub record: Record,
    /// The head after it.
    pub head: Head,
    /// The hash of the record before, as this one names it.
    pub prev: ChainHash,
    /// How many bytes it took.
    pub bytes: usize,
}

/// How many bytes the record at the front takes; `None` while its length is not there yet.
///
/// # Errors
/// Damage when the length is above the limit.
pub fn record_len(seq: Seq, stream: &[u8]) -> Result<Option<usize>, JournalError> {
    let Some(len) = array(stream, 0).map(u32::from_le_bytes) else { return Ok(None) };
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    if len > BODY_MAX {
        return Err(Corruption::Record(seq).into());
    }
    Ok(Some(ENVELOPE + len))
}

/// Takes the record `seq` from the front of the stream; `None` while it is not complete.
///
/// # Errors
/// Damage, and [`JournalError::NewerFormat`] for a sound record of an unknown version.
pub fn decode(seq: Seq, stream: &[u8]) -> Result<Option<Decoded>, JournalError> {
    let Some(bytes) = record_len(seq, stream)? else { return Ok(None) };
    let Some(whole) = stream.get(..bytes) else { return Ok(None) };
    let damaged = || JournalError::from(Corruption::Record(seq));
    let version = whole[4];
    let at = Time(array(whole, 5).map(i64::from_le_bytes).ok_or_else(damaged)?);
    let prev: ChainHash = array(whole, 13).ok_or_else(damaged)?;
    let check: [u8; CHECK] = array(whole, 29).ok_or_else(damaged)?;
    let body = &whole[ENVELOPE..];
    let (hash, expected) = seal(seq, version, at, &prev, body);
    if check != expected {
        return Err(damaged());
    }
    let body = upcast(seq, version, body)?;
    let record = Record { seq, at, version, body };
    Ok(Some(Decoded { record, head: Head { seq, at, hash }, prev, bytes }))
}

/// Lifts a body to the current version, one step after the other.
///
/// # Errors
/// [`JournalError::NewerFormat`] for a version this program does not know, damage when the body is
/// not of the version it claims.
pub fn upcast(seq: Seq, version: u8, body: &[u8]) -> Result<Vec<u8>, JournalError> {
    if version > CURRENT_VERSION {
        let (found, supported) = (u32::from(version), u32::from(CURRENT_VERSION));
        return Err(JournalError::NewerFormat { found, supported });
    }
    if version == 0 {
        return Err(Corruption::Record(seq).into());
    }
    let mut body = body.to_vec();
    for step in &UPCASTS[usize::from(version) - 1..] {
        body = step(&body).ok_or(Corruption::Record(seq))?;
    }
    Ok(body)
}

/// Version 1 had no `causation`: the map gets it as its first field, nil.
fn add_causation(body: &[u8]) -> Option<Vec<u8>> {
    let (fields, header) = match *body.first()? {
        small @ 0x80..=0x8f => (u32::from(small & 0x0f), 1),
        0xde => (u32::from(u16::from_be_bytes(array(body, 1)?)), 3),
        0xdf => (u32::from_be_bytes(array(body, 1)?), 5),
        _ => return None,
    };
    let mut out = Vec::with_capacity(body.len() + 16);
    out.push(0xdf);
    out.extend_from_slice(&fields.checked_add(1)?.to_be_bytes());
    out.push(0xa0 | 9);
    out.extend_from_slice(b"causation");
    out.push(0xc0);
    out.extend_from_slice(&body[header..]);
    Some(out)
}

/// The `N` bytes at `from`, if they are there.
pub(super) fn array<const N: usize>(bytes: &[u8], from: usize) -> Option<[u8; N]> {
    bytes.get(from..from.checked_add(N)?)?.try_into().ok()
}

/// A short check over a value and where it belongs, so that a value at another's place is damage.
pub(super) fn checksum(place: &[u8], value: &[u8]) -> [u8; 4] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(place);
    hasher.update(value);
    array(hasher.finalize().as_bytes(), 0).unwrap_or_default()
}

/// The value with its check behind it.
pub(super) fn guarded(place: &[u8], value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + 4);
    out.extend_from_slice(value);
    out.extend_from_slice(&checksum(place, value));
    out
}

/// The value before its check; `None` when the check does not hold.
pub(super) fn unguarded<'a>(place: &[u8], stored: &'a [u8]) -> Option<&'a [u8]> {
    let (value, check) = stored.split_at_checked(stored.len().checked_sub(4)?)?;
    (checksum(place, value) == check).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct First {
        actor: String,
        events: Vec<u32>,
    }

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Second {
        actor: String,
        causation: Option<u64>,
        events: Vec<u32>,
    }

    fn record(at: i64, body: &[u8]) -> NewRecord {
        NewRecord { at: Time(at), body: body.to_vec() }
    }

    #[test]
    fn a_record_reads_back_and_carries_the_chain() {
        let mut out = Vec::new();
        let first = encode(&Head::default(), &record(5, b"one"), &mut out).unwrap();
        let second = encode(&first, &record(5, b"two"), &mut out).unwrap();
        let a = decode(Seq(1), &out).unwrap().unwrap();
        let b = decode(Seq(2), &out[a.bytes..]).unwrap().unwrap();
        assert_eq!((a.head, b.head, b.prev), (first, second, first.hash));
        assert_eq!(
            (a.record.body.as_slice(), b.record.body.as_slice()),
            (&b"one"[..], &b"two"[..])
        );
        assert_eq!(a.bytes + b.bytes, out.len());
    }

    #[test]
    fn every_flipped_bit_of_a_record_is_damage_or_leaves_it_incomplete() {
        let mut out = Vec::new();
        encode(&Head::default(), &record(5, b"what was decided"), &mut out).unwrap();
        for bit in 0..out.len() * 8 {
            let mut bad = out.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(!matches!(decode(Seq(1), &bad), Ok(Some(_))), "bit {bit}");
        }
        assert!(matches!(decode(Seq(2), &out), Err(JournalError::Corrupt(_))), "another seq");
    }

    #[test]
    fn a_version_one_body_is_lifted_with_an_empty_causation() {
        let old = First { actor: "operator".into(), events: (0..40).collect() };
        let body = rmp_serde::to_vec_named(&old).unwrap();
        let mut out = Vec::new();
        encode_version(1, &Head::default(), &record(1, &body), &mut out).unwrap();
        let read = decode(Seq(1), &out).unwrap().unwrap().record;
        assert_eq!(read.version, 1);
        let lifted: Second = rmp_serde::from_slice(&read.body).unwrap();
        let expected = Second { actor: old.actor, causation: None, events: old.events };
        assert_eq!(lifted, expected);
    }

    #[test]
    fn a_body_that_is_no_map_cannot_be_of_version_one() {
        let mut out = Vec::new();
        encode_version(1, &Head::default(), &record(1, b"\x01"), &mut out).unwrap();
        assert!(matches!(decode(Seq(1), &out), Err(JournalError::Corrupt(_))));
    }

    #[test]
    fn a_version_of_a_newer_program_is_named_as_such() {
        let mut out = Vec::new();
        encode_version(9, &Head::default(), &record(1, b"\x80"), &mut out).unwrap();
        let read = decode(Seq(1), &out);
        assert!(matches!(read, Err(JournalError::NewerFormat { found: 9, supported: 2 })));
    }

    #[test]
    fn time_never_goes_back_and_size_has_a_limit() {
        let head = Head { at: Time(9), ..Head::default() };
        let back = encode(&head, &record(8, b""), &mut Vec::new());
        assert!(matches!(back, Err(Misuse::TimeGoesBack { .. })));
        let large = encode(&head, &record(9, &vec![0; BODY_MAX + 1]), &mut Vec::new());
        assert!(matches!(large, Err(Misuse::TooLarge { .. })));
    }
}
