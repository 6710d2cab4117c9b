//! A notice in words: the sentence of the pinned profile, filled in from the call and the subject rows.
//!
//! Invariant: words are made when they are read, so an erased person is erased in every notice, and no sentence is kept.

use super::{CallRow, Store};
use crate::domain::event::{NoticeKey, call_of};
use crate::domain::ids::WorkerId;
use crate::domain::profile::{NoticeRule, Profile, Role};
use crate::domain::tel::Tel;
use crate::domain::world::World;

/// A notice in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The recipient's number; none: erased or never given.
    pub to: Option<String>,
    /// Who the recipient is to the call.
    pub role: Role,
    /// The sentence.
    pub text: String,
}

impl Letter {
    /// As handed to a program.
    #[must_use]
    pub fn to_json(&self, key: &NoticeKey) -> String {
        serde_json::json!({
            "key": key_text(key),
            "call": key.call.to_string(),
            "to": self.to,
            "role": self.role,
            "text": self.text,
        })
        .to_string()
    }
}

/// The key of a notice as one word: record, rule, recipient, transport.
#[must_use]
pub fn key_text(key: &NoticeKey) -> String {
    let transport = match key.transport {
        crate::domain::profile::Transport::Inbox => "inbox",
        crate::domain::profile::Transport::Command => "command",
    };
    format!("{}/{}/{}/{transport}", key.seq, key.rule, key.to)
}

/// The words of a notice that is owed; none: its call or rule is not known.
#[must_use]
pub fn of_notice(world: &World, store: &Store, key: &NoticeKey) -> Option<Letter> {
    let row = match world.call(key.call) {
        Some(call) => CallRow::of(call, world),
        None => store.call(key.call).ok().flatten()?,
    };
    let profile = &world.profile(row.profile)?.spec;
    let worker = world.notice_worker(key);
    let subject = worker.and_then(|id| world.worker(id)).map(|w| (w.id, w.subject));
    write(store, profile, &row, key, subject)
}

/// The words of a notice.
#[must_use]
pub fn write(
    store: &Store,
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
    let reason = if text.contains("{reason}") { reason(store, row, key) } else { None };
    let blanks: [(&str, String); 9] = [
        ("{call}", row.call.to_string()),
        ("{worker}", worker_name),
        ("{worker_tel}", worker_tel),
        ("{cost}", row.cost.map_or_else(String::new, |c| grouped(c.0))),
        ("{reason}", reason.unwrap_or_default()),
        ("{kind}", row.kind.clone().unwrap_or_default()),
        ("{place}", customer.address.clone().unwrap_or_default()),
        ("{customer_tel}", shown(&customer.tel).unwrap_or_default()),
        ("{name}", recipient.name.clone().unwrap_or_default()),
    ];
    Some(Letter { to: recipient.tel, role: rule.to, text: filled(text, &blanks) })
}

/// Why it happened, in the words of who did it; none when nothing was said, or it was said of another call.
fn reason(store: &Store, row: &CallRow, key: &NoticeKey) -> Option<String> {
    let record = store.record(key.seq).ok().flatten()?;
    let about = record.events.first().and_then(call_of);
    record.reason.filter(|_| about.is_none_or(|call| call == row.call))
}

/// Whole won with a comma every three digits.
fn grouped(won: i64) -> String {
    let digits = won.unsigned_abs().to_string();
    let mut out = if won < 0 { "-".to_owned() } else { String::new() };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Fills in the blanks in one pass, so that what a customer wrote is never taken for a blank itself. An empty one takes
/// the space before it along.
fn filled(text: &str, blanks: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((blank, value)) = blanks.iter().find(|(blank, _)| rest.starts_with(blank)) {
            rest = &rest[blank.len()..];
            let apart = rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
            if value.is_empty() && apart && out.ends_with(' ') {
                out.pop();
            }
            out.push_str(value);
        } else {
            out.push('{');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_customer_wrote_is_never_a_blank() {
        let blanks = [("{place}", "{call}".to_owned()), ("{call}", "C-1".to_owned())];
        assert_eq!(filled("{call} at {place} {other}", &blanks), "C-1 at {call} {other}");
    }

    #[test]
    fn what_is_not_known_leaves_no_gap() {
        let blanks = [("{kind}", String::new()), ("{place}", String::new())];
        assert_eq!(filled("C-1 {kind} {place} · tel", &blanks), "C-1 · tel");
        assert_eq!(filled("C-1, {place}.", &blanks), "C-1,.");
        assert_eq!(filled("to {kind}technician", &blanks), "to technician");
    }

    #[test]
    fn won_is_grouped_by_thousands() {
        let texts = [0, 999, 1_000, -25_500, 1_234_567].map(grouped);
        assert_eq!(texts, ["0", "999", "1,000", "-25,500", "1,234,567"]);
    }
}
