//! The `ascall` command.

mod cli;
mod desk;
mod front;
mod gateway;
mod toml_file;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
