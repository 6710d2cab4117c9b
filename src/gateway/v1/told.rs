//! `/v1/notices` and `/v1/attention`: what people outside were told, and what people at the desk must decide.
//!
//! Invariant: an inbox is asked for by post, since it may be found by a phone number.

use super::given::Why;
use crate::desk::letters::{Letter, Whose};
use crate::front::draft;
use crate::front::error::UserError;
use crate::front::look::Look;
use crate::front::mask::Veil;
use crate::front::show::attention::AttentionJson;
use crate::front::show::letter::{LetterJson, TryJson};
use crate::gateway::answer::{Changed, Outcome, Page};
use crate::gateway::asked::{Asked, Json};
use crate::gateway::caller::Scope;
use crate::gateway::change::change;
use crate::gateway::gate::Gate;
use crate::gateway::openapi::Api;
use crate::gateway::part::{How, Numbered, Query, Ref};
use crate::gateway::problem::Problem;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::event::NoticeName;
use ascall_engine::domain::ids::{AttentionId, CallId, MemberId, WorkerId};
use ascall_engine::domain::refusal::Refusal;
use axum::extract::State;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// How many notices are shown unless told otherwise.
const NOTICES: usize = 200;

/// The most notices that are shown at once.
const NOTICES_MAX: usize = 1_000;

/// The routes of notices and attention.
pub(super) fn routes(api: Api) -> Api {
    let search = "Read what a customer, a member's friend or a worker was told, oldest first.";
    api.about("notices", "Messages to people outside")
        .search("/v1/notices/search", search, inbox)
        .search(
            "/v1/notices/tries",
            "What was tried for each of them, in the order of time.",
            tries,
        )
        .post("/v1/notices/resend", Scope::Operate, "Send one again.", resend)
        .get("/v1/calls/{call}/notices", "What everybody was told about a call.", about_call)
        .get("/v1/calls/{call}/tries", "What was tried for each notice about a call.", call_tries)
        .about("attention", "What a human must decide")
        .get("/v1/attention", "List what is open, oldest first.", attention)
        .post("/v1/attention/{item}/take", Scope::Operate, "Look after one.", take)
        .post("/v1/attention/{item}/done", Scope::Operate, "One is dealt with.", done)
}

/// Whose inbox: exactly one.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Inbox {
    /// The phone number of the customer, or of a member's friend.
    #[serde(default)]
    tel: Option<String>,
    /// The worker.
    #[serde(default)]
    worker: Option<Ref<WorkerId>>,
    /// The member and the member's friend.
    #[serde(default)]
    member: Option<Ref<MemberId>>,
    /// At most this many, the newest, from 1 to 1000.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<usize>,
}

async fn inbox(
    State(gate): State<Gate>,
    Json(inbox): Json<Inbox>,
) -> Result<Page<LetterJson>, Problem> {
    Ok(listed(&letters(&gate, inbox).await?))
}

async fn tries(
    State(gate): State<Gate>,
    Json(inbox): Json<Inbox>,
) -> Result<Page<TryJson>, Problem> {
    Ok(Page::all(TryJson::all(&letters(&gate, inbox).await?)))
}

/// What somebody was told.
async fn letters(gate: &Gate, inbox: Inbox) -> Result<Vec<Letter>, Problem> {
    let limit = inbox.limit.unwrap_or(NOTICES);
    if !(1..=NOTICES_MAX).contains(&limit) {
        return Err(UserError::usage(format!("`limit` is from 1 to {NOTICES_MAX}")).into());
    }
    let whose = match (inbox.tel, inbox.worker, inbox.member) {
        (Some(tel), None, None) => Whose::Tel(draft::read_tel(gate.setup(), &tel)?),
        (None, Some(Ref(worker)), None) => {
            let known = gate.desk().worker(worker).await?;
            Whose::Worker(worker, known.ok_or(Refusal::NoSuchWorker(worker))?.subject)
        }
        (None, None, Some(Ref(member))) => {
            let known = gate.read(move |book, _| Ok(book.member(member)?)).await?;
            known.ok_or(Refusal::NoSuchMember(member))?;
            Whose::Member(member)
        }
        _ => return Err(UserError::usage("name one of `tel`, `worker` and `member`").into()),
    };
    Ok(gate.desk().inbox(whose, limit).await?)
}

