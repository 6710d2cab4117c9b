//! `ascall waive`.

use crate::cli::args::CallChange;
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::CallId;
use clap::Args;

/// Let the undo of a step go, when nobody can do it any more. Needs a reason.
#[derive(Debug, Args)]
pub(crate) struct Waive {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// The step's name.
    step: String,
    #[command(flatten)]
    change: CallChange,
}

/// Asks the desk.
pub(crate) async fn run(args: &Waive, cx: &mut Cx) -> Result<Exit, UserError> {
    let command = Command::WaiveStep { call: args.call, step: args.step.clone() };
    cx.change_call("waive", &args.change.of(args.call), args.call, command).await
}
