//! `ascall why`: explains an assignment, or a call nobody took.

use crate::cli::cx::Cx;
use crate::cli::ui::{Format, Look, Show};
use crate::desk::Book;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::decision::{CANDIDATE_HEADS, DecisionJson, decisions, verdict_words};
use crate::front::show::event::NamesOf;
use crate::front::show::name_of;
use crate::front::words::Word;
use ascall_engine::domain::event::{Mode, Verdict};
use ascall_engine::domain::ids::{CallId, Seq, WorkerId};
use ascall_engine::domain::phase::Phase;
use clap::Args;
use serde::Serialize;

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

/// What a worker was, or is, for a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct VerdictJson {
    call: String,
    worker: String,
    /// The decision it is about; null: as it would be now.
    seq: Option<u64>,
    /// `chosen`, `outranked`, `no_skill` and so on; null when the worker was not there yet.
    verdict: Option<String>,
    /// The place among the suitable ones, from 1.
    rank: Option<usize>,
    #[serde(skip)]
    line: String,
}

impl Show for VerdictJson {
    fn id(&self) -> String {
        self.verdict.clone().unwrap_or_default()
    }
    const CSV: &'static [&'static str] = &["call", "worker", "seq", "verdict", "rank"];
    const HEADS: &'static [Word] = &[Word::Verdict];
    fn cells(&self, _: &Look) -> Vec<String> {
        vec![self.line.clone()]
    }
}

/// Explains.
pub(crate) async fn run(args: &Why, cx: &mut Cx) -> Result<Exit, UserError> {
    let book = cx.book("why").await?;
    let row = book.call(args.call)?.ok_or_else(|| UserError::no_call(args.call))?;
    let decisions = decisions(&book.timeline(&row)?);
    if let Some(worker) = args.worker {
        let has_it =
            row.worker_now().is_some_and(|(id, _)| id == worker) && !row.phase.is_terminal();
        return one_worker(cx, book, args.call, worker, &decisions, has_it).await;
    }
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
        now(cx, args.call).await?;
    }
    Ok(Exit::Done)
}

/// How every worker stands to a call that nobody has, and whether anybody is searched at all.
async fn now(cx: &mut Cx, call: CallId) -> Result<(), UserError> {
    let (counts, stopped) = cx
        .with_desk("why", async |_: &mut Cx, desk| {
            let assign = desk.participants().await?.into_iter().find(|p| p.kind.is_none());
            let stopped = assign.is_some_and(|assign| assign.mode == Mode::Stopped);
            Ok((desk.verdicts(call).await?, stopped))
        })
        .await?;
    let look = &cx.ui.look;
    let all: u32 = counts.values().sum();
    let words: Vec<String> = counts
        .iter()
        .map(|(verdict, n)| format!("{} {n}", verdict_words(&name_of(verdict), look)))
        .collect();
    let line = look.say(Word::NowAll, &[&all.to_string(), &words.join(", ")]);
    let stopped = stopped.then(|| look.word(Word::AssignStopped));
    cx.ui.line(line.trim_end_matches([':', ' ']))?;
    if let Some(text) = stopped {
        cx.ui.line(&text)?;
    }
    Ok(())
}

/// What one worker was in each decision, and is now while the call is live.
async fn one_worker(
    cx: &mut Cx,
    book: Book,
    call: CallId,
    worker: WorkerId,
    decisions: &[DecisionJson],
    has_it: bool,
) -> Result<Exit, UserError> {
    let look = cx.ui.look.clone();
    let name = worker.to_string();
    let mut found = Vec::new();
    for decision in decisions {
        let (verdict, rank) = if let Some((verdict, rank)) = decision.verdict_on(worker) {
            (Some(verdict), rank)
        } else {
            let then = book.verdict_at(call, worker, Seq(decision.seq))?;
            // Suitable, and still not among the best that are remembered.
            let then = then.map(|v| if v == Verdict::Suitable { Verdict::Outranked } else { v });
            (then.map(|verdict| name_of(&verdict)), None)
        };
        let seq = decision.seq.to_string();
        let line = match &verdict {
            Some(verdict) => {
                let words = verdict_words(verdict, &look);
                look.say(Word::VerdictThen, &[&seq, &name, &words])
            }
            None => look.say(Word::NotThere, &[&seq, &name]),
        };
        found.push(VerdictJson {
            call: call.to_string(),
            worker: name.clone(),
            seq: Some(decision.seq),
            verdict,
            rank,
            line,
        });
    }
    drop(book);
    let now = cx
        .with_desk("why", async |_: &mut Cx, desk| {
            desk.worker(worker).await?.ok_or(UserError::from(
                ascall_engine::domain::refusal::Refusal::NoSuchWorker(worker),
            ))?;
            Ok(desk.verdict(call, worker).await?)
        })
        .await?;
    if let Some(verdict) = now {
        let verdict = if has_it { "has_it".to_owned() } else { name_of(&verdict) };
        let line = look.say(Word::VerdictNow, &[&name, &verdict_words(&verdict, &look)]);
        found.push(VerdictJson {
            call: call.to_string(),
            worker: name,
            seq: None,
            verdict: Some(verdict),
            rank: None,
            line,
        });
    }
    if cx.ui.format == Format::Table {
        for verdict in &found {
            cx.ui.line(&verdict.line)?;
        }
    } else {
        cx.ui.many(&found)?;
    }
    Ok(Exit::Done)
}
