//! What the console knows of the desk at one moment: the board, kept up to date by what changed since.
//!
//! Invariant: made of what the desk answered and of nothing else; a call or worker stands here as it stood at
//! [`Picture::seq`]. Knows nothing of what is selected or drawn.

use crate::desk::CallRow;
use crate::desk::board::{Asked, Board, Changes, Rest};
use crate::desk::live::Worker;
use ascall_engine::domain::breaker::StateKind;
use ascall_engine::domain::command::Person;
use ascall_engine::domain::event::{Actor, Event, Record};
use ascall_engine::domain::ids::{CallId, Millis, ParticipantId, Seq, SubjectId, Time, WorkerId};
use std::collections::{BTreeMap, VecDeque};

/// How many of the newest records are kept.
const RECORDS_KEPT: usize = 1_000;

/// Over how long the pace is taken.
const PACE: Millis = Millis(60 * 60 * 1_000);

/// The desk at one moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Picture {
    /// The epoch in which the records have their places.
    pub epoch: u64,
    /// The newest record it knows of.
    pub seq: Seq,
    /// The moment it shows.
    pub at: Time,
    /// Live calls.
    pub calls: BTreeMap<CallId, CallRow>,
    /// Until when somebody is searched for the open ones.
    pub searches: BTreeMap<CallId, Time>,
    /// Workers, with their persons.
    pub workers: BTreeMap<WorkerId, Worker>,
    /// Participants, breakers, attention, questions.
    pub rest: Rest,
    /// The newest records, oldest first.
    pub records: VecDeque<Record>,
    /// How fast it goes.
    pub pace: Pace,
    /// The newest record that says something of a notice.
    pub told: Seq,
    people: BTreeMap<SubjectId, Person>,
}

/// How fast a desk works, as far as it was watched.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace {
    /// When calls were taken, oldest first.
    received: VecDeque<Time>,
    /// When a worker was found, and after how long.
    assigned: VecDeque<(Time, Millis)>,
}

impl Pace {
    fn note(&mut self, record: &Record, since: impl Fn(CallId) -> Option<Time>) {
        for event in &record.events {
            match event {
                Event::CallReceived { .. } => self.received.push_back(record.at),
                Event::AssignmentCommitted { call, .. } => {
                    let from = since(*call).unwrap_or(record.at);
                    self.assigned.push_back((record.at, record.at.since(from)));
                }
                _ => {}
            }
        }
        let over = |at: Time| record.at.since(at) > PACE;
        while self.received.front().is_some_and(|at| over(*at)) {
            self.received.pop_front();
        }
        while self.assigned.front().is_some_and(|(at, _)| over(*at)) {
            self.assigned.pop_front();
        }
    }

    /// Calls taken in the last minute.
    pub(crate) fn per_minute(&self, now: Time) -> usize {
        self.received.iter().rev().take_while(|at| now.since(**at) < Millis(60_000)).count()
    }

    /// How long it took to find a worker in the last hour, for the middle call and for the slowest in a hundred.
    pub(crate) fn to_assign(&self) -> Option<(Millis, Millis)> {
        let mut spans: Vec<Millis> = self.assigned.iter().map(|(_, span)| *span).collect();
        spans.sort_unstable();
        let at = |hundredths: usize| spans.get((spans.len().saturating_sub(1)) * hundredths / 100);
        Some((*at(50)?, *at(99)?))
    }
}

impl Picture {
    /// What a board says, and the newest records of its journal.
    pub(crate) fn of(board: Board, records: Vec<Record>) -> Self {
        let mut picture = Self {
            epoch: board.epoch,
            seq: board.seq,
            at: board.at,
            calls: board.calls.into_iter().map(|row| (row.call, row)).collect(),
            searches: board.searches,
            workers: board.workers.into_iter().map(|worker| (worker.id, worker)).collect(),
            people: board.people,
            rest: board.rest,
            ..Self::default()
        };
        picture.remember(records);
        picture
    }

    /// Takes in what changed.
    pub(crate) fn apply(&mut self, changes: Changes) {
        self.at = changes.at;
        if changes.records.is_empty() {
            return;
        }
        self.seq = changes.seq;
        // First the records: a call that is gone still says when it was taken.
        for row in &changes.calls {
            self.calls.entry(row.call).or_insert_with(|| row.clone());
        }
        self.remember(changes.records);
        for row in changes.calls {
            self.searches.remove(&row.call);
            self.calls.insert(row.call, row);
        }
        self.searches.extend(changes.searches);
        for call in changes.gone {
            self.searches.remove(&call);
            if let Some(row) = self.calls.remove(&call) {
                self.people.remove(&row.subject);
            }
        }
        for worker in changes.workers {
            self.workers.insert(worker.id, worker);
        }
        self.people.extend(changes.people);
        self.rest = changes.rest;
    }

    fn remember(&mut self, records: Vec<Record>) {
        for record in records {
            let calls = &self.calls;
            self.pace.note(&record, |call| calls.get(&call).map(|row| row.received_at));
            if record.events.iter().any(tells) {
                self.told = record.seq;
            }
            self.records.push_back(record);
        }
        let over = self.records.len().saturating_sub(RECORDS_KEPT);
        self.records.drain(..over);
    }

    /// The customer of a call; none: erased.
    pub(crate) fn customer(&self, row: &CallRow) -> Option<&Person> {
        self.people.get(&row.subject)
    }

    /// The worker who has a call, or is reserved for it.
    pub(crate) fn worker_of(&self, row: &CallRow) -> Option<&Worker> {
        self.workers.get(&row.worker_now()?.0)
    }

    /// The operator who holds a breaker open, as far as the newest records tell.
    pub(crate) fn held_by(&self, participant: ParticipantId) -> Option<&str> {
        let holds = |event: &Event| {
            matches!(event, Event::BreakerMoved { participant: moved, transition, .. }
                if *moved == participant && transition.to.kind() == StateKind::ForcedOpen)
        };
        let record = self.records.iter().rev().find(|record| record.events.iter().any(holds))?;
        match &record.actor {
            Actor::Operator(name) => Some(name),
            _ => None,
        }
    }

    /// The question about a call that waits for an answer.
    pub(crate) fn asked(&self, call: CallId) -> Option<&Asked> {
        self.rest.offers.iter().find(|asked| asked.call == call)
    }
}

/// Whether an event is about a notice.
fn tells(event: &Event) -> bool {
    matches!(
        event,
        Event::NoticeIssued { .. }
            | Event::WorkersTold { .. }
            | Event::NoticeSuppressed { .. }
            | Event::NoticeAccepted { .. }
            | Event::NoticeDelivered { .. }
            | Event::NoticeFailed { .. }
            | Event::NoticeResent { .. }
    )
}
