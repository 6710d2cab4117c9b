//! A day from its description and the CSV files that it names.
//!
//! Invariant: nothing is left out silently: what lies outside the day, or lacks a cell and may, is counted and said.

use super::ReplayError;
use super::bounds::checked;
use super::day::{Call, Day, MIDNIGHT, Rules, Shift, Travel, Worker, millis};
use super::file::{DayFile, TravelFile};
use super::rows::{Calendar, Row, Rows, Table, at_minute};
use super::words::{Fact, Known};
use crate::toml_file::{Source, first};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{Millis, Time};
use ascall_engine::domain::profile::Foresight;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
        say(&file, &calls, &travel, &mut known);
        let named = [Some(&file.calls.file), Some(&file.workers.file), file.travel.table.as_ref()];
        let named = named.into_iter().flatten().map(|name| folder.join(name));
        let files: Vec<PathBuf> = named.chain([path.to_owned()]).collect();
        let title = match calendar.date {
            Some(date) => format!("{} ({date})", file.title),
            None => file.title.clone(),
        };
        Ok(Self {
            title,
            files,
            midnight: MIDNIGHT,
            calls,
            workers,
            rules: rules(&file, travel),
            known,
            happened: None,
            source: file.source,
        })
    }
}

/// The rules of the day.
fn rules(file: &DayFile, travel: Travel) -> Rules {
    let (usual, foreseen) = (Foresight::default(), file.foresight);
    let seconds = |minutes: f64| u32::try_from(millis(minutes).0 / 1_000).unwrap_or(u32::MAX);
    let foresight = Foresight {
        horizon_ms: foreseen.and_then(|f| f.horizon_min).map_or(usual.horizon_ms, millis),
        later_pct: foreseen.and_then(|f| f.later_pct).unwrap_or(usual.later_pct),
        reach_s: foreseen.and_then(|f| f.reach_min).map_or(usual.reach_s, seconds),
        stay_s: seconds(file.stay_min),
        leave_s: seconds(file.leave_min),
    };
    Rules {
        tick: Millis::secs(file.tick_s),
        give_up: millis(file.give_up_min),
        stay: millis(file.stay_min),
        leave: millis(file.leave_min),
        travel,
        pace: 1.0,
        usual_way: Millis::default(),
        stale_after: None,
        max_metres: None,
        foresight,
    }
}

type Frame = (Time, Time);

/// A day later.
const DAY: Millis = Millis::hours(24);

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
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    let mut rows = Rows::open(folder, spec, calendar)?;
    while let Some(row) = rows.next(&[from, &spec.lat, &spec.lon])? {
        let at = row.time(from)?;
        // By the clock, what lies before the day begins is of the next one, as far as the day goes on into it.
        let next = Some(at.plus(DAY)).filter(|next| row.is_clock() && at < begin && *next < end);
        let at = next.unwrap_or(at);
        if at < begin || at >= end {
            outside += 1;
            continue;
        }
        let id = row.id()?;
        if let Some(line) = lines.insert(id.clone(), row.line()) {
            return Err(row.bad(format!("the call `{id}` is there already, in line {line}")));
        }
        let to = row.maybe_point(spec.to_lat.as_ref(), spec.to_lon.as_ref())?;
        no_end += usize::from(spec.to_lat.is_some() && to.is_none());
        let times = row.maybe(spec.begun.as_ref(), at)?.zip(row.maybe(spec.done.as_ref(), at)?);
        calls.push(Call {
            id,
            since: at,
            at,
            spot: Some(row.point(&spec.lat, &spec.lon)?),
            to,
            ready: row.maybe(spec.ready.as_ref(), at)?,
            work: times.filter(|(begun, done)| done > begun).map(|(begun, done)| done.since(begun)),
            skill: row.skill()?,
            priority: 1,
            gave_up: None,
            holds: Vec::new(),
        });
    }
    if calls.is_empty() {
        return Err(ReplayError::Empty { what: "calls", outside });
    }
    known.leave_out(Fact::CallsOutside, outside);
    known.leave_out(Fact::CallsLack, rows.skipped);
    if no_end > 0 {
        known.modelled.push(Fact::SomeEndThere.with([&no_end]));
    }
    // In the order of the file among those of one instant.
    calls.sort_by_key(|call| call.at);
    Ok(calls)
}

