//! Appointments: who is reserved for them, when they fall due, and when they are moved.
//!
//! Invariant: a reservation stands on both sides, with the call and with its worker. Reserved is not busy.

use super::model::Reserved;
use super::rule::Rule;
use super::search::lead;
use super::{Checker, Ctx};
use crate::domain::event::{Actor, AssignedBy, Duty, Event, Why, Window};
use crate::domain::ids::{CallId, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::Profile;

impl Checker {
    pub(super) fn appointment_event(&mut self, ctx: Ctx<'_>, event: &Event) {
        match event {
            Event::AssignmentReserved { call, worker, window, by } => {
                self.reserved(ctx, *call, *worker, *window, *by);
            }
            Event::ReservationDue { call, worker } => self.reservation_due(ctx, *call, *worker),
            Event::CallRescheduled { call, window } => self.rescheduled(ctx, *call, *window),
            _ => {}
        }
    }

    fn reserved(
        &mut self,
        ctx: Ctx<'_>,
        call: CallId,
        worker: WorkerId,
        window: Window,
        by: AssignedBy,
    ) {
        self.check_taking(ctx, call, worker, by);
        let Some(c) = self.calls.live(&mut self.log, call, "a reservation") else { return };
        let spec = c.spec.clone();
        self.check_window(ctx, call, window, &spec);
        self.go(call, Phase::Scheduled, "a reservation");
        let suspended = self.workers.get(&worker).is_some_and(|w| w.duty == Duty::Suspended);
        self.log.check(Rule::A3, !suspended, || {
            format!("{worker} is reserved for {call} and is suspended")
        });
        self.check_suits(call, worker, by, "is reserved for");
        self.take_accepted(call, worker, by);
        self.book(call, worker, window);
        if let Some(c) = self.calls.known.get_mut(&call) {
            c.reserved = Some(Reserved { worker, due: false });
            c.told.insert(worker);
            c.hold_is_moot = true;
            c.search.dispatch_at = None;
            c.window = Some(window);
        }
    }

    /// Puts the appointment into the worker's book; no two of them overlap.
    fn book(&mut self, call: CallId, worker: WorkerId, window: Window) {
        let Some(w) = self.worker(worker) else { return };
        let clash = w.clash(call, window);
        w.reserved.insert(call, window);
        self.log.check(Rule::A2, clash.is_none(), || {
            format!("{worker} is reserved for {call} and at the same time for {clash:?}")
        });
    }

    fn reservation_due(&mut self, ctx: Ctx<'_>, call: CallId, worker: WorkerId) {
        let Some(c) = self.in_phase(call, &[Phase::Scheduled], "a reservation falling due") else {
            return;
        };
        let reserved = c.reserved;
        let due = c.window.map(|window| lead(&c.spec, window));
        c.reserved = c.reserved.map(|r| Reserved { due: true, ..r });
        let fits = reserved == Some(Reserved { worker, due: false });
        self.log.check(Rule::A10, fits, || {
            format!("{call} falls due for {worker}, reserved is {reserved:?}")
        });
        self.log.check(Rule::A10, due.is_some_and(|due| ctx.at >= due), || {
            format!("{call} falls due at {}, its lead begins at {due:?}", ctx.at.0)
        });
    }

    fn rescheduled(&mut self, ctx: Ctx<'_>, call: CallId, window: Window) {
        use Phase::{Assigned, Gating, Open, Parked, Received, Scheduled};
        let phases = [Received, Gating, Parked, Open, Scheduled, Assigned];
        let Some(c) = self.in_phase(call, &phases, "another appointment") else { return };
        let (spec, reserved) = (c.spec.clone(), c.reserved);
        c.window = Some(window);
        c.reserved = reserved.map(|r| Reserved { due: false, ..r });
        if c.phase == Open {
            self.begin_search(call);
        }
        self.check_window(ctx, call, window, &spec);
        if let Some(Reserved { worker, .. }) = reserved {
            self.book(call, worker, window);
        }
    }

    pub(super) fn check_window(
        &mut self,
        ctx: Ctx<'_>,
        call: CallId,
        window: Window,
        spec: &Profile,
    ) {
        let lasts = window.from.plus(spec.appointment.duration_ms);
        let fits = window.from < window.until && window.until == lasts && window.from > ctx.at;
        self.log.check(Rule::T3, fits, || {
            format!(
                "the appointment of {call} is from {} to {}, made at {}",
                window.from.0, window.until.0, ctx.at.0
            )
        });
    }

    /// Whether the call was reserved for this very worker; then it is theirs, when it is due or a person says so.
    pub(super) fn take_reservation(
        &mut self,
        ctx: Ctx<'_>,
        call: CallId,
        worker: WorkerId,
    ) -> bool {
        let Some(c) = self.calls.known.get_mut(&call) else { return false };
        let Some(reserved) = c.reserved else { return false };
        if reserved.worker != worker {
            return false;
        }
        c.reserved = None;
        let by_person = !matches!(ctx.actor, Actor::Clock | Actor::Participant(_));
        self.log.check(Rule::A10, reserved.due || by_person, || {
            format!("{worker} is given {call} before its appointment is due")
        });
        if let Some(w) = self.worker(worker) {
            w.reserved.remove(&call);
        }
        true
    }

    /// Whether the worker was only reserved for the call; then nothing else ends but that.
    pub(super) fn unreserve(
        &mut self,
        ctx: Ctx<'_>,
        call: CallId,
        worker: WorkerId,
        why: Why,
    ) -> bool {
        let Some(c) = self.calls.any(&mut self.log, call) else { return false };
        let (reserved, window) = (c.reserved, c.window);
        if reserved.is_none_or(|r| r.worker != worker) {
            return false;
        }
        c.reserved = None;
        let in_time = why != Why::Missed || window.is_none_or(|window| ctx.at >= window.from);
        self.log.check(Rule::T2, in_time, || {
            format!("the appointment of {call} is missed before it begins")
        });
        if let Some(w) = self.worker(worker) {
            w.reserved.remove(&call);
        }
        true
    }
}
