//! `ascall status`: one call, all of it.

use crate::cli::cx::Cx;
use crate::cli::ui::{Format, Look, Show as _, Ui};
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::call::WorkerRef;
use crate::front::show::event::{HappeningJson, Names, NamesOf};
use crate::front::show::status::{BroadcastJson, ReleasedJson, StatusCard};
use crate::front::words::Word;
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
    let call = &card.call;
    let look = &ui.look;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let time = |value: Option<ascall_engine::domain::ids::Time>| {
        value.map(|at| look.clock.short(at)).unwrap_or_default()
    };
    // Money that never moved is no news.
    let won = |won: i64| if won == 0 { String::new() } else { look.won(Won(won)) };
    let customer = [call.name.clone(), call.tel.clone()];
    let within = call.within_m.map(|m| format!(" (± {})", look.metres(m))).unwrap_or_default();
    let phase = &call.phase_word;
    let target = call.target_word.as_ref().map(|target| format!(" → {target}"));
    let mut pairs = vec![
        (Word::Call, call.id.clone()),
        (Word::Phase, format!("{phase}{}", target.unwrap_or_default())),
        (Word::InPhaseSince, look.clock.short(call.times.phase)),
        (Word::Service, call.profile.clone()),
        (Word::Kind, text(&call.kind)),
        (Word::Place, format!("{}{within}", text(&call.location))),
        (Word::Visit, time(call.times.visit)),
        (Word::Cost, call.cost.map(|won| look.won(Won(won))).unwrap_or_default()),
        (Word::Discount, won(call.money.discount)),
        (Word::Due, if call.phase.is_terminal() { String::new() } else { won(call.money.open()) }),
        (Word::Paid, won(call.money.captured)),
        (Word::SettledByHand, won(call.money.settled)),
        (Word::GivenBack, won(call.money.refunded)),
        (Word::Priority, priority(call.priority, look)),
        (Word::Customer, customer.into_iter().flatten().collect::<Vec<_>>().join(" ")),
        (Word::Member, text(&call.member)),
        (Word::Worker, call.worker.as_ref().map(WorkerRef::line).unwrap_or_default()),
        (Word::WorkerPlace, card.place.as_ref().map(|p| p.line(look)).unwrap_or_default()),
        (Word::Asked, card.broadcast.as_ref().map(|b| asked(b, look)).unwrap_or_default()),
        (Word::HadBy, card.released.as_ref().map(|r| had_by(r, look)).unwrap_or_default()),
        (Word::Received, look.clock.short(call.times.received)),
        (Word::HeldUntil, time(call.times.held)),
        (Word::RetryAt, time(call.times.retry)),
        (Word::Outcome, call.outcome.as_ref().map(|o| look.term(o)).unwrap_or_default()),
        (Word::Disposition, text(&call.disposition)),
        (
            Word::Rating,
            call.rating.map(|n| look.say(Word::Stars, &[&n.to_string()])).unwrap_or_default(),
        ),
        (Word::Follows, text(&call.parent)),
        (Word::Steps, steps(card, look)),
        (Word::Attention, call.concerns(look).join(", ")),
    ];
    for note in &card.notes {
        let body = note.text.clone().unwrap_or_else(|| look.word(Word::Erased));
        pairs.push((Word::Note, format!("{body} ({})", note.by)));
    }
    let label = |name: &str| names.field(name, look);
    let fields: Vec<String> =
        call.fields.iter().map(|(name, value)| format!("{}: {value}", label(name))).collect();
    let rows = timeline(&card.timeline, look);
    ui.pairs(&pairs)?;
    for field in fields {
        ui.line(&field)?;
    }
    ui.raw("\n")?;
    ui.table(<HappeningJson as crate::cli::ui::Show>::HEADS, &rows)
}

fn asked(broadcast: &BroadcastJson, look: &Look) -> String {
    let (asked, ring) = (broadcast.asked.to_string(), broadcast.ring.to_string());
    look.say(Word::AskedUntil, &[&asked, &ring, &look.clock.exact(broadcast.until_time)])
}

/// Each gate and step with its mark.
fn steps(card: &StatusCard, look: &Look) -> String {
    let said = card.steps.iter().map(|s| format!("{} {}", look.step(&s.name), look.mark(s.state)));
    said.collect::<Vec<_>>().join(" · ")
}

fn had_by(released: &ReleasedJson, look: &Look) -> String {
    let (why, at) = (look.why(&released.why), look.clock.short(released.time));
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
