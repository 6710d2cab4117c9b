//! `ascall start`.

use crate::cli::args::CallChange;
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::CallId;
use clap::Args;

/// Work begins.
#[derive(Debug, Args)]
pub(crate) struct Start {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    #[command(flatten)]
    change: CallChange,
}

/// Asks the desk.
pub(crate) async fn run(args: &Start, cx: &mut Cx) -> Result<Exit, UserError> {
    let command = Command::StartWork { call: args.call };
    cx.change_call("start", &args.change.of(args.call), args.call, command).await
}
