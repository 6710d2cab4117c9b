//! Orders about ended calls, through the core: recalled from rows, from the batch itself, from the archive.

use super::{Core, Founding};
use crate::domain::command::{Command, Order};
use crate::domain::event::{Event, WorkOutcome};
use crate::domain::ids::{CallId, Millis, Time, Won};
use crate::domain::phase::Phase;
use crate::domain::profile::{Does, PaymentRule, Position, Price, Profile, StepSpec};
use crate::domain::refusal::Refusal;
use crate::domain::testing::{START, repair, request, seoul, worker};
use crate::domain::world::{Settings, World};
use crate::journal::memory::MemoryJournal;

const CALL: CallId = CallId(1);

fn profile() -> Profile {
    let mut pay = StepSpec::new("payment", Position::BeforeComplete);
    pay.does = Does::Charge;
    let payment = Some(PaymentRule { price: Price::Metered, limit: None });
    Profile { steps: vec![pay], payment, notices: Vec::new(), ..repair() }
}

fn order(command: Command) -> Order {
    Order { reason: Some("test".to_owned()), ..Order::by_operator("kim", command) }
}

fn refund(won: i64) -> Order {
    order(Command::RefundCall { call: CALL, won: Some(Won(won)) })
}

fn rate(stars: u8) -> Order {
    order(Command::RateCall { call: CALL, stars, text: None })
}

fn served() -> [Order; 2] {
    let finish =
        Command::FinishWork { call: CALL, outcome: WorkOutcome::Done, fare: Some(Won(10_000)) };
    [order(request("repair", 1, Some(seoul(0, 0)))), order(finish)]
}

struct Rig {
    journal: MemoryJournal,
    core: Core<MemoryJournal>,
    now: Time,
}

impl Rig {
    fn new() -> Self {
        let journal = MemoryJournal::new();
        let founding = Founding { seed: 7, secret: [1; 32] };
        let core = Core::open(journal.clone(), Settings::default(), &founding, START).unwrap();
        let mut rig = Self { journal, core, now: START };
        rig.all(&[
            order(Command::AdoptProfile(Box::new(profile()))),
            order(worker(Some(seoul(0, 0)), &[])),
        ]);
        rig
    }

    /// A desk on which call C-1 was served, paid and forgotten.
    fn paid() -> Self {
        let mut rig = Self::new();
        rig.all(&served());
        assert!(rig.core.world().call(CALL).is_none());
        rig
    }

    /// Carries out orders in one batch.
    fn run(&mut self, orders: &[Order]) -> Vec<Result<(), Refusal>> {
        let done = self.core.run(orders, self.now).unwrap();
        done.answers.into_iter().map(|answer| answer.map(drop)).collect()
    }

    fn all(&mut self, orders: &[Order]) {
        for answer in self.run(orders) {
            answer.unwrap();
        }
    }

    /// The desk after opening its journal anew is the same, and so is every row.
    fn check(&self) {
        let founding = Founding { seed: 0, secret: [0; 32] };
        let again =
            Core::open(self.journal.clone(), Settings::default(), &founding, self.now).unwrap();
        assert_eq!(again.world.desk, self.core.world.desk);
        assert_eq!(again.world.calls, self.core.world.calls);
        let mut folded = World::new(Settings::default());
        let mut speaks = Vec::new();
        let each = self.core.store().each_record(crate::domain::ids::Seq(1), |record| {
            folded.replay(&record);
            if record.events.iter().any(|e| crate::domain::event::call_of(e) == Some(CALL)) {
                speaks.push(record.seq);
            }
            std::ops::ControlFlow::Continue(())
        });
        each.unwrap();
        assert_eq!(folded.books().values().sum::<i64>(), 0);
        assert_eq!(self.row().seqs, speaks, "the row names every record that speaks of the call");
    }

    fn row(&self) -> crate::views::CallRow {
        self.core.store().call(CALL).unwrap().unwrap()
    }
}

#[test]
fn of_two_refunds_in_one_batch_the_second_knows_of_the_first() {
    let mut rig = Rig::paid();
    let answers = rig.run(&[refund(6_000), refund(6_000), refund(4_000)]);
    let left = Refusal::RefundTooMuch { call: CALL, left: Won(4_000) };
    assert_eq!(answers, [Ok(()), Err(left), Ok(())]);
    let row = rig.row();
    assert_eq!((row.money.captured, row.money.refunded), (Won(10_000), Won(10_000)));
    assert_eq!((row.phase, row.steps.len()), (Phase::Completed, 3));
    rig.check();
}

