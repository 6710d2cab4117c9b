//! One bad day per rule: journal, calls, workers, offers, notices, attention.

use super::good::*;
use super::kit::with_received;
use super::*;
use crate::domain::event::{BoundKey, Candidate, Mode, ParkedWhy, TelDigest, Why as Reason};
use crate::domain::ids::Won;

fn keyed(book: Book, key: &str) -> Book {
    book.last(|r| {
        r.key = Some(BoundKey {
            key: key.to_owned(),
            fields: vec![],
            call: None,
            worker: None,
            member: None,
        });
    })
}

/// C-2, said to be the how manyth call of its line.
fn counted(nth: u64) -> Event {
    with_received(received(2, 1), |c| c.ordinal = nth)
}

/// A worker who came along by themselves, always under the same name.
fn came_along(id: u64) -> Event {
    let Event::WorkerAdded { worker, services, skills, home, duty, .. } = worker(id) else {
        unreachable!("a worker is added")
    };
    let (subject, handle) = (SubjectId(id + 1), Some(TelDigest(7)));
    Event::WorkerAdded { worker, subject, services, skills, home, duty, handle }
}

pub(super) fn cases() -> Vec<Case> {
    let mut all = journal();
    all.extend(calls());
    all.extend(workers());
    all.extend(notices());
    all.extend(at_quiet());
    all
}

fn journal() -> Vec<Case> {
    let open = open_plain();
    let keyed_open = keyed(open.clone(), "k-1");
    vec![
        case(Rule::J1, &open, |b| b.last(|r| r.seq = Seq(7))),
        case(Rule::J1, &open, |b| b.rec(1_000, vec![Event::DeskOpened { seed: 1 }])),
        case(Rule::J1, &open, |mut b| {
            b.records[0].events.remove(0);
            b
        }),
        case(Rule::J1, &open, |b| b.last(|r| r.causation = Some(Seq(2)))),
        case(Rule::T1, &open, |b| b.rec(999, vec![])),
        case(Rule::P2, &open, |b| b.last(|r| r.reason = Some("call 010-0000-1234".to_owned()))),
        case(Rule::I1, &keyed_open, |b| {
            keyed(b.rec(2_000, vec![received(2, 1), opened(2)]), "k-1")
        }),
        case(Rule::I7, &open, |b| b.rec(2_000, vec![received(3, 1), opened(3)])),
        case(Rule::I7, &open, |b| b.rec(2_000, vec![received(1, 1), opened(1)])),
        case(Rule::I7, &open, |b| b.rec(2_000, vec![worker(2)])),
        case(Rule::I9, &open, |b| b.rec(2_000, vec![received(2, 9)])),
        case(Rule::I10, &open, |b| b.rec(2_000, vec![counted(3), opened(2)])),
        case(Rule::I10, &open, |b| b.rec(2_000, vec![counted(1), opened(2)])),
        case(Rule::U4, &open.clone().rec(1_500, vec![came_along(3)]), |b| {
            b.rec(2_000, vec![came_along(4)])
        }),
        case(Rule::I9, &open, |b| b.rec(2_000, vec![opened(5)])),
        case(Rule::I9, &open, |b| b.by(Actor::Worker(WorkerId(8)), None, 2_000, vec![])),
        case(Rule::M1, &open, |b| b.rec(2_000, vec![amended(Some(Won(-1)))])),
        case(Rule::M1, &in_service(), |b| {
            b.rec(3_000, vec![finished(1, 1), completed(1)]).last(|r| {
                if let Event::WorkFinished { fare, .. } = &mut r.events[0] {
                    *fare = Some(Won(-500));
                }
            })
        }),
        case(Rule::Z1, &open, |b| {
            b.rec(2_000, vec![Event::PrioritySet { call: CallId(1), priority: 4 }])
        }),
        case(Rule::Z1, &open, |b| {
            let others = vec![candidate(1); 9];
            let decision = Decision { others, ..Decision::default() };
            b.rec(2_000, vec![Event::NobodyFound { call: CallId(1), decision }])
        }),
        case(Rule::H1, &open, |b| {
            b.rec(
                2_000,
                vec![
                    raised(1, About::Desk, Concern::ClockStepped),
                    raised(2, About::Desk, Concern::ClockStepped),
                ],
            )
        }),
        case(Rule::H1, &open, |b| {
            b.rec(2_000, vec![Event::AttentionDone { attention: AttentionId(1) }])
        }),
        case(Rule::H2, &open, |b| b.rec(2_000, vec![Event::ClockStepped { by_ms: 90_000 }])),
        case(Rule::H2, &open, |b| b.rec(2_000, vec![Event::PlanExhausted { call: CallId(1) }])),
    ]
}

