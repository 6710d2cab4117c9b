//! How a worker is found: the stages of the plan, and who is chosen among those who suit.
//!
//! Invariant: data only; the search itself is in `follow`.

use super::is_false;
use crate::domain::ids::{Millis, Time};
use crate::planted::planted;
use serde::{Deserialize, Serialize};

/// One stage of the plan by which a worker is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case", deny_unknown_fields)]
pub enum Stage {
    /// The engine picks the best worker at once.
    Auto {
        /// How long the stage lasts when nobody suits; none: for ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_ms: Option<Millis>,
        /// Workers may take the call by themselves meanwhile.
        #[serde(default, skip_serializing_if = "is_false")]
        claimable: bool,
    },
    /// Workers are asked one by one.
    Offer {
        /// How long one worker may think.
        deadline_ms: Millis,
        /// After how many offers the stage is over; none: when everybody suitable was asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<u32>,
        /// How long the stage lasts at most; none: for ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_ms: Option<Millis>,
        /// Workers may take the call by themselves meanwhile.
        #[serde(default, skip_serializing_if = "is_false")]
        claimable: bool,
    },
    /// The nearest are asked at once; whoever says yes first has the call. Ring by ring more are asked.
    Broadcast {
        /// The rings' radii in metres, from the inside; a call without a place asks the longest idle.
        rings_m: Vec<u32>,
        /// How long a ring is waited for.
        ring_ms: Millis,
        /// The most workers asked in one ring.
        #[serde(default = "Stage::most_default")]
        most: u32,
        /// Any worker of the line may take the call by themselves meanwhile.
        #[serde(default, skip_serializing_if = "is_false")]
        claimable: bool,
    },
    /// Workers take calls from the open list.
    Claim {
        /// How long the stage lasts at most; none: for ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_ms: Option<Millis>,
    },
    /// A dispatcher assigns.
    Manual {
        /// Workers may take the call by themselves meanwhile.
        #[serde(default, skip_serializing_if = "is_false")]
        claimable: bool,
    },
    /// Nobody is needed: the work may start at once. A dispatcher may assign somebody all the same.
    None {
        /// By when it is to be started; then a dispatcher must look.
        promise_ms: Millis,
        /// Workers may take the call by themselves meanwhile.
        #[serde(default, skip_serializing_if = "is_false")]
        claimable: bool,
    },
}

impl Stage {
    fn most_default() -> u32 {
        20
    }

    /// Whether workers may take a call of this stage by themselves.
    #[must_use]
    pub fn is_claimable(&self) -> bool {
        match self {
            Self::Claim { .. } => true,
            Self::Auto { claimable, .. }
            | Self::Offer { claimable, .. }
            | Self::Broadcast { claimable, .. }
            | Self::Manual { claimable }
            | Self::None { claimable, .. } => *claimable,
        }
    }

    /// Whether the engine looks for somebody by itself.
    #[must_use]
    pub fn is_automatic(&self) -> bool {
        matches!(self, Self::Auto { .. } | Self::Offer { .. } | Self::Broadcast { .. })
    }
}

/// How workers are chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispatch {
    /// The order among suitable workers.
    #[serde(default)]
    pub policy: Policy,
    /// Workers farther away than this are not taken by themselves; none: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_metres: Option<u32>,
    /// How long a worker is searched before the call ends as unfilled. It does not run while `assign` is stopped.
    pub search_ms: Millis,
    /// How distance becomes time.
    #[serde(default)]
    pub travel: Travel,
    /// Where the work ends, when that is another place: the field of the call that holds it, as `LAT,LON`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// When the calls that wait are looked at together; none: at once and one by one, or, under a policy that matches,
    /// as is usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matching: Option<Matching>,
    /// What the policy `foresight` goes by; none: as is usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foresight: Option<Foresight>,
}

/// The order among suitable workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Least travel time, then longest idle.
    #[default]
    Nearest,
    /// Longest idle, then nearest.
    LongestIdle,
    /// By a hash of the desk's seed, the call and the worker: what the others are measured against.
    Random,
    /// All calls that wait together: as many as possible get somebody, and the way is the shortest in all.
    Batch,
    /// As `batch`, and workers who are about to be free count: a call may wait for one of them.
    Foresight,
}

impl Policy {
    /// Every policy.
    pub const ALL: [Self; 5] =
        [Self::Nearest, Self::LongestIdle, Self::Random, Self::Batch, Self::Foresight];

