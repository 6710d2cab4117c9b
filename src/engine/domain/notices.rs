//! Notices: who is told what, derived from events by the profile's rules.
//!
//! Invariant: a notice is issued in the record of the event it tells of, once per key (seq, rule, recipient, transport).
//! Knows no sentence: the words are made when they are read, from the pinned profile and the subject rows.

use super::call::Call;
use super::event::{Event, MoneyMove, NoticeKey, Op, Outcome};
use super::ids::{CallId, WorkerId};
use super::phase::Target;
use super::profile::{NoticeOn, NoticeRule, OnDenied, Position, Role};
use super::world::World;
use crate::planted::planted;
use std::collections::BTreeSet;

/// What an event tells of.
struct Told<'a> {
    on: NoticeOn,
    call: CallId,
    /// The worker it speaks of.
    worker: Option<WorkerId>,
    /// Those who are told when workers are; none named: the worker it speaks of.
    asked: Option<&'a [WorkerId]>,
}

impl World {
    /// The notices that `event`, already folded in, gives rise to.
    pub(crate) fn notices_after(&self, event: &Event) -> Vec<Event> {
        let Some(told) = told_of(event) else { return Vec::new() };
        if planted!(LostNotice) && self.desk.seq.0.is_multiple_of(16) {
            return Vec::new();
        }
        let Some(call) = self.calls.get(&told.call) else { return Vec::new() };
        let Some(adopted) = self.desk.profiles.get(&call.profile) else { return Vec::new() };
        let silent = match event {
            Event::CallParked { .. } => call.parked_times > 1,
            // A gate that refuses ends the call, and that is told.
            Event::StepAnswered { step, .. } => {
                let spec = adopted.spec.steps.get(usize::from(*step));
                let waits = spec.is_some_and(|spec| {
                    spec.position == Position::AfterOpen && spec.on_denied == OnDenied::Wait
                });
                !waits || call.is_undoing()
            }
            _ => false,
        };
        if silent {
            return Vec::new();
        }
        let rules = adopted.spec.notices.iter().enumerate();
        rules
            .filter(|(_, rule)| rule.on == told.on)
            .filter_map(|(i, rule)| self.notice(call, u8::try_from(i).ok()?, rule, &told))
            .collect()
    }

    fn notice(&self, call: &Call, number: u8, rule: &NoticeRule, told: &Told<'_>) -> Option<Event> {
        let transport = rule.transport;
        if let (Role::Worker, Some(asked)) = (rule.to, told.asked) {
            if planted!(WorkersNotTold) {
                return None;
            }
            let workers = asked.to_vec();
            return Some(Event::WorkersTold { call: call.id, rule: number, transport, workers });
        }
        let worker = told.worker.or(call.assignment.as_ref().map(|a| a.worker));
        let (to, reachable) = match rule.to {
            Role::Customer => (call.subject, call.reachable),
            Role::Friend => (call.member?.friend?, call.member?.friend_reachable),
            Role::Worker => (self.workers.get(&worker?)?.subject, true),
        };
        let notice = NoticeKey { seq: self.desk.seq, call: call.id, rule: number, to, transport };
        Some(if reachable {
            Event::NoticeIssued { notice, worker }
        } else {
            Event::NoticeSuppressed { notice }
        })
    }

    /// What of a notice has not been told yet in this record; `told` holds the keys that have.
    pub(crate) fn untold(&self, notice: Event, told: &mut BTreeSet<NoticeKey>) -> Option<Event> {
        match notice {
            Event::NoticeIssued { notice: key, .. } | Event::NoticeSuppressed { notice: key } => {
                told.insert(key).then_some(notice)
            }
            Event::WorkersTold { call, rule, transport, mut workers } => {
                let seq = self.desk.seq;
                workers.retain(|worker| {
                    let to = self.workers.get(worker).map(|worker| worker.subject);
                    to.is_some_and(|to| told.insert(NoticeKey { seq, call, rule, to, transport }))
                });
                let any = !workers.is_empty();
                any.then_some(Event::WorkersTold { call, rule, transport, workers })
            }
            _ => None,
        }
    }
}

fn told_of(event: &Event) -> Option<Told<'_>> {
    let (on, call, worker) = match event {
        Event::CallParked { call, .. } => (NoticeOn::Parked, call, None),
        Event::CallOpened { call } => (NoticeOn::Opened, call, None),
        Event::StillSearching { call, .. } => (NoticeOn::Searching, call, None),
        Event::StepAnswered { call, op: Op::Do, outcome: Outcome::Denied(_), .. } => {
            (NoticeOn::Short, call, None)
        }
        Event::AssignmentCommitted { call, worker, .. } => {
            (NoticeOn::Assigned, call, Some(*worker))
        }
        Event::AssignmentReserved { call, worker, .. } => {
            (NoticeOn::Scheduled, call, Some(*worker))
        }
        Event::CallRescheduled { call, .. } => (NoticeOn::Rescheduled, call, None),
        Event::AssignmentReleased { call, worker, .. } => (NoticeOn::Released, call, Some(*worker)),
        Event::OfferSent { call, worker, .. } => (NoticeOn::Offered, call, Some(*worker)),
        Event::BroadcastSent { call, .. } => (NoticeOn::Offered, call, None),
        Event::OfferWithdrawn { call, worker, .. } => (NoticeOn::Withdrawn, call, Some(*worker)),
        Event::BroadcastOver { call, .. } => (NoticeOn::Withdrawn, call, None),
        Event::WorkerEnRoute { call, worker } => (NoticeOn::EnRoute, call, Some(*worker)),
        Event::WorkerArrived { call, worker } => (NoticeOn::Arrived, call, Some(*worker)),
        Event::WorkStarted { call, worker } => (NoticeOn::Started, call, *worker),
        Event::WorkFinished { call, worker, .. } => (NoticeOn::Finished, call, *worker),
        Event::MoneyMoved { call, what: MoneyMove::Captured, .. } => (NoticeOn::Paid, call, None),
        Event::MoneyMoved { call, what: MoneyMove::Refunded, .. } => {
            (NoticeOn::Refunded, call, None)
        }
        Event::CouponGranted { call, .. } => (NoticeOn::Coupon, call, None),
        Event::CallCompleted { call } => (NoticeOn::Completed, call, None),
        Event::CallUnwinding { call, target, .. } => {
            let on = match target {
                Target::Canceled => NoticeOn::Canceled,
                Target::Unfilled => NoticeOn::Unfilled,
                Target::Rejected => NoticeOn::Rejected,
            };
            (on, call, None)
        }
        _ => return None,
    };
    let asked = match event {
        Event::BroadcastSent { workers, .. } => Some(workers.as_slice()),
        Event::BroadcastOver { losers, .. } => Some(losers.as_slice()),
        _ => None,
    };
    Some(Told { on, call: *call, worker, asked })
}
