//! How often which value was measured, in buckets that are as wide as a thousandth of what they hold.
//!
//! Invariant: a quantile differs from the true one by less than one part in a thousand, and none is lost: two histograms
//! added are the histogram of both. The buckets are those of `HdrHistogram` (<http://hdrhistogram.org>): the leading bits of
//! the value; only those that hold something are kept, so that each second of a load can have one of its own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The bits of a value that are kept: three digits.
const BITS: u32 = 11;

/// How often which value was measured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "Vec<(u64, u64)>", into = "Vec<(u64, u64)>")]
#[schemars(with = "Vec<(u64, u64)>")]
pub(crate) struct Histogram {
    /// The least value of a bucket, and how many are in it.
    buckets: BTreeMap<u64, u64>,
    count: u64,
}

impl From<Vec<(u64, u64)>> for Histogram {
    fn from(pairs: Vec<(u64, u64)>) -> Self {
        let mut histogram = Self::default();
        for (value, times) in pairs {
            histogram.add(value, times);
        }
        histogram
    }
}

impl From<Histogram> for Vec<(u64, u64)> {
    fn from(histogram: Histogram) -> Self {
        histogram.buckets.into_iter().collect()
    }
}

impl Histogram {
    /// One more of `value`.
    pub(crate) fn record(&mut self, value: u64) {
        self.add(value, 1);
    }

    fn add(&mut self, value: u64, times: u64) {
        if times == 0 {
            return;
        }
        let drop = (u64::BITS - value.leading_zeros()).saturating_sub(BITS);
        let bucket = self.buckets.entry((value >> drop) << drop).or_default();
        *bucket = bucket.saturating_add(times);
        self.count = self.count.saturating_add(times);
    }

    /// All of `other`, too.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (value, times) in &other.buckets {
            self.add(*value, *times);
        }
    }

    /// How many were measured.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// The values, rising, and how many there are of each.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (u64, u64)> {
        self.buckets.iter().map(|(value, times)| (*value, *times))
    }

    /// The least value that so large a share (0 to 1) does not exceed; none when nothing was measured.
    pub(crate) fn quantile(&self, share: f64) -> Option<u64> {
        self.at_rank(rank(share, self.count))
    }

    /// The one at this place, from 1, when they stand in order; none: there are not so many.
    pub(crate) fn at_rank(&self, rank: u64) -> Option<u64> {
        let mut seen: u64 = 0;
        self.pairs().find_map(|(value, times)| {
            seen = seen.saturating_add(times);
            (seen >= rank).then_some(value)
        })
    }

    /// The largest.
    pub(crate) fn max(&self) -> Option<u64> {
        self.buckets.last_key_value().map(|(value, _)| *value)
    }

    /// The mean.
    pub(crate) fn mean(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a mean of what is measured to 3 digits")]
        let sum: f64 = self.pairs().map(|(value, times)| value as f64 * times as f64).sum();
        #[expect(clippy::cast_precision_loss, reason = "as above")]
        (self.count > 0).then(|| sum / self.count as f64)
    }
}

/// Which one of `count`, from 1, has the share `share` up to it.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a count"
)]
pub(crate) fn rank(share: f64, count: u64) -> u64 {
    ((share.clamp(0.0, 1.0) * count as f64).ceil() as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_quantile_is_the_true_one_to_three_digits(
            mut values in prop::collection::vec(0_u64..10_000_000_000, 1..400),
            share in 0.0_f64..=1.0,
        ) {
            let mut histogram = Histogram::default();
            for value in &values {
                histogram.record(*value);
            }
            values.sort_unstable();
            let place = usize::try_from(rank(share, values.len() as u64)).unwrap() - 1;
            let (truth, found) = (values[place], histogram.quantile(share).unwrap());
            prop_assert!(found <= truth && truth - found <= truth / 1000, "{found} for {truth}");
        }

        #[test]
        fn two_added_are_the_histogram_of_both(
            one in prop::collection::vec(any::<u64>(), 0..50),
            other in prop::collection::vec(any::<u64>(), 0..50),
        ) {
            let of = |values: &[u64]| {
                let mut histogram = Histogram::default();
                for value in values {
                    histogram.record(*value);
                }
                histogram
            };
            let mut sum = of(&one);
            sum.merge(&of(&other));
            prop_assert_eq!(sum, of(&[one, other].concat()));
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut histogram = Histogram::default();
        for value in [3, 3, 70_123, 9_000_000] {
            histogram.record(value);
        }
        let text = serde_json::to_string(&histogram).unwrap();
        assert_eq!(text, "[[3,2],[70080,1],[8994816,1]]");
        assert_eq!(serde_json::from_str::<Histogram>(&text).unwrap(), histogram);
    }

    #[test]
    fn counts_beyond_all_measure_are_no_slip() {
        let absurd: Histogram =
            serde_json::from_str("[[1,9223372036854775808],[2,18446744073709551615]]").unwrap();
        assert_eq!((absurd.count(), absurd.quantile(0.99)), (u64::MAX, Some(2)));
    }

    #[test]
    fn of_nothing_there_is_no_quantile() {
        assert_eq!(Histogram::default().quantile(0.5), None);
        assert_eq!(Histogram::default().mean(), None);
    }
}
