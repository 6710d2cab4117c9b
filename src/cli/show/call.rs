//! A call as it is shown.

use super::event::{HappeningJson, Names, NamesOf};
use super::{PointJson, name_of};
use crate::cli::clock::iso;
use crate::cli::error::CliError;
use crate::cli::mask::Veil;
use crate::cli::ui::{Look, Show};
use crate::cli::words::Word;
use crate::desk::{Book, CallRow};
use ascall_engine::domain::command::Person;
use ascall_engine::domain::event::{Event, Op, Outcome, Record, Why};
use ascall_engine::domain::ids::{Time, Won};
use ascall_engine::domain::phase::Phase;
use serde::Serialize;
use std::collections::BTreeMap;

/// A call.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct CallCard {
    /// Its number, `C-1`.
    pub id: String,
    /// The service line.
    pub profile: String,
    /// Where it stands.
    pub phase: Phase,
    /// The same in the words of its service, in the language of this run.
    pub phase_word: String,
    /// Where an unwinding call goes.
    pub target: Option<Phase>,
    /// Who has it, or had it last.
    pub worker: Option<WorkerRef>,
    /// The newest record that speaks of it.
    pub seq: u64,
    /// The skill asked for.
    pub kind: Option<String>,
    /// Price or estimate, whole won.
    pub cost: Option<i64>,
    /// `low`, `normal`, `high` or `urgent`.
    pub priority: &'static str,
    /// The customer's number.
    pub tel: Option<String>,
    /// The customer's name.
    pub name: Option<String>,
    /// The place as typed.
    pub location: Option<String>,
    /// The point used for distances.
    pub point: Option<PointJson>,
    /// How far the true place may be from it, in metres.
    pub within_m: Option<u32>,
    /// Whether the customer can be told anything.
    pub reachable: bool,
    /// When it was taken.
    pub received_at: String,
    /// Since when it stands where it stands.
    pub phase_at: String,
    /// When it ended.
    pub ended_at: Option<String>,
    /// When asking again makes sense.
    pub retry_at: Option<String>,
    /// Until when automation leaves it alone.
    pub held_until: Option<String>,
    /// The call it follows up.
    pub parent: Option<String>,
    /// What came of the work.
    pub outcome: Option<String>,
    /// Why a human must look.
    pub attention: Vec<String>,
    /// What a gate said when it refused the call.
    pub refused: Option<String>,
    #[serde(skip)]
    pub times: Times,
}

/// The times as the desk counts them, for tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Times {
    pub received: Time,
    pub phase: Time,
    pub ended: Option<Time>,
    pub retry: Option<Time>,
    pub held: Option<Time>,
}

/// The worker of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct WorkerRef {
    /// `W-17`.
    pub id: String,
    /// The name; null when erased.
    pub name: Option<String>,
    /// The number; null when erased.
    pub tel: Option<String>,
}

impl CallCard {
    /// A call with its persons, as much of them as `veil` lets through.
    pub(crate) fn read(
        book: &Book,
        row: &CallRow,
        veil: Veil,
        look: &Look,
    ) -> Result<Self, CliError> {
        let person = book.person(row.subject)?.unwrap_or_default();
        // A call that ended undone has nobody, whoever had it before.
        let worker = match row.worker_now() {
            None => None,
            Some((worker, subject)) => {
                let known = book.person(subject)?.unwrap_or_default();
                Some(WorkerRef {
                    id: worker.to_string(),
                    name: known.name.map(|n| veil.name(&n)),
                    tel: known.tel.map(|t| veil.tel(&t)),
                })
            }
        };
        let spot = row.spot();
        Ok(Self {
            id: row.call.to_string(),
            profile: row.profile_name.clone(),
            phase: row.phase,
            phase_word: look.phase(&row.profile_name, row.phase),
            target: unwinding_to(row),
            worker,
            seq: row.seq().0,
            kind: row.kind.clone(),
            cost: row.cost.map(|won| won.0),
            priority: priority_name(row.priority),
            tel: person.tel.map(|t| veil.tel(&t)),
            name: person.name.map(|n| veil.name(&n)),
            location: person.address.map(|a| veil.address(&a)),
            point: spot.filter(|_| veil == Veil::Whole).map(|spot| spot.point.into()),
            within_m: spot.and_then(|spot| spot.within_m),
            reachable: row.reachable,
            received_at: iso(row.received_at),
            phase_at: iso(row.phase_at),
            ended_at: row.ended_at().map(iso),
            retry_at: row.retry_at().map(iso),
            held_until: row.held_until.map(iso),
            parent: row.parent.map(|parent| parent.to_string()),
            outcome: row.outcome.map(|outcome| name_of(&outcome)),
            attention: row.attention.iter().map(name_of).collect(),
            refused: refused(book, row)?,
            times: Times {
                received: row.received_at,
                phase: row.phase_at,
                ended: row.ended_at(),
                retry: row.retry_at(),
                held: row.held_until,
            },
        })
    }

