//! Commands about workers and the work: assign, start, finish, duty.

use super::money::check_fare;
use super::plan::{is_free, is_on_duty, unfit};
use super::{Decided, in_range, needs_reason, within, wrong_phase};
use crate::domain::call::{AssignmentState, Call};
use crate::domain::command::{Current, NewWorker, Order, RowWrite};
use crate::domain::event::{AssignedBy, Duty, Event, Why, Window, WorkOutcome};
use crate::domain::ids::{CallId, SubjectId, Time, Won, WorkerId};
use crate::domain::phase::{Phase, Target};
use crate::domain::profile::{OnAbort, Profile, RequiredBefore, Stage};
use crate::domain::refusal::Refusal;
use crate::domain::text::veiled;
use crate::domain::world::World;

/// The most services or skills of one worker.
const NAMES_MAX: i64 = 64;

impl World {
    pub(super) fn assign_by_hand(
        &self,
        id: CallId,
        worker: WorkerId,
        force: bool,
        order: &Order,
        now: Time,
    ) -> Result<Decided, Refusal> {
        let (call, profile) = self.live(id)?;
        match (call.phase, call.holder()) {
            (Phase::Open, _) => {}
            (Phase::Scheduled | Phase::Assigned, Some(has)) if has.worker == worker => {
                return Err(Refusal::SameWorker { call: id, worker });
            }
            _ => return Err(wrong_phase(call, "assigned")),
        }
        let visit = call.window.filter(|window| window.is_far(profile, now));
        let overridden = self.may_take(call, profile, worker, visit, force, order)?;
        let by = AssignedBy::Manual { overridden };
        Ok(Decided::of(self.give(call, worker, visit, by)).about(id).by(worker))
    }

    pub(super) fn reassign(
        &self,
        id: CallId,
        worker: WorkerId,
        force: bool,
        order: &Order,
        now: Time,
    ) -> Result<Decided, Refusal> {
        let (call, profile) = self.live(id)?;
        let (Phase::Scheduled | Phase::Assigned, Some(has)) = (call.phase, call.holder()) else {
            return match call.phase {
                Phase::Open => Err(Refusal::NoWorker { call: id }),
                _ => Err(wrong_phase(call, "reassigned")),
            };
        };
        let old = has.worker;
        if old == worker {
            return Err(Refusal::SameWorker { call: id, worker });
        }
        let visit = call.window.filter(|window| window.is_far(profile, now));
        let overridden = self.may_take(call, profile, worker, visit, force, order)?;
        let why = Why::Reassigned;
        let mut events =
            vec![Event::AssignmentReleased { call: id, worker: old, why, exclude: false }];
        events.extend(self.give(call, worker, visit, AssignedBy::Manual { overridden }));
        Ok(Decided::of(events).about(id).by(worker))
    }

    /// Whether a dispatcher may give the call to the worker, for a visit that is far off or for now, and whether that
    /// overrides a rule.
    fn may_take(
        &self,
        call: &Call,
        profile: &Profile,
        id: WorkerId,
        visit: Option<Window>,
        force: bool,
        order: &Order,
    ) -> Result<bool, Refusal> {
        let worker = self.known(id)?;
        match visit {
            Some(visit) => self.has_room(worker, call.id, visit)?,
            None => is_free(worker)?,
        }
        is_on_duty(worker)?;
        let no = unfit(call, profile, worker).err().or_else(|| {
            let excluded = call.search.excluded.contains(&id);
            excluded.then_some(Refusal::WorkerExcluded { worker: id, call: call.id })
        });
        if let (Some(refusal), false) = (&no, force) {
            return Err(refusal.clone());
        }
        if no.is_some() {
            needs_reason(order, "--force")?;
        }
        Ok(no.is_some())
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
        if !may_begin(call, profile) {
            return Err(wrong_phase(call, "started"));
        }
        let (events, worker) = self.begun(call, profile)?;
        Ok(Decided { worker, ..Decided::of(events) }.about(id))
    }

    pub(super) fn finish_work(
        &self,
        id: CallId,
        outcome: WorkOutcome,
        fare: Option<Won>,
    ) -> Result<Decided, Refusal> {
        let (call, profile) = self.live(id)?;
        if call.phase != Phase::InService && !may_begin(call, profile) {
            return Err(Refusal::WrongPhase { call: id, phase: call.phase, verb: "finished" });
        }
        check_fare(call, profile, fare)?;
        first_done(call, profile, RequiredBefore::Finish)?;
        let (mut events, worker) = match call.phase {
            Phase::InService => (Vec::new(), call.worker()),
            _ => self.begun(call, profile)?,
        };
        events.push(Event::WorkFinished { call: id, worker, outcome, fare });
        events.extend(self.after_work(call, profile, fare));
        Ok(Decided { worker, ..Decided::of(events) }.about(id))
    }

    /// The events of work that begins, and whose work it is: at an appointment that is still ahead its worker is committed
    /// first; under the plan `none` nobody is needed.
    fn begun(
        &self,
        call: &Call,
        profile: &Profile,
    ) -> Result<(Vec<Event>, Option<WorkerId>), Refusal> {
        first_done(call, profile, RequiredBefore::Start)?;
        let worker = call.holder().map(|has| has.worker);
        let mut events = match call.phase {
            Phase::Scheduled => self.commit_reserved(call)?,
            _ => Vec::new(),
        };
        events.push(Event::WorkStarted { call: call.id, worker });
        events.extend(self.shipment(call, profile));
        Ok((events, worker))
    }

    pub(super) fn abort_work(&self, id: CallId, order: &Order) -> Result<Decided, Refusal> {
        let (call, profile) = self.live(id)?;
        if call.phase != Phase::InService {
            return Err(Refusal::WrongPhase { call: id, phase: call.phase, verb: "aborted" });
        }
        needs_reason(order, "abort")?;
        let worker = call.worker();
        Ok(Decided { worker, ..Decided::of(aborted(call, profile, worker)) }.about(id))
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
        if let Some(known) = new.handle.and_then(|handle| self.worker_called(handle)) {
            return Ok(Decided::nothing().by(known.id));
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
            handle: new.handle,
        };
        let rows = vec![RowWrite::Subject(subject, person.clone())];
        Ok(Decided { events: vec![added], rows, ..Decided::default() }.by(worker))
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
                    events.extend(aborted(live, profile, Some(id)));
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
fn aborted(call: &Call, profile: &Profile, worker: Option<WorkerId>) -> Vec<Event> {
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

/// Whether work may begin from where the call stands.
fn may_begin(call: &Call, profile: &Profile) -> bool {
    match call.phase {
        Phase::Scheduled | Phase::Assigned => true,
        Phase::Open => matches!(call.stage(profile), Some(Stage::None { .. })),
        _ => false,
    }
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
