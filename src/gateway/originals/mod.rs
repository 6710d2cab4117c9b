//! The REST surface of the five original systems, so that their clients work unchanged: paths, members, words, codes.
//!
//! Invariant: reads show what the desk knows, and every write is a command. What there is says the profiles; how each
//! original speaks is in a file of its own, as data.

mod facts;
mod given;
mod hal;
mod order;
mod read;
mod surface;
mod take;
mod workers;

pub(in crate::gateway) use surface::Surface;

use super::asked::{self, Asked};
use super::caller::{Caller, Scope};
use super::gate::Gate;
use super::problem::Problem;
use crate::front::mask::Veil;
use crate::front::originals::encoded;
use ascall_engine::domain::profile::ResourceOf;
use axum::body::Body;
use axum::extract::{FromRequestParts as _, Request};
use axum::http::header::ALLOW;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use given::Given;
use hal::{Base, Collection, Page};
use std::sync::Arc;
use surface::{Found, Place};

/// Answers a request at an address that is none of the gateway's own.
pub(super) async fn answer(surface: &Surface, gate: Gate, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(found) = surface.find(parts.uri.path()) else {
        return Problem::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "there is nothing at this address",
        )
        .hint("see what there is: GET /")
        .into_response();
    };
    let allowed = allowed(&found);
    if parts.method == Method::OPTIONS {
        return (StatusCode::NO_CONTENT, [(ALLOW, allowed)]).into_response();
    }
    if !allowed.split(", ").any(|one| one == parts.method.as_str()) {
        let detail = format!("{} is not done here", parts.method);
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "not-allowed", detail);
        let mut response = problem.hint(format!("what is: {allowed}")).into_response();
        response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
        return response;
    }
    let answered = match parts.method {
        Method::GET | Method::HEAD => show(&gate, &found, &parts).await,
        _ => change(&gate, &found, parts, body).await,
    };
    answered.unwrap_or_else(|problem| {
        let call = problem.about.as_ref().and_then(|about| about.call.parse().ok());
        hal::named(call, problem)
    })
}

/// The methods of an address.
fn allowed(found: &Found<'_>) -> &'static str {
    let of = |wanted| found.places.iter().any(|place| place.of == wanted);
    let reports = of(ResourceOf::Assignments) || of(ResourceOf::ServiceView);
    let makes = of(ResourceOf::Calls) || of(ResourceOf::Members) || of(ResourceOf::Stock);
    let moves = of(ResourceOf::Gates) || of(ResourceOf::Workers);
    match found.id {
        None if makes || reports || moves => "GET, HEAD, POST, OPTIONS",
        Some(_) if of(ResourceOf::Calls) => "GET, HEAD, PUT, PATCH, DELETE, OPTIONS",
        Some(_) if reports || moves => "GET, HEAD, PUT, PATCH, OPTIONS",
        _ => "GET, HEAD, OPTIONS",
    }
}

async fn show(gate: &Gate, found: &Found<'_>, parts: &Parts) -> Result<Response, Problem> {
    Caller::of(&parts.extensions, gate).may(Scope::Read)?;
    let base = Base::of(&parts.headers);
    let page = Page::of(parts.uri.query());
    let Some(first) = found.places.first() else { return Err(Problem::closing()) };
    match &found.id {
        Some(id) if !first.is_of_calls() => {
            let number = id.parse::<u64>().ok().and_then(|number| number.checked_sub(1));
            let page = Page { number: number.unwrap_or(u64::MAX), size: 1 };
            let (_, mut items) = take::plain(gate, first, page, &base, Veil::Whole).await?;
            Ok(items.pop().ok_or_else(|| read::none(first, id))?.found(first))
        }
        Some(id) => one(gate, found.places, id, &base).await,
        None if !first.is_of_calls() => {
            let (total, items) = take::plain(gate, first, page, &base, Veil::Masked).await?;
            let items = items.into_iter().map(|item| (Arc::clone(first), item)).collect();
            Ok(Collection { page, total, items }.found(&first.path, &first.href, &base))
        }
        None => {
            let all = read::all(gate, found.places, page, &base).await?;
            let shared = format!("/{}", encoded(&first.path));
            let href = if found.places.len() > 1 { &shared } else { &first.href };
            Ok(all.found(&first.path, href, &base))
        }
    }
}

/// One thing: where several lines have one of that number, the choice is the client's.
async fn one(
    gate: &Gate,
    places: &[Arc<Place>],
    id: &str,
    base: &Base,
) -> Result<Response, Problem> {
    let mut found = Vec::new();
    for place in places {
        match read::one(gate, place, id, base).await {
            Ok(item) => found.push((place, item)),
            Err(problem) if problem.status == StatusCode::NOT_FOUND => {}
            Err(problem) => return Err(problem),
        }
    }
    match found.as_slice() {
        [] => Err(read::none(&places[0], id)),
        [(place, item)] => Ok(item.found(place)),
        several => {
            let which: Vec<&str> = several.iter().map(|(_, item)| item.href.as_str()).collect();
            let detail = "several service lines have one of that number";
            Err(Problem::new(StatusCode::MULTIPLE_CHOICES, "several", detail)
                .hint(format!("ask one of them: {}", which.join(", "))))
        }
    }
}

async fn change(
    gate: &Gate,
    found: &Found<'_>,
    mut parts: Parts,
    body: Body,
) -> Result<Response, Problem> {
    let [place] = found.places else {
        let detail = "several service lines share this path";
        return Err(Problem::new(StatusCode::CONFLICT, "several", detail)
            .hint("put the name of the line before it"));
    };
    let asked = Asked::from_request_parts(&mut parts, gate).await?;
    asked.caller.may(Scope::Operate)?;
    let key = asked.key.as_deref();
    let _under = key.map(|key| gate.replays().begin(&asked.caller.name, key)).transpose()?;
    let base = Base::of(&parts.headers);
    let look = Gate::look(&parts.headers);
    match (&found.id, &parts.method) {
        (Some(id), &Method::DELETE) => {
            let row = read::call(gate, place, id).await?;
            order::cancel(gate, &asked, &row).await?;
            Ok(hal::named(Some(row.call), StatusCode::NO_CONTENT))
        }
        (Some(id), _) => {
            let body = asked::whole(body).await?;
            let said = Given::read(&parts.headers, &body)?.at(place);
            let row = read::call(gate, place, id).await?;
            let facts = order::carry_out(gate, place, &asked, &look, row, said).await?;
            Ok(read::item(facts, place, &base).found(place))
        }
        (None, _) => {
            let body = asked::whole(body).await?;
            let said = Given::read(&parts.headers, &body)?.at(place);
            take::create(gate, place, &asked, &look, said, &base).await
        }
    }
}
