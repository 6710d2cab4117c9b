//! Whatever becomes of requests and answers: what a bank that keeps its word really moved is what the books say.

use super::kit::cancel;
use super::money::{charging, ended, entries};
use crate::domain::call::Out;
use crate::domain::command::{Answer, Command};
use crate::domain::event::{Event, MoneyMove, Op, Outcome, SettledBy};
use crate::domain::ids::{CallId, Millis, Won};
use crate::domain::phase::Phase;
use crate::domain::profile::{Position, Price, Profile};
use crate::domain::testing::{Bench, request, seoul};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;

const CALL: CallId = CallId(1);
const FARE: i64 = 10_000;

/// A key of the bank: the step and the group.
type Key = (u8, u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Done,
    Undone,
}

/// A bank that does a thing once per key and remembers what it did.
#[derive(Debug, Default)]
struct Bank {
    deeds: BTreeMap<Key, Deed>,
    captures: u32,
    captured: i64,
    refunded: i64,
    /// Answers that are still on their way.
    late: Vec<Command>,
}

impl Bank {
    /// Carries a request out and says the truth about it.
    fn carry_out(&mut self, step: u8, out: &Out, won: i64) -> Outcome {
        let no = |why: &str| Outcome::Denied(why.to_owned());
        let key = (step, out.group);
        match (out.op, self.deeds.get(&key)) {
            (Op::Do, Some(Deed::Undone)) => no("undone"),
            (Op::Do | Op::Query, Some(Deed::Done)) => Outcome::Ok,
            (Op::Query, _) => no("not done"),
            (Op::Do, None) if step > 0 && won > self.captured - self.refunded => no("too much"),
            (Op::Do, None) => {
                self.deeds.insert(key, Deed::Done);
                if step == 0 {
                    self.captures += 1;
                    self.captured += won;
                } else {
                    self.refunded += won;
                }
                Outcome::Ok
            }
            (Op::Undo, deed) => {
                if deed == Some(&Deed::Done) {
                    self.refunded = self.captured;
                }
                self.deeds.insert(key, Deed::Undone);
                Outcome::Ok
            }
        }
    }
}

/// What happens next.
#[derive(Debug, Clone)]
enum Act {
    /// The oldest request gets to the bank and its answer to the desk.
    Heard,
    /// …gets to the bank, and its answer to the desk when nobody counts on it any more.
    Late,
    /// …gets to the bank, and its answer nowhere.
    Lost,
    /// …does not get to the bank, and nobody knows.
    Never,
    /// …is sent back, unless it was done already: surely not done.
    Refused,
    /// …is decided against, unless it was done already.
    Denied,
    /// One of the answers that are late comes.
    Comes,
    /// Time passes.
    Pass(u64),
    /// An order at the desk; it may be refused.
    Order(Box<Command>),
}

fn acts() -> impl Strategy<Value = Act> {
    let order = prop_oneof![
        Just(ended(CALL, Some(FARE))),
        Just(cancel(CALL)),
        Just(Command::SettleCall { call: CALL, by: SettledBy::Cash }),
        Just(Command::RetryCall { call: CALL }),
        (1..FARE).prop_map(|won| Command::RefundCall { call: CALL, won: Some(Won(won)) }),
        Just(Command::RefundCall { call: CALL, won: None }),
        Just(Command::WaiveStep { call: CALL, step: "refund".to_owned() }),
    ];
    prop_oneof![
        3 => Just(Act::Heard),
        2 => Just(Act::Late),
        1 => Just(Act::Lost),
        1 => Just(Act::Never),
        1 => Just(Act::Refused),
        1 => Just(Act::Denied),
        2 => Just(Act::Comes),
        3 => prop_oneof![Just(700_u64), Just(5_000), Just(60_000)].prop_map(Act::Pass),
        6 => order.prop_map(|command| Act::Order(Box::new(command))),
    ]
}

fn oldest(desk: &Bench) -> Option<(u8, Out, i64)> {
    let call = desk.world.call(CALL)?;
    let (i, out) = call.steps.iter().enumerate().find_map(|(i, s)| Some((i, s.out?)))?;
    let won = if i == 0 { FARE } else { call.refunds[i - 1].0 };
    Some((u8::try_from(i).unwrap(), out, won))
}

