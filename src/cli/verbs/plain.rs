//! `ascall tui --plain`: the console as lines, for screen readers and terminals that can do no more.
//!
//! Invariant: a line that stands there is never changed. What is typed is carried out as in a shell.

use crate::cli::cx::Cx;
use crate::cli::typist::Typist;
use crate::desk::board::Changes;
use crate::desk::{CallRow, Desk};
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::attention::AttentionJson;
use crate::front::show::call::CallCard;
use crate::front::show::event::{NamesOf, RecordJson};
use crate::front::words::Word;
use crate::tui::typed::{Line, Ran, Typed as _};
use ascall_engine::domain::event::{Record, call_of};
use ascall_engine::domain::ids::{CallId, Seq};
use std::io::BufRead as _;
use std::sync::Arc;
use tokio::sync::mpsc;

/// What leaves.
const LEAVES: [&str; 3] = ["q", "quit", "exit"];

/// Tells the desk as it stands, and then whatever changes, until it is left.
pub(super) async fn run(cx: &mut Cx) -> Result<Exit, UserError> {
    let typist = Arc::new(Typist::new(cx.configured.clone()));
    let mut typed = typed();
    let mut told = None;
    cx.stay("tui", None, async |cx: &mut Cx, desk| {
        let mut seq = match told {
            Some(seq) => seq,
            None => begin(cx, desk).await?,
        };
        loop {
            told = Some(seq);
            tokio::select! {
                changes = desk.board_since(seq) => {
                    let changes = changes?;
                    seq = changes.seq;
                    tell(cx, desk, &changes)?;
                }
                line = typed.recv() => match line {
                    Some(line) if LEAVES.contains(&line.trim()) => return Ok(()),
                    Some(line) => carry_out(cx, &typist, &line).await?,
                    None => return Ok(()),
                }
            }
        }
    })
    .await?;
    Ok(Exit::Done)
}

/// The lines that are typed. Their end is the end of it all.
fn typed() -> mpsc::UnboundedReceiver<String> {
    let (send, lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// How it stands: what needs somebody, and the live calls.
async fn begin(cx: &mut Cx, desk: &Desk) -> Result<Seq, UserError> {
    let board = desk.board().await?;
    let (items, calls) = (board.rest.attention.len().to_string(), board.calls.len().to_string());
    let head = cx.ui.look.say(Word::PlainBegins, &[&board.seq.to_string(), &items, &calls]);
    cx.ui.line(&head)?;
    for item in &board.rest.attention {
        let line = AttentionJson::of(item).line(&cx.ui.look);
        cx.ui.line(&format!("! {line}"))?;
    }
    let cards = CallCard::read_all(&desk.book(), &board.calls, cx.ui.veil(), &cx.ui.look)?;
    for card in cards {
        let line = card.line(&cx.ui.look);
        cx.ui.line(&line)?;
    }
    cx.ui.flush()?;
    Ok(board.seq)
}

/// A line for each record: when, the call as it stands, what happened and by whom.
fn tell(cx: &mut Cx, desk: &Desk, changes: &Changes) -> Result<(), UserError> {
    let book = desk.book();
    let (epoch, mut names) = (book.epoch()?, NamesOf::new(&book));
    for record in &changes.records {
        let json = RecordJson::of(record, epoch, &mut names, &cx.ui.look);
        let mut parts = vec![cx.ui.look.clock.exact(record.at)];
        if let Some(call) = the_call(record) {
            let row = match changes.calls.iter().find(|row| row.call == call) {
                Some(row) => Some(row.clone()),
                None => book.call(call)?,
            };
            parts.extend(row.map(|row| card(cx, desk, &row)).transpose()?);
        }
        parts.push(json.lines.join(" · "));
        parts.push(json.by_word.clone());
        parts.extend(json.reason.as_ref().map(|reason| format!("\"{reason}\"")));
        cx.ui.next(&json, &parts.join("  "))?;
    }
    Ok(())
}

/// The call that a record is about; none: about several, or none.
fn the_call(record: &Record) -> Option<CallId> {
    let mut calls: Vec<CallId> = record.events.iter().filter_map(call_of).collect();
    calls.dedup();
    if calls.len() == 1 { calls.pop() } else { None }
}

fn card(cx: &Cx, desk: &Desk, row: &CallRow) -> Result<String, UserError> {
    let card = CallCard::read(&desk.book(), row, cx.ui.veil(), &cx.ui.look)?;
    Ok(card.line(&cx.ui.look))
}

/// Carries out what was typed and says what it said.
async fn carry_out(cx: &mut Cx, typist: &Arc<Typist>, text: &str) -> Result<(), UserError> {
    let Some(line) = Line::parse(text) else {
        let text = cx.ui.look.word(Word::QuoteOpen);
        return cx.ui.note(&text);
    };
    if line.0.is_empty() {
        return Ok(());
    }
    let (typist, lang) = (Arc::clone(typist), cx.ui.look.lang);
    let ran = tokio::task::spawn_blocking(move || typist.run(&line, lang)).await;
    let Ran { out, err, .. } = ran.map_err(|_| UserError::interrupted())?;
    for line in out.lines() {
        cx.ui.line(line)?;
    }
    for line in err.lines() {
        cx.ui.note(line)?;
    }
    cx.ui.flush()
}
