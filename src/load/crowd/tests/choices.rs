//! What customers and workers are and choose.

#![expect(clippy::cast_precision_loss, reason = "the counts of a test are small")]

use super::super::{Crowd, Said, Step, What};
use super::town::{flags, shipped};
use crate::load::scenario::{Arrivals, Flags, Scenario, Stage, Traffic};
use ascall_engine::domain::ids::{CallId, Millis};
use std::collections::{BTreeMap, BTreeSet};

fn scenario(flags: &Flags) -> Scenario {
    Scenario::from_flags(flags, &shipped()).unwrap()
}

/// The requests of a load in which every request is taken at once.
fn requests(scenario: Scenario) -> Vec<(Millis, super::super::Asked)> {
    let mut crowd = Crowd::new(scenario);
    let (mut all, mut calls) = (Vec::new(), 0);
    while let Some(at) = crowd.next_at().filter(|_| !crowd.is_over()) {
        let Some(step) = crowd.take(at) else { continue };
        let said = match &step.what {
            What::Request(asked) => {
                calls += 1;
                all.push((at, (**asked).clone()));
                Said::Done(Some(CallId(calls)))
            }
            _ => Said::Done(None),
        };
        crowd.answered(&step, &said, at);
    }
    all
}

#[test]
fn the_same_seed_gives_the_same_load_and_another_one_another() {
    let load = |seed: u64| requests(scenario(&Flags { seed, ..flags("repair") }));
    assert_eq!(load(4), load(4));
    let (a, b) = (load(4), load(5));
    assert_ne!(
        a.iter().map(|(at, _)| *at).collect::<Vec<_>>(),
        b.iter().map(|(at, _)| *at).collect::<Vec<_>>()
    );
    let spots = |all: &[(Millis, super::super::Asked)]| -> Vec<_> {
        all.iter().map(|(_, asked)| asked.spot).collect()
    };
    assert_ne!(spots(&a)[..50], spots(&b)[..50]);
}

#[test]
fn one_more_customer_changes_nobody_else() {
    let long = scenario(&flags("driver"));
    let mut short = long.clone();
    let Traffic::Open(stages) = &mut short.traffic else { panic!("not open") };
    stages[0].lasts = Millis(stages[0].lasts.0 / 2);
    let (long, short) = (requests(long), requests(short));
    assert!(short.len() > 50 && long.len() > short.len() + 50);
    assert_eq!(long[..short.len()], short[..]);
    // Somebody who comes in between, and another worker, change nobody's choices either.
    let at = |times: &[u64], workers: u32| {
        let mut scenario = scenario(&Flags { workers: Some(workers), ..flags("driver") });
        let times = times.iter().map(|ms| Millis(*ms)).collect();
        scenario.traffic = Traffic::Open(vec![Stage {
            lasts: Millis::secs(9),
            arrivals: Arrivals::Recorded(times),
        }]);
        let hired = Crowd::new(scenario.clone()).hired();
        (requests(scenario), hired)
    };
    let (three, few) = at(&[0, 1_000, 2_000], 4);
    let (four, more) = at(&[0, 1_000, 2_000, 2_500], 5);
    assert_eq!(three[..], four[..3]);
    assert_eq!(few[..], more[..4]);
}

#[test]
fn the_mix_has_its_shares_and_each_customer_what_their_share_says() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/scenarios/load/overload.toml");
    let mut scenario = Scenario::read(&file).unwrap();
    scenario.traffic = Traffic::Open(vec![Stage {
        lasts: Millis::secs(1_000),
        arrivals: Arrivals::Constant(20.0, 20.0),
    }]);
    let all = requests(scenario);
    assert_eq!(all.len(), 20_000);
    let of = |name: &'static str| all.iter().map(|(_, a)| a).filter(move |a| a.profile == name);
    let share = of("repair").count() as f64 / 20_000.0;
    assert!((share - 0.75).abs() < 0.015, "{share}");
    let manual = of("driver").filter(|asked| asked.kind.as_deref() == Some("수동")).count() as f64;
    let manual = manual / of("driver").count() as f64;
    assert!((manual - 0.25).abs() < 0.03, "{manual}");
    assert!(
        of("repair")
            .all(|asked| asked.kind.is_none() && (20_000..=60_000).contains(&asked.cost.unwrap()))
    );
    let keys: BTreeSet<&str> = all.iter().map(|(_, asked)| asked.key.as_str()).collect();
    assert_eq!(keys.len(), all.len());
    for (_, asked) in &all {
        assert!(asked.tel.starts_with("010-0000-") && asked.tel.len() == 13, "{}", asked.tel);
        assert!(asked.spot.is_some());
    }
}

