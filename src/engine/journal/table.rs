//! The tables of derived rows: a name and a number each.
//!
//! Invariant: a number is written into checksums and a name into the file, so neither ever changes
//! or is given to another table. What a row means is not known here.

use serde::{Deserialize, Serialize};

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $file:literal;)*) => {
        /// A table of rows with `u64` keys.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Table {
            $($(#[$doc])* $name = $code,)*
        }

        impl Table {
            /// Every table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name inside the store.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $file,)*
                }
            }

            /// Its number inside the store.
            #[must_use]
            pub const fn code(self) -> u8 {
                self as u8
            }
        }
    };
}

tables! {
    /// Single small values of the desk, by a fixed number.
    Meta = 0, "rows.meta";
    /// The view row of a call, by call number.
    Calls = 1, "rows.calls";
    /// Personal data, by subject number; erased by deleting the row.
    Subjects = 2, "rows.subjects";
    /// Notices to people outside.
    Notices = 3, "rows.notices";
    /// What a human must decide.
    Attention = 4, "rows.attention";
    /// Why an assignment was made.
    Decisions = 5, "rows.decisions";
    /// From a breaker's opening to its closing.
    Incidents = 6, "rows.incidents";
    /// Money and stock movements.
    Ledger = 7, "rows.ledger";
    /// The view row of a worker.
    Workers = 8, "rows.workers";
    /// Profile versions.
    Profiles = 9, "rows.profiles";
    /// Participants and their breakers.
    Participants = 10, "rows.participants";
    /// Stock on hand.
    Stock = 11, "rows.stock";
    /// Members and their balances.
    Members = 12, "rows.members";
    /// A call's timeline, by seq.
    Timeline = 13, "rows.timeline";
    /// What a client reads after a cursor.
    Feed = 14, "rows.feed";
    /// The view row of a call that is live or ended a short while ago, by call number.
    Live = 15, "rows.live";
    /// What people wrote down about calls, by seq.
    Notes = 16, "rows.notes";
    /// The names of service lines, by the line's number.
    Lines = 17, "rows.lines";
    /// The number of a call, by its line and its ordinal there.
    Ordinals = 18, "rows.ordinals";
}

#[cfg(test)]
mod tests {
    use super::Table;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_tables_share_a_number_or_a_name() {
        let codes: BTreeSet<u8> = Table::ALL.iter().map(|t| t.code()).collect();
        let names: BTreeSet<&str> = Table::ALL.iter().map(|t| t.name()).collect();
        assert_eq!((codes.len(), names.len()), (Table::ALL.len(), Table::ALL.len()));
        assert!(codes.iter().all(|code| *code < 64), "a store has a bit for each");
    }
}
