//! `ascall refund`.

use crate::cli::args::{CallChange, won};
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::{CallId, Won};
use clap::Args;

/// Give money of a completed call back, to where it came from. Needs a reason.
///
/// If whoever keeps the money cannot be asked now, it is asked again until it is done.
#[derive(Debug, Args)]
pub(crate) struct Refund {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// How much, in whole won; without it, all that is left.
    #[arg(long, value_parser = won, value_name = "WON", allow_hyphen_values = true)]
    amount: Option<i64>,
    #[command(flatten)]
    change: CallChange,
}

/// Asks the desk.
pub(crate) async fn run(args: &Refund, cx: &mut Cx) -> Result<Exit, UserError> {
    let command = Command::RefundCall { call: args.call, won: args.amount.map(Won) };
    cx.change_call("refund", &args.change.of(args.call), args.call, command).await
}
