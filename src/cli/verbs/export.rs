//! `ascall export`: calls and workers as a file for spreadsheets, other programs, and `import`.
//!
//! Invariant: memory for numbers of calls and a page of them, never for all; oldest first.

use crate::cli::cx::Cx;
use crate::cli::ui::Format;
use crate::desk::{Book, CallFilter, CallRow, DeskError, live};
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::call::CallCard;
use crate::front::show::export;
use crate::front::words::Word;
use ascall_engine::domain::ids::CallId;
use clap::{Args, Subcommand};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// Write calls or workers to standard output, as CSV or with `-o ndjson`, in the columns that `import` reads. Names, numbers
/// and addresses are masked; `--reveal` writes them whole, which is journalled.
#[derive(Debug, Subcommand)]
pub(crate) enum Export {
    /// Calls, live and ended, oldest first. What a call asked for stands in the columns of `request -f`, what became of it
    /// behind them.
    Calls(Calls),
    /// Workers, by number.
    Workers,
}

/// Which calls.
#[derive(Debug, Args)]
pub(crate) struct Calls {
    /// Only calls taken since: `14:30`, `2h` ago, or `2026-11-21 14:30`.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
}

/// Calls looked up at once.
const PAGE: usize = 500;

/// Writes them.
pub(crate) async fn run(args: &Export, cx: &mut Cx) -> Result<Exit, UserError> {
    match cx.ui.format {
        Format::Table => cx.ui.format = Format::Csv,
        Format::Csv | Format::Ndjson => {}
        Format::Json | Format::Id => {
            return Err(UserError::usage("an export is written as csv or ndjson"));
        }
    }
    match args {
        Export::Calls(args) => calls(args, cx).await?,
        Export::Workers => workers(cx).await?,
    }
    let word = if cx.ui.look.reveal { Word::ExportWhole } else { Word::ExportMasked };
    let text = cx.ui.look.word(word);
    cx.ui.note(&text)?;
    Ok(Exit::Done)
}

async fn calls(args: &Calls, cx: &mut Cx) -> Result<(), UserError> {
    let since = args.since.as_deref().map(|text| cx.ui.look.clock.parse_past(text));
    let since = since.transpose().map_err(UserError::bad_time)?;
    let book = cx.book("export calls").await?;
    let profiles = book.profiles()?;
    let fields = profiles.iter().flat_map(|(_, profile)| &profile.fields);
    // Those that have a column of their own are not among a call's fields.
    let fields: BTreeSet<String> = fields
        .map(|field| field.name.clone())
        .filter(|name| !["tel", "location", "cost", "kind"].contains(&name.as_str()))
        .collect();
    let columns = export::call_columns(&fields);
    cx.ui.columns(&columns)?;
    let mut ids: Vec<CallId> = Vec::new();
    let filter = CallFilter { since, ended: true, ..CallFilter::default() };
    book.each_call(&filter, |row| {
        ids.push(row.call);
        ControlFlow::Continue(())
    })?;
    ids.sort_unstable();
    for page in ids.chunks(PAGE) {
        let rows = rows(&book, page)?;
        for card in CallCard::read_all(&book, &rows, cx.ui.veil(), &cx.ui.look)? {
            cx.ui.record(&columns, &export::call(&card, &columns))?;
        }
    }
    Ok(())
}

fn rows(book: &Book, ids: &[CallId]) -> Result<Vec<CallRow>, DeskError> {
    ids.iter().filter_map(|id| book.call(*id).transpose()).collect()
}

async fn workers(cx: &mut Cx) -> Result<(), UserError> {
    cx.must_exist()?;
    let workers = cx
        .with_desk("export workers", async |_: &mut Cx, desk| {
            Ok(desk.workers(live::WorkerFilter::default(), usize::MAX).await?)
        })
        .await?;
    let columns: Vec<String> = export::WORKER.iter().map(|name| (*name).to_owned()).collect();
    cx.ui.columns(&columns)?;
    let veil = cx.ui.veil();
    workers.iter().try_for_each(|worker| cx.ui.record(&columns, &export::worker(worker, veil)))
}
