//! What holds for every input: the index, the fold, money, travel, numbers read and numbers drawn.

use super::random::{Draw, act, desk, rests, sound};
use crate::domain::chance;
use crate::domain::command::Command;
use crate::domain::event::WorkOutcome;
use crate::domain::geo::Point;
use crate::domain::ids::{CallId, Millis, Time, Won, WorkerId};
use crate::domain::index::{BucketKey, Due, Index, Names};
use crate::domain::profile::Travel;
use crate::domain::refusal::Refusal;
use crate::domain::testing::{Bench, repair, request, seoul};
use crate::domain::world::World;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The name under a number.
fn name(names: &Names, number: Option<u16>, known: &BTreeSet<String>) -> Option<String> {
    number.and_then(|n| known.iter().find(|name| names.get(name) == Some(n)).cloned())
}

/// Everything derived, with names instead of their numbers (which depend on who came first) and without what is empty.
#[derive(Debug, PartialEq)]
struct Derived {
    due: BTreeSet<(Time, Due)>,
    search: BTreeSet<(Time, CallId)>,
    wants: String,
    waiting: BTreeMap<(Option<String>, Option<String>), String>,
    waiting_all: String,
    crowds: String,
    others: String,
    buckets: BTreeMap<(Option<String>, Option<String>), Filled>,
    seen: BTreeSet<(Time, WorkerId)>,
}

/// One bucket: who is in its grid and how far from the town hall, its idle list, its list of those without a place.
type Filled = (BTreeSet<(u32, WorkerId)>, BTreeSet<(Time, WorkerId)>, BTreeSet<(Time, WorkerId)>);

fn derived(world: &World) -> Derived {
    let index: &Index = &world.index;
    let services: BTreeSet<String> = world
        .desk
        .profiles
        .values()
        .map(|adopted| adopted.spec.name.clone())
        .chain(world.workers.values().flat_map(|worker| worker.services.clone()))
        .collect();
    let skills: BTreeSet<String> = world
        .calls
        .values()
        .filter_map(|call| call.kind.clone())
        .chain(world.workers.values().flat_map(|worker| worker.skills.clone()))
        .collect();
    let named = |(service, skill): &BucketKey| {
        (name(&index.services, *service, &services), name(&index.skills, *skill, &skills))
    };
    let buckets = index
        .buckets
        .iter()
        .filter(|(_, bucket)| !bucket.idle.is_empty() || !bucket.grid.is_empty())
        .map(|(key, bucket)| {
            let all = bucket.grid.nearest(seoul(0, 0), None, |_| true, bucket.grid.len());
            let grid = all.best.into_iter().collect();
            (named(key), (grid, bucket.idle.clone(), bucket.unplaced.clone()))
        })
        .collect();
    let wants: BTreeMap<_, _> = index.wants.iter().filter(|(_, wants)| !wants.is_empty()).collect();
    Derived {
        due: index.due.clone(),
        search: index.search.clone(),
        wants: format!("{wants:?} {:?}", index.participant_due),
        waiting: index
            .waiting
            .iter()
            .map(|((service, skill), ranks)| {
                (named(&(Some(*service), *skill)), format!("{ranks:?}"))
            })
            .collect(),
        waiting_all: format!("{:?}", index.waiting_all),
        crowds: format!("{:?} {:?}", index.crowds, index.ready),
        others: format!(
            "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            index.goods,
            index.ripe,
            index.offers,
            index.by_tel,
            index.outside,
            index.lingering,
            index.notice_due,
            index.seen_at
        ),
        buckets,
        seen: index.seen.clone(),
    }
}

/// The world as opening a store would make it: from the entities alone.
fn rebuilt(world: &World, now: Time) -> World {
    let calls = world.calls.values().cloned().collect();
    let workers = world.workers.values().cloned().collect();
    let members = world.members.values().cloned().collect();
    let mut again = World::rebuilt(world.desk.clone(), calls, workers, members, world.settings);
    again.forget_stale_positions(now);
    again
}

fn same_as_its_journal(desk: &Bench) {
    let mut again = World::new(desk.world.settings);
    for record in &desk.journal {
        again.replay(record);
    }
    assert_eq!(again.desk, desk.world.desk);
    assert_eq!(again.calls, desk.world.calls);
    assert_eq!(again.workers, desk.world.workers);
}

/// Few by default; `PROPTEST_CASES` makes the run long.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(32)
}

