//! The desk: the one handle through which the command line reaches the engine.
//!
//! Invariant: a [`Desk`] holds the store's lock from `open` to `close`; a [`Book`] reads rows and decides nothing.
//! Nothing in here prints or knows a word of a human language.

pub(crate) mod book;
pub(crate) mod check;
pub(crate) mod error;
pub(crate) mod letters;
pub(crate) mod live;
pub(crate) mod profiles;
pub(crate) mod stock;
pub(crate) mod usage;

pub(crate) use ascall_engine::engine::ParticipantConfig;
pub(crate) use ascall_engine::views::{CallFilter, CallRow};
pub(crate) use book::Book;
pub(crate) use error::DeskError;

use ascall_engine::domain::command::{Command, Order, Receipt};
use ascall_engine::domain::event::{Account, Actor, Event, Verdict};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{CallId, OfferId, SubjectId, Time, WorkerId};
use ascall_engine::domain::profile::Profile;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::domain::world::{Settings, World};
use ascall_engine::engine::{Config, Engine};
use ascall_engine::views::letter::Face;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How long a one-shot waits for its own call to be answered before it leaves.
pub(crate) const SETTLE: Duration = Duration::from_secs(2);

/// Everything needed to open a desk.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    /// The store's file.
    pub store: PathBuf,
    /// How long to wait for a store that somebody else has.
    pub lock_timeout: Duration,
    /// The profiles, built in or from files; one per name.
    pub profiles: Vec<Profile>,
    /// Who answers for which step, as far as configured.
    pub participants: Vec<ParticipantConfig>,
    /// The program that notices are handed to.
    pub notice_command: Option<Vec<String>>,
    /// How times are written in notices.
    pub clock_face: Face,
    /// Under whose name commands are journalled.
    pub operator: String,
    /// Whether a phone number of no known form is refused.
    pub tel_strict: bool,
}

impl Setup {
    /// The newest profile called `name`.
    pub(crate) fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// Refuses a name that no profile has.
    pub(crate) fn must_know(&self, name: &str) -> Result<(), Refusal> {
        if self.profile(name).is_some() {
            return Ok(());
        }
        let mut known: Vec<&str> = self.profiles.iter().map(|p| p.name.as_str()).collect();
        known.sort_unstable();
        Err(Refusal::NoSuchProfile { name: name.to_owned(), known: known.join(", ") })
    }

    fn config(&self, verb: &str) -> Config {
        Config {
            store: self.store.clone(),
            holder: verb.to_owned(),
            lock_timeout: self.lock_timeout,
            profiles: self.profiles.clone(),
            participants: self.participants.clone(),
            notice_command: self.notice_command.clone(),
            clock_face: self.clock_face,
            settings: Settings::default(),
            check_after_crash: false,
        }
    }
}

/// Under which key and why something is asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asking {
    /// The idempotency key.
    pub key: Option<String>,
    /// The asker's words.
    pub reason: Option<String>,
    /// Who asks, when it is not the operator.
    pub by: Option<Actor>,
}

/// What remains to be done when a one-shot leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Remaining {
    /// Calls that wait for an answer or their turn.
    pub calls: usize,
    /// Notices that are still to be delivered.
    pub notices: usize,
    /// When something is due next.
    pub next_due: Option<Time>,
}

/// An open desk. Cheap to clone; one of the clones closes it.
#[derive(Clone)]
pub(crate) struct Desk {
    engine: Engine,
    setup: Arc<Setup>,
}

impl Desk {
    /// Takes the lock, opens or creates the store, and does what is due.
    pub(crate) async fn open(setup: &Setup, verb: &str) -> Result<Self, DeskError> {
        let engine = Engine::open(setup.config(verb)).await?;
        Ok(Self { engine, setup: Arc::new(setup.clone()) })
    }

    /// As [`Desk::open`], for one who stays: after a crash the whole store is checked in the background.
    pub(crate) async fn host(setup: &Setup, verb: &str) -> Result<Self, DeskError> {
        let config = Config { check_after_crash: true, ..setup.config(verb) };
        let engine = Engine::open(config).await?;
        Ok(Self { engine, setup: Arc::new(setup.clone()) })
    }

    /// Asks for one thing; answered after the commit.
    pub(crate) async fn handle(
        &self,
        asking: Asking,
        command: Command,
    ) -> Result<Receipt, DeskError> {
        let key = asking.key.clone();
        let answer = self.engine.handle(self.order(asking, command)).await;
        answer.map_err(|e| DeskError::from_handle(&self.setup.store, e, key))
    }

    /// What would happen; nothing does.
    pub(crate) async fn dry_run(
        &self,
        asking: Asking,
        command: Command,
    ) -> Result<Vec<Event>, DeskError> {
        let answer = self.engine.dry_run(self.order(asking, command)).await;
        answer.map_err(|e| DeskError::from_handle(&self.setup.store, e, None))
    }

    fn order(&self, asking: Asking, command: Command) -> Order {
        Order {
            actor: asking.by.unwrap_or_else(|| Actor::Operator(self.setup.operator.clone())),
            key: asking.key,
            reason: asking.reason,
            causation: None,
            command,
        }
    }

