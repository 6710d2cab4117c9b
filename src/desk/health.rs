//! How a desk is, seen from outside: its file, its lock, its sockets, and what waits in it.
//!
//! Invariant: changes nothing and waits for nobody longer than [`PATIENCE`]. What a host has open the host is asked;
//! what nobody has open is read, while nobody can take it. Judges nothing: that is for whoever shows it.

use super::ask::{Epoch, Pulse, Question};
use super::line::{Line, Place};
use super::wire::{Hello, PROTOCOL, Reply, pack, unpack};
use super::{DeskError, Setup, socket};
use ascall_engine::domain::event::Concern;
use ascall_engine::domain::ids::{Millis, Time};
use ascall_engine::domain::world::{Settings, World};
use ascall_engine::engine::WorkLeft;
use ascall_engine::journal::JournalError;
use ascall_engine::journal::lock::{Holder, LockError, Peek, StoreLock};
use ascall_engine::views::Store;
use rustix::process::{Pid, test_kill_process};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a host has for each of its answers.
const PATIENCE: Duration = Duration::from_secs(1);

/// How late something may be before it counts as overdue: what runs is never quite on time.
const GRACE: Millis = Millis(5_000);

/// What was seen.
#[derive(Debug)]
pub(crate) struct Health {
    pub file: io::Result<FileFacts>,
    /// Bytes that are free where the store lies, or would.
    pub free_bytes: Option<u64>,
    pub lock: LockFacts,
    /// The places where a host may listen, the best first.
    pub sockets: Vec<(PathBuf, SocketFacts)>,
    /// What is in it; none: there is no store, or it cannot be looked into just now.
    pub inside: Option<Result<Inside, DeskError>>,
}

/// The store's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileFacts {
    pub bytes: u64,
    /// Whether it is a plain file.
    pub is_file: bool,
    /// Whether others than its owner may read it.
    pub is_open_to_others: bool,
}

/// Who has the store.
#[derive(Debug)]
pub(crate) enum LockFacts {
    /// Nobody; and who left it in a crash that nobody has looked into.
    Free { died: Option<Holder> },
    /// Somebody, as far as they said who; and whether that process is there.
    Held { holder: Option<Holder>, alive: Option<bool> },
    /// It cannot be told.
    Unusable(io::Error),
}

/// What lies where a host would listen.
#[derive(Debug)]
pub(crate) enum SocketFacts {
    Nothing,
    /// A socket on which nobody listens.
    Stale,
    /// Somebody listens and says nothing.
    Silent,
    /// A host.
    Host(Hello),
    /// Another user's, or no socket.
    Trouble(DeskError),
}

/// What a desk holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Inside {
    pub epoch: u64,
    pub beat: Beat,
}

/// What waits in a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Beat {
    pub seq: u64,
    /// When the newest record was written.
    pub at: Time,
    /// Calls that have not ended.
    pub calls: u64,
    /// Of these, how many wait for something that the desk does by itself.
    pub waiting: u64,
    /// Requests whose deadline has passed, and since when the oldest thing to do is due.
    pub overdue: u64,
    pub due: Option<Time>,
    pub notices: u64,
    pub notices_dead: u64,
    pub attention: u64,
    /// Of these, those that nobody looks after.
    pub attention_untaken: u64,
}

/// What waits in the live state.
pub(crate) fn beat(world: &World, now: Time) -> Beat {
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let late = |at: Time| at.plus(GRACE) < now;
    let left = WorkLeft::of(world);
    let outs = world.calls().flat_map(|call| &call.steps).filter_map(|step| step.out.as_ref());
    let dead = world.attention().filter(|item| item.concern == Concern::NoticeDead);
    Beat {
        seq: world.seq().0,
        at: world.at(),
        calls: count(world.calls().count()),
        waiting: count(left.calls_waiting),
        overdue: count(outs.filter(|out| late(out.deadline)).count()),
        due: left.next_due.filter(|at| late(*at)),
        notices: count(left.notices),
        notices_dead: count(dead.count()),
        attention: count(world.attention().count()),
        attention_untaken: count(world.attention().filter(|i| i.taken_by.is_none()).count()),
    }
}

