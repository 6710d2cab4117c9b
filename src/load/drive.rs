//! Carrying a load out: what the crowd does is asked of a desk, and what the desk journals is shown to the crowd.
//!
//! Invariant: what is acknowledged is only what the desk acknowledged. The desk is one of its own, in a store that is gone
//! afterwards, unless somebody said plainly that it is to be theirs.

mod bearer;
mod by_desk;
mod cost;
mod engine;
mod havoc;
mod host;
mod http;
mod order;
mod real;
mod timeline;
mod undo;
mod witness;

#[cfg(test)]
mod tests;

use super::LoadError;
use super::meter::{CallLine, Closing, Meter, Micros};
use super::report::Report;
use super::scenario::{Scenario, Target, Trouble};
use crate::desk::{Setup, check};
use ascall_engine::couriers::CourierSettings;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::Duration;
use tokio::sync::mpsc;

/// What whoever looks on may do to a load that runs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Control {
    /// Customers come so much more often, in hundredths of what the scenario says.
    Hurry(u32),
    /// This goes wrong from now on, for as long.
    Trouble(Trouble, Option<Duration>),
    /// The process stood still for so long, just before: who was to be sent meanwhile is late.
    StoodStill(Duration),
    /// No more customers; the desk comes to rest, and the report is made.
    Stop,
}

/// Shows what was measured so far, at a moment of the load.
pub(crate) type Shower = Box<dyn FnMut(&Meter, Micros) + Send>;

/// Who looks on.
pub(crate) struct Onlooker {
    /// What they want.
    pub controls: mpsc::UnboundedReceiver<Control>,
    /// Called a few times per second of real time with what was measured so far.
    pub show: Shower,
}

/// Whose desk bears the load.
#[derive(Debug, Clone)]
pub(crate) struct Ground {
    /// How the user's desk is set up.
    pub setup: Setup,
    /// It is that desk, and none of our own.
    pub here: bool,
    /// Where the store of our own stays afterwards.
    pub keep: Option<PathBuf>,
    /// Whether every call is remembered until the end.
    pub calls: bool,
}

/// What came of a load.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What is left of it.
    pub report: Report,
    /// What became of each request, when that was to be remembered.
    pub calls: Vec<CallLine>,
    /// Whether somebody ended it.
    pub interrupted: bool,
}

/// What is known at the end beside what was measured.
#[derive(Debug, Clone, PartialEq)]
struct Ending {
    /// Where the load went in fact.
    target: Target,
    /// When it was over, in the time of the desk.
    lasted: Micros,
    /// Whether somebody ended it.
    interrupted: bool,
    /// Requests that were acknowledged and are not in the journal as they were.
    lost: u64,
    /// Requests that are there more than once.
    doubled: u64,
    /// What the check of the store found.
    faults: Vec<String>,
    /// The hash of the last record, where time is virtual.
    journal: Option<String>,
    /// What the generator itself cost; none: it cannot be told from the desk.
    cpu: Option<Duration>,
}

/// What the check of a store found, a line each.
fn faults(found: &check::Checked) -> Vec<String> {
    let fault = |fault: &check::Fault| format!("{} {}: {}", fault.seq, fault.rule, fault.what);
    found.faults.iter().map(fault).collect()
}

/// Carries a scenario out at a target.
///
/// # Errors
/// The desk could not be opened, reached or prepared. What goes wrong under the load is in what was measured.
pub(crate) async fn run(
    scenario: &Scenario,
    target: Target,
    ground: Ground,
    onlooker: Onlooker,
) -> Result<Outcome, LoadError> {
    let began = by_desk::wall();
    let meter = if ground.calls { Meter::keeping_calls() } else { Meter::default() };
    let meter = meter.of(&scenario.profiles);
    let (meter, ending) = if target == Target::Engine {
        in_virtual_time(scenario, ground, meter, onlooker).await?
    } else {
        real::drive(scenario, target, ground, meter, onlooker).await?
    };
    let calls = meter.lines();
    let report = meter.finish(Closing {
        title: scenario.title.clone(),
        seed: scenario.seed,
        target: ending.target,
        began,
        lasted: ending.lasted,
        expect: &scenario.expect,
        verify: ending.faults,
        lost: ending.lost,
        doubled: ending.doubled,
        journal_hash: ending.journal,
        cpu: ending.cpu.map(micros),
        cores: available_parallelism().map_or(1, |n| u32::try_from(n.get()).unwrap_or(u32::MAX)),
    });
    Ok(Outcome { report, calls, interrupted: ending.interrupted })
}

async fn in_virtual_time(
    scenario: &Scenario,
    ground: Ground,
    meter: Meter,
    mut onlooker: Onlooker,
) -> Result<(Meter, Ending), LoadError> {
    if ground.here || ground.keep.is_some() {
        let what = "the engine in virtual time has no store: name another target";
        return Err(LoadError::Target(what.to_owned()));
    }
    let (scenario, setup) = (scenario.clone(), alone(ground.setup, scenario));
    let drive = move || engine::drive(&scenario, setup, meter, &mut onlooker);
    // The load takes a thread for itself, so that signals are heard.
    let driven = tokio::task::spawn_blocking(drive).await;
    driven.map_err(|_| LoadError::Target("it broke off".to_owned()))?
}

fn micros(span: Duration) -> Micros {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}

/// A desk with the scenario's lines, and nobody outside.
fn alone(setup: Setup, scenario: &Scenario) -> Setup {
    Setup {
        remote: None,
        profiles: scenario.profiles.clone(),
        participants: Vec::new(),
        couriers: CourierSettings::default(),
        operator: order::NAME.to_owned(),
        ..setup
    }
}

/// What can go wrong on purpose at a desk.
#[derive(Debug, Clone)]
struct Reach {
    /// The process that has the desk is ours.
    host: bool,
    /// Everybody who answers there.
    participants: BTreeSet<String>,
}

impl Reach {
    fn of(host: bool, participants: impl Iterator<Item = String>) -> Self {
        Self { host, participants: participants.chain([ASSIGN.to_owned()]).collect() }
    }

    /// Refuses what cannot go wrong there.
    fn has(&self, what: &Trouble) -> Result<(), LoadError> {
        let why = match what {
            Trouble::Mode(name, _) if self.participants.contains(name) => return Ok(()),
            Trouble::KillHost | Trouble::RestartHost if self.host => return Ok(()),
            Trouble::Mode(name, _) => {
                let known: Vec<&str> = self.participants.iter().map(String::as_str).collect();
                format!("there is no participant `{name}` (known: {})", known.join(", "))
            }
            Trouble::KillHost | Trouble::RestartHost => {
                format!("`{what}` needs a desk in a process of its own: --target attached or http")
            }
        };
        Err(LoadError::Target(why))
    }

    /// Refuses a scenario with what cannot go wrong there, before anybody comes.
    fn has_all(&self, scenario: &Scenario) -> Result<(), LoadError> {
        scenario.faults.iter().try_for_each(|fault| self.has(&fault.what))
    }
}

/// A fault that was asked for and could not be.
fn not_happened(what: &Trouble, why: &str) -> String {
    format!("`{what}` did not happen: {why}")
}

/// One that was to be over and went on.
fn not_over(what: &Trouble, why: &str) -> String {
    format!("`{what}` was not over: {why}")
}

/// The stage that finds workers, which can go wrong like a participant.
const ASSIGN: &str = "assign";
