//! What is agreed about a call while it lives: its appointment, place, kind and price, how urgent it is, and its hold.
//!
//! Invariant: whoever changes what a search is about begins it anew or owes it an attempt.

use crate::domain::call::{AssignmentState, Call};
use crate::domain::event::Event;
use crate::domain::phase::Phase;
use crate::domain::world::World;

impl World {
    pub(super) fn evolve_terms(&mut self, event: &Event) {
        let at = self.desk.at;
        match event {
            Event::DispatchDue { call } => self.search_anew(*call),
            Event::StillSearching { call, nth } => {
                self.with_call(*call, |c| c.search.told = *nth);
            }
            Event::CallRescheduled { call, window } => {
                let reserved = self.calls.get(call).and_then(Call::reserved);
                self.with_call(*call, |c| {
                    c.window = Some(*window);
                    if let (Some(_), Some(assignment)) = (reserved, &mut c.assignment) {
                        assignment.state = AssignmentState::Reserved;
                    }
                });
                if let Some(worker) = reserved {
                    self.with_worker(worker, |w| {
                        w.reserved.insert(*call, *window);
                    });
                } else if self.calls.get(call).is_some_and(|c| c.phase == Phase::Open) {
                    self.search_anew(*call);
                }
            }
            Event::CallAmended { call, spot, tel, kind, cost } => {
                self.with_call(*call, |c| {
                    if let Some(spot) = spot {
                        c.spot = Some(*spot);
                    }
                    if let Some((digest, reachable)) = tel {
                        c.tel = Some(*digest);
                        c.reachable = *reachable;
                    }
                    if let Some(kind) = kind {
                        c.kind = Some(kind.clone());
                    }
                    if let Some(cost) = cost {
                        c.cost = Some(*cost);
                    }
                });
                let open = self.calls.get(call).is_some_and(|c| c.phase == Phase::Open);
                if open && (spot.is_some() || kind.is_some()) {
                    self.set_fresh(*call);
                }
            }
            Event::PrioritySet { call, priority } => {
                self.with_call(*call, |c| c.priority = *priority);
            }
            Event::CallHeld { call, until } => self.with_call(*call, |c| {
                c.held_until = Some(*until);
                c.phase_at = c.phase_at.min(at);
            }),
            Event::HoldEnded { call } => {
                let clock = self.search_clock(at);
                let ends = self.search_end(*call, clock);
                self.with_call(*call, |c| {
                    c.held_until = None;
                    if let Some(ends) = ends {
                        c.search.ends_at = ends;
                        c.search.stage_at = clock;
                        c.search.begun_at = at;
                        c.search.told = 0;
                    }
                });
                self.set_fresh(*call);
            }
            _ => {}
        }
    }
}
