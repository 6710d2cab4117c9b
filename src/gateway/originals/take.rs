//! Creating: calls, members, goods that come in, and what a worker reports of a call.
//!
//! Invariant: one command each, answered after its commit. A new call is answered from its receipt; its row is read only
//! when a gate outside has still to answer, or when it was asked for before.

use super::facts::Facts;
use super::given::{Said, invalid};
use super::hal::{Base, Item, Page};
use super::order;
use super::read::{self, Plain};
use super::surface::Place;
use crate::desk::Book;
use crate::front::draft::{self, Draft, MemberDraft};
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::mask::Veil;
use crate::front::originals::Slot;
use crate::front::show::member::MemberJson;
use crate::gateway::answer::REPLAYED;
use crate::gateway::asked::Asked;
use crate::gateway::gate::Gate;
use crate::gateway::problem::Problem;
use ascall_engine::domain::command::{Command, NewCall};
use ascall_engine::domain::ids::{CallId, MemberId, Time};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::ResourceOf;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::views::StockRow;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use std::sync::Arc;

/// Priority `normal`.
const NORMAL: u8 = 1;

/// Makes something at a place.
pub(super) async fn create(
    gate: &Gate,
    place: &Arc<Place>,
    asked: &Asked,
    look: &Look,
    said: Said,
    base: &Base,
) -> Result<Response, Problem> {
    let made = match place.of {
        ResourceOf::Calls => call(gate, place, asked, look, said, base).await,
        ResourceOf::Members => member(gate, place, asked, look, said, base).await,
        ResourceOf::Stock => goods(gate, place, asked, &said, base).await,
        _ => report(gate, place, asked, look, said, base).await,
    };
    // The address is there; what is not is something that the body names.
    made.map_err(|problem| match problem.status {
        StatusCode::NOT_FOUND => invalid(problem.detail),
        _ => problem,
    })
}

/// What a worker reports of a call.
async fn report(
    gate: &Gate,
    place: &Place,
    asked: &Asked,
    look: &Look,
    said: Said,
    base: &Base,
) -> Result<Response, Problem> {
    let id = said.need(&Slot::Call, place)?.to_owned();
    let row = read::call(gate, place, &id).await?;
    let facts = order::carry_out(gate, place, asked, look, row, said).await?;
    Ok(read::item(facts, place, base).created(place))
}

