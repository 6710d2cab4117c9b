//! What follows for money: what the desk's own payment ledger answers, and the entries that belong to an answer.
//!
//! Invariant: a call is captured at most once, what is given back never exceeds what was captured, and the lines of an
//! entry add up to zero. Nothing is booked before an answer says that it happened.
//! Must not know cards: whether one is declined is all the journal holds of it.

use super::local::ledger;
use crate::domain::call::{Call, StepState};
use crate::domain::event::{Account, Card, Event, Line, MoneyMove, Op, Outcome, SettledBy};
use crate::domain::ids::Won;
use crate::domain::profile::{Position, Profile};
use crate::domain::world::World;

impl World {
    /// What the desk's own payment ledger says to `op` about step `i`: the charge, or a refund of it.
    pub(super) fn charge_answer(&self, call: &Call, i: usize, op: Op) -> Outcome {
        let Some(adopted) = self.desk.profiles.get(&call.profile) else {
            return ledger(call, i, op);
        };
        match (op, declined(call, &adopted.spec, i)) {
            (Op::Do, Some(why)) => Outcome::Denied(why.to_owned()),
            // Also when an answer got lost: what is declined was not done.
            (Op::Query, Some(_)) => Outcome::Denied("not done".to_owned()),
            _ => ledger(call, i, op),
        }
    }

    /// The end of a call whose work is done and paid, and what its member earns by it.
    pub(in crate::domain) fn completed(&self, call: &Call, profile: &Profile) -> Vec<Event> {
        let mut events = vec![Event::CallCompleted { call: call.id }];
        if let Some(member) = call.member.and_then(|known| self.members.get(&known.member)) {
            let nth = member.rides.saturating_add(1);
            let earned = profile.rewards.iter().filter(|rule| {
                rule.every > 0 && nth.is_multiple_of(rule.every) && rule.coupon > Won(0)
            });
            let (member, call) = (member.id, call.id);
            events.extend(earned.map(|rule| Event::CouponGranted {
                member,
                call,
                nth,
                won: rule.coupon,
            }));
        }
        events
    }

    /// The entry that belongs to the answer to `op` of step `i`: the charge, or a refund of it.
    pub(super) fn money_moved(
        &self,
        call: &Call,
        i: usize,
        op: Op,
        outcome: &Outcome,
    ) -> Option<Event> {
        let profile = &self.desk.profiles.get(&call.profile)?.spec;
        let state = &call.steps.get(i)?.state;
        let known = *state == StepState::Done;
        if *outcome != Outcome::Ok {
            return None;
        }
        match (op, call.refund_of(profile, i)) {
            // A refund that was let go and comes through all the same counts if so much is left.
            (Op::Do | Op::Query, Some(won)) if *state == StepState::Waived => {
                given_back(call, i, won).filter(|_| won <= call.refundable(profile))
            }
            (Op::Do | Op::Query, Some(won)) if !known => given_back(call, i, won),
            (Op::Do | Op::Query, None) if !known && call.money.captured == Won(0) => {
                let (debit, credit) = (Account::Card, Account::Revenue);
                entry(call, i, MoneyMove::Captured, debit, credit, call.charge(profile)?)
            }
            (Op::Undo, None) => given_back(call, i, call.money.kept()),
            _ => None,
        }
    }
}

/// Why the card that a call is paid with refuses step `i`.
fn declined(call: &Call, profile: &Profile, i: usize) -> Option<&'static str> {
    // A refund goes to whatever card was charged.
    let spec = profile.steps.get(i)?;
    match call.member?.card {
        Some(Card::Declined) => Some("card declined"),
        None if spec.position == Position::BeforeComplete => Some("no card"),
        Some(Card::Token) | None => None,
    }
}

/// The entry of a charge settled by hand; none where no money is spoken of.
pub(in crate::domain) fn settled(
    call: &Call,
    profile: &Profile,
    i: usize,
    by: SettledBy,
) -> Option<Event> {
    let (charge, _) = profile.charge().filter(|(charge, _)| *charge == i)?;
    let account = match by {
        SettledBy::Cash => Account::Cash,
        SettledBy::Card => Account::CardOutside,
        SettledBy::Waive => Account::Waived,
        SettledBy::Nothing => return None,
    };
    let what = MoneyMove::Settled(by);
    entry(call, charge, what, account, Account::Revenue, call.charge(profile)?)
}

fn given_back(call: &Call, i: usize, won: Won) -> Option<Event> {
    entry(call, i, MoneyMove::Refunded, Account::Revenue, Account::Card, won)
}

/// One entry of the books; none when nothing moves.
fn entry(
    call: &Call,
    i: usize,
    what: MoneyMove,
    debit: Account,
    credit: Account,
    won: Won,
) -> Option<Event> {
    if won.0 <= 0 {
        return None;
    }
    let lines = vec![
        Line { account: debit, won },
        Line { account: credit, won: Won(won.0.checked_neg()?) },
    ];
    Some(Event::MoneyMoved { call: call.id, step: u8::try_from(i).ok()?, what, lines })
}
