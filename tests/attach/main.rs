//! Several processes, one desk: host and guests, through the built binary.
//!
//! Invariant: every run in here ends within its time or fails the test; nothing is waited for by sleeping.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "what a process said is shown when its test fails")]
#![allow(clippy::format_push_string, reason = "a transcript is text put together")]

#[path = "../sealed/mod.rs"]
mod sealed;
#[allow(dead_code, reason = "some of it is for the tests of the verbs")]
#[path = "../cli/told.rs"]
mod told;

mod backup;
mod crowd;
mod death;
mod events;
mod fake;
mod handover;
mod place;
mod running;
mod sharing;
