//! What the events of a search and of an assignment make of a call and its worker: always both in one event.

use crate::domain::call::{Assignment, AssignmentState, Broadcast, Call, Offer};
use crate::domain::event::{Event, Why};
use crate::domain::ids::{CallId, Millis, OfferId, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::{OnAbort, Stage};
use crate::domain::world::World;
use crate::planted::planted;
use std::collections::BTreeSet;

impl World {
    #[expect(clippy::too_many_lines, reason = "one arm per event; each arm is a line or two")]
    pub(super) fn evolve_search(&mut self, event: &Event) {
        let at = self.desk.at;
        match event {
            Event::StageEntered { call, stage } => {
                let clock = self.search_clock(at);
                // Where nobody was searched until now the time to find somebody begins.
                let ends = self.search_end(*call, clock).filter(|_| self.needs_nobody(*call));
                self.with_call(*call, |c| {
                    c.search.ends_at = ends.unwrap_or(c.search.ends_at);
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
            Event::BroadcastSent { offer, call, workers, ring, deadline, .. } => {
                self.desk.next.offer = self.desk.next.offer.max(offer.0);
                let again = self.been_at_work(*call, *offer);
                self.with_call(*call, |c| {
                    let known = c.broadcast.take().filter(|b| b.id == *offer && !b.over);
                    let mut asked = known.map(|b| b.asked).unwrap_or_default();
                    asked.extend(workers.iter().copied());
                    c.told.extend(workers.iter().copied());
                    let (id, ring, deadline) = (*offer, *ring, *deadline);
                    c.broadcast = Some(Broadcast { id, asked, ring, deadline, over: false });
                    c.search.asked.retain(|worker| !again.contains(worker));
                    c.search.offers += 1;
                    c.search.fresh = false;
                });
            }
            Event::BroadcastOver { call, why, losers, .. } => {
                self.with_call(*call, |c| {
                    if let Some(broadcast) = &mut c.broadcast {
                        broadcast.over = true;
                    }
                    if *why == Why::SearchOver {
                        c.search.asked.extend(losers.iter().copied());
                    }
                });
                self.set_fresh(*call);
            }
            Event::OfferAccepted { offer, call, worker } if self.is_exclusive(*call, *offer) => {
                self.end_offer(*call, *worker);
            }
            Event::OfferDeclined { offer, call, worker } => {
                if self.is_exclusive(*call, *offer) {
                    self.end_offer(*call, *worker);
                }
                self.with_call(*call, |c| {
                    c.search.excluded.insert(*worker);
                    if let Some(broadcast) = &mut c.broadcast {
                        broadcast.asked.remove(worker);
                    }
                });
                // As long as somebody may still say yes nothing is owed.
                let waits = |c: &Call| c.live_broadcast().is_some_and(|b| !b.asked.is_empty());
                if !self.calls.get(call).is_some_and(waits) {
                    self.set_fresh(*call);
                }
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
            Event::AssignmentCommitted { call, worker, by, decision } => {
                let chosen = decision.as_ref().and_then(|decision| decision.chosen);
                let way = chosen.and_then(|chosen| chosen.travel_s);
                let assignment = Assignment {
                    worker: *worker,
                    by: *by,
                    state: AssignmentState::Committed,
                    at,
                    there_at: way.map(|way| at.plus(Millis::secs(way.into()))),
                };
                self.with_call(*call, |c| {
                    c.assignment = Some(assignment);
                    c.told.insert(*worker);
                    c.held_until = None;
                    c.search.dispatch_at = None;
                    c.search.fresh = false;
                    c.enter(Phase::Assigned, at);
                });
                self.with_worker(*worker, |w| {
                    w.reserved.remove(call);
                    if !planted!(WrongEvolve) {
                        w.current = Some((*call, AssignmentState::Committed));
                    }
                });
            }
            Event::AssignmentReserved { call, worker, window, by } => {
                let assignment = Assignment {
                    worker: *worker,
                    by: *by,
                    state: AssignmentState::Reserved,
                    at,
                    there_at: None,
                };
                self.with_call(*call, |c| {
                    c.assignment = Some(assignment);
                    c.told.insert(*worker);
                    c.window = Some(*window);
                    c.held_until = None;
                    c.search.dispatch_at = None;
                    c.search.fresh = false;
                    c.enter(Phase::Scheduled, at);
                });
                self.with_worker(*worker, |w| {
                    w.reserved.insert(*call, *window);
                });
            }
            Event::ReservationDue { call, .. } => self.with_call(*call, |c| {
                if let Some(assignment) = &mut c.assignment {
                    assignment.state = AssignmentState::Due;
                }
            }),
            Event::AssignmentReleased { call, worker, exclude, .. } => {
                if self.calls.get(call).is_some_and(|c| c.phase == Phase::Scheduled) {
                    self.with_worker(*worker, |w| {
                        w.reserved.remove(call);
                    });
                } else {
                    self.free(*worker);
                }
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
                self.set_dispatch(*call);
                self.set_fresh(*call);
            }
            Event::WorkerEnRoute { call, worker } => {
                self.set_work(*call, *worker, AssignmentState::EnRoute);
            }
            Event::WorkerArrived { call, worker } => {
                self.advance_work(*call, *worker, AssignmentState::Arrived);
            }
            Event::WorkStarted { call, worker } => {
                self.with_call(*call, |c| {
                    c.held_until = None;
                    c.search.dispatch_at = None;
                    c.search.fresh = false;
                    c.enter(Phase::InService, at);
                });
                // After the call: when the worker will be free counts from the work's begin.
                if let Some(worker) = worker {
                    self.advance_work(*call, *worker, AssignmentState::Working);
                }
            }
            Event::WorkFinished { call, worker, outcome, fare } => {
                if let Some(worker) = worker {
                    self.learn_of(*call);
                    self.see_at_end(*call, *worker);
                    self.free(*worker);
                }
                self.with_call(*call, |c| {
                    c.end_assignment();
                    c.outcome = Some(*outcome);
                    if fare.is_some() {
                        c.cost = *fare;
                    }
                });
            }
            Event::WorkAborted { call, worker } => {
                if let Some(worker) = worker {
                    self.see_at_call(*call, *worker);
                    self.free(*worker);
                }
                self.abort(*call, *worker);
            }
            _ => {}
        }
    }

    /// After an abort the call is open again; if its profile ends it instead, the same record says so next.
    fn abort(&mut self, call: CallId, worker: Option<WorkerId>) {
        let at = self.desk.at;
        let reopens = self
            .calls
            .get(&call)
            .and_then(|c| self.desk.profiles.get(&c.profile))
            .is_some_and(|p| p.spec.on_abort == OnAbort::Reopen);
        let clock = self.search_clock(at);
        let ends = self.search_end(call, clock);
        self.with_call(call, |c| {
            c.assignment = None;
            c.search.excluded.extend(worker);
            if let (true, Some(ends)) = (reopens, ends) {
                c.search.begin(at, clock, ends);
                c.enter(Phase::Open, at);
            }
        });
        if reopens {
            self.set_dispatch(call);
            self.set_fresh(call);
        }
    }

    /// Whether the stage the call is in looks for nobody.
    fn needs_nobody(&self, call: CallId) -> bool {
        let Some(call) = self.calls.get(&call) else { return false };
        let adopted = self.desk.profiles.get(&call.profile);
        adopted.is_some_and(|p| matches!(call.stage(&p.spec), Some(Stage::None { .. })))
    }

    /// Before a broadcast begins anew: those who said nothing to the last one and have been at work since.
    fn been_at_work(&self, call: CallId, offer: OfferId) -> BTreeSet<WorkerId> {
        let Some(call) = self.calls.get(&call) else { return BTreeSet::new() };
        let Some(last) = call.broadcast.as_ref().filter(|b| b.id != offer) else {
            return BTreeSet::new();
        };
        let worked = |id: &&WorkerId| {
            let worker = self.workers.get(id);
            worker.is_some_and(|w| w.current.is_some() || w.idle_since > last.deadline)
        };
        call.search.asked.iter().filter(worked).copied().collect()
    }

    fn end_offer(&mut self, call: CallId, worker: WorkerId) {
        self.with_call(call, |c| c.offer = None);
        self.with_worker(worker, |w| w.offer = None);
    }

    /// Whether the question is one to a single worker.
    fn is_exclusive(&self, call: CallId, offer: OfferId) -> bool {
        self.calls.get(&call).is_some_and(|c| c.offer.is_some_and(|o| o.id == offer))
    }

    fn advance_work(&mut self, call: CallId, worker: WorkerId, state: AssignmentState) {
        self.see_at_call(call, worker);
        self.set_work(call, worker, state);
    }

    fn set_work(&mut self, call: CallId, worker: WorkerId, state: AssignmentState) {
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

    /// Work is over: the worker is where it ended.
    fn see_at_end(&mut self, call: CallId, worker: WorkerId) {
        let at = self.desk.at;
        let end = self.calls.get(&call).and_then(|c| {
            let adopted = self.desk.profiles.get(&c.profile)?;
            c.destination(&adopted.spec)
        });
        match end {
            Some(end) => {
                self.index.note_seen(worker, at);
                self.with_worker(worker, |w| w.seen = Some((end, at)));
            }
            None => self.see_at_call(call, worker),
        }
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
