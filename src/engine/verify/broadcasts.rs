//! Questions to several workers at once: ring by ring, until one says yes or nobody is left.
//!
//! Invariant: holds open broadcasts only. A worker who is asked by one stays free for everything else.

use super::model::Offer;
use super::rule::Rule;
use super::{Checker, Ctx};
use crate::domain::event::{AssignedBy, Event, Why};
use crate::domain::ids::{CallId, OfferId, Time, WorkerId};
use crate::domain::phase::Phase;
use crate::domain::profile::Stage;
use std::collections::BTreeSet;

/// A broadcast that is not over.
#[derive(Debug, Clone)]
pub(super) struct Broadcast {
    pub call: CallId,
    pub asked: BTreeSet<WorkerId>,
    pub declined: BTreeSet<WorkerId>,
    /// Who said yes.
    pub taken: Option<WorkerId>,
    pub ring: u8,
    pub deadline: Time,
}

impl Broadcast {
    /// How many were asked and have not said no.
    pub fn waiting(&self) -> u32 {
        u32::try_from(self.asked.difference(&self.declined).count()).unwrap_or(u32::MAX)
    }

    /// Whether everybody who was asked has said no.
    fn is_refused(&self) -> bool {
        self.asked.is_subset(&self.declined)
    }
}

/// A broadcast that ended in the record being read.
#[derive(Debug)]
pub(super) struct Over {
    offer: OfferId,
    broadcast: Broadcast,
    why: Why,
    losers: BTreeSet<WorkerId>,
}

impl Checker {
    pub(super) fn broadcast_event(&mut self, ctx: Ctx<'_>, event: &Event) {
        match event {
            Event::BroadcastSent { .. } => self.broadcast_sent(ctx, event),
            Event::BroadcastOver { offer, call, why, losers } => {
                self.broadcast_over(ctx, *offer, *call, *why, losers);
            }
            _ => {}
        }
    }

    fn broadcast_sent(&mut self, ctx: Ctx<'_>, event: &Event) {
        let Event::BroadcastSent { offer, call, workers, ring, deadline, decision } = event else {
            return;
        };
        self.check_decision(*call, workers, decision);
        self.check_automation(*call, "asks around about");
        let known = self.broadcasts.remove(offer);
        if known.is_none() {
            self.ids.offers.next(&mut self.log, "offer", offer.0);
        }
        self.check_ring(ctx, event, known.as_ref());
        let mut new = known.unwrap_or_else(|| Broadcast {
            call: *call,
            asked: BTreeSet::new(),
            declined: BTreeSet::new(),
            taken: None,
            ring: *ring,
            deadline: *deadline,
        });
        (new.ring, new.deadline) = (*ring, *deadline);
        if let Some(c) = self.in_phase(*call, &[Phase::Open], "a broadcast") {
            let other = c.offers.first().copied().or(c.broadcast).filter(|other| other != offer);
            c.broadcast = Some(*offer);
            c.told.extend(workers.iter().copied());
            self.log.check(Rule::A9, other.is_none() && new.call == *call, || {
                format!("{call} asks by {offer} (of {}) and by {other:?} at once", new.call)
            });
        }
        for worker in workers {
            let first = new.asked.insert(*worker);
            self.log.check(Rule::A12, first, || format!("{offer} asks {worker} twice"));
            self.check_on_duty(*call, *worker, "is asked about");
            self.check_suits(*call, *worker, AssignedBy::Offer(*offer), "is asked about");
            let busy = self.worker(*worker).and_then(|w| w.call);
            self.log.check(Rule::A2, busy.is_none(), || {
                format!("{worker} is asked about {call} and has {busy:?}")
            });
        }
        self.broadcasts.insert(*offer, new);
    }

