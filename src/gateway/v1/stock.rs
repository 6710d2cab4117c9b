//! `/v1/stock` and `/v1/profiles`: goods, and the service lines that calls go through.
//!
//! Invariant: where a service line is written down is the desk's machine's own business and is not told.

use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::show::profile::ProfileLine;
use crate::front::show::stock::{MovementJson, StockJson, StockPage, product};
use crate::gateway::answer::{Changed, Found, Outcome, Page};
use crate::gateway::asked::{Asked, Json};
use crate::gateway::caller::Scope;
use crate::gateway::change::change;
use crate::gateway::gate::Gate;
use crate::gateway::openapi::Api;
use crate::gateway::part::{How, Named, Query, page_of};
use crate::gateway::problem::Problem;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::ProfileId;
use ascall_engine::domain::text::nfc;
use axum::extract::State;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How many movements of a product are shown, the newest.
const MOVES: usize = 1_000;

/// The routes of goods and service lines.
pub(super) fn routes(api: Api) -> Api {
    api.about("stock", "Goods: what is in the storeroom, and what of it calls hold")
        .get("/v1/stock", "List all goods.", all)
        .get("/v1/stock/{product}", "One product and its movements, the newest last.", one)
        .get("/v1/stock/{product}/moves", "The movements of a product, the newest first.", moves)
        .post("/v1/stock/{product}/receive", Scope::Operate, "Goods came in.", receive)
        .post(
            "/v1/stock/{product}/write-off",
            Scope::Operate,
            "Goods were lost, broken or miscounted. Needs a reason.",
            write_off,
        )
        .about("profiles", "Service lines: what a call of each goes through")
        .get("/v1/profiles", "List the service lines.", profiles)
        .get("/v1/profiles/{name}", "One service line, by its name or a version's number.", profile)
}

async fn all(State(gate): State<Gate>) -> Result<Page<StockJson>, Problem> {
    let rows = gate.read(|book, _| Ok(book.stock()?)).await?;
    Ok(Page::all(rows.iter().map(StockJson::of)))
}

async fn one(State(gate): State<Gate>, Named(name): Named) -> Result<Found<StockPage>, Problem> {
    let page = gate.read(move |book, _| {
        let row = product(book, &nfc(&name))?;
        let (moves, _) = book.stock_moves(&row.product, None, MOVES)?;
        let moves = moves.iter().map(MovementJson::of).collect();
        Ok(StockPage { stock: StockJson::of(&row), moves })
    });
    Ok(Found(page.await?))
}

/// A page of movements.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MovesPage {
    /// At most this many, from 1 to 1000.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<usize>,
    /// Where the page before this one ended: its `next`.
    cursor: Option<u64>,
}

async fn moves(
    State(gate): State<Gate>,
    Named(name): Named,
    Query(page): Query<MovesPage>,
) -> Result<Page<MovementJson>, Problem> {
    let limit = page_of(page.limit)?;
    let page = gate.read(move |book, _| {
        let row = product(book, &nfc(&name))?;
        let (moves, cut) = book.stock_moves(&row.product, page.cursor, limit)?;
        let next = moves.first().filter(|_| cut).map(|oldest| oldest.nth.to_string());
        Ok(Page { items: moves.iter().rev().map(MovementJson::of).collect(), next })
    });
    page.await
}

/// Goods that move.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Goods {
    /// How many.
    #[schemars(range(min = 1))]
    qty: u32,
    /// Why, in your words; it is journalled.
    #[serde(default)]
    reason: Option<String>,
}

async fn receive(
    State(gate): State<Gate>,
    look: Look,
    asked: Asked,
    Named(name): Named,
    Query(how): Query<How>,
    Json(goods): Json<Goods>,
) -> Result<Changed<StockJson>, Problem> {
    let command = Command::ReceiveStock { product: nfc(&name), qty: goods.qty };
    moved((&gate, &asked, how, &look), &name, goods, command).await
}

async fn write_off(
    State(gate): State<Gate>,
    look: Look,
    asked: Asked,
    Named(name): Named,
    Query(how): Query<How>,
    Json(goods): Json<Goods>,
) -> Result<Changed<StockJson>, Problem> {
    let command = Command::WriteOffStock { product: nfc(&name), qty: goods.qty };
    moved((&gate, &asked, how, &look), &name, goods, command).await
}

async fn moved(
    asked: (&Gate, &Asked, How, &Look),
    name: &str,
    goods: Goods,
    command: Command,
) -> Result<Changed<StockJson>, Problem> {
    if goods.qty == 0 {
        return Err(UserError::usage("`qty` is a whole number from 1 on").into());
    }
    let (gate, name) = (asked.0, nfc(name));
    let asking = asked.1.asking(goods.reason.as_deref())?;
    change(asked, vec![(asking, command)], |_| async move {
        let row = gate.read(move |book, _| product(book, &name)).await?;
        Ok(Outcome::of(StockJson::of(&row)))
    })
    .await
}

async fn profiles(State(gate): State<Gate>, look: Look) -> Result<Page<ProfileLine>, Problem> {
    let lines = gate.read(move |book, setup| {
        let adopted = book.profiles()?;
        let line = |profile: &ascall_engine::domain::profile::Profile| {
            let newest = adopted.iter().rev().find(|(_, version)| version.name == profile.name);
            let newest = newest.map(|(id, version)| (id.to_string(), version == profile));
            ProfileLine::of(profile, None, newest, &look)
        };
        Ok(setup.profiles.iter().map(line).collect::<Vec<_>>())
    });
    Ok(Page::all(lines.await?))
}

/// A service line whole, in the form of its file (docs/profiles.md).
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(super) struct Whole(ascall_engine::domain::profile::Profile);

impl JsonSchema for Whole {
    fn schema_name() -> Cow<'static, str> {
        "Profile".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "In the form of its file: every key is explained in docs/profiles.md.",
            "properties": { "name": { "type": "string" } },
            "required": ["name"],
        })
    }
}

async fn profile(State(gate): State<Gate>, Named(name): Named) -> Result<Found<Whole>, Problem> {
    if let Some(line) = gate.setup().profile(&name) {
        return Ok(Found(Whole(line.clone())));
    }
    let Ok(id) = name.parse::<ProfileId>() else {
        return Err(Problem::missing(gate.setup().unknown(&name)));
    };
    let version = gate.read(move |book, _| Ok(book.profile(id)?)).await?;
    let version = version.ok_or_else(|| Problem::missing(UserError::no_version(id)))?;
    Ok(Found(Whole(version)))
}
