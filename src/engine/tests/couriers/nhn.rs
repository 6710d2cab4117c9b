//! NHN Cloud, against a fake of its documented behaviour.

use crate::fake::{Asked, Fake, Reply};
use crate::{SOON, couriers, parcel, secret};
use ascall_engine::couriers::{CourierSettings, Couriers, MessengerSettings, Parcel, ProviderKind};
use ascall_engine::domain::command::Came;
use ascall_engine::domain::event::Said;
use ascall_engine::domain::ids::Millis;
use ascall_engine::domain::profile::Transport;
use serde_json::{Value, json};
use std::time::Duration;

const ID: &str = "20180810100630ReZQ6KZzAH0";

fn at(fake: &Fake) -> Couriers {
    let key = secret("talk-secret");
    let mut messenger = MessengerSettings::new(ProviderKind::Nhn, "talk-app", key, "02-0000-1234");
    (messenger.url, messenger.sms_url) = (fake.url.clone(), format!("{}/text", fake.url));
    messenger.sms = Some(("sms-app".to_owned(), secret("sms-secret")));
    messenger.channel = Some("sender-key".to_owned());
    messenger.looks = vec![Duration::ZERO; 3];
    messenger.deadline = SOON;
    couriers(CourierSettings { messenger: Some(messenger), ..CourierSettings::default() })
}

fn header(code: i64) -> Value {
    json!({ "resultCode": code, "resultMessage": "…", "isSuccessful": code == 0 })
}

/// What is answered to a message that is sent; `code` is the recipient's.
fn sent(asked: &Asked, code: i64) -> Reply {
    let of_one = json!([{
        "recipientSeq": 1, "recipientNo": "01000001234", "resultCode": code, "resultMessage": "…",
    }]);
    Reply::json(&if asked.path.contains("/alimtalk/") {
        json!({
            "header": header(0), "message": { "requestId": ID, "sendResults": of_one },
        })
    } else {
        let data = json!({ "requestId": ID, "statusCode": "2", "sendResultList": of_one });
        json!({ "header": header(0), "body": { "data": data } })
    })
}

fn by_sms(text: &str) -> Parcel {
    let mut parcel = parcel(Transport::Sms);
    text.clone_into(&mut parcel.letter.text);
    parcel
}

fn asked_after(kind: &str, transport: Transport) -> Parcel {
    Parcel { reference: Some(format!("{kind}/{ID}/1")), ..parcel(transport) }
}

#[tokio::test]
async fn an_alimtalk_is_sent_with_its_template_and_the_key_of_its_service() {
    let fake = Fake::new(|asked, _| sent(asked, 0)).await;
    let parcel = parcel(Transport::Alimtalk);
    let came = at(&fake).carry(&parcel).await;
    assert_eq!(came, Came::Accepted { reference: format!("alimtalk/{ID}/1") });
    let [asked] = &fake.asked()[..] else { panic!("asked once") };
    assert_eq!(asked.path, "/alimtalk/v2.3/appkeys/talk-app/messages");
    assert_eq!(asked.header("x-secret-key"), "talk-secret");
    let to = json!([{
        "recipientNo": "01000001234", "templateParameter": { "기사": "김하나" },
        "resendParameter": { "isResend": false },
    }]);
    assert_eq!(
        asked.json(),
        json!({ "senderKey": "sender-key", "templateCode": "KA01TP1", "recipientList": to })
    );
}

#[tokio::test]
async fn a_short_text_goes_brief_and_a_long_one_lengthy_with_a_title() {
    let fake = Fake::new(|asked, _| sent(asked, 0)).await;
    let (short, long) = ("가".repeat(45), "가".repeat(46));
    for (text, kind) in [(&short, "sms"), (&long, "mms")] {
        let came = at(&fake).carry(&by_sms(text)).await;
        assert_eq!(came, Came::Accepted { reference: format!("{kind}/{ID}/1") });
    }
    let [brief, lengthy] = &fake.asked()[..] else { panic!("asked twice") };
    assert_eq!(brief.path, "/text/sms/v3.0/appKeys/sms-app/sender/sms");
    assert_eq!(lengthy.path, "/text/sms/v3.0/appKeys/sms-app/sender/mms");
    assert_eq!(brief.header("x-secret-key"), "sms-secret");
    let to = json!([{ "recipientNo": "01000001234" }]);
    assert_eq!(brief.json(), json!({ "body": short, "sendNo": "0200001234", "recipientList": to }));
    assert_eq!(lengthy.json()["title"], "알림");
}