    /// Waits until the call has its first answers, [`SETTLE`] at most.
    pub(crate) async fn settle(&self, call: CallId) -> Result<(), DeskError> {
        let settled = self.engine.settle(call, SETTLE).await;
        settled.map_err(|e| DeskError::from_journal(&self.setup.store, e))?;
        Ok(())
    }

    /// The rows as of the last commit.
    pub(crate) fn book(&self) -> Book {
        Book::of(self.engine.store().clone(), &self.setup.store)
    }

    /// Says where a worker is.
    pub(crate) fn position(&self, worker: WorkerId, at: Point) {
        self.engine.position(worker, at);
    }

    /// Finishes what is under way and lets go of the store; says what is left to do.
    pub(crate) async fn close(self) -> Result<Remaining, DeskError> {
        let store = self.setup.store.clone();
        let left = self.engine.close().await.map_err(|e| DeskError::from_journal(&store, e))?;
        Ok(Remaining { calls: left.calls_waiting, notices: left.notices, next_due: left.next_due })
    }

    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&World, Time) -> T + Send + 'static,
    ) -> Result<T, DeskError> {
        let answer = self.engine.ask(question).await;
        answer.map_err(|e| DeskError::from_handle(&self.setup.store, e, None))
    }

    /// Workers that `wanted` lets through, by number, at most `limit`, with their personal rows.
    pub(crate) async fn workers(
        &self,
        wanted: impl Fn(&live::Worker) -> bool + Send + 'static,
        limit: usize,
    ) -> Result<Vec<live::Worker>, DeskError> {
        let mut workers: Vec<live::Worker> = self
            .ask(move |world, _| {
                world.workers().map(live::Worker::of).filter(wanted).take(limit).collect()
            })
            .await?;
        let book = self.book();
        for worker in &mut workers {
            worker.person = book.person(worker.subject)?.unwrap_or_default();
        }
        Ok(workers)
    }

    /// One worker.
    pub(crate) async fn worker(&self, id: WorkerId) -> Result<Option<live::Worker>, DeskError> {
        let found = self.ask(move |world, _| world.worker(id).map(live::Worker::of)).await?;
        let Some(mut worker) = found else { return Ok(None) };
        worker.person = self.book().person(worker.subject)?.unwrap_or_default();
        Ok(Some(worker))
    }

    /// Who each worker is.
    pub(crate) async fn subjects(&self) -> Result<BTreeMap<WorkerId, SubjectId>, DeskError> {
        self.ask(|world, _| world.workers().map(|worker| (worker.id, worker.subject)).collect())
            .await
    }

    /// Where a worker was last seen: the freshest place the live state knows, and when.
    pub(crate) async fn place(&self, id: WorkerId) -> Result<Option<(Point, Time)>, DeskError> {
        self.ask(move |world, _| world.worker(id).and_then(|worker| world.last_seen(worker))).await
    }

    /// Open offers, by number: all, or those to one worker.
    pub(crate) async fn offers(&self, to: Option<WorkerId>) -> Result<Vec<live::Offer>, DeskError> {
        self.ask(move |world, _| live::offers(world, to)).await
    }

    /// Which of the calls the worker could claim now.
    pub(crate) async fn claimable(
        &self,
        worker: WorkerId,
        calls: Vec<CallId>,
    ) -> Result<Vec<CallId>, DeskError> {
        Ok(self.ask(move |world, now| live::claimable(world, now, worker, calls)).await??)
    }

    /// The call an open offer is about.
    pub(crate) async fn call_of_offer(&self, id: OfferId) -> Result<Option<CallId>, DeskError> {
        self.ask(move |world, _| world.offer(id).map(|call| call.id)).await
    }

    /// The balance of each account of the books.
    pub(crate) async fn books(&self) -> Result<BTreeMap<Account, i64>, DeskError> {
        self.ask(|world, _| world.books().clone()).await
    }

    /// Participants by name, and `assign`.
    pub(crate) async fn participants(&self) -> Result<Vec<live::Participant>, DeskError> {
        self.ask(|world, _| live::participants(world)).await
    }

    /// Breakers by participant.
    pub(crate) async fn breakers(&self) -> Result<Vec<live::Breaker>, DeskError> {
        self.ask(live::breakers).await
    }

    /// Open attention items, oldest first.
    pub(crate) async fn attention(&self) -> Result<Vec<live::Attention>, DeskError> {
        self.ask(|world, _| live::attention(world)).await
    }

    /// How many workers stand to a call in which way now; empty when the call is not live.
    pub(crate) async fn verdicts(&self, call: CallId) -> Result<BTreeMap<Verdict, u32>, DeskError> {
        self.ask(move |world, _| {
            let mut counts = BTreeMap::new();
            if let Some(call) = world.call(call) {
                for worker in world.workers() {
                    *counts.entry(world.verdict(call, worker)).or_default() += 1;
                }
            }
            counts
        })
        .await
    }

    /// What the engine would say of a worker for a call now; none: one of them is not live.
    pub(crate) async fn verdict(
        &self,
        call: CallId,
        worker: WorkerId,
    ) -> Result<Option<Verdict>, DeskError> {
        self.ask(move |world, _| Some(world.verdict(world.call(call)?, world.worker(worker)?)))
            .await
    }
}
