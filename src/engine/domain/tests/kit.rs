//! What the tests of the domain share: profiles of one line, answers from outside, events by their names.
//!
//! Invariant: it drives the world by commands only, and every journal it made folds to the world it came from.
//! Must not know what any single test proves.

use crate::domain::breaker::BreakerSettings;
use crate::domain::call::{Call, Step, StepState};
use crate::domain::command::{Answer, Command, Order};
use crate::domain::event::{Concern, Event, Mode, Op, Outcome, ParticipantKind, Record, call_of};
use crate::domain::ids::{CallId, Millis, OfferId, Seq};
use crate::domain::phase::Phase;
use crate::domain::profile::{Fallback, Position, Profile, Stage};
use crate::domain::refusal::Refusal;
use crate::domain::testing::{Bench, repair, seoul, step};

/// The profile `repair` without gates, steps and notices.
pub(super) fn bare() -> Profile {
    Profile { steps: Vec::new(), notices: Vec::new(), ..repair() }
}

/// The bare profile with another plan.
pub(super) fn planned(plan: &[Stage]) -> Profile {
    Profile { plan: plan.to_vec(), ..bare() }
}

/// The bare profile with steps, each by name and position.
pub(super) fn stepped(steps: &[(&str, Position)]) -> Profile {
    let steps = steps.iter().map(|(name, position)| step(name, *position)).collect();
    Profile { steps, ..bare() }
}

/// One gate before open, with this fallback.
pub(super) fn gated(fallback: Fallback) -> Profile {
    let mut profile = stepped(&[("manage", Position::BeforeOpen)]);
    profile.steps[0].fallback = fallback;
    profile
}

/// A stage in which workers are asked one by one, half a minute each.
pub(super) fn offers(most: Option<u32>) -> Stage {
    Stage::Offer { deadline_ms: Millis::secs(30), most, for_ms: None, claimable: false }
}

/// The automatic stage, for so long.
pub(super) fn auto(mins: Option<u64>) -> Stage {
    Stage::Auto { for_ms: mins.map(Millis::mins), claimable: false }
}

/// The command that makes a participant, or `assign`, behave.
pub(super) fn mode(name: &str, mode: Mode) -> Command {
    Command::SetMode { name: name.to_owned(), mode }
}

/// A cancel by the profile's rule.
pub(super) fn cancel(call: CallId) -> Command {
    Command::CancelCall { call, force: false }
}

/// The variant's name.
pub(super) fn kind(event: &Event) -> String {
    let text = format!("{event:?}");
    text.split([' ', '(']).next().unwrap_or_default().to_owned()
}

/// The variants' names, in order.
pub(super) fn kinds(events: &[Event]) -> Vec<String> {
    events.iter().map(kind).collect()
}

/// Whether an event of this kind is among them.
pub(super) fn has(events: &[Event], name: &str) -> bool {
    events.iter().any(|event| kind(event) == name)
}

impl Bench {
    /// Everything that happened, in order.
    pub(super) fn events(&self) -> Vec<Event> {
        self.journal.iter().flat_map(|record| record.events.clone()).collect()
    }

    /// Where a call stands, or how it ended.
    pub(super) fn phase(&self, call: CallId) -> Phase {
        if let Some(call) = self.world.call(call) {
            return call.phase;
        }
        self.events()
            .iter()
            .rev()
            .find_map(|event| match event {
                Event::CallEnded { call: id, end } if *id == call => Some(end.phase()),
                Event::CallCompleted { call: id } if *id == call => Some(Phase::Completed),
                _ => None,
            })
            .unwrap_or_else(|| unreachable!("{call} was never taken"))
    }

    /// How far a step of a live call is.
    pub(super) fn step(&self, call: CallId, i: usize) -> &Step {
        &self.world.call(call).unwrap().steps[i]
    }

    /// The state of a step of a live call.
    pub(super) fn state(&self, call: CallId, i: usize) -> &StepState {
        &self.step(call, i).state
    }

    /// Puts a server outside behind the name, so that the test itself answers.
    pub(super) fn outside(&mut self, name: &str) {
        self.ok(Command::SetParticipant {
            name: name.to_owned(),
            kind: ParticipantKind::Http { url: "http://127.0.0.1:9/".to_owned() },
            breaker: BreakerSettings {
                consecutive_failures: Some(1_000),
                failure_rate_pct: None,
                slow_rate_pct: None,
                ..BreakerSettings::default()
            },
            bulkhead: 64,
        });
    }