    /// The name used in profiles, commands and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nearest => "nearest",
            Self::LongestIdle => "longest_idle",
            Self::Random => "random",
            Self::Batch => "batch",
            Self::Foresight => "foresight",
        }
    }

    /// Whether it weighs several calls against each other.
    #[must_use]
    pub fn matches(self) -> bool {
        matches!(self, Self::Batch | Self::Foresight)
    }
}

/// When, and in which order, the calls that wait are looked at together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// At every multiple of this; 0: as soon as there is something to decide.
    pub tick_ms: Millis,
    /// Which calls are weighed against each other, and which come first.
    #[serde(default)]
    pub order: Turn,
}

impl Default for Matching {
    /// Long enough that calls meet, too short for anybody to notice.
    fn default() -> Self {
        Self { tick_ms: Millis::secs(2), order: Turn::Whole }
    }
}

impl Matching {
    /// The first instant from `at` on at which calls are looked at.
    #[must_use]
    pub fn tick_from(&self, at: Time) -> Time {
        if planted!(RoundTooEarly) {
            return at;
        }
        let tick = i64::try_from(self.tick_ms.0).unwrap_or(i64::MAX);
        match at.0.checked_rem_euclid(tick) {
            None | Some(0) => at,
            Some(over) => Time(at.0.saturating_add(tick - over)),
        }
    }
}

/// Which of the waiting calls have their turn first. More urgent ones always do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// All together.
    #[default]
    Whole,
    /// Those that have waited least, tick by tick; of one tick first those that ask for a skill.
    NewestFirst,
    /// Those that have waited longest, tick by tick; of one tick first those that ask for a skill.
    LongestFirst,
}

impl Turn {
    /// The name used in profiles and commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::NewestFirst => "newest_first",
            Self::LongestFirst => "longest_first",
        }
    }
}

/// What the policy `foresight` goes by. Its cost of giving a call to a worker is the travel time, and for a worker who is
/// not free yet also the wait until then, weighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Foresight {
    /// Workers who will be free within this count.
    pub horizon_ms: Millis,
    /// What a second until then weighs, in hundredths of a second of travel.
    pub later_pct: u32,
    /// As long as more calls wait than workers are free nobody is sent farther than this, in seconds of travel.
    pub reach_s: u32,
    /// Work at the place of the call lasts this long, to begin with: what it really does is learnt.
    pub stay_s: u32,
    /// Work at the call's destination lasts this long.
    pub leave_s: u32,
}

impl Default for Foresight {
    /// Measured on recorded days: see `docs/replay.md`.
    fn default() -> Self {
        Self {
            horizon_ms: Millis::mins(7),
            later_pct: 500,
            reach_s: 3_000,
            stay_s: 600,
            leave_s: 0,
        }
    }
}

impl Dispatch {
    /// What is foreseen by; none: the policy looks at the present only.
    #[must_use]
    pub fn foresees(&self) -> Option<Foresight> {
        (self.policy == Policy::Foresight).then(|| self.foresight.unwrap_or_default())
    }

    /// How calls are looked at together; none: each by itself, at once.
    #[must_use]
    pub fn matched(&self) -> Option<Matching> {
        self.matching.or_else(|| self.policy.matches().then(Matching::default))
    }
}

/// Travel time = great-circle distance x factor / speed + a fixed part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Travel {
    /// Road metres per 100 metres as the crow flies.
    pub factor_pct: u32,
    /// Metres per minute on the road.
    pub metres_per_min: u32,
    /// Seconds to get going and to arrive.
    pub fixed_s: u32,
}

impl Default for Travel {
    /// City driving: a third longer than the straight line, 24 km/h, two minutes to get going.
    fn default() -> Self {
        Self { factor_pct: 133, metres_per_min: 400, fixed_s: 120 }
    }
}

impl Travel {
    /// The travel time over so many millimetres as the crow flies, in whole milliseconds: what ways are compared by.
    #[must_use]
    pub fn millis(&self, millimetres: i64) -> i64 {
        let road = millimetres.saturating_mul(self.factor_pct.into()) / 100;
        road.saturating_mul(60) / i64::from(self.metres_per_min.max(1))
            + i64::from(self.fixed_s) * 1_000
    }

    /// The travel time over `metres` as the crow flies, in whole seconds.
    #[must_use]
    pub fn seconds(&self, metres: u32) -> u32 {
        let road = u64::from(metres) * u64::from(self.factor_pct) / 100;
        let moving = road * 60 / u64::from(self.metres_per_min.max(1));
        u32::try_from(moving).unwrap_or(u32::MAX).saturating_add(self.fixed_s)
    }
}
