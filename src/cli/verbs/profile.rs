//! `ascall profile`: the service lines, as data.

use crate::cli::cx::Cx;
use crate::cli::ui::{Format, Look, Show};
use crate::desk::profiles::{self, Known};
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::profile::{CheckJson, FaultJson, ProfileLine, summary, toml};
use crate::front::words::Word;
use crate::toml_file::Source;
use ascall_engine::domain::ids::ProfileId;
use ascall_engine::domain::profile::{Lang, Profile as Line};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Service lines: what a call of each goes through, as data.
#[derive(Debug, Subcommand)]
pub(crate) enum Profile {
    /// List the service lines, and the version of each that this desk runs.
    List,
    /// Show all of a service line, in the form of its file.
    Show(One),
    /// Check a file: what a call of it goes through, or everything that is wrong with it. Ends with 2 when something is.
    Check(File),
    /// Print a service line to start from: small, sound, with every key explained.
    New(New),
}

/// A service line.
#[derive(Debug, Args)]
pub(crate) struct One {
    /// Its name, or the number of a version that the desk has run, e.g. `P-1`: calls keep the version they were taken under.
    name: String,
}

/// A file with a service line.
#[derive(Debug, Args)]
pub(crate) struct File {
    /// The file.
    file: PathBuf,
}

/// A new service line.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// What it is to be called: a lower-case name, e.g. `locksmith`.
    name: String,
    /// Write it there instead of printing it; a file that is there is left alone.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

impl Profile {
    /// Whether it asks nothing of the service lines that the configuration names.
    pub(crate) fn is_apart(&self) -> bool {
        matches!(self, Self::Check(_) | Self::New(_))
    }
}

/// Does it.
pub(crate) async fn run(args: &Profile, cx: &mut Cx) -> Result<Exit, UserError> {
    match args {
        Profile::List => list(cx).await,
        Profile::Show(one) => show(&one.name, cx).await,
        Profile::Check(file) => check(&file.file, cx),
        Profile::New(new) => self::new(new, cx),
    }
}

/// A service line whole.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Whole(Line);

impl Show for Whole {
    fn id(&self) -> String {
        self.0.name.clone()
    }
    const CSV: &'static [&'static str] =
        &["name", "title.ko", "title.en", "worker.ko", "worker.en"];
    const HEADS: &'static [Word] = &[Word::Service];
    fn cells(&self, _: &Look) -> Vec<String> {
        vec![self.id()]
    }
}

async fn list(cx: &mut Cx) -> Result<Exit, UserError> {
    let known = profiles::known(&cx.configured.profiles.value)?;
    // What no desk has run yet is there all the same.
    let adopted =
        if cx.is_there() { cx.book("profile list").await?.profiles()? } else { Vec::new() };
    let look = &cx.ui.look;
    let lines: Vec<ProfileLine> = known
        .iter()
        .map(|Known { profile, file }| {
            let newest = adopted.iter().rev().find(|(_, version)| version.name == profile.name);
            let newest = newest.map(|(id, version)| (id.to_string(), version == profile));
            let file = file.as_ref().map(|file| file.display().to_string());
            ProfileLine::of(profile, file, newest, look)
        })
        .collect();
    cx.ui.many(&lines)?;
    Ok(Exit::Done)
}

async fn show(name: &str, cx: &mut Cx) -> Result<Exit, UserError> {
    let line = match (cx.setup.profile(name), name.parse::<ProfileId>()) {
        (Some(line), _) => line.clone(),
        (None, Ok(id)) => {
            cx.must_exist()?;
            let found = cx.book("profile show").await?.profile(id)?;
            found.ok_or_else(|| UserError::no_version(id))?
        }
        (None, Err(_)) => {
            cx.setup.must_know(name)?;
            return Ok(Exit::Done);
        }
    };
    if cx.ui.format == Format::Table {
        let text = toml(&line).map_err(|e| UserError::usage(e.to_string()))?;
        cx.ui.text(&text)?;
    } else {
        cx.ui.one(&Whole(line), "")?;
    }
    Ok(Exit::Done)
}

