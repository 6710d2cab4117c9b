//! `ascall hold`.

use crate::cli::args::CallChange;
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::CallId;
use clap::Args;

/// Leave an open call alone for a while: nobody is searched for it until then.
#[derive(Debug, Args)]
pub(crate) struct Hold {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// Until when: `14:30`, `30m` from now, or `2026-11-21 14:30`.
    #[arg(long, value_name = "TIME")]
    until: String,
    #[command(flatten)]
    change: CallChange,
}

/// Asks the desk.
pub(crate) async fn run(args: &Hold, cx: &mut Cx) -> Result<Exit, UserError> {
    let until = cx.ui.look.clock.parse(&args.until).map_err(UserError::bad_time)?;
    let command = Command::HoldCall { call: args.call, until };
    cx.change_call("hold", &args.change.of(args.call), args.call, command).await
}
