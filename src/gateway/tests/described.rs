//! The description of the routes, and the way in.

use super::kit::Town;
use serde_json::Value;

#[tokio::test]
async fn the_committed_description_is_what_the_routes_say() {
    let town = Town::new().await;
    let said = town.get("/openapi.json").await.must(200).body;
    let text = serde_json::to_string_pretty(&said).unwrap() + "\n";
    crate::front::exit::tests::page("openapi.json", &text);
    town.close().await;
}

/// Follows every reference.
fn walk(value: &Value, whole: &Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(to)) = members.get("$ref") {
                let found = whole.pointer(to.trim_start_matches('#'));
                assert!(found.is_some(), "{to} leads nowhere");
            }
            members.values().for_each(|value| walk(value, whole));
        }
        Value::Array(items) => items.iter().for_each(|value| walk(value, whole)),
        _ => {}
    }
}

#[tokio::test]
async fn every_reference_of_the_description_leads_somewhere() {
    let town = Town::new().await;
    let said = town.get("/openapi.json").await.must(200).body;
    walk(&said, &said);
    town.close().await;
}

#[tokio::test]
async fn the_way_in_is_a_page_for_people_and_links_for_programs() {
    let town = Town::new().await;
    let ask = |accept: &str| {
        let request = axum::http::Request::get("/").header("accept", accept);
        request.body(axum::body::Body::empty()).unwrap()
    };
    let page = town.ask(ask("text/html,application/xhtml+xml")).await.must(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.text.contains("<a href=\"/v1/calls\">") && page.text.contains("/openapi.json"));
    assert!(page.text.contains("<a href=\"/ascalls\">"));
    assert!(!page.text.contains("<script"));
    let links = town.ask(ask("*/*")).await.must(200);
    assert_eq!(links.header("content-type"), "application/hal+json");
    assert_eq!(links.body["_links"]["calls"]["href"], "/v1/calls");
    assert_eq!(links.body["_links"]["ascalls"]["href"], "/ascalls");
    for (name, link) in links.body["_links"].as_object().unwrap() {
        let got = town.get(link["href"].as_str().unwrap()).await;
        assert_eq!(got.status, 200, "{name}");
    }
    let plain = town.ask(ask("application/json")).await.must(200);
    assert_eq!(plain.header("content-type"), "application/json");
    town.close().await;
}

/// Each route that is described is there, and each answers a stranger with nothing that is not described.
#[tokio::test]
async fn every_described_route_is_there_and_answers_as_described() {
    let town = Town::new().await;
    let said = town.get("/openapi.json").await.must(200).body;
    let mut asked = 0;
    for (path, ways) in said["paths"].as_object().unwrap() {
        let place = path
            .split('/')
            .map(|part| match part {
                "{call}" => "C-1",
                "{worker}" => "W-1",
                "{offer}" => "O-1",
                "{item}" => "A-1",
                "{member}" => "M-1",
                part if part.starts_with('{') => "x",
                part => part,
            })
            .collect::<Vec<_>>()
            .join("/");
        for (method, way) in ways.as_object().unwrap() {
            let got = match method.as_str() {
                "get" => town.get(&place).await,
                _ => town.post(&place, serde_json::json!({})).await,
            };
            let status = got.status.as_u16().to_string();
            let known = &way["responses"][&status];
            assert!(known.is_object(), "{method} {path}: {status} is not described: {}", got.text);
            let kind = got.header("content-type");
            assert!(known["content"][kind].is_object(), "{method} {path}: {status} {kind}");
            asked += 1;
        }
    }
    assert!(asked > 60, "{asked}");
    town.close().await;
}
