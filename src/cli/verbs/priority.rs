//! `ascall priority`.

use crate::cli::args::CallChange;
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::CallId;
use clap::Args;

/// Say how urgent a call is.
#[derive(Debug, Args)]
pub(crate) struct Priority {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// `low`, `normal`, `high`, `urgent`, or 0 to 3.
    #[arg(value_name = "PRIORITY", value_parser = crate::cli::args::priority)]
    level: u8,
    #[command(flatten)]
    change: CallChange,
}

/// Asks the desk.
pub(crate) async fn run(args: &Priority, cx: &mut Cx) -> Result<Exit, UserError> {
    let command = Command::SetPriority { call: args.call, priority: args.level };
    cx.change_call("priority", &args.change.of(args.call), args.call, command).await
}
