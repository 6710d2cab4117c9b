//! One bad day per rule: requests, compensation, breakers.

use super::good::*;
use super::*;

fn with(event: Event, new_group: u32, new_generation: u64, new_probe: bool) -> Event {
    match event {
        Event::StepAsked { call, step, op, attempt, deadline, answer_at, .. } => Event::StepAsked {
            call,
            step,
            op,
            group: new_group,
            attempt,
            deadline,
            answer_at,
            generation: new_generation,
            probe: new_probe,
        },
        other => other,
    }
}

pub(super) fn cases() -> Vec<Case> {
    let mut all = steps();
    all.extend(breakers());
    all
}

fn steps() -> Vec<Case> {
    let undo = |step, attempt| asked(4_000, 1, step, Op::Undo, attempt);
    let undo_no = answered(1, 1, Op::Undo, 2, no());
    let gave_up = Book::new()
        .rec(1_000, vec![received(1, 2), asked(1_000, 1, 0, Op::Do, 1)])
        .by(
            Actor::Customer,
            None,
            1_100,
            vec![canceled(1), asked(1_100, 1, 0, Op::Undo, 2), issued(notice(3, 1, 2, 3))],
        )
        .rec(
            1_700,
            vec![
                answered(1, 0, Op::Do, 1, lost()),
                answered(1, 0, Op::Undo, 2, Outcome::Ok),
                ended(1, Target::Canceled),
                delivered(notice(3, 1, 2, 3)),
            ],
        );
    let settled =
        Event::StepSettled { call: CallId(1), step: 2, by: crate::domain::event::SettledBy::Cash };
    let payment_no = answered(1, 2, Op::Do, 1, no());
    vec![
        case(Rule::K1, &open_full(), |b| {
            b.rec(1_200, vec![answered(1, 1, Op::Do, 1, Outcome::Ok)])
        }),
        case(Rule::K1, &closing(), |b| {
            b.rec(9_100, vec![answered(1, 2, Op::Query, 1, Outcome::Ok)])
        }),
        case(Rule::K1, &canceled_full(), |b| b.rec(9_100, vec![late_ok(1, 0, 1)])),
        case(Rule::K3, &assigned_full(), |b| {
            b.by(
                Actor::Customer,
                None,
                4_000,
                vec![canceled(1), released(1, 1, false), undo(0, 2), issued(notice(6, 1, 2, 3))],
            )
        }),
        case(Rule::K3, &assigned_full(), |b| b.rec(4_000, vec![asked(4_000, 1, 2, Op::Undo, 1)])),
        case(Rule::K3, &unwinding_full(), |b| b.rec(4_000, vec![ended(1, Target::Canceled)])),
        case(Rule::K4, &unwinding_full(), |b| b.rec(4_000, vec![undo_no.clone()])),
        case(
            Rule::K4,
            &unwinding_full().rec(
                4_000,
                vec![undo_no.clone(), raised(1, About::Call(CallId(1)), Concern::UndoDenied)],
            ),
            |b| b.desk(5_000, vec![Event::AttentionDone { attention: AttentionId(1) }]),
        ),
        case(Rule::K4, &closing(), |b| b.rec(9_100, vec![payment_no.clone()])),
        case(Rule::K5, &assigned_full(), |b| {
            b.rec(4_000, vec![with(asked(4_000, 1, 1, Op::Query, 2), 2, 0, false)])
        }),
        case(Rule::K5, &assigned_full(), |b| b.rec(4_000, vec![asked(4_000, 1, 1, Op::Query, 1)])),
        unsettled(Rule::K6, &gave_up, 4_000_000, |b| b.rec(2_000, vec![late_ok(1, 0, 1)])),
        unsettled(Rule::X7, &canceled_full(), 4_000_000, |mut b| {
            b.records[6].events.push(asked(3_100, 1, 1, Op::Query, 3));
            b
        }),
        case(Rule::M5, &closing(), |b| b.rec(9_100, vec![completed(1)])),
        case(Rule::M5, &closing(), |b| b.rec(9_100, vec![settled.clone(), completed(1)])),
        case(Rule::C6, &unwinding_full(), |b| {
            b.rec(9_100, vec![Event::StepWaived { call: CallId(1), step: 1 }])
        }),
        case(Rule::H2, &Book::new(), |b| {
            b.rec(
                1_000,
                vec![
                    received(1, 2),
                    asked(1_000, 1, 0, Op::Do, 1),
                    answered(1, 0, Op::Do, 1, Outcome::Ok),
                    opened(1),
                    asked(1_000, 1, 1, Op::Do, 1),
                    answered(1, 1, Op::Do, 1, no()),
                ],
            )
        }),
    ]
}

