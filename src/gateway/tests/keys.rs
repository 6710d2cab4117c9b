//! Idempotency keys and the states of calls.

use super::kit::{Town, a_call};
use crate::gateway::caller::Scope;
use axum::body::Body;
use axum::http::Request;
use serde_json::json;

const KEY: &[(&str, &str)] = &[("idempotency-key", "order-7")];

#[tokio::test]
async fn the_same_key_and_body_get_the_first_answer_word_for_word() {
    let town = Town::new().await;
    let first = town.post_with("/v1/calls", KEY, a_call()).await.must(201);
    assert_eq!(first.header("idempotency-replayed"), "");
    town.post("/v1/calls/C-1/priority", json!({ "priority": "high" })).await.must(200);
    let second = town.post_with("/v1/calls", KEY, a_call()).await.must(201);
    assert_eq!(second.header("idempotency-replayed"), "true");
    assert_eq!(second.text, first.text);
    assert_eq!(second.header("location"), first.header("location"));
    assert_eq!(second.header("etag"), first.header("etag"));
    town.get("/v1/calls/C-2").await.must(404);
    town.close().await;
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused_naming_what_differs() {
    let town = Town::new().await;
    town.post_with("/v1/calls", KEY, a_call()).await.must(201);
    let mut other = a_call();
    other["cost"] = json!(1);
    let got = town.post_with("/v1/calls", KEY, other).await.must(422);
    assert_eq!(got.body["type"], "urn:ascall:key-reused");
    assert!(got.body["detail"].as_str().unwrap().contains("cost"));
    town.close().await;
}

#[tokio::test]
async fn keys_of_different_callers_never_meet() {
    let town = Town::new().await;
    for (name, call) in [("shop", "C-1"), ("app", "C-2"), ("shop", "C-1")] {
        let got = town.post_as(name, Scope::Operate, "/v1/calls", a_call()).await.must(201);
        assert_eq!(got.body["id"], call, "{name}");
    }
    let customer = json!({ "as": "customer" });
    for (name, call) in [("shop", "C-1"), ("app", "C-2")] {
        let path = format!("/v1/calls/{call}/cancel");
        let got = town.post_as(name, Scope::Operate, &path, customer.clone()).await;
        assert_eq!(got.must(200).body["phase"], "canceled", "{name}");
    }
    town.close().await;
}

#[tokio::test]
async fn two_parts_of_one_request_share_its_key() {
    let town = Town::new().await;
    town.worker().await;
    let call = town.call().await;
    town.post(&format!("/v1/calls/{call}/start"), json!({})).await.must(200);
    let path = format!("/v1/calls/{call}/finish");
    let tag = town.get(&format!("/v1/calls/{call}")).await.header("etag").to_owned();
    let body = json!({ "outcome": "partial" });
    let headers = [("idempotency-key", "end"), ("if-match", tag.as_str())];
    let first = town.post_with(&path, &headers, body.clone()).await.must(200);
    let again = town.post_with(&path, &headers, body).await.must(200);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.text, first.text);
    town.close().await;
}

#[tokio::test]
async fn a_call_that_has_moved_on_is_not_changed_and_what_happened_is_told() {
    let town = Town::new().await;
    let call = town.call().await;
    let path = format!("/v1/calls/{call}");
    let tag = town.get(&path).await.header("etag").to_owned();
    let match_old = [("if-match", tag.as_str())];
    let urgent = json!({ "priority": "urgent" });
    let first = town.post_with(&format!("{path}/priority"), &match_old, urgent).await.must(200);
    assert_ne!(first.header("etag"), tag);
    let late = town.post_with(&format!("{path}/cancel"), &match_old, json!({})).await.must(412);
    assert_eq!(late.body["type"], "urn:ascall:stale");
    assert_eq!(late.body["changed"][0]["event"], "priority_set");
    assert_eq!(town.get(&path).await.body["phase"], "open");
    let now = [("if-match", first.header("etag"))];
    town.post_with(&format!("{path}/cancel"), &now, json!({})).await.must(200);
    let ended = town.post_with(&format!("{path}/disposition"), &now, json!({ "code": "x" })).await;
    assert_eq!(ended.must(412).body["changed"].as_array().map(Vec::is_empty), Some(false));
    let none = town.post_with("/v1/calls/C-99/cancel", &now, json!({})).await;
    none.must(404);
    town.post_with("/v1/calls", &now, a_call()).await.must(400);
    town.close().await;
}

#[tokio::test]
async fn whoever_has_the_state_gets_no_body() {
    let town = Town::new().await;
    let call = town.call().await;
    let path = format!("/v1/calls/{call}");
    let tag = town.get(&path).await.header("etag").to_owned();
    let ask = |tag: &str| {
        Request::get(path.as_str()).header("if-none-match", tag).body(Body::empty()).unwrap()
    };
    let got = town.ask(ask(&tag)).await.must(304);
    assert_eq!((got.text.as_str(), got.header("etag")), ("", tag.as_str()));
    town.ask(ask("\"1\"")).await.must(200);
    town.close().await;
}
