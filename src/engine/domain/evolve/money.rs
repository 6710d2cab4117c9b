//! What money and whatever comes after the work make of a call, its member, its worker and the books.
//!
//! Invariant: the lines of an entry add up to zero, and so do the books; a recalled call is exactly what its event says.

use super::calls::LINGER;
use crate::domain::call::Step;
use crate::domain::event::{Event, Line, MoneyMove};
use crate::domain::ids::Won;
use crate::domain::world::World;
use crate::planted::planted;

impl World {
    pub(super) fn evolve_money(&mut self, event: &Event) {
        let at = self.desk.at;
        match event {
            Event::CallRecalled { call } => {
                let mut recalled = (**call).clone();
                recalled.linger_until = Some(at.plus(LINGER));
                self.calls.insert(recalled.id, recalled);
                self.with_call(call.id, |_| {});
            }
            Event::CallRated { call, worker, stars } => {
                self.with_call(*call, |c| c.rating = Some(*stars));
                if let Some(worker) = worker {
                    self.with_worker(*worker, |w| {
                        w.rated = (w.rated.0 + 1, w.rated.1 + u32::from(*stars));
                    });
                }
            }
            Event::DispositionSet { call, code } => {
                self.with_call(*call, |c| c.disposition = Some(code.clone()));
            }
            Event::CouponGranted { member, call, won, .. } => {
                self.with_member(*member, |m| m.coupons.push(*won));
                self.with_call(*call, |_| {});
            }
            Event::CouponUsed { member, call, won } => {
                self.with_member(*member, |m| {
                    // The oldest; it may have been worth more than what it was used for.
                    if !m.coupons.is_empty() && !planted!(CouponKept) {
                        m.coupons.remove(0);
                    }
                });
                self.with_call(*call, |c| {
                    c.money.discount = Won(c.money.discount.0.saturating_add(won.0));
                });
            }
            Event::MoneyMoved { call, what, lines, .. } => {
                for Line { account, won } in lines {
                    let balance = self.desk.books.entry(*account).or_default();
                    *balance = balance.saturating_add(won.0);
                }
                let won = lines.iter().fold(0_i64, |sum, l| sum.saturating_add(l.won.0.max(0)));
                self.with_call(*call, |c| {
                    let sum = match what {
                        MoneyMove::Captured => &mut c.money.captured,
                        MoneyMove::Refunded => &mut c.money.refunded,
                        MoneyMove::Settled(_) => &mut c.money.settled,
                    };
                    *sum = Won(sum.0.saturating_add(won));
                });
            }
            Event::RefundAsked { call, won, .. } => self.with_call(*call, |c| {
                c.refunds.push(*won);
                c.steps.push(Step::new());
                c.linger_until = c.linger_until.max(Some(at.plus(LINGER)));
            }),
            _ => {}
        }
    }
}
