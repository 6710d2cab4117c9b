//! Plays a scenario through the built binary, in a sealed world of its own.
//!
//! Invariant: a line that expects nothing is still expected to end with code 0, and after every story the independent
//! checker finds no fault. What fails says the file, the line, the step's prose and what the program printed.

use crate::answer::{find, plain};
use crate::beside::{self, Beside};
use crate::scenario::{Ledger, Outside, Scenario, Step, Told, Turn, Wait, line_of};
use crate::sealed::{Ran, Sealed};
use crate::words::{Names, fill, words};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Plays `fixtures/scenarios/NAME.toml` and fails the test when it does not go as written.
pub fn play(name: &str) {
    let file = Scenario::folder().join(format!("{name}.toml"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    if let Err(why) = tell(&text) {
        panic!("fixtures/scenarios/{name}.toml, {why}");
    }
}

/// Plays the scenario in `text`, once for each choice it offers.
pub fn tell(text: &str) -> Result<(), String> {
    let scenario = Scenario::read(text)?;
    if scenario.needs_python() && !beside::python_is_there() {
        println!("skipped, because python3 is missing: {}", scenario.title);
        return Ok(());
    }
    for choice in choices(&scenario.each) {
        let mut stage = Stage::set(&scenario, choice.clone())?;
        let mut said = "";
        for step in &scenario.step {
            said = step.get_ref().say.as_deref().unwrap_or(said);
            stage.play(step.get_ref()).map_err(|why| {
                format!("line {}, {choice:?}: {said}\n{why}", line_of(text, step))
            })?;
        }
        stage.verified().map_err(|why| format!("at the end, {choice:?}: {why}"))?;
    }
    Ok(())
}

/// Every choice of one value for each name.
fn choices(each: &BTreeMap<String, Vec<String>>) -> Vec<Names> {
    each.iter().fold(vec![Names::new()], |chosen, (name, values)| {
        let with = |names: &Names, value: &String| {
            let mut names = names.clone();
            names.insert(name.clone(), value.clone());
            names
        };
        chosen.iter().flat_map(|names| values.iter().map(|v| with(names, v))).collect()
    })
}

/// A desk, what runs beside it, and what the story has given names to.
struct Stage {
    desk: Sealed,
    env: BTreeMap<String, String>,
    beside: BTreeMap<String, Beside>,
    names: Names,
}

impl Stage {
    /// Everything as it is before the first step.
    fn set(scenario: &Scenario, mut names: Names) -> Result<Self, String> {
        for (name, value) in &scenario.names {
            names.insert(name.clone(), fill(value, &names)?);
        }
        let desk = Sealed::new();
        names.insert("HERE".to_owned(), desk.path("").display().to_string());
        names.insert("ROOT".to_owned(), env!("CARGO_MANIFEST_DIR").to_owned());
        let mut stage = Self { desk, env: BTreeMap::new(), beside: BTreeMap::new(), names };
        for (name, value) in &scenario.env {
            let value = fill(value, &stage.names)?;
            stage.desk.set(name, &value);
            stage.env.insert(name.clone(), value);
        }
        for (name, outside) in &scenario.outside {
            stage.raise(name, outside)?;
        }
        stage.configure(scenario)?;
        Ok(stage)
    }

    /// Starts a program for the first time; from then on `$NAME_URL` is where it listens.
    fn raise(&mut self, name: &str, outside: &Outside) -> Result<(), String> {
        let beside = Beside::start(&outside.program, self.env.clone())?;
        self.names.insert(format!("{}_URL", name.to_uppercase()), beside.url().to_owned());
        self.beside.insert(name.to_owned(), beside);
        Ok(())
    }

    /// Writes the desk's configuration and the changed profiles.
    fn configure(&mut self, scenario: &Scenario) -> Result<(), String> {
        let mut changed: BTreeMap<String, String> = BTreeMap::new();
        for change in &scenario.change {
            let profile = fill(&change.profile, &self.names)?;
            let text = match changed.remove(&profile) {
                Some(text) => text,
                None => shipped(&profile)?,
            };
            if !text.contains(&change.from) {
                return Err(format!("profile `{profile}` has nowhere {:?}", change.from));
            }
            changed.insert(profile, text.replace(&change.from, &fill(&change.to, &self.names)?));
        }
        let files: Vec<_> = changed
            .iter()
            .map(|(profile, text)| self.desk.write(&format!("{profile}.toml"), text))
            .collect();
        let config = format!("profiles = {files:?}\n{}", fill(&scenario.config, &self.names)?);
        let config = self.desk.write("config.toml", &config);
        self.desk.set("ASCALL_CONFIG", &config.display().to_string());
        Ok(())
    }

    fn play(&mut self, step: &Step) -> Result<(), String> {
        match &step.outside {
            Some(Turn::Start(name)) => self.beside(name)?.restart()?,
            Some(Turn::Kill(name)) => self.beside(name)?.kill(),
            Some(Turn::Tell(words)) => {
                for (name, words) in words {
                    self.beside(name)?.tell(words)?;
                }
            }
            None => {}
        }
        let mut left = step.retry.unwrap_or(0);
        if let Some(line) = &step.run {
            while let Err(why) = self.run(line, step) {
                left = left.checked_sub(1).ok_or(why)?;
            }
        }
        if let Some(wait) = &step.wait {
            self.wait(wait)?;
        }
        for (name, word) in &step.stands {
            self.stands(name, word)?;
        }
        if let Some(told) = &step.told {
            self.told(told)?;
        }
        if let Some(ledger) = &step.ledger {
            while let Err(why) = self.ledger(ledger) {
                left = left.checked_sub(1).ok_or(why)?;
            }
        }
        Ok(())
    }

    fn beside(&mut self, name: &str) -> Result<&mut Beside, String> {
        self.beside.get_mut(name).ok_or_else(|| format!("no program is called `{name}`"))
    }

    /// Types a line and looks at everything the step says of it.
    fn run(&mut self, line: &str, step: &Step) -> Result<(), String> {
        let mut args = words(line, &self.names)?;
        let reads = !step.save.is_empty() || !step.expect.is_empty();
        if reads {
            args.extend(["-o".to_owned(), "json".to_owned()]);
        }
        let (ran, code) = match &step.dies_at {
            None => (self.ascall(&args), Some(step.exit.unwrap_or(0))),
            Some(point) => {
                let point = fill(point, &self.names)?;
                let (point, perhaps) = match point.strip_suffix('?') {
                    Some(point) => (point, true),
                    None => (point.as_str(), false),
                };
                let ran =
                    self.desk.run_with(&strs(&args), &self.desk.with("ASCALL_HALT_AT", point));
                let code = if perhaps { ran.code } else { None };
                (ran, code)
            }
        };
        let wrong = |why: &str| Err(shown(&args, &ran, why));
        if ran.code != code {
            return wrong(&format!("ended with {:?} instead of {code:?}", ran.code));
        }
        for text in &step.shows {
            if !ran.out.contains(&fill(text, &self.names)?) {
                return wrong(&format!("does not show {text:?}"));
            }
        }
        for text in &step.hides {
            if ran.out.contains(&fill(text, &self.names)?) {
                return wrong(&format!("shows {text:?}"));
            }
        }
        for text in &step.error {
            if !ran.err.contains(&fill(text, &self.names)?) {
                return wrong(&format!("does not complain of {text:?}"));
            }
        }
        if !reads {
            return Ok(());
        }
        let answer = read(&args, &ran)?;
        for (place, expected) in &step.expect {
            expected
                .check(&answer, place, &self.names)
                .or_else(|why| wrong(&format!("answers otherwise: {why}")))?;
        }
        for (name, place) in &step.save {
            let value = find(&answer, &fill(place, &self.names)?).and_then(plain);
            let Some(value) = value else { return wrong(&format!("has nothing at {place}")) };
            self.names.insert(name.clone(), value);
        }
        Ok(())
    }

    fn wait(&self, wait: &Wait) -> Result<(), String> {
        let call = fill(&wait.call, &self.names)?;
        let args = ["watch", &call, "--until", &wait.until, "--timeout", &wait.within];
        let args = args.map(str::to_owned);
        let ran = self.ascall(&args);
        if ran.code == Some(0) { Ok(()) } else { Err(shown(&args, &ran, "waited in vain")) }
    }

    /// Where the call or how the worker called `name` is.
    fn stands(&self, name: &str, word: &str) -> Result<(), String> {
        let id = fill(&format!("${name}"), &self.names)?;
        let word = fill(word, &self.names)?;
        let found = if id.starts_with("W-") {
            let list = self.json(&["worker", "list"])?;
            find(&list, &format!("id={id}/availability")).and_then(plain)
        } else {
            find(&self.json(&["status", &id])?, "phase_word").and_then(plain)
        };
        if found.as_ref() == Some(&word) {
            return Ok(());
        }
        Err(format!("{name} ({id}) stands at {found:?}, not at {word:?}"))
    }

    fn told(&self, told: &Told) -> Result<(), String> {
        let (flag, whose) = match (&told.tel, &told.worker) {
            (Some(tel), _) => ("--tel", tel),
            (None, worker) => ("--worker", worker.as_ref().ok_or("nobody is named")?),
        };
        let inbox = self.json(&["inbox", flag, &fill(whose, &self.names)?])?;
        let texts: Vec<&str> =
            inbox.as_array().into_iter().flatten().filter_map(|n| n["text"].as_str()).collect();
        let wrong = |why: String| Err(format!("{whose} {why}; what they were told: {texts:#?}"));
        if told.count.is_some_and(|count| count != texts.len()) {
            return wrong(format!("was told {} things", texts.len()));
        }
        if let Some(exactly) = &told.exactly {
            if exactly.len() != texts.len() {
                return wrong(format!("was told {} things, not {}", texts.len(), exactly.len()));
            }
            for (text, part) in texts.iter().zip(exactly) {
                if !text.contains(&fill(part, &self.names)?) {
                    return wrong(format!("was not told {part:?} in its turn"));
                }
            }
        }
        for part in &told.has {
            let part = fill(part, &self.names)?;
            if !texts.iter().any(|text| text.contains(&part)) {
                return wrong(format!("was not told {part:?}"));
            }
        }
        for part in &told.lacks {
            let part = fill(part, &self.names)?;
            if texts.iter().any(|text| text.contains(&part)) {
                return wrong(format!("was told {part:?}"));
            }
        }
        Ok(())
    }

    fn ledger(&self, ledger: &Ledger) -> Result<(), String> {
        let file = self.desk.path(&ledger.file);
        let ask = fill(&ledger.ask, &self.names)?;
        let found = beside::ask(&file, &ask)?;
        let is = fill(&ledger.is, &self.names)?;
        if found == is { Ok(()) } else { Err(format!("{}: {ask}\n{found}, not {is}", ledger.file)) }
    }

    fn verified(&self) -> Result<(), String> {
        let args = ["verify".to_owned()];
        let ran = self.ascall(&args);
        if ran.code == Some(0) { Ok(()) } else { Err(shown(&args, &ran, "finds a fault")) }
    }

    fn ascall(&self, args: &[String]) -> Ran {
        self.desk.run(&strs(args))
    }

    fn json(&self, args: &[&str]) -> Result<Value, String> {
        let args: Vec<String> =
            args.iter().chain(&["-o", "json"]).map(|a| (*a).to_owned()).collect();
        let ran = self.ascall(&args);
        if ran.code == Some(0) { read(&args, &ran) } else { Err(shown(&args, &ran, "failed")) }
    }
}

/// The text of a shipped profile.
fn shipped(profile: &str) -> Result<String, String> {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/services/{profile}.toml"));
    std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))
}

