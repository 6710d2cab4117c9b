//! `ascall list`: calls.

use crate::cli::args::count;
use crate::cli::cx::Cx;
use crate::cli::ui::{Cell, Format, Sheet, Show as _};
use crate::desk::{Book, CallRow};
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::listing::{self, Wanted};
use crate::front::show::call::CallCard;
use crate::front::show::view::{self, View};
use crate::front::words::Word;
use ascall_engine::domain::ids::{CallId, MemberId, WorkerId};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::Column;
use clap::Args;
use std::collections::BTreeSet;

/// List calls: those that are live, or with `--all` those that ended too.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only calls of this phone number.
    #[arg(long)]
    tel: Option<String>,
    /// Only calls of this worker; with `--view open` only those this worker could claim.
    #[arg(long, value_name = "W")]
    worker: Option<WorkerId>,
    /// Only calls of this member.
    #[arg(long, value_name = "M")]
    member: Option<MemberId>,
    /// A list of a service's own, by its name: its calls and its columns. `open` is there for every service: the calls
    /// that workers may claim.
    #[arg(long, value_name = "NAME", conflicts_with = "all")]
    view: Option<String>,
    /// Only calls in this phase. Repeatable; an ended phase needs no `--all`.
    #[arg(long, value_parser = listing::phase, value_name = "PHASE")]
    phase: Vec<Phase>,
    /// Only calls taken since: `14:30`, `2h` ago, or `2026-11-21 14:30`.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only calls whose place, as typed, has this in it.
    #[arg(long, value_name = "TEXT")]
    place: Option<String>,
    /// Only calls of this service line.
    #[arg(long)]
    profile: Option<String>,
    /// Ended calls too.
    #[arg(long)]
    all: bool,
    /// At most this many, the newest; 0: all. A table has 1000 unless told otherwise, the other forms have all.
    #[arg(long, value_parser = count, allow_hyphen_values = true, value_name = "N")]
    limit: Option<usize>,
}

/// How many lines a table shows unless told otherwise.
pub(super) const TABLE_LIMIT: usize = 1_000;

/// Shows them.
pub(crate) async fn run(args: &List, cx: &mut Cx) -> Result<Exit, UserError> {
    // Whoever counts what a program prints must not be cut short.
    let short = if cx.ui.format == Format::Table { TABLE_LIMIT } else { 0 };
    let limit = args.limit.unwrap_or(short);
    let wanted = Wanted {
        tel: args.tel.clone(),
        worker: args.worker,
        member: args.member,
        view: args.view.clone(),
        phases: args.phase.clone(),
        since: args.since.clone(),
        place: args.place.clone(),
        profile: args.profile.clone(),
        all: args.all,
        below: None,
    };
    let setup = cx.setup.clone();
    let view = wanted.view(&setup, &cx.ui.look)?;
    let view = view.as_ref();
    // What cannot be meant is refused before anything is opened.
    wanted.filter(view, &cx.ui.look)?;
    let (cards, cut) = match wanted.claimer(view) {
        None => {
            let book = cx.book("list").await?;
            let rows = wanted.rows(view, limit, &setup, &book, &cx.ui.look)?;
            newest(rows, limit, &book, cx)?
        }
        Some(worker) => {
            cx.must_exist()?;
            cx.with_desk("list", async |cx: &mut Cx, desk| {
                let book = desk.book();
                let mut rows = wanted.rows(view, 0, &setup, &book, &cx.ui.look)?;
                let calls = rows.iter().map(|row| row.call).collect();
                let could: BTreeSet<CallId> =
                    desk.claimable(worker, calls).await?.into_iter().collect();
                rows.retain(|row| could.contains(&row.call));
                newest(rows, limit, &book, cx)
            })
            .await?
        }
    };
    if let (true, Some(name)) = (cards.is_empty(), &args.profile) {
        cx.setup.must_know(name)?;
    }
    match view {
        Some(view) => show_view(view, &cards, cx)?,
        None if args.tel.is_some() || args.member.is_some() => show_customer(&cards, cx)?,
        None => cx.ui.many(&cards)?,
    }
    if cut {
        let text = cx.ui.look.say(Word::CutNewest, &[&limit.to_string()]);
        cx.ui.note(&text)?;
    }
    Ok(Exit::Done)
}

/// The newest `limit` of the calls, and whether there were more.
fn newest(
    rows: Vec<CallRow>,
    limit: usize,
    book: &Book,
    cx: &Cx,
) -> Result<(Vec<CallCard>, bool), UserError> {
    let (rows, cut) = listing::newest(rows, limit);
    Ok((CallCard::read_all(book, &rows, cx.ui.veil(), &cx.ui.look)?, cut))
}

/// The calls in the columns of a view.
fn show_view(view: &View, cards: &[CallCard], cx: &mut Cx) -> Result<(), UserError> {
    let look = &cx.ui.look;
    let cells: Vec<Vec<Cell>> = cards.iter().map(|card| view.cells(card, look)).collect();
    let columns = view.heads(look);
    let title = &view.title;
    cx.ui.sheet(&Sheet { title, columns: &columns, items: cards, cells: &cells })
}

/// What a customer asks about: the plain columns, and what their calls have of appointments, money and ratings.
fn show_customer(cards: &[CallCard], cx: &mut Cx) -> Result<(), UserError> {
    if cx.ui.format != Format::Table {
        return cx.ui.many(cards);
    }
    let look = &cx.ui.look;
    let more =
        [(Column::Visit, Word::Visit), (Column::Paid, Word::Paid), (Column::Rating, Word::Rating)];
    let has =
        |column: &Column| cards.iter().any(|card| !view::cell(column, card, look).shown.is_empty());
    let more: Vec<(Column, Word)> = more.into_iter().filter(|(column, _)| has(column)).collect();
    let words = CallCard::HEADS.iter().copied().chain(more.iter().map(|(_, word)| *word));
    let columns: Vec<(String, String)> =
        words.map(|word| (String::new(), look.word(word))).collect();
    let cells: Vec<Vec<Cell>> = cards
        .iter()
        .map(|card| {
            let plain = |shown| Cell { shown, plain: String::new() };
            let own = more.iter().map(|(column, _)| view::cell(column, card, look));
            card.cells(look).into_iter().map(plain).chain(own).collect()
        })
        .collect();
    cx.ui.sheet(&Sheet { title: "", columns: &columns, items: cards, cells: &cells })
}
