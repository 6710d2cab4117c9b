//! What a meter makes of what it is told.

use super::*;
use crate::desk::profiles;
use crate::load::crowd::Asked as Wanted;
use ascall_engine::domain::breaker::{BreakerSettings, Numbers, State, StateKind, Why};
use ascall_engine::domain::event::{Actor, AssignedBy, ParkedWhy, ParticipantKind};
use ascall_engine::domain::ids::{CallId, Millis, ProfileId, Seq, SubjectId, WorkerId};
use ascall_engine::domain::phase::Target as End;
use ascall_engine::domain::profile::Lang;

const S: Micros = 1_000_000;

/// A customer's request, due so many milliseconds from the begin.
fn request(number: u64, due_ms: u64) -> Step {
    keyed(number, due_ms, &format!("key-{number}"))
}

fn keyed(number: u64, due_ms: u64, key: &str) -> Step {
    let asked = Wanted {
        key: key.to_owned(),
        profile: "repair".to_owned(),
        tel: "010-0000-0001".to_owned(),
        spot: None,
        kind: None,
        cost: None,
        fields: BTreeMap::new(),
        member: None,
        address: None,
    };
    Step { number, first: number, due: Millis(due_ms), what: What::Request(Box::new(asked)) }
}

fn record(events: Vec<Event>) -> Record {
    Record {
        seq: Seq(1),
        at: Time(0),
        actor: Actor::Clock,
        key: None,
        causation: None,
        trace: None,
        reason: None,
        events,
    }
}

fn received(call: u64) -> Event {
    Event::CallReceived {
        call: CallId(call),
        profile: ProfileId(1),
        subject: SubjectId(1),
        tel: None,
        reachable: false,
        kind: None,
        spot: None,
        cost: None,
        priority: 1,
        fields: BTreeMap::new(),
        lang: Lang::En,
        parent: None,
        member: None,
        window: None,
        asked: None,
        ordinal: call,
    }
}

fn opened(call: u64) -> Event {
    Event::CallOpened { call: CallId(call) }
}

fn parked(call: u64) -> Event {
    Event::CallParked { call: CallId(call), why: ParkedWhy::BreakerOpen }
}

fn assigned(call: u64) -> Event {
    let (call, worker) = (CallId(call), WorkerId(1));
    Event::AssignmentCommitted { call, worker, by: AssignedBy::Auto, decision: None }
}

fn done(call: u64) -> Said {
    Said::Done(Some(CallId(call)))
}

/// A load that ended well, otherwise.
pub(in crate::load) fn closing(expect: &[Expectation]) -> Closing<'_> {
    Closing {
        title: "a load".to_owned(),
        seed: 7,
        target: Target::Engine,
        began: Time(1_800_000_000_000),
        lasted: 20 * S,
        expect,
        verify: Vec::new(),
        lost: 0,
        doubled: 0,
        journal_hash: None,
        cpu: None,
        cores: 2,
    }
}

/// A hundred requests a second for ten seconds, one after the other. Each takes a millisecond, that of second four as much
/// longer as given.
pub(in crate::load) fn stalled(stall: Micros) -> Meter {
    let mut meter = Meter::keeping_calls();
    let mut free = 0;
    for number in 0..1_000_u64 {
        let step = request(number + 1, number * 10);
        let at = (number * 10_000).max(free);
        free = at + 1_000 + if number == 400 { stall } else { 0 };
        meter.sent(&step, at);
        meter.answered(&step, &done(number + 1), at, free);
        let events = vec![received(number + 1), opened(number + 1), assigned(number + 1)];
        meter.saw(&record(events), free);
    }
    meter
}

