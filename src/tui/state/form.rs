//! Forms: what an action needs to know besides what it is about, and the line that comes of it.
//!
//! Invariant: a form knows the verb it fills in and nothing of what the verb does; whether a value makes sense is said by
//! whoever carries the line out. A field that is left empty is left out.

use super::overlay::ranked;
use crate::tui::typed::Line;
use crate::tui::words::Label;
use ascall_engine::places;
use tui_input::Input;

/// How many suggestions are shown at most.
const SUGGESTIONS: usize = 6;

/// How a field is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// One of these: what is typed in a line, and what people read.
    Choice(Vec<(String, String)>),
    /// Any text; while it is typed, those of these that answer it are shown.
    Known(Vec<(String, String)>),
    /// A place; while it is typed, those that begin so are shown, 초성 too.
    Place,
}

/// What becomes of a field in the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slot {
    /// A word by itself.
    Word,
    /// The value of a flag, `--reason`.
    Flag(&'static str),
    /// The value of a flag; when it is left empty, another flag stands there by itself.
    Either {
        /// The flag with the value.
        given: &'static str,
        /// The flag without one.
        empty: &'static str,
    },
    /// The value of a field of the profile, by its name.
    Field(String),
    /// A flag by itself: what stands in the field is the flag.
    Switch,
}

/// A field.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// What it is called.
    pub label: String,
    /// What becomes of it.
    pub slot: Slot,
    /// How it is filled in.
    pub kind: Kind,
    /// Whether it must be filled in.
    pub required: bool,
    /// What stands in it.
    pub input: Input,
    /// What is shown while nothing stands in it: how it is now.
    pub hint: String,
}

impl Field {
    /// A text.
    pub(crate) fn text(label: impl Into<String>, slot: Slot) -> Self {
        let (required, input, hint) = (false, Input::default(), String::new());
        Self { label: label.into(), slot, kind: Kind::Text, required, input, hint }
    }

    /// One of several: what is typed, and what people read.
    pub(crate) fn choice(
        label: impl Into<String>,
        slot: Slot,
        choices: Vec<(String, String)>,
    ) -> Self {
        Self { kind: Kind::Choice(choices), ..Self::text(label, slot) }
    }

    /// A place.
    pub(crate) fn place(label: impl Into<String>, slot: Slot) -> Self {
        Self { kind: Kind::Place, ..Self::text(label, slot) }
    }

    /// A text, with those that are known: what is typed, and what people read.
    pub(crate) fn known(
        label: impl Into<String>,
        slot: Slot,
        known: Vec<(String, String)>,
    ) -> Self {
        Self { kind: Kind::Known(known), ..Self::text(label, slot) }
    }

    /// It must be filled in.
    pub(crate) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// What it is now, for one that may stay empty.
    pub(crate) fn hinted(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// With something in it.
    pub(crate) fn with(self, value: &str) -> Self {
        Self { input: Input::new(value.to_owned()), ..self }
    }

    /// The next choice, or the one before.
    pub(crate) fn turn(&mut self, back: bool) {
        let Kind::Choice(choices) = &self.kind else { return };
        let at = choices.iter().position(|(typed, _)| typed == self.input.value());
        let next = match (at, back) {
            (None, _) => 0,
            (Some(at), false) => (at + 1) % choices.len().max(1),
            (Some(at), true) => at.checked_sub(1).unwrap_or(choices.len().saturating_sub(1)),
        };
        if let Some((typed, _)) = choices.get(next) {
            self.input = Input::new(typed.clone());
        }
    }

    /// What may be meant by what stands there: what is typed in a line, and what people read.
    pub(crate) fn suggestions(&self) -> Vec<(String, String)> {
        let typed = self.input.value().trim();
        match &self.kind {
            Kind::Place if !typed.is_empty() => {
                let found = places::suggest(typed, SUGGESTIONS);
                found.into_iter().map(|place| (place.label.clone(), place.label)).collect()
            }
            // What is chosen needs no list any more.
            Kind::Known(known) if known.iter().all(|(word, _)| word != typed) => {
                let found = ranked(known, typed, |(word, shown)| format!("{word} {shown}"));
                found.into_iter().take(SUGGESTIONS).cloned().collect()
            }
            _ => Vec::new(),
        }
    }

    /// As people read it.
    pub(crate) fn shown(&self) -> &str {
        match &self.kind {
            Kind::Text | Kind::Known(_) | Kind::Place => self.input.value(),
            Kind::Choice(choices) => {
                let chosen = choices.iter().find(|(typed, _)| typed == self.input.value());
                chosen.map_or(self.input.value(), |(_, shown)| shown)
            }
        }
    }
}

/// How a filled in form is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// At once.
    AtOnce,
    /// It cannot be taken back: first it is shown what would happen.
    AfterDryRun,
    /// As [`Manner::AfterDryRun`], and it can be taken back for a few seconds before it is sent.
    AfterDryRunWithUndo,
}

