//! `POST /v1/calls/{call}/{verb}`: every change to a call that needs nothing but its own words.
//!
//! Invariant: one entry per verb is its body, its address, its description and its command.

use super::given::{Moment, Text};
use crate::desk::Asking;
use crate::front::clock::Clock;
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::show::call::CallCard;
use crate::gateway::answer::Changed;
use crate::gateway::asked::{Asked, Json};
use crate::gateway::caller::Scope;
use crate::gateway::change::{self, Orders, change};
use crate::gateway::gate::Gate;
use crate::gateway::openapi::Api;
use crate::gateway::part::{How, Numbered, Query, Ref, moment};
use crate::gateway::problem::Problem;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::event::{SettledBy, WorkOutcome};
use ascall_engine::domain::ids::{CallId, Won, WorkerId};
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Something that is done to a call, by its body.
trait Verb: DeserializeOwned + JsonSchema + Send + 'static {
    /// Its name in the address.
    const NAME: &'static str;
    /// What it does.
    const WHAT: &'static str;
    /// What the desk is asked.
    fn meant(self, call: CallId, clock: &Clock) -> Result<Meant, UserError>;
    /// Why, in the asker's words.
    fn reason(&self) -> Option<String>;
}

/// What a verb asks the desk.
struct Meant {
    /// In their order; all but the last with a name of their own, under which they share the key.
    commands: Vec<(Option<&'static str>, Command)>,
    /// The customer speaks.
    by_customer: bool,
}

impl From<Command> for Meant {
    fn from(command: Command) -> Self {
        Self { commands: vec![(None, command)], by_customer: false }
    }
}

macro_rules! verbs {
    ($(
        #[doc = $what:literal]
        $name:ident $path:literal { $($(#[$meta:meta])* $field:ident: $type:ty,)* }
        |$me:ident, $call:ident, $clock:ident| $meant:expr;
    )*) => {
        $(
            #[doc = $what]
            #[derive(Debug, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields)]
            struct $name {
                $($(#[$meta])* $field: $type,)*
                /// Why, in your words; it is journalled.
                #[serde(default)]
                reason: Option<String>,
            }

            impl Verb for $name {
                const NAME: &'static str = $path;
                const WHAT: &'static str = $what;
                fn meant(self, $call: CallId, $clock: &Clock) -> Result<Meant, UserError> {
                    let $me = self;
                    Ok(Meant::from($meant))
                }
                fn reason(&self) -> Option<String> {
                    self.reason.clone()
                }
            }
        )*

        /// The routes of all verbs.
        pub(super) fn routes(api: Api) -> Api {
            $(let api = route::<$name>(api);)*
            api
        }
    };
}

verbs! {
    /// Call a call off: its worker is freed at once, what was done is undone, the customer is told.
    Cancel "cancel" {
        /// Although the service does not allow it any more, until work starts. Needs a reason.
        #[serde(default)]
        force: bool,
        /// Who calls it off, when it is not the desk: then the customer's own rule holds.
        #[serde(default, rename = "as")]
        party: Option<Party>,
    } |me, call, _clock| {
        if me.force && me.party.is_some() {
            return Err(UserError::usage("`force` is the desk's; a customer cannot use it"));
        }
        let command = Command::CancelCall { call, force: me.force };
        Meant { by_customer: me.party.is_some(), ..command.into() }
    };
    /// Say how urgent a call is.
    Priority "priority" {
        /// How urgent.
        priority: super::given::Priority,
    } |me, call, _clock| Command::SetPriority { call, priority: me.priority.level() };
    /// Leave an open call alone until then: nobody is searched for it.
    Hold "hold" {
        /// Until when.
        until: Moment,
    } |me, call, clock| Command::HoldCall { call, until: moment(clock, &me.until.0)? };
    /// Take the worker off a call before work starts, or end its hold.
    Release "release" {
        /// The worker did not come.
        #[serde(default)]
        no_show: bool,
    } |me, call, _clock| Command::ReleaseCall { call, no_show: me.no_show };
    /// Write something down about a call.
    Note "note" {
        /// What.
        text: Text,
    } |me, call, _clock| Command::AddNote { call, text: me.text.0 };
    /// Say how the work of a call ended, by the service's own list.
    Disposition "disposition" {
        /// The code.
        code: Text,
    } |me, call, _clock| Command::SetDisposition { call, code: me.code.0 };
    /// Move a call's appointment. A worker who cannot come then is taken off it.
    Reschedule "reschedule" {
        /// To when.
        at: Moment,
    } |me, call, clock| Command::Reschedule { call, at: moment(clock, &me.at.0)? };
    /// A worker takes a call from the open list; whoever comes first has it.
    Claim "claim" {
        /// Who takes it.
        worker: Ref<WorkerId>,
        /// When the worker will come; without it, when the customer asked for, or now.
        #[serde(default)]
        at: Option<Moment>,
    } |me, call, clock| {
        let at = me.at.map(|at| moment(clock, &at.0)).transpose()?;
        Command::ClaimCall { call, worker: me.worker.0, at }
    };
    /// Give an open call to a worker.
    Assign "assign" {
        /// The worker.
        worker: Ref<WorkerId>,
        /// Although the worker declined the call, was taken off it, or lacks the skill. Needs a reason.
        #[serde(default)]
        force: bool,
    } |me, call, _clock| Command::AssignCall { call, worker: me.worker.0, force: me.force };
    /// Give a call that has a worker to another one. Both are told.
    Reassign "reassign" {
        /// The worker.
        worker: Ref<WorkerId>,
        /// Although the worker declined the call, was taken off it, or lacks the skill. Needs a reason.
        #[serde(default)]
        force: bool,
    } |me, call, _clock| Command::ReassignCall { call, worker: me.worker.0, force: me.force };
    /// The worker is on the way.
    Depart "depart" {} |_me, call, _clock| Command::Depart { call };
    /// The worker is there.
    Arrive "arrive" {} |_me, call, _clock| Command::Arrive { call };
    /// Work begins.
    Start "start" {} |_me, call, _clock| Command::StartWork { call };
    /// Work is over; the worker is free at once.
    Finish "finish" {
        /// What came of it.
        #[serde(default)]
        outcome: Outcome,
        /// The price to be paid, in whole won: the fare of a metered service.
        #[serde(default)]
        fare: Option<i64>,
        /// How the work ended: a code of the service's own list.
        #[serde(default)]
        disposition: Option<Text>,
    } |me, call, _clock| {
        let outcome = match me.outcome {
            Outcome::Done => WorkOutcome::Done,
            Outcome::Partial => WorkOutcome::Partial,
            Outcome::NoShow => WorkOutcome::NoShow,
        };
        let code = me.disposition.map(|code| Command::SetDisposition { call, code: code.0 });
        let mut commands: Vec<_> =
            code.map(|command| (Some("disposition"), command)).into_iter().collect();
        let fare = me.fare.map(Won);
        commands.push((None, Command::FinishWork { call, outcome, fare }));
        Meant { commands, by_customer: false }
    };
    /// Work is broken off; the service says whether another worker is searched.
    Abort "abort" {} |_me, call, _clock| Command::AbortWork { call };
    /// Settle by hand what keeps a finished call from being completed. Needs a reason.
    Settle "settle" {
        /// How.
        by: By,
    } |me, call, _clock| {
        let by = match me.by {
            By::Cash => SettledBy::Cash,
            By::Card => SettledBy::Card,
            By::Waive => SettledBy::Waive,
        };
        Command::SettleCall { call, by }
    };
    /// Let the undo of a step go, when nobody can do it any more. Needs a reason.
    Waive "waive" {
        /// The step's name.
        step: Text,
    } |me, call, _clock| Command::WaiveStep { call, step: me.step.0 };
    /// Try what a call waits for again now.
    Retry "retry" {} |_me, call, _clock| Command::RetryCall { call };
    /// Give money of a completed call back, to where it came from. Needs a reason.
    Refund "refund" {
        /// How much, in whole won; without it, all that is left.
        #[serde(default)]
        amount: Option<i64>,
    } |me, call, _clock| Command::RefundCall { call, won: me.amount.map(Won) };
    /// Keep how the customer found a completed call. Once per call.
    Rate "rate" {
        /// From 1 (bad) to 5 (good).
        #[schemars(range(min = 1, max = 5))]
        stars: u8,
        /// In the customer's words.
        #[serde(default)]
        text: Option<Text>,
    } |me, call, _clock| {
        Command::RateCall { call, stars: me.stars, text: me.text.map(|text| text.0) }
    };
}

/// Who may speak for themselves.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Party {
    Customer,
}

/// What came of the work.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    #[default]
    Done,
    Partial,
    NoShow,
}

/// How a call is settled.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum By {
    Cash,
    Card,
    Waive,
}

fn route<V: Verb>(api: Api) -> Api {
    let path = format!("/v1/calls/{{call}}/{}", V::NAME);
    api.post(&path, Scope::Operate, V::WHAT.trim(), done::<V>)
}

async fn done<V: Verb>(
    State(gate): State<Gate>,
    look: Look,
    asked: Asked,
    Numbered(call): Numbered<CallId>,
    Query(how): Query<How>,
    Json(verb): Json<V>,
) -> Result<Changed<CallCard>, Problem> {
    let reason = verb.reason();
    let meant = verb.meant(call, &look.clock)?;
    let asking = asked.asking_about(call, reason.as_deref());
    let asking = if meant.by_customer { asked.for_customer(asking) } else { asking };
    let orders = under(&asking, meant.commands);
    change((&gate, &asked, how, &look), orders, |_| async {
        Ok(change::of_call(change::settled(&gate, call, &look).await?))
    })
    .await
}

/// Each command under its part of the key. Only the first is about the state that was seen: the others follow it.
fn under(asking: &Asking, commands: Vec<(Option<&'static str>, Command)>) -> Orders {
    let mut seen = asking.seen;
    let one = |(part, command): (Option<&str>, Command)| {
        let mut own = Asking { seen: seen.take(), ..asking.clone() };
        if let (Some(part), Some(key)) = (part, &asking.key) {
            own.key = Some(format!("{key}/{part}"));
        }
        (own, command)
    };
    commands.into_iter().map(one).collect()
}
