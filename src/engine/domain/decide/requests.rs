//! Commands about a call as the customer sees it: request, cancel, amend, hold and the like.

use super::fields::{self, check_value, no_such_field};
use super::members::card_of;
use super::money::{check_new_price, check_price};
use super::plan::visit;
use super::{Decided, in_range, needs_reason, within, wrong_phase};
use crate::domain::call::{AssignmentState, Call};
use crate::domain::command::{Amendment, NewCall, Order, Person, RowWrite};
use crate::domain::event::{Actor, Event, Why};
use crate::domain::ids::{CallId, Millis, ProfileId, SubjectId, Time, WorkerId};
use crate::domain::member::Member;
use crate::domain::phase::{Phase, Target};
use crate::domain::profile::{CancelUntil, Fallback, Position, Profile};
use crate::domain::refusal::Refusal;
use crate::domain::text::veiled;
use crate::domain::world::{Adopted, World};
use crate::planted::planted;

/// The most that a call may cost: ten billion won.
pub const COST_MAX: i64 = 10_000_000_000;

/// The longest hold.
const HOLD_MAX: Millis = Millis::hours(24 * 365);

impl World {
    pub(super) fn request(&self, new: &NewCall, now: Time) -> Result<Decided, Refusal> {
        let (profile, adopted) = self.newest_of(new)?;
        let spec = &adopted.spec;
        let mut fields = fields::composed(new);
        let reference = self.reference_in(new);
        if let Some((reference, call)) =
            reference.as_ref().and_then(|r| Some((r, self.referred(r)?)))
        {
            let mut again = reference.again(call.id, call.asked)?;
            again.replayed = call.seqs.first().copied();
            return Ok(again);
        }
        let member = self.caller(new, spec)?;
        fields::check(new, &fields, spec, member.is_some())?;
        card_of(&new.contact.person)?;
        check_price(new, spec)?;
        let window = new.visit.map(|at| visit(spec, at, now)).transpose()?;
        fields::fill_in(&mut fields, spec);
        self.known_goods(spec, &adopted.answers, &fields)?;
        if self.calls.len() >= self.settings.live_calls_max {
            let (max, at) = (self.settings.live_calls_max, now.plus(Millis::secs(10)));
            return Err(Refusal::DeskFull { max, at });
        }
        self.hold_off(spec, &adopted.answers, now)?;
        let last = self.desk.next.call;
        let call = CallId(if planted!(IdReused) && last % 5 == 4 { last } else { last + 1 });
        let subject = SubjectId(self.desk.next.subject + 1);
        let (to, change) = (subject, new.contact.person.clone());
        let row = match member {
            Some(member) => RowWrite::Copy { to, from: member.subject, change },
            None => RowWrite::Subject(to, change),
        };
        let (tel, reachable) = match (new.contact.digest, member) {
            (None, Some(member)) => (Some(member.tel), member.reachable),
            (digest, _) => (digest, new.contact.reachable),
        };
        let received = Event::CallReceived {
            call,
            profile,
            subject,
            tel,
            reachable,
            kind: new.kind.as_deref().map(|kind| veiled(kind).into_owned()),
            spot: new.spot,
            cost: new.cost,
            priority: new.priority,
            fields,
            lang: new.lang,
            parent: new.parent,
            member: member.map(Member::snapshot),
            window,
            asked: reference.map(|reference| reference.asked),
            ordinal: self.next_ordinal(&spec.name),
        };
        Ok(Decided { events: vec![received], rows: vec![row], ..Decided::default() }.about(call))
    }

    /// The how manyth call of its line the next one is.
    fn next_ordinal(&self, line: &str) -> u64 {
        let calls = self.line(line).unwrap_or_default().calls;
        if planted!(OrdinalReused) && calls % 5 == 4 { calls } else { calls + 1 }
    }

    /// The newest version of the profile that the request names.
    fn newest_of(&self, new: &NewCall) -> Result<(ProfileId, &Adopted), Refusal> {
        let id = self.desk.newest.get(&new.profile).copied();
        let found = id.and_then(|id| Some((id, self.desk.profiles.get(&id)?.as_ref())));
        found.ok_or_else(|| {
            let known = self.desk.newest.keys().cloned().collect::<Vec<_>>().join(", ");
            Refusal::NoSuchProfile { name: new.profile.clone(), known }
        })
    }