#[test]
fn of_two_ratings_in_one_batch_one_counts() {
    let mut rig = Rig::paid();
    let again = Refusal::AlreadyRated { call: CALL, stars: 5 };
    assert_eq!(rig.run(&[rate(5), rate(1)]), [Ok(()), Err(again.clone())]);
    assert_eq!(rig.run(&[rate(2)]), [Err(again)]);
    assert_eq!(rig.row().rating, Some(5));
    rig.check();
}

#[test]
fn a_call_is_recalled_in_the_very_batch_in_which_it_ended() {
    let mut rig = Rig::new();
    let note = order(Command::AddNote { call: CALL, text: "left the keys".to_owned() });
    let [call, finish] = served();
    let again = Refusal::AlreadyRated { call: CALL, stars: 3 };
    let answers = rig.run(&[call, finish, note, rate(3), refund(1_000), rate(4)]);
    assert_eq!(answers, [Ok(()), Ok(()), Ok(()), Ok(()), Ok(()), Err(again)]);
    assert_eq!((rig.row().rating, rig.row().money.refunded), (Some(3), Won(1_000)));
    rig.check();
}

#[test]
fn what_is_said_of_a_call_in_the_batch_in_which_it_ended_stays_in_its_row() {
    let mut rig = Rig::new();
    let note = order(Command::AddNote { call: CALL, text: "left the keys".to_owned() });
    let [call, finish] = served();
    rig.all(&[call, finish, note]);
    rig.check();
}

#[test]
fn a_call_is_recalled_again_after_it_was_forgotten_again_and_from_the_archive() {
    let mut rig = Rig::paid();
    rig.all(&[refund(1_000)]);
    for n in 2..4_i64 {
        rig.now = rig.now.plus(Millis::mins(20));
        rig.all(&[order(worker(None, &[]))]);
        assert!(rig.core.world().call(CALL).is_none(), "forgotten");
        rig.core.maintain(rig.now).unwrap();
        rig.all(&[refund(1_000)]);
        assert_eq!(rig.row().money.refunded, Won(1_000 * n));
        rig.check();
    }
    let recalled =
        |events: &[Event]| events.iter().any(|e| matches!(e, Event::CallRecalled { .. }));
    let mut count = 0;
    let each = rig.core.store().each_record(crate::domain::ids::Seq(1), |record| {
        count += u32::from(recalled(&record.events));
        std::ops::ControlFlow::Continue(())
    });
    each.unwrap();
    assert_eq!(count, 3, "each time anew");
}

#[test]
fn a_dry_run_of_a_refund_says_what_would_happen_and_does_nothing() {
    let rig = Rig::paid();
    let would = rig.core.dry_run(&refund(4_000), rig.now).unwrap().unwrap();
    assert!(matches!(would[0], Event::CallRecalled { .. }));
    assert!(would.iter().any(|e| matches!(e, Event::MoneyMoved { .. })), "{would:?}");
    let too_much = rig.core.dry_run(&refund(10_001), rig.now).unwrap();
    assert_eq!(too_much, Err(Refusal::RefundTooMuch { call: CALL, left: Won(10_000) }));
    assert_eq!(rig.row().money.refunded, Won(0));
    assert!(rig.core.world().call(CALL).is_none());
    rig.check();
}

#[test]
fn a_repeated_key_gets_the_refund_that_was_made() {
    let mut rig = Rig::paid();
    let keyed = Order { key: Some("k-1".to_owned()), ..refund(10_000) };
    assert_eq!(rig.run(&[keyed.clone(), keyed.clone()]), [Ok(()), Ok(())]);
    assert_eq!(rig.run(&[keyed]), [Ok(())]);
    assert_eq!(rig.row().money.refunded, Won(10_000));
    rig.check();
}

#[test]
fn nobody_is_recalled_who_never_was_and_nothing_for_what_cannot_happen_any_more() {
    let mut rig = Rig::paid();
    let nobody = order(Command::RateCall { call: CallId(9), stars: 5, text: None });
    assert_eq!(rig.run(&[nobody]), [Err(Refusal::NoSuchCall(CallId(9)))]);
    let start = order(Command::StartWork { call: CALL });
    let wrong = Refusal::WrongPhase { call: CALL, phase: Phase::Completed, verb: "started" };
    assert_eq!(rig.run(&[start]), [Err(wrong)]);
    let retry = order(Command::RetryCall { call: CALL });
    assert_eq!(rig.run(&[retry]), [Err(Refusal::NothingToRetry { call: CALL })]);
    assert!(rig.core.world().call(CALL).is_none());
    rig.check();
}