fn amended(cost: Option<Won>) -> Event {
    Event::CallAmended { call: CallId(1), spot: None, tel: None, kind: None, cost }
}

fn candidate(worker: u64) -> Candidate {
    Candidate {
        worker: WorkerId(worker),
        metres: None,
        travel_s: None,
        idle_s: 0,
        at: None,
        from_home: false,
    }
}

fn in_service() -> Book {
    assigned_plain().rec(2_000, vec![started(1, 1)])
}

fn calls() -> Vec<Case> {
    let open = open_plain();
    let assigned = assigned_plain();
    let done = in_service().rec(3_000, vec![finished(1, 1), completed(1)]);
    let cancel = |b: Book, at| b.by(Actor::Customer, None, at, vec![canceled(1)]);
    let gone = open.clone().by(
        Actor::Customer,
        None,
        2_000,
        vec![canceled(1), ended(1, Target::Canceled)],
    );
    vec![
        case(Rule::C1, &open, |b| {
            b.rec(2_000, vec![committed(1, 1, AssignedBy::Auto)]).last(|r| {
                r.events.push(Event::WorkFinished {
                    call: CallId(1),
                    worker: Some(WorkerId(1)),
                    outcome: WorkOutcome::Done,
                    fare: None,
                });
            })
        }),
        case(Rule::C2, &done, |b| b.rec(4_000, vec![opened(1)])),
        case(Rule::C2, &done, |b| b.rec(4_000, vec![amended(None)])),
        case(Rule::C3, &open, |b| b.rec(2_000, vec![started(1, 1)])),
        case(Rule::C3, &open, |b| b.rec(2_000, vec![ended(1, Target::Unfilled)])),
        case(Rule::C3, &in_service(), |b| b.rec(3_000, vec![completed(1)])),
        case(Rule::C3, &in_service(), |b| b.rec(3_000, vec![finished(1, 1)])),
        case(Rule::C3, &in_service(), |b| {
            b.rec(3_000, vec![Event::WorkAborted { call: CallId(1), worker: Some(WorkerId(1)) }])
        }),
        case(Rule::C3, &in_service(), |b| cancel(b, 3_000)),
        case(Rule::C3, &Book::new(), |b| b.rec(1_000, vec![received(1, 2), opened(1)])),
        case(Rule::C5, &open, |b| cancel(b, 2_000)),
        case(Rule::C5, &closing(), |b| b.rec(9_100, vec![answered(1, 2, Op::Do, 1, Outcome::Ok)])),
        case(Rule::C6, &open, |b| b.rec(2_000, vec![canceled(1), ended(1, Target::Canceled)])),
        case(Rule::C6, &assigned, |b| {
            b.by(
                Actor::Customer,
                None,
                2_000,
                vec![canceled(1), released(1, 1, false), ended(1, Target::Canceled)],
            )
        }),
        case(Rule::B8, &open, |b| b.rec(2_000, vec![received(2, 2)])),
        case(Rule::B8, &Book::new(), |b| {
            b.rec(
                1_000,
                vec![
                    received(1, 2),
                    asked(1_000, 1, 0, Op::Do, 1),
                    answered(1, 0, Op::Do, 1, down()),
                ],
            )
        }),
        case(Rule::T2, &open, |b| {
            b.rec(
                2_000,
                vec![
                    unwinding(1, Target::Unfilled, Reason::SearchOver),
                    ended(1, Target::Unfilled),
                ],
            )
        }),
        case(Rule::T2, &parked(), |b| {
            b.rec(
                2_000,
                vec![
                    unwinding(2, Target::Rejected, Reason::ParkedTooLong),
                    ended(2, Target::Rejected),
                ],
            )
        }),
        case(Rule::T2, &open, |b| {
            b.desk(2_000, vec![Event::CallHeld { call: CallId(1), until: Time(9_000) }])
                .rec(8_999, vec![Event::HoldEnded { call: CallId(1) }])
        }),
        case(Rule::X1, &unwinding_full(), |b| {
            b.rec(4_000, vec![committed(1, 1, AssignedBy::Auto)])
        }),
        case(Rule::X1, &unwinding_full(), |b| b.rec(4_000, vec![asked(4_000, 1, 1, Op::Do, 3)])),
        case(Rule::X3, &unwinding_full(), |b| cancel(b, 4_000)),
        case(Rule::X3, &gone, |b| cancel(b, 4_000)),
        case(Rule::Q1, &parked(), |b| {
            let why = ParkedWhy::BreakerOpen;
            b.rec(2_000, vec![Event::CallParked { call: CallId(2), why }])
        }),
        case(Rule::Q1, &open, |b| b.rec(2_000, vec![Event::CallResumed { call: CallId(1) }])),
        case(Rule::Q2, &parked(), |b| {
            b.rec(11_000, vec![half_open(), Event::CallResumed { call: CallId(3) }, probe(3)])
        }),
        case(Rule::Q2, &parked(), |b| {
            b.desk(10_000, vec![Event::PrioritySet { call: CallId(3), priority: 3 }])
                .rec(11_000, vec![half_open(), Event::CallResumed { call: CallId(2) }, probe(2)])
        }),
    ]
}

