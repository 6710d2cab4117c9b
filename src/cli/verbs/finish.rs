//! `ascall finish`.

use super::note;
use crate::cli::args::{CallChange, Change, won, word};
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::event::WorkOutcome;
use ascall_engine::domain::ids::{CallId, Won};
use clap::{Args, ValueEnum};

/// Work is over; the worker is free at once.
///
/// A call that was not started counts as started.
#[derive(Debug, Args)]
pub(crate) struct Finish {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// What came of it.
    #[arg(long, value_enum, default_value_t)]
    outcome: Outcome,
    /// The price to be paid, in whole won: the fare of a metered service.
    #[arg(long, value_parser = won, value_name = "WON", allow_hyphen_values = true)]
    fare: Option<i64>,
    /// How the work ended: a code of the service's own list.
    #[arg(long, value_parser = word, value_name = "CODE")]
    disposition: Option<String>,
    #[command(flatten)]
    change: CallChange,
}

/// What came of the work.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Outcome {
    /// All of it.
    #[default]
    Done,
    /// Some of it.
    Partial,
    /// The customer was not there.
    NoShow,
}

/// Asks the desk.
pub(crate) async fn run(args: &Finish, cx: &mut Cx) -> Result<Exit, UserError> {
    let outcome = match args.outcome {
        Outcome::Done => WorkOutcome::Done,
        Outcome::Partial => WorkOutcome::Partial,
        Outcome::NoShow => WorkOutcome::NoShow,
    };
    let command = Command::FinishWork { call: args.call, outcome, fare: args.fare.map(Won) };
    let code = args.disposition.as_deref();
    let mut asked: Vec<(Change, Command)> = code
        .map(|code| {
            (args.change.of(args.call).part("disposition"), note::disposition(args.call, code))
        })
        .into_iter()
        .collect();
    asked.push((args.change.of(args.call), command));
    cx.change_call_by("finish", args.call, asked).await
}
