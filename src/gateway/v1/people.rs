//! `/v1/workers`, `/v1/offers` and `/v1/members`: those whom the desk knows by name.
//!
//! Invariant: a list masks its persons; one asked for by number is shown whole.

use super::given::{Text, Why};
use crate::desk::live::WorkerFilter;
use crate::desk::{Asking, DeskError};
use crate::front::draft::{self, MemberDraft, Warning, WorkerDraft};
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::mask::Veil;
use crate::front::show::call::CallCard;
use crate::front::show::member::MemberJson;
use crate::front::show::offer::OfferJson;
use crate::front::show::worker::{WorkerCard, WorkerPage};
use crate::gateway::answer::{Changed, Created, Found, Outcome, Page};
use crate::gateway::asked::{Asked, Json};
use crate::gateway::caller::Scope;
use crate::gateway::change::{change, of_call, settled};
use crate::gateway::gate::Gate;
use crate::gateway::openapi::Api;
use crate::gateway::part::{How, Numbered, Query, Ref, page_of};
use crate::gateway::problem::Problem;
use ascall_engine::domain::command::{Command, Current, Receipt};
use ascall_engine::domain::event::Duty;
use ascall_engine::domain::ids::{MemberId, OfferId, WorkerId};
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::domain::text::nfc;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The routes of workers, offers and members.
pub(super) fn routes(api: Api) -> Api {
    api.about("workers", "The persons who serve")
        .get("/v1/workers", "List workers. Persons are masked.", workers)
        .post("/v1/workers", Scope::Operate, "Make a worker known.", add_worker)
        .get("/v1/workers/{worker}", "One worker, and what the worker has before them.", worker)
        .post("/v1/workers/{worker}/on", Scope::Operate, "On shift.", on)
        .post("/v1/workers/{worker}/off", Scope::Operate, "Off shift.", off)
        .post("/v1/workers/{worker}/break", Scope::Operate, "On a break.", pause)
        .post("/v1/workers/{worker}/suspend", Scope::Operate, "Out of service.", suspend)
        .post("/v1/workers/{worker}/at", Scope::Operate, "Say where a worker is.", at)
        .about("offers", "Questions to workers that wait for an answer")
        .get("/v1/offers", "List the open ones.", offers)
        .post("/v1/offers/{offer}/accept", Scope::Operate, "The worker says yes.", accept)
        .post("/v1/offers/{offer}/decline", Scope::Operate, "The worker says no.", decline)
        .about("members", "Customers whom the desk knows by name")
        .get("/v1/members", "List members, the newest first. Persons are masked.", members)
        .post("/v1/members", Scope::Operate, "Make a member known.", add_member)
        .search("/v1/members/search", "Find a member by phone number.", find_member)
        .get("/v1/members/{member}", "One member.", member)
        .post("/v1/members/{member}/amend", Scope::Operate, "Change what is known.", amend_member)
}

/// Which workers.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Which {
    /// Only those who can do this.
    skill: Option<String>,
    /// Only those who serve this line.
    service: Option<String>,
    /// Only those in this state, e.g. `available`, `working`, `off`.
    state: Option<String>,
    /// At most this many, from 1 to 1000.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<usize>,
    /// Where the page before this one ended: its `next`.
    cursor: Option<Ref<WorkerId>>,
}

async fn workers(
    State(gate): State<Gate>,
    Query(which): Query<Which>,
) -> Result<Page<WorkerCard>, Problem> {
    let limit = page_of(which.limit)?;
    if let Some(service) = &which.service {
        gate.setup().must_know(service)?;
    }
    let filter = WorkerFilter {
        skill: which.skill.as_deref().map(nfc),
        service: which.service.as_deref().map(nfc),
        state: which.state,
        above: which.cursor.map(|Ref(worker)| worker),
    };
    let mut found = gate.desk().workers(filter, limit + 1).await?;
    let cut = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| cut).map(|last| last.id.to_string());
    let items = found.iter().map(|worker| WorkerCard::of(worker, Veil::Masked)).collect();
    Ok(Page { items, next })
}

