//! The rows of a day's files: cells by the names of their columns, times in every form, places.
//!
//! Invariant: a cell that cannot be read is an error with file, line and column; a row is left out only where the
//! description says that rows without a needed cell may be, and then it is counted.

use super::ReplayError;
use super::day::{MIDNIGHT, millis};
use super::file::{Missing, RowsFile, Unit};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{Millis, Time};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};
use std::path::{Path, PathBuf};

/// A CSV file with a head line.
pub(super) struct Table {
    path: PathBuf,
    heads: csv::StringRecord,
    rows: csv::StringRecordsIntoIter<std::fs::File>,
}

impl Table {
    pub(super) fn open(path: PathBuf) -> Result<Self, ReplayError> {
        let unread = |what: String| ReplayError::File { file: path.clone(), what };
        let file = std::fs::File::open(&path).map_err(|e| unread(e.to_string()))?;
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
        let heads = reader.headers().map_err(|e| unread(said(&e)))?.clone();
        let table = Self { path, heads, rows: reader.into_records() };
        let only =
            Some(&table.heads).filter(|heads| heads.len() == 1).and_then(|heads| heads.get(0));
        if let Some(other) =
            only.and_then(|head| [';', '\t'].into_iter().find(|c| head.contains(*c)))
        {
            let other = if other == ';' { "`;`" } else { "tabs" };
            let what = format!("its separator is {other}: save it with commas between the columns");
            return Err(table.bad(1, what));
        }
        Ok(table)
    }

    /// The next row and its line.
    pub(super) fn next(&mut self) -> Result<Option<(u64, csv::StringRecord)>, ReplayError> {
        match self.rows.next() {
            None => Ok(None),
            Some(Ok(row)) => Ok(Some((row.position().map_or(0, csv::Position::line), row))),
            Some(Err(error)) => {
                let line = error.position().map_or(0, csv::Position::line);
                Err(self.bad(line, said(&error)))
            }
        }
    }

    pub(super) fn cell<'r>(
        &self,
        line: u64,
        row: &'r csv::StringRecord,
        column: &str,
    ) -> Result<&'r str, ReplayError> {
        let heads = || self.heads.iter().map(|head| head.trim_start_matches('\u{feff}'));
        if heads().filter(|head| *head == column).count() > 1 {
            return Err(self.bad(1, format!("several columns are called `{column}`")));
        }
        let Some(at) = heads().position(|head| head == column) else {
            let known: Vec<&str> = heads().collect();
            let near = crate::toml_file::nearest(column, &known);
            let near = near.map_or_else(
                || format!(" (there are: {})", known.join(", ")),
                |near| format!("; did you mean `{near}`?"),
            );
            return Err(self.bad(1, format!("there is no column `{column}`{near}")));
        };
        row.get(at).ok_or_else(|| self.bad(line, format!("the column `{column}` is missing")))
    }

    pub(super) fn bad(&self, line: u64, what: String) -> ReplayError {
        ReplayError::Row { file: self.path.clone(), line, what }
    }
}

/// What is wrong with a file, as somebody can mend it.
fn said(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => {
            "is not UTF-8 text: save it as UTF-8 (iconv -f CP949 -t UTF-8 OLD > NEW)".to_owned()
        }
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("has {len} cells, and {expected_len} columns have a head")
        }
        _ => error.to_string(),
    }
}

/// The date and the zone of a day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    pub date: Option<NaiveDate>,
    pub zone: FixedOffset,
}

/// The rows of a file that count.
pub(super) struct Rows<'a> {
    table: Table,
    file: &'a RowsFile,
    calendar: Calendar,
    /// Rows that were left out because a cell was empty.
    pub skipped: usize,
}

/// One of them.
pub(super) struct Row<'a> {
    rows: &'a Rows<'a>,
    line: u64,
    cells: csv::StringRecord,
}

impl<'a> Rows<'a> {
    pub(super) fn open(
        folder: &Path,
        file: &'a RowsFile,
        calendar: Calendar,
    ) -> Result<Self, ReplayError> {
        let table = Table::open(folder.join(&file.file))?;
        Ok(Self { table, file, calendar, skipped: 0 })
    }

