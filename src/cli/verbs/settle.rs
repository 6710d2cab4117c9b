//! `ascall settle`.

use crate::cli::args::CallChange;
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::event::SettledBy;
use ascall_engine::domain::ids::CallId;
use clap::{Args, ValueEnum};

/// Settle by hand what keeps a finished call from being completed. Needs a reason.
#[derive(Debug, Args)]
pub(crate) struct Settle {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// How.
    #[arg(long, value_enum)]
    by: By,
    #[command(flatten)]
    change: CallChange,
}

/// How it was settled.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    /// Paid in cash.
    Cash,
    /// Paid by card outside the desk.
    Card,
    /// Let go.
    Waive,
}

/// Asks the desk.
pub(crate) async fn run(args: &Settle, cx: &mut Cx) -> Result<Exit, UserError> {
    let by = match args.by {
        By::Cash => SettledBy::Cash,
        By::Card => SettledBy::Card,
        By::Waive => SettledBy::Waive,
    };
    let command = Command::SettleCall { call: args.call, by };
    cx.change_call("settle", &args.change.of(args.call), args.call, command).await
}
