//! The engine: a desk that runs. One writer thread decides and commits; outside work runs beside it.
//!
//! Invariant: nothing leaves for outside and nobody is answered before the commit; the lock of the store is held from
//! before the first read to after the last write. Knows no screen and no HTTP server.

mod clock;
mod executor;
mod halt;
mod outbox;
mod writer;

use crate::core::{Core, Founding};
use crate::couriers::{BadCourier, CourierSettings, Couriers};
use crate::domain::breaker::BreakerSettings;
use crate::domain::call::Call;
use crate::domain::command::{Command, Order, Receipt};
use crate::domain::event::{Event, ParticipantKind, Record};
use crate::domain::geo::Point;
use crate::domain::ids::{CallId, Seq, Time, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::Profile;
use crate::domain::refusal::Refusal;
use crate::domain::world::{Settings, World};
use crate::journal::lock::{Holder, LockError, StoreLock};
use crate::journal::redb::{BackendSource, Options, RedbJournal};
use crate::journal::{Head, JournalError};
use crate::views::letter::Face;
use crate::views::{CallRow, Store};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, oneshot, watch};

pub use executor::BadParticipant;

/// At most this many orders wait for the writer; more callers wait for their turn.
const WAITING_MAX: usize = 4_096;

/// Who answers for a participant, from the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParticipantConfig {
    /// Its name: that of the steps it answers.
    pub name: String,
    /// Who answers.
    pub kind: ParticipantKind,
    /// How it is protected.
    pub breaker: BreakerSettings,
    /// At most this many requests at once.
    pub bulkhead: u32,
}

/// How a desk is opened.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file.
    pub store: PathBuf,
    /// What this process does, for those who find the store taken.
    pub holder: String,
    /// The service lines.
    pub profiles: Vec<Profile>,
    /// Who answers, where it is not the desk itself.
    pub participants: Vec<ParticipantConfig>,
    /// Who carries notices outside.
    pub couriers: CourierSettings,
    /// How times are written in notices.
    pub clock_face: Face,
    /// What is not part of a profile.
    pub settings: Settings,
    /// After an unclean end of the process before: whether the whole store is verified in the background. For hosts.
    pub check_after_crash: bool,
}

impl Config {
    /// A desk at `store` with everything else as it comes.
    #[must_use]
    pub fn at(store: impl Into<PathBuf>, holder: &str) -> Self {
        Self {
            store: store.into(),
            holder: holder.to_owned(),
            profiles: Vec::new(),
            participants: Vec::new(),
            couriers: CourierSettings::default(),
            clock_face: |at| at.0.to_string(),
            settings: Settings::default(),
            check_after_crash: false,
        }
    }
}

/// Why a desk could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("the store {} is in use{}", store.display(), holder.as_ref().map(|h| format!(" by {h}")).unwrap_or_default())]
    Busy {
        /// The file.
        store: PathBuf,
        /// Who, as far as known.
        holder: Option<Holder>,
    },
    /// The file or its folder could not be used.
    #[error("the store {} could not be opened", store.display())]
    Journal {
        /// The file.
        store: PathBuf,
        /// Why.
        #[source]
        source: JournalError,
    },
    /// A rule refused the configuration.
    #[error("the configuration is refused")]
    Refused(#[source] Refusal),
    /// A participant's address or program makes no sense.
    #[error(transparent)]
    Participant(#[from] BadParticipant),
    /// A courier's address or secret makes no sense.
    #[error(transparent)]
    Courier(#[from] BadCourier),
}

/// Why an order got no receipt.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    /// A rule said no; nothing has changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The storage failed before; nothing was done.
    #[error("the storage has failed and the desk takes nothing until it is back")]
    Stopped,
    /// The storage failed while it was written: it may have been done or not.
    #[error("the storage failed in the middle: whether it was done is not known")]
    Unknown(#[source] Arc<JournalError>),
    /// The desk is closing.
    #[error("the desk is closing")]
    Closing,
}

/// A handle on a running desk; cheap to clone.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

struct Shared {
    orders: mpsc::Sender<Message>,
    places: Arc<Semaphore>,
    store: Store,
    head: watch::Receiver<Seq>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        // Whoever forgot to close it does not keep the lock. A desk that was closed hears nothing any more.
        let (nobody, _) = oneshot::channel();
        drop(self.orders.send(Message::Close(nobody)));
    }
}

/// What the writer is told.
enum Message {
    Order(Box<Order>, Reply),
    DryRun(Box<Order>, oneshot::Sender<Result<Vec<Event>, HandleError>>),
    Ask(Question),
    Named(String, String, oneshot::Sender<Result<Option<CallRow>, HandleError>>),
    Position(WorkerId, Point),
    Deliveries(Vec<crate::domain::command::Delivery>),
    Close(oneshot::Sender<Result<WorkLeft, JournalError>>),
}

/// A question to the live state.
type Question = Box<dyn FnOnce(&World, Time) + Send>;

/// Who waits for the answer; nobody, for what comes from outside.
type Reply = Option<oneshot::Sender<Result<Receipt, HandleError>>>;

/// What remains to be done when nobody holds the desk open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WorkLeft {
    /// Live calls that wait for something the desk does by itself.
    pub calls_waiting: usize,
    /// Notices that are still to be delivered.
    pub notices: usize,
    /// When something is due next.
    pub next_due: Option<Time>,
}