/// All rows of one worker.
struct Person {
    id: String,
    skills: Vec<String>,
    stretches: Vec<Stretch>,
}

/// A row of the file of workers: a shift, and where it begins.
struct Stretch {
    line: u64,
    shift: Shift,
    home: Point,
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
    let (mut all, mut outside, mut cut) = (Vec::<Person>::new(), 0, 0);
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut rows = Rows::open(folder, spec, calendar)?;
    while let Some(row) = rows.next(&needed)? {
        let whole = shift(&row, file, (begin, end))?;
        let (from, until) = (whole.0.max(begin), whole.1.min(end));
        if until <= from {
            outside += 1;
            continue;
        }
        cut += usize::from((from, until) != whole);
        // Somebody with exactly so much left still gets a call.
        let last = Time(until.0.saturating_sub_unsigned(before)).max(from).plus(Millis(1));
        let (id, skills) = (row.id()?, row.skill()?.into_iter().collect::<Vec<_>>());
        let home = row.point(&spec.lat, &spec.lon)?;
        let stretch = Stretch { line: row.line(), shift: Shift { from, last, until }, home };
        let place = *places.entry(id.clone()).or_insert(all.len());
        match all.get_mut(place) {
            Some(person) if person.skills != skills => {
                return Err(row.bad(format!("`{id}` has another skill than in the lines before")));
            }
            Some(person) => person.stretches.push(stretch),
            None => all.push(Person { id, skills, stretches: vec![stretch] }),
        }
    }
    if all.is_empty() {
        return Err(ReplayError::Empty { what: "workers", outside });
    }
    known.leave_out(Fact::ShiftsOutside, outside);
    known.leave_out(Fact::ShiftsCut, cut);
    known.leave_out(Fact::WorkersLack, rows.skipped);
    all.into_iter().map(|person| worker(person, &rows)).collect()
}

/// One worker of all their rows; shifts that touch are one.
fn worker(person: Person, rows: &Rows<'_>) -> Result<Worker, ReplayError> {
    let Person { id, skills, mut stretches } = person;
    stretches.sort_by_key(|stretch| stretch.shift.from);
    let home = stretches.first().map(|first| first.home);
    let (mut shifts, mut seen, mut line): (Vec<Shift>, Vec<(Time, Point)>, u64) =
        (Vec::new(), Vec::new(), 0);
    for stretch in stretches {
        let shift = stretch.shift;
        match shifts.last_mut() {
            Some(before) if shift.from < before.until => {
                let what = format!("`{id}` is on shift at that time already, in line {line}");
                return Err(rows.bad(stretch.line, what));
            }
            Some(before) if shift.from <= before.last.max(before.until) => {
                (before.last, before.until) = (shift.last, shift.until);
            }
            Some(_) => {
                // After a break they come back where the next shift begins.
                seen.push((shift.from, stretch.home));
                shifts.push(shift);
            }
            None => shifts.push(shift),
        }
        line = stretch.line;
    }
    Ok(Worker { id, shifts, home, skills, seen })
}

/// A shift as it stands; by the clock, one that ends before it begins ends on the next day, and one that is over before
/// the day begins is of the next one, as far as the day goes on into it.
fn shift(row: &Row<'_>, file: &DayFile, (begin, end): Frame) -> Result<Frame, ReplayError> {
    let read = |column: &Option<String>, none: Time| {
        column.as_ref().map_or(Ok(none), |column| row.time(column))
    };
    let spec = &file.workers;
    let (from, until) = (read(&spec.from, begin)?, read(&spec.until, end)?);
    match (from > until, row.is_clock()) {
        (true, true) => Ok((from, until.plus(DAY))),
        (true, false) => Err(row.bad("the shift ends before it begins".to_owned())),
        (false, true) if until <= begin && from.plus(DAY) < end => {
            Ok((from.plus(DAY), until.plus(DAY)))
        }
        (false, _) => Ok((from, until)),
    }
}

