//! Commands about workers and the work: assign, start, finish, offers, duty.

use super::requests::COST_MAX;
use super::{Decided, in_range, needs_reason, within, wrong_phase};
use crate::domain::call::{AssignmentState, Call};
use crate::domain::command::{Current, NewWorker, Order, RowWrite};
use crate::domain::event::{AssignedBy, Duty, Event, SettledBy, Why, WorkOutcome};
use crate::domain::ids::{CallId, OfferId, SubjectId, Time, Won, WorkerId};
use crate::domain::phase::{Phase, Target};
use crate::domain::profile::{OnAbort, Position, Profile, RequiredBefore};
use crate::domain::refusal::Refusal;
use crate::domain::text::veiled;
use crate::domain::worker::Worker;
use crate::domain::world::World;
use crate::planted::planted;

/// The most services or skills of one worker.
const NAMES_MAX: i64 = 64;

impl World {
    pub(super) fn assign_by_hand(
        &self,
        id: CallId,
        worker: WorkerId,
        force: bool,
        order: &Order,
    ) -> Result<Decided, Refusal> {
        let (call, profile) = self.live(id)?;
        match call.phase {
            Phase::Open => {}
            Phase::Assigned if call.worker() == Some(worker) => {
                return Err(Refusal::SameWorker { call: id, worker });
            }
            _ => return Err(wrong_phase(call, "assigned")),
        }
        let overridden = self.may_take(call, profile, worker, force, order)?;
        let events = self.commit_by_hand(call, worker, overridden);
        Ok(Decided::of(events).about(id).by(worker))
    }

    pub(super) fn reassign(
        &self,
        id: CallId,
        worker: WorkerId,
        force: bool,
        order: &Order,
    ) -> Result<Decided, Refusal> {
        let (call, profile) = self.live(id)?;
        let (Phase::Assigned, Some(old)) = (call.phase, call.worker()) else {
            return match call.phase {
                Phase::Open => Err(Refusal::NoWorker { call: id }),
                _ => Err(wrong_phase(call, "reassigned")),
            };
        };
        if old == worker {
            return Err(Refusal::SameWorker { call: id, worker });
        }
        let overridden = self.may_take(call, profile, worker, force, order)?;
        let why = Why::Reassigned;
        let mut events =
            vec![Event::AssignmentReleased { call: id, worker: old, why, exclude: false }];
        events.extend(self.commit_by_hand(call, worker, overridden));
        Ok(Decided::of(events).about(id).by(worker))
    }

    /// Commits, and takes back whatever question stands in the way.
    fn commit_by_hand(&self, call: &Call, worker: WorkerId, overridden: bool) -> Vec<Event> {
        let mut events = Vec::new();
        let why = Why::Taken;
        if let Some(offer) = call.offer {
            // Also when the worker who is asked gets it: they did not say yes.
            let (offer, asked) = (offer.id, offer.worker);
            events.push(Event::OfferWithdrawn { offer, call: call.id, worker: asked, why });
        }
        let asked = self.workers.get(&worker).and_then(|w| w.offer);
        if let Some((offer, other)) = asked.filter(|(_, other)| *other != call.id) {
            events.push(Event::OfferWithdrawn { offer, call: other, worker, why });
        }
        let by = AssignedBy::Manual { overridden };
        events.push(Event::AssignmentCommitted { call: call.id, worker, by, decision: None });
        events
    }

    /// Whether a dispatcher may give the call to the worker, and whether that overrides a rule.
    fn may_take(
        &self,
        call: &Call,
        profile: &Profile,
        id: WorkerId,
        force: bool,
        order: &Order,
    ) -> Result<bool, Refusal> {
        let worker = self.known(id)?;
        if let Some((busy, _)) = worker.current.filter(|_| !planted!(DoubleAssignment)) {
            return Err(Refusal::WorkerBusy { worker: id, call: busy });
        }
        if worker.duty != Duty::On {
            return Err(Refusal::WorkerNotOnDuty { worker: id, duty: worker.duty });
        }
        let no = Self::objection(call, profile, worker);
        if let (Some(refusal), false) = (&no, force) {
            return Err(refusal.clone());
        }
        if no.is_some() {
            needs_reason(order, "--force")?;
        }
        Ok(no.is_some())
    }