impl WorkLeft {
    /// What remains to be done in a state.
    #[must_use]
    pub fn of(world: &World) -> Self {
        let waits = |call: &&Call| match call.phase {
            Phase::Gating | Phase::Parked => true,
            // What only a human can move on does not wait for the desk.
            Phase::Unwinding | Phase::Closing => {
                !call.attention.keys().any(|concern| concern.stands_with_its_cause())
            }
            _ => call.offer.is_some(),
        };
        Self {
            calls_waiting: world.calls().filter(waits).count(),
            notices: world.notices().count(),
            next_due: world.next_due().into_iter().chain(world.next_notice_due()).min(),
        }
    }
}

/// Whether a call is before its first gates have answered, or on its way to its end.
fn is_on_its_way(row: &CallRow) -> bool {
    matches!(row.phase, Phase::Received | Phase::Gating | Phase::Unwinding)
}

/// Where a call stands after it was waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Its row; none: it does not exist.
    pub row: Option<CallRow>,
    /// It was still on its way when the time was over.
    pub in_time: bool,
}

impl Engine {
    /// Opens the desk: takes the lock, creates or recovers the store, adopts what the configuration says and does what
    /// is due. To be called inside a runtime, on which outside work will run.
    ///
    /// # Errors
    /// The store is taken, damaged or of a newer format, or the configuration makes no sense.
    pub fn open(config: &Config) -> Result<Self, OpenError> {
        let lock = lock(&config.store, &config.holder)?;
        let path = config.store.clone();
        let at = |source| OpenError::Journal { store: path.clone(), source };
        let journal = RedbJournal::open(&config.store, Options::default()).map_err(at)?;
        Self::start(journal, Some(lock), config)
    }

    /// Opens a desk in other storage, for tests of failing disks.
    ///
    /// # Errors
    /// As [`Engine::open`].
    pub fn over(source: BackendSource, config: &Config) -> Result<Self, OpenError> {
        let path = config.store.clone();
        let at = |source| OpenError::Journal { store: path.clone(), source };
        let journal = RedbJournal::open_with_backend(source, Options::default()).map_err(at)?;
        Self::start(journal, None, config)
    }

    fn start(
        journal: RedbJournal,
        lock: Option<StoreLock>,
        config: &Config,
    ) -> Result<Self, OpenError> {
        let path = config.store.clone();
        let at = |source| OpenError::Journal { store: path.clone(), source };
        let executor = executor::Executor::new(&config.participants)?;
        let couriers = Couriers::new(config.couriers.clone())?;
        let opened = Core::open(journal, config.settings, &founding(), clock::wall());
        let mut core = opened.map_err(at)?;
        let clock = clock::Clock::start(core.world().at());
        configure(&mut core, config, clock.now()).map_err(|refused| match refused {
            Configured::Refused(refusal) => OpenError::Refused(refusal),
            Configured::Failed(source) => at(source),
        })?;
        core.tick(clock.now()).map_err(at)?;
        if config.check_after_crash
            && let Some(lock) = lock.as_ref().filter(|lock| lock.died().is_some())
        {
            check_in_background(core.store().clone(), lock.whole());
        }
        let (orders, inbox) = mpsc::channel();
        let (head_out, head) = watch::channel(core.head().seq);
        let store = core.store().clone();
        let outbox = outbox::Outbox::new(couriers, config.clock_face);
        let writer = writer::Writer {
            core,
            clock,
            lock,
            inbox,
            own: orders.clone(),
            head: head_out,
            executor,
            outbox,
            runtime: tokio::runtime::Handle::current(),
            stuck: false,
        };
        let spawned = std::thread::Builder::new()
            .name("ascall-writer".to_owned())
            .spawn(move || writer.run());
        spawned.map_err(|error| at(JournalError::Storage(error)))?;
        let places = Arc::new(Semaphore::new(WAITING_MAX));
        Ok(Self { shared: Arc::new(Shared { orders, places, store, head }) })
    }

