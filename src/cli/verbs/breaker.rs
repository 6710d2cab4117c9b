//! `ascall breaker`: the circuit breakers of the participants.

use crate::cli::args::Change;
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::participant::{BreakerJson, IncidentJson};
use ascall_engine::domain::breaker::Order;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::refusal::Refusal;
use clap::{Args, Subcommand};

/// Circuit breakers: one per participant.
#[derive(Debug, Subcommand)]
pub(crate) enum Breaker {
    /// List them.
    List,
    /// Hold one open until another order. Needs a reason.
    Open(Named),
    /// Close one now; it goes on by itself from there.
    Close(Named),
    /// Let everything pass and count nothing.
    Disable(Named),
    /// Let one decide by itself again.
    Auto(Named),
    /// List the times that a breaker kept requests back.
    Incidents(Incidents),
}

/// One breaker.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The participant's name, e.g. `manage`.
    participant: String,
    #[command(flatten)]
    change: Change,
}

/// Whose incidents.
#[derive(Debug, Args)]
pub(crate) struct Incidents {
    /// Only of this participant.
    participant: Option<String>,
}

/// Lists or sets.
pub(crate) async fn run(args: &Breaker, cx: &mut Cx) -> Result<Exit, UserError> {
    let (named, to, verb) = match args {
        Breaker::List => {
            let breakers = all(cx, "breaker list").await?;
            let json: Vec<BreakerJson> = breakers.iter().map(BreakerJson::of).collect();
            cx.ui.many(&json)?;
            return Ok(Exit::Done);
        }
        Breaker::Incidents(which) => return incidents(cx, which.participant.as_deref()).await,
        Breaker::Open(named) => {
            let reason = named.change.asking().reason.filter(|reason| !reason.is_empty());
            let reason = reason.ok_or(Refusal::ReasonMissing { verb: "holding a breaker open" })?;
            (named, Order::Open { reason }, "breaker open")
        }
        Breaker::Close(named) => (named, Order::Close, "breaker close"),
        Breaker::Disable(named) => (named, Order::Disable, "breaker disable"),
        Breaker::Auto(named) => (named, Order::Auto, "breaker auto"),
    };
    cx.with_desk(verb, async |cx: &mut Cx, desk| {
        let name = named.participant.clone();
        let command = Command::ForceBreaker { name: name.clone(), to };
        if cx.ask(desk, &named.change, command).await?.is_some() {
            let breakers = desk.breakers().await?;
            if let Some(one) = breakers.iter().find(|b| b.participant == name) {
                let json = BreakerJson::of(one);
                let line = json.line(&cx.ui.look);
                cx.ui.one(&json, &line)?;
            }
        }
        Ok(Exit::Done)
    })
    .await
}

async fn all(cx: &mut Cx, verb: &str) -> Result<Vec<crate::desk::live::Breaker>, UserError> {
    cx.must_exist()?;
    cx.with_desk(verb, async |_: &mut Cx, desk| Ok(desk.breakers().await?)).await
}

async fn incidents(cx: &mut Cx, participant: Option<&str>) -> Result<Exit, UserError> {
    let breakers = all(cx, "breaker incidents").await?;
    if let Some(name) = participant
        && !breakers.iter().any(|b| b.participant == name)
    {
        let known: Vec<&str> = breakers.iter().map(|b| b.participant.as_str()).collect();
        let known = known.join(", ");
        return Err(Refusal::NoSuchParticipant { name: name.to_owned(), known }.into());
    }
    let mut found: Vec<IncidentJson> = breakers
        .iter()
        .filter(|b| participant.is_none_or(|name| b.participant == name))
        .flat_map(|b| &b.incidents)
        .map(IncidentJson::of)
        .collect();
    found.sort_by_key(|incident| incident.opened);
    cx.ui.many(&found)?;
    Ok(Exit::Done)
}
