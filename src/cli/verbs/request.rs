//! `ascall request`: takes a call.

use super::request_file;
use super::watch::{self, Goal};
use crate::cli::args::{Change, field, priority, won};
use crate::cli::cx::Cx;
use crate::desk::{Desk, fresh_key};
use crate::front::clock;
use crate::front::draft::{self, Draft};
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::command::{Command, NewCall};
use ascall_engine::domain::ids::{CallId, MemberId};
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

/// Take a call: `ascall request --tel 010-0000-1234 --location "마포구 공덕동" --kind 냉장고 --cost 25500`.
///
/// With `-f` many at once, one result line per row. Columns: tel, member, name, location, cost, kind, profile, priority,
/// at, key; any other column is a field of the profile. A row without a key gets one from `--key` (or the file's name) and its
/// content, so that the same file can be run again: what was taken is not taken twice.
#[derive(Debug, Args)]
pub(crate) struct Request {
    /// The customer's phone number.
    #[arg(long)]
    tel: Option<String>,
    /// The member who calls; without it, whoever is a member under the number.
    #[arg(long, value_name = "M")]
    member: Option<MemberId>,
    /// The customer's name.
    #[arg(long)]
    name: Option<String>,
    /// Where: a name ("마포구 공덕동") or LAT,LON.
    #[arg(long, visible_alias = "from")]
    location: Option<String>,
    /// The price or estimate, in whole won.
    #[arg(long, value_parser = won, value_name = "WON", allow_hyphen_values = true)]
    cost: Option<i64>,
    /// The kind of service: the skill the worker must have.
    #[arg(long)]
    kind: Option<String>,
    /// The service line.
    #[arg(long, default_value = "repair")]
    profile: String,
    /// `low`, `normal`, `high`, `urgent`, or 0 to 3.
    #[arg(long, value_parser = priority, default_value = "normal")]
    priority: u8,
    /// When somebody is to come: `14:00`, `+2h`, or `2026-11-22 14:00`. Without it, as soon as possible.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
    /// Another field of the profile, e.g. `transmission=수동`. Repeatable.
    #[arg(long = "field", value_parser = field, value_name = "NAME=VALUE")]
    fields: Vec<(String, String)>,
    /// Take the calls of a CSV or NDJSON file; `-` reads standard input.
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["tel", "member", "name", "location", "cost", "kind", "at", "fields", "wait"])]
    file: Option<PathBuf>,
    /// Wait until the call is that far.
    #[arg(long, value_enum, value_name = "PHASE")]
    wait: Option<Goal>,
    /// How long to wait at most.
    #[arg(long, value_parser = clock::span, allow_hyphen_values = true, default_value = "30s", value_name = "TIME", requires = "wait")]
    timeout: Duration,
    #[command(flatten)]
    change: Change,
}

/// Asks the desk.
pub(crate) async fn run(args: &Request, cx: &mut Cx) -> Result<Exit, UserError> {
    if let Some(file) = &args.file {
        let base = request_file::Base {
            file,
            profile: &args.profile,
            priority: args.priority,
            change: &args.change,
        };
        return request_file::run(&base, cx).await;
    }
    let draft = Draft {
        tel: args.tel.clone(),
        member: args.member,
        name: args.name.clone(),
        location: args.location.clone(),
        cost: args.cost,
        kind: args.kind.clone(),
        profile: args.profile.clone(),
        priority: args.priority,
        at: args.at.clone(),
        fields: args.fields.iter().cloned().collect(),
    };
    let taken = cx
        .with_desk("request", async |cx: &mut Cx, desk| {
            let (new, warnings) = draft.resolve(&cx.setup, &desk.book(), &cx.ui.look)?;
            for warning in &warnings {
                cx.ui.warn(warning)?;
            }
            take(cx, desk, &args.change, new, args.wait.is_some()).await
        })
        .await?;
    match (taken, args.wait) {
        (Some((call, _)), Some(goal)) => watch::wait(cx, call, goal, args.timeout).await,
        (Some((_, exit)), None) => Ok(exit),
        (None, _) => Ok(Exit::Done),
    }
}

/// Takes one call and shows it, unless it will be waited for: then it is shown once, at the end. None: a dry run.
pub(crate) async fn take(
    cx: &mut Cx,
    desk: &Desk,
    change: &Change,
    new: NewCall,
    waits: bool,
) -> Result<Option<(CallId, Exit)>, UserError> {
    let twin = match change.key {
        None => draft::twin(&cx.setup, desk, &new).await?,
        Some(_) => None,
    };
    let mut change = change.clone();
    // Without a key of the client's own an unknown outcome could not be asked about again.
    change.key.get_or_insert_with(fresh_key);
    let command = match new.parent {
        Some(parent) => Command::ReopenCall { parent, new },
        None => Command::RequestCall(new),
    };
    let asked = cx.ask(desk, &change, command).await?;
    // What was refused is nobody's twin, and neither is what was asked before; so this is said only now.
    let fresh = asked.as_ref().is_none_or(|receipt| !receipt.replayed);
    if let Some(row) = twin.filter(|_| fresh) {
        let warning = draft::twin_warning(&cx.ui.look, &desk.book(), &row);
        cx.ui.warn(&warning)?;
    }
    let Some(receipt) = asked else { return Ok(None) };
    let Some(call) = receipt.call else { return Ok(None) };
    desk.settle(call).await?;
    if waits {
        return Ok(Some((call, Exit::Done)));
    }
    let card = cx.show_call(&desk.book(), call)?;
    card.accepted(call)?;
    Ok(Some((call, Exit::Done)))
}
