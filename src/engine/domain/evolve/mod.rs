//! The fold: what each event makes of the world.
//!
//! Invariant: total and pure; the same journal gives the same world. It reads events, never the live positions, the
//! settings or a clock, and it decides nothing: an event that does not fit is a bug and is left without effect.

mod calls;
mod goods;
mod money;
mod notices;
mod search;
mod steps;
mod terms;

pub(super) use steps::{kind_of, lease};

use super::breaker::{Breaker, BreakerSettings, StateKind, Transition};
use super::call::Out;
use super::event::{About, Concern, Event, Mode, NoticeKey, Record};
use super::event::{Duty, ParticipantKind};
use super::ids::IncidentId;
use super::ids::{CallId, MemberId, Millis, ParticipantId, Seq, Time, WorkerId};
use super::member::Member;
use super::participant::{INCIDENTS_MAX, Incident, Participant};
use super::profile::{Profile, Transport};
use super::snapshot::Part;
use super::worker::{Availability, Worker};
use super::world::{Adopted, Attention, Line, World};
use std::collections::BTreeMap;
use std::sync::Arc;

impl World {
    /// Folds a whole record in, as replay does.
    pub fn replay(&mut self, record: &Record) {
        self.begin(record.seq, record.at);
        for event in &record.events {
            self.evolve(event);
        }
        self.finish();
    }

    /// Begins a record: from here on its place and time stand.
    pub(crate) fn begin(&mut self, seq: Seq, at: Time) {
        self.desk.seq = seq;
        self.desk.at = at;
        self.touched.clear();
        self.departed.clear();
    }

    /// Ends a record: calls that ended in it leave, and so do those that lingered long enough. What the record says of
    /// one of these was decided while it was there, so it is heard before.
    pub(crate) fn finish(&mut self) {
        for id in self.touched.clone() {
            let Some(call) = self.calls.get_mut(&id) else { continue };
            self.changed.insert(Part::of_call(id));
            if call.seqs.last() != Some(&self.desk.seq) {
                call.seqs.push(self.desk.seq);
            }
            if !call.phase.is_terminal() {
                continue;
            }
            if call.linger_until.is_none() {
                if let Some(call) = self.calls.remove(&id) {
                    self.departed.push(call);
                }
            } else {
                self.departed.push(call.clone());
            }
            self.reindex_call(id);
        }
        self.forget_ended(self.desk.at);
    }

