//! The `ascall` command.

fn main() {}
