//! After-sales technician calls (수리기사 호출): ascall, asmanage, asassign.

use super::{Dialect, Face, Slot};

pub(super) static DIALECT: Dialect = Dialect {
    line: "repair",
    by_reference: false,
    faces: &[
        Face {
            path: "ascalls",
            members: &[
                ("tel", Slot::Tel),
                ("location", Slot::Location),
                ("kind", Slot::Kind),
                ("status", Slot::Status),
                ("cost", Slot::Cost),
            ],
        },
        Face {
            path: "asmanages",
            members: &[
                ("callId", Slot::Call),
                ("tel", Slot::Tel),
                ("location", Slot::Location),
                ("kind", Slot::Kind),
                ("status", Slot::Status),
                ("cost", Slot::Cost),
            ],
        },
        Face {
            path: "asassigns",
            members: &[
                ("callId", Slot::Call),
                ("status", Slot::Status),
                ("technician", Slot::Worker),
                ("technicianTel", Slot::WorkerTel),
            ],
        },
    ],
    also: &[],
    words: &[],
    first_words: &[],
};
