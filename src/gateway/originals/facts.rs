//! What is known of one thing, and what each member of its JSON says of it.
//!
//! Invariant: lists mask persons; one object asked for by its number is shown whole.

use super::surface::{Line, Place};
use crate::desk::{Book, CallRow};
use crate::front::clock::iso;
use crate::front::draft::{THEN, UNSAID};
use crate::front::error::UserError;
use crate::front::mask::Veil;
use crate::front::originals::Slot;
use crate::front::show::letter::LetterJson;
use ascall_engine::domain::call::Money;
use ascall_engine::domain::command::{NewCall, Standing};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{CallId, MemberId, Time, Won, WorkerId};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::{FieldKind, ResourceOf};
use ascall_engine::views::StepMark;
use serde::Serialize;

/// A worker as their calls show them.
#[derive(Debug, Default)]
pub(super) struct Server {
    pub id: WorkerId,
    pub name: Option<String>,
    pub tel: Option<String>,
    pub info: Option<String>,
    pub place: Option<Point>,
}

/// What is known of a call.
#[derive(Debug)]
pub(super) struct Facts {
    /// Its number at the desk; none: it is only asked for yet.
    pub call: Option<CallId>,
    pub ordinal: u64,
    pub phase: Phase,
    pub tel: Option<String>,
    pub name: Option<String>,
    pub location: Option<String>,
    pub cost: Option<Won>,
    pub due: Option<Won>,
    pub money: Money,
    pub kind: Option<String>,
    pub fields: Vec<(String, String)>,
    pub member: Option<MemberId>,
    pub visit: Option<Time>,
    pub worker: Option<Server>,
    pub rating: Option<u8>,
    pub steps: Vec<StepMark>,
    pub claimable: bool,
    pub messages: Vec<LetterJson>,
}

/// A value as JSON has it.
#[derive(Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Shown<'a> {
    Null,
    Number(i64),
    Text(&'a str),
    Own(String),
    Messages(Vec<Message<'a>>),
}

/// What somebody was told.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Message<'a> {
    at: &'a str,
    to: &'a str,
    on: &'a str,
    text: &'a str,
}

impl<'a> Shown<'a> {
    pub(super) fn text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }

    fn won(won: Option<Won>) -> Self {
        won.map_or(Self::Null, |won| Self::Number(won.0))
    }

    pub(super) fn count(number: u64) -> Self {
        i64::try_from(number).map_or(Self::Null, Self::Number)
    }

    /// A client's own number: as a number when it is one.
    fn number_or_text(text: &'a str) -> Self {
        match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Self::Number(number),
            _ => Self::Text(text),
        }
    }
}

impl Facts {
    /// What is known of a call before it is asked for: what it asks for.
    pub(super) fn asked(new: &NewCall) -> Self {
        let person = &new.contact.person;
        Self {
            call: None,
            ordinal: 0,
            phase: Phase::Received,
            tel: person.tel.clone(),
            name: person.name.clone(),
            location: person.address.clone(),
            cost: new.cost,
            kind: new.kind.clone(),
            fields: new.fields.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
            member: new.member,
            visit: new.visit,
            due: None,
            money: Money::default(),
            worker: None,
            rating: None,
            steps: Vec::new(),
            claimable: false,
            messages: Vec::new(),
        }
    }

    /// The same once the desk has taken it.
    pub(super) fn taken(self, call: CallId, stands: Standing) -> Self {
        Self { call: Some(call), ordinal: stands.ordinal, phase: stands.phase, ..self }
    }

    /// What the rows know of a call.
    pub(super) fn read(book: &Book, row: &CallRow, veil: Veil) -> Result<Self, UserError> {
        let person = book.person(row.subject)?.unwrap_or_default();
        let tel = |tel: String| if veil == Veil::Whole { tel } else { veil.tel(&tel) };
        let worker = match row.worker {
            None => None,
            Some((id, subject)) => {
                let known = book.person(subject)?.unwrap_or_default();
                Some(Server {
                    id,
                    name: known.name.map(|name| veil.name(&name)),
                    tel: known.tel.map(tel),
                    info: known.address,
                    place: book.place(id)?.map(|(place, _)| place),
                })
            }
        };
        Ok(Self {
            call: Some(row.call),
            ordinal: row.ordinal,
            phase: row.phase,
            tel: person.tel.map(tel),
            name: person.name.map(|name| veil.name(&name)),
            location: person.address.map(|address| veil.address(&address)),
            cost: row.cost,
            due: row.due,
            money: row.money,
            kind: row.kind.clone(),
            fields: row.fields.clone(),
            member: row.member,
            visit: row.window.map(|window| window.from),
            worker,
            rating: row.rating,
            steps: row.steps.clone(),
            claimable: row.claimable,
            messages: Vec::new(),
        })
    }

