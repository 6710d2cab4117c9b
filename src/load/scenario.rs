//! What is to happen under a load: who calls how often, who works, what goes wrong when, and what must hold.
//!
//! Invariant: data only, whole and checked: whoever has a [`Scenario`] needs to refuse nothing. Times are counted from the
//! begin of the load.

mod address;
mod fault;
mod file;
mod people;
mod read;
mod usual;

#[cfg(test)]
mod tests;

use super::expect::Expectation;
use crate::toml_file::{Source, TomlFault};
use ascall_engine::domain::event::Mode;
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::Millis;
use ascall_engine::domain::profile::Profile;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub(crate) use address::Address;
#[cfg(test)]
use fault::spelled;
pub(crate) use usual::Flags;

/// A whole scenario.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scenario {
    /// What it is called.
    pub title: String,
    /// Of every choice that looks random.
    pub seed: u64,
    /// Who comes when.
    pub traffic: Traffic,
    /// What those who come do, by weight.
    pub mix: Vec<Share>,
    /// The profiles of the mix, each once, as they stand in their files.
    pub profiles: Vec<Profile>,
    /// How many members there are, for profiles that are for members.
    pub members: u32,
    /// What is in the storeroom at the begin.
    pub stock: BTreeMap<String, u32>,
    /// Who works.
    pub crews: Vec<Crew>,
    /// What goes wrong, in the order of time.
    pub faults: Vec<Fault>,
    /// What must hold at the end.
    pub expect: Vec<Expectation>,
    /// How long after the last one came the desk may take to come to rest.
    pub settle: Millis,
}

/// Who comes when.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Traffic {
    /// They come when they come, whether or not the desk keeps up.
    Open(Vec<Stage>),
    /// So many, each of whom comes again once answered.
    Closed {
        /// How many.
        users: u32,
        /// The rest between an answer and the next request.
        think: Millis,
        /// How long they go on.
        lasts: Millis,
    },
}

/// A stretch of an open load.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stage {
    /// How long it is.
    pub lasts: Millis,
    /// When somebody comes within it.
    pub arrivals: Arrivals,
}

/// When somebody comes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Arrivals {
    /// Independently of each other, per second: at its begin and at its end, linearly in between.
    Poisson(f64, f64),
    /// At equal distances, per second, likewise.
    Constant(f64, f64),
    /// At these times from the begin of the stage, rising.
    Recorded(Vec<Millis>),
}

/// What some of those who come do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Share {
    /// The profile of the calls.
    pub profile: String,
    /// How many of all, against the other weights.
    pub weight: u32,
    /// Where they are.
    pub area: Area,
    /// The skills they ask for, equally often; none: none is said.
    pub kinds: Vec<String>,
    /// The price, from and to, in won: what they name, or, where the fare is metered, what the work comes to at its end.
    /// None: none is named.
    pub cost: Option<(u64, u64)>,
    /// Other fields: the name and the values that are taken equally often.
    pub fields: Vec<(String, Vec<String>)>,
    /// How long they wait for a worker before they call it off: the least and the most; none: as long as it takes.
    pub patience: Option<(Millis, Millis)>,
    /// Of a hundred calls so many are called off some time after they were taken.
    pub cancel_pct: u32,
    /// How often each of them asks how it stands.
    pub looks: u32,
    /// At which address of an original they ask; none: at the desk's own.
    pub address: Option<Arc<Address>>,
}

/// Where somebody is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Area {
    /// Anywhere in a box, by its south-west and north-east corner.
    Box(Point, Point),
    /// Around these, by weight, within so many metres.
    Around(Vec<(Point, u32)>, u32),
    /// Nowhere: no place is said.
    Nowhere,
}

/// Workers who do alike.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Crew {
    /// How many.
    pub count: u32,
    /// For these profiles.
    pub profiles: Vec<String>,
    /// What each can do: this many of these, or all.
    pub skills: (Vec<String>, Option<u32>),
    /// Where they are.
    pub area: Area,
    /// When they come and when they go; none: they are there from the begin to the end.
    pub shift: Option<(Millis, Millis)>,
    /// How long they take to answer an offer, the least and the most.
    pub answer: (Millis, Millis),
    /// Of a hundred offers so many are accepted.
    pub accept_pct: u32,
    /// How often they look for calls that they may take by themselves; none: never.
    pub claim_every: Option<Millis>,
    /// How long until they are there, the least and the most, once they have a call.
    pub travel: (Millis, Millis),
    /// How long they work on it, the least and the most.
    pub work: (Millis, Millis),
    /// Of a hundred who have a call so many never begin it.
    pub no_show_pct: u32,
}

