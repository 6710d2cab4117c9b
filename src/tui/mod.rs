//! The dispatcher's console: a screen over the desk, driven by keys.
//!
//! Invariant: [`state::State`] decides and never draws, [`view`] draws and never decides, [`feed`] alone asks the desk;
//! what a key does to a call is a line of the command line, carried out by whoever gave the console its [`typed::Typed`].
//! Knows no verb, and nothing of how a desk is opened.

pub(crate) mod canvas;
pub(crate) mod feed;
pub(crate) mod hangul;
pub(crate) mod keys;
pub(crate) mod msg;
pub(crate) mod picture;
pub(crate) mod screen;
pub(crate) mod snapshot;
pub(crate) mod state;
#[cfg(test)]
mod storm_tests;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod text;
pub(crate) mod theme;
pub(crate) mod typed;
pub(crate) mod view;
pub(crate) mod words;
