//! The end of a run that does not end by itself: the signals that ask for it.
//!
//! Invariant: who stays at the desk leaves in order whatever signal comes, even while it is being opened or left; who asks
//! once and goes is simply interrupted.

use crate::front::error::UserError;
use crate::front::exit::Exit;
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

/// Whether this run stays at the desk, and so listens for signals itself; and the way to have it leave without one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Staying {
    listens: Arc<AtomicBool>,
    told: Arc<Notify>,
}

impl Staying {
    /// Waits for an interrupt that nobody else looks after.
    pub(crate) async fn interrupted(&self) {
        // Where no signal can be heard none interrupts.
        while tokio::signal::ctrl_c().await.is_ok() {
            if !self.listens.load(Ordering::Acquire) {
                return;
            }
        }
        std::future::pending::<()>().await;
    }

    /// Begins to listen for the signals that ask to leave.
    pub(crate) fn begin(&self) -> Result<Stop, UserError> {
        let stop = Stop {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            at_terminal: std::io::stdin().is_terminal() || std::io::stderr().is_terminal(),
            staying: self.clone(),
        };
        self.listens.store(true, Ordering::Release);
        Ok(stop)
    }

    /// Has whoever stays leave in order, as by an interrupt.
    pub(crate) fn leave(&self) {
        self.told.notify_one();
    }
}

/// The signals that ask to leave, for as long as this is held.
pub(crate) struct Stop {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
    /// Whether this run has a terminal: then a hangup says that it is gone.
    at_terminal: bool,
    staying: Staying,
}

impl Stop {
    /// Waits for one: whether the user (130) or the system (0) says so.
    pub(crate) async fn asked(&mut self) -> Exit {
        tokio::select! {
            _ = self.interrupt.recv() => Exit::Interrupted,
            () = self.staying.told.notified() => Exit::Interrupted,
            _ = self.terminate.recv() => Exit::Done,
            _ = self.hangup.recv() => Exit::Done,
        }
    }
}

impl Stop {
    /// As [`Stop::asked`]; none: the configuration is to be read again, as a service is told by a hangup.
    pub(crate) async fn asked_or_to_reload(&mut self) -> Option<Exit> {
        tokio::select! {
            _ = self.interrupt.recv() => Some(Exit::Interrupted),
            _ = self.terminate.recv() => Some(Exit::Done),
            _ = self.hangup.recv() => self.at_terminal.then_some(Exit::Done),
        }
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        self.staying.listens.store(false, Ordering::Release);
    }
}