/// Something that goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    /// When.
    pub at: Millis,
    /// What.
    pub what: Trouble,
    /// For how long; none: from then on.
    pub lasts: Option<Millis>,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Trouble {
    /// A local participant, or `assign`, behaves like this.
    Mode(String, Mode),
    /// The process that has the desk is killed, and started again.
    KillHost,
    /// The process that has the desk is asked to end, and started again.
    RestartHost,
}

/// Where the load goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// The engine in this process, in virtual time, in memory.
    Engine,
    /// A desk in this process, in real time, in a file.
    Embedded,
    /// A desk of another process, over its socket.
    Attached,
    /// A desk of another process, over HTTP.
    Http,
}

impl Target {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::Embedded => "embedded",
            Self::Attached => "attached",
            Self::Http => "http",
        }
    }

    /// Whether a fault has what it needs there.
    fn has(self, fault: &Fault) -> Result<(), String> {
        let is_host = !matches!(fault.what, Trouble::Mode(..));
        if is_host && !matches!(self, Self::Attached | Self::Http) {
            return Err(format!(
                "`{fault}` needs a desk in a process of its own: the target `attached` or `http`, not `{}`",
                self.name()
            ));
        }
        Ok(())
    }
}

/// Something that cannot be, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slip {
    /// What cannot be.
    pub what: String,
    /// What was perhaps meant.
    pub nearest: Option<String>,
}

impl From<String> for Slip {
    fn from(what: String) -> Self {
        Self { what, nearest: None }
    }
}

impl Scenario {
    /// The scenario that stands in a file; other files are named from where it is.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn read(file: &Path) -> Result<Self, Vec<TomlFault>> {
        let source = Source::read(file).map_err(|fault| vec![fault])?;
        read::read(&source, file.parent().unwrap_or(Path::new(".")))
    }

    /// Something else goes wrong, too.
    ///
    /// # Errors
    /// It cannot happen in this load.
    pub(crate) fn add_fault(&mut self, fault: Fault) -> Result<(), Slip> {
        read::check_fault(&fault, &self.profiles, self.traffic.lasts())?;
        self.faults.push(fault);
        self.faults.sort_by_key(|fault| fault.at);
        Ok(())
    }

    /// Whether it can be carried out there; if not, why.
    ///
    /// # Errors
    /// A host is killed or started anew where there is none, or an address is asked where nothing is asked over HTTP.
    pub(crate) fn fits(&self, target: Target) -> Result<(), String> {
        let asked = self.mix.iter().find_map(|share| share.address.as_ref());
        if let Some(address) = asked.filter(|_| target != Target::Http) {
            return Err(format!(
                "`{}` is an address over HTTP: the target `http`, not `{}`",
                address.said,
                target.name()
            ));
        }
        self.faults.iter().try_for_each(|fault| target.has(fault))
    }

    /// Whether a fault that is asked for while the load goes on can happen there; if not, why.
    ///
    /// # Errors
    /// Nobody of that name is asked, or there is no host to be killed.
    pub(crate) fn allows(&self, fault: &Fault, target: Target) -> Result<(), String> {
        read::check_fault(fault, &self.profiles, Millis(u64::MAX)).map_err(|slip| slip.what)?;
        target.has(fault)
    }

    /// Who can be stopped and slow in this load.
    pub(crate) fn stoppable(&self) -> Vec<&str> {
        read::stoppable(&self.profiles)
    }
}

impl Traffic {
    /// How long customers come.
    pub(crate) fn lasts(&self) -> Millis {
        match self {
            Self::Closed { lasts, .. } => *lasts,
            Self::Open(stages) => {
                Millis(stages.iter().fold(0, |sum: u64, stage| sum.saturating_add(stage.lasts.0)))
            }
        }
    }

    /// How many customers are to be expected; none: that depends on how fast they are answered.
    pub(crate) fn expected(&self) -> Option<f64> {
        let Self::Open(stages) = self else { return None };
        let of = |stage: &Stage| {
            #[expect(clippy::cast_precision_loss, reason = "an estimate")]
            let (ms, all) = (stage.lasts.0 as f64, |times: &[Millis]| times.len() as f64);
            match &stage.arrivals {
                Arrivals::Poisson(from, to) | Arrivals::Constant(from, to) => {
                    f64::midpoint(*from, *to) * ms / 1_000.0
                }
                Arrivals::Recorded(times) => all(times),
            }
        };
        Some(stages.iter().map(of).sum())
    }
}
