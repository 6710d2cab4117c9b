//! `ascall reopen`: a new call after an ended one.

use super::request::take;
use crate::cli::args::{Change, field, priority, won};
use crate::cli::cx::Cx;
use crate::cli::draft::Draft;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::desk::Book;
use ascall_engine::domain::ids::{CallId, Won};
use ascall_engine::domain::profile::Profile;
use ascall_engine::domain::tel::Tel;
use clap::Args;

/// Take a new call that follows up an ended one: same customer, place and kind unless said otherwise.
#[derive(Debug, Args)]
pub(crate) struct Reopen {
    /// The ended call.
    #[arg(value_name = "C")]
    call: CallId,
    /// Another place.
    #[arg(long)]
    location: Option<String>,
    /// Another kind of service.
    #[arg(long)]
    kind: Option<String>,
    /// Another price or estimate, in whole won.
    #[arg(long, value_parser = won, value_name = "WON", allow_hyphen_values = true)]
    cost: Option<i64>,
    /// `low`, `normal`, `high`, `urgent`, or 0 to 3.
    #[arg(long, value_parser = priority)]
    priority: Option<u8>,
    /// When somebody is to come: `14:00`, `+2h`, or `2026-11-22 14:00`.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
    /// Another value of a field of the profile. Repeatable.
    #[arg(long = "field", value_parser = field, value_name = "NAME=VALUE")]
    fields: Vec<(String, String)>,
    #[command(flatten)]
    change: Change,
}

/// Asks the desk.
pub(crate) async fn run(args: &Reopen, cx: &mut Cx) -> Result<Exit, CliError> {
    let taken = cx
        .with_desk("reopen", async |cx: &mut Cx, desk| {
            let book = desk.book();
            let row = book.call(args.call)?.ok_or_else(|| CliError::no_call(args.call))?;
            let draft = draft_of(args, &book, &row, cx.setup.profile(&row.profile_name))?;
            let (mut new, warnings) = draft.resolve(&cx.setup, &book, &cx.ui.look)?;
            for warning in &warnings {
                cx.ui.warn(warning)?;
            }
            if args.location.is_none() {
                // The point that was used before is better than a second reading of the text.
                new.spot = row.spot();
            }
            new.parent = Some(args.call);
            take(cx, desk, &args.change, new, false).await
        })
        .await?;
    Ok(taken.map_or(Exit::Done, |(_, exit)| exit))
}

/// The ended call as a request, with what was said anew.
fn draft_of(
    args: &Reopen,
    book: &Book,
    row: &crate::desk::CallRow,
    profile: Option<&Profile>,
) -> Result<Draft, CliError> {
    let person = book.person(row.subject)?.unwrap_or_default();
    let tel = person.tel.clone();
    if tel.is_none() && row.tel.is_some() {
        return Err(CliError::usage(format!(
            "the customer of {} was erased; take the call anew: ascall request --tel …",
            row.call
        )));
    }
    // The client's own number belongs to the call that was: a new one is told by name.
    let reference = profile.and_then(Profile::reference_field).map(|field| &field.name);
    let kept = row.fields.iter().filter(|(name, _)| Some(name) != reference).cloned();
    Ok(Draft {
        tel: tel.map(|tel| Tel::parse(&tel).map_or(tel, |tel| tel.as_str().to_owned())),
        member: row.member,
        at: args.at.clone(),
        name: person.name,
        location: args.location.clone().or(person.address),
        cost: args.cost.or(row.cost.map(|Won(won)| won)),
        kind: args.kind.clone().or_else(|| row.kind.clone()),
        profile: row.profile_name.clone(),
        priority: args.priority.unwrap_or(row.priority),
        fields: kept.chain(args.fields.iter().cloned()).collect(),
    })
}
