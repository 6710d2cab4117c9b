//! `ascall cancel`.

use crate::cli::args::{CallChange, Change};
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::event::Actor;
use ascall_engine::domain::ids::CallId;
use clap::{Args, ValueEnum};

/// Call a call off.
///
/// Its worker is freed in the same moment, what was done for it is undone, and the customer is told.
#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// Although the service does not allow it any more, until work starts. Needs a reason.
    #[arg(long)]
    force: bool,
    /// Who calls it off, when it is not the desk: then the customer's own rule holds.
    #[arg(long = "as", value_enum, value_name = "WHO", conflicts_with = "force")]
    by: Option<Party>,
    #[command(flatten)]
    change: CallChange,
}

/// Who may speak for themselves.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Party {
    /// The person who called.
    Customer,
}

/// Asks the desk.
pub(crate) async fn run(args: &Cancel, cx: &mut Cx) -> Result<Exit, UserError> {
    let command = Command::CancelCall { call: args.call, force: args.force };
    let by = args.by.map(|Party::Customer| Actor::Customer);
    let change = Change { by, ..args.change.of(args.call) };
    cx.change_call("cancel", &change, args.call, command).await
}
