//! The floor of the gateway's measurements: an axum handler that parses a call and answers, and keeps nothing.
//!
//! `cargo run --release --example bare -- 127.0.0.1:8081`; see `benches/gateway/load.py`.

use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::net::TcpSocket;

/// How many connections may wait to be taken, as at the gateway.
const BACKLOG: u32 = 4_096;

#[derive(Deserialize)]
struct Call {
    tel: String,
    cost: i64,
}

async fn answer(Json(call): Json<Call>) -> (StatusCode, Json<Value>) {
    (StatusCode::CREATED, Json(json!({ "tel": call.tel, "cost": call.cost })))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let at = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8081".to_owned());
    let at: SocketAddr = at.parse().map_err(std::io::Error::other)?;
    let socket = if at.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(at)?;
    let routes = Router::new().route("/ascalls", post(answer));
    axum::serve(socket.listen(BACKLOG)?, routes).await
}
