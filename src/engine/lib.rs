//! The engine of ascall: calls, the assignment saga, the circuit breaker and the journal.

pub mod domain;
