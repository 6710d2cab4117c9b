//! The breaker's rules one by one, each with the smallest story that shows it.

use super::*;
use StateKind as K;

fn settings() -> BreakerSettings {
    BreakerSettings {
        consecutive_failures: Some(3),
        failure_rate_pct: Some(50),
        slow_rate_pct: Some(50),
        slow_call_ms: Millis(400),
        window_ms: Millis(1_000),
        minimum_calls: 4,
        open_ms: Millis(100),
        open_ms_max: Millis(300),
        probes: 2,
        probe_lease_ms: Millis(50),
    }
}

/// A breaker and its owner: applies every verdict as an owner would.
struct Owner {
    breaker: Breaker,
    next_lease: u64,
}

impl Owner {
    fn new(settings: BreakerSettings) -> Self {
        Self { breaker: Breaker::new(settings), next_lease: 1 }
    }

    fn due(&mut self, now: i64) -> Option<Why> {
        let moved = self.breaker.due(Time(now))?;
        self.breaker.transition(&moved);
        Some(moved.why)
    }

    /// Asks; gives the lease and generation of the request that went out.
    fn ask(&mut self, now: i64) -> Option<(u64, u64)> {
        self.due(now);
        let (Permit::Go { generation } | Permit::Probe { generation }) =
            self.breaker.permit(Time(now))
        else {
            return None;
        };
        let lease = self.next_lease;
        self.next_lease += 1;
        assert!(self.breaker.taken(lease, Time(now), Time(now + 20)));
        Some((lease, generation))
    }

    fn answer(
        &mut self,
        (lease, generation): (u64, u64),
        outcome: OutcomeKind,
        took: u64,
        now: i64,
    ) -> Option<Transition> {
        let answer = Answer { lease, generation, outcome, took: Millis(took) };
        let moved = self.breaker.verdict(&answer, Time(now));
        self.breaker.fold(&answer, Time(now));
        if let Some(moved) = &moved {
            self.breaker.transition(moved);
        }
        moved
    }

    fn call(&mut self, outcome: OutcomeKind, took: u64, now: i64) -> Option<Why> {
        let asked = self.ask(now).expect("a permit");
        self.answer(asked, outcome, took, now).map(|t| t.why)
    }

    fn order(&mut self, order: &Order, now: i64) -> bool {
        let moved = self.breaker.order(order, Time(now));
        if let Some(moved) = &moved {
            self.breaker.transition(moved);
        }
        moved.is_some()
    }

    fn kind(&self) -> StateKind {
        self.breaker.state().kind()
    }

    fn tripped_at(now: i64) -> Self {
        let mut o = Self::new(settings());
        for _ in 0..3 {
            o.call(OutcomeKind::Failure, 1, now);
        }
        assert_eq!(o.kind(), StateKind::Open);
        o
    }
}

use OutcomeKind::{Denied, Failure, Ignored, Success};

#[test]
fn failures_in_a_row_trip_before_the_window_is_full() {
    let mut o = Owner::new(settings());
    assert_eq!(o.call(Failure, 1, 0), None);
    assert_eq!(o.call(Failure, 1, 500_000), None);
    assert_eq!(o.call(Failure, 1, 1_000_000), Some(Why::ConsecutiveFailures));
    assert_eq!(o.breaker.state(), &State::Open { until: Time(1_000_100), again: 0 });
}

#[test]
fn twenty_calls_an_hour_are_protected_by_the_defaults() {
    let mut o = Owner::new(BreakerSettings::default());
    let every_three_minutes = (0..5).map(|n| o.call(Failure, 1, n * 180_000)).last().unwrap();
    assert_eq!(every_three_minutes, Some(Why::ConsecutiveFailures));

    let no_rows = BreakerSettings { consecutive_failures: None, ..BreakerSettings::default() };
    let mut o = Owner::new(no_rows);
    let verdicts: Vec<_> = (0..5).map(|n| o.call(Failure, 1, n * 180_000)).collect();
    assert_eq!(verdicts, [None, None, None, None, Some(Why::FailureRate)]);
}