    /// The one line that a dispatcher reads after a command.
    pub(crate) fn line(&self, look: &Look) -> String {
        let mut parts = vec![self.id.clone(), self.phase_word.clone()];
        if let Some(worker) = &self.worker {
            parts.push(worker.line());
        }
        if let Some(kind) = &self.kind {
            parts.push(kind.clone());
        }
        if self.priority != "normal" {
            parts.push(look.priority(priority_number(self.priority)));
        }
        if let Some(at) = self.times.held {
            parts.push(format!("{} {}", look.word(Word::HeldUntil), look.clock.short(at)));
        }
        for concern in &self.attention {
            parts.push(format!("! {}", concern_word(concern, look)));
        }
        parts.join("  ")
    }
}

impl WorkerRef {
    /// Number, name and phone.
    pub(crate) fn line(&self) -> String {
        let known = [Some(&self.id), self.name.as_ref(), self.tel.as_ref()];
        known.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ")
    }
}

/// What a gate said to a call that was refused.
fn refused(book: &Book, row: &CallRow) -> Result<Option<String>, CliError> {
    if row.unwinding.is_none_or(|(_, why, _)| why != Why::Denied) {
        return Ok(None);
    }
    let records = book.timeline(row)?;
    let events = records.iter().flat_map(|record| &record.events);
    Ok(events.rev().find_map(|event| match event {
        Event::StepAnswered { op: Op::Do, outcome: Outcome::Denied(why), .. } => Some(why.clone()),
        _ => None,
    }))
}

/// Where a call that is being unwound goes; none once it is there.
fn unwinding_to(row: &CallRow) -> Option<Phase> {
    row.unwinding.filter(|_| row.phase == Phase::Unwinding).map(|(target, ..)| target.phase())
}

/// The name of a priority in JSON.
pub(crate) fn priority_name(priority: u8) -> &'static str {
    match priority {
        0 => "low",
        1 => "normal",
        2 => "high",
        _ => "urgent",
    }
}

fn priority_number(name: &str) -> u8 {
    match name {
        "low" => 0,
        "normal" => 1,
        "high" => 2,
        _ => 3,
    }
}

/// A concern in words, by its name in JSON.
pub(crate) fn concern_word(name: &str, look: &Look) -> String {
    look.word(match name {
        "plan_exhausted" => Word::PlanExhausted,
        "needs_dispatcher" => Word::NeedsDispatcher,
        "undo_denied" => Word::UndoDenied,
        "closing_denied" => Word::ClosingDenied,
        "step_denied" => Word::StepDenied,
        "misconfigured" => Word::Misconfigured,
        "notice_dead" => Word::NoticeDead,
        "clock_stepped" => Word::ClockStepped,
        "late_ok" => Word::LateOk,
        other => return other.to_owned(),
    })
}

impl Show for CallCard {
    fn id(&self) -> String {
        self.id.clone()
    }

