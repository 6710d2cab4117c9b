//! What the desk's live state is asked for, as plain values: workers, offers, participants, breakers, attention.
//!
//! Invariant: what the verbs show is made from these, so that it does not change with how the engine keeps its state.
//! Knows nothing of words or screens.

use super::CallRow;
use ascall_engine::domain::breaker::{State, StateKind};
use ascall_engine::domain::call::Call;
use ascall_engine::domain::command::{Command, Order, Person};
use ascall_engine::domain::event::{
    About, Concern, Mode, NoticeName, ParticipantKind, TelDigest, Verdict, Window,
};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{
    AttentionId, CallId, IncidentId, MemberId, OfferId, ParticipantId, SubjectId, Time, WorkerId,
};
use ascall_engine::domain::participant;
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::Position;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::domain::worker;
use ascall_engine::domain::world::World;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A worker as the desk knows them now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Worker {
    pub id: WorkerId,
    pub subject: SubjectId,
    /// Filled in from the personal rows after the live state was read.
    pub person: Person,
    pub services: Vec<String>,
    pub skills: Vec<String>,
    pub home: Option<Point>,
    /// The last journalled place and when it was known.
    pub seen: Option<(Point, Time)>,
    pub availability: worker::Availability,
    pub call: Option<CallId>,
    pub idle_since: Time,
    /// Appointments the worker is reserved for.
    pub reserved: Vec<(CallId, Window)>,
    /// How often customers rated the worker, and the sum of the stars.
    pub rated: (u32, u32),
    /// Came along by themselves; nobody at the desk added them.
    pub self_registered: bool,
}

impl Worker {
    /// From the live state, without the person.
    pub(crate) fn of(worker: &worker::Worker) -> Self {
        Self {
            id: worker.id,
            subject: worker.subject,
            person: Person::default(),
            services: worker.services.clone(),
            skills: worker.skills.clone(),
            home: worker.home,
            seen: worker.seen,
            availability: worker.availability(),
            call: worker.current.map(|(call, _)| call),
            idle_since: worker.idle_since,
            reserved: worker.reserved.iter().map(|(call, window)| (*call, *window)).collect(),
            rated: worker.rated,
            self_registered: worker.handle.is_some(),
        }
    }
}

/// The live calls of somebody, by their number or as the member they are, oldest first.
pub(crate) fn calls_of(
    world: &World,
    tel: Option<TelDigest>,
    member: Option<MemberId>,
) -> Vec<CallRow> {
    let tel = tel.or_else(|| Some(world.member(member?)?.tel));
    let calls = tel.into_iter().flat_map(|tel| world.calls_of(tel));
    calls.map(|call| CallRow::of(call, world)).collect()
}

/// Which workers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct WorkerFilter {
    /// Only those who can do this.
    pub skill: Option<String>,
    /// Only those who serve this line.
    pub service: Option<String>,
    /// Only those whose availability has this name.
    pub state: Option<String>,
    /// With a higher number: for the page after this one.
    pub above: Option<WorkerId>,
}

impl WorkerFilter {
    fn takes(&self, worker: &Worker) -> bool {
        let (skills, services) = (&worker.skills, &worker.services);
        self.skill.as_ref().is_none_or(|skill| skills.contains(skill))
            && self.service.as_ref().is_none_or(|s| services.is_empty() || services.contains(s))
            && self.above.is_none_or(|above| worker.id > above)
            && self.state.as_ref().is_none_or(|state| worker.availability.name() == state)
    }
}

/// Workers that the filter takes, by number, at most `limit`, without the persons.
pub(crate) fn workers(world: &World, filter: &WorkerFilter, limit: usize) -> Vec<Worker> {
    world.workers().map(Worker::of).filter(|worker| filter.takes(worker)).take(limit).collect()
}

/// How many workers stand to a call in which way; empty when the call is not live.
pub(crate) fn verdicts(world: &World, call: CallId) -> BTreeMap<Verdict, u32> {
    let mut counts = BTreeMap::new();
    if let Some(call) = world.call(call) {
        for worker in world.workers() {
            *counts.entry(world.verdict(call, worker)).or_default() += 1;
        }
    }
    counts
}

/// A question to workers that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Offer {
    pub id: OfferId,
    pub call: CallId,
    /// Who was asked and has not said no: one, or with a ring several.
    pub workers: Vec<WorkerId>,
    /// The ring of a question to several, from 0.
    pub ring: Option<u8>,
    pub deadline: Time,
}

/// Open offers, by number: all, or those to one worker.
pub(crate) fn offers(world: &World, to: Option<WorkerId>) -> Vec<Offer> {
    let one = |call: &Call| {
        call.offer.map(|offer| Offer {
            id: offer.id,
            call: call.id,
            workers: vec![offer.worker],
            ring: None,
            deadline: offer.deadline,
        })
    };
    let several = |call: &Call| {
        call.live_broadcast().map(|broadcast| Offer {
            id: broadcast.id,
            call: call.id,
            workers: broadcast.asked.iter().copied().collect(),
            ring: Some(broadcast.ring),
            deadline: broadcast.deadline,
        })
    };
    let asked = |offer: &Offer| to.is_none_or(|worker| offer.workers.contains(&worker));
    let all = world.calls().flat_map(|call| one(call).into_iter().chain(several(call)));
    let mut offers: Vec<Offer> = all.filter(asked).collect();
    offers.sort_unstable_by_key(|offer| offer.id);
    offers
}

