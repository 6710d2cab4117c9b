//! When a breaker trips, how long it stays open and how it tries again: the operator's numbers.
//!
//! Invariant: settings that pass [`BreakerSettings::validate`] cannot make a breaker that never
//! trips by a rule it names, or that stays open for ever. Knows nothing of a breaker's state.

use crate::domain::ids::Millis;
use serde::{Deserialize, Serialize};

/// Probes a half-open breaker may be told to let out: more would be traffic, not a probe.
pub const PROBES_MAX: u32 = 100;

/// The longest window, wait and lease: a day. Longer ones are a switch somebody forgot.
pub const SPAN_MAX: Millis = Millis::hours(24);

/// The shortest window: below it the ten buckets would have no width.
pub const WINDOW_MIN: Millis = Millis(10);

/// The settings of one breaker. A rule that is `None` never trips; where they are written down, that is a 0.
///
/// The defaults protect a business of twenty calls an hour as well as a busy one: five failures in
/// a row trip at any rate of traffic, and fifteen minutes hold the five calls the rates ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BreakerSettings {
    /// Failures in a row that trip, whatever the window holds. At least 1.
    #[serde(with = "off")]
    pub consecutive_failures: Option<u32>,
    /// Share of failures in the window that trips, in percent, 1 to 100.
    #[serde(with = "off")]
    pub failure_rate_pct: Option<u8>,
    /// Share of slow calls in the window that trips, in percent, 1 to 100.
    #[serde(with = "off")]
    pub slow_rate_pct: Option<u8>,
    /// A call that took this long or longer is slow, whatever it answered.
    pub slow_call_ms: Millis,
    /// How far back the rates look. They look at whole tenths of it.
    pub window_ms: Millis,
    /// Calls the window must hold before a rate may trip. At least 1.
    pub minimum_calls: u32,
    /// The first wait after tripping. Each failed round of probes doubles it.
    pub open_ms: Millis,
    /// The wait never grows past this (or past `open_ms`, if that is longer).
    pub open_ms_max: Millis,
    /// Permits of a half-open breaker, and successes that close it. 1 to [`PROBES_MAX`].
    pub probes: u32,
    /// How long a probe may be out without an answer, unless its own deadline is later.
    pub probe_lease_ms: Millis,
}

/// A rule that is off is written as 0, because a file has no word for nothing; nothing is read as well.
mod off {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde's signature")]
    pub(super) fn serialize<T, S>(rule: &Option<T>, to: S) -> Result<S::Ok, S::Error>
    where
        T: Copy + Default + Serialize,
        S: Serializer,
    {
        rule.unwrap_or_default().serialize(to)
    }

    pub(super) fn deserialize<'de, T, D>(from: D) -> Result<Option<T>, D::Error>
    where
        T: Default + Deserialize<'de> + PartialEq,
        D: Deserializer<'de>,
    {
        Ok(Option::<T>::deserialize(from)?.filter(|rule| *rule != T::default()))
    }
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self {
            consecutive_failures: Some(5),
            failure_rate_pct: Some(50),
            slow_rate_pct: Some(80),
            slow_call_ms: Millis(600),
            window_ms: Millis::mins(15),
            minimum_calls: 5,
            open_ms: Millis::secs(10),
            open_ms_max: Millis::mins(1),
            probes: 2,
            probe_lease_ms: Millis::secs(5),
        }
    }
}

/// Why settings are refused: the field, and the bounds it broke.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSettings {
    /// Every rule is off, so the breaker could never trip. Disabling is an order, not a setting.
    #[error(
        "no rule can trip this breaker: set consecutive_failures, failure_rate_pct or slow_rate_pct"
    )]
    NoRule,
    /// A share outside 1 to 100.
    #[error("{field} is {pct}, not a share from 1 to 100 percent")]
    Percent {
        /// The field's name.
        field: &'static str,
        /// What it was.
        pct: u8,
    },
    /// A count outside its bounds.
    #[error("{field} is {count}, not from 1 to {max}")]
    Count {
        /// The field's name.
        field: &'static str,
        /// What it was.
        count: u32,
        /// The most it may be.
        max: u32,
    },
    /// A span outside its bounds.
    #[error("{field} is {} ms, not from {} to {} ms", span.0, min.0, max.0)]
    Span {
        /// The field's name.
        field: &'static str,
        /// What it was.
        span: Millis,
        /// The least it may be.
        min: Millis,
        /// The most it may be.
        max: Millis,
    },
}

