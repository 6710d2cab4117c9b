//! What the events of a call's life make of it.

use crate::domain::call::{AssignmentState, Call, Money, Search, Step, Unwinding};
use crate::domain::event::{Event, Outcome};
use crate::domain::ids::{CallId, Millis, Time};
use crate::domain::phase::{Phase, may_move};
use crate::domain::profile::Position;
use crate::domain::snapshot::Part;
use crate::domain::world::World;

/// How long an ended call is remembered when an answer from outside may still be under way.
pub(super) const LINGER: Millis = Millis::mins(15);

impl World {
    pub(super) fn evolve_call(&mut self, event: &Event) {
        let at = self.desk.at;
        match event {
            Event::CallReceived { .. } => self.receive(event),
            Event::CallParked { call, why } => {
                self.count_parked(*call);
                self.with_call(*call, |c| {
                    c.parked = Some(*why);
                    c.parked_times += 1;
                    c.enter(Phase::Parked, at);
                });
            }
            Event::CallResumed { call } => self.with_call(*call, |c| c.enter(Phase::Gating, at)),
            Event::CallOpened { call } => {
                let clock = self.search_clock(at);
                let Some(ends) = self.search_end(*call, clock) else { return };
                self.count_admitted(*call);
                self.with_call(*call, |c| {
                    c.parked = None;
                    c.enter(Phase::Open, at);
                    c.search.opened_at = at;
                    c.search.begin(at, clock, ends);
                });
                self.set_dispatch(*call);
                self.set_fresh(*call);
            }
            Event::CallUnwinding { call, target, why, retry_at } => {
                self.count_expired(*call, *why);
                self.with_call(*call, |c| {
                    c.parked = None;
                    c.held_until = None;
                    let retry_at = *retry_at;
                    c.unwinding = Some(Unwinding { target: *target, why: *why, retry_at });
                    c.enter(Phase::Unwinding, at);
                });
            }
            Event::CallEnded { call, end } => {
                let outside = self.asked_outside(*call);
                self.with_call(*call, |c| {
                    c.enter(end.phase(), at);
                    if outside {
                        c.linger_until = Some(at.plus(LINGER));
                    }
                });
            }
            Event::CallClosing { call } => self.with_call(*call, |c| c.enter(Phase::Closing, at)),
            Event::CallCompleted { call } => {
                let outside = self.asked_outside(*call);
                self.with_call(*call, |c| {
                    c.enter(Phase::Completed, at);
                    // What is out holds a place in flight until it is answered or given up; what was given up may still
                    // be answered.
                    let awaited = |s: &Step| s.out.is_some() || outside && !s.doubtful.is_empty();
                    if c.steps.iter().any(awaited) {
                        c.linger_until = Some(at.plus(LINGER));
                    }
                });
                if let Some(known) = self.calls.get(call).and_then(|c| c.member) {
                    self.with_member(known.member, |m| m.rides += 1);
                }
            }
            Event::NoteAdded { call } => self.with_call(*call, |_| {}),
            _ => {}
        }
    }

    fn receive(&mut self, event: &Event) {
        let Event::CallReceived {
            call,
            profile,
            subject,
            tel,
            reachable,
            kind,
            spot,
            cost,
            priority,
            fields,
            lang,
            parent,
            member,
            window,
            asked,
            ordinal,
        } = event
        else {
            return;
        };
        let Some(adopted) = self.desk.profiles.get(profile) else { return };
        let at = self.desk.at;
        let line = self.desk.lines.entry(adopted.spec.name.clone()).or_default();
        let ordinal = if *ordinal == 0 { line.calls + 1 } else { *ordinal };
        line.calls = line.calls.max(ordinal);
        let gated = adopted.spec.steps.iter().any(|s| s.position == Position::BeforeOpen);
        let new = Call {
            id: *call,
            profile: *profile,
            subject: *subject,
            tel: *tel,
            reachable: *reachable,
            kind: kind.clone(),
            spot: *spot,
            cost: *cost,
            priority: *priority,
            fields: fields.clone(),
            lang: *lang,
            parent: *parent,
            received_at: at,
            phase: if gated { Phase::Gating } else { Phase::Received },
            phase_at: at,
            unwinding: None,
            steps: vec![Step::new(); adopted.spec.steps.len()],
            parked: None,
            parked_times: 0,
            search: Search::default(),
            held_until: None,
            assignment: None,
            offer: None,
            outcome: None,
            attention: std::collections::BTreeMap::new(),
            seqs: Vec::new(),
            told: std::collections::BTreeSet::new(),
            linger_until: None,
            broadcast: None,
            member: *member,
            window: *window,
            money: Money::default(),
            refunds: Vec::new(),
            rating: None,
            disposition: None,
            shipped: false,
            asked: *asked,
            ordinal,
        };
        self.desk.next.call = self.desk.next.call.max(call.0);
        self.desk.next.subject = self.desk.next.subject.max(subject.0);
        self.calls.insert(*call, new);
        self.with_call(*call, |_| {});
    }