fn breakers() -> Vec<Case> {
    let resumed = |call| Event::CallResumed { call: CallId(call) };
    let closed_to_open =
        |n| moved(1, 2_000, StateKind::Closed, open_until(12_000, 0), Why::ConsecutiveFailures, n);
    let half = parked().rec(11_000, vec![half_open(), resumed(2), probe(2)]);
    let ok = answered(2, 0, Op::Do, 1, Outcome::Ok);
    let close = |n| moved(3, 11_050, StateKind::HalfOpen, State::Closed, Why::ProbesPassed, n);
    let undo_asked =
        |generation, probe| with(asked(4_000, 1, 1, Op::Query, 2), 1, generation, probe);
    vec![
        case(Rule::B1, &open_plain(), |b| {
            let to = State::HalfOpen { leases: vec![], passed: 0, slow: 0, again: 0 };
            b.rec(2_000, vec![moved(1, 2_000, StateKind::Closed, to, Why::WaitOver, [0, 0, 0])])
        }),
        case(Rule::B1, &open_plain(), |b| {
            let to = State::ForcedOpen { reason: "works".to_owned() };
            b.rec(2_000, vec![moved(1, 2_000, StateKind::Closed, to, Why::Operator, [0, 0, 0])])
        }),
        case(Rule::B2, &open_plain(), |b| b.rec(2_000, vec![closed_to_open([2, 2, 2])])),
        case(Rule::B2, &parked(), |mut b| {
            b.records[2].events.retain(|e| !matches!(e, Event::BreakerMoved { .. }));
            b
        }),
        case(Rule::B3, &parked(), |b| {
            let early = match half_open() {
                Event::BreakerMoved { participant, mut transition, incident } => {
                    transition.at = Time(10_999);
                    Event::BreakerMoved { participant, transition, incident }
                }
                other => other,
            };
            b.rec(10_999, vec![early])
        }),
        case(Rule::B3, &parked(), |b| {
            b.rec(5_000, vec![resumed(2), with(asked(5_000, 2, 0, Op::Do, 1), 1, 1, false)])
        }),
        case(Rule::B4, &half, |b| {
            b.rec(11_010, vec![resumed(3), with(asked(11_010, 3, 0, Op::Do, 1), 1, 2, true)])
        }),
        case(Rule::B4, &assigned_full(), |b| b.rec(4_000, vec![undo_asked(0, true)])),
        case(Rule::B5, &half, |b| b.rec(11_050, vec![ok.clone(), opened(2)])),
        case(Rule::B6, &assigned_full(), |b| b.rec(4_000, vec![undo_asked(1, false)])),
        case(Rule::B9, &parked(), |b| {
            let again =
                moved(2, 2_000, StateKind::Closed, open_until(12_000, 0), Why::FailureRate, [0; 3]);
            b.rec(2_000, vec![again])
        }),
        case(Rule::B9, &half, |b| {
            let failed = answered(2, 0, Op::Do, 1, down());
            let why = crate::domain::event::ParkedWhy::Unavailable;
            let park = Event::CallParked { call: CallId(2), why };
            // The second wait is twice the first one.
            let short = moved(
                3,
                11_050,
                StateKind::HalfOpen,
                open_until(21_050, 1),
                Why::ProbeFailed,
                [1, 1, 0],
            );
            b.rec(11_050, vec![failed, short, park])
        }),
        case(Rule::B10, &half, |b| b.rec(11_050, vec![ok.clone(), close([2, 0, 0]), opened(2)])),
        case(Rule::B11, &open_plain(), |b| {
            let call = |id| [received(id, 2), asked(2_000, id, 0, Op::Do, 1)];
            b.rec(2_000, [call(2), call(3), call(4)].concat())
        }),
    ]
}
