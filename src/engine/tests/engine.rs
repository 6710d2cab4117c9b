//! The engine as an embedder meets it: open, ask, close, open again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

use ascall_engine::domain::command::{Command, Contact, NewCall, NewWorker, Order, Person};
use ascall_engine::domain::event::{Duty, Spot, TelDigest};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{CallId, Seq};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::{Profile, Transport};
use ascall_engine::domain::world::Settings;
use ascall_engine::engine::{Config, Engine, OpenError};
use ascall_engine::views::CallFilter;
use std::collections::BTreeMap;

fn repair() -> Profile {
    serde_json::from_value(serde_json::json!({
        "name": "repair",
        "title": {"ko": "수리", "en": "repair"},
        "worker": {"ko": "기사", "en": "technician"},
        "steps": [{"name": "manage", "position": "before_open"}],
        "plan": [{"stage": "auto"}],
        "dispatch": {"search_ms": 86_400_000},
        "park_max_ms": 7_200_000,
        "cancel": {"until": "assigned"},
        "notices": [{
            "on": "assigned", "to": "customer",
            "text": {"ko": "{call} {worker}", "en": "{call} {worker}"}
        }],
    }))
    .unwrap()
}

fn request(tel: u64) -> Order {
    let person =
        Person { name: None, tel: Some(format!("0100000{tel:04}")), address: None, card: None };
    Order::by_operator(
        "kim",
        Command::RequestCall(NewCall {
            profile: "repair".to_owned(),
            contact: Contact { person, digest: Some(TelDigest(tel)), reachable: true },
            kind: None,
            spot: Some(Spot {
                point: "37.5663,126.9779".parse::<Point>().unwrap(),
                within_m: None,
            }),
            cost: None,
            priority: 1,
            fields: BTreeMap::new(),
            lang: ascall_engine::domain::profile::Lang::Ko,
            parent: None,
            member: None,
            visit: None,
        }),
    )
}

fn worker() -> Order {
    Order::by_operator(
        "kim",
        Command::AddWorker(NewWorker {
            contact: Contact::default(),
            services: Vec::new(),
            skills: Vec::new(),
            home: Some("37.57,126.98".parse().unwrap()),
            duty: Duty::On,
            handle: None,
        }),
    )
}

fn config(folder: &tempfile::TempDir) -> Config {
    let mut config = Config::at(folder.path().join("desk.redb"), "test");
    config.profiles = vec![repair()];
    config
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_closing_and_opening() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(&config(&folder)).unwrap();
    engine.handle(worker()).await.unwrap();
    let receipt = engine.handle(request(1)).await.unwrap();
    assert_eq!(receipt.call, Some(CallId(1)));
    engine.close().await.unwrap();

    let engine = Engine::open(&config(&folder)).unwrap();
    let row = engine.store().call(CallId(1)).unwrap().unwrap();
    assert_eq!(row.phase, Phase::Assigned);
    let live = engine.ask(|world, _| world.calls().count()).await.unwrap();
    assert_eq!(live, 1);
    engine.close().await.unwrap();
}

#[tokio::test]
async fn a_store_that_is_taken_names_who_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(&config(&folder)).unwrap();
    let second = Engine::open(&config(&folder));
    let Err(OpenError::Busy { holder: Some(holder), .. }) = second else {
        panic!("opened twice");
    };
    assert_eq!((holder.pid, holder.verb.as_str()), (std::process::id(), "test"));
    engine.close().await.unwrap();
}

#[tokio::test]
async fn a_subscription_sees_every_record_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(&config(&folder)).unwrap();
    let mut feed = engine.subscribe(Seq(0));
    for n in 0..20 {
        engine.handle(request(n)).await.unwrap();
    }
    let head = engine.store().head().unwrap().seq;
    let mut seen = Vec::new();
    while feed.cursor() < head {
        seen.extend(feed.next().await.unwrap().unwrap().into_iter().map(|r| r.seq.0));
    }
    assert_eq!(seen, (1..=head.0).collect::<Vec<_>>());
    engine.close().await.unwrap();
}

