//! The crowd: its arrivals, its choices, and what it does at a desk.

mod arrivals;
mod choices;
mod town;
