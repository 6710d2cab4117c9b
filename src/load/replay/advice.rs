//! Which policy did best on a day, and whether that is more than chance.
//!
//! Invariant: fewer calls that nobody comes to counts first, then the shorter wait of those served; a difference counts
//! only when the interval of 95 % lies on one side of nothing: 97.5 of 100 days drawn anew from the day itself, hour by
//! hour, agree. A day with calls in too few hours decides nothing. The same results give the same advice.

use super::judge::{CallResult, Outcome};
use serde::Serialize;
use std::collections::BTreeMap;

/// So many days are drawn.
const DRAWN: usize = 2_000;

/// The day is drawn in pieces this long, in minutes: calls of one hour compete for the same workers.
const PIECE_MIN: f64 = 60.0;

/// Of fewer pieces nothing is told: that all of five lie on one side happens by chance in 1 of 16 days, of six in 1 of 32.
pub(crate) const PIECES_LEAST: usize = 6;

/// How a policy stands beside the one that did best.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Beside {
    /// The one that did best.
    pub best: String,
    /// How this one stands.
    pub verdict: Verdict,
    /// The hours of the day in which calls came in.
    pub hours: usize,
    /// How many percentage points more calls fail than under the best.
    pub failed_pct: Gap,
    /// How many minutes longer those served wait.
    pub wait_mean_min: Gap,
}

/// How a policy stands beside the one that did best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// It is the one to use.
    Best,
    /// The difference may be chance.
    Level,
    /// Fewer calls are served.
    FailsMore,
    /// Those served wait longer.
    WaitsLonger,
    /// Calls came in in too few hours to tell what is chance.
    TooShort,
}

/// A difference, and between which values it lies in 95 of 100 drawn days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct Gap {
    /// On the day itself.
    pub seen: f64,
    /// In 2.5 of 100 it is less; none: the day is too short to tell.
    pub low: Option<f64>,
    /// In 2.5 of 100 it is more.
    pub high: Option<f64>,
}

impl Gap {
    /// More than chance, and above nothing.
    fn is_more(self) -> bool {
        self.low.is_some_and(|low| low > 0.0)
    }
}

/// What one policy came to in one piece of the day.
#[derive(Debug, Clone, Copy, Default)]
struct Piece {
    calls: f64,
    failed: f64,
    served: f64,
    wait: f64,
}

impl Piece {
    fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.failed += other.failed;
        self.served += other.served;
        self.wait += other.wait;
    }

    fn failed_pct(&self) -> f64 {
        if self.calls > 0.0 { 100.0 * self.failed / self.calls } else { 0.0 }
    }

    fn wait_mean(&self) -> f64 {
        if self.served > 0.0 { self.wait / self.served } else { 0.0 }
    }
}

/// Writes down for each outcome how it stands beside the best.
pub(crate) fn compare(outcomes: &mut [Outcome], seed: u64) {
    if outcomes.len() < 2 {
        return;
    }
    let days: Vec<Vec<Piece>> = outcomes.iter().map(|outcome| pieces(&outcome.calls)).collect();
    let fewest = (0..days.len()).min_by(|a, b| {
        let (a, b) = (total(&days[*a]), total(&days[*b]));
        a.failed.total_cmp(&b.failed).then(a.wait_mean().total_cmp(&b.wait_mean()))
    });
    let Some(fewest) = fewest else { return };
    // Of those that do not fail more than chance explains, the one under which people wait least.
    let level = (0..days.len()).filter(|i| !gaps(&days[*i], &days[fewest], seed).0.is_more());
    let best =
        level.min_by(|a, b| total(&days[*a]).wait_mean().total_cmp(&total(&days[*b]).wait_mean()));
    let best = best.unwrap_or(fewest);
    // A shorter wait must be more than chance too, or fewer failed calls keep their rank.
    let best = if gaps(&days[fewest], &days[best], seed).1.is_more() { best } else { fewest };
    let name = outcomes[best].result.policy.clone();
    let hours = days[best].len();
    for (i, outcome) in outcomes.iter_mut().enumerate() {
        let (failed_pct, wait_mean_min) = gaps(&days[i], &days[best], seed);
        let verdict = match () {
            () if hours < PIECES_LEAST => Verdict::TooShort,
            () if i == best => Verdict::Best,
            () if failed_pct.is_more() => Verdict::FailsMore,
            () if wait_mean_min.is_more() => Verdict::WaitsLonger,
            () => Verdict::Level,
        };
        outcome.result.beside =
            Some(Beside { best: name.clone(), verdict, hours, failed_pct, wait_mean_min });
    }
}

/// The pieces of the day in which calls came in.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and a day has few hours")]
fn pieces(calls: &[CallResult]) -> Vec<Piece> {
    let mut all: BTreeMap<i64, Piece> = BTreeMap::new();
    for call in calls {
        let served = call.wait_min.is_some();
        let at = (call.request_min / PIECE_MIN).floor() as i64;
        all.entry(at).or_default().add(&Piece {
            calls: 1.0,
            failed: f64::from(u8::from(!served)),
            served: f64::from(u8::from(served)),
            wait: call.wait_min.unwrap_or(0.0),
        });
    }
    all.into_values().collect()
}