async fn worker(
    State(gate): State<Gate>,
    look: Look,
    Numbered(worker): Numbered<WorkerId>,
) -> Result<Found<WorkerPage>, Problem> {
    let known = gate.desk().worker(worker).await?.ok_or(Refusal::NoSuchWorker(worker))?;
    let offers = gate.desk().offers(Some(worker)).await?;
    let veils = (Veil::Whole, Veil::Masked);
    let page = gate.read(move |book, _| WorkerPage::read(book, &known, &offers, veils, &look));
    Ok(Found(page.await?))
}

/// A new worker.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWorker {
    /// The name.
    name: Text,
    /// The phone number.
    tel: String,
    /// Where the worker starts from: a name or "LAT,LON".
    #[serde(default)]
    at: Option<String>,
    /// What the worker can do.
    #[serde(default)]
    skills: Vec<Text>,
    /// The service lines the worker serves; none: any.
    #[serde(default)]
    services: Vec<Text>,
    /// Not on shift yet.
    #[serde(default)]
    off: bool,
    /// Why, in your words; it is journalled.
    #[serde(default)]
    reason: Option<String>,
}

async fn add_worker(
    State(gate): State<Gate>,
    look: Look,
    asked: Asked,
    Query(how): Query<How>,
    Json(new): Json<NewWorker>,
) -> Result<Created<WorkerCard>, Problem> {
    let texts = |texts: Vec<Text>| texts.into_iter().map(|Text(text)| text).collect();
    let draft = WorkerDraft {
        name: new.name.0,
        tel: new.tel,
        at: new.at,
        skills: texts(new.skills),
        services: texts(new.services),
        duty: if new.off { Duty::Off } else { Duty::On },
    };
    let worker = gate.read(move |book, setup| draft.resolve(setup, book)).await?;
    let asking = asked.asking(new.reason.as_deref())?;
    let orders = vec![(asking, Command::AddWorker(worker))];
    let gate = &gate;
    let made = change((gate, &asked, how, &look), orders, |receipt: Receipt| async move {
        let Some(worker) = receipt.worker else {
            return Err(UserError::usage("no worker came of it").into());
        };
        let card = card_of(gate, worker).await?;
        Ok(Outcome::at(card, format!("/v1/workers/{worker}")))
    });
    made.await.map(Created)
}

/// A worker, shown whole because it is asked for by number.
async fn card_of(gate: &Gate, worker: WorkerId) -> Result<WorkerCard, Problem> {
    let known = gate.desk().worker(worker).await?.ok_or(Refusal::NoSuchWorker(worker))?;
    Ok(WorkerCard::of(&known, Veil::Whole))
}

/// How a worker leaves.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Leave {
    /// Only once the call the worker has is done.
    #[serde(default)]
    after_current: bool,
    /// Break off the call the worker has. Needs a reason.
    #[serde(default)]
    abort: bool,
    /// Why, in your words; it is journalled.
    #[serde(default)]
    reason: Option<String>,
}

async fn on(
    State(gate): State<Gate>,
    look: Look,
    asked: Asked,
    Numbered(worker): Numbered<WorkerId>,
    Query(how): Query<How>,
    Json(why): Json<Why>,
) -> Result<Changed<WorkerCard>, Problem> {
    let command = Command::SetDuty { worker, duty: Duty::On, current: Current::Keep };
    let asking = asked.asking(why.reason.as_deref())?;
    set_duty((&gate, &asked, how, &look), worker, asking, command).await
}

macro_rules! leaving {
    ($($name:ident $duty:ident;)*) => {
        $(async fn $name(
            State(gate): State<Gate>,
            look: Look,
            asked: Asked,
            Numbered(worker): Numbered<WorkerId>,
            Query(how): Query<How>,
            Json(leave): Json<Leave>,
        ) -> Result<Changed<WorkerCard>, Problem> {
            let current = match (leave.after_current, leave.abort) {
                (true, true) => {
                    let what = "`after_current` and `abort` do not go together";
                    return Err(UserError::usage(what).into());
                }
                (true, false) => Current::Finish,
                (false, true) => Current::Abort,
                (false, false) => Current::Keep,
            };
            let command = Command::SetDuty { worker, duty: Duty::$duty, current };
            let asking = asked.asking(leave.reason.as_deref())?;
            set_duty((&gate, &asked, how, &look), worker, asking, command).await
        })*
    };
}

