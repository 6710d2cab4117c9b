//! Tests of the domain as a whole.

mod decide_calls;
mod decide_desk;
mod decide_table;
mod found;
mod gates;
mod kit;
mod late;
mod lifecycle;
mod limits;
mod moves;
mod plan;
mod properties;
mod random;
mod search;
mod states;
mod steps;
mod unwinding;
mod work;
