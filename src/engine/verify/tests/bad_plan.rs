//! One bad day per rule: appointments, claims, broadcasts, and what is done by nobody.

use super::kit::*;
use super::services::*;
use super::*;
use crate::domain::event::{Mode, Why as Reason, Window};

pub(super) fn cases() -> Vec<Case> {
    let mut all = appointments();
    all.extend(claims());
    all.extend(broadcasts());
    all.extend(timers());
    all.extend(work());
    all
}

fn by_claim(overridden: bool) -> AssignedBy {
    AssignedBy::Claim { overridden }
}

fn reserved_until(call: u64, worker: u64, from: i64, until: i64) -> Event {
    Event::AssignmentReserved {
        call: CallId(call),
        worker: WorkerId(worker),
        window: Window { from: Time(from), until: Time(until) },
        by: by_claim(false),
    }
}

/// C-1 and C-2 are lessons, paid and on the open list. Four records.
fn two_listed() -> Book {
    let mut events = vec![taken(2, LESSON)];
    events.extend(at_once(1_500, 2, 0));
    events.extend([captured(2, 0, 30_000), says(4, 2, 0, 7), opened(2)]);
    listed().rec(1_500, events)
}

fn appointments() -> Vec<Case> {
    let due_at = 7 * HOUR;
    let two = two_listed().rec(2_000, vec![reserved(1, 1, 10 * HOUR), says(5, 1, 1, 6)]);
    let near = scheduled().rec(due_at, vec![due(1, 1)]);
    vec![
        case(Rule::T3, &listed(), |b| {
            let late = 10 * HOUR + HOUR / 2;
            b.rec(2_000, vec![reserved_until(1, 1, 10 * HOUR, late), says(4, 1, 1, 6)])
        }),
        case(Rule::T3, &listed(), |b| b.rec(2_000, vec![reserved(1, 1, 1_999), says(4, 1, 1, 6)])),
        case(Rule::T3, &scheduled(), |b| {
            b.rec(3_000, vec![rescheduled(1, 2_000), says(5, 1, 2, 1)])
        }),
        case(Rule::A1, &scheduled(), |b| {
            b.rec(3_000, vec![reserved(1, 2, 12 * HOUR), says(5, 1, 1, 6)])
        }),
        case(Rule::A10, &scheduled(), |b| b.rec(3_000, vec![claimed(1, 2)])),
        case(Rule::A2, &two, |b| {
            b.rec(3_000, vec![reserved(2, 1, 10 * HOUR + HOUR / 2), says(6, 2, 1, 7)])
        }),
        case(
            Rule::A2,
            &two.clone().rec(3_000, vec![reserved(2, 1, 11 * HOUR), says(6, 2, 1, 7)]),
            |b| b.desk(4_000, vec![rescheduled(2, 10 * HOUR), says(7, 2, 2, 1)]),
        ),
        case(Rule::A10, &scheduled(), |b| b.rec(due_at - 1, vec![due(1, 1)])),
        case(Rule::A10, &near, |b| b.rec(due_at + 1, vec![due(1, 1)])),
        case(Rule::A10, &scheduled(), |b| b.rec(due_at, vec![due(1, 2)])),
        case(Rule::A10, &scheduled(), |b| b.rec(due_at, vec![claimed(1, 1)])),
        case(Rule::A3, &listed(), |b| {
            let duty = Duty::Suspended;
            let set = Event::DutySet { worker: WorkerId(1), duty, after_current: false };
            b.desk(1_500, vec![set]).rec(2_000, vec![reserved(1, 1, 10 * HOUR), says(5, 1, 1, 6)])
        }),
        case(Rule::T2, &near, |b| {
            let (call, worker, why) = (CallId(1), WorkerId(1), Reason::Missed);
            let missed = Event::AssignmentReleased { call, worker, why, exclude: false };
            b.rec(10 * HOUR - 1, vec![missed])
        }),
        case(Rule::A6, &scheduled(), |b| {
            b.by(Actor::Customer, None, 3_000, vec![canceled(1), asked(3_000, 1, 0, Op::Undo, 2)])
        }),
        case(Rule::C6, &near.clone().rec(due_at + 1, vec![claimed(1, 1)]), |b| {
            b.by(
                Actor::Customer,
                None,
                8 * HOUR,
                vec![released(1, 1, false), canceled(1), asked(8 * HOUR, 1, 0, Op::Undo, 2)],
            )
        }),
        case(Rule::C3, &near.clone().rec(due_at + 1, vec![claimed(1, 1), started(1, 1)]), |b| {
            b.desk(11 * HOUR, vec![rescheduled(1, 20 * HOUR), says(7, 1, 2, 1)])
        }),
        unsettled(Rule::T2, &scheduled(), 8 * HOUR, |b| b),
        unsettled(Rule::T2, &near, 11 * HOUR, |b| b),
        unsettled(Rule::X7, &scheduled(), 8 * HOUR, |b| {
            b.by(Actor::Customer, None, 3_000, vec![canceled(1), asked(3_000, 1, 0, Op::Undo, 2)])
                .rec(
                    3_100,
                    vec![
                        yes(1, 0, Op::Undo, 2),
                        refunded(1, 0, 30_000),
                        says(6, 1, 3, 6),
                        ended(1, Target::Canceled),
                        asked(3_100, 1, 0, Op::Query, 3),
                    ],
                )
        }),
    ]
}