    /// What speaks against the worker that a dispatcher may override.
    fn objection(call: &Call, profile: &Profile, worker: &Worker) -> Option<Refusal> {
        let id = worker.id;
        if !worker.serves(&profile.name) {
            let service = profile.name.clone();
            return Some(Refusal::WorkerOtherService { worker: id, service });
        }
        if let Some(kind) = call.kind.as_deref().filter(|kind| !worker.has_skill(Some(kind))) {
            return Some(Refusal::WorkerLacksSkill { worker: id, skill: kind.to_owned() });
        }
        if call.search.excluded.contains(&id) {
            return Some(Refusal::WorkerExcluded { worker: id, call: call.id });
        }
        None
    }

    pub(super) fn arrive(&self, id: CallId) -> Result<Decided, Refusal> {
        let (call, _) = self.live(id)?;
        match (call.phase, call.live_assignment()) {
            (Phase::Assigned, Some(a)) if a.state == AssignmentState::Arrived => {
                Ok(Decided::nothing().about(id).by(a.worker))
            }
            (Phase::Assigned, Some(a)) => {
                let worker = a.worker;
                let arrived = Event::WorkerArrived { call: id, worker };
                Ok(Decided::of(vec![arrived]).about(id).by(worker))
            }
            _ => Err(wrong_phase(call, "arrived at")),
        }
    }

    pub(super) fn start(&self, id: CallId) -> Result<Decided, Refusal> {
        let (call, profile) = self.live(id)?;
        let (Phase::Assigned, Some(worker)) = (call.phase, call.worker()) else {
            return Err(wrong_phase(call, "started"));
        };
        first_done(call, profile, RequiredBefore::Start)?;
        Ok(Decided::of(vec![Event::WorkStarted { call: id, worker }]).about(id).by(worker))
    }

    pub(super) fn finish_work(
        &self,
        id: CallId,
        outcome: WorkOutcome,
        fare: Option<Won>,
    ) -> Result<Decided, Refusal> {
        let (call, profile) = self.live(id)?;
        let (Phase::Assigned | Phase::InService, Some(worker)) = (call.phase, call.worker()) else {
            return Err(Refusal::WrongPhase { call: id, phase: call.phase, verb: "finished" });
        };
        if let Some(Won(fare)) = fare {
            in_range("fare", fare, 0, COST_MAX)?;
        }
        first_done(call, profile, RequiredBefore::Finish)?;
        let mut events = Vec::new();
        if call.phase == Phase::Assigned {
            first_done(call, profile, RequiredBefore::Start)?;
            events.push(Event::WorkStarted { call: id, worker });
        }
        events.push(Event::WorkFinished { call: id, worker, outcome, fare });
        events.push(if call.completion_ahead(profile).is_some() {
            Event::CallClosing { call: id }
        } else {
            Event::CallCompleted { call: id }
        });
        Ok(Decided::of(events).about(id).by(worker))
    }

    pub(super) fn abort_work(&self, id: CallId, order: &Order) -> Result<Decided, Refusal> {
        let (call, profile) = self.live(id)?;
        let (Phase::InService, Some(worker)) = (call.phase, call.worker()) else {
            return Err(Refusal::WrongPhase { call: id, phase: call.phase, verb: "aborted" });
        };
        needs_reason(order, "abort")?;
        Ok(Decided::of(aborted(call, profile, worker)).about(id).by(worker))
    }

