//! A recorded day: who called when and where, who worked, and the rules it is replayed by.
//!
//! Invariant: data only. Whatever a day was read from, it is the same to those who replay it; what it was read from says
//! what was observed.

use super::words::Known;
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{Millis, Time};
use ascall_engine::domain::profile::{self as dispatch, Foresight};
use std::path::PathBuf;

/// When the virtual day begins where a file gives only minutes of it: a midnight.
pub(super) const MIDNIGHT: Time = Time(20_834 * 86_400_000);

/// A recorded day.
#[derive(Debug)]
pub(crate) struct Day {
    /// What it is called.
    pub title: String,
    /// Where it comes from.
    pub source: Option<String>,
    /// The files it was read from.
    pub files: Vec<PathBuf>,
    /// Its midnight: minutes of the day count from here.
    pub midnight: Time,
    /// The calls, in the order in which they could be given to somebody.
    pub calls: Vec<Call>,
    /// The workers, in the order of their file.
    pub workers: Vec<Worker>,
    /// The rules.
    pub rules: Rules,
    /// What is known of it, and how.
    pub known: Known,
    /// What came of its calls when it happened; none: that is not in the record.
    pub happened: Option<Vec<Happened>>,
}

/// A call that came in.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// What the record calls it.
    pub id: String,
    /// When it came in: its wait counts from here.
    pub since: Time,
    /// From when on it could be given to somebody.
    pub at: Time,
    /// Where; none: not known, and every way there takes as long as is usual.
    pub spot: Option<Point>,
    /// Where to.
    pub to: Option<Point>,
    /// Not before then the worker can leave the pickup.
    pub ready: Option<Time>,
    /// How long the work lasted from the worker's arrival to their being free, where that is recorded.
    pub work: Option<Millis>,
    /// The skill it asks for.
    pub skill: Option<String>,
    /// 0 low, 1 normal, 2 high, 3 urgent.
    pub priority: u8,
    /// When the caller gave up, where that is recorded.
    pub gave_up: Option<Time>,
    /// From when to when it was left alone, where that is recorded.
    pub holds: Vec<(Time, Time)>,
}

/// What came of a call when it happened.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Happened {
    /// Who had it, by their place among the workers of the day.
    pub worker: Option<usize>,
    /// When they got it.
    pub given: Option<Time>,
    /// How far away they were then.
    pub metres: Option<u32>,
    /// When they were there.
    pub there: Option<Time>,
    /// When they were free again.
    pub free: Option<Time>,
    /// A person chose them, and not the policy.
    pub by_hand: bool,
    /// When it failed.
    pub failed: Option<Time>,
}

/// Somebody who worked.
#[derive(Debug, Clone)]
pub(crate) struct Worker {
    /// What the record calls them.
    pub id: String,
    /// When, in order.
    pub shifts: Vec<Shift>,
    /// Where they begin.
    pub home: Option<Point>,
    /// The skills they have.
    pub skills: Vec<String>,
    /// Where they said they were, and when.
    pub seen: Vec<(Time, Point)>,
}

/// A stretch of time in which somebody works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shift {
    /// Its begin.
    pub from: Time,
    /// From when on they get no more calls.
    pub last: Time,
    /// Its end.
    pub until: Time,
}

/// What the day is replayed by.
#[derive(Debug)]
pub(crate) struct Rules {
    /// How often the calls that wait are looked at together.
    pub tick: Millis,
    /// After so long without a worker a call fails.
    pub give_up: Millis,
    /// How long the worker stays at the pickup.
    pub stay: Millis,
    /// How long the worker stays at the destination.
    pub leave: Millis,
    /// How long a way takes.
    pub travel: Travel,
    /// So many times as long the ways that were recorded took.
    pub pace: f64,
    /// How long a way takes of which a place is not known.
    pub usual_way: Millis,
    /// A place older than this is not believed; none: it is as good as ever.
    pub stale_after: Option<Millis>,
    /// Nobody farther away gets a call.
    pub max_metres: Option<u32>,
    /// What `foresight` goes by.
    pub foresight: Foresight,
}

impl Rules {
    /// How long the way to a call takes of which nothing is recorded.
    pub(super) fn way(&self, from: Point, to: Point) -> Millis {
        millis(minutes(self.travel.time(from, to)) * self.pace)
    }
}

/// How long a way takes.
#[derive(Debug)]
pub(crate) enum Travel {
    /// A fixed part, and so much per kilometre as the crow flies, in minutes.
    Line { fixed_min: f64, min_per_km: f64 },
    /// By distance: kilometres and minutes, rising; between two rows in proportion.
    Table(Vec<(f64, f64)>),
}

impl Travel {
    /// What the desk of a profile believes.
    pub(super) fn of_profile(travel: &dispatch::Travel) -> Self {
        let per_km = f64::from(travel.factor_pct) * 10.0 / f64::from(travel.metres_per_min.max(1));
        Self::Line { fixed_min: f64::from(travel.fixed_s) / 60.0, min_per_km: per_km }
    }

    /// How long the way takes.
    #[expect(
        clippy::cast_precision_loss,
        reason = "distances on the earth are far below 2^53 millimetres"
    )]
    pub(super) fn time(&self, from: Point, to: Point) -> Millis {
        let km = from.millimetres_to(to) as f64 / 1_000_000.0;
        millis(match self {
            Self::Line { fixed_min, min_per_km } => fixed_min + min_per_km * km,
            Self::Table(rows) => interpolated(rows, km),
        })
    }

    /// The straight line that comes nearest: what the desk believes.
    pub(super) fn believed(&self) -> (f64, f64) {
        match self {
            Self::Line { fixed_min, min_per_km } => (*fixed_min, *min_per_km),
            Self::Table(rows) => match (rows.first(), rows.last()) {
                (Some(a), Some(b)) if b.0 > a.0 => {
                    let slope = (b.1 - a.1) / (b.0 - a.0);
                    ((a.1 - slope * a.0).max(0.0), slope.max(0.0))
                }
                (Some(a), _) => (a.1, 0.0),
                (None, _) => (0.0, 0.0),
            },
        }
    }
}

/// The value at `km`; beyond the last row as between the last two.
fn interpolated(rows: &[(f64, f64)], km: f64) -> f64 {
    let next = rows.iter().position(|(at, _)| *at >= km).unwrap_or(rows.len().saturating_sub(1));
    let (Some(a), Some(b)) = (rows.get(next.saturating_sub(1)), rows.get(next)) else {
        return 0.0;
    };
    // A table may fall between two rows; beyond its end no way becomes shorter the farther it goes.
    let slope = if b.0 > a.0 { (b.1 - a.1) / (b.0 - a.0) } else { 0.0 };
    if km > b.0 { b.1 + slope.max(0.0) * (km - b.0) } else { b.1 - slope * (b.0 - km) }
}

/// Milliseconds as minutes.
#[expect(clippy::cast_precision_loss, reason = "spans of a day are far below 2^53 milliseconds")]
pub(super) fn minutes(span: Millis) -> f64 {
    span.0 as f64 / 60_000.0
}

/// Minutes as milliseconds; less than nothing is nothing.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates and NaN becomes 0"
)]
pub(super) fn millis(minutes: f64) -> Millis {
    Millis((minutes * 60_000.0).round() as u64)
}