#[test]
fn a_rate_needs_its_minimum_of_calls() {
    let mut o = Owner::new(settings());
    assert_eq!(o.call(Failure, 1, 0), None);
    assert_eq!(o.call(Success, 1, 1), None);
    assert_eq!(o.call(Failure, 1, 2), None, "two of three failed, but three are too few");
    let asked = o.ask(3).unwrap();
    let moved = o.answer(asked, Success, 1, 3).unwrap();
    assert_eq!(moved.why, Why::FailureRate);
    let counts = Counts { calls: 4, failures: 2, slow: 0 };
    assert_eq!(moved.numbers, Numbers { counts, consecutive: 0 });
}

#[test]
fn slow_calls_trip_though_they_succeed() {
    let mut o = Owner::new(settings());
    assert_eq!(o.call(Success, 400, 0), None);
    assert_eq!(o.call(Success, 399, 1), None);
    assert_eq!(o.call(Success, 1, 2), None);
    assert_eq!(o.call(Success, 900, 3), Some(Why::SlowRate));
}

#[test]
fn a_denial_is_a_success() {
    let mut o = Owner::new(settings());
    for n in 0..50 {
        assert_eq!(o.call(Denied, 1, n), None);
    }
    o.call(Failure, 1, 50);
    o.call(Failure, 1, 51);
    o.call(Denied, 1, 52);
    assert_eq!(o.call(Failure, 1, 53), None, "a denial ends the row");
}

#[test]
fn what_is_ignored_counts_nowhere_and_does_not_end_a_row() {
    let mut o = Owner::new(settings());
    o.call(Failure, 1, 0);
    o.call(Failure, 1, 1);
    let before = o.breaker.clone();
    assert_eq!(o.call(Ignored, 9_999, 2), None);
    assert_eq!(o.breaker, before);
    assert_eq!(o.call(Failure, 1, 3), Some(Why::ConsecutiveFailures));
}

#[test]
fn old_calls_leave_the_window() {
    let mut o = Owner::new(BreakerSettings { consecutive_failures: None, ..settings() });
    for n in 0..3 {
        o.call(Failure, 1, n);
    }
    assert_eq!(o.call(Failure, 1, 1_000), None, "the first three are a window old");
    assert_eq!(o.breaker.numbers(Time(1_000)).counts.calls, 1);
}

#[test]
fn open_breaker_refuses_until_its_due_time() {
    let mut o = Owner::tripped_at(0);
    assert_eq!(o.breaker.next_due(), Some(Time(100)));
    assert_eq!(o.breaker.permit(Time(99)), Permit::Refused { retry_at: Time(100) });
    assert_eq!(o.due(99), None);
    let generation = o.breaker.generation() + 1;
    assert_eq!(o.breaker.permit(Time(100)), Permit::Probe { generation });
    assert_eq!(o.breaker.state().kind(), StateKind::Open, "asking alone moves nothing");
    assert_eq!(o.due(100), Some(Why::WaitOver));
    assert_eq!(o.breaker.permit(Time(100)), Permit::Probe { generation });
}

#[test]
fn nothing_is_taken_from_an_open_breaker() {
    let mut o = Owner::tripped_at(0);
    let before = o.breaker.clone();
    assert!(!o.breaker.taken(99, Time(500), Time(600)), "the move to half-open comes first");
    assert_eq!(o.breaker, before);
}

#[test]
fn half_open_lets_out_its_probes_and_no_more() {
    let mut o = Owner::tripped_at(0);
    let first = o.ask(100).unwrap();
    o.ask(101).unwrap();
    assert_eq!(o.ask(102), None);
    assert_eq!(o.breaker.permit(Time(102)), Permit::Refused { retry_at: Time(150) });
    assert!(!o.breaker.taken(77, Time(102), Time(103)));
    assert_eq!(o.answer(first, Success, 1, 103), None);
    assert_eq!(o.ask(104), None, "one passed and one is out: the round is full");
}