    pub(super) fn settle(
        &self,
        id: CallId,
        by: SettledBy,
        order: &Order,
    ) -> Result<Decided, Refusal> {
        let (call, profile) = self.live(id)?;
        if call.phase != Phase::Closing {
            return Err(Refusal::NotClosing { call: id, phase: call.phase, by });
        }
        needs_reason(order, "settle")?;
        let Some((step, state)) = call.completion_ahead(profile) else {
            return Ok(Decided::nothing().about(id));
        };
        // While a request is out nobody knows yet whether it is settled already.
        if state.out.is_some() {
            let step = profile.steps.get(step).map_or_else(String::new, |s| s.name.clone());
            return Err(Refusal::StepNotDone { call: id, step });
        }
        let step = u8::try_from(step).unwrap_or(u8::MAX);
        Ok(Decided::of(vec![Event::StepSettled { call: id, step, by }]).about(id))
    }

    pub(super) fn waive(&self, id: CallId, name: &str, order: &Order) -> Result<Decided, Refusal> {
        let (call, profile) = self.live(id)?;
        needs_reason(order, "waive")?;
        let Some(at) = profile.step(name) else {
            let known =
                profile.steps.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ");
            return Err(Refusal::NoSuchStep { call: id, step: name.to_owned(), known });
        };
        let waivable = call.is_undoing()
            && call.steps.get(at).is_some_and(|step| {
                let stuck = matches!(step.state, crate::domain::call::StepState::UndoDenied { .. });
                step.out.is_none() && (stuck || step.owes_undo())
            });
        if !waivable {
            return Err(Refusal::NothingToWaive { call: id, step: name.to_owned() });
        }
        let step = u8::try_from(at).unwrap_or(u8::MAX);
        Ok(Decided::of(vec![Event::StepWaived { call: id, step }]).about(id))
    }

    pub(super) fn retry_call(&self, id: CallId) -> Result<Decided, Refusal> {
        use crate::domain::call::StepState::{Denied, UndoDenied, Undoing, Waiting};
        let (call, profile) = self.live(id)?;
        let retried: Vec<Event> = call
            .steps
            .iter()
            .enumerate()
            .filter(|(i, step)| {
                let spec = profile.steps.get(*i);
                let tried = match step.state {
                    Undoing { .. } | UndoDenied { .. } => true,
                    Waiting { unknown, .. } if call.is_undoing() => {
                        unknown && spec.is_some_and(|s| s.undo)
                    }
                    Waiting { .. } => call.phase != Phase::Completed,
                    Denied { .. } => {
                        !call.is_undoing()
                            && spec.is_some_and(|s| s.position != Position::BeforeOpen)
                    }
                    _ => false,
                };
                step.out.is_none() && tried
            })
            .map(|(i, _)| Event::StepRetried { call: id, step: u8::try_from(i).unwrap_or(u8::MAX) })
            .collect();
        if retried.is_empty() && call.phase != Phase::Parked {
            return Err(Refusal::NothingToRetry { call: id });
        }
        Ok(Decided::of(retried).about(id))
    }

    pub(super) fn accept_offer(&self, id: OfferId, now: Time) -> Result<Decided, Refusal> {
        let (call, worker) = self.open_offer(id, now)?;
        let accepted = Event::OfferAccepted { offer: id, call, worker };
        let by = AssignedBy::Offer(id);
        let committed = Event::AssignmentCommitted { call, worker, by, decision: None };
        Ok(Decided::of(vec![accepted, committed]).about(call).by(worker))
    }

    pub(super) fn decline_offer(&self, id: OfferId, now: Time) -> Result<Decided, Refusal> {
        let (call, worker) = self.open_offer(id, now)?;
        let declined = Event::OfferDeclined { offer: id, call, worker };
        Ok(Decided::of(vec![declined]).about(call).by(worker))
    }

    fn open_offer(&self, id: OfferId, now: Time) -> Result<(CallId, WorkerId), Refusal> {
        let call = self.index.offers.get(&id).and_then(|call| self.calls.get(call));
        let open = call.and_then(|c| c.offer.map(|offer| (c.id, offer)));
        match open {
            Some((call, offer)) if offer.deadline > now => Ok((call, offer.worker)),
            _ => Err(Refusal::OfferOver(id)),
        }
    }

