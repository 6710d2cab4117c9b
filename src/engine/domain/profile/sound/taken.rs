//! What a request is asked for: the fields.

use super::Check;
use crate::domain::decide::COST_MAX;
use crate::domain::profile::{Field, FieldKind, Wrong};
use crate::domain::tel::Tel;

impl Check<'_> {
    pub(super) fn fields(&mut self) {
        let fields = &self.profile.fields;
        self.few("fields", fields.len());
        self.once(names(fields));
        for (i, field) in fields.iter().enumerate() {
            let at = format!("fields[{i}]");
            self.name(&format!("{at}.name"), &field.name);
            self.words(&format!("{at}.label"), &field.label, super::WORD_MAX);
            self.kind(&at, field);
            self.choice(&at, field);
            self.skill(&at, field);
            if let Some(default) = &field.default {
                self.default(&at, field, default);
            }
        }
        self.single("skill", "the skill", |field| field.skill);
        self.single("type", "the reference", |field| field.kind == FieldKind::Reference);
    }

    /// The desk's own fields keep their types, and what names a person is kept beside the journal, under its own name.
    fn kind(&mut self, at: &str, field: &Field) {
        let at = format!("{at}.type");
        let must = match (field.name.as_str(), field.kind) {
            ("tel", FieldKind::Tel)
            | ("location", FieldKind::Place)
            | ("cost", FieldKind::Won)
            | ("visit", FieldKind::Time) => None,
            ("tel", _) => Some(("`tel`", "the field `tel` is the customer's number")),
            ("location", _) => Some(("`place`", "the field `location` is where to go")),
            ("cost", _) => Some(("`won`", "the field `cost` is the price or the estimate")),
            ("visit", _) => Some(("`time`", "the field `visit` is the appointment")),
            (_, FieldKind::Tel) => {
                Some(("another type", "only the field `tel` may hold a phone number"))
            }
            (_, FieldKind::Time) => {
                Some(("another type", "only the field `visit` may hold a time"))
            }
            _ => None,
        };
        if let Some((be, because)) = must {
            self.say(at, Wrong::Must { be, because });
        }
    }

    /// The only values allowed: of the field's type, and of a type that can be chosen from.
    fn choice(&mut self, at: &str, field: &Field) {
        if field.one_of.is_empty() {
            return;
        }
        let at = format!("{at}.one_of");
        self.values(&at, &field.one_of);
        match field.kind {
            FieldKind::Text | FieldKind::Count | FieldKind::Won => {
                for (i, value) in field.one_of.iter().enumerate() {
                    self.fits(&format!("{at}[{i}]"), field.kind, value);
                }
            }
            FieldKind::Tel | FieldKind::Place | FieldKind::Reference | FieldKind::Time => {
                self.say(at, Wrong::Idle("only `text`, `count` and `won` are chosen from a list"));
            }
        }
    }

    fn skill(&mut self, at: &str, field: &Field) {
        if field.skill && field.kind != FieldKind::Text {
            let because = "a skill is a word";
            self.say(format!("{at}.type"), Wrong::Must { be: "`text`", because });
        }
        if field.no_skill.is_empty() {
            return;
        }
        let at = format!("{at}.no_skill");
        if !field.skill {
            self.say(at, Wrong::Idle("the field is no skill"));
            return;
        }
        self.values(&at, &field.no_skill);
        for (i, value) in field.no_skill.iter().enumerate() {
            self.among(&format!("{at}[{i}]"), field, value);
        }
    }

    fn default(&mut self, at: &str, field: &Field, default: &str) {
        let place = format!("{at}.default");
        if field.required {
            let why = "a field with a default is never missing";
            self.say(format!("{at}.required"), Wrong::Idle(why));
        }
        match field.kind {
            FieldKind::Reference => {
                self.say(place, Wrong::Idle("no two calls may have one reference"));
            }
            FieldKind::Time => self.say(place, Wrong::Idle("an appointment has no usual time")),
            _ => {
                self.text(&place, default, super::WORD_MAX);
                self.fits(&place, field.kind, default);
                self.among(&place, field, default);
            }
        }
    }

    fn among(&mut self, at: &str, field: &Field, value: &str) {
        if !field.one_of.is_empty() && !field.one_of.iter().any(|allowed| allowed == value) {
            let allowed = field.one_of.clone();
            self.say(at, Wrong::NotAmong { value: value.to_owned(), allowed });
        }
    }

    fn fits(&mut self, at: &str, kind: FieldKind, value: &str) {
        let what = match kind {
            FieldKind::Won if !value.parse().is_ok_and(|won| (0..=COST_MAX).contains(&won)) => {
                "whole won"
            }
            FieldKind::Count if !value.parse::<u32>().is_ok_and(|count| count > 0) => {
                "whole number from 1 on"
            }
            FieldKind::Tel if Tel::strict(value).is_err() => "phone number",
            _ => return,
        };
        self.say(at, Wrong::NoValue { value: value.to_owned(), what });
    }

    /// At most one field is of that sort; `key` is where it says so.
    fn single(&mut self, key: &str, what: &str, is: impl Fn(&Field) -> bool) {
        let fields = self.profile.fields.iter().enumerate();
        let mut places =
            fields.filter(|(_, field)| is(field)).map(|(i, _)| format!("fields[{i}].{key}"));
        let Some(first) = places.next() else { return };
        let more: Vec<String> = places.collect();
        for at in more {
            self.say(at, Wrong::Twice { of: what.to_owned(), first: first.clone() });
        }
    }
}

fn names(fields: &[Field]) -> impl Iterator<Item = (String, &String)> {
    fields.iter().enumerate().map(|(i, field)| (format!("fields[{i}].name"), &field.name))
}