fn claims() -> Vec<Case> {
    let skilled = |kind: &str| {
        let kind = Some(kind.to_owned());
        desk().rec(900, vec![]).last(|r| {
            let mut call = taken(1, RIDE);
            if let Event::CallReceived { kind: asked, .. } = &mut call {
                *asked = kind;
            }
            r.events = vec![call, opened(1)];
        })
    };
    let open = skilled("boiler");
    let given_back =
        open.clone().rec(1_000, vec![claimed(1, 1)]).rec(2_000, vec![released(1, 1, true)]);
    let stopped = |mode| Event::AssignModeSet { mode };
    let claim = || claimed(1, 1);
    vec![
        case(Rule::A11, &super::good::open_plain(), |b| b.rec(2_000, vec![claim()])),
        case(Rule::A11, &open, |b| {
            b.desk(1_000, vec![stopped(Mode::Stopped)]).rec(2_000, vec![claim()])
        }),
        case(Rule::A11, &open, |b| {
            let failing = Mode::Failing(crate::domain::event::FailKind::Unavailable);
            b.desk(1_000, vec![stopped(failing)]).rec(2_000, vec![claim()])
        }),
        case(Rule::A11, &open, |b| {
            b.desk(1_000, vec![Event::CallHeld { call: CallId(1), until: Time(9_000) }])
                .rec(2_000, vec![claim()])
        }),
        case(Rule::C2, &paid(), |b| b.rec(70_000, vec![claim()])),
        case(Rule::A1, &open, |b| b.rec(1_000, vec![claim()]).rec(1_001, vec![claimed(1, 2)])),
        case(Rule::C6, &open, |b| b.by(Actor::Worker(WorkerId(2)), None, 1_000, vec![claim()])),
        case(Rule::A3, &skilled("roof"), |b| b.rec(1_000, vec![committed(1, 1, by_claim(true))])),
        case(Rule::A3, &given_back, |b| b.rec(3_000, vec![claim()])),
        case(Rule::A3, &open, |b| b.rec(1_000, vec![committed(1, 1, by_claim(true))])),
    ]
}