/// Which of the calls the worker could claim now: for now, or for the appointment that each has.
///
/// # Errors
/// There is no such worker.
pub(crate) fn claimable(
    world: &World,
    now: Time,
    worker: WorkerId,
    mut calls: Vec<CallId>,
) -> Result<Vec<CallId>, Refusal> {
    world.worker(worker).ok_or(Refusal::NoSuchWorker(worker))?;
    calls.retain(|call| {
        let claim = Command::ClaimCall { call: *call, worker, at: None };
        world.decide(&Order::by_clock(claim), now).is_ok()
    });
    Ok(calls)
}

/// A participant, or the stage `assign`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Participant {
    pub name: String,
    /// None: the stage `assign`, which is no participant.
    pub kind: Option<ParticipantKind>,
    pub mode: Mode,
    pub in_flight: u32,
    pub bulkhead: Option<u32>,
    /// Calls parked because of it, or (for `assign`) open without a worker.
    pub waiting: u64,
}

/// Participants by name, and `assign` at the end.
pub(crate) fn participants(world: &World) -> Vec<Participant> {
    let mut waiting: BTreeMap<ParticipantId, u64> = BTreeMap::new();
    let mut open = 0;
    for call in world.calls() {
        match call.phase {
            Phase::Parked => {
                let profile = world.profile(call.profile);
                let gate = profile.and_then(|p| call.gate_ahead(&p.spec, Position::BeforeOpen));
                let answers = profile.zip(gate).and_then(|(p, (step, _))| p.answers.get(step));
                if let Some(participant) = answers {
                    *waiting.entry(*participant).or_default() += 1;
                }
            }
            Phase::Open => open += 1,
            _ => {}
        }
    }
    let of = |p: &participant::Participant| Participant {
        name: p.name.clone(),
        kind: Some(p.kind.clone()),
        mode: p.mode,
        in_flight: p.in_flight,
        bulkhead: Some(p.bulkhead),
        waiting: waiting.get(&p.id).copied().unwrap_or_default(),
    };
    let mut all: Vec<Participant> = world.participants().map(of).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all.push(Participant {
        name: "assign".to_owned(),
        kind: None,
        mode: world.assign().mode,
        in_flight: 0,
        bulkhead: None,
        waiting: open,
    });
    all
}

/// The breaker of one participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Breaker {
    pub id: ParticipantId,
    pub participant: String,
    pub state: StateKind,
    /// When an open one lets a probe out.
    pub until: Option<Time>,
    /// The operator's words for a forced one.
    pub reason: Option<String>,
    pub calls: u32,
    pub failed: u32,
    pub slow: u32,
    pub consecutive_failures: u32,
    pub incidents: Vec<Incident>,
}

/// One time that a breaker kept requests back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Incident {
    pub id: IncidentId,
    pub participant: String,
    pub opened_at: Time,
    pub closed_at: Option<Time>,
    pub why: ascall_engine::domain::breaker::Why,
    pub parked: u32,
    pub admitted: u32,
    pub expired: u32,
}

/// Breakers by participant.
pub(crate) fn breakers(world: &World, now: Time) -> Vec<Breaker> {
    let of = |p: &participant::Participant| {
        let numbers = p.breaker.numbers(now);
        let (until, reason) = match p.breaker.state() {
            State::Open { until, .. } => (Some(*until), None),
            State::ForcedOpen { reason } => (None, Some(reason.clone())),
            _ => (None, None),
        };
        let incident = |i: &participant::Incident| Incident {
            id: i.id,
            participant: p.name.clone(),
            opened_at: i.opened_at,
            closed_at: i.closed_at,
            why: i.why,
            parked: i.parked,
            admitted: i.admitted,
            expired: i.expired,
        };
        Breaker {
            id: p.id,
            participant: p.name.clone(),
            state: p.breaker.state().kind(),
            until,
            reason,
            calls: numbers.counts.calls,
            failed: numbers.counts.failures,
            slow: numbers.counts.slow,
            consecutive_failures: numbers.consecutive,
            incidents: p.incidents.iter().map(incident).collect(),
        }
    };
    let mut all: Vec<Breaker> = world.participants().map(of).collect();
    all.sort_by(|a, b| a.participant.cmp(&b.participant));
    all
}

/// Something a human must decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attention {
    pub id: AttentionId,
    pub about: About,
    /// The participant's name, when it is about one.
    pub participant: Option<String>,
    pub concern: Concern,
    /// The product the call waits for, when that is why.
    pub short_of: Option<String>,
    /// The notice that was given up, when that is why.
    pub dead: Option<NoticeName>,
    pub raised_at: Time,
    pub taken_by: Option<String>,
}

/// Open attention items, oldest first.
pub(crate) fn attention(world: &World) -> Vec<Attention> {
    let name = |about: About| match about {
        About::Participant(id) => world.participants().find(|p| p.id == id).map(|p| p.name.clone()),
        _ => None,
    };
    let short_of = |about: About, concern: Concern| match (about, concern) {
        (About::Call(call), Concern::StepDenied) => {
            let call = world.call(call)?;
            let (product, _, refused) = call.needs_goods(&world.profile(call.profile)?.spec)?;
            refused.then(|| product.to_owned())
        }
        _ => None,
    };
    let dead = |about: About, concern: Concern| match (about, concern) {
        (About::Call(call), Concern::NoticeDead) => Some(world.dead_notice(call)?.name()),
        _ => None,
    };
    let of = |item: &ascall_engine::domain::world::Attention| Attention {
        id: item.id,
        about: item.about,
        participant: name(item.about),
        concern: item.concern,
        short_of: short_of(item.about, item.concern),
        dead: dead(item.about, item.concern),
        raised_at: item.at,
        taken_by: item.taken_by.clone(),
    };
    let mut all: Vec<Attention> = world.attention().map(of).collect();
    all.sort_unstable_by_key(|item| item.id);
    all
}
