//! `ascall serve` on the network, through the built binary: who gets in, what is cut off, how it leaves.
//!
//! Invariant: loopback and a free port only; every wait has an end; nothing is waited for by sleeping.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "what a process said is shown when its test fails")]

#[allow(dead_code, reason = "some of it is for the tests of attaching")]
#[path = "../attach/running.rs"]
mod running;
#[path = "../sealed/mod.rs"]
mod sealed;

mod client;
mod crowded;
mod crowds;
mod entry;
mod leaving;
mod limits;
mod look;
mod notices;
mod originals;
mod remote;
mod settings;
mod tokens;
