//! The desk in this process: the engine with its lock, and what it answers.
//!
//! Invariant: it holds the store's lock from `open` to `close`. Once it is leaving, nobody waits here for news any more.

use super::past::Past;
use super::tally::Tally;
use super::{CallRow, DeskError, Remaining, SETTLE, Setup, live};
use ascall_engine::domain::command::{Order, Receipt};
use ascall_engine::domain::event::{Event, Record};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{CallId, Seq, Time, WorkerId};
use ascall_engine::domain::world::{Settings, World};
use ascall_engine::engine::{Config, Engine};
use ascall_engine::views::Store;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// The longest that somebody waits for news without hearing that there are none.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(10);

/// A desk in this process. Cheap to clone; one of the clones closes it.
#[derive(Clone)]
pub(crate) struct Local {
    engine: Engine,
    setup: Arc<Setup>,
    verb: Arc<str>,
    manner: Manner,
    tally: Arc<Tally>,
    leaving: Arc<watch::Sender<bool>>,
    asked_to_give_way: Arc<watch::Sender<bool>>,
    past: Arc<Past>,
}

/// How a desk is held open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// For one thing, by one who does not listen.
    OneShot,
    /// For as long as a verb lasts that needs it anyway.
    InPassing,
    /// For others.
    Host,
}

impl Local {
    /// Takes the lock, opens or creates the store, and does what is due. Somebody who stays has the whole store checked in
    /// the background after a crash.
    ///
    /// # Errors
    /// Somebody else has the store, at once; or as opening.
    pub(super) fn open(setup: &Arc<Setup>, verb: &str, manner: Manner) -> Result<Self, DeskError> {
        let engine = Engine::open(&Config {
            store: setup.store.clone(),
            holder: verb.to_owned(),
            profiles: setup.profiles.clone(),
            participants: setup.participants.clone(),
            couriers: setup.couriers.clone(),
            clock_face: setup.clock_face,
            settings: Settings::default(),
            check_after_crash: manner != Manner::OneShot,
        })?;
        let unset = || Arc::new(watch::Sender::new(false));
        Ok(Self {
            engine,
            setup: Arc::clone(setup),
            verb: verb.into(),
            manner,
            tally: Arc::default(),
            leaving: unset(),
            asked_to_give_way: unset(),
            past: Arc::default(),
        })
    }

    /// How it was opened.
    pub(crate) fn setup(&self) -> &Setup {
        &self.setup
    }

    /// By which verb.
    pub(crate) fn verb(&self) -> &str {
        &self.verb
    }

    /// The rows as of the last commit.
    pub(super) fn store(&self) -> &Store {
        self.engine.store()
    }

    /// Carries out one order; answered after the commit.
    pub(super) async fn handle(&self, order: Order) -> Result<Receipt, DeskError> {
        let (key, command, begun) = (order.key.clone(), order.command.name(), Instant::now());
        let answer = self.engine.handle(order).await;
        let answer = answer.map_err(|e| DeskError::from_handle(&self.setup.store, e, key));
        self.tally.count(command, &answer, begun.elapsed());
        answer
    }

    /// The other moments that were looked at last.
    pub(super) fn past(&self) -> Arc<Past> {
        Arc::clone(&self.past)
    }

    /// What became of the commands so far.
    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Carries out orders in their order, except those that are refused already; they share commits.
    pub(super) async fn handle_all(
        &self,
        orders: impl IntoIterator<Item = Result<Order, DeskError>>,
    ) -> Vec<Result<Receipt, DeskError>> {
        let mut begun = Vec::new();
        for order in orders {
            let mut one: Pin<Box<_>> = Box::pin(async { self.handle(order?).await });
            // The first step puts it into the desk's queue, before the next one.
            let first = poll_fn(|task| Poll::Ready(one.as_mut().poll(task))).await;
            begun.push((first, one));
        }
        let mut answers = Vec::with_capacity(begun.len());
        for (first, one) in begun {
            answers.push(match first {
                Poll::Ready(answer) => answer,
                Poll::Pending => one.await,
            });
        }
        answers
    }

    /// What an order would do; nothing does.
    pub(super) async fn dry_run(&self, order: Order) -> Result<Vec<Event>, DeskError> {
        let answer = self.engine.dry_run(order).await;
        answer.map_err(|e| DeskError::from_handle(&self.setup.store, e, None))
    }

