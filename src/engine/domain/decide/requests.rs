//! Commands about a call as the customer sees it: request, cancel, amend, hold and the like.

use super::{Decided, in_range, needs_reason, within, wrong_phase};
use crate::domain::call::Call;
use crate::domain::command::{Amendment, NewCall, Order, Person, RowWrite};
use crate::domain::event::{Actor, Event, Why};
use crate::domain::ids::{CallId, Millis, SubjectId, Time, Won};
use crate::domain::phase::{Phase, Target};
use crate::domain::profile::{CancelUntil, Fallback, Field, Position, Profile};
use crate::domain::refusal::Refusal;
use crate::domain::text::veiled;
use crate::domain::world::World;
use crate::planted::planted;

/// The most that a call may cost: ten billion won.
pub const COST_MAX: i64 = 10_000_000_000;

/// The longest hold.
const HOLD_MAX: Millis = Millis::hours(24 * 365);

impl World {
    pub(super) fn request(&self, new: &NewCall, now: Time) -> Result<Decided, Refusal> {
        let id = self.desk.newest.get(&new.profile).copied();
        let adopted = id.and_then(|id| self.desk.profiles.get(&id));
        let (Some(profile), Some(adopted)) = (id, adopted) else {
            let known = self.desk.newest.keys().cloned().collect::<Vec<_>>().join(", ");
            return Err(Refusal::NoSuchProfile { name: new.profile.clone(), known });
        };
        check_fields(new, &adopted.spec)?;
        if self.calls.len() >= self.settings.live_calls_max {
            let (max, at) = (self.settings.live_calls_max, now.plus(Millis::secs(10)));
            return Err(Refusal::DeskFull { max, at });
        }
        self.hold_off(&adopted.spec, &adopted.answers, now)?;
        let last = self.desk.next.call;
        let call = CallId(if planted!(IdReused) && last % 5 == 4 { last } else { last + 1 });
        let subject = SubjectId(self.desk.next.subject + 1);
        let received = Event::CallReceived {
            call,
            profile,
            subject,
            tel: new.contact.digest,
            reachable: new.contact.reachable,
            kind: new.kind.as_deref().map(|kind| veiled(kind).into_owned()),
            spot: new.spot,
            cost: new.cost,
            priority: new.priority,
            fields: new.fields.clone(),
            lang: new.lang,
            parent: new.parent,
        };
        let rows = vec![RowWrite::Subject(subject, new.contact.person.clone())];
        Ok(Decided { events: vec![received], rows, call: Some(call), worker: None })
    }

    /// With the fallback `reject`, a gate that cannot even be asked sends the caller away before anything exists.
    fn hold_off(
        &self,
        profile: &Profile,
        answers: &[crate::domain::ids::ParticipantId],
        now: Time,
    ) -> Result<(), Refusal> {
        let first =
            profile.steps.iter().zip(answers).find(|(s, _)| s.position == Position::BeforeOpen);
        let Some((spec, participant)) = first else { return Ok(()) };
        if spec.fallback != Fallback::Reject {
            return Ok(());
        }
        let Some(participant) = self.desk.participants.get(participant) else { return Ok(()) };
        match participant.permit(now) {
            Ok(_) => Ok(()),
            Err((_, at)) => Err(Refusal::TryLater { participant: participant.name.clone(), at }),
        }
    }

    pub(super) fn reopen(
        &self,
        parent: CallId,
        new: &NewCall,
        now: Time,
    ) -> Result<Decided, Refusal> {
        if parent.0 == 0 || parent.0 > self.desk.next.call {
            return Err(Refusal::NoSuchCall(parent));
        }
        if let Some(call) = self.calls.get(&parent).filter(|c| !c.phase.is_terminal()) {
            return Err(wrong_phase(call, "reopened"));
        }
        let mut new = new.clone();
        new.parent = Some(parent);
        self.request(&new, now)
    }

