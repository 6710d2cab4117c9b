//! Where each verb does its work, for when the desk is on another machine.
//!
//! Invariant: what touches files of the desk's machine is listed here; everything else asks the desk.

use super::args::Verb;

/// Where a verb does its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Works {
    /// At the desk, wherever that is.
    Desk,
    /// On the desk's own machine; under this name.
    Machine(&'static str),
    /// Apart from any desk.
    Apart,
}

impl Verb {
    /// Where it does its work.
    pub(crate) fn works(&self) -> Works {
        match self {
            Self::Backup(_) => Works::Machine("backup"),
            Self::Restore(_) => Works::Machine("restore"),
            Self::Doctor(_) => Works::Machine("doctor"),
            Self::Serve(_) => Works::Machine("serve"),
            Self::Token(_) => Works::Machine("token"),
            Self::Config(_) | Self::Completions(_) | Self::Demo(_) => Works::Apart,
            Self::Load(args) if args.is_apart() => Works::Apart,
            Self::Profile(args) if args.is_apart() => Works::Apart,
            Self::Replay(args) if args.is_apart() => Works::Apart,
            _ => Works::Desk,
        }
    }
}
