//! The desk that is simulated: its profiles, its participants and its people.
//!
//! Invariant: data only; what becomes of it is drawn elsewhere.

use ascall_engine::domain::breaker::BreakerSettings;
use ascall_engine::domain::command::{Command, Contact, MemberCard, NewCall, NewWorker, Person};
use ascall_engine::domain::event::{Card, Duty, ParticipantKind, Spot, TelDigest};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::{Millis, Won};
use ascall_engine::domain::profile::{
    AppointmentRule, CancelRule, CancelUntil, Dispatch, Does, Fallback, Field, FieldKind,
    Foresight, Lang, Matching, MembershipRule, NoticeOn, NoticeRule, OnAbort, OnDenied,
    PaymentRule, Policy, Position, Price, Profile, Repeat, RequiredBefore, RewardRule, Role, Stage,
    StepSpec, StockRule, Transport, Travel, Turn, UnknownProduct, Words,
};
use std::collections::BTreeMap;

/// The skills there are.
pub const SKILLS: [&str; 2] = ["TV", "heater"];

/// The participants outside the desk.
pub const OUTSIDE: [&str; 7] = ["credit", "stock", "parts", "pay", "bank", "delivery", "depot"];

/// Those of the desk's own.
pub const LOCAL: [&str; 5] = ["manage", "insure", "diary", "purse", "shelf"];

/// What is sold. Nobody ever receives the last one.
pub const GOODS: [&str; 3] = ["mask", "glove", "ghost"];

/// The service lines, as often as they are called.
pub const LINES: [&str; 11] = [
    "repair", "driver", "ask", "full", "tutoring", "tutoring", "taxi", "taxi", "shop", "pool",
    "dash",
];

/// Who holds money and goods: the desk itself, or somebody outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holders {
    pub bank: bool,
    pub depot: bool,
}

fn words(text: &str) -> Words {
    Words { ko: text.to_owned(), en: text.to_owned() }
}

fn step(name: &str, position: Position) -> StepSpec {
    StepSpec::new(name, position)
}

fn rule(on: NoticeOn, to: Role, transport: Transport) -> NoticeRule {
    NoticeRule { on, to, transport, text: words("{call} {worker}"), repeat: None }
}

fn told(transport: Transport) -> Vec<NoticeRule> {
    use NoticeOn::{
        Arrived, Assigned, Canceled, Completed, Offered, Opened, Parked, Rejected, Released,
        Started, Unfilled, Withdrawn,
    };
    let mut rules = Vec::new();
    for on in [Parked, Opened, Assigned, Arrived, Started, Completed, Canceled, Unfilled, Rejected]
    {
        rules.push(rule(on, Role::Customer, transport));
    }
    for on in [Assigned, Released, Offered, Withdrawn] {
        rules.push(rule(on, Role::Worker, transport));
    }
    rules
}

/// What is told where there are appointments.
fn visits_told(transport: Transport) -> Vec<NoticeRule> {
    use NoticeOn::{EnRoute, Finished, Rescheduled, Scheduled};
    let mut rules = told(transport);
    for on in [Scheduled, Rescheduled, EnRoute, Finished] {
        rules.push(rule(on, Role::Customer, transport));
    }
    rules.push(rule(Scheduled, Role::Worker, transport));
    rules
}

fn field(name: &str, kind: FieldKind, required: bool) -> Field {
    Field {
        name: name.to_owned(),
        label: words(name),
        kind,
        required,
        default: None,
        skill: false,
        one_of: Vec::new(),
        no_skill: Vec::new(),
    }
}

fn charge(by: &str, position: Position, fallback: Fallback) -> StepSpec {
    let does = Does::Charge;
    StepSpec { participant: Some(by.to_owned()), does, fallback, ..step("payment", position) }
}

/// Who holds `name`: somebody outside, or the desk.
fn held_by<'a>(outside: bool, there: &'a str, here: &'a str) -> &'a str {
    if outside { there } else { here }
}

