//! A call as it is shown.

use super::event::NamesOf;
use super::{PointJson, name_of};
use crate::desk::{Book, CallRow};
use crate::front::clock::iso;
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::mask::Veil;
use crate::front::show::Show;
use crate::front::words::Word;
use ascall_engine::domain::call::Money;
use ascall_engine::domain::event::{Event, Op, Outcome, Why};
use ascall_engine::domain::ids::{CallId, Time, Won};
use ascall_engine::domain::phase::{Phase, Target};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A call.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct CallCard {
    /// Its number, `C-1`.
    pub id: String,
    /// The service line.
    pub profile: String,
    /// Where it stands.
    #[schemars(with = "PhaseName")]
    pub phase: Phase,
    /// The same in the words of its service, in the language of this run.
    pub phase_word: String,
    /// Where an unwinding call goes.
    #[schemars(with = "Option<PhaseName>")]
    pub target: Option<Phase>,
    #[serde(skip)]
    pub target_word: Option<String>,
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
    /// The product it waits for, because there is too little of it.
    pub short_of: Option<String>,
    /// What a gate said when it refused the call.
    pub refused: Option<String>,
    /// The appointment.
    pub visit: Option<VisitJson>,
    /// The member who called, `M-1`.
    pub member: Option<String>,
    /// Workers may claim it now.
    pub claimable: bool,
    /// What is and was paid.
    pub money: MoneyJson,
    /// How it was rated, 1 to 5.
    pub rating: Option<u8>,
    /// How the work ended, by the profile's list.
    pub disposition: Option<String>,
    /// The profile's other fields.
    pub fields: BTreeMap<String, String>,
    #[serde(skip)]
    pub times: Times,
}

/// The names of phases, for those who read the description of the shapes.
pub(crate) struct PhaseName;

impl JsonSchema for PhaseName {
    fn schema_name() -> Cow<'static, str> {
        "Phase".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": Phase::ALL.map(Phase::name) })
    }
}

/// The times as the desk counts them, for tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Times {
    pub received: Time,
    pub phase: Time,
    pub ended: Option<Time>,
    pub retry: Option<Time>,
    pub held: Option<Time>,
    pub visit: Option<Time>,
}

/// An appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct VisitJson {
    /// Its begin.
    pub from: String,
    /// Its end.
    pub until: String,
}

/// The money of a call, in whole won.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub(crate) struct MoneyJson {
    /// What is or was to be paid; null while it is not known, or when nothing ever is.
    pub due: Option<i64>,
    /// Captured from a card.
    pub captured: i64,
    /// Given back of it.
    pub refunded: i64,
    /// Settled by hand, in whatever way.
    pub settled: i64,
    /// Taken off by a coupon.
    pub discount: i64,
}

impl MoneyJson {
    fn of(row: &CallRow) -> Self {
        let Money { captured, refunded, settled, discount } = row.money;
        Self {
            due: row.due.map(|won| won.0),
            captured: captured.0,
            refunded: refunded.0,
            settled: settled.0,
            discount: discount.0,
        }
    }

    /// What is still to be paid.
    pub(crate) fn open(&self) -> i64 {
        (self.due.unwrap_or(0) - self.captured - self.settled).max(0)
    }
}

