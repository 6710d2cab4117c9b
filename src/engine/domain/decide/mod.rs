//! What a command means, here and now: events, or a refusal and nothing.
//!
//! Invariant: pure; it looks at the world and changes nothing. What follows by itself from the events (a local answer, a
//! worker found, a notice) is not decided here but in `follow`, by the same rules whoever caused it.

mod answers;
mod deliveries;
mod desk;
mod fields;
mod members;
mod money;
mod offers;
mod plan;
mod references;
mod requests;
mod steps;
mod stock;
mod work;

pub(super) use desk::{ASSIGN, BULKHEAD_MAX};
pub(super) use requests::COST_MAX;

use super::call::Call;
use super::command::{Command, Order, RowWrite};
use super::event::Event;
use super::ids::{CallId, MemberId, Seq, Time, WorkerId};
use super::phase::Phase;
use super::profile::Profile;
use super::refusal::Refusal;
use super::worker::Worker;
use super::world::World;

/// The most characters of a reason, a note or a field.
pub const TEXT_MAX: usize = 1_000;

/// What a command means: the first events of its record, and the rows of personal data that go with them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decided {
    /// In order. Empty: accepted, and nothing changes.
    pub events: Vec<Event>,
    /// Written in the same commit.
    pub rows: Vec<RowWrite>,
    /// The call concerned.
    pub call: Option<CallId>,
    /// The worker concerned.
    pub worker: Option<WorkerId>,
    /// The member concerned.
    pub member: Option<MemberId>,
    /// The record that did it before: nothing is done again.
    pub replayed: Option<Seq>,
}

impl Decided {
    /// Nothing changes.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    fn of(events: Vec<Event>) -> Self {
        Self { events, ..Self::default() }
    }

    fn about(mut self, call: CallId) -> Self {
        self.call = Some(call);
        self
    }

    fn by(mut self, worker: WorkerId) -> Self {
        self.worker = Some(worker);
        self
    }
}

impl World {
    /// What `order` means at `now`.
    ///
    /// # Errors
    /// The rule that says no. Nothing has changed then.
    pub fn decide(&self, order: &Order, now: Time) -> Result<Decided, Refusal> {
        self.decide_about(order, None, now)
    }

    /// What `order` means at `now`, when the call it is about had ended and was forgotten: `recalled` is that call as it
    /// stood. It is taken up again if anything happens to it.
    ///
    /// # Errors
    /// As [`World::decide`].
    pub fn decide_about(
        &self,
        order: &Order,
        recalled: Option<&Call>,
        now: Time,
    ) -> Result<Decided, Refusal> {
        let mut decided = self.meant(order, recalled, now)?;
        if let (Some(call), false) = (recalled, decided.events.is_empty()) {
            decided.events.insert(0, Event::CallRecalled { call: Box::new(call.clone()) });
        }
        Ok(decided)
    }