    /// The next row that counts, with something in each of the columns that it cannot do without.
    pub(super) fn next(&mut self, needed: &[&str]) -> Result<Option<Row<'_>>, ReplayError> {
        'rows: loop {
            let Some((line, cells)) = self.table.next()? else { return Ok(None) };
            for only in &self.file.only {
                if self.table.cell(line, &cells, &only.column)? != only.is {
                    continue 'rows;
                }
            }
            for column in needed {
                if !self.table.cell(line, &cells, column)?.is_empty() {
                    continue;
                }
                if self.file.missing == Missing::Skip {
                    self.skipped += 1;
                    continue 'rows;
                }
                let what = format!(
                    "column `{column}` is empty (`missing = \"skip\"` leaves such rows out)"
                );
                return Err(self.table.bad(line, what));
            }
            return Ok(Some(Row { rows: self, line, cells }));
        }
    }
}

impl Rows<'_> {
    pub(super) fn bad(&self, line: u64, what: String) -> ReplayError {
        self.table.bad(line, what)
    }
}

impl Row<'_> {
    fn text(&self, column: &str) -> Result<String, ReplayError> {
        Ok(self.rows.table.cell(self.line, &self.cells, column)?.to_owned())
    }

    /// What the row is called.
    pub(super) fn id(&self) -> Result<String, ReplayError> {
        let column = &self.rows.file.id;
        let id = self.text(column)?;
        if id.is_empty() { Err(self.bad(format!("column `{column}` is empty"))) } else { Ok(id) }
    }

    pub(super) fn line(&self) -> u64 {
        self.line
    }

    pub(super) fn bad(&self, what: String) -> ReplayError {
        self.rows.table.bad(self.line, what)
    }

    pub(super) fn point(&self, lat: &str, lon: &str) -> Result<Point, ReplayError> {
        let (columns, lat, lon) =
            (format!("columns `{lat}`, `{lon}`"), self.text(lat)?, self.text(lon)?);
        format!("{lat},{lon}").parse().map_err(|error| self.bad(format!("{columns}: {error}")))
    }

    /// A place that need not be there.
    pub(super) fn maybe_point(
        &self,
        lat: Option<&String>,
        lon: Option<&String>,
    ) -> Result<Option<Point>, ReplayError> {
        let Some((lat, lon)) = lat.zip(lon) else { return Ok(None) };
        if self.text(lat)?.is_empty() && self.text(lon)?.is_empty() {
            return Ok(None);
        }
        self.point(lat, lon).map(Some)
    }

    pub(super) fn skill(&self) -> Result<Option<String>, ReplayError> {
        let Some(skill) = &self.rows.file.skill else { return Ok(None) };
        Ok((self.text(&skill.column)? == skill.is).then(|| skill.name.clone()))
    }

    /// A time that need not be there, of something that began at `since`: by the clock, one that lies half a day and more
    /// before that is of the next day.
    pub(super) fn maybe(
        &self,
        column: Option<&String>,
        since: Time,
    ) -> Result<Option<Time>, ReplayError> {
        let Some(column) = column else { return Ok(None) };
        if self.text(column)?.is_empty() {
            return Ok(None);
        }
        let at = self.time(column)?;
        let is_next = self.is_clock() && at.plus(Millis::hours(12)) < since;
        Ok(Some(if is_next { at.plus(Millis::hours(24)) } else { at }))
    }

    /// Whether a time does not say which day it is of.
    pub(super) fn is_clock(&self) -> bool {
        self.rows.file.unit == Unit::Clock
    }

    pub(super) fn time(&self, column: &str) -> Result<Time, ReplayError> {
        let text = self.text(column)?;
        let (unit, calendar) = (self.rows.file.unit, self.rows.calendar);
        if let Some(minutes) = unit.minutes(&text, calendar) {
            return Ok(at_minute(minutes));
        }
        let other = Unit::ALL.into_iter().find(|other| {
            let minutes = other.minutes(&text, calendar);
            minutes.is_some_and(|minutes| other.is_plain() || (0.0..2_880.0).contains(&minutes))
        });
        let other = other.map(|other| format!("; is it `unit = \"{}\"`?", other.name()));
        Err(self.bad(format!(
            "column `{column}`: `{}` is no time of the form `{}` (`unit = \"{}\"`){}",
            ascall_engine::domain::text::clip(&text, 40),
            unit.example(),
            unit.name(),
            other.unwrap_or_default()
        )))
    }
}