fn workers() -> Vec<Case> {
    let open = open_plain();
    let assigned = assigned_plain();
    let two = open_asks().rec(2_000, vec![received(2, 3), opened(2)]);
    let asked_w1 = open_asks().rec(2_000, vec![offer(1, 1, 1, 30_000)]);
    let skilled = Book::new().rec(1_000, vec![received(1, 1), opened(1)]).last(|r| {
        if let Event::CallReceived { kind, .. } = &mut r.events[0] {
            *kind = Some("roof".to_owned());
        }
    });
    let accept = Event::OfferAccepted { offer: OfferId(1), call: CallId(1), worker: WorkerId(1) };
    let expire = Event::OfferExpired { offer: OfferId(1), call: CallId(1), worker: WorkerId(1) };
    let duty = |duty| Event::DutySet { worker: WorkerId(1), duty, after_current: false };
    let auto = || committed(1, 1, AssignedBy::Auto);
    vec![
        case(Rule::A1, &assigned, |b| b.rec(2_000, vec![committed(1, 2, AssignedBy::Auto)])),
        case(Rule::A2, &assigned, |b| {
            b.rec(2_000, vec![received(2, 1), opened(2), committed(2, 1, AssignedBy::Auto)])
        }),
        case(Rule::A2, &asked_w1, |b| {
            b.rec(3_000, vec![received(2, 1), opened(2), committed(2, 1, AssignedBy::Auto)])
        }),
        case(Rule::A3, &skilled, |b| b.rec(2_000, vec![auto()])),
        case(Rule::A3, &open, |b| b.rec(2_000, vec![duty(Duty::Off), auto()])),
        case(Rule::A3, &assigned, |b| b.rec(2_000, vec![duty(Duty::Off)])),
        case(Rule::A3, &assigned, |b| b.rec(2_000, vec![released(1, 1, true), auto()])),
        case(Rule::A3, &open, |b| {
            let decision = Decision { chosen: Some(candidate(2)), ..Decision::default() };
            b.rec(
                2_000,
                vec![Event::AssignmentCommitted {
                    call: CallId(1),
                    worker: WorkerId(1),
                    by: AssignedBy::Auto,
                    decision: Some(decision),
                }],
            )
        }),
        case(Rule::A4, &asked_w1, |b| b.rec(30_000, vec![expire.clone(), expire.clone()])),
        case(Rule::A4, &open, |b| b.rec(30_000, vec![expire.clone()])),
        case(Rule::T2, &asked_w1, |b| b.rec(29_999, vec![expire.clone()])),
        case(Rule::A5, &asked_w1, |b| b.rec(3_000, vec![accept.clone()])),
        case(Rule::A5, &asked_w1, |b| {
            b.rec(3_000, vec![committed(1, 1, AssignedBy::Offer(OfferId(1)))])
        }),
        case(Rule::A6, &assigned_full(), |b| {
            b.by(
                Actor::Customer,
                None,
                3_000,
                vec![canceled(1), asked(3_000, 1, 1, Op::Undo, 2), issued(notice(6, 1, 2, 3))],
            )
        }),
        case(Rule::A6, &asked_w1, |b| {
            b.rec(3_000, vec![committed(1, 2, AssignedBy::Manual { overridden: false })])
        }),
        case(Rule::A7, &assigned, |b| b.rec(2_000, vec![started(1, 2)])),
        case(Rule::A8, &open, |b| {
            b.desk(2_000, vec![Event::AssignModeSet { mode: Mode::Stopped }])
                .rec(3_000, vec![auto()])
        }),
        case(Rule::A8, &open_asks(), |b| {
            b.desk(2_000, vec![Event::CallHeld { call: CallId(1), until: Time(9_000) }])
                .rec(3_000, vec![offer(1, 1, 1, 40_000)])
        }),
        case(Rule::A9, &asked_w1, |b| b.rec(3_000, vec![offer(2, 1, 2, 40_000)])),
        case(Rule::A9, &two, |b| {
            b.rec(3_000, vec![offer(1, 1, 1, 40_000), offer(2, 2, 1, 40_000)])
        }),
    ]
}

