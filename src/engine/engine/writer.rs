//! The writer thread: takes what waits, carries it out in one commit, answers, and sends out what became owed.
//!
//! Invariant: the only thread that touches the core. What comes first is decided first; a batch shares one commit.

use super::clock::Clock;
use super::executor::Executor;
use super::halt::{self, At};
use super::outbox::Outbox;
use super::{HandleError, Message, Reply, WorkLeft};
use crate::core::{Answer, Core, Done};
use crate::domain::breaker::StateKind;
use crate::domain::command::{Command, Delivery, Order};
use crate::domain::event::{Event, Record, Said};
use crate::domain::geo::Point;
use crate::domain::ids::{ParticipantId, Seq, Time, WorkerId};
use crate::domain::world::World;
use crate::journal::JournalError;
use crate::journal::lock::StoreLock;
use crate::journal::redb::RedbJournal;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// The most orders of one commit.
const BATCH_MAX: usize = 1_024;

/// How often the last known places are kept.
const POSITIONS_EVERY: Duration = Duration::from_secs(30);

/// How often the wall clock is looked at.
const CLOCK_EVERY: Duration = Duration::from_secs(5);

/// How long the writer rests when something due does not move.
const STUCK_WAIT: Duration = Duration::from_millis(200);

/// The longest wait between two tries to open the store again.
const REOPEN_WAIT_MAX: Duration = Duration::from_secs(5);

/// How long a desk that closes waits for what is out.
const LEAVING: Duration = Duration::from_secs(2);

/// How long it still sends notices that have become due meanwhile.
const LEAVING_SENDS: Duration = Duration::from_millis(500);

/// How often it looks whether anything is out still.
const LEAVING_LOOK: Duration = Duration::from_millis(10);

pub(super) struct Writer {
    pub(super) core: Core<RedbJournal>,
    pub(super) clock: Clock,
    pub(super) lock: Option<StoreLock>,
    pub(super) inbox: mpsc::Receiver<Message>,
    /// Where answers from outside are put in.
    pub(super) own: mpsc::Sender<Message>,
    pub(super) head: watch::Sender<Seq>,
    pub(super) executor: Executor,
    pub(super) outbox: Outbox,
    pub(super) runtime: tokio::runtime::Handle,
    /// The last tick found something due and moved nothing: a bug that must not become a spin.
    pub(super) stuck: bool,
}

/// What was taken from the inbox for one commit.
#[derive(Default)]
struct Intake {
    orders: Vec<Order>,
    replies: Vec<Reply>,
    positions: Vec<(WorkerId, Point)>,
    deliveries: Vec<Delivery>,
    closing: Option<oneshot::Sender<Result<WorkLeft, JournalError>>>,
}

/// What the writer does from time to time.
struct Rounds {
    positions: Instant,
    clock: Instant,
}

