//! What a scenario file says: a story in steps, each a line typed at the desk and what is seen of it.
//!
//! Invariant: a key nobody knows and a step that does nothing are refused with their line. Runs nothing.

use crate::answer::Expected;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// A story.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it is about, in a sentence.
    pub title: String,
    /// Names with several values: the story is played once for every choice.
    #[serde(default)]
    pub each: BTreeMap<String, Vec<String>>,
    /// Names with one value.
    #[serde(default, rename = "let")]
    pub names: BTreeMap<String, String>,
    /// Profiles that differ from the shipped ones.
    #[serde(default)]
    pub change: Vec<Change>,
    /// What the desk's configuration says.
    #[serde(default)]
    pub config: String,
    /// The environment of everything that runs.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Programs that run beside the desk, by name.
    #[serde(default)]
    pub outside: BTreeMap<String, Outside>,
    /// What happens, in order.
    pub step: Vec<Spanned<Step>>,
}

/// A shipped profile with one text in it replaced.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Which profile.
    pub profile: String,
    /// What must stand in it.
    pub from: String,
    /// What stands there instead.
    pub to: String,
}

/// A program that runs beside the desk; it says its URL in its first line, which `$NAME_URL` then stands for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outside {
    /// The Python program, from the repository's root.
    pub program: String,
}

/// One step: something is done, and what came of it is looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What happens, in prose.
    pub say: Option<String>,

    /// The line typed after `ascall`.
    pub run: Option<String>,
    /// The code it ends with.
    pub exit: Option<i32>,
    /// The point at which the program dies as if killed; with a `?` behind it, perhaps.
    pub dies_at: Option<String>,
    /// The line is typed, or the ledger asked, again until everything is as expected, at most so many times.
    pub retry: Option<u32>,
    /// Names for values of its answer, by place.
    #[serde(default)]
    pub save: BTreeMap<String, String>,
    /// What its answer has, by place.
    #[serde(default)]
    pub expect: BTreeMap<String, Expected>,
    /// What it prints, among other things.
    #[serde(default)]
    pub shows: Vec<String>,
    /// What it does not print.
    #[serde(default)]
    pub hides: Vec<String>,
    /// What it complains of, among other things.
    #[serde(default)]
    pub error: Vec<String>,

    /// A program beside the desk is started, killed, or told how to behave.
    pub outside: Option<Turn>,
    /// A call is waited for.
    pub wait: Option<Wait>,
    /// Where calls stand and how workers are, by name, in the words of the service.
    #[serde(default)]
    pub stands: BTreeMap<String, String>,
    /// What somebody was told.
    pub told: Option<Told>,
    /// What a program beside the desk wrote down.
    pub ledger: Option<Ledger>,
}

/// A program beside the desk is started or killed, or told how to behave.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Turn {
    /// It is started.
    Start(String),
    /// It is killed, at once and without warning.
    Kill(String),
    /// It is told, in JSON at its `/control`.
    Tell(BTreeMap<String, String>),
}

/// A call is waited for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// Which.
    pub call: String,
    /// How far it is to be.
    pub until: String,
    /// In what time.
    pub within: String,
}

/// What somebody was told.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Whoever has this number…
    pub tel: Option<String>,
    /// …or this worker.
    pub worker: Option<String>,
    /// So many things.
    pub count: Option<usize>,
    /// Exactly these, oldest first: each has its text in it.
    pub exactly: Option<Vec<String>>,
    /// These among others.
    #[serde(default)]
    pub has: Vec<String>,
    /// None of these.
    #[serde(default)]
    pub lacks: Vec<String>,
}

/// What a program beside the desk wrote down.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// Its SQLite file.
    pub file: String,
    /// What is asked of it, in SQL: one value.
    pub ask: String,
    /// The value, as text.
    pub is: String,
}

impl Scenario {
    /// Where scenario files are.
    pub fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios")
    }

    /// Reads the file's text; a fault names its line.
    pub fn read(text: &str) -> Result<Self, String> {
        let scenario: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        for step in &scenario.step {
            if let Some(fault) = step.get_ref().fault() {
                return Err(format!("line {}: {fault}", line_of(text, step)));
            }
        }
        Ok(scenario)
    }

    /// Whether something in it is a Python program, or is read with one.
    pub fn needs_python(&self) -> bool {
        !self.outside.is_empty()
            || self.config.contains("python3")
            || self.step.iter().any(|step| step.get_ref().ledger.is_some())
    }
}

/// The line a step begins in, from 1.
pub fn line_of(text: &str, step: &Spanned<Step>) -> usize {
    text.get(..step.span().start).unwrap_or(text).matches('\n').count() + 1
}

impl Step {
    /// What makes no sense in it.
    fn fault(&self) -> Option<&'static str> {
        let reads = !self.save.is_empty() || !self.expect.is_empty();
        let looks = reads
            || self.exit.is_some()
            || self.dies_at.is_some()
            || (self.retry.is_some() && self.ledger.is_none())
            || !(self.shows.is_empty() && self.hides.is_empty() && self.error.is_empty());
        let acts = self.run.is_some()
            || self.outside.is_some()
            || self.wait.is_some()
            || self.told.is_some()
            || self.ledger.is_some()
            || !self.stands.is_empty();
        if self.run.is_none() && looks {
            return Some("the step expects something of a line, but types none");
        }
        if !acts {
            return Some("the step does nothing");
        }
        if self.dies_at.is_some() && (reads || self.exit.is_some()) {
            return Some("a program that dies answers nothing");
        }
        let told = self.told.as_ref()?;
        if told.tel.is_some() == told.worker.is_some() {
            return Some("`told` needs either `tel` or `worker`");
        }
        if told.count.is_none()
            && told.exactly.is_none()
            && told.has.is_empty()
            && told.lacks.is_empty()
        {
            return Some("`told` checks nothing");
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Scenario;

    fn fault(step: &str) -> String {
        Scenario::read(&format!("title = 'x'\n\n[[step]]\n{step}\n")).unwrap_err()
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        let words = fault("run = 'list'\nexpekt = {}");
        assert!(words.contains("line 5") && words.contains("expekt"), "{words}");
        let words = fault("told = { tel = 'x', cuont = 1 }");
        assert!(words.contains("line 4") && words.contains("cuont"), "{words}");
        let words = Scenario::read("titel = 'x'").unwrap_err();
        assert!(words.contains("line 1") && words.contains("titel"), "{words}");
    }

    #[test]
    fn a_step_that_makes_no_sense_is_refused_with_its_line() {
        for (step, why) in [
            ("say = 'and so on'", "does nothing"),
            ("exit = 1", "types none"),
            ("run = 'list'\ndies_at = 'after_commit:1'\nexit = 0", "answers nothing"),
            ("told = { count = 1 }", "either"),
            ("told = { tel = 'x' }", "checks nothing"),
        ] {
            let words = fault(step);
            assert!(words.starts_with("line 3: ") && words.contains(why), "{words}");
        }
    }

    #[test]
    fn every_file_is_played_by_a_test() {
        let here = Scenario::folder().join("../../tests/stories");
        let tests: String = std::fs::read_dir(here)
            .unwrap()
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
            .collect();
        for file in std::fs::read_dir(Scenario::folder()).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                continue;
            }
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            assert!(tests.contains(&format!("play(\"{name}\")")), "nobody plays {name}");
        }
    }
}
