//! Whose turn it is: what somebody does when the time has come, and how they take the answer.
//!
//! Invariant: who is held off, or not answered, comes again a few times and no more. Knows no records.

use super::dice::Whom;
use super::{Crowd, Planned, Said, Step, Todo, What, customer_of};
use crate::load::scenario::Traffic;
use ascall_engine::domain::carry::key_mark;
use ascall_engine::domain::ids::{CallId, Millis, WorkerId};

/// How often a customer comes again.
const CUSTOMER_TRIES: u32 = 4;

/// How often everything else is tried again.
const TRIES: u32 = 20;

/// The first wait before something is tried again; it doubles up to the longest.
const WAIT: (Millis, Millis) = (Millis(500), Millis::secs(30));

/// How long somebody may take to think better of it who has all the patience of the world.
const SECOND_THOUGHT: Millis = Millis::secs(60);

/// The time between two questions how it stands; by chance up to as much again.
const LOOK: Millis = Millis::secs(5);

impl Crowd {
    /// What is done now, if it still makes sense, and what it is to be tried again as.
    pub(super) fn act(&mut self, todo: Todo) -> Option<(What, Todo)> {
        let what = match &todo {
            Todo::Next => {
                let who = self.coming.as_mut()?.come()?;
                self.next_customer = None;
                self.plan_next();
                return self.act(Todo::Come(who));
            }
            Todo::Come(who) => {
                let asked = self.asked(*who);
                self.marks.insert(key_mark(&asked.key), *who);
                What::Request(Box::new(asked))
            }
            Todo::GiveUp(call) => {
                let life = self.lives.get_mut(call).filter(|life| !life.begun)?;
                life.weary = true;
                if life.worker.is_some() {
                    return None;
                }
                What::Cancel(*call)
            }
            Todo::CallOff(call) => {
                self.lives.get(call).filter(|life| !life.begun)?;
                What::Cancel(*call)
            }
            Todo::Look(call) => What::Status(*call),
            Todo::Answer(offer, worker, yes) => {
                let idle = self.staff.get(worker).is_some_and(|one| one.on && one.call.is_none());
                if !self.offers.contains(offer) || !idle {
                    return None;
                }
                What::Answer(*offer, *worker, *yes)
            }
            Todo::Browse(worker) => {
                let one = self.staff.get_mut(worker)?;
                one.browsing = false;
                if !one.on || one.call.is_some() {
                    return None;
                }
                What::Claim(*worker)
            }
            Todo::Begin(call, nth) => {
                let life = self.lives.get(call).filter(|life| life.nth == *nth && !life.begun)?;
                // Whoever had it may have been taken off; where nobody is needed nobody ever had it.
                if *nth > 0 {
                    life.worker?;
                }
                What::Start(*call)
            }
            Todo::Missed(call, nth) => {
                let there = |life: &&super::Life| life.nth == *nth && !life.begun;
                self.lives.get(call).filter(there)?.worker?;
                What::Release(*call)
            }
            Todo::End(call, nth) => {
                let life = self.lives.get(call).filter(|life| life.nth == *nth && life.begun)?;
                What::Finish(*call, self.fare(life.who))
            }
            Todo::Duty(worker, on) => {
                self.staff.get_mut(worker)?.on = *on;
                What::Duty(*worker, *on)
            }
        };
        Some((what, todo))
    }

