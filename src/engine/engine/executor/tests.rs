//! What a bank behind a URL is really sent, and that its answers move the money.

use super::{Executor, payload};
use crate::core::{Core, Founding};
use crate::domain::command::{Command, Order};
use crate::domain::event::{ParticipantKind, WorkOutcome};
use crate::domain::ids::{CallId, SubjectId, Time, Won};
use crate::domain::phase::Phase;
use crate::domain::profile::{
    Does, Field, FieldKind, PaymentRule, Position, Price, Profile, RequiredBefore, StepSpec,
    StockRule, UnknownProduct, Words,
};
use crate::domain::testing::{START, repair, request, seoul, worker};
use crate::domain::world::Settings;
use crate::engine::{Message, ParticipantConfig};
use crate::journal::memory::MemoryJournal;
use crate::journal::{Batch, Journal, RowChange, Table};
use crate::participants::http_tests::{Act, reply, server};
use serde_json::{Value, json};
use std::sync::mpsc;
use tokio::sync::mpsc::UnboundedReceiver;

const CALL: CallId = CallId(1);

fn step(name: &str, position: Position, does: Does) -> StepSpec {
    StepSpec { does, ..StepSpec::new(name, position) }
}

fn field(name: &str, kind: FieldKind) -> Field {
    Field {
        name: name.to_owned(),
        label: Words { ko: "x".to_owned(), en: "x".to_owned() },
        kind,
        required: false,
        default: None,
        skill: false,
        one_of: Vec::new(),
        no_skill: Vec::new(),
    }
}

/// Goods are set aside when the call opens, and the fare is charged at the end.
fn profile() -> Profile {
    Profile {
        fields: vec![
            Field { required: true, ..field("product", FieldKind::Text) },
            field("qty", FieldKind::Count),
        ],
        steps: vec![
            StepSpec {
                required_before: Some(RequiredBefore::Start),
                ..step("storeroom", Position::AfterOpen, Does::Reserve)
            },
            step("payment", Position::BeforeComplete, Does::Charge),
        ],
        payment: Some(PaymentRule { price: Price::Metered, limit: None }),
        stock: Some(StockRule {
            product: "product".to_owned(),
            quantity: "qty".to_owned(),
            unknown: UnknownProduct::Shortage,
        }),
        notices: Vec::new(),
        ..repair()
    }
}

fn order(command: Command) -> Order {
    Order { reason: Some("test".to_owned()), ..Order::by_operator("kim", command) }
}

/// A desk whose storeroom and bank are behind one URL, with a call that is being served.
struct Rig {
    core: Core<MemoryJournal>,
    executor: Executor,
    requests: UnboundedReceiver<String>,
    answers: mpsc::Receiver<Message>,
    own: mpsc::Sender<Message>,
    now: Time,
}

impl Rig {
    async fn new(answers: &[&str]) -> Self {
        let acts = answers.iter().map(|body| Act::Say(reply("200 OK", "", body))).collect();
        let (url, requests) = server(acts).await;
        let mut journal = MemoryJournal::new();
        let founding = Founding { seed: 7, secret: [1; 32] };
        let core = Core::open(journal.clone(), Settings::default(), &founding, START).unwrap();
        let outside = |name: &str| ParticipantConfig {
            name: name.to_owned(),
            kind: ParticipantKind::Http { url: url.clone() },
            breaker: crate::domain::breaker::BreakerSettings::default(),
            bulkhead: 8,
        };
        let all = [outside("storeroom"), outside("payment")];
        let executor = Executor::new(&all).unwrap();
        let (own, answers) = mpsc::channel();
        let mut rig = Self { core, executor, requests, answers, own, now: START };
        for p in all {
            let (name, kind, breaker, bulkhead) = (p.name, p.kind, p.breaker, p.bulkhead);
            rig.run(order(Command::SetParticipant { name, kind, breaker, bulkhead }));
        }
        rig.run(order(Command::AdoptProfile(Box::new(profile()))));
        rig.run(order(worker(Some(seoul(0, 0)), &[])));
        let mut new = request("repair", 1, Some(seoul(0, 0)));
        if let Command::RequestCall(new) = &mut new {
            new.fields.insert("product".to_owned(), "mask".to_owned());
            new.fields.insert("qty".to_owned(), "3".to_owned());
        }
        rig.run(order(new));
        // As the row of a member's call is.
        let subject = rig.core.world().call(CALL).unwrap().subject;
        let mut person = rig.core.store().person(subject).unwrap().unwrap();
        person.card = Some("tok_seoul_7".to_owned());
        let value = rmp_serde::to_vec_named(&person).unwrap();
        let row = RowChange::Put { table: Table::Subjects, key: subject.0, value };
        journal.append(&Batch { records: Vec::new(), rows: vec![row] }).unwrap();
        rig
    }