#[test]
fn a_probe_given_back_unused_frees_its_permit() {
    let mut o = Owner::tripped_at(0);
    let first = o.ask(100).unwrap();
    o.ask(100).unwrap();
    assert_eq!(o.answer(first, Ignored, 1, 101), None);
    assert!(o.ask(102).is_some());
}

#[test]
fn it_closes_with_an_empty_window_after_all_probes_passed() {
    let mut o = Owner::tripped_at(0);
    assert_eq!(o.call(Success, 1, 100), None);
    assert_eq!(o.call(Denied, 1, 101), Some(Why::ProbesPassed));
    assert_eq!(o.kind(), StateKind::Closed);
    assert_eq!(o.breaker.numbers(Time(101)), Numbers::default());
    assert_eq!(o.call(Failure, 1, 102), None);
}

#[test]
fn a_failed_probe_reopens_and_the_wait_grows_to_its_bound() {
    let mut o = Owner::tripped_at(0);
    let mut now = 100;
    for wait in [200, 300, 300] {
        assert_eq!(o.call(Failure, 1, now), Some(Why::ProbeFailed));
        now += wait;
        assert_eq!(o.breaker.next_due(), Some(Time(now)));
    }
    o.call(Success, 1, now);
    o.call(Success, 1, now);
    for _ in 0..3 {
        o.call(Failure, 1, now);
    }
    assert_eq!(o.breaker.next_due(), Some(Time(now + 100)), "closing ends the growth");
}

#[test]
fn probes_that_come_back_slowly_reopen() {
    let mut o = Owner::tripped_at(0);
    assert_eq!(o.call(Success, 500, 100), None);
    assert_eq!(o.call(Success, 1, 101), Some(Why::ProbesSlow));
}

#[test]
fn a_probe_that_never_comes_back_reopens_at_its_deadline() {
    let mut o = Owner::tripped_at(0);
    let lost = o.ask(100).unwrap();
    assert_eq!(o.breaker.next_due(), Some(Time(150)));
    assert_eq!(o.due(149), None);
    assert_eq!(o.due(150), Some(Why::LeaseRanOut));
    assert_eq!(o.breaker.permit(Time(150)), Permit::Refused { retry_at: Time(350) });
    assert_eq!(o.answer(lost, Failure, 1, 160), None, "its answer is of an older generation");
}

#[test]
fn a_lease_lasts_as_long_as_its_request_may() {
    let mut o = Owner::tripped_at(0);
    o.due(100);
    assert!(o.breaker.taken(1, Time(100), Time(900)));
    assert_eq!(o.breaker.next_due(), Some(Time(900)));
}

#[test]
fn a_result_of_an_earlier_generation_does_not_count() {
    let mut o = Owner::new(settings());
    let early = o.ask(0).unwrap();
    for _ in 0..3 {
        o.call(Failure, 1, 0);
    }
    o.call(Success, 1, 100);
    let before = o.breaker.clone();
    assert_eq!(o.answer(early, Success, 1, 101), None);
    assert_eq!(o.answer(early, Failure, 1, 101), None);
    assert_eq!(o.breaker, before);
}

#[test]
fn an_answer_without_a_lease_does_not_count_while_half_open() {
    let mut o = Owner::tripped_at(0);
    o.due(100);
    let generation = o.breaker.generation();
    let before = o.breaker.clone();
    assert_eq!(o.answer((4_242, generation), Failure, 1, 101), None);
    assert_eq!(o.breaker, before);
}

