//! `ascall amend`.

use crate::cli::args::{Change, won};
use crate::cli::cx::Cx;
use crate::cli::draft;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use ascall_engine::domain::command::{Amendment, Command};
use ascall_engine::domain::ids::{CallId, Won};
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
    change: Change,
}

/// Asks the desk.
pub(crate) async fn run(args: &Amend, cx: &mut Cx) -> Result<Exit, CliError> {
    cx.with_desk("amend", async |cx: &mut Cx, desk| {
        let mut warnings = Vec::new();
        let mut change = Amendment { cost: args.cost.map(Won), ..Amendment::default() };
        if let Some(text) = &args.location {
            let text = draft::text_of("location", text)?;
            let spot = draft::place(&text, &cx.ui.look, &mut warnings)?;
            // A place the desk does not know cannot take the place of one it does.
            let spot = spot.ok_or_else(|| CliError::unknown_place(&text))?;
            change.spot = Some((spot, text));
        }
        if let Some(tel) = &args.tel {
            let book = desk.book();
            let name = args.name.as_deref();
            let mut contact = draft::contact(&cx.setup, &book, name, tel)?;
            if name.is_none() {
                let row = book.call(args.call)?.ok_or_else(|| CliError::no_call(args.call))?;
                contact.person.name = book.person(row.subject)?.and_then(|person| person.name);
            }
            change.contact = Some(contact);
        }
        if let Some(kind) = &args.kind {
            change.kind = Some(draft::text_of("kind", kind)?);
        }
        for warning in &warnings {
            cx.ui.warn(warning)?;
        }
        let command = Command::AmendCall { call: args.call, change };
        if cx.ask(desk, &args.change, command).await?.is_some() {
            desk.settle(args.call).await?;
            cx.show_call(&desk.book(), args.call)?;
        }
        Ok(Exit::Done)
    })
    .await
}
