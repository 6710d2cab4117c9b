//! What the checker knows of one call, worker or breaker, so that views can be compared with it.
//!
//! Invariant: read-only, and derived from the journal alone.

use super::Checker;
use super::breakers::Seen;
use super::model::{Call, CallMoney, Progress, StepState};
use crate::domain::breaker::StateKind;
use crate::domain::event::{Account, Card, Duty, SettledBy, Spot, TelDigest, Window, WorkOutcome};
use crate::domain::geo::Point;
use crate::domain::ids::{
    CallId, MemberId, OfferId, ParticipantId, ProfileId, SubjectId, Time, Won, WorkerId,
};
use crate::domain::phase::{Phase, Target};
use std::collections::{BTreeMap, BTreeSet};

/// The facts of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFacts {
    /// The call.
    pub call: CallId,
    /// The profile version it is pinned to.
    pub profile: ProfileId,
    /// The how manyth call of its line it is.
    pub ordinal: u64,
    /// Whose call.
    pub subject: SubjectId,
    /// Where it stands.
    pub phase: Phase,
    /// Since when: the record that last moved it.
    pub phase_at: Time,
    /// Where it is being, or was, unwound to.
    pub target: Option<Target>,
    /// The digest of the number, as last amended.
    pub tel: Option<TelDigest>,
    /// Whether the customer can be told anything.
    pub reachable: bool,
    /// Where, as last amended.
    pub spot: Option<Spot>,
    /// Who has it.
    pub worker: Option<WorkerId>,
    /// How far that worker is.
    pub progress: Option<Progress>,
    /// Who will have it at its appointment, and whether that is near.
    pub reserved: Option<(WorkerId, bool)>,
    /// Who did the work.
    pub served_by: Option<WorkerId>,
    /// Everybody who was asked or had it.
    pub told: BTreeSet<WorkerId>,
    /// The question to several that is out, and how many of them have not said no.
    pub broadcast: Option<(OfferId, u32)>,
    /// Workers may take it by themselves.
    pub claimable: bool,
    /// The member who called.
    pub member: Option<MemberId>,
    /// The appointment.
    pub window: Option<Window>,
    /// 0 low to 3 urgent.
    pub priority: u8,
    /// The skill it asks for, as last amended.
    pub kind: Option<String>,
    /// Price or estimate, as last amended; once work is over, the fare that was reported.
    pub cost: Option<Won>,
    /// The price reported at the end of the work.
    pub fare: Option<Won>,
    /// What is or was to be paid, once that is known.
    pub due: Option<Won>,
    /// What the books say of it.
    pub money: CallMoney,
    /// What came of the work.
    pub outcome: Option<WorkOutcome>,
    /// 1 to 5.
    pub rating: Option<u8>,
    /// How the work ended, by the profile's list.
    pub disposition: Option<String>,
    /// When it was received.
    pub received_at: Time,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// Until when automation leaves it alone.
    pub held_until: Option<Time>,
    /// The call it follows up.
    pub parent: Option<CallId>,
    /// Its steps, in the order of its profile; refunds behind them.
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Appointments the worker is reserved for.
    pub reserved: BTreeMap<CallId, Window>,
    /// Where the worker was last seen when places were kept last, and when that was.
    pub kept: Option<(Point, Time)>,
}

/// The facts of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockFacts {
    /// What.
    pub product: String,
    /// In the storeroom.
    pub on_hand: u64,
    /// Of that, held by calls.
    pub reserved: u64,
}

/// The facts of one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberFacts {
    /// The member.
    pub member: MemberId,
    /// Who it is.
    pub subject: SubjectId,
    /// The digest of the number.
    pub tel: TelDigest,
    /// The friend who is told of rides.
    pub friend: Option<SubjectId>,
    /// The card.
    pub card: Option<Card>,
    /// Completed calls.
    pub rides: u32,
    /// Coupons not used yet, oldest first.
    pub coupons: Vec<Won>,
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
        kept.or_else(|| self.calls.known.get(&call).map(|c| self.facts(call, c)))
    }

    /// Every live call, by number.
    pub fn live_calls(&self) -> impl Iterator<Item = CallFacts> {
        let live = self.calls.known.iter().filter(|(_, c)| !c.phase.is_terminal());
        live.map(|(id, c)| self.facts(*id, c))
    }

    /// The calls that ended since this was last asked, or changed after their end, by number. Empty unless they are kept.
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
            reserved: w.reserved.clone(),
            kept: w.kept,
        })
    }

    /// Every product, by name.
    pub fn stock_facts(&self) -> impl Iterator<Item = StockFacts> {
        self.stock.iter().map(|(product, shelf)| StockFacts {
            product: product.clone(),
            on_hand: shelf.on_hand,
            reserved: shelf.reserved,
        })
    }

    /// Every member, by number.
    pub fn member_facts(&self) -> impl Iterator<Item = MemberFacts> {
        self.members.by_id.iter().map(|(id, m)| MemberFacts {
            member: *id,
            subject: m.subject,
            tel: m.tel,
            friend: m.friend.map(|(friend, _)| friend),
            card: m.card,
            rides: m.rides,
            coupons: m.coupons.clone(),
        })
    }

    /// The books: what each account holds, debit positive. Together they are zero.
    #[must_use]
    pub fn books(&self) -> &BTreeMap<Account, i64> {
        &self.ledger.books
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
        if self.kept.is_none() {
            return;
        }
        let facts = self.calls.known.get(&call).map(|c| self.facts(call, c));
        if let (Some(kept), Some(facts)) = (&mut self.kept, facts) {
            kept.insert(call, facts);
        }
    }

    fn facts(&self, call: CallId, c: &Call) -> CallFacts {
        let step = |s: &super::model::Step| StepFacts {
            state: s.state,
            group: s.group,
            attempt: s.attempt,
            settled: s.settled,
            in_flight: s.in_flight(),
        };
        let broadcast = c.broadcast.and_then(|id| self.broadcasts.get(&id).map(|b| (id, b)));
        CallFacts {
            call,
            profile: c.profile,
            ordinal: c.ordinal,
            subject: c.subject,
            phase: c.phase,
            phase_at: c.phase_at,
            target: c.target,
            tel: c.tel,
            reachable: c.reachable,
            spot: c.spot,
            worker: c.worker,
            progress: c.worker.map(|_| c.progress),
            reserved: c.reserved.map(|r| (r.worker, r.due)),
            served_by: c.served_by,
            told: c.told.clone(),
            broadcast: broadcast.map(|(id, b)| (id, b.waiting())),
            claimable: c.is_claimable(),
            member: c.member.map(|kept| kept.member),
            window: c.window,
            priority: c.priority,
            kind: c.kind.clone(),
            cost: c.fare.or(c.cost),
            fare: c.fare,
            due: super::money::due(c),
            money: c.money,
            outcome: c.outcome,
            rating: c.rating,
            disposition: c.disposition.clone(),
            received_at: c.received_at,
            ended_at: c.phase.is_terminal().then_some(c.phase_at),
            // Whoever gets the call or undoes it has ended its hold.
            held_until: c.held(),
            parent: c.parent,
            steps: c.steps.iter().map(step).collect(),
        }
    }
}
