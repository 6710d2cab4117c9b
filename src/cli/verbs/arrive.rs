//! `ascall arrive`.

use crate::cli::args::CallChange;
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
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
    change: CallChange,
}

/// Asks the desk.
pub(crate) async fn run(args: &Arrive, cx: &mut Cx) -> Result<Exit, UserError> {
    let command = Command::Arrive { call: args.call };
    cx.change_call("arrive", &args.change.of(args.call), args.call, command).await
}
