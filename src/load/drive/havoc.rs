//! What goes wrong on purpose at a desk in real time: how participants behave, and the end of the process that has it.
//!
//! Invariant: a fault has happened when the desk said so or its process was ended, and is told then. How participants
//! behave is changed in the order in which it was due; a desk that is away is waited for.

use super::host::{Host, LEAVING};
use super::timeline::Turn;
use crate::desk::{Asking, Desk, DeskError, fresh_key};
use crate::load::scenario::Trouble;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::event::Mode;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinSet;

/// The rest between two tries to ask a desk that does not answer.
pub(super) const BREATH: Duration = Duration::from_millis(20);

/// The desk that bears the load at the moment; none: its process was ended on purpose.
pub(super) type Slot = watch::Sender<Option<Desk>>;

/// A fault that began or ended, or did not.
#[derive(Debug)]
pub(super) struct Happened {
    /// Under which number it was awaited.
    pub serial: u64,
    /// Which.
    pub turn: Turn,
    /// Whether it did.
    pub came: Result<(), String>,
}

/// Whoever carries faults out; they end with this.
pub(super) struct Havoc {
    tell: mpsc::UnboundedSender<Happened>,
    modes: mpsc::UnboundedSender<(u64, Turn, Mode)>,
    slot: Slot,
    tasks: JoinSet<()>,
    /// What was begun and has neither happened nor been refused so far.
    awaited: BTreeMap<u64, (Trouble, bool)>,
    serial: u64,
}

impl Havoc {
    /// At the desk in the slot; what happens is told at the other end.
    pub(super) fn new(slot: Slot) -> (Self, mpsc::UnboundedReceiver<Happened>) {
        let (tell, told) = mpsc::unbounded_channel();
        let (modes, due) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(set_modes(due, slot.subscribe(), tell.clone()));
        (Self { tell, modes, slot, tasks, awaited: BTreeMap::new(), serial: 0 }, told)
    }

    /// A participant behaves like this from now on.
    pub(super) fn set_mode(&mut self, turn: Turn, mode: Mode) {
        let serial = self.awaits(&turn.what, turn.begins);
        // The other end lives as long as this.
        drop(self.modes.send((serial, turn, mode)));
    }

    fn awaits(&mut self, what: &Trouble, begins: bool) -> u64 {
        self.serial += 1;
        self.awaited.insert(self.serial, (what.clone(), begins));
        self.serial
    }

    /// Ends the process of the desk, and starts it again after a while.
    pub(super) fn end_host(&mut self, host: &Arc<Mutex<Host>>, turn: Turn) {
        let [ends, comes] = [true, false].map(|begins| self.awaits(&turn.what, begins));
        let (host, slot, tell) = (Arc::clone(host), self.slot.clone(), self.tell.clone());
        self.tasks.spawn(async move {
            let mut host = host.lock().await;
            if turn.what == Trouble::KillHost {
                host.kill().await;
            } else {
                host.leave(LEAVING).await;
            }
            slot.send_replace(None);
            let back = Turn { begins: false, ..turn.clone() };
            // Nobody listens any more when the load has ended meanwhile.
            drop(tell.send(Happened { serial: ends, turn, came: Ok(()) }));
            if let Some(lasts) = back.lasts {
                tokio::time::sleep(Duration::from_millis(lasts.0)).await;
            }
            let begun = async {
                host.begin().await.map_err(|error| error.to_string())?;
                let desk = host.attach().await.map_err(|error| error.to_string())?;
                slot.send_replace(Some(desk));
                Ok(())
            };
            let came = begun.await;
            drop(tell.send(Happened { serial: comes, turn: back, came }));
        });
    }

    /// It has happened, or will not.
    pub(super) fn told(&mut self, serial: u64) {
        self.awaited.remove(&serial);
    }

    /// Whether everything that was due has happened, or will not.
    pub(super) fn is_idle(&self) -> bool {
        self.awaited.is_empty()
    }

    /// What was due and has not happened so far, and whether it was to begin.
    pub(super) fn awaited(&self) -> impl Iterator<Item = (&Trouble, bool)> {
        self.awaited.values().map(|(what, begins)| (what, *begins))
    }
}

async fn set_modes(
    mut due: mpsc::UnboundedReceiver<(u64, Turn, Mode)>,
    mut slot: watch::Receiver<Option<Desk>>,
    tell: mpsc::UnboundedSender<Happened>,
) {
    while let Some((serial, turn, mode)) = due.recv().await {
        let Trouble::Mode(name, _) = &turn.what else { continue };
        let command = Command::SetMode { name: name.clone(), mode };
        let came = insist(&mut slot, &command).await;
        // Nobody listens any more when the load has ended meanwhile.
        drop(tell.send(Happened { serial, turn, came }));
    }
}

/// Asks, under one key, until whoever has the desk says yes or no.
async fn insist(slot: &mut watch::Receiver<Option<Desk>>, command: &Command) -> Result<(), String> {
    let asking = Asking { key: Some(fresh_key()), ..Asking::default() };
    loop {
        let desk = slot.borrow_and_update().clone();
        let Some(desk) = desk else {
            slot.changed().await.map_err(|error| error.to_string())?;
            continue;
        };
        match desk.handle(asking.clone(), command.clone()).await {
            Ok(_) => return Ok(()),
            Err(
                DeskError::HostGone { .. }
                | DeskError::Unknown { .. }
                | DeskError::Unreachable { .. }
                | DeskError::Overloaded { .. }
                | DeskError::Busy { .. }
                | DeskError::Socket { .. }
                | DeskError::Closing,
            ) => tokio::time::sleep(BREATH).await,
            Err(why) => return Err(why.to_string()),
        }
    }
}
