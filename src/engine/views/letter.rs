//! A notice in words: the sentence of the pinned profile, filled in from the call and the subject rows.
//!
//! Invariant: words are made when they are read, so an erased person is erased in every notice, and no sentence is kept.

use super::{CallRow, Store};
use crate::domain::event::{NoticeKey, call_of};
use crate::domain::ids::{Time, Won, WorkerId};
use crate::domain::profile::{NoticeOn, NoticeRule, Profile, Role};
use crate::domain::tel::Tel;
use crate::domain::text::grouped;
use crate::domain::world::World;
use std::collections::BTreeMap;

/// How a point in time is written: the zone of the desk is known to whoever runs it.
pub type Face = fn(Time) -> String;

/// What a provider has approved for a notice: its own name for it, and what goes into each of its blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The provider's name for it.
    pub code: String,
    /// By the name of the blank; to be filled in as a sentence is.
    pub blanks: BTreeMap<String, String>,
}

/// Forms by profile, by what the notice tells of, and by who is told.
pub type Forms = BTreeMap<String, BTreeMap<NoticeOn, BTreeMap<Role, Form>>>;

/// A notice in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The recipient's number; none: erased or never given.
    pub to: Option<String>,
    /// The name of the call's profile.
    pub profile: String,
    /// What it tells of.
    pub on: NoticeOn,
    /// Who the recipient is to the call.
    pub role: Role,
    /// The sentence.
    pub text: String,
    /// The form for it, filled in; none: there is none.
    pub form: Option<Form>,
}

impl Letter {
    /// As handed to a program.
    #[must_use]
    pub fn to_json(&self, key: &NoticeKey) -> String {
        serde_json::json!({
            "key": key.name().to_string(),
            "call": key.call.to_string(),
            "to": self.to,
            "role": self.role,
            "text": self.text,
        })
        .to_string()
    }
}

/// The words of a notice that is owed; none: its call or rule is not known.
#[must_use]
pub fn of_notice(
    world: &World,
    store: &Store,
    face: Face,
    forms: &Forms,
    key: &NoticeKey,
) -> Option<Letter> {
    let row = match world.call(key.call) {
        Some(call) => CallRow::of(call, world),
        None => store.call(key.call).ok().flatten()?,
    };
    let profile = &world.profile(row.profile)?.spec;
    let worker = world.owed(key).and_then(|owed| owed.worker);
    let subject = worker.and_then(|id| world.worker(id)).map(|w| (w.id, w.subject));
    write(store, face, forms, profile, &row, key, subject)
}

/// The words of a notice.
#[must_use]
pub fn write(
    store: &Store,
    face: Face,
    forms: &Forms,
    profile: &Profile,
    row: &CallRow,
    key: &NoticeKey,
    worker: Option<(WorkerId, crate::domain::ids::SubjectId)>,
) -> Option<Letter> {
    let rule: &NoticeRule = profile.notices.get(usize::from(key.rule))?;
    let person = |subject| store.person(subject).ok().flatten().unwrap_or_default();
    let recipient = person(key.to);
    let helper = worker.map(|(id, subject)| (id, person(subject)));
    let customer = person(row.subject);
    let shown = |tel: &Option<String>| {
        tel.as_deref().map(|t| Tel::parse(t).map_or_else(|_| t.to_owned(), |tel| tel.to_string()))
    };
    let (worker_name, worker_tel) = match &helper {
        Some((id, who)) => (
            who.name.clone().unwrap_or_else(|| id.to_string()),
            shown(&who.tel).unwrap_or_default(),
        ),
        None => (String::new(), String::new()),
    };
    let text = rule.text.in_lang(row.lang);
    let word = |name: &str| match name {
        "call" => Some(row.call.to_string()),
        "name" => recipient.name.clone(),
        "customer" => customer.name.clone(),
        "customer_tel" => shown(&customer.tel),
        "worker" => Some(worker_name.clone()),
        "worker_tel" => Some(worker_tel.clone()),
        "kind" => row.kind.clone(),
        "place" => customer.address.clone(),
        "visit" => row.window.map(|window| face(window.from)),
        "cost" => row.cost.map(|won| grouped(won.0)),
        "paid" => some(row.money.captured),
        "refunded" => some(row.money.refunded),
        "reason" => reason(store, row, key),
        _ => None,
    };
    let own = |name: &str| {
        let field = row.fields.iter().find(|(field, _)| field == name);
        field.map(|(_, value)| value.clone())
    };
    let is_own = |name: &str| profile.fields.iter().any(|field| field.name == name);
    let fill = |name: &str| {
        let known = NoticeRule::BLANKS.contains(&name) || is_own(name);
        known.then(|| word(name).or_else(|| own(name)).unwrap_or_default())
    };
    let form = forms.get(&profile.name).and_then(|of| of.get(&rule.on)?.get(&rule.to));
    let form = form.map(|form| Form {
        code: form.code.clone(),
        blanks: form.blanks.iter().map(|(k, text)| (k.clone(), filled(text, fill))).collect(),
    });
    Some(Letter {
        profile: profile.name.clone(),
        on: rule.on,
        role: rule.to,
        text: filled(text, fill),
        form,
        to: recipient.tel.clone(),
    })
}

/// Won with separators; nothing for none.
fn some(won: Won) -> Option<String> {
    (won.0 != 0).then(|| grouped(won.0))
}

/// Why it happened, in the words of who did it; none when nothing was said, or it was said of another call.
fn reason(store: &Store, row: &CallRow, key: &NoticeKey) -> Option<String> {
    let record = store.record(key.seq).ok().flatten()?;
    let about = record.events.first().and_then(call_of);
    record.reason.filter(|_| about.is_none_or(|call| call == row.call))
}

/// Fills in the blanks in one pass, so that what a customer wrote is never taken for a blank itself. An empty one takes
/// the space before it along; what is no blank stays as it is.
fn filled(text: &str, fill: impl Fn(&str) -> Option<String> + Copy) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let blank = after.split_once('}');
        let Some((value, behind)) = blank.and_then(|(name, end)| Some((fill(name)?, end))) else {
            out.push('{');
            rest = after;
            continue;
        };
        let apart = behind.chars().next().is_none_or(|c| !c.is_alphanumeric());
        if value.is_empty() && apart && out.ends_with(' ') {
            out.pop();
        }
        out.push_str(&value);
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_customer_wrote_is_never_a_blank() {
        let fill = |name: &str| match name {
            "place" => Some("{call}".to_owned()),
            "call" => Some("C-1".to_owned()),
            _ => None,
        };
        assert_eq!(filled("{call} at {place} {other} {", fill), "C-1 at {call} {other} {");
    }

    #[test]
    fn what_is_not_known_leaves_no_gap() {
        let fill = |name: &str| ["kind", "place"].contains(&name).then(String::new);
        assert_eq!(filled("C-1 {kind} {place} · tel", fill), "C-1 · tel");
        assert_eq!(filled("C-1, {place}.", fill), "C-1,.");
        assert_eq!(filled("to {kind}technician", fill), "to technician");
    }
}