/// The worker of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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
    ) -> Result<Self, UserError> {
        Self::named(book, row, &mut NamesOf::new(book), veil, look)
    }

    /// As [`CallCard::read`], for many calls: each profile is read once.
    pub(crate) fn read_all(
        book: &Book,
        rows: &[CallRow],
        veil: Veil,
        look: &Look,
    ) -> Result<Vec<Self>, UserError> {
        let mut names = NamesOf::new(book);
        book.meet(rows)?;
        rows.iter().map(|row| Self::named(book, row, &mut names, veil, look)).collect()
    }

    fn named(
        book: &Book,
        row: &CallRow,
        names: &mut NamesOf,
        veil: Veil,
        look: &Look,
    ) -> Result<Self, UserError> {
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
        let names = names.of_profile(row.profile);
        let target = unwinding_to(row);
        let field = |(name, value): &(String, String)| {
            let is_place = names.places.contains(name);
            let shown = if is_place { veil.address(value) } else { value.clone() };
            (name.clone(), shown)
        };
        Ok(Self {
            id: row.call.to_string(),
            profile: row.profile_name.clone(),
            phase: row.phase,
            phase_word: names.phase(row.phase, look),
            target,
            target_word: target.map(|target| names.phase(target, look)),
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
            short_of: names.short_of(row),
            refused: refused(book, row)?,
            visit: row.window.map(|w| VisitJson { from: iso(w.from), until: iso(w.until) }),
            member: row.member.map(|member| member.to_string()),
            claimable: row.claimable,
            money: MoneyJson::of(row),
            rating: row.rating,
            disposition: row.disposition.clone(),
            fields: row.fields.iter().map(field).collect(),
            times: Times {
                received: row.received_at,
                phase: row.phase_at,
                ended: row.ended_at(),
                retry: row.retry_at(),
                held: row.held_until,
                visit: row.window.map(|window| window.from),
            },
        })
    }

    /// Whether the request that made it was accepted: a gate may have refused it or not answered.
    ///
    /// # Errors
    /// It was turned away: why, and when asking again makes sense.
    pub(crate) fn accepted(&self, call: CallId) -> Result<(), UserError> {
        let rejected = Target::Rejected.phase();
        let turned_away = self.phase == rejected
            || (self.phase == Phase::Unwinding && self.target == Some(rejected));
        match (turned_away, self.times.retry) {
            (false, _) => Ok(()),
            (true, Some(at)) => Err(UserError::held_off(call, Some(at))),
            (true, None) => Err(UserError::denied(call, self.refused.as_deref())),
        }
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
        if let Some(at) = self.visit_ahead() {
            parts.push(format!("{} {}", look.word(Word::Visit), look.clock.short(at)));
        }
        if let Some(at) = self.times.held {
            parts.push(format!("{} {}", look.word(Word::HeldUntil), look.clock.short(at)));
        }
        parts.extend(self.concerns(look).iter().map(|concern| format!("! {concern}")));
        parts.join("  ")
    }

    /// Why a human must look, in words.
    pub(crate) fn concerns(&self, look: &Look) -> Vec<String> {
        let word = |concern: &String| match (concern.as_str(), &self.short_of) {
            // Which step was refused says less than what is missing.
            ("step_denied", Some(product)) => look.say(Word::ShortOf, &[product]),
            (concern, _) => concern_word(concern, look),
        };
        self.attention.iter().map(word).collect()
    }

    /// When somebody is to come, as long as nobody has begun.
    fn visit_ahead(&self) -> Option<Time> {
        let begun = matches!(self.phase, Phase::InService | Phase::Closing | Phase::Unwinding);
        self.times.visit.filter(|_| !begun && !self.phase.is_terminal())
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
fn refused(book: &Book, row: &CallRow) -> Result<Option<String>, UserError> {
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
        "promise_passed" => Word::PromisePassed,
        "refund_denied" => Word::RefundDenied,
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
        "short_of",
        "member",
        "visit.from",
        "visit.until",
        "money.due",
        "money.captured",
        "money.settled",
        "money.refunded",
        "money.discount",
        "rating",
        "disposition",
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
        if let Some(at) = self.visit_ahead() {
            phase = format!("{phase} {}", look.clock.short(at));
        }
        if self.priority != "normal" {
            phase = format!("{phase} ({})", look.priority(priority_number(self.priority)));
        }
        vec![
            self.id.clone(),
            phase,
            look.clock.short(self.times.received),
            self.kind.clone().unwrap_or_default(),
            self.location.clone().unwrap_or_default(),
            customer.into_iter().flatten().collect::<Vec<_>>().join(" "),
            self.worker.as_ref().map(WorkerRef::line).unwrap_or_default(),
            self.cost.map(|won| look.won(Won(won))).unwrap_or_default(),
            self.concerns(look).join(", "),
        ]
    }
}

#[cfg(test)]
pub(crate) mod tests;