    const CSV: &'static [&'static str] = &[
        "id",
        "profile",
        "phase",
        "phase_word",
        "worker.id",
        "worker.name",
        "worker.tel",
        "seq",
        "kind",
        "cost",
        "priority",
        "tel",
        "name",
        "location",
        "received_at",
        "phase_at",
        "ended_at",
        "retry_at",
        "held_until",
        "parent",
        "outcome",
        "attention",
    ];

    const HEADS: &'static [Word] = &[
        Word::Call,
        Word::Phase,
        Word::Received,
        Word::Kind,
        Word::Place,
        Word::Customer,
        Word::Worker,
        Word::Cost,
        Word::Attention,
    ];

    fn cells(&self, look: &Look) -> Vec<String> {
        // The number first: it is what tells two customers apart on a narrow screen.
        let customer = [self.tel.clone(), self.name.clone()];
        let mut phase = self.phase_word.clone();
        if self.priority != "normal" {
            phase = format!("{phase} ({})", look.priority(priority_number(self.priority)));
        }
        let concerns: Vec<String> = self.attention.iter().map(|c| concern_word(c, look)).collect();
        vec![
            self.id.clone(),
            phase,
            look.clock.short(self.times.received),
            self.kind.clone().unwrap_or_default(),
            self.location.clone().unwrap_or_default(),
            customer.into_iter().flatten().collect::<Vec<_>>().join(" "),
            self.worker.as_ref().map(WorkerRef::line).unwrap_or_default(),
            self.cost.map(|won| look.won(Won(won))).unwrap_or_default(),
            concerns.join(", "),
        ]
    }
}

/// A call at length: what `status` shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct StatusCard {
    /// The call.
    #[serde(flatten)]
    pub call: CallCard,
    /// The profile's other fields.
    pub fields: BTreeMap<String, String>,
    /// Who had it last and why no longer; null while somebody has it, or when nobody ever had.
    pub released: Option<ReleasedJson>,
    /// What was written down about it, oldest first.
    pub notes: Vec<NoteJson>,
    /// What happened, oldest first.
    pub timeline: Vec<HappeningJson>,
}

/// Who had a call, and why no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ReleasedJson {
    /// Who.
    pub worker: WorkerRef,
    /// Why, e.g. `canceled`, `worker_off`, `aborted`.
    pub why: String,
    /// Since when no longer.
    pub at: String,
    #[serde(skip)]
    pub time: Time,
}

