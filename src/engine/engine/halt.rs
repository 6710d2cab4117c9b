//! Halting points: where a test may have the process die as if killed. In a release build there are none.
//!
//! Invariant: without the variable `ASCALL_HALT_AT` nothing happens, and a release build does not even look.

/// The places at which everything that can be lost is different from the place before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// Orders were taken from the inbox, nothing is written.
    BeforeCommit,
    /// The commit is durable, nobody was told.
    AfterCommit,
    /// The record is durable, the request has not left.
    BeforeSend,
    /// The answer has come, the desk does not know it.
    AfterAnswer,
}

/// Dies here when `ASCALL_HALT_AT` says `POINT:N` and this is the N-th time (from 1) that this point is reached.
#[cfg(debug_assertions)]
pub(super) fn here(at: At) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};
    static ASKED: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static TIMES: AtomicU32 = AtomicU32::new(0);
    let asked = ASKED.get_or_init(|| {
        let text = std::env::var("ASCALL_HALT_AT").ok()?;
        let (name, times) = text.split_once(':')?;
        Some((name.to_owned(), times.parse().ok()?))
    });
    let Some((name, times)) = asked else { return };
    let own = match at {
        At::BeforeCommit => "before_commit",
        At::AfterCommit => "after_commit",
        At::BeforeSend => "before_send",
        At::AfterAnswer => "after_answer",
    };
    if name == own && TIMES.fetch_add(1, Ordering::Relaxed) + 1 == *times {
        std::process::abort();
    }
}

/// Nothing, in a release build.
#[cfg(not(debug_assertions))]
pub(super) fn here(_: At) {}