    /// Folds one event in.
    #[expect(clippy::too_many_lines, reason = "one arm per event; each arm is a line or two")]
    pub(crate) fn evolve(&mut self, event: &Event) {
        match event {
            Event::DeskOpened { seed } => self.desk.seed = *seed,
            Event::ClockStepped { .. } | Event::Revealed { .. } => {}
            Event::ProfileAdopted { profile, spec } => {
                let by_name = |name: &str| {
                    self.desk.participants.values().find(|p| p.name == name).map(|p| p.id)
                };
                let answers = spec
                    .steps
                    .iter()
                    .filter_map(|step| by_name(step.answerer()))
                    .collect::<Vec<_>>();
                self.desk.next.profile = self.desk.next.profile.max(profile.0);
                self.desk.newest.insert(spec.name.clone(), *profile);
                let first = Line { number: *profile, calls: 0 };
                self.desk.lines.entry(spec.name.clone()).or_insert(first);
                self.index.services.intern(&spec.name);
                let adopted = Arc::new(Adopted { spec: Profile::clone(spec), answers });
                self.desk.profiles.insert(*profile, adopted);
            }
            Event::ParticipantSet { participant, name, kind, breaker, bulkhead } => {
                self.set_participant(*participant, name, kind, breaker, *bulkhead);
            }
            Event::ParticipantModeSet { participant, mode } => self.set_mode(*participant, *mode),
            Event::AssignModeSet { mode } => self.set_assign(*mode),
            Event::QueueSwept => self.desk.assign.sweeping = false,
            Event::RoundHeld { profile, again } => {
                self.desk.rounds.remove(profile);
                self.desk.rounds.extend(again.map(|at| (*profile, at)));
            }
            Event::BreakerMoved { participant, transition, incident } => {
                self.move_breaker(*participant, transition, *incident);
            }
            Event::WorkerAdded { worker, subject, services, skills, home, duty, handle } => {
                self.desk.next.worker = self.desk.next.worker.max(worker.0);
                self.desk.next.subject = self.desk.next.subject.max(subject.0);
                let added = Worker {
                    id: *worker,
                    subject: *subject,
                    services: services.clone(),
                    skills: skills.clone(),
                    home: *home,
                    duty: *duty,
                    off_after: false,
                    current: None,
                    offer: None,
                    idle_since: self.desk.at,
                    seen: None,
                    reserved: BTreeMap::new(),
                    rated: (0, 0),
                    handle: *handle,
                };
                self.index.handles.extend(handle.map(|handle| (handle, *worker)));
                self.workers.insert(*worker, added);
                self.changed.insert(Part::of_worker(*worker));
                self.reindex_worker(*worker);
                self.look_again_for(*worker);
            }
            Event::DutySet { worker, duty, after_current } => {
                let at = self.desk.at;
                self.with_worker(*worker, |w| {
                    if *after_current {
                        w.off_after = true;
                    } else {
                        if *duty == Duty::On && w.duty != Duty::On {
                            w.idle_since = at;
                        }
                        w.duty = *duty;
                        w.off_after = false;
                    }
                });
            }
            Event::PositionsKept { at } => {
                for (worker, point, seen) in at {
                    self.moved.remove(worker);
                    self.index.note_seen(*worker, *seen);
                    // Work at a call may have shown the worker elsewhere since.
                    self.with_worker(*worker, |w| {
                        if w.seen.is_none_or(|(_, known)| known <= *seen) {
                            w.seen = Some((*point, *seen));
                        }
                    });
                }
            }
            Event::NoticeIssued { notice, worker } => {
                if notice.transport != Transport::Inbox {
                    self.owe(*notice, *worker);
                }
                self.touched.insert(notice.call);
            }
            Event::WorkersTold { call, rule, transport, workers } => {
                self.tell_workers(*call, *rule, *transport, workers);
            }
            Event::MemberAdded {
                member,
                subject,
                tel,
                reachable,
                friend,
                friend_reachable,
                card,
            } => {
                let friend = friend.map(|friend| (friend, *friend_reachable));
                let (id, subject, tel, reachable, card) =
                    (*member, *subject, *tel, *reachable, *card);
                self.desk.next.member = self.desk.next.member.max(id.0);
                let newest = subject.0.max(friend.map_or(0, |(friend, _)| friend.0));
                self.desk.next.subject = self.desk.next.subject.max(newest);
                let (rides, coupons) = (0, Vec::new());
                let added = Member { id, subject, tel, reachable, friend, card, rides, coupons };
                self.members.insert(id, added);
                self.with_member(id, |_| {});
            }
            Event::MemberChanged { member, subject, tel, friend, card } => {
                let newest = subject.map_or(0, |s| s.0).max(friend.map_or(0, |(f, _)| f.0));
                self.desk.next.subject = self.desk.next.subject.max(newest);
                self.with_member(*member, |m| {
                    m.subject = subject.unwrap_or(m.subject);
                    m.friend = friend.or(m.friend);
                    m.card = card.or(m.card);
                    (m.tel, m.reachable) = tel.unwrap_or((m.tel, m.reachable));
                });
            }
            Event::NoticeSuppressed { notice } => drop(self.touched.insert(notice.call)),
            Event::NoticeAccepted { .. }
            | Event::NoticeDelivered { .. }
            | Event::NoticeFailed { .. }
            | Event::NoticeResent { .. } => self.evolve_notice(event),
            Event::AttentionRaised { attention, about, concern } => {
                self.desk.next.attention = self.desk.next.attention.max(attention.0);
                if let About::Call(id) = about {
                    self.with_call(*id, |call| {
                        call.attention.insert(*concern, *attention);
                    });
                }
                let item = Attention {
                    id: *attention,
                    about: *about,
                    concern: *concern,
                    at: self.desk.at,
                    taken_by: None,
                };
                self.desk.attention.insert(*attention, item);
            }
            Event::AttentionTaken { attention, by } => {
                if let Some(item) = self.desk.attention.get_mut(attention) {
                    item.taken_by = Some(by.clone());
                }
            }
            Event::AttentionDone { attention } => {
                if let Some(item) = self.desk.attention.remove(attention)
                    && let About::Call(id) = item.about
                {
                    self.with_call(id, |call| {
                        call.attention.remove(&item.concern);
                    });
                    if item.concern == Concern::NoticeDead {
                        self.desk.dead.retain(|notice| notice.call != id);
                    }
                }
            }
            Event::StepAsked { .. }
            | Event::StepAnswered { .. }
            | Event::StepWaived { .. }
            | Event::StepSettled { .. }
            | Event::StepRetried { .. } => self.evolve_step(event),
            Event::StageEntered { .. }
            | Event::PlanExhausted { .. }
            | Event::NobodyFound { .. }
            | Event::BroadcastSent { .. }
            | Event::BroadcastOver { .. }
            | Event::AssignmentReserved { .. }
            | Event::ReservationDue { .. }
            | Event::WorkerEnRoute { .. }
            | Event::OfferSent { .. }
            | Event::OfferAccepted { .. }
            | Event::OfferDeclined { .. }
            | Event::OfferExpired { .. }
            | Event::OfferWithdrawn { .. }
            | Event::AssignmentCommitted { .. }
            | Event::AssignmentReleased { .. }
            | Event::WorkerArrived { .. }
            | Event::WorkStarted { .. }
            | Event::WorkFinished { .. }
            | Event::WorkAborted { .. } => self.evolve_search(event),
            Event::CallRecalled { .. }
            | Event::MoneyMoved { .. }
            | Event::RefundAsked { .. }
            | Event::CouponGranted { .. }
            | Event::CouponUsed { .. }
            | Event::CallRated { .. }
            | Event::DispositionSet { .. } => self.evolve_money(event),
            Event::StockMoved { .. } => self.evolve_stock(event),
            Event::DispatchDue { .. }
            | Event::StillSearching { .. }
            | Event::CallRescheduled { .. }
            | Event::CallAmended { .. }
            | Event::PrioritySet { .. }
            | Event::CallHeld { .. }
            | Event::HoldEnded { .. } => self.evolve_terms(event),
            Event::CallReceived { .. }
            | Event::CallParked { .. }
            | Event::CallResumed { .. }
            | Event::CallOpened { .. }
            | Event::CallUnwinding { .. }
            | Event::CallEnded { .. }
            | Event::CallClosing { .. }
            | Event::CallCompleted { .. }
            | Event::NoteAdded { .. } => self.evolve_call(event),
        }
    }

