//! The routes of those who look after the machine: whether it lives, whether it takes calls, how it does, and its counters.
//!
//! Invariant: `/readyz` says 200 only when a call would be taken now; nothing in here names a person.

use super::listen::Stage;
use super::metrics::{Metrics, OPENMETRICS};
use super::problem::Problem;
use crate::desk::vitals::Vitals;
use crate::desk::{Desk, DeskError};
use crate::front::show::name_of;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long the desk may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the routes work with.
pub(super) struct Ops {
    pub desk: Desk,
    pub store: PathBuf,
    pub metrics: Arc<Metrics>,
    pub stage: watch::Receiver<Stage>,
    pub begun: Instant,
}

/// How the desk does, for people and programs that look closer.
#[derive(Debug, Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    uptime_s: u64,
    /// The newest record.
    seq: u64,
    /// For how long something has been due that has not been done.
    lag_ms: u64,
    /// How long the desk took to say all this.
    answer_ms: u64,
    calls_live: u64,
    /// Participants whose breaker keeps requests away, and how.
    breakers_open: BTreeMap<String, String>,
    notices_waiting: u64,
    /// What a human must decide, by reason.
    attention: BTreeMap<String, u64>,
    disk: Option<Disk>,
}

/// The room where the store lies.
#[derive(Debug, Serialize)]
struct Disk {
    store_bytes: u64,
    free_bytes: u64,
    free_pct: u64,
}

/// The routes.
pub(super) fn routes(ops: Ops) -> Router {
    Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/healthz", get(health))
        .route("/metrics", get(metrics))
        .with_state(Arc::new(ops))
}

impl Ops {
    async fn vitals(&self) -> Result<Vitals, Problem> {
        match tokio::time::timeout(PATIENCE, self.desk.vitals()).await {
            Ok(Ok(vitals)) => Ok(vitals),
            // While the storage fails the desk hears no questions.
            Ok(Err(DeskError::Closing)) if *self.stage.borrow() == Stage::Open => {
                Err(not_ready("the storage has failed and is being opened again"))
            }
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(not_ready("the desk does not answer")),
        }
    }

    fn disk(&self) -> Option<Disk> {
        let free = rustix::fs::statvfs(&self.store).ok()?;
        let store_bytes = std::fs::metadata(&self.store).ok()?.len();
        let free_bytes = free.f_bavail.saturating_mul(free.f_frsize);
        Some(Disk { store_bytes, free_bytes, free_pct: free.f_bavail * 100 / free.f_blocks.max(1) })
    }
}

async fn ready(State(ops): State<Arc<Ops>>) -> Result<&'static str, Problem> {
    if *ops.stage.borrow() != Stage::Open {
        return Err(Problem::closing());
    }
    ops.vitals().await?;
    if ops.desk.local().is_some_and(|desk| desk.tally().failed_lately()) {
        return Err(not_ready("the last change could not be written"));
    }
    Ok("ready\n")
}

fn not_ready(why: &str) -> Problem {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    Problem::new(status, "not-ready", why.to_owned()).retry_after(1)
}

async fn health(State(ops): State<Arc<Ops>>) -> Result<Response, Problem> {
    let asked = Instant::now();
    let vitals = ops.vitals().await?;
    let took = asked.elapsed();
    let is_open = |state: &String| !matches!(state.as_str(), "closed" | "disabled");
    let breakers = vitals.breakers.iter().map(|(name, kind)| (name.clone(), name_of(kind)));
    let health = Health {
        status: if *ops.stage.borrow() == Stage::Open { "ok" } else { "leaving" },
        version: env!("CARGO_PKG_VERSION"),
        uptime_s: ops.begun.elapsed().as_secs(),
        seq: vitals.seq.0,
        lag_ms: vitals.lag.0,
        answer_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        calls_live: vitals.calls.values().sum(),
        breakers_open: breakers.filter(|(_, state)| is_open(state)).collect(),
        notices_waiting: vitals.notices.values().sum(),
        attention: vitals
            .attention
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(why, count)| (name_of(why), *count))
            .collect(),
        disk: ops.disk(),
    };
    Ok(Json(health).into_response())
}

async fn metrics(State(ops): State<Arc<Ops>>) -> Result<Response, Problem> {
    let vitals = ops.vitals().await?;
    let failed = || Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", "nothing to count");
    let text = ops.metrics.text(&vitals).ok_or_else(failed)?;
    Ok(([(CONTENT_TYPE, OPENMETRICS)], text).into_response())
}
