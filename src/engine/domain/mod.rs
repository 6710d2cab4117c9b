//! The domain: pure and total. No I/O, no clock, no order that depends on hashing.

pub mod ids;
