//! Times as people write and read them: clock times in the desk's time zone, spans like `30s`.
//!
//! Invariant: the only place that knows the local time zone. The present is given once, at the start of a run.

use ascall_engine::domain::ids::{Millis, Time};
use chrono::{
    DateTime, Datelike, FixedOffset, Local, LocalResult, NaiveDate, NaiveDateTime, NaiveTime,
    SecondsFormat, TimeDelta, TimeZone, Timelike, Utc,
};
use std::time::Duration;

/// The present and the zone it is shown in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    zone: Zone,
    now: DateTime<FixedOffset>,
}

#[derive(Debug, Clone, Copy)]
enum Zone {
    Local,
    #[cfg(test)]
    Fixed(FixedOffset),
}

/// How a time is written for people who read it later, in the machine's zone: `11-21 14:30`.
pub(crate) fn face(time: Time) -> String {
    let at = DateTime::<Utc>::from_timestamp_millis(time.0);
    at.map_or_else(String::new, |at| at.with_timezone(&Local).format("%m-%d %H:%M").to_string())
}

impl Clock {
    /// The machine's clock and zone.
    pub(crate) fn of_machine() -> Self {
        Self { zone: Zone::Local, now: Local::now().fixed_offset() }
    }

    /// Korean time, standing still.
    #[cfg(test)]
    pub(crate) fn still(rfc3339: &str) -> Self {
        let now = DateTime::parse_from_rfc3339(rfc3339).unwrap();
        Self { zone: Zone::Fixed(*now.offset()), now }
    }

    /// The present.
    pub(crate) fn now(&self) -> Time {
        Time(self.now.timestamp_millis())
    }

    /// The machine's clock again, in the same zone: for verbs that wait.
    pub(crate) fn again(&self) -> Self {
        match self.zone {
            Zone::Local => Self::of_machine(),
            #[cfg(test)]
            Zone::Fixed(_) => *self,
        }
    }

    fn at(&self, time: Time) -> Option<DateTime<FixedOffset>> {
        let utc = DateTime::<Utc>::from_timestamp_millis(time.0)?;
        Some(match self.zone {
            Zone::Local => utc.with_timezone(&Local).fixed_offset(),
            #[cfg(test)]
            Zone::Fixed(offset) => utc.with_timezone(&offset),
        })
    }

    /// `14:32` today, `11-20 14:32` this year, else with the year.
    pub(crate) fn short(&self, time: Time) -> String {
        let Some(at) = self.at(time) else { return time.0.to_string() };
        let form = if at.date_naive() == self.now.date_naive() {
            "%H:%M"
        } else if at.year() == self.now.year() {
            "%m-%d %H:%M"
        } else {
            "%Y-%m-%d %H:%M"
        };
        at.format(form).to_string()
    }

    /// The present for the name of a file: `20261121-143000`.
    pub(crate) fn stamp(&self) -> String {
        self.now.format("%Y%m%d-%H%M%S").to_string()
    }

    /// As [`Clock::short`], with seconds.
    pub(crate) fn exact(&self, time: Time) -> String {
        let Some(at) = self.at(time) else { return time.0.to_string() };
        let form =
            if at.date_naive() == self.now.date_naive() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
        at.format(form).to_string()
    }

    /// Reads a point in time that is over: `14:30` (the last one), a date and time, or a span back (`30m`).
    pub(crate) fn past(&self, text: &str) -> Result<Time, String> {
        if let Ok(back) = span(text.trim().trim_start_matches('-')) {
            return Ok(Time(self.now().0.saturating_sub_unsigned(millis(back).0)));
        }
        let at = self.parse(text)?;
        let day = TimeDelta::days(1).num_milliseconds();
        let is_hour = !text.contains('-');
        Ok(if at > self.now() && is_hour { Time(at.0 - day) } else { at })
    }

    /// Reads a point in time, when one is given.
    pub(crate) fn ahead(&self, text: Option<&str>) -> Result<Option<Time>, String> {
        text.map(|text| self.parse(text)).transpose()
    }

    /// The hour of the day, from 0 to 23.
    pub(crate) fn hour(&self, time: Time) -> usize {
        self.at(time).and_then(|at| usize::try_from(at.hour()).ok()).unwrap_or(0)
    }

    /// The date of a time.
    pub(crate) fn date(&self, time: Time) -> Option<NaiveDate> {
        self.at(time).map(|at| at.date_naive())
    }

    /// A day from midnight to midnight; none: the clocks of the zone never showed one of them.
    pub(crate) fn day(&self, date: NaiveDate) -> Option<(Time, Time)> {
        let midnight = |date: NaiveDate| self.local(date.and_time(NaiveTime::MIN));
        Some((midnight(date)?, midnight(date.succ_opt()?)?))
    }

    /// The last midnight.
    pub(crate) fn midnight(&self) -> Time {
        self.local(self.now.date_naive().and_time(NaiveTime::MIN)).unwrap_or_else(|| self.now())
    }

