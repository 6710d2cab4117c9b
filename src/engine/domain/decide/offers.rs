//! The workers' answers to questions: yes and no, to a question to one and to one that went to several.
//!
//! Invariant: a call is had by the first yes; whoever comes later is told who was first.
//! Must not know who is asked, or when.

use super::Decided;
use super::plan::{is_free, is_on_duty};
use crate::domain::call::{Broadcast, Call};
use crate::domain::event::{AssignedBy, Event};
use crate::domain::ids::{OfferId, Time, WorkerId};
use crate::domain::refusal::Refusal;
use crate::domain::world::World;
use crate::planted::planted;

impl World {
    pub(super) fn accept_offer(
        &self,
        id: OfferId,
        by: Option<WorkerId>,
        now: Time,
    ) -> Result<Decided, Refusal> {
        if let Some((call, broadcast)) = self.broadcast(id) {
            return self.accept_broadcast(call, broadcast, by);
        }
        let (call, worker) = self.exclusive(id, by, now)?;
        let accepted = Event::OfferAccepted { offer: id, call: call.id, worker };
        let by = AssignedBy::Offer(id);
        let committed = Event::AssignmentCommitted { call: call.id, worker, by, decision: None };
        Ok(Decided::of(vec![accepted, committed]).about(call.id).by(worker))
    }

    fn accept_broadcast(
        &self,
        call: &Call,
        broadcast: &Broadcast,
        by: Option<WorkerId>,
    ) -> Result<Decided, Refusal> {
        let (id, offer) = (call.id, broadcast.id);
        let worker = self.asked(broadcast, by)?;
        if broadcast.over && !planted!(BroadcastTakenTwice) {
            return match call.holder() {
                // The winner says it again.
                Some(has) if has.worker == worker && has.by == AssignedBy::Offer(offer) => {
                    Ok(Decided::nothing().about(id).by(worker))
                }
                Some(has) => Err(Refusal::CallTaken { call: id, worker: has.worker }),
                None => Err(Refusal::OfferOver(offer)),
            };
        }
        let winner = self.known(worker)?;
        is_free(winner)?;
        is_on_duty(winner)?;
        let mut events = vec![Event::OfferAccepted { offer, call: id, worker }];
        events.extend(self.give(call, worker, None, AssignedBy::Offer(offer)));
        Ok(Decided::of(events).about(id).by(worker))
    }

    pub(super) fn decline_offer(
        &self,
        id: OfferId,
        by: Option<WorkerId>,
        now: Time,
    ) -> Result<Decided, Refusal> {
        let (call, worker) = match self.broadcast(id) {
            Some((_, broadcast)) if broadcast.over => return Err(Refusal::OfferOver(id)),
            Some((call, broadcast)) => (call, self.asked(broadcast, by)?),
            None => self.exclusive(id, by, now)?,
        };
        let declined = Event::OfferDeclined { offer: id, call: call.id, worker };
        Ok(Decided::of(vec![declined]).about(call.id).by(worker))
    }

    /// The question to several that has this number, also when it is over, and its call.
    fn broadcast(&self, id: OfferId) -> Option<(&Call, &Broadcast)> {
        let call = self.offer(id)?;
        call.broadcast.as_ref().filter(|broadcast| broadcast.id == id).map(|b| (call, b))
    }

    /// Who answers a question to several.
    fn asked(&self, broadcast: &Broadcast, by: Option<WorkerId>) -> Result<WorkerId, Refusal> {
        let offer = broadcast.id;
        let worker = self.known(by.ok_or(Refusal::NameTheWorker(offer))?)?.id;
        if broadcast.asked.contains(&worker) {
            Ok(worker)
        } else {
            Err(Refusal::NotAsked { offer, worker })
        }
    }

    /// The question to one that has this number and can still be answered: its call, and who answers.
    fn exclusive(
        &self,
        id: OfferId,
        by: Option<WorkerId>,
        now: Time,
    ) -> Result<(&Call, WorkerId), Refusal> {
        let over = Refusal::OfferOver(id);
        let call = self.offer(id).ok_or(over.clone())?;
        let offer =
            call.offer.filter(|offer| offer.id == id && offer.lapses_at() > now).ok_or(over)?;
        match by {
            Some(worker) if worker != offer.worker => Err(Refusal::NotAsked { offer: id, worker }),
            _ => Ok((call, offer.worker)),
        }
    }
}
