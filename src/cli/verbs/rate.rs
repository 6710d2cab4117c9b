//! `ascall rate`.

use crate::cli::args::{CallChange, stars, word};
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::CallId;
use ascall_engine::domain::text::nfc;
use clap::Args;

/// Keep how the customer found a completed call. Once per call.
#[derive(Debug, Args)]
pub(crate) struct Rate {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// From 1 (bad) to 5 (good).
    #[arg(value_name = "N", value_parser = stars, allow_hyphen_values = true)]
    stars: u8,
    /// In the customer's words.
    #[arg(long, value_parser = word, allow_hyphen_values = true)]
    text: Option<String>,
    #[command(flatten)]
    change: CallChange,
}

/// Asks the desk.
pub(crate) async fn run(args: &Rate, cx: &mut Cx) -> Result<Exit, UserError> {
    let text = args.text.as_deref().map(nfc);
    let command = Command::RateCall { call: args.call, stars: args.stars, text };
    cx.change_call("rate", &args.change.of(args.call), args.call, command).await
}