    pub(super) fn cancel(
        &self,
        id: CallId,
        force: bool,
        order: &Order,
    ) -> Result<Decided, Refusal> {
        let (call, profile) = self.live(id)?;
        if force {
            needs_reason(order, "--force")?;
            if !matches!(order.actor, Actor::Operator(_)) {
                return Err(Refusal::OnlyOperator { verb: "--force" });
            }
        }
        if let Some(unwinding) = call.unwinding {
            // The second cancel gets the first one's answer and changes nothing.
            return if unwinding.target == Target::Canceled {
                Ok(Decided::nothing().about(id))
            } else {
                Err(Refusal::AlreadyUnwinding { call: id, target: unwinding.target })
            };
        }
        match call.phase {
            Phase::Received | Phase::Gating | Phase::Parked | Phase::Open => {}
            Phase::Assigned => {
                let allowed = profile.cancel.until >= CancelUntil::Assigned || force;
                if let (false, Some(worker)) = (allowed, call.worker()) {
                    let profile = profile.name.clone();
                    return Err(Refusal::CancelTooLate { call: id, worker, profile });
                }
            }
            _ => return Err(wrong_phase(call, "canceled")),
        }
        if planted!(CancelForgotten) {
            return Ok(Decided::nothing().about(id));
        }
        let mut events = Self::let_go(call, Why::Canceled);
        events.push(Event::CallUnwinding {
            call: id,
            target: Target::Canceled,
            why: Why::Canceled,
            retry_at: None,
        });
        Ok(Decided::of(events).about(id))
    }

    /// Takes back the offer and the worker of a call that leaves the search.
    pub(in crate::domain) fn let_go(call: &Call, why: Why) -> Vec<Event> {
        let mut events = Vec::new();
        if let Some(offer) = call.offer.filter(|_| !planted!(CancelKeepsOffer)) {
            let (offer, worker) = (offer.id, offer.worker);
            events.push(Event::OfferWithdrawn { offer, call: call.id, worker, why });
        }
        if let Some(worker) = call.worker() {
            events.push(Event::AssignmentReleased { call: call.id, worker, why, exclude: false });
        }
        events
    }

    pub(super) fn amend(&self, id: CallId, change: &Amendment) -> Result<Decided, Refusal> {
        let (call, profile) = self.live(id)?;
        if call.phase.is_terminal() || matches!(call.phase, Phase::Unwinding | Phase::Closing) {
            return Err(wrong_phase(call, "amended"));
        }
        if *change == Amendment::default() {
            return Err(Refusal::NothingToAmend(id));
        }
        let moves = change.spot.is_some() || change.kind.is_some();
        if moves && call.phase == Phase::InService {
            return Err(wrong_phase(call, "given another place or kind"));
        }
        if let Some(cost) = change.cost {
            in_range("cost", cost.0, 0, COST_MAX)?;
        }
        let mut kind = None;
        if let (Some(value), Some(field)) = (&change.kind, profile.skill_field()) {
            check_value(field, value)?;
            kind = Some(veiled(value).into_owned());
        } else if change.kind.is_some() {
            return Err(no_such_field(profile, "kind"));
        }
        let tel = change.contact.as_ref().and_then(|c| c.digest.map(|d| (d, c.reachable)));
        let amended = Event::CallAmended {
            call: id,
            spot: change.spot.as_ref().map(|(spot, _)| *spot),
            tel,
            kind: kind.clone(),
            cost: change.cost,
        };
        let mut events = Vec::new();
        if call.phase == Phase::Assigned {
            if let Some(worker) = self.unsuited_after(call, change, profile) {
                let why = Why::Amended;
                events.push(Event::AssignmentReleased { call: id, worker, why, exclude: false });
            }
        } else if let (true, Some(offer)) = (moves, call.offer) {
            // The question was about another job.
            let (offer, worker, why) = (offer.id, offer.worker, Why::Amended);
            events.push(Event::OfferWithdrawn { offer, call: id, worker, why });
        }
        events.push(amended);
        let address = change.spot.as_ref().map(|(_, address)| address.clone());
        let mut rows = Vec::new();
        if change.contact.is_some() || address.is_some() {
            let mut person =
                change.contact.as_ref().map_or_else(Person::default, |c| c.person.clone());
            person.address = address;
            rows.push(RowWrite::Amend(call.subject, person));
        }
        Ok(Decided { events, rows, call: Some(id), worker: None })
    }

    /// The worker, if the changed call is no longer one for them: lacking the skill, or too far away.
    fn unsuited_after(
        &self,
        call: &Call,
        change: &Amendment,
        profile: &Profile,
    ) -> Option<crate::domain::ids::WorkerId> {
        let worker = self.workers.get(&call.worker()?)?;
        let unskilled = change.kind.as_deref().is_some_and(|kind| !worker.has_skill(Some(kind)));
        let metres = change
            .spot
            .as_ref()
            .and_then(|(spot, _)| self.place(worker).map(|(at, _)| spot.point.metres_to(at)));
        let far = profile.dispatch.max_metres.zip(metres).is_some_and(|(max, m)| m > max);
        (unskilled || far).then_some(worker.id)
    }