impl Writer {
    pub(super) fn run(mut self) {
        let mut rounds = Rounds { positions: Instant::now(), clock: Instant::now() };
        self.send_all_out();
        loop {
            let mut intake = Intake::default();
            match self.inbox.recv_timeout(self.patience(&rounds)) {
                Ok(message) => self.sort(message, &mut intake),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                // Every handle is gone: nobody will ever ask again.
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
            while intake.orders.len() < BATCH_MAX && intake.closing.is_none() {
                let Ok(message) = self.inbox.try_recv() else { break };
                self.sort(message, &mut intake);
            }
            let closing = intake.closing.take();
            self.work(intake, &mut rounds);
            if let Some(reply) = closing {
                self.drain();
                let remains = WorkLeft::of(self.core.world());
                let Self { core, lock, clock, .. } = self;
                let left = leave(core, clock.now());
                // Whoever is told that it is closed may open it at once.
                drop(lock);
                drop(reply.send(left.map(|()| remains)));
                return;
            }
        }
        drop(leave(self.core, self.clock.now()));
    }

    /// Waits a little for what is out, so that its outcome is known to whoever opens the desk next and nothing is done
    /// again for want of it. Takes no orders; notices that follow each other are still sent for a moment.
    fn drain(&mut self) {
        let begun = Instant::now();
        while !self.core.is_stopped() && (self.executor.is_out() || self.outbox.is_out()) {
            if begun.elapsed() >= LEAVING {
                break;
            }
            let mut intake = Intake::default();
            match self.inbox.recv_timeout(LEAVING_LOOK) {
                Ok(Message::Order(_, Some(reply))) => drop(reply.send(Err(HandleError::Closing))),
                // Whoever asked is told by the end of their channel that the desk is closing.
                Ok(
                    Message::DryRun(..) | Message::Ask(_) | Message::Named(..) | Message::Close(_),
                )
                | Err(_) => {}
                Ok(message) => self.sort(message, &mut intake),
            }
            self.take_deliveries(&mut intake);
            if !intake.orders.is_empty() {
                let done = self.core.run(&intake.orders, self.clock.now());
                self.note(done, intake.replies);
            }
            if begun.elapsed() < LEAVING_SENDS {
                self.send_notices();
            }
        }
        let mut intake = Intake { deliveries: self.outbox.give_up(), ..Intake::default() };
        self.take_deliveries(&mut intake);
        if !intake.orders.is_empty() && !self.core.is_stopped() {
            let done = self.core.run(&intake.orders, self.clock.now());
            self.note(done, intake.replies);
        }
    }

    /// How long there is nothing to do.
    fn patience(&self, rounds: &Rounds) -> Duration {
        let now = self.clock.now();
        let world = self.core.world();
        let notices = self.outbox.next_due(world);
        let due = world.next_due().into_iter().chain(notices).min();
        let due = due.map_or(CLOCK_EVERY, |at| Duration::from_millis(at.since(now).0));
        let due = if self.stuck { due.max(STUCK_WAIT) } else { due };
        let round = POSITIONS_EVERY.saturating_sub(rounds.positions.elapsed());
        due.min(round).min(CLOCK_EVERY)
    }

    fn sort(&mut self, message: Message, intake: &mut Intake) {
        match message {
            Message::Order(order, reply) => {
                intake.orders.push(*order);
                intake.replies.push(reply);
            }
            Message::DryRun(order, reply) => {
                let would = self.core.dry_run(&order, self.clock.now());
                let would = match would {
                    Ok(would) => would.map_err(HandleError::Refused),
                    // Nothing was written: it is only not known what would have been.
                    Err(_) => Err(HandleError::Stopped),
                };
                drop(reply.send(would));
            }
            Message::Ask(question) => question(self.core.world(), self.clock.now()),
            Message::Named(line, number, reply) => {
                let found = self.core.call_named(&line, &number);
                drop(reply.send(found.map_err(|_| HandleError::Stopped)));
            }
            Message::Position(worker, point) => intake.positions.push((worker, point)),
            Message::Deliveries(all) => intake.deliveries.extend(all),
            Message::Close(reply) => intake.closing = Some(reply),
        }
    }

    fn work(&mut self, mut intake: Intake, rounds: &mut Rounds) {
        self.take_deliveries(&mut intake);
        if !intake.positions.is_empty() {
            let now = self.clock.now();
            let done = self.core.take_positions(&intake.positions, now);
            self.after(done, Vec::new());
        }
        if !intake.orders.is_empty() {
            halt::here(At::BeforeCommit);
            let done = self.core.run(&intake.orders, self.clock.now());
            halt::here(At::AfterCommit);
            self.after(done, intake.replies);
        }
        let now = self.clock.now();
        if self.core.world().next_due().is_some_and(|due| due <= now) {
            let done = self.core.tick(now);
            // A round that finds nothing for whoever came nearer writes nothing, and is over.
            let is_still_due = self.core.world().next_due().is_some_and(|due| due <= now);
            let wrote = |done: &Done| !done.records.is_empty();
            self.stuck = is_still_due && !done.as_ref().is_ok_and(wrote);
            if self.stuck {
                tracing::warn!(?now, "something is due and does not move");
            }
            self.after(done, Vec::new());
        }
        self.send_notices();
        self.rounds(rounds);
        if self.core.wants_maintenance()
            && let Err(error) = self.core.maintain(self.clock.now())
        {
            tracing::error!(%error, "the work beside the commits failed");
        }
        if self.core.is_stopped() {
            self.reopen();
        }
    }

    fn take_deliveries(&mut self, intake: &mut Intake) {
        if !intake.deliveries.is_empty() {
            let deliveries = std::mem::take(&mut intake.deliveries);
            self.outbox.came_back(&deliveries, self.clock.now());
            intake.orders.push(Order::by_clock(Command::Deliveries(deliveries)));
            intake.replies.push(None);
        }
    }

    fn send_notices(&mut self) {
        // After a failed commit the world knows of notices that the journal may not have.
        if self.core.is_stopped() {
            return;
        }
        let (now, core) = (self.clock.now(), &self.core);
        self.outbox.send_due(core.world(), now, core.store(), &self.runtime, &self.own);
    }

    fn rounds(&mut self, rounds: &mut Rounds) {
        if rounds.positions.elapsed() >= POSITIONS_EVERY {
            rounds.positions = Instant::now();
            let done = self.core.run(&[Order::by_clock(Command::KeepPositions)], self.clock.now());
            self.after(done, Vec::new());
        }
        if rounds.clock.elapsed() >= CLOCK_EVERY {
            rounds.clock = Instant::now();
            if let Some(by_ms) = self.clock.step() {
                tracing::warn!(by_ms, "the machine's clock stepped");
                let order = Order::by_clock(Command::StepClock { by_ms });
                let done = self.core.run(&[order], self.clock.now());
                self.after(done, Vec::new());
            }
        }
    }

    /// Answers everybody, tells the readers, and sends out what became owed.
    fn after(&mut self, done: Result<Done, JournalError>, replies: Vec<Reply>) {
        for record in self.note(done, replies) {
            self.executor.send_asked(
                &record,
                self.core.world(),
                self.core.store(),
                self.clock.now(),
                &self.runtime,
                &self.own,
            );
        }
    }

    /// Answers everybody and tells the readers; returns what was written.
    fn note(&mut self, done: Result<Done, JournalError>, replies: Vec<Reply>) -> Vec<Arc<Record>> {
        match done {
            Ok(done) => {
                self.answer(replies, done.answers);
                self.head.send_replace(self.core.head().seq);
                for record in &done.records {
                    tell(record, self.core.world());
                }
                return done.records;
            }
            Err(JournalError::Stopped) => {
                for reply in replies.into_iter().flatten() {
                    drop(reply.send(Err(HandleError::Stopped)));
                }
            }
            Err(error) => {
                tracing::error!(%error, "the storage failed");
                let error = Arc::new(error);
                for reply in replies.into_iter().flatten() {
                    drop(reply.send(Err(HandleError::Unknown(Arc::clone(&error)))));
                }
            }
        }
        Vec::new()
    }

    /// Answers everybody of a batch. Several are woken by a task of the runtime that they wait on: that is one word to
    /// its threads and not one for each, and the next batch begins at once.
    fn answer(&self, replies: Vec<Reply>, answers: Vec<Answer>) {
        let told = replies.into_iter().zip(answers);
        let told = told.filter_map(|(reply, answer)| Some((reply?, answer)));
        // Whoever does not wait any more finds the outcome in the journal.
        let tell = |(reply, answer): (oneshot::Sender<_>, Answer)| {
            drop(reply.send(answer.map_err(HandleError::Refused)));
        };
        let told: Vec<_> = told.collect();
        if told.len() > 1 {
            self.runtime.spawn(async move { told.into_iter().for_each(tell) });
        } else {
            told.into_iter().for_each(tell);
        }
    }

    /// Opens the store again, with growing waits; whoever asks meanwhile is told at once.
    fn reopen(&mut self) {
        let mut wait = Duration::from_millis(100);
        loop {
            match self.core.reopen() {
                Ok(head) => {
                    tracing::info!(seq = head.seq.0, "the storage is back");
                    self.head.send_replace(head.seq);
                    self.send_all_out();
                    return;
                }
                Err(error) => tracing::error!(%error, "the storage is still failing"),
            }
            let end = Instant::now() + wait;
            loop {
                let left = end.saturating_duration_since(Instant::now());
                match self.inbox.recv_timeout(left) {
                    Ok(Message::Order(_, Some(reply))) => {
                        drop(reply.send(Err(HandleError::Stopped)));
                    }
                    Ok(Message::DryRun(_, reply)) => drop(reply.send(Err(HandleError::Stopped))),
                    Ok(Message::Close(reply)) => {
                        drop(reply.send(Err(JournalError::Stopped)));
                        return;
                    }
                    Ok(_) => {}
                    Err(mpsc::RecvTimeoutError::Timeout) => break,
                    Err(mpsc::RecvTimeoutError::Disconnected) => return,
                }
            }
            wait = (wait * 2).min(REOPEN_WAIT_MAX);
        }
    }

    /// At the start and after a reopen: everything that is out is sent (again), under the same keys.
    fn send_all_out(&mut self) {
        let now = self.clock.now();
        self.executor.send_owed(
            self.core.world(),
            self.core.store(),
            now,
            &self.runtime,
            &self.own,
        );
    }
}

/// Says aloud what whoever runs the host should know without asking.
fn tell(record: &Record, world: &World) {
    let name = |id: &ParticipantId| {
        let found = world.participants().find(|p| p.id == *id);
        found.map_or_else(|| id.to_string(), |p| p.name.clone())
    };
    for event in &record.events {
        match event {
            Event::BreakerMoved { participant, transition, .. } => {
                let (participant, to) = (name(participant), transition.to.kind());
                let (from, why) = (transition.from, transition.why);
                if to == StateKind::Open {
                    tracing::warn!(seq = record.seq.0, %participant, %why, "a breaker has opened");
                } else {
                    tracing::info!(seq = record.seq.0, %participant, %from, %to, %why, "a breaker has moved");
                }
            }
            Event::AttentionRaised { attention, concern, .. } => {
                tracing::warn!(seq = record.seq.0, %attention, ?concern, "a human must look");
            }
            Event::NoticeFailed { notice, attempt, retry_at, said, .. } => {
                let (call, dead) = (notice.call, retry_at.is_none());
                let (by, said) = (notice.transport.name(), said.as_ref().map(Said::to_string));
                tracing::warn!(seq = record.seq.0, %call, by, attempt, said, dead, "a notice was not taken");
            }
            _ => {}
        }
    }
}

/// Keeps the positions, takes a snapshot when it is worth it, and closes the file.
fn leave(mut core: Core<RedbJournal>, now: Time) -> Result<(), JournalError> {
    core.run(&[Order::by_clock(Command::KeepPositions)], now)?;
    if core.wants_maintenance_leaving() {
        core.maintain(now)?;
    }
    core.into_journal().close()
}