    /// Reads a point in time: `14:30` (the next one), `2026-11-21 14:30`, RFC 3339, or a span from now (`30m`, `+2h`).
    pub(crate) fn parse(&self, text: &str) -> Result<Time, String> {
        let text = text.trim();
        if let Ok(span) = span(text.strip_prefix('+').unwrap_or(text)) {
            return Ok(self.now().plus(millis(span)));
        }
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            return Ok(Time(at.timestamp_millis()));
        }
        for form in ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"] {
            if let Ok(at) = NaiveDateTime::parse_from_str(text, form) {
                return self.local(at).ok_or_else(|| bad_time(text));
            }
        }
        let clock = NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| bad_time(text))?;
        let today = self.now.date_naive().and_time(clock);
        let at = self.local(today).ok_or_else(|| bad_time(text))?;
        if at > self.now() {
            return Ok(at);
        }
        self.local(today + TimeDelta::days(1)).ok_or_else(|| bad_time(text))
    }

    /// Reads a point in the past: as [`Clock::parse`], but `14:30` is the last one and a span goes back.
    pub(crate) fn parse_past(&self, text: &str) -> Result<Time, String> {
        if let Ok(span) = span(text.trim()) {
            let back = i64::try_from(millis(span).0).unwrap_or(i64::MAX);
            return Ok(Time(self.now().0.saturating_sub(back)));
        }
        let at = self.parse(text)?;
        let clock_only = NaiveTime::parse_from_str(text.trim(), "%H:%M").is_ok();
        let day = i64::try_from(Millis::hours(24).0).unwrap_or(i64::MAX);
        Ok(if clock_only && at > self.now() { Time(at.0 - day) } else { at })
    }

    fn local(&self, at: NaiveDateTime) -> Option<Time> {
        let found = match self.zone {
            Zone::Local => Local.from_local_datetime(&at).map(|t| t.fixed_offset()),
            #[cfg(test)]
            Zone::Fixed(offset) => offset.from_local_datetime(&at),
        };
        match found {
            LocalResult::Single(t) | LocalResult::Ambiguous(t, _) => {
                Some(Time(t.timestamp_millis()))
            }
            LocalResult::None => None,
        }
    }
}

fn bad_time(text: &str) -> String {
    let text: String = text.chars().take(40).collect();
    format!("`{text}` is not a time (expected a form like `14:30`, `30m` or `2026-11-21 14:30`)")
}

/// RFC 3339 in UTC with milliseconds: how times stand in JSON and CSV.
pub(crate) fn iso(time: Time) -> String {
    DateTime::<Utc>::from_timestamp_millis(time.0)
        .map_or_else(|| time.0.to_string(), |t| t.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// A span as the domain counts it.
pub(crate) fn millis(span: Duration) -> Millis {
    Millis(u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
}

/// Reads a span: `500ms`, `30s`, `10m`, `2h`, or a bare number of seconds.
///
/// # Errors
/// The text is something else, or longer than a year.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let bad = || {
        let text: String = text.chars().take(40).collect();
        format!("`{text}` is not a span of time (expected a form like `30s`, `500ms`, `10m`, `2h`)")
    };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number: u64 = text[..digits].parse().map_err(|_| bad())?;
    let unit = match &text[digits..] {
        "ms" => 1,
        "s" | "" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(bad()),
    };
    let ms = number.checked_mul(unit).filter(|ms| *ms <= 366 * 24 * 3_600_000).ok_or_else(bad)?;
    Ok(Duration::from_millis(ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> Clock {
        Clock::still("2026-11-21T14:00:00+09:00")
    }

    #[test]
    fn a_time_of_today_is_a_clock_time_and_others_have_their_date() {
        let c = clock();
        let at = |text: &str| Time(DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis());
        assert_eq!(c.short(at("2026-11-21T05:32:00Z")), "14:32");
        assert_eq!(c.short(at("2026-11-20T05:32:00Z")), "11-20 14:32");
        assert_eq!(c.short(at("2025-11-20T05:32:00Z")), "2025-11-20 14:32");
        assert_eq!(c.exact(at("2026-11-21T05:32:09Z")), "14:32:09");
        assert_eq!(iso(at("2026-11-21T05:32:09.120Z")), "2026-11-21T05:32:09.120Z");
    }

    #[test]
    fn a_clock_time_is_the_next_one() {
        let c = clock();
        assert_eq!(c.short(c.parse("14:30").unwrap()), "14:30");
        assert_eq!(c.short(c.parse("13:30").unwrap()), "11-22 13:30");
        assert_eq!(c.short(c.parse("30m").unwrap()), "14:30");
        assert_eq!(c.short(c.parse("+2h").unwrap()), "16:00");
        assert_eq!(c.short(c.parse("2026-12-01 09:00").unwrap()), "12-01 09:00");
        assert_eq!(c.short(c.parse("2026-12-01T09:00:30").unwrap()), "12-01 09:00");
        assert_eq!(c.parse("2026-11-21T05:30:00Z").unwrap(), c.parse("14:30").unwrap());
        for bad in ["", "25:00", "tomorrow", "-5m", "+", "++2h", "+14:00", "2026-02-30 14:00"] {
            assert!(c.parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn hours_and_days_are_those_of_the_desk() {
        let c = clock();
        assert_eq!(c.hour(c.now()), 14);
        assert_eq!(c.exact(c.midnight()), "00:00:00");
        assert_eq!(c.now().since(c.midnight()), Millis::hours(14));
        let (from, until) = c.date(c.now()).and_then(|date| c.day(date)).unwrap();
        assert_eq!((from, until.since(from)), (c.midnight(), Millis::hours(24)));
    }

    #[test]
    fn a_past_time_is_the_last_one() {
        let c = clock();
        assert_eq!(c.short(c.parse_past("14:30").unwrap()), "11-20 14:30");
        assert_eq!(c.short(c.parse_past("2h").unwrap()), "12:00");
    }

    #[test]
    fn spans_have_units() {
        let ms = |text: &str| span(text).map(|d| d.as_millis());
        assert_eq!(ms("500ms"), Ok(500));
        assert_eq!(ms("30s"), Ok(30_000));
        assert_eq!(ms("2"), Ok(2_000));
        assert_eq!(ms("10m"), Ok(600_000));
        assert_eq!(ms("2h"), Ok(7_200_000));
        for bad in ["", "s", "5d", "-1s", "1.5s", "99999999999999h", "5 년"] {
            assert!(span(bad).is_err(), "{bad}");
        }
    }
}
