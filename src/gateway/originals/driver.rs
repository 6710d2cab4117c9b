//! Designated drivers and taxi calls (대리기사 호출, 택시호출): taxicall, taximanage, taxiassign, in English and in Korean.
//!
//! The Korean members are those of <https://github.com/logispert/taxi-guide>.

use super::dialect::{Dialect, Face, Slot, field};

pub(super) static DIALECT: Dialect = Dialect {
    line: "driver",
    by_reference: false,
    faces: &[
        Face {
            path: "drivercalls",
            members: &[
                ("tel", Slot::Tel),
                ("location", Slot::Location),
                ("status", Slot::Status),
                ("cost", Slot::Cost),
                ("transmission", field("transmission")),
            ],
        },
        Face {
            path: "drivermanages",
            members: &[
                ("callId", Slot::Call),
                ("tel", Slot::Tel),
                ("location", Slot::Location),
                ("status", Slot::Status),
                ("cost", Slot::Cost),
            ],
        },
        Face {
            path: "driverassigns",
            members: &[
                ("callId", Slot::Call),
                ("status", Slot::Status),
                ("driver", Slot::Worker),
                ("driverTel", Slot::WorkerTel),
            ],
        },
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
