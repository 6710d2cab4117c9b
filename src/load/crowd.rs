//! The customers and the workers of a load: what they do next, and how they take what happens to them.
//!
//! Invariant: pure. Knows no clock and no desk: it is told what time it is and what was answered and journalled. The same
//! scenario and the same answers give the same steps; each choice is a hash of the seed, whom it is about and what it is
//! for, so that one more customer changes nobody else.

mod arrivals;
mod dice;
mod people;
mod seen;
mod turns;

#[cfg(test)]
mod tests;

use super::scenario::{Address, Scenario, Traffic};
use arrivals::Coming;
use ascall_engine::domain::event::Record;
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{CallId, Millis, OfferId, WorkerId};
use dice::Dice;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(crate) use people::MEMBERS_MAX;

/// Something that somebody does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    /// Counted from 1; the same for the same scenario and answers.
    pub number: u64,
    /// The number of its first try; its own when it is tried for the first time.
    pub first: u64,
    /// When it is meant to be done, from the begin of the load.
    pub due: Millis,
    /// What.
    pub what: What,
}

/// What somebody does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    /// A customer asks for somebody.
    Request(Box<Asked>),
    /// A customer calls it off.
    Cancel(CallId),
    /// A customer asks how it stands.
    Status(CallId),
    /// A worker answers an offer.
    Answer(OfferId, WorkerId, bool),
    /// A worker looks for calls to take, and takes the first.
    Claim(WorkerId),
    /// A worker begins.
    Start(CallId),
    /// A worker is done, and reports the fare in won where it is metered.
    Finish(CallId, Option<u64>),
    /// A dispatcher takes a worker off who did not come.
    Release(CallId),
    /// A worker comes, or goes once the call that they have is done.
    Duty(WorkerId, bool),
}

impl What {
    /// Every name.
    pub(crate) const NAMES: [&'static str; 9] =
        ["request", "cancel", "status", "answer", "claim", "start", "finish", "release", "duty"];

    /// Its name in the report.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Request(_) => "request",
            Self::Cancel(_) => "cancel",
            Self::Status(_) => "status",
            Self::Answer(..) => "answer",
            Self::Claim(_) => "claim",
            Self::Start(_) => "start",
            Self::Finish(..) => "finish",
            Self::Release(_) => "release",
            Self::Duty(..) => "duty",
        }
    }
}

/// What a customer asks for. Everybody is invented.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    /// The idempotency key, under which it may be asked again.
    pub key: String,
    /// The profile.
    pub profile: String,
    /// The number, `010-0000-nnnn`.
    pub tel: String,
    /// Where.
    pub spot: Option<Point>,
    /// The skill.
    pub kind: Option<String>,
    /// The price named, in won.
    pub cost: Option<u64>,
    /// The profile's own fields, as they are typed.
    pub fields: BTreeMap<String, String>,
    /// Which of the scenario's members, from 0, for profiles that are for members.
    pub member: Option<u32>,
    /// At which address of an original it is asked; none: at the desk's own.
    pub address: Option<Arc<Address>>,
}

/// What was answered to a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// It is done; of a request: the call, durable.
    Done(Option<CallId>),
    /// A rule said no, in a word.
    Refused(String),
    /// Not now: the breaker or the load; after how long to come again, when that was said.
    HeldOff(Option<Millis>),
    /// Nobody knows whether it was done; it is asked again under its key.
    Unknown,
    /// It could not be asked.
    Failed(String),
}