leaving! {
    off Off;
    pause Break;
    suspend Suspended;
}

async fn set_duty(
    asked: (&Gate, &Asked, How, &Look),
    worker: WorkerId,
    asking: Asking,
    command: Command,
) -> Result<Changed<WorkerCard>, Problem> {
    let gate = asked.0;
    change(asked, vec![(asking, command)], |_| async {
        Ok(Outcome::of(card_of(gate, worker).await?))
    })
    .await
}

/// Where a worker is.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    /// A name or "LAT,LON".
    place: String,
}

/// Takes a live position. It is kept with the next record of positions, so it has no key and no dry run.
async fn at(
    State(gate): State<Gate>,
    Numbered(worker): Numbered<WorkerId>,
    Json(at): Json<Place>,
) -> Result<Found<WorkerCard>, Problem> {
    let place = draft::point(&at.place)?;
    card_of(&gate, worker).await?;
    gate.desk().position(worker, place).await?;
    Ok(Found(card_of(&gate, worker).await?))
}

/// Which offers.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct OffersTo {
    /// Only those that ask this worker.
    worker: Option<Ref<WorkerId>>,
}

async fn offers(
    State(gate): State<Gate>,
    Query(to): Query<OffersTo>,
) -> Result<Page<OfferJson>, Problem> {
    let to = to.worker.map(|Ref(worker)| worker);
    if let Some(worker) = to {
        card_of(&gate, worker).await?;
    }
    Ok(Page::all(gate.desk().offers(to).await?.iter().map(OfferJson::of)))
}

/// Who answers.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reply {
    /// The worker; needed when several were asked.
    #[serde(default)]
    worker: Option<Ref<WorkerId>>,
    /// Why, in your words; it is journalled.
    #[serde(default)]
    reason: Option<String>,
}

async fn accept(
    State(gate): State<Gate>,
    look: Look,
    asked: Asked,
    Numbered(offer): Numbered<OfferId>,
    Query(how): Query<How>,
    Json(reply): Json<Reply>,
) -> Result<Changed<CallCard>, Problem> {
    let worker = reply.worker.map(|Ref(worker)| worker);
    let command = Command::AcceptOffer { offer, worker };
    answered((&gate, &asked, how, &look), offer, reply.reason, command).await
}

async fn decline(
    State(gate): State<Gate>,
    look: Look,
    asked: Asked,
    Numbered(offer): Numbered<OfferId>,
    Query(how): Query<How>,
    Json(reply): Json<Reply>,
) -> Result<Changed<CallCard>, Problem> {
    let worker = reply.worker.map(|Ref(worker)| worker);
    let command = Command::DeclineOffer { offer, worker };
    answered((&gate, &asked, how, &look), offer, reply.reason, command).await
}

/// Answers an offer and shows its call.
async fn answered(
    asked: (&Gate, &Asked, How, &Look),
    offer: OfferId,
    reason: Option<String>,
    command: Command,
) -> Result<Changed<CallCard>, Problem> {
    let (gate, _, _, look) = asked;
    let asking = asked.1.asking(reason.as_deref())?;
    change(asked, vec![(asking, command)], |receipt: Receipt| async move {
        let call = receipt.call.ok_or(DeskError::Refused(Refusal::OfferOver(offer)))?;
        Ok(of_call(settled(gate, call, look).await?))
    })
    .await
}

/// A page of members.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MembersPage {
    /// At most this many, from 1 to 1000.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<usize>,
    /// Where the page before this one ended: its `next`.
    cursor: Option<Ref<MemberId>>,
}

async fn members(
    State(gate): State<Gate>,
    Query(page): Query<MembersPage>,
) -> Result<Page<MemberJson>, Problem> {
    let limit = page_of(page.limit)?;
    let below = page.cursor.map(|Ref(member)| member);
    gate.read(move |book, _| {
        let mut rows = book.members()?;
        rows.retain(|row| below.is_none_or(|below| row.member < below));
        let cut = rows.len() > limit;
        let rows = rows.split_off(rows.len().saturating_sub(limit));
        let next = rows.first().filter(|_| cut).map(|oldest| oldest.member.to_string());
        let items = rows.iter().rev().map(|row| MemberJson::read(book, row, Veil::Masked));
        Ok(Page { items: items.collect::<Result<_, _>>()?, next })
    })
    .await
}

