//! What the checker knows of one call, worker or breaker, so that views can be compared with it.
//!
//! Invariant: read-only, and derived from the journal alone.

use super::Checker;
use super::breakers::Seen;
use super::model::{Call, StepState};
use crate::domain::breaker::StateKind;
use crate::domain::event::{Duty, SettledBy};
use crate::domain::ids::{
    CallId, OfferId, ParticipantId, ProfileId, SubjectId, Time, Won, WorkerId,
};
use crate::domain::phase::{Phase, Target};
use std::collections::BTreeMap;

/// The facts of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFacts {
    /// The call.
    pub call: CallId,
    /// The profile version it is pinned to.
    pub profile: ProfileId,
    /// Whose call.
    pub subject: SubjectId,
    /// Where it stands.
    pub phase: Phase,
    /// Since when: the record that last moved it.
    pub phase_at: Time,
    /// Where it is being, or was, unwound to.
    pub target: Option<Target>,
    /// Who has it.
    pub worker: Option<WorkerId>,
    /// 0 low to 3 urgent.
    pub priority: u8,
    /// The skill it asks for, as last amended.
    pub kind: Option<String>,
    /// Price or estimate, as last amended; once work is over, the fare that was reported.
    pub cost: Option<Won>,
    /// The price reported at the end of the work.
    pub fare: Option<Won>,
    /// When it was received.
    pub received_at: Time,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// Until when automation leaves it alone.
    pub held_until: Option<Time>,
    /// The call it follows up.
    pub parent: Option<CallId>,
    /// Its steps, in the order of its profile.
    pub steps: Vec<StepFacts>,
}

/// The facts of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepFacts {
    /// What is known of its effect.
    pub state: StepState,
    /// The group of its key.
    pub group: u32,
    /// The number of its last request.
    pub attempt: u32,
    /// How an operator settled it.
    pub settled: Option<SettledBy>,
    /// Whether a request is out.
    pub in_flight: bool,
}

/// The facts of one worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerFacts {
    /// The worker.
    pub worker: WorkerId,
    /// Who it is.
    pub subject: SubjectId,
    /// On shift or not.
    pub duty: Duty,
    /// What the duty becomes once the current call is over.
    pub leaving: Option<Duty>,
    /// The call the worker has.
    pub call: Option<CallId>,
    /// The question the worker is asked.
    pub offer: Option<OfferId>,
}

/// The facts of one participant's breaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakerFacts {
    /// The participant.
    pub participant: ParticipantId,
    /// Its name.
    pub name: String,
    /// The breaker's state.
    pub state: StateKind,
    /// How often it has moved.
    pub generation: u64,
    /// Requests that are out.
    pub in_flight: usize,
}

impl Checker {
    /// What is known of a call: of a live one always, of an ended one only when they are kept and
    /// [`Checker::take_ended`] has not taken it.
    #[must_use]
    pub fn call_facts(&self, call: CallId) -> Option<CallFacts> {
        let kept = self.kept.as_ref().and_then(|kept| kept.get(&call)).cloned();
        kept.or_else(|| self.calls.known.get(&call).map(|c| facts(call, c)))
    }

    /// Every live call, by number.
    pub fn live_calls(&self) -> impl Iterator<Item = CallFacts> {
        let live = self.calls.known.iter().filter(|(_, c)| !c.phase.is_terminal());
        live.map(|(id, c)| facts(*id, c))
    }

    /// The calls that ended since this was last asked, by number. Empty unless they are kept.
    pub fn take_ended(&mut self) -> Vec<CallFacts> {
        let kept = self.kept.as_mut().map(std::mem::take).unwrap_or_default();
        kept.into_values().collect()
    }

    /// The last phase of any call ever received.
    #[must_use]
    pub fn call_phase(&self, call: CallId) -> Option<Phase> {
        self.calls.known.get(&call).map(|c| c.phase).or_else(|| self.calls.ended_phase(call))
    }

    /// How many calls are in each phase; phases without a call are left out.
    #[must_use]
    pub fn phase_counts(&self) -> BTreeMap<Phase, u64> {
        let mut counts = self.calls.ended_by_phase.clone();
        for c in self.calls.known.values().filter(|c| !c.phase.is_terminal()) {
            *counts.entry(c.phase).or_default() += 1;
        }
        counts
    }

    /// Every worker, by number.
    pub fn worker_facts(&self) -> impl Iterator<Item = WorkerFacts> {
        self.workers.iter().map(|(id, w)| WorkerFacts {
            worker: *id,
            subject: w.subject,
            duty: w.duty,
            leaving: w.leaving,
            call: w.call,
            offer: w.offer,
        })
    }

    /// Every participant's breaker, by number.
    pub fn breaker_facts(&self) -> impl Iterator<Item = BreakerFacts> {
        self.participants.by_id.iter().map(|(id, p)| BreakerFacts {
            participant: *id,
            name: p.name.clone(),
            state: match p.state {
                Seen::Closed => StateKind::Closed,
                Seen::Open { .. } => StateKind::Open,
                Seen::HalfOpen { .. } => StateKind::HalfOpen,
                Seen::Forced => StateKind::ForcedOpen,
                Seen::Disabled => StateKind::Disabled,
            },
            generation: p.generation,
            in_flight: p.in_flight.len(),
        })
    }

    /// How many attention items are open.
    #[must_use]
    pub fn open_attentions(&self) -> usize {
        self.attentions.len()
    }

    pub(super) fn keep_facts(&mut self, call: CallId) {
        if let (Some(kept), Some(c)) = (&mut self.kept, self.calls.known.get(&call)) {
            kept.insert(call, facts(call, c));
        }
    }
}

fn facts(call: CallId, c: &Call) -> CallFacts {
    let step = |s: &super::model::Step| StepFacts {
        state: s.state,
        group: s.group,
        attempt: s.attempt,
        settled: s.settled,
        in_flight: s.in_flight(),
    };
    CallFacts {
        call,
        profile: c.profile,
        subject: c.subject,
        phase: c.phase,
        phase_at: c.phase_at,
        target: c.target,
        worker: c.worker,
        priority: c.priority,
        kind: c.kind.clone(),
        cost: c.fare.or(c.cost),
        fare: c.fare,
        received_at: c.received_at,
        ended_at: c.phase.is_terminal().then_some(c.phase_at),
        // Whoever gets the call or undoes it has ended its hold.
        held_until: c.held_until.filter(|_| !c.hold_is_moot && c.phase == Phase::Open),
        parent: c.parent,
        steps: c.steps.iter().map(step).collect(),
    }
}
