//! A service line as it is shown: in a list, as TOML, and as the way that a call of it goes.
//!
//! Invariant: the TOML that is shown is read again as the same profile. Knows no desk: what version a desk runs is given.

mod sections;

pub(crate) use sections::Sections;

use crate::front::look::Look;
use crate::front::show::Show;
use crate::front::words::Word;
use crate::toml_file::TomlFault;
use ascall_engine::domain::ids::Millis;
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::{
    CancelUntil, Does, Fallback, Position, Profile, RequiredBefore, Role, Stage, StepSpec,
};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;
use toml::{Table, Value};

/// A service line in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ProfileLine {
    /// Its name.
    pub name: String,
    /// What it is called, in the language of this run.
    pub title: String,
    /// The newest version of it that this desk runs, `P-1`; null: the desk has not run it yet, or is not there.
    pub version: Option<String>,
    /// Whether that version is what the source says; a new one is adopted with the next command that changes something.
    pub current: bool,
    /// The file it is read from; null: it is built in, or whoever asks is not at the desk's machine.
    pub file: Option<String>,
    /// The gates and steps and the stages of the plan, in the order in which a call meets them.
    pub way: String,
}

impl ProfileLine {
    /// A line of the list; `adopted` is the newest version that the desk runs.
    pub(crate) fn of(
        profile: &Profile,
        file: Option<String>,
        adopted: Option<(String, bool)>,
        look: &Look,
    ) -> Self {
        let (version, current) = adopted.map_or((None, false), |(v, same)| (Some(v), same));
        let title = profile.title.in_lang(look.lang).to_owned();
        Self { name: profile.name.clone(), title, version, current, file, way: way(profile) }
    }
}

impl Show for ProfileLine {
    fn id(&self) -> String {
        self.name.clone()
    }
    const CSV: &'static [&'static str] = &["name", "title", "version", "current", "file", "way"];
    const HEADS: &'static [Word] =
        &[Word::Service, Word::Title, Word::Version, Word::Source, Word::Way];
    fn cells(&self, look: &Look) -> Vec<String> {
        let version = match (&self.version, self.current) {
            (Some(version), true) => version.clone(),
            (Some(version), false) => look.say(Word::Outdated, &[version]),
            (None, _) => String::new(),
        };
        let file = self.file.clone().unwrap_or_else(|| look.word(Word::BuiltIn));
        vec![self.name.clone(), self.title.clone(), version, file, self.way.clone()]
    }
}

/// The stations of a call, by name: gates, stages of the plan with the steps beside them, gates at the end.
fn way(profile: &Profile) -> String {
    let steps = |position| {
        let at = profile.steps.iter().filter(move |step| step.position == position);
        at.map(|step| step.name.clone()).collect::<Vec<_>>()
    };
    let mut plan = profile.plan.iter().map(stage_name).collect::<Vec<_>>().join(", ");
    for step in steps(Position::AfterOpen) {
        plan.push_str(" + ");
        plan.push_str(&step);
    }
    let mut stations = steps(Position::BeforeOpen);
    stations.push(plan);
    stations.extend(steps(Position::BeforeComplete));
    stations.join(" → ")
}

fn stage_name(stage: &Stage) -> &'static str {
    match stage {
        Stage::Auto { .. } => "auto",
        Stage::Offer { .. } => "offer",
        Stage::Broadcast { .. } => "broadcast",
        Stage::Claim { .. } => "claim",
        Stage::Manual { .. } => "manual",
        Stage::None { .. } => "none",
    }
}

/// The profile as TOML, in the form of the shipped files.
pub(crate) fn toml(profile: &Profile) -> Result<String, toml::ser::Error> {
    let mut out = String::new();
    write(&Table::try_from(profile)?, "", &mut out);
    Ok(out)
}

/// First what stands on a line of its own, then the tables below: TOML wants it so.
fn write(table: &Table, path: &str, out: &mut String) {
    let (lines, below): (Vec<_>, Vec<_>) = table.iter().partition(|(_, value)| is_line(value));
    for (key, value) in lines {
        out.extend([key, " = ", &value.to_string(), "\n"]);
    }
    for (key, value) in below {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match value {
            Value::Table(table) => {
                out.extend(["\n[", &path, "]\n"]);
                write(table, &path, out);
            }
            Value::Array(entries) => {
                for table in entries.iter().filter_map(Value::as_table) {
                    out.extend(["\n[[", &path, "]]\n"]);
                    write(table, &path, out);
                }
            }
            _ => {}
        }
    }
}

/// The most entries of a table that stands on one line.
const LINE_MAX: usize = 4;

/// Whether a value stands on one line: everything but large tables and lists of tables.
fn is_line(value: &Value) -> bool {
    match value {
        Value::Table(table) => {
            table.len() <= LINE_MAX
                && table.values().all(|v| !matches!(v, Value::Table(_) | Value::Array(_)))
        }
        Value::Array(entries) => !entries.iter().any(Value::is_table),
        _ => true,
    }
}