#[tokio::test]
async fn many_callers_share_commits_and_each_gets_one_call() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(&config(&folder)).unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..200 {
        let engine = engine.clone();
        let mut order = request(n);
        order.key = Some(format!("k{}", n % 100));
        order.command = request(n % 100).command;
        tasks.spawn(async move { engine.handle(order).await.unwrap().call.unwrap() });
    }
    let mut calls = Vec::new();
    while let Some(call) = tasks.join_next().await {
        calls.push(call.unwrap());
    }
    calls.sort_unstable();
    calls.dedup();
    assert_eq!(calls.len(), 100, "the same key gives the same call");
    let rows = engine.store().calls(&CallFilter::default()).unwrap();
    assert_eq!(rows.len(), 100);
    engine.close().await.unwrap();
}

#[tokio::test]
async fn a_worker_who_lost_a_call_is_still_found_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(&config(&folder)).unwrap();
    engine.handle(worker()).await.unwrap();
    engine.handle(request(1)).await.unwrap();
    let call = CallId(1);
    let cancel = Command::CancelCall { call, force: false };
    engine.handle(Order::by_operator("kim", cancel)).await.unwrap();
    let told = CallFilter {
        told: Some(ascall_engine::domain::ids::WorkerId(1)),
        ended: true,
        ..CallFilter::default()
    };
    let rows = engine.store().calls(&told).unwrap();
    assert_eq!(rows.iter().map(|row| row.call).collect::<Vec<_>>(), [call]);
    assert_eq!(rows[0].worker, None);
    engine.close().await.unwrap();
}

#[tokio::test]
async fn a_profile_and_a_participant_are_read_from_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(&config(&folder)).unwrap();
    engine.handle(request(1)).await.unwrap();
    let row = engine.store().call(CallId(1)).unwrap().unwrap();
    assert_eq!(engine.store().profile(row.profile).unwrap(), Some(repair()));
    let ids = engine.ask(|world, _| world.participants().map(|p| p.id).collect::<Vec<_>>());
    let ids = ids.await.unwrap();
    let name = engine.store().participant_name(ids[0]).unwrap();
    assert_eq!(name.as_deref(), Some("manage"));
    engine.close().await.unwrap();
}

#[tokio::test]
async fn the_state_before_a_record_is_that_of_the_records_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(&config(&folder)).unwrap();
    engine.handle(worker()).await.unwrap();
    let receipt = engine.handle(request(1)).await.unwrap();
    let before = engine.store().world_before(receipt.seq, Settings::default()).unwrap();
    assert_eq!((before.seq().next(), before.calls().count()), (receipt.seq, 0));
    let after = engine.store().world_before(receipt.seq.next(), Settings::default()).unwrap();
    assert_eq!((after.seq(), after.calls().count()), (receipt.seq, 1));
    engine.close().await.unwrap();
}

#[tokio::test]
async fn a_desk_that_closes_knows_what_became_of_its_notices() {
    let folder = tempfile::tempdir().unwrap();
    let sent = folder.path().join("sent");
    let mut by_program = config(&folder);
    by_program.profiles[0].notices[0].transport = Transport::Command;
    let words = ["sh", "-c", &format!("cat >> {}; echo >> {0}", sent.display())];
    by_program.couriers.command = Some(words.map(str::to_owned).to_vec());
    for _ in 0..3 {
        let engine = Engine::open(&by_program).unwrap();
        if engine.store().call(CallId(1)).unwrap().is_none() {
            engine.handle(worker()).await.unwrap();
            engine.handle(request(1)).await.unwrap();
        }
        let left = engine.close().await.unwrap();
        assert_eq!(left.notices, 0);
    }
    let lines = std::fs::read_to_string(&sent).unwrap().lines().count();
    assert_eq!(lines, 1, "sent once, by the host that closed");
}
