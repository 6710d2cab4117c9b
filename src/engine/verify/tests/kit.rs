//! Three lines of other services: a lesson, a ride and an order of goods; and their events in a word each.
//!
//! Invariant: nothing here is wrong by itself.

use super::*;
use crate::domain::event::{
    Account, Card, Line, MemberRef, MoneyMove, SettledBy, StockMove, TelDigest, Window,
};
use crate::domain::ids::{MemberId, Won};
use crate::domain::profile::{
    AppointmentRule, Does, Field, FieldKind, MembershipRule, PaymentRule, Price, Repeat,
    RequiredBefore, RewardRule, StockRule, UnknownProduct,
};

/// Profile numbers.
pub(super) const LESSON: u32 = 4;
pub(super) const RIDE: u32 = 5;
pub(super) const ORDER: u32 = 6;

pub(super) const HOUR: i64 = 3_600_000;

fn charge(name: &str, position: Position) -> StepSpec {
    let participant = Some("payment".to_owned());
    StepSpec { does: Does::Charge, participant, ..StepSpec::new(name, position) }
}

fn inbox(on: NoticeOn, to: Role) -> NoticeRule {
    told(on, to, Transport::Inbox)
}

fn field(name: &str, kind: FieldKind, required: bool) -> Field {
    Field {
        name: name.to_owned(),
        label: words(name),
        kind,
        required,
        default: None,
        skill: false,
        one_of: vec![],
        no_skill: vec![],
    }
}

/// Paid before it is listed, claimed with a time, of three hours' notice and one hour's length.
pub(super) fn lesson() -> Profile {
    Profile {
        name: "lesson".to_owned(),
        fields: vec![
            field("cost", FieldKind::Won, true),
            field("reference", FieldKind::Reference, false),
        ],
        steps: vec![charge("price", Position::BeforeOpen)],
        plan: vec![Stage::Claim { for_ms: None }],
        dispatch: Dispatch { search_ms: Millis::hours(24), ..plain().dispatch },
        cancel: CancelRule { until: CancelUntil::Assigned, customer: Some(CancelUntil::Scheduled) },
        payment: Some(PaymentRule { price: Price::Fixed, limit: Some(Won(100_000)) }),
        appointment: AppointmentRule { duration_ms: Millis::hours(1), lead_ms: Millis::hours(3) },
        notices: vec![
            inbox(NoticeOn::Paid, Role::Customer),
            inbox(NoticeOn::Scheduled, Role::Customer),
            inbox(NoticeOn::Rescheduled, Role::Worker),
            inbox(NoticeOn::Refunded, Role::Customer),
        ],
        dispositions: vec!["learned".to_owned(), "late".to_owned()],
        ..plain()
    }
}

/// For members, shouted out to two rings, paid by the meter at its end; every second ride earns a coupon.
pub(super) fn ride() -> Profile {
    let searching = NoticeRule {
        repeat: Some(Repeat { every_ms: Millis::secs(30), most: 2 }),
        ..inbox(NoticeOn::Searching, Role::Customer)
    };
    Profile {
        name: "ride".to_owned(),
        steps: vec![charge("fare", Position::BeforeComplete)],
        plan: vec![Stage::Broadcast {
            rings_m: vec![1_000, 3_000],
            ring_ms: Millis::secs(20),
            most: 2,
            claimable: true,
        }],
        payment: Some(PaymentRule { price: Price::Metered, limit: Some(Won(50_000)) }),
        membership: MembershipRule { required: true },
        rewards: vec![RewardRule { every: 2, coupon: Won(1_000) }],
        notices: vec![
            searching,
            inbox(NoticeOn::Offered, Role::Worker),
            inbox(NoticeOn::Withdrawn, Role::Worker),
            inbox(NoticeOn::Started, Role::Friend),
            inbox(NoticeOn::Coupon, Role::Customer),
        ],
        ..plain()
    }
}

