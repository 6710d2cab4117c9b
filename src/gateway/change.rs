//! Carrying out a change that came over HTTP: once under its key, only on the state that was meant, or only as if.
//!
//! Invariant: the desk decides all of it in the order of its commits; nothing is looked at here first and acted on after.

use super::answer::{Changed, Outcome, Reply};
use super::asked::Asked;
use super::gate::Gate;
use super::part::How;
use super::problem::Problem;
use crate::desk::{Asking, Book, DeskError};
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::mask::Veil;
use crate::front::show::call::CallCard;
use crate::front::show::event::{HappeningJson, NamesOf, WouldJson};
use ascall_engine::domain::command::{Command, Receipt};
use ascall_engine::domain::ids::{CallId, Seq};
use ascall_engine::domain::refusal::Refusal;
use serde::Serialize;
use std::future::Future;

/// What is asked, with what it is asked under.
pub(super) type Orders = Vec<(Asking, Command)>;

/// Asks for changes that belong together and shows what came of them.
///
/// # Errors
/// The refusal, or what `show` says.
pub(super) async fn change<T: Serialize, Shown>(
    (gate, asked, how, look): (&Gate, &Asked, How, &Look),
    orders: Orders,
    show: impl FnOnce(Receipt) -> Shown,
) -> Result<Changed<T>, Problem>
where
    Shown: Future<Output = Result<Outcome<T>, Problem>> + Send,
{
    if how.dry_run {
        let events = match gate.desk().dry_run_all(orders).await {
            Ok(events) => events,
            Err(error) => return Err(refused(gate, look, error).await),
        };
        let look = look.clone();
        let would = gate.read(move |book, _| Ok(WouldJson::all(book, &events, &look))).await?;
        return Ok(Changed::new(Reply::would(would)?, false));
    }
    let key = asked.key.as_deref();
    let under = key.map(|key| gate.replays().begin(&asked.caller.name, key)).transpose()?;
    let receipt = match gate.desk().handle_all(orders).await {
        Ok(Some(receipt)) => receipt,
        Ok(None) => return Err(UserError::usage("nothing was asked").into()),
        Err(error) => return Err(refused(gate, look, error).await),
    };
    let (seq, replayed) = (receipt.seq, receipt.replayed && under.is_some());
    let given = under.as_ref().filter(|_| replayed).and_then(|under| under.given(seq));
    if let Some(reply) = given {
        return Ok(Changed::new(reply, true));
    }
    let reply = Reply::of(show(receipt).await?)?;
    if let Some(under) = under {
        under.keep(seq, reply.clone());
    }
    Ok(Changed::new(reply, replayed))
}

/// A call as it stands after its first answers.
pub(super) async fn settled(gate: &Gate, call: CallId, look: &Look) -> Result<CallCard, Problem> {
    gate.desk().settle(call).await?;
    let look = look.clone();
    gate.read(move |book, _| card(book, call, &look)).await
}

/// A call, shown whole because it is asked for by its number.
pub(super) fn card(book: &Book, call: CallId, look: &Look) -> Result<CallCard, UserError> {
    let row = book.call(call)?.ok_or_else(|| UserError::no_call(call))?;
    CallCard::read(book, &row, Veil::Whole, look)
}

/// What a call came to: with its state, for the next change.
pub(super) fn of_call(card: CallCard) -> Outcome<CallCard> {
    let seq = Some(Seq(card.seq));
    Outcome { seq, ..Outcome::of(card) }
}

/// The problem of a refusal: of one that came too late, with what has happened since.
async fn refused(gate: &Gate, look: &Look, error: DeskError) -> Problem {
    let stale = match &error {
        DeskError::Refused(Refusal::Stale { call, seen, .. }) => Some((*call, *seen)),
        _ => None,
    };
    let problem = Problem::from(error);
    let Some((call, seen)) = stale else { return problem };
    let look = look.clone();
    let since = gate.read(move |book, _| since(book, call, seen, &look)).await;
    problem.about(call.to_string(), since.unwrap_or_default())
}

/// What has happened to a call after `seen`.
fn since(
    book: &Book,
    call: CallId,
    seen: Seq,
    look: &Look,
) -> Result<Vec<HappeningJson>, UserError> {
    let Some(row) = book.call(call)? else { return Ok(Vec::new()) };
    let records = book.timeline(&row)?;
    let mut desk = NamesOf::new(book);
    let names = desk.of_profile(row.profile);
    let later = records.iter().filter(|record| record.seq > seen);
    let events = later.flat_map(|record| record.events.iter().map(move |event| (record, event)));
    Ok(events.map(|(r, event)| HappeningJson::of(r, event, &names, &mut desk, look)).collect())
}
