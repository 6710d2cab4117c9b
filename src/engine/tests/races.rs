//! Many at once on one running desk: what only one can have goes to one, and goods add up to the piece.
//!
//! Invariant: every caller here runs as a task of its own and nobody waits for another.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

use ascall_engine::domain::command::{Command, Contact, NewCall, NewWorker, Order, Person};
use ascall_engine::domain::event::{Duty, Spot, TelDigest};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{CallId, WorkerId};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::{Lang, Profile};
use ascall_engine::domain::refusal::Refusal;
use ascall_engine::engine::{Config, Engine, HandleError};
use ascall_engine::views::{StepMark, StockRow};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::task::JoinSet;

/// A desk with one service line, whose plan and more are `own`.
fn desk(folder: &tempfile::TempDir, own: &Value) -> Engine {
    let mut profile = json!({
        "name": "line",
        "title": {"ko": "일", "en": "line"},
        "worker": {"ko": "기사", "en": "worker"},
        "dispatch": {"search_ms": 86_400_000},
        "park_max_ms": 7_200_000,
        "cancel": {"until": "assigned"},
    });
    profile.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
    let profile: Profile = serde_json::from_value(profile).unwrap();
    let mut config = Config::at(folder.path().join("desk.redb"), "test");
    config.profiles = vec![profile];
    Engine::open(&config).unwrap()
}

async fn order(engine: &Engine, command: Command) -> Result<Option<CallId>, Refusal> {
    match engine.handle(Order::by_operator("kim", command)).await {
        Ok(receipt) => Ok(receipt.call),
        Err(HandleError::Refused(refusal)) => Err(refusal),
        Err(other) => panic!("{other}"),
    }
}

/// All of it at once; what each was answered.
async fn at_once(
    engine: &Engine,
    commands: impl IntoIterator<Item = Command>,
) -> Vec<Result<Option<CallId>, Refusal>> {
    let mut tasks = JoinSet::new();
    for command in commands {
        let engine = engine.clone();
        tasks.spawn(async move { order(&engine, command).await });
    }
    tasks.join_all().await
}

fn place() -> Point {
    "37.5663,126.9779".parse().unwrap()
}

fn request(tel: u64, fields: &[(&str, &str)]) -> Command {
    let person = Person { tel: Some(format!("0100000{tel:04}")), ..Person::default() };
    Command::RequestCall(NewCall {
        profile: "line".to_owned(),
        contact: Contact { person, digest: Some(TelDigest(tel)), reachable: true },
        kind: None,
        spot: Some(Spot { point: place(), within_m: None }),
        cost: None,
        priority: 1,
        fields: fields
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect::<BTreeMap<_, _>>(),
        lang: Lang::Ko,
        parent: None,
        member: None,
        visit: None,
    })
}

async fn workers(engine: &Engine, count: u64) {
    let worker = || {
        Command::AddWorker(NewWorker {
            contact: Contact::default(),
            services: Vec::new(),
            skills: Vec::new(),
            home: Some(place()),
            duty: Duty::On,
            handle: None,
        })
    };
    for added in at_once(engine, (0..count).map(|_| worker())).await {
        added.unwrap();
    }
}

/// One won; everybody else was told who. Says who.
fn one_winner(call: CallId, answers: Vec<Result<Option<CallId>, Refusal>>) -> WorkerId {
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1, "{lost:?}");
    let Some(Err(Refusal::CallTaken { worker, .. })) = lost.first().cloned() else {
        panic!("{lost:?}");
    };
    let named = Err(Refusal::CallTaken { call, worker });
    assert!(lost.iter().all(|answer| *answer == named), "{lost:?}");
    worker
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_claim_one_call_and_one_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let engine = desk(&folder, &json!({"plan": [{"stage": "claim"}]}));
    workers(&engine, 200).await;
    let call = order(&engine, request(1, &[])).await.unwrap().unwrap();
    let claims = (1..=200).map(|n| Command::ClaimCall { call, worker: WorkerId(n), at: None });
    let winner = one_winner(call, at_once(&engine, claims).await);
    let row = engine.store().call(call).unwrap().unwrap();
    assert_eq!(row.phase, Phase::Assigned);
    assert_eq!(row.worker_now().map(|(worker, _)| worker), Some(winner));
    let given = engine.ask(|world, _| world.calls().filter(|c| c.assignment.is_some()).count());
    assert_eq!(given.await.unwrap(), 1);
    engine.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_who_are_asked_say_yes_and_one_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let plan = json!([{"stage": "broadcast", "rings_m": [1_000], "ring_ms": 60_000, "most": 200}]);
    let engine = desk(&folder, &json!({ "plan": plan }));
    workers(&engine, 200).await;
    let call = order(&engine, request(1, &[])).await.unwrap().unwrap();
    let row = engine.store().call(call).unwrap().unwrap();
    let (offer, asked) = row.broadcast.unwrap();
    assert_eq!(asked, 200);
    let yes = (1..=200).map(|n| Command::AcceptOffer { offer, worker: Some(WorkerId(n)) });
    one_winner(call, at_once(&engine, yes).await);
    engine.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_calls_claimed_by_two_hundred_are_two_hundred_pairs() {
    let folder = tempfile::tempdir().unwrap();
    let engine = desk(&folder, &json!({"plan": [{"stage": "claim"}]}));
    workers(&engine, 200).await;
    for answer in at_once(&engine, (1..=200).map(|n| request(n, &[]))).await {
        answer.unwrap();
    }
    // Everybody tries every seventh call: each call is wanted by many, each worker wants many.
    let claims = (1..=200u64).flat_map(|worker| {
        (0..8).map(move |n| Command::ClaimCall {
            call: CallId((worker + n * 7) % 200 + 1),
            worker: WorkerId(worker),
            at: None,
        })
    });
    let won = at_once(&engine, claims).await.into_iter().flatten().count();
    let pairs = engine.ask(|world, _| {
        let mut pairs: Vec<_> = world
            .calls()
            .filter_map(|call| call.assignment.as_ref().map(|a| (a.worker, call.id)))
            .collect();
        pairs.sort_unstable();
        pairs
    });
    let pairs = pairs.await.unwrap();
    assert_eq!(pairs.len(), won);
    assert!(won >= 100, "only {won} of 200 calls found a worker who was free");
    assert!(pairs.windows(2).all(|two| two[0].0 != two[1].0), "a worker with two calls");
    engine.close().await.unwrap();
}

