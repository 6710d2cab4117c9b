//! Prices and fares, and the commands about what comes after the work: refunds, ratings, dispositions.
//!
//! Invariant: what is charged is agreed before (fixed) or reported once (metered), and within the profile's limit; what
//! is promised to be given back never exceeds what was captured.

use super::requests::COST_MAX;
use super::{Decided, in_range, needs_reason, within};
use crate::domain::call::Call;
use crate::domain::command::{NewCall, Order, RowWrite};
use crate::domain::event::{Actor, Event};
use crate::domain::ids::Won;
use crate::domain::phase::Phase;
use crate::domain::profile::{Price, Profile};
use crate::domain::refusal::Refusal;
use crate::domain::text::veiled;
use crate::domain::world::World;
use crate::planted::planted;

/// The most refunds of one call.
const REFUNDS_MAX: usize = 64;

/// The longest disposition where the profile names none.
const DISPOSITION_MAX: usize = 40;

impl World {
    /// The customer says how it was.
    pub(super) fn rate(
        &self,
        (call, _): (&Call, &Profile),
        stars: u8,
        text: Option<&str>,
    ) -> Result<Decided, Refusal> {
        if call.phase != Phase::Completed {
            return Err(not_now(call, "rated"));
        }
        if let Some(stars) = call.rating.filter(|_| !planted!(RatedTwice)) {
            return Err(Refusal::AlreadyRated { call: call.id, stars });
        }
        in_range("stars", stars.into(), 1, 5)?;
        let text = text.map(str::trim).filter(|text| !text.is_empty());
        if let Some(text) = text {
            within("the text", text)?;
        }
        let worker = call.assignment.map(|assignment| assignment.worker);
        let mut decided =
            Decided::of(vec![Event::CallRated { call: call.id, worker, stars }]).about(call.id);
        let note = text.map(|text| RowWrite::Note(self.desk.seq.next(), text.to_owned()));
        decided.rows.extend(note);
        Ok(decided)
    }

    /// What the end of the work brings: the coupon that lowers the fare, then closing, or completion where nothing is
    /// owed.
    pub(super) fn after_work(
        &self,
        call: &Call,
        profile: &Profile,
        fare: Option<Won>,
    ) -> Vec<Event> {
        let mut events: Vec<Event> = self.coupon_used(call, profile, fare).into_iter().collect();
        if call.completion_ahead(profile).is_some() {
            events.push(Event::CallClosing { call: call.id });
        } else {
            events.extend(self.completed(call, profile));
        }
        events
    }

    /// The member's oldest coupon lowers a metered fare. Worth more than the fare, its rest is gone.
    fn coupon_used(&self, call: &Call, profile: &Profile, fare: Option<Won>) -> Option<Event> {
        charged(profile).filter(|price| *price == Price::Metered)?;
        let member = self.members.get(&call.member?.member)?;
        let won = *member.coupons.first()?.min(&fare?);
        let (member, call) = (member.id, call.id);
        (won.0 > 0).then_some(Event::CouponUsed { member, call, won })
    }
}

/// Gives back what was captured, or a part of it.
pub(super) fn refund(
    (call, profile): (&Call, &Profile),
    won: Option<Won>,
    order: &Order,
) -> Result<Decided, Refusal> {
    if !matches!(order.actor, Actor::Operator(_)) {
        return Err(Refusal::OnlyOperator { verb: "refund" });
    }
    if call.phase != Phase::Completed {
        return Err(not_now(call, "refunded"));
    }
    needs_reason(order, "refund")?;
    let left = call.refundable(profile);
    if let Some(won) = won {
        in_range("refund", won.0, 1, COST_MAX)?;
    }
    let won = won.unwrap_or(left);
    if won > left || left == Won(0) {
        return Err(Refusal::RefundTooMuch { call: call.id, left });
    }
    let most = i64::try_from(REFUNDS_MAX).unwrap_or(i64::MAX);
    let count = i64::try_from(call.refunds.len()).unwrap_or(i64::MAX);
    in_range("the number of refunds", count.saturating_add(1), 0, most)?;
    let step = u8::try_from(call.steps.len()).unwrap_or(u8::MAX);
    Ok(Decided::of(vec![Event::RefundAsked { call: call.id, step, won }]).about(call.id))
}

