//! `POST /v1/workers/import`: many workers at once, with a result for each.
//!
//! Invariant: a row is a worker at most once however often it is sent: without a key of its own it gets one from its name
//! and number, below the key of the request.

use super::given::Text;
use crate::desk::{Asking, Desk};
use crate::front::draft::WorkerDraft;
use crate::front::error::UserError;
use crate::front::mask::Veil;
use crate::front::show::import::ImportedJson;
use crate::front::show::worker::WorkerCard;
use crate::gateway::answer::Page;
use crate::gateway::asked::{Asked, sound_key};
use crate::gateway::caller::Scope;
use crate::gateway::gate::Gate;
use crate::gateway::openapi::Api;
use crate::gateway::part::{How, Query};
use crate::gateway::problem::Problem;
use crate::gateway::rows::Rows;
use ascall_engine::domain::command::{Command, NewWorker};
use ascall_engine::domain::event::Duty;
use ascall_engine::domain::refusal::Refusal;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// The route of many workers at once.
pub(super) fn routes(api: Api) -> Api {
    let what = "Make many workers known; each row has a result of its own. Persons are masked.";
    api.post("/v1/workers/import", Scope::Operate, what, import)
}

/// What a worker does from then on.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum AtFirst {
    #[default]
    On,
    Off,
    Break,
    Suspended,
}

impl From<AtFirst> for Duty {
    fn from(duty: AtFirst) -> Self {
        match duty {
            AtFirst::On => Self::On,
            AtFirst::Off => Self::Off,
            AtFirst::Break => Self::Break,
            AtFirst::Suspended => Self::Suspended,
        }
    }
}

/// One of them: the members that `ascall export workers` writes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WorkerRow {
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
    /// What the worker does from then on.
    #[serde(default)]
    duty: AtFirst,
    /// The idempotency key of this row.
    #[serde(default)]
    key: Option<String>,
    /// The number at another desk; it means nothing here.
    #[serde(default, rename = "worker")]
    _elsewhere: Option<String>,
}

impl WorkerRow {
    /// The worker as the desk is asked, and the key of that.
    fn draft(self, base: &str) -> Result<(WorkerDraft, String), UserError> {
        let texts = |texts: Vec<Text>| texts.into_iter().map(|Text(text)| text).collect();
        let own = self.key.as_deref().map(sound_key).transpose().map_err(UserError::usage)?;
        let draft = WorkerDraft {
            name: self.name.0,
            tel: self.tel,
            at: self.at,
            skills: texts(self.skills),
            services: texts(self.services),
            duty: self.duty.into(),
        };
        let key = own.unwrap_or_else(|| draft.key(base));
        Ok((draft, key))
    }
}

async fn import(
    State(gate): State<Gate>,
    asked: Asked,
    Query(how): Query<How>,
    Rows(rows): Rows<WorkerRow>,
) -> Result<Page<ImportedJson>, Problem> {
    let asking = asked.asking(None)?;
    let base = asking.key.clone().unwrap_or_else(|| "worker".to_owned());
    let read = gate.read(move |book, setup| {
        let order = |row: WorkerRow| {
            let (draft, key) = row.draft(&base)?;
            Ok::<_, UserError>((draft.resolve(setup, book)?, key))
        };
        let orders = rows.into_iter().map(|(number, row)| (number, row.map(order)));
        Ok(orders.collect::<Vec<_>>())
    });
    let mut results = Vec::new();
    for (number, order) in read.await? {
        results.push(match order {
            Err(problem) => ImportedJson::invalid(number, problem.detail, problem.hint),
            Ok(Err(error)) => ImportedJson::not_taken(number, error)?,
            Ok(Ok((new, key))) => {
                let asking = Asking { key: Some(key), ..asking.clone() };
                match add(gate.desk(), asking, new, how, number).await {
                    Ok(result) => result,
                    Err(error) => ImportedJson::not_taken(number, error)?,
                }
            }
        });
    }
    Ok(Page::all(results))
}

async fn add(
    desk: &Desk,
    asking: Asking,
    new: NewWorker,
    how: How,
    number: u64,
) -> Result<ImportedJson, UserError> {
    let command = Command::AddWorker(new);
    if how.dry_run {
        desk.dry_run(asking, command).await?;
        return Ok(ImportedJson::would_add(number));
    }
    let receipt = desk.handle(asking, command).await?;
    let worker = receipt.worker.ok_or_else(|| UserError::usage("no worker came of it"))?;
    let known = desk.worker(worker).await?.ok_or(Refusal::NoSuchWorker(worker))?;
    Ok(ImportedJson::added(number, WorkerCard::of(&known, Veil::Masked), receipt.replayed))
}
