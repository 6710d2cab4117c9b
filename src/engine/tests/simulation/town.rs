//! The desk that is simulated: its profiles, its participants and its people.
//!
//! Invariant: data only; what becomes of it is drawn elsewhere.

use ascall_engine::domain::breaker::BreakerSettings;
use ascall_engine::domain::command::{Command, Contact, NewCall, NewWorker, Person};
use ascall_engine::domain::event::{Duty, ParticipantKind, Spot, TelDigest};
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::Millis;
use ascall_engine::domain::profile::{
    CancelRule, CancelUntil, Dispatch, Fallback, Field, FieldKind, Lang, NoticeOn, NoticeRule,
    OnAbort, OnDenied, Policy, Position, Profile, RequiredBefore, Role, Stage, StepSpec, Transport,
    Travel, Words,
};
use std::collections::BTreeMap;

/// The skills there are.
pub const SKILLS: [&str; 2] = ["TV", "heater"];

/// The participants outside the desk.
pub const OUTSIDE: [&str; 4] = ["credit", "stock", "parts", "pay"];

/// Those of the desk's own.
pub const LOCAL: [&str; 3] = ["manage", "insure", "diary"];

fn words(text: &str) -> Words {
    Words { ko: text.to_owned(), en: text.to_owned() }
}

fn step(name: &str, position: Position) -> StepSpec {
    StepSpec {
        name: name.to_owned(),
        position,
        deadline_ms: Millis(610),
        fallback: Fallback::Park,
        on_denied: OnDenied::Wait,
        required_before: None,
        undo: true,
    }
}

fn rule(on: NoticeOn, to: Role, transport: Transport) -> NoticeRule {
    NoticeRule { on, to, transport, text: words("{call} {worker}") }
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

fn profile(name: &str, steps: Vec<StepSpec>, plan: Vec<Stage>, transport: Transport) -> Profile {
    let skill = Field {
        name: "kind".to_owned(),
        label: words("kind"),
        kind: FieldKind::Text,
        required: false,
        default: None,
        skill: true,
        one_of: Vec::new(),
        no_skill: Vec::new(),
    };
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
        },
        park_max_ms: Millis::mins(20),
        on_abort: OnAbort::Reopen,
        cancel: CancelRule { until: CancelUntil::Assigned },
        notices: told(transport),
    }
}

/// The four service lines.
pub fn profiles() -> Vec<Profile> {
    let repair = profile(
        "repair",
        vec![step("manage", Position::BeforeOpen)],
        vec![Stage::Auto { for_ms: Some(Millis::mins(10)) }],
        Transport::Inbox,
    );
    let mut quick = profile(
        "quick",
        vec![StepSpec { fallback: Fallback::Reject, ..step("credit", Position::BeforeOpen) }],
        vec![Stage::Auto { for_ms: None }],
        Transport::Inbox,
    );
    quick.on_abort = OnAbort::End;
    quick.cancel.until = CancelUntil::Open;
    quick.dispatch.search_ms = Millis::mins(8);
    quick.dispatch.policy = Policy::LongestIdle;
    let mut ask = profile(
        "ask",
        Vec::new(),
        vec![
            Stage::Offer {
                deadline_ms: Millis::secs(30),
                most: Some(2),
                for_ms: Some(Millis::mins(5)),
            },
            Stage::Manual,
        ],
        Transport::Command,
    );
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
            Stage::Auto { for_ms: Some(Millis::mins(1)) },
            Stage::Offer { deadline_ms: Millis::secs(20), most: None, for_ms: None },
        ],
        Transport::Command,
    );
    vec![repair, quick, ask, full]
}

/// Who answers for `name`, with a breaker that small traffic trips.
pub fn participant(name: &str, failures: u32, bulkhead: u32) -> Command {
    let kind = if OUTSIDE.contains(&name) {
        ParticipantKind::Http { url: format!("http://127.0.0.1:1/{name}") }
    } else {
        ParticipantKind::Local
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
    })
}
