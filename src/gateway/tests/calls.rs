//! Calls: taken, read, changed, listed.

use super::kit::{Town, a_call};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

#[tokio::test]
async fn a_call_is_taken_served_and_paid_over_http() {
    let town = Town::new().await;
    let worker = town.worker().await;
    let got = town.post("/v1/calls", a_call()).await.must(201);
    assert_eq!(got.header("location"), "/v1/calls/C-1");
    assert_eq!(got.body["phase"], "assigned");
    assert_eq!(got.body["worker"]["id"], worker.as_str());
    assert_eq!(got.body["tel"], "010-0000-1234", "one call is shown whole");
    assert_eq!(got.header("etag"), format!("\"{}\"", got.body["seq"]));

    for verb in ["depart", "arrive", "start"] {
        town.post(&format!("/v1/calls/C-1/{verb}"), json!({})).await.must(200);
    }
    let done = town.post("/v1/calls/C-1/finish", json!({ "outcome": "done" })).await.must(200);
    assert_eq!(done.body["outcome"], "done");
    let rated = town.post("/v1/calls/C-1/rate", json!({ "stars": 5 })).await.must(200);
    assert_eq!(rated.body["rating"], 5);

    let timeline = town.get("/v1/calls/C-1/timeline").await.must(200);
    let events: Vec<&str> = timeline.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|happening| happening["event"].as_str().unwrap())
        .collect();
    assert!(events.contains(&"call_received") && events.contains(&"work_finished"), "{events:?}");
    assert!(!timeline.text.contains("0000-1234"), "no number stands in a timeline");
    let decisions = town.get("/v1/calls/C-1/decisions").await.must(200);
    assert_eq!(decisions.body["items"][0]["chosen"]["worker"], worker.as_str());
    let status = town.get("/v1/calls/C-1/status").await.must(200);
    assert_eq!(status.body["id"], "C-1");
    assert!(status.body["steps"].is_array());
    town.close().await;
}

#[tokio::test]
async fn every_verb_of_a_call_does_what_it_says() {
    let town = Town::new().await;
    let call = town.call().await;
    let to = |verb: &str| format!("/v1/calls/{call}/{verb}");
    let got = town.post(&to("priority"), json!({ "priority": "urgent" })).await.must(200);
    assert_eq!(got.body["priority"], "urgent");
    let got = town.post(&to("note"), json!({ "text": "뒷문으로" })).await.must(200);
    assert_eq!(got.body["id"], call.as_str());
    let hold = json!({ "until": "2099-01-01T00:00:00+09:00" });
    let refused = town.post(&to("hold"), hold).await;
    assert!(refused.status.as_u16() == 200 || refused.status.as_u16() == 422, "{}", refused.text);
    town.post(&to("release"), json!({})).await;
    let amended = town.post(&to("amend"), json!({ "cost": 30_000 })).await.must(200);
    assert_eq!(amended.body["cost"], 30_000);
    let canceled = town.post(&to("cancel"), json!({ "reason": "다른 곳에 맡김" })).await.must(200);
    assert_eq!(canceled.body["phase"], "canceled");
    let refused = town.post(&to("start"), json!({})).await.must(409);
    assert_eq!(refused.body["type"], "urn:ascall:refused");
    let again = town.post(&to("reopen"), json!({ "kind": "세탁기" })).await.must(201);
    assert_eq!(again.body["parent"], call.as_str());
    assert_eq!(again.body["kind"], "세탁기");
    town.close().await;
}

#[tokio::test]
async fn the_customer_may_call_off_by_the_customers_own_rule() {
    let town = Town::new().await;
    let call = town.call().await;
    let both = json!({ "as": "customer", "force": true });
    town.post(&format!("/v1/calls/{call}/cancel"), both).await.must(422);
    let got = town.post(&format!("/v1/calls/{call}/cancel"), json!({ "as": "customer" })).await;
    assert_eq!(got.must(200).body["phase"], "canceled");
    let timeline = town.get(&format!("/v1/calls/{call}/timeline")).await.must(200);
    let by: Vec<&Value> =
        timeline.body["items"].as_array().unwrap().iter().map(|event| &event["by"]).collect();
    assert!(by.contains(&&json!("customer")), "{by:?}");
    town.close().await;
}