    fn meant(&self, order: &Order, recalled: Option<&Call>, now: Time) -> Result<Decided, Refusal> {
        if let Some(reason) = &order.reason {
            within("the reason", reason)?;
        }
        match &order.command {
            Command::OpenDesk { seed } => self.open_desk(*seed),
            Command::StepClock { by_ms } => Ok(self.step_clock(*by_ms)),
            Command::AdoptProfile(profile) => self.adopt(profile),
            Command::SetParticipant { name, kind, breaker, bulkhead } => {
                self.set_participant_to(name, kind, breaker, *bulkhead)
            }
            Command::SetMode { name, mode } => self.set_mode_of(name, *mode, now),
            Command::ForceBreaker { name, to } => self.force_breaker(name, to, now),
            Command::RequestCall(new) => self.request(new, now),
            Command::ReopenCall { parent, new } => self.reopen(*parent, new, now),
            Command::CancelCall { call, force } => self.cancel(*call, *force, order),
            Command::AmendCall { call, change } => self.amend(*call, change),
            Command::SetPriority { call, priority } => self.set_priority(*call, *priority),
            Command::HoldCall { call, until } => self.hold(*call, *until, now),
            Command::ReleaseCall { call, no_show } => self.release(*call, *no_show),
            Command::ClaimCall { call, worker, at } => self.claim(*call, *worker, *at, now),
            Command::Reschedule { call, at } => self.reschedule(*call, *at, now),
            Command::Depart { call } => self.depart(*call),
            Command::RefundCall { call, won } => {
                money::refund(self.about(*call, recalled)?, *won, order)
            }
            Command::RateCall { call, stars, text } => {
                self.rate(self.about(*call, recalled)?, *stars, text.as_deref())
            }
            Command::SetDisposition { call, code } => {
                money::set_disposition(self.about(*call, recalled)?, code)
            }
            Command::ReceiveStock { product, qty } => Self::receive_stock(product, *qty),
            Command::WriteOffStock { product, qty } => self.write_off_stock(product, *qty, order),
            Command::AddMember(new) => self.add_member(new),
            Command::AmendMember { member, change } => self.amend_member(*member, change),
            Command::AddNote { call, text } => self.add_note(*call, text),
            Command::AssignCall { call, worker, force } => {
                self.assign_by_hand(*call, *worker, *force, order, now)
            }
            Command::ReassignCall { call, worker, force } => {
                self.reassign(*call, *worker, *force, order, now)
            }
            Command::Arrive { call } => self.arrive(*call),
            Command::StartWork { call } => self.start(*call),
            Command::FinishWork { call, outcome, fare } => self.finish_work(*call, *outcome, *fare),
            Command::AbortWork { call } => self.abort_work(*call, order),
            Command::SettleCall { call, by } => self.settle(*call, *by, order),
            Command::WaiveStep { call, step } => {
                steps::waive(self.about(*call, recalled)?, step, order)
            }
            Command::RetryCall { call } => steps::retry(self.about(*call, recalled)?),
            Command::AcceptOffer { offer, worker } => self.accept_offer(*offer, *worker, now),
            Command::DeclineOffer { offer, worker } => self.decline_offer(*offer, *worker, now),
            Command::AddWorker(new) => self.add_worker(new),
            Command::SetDuty { worker, duty, current } => {
                self.set_duty(*worker, *duty, *current, order)
            }
            Command::KeepPositions => Ok(self.keep_positions()),
            Command::Answer(answer) => self.take_answer(answer, now),
            Command::Deliveries(all) => Ok(self.take_deliveries(all, now)),
            Command::ResendNotice { notice, worker } => self.resend(*notice, *worker),
            Command::Tick => Ok(Decided::nothing()),
            Command::TakeAttention { attention } => self.take_attention(*attention, order),
            Command::CloseAttention { attention } => self.close_attention(*attention),
            Command::Reveal { what } => {
                Ok(Decided::of(vec![Event::Revealed { what: what.chars().take(80).collect() }]))
            }
        }
    }

    /// The live call and its profile.
    fn live(&self, id: CallId) -> Result<(&Call, &Profile), Refusal> {
        self.about(id, None)
    }

    /// The call and its profile, also when it had ended and was forgotten.
    fn about<'a>(
        &'a self,
        id: CallId,
        recalled: Option<&'a Call>,
    ) -> Result<(&'a Call, &'a Profile), Refusal> {
        let call = recalled.filter(|call| call.id == id).or_else(|| self.calls.get(&id));
        let call = call.ok_or(Refusal::NoSuchCall(id))?;
        let adopted = self.desk.profiles.get(&call.profile).ok_or(Refusal::NoSuchCall(id))?;
        Ok((call, &adopted.spec))
    }

    fn known(&self, id: WorkerId) -> Result<&Worker, Refusal> {
        self.workers.get(&id).ok_or(Refusal::NoSuchWorker(id))
    }
}

fn wrong_phase(call: &Call, verb: &'static str) -> Refusal {
    let phase = call.phase;
    match (phase, call.worker()) {
        (Phase::InService, Some(worker)) => Refusal::CallInService { call: call.id, worker },
        _ => match call.unwinding.filter(|_| phase == Phase::Unwinding) {
            Some(unwinding) => {
                Refusal::AlreadyUnwinding { call: call.id, target: unwinding.target }
            }
            None => Refusal::WrongPhase { call: call.id, phase, verb },
        },
    }
}

fn needs_reason(order: &Order, verb: &'static str) -> Result<(), Refusal> {
    match order.reason.as_deref().map(str::trim) {
        Some(reason) if !reason.is_empty() => Ok(()),
        _ => Err(Refusal::ReasonMissing { verb }),
    }
}

fn within(what: &'static str, text: &str) -> Result<(), Refusal> {
    if text.chars().count() > TEXT_MAX {
        return Err(Refusal::TooLong { what, max: TEXT_MAX });
    }
    Ok(())
}

fn in_range(what: &'static str, value: i64, min: i64, max: i64) -> Result<(), Refusal> {
    if value < min || value > max {
        return Err(Refusal::OutOfRange { what, value, min, max });
    }
    Ok(())
}
