//! Workers, offers, members, goods, notices, attention, and how the desk runs.

use super::kit::Town;
use crate::gateway::caller::Scope;
use serde_json::json;

#[tokio::test]
async fn workers_come_and_go_and_say_where_they_are() {
    let town = Town::new().await;
    let worker = town.worker().await;
    let path = format!("/v1/workers/{worker}");
    let list = town.get("/v1/workers?skill=%EB%83%89%EC%9E%A5%EA%B3%A0").await.must(200);
    assert_eq!(list.body["items"][0]["tel"], "010-****-0001");
    let page = town.get(&path).await.must(200);
    assert_eq!(page.body["tel"], "010-0000-0001");
    let got = town.post(&format!("{path}/break"), json!({})).await.must(200);
    assert_eq!(got.body["availability"], "break");
    assert_eq!(town.post(&format!("{path}/off"), json!({})).await.body["availability"], "off");
    assert_eq!(town.post(&format!("{path}/on"), json!({})).await.body["availability"], "available");
    let seen = town.post(&format!("{path}/at"), json!({ "place": "37.5,127.0" })).await.must(200);
    assert_eq!(seen.body["id"], worker.as_str());
    town.post(&format!("{path}/off"), json!({ "abort": true, "after_current": true }))
        .await
        .must(422);
    town.get("/v1/workers/W-9").await.must(404);
    town.post("/v1/workers", json!({ "name": "김둘", "tel": "010-0000-0002", "services": ["x"] }))
        .await
        .must(422);
    town.close().await;
}