/// A form.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// What it is about.
    pub title: String,
    /// The verb, and what it is about; one for each thing that it is done to.
    pub lines: Vec<Line>,
    /// What is to be known.
    pub fields: Vec<Field>,
    /// The field that is being filled in.
    pub at: usize,
    /// How it is carried out.
    pub manner: Manner,
    /// What is still missing, once somebody tried.
    pub missing: Option<Label>,
    /// Whether it takes a call: then its fields are those of the service that is chosen in the first.
    pub request: bool,
    /// What may be meant by what stands in the field.
    pub suggestions: Vec<(String, String)>,
    /// Which of them is chosen.
    pub picked: Option<usize>,
    /// What is known of what was filled in.
    pub remark: Option<String>,
    /// What should be known before it is sent.
    pub warning: Option<String>,
}

impl Form {
    /// A form to be filled in.
    pub(crate) fn new(
        title: impl Into<String>,
        line: Line,
        manner: Manner,
        fields: Vec<Field>,
    ) -> Self {
        let mut form = Self {
            title: title.into(),
            lines: vec![line],
            fields,
            at: 0,
            manner,
            missing: None,
            request: false,
            suggestions: Vec::new(),
            picked: None,
            remark: None,
            warning: None,
        };
        form.suggest();
        form
    }

    /// The same for several things.
    pub(crate) fn over(self, lines: Vec<Line>) -> Self {
        Self { lines, ..self }
    }

    /// The lines, or the first field that must be filled in and is not.
    pub(crate) fn made(&self) -> Result<Vec<Line>, usize> {
        self.lines.iter().map(|line| self.filled(line.clone())).collect()
    }

    fn filled(&self, mut line: Line) -> Result<Line, usize> {
        for (at, field) in self.fields.iter().enumerate() {
            let value = field.input.value().trim();
            if value.is_empty() {
                if field.required {
                    return Err(at);
                }
                if let Slot::Either { empty, .. } = &field.slot {
                    line = line.word(empty);
                }
                continue;
            }
            line = match &field.slot {
                Slot::Word | Slot::Switch => line.word(value),
                Slot::Flag(flag) | Slot::Either { given: flag, .. } => line.flag(flag, value),
                Slot::Field(name) => line.flag("--field", format!("{name}={value}")),
            };
        }
        Ok(line)
    }

    /// The next field, or the one before.
    pub(crate) fn step(&mut self, back: bool) {
        let all = self.fields.len().max(1);
        self.at = (self.at + if back { all - 1 } else { 1 }) % all;
        self.suggest();
    }

    /// Looks anew what may be meant by what stands in the field.
    pub(crate) fn suggest(&mut self) {
        self.picked = None;
        self.suggestions = self.fields.get(self.at).map(Field::suggestions).unwrap_or_default();
    }

    /// Chooses the next suggestion, or the one before. Says whether there is one.
    pub(crate) fn pick(&mut self, back: bool) -> bool {
        let most = self.suggestions.len();
        let next = match (self.picked, back) {
            (None, true) => return false,
            (None, false) => Some(0),
            (Some(at), false) => Some(at + 1),
            (Some(at), true) => at.checked_sub(1),
        };
        self.picked = next.map(|at| at.min(most.saturating_sub(1)));
        most > 0
    }

    /// Takes the chosen suggestion. Says whether there was one.
    pub(crate) fn take(&mut self) -> bool {
        let picked = self.picked.take().and_then(|at| self.suggestions.get(at).cloned());
        let (Some((word, _)), Some(field)) = (picked, self.fields.get_mut(self.at)) else {
            return false;
        };
        field.input = Input::new(word);
        self.suggestions.clear();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_makes_a_line_of_what_is_filled_in_and_names_what_is_missing() {
        let fields = vec![
            Field::text("why", Slot::Flag("--reason")).required(),
            Field::text("flat", Slot::Field("flat".to_owned())),
        ];
        let mut form = Form::new("t", Line::of(&["cancel", "C-1"]), Manner::AtOnce, fields);
        assert_eq!(form.made(), Err(0));
        form.fields[0].input = Input::new(" moved away ".to_owned());
        assert_eq!(form.made().unwrap()[0].shell(), "ascall cancel C-1 '--reason=moved away'");
        form.fields[1].input = Input::new("12".to_owned());
        assert!(form.made().unwrap()[0].shell().ends_with("--field=flat=12"));
    }

    #[test]
    fn a_choice_turns_round_and_shows_its_words() {
        let choices =
            vec![("cash".to_owned(), "현금".to_owned()), ("card".to_owned(), "카드".to_owned())];
        let mut field = Field::choice("by", Slot::Flag("--by"), choices);
        field.turn(false);
        assert_eq!((field.input.value(), field.shown()), ("cash", "현금"));
        field.turn(true);
        assert_eq!(field.input.value(), "card");
        field.turn(false);
        assert_eq!(field.input.value(), "cash");
    }
}