fn broadcasts() -> Vec<Case> {
    let opened_ride = desk().rec(1_000, vec![taken(1, RIDE), opened(1)]);
    let first = opened_ride
        .clone()
        .rec(1_000, vec![broadcast(1, 1, &[1, 2], 0, 21_000), tells(1, 1, &[1, 2])]);
    let sent = |offer, workers: &[u64], ring, deadline| {
        let told = tells(1, 1, workers);
        vec![broadcast(offer, 1, workers, ring, deadline), told]
    };
    let decline = |worker| Event::OfferDeclined {
        offer: OfferId(1),
        call: CallId(1),
        worker: WorkerId(worker),
    };
    let taken_by =
        |worker| vec![accepted(1, 1, worker), committed(1, worker, AssignedBy::Offer(OfferId(1)))];
    let and = |mut events: Vec<Event>, more: &[Event]| {
        events.extend(more.iter().cloned());
        events
    };
    let lost = |losers: &[u64]| [over(1, 1, Reason::Taken, losers), tells(1, 2, losers)];
    let mut all = vec![
        case(Rule::A12, &opened_ride, |b| b.rec(2_000, sent(1, &[1], 2, 22_000))),
        case(Rule::A12, &opened_ride, |b| b.rec(2_000, sent(1, &[1], 0, 21_999))),
        case(Rule::A12, &super::good::open_plain(), |b| {
            b.rec(2_000, vec![broadcast(1, 1, &[1], 0, 22_000)])
        }),
        case(Rule::Z1, &opened_ride, |b| b.rec(2_000, sent(1, &[1, 2, 3], 0, 22_000))),
        case(Rule::A12, &first, |b| b.rec(21_000, sent(1, &[2], 1, 41_000))),
        case(Rule::A12, &shouted(), |b| b.rec(30_000, sent(1, &[], 0, 50_000))),
        case(Rule::T2, &first, |b| b.rec(20_999, sent(1, &[3], 1, 40_999))),
        case(Rule::T2, &shouted(), |b| {
            let over = over(1, 1, Reason::SearchOver, &[1, 2, 3]);
            b.rec(40_999, vec![over, tells(1, 2, &[1, 2, 3])])
        }),
        case(Rule::A9, &first, |b| b.rec(2_000, sent(2, &[3], 0, 22_000))),
        case(Rule::A8, &opened_ride, |b| {
            b.desk(1_500, vec![Event::AssignModeSet { mode: Mode::Stopped }])
                .rec(2_000, sent(1, &[1], 0, 22_000))
        }),
        case(Rule::A4, &first, |b| b.rec(2_000, and(taken_by(3), &lost(&[1, 2])))),
        case(Rule::A4, &first, |b| b.rec(2_000, vec![decline(1)]).rec(3_000, vec![decline(1)])),
        case(Rule::A4, &first, |b| {
            b.rec(2_000, vec![decline(1)]).rec(3_000, and(taken_by(1), &lost(&[2])))
        }),
    ];
    all.extend([
        case(Rule::A3, &first, |b| {
            b.rec(2_000, vec![decline(1), decline(2)])
                .rec(3_000, vec![over(1, 1, Reason::SearchOver, &[1, 2]), tells(1, 2, &[1, 2])])
                .rec(4_000, sent(2, &[1], 0, 24_000))
        }),
        case(Rule::A2, &shouted(), |b| {
            let second = vec![taken(2, RIDE), opened(2), claimed(2, 1)];
            b.rec(25_000, second).rec(
                26_000,
                vec![
                    taken(3, RIDE),
                    opened(3),
                    broadcast(2, 3, &[1], 0, 46_000),
                    tells(3, 1, &[1]),
                ],
            )
        }),
        case(Rule::A6, &shouted(), |b| b.rec(30_000, taken_by(3))),
        case(Rule::A12, &shouted(), |b| b.rec(30_000, and(taken_by(3), &lost(&[1])))),
        case(Rule::A12, &shouted(), |b| b.rec(30_000, and(taken_by(3), &lost(&[1, 2, 3])))),
        case(Rule::A12, &shouted(), |b| {
            let events = and(taken_by(3), &lost(&[1, 2]));
            b.rec(30_000, and(events, &lost(&[1, 2])[..1]))
        }),
        case(Rule::A5, &shouted(), |b| b.rec(30_000, vec![accepted(1, 1, 3)])),
        case(Rule::O1, &shouted(), |b| {
            let over = over(1, 1, Reason::Taken, &[1, 2]);
            b.rec(30_000, and(taken_by(3), &[over, tells(1, 2, &[1])]))
        }),
        case(Rule::O6, &shouted(), |b| {
            let over = over(1, 1, Reason::Taken, &[1, 2]);
            b.rec(30_000, and(taken_by(3), &[over, tells(1, 2, &[1, 2, 3])]))
        }),
        unsettled(Rule::T2, &shouted(), HOUR, |b| b),
    ]);
    all
}

