//! `/v1/participants` and `/v1/breakers`: how the desk runs.
//!
//! Invariant: changing how the desk runs needs the scope `admin`.

use super::given::Why;
use crate::front::look::Look;
use crate::front::show::participant::{BreakerJson, IncidentJson, ParticipantJson};
use crate::gateway::answer::{Changed, Outcome, Page};
use crate::gateway::asked::{Asked, Json};
use crate::gateway::caller::Scope;
use crate::gateway::change::change;
use crate::gateway::gate::Gate;
use crate::gateway::openapi::Api;
use crate::gateway::part::{How, Named, Query};
use crate::gateway::problem::Problem;
use ascall_engine::domain::breaker::Order;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::event::{FailKind, Mode};
use ascall_engine::domain::ids::Millis;
use ascall_engine::domain::refusal::Refusal;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// The routes of participants and breakers.
pub(super) fn routes(api: Api) -> Api {
    api.about("participants", "Who answers gates and steps; and `assign`, which finds workers")
        .get("/v1/participants", "List them.", participants)
        .post("/v1/participants/{name}/stop", Scope::Admin, "It does not answer any more.", stop)
        .post("/v1/participants/{name}/start", Scope::Admin, "It answers again.", start)
        .post("/v1/participants/{name}/slow", Scope::Admin, "It answers late.", slow)
        .post("/v1/participants/{name}/fail", Scope::Admin, "It answers with a failure.", fail)
        .about("breakers", "Circuit breakers: one per participant")
        .get("/v1/breakers", "List them.", breakers)
        .get("/v1/breakers/{name}/incidents", "The times that one kept requests back.", incidents)
        .post("/v1/breakers/{name}/open", Scope::Admin, "Hold one open. Needs a reason.", open)
        .post("/v1/breakers/{name}/close", Scope::Admin, "Close one now.", close)
        .post("/v1/breakers/{name}/disable", Scope::Admin, "Let everything pass.", disable)
        .post("/v1/breakers/{name}/auto", Scope::Admin, "Let one decide by itself again.", auto)
}

async fn participants(State(gate): State<Gate>) -> Result<Page<ParticipantJson>, Problem> {
    Ok(Page::all(gate.desk().participants().await?.iter().map(ParticipantJson::of)))
}

/// How late it answers.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Slow {
    /// The least delay, in milliseconds.
    fixed_ms: u64,
    /// Up to this much more, in milliseconds.
    #[serde(default)]
    random_ms: u64,
    /// Why, in your words; it is journalled.
    #[serde(default)]
    reason: Option<String>,
}

/// How it fails.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Fail {
    /// How.
    #[serde(default, rename = "as")]
    how: HowItFails,
    /// Why, in your words; it is journalled.
    #[serde(default)]
    reason: Option<String>,
}

/// How a participant fails.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum HowItFails {
    /// It refuses everything.
    Denied,
    /// It surely does nothing.
    #[default]
    Unavailable,
    /// It does it, and the answer is lost.
    Lost,
}

/// Changes to a participant or a breaker, each by its body.
macro_rules! set {
    ($show:ident -> $shown:ty { $($name:ident ($body:ident: $type:ty) $mode:expr;)* }) => {
        $(async fn $name(
            State(gate): State<Gate>,
            look: Look,
            asked: Asked,
            Named(name): Named,
            Query(how): Query<How>,
            Json($body): Json<$type>,
        ) -> Result<Changed<$shown>, Problem> {
            let to = $mode;
            $show((&gate, &asked, how, &look), name, $body.reason, to).await
        })*
    };
}

set! { set_mode -> ParticipantJson {
    stop (why: Why) Mode::Stopped;
    start (why: Why) Mode::Running;
    slow (slow: Slow) Mode::Slow { fixed: Millis(slow.fixed_ms), random: Millis(slow.random_ms) };
    fail (fail: Fail) Mode::Failing(match fail.how {
        HowItFails::Denied => FailKind::Denied,
        HowItFails::Unavailable => FailKind::Unavailable,
        HowItFails::Lost => FailKind::Lost,
    });
} }

set! { force -> BreakerJson {
    open (why: Why) {
        let reason = why.reason.clone().filter(|reason| !reason.trim().is_empty());
        Order::Open { reason: reason.ok_or(Refusal::ReasonMissing { verb: "holding a breaker open" })? }
    };
    close (why: Why) Order::Close;
    disable (why: Why) Order::Disable;
    auto (why: Why) Order::Auto;
} }

async fn set_mode(
    asked: (&Gate, &Asked, How, &Look),
    name: String,
    reason: Option<String>,
    mode: Mode,
) -> Result<Changed<ParticipantJson>, Problem> {
    let gate = asked.0;
    let asking = asked.1.asking(reason.as_deref())?;
    let command = Command::SetMode { name: name.clone(), mode };
    change(asked, vec![(asking, command)], |_| async move {
        let all = gate.desk().participants().await?;
        let one = all.iter().find(|one| one.name == name);
        let one = one.ok_or_else(|| nobody(&name, all.iter().map(|one| one.name.as_str())))?;
        Ok(Outcome::of(ParticipantJson::of(one)))
    })
    .await
}

fn nobody<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Refusal {
    let known = known.collect::<Vec<_>>().join(", ");
    Refusal::NoSuchParticipant { name: name.to_owned(), known }
}

async fn breakers(State(gate): State<Gate>) -> Result<Page<BreakerJson>, Problem> {
    Ok(Page::all(gate.desk().breakers().await?.iter().map(BreakerJson::of)))
}

async fn one(gate: &Gate, name: &str) -> Result<crate::desk::live::Breaker, Problem> {
    let mut all = gate.desk().breakers().await?;
    match all.iter().position(|breaker| breaker.participant == name) {
        Some(at) => Ok(all.swap_remove(at)),
        None => Err(nobody(name, all.iter().map(|one| one.participant.as_str())).into()),
    }
}

async fn incidents(
    State(gate): State<Gate>,
    Named(name): Named,
) -> Result<Page<IncidentJson>, Problem> {
    Ok(Page::all(one(&gate, &name).await?.incidents.iter().map(IncidentJson::of)))
}

async fn force(
    asked: (&Gate, &Asked, How, &Look),
    name: String,
    reason: Option<String>,
    to: Order,
) -> Result<Changed<BreakerJson>, Problem> {
    let gate = asked.0;
    let asking = asked.1.asking(reason.as_deref())?;
    let command = Command::ForceBreaker { name: name.clone(), to };
    change(asked, vec![(asking, command)], |_| async move {
        Ok(Outcome::of(BreakerJson::of(&one(gate, &name).await?)))
    })
    .await
}
