//! What a participant outside is told of a step: the call, the customer, and for its trade money or goods.
//!
//! Invariant: `money` and `goods` are the same for the same key, whatever is asked about it; the card's token goes only to
//! whoever charges it. Decides nothing and sends nothing.

use crate::domain::call::Call;
use crate::domain::command::Person;
use crate::domain::event::Spot;
use crate::domain::ids::Won;
use crate::domain::profile::Does;
use crate::domain::world::{Adopted, World};
use crate::views::Store;
use serde::Serialize;

/// The key of a request: the same for every request that is about the same deed.
pub(super) fn key(call: &Call, step_name: &str, group: u32) -> String {
    format!("{}/{step_name}/{group}", call.id)
}

/// What a participant is told.
#[derive(Serialize)]
struct Payload<'a> {
    call: String,
    profile: Option<&'a str>,
    kind: Option<&'a str>,
    cost: Option<Won>,
    spot: Option<Place>,
    fields: &'a std::collections::BTreeMap<String, String>,
    customer: Person,
    #[serde(skip_serializing_if = "Option::is_none")]
    money: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    goods: Option<Goods<'a>>,
}

/// Where.
#[derive(Serialize)]
struct Place {
    lat_e6: i32,
    lon_e6: i32,
    within_m: Option<u32>,
}

/// What is to be captured, or given back of it.
#[derive(Serialize)]
struct Money {
    action: Action,
    won: Won,
    /// The key under which the money was captured that is given back.
    #[serde(skip_serializing_if = "Option::is_none")]
    capture_key: Option<String>,
    /// The token of the card that is charged; a refund goes back to whatever was.
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Capture,
    Refund,
}

/// What is to be set aside.
#[derive(Serialize)]
struct Goods<'a> {
    product: &'a str,
    qty: u32,
}

/// What the participant behind `step` is told of the call.
pub(super) fn of(world: &World, store: &Store, call: &Call, step: u8) -> serde_json::Value {
    let step = usize::from(step);
    let adopted = world.profile(call.profile).map(|adopted| &**adopted);
    let mut customer = store.person(call.subject).ok().flatten().unwrap_or_default();
    let card = customer.card.take();
    let does = adopted.and_then(|adopted| adopted.step(step)).map(|spec| spec.does);
    let payload = Payload {
        call: call.id.to_string(),
        profile: adopted.map(|adopted| adopted.spec.name.as_str()),
        kind: call.kind.as_deref(),
        cost: call.cost,
        spot: call.spot.map(place),
        fields: &call.fields,
        customer,
        money: adopted
            .filter(|_| does == Some(Does::Charge))
            .and_then(|adopted| money(call, adopted, step, card)),
        goods: adopted
            .filter(|_| does == Some(Does::Reserve))
            .and_then(|adopted| call.goods(&adopted.spec))
            .map(|(product, qty)| Goods { product, qty }),
    };
    // Strings and numbers: nothing here that JSON cannot hold.
    serde_json::to_value(payload).unwrap_or_default()
}

fn place(spot: Spot) -> Place {
    let (lat_e6, lon_e6) = (spot.point.lat_e6(), spot.point.lon_e6());
    Place { lat_e6, lon_e6, within_m: spot.within_m }
}

fn money(call: &Call, adopted: &Adopted, step: usize, card: Option<String>) -> Option<Money> {
    let Some(won) = call.refund_of(&adopted.spec, step) else {
        let won = call.charge(&adopted.spec)?;
        return Some(Money { action: Action::Capture, won, capture_key: None, card });
    };
    let (charge, spec) = adopted.spec.charge()?;
    let captured = call.steps.get(charge)?;
    let capture_key = Some(key(call, &spec.name, captured.group));
    Some(Money { action: Action::Refund, won, capture_key, card: None })
}