    fn set_participant(
        &mut self,
        id: ParticipantId,
        name: &str,
        kind: &ParticipantKind,
        breaker: &BreakerSettings,
        bulkhead: u32,
    ) {
        self.desk.next.participant = self.desk.next.participant.max(id.0);
        if let Some(known) = self.desk.participants.get_mut(&id) {
            let other = known.kind != *kind;
            known.kind = kind.clone();
            if !known.is_local() {
                // Stopped or slow is what a local one is; nobody could start it from here.
                known.mode = Mode::Running;
            }
            known.breaker.configure(breaker.clone());
            known.bulkhead = bulkhead;
            if other {
                // What is out to it goes another way from here on, and nobody keeps the hour the old one had named.
                let calls: Vec<CallId> = self.calls.keys().copied().collect();
                for call in calls {
                    let steps = self.calls.get(&call).map_or(0, |c| c.steps.len());
                    for step in (0..steps).filter_map(|i| u8::try_from(i).ok()) {
                        if self.answerer(call, step) == Some(id) && self.is_out(call, step) {
                            self.with_step(call, step, |s| {
                                s.out = s.out.map(|out| Out { answer_at: None, ..out });
                            });
                        }
                    }
                }
            }
        } else {
            let new = Participant {
                id,
                name: name.to_owned(),
                kind: kind.clone(),
                mode: Mode::Running,
                breaker: Breaker::new(breaker.clone()),
                bulkhead,
                in_flight: 0,
                drain: 1,
                incidents: Vec::new(),
            };
            self.desk.participants.insert(id, new);
        }
        self.reindex_participant(id);
        self.note_all_ripe();
    }

    fn is_out(&self, call: CallId, step: u8) -> bool {
        self.calls
            .get(&call)
            .and_then(|c| c.steps.get(usize::from(step)))
            .is_some_and(|s| s.out.is_some())
    }

    fn set_mode(&mut self, id: ParticipantId, mode: Mode) {
        let was = self.desk.participants.get_mut(&id).map(|p| std::mem::replace(&mut p.mode, mode));
        let came_back = mode == Mode::Running && was.is_some_and(|was| was != Mode::Running);
        if came_back {
            // What waited for it need not sit out its backoff.
            let waiting: Vec<(CallId, u8)> = self
                .index
                .wants
                .get(&id)
                .into_iter()
                .flat_map(|wants| wants.keys())
                .map(|(rank, step)| (rank.2, *step))
                .collect();
            for (call, step) in waiting {
                let at = self.desk.at;
                self.with_step(call, step, |s| s.wait_no_longer(at));
            }
        }
        self.reindex_participant(id);
        self.note_all_ripe();
    }

