//! Loads driven at desks of their own: what is counted, what is found, and that a desk that is lost is found again.

use super::*;
use crate::desk::profiles;
use crate::front::clock;
use crate::load::report::Band;
use crate::load::scenario::{Area, Arrivals, Crew, Fault, Share, Stage, Traffic};
use ascall_engine::couriers::CourierSettings;
use ascall_engine::domain::event::Mode;
use ascall_engine::domain::geo::Point;
use ascall_engine::domain::ids::Millis;
use std::collections::BTreeMap;

pub(super) fn setup() -> Setup {
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
            address: None,
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
        "start" => Trouble::Mode(words[2].to_owned(), Mode::Running),
        "slow" => {
            let slow = Mode::Slow { fixed: Millis(5), random: Millis(0) };
            Trouble::Mode(words[2].to_owned(), slow)
        }
        "kill" => Trouble::KillHost,
        other => panic!("{other}"),
    };
    Fault { at: secs(0), what, lasts: words.get(3).map(|_| secs(3)) }
}

async fn driven(scenario: &Scenario, target: Target) -> Result<Outcome, LoadError> {
    told(scenario, target, Vec::new()).await
}

/// Carried out while somebody wants this.
async fn told(
    scenario: &Scenario,
    target: Target,
    wanted: Vec<Control>,
) -> Result<Outcome, LoadError> {
    let (keep, controls) = mpsc::unbounded_channel();
    for control in wanted {
        keep.send(control).unwrap();
    }
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
async fn a_fault_takes_the_place_of_another_and_the_report_says_what_happened() {
    let bands = async |faults: &[&str]| {
        let scenario = scenario(20, 2.0, faults);
        let report = driven(&scenario, Target::Engine).await.unwrap().report;
        let told = |band: &Band| (band.label.clone(), band.began_s, band.ended_s);
        report.faults.iter().map(told).collect::<Vec<_>>()
    };
    let stop = |from, to| ("stop manage".to_owned(), from, Some(to));
    assert_eq!(bands(&["2 stop manage 10", "3 stop manage 2"]).await, [stop(2.0, 12.0)]);
    assert_eq!(bands(&["2 stop manage 10", "5 start manage"]).await, [stop(2.0, 5.0)]);
    let slow = ("slow manage 5ms".to_owned(), 4.0, Some(6.0));
    let both = [stop(2.0, 4.0), slow, stop(6.0, 12.0)];
    assert_eq!(bands(&["2 stop manage 10", "4 slow manage 2"]).await, both);
}

#[tokio::test]
async fn a_desk_with_too_few_workers_does_not_look_quick() {
    let mut scenario = scenario(20, 2.0, &[]);
    scenario.crews[0].count = 1;
    scenario.crews[0].work = (Millis::secs(600), Millis::secs(600));
    scenario.expect = vec!["p99(assign)<2s".parse().unwrap()];
    let report = driven(&scenario, Target::Engine).await.unwrap().report;
    assert_eq!((report.calls.accepted, report.calls.assigned, report.unassigned()), (40, 1, 39));
    assert!(!report.held && report.latency["assign"].intended.p99_ms.is_none());
    assert!(report.failings[0].contains("it is ≥ 49"), "{:?}", report.failings);
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

#[tokio::test]
async fn a_fault_that_is_typed_and_cannot_be_is_a_failing_and_no_band() {
    let nobody = Trouble::Mode("nobody".to_owned(), Mode::Stopped);
    let typed = [nobody, Trouble::KillHost].map(|what| Control::Trouble(what, None));
    let outcome = told(&scenario(1, 5.0, &[]), Target::Embedded, typed.into()).await.unwrap();
    let report = &outcome.report;
    assert_eq!(report.faults, []);
    assert!(!report.held);
    let said = report.failings.join("\n");
    assert!(said.contains("`stop nobody` did not happen: there is no participant"), "{said}");
    assert!(said.contains("`kill host` did not happen: "), "{said}");
}

#[tokio::test]
async fn a_fault_is_seen_when_the_desk_has_it_and_one_that_was_to_end_has_ended() {
    let outcome = driven(&scenario(1, 5.0, &["0 stop manage 1"]), Target::Embedded).await.unwrap();
    sound(&outcome);
    let [band] = &outcome.report.faults[..] else { panic!("{:?}", outcome.report.faults) };
    assert!(band.began_s < band.ended_s.unwrap(), "{band:?}");
    assert_eq!(outcome.report.failings.iter().filter(|said| said.contains("stop")).count(), 0);
}
