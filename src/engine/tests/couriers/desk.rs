//! A whole desk with its couriers: what is journalled of each try, and what a person can do about it.

use crate::fake::{Asked, Fake, Reply};
use crate::{SOON, secret};
use ascall_engine::couriers::{
    CourierSettings, MessengerSettings, ProviderKind, Secret, WebhookSettings,
};
use ascall_engine::domain::command::{Command, Contact, NewCall, NewWorker, Order, Person};
use ascall_engine::domain::event::{
    Concern, Duty, Event, NoticeKey, Record, Said, Spot, TelDigest,
};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{CallId, Seq, WorkerId};
use ascall_engine::domain::profile::{Lang, NoticeOn, Profile, Role};
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::engine::{Config, Engine, HandleError};
use ascall_engine::verify::{Checker, Quiet};
use ascall_engine::views::letter::Form;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use tempfile::TempDir;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Repairs of which the customer is told by `transport`.
fn profile(transport: &str) -> Profile {
    serde_json::from_value(json!({
        "name": "repair",
        "title": {"ko": "수리", "en": "repair"},
        "worker": {"ko": "기사", "en": "technician"},
        "plan": [{"stage": "auto"}],
        "dispatch": {"search_ms": 86_400_000},
        "park_max_ms": 7_200_000,
        "cancel": {"until": "assigned"},
        "notices": [{
            "on": "assigned", "to": "customer", "transport": transport,
            "text": {"ko": "{call} {worker}", "en": "{call} {worker}"}
        }],
    }))
    .unwrap()
}

fn config(folder: &TempDir, transport: &str, couriers: CourierSettings) -> Config {
    let profiles = vec![profile(transport)];
    Config { profiles, couriers, ..Config::at(folder.path().join("desk.redb"), "test") }
}

fn by_webhook(fake: &Fake) -> CourierSettings {
    let secrets: Vec<Secret> = vec![secret(SECRET)];
    let webhook = WebhookSettings { deadline: SOON, ..WebhookSettings::new(&fake.url, secrets) };
    CourierSettings { webhook: Some(webhook), ..CourierSettings::default() }
}

fn by_solapi(fake: &Fake, looks: &[u64]) -> CourierSettings {
    let secret = secret("FAKE-SECRET-OF-NOBODY");
    let mut messenger = MessengerSettings::new(ProviderKind::Solapi, "KEY", secret, "02-0000-1234");
    (messenger.url, messenger.sms_url) = (fake.url.clone(), fake.url.clone());
    messenger.channel = Some("KA01PF1".to_owned());
    messenger.looks = looks.iter().map(|ms| Duration::from_millis(*ms)).collect();
    messenger.deadline = SOON;
    let blanks = BTreeMap::from([("기사".to_owned(), "{worker}".to_owned())]);
    let form = Form { code: "KA01TP1".to_owned(), blanks };
    let of_role = BTreeMap::from([(Role::Customer, form)]);
    let of_news = BTreeMap::from([(NoticeOn::Assigned, of_role)]);
    messenger.forms.insert("repair".to_owned(), of_news);
    CourierSettings { messenger: Some(messenger), ..CourierSettings::default() }
}

fn contact(number: u64) -> Contact {
    let tel = Some(format!("0100000{number:04}"));
    let person = Person { name: Some("김하나".to_owned()), tel, ..Person::default() };
    Contact { person, digest: Some(TelDigest(number)), reachable: true }
}

/// One worker, and one call that the worker has: its customer is to be told.
async fn one_call(engine: &Engine) {
    let home: Point = "37.5663,126.9779".parse().unwrap();
    let worker = NewWorker {
        contact: contact(1),
        services: Vec::new(),
        skills: Vec::new(),
        home: Some(home),
        handle: None,
        duty: Duty::On,
    };
    let call = NewCall {
        profile: "repair".to_owned(),
        contact: contact(2),
        kind: None,
        spot: Some(Spot { point: home, within_m: None }),
        cost: None,
        priority: 1,
        fields: BTreeMap::new(),
        lang: Lang::Ko,
        parent: None,
        member: None,
        visit: None,
    };
    for command in [Command::AddWorker(worker), Command::RequestCall(call)] {
        engine.handle(Order::by_operator("kim", command)).await.unwrap();
    }
}

fn journal(engine: &Engine) -> Vec<Record> {
    engine.store().records(Seq(1), 1_000).unwrap()
}

