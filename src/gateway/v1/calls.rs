//! `/v1/calls`: taking calls, finding them, and what is known of one.
//!
//! Invariant: a phone number never stands in an address; who looks for one posts it.

use super::given::{Fields, Moment, Priority, Text, steady};
use crate::desk::{CallRow, Setup};
use crate::front::draft::{self, Again, Amend, Draft, Warning};
use crate::front::error::UserError;
use crate::front::listing::{self, Wanted};
use crate::front::look::Look;
use crate::front::mask::Veil;
use crate::front::show::call::CallCard;
use crate::front::show::decision::{DecisionJson, decisions};
use crate::front::show::event::HappeningJson;
use crate::front::show::status::StatusCard;
use crate::front::show::verdict::VerdictJson;
use crate::gateway::answer::{Changed, Created, Found, Outcome, Page, Tagged};
use crate::gateway::asked::{Asked, Json};
use crate::gateway::caller::Scope;
use crate::gateway::change::{card, change, settled};
use crate::gateway::gate::Gate;
use crate::gateway::openapi::Api;
use crate::gateway::part::{Has, How, Numbered, Query, Ref, page_of};
use crate::gateway::problem::Problem;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::ids::{CallId, MemberId, Seq, WorkerId};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::refusal::Refusal;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The routes of calls.
pub(super) fn routes(api: Api) -> Api {
    api.about("calls", "Requests, from reception to an end")
        .get("/v1/calls", "List calls, the newest first. Persons are masked.", list)
        .post("/v1/calls", Scope::Operate, "Take a call.", request)
        .search("/v1/calls/search", "Find calls by what must not stand in an address.", search)
        .get("/v1/calls/{call}", "One call.", one)
        .get("/v1/calls/{call}/status", "One call at length: steps, notes, what happened.", status)
        .get("/v1/calls/{call}/timeline", "What happened to a call, oldest first.", timeline)
        .get("/v1/calls/{call}/decisions", "Who got a call and why, or why nobody did.", why)
        .get(
            "/v1/calls/{call}/verdicts",
            "What a worker was in each decision about a call, and is now while it is live.",
            verdicts,
        )
        .post("/v1/calls/{call}/amend", Scope::Operate, "Change what was asked for.", amend)
        .post(
            "/v1/calls/{call}/reopen",
            Scope::Operate,
            "Take a new call after an ended one.",
            reopen,
        )
}

/// A call that was taken or changed, and what the dispatcher should know although it is fine.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(super) struct CallTaken {
    /// The call.
    #[serde(flatten)]
    call: CallCard,
    /// In words.
    warnings: Vec<Warning>,
}

/// A request for a call.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCall {
    /// The customer's phone number.
    #[serde(default)]
    tel: Option<String>,
    /// The member who calls; without it, whoever is a member under the number.
    #[serde(default)]
    member: Option<Ref<MemberId>>,
    /// The customer's name.
    #[serde(default)]
    name: Option<String>,
    /// Where: a name ("마포구 공덕동") or "LAT,LON".
    #[serde(default)]
    location: Option<String>,
    /// The price or estimate, in whole won.
    #[serde(default)]
    cost: Option<i64>,
    /// The kind of service: the skill the worker must have.
    #[serde(default)]
    kind: Option<String>,
    /// The service line.
    #[serde(default = "usual")]
    profile: String,
    /// How urgent.
    #[serde(default)]
    priority: Priority,
    /// When somebody is to come; without it, as soon as possible.
    #[serde(default)]
    at: Option<Moment>,
    /// Other fields of the service line.
    #[serde(default)]
    fields: Fields,
    /// Why, in your words; it is journalled.
    #[serde(default)]
    reason: Option<String>,
}

/// The service line of a call that names none.
fn usual() -> String {
    "repair".to_owned()
}