#[test]
fn a_stall_shows_in_what_customers_wait_and_hardly_in_what_was_sent() {
    let report = stalled(2 * S).finish(closing(&[]));
    let latency = &report.latency[REQUEST];
    let corrected = latency.intended.p99_ms.unwrap();
    let naive = latency.sent.p99_ms.unwrap();
    assert!((1_800.0..=2_001.0).contains(&corrected), "{corrected}");
    assert!((1.0..=1.1).contains(&naive), "{naive}");
    // Both know the one that met the stall.
    assert!(latency.sent.max_ms.unwrap() >= 1_998.0);
    assert_eq!(report.latency[ASSIGN].intended.count, 1_000);
    assert_eq!(report.latency[ASSIGN].intended.p99_ms, latency.intended.p99_ms);
}

#[test]
fn without_a_stall_both_are_the_same() {
    let report = stalled(0).finish(closing(&[]));
    let latency = &report.latency[REQUEST];
    assert_eq!(latency.intended, latency.sent);
    assert!(report.held, "{:?}", report.failings);
    assert!((report.rate - 100.0).abs() < 0.5, "{}", report.rate);
}

#[test]
fn each_answer_is_counted_apart() {
    let mut meter = Meter::default();
    let said = [
        done(1),
        Said::Refused("no_such_kind".to_owned()),
        Said::Refused("no_such_kind".to_owned()),
        Said::HeldOff(None),
        Said::Unknown,
        Said::Failed("gone".to_owned()),
    ];
    for (number, said) in (1..).zip(&said) {
        let step = request(number, 0);
        meter.sent(&step, 0);
        meter.answered(&step, said, 0, 1_000 * number);
    }
    meter.dropped(&request(9, 0));
    let report = meter.finish(closing(&[]));
    let expected = Asked {
        intended: 7,
        sent: 6,
        dropped: 1,
        answered: 1,
        refused: 2,
        held_off: 1,
        unknown: 1,
        failed: 1,
        retried: 0,
    };
    assert_eq!(report.asked, expected);
    assert_eq!(report.steps[REQUEST].refusals["no_such_kind"], 2);
    // Who was sent away fast does not make the desk look fast.
    assert_eq!(report.latency[REQUEST].intended.count, 1);
    assert_eq!(report.latency[AWAY].intended.count, 3);
    assert!(!report.generator.kept_up && !report.held);
    assert_eq!(report.failings, ["the load was not carried out: 1 steps were dropped"]);
}

#[test]
fn a_parked_call_that_opens_later_is_not_an_accepted_one() {
    let mut meter = Meter::default();
    for call in [1, 2] {
        let step = request(call, 0);
        meter.sent(&step, 0);
        meter.answered(&step, &done(call), 0, 1_000);
    }
    meter.saw(&record(vec![received(1), opened(1)]), 1_000);
    meter.saw(&record(vec![received(2), parked(2)]), 1_000);
    meter.saw(&record(vec![Event::CallResumed { call: CallId(2) }, parked(2)]), 3 * S);
    assert_eq!(meter.glance(3 * S).phases["parked"], 1);
    meter.saw(&record(vec![Event::CallResumed { call: CallId(2) }, opened(2)]), 5 * S);
    let report = meter.finish(closing(&[]));
    let calls = report.calls;
    assert_eq!((calls.received, calls.accepted, calls.parked, calls.opened_late), (2, 1, 1, 1));
    assert_eq!(report.latency[OPEN].intended.max_ms, Some(4_997.12));
    assert_eq!(report.series.rows[3].phases["parked"], 1);
    assert_eq!(report.series.rows[4].phases["parked"], 1);
    assert_eq!(report.series.rows[5].phases, BTreeMap::from([("open".to_owned(), 2)]));
}