/// Everybody.
#[derive(Debug)]
pub(crate) struct Crowd {
    scenario: Scenario,
    dice: Dice,
    /// What its keys begin with.
    tag: String,
    /// Customers of an open load.
    coming: Option<Coming>,
    /// What is due, in the order of time and then of being planned.
    due: BTreeMap<(Millis, u64), Planned>,
    planned: u64,
    taken: u64,
    /// Where in `due` the next customer of an open load stands.
    next_customer: Option<(Millis, u64)>,
    /// Customers who are to come, or have asked and were not answered for good.
    asking: u64,
    /// Nobody comes any more, nor again.
    closed: bool,
    /// Steps that were taken and not answered.
    under_way: BTreeMap<u64, Planned>,
    /// Requests that were asked and not yet journalled, by the mark of their key.
    marks: BTreeMap<String, u64>,
    /// Calls that live.
    lives: BTreeMap<CallId, Life>,
    /// The newest call that was journalled.
    newest: CallId,
    /// Offers that are out.
    offers: BTreeSet<OfferId>,
    /// Who works.
    staff: BTreeMap<WorkerId, Staff>,
}

/// Something that is to be done.
#[derive(Debug, Clone)]
struct Planned {
    todo: Todo,
    /// How often it was tried already.
    tries: u32,
    /// The number of the step that was its first try.
    first: Option<u64>,
}

/// What is to be done, if it still makes sense when its time has come.
#[derive(Debug, Clone)]
enum Todo {
    /// The next customer of an open load comes.
    Next,
    /// This customer comes, or comes again.
    Come(u64),
    /// The customer of the call loses patience.
    GiveUp(CallId),
    /// The customer of the call thinks better of it.
    CallOff(CallId),
    /// The customer of the call asks how it stands.
    Look(CallId),
    /// A worker answers an offer.
    Answer(OfferId, WorkerId, bool),
    /// A worker looks for something to take.
    Browse(WorkerId),
    /// Whoever got the call as the how manyth begins.
    Begin(CallId, u64),
    /// Whoever got the call as the how manyth has not come.
    Missed(CallId, u64),
    /// Whoever got the call as the how manyth is done.
    End(CallId, u64),
    /// A worker comes or goes.
    Duty(WorkerId, bool),
}

/// A call that lives.
#[derive(Debug, Clone)]
struct Life {
    /// The number of its customer; of a call that is none of ours, a number above all of theirs.
    who: u64,
    /// It is one of ours.
    ours: bool,
    /// Who has it.
    worker: Option<WorkerId>,
    /// How many had it.
    nth: u64,
    /// Work has begun.
    begun: bool,
    /// Its customer has lost patience already.
    weary: bool,
}

/// Somebody who works.
#[derive(Debug, Clone)]
struct Staff {
    /// Which crew.
    crew: usize,
    /// Whether they are there.
    on: bool,
    /// The call that they have.
    call: Option<CallId>,
    /// They will look for something to take.
    browsing: bool,
}

/// The first number of those who are no customers of ours.
const STRANGERS: u64 = 1 << 63;

/// A user of a closed load comes the `nth` time: the number of that customer.
fn customer_of(user: u64, nth: u64) -> u64 {
    nth << 32 | user
}

impl Crowd {
    /// Everybody of the scenario, before anything happened.
    pub(crate) fn new(scenario: Scenario) -> Self {
        let dice = Dice::new(scenario.seed);
        let mut crowd = Self {
            dice,
            tag: format!("load-{}", scenario.seed),
            coming: None,
            due: BTreeMap::new(),
            planned: 0,
            taken: 0,
            next_customer: None,
            asking: 0,
            closed: false,
            under_way: BTreeMap::new(),
            marks: BTreeMap::new(),
            lives: BTreeMap::new(),
            newest: CallId(0),
            offers: BTreeSet::new(),
            staff: BTreeMap::new(),
            scenario,
        };
        match crowd.scenario.traffic.clone() {
            Traffic::Open(stages) => crowd.coming = Some(Coming::new(dice, stages)),
            Traffic::Closed { users, .. } => {
                for user in 1..=u64::from(users) {
                    crowd.asking += 1;
                    crowd.plan(Millis(0), Todo::Come(customer_of(user, 0)));
                }
            }
        }
        crowd.plan_next();
        let count: u64 = crowd.scenario.crews.iter().map(|crew| u64::from(crew.count)).sum();
        let ids: Vec<WorkerId> = (1..=count).map(WorkerId).collect();
        crowd.enlist(&ids);
        crowd
    }