    fn set_assign(&mut self, mode: Mode) {
        let at = self.desk.at;
        let assign = &mut self.desk.assign;
        let stops = matches!(mode, Mode::Stopped | Mode::Failing(_));
        match (assign.stopped_at, stops) {
            (None, true) => assign.stopped_at = Some(at),
            (Some(since), false) => {
                assign.stopped_for = Millis(assign.stopped_for.0 + at.since(since).0);
                assign.stopped_at = None;
                assign.sweeping = true;
            }
            _ => {}
        }
        assign.mode = mode;
        // Whether an attempt is a matter of time depends on the mode.
        let fresh: Vec<CallId> = self.index.waiting_all.iter().map(|rank| rank.2).collect();
        for call in fresh {
            self.reindex_call(call);
        }
    }

    fn move_breaker(
        &mut self,
        id: ParticipantId,
        transition: &Transition,
        incident: Option<IncidentId>,
    ) {
        let at = self.desk.at;
        if let Some(incident) = incident {
            self.desk.next.incident = self.desk.next.incident.max(incident.0);
        }
        if let Some(p) = self.desk.participants.get_mut(&id) {
            p.breaker.transition(transition);
            if transition.to.kind() != StateKind::HalfOpen {
                p.drain = 1;
            }
            if let (true, None, Some(number)) = (transition.opens(), p.incident(), incident) {
                p.incidents.push(Incident {
                    id: number,
                    opened_at: at,
                    closed_at: None,
                    why: transition.why,
                    parked: 0,
                    admitted: 0,
                    expired: 0,
                });
                if p.incidents.len() > INCIDENTS_MAX {
                    p.incidents.remove(0);
                }
            }
            if transition.closes()
                && let Some(open) = p.incidents.last_mut()
            {
                open.closed_at.get_or_insert(at);
            }
        }
        self.reindex_participant(id);
    }

    /// Changes a call and puts it where it now belongs in the index.
    pub(super) fn with_call(&mut self, id: CallId, change: impl FnOnce(&mut super::call::Call)) {
        self.touched.insert(id);
        if let Some(call) = self.calls.get_mut(&id) {
            self.changed.insert(Part::of_call(id));
            change(call);
            let (profile, worker) = (call.profile, call.worker());
            self.reindex_call(id);
            // When and where the worker will be free depends on the call.
            let foresees = |p: &Arc<Adopted>| p.spec.dispatch.foresees().is_some();
            if let Some(worker) = worker
                && self.desk.profiles.get(&profile).is_some_and(foresees)
            {
                self.reindex_worker(worker);
            }
        }
    }

    /// Changes one step of a call and puts the call where it now belongs in the index.
    pub(super) fn with_step(
        &mut self,
        id: CallId,
        step: u8,
        change: impl FnOnce(&mut super::call::Step),
    ) {
        self.with_call(id, |call| {
            if let Some(step) = call.steps.get_mut(usize::from(step)) {
                change(step);
            }
        });
    }

    /// Everybody who is told what [`Event::WorkersTold`] says: what is not delivered by the commit is owed to each.
    fn tell_workers(&mut self, call: CallId, rule: u8, transport: Transport, workers: &[WorkerId]) {
        self.touched.insert(call);
        if transport == Transport::Inbox {
            return;
        }
        for worker in workers {
            let Some(to) = self.workers.get(worker).map(|w| w.subject) else { continue };
            let key = NoticeKey { seq: self.desk.seq, call, rule, to, transport };
            self.owe(key, Some(*worker));
        }
    }

    /// Changes a member and puts them where they now belong in the index.
    pub(super) fn with_member(&mut self, id: MemberId, change: impl FnOnce(&mut Member)) {
        let Some(member) = self.members.get_mut(&id) else { return };
        self.changed.insert(Part::of_member(id));
        self.index.members.remove(&member.tel);
        change(member);
        self.index.members.insert(member.tel, id);
    }

    /// Changes a worker and puts them where they now belong in the index.
    pub(super) fn with_worker(&mut self, id: WorkerId, change: impl FnOnce(&mut Worker)) {
        if let Some(worker) = self.workers.get_mut(&id) {
            self.changed.insert(Part::of_worker(id));
            let before = (worker.availability(), worker.reserved.clone());
            change(worker);
            let after = (worker.availability(), &worker.reserved);
            let is_new = (before.0, &before.1) != after && after.0 == Availability::Available;
            self.reindex_worker(id);
            if is_new {
                self.look_again_for(id);
            }
        }
    }
}
