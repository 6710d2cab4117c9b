//! `ascall note`.

use crate::cli::args::{Change, word};
use crate::cli::cx::Cx;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::CallId;
use ascall_engine::domain::text::nfc;
use clap::Args;

/// Write something down about a call.
#[derive(Debug, Args)]
pub(crate) struct Note {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// What.
    #[arg(value_parser = word, allow_hyphen_values = true)]
    text: String,
    #[command(flatten)]
    change: Change,
}

/// Asks the desk.
pub(crate) async fn run(args: &Note, cx: &mut Cx) -> Result<Exit, CliError> {
    let command = Command::AddNote { call: args.call, text: nfc(&args.text) };
    cx.change_call("note", &args.change, args.call, command).await
}