    /// When a search that begins now is given up, on the search's clock.
    pub(super) fn search_end(&self, call: CallId, clock: Time) -> Option<Time> {
        let call = self.calls.get(&call)?;
        let adopted = self.desk.profiles.get(&call.profile)?;
        Some(clock.plus(adopted.spec.dispatch.search_ms))
    }

    /// The search begins at the first stage of the plan, once the appointment is near.
    pub(super) fn search_anew(&mut self, call: CallId) {
        let at = self.desk.at;
        let clock = self.search_clock(at);
        let Some(ends) = self.search_end(call, clock) else { return };
        self.with_call(call, |c| c.search.begin(at, clock, ends));
        self.set_dispatch(call);
        self.set_fresh(call);
    }

    /// Nobody is searched for an appointment that is far off.
    pub(super) fn set_dispatch(&mut self, id: CallId) {
        let at = self.desk.at;
        let Some(call) = self.calls.get(&id) else { return };
        let Some(adopted) = self.desk.profiles.get(&call.profile) else { return };
        let due = call.window.map(|window| window.dispatch_at(&adopted.spec));
        self.with_call(id, |c| c.search.dispatch_at = due.filter(|due| *due > at));
    }

    /// An attempt is owed, unless the stage leaves it to a dispatcher.
    pub(super) fn set_fresh(&mut self, id: CallId) {
        let at = self.desk.at;
        let automatic = self.calls.get(&id).is_some_and(|call| {
            self.desk.profiles.get(&call.profile).is_some_and(|p| call.is_searching(&p.spec))
        });
        self.with_call(id, |c| {
            c.search.fresh = automatic;
            c.search.fresh_at = at;
        });
    }

    /// Forgets ended calls whose time has come. Whoever still waits for an answer or owes an undo stays, and so does a call
    /// that the record speaks of.
    pub(super) fn forget_ended(&mut self, at: Time) {
        while let Some((until, id)) = self.index.lingering.first().copied() {
            if until > at {
                break;
            }
            let is_touched = self.touched.contains(&id);
            let stays = self.calls.get(&id).is_some_and(|call| {
                let adopted = self.desk.profiles.get(&call.profile);
                adopted.is_some_and(|adopted| is_touched || !call.is_at_rest(&adopted.spec))
            });
            match self.calls.get_mut(&id) {
                Some(call) if stays => call.linger_until = Some(at.plus(LINGER)),
                _ => drop(self.calls.remove(&id)),
            }
            self.changed.insert(Part::of_call(id));
            self.reindex_call(id);
        }
    }

    /// Whether somebody outside was ever asked about the call, so that an answer may still be under way.
    fn asked_outside(&self, id: CallId) -> bool {
        let Some(call) = self.calls.get(&id) else { return false };
        let Some(adopted) = self.desk.profiles.get(&call.profile) else { return false };
        call.steps.iter().zip(&adopted.answers).any(|(step, participant)| {
            step.attempts > 0
                && self.desk.participants.get(participant).is_some_and(|p| !p.is_local())
        })
    }
}

impl Call {
    /// Enters a phase; only the moves of the table exist.
    pub(super) fn enter(&mut self, phase: Phase, at: Time) {
        debug_assert!(may_move(self.phase, phase), "{} from {} to {phase}", self.id, self.phase);
        self.phase = phase;
        self.phase_at = at;
    }

    /// Its assignment is over.
    pub(super) fn end_assignment(&mut self) {
        if let Some(assignment) = &mut self.assignment {
            assignment.state = AssignmentState::Finished;
        }
    }
}

impl Search {
    /// Begins at the first stage; who was excluded stays excluded.
    pub(super) fn begin(&mut self, at: Time, clock: Time, ends: Time) {
        self.stage = 0;
        self.stage_at = clock;
        self.ends_at = ends;
        self.fresh_at = at;
        self.begun_at = at;
        self.exhausted = false;
        self.asked.clear();
        self.offers = 0;
        self.told = 0;
    }
}

/// Whether an answer leaves open what was done.
pub(super) fn leaves_open(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Indeterminate(_))
}
