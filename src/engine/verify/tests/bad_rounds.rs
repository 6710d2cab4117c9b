//! Bad days of a line whose calls are looked at together.

use super::kit::pool;
use super::*;
use crate::domain::event::{Candidate, Spot, Weighed};
use crate::domain::geo::Point;
use crate::domain::testing::seoul;

const POOL: u32 = 4;
const NEAR: u32 = 5;

pub(super) fn cases() -> Vec<Case> {
    let one = waiting();
    let two = one.clone().rec(6_000, vec![taken(2), opened(2)]);
    let held = |again| Event::RoundHeld { profile: ProfileId(POOL), again };
    vec![
        case(Rule::A13, &one, |b| b.rec(5_000, vec![committed(1, 1, AssignedBy::Auto)])),
        case(Rule::A13, &one, |b| b.rec(4_999, vec![picked(1, 1, None)])),
        case(Rule::A13, &one, |b| b.desk(5_000, vec![picked(1, 1, None)])),
        case(Rule::A13, &ahead(3), |b| b.rec(4_999, vec![picked(1, 1, None)])),
        case(Rule::A13, &near(), |b| b.rec(5_000, vec![picked(1, 1, Some(seoul(9, 0)))])),
        case(Rule::A13, &near(), |b| {
            b.rec(5_000, vec![picked(1, 1, Some(seoul(0, 0)))]).last(|record| {
                if let Some(Event::AssignmentCommitted { decision: Some(d), .. }) =
                    record.events.first_mut()
                {
                    d.chosen = d.chosen.map(|chosen| Candidate { metres: Some(1), ..chosen });
                }
            })
        }),
        case(Rule::A13, &one, |b| b.rec(5_000, vec![picked(1, 1, None), held(Some(Time(9_000)))])),
        case(Rule::A13, &one, |b| {
            let profile = ProfileId(1);
            b.rec(5_000, vec![Event::RoundHeld { profile, again: None }])
        }),
        case(Rule::I9, &one, |b| {
            b.rec(5_000, vec![Event::RoundHeld { profile: ProfileId(99), again: None }])
        }),
        case(Rule::A14, &two, |b| b.rec(10_000, vec![picked(2, 1, None)])),
        case(Rule::A15, &two, |b| b.rec(10_000, vec![picked(1, 1, None), held(None)])),
    ]
}

#[test]
fn a_round_that_serves_all_it_can_passes() {
    let held = |profile| Event::RoundHeld { profile: ProfileId(profile), again: None };
    let both = waiting().rec(6_000, vec![taken(2), taken(3), opened(2), opened(3)]);
    let both = both.rec(10_000, vec![picked(1, 2, None), picked(2, 1, None), held(POOL)]);
    assert_clean(&both, Quiet::No);
    let here = Some(seoul(0, 0));
    assert_clean(&near().rec(5_000, vec![picked(1, 1, here), held(NEAR)]), Quiet::No);
}

/// C-1 waits from 3 s on, for the tick at 5 s.
fn waiting() -> Book {
    let pool = pool(Turn::LongestFirst);
    Book::new().rec(10, vec![adopted(POOL, pool)]).rec(3_000, vec![taken(1), opened(1)])
}

/// So many calls wait from 3 s on, for two workers, under a policy that looks ahead.
fn ahead(calls: u64) -> Book {
    let mut ahead = pool(Turn::Whole);
    ahead.dispatch.policy = Policy::Foresight;
    let come = (1..=calls).map(taken).chain((1..=calls).map(opened));
    Book::new().rec(10, vec![adopted(POOL, ahead)]).rec(3_000, come.collect())
}

#[test]
fn whoever_looks_ahead_gives_calls_at_once_as_long_as_workers_are_left_over() {
    assert_clean(&ahead(2).rec(3_001, vec![picked(1, 1, None)]), Quiet::No);
    assert_clean(&ahead(3).rec(5_000, vec![picked(1, 1, None)]), Quiet::No);
}

/// The same at a place, under a line that sends nobody farther than half a kilometre.
fn near() -> Book {
    let mut near = pool(Turn::Whole);
    near.name = "near".to_owned();
    near.dispatch.max_metres = Some(500);
    let mut call = received(1, NEAR);
    if let Event::CallReceived { spot, .. } = &mut call {
        *spot = Some(Spot { point: seoul(0, 0), within_m: None });
    }
    let book = Book::new().rec(10, vec![adopted(POOL, pool(Turn::Whole)), adopted(NEAR, near)]);
    book.rec(3_000, vec![call, opened(1)])
}

fn taken(call: u64) -> Event {
    received(call, POOL)
}

/// Given in a round to somebody who stands there.
fn picked(call: u64, worker: u64, at: Option<Point>) -> Event {
    let round = Weighed {
        policy: Policy::Batch,
        calls: 1,
        workers: 2,
        awaits: None,
        elsewhere: Vec::new(),
    };
    let chosen = Candidate {
        worker: WorkerId(worker),
        metres: at.map(|at| seoul(0, 0).metres_to(at)),
        travel_s: None,
        idle_s: 1,
        at,
        from_home: false,
    };
    let decision = Decision { chosen: Some(chosen), round: Some(round), ..Decision::default() };
    Event::AssignmentCommitted {
        call: CallId(call),
        worker: WorkerId(worker),
        by: AssignedBy::Auto,
        decision: Some(decision),
    }
}