#[test]
fn the_journal_may_be_seen_before_the_answer_and_a_retry_waits_since_the_first_time() {
    let mut meter = Meter::keeping_calls();
    let first = keyed(1, 1_000, "same");
    meter.sent(&first, S);
    meter.answered(&first, &Said::Unknown, S, 2 * S);
    let again = Step { first: 1, ..keyed(2, 2_500, "same") };
    meter.sent(&again, 2_500_000);
    meter.saw(&record(vec![received(1), opened(1), assigned(1)]), 2_600_000);
    meter.answered(&again, &done(1), 2_500_000, 2_700_000);
    let ended = Event::CallEnded { call: CallId(1), end: End::Canceled };
    meter.saw(&record(vec![ended]), 3 * S);
    let lines = meter.lines();
    let report = meter.finish(closing(&[]));
    let asked = report.asked;
    assert_eq!((asked.intended, asked.sent, asked.retried), (1, 1, 1));
    assert_eq!((asked.answered, asked.unknown), (1, 0), "by how it ended");
    assert_eq!((report.tries.sent, report.tries.unknown, report.tries.answered), (2, 1, 1));
    assert_eq!((report.series.rows[2].asked.unknown, report.series.rows[2].tries.unknown), (0, 1));
    assert_eq!(report.latency[ASSIGN].intended.max_ms, Some(1_599.488));
    assert_eq!(report.latency[REQUEST].intended.max_ms, Some(199.936));
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((line.outcome.as_str(), line.call.as_deref()), ("canceled", Some("C-1")));
    assert_eq!((line.intended_ms, line.ended_ms, line.tries), (1_000.0, Some(3_000.0), 2));
}

#[test]
fn who_is_never_answered_has_failed_once_however_often_it_was_tried() {
    let mut meter = Meter::keeping_calls();
    for nth in 0..3 {
        let step = Step { first: 1, ..request(1 + nth, nth * 1_000) };
        meter.sent(&step, nth * S);
        let said = if nth < 2 { Said::Failed("gone".to_owned()) } else { Said::HeldOff(None) };
        meter.answered(&step, &said, nth * S, nth * S + 10);
    }
    let start = |number, first| Step { first, what: What::Start(CallId(7)), ..request(number, 0) };
    for (number, said) in [(8, Said::Refused("closed".to_owned())), (9, done(7))] {
        meter.sent(&start(number, 8), 3 * S);
        meter.answered(&start(number, 8), &said, 3 * S, 3 * S);
    }
    assert_eq!(meter.glance(3 * S).asked.held_off, 1);
    let [line] = &meter.lines()[..] else { panic!("one request is one line") };
    assert_eq!((line.outcome.as_str(), line.tries), ("held_off", 3));
    let names = ["failed==0", "held_off==100%", "tries==3", "retried==2"];
    let expect = names.map(|text| text.parse().unwrap());
    let report = meter.finish(closing(&expect));
    assert_eq!((report.asked.failed, report.asked.held_off, report.tries.failed), (0, 1, 2));
    assert!(report.expect.iter().all(|judged| judged.held), "{:?}", report.expect);
    let start = &report.steps["start"];
    assert_eq!((start.counts.intended, start.counts.answered, start.counts.refused), (1, 1, 0));
    assert_eq!((start.tries.sent, start.tries.refused), (2, 1));
}

#[test]
fn a_call_that_is_over_is_forgotten_unless_every_one_is_to_be_told() {
    let run = |mut meter: Meter| {
        for call in 1..=50 {
            let step = request(call, 0);
            meter.sent(&step, 0);
            meter.answered(&step, &done(call), 0, 10);
            let done = Event::CallCompleted { call: CallId(call) };
            meter.saw(&record(vec![received(call), opened(call), done]), 10);
        }
        (meter.calls.completed, meter.lines().len())
    };
    assert_eq!(run(Meter::default()), (50, 0));
    assert_eq!(run(Meter::keeping_calls()), (50, 50));
}

