//! `ascall reschedule`.

use crate::cli::args::CallChange;
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::CallId;
use clap::Args;

/// Move a call's appointment. A worker who cannot come then is taken off it.
#[derive(Debug, Args)]
pub(crate) struct Reschedule {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// To when: `14:00`, `+2h`, or `2026-11-22 14:00`.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: String,
    #[command(flatten)]
    change: CallChange,
}

/// Asks the desk.
pub(crate) async fn run(args: &Reschedule, cx: &mut Cx) -> Result<Exit, UserError> {
    let at = cx.ui.look.clock.parse(&args.at).map_err(UserError::bad_time)?;
    let command = Command::Reschedule { call: args.call, at };
    cx.change_call("reschedule", &args.change.of(args.call), args.call, command).await
}
