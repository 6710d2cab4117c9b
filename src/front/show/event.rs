//! Records and events as they are shown: who, when, what, and the values that matter.
//!
//! Invariant: a timeline shows no personal data: events have none, and notes are shown elsewhere.

mod names;
mod told;

pub(crate) use names::{Names, NamesOf, REFUND};

use super::call::CallCard;
use super::name_of;
use super::status::PlaceJson;
use crate::desk::Book;
use crate::front::clock::iso;
use crate::front::cursor::Cursor;
use crate::front::look::Look;
use crate::front::show::Show;
use crate::front::words::Word;
use ascall_engine::domain::event::{Actor, Event, Record, call_of};
use ascall_engine::domain::ids::Time;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use told::{detail, subject, word};

/// One event of a timeline.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct HappeningJson {
    /// Its record.
    pub seq: u64,
    /// When.
    pub at: String,
    /// Who caused it.
    pub by: String,
    /// What, e.g. `assignment_committed`.
    pub event: String,
    /// The values that matter, in words.
    pub detail: String,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
    #[serde(skip)]
    pub time: Time,
    #[serde(skip)]
    pub word: Option<Word>,
    #[serde(skip)]
    pub by_word: String,
}

impl HappeningJson {
    /// An event of a record; `names` are those of the call's profile.
    pub(crate) fn of(
        record: &Record,
        event: &Event,
        names: &Names,
        desk: &mut NamesOf<'_>,
        look: &Look,
    ) -> Self {
        Self {
            seq: record.seq.0,
            at: iso(record.at),
            by: actor_json(&record.actor),
            event: name_of(event),
            detail: detail(event, names, look),
            reason: record.reason.clone(),
            time: record.at,
            word: Some(word(event)),
            by_word: actor_word(&record.actor, desk, look),
        }
    }

    /// A place of a call's worker that was not known before: no event of the journal, but something that happened.
    pub(crate) fn moved(call: &CallCard, place: &PlaceJson, look: &Look) -> Self {
        let worker = call.worker.as_ref().map(|worker| worker.id.clone()).unwrap_or_default();
        Self {
            seq: call.seq,
            at: place.at.clone(),
            by: worker.clone(),
            event: "worker_place".to_owned(),
            detail: place.line(look),
            reason: None,
            time: place.time,
            word: Some(Word::WorkerPlace),
            by_word: worker,
        }
    }

    /// One line for people.
    pub(crate) fn line(&self, look: &Look) -> String {
        self.cells(look).into_iter().filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join("  ")
    }

    /// The rows of a timeline: what a whole record has in common is said at its first event only.
    pub(crate) fn rows(all: &[Self], look: &Look) -> Vec<Vec<String>> {
        let mut rows: Vec<Vec<String>> = Vec::with_capacity(all.len());
        let mut before = None;
        for happening in all {
            let mut row = happening.cells(look);
            if before == Some(happening.seq) {
                for common in [0, 1, 4, 5] {
                    if let Some(cell) = row.get_mut(common) {
                        cell.clear();
                    }
                }
            }
            before = Some(happening.seq);
            rows.push(row);
        }
        rows
    }
}

impl Show for HappeningJson {
    fn id(&self) -> String {
        self.seq.to_string()
    }
    const CSV: &'static [&'static str] = &["seq", "at", "by", "event", "detail", "reason"];
    const HEADS: &'static [Word] =
        &[Word::Seq, Word::Time, Word::Event, Word::Text, Word::By, Word::Reason];
    fn cells(&self, look: &Look) -> Vec<String> {
        vec![
            self.seq.to_string(),
            look.clock.exact(self.time),
            self.word.map_or_else(|| self.event.clone(), |word| look.word(word)),
            self.detail.clone(),
            self.by_word.clone(),
            self.reason.clone().unwrap_or_default(),
        ]
    }
}