#[test]
fn breakers_and_faults_stand_on_the_same_axis() {
    let mut meter = Meter::default();
    let participant = ParticipantId(1);
    let moved = |from, to, why, at| Event::BreakerMoved {
        participant,
        transition: Transition {
            from,
            to,
            why,
            numbers: Numbers::default(),
            at: Time(at),
            generation: 1,
        },
        incident: None,
    };
    meter.saw(
        &record(vec![Event::ParticipantSet {
            participant,
            name: "manage".to_owned(),
            kind: ParticipantKind::Local,
            breaker: BreakerSettings::default(),
            bulkhead: 8,
        }]),
        0,
    );
    meter.fault(0, "stop manage", true, 2 * S);
    let until = Time(9_000);
    let open = State::Open { until, again: 0 };
    meter.saw(&record(vec![moved(StateKind::Closed, open, Why::FailureRate, 3_000)]), 3 * S);
    meter.saw(&record(vec![received(1), parked(1)]), 4 * S);
    meter.fault(0, "stop manage", false, 6 * S);
    let half = State::HalfOpen { leases: Vec::new(), passed: 0, slow: 0, again: 0 };
    meter.saw(&record(vec![moved(StateKind::Open, half, Why::WaitOver, 9_000)]), 9 * S);
    let shut = State::Closed;
    meter.saw(&record(vec![moved(StateKind::HalfOpen, shut, Why::ProbesPassed, 9_500)]), 9_500_000);
    assert_eq!(meter.glance(10 * S).breakers, [("manage".to_owned(), "closed".to_owned(), 9.5)]);
    let report = meter.finish(closing(&[]));
    let band = Band { label: "stop manage".to_owned(), began_s: 2.0, ended_s: Some(6.0) };
    assert_eq!(report.faults, [band]);
    assert_eq!(report.breakers.len(), 3);
    let incident = Incident {
        participant: "manage".to_owned(),
        opened_s: 3.0,
        closed_s: Some(9.5),
        why: "failure rate".to_owned(),
        parked: 1,
    };
    assert_eq!(report.incidents, [incident]);
}

#[test]
fn a_generator_that_is_late_fails_the_run_in_words() {
    let mut meter = stalled(0);
    (0..100).for_each(|_| meter.late(60_000));
    let report = meter.finish(closing(&[]));
    assert!(!report.held);
    let said = "the generator could not keep up: one step of a hundred was more than 60 ms late";
    assert_eq!(report.failings[0], said);
}

#[test]
fn what_verify_finds_and_what_is_lost_fails_the_run() {
    let verify = vec!["rule 3: two assignments".to_owned()];
    let report = stalled(0).finish(Closing { verify, lost: 2, ..closing(&[]) });
    assert_eq!(
        report.failings,
        ["2 acknowledged calls are lost", "verify: rule 3: two assignments"]
    );
    assert!(!report.verify.held);
}

#[test]
fn a_long_load_has_longer_stretches_and_loses_nothing() {
    let mut meter = Meter::default();
    for second in 0..5_000 {
        let step = request(second, second * 1_000);
        meter.sent(&step, second * S);
        meter.answered(&step, &Said::Done(None), second * S, second * S + 500);
    }
    let report = meter.finish(closing(&[]));
    assert_eq!(report.series.width_s, 16);
    assert_eq!(report.series.rows.len(), 313);
    let sent: u64 = report.series.rows.iter().map(|row| row.asked.sent).sum();
    assert_eq!(sent, 5_000);
}

/// Requests that were all answered at the begin, each with a call that passed its gates; their customers asked for `profile`.
fn taken(calls: u64, profile: &str) -> Meter {
    let nobody = profiles::load(&[]).unwrap();
    let mut meter = Meter::default().of(&nobody);
    for call in 1..=calls {
        let mut step = request(call, 0);
        let What::Request(asked) = &mut step.what else { panic!("a request") };
        profile.clone_into(&mut asked.profile);
        meter.sent(&step, 0);
        meter.answered(&step, &done(call), 0, 1_000);
        meter.saw(&record(vec![received(call), opened(call)]), 1_000);
    }
    meter
}

