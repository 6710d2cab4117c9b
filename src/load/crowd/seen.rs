//! What the journal tells everybody: who has which call, who is asked, what has ended.
//!
//! Invariant: of a call that has ended nothing is kept.

use super::dice::Whom;
use super::{Crowd, Life, STRANGERS, Todo};
use crate::load::scenario::Crew;
use ascall_engine::domain::event::{Event, Record};
use ascall_engine::domain::ids::{CallId, Millis, OfferId, WorkerId};
use ascall_engine::domain::profile::Stage;

impl Crowd {
    pub(super) fn see(&mut self, record: &Record, at: Millis) {
        for event in &record.events {
            match event {
                Event::CallReceived { call, .. } => {
                    self.newest = self.newest.max(*call);
                    let mark = record.key.as_ref().map(|bound| bound.key.as_str());
                    if let Some(who) = mark.and_then(|mark| self.marks.remove(mark)) {
                        self.own(who, *call);
                    }
                }
                Event::CallOpened { call } => self.opened(*call, at),
                Event::OfferSent { offer, worker, .. } => self.offered(*offer, *worker, at),
                Event::BroadcastSent { offer, workers, .. } => {
                    for worker in workers {
                        self.offered(*offer, *worker, at);
                    }
                }
                Event::OfferAccepted { offer, .. }
                | Event::OfferExpired { offer, .. }
                | Event::OfferWithdrawn { offer, .. }
                | Event::BroadcastOver { offer, .. } => {
                    self.offers.remove(offer);
                }
                Event::AssignmentCommitted { call, worker, .. } => {
                    self.assigned(*call, *worker, at);
                }
                Event::AssignmentReleased { call, worker, .. } => {
                    self.freed(*worker, at);
                    self.reopened(*call, at);
                }
                Event::WorkStarted { call, worker } => self.begun(*call, *worker, at),
                Event::WorkFinished { worker, .. } => self.all_freed(worker.as_slice(), at),
                Event::WorkAborted { call, worker } => {
                    self.all_freed(worker.as_slice(), at);
                    self.reopened(*call, at);
                }
                Event::CallEnded { call, .. } | Event::CallCompleted { call } => {
                    let life = self.lives.remove(call);
                    let worker = life.and_then(|life| life.worker);
                    // The worker may have another one by now.
                    let has = |id: &WorkerId| {
                        self.staff.get(id).is_some_and(|one| one.call == Some(*call))
                    };
                    if let Some(worker) = worker.filter(has) {
                        self.freed(worker, at);
                    }
                }
                _ => {}
            }
        }
    }

    /// A call is this customer's; whether it lives.
    pub(super) fn link(&mut self, who: u64, call: CallId) -> bool {
        let key = self.key(who);
        self.marks.remove(&ascall_engine::domain::carry::key_mark(&key));
        let lives = self.lives.contains_key(&call) || call > self.newest;
        if lives {
            self.own(who, call);
        }
        lives
    }

    fn own(&mut self, who: u64, call: CallId) {
        let life = self.lives.entry(call).or_insert_with(|| Life::of(who));
        (life.who, life.ours) = (who, true);
    }

    /// Where nobody is searched for, it may begin at once: somebody of those who serve the line does it.
    fn opened(&mut self, call: CallId, at: Millis) {
        let Some(life) = self.lives.get(&call).filter(|life| life.ours) else { return };
        let (who, nth) = (life.who, life.nth);
        let first = self.profile(who).and_then(|profile| profile.plan.first());
        if !matches!(first, Some(Stage::None { .. })) {
            return;
        }
        if let Some(crew) = self.packers(who) {
            let span = self.dice.span(Whom(who, nth), "travel", crew.travel);
            self.plan(Millis(at.0.saturating_add(span.0)), Todo::Begin(call, nth));
        }
    }

    fn offered(&mut self, offer: OfferId, worker: WorkerId, at: Millis) {
        let Some(crew) = self.crew(worker) else { return };
        let whom = Whom(worker.0, offer.0);
        let span = self.dice.span(whom, "answer", crew.answer);
        let yes = self.dice.happens(whom, "accept", crew.accept_pct);
        self.offers.insert(offer);
        self.plan(Millis(at.0.saturating_add(span.0)), Todo::Answer(offer, worker, yes));
    }

    fn assigned(&mut self, call: CallId, worker: WorkerId, at: Millis) {
        let ours = self.staff.contains_key(&worker);
        if !ours && !self.lives.contains_key(&call) {
            return;
        }
        let life = self.lives.entry(call).or_insert_with(|| Life::stranger(call));
        life.worker = Some(worker);
        life.nth += 1;
        let (who, nth) = (life.who, life.nth);
        if let Some(one) = self.staff.get_mut(&worker) {
            one.call = Some(call);
        }
        let Some(crew) = self.crew(worker) else { return };
        let later = |span: Millis| Millis(at.0.saturating_add(span.0));
        if self.dice.happens(Whom(who, nth), "no-show", crew.no_show_pct) {
            let missed = later(Millis(crew.travel.1.0.saturating_mul(2)));
            self.plan(missed, Todo::Missed(call, nth));
        } else {
            let there = later(self.dice.span(Whom(who, nth), "travel", crew.travel));
            self.plan(there, Todo::Begin(call, nth));
        }
    }

    fn begun(&mut self, call: CallId, worker: Option<WorkerId>, at: Millis) {
        let Some(life) = self.lives.get_mut(&call) else { return };
        life.begun = true;
        let (who, nth) = (life.who, life.nth);
        let crew = match worker {
            Some(worker) => self.crew(worker),
            None => self.packers(who),
        };
        if let Some(crew) = crew {
            let span = self.dice.span(Whom(who, nth), "work", crew.work);
            self.plan(Millis(at.0.saturating_add(span.0)), Todo::End(call, nth));
        }
    }

    /// Nobody has the call any more; whoever had lost patience while somebody had it gives up now.
    fn reopened(&mut self, call: CallId, at: Millis) {
        let Some(life) = self.lives.get_mut(&call) else { return };
        (life.worker, life.begun) = (None, false);
        if life.weary {
            self.plan(at, Todo::GiveUp(call));
        }
    }

    fn freed(&mut self, worker: WorkerId, at: Millis) {
        if let Some(one) = self.staff.get_mut(&worker) {
            one.call = None;
            self.browse(worker, at);
        }
    }

    fn all_freed(&mut self, workers: &[WorkerId], at: Millis) {
        for worker in workers {
            self.freed(*worker, at);
        }
    }

    fn crew(&self, worker: WorkerId) -> Option<&Crew> {
        self.scenario.crews.get(self.staff.get(&worker)?.crew)
    }

    /// Those who do what needs no worker, for this customer.
    fn packers(&self, who: u64) -> Option<&Crew> {
        let name = &self.profile(who)?.name;
        let serve = |crew: &&Crew| crew.profiles.is_empty() || crew.profiles.contains(name);
        let crews: Vec<&Crew> = self.scenario.crews.iter().filter(serve).collect();
        self.dice.one_of(Whom(who, 0), "packers", &crews).copied()
    }
}

impl Life {
    fn of(who: u64) -> Self {
        Self { who, ours: false, worker: None, nth: 0, begun: false, weary: false }
    }

    fn stranger(call: CallId) -> Self {
        Self::of(STRANGERS | call.0)
    }
}