    /// What follows an answer.
    pub(super) fn settle(&mut self, planned: Planned, step: &Step, said: &Said, at: Millis) {
        match (&planned.todo, said) {
            (Todo::Come(who), Said::Done(call)) => {
                if let Some(call) = call {
                    self.accepted(*who, *call, at);
                }
                self.gone(*who, step.due, at);
            }
            (Todo::Come(who), Said::Refused(_)) => {
                let who = *who;
                self.gone(who, step.due, at);
            }
            (Todo::Come(who), _) if self.closed || planned.tries >= CUSTOMER_TRIES => {
                let who = *who;
                self.gone(who, step.due, at);
            }
            // Who took one looks again when it is done.
            (Todo::Browse(_), Said::Done(Some(_))) => {}
            (Todo::Browse(worker), _) | (Todo::Duty(worker, true), Said::Done(_)) => {
                self.browse(*worker, at);
            }
            (_, Said::Done(_)) => {}
            (Todo::Begin(..) | Todo::End(..) | Todo::Missed(..) | Todo::Duty(..), _)
            | (_, Said::HeldOff(_) | Said::Unknown | Said::Failed(_))
                if planned.tries < TRIES =>
            {
                self.again(planned, step, said, at);
            }
            _ => {}
        }
    }

    /// It is tried again: when it was told to be, or after a while that doubles.
    fn again(&mut self, planned: Planned, step: &Step, said: &Said, at: Millis) {
        let wait = match said {
            Said::HeldOff(Some(wait)) => *wait,
            _ => Millis((WAIT.0.0 << planned.tries.min(10)).min(WAIT.1.0)),
        };
        // Not all of those who were told the same at the same moment.
        let whom = match &planned.todo {
            Todo::Come(who) => Whom(*who, u64::from(planned.tries)),
            _ => Whom(step.number, u64::from(planned.tries)),
        };
        let spread = self.dice.below(whom, "again", wait.0 / 4 + 100);
        let at = at.max(step.due).0.saturating_add(wait.0).saturating_add(spread);
        self.replan(Millis(at), Planned { tries: planned.tries + 1, ..planned });
    }

    /// A customer was told the number of their call.
    fn accepted(&mut self, who: u64, call: CallId, at: Millis) {
        if !self.link(who, call) {
            return;
        }
        let Some(share) = self.share(who) else { return };
        let (patience, cancel_pct, looks) = (share.patience, share.cancel_pct, share.looks);
        let later = |span: Millis| Millis(at.0.saturating_add(span.0));
        if let Some(patience) = patience {
            let span = self.dice.span(Whom(who, 0), "patience", patience);
            self.plan(later(span), Todo::GiveUp(call));
        }
        if self.dice.happens(Whom(who, 0), "cancel", cancel_pct) {
            let most = patience.map_or(SECOND_THOUGHT, |(_, most)| most);
            let span = self.dice.span(Whom(who, 0), "when to cancel", (Millis(0), most));
            self.plan(later(span), Todo::CallOff(call));
        }
        let mut span = Millis(0);
        for nth in 0..u64::from(looks) {
            let twice = Millis(2 * LOOK.0);
            span.0 += self.dice.span(Whom(who, nth), "look", (LOOK, twice)).0;
            self.plan(later(span), Todo::Look(call));
        }
    }

    /// A customer was answered for good. A user of a closed load comes again.
    pub(super) fn gone(&mut self, who: u64, due: Millis, at: Millis) {
        self.asking -= 1;
        self.marks.remove(&key_mark(&self.key(who)));
        if let Traffic::Closed { think, lasts, .. } = self.scenario.traffic {
            // Where answers take no time, time must still pass.
            let next = Millis(at.0.max(due.0 + 1).saturating_add(think.0));
            if next < lasts {
                let (user, nth) = (who & u64::from(u32::MAX), who >> 32);
                self.asking += 1;
                self.plan(next, Todo::Come(customer_of(user, nth + 1)));
            }
        }
    }

    /// A worker who takes calls by themselves will look for one again.
    pub(super) fn browse(&mut self, worker: WorkerId, at: Millis) {
        let Some(one) = self.staff.get_mut(&worker) else { return };
        let every = self.scenario.crews.get(one.crew).and_then(|crew| crew.claim_every);
        let Some(every) = every.filter(|_| one.on && one.call.is_none() && !one.browsing) else {
            return;
        };
        one.browsing = true;
        self.plan(Millis(at.0.saturating_add(every.0.max(1))), Todo::Browse(worker));
    }
}
