//! One bad day per rule: prices, captures, refunds, coupons, goods, members, and what is said after the end.

use super::kit::*;
use super::services::*;
use super::*;
use crate::domain::event::{Account, MemberRef, MoneyMove, SettledBy, StockMove, TelDigest};
use crate::domain::ids::{MemberId, Won};

pub(super) fn cases() -> Vec<Case> {
    let mut all = prices();
    all.extend(books());
    all.extend(coupons());
    all.extend(goods());
    all.extend(members());
    all
}

/// The last record is taken back and written anew with these events.
fn anew(mut book: Book, events: Vec<Event>) -> Book {
    if let Some(last) = book.records.last_mut() {
        last.events = events;
    }
    book
}

fn without(book: Book, kind: fn(&Event) -> bool) -> Book {
    book.last(|r| r.events.retain(|e| !kind(e)))
}

fn amended(cost: i64) -> Event {
    let (call, cost) = (CallId(1), Some(Won(cost)));
    Event::CallAmended { call, spot: None, tel: None, kind: None, cost }
}

fn prices() -> Vec<Case> {
    let costing = |cost| with_received(taken(1, LESSON), |c| c.cost = Some(Won(cost)));
    let in_hand = || vec![costing(100_000), asked(1_000, 1, 0, Op::Do, 1)];
    let on_the_way = shouted().rec(
        22_000,
        vec![
            accepted(1, 1, 3),
            committed(1, 3, AssignedBy::Offer(OfferId(1))),
            over(1, 1, crate::domain::event::Why::Taken, &[1, 2]),
            tells(1, 2, &[1, 2]),
            started(1, 3),
            says(5, 1, 3, 5),
        ],
    );
    let ends = |fare| {
        let closing = Event::CallClosing { call: CallId(1) };
        vec![fared(1, 3, fare), closing, asked(60_000, 1, 0, Op::Do, 1)]
    };
    let noted = |text: &str| {
        let text = text.to_owned();
        with_received(received(1, 1), |c| drop(c.fields.insert("memo".to_owned(), text)))
    };
    vec![
        case(Rule::M1, &desk().rec(1_000, in_hand()), |b| {
            anew(b, vec![costing(100_001), asked(1_000, 1, 0, Op::Do, 1)])
        }),
        case(Rule::M1, &on_the_way, |b| b.rec(60_000, ends(Some(50_001)))),
        case(Rule::M8, &on_the_way, |b| b.rec(60_000, ends(None))),
        case(Rule::M8, &driven(), |b| b.desk(60_050, vec![amended(1)])),
        case(Rule::M8, &desk().rec(1_000, in_hand()), |b| b.desk(1_100, vec![amended(1)])),
        case(Rule::M8, &listed().rec(2_000, vec![claimed(1, 1), started(1, 1)]), |b| {
            b.rec(3_000, vec![fared(1, 1, Some(31_000)), completed(1)])
        }),
        case(Rule::M7, &desk().rec(1_000, vec![noted("2 bells"), opened(1)]), |b| {
            anew(b, vec![noted("4111-1111-1111-1111"), opened(1)])
        }),
    ]
}

