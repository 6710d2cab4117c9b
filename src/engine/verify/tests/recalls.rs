//! What happens after the end: calls taken up again, refunds, ratings, dispositions.

use super::kit::*;
use super::services::*;
use super::*;
use crate::domain::call::{Call as Body, StepState as BodyState};
use crate::domain::ids::Won;
use crate::domain::phase::Phase;
use crate::domain::world::{Settings, World};

/// C-1 of [`paid`] as the desk would remember it.
fn body() -> Box<Body> {
    let mut world = World::new(Settings::default());
    driven().records.iter().for_each(|record| world.replay(record));
    let mut body = world.calls().find(|call| call.id == CallId(1)).cloned().unwrap();
    (body.phase, body.phase_at) = (Phase::Completed, Time(60_100));
    (body.steps[0].state, body.steps[0].out) = (BodyState::Done, None);
    body.money.captured = Won(12_000);
    Box::new(body)
}

fn recalled(change: impl FnOnce(&mut Body)) -> Event {
    let mut call = body();
    change(&mut call);
    Event::CallRecalled { call }
}

fn rated(worker: u64, stars: u8) -> Event {
    Event::CallRated { call: CallId(1), worker: Some(WorkerId(worker)), stars }
}

fn disposed(code: &str) -> Event {
    Event::DispositionSet { call: CallId(1), code: code.to_owned() }
}

fn let_go() -> Event {
    Event::StepWaived { call: CallId(1), step: 1 }
}

/// C-1 is paid, recalled and gives back 2,000 won. Nine records.
fn refunding() -> Book {
    paid().desk(70_000, vec![recalled(|_| {}), refund(1, 1, 2_000), asked(70_000, 1, 1, Op::Do, 1)])
}

pub(super) fn cases() -> Vec<Case> {
    let ended = refunding().rec(70_100, vec![yes(1, 1, Op::Do, 1), refunded(1, 1, 2_000)]);
    let back = |b: Book, event| b.desk(70_000, vec![recalled(|_| {}), event]);
    let again = |b: Book, change: fn(&mut Body)| b.desk(70_000, vec![recalled(change)]);
    let good = paid().desk(70_000, vec![recalled(|_| {}), rated(3, 5)]);
    let lesson = listed().rec(2_000, vec![claimed(1, 1), started(1, 1)]);
    vec![
        case(Rule::C7, &paid(), |b| b.desk(70_000, vec![rated(3, 5)])),
        case(Rule::C7, &paid(), |b| b.desk(70_000, vec![refund(1, 1, 2_000)])),
        case(Rule::C7, &driven(), |b| again(b, |_| {})),
        case(Rule::C7, &paid(), |b| again(b, |c| c.money.captured = Won(11_000))),
        case(Rule::C7, &paid(), |b| again(b, |c| c.phase = Phase::Canceled)),
        case(Rule::C7, &paid(), |b| again(b, |c| c.rating = Some(3))),
        case(Rule::C7, &paid(), |b| again(b, |c| drop(c.steps.pop()))),
        case(Rule::C7, &paid(), |b| again(b, |c| c.cost = Some(Won(1)))),
        // What was given back must not be forgotten.
        case(Rule::C7, &ended, |b| b.desk(80_000, vec![recalled(|_| {})])),
        case(Rule::C8, &good, |b| b.desk(80_000, vec![rated(3, 4)])),
        case(Rule::C8, &paid(), |b| back(b, rated(3, 0))),
        case(Rule::C8, &paid(), |b| back(b, rated(3, 6))),
        case(Rule::C8, &paid(), |b| back(b, rated(1, 5))),
        case(Rule::C8, &driven(), |b| b.desk(60_050, vec![rated(3, 5)])),
        case(Rule::C8, &lesson, |b| b.desk(3_000, vec![disposed("eaten")])),
        case(Rule::M1, &paid(), |b| back(b, refund(1, 1, 12_001))),
        case(Rule::M1, &refunding(), |b| b.desk(70_050, vec![refund(1, 2, 10_001)])),
        case(Rule::M1, &paid(), |b| back(b, refund(1, 1, 0))),
        case(Rule::C3, &paid(), |b| back(b, refund(1, 2, 1_000))),
        case(Rule::C3, &driven(), |b| b.desk(60_050, vec![refund(1, 1, 1_000)])),
        case(Rule::C6, &refunding(), |b| b.rec(70_050, vec![refund(1, 2, 1_000)])),
        case(Rule::M2, &refunding(), |b| b.rec(70_100, vec![yes(1, 1, Op::Do, 1)])),
        case(Rule::M2, &refunding(), |b| {
            b.rec(70_100, vec![yes(1, 1, Op::Do, 1), refunded(1, 1, 1_999)])
        }),
        case(Rule::K3, &ended, |b| b.rec(70_200, vec![asked(70_200, 1, 1, Op::Undo, 2)])),
        case(Rule::K3, &ended, |b| b.desk(80_000, vec![let_go()])),
        case(Rule::H2, &refunding(), |b| b.rec(70_100, vec![answered(1, 1, Op::Do, 1, no())])),
        unsettled(Rule::L6, &refunding(), 4_000_000, |b| {
            b.rec(70_100, vec![answered(1, 1, Op::Do, 1, down())])
        }),
    ]
}

