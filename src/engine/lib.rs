//! The engine of ascall: calls, the assignment saga, the circuit breaker and the journal.

pub mod core;
pub mod couriers;
pub mod domain;
pub mod engine;
pub mod journal;
pub mod participants;
pub mod places;
#[cfg_attr(feature = "planted", doc(hidden))]
#[cfg(feature = "planted")]
pub mod planted;
#[cfg(not(feature = "planted"))]
mod planted;
mod record;
pub mod verify;
pub mod views;
