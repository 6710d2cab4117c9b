//! The way to a desk: its host, when somebody has it and answers, or its lock; or its host on the network.
//!
//! Invariant: the lock is the truth. A socket says where to ask, never who has the store; nobody waits longer than they
//! said. A desk on the network is asked and never taken.

use super::ask::{GiveWay, Question as _};
use super::line::{Line, Place};
use super::remote::Remote;
use super::wire::{Hello, PROTOCOL, pack};
use super::{DeskError, Setup, socket};
use std::time::{Duration, Instant};

/// How long a host has to say hello while nobody knows whether there is one.
const HELLO: Duration = Duration::from_millis(50);

/// The first pause between two tries, and the longest.
const PAUSE_MS: u64 = 5;
const PAUSE_MS_MAX: u64 = 50;

/// Where a desk was found.
pub(super) enum Found<T> {
    /// Nobody had it: what was taken.
    Here(T),
    /// A host listens there.
    There(Place),
}

/// Asks for a host and otherwise takes the store, again and again until `patience` is over. `take` must not wait.
///
/// # Errors
/// Somebody has the store and does not answer, or speaks another protocol, or is another user; or what taking it says.
pub(super) async fn enter<T>(
    setup: &Setup,
    patience: Duration,
    mut take: impl FnMut() -> Result<T, DeskError>,
) -> Result<Found<T>, DeskError> {
    if let Some(remote) = &setup.remote {
        return call(remote, patience).await.map(Found::There);
    }
    let end = Instant::now() + patience;
    let mut hello = HELLO;
    let mut pause = Pause::default();
    loop {
        let places = socket::places(&setup.store, setup.runtime_dir.as_deref());
        let mut silent = false;
        for place in places.into_iter().map(Place::Socket) {
            match knock(&place, hello).await? {
                Knock::Answered => return Ok(Found::There(place)),
                Knock::Silent => silent = true,
                Knock::Nobody => {}
            }
        }
        let busy = match take() {
            Err(busy @ DeskError::Busy { .. }) => busy,
            taken => return taken.map(Found::Here),
        };
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(busy);
        }
        if silent {
            // The lock says that somebody is there: a machine under load is given the time it needs.
            hello = (hello * 2).min(left);
        } else {
            pause.until(end).await;
        }
    }
}

/// Asks for a host on the network, again and again until `patience` is over.
///
/// # Errors
/// Nobody answers there, or not as a host that speaks as we do; or it lets nobody in like this.
async fn call(remote: &Remote, patience: Duration) -> Result<Place, DeskError> {
    let end = Instant::now() + patience;
    let mut pause = Pause::default();
    let place = Place::Net(remote.clone());
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if knock(&place, left.max(HELLO)).await? == Knock::Answered {
            return Ok(place);
        }
        if Instant::now() >= end {
            return Err(DeskError::Unreachable { url: remote.url() });
        }
        pause.until(end).await;
    }
}

/// Takes the store, waiting for it until `patience` is over: for who must have it. Who is the host only in passing is
/// asked to give way. `take` must not wait.
///
/// # Errors
/// Somebody has it and keeps it; or what taking it says.
pub(super) async fn take<T>(
    setup: &Setup,
    patience: Duration,
    mut take: impl FnMut() -> Result<T, DeskError>,
) -> Result<T, DeskError> {
    let end = Instant::now() + patience;
    let mut pause = Pause::default();
    loop {
        match take() {
            Err(DeskError::Busy { .. }) if Instant::now() < end => {}
            taken => return taken,
        }
        let places = socket::places(&setup.store, setup.runtime_dir.as_deref());
        for place in places.into_iter().map(Place::Socket) {
            // Who is not there, or does not answer, is waited for all the same.
            drop(tokio::time::timeout(HELLO, ask_to_give_way(&place)).await);
        }
        pause.until(end).await;
    }
}

/// Takes the store as soon as nobody has it; nobody is asked to leave. `take` must not wait.
///
/// # Errors
/// Somebody has it until `patience` is over; or what taking it says.
pub(super) async fn wait<T>(
    patience: Duration,
    mut take: impl FnMut() -> Result<T, DeskError>,
) -> Result<T, DeskError> {
    let end = Instant::now() + patience;
    let mut pause = Pause::default();
    loop {
        match take() {
            Err(DeskError::Busy { .. }) if Instant::now() < end => pause.until(end).await,
            taken => return taken,
        }
    }
}

async fn ask_to_give_way(place: &Place) -> Option<()> {
    if !is_there(place).ok()? {
        return None;
    }
    let mut line = Line::to(place).await.ok()??;
    let question = pack(&GiveWay {})?;
    line.ask(GiveWay::NAME, question.into()).await.ok().map(drop)
}

/// The pauses between two tries: longer each time.
struct Pause {
    ms: u64,
}

impl Default for Pause {
    fn default() -> Self {
        Self { ms: PAUSE_MS }
    }
}

impl Pause {
    async fn until(&mut self, end: Instant) {
        // Jitter by process, so that fifty who wait do not all come back together.
        let jitter = u64::from(std::process::id()).wrapping_mul(31) % (self.ms / 2 + 1);
        let left = end.saturating_duration_since(Instant::now());
        tokio::time::sleep(Duration::from_millis(self.ms + jitter).min(left)).await;
        self.ms = (self.ms * 2).min(PAUSE_MS_MAX);
    }
}

/// What came of knocking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Knock {
    /// A host that speaks as we do.
    Answered,
    /// Somebody listens and says nothing.
    Silent,
    /// Nobody listens.
    Nobody,
}

/// Whether somebody may listen there.
fn is_there(place: &Place) -> Result<bool, DeskError> {
    match place {
        Place::Socket(path) => socket::is_there(path),
        Place::Net(_) => Ok(true),
    }
}

async fn knock(place: &Place, patience: Duration) -> Result<Knock, DeskError> {
    if !is_there(place)? {
        return Ok(Knock::Nobody);
    }
    match tokio::time::timeout(patience, hello(place)).await {
        Ok(Ok(true)) => Ok(Knock::Answered),
        Ok(Ok(false)) => Ok(Knock::Nobody),
        Ok(Err(error)) => Err(error),
        Err(_) => Ok(Knock::Silent),
    }
}

/// Whether a host answers that speaks as we do.
async fn hello(place: &Place) -> Result<bool, DeskError> {
    let Some(mut line) = Line::to(place).await? else { return Ok(false) };
    let Some(said) = line.hello().await? else { return Ok(false) };
    let hello: Option<Hello> = serde_json::from_slice(&said).ok();
    match hello {
        Some(hello) if hello.protocol == PROTOCOL => Ok(true),
        Some(Hello { protocol, release, verb, pid }) => {
            let holder = format!("`{verb}` (process {pid})");
            Err(DeskError::OtherProtocol { holder, release, protocol })
        }
        None => Err(DeskError::NotUnderstood { socket: place.named() }),
    }
}
