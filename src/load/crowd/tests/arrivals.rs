//! The statistics of an open load.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "the counts of a test are small"
)]

use super::super::arrivals::Coming;
use super::super::dice::Dice;
use crate::load::scenario::{Arrivals, Stage};
use ascall_engine::domain::ids::Millis;

fn stage(lasts: Millis, arrivals: Arrivals) -> Stage {
    Stage { lasts, arrivals }
}

fn times(seed: u64, stages: &[Stage]) -> Vec<u64> {
    let mut coming = Coming::new(Dice::new(seed), stages.to_vec());
    std::iter::from_fn(|| {
        let at = coming.next_at()?;
        coming.come();
        Some(at.0)
    })
    .collect()
}

fn mean(values: impl Iterator<Item = f64> + Clone) -> f64 {
    values.clone().sum::<f64>() / values.count() as f64
}

fn variance(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let mean = mean(values.clone());
    self::mean(values.map(|value| (value - mean).powi(2)))
}

#[test]
fn independent_customers_come_so_often_and_their_number_varies_as_that_of_a_poisson_process() {
    // 10 per second for 10,000 s: 100,000 are expected, and each second has 10 with variance 10.
    let seconds = 10_000;
    let times = times(7, &[stage(Millis::secs(seconds), Arrivals::Poisson(10.0, 10.0))]);
    assert!((times.len() as f64 - 100_000.0).abs() < 4.0 * 100_000.0_f64.sqrt(), "{}", times.len());
    let mut counts = vec![0.0; seconds as usize];
    for at in &times {
        counts[(at / 1_000) as usize] += 1.0;
    }
    let (mean, variance) = (mean(counts.iter().copied()), variance(counts.iter().copied()));
    assert!((mean - 10.0).abs() < 0.13, "{mean}");
    assert!((variance / mean - 1.0).abs() < 0.06, "{variance} {mean}");
}

#[test]
fn the_gaps_between_independent_customers_are_exponential() {
    let times = times(11, &[stage(Millis::secs(1_000_000), Arrivals::Poisson(0.1, 0.1))]);
    let gaps: Vec<f64> =
        times.windows(2).map(|pair| (pair[1] - pair[0]) as f64 / 10_000.0).collect();
    assert!(gaps.len() > 98_000);
    assert!((mean(gaps.iter().copied()) - 1.0).abs() < 0.02);
    assert!((variance(gaps.iter().copied()) - 1.0).abs() < 0.04);
    // Kolmogorov and Smirnov: the largest distance from 1 - e^-x, at a level that one seed in a thousand misses.
    let mut sorted = gaps;
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let farthest = sorted
        .iter()
        .enumerate()
        .map(|(i, gap)| (1.0 - (-gap).exp() - (i as f64 + 0.5) / count).abs())
        .fold(0.0, f64::max);
    assert!(farthest < 1.95 / count.sqrt(), "{farthest}");
}

#[test]
fn a_ramp_brings_as_many_as_its_integral_says_more_and_more_of_them() {
    for arrivals in [Arrivals::Poisson(0.0, 20.0), Arrivals::Constant(0.0, 20.0)] {
        let times = times(3, &[stage(Millis::secs(10_000), arrivals)]);
        assert!((times.len() as f64 - 100_000.0).abs() < 1_300.0, "{}", times.len());
        // Of a rate that rises from nothing a quarter comes in the first half.
        let first = times.iter().filter(|at| **at < 5_000_000).count() as f64 / times.len() as f64;
        assert!((first - 0.25).abs() < 0.01, "{first}");
    }
    let falling = times(3, &[stage(Millis::secs(1_000), Arrivals::Poisson(20.0, 0.0))]);
    assert!((falling.len() as f64 - 10_000.0).abs() < 400.0, "{}", falling.len());
}

#[test]
fn constant_customers_come_at_equal_distances_and_recorded_ones_at_their_times() {
    let stages = [
        stage(Millis::secs(2), Arrivals::Constant(2.0, 2.0)),
        stage(Millis::secs(5), Arrivals::Recorded(vec![Millis(0), Millis(1_500), Millis(1_500)])),
        stage(Millis::secs(1), Arrivals::Constant(0.0, 0.0)),
        stage(Millis::secs(1), Arrivals::Constant(1.0, 1.0)),
    ];
    assert_eq!(times(1, &stages), [250, 750, 1_250, 1_750, 2_000, 3_500, 3_500, 8_500]);
}

#[test]
fn whoever_hurries_the_load_changes_the_rate_from_then_on() {
    let stages = [
        stage(Millis::secs(500), Arrivals::Poisson(10.0, 10.0)),
        stage(Millis::secs(500), Arrivals::Poisson(10.0, 10.0)),
    ];
    let mut coming = Coming::new(Dice::new(5), stages.to_vec());
    let mut counts = [0_u32; 4];
    for (nth, (until, pct)) in
        [(250, 100), (500, 300), (750, 0), (1_000, 50)].into_iter().enumerate()
    {
        coming.hurry(Millis::secs(until - 250), pct);
        while coming.next_at().is_some_and(|at| at < Millis::secs(until)) {
            coming.come();
            counts[nth] += 1;
        }
    }
    for (count, meant) in counts.into_iter().zip([2_500.0, 7_500.0, 0.0, 1_250.0_f64]) {
        assert!((f64::from(count) - meant).abs() <= 4.0 * meant.sqrt(), "{counts:?}");
    }
}

#[test]
fn hurrying_by_nothing_changes_nobody() {
    let stages = [stage(Millis::secs(100), Arrivals::Poisson(5.0, 9.0))];
    let mut coming = Coming::new(Dice::new(5), stages.to_vec());
    let mut seen = Vec::new();
    while let Some(at) = coming.next_at() {
        coming.hurry(Millis(at.0.saturating_sub(3)), 100);
        seen.push(coming.next_at().unwrap().0);
        coming.come();
    }
    let meant = times(5, &stages);
    assert_eq!(seen.len(), meant.len());
    assert!(seen.iter().zip(&meant).all(|(a, b)| a.abs_diff(*b) <= 1));
}
