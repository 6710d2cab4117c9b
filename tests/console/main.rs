//! The console on a real terminal: the built binary under a pseudo-terminal, driven by keys, its screen read back.
//!
//! Invariant: nothing is waited for by sleeping; whatever is expected on the screen comes within its time or fails the test
//! with the screen as it stands.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "what a process said is shown when its test fails")]

#[allow(dead_code, reason = "some of it is for the tests of attaching")]
#[path = "../attach/running.rs"]
mod running;
#[path = "../sealed/mod.rs"]
mod sealed;

mod demo;
mod lines;
mod load;
mod story;
mod terminal;
mod ways_out;
