//! The breaker against a naive model that keeps the whole history and recomputes every rate.
//!
//! Random histories of asking, answering (late, twice, never, for somebody else), waiting and
//! orders; after each step the two agree, and the rules B1 to B6, B9 and B10 hold.

use super::*;
use proptest::prelude::*;

/// One thing that happens.
#[derive(Debug, Clone)]
enum Step {
    Ask {
        deadline_ms: i64,
    },
    /// Answers the n-th of all requests ever sent, answered before or not.
    Answer {
        which: usize,
        outcome: OutcomeKind,
        took: u64,
    },
    /// An answer to nothing anybody asked here.
    Stray {
        lease: u64,
        generation: u64,
        outcome: OutcomeKind,
    },
    Wait {
        ms: i64,
    },
    Order(Order),
}

fn step() -> impl Strategy<Value = Step> {
    let outcome = prop_oneof![
        4 => Just(OutcomeKind::Success),
        1 => Just(OutcomeKind::Denied),
        4 => Just(OutcomeKind::Failure),
        1 => Just(OutcomeKind::Ignored),
    ];
    let order = prop_oneof![
        Just(Order::Open { reason: "by hand".into() }),
        Just(Order::Close),
        Just(Order::Disable),
        Just(Order::Auto),
    ];
    prop_oneof![
        10 => (0..200_i64).prop_map(|deadline_ms| Step::Ask { deadline_ms }),
        10 => (0..400_usize, outcome.clone(), 0..600_u64)
            .prop_map(|(which, outcome, took)| Step::Answer { which, outcome, took }),
        1 => (0..9_u64, 0..30_u64, outcome)
            .prop_map(|(lease, generation, outcome)| Step::Stray { lease, generation, outcome }),
        6 => (0..180_i64).prop_map(|ms| Step::Wait { ms }),
        1 => order.prop_map(Step::Order),
    ]
}

fn settings() -> impl Strategy<Value = BreakerSettings> {
    let rule = || proptest::option::of(1..=100_u8);
    (proptest::option::of(1..6_u32), rule(), rule(), 10..700_u64, 1..8_u32, 1..4_u32, 1..150_u64)
        .prop_map(|(row, fails, slow, window, minimum_calls, probes, lease)| BreakerSettings {
            consecutive_failures: row.or(fails.is_none().then_some(3)),
            failure_rate_pct: fails,
            slow_rate_pct: slow,
            slow_call_ms: Millis(300),
            window_ms: Millis(window),
            minimum_calls,
            open_ms: Millis(100),
            open_ms_max: Millis(250),
            probes,
            probe_lease_ms: Millis(lease),
        })
}

/// The model: every counted outcome ever, with the generation it counted in.
struct Model {
    s: BreakerSettings,
    kind: StateKind,
    generation: u64,
    history: Vec<(i64, u64, bool, bool)>,
    open_until: i64,
    failed_rounds: u32,
    /// Lease id to its last instant.
    out: std::collections::BTreeMap<u64, i64>,
}

impl Model {
    fn new(s: BreakerSettings) -> Self {
        Self {
            s,
            kind: StateKind::Closed,
            generation: 0,
            history: vec![],
            open_until: 0,
            failed_rounds: 0,
            out: std::collections::BTreeMap::new(),
        }
    }

    fn enter(&mut self, kind: StateKind, now: i64) {
        self.generation += 1;
        self.out.clear();
        match (self.kind, kind) {
            (StateKind::HalfOpen, StateKind::Open) => self.failed_rounds += 1,
            (StateKind::Open, StateKind::HalfOpen) => {}
            _ => self.failed_rounds = 0,
        }
        if kind == StateKind::Open {
            let by_hand = self.kind == StateKind::ForcedOpen;
            let wait = (100_i64 << self.failed_rounds.min(8)).min(250);
            self.open_until = if by_hand { now } else { now + wait };
        }
        self.kind = kind;
    }

    fn due(&mut self, now: i64) {
        if self.kind == StateKind::Open && now >= self.open_until {
            self.enter(StateKind::HalfOpen, now);
        } else if self.kind == StateKind::HalfOpen && self.out.values().any(|until| now >= *until) {
            self.enter(StateKind::Open, now);
        }
    }

    fn this_generation(&self) -> impl Iterator<Item = &(i64, u64, bool, bool)> {
        self.history.iter().filter(|h| h.1 == self.generation)
    }

    fn passes(&self) -> bool {
        match self.kind {
            StateKind::Closed | StateKind::Disabled => true,
            StateKind::HalfOpen => {
                self.out.len() + self.this_generation().count() < self.s.probes as usize
            }
            _ => false,
        }
    }