fn listed(letters: &[Letter]) -> Page<LetterJson> {
    Page::all(letters.iter().map(|letter| LetterJson::of(letter, Veil::Masked)))
}

async fn about_call(
    State(gate): State<Gate>,
    Numbered(call): Numbered<CallId>,
) -> Result<Page<LetterJson>, Problem> {
    Ok(listed(&letters_of(&gate, call).await?))
}

async fn call_tries(
    State(gate): State<Gate>,
    Numbered(call): Numbered<CallId>,
) -> Result<Page<TryJson>, Problem> {
    Ok(Page::all(TryJson::all(&letters_of(&gate, call).await?)))
}

/// What everybody was told about a call.
async fn letters_of(gate: &Gate, call: CallId) -> Result<Vec<Letter>, Problem> {
    let known = gate.read(move |book, _| Ok(book.call(call)?)).await?;
    known.ok_or(Refusal::NoSuchCall(call))?;
    Ok(gate.desk().inbox(Whose::Call(call), NOTICES_MAX).await?)
}

/// The name of a notice: its record, the number of its rule, its recipient, its transport.
#[derive(Debug, Clone, Copy)]
struct Name(NoticeName);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(from)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

impl JsonSchema for Name {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "NoticeName".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "examples": ["42/1/S-7/webhook"] })
    }
}

/// Which notice.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Resend {
    /// Its name: `notice` of a notice.
    notice: Name,
    /// Why, in your words; it is journalled.
    #[serde(default)]
    reason: Option<String>,
}

async fn resend(
    State(gate): State<Gate>,
    look: Look,
    asked: Asked,
    Query(how): Query<How>,
    Json(Resend { notice: Name(name), reason }): Json<Resend>,
) -> Result<Changed<LetterJson>, Problem> {
    let missing = || Refusal::NoSuchNotice { notice: name };
    let (notice, worker) = gate.desk().notice(name).await?.ok_or_else(missing)?;
    let asking = asked.asking(reason.as_deref())?;
    let command = Command::ResendNotice { notice, worker };
    let gate = &gate;
    change((gate, &asked, how, &look), vec![(asking, command)], |_| async move {
        let letters = gate.desk().inbox(Whose::Call(notice.call), usize::MAX).await?;
        let letter = letters.iter().find(|letter| letter.notice == name).ok_or_else(missing)?;
        Ok(Outcome::of(LetterJson::of(letter, Veil::Masked)))
    })
    .await
}

async fn attention(State(gate): State<Gate>) -> Result<Page<AttentionJson>, Problem> {
    Ok(Page::all(gate.desk().attention().await?.iter().map(AttentionJson::of)))
}

async fn take(
    State(gate): State<Gate>,
    look: Look,
    asked: Asked,
    Numbered(item): Numbered<AttentionId>,
    Query(how): Query<How>,
    Json(why): Json<Why>,
) -> Result<Changed<AttentionJson>, Problem> {
    let command = Command::TakeAttention { attention: item };
    dealt((&gate, &asked, how, &look), item, why, command).await
}

async fn done(
    State(gate): State<Gate>,
    look: Look,
    asked: Asked,
    Numbered(item): Numbered<AttentionId>,
    Query(how): Query<How>,
    Json(why): Json<Why>,
) -> Result<Changed<AttentionJson>, Problem> {
    let command = Command::CloseAttention { attention: item };
    dealt((&gate, &asked, how, &look), item, why, command).await
}

/// Deals with an item and shows it: as it is, or as it was before it was done.
async fn dealt(
    asked: (&Gate, &Asked, How, &Look),
    item: AttentionId,
    why: Why,
    command: Command,
) -> Result<Changed<AttentionJson>, Problem> {
    let gate = asked.0;
    let asking = asked.1.asking(why.reason.as_deref())?;
    let before = open(gate, item).await?;
    change(asked, vec![(asking, command)], |_| async move {
        let known = open(gate, item).await?.or(before);
        Ok(Outcome::of(known.ok_or(Refusal::NoSuchAttention(item))?))
    })
    .await
}

async fn open(gate: &Gate, item: AttentionId) -> Result<Option<AttentionJson>, Problem> {
    let open = gate.desk().attention().await?;
    Ok(open.iter().find(|one| one.id == item).map(AttentionJson::of))
}