#[test]
fn a_completed_call_is_recalled_refunded_rated_and_said_to_be_done() {
    let book = refunding()
        .rec(70_100, vec![yes(1, 1, Op::Do, 1), refunded(1, 1, 2_000)])
        .desk(71_000, vec![rated(3, 4)])
        .desk(72_000, vec![disposed("fine")]);
    assert_clean(&book, Quiet::Yes { at: Time(4_000_000) });
    // An hour later it is forgotten, and recalled as it was left then.
    let later = book.desk(
        4_000_000,
        vec![
            recalled(|c| {
                c.money.refunded = Won(2_000);
                (c.rating, c.disposition) = (Some(4), Some("fine".to_owned()));
                c.refunds.push(Won(2_000));
                let mut step = c.steps[0].clone();
                step.state = BodyState::Done;
                c.steps.push(step);
            }),
            refund(1, 2, 10_000),
            asked(4_000_000, 1, 2, Op::Do, 1),
            yes(1, 2, Op::Do, 1),
            refunded(1, 2, 10_000),
        ],
    );
    assert_clean(&later, Quiet::Yes { at: Time(4_000_001) });
    let mut checker = Checker::keeping_ended();
    let mut rating = None;
    for record in &later.records {
        checker.record(record);
        for facts in checker.take_ended() {
            rating = facts.rating;
        }
    }
    assert_eq!(rating, Some(4), "what changes after the end is handed out again");
    assert!(checker.call_facts(CallId(1)).unwrap().money.refunded == Won(12_000));
}

#[test]
fn a_refund_that_was_not_asked_for_yet_may_be_let_go() {
    let promised = paid().desk(70_000, vec![recalled(|_| {}), refund(1, 1, 2_000)]);
    assert_clean(&promised.desk(71_000, vec![let_go()]), Quiet::Yes { at: Time(4_000_000) });
}

#[test]
fn a_refused_refund_waits_for_a_human_who_lets_it_go() {
    let denied = |b: Book| {
        b.rec(
            70_100,
            vec![
                answered(1, 1, Op::Do, 1, no()),
                raised(1, About::Call(CallId(1)), Concern::RefundDenied),
            ],
        )
    };
    assert_clean(&denied(refunding()), Quiet::Yes { at: Time(4_000_000) });
    let let_go = denied(refunding()).desk(
        71_000,
        vec![
            let_go(),
            Event::AttentionDone { attention: AttentionId(1) },
            refund(1, 2, 12_000),
            asked(71_000, 1, 2, Op::Do, 1),
            yes(1, 2, Op::Do, 1),
            refunded(1, 2, 12_000),
        ],
    );
    assert_clean(&let_go, Quiet::Yes { at: Time(4_000_000) });
}
