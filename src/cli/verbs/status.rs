//! `ascall status`: one call, all of it.

use crate::cli::cx::Cx;
use crate::cli::ui::{Format, Show as _, Ui};
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::event::{HappeningJson, Names, NamesOf};
use crate::front::show::status::StatusCard;
use ascall_engine::domain::ids::CallId;
use clap::Args;

/// Show one call: where it stands, who has it, and what happened.
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
}

/// Shows it.
pub(crate) async fn run(args: &Status, cx: &mut Cx) -> Result<Exit, UserError> {
    let book = cx.book("status").await?;
    let row = book.call(args.call)?.ok_or_else(|| UserError::no_call(args.call))?;
    let card = StatusCard::read(&book, &row, None, cx.ui.veil_of_one(), &cx.ui.look)?;
    if cx.ui.format == Format::Table {
        let names = NamesOf::new(&book).of_profile(row.profile);
        at_length(&mut cx.ui, &card, &names)?;
    } else {
        cx.ui.one(&card, "")?;
    }
    Ok(Exit::Done)
}

fn at_length(ui: &mut Ui, card: &StatusCard, names: &Names) -> Result<(), UserError> {
    let (facts, fields) = (card.facts(&ui.look), card.fields(names, &ui.look));
    let rows = HappeningJson::rows(&card.timeline, &ui.look);
    ui.pairs(&facts)?;
    for (name, value) in fields {
        ui.line(&format!("{name}: {value}"))?;
    }
    ui.raw("\n")?;
    ui.table(HappeningJson::HEADS, &rows)
}
