//! What a load changed at a desk of the user's and changes back: how participants behave, and who is on duty.
//!
//! Invariant: done whichever way the load ends, in bounded time; what could not be changed back is said. Its calls stay.

use super::by_desk::AT_ONCE;
use super::order;
use crate::desk::live::Participant;
use crate::desk::{Asking, Desk};
use crate::load::crowd::What;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::event::Mode;
use ascall_engine::domain::ids::WorkerId;
use futures_util::future::join_all;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Everything that is to be changed back.
#[derive(Debug)]
pub(super) struct Undo {
    /// How everybody behaved before.
    before: BTreeMap<String, Mode>,
    /// With whom something was to go wrong.
    touched: BTreeSet<String>,
    /// The load's own workers.
    pub hired: Vec<WorkerId>,
}

impl Undo {
    /// At a desk where these answer.
    pub(super) fn of(participants: &[Participant]) -> Self {
        let before = participants.iter().map(|one| (one.name.clone(), one.mode));
        Self { before: before.collect(), touched: BTreeSet::new(), hired: Vec::new() }
    }

    /// How everybody behaved before.
    pub(super) fn before(&self) -> &BTreeMap<String, Mode> {
        &self.before
    }

    /// Something goes wrong with this one.
    pub(super) fn touches(&mut self, name: &str) {
        self.touched.insert(name.to_owned());
    }

    /// Changes it back; what is left as it is, a line each.
    pub(super) async fn run(&self, desk: &Desk) -> Vec<String> {
        let end = Instant::now() + PATIENCE;
        let mut left = Vec::new();
        for name in &self.touched {
            let Some(mode) = self.before.get(name) else { continue };
            let command = Command::SetMode { name: name.clone(), mode: *mode };
            if let Err(why) = ask(desk, command, end).await {
                left.push(format!("`{name}` is left as the load set it: {why}"));
            }
        }
        let off = |worker: &WorkerId| order::change(&What::Duty(*worker, false));
        let orders: Vec<Command> =
            self.hired.iter().filter_map(off).map(|(_, order)| order).collect();
        let mut refused = Vec::new();
        for some in orders.chunks(AT_ONCE) {
            let some = some.iter().map(|order| ask(desk, order.clone(), end));
            refused.extend(join_all(some).await.into_iter().filter_map(Result::err));
        }
        if let Some(why) = refused.first() {
            left.push(format!("{} workers of the load are left on duty: {why}", refused.len()));
        }
        left
    }
}

async fn ask(desk: &Desk, command: Command, end: Instant) -> Result<(), String> {
    match timeout_at(end, desk.handle(Asking::default(), command)).await {
        Ok(done) => done.map(drop).map_err(|error| error.to_string()),
        Err(_) => Err("the desk does not answer".to_owned()),
    }
}