fn profile(name: &str, steps: Vec<StepSpec>, plan: Vec<Stage>, transport: Transport) -> Profile {
    let skill = Field { skill: true, ..field("kind", FieldKind::Text, false) };
    Profile {
        name: name.to_owned(),
        title: words(name),
        worker: words("worker"),
        phases: BTreeMap::new(),
        fields: vec![skill],
        steps,
        plan,
        dispatch: Dispatch {
            policy: Policy::Nearest,
            max_metres: None,
            search_ms: Millis::mins(40),
            travel: Travel::default(),
            ..Dispatch::default()
        },
        park_max_ms: Millis::mins(20),
        on_abort: OnAbort::Reopen,
        cancel: CancelRule { until: CancelUntil::Assigned, customer: None },
        notices: told(transport),
        ..Profile::default()
    }
}

/// Lines that search for somebody: their gates and steps are done or not, and cost nothing.
fn searching() -> Vec<Profile> {
    let mut repair = profile(
        "repair",
        vec![step("manage", Position::BeforeOpen)],
        vec![Stage::Auto { for_ms: Some(Millis::mins(10)), claimable: false }],
        Transport::Inbox,
    );
    repair.dispositions = vec!["fixed".to_owned(), "no fault".to_owned()];
    let mut driver = profile(
        "driver",
        vec![StepSpec { fallback: Fallback::Reject, ..step("credit", Position::BeforeOpen) }],
        vec![Stage::Auto { for_ms: None, claimable: false }],
        Transport::Inbox,
    );
    driver.on_abort = OnAbort::End;
    driver.cancel.until = CancelUntil::Open;
    driver.dispatch.search_ms = Millis::mins(8);
    driver.dispatch.policy = Policy::LongestIdle;
    let mut ask = profile(
        "ask",
        Vec::new(),
        vec![
            Stage::Offer {
                deadline_ms: Millis::secs(30),
                most: Some(2),
                for_ms: Some(Millis::mins(5)),
                claimable: false,
            },
            Stage::Manual { claimable: false },
        ],
        Transport::Command,
    );
    ask.fields.push(field("visit", FieldKind::Time, false));
    ask.appointment = APPOINTMENT;
    ask.notices = visits_told(Transport::Command);
    ask.dispatch.search_ms = Millis::mins(15);
    ask.dispatch.max_metres = Some(9_000);
    let full = profile(
        "full",
        vec![
            step("manage", Position::BeforeOpen),
            step("stock", Position::BeforeOpen),
            StepSpec {
                required_before: Some(RequiredBefore::Start),
                ..step("parts", Position::AfterOpen)
            },
            StepSpec { on_denied: OnDenied::End, ..step("insure", Position::AfterOpen) },
            StepSpec {
                undo: false,
                required_before: Some(RequiredBefore::Finish),
                ..step("diary", Position::AfterOpen)
            },
            step("pay", Position::BeforeComplete),
        ],
        vec![
            Stage::Auto { for_ms: Some(Millis::mins(1)), claimable: false },
            Stage::Offer {
                deadline_ms: Millis::secs(20),
                most: None,
                for_ms: None,
                claimable: false,
            },
        ],
        Transport::Command,
    );
    vec![repair, driver, ask, full]
}

/// Paid before a teacher may claim it, for a time that the teacher names.
fn tutoring(held: Holders) -> Profile {
    let bank = held_by(held.bank, "bank", "purse");
    let mut line = profile(
        "tutoring",
        vec![charge(bank, Position::BeforeOpen, Fallback::Reject)],
        vec![Stage::Claim { for_ms: Some(Millis::mins(9)) }, Stage::Manual { claimable: true }],
        Transport::Inbox,
    );
    line.fields.extend([
        field("cost", FieldKind::Won, true),
        field("reference", FieldKind::Reference, false),
        field("visit", FieldKind::Time, false),
    ]);
    line.payment = Some(PaymentRule { price: Price::Fixed, limit: Some(Won(80_000)) });
    line.appointment = APPOINTMENT;
    line.cancel.customer = Some(CancelUntil::Scheduled);
    line.notices = visits_told(Transport::Inbox);
    for on in [NoticeOn::Paid, NoticeOn::Refunded] {
        line.notices.push(rule(on, Role::Customer, Transport::Inbox));
    }
    line
}