/// Says how the work ended, by the profile's list.
pub(super) fn set_disposition(
    (call, profile): (&Call, &Profile),
    code: &str,
) -> Result<Decided, Refusal> {
    if matches!(call.phase, Phase::Received | Phase::Gating | Phase::Parked) {
        return Err(not_now(call, "given a disposition"));
    }
    let code = code.trim();
    let allowed = &profile.dispositions;
    if code.is_empty() {
        let (profile, field) = (profile.name.clone(), "disposition".to_owned());
        return Err(Refusal::FieldMissing { profile, field });
    }
    if !allowed.is_empty() && !allowed.iter().any(|known| known == code) {
        return Err(Refusal::FieldNotAllowed {
            field: "disposition".to_owned(),
            value: code.chars().take(DISPOSITION_MAX).collect(),
            allowed: allowed.join(", "),
        });
    }
    if allowed.is_empty() && code.chars().count() > DISPOSITION_MAX {
        return Err(Refusal::TooLong { what: "the disposition", max: DISPOSITION_MAX });
    }
    let code = veiled(code).into_owned();
    if call.disposition.as_deref() == Some(code.as_str()) {
        return Ok(Decided::nothing().about(call.id));
    }
    Ok(Decided::of(vec![Event::DispositionSet { call: call.id, code }]).about(call.id))
}

/// Whether what a request offers can be charged: where the price is fixed it is agreed on now.
pub(super) fn check_price(new: &NewCall, profile: &Profile) -> Result<(), Refusal> {
    match (charged(profile), new.cost) {
        (Some(Price::Fixed), None) => {
            let (profile, field) = (profile.name.clone(), "cost".to_owned());
            Err(Refusal::FieldMissing { profile, field })
        }
        (Some(Price::Fixed), Some(cost)) => in_range("cost", cost.0, 1, limit(profile).0),
        _ => Ok(()),
    }
}

/// Whether the price of a call may become this: a fixed one stays once it was asked for.
pub(super) fn check_new_price(call: &Call, profile: &Profile, cost: Won) -> Result<(), Refusal> {
    if charged(profile) != Some(Price::Fixed) {
        return Ok(());
    }
    let charge = profile.charge().and_then(|(i, _)| call.steps.get(i));
    if charge.is_some_and(|step| step.attempts > 0) {
        return Err(Refusal::PriceFixed { call: call.id });
    }
    in_range("cost", cost.0, 1, limit(profile).0)
}

/// Whether the work may end with this fare.
pub(super) fn check_fare(call: &Call, profile: &Profile, fare: Option<Won>) -> Result<(), Refusal> {
    match (charged(profile), fare) {
        (Some(Price::Fixed), Some(fare)) if call.cost != Some(fare) => {
            Err(Refusal::PriceFixed { call: call.id })
        }
        (Some(Price::Metered), None) => Err(Refusal::FareMissing { call: call.id }),
        (_, Some(fare)) => in_range("fare", fare.0, 0, limit(profile).0),
        (_, None) => Ok(()),
    }
}

fn not_now(call: &Call, verb: &'static str) -> Refusal {
    Refusal::WrongPhase { call: call.id, phase: call.phase, verb }
}

/// When the price is known, where a step charges it.
fn charged(profile: &Profile) -> Option<Price> {
    profile.charge()?;
    profile.payment.map(|rule| rule.price)
}

/// The most that may be charged.
fn limit(profile: &Profile) -> Won {
    let own = profile.payment.and_then(|rule| rule.limit);
    own.map_or(Won(COST_MAX), |own| own.min(Won(COST_MAX)))
}