/// Goods are set aside by the desk itself and leave with the start; nobody is needed.
pub(super) fn order() -> Profile {
    let stock = StepSpec {
        does: Does::Reserve,
        required_before: Some(RequiredBefore::Start),
        ..StepSpec::new("stock", Position::AfterOpen)
    };
    Profile {
        name: "order".to_owned(),
        fields: vec![
            field("product", FieldKind::Text, true),
            field("qty", FieldKind::Count, false),
        ],
        steps: vec![stock],
        plan: vec![Stage::None { promise_ms: Millis::mins(5), claimable: false }],
        stock: Some(StockRule {
            product: "product".to_owned(),
            quantity: "qty".to_owned(),
            unknown: UnknownProduct::Refuse,
        }),
        notices: vec![inbox(NoticeOn::Short, Role::Customer)],
        ..plain()
    }
}

/// A desk with the three lines, W-3, 100 masks, and the member M-1 whose friend is S-5. Two records.
pub(super) fn desk() -> Book {
    Book::new().rec(
        10,
        vec![
            adopted(LESSON, lesson()),
            adopted(RIDE, ride()),
            adopted(ORDER, order()),
            worker(3),
            stock(StockMove::Received, 100, None),
            Event::MemberAdded {
                member: MemberId(1),
                subject: SubjectId(4),
                tel: TelDigest(1),
                reachable: true,
                friend: Some(SubjectId(5)),
                friend_reachable: true,
                card: Some(Card::Token),
            },
        ],
    )
}

pub(super) fn member() -> MemberRef {
    MemberRef {
        member: MemberId(1),
        friend: Some(SubjectId(5)),
        friend_reachable: true,
        card: Some(Card::Token),
    }
}

/// C-n of subject S-(5+n).
pub(super) fn taken(call: u64, profile: u32) -> Event {
    with_received(received(call, profile), |c| {
        c.subject = SubjectId(call + 5);
        if profile == LESSON {
            c.cost = Some(Won(30_000));
            c.fields.insert("reference".to_owned(), format!("s-{call}"));
        }
        if profile == RIDE {
            c.member = Some(member());
        }
        if profile == ORDER {
            c.fields.insert("product".to_owned(), "mask".to_owned());
            c.fields.insert("qty".to_owned(), "10".to_owned());
        }
    })
}

/// What of a reception a test may want otherwise.
pub(super) struct Taken {
    pub subject: SubjectId,
    pub cost: Option<Won>,
    pub fields: BTreeMap<String, String>,
    pub member: Option<MemberRef>,
    pub window: Option<Window>,
    pub ordinal: u64,
}

pub(super) fn with_received(event: Event, change: impl FnOnce(&mut Taken)) -> Event {
    let Event::CallReceived {
        call,
        profile,
        subject,
        tel,
        reachable,
        kind,
        spot,
        cost,
        priority,
        fields,
        lang,
        parent,
        member,
        window,
        asked,
        ordinal,
    } = event
    else {
        return event;
    };
    let mut taken = Taken { subject, cost, fields, member, window, ordinal };
    change(&mut taken);
    let Taken { subject, cost, fields, member, window, ordinal } = taken;
    Event::CallReceived {
        call,
        profile,
        subject,
        tel,
        reachable,
        kind,
        spot,
        cost,
        priority,
        fields,
        lang,
        parent,
        member,
        window,
        asked,
        ordinal,
    }
}

/// Calls are looked at together, every five seconds.
pub(super) fn pool(order: Turn) -> Profile {
    let mut pool = Profile { name: "pool".to_owned(), ..plain() };
    pool.dispatch.policy = Policy::Batch;
    pool.dispatch.matching = Some(Matching { tick_ms: Millis::secs(5), order });
    pool
}

pub(super) fn window(from: i64) -> Window {
    Window { from: Time(from), until: Time(from + HOUR) }
}

pub(super) fn reserved(call: u64, worker: u64, from: i64) -> Event {
    Event::AssignmentReserved {
        call: CallId(call),
        worker: WorkerId(worker),
        window: window(from),
        by: AssignedBy::Claim { overridden: false },
    }
}

pub(super) fn due(call: u64, worker: u64) -> Event {
    Event::ReservationDue { call: CallId(call), worker: WorkerId(worker) }
}

pub(super) fn claimed(call: u64, worker: u64) -> Event {
    committed(call, worker, AssignedBy::Claim { overridden: false })
}