/// A member's number.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ByTel {
    /// The phone number.
    tel: String,
}

async fn find_member(
    State(gate): State<Gate>,
    Json(by): Json<ByTel>,
) -> Result<Found<MemberJson>, Problem> {
    let found = gate.desk().member_under(&draft::read_tel(gate.setup(), &by.tel)?).await?;
    let row = found.ok_or_else(|| Problem::missing(UserError::no_member_under()))?;
    let member = gate.read(move |book, _| MemberJson::read(book, &row, Veil::Whole));
    Ok(Found(member.await?))
}

async fn member(
    State(gate): State<Gate>,
    Numbered(member): Numbered<MemberId>,
) -> Result<Found<MemberJson>, Problem> {
    Ok(Found(member_of(&gate, member).await?))
}

async fn member_of(gate: &Gate, member: MemberId) -> Result<MemberJson, Problem> {
    gate.read(move |book, _| {
        let row = book.member(member)?.ok_or(Refusal::NoSuchMember(member))?;
        MemberJson::read(book, &row, Veil::Whole)
    })
    .await
}

/// What is said of a member.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OfMember {
    /// The name. A new member must have one.
    #[serde(default)]
    name: Option<Text>,
    /// The phone number; no two members share one. A new member must have one.
    #[serde(default)]
    tel: Option<String>,
    /// The payment provider's token of the member's card; never the card's number.
    #[serde(default)]
    card: Option<String>,
    /// The name of the friend who is told of rides.
    #[serde(default)]
    friend_name: Option<Text>,
    /// The friend's phone number.
    #[serde(default)]
    friend_tel: Option<String>,
    /// Why, in your words; it is journalled.
    #[serde(default)]
    reason: Option<String>,
}

impl OfMember {
    fn draft(self) -> MemberDraft {
        MemberDraft {
            name: self.name.map(|Text(name)| name),
            tel: self.tel,
            card: self.card,
            friend_name: self.friend_name.map(|Text(name)| name),
            friend_tel: self.friend_tel,
        }
    }
}

/// A member, and what the dispatcher should know although it is fine.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct MemberKnown {
    /// The member.
    #[serde(flatten)]
    member: MemberJson,
    /// In words.
    warnings: Vec<Warning>,
}

async fn add_member(
    State(gate): State<Gate>,
    look: Look,
    asked: Asked,
    Query(how): Query<How>,
    Json(of): Json<OfMember>,
) -> Result<Created<MemberKnown>, Problem> {
    let asking = asked.asking(of.reason.as_deref())?;
    let (draft, own) = (of.draft(), look.clone());
    let drafted = gate.read(move |book, setup| draft.resolve(None, setup, book, &own)).await?;
    let (card, warnings) = drafted;
    let orders = vec![(asking, Command::AddMember(card))];
    let gate = &gate;
    let made = change((gate, &asked, how, &look), orders, |receipt: Receipt| async move {
        let Some(id) = receipt.member else {
            return Err(UserError::usage("no member came of it").into());
        };
        let member = member_of(gate, id).await?;
        Ok(Outcome::at(MemberKnown { member, warnings }, format!("/v1/members/{id}")))
    });
    made.await.map(Created)
}

async fn amend_member(
    State(gate): State<Gate>,
    look: Look,
    asked: Asked,
    Numbered(id): Numbered<MemberId>,
    Query(how): Query<How>,
    Json(of): Json<OfMember>,
) -> Result<Changed<MemberKnown>, Problem> {
    let asking = asked.asking(of.reason.as_deref())?;
    let (draft, own) = (of.draft(), look.clone());
    if draft == MemberDraft::default() {
        return Err(UserError::usage(format!("nothing to change was named for {id}")).into());
    }
    let drafted = gate.read(move |book, setup| draft.resolve(Some(id), setup, book, &own)).await?;
    let (change_to, warnings) = drafted;
    let orders = vec![(asking, Command::AmendMember { member: id, change: change_to })];
    change((&gate, &asked, how, &look), orders, |_| async {
        let member = member_of(&gate, id).await?;
        Ok(Outcome::of(MemberKnown { member, warnings }))
    })
    .await
}
