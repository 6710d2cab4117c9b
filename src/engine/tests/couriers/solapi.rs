//! SOLAPI, against a fake of its documented behaviour.

use crate::fake::{Asked, Fake, Reply};
use crate::{SOON, couriers, parcel, secret};
use ascall_engine::couriers::{CourierSettings, Couriers, MessengerSettings, ProviderKind};
use ascall_engine::domain::command::Came;
use ascall_engine::domain::event::Said;
use ascall_engine::domain::ids::Millis;
use ascall_engine::domain::profile::Transport;
use serde_json::json;
use std::time::Duration;

const ID: &str = "M4V20180307110044DTYYJBBYLPQZIB1";

fn at(fake: &Fake) -> Couriers {
    let mut messenger = MessengerSettings::new(
        ProviderKind::Solapi,
        "NCSAYU7YDBXYORXC",
        secret("FAKE-SECRET-OF-NOBODY"),
        "02-0000-1234",
    );
    (messenger.url, messenger.sms_url) = (fake.url.clone(), fake.url.clone());
    messenger.channel = Some("KA01PF1".to_owned());
    messenger.looks = vec![Duration::ZERO; 3];
    messenger.deadline = SOON;
    couriers(CourierSettings { messenger: Some(messenger), ..CourierSettings::default() })
}

/// What is answered to a message that is sent: always 200, the truth is inside.
fn sent(code: &str) -> Reply {
    Reply::json(&json!({
        "groupId": "G4V202009091423236IK8I5YYTFB09VE", "messageId": ID, "statusCode": code,
        "statusMessage": "…", "to": "01000001234", "from": "0200001234", "type": "ATA",
        "country": "82", "accountId": "12925149",
    }))
}

/// What is answered to the question what became of it.
fn became(code: &str) -> Reply {
    Reply::json(&json!({
        "startKey": null, "limit": 20,
        "messageList": { ID: { "messageId": ID, "status": "COMPLETE", "statusCode": code } },
    }))
}

async fn sending(code: &'static str) -> Came {
    let fake = Fake::new(move |_, _| sent(code)).await;
    at(&fake).carry(&parcel(Transport::Alimtalk)).await
}

fn accepted() -> Came {
    Came::Accepted { reference: ID.to_owned() }
}

/// The signature as the documentation has it, by another implementation of HMAC-SHA256.
fn is_signed(asked: &Asked) -> bool {
    let header = asked.header("authorization");
    let Some(fields) = header.strip_prefix("HMAC-SHA256 apiKey=NCSAYU7YDBXYORXC, ") else {
        return false;
    };
    let field = |name: &str| {
        let mut fields = fields.split(", ");
        fields.find_map(|field| field.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default()
    };
    let (date, salt) = (field("date"), field("salt"));
    let mac = hmac_sha256::HMAC::mac(format!("{date}{salt}"), "FAKE-SECRET-OF-NOBODY");
    let hex: Vec<String> = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    (12..=64).contains(&salt.len()) && field("signature") == hex.concat()
}

#[tokio::test]
async fn an_alimtalk_is_sent_with_its_template_and_signed() {
    let fake = Fake::new(|_, _| sent("2000")).await;
    assert_eq!(at(&fake).carry(&parcel(Transport::Alimtalk)).await, accepted());
    let [asked] = &fake.asked()[..] else { panic!("asked once") };
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/messages/v4/send"));
    assert!(is_signed(asked), "{}", asked.header("authorization"));
    assert!(asked.header("authorization").contains("date=2027-01-15T08:00:00.000Z,"));
    let options = json!({
        "pfId": "KA01PF1", "templateId": "KA01TP1", "disableSms": true,
        "variables": { "#{기사}": "김하나" },
    });
    let message = json!({
        "to": "01000001234", "from": "0200001234", "type": "ATA", "kakaoOptions": options,
    });
    assert_eq!(asked.json(), json!({ "message": message }));
}

#[tokio::test]
async fn a_text_message_is_sent_with_its_sentence() {
    let fake = Fake::new(|_, _| sent("2000")).await;
    let by_sms = ascall_engine::couriers::Parcel { by_sms: true, ..parcel(Transport::Alimtalk) };
    for parcel in [parcel(Transport::Sms), by_sms] {
        assert_eq!(at(&fake).carry(&parcel).await, accepted());
    }
    for asked in fake.asked() {
        let text = "C-7 기사 김하나, 010-0000-0001";
        let message = json!({ "to": "01000001234", "from": "0200001234", "text": text });
        assert_eq!(asked.json(), json!({ "message": message }));
    }
}

#[tokio::test]
async fn an_error_inside_a_200_is_a_refusal_or_passes() {
    for code in ["1042", "1043", "1062", "3103", "3104", "3107"] {
        assert_eq!(sending(code).await, Came::Refused(Said::code(code)));
    }
    for code in ["1024", "1030", "2230", "3024"] {
        assert_eq!(sending(code).await, Came::Failed { said: Said::code(code), wait: None });
    }
    assert_eq!(sending("4000").await, Came::Taken(Said::code("4000")));
    let broken = Fake::new(|_, _| Reply::Say(200, "", "<html>".to_owned())).await;
    let came = at(&broken).carry(&parcel(Transport::Sms)).await;
    assert_eq!(came, Came::Failed { said: Said::Unreadable, wait: None });
}

#[tokio::test]
async fn a_request_at_fault_is_refused_by_its_code_and_an_account_at_fault_is_tried_again() {
    let said = |status: u16, code: &'static str| async move {
        let body = json!({ "errorCode": code, "errorMessage": "to 01000001234 is …" });
        let fake = Fake::new(move |_, _| Reply::Say(status, "", body.to_string())).await;
        at(&fake).carry(&parcel(Transport::Sms)).await
    };
    let refused = Came::Refused(Said::code("ValidationError"));
    assert_eq!(said(400, "ValidationError").await, refused);
    for status in [401, 402, 403, 500] {
        let failed = Came::Failed { said: Said::Status(status), wait: None };
        assert_eq!(said(status, "SignatureDoesNotMatch").await, failed);
    }
}

