//! The acceptance stories of the five services, told through the built binary, and the defects of the systems they
//! replace, each shown absent.
//!
//! Invariant: a story is a file in `fixtures/scenarios` that a dispatcher can read; Rust is beside it only where many
//! processes at once or a kill need it. The tests know nothing of the program's inside.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

#[path = "../sealed/mod.rs"]
mod sealed;

mod acceptance;
mod answer;
mod beside;
mod crowd;
mod defects;
mod play;
mod scenario;
mod services;
mod words;
