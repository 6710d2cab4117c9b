//! The desk that bears a load in real time: opened for it, left after it, and looked at when it was left.
//!
//! Invariant: a desk that cannot be left in order or looked at afterwards is a finding, and never the loss of what was
//! measured.

use super::host::{Host, LEAVING};
use super::witness::{Account, Witness};
use super::{cost, faults};
use crate::desk::remote::Remote;
use crate::desk::{Book, Desk, DeskError, Setup, check};
use crate::load::LoadError;
use crate::load::scenario::Target;
use ascall_engine::domain::event::Record;
use ascall_engine::domain::ids::Seq;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Records read at once.
const PAGE: usize = 1_000;

/// How long a process of ours may take to leave that nobody waits for any more.
const LEAVING_SOON: Duration = Duration::from_secs(3);

/// The desk and whoever has it.
pub(super) struct Bearer {
    /// The desk.
    pub desk: Desk,
    /// The process of ours that has it.
    pub host: Option<Arc<Mutex<Host>>>,
    /// Where the load goes in fact.
    pub target: Target,
    /// Where it listens for programs.
    pub remote: Option<Remote>,
}

/// What was found when the desk was left.
pub(super) struct Found {
    /// What the check found, or why there was none.
    pub faults: Vec<String>,
    /// Requests that were acknowledged and are not in the journal as they were.
    pub lost: u64,
    /// Requests that are there more than once.
    pub doubled: u64,
}

impl Bearer {
    /// The user's own, wherever it is.
    pub(super) async fn given(setup: &Setup, target: Target) -> Result<Self, LoadError> {
        let desk = Desk::open(setup, "load").await?;
        let target = match target {
            Target::Http => Target::Http,
            _ if desk.local().is_some() => Target::Embedded,
            _ => Target::Attached,
        };
        Ok(Self { desk, host: None, target, remote: setup.remote.clone() })
    }

    /// One of our own, in this process or in one whose files are in this folder.
    pub(super) async fn own(
        setup: &Setup,
        target: Target,
        folder: &Path,
    ) -> Result<Self, LoadError> {
        if target == Target::Embedded {
            let desk = Desk::host(setup, "load").await?;
            return Ok(Self { desk, host: None, target, remote: None });
        }
        let host = Host::start(setup.clone(), folder, target == Target::Http).await?;
        let (desk, remote) = (host.attach().await?, host.remote());
        Ok(Self { desk, host: Some(Arc::new(Mutex::new(host))), target, remote })
    }

    /// How the process of ours ended, when it has.
    pub(super) fn has_ended(&self) -> Option<ExitStatus> {
        // Whoever holds it ends it on purpose, or begins it.
        self.host.as_ref()?.try_lock().ok()?.has_ended()
    }

    /// What this process has cost so far; none: the desk is in it.
    pub(super) fn generator_cost(&self) -> Option<Duration> {
        match self.desk.local() {
            Some(_) => None,
            None => cost::of(std::process::id()),
        }
    }

    /// Leaves it; in order, unless nobody waits for that.
    pub(super) async fn leave(self, in_order: bool) -> Result<(), DeskError> {
        let Some(host) = self.host else { return self.desk.close().await.map(drop) };
        drop(self.desk);
        let patience = if in_order { LEAVING } else { LEAVING_SOON };
        host.lock().await.leave(patience).await;
        Ok(())
    }
}

/// Looks at the desk that was left: whether it is sound, and has what was acknowledged from this record on.
pub(super) async fn look(setup: &Setup, from: Seq, witness: &Witness) -> Found {
    let looked = async {
        let checked = check::check(setup).await?;
        let mut account = Account::default();
        for record in records(&Book::open(setup, "load").await?, from)? {
            account.note(&record);
        }
        Ok::<_, LoadError>((faults(&checked), witness.judge(&account)))
    };
    match looked.await {
        Ok((faults, (lost, doubled))) => Found { faults, lost, doubled },
        Err(why) => {
            let fault = format!("the desk could not be looked at afterwards: {why}");
            Found { faults: vec![fault], lost: 0, doubled: 0 }
        }
    }
}

/// Every record from there on.
pub(super) fn records(
    book: &Book,
    from: Seq,
) -> Result<impl Iterator<Item = Record> + use<>, LoadError> {
    let (mut all, mut next) = (Vec::new(), from);
    loop {
        let page = book.records(next, PAGE)?;
        let Some(last) = page.last() else { return Ok(all.into_iter()) };
        next = last.seq.next();
        all.extend(page);
    }
}