impl BreakerSettings {
    /// Checks every bound.
    ///
    /// # Errors
    /// The first field, in order of declaration, that is out of its bounds.
    pub fn validate(&self) -> Result<(), BadSettings> {
        let rules = [
            self.consecutive_failures.is_some(),
            self.failure_rate_pct.is_some(),
            self.slow_rate_pct.is_some(),
        ];
        if !rules.contains(&true) {
            return Err(BadSettings::NoRule);
        }
        if let Some(n) = self.consecutive_failures {
            count("consecutive_failures", n, u32::MAX)?;
        }
        for (field, pct) in
            [("failure_rate_pct", self.failure_rate_pct), ("slow_rate_pct", self.slow_rate_pct)]
        {
            if let Some(pct) = pct
                && !(1..=100).contains(&pct)
            {
                return Err(BadSettings::Percent { field, pct });
            }
        }
        span("slow_call_ms", self.slow_call_ms, Millis(1))?;
        span("window_ms", self.window_ms, WINDOW_MIN)?;
        count("minimum_calls", self.minimum_calls, u32::MAX)?;
        span("open_ms", self.open_ms, Millis(1))?;
        span("open_ms_max", self.open_ms_max, Millis(1))?;
        count("probes", self.probes, PROBES_MAX)?;
        span("probe_lease_ms", self.probe_lease_ms, Millis(1))
    }

    /// The wait after the `again`-th round of probes failed in a row (0: the first trip).
    ///
    /// Doubles, and stops at `open_ms_max`: a pure function, so a replay waits as long.
    #[must_use]
    pub fn wait(&self, again: u32) -> Millis {
        let most = self.open_ms_max.max(self.open_ms);
        let factor = 1_u64.checked_shl(again).unwrap_or(u64::MAX);
        // A wait of nothing would let a reopened breaker probe without a pause.
        Millis(self.open_ms.0.saturating_mul(factor).clamp(1, most.0.max(1)))
    }
}

fn count(field: &'static str, count: u32, max: u32) -> Result<(), BadSettings> {
    if (1..=max).contains(&count) { Ok(()) } else { Err(BadSettings::Count { field, count, max }) }
}

fn span(field: &'static str, span: Millis, min: Millis) -> Result<(), BadSettings> {
    if (min..=SPAN_MAX).contains(&span) {
        Ok(())
    } else {
        Err(BadSettings::Span { field, span, min, max: SPAN_MAX })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        assert_eq!(BreakerSettings::default().validate(), Ok(()));
    }

    #[test]
    fn a_rule_that_is_off_is_written_as_zero_and_read_back() {
        let off = BreakerSettings { slow_rate_pct: None, ..BreakerSettings::default() };
        let text = serde_json::to_string(&off).unwrap();
        assert!(text.contains("\"slow_rate_pct\":0"), "{text}");
        assert_eq!(serde_json::from_str::<BreakerSettings>(&text).unwrap(), off);
        let nothing = text.replace("\"slow_rate_pct\":0", "\"slow_rate_pct\":null");
        assert_eq!(
            serde_json::from_str::<BreakerSettings>(&nothing).unwrap(),
            off,
            "older records"
        );
        let typo = "{\"open\":5}";
        assert!(serde_json::from_str::<BreakerSettings>(typo).is_err(), "no key is ignored");
    }

    #[test]
    fn each_field_out_of_its_bounds_is_named() {
        let good = BreakerSettings::default;
        let field = |s: BreakerSettings| match s.validate() {
            Err(
                BadSettings::Percent { field, .. }
                | BadSettings::Count { field, .. }
                | BadSettings::Span { field, .. },
            ) => field,
            Err(BadSettings::NoRule) => "no rule",
            Ok(()) => "accepted",
        };
        assert_eq!(
            field(BreakerSettings {
                consecutive_failures: None,
                failure_rate_pct: None,
                slow_rate_pct: None,
                ..good()
            }),
            "no rule"
        );
        let cases = [
            (BreakerSettings { consecutive_failures: Some(0), ..good() }, "consecutive_failures"),
            (BreakerSettings { failure_rate_pct: Some(0), ..good() }, "failure_rate_pct"),
            (BreakerSettings { failure_rate_pct: Some(101), ..good() }, "failure_rate_pct"),
            (BreakerSettings { slow_rate_pct: Some(101), ..good() }, "slow_rate_pct"),
            (BreakerSettings { slow_call_ms: Millis(0), ..good() }, "slow_call_ms"),
            (BreakerSettings { window_ms: Millis(9), ..good() }, "window_ms"),
            (BreakerSettings { minimum_calls: 0, ..good() }, "minimum_calls"),
            (BreakerSettings { open_ms: Millis(0), ..good() }, "open_ms"),
            (BreakerSettings { open_ms_max: Millis::hours(25), ..good() }, "open_ms_max"),
            (BreakerSettings { probes: 0, ..good() }, "probes"),
            (BreakerSettings { probes: PROBES_MAX + 1, ..good() }, "probes"),
            (BreakerSettings { probe_lease_ms: Millis(0), ..good() }, "probe_lease_ms"),
        ];
        for (settings, name) in cases {
            assert_eq!(field(settings), name);
        }
    }

    #[test]
    fn the_wait_doubles_and_stops_at_its_bound() {
        let s = BreakerSettings {
            open_ms: Millis(10),
            open_ms_max: Millis(60),
            ..BreakerSettings::default()
        };
        assert_eq!(
            [0, 1, 2, 3, 63, 64, u32::MAX].map(|n| s.wait(n).0),
            [10, 20, 40, 60, 60, 60, 60]
        );
        let short = BreakerSettings { open_ms_max: Millis(1), ..s };
        assert_eq!(short.wait(5), Millis(10), "never shorter than the first wait");
    }
}
