//! The executor: sends requests to participants outside and brings their answers back as orders.
//!
//! Invariant: a request leaves only after its record is durable, at most once at a time per step, and always under the
//! key that the record names. It decides nothing: an answer is an order like any other.

mod payload;
#[cfg(test)]
mod tests;

use super::halt::{self, At};
use super::{Message, ParticipantConfig};
use crate::domain::call::{Call, Out};
use crate::domain::command::{Answer, Command, Order};
use crate::domain::event::{Actor, Event, Op, Outcome, ParticipantKind, Record};
use crate::domain::ids::{CallId, Millis, ParticipantId, Time};
use crate::domain::phase::Phase;
use crate::domain::world::World;
use crate::participants::{
    self, BadHttp, Cause, CommandParticipant, CommandSettings, HttpParticipant, HttpSettings,
    Outside, Request,
};
use crate::views::Store;
use std::collections::BTreeMap;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// How much sooner than the desk the request itself gives up, so that its own words are heard.
const HEARD_WITHIN: Duration = Duration::from_millis(20);

/// A participant of the configuration that cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum BadParticipant {
    /// The address makes no sense.
    #[error("participant `{name}`")]
    Http {
        /// Which.
        name: String,
        /// Why.
        #[source]
        source: BadHttp,
    },
    /// The program has no name.
    #[error("participant `{name}` names no program")]
    NoProgram {
        /// Which.
        name: String,
    },
}

/// Sends requests.
pub(super) struct Executor {
    outside: BTreeMap<String, Arc<Outside>>,
    /// One more than the requests that are out.
    out: Arc<()>,
}

/// Where answers go.
type Own = mpsc::Sender<Message>;

impl Executor {
    pub(super) fn new(participants: &[ParticipantConfig]) -> Result<Self, BadParticipant> {
        let mut outside = BTreeMap::new();
        for p in participants {
            let made = match &p.kind {
                ParticipantKind::Local => continue,
                ParticipantKind::Http { url } => Outside::Http(
                    HttpParticipant::new(HttpSettings::new(url.as_str()))
                        .map_err(|source| BadParticipant::Http { name: p.name.clone(), source })?,
                ),
                ParticipantKind::Command { argv } => {
                    let (program, args) = argv
                        .split_first()
                        .ok_or_else(|| BadParticipant::NoProgram { name: p.name.clone() })?;
                    let settings = CommandSettings::new(program.as_str(), args.to_vec());
                    Outside::Command(CommandParticipant::new(settings))
                }
            };
            outside.insert(p.name.clone(), Arc::new(made));
        }
        Ok(Self { outside, out: Arc::new(()) })
    }

    /// Whether a request is out.
    pub(super) fn is_out(&self) -> bool {
        Arc::strong_count(&self.out) > 1
    }

    /// Sends what a record that has just become durable asked of participants outside.
    pub(super) fn send_asked(
        &self,
        record: &Record,
        world: &World,
        store: &Store,
        now: Time,
        runtime: &tokio::runtime::Handle,
        own: &Own,
    ) {
        for event in &record.events {
            if let Event::StepAsked { call, step, attempt, answer_at: None, .. } = event {
                let still = world
                    .call(*call)
                    .and_then(|c| Some((c, c.steps.get(usize::from(*step))?.out?)))
                    .filter(|(_, out)| out.attempt == *attempt);
                if let Some((call, out)) = still {
                    self.send(world, store, call, *step, &out, now, runtime, own);
                }
            }
        }
    }

    /// Sends everything that is out, as after a start: whether it was sent before nobody knows.
    pub(super) fn send_owed(
        &self,
        world: &World,
        store: &Store,
        now: Time,
        runtime: &tokio::runtime::Handle,
        own: &Own,
    ) {
        for (id, step) in world.requests_out() {
            let Some(call) = world.call(id) else { continue };
            let out = call.steps.get(usize::from(step)).and_then(|s| s.out);
            let Some(out) = out else { continue };
            // What is no longer wanted is not asked for again: its deadline passes and it is undone as if done.
            let wanted = out.op != Op::Do || call.phase != Phase::Unwinding;
            if wanted && out.deadline > now {
                self.send(world, store, call, step, &out, now, runtime, own);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "everything a request is made of, once")]
    fn send(
        &self,
        world: &World,
        store: &Store,
        call: &Call,
        step: u8,
        out: &Out,
        now: Time,
        runtime: &tokio::runtime::Handle,
        own: &Own,
    ) {
        let Some((id, name, step_name)) = answerer(world, call, step) else { return };
        let left = Duration::from_millis(out.deadline.since(now).0).saturating_sub(HEARD_WITHIN);
        let request = Request {
            key: payload::key(call, &step_name, out.group),
            op: match out.op {
                Op::Do => participants::Op::Do,
                Op::Undo => participants::Op::Undo,
                Op::Query => participants::Op::Query,
            },
            deadline: left,
            payload: payload::of(world, store, call, step),
            traceparent: None,
        };
        let (out, call, own) = (*out, call.id, own.clone());
        let Some(outside) = self.outside.get(&name).cloned() else {
            let why = "not in the configuration of this host".to_owned();
            report(&own, id, call, step, &out, Outcome::Unavailable(why), Millis(0));
            return;
        };
        let token = Arc::clone(&self.out);
        runtime.spawn(async move {
            let begun = Instant::now();
            halt::here(At::BeforeSend);
            let said = outside.ask(request).await;
            halt::here(At::AfterAnswer);
            let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            report(&own, id, call, step, &out, outcome(said, out.op), Millis(took));
            drop(token);
        });
    }
}

fn report(
    own: &Own,
    from: ParticipantId,
    call: CallId,
    step: u8,
    out: &Out,
    outcome: Outcome,
    took: Millis,
) {
    let answer =
        Answer { call, step, op: out.op, group: out.group, attempt: out.attempt, outcome, took };
    let order = Order {
        actor: Actor::Participant(from),
        key: None,
        reason: None,
        causation: None,
        trace: None,
        seen: None,
        command: Command::Answer(answer),
    };
    // A desk that has closed asks again when it opens.
    drop(own.send(Message::Order(Box::new(order), None)));
}

fn answerer(world: &World, call: &Call, step: u8) -> Option<(ParticipantId, String, String)> {
    let adopted = world.profile(call.profile)?;
    let step = usize::from(step);
    let id = adopted.answerer(step)?;
    let participant = world.participants().find(|p| p.id == id)?;
    Some((id, participant.name.clone(), adopted.spec.step_name(step)))
}

/// The domain's word for what a participant said.
fn outcome(said: participants::Outcome, op: Op) -> Outcome {
    match said {
        participants::Outcome::Ok { .. } => Outcome::Ok,
        participants::Outcome::Denied { reason } => Outcome::Denied(reason),
        // Whoever is asked whether it was done, and has never heard of it, has not done it.
        participants::Outcome::Unavailable { cause: Cause::NotKnown } if op == Op::Query => {
            Outcome::Denied("not known".to_owned())
        }
        participants::Outcome::Unavailable { cause } => Outcome::Unavailable(cause.to_string()),
        participants::Outcome::Indeterminate { cause } => Outcome::Indeterminate(cause.to_string()),
        participants::Outcome::Misconfigured { cause } => Outcome::Misconfigured(cause.to_string()),
    }
}
