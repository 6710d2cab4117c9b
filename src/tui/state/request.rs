//! A new call: the form that the chosen service asks for, and a warning when the customer already has such a call.
//!
//! Invariant: the fields are those of the service, in its order; what was filled in stays when another service is chosen.
//! Whether the call is taken is said by whoever carries the line out.

use super::State;
use super::form::{Field, Form, Manner, Slot};
use super::forms::or_nothing;
use super::overlay::Overlay;
use crate::desk::CallRow;
use crate::front::show::member::MemberJson;
use crate::tui::msg::Want;
use crate::tui::typed::Line;
use crate::tui::words::Label;
use ascall_engine::domain::profile::{self, FieldKind, Profile};
use ascall_engine::domain::tel::Tel;

/// The slot of the field that says which service.
const PROFILE: Slot = Slot::Flag("--profile");

impl State {
    /// Opens the form of a new call.
    pub(super) fn new_call(&mut self) {
        let known = |name: &String| self.profile(name).is_some();
        let last = self.last_profile.clone().filter(known);
        let first = self.setting.profiles.first().map(|profile| profile.name.clone());
        let Some(name) = last.or(first) else { return };
        let fields = self.fields_of(&name);
        let title = self.say(Label::DoNewCall);
        let form = Form::new(title, Line::of(&["request"]), Manner::AtOnce, fields);
        self.caller = None;
        // The service is chosen already; what comes first is who calls.
        let mut form = Form { request: true, at: 1, ..form };
        form.suggest();
        self.overlay = Some(Overlay::Form(form));
    }

    /// After something was typed into the form: another service has other fields, another number another warning.
    pub(super) fn retyped(&mut self, form: &mut Form) {
        let chosen = form.fields.first().map(|field| field.input.value().to_owned());
        let Some(name) = chosen.filter(|_| form.request) else { return };
        if self.last_profile.as_ref() != Some(&name)
            || form.fields.len() != self.fields_of(&name).len()
        {
            let before = std::mem::take(&mut form.fields);
            form.fields = self.fields_of(&name);
            for field in &mut form.fields {
                if let Some(same) = before.iter().find(|same| same.slot == field.slot) {
                    field.input = same.input.clone();
                }
            }
            form.at = form.at.min(form.fields.len().saturating_sub(1));
            self.last_profile = Some(name.clone());
        }
        form.warning = self.twin(form, &name);
        form.remark = self
            .caller(form)
            .map(|member| Label::IsMember.fill(self.look().lang, &[&member.line(self.look())]));
    }

    /// The member under the number in the form, as far as that was asked.
    fn caller(&self, form: &Form) -> Option<&MemberJson> {
        let (tel, member) = self.caller.as_ref()?;
        member.as_ref().filter(|_| number(form).as_ref() == Some(tel))
    }

    /// Who is a member under the number in the form of a new call.
    pub(super) fn caller_lacks(&self) -> Option<Want> {
        let Some(Overlay::Form(form)) = &self.overlay else { return None };
        let tel = number(form).filter(|_| form.request)?;
        let known = self.caller.as_ref().is_some_and(|(known, _)| *known == tel);
        (!known).then_some(Want::Member { tel })
    }

    /// It was said who that is.
    pub(super) fn got_caller(&mut self, want: Want, member: Option<MemberJson>) {
        let Want::Member { tel } = want else { return };
        self.caller = Some((tel, member));
        if let Some(Overlay::Form(mut form)) =
            self.overlay.take_if(|o| matches!(o, Overlay::Form(_)))
        {
            self.retyped(&mut form);
            self.overlay = Some(Overlay::Form(form));
        }
    }

    fn fields_of(&self, name: &str) -> Vec<Field> {
        let lang = self.look().lang;
        let services = self.setting.profiles.iter();
        let services = services.map(|p| (p.name.clone(), p.title.in_lang(lang).to_owned()));
        let mut fields =
            vec![Field::choice(self.say(Label::Service), PROFILE, services.collect()).with(name)];
        let Some(profile) = self.profile(name) else { return fields };
        let own = |field: &&profile::Field| field.name == "tel";
        fields.extend(profile.fields.iter().filter(own).map(|field| self.asked(field, profile)));
        fields.push(Field::text(self.say(Label::Name), Slot::Flag("--name")));
        let others = profile.fields.iter().filter(|field| !own(field));
        fields.extend(others.map(|field| self.asked(field, profile)));
        let priority =
            Field::choice(self.say(Label::DoPriority), Slot::Flag("--priority"), self.priorities());
        fields.push(priority);
        fields
    }

    /// A field of the service as it is asked.
    fn asked(&self, field: &profile::Field, profile: &Profile) -> Field {
        let label = field.label.in_lang(self.look().lang);
        let slot = match field.name.as_str() {
            "tel" => Slot::Flag("--tel"),
            "location" => Slot::Flag("--location"),
            "cost" => Slot::Flag("--cost"),
            "visit" => Slot::Flag("--at"),
            "kind" => Slot::Flag("--kind"),
            own => Slot::Field(own.to_owned()),
        };
        let choices = || field.one_of.iter().map(|word| (word.clone(), word.clone())).collect();
        let asked = match field.kind {
            FieldKind::Place => Field::place(label, slot),
            _ if !field.one_of.is_empty() => Field::choice(label, slot, or_nothing(choices())),
            _ if field.skill => Field::known(label, slot, self.skills(Some(profile))),
            _ => Field::text(label, slot),
        };
        let hint = match field.kind {
            FieldKind::Time => self.say(Label::TimeForms).to_owned(),
            _ => field.default.clone().unwrap_or_default(),
        };
        // A service may ask members only for who they are, who are known by their number.
        Field { required: field.required && field.default.is_none(), ..asked.hinted(hint) }
    }

    /// What should be known about a number: the same customer already has such a call.
    fn twin(&self, form: &Form, profile: &str) -> Option<String> {
        let tel = number(form)?;
        let kind = value(form, "--kind");
        let same = |row: &&CallRow| {
            let known = self.live.customer(row).and_then(|person| person.tel.as_deref());
            row.profile_name == profile
                && (kind.is_none() || row.kind.as_deref() == kind)
                && known.and_then(|known| Tel::parse(known).ok()).is_some_and(|known| known == tel)
        };
        let row = self.live.calls.values().find(same)?;
        let phase = self.phase_word(&row.profile_name, row.phase);
        let about = format!("{} {phase} {}", row.call, row.kind.as_deref().unwrap_or_default());
        Some(Label::AlreadyLive.fill(self.look().lang, &[about.trim()]))
    }
}

/// What stands in the field of a flag.
fn value<'a>(form: &'a Form, flag: &'static str) -> Option<&'a str> {
    let field = form.fields.iter().find(|field| field.slot == Slot::Flag(flag));
    field.map(|field| field.input.value().trim()).filter(|value| !value.is_empty())
}

/// The number in a form, once it is whole.
fn number(form: &Form) -> Option<Tel> {
    Tel::parse(value(form, "--tel")?).ok()
}
