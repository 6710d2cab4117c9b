//! `ascall release`.

use crate::cli::args::CallChange;
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::CallId;
use clap::Args;

/// Take the worker off a call before work starts, or end its hold.
#[derive(Debug, Args)]
pub(crate) struct Release {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// The worker did not come.
    #[arg(long)]
    no_show: bool,
    #[command(flatten)]
    change: CallChange,
}

/// Asks the desk.
pub(crate) async fn run(args: &Release, cx: &mut Cx) -> Result<Exit, UserError> {
    let command = Command::ReleaseCall { call: args.call, no_show: args.no_show };
    cx.change_call("release", &args.change.of(args.call), args.call, command).await
}
