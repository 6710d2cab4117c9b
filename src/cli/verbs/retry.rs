//! `ascall retry`.

use crate::cli::args::CallChange;
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::CallId;
use clap::Args;

/// Try what a call waits for again now.
#[derive(Debug, Args)]
pub(crate) struct Retry {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    #[command(flatten)]
    change: CallChange,
}

/// Asks the desk.
pub(crate) async fn run(args: &Retry, cx: &mut Cx) -> Result<Exit, UserError> {
    let command = Command::RetryCall { call: args.call };
    cx.change_call("retry", &args.change.of(args.call), args.call, command).await
}
