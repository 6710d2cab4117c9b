//! `ascall tail`: the journal, record by record.

use crate::cli::args::whole as seq;
use crate::cli::cx::Cx;
use crate::desk::Book;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::event::{NamesOf, RecordJson};
use ascall_engine::domain::event::Record;
use ascall_engine::domain::ids::Seq;
use clap::Args;

/// Print what happened, record by record.
#[derive(Debug, Args)]
pub(crate) struct Tail {
    /// From this record on; without it, the last ones.
    #[arg(long, value_name = "SEQ", value_parser = seq, allow_hyphen_values = true)]
    from: Option<u64>,
    /// How many of the last ones.
    #[arg(short = 'n', long, value_parser = seq, default_value = "20", value_name = "N", conflicts_with = "from", allow_hyphen_values = true)]
    last: u64,
    /// Go on printing as things happen. When nobody else holds the desk, this does meanwhile, and others share it.
    #[arg(short = 'F', long)]
    follow: bool,
}

/// Records read at once.
const PAGE: usize = 1_000;

/// Prints them.
pub(crate) async fn run(args: &Tail, cx: &mut Cx) -> Result<Exit, UserError> {
    let book = cx.book("tail").await?;
    let head = book.head()?;
    let first = args.from.unwrap_or_else(|| head.0.saturating_sub(args.last) + 1).max(1);
    let mut next = Seq(first);
    loop {
        let records = book.records(next, PAGE)?;
        if records.is_empty() {
            break;
        }
        print(cx, &book, &records, &mut next)?;
    }
    drop(book);
    if !args.follow {
        return Ok(Exit::Done);
    }
    cx.stay("tail", None, async |cx: &mut Cx, desk| {
        loop {
            let records = desk.follow(Seq(next.0.saturating_sub(1))).await?;
            print(cx, &desk.book(), &records, &mut next)?;
        }
    })
    .await
}

/// Prints records; `next` is always the one after the last that was printed.
fn print(cx: &mut Cx, book: &Book, records: &[Record], next: &mut Seq) -> Result<(), UserError> {
    let mut names = NamesOf::new(book);
    for record in records {
        let json = RecordJson::of(record, &mut names, &cx.ui.look);
        let line = json.line(&cx.ui.look);
        cx.ui.next(&json, &line)?;
        *next = record.seq.next();
    }
    Ok(())
}