/// The last one who lost the call, as its records tell.
fn released(
    book: &Book,
    records: &[Record],
    names: &Names,
    veil: Veil,
) -> Result<Option<ReleasedJson>, CliError> {
    let lost = |record: &Record, event: &Event| match event {
        Event::AssignmentReleased { worker, why, .. } => Some((*worker, name_of(why), record.at)),
        Event::WorkAborted { worker, .. } => Some((*worker, "aborted".to_owned(), record.at)),
        _ => None,
    };
    let all = records.iter().flat_map(|r| r.events.iter().map(move |event| (r, event)));
    let Some((worker, why, time)) = all.rev().find_map(|(r, event)| lost(r, event)) else {
        return Ok(None);
    };
    // Whoever had it was told so: the notice knows the person.
    let told = records.iter().flat_map(|record| &record.events).find_map(|event| match event {
        Event::NoticeIssued { notice, worker: Some(of) } if *of == worker => {
            let to = names.notices.get(usize::from(notice.rule));
            to.filter(|(_, to)| to == "worker").map(|_| notice.to)
        }
        _ => None,
    });
    let known = match told {
        Some(subject) => book.person(subject)?.unwrap_or_default(),
        None => Person::default(),
    };
    let worker = WorkerRef {
        id: worker.to_string(),
        name: known.name.map(|n| veil.name(&n)),
        tel: known.tel.map(|t| veil.tel(&t)),
    };
    Ok(Some(ReleasedJson { worker, why, at: iso(time), time }))
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct NoteJson {
    /// Its record.
    pub seq: u64,
    /// When.
    pub at: String,
    /// Who wrote it.
    pub by: String,
    /// The text; null when erased.
    pub text: Option<String>,
}

impl StatusCard {
    /// A call with everything that is known of it.
    pub(crate) fn read(
        book: &Book,
        row: &CallRow,
        veil: Veil,
        look: &Look,
    ) -> Result<Self, CliError> {
        let call = CallCard::read(book, row, veil, look)?;
        let records = book.timeline(row)?;
        let mut desk = NamesOf::new(book);
        let names = desk.of_profile(row.profile);
        let fields = row.fields.iter().cloned().collect();
        let released = match call.worker {
            Some(_) => None,
            None => released(book, &records, &names, veil)?,
        };
        let (notes, timeline) = (Vec::new(), Vec::new());
        let mut card = Self { call, fields, released, notes, timeline };
        for record in &records {
            for event in &record.events {
                if matches!(event, Event::NoteAdded { .. }) {
                    card.notes.push(NoteJson {
                        seq: record.seq.0,
                        at: iso(record.at),
                        by: super::event::actor_json(&record.actor),
                        text: book.note(record.seq)?,
                    });
                }
                card.timeline.push(HappeningJson::of(record, event, &names, &mut desk, look));
            }
        }
        Ok(card)
    }
}

impl Show for StatusCard {
    fn id(&self) -> String {
        self.call.id.clone()
    }
    const CSV: &'static [&'static str] = CallCard::CSV;
    const HEADS: &'static [Word] = CallCard::HEADS;
    fn cells(&self, look: &Look) -> Vec<String> {
        self.call.cells(look)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::cli::ui::tests::look;
    use ascall_engine::domain::profile::Lang;

    pub(crate) fn card() -> CallCard {
        CallCard {
            id: "C-1".to_owned(),
            profile: "repair".to_owned(),
            phase: Phase::Assigned,
            phase_word: "호출확정".to_owned(),
            target: None,
            worker: Some(WorkerRef {
                id: "W-3".to_owned(),
                name: Some("김*수".to_owned()),
                tel: Some("010-****-0003".to_owned()),
            }),
            seq: 12,
            kind: Some("냉장고".to_owned()),
            cost: Some(25_500),
            priority: "normal",
            tel: Some("010-****-1234".to_owned()),
            name: None,
            location: Some("마포구 공덕동".to_owned()),
            point: None,
            within_m: None,
            reachable: true,
            received_at: "2026-11-21T05:00:00.000Z".to_owned(),
            phase_at: "2026-11-21T05:00:00.000Z".to_owned(),
            ended_at: None,
            retry_at: None,
            held_until: None,
            parent: None,
            outcome: None,
            attention: Vec::new(),
            refused: None,
            times: Times::default(),
        }
    }

    #[test]
    fn json_has_the_names_that_scripts_rely_on() {
        let value = serde_json::to_value(card()).unwrap();
        assert_eq!(value["id"], "C-1");
        assert_eq!(value["phase"], "assigned");
        assert_eq!(value["worker"]["id"], "W-3");
        assert!(value["worker"]["name"].is_string() && value["worker"]["tel"].is_string());
        assert_eq!(value["seq"], 12);
        let free = CallCard { worker: None, ..card() };
        assert!(serde_json::to_value(free).unwrap()["worker"].is_null());
    }

    #[test]
    fn the_line_has_number_phase_and_worker() {
        assert_eq!(card().line(&look(Lang::Ko)), "C-1  호출확정  W-3 김*수 010-****-0003  냉장고");
    }

    #[test]
    fn every_head_has_a_cell_and_every_csv_member_exists() {
        assert_eq!(card().cells(&look(Lang::En)).len(), CallCard::HEADS.len());
        let value = serde_json::to_value(card()).unwrap();
        for path in CallCard::CSV {
            let found = path.split('.').try_fold(&value, |v, name| v.get(name));
            assert!(found.is_some(), "{path}");
        }
    }
}