    /// The member who calls, if anybody. Where only members may call and a step charges them, a card is kept for them.
    fn caller(&self, new: &NewCall, profile: &Profile) -> Result<Option<&Member>, Refusal> {
        let member = match new.member {
            Some(id) => Some(self.member(id).ok_or(Refusal::NoSuchMember(id))?),
            None => new.contact.digest.and_then(|tel| self.member_of(tel)),
        };
        if !profile.membership.required {
            return Ok(member);
        }
        match member {
            None => Err(Refusal::NotAMember { profile: profile.name.clone() }),
            Some(member) if profile.charge().is_some() && member.card.is_none() => {
                Err(Refusal::CardMissing(member.id))
            }
            Some(member) => Ok(Some(member)),
        }
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
        // The client's own number stays with the call it was given for.
        if let Some(field) = self.newest_of(&new)?.1.spec.reference_field() {
            new.fields.remove(&field.name);
        }
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
        let stage = match call.phase {
            Phase::Received | Phase::Gating | Phase::Parked => CancelUntil::Parked,
            Phase::Open => CancelUntil::Open,
            Phase::Scheduled => CancelUntil::Scheduled,
            Phase::Assigned => CancelUntil::Assigned,
            _ => return Err(wrong_phase(call, "canceled")),
        };
        let rule = profile.cancel;
        if stage > rule.until && !force {
            return Err(match call.worker().or(call.reserved()) {
                Some(worker) => {
                    Refusal::CancelTooLate { call: id, worker, profile: profile.name.clone() }
                }
                None => wrong_phase(call, "canceled"),
            });
        }
        if order.actor == Actor::Customer && rule.customer.is_some_and(|last| stage > last) {
            let (phase, profile) = (call.phase, profile.name.clone());
            return Err(Refusal::CustomerCancelTooLate { call: id, phase, profile });
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

    /// Takes back the questions and the worker of a call that leaves the search.
    pub(in crate::domain) fn let_go(call: &Call, why: Why) -> Vec<Event> {
        let mut events =
            if planted!(CancelKeepsOffer) { Vec::new() } else { Self::take_back(call, why, None) };
        if let Some(worker) = call.holder().map(|has| has.worker) {
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
            check_new_price(call, profile, cost)?;
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
        if let Some(worker) = self.unsuited_after(call, change, profile) {
            let why = Why::Amended;
            events.push(Event::AssignmentReleased { call: id, worker, why, exclude: false });
        } else if moves {
            // The question was about another job.
            events.extend(Self::take_back(call, Why::Amended, None));
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
        Ok(Decided { events, rows, ..Decided::default() }.about(id))
    }

    /// The worker, if the changed call is no longer one for them: lacking the skill, or too far away.
    fn unsuited_after(
        &self,
        call: &Call,
        change: &Amendment,
        profile: &Profile,
    ) -> Option<WorkerId> {
        let has = call.holder().filter(|has| has.state != AssignmentState::Working)?;
        let worker = self.workers.get(&has.worker)?;
        let unskilled = change.kind.as_deref().is_some_and(|kind| !worker.has_skill(Some(kind)));
        let metres = change
            .spot
            .as_ref()
            .and_then(|(spot, _)| self.place(worker).map(|(at, _)| spot.point.metres_to(at)));
        // Where the worker of a later visit is now says nothing.
        let max = profile.dispatch.max_metres.filter(|_| has.state.is_live());
        let far = max.zip(metres).is_some_and(|(max, m)| m > max);
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

    pub(super) fn release(&self, id: CallId, no_show: bool) -> Result<Decided, Refusal> {
        let (call, _) = self.live(id)?;
        let why = if no_show { Why::NoShow } else { Why::Released };
        match (call.phase, call.holder(), call.held_until) {
            (Phase::Scheduled | Phase::Assigned, Some(has), _) => {
                let worker = has.worker;
                let released = Event::AssignmentReleased { call: id, worker, why, exclude: true };
                Ok(Decided::of(vec![released]).about(id).by(worker))
            }
            (Phase::Open, _, Some(_)) if !no_show => {
                Ok(Decided::of(vec![Event::HoldEnded { call: id }]).about(id))
            }
            (Phase::Open, _, _) => Err(Refusal::NoWorker { call: id }),
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
