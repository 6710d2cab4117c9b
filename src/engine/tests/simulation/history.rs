//! What each client was told, and whether the desk keeps to it.
//!
//! Invariant: knows only orders and answers; what it holds against the journal is checked by whoever has the journal.

use ascall_engine::core::Answer;
use ascall_engine::domain::command::{Command, Order, Receipt};
use ascall_engine::domain::event::Actor;
use ascall_engine::domain::ids::{CallId, Seq, Time};
use ascall_engine::domain::refusal::Refusal;
use std::collections::{BTreeMap, BTreeSet};

/// A rule of the book that a history breaks.
pub type Broken = (&'static str, String);

/// What is known of a key.
#[derive(Debug, Clone)]
pub struct Keyed {
    pub order: Order,
    /// The receipt of its effect; none: the client does not know of one.
    pub receipt: Option<Receipt>,
    /// Another one went out under the same key, and nobody knows which of them was carried out.
    pub is_contested: bool,
}

/// All clients' histories.
#[derive(Debug, Default)]
pub struct History {
    pub keys: BTreeMap<(Actor, String), Keyed>,
    /// Records that were acknowledged, by whom and under which key.
    pub acked: BTreeMap<Seq, (Actor, Option<String>)>,
    /// Calls that were acknowledged.
    pub calls: BTreeSet<CallId>,
    /// Calls whose cancel was acknowledged.
    pub canceled: BTreeSet<CallId>,
}

impl History {
    /// Takes the answer to an order; `wrote`: it made a record.
    pub fn take(
        &mut self,
        order: &Order,
        answer: &Answer,
        wrote: bool,
        now: Time,
    ) -> Result<(), Broken> {
        let name = order.key.clone().map(|key| (order.actor.clone(), key));
        let known = name.as_ref().and_then(|name| self.keys.get(name)).cloned();
        let canceled = match order.command {
            Command::CancelCall { call, .. } if self.canceled.contains(&call) => Some(call),
            _ => None,
        };
        match answer {
            Ok(receipt) => {
                check_repeat(order, known.as_ref(), receipt)?;
                if let Some(call) = canceled {
                    if wrote {
                        return Err(("X3", format!("the second cancel of {call} made a record")));
                    }
                }
                if wrote {
                    self.acked.insert(receipt.seq, (order.actor.clone(), order.key.clone()));
                }
                if let (Some(name), true) = (name, wrote) {
                    let (order, receipt) = (order.clone(), Some(receipt.clone()));
                    let keyed = Keyed { order, receipt, is_contested: false };
                    self.keys.insert(name, keyed);
                }
                match (&order.command, receipt.call) {
                    (Command::RequestCall(_) | Command::ReopenCall { .. }, Some(call)) => {
                        self.calls.insert(call);
                    }
                    (Command::RequestCall(_), None) => {
                        return Err(("J3", "a request is accepted and has no number".to_owned()));
                    }
                    (Command::CancelCall { call, .. }, _) => {
                        self.canceled.insert(*call);
                    }
                    _ => {}
                }
                Ok(())
            }
            Err(refusal) => {
                if let Some(call) = canceled {
                    if !matches!(refusal, Refusal::ReasonMissing { .. } | Refusal::KeyReused { .. })
                    {
                        return Err(("X3", format!("{call} was canceled, and now: {refusal}")));
                    }
                }
                check_refusal(order, known.as_ref(), refusal, now)
            }
        }
    }

    /// The client will never know whether this order was carried out.
    pub fn unknown(&mut self, order: &Order) {
        if let Some(key) = &order.key {
            let name = (order.actor.clone(), key.clone());
            let sent = Keyed { order: order.clone(), receipt: None, is_contested: false };
            let keyed = self.keys.entry(name).or_insert(sent);
            keyed.is_contested |= keyed.receipt.is_none() && keyed.order.command != order.command;
        }
    }
}

fn check_repeat(order: &Order, known: Option<&Keyed>, receipt: &Receipt) -> Result<(), Broken> {
    let Some(Keyed { order: first, receipt: Some(told), .. }) = known else { return Ok(()) };
    let key = order.key.as_deref().unwrap_or_default();
    if first.command != order.command {
        return Err(("I2", format!("key `{key}` is taken for another request")));
    }
    let same = receipt.replayed
        && (receipt.seq, receipt.call, receipt.worker) == (told.seq, told.call, told.worker);
    if !same {
        return Err(("I1", format!("key `{key}` got {told:?} and now {receipt:?}")));
    }
    Ok(())
}

fn check_refusal(
    order: &Order,
    known: Option<&Keyed>,
    refusal: &Refusal,
    now: Time,
) -> Result<(), Broken> {
    let key = order.key.as_deref().unwrap_or_default();
    match (refusal, known) {
        (Refusal::KeyReused { .. }, None) => {
            Err(("I5", format!("key `{key}` never had an effect and is refused as used")))
        }
        (Refusal::KeyReused { .. }, Some(known))
            if known.order.command == order.command && !known.is_contested =>
        {
            Err(("I1", format!("key `{key}` comes again with the same body and is refused")))
        }
        (Refusal::KeyReused { differ, .. }, _) if differ.is_empty() => {
            Err(("I2", format!("key `{key}` is refused and nothing is said to differ")))
        }
        (Refusal::KeyReused { .. }, _) => Ok(()),
        (refusal, Some(Keyed { receipt: Some(told), order: first, .. })) => {
            let what = format!("key `{key}` had {told:?} and now: {refusal}");
            Err((if first.command == order.command { "I1" } else { "I2" }, what))
        }
        (Refusal::TryLater { at, .. } | Refusal::DeskFull { at, .. }, _) if *at < now => {
            Err(("B8", format!("sent away until {}, which is over", at.0)))
        }
        _ => Ok(()),
    }
}
