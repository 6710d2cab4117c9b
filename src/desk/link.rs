//! The link of a client to the desk's host: questions go out, answers come back, and a host that leaves is followed to
//! the next one.
//!
//! Invariant: every question ends, with an answer or an error, in bounded time. Orders leave in the order in which they
//! were given, each under a key, and are asked again under the same key when their host is gone: what was acknowledged
//! was done once. Of an order that may have been done and cannot be asked about again this is said.

use super::ask::{self, NoAnswer, Question};
use super::asker::Asker;
use super::door::{self, Found};
use super::line::{Failed, Line, Place};
use super::local::{Local, Manner};
use super::wire::{Asked, Fault, Reply, pack, unpack};
use super::{DeskError, Remaining, Setup};
use ascall_engine::domain::command::Receipt;
use ascall_engine::domain::ids::Time;
use bytes::Bytes;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc as blocking};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::{Mutex as Queue, mpsc, oneshot};

/// The most orders of one request; they share a commit.
const ORDERS_MAX: usize = 64;

/// The most lines that are kept for the next question.
const LINES_KEPT: usize = 8;

/// The rest between two hosts that both failed.
const BREATH: Duration = Duration::from_millis(20);

/// A link to the host of a desk. Cheap to clone; it ends with the last clone.
///
/// What it does is done on a thread of its own, so that whoever asks may wait with or without a runtime.
#[derive(Clone)]
pub(super) struct Link {
    jobs: mpsc::UnboundedSender<Job>,
    setup: Arc<Setup>,
    left: Arc<AtomicBool>,
}

/// What the thread is told.
enum Job {
    Ask { name: &'static str, patience: Duration, body: Bytes, reply: Told },
    Order(Box<Asked>, Teller),
    Close(oneshot::Sender<Result<Remaining, DeskError>>),
}

/// Who is told the receipt of an order, and whether a host was lost that may have carried it out before.
type Teller = oneshot::Sender<Result<(Receipt, bool), DeskError>>;

/// Who is told the answer, packed.
type Told = Box<dyn FnOnce(Result<Bytes, DeskError>) + Send>;

impl Link {
    /// A link to the host at `place`. When it leaves, the next one is asked, or the desk is opened here.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub(super) fn to(place: Place, setup: Arc<Setup>, verb: &str) -> Result<Self, DeskError> {
        Self::start(place, setup, Some(verb.to_owned()))
    }

    /// As [`Link::to`], for one who stays: when the host leaves, that is an error, and [`Link::has_left`] says so.
    pub(super) fn while_there(place: Place, setup: Arc<Setup>) -> Result<Self, DeskError> {
        Self::start(place, setup, None)
    }

