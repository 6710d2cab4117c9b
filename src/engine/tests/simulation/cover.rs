//! What a run has hit: event kinds, moves between phases, fault kinds.
//!
//! Invariant: counts only; a kind that is not listed here does not compile.

use ascall_engine::domain::event::{Event, Record};
use ascall_engine::domain::ids::CallId;
use ascall_engine::domain::phase::Phase;
use std::collections::{BTreeMap, BTreeSet};

/// Every fault kind that a default run must inject.
pub const FAULTS: [&str; 26] = [
    "append lost",
    "append kept",
    "append full",
    "disk sync",
    "disk write",
    "disk full",
    "crash",
    "crash before the reply",
    "crash in maintenance",
    "crash in recovery",
    "pause",
    "misconfigured",
    "down",
    "request lost",
    "answer lost",
    "late",
    "slow",
    "doubled",
    "contradictory",
    "effect after the deadline",
    "notice fails",
    "notice refused",
    "notice answer lost",
    "notice doubled",
    "notice late",
    "clock step",
];

macro_rules! kinds {
    ($($kind:ident),* $(,)?) => {
        /// Every event kind.
        pub const KINDS: &[&str] = &[$(stringify!($kind)),*];

        fn kind(event: &Event) -> &'static str {
            match event {
                $(Event::$kind { .. } => stringify!($kind),)*
            }
        }
    };
}

kinds!(
    DeskOpened,
    ClockStepped,
    ProfileAdopted,
    ParticipantSet,
    ParticipantModeSet,
    AssignModeSet,
    QueueSwept,
    RoundHeld,
    BreakerMoved,
    CallReceived,
    StepAsked,
    StepAnswered,
    StepWaived,
    StepSettled,
    StepRetried,
    CallParked,
    CallResumed,
    CallOpened,
    StageEntered,
    PlanExhausted,
    NobodyFound,
    OfferSent,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferWithdrawn,
    AssignmentCommitted,
    AssignmentReleased,
    WorkerArrived,
    WorkStarted,
    WorkFinished,
    WorkAborted,
    CallUnwinding,
    CallEnded,
    CallClosing,
    CallCompleted,
    CallAmended,
    PrioritySet,
    CallHeld,
    HoldEnded,
    NoteAdded,
    WorkerAdded,
    DutySet,
    PositionsKept,
    NoticeIssued,
    NoticeSuppressed,
    NoticeAccepted,
    NoticeDelivered,
    NoticeFailed,
    NoticeResent,
    AttentionRaised,
    AttentionTaken,
    AttentionDone,
    Revealed,
    CallRecalled,
    DispatchDue,
    StillSearching,
    BroadcastSent,
    BroadcastOver,
    AssignmentReserved,
    ReservationDue,
    CallRescheduled,
    WorkerEnRoute,
    MoneyMoved,
    RefundAsked,
    CouponGranted,
    CouponUsed,
    CallRated,
    DispositionSet,
    StockMoved,
    MemberAdded,
    MemberChanged,
    WorkersTold,
);

/// Counts of one run or of many.
#[derive(Debug, Default)]
pub struct Cover {
    pub events: BTreeMap<&'static str, u64>,
    pub moves: BTreeMap<(Phase, Phase), u64>,
    pub faults: BTreeMap<&'static str, u64>,
    pub commands: BTreeMap<&'static str, (u64, u64)>,
    pub records: u64,
    pub calls: u64,
    pub crashes: u64,
    phases: BTreeMap<CallId, Phase>,
}

impl Cover {
    pub fn fault(&mut self, name: &'static str) {
        debug_assert!(FAULTS.contains(&name), "{name}");
        *self.faults.entry(name).or_default() += 1;
    }

    pub fn record(&mut self, record: &Record) {
        self.records += 1;
        let mut before: BTreeMap<CallId, Phase> = BTreeMap::new();
        for event in &record.events {
            *self.events.entry(kind(event)).or_default() += 1;
            let Some((call, to)) = moved(event, &self.phases) else { continue };
            let Some(from) = self.phases.insert(call, to) else {
                // A call with gates is gating at once; the table shows the way there.
                self.calls += 1;
                before.insert(call, Phase::Received);
                continue;
            };
            before.entry(call).or_insert(from);
            *self.moves.entry((from, to)).or_default() += 1;
        }
        for (call, from) in before {
            if let Some(to) = self.phases.get(&call).filter(|to| **to != from) {
                *self.moves.entry((from, *to)).or_default() += 1;
            }
        }
    }

    pub fn add(&mut self, other: &Self) {
        for (kind, n) in &other.events {
            *self.events.entry(kind).or_default() += n;
        }
        for (step, n) in &other.moves {
            *self.moves.entry(*step).or_default() += n;
        }
        for (name, n) in &other.faults {
            *self.faults.entry(name).or_default() += n;
        }
        for (name, (yes, no)) in &other.commands {
            let sum = self.commands.entry(name).or_default();
            (sum.0, sum.1) = (sum.0 + yes, sum.1 + no);
        }
        self.records += other.records;
        self.calls += other.calls;
        self.crashes += other.crashes;
    }

    /// What was never hit.
    pub fn missing(&self) -> Vec<String> {
        let mut missing = BTreeSet::new();
        for kind in KINDS.iter().filter(|kind| !self.events.contains_key(**kind)) {
            missing.insert(format!("event {kind}"));
        }
        for (from, to, _) in ascall_engine::domain::phase::MOVES {
            if !self.moves.contains_key(&(*from, *to)) {
                missing.insert(format!("move {from} to {to}"));
            }
        }
        for name in FAULTS.iter().filter(|name| !self.faults.contains_key(**name)) {
            missing.insert(format!("fault {name}"));
        }
        for (name, (yes, no)) in &self.commands {
            if *yes == 0 || *no == 0 {
                missing.insert(format!("command {name}: accepted {yes}, refused {no}"));
            }
        }
        missing.into_iter().collect()
    }
}

/// Where an event takes its call.
fn moved(event: &Event, phases: &BTreeMap<CallId, Phase>) -> Option<(CallId, Phase)> {
    Some(match event {
        Event::CallReceived { call, .. } => (*call, Phase::Received),
        Event::StepAsked { call, .. } if phases.get(call) == Some(&Phase::Received) => {
            (*call, Phase::Gating)
        }
        Event::CallParked { call, .. } => (*call, Phase::Parked),
        Event::CallResumed { call } => (*call, Phase::Gating),
        Event::CallOpened { call } | Event::AssignmentReleased { call, .. } => (*call, Phase::Open),
        Event::AssignmentReserved { call, .. } => (*call, Phase::Scheduled),
        Event::AssignmentCommitted { call, .. } => (*call, Phase::Assigned),
        Event::WorkStarted { call, .. } => (*call, Phase::InService),
        Event::WorkAborted { call, .. } => (*call, Phase::Open),
        Event::CallUnwinding { call, .. } => (*call, Phase::Unwinding),
        Event::CallEnded { call, end } => (*call, end.phase()),
        Event::CallClosing { call } => (*call, Phase::Closing),
        Event::CallCompleted { call } => (*call, Phase::Completed),
        _ => return None,
    })
}
