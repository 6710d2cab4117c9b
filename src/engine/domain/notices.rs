//! Notices: who is told what, derived from events by the profile's rules.
//!
//! Invariant: a notice is issued in the record of the event it tells of, once per key (seq, rule, recipient, transport).
//! Knows no sentence: the words are made when they are read, from the pinned profile and the subject rows.

use super::event::{Event, NoticeKey};
use super::ids::WorkerId;
use super::phase::Target;
use super::profile::{NoticeOn, Role};
use super::world::World;
use crate::planted::planted;

impl World {
    /// The notices that `event`, already folded in, gives rise to.
    pub(crate) fn notices_after(&self, event: &Event) -> Vec<Event> {
        let Some((on, call, worker)) = told_of(event) else { return Vec::new() };
        if planted!(LostNotice) && self.desk.seq.0.is_multiple_of(16) {
            return Vec::new();
        }
        let Some(call) = self.calls.get(&call) else { return Vec::new() };
        let Some(adopted) = self.desk.profiles.get(&call.profile) else { return Vec::new() };
        if on == NoticeOn::Parked && call.parked_times > 1 {
            return Vec::new();
        }
        let worker = worker.or(call.assignment.as_ref().map(|a| a.worker));
        let mut notices = Vec::new();
        for (i, rule) in adopted.spec.notices.iter().enumerate().filter(|(_, rule)| rule.on == on) {
            let to = match rule.to {
                Role::Customer => Some(call.subject),
                Role::Worker => worker.and_then(|id| self.workers.get(&id)).map(|w| w.subject),
            };
            let (Some(to), Ok(number)) = (to, u8::try_from(i)) else { continue };
            let notice = NoticeKey {
                seq: self.desk.seq,
                call: call.id,
                rule: number,
                to,
                transport: rule.transport,
            };
            notices.push(if rule.to == Role::Customer && !call.reachable {
                Event::NoticeSuppressed { notice }
            } else {
                Event::NoticeIssued { notice, worker }
            });
        }
        notices
    }
}

/// What an event tells of, and about which worker.
fn told_of(event: &Event) -> Option<(NoticeOn, super::ids::CallId, Option<WorkerId>)> {
    Some(match event {
        Event::CallParked { call, .. } => (NoticeOn::Parked, *call, None),
        Event::CallOpened { call } => (NoticeOn::Opened, *call, None),
        Event::AssignmentCommitted { call, worker, .. } => {
            (NoticeOn::Assigned, *call, Some(*worker))
        }
        Event::AssignmentReleased { call, worker, .. } => {
            (NoticeOn::Released, *call, Some(*worker))
        }
        Event::OfferSent { call, worker, .. } => (NoticeOn::Offered, *call, Some(*worker)),
        Event::OfferWithdrawn { call, worker, .. } => (NoticeOn::Withdrawn, *call, Some(*worker)),
        Event::WorkerArrived { call, worker } => (NoticeOn::Arrived, *call, Some(*worker)),
        Event::WorkStarted { call, worker } => (NoticeOn::Started, *call, Some(*worker)),
        Event::CallCompleted { call } => (NoticeOn::Completed, *call, None),
        Event::CallUnwinding { call, target, .. } => {
            let on = match target {
                Target::Canceled => NoticeOn::Canceled,
                Target::Unfilled => NoticeOn::Unfilled,
                Target::Rejected => NoticeOn::Rejected,
            };
            (on, *call, None)
        }
        _ => return None,
    })
}
