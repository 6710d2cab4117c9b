//! Questions to workers: one by one, or to several at once.
//!
//! Invariant: holds open questions only. An accepted one becomes an assignment in the same record.

use super::model::Offer;
use super::rule::Rule;
use super::{Checker, Ctx};
use crate::domain::event::{AssignedBy, Decision, Event};
use crate::domain::ids::{CallId, OfferId, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::Stage;

impl Checker {
    pub(super) fn offer_event(&mut self, ctx: Ctx<'_>, event: &Event) {
        match event {
            Event::OfferSent { offer, call, worker, deadline, decision } => {
                let sent = Offer { call: *call, worker: *worker, deadline: *deadline };
                self.offer_sent(ctx, *offer, sent, decision);
            }
            Event::OfferAccepted { offer, call, worker } => {
                let open = if self.broadcasts.contains_key(offer) {
                    self.broadcast_accepted(*offer, *call, *worker)
                } else {
                    self.close_offer(*offer, *call, *worker, "accepted")
                };
                self.accepted.extend(open.map(|open| (*offer, open)));
            }
            Event::OfferDeclined { offer, call, worker } => {
                if self.broadcasts.contains_key(offer) {
                    self.broadcast_declined(*offer, *call, *worker);
                } else {
                    self.close_offer(*offer, *call, *worker, "declined");
                }
                if let Some(c) = self.calls.known.get_mut(call) {
                    c.excluded.insert(*worker);
                }
            }
            Event::OfferExpired { offer, call, worker } => {
                if let Some(o) = self.close_offer(*offer, *call, *worker, "expired") {
                    self.log.check(Rule::T2, ctx.at >= o.deadline, || {
                        format!("{offer} expires at {}, before {}", ctx.at.0, o.deadline.0)
                    });
                }
            }
            Event::OfferWithdrawn { offer, call, worker, .. } => {
                self.close_offer(*offer, *call, *worker, "withdrawn");
            }
            _ => {}
        }
    }

    fn offer_sent(&mut self, ctx: Ctx<'_>, offer: OfferId, sent: Offer, decision: &Decision) {
        let Offer { call, worker, deadline } = sent;
        self.ids.offers.next(&mut self.log, "offer", offer.0);
        self.check_decision(call, &[worker], decision);
        self.log.check(Rule::T2, deadline > ctx.at, || {
            format!("{offer} is over at {}, before it is sent", deadline.0)
        });
        self.check_automation(call, "asks");
        if let Some(c) = self.in_phase(call, &[Phase::Open], "an offer") {
            let other = c.offers.first().copied().or(c.broadcast);
            c.offers.insert(offer);
            c.told.insert(worker);
            let asks = matches!(c.stage(), Some(Stage::Offer { .. }));
            self.log.check(Rule::A9, other.is_none(), || {
                format!("{call} asks by {offer} and by {other:?} at once")
            });
            self.log.check(Rule::C3, asks, || {
                format!("{call} asks {worker} by {offer}, its plan is at another stage")
            });
        }
        self.check_on_duty(call, worker, "is asked about");
        self.check_suits(call, worker, AssignedBy::Offer(offer), "is asked about");
        if let Some(w) = self.worker(worker) {
            let (busy, other) = (w.call, w.offer.replace(offer));
            self.log.check(Rule::A2, busy.is_none(), || {
                format!("{worker} is asked about {call} and has {busy:?}")
            });
            self.log.check(Rule::A9, other.is_none(), || {
                format!("{worker} is asked by {offer} and by {other:?} at once")
            });
        }
        self.offers.insert(offer, sent);
    }

    /// Ends an offer; `None` when it was not open.
    fn close_offer(
        &mut self,
        offer: OfferId,
        call: CallId,
        worker: WorkerId,
        what: &str,
    ) -> Option<Offer> {
        let open = self.offers.remove(&offer);
        let fits = open.is_some_and(|o| o.call == call && o.worker == worker);
        self.log.check(Rule::A4, fits, || {
            format!("{offer} of {call} to {worker} is {what}, but what is open is {open:?}")
        });
        let open = open?;
        if let Some(c) = self.calls.any(&mut self.log, open.call) {
            c.offers.remove(&offer);
        }
        if let Some(w) = self.worker(open.worker)
            && w.offer == Some(offer)
        {
            w.offer = None;
        }
        Some(open)
    }

    /// The accepted question of which this assignment is the outcome.
    pub(super) fn take_accepted(&mut self, call: CallId, worker: WorkerId, by: AssignedBy) {
        if let AssignedBy::Offer(offer) = by {
            let accepted = self.accepted.remove(&offer);
            let fits = accepted.is_some_and(|o| o.call == call && o.worker == worker);
            self.log.check(Rule::A5, fits, || {
                format!("{worker} is given {call} by {offer}, which this record does not accept")
            });
        }
        // A dispatcher may say it in the worker's place: the question is answered by that, too.
        self.accepted.retain(|_, o| o.call != call || o.worker != worker);
    }

    pub(super) fn check_decision(&mut self, call: CallId, taken: &[WorkerId], decision: &Decision) {
        let others = decision.others.len();
        self.log.check(Rule::Z1, others <= OTHERS_MAX, || {
            format!("the decision about {call} names {others} others")
        });
        let chosen = decision.chosen.map(|c| c.worker);
        self.log.check(Rule::A3, chosen.is_none_or(|chosen| taken.contains(&chosen)), || {
            format!("the decision about {call} chose {chosen:?}, and {taken:?} was taken")
        });
        for candidate in decision.chosen.iter().chain(&decision.others) {
            let known = self.workers.contains_key(&candidate.worker);
            self.log.check(Rule::I9, known, || {
                format!("the decision about {call} names {}", candidate.worker)
            });
        }
    }
}

/// How many others a decision may name.
const OTHERS_MAX: usize = 8;
