//! Journals written by hand: a small language for them, good days, and one bad day per rule.
//!
//! Invariant: every rule of the book is broken by at least one journal here, which is otherwise
//! like one that passes.

mod bad;
mod bad_money;
mod bad_plan;
mod bad_rounds;
mod bad_steps;
mod day;
mod desk;
mod good;
mod kit;
mod letters;
mod orders;
mod recalls;
mod services;
mod speed;

use super::{Checker, Quiet, Report, Rule};
use crate::domain::breaker::{BreakerSettings, Counts, Numbers, State, StateKind, Transition, Why};
use crate::domain::event::{
    About, Actor, AssignedBy, Concern, Decision, Duty, Event, NoticeKey, Op, Outcome,
    ParticipantKind, Record, WorkOutcome,
};
use crate::domain::ids::{
    AttentionId, CallId, IncidentId, Millis, OfferId, ParticipantId, ProfileId, Seq, SubjectId,
    Time, WorkerId,
};
use crate::domain::phase::Target;
use crate::domain::profile::{
    CancelRule, CancelUntil, Dispatch, Fallback, Lang, Matching, NoticeOn, NoticeRule, OnAbort,
    OnDenied, Policy, Position, Profile, Role, Stage, StepSpec, Transport, Travel, Turn, Words,
};
use std::collections::BTreeMap;

/// A journal being written.
#[derive(Clone)]
struct Book {
    records: Vec<Record>,
}

impl Book {
    /// A desk at time 0 with the profiles `plain` (P-1: nothing but a search), `full` (P-2: gate `manage`, step `stock`,
    /// end gate `payment`, notices) and `asks` (P-3: workers are asked one by one), and the workers W-1, W-2.
    fn new() -> Self {
        Self { records: vec![] }.rec(
            0,
            vec![
                Event::DeskOpened { seed: 7 },
                participant(1, "manage"),
                participant(2, "stock"),
                participant(3, "payment"),
                adopted(1, plain()),
                adopted(2, full()),
                adopted(3, asks()),
                worker(1),
                worker(2),
            ],
        )
    }

    /// One more record, at this many milliseconds, by the clock.
    fn rec(self, at: i64, events: Vec<Event>) -> Self {
        self.by(Actor::Clock, None, at, events)
    }

    /// One more record by an operator who gives a reason.
    fn desk(self, at: i64, events: Vec<Event>) -> Self {
        self.by(Actor::Operator("kim".to_owned()), Some("asked to"), at, events)
    }

    fn by(mut self, actor: Actor, reason: Option<&str>, at: i64, events: Vec<Event>) -> Self {
        let seq = Seq(self.records.len() as u64 + 1);
        let reason = reason.map(str::to_owned);
        let at = Time(at);
        self.records.push(Record {
            seq,
            at,
            actor,
            key: None,
            causation: None,
            trace: None,
            reason,
            events,
        });
        self
    }

    /// Changes the last record.
    fn last(mut self, change: impl FnOnce(&mut Record)) -> Self {
        if let Some(last) = self.records.last_mut() {
            change(last);
        }
        self
    }

    fn check(&self, quiet: Quiet) -> Report {
        let mut checker = Checker::new();
        for record in &self.records {
            checker.record(record);
        }
        checker.finish(quiet)
    }
}

/// A good journal, what spoils it, and the rule that must catch that.
struct Case {
    rule: Rule,
    good: Book,
    bad: Book,
    quiet: Quiet,
}

/// The good journal goes on badly.
fn case(rule: Rule, good: &Book, spoil: impl FnOnce(Book) -> Book) -> Case {
    Case { rule, good: good.clone(), bad: spoil(good.clone()), quiet: Quiet::No }
}

/// The good journal is left with something that should have settled by `at`.
fn unsettled(rule: Rule, good: &Book, at: i64, spoil: impl FnOnce(Book) -> Book) -> Case {
    Case { quiet: Quiet::Yes { at: Time(at) }, ..case(rule, good, spoil) }
}

#[track_caller]
fn assert_clean(book: &Book, quiet: Quiet) {
    let report = book.check(quiet);
    let faults: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
    assert!(report.is_clean(), "{}", faults.join("\n"));
}

#[test]
fn every_rule_catches_its_bad_journal_and_lets_the_good_one_pass() {
    let mut cases = bad::cases();
    cases.extend(bad_steps::cases());
    cases.extend(bad_plan::cases());
    cases.extend(bad_rounds::cases());
    cases.extend(bad_money::cases());
    cases.extend(recalls::cases());
    cases.extend(letters::cases());
    let mut missed = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        assert_clean(&case.good, Quiet::No);
        let report = case.bad.check(case.quiet);
        if !report.faults.iter().any(|f| f.rule == case.rule) {
            let caught: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
            missed.push(format!(
                "{number}: {} ({}), only {caught:#?}",
                case.rule,
                case.rule.text()
            ));
        }
    }
    assert!(missed.is_empty(), "not caught: {}", missed.join("\n"));
    for rule in Rule::ALL {
        assert!(cases.iter().any(|c| c.rule == *rule), "no journal breaks {rule}: {}", rule.text());
    }
}

