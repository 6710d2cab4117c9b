//! Commands about goods: receive, write off; and what a request may ask for.
//!
//! Invariant: what calls hold is never written off, so that what is free is never negative. A product is known by its
//! name, letter for letter: two barcodes are two products.

use super::{Decided, Order, in_range, needs_reason};
use crate::domain::event::{Event, StockMove};
use crate::domain::ids::ParticipantId;
use crate::domain::participant::Participant;
use crate::domain::profile::{Profile, UnknownProduct};
use crate::domain::refusal::Refusal;
use crate::domain::text::{is_blank, nfc};
use crate::domain::world::World;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The most that one command receives or writes off.
const QTY_MAX: i64 = 1_000_000_000;

/// The most characters of a product's name.
const NAME_MAX: i64 = 60;

/// How many products are named when one is not known.
const NAMED_MAX: usize = 20;

impl World {
    pub(super) fn receive_stock(product: &str, qty: u32) -> Result<Decided, Refusal> {
        let product = named(product)?;
        in_range("qty", qty.into(), 1, QTY_MAX)?;
        let what = StockMove::Received;
        Ok(Decided::of(vec![Event::StockMoved { product, what, qty, call: None }]))
    }

    pub(super) fn write_off_stock(
        &self,
        product: &str,
        qty: u32,
        order: &Order,
    ) -> Result<Decided, Refusal> {
        let product = named(product)?;
        in_range("qty", qty.into(), 1, QTY_MAX)?;
        needs_reason(order, "stock write-off")?;
        let Some(stock) = self.desk.stock.get(&product) else {
            return Err(self.unknown(&product));
        };
        let available = stock.available();
        if u64::from(qty) > available {
            return Err(Refusal::StockShort { product, available });
        }
        let what = StockMove::WrittenOff;
        Ok(Decided::of(vec![Event::StockMoved { product, what, qty, call: None }]))
    }

    /// Whether the desk knows the goods that a request names, where its own stock is asked and the profile cares.
    pub(super) fn known_goods(
        &self,
        profile: &Profile,
        answers: &[ParticipantId],
        fields: &BTreeMap<String, String>,
    ) -> Result<(), Refusal> {
        let rule = profile.stock.as_ref().filter(|rule| rule.unknown == UnknownProduct::Refuse);
        let (Some(rule), Some((step, _))) = (rule, profile.reserve()) else { return Ok(()) };
        let asked = answers.get(step).and_then(|id| self.desk.participants.get(id));
        let product =
            fields.get(&rule.product).filter(|_| asked.is_some_and(Participant::is_local));
        match product {
            Some(product) if !self.desk.stock.contains_key(product) => Err(self.unknown(product)),
            _ => Ok(()),
        }
    }

    /// There is no such product, but these: those that begin most like it, when there are many.
    fn unknown(&self, product: &str) -> Refusal {
        let alike =
            |name: &str| name.chars().zip(product.chars()).take_while(|(a, b)| a == b).count();
        let mut names: Vec<&str> = self.desk.stock.keys().map(String::as_str).collect();
        names.sort_by_key(|name| Reverse(alike(name)));
        names.truncate(NAMED_MAX);
        Refusal::UnknownProduct { product: product.to_owned(), known: names.join(", ") }
    }
}

/// A product's name as it is kept.
fn named(product: &str) -> Result<String, Refusal> {
    let name = nfc(product);
    let chars = if is_blank(&name) { 0 } else { name.chars().count() };
    let chars = i64::try_from(chars).unwrap_or(i64::MAX);
    in_range("the number of characters of a product's name", chars, 1, NAME_MAX)?;
    Ok(name)
}
