//! What a move of stock makes of the storeroom, and of the call it is for.

use crate::domain::call::Effect;
use crate::domain::event::{Event, StockMove};
use crate::domain::ids::CallId;
use crate::domain::stock::Stock;
use crate::domain::world::World;

impl World {
    pub(super) fn evolve_stock(&mut self, event: &Event) {
        let Event::StockMoved { product, what, qty, call } = event else { return };
        let number = self.desk.stock.len() as u64;
        let fresh = || Stock { number, ..Stock::default() };
        let stock = self.desk.stock.entry(product.clone()).or_insert_with(fresh);
        stock.take(*what, *qty);
        if let Some(call) = call {
            self.move_goods(*call, *what);
        }
        self.note_ripe([product.clone()]);
    }

    /// What a call holds of the goods, and whether they have left with it.
    fn move_goods(&mut self, id: CallId, what: StockMove) {
        let profile = self.calls.get(&id).and_then(|call| self.desk.profiles.get(&call.profile));
        let step = profile.and_then(|adopted| adopted.spec.reserve()).map(|(i, _)| i);
        self.with_call(id, |c| {
            c.shipped = what == StockMove::Shipped;
            if let Some(step) = step.and_then(|i| c.steps.get_mut(i)) {
                step.effect = match what {
                    StockMove::Reserved => Effect::Done,
                    StockMove::Returned | StockMove::Received => Effect::Undone,
                    StockMove::Shipped | StockMove::WrittenOff => step.effect,
                };
            }
        });
    }
}