/// A member with a card, and a worker near the start of the ride.
async fn a_ride(town: &Town) -> String {
    let member = json!({
        "name": "이회원", "tel": "010-0000-0005", "card": "tok_4242", "friend_tel": "010-0000-0006",
    });
    let got = town.post("/v1/members", member).await.must(201);
    assert_eq!(got.header("location"), "/v1/members/M-1");
    town.worker().await;
    let ride = json!({
        "profile": "taxi", "member": "M-1", "location": "37.5480,126.9550",
        "cost": 12_000, "fields": { "to": "37.5663,126.9779" },
    });
    let got = town.post("/v1/calls", ride).await.must(201);
    got.body["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_ride_is_offered_to_workers_and_one_accepts() {
    let town = Town::new().await;
    let call = a_ride(&town).await;
    let offers = town.get("/v1/offers?worker=W-1").await.must(200);
    assert_eq!(offers.body["items"][0]["call"], call.as_str());
    let offer = offers.body["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/offers/{offer}/accept");
    let got = town.post(&path, json!({ "worker": "W-1" })).await.must(200);
    assert_eq!((&got.body["id"], &got.body["phase"]), (&json!(call), &json!("assigned")));
    town.post(&format!("/v1/offers/{offer}/decline"), json!({ "worker": "W-1" })).await.must(404);
    town.get("/v1/offers?worker=W-9").await.must(404);
    town.close().await;
}

#[tokio::test]
async fn members_are_known_by_number_and_amended() {
    let town = Town::new().await;
    a_ride(&town).await;
    let list = town.get("/v1/members").await.must(200);
    assert_eq!(list.body["items"][0]["name"], "이*원");
    let found = town.post("/v1/members/search", json!({ "tel": "010-0000-0005" })).await.must(200);
    assert_eq!(found.body["id"], "M-1");
    assert!(!found.text.contains("tok_4242"), "a token is nobody's to read");
    let path = "/v1/members/M-1/amend";
    let got = town.post(path, json!({ "tel": "010-0000-0007" })).await.must(200);
    assert_eq!(got.body["tel"], "010-0000-0007");
    town.post(path, json!({})).await.must(422);
    let number = json!({ "name": "박", "tel": "010-0000-0008", "card": "4242 4242 4242 4242" });
    let refused = town.post("/v1/members", number).await.must(422);
    assert!(!refused.text.contains("4242 4242"), "a card's number is never repeated");
    town.close().await;
}

#[tokio::test]
async fn what_was_told_is_found_by_post_and_by_call() {
    let town = Town::new().await;
    town.worker().await;
    let call = town.call().await;
    let told = town.post("/v1/notices/search", json!({ "tel": "010-0000-1234" })).await.must(200);
    assert_eq!(told.body["items"][0]["call"], call.as_str());
    let worker = town.post("/v1/notices/search", json!({ "worker": "W-1" })).await.must(200);
    assert_eq!(worker.body["items"][0]["to"], "worker");
    let all = town.get(&format!("/v1/calls/{call}/notices")).await.must(200);
    assert!(all.body["items"].as_array().unwrap().len() >= 2);
    town.post("/v1/notices/search", json!({ "tel": "1", "worker": "W-1" })).await.must(422);
    town.post("/v1/notices/search", json!({ "member": "M-9" })).await.must(404);
    town.get("/v1/calls/C-9/notices").await.must(404);
    town.close().await;
}

#[tokio::test]
async fn what_needs_a_human_is_taken_and_done() {
    let town = Town::new().await;
    town.post("/v1/stock/%EB%A7%88%EC%8A%A4%ED%81%AC/receive", json!({ "qty": 1 })).await.must(200);
    let order = json!({
        "profile": "shop", "tel": "010-0000-1234",
        "fields": { "product": "마스크", "qty": "5", "reference": "A-1" },
    });
    town.post("/v1/calls", order).await.must(201);
    let open = town.get("/v1/attention").await.must(200);
    let item = open.body["items"][0].clone();
    assert_eq!((&item["concern"], &item["short_of"]), (&json!("step_denied"), &json!("마스크")));
    let path = format!("/v1/attention/{}", item["id"].as_str().unwrap());
    let taken = town.post(&format!("{path}/take"), json!({})).await.must(200);
    assert_eq!(taken.body["taken_by"], "desk");
    town.post(&format!("{path}/done"), json!({})).await.must(409);
    town.post("/v1/stock/%EB%A7%88%EC%8A%A4%ED%81%AC/receive", json!({ "qty": 10 }))
        .await
        .must(200);
    assert_eq!(town.get("/v1/attention").await.body["items"], json!([]));
    town.close().await;
}

#[tokio::test]
async fn goods_come_in_and_are_written_off() {
    let town = Town::new().await;
    let got = town.post("/v1/stock/mask/receive", json!({ "qty": 10 })).await.must(200);
    assert_eq!(got.body["on_hand"], 10);
    town.post("/v1/stock/mask/write-off", json!({ "qty": 3 })).await.must(422);
    let gone = json!({ "qty": 3, "reason": "젖음" });
    assert_eq!(town.post("/v1/stock/mask/write-off", gone).await.must(200).body["on_hand"], 7);
    let page = town.get("/v1/stock/mask").await.must(200);
    assert_eq!(page.body["moves"].as_array().unwrap().len(), 2);
    assert_eq!(town.get("/v1/stock").await.must(200).body["items"][0]["product"], "mask");
    town.get("/v1/stock/gloves").await.must(404);
    town.post("/v1/stock/mask/receive", json!({ "qty": 0 })).await.must(422);
    town.close().await;
}

#[tokio::test]
async fn participants_and_breakers_are_changed_by_admins() {
    let town = Town::new().await;
    let stop = "/v1/participants/manage/stop";
    town.post_as("app", Scope::Operate, stop, json!({})).await.must(403);
    let got = town.post_as("boss", Scope::Admin, stop, json!({})).await.must(200);
    assert_eq!(got.body["mode"], "stopped");
    let got = town.post("/v1/participants/manage/slow", json!({ "fixed_ms": 400 })).await.must(200);
    assert_eq!((&got.body["mode"], &got.body["delay_ms"]), (&json!("slow"), &json!(400)));
    let got = town.post("/v1/participants/manage/fail", json!({ "as": "lost" })).await.must(200);
    assert_eq!(got.body["fails"], "lost");
    let got = town.post("/v1/participants/manage/start", json!({})).await.must(200);
    assert_eq!(got.body["mode"], "running");
    town.post("/v1/participants/nobody/stop", json!({})).await.must(404);
    town.post("/v1/breakers/manage/open", json!({})).await.must(422);
    let open = json!({ "reason": "점검" });
    let got = town.post("/v1/breakers/manage/open", open).await.must(200);
    assert_eq!((&got.body["state"], &got.body["reason"]), (&json!("forced_open"), &json!("점검")));
    let refused = town.post("/v1/calls", super::kit::a_call()).await;
    assert_eq!(refused.status, 201, "a repair is parked: {}", refused.text);
    assert_eq!(refused.body["phase"], "parked");
    let ride = json!({ "profile": "driver", "tel": "010-0000-1234" });
    let held_off = town.post("/v1/calls", ride).await.must(503);
    assert!(held_off.header("retry-after").parse::<u64>().unwrap() >= 1);
    for (to, state) in [("close", "closed"), ("disable", "disabled"), ("auto", "closed")] {
        let got = town.post(&format!("/v1/breakers/manage/{to}"), json!({})).await.must(200);
        assert_eq!(got.body["state"], state);
    }
    town.post("/v1/participants/manage/fail", json!({ "as": "denied" })).await.must(200);
    let ride = json!({ "profile": "driver", "tel": "010-0000-1234" });
    let denied = town.post("/v1/calls", ride).await.must(409);
    assert_eq!(denied.body["call"], "C-2", "it was taken and turned away");
    let incidents = town.get("/v1/breakers/manage/incidents").await.must(200);
    assert_eq!(incidents.body["items"][0]["participant"], "manage");
    town.get("/v1/breakers/nobody/incidents").await.must(404);
    town.get("/v1/breakers").await.must(200);
    town.get("/v1/participants").await.must(200);
    town.close().await;
}

#[tokio::test]
async fn somebody_who_may_only_look_changes_nothing() {
    let town = Town::new().await;
    town.call().await;
    for (path, body) in [
        ("/v1/calls", super::kit::a_call()),
        ("/v1/calls/C-1/cancel", json!({})),
        ("/v1/workers", json!({ "name": "김", "tel": "010-0000-0001" })),
    ] {
        let got = town.post_as("screen", Scope::Read, path, body).await.must(403);
        assert_eq!(got.body["type"], "urn:ascall:forbidden", "{path}");
    }
    let sought = json!({ "tel": "010-0000-1234" });
    town.post_as("screen", Scope::Read, "/v1/calls/search", sought).await.must(200);
    assert_eq!(town.get("/v1/calls/C-1").await.body["phase"], "open");
    town.close().await;
}

#[tokio::test]
async fn service_lines_are_listed_and_shown_whole() {
    let town = Town::new().await;
    let list = town.get("/v1/profiles").await.must(200);
    assert_eq!(list.body["items"].as_array().unwrap().len(), 5);
    let taxi = town.get("/v1/profiles/taxi").await.must(200);
    assert_eq!(taxi.body["name"], "taxi");
    let version = town.get("/v1/profiles/P-1").await.must(200);
    assert_eq!(version.body["name"], list.body["items"][0]["name"]);
    town.get("/v1/profiles/locksmith").await.must(404);
    town.get("/v1/profiles/P-99").await.must(404);
    town.close().await;
}

#[tokio::test]
async fn many_workers_are_made_known_at_once_and_each_row_has_its_result() {
    let town = Town::new().await;
    let rows = json!([
        { "name": "김하나", "tel": "010-0000-0001", "at": "37.5481,126.9550", "skills": ["TV"] },
        { "name": "김둘", "tel": "010-0000-0002", "servces": [] },
        { "name": "김셋", "tel": "010-0000-0003", "services": ["x"] },
        { "name": "김넷", "tel": "010-0000-0004", "duty": "off" },
    ]);
    let would = town.post("/v1/workers/import?dry_run=true", rows.clone()).await.must(200).body;
    assert_eq!(would["items"][0]["result"], "would_add");
    assert_eq!(town.get("/v1/workers").await.body["items"], json!([]));
    let got = town.post("/v1/workers/import", rows.clone()).await.must(200).body;
    let of = |got: &serde_json::Value, member: &str| {
        let items = got["items"].as_array().unwrap();
        items.iter().map(|item| item[member].clone()).collect::<Vec<_>>()
    };
    assert_eq!(of(&got, "row"), [1, 2, 3, 4]);
    assert_eq!(of(&got, "result"), ["added", "invalid", "refused", "added"]);
    assert_eq!(got["items"][1]["hint"], "did you mean `services`?");
    assert_eq!(got["items"][0]["worker"]["tel"], "010-****-0001");
    assert_eq!(got["items"][3]["worker"]["availability"], "off");
    // Sent again, line by line this time, nobody is there twice.
    let lines: Vec<String> = rows.as_array().unwrap().iter().map(ToString::to_string).collect();
    let request = axum::http::Request::post("/v1/workers/import")
        .header("content-type", "application/x-ndjson")
        .body(axum::body::Body::from(lines.join("\n\n")))
        .unwrap();
    let again = town.ask(request).await.must(200).body;
    assert_eq!(of(&again, "row"), [1, 3, 5, 7]);
    assert_eq!(of(&again, "result"), ["replayed", "invalid", "refused", "replayed"]);
    assert_eq!(town.get("/v1/workers").await.body["items"].as_array().unwrap().len(), 2);
    town.post("/v1/workers/import", json!({ "name": "김하나" })).await.must(422);
    town.close().await;
}

#[tokio::test]
async fn what_a_worker_was_for_a_call_is_told_for_each_decision_and_for_now() {
    let town = Town::new().await;
    town.worker().await;
    let call = town.call().await;
    let tv = json!({ "name": "김둘", "tel": "010-0000-0002", "skills": ["TV"] });
    town.post("/v1/workers", tv).await.must(201);
    let path = format!("/v1/calls/{call}/verdicts?worker=");
    let first = town.get(&format!("{path}W-1")).await.must(200).body["items"].clone();
    assert_eq!((&first[0]["verdict"], &first[0]["rank"]), (&json!("chosen"), &json!(1)));
    assert!(first[0]["seq"].is_u64(), "{first}");
    assert_eq!((&first[1]["verdict"], &first[1]["seq"]), (&json!("has_it"), &json!(null)));
    // The second came later: at the decision there was no such worker.
    let second = town.get(&format!("{path}W-2")).await.must(200).body["items"].clone();
    assert_eq!((&second[0]["verdict"], &second[1]["verdict"]), (&json!(null), &json!("no_skill")));
    town.get(&format!("{path}W-9")).await.must(404);
    town.get("/v1/calls/C-9/verdicts?worker=W-1").await.must(404);
    town.get(&format!("/v1/calls/{call}/verdicts")).await.must(400);
    town.close().await;
}

#[tokio::test]
async fn older_movements_of_goods_come_page_by_page() {
    let town = Town::new().await;
    for qty in 1..=5 {
        let path = "/v1/stock/%EB%A7%88%EC%8A%A4%ED%81%AC/receive";
        town.post(path, json!({ "qty": qty })).await.must(200);
    }
    let path = "/v1/stock/%EB%A7%88%EC%8A%A4%ED%81%AC/moves?limit=2";
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = town.get(&format!("{path}{next}")).await.must(200).body;
        let items = page["items"].as_array().unwrap();
        assert!(!items.is_empty() && items.len() <= 2, "{page}");
        seen.extend(items.iter().map(|item| (item["qty"].clone(), item["on_hand"].clone())));
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    let sum = |n: u64| n * (n + 1) / 2;
    let expected: Vec<_> = (1..=5).rev().map(|n| (json!(n), json!(sum(n)))).collect();
    assert_eq!(seen, expected);
    town.get("/v1/stock/nothing/moves").await.must(404);
    town.get("/v1/stock/nothing/moves?limit=0").await.must(422);
    town.close().await;
}

#[tokio::test]
async fn each_try_of_a_notice_is_told() {
    let town = Town::new().await;
    let call = town.call().await;
    let told = town.get(&format!("/v1/calls/{call}/notices")).await.must(200).body;
    let notice = told["items"][0]["notice"].as_str().unwrap().to_owned();
    let tries = format!("/v1/calls/{call}/tries");
    let first = town.get(&tries).await.must(200).body["items"].clone();
    assert_eq!((&first[0]["became"], &first[0]["attempt"]), (&json!("delivered"), &json!(1)));
    let of_tel = json!({ "tel": "010-0000-1234" });
    assert_eq!(town.post("/v1/notices/tries", of_tel).await.must(200).body["items"], first);
    // What is kept on the desk was never sent; tests/serve sends one again that was.
    let kept = town.post("/v1/notices/resend", json!({ "notice": notice })).await.must(409);
    assert!(kept.body["detail"].as_str().unwrap().contains("sent nowhere"), "{}", kept.text);
    town.post("/v1/notices/resend", json!({ "notice": "99/0/S-2/inbox" })).await.must(404);
    town.post("/v1/notices/resend", json!({ "notice": "soon" })).await.must(422);
    town.get("/v1/calls/C-9/tries").await.must(404);
    town.close().await;
}
