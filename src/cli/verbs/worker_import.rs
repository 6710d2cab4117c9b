//! `ascall worker import`: workers from a file, one result per row.
//!
//! Invariant: a row is a worker at most once however often the file is run: without a key of its own it gets one from
//! its phone number.

use crate::cli::args::{Change, key};
use crate::cli::cx::Cx;
use crate::cli::rows;
use crate::cli::ui::Format;
use crate::desk::{Asking, Desk};
use crate::front::draft::WorkerDraft;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::show::import::ImportedJson;
use ascall_engine::domain::command::Command;
use ascall_engine::domain::event::Duty;
use ascall_engine::domain::text::nfc;
use std::collections::BTreeMap;
use std::path::Path;

/// The columns that mean something.
const COLUMNS: [&str; 8] = ["name", "tel", "at", "skills", "services", "duty", "key", "worker"];

/// A row as read, before the desk is asked, and its own key.
type Typed = (WorkerDraft, Option<String>);

/// Imports the file.
pub(crate) async fn run(file: &Path, change: &Change, cx: &mut Cx) -> Result<Exit, UserError> {
    let rows = rows::open(file)?;
    let base = change.key.clone().unwrap_or_else(|| "worker".to_owned());
    cx.with_desk("worker import", async |cx: &mut Cx, desk| {
        let mut kept = Vec::new();
        let mut failed = false;
        for row in rows {
            let typed = row.cells.and_then(typed);
            let asked = match typed {
                Ok(typed) => import(cx, desk, change, &base, row.line, typed).await,
                Err(error) => Err(error),
            };
            let result = match asked {
                Ok(result) => result,
                Err(error) => {
                    failed = true;
                    ImportedJson::not_taken(row.line, error)?
                }
            };
            if cx.ui.format == Format::Json {
                kept.push(result);
            } else {
                let line = result.line(&cx.ui.look);
                cx.ui.next(&result, &line)?;
            }
        }
        if cx.ui.format == Format::Json {
            cx.ui.many(&kept)?;
        }
        Ok(if failed { Exit::Refused } else { Exit::Done })
    })
    .await
}

async fn import(
    cx: &Cx,
    desk: &Desk,
    change: &Change,
    base: &str,
    row: u64,
    (draft, key): Typed,
) -> Result<ImportedJson, UserError> {
    let new = draft.resolve(&cx.setup, &desk.book())?;
    let key = key.unwrap_or_else(|| draft.key(base));
    let asking = Asking { key: Some(key), ..change.asking() };
    let command = Command::AddWorker(new);
    if change.dry_run {
        desk.dry_run(asking, command).await?;
        return Ok(ImportedJson::would_add(row));
    }
    let receipt = desk.handle(asking, command).await?;
    let worker = receipt.worker.ok_or_else(|| UserError::usage("no worker came of it"))?;
    let card = super::worker::card(desk, worker, cx.ui.veil()).await?;
    Ok(ImportedJson::added(row, card, receipt.replayed))
}

fn typed(mut cells: BTreeMap<String, String>) -> Result<Typed, UserError> {
    if let Some(odd) = cells.keys().find(|name| !COLUMNS.contains(&name.as_str())) {
        let near = crate::toml_file::nearest(odd, &COLUMNS);
        return Err(UserError::unknown_column(odd, &COLUMNS.join(", "), near));
    }
    let mut take = |name: &str| cells.remove(name);
    let list = |text: Option<String>| -> Vec<String> {
        let text = text.unwrap_or_default();
        text.split(';').map(nfc).filter(|item| !item.is_empty()).collect()
    };
    let duty = match take("duty").as_deref() {
        None | Some("on") => Duty::On,
        Some("off") => Duty::Off,
        Some("break") => Duty::Break,
        Some("suspended") => Duty::Suspended,
        Some(other) => {
            let known = "on, off, break or suspended";
            return Err(UserError::usage(format!("`{other}` is not a duty ({known})")));
        }
    };
    let draft = WorkerDraft {
        name: take("name").ok_or_else(|| UserError::usage("the row has no name"))?,
        tel: take("tel").ok_or_else(|| UserError::usage("the row has no tel"))?,
        at: take("at"),
        skills: list(take("skills")),
        services: list(take("services")),
        duty,
    };
    let key = take("key").map(|text| key(&text)).transpose().map_err(UserError::usage)?;
    Ok((draft, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn a_row_is_a_worker_with_lists_of_skills() {
        let row = cells(&[
            ("name", "김하나"),
            ("tel", "010-0000-0001"),
            ("at", "37.5481,126.9550"),
            ("skills", "냉장고; 세탁기;"),
            ("duty", "off"),
        ]);
        let (worker, _) = typed(row).unwrap();
        assert_eq!(worker.skills, ["냉장고", "세탁기"]);
        assert_eq!((worker.duty, worker.services.len()), (Duty::Off, 0));
        assert!(worker.at.is_some());
    }

    #[test]
    fn an_unknown_column_is_refused_with_the_nearest() {
        let error = typed(cells(&[("name", "a"), ("tel", "1"), ("skils", "x")])).unwrap_err();
        let UserError::Said(said) = error else { panic!("nothing was said") };
        assert_eq!(said.hint.as_deref(), Some("did you mean `skills`?"));
        assert!(typed(cells(&[("tel", "1")])).is_err());
        assert!(typed(cells(&[("name", "a"), ("tel", "1"), ("duty", "maybe")])).is_err());
    }
}
