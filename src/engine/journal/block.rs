//! Sealed blocks: many rows in one immutable value of just under a page of 64 KiB.
//!
//! Invariant: a block's rows are sorted by key and never change; its directory entry says what lies
//! in it. Also the one rule by which rows of a table and of its blocks are joined: an unsealed row
//! hides a sealed one, a newer block an older. Knows nothing of the store.
//!
//! Layout, little endian: count `u32`; per row key `u64` and end of its value `u32`; the values.

use super::codec::array;
use super::{BlockInfo, Order, Row};
use crate::domain::ids::Time;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The largest block, so that it and its key fit a page of 64 KiB; one larger row is a block alone.
pub(super) const BYTES_MAX: usize = 65_000;

/// The most rows in a block.
pub(super) const ROWS_MAX: usize = 500;

const ROW_OVERHEAD: usize = 8 + 4;

/// A row on its way into a block.
pub(super) struct Sealing {
    pub(super) key: u64,
    pub(super) time: Time,
    pub(super) value: Vec<u8>,
}

/// Cuts rows, sorted by key, into blocks; what would fill less than half a block is left out.
pub(super) fn cut(rows: Vec<Sealing>) -> Vec<Vec<Sealing>> {
    let mut blocks = Vec::new();
    let (mut block, mut bytes) = (Vec::new(), 4 + 4);
    for row in rows {
        let more = ROW_OVERHEAD + row.value.len();
        if !block.is_empty() && (bytes + more > BYTES_MAX || block.len() == ROWS_MAX) {
            blocks.push(std::mem::take(&mut block));
            bytes = 4 + 4;
        }
        bytes += more;
        block.push(row);
    }
    if bytes >= BYTES_MAX / 2 || block.len() >= ROWS_MAX / 2 {
        blocks.push(block);
    }
    blocks
}

/// A block's value and its directory entry; `None` for no rows.
pub(super) fn encode(number: u64, rows: &[Sealing]) -> Option<(BlockInfo, Vec<u8>)> {
    let count = u32::try_from(rows.len()).ok()?;
    let info = BlockInfo {
        number,
        key_min: rows.first()?.key,
        key_max: rows.last()?.key,
        time_min: rows.iter().map(|row| row.time).min()?,
        time_max: rows.iter().map(|row| row.time).max()?,
        rows: count,
    };
    let mut out = count.to_le_bytes().to_vec();
    let mut end = 0_u32;
    for row in rows {
        end = end.checked_add(u32::try_from(row.value.len()).ok()?)?;
        out.extend_from_slice(&row.key.to_le_bytes());
        out.extend_from_slice(&end.to_le_bytes());
    }
    for row in rows {
        out.extend_from_slice(&row.value);
    }
    Some((info, out))
}

/// The rows of a block; `None` when it is none.
pub(super) fn decode(bytes: &[u8]) -> Option<Vec<Row>> {
    let count = usize::try_from(u32::from_le_bytes(array(bytes, 0)?)).ok()?;
    let index = bytes.get(4..)?.get(..count.checked_mul(ROW_OVERHEAD)?)?;
    let values = &bytes[4 + index.len()..];
    let mut rows = Vec::with_capacity(count);
    let mut start = 0;
    for entry in index.chunks_exact(ROW_OVERHEAD) {
        let key = u64::from_le_bytes(array(entry, 0)?);
        let end = usize::try_from(u32::from_le_bytes(array(entry, 8)?)).ok()?;
        rows.push((key, values.get(start..end)?.to_vec()));
        start = end;
    }
    Some(rows)
}

/// What was found in a block under a key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Row(Vec<u8>),
    Nothing,
}

/// One row of a block, without reading the others; `None` when it is no block.
pub(super) fn find(bytes: &[u8], key: u64) -> Option<Found> {
    let count = usize::try_from(u32::from_le_bytes(array(bytes, 0)?)).ok()?;
    let index = bytes.get(4..)?.get(..count.checked_mul(ROW_OVERHEAD)?)?;
    let values = &bytes[4 + index.len()..];
    let (entries, _) = index.as_chunks::<ROW_OVERHEAD>();
    let key_of = |entry: &[u8; ROW_OVERHEAD]| array(entry, 0).map_or(0, u64::from_le_bytes);
    let end_of = |at: usize| -> Option<usize> {
        usize::try_from(u32::from_le_bytes(array(entries.get(at)?, 8)?)).ok()
    };
    let Ok(at) = entries.binary_search_by_key(&key, key_of) else { return Some(Found::Nothing) };
    let start = if at == 0 { 0 } else { end_of(at - 1)? };
    values.get(start..end_of(at)?).map(|value| Found::Row(value.to_vec()))
}

