//! `ascall arrive`.

use crate::cli::args::Change;
use crate::cli::cx::Cx;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::CallId;
use clap::Args;

/// The worker is there.
#[derive(Debug, Args)]
pub(crate) struct Arrive {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    #[command(flatten)]
    change: Change,
}

/// Asks the desk.
pub(crate) async fn run(args: &Arrive, cx: &mut Cx) -> Result<Exit, CliError> {
    let command = Command::Arrive { call: args.call };
    cx.change_call("arrive", &args.change, args.call, command).await
}