#[tokio::test]
async fn a_dry_run_says_what_would_happen_and_nothing_does() {
    let town = Town::new().await;
    let got = town.post("/v1/calls?dry_run=true", a_call()).await.must(200);
    assert_eq!(got.body["dry_run"], true);
    assert_eq!(got.body["events"][0]["event"], "call_received");
    town.get("/v1/calls/C-1").await.must(404);
    let call = town.call().await;
    let got = town.post(&format!("/v1/calls/{call}/cancel?dry_run=true"), json!({})).await;
    assert_eq!(got.must(200).body["dry_run"], true);
    assert_eq!(town.get(&format!("/v1/calls/{call}")).await.body["phase"], "open");
    town.close().await;
}

#[tokio::test]
async fn lists_are_paged_newest_first_and_masked() {
    let town = Town::new().await;
    for _ in 0..5 {
        town.call().await;
    }
    let first = town.get("/v1/calls?limit=2").await.must(200);
    let ids = |body: &Value| -> Vec<String> {
        let items = body["items"].as_array().unwrap();
        items.iter().map(|call| call["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&first.body), ["C-5", "C-4"]);
    assert_eq!(first.body["next"], "C-4");
    assert_eq!(first.body["items"][0]["tel"], "010-****-1234");
    assert_eq!(first.body["items"][0]["name"], "홍*동");
    let second = town.get("/v1/calls?limit=2&cursor=C-4").await.must(200);
    assert_eq!(ids(&second.body), ["C-3", "C-2"]);
    let last = town.get("/v1/calls?limit=2&cursor=C-2").await.must(200);
    assert_eq!((ids(&last.body), &last.body["next"]), (vec!["C-1".to_owned()], &Value::Null));

    town.post("/v1/calls/C-3/cancel", json!({})).await.must(200);
    let ended = town.get("/v1/calls?phase=canceled,completed").await.must(200);
    assert_eq!(ids(&ended.body), ["C-3"]);
    assert_eq!(ids(&town.get("/v1/calls?all=true&since=1h").await.must(200).body).len(), 5);
    assert_eq!(ids(&town.get("/v1/calls?view=open").await.must(200).body), [""; 0]);
    town.close().await;
}

#[tokio::test]
async fn a_phone_number_is_looked_for_by_post_only() {
    let town = Town::new().await;
    town.call().await;
    let found = town.post("/v1/calls/search", json!({ "tel": "01000001234" })).await.must(200);
    assert_eq!(found.body["items"][0]["id"], "C-1");
    let other = town.post("/v1/calls/search", json!({ "tel": "01000009999" })).await.must(200);
    assert_eq!(other.body["items"], json!([]));
    let refused = town.get("/v1/calls?tel=01000001234").await.must(400);
    assert!(refused.body["detail"].as_str().unwrap().contains("unknown field `tel`"));
    town.close().await;
}

#[tokio::test]
async fn what_a_request_says_wrong_is_named() {
    let town = Town::new().await;
    let got = town.post("/v1/calls", json!({ "tels": "010-0000-1234" })).await.must(422);
    assert_eq!(got.body["hint"], "did you mean `tel`?");
    let got = town.post("/v1/calls", json!({ "tel": "010-0000-1234", "profile": "x" })).await;
    got.must(422);
    let got = town.post("/v1/calls", json!({ "cost": 1 })).await.must(422);
    assert_eq!(got.body["type"], "urn:ascall:invalid");
    let later = json!({ "tel": "010-0000-1234", "at": "+2h" });
    let got = town.post("/v1/calls", later).await.must(422);
    assert!(got.body["detail"].as_str().unwrap().contains("+2h"));
    town.get("/v1/calls?limit=0").await.must(422);
    town.get("/v1/calls?phase=opne").await.must(422);
    let got = town.get("/v1/calls?limt=3").await.must(400);
    assert_eq!(got.body["hint"], "did you mean `limit`?");
    town.get("/v1/calls/W-1").await.must(404);
    town.get("/v1/calls/%ff").await.must(404);
    town.get("/v1/nothing").await.must(404);
    let plain = Request::post("/v1/calls").body(Body::from("tel=1")).unwrap();
    town.ask(plain).await.must(415);
    let put = Request::put("/v1/calls").body(Body::empty()).unwrap();
    let got = town.ask(put).await.must(405);
    assert!(got.header("allow").contains("POST") && got.header("allow").contains("GET"));
    town.close().await;
}
