//! The world outside: dependencies and a messenger that keep their own record of what they really did.
//!
//! Invariant: a dependency does a thing once per key, whatever it says about it and however often it is asked; what it
//! says may get lost, come late, twice, or contradict itself. At quiet its record must agree with the journal.

use crate::bank::{Bank, Money};
use crate::rng::Rng;
use ascall_engine::domain::command::Answer;
use ascall_engine::domain::event::{NoticeKey, Op, Outcome};
use ascall_engine::domain::ids::{CallId, Millis, ParticipantId, Seq, Time, WorkerId};
use std::collections::{BTreeMap, BTreeSet};

/// A request on its way.
#[derive(Debug, Clone)]
pub struct Request {
    pub participant: ParticipantId,
    pub call: CallId,
    pub step: u8,
    pub op: Op,
    pub group: u32,
    pub attempt: u32,
    pub asked_at: Time,
    pub deadline: Time,
    pub causation: Seq,
    /// For the bank: how much.
    pub money: Option<Money>,
}

impl Request {
    pub fn answer(&self, outcome: Outcome, now: Time) -> Answer {
        Answer {
            call: self.call,
            step: self.step,
            op: self.op,
            group: self.group,
            attempt: self.attempt,
            outcome,
            took: now.since(self.asked_at),
        }
    }
}

/// What happens to one request: when it has its effect, and what is heard of it when.
#[derive(Debug, Clone)]
pub struct Fate {
    /// After so long it reaches the dependency; none: it never does.
    pub arrives: Option<Millis>,
    /// So long after that the answer is heard; none: it is lost.
    pub heard: Option<Millis>,
    /// It is heard a second time, so much later.
    pub again: Option<Millis>,
    /// What the second answer says instead, if it contradicts.
    pub instead: Option<Outcome>,
    /// Said at once in place of anything: it was not reached at all.
    pub refused: Option<Outcome>,
    /// Names of the faults in it, for the coverage.
    pub faults: Vec<&'static str>,
}

/// How bad the outside is, in percent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weather {
    pub lost: u64,
    pub late: u64,
    pub doubled: u64,
    pub contradictory: u64,
    pub slow: u64,
    pub down: u64,
    pub denies: u64,
    pub misconfigured: u64,
}

impl Weather {
    pub fn draw(rng: &mut Rng) -> Self {
        let mut some = |most: u64| if rng.chance(60) { rng.below(most + 1) } else { 0 };
        Self {
            lost: some(30),
            late: some(15),
            doubled: some(50),
            contradictory: some(10),
            slow: some(20),
            down: some(25),
            denies: some(10),
            misconfigured: some(2),
        }
    }

    pub fn fate(&self, request: &Request, rng: &mut Rng) -> Fate {
        let mut fate = Fate {
            arrives: Some(Millis(rng.between(1, 60))),
            heard: Some(Millis(rng.between(1, 60))),
            again: None,
            instead: None,
            refused: None,
            faults: Vec::new(),
        };
        let span = request.deadline.since(request.asked_at).0;
        if rng.chance(self.misconfigured) {
            fate.refused = Some(Outcome::Misconfigured("404".to_owned()));
            fate.faults.push("misconfigured");
        } else if rng.chance(self.down) {
            fate.refused = Some(Outcome::Unavailable("connection refused".to_owned()));
            fate.faults.push("down");
        } else if rng.chance(self.lost) {
            // On the way there or on the way back.
            if rng.chance(50) {
                fate.arrives = None;
                fate.faults.push("request lost");
            } else {
                fate.heard = None;
                fate.faults.push("answer lost");
            }
        } else if rng.chance(self.late) {
            fate.heard = Some(Millis(span + rng.below(120_000)));
            fate.faults.push("late");
        } else if rng.chance(self.slow) {
            fate.arrives = Some(Millis(rng.below(span)));
            fate.faults.push("slow");
        }
        if fate.refused.is_none() && rng.chance(self.doubled) {
            fate.again = Some(Millis(rng.below(5_000)));
            fate.faults.push("doubled");
            if rng.chance(self.contradictory) {
                fate.instead = Some(match rng.below(3) {
                    0 => Outcome::Denied("on second thought".to_owned()),
                    1 => Outcome::Unavailable("never heard of it".to_owned()),
                    _ => Outcome::Indeterminate("perhaps".to_owned()),
                });
                fate.faults.push("contradictory");
            }
        }
        fate
    }
}

/// What a dependency holds under one key.
#[derive(Debug, Clone, Copy, Default)]
struct Deed {
    done: bool,
    /// Undone, or forbidden before it was done: it will never be done any more.
    forbidden: bool,
    /// How often it was really done and really undone.
    times: (u32, u32),
}

/// All dependencies' own record.
#[derive(Debug, Default)]
pub struct Dependencies {
    deeds: BTreeMap<(CallId, u8, u32), Deed>,
    pub bank: Bank,
}

impl Dependencies {
    /// A request arrives: what it does, and what the dependency says.
    pub fn take(&mut self, request: &Request, denies: bool) -> Outcome {
        if let Some(money) = request.money {
            return self.bank.take(request, money, denies);
        }
        let deed = self.deeds.entry((request.call, request.step, request.group)).or_default();
        match request.op {
            Op::Do if deed.forbidden => Outcome::Denied("undone before".to_owned()),
            Op::Do if deed.done => Outcome::Ok,
            Op::Do if denies => Outcome::Denied("no credit".to_owned()),
            Op::Do => {
                deed.done = true;
                deed.times.0 += 1;
                Outcome::Ok
            }
            Op::Undo if denies && deed.done => Outcome::Denied("too late".to_owned()),
            Op::Undo => {
                deed.forbidden = true;
                if std::mem::take(&mut deed.done) {
                    deed.times.1 += 1;
                }
                Outcome::Ok
            }
            Op::Query if deed.done => Outcome::Ok,
            Op::Query => Outcome::Denied("not done".to_owned()),
        }
    }

    /// The keys under which something is done and not undone, by call and step.
    pub fn standing(&self) -> BTreeMap<(CallId, u8), Vec<u32>> {
        let mut standing: BTreeMap<(CallId, u8), Vec<u32>> = BTreeMap::new();
        for ((call, step, group), deed) in &self.deeds {
            if deed.done {
                standing.entry((*call, *step)).or_default().push(*group);
            }
        }
        for (call, step, group) in self.bank.standing() {
            standing.entry((call, step)).or_default().push(group);
        }
        standing
    }

    /// A key under which something was done or undone more than once.
    pub fn twice(&self) -> Option<(CallId, u8, u32)> {
        let twice = |deed: &Deed| deed.times.0 > 1 || deed.times.1 > 1;
        self.deeds.iter().find(|(_, deed)| twice(deed)).map(|(key, _)| *key)
    }
}

/// The messenger's own record: what really reached people, by the keys it was given.
#[derive(Debug, Default)]
pub struct Messenger {
    /// What was to be sent, and the worker it speaks of.
    pub sent: Vec<(NoticeKey, Option<WorkerId>)>,
    pub reached: BTreeMap<NoticeKey, u32>,
    /// Sent and not yet reported; forgotten when the process dies.
    pub under_way: BTreeSet<NoticeKey>,
}
