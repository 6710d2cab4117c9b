//! What the desk's own stock answers, which moves of stock belong to an answer, and what becomes of those who wait for
//! goods.
//!
//! Invariant: what a call holds of a product is what was reserved for it and neither given back nor shipped; its step's
//! effect says so, so that a lost answer, a retry or a second undo moves nothing twice. Nobody reserves what is not
//! there. With a participant outside the desk's own stock does not move.
//! Must not know when anybody is asked.

use super::local::ledger;
use super::{Pass, SERVED_MAX};
use crate::domain::call::{Call, Effect, StepState};
use crate::domain::event::{Event, Mode, Op, Outcome, StockMove};
use crate::domain::ids::CallId;
use crate::domain::participant::Participant;
use crate::domain::profile::Profile;
use crate::domain::stock::Stock;
use crate::domain::text::grouped;
use crate::domain::world::World;
use crate::planted::planted;

impl World {
    /// What the desk's own stock says to `op` about step `i`, which reserves.
    pub(super) fn reserve_answer(&self, call: &Call, i: usize, op: Op) -> Outcome {
        let fresh = call.steps.get(i).is_some_and(|step| step.effect == Effect::None);
        let short = self.shortage(call).filter(|_| op == Op::Do && fresh);
        short.map_or_else(|| ledger(call, i, op), Outcome::Denied)
    }

    /// Why the goods of a call cannot be set aside; none: they can.
    fn shortage(&self, call: &Call) -> Option<String> {
        let goods = self.desk.profiles.get(&call.profile).and_then(|p| call.goods(&p.spec));
        let Some((product, qty)) = goods else { return Some("no product is named".to_owned()) };
        let Some(stock) = self.desk.stock.get(product) else {
            return Some("unknown product".to_owned());
        };
        let have = i64::try_from(stock.available()).unwrap_or(i64::MAX);
        let need = i64::from(qty);
        (have < need).then(|| format!("short: have {} of {}", grouped(have), grouped(need)))
    }

    /// The moves of stock that belong to the answer to `op` of step `i`, which reserves. The desk's own stock has done
    /// what it was asked even when its answer got lost.
    pub(super) fn goods_moved(
        &self,
        call: &Call,
        i: usize,
        op: Op,
        outcome: &Outcome,
    ) -> Vec<Event> {
        let Some(step) = call.steps.get(i) else { return Vec::new() };
        let local = self.is_local(call, i);
        let done = match outcome {
            Outcome::Ok => true,
            Outcome::Indeterminate(_) => local,
            Outcome::Denied(_) | Outcome::Unavailable(_) | Outcome::Misconfigured(_) => false,
        };
        let what = match (op, step.effect) {
            (Op::Do, Effect::None) if done && local && self.shortage(call).is_none() => {
                StockMove::Reserved
            }
            (Op::Undo, Effect::Done) if done && call.shipped => StockMove::Received,
            (Op::Undo, Effect::Done) if done => StockMove::Returned,
            (Op::Undo, Effect::Undone) if planted!(ReturnedTwice) => StockMove::Returned,
            _ => return Vec::new(),
        };
        self.moved(call, what).into_iter().collect()
    }

    /// Goods whose way back an operator has let go of are free again: they are in the storeroom, and nobody wants them.
    pub(super) fn goods_let_go(&self, call: &Call, profile: &Profile) -> Option<Event> {
        let (i, _) = profile.reserve()?;
        let waived = call.steps.get(i)?.state == StepState::Waived;
        if waived && holds_goods(call, i) { self.moved(call, StockMove::Returned) } else { None }
    }

    /// The move by which the goods that a call holds leave with it: when work begins.
    pub(in crate::domain) fn shipment(&self, call: &Call, profile: &Profile) -> Option<Event> {
        let (i, _) = profile.reserve()?;
        if holds_goods(call, i) { self.moved(call, StockMove::Shipped) } else { None }
    }

    /// A move of the goods that a call asks for.
    fn moved(&self, call: &Call, what: StockMove) -> Option<Event> {
        let adopted = self.desk.profiles.get(&call.profile)?;
        let (product, qty) = call.goods(&adopted.spec)?;
        let product = product.to_owned();
        Some(Event::StockMoved { product, what, qty, call: Some(call.id) })
    }

    /// Tries again for the first of those who wait for goods that are there now.
    pub(super) fn follow_goods(&self, pass: &mut Pass) -> Vec<Event> {
        if pass.served >= SERVED_MAX {
            return Vec::new();
        }
        let product = self.index.ripe.first();
        let found = product.and_then(|product| {
            let (free, wanted) = (self.free_of(product), self.index.goods.get(product)?);
            let mut fitting = wanted.refused.iter().filter(|(_, qty)| u64::from(**qty) <= free);
            fitting.find_map(|(rank, _)| self.would_reserve(rank.2))
        });
        pass.served += u32::from(found.is_some());
        found.into_iter().collect()
    }

    /// Whether somebody who waits for the product would get it now.
    pub(in crate::domain) fn is_ripe(&self, product: &str) -> bool {
        let free = self.free_of(product);
        let Some(wanted) = self.index.goods.get(product) else { return false };
        let mut fitting = wanted.least.iter().take_while(|(qty, _)| u64::from(*qty) <= free);
        fitting.any(|(_, rank)| self.would_reserve(rank.2).is_some())
    }

    /// How much of a product is left when everybody who asks for it at the moment gets it.
    fn free_of(&self, product: &str) -> u64 {
        let available = self.desk.stock.get(product).map_or(0, Stock::available);
        let asked = self.index.goods.get(product).map_or(0, |wanted| wanted.asked);
        available.saturating_sub(asked)
    }

    /// The order to try again for a call that was refused its goods; none: the desk's own stock does not answer it now.
    fn would_reserve(&self, id: CallId) -> Option<Event> {
        let call = self.calls.get(&id)?;
        let adopted = self.desk.profiles.get(&call.profile)?;
        let (i, _) = adopted.spec.reserve()?;
        let participant = self.desk.participants.get(&adopted.answerer(i)?)?;
        let answers = matches!(participant.mode, Mode::Running | Mode::Slow { .. });
        let step = u8::try_from(i).ok().filter(|_| answers && participant.is_local())?;
        Some(Event::StepRetried { call: id, step })
    }

    fn is_local(&self, call: &Call, i: usize) -> bool {
        let id = self.desk.profiles.get(&call.profile).and_then(|adopted| adopted.answerer(i));
        id.and_then(|id| self.desk.participants.get(&id)).is_some_and(Participant::is_local)
    }
}

/// Whether goods are set aside for the call, in the storeroom.
fn holds_goods(call: &Call, i: usize) -> bool {
    call.steps.get(i).is_some_and(|step| step.effect == Effect::Done) && !call.shipped
}
