//! The way in: `/`, for people a small page of what there is, for programs the same as links (HAL), and the description
//! of everything at `/openapi.json`.
//!
//! Invariant: made once from the description; it names nothing that is not there.
//! The form of the links is HAL: <https://datatracker.ietf.org/doc/html/draft-kelly-json-hal-11>.

use super::gate::Gate;
use super::originals::Surface;
use axum::Router;
use axum::http::header::{ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, VARY};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use serde_json::{Map, Value, json};

/// The routes of the way in.
pub(super) fn routes(document: &Value, originals: &Surface) -> Router<Gate> {
    let text = |text: String| Bytes::from(text);
    let links = links(document, originals).to_string();
    let (page, links) = (text(page(document, originals)), text(links));
    let description = text(document.to_string());
    let home = move |headers: HeaderMap| {
        let (page, links) = (page.clone(), links.clone());
        async move { answer(&headers, page, links) }
    };
    let described = move || {
        let description = description.clone();
        async move { ([(CONTENT_TYPE, "application/json")], description) }
    };
    Router::new().route("/", get(home)).route("/openapi.json", get(described))
}

fn answer(headers: &HeaderMap, page: Bytes, links: Bytes) -> Response {
    let wanted = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let vary = (VARY, "accept");
    if wanted.contains("text/html") {
        let head = [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
            vary,
        ];
        return (head, page).into_response();
    }
    let is_plain = wanted.contains("application/json") && !wanted.contains("hal+json");
    let kind = if is_plain { "application/json" } else { "application/hal+json" };
    ([(CONTENT_TYPE, kind), vary], links).into_response()
}

/// What can be looked at without knowing a number, by the name of its resource.
fn links(document: &Value, originals: &Surface) -> Value {
    let mut links = Map::new();
    links.insert("self".to_owned(), json!({ "href": "/" }));
    links.insert("describedby".to_owned(), json!({ "href": "/openapi.json" }));
    for (path, ways) in object(&document["paths"]) {
        let name = path.trim_start_matches("/v1/");
        if path.contains('{') || ways.get("get").is_none() {
            continue;
        }
        links.insert(name.to_owned(), json!({ "href": path, "title": ways["get"]["summary"] }));
    }
    for (href, line) in originals.listed() {
        let name = href.trim_start_matches('/').to_owned();
        let title = format!("{line}, as its original has it");
        links.entry(name).or_insert_with(|| json!({ "href": href, "title": title }));
    }
    json!({ "name": "ascall", "release": env!("CARGO_PKG_VERSION"), "_links": links })
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// A page for people: each resource with what can be done there.
fn page(document: &Value, originals: &Surface) -> String {
    let tags = document["tags"].as_array().into_iter().flatten();
    let mut rows: String = tags.map(|tag| table(tag, document)).collect();
    rows.push_str("<tr><th colspan=\"3\">originals: resources of the service lines, as their originals have them</th></tr>\n");
    for (href, line) in originals.listed() {
        let (href, line) = (escaped(href), escaped(line));
        let row =
            format!("<tr><td>GET</td><td><a href=\"{href}\">{href}</a></td><td>{line}</td></tr>\n");
        rows.push_str(&row);
    }
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>ascall</title>\n\
         <style>body{{font-family:sans-serif;margin:2em}}td,th{{text-align:left;padding:.1em 1em .1em 0}}\
         th{{padding-top:1em}}</style></head>\n<body><h1>ascall {}</h1>\n\
         <p>The dispatch desk of a service business. For programs: <a href=\"/openapi.json\">/openapi.json</a>.</p>\n\
         <table>\n{rows}</table></body></html>\n",
        env!("CARGO_PKG_VERSION"),
    )
}

/// The rows of one resource.
fn table(tag: &Value, document: &Value) -> String {
    let (name, what) = (text(&tag["name"]), text(&tag["description"]));
    let ways = object(&document["paths"]).flat_map(|(path, ways)| {
        object(ways).map(move |(method, way)| (path, method.to_uppercase(), way))
    });
    let of_tag = ways.filter(|(_, _, way)| way["tags"][0] == tag["name"]);
    let rows = of_tag.map(|(path, method, way)| {
        let (what, shown) = (text(&way["summary"]), escaped(path));
        let place = if method == "GET" && !path.contains('{') {
            format!("<a href=\"{shown}\">{shown}</a>")
        } else {
            shown
        };
        format!("<tr><td>{method}</td><td>{place}</td><td>{what}</td></tr>\n")
    });
    let head = format!("<tr><th colspan=\"3\">{name}: {what}</th></tr>\n");
    std::iter::once(head).chain(rows).collect()
}

fn text(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
