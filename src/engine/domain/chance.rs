//! Choices that look random and are not: a pure hash of the desk's seed and of what is chosen for.
//!
//! Invariant: same seed, call, purpose and attempt give the same number on every machine. Source: the finaliser is that
//! of `SplitMix64` (Steele, Lea, Flood 2014).

use super::ids::{CallId, Millis, WorkerId};

/// A number below `limit` (0 when `limit` is 0).
#[must_use]
pub fn below(seed: u64, call: CallId, purpose: &str, attempt: u32, limit: u64) -> u64 {
    if limit == 0 {
        return 0;
    }
    let mut state = mix(seed ^ 0x9E37_79B9_7F4A_7C15);
    state = mix(state ^ call.0);
    for byte in purpose.bytes() {
        state = mix(state ^ u64::from(byte));
    }
    mix(state ^ u64::from(attempt)) % limit
}

/// A worker's lot for a call.
#[must_use]
pub fn draw(seed: u64, call: CallId, worker: WorkerId) -> u64 {
    mix(mix(mix(seed ^ 0x9E37_79B9_7F4A_7C15) ^ call.0) ^ worker.0)
}

/// The wait before try number `tries` (from 1): one second, doubling, a minute at most, up to a quarter more by chance
/// so that many do not come back at once.
#[must_use]
pub fn backoff(seed: u64, call: CallId, purpose: &str, tries: u32) -> Millis {
    let base = 1_000u64 << tries.saturating_sub(1).min(6);
    let base = base.min(60_000);
    Millis(base + below(seed, call, purpose, tries, base / 4))
}

fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_a_minute_and_a_quarter() {
        for tries in 1..40 {
            let wait = backoff(7, CallId(1), "manage", tries).0;
            let base = (1_000u64 << (tries - 1).min(6)).min(60_000);
            assert!(wait >= base && wait < base + base / 4, "{tries}: {wait}");
        }
    }

    #[test]
    fn the_same_question_has_the_same_answer() {
        let one = below(1, CallId(2), "assign", 3, 1_000);
        assert_eq!(one, below(1, CallId(2), "assign", 3, 1_000));
        assert!((0..50).any(|seed| below(seed, CallId(2), "assign", 3, 1_000) != one));
    }
}