async fn request(
    State(gate): State<Gate>,
    look: Look,
    asked: Asked,
    Query(how): Query<How>,
    Json(new): Json<NewCall>,
) -> Result<Created<CallTaken>, Problem> {
    steady(&new.fields, &new.profile, gate.setup(), &look.clock)?;
    let draft = Draft {
        tel: new.tel,
        member: new.member.map(|Ref(member)| member),
        name: new.name,
        location: new.location,
        cost: new.cost,
        kind: new.kind,
        profile: new.profile,
        priority: new.priority.level(),
        at: new.at.map(|at| at.text(&look.clock)).transpose()?,
        fields: new.fields,
    };
    let reason = new.reason;
    let own = look.clone();
    let (new, mut warnings) =
        gate.read(move |book, setup| draft.resolve(setup, book, &own)).await?;
    // Under a key the same may be asked again: it is its own twin.
    if asked.key.is_none()
        && let Some(twin) = draft::twin(gate.setup(), gate.desk(), &new).await?
    {
        warnings.push(draft::twin_warning(&look, &gate.desk().book(), &twin));
    }
    take((&gate, &asked, how, &look), Command::RequestCall(new), reason, warnings).await
}

/// What is said anew of a call that follows up an ended one: the rest stays as it was.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reopened {
    /// Another place.
    #[serde(default)]
    location: Option<String>,
    /// Another kind of service.
    #[serde(default)]
    kind: Option<String>,
    /// Another price or estimate, in whole won.
    #[serde(default)]
    cost: Option<i64>,
    /// How urgent.
    #[serde(default)]
    priority: Option<Priority>,
    /// When somebody is to come.
    #[serde(default)]
    at: Option<Moment>,
    /// Other values of fields of the service line.
    #[serde(default)]
    fields: Fields,
    /// Why, in your words; it is journalled.
    #[serde(default)]
    reason: Option<String>,
}

async fn reopen(
    State(gate): State<Gate>,
    look: Look,
    asked: Asked,
    Numbered(parent): Numbered<CallId>,
    Query(how): Query<How>,
    Json(anew): Json<Reopened>,
) -> Result<Created<CallTaken>, Problem> {
    let again = Again {
        location: anew.location,
        kind: anew.kind,
        cost: anew.cost,
        priority: anew.priority.map(Priority::level),
        at: anew.at.map(|at| at.text(&look.clock)).transpose()?,
        fields: anew.fields,
    };
    let own = look.clone();
    let drafted = gate.read(move |book, setup| {
        let row = book.call(parent)?.ok_or_else(|| UserError::no_call(parent))?;
        steady(&again.fields, &row.profile_name, setup, &own.clock)?;
        again.resolve(parent, setup, book, &own)
    });
    let (new, warnings) = drafted.await?;
    let command = Command::ReopenCall { parent, new };
    take((&gate, &asked, how, &look), command, anew.reason, warnings).await
}

/// Takes a call and shows it. One that a gate turned away is a problem, with its number.
async fn take(
    (gate, asked, how, look): (&Gate, &Asked, How, &Look),
    command: Command,
    reason: Option<String>,
    warnings: Vec<Warning>,
) -> Result<Created<CallTaken>, Problem> {
    let asking = match &command {
        Command::ReopenCall { parent, .. } => asked.asking_about(*parent, reason.as_deref()),
        _ => asked.asking(reason.as_deref())?,
    };
    let show = |receipt: ascall_engine::domain::command::Receipt| async move {
        let Some(call) = receipt.call else {
            return Err(UserError::usage("no call came of it").into());
        };
        let card = settled(gate, call, look).await?;
        if let Err(turned_away) = card.accepted(call) {
            return Err(Problem::from(turned_away).about(card.id, Vec::new()));
        }
        let seq = Some(Seq(card.seq));
        let place = format!("/v1/calls/{call}");
        Ok(Outcome { seq, ..Outcome::at(CallTaken { call: card, warnings }, place) })
    };
    change((gate, asked, how, look), vec![(asking, command)], show).await.map(Created)
}

/// What changes of what was asked for. Only what is named does.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Amended {
    /// The new place: a name or "LAT,LON".
    #[serde(default)]
    location: Option<String>,
    /// The new phone number.
    #[serde(default)]
    tel: Option<String>,
    /// The customer's name, with a new number.
    #[serde(default)]
    name: Option<String>,
    /// The new skill.
    #[serde(default)]
    kind: Option<String>,
    /// The new price or estimate, in whole won.
    #[serde(default)]
    cost: Option<i64>,
    /// Why, in your words; it is journalled.
    #[serde(default)]
    reason: Option<String>,
}