/// A record as `tail` shows it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct RecordJson {
    /// Its place.
    pub seq: u64,
    /// What a follower who has read this far comes back with: the epoch and the place.
    pub cursor: Cursor,
    /// When it was decided.
    pub at: String,
    /// Who caused it.
    pub by: String,
    /// The idempotency key.
    pub key: Option<String>,
    /// The record whose work it answers.
    pub causation: Option<u64>,
    /// The trace of the request it was asked with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What happened: each event with its name under `event` and its values beside it.
    pub events: Vec<Value>,
    #[serde(skip)]
    pub time: Time,
    #[serde(skip)]
    pub lines: Vec<String>,
    #[serde(skip)]
    pub by_word: String,
}

impl RecordJson {
    /// A record of an epoch.
    pub(crate) fn of(record: &Record, epoch: u64, desk: &mut NamesOf<'_>, look: &Look) -> Self {
        let mut about = String::new();
        let mut line = |event: &Event| {
            let names = call_of(event).map(|call| desk.of_call(call)).unwrap_or_default();
            let text = detail(event, &names, look);
            let subject = subject(event, desk);
            // Said once, until it is about another one.
            let said = if subject == about || text.contains(&subject) { "" } else { &subject };
            let parts = [said, &look.word(word(event)), &text];
            let line = parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ");
            about = subject;
            line
        };
        let lines = record.events.iter().map(&mut line).collect();
        Self {
            seq: record.seq.0,
            cursor: Cursor::at(epoch, record.seq),
            at: iso(record.at),
            by: actor_json(&record.actor),
            key: record.key.as_ref().map(|bound| bound.key.clone()),
            causation: record.causation.map(|seq| seq.0),
            trace: record.trace.map(|trace| trace.to_string()),
            reason: record.reason.clone(),
            events: record.events.iter().map(event_json).collect(),
            time: record.at,
            lines,
            by_word: actor_word(&record.actor, desk, look),
        }
    }

    /// As it is, in lines of indented JSON.
    pub(crate) fn raw_lines(&self) -> Vec<String> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// One line for people.
    pub(crate) fn line(&self, look: &Look) -> String {
        let reason = self.reason.as_ref().map(|reason| format!("\"{reason}\""));
        let parts = [self.seq.to_string(), look.clock.exact(self.time), self.by_word.clone()];
        let events = self.lines.join(" · ");
        parts.into_iter().chain([events]).chain(reason).collect::<Vec<_>>().join("  ")
    }
}

impl Show for RecordJson {
    fn id(&self) -> String {
        self.seq.to_string()
    }
    const CSV: &'static [&'static str] =
        &["seq", "at", "by", "key", "causation", "reason", "events"];
    const HEADS: &'static [Word] = &[Word::Seq, Word::Time, Word::By, Word::Event];
    fn cells(&self, look: &Look) -> Vec<String> {
        vec![
            self.seq.to_string(),
            look.clock.exact(self.time),
            self.by_word.clone(),
            self.lines.join(" · "),
        ]
    }
}

/// An event that would happen, as `--dry-run` shows it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct WouldJson {
    /// What.
    pub event: String,
    /// Its values.
    pub values: Value,
    #[serde(skip)]
    pub line: String,
}

impl WouldJson {
    fn of(event: &Event, names: &Names, desk: &mut NamesOf<'_>, look: &Look) -> Self {
        let text = [subject(event, desk), look.word(word(event)), detail(event, names, look)];
        let line = text.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ");
        Self { event: name_of(event), values: inner(event), line }
    }

    /// Events that would happen together.
    pub(crate) fn all(book: &Book, events: &[Event], look: &Look) -> Vec<Self> {
        let mut names = NamesOf::new(book);
        // A call that is not there yet has its profile in the event that would take it.
        let mut taken = None;
        let mut would = Vec::with_capacity(events.len());
        for event in events {
            if let Event::CallReceived { call, profile, .. } = event {
                taken = Some((*call, names.of_profile(*profile)));
            }
            let of_call = match (call_of(event), &taken) {
                (Some(call), Some((new, names))) if call == *new => Arc::clone(names),
                (Some(call), _) => names.of_call(call),
                (None, _) => Arc::default(),
            };
            would.push(Self::of(event, &of_call, &mut names, look));
        }
        would
    }
}