    /// Carries out an order. The receipt comes after the commit.
    ///
    /// # Errors
    /// A rule said no, or the storage failed.
    pub async fn handle(&self, order: Order) -> Result<Receipt, HandleError> {
        let _place = self.shared.places.acquire().await.map_err(|_| HandleError::Closing)?;
        let (reply, answer) = oneshot::channel();
        self.send(Message::Order(Box::new(order), Some(reply)))?;
        answer.await.map_err(|_| HandleError::Closing)?
    }

    /// What an order would do, without doing it.
    ///
    /// # Errors
    /// As [`Engine::handle`].
    pub async fn dry_run(&self, order: Order) -> Result<Vec<Event>, HandleError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::DryRun(Box::new(order), reply))?;
        answer.await.map_err(|_| HandleError::Closing)?
    }

    /// Asks the live state, between two batches. The question should be short: everybody waits for it.
    ///
    /// # Errors
    /// The desk is closing.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&World, Time) -> T + Send + 'static,
    ) -> Result<T, HandleError> {
        let (reply, answer) = oneshot::channel();
        let ask = move |world: &World, now: Time| drop(reply.send(question(world, now)));
        self.send(Message::Ask(Box::new(ask)))?;
        answer.await.map_err(|_| HandleError::Closing)
    }

    /// The newest call of a line under a client's own number, live or ended.
    ///
    /// # Errors
    /// The desk is closing, or its storage has failed.
    pub async fn call_named(
        &self,
        line: &str,
        number: &str,
    ) -> Result<Option<CallRow>, HandleError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Named(line.to_owned(), number.to_owned(), reply))?;
        answer.await.map_err(|_| HandleError::Closing)?
    }

    /// Tells where a worker is. Not durable at once: the last places are kept every half minute and at closing.
    pub fn position(&self, worker: WorkerId, at: Point) {
        // A desk that is closing has no use for it.
        drop(self.send(Message::Position(worker, at)));
    }

    /// The reading side.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// Records as they become durable, after a cursor, without a gap.
    #[must_use]
    pub fn subscribe(&self, after: Seq) -> Subscription {
        Subscription { store: self.shared.store.clone(), head: self.shared.head.clone(), after }
    }

    /// Waits until a call is past its first gates, or its end if it is being unwound, at most `within`; no longer than
    /// somebody is being asked about it.
    ///
    /// # Errors
    /// The storage cannot be read.
    pub async fn settle(&self, call: CallId, within: Duration) -> Result<Settled, JournalError> {
        let end = Instant::now() + within;
        let mut head = self.shared.head.clone();
        loop {
            head.mark_unchanged();
            let row = self.shared.store.call(call)?;
            // Most are where they are to be: the writer is not asked about them.
            if !row.as_ref().is_some_and(is_on_its_way) {
                return Ok(Settled { row, in_time: true });
            }
            let asked = self.ask(move |world, _| {
                world.call(call).is_some_and(|call| call.steps.iter().any(|s| s.out.is_some()))
            });
            if !asked.await.unwrap_or(false) {
                let row = self.shared.store.call(call)?;
                let in_time = !row.as_ref().is_some_and(is_on_its_way);
                return Ok(Settled { row, in_time });
            }
            let left = end.saturating_duration_since(Instant::now());
            if !matches!(tokio::time::timeout(left, head.changed()).await, Ok(Ok(()))) {
                return Ok(Settled { row: self.shared.store.call(call)?, in_time: false });
            }
        }
    }

    /// Waits until `is_there` says so of a call's row, at most `within`.
    ///
    /// # Errors
    /// The storage cannot be read.
    pub async fn wait_for(
        &self,
        call: CallId,
        within: Duration,
        is_there: impl Fn(&CallRow) -> bool,
    ) -> Result<Settled, JournalError> {
        let end = Instant::now() + within;
        let mut head = self.shared.head.clone();
        loop {
            head.mark_unchanged();
            let row = self.shared.store.call(call)?;
            let Some(seen) = &row else { return Ok(Settled { row, in_time: true }) };
            if is_there(seen) {
                return Ok(Settled { row, in_time: true });
            }
            let left = end.saturating_duration_since(Instant::now());
            let news = tokio::time::timeout(left, head.changed()).await;
            if !matches!(news, Ok(Ok(()))) {
                return Ok(Settled { row: self.shared.store.call(call)?, in_time: false });
            }
        }
    }

    /// What remains to be done when this host leaves.
    ///
    /// # Errors
    /// The desk is closing.
    pub async fn work_left(&self) -> Result<WorkLeft, HandleError> {
        self.ask(|world, _| WorkLeft::of(world)).await
    }

    /// Closes the desk: what is out is waited for a little, positions are kept, a snapshot is taken when it is worth it.
    /// Says what remains to be done.
    ///
    /// # Errors
    /// The storage failed at the end; everything acknowledged is safe.
    pub async fn close(self) -> Result<WorkLeft, JournalError> {
        let (reply, answer) = oneshot::channel();
        if self.send(Message::Close(reply)).is_err() {
            return Ok(WorkLeft::default());
        }
        answer.await.unwrap_or(Ok(WorkLeft::default()))
    }

    fn send(&self, message: Message) -> Result<(), HandleError> {
        self.shared.orders.send(message).map_err(|_| HandleError::Closing)
    }
}

