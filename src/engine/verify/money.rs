//! Money: what each call costs, what was captured, given back or settled, and the desk's books.
//!
//! An entry of the books is never taken at its word: what must be in it is worked out from the answers of the charge
//! and from what people did, and has to come in the same record.
//!
//! Invariant: `Step::paid` follows answers, [`super::model::CallMoney`] follows entries; the two agree when a record ends.

use super::model::{Call, Kind, StepState};
use super::rule::Rule;
use super::{Checker, Ctx};
use crate::domain::event::{Account, Event, Line, MoneyMove, Op, Outcome, SettledBy};
use crate::domain::ids::{CallId, Won};
use crate::domain::phase::Phase;
use crate::domain::profile::{Does, Price, Profile};
use std::collections::BTreeMap;

/// The desk's own limit for one price: ten billion won.
const PRICE_MAX: i64 = 10_000_000_000;

/// The books of the desk.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// What each account holds; debit is positive.
    pub books: BTreeMap<Account, i64>,
    /// Entries that the record being read still has to bring.
    due: Vec<Due>,
}

/// An entry that must come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Due {
    call: CallId,
    step: u8,
    what: MoneyMove,
    won: i64,
}

/// The most that a call of this line may cost.
pub(super) fn limit(spec: &Profile) -> i64 {
    spec.payment.and_then(|rule| rule.limit).map_or(PRICE_MAX, |won| won.0)
}

/// What the charge of a call takes: its price, less its coupons. A metered price is not known before it is reported.
fn charge(c: &Call) -> i64 {
    let is_metered = c.spec.payment.is_some_and(|rule| rule.price == Price::Metered);
    let price = if is_metered { c.fare } else { c.cost };
    price.map_or(0, |won| won.0).saturating_sub(c.money.discount.0).max(0)
}

/// What is or was to be paid, once that is known; none: nothing is charged for such calls.
pub(super) fn due(c: &Call) -> Option<Won> {
    let rule = c.spec.payment?;
    let is_known = rule.price == Price::Fixed || c.outcome.is_some();
    let price = c.fare.or(c.cost).filter(|_| is_known)?;
    Some(Won(price.0.saturating_sub(c.money.discount.0).max(0)))
}

/// What was captured and is neither given back nor promised to be.
fn refundable(c: &Call) -> i64 {
    let refunds = c.steps.iter().skip(c.spec.steps.len()).zip(&c.refunds);
    let promised = refunds
        .filter(|(s, _)| !matches!(s.state, StepState::Done | StepState::Waived))
        .fold(0_i64, |sum, (_, won)| sum.saturating_add(won.0));
    c.money.captured.0.saturating_sub(c.money.refunded.0).saturating_sub(promised)
}

fn is_charge(c: &Call, index: usize) -> bool {
    matches!(c.kind_of(index), Some(Kind::Own(_, Does::Charge)))
}

/// Whether a charge of the call was ever asked, so that its price is agreed on.
pub(super) fn is_charged(c: &Call) -> bool {
    (0..c.spec.steps.len()).any(|i| is_charge(c, i) && c.steps[i].started.is_some())
}

impl Checker {
    pub(super) fn money_event(&mut self, event: &Event) {
        match event {
            Event::MoneyMoved { call, step, what, lines } => {
                self.money_moved(*call, *step, *what, lines);
            }
            Event::CouponGranted { .. } | Event::CouponUsed { .. } => self.coupon_event(event),
            _ => {}
        }
    }

    /// What an answer to step `index` says of money: the entry that must come with it. To be called when the answer was taken.
    pub(super) fn money_after(&mut self, call: CallId, index: usize, op: Op, outcome: &Outcome) {
        let (Ok(step), Outcome::Ok) = (u8::try_from(index), outcome) else { return };
        let Some(c) = self.calls.known.get_mut(&call) else { return };
        let (what, won) = match (c.kind_of(index), op) {
            (Some(Kind::Own(_, Does::Charge)), Op::Do | Op::Query) if !c.steps[index].was_paid => {
                let won = charge(c);
                (c.steps[index].paid, c.steps[index].was_paid) = (won, true);
                c.paid_late |= !super::table::is_going_forward(c.phase);
                (MoneyMove::Captured, won)
            }
            (Some(Kind::Own(_, Does::Charge)), Op::Undo) => {
                (MoneyMove::Refunded, std::mem::take(&mut c.steps[index].paid))
            }
            (Some(Kind::Refund(won)), Op::Do | Op::Query) => {
                // One that was let go and comes through all the same counts if so much is left.
                let let_go = c.steps[index].state == StepState::Waived;
                if c.steps[index].was_paid || let_go && refundable(c) < won.0 {
                    return;
                }
                c.steps[index].was_paid = true;
                (MoneyMove::Refunded, won.0)
            }
            _ => return,
        };
        if won != 0 {
            self.ledger.due.push(Due { call, step, what, won });
        }
    }

