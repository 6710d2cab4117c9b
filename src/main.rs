//! The `ascall` command.

mod cli;
mod desk;
mod front;
mod gateway;
mod load;
mod toml_file;
mod tui;

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// What one thread asks for is let go of by another here: an order goes to the writer, its answer comes back. The
/// system's allocator pays for that with a quarter of the processor's time under load, and that of musl with more.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