fn draws() -> impl Strategy<Value = Vec<Draw>> {
    vec(any::<Draw>(), 1..160)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn after_any_day_the_index_is_what_the_entities_say(draws in draws()) {
        let mut desk = desk();
        for draw in draws {
            act(&mut desk, draw);
            sound(&desk);
        }
        // Live positions are not kept by the fold: they are written down first.
        desk.ok(Command::KeepPositions);
        rests(&mut desk);
        desk.world.forget_stale_positions(desk.now);
        prop_assert_eq!(derived(&desk.world), derived(&rebuilt(&desk.world, desk.now)));
        same_as_its_journal(&desk);
    }

    #[test]
    fn a_world_opened_in_the_middle_of_a_day_goes_on_as_if_it_had_not_been_closed(
        before in draws(), after in vec(any::<Draw>(), 1..40),
    ) {
        let mut first = desk();
        for draw in before {
            act(&mut first, draw);
        }
        first.ok(Command::KeepPositions);
        let mut second = first.clone();
        second.world = rebuilt(&first.world, first.now);
        for draw in after {
            prop_assert_eq!(act(&mut first, draw), act(&mut second, draw), "{:?}", draw);
        }
        let differ = first.journal.iter().zip(&second.journal).find(|(one, other)| one != other);
        prop_assert_eq!(differ, None);
        prop_assert_eq!(first.journal.len(), second.journal.len());
        prop_assert_eq!(&first.world.calls, &second.world.calls);
    }

    #[test]
    fn a_cost_and_a_fare_are_taken_inside_their_limits_and_refused_outside(won in any::<i64>()) {
        let fits = (0..=10_000_000_000).contains(&won);
        let mut desk = Bench::with(&[repair()]);
        desk.worker(0, 0);
        let mut order = request("repair", 1, Some(seoul(0, 0)));
        if let Command::RequestCall(new) = &mut order {
            new.cost = Some(Won(won));
        }
        let taken = desk.run(order, None);
        prop_assert_eq!(taken.is_ok(), fits);
        if let Err(refusal) = taken {
            let (min, max) = (0, 10_000_000_000);
            let expected = Refusal::OutOfRange { what: "cost", value: won, min, max };
            prop_assert_eq!(refusal, expected);
            return Ok(());
        }
        let call = CallId(1);
        prop_assert_eq!(desk.world.call(call).unwrap().cost, Some(Won(won)));
        let fare = Some(Won(won.wrapping_mul(3)));
        let done = desk.run(Command::FinishWork { call, outcome: WorkOutcome::Done, fare }, None);
        let fits = (0..=10_000_000_000).contains(&won.wrapping_mul(3));
        prop_assert_eq!(done.is_ok(), fits);
    }

    #[test]
    fn farther_never_takes_less_time_and_nothing_overflows(
        near in any::<u32>(), more in any::<u32>(), factor_pct in any::<u32>(),
        metres_per_min in any::<u32>(), fixed_s in any::<u32>(),
    ) {
        let travel = Travel { factor_pct, metres_per_min, fixed_s };
        let far = near.saturating_add(more);
        prop_assert!(travel.seconds(near) <= travel.seconds(far));
        prop_assert!(travel.seconds(near) >= fixed_s);
    }

    #[test]
    fn an_id_reads_what_it_prints_and_nothing_that_only_looks_like_it(
        number in any::<u64>(), text in "\\PC{0,12}",
    ) {
        let printed = CallId(number).to_string();
        prop_assert_eq!(printed.parse(), Ok(CallId(number)));
        prop_assert_eq!(printed.to_lowercase().parse(), Ok(CallId(number)));
        if number > 0 {
            let other = WorkerId(number).to_string();
            prop_assert!(other.parse::<CallId>().is_err());
        }
        if let Ok(id) = text.parse::<CallId>() {
            let digits = text.trim().trim_start_matches(['C', 'c']).trim_start_matches('-');
            prop_assert!(digits.bytes().all(|b| b.is_ascii_digit()), "{}", text);
            prop_assert_eq!(digits.parse::<u64>().unwrap(), id.0);
        }
    }

    #[test]
    fn a_span_later_is_that_span_since(at in 0..i64::MAX / 2, span in 0..u64::MAX / 4) {
        let later = Time(at).plus(Millis(span));
        prop_assert_eq!(later.since(Time(at)), Millis(span));
        prop_assert_eq!(Time(at).since(later), Millis(0));
    }
}

#[test]
fn chance_is_even_over_calls_attempts_and_seeds() {
    let drawn = |n: u32, which: u32| match which {
        0 => chance::below(7, CallId(n.into()), "assign", 0, 10),
        1 => chance::below(7, CallId(1), "assign", n, 10),
        _ => chance::below(n.into(), CallId(1), "assign", 0, 10),
    };
    for which in 0..3 {
        let mut counts = [0_u32; 10];
        for n in 0..10_000 {
            counts[usize::try_from(drawn(n, which)).unwrap()] += 1;
        }
        // Within five standard deviations of a thousand each.
        assert!(counts.iter().all(|count| (850..1_150).contains(count)), "{which}: {counts:?}");
    }
    assert_eq!(chance::below(7, CallId(1), "assign", 0, 0), 0);
}

#[test]
fn a_metre_more_is_never_nearer() {
    let here = seoul(0, 0);
    let mut last = 0;
    for north in 0..500 {
        let metres = here.metres_to(seoul(north, 0));
        assert!(metres >= last);
        last = metres;
    }
    assert!(Point::new(91_000_000, 0).is_err());
}
