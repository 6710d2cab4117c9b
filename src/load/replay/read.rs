//! A day from its description and the CSV files that it names.
//!
//! Invariant: nothing is left out silently: what lies outside the day, or lacks a cell and may, is counted and said.

use super::ReplayError;
use super::day::{Call, Day, Known, MIDNIGHT, Rules, Shift, Travel, Worker, millis};
use super::file::{DayFile, RowsFile, TravelFile, Unit};
use super::rows::{Calendar, Row, Rows, Table, at_minute};
use crate::toml_file::{Source, TomlFault, first};
use ascall_engine::domain::ids::{Millis, Time};
use ascall_engine::domain::profile::Foresight;
use chrono::{FixedOffset, NaiveDate};
use std::path::Path;

impl Day {
    /// Reads a day from its description; `date` in place of the one that stands there.
    ///
    /// # Errors
    /// The description or a row of its files is wrong, or nobody calls or works.
    pub(crate) fn read(path: &Path, date: Option<NaiveDate>) -> Result<Self, ReplayError> {
        let source = Source::read(path)?;
        let file: DayFile = source.parse().map_err(first)?;
        let calendar = checked(&file, date, &source)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let frame = (at_minute(file.from_min), at_minute(file.until_min));
        let travel = travel(&file.travel, folder)?;
        let mut known = Known::default();
        let calls = calls(folder, &file, calendar, frame, &mut known)?;
        let workers = workers(folder, &file, calendar, frame, &mut known)?;
        say(&file, &calls, &mut known);
        let (usual, foreseen) = (Foresight::default(), file.foresight);
        let seconds = |minutes: f64| u32::try_from(millis(minutes).0 / 1_000).unwrap_or(u32::MAX);
        let foresight = Foresight {
            horizon_ms: foreseen.and_then(|f| f.horizon_min).map_or(usual.horizon_ms, millis),
            later_pct: foreseen.and_then(|f| f.later_pct).unwrap_or(usual.later_pct),
            reach_s: foreseen.and_then(|f| f.reach_min).map_or(usual.reach_s, seconds),
            stay_s: seconds(file.stay_min),
            leave_s: seconds(file.leave_min),
        };
        let rules = Rules {
            tick: Millis::secs(file.tick_s),
            give_up: millis(file.give_up_min),
            stay: millis(file.stay_min),
            leave: millis(file.leave_min),
            travel,
            usual_way: Millis::default(),
            stale_after: None,
            max_metres: None,
            foresight,
        };
        let title = match calendar.date {
            Some(date) => format!("{} ({date})", file.title),
            None => file.title,
        };
        let midnight = MIDNIGHT;
        Ok(Self {
            title,
            source: file.source,
            midnight,
            calls,
            workers,
            rules,
            known,
            happened: None,
        })
    }
}

