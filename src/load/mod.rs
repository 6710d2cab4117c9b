//! Measuring: what the desk does under a load, and with a whole recorded day.
//!
//! Invariant: it drives the real engine and judges by what the engine journalled; it decides nothing about calls. Must not
//! know the command line, the console or the gateway.
//!
//! Of a load: [`scenario`] says what is to happen, [`crowd`] plays the customers and the workers, [`drive`] carries out
//! what they do at one of four targets, [`meter`] counts and measures, [`report`] is what is left of it.

pub(crate) mod crowd;
pub(crate) mod drive;
pub(crate) mod expect;
pub(crate) mod histogram;
pub(crate) mod live;
pub(crate) mod meter;
pub(crate) mod replay;
pub(crate) mod report;
pub(crate) mod scenario;
pub(crate) mod words;

use crate::desk::DeskError;
use crate::front::error::UserError;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::journal::JournalError;
use std::path::Path;
use thiserror::Error;

/// Why a load could not be carried out.
#[derive(Debug, Error)]
pub(crate) enum LoadError {
    /// The target cannot be reached or prepared, or does not have what the scenario asks for.
    #[error("{0}")]
    Target(String),
    /// The desk does not do what it must.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The store of its own cannot be made.
    #[error("the store of the load: {0}")]
    Store(std::io::Error),
}

impl From<Refusal> for LoadError {
    fn from(refusal: Refusal) -> Self {
        Self::Desk(refusal.into())
    }
}

impl From<JournalError> for LoadError {
    fn from(error: JournalError) -> Self {
        Self::Desk(DeskError::from_journal(Path::new("memory"), error))
    }
}

impl LoadError {
    /// Of something that the draft of a command says.
    fn said(error: UserError) -> Self {
        match error {
            UserError::Said(said) => Self::Target(said.text),
            UserError::Closed => Self::Target("closed".to_owned()),
        }
    }
}
