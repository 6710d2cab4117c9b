//! Loads driven at desks of their own: what is counted, what is found, and that a desk that is lost is found again.

use super::*;
use crate::desk::profiles;
use crate::front::clock;
use crate::load::scenario::{Area, Arrivals, Crew, Fault, Share, Stage, Traffic};
use ascall_engine::couriers::CourierSettings;
use ascall_engine::domain::event::Mode;
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::Millis;
use std::collections::BTreeMap;

fn setup() -> Setup {
    Setup {
        store: PathBuf::from("/nowhere/desk.redb"),
        remote: None,
        runtime_dir: None,
        lock_timeout: Duration::from_secs(5),
        profiles: profiles::load(&[]).unwrap(),
        participants: Vec::new(),
        couriers: CourierSettings::default(),
        clock_face: clock::face,
        operator: "test".to_owned(),
        tel_strict: false,
        workers_strict: false,
    }
}

fn scenario(secs: u64, rate: f64, faults: &[&str]) -> Scenario {
    let corner = |at: &str| at.parse::<Point>().unwrap();
    let area = Area::Box(corner("37.50,126.90"), corner("37.58,127.08"));
    let repair = profiles::load(&[]).unwrap().into_iter().find(|p| p.name == "repair");
    Scenario {
        title: "test".to_owned(),
        seed: 3,
        traffic: Traffic::Open(vec![Stage {
            lasts: Millis::secs(secs),
            arrivals: Arrivals::Constant(rate, rate),
        }]),
        mix: vec![Share {
            profile: "repair".to_owned(),
            weight: 1,
            area: area.clone(),
            kinds: Vec::new(),
            cost: None,
            fields: Vec::new(),
            patience: None,
            cancel_pct: 0,
            looks: 0,
        }],
        profiles: repair.into_iter().collect(),
        members: 0,
        stock: BTreeMap::new(),
        crews: vec![Crew {
            count: 40,
            profiles: vec!["repair".to_owned()],
            skills: (Vec::new(), None),
            area,
            shift: None,
            answer: (Millis(100), Millis(200)),
            accept_pct: 100,
            claim_every: None,
            travel: (Millis(100), Millis(300)),
            work: (Millis(100), Millis(300)),
            no_show_pct: 0,
        }],
        faults: faults.iter().map(|text| fault(text)).collect(),
        expect: Vec::new(),
        settle: Millis::secs(30),
    }
}

/// `20 stop manage 15`: at which second, what, for how many.
fn fault(text: &str) -> Fault {
    let words: Vec<&str> = text.split(' ').collect();
    let secs = |at: usize| Millis::secs(words[at].parse().unwrap());
    let what = match words[1] {
        "stop" => Trouble::Mode(words[2].to_owned(), Mode::Stopped),
        "kill" => Trouble::KillHost,
        other => panic!("{other}"),
    };
    Fault { at: secs(0), what, lasts: words.get(3).map(|_| secs(3)) }
}

async fn driven(scenario: &Scenario, target: Target) -> Result<Outcome, LoadError> {
    let (_keep, controls) = mpsc::unbounded_channel();
    let onlooker = Onlooker { controls, show: Box::new(|_, _| {}) };
    let ground = Ground { setup: setup(), here: false, keep: None, calls: true };
    run(scenario, target, ground, onlooker).await
}

fn sound(outcome: &Outcome) {
    let report = &outcome.report;
    assert_eq!((report.lost, report.doubled), (0, 0), "{:?}", report.failings);
    assert!(report.verify.held, "{:?}", report.verify);
    assert!(!outcome.interrupted);
}

#[tokio::test]
async fn an_outage_in_virtual_time_opens_the_breaker_and_parks_and_nothing_is_lost() {
    let scenario = scenario(60, 5.0, &["20 stop manage 15"]);
    let outcome = driven(&scenario, Target::Engine).await.unwrap();
    sound(&outcome);
    let report = &outcome.report;
    assert_eq!((report.asked.intended, report.asked.answered), (300, 300));
    assert!(report.calls.parked > 0, "{:?}", report.calls);
    assert_eq!(report.calls.completed, 300, "{:?}", report.calls);
    assert!(report.incidents.iter().any(|incident| incident.participant == "manage"
        && incident.opened_s >= 20.0
        && incident.closed_s.is_some()));
    assert!(report.breakers.iter().any(|moved| moved.to == "open"));
    assert_eq!(report.faults.len(), 1);
    assert_eq!(report.faults[0].ended_s, Some(35.0));
    assert_eq!(outcome.calls.len(), 300);
}

#[tokio::test]
async fn the_same_scenario_and_seed_write_the_same_journal() {
    let hash = async |scenario: &Scenario| {
        driven(scenario, Target::Engine).await.unwrap().report.journal_hash.unwrap()
    };
    let mut scenario = scenario(20, 3.0, &["5 stop manage 5"]);
    let first = hash(&scenario).await;
    assert_eq!(first, hash(&scenario).await);
    scenario.seed = 4;
    assert_ne!(first, hash(&scenario).await);
}

#[tokio::test]
async fn a_desk_in_this_process_bears_a_load_in_real_time() {
    let scenario = scenario(1, 20.0, &[]);
    let outcome = driven(&scenario, Target::Embedded).await.unwrap();
    sound(&outcome);
    let report = &outcome.report;
    assert_eq!((report.asked.intended, report.asked.answered), (20, 20));
    assert_eq!(report.calls.completed, 20, "{:?}", report.calls);
    assert!(report.latency["assign"].intended.count == 20);
}

#[tokio::test]
async fn a_fault_that_the_target_does_not_have_is_refused_before_anybody_comes() {
    let kill = scenario(1, 1.0, &["0 kill host"]);
    let said = driven(&kill, Target::Embedded).await.unwrap_err().to_string();
    assert!(said.contains("a process of its own"), "{said}");
    let unknown = scenario(1, 1.0, &["0 stop manager"]);
    let said = driven(&unknown, Target::Engine).await.unwrap_err().to_string();
    assert!(said.contains("there is no participant `manager`"), "{said}");
}