fn plain() -> Profile {
    Profile {
        name: "plain".to_owned(),
        title: words("line"),
        worker: words("worker"),
        phases: BTreeMap::new(),
        fields: vec![],
        steps: vec![],
        plan: vec![Stage::Auto { for_ms: Some(Millis::mins(5)), claimable: false }],
        dispatch: Dispatch {
            policy: Policy::Nearest,
            max_metres: None,
            search_ms: Millis::mins(10),
            travel: Travel::default(),
            ..Dispatch::default()
        },
        park_max_ms: Millis::mins(30),
        on_abort: OnAbort::End,
        cancel: CancelRule { until: CancelUntil::Open, customer: None },
        notices: vec![],
        ..Profile::default()
    }
}

/// As `plain`, with another plan.
fn asks() -> Profile {
    let most = None;
    let ask = Stage::Offer { deadline_ms: Millis(30_000), most, for_ms: None, claimable: false };
    Profile { name: "asks".to_owned(), plan: vec![ask], ..plain() }
}

fn words(text: &str) -> Words {
    Words { ko: text.to_owned(), en: text.to_owned() }
}

fn adopted(profile: u32, spec: Profile) -> Event {
    Event::ProfileAdopted { profile: ProfileId(profile), spec: Box::new(spec) }
}

fn told(on: NoticeOn, to: Role, transport: Transport) -> NoticeRule {
    NoticeRule { on, to, transport, text: words("{call}"), repeat: None }
}

fn full() -> Profile {
    let step = |name: &str, position| StepSpec::new(name, position);
    Profile {
        name: "full".to_owned(),
        steps: vec![
            step("manage", Position::BeforeOpen),
            step("stock", Position::AfterOpen),
            step("payment", Position::BeforeComplete),
        ],
        cancel: CancelRule { until: CancelUntil::Assigned, customer: None },
        notices: vec![
            told(NoticeOn::Assigned, Role::Customer, Transport::Command),
            told(NoticeOn::Assigned, Role::Worker, Transport::Inbox),
            told(NoticeOn::Canceled, Role::Customer, Transport::Alimtalk),
            told(NoticeOn::Parked, Role::Customer, Transport::Inbox),
        ],
        ..plain()
    }
}

fn settings() -> BreakerSettings {
    BreakerSettings {
        consecutive_failures: Some(2),
        failure_rate_pct: None,
        slow_rate_pct: None,
        probes: 1,
        ..BreakerSettings::default()
    }
}

fn participant(id: u16, name: &str) -> Event {
    Event::ParticipantSet {
        participant: ParticipantId(id),
        name: name.to_owned(),
        kind: ParticipantKind::Local,
        breaker: settings(),
        bulkhead: 2,
    }
}

fn worker(id: u64) -> Event {
    Event::WorkerAdded {
        worker: WorkerId(id),
        subject: SubjectId(id),
        services: vec![],
        skills: vec!["boiler".to_owned()],
        home: None,
        duty: Duty::On,
        handle: None,
    }
}

/// A call of subject S-10.., so that worker subjects S-1, S-2 are the only others.
fn received(call: u64, profile: u32) -> Event {
    Event::CallReceived {
        call: CallId(call),
        profile: ProfileId(profile),
        subject: SubjectId(call + 2),
        tel: None,
        reachable: true,
        kind: None,
        spot: None,
        cost: None,
        priority: 1,
        fields: BTreeMap::new(),
        lang: Lang::Ko,
        parent: None,
        member: None,
        window: None,
        asked: None,
        ordinal: 0,
    }
}

fn opened(call: u64) -> Event {
    Event::CallOpened { call: CallId(call) }
}

fn committed(call: u64, worker: u64, by: AssignedBy) -> Event {
    Event::AssignmentCommitted { call: CallId(call), worker: WorkerId(worker), by, decision: None }
}

fn released(call: u64, worker: u64, exclude: bool) -> Event {
    Event::AssignmentReleased {
        call: CallId(call),
        worker: WorkerId(worker),
        why: crate::domain::event::Why::Released,
        exclude,
    }
}

fn started(call: u64, worker: u64) -> Event {
    Event::WorkStarted { call: CallId(call), worker: Some(WorkerId(worker)) }
}

fn finished(call: u64, worker: u64) -> Event {
    Event::WorkFinished {
        call: CallId(call),
        worker: Some(WorkerId(worker)),
        outcome: WorkOutcome::Done,
        fare: None,
    }
}

fn completed(call: u64) -> Event {
    Event::CallCompleted { call: CallId(call) }
}

