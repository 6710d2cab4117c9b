//! `ascall assign`.

use crate::cli::args::CallChange;
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::{CallId, WorkerId};
use clap::Args;

/// Give an open call to a worker.
#[derive(Debug, Args)]
pub(crate) struct Assign {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// The worker.
    #[arg(value_name = "W")]
    worker: WorkerId,
    /// Although the worker declined the call, was taken off it, or lacks the skill. Needs a reason.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    change: CallChange,
}

/// Asks the desk.
pub(crate) async fn run(args: &Assign, cx: &mut Cx) -> Result<Exit, UserError> {
    let command = Command::AssignCall { call: args.call, worker: args.worker, force: args.force };
    cx.change_call("assign", &args.change.of(args.call), args.call, command).await
}