    /// Its keys and references begin with this, so that a desk that was loaded before takes its calls for new ones.
    pub(crate) fn tagged(mut self, tag: String) -> Self {
        self.tag = tag;
        self
    }

    /// Those who were hired have these numbers at the desk, in their order. Before anything happens; not told, the first
    /// is `W-1` and so on.
    pub(crate) fn enlisted(&mut self, ids: &[WorkerId]) {
        self.due.retain(|_, planned| !matches!(planned.todo, Todo::Duty(..) | Todo::Browse(_)));
        self.enlist(ids);
    }

    /// When the next step is due; none: nobody does anything until something happens to them.
    pub(crate) fn next_at(&self) -> Option<Millis> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    /// The next step, when it is due by `now`.
    pub(crate) fn take(&mut self, now: Millis) -> Option<Step> {
        loop {
            let entry = self.due.first_entry().filter(|entry| entry.key().0 <= now)?;
            let ((due, _), planned) = entry.remove_entry();
            let Some((what, todo)) = self.act(planned.todo) else { continue };
            self.taken += 1;
            let first = planned.first.unwrap_or(self.taken);
            let planned = Planned { todo, tries: planned.tries, first: Some(first) };
            self.under_way.insert(self.taken, planned);
            return Some(Step { number: self.taken, first, due, what });
        }
    }

    /// A step was answered.
    pub(crate) fn answered(&mut self, step: &Step, said: &Said, at: Millis) {
        if let Some(planned) = self.under_way.remove(&step.number) {
            self.settle(planned, step, said, at);
        }
    }

    /// A step was not sent, because too many were under way. Nobody does it again.
    pub(crate) fn dropped(&mut self, step: &Step, at: Millis) {
        match self.under_way.remove(&step.number).map(|planned| planned.todo) {
            Some(Todo::Come(who)) => self.gone(who, step.due, at),
            Some(Todo::Browse(worker)) => self.browse(worker, at),
            _ => {}
        }
    }

    /// Something was journalled.
    pub(crate) fn saw(&mut self, record: &Record, at: Millis) {
        self.see(record, at);
    }

    /// Customers come so much more often from `now` on, in hundredths of what the scenario says; an open load only.
    /// Recorded times stay what they are.
    pub(crate) fn hurry(&mut self, now: Millis, pct: u32) {
        let Some(coming) = &mut self.coming else { return };
        coming.hurry(now, pct);
        if let Some(place) = self.next_customer.take() {
            self.due.remove(&place);
            self.asking -= 1;
        }
        self.plan_next();
    }

    /// Nobody else comes, and whoever is not answered does not come again.
    pub(crate) fn close(&mut self) {
        self.closed = true;
        self.coming = None;
        self.next_customer = None;
        let before = self.due.len();
        self.due.retain(|_, planned| !matches!(planned.todo, Todo::Next | Todo::Come(_)));
        self.asking -= (before - self.due.len()) as u64;
        if let Traffic::Closed { lasts, .. } = &mut self.scenario.traffic {
            *lasts = Millis(0);
        }
    }

    /// Whether everybody who was to come has come, and was answered for good.
    pub(crate) fn is_over(&self) -> bool {
        self.asking == 0
    }

    /// Whether a call of its customers lives.
    pub(crate) fn has_live(&self) -> bool {
        self.lives.values().any(|life| life.ours)
    }

    fn plan(&mut self, at: Millis, todo: Todo) -> (Millis, u64) {
        self.replan(at, Planned { todo, tries: 0, first: None })
    }

    fn replan(&mut self, at: Millis, planned: Planned) -> (Millis, u64) {
        self.planned += 1;
        self.due.insert((at, self.planned), planned);
        (at, self.planned)
    }

    /// The next customer of an open load is to come.
    fn plan_next(&mut self) {
        if let Some(at) = self.coming.as_ref().and_then(Coming::next_at) {
            self.asking += 1;
            self.next_customer = Some(self.plan(at, Todo::Next));
        }
    }
}