/// Looks at what a type cannot say, and answers which date it is.
fn checked(
    file: &DayFile,
    date: Option<NaiveDate>,
    source: &Source,
) -> Result<Calendar, TomlFault> {
    let fault = |at: &str, what: &str| source.fault(at, format!("`{at}` {what}"), None);
    for (at, value) in [
        ("from_min", file.from_min),
        ("until_min", file.until_min),
        ("give_up_min", file.give_up_min),
        ("stay_min", file.stay_min),
        ("leave_min", file.leave_min),
        ("off_before_min", file.off_before_min),
        ("travel.fixed_min", file.travel.fixed_min),
        ("travel.min_per_km", file.travel.min_per_km),
        ("travel.factor", file.travel.factor),
        ("travel.km_per_h", file.travel.km_per_h.unwrap_or(1.0)),
    ] {
        if !(0.0..=10_000.0).contains(&value) {
            return Err(fault(at, "is not from 0 to 10000"));
        }
    }
    if file.travel.km_per_h.is_some_and(|speed| speed < 0.1) {
        return Err(fault("travel.km_per_h", "is less than 0.1"));
    }
    if file.tick_s > 60 {
        return Err(fault("tick_s", "is not from 0 to 60"));
    }
    if file.until_min <= file.from_min {
        return Err(fault("until_min", "does not lie after `from_min`"));
    }
    let written = file.date.as_deref().map(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d"));
    let written = written
        .transpose()
        .map_err(|_| fault("date", "is not a date (expected a form like `2026-11-21`)"))?;
    let zone = file.utc_offset.as_deref().unwrap_or("+00:00").parse::<FixedOffset>();
    let zone = zone.map_err(|_| fault("utc_offset", "is not of the form `+09:00`"))?;
    let date = date.or(written);
    for (name, rows) in [("calls", &file.calls), ("workers", &file.workers)] {
        if matches!(rows.unit, Unit::Date | Unit::Epoch) && date.is_none() {
            return Err(fault(&format!("{name}.unit"), "needs the `date` of the day"));
        }
    }
    if file.calls.from.is_none() {
        return Err(fault("calls", "has no `from`: the column that says when a call came in"));
    }
    Ok(Calendar { date, zone })
}

type Frame = (Time, Time);

fn calls(
    folder: &Path,
    file: &DayFile,
    calendar: Calendar,
    (begin, end): Frame,
    known: &mut Known,
) -> Result<Vec<Call>, ReplayError> {
    let spec = &file.calls;
    let from = spec.from.as_deref().unwrap_or_default();
    let (mut calls, mut outside, mut no_end) = (Vec::new(), 0, 0);
    let mut rows = Rows::open(folder, spec, calendar)?;
    while let Some(row) = rows.next(&[from, &spec.lat, &spec.lon])? {
        let at = row.time(from)?;
        if at < begin || at >= end {
            outside += 1;
            continue;
        }
        let to = row.maybe_point(spec.to_lat.as_ref(), spec.to_lon.as_ref())?;
        no_end += usize::from(spec.to_lat.is_some() && to.is_none());
        let times = row.maybe(spec.begun.as_ref())?.zip(row.maybe(spec.done.as_ref())?);
        calls.push(Call {
            id: row.text(&spec.id)?,
            since: at,
            at,
            spot: Some(row.point(&spec.lat, &spec.lon)?),
            to,
            ready: row.maybe(spec.ready.as_ref())?,
            work: times.filter(|(begun, done)| done > begun).map(|(begun, done)| done.since(begun)),
            skill: row.skill()?,
            priority: 1,
            gave_up: None,
        });
    }
    if calls.is_empty() {
        return Err(ReplayError::Empty { what: "calls", outside });
    }
    count(known, outside, "calls lie outside the day");
    count(known, rows.skipped, "calls lack their time or place");
    if no_end > 0 {
        known.modelled.push(format!(
            "destinations: the work of {no_end} calls without one ends where the call is"
        ));
    }
    // In the order of the file among those of one instant.
    calls.sort_by_key(|call| call.at);
    Ok(calls)
}

fn workers(
    folder: &Path,
    file: &DayFile,
    calendar: Calendar,
    (begin, end): Frame,
    known: &mut Known,
) -> Result<Vec<Worker>, ReplayError> {
    let spec = &file.workers;
    let before = millis(file.off_before_min).0;
    let needed = [spec.from.as_deref(), spec.until.as_deref(), Some(&*spec.lat), Some(&*spec.lon)];
    let needed: Vec<&str> = needed.into_iter().flatten().collect();
    let (mut workers, mut outside) = (Vec::new(), 0);
    let mut rows = Rows::open(folder, spec, calendar)?;
    while let Some(row) = rows.next(&needed)? {
        let (from, until) = shift(&row, spec, (begin, end))?;
        let (from, until) = (from.max(begin), until.min(end));
        if until <= from {
            outside += 1;
            continue;
        }
        // Somebody with exactly so much left still gets a call.
        let last = Time(until.0.saturating_sub_unsigned(before)).max(from).plus(Millis(1));
        workers.push(Worker {
            id: row.text(&spec.id)?,
            shifts: vec![Shift { from, last, until }],
            home: Some(row.point(&spec.lat, &spec.lon)?),
            skills: row.skill()?.into_iter().collect(),
            seen: Vec::new(),
        });
    }
    if workers.is_empty() {
        return Err(ReplayError::Empty { what: "workers", outside });
    }
    count(known, outside, "shifts are empty or lie outside the day");
    count(known, rows.skipped, "workers lack a time or place");
    Ok(workers)
}

/// A shift as it stands; by the clock, one that ends before it begins ends on the next day.
fn shift(row: &Row<'_>, spec: &RowsFile, (begin, end): Frame) -> Result<Frame, ReplayError> {
    let read = |column: &Option<String>, none: Time| {
        column.as_ref().map_or(Ok(none), |column| row.time(column))
    };
    let (from, until) = (read(&spec.from, begin)?, read(&spec.until, end)?);
    match (from > until, spec.unit) {
        (false, _) => Ok((from, until)),
        (true, Unit::Clock) => Ok((from, until.plus(Millis::hours(24)))),
        (true, _) => Err(row.bad("the shift ends before it begins".to_owned())),
    }
}

fn count(known: &mut Known, count: usize, what: &str) {
    if count > 0 {
        known.left_out.push(format!("{count} {what}"));
    }
}

/// What the record holds, and what it does not.
fn say(file: &DayFile, calls: &[Call], known: &mut Known) {
    let recorded = calls.iter().filter(|call| call.work.is_some()).count();
    let mut seen = vec!["when and where each call came in".to_owned()];
    let way = match (&file.travel.table, file.travel.km_per_h) {
        (Some(table), _) => format!("by the table {}", table.display()),
        (None, Some(speed)) => format!(
            "{} min + {} x great-circle km at {speed} km/h",
            file.travel.fixed_min, file.travel.factor
        ),
        (None, None) => format!(
            "{} min + {} min x great-circle km",
            file.travel.fixed_min,
            file.travel.min_per_km * file.travel.factor
        ),
    };
    let mut put = vec![format!("travel times: {way}")];
    if recorded > 0 {
        seen.push(format!("how long work lasted, for {recorded} of {} calls", calls.len()));
    }
    if recorded < calls.len() {
        put.push(format!(
            "stays: {} min at the pickup, {} min at the destination",
            file.stay_min, file.leave_min
        ));
    }
    put.push(format!("patience: every call fails after {} min without a worker", file.give_up_min));
    put.push(
        "workers take every call they are given, go there at once, and wait where the last one ended"
            .to_owned(),
    );
    put.push("`foresight` expects the very travel times and stays that then come true".to_owned());
    if file.calls.to_lat.is_none() || file.calls.to_lon.is_none() {
        put.push("destinations: work ends where the call is".to_owned());
    }
    if file.workers.from.is_none() || file.workers.until.is_none() {
        put.push("shifts: everybody works the whole day".to_owned());
    } else {
        seen.push("when and from where each worker worked".to_owned());
    }
    known.observed.append(&mut seen);
    put.append(&mut known.modelled);
    known.modelled = put;
}

fn travel(file: &TravelFile, folder: &Path) -> Result<Travel, ReplayError> {
    let Some(table) = &file.table else {
        let per_km = file.km_per_h.map_or(file.min_per_km, |speed| 60.0 / speed.max(0.1));
        return Ok(Travel::Line { fixed_min: file.fixed_min, min_per_km: per_km * file.factor });
    };
    let path = folder.join(table);
    let mut rows: Vec<(f64, f64)> = Vec::new();
    let mut table = Table::open(path)?;
    while let Some((line, cells)) = table.next()? {
        let number = |name: &str| -> Result<f64, ReplayError> {
            let text = table.cell(line, &cells, name)?;
            let bad = || table.bad(line, format!("`{text}` is not a number from 0 on"));
            text.parse().ok().filter(|n: &f64| *n >= 0.0).ok_or_else(bad)
        };
        let row = (number("km")?, number("minutes")?);
        if rows.last().is_some_and(|before| before.0 >= row.0) {
            return Err(table.bad(line, "`km` does not rise".to_owned()));
        }
        rows.push(row);
    }
    if rows.is_empty() {
        return Err(table.bad(1, "the table has no rows".to_owned()));
    }
    Ok(Travel::Table(rows))
}