/// Waits for a record with such an event.
async fn until(engine: &Engine, after: Seq, is_it: impl Fn(&Event) -> bool) -> Seq {
    let mut records = engine.subscribe(after);
    let wait = async {
        loop {
            let next = records.next().await.unwrap().expect("the desk is open");
            let found = next.iter().find(|record| record.events.iter().any(&is_it));
            if let Some(record) = found {
                return record.seq;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect("it happens")
}

fn is_delivered(event: &Event) -> bool {
    matches!(event, Event::NoticeDelivered { .. })
}

/// What was journalled of the one notice, in short.
fn tries(records: &[Record]) -> Vec<String> {
    let events = records.iter().flat_map(|record| &record.events);
    let short = |event: &Event| {
        let text = |said: &Option<Said>| said.as_ref().map(Said::to_string).unwrap_or_default();
        Some(match event {
            Event::NoticeIssued { .. } => "issued".to_owned(),
            Event::NoticeAccepted { attempt, reference, .. } => {
                format!("accepted #{attempt} {reference}")
            }
            Event::NoticeDelivered { said, .. } => format!("delivered {}", text(said)),
            Event::NoticeFailed { attempt, retry_at, said, by_sms, .. } => {
                let then = match (retry_at, by_sms) {
                    (Some(_), true) => "sms",
                    (Some(_), false) => "again",
                    (None, _) => "dead",
                };
                format!("failed #{attempt} {}, {then}", text(said))
            }
            Event::NoticeResent { .. } => "resent".to_owned(),
            Event::AttentionRaised { concern: Concern::NoticeDead, .. } => "raised".to_owned(),
            Event::AttentionDone { .. } => "done".to_owned(),
            _ => return None,
        })
    };
    events.filter_map(short).collect()
}

/// No rule is broken, and nobody's name, number or secret is in the journal.
fn assert_sound(records: &[Record]) {
    let mut checker = Checker::new();
    for record in records {
        checker.record(record);
    }
    let report = checker.finish(Quiet::No);
    let faults: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let text = serde_json::to_string(&records).unwrap();
    for private in ["01000000001", "01000000002", "김하나", "MfKQ9r8G", "FAKE-SECRET"] {
        assert!(!text.contains(private), "{private}");
    }
}

fn notice(records: &[Record]) -> NoticeKey {
    let issued = records.iter().flat_map(|record| &record.events).find_map(|event| match event {
        Event::NoticeIssued { notice, .. } => Some(*notice),
        _ => None,
    });
    issued.expect("somebody is told")
}

async fn resend(engine: &Engine, notice: NoticeKey) -> Result<Seq, HandleError> {
    let command = Command::ResendNotice { notice, worker: Some(WorkerId(1)) };
    engine.handle(Order::by_operator("kim", command)).await.map(|receipt| receipt.seq)
}

fn is_sms(asked: &Asked) -> bool {
    asked.json()["message"]["type"] != "ATA"
}

/// A provider whose recipient does not use KakaoTalk: the answer to the sending says nothing of it.
async fn no_user() -> Fake {
    Fake::new(|asked, _| {
        if asked.method == "POST" {
            let id = if is_sms(asked) { "MSMS" } else { "MATA" };
            return Reply::json(&json!({ "messageId": id, "statusCode": "2000" }));
        }
        let (id, code) =
            if asked.path.ends_with("MSMS") { ("MSMS", "4000") } else { ("MATA", "3104") };
        Reply::json(&json!({ "messageList": { id: { "statusCode": code } } }))
    })
    .await
}

#[tokio::test]
async fn a_refused_alimtalk_goes_as_a_text_message_once_and_both_are_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let fake = no_user().await;
    let engine = Engine::open(&config(&folder, "alimtalk", by_solapi(&fake, &[0]))).unwrap();
    one_call(&engine).await;
    until(&engine, Seq(0), is_delivered).await;
    let records = journal(&engine);
    assert_eq!(
        tries(&records),
        [
            "issued",
            "accepted #1 MATA",
            "failed #1 code 3104, sms",
            "accepted #2 MSMS",
            "delivered code 4000",
        ]
    );
    assert_sound(&records);
    let sent = fake.by("POST");
    assert_eq!(sent.len(), 2, "each way once");
    let variables = &sent[0].json()["message"]["kakaoOptions"]["variables"];
    assert_eq!(*variables, json!({ "#{기사}": "김하나" }), "filled in as a sentence is");
    assert_eq!(sent[1].json()["message"]["text"], "C-1 김하나");
    engine.close().await.unwrap();
}

#[tokio::test]
async fn what_a_provider_has_is_asked_after_by_the_next_host_and_not_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let fake = no_user().await;
    let settings = by_solapi(&fake, &[600_000]);
    let engine = Engine::open(&config(&folder, "sms", settings)).unwrap();
    one_call(&engine).await;
    until(&engine, Seq(0), |event| matches!(event, Event::NoticeAccepted { .. })).await;
    let left = engine.close().await.unwrap();
    assert_eq!(left.notices, 1, "its outcome is not known yet");
    let engine = Engine::open(&config(&folder, "sms", by_solapi(&fake, &[0]))).unwrap();
    until(&engine, Seq(0), is_delivered).await;
    assert_eq!(tries(&journal(&engine)), ["issued", "accepted #1 MSMS", "delivered code 4000"]);
    assert_eq!(fake.by("POST").len(), 1);
    assert_sound(&journal(&engine));
    engine.close().await.unwrap();
}

#[tokio::test]
async fn a_lost_answer_brings_the_same_notice_again_under_the_same_id() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new(|_, before| match before {
        0 => Reply::Drop,
        _ => Reply::Say(200, "", String::new()),
    })
    .await;
    let engine = Engine::open(&config(&folder, "webhook", by_webhook(&fake))).unwrap();
    one_call(&engine).await;
    until(&engine, Seq(0), is_delivered).await;
    let records = journal(&engine);
    assert_eq!(tries(&records), ["issued", "failed #1 broken, again", "delivered status 200"]);
    let [first, second] = &fake.asked()[..] else { panic!("posted twice") };
    assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
    assert_eq!(first.body, second.body);
    assert_ne!(first.header("webhook-timestamp"), second.header("webhook-timestamp"));
    assert_sound(&records);
    engine.close().await.unwrap();
}