    /// Waits until the call has its first answers, [`SETTLE`] at most.
    pub(super) async fn settle(&self, call: CallId) -> Result<(), DeskError> {
        let settled = self.engine.settle(call, SETTLE).await;
        settled.map_err(|e| DeskError::from_journal(&self.setup.store, e))?;
        Ok(())
    }

    /// The newest call of a line under a client's own number, live or ended.
    pub(super) async fn call_named(
        &self,
        line: &str,
        number: &str,
    ) -> Result<Option<CallRow>, DeskError> {
        let found = self.engine.call_named(line, number).await;
        found.map_err(|e| DeskError::from_handle(&self.setup.store, e, None))
    }

    /// Says where a worker is.
    pub(super) fn position(&self, worker: WorkerId, at: Point) {
        self.engine.position(worker, at);
    }

    /// Asks the live state.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&World, Time) -> T + Send + 'static,
    ) -> Result<T, DeskError> {
        let answer = self.engine.ask(question).await;
        answer.map_err(|e| DeskError::from_handle(&self.setup.store, e, None))
    }

    /// Reads rows, beside everything else that runs here.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        reading: impl FnOnce(&Store) -> Result<T, DeskError> + Send + 'static,
    ) -> Result<T, DeskError> {
        let store = self.store().clone();
        let read = tokio::task::spawn_blocking(move || reading(&store)).await;
        // A runtime that ends under a reading ends the desk with it.
        read.map_err(|_| DeskError::Closing)?
    }

    /// Workers with their personal rows.
    pub(super) async fn with_persons(
        &self,
        mut workers: Vec<live::Worker>,
    ) -> Result<Vec<live::Worker>, DeskError> {
        let at = self.setup.store.clone();
        self.read(move |store| {
            for worker in &mut workers {
                let person = store.person(worker.subject);
                let person = person.map_err(|e| DeskError::from_journal(&at, e))?;
                worker.person = person.unwrap_or_default();
            }
            Ok(workers)
        })
        .await
    }

    /// The records after a cursor, as soon as there is one; none after a [`HEARTBEAT`] without.
    pub(super) async fn follow(&self, after: Seq) -> Result<Vec<Record>, DeskError> {
        let mut records = self.engine.subscribe(after);
        match self.wait(tokio::time::timeout(HEARTBEAT, records.next())).await? {
            Ok(Ok(Some(records))) => Ok(records),
            Ok(Ok(None)) => Err(DeskError::Closing),
            Ok(Err(error)) => Err(DeskError::from_journal(&self.setup.store, error)),
            Err(_) => Ok(Vec::new()),
        }
    }

    /// Waits until a record after `seen` speaks of a call, at most `within` and a [`HEARTBEAT`].
    pub(super) async fn moved(
        &self,
        call: CallId,
        seen: Seq,
        within: Duration,
    ) -> Result<(), DeskError> {
        let moved = self.engine.wait_for(call, within.min(HEARTBEAT), |row| row.seq() > seen);
        let moved = self.wait(moved).await?;
        moved.map_err(|e| DeskError::from_journal(&self.setup.store, e))?;
        Ok(())
    }

    /// Notes that somebody wants to be the host in our place; whether that will be.
    pub(super) fn give_way(&self) -> bool {
        self.asked_to_give_way.send_replace(true);
        self.manner == Manner::InPassing
    }

    /// Waits until somebody wants to be the host in the place of one who is it only in passing.
    pub(crate) async fn asked_to_give_way(&self) {
        if self.manner != Manner::InPassing {
            return std::future::pending().await;
        }
        drop(self.asked_to_give_way.subscribe().wait_for(|asked| *asked).await);
    }

    async fn wait<T>(&self, news: impl Future<Output = T>) -> Result<T, DeskError> {
        let mut leaving = self.leaving.subscribe();
        tokio::select! {
            news = news => Ok(news),
            _ = leaving.wait_for(|leaving| *leaving) => Err(DeskError::Closing),
        }
    }

    /// Sends everybody away who waits here for news.
    pub(crate) fn leave(&self) {
        self.leaving.send_replace(true);
    }

    /// Finishes what is under way and lets go of the store; says what is left to do.
    pub(super) async fn close(self) -> Result<Remaining, DeskError> {
        self.leave();
        let store = self.setup.store.clone();
        let left = self.engine.close().await.map_err(|e| DeskError::from_journal(&store, e))?;
        Ok(Remaining { calls: left.calls_waiting, notices: left.notices, next_due: left.next_due })
    }
}