/// What came of checking a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct CheckJson {
    /// Whether a desk can run it.
    pub ok: bool,
    /// The file.
    pub file: String,
    /// The profile's name, when it is sound.
    pub name: Option<String>,
    /// What a call of it goes through, when it is sound.
    pub summary: Option<String>,
    /// What is wrong, in the order of the file.
    pub faults: Vec<FaultJson>,
}

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct FaultJson {
    /// The file.
    pub file: String,
    /// The line, from 1; null when it cannot be told.
    pub line: Option<usize>,
    /// The key or entry, as a path.
    pub at: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What could have been meant.
    pub nearest: Option<String>,
}

impl FaultJson {
    /// A fault as it is shown.
    pub(crate) fn of(fault: &TomlFault) -> Self {
        Self {
            file: fault.file.display().to_string(),
            line: fault.line,
            at: fault.at.clone(),
            what: fault.what.clone(),
            nearest: fault.nearest.clone(),
        }
    }

    /// As compilers write it: `FILE:LINE: what`.
    pub(crate) fn line(&self, look: &Look) -> String {
        let at = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        let near = self.nearest.as_ref().map(|near| look.say(Word::DidYouMean, &[near]));
        let near = near.map(|near| format!("; {near}")).unwrap_or_default();
        format!("{}{at}: {}{near}", self.file, self.what)
    }
}

impl Show for CheckJson {
    fn id(&self) -> String {
        self.name.clone().unwrap_or_default()
    }
    const CSV: &'static [&'static str] = &["ok", "file", "name", "summary"];
    const HEADS: &'static [Word] = &[Word::Result];
    fn cells(&self, _: &Look) -> Vec<String> {
        vec![self.id()]
    }
}

/// What a call of the line goes through, as one paragraph.
pub(crate) fn summary(line: &Profile, look: &Look) -> String {
    let mut said = vec![asked(line, look)];
    if line.membership.required {
        said.push(look.word(Word::SumMembers));
    }
    let at = |position| line.steps.iter().filter(move |step| step.position == position);
    said.extend(at(Position::BeforeOpen).map(|step| gate(line, step, look)));
    let stages: Vec<String> = line.plan.iter().map(|s| stage(line, s, look)).collect();
    let worker = line.worker.in_lang(look.lang);
    said.push(look.say(Word::SumPlan, &[worker, &stages.join(&look.word(Word::SumThen))]));
    said.extend(at(Position::AfterOpen).map(|step| beside(step, look)));
    let unfilled = word(line, Phase::Unfilled, look);
    said.push(look.say(Word::SumSearch, &[&look.age(line.dispatch.search_ms), &unfilled]));
    let until = match line.cancel.until {
        CancelUntil::Parked => Phase::Parked,
        CancelUntil::Open => Phase::Open,
        CancelUntil::Scheduled => Phase::Scheduled,
        CancelUntil::Assigned => Phase::Assigned,
    };
    said.push(look.say(Word::SumCancel, &[&word(line, until, look)]));
    said.extend(at(Position::BeforeComplete).map(|step| end(line, step, look)));
    said.push(told(line, look));
    said.join(" ")
}

fn word(line: &Profile, phase: Phase, look: &Look) -> String {
    let words = line.phases.get(&phase).map(|words| words.in_lang(look.lang));
    words.unwrap_or(phase.name()).to_owned()
}

fn asked(line: &Profile, look: &Look) -> String {
    let title = line.title.in_lang(look.lang);
    let needed = line.fields.iter().filter(|field| field.required);
    let needed: Vec<&str> = needed.map(|field| field.label.in_lang(look.lang)).collect();
    if needed.is_empty() {
        look.say(Word::SumAsksNothing, &[&line.name, title])
    } else {
        look.say(Word::SumAsks, &[&line.name, title, &needed.join(", ")])
    }
}

fn gate(line: &Profile, step: &StepSpec, look: &Look) -> String {
    let ms = format!("{} ms", step.deadline_ms.0);
    let does = match step.does {
        Does::Confirm => Word::SumConfirms,
        Does::Charge => Word::SumCharges,
        Does::Reserve => Word::SumReserves,
    };
    let down = match step.fallback {
        Fallback::Park => look.say(Word::SumParks, &[&look.age(line.park_max_ms)]),
        Fallback::Reject => look.word(Word::SumRejects),
    };
    look.say(Word::SumGate, &[&step.name, &look.word(does), &ms, &down])
}

