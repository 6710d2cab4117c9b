//! `ascall amend`.

use crate::cli::args::{CallChange, won};
use crate::cli::cx::Cx;
use crate::front::draft;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::CallId;
use clap::Args;

/// Change what was asked for. Only what is named changes; the worker is searched anew where it matters.
#[derive(Debug, Args)]
pub(crate) struct Amend {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// The new place: a name or LAT,LON.
    #[arg(long)]
    location: Option<String>,
    /// The new phone number.
    #[arg(long)]
    tel: Option<String>,
    /// The customer's name, with a new number.
    #[arg(long, requires = "tel")]
    name: Option<String>,
    /// The new skill.
    #[arg(long)]
    kind: Option<String>,
    /// The new price or estimate, in whole won.
    #[arg(long, value_parser = won, value_name = "WON", allow_hyphen_values = true)]
    cost: Option<i64>,
    #[command(flatten)]
    change: CallChange,
}

/// Asks the desk.
pub(crate) async fn run(args: &Amend, cx: &mut Cx) -> Result<Exit, UserError> {
    cx.with_desk("amend", async |cx: &mut Cx, desk| {
        let amend = draft::Amend {
            location: args.location.clone(),
            tel: args.tel.clone(),
            name: args.name.clone(),
            kind: args.kind.clone(),
            cost: args.cost,
        };
        let (change, warnings) = amend.resolve(args.call, &cx.setup, &desk.book(), &cx.ui.look)?;
        for warning in &warnings {
            cx.ui.warn(warning)?;
        }
        let command = Command::AmendCall { call: args.call, change };
        if cx.ask(desk, &args.change.of(args.call), command).await?.is_some() {
            desk.settle(args.call).await?;
            cx.show_call(&desk.book(), args.call)?;
        }
        Ok(Exit::Done)
    })
    .await
}