/// A shop whose goods are reserved beside the search.
fn shop() -> Value {
    json!({
        "plan": [{"stage": "none", "promise_ms": 3_600_000}],
        "fields": [
            {"name": "product", "label": {"ko": "상품", "en": "product"}, "type": "text", "required": true},
            {"name": "qty", "label": {"ko": "수량", "en": "quantity"}, "type": "count"},
        ],
        "steps": [{
            "name": "stock", "position": "after_open", "does": "reserve", "required_before": "start",
        }],
        "stock": {"product": "product", "quantity": "qty"},
    })
}

fn buy(tel: u64) -> Command {
    request(tel, &[("product", "mask"), ("qty", "10")])
}

fn masks(engine: &Engine) -> StockRow {
    engine.store().stock().unwrap().into_iter().find(|row| row.product == "mask").unwrap()
}

fn receive(qty: u32) -> Command {
    Command::ReceiveStock { product: "mask".to_owned(), qty }
}

/// How many of the desk's calls have their goods, and how many wait for them.
fn reserved_and_short(engine: &Engine, calls: &[CallId]) -> (usize, usize) {
    let count = |mark| {
        let has =
            |call: &&CallId| engine.store().call(**call).unwrap().unwrap().steps.contains(&mark);
        calls.iter().filter(has).count()
    };
    (count(StepMark::Done), count(StepMark::Denied))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_orders_at_once_take_exactly_what_they_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let engine = desk(&folder, &shop());
    order(&engine, receive(1_000)).await.unwrap();
    let orders = at_once(&engine, (1..=100).map(buy)).await;
    let calls: Vec<CallId> = orders.into_iter().map(|call| call.unwrap().unwrap()).collect();
    let row = masks(&engine);
    assert_eq!((row.on_hand, row.reserved, row.available()), (1_000, 1_000, 0));
    assert_eq!(reserved_and_short(&engine, &calls), (100, 0));

    // Everybody cancels, twice each, all at once: everything is back, once.
    let cancels =
        calls.iter().chain(&calls).map(|call| Command::CancelCall { call: *call, force: false });
    for answer in at_once(&engine, cancels).await {
        answer.unwrap();
    }
    let row = masks(&engine);
    assert_eq!((row.on_hand, row.reserved), (1_000, 0));
    engine.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_orders_for_half_as_many_goods_never_sell_one_twice() {
    let folder = tempfile::tempdir().unwrap();
    let engine = desk(&folder, &shop());
    order(&engine, receive(500)).await.unwrap();
    let orders = at_once(&engine, (1..=100).map(buy)).await;
    let calls: Vec<CallId> = orders.into_iter().map(|call| call.unwrap().unwrap()).collect();
    assert_eq!(reserved_and_short(&engine, &calls), (50, 50));
    let row = masks(&engine);
    assert_eq!((row.on_hand, row.reserved), (500, 500));

    // The rest comes in ten deliveries at once: whoever waited has theirs.
    for answer in at_once(&engine, (0..10).map(|_| receive(50))).await {
        answer.unwrap();
    }
    assert_eq!(reserved_and_short(&engine, &calls), (100, 0));
    // Half of them ship while the other half are canceled.
    let half = calls.iter().enumerate().map(|(n, call)| {
        if n % 2 == 0 {
            Command::StartWork { call: *call }
        } else {
            Command::CancelCall { call: *call, force: false }
        }
    });
    for answer in at_once(&engine, half).await {
        answer.unwrap();
    }
    let row = masks(&engine);
    assert_eq!((row.on_hand, row.reserved, row.available()), (500, 0, 500));
    engine.close().await.unwrap();
}