/// For members: drivers near by are asked at once, the fare is charged at the end, rides earn coupons.
fn taxi(held: Holders) -> Profile {
    let bank = held_by(held.bank, "bank", "purse");
    let near = |rings_m: &[u32], claimable| Stage::Broadcast {
        rings_m: rings_m.to_vec(),
        ring_ms: Millis::secs(20),
        most: 3,
        claimable,
    };
    let mut line = profile(
        "taxi",
        vec![charge(bank, Position::BeforeComplete, Fallback::Park)],
        vec![
            near(&[3_000, 9_000], true),
            Stage::Claim { for_ms: Some(Millis::mins(2)) },
            near(&[30_000], false),
        ],
        Transport::Command,
    );
    line.fields
        .extend([field("to", FieldKind::Text, true), field("visit", FieldKind::Time, false)]);
    line.payment = Some(PaymentRule { price: Price::Metered, limit: Some(Won(60_000)) });
    line.membership = MembershipRule { required: true };
    line.rewards = vec![RewardRule { every: 2, coupon: Won(3_000) }];
    line.appointment = APPOINTMENT;
    line.cancel.until = CancelUntil::Open;
    line.on_abort = OnAbort::End;
    line.dispatch.search_ms = Millis::mins(10);
    line.notices = visits_told(Transport::Command);
    for on in [NoticeOn::Started, NoticeOn::Completed] {
        line.notices.push(rule(on, Role::Friend, Transport::Alimtalk));
    }
    for on in [NoticeOn::Paid, NoticeOn::Refunded, NoticeOn::Coupon] {
        line.notices.push(rule(on, Role::Customer, Transport::Inbox));
    }
    line.notices.push(NoticeRule {
        repeat: Some(Repeat { every_ms: Millis::secs(45), most: 4 }),
        ..rule(NoticeOn::Searching, Role::Customer, Transport::Inbox)
    });
    line
}

/// Nobody is searched; goods are set aside before they are sent off.
fn shop(held: Holders) -> Profile {
    let depot = held_by(held.depot, "depot", "shelf");
    let reserve = StepSpec {
        participant: Some(depot.to_owned()),
        does: Does::Reserve,
        required_before: Some(RequiredBefore::Start),
        ..step("goods", Position::AfterOpen)
    };
    let mut line = profile(
        "shop",
        vec![step("delivery", Position::BeforeOpen), reserve],
        vec![Stage::None { promise_ms: Millis::mins(5), claimable: true }],
        Transport::Inbox,
    );
    line.fields.extend([
        field("product", FieldKind::Text, true),
        Field { default: Some("1".to_owned()), ..field("qty", FieldKind::Count, false) },
        field("reference", FieldKind::Reference, false),
    ]);
    line.stock = Some(StockRule {
        product: "product".to_owned(),
        quantity: "qty".to_owned(),
        unknown: UnknownProduct::Shortage,
    });
    line.notices.push(rule(NoticeOn::Short, Role::Customer, Transport::Inbox));
    line
}

