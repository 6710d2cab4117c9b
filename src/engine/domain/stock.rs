//! Goods: what is on hand, and what of it calls hold.
//!
//! Invariant: `reserved` never exceeds `on_hand`, so that what is available is never negative.

use super::event::StockMove;
use serde::{Deserialize, Serialize};

/// One product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stock {
    /// Its place among the products, in order of first receipt, from 0: the key of its row.
    pub number: u64,
    /// In the storeroom.
    pub on_hand: u64,
    /// Of that, held by calls.
    pub reserved: u64,
}

impl Stock {
    /// What another call can still get.
    #[must_use]
    pub fn available(&self) -> u64 {
        self.on_hand.saturating_sub(self.reserved)
    }

    /// Takes a move.
    pub fn take(&mut self, what: StockMove, qty: u32) {
        let qty = u64::from(qty);
        match what {
            StockMove::Received => self.on_hand += qty,
            StockMove::WrittenOff => self.on_hand = self.on_hand.saturating_sub(qty),
            StockMove::Reserved => self.reserved += qty,
            StockMove::Returned => self.reserved = self.reserved.saturating_sub(qty),
            StockMove::Shipped => {
                self.reserved = self.reserved.saturating_sub(qty);
                self.on_hand = self.on_hand.saturating_sub(qty);
            }
        }
    }
}
