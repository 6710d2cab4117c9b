//! What a scenario's file means, and what in it cannot be.
//!
//! Invariant: everything that is wrong is told, with its line; what is not told is right. A key has an effect or is a fault.

use super::file::{Manner, Rate, ScenarioFile, StageFile, Texts};
use super::{Arrivals, Fault, Scenario, Slip, Stage, Traffic, Trouble};
use crate::desk::profiles;
use crate::front::clock::{millis, span};
use crate::load::expect::Expectation;
use crate::toml_file::{Source, TomlFault, nearest};
use ascall_engine::domain::event::Mode;
use ascall_engine::domain::ids::Millis;
use ascall_engine::domain::profile::Profile;
use std::path::{Path, PathBuf};

/// The stage of the plan that is stopped like a participant.
const ASSIGN: &str = "assign";

/// The most customers per second.
pub(super) const RATE_MAX: f64 = 100_000.0;

/// The most users, and the most workers.
pub(super) const COUNT_MAX: u32 = 100_000;

/// The scenario that a text says; other files are named from `folder`.
pub(super) fn read(source: &Source, folder: &Path) -> Result<Scenario, Vec<TomlFault>> {
    let file: ScenarioFile = source.parse()?;
    let paths: Vec<PathBuf> = file.profiles.iter().map(|path| folder.join(path)).collect();
    let known = profiles::load(&paths).map_err(|fault| vec![fault])?;
    let mut reading = Reading { source, known, faults: Vec::new() };
    let scenario = reading.scenario(&file);
    let mut faults = reading.faults;
    faults.sort_by_key(|fault| fault.line);
    if faults.is_empty() { Ok(scenario) } else { Err(faults) }
}

/// What was read so far.
pub(super) struct Reading<'a> {
    source: &'a Source,
    pub(super) known: Vec<Profile>,
    faults: Vec<TomlFault>,
}

