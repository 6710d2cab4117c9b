//! Student and teacher matching (과외 매칭): match, payment, visit, mypage, class.

use super::{Act, Dialect, Face, Slot};

pub(super) static DIALECT: Dialect = Dialect {
    line: "tutoring",
    by_reference: true,
    faces: &[
        Face {
            path: "matches",
            members: &[
                ("id", Slot::Call),
                ("price", Slot::Cost),
                ("status", Slot::Status),
                ("teacher", Slot::Worker),
                ("visitDate", Slot::Visit),
            ],
        },
        Face {
            path: "payments",
            members: &[
                ("matchId", Slot::Call),
                ("price", Slot::Cost),
                ("paid", Slot::Paid),
                ("refunded", Slot::Refunded),
                ("status", Slot::Payment),
            ],
        },
        Face {
            path: "visitReqLists",
            members: &[("matchId", Slot::Call), ("price", Slot::Cost), ("status", Slot::Status)],
        },
        Face {
            path: "visits",
            members: &[
                ("matchId", Slot::Call),
                ("teacher", Slot::Worker),
                ("visitDate", Slot::Visit),
                ("status", Slot::Status),
            ],
        },
        Face {
            path: "myPages",
            members: &[
                ("matchId", Slot::Call),
                ("price", Slot::Cost),
                ("teacher", Slot::Worker),
                ("visitDate", Slot::Visit),
                ("paid", Slot::Paid),
                ("refunded", Slot::Refunded),
                ("status", Slot::Status),
            ],
        },
        Face {
            path: "classStatuses",
            members: &[
                ("id", Slot::Call),
                ("teacher", Slot::Worker),
                ("visitDate", Slot::Visit),
                ("status", Slot::Status),
            ],
        },
    ],
    also: &[],
    words: &[("classFinished", Act::Finish)],
    first_words: &["matchRequest"],
};