/// Records after a cursor.
pub struct Subscription {
    store: Store,
    head: watch::Receiver<Seq>,
    after: Seq,
}

impl Subscription {
    /// The next records, at least one, at most 256; none: the desk has closed.
    ///
    /// # Errors
    /// The storage cannot be read.
    pub async fn next(&mut self) -> Result<Option<Vec<Record>>, JournalError> {
        loop {
            if self.store.head().is_ok_and(|head| head.seq > self.after) {
                let records = self.store.records(self.after.next(), 256)?;
                if let Some(last) = records.last() {
                    self.after = last.seq;
                    return Ok(Some(records));
                }
            }
            if self.head.changed().await.is_err() {
                return Ok(None);
            }
        }
    }

    /// The last record that was given.
    #[must_use]
    pub fn cursor(&self) -> Seq {
        self.after
    }
}

/// The end of a store's journal without opening the desk.
///
/// # Errors
/// The store is taken, damaged, or not there.
pub fn head_of(store: &Path) -> Result<Head, JournalError> {
    use crate::journal::Journal as _;
    Ok(RedbJournal::open(store, Options::default())?.head())
}

/// Takes the lock of a store without waiting for it; a folder that is not there yet is made. `verb` is what others are
/// told who find the store taken.
///
/// # Errors
/// Somebody else has it, or the lock file cannot be used.
pub fn lock(store: &Path, verb: &str) -> Result<StoreLock, OpenError> {
    let failed = |source| OpenError::Journal { store: store.to_owned(), source };
    if let Some(folder) = store.parent().filter(|f| !f.as_os_str().is_empty()) {
        private_folder(folder).map_err(|e| failed(JournalError::Storage(e)))?;
    }
    let since_ms = clock::wall().0;
    let holder = Holder { pid: std::process::id(), verb: verb.to_owned(), since_ms };
    StoreLock::try_acquire(store, &holder).map_err(|error| match error {
        LockError::Busy { holder } => OpenError::Busy { store: store.to_owned(), holder },
        LockError::Io(error) => failed(JournalError::Storage(error)),
    })
}

/// Makes the folder of a store, for its owner only; one that is there stays as it is.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Verifies the whole store beside everything else, and says aloud what it finds.
fn check_in_background(store: Store, whole: Arc<AtomicBool>) {
    let check = move || match store.reader().view().and_then(|view| view.check()) {
        Ok(found) => {
            whole.store(true, Ordering::Release);
            tracing::info!(records = found.records, "the store is whole after the crash");
        }
        Err(error) => tracing::error!(%error, "the store is damaged; run `ascall verify`"),
    };
    // Without a thread to spare the check waits for `ascall verify`.
    if let Err(error) = std::thread::Builder::new().name("ascall-check".to_owned()).spawn(check) {
        tracing::warn!(%error, "the store is not checked after the crash");
    }
}

/// The machine's randomness, as the hasher keys of the standard library carry it.
fn founding() -> Founding {
    use std::hash::{BuildHasher, RandomState};
    let draw = |n: u64| RandomState::new().hash_one(n);
    let mut secret = [0; 32];
    for (n, eight) in (1..).zip(secret.chunks_mut(8)) {
        eight.copy_from_slice(&draw(n).to_le_bytes());
    }
    Founding { seed: draw(0), secret }
}

enum Configured {
    Refused(Refusal),
    Failed(JournalError),
}

/// Makes the desk what the configuration says; what is so already leaves no record.
fn configure(core: &mut Core<RedbJournal>, config: &Config, now: Time) -> Result<(), Configured> {
    let profiles = config.profiles.iter().cloned().map(|p| Command::AdoptProfile(Box::new(p)));
    let mut orders: Vec<Order> = profiles.map(Order::by_clock).collect();
    // Last, so that what is said of a participant here outranks what the profiles say.
    orders.extend(config.participants.iter().map(|p| {
        Order::by_clock(Command::SetParticipant {
            name: p.name.clone(),
            kind: p.kind.clone(),
            breaker: p.breaker.clone(),
            bulkhead: p.bulkhead,
        })
    }));
    let done = core.run(&orders, now).map_err(Configured::Failed)?;
    for answer in done.answers {
        answer.map_err(Configured::Refused)?;
    }
    Ok(())
}