    /// Carries out an order and sends what it asked.
    fn run(&mut self, order: Order) {
        let done = self.core.run(&[order], self.now).unwrap();
        assert!(done.answers.iter().all(Result::is_ok), "{:?}", done.answers);
        let runtime = tokio::runtime::Handle::current();
        let (world, store) = (self.core.world(), self.core.store());
        for record in &done.records {
            self.executor.send_asked(record, world, store, self.now, &runtime, &self.own);
        }
    }

    /// The body of the next request that left.
    async fn sent(&mut self) -> Value {
        let text = self.requests.recv().await.unwrap();
        serde_json::from_str(text.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// Takes the next answer in.
    async fn hear(&mut self) {
        let answer = loop {
            match self.answers.try_recv() {
                Ok(Message::Order(order, _)) => break *order,
                Ok(_) | Err(_) => tokio::task::yield_now().await,
            }
        };
        self.run(answer);
    }
}

#[tokio::test]
async fn a_bank_is_told_what_to_capture_from_which_card_and_what_to_give_back_of_it() {
    let ok = r#"{"result":"ok"}"#;
    let mut rig = Rig::new(&[ok, ok, ok]).await;
    let reserve = rig.sent().await;
    assert_eq!(reserve["key"], "C-1/storeroom/1");
    assert_eq!(reserve["payload"]["goods"], json!({"product": "mask", "qty": 3}));
    assert_eq!(reserve["payload"]["money"], Value::Null);
    assert!(!reserve.to_string().contains("tok_seoul_7"), "the card is the bank's business");
    rig.hear().await;

    let (outcome, fare) = (WorkOutcome::Done, Some(Won(12_000)));
    rig.run(order(Command::FinishWork { call: CALL, outcome, fare }));
    let capture = rig.sent().await;
    assert_eq!((&capture["key"], &capture["op"]), (&json!("C-1/payment/1"), &json!("do")));
    let money = json!({"action": "capture", "won": 12_000, "card": "tok_seoul_7"});
    assert_eq!(capture["payload"]["money"], money);
    assert_eq!(capture["payload"]["goods"], Value::Null);
    assert_eq!(capture["payload"]["customer"]["card"], Value::Null);
    rig.hear().await;
    assert_eq!(rig.core.store().call(CALL).unwrap().unwrap().phase, Phase::Completed);

    rig.run(order(Command::RefundCall { call: CALL, won: Some(Won(2_000)) }));
    let refund = rig.sent().await;
    assert_eq!((&refund["key"], &refund["op"]), (&json!("C-1/refund-1/1"), &json!("do")));
    let money = json!({"action": "refund", "won": 2_000, "capture_key": "C-1/payment/1"});
    assert_eq!(refund["payload"]["money"], money);
    rig.hear().await;
    let row = rig.core.store().call(CALL).unwrap().unwrap();
    assert_eq!((row.money.captured, row.money.refunded), (Won(12_000), Won(2_000)));
}

#[tokio::test]
async fn a_refund_that_was_out_when_the_desk_closed_is_sent_again_under_its_key() {
    let ok = r#"{"result":"ok"}"#;
    let mut rig = Rig::new(&[ok, ok, ok]).await;
    drop(rig.sent().await);
    rig.hear().await;
    let (outcome, fare) = (WorkOutcome::Done, Some(Won(12_000)));
    rig.run(order(Command::FinishWork { call: CALL, outcome, fare }));
    drop(rig.sent().await);
    rig.hear().await;
    let refund = order(Command::RefundCall { call: CALL, won: None });
    assert!(rig.core.run(&[refund], rig.now).unwrap().answers[0].is_ok());
    let (world, store) = (rig.core.world(), rig.core.store());
    let runtime = tokio::runtime::Handle::current();
    rig.executor.send_owed(world, store, rig.now, &runtime, &rig.own);
    assert_eq!(rig.sent().await["key"], "C-1/refund-1/1");
    rig.hear().await;
    assert_eq!(rig.core.store().call(CALL).unwrap().unwrap().money.kept(), Won(0));
}

#[tokio::test]
async fn of_a_customer_who_was_erased_only_the_trade_is_told() {
    let rig = Rig::new(&[r#"{"result":"ok"}"#]).await;
    let (world, store) = (rig.core.world(), rig.core.store());
    let mut call = world.call(CALL).unwrap().clone();
    let known = payload::of(world, store, &call, 0);
    assert_eq!(known["customer"]["tel"], "01000000001");
    call.subject = SubjectId(99);
    let told = payload::of(world, store, &call, 0);
    assert_eq!(told["customer"], json!({}));
    assert_eq!(told["goods"], known["goods"]);
}