#[tokio::test]
async fn an_error_inside_a_200_is_a_refusal_or_passes() {
    for (code, passes) in [(-1027, false), (-3006, false), (-1001, true), (-9999, true)] {
        let said = Said::code(&code.to_string());
        let expected = if passes { Came::Failed { said, wait: None } } else { Came::Refused(said) };
        // Of the whole request, and of its one recipient.
        let whole = Fake::new(move |_, _| Reply::json(&json!({ "header": header(code) }))).await;
        let of_one = Fake::new(move |asked, _| sent(asked, code)).await;
        for fake in [whole, of_one] {
            for transport in [Transport::Alimtalk, Transport::Sms] {
                assert_eq!(at(&fake).carry(&parcel(transport)).await, expected, "{code}");
            }
        }
    }
    let broken = Fake::new(|_, _| Reply::Say(200, "", "{}".to_owned())).await;
    let came = at(&broken).carry(&parcel(Transport::Sms)).await;
    assert_eq!(came, Came::Failed { said: Said::Unreadable, wait: None });
}

#[tokio::test]
async fn a_rate_limit_and_a_sick_server_are_tried_again() {
    for (status, headers, wait) in
        [(429, "", Some(5_000)), (429, "retry-after: 2\r\n", Some(2_000)), (500, "", None)]
    {
        let fake = Fake::new(move |_, _| Reply::Say(status, headers, String::new())).await;
        let came = at(&fake).carry(&parcel(Transport::Alimtalk)).await;
        let wait = wait.map(Millis);
        assert_eq!(came, Came::Failed { said: Said::Status(status), wait });
    }
}

/// As documented: a key that was used within ten minutes is refused with -1005.
#[tokio::test]
async fn a_lost_answer_does_not_send_an_alimtalk_twice() {
    let fake = Fake::new(|asked, before| match before {
        // Taken, and the answer is lost.
        0 => Reply::Drop,
        1 => Reply::json(&json!({ "header": header(-1005) })),
        _ => sent(asked, 0),
    })
    .await;
    let couriers = at(&fake);
    let mut parcel = parcel(Transport::Alimtalk);
    let lost = Came::Failed { said: Said::Broken, wait: None };
    assert_eq!(couriers.carry(&parcel).await, lost);
    assert_eq!(couriers.carry(&parcel).await, Came::Taken(Said::code("-1005")));
    // After a try that surely came to nothing it is another request.
    parcel.surely = 2;
    assert!(matches!(couriers.carry(&parcel).await, Came::Accepted { .. }));
    let keys: Vec<String> = fake
        .asked()
        .iter()
        .map(|asked| asked.header("x-nc-api-idempotency-key").to_owned())
        .collect();
    assert!(keys[0] == keys[1] && keys[1] != keys[2] && !keys[0].is_empty(), "{keys:?}");
}

#[tokio::test]
async fn what_became_of_it_is_asked_until_somebody_knows() {
    let talk = |status: &str, code: &str| json!({ "header": header(0), "message": { "messageStatus": status, "resultCode": code } });
    let text = |status: &str, code: &str| {
        let data = json!({ "msgStatus": status, "resultCode": code });
        json!({ "header": header(0), "body": { "data": data } })
    };
    let cases = [
        (asked_after("alimtalk", Transport::Alimtalk), talk("COMPLETED", "1000"), true, "1000"),
        (asked_after("alimtalk", Transport::Alimtalk), talk("FAILED", "3018"), false, "3018"),
        (asked_after("sms", Transport::Sms), text("3", "1000"), true, "1000"),
        (asked_after("mms", Transport::Sms), text("0", "3001"), false, "3001"),
    ];
    for (parcel, at_last, taken, code) in cases {
        let pending = [talk("READY", ""), text("2", "")]
            [usize::from(parcel.notice.transport == Transport::Sms)]
        .clone();
        let fake = Fake::new(move |_, before| match before {
            0 => Reply::json(&pending),
            1 => Reply::Say(500, "", String::new()),
            _ => Reply::json(&at_last),
        })
        .await;
        let came = at(&fake).carry(&parcel).await;
        let said = Said::code(code);
        assert_eq!(came, if taken { Came::Taken(said) } else { Came::Refused(said) });
        let path = fake.asked()[0].path.clone();
        let kind = parcel.reference.as_deref().unwrap().split('/').next().unwrap().to_owned();
        let expected = match kind.as_str() {
            "alimtalk" => format!("/alimtalk/v2.3/appkeys/talk-app/messages/{ID}/1"),
            kind => format!("/text/sms/v3.0/appKeys/sms-app/sender/{kind}/{ID}?recipientSeq=1"),
        };
        assert_eq!(path, expected);
        assert!(fake.asked().iter().all(|asked| asked.method == "GET"));
    }
}
