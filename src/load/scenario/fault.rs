//! Faults as they are written: `at 20s stop manage for 15s`.
//!
//! Invariant: one reader for the scenario's file, for flags and for the keyboard; what it reads is written back the same.

use super::{Fault, Trouble};
use crate::front::clock::{millis, span};
use ascall_engine::domain::event::{FailKind, Mode};
use ascall_engine::domain::ids::Millis;
use std::fmt;
use std::str::FromStr;

const FORMS: &str = "`stop NAME`, `slow NAME 400ms` or `400ms+220ms`, `fail NAME [denied|unavailable|lost]`, \
                     `start NAME`, `kill host` or `restart host`, with `at TIME` before and `for TIME` behind";

impl FromStr for Fault {
    type Err = String;

    /// Without `at` it is from the begin on; at the keyboard that is now.
    fn from_str(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let bad = || {
            let text: String = text.chars().take(60).collect();
            format!("`{text}` is not a fault (expected {FORMS})")
        };
        let (at, rest) = match words.as_slice() {
            ["at", at, rest @ ..] => (time(at)?, rest),
            rest => (Millis(0), rest),
        };
        let (lasts, rest) = match rest {
            [rest @ .., "for", lasts] => (Some(time(lasts)?), rest),
            rest => (None, rest),
        };
        let what = match rest {
            ["kill", "host"] => Trouble::KillHost,
            ["restart", "host"] => Trouble::RestartHost,
            ["stop", name] => Trouble::Mode((*name).to_owned(), Mode::Stopped),
            ["start", name] => Trouble::Mode((*name).to_owned(), Mode::Running),
            ["slow", name, delay] => Trouble::Mode((*name).to_owned(), slow(delay)?),
            ["fail", name] => {
                Trouble::Mode((*name).to_owned(), Mode::Failing(FailKind::Unavailable))
            }
            ["fail", name, how] => {
                let how = FAILS.iter().find(|(word, _)| word == how).ok_or_else(bad)?.1;
                Trouble::Mode((*name).to_owned(), Mode::Failing(how))
            }
            _ => return Err(bad()),
        };
        if lasts == Some(Millis(0)) {
            return Err(format!("`{text}` lasts no time"));
        }
        let ends =
            matches!(what, Trouble::Mode(_, Mode::Stopped | Mode::Slow { .. } | Mode::Failing(_)));
        if lasts.is_some() && !ends {
            return Err(format!(
                "`{text}`: only what is stopped, slow or failing is so for a time"
            ));
        }
        Ok(Self { at, what, lasts })
    }
}

const FAILS: [(&str, FailKind); 3] = [
    ("denied", FailKind::Denied),
    ("unavailable", FailKind::Unavailable),
    ("lost", FailKind::Lost),
];

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {} {}", spelled(self.at), self.what)?;
        self.lasts.map_or(Ok(()), |lasts| write!(f, " for {}", spelled(lasts)))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KillHost => f.write_str("kill host"),
            Self::RestartHost => f.write_str("restart host"),
            Self::Mode(name, Mode::Running) => write!(f, "start {name}"),
            Self::Mode(name, Mode::Stopped) => write!(f, "stop {name}"),
            Self::Mode(name, Mode::Slow { fixed, random }) if random.0 == 0 => {
                write!(f, "slow {name} {}", spelled(*fixed))
            }
            Self::Mode(name, Mode::Slow { fixed, random }) => {
                write!(f, "slow {name} {}+{}", spelled(*fixed), spelled(*random))
            }
            Self::Mode(name, Mode::Failing(how)) => {
                let word = FAILS.iter().find(|(_, kind)| kind == how).map_or("", |(word, _)| *word);
                write!(f, "fail {name} {word}")
            }
        }
    }
}

/// A span as it is typed: `90s`, `2m`, `1500ms`.
pub(crate) fn spelled(span: Millis) -> String {
    const UNITS: [(u64, &str); 3] = [(3_600_000, "h"), (60_000, "m"), (1_000, "s")];
    let whole = |(unit, _): &&(u64, &str)| span.0 > 0 && span.0.is_multiple_of(*unit);
    match UNITS.iter().find(whole) {
        Some((unit, name)) => format!("{}{name}", span.0 / unit),
        None if span.0 == 0 => "0s".to_owned(),
        None => format!("{}ms", span.0),
    }
}

fn time(text: &str) -> Result<Millis, String> {
    span(text).map(millis)
}

fn slow(text: &str) -> Result<Mode, String> {
    let (fixed, random) = text.split_once('+').unwrap_or((text, "0ms"));
    Ok(Mode::Slow { fixed: time(fixed)?, random: time(random)? })
}
