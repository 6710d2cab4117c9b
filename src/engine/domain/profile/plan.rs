//! How a worker is found: the stages of the plan, and who is chosen among those who suit.
//!
//! Invariant: data only; the search itself is in `follow`.

use super::is_false;
use crate::domain::ids::Millis;
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
}

/// The order among suitable workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Least travel time, then longest idle.
    #[default]
    Nearest,
    /// Longest idle, then nearest.
    LongestIdle,
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
    /// The travel time over `metres` as the crow flies, in whole seconds.
    #[must_use]
    pub fn seconds(&self, metres: u32) -> u32 {
        let road = u64::from(metres) * u64::from(self.factor_pct) / 100;
        let moving = road * 60 / u64::from(self.metres_per_min.max(1));
        u32::try_from(moving).unwrap_or(u32::MAX).saturating_add(self.fixed_s)
    }
}