async fn call(
    gate: &Gate,
    place: &Place,
    asked: &Asked,
    look: &Look,
    said: Said,
    base: &Base,
) -> Result<Response, Problem> {
    let new = new_call(gate, place, look, said)?;
    let facts = Facts::asked(&new);
    let receipt = gate.desk().handle(asked.asking(None)?, Command::RequestCall(new)).await?;
    let call = receipt.call.ok_or_else(Problem::closing)?;
    let known = receipt.stands.filter(|stands| {
        !receipt.replayed && !matches!(stands.phase, Phase::Received | Phase::Gating)
    });
    let facts = if let Some(stands) = known {
        accepted(call, stands.phase, stands.retry_at)?;
        facts.taken(call, stands)
    } else {
        // A gate outside has its word first; what was asked for before stands where it stands by now.
        gate.desk().settle(call).await?;
        let row = gate.read(move |book, _| Ok(book.call(call)?)).await?;
        let row = row.ok_or_else(|| UserError::no_call(call))?;
        if !receipt.replayed {
            accepted(call, row.phase, row.retry_at())?;
        }
        read::whole(gate, place, row).await?
    };
    let mut response = read::item(facts, place, base).created(place);
    if receipt.replayed && asked.key.is_some() {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// Refuses what its gate sent away.
fn accepted(call: CallId, phase: Phase, retry_at: Option<Time>) -> Result<(), Problem> {
    match phase {
        Phase::Unwinding | Phase::Rejected if retry_at.is_some() => {
            Err(about(call, UserError::held_off(call, retry_at)))
        }
        Phase::Unwinding | Phase::Rejected => Err(about(call, UserError::denied(call, None))),
        _ => Ok(()),
    }
}

/// A call that was taken and turned away was taken: it can be asked for.
fn about(call: CallId, error: UserError) -> Problem {
    Problem::from(error).about(call.to_string(), Vec::new())
}

/// What is asked for.
fn new_call(gate: &Gate, place: &Place, look: &Look, mut said: Said) -> Result<NewCall, Problem> {
    let line = &place.line;
    if let Some(word) = said.take(&Slot::Status)
        && !line.is_first_word(&order::word(&word))
    {
        let first = line.word(Phase::Received);
        return Err(invalid(format!("a new call does not begin as `{}`", order::clipped(&word)))
            .hint(format!("leave the status out, or begin as `{first}`")));
    }
    let cost = said.number(&Slot::Cost)?;
    let tel = said.take(&Slot::Tel).filter(|tel| !tel.trim().is_empty());
    let member = said.take(&Slot::Member).filter(|member| !member.trim().is_empty());
    let member = match member.map(|text| text.parse::<MemberId>()) {
        // A member who is named by something else than the number is known by the phone.
        None => None,
        Some(Err(_)) if tel.is_some() => None,
        Some(Err(error)) => return Err(invalid(error.to_string())),
        Some(Ok(member)) => Some(member),
    };
    let reference = said.take(&Slot::Call).zip(line.reference());
    let at = said.take(&Slot::Visit).map(|text| order::moment(&text));
    let (name, location) = (said.take(&Slot::Name), said.take(&Slot::Location));
    let kind = said.take(&Slot::Kind);
    let mut draft = Draft {
        tel,
        member,
        name,
        location,
        cost,
        kind,
        profile: line.profile.name.clone(),
        priority: NORMAL,
        at,
        fields: said.fields().collect(),
    };
    if let Some((number, field)) = reference {
        draft.fields.insert(field.name.clone(), number);
    }
    let (new, _) = draft.resolve_as_typed(gate.setup(), &gate.desk().book(), look)?;
    Ok(new)
}

async fn member(
    gate: &Gate,
    place: &Place,
    asked: &Asked,
    look: &Look,
    mut said: Said,
    base: &Base,
) -> Result<Response, Problem> {
    said.need(&Slot::Tel, place)?;
    let mut text = |slot| said.take(&slot).filter(|text| !text.trim().is_empty());
    let draft = MemberDraft {
        name: text(Slot::Name),
        tel: text(Slot::Tel),
        card: text(Slot::Card),
        friend_name: text(Slot::FriendName),
        friend_tel: text(Slot::FriendTel),
    };
    let (new, _) = draft.resolve(None, gate.setup(), &gate.desk().book(), look)?;
    let receipt = gate.desk().handle(asked.asking(None)?, Command::AddMember(new)).await?;
    let id = receipt.member.ok_or_else(Problem::closing)?;
    let item =
        members(gate, place, Page { number: id.0.saturating_sub(1), size: 1 }, base, Veil::Whole);
    let (_, mut items) = item.await?;
    let item = items.pop().ok_or(Refusal::NoSuchMember(id))?;
    Ok(item.created(place))
}

async fn goods(
    gate: &Gate,
    place: &Place,
    asked: &Asked,
    said: &Said,
    base: &Base,
) -> Result<Response, Problem> {
    let product = draft::text_of("product", said.need(&Slot::Product, place)?)?;
    said.need(&Slot::Available, place)?;
    let qty = said.number(&Slot::Available)?.and_then(|qty| u32::try_from(qty).ok());
    let qty = qty.ok_or_else(|| invalid("what comes in is counted in whole numbers from 1"))?;
    let command = Command::ReceiveStock { product: product.clone(), qty };
    gate.desk().handle(asked.asking(None)?, command).await?;
    let all = gate.read(|book, _| Ok(book.stock()?)).await?;
    let at = all.iter().position(|row| row.product == product).ok_or_else(Problem::closing)?;
    Ok(shelf(place, &all[at], at, base).created(place))
}

fn shelf(place: &Place, row: &StockRow, at: usize, base: &Base) -> Item<Plain> {
    let count = |slot, number| (slot, None, Some(number));
    let members = vec![
        (Slot::Product, Some(row.product.clone()), None),
        count(Slot::Available, row.available()),
        count(Slot::OnHand, row.on_hand),
        count(Slot::Id, at as u64 + 1),
    ];
    Item { facts: Plain(members), href: base.one(place, &(at + 1).to_string()) }
}

fn person(place: &Place, id: MemberId, json: MemberJson, base: &Base) -> Item<Plain> {
    let text = |slot, text| (slot, text, None);
    let friend = json.friend.as_ref();
    let members = vec![
        (Slot::Id, None, Some(id.0)),
        text(Slot::Name, json.name),
        text(Slot::Tel, json.tel),
        text(Slot::Card, json.card),
        text(Slot::FriendName, friend.and_then(|friend| friend.name.clone())),
        text(Slot::FriendTel, friend.and_then(|friend| friend.tel.clone())),
    ];
    Item { facts: Plain(members), href: base.one(place, &id.0.to_string()) }
}

/// Members or goods: a page of them, and how many there are.
pub(super) async fn plain(
    gate: &Gate,
    place: &Arc<Place>,
    page: Page,
    base: &Base,
    veil: Veil,
) -> Result<(u64, Vec<Item<Plain>>), Problem> {
    if place.of == ResourceOf::Members {
        return members(gate, place, page, base, veil).await;
    }
    let all = gate.read(|book, _| Ok(book.stock()?)).await?;
    let items = all.iter().enumerate().skip(begin(page)).take(count(page));
    Ok((all.len() as u64, items.map(|(at, row)| shelf(place, row, at, base)).collect()))
}

async fn members(
    gate: &Gate,
    place: &Place,
    page: Page,
    base: &Base,
    veil: Veil,
) -> Result<(u64, Vec<Item<Plain>>), Problem> {
    let read = move |book: &Book| -> Result<_, UserError> {
        let all = book.members()?;
        let wanted = all.iter().skip(begin(page)).take(count(page));
        let read = wanted.map(|row| Ok((row.member, MemberJson::read(book, row, veil)?)));
        Ok((all.len() as u64, read.collect::<Result<Vec<_>, UserError>>()?))
    };
    let (total, read) = gate.read(move |book, _| read(book)).await?;
    Ok((total, read.into_iter().map(|(id, json)| person(place, id, json, base)).collect()))
}

fn begin(page: Page) -> usize {
    usize::try_from(page.entries().start).unwrap_or(usize::MAX)
}

fn count(page: Page) -> usize {
    usize::try_from(page.size).unwrap_or(usize::MAX)
}