/// Calls that are looked at together: the longest waiting first, and, where rides end elsewhere, with those who are about
/// to be free.
fn rounds() -> [Profile; 2] {
    let auto = vec![Stage::Auto { for_ms: None, claimable: true }];
    let mut pool = profile("pool", Vec::new(), auto.clone(), Transport::Inbox);
    pool.cancel.until = CancelUntil::Open;
    pool.dispatch.search_ms = Millis::mins(12);
    pool.dispatch.policy = Policy::Batch;
    pool.dispatch.matching = Some(Matching { tick_ms: Millis::secs(5), order: Turn::LongestFirst });
    let mut dash = profile("dash", Vec::new(), auto, Transport::Inbox);
    dash.fields.push(field("to", FieldKind::Text, false));
    dash.dispatch.destination = Some("to".to_owned());
    dash.dispatch.policy = Policy::Foresight;
    dash.dispatch.max_metres = Some(12_000);
    dash.dispatch.foresight = Some(Foresight { stay_s: 120, ..Foresight::default() });
    [pool, dash]
}

/// Visits of twenty minutes, five minutes' notice.
const APPOINTMENT: AppointmentRule =
    AppointmentRule { duration_ms: Millis::mins(20), lead_ms: Millis::mins(5) };

/// Every service line.
pub fn profiles(held: Holders) -> Vec<Profile> {
    let mut lines = searching();
    lines.extend([tutoring(held), taxi(held), shop(held)]);
    lines.extend(rounds());
    lines
}

/// Who answers for `name`, with a breaker that small traffic trips.
pub fn participant(name: &str, failures: u32, bulkhead: u32) -> Command {
    let kind = match name {
        "depot" | "parts" => ParticipantKind::Command { argv: vec![name.to_owned()] },
        name if OUTSIDE.contains(&name) => {
            ParticipantKind::Http { url: format!("http://127.0.0.1:1/{name}") }
        }
        _ => ParticipantKind::Local,
    };
    Command::SetParticipant {
        name: name.to_owned(),
        kind,
        breaker: BreakerSettings {
            consecutive_failures: Some(failures),
            window_ms: Millis::mins(4),
            ..BreakerSettings::default()
        },
        bulkhead,
    }
}

/// A point in the city, in thousandths of a degree from its hall.
pub fn spot(north: u64, east: u64) -> Point {
    let at = |base: i32, off: u64| base + i32::try_from(off).unwrap_or(0) * 1_000;
    Point::new(at(37_500_000, north), at(126_900_000, east)).expect("a point in Seoul")
}

/// A customer by number: the first ten are called again and again.
pub fn contact(n: u64, reachable: bool) -> Contact {
    Contact {
        person: Person {
            name: Some(format!("손님 {n}")),
            tel: Some(format!("010-0000-{n:04}")),
            address: None,
            card: None,
        },
        digest: Some(TelDigest(7_000 + n)),
        reachable,
    }
}

pub fn new_call(line: &str, contact: Contact, at: Option<Point>, kind: Option<&str>) -> NewCall {
    NewCall {
        profile: line.to_owned(),
        contact,
        kind: kind.map(str::to_owned),
        spot: at.map(|point| Spot { point, within_m: None }),
        cost: None,
        priority: 1,
        fields: BTreeMap::new(),
        lang: Lang::Ko,
        parent: None,
        member: None,
        visit: None,
    }
}

pub fn new_worker(n: u64, home: Option<Point>, services: &[&str], skills: &[&str]) -> Command {
    let owned = |names: &[&str]| names.iter().map(|s| (*s).to_owned()).collect();
    Command::AddWorker(NewWorker {
        contact: contact(5_000 + n, true),
        services: owned(services),
        skills: owned(skills),
        home,
        duty: Duty::On,
        handle: None,
    })
}

/// A member by number: of eight, one has no card and one a card that is refused.
pub fn new_member(n: u64, friend: bool) -> MemberCard {
    MemberCard {
        contact: contact(n, n % 5 != 4),
        card: match n % 8 {
            2 => None,
            3 => Some(Card::Declined),
            _ => Some(Card::Token),
        },
        friend: friend.then(|| contact(900 + n, n.is_multiple_of(2))),
    }
}

/// Goods that come in.
pub fn received(product: &str, qty: u32) -> Command {
    Command::ReceiveStock { product: product.to_owned(), qty }
}
