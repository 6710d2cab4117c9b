//! Test material: a desk in memory, profiles and orders in one line each.

use super::breaker::BreakerSettings;
use super::command::{Command, Contact, NewCall, NewWorker, Order, Person};
use super::event::{Duty, Event, Record, Spot, TelDigest};
use super::geo::Point;
use super::ids::{CallId, Millis, Time, WorkerId};
use super::profile::{
    CancelRule, CancelUntil, Dispatch, Lang, NoticeOn, NoticeRule, OnAbort, Policy, Position,
    Profile, Role, Stage, StepSpec, Transport, Travel, Words,
};
use super::refusal::Refusal;
use super::world::{Settings, World};
use std::collections::BTreeMap;

/// The instant at which test desks open.
pub const START: Time = Time(1_800_000_000_000);

/// A step as the test profiles have it.
#[must_use]
pub fn step(name: &str, position: Position) -> StepSpec {
    StepSpec::new(name, position)
}

fn words(text: &str) -> Words {
    Words { ko: text.to_owned(), en: text.to_owned() }
}

fn rule(on: NoticeOn, to: Role) -> NoticeRule {
    NoticeRule { on, to, transport: Transport::Inbox, text: words("{call} {worker}"), repeat: None }
}

/// A profile like `repair`: one gate, automatic assignment, notices to both sides.
#[must_use]
pub fn repair() -> Profile {
    let skill = super::profile::Field {
        name: "kind".to_owned(),
        label: words("kind"),
        kind: super::profile::FieldKind::Text,
        required: false,
        default: None,
        skill: true,
        one_of: Vec::new(),
        no_skill: Vec::new(),
    };
    Profile {
        name: "repair".to_owned(),
        title: words("repair"),
        worker: words("technician"),
        phases: BTreeMap::new(),
        fields: vec![skill],
        steps: vec![step("manage", Position::BeforeOpen)],
        plan: vec![Stage::Auto { for_ms: Some(Millis::mins(10)), claimable: false }],
        dispatch: Dispatch {
            policy: Policy::Nearest,
            max_metres: None,
            search_ms: Millis::hours(24),
            travel: Travel::default(),
            ..Dispatch::default()
        },
        park_max_ms: Millis::hours(2),
        on_abort: OnAbort::Reopen,
        cancel: CancelRule { until: CancelUntil::Assigned, customer: None },
        notices: vec![
            rule(NoticeOn::Opened, Role::Customer),
            rule(NoticeOn::Assigned, Role::Customer),
            rule(NoticeOn::Assigned, Role::Worker),
            rule(NoticeOn::Released, Role::Worker),
            rule(NoticeOn::Canceled, Role::Customer),
            rule(NoticeOn::Completed, Role::Customer),
            rule(NoticeOn::Rejected, Role::Customer),
            rule(NoticeOn::Unfilled, Role::Customer),
            rule(NoticeOn::Parked, Role::Customer),
        ],
        ..Profile::default()
    }
}

/// A point near Seoul's city hall, `north` and `east` in thousandths of a degree.
#[must_use]
pub fn seoul(north: i32, east: i32) -> Point {
    Point::new(37_566_300 + north * 1_000, 126_977_900 + east * 1_000)
        .unwrap_or_else(|_| unreachable!("inside Seoul"))
}

/// A request for the profile, at the place, under a number.
#[must_use]
pub fn request(profile: &str, tel: u64, at: Option<Point>) -> Command {
    Command::RequestCall(NewCall {
        profile: profile.to_owned(),
        contact: Contact {
            person: Person {
                name: None,
                tel: Some(format!("0100000{tel:04}")),
                address: None,
                card: None,
            },
            digest: Some(TelDigest(tel)),
            reachable: true,
        },
        kind: None,
        spot: at.map(|point| Spot { point, within_m: None }),
        cost: None,
        priority: 1,
        fields: BTreeMap::new(),
        lang: Lang::Ko,
        parent: None,
        member: None,
        visit: None,
    })
}

