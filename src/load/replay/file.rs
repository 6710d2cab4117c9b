//! The description of a recorded day, as it stands in its file: which files, which columns, which rules.
//!
//! Invariant: data only; what it means is in [`super::read`]. Unknown keys are faults.

use serde::Deserialize;
use std::path::PathBuf;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DayFile {
    /// What the day is called.
    pub title: String,
    /// Where it comes from, and under which licence.
    #[serde(default)]
    pub source: Option<String>,
    /// The date, where the columns hold dates.
    #[serde(default)]
    pub date: Option<String>,
    /// How far the clocks of the day are from UTC, for times that say how far theirs are, and for `epoch`.
    #[serde(default)]
    pub utc_offset: Option<String>,
    /// Calls and shifts before this minute of the day are cut off.
    #[serde(default)]
    pub from_min: f64,
    /// Calls and shifts from this minute of the day on are cut off.
    #[serde(default = "DayFile::until_default")]
    pub until_min: f64,
    /// How often the calls that wait are looked at together, in seconds.
    #[serde(default = "DayFile::tick_default")]
    pub tick_s: u64,
    /// After so many minutes without a worker a call fails.
    pub give_up_min: f64,
    /// How long the worker stays at the pickup, in minutes.
    #[serde(default)]
    pub stay_min: f64,
    /// How long the worker stays at the destination, in minutes.
    #[serde(default)]
    pub leave_min: f64,
    /// A worker whose shift ends in less than this many minutes gets no more calls.
    #[serde(default)]
    pub off_before_min: f64,
    /// How long the way takes.
    pub travel: TravelFile,
    /// Where the calls are.
    pub calls: RowsFile,
    /// Where the workers are.
    pub workers: RowsFile,
    /// What the policy `foresight` goes by, when not as usual.
    #[serde(default)]
    pub foresight: Option<ForesightFile>,
}

impl DayFile {
    fn until_default() -> f64 {
        1_440.0
    }

    fn tick_default() -> u64 {
        60
    }
}

/// How long the way takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TravelFile {
    /// Minutes to get going and to arrive.
    #[serde(default)]
    pub fixed_min: Option<f64>,
    /// Minutes per kilometre on the road.
    #[serde(default)]
    pub min_per_km: Option<f64>,
    /// Kilometres on the road per kilometre as the crow flies; none: 1.
    #[serde(default)]
    pub factor: Option<f64>,
    /// Kilometres per hour on the road, in place of `min_per_km`.
    #[serde(default)]
    pub km_per_h: Option<f64>,
    /// A file with the columns `km` and `minutes`: in place of all of these.
    #[serde(default)]
    pub table: Option<PathBuf>,
}

/// A CSV file and which of its columns mean what.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowsFile {
    /// The file, from where the day's own file is.
    pub file: PathBuf,
    /// What a row is called.
    pub id: String,
    /// When the call came in, or the shift begins.
    #[serde(default)]
    pub from: Option<String>,
    /// When the shift ends.
    #[serde(default)]
    pub until: Option<String>,
    /// How times are written.
    #[serde(default)]
    pub unit: Unit,
    /// The place.
    pub lat: String,
    /// The place.
    pub lon: String,
    /// The destination of a call.
    #[serde(default)]
    pub to_lat: Option<String>,
    /// The destination of a call.
    #[serde(default)]
    pub to_lon: Option<String>,
    /// Not before then the worker can leave the pickup.
    #[serde(default)]
    pub ready: Option<String>,
    /// When the worker was there, where that is recorded.
    #[serde(default)]
    pub begun: Option<String>,
    /// When the worker was free again, where that is recorded: how long the work lasts then comes from the record.
    #[serde(default)]
    pub done: Option<String>,
    /// The skill asked for, or had.
    #[serde(default)]
    pub skill: Option<SkillFile>,
    /// What a row is that lacks its time or its place.
    #[serde(default)]
    pub missing: Missing,
    /// Only rows in which each of these columns holds that value.
    #[serde(default, rename = "where")]
    pub only: Vec<OnlyFile>,
}

/// How times are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unit {
    /// Minutes of the day.
    #[default]
    Min,
    /// Hours of the day.
    Hour,
    /// Seconds of the day.
    Sec,
    /// `HH:MM` or `HH:MM:SS`.
    Clock,
    /// `2026-11-21 14:00:00`, also with `T`, with fractions, and with `Z` or `+09:00`.
    Date,
    /// Seconds or milliseconds since 1970.
    Epoch,
}

/// What a row is that lacks its time or its place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Missing {
    /// A fault.
    #[default]
    Fault,
    /// Left out, and counted.
    Skip,
}

/// A skill by the value of a column.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SkillFile {
    /// The column.
    pub column: String,
    /// The value that stands for the skill.
    pub is: String,
    /// What the skill is called.
    pub name: String,
}

/// A value that a row must have.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OnlyFile {
    /// The column.
    pub column: String,
    /// The value.
    pub is: String,
}

/// What the policy `foresight` goes by.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ForesightFile {
    /// Workers who will be free within so many minutes count.
    #[serde(default)]
    pub horizon_min: Option<f64>,
    /// What a minute until then weighs, in hundredths of a minute of travel.
    #[serde(default)]
    pub later_pct: Option<u32>,
    /// While calls outnumber workers nobody is sent farther, in minutes of travel.
    #[serde(default)]
    pub reach_min: Option<f64>,
}