impl Show for WouldJson {
    fn id(&self) -> String {
        String::new()
    }
    const CSV: &'static [&'static str] = &["event", "values"];
    const HEADS: &'static [Word] = &[Word::Event];
    fn cells(&self, _: &Look) -> Vec<String> {
        vec![self.line.clone()]
    }
}

/// Who caused a record, as a name: an operator's own, `W-1`, `T-1`, `customer` or `clock`.
pub(crate) fn actor_json(actor: &Actor) -> String {
    match actor {
        Actor::Operator(name) => name.clone(),
        Actor::Worker(worker) => worker.to_string(),
        Actor::Customer => "customer".to_owned(),
        Actor::Participant(participant) => participant.to_string(),
        Actor::Clock => "clock".to_owned(),
    }
}

/// The same for people.
fn actor_word(actor: &Actor, names: &mut NamesOf<'_>, look: &Look) -> String {
    match actor {
        Actor::Customer => look.term("customer"),
        Actor::Clock => look.term("clock"),
        Actor::Participant(participant) => names.of_participant(*participant),
        actor => actor_json(actor),
    }
}

/// The values of an event. A call that is taken up again stands here by its number: what it was is in its own records.
fn inner(event: &Event) -> Value {
    if let Event::CallRecalled { call } = event {
        return serde_json::json!({ "call": call.id });
    }
    match serde_json::to_value(event) {
        Ok(Value::Object(members)) => members.into_iter().next().map_or(Value::Null, |(_, v)| v),
        _ => Value::Null,
    }
}

fn event_json(event: &Event) -> Value {
    let mut members = serde_json::Map::new();
    members.insert("event".to_owned(), Value::String(name_of(event)));
    if let Value::Object(values) = inner(event) {
        members.extend(values);
    }
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::look::tests::look;
    use ascall_engine::domain::event::{Op, Outcome};
    use ascall_engine::domain::ids::{CallId, Millis, Seq, WorkerId};
    use ascall_engine::domain::profile::Lang;

    fn record(events: Vec<Event>) -> Record {
        Record {
            seq: Seq(7),
            at: Time(1_795_237_200_000),
            actor: Actor::Operator("kim".to_owned()),
            key: None,
            causation: None,
            trace: None,
            reason: Some("customer called".to_owned()),
            events,
        }
    }

    #[test]
    fn an_event_in_json_has_its_name_beside_its_values() {
        let event = Event::WorkStarted { call: CallId(3), worker: Some(WorkerId(4)) };
        let value = event_json(&event);
        assert_eq!(value["event"], "work_started");
        assert_eq!(value["call"], 3);
    }

    #[test]
    fn a_record_is_one_line_with_who_and_why() {
        let events = vec![
            Event::WorkStarted { call: CallId(3), worker: Some(WorkerId(4)) },
            Event::CallCompleted { call: CallId(3) },
        ];
        let json = RecordJson::of(&record(events), 0, &mut NamesOf::over(None), &look(Lang::En));
        assert!(
            json.line(&look(Lang::En))
                .ends_with("kim  C-3 work started W-4 · completed  \"customer called\"")
        );
    }

    #[test]
    fn a_step_is_called_by_its_name() {
        let event = Event::StepAnswered {
            call: CallId(1),
            step: 0,
            op: Op::Do,
            group: 1,
            attempt: 1,
            outcome: Outcome::Unavailable("refused".to_owned()),
            took_ms: Millis(4),
            late: false,
        };
        let names = Names { steps: vec!["manage".to_owned()], ..Names::default() };
        let shown = HappeningJson::of(
            &record(vec![]),
            &event,
            &names,
            &mut NamesOf::over(None),
            &look(Lang::En),
        );
        assert_eq!(shown.detail, "manage do unavailable: refused (4 ms)");
        assert_eq!(shown.event, "step_answered");
    }
}
