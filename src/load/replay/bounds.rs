//! What the description of a day may say: bounds, keys that exclude each other, dates that are needed.
//!
//! Invariant: whatever passes here the engine takes; a fault names file, line and key. Must not know rows or the engine.

use super::file::{DayFile, TravelFile, Unit};
use super::rows::Calendar;
use crate::toml_file::{Source, TomlFault};
use chrono::{FixedOffset, NaiveDate};

/// The numbers, and between which values each lies.
fn numbers(file: &DayFile) -> [(&'static str, Option<f64>, f64, f64); 13] {
    let (travel, foresight) = (&file.travel, file.foresight.as_ref());
    [
        ("from_min", Some(file.from_min), 0.0, 10_000.0),
        ("until_min", Some(file.until_min), 0.0, 10_000.0),
        ("give_up_min", Some(file.give_up_min), 0.1, 10_000.0),
        ("stay_min", Some(file.stay_min), 0.0, 1_440.0),
        ("leave_min", Some(file.leave_min), 0.0, 1_440.0),
        ("off_before_min", Some(file.off_before_min), 0.0, 10_000.0),
        ("travel.fixed_min", travel.fixed_min, 0.0, 1_440.0),
        ("travel.min_per_km", travel.min_per_km, 0.0, 100.0),
        ("travel.factor", travel.factor, 0.1, 100.0),
        ("travel.km_per_h", travel.km_per_h, 1.0, 1_000.0),
        ("foresight.horizon_min", foresight.and_then(|f| f.horizon_min), 0.1, 60.0),
        ("foresight.later_pct", foresight.and_then(|f| f.later_pct).map(f64::from), 0.0, 10_000.0),
        ("foresight.reach_min", foresight.and_then(|f| f.reach_min), 0.1, 1_440.0),
    ]
}

/// Looks at what a type cannot say, and answers which date it is; `date` comes from the command line.
pub(super) fn checked(
    file: &DayFile,
    date: Option<NaiveDate>,
    source: &Source,
) -> Result<Calendar, TomlFault> {
    let fault = |at: &str, what: &str| source.fault(at, format!("`{at}` {what}"), None);
    for (at, value, least, most) in numbers(file) {
        if value.is_some_and(|value| !(least..=most).contains(&value)) {
            return Err(fault(at, &format!("is not from {least} to {most}")));
        }
    }
    if file.tick_s > 60 {
        return Err(fault("tick_s", "is not from 0 to 60"));
    }
    if file.until_min <= file.from_min {
        return Err(fault("until_min", "does not lie after `from_min`"));
    }
    travel(&file.travel, &fault)?;
    let written = file.date.as_deref().map(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d"));
    let written = written
        .transpose()
        .map_err(|_| fault("date", "is not a date (expected a form like `2026-11-21`)"))?;
    let zone = file.utc_offset.as_deref().unwrap_or("+00:00").parse::<FixedOffset>();
    let zone = zone.map_err(|_| fault("utc_offset", "is not of the form `+09:00`"))?;
    let files = [("calls.unit", &file.calls), ("workers.unit", &file.workers)];
    let mut dated = files.into_iter().filter(|(_, rows)| rows.unit.is_dated()).peekable();
    if date.is_some() && dated.peek().is_none() {
        return Err(fault(
            "calls.unit",
            "is no `date` or `epoch`: --day has nothing to choose from",
        ));
    }
    let date = date.or(written);
    if let (Some((at, _)), None) = (dated.next(), date) {
        return Err(fault(at, "needs the `date` of the day"));
    }
    if file.calls.from.is_none() {
        return Err(fault("calls", "has no `from`: the column that says when a call came in"));
    }
    Ok(Calendar { date, zone })
}

/// One way of saying how long a way takes, and not several.
fn travel(file: &TravelFile, fault: &impl Fn(&str, &str) -> TomlFault) -> Result<(), TomlFault> {
    let others = [
        ("fixed_min", file.fixed_min.is_some()),
        ("min_per_km", file.min_per_km.is_some()),
        ("factor", file.factor.is_some()),
        ("km_per_h", file.km_per_h.is_some()),
    ];
    let other = others.into_iter().find(|(_, is_there)| *is_there).map(|(name, _)| name);
    match (&file.table, other) {
        (Some(_), Some(name)) => Err(fault(
            "travel.table",
            &format!("stands in place of `{name}`: take one of them out"),
        )),
        (None, None | Some("factor")) => Err(fault(
            "travel",
            "does not say how long a way takes: give `fixed_min`, `min_per_km`, `km_per_h` or `table`",
        )),
        (None, Some(_)) if file.min_per_km.is_some() && file.km_per_h.is_some() => {
            Err(fault("travel.km_per_h", "stands in place of `min_per_km`: take one of them out"))
        }
        _ => Ok(()),
    }
}

impl Unit {
    /// Whether a time says which day it is of.
    fn is_dated(self) -> bool {
        matches!(self, Self::Date | Self::Epoch)
    }
}