impl Reading<'_> {
    fn scenario(&mut self, file: &ScenarioFile) -> Scenario {
        let traffic = self.traffic(file);
        let lasts = traffic.lasts();
        let mix = self.mix(&file.mix);
        let profiles: Vec<Profile> = self
            .known
            .iter()
            .filter(|profile| mix.iter().any(|share| share.profile == profile.name))
            .cloned()
            .collect();
        let crews = file
            .workers
            .iter()
            .enumerate()
            .map(|(at, crew)| self.crew(&format!("workers[{at}]"), crew, (&mix, &profiles), lasts))
            .collect();
        let faults = self.troubles(&file.faults, &profiles, lasts);
        let mut expect = Vec::new();
        for (at, text) in file.expect.iter().enumerate() {
            match text.parse::<Expectation>() {
                Ok(expectation) => expect.push(expectation),
                Err(fault) => {
                    let at = format!("expect[{at}]");
                    let what = format!("`{at}`: {fault}");
                    self.faults.push(self.source.fault(&at, what, fault.nearest));
                }
            }
        }
        Scenario {
            title: file.title.clone(),
            seed: file.seed,
            settle: self.time("settle", &file.settle),
            members: self.members(file.members, &profiles),
            stock: self.stock(&file.stock, &mix, &profiles),
            traffic,
            mix,
            profiles,
            crews,
            faults,
            expect,
        }
    }

    pub(super) fn wrong(&mut self, at: &str, what: &str) {
        self.faults.push(self.source.fault(at, format!("`{at}`: {what}"), None));
    }

    pub(super) fn unknown(&mut self, at: &str, (what, name): (&str, &str), known: &[&str]) {
        let near = nearest(name, known).map(str::to_owned);
        let what = format!("`{at}`: there is no {what} `{name}` ({})", known.join(", "));
        self.faults.push(self.source.fault(at, what, near));
    }

    pub(super) fn time(&mut self, at: &str, text: &str) -> Millis {
        match span(text) {
            Ok(span) => millis(span),
            Err(error) => {
                self.wrong(at, &error);
                Millis(0)
            }
        }
    }

    /// A span that is not nothing.
    pub(super) fn lasting(&mut self, at: &str, text: &str) -> Millis {
        let faults = self.faults.len();
        let lasts = self.time(at, text);
        if lasts == Millis(0) && self.faults.len() == faults {
            self.wrong(at, "this is no time at all");
        }
        lasts
    }

    /// One span, or the least and the most.
    pub(super) fn times(&mut self, at: &str, texts: &Texts) -> (Millis, Millis) {
        let (least, most) = match texts.0.as_slice() {
            [one] => (one, one),
            [least, most] => (least, most),
            _ => {
                self.wrong(at, "one span is expected, or the least and the most");
                return (Millis(0), Millis(0));
            }
        };
        let span = (self.time(at, least), self.time(at, most));
        if span.0 > span.1 {
            self.wrong(at, "the least is more than the most");
        }
        span
    }

    pub(super) fn pct(&mut self, at: &str, pct: u32) -> u32 {
        if pct > 100 {
            self.wrong(at, &format!("of a hundred there are never {pct}"));
        }
        pct
    }

    fn traffic(&mut self, file: &ScenarioFile) -> Traffic {
        match (&file.users, file.stages.is_empty()) {
            (Some(users), true) => {
                if users.count == 0 || users.count > COUNT_MAX {
                    self.wrong("users.count", &format!("1 to {COUNT_MAX} users are expected"));
                }
                let think = users.think.as_ref();
                Traffic::Closed {
                    users: users.count,
                    think: think.map_or(Millis(0), |think| self.time("users.think", think)),
                    lasts: self.lasting("users.for", &users.lasts),
                }
            }
            (None, false) => {
                let before = self.faults.len();
                let mut stages = Vec::new();
                for (at, stage) in file.stages.iter().enumerate() {
                    stages.push(self.stage(&format!("stages[{at}]"), stage));
                }
                let traffic = Traffic::Open(stages);
                if self.faults.len() == before && traffic.expected().is_some_and(|all| all < 1.0) {
                    self.wrong("stages", "nobody ever comes");
                }
                traffic
            }
            (Some(_), false) => {
                self.wrong("users", "a load has `stages` or `users`, not both");
                Traffic::Open(Vec::new())
            }
            (None, true) => {
                self.wrong("stages", "nobody ever comes: `[[stages]]` or `[users]` is missing");
                Traffic::Open(Vec::new())
            }
        }
    }

    fn stage(&mut self, at: &str, stage: &StageFile) -> Stage {
        let manner = stage.arrivals.unwrap_or(if stage.times.is_empty() {
            Manner::Poisson
        } else {
            Manner::Recorded
        });
        let lasts = stage.lasts.as_ref().map(|lasts| self.lasting(&format!("{at}.for"), lasts));
        if manner == Manner::Recorded {
            for (key, given) in [("rate", &stage.rate), ("to", &stage.to)] {
                if given.is_some() {
                    self.wrong(&format!("{at}.{key}"), "recorded times have no rate");
                }
            }
            let mut times = Vec::new();
            for (nth, text) in stage.times.iter().enumerate() {
                times.push(self.time(&format!("{at}.times[{nth}]"), text));
            }
            let last = times.last().copied().unwrap_or(Millis(0));
            let lasts = lasts.unwrap_or(Millis(last.0 + 1));
            if times.is_empty() || !times.is_sorted() || last >= lasts {
                self.wrong(&format!("{at}.times"), "rising times within the stage are expected");
            }
            return Stage { lasts, arrivals: Arrivals::Recorded(times) };
        }
        if !stage.times.is_empty() {
            self.wrong(&format!("{at}.times"), "only recorded arrivals have times");
        }
        if lasts.is_none() {
            self.wrong(at, "the key `for` is missing: how long the stage is");
        }
        let from = if let Some(rate) = &stage.rate {
            self.rate(&format!("{at}.rate"), rate)
        } else {
            self.wrong(at, "the key `rate` is missing: how many come per second");
            0.0
        };
        let to = stage.to.as_ref().map_or(from, |to| self.rate(&format!("{at}.to"), to));
        let arrivals = match manner {
            Manner::Constant => Arrivals::Constant(from, to),
            _ => Arrivals::Poisson(from, to),
        };
        Stage { lasts: lasts.unwrap_or(Millis(1)), arrivals }
    }

    /// So many per second.
    fn rate(&mut self, at: &str, rate: &Rate) -> f64 {
        let read = match rate {
            Rate::PerSecond(rate) => Some(*rate),
            Rate::Text(text) => per_second(text),
        };
        let fits = read.filter(|rate| (0.0..=RATE_MAX).contains(rate));
        if fits.is_none() {
            let forms = "as `20`, `\"20/s\"` or `\"30/m\"`";
            self.wrong(at, &format!("a rate is 0 to {RATE_MAX} per second, {forms}"));
        }
        fits.unwrap_or(0.0)
    }

    fn troubles(&mut self, texts: &[String], profiles: &[Profile], load: Millis) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (nth, text) in texts.iter().enumerate() {
            let at = format!("faults[{nth}]");
            match text
                .parse::<Fault>()
                .map_err(Slip::from)
                .and_then(|fault| check_fault(&fault, profiles, load).map(|()| fault))
            {
                Ok(fault) => faults.push(fault),
                Err(Slip { what, nearest }) => {
                    let what = format!("`{at}`: {what}");
                    self.faults.push(self.source.fault(&at, what, nearest));
                }
            }
        }
        faults.sort_by_key(|fault| fault.at);
        faults
    }
}

/// Whether a fault can happen in this load; if not why, and what was perhaps meant.
pub(super) fn check_fault(fault: &Fault, profiles: &[Profile], load: Millis) -> Result<(), Slip> {
    if fault.at >= load {
        return Err(Slip::from(format!("`{fault}` comes after the end of the load")));
    }
    let Trouble::Mode(name, mode) = &fault.what else { return Ok(()) };
    let known = stoppable(profiles);
    if !known.contains(&name.as_str()) {
        let nearest = nearest(name, &known).map(str::to_owned);
        let known = known.join(", ");
        return Err(Slip {
            what: format!("nobody is asked for `{name}` in this load ({known})"),
            nearest,
        });
    }
    if name == ASSIGN && matches!(mode, Mode::Failing(_)) {
        return Err(Slip::from("`assign` can be stopped and slow, but it cannot fail".to_owned()));
    }
    Ok(())
}

/// Who can be stopped and slow: everybody who is asked, and the stage that finds workers.
pub(super) fn stoppable(profiles: &[Profile]) -> Vec<&str> {
    let steps = profiles.iter().flat_map(|profile| profile.steps.iter().map(|s| s.name.as_str()));
    let mut known: Vec<&str> = steps.chain([ASSIGN]).collect();
    known.sort_unstable();
    known.dedup();
    known
}

/// `20/s`, `30/m`, `600/h`, or a bare number per second.
fn per_second(text: &str) -> Option<f64> {
    let (number, unit) = text.trim().split_once('/').unwrap_or((text.trim(), "s"));
    let number: f64 = number.trim().parse().ok()?;
    let unit = match unit.trim() {
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        _ => return None,
    };
    Some(number / unit)
}
