//! Records and events as they are shown: who, when, what, and the values that matter.
//!
//! Invariant: a timeline shows no personal data: events have none, and notes are shown elsewhere.

use super::name_of;
use crate::cli::clock::iso;
use crate::cli::ui::{Look, Show};
use crate::cli::words::Word;
use crate::desk::Book;
use ascall_engine::domain::event::{Actor, AssignedBy, Event, Outcome, Record, call_of};
use ascall_engine::domain::ids::{CallId, ParticipantId, ProfileId, Time};
use ascall_engine::domain::profile::{NoticeRule, Profile};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a profile calls its steps and notices, in its own order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    pub steps: Vec<String>,
    /// What is told and to whom, as words to be looked up.
    pub notices: Vec<(String, String)>,
    /// The service line, for the words of its phases.
    pub service: String,
}

impl Names {
    /// Those of a profile.
    pub(crate) fn of(profile: &Profile) -> Self {
        let notice = |rule: &NoticeRule| (name_of(&rule.on), name_of(&rule.to));
        Self {
            steps: profile.steps.iter().map(|step| step.name.clone()).collect(),
            notices: profile.notices.iter().map(notice).collect(),
            service: profile.name.clone(),
        }
    }
}

/// The names of the profiles of calls, each profile read once.
pub(crate) struct NamesOf<'a> {
    /// None: nothing can be looked up.
    book: Option<&'a Book>,
    known: BTreeMap<ProfileId, Arc<Names>>,
    participants: BTreeMap<ParticipantId, String>,
}

impl<'a> NamesOf<'a> {
    /// Of the calls of this desk.
    pub(crate) fn new(book: &'a Book) -> Self {
        Self::over(Some(book))
    }

    fn over(book: Option<&'a Book>) -> Self {
        Self { book, known: BTreeMap::new(), participants: BTreeMap::new() }
    }

    /// Those for a call; none at all when it cannot be read, because a timeline can be read without them.
    pub(crate) fn of_call(&mut self, call: CallId) -> Arc<Names> {
        let row = self.book.and_then(|book| book.call(call).ok().flatten());
        row.map(|row| self.of_profile(row.profile)).unwrap_or_default()
    }

    /// What a participant is called.
    fn of_participant(&mut self, id: ParticipantId) -> String {
        if let Some(known) = self.participants.get(&id) {
            return known.clone();
        }
        let read = self.book.and_then(|book| book.participant_name(id).ok().flatten());
        let name = read.unwrap_or_else(|| id.to_string());
        self.participants.insert(id, name.clone());
        name
    }

    /// Those of a profile.
    pub(crate) fn of_profile(&mut self, profile: ProfileId) -> Arc<Names> {
        if let Some(known) = self.known.get(&profile) {
            return Arc::clone(known);
        }
        let read = self.book.and_then(|book| book.profile(profile).ok().flatten());
        let names = Arc::new(read.as_ref().map(Names::of).unwrap_or_default());
        self.known.insert(profile, Arc::clone(&names));
        names
    }
}