const INFO: usize = 4 * 8 + 4;

/// The directory entry as it is stored; its number is in the key.
pub(super) fn encode_info(info: &BlockInfo) -> [u8; INFO] {
    let mut out = [0; INFO];
    out[..8].copy_from_slice(&info.key_min.to_le_bytes());
    out[8..16].copy_from_slice(&info.key_max.to_le_bytes());
    out[16..24].copy_from_slice(&info.time_min.0.to_le_bytes());
    out[24..32].copy_from_slice(&info.time_max.0.to_le_bytes());
    out[32..].copy_from_slice(&info.rows.to_le_bytes());
    out
}

/// The directory entry of block `number`.
pub(super) fn decode_info(number: u64, bytes: &[u8]) -> Option<BlockInfo> {
    Some(BlockInfo {
        number,
        key_min: u64::from_le_bytes(array(bytes, 0)?),
        key_max: u64::from_le_bytes(array(bytes, 8)?),
        time_min: Time(i64::from_le_bytes(array(bytes, 16)?)),
        time_max: Time(i64::from_le_bytes(array(bytes, 24)?)),
        rows: u32::from_le_bytes(array(bytes, 32)?),
    })
}

/// Joins the first `limit` unsealed rows with those of the blocks, reading no block that cannot
/// contribute.
pub(super) fn join<E>(
    unsealed: Vec<Row>,
    mut blocks: Vec<BlockInfo>,
    keys: &RangeInclusive<u64>,
    order: Order,
    limit: usize,
    read: impl Fn(u64) -> Result<Vec<Row>, E>,
) -> Result<Vec<Row>, E> {
    let ascending = order == Order::Ascending;
    blocks.retain(|b| b.key_min <= *keys.end() && b.key_max >= *keys.start());
    blocks.sort_by_key(|b| if ascending { b.key_min } else { !b.key_max });
    let mut found: BTreeMap<u64, (u64, Vec<u8>)> =
        unsealed.into_iter().map(|(key, value)| (key, (u64::MAX, value))).collect();
    for block in blocks {
        let last = if ascending { found.last_key_value() } else { found.first_key_value() };
        let beyond =
            last.is_some_and(
                |(last, _)| {
                    if ascending { *last < block.key_min } else { *last > block.key_max }
                },
            );
        if limit == 0 || (found.len() >= limit && beyond) {
            break;
        }
        for (key, value) in read(block.number)? {
            let newer = found.get(&key).is_none_or(|(number, _)| *number < block.number);
            if keys.contains(&key) && newer {
                found.insert(key, (block.number, value));
            }
        }
        while found.len() > limit {
            if ascending {
                found.pop_last()
            } else {
                found.pop_first()
            };
        }
    }
    let rows = found.into_iter().map(|(key, (_, value))| (key, value));
    Ok(if ascending { rows.take(limit).collect() } else { rows.rev().take(limit).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(keys: impl Iterator<Item = u64>, bytes: usize) -> Vec<Sealing> {
        keys.map(|key| Sealing { key, time: Time(-1), value: vec![7; bytes] }).collect()
    }

    #[test]
    fn blocks_stay_below_their_limits_and_a_small_rest_stays_out() {
        let blocks = cut(rows(0..1_234, 100));
        assert_eq!(blocks.iter().map(Vec::len).collect::<Vec<_>>(), [500, 500]);
        let blocks = cut(rows(0..100, 3_000));
        for block in &blocks {
            let (_, value) = encode(1, block).unwrap();
            assert!(value.len() <= BYTES_MAX && value.len() > BYTES_MAX / 2);
        }
        assert_eq!(cut(rows(0..1, BYTES_MAX * 3)).len(), 1, "a large row is a block alone");
        assert!(cut(rows(0..249, 10)).is_empty());
    }

    #[test]
    fn a_block_reads_back() {
        let (info, value) = encode(3, &rows([2, 5, 9].into_iter(), 2)).unwrap();
        assert_eq!(decode_info(3, &encode_info(&info)).unwrap(), info);
        assert_eq!((info.key_min, info.key_max, info.rows), (2, 9, 3));
        let keys: Vec<u64> = decode(&value).unwrap().iter().map(|row| row.0).collect();
        assert_eq!(keys, [2, 5, 9]);
        for key in 0..11 {
            let row = keys.contains(&key).then(|| Found::Row(vec![7, 7]));
            assert_eq!(find(&value, key), Some(row.unwrap_or(Found::Nothing)));
        }
        for cut in 0..value.len() {
            assert!(decode(&value[..cut]).is_none());
        }
    }
}