fn beside(step: &StepSpec, look: &Look) -> String {
    let does = if step.does == Does::Reserve { Word::SumReserves } else { Word::SumConfirms };
    let waits = match step.required_before {
        Some(RequiredBefore::Start) => look.word(Word::SumBeforeStart),
        Some(RequiredBefore::Finish) => look.word(Word::SumBeforeFinish),
        None => look.word(Word::SumBesideOnly),
    };
    look.say(Word::SumBeside, &[&step.name, &look.word(does), &waits])
}

fn end(line: &Profile, step: &StepSpec, look: &Look) -> String {
    let does = if step.does == Does::Charge { Word::SumCharges } else { Word::SumConfirms };
    let closing = word(line, Phase::Closing, look);
    look.say(Word::SumEnd, &[&step.name, &look.word(does), &closing])
}

fn stage(line: &Profile, stage: &Stage, look: &Look) -> String {
    let lasts = |span: Option<Millis>| {
        span.map(|span| look.say(Word::SumFor, &[&look.age(span)])).unwrap_or_default()
    };
    let mut said = match stage {
        Stage::Auto { for_ms, .. } => {
            let is_matched = line.dispatch.matched().is_some();
            let word = if is_matched { Word::SumTogether } else { Word::SumAuto };
            look.say(word, &[&lasts(*for_ms)])
        }
        Stage::Offer { deadline_ms, for_ms, .. } => {
            look.say(Word::SumOffer, &[&look.age(*deadline_ms), &lasts(*for_ms)])
        }
        Stage::Broadcast { rings_m, ring_ms, .. } => {
            let rings: Vec<String> = rings_m.iter().map(|metres| look.metres(*metres)).collect();
            look.say(Word::SumBroadcast, &[&rings.join(", "), &look.age(*ring_ms)])
        }
        Stage::Claim { for_ms } => look.say(Word::SumClaim, &[&lasts(*for_ms)]),
        Stage::Manual { .. } => look.word(Word::SumManual),
        Stage::None { promise_ms, .. } => look.say(Word::SumNone, &[&look.age(*promise_ms)]),
    };
    if stage.is_claimable() && !matches!(stage, Stage::Claim { .. }) {
        said.push_str(&look.word(Word::SumClaimable));
    }
    said
}

fn told(line: &Profile, look: &Look) -> String {
    let roles: BTreeSet<Role> = line.notices.iter().map(|rule| rule.to).collect();
    let roles = roles.into_iter().map(|role| {
        look.word(match role {
            Role::Customer => Word::Customer,
            Role::Worker => Word::Worker,
            Role::Friend => Word::Friend,
        })
    });
    let roles = roles.collect::<Vec<_>>().join(", ");
    if line.notices.is_empty() {
        return look.word(Word::SumTellsNobody);
    }
    look.say(Word::SumTells, &[&line.notices.len().to_string(), &roles])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::profiles;
    use crate::front::look::tests::look;
    use crate::toml_file::Source;
    use ascall_engine::domain::profile::Lang;
    use std::path::Path;

    #[test]
    fn what_is_shown_is_read_again_as_the_same_profile() {
        for profile in profiles::load(&[]).unwrap() {
            let text = toml(&profile).unwrap();
            let again = profiles::parse(&Source::of(Path::new("shown.toml"), &text)).unwrap();
            assert_eq!(again, profile, "{text}");
        }
    }

    #[test]
    fn the_shown_form_is_that_of_the_shipped_files() {
        let taxi = profiles::load(&[]).unwrap().swap_remove(3);
        let text = toml(&taxi).unwrap();
        for line in [
            "name = \"taxi\"",
            "title = { ko = \"택시 호출\", en = \"Taxi call\" }",
            "cancel = { until = \"open\" }",
            "[phases]",
            "[[plan]]",
            "rings_m = [1500, 3000, 6000]",
            "[steps.breaker]",
            "repeat = { every_ms = 60000, most = 20 }",
            "columns = [\"call\", \"age\", \"place\", \"to\"]",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
    }

    #[test]
    fn the_stations_of_a_call_are_told_in_their_order() {
        let ways: Vec<String> = profiles::load(&[]).unwrap().iter().map(way).collect();
        assert_eq!(
            ways,
            [
                "manage → auto",
                "manage → auto",
                "payment → claim",
                "broadcast, claim, broadcast → payment",
                "delivery → none + stock",
            ]
        );
    }

    #[test]
    fn the_paragraph_of_each_line_is_whole_in_both_languages() {
        for profile in profiles::load(&[]).unwrap() {
            for lang in [Lang::Ko, Lang::En] {
                let text = summary(&profile, &look(lang));
                assert!(text.contains(&format!("`{}`", profile.name)), "{text}");
                for step in &profile.steps {
                    assert!(text.contains(&format!("`{}`", step.name)), "{text}");
                }
                assert!(!text.contains('{') && !text.contains("  "), "{text}");
                assert!(text.ends_with('.'), "{text}");
            }
        }
    }
}