#[test]
fn members_and_workers_are_invented_and_no_stranger_has_a_members_number() {
    let crowd = Crowd::new(scenario(&flags("taxi")));
    let founding = crowd.founding();
    let members: BTreeSet<String> =
        founding.members.iter().map(|member| member.tel.clone()).collect();
    assert_eq!(members.len(), 200);
    for (_, asked) in requests(scenario(&flags("taxi"))) {
        let member = &founding.members[asked.member.unwrap() as usize];
        assert_eq!(member.tel, asked.tel);
        assert!(asked.cost.is_none() && asked.fields.contains_key("to"));
    }
    for (_, asked) in requests(scenario(&flags("repair"))) {
        assert!(asked.member.is_none() && !members.contains(&asked.tel));
    }
    let hired = crowd.hired();
    assert!(hired.iter().all(|one| one.tel.starts_with("010-0000-") && one.tel.len() == 13));
    assert!(hired.iter().map(|one| &one.name).collect::<BTreeSet<_>>().len() > 20);
}

#[test]
fn users_of_a_closed_load_have_one_request_under_way_each_and_rest_in_between() {
    let mut scenario =
        scenario(&Flags { rate: None, users: Some(20), workers: Some(0), ..flags("repair") });
    let Traffic::Closed { think, .. } = &mut scenario.traffic else { panic!("not closed") };
    *think = Millis(500);
    let mut crowd = Crowd::new(scenario);
    // Answers take 300 ms, a hundred more for every fifth.
    let mut out: BTreeMap<(Millis, u64), Step> = BTreeMap::new();
    let (mut most, mut asked, mut last) = (0, 0, BTreeMap::new());
    loop {
        let (due, back) = (crowd.next_at(), out.first_key_value().map(|((at, _), _)| *at));
        if let Some(at) = back.filter(|at| due.is_none_or(|due| *at <= due)) {
            let (_, step) = out.pop_first().unwrap();
            crowd.answered(&step, &Said::Done(None), at);
            let What::Request(request) = &step.what else { panic!("{step:?}") };
            let number: u64 = request.key.rsplit('-').next().unwrap().parse().unwrap();
            last.insert(number & 0xffff_ffff, at);
            continue;
        }
        let Some(at) = due else { break };
        let step = crowd.take(at).unwrap();
        let What::Request(request) = &step.what else { panic!("{step:?}") };
        let number: u64 = request.key.rsplit('-').next().unwrap().parse().unwrap();
        if let Some(before) = last.get(&(number & 0xffff_ffff)) {
            assert!(at.0 >= before.0 + 500);
        }
        asked += 1;
        let takes = if step.number.is_multiple_of(5) { 400 } else { 300 };
        out.insert((Millis(at.0 + takes), step.number), step);
        most = most.max(out.len());
    }
    assert_eq!(most, 20);
    assert!(crowd.is_over() && crowd.next_at().is_none());
    // 60 s of 300 to 400 ms and 500 ms each.
    assert!((20 * 64..=20 * 76).contains(&asked), "{asked}");
}

#[test]
fn whoever_is_held_off_comes_again_under_the_same_key_after_the_time_told_but_not_for_ever() {
    let mut one = scenario(&Flags { workers: Some(0), ..flags("repair") });
    one.traffic = Traffic::Open(vec![Stage {
        lasts: Millis::secs(1),
        arrivals: Arrivals::Recorded(vec![Millis(100)]),
    }]);
    let mut crowd = Crowd::new(one);
    let mut keys = Vec::new();
    let mut before = Millis(0);
    while let Some(at) = crowd.next_at() {
        assert!(!crowd.is_over());
        let step = crowd.take(at).unwrap();
        let What::Request(asked) = &step.what else { panic!("{step:?}") };
        if !keys.is_empty() {
            assert!((2_000..=2_600).contains(&(at.0 - before.0)), "{at:?}");
        }
        keys.push(asked.key.clone());
        crowd.answered(&step, &Said::HeldOff(Some(Millis::secs(2))), at);
        before = at;
    }
    assert!(crowd.is_over());
    assert_eq!(keys.len(), 5);
    assert!(keys.iter().all(|key| *key == keys[0]));
}

#[test]
fn nobody_comes_any_more_once_it_is_closed_and_a_dropped_request_is_not_made_again() {
    let mut crowd = Crowd::new(scenario(&Flags { workers: Some(0), ..flags("repair") }));
    let at = crowd.next_at().unwrap();
    let step = crowd.take(at).unwrap();
    crowd.dropped(&step, at);
    let again = crowd.next_at().unwrap();
    let next = crowd.take(again).unwrap();
    assert_ne!(format!("{:?}", next.what), format!("{:?}", step.what));
    crowd.close();
    assert!(!crowd.is_over() && crowd.next_at().is_none());
    crowd.answered(&next, &Said::Refused("no".to_owned()), again);
    assert!(crowd.is_over());
}
