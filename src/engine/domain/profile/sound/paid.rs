//! What is paid and what is shipped: the rules and the steps that carry them out must be there together.

use super::Check;
use crate::domain::decide::COST_MAX;
use crate::domain::ids::Won;
use crate::domain::profile::{Does, FieldKind, Position, Price, Wrong};

impl Check<'_> {
    pub(super) fn payment(&mut self) {
        let charge = self.step_that(Does::Charge);
        let Some(rule) = &self.profile.payment else {
            if let Some((i, _)) = charge {
                self.say(format!("steps[{i}].does"), Wrong::Needs("a table [payment]"));
            }
            return;
        };
        if let Some(limit) = rule.limit {
            self.won("payment.limit", limit);
        }
        let Some((i, position)) = charge else {
            self.say("payment", Wrong::Needs("a step with does = \"charge\""));
            return;
        };
        if rule.price == Price::Metered && position != Position::BeforeComplete {
            let be = "`before_complete`";
            let because = "a metered price is known when the work is over";
            self.say(format!("steps[{i}].position"), Wrong::Must { be, because });
        }
        let named = self.profile.fields.iter().find(|field| field.name == "cost");
        let given = named.is_some_and(|cost| cost.required || cost.default.is_some());
        if rule.price == Price::Fixed && !given {
            let what = "a field `cost` that is required: the price is fixed when the call is taken";
            self.say("payment.price", Wrong::Needs(what));
        }
    }

    pub(super) fn stock(&mut self) {
        let reserve = self.step_that(Does::Reserve);
        let Some(rule) = &self.profile.stock else {
            if let Some((i, _)) = reserve {
                self.say(format!("steps[{i}].does"), Wrong::Needs("a table [stock]"));
            }
            return;
        };
        if reserve.is_none() {
            self.say("stock", Wrong::Needs("a step with does = \"reserve\""));
        }
        let because = "`stock.product` names it";
        if let Some(i) = self.field_of("stock.product", &rule.product, FieldKind::Text, because) {
            let field = &self.profile.fields[i];
            if !field.required && field.default.is_none() {
                let because = "without a product there is nothing to set aside";
                self.say(format!("fields[{i}].required"), Wrong::Must { be: "true", because });
            }
        }
        let because = "`stock.quantity` names it";
        self.field_of("stock.quantity", &rule.quantity, FieldKind::Count, because);
    }

    pub(super) fn rewards(&mut self) {
        let rewards = &self.profile.rewards;
        self.few("rewards", rewards.len());
        for (i, reward) in rewards.iter().enumerate() {
            self.range(&format!("rewards[{i}].every"), reward.every.into(), 1, 1_000_000);
            self.won(&format!("rewards[{i}].coupon"), reward.coupon);
        }
        if rewards.is_empty() {
            return;
        }
        if self.profile.payment.is_none_or(|rule| rule.price != Price::Metered) {
            let what = "payment.price = \"metered\": a coupon lowers what is charged at the end";
            self.say("rewards", Wrong::Needs(what));
        }
    }

    fn won(&mut self, at: &str, won: Won) {
        // A negative amount is as wrong as none.
        let value = u64::try_from(won.0).unwrap_or(0);
        self.range(at, value, 1, COST_MAX.unsigned_abs());
    }

    fn step_that(&self, does: Does) -> Option<(usize, Position)> {
        let steps = self.profile.steps.iter().enumerate();
        steps.filter(|(_, step)| step.does == does).map(|(i, step)| (i, step.position)).next()
    }

    /// The number of the field that a rule names; its type must be the one that the rule works with.
    fn field_of(
        &mut self,
        at: &str,
        name: &str,
        kind: FieldKind,
        because: &'static str,
    ) -> Option<usize> {
        let found = self.profile.fields.iter().position(|field| field.name == name);
        match found {
            Some(i) if self.profile.fields[i].kind == kind => {}
            Some(i) => {
                let be = if kind == FieldKind::Count { "`count`" } else { "`text`" };
                self.say(format!("fields[{i}].type"), Wrong::Must { be, because });
            }
            None => {
                let known = self.profile.fields.iter().filter(|field| field.kind == kind);
                let known = known.map(|field| field.name.clone()).collect();
                self.say(at, Wrong::Unknown { name: name.to_owned(), known });
            }
        }
        found
    }
}