    /// The answer to the request that a step has out.
    pub(super) fn reply(&self, call: CallId, i: u8, outcome: Outcome) -> Command {
        let out = self.step(call, usize::from(i)).out.unwrap();
        let took = self.now.since(out.asked_at);
        let (op, group, attempt) = (out.op, out.group, out.attempt);
        Command::Answer(Answer { call, step: i, op, group, attempt, outcome, took })
    }

    /// Answers the request that a step has out.
    pub(super) fn answer(&mut self, call: CallId, i: u8, outcome: Outcome) -> Vec<Event> {
        let answer = self.reply(call, i, outcome);
        self.ok(answer)
    }

    /// What a step has out.
    pub(super) fn asked(&self, call: CallId, i: usize) -> Option<Op> {
        self.step(call, i).out.map(|out| out.op)
    }

    /// Lets time pass until a step of any of the calls is out, and says of which.
    pub(super) fn until_asked(&mut self, calls: &[CallId], i: usize) -> CallId {
        for _ in 0..1_200 {
            let out = calls.iter().find(|call| self.asked(**call, i).is_some());
            if let Some(call) = out {
                return *call;
            }
            self.pass(Millis(100));
        }
        unreachable!("nobody was asked within two minutes")
    }

    /// What a human must decide, in order of its numbers.
    pub(super) fn concerns(&self) -> Vec<Concern> {
        self.world.attention().map(|item| item.concern).collect()
    }

    /// The offer that a call has out.
    pub(super) fn offer_of(&self, call: CallId) -> Option<OfferId> {
        self.world.call(call)?.offer.map(|offer| offer.id)
    }

    /// A call in the middle of the town.
    pub(super) fn one(&mut self) -> CallId {
        self.call(0, 0)
    }

    /// Brings a call to work with its worker.
    pub(super) fn start(&mut self, call: CallId) {
        self.ok(Command::StartWork { call });
    }

    /// Ends the work on a call.
    pub(super) fn finish(&mut self, call: CallId) -> Vec<Event> {
        let outcome = crate::domain::event::WorkOutcome::Done;
        self.ok(Command::FinishWork { call, outcome, fare: None })
    }

    /// A request by the bare profile at a place, of a kind.
    pub(super) fn call_of_kind(&mut self, kind: &str) -> CallId {
        let mut order = crate::domain::testing::request("repair", 1, Some(seoul(0, 0)));
        if let Command::RequestCall(new) = &mut order {
            new.kind = Some(kind.to_owned());
        }
        self.ok(order);
        CallId(self.world.desk.next.call)
    }

    /// Carries out a command about a call that may have ended, as the core does: the call is recalled for it.
    pub(super) fn after(
        &mut self,
        call: CallId,
        command: Command,
        reason: Option<&str>,
    ) -> Result<Vec<Event>, Refusal> {
        let mut order = Order::by_operator("kim", command);
        order.reason = reason.map(str::to_owned);
        self.after_as(call, &order)
    }

    /// The same for a whole order.
    pub(super) fn after_as(&mut self, call: CallId, order: &Order) -> Result<Vec<Event>, Refusal> {
        let recalled = match self.world.call(call) {
            Some(_) => None,
            None => Some(self.as_it_stood(call)),
        };
        let carried = self.world.carry_out_about(order, recalled.as_ref(), self.now)?;
        let events = carried.record.as_ref().map(|r| r.events.clone()).unwrap_or_default();
        self.journal.extend(carried.record);
        Ok(events)
    }

    /// A call that ended and was forgotten, as it stood.
    pub(super) fn as_it_stood(&self, call: CallId) -> Call {
        let speaks = |record: &&Record| record.events.iter().any(|e| call_of(e) == Some(call));
        let records: Vec<Record> = self.journal.iter().filter(speaks).cloned().collect();
        let seqs: Vec<Seq> = records.iter().map(|record| record.seq).collect();
        self.world.as_it_stood(call, &records, seqs).unwrap()
    }
}
