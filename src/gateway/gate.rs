//! What every route works with: the desk that is open here, and the language of whoever asks.
//!
//! Invariant: rows are read beside the writer, on threads that may block; nothing in here knows a path or a status code.

use super::problem::Problem;
use super::replay::Replays;
use super::v1::events;
use crate::desk::{Book, Desk, Setup};
use crate::front::clock::Clock;
use crate::front::error::UserError;
use crate::front::look::Look;
use ascall_engine::domain::profile::Lang;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The desk as the gateway serves it. Each request has a clone.
#[derive(Clone)]
pub(super) struct Gate(Arc<Served>);

struct Served {
    desk: Desk,
    setup: Setup,
    /// Room for those who follow the journal.
    followers: Arc<Semaphore>,
    replays: Replays,
}

impl Gate {
    /// A gate to a desk that is open here.
    pub(super) fn to(desk: Desk, setup: &Setup) -> Self {
        let followers = Arc::new(Semaphore::new(events::FOLLOWERS_MAX));
        let replays = Replays::default();
        Self(Arc::new(Served { desk, setup: setup.clone(), followers, replays }))
    }

    /// The desk.
    pub(super) fn desk(&self) -> &Desk {
        &self.0.desk
    }

    /// How it was opened.
    pub(super) fn setup(&self) -> &Setup {
        &self.0.setup
    }

    /// A place among those who follow the journal; none: all are taken.
    pub(super) fn follower(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0.followers).try_acquire_owned().ok()
    }

    /// The keys that are being asked under, and what was answered.
    pub(super) fn replays(&self) -> &Replays {
        &self.0.replays
    }

    /// Reads rows, beside everything else that runs here.
    ///
    /// # Errors
    /// What the reading says, or the desk is closing.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        reading: impl FnOnce(&Book, &Setup) -> Result<T, UserError> + Send + 'static,
    ) -> Result<T, Problem> {
        let served = Arc::clone(&self.0);
        let reading = move || reading(&served.desk.book(), &served.setup);
        let read = tokio::task::spawn_blocking(reading).await;
        Ok(read.map_err(|_| Problem::closing())??)
    }

    /// How values look to whoever sent these headers: Korean unless English is preferred.
    pub(super) fn look(headers: &HeaderMap) -> Look {
        let wanted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let first = wanted.and_then(|list| list.split([',', ';']).next()).unwrap_or_default();
        let lang = if first.trim().starts_with("en") { Lang::En } else { Lang::Ko };
        Look { lang, clock: Clock::of_machine(), reveal: false }
    }
}