    /// The ring is one of the stage's, wider than the last one and not before that one's time.
    fn check_ring(&mut self, ctx: Ctx<'_>, event: &Event, known: Option<&Broadcast>) {
        let Event::BroadcastSent { offer, call, workers, ring, deadline, .. } = event else {
            return;
        };
        let Some(c) = self.calls.known.get(call) else { return };
        let Some(Stage::Broadcast { rings_m, ring_ms, most, .. }) = c.stage() else {
            self.log.fault(Rule::A12, || {
                format!("{call} asks around by {offer}, its plan is at another stage")
            });
            return;
        };
        let (rings, lasts, most) = (rings_m.len(), ctx.at.plus(*ring_ms), *most as usize);
        let widens = known.is_none_or(|b| *ring > b.ring);
        let goes_back = known.is_some_and(|b| *ring < b.ring);
        self.log.check(Rule::A12, usize::from(*ring) < rings && !goes_back, || {
            format!("{offer} goes on with ring {ring} of {rings}")
        });
        let kept = known.is_some_and(|b| !widens && *deadline == b.deadline);
        self.log.check(Rule::A12, kept || *deadline == lasts, || {
            format!("ring {ring} of {offer} lasts until {}, by its stage {}", deadline.0, lasts.0)
        });
        let in_time = known.is_none_or(|b| !widens || ctx.at >= b.deadline || b.is_refused());
        self.log.check(Rule::T2, in_time, || {
            format!("{offer} widens at {}, before its ring is over", ctx.at.0)
        });
        self.log.check(Rule::Z1, workers.len() <= most, || {
            format!("ring {ring} of {offer} asks {} workers, more than {most}", workers.len())
        });
    }

    /// Whoever says yes was asked, did not say no, and is the first.
    pub(super) fn broadcast_accepted(
        &mut self,
        offer: OfferId,
        call: CallId,
        worker: WorkerId,
    ) -> Option<Offer> {
        let open = self.broadcasts.get_mut(&offer)?;
        let waits = open.asked.contains(&worker) && !open.declined.contains(&worker);
        let (of, taken) = (open.call, open.taken.replace(worker));
        self.log.check(Rule::A4, waits && of == call && taken.is_none(), || {
            format!("{offer} of {of} is accepted by {worker} for {call}, was by {taken:?}")
        });
        waits.then_some(Offer { call: of, worker, deadline: open.deadline })
    }

    pub(super) fn broadcast_declined(&mut self, offer: OfferId, call: CallId, worker: WorkerId) {
        let Some(open) = self.broadcasts.get_mut(&offer) else { return };
        let (asked, of) = (open.asked.contains(&worker), open.call);
        let first = open.declined.insert(worker);
        self.log.check(Rule::A4, asked && first && of == call, || {
            format!("{offer} of {of} is declined by {worker} for {call}, asked: {asked}")
        });
        self.calls.any(&mut self.log, call);
        self.worker(worker);
    }

    fn broadcast_over(
        &mut self,
        ctx: Ctx<'_>,
        offer: OfferId,
        call: CallId,
        why: Why,
        losers: &[WorkerId],
    ) {
        let open = self.broadcasts.remove(&offer);
        let fits = open.as_ref().is_some_and(|b| b.call == call);
        self.log.check(Rule::A12, fits, || format!("{offer} of {call} is over, but not open"));
        let Some(broadcast) = open else { return };
        let search_over = self.search_is_over(broadcast.call);
        if let Some(c) = self.calls.any(&mut self.log, broadcast.call)
            && c.broadcast == Some(offer)
        {
            c.broadcast = None;
        }
        let answered = broadcast.is_refused() || search_over;
        let in_time = why != Why::SearchOver || ctx.at >= broadcast.deadline || answered;
        self.log.check(Rule::T2, in_time, || {
            format!("{offer} is over at {}, before {}", ctx.at.0, broadcast.deadline.0)
        });
        let all = losers.len();
        let losers: BTreeSet<WorkerId> = losers.iter().copied().collect();
        self.log.check(Rule::A12, losers.len() == all, || format!("{offer} names a loser twice"));
        self.broadcasts_over.push(Over { offer, broadcast, why, losers });
    }

    /// Who was asked, did not say no and does not have the call has lost; nobody else has.
    pub(super) fn check_losers(&mut self) {
        for Over { offer, broadcast, why, losers } in std::mem::take(&mut self.broadcasts_over) {
            let Broadcast { call, asked, declined, taken, .. } = broadcast;
            // Who gets the call by a later stage, or by hand afterwards, had lost this question all the same.
            let c = self.calls.known.get(&call).filter(|_| why == Why::Taken);
            let holder =
                c.and_then(|c| c.worker.or(c.reserved.map(|r| r.worker)).or(c.last_worker));
            let has = taken.or(holder);
            let asked_without = asked.iter().copied().filter(|worker| Some(*worker) != has);
            let may: BTreeSet<WorkerId> = asked_without.collect();
            let must: BTreeSet<WorkerId> = may.difference(&declined).copied().collect();
            let fits = losers.is_subset(&may) && must.is_subset(&losers);
            self.log.check(Rule::A12, fits, || {
                format!(
                    "{offer} of {call}: {has:?} has it, {losers:?} have lost, asked were {asked:?}"
                )
            });
        }
    }
}
