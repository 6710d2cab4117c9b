//! The routes for programs, asked in this process: a desk in a folder of its own, and no socket.

mod calls;
mod described;
mod keys;
mod kit;
mod originals;
mod others;
mod page;