fn timers() -> Vec<Case> {
    let still = |nth| Event::StillSearching { call: CallId(1), nth };
    let appointed = |profile| {
        let call = with_received(taken(1, profile), |c| c.window = Some(window(10 * HOUR)));
        desk().rec(1_000, vec![call, opened(1)])
    };
    // Half an hour of lead is what a profile has that says nothing.
    let near = 10 * HOUR - HOUR / 2;
    let dispatch = Event::DispatchDue { call: CallId(1) };
    let told = |at, nth| {
        move |b: Book| {
            let seq = b.records.len() as u64 + 1;
            b.rec(at, vec![still(nth), says(seq, 1, 0, 6)])
        }
    };
    let first = told(31_000, 1)(shouted());
    vec![
        case(Rule::T2, &shouted(), told(30_999, 1)),
        case(Rule::T2, &first, told(40_000, 1)),
        case(Rule::T2, &first, told(60_999, 2)),
        case(Rule::T2, &told(61_000, 2)(first.clone()), told(200_000, 3)),
        case(Rule::O1, &shouted(), |b| b.rec(31_000, vec![still(1)])),
        case(Rule::T2, &appointed(RIDE), |b| b.rec(near - 1, vec![dispatch.clone()])),
        case(Rule::T2, &appointed(RIDE).rec(near, vec![dispatch.clone()]), |b| {
            b.rec(near + 1, vec![dispatch.clone()])
        }),
        case(Rule::A8, &appointed(1), |b| b.rec(2_000, vec![committed(1, 1, AssignedBy::Auto)])),
        unsettled(Rule::T2, &appointed(RIDE), 10 * HOUR, |b| b),
        case(Rule::T2, &appointed(RIDE), |b| {
            b.rec(
                HOUR,
                vec![
                    unwinding(1, Target::Unfilled, Reason::SearchOver),
                    ended(1, Target::Unfilled),
                ],
            )
        }),
        case(Rule::T2, &set_aside(), |b| {
            b.rec(
                300_999,
                vec![
                    Event::PlanExhausted { call: CallId(1) },
                    raised(1, About::Call(CallId(1)), Concern::PromisePassed),
                ],
            )
        }),
        case(Rule::H1, &set_aside(), |b| {
            b.rec(300_999, vec![raised(1, About::Call(CallId(1)), Concern::PromisePassed)])
        }),
        case(Rule::H2, &set_aside(), |b| {
            b.rec(301_000, vec![Event::PlanExhausted { call: CallId(1) }])
        }),
        case(Rule::C3, &super::good::open_plain(), |b| {
            b.rec(301_000, vec![Event::StageEntered { call: CallId(1), stage: 2 }])
        }),
        unsettled(Rule::T2, &set_aside(), 301_002, |b| b),
        unsettled(Rule::T2, &shouted(), 40_000, |b| b),
    ]
}

fn work() -> Vec<Case> {
    let way = |event: fn(CallId, WorkerId) -> Event| event(CallId(1), WorkerId(1));
    let on_the_way = |call, worker| Event::WorkerEnRoute { call, worker };
    let there = |call, worker| Event::WorkerArrived { call, worker };
    let assigned = super::good::assigned_plain();
    vec![
        case(Rule::C3, &assigned.clone().rec(2_000, vec![way(there)]), |b| {
            b.rec(3_000, vec![way(on_the_way)])
        }),
        case(Rule::C3, &super::good::open_plain(), |b| {
            b.rec(2_000, vec![Event::WorkStarted { call: CallId(1), worker: None }])
        }),
        case(Rule::A7, &assigned, |b| {
            b.rec(2_000, vec![Event::WorkStarted { call: CallId(1), worker: None }])
        }),
        case(Rule::A7, &assigned.clone().rec(2_000, vec![started(1, 1)]), |b| {
            b.rec(3_000, vec![finished_by_nobody(1), completed(1)])
        }),
    ]
}
