//! What the events of a search and of an assignment make of a call and its worker: always both in one event.

use crate::domain::call::{Assignment, AssignmentState, Offer};
use crate::domain::event::Event;
use crate::domain::ids::{CallId, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::world::World;
use crate::planted::planted;

impl World {
    #[expect(clippy::too_many_lines, reason = "one arm per event; each arm is a line or two")]
    pub(super) fn evolve_search(&mut self, event: &Event) {
        let at = self.desk.at;
        match event {
            Event::StageEntered { call, stage } => {
                let clock = self.search_clock(at);
                self.with_call(*call, |c| {
                    c.search.stage = *stage;
                    c.search.stage_at = clock;
                    c.search.asked.clear();
                    c.search.offers = 0;
                });
                self.set_fresh(*call);
            }
            Event::PlanExhausted { call } => self.with_call(*call, |c| {
                c.search.exhausted = true;
                c.search.fresh = false;
            }),
            Event::NobodyFound { call, .. } => {
                self.with_call(*call, |c| c.search.fresh = false);
            }
            Event::OfferSent { offer, call, worker, deadline, .. } => {
                self.desk.next.offer = self.desk.next.offer.max(offer.0);
                let sent = Offer { id: *offer, worker: *worker, deadline: *deadline };
                self.with_call(*call, |c| {
                    c.offer = Some(sent);
                    c.told.insert(*worker);
                    c.search.offers += 1;
                });
                self.with_worker(*worker, |w| w.offer = Some((*offer, *call)));
            }
            Event::OfferAccepted { call, worker, .. } => {
                self.end_offer(*call, *worker);
            }
            Event::OfferDeclined { call, worker, .. } => {
                self.end_offer(*call, *worker);
                self.with_call(*call, |c| {
                    c.search.excluded.insert(*worker);
                });
                self.set_fresh(*call);
            }
            Event::OfferExpired { call, worker, .. } => {
                self.end_offer(*call, *worker);
                self.with_call(*call, |c| {
                    c.search.asked.insert(*worker);
                });
                self.set_fresh(*call);
            }
            Event::OfferWithdrawn { call, worker, .. } => {
                self.end_offer(*call, *worker);
                self.set_fresh(*call);
            }
            Event::AssignmentCommitted { call, worker, by, .. } => {
                let assignment =
                    Assignment { worker: *worker, by: *by, state: AssignmentState::Committed, at };
                self.with_call(*call, |c| {
                    c.assignment = Some(assignment);
                    c.told.insert(*worker);
                    c.held_until = None;
                    c.search.fresh = false;
                    c.enter(Phase::Assigned, at);
                });
                self.with_worker(*worker, |w| {
                    if !planted!(WrongEvolve) {
                        w.current = Some((*call, AssignmentState::Committed));
                    }
                });
            }
            Event::AssignmentReleased { call, worker, exclude, .. } => {
                self.free(*worker);
                let clock = self.search_clock(at);
                let ends = self.search_end(*call, clock);
                self.with_call(*call, |c| {
                    c.assignment = None;
                    if *exclude {
                        c.search.excluded.insert(*worker);
                    }
                    if let Some(ends) = ends {
                        c.search.begin(at, clock, ends);
                    }
                    c.enter(Phase::Open, at);
                });
                self.set_fresh(*call);
            }
            Event::WorkerArrived { call, worker } => {
                self.advance_work(*call, *worker, AssignmentState::Arrived);
            }
            Event::WorkStarted { call, worker } => {
                self.advance_work(*call, *worker, AssignmentState::Working);
                self.with_call(*call, |c| c.enter(Phase::InService, at));
            }
            Event::WorkFinished { call, worker, outcome, fare } => {
                self.see_at_call(*call, *worker);
                self.free(*worker);
                self.with_call(*call, |c| {
                    c.end_assignment();
                    c.outcome = Some(*outcome);
                    if fare.is_some() {
                        c.cost = *fare;
                    }
                });
            }
            Event::WorkAborted { call, worker } => {
                self.see_at_call(*call, *worker);
                self.free(*worker);
                self.abort(*call, *worker);
            }
            _ => {}
        }
    }

    /// After an abort the call is open again; if its profile ends it instead, the same record says so next.
    fn abort(&mut self, call: CallId, worker: WorkerId) {
        let at = self.desk.at;
        let reopens = self
            .calls
            .get(&call)
            .and_then(|c| self.desk.profiles.get(&c.profile))
            .is_some_and(|p| p.spec.on_abort == crate::domain::profile::OnAbort::Reopen);
        let clock = self.search_clock(at);
        let ends = self.search_end(call, clock);
        self.with_call(call, |c| {
            c.assignment = None;
            c.search.excluded.insert(worker);
            if let (true, Some(ends)) = (reopens, ends) {
                c.search.begin(at, clock, ends);
                c.enter(Phase::Open, at);
            }
        });
        if reopens {
            self.set_fresh(call);
        }
    }

    fn end_offer(&mut self, call: CallId, worker: WorkerId) {
        self.with_call(call, |c| c.offer = None);
        self.with_worker(worker, |w| w.offer = None);
    }

    fn advance_work(&mut self, call: CallId, worker: WorkerId, state: AssignmentState) {
        self.see_at_call(call, worker);
        self.with_call(call, |c| {
            if let Some(assignment) = &mut c.assignment {
                assignment.state = state;
            }
        });
        self.with_worker(worker, |w| w.current = Some((call, state)));
    }

    /// The worker has no call any more and is idle from now on.
    fn free(&mut self, worker: WorkerId) {
        let at = self.desk.at;
        self.with_worker(worker, |w| {
            w.current = None;
            w.idle_since = at;
            if w.off_after {
                w.off_after = false;
                w.duty = crate::domain::event::Duty::Off;
            }
        });
    }

    /// Whoever works at a place is at that place: as good as a position.
    fn see_at_call(&mut self, call: CallId, worker: WorkerId) {
        let at = self.desk.at;
        let spot = self.calls.get(&call).and_then(|c| c.spot).filter(|s| s.within_m.is_none());
        if let Some(spot) = spot {
            self.index.note_seen(worker, at);
            self.with_worker(worker, |w| w.seen = Some((spot.point, at)));
        }
    }
}