fn strs(args: &[String]) -> Vec<&str> {
    args.iter().map(String::as_str).collect()
}

fn read(args: &[String], ran: &Ran) -> Result<Value, String> {
    serde_json::from_str(&ran.out).map_err(|e| shown(args, ran, &format!("is not JSON: {e}")))
}

/// What was typed, what is wrong with what came of it, and what that was.
fn shown(args: &[String], ran: &Ran, why: &str) -> String {
    format!("`ascall {}` {why}\n{}{}", args.join(" "), ran.out, ran.err)
}

#[cfg(test)]
mod tests {
    use super::tell;

    #[test]
    fn a_story_that_goes_otherwise_fails_at_its_line() {
        let start = "title = 'x'\n\n[[step]]\nsay = 'Mina calls.'\nrun = 'request --tel 010-0000-0001'\nsave = { C1 = '/id' }\n\n[[step]]\n";
        for (step, why) in [
            ("run = 'status C-99'", "ended with Some(1)"),
            ("run = 'status $C1'\nexit = 1", "ended with Some(0)"),
            ("run = 'status $C1'\nshows = ['no such words']", "does not show"),
            ("run = 'status $C1'\nhides = ['$C1']", "shows"),
            ("run = 'status C-99'\nexit = 1\nerror = ['no such words']", "does not complain"),
            ("run = 'status $C1'\nexpect = { '/phase' = 'assigned' }", "/phase is \"open\""),
            ("run = 'status $C1'\nsave = { W1 = '/worker/id' }", "has nothing at"),
            ("run = 'request --tel 010-0000-0002'\ndies_at = 'no_such_point:1'", "Some(0)"),
            ("run = 'status $C2'", "$C2"),
            ("stands = { C1 = '완료' }", "not at"),
            ("wait = { call = '$C1', until = 'assigned', within = '10ms' }", "in vain"),
            ("told = { tel = '010-0000-0001', count = 2 }", "told 1 things"),
            ("told = { tel = '010-0000-0001', exactly = ['취소'] }", "in its turn"),
            ("told = { tel = '010-0000-0001', has = ['취소'] }", "was not told"),
            ("told = { tel = '010-0000-0001', lacks = ['접수'] }", "was told"),
            ("outside = { kill = 'bank' }", "no program is called"),
        ] {
            let fault = tell(&format!("{start}{step}\n")).unwrap_err();
            assert!(fault.starts_with("line 8, "), "{step}: {fault}");
            assert!(fault.contains("Mina calls.") && fault.contains(why), "{step}: {fault}");
        }
        tell(&format!("{start}stands = {{ C1 = '호출중' }}\n")).unwrap();
    }

    #[test]
    fn a_change_of_a_profile_that_changes_nothing_is_refused() {
        let change = "[[change]]\nprofile = 'repair'\nfrom = 'no such line'\nto = ''\n";
        let fault = tell(&format!("title = 'x'\n{change}[[step]]\nrun = 'list'\n")).unwrap_err();
        assert!(fault.contains("nowhere"), "{fault}");
    }
}
