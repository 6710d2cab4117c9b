//! The exit codes: the whole list, decided in one place.
//!
//! Invariant: a number, once given a meaning, keeps it; scripts rely on it.

use std::process::ExitCode;

/// How a run of the command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done; a parked call is done too.
    Done = 0,
    /// Refused by a rule, or not found.
    Refused = 1,
    /// Not understood.
    Usage = 2,
    /// Somebody else has the store, or nobody answers where the desk should be.
    Busy = 3,
    /// Not now: breaker, overload, a gate that is down or late. The time to try again is printed.
    HeldOff = 4,
    /// A check or a threshold failed.
    Failed = 5,
    /// What was waited for did not happen in time.
    TimedOut = 6,
    /// The storage failed, is damaged, or has a newer format.
    Storage = 7,
    /// It may have been done or not; the key to ask again under is printed.
    Unknown = 8,
    /// A fault of the program itself.
    Bug = 70,
    /// Stopped by the user.
    Interrupted = 130,
}

impl Exit {
    /// Every code, in order.
    pub(crate) const ALL: [Self; 11] = [
        Self::Done,
        Self::Refused,
        Self::Usage,
        Self::Busy,
        Self::HeldOff,
        Self::Failed,
        Self::TimedOut,
        Self::Storage,
        Self::Unknown,
        Self::Bug,
        Self::Interrupted,
    ];

    /// The number.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }

    /// What it means, for the help text.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done (a parked call too)",
            Self::Refused => "refused by a rule, or not found",
            Self::Usage => "not understood",
            Self::Busy => "the store is in use, or its desk does not answer",
            Self::HeldOff => "not now; the time to try again is printed",
            Self::Failed => "a check failed",
            Self::TimedOut => "what was waited for did not happen in time",
            Self::Storage => "the storage failed, is damaged, or has a newer format",
            Self::Unknown => "may have been done or not; the key to ask again under is printed",
            Self::Bug => "a fault of the program",
            Self::Interrupted => "interrupted",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// The list for the end of `ascall --help`.
pub(crate) fn help() -> String {
    let lines = Exit::ALL.iter().map(|e| format!("  {:>3}  {}\n", e.code(), e.meaning()));
    format!("Exit codes:\n{}", lines.collect::<String>())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Compares a generated page of `docs/` with `text`; `ASCALL_BLESS=1 cargo test` writes it anew.
    pub(crate) fn page(name: &str, text: &str) {
        let path = format!("{}/docs/{name}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("ASCALL_BLESS").is_some() {
            std::fs::write(&path, text).unwrap();
        }
        let stands = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(stands == text, "docs/{name} is stale: ASCALL_BLESS=1 cargo test -p ascall");
    }

    #[test]
    fn the_page_of_codes_is_what_the_list_says() {
        let mut text = String::from(
            "<!-- Made from the list of codes by a test; ASCALL_BLESS=1 cargo test writes it anew. -->\n\n\
             # Exit codes\n\n\
             A code keeps its meaning for ever; scripts rely on it. An error prints `error:`, `caused by:` and `hint:` on\n\
             standard error.\n\n| code | meaning |\n| --- | --- |\n",
        );
        text.extend(
            Exit::ALL.iter().map(|exit| format!("| {} | {} |\n", exit.code(), exit.meaning())),
        );
        page("exit-codes.md", &text);
    }

    #[test]
    fn the_codes_are_those_that_scripts_rely_on() {
        assert_eq!(Exit::ALL.map(Exit::code), [0, 1, 2, 3, 4, 5, 6, 7, 8, 70, 130]);
    }

    #[test]
    fn every_code_is_in_the_help() {
        let help = help();
        for exit in Exit::ALL {
            assert!(help.contains(&format!("{:>3}  {}", exit.code(), exit.meaning())));
        }
    }
}