/// What the record holds, and what it does not.
fn say(file: &DayFile, calls: &[Call], travel: &Travel, known: &mut Known) {
    let recorded = calls.iter().filter(|call| call.work.is_some()).count();
    let by_ready = calls.iter().any(|call| call.ready.is_some());
    let mut seen = vec![Fact::EachCall.plain()];
    let (fixed, factor) =
        (file.travel.fixed_min.unwrap_or_default(), file.travel.factor.unwrap_or(1.0));
    let mut put = vec![match (&file.travel.table, file.travel.km_per_h, travel) {
        (Some(table), ..) => Fact::WayByTable.with([&table.display()]),
        (None, Some(speed), _) => Fact::WayBySpeed.with([&fixed, &factor, &speed]),
        (None, None, travel) => Fact::WayByLine.with([&fixed, &travel.believed().1]),
    }];
    if recorded > 0 {
        seen.push(Fact::WorkOfSome.with([&recorded, &calls.len()]));
    }
    if recorded < calls.len() {
        put.push(Fact::Stays.with([&file.stay_min, &file.leave_min]));
    }
    put.push(Fact::Patience.with([&file.give_up_min]));
    put.push(Fact::Willing.plain());
    if file.travel.table.is_none() && recorded == 0 && !by_ready {
        put.push(Fact::ForeseesTruly.plain());
    } else {
        let (fixed, per_km) = travel.believed();
        let (fixed, per_km) = (format!("{fixed:.1}"), format!("{per_km:.1}"));
        put.push(Fact::ForeseesLine.with([&fixed, &per_km, &file.stay_min, &file.leave_min]));
    }
    if file.calls.to_lat.is_none() || file.calls.to_lon.is_none() {
        put.push(Fact::EndsThere.plain());
    }
    if file.workers.from.is_none() || file.workers.until.is_none() {
        put.push(Fact::WholeDay.plain());
    } else {
        seen.push(Fact::EachShift.plain());
    }
    known.observed.append(&mut seen);
    put.append(&mut known.modelled);
    known.modelled = put;
}

/// No table rises faster, in minutes per kilometre: the engine takes no slower way.
const STEEPEST: f64 = 10_000.0;

fn travel(file: &TravelFile, folder: &Path) -> Result<Travel, ReplayError> {
    let Some(table) = &file.table else {
        let per_km = match file.km_per_h {
            Some(speed) => 60.0 / speed,
            None => file.min_per_km.unwrap_or_default(),
        };
        let (fixed_min, factor) = (file.fixed_min.unwrap_or_default(), file.factor.unwrap_or(1.0));
        return Ok(Travel::Line { fixed_min, min_per_km: per_km * factor });
    };
    let path = folder.join(table);
    let mut rows: Vec<(f64, f64)> = Vec::new();
    let mut table = Table::open(path)?;
    while let Some((line, cells)) = table.next()? {
        let number = |name: &str, most: f64| -> Result<f64, ReplayError> {
            let text = table.cell(line, &cells, name)?;
            let bad = || table.bad(line, format!("`{text}` is not a number from 0 to {most}"));
            text.parse().ok().filter(|n: &f64| (0.0..=most).contains(n)).ok_or_else(bad)
        };
        let row = (number("km", 40_000.0)?, number("minutes", 10_000.0)?);
        if rows.last().is_some_and(|before| before.0 >= row.0) {
            return Err(table.bad(line, "`km` does not rise".to_owned()));
        }
        rows.push(row);
    }
    if rows.is_empty() {
        return Err(table.bad(1, "the table has no rows".to_owned()));
    }
    let travel = Travel::Table(rows);
    let (fixed, per_km) = travel.believed();
    if fixed > 1_440.0 || per_km > STEEPEST {
        return Err(table.bad(1, "the ways take longer than a day".to_owned()));
    }
    Ok(travel)
}
