//! How a call begins: what its reception must fit, and what is kept of it.
//!
//! Invariant: a call that names what is not known is left out, and one of its events is a fault.

use super::model::{Call, CallMoney, Goods, Progress, Search, Step};
use super::money::limit;
use super::rule::Rule;
use super::{Checker, Ctx, members};
use crate::domain::event::Event;
use crate::domain::phase::Phase;
use crate::domain::profile::{Price, Profile, UnknownProduct};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Checker {
    pub(super) fn received(&mut self, ctx: Ctx<'_>, event: &Event) {
        let Event::CallReceived { call, profile, subject, parent, priority, ordinal, .. } = event
        else {
            return;
        };
        self.ids.calls.next(&mut self.log, "call", call.0);
        self.ids.subjects.seen(&mut self.log, "subject", subject.0);
        let spec = self.profiles.get(profile).cloned();
        self.log.check(Rule::I9, spec.is_some(), || format!("{call} is pinned to {profile}"));
        let parent_ended = parent.is_none_or(|p| self.calls.ended_phase(p).is_some());
        self.log.check(Rule::I9, parent_ended, || {
            format!("{call} follows up {parent:?}, which has not ended")
        });
        self.log.check(Rule::Z1, *priority <= 3, || format!("{call} has priority {priority}"));
        let is_new = !self.calls.was_received(*call);
        self.log.check(Rule::I7, is_new, || format!("{call} is received again"));
        let (Some(spec), true) = (spec, is_new) else { return };
        self.check_request(ctx, event, &spec);
        let counted = self.counted.entry(spec.name.clone()).or_default();
        *counted += 1;
        // Records from before calls were counted do not say it.
        let nth = if *ordinal == 0 { *counted } else { *ordinal };
        self.log.check(Rule::I10, nth == *counted, || {
            format!("{call} is counted as {nth} of `{}`, and is {counted}", spec.name)
        });
        let Some(mut new) = begun(ctx, event, spec) else { return };
        new.ordinal = nth;
        self.calls.known.insert(*call, new);
        self.calls.touched.insert(*call);
        self.calls.received += 1;
    }

    /// What is asked for must fit the line.
    fn check_request(&mut self, ctx: Ctx<'_>, event: &Event, spec: &Profile) {
        let Event::CallReceived { call, cost, window, member, fields, .. } = event else { return };
        let is_fixed = spec.payment.is_some_and(|rule| rule.price == Price::Fixed);
        let most = if is_fixed { limit(spec) } else { i64::MAX };
        self.log.check(Rule::M1, cost.is_none_or(|w| (0..=most).contains(&w.0)), || {
            format!("{call} costs {cost:?}, at most {most}")
        });
        if let Some(window) = window {
            self.check_window(ctx, *call, *window, spec);
        }
        self.check_member(*call, member.as_ref(), spec);
        if let Some((product, _)) = goods(spec, fields) {
            let refused = spec.stock.as_ref().is_some_and(|r| r.unknown == UnknownProduct::Refuse);
            let known = !refused || self.stock.contains_key(&product);
            self.log.check(Rule::I9, known, || format!("{call} asks for unknown goods"));
        }
        if let Some(reference) = members::reference(spec, fields) {
            let first = self.references.insert(reference);
            self.log.check(Rule::U3, first, || {
                format!("{call} has the client's number of another call of `{}`", spec.name)
            });
        }
    }
}

/// The product and how many, by the profile's rule; none: it asks for no goods, or for what is no number.
pub(super) fn goods(spec: &Profile, fields: &BTreeMap<String, String>) -> Option<(String, u32)> {
    let rule = spec.stock.as_ref()?;
    let product = fields.get(&rule.product)?;
    let quantity = match fields.get(&rule.quantity) {
        None => 1,
        Some(text) => text.parse().ok()?,
    };
    Some((product.clone(), quantity))
}

/// A call that was just received.
fn begun(ctx: Ctx<'_>, event: &Event, spec: Arc<Profile>) -> Option<Call> {
    let Event::CallReceived {
        profile,
        subject,
        tel,
        reachable,
        kind,
        spot,
        cost,
        priority,
        fields,
        parent,
        member,
        window,
        ..
    } = event
    else {
        return None;
    };
    Some(Call {
        profile: *profile,
        subject: *subject,
        tel: *tel,
        reachable: *reachable,
        kind: kind.clone(),
        spot: *spot,
        cost: *cost,
        fare: None,
        priority: *priority,
        parent: *parent,
        member: *member,
        window: *window,
        received_at: ctx.at,
        phase: Phase::Received,
        phase_at: ctx.at,
        target: None,
        steps: vec![Step::default(); spec.steps.len()],
        refunds: Vec::new(),
        starts: 0,
        worker: None,
        progress: Progress::default(),
        reserved: None,
        last_worker: None,
        moving: None,
        served_by: None,
        told: BTreeSet::new(),
        offers: BTreeSet::new(),
        broadcast: None,
        excluded: BTreeSet::new(),
        search: Search::default(),
        held_until: None,
        hold_is_moot: false,
        parked: None,
        parkings: 0,
        heard_at: ctx.at,
        opened_at: None,
        money: CallMoney::default(),
        paid_late: false,
        wants: goods(&spec, fields),
        goods: Goods::None,
        reference: members::reference(&spec, fields),
        ordinal: 0,
        outcome: None,
        rating: None,
        disposition: None,
        events: 1,
        before: Phase::Received,
        moved: true,
        began: false,
        aborted: false,
        refused: false,
        retried: false,
        sent_off: false,
        unstaffed: false,
        finished: false,
        lingers: false,
        resting_since: None,
        spec,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::profile::StockRule;

    #[test]
    fn goods_without_a_quantity_are_one_and_a_quantity_that_is_no_number_is_none() {
        let stock = StockRule {
            product: "product".to_owned(),
            quantity: "qty".to_owned(),
            unknown: UnknownProduct::Refuse,
        };
        let spec = Profile { stock: Some(stock), ..Profile::default() };
        let fields = |qty: Option<&str>| {
            let product = [("product".to_owned(), "mask".to_owned())];
            let qty = qty.map(|qty| ("qty".to_owned(), qty.to_owned()));
            product.into_iter().chain(qty).collect::<BTreeMap<_, _>>()
        };
        assert_eq!(goods(&spec, &fields(None)), Some(("mask".to_owned(), 1)));
        assert_eq!(goods(&spec, &fields(Some("10"))), Some(("mask".to_owned(), 10)));
        assert_eq!(goods(&spec, &fields(Some("ten"))), None);
        assert_eq!(goods(&Profile::default(), &fields(None)), None);
    }
}