fn books() -> Vec<Case> {
    let is_entry = |e: &Event| matches!(e, Event::MoneyMoved { .. });
    let ok = || yes(1, 0, Op::Do, 1);
    let end = |entry: Event| vec![ok(), entry, completed(1)];
    let undone = scheduled()
        .by(
            Actor::Customer,
            None,
            3_000,
            vec![released(1, 1, false), canceled(1), asked(3_000, 1, 0, Op::Undo, 2)],
        )
        .rec(
            3_100,
            vec![
                yes(1, 0, Op::Undo, 2),
                refunded(1, 0, 30_000),
                says(6, 1, 3, 6),
                ended(1, Target::Canceled),
            ],
        );
    let lines = |a: (Account, i64), b: (Account, i64)| money(1, 0, MoneyMove::Captured, &[a, b]);
    let lost_do = || answered(1, 0, Op::Do, 1, lost());
    let refused = driven().rec(
        60_100,
        vec![
            answered(1, 0, Op::Do, 1, no()),
            raised(1, About::Call(CallId(1)), Concern::ClosingDenied),
        ],
    );
    let cash = |won: i64| {
        let lines = [(Account::Cash, won), (Account::Revenue, -won)];
        money(1, 0, MoneyMove::Settled(SettledBy::Cash), &lines)
    };
    vec![
        case(Rule::M2, &paid(), |b| without(b, is_entry)),
        case(Rule::M2, &driven(), |b| b.rec(60_100, end(captured(1, 0, 12_001)))),
        case(Rule::M2, &driven(), |b| {
            let twice = captured(1, 0, 12_000);
            b.rec(60_100, vec![ok(), twice.clone(), twice, completed(1)])
        }),
        case(Rule::M2, &undone, |b| without(b, is_entry)),
        case(Rule::M3, &undone, |b| without(b, is_entry)),
        case(Rule::M5, &driven(), |b| b.rec(60_100, vec![completed(1)])),
        case(Rule::M1, &listed(), |b| b.rec(2_000, vec![refunded(1, 0, 30_001)])),
        case(Rule::M2, &listed(), |b| b.rec(2_000, vec![refunded(1, 0, 30_000)])),
        case(Rule::M4, &driven(), |b| {
            let short = lines((Account::Card, 12_000), (Account::Revenue, -11_000));
            b.rec(60_100, end(short))
        }),
        case(Rule::M4, &driven(), |b| {
            let other = lines((Account::Cash, 12_000), (Account::Revenue, -12_000));
            b.rec(60_100, end(other))
        }),
        case(Rule::M6, &driven(), |b| {
            let query = asked(60_700, 1, 0, Op::Query, 2);
            b.rec(60_700, vec![lost_do(), captured(1, 0, 12_000), query])
        }),
        case(Rule::M2, &refused, |b| {
            b.desk(70_000, vec![by_hand(1, 0, SettledBy::Cash), completed(1)])
        }),
        case(Rule::M5, &refused, |b| {
            b.desk(70_000, vec![by_hand(1, 0, SettledBy::Nothing), completed(1)])
        }),
        case(Rule::M5, &refused, |b| {
            b.rec(70_000, vec![by_hand(1, 0, SettledBy::Cash), cash(12_000), completed(1)])
        }),
        case(Rule::M5, &listed(), |b| {
            b.desk(2_000, vec![by_hand(1, 0, SettledBy::Cash), cash(30_000)])
        }),
    ]
}

fn coupons() -> Vec<Case> {
    let is_granted = |e: &Event| matches!(e, Event::CouponGranted { .. });
    let two = second_ride(paid());
    let third = |more: Vec<Event>| {
        let mut events = vec![taken(3, RIDE)];
        events.extend(more);
        events.push(opened(3));
        events
    };
    vec![
        case(Rule::M9, &two, |b| without(b, is_granted).last(|r| drop(r.events.pop()))),
        case(Rule::M9, &driven(), |b| {
            let first = vec![yes(1, 0, Op::Do, 1), captured(1, 0, 12_000), completed(1)];
            b.rec(60_100, first).last(|r| r.events.push(granted(1, 1)))
        }),
        case(Rule::M9, &two, |b| b.rec(200_000, third(vec![used(3), used(3)]))),
        case(Rule::M9, &shouted(), |b| b.rec(30_000, vec![used(1)])),
        case(Rule::M8, &driven(), |b| b.rec(60_050, vec![used(1)])),
    ]
}