#[test]
fn an_operator_moves_it_from_every_state_and_an_order_twice_is_once() {
    let open = Order::Open { reason: "maintenance".into() };
    let half_open = || {
        let mut o = Owner::tripped_at(0);
        o.ask(100).unwrap();
        o
    };
    let ordered = |order: &Order| {
        let mut o = Owner::new(settings());
        o.order(order, 0);
        o
    };
    let all = || {
        [
            Owner::new(settings()),
            Owner::tripped_at(0),
            half_open(),
            ordered(&open),
            ordered(&Order::Disable),
        ]
    };
    let cases = [
        (&open, StateKind::ForcedOpen),
        (&Order::Close, StateKind::Closed),
        (&Order::Disable, StateKind::Disabled),
    ];
    for (order, expected) in cases {
        for mut o in all() {
            let was = o.kind();
            assert_eq!(o.order(order, 5), was != expected, "{order:?} from {was}");
            assert_eq!(o.kind(), expected);
            assert!(!o.order(order, 6));
        }
    }
    let after_auto = all().map(|mut o| (o.kind(), o.order(&Order::Auto, 5), o.kind()));
    assert_eq!(
        after_auto,
        [
            (K::Closed, false, K::Closed),
            (K::Open, true, K::HalfOpen),
            (K::HalfOpen, false, K::HalfOpen),
            (K::ForcedOpen, true, K::Open),
            (K::Disabled, true, K::Closed),
        ]
    );
}

#[test]
fn forced_open_never_moves_by_itself_and_auto_probes_first() {
    let mut o = Owner::new(settings());
    let order = Order::Open { reason: "maintenance".into() };
    o.order(&order, 0);
    assert_eq!(o.breaker.next_due(), None);
    assert_eq!(o.ask(1_000_000), None);
    let other = Order::Open { reason: "audit".into() };
    assert!(o.order(&other, 1), "another reason is worth an event");
    o.order(&Order::Auto, 10);
    assert!(matches!(o.breaker.permit(Time(10)), Permit::Probe { .. }));
}

#[test]
fn disabled_passes_everything_and_counts_nothing() {
    let mut o = Owner::new(settings());
    o.order(&Order::Disable, 0);
    for n in 0..100 {
        assert_eq!(o.call(Failure, 9_999, n), None);
    }
    assert_eq!(o.breaker.numbers(Time(100)), Numbers::default());
}

#[test]
fn fewer_probes_by_configuration_do_not_stick_half_open() {
    let mut o = Owner::new(BreakerSettings { probes: 5, ..settings() });
    for _ in 0..3 {
        o.call(Failure, 1, 0);
    }
    for _ in 0..4 {
        assert_eq!(o.call(Success, 1, 100), None);
    }
    o.breaker.configure(BreakerSettings { probes: 1, ..settings() });
    assert_eq!(o.call(Success, 1, 101), Some(Why::ProbesPassed));
}

#[test]
fn another_window_starts_empty_but_failures_in_a_row_stay() {
    let mut o = Owner::new(settings());
    o.call(Failure, 1, 0);
    o.call(Failure, 1, 1);
    o.breaker.configure(BreakerSettings { window_ms: Millis(5_000), ..settings() });
    assert_eq!(o.breaker.numbers(Time(2)).counts, Counts::default());
    assert_eq!(o.call(Failure, 1, 2), Some(Why::ConsecutiveFailures));
}

#[test]
fn an_incident_is_from_opening_to_closing() {
    let mut o = Owner::new(settings());
    let mut seen = vec![];
    let mut note = |t: Option<Transition>| {
        if let Some(t) = t {
            seen.push((t.from, t.to.kind(), t.opens(), t.closes()));
        }
    };
    for _ in 0..3 {
        let asked = o.ask(0).unwrap();
        note(o.answer(asked, Failure, 1, 0));
    }
    note(o.breaker.due(Time(100)));
    for _ in 0..2 {
        let asked = o.ask(100).unwrap();
        note(o.answer(asked, Success, 1, 100));
    }
    assert_eq!(
        seen,
        [
            (K::Closed, K::Open, true, false),
            (K::Open, K::HalfOpen, false, false),
            (K::HalfOpen, K::Closed, false, true),
        ]
    );
}
