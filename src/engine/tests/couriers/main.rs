//! Notices on their way outside, against fakes of the documented behaviour of those who take them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

mod desk;
mod fake;
mod nhn;
mod solapi;
mod webhook;

use ascall_engine::couriers::{CourierSettings, Couriers, Parcel, Secret};
use ascall_engine::domain::event::NoticeKey;
use ascall_engine::domain::ids::{CallId, Seq, SubjectId, Time};
use ascall_engine::domain::profile::{NoticeOn, Role, Transport};
use ascall_engine::views::letter::{Form, Letter};
use std::collections::BTreeMap;
use std::time::Duration;

/// When the tries of these tests begin.
const AT: Time = Time(1_800_000_000_000);

/// As long as a test waits for somebody who will not answer.
const SOON: Duration = Duration::from_millis(80);

fn parcel(transport: Transport) -> Parcel {
    let notice = NoticeKey { seq: Seq(42), call: CallId(7), rule: 1, to: SubjectId(3), transport };
    Parcel {
        notice,
        id: Parcel::id_of(5, &notice),
        issued_at: Time(AT.0 - 250),
        at: AT,
        by_sms: false,
        reference: None,
        surely: 0,
        again: false,
        letter: Letter {
            to: Some("01000001234".to_owned()),
            profile: "repair".to_owned(),
            on: NoticeOn::Assigned,
            role: Role::Customer,
            text: "C-7 기사 김하나, 010-0000-0001".to_owned(),
            form: Some(Form {
                code: "KA01TP1".to_owned(),
                blanks: BTreeMap::from([("기사".to_owned(), "김하나".to_owned())]),
            }),
        },
    }
}

fn secret(text: &str) -> Secret {
    Secret::new(text)
}

fn couriers(settings: CourierSettings) -> Couriers {
    Couriers::new(settings).unwrap()
}

#[tokio::test]
async fn what_nobody_is_configured_for_is_not_taken() {
    use ascall_engine::domain::command::Came;
    use ascall_engine::domain::event::Said;
    let couriers = couriers(CourierSettings::default());
    for transport in [Transport::Command, Transport::Webhook, Transport::Alimtalk, Transport::Sms] {
        let came = couriers.carry(&parcel(transport)).await;
        assert_eq!(came, Came::Failed { said: Said::NotConfigured, wait: None });
    }
}

#[test]
fn the_id_of_a_notice_is_its_own_at_every_desk_and_says_nothing() {
    let key = |seq| NoticeKey { seq: Seq(seq), ..parcel(Transport::Webhook).notice };
    let id = Parcel::id_of(5, &key(42));
    assert_eq!(id, Parcel::id_of(5, &key(42)));
    assert_ne!(id, Parcel::id_of(6, &key(42)), "another desk");
    assert_ne!(id, Parcel::id_of(5, &key(43)), "another notice");
    assert!(id.starts_with("msg_") && id.len() == 36 && !id.contains('.'), "{id}");
}
