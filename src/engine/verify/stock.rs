//! Goods: what is in the storeroom, and what of it calls hold.
//!
//! Invariant: counted from the moves alone. A call's goods are nowhere, set aside, or gone with it.

use super::Checker;
use super::model::{Goods, StepState};
use super::rule::Rule;
use crate::domain::event::{Event, Op, StockMove};
use crate::domain::ids::CallId;
use crate::domain::phase::Phase;
use crate::domain::profile::Does;

/// One product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shelf {
    pub on_hand: u64,
    /// Of that, held by calls.
    pub reserved: u64,
}

impl Shelf {
    /// What another call can still get.
    pub fn free(self) -> u64 {
        self.on_hand.saturating_sub(self.reserved)
    }

    /// The shelf after a move; none: there was not enough of it.
    fn after(self, what: StockMove, qty: u64) -> Option<Self> {
        let Self { on_hand, reserved } = self;
        let after = match what {
            StockMove::Received => Self { on_hand: on_hand.checked_add(qty)?, reserved },
            StockMove::WrittenOff => Self { on_hand: on_hand.checked_sub(qty)?, reserved },
            StockMove::Reserved => Self { on_hand, reserved: reserved.checked_add(qty)? },
            StockMove::Returned => Self { on_hand, reserved: reserved.checked_sub(qty)? },
            StockMove::Shipped => {
                Self { on_hand: on_hand.checked_sub(qty)?, reserved: reserved.checked_sub(qty)? }
            }
        };
        (after.reserved <= after.on_hand).then_some(after)
    }
}

impl Checker {
    pub(super) fn stock_event(&mut self, event: &Event) {
        let Event::StockMoved { product, what, qty, call } = event else { return };
        let before = self.stock.get(product).copied();
        let is_new = before.is_none() && *what == StockMove::Received;
        self.log.check(Rule::I9, before.is_some() || is_new, || {
            format!("`{product}` is {} and was never received", what.name())
        });
        let before = before.unwrap_or_default();
        let after = before.after(*what, u64::from(*qty));
        self.log.check(Rule::G1, after.is_some() && *qty > 0, || {
            format!("{qty} of `{product}` are {}, there were {before:?}", what.name())
        });
        self.stock.insert(product.clone(), after.unwrap_or(before));
        match (call, what) {
            (None, StockMove::Received | StockMove::WrittenOff) => {}
            (Some(call), _) if *what != StockMove::WrittenOff => {
                self.goods_moved(*call, product, *what, *qty);
            }
            _ => {
                self.log.fault(Rule::G2, || format!("`{product}` is {} for {call:?}", what.name()));
            }
        }
    }

    fn goods_moved(&mut self, call: CallId, product: &str, what: StockMove, qty: u32) {
        let Some(c) = self.calls.past(&mut self.log, call, "goods") else { return };
        let steps = c.spec.steps.iter().zip(&c.steps).filter(|(s, _)| s.does == Does::Reserve);
        let steps: Vec<_> = steps.map(|(_, step)| step).collect();
        let undone = steps.iter().any(|s| {
            matches!(s.state, StepState::Undone | StepState::Waived)
                || s.requests.iter().any(|r| r.op == Op::Undo)
        });
        // Whoever loses an answer has done the deed: what is unknown may be set aside, or back already.
        let (from, to, may) = match what {
            StockMove::Reserved => {
                let asked = steps.iter().any(|s| s.is_owed() || s.late_ok.is_some());
                (Goods::None, Goods::Reserved, asked)
            }
            StockMove::Returned => (Goods::Reserved, Goods::None, undone),
            // What had left comes in again.
            StockMove::Received => (Goods::Shipped, Goods::None, undone),
            StockMove::Shipped | StockMove::WrittenOff => (Goods::Reserved, Goods::Shipped, true),
        };
        let (was, wants) = (std::mem::replace(&mut c.goods, to), c.wants.clone());
        c.sent_off |= to == Goods::Shipped;
        self.log.check(Rule::G2, was == from && may, || {
            format!("the goods of {call} are {}, they were {was:?}, in turn: {may}", what.name())
        });
        let fits = wants.as_ref().is_some_and(|(p, n)| p == product && *n == qty);
        self.log.check(Rule::G2, fits, || {
            format!("{call} moves {qty} of `{product}` and asks for {wants:?}")
        });
    }

    /// Where the goods of a call must be when a record ends.
    pub(super) fn check_goods(&mut self, id: CallId) {
        let Some(c) = self.calls.known.get(&id) else { return };
        if c.wants.is_none() && c.goods == Goods::None {
            return;
        }
        let steps = c.spec.steps.iter().zip(&c.steps).filter(|(s, _)| s.does == Does::Reserve);
        let steps: Vec<_> = steps.map(|(_, step)| step).collect();
        let holds = c.goods == Goods::Reserved;
        // What is being undone may be back already, when the answer that said so got lost.
        let undoing = |s: &super::model::Step| s.requests.iter().any(|r| r.op == Op::Undo);
        let kept = |s: &super::model::Step| s.state == StepState::Done && s.done_here;
        let done = steps.iter().any(|s| kept(s) && !undoing(s));
        self.log.check(Rule::G2, !done || c.goods != Goods::None, || {
            format!("the desk set aside the goods of {id}, and its stock has not moved")
        });
        let undone = steps.iter().all(|s| s.state == StepState::Undone && s.late_ok.is_none());
        self.log.check(Rule::G2, !(holds && undone && !steps.is_empty()), || {
            format!("the goods of {id} were given back, and its stock has not moved")
        });
        self.log.check(Rule::G2, !(c.began && holds), || {
            format!("work on {id} began, and its goods are still in the storeroom")
        });
        let let_go = steps.iter().any(|s| s.state == StepState::Waived || s.late_ok.is_some());
        let out = matches!(c.phase, Phase::InService | Phase::Closing | Phase::Completed);
        self.log.check(Rule::G2, !c.sent_off || out || let_go || c.aborted, || {
            format!("the goods of {id} are sent off, and it is {}", c.phase)
        });
        self.log.check(Rule::G3, !(c.phase.is_terminal() && holds) || let_go, || {
            format!("{id} is {} and holds {:?}", c.phase, c.wants)
        });
    }
}
