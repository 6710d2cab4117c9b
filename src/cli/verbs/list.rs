//! `ascall list`: calls.

use crate::cli::args::count;
use crate::cli::cx::Cx;
use crate::cli::draft;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::show::call::CallCard;
use crate::cli::ui::Format;
use crate::cli::words::Word;
use crate::desk::CallFilter;
use ascall_engine::domain::ids::WorkerId;
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::text::nfc;
use clap::Args;

/// List calls: those that are live, or with `--all` those that ended too.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only calls of this phone number.
    #[arg(long)]
    tel: Option<String>,
    /// Only calls of this worker.
    #[arg(long, value_name = "W")]
    worker: Option<WorkerId>,
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
    let since = match &args.since {
        Some(text) => Some(cx.ui.look.clock.parse_past(text).map_err(CliError::bad_time)?),
        None => None,
    };
    let tel = args.tel.as_deref().map(|text| draft::read_tel(&cx.setup, text)).transpose()?;
    let book = cx.book("list").await?;
    let filter = CallFilter {
        tel: tel.map(|tel| book.digest(tel.as_str())).transpose()?,
        worker: args.worker,
        told: None,
        phases: args.phase.clone(),
        since,
        profile: args.profile.clone(),
        ended: args.all || args.phase.iter().any(|phase| phase.is_terminal()),
        // One more than is shown tells whether something is left out.
        // A place is not in the rows: then all are looked at.
        limit: if limit == 0 || args.place.is_some() { 0 } else { limit.saturating_add(1) },
    };
    let veil = cx.ui.veil();
    let mut rows = book.calls(&filter)?;
    if let Some(place) = args.place.as_deref().map(nfc) {
        let mut there = Vec::new();
        for row in rows {
            let known = book.person(row.subject)?.and_then(|person| person.address);
            if known.is_some_and(|address| address.contains(&place)) {
                there.push(row);
            }
        }
        rows = there;
    }
    if let (true, Some(name)) = (rows.is_empty(), &args.profile) {
        cx.setup.must_know(name)?;
    }
    let cut = limit > 0 && rows.len() > limit;
    if cut {
        rows.drain(..rows.len() - limit);
    }
    let cards: Result<Vec<CallCard>, CliError> =
        rows.iter().map(|row| CallCard::read(&book, row, veil, &cx.ui.look)).collect();
    cx.ui.many(&cards?)?;
    if cut {
        let text = cx.ui.look.say(Word::CutNewest, &[&limit.to_string()]);
        cx.ui.note(&text)?;
    }
    Ok(Exit::Done)
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
