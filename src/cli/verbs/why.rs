//! `ascall why`: explains an assignment, or a call nobody took.

use crate::cli::cx::Cx;
use crate::cli::ui::Format;
use crate::desk::{Book, CallRow};
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::decision::{CANDIDATE_HEADS, decisions, stand_lines};
use crate::front::show::event::NamesOf;
use crate::front::show::verdict::VerdictJson;
use crate::front::words::Word;
use ascall_engine::domain::event::Mode;
use ascall_engine::domain::ids::{CallId, WorkerId};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::refusal::Refusal;
use clap::Args;

/// Explain who got a call and why, or why nobody did; with a worker, why that one did or did not.
#[derive(Debug, Args)]
pub(crate) struct Why {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
    /// A worker.
    #[arg(value_name = "W")]
    worker: Option<WorkerId>,
}

/// Explains.
pub(crate) async fn run(args: &Why, cx: &mut Cx) -> Result<Exit, UserError> {
    let (mut book, mut row) = called(cx, args.call).await?;
    if let Some(worker) = args.worker {
        return one_worker(cx, book, &row, worker).await;
    }
    let mut stand = Vec::new();
    if row.phase == Phase::Open && cx.ui.format == Format::Table {
        // First how things stand, then what led there: asking may be what makes a round that was due happen.
        drop(book);
        stand = now(cx, args.call).await?;
        (book, row) = called(cx, args.call).await?;
    }
    let decisions = decisions(&book.timeline(&row)?);
    let phase = NamesOf::new(&book).of_profile(row.profile).phase(row.phase, &cx.ui.look);
    drop(book);
    if cx.ui.format != Format::Table {
        cx.ui.many(&decisions)?;
        return Ok(Exit::Done);
    }
    if decisions.is_empty() {
        let text = cx.ui.look.say(Word::NoDecision, &[&phase]);
        cx.ui.line(&text)?;
    }
    for decision in &decisions {
        let look = &cx.ui.look;
        let head = decision.head(look);
        let rows = decision.rows(look);
        let counts = decision.counts_line(look);
        cx.ui.line(&head)?;
        if !rows.is_empty() {
            cx.ui.table(CANDIDATE_HEADS, &rows)?;
        }
        if let Some(counts) = counts {
            cx.ui.line(&counts)?;
        }
    }
    if row.phase == Phase::Open {
        for line in &stand {
            cx.ui.line(line)?;
        }
    }
    Ok(Exit::Done)
}

/// The desk's records, and the call as it stands in them.
async fn called(cx: &mut Cx, call: CallId) -> Result<(Book, CallRow), UserError> {
    let book = cx.book("why").await?;
    let row = book.call(call)?.ok_or_else(|| UserError::no_call(call))?;
    Ok((book, row))
}

/// How every worker stands to a call that nobody has, and whether anybody is searched at all.
async fn now(cx: &mut Cx, call: CallId) -> Result<Vec<String>, UserError> {
    let (counts, stopped) = cx
        .with_desk("why", async |_: &mut Cx, desk| {
            let assign = desk.participants().await?.into_iter().find(|p| p.kind.is_none());
            let stopped = assign.is_some_and(|assign| assign.mode == Mode::Stopped);
            Ok((desk.verdicts(call).await?, stopped))
        })
        .await?;
    Ok(stand_lines(&counts, stopped, &cx.ui.look))
}

/// What one worker was in each decision, and is now while the call is live.
async fn one_worker(
    cx: &mut Cx,
    book: Book,
    row: &CallRow,
    worker: WorkerId,
) -> Result<Exit, UserError> {
    let mut found = VerdictJson::then(&book, row, worker, &cx.ui.look)?;
    drop(book);
    let now = cx
        .with_desk("why", async |_: &mut Cx, desk| {
            desk.worker(worker).await?.ok_or(Refusal::NoSuchWorker(worker))?;
            Ok(desk.verdict(row.call, worker).await?)
        })
        .await?;
    found.extend(now.map(|now| VerdictJson::now(row, worker, now, &cx.ui.look)));
    if cx.ui.format == Format::Table {
        for verdict in &found {
            cx.ui.line(&verdict.line)?;
        }
    } else {
        cx.ui.many(&found)?;
    }
    Ok(Exit::Done)
}
