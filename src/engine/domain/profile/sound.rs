//! Whether a profile makes sense as a whole.
//!
//! Invariant: a desk that runs a sound profile never meets a reference to nothing, a timer of no length, a stage that no
//! call comes to or a setting without effect. All faults are found, not only the first. Knows no call and no desk.

mod paid;
mod saga;
mod search;
mod shown;
mod taken;
#[cfg(test)]
mod tests;

use super::{Profile, ProfileFault, Words, Wrong};
use crate::domain::ids::Millis;
use crate::domain::text::is_blank;
use std::collections::BTreeMap;

/// The most steps, stages, fields or rules of a profile, and the most entries of a list in it.
const PARTS_MAX: usize = 64;

/// The most characters of a word or of a value.
const WORD_MAX: usize = 40;

/// The most characters of a sentence.
const SENTENCE_MAX: usize = 500;

/// The longest span: a year.
const SPAN_MAX: Millis = Millis::hours(24 * 365);

impl Profile {
    /// Whether a desk can run it.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn sound(&self) -> Result<(), ProfileFault> {
        self.faults().into_iter().next().map_or(Ok(()), Err)
    }

    /// Everything that is wrong with it.
    #[must_use]
    pub fn faults(&self) -> Vec<ProfileFault> {
        let mut check = Check { profile: self, faults: Vec::new() };
        check.itself();
        check.fields();
        check.steps();
        check.payment();
        check.stock();
        check.rewards();
        check.plan();
        check.dispatch();
        check.cancel();
        check.notices();
        check.views();
        check.resources();
        check.faults
    }
}

/// The look through one profile.
struct Check<'a> {
    profile: &'a Profile,
    faults: Vec<ProfileFault>,
}

impl Check<'_> {
    fn itself(&mut self) {
        let profile = self.profile;
        self.name("name", &profile.name);
        self.words("title", &profile.title, WORD_MAX);
        self.words("worker", &profile.worker, WORD_MAX);
        if !profile.noun.is_empty() {
            self.words("noun", &profile.noun, WORD_MAX);
        }
        for (phase, words) in &profile.phases {
            self.words(&format!("phases.{phase}"), words, WORD_MAX);
        }
        self.span("park_max_ms", profile.park_max_ms, SPAN_MAX);
        self.span("appointment.duration_ms", profile.appointment.duration_ms, SPAN_MAX);
        self.span("appointment.lead_ms", profile.appointment.lead_ms, SPAN_MAX);
        self.values("dispositions", &profile.dispositions);
    }

    fn say(&mut self, at: impl Into<String>, wrong: Wrong) {
        self.faults.push(ProfileFault { at: at.into(), wrong });
    }

    fn name(&mut self, at: &str, name: &str) {
        let first = name.starts_with(|c: char| c.is_ascii_lowercase());
        let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
        if !first || !name.chars().all(rest) || name.len() > WORD_MAX {
            self.say(at, Wrong::NoName(name.chars().take(WORD_MAX).collect()));
        }
    }

    fn words(&mut self, at: &str, words: &Words, max: usize) {
        self.text(&format!("{at}.ko"), &words.ko, max);
        self.text(&format!("{at}.en"), &words.en, max);
    }

    fn text(&mut self, at: &str, text: &str, max: usize) {
        if is_blank(text) {
            self.say(at, Wrong::Empty);
        } else if text.chars().count() > max {
            self.say(at, Wrong::TooLong { max });
        }
    }

    fn span(&mut self, at: &str, span: Millis, max: Millis) {
        self.range(at, span.0, 1, max.0);
    }

    fn range(&mut self, at: &str, value: u64, min: u64, max: u64) {
        if !(min..=max).contains(&value) {
            self.say(at, Wrong::Range { value, min, max });
        }
    }

    fn few(&mut self, at: &str, count: usize) {
        if count > PARTS_MAX {
            self.say(at, Wrong::TooMany { count, max: PARTS_MAX });
        }
    }

    /// Values a person may give: visible, short, each once.
    fn values(&mut self, at: &str, values: &[String]) {
        self.few(at, values.len());
        for (i, value) in values.iter().enumerate() {
            self.text(&format!("{at}[{i}]"), value, WORD_MAX);
        }
        self.once(values.iter().enumerate().map(|(i, value)| (format!("{at}[{i}]"), value)));
    }

    /// Each name stands once; what is given is where each stands.
    fn once<'n>(&mut self, names: impl IntoIterator<Item = (String, &'n String)>) {
        let mut seen: BTreeMap<&str, String> = BTreeMap::new();
        for (at, name) in names {
            if let Some(first) = seen.get(name.as_str()) {
                self.say(at, Wrong::Twice { of: format!("`{name}`"), first: first.clone() });
            } else {
                seen.insert(name, at);
            }
        }
    }
}