    pub(super) fn add_worker(&self, new: &NewWorker) -> Result<Decided, Refusal> {
        let person = &new.contact.person;
        for text in [&person.name, &person.tel, &person.address].into_iter().flatten() {
            within("a field", text)?;
        }
        for names in [&new.services, &new.skills] {
            let count = i64::try_from(names.len()).unwrap_or(i64::MAX);
            in_range("the number of skills or services", count, 0, NAMES_MAX)?;
            for name in names {
                within("a skill", name)?;
            }
        }
        let worker = WorkerId(self.desk.next.worker + 1);
        let subject = SubjectId(self.desk.next.subject + 1);
        let added = Event::WorkerAdded {
            worker,
            subject,
            services: sorted(&new.services),
            skills: sorted(&new.skills),
            home: new.home,
            duty: new.duty,
        };
        let rows = vec![RowWrite::Subject(subject, person.clone())];
        Ok(Decided { events: vec![added], rows, call: None, worker: Some(worker) })
    }

    pub(super) fn set_duty(
        &self,
        id: WorkerId,
        duty: Duty,
        current: Current,
        order: &Order,
    ) -> Result<Decided, Refusal> {
        let worker = self.known(id)?;
        let mut events = Vec::new();
        let leaves = duty != Duty::On;
        if let (true, Some((call, state))) = (leaves, worker.current) {
            let working = state == AssignmentState::Working;
            match current {
                Current::Finish => {
                    if worker.off_after {
                        return Ok(Decided::nothing().by(id));
                    }
                    let off = Event::DutySet { worker: id, duty: Duty::Off, after_current: true };
                    return Ok(Decided::of(vec![off]).by(id));
                }
                Current::Keep if working => {
                    return Err(Refusal::WorkerWorking { worker: id, call });
                }
                Current::Abort if working => {
                    needs_reason(order, "--abort")?;
                    let (live, profile) = self.live(call)?;
                    events.extend(aborted(live, profile, id));
                }
                _ => {
                    let why = Why::WorkerOff;
                    events.push(Event::AssignmentReleased {
                        call,
                        worker: id,
                        why,
                        exclude: false,
                    });
                }
            }
        }
        if let (true, Some((offer, call))) = (leaves, worker.offer) {
            let why = Why::WorkerOff;
            events.push(Event::OfferWithdrawn { offer, call, worker: id, why });
        }
        if worker.duty == duty && !worker.off_after && events.is_empty() {
            return Ok(Decided::nothing().by(id));
        }
        // First the shift, so that what is taken from the worker does not come straight back.
        events.insert(0, Event::DutySet { worker: id, duty, after_current: false });
        Ok(Decided::of(events).by(id))
    }

    pub(super) fn keep_positions(&self) -> Decided {
        let at = self.positions_to_keep();
        if at.is_empty() {
            Decided::nothing()
        } else {
            Decided::of(vec![Event::PositionsKept { at }])
        }
    }
}

/// The events of work broken off.
fn aborted(call: &Call, profile: &Profile, worker: WorkerId) -> Vec<Event> {
    let mut events = vec![Event::WorkAborted { call: call.id, worker }];
    if profile.on_abort == OnAbort::End {
        events.push(Event::CallUnwinding {
            call: call.id,
            target: Target::Unfilled,
            why: Why::Aborted,
            retry_at: None,
        });
    }
    events
}

/// A step may hold a command back until it is done.
fn first_done(call: &Call, profile: &Profile, before: RequiredBefore) -> Result<(), Refusal> {
    let missing = call
        .steps
        .iter()
        .zip(&profile.steps)
        .find(|(step, spec)| spec.required_before == Some(before) && !step.is_passed());
    match missing {
        Some((_, spec)) => Err(Refusal::StepNotDone { call: call.id, step: spec.name.clone() }),
        None => Ok(()),
    }
}

fn sorted(names: &[String]) -> Vec<String> {
    let mut names: Vec<String> = names.iter().map(|n| veiled(n).into_owned()).collect();
    names.sort();
    names.dedup();
    names
}
