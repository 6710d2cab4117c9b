//! What a desk costs: rates against the floor of the storage, growth, opening, one-shot use.
//!
//! Every figure stands beside its floor, measured in the same run: read the ratios. Each section runs in a process of
//! its own, so that the memory of one does not show in another. `ASCALL_LONG=1` measures 10^6 stored calls and more;
//! a section's name as an argument runs it alone:
//!
//! `cargo bench -p ascall-engine --bench desk -- rates`

#![expect(clippy::cast_precision_loss, reason = "ratios and rates for people to read")]
#![allow(clippy::unwrap_used, reason = "a bench that fails should say where")]

#[path = "../counting/mod.rs"]
mod counting;
mod gate;
mod growth;
mod oneshot;
mod parts;
mod rates;
mod rig;
mod rounds;
mod services;

use std::io::Write as _;
use std::process::Command;

type Failure = Box<dyn std::error::Error + Send + Sync>;

type Outcome<T> = Result<T, Failure>;

type Section = fn() -> Outcome<()>;

const SECTIONS: &[(&str, Section)] = &[
    ("rates", rates::plain),
    ("rates-http", rates::http),
    ("services", services::lines),
    ("beside", services::beside),
    ("parts", parts::run),
    ("rounds", rounds::run),
    ("growth", growth::run),
    ("oneshot", oneshot::run),
    ("idle", oneshot::idle),
];

fn main() -> Outcome<()> {
    let asked = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    if let Some(asked) = asked {
        let (_, section) =
            SECTIONS.iter().find(|(name, _)| *name == asked).ok_or("no such section")?;
        return section();
    }
    for (name, _) in SECTIONS {
        rig::say(&format!("\n{name}"))?;
        let status = Command::new(std::env::current_exe()?).arg(name).status()?;
        if !status.success() {
            return Err(format!("{name} failed").into());
        }
    }
    Ok(std::io::stdout().flush()?)
}
