//! What people and programs meet at the desk: words in two languages, the shapes of what is shown, the errors with their
//! hints, and the way from what was typed to what the desk is asked. The command line, the gateway and the console share it.
//!
//! Invariant: nothing in here writes, listens or asks for a change; it knows the desk and none of those who stand before it.

pub(crate) mod clock;
pub(crate) mod cursor;
pub(crate) mod draft;
pub(crate) mod error;
pub(crate) mod exit;
mod korean;
pub(crate) mod listing;
pub(crate) mod look;
pub(crate) mod mark;
pub(crate) mod mask;
pub(crate) mod originals;
pub(crate) mod show;
pub(crate) mod words;
