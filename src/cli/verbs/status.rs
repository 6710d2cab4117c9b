//! `ascall status`: one call, all of it.

use crate::cli::cx::Cx;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::show::call::{ReleasedJson, StatusCard, WorkerRef, concern_word};
use crate::cli::show::event::HappeningJson;
use crate::cli::ui::{Format, Look, Show as _, Ui};
use crate::cli::words::Word;
use ascall_engine::domain::ids::{CallId, Won};
use clap::Args;

/// Show one call: where it stands, who has it, and what happened.
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// The call.
    #[arg(value_name = "C")]
    call: CallId,
}

/// Shows it.
pub(crate) async fn run(args: &Status, cx: &mut Cx) -> Result<Exit, CliError> {
    let book = cx.book("status").await?;
    let row = book.call(args.call)?.ok_or_else(|| CliError::no_call(args.call))?;
    let card = StatusCard::read(&book, &row, cx.ui.veil_of_one(), &cx.ui.look)?;
    if cx.ui.format == Format::Table {
        at_length(&mut cx.ui, &card)?;
    } else {
        cx.ui.one(&card, "")?;
    }
    Ok(Exit::Done)
}

fn at_length(ui: &mut Ui, card: &StatusCard) -> Result<(), CliError> {
    let call = &card.call;
    let look = &ui.look;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let time = |value: Option<ascall_engine::domain::ids::Time>| {
        value.map(|at| look.clock.short(at)).unwrap_or_default()
    };
    let customer = [call.name.clone(), call.tel.clone()];
    let within = call.within_m.map(|m| format!(" (± {})", look.metres(m))).unwrap_or_default();
    let concerns: Vec<String> = call.attention.iter().map(|c| concern_word(c, look)).collect();
    let phase = &call.phase_word;
    let target = call.target.map(|t| format!(" → {}", look.phase(&call.profile, t)));
    let mut pairs = vec![
        (Word::Call, call.id.clone()),
        (Word::Phase, format!("{phase}{}", target.unwrap_or_default())),
        (Word::InPhaseSince, look.clock.short(call.times.phase)),
        (Word::Service, call.profile.clone()),
        (Word::Kind, text(&call.kind)),
        (Word::Place, format!("{}{within}", text(&call.location))),
        (Word::Cost, call.cost.map(|won| look.won(Won(won))).unwrap_or_default()),
        (Word::Priority, priority(call.priority, look)),
        (Word::Customer, customer.into_iter().flatten().collect::<Vec<_>>().join(" ")),
        (Word::Worker, call.worker.as_ref().map(WorkerRef::line).unwrap_or_default()),
        (Word::HadBy, card.released.as_ref().map(|r| had_by(r, look)).unwrap_or_default()),
        (Word::Received, look.clock.short(call.times.received)),
        (Word::HeldUntil, time(call.times.held)),
        (Word::RetryAt, time(call.times.retry)),
        (Word::Outcome, call.outcome.as_ref().map(|o| look.term(o)).unwrap_or_default()),
        (Word::Follows, text(&call.parent)),
        (Word::Attention, concerns.join(", ")),
    ];
    for note in &card.notes {
        let body = note.text.clone().unwrap_or_else(|| look.word(Word::Erased));
        pairs.push((Word::Note, format!("{body} ({})", note.by)));
    }
    let fields: Vec<String> = card.fields.iter().map(|(k, v)| format!("{k}: {v}")).collect();
    let rows = timeline(&card.timeline, look);
    ui.pairs(&pairs)?;
    for field in fields {
        ui.line(&field)?;
    }
    ui.raw("\n")?;
    ui.table(<HappeningJson as crate::cli::ui::Show>::HEADS, &rows)
}

fn had_by(released: &ReleasedJson, look: &Look) -> String {
    let (why, at) = (look.term(&released.why), look.clock.short(released.time));
    format!("{} ({why}, {at})", released.worker.line())
}

/// The rows of a timeline: what a whole record has in common is said at its first event only.
fn timeline(all: &[HappeningJson], look: &Look) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::with_capacity(all.len());
    let mut before = None;
    for happening in all {
        let mut row = happening.cells(look);
        if before == Some(happening.seq) {
            for common in [0, 1, 4, 5] {
                if let Some(cell) = row.get_mut(common) {
                    cell.clear();
                }
            }
        }
        before = Some(happening.seq);
        rows.push(row);
    }
    rows
}

fn priority(name: &str, look: &Look) -> String {
    match name {
        // Said only when it is not the usual one.
        "normal" => String::new(),
        "low" => look.word(Word::Low),
        "high" => look.word(Word::High),
        _ => look.word(Word::Urgent),
    }
}