fn notices() -> Vec<Case> {
    let one = |b: Book| b.rec(2_000, vec![committed(1, 1, AssignedBy::Auto)]);
    let to_customer = notice(4, 1, 0, 3);
    let to_worker = notice(4, 1, 1, 1);
    let told = |b: Book, keys: &[NoticeKey]| {
        let events: Vec<Event> = keys.iter().map(|key| issued(*key)).collect();
        one(b).last(|r| r.events.extend(events))
    };
    let on_its_way = told(open_full(), &[to_customer, to_worker]);
    let failed = |attempt, retry_at: Option<i64>| Event::NoticeFailed {
        notice: to_customer,
        attempt,
        retry_at: retry_at.map(Time),
        said: None,
        by_sms: false,
    };
    let waiting = on_its_way.clone().rec(2_100, vec![failed(1, Some(5_000))]);
    vec![
        case(Rule::O1, &open_full(), |b| told(b, &[to_customer])),
        case(Rule::O1, &open_full(), |b| told(b, &[to_customer, to_worker, to_customer])),
        case(Rule::O2, &on_its_way, |b| {
            b.rec(3_000, vec![delivered(to_customer), delivered(to_customer)])
        }),
        case(Rule::O4, &open_full(), |b| {
            let other = NoticeKey { transport: Transport::Inbox, ..to_customer };
            told(b, &[other, to_worker])
        }),
        case(Rule::O5, &on_its_way, |b| {
            b.by(
                Actor::Customer,
                None,
                3_000,
                vec![
                    canceled(1),
                    released(1, 1, false),
                    asked(3_000, 1, 1, Op::Undo, 2),
                    issued(notice(5, 1, 2, 3)),
                ],
            )
            .rec(3_100, vec![delivered(notice(5, 1, 2, 3))])
        }),
        case(Rule::O6, &assigned_full(), |b| b.rec(3_000, vec![issued(notice(6, 1, 0, 3))])),
        case(Rule::O7, &waiting, |b| b.rec(6_000, vec![failed(3, Some(9_000))])),
        case(Rule::O7, &waiting, |b| b.rec(4_999, vec![failed(2, Some(9_000))])),
        case(Rule::O8, &open_full(), |b| {
            let tel = Some((crate::domain::event::TelDigest(5), false));
            let unreachable =
                Event::CallAmended { call: CallId(1), spot: None, tel, kind: None, cost: None };
            let mut book = told(b, &[to_customer, to_worker]);
            book.records[3].events.insert(0, unreachable);
            book
        }),
        case(Rule::H2, &waiting, |b| b.rec(6_000, vec![failed(2, None)])),
    ]
}

fn at_quiet() -> Vec<Case> {
    let later = 4_000_000;
    let assigned = assigned_full();
    vec![
        unsettled(Rule::L1, &open_plain(), later, |b| b),
        unsettled(Rule::L2, &unwinding_full(), later, |b| b),
        unsettled(Rule::L3, &parked(), later, |b| b),
        unsettled(Rule::L4, &parked(), later, |b| b),
        unsettled(Rule::T2, &parked(), later, |b| b),
        unsettled(Rule::L5, &assigned, later, |b| {
            b.by(
                Actor::Customer,
                None,
                3_000,
                vec![canceled(1), asked(3_000, 1, 1, Op::Undo, 2), issued(notice(6, 1, 2, 3))],
            )
            .rec(
                3_100,
                vec![answered(1, 1, Op::Undo, 2, Outcome::Ok), asked(3_100, 1, 0, Op::Undo, 2)],
            )
            .rec(3_200, vec![answered(1, 0, Op::Undo, 2, Outcome::Ok), ended(1, Target::Canceled)])
        }),
        unsettled(Rule::L6, &unwinding_full(), later, |b| b),
        unsettled(Rule::L7, &open_plain(), 3_000, |mut b| {
            for _ in 0..201 {
                b = b.desk(2_000, vec![Event::PrioritySet { call: CallId(1), priority: 2 }]);
            }
            b
        }),
    ]
}

#[test]
fn a_fault_names_its_record_and_its_call() {
    let report =
        assigned_plain().rec(2_000, vec![committed(1, 2, AssignedBy::Auto)]).check(Quiet::No);
    let fault = report.faults.iter().find(|f| f.rule == Rule::A1).unwrap();
    assert_eq!(fault.seq, Seq(3));
    assert!(fault.to_string().starts_with("A1 at record 3: C-1 "), "{fault}");
    assert_eq!(report.fault_count, report.faults.len() as u64);
}
