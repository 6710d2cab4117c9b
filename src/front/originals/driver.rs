//! Designated drivers and taxi calls (대리기사 호출, 택시호출): taxicall, taximanage, taxiassign, in English and in Korean.
//! In English they are found by the name of the service, too.
//!
//! The Korean members are those of <https://github.com/logispert/taxi-guide>.

use super::{Dialect, Face, Member, Slot, field};

const CALLS: &[Member] = &[
    ("tel", Slot::Tel),
    ("location", Slot::Location),
    ("status", Slot::Status),
    ("cost", Slot::Cost),
    ("transmission", field("transmission")),
];

const MANAGES: &[Member] = &[
    ("callId", Slot::Call),
    ("tel", Slot::Tel),
    ("location", Slot::Location),
    ("status", Slot::Status),
    ("cost", Slot::Cost),
];

const ASSIGNS: &[Member] = &[
    ("callId", Slot::Call),
    ("status", Slot::Status),
    ("driver", Slot::Worker),
    ("driverTel", Slot::WorkerTel),
];

pub(super) static DIALECT: Dialect = Dialect {
    line: "driver",
    by_reference: false,
    faces: &[
        Face { path: "drivercalls", members: CALLS },
        Face { path: "taxicalls", members: CALLS },
        Face { path: "drivermanages", members: MANAGES },
        Face { path: "taximanages", members: MANAGES },
        Face { path: "driverassigns", members: ASSIGNS },
        Face { path: "taxiassigns", members: ASSIGNS },
        Face {
            path: "택시호출s",
            members: &[
                ("휴대폰번호", Slot::Tel),
                ("호출위치", Slot::Location),
                ("호출상태", Slot::Status),
                ("예상요금", Slot::Cost),
                ("운전형태", field("transmission")),
            ],
        },
        Face {
            path: "택시관리s",
            members: &[
                ("orderId", Slot::Call),
                ("고객휴대폰번호", Slot::Tel),
                ("호출위치", Slot::Location),
                ("호출상태", Slot::Status),
                ("예상요금", Slot::Cost),
                ("택시기사이름", Slot::Worker),
                ("택시기사휴대폰번호", Slot::WorkerTel),
            ],
        },
        Face {
            path: "택시할당s",
            members: &[
                ("orderId", Slot::Call),
                ("호출상태", Slot::Status),
                ("택시기사이름", Slot::Worker),
                ("택시기사전화번호", Slot::WorkerTel),
            ],
        },
    ],
    also: &[],
    words: &[],
    first_words: &[],
};