fn check(file: &Path, cx: &mut Cx) -> Result<Exit, UserError> {
    let checked = Source::read(file).map_err(|fault| vec![fault]);
    let checked = checked.and_then(|source| profiles::parse(&source));
    let look = &cx.ui.look;
    let said = CheckJson {
        ok: checked.is_ok(),
        file: file.display().to_string(),
        name: checked.as_ref().ok().map(|line| line.name.clone()),
        summary: checked.as_ref().ok().map(|line| summary(line, look)),
        faults: checked.err().unwrap_or_default().iter().map(FaultJson::of).collect(),
    };
    if cx.ui.format == Format::Table {
        let mut lines: Vec<String> = said.faults.iter().map(|fault| fault.line(look)).collect();
        if let Some(summary) = &said.summary {
            lines.push(look.say(Word::FileSound, &[&said.file]));
            lines.push(summary.clone());
        }
        lines.iter().try_for_each(|line| cx.ui.line(line))?;
    } else {
        cx.ui.one(&said, "")?;
    }
    if said.ok {
        Ok(Exit::Done)
    } else {
        Err(UserError::bad_profile(&said.file, said.faults.len()))
    }
}

/// The starting points, the same in two languages; the name is filled in.
const STARTERS: [(Lang, &str); 2] = [
    (Lang::Ko, include_str!("../starter/ko.toml")),
    (Lang::En, include_str!("../starter/en.toml")),
];

/// The starting point for a service line called `name`.
fn starter(name: &str, lang: Lang) -> String {
    let text = STARTERS.iter().find(|(of, _)| *of == lang).map_or("", |(_, text)| text);
    text.replace("NAME", name)
}

fn new(args: &New, cx: &mut Cx) -> Result<Exit, UserError> {
    let text = starter(&args.name, cx.ui.look.lang);
    let path = args.to.clone().unwrap_or_else(|| PathBuf::from(format!("{}.toml", args.name)));
    // Only its name can be wrong.
    if let Err(faults) = profiles::parse(&Source::of(&path, &text)) {
        let what = faults.into_iter().next().map(|fault| fault.what).unwrap_or_default();
        return Err(UserError::bad_profile_name(&what));
    }
    let Some(to) = &args.to else {
        cx.ui.text(&text)?;
        return Ok(Exit::Done);
    };
    let file = OpenOptions::new().write(true).create_new(true).open(to);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| UserError::cannot_write(to, &error))?;
    let said = cx.ui.look.say(Word::FileWritten, &[&to.display().to_string()]);
    cx.ui.line(&said)?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Line {
        profiles::parse(&Source::of(Path::new("starter.toml"), text)).unwrap()
    }

    #[test]
    fn the_starting_point_is_sound_and_the_same_in_both_languages() {
        let [ko, en] = [Lang::Ko, Lang::En].map(|lang| read(&starter("locksmith", lang)));
        assert_eq!(ko, en);
        assert_eq!(ko.name, "locksmith");
    }

    /// The settings that are commented out stand there as `#key = value`: without a space.
    #[test]
    fn what_is_commented_out_makes_sense_too_when_all_of_it_is_switched_on() {
        let [ko, en] = [Lang::Ko, Lang::En].map(|lang| {
            let switched = starter("locksmith", lang).lines().fold(String::new(), |text, line| {
                let on = line.strip_prefix('#').filter(|rest| !rest.starts_with([' ', '#']));
                text + on.unwrap_or(line) + "\n"
            });
            read(&switched)
        });
        assert_eq!(ko, en);
        assert!(ko.payment.is_some() && ko.stock.is_some() && ko.membership.required);
        assert!(!ko.rewards.is_empty() && !ko.dispositions.is_empty());
    }
}