    /// A charge was settled by hand, or by the desk because nothing was due.
    pub(super) fn money_settled(&mut self, call: CallId, step: u8, by: SettledBy) {
        let Some(c) = self.calls.known.get(&call) else { return };
        let index = usize::from(step);
        let (is_charge, won) = (is_charge(c, index), charge(c));
        if by == SettledBy::Nothing {
            self.log.check(Rule::M5, is_charge && won == 0, || {
                format!("{call}: step {step} is settled by nothing, and {won} won are due")
            });
        } else if is_charge && won != 0 {
            self.ledger.due.push(Due { call, step, what: MoneyMove::Settled(by), won });
        }
    }

    fn money_moved(&mut self, call: CallId, step: u8, what: MoneyMove, lines: &[Line]) {
        for line in lines {
            let held = self.ledger.books.entry(line.account).or_default();
            *held = held.saturating_add(line.won.0);
        }
        let sum = lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.won.0));
        self.log.check(Rule::M4, sum == Some(0) && !lines.is_empty(), || {
            format!("the lines of {what:?} of {call} add up to {sum:?}")
        });
        let Some(c) = self.calls.past(&mut self.log, call, "an entry of the books") else { return };
        let state = c.steps.get(usize::from(step)).map(|s| s.state);
        let moved: i64 = lines.iter().fold(0, |sum, line| sum.saturating_add(line.won.0.max(0)));
        let account = match what {
            MoneyMove::Captured => &mut c.money.captured,
            MoneyMove::Refunded => &mut c.money.refunded,
            MoneyMove::Settled(_) => &mut c.money.settled,
        };
        account.0 = account.0.saturating_add(moved);
        let money = c.money;
        self.log.check(Rule::M1, money.refunded <= money.captured, || {
            format!("{call} gave back {} of {} won", money.refunded, money.captured)
        });
        let fits = net(lines) == net(&entry(what, moved));
        self.log.check(Rule::M4, fits, || {
            format!("{what:?} of {call} moves {lines:?}, which is something else")
        });
        let found = self.ledger.due.iter().position(|due| due.call == call && due.step == step);
        let due = found.map(|at| self.ledger.due.remove(at));
        let is_unknown = what == MoneyMove::Captured && state == Some(StepState::Unknown);
        self.log.check(Rule::M6, due.is_some() || !is_unknown, || {
            format!("{call}: {moved} won are booked as captured, and nobody knows whether they are")
        });
        let same = due == Some(Due { call, step, what, won: moved });
        self.log.check(Rule::M2, same || is_unknown && due.is_none(), || {
            format!("{call}: step {step} books {what:?} of {moved} won, by our count {due:?}")
        });
    }

    /// Every entry that was due must have come.
    pub(super) fn check_booked(&mut self) {
        for due in std::mem::take(&mut self.ledger.due) {
            self.log.fault(Rule::M2, || {
                let Due { call, step, what, won } = due;
                format!("{call}: {what:?} of {won} won by step {step} is not booked")
            });
        }
    }

    /// What a call that has just ended has cost.
    pub(super) fn check_cost(&mut self, id: CallId) {
        let Some(c) = self.calls.known.get(&id) else { return };
        let charges = (0..c.spec.steps.len()).filter(|i| is_charge(c, *i));
        let steps: Vec<_> = charges.map(|i| (&c.steps[i], c.has_undo(i))).collect();
        if steps.is_empty() {
            return;
        }
        let money = c.money;
        if c.phase == Phase::Completed {
            let price = charge(c);
            self.log.check(Rule::M5, money.captured.0 + money.settled.0 == price, || {
                format!(
                    "{id} is completed for {price} won, captured are {}, settled {}",
                    money.captured, money.settled
                )
            });
        } else {
            let let_go = steps.iter().any(|(s, undo)| s.state == StepState::Waived || !undo);
            self.log.check(Rule::M3, let_go || money.captured == money.refunded, || {
                format!(
                    "{id} ends as {} and keeps {} won of {}",
                    c.phase,
                    money.captured.0 - money.refunded.0,
                    money.captured
                )
            });
        }
    }

    pub(super) fn price_amended(&mut self, call: CallId, cost: Won) {
        let Some(c) = self.calls.known.get_mut(&call) else { return };
        let changes = c.cost != Some(cost);
        let agreed = match c.spec.payment.map(|rule| rule.price) {
            Some(Price::Fixed) => is_charged(c),
            Some(Price::Metered) => c.finished,
            None => false,
        };
        let is_fixed = c.spec.payment.is_some_and(|rule| rule.price == Price::Fixed);
        let most = if is_fixed { limit(&c.spec) } else { i64::MAX };
        c.cost = Some(cost);
        self.log.check(Rule::M1, (0..=most).contains(&cost.0), || {
            format!("{call} costs {cost} won, at most {most}")
        });
        self.log.check(Rule::M8, !(changes && agreed), || {
            format!("the price of {call} becomes {cost} won after it was agreed on")
        });
    }

    pub(super) fn fare_reported(&mut self, call: CallId, fare: Option<Won>) {
        let Some(c) = self.calls.known.get_mut(&call) else { return };
        let has_charge = (0..c.spec.steps.len()).any(|i| is_charge(c, i));
        let price = c.spec.payment.map(|rule| rule.price).filter(|_| has_charge);
        let most = limit(&c.spec);
        let fits = match price {
            Some(Price::Metered) => fare.is_some() && c.fare.is_none(),
            Some(Price::Fixed) => fare.is_none() || fare == c.cost,
            None => true,
        };
        let before = c.fare;
        c.fare = fare.or(c.fare);
        self.log.check(Rule::M1, fare.is_none_or(|w| (0..=most).contains(&w.0)), || {
            format!("the fare of {call} is {fare:?}, at most {most}")
        });
        self.log.check(Rule::M8, fits, || {
            format!("the fare of {call} is reported as {fare:?} under {price:?}, before {before:?}")
        });
    }

    pub(super) fn refund_asked(&mut self, ctx: Ctx<'_>, call: CallId, step: u8, won: Won) {
        let by_hand = ctx.is_operator();
        self.log.check(Rule::C6, by_hand, || format!("{call} is refunded by {:?}", ctx.actor));
        let Some(c) = self.calls.past(&mut self.log, call, "a refund") else { return };
        let (phase, next) = (c.phase, c.steps.len());
        let asked = c.refunds.iter().zip(c.steps.iter().skip(c.spec.steps.len()));
        let open = asked.filter(|(_, s)| s.state != StepState::Waived && !s.do_denied);
        let before = open.fold(0_i64, |sum, (won, _)| sum.saturating_add(won.0));
        let captured = c.money.captured.0;
        c.refunds.push(won);
        c.steps.push(super::model::Step::default());
        self.log.check(Rule::C3, phase == Phase::Completed && usize::from(step) == next, || {
            format!("{call} is {phase} and gets step {step} for a refund, it has {next}")
        });
        let fits = won.0 > 0 && before.saturating_add(won.0) <= captured;
        self.log.check(Rule::M1, fits, || {
            format!("{call} is to give back {won} won, after {before} of {captured}")
        });
    }
}

/// The lines that an entry for this reason has.
fn entry(what: MoneyMove, won: i64) -> [Line; 2] {
    let line = |account, won| Line { account, won: Won(won) };
    let revenue = Account::Revenue;
    match what {
        MoneyMove::Captured => [line(Account::Card, won), line(revenue, -won)],
        MoneyMove::Refunded => [line(Account::Card, -won), line(revenue, won)],
        MoneyMove::Settled(by) => {
            let by = match by {
                SettledBy::Cash => Account::Cash,
                SettledBy::Card => Account::CardOutside,
                SettledBy::Waive | SettledBy::Nothing => Account::Waived,
            };
            [line(by, won), line(revenue, -won)]
        }
    }
}

/// What each account gets.
fn net(lines: &[Line]) -> BTreeMap<Account, i64> {
    let mut net: BTreeMap<Account, i64> = BTreeMap::new();
    for line in lines {
        let sum = net.entry(line.account).or_default();
        *sum = sum.saturating_add(line.won.0);
    }
    net.retain(|_, won| *won != 0);
    net
}
