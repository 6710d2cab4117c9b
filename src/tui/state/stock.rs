//! The page of goods: what there is, how it moved, and what is received and written off.
//!
//! Invariant: goods are fetched again when some of them moved, and only then. Of the past, what was known then is shown.

use super::form::{Field, Form, Manner, Slot};
use super::listed::Listed;
use super::overlay::Overlay;
use super::{Page, State};
use crate::front::show::stock::{MovementJson, StockJson};
use crate::front::words::Word;
use crate::tui::keys::Action;
use crate::tui::msg::{Effect, Want};
use crate::tui::typed::Line;
use crate::tui::words::Label;
use ascall_engine::domain::event::Event;
use ascall_engine::domain::ids::Seq;
use std::ops::ControlFlow;

/// The page of goods.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stock {
    /// The products, by name.
    pub list: Listed<String>,
    /// What was fetched, and what for.
    pub had: Option<(Want, Goods)>,
}

/// Goods as they were fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Goods {
    /// Every product.
    pub products: Vec<StockJson>,
    /// The newest movements of one of them, oldest first.
    pub moves: Vec<MovementJson>,
}

impl Stock {
    /// The list.
    pub(super) fn list(&mut self) -> &mut Listed<String> {
        &mut self.list
    }
}

impl State {
    /// Makes the list of goods anew.
    pub(super) fn list_stock(&mut self) {
        let filter = &self.pages.stock.list.filter;
        let all = self.goods().map_or(&[] as &[_], |goods| &goods.products);
        let shown = all.iter().filter(|stock| filter.finds(&[&stock.product]));
        let names = shown.map(|stock| stock.product.clone()).collect();
        self.pages.stock.list.list(names);
    }

    /// Goods as they were fetched for the moment that is shown; none: they still are being fetched.
    pub(crate) fn goods(&self) -> Option<&Goods> {
        let (want, goods) = self.pages.stock.had.as_ref()?;
        let then = self.past.as_ref().map(|_| self.picture().seq);
        matches!(want, Want::Stock { until, .. } if *until == then).then_some(goods)
    }

    /// The movements of the chosen product; none: they are still being fetched.
    pub(crate) fn movements(&self) -> Option<&[MovementJson]> {
        let goods = self.goods()?;
        let (want, _) = self.pages.stock.had.as_ref()?;
        let Want::Stock { product, .. } = want else { return None };
        (product.as_ref() == self.pages.stock.list.chosen()).then_some(goods.moves.as_slice())
    }

    /// A product by its name.
    pub(crate) fn product(&self, name: &str) -> Option<&StockJson> {
        self.goods()?.products.iter().find(|stock| stock.product == name)
    }

    /// What goods lack: as they stand now, or stood then.
    pub(super) fn stock_lacks(&self) -> Option<Want> {
        let picture = self.picture();
        let is_move = |event: &Event| matches!(event, Event::StockMoved { .. });
        let newest = picture.records.iter().rev().find(|r| r.events.iter().any(is_move));
        let want = Want::Stock {
            product: self.pages.stock.list.chosen().cloned(),
            moved: newest.map_or(Seq(0), |record| record.seq),
            until: self.past.as_ref().map(|_| picture.seq),
        };
        let has = self.pages.stock.had.as_ref().map(|(had, _)| had);
        (has != Some(&want)).then_some(want)
    }

    /// Goods were fetched.
    pub(super) fn got_stock(&mut self, want: Want, goods: Goods) {
        self.pages.stock.had = Some((want, goods));
        self.list_stock();
    }

    /// The product that is chosen on the page of goods.
    pub(crate) fn chosen_product(&self) -> Option<&str> {
        self.pages.stock.list.chosen().filter(|_| self.page == Page::Stock).map(String::as_str)
    }

    pub(super) fn stock_act(&mut self, action: Action) -> ControlFlow<Option<Effect>> {
        let count = Field::text(self.look().word(Word::Quantity), Slot::Word).required();
        let reason = Field::text(self.say(Label::Reason), Slot::Flag("--reason"));
        let product = self.chosen_product().map(str::to_owned);
        let form = match (action, product) {
            (Action::Receive, product) => {
                let line = Line::of(&["stock", "receive"]);
                let name = Field::text(self.look().word(Word::Product), Slot::Word).required();
                let fields = vec![name.with(&product.unwrap_or_default()), count, reason];
                Form::new(self.say(Label::DoReceive), line, Manner::AtOnce, fields)
            }
            (Action::WriteOff, Some(product)) => {
                let title = format!("{} {product}", self.say(Label::DoWriteOff));
                let line = Line::of(&["stock", "write-off"]).word(product);
                Form::new(title, line, Manner::AfterDryRun, vec![count, reason.required()])
            }
            _ => return ControlFlow::Continue(()),
        };
        self.overlay = Some(Overlay::Form(form));
        ControlFlow::Break(None)
    }
}
