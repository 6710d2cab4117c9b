//! `ascall abort`.

use crate::cli::args::CallChange;
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::CallId;
use clap::Args;

/// Work is broken off; the service says whether another worker is searched.
#[derive(Debug, Args)]
pub(crate) struct Abort {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    #[command(flatten)]
    change: CallChange,
}

/// Asks the desk.
pub(crate) async fn run(args: &Abort, cx: &mut Cx) -> Result<Exit, UserError> {
    let command = Command::AbortWork { call: args.call };
    cx.change_call("abort", &args.change.of(args.call), args.call, command).await
}
