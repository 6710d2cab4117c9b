//! `ascall backup`: a verified copy of the desk, while it works on.

use crate::cli::cx::Cx;
use crate::cli::ui::{Look, Show};
use crate::desk::backup::{self, Copied};
use crate::front::clock::iso;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use crate::front::words::Word;
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// Copy the whole desk into one file, as it stands at one moment, while it works on. The copy is verified like `verify`
/// does before it gets its name. When a host has the desk open it is the host that writes the file.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// Where the copy goes.
    file: PathBuf,
    /// Replace a file that is there, once the new copy is verified.
    #[arg(long)]
    force: bool,
}

/// What a copy of a desk holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct CopyJson {
    pub file: String,
    pub bytes: u64,
    /// The newest record in it.
    pub seq: u64,
    /// When that was written.
    pub at: String,
    /// The epoch of the desk.
    pub epoch: u64,
    pub records: u64,
    pub calls: u64,
}

impl From<&Copied> for CopyJson {
    fn from(copied: &Copied) -> Self {
        Self {
            file: copied.file.display().to_string(),
            bytes: copied.bytes,
            seq: copied.head.seq.0,
            at: iso(copied.head.at),
            epoch: copied.epoch,
            records: copied.checked.records,
            calls: copied.checked.calls,
        }
    }
}

impl Show for CopyJson {
    fn id(&self) -> String {
        self.file.clone()
    }
    const CSV: &'static [&'static str] =
        &["file", "bytes", "seq", "at", "epoch", "records", "calls"];
    const HEADS: &'static [Word] = &[Word::File];
    fn cells(&self, _: &Look) -> Vec<String> {
        vec![self.file.clone()]
    }
}

/// Copies.
pub(crate) async fn run(args: &Backup, cx: &mut Cx) -> Result<Exit, UserError> {
    let json = CopyJson::from(&backup::backup(&cx.setup, &args.file, args.force).await?);
    let numbers = [json.records, json.calls, json.bytes].map(|n| n.to_string());
    let line = cx.ui.look.say(Word::BackedUp, &[&json.file, &numbers[0], &numbers[1], &numbers[2]]);
    cx.ui.one(&json, &line)?;
    Ok(Exit::Done)
}