/// A worker at a place.
#[must_use]
pub fn worker(home: Option<Point>, skills: &[&str]) -> Command {
    Command::AddWorker(NewWorker {
        contact: Contact::default(),
        services: Vec::new(),
        skills: skills.iter().map(|s| (*s).to_owned()).collect(),
        home,
        duty: Duty::On,
        handle: None,
    })
}

/// A world under test, with its journal and its clock.
#[derive(Debug, Clone)]
pub struct Bench {
    /// The world.
    pub world: World,
    /// Everything that happened.
    pub journal: Vec<Record>,
    /// The time.
    pub now: Time,
}

impl Bench {
    /// An open desk that knows the profiles.
    #[must_use]
    pub fn with(profiles: &[Profile]) -> Self {
        let world = World::new(Settings::default());
        let mut bench = Self { world, journal: Vec::new(), now: START };
        bench.ok(Command::OpenDesk { seed: 7 });
        for profile in profiles {
            bench.ok(Command::AdoptProfile(Box::new(profile.clone())));
        }
        bench
    }

    /// Gives `manage` a breaker that opens after `failures` failures for ten seconds.
    pub fn breaker(&mut self, name: &str, failures: u32) {
        self.ok(Command::SetParticipant {
            name: name.to_owned(),
            kind: super::event::ParticipantKind::Local,
            breaker: BreakerSettings {
                consecutive_failures: Some(failures),
                ..BreakerSettings::default()
            },
            bulkhead: 64,
        });
    }

    /// Carries out a command and returns its events.
    ///
    /// # Errors
    /// The refusal.
    pub fn run(&mut self, command: Command, reason: Option<&str>) -> Result<Vec<Event>, Refusal> {
        let mut order = Order::by_operator("kim", command);
        order.reason = reason.map(str::to_owned);
        let carried = self.world.carry_out(&order, self.now)?;
        let record = carried.record;
        let events = record.as_ref().map(|r| r.events.clone()).unwrap_or_default();
        self.journal.extend(record);
        Ok(events)
    }

    /// Carries out a command that must be accepted.
    #[expect(clippy::needless_pass_by_value, reason = "commands are written in the call")]
    pub fn ok(&mut self, command: Command) -> Vec<Event> {
        match self.run(command.clone(), Some("test")) {
            Ok(events) => events,
            Err(refusal) => unreachable!("{command:?} was refused: {refusal}"),
        }
    }

    /// The refusal of a command that must be refused.
    #[expect(clippy::needless_pass_by_value, reason = "commands are written in the call")]
    pub fn no(&mut self, command: Command) -> Refusal {
        match self.run(command.clone(), None) {
            Ok(events) => unreachable!("{command:?} was accepted: {events:?}"),
            Err(refusal) => refusal,
        }
    }

    /// A call at a place; its number.
    pub fn call(&mut self, north: i32, east: i32) -> CallId {
        self.ok(request(
            "repair",
            u64::try_from(north.abs()).unwrap_or(0),
            Some(seoul(north, east)),
        ));
        CallId(self.world.desk.next.call)
    }

    /// A worker at a place; the number.
    pub fn worker(&mut self, north: i32, east: i32) -> WorkerId {
        self.ok(worker(Some(seoul(north, east)), &[]));
        WorkerId(self.world.desk.next.worker)
    }

    /// Lets time pass, doing what is due at its time.
    pub fn pass(&mut self, span: Millis) {
        let end = self.now.plus(span);
        for _ in 0..100_000 {
            let Some(due) = self.world.next_due().filter(|due| *due <= end) else { break };
            self.now = self.now.max(due);
            let before = self.journal.len();
            self.ok(Command::Tick);
            assert!(
                self.journal.len() > before || self.world.next_due() != Some(due),
                "due at {due:?} and nothing happened: {:?}, {:?}",
                self.world.index.due.first(),
                self.world.index.search.first()
            );
        }
        self.now = end;
    }
}