    fn start(
        place: Place,
        setup: Arc<Setup>,
        takes_over: Option<String>,
    ) -> Result<Self, DeskError> {
        let (jobs, inbox) = mpsc::unbounded_channel();
        let left = Arc::new(AtomicBool::new(false));
        let socket = place.named();
        let failed = |source| DeskError::Socket { socket: socket.clone(), source };
        let guest = Guest {
            setup: Arc::clone(&setup),
            takes_over,
            left: Arc::clone(&left),
            at: Queue::new(At::Host(Arc::new(Host::at(place)))),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(failed)?;
        let thread = std::thread::Builder::new().name("ascall-link".to_owned());
        let attend = move || runtime.block_on(attend(Arc::new(guest), inbox));
        thread.spawn(attend).map_err(failed)?;
        Ok(Self { jobs, setup, left })
    }

    /// How the desk was to be opened.
    pub(super) fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Whether the host has left one who stays.
    pub(super) fn has_left(&self) -> bool {
        self.left.load(Ordering::Acquire)
    }

    /// Asks, and lets others work meanwhile.
    pub(super) async fn ask<Q: Question>(&self, question: &Q) -> Result<Q::Answer, DeskError> {
        let (tell, told) = oneshot::channel();
        self.send(question, Box::new(|answer| drop(tell.send(answer))))?;
        self.read::<Q>(told.await.map_err(|_| DeskError::Closing)?)
    }

    /// Asks, and holds up this thread until the answer is there.
    pub(super) fn ask_waiting<Q: Question>(&self, question: &Q) -> Result<Q::Answer, DeskError> {
        let (tell, told) = blocking::sync_channel(1);
        self.send(question, Box::new(move |answer| drop(tell.send(answer))))?;
        self.read::<Q>(told.recv().map_err(|_| DeskError::Closing)?)
    }

    fn send<Q: Question>(&self, question: &Q, reply: Told) -> Result<(), DeskError> {
        let body = pack(question).ok_or_else(|| self.not_understood())?.into();
        self.give(Job::Ask { name: Q::NAME, patience: Q::patience(), body, reply })
    }

    fn read<Q: Question>(&self, said: Result<Bytes, DeskError>) -> Result<Q::Answer, DeskError> {
        let reply: Reply<Q::Answer> = unpack(&said?).ok_or_else(|| self.not_understood())?;
        reply.map_err(|fault| fault.into_error(&self.setup.named(), None))
    }

    /// Has an order carried out, after those that were given before. It must have a key. Says too whether a host was lost
    /// that may have carried it out before, so that the receipt is the second one.
    pub(super) async fn order(&self, asked: Asked) -> Result<(Receipt, bool), DeskError> {
        let (tell, told) = oneshot::channel();
        self.give(Job::Order(Box::new(asked), tell))?;
        told.await.map_err(|_| DeskError::Closing)?
    }

    /// Lets go. What remains to be done is the host's care, unless the desk had to be opened here.
    pub(super) async fn close(self) -> Result<Remaining, DeskError> {
        let (tell, told) = oneshot::channel();
        self.give(Job::Close(tell))?;
        told.await.unwrap_or(Ok(Remaining::default()))
    }

    fn give(&self, job: Job) -> Result<(), DeskError> {
        self.jobs.send(job).map_err(|_| DeskError::Closing)
    }

    fn not_understood(&self) -> DeskError {
        not_understood(&self.setup)
    }
}

fn not_understood(setup: &Setup) -> DeskError {
    DeskError::NotUnderstood { socket: setup.named() }
}

/// The thread of a link.
async fn attend(guest: Arc<Guest>, mut jobs: mpsc::UnboundedReceiver<Job>) {
    let (orders, line) = mpsc::unbounded_channel();
    tokio::spawn(take_orders(Arc::clone(&guest), line));
    while let Some(job) = jobs.recv().await {
        match job {
            Job::Ask { name, patience, body, reply } => {
                let guest = Arc::clone(&guest);
                tokio::spawn(async move {
                    let answer = guest.ask(name, patience, body).await;
                    reply(answer.map(|(answer, _)| answer).map_err(|missed| missed.why));
                });
            }
            // The other end lives as long as this loop.
            Job::Order(asked, tell) => drop(orders.send((asked, tell))),
            Job::Close(tell) => {
                drop(tell.send(guest.leave().await));
                return;
            }
        }
    }
    // Everybody is gone who could have closed it. A desk that had to be opened here is left all the same.
    if let Err(error) = guest.leave().await {
        tracing::error!(%error, "the desk was not closed");
    }
}

/// An order, and who waits for its receipt.
type Waiting = (Box<Asked>, Teller);

/// Sends the orders that wait together, and the next ones when they are answered.
async fn take_orders(guest: Arc<Guest>, mut line: mpsc::UnboundedReceiver<Waiting>) {
    while let Some(first) = line.recv().await {
        let mut waiting = vec![first];
        while waiting.len() < ORDERS_MAX
            && let Ok(next) = line.try_recv()
        {
            waiting.push(next);
        }
        while !waiting.is_empty() {
            waiting = ask_orders(&guest, waiting).await;
        }
    }
}

/// Has orders carried out and tells those who wait; gives back those that a leaving host did not take.
async fn ask_orders(guest: &Guest, waiting: Vec<Waiting>) -> Vec<Waiting> {
    let (orders, tellers): (Vec<Asked>, Vec<_>) =
        waiting.into_iter().map(|(asked, tell)| (*asked, tell)).unzip();
    let question = ask::Orders { orders };
    let answer = match pack(&question) {
        Some(body) => guest.ask(ask::Orders::NAME, ask::Orders::patience(), body.into()).await,
        None => Err(Missed { why: not_understood(&guest.setup), sent: false }),
    };
    let replies = answer.and_then(|(bytes, was_lost)| {
        let reply: Option<Reply<Vec<Reply<Receipt>>>> = unpack(&bytes);
        let missed = |why| Missed { why, sent: true };
        let replies = reply
            .ok_or_else(|| missed(not_understood(&guest.setup)))?
            .map_err(|fault| missed(fault.into_error(&guest.setup.named(), None)))?;
        Ok((replies, was_lost))
    });
    let asked = question.orders.into_iter().zip(tellers);
    let mut again = Vec::new();
    match replies {
        Ok((replies, was_lost)) => {
            for ((asked, tell), reply) in asked.zip(replies) {
                match reply {
                    Err(Fault::Leaving) => again.push((Box::new(asked), tell)),
                    reply => {
                        let (store, key) = (&guest.setup.named(), asked.asking.key);
                        // Whoever does not wait any more finds the outcome in the journal.
                        let receipt = reply.map(|receipt| (receipt, was_lost));
                        drop(tell.send(receipt.map_err(|fault| fault.into_error(store, key))));
                    }
                }
            }
            if !again.is_empty() {
                guest.host_is_leaving().await;
            }
        }
        Err(Missed { why, sent }) => {
            let mut why = Some(why);
            for (asked, tell) in asked {
                let error = if sent {
                    DeskError::HostGone { key: asked.asking.key }
                } else {
                    // The first one says why; those behind it are not even tried.
                    why.take().unwrap_or(DeskError::Closing)
                };
                drop(tell.send(Err(error)));
            }
        }
    }
    again
}

/// Why there is no answer, and whether a host may have done what was asked.
struct Missed {
    why: DeskError,
    sent: bool,
}

/// The side of the link that knows where the desk is.
struct Guest {
    setup: Arc<Setup>,
    /// The verb under which the desk is opened here when nobody has it any more; none: it is not.
    takes_over: Option<String>,
    left: Arc<AtomicBool>,
    at: Queue<At>,
}

/// Where the desk is.
enum At {
    Host(Arc<Host>),
    Here(Local),
    /// Let go of.
    Nowhere,
}

/// Where one question goes.
enum Where {
    Host(Arc<Host>),
    Here(Local),
}

impl Guest {
    /// Asks whoever has the desk, and when they leave the next one. Says too whether one was lost that may have done what
    /// was asked.
    async fn ask(
        &self,
        name: &'static str,
        patience: Duration,
        body: Bytes,
    ) -> Result<(Bytes, bool), Missed> {
        let mut sent = false;
        // Once a host was lost: how long the next one is looked for.
        let mut end: Option<Instant> = None;
        loop {
            let missed = |why| Missed { why, sent };
            let host = match self.find(end).await.map_err(missed)? {
                Where::Here(desk) => {
                    return Ok((self.ask_here(&desk, name, &body).await?, sent));
                }
                Where::Host(host) => host,
            };
            match host.ask(name, patience, body.clone()).await {
                Ok(answer) => return Ok((answer, sent)),
                Err(Failed::NotUnderstood) => return Err(missed(not_understood(&self.setup))),
                Err(Failed::TurnedAway(why)) => return Err(Missed { why, sent }),
                Err(Failed::Overloaded(pause)) => {
                    let over = *end.get_or_insert_with(|| Instant::now() + self.setup.lock_timeout);
                    if Instant::now() + pause > over {
                        return Err(Missed { why: self.overloaded(pause), sent });
                    }
                    tokio::time::sleep(pause.max(BREATH)).await;
                    continue;
                }
                Err(Failed::NotDone) => {}
                Err(Failed::Unknown) => sent = true,
            }
            host.lost.store(true, Ordering::Release);
            let over = *end.get_or_insert_with(|| Instant::now() + self.setup.lock_timeout);
            if Instant::now() >= over {
                return Err(Missed { why: self.gone(), sent });
            }
            tokio::time::sleep(BREATH).await;
        }
    }

