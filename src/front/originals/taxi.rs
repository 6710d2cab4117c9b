//! `AnycallTaxi`: membership, call, taxi, payment, notify, service view.
//!
//! A taxi is found under the call that it has or had.

use super::{Act, Dialect, Face, Slot, field};

pub(super) static DIALECT: Dialect = Dialect {
    line: "taxi",
    by_reference: false,
    faces: &[
        Face {
            path: "memberShips",
            members: &[
                ("memberId", Slot::Id),
                ("name", Slot::Name),
                ("phoneNumber", Slot::Tel),
                ("card", Slot::Card),
                ("friendName", Slot::FriendName),
                ("friendPhoneNumber", Slot::FriendTel),
            ],
        },
        Face {
            path: "calls",
            members: &[
                ("memberId", Slot::Member),
                ("phoneNumber", Slot::Tel),
                ("startAddress", Slot::Location),
                ("endAddress", field("to")),
                ("callStatus", Slot::Status),
                ("taxiNumber", Slot::Worker),
                ("rating", Slot::Stars),
            ],
        },
        Face {
            path: "taxis",
            members: &[
                ("callId", Slot::Call),
                ("taxiNumber", Slot::Worker),
                ("taxiInfo", Slot::WorkerInfo),
                ("taxiStatus", Slot::Status),
            ],
        },
        Face {
            path: "payments",
            members: &[
                ("callId", Slot::Call),
                ("memberId", Slot::Member),
                ("price", Slot::Due),
                ("paid", Slot::Paid),
                ("refunded", Slot::Refunded),
                ("status", Slot::Payment),
            ],
        },
        Face {
            path: "notifies",
            members: &[
                ("callId", Slot::Call),
                ("callStatus", Slot::Status),
                ("messages", Slot::Messages),
            ],
        },
        Face {
            path: "taxiServiceInfos",
            members: &[
                ("callId", Slot::Call),
                ("memberId", Slot::Member),
                ("phoneNumber", Slot::Tel),
                ("startAddress", Slot::Location),
                ("endAddress", field("to")),
                ("callStatus", Slot::Status),
                ("taxiNumber", Slot::Worker),
                ("taxiInfo", Slot::WorkerInfo),
                ("taxiLocation", Slot::WorkerPlace),
                ("price", Slot::Due),
                ("paid", Slot::Paid),
                ("rating", Slot::Stars),
            ],
        },
    ],
    also: &[
        ("fare", Slot::Due),
        ("review", Slot::Review),
        ("memberName", Slot::Name),
        ("cardNo", Slot::Card),
        ("friendPhone", Slot::FriendTel),
    ],
    words: &[("서비스평가", Act::Rate)],
    first_words: &["호출"],
};
