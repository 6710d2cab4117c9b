//! docs/http.md: every line of it is asked, in its order, on a new desk.

use super::kit::Town;
use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

/// The words of a shell line; only single quotes stand in the page.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            letter => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What curl would send.
fn request(line: &str) -> Request<Body> {
    let mut words = words(line).into_iter().skip(1);
    let (mut request, mut method, mut body) = (Request::builder(), "GET", None);
    while let Some(word) = words.next() {
        match word.as_str() {
            "-X" => method = if words.next().as_deref() == Some("POST") { "POST" } else { "?" },
            "-H" => {
                let header = words.next().unwrap();
                let (name, value) = header.split_once(": ").unwrap();
                request = request.header(name, value);
            }
            // Not to wait until much has come: an answer here comes whole.
            "-N" => {}
            "--json" => {
                method = "POST";
                body = words.next();
                request = request.header("content-type", "application/json");
            }
            place => request = request.uri(place.strip_prefix("localhost:8080").unwrap()),
        }
    }
    request.method(method).body(body.map_or_else(Body::empty, Body::from)).unwrap()
}

#[tokio::test]
async fn the_page_about_http_says_what_happens() {
    let town = Town::new().await;
    let page = include_str!("../../../docs/http.md");
    let (mut asked, mut last, mut fence) = (0, Value::Null, "");
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(opened) => fence = opened,
            None if fence == "sh" => {
                let (line, status) = line.split_once("  # ").unwrap();
                let got = town.ask(request(line)).await;
                assert_eq!(got.status.as_str(), status, "{line}\n{}", got.text);
                (asked, last) = (asked + 1, got.body);
            }
            None if fence == "json" => {
                let shown: Value = serde_json::from_str(line).unwrap();
                for (name, value) in shown.as_object().unwrap() {
                    assert_eq!(&last[name], value, "{name} of {line}");
                }
            }
            None => {}
        }
    }
    assert!(asked > 20, "{asked}");
    town.close().await;
}
