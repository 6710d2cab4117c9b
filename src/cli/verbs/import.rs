//! `ascall import`: what `export` wrote, and files of the same form from elsewhere.

use super::{request_file, worker, worker_import};
use crate::cli::args::{Change, priority};
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Take calls or workers from a CSV or NDJSON file, one result line per row.
#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Take the calls of a file, as `request -f` does. Of an exported file, calls that have ended are passed over; the
    /// others are taken anew, under numbers of their own.
    Calls(Calls),
    /// Make the workers of a file known, as `worker import` does.
    Workers(worker::Import),
}

/// A file of calls.
#[derive(Debug, Args)]
pub(crate) struct Calls {
    /// The file; `-` is standard input.
    file: PathBuf,
    /// The service line of rows that name none.
    #[arg(long, default_value = "repair")]
    profile: String,
    /// How urgent rows are that do not say so: `low`, `normal`, `high`, `urgent`, or 0 to 3.
    #[arg(long, value_parser = priority, default_value = "normal")]
    priority: u8,
    #[command(flatten)]
    change: Change,
}

/// Takes them.
pub(crate) async fn run(args: &Import, cx: &mut Cx) -> Result<Exit, UserError> {
    match args {
        Import::Calls(Calls { file, profile, priority, change }) => {
            let base = request_file::Base { file, profile, priority: *priority, change };
            request_file::run(&base, cx).await
        }
        Import::Workers(import) => worker_import::run(&import.file, &import.change, cx).await,
    }
}
