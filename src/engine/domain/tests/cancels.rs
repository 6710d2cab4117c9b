//! Who may cancel until when: the profile's rule for everybody, less for customers, more for an operator by force.

use super::goods::field;
use super::kit::{cancel, gated, mode};
use crate::domain::command::{Amendment, Command, Order};
use crate::domain::event::{Actor, Event, Mode};
use crate::domain::ids::{CallId, Millis, Won};
use crate::domain::phase::Phase;
use crate::domain::profile::CancelUntil::{self, Assigned, Open, Parked, Scheduled};
use crate::domain::profile::{
    CancelRule, Does, Fallback, Field, FieldKind, PaymentRule, Position, Price, Profile, Stage,
};
use crate::domain::refusal::Refusal;
use crate::domain::testing::Bench;

const CALL: CallId = CallId(1);

/// A call in the phase, on a desk with this rule.
fn in_phase(phase: Phase, until: CancelUntil, customer: Option<CancelUntil>) -> Bench {
    let profile = Profile {
        cancel: CancelRule { until, customer },
        plan: vec![Stage::Claim { for_ms: None }],
        fields: vec![field("visit", FieldKind::Time)],
        ..gated(Fallback::Park)
    };
    let mut desk = Bench::with(&[profile]);
    let worker = desk.worker(0, 0);
    if phase == Phase::Parked {
        desk.ok(mode("manage", Mode::Stopped));
    }
    desk.one();
    let at = desk.now.plus(Millis::hours(5));
    match phase {
        Phase::Scheduled => drop(desk.ok(Command::ClaimCall { call: CALL, worker, at: Some(at) })),
        Phase::Assigned | Phase::InService => {
            desk.ok(Command::ClaimCall { call: CALL, worker, at: None });
        }
        _ => {}
    }
    if phase == Phase::InService {
        desk.start(CALL);
    }
    assert_eq!(desk.phase(CALL), phase);
    desk
}

/// The answer to a cancel.
fn ask(desk: &mut Bench, actor: Actor, force: bool) -> Result<Vec<Event>, Refusal> {
    let mut order = Order::by_operator("kim", Command::CancelCall { call: CALL, force });
    order.actor = actor;
    order.reason = Some("test".to_owned());
    let carried = desk.world.carry_out(&order, desk.now)?;
    Ok(carried.record.map(|record| record.events).unwrap_or_default())
}

const PHASES: [(Phase, CancelUntil); 4] = [
    (Phase::Parked, Parked),
    (Phase::Open, Open),
    (Phase::Scheduled, Scheduled),
    (Phase::Assigned, Assigned),
];

#[test]
fn the_rule_binds_everybody_and_less_is_allowed_to_customers() {
    let kim = Actor::Operator("kim".to_owned());
    for (phase, stage) in PHASES {
        for until in [Parked, Open, Scheduled, Assigned] {
            for customer in [None, Some(Parked), Some(Open), Some(Scheduled), Some(Assigned)] {
                // No sound profile lets customers cancel later than everybody.
                if customer.is_some_and(|customer| customer > until) {
                    continue;
                }
                let allowed = |actor: &Actor, force| {
                    let mut desk = in_phase(phase, until, customer);
                    ask(&mut desk, actor.clone(), force).is_ok()
                };
                let named = format!("{phase} {until:?} {customer:?}");
                assert_eq!(allowed(&kim, false), stage <= until, "{named}");
                let less = customer.unwrap_or(until).min(until);
                assert_eq!(allowed(&Actor::Customer, false), stage <= less, "{named}");
                assert!(allowed(&kim, true), "{named}");
                assert!(!allowed(&Actor::Customer, true), "{named}");
            }
        }
    }
}

#[test]
fn a_refusal_says_who_has_the_call_or_that_only_the_desk_may() {
    let mut desk = in_phase(Phase::Scheduled, Open, None);
    let worker = desk.world.call(CALL).unwrap().reserved().unwrap();
    let profile = "repair".to_owned();
    let late = Refusal::CancelTooLate { call: CALL, worker, profile: profile.clone() };
    assert_eq!(desk.no(cancel(CALL)), late);
    let mut desk = in_phase(Phase::Open, Parked, None);
    let wrong = Refusal::WrongPhase { call: CALL, phase: Phase::Open, verb: "canceled" };
    assert_eq!(desk.no(cancel(CALL)), wrong);
    let mut desk = in_phase(Phase::Assigned, Assigned, Some(Open));
    let phase = Phase::Assigned;
    assert_eq!(
        ask(&mut desk, Actor::Customer, false).unwrap_err(),
        Refusal::CustomerCancelTooLate { call: CALL, phase, profile }
    );
}