async fn amend(
    State(gate): State<Gate>,
    look: Look,
    asked: Asked,
    Numbered(call): Numbered<CallId>,
    Query(how): Query<How>,
    Json(anew): Json<Amended>,
) -> Result<Changed<CallTaken>, Problem> {
    if anew.name.is_some() && anew.tel.is_none() {
        return Err(UserError::usage("a new name goes with a new number: add `tel`").into());
    }
    let Amended { location, tel, name, kind, cost, reason } = anew;
    let (amend, own) = (Amend { location, tel, name, kind, cost }, look.clone());
    let drafted = gate.read(move |book, setup| amend.resolve(call, setup, book, &own)).await?;
    let (amendment, warnings) = drafted;
    let asking = asked.asking_about(call, reason.as_deref());
    let command = Command::AmendCall { call, change: amendment };
    change((&gate, &asked, how, &look), vec![(asking, command)], |_| async {
        let card = settled(&gate, call, &look).await?;
        let seq = Some(Seq(card.seq));
        Ok(Outcome { seq, ..Outcome::of(CallTaken { call: card, warnings }) })
    })
    .await
}

/// Which calls.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Which {
    /// Only calls of this worker; with `view=open` only those this worker could claim.
    worker: Option<Ref<WorkerId>>,
    /// Only calls of this member.
    member: Option<Ref<MemberId>>,
    /// A list of a service's own, by its name; `open` is there for every service: the calls that workers may claim.
    view: Option<String>,
    /// Only calls in these phases, apart by commas.
    phase: Option<String>,
    /// Only calls taken since: a time, or a span (`2h`) back from now.
    since: Option<String>,
    /// Only calls of this service line.
    profile: Option<String>,
    /// Ended calls too.
    all: bool,
    /// At most this many, from 1 to 1000.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<usize>,
    /// Where the page before this one ended: its `next`.
    cursor: Option<Ref<CallId>>,
}

async fn list(
    State(gate): State<Gate>,
    look: Look,
    Query(which): Query<Which>,
) -> Result<Page<CallCard>, Problem> {
    find(&gate, look, which, Wanted::default()).await
}

/// Which calls, by what must not stand in an address too.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Sought {
    /// Only calls of this phone number.
    tel: Option<String>,
    /// Only calls whose place, as typed, has this in it.
    place: Option<Text>,
    /// Only calls of this worker.
    worker: Option<Ref<WorkerId>>,
    /// Only calls of this member.
    member: Option<Ref<MemberId>>,
    /// Only calls in these phases, apart by commas.
    phase: Option<String>,
    /// Only calls taken since: a time, or a span (`2h`) back from now.
    since: Option<String>,
    /// Only calls of this service line.
    profile: Option<String>,
    /// Ended calls too.
    all: bool,
    /// At most this many, from 1 to 1000.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<usize>,
    /// Where the page before this one ended: its `next`.
    cursor: Option<Ref<CallId>>,
}

async fn search(
    State(gate): State<Gate>,
    look: Look,
    Json(sought): Json<Sought>,
) -> Result<Page<CallCard>, Problem> {
    let Sought { tel, place, worker, member, phase, since, profile, all, limit, cursor } = sought;
    let view = None;
    let which = Which { worker, member, view, phase, since, profile, all, limit, cursor };
    let place = place.map(|Text(place)| place);
    find(&gate, look, which, Wanted { tel, place, ..Wanted::default() }).await
}

