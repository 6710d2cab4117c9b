//! The example bank, asked over the wire while it fails in every way it knows: its own ledger says what it really did.

use super::command_tests::{fixture, python};
use super::http::{HttpParticipant, HttpSettings};
use super::*;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

const CAPTURE: &str = "C-1/payment/1";

/// A bank that is running, and the way to it.
struct Bank {
    process: Child,
    outside: Outside,
    address: String,
}

impl Bank {
    async fn open(record: &Path) -> Self {
        let mut process = Command::new(python())
            .args([fixture("bank.py"), "0".into()])
            .env("BANK_RECORD", record)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).await.unwrap();
        let outside = Outside::Http(HttpParticipant::new(HttpSettings::new(url.trim())).unwrap());
        let address = url.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { process, outside, address }
    }

    async fn ask(&self, op: Op, key: &str, money: Value) -> Outcome {
        let (key, payload) = (key.to_owned(), json!({ "money": money }));
        let deadline = Duration::from_secs(20);
        self.outside.ask(Request { key, op, deadline, payload, traceparent: None }).await
    }

    async fn speak(&self, head: &str, body: &str) -> Value {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let length = body.len();
        let text = format!(
            "{head} HTTP/1.1\r\nhost: bank\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    async fn behave(&self, how: Value) {
        self.speak("POST /control", &how.to_string()).await;
    }

    /// What it captured and gave back altogether.
    async fn sums(&self) -> (i64, i64) {
        let ledger = self.speak("GET /ledger", "").await;
        (ledger["captured"].as_i64().unwrap(), ledger["refunded"].as_i64().unwrap())
    }
}

fn capture() -> Value {
    json!({"action": "capture", "won": 12_000, "card": "tok_seoul_7"})
}

fn refund(won: i64) -> Value {
    json!({"action": "refund", "won": won, "capture_key": CAPTURE})
}

fn ok() -> Outcome {
    Outcome::Ok { detail: None }
}

#[tokio::test]
async fn the_example_bank_moves_money_once_whatever_becomes_of_its_answers() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("bank.db");
    let mut bank = Bank::open(&record).await;
    bank.behave(json!({"down": 1, "lose": 1})).await;
    let not_done = Outcome::Unavailable { cause: Cause::SaidNotDone };
    assert_eq!(bank.ask(Op::Do, CAPTURE, capture()).await, not_done);
    let lost = bank.ask(Op::Do, CAPTURE, capture()).await;
    assert!(matches!(lost, Outcome::Indeterminate { .. }), "{lost:?}");
    assert_eq!(bank.ask(Op::Query, CAPTURE, capture()).await, ok());
    assert_eq!(bank.ask(Op::Do, CAPTURE, capture()).await, ok());
    assert_eq!(bank.sums().await, (12_000, 0));

    bank.behave(json!({"die": "after"})).await;
    let died = bank.ask(Op::Do, "C-1/refund-1/1", refund(2_000)).await;
    assert!(matches!(died, Outcome::Indeterminate { .. }), "{died:?}");
    bank.process.wait().await.unwrap();
    let bank = Bank::open(&record).await;
    assert_eq!(bank.ask(Op::Query, "C-1/refund-1/1", refund(2_000)).await, ok());
    assert_eq!(bank.ask(Op::Do, "C-1/refund-1/1", refund(2_000)).await, ok());
    assert_eq!(bank.sums().await, (12_000, 2_000));

    let too_much = bank.ask(Op::Do, "C-1/refund-2/1", refund(10_001)).await;
    assert_eq!(too_much, Outcome::Denied { reason: "only 10000 won of it are left".into() });
    assert_eq!(bank.ask(Op::Undo, CAPTURE, capture()).await, ok(), "the rest goes back");
    assert_eq!(bank.ask(Op::Undo, CAPTURE, capture()).await, ok());
    assert_eq!(bank.sums().await, (12_000, 12_000));
    let undone = Outcome::Denied { reason: UNDONE.into() };
    assert_eq!(bank.ask(Op::Do, CAPTURE, capture()).await, undone);
}

#[tokio::test]
async fn the_example_bank_declines_a_card_and_decides_anew_when_it_is_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let bank = Bank::open(&folder.path().join("bank.db")).await;
    let mut money = capture();
    money["card"] = json!("tok_declined_1");
    let declined = Outcome::Denied { reason: "card declined".into() };
    assert_eq!(bank.ask(Op::Do, CAPTURE, money.clone()).await, declined);
    assert_eq!(bank.ask(Op::Do, CAPTURE, money).await, declined);
    assert_eq!(bank.sums().await, (0, 0));
    assert_eq!(bank.ask(Op::Do, CAPTURE, capture()).await, ok());
    let mut other = capture();
    other["won"] = json!(12_001);
    let fault = Outcome::Misconfigured { cause: Cause::Status(400) };
    assert_eq!(bank.ask(Op::Do, CAPTURE, other).await, fault, "one key, one amount");
    assert_eq!(bank.sums().await, (12_000, 0));
}
