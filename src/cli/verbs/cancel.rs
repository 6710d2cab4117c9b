//! `ascall cancel`.

use crate::cli::args::Change;
use crate::cli::cx::Cx;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::CallId;
use clap::Args;

/// Call a call off.
///
/// Its worker is freed in the same moment, what was done for it is undone, and the customer is told.
#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// Although the service does not allow it any more, until work starts. Needs a reason.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    change: Change,
}

/// Asks the desk.
pub(crate) async fn run(args: &Cancel, cx: &mut Cx) -> Result<Exit, CliError> {
    let command = Command::CancelCall { call: args.call, force: args.force };
    cx.change_call("cancel", &args.change, args.call, command).await
}