#[test]
fn who_still_waits_when_the_load_ends_counts_with_at_least_that_wait() {
    let mut meter = taken(100, "repair");
    (1..=95).for_each(|call| meter.saw(&record(vec![assigned(call)]), 20_000));
    let expect: Vec<Expectation> =
        ["p99(assign)<30s", "p99(assign)>=19s", "p90(assign)<1s", "unassigned==5"]
            .map(|text| text.parse().unwrap())
            .into();
    let report = meter.finish(closing(&expect));
    let assign = &report.latency[ASSIGN].intended;
    assert_eq!((assign.count, assign.waiting), (95, 5));
    assert_eq!(
        (assign.p90_ms, assign.p99_ms, assign.max_ms, assign.mean_ms),
        (Some(20.0), None, None, None)
    );
    assert_eq!(
        report.expect.iter().map(|one| one.held).collect::<Vec<_>>(),
        [false, true, true, true]
    );
    assert_eq!(report.failings, ["p99(assign)<30s does not hold: it is ≥ 20.0 s"]);
    assert_eq!(report.latency[OPEN].intended.waiting, 0);
}

#[test]
fn who_calls_off_or_is_given_up_without_a_worker_waited_until_then() {
    let mut meter = taken(4, "repair");
    meter.saw(&record(vec![assigned(1)]), S);
    let ended = |call, end| record(vec![Event::CallEnded { call: CallId(call), end }]);
    meter.saw(&ended(1, End::Canceled), 2 * S);
    meter.saw(&ended(2, End::Canceled), 3 * S);
    meter.saw(&ended(3, End::Unfilled), 4 * S);
    meter.saw(&ended(4, End::Rejected), 5 * S);
    let report = meter.finish(closing(&[]));
    assert_eq!(report.unassigned(), 2);
    let assign = &report.latency[ASSIGN].intended;
    let bounds = assign.quantile(0.5).unwrap();
    assert_eq!((bounds.least, bounds.most), (2_998.272, None));
    assert_eq!((assign.count, assign.max().unwrap().least), (1, 3_999.744));
}

#[test]
fn where_nobody_is_sent_nobody_waits_for_a_worker() {
    let report = taken(3, "shop").finish(closing(&[]));
    assert_eq!((report.unassigned(), report.latency.contains_key(ASSIGN)), (0, false));
    let mut meter = taken(2, "shop");
    meter.answered(&request(9, 0), &done(9), 0, 1_000);
    meter.saw(&record(vec![received(9), parked(9)]), 2_000);
    let parked = meter.finish(closing(&[])).latency[OPEN].clone();
    assert_eq!((parked.intended.count, parked.intended.waiting), (2, 1));
}

#[test]
fn the_stretches_go_on_to_the_end_of_the_load() {
    let report = taken(3, "repair").finish(closing(&[]));
    assert_eq!(report.series.rows.len(), 20);
    assert_eq!(report.series.rows[19].phases, BTreeMap::from([("open".to_owned(), 3)]));
}

#[test]
fn a_load_in_which_nobody_asked_does_not_hold() {
    let report = Meter::default().finish(closing(&[]));
    assert_eq!(report.failings, ["nobody asked for anything"]);
    assert!(!report.held);
}

#[test]
fn a_fault_whose_place_another_took_has_a_band_before_and_one_after() {
    let mut meter = Meter::default();
    let turns =
        [(0, true, 2), (0, false, 4), (1, true, 4), (1, false, 6), (0, true, 6), (0, false, 12)];
    for (nth, begins, at) in turns {
        let label = ["stop manage", "slow manage 5ms"][nth];
        meter.fault(nth, label, begins, at * S);
    }
    let bands = meter.finish(closing(&[])).faults;
    let bands: Vec<_> =
        bands.iter().map(|band| (band.label.as_str(), band.began_s, band.ended_s)).collect();
    assert_eq!(
        bands,
        [
            ("stop manage", 2.0, Some(4.0)),
            ("slow manage 5ms", 4.0, Some(6.0)),
            ("stop manage", 6.0, Some(12.0)),
        ]
    );
}