#[tokio::test]
async fn what_was_given_up_is_sent_again_by_a_person_and_its_attention_ends() {
    let folder = tempfile::tempdir().unwrap();
    let fake =
        Fake::new(|_, before| Reply::Say(if before == 0 { 410 } else { 200 }, "", String::new()))
            .await;
    let engine = Engine::open(&config(&folder, "webhook", by_webhook(&fake))).unwrap();
    one_call(&engine).await;
    let raised = |event: &Event| matches!(event, Event::AttentionRaised { .. });
    let seq = until(&engine, Seq(0), raised).await;
    let key = notice(&journal(&engine));
    // Nothing else is: not one that was never issued, nor one that speaks of somebody else.
    let never = NoticeKey { call: CallId(9), ..key };
    let refused = resend(&engine, never).await;
    assert!(matches!(refused, Err(HandleError::Refused(Refusal::NoSuchNotice { .. }))));
    let other = Command::ResendNotice { notice: key, worker: None };
    let refused = engine.handle(Order::by_operator("kim", other)).await;
    assert!(matches!(refused, Err(HandleError::Refused(Refusal::NoSuchNotice { .. }))));
    resend(&engine, key).await.unwrap();
    until(&engine, seq, is_delivered).await;
    let records = journal(&engine);
    assert_eq!(
        tries(&records),
        [
            "issued",
            "failed #1 status 410, dead",
            "raised",
            "resent",
            "delivered status 200",
            "done",
        ]
    );
    let ids: Vec<String> =
        fake.asked().iter().map(|asked| asked.header("webhook-id").to_owned()).collect();
    assert_eq!(ids[0], ids[1], "the same notice, also for its receiver");
    // Delivered: once more, because a person wants it.
    let seq = resend(&engine, key).await.unwrap();
    until(&engine, seq, is_delivered).await;
    assert_eq!(fake.asked().len(), 3);
    assert_sound(&journal(&engine));
    assert!(engine.ask(|world, _| world.attention().next().is_none()).await.unwrap());
    engine.close().await.unwrap();
}

#[tokio::test]
async fn a_rate_limit_holds_back_its_own_transport_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new(|asked, before| {
        if before == 0 {
            return Reply::Say(429, "retry-after: 1\r\n", String::new());
        }
        assert_eq!(asked.method, "POST");
        Reply::json(&json!({ "messageId": "MATA", "statusCode": "4000" }))
    })
    .await;
    let engine = Engine::open(&config(&folder, "alimtalk", by_solapi(&fake, &[0]))).unwrap();
    one_call(&engine).await;
    until(&engine, Seq(0), is_delivered).await;
    let records = journal(&engine);
    assert_eq!(tries(&records), ["issued", "failed #1 status 429, again", "delivered code 4000"]);
    let at = |event: fn(&Event) -> bool| {
        records.iter().find(|record| record.events.iter().any(event)).unwrap().at
    };
    let failed = at(|event| matches!(event, Event::NoticeFailed { .. }));
    assert!(at(is_delivered).since(failed).0 >= 1_000, "not before it may");
    assert_sound(&records);
    engine.close().await.unwrap();
}
