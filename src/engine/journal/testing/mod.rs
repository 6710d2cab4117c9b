//! What tests and the simulator need to hurt a store on purpose.
//!
//! Invariant: every fault is chosen by the caller or by a seed, so that a failure can be repeated.

pub mod backend;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod crash;

#[cfg(test)]
pub(super) use contract::read_all;