    /// Nobody is there any more who could be asked.
    fn gone(&self) -> DeskError {
        match &self.setup.remote {
            Some(remote) => DeskError::Unreachable { url: remote.url() },
            None => DeskError::Busy { store: self.setup.store.clone(), holder: None },
        }
    }

    fn overloaded(&self, pause: Duration) -> DeskError {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let retry_at = Time(i64::try_from((now + pause).as_millis()).unwrap_or(i64::MAX));
        DeskError::Overloaded { url: self.setup.named().display().to_string(), retry_at }
    }

    async fn ask_here(&self, desk: &Local, name: &str, body: &[u8]) -> Result<Bytes, Missed> {
        match ask::answer(desk, &Asker::Own, name, body).await {
            Ok(answer) => Ok(answer.into()),
            Err(NoAnswer::Leaving) => Err(Missed { why: DeskError::Closing, sent: false }),
            Err(NoAnswer::NoSuchQuestion | NoAnswer::NotUnderstood) => {
                Err(Missed { why: not_understood(&self.setup), sent: false })
            }
        }
    }

    /// Where the desk is now; looks for it when its host is gone, until `end`.
    async fn find(&self, end: Option<Instant>) -> Result<Where, DeskError> {
        // Counted from now: those who look at the same time wait for each other, and not one after the other.
        let end = end.unwrap_or_else(|| Instant::now() + self.setup.lock_timeout);
        let mut at = self.at.lock().await;
        match &*at {
            At::Host(host) if !host.is_lost() => return Ok(Where::Host(Arc::clone(host))),
            At::Here(desk) => return Ok(Where::Here(desk.clone())),
            At::Nowhere => return Err(DeskError::Closing),
            At::Host(_) => {}
        }
        let Some(verb) = &self.takes_over else {
            self.left.store(true, Ordering::Release);
            return Err(DeskError::Closing);
        };
        let left = end.saturating_duration_since(Instant::now());
        let open = || Local::open(&self.setup, verb, Manner::OneShot);
        Ok(match door::enter(&self.setup, left, open).await? {
            Found::Here(desk) => {
                *at = At::Here(desk.clone());
                Where::Here(desk)
            }
            Found::There(place) => {
                let host = Arc::new(Host::at(place));
                *at = At::Host(Arc::clone(&host));
                Where::Host(host)
            }
        })
    }

