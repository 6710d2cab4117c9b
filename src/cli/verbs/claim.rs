//! `ascall claim`.

use crate::cli::args::CallChange;
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::{CallId, WorkerId};
use clap::Args;

/// A worker takes a call from the open list; whoever comes first has it.
///
/// What can be claimed: `ascall list --view open`.
#[derive(Debug, Args)]
pub(crate) struct Claim {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// Who takes it.
    #[arg(long, value_name = "W")]
    worker: WorkerId,
    /// When the worker will come: `14:00`, `+2h`, or `2026-11-22 14:00`. Without it, when the customer asked for, or now.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
    #[command(flatten)]
    change: CallChange,
}

/// Asks the desk.
pub(crate) async fn run(args: &Claim, cx: &mut Cx) -> Result<Exit, UserError> {
    let at = cx.ui.look.clock.ahead(args.at.as_deref()).map_err(UserError::bad_time)?;
    let command = Command::ClaimCall { call: args.call, worker: args.worker, at };
    cx.change_call("claim", &args.change.of(args.call), args.call, command).await
}