fn total(pieces: &[Piece]) -> Piece {
    let mut sum = Piece::default();
    for piece in pieces {
        sum.add(piece);
    }
    sum
}

/// By how much `one` fails more, and waits longer, than `other`.
fn gaps(one: &[Piece], other: &[Piece], seed: u64) -> (Gap, Gap) {
    let count = one.len().min(other.len());
    let between = |one: &Piece, other: &Piece| {
        (one.failed_pct() - other.failed_pct(), one.wait_mean() - other.wait_mean())
    };
    let on_the_day = between(&total(one), &total(other));
    if count < PIECES_LEAST {
        let gap = |seen| Gap { seen, low: None, high: None };
        return (gap(on_the_day.0), gap(on_the_day.1));
    }
    let mut draw = Draw(seed);
    let (mut failed, mut wait) = (Vec::with_capacity(DRAWN), Vec::with_capacity(DRAWN));
    for _ in 0..DRAWN {
        let (mut a, mut b) = (Piece::default(), Piece::default());
        for _ in 0..count {
            // Both policies had the same hour.
            let at = draw.below(count);
            a.add(&one[at]);
            b.add(&other[at]);
        }
        let (f, w) = between(&a, &b);
        failed.push(f);
        wait.push(w);
    }
    (spread(on_the_day.0, failed), spread(on_the_day.1, wait))
}

fn spread(seen: f64, mut drawn: Vec<f64>) -> Gap {
    drawn.sort_by(f64::total_cmp);
    let at = |per_mille: usize| drawn.get(drawn.len() * per_mille / 1_000).copied();
    Gap { seen, low: at(25), high: at(975) }
}

/// Numbers that look random (splitmix64, <https://prng.di.unimi.it/splitmix64.c>, public domain).
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        // The limit is the number of hours of a day: what the remainder favours is far below what is told.
        usize::try_from(mixed % (limit.max(1) as u64)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(failed: &[f64], wait: f64) -> Vec<Piece> {
        let piece = |failed: &f64| Piece {
            calls: 20.0,
            failed: *failed,
            served: 20.0 - failed,
            wait: wait * (20.0 - failed),
        };
        failed.iter().map(piece).collect()
    }

    #[test]
    fn what_holds_in_every_hour_is_more_than_chance() {
        let (failed, wait) = gaps(&day(&[4.0; 12], 10.0), &day(&[2.0; 12], 9.0), 1);
        assert!((failed.seen - 10.0).abs() < 1e-9 && failed.is_more(), "{failed:?}");
        assert!((wait.seen - 1.0).abs() < 1e-9 && wait.is_more(), "{wait:?}");
    }

    #[test]
    fn what_comes_and_goes_from_hour_to_hour_may_be_chance() {
        let changing: Vec<f64> = (0..12).map(|h| if h % 2 == 0 { 6.0 } else { 1.0 }).collect();
        let (failed, _) = gaps(&day(&changing, 10.0), &day(&[3.0; 12], 10.0), 1);
        assert!(failed.seen > 0.0 && !failed.is_more(), "{failed:?}");
        assert!(failed.high > Some(failed.seen), "{failed:?}");
    }

    #[test]
    fn the_same_day_beside_itself_has_no_gap() {
        let same = day(&[3.0, 1.0, 5.0, 0.0, 2.0, 7.0, 1.0, 1.0], 10.0);
        let none = Gap { seen: 0.0, low: Some(0.0), high: Some(0.0) };
        assert_eq!(gaps(&same, &same, 7), (none, none));
    }

    fn call(request_min: f64, wait_min: Option<f64>) -> CallResult {
        CallResult { request_min, wait_min, ..CallResult::default() }
    }

    #[test]
    fn hours_without_calls_are_no_part_of_the_day() {
        let at = |begin: f64| {
            let times = (0..9).map(|i| begin + 60.0 * f64::from(i));
            times.map(|at| call(at, Some(5.0 + at % 7.0))).collect::<Vec<_>>()
        };
        let (early, late) = (at(0.0), at(22.0 * 60.0));
        assert_eq!((pieces(&early).len(), pieces(&late).len()), (9, 9));
        let two = [call(5.0, None), call(1_500.0, Some(3.0))];
        assert_eq!(pieces(&two).len(), 2);
    }

    #[test]
    fn of_a_day_with_calls_in_too_few_hours_no_interval_is_told() {
        let (failed, wait) = gaps(&day(&[4.0; 5], 10.0), &day(&[2.0; 5], 9.0), 1);
        assert_eq!((failed.low, failed.high, wait.low), (None, None, None));
        assert!((failed.seen - 10.0).abs() < 1e-9 && !failed.is_more() && !wait.is_more());
    }
}
