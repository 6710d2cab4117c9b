//! The verbs in a sealed world: what each prints in every form, and what it says to everything that makes no sense.
//!
//! Invariant: a test types lines as a dispatcher would and reads what comes back; it knows nothing of the program's inside.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(
    clippy::format_push_string,
    clippy::too_many_lines,
    clippy::cast_possible_truncation,
    reason = "a transcript is long, and is text put together"
)]

#[path = "../sealed/mod.rs"]
mod sealed;

mod backups;
mod bad;
mod bad_store;
mod changes;
mod claims;
mod doctor;
mod exports;
mod files;
mod goods;
mod loads;
mod lost;
mod money;
mod offers;
mod profiles;
mod replays;
mod rides;
mod sent;
mod settings;
mod shown;
mod told;