#[test]
fn force_needs_a_reason_and_ends_where_the_service_begins() {
    let mut desk = in_phase(Phase::Assigned, Open, None);
    let force = Command::CancelCall { call: CALL, force: true };
    assert_eq!(desk.no(force.clone()), Refusal::ReasonMissing { verb: "--force" });
    desk.ok(force.clone());
    assert_eq!(desk.phase(CALL), Phase::Canceled);
    let mut desk = in_phase(Phase::InService, Assigned, None);
    assert!(matches!(desk.run(force, Some("x")).unwrap_err(), Refusal::CallInService { .. }));
}

#[test]
fn whoever_was_asked_or_reserved_is_released_in_the_cancels_own_record() {
    let mut desk = in_phase(Phase::Scheduled, Assigned, None);
    let worker = desk.world.call(CALL).unwrap().reserved().unwrap();
    desk.ok(cancel(CALL));
    assert!(desk.world.worker(worker).unwrap().reserved.is_empty());

    let ring_ms = Millis::secs(30);
    let stage = Stage::Broadcast { rings_m: vec![50_000], ring_ms, most: 9, claimable: false };
    let mut desk = Bench::with(&[super::kit::planned(&[stage])]);
    let asked = [desk.worker(0, 1), desk.worker(0, 2)];
    desk.one();
    let events = desk.ok(cancel(CALL));
    assert!(
        events.iter().any(
            |event| matches!(event, Event::BroadcastOver { losers, .. } if losers[..] == asked)
        )
    );
    assert_eq!(desk.phase(CALL), Phase::Canceled);
}

#[test]
fn a_price_that_was_agreed_on_is_not_amended_and_an_estimate_is() {
    let cost = |won| Command::AmendCall {
        call: CALL,
        change: Amendment { cost: Some(Won(won)), ..Amendment::default() },
    };
    let charged = |price, position| {
        let mut profile = super::kit::stepped(&[("payment", position)]);
        profile.steps[0].does = Does::Charge;
        let fields = vec![Field { required: true, ..field("cost", FieldKind::Won) }];
        let payment = Some(PaymentRule { price, limit: None });
        let mut desk = Bench::with(&[Profile { fields, payment, ..profile }]);
        let mut new = super::goods::asking("repair", &[]);
        new.cost = Some(Won(9_000));
        desk.ok(Command::RequestCall(new));
        desk
    };
    let mut desk = charged(Price::Fixed, Position::BeforeOpen);
    assert_eq!(desk.no(cost(5)), Refusal::PriceFixed { call: CALL });
    let mut desk = charged(Price::Metered, Position::BeforeComplete);
    desk.ok(cost(5));
    assert_eq!(desk.world.call(CALL).unwrap().cost, Some(Won(5)));
}

#[test]
fn an_appointment_asked_for_lies_ahead_within_a_year_and_only_where_there_is_one() {
    let year = Millis::hours(24 * 365);
    let profile = Profile { fields: vec![field("visit", FieldKind::Time)], ..super::kit::bare() };
    let mut desk =
        Bench::with(&[profile, Profile { name: "now".to_owned(), ..super::kit::bare() }]);
    let ask = |profile: &str, visit| {
        let mut new = super::goods::asking(profile, &[]);
        new.visit = Some(visit);
        Command::RequestCall(new)
    };
    let late = desk.now.plus(Millis(year.0 + 1));
    for at in [desk.now, late] {
        assert_eq!(desk.no(ask("repair", at)), Refusal::BadVisit);
    }
    let at = desk.now.plus(year);
    desk.ok(ask("repair", at));
    let window = desk.world.call(CALL).unwrap().window.unwrap();
    assert_eq!((window.from, window.until), (at, at.plus(Millis::mins(60))));
    assert!(matches!(
        desk.no(ask("now", at)),
        Refusal::NoSuchField { field, .. } if field == "visit"
    ));
}