fn goods() -> Vec<Case> {
    let is_move = |e: &Event| matches!(e, Event::StockMoved { .. });
    let cancel = |b: Book| {
        b.by(Actor::Customer, None, 3_000, vec![canceled(1), asked(3_000, 1, 0, Op::Undo, 2)])
    };
    let back = || stock(StockMove::Returned, 10, Some(1));
    let returned = cancel(set_aside())
        .rec(3_100, vec![yes(1, 0, Op::Undo, 2), back(), ended(1, Target::Canceled)]);
    let unknown = |name: &'static str| {
        with_received(taken(1, ORDER), |c| {
            drop(c.fields.insert("product".to_owned(), name.to_owned()));
        })
    };
    vec![
        case(Rule::G1, &desk(), |b| b.desk(20, vec![stock(StockMove::WrittenOff, 101, None)])),
        case(Rule::G1, &set_aside(), |b| {
            b.desk(2_000, vec![stock(StockMove::WrittenOff, 91, None)])
        }),
        case(Rule::G1, &set_aside(), |b| b.desk(2_000, vec![stock(StockMove::Received, 0, None)])),
        case(Rule::G1, &desk(), |b| {
            let mut events = vec![
                with_received(taken(1, ORDER), |c| {
                    drop(c.fields.insert("qty".to_owned(), "101".to_owned()));
                }),
                opened(1),
            ];
            events.extend(at_once(1_000, 1, 0));
            events.push(stock(StockMove::Reserved, 101, Some(1)));
            b.rec(1_000, events)
        }),
        case(Rule::I9, &desk(), |b| b.rec(1_000, vec![unknown("soap"), opened(1)])),
        case(Rule::G2, &set_aside(), |b| {
            b.rec(2_000, vec![stock(StockMove::Reserved, 10, Some(1))])
        }),
        case(Rule::G2, &set_aside(), |b| without(b, is_move)),
        case(Rule::G2, &returned, |b| without(b, is_move)),
        case(Rule::G3, &returned, |b| without(b, is_move)),
        case(Rule::G2, &cancel(set_aside()), |b| {
            let end = vec![yes(1, 0, Op::Undo, 2), back(), back(), ended(1, Target::Canceled)];
            b.rec(3_100, end)
        }),
        case(Rule::G2, &set_aside(), |b| b.rec(2_000, vec![back()])),
        case(Rule::G2, &set_aside(), |b| {
            b.rec(2_000, vec![stock(StockMove::Shipped, 10, Some(1))])
        }),
        case(Rule::G2, &sent_off(), |b| without(b, is_move)),
        case(Rule::G2, &set_aside(), |b| {
            b.last(|r| {
                r.events.pop();
                r.events.push(stock(StockMove::Reserved, 9, Some(1)));
            })
        }),
        case(Rule::G2, &set_aside(), |b| {
            b.desk(2_000, vec![stock(StockMove::Received, 10, Some(1))])
        }),
    ]
}

fn members() -> Vec<Case> {
    let add = |member, tel| Event::MemberAdded {
        member: MemberId(member),
        subject: SubjectId(4 + member),
        tel: TelDigest(tel),
        reachable: true,
        friend: None,
        friend_reachable: false,
        card: None,
    };
    let two = desk().desk(20, vec![add(2, 2)]);
    let ride_of = |member: Option<MemberRef>| {
        vec![with_received(taken(1, RIDE), |c| c.member = member), opened(1)]
    };
    let lesson_again = |number: &str| {
        let number = number.to_owned();
        let mut events = vec![with_received(taken(2, LESSON), |c| {
            c.fields.insert("reference".to_owned(), number);
        })];
        events.extend(at_once(2_000, 2, 0));
        events.extend([captured(2, 0, 30_000), says(4, 2, 0, 7), opened(2)]);
        events
    };
    let nobody = Profile {
        steps: vec![StepSpec::new("someone", Position::BeforeOpen)],
        name: "nobody".to_owned(),
        ..plain()
    };
    vec![
        case(Rule::U1, &desk(), |b| b.desk(20, vec![add(2, 1)])),
        case(Rule::U1, &two, |b| {
            let tel = Some((TelDigest(1), true));
            let (subject, friend, card) = (None, None, None);
            let member = MemberId(2);
            b.desk(30, vec![Event::MemberChanged { member, subject, tel, friend, card }])
        }),
        case(Rule::I7, &desk(), |b| b.desk(20, vec![add(3, 2)])),
        case(Rule::I7, &two, |b| b.desk(30, vec![add(2, 3)])),
        case(Rule::U2, &desk(), |b| b.rec(1_000, ride_of(None))),
        case(Rule::U2, &desk(), |b| {
            b.rec(1_000, ride_of(Some(MemberRef { friend: None, ..member() })))
        }),
        case(Rule::I9, &desk(), |b| {
            b.rec(1_000, ride_of(Some(MemberRef { member: MemberId(7), ..member() })))
        }),
        case(Rule::U3, &listed(), |b| b.rec(2_000, lesson_again("s-1"))),
        case(Rule::I9, &desk(), |b| b.desk(20, vec![adopted(7, nobody)])),
        case(Rule::O1, &driven(), |mut b| {
            b.records[6].events.retain(|e| !matches!(e, Event::NoticeIssued { .. }));
            b
        }),
        case(Rule::O8, &driven(), |mut b| {
            b.records[2].events[0] = with_received(taken(1, RIDE), |c| {
                c.member = Some(MemberRef { friend_reachable: false, ..member() });
            });
            b
        }),
    ]
}
