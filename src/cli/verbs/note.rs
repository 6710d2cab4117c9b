//! `ascall note`.

use crate::cli::args::{CallChange, word};
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::CallId;
use ascall_engine::domain::text::nfc;
use clap::Args;

/// Write something down about a call, or say how its work ended.
#[derive(Debug, Args)]
pub(crate) struct Note {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// What.
    #[arg(value_parser = word, allow_hyphen_values = true, required_unless_present = "disposition")]
    text: Option<String>,
    /// How the work ended: a code of the service's own list.
    #[arg(long, value_parser = word, value_name = "CODE")]
    disposition: Option<String>,
    #[command(flatten)]
    change: CallChange,
}

/// Asks the desk.
pub(crate) async fn run(args: &Note, cx: &mut Cx) -> Result<Exit, UserError> {
    let mut asked = Vec::new();
    if let Some(code) = &args.disposition {
        // Beside a text it is the smaller part; alone it has the key to itself.
        let change = if args.text.is_some() {
            args.change.of(args.call).part("disposition")
        } else {
            args.change.of(args.call)
        };
        asked.push((change, disposition(args.call, code)));
    }
    if let Some(text) = &args.text {
        asked.push((
            args.change.of(args.call),
            Command::AddNote { call: args.call, text: nfc(text) },
        ));
    }
    cx.change_call_by("note", args.call, asked).await
}

/// How the work of `call` ended.
pub(super) fn disposition(call: CallId, code: &str) -> Command {
    Command::SetDisposition { call, code: nfc(code) }
}
