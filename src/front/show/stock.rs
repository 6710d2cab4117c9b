//! Goods and their movements as they are shown.

use super::event::actor_json;
use crate::desk::Book;
use crate::desk::stock::Moved;
use crate::front::clock::iso;
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::show::Show;
use crate::front::words::Word;
use ascall_engine::domain::ids::Time;
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::views::StockRow;
use schemars::JsonSchema;
use serde::Serialize;

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct StockJson {
    /// Its name.
    pub product: String,
    /// In the storeroom.
    pub on_hand: u64,
    /// Of that, held by calls.
    pub reserved: u64,
    /// What another call can still get.
    pub available: u64,
}

/// The product of that name.
///
/// # Errors
/// There is none; or as reading.
pub(crate) fn product(book: &Book, name: &str) -> Result<StockRow, UserError> {
    let all = book.stock()?;
    let known = all.iter().map(|row| row.product.as_str()).collect::<Vec<_>>().join(", ");
    let found = all.iter().find(|row| row.product == name).cloned();
    Ok(found.ok_or(Refusal::UnknownProduct { product: name.to_owned(), known })?)
}

impl StockJson {
    /// A product.
    pub(crate) fn of(row: &StockRow) -> Self {
        Self {
            product: row.product.clone(),
            on_hand: row.on_hand,
            reserved: row.reserved,
            available: row.available(),
        }
    }

    /// One line for people.
    pub(crate) fn line(&self, look: &Look) -> String {
        let numbers = [
            (Word::OnHand, self.on_hand),
            (Word::GoodsReserved, self.reserved),
            (Word::Free, self.available),
        ];
        let numbers = numbers.map(|(word, number)| format!("{} {number}", look.word(word)));
        format!("{}  {}", self.product, numbers.join("  "))
    }
}

impl Show for StockJson {
    fn id(&self) -> String {
        self.product.clone()
    }
    const CSV: &'static [&'static str] = &["product", "on_hand", "reserved", "available"];
    const HEADS: &'static [Word] = &[Word::Product, Word::OnHand, Word::GoodsReserved, Word::Free];
    fn cells(&self, _: &Look) -> Vec<String> {
        vec![
            self.product.clone(),
            self.on_hand.to_string(),
            self.reserved.to_string(),
            self.available.to_string(),
        ]
    }
}

/// A product with its movements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct StockPage {
    /// The product.
    #[serde(flatten)]
    pub stock: StockJson,
    /// Its movements, oldest first.
    pub moves: Vec<MovementJson>,
}

impl Show for StockPage {
    fn id(&self) -> String {
        self.stock.id()
    }
    const CSV: &'static [&'static str] = StockJson::CSV;
    const HEADS: &'static [Word] = StockJson::HEADS;
    fn cells(&self, look: &Look) -> Vec<String> {
        self.stock.cells(look)
    }
}

/// A movement of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct MovementJson {
    /// Its record.
    pub seq: u64,
    /// When.
    pub at: String,
    /// Who caused it.
    pub by: String,
    /// `received`, `written_off`, `reserved`, `returned` or `shipped`.
    pub what: &'static str,
    /// How many.
    pub qty: u32,
    /// For which call.
    pub call: Option<String>,
    /// What was in the storeroom then.
    pub on_hand: u64,
    /// What another call could get then.
    pub available: u64,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
    #[serde(skip)]
    pub time: Time,
}

impl MovementJson {
    /// A movement.
    pub(crate) fn of(moved: &Moved) -> Self {
        Self {
            seq: moved.seq.0,
            at: iso(moved.at),
            by: actor_json(&moved.actor),
            what: moved.what.name(),
            qty: moved.qty,
            call: moved.call.map(|call| call.to_string()),
            on_hand: moved.after.on_hand,
            available: moved.after.available(),
            reason: moved.reason.clone(),
            time: moved.at,
        }
    }
}

impl Show for MovementJson {
    fn id(&self) -> String {
        self.seq.to_string()
    }
    const CSV: &'static [&'static str] =
        &["seq", "at", "by", "what", "qty", "call", "on_hand", "available", "reason"];
    const HEADS: &'static [Word] = &[
        Word::Seq,
        Word::Time,
        Word::Event,
        Word::Quantity,
        Word::Call,
        Word::OnHand,
        Word::Free,
        Word::By,
        Word::Reason,
    ];
    fn cells(&self, look: &Look) -> Vec<String> {
        vec![
            self.seq.to_string(),
            look.clock.exact(self.time),
            look.term(self.what),
            self.qty.to_string(),
            self.call.clone().unwrap_or_default(),
            self.on_hand.to_string(),
            self.available.to_string(),
            self.by.clone(),
            self.reason.clone().unwrap_or_default(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::look::tests::look;
    use ascall_engine::domain::event::{Actor, StockMove};
    use ascall_engine::domain::ids::{CallId, Seq};
    use ascall_engine::domain::profile::Lang;
    use ascall_engine::domain::stock;

    #[test]
    fn a_product_says_what_is_there_and_what_is_free() {
        let row = StockRow { product: "마스크".to_owned(), on_hand: 100, reserved: 10 };
        let json = StockJson::of(&row);
        assert_eq!(json.line(&look(Lang::En)), "마스크  on hand 100  reserved 10  free 90");
        assert_eq!(json.cells(&look(Lang::En)).len(), StockJson::HEADS.len());
    }

    #[test]
    fn a_movement_says_for_which_call_and_what_was_left() {
        let after = stock::Stock { number: 0, on_hand: 100, reserved: 10 };
        let json = MovementJson::of(&Moved {
            nth: 1,
            seq: Seq(4),
            at: Time(0),
            actor: Actor::Clock,
            what: StockMove::Reserved,
            qty: 10,
            call: Some(CallId(1)),
            after,
            reason: None,
        });
        assert_eq!((json.what, json.available, json.by.as_str()), ("reserved", 90, "clock"));
        assert_eq!(json.cells(&look(Lang::Ko)).len(), MovementJson::HEADS.len());
    }
}
