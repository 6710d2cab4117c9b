//! The verbs, one file each: an args struct whose doc comment is the help text, and `run`.
//!
//! Invariant: a verb asks through [`super::cx::Cx`] and shows through `ui`; it decides nothing about calls.

pub(crate) mod abort;
pub(crate) mod amend;
pub(crate) mod arrive;
pub(crate) mod assign;
pub(crate) mod attention;
pub(crate) mod backup;
#[cfg(feature = "bench")]
pub(crate) mod bench_console;
pub(crate) mod breaker;
pub(crate) mod cancel;
pub(crate) mod claim;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod depart;
pub(crate) mod doctor;
pub(crate) mod export;
pub(crate) mod finish;
pub(crate) mod hold;
pub(crate) mod import;
pub(crate) mod inbox;
pub(crate) mod list;
pub(crate) mod member;
pub(crate) mod note;
pub(crate) mod offer;
pub(crate) mod participant;
mod plain;
pub(crate) mod priority;
pub(crate) mod profile;
pub(crate) mod rate;
pub(crate) mod reassign;
pub(crate) mod refund;
pub(crate) mod release;
pub(crate) mod reopen;
pub(crate) mod report;
pub(crate) mod request;
pub(crate) mod request_file;
pub(crate) mod reschedule;
pub(crate) mod restore;
pub(crate) mod retry;
pub(crate) mod serve;
pub(crate) mod settle;
pub(crate) mod start;
pub(crate) mod status;
pub(crate) mod stock;
pub(crate) mod tail;
pub(crate) mod token;
pub(crate) mod tui;
pub(crate) mod verify;
pub(crate) mod waive;
pub(crate) mod watch;
pub(crate) mod why;
pub(crate) mod worker;
pub(crate) mod worker_import;
mod worker_page;
