//! `ascall participant`: who answers gates and steps, and the stage `assign`.

use crate::cli::args::Change;
use crate::cli::cx::Cx;
use crate::front::clock::{millis, span};
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::participant::ParticipantJson;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::event::{FailKind, Mode};
use clap::{Args, Subcommand, ValueEnum};
use std::time::Duration;

/// Participants: who answers gates and steps; and `assign`, the stage that finds workers.
#[derive(Debug, Subcommand)]
pub(crate) enum Participant {
    /// List them.
    List,
    /// It does not answer any more.
    Stop(Named),
    /// It answers again.
    Start(Named),
    /// It answers late.
    Slow(Slow),
    /// It answers with a failure.
    Fail(Fail),
}

/// One of them.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// Its name, e.g. `manage` or `assign`.
    name: String,
    #[command(flatten)]
    change: Change,
}

/// One of them, and how late.
#[derive(Debug, Args)]
pub(crate) struct Slow {
    /// Its name, e.g. `manage` or `assign`.
    name: String,
    /// The least delay, e.g. `400ms`.
    #[arg(long, value_parser = span, allow_hyphen_values = true, value_name = "TIME")]
    fixed: Duration,
    /// Up to this much more.
    #[arg(long, value_parser = span, allow_hyphen_values = true, default_value = "0ms", value_name = "TIME")]
    random: Duration,
    #[command(flatten)]
    change: Change,
}

/// One of them, and how.
#[derive(Debug, Args)]
pub(crate) struct Fail {
    /// Its name, e.g. `manage`.
    name: String,
    /// How it fails.
    #[arg(long = "as", value_enum, default_value_t)]
    how: How,
    #[command(flatten)]
    change: Change,
}

/// How a participant fails.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum How {
    /// It refuses everything.
    Denied,
    /// It surely does nothing.
    #[default]
    Unavailable,
    /// It does it, and the answer is lost.
    Lost,
}

/// Lists or sets.
pub(crate) async fn run(args: &Participant, cx: &mut Cx) -> Result<Exit, UserError> {
    let (named, change, mode, verb) = match args {
        Participant::List => {
            cx.must_exist()?;
            let all = cx
                .with_desk("participant list", async |_: &mut Cx, desk| {
                    Ok(desk.participants().await?)
                })
                .await?;
            let all: Vec<ParticipantJson> = all.iter().map(ParticipantJson::of).collect();
            cx.ui.many(&all)?;
            return Ok(Exit::Done);
        }
        Participant::Stop(a) => (&a.name, &a.change, Mode::Stopped, "participant stop"),
        Participant::Start(a) => (&a.name, &a.change, Mode::Running, "participant start"),
        Participant::Slow(a) => {
            let mode = Mode::Slow { fixed: millis(a.fixed), random: millis(a.random) };
            (&a.name, &a.change, mode, "participant slow")
        }
        Participant::Fail(a) => {
            let how = match a.how {
                How::Denied => FailKind::Denied,
                How::Unavailable => FailKind::Unavailable,
                How::Lost => FailKind::Lost,
            };
            (&a.name, &a.change, Mode::Failing(how), "participant fail")
        }
    };
    cx.with_desk(verb, async |cx: &mut Cx, desk| {
        let command = Command::SetMode { name: named.clone(), mode };
        if cx.ask(desk, change, command).await?.is_some() {
            let all = desk.participants().await?;
            if let Some(one) = all.iter().find(|p| p.name == *named) {
                let json = ParticipantJson::of(one);
                let line = json.line(&cx.ui.look);
                cx.ui.one(&json, &line)?;
            }
        }
        Ok(Exit::Done)
    })
    .await
}
