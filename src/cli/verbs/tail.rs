//! `ascall tail`: the journal, record by record.

use crate::cli::args::whole as seq;
use crate::cli::cx::Cx;
use crate::cli::ui::{Format, Show};
use crate::desk::Book;
use crate::front::cursor::{BadCursor, Cursor, ResetJson};
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::look::Look;
use crate::front::show::event::{NamesOf, RecordJson};
use crate::front::words::Word;
use ascall_engine::domain::event::Record;
use ascall_engine::domain::ids::Seq;
use clap::Args;

/// Print what happened, record by record.
#[derive(Debug, Args)]
pub(crate) struct Tail {
    /// From this record on; without it, the last ones.
    #[arg(long, value_name = "SEQ", value_parser = seq, allow_hyphen_values = true)]
    from: Option<u64>,
    /// What came after this cursor, a record's `cursor` in JSON. One of before the desk was restored means nothing any
    /// more: that is said, as `{"reset": CURSOR}` in JSON, and what comes after it is printed.
    #[arg(long, value_name = "CURSOR", value_parser = cursor, allow_hyphen_values = true, conflicts_with = "from")]
    after: Option<Cursor>,
    /// How many of the last ones.
    #[arg(short = 'n', long, value_parser = seq, default_value = "20", value_name = "N", conflicts_with_all = ["from", "after"], allow_hyphen_values = true)]
    last: u64,
    /// Go on printing as things happen. When nobody else holds the desk, this does meanwhile, and others share it.
    #[arg(short = 'F', long)]
    follow: bool,
}

/// Records read at once.
const PAGE: usize = 1_000;

impl Tail {
    /// Whether it goes on until it is stopped.
    pub(crate) fn follows(&self) -> bool {
        self.follow
    }
}

fn cursor(text: &str) -> Result<Cursor, String> {
    text.parse().map_err(|bad: BadCursor| bad.to_string())
}

impl Show for ResetJson {
    fn id(&self) -> String {
        String::new()
    }
    const CSV: &'static [&'static str] = &[];
    const HEADS: &'static [Word] = &[];
    fn cells(&self, _: &Look) -> Vec<String> {
        Vec::new()
    }
}

/// Prints them.
pub(crate) async fn run(args: &Tail, cx: &mut Cx) -> Result<Exit, UserError> {
    let book = cx.book("tail").await?;
    let (mut epoch, head) = (book.epoch()?, book.head()?);
    let mut next = match (args.after, args.from) {
        (Some(cursor), _) => match cursor.in_journal(epoch, head) {
            Some(seen) => seen.next(),
            None => reset(cx, epoch, head)?,
        },
        (None, Some(from)) => Seq(from.max(1)),
        (None, None) => Seq(head.0.saturating_sub(args.last) + 1),
    };
    loop {
        let records = book.records(next, PAGE)?;
        if records.is_empty() {
            break;
        }
        print(cx, (&book, epoch), &records, &mut next)?;
    }
    drop(book);
    if !args.follow {
        return Ok(Exit::Done);
    }
    cx.stay("tail", None, async |cx: &mut Cx, desk| {
        let book = desk.book();
        // Between two hosts the desk may have been restored.
        let now = book.epoch()?;
        if now != std::mem::replace(&mut epoch, now) {
            next = reset(cx, now, book.head()?)?;
        }
        loop {
            let records = desk.follow(Seq(next.0.saturating_sub(1))).await?;
            print(cx, (&book, epoch), &records, &mut next)?;
        }
    })
    .await
}

/// Says that the cursor means nothing here, and where it goes on.
fn reset(cx: &mut Cx, epoch: u64, head: Seq) -> Result<Seq, UserError> {
    let reset = Cursor::at(epoch, head);
    if matches!(cx.ui.format, Format::Json | Format::Ndjson) {
        cx.ui.next(&ResetJson { reset }, "")?;
    } else {
        let text = cx.ui.look.say(Word::CursorReset, &[&reset.to_string()]);
        cx.ui.warn(&text)?;
    }
    Ok(head.next())
}

/// Prints records of an epoch; `next` is always the one after the last that was printed.
fn print(
    cx: &mut Cx,
    (book, epoch): (&Book, u64),
    records: &[Record],
    next: &mut Seq,
) -> Result<(), UserError> {
    let mut names = NamesOf::new(book);
    for record in records {
        let json = RecordJson::of(record, epoch, &mut names, &cx.ui.look);
        let line = json.line(&cx.ui.look);
        cx.ui.next(&json, &line)?;
        *next = record.seq.next();
    }
    Ok(())
}