fn said(step: u8, out: &Out, outcome: Outcome) -> Command {
    let (op, group, attempt, took) = (out.op, out.group, out.attempt, Millis(1));
    Command::Answer(Answer { call: CALL, step, op, group, attempt, outcome, took })
}

fn act(desk: &mut Bench, bank: &mut Bank, act: Act) {
    match act {
        Act::Comes => {
            if !bank.late.is_empty() {
                let late = bank.late.remove(0);
                // Nobody may wait for it any more.
                drop(desk.run(late, None));
            }
        }
        Act::Pass(ms) => desk.pass(Millis(ms)),
        Act::Order(command) => drop(desk.after(CALL, *command, Some("test"))),
        fate => {
            let Some((step, out, won)) = oldest(desk) else { return };
            let done = bank.deeds.get(&(step, out.group)) == Some(&Deed::Done);
            let said = match fate {
                Act::Never => return,
                Act::Refused if !done => said(step, &out, Outcome::Unavailable("down".to_owned())),
                Act::Denied if out.op != Op::Query && !done => {
                    said(step, &out, Outcome::Denied("no".to_owned()))
                }
                _ => said(step, &out, bank.carry_out(step, &out, won)),
            };
            match fate {
                Act::Late => bank.late.push(said),
                Act::Lost => {}
                _ => drop(desk.ok(said)),
            }
        }
    }
}

/// Everything works again, and a human decides what is left to a human.
fn come_to_rest(desk: &mut Bench, bank: &mut Bank) {
    for _ in 0..20 {
        for _ in 0..5 {
            act(desk, bank, Act::Heard);
            act(desk, bank, Act::Comes);
        }
        act(desk, bank, Act::Pass(5_000));
        let Some(call) = desk.world.call(CALL) else { break };
        if call.phase == Phase::Assigned || call.phase == Phase::Open {
            act(desk, bank, Act::Order(Box::new(cancel(CALL))));
        }
        act(desk, bank, Act::Order(Box::new(Command::RetryCall { call: CALL })));
    }
}

fn booked(desk: &Bench, which: MoneyMove) -> i64 {
    let events = desk.events();
    let won = events.iter().map(|event| match event {
        Event::MoneyMoved { what, lines, .. } if *what == which => lines[0].won.0,
        _ => 0,
    });
    won.sum()
}

fn story(profile: Profile, all: Vec<Act>) -> Result<(), TestCaseError> {
    let mut desk = Bench::with(&[profile]);
    desk.outside("payment");
    desk.worker(0, 0);
    let mut order = request("repair", 1, Some(seoul(0, 0)));
    if let Command::RequestCall(new) = &mut order {
        new.cost = Some(Won(FARE));
    }
    desk.ok(order);
    let mut bank = Bank::default();
    for next in all {
        act(&mut desk, &mut bank, next);
        entries(&desk);
    }
    come_to_rest(&mut desk, &mut bank);
    entries(&desk);
    let (captured, refunded) =
        (booked(&desk, MoneyMove::Captured), booked(&desk, MoneyMove::Refunded));
    prop_assert!(bank.captures <= 1, "charged {} times", bank.captures);
    prop_assert_eq!(bank.captured - bank.refunded, captured - refunded, "{:?}", &bank);
    // What was captured and undone before anybody knew is in nobody's books.
    prop_assert!(captured == 0 || (bank.captured, bank.refunded) == (captured, refunded));
    let ended = desk.phase(CALL).is_terminal();
    prop_assert!(ended, "{:?} {:?}", desk.phase(CALL), desk.world.call(CALL));
    let settled = desk.events().iter().any(|e| matches!(e, Event::StepSettled { .. }));
    prop_assert!(desk.phase(CALL) != Phase::Completed || captured > 0 || settled, "unpaid");
    prop_assert!(desk.phase(CALL) == Phase::Completed || captured == refunded, "kept");
    Ok(())
}

proptest! {
    #[test]
    fn a_price_paid_before_is_moved_as_the_books_say(all in vec(acts(), 0..60)) {
        story(charging(Position::BeforeOpen, Price::Fixed), all)?;
    }

    #[test]
    fn a_fare_paid_at_the_end_is_moved_as_the_books_say(all in vec(acts(), 0..60)) {
        story(charging(Position::BeforeComplete, Price::Metered), all)?;
    }
}