    /// What a host says that still answers: the next question goes elsewhere.
    async fn host_is_leaving(&self) {
        if let At::Host(host) = &*self.at.lock().await {
            host.lost.store(true, Ordering::Release);
        }
    }

    async fn leave(&self) -> Result<Remaining, DeskError> {
        match std::mem::replace(&mut *self.at.lock().await, At::Nowhere) {
            At::Here(desk) => desk.close().await,
            At::Host(_) | At::Nowhere => Ok(Remaining::default()),
        }
    }
}

/// A host, and the lines to it that nobody uses at the moment.
struct Host {
    place: Place,
    idle: Mutex<Vec<Line>>,
    lost: AtomicBool,
}

impl Host {
    fn at(place: Place) -> Self {
        Self { place, idle: Mutex::default(), lost: AtomicBool::new(false) }
    }

    fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    async fn ask(&self, name: &str, patience: Duration, body: Bytes) -> Result<Bytes, Failed> {
        let mut line = self.line(&self.place).await.ok_or(Failed::NotDone)?;
        let asked = tokio::time::timeout(patience, line.ask(name, body));
        let answer = asked.await.map_err(|_| Failed::Unknown)??;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < LINES_KEPT && line.is_open() {
            idle.push(line);
        }
        Ok(answer)
    }

    /// A line to it; none: it is gone.
    async fn line(&self, place: &Place) -> Option<Line> {
        loop {
            let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match kept {
                Some(line) if line.is_open() => return Some(line),
                Some(_) => {}
                None => return Line::to(place).await.ok().flatten(),
            }
        }
    }
}