pub(super) fn rescheduled(call: u64, from: i64) -> Event {
    Event::CallRescheduled { call: CallId(call), window: window(from) }
}

/// A notice that its commit delivers.
pub(super) fn says(seq: u64, call: u64, rule: u8, to: u64) -> Event {
    let transport = Transport::Inbox;
    issued(NoticeKey { seq: Seq(seq), call: CallId(call), rule, to: SubjectId(to), transport })
}

pub(super) fn tells(call: u64, rule: u8, workers: &[u64]) -> Event {
    let workers = workers.iter().map(|w| WorkerId(*w)).collect();
    Event::WorkersTold { call: CallId(call), rule, transport: Transport::Inbox, workers }
}

pub(super) fn money(call: u64, step: u8, what: MoneyMove, lines: &[(Account, i64)]) -> Event {
    let line = |(account, won): &(Account, i64)| Line { account: *account, won: Won(*won) };
    Event::MoneyMoved { call: CallId(call), step, what, lines: lines.iter().map(line).collect() }
}

pub(super) fn captured(call: u64, step: u8, won: i64) -> Event {
    let lines = [(Account::Card, won), (Account::Revenue, -won)];
    money(call, step, MoneyMove::Captured, &lines)
}

pub(super) fn refunded(call: u64, step: u8, won: i64) -> Event {
    let lines = [(Account::Revenue, won), (Account::Card, -won)];
    money(call, step, MoneyMove::Refunded, &lines)
}

pub(super) fn by_hand(call: u64, step: u8, by: SettledBy) -> Event {
    Event::StepSettled { call: CallId(call), step, by }
}

pub(super) fn refund(call: u64, step: u8, won: i64) -> Event {
    Event::RefundAsked { call: CallId(call), step, won: Won(won) }
}

pub(super) fn stock(what: StockMove, qty: u32, call: Option<u64>) -> Event {
    Event::StockMoved { product: "mask".to_owned(), what, qty, call: call.map(CallId) }
}

pub(super) fn fared(call: u64, worker: u64, fare: Option<i64>) -> Event {
    Event::WorkFinished {
        call: CallId(call),
        worker: Some(WorkerId(worker)),
        outcome: WorkOutcome::Done,
        fare: fare.map(Won),
    }
}

pub(super) fn broadcast(offer: u64, call: u64, workers: &[u64], ring: u8, deadline: i64) -> Event {
    Event::BroadcastSent {
        offer: OfferId(offer),
        call: CallId(call),
        workers: workers.iter().map(|w| WorkerId(*w)).collect(),
        ring,
        deadline: Time(deadline),
        decision: Decision::default(),
    }
}

pub(super) fn over(offer: u64, call: u64, why: crate::domain::event::Why, losers: &[u64]) -> Event {
    let losers = losers.iter().map(|w| WorkerId(*w)).collect();
    Event::BroadcastOver { offer: OfferId(offer), call: CallId(call), why, losers }
}

pub(super) fn accepted(offer: u64, call: u64, worker: u64) -> Event {
    Event::OfferAccepted { offer: OfferId(offer), call: CallId(call), worker: WorkerId(worker) }
}

pub(super) fn yes(call: u64, step: u8, op: Op, attempt: u32) -> Event {
    answered(call, step, op, attempt, Outcome::Ok)
}

/// The first request, asked and answered at once.
pub(super) fn at_once(at: i64, call: u64, step: u8) -> Vec<Event> {
    vec![asked(at, call, step, Op::Do, 1), yes(call, step, Op::Do, 1)]
}

pub(super) fn finished_by_nobody(call: u64) -> Event {
    Event::WorkFinished { call: CallId(call), worker: None, outcome: WorkOutcome::Done, fare: None }
}

pub(super) fn granted(call: u64, nth: u32) -> Event {
    Event::CouponGranted { member: MemberId(1), call: CallId(call), nth, won: Won(1_000) }
}

pub(super) fn used(call: u64) -> Event {
    Event::CouponUsed { member: MemberId(1), call: CallId(call), won: Won(1_000) }
}