/// One event of a timeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

    /// One line for people.
    pub(crate) fn line(&self, look: &Look) -> String {
        self.cells(look).into_iter().filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join("  ")
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
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct RecordJson {
    /// Its place.
    pub seq: u64,
    /// When it was decided.
    pub at: String,
    /// Who caused it.
    pub by: String,
    /// The idempotency key.
    pub key: Option<String>,
    /// The record whose work it answers.
    pub causation: Option<u64>,
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
    /// A record.
    pub(crate) fn of(record: &Record, desk: &mut NamesOf<'_>, look: &Look) -> Self {
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
            at: iso(record.at),
            by: actor_json(&record.actor),
            key: record.key.as_ref().map(|bound| bound.key.clone()),
            causation: record.causation.map(|seq| seq.0),
            reason: record.reason.clone(),
            events: record.events.iter().map(event_json).collect(),
            time: record.at,
            lines,
            by_word: actor_word(&record.actor, desk, look),
        }
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
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct WouldJson {
    /// What.
    pub event: String,
    /// Its values.
    pub values: Value,
    #[serde(skip)]
    pub line: String,
}

impl WouldJson {
    /// An event.
    pub(crate) fn of(event: &Event, names: &Names, desk: &mut NamesOf<'_>, look: &Look) -> Self {
        let text = [subject(event, desk), look.word(word(event)), detail(event, names, look)];
        let line = text.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ");
        Self { event: name_of(event), values: inner(event), line }
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

fn inner(event: &Event) -> Value {
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

/// The call or participant an event is about, when there is one.
fn subject(event: &Event, names: &mut NamesOf<'_>) -> String {
    if let Event::BreakerMoved { participant, .. } | Event::ParticipantModeSet { participant, .. } =
        event
    {
        return names.of_participant(*participant);
    }
    let values = inner(event);
    for (member, prefix) in [
        (&["call"][..], "C"),
        (&["notice", "call"], "C"),
        (&["about", "call"], "C"),
        (&["participant"], "T"),
        (&["worker"], "W"),
    ] {
        let found = member.iter().try_fold(&values, |value, name| value.get(name));
        if let Some(number) = found.and_then(Value::as_u64) {
            return format!("{prefix}-{number}");
        }
    }
    String::new()
}

/// The event's word.
pub(crate) fn word(event: &Event) -> Word {
    match event {
        Event::DeskOpened { .. } => Word::EvDeskOpened,
        Event::ClockStepped { .. } => Word::EvClockStepped,
        Event::ProfileAdopted { .. } => Word::EvProfileAdopted,
        Event::ParticipantSet { .. } => Word::EvParticipantSet,
        Event::ParticipantModeSet { .. } | Event::AssignModeSet { .. } => Word::EvModeSet,
        Event::QueueSwept => Word::EvQueueSwept,
        Event::BreakerMoved { .. } => Word::EvBreakerMoved,
        Event::CallReceived { .. } => Word::EvCallReceived,
        Event::StepAsked { .. } => Word::EvStepAsked,
        Event::StepAnswered { .. } => Word::EvStepAnswered,
        Event::StepWaived { .. } => Word::EvStepWaived,
        Event::StepSettled { .. } => Word::EvStepSettled,
        Event::StepRetried { .. } => Word::EvStepRetried,
        Event::CallParked { .. } => Word::EvCallParked,
        Event::CallResumed { .. } => Word::EvCallResumed,
        Event::CallOpened { .. } => Word::EvCallOpened,
        Event::StageEntered { .. } => Word::EvStageEntered,
        Event::PlanExhausted { .. } => Word::EvPlanExhausted,
        Event::NobodyFound { .. } => Word::EvNobodyFound,
        Event::OfferSent { .. } => Word::EvOfferSent,
        Event::OfferAccepted { .. } => Word::EvOfferAccepted,
        Event::OfferDeclined { .. } => Word::EvOfferDeclined,
        Event::OfferExpired { .. } => Word::EvOfferExpired,
        Event::OfferWithdrawn { .. } => Word::EvOfferWithdrawn,
        Event::AssignmentCommitted { .. } => Word::EvAssigned,
        Event::AssignmentReleased { .. } => Word::EvReleased,
        Event::WorkerArrived { .. } => Word::EvArrived,
        Event::WorkStarted { .. } => Word::EvStarted,
        Event::WorkFinished { .. } => Word::EvFinished,
        Event::WorkAborted { .. } => Word::EvAborted,
        Event::CallUnwinding { .. } => Word::EvUnwinding,
        Event::CallEnded { .. } => Word::EvEnded,
        Event::CallClosing { .. } => Word::EvClosing,
        Event::CallCompleted { .. } => Word::EvCompleted,
        Event::CallAmended { .. } => Word::EvAmended,
        Event::PrioritySet { .. } => Word::EvPrioritySet,
        Event::CallHeld { .. } => Word::EvHeld,
        Event::HoldEnded { .. } => Word::EvHoldEnded,
        Event::NoteAdded { .. } => Word::EvNoteAdded,
        Event::WorkerAdded { .. } => Word::EvWorkerAdded,
        Event::DutySet { .. } => Word::EvDutySet,
        Event::PositionsKept { .. } => Word::EvPositionsKept,
        Event::NoticeIssued { .. } => Word::EvNoticeIssued,
        Event::NoticeSuppressed { .. } => Word::EvNoticeSuppressed,
        Event::NoticeDelivered { .. } => Word::EvNoticeDelivered,
        Event::NoticeFailed { .. } => Word::EvNoticeFailed,
        Event::AttentionRaised { .. } => Word::EvAttentionRaised,
        Event::AttentionTaken { .. } => Word::EvAttentionTaken,
        Event::AttentionDone { .. } => Word::EvAttentionDone,
        Event::Revealed { .. } => Word::EvRevealed,
    }
}

/// The values that matter, in words.
#[expect(clippy::too_many_lines, reason = "one arm per event")]
fn detail(event: &Event, names: &Names, look: &Look) -> String {
    let step_name = |step: u8| {
        let name = names.steps.get(usize::from(step)).cloned();
        name.unwrap_or_else(|| format!("step {}", step + 1))
    };
    let notice_name = |rule: u8| match names.notices.get(usize::from(rule)) {
        Some((on, to)) => format!("{} → {}", look.term(on), look.term(to)),
        None => format!("#{}", rule + 1),
    };
    match event {
        Event::StepAsked { step, op, attempt, probe, .. } => {
            let probe =
                if *probe { format!(" ({})", look.word(Word::Probe)) } else { String::new() };
            format!("{} {} #{attempt}{probe}", step_name(*step), look.term(&name_of(op)))
        }
        Event::StepAnswered { step, op, outcome, took_ms, late, .. } => {
            let late = if *late { format!(", {}", look.word(Word::Late)) } else { String::new() };
            let text = outcome_text(outcome, look);
            let op = look.term(&name_of(op));
            format!("{} {op} {text} ({} ms{late})", step_name(*step), took_ms.0)
        }
        Event::StepWaived { step, .. } | Event::StepRetried { step, .. } => step_name(*step),
        Event::StepSettled { step, by, .. } => {
            format!("{} {}", step_name(*step), look.term(&name_of(by)))
        }
        Event::CallParked { why, .. } => look.term(&name_of(why)),
        Event::StageEntered { stage, .. } => format!("{}", stage + 1),
        Event::OfferSent { offer, worker, deadline, .. } => {
            format!("{offer} {worker}, {}", look.clock.exact(*deadline))
        }
        Event::OfferAccepted { offer, worker, .. }
        | Event::OfferDeclined { offer, worker, .. }
        | Event::OfferExpired { offer, worker, .. } => format!("{offer} {worker}"),
        Event::OfferWithdrawn { offer, worker, why, .. } => {
            format!("{offer} {worker}, {}", look.term(&name_of(why)))
        }
        Event::AssignmentCommitted { worker, by, decision, .. } => {
            let how = match by {
                AssignedBy::Auto => look.word(Word::ByItself),
                AssignedBy::Offer(_) => look.word(Word::ByOffer),
                AssignedBy::Manual { overridden: false } => look.word(Word::ByHand),
                AssignedBy::Manual { overridden: true } => {
                    format!("{}, {}", look.word(Word::ByHand), look.word(Word::Overridden))
                }
            };
            let metres = decision
                .as_ref()
                .and_then(|d| d.chosen)
                .and_then(|c| c.metres)
                .map(|m| format!(", {}", look.metres(m)))
                .unwrap_or_default();
            format!("{worker} ({how}{metres})")
        }
        Event::AssignmentReleased { worker, why, .. } => {
            format!("{worker}, {}", look.term(&name_of(why)))
        }
        Event::WorkerArrived { worker, .. }
        | Event::WorkStarted { worker, .. }
        | Event::WorkAborted { worker, .. }
        | Event::WorkerAdded { worker, .. } => worker.to_string(),
        Event::WorkFinished { worker, outcome, fare, .. } => {
            let fare = fare.map(|won| format!(", {}", look.won(won))).unwrap_or_default();
            format!("{worker}, {}{fare}", look.term(&name_of(outcome)))
        }
        Event::CallUnwinding { target, why, .. } => {
            let end = look.phase(&names.service, target.phase());
            format!("→ {end} ({})", look.term(&name_of(why)))
        }
        Event::CallEnded { end, .. } => look.phase(&names.service, end.phase()),
        Event::PrioritySet { priority, .. } => look.priority(*priority),
        Event::CallHeld { until, .. } => look.clock.short(*until),
        Event::DutySet { duty, after_current, .. } => {
            let after = if *after_current {
                format!(" ({})", look.word(Word::AfterCurrent))
            } else {
                String::new()
            };
            format!("{}{after}", look.term(&name_of(duty)))
        }
        Event::NoticeIssued { notice, worker } => {
            let worker = worker.map(|w| format!(", {w}")).unwrap_or_default();
            format!("{}{worker}", notice_name(notice.rule))
        }
        Event::NoticeSuppressed { notice } | Event::NoticeDelivered { notice } => {
            notice_name(notice.rule)
        }
        Event::NoticeFailed { notice, attempt, retry_at } => {
            let name = notice_name(notice.rule);
            match retry_at {
                Some(at) => format!("{name} ({attempt}), {}", look.clock.exact(*at)),
                None => format!("{name} ({attempt})"),
            }
        }
        Event::AttentionRaised { attention, concern, .. } => {
            format!("{attention} {}", super::call::concern_word(&name_of(concern), look))
        }
        Event::AttentionTaken { attention, by } => format!("{attention} {by}"),
        Event::AttentionDone { attention } => attention.to_string(),
        Event::BreakerMoved { transition, incident, .. } => {
            let incident = incident.map(|i| format!(" {i}")).unwrap_or_default();
            let from = look.term(&name_of(&transition.from));
            let to = look.term(&name_of(&transition.to.kind()));
            format!("{from} → {to} ({}){incident}", look.term(&name_of(&transition.why)))
        }
        Event::ParticipantModeSet { mode, .. } => look.mode(*mode),
        Event::AssignModeSet { mode } => format!("assign {}", look.mode(*mode)),
        Event::ParticipantSet { name, .. } => name.clone(),
        Event::ProfileAdopted { spec, .. } => spec.name.clone(),
        Event::ClockStepped { by_ms } => format!("{by_ms} ms"),
        Event::Revealed { what } => what.clone(),
        Event::PositionsKept { at } => at.len().to_string(),
        _ => String::new(),
    }
}

fn outcome_text(outcome: &Outcome, look: &Look) -> String {
    let word = look.term(&name_of(outcome));
    // The desk's own participants give the desk's own reasons; what others say is shown as they said it.
    let own = |why: &str| match why {
        "stopped" => look.word(Word::Stopped),
        "made to fail" => look.word(Word::MadeToFail),
        "made to refuse" => look.word(Word::MadeToRefuse),
        other => other.to_owned(),
    };
    match outcome {
        Outcome::Ok => word,
        Outcome::Denied(why)
        | Outcome::Unavailable(why)
        | Outcome::Indeterminate(why)
        | Outcome::Misconfigured(why) => format!("{word}: {}", own(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::ui::tests::look;
    use ascall_engine::domain::event::Op;
    use ascall_engine::domain::ids::{CallId, Millis, Seq, WorkerId};
    use ascall_engine::domain::profile::Lang;

    fn record(events: Vec<Event>) -> Record {
        Record {
            seq: Seq(7),
            at: Time(1_795_237_200_000),
            actor: Actor::Operator("kim".to_owned()),
            key: None,
            causation: None,
            reason: Some("customer called".to_owned()),
            events,
        }
    }

    #[test]
    fn an_event_in_json_has_its_name_beside_its_values() {
        let event = Event::WorkStarted { call: CallId(3), worker: WorkerId(4) };
        let value = event_json(&event);
        assert_eq!(value["event"], "work_started");
        assert_eq!(value["call"], 3);
    }

    #[test]
    fn a_record_is_one_line_with_who_and_why() {
        let events = vec![
            Event::WorkStarted { call: CallId(3), worker: WorkerId(4) },
            Event::CallCompleted { call: CallId(3) },
        ];
        let json = RecordJson::of(&record(events), &mut NamesOf::over(None), &look(Lang::En));
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
