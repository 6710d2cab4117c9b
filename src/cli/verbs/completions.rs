//! `ascall completions`: scripts for shells.

use crate::cli::args::Cli;
use crate::cli::cx::Cx;
use crate::front::error::UserError;
use crate::front::exit::Exit;
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

/// Print the completion script of a shell.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints it.
pub(crate) fn run(args: &Completions, cx: &mut Cx) -> Result<Exit, UserError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "ascall", &mut script);
    cx.ui.raw(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
