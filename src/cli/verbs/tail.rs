//! `ascall tail`: the journal, record by record.

use crate::cli::args::whole as seq;
use crate::cli::cx::Cx;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::show::event::{NamesOf, RecordJson};
use crate::desk::{Book, DeskError};
use ascall_engine::domain::ids::Seq;
use clap::Args;
use std::time::Duration;

/// Print what happened, record by record.
#[derive(Debug, Args)]
pub(crate) struct Tail {
    /// From this record on; without it, the last ones.
    #[arg(long, value_name = "SEQ", value_parser = seq, allow_hyphen_values = true)]
    from: Option<u64>,
    /// How many of the last ones.
    #[arg(short = 'n', long, value_parser = seq, default_value = "20", value_name = "N", conflicts_with = "from", allow_hyphen_values = true)]
    last: u64,
    /// Go on printing as things happen. Between looks the desk is free for others.
    #[arg(short = 'F', long)]
    follow: bool,
}

/// Records read at once.
const PAGE: usize = 1_000;

/// The time between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// Prints them.
pub(crate) async fn run(args: &Tail, cx: &mut Cx) -> Result<Exit, CliError> {
    let book = cx.book("tail").await?;
    let head = book.head()?;
    let first = args.from.unwrap_or_else(|| head.0.saturating_sub(args.last) + 1).max(1);
    let mut next = print(cx, &book, Seq(first))?;
    drop(book);
    if !args.follow {
        return Ok(Exit::Done);
    }
    loop {
        tokio::time::sleep(PAUSE).await;
        match Book::open(&cx.setup, "tail").await {
            Ok(book) => next = print(cx, &book, next)?,
            // Somebody else has the desk just now; it will be free again.
            Err(DeskError::Busy { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Prints from `next` to the head; returns where to go on.
fn print(cx: &mut Cx, book: &Book, mut next: Seq) -> Result<Seq, CliError> {
    let mut names = NamesOf::new(book);
    loop {
        let records = book.records(next, PAGE)?;
        let Some(last) = records.last() else { return Ok(next) };
        next = last.seq.next();
        for record in &records {
            let json = RecordJson::of(record, &mut names, &cx.ui.look);
            let line = json.line(&cx.ui.look);
            cx.ui.next(&json, &line)?;
        }
    }
}
