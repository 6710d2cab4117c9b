//! `ascall reopen`: a new call after an ended one.

use super::request::take;
use crate::cli::args::{Change, field, priority, won};
use crate::cli::cx::Cx;
use crate::front::draft::Again;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use ascall_engine::domain::ids::CallId;
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
pub(crate) async fn run(args: &Reopen, cx: &mut Cx) -> Result<Exit, UserError> {
    let again = Again {
        location: args.location.clone(),
        kind: args.kind.clone(),
        cost: args.cost,
        priority: args.priority,
        at: args.at.clone(),
        fields: args.fields.iter().cloned().collect(),
    };
    let taken = cx
        .with_desk("reopen", async |cx: &mut Cx, desk| {
            let (new, warnings) = again.resolve(args.call, &cx.setup, &desk.book(), &cx.ui.look)?;
            for warning in &warnings {
                cx.ui.warn(warning)?;
            }
            take(cx, desk, &args.change, new, false).await
        })
        .await?;
    Ok(taken.map_or(Exit::Done, |(_, exit)| exit))
}