    /// Recomputes from the whole history whether an answer moves it.
    fn answer(&mut self, a: &Answer, now: i64) {
        if a.generation != self.generation {
            return;
        }
        let known = self.out.remove(&a.lease).is_some();
        if a.outcome == OutcomeKind::Ignored || (self.kind == StateKind::HalfOpen && !known) {
            return;
        }
        if !matches!(self.kind, StateKind::Closed | StateKind::HalfOpen) {
            return;
        }
        let failed = a.outcome == OutcomeKind::Failure;
        self.history.push((now, self.generation, failed, a.took.0 >= 300));
        let over = |limit: Option<u8>, part: usize, all: usize| {
            limit.is_some_and(|pct| part * 100 >= usize::from(pct) * all)
        };
        if self.kind == StateKind::HalfOpen {
            let all: Vec<_> = self.this_generation().collect();
            let slow = all.iter().filter(|h| h.3).count();
            if failed {
                self.enter(StateKind::Open, now);
            } else if all.len() == self.s.probes as usize {
                let too_slow = over(self.s.slow_rate_pct, slow, all.len());
                self.enter(if too_slow { StateKind::Open } else { StateKind::Closed }, now);
            }
            return;
        }
        let window = i64::try_from(self.s.window_ms.0).unwrap();
        let width = (window / 10).max(1);
        let live: Vec<_> =
            self.this_generation().filter(|h| h.0 / width * width + window > now).collect();
        let enough = live.len() >= self.s.minimum_calls as usize;
        let fails = live.iter().filter(|h| h.2).count();
        let slow = live.iter().filter(|h| h.3).count();
        let row = self.this_generation().collect::<Vec<_>>();
        let row = row.iter().rev().take_while(|h| h.2).count();
        if self.s.consecutive_failures.is_some_and(|n| failed && row >= n as usize)
            || enough && over(self.s.failure_rate_pct, fails, live.len())
            || enough && over(self.s.slow_rate_pct, slow, live.len())
        {
            self.enter(StateKind::Open, now);
        }
    }

    fn order(&mut self, order: &Order, now: i64) {
        let to = match order {
            Order::Open { .. } => StateKind::ForcedOpen,
            Order::Close => StateKind::Closed,
            Order::Disable => StateKind::Disabled,
            Order::Auto if self.kind == StateKind::ForcedOpen => StateKind::Open,
            Order::Auto if self.kind == StateKind::Disabled => StateKind::Closed,
            Order::Auto if self.kind == StateKind::Open => StateKind::HalfOpen,
            Order::Auto => return,
        };
        if to != self.kind {
            self.enter(to, now);
        }
    }
}

/// What the owner journals, so that the same breaker can be folded again.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Fact {
    Taken { lease: u64, now: Time, deadline: Time },
    Answered { answer: Answer, now: Time },
    Moved(Transition),
}

fn apply(breaker: &mut Breaker, fact: &Fact) {
    match fact {
        Fact::Taken { lease, now, deadline } => {
            assert!(breaker.taken(*lease, *now, *deadline), "a permit that could not be taken");
        }
        Fact::Answered { answer, now } => breaker.fold(answer, *now),
        Fact::Moved(moved) => breaker.transition(moved),
    }
}

struct Run {
    breaker: Breaker,
    model: Model,
    now: i64,
    sent: Vec<(u64, u64)>,
    journal: Vec<Fact>,
}

impl Run {
    fn new(s: BreakerSettings) -> Self {
        let (breaker, model) = (Breaker::new(s.clone()), Model::new(s));
        Self { breaker, model, now: 10_000, sent: vec![], journal: vec![] }
    }

    fn record(&mut self, fact: Fact) {
        apply(&mut self.breaker, &fact);
        self.journal.push(fact);
    }

    fn moved(&mut self, moved: Option<Transition>) {
        let Some(moved) = moved else { return };
        let legal = moved.why == Why::Operator || {
            use StateKind::{Closed, HalfOpen, Open};
            matches!(
                (moved.from, moved.to.kind()),
                (Closed, Open) | (Open, HalfOpen) | (HalfOpen, Closed | Open)
            )
        };
        assert!(legal, "B1: {moved:?}");
        assert_eq!(moved.from, self.breaker.state().kind());
        assert_eq!(moved.generation, self.breaker.generation() + 1);
        self.record(Fact::Moved(moved));
        assert_eq!(self.breaker.numbers(Time(self.now)), Numbers::default(), "B5: starts empty");
    }