    /// Where the call is, and an end of the ride that is in the rows only.
    fn places(&self) -> (Option<&str>, Option<&str>) {
        match self.location.as_deref().map(|location| location.split_once(THEN)) {
            None => (None, None),
            Some(None) => (self.location.as_deref(), None),
            Some(Some((from, to))) => (Some(from).filter(|from| !from.is_empty()), Some(to)),
        }
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The number under which the call is found.
    pub(super) fn key(&self, line: &Line) -> String {
        let reference = line.reference().and_then(|field| self.field(&field.name));
        reference.map_or_else(|| self.ordinal.to_string(), str::to_owned)
    }

    /// Whether this resource has an entry for the call.
    pub(super) fn is_in(&self, place: &Place) -> bool {
        let charge = || place.line.profile.charge().and_then(|(step, _)| self.steps.get(step));
        let asked = |mark: Option<&StepMark>| mark.is_some_and(|mark| *mark != StepMark::Idle);
        match place.of {
            ResourceOf::Gates => self.is_accepted(&place.line),
            ResourceOf::Assignments => self.worker.is_some(),
            ResourceOf::Payments => asked(charge()),
            ResourceOf::OpenList => self.claimable,
            _ => true,
        }
    }

    /// Whether its first gate has ever said ok.
    fn is_accepted(&self, line: &Line) -> bool {
        use ascall_engine::domain::profile::Position::BeforeOpen;
        let gate = line.profile.steps.iter().position(|step| step.position == BeforeOpen);
        let mark = gate.and_then(|gate| self.steps.get(gate));
        !matches!(
            mark,
            None | Some(StepMark::Idle | StepMark::Asked | StepMark::Waiting | StepMark::Denied)
        )
    }

    /// What a member says.
    pub(super) fn value<'a>(&'a self, slot: &Slot, line: &'a Line) -> Shown<'a> {
        let worker = self.worker.as_ref();
        match slot {
            Slot::Id | Slot::Call => match line.reference().and_then(|f| self.field(&f.name)) {
                Some(reference) => Shown::number_or_text(reference),
                None => Shown::count(self.ordinal),
            },
            Slot::Status => Shown::Text(line.word(self.phase)),
            Slot::Tel => Shown::text(self.tel.as_deref()),
            Slot::Name => Shown::text(self.name.as_deref()),
            Slot::Location => Shown::text(self.places().0),
            Slot::Cost => Shown::won(self.cost),
            Slot::Kind => Shown::text(self.kind.as_deref()),
            Slot::Visit => self.visit.map_or(Shown::Null, |at| Shown::Own(iso(at))),
            Slot::Member => self.member.map_or(Shown::Null, |member| Shown::count(member.0)),
            Slot::Field(name) => self.own(name, line),
            Slot::Worker => Shown::text(worker.and_then(|worker| worker.name.as_deref())),
            Slot::WorkerTel => Shown::text(worker.and_then(|worker| worker.tel.as_deref())),
            Slot::WorkerInfo => Shown::text(worker.and_then(|worker| worker.info.as_deref())),
            Slot::WorkerPlace => match worker.and_then(|worker| worker.place) {
                Some(place) => Shown::Own(place.to_string()),
                None => Shown::Null,
            },
            Slot::Due => Shown::won(self.due),
            Slot::Paid => Shown::Number(self.money.captured.0),
            Slot::Refunded => Shown::Number(self.money.refunded.0),
            Slot::Payment => Shown::Text(self.payment(line)),
            Slot::Stars => self.rating.map_or(Shown::Null, |stars| Shown::Number(stars.into())),
            Slot::Messages => Shown::Messages(self.messages.iter().map(Message::of).collect()),
            Slot::Review
            | Slot::Card
            | Slot::FriendTel
            | Slot::FriendName
            | Slot::Product
            | Slot::Available
            | Slot::OnHand => Shown::Null,
        }
    }

    /// A field of the profile's own, or what it is when nobody says.
    fn own<'a>(&'a self, name: &str, line: &'a Line) -> Shown<'a> {
        let field = line.field(name);
        let value = self.field(name).or_else(|| field.and_then(|field| field.default.as_deref()));
        match (value, field.map(|field| field.kind)) {
            (None, _) => Shown::Null,
            (Some(UNSAID), _) => Shown::text(self.places().1),
            (Some(value), Some(FieldKind::Count | FieldKind::Reference)) => {
                Shown::number_or_text(value)
            }
            (Some(value), _) => Shown::Text(value),
        }
    }

    /// How the payment stands: in Korean, like the phases.
    fn payment(&self, line: &Line) -> &'static str {
        let Money { captured, refunded, settled, .. } = self.money;
        let charge = line.profile.charge().and_then(|(step, _)| self.steps.get(step));
        match charge {
            _ if captured.0 > 0 && refunded >= captured => "환불완료",
            _ if captured.0 > 0 || settled.0 > 0 => "결제완료",
            Some(StepMark::Denied) => "결제실패",
            _ => "결제대기",
        }
    }
}

impl<'a> Message<'a> {
    fn of(letter: &'a LetterJson) -> Self {
        Self { at: &letter.at, to: letter.to, on: &letter.on, text: &letter.text }
    }
}