/// An instant of the virtual day.
pub(super) fn at_minute(minutes: f64) -> Time {
    if minutes < 0.0 {
        Time(MIDNIGHT.0.saturating_sub_unsigned(millis(-minutes).0))
    } else {
        MIDNIGHT.plus(millis(minutes))
    }
}

impl Unit {
    /// Every one; those that cannot be mistaken for another first.
    const ALL: [Self; 6] = [Self::Clock, Self::Date, Self::Min, Self::Hour, Self::Sec, Self::Epoch];

    fn name(self) -> &'static str {
        match self {
            Self::Min => "min",
            Self::Hour => "hour",
            Self::Sec => "sec",
            Self::Clock => "clock",
            Self::Date => "date",
            Self::Epoch => "epoch",
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::Min => "605.5",
            Self::Hour => "10.25",
            Self::Sec => "36330",
            Self::Clock => "10:05:30",
            Self::Date => "2026-11-21T10:05:30+09:00",
            Self::Epoch => "1795223130",
        }
    }

    /// Whether it tells itself by its form.
    fn is_plain(self) -> bool {
        matches!(self, Self::Clock | Self::Date)
    }

    /// Minutes since the day's midnight.
    fn minutes(self, text: &str, calendar: Calendar) -> Option<f64> {
        let number = || text.parse::<f64>().ok();
        let minutes = match self {
            Self::Min => number(),
            Self::Hour => number().map(|hours| hours * 60.0),
            Self::Sec => number().map(|seconds| seconds / 60.0),
            Self::Clock => clock(text),
            Self::Date => calendar.date.and_then(|date| dated(text, date, calendar.zone)),
            Self::Epoch => {
                // A number of seconds that great lies thousands of years ahead: milliseconds.
                let seconds = number().map(|n| if n.abs() >= 1e11 { n / 1_000.0 } else { n });
                let begin = calendar.date?.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
                let begin = f64::from(i32::try_from(begin).ok()? - calendar.zone.local_minus_utc());
                seconds.map(|seconds| (seconds - begin) / 60.0)
            }
        };
        minutes.filter(|minutes| minutes.is_finite() && minutes.abs() < 10_000_000.0)
    }
}

/// Minutes of `HH:MM` or `HH:MM:SS`.
fn clock(text: &str) -> Option<f64> {
    let mut parts = text.split(':').map(|part| part.parse::<u32>().ok().map(f64::from));
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0.0))?;
    (parts.next().is_none() && minutes < 60.0 && seconds < 60.0)
        .then_some(hours * 60.0 + minutes + seconds / 60.0)
}

/// Minutes since the midnight of `date`; a time that says how far it is from UTC is taken to the zone of the day.
fn dated(text: &str, date: NaiveDate, zone: FixedOffset) -> Option<f64> {
    const FORMS: [&str; 4] =
        ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S%.f", "%Y/%m/%d %H:%M"];
    let naive = || {
        let text = text.replace('T', " ");
        FORMS.iter().find_map(|form| NaiveDateTime::parse_from_str(&text, form).ok())
    };
    let fixed = DateTime::parse_from_rfc3339(text).ok();
    let at = fixed.map(|at| at.with_timezone(&zone).naive_local()).or_else(naive)?;
    let since = at.signed_duration_since(date.and_time(chrono::NaiveTime::MIN));
    let days = i32::try_from(since.num_days()).ok()?;
    let rest = since - chrono::TimeDelta::days(days.into());
    let ms = i32::try_from(rest.num_milliseconds()).ok()?;
    Some(f64::from(days) * 1_440.0 + f64::from(ms) / 60_000.0)
}