fn unwinding(call: u64, target: Target, why: crate::domain::event::Why) -> Event {
    Event::CallUnwinding { call: CallId(call), target, why, retry_at: None }
}

fn canceled(call: u64) -> Event {
    unwinding(call, Target::Canceled, crate::domain::event::Why::Canceled)
}

fn ended(call: u64, end: Target) -> Event {
    Event::CallEnded { call: CallId(call), end }
}

fn offer(offer: u64, call: u64, worker: u64, deadline: i64) -> Event {
    Event::OfferSent {
        offer: OfferId(offer),
        call: CallId(call),
        worker: WorkerId(worker),
        deadline: Time(deadline),
        decision: Decision::default(),
    }
}

/// Request 1, 2, .. of a step of the profile `full`, to be given up 610 ms after `at`.
fn asked(at: i64, call: u64, step: u8, op: Op, attempt: u32) -> Event {
    Event::StepAsked {
        call: CallId(call),
        step,
        op,
        group: 1,
        attempt,
        deadline: Time(at + 610),
        answer_at: None,
        generation: 0,
        probe: false,
    }
}

fn answered(call: u64, step: u8, op: Op, attempt: u32, outcome: Outcome) -> Event {
    Event::StepAnswered {
        call: CallId(call),
        step,
        op,
        group: 1,
        attempt,
        outcome,
        took_ms: Millis(20),
        late: false,
    }
}

fn late_ok(call: u64, step: u8, attempt: u32) -> Event {
    Event::StepAnswered {
        call: CallId(call),
        step,
        op: Op::Do,
        group: 1,
        attempt,
        outcome: Outcome::Ok,
        took_ms: Millis(900),
        late: true,
    }
}

fn lost() -> Outcome {
    Outcome::Indeterminate("no answer".to_owned())
}

fn down() -> Outcome {
    Outcome::Unavailable("stopped".to_owned())
}

fn no() -> Outcome {
    Outcome::Denied("no".to_owned())
}

fn notice(seq: u64, call: u64, rule: u8, to: u64) -> NoticeKey {
    // As the rules of the profile `full` have it.
    let transport = match rule {
        0 => Transport::Command,
        2 => Transport::Alimtalk,
        _ => Transport::Inbox,
    };
    NoticeKey { seq: Seq(seq), call: CallId(call), rule, to: SubjectId(to), transport }
}

fn issued(notice: NoticeKey) -> Event {
    Event::NoticeIssued { notice, worker: None }
}

fn delivered(notice: NoticeKey) -> Event {
    Event::NoticeDelivered { notice, said: None }
}

fn raised(attention: u64, about: About, concern: Concern) -> Event {
    Event::AttentionRaised { attention: AttentionId(attention), about, concern }
}

fn moved(generation: u64, at: i64, from: StateKind, to: State, why: Why, n: [u32; 3]) -> Event {
    let counts = Counts { calls: n[0], failures: n[1], slow: 0 };
    let numbers = Numbers { counts, consecutive: n[2] };
    let incident =
        (why != Why::Operator || matches!(to, State::ForcedOpen { .. })).then_some(IncidentId(1));
    Event::BreakerMoved {
        participant: ParticipantId(1),
        transition: Transition { from, to, why, numbers, at: Time(at), generation },
        incident,
    }
}

/// What the domain's types would say by themselves, if they were asked.
const OWN_ANSWERS: [&str; 16] = [
    ".wait(",
    ".seconds(",
    ".overlaps(",
    ".dispatch_at(",
    ".still_searching(",
    ".reference_field(",
    ".skill_field(",
    ".answerer(",
    ".charge(",
    ".owes_undo(",
    ".wants(",
    ".live_assignment(",
    ".is_automatic(",
    ".snapshot(",
    ".available(",
    "is_searching",
];

#[test]
fn the_checker_knows_nothing_of_the_code_it_checks() {
    let room = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("verify");
    let mut read = 0;
    for entry in std::fs::read_dir(room).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ext| ext != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            // A recalled body is the one thing of the desk's own that stands in the journal.
            let recalls = path.ends_with("recall.rs") && line.contains("Call as Body");
            for wall in ["domain::decide", "domain::world", "domain::call::", "MOVES", "may_move"] {
                assert!(recalls || !line.contains(wall), "{}: {line}", path.display());
            }
            for wall in ["evolve", "World", "views::", "Breaker,", "Breaker::", "breaker::Window"] {
                assert!(!line.contains(wall), "{}: {line}", path.display());
            }
            // These types would bring the domain's own answers with them.
            for wall in OWN_ANSWERS {
                let own = line.contains("self.wait(");
                assert!(own || !line.contains(wall), "{}: {line}", path.display());
            }
        }
        read += 1;
    }
    assert!(read > 10, "{read} files were read");
}
