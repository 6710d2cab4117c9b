//! `ascall list`: calls.

use crate::cli::args::count;
use crate::cli::cx::Cx;
use crate::cli::draft;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::show::call::CallCard;
use crate::cli::show::view::{self, View};
use crate::cli::ui::{Cell, Format, Sheet, Show as _};
use crate::cli::words::Word;
use crate::desk::{Book, CallFilter, CallRow};
use ascall_engine::domain::ids::{CallId, MemberId, WorkerId};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::Column;
use ascall_engine::domain::text::nfc;
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
    #[arg(long, value_parser = phase, value_name = "PHASE")]
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

/// Reads a phase by its name.
fn phase(text: &str) -> Result<Phase, String> {
    let found = Phase::ALL.into_iter().find(|phase| phase.name() == text.replace('-', "_"));
    found.ok_or_else(|| {
        let names: Vec<&str> = Phase::ALL.iter().map(|phase| phase.name()).collect();
        let near = crate::toml_file::nearest(text, &names);
        let near = near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
        format!("there is no such phase (known: {}){near}", names.join(", "))
    })
}

/// Shows them.
pub(crate) async fn run(args: &List, cx: &mut Cx) -> Result<Exit, CliError> {
    // Whoever counts what a program prints must not be cut short.
    let short = if cx.ui.format == Format::Table { TABLE_LIMIT } else { 0 };
    let limit = args.limit.unwrap_or(short);
    let profiles = cx.setup.profiles.clone();
    let view = match &args.view {
        Some(name) => {
            if let Some(profile) = &args.profile {
                cx.setup.must_know(profile)?;
            }
            Some(View::find(&profiles, name, args.profile.as_deref(), &cx.ui.look)?)
        }
        None => None,
    };
    let is_open_list = view.as_ref().is_some_and(|view| view.is_open_list);
    // Whoever may claim does not have it yet.
    let claimer = args.worker.filter(|_| is_open_list);
    let filter = filter(args, view.as_ref(), cx)?;
    let (cards, cut) = match claimer {
        None => {
            let book = cx.book("list").await?;
            let rows = rows(args, filter, limit, &book, cx)?;
            newest(rows, limit, &book, cx)?
        }
        Some(worker) => {
            cx.must_exist()?;
            cx.with_desk("list", async |cx: &mut Cx, desk| {
                let book = desk.book();
                let mut rows = rows(args, filter, 0, &book, cx)?;
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
    match &view {
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

/// Which calls are asked for, but for what is not in the rows.
fn filter(args: &List, view: Option<&View>, cx: &Cx) -> Result<CallFilter, CliError> {
    let since = match &args.since {
        Some(text) => Some(cx.ui.look.clock.parse_past(text).map_err(CliError::bad_time)?),
        None => None,
    };
    let is_open_list = view.is_some_and(|view| view.is_open_list);
    let shown = view.map_or(&[][..], |view| &view.phases);
    if let Some(phase) = args.phase.iter().find(|p| !shown.is_empty() && !shown.contains(p)) {
        let name = args.view.as_deref().unwrap_or_default();
        return Err(CliError::usage(format!("the view `{name}` shows no call that is {phase}")));
    }
    let phases = if args.phase.is_empty() { shown.to_vec() } else { args.phase.clone() };
    let all = args.all || (view.is_some() && !is_open_list && phases.is_empty());
    Ok(CallFilter {
        worker: args.worker.filter(|_| !is_open_list),
        member: args.member,
        claimable: is_open_list,
        ended: all || phases.iter().any(|phase| phase.is_terminal()),
        phases,
        since,
        profile: view
            .and_then(|view| view.profile)
            .map(|profile| profile.name.clone())
            .or_else(|| args.profile.clone()),
        ..CallFilter::default()
    })
}

/// The calls, oldest first: one more than `limit`, to tell whether something is left out.
fn rows(
    args: &List,
    mut filter: CallFilter,
    limit: usize,
    book: &Book,
    cx: &Cx,
) -> Result<Vec<CallRow>, CliError> {
    if let Some(text) = &args.tel {
        filter.tel = Some(book.digest(draft::read_tel(&cx.setup, text)?.as_str())?);
    }
    let Some(place) = args.place.as_deref().map(nfc) else {
        filter.limit = if limit == 0 { 0 } else { limit.saturating_add(1) };
        return Ok(book.calls(&filter)?);
    };
    // A place is not in the rows: then all are looked at.
    let mut there = Vec::new();
    for row in book.calls(&filter)? {
        let known = book.person(row.subject)?.and_then(|person| person.address);
        if known.is_some_and(|address| address.contains(&place)) {
            there.push(row);
        }
    }
    Ok(there)
}

/// The newest `limit` of the calls, and whether there were more.
fn newest(
    mut rows: Vec<CallRow>,
    limit: usize,
    book: &Book,
    cx: &Cx,
) -> Result<(Vec<CallCard>, bool), CliError> {
    let cut = limit > 0 && rows.len() > limit;
    if cut {
        rows.drain(..rows.len() - limit);
    }
    Ok((CallCard::read_all(book, &rows, cx.ui.veil(), &cx.ui.look)?, cut))
}

/// The calls in the columns of a view.
fn show_view(view: &View, cards: &[CallCard], cx: &mut Cx) -> Result<(), CliError> {
    let look = &cx.ui.look;
    let cells: Vec<Vec<Cell>> = cards.iter().map(|card| view.cells(card, look)).collect();
    let columns = view.heads(look);
    let title = &view.title;
    cx.ui.sheet(&Sheet { title, columns: &columns, items: cards, cells: &cells })
}

/// What a customer asks about: the plain columns, and what their calls have of appointments, money and ratings.
fn show_customer(cards: &[CallCard], cx: &mut Cx) -> Result<(), CliError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_are_read_by_name_and_a_slip_is_answered_with_the_nearest() {
        assert_eq!(phase("in_service"), Ok(Phase::InService));
        assert_eq!(phase("in-service"), Ok(Phase::InService));
        assert!(phase("asigned").unwrap_err().ends_with("did you mean `assigned`?"));
    }
}
