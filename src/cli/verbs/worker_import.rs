//! `ascall worker import`: workers from a file, one result per row.
//!
//! Invariant: a row is a worker at most once however often the file is run: without a key of its own it gets one from
//! its phone number.

use crate::cli::args::{Change, key};
use crate::cli::cx::Cx;
use crate::cli::rows;
use crate::cli::ui::{Format, Look, Show};
use crate::desk::{Asking, Desk};
use crate::front::draft;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::mark::mark;
use crate::front::show::worker::WorkerCard;
use crate::front::words::Word;
use ascall_engine::domain::command::{Command, NewWorker};
use ascall_engine::domain::event::Duty;
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::profile::Lang;
use ascall_engine::domain::text::nfc;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The columns that mean something.
const COLUMNS: [&str; 8] = ["name", "tel", "at", "skills", "services", "duty", "key", "worker"];

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Imported {
    /// Its line in the file, from 1.
    row: u64,
    /// `added`, `replayed`, `would_add`, `refused` or `invalid`.
    result: &'static str,
    worker: Option<WorkerCard>,
    error: Option<String>,
    /// The error and the hint in Korean, for people.
    #[serde(skip)]
    korean: Option<(String, Option<String>)>,
    hint: Option<String>,
}

impl Imported {
    fn line(&self, look: &Look) -> String {
        let korean = self.korean.as_ref().filter(|_| look.lang == Lang::Ko);
        let (error, hint) = match korean {
            Some((text, hint)) => (Some(text), hint),
            None => (self.error.as_ref(), &self.hint),
        };
        let body = match (&self.worker, error, hint) {
            (Some(card), ..) => card.line(look),
            (None, Some(error), Some(hint)) => format!("{error}  ({hint})"),
            (None, Some(error), None) => error.clone(),
            (None, None, _) => self.result.to_owned(),
        };
        let again = match self.result {
            "replayed" => format!("  ({})", look.word(Word::Replayed)),
            _ => String::new(),
        };
        format!("{} {}: {body}{again}", look.word(Word::Row), self.row)
    }
}

impl Show for Imported {
    fn id(&self) -> String {
        self.worker.as_ref().map(|card| card.id.clone()).unwrap_or_default()
    }
    const CSV: &'static [&'static str] = &["row", "result", "worker.id", "error", "hint"];
    const HEADS: &'static [Word] = &[Word::Row, Word::Result];
    fn cells(&self, look: &Look) -> Vec<String> {
        vec![self.row.to_string(), self.line(look)]
    }
}

/// A row as read, before the desk is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Typed {
    name: String,
    tel: String,
    at: Option<Point>,
    skills: Vec<String>,
    services: Vec<String>,
    duty: Duty,
    key: Option<String>,
}

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
                Ok(typed) => import(cx, desk, change, &base, typed).await,
                Err(error) => Err(error),
            };
            let mut result = match asked {
                Ok(result) => result,
                Err(UserError::Said(said)) if [Exit::Usage, Exit::Refused].contains(&said.exit) => {
                    failed = true;
                    let result = if said.exit == Exit::Usage { "invalid" } else { "refused" };
                    let said = said.in_one_line();
                    let (error, hint, korean) = (Some(said.text), said.hint, said.korean);
                    Imported { row: 0, result, worker: None, error, korean, hint }
                }
                Err(other) => return Err(other),
            };
            result.row = row.line;
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
    typed: Typed,
) -> Result<Imported, UserError> {
    typed.services.iter().try_for_each(|name| cx.setup.must_know(name))?;
    let contact = draft::contact(&cx.setup, &desk.book(), Some(&typed.name), &typed.tel)?;
    // The number itself must not stand in a key: keys are journalled.
    let who = mark(&format!("{} {}", typed.tel, typed.name));
    let key = typed.key.unwrap_or_else(|| format!("{base}/{who}"));
    let new = NewWorker {
        contact,
        services: typed.services,
        skills: typed.skills,
        home: typed.at,
        duty: typed.duty,
        handle: None,
    };
    let asking = Asking { key: Some(key), ..change.asking() };
    let command = Command::AddWorker(new);
    let empty = Imported {
        row: 0,
        result: "would_add",
        worker: None,
        error: None,
        korean: None,
        hint: None,
    };
    if change.dry_run {
        desk.dry_run(asking, command).await?;
        return Ok(empty);
    }
    let receipt = desk.handle(asking, command).await?;
    let result = if receipt.replayed { "replayed" } else { "added" };
    let worker = match receipt.worker {
        Some(worker) => Some(super::worker::card(desk, worker, cx.ui.veil()).await?),
        None => None,
    };
    Ok(Imported { result, worker, ..empty })
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
    Ok(Typed {
        name: take("name").ok_or_else(|| UserError::usage("the row has no name"))?,
        tel: take("tel").ok_or_else(|| UserError::usage("the row has no tel"))?,
        at: take("at").as_deref().map(draft::point).transpose()?,
        skills: list(take("skills")),
        services: list(take("services")),
        duty,
        key: take("key").map(|text| key(&text)).transpose().map_err(UserError::usage)?,
    })
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
        let worker = typed(row).unwrap();
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
