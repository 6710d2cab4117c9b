//! Choices that look random: a hash of the seed, whom it is about and what it is for.
//!
//! Invariant: a choice depends on nothing else, so that one more customer, or another question, changes no other one.

use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::Millis;

/// Whom a choice is about: a number, and how often it was made for them already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Whom(pub u64, pub u64);

/// The dice of one scenario.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dice {
    seed: u64,
}

/// The longest purpose, in bytes; what is longer is cut.
const PURPOSE_MAX: usize = 40;

impl Dice {
    /// The dice of a seed.
    pub(super) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Any number.
    pub(super) fn any(self, whom: Whom, purpose: &str) -> u64 {
        let mut text = [0; 24 + PURPOSE_MAX];
        for (at, number) in [self.seed, whom.0, whom.1].into_iter().enumerate() {
            text[at * 8..][..8].copy_from_slice(&number.to_le_bytes());
        }
        let used = purpose.len().min(PURPOSE_MAX);
        text[24..][..used].copy_from_slice(&purpose.as_bytes()[..used]);
        let hash = blake3::hash(&text[..24 + used]);
        hash.as_bytes()[..8].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }

    /// A number below `limit`; 0 when there is none.
    pub(super) fn below(self, whom: Whom, purpose: &str, limit: u64) -> u64 {
        self.any(whom, purpose).checked_rem(limit).unwrap_or(0)
    }

    /// A number from the least to the most.
    pub(super) fn within(self, whom: Whom, purpose: &str, (least, most): (u64, u64)) -> u64 {
        let width = most.saturating_sub(least).saturating_add(1);
        least.saturating_add(self.below(whom, purpose, width))
    }

    /// A span from the least to the most.
    pub(super) fn span(self, whom: Whom, purpose: &str, (least, most): (Millis, Millis)) -> Millis {
        Millis(self.within(whom, purpose, (least.0, most.0)))
    }

    /// Whether something is so that is so in `pct` of a hundred.
    pub(super) fn happens(self, whom: Whom, purpose: &str, pct: u32) -> bool {
        self.below(whom, purpose, 100) < u64::from(pct)
    }

    /// One of these.
    pub(super) fn one_of<'a, T>(self, whom: Whom, purpose: &str, all: &'a [T]) -> Option<&'a T> {
        all.get(self.place(whom, purpose, all.len()))
    }

    /// The place of one of so many.
    pub(super) fn place(self, whom: Whom, purpose: &str, count: usize) -> usize {
        usize::try_from(self.below(whom, purpose, count as u64)).unwrap_or(0)
    }

    /// The place of one of these, by their weights.
    pub(super) fn by_weight(
        self,
        whom: Whom,
        purpose: &str,
        weights: impl Iterator<Item = u32> + Clone,
    ) -> usize {
        let sum: u64 = weights.clone().map(u64::from).sum();
        let mut left = self.below(whom, purpose, sum);
        for (at, weight) in weights.enumerate() {
            match left.checked_sub(u64::from(weight)) {
                Some(rest) => left = rest,
                None => return at,
            }
        }
        0
    }

    /// A number above 0 and up to 1.
    pub(super) fn unit(self, whom: Whom, purpose: &str) -> f64 {
        // The 53 high bits are all that an f64 holds; one is added so that a logarithm can be taken.
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let above = ((self.any(whom, purpose) >> 11) + 1) as f64;
        above / 9_007_199_254_740_992.0
    }

    /// A place: anywhere in a box.
    pub(super) fn in_box(self, whom: Whom, (low, high): (Point, Point)) -> Option<Point> {
        let between = |purpose: &str, a: i32, b: i32| {
            let (least, most) = (a.min(b), a.max(b));
            let east = self.below(whom, purpose, u64::from(most.abs_diff(least)) + 1);
            least.saturating_add(i32::try_from(east).unwrap_or(0))
        };
        let lat = between("north", low.lat_e6(), high.lat_e6());
        Point::new(lat, between("east", low.lon_e6(), high.lon_e6())).ok()
    }

    /// A place within so many metres of another, as likely here as there.
    pub(super) fn around(self, whom: Whom, centre: Point, metres: u32) -> Option<Point> {
        const MICRO_PER_M: f64 = 8.993_216;
        let far = self.unit(whom, "far").sqrt() * f64::from(metres) * MICRO_PER_M;
        let way = self.unit(whom, "way") * std::f64::consts::TAU;
        let shrink = (f64::from(centre.lat_e6()) / 1e6).to_radians().cos().max(0.01);
        let add = |from: i32, by: f64| {
            #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
            let by = by.round() as i32;
            from.saturating_add(by)
        };
        let lat = add(centre.lat_e6(), far * way.sin());
        Point::new(lat, add(centre.lon_e6(), far * way.cos() / shrink)).ok()
    }
}
