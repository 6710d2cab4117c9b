//! The transport `webhook`, its signatures read by the reference implementation of Standard Webhooks.

use crate::fake::{Asked, Fake, Reply};
use crate::{AT, SOON, couriers, parcel, secret};
use ascall_engine::couriers::{CourierSettings, Couriers, Secret, WebhookSettings};
use ascall_engine::domain::command::Came;
use ascall_engine::domain::event::Said;
use ascall_engine::domain::ids::Millis;
use ascall_engine::domain::profile::Transport;
use standardwebhooks::Webhook;

const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEW: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const OTHER: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn to(fake: &Fake, secrets: &[&str]) -> Couriers {
    let secrets: Vec<Secret> = secrets.iter().map(|text| secret(text)).collect();
    let webhook = WebhookSettings { deadline: SOON, ..WebhookSettings::new(&fake.url, secrets) };
    couriers(CourierSettings { webhook: Some(webhook), ..CourierSettings::default() })
}

fn verified(asked: &Asked, secret: &str) -> bool {
    let webhook = Webhook::new(secret).unwrap();
    let id = asked.header("webhook-id");
    let timestamp = asked.header("webhook-timestamp").parse().unwrap();
    let ours = webhook.sign(id, timestamp, asked.body.as_bytes()).unwrap();
    asked.header("webhook-signature").split(' ').any(|signature| signature == ours)
}

async fn answered(status: u16, headers: &'static str) -> Came {
    let fake = Fake::new(move |_, _| Reply::Say(status, headers, String::new())).await;
    to(&fake, &[NEW]).carry(&parcel(Transport::Webhook)).await
}

#[tokio::test]
async fn a_notice_is_posted_once_signed_with_every_secret() {
    let fake = Fake::new(|_, _| Reply::Say(202, "", String::new())).await;
    let parcel = parcel(Transport::Webhook);
    let came = to(&fake, &[NEW, OLD]).carry(&parcel).await;
    assert_eq!(came, Came::Taken(Said::Status(202)));
    let [asked] = &fake.asked()[..] else { panic!("asked once") };
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/"));
    assert_eq!(asked.header("webhook-id"), parcel.id);
    assert_eq!(asked.header("webhook-timestamp"), (AT.0 / 1_000).to_string());
    assert!(verified(asked, NEW) && verified(asked, OLD), "both, for a time of change");
    assert!(!verified(asked, OTHER), "nobody else's");
    let tampered = Asked { body: asked.body.replace("C-7", "C-8"), ..asked.clone() };
    assert!(!verified(&tampered, NEW), "another body");
    assert_eq!(
        asked.json(),
        serde_json::json!({
            "type": "notice.assigned",
            "timestamp": "2027-01-15T07:59:59.750Z",
            "data": {
                "key": "42/1/S-3/webhook",
                "call": "C-7",
                "profile": "repair",
                "role": "customer",
                "to": "01000001234",
                "text": "C-7 기사 김하나, 010-0000-0001",
            },
        })
    );
}

#[tokio::test]
async fn only_a_2xx_takes_it_and_only_gone_refuses_it() {
    assert_eq!(answered(204, "").await, Came::Taken(Said::Status(204)));
    assert_eq!(answered(410, "").await, Came::Refused(Said::Status(410)));
    for status in [302, 400, 401, 404, 500, 502] {
        let came = Came::Failed { said: Said::Status(status), wait: None };
        assert_eq!(answered(status, "location: /elsewhere\r\n").await, came, "{status}");
    }
    for status in [429, 503] {
        let came = Came::Failed { said: Said::Status(status), wait: Some(Millis(7_000)) };
        assert_eq!(answered(status, "retry-after: 7\r\n").await, came, "{status}");
    }
}

#[tokio::test]
async fn a_receiver_that_hangs_breaks_or_is_not_there_is_tried_again() {
    let failed = |said| Came::Failed { said, wait: None };
    let hanging = Fake::new(|_, _| Reply::Hang).await;
    let parcel = parcel(Transport::Webhook);
    assert_eq!(to(&hanging, &[NEW]).carry(&parcel).await, failed(Said::Timeout));
    let breaking = Fake::new(|_, _| Reply::Drop).await;
    assert_eq!(to(&breaking, &[NEW]).carry(&parcel).await, failed(Said::Broken));
    let mut away = breaking;
    away.url = "http://127.0.0.1:9".to_owned();
    assert_eq!(to(&away, &[NEW]).carry(&parcel).await, failed(Said::Unreached));
}

#[tokio::test]
async fn who_is_gone_is_posted_nothing_until_a_person_wants_it() {
    let fake =
        Fake::new(|_, before| Reply::Say(if before == 0 { 410 } else { 200 }, "", String::new()))
            .await;
    let couriers = to(&fake, &[NEW]);
    let mut parcel = parcel(Transport::Webhook);
    assert_eq!(couriers.carry(&parcel).await, Came::Refused(Said::Status(410)));
    assert_eq!(couriers.carry(&parcel).await, Came::Refused(Said::Gone));
    assert_eq!(fake.asked().len(), 1, "the second was not posted");
    parcel.again = true;
    assert_eq!(couriers.carry(&parcel).await, Came::Taken(Said::Status(200)));
    parcel.again = false;
    assert_eq!(couriers.carry(&parcel).await, Came::Taken(Said::Status(200)), "it is back");
}

#[test]
fn a_secret_that_signs_nothing_is_refused_and_never_shown() {
    use ascall_engine::couriers::BadCourier;
    use ascall_engine::couriers::BadSecret::{Length, Missing, NotBase64, Prefix};
    let check = |secrets: &[&str]| {
        let secrets = secrets.iter().map(|text| secret(text)).collect();
        let webhook = Some(WebhookSettings::new("http://127.0.0.1:9", secrets));
        match Couriers::new(CourierSettings { webhook, ..CourierSettings::default() }) {
            Ok(_) => None,
            Err(BadCourier::Secret { number, source }) => Some((number, source)),
            Err(other) => panic!("{other}"),
        }
    };
    assert_eq!(check(&[NEW, OLD]), None);
    assert_eq!(check(&[]), Some((1, Missing)));
    assert_eq!(check(&[NEW, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]), Some((2, Prefix)));
    assert_eq!(check(&["whsec_***"]), Some((1, NotBase64)));
    assert_eq!(check(&["whsec_AAAA"]), Some((1, Length { bytes: 3 })));
    let shown = format!("{:?}", WebhookSettings::new("http://127.0.0.1:9", vec![secret(NEW)]));
    assert!(!shown.contains("C2FVsBQ"), "{shown}");
    let bad = WebhookSettings::new("http://kim:pw@127.0.0.1:9", vec![secret(NEW)]);
    let bad = CourierSettings { webhook: Some(bad), ..CourierSettings::default() };
    assert!(Couriers::new(bad).is_err(), "a password in the address would be shown with it");
}
