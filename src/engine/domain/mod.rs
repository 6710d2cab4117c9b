//! The domain: pure and total. No I/O, no clock, no order that depends on hashing.

pub mod breaker;
pub mod call;
pub mod card;
pub mod carry;
mod chance;
pub mod command;
pub mod decide;
pub mod event;
mod evolve;
mod follow;
mod foresight;
pub mod geo;
pub mod ids;
mod index;
mod matching;
pub mod member;
mod notices;
pub mod participant;
pub mod phase;
mod policy;
pub mod profile;
mod recall;
pub mod refusal;
pub mod snapshot;
pub mod stock;
pub mod tel;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub mod text;
pub mod trace;
mod word;
pub mod worker;
pub mod world;
