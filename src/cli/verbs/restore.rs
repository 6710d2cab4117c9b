//! `ascall restore`: a desk from a copy.

use super::backup::CopyJson;
use crate::cli::cx::Cx;
use crate::cli::ui::{Format, Look, Show};
use crate::desk::backup;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::words::Word;
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// Make the desk what a copy of `backup` says. The copy is verified first and stays as it is; nobody may have the desk
/// open. The restored desk is in a new epoch: numbers of records that were given after the copy are given again, so
/// whoever follows the journal with a cursor begins anew.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The copy.
    file: PathBuf,
    /// Even where there is a desk; it is kept beside the new one, under a dated name.
    #[arg(long)]
    force: bool,
}

/// What a restore came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct RestoredJson {
    /// The desk's file.
    store: String,
    /// What it was made from; its epoch is the new one.
    #[serde(flatten)]
    copy: CopyJson,
    /// Where the desk lies that was there before.
    aside: Option<String>,
}

impl Show for RestoredJson {
    fn id(&self) -> String {
        self.store.clone()
    }
    const CSV: &'static [&'static str] =
        &["store", "file", "bytes", "seq", "at", "epoch", "records", "calls", "aside"];
    const HEADS: &'static [Word] = &[Word::File];
    fn cells(&self, _: &Look) -> Vec<String> {
        vec![self.store.clone()]
    }
}

/// Restores.
pub(crate) async fn run(args: &Restore, cx: &mut Cx) -> Result<Exit, UserError> {
    let clock = cx.ui.look.clock;
    let (now, stamp) = (clock.now(), clock.stamp());
    let restored = backup::restore(&cx.setup, &args.file, args.force, now, &stamp).await?;
    let json = RestoredJson {
        store: cx.setup.store.display().to_string(),
        copy: (&restored.copy).into(),
        aside: restored.aside.map(|aside| aside.display().to_string()),
    };
    let numbers = [json.copy.records, json.copy.calls, json.copy.epoch].map(|n| n.to_string());
    let line = cx.ui.look.say(Word::Restored, &numbers.each_ref().map(String::as_str));
    cx.ui.one(&json, &line)?;
    if let Some(aside) = json.aside.filter(|_| cx.ui.format == Format::Table) {
        let text = cx.ui.look.say(Word::KeptAside, &[&aside]);
        cx.ui.note(&text)?;
    }
    Ok(Exit::Done)
}