#[tokio::test]
async fn a_rate_limit_holds_everything_back_with_or_without_a_time() {
    for (headers, wait) in [("retry-after: 30\r\n", 30_000), ("", 5_000)] {
        let limit = json!({ "errorCode": "TooManyRequests", "errorMessage": "…" }).to_string();
        let fake = Fake::new(move |_, before| match before {
            0 => Reply::Say(429, headers, limit.clone()),
            _ => sent("2000"),
        })
        .await;
        let (couriers, parcel) = (at(&fake), parcel(Transport::Alimtalk));
        let came = couriers.carry(&parcel).await;
        assert_eq!(came, Came::Failed { said: Said::Status(429), wait: Some(Millis(wait)) });
        assert_eq!(couriers.carry(&parcel).await, accepted());
    }
}

#[tokio::test]
async fn what_became_of_it_is_asked_until_somebody_knows() {
    let asks = |answers: Vec<&'static str>| async move {
        let fake = Fake::new(move |_, before| match answers.get(before) {
            Some(code) => became(code),
            None => Reply::Hang,
        })
        .await;
        let reference = Some(ID.to_owned());
        let parcel = ascall_engine::couriers::Parcel { reference, ..parcel(Transport::Alimtalk) };
        let came = at(&fake).carry(&parcel).await;
        (came, fake)
    };
    let (came, fake) = asks(vec!["2000", "3000", "4000"]).await;
    assert_eq!(came, Came::Taken(Said::code("4000")));
    let all = fake.asked();
    assert!(all.iter().all(|asked| asked.method == "GET" && is_signed(asked)));
    assert_eq!(all[0].path, format!("/messages/v4/list?messageId={ID}"));
    let salts: std::collections::BTreeSet<&str> =
        all.iter().map(|asked| asked.header("authorization")).collect();
    assert_eq!(salts.len(), all.len(), "no signature is used twice");
    let (came, _) = asks(vec!["3000", "3104"]).await;
    assert_eq!(came, Came::Refused(Said::code("3104")), "not a user of KakaoTalk");
    let (came, _) = asks(vec!["3000"]).await;
    assert_eq!(came, Came::Taken(Said::Unconfirmed), "never sent again for want of a word");
}

#[tokio::test]
async fn without_a_number_or_a_template_nothing_is_asked() {
    let fake = Fake::new(|_, _| sent("2000")).await;
    let mut parcel = parcel(Transport::Alimtalk);
    parcel.letter.form = None;
    assert_eq!(at(&fake).carry(&parcel).await, Came::Refused(Said::NoTemplate));
    for number in [None, Some("nobody".to_owned())] {
        parcel.letter.to = number;
        assert_eq!(at(&fake).carry(&parcel).await, Came::Refused(Said::NoNumber));
    }
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn a_lost_answer_is_told_from_one_that_never_left() {
    let hanging = Fake::new(|_, _| Reply::Hang).await;
    let came = at(&hanging).carry(&parcel(Transport::Sms)).await;
    assert_eq!(came, Came::Failed { said: Said::Timeout, wait: None });
    let mut away = hanging;
    away.url = "http://127.0.0.1:9".to_owned();
    let came = at(&away).carry(&parcel(Transport::Sms)).await;
    assert_eq!(came, Came::Failed { said: Said::Unreached, wait: None });
}