/// A page of the calls that are wanted, the newest first.
async fn find(
    gate: &Gate,
    look: Look,
    which: Which,
    wanted: Wanted,
) -> Result<Page<CallCard>, Problem> {
    let limit = page_of(which.limit)?;
    let phases = which.phase.as_deref().unwrap_or_default().split(',').map(str::trim);
    let phases = phases.filter(|name| !name.is_empty()).map(listing::phase);
    let phases = phases.collect::<Result<Vec<Phase>, String>>().map_err(UserError::usage)?;
    let wanted = Wanted {
        worker: which.worker.map(|Ref(worker)| worker),
        member: which.member.map(|Ref(member)| member),
        view: which.view,
        phases,
        since: which.since,
        profile: which.profile,
        all: which.all,
        below: which.cursor.map(|Ref(call)| call),
        ..wanted
    };
    if let Some(profile) = &wanted.profile {
        gate.setup().must_know(profile)?;
    }
    let claimer = wanted.claimer(wanted.view(gate.setup(), &look)?.as_ref());
    let own = look.clone();
    let rows = gate.read(move |book, setup: &Setup| {
        let view = wanted.view(setup, &own)?;
        let most = if claimer.is_some() { 0 } else { limit };
        wanted.rows(view.as_ref(), most, setup, book, &own)
    });
    let mut rows: Vec<CallRow> = rows.await?;
    if let Some(worker) = claimer {
        let calls = rows.iter().map(|row| row.call).collect();
        let could: BTreeSet<CallId> =
            gate.desk().claimable(worker, calls).await?.into_iter().collect();
        rows.retain(|row| could.contains(&row.call));
    }
    let (rows, cut) = listing::newest(rows, limit);
    let next = rows.first().filter(|_| cut).map(|oldest| oldest.call.to_string());
    let mut items =
        gate.read(move |book, _| CallCard::read_all(book, &rows, Veil::Masked, &look)).await?;
    items.reverse();
    Ok(Page { items, next })
}

async fn one(
    State(gate): State<Gate>,
    look: Look,
    has: Has,
    Numbered(call): Numbered<CallId>,
) -> Result<Tagged<CallCard>, Problem> {
    let card = gate.read(move |book, _| card(book, call, &look)).await?;
    let seq = Seq(card.seq);
    Ok(Tagged { seq, value: Some(card).filter(|_| !has.has(seq)) })
}

async fn status(
    State(gate): State<Gate>,
    look: Look,
    Numbered(call): Numbered<CallId>,
) -> Result<Found<StatusCard>, Problem> {
    at_length(&gate, look, call).await.map(Found)
}

async fn timeline(
    State(gate): State<Gate>,
    look: Look,
    Numbered(call): Numbered<CallId>,
) -> Result<Page<HappeningJson>, Problem> {
    Ok(Page::all(at_length(&gate, look, call).await?.timeline))
}

async fn at_length(gate: &Gate, look: Look, call: CallId) -> Result<StatusCard, Problem> {
    gate.read(move |book, _| {
        let row = book.call(call)?.ok_or_else(|| UserError::no_call(call))?;
        StatusCard::read(book, &row, None, Veil::Whole, &look)
    })
    .await
}

async fn why(
    State(gate): State<Gate>,
    Numbered(call): Numbered<CallId>,
) -> Result<Page<DecisionJson>, Problem> {
    let decided = gate.read(move |book, _| {
        let row = book.call(call)?.ok_or_else(|| UserError::no_call(call))?;
        Ok(decisions(&book.timeline(&row)?))
    });
    Ok(Page::all(decided.await?))
}

/// Which worker.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OfWorker {
    /// The worker.
    worker: Ref<WorkerId>,
}

async fn verdicts(
    State(gate): State<Gate>,
    look: Look,
    Numbered(call): Numbered<CallId>,
    Query(OfWorker { worker: Ref(worker) }): Query<OfWorker>,
) -> Result<Page<VerdictJson>, Problem> {
    let own = look.clone();
    let then = gate.read(move |book, _| {
        let row = book.call(call)?.ok_or_else(|| UserError::no_call(call))?;
        Ok((VerdictJson::then(book, &row, worker, &own)?, row))
    });
    let (mut verdicts, row) = then.await?;
    gate.desk().worker(worker).await?.ok_or(Refusal::NoSuchWorker(worker))?;
    let now = gate.desk().verdict(call, worker).await?;
    verdicts.extend(now.map(|now| VerdictJson::now(&row, worker, now, &look)));
    Ok(Page::all(verdicts))
}
