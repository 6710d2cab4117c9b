//! What leaves the desk and what comes back: requests to participants, notices to people, positions of workers.
//!
//! Invariant: nothing leaves but what a durable record says; each request and each notice has one fate, drawn here.

use crate::bank::Money;
use crate::outside::{Request, Weather};
use crate::sim::{Fated, Happening, Sim, Step};
use crate::town;
use ascall_engine::domain::command::{Came, Delivery};
use ascall_engine::domain::event::{Event, NoticeKey, Outcome, Record, Said};
use ascall_engine::domain::ids::{CallId, Millis, Seq, SubjectId};
use ascall_engine::domain::profile::Transport;
use std::collections::BTreeSet;

impl Sim {
    /// Sends what the record asks of participants outside.
    pub fn send(&mut self, record: &Record) {
        for event in &record.events {
            if let Event::StepAsked { call, step, .. } = event {
                self.send_step(*call, *step, record.seq);
            }
        }
    }

    /// Sends the request that is out, if its participant is outside.
    pub fn send_step(&mut self, call: CallId, step: u8, causation: Seq) {
        let world = &self.mirror;
        let Some(known) = world.call(call) else { return };
        let Some(out) = known.steps.get(usize::from(step)).and_then(|s| s.out) else { return };
        let Some(adopted) = world.profile(known.profile) else { return };
        let Some(participant) = adopted.answerer(usize::from(step)) else { return };
        let outside = world.participants().find(|p| p.id == participant && !p.is_local());
        let Some(outside) = outside else { return };
        let money = (outside.name == "bank").then(|| {
            let back = known.refund_of(&adopted.spec, step.into());
            let due = || known.charge(&adopted.spec).map_or(0, |won| won.0);
            back.map_or_else(|| Money::Charge(due()), |won| Money::Refund(won.0))
        });
        let request = Request {
            participant,
            call,
            step,
            op: out.op,
            group: out.group,
            attempt: out.attempt,
            asked_at: out.asked_at,
            deadline: out.deadline,
            causation,
            money,
        };
        let weather = if self.calm { Weather::default() } else { self.options.weather };
        let mut fate = weather.fate(&request, &mut self.rng);
        let mut deceives = false;
        if self.options.very_slow && !self.calm && self.rng.chance(4) {
            let span = request.deadline.since(request.asked_at).0;
            fate.arrives = Some(Millis(span + self.rng.below(60_000)));
            fate.heard = Some(Millis(5));
            fate.faults = vec!["effect after the deadline"];
            // Or somebody in between says that it was never there.
            fate.refused = self.rng.chance(50).then(|| {
                fate.faults.push("contradictory");
                Outcome::Unavailable("no route".to_owned())
            });
            deceives = true;
        }
        for fault in &fate.faults {
            self.cover.fault(fault);
        }
        if let Some(outcome) = fate.refused {
            self.later(Millis(3), Happening::Heard(request.clone(), outcome));
            if !deceives {
                return;
            }
        }
        let denies = self.rng.chance(weather.denies);
        let (heard, again, instead) = (fate.heard, fate.again, fate.instead);
        if let Some(arrives) = fate.arrives {
            self.later(
                arrives,
                Happening::Arrive(request, Fated { heard, again, instead, denies }),
            );
        }
    }

    pub fn arrive(&mut self, request: Request, fated: Fated) {
        let outcome = self.outside.take(&request, fated.denies);
        if let Some(heard) = fated.heard {
            self.later(heard, Happening::Heard(request.clone(), outcome.clone()));
            if let Some(again) = fated.again {
                let second = fated.instead.unwrap_or(outcome);
                self.later(Millis(heard.0 + again.0), Happening::Heard(request, second));
            }
        }
    }

    /// The messenger takes the first notice of each line, once each.
    pub fn look_for_notices(&mut self) {
        let Some(core) = self.core.as_ref() else { return };
        let mut lines: BTreeSet<(CallId, SubjectId)> = BTreeSet::new();
        let mut heads = Vec::new();
        for (key, owed) in core.world().notices() {
            if lines.insert((key.call, key.to)) {
                heads.push((*key, owed.attempt(), owed.not_before));
            }
        }
        for (key, attempt, not_before) in heads {
            if self.messenger.under_way.insert(key) {
                let at = self.now.max(not_before);
                self.at(at, Happening::Post(key, attempt));
            }
        }
    }

    pub fn post(&mut self, key: NoticeKey, attempt: u32) {
        let owed = self.core.as_ref().and_then(|core| core.world().owed(&key)).cloned();
        let Some(owed) = owed.filter(|owed| owed.attempt() == attempt) else {
            self.messenger.under_way.remove(&key);
            return;
        };
        let bad = if self.calm { 0 } else { self.options.notices };
        let by_provider = key.transport == Transport::Alimtalk;
        let came = if self.rng.chance(bad) {
            if by_provider && self.rng.chance(40) {
                self.cover.fault("notice refused");
                Came::Refused(Said::code("3104"))
            } else {
                self.cover.fault("notice fails");
                let wait = self.rng.chance(20).then(|| Millis::secs(self.rng.below(90)));
                Came::Failed { said: Said::Status(503), wait }
            }
        } else if by_provider && owed.reference.is_none() {
            Came::Accepted { reference: format!("M{attempt}") }
        } else {
            *self.messenger.reached.entry(key).or_default() += 1;
            if self.rng.chance(bad / 3) {
                self.cover.fault("notice answer lost");
                Came::Failed { said: Said::Timeout, wait: None }
            } else {
                Came::Taken(Said::Status(200))
            }
        };
        let delay = if self.rng.chance(bad / 2) {
            self.cover.fault("notice late");
            Millis(self.rng.below(40_000))
        } else {
            Millis(self.rng.below(300))
        };
        let delivery = Delivery { notice: key, attempt, came };
        let twice = self.rng.chance(bad / 2);
        let reports = vec![delivery.clone(); 1 + usize::from(twice)];
        self.later(delay, Happening::Reported(reports));
        if twice {
            self.cover.fault("notice doubled");
            self.later(Millis(delay.0 + 50), Happening::Reported(vec![delivery; 2]));
        }
    }

    pub fn positions(&mut self) -> Step {
        let Some(core) = self.core.as_mut() else { return Ok(()) };
        let mut positions = Vec::new();
        for worker in core.world().workers() {
            if self.rng.chance(30) {
                positions.push((worker.id, town::spot(self.rng.below(150), self.rng.below(150))));
            }
        }
        match core.take_positions(&positions, self.now) {
            Ok(done) => self.absorb(&done.records),
            Err(error) => self.stopped(&error),
        }
    }
}