    pub(super) fn set_priority(&self, id: CallId, priority: u8) -> Result<Decided, Refusal> {
        let (call, _) = self.live(id)?;
        if call.phase.is_terminal() {
            return Err(wrong_phase(call, "given a priority"));
        }
        in_range("priority", priority.into(), 0, 3)?;
        if call.priority == priority {
            return Ok(Decided::nothing().about(id));
        }
        Ok(Decided::of(vec![Event::PrioritySet { call: id, priority }]).about(id))
    }

    pub(super) fn hold(&self, id: CallId, until: Time, now: Time) -> Result<Decided, Refusal> {
        let (call, _) = self.live(id)?;
        if call.phase != Phase::Open {
            return Err(wrong_phase(call, "held"));
        }
        if until <= now {
            return Err(Refusal::HoldInThePast);
        }
        in_range("hold (ms)", until.0 - now.0, 1, i64::try_from(HOLD_MAX.0).unwrap_or(i64::MAX))?;
        let mut events = Self::let_go(call, Why::Held);
        events.push(Event::CallHeld { call: id, until });
        Ok(Decided::of(events).about(id))
    }

    pub(super) fn release(&self, id: CallId, _order: &Order) -> Result<Decided, Refusal> {
        let (call, _) = self.live(id)?;
        match (call.phase, call.worker(), call.held_until) {
            (Phase::Assigned, Some(worker), _) => {
                let released = Event::AssignmentReleased {
                    call: id,
                    worker,
                    why: Why::Released,
                    exclude: true,
                };
                Ok(Decided::of(vec![released]).about(id).by(worker))
            }
            (Phase::Open, _, Some(_)) => {
                Ok(Decided::of(vec![Event::HoldEnded { call: id }]).about(id))
            }
            (Phase::Open, _, None) => Err(Refusal::NoWorker { call: id }),
            _ => Err(wrong_phase(call, "released")),
        }
    }

    pub(super) fn add_note(&self, id: CallId, text: &str) -> Result<Decided, Refusal> {
        if id.0 == 0 || id.0 > self.desk.next.call {
            return Err(Refusal::NoSuchCall(id));
        }
        within("the note", text)?;
        let mut decided = Decided::of(vec![Event::NoteAdded { call: id }]).about(id);
        decided.rows.push(RowWrite::Note(self.desk.seq.next(), text.to_owned()));
        Ok(decided)
    }
}

fn no_such_field(profile: &Profile, field: &str) -> Refusal {
    let known = profile.fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", ");
    Refusal::NoSuchField { profile: profile.name.clone(), field: field.to_owned(), known }
}

/// Whether the request fits the profile's fields.
fn check_fields(new: &NewCall, profile: &Profile) -> Result<(), Refusal> {
    in_range("priority", new.priority.into(), 0, 3)?;
    if let Some(Won(cost)) = new.cost {
        in_range("cost", cost, 0, COST_MAX)?;
    }
    for text in [&new.contact.person.name, &new.contact.person.tel, &new.contact.person.address]
        .into_iter()
        .flatten()
    {
        within("a field", text)?;
    }
    for field in &profile.fields {
        let value = given(new, field);
        match value {
            Some(value) => check_value(field, value)?,
            None if field.required && !given_otherwise(new, field) => {
                let (profile, field) = (profile.name.clone(), field.name.clone());
                return Err(Refusal::FieldMissing { profile, field });
            }
            None => {}
        }
    }
    for (name, value) in &new.fields {
        within("a field", value)?;
        if !profile.fields.iter().any(|f| f.name == *name) {
            return Err(no_such_field(profile, name));
        }
    }
    if new.kind.is_some() && profile.skill_field().is_none() {
        return Err(no_such_field(profile, "kind"));
    }
    Ok(())
}

/// The text given for a field of the profile's own.
fn given<'a>(new: &'a NewCall, field: &Field) -> Option<&'a str> {
    let named = new.fields.get(&field.name).map(String::as_str);
    if field.skill { named.or(new.kind.as_deref()) } else { named }
}

/// Whether a field of the desk's own was given.
fn given_otherwise(new: &NewCall, field: &Field) -> bool {
    match field.name.as_str() {
        "tel" => new.contact.person.tel.is_some(),
        "location" => new.spot.is_some(),
        "cost" => new.cost.is_some(),
        _ => false,
    }
}

fn check_value(field: &Field, value: &str) -> Result<(), Refusal> {
    within("a field", value)?;
    if field.one_of.is_empty() || field.one_of.iter().any(|allowed| allowed == value) {
        return Ok(());
    }
    let (field, allowed) = (field.name.clone(), field.one_of.join(", "));
    Err(Refusal::FieldNotAllowed { field, value: value.chars().take(40).collect(), allowed })
}