/// Looks at everything.
pub(crate) async fn examine(setup: &Setup, now: Time) -> Health {
    let store = &setup.store;
    let mut sockets = Vec::new();
    let mut host = None;
    for place in socket::places(store, setup.runtime_dir.as_deref()) {
        let (found, line) = knock(&place).await;
        if host.is_none() {
            host = line;
        }
        sockets.push((place, found));
    }
    let file = fs::metadata(store).map(|found| FileFacts {
        bytes: found.len(),
        is_file: found.is_file(),
        is_open_to_others: found.mode() & 0o077 != 0,
    });
    let (lock, peek) = match StoreLock::peek(store) {
        Ok(peek) => (LockFacts::Free { died: peek.died.clone() }, Some(peek)),
        Err(LockError::Busy { holder }) => {
            let alive = holder.as_ref().and_then(|holder| is_alive(holder.pid));
            (LockFacts::Held { holder, alive }, None)
        }
        Err(LockError::Io(error)) => (LockFacts::Unusable(error), None),
    };
    let inside = match (host, peek, &file) {
        (Some(mut line), ..) => asked(&mut line, store).await,
        (None, Some(peek), Ok(FileFacts { is_file: true, .. })) => Some(read(store, &peek, now)),
        _ => None,
    };
    Health { file, free_bytes: free_bytes(store), lock, sockets, inside }
}

async fn knock(place: &Path) -> (SocketFacts, Option<Line>) {
    match socket::is_there(place) {
        Ok(true) => {}
        Ok(false) => return (SocketFacts::Nothing, None),
        Err(error) => return (SocketFacts::Trouble(error), None),
    }
    let hello = async {
        let there = Place::Socket(place.to_owned());
        let Some(mut line) = Line::to(&there).await? else { return Ok(None) };
        let said = line.hello().await?;
        Ok::<_, DeskError>(Some((line, said)))
    };
    match tokio::time::timeout(PATIENCE, hello).await {
        Err(_) => (SocketFacts::Silent, None),
        Ok(Err(error)) => (SocketFacts::Trouble(error), None),
        Ok(Ok(None)) => (SocketFacts::Stale, None),
        Ok(Ok(Some((line, said)))) => {
            let hello = said.and_then(|said| serde_json::from_slice::<Hello>(&said).ok());
            let Some(hello) = hello else {
                let error = DeskError::NotUnderstood { socket: place.to_owned() };
                return (SocketFacts::Trouble(error), None);
            };
            let line = Some(line).filter(|_| hello.protocol == PROTOCOL);
            (SocketFacts::Host(hello), line)
        }
    }
}

/// What a host says of its desk; none: nothing in time.
async fn asked(line: &mut Line, store: &Path) -> Option<Result<Inside, DeskError>> {
    let beat = ask(line, &Pulse {}).await?;
    let epoch = ask(line, &Epoch {}).await?;
    let inside = beat.and_then(|beat| Ok(Inside { epoch: epoch?, beat }));
    Some(inside.map_err(|fault| fault.into_error(store, None)))
}

async fn ask<Q: Question>(line: &mut Line, question: &Q) -> Option<Reply<Q::Answer>> {
    let asked = line.ask(Q::NAME, pack(question)?.into());
    unpack(&tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()?)
}

/// What is in a store that nobody has; nobody can take it while `_peek` is kept.
fn read(store: &Path, _peek: &Peek, now: Time) -> Result<Inside, DeskError> {
    let read = || -> Result<Inside, JournalError> {
        let rows = Store::open_read(store)?;
        let after = rows.head()?.seq.next();
        let world = rows.world_before(after, Settings::default())?;
        Ok(Inside { epoch: rows.epoch()?, beat: beat(&world, now) })
    };
    read().map_err(|error| DeskError::from_journal(store, error))
}

/// Whether a process is there; none: it cannot be told.
fn is_alive(pid: u32) -> Option<bool> {
    let pid = Pid::from_raw(i32::try_from(pid).ok()?)?;
    match test_kill_process(pid) {
        // Another user's process is one too.
        Ok(()) | Err(rustix::io::Errno::PERM) => Some(true),
        Err(rustix::io::Errno::SRCH) => Some(false),
        Err(_) => None,
    }
}

/// What is free where the store lies, or in the nearest folder above that is there.
fn free_bytes(store: &Path) -> Option<u64> {
    let store = std::path::absolute(store).ok()?;
    let found = store.ancestors().skip(1).find_map(|folder| rustix::fs::statvfs(folder).ok())?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}
