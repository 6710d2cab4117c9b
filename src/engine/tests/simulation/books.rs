//! Money and goods at quiet: the bank's ledger against the desk's books, and what came in against what is there.
//!
//! Invariant: reads only. Where nobody at the desk can know what the bank did, a human was told or has let it go.

use crate::history::Broken;
use crate::sim::Sim;
use ascall_engine::domain::event::{About, Concern, Event, MoneyMove, StockMove};
use ascall_engine::domain::ids::CallId;
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::Does;
use ascall_engine::verify::{CallFacts, StepState};
use std::collections::{BTreeMap, BTreeSet};

impl Sim {
    /// What the bank holds is what the books say.
    pub fn check_bank(&self) -> Result<(), Broken> {
        if let Some(complaint) = &self.outside.bank.complaint {
            return Err(complaint.clone());
        }
        let mut booked: BTreeMap<CallId, (i64, i64)> = BTreeMap::new();
        let mut sum = 0;
        for event in self.log.iter().flat_map(|record| &record.events) {
            let Event::MoneyMoved { call, what, lines, .. } = event else { continue };
            let won: i64 = lines.iter().map(|line| line.won.0.max(0)).sum();
            sum += lines.iter().map(|line| line.won.0).sum::<i64>();
            let known = booked.entry(*call).or_default();
            match what {
                MoneyMove::Captured => known.0 += won,
                MoneyMove::Refunded => known.1 += won,
                MoneyMove::Settled(_) => {}
            }
        }
        let held: i64 = self.mirror.books().values().sum();
        if (sum, held) != (0, 0) {
            return Err(("M4", format!("the entries add up to {sum}, the books to {held}")));
        }
        for (call, bank) in self.outside.bank.accounts() {
            if bank.captures > 1 {
                return Err(("M2", format!("{call} was charged {} times", bank.captures)));
            }
            if bank.refunded > bank.captured {
                return Err(("M3", format!("{call}: {bank:?}")));
            }
            let (captured, refunded) = booked.get(&call).copied().unwrap_or_default();
            let same = if captured == 0 {
                // Charged and taken back before anybody knew.
                bank.captured == bank.refunded && refunded == 0
            } else {
                (bank.captured, bank.refunded) == (captured, refunded)
            };
            if !same && !self.may_differ(call) {
                let what = format!("{call}: {bank:?}, booked {captured} and {refunded} back");
                return Err(("M3", what));
            }
        }
        for (call, (captured, _)) in &booked {
            if self.is_banked(*call) && *captured > 0 && self.outside.bank.of(*call).captures == 0 {
                return Err(("M2", format!("{call} is booked as charged, and the bank never did")));
            }
        }
        Ok(())
    }

    /// Whether a human knows of it, has let it go, or it is still being asked.
    fn may_differ(&self, call: CallId) -> bool {
        let facts = self.facts(call);
        let open = facts.as_ref().is_some_and(|facts| {
            let unknown = |s: &ascall_engine::verify::StepFacts| {
                s.state == StepState::Waived || s.state == StepState::Unknown || s.in_flight
            };
            facts.steps.iter().any(unknown)
        });
        open || self.told_of(call, Concern::LateOk) || self.told_of(call, Concern::RefundDenied)
    }

    /// Whether the bank outside charges for this call.
    fn is_banked(&self, call: CallId) -> bool {
        let adopted = self.facts(call).and_then(|facts| self.mirror.profile(facts.profile));
        let charge = adopted.and_then(|adopted| adopted.spec.charge());
        charge.is_some_and(|(_, spec)| spec.answerer() == "bank")
    }

    /// What is known of a call, live or ended.
    pub fn facts(&self, call: CallId) -> Option<CallFacts> {
        self.ended.get(&call).cloned().or_else(|| self.checker.call_facts(call))
    }

    /// Whether a human was ever told this of the call.
    pub fn told_of(&self, call: CallId, of: Concern) -> bool {
        self.log.iter().flat_map(|record| &record.events).any(|event| {
            matches!(event, Event::AttentionRaised { about, concern, .. }
                if *concern == of && *about == About::Call(call))
        })
    }

    /// What came in is there, written off or sent off; nobody who is over holds anything.
    pub fn check_goods(&self) -> Result<(), Broken> {
        let mut there: BTreeMap<&str, i64> = BTreeMap::new();
        let mut holds: BTreeMap<CallId, (&str, i64)> = BTreeMap::new();
        for event in self.log.iter().flat_map(|record| &record.events) {
            let Event::StockMoved { product, what, qty, call } = event else { continue };
            let qty = i64::from(*qty);
            *there.entry(product).or_default() += match what {
                StockMove::Received => qty,
                StockMove::WrittenOff | StockMove::Shipped => -qty,
                StockMove::Reserved | StockMove::Returned => 0,
            };
            let Some(call) = call else { continue };
            let held = holds.entry(*call).or_insert((product, 0));
            held.1 += match what {
                StockMove::Reserved => qty,
                StockMove::Returned | StockMove::Shipped => -qty,
                StockMove::Received | StockMove::WrittenOff => 0,
            };
        }
        for (call, (product, qty)) in &holds {
            let over = self.facts(*call).is_none_or(|facts| facts.phase.is_terminal());
            if *qty < 0 || over && *qty > 0 {
                return Err((
                    "G3",
                    format!("{call} is over: {over}, and holds {qty} of {product}"),
                ));
            }
        }
        for (product, stock) in self.mirror.stock() {
            let held: i64 =
                holds.values().filter(|(of, _)| *of == product).map(|(_, qty)| qty).sum();
            let due = (there.get(product).copied().unwrap_or_default(), held);
            let is = (i64::try_from(stock.on_hand), i64::try_from(stock.reserved));
            if is != (Ok(due.0), Ok(due.1)) {
                return Err(("G1", format!("{product}: {stock:?}, by the moves {due:?}")));
            }
        }
        self.check_depot()
    }

    /// The depot outside holds goods for those that are served or being served, and for nobody else.
    fn check_depot(&self) -> Result<(), Broken> {
        let kept: BTreeSet<(CallId, u8)> = self.outside.standing().into_keys().collect();
        for (call, facts) in self.ended.iter().filter(|(_, f)| f.phase == Phase::Completed) {
            let Some(adopted) = self.mirror.profile(facts.profile) else { continue };
            let reserve = adopted.spec.reserve().filter(|(_, spec)| spec.answerer() == "depot");
            let Some((i, spec)) = reserve.filter(|(_, spec)| spec.does == Does::Reserve) else {
                continue;
            };
            let done = facts.steps.get(i).is_some_and(|step| step.settled.is_none());
            let stands = u8::try_from(i).is_ok_and(|i| kept.contains(&(*call, i)));
            if done && !stands {
                return Err(("G2", format!("{call} is completed without `{}`", spec.name)));
            }
        }
        Ok(())
    }
}