    fn take(&mut self, step: &Step) {
        let now = Time(self.now);
        match step {
            Step::Wait { ms } => {
                self.now += ms;
                let (peeked, due) =
                    (self.breaker.permit(Time(self.now)), self.breaker.due(Time(self.now)));
                self.moved(due);
                assert_eq!(self.breaker.permit(Time(self.now)), peeked, "a permit looks past due");
                self.model.due(self.now);
            }
            Step::Ask { deadline_ms } => match self.breaker.permit(now) {
                Permit::Go { generation } | Permit::Probe { generation } => {
                    assert!(self.model.passes(), "the model would refuse");
                    let lease = 1_000 + self.sent.len() as u64;
                    let deadline = Time(self.now + deadline_ms);
                    self.record(Fact::Taken { lease, now, deadline });
                    self.sent.push((lease, generation));
                    if self.model.kind == StateKind::HalfOpen {
                        let most = i64::try_from(self.model.s.probe_lease_ms.0).unwrap();
                        self.model.out.insert(lease, self.now + most.max(*deadline_ms));
                    }
                }
                Permit::Refused { retry_at } => {
                    assert!(!self.model.passes(), "the model would ask");
                    assert!(retry_at > now, "a refusal names a later time");
                }
            },
            Step::Answer { which, outcome, took } if !self.sent.is_empty() => {
                let (lease, generation) = self.sent[which % self.sent.len()];
                self.answer(Answer { lease, generation, outcome: *outcome, took: Millis(*took) });
            }
            Step::Answer { .. } => {}
            Step::Stray { lease, generation, outcome } => {
                let answer = Answer {
                    lease: *lease,
                    generation: *generation,
                    outcome: *outcome,
                    took: Millis(1),
                };
                self.answer(answer);
            }
            Step::Order(order) => {
                let moved = self.breaker.order(order, now);
                self.moved(moved);
                self.model.order(order, self.now);
                // An order may leave something due at once: the next asking would apply it.
                let due = self.breaker.due(now);
                self.moved(due);
                self.model.due(self.now);
            }
        }
        self.check();
    }

    fn answer(&mut self, answer: Answer) {
        let now = Time(self.now);
        let moved = self.breaker.verdict(&answer, now);
        self.record(Fact::Answered { answer, now });
        self.moved(moved);
        self.model.answer(&answer, self.now);
    }

    fn check(&self) {
        let (b, m, now) = (&self.breaker, &self.model, Time(self.now));
        assert_eq!(b.state().kind(), m.kind, "B2: the model recomputed the rates");
        assert_eq!(b.generation(), m.generation);
        let counts = b.numbers(now).counts;
        assert_eq!(counts.successes() + counts.failures, counts.calls, "B10");
        assert!(counts.slow <= counts.calls && b.window.len() <= BUCKETS_MAX, "B10");
        match b.state() {
            State::Open { until, .. } => {
                assert_eq!(until.0, m.open_until, "B3");
                assert!(matches!(b.permit(now), Permit::Refused { .. }), "B3");
            }
            State::HalfOpen { leases, .. } => {
                assert!(leases.len() <= m.s.probes as usize, "B4");
                let ids: Vec<_> = leases.iter().map(|l| l.id).collect();
                assert_eq!(ids, m.out.keys().copied().collect::<Vec<_>>(), "B4: no permit leaks");
                let can_move = !leases.is_empty() && b.next_due().is_some();
                assert!(
                    can_move || matches!(b.permit(now), Permit::Probe { .. }),
                    "stuck half-open"
                );
            }
            _ => {}
        }
    }

    /// Faults stop: from wherever it is, unless an operator holds it, it closes again.
    fn heals(&mut self) {
        self.model.order(&Order::Auto, self.now);
        let auto = self.breaker.order(&Order::Auto, Time(self.now));
        self.moved(auto);
        let rounds = 4 + 2 * self.model.s.probes;
        for _ in 0..rounds {
            if self.breaker.state().kind() == StateKind::Closed {
                return;
            }
            self.now = self.breaker.next_due().map_or(self.now, |due| due.0.max(self.now));
            let due = self.breaker.due(Time(self.now));
            self.moved(due);
            let now = Time(self.now);
            while let Permit::Probe { generation } = self.breaker.permit(now) {
                let lease = 1_000 + self.sent.len() as u64;
                self.sent.push((lease, generation));
                self.record(Fact::Taken { lease, now, deadline: now });
                let answer =
                    Answer { lease, generation, outcome: OutcomeKind::Success, took: Millis(1) };
                let moved = self.breaker.verdict(&answer, now);
                self.record(Fact::Answered { answer, now });
                self.moved(moved);
            }
        }
        assert_eq!(self.breaker.state().kind(), StateKind::Closed, "never stuck");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_breaker_agrees_with_a_model_that_remembers_everything(
        settings in settings(),
        steps in proptest::collection::vec(step(), 1..250),
    ) {
        prop_assert_eq!(settings.validate(), Ok(()));
        let mut run = Run::new(settings);
        for step in &steps {
            run.take(step);
        }
        run.heals();
    }

    #[test]
    fn folding_the_journal_again_from_any_saved_state_gives_the_same_breaker(
        settings in settings(),
        steps in proptest::collection::vec(step(), 1..120),
        cut in 0..120_usize,
    ) {
        let mut run = Run::new(settings.clone());
        for step in &steps {
            run.take(step);
        }
        let bytes = rmp_serde::to_vec_named(&run.journal).unwrap();
        let journal: Vec<Fact> = rmp_serde::from_slice(&bytes).unwrap();
        let mut replayed = Breaker::new(settings);
        for (n, fact) in journal.iter().enumerate() {
            if n == cut {
                let saved = serde_json::to_string(&replayed).unwrap();
                replayed = serde_json::from_str(&saved).unwrap();
            }
            apply(&mut replayed, fact);
        }
        prop_assert_eq!(&replayed, &run.breaker, "B9");
    }
}
