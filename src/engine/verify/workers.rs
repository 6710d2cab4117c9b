//! Workers: who they are, whether they are at work, and what they may be given.
//!
//! Invariant: every worker a record names is looked at again when the record ends.

use super::Checker;
use super::model::Worker;
use super::rule::Rule;
use crate::domain::event::{AssignedBy, Duty, Event};
use crate::domain::ids::{CallId, WorkerId};
use std::collections::BTreeMap;

impl Checker {
    pub(super) fn worker_event(&mut self, event: &Event) {
        match event {
            Event::WorkerAdded { worker, subject, services, skills, duty, handle, .. } => {
                if let Some(handle) = handle {
                    let is_first = self.handles.insert(*handle);
                    self.log.check(Rule::U4, is_first, || {
                        format!("{worker} came along under the name of another worker")
                    });
                }
                self.ids.workers.next(&mut self.log, "worker", worker.0);
                self.ids.subjects.seen(&mut self.log, "subject", subject.0);
                let new = Worker {
                    subject: *subject,
                    services: services.clone(),
                    skills: skills.clone(),
                    duty: *duty,
                    leaving: None,
                    call: None,
                    offer: None,
                    reserved: BTreeMap::new(),
                    seen: None,
                    kept: None,
                };
                let is_new = self.workers.insert(*worker, new).is_none();
                self.log.check(Rule::I7, is_new, || format!("{worker} is added again"));
            }
            Event::DutySet { worker, duty, after_current } => {
                let Some(w) = self.worker(*worker) else { return };
                if *after_current && w.call.is_some() {
                    w.leaving = Some(*duty);
                } else {
                    (w.duty, w.leaving) = (*duty, None);
                }
            }
            Event::PositionsKept { at } => {
                for (worker, point, seen) in at {
                    let Some(w) = self.worker(*worker) else { continue };
                    if w.seen.is_none_or(|(_, known)| known <= *seen) {
                        w.seen = Some((*point, *seen));
                    }
                    w.kept = w.seen;
                }
            }
            _ => {}
        }
    }

    pub(super) fn worker(&mut self, id: WorkerId) -> Option<&mut Worker> {
        let known = self.workers.contains_key(&id);
        self.log.check(Rule::I9, known, || format!("there is no worker {id}"));
        self.touched_workers.insert(id);
        self.workers.get_mut(&id)
    }

    /// The worker is at the place of the call, when that is known to the metre.
    pub(super) fn seen_at(&mut self, call: CallId, worker: WorkerId) {
        let spot = self.calls.known.get(&call).and_then(|c| c.spot);
        let at = self.at;
        if let (Some(spot), Some(w)) = (spot, self.workers.get_mut(&worker))
            && spot.within_m.is_none()
        {
            w.seen = Some((spot.point, at));
        }
    }

    pub(super) fn check_on_duty(&mut self, call: CallId, worker: WorkerId, what: &str) {
        let Some(w) = self.workers.get(&worker) else { return };
        let on_duty = w.duty == Duty::On && w.leaving.is_none();
        self.log.check(Rule::A3, on_duty, || {
            format!("{worker} {what} {call} and is not on duty ({:?})", w.duty)
        });
    }

    /// Whether the worker may do the work, and whether it is said when a rule is overridden.
    pub(super) fn check_suits(
        &mut self,
        call: CallId,
        worker: WorkerId,
        by: AssignedBy,
        what: &str,
    ) {
        let (Some(c), Some(w)) = (self.calls.known.get(&call), self.workers.get(&worker)) else {
            return;
        };
        let service = &c.spec.name;
        let serves = w.services.is_empty() || w.services.contains(service);
        let can = c.skill().is_none_or(|skill| w.skills.iter().any(|s| s == skill));
        let excluded = c.excluded.contains(&worker);
        let fits = match by {
            AssignedBy::Manual { overridden: true } => true,
            // A worker may come back to what they declined; what they cannot do they may not claim.
            AssignedBy::Claim { overridden } => serves && can && overridden == excluded,
            _ => serves && can && !excluded,
        };
        self.log.check(Rule::A3, fits, || {
            let skill = c.skill().unwrap_or("none");
            format!(
                "{worker} {what} {call} ({by:?}): serves `{service}`: {serves}, has skill `{skill}`: {can}, excluded: {excluded}"
            )
        });
    }
}
