//! A call's card: its names in JSON, its line, its cells.
//!
//! Invariant: pure; a card is made by hand.

use super::*;
use crate::front::exit::Exit;
use crate::front::look::tests::look;
use ascall_engine::domain::profile::Lang;

pub(crate) fn card() -> CallCard {
    CallCard {
        id: "C-1".to_owned(),
        profile: "repair".to_owned(),
        phase: Phase::Assigned,
        phase_word: "호출확정".to_owned(),
        target: None,
        target_word: None,
        worker: Some(WorkerRef {
            id: "W-3".to_owned(),
            name: Some("김*수".to_owned()),
            tel: Some("010-****-0003".to_owned()),
        }),
        seq: 12,
        kind: Some("냉장고".to_owned()),
        cost: Some(25_500),
        priority: "normal",
        tel: Some("010-****-1234".to_owned()),
        name: None,
        location: Some("마포구 공덕동".to_owned()),
        point: None,
        within_m: None,
        reachable: true,
        received_at: "2026-11-21T05:00:00.000Z".to_owned(),
        phase_at: "2026-11-21T05:00:00.000Z".to_owned(),
        ended_at: None,
        retry_at: None,
        held_until: None,
        parent: None,
        outcome: None,
        attention: Vec::new(),
        short_of: None,
        refused: None,
        visit: None,
        member: None,
        claimable: false,
        money: MoneyJson::default(),
        rating: None,
        disposition: None,
        fields: BTreeMap::new(),
        times: Times::default(),
    }
}

#[test]
fn json_has_the_names_that_scripts_rely_on() {
    let value = serde_json::to_value(card()).unwrap();
    assert_eq!(value["id"], "C-1");
    assert_eq!(value["phase"], "assigned");
    assert_eq!(value["worker"]["id"], "W-3");
    assert!(value["worker"]["name"].is_string() && value["worker"]["tel"].is_string());
    assert_eq!(value["seq"], 12);
    let free = CallCard { worker: None, ..card() };
    assert!(serde_json::to_value(free).unwrap()["worker"].is_null());
}

#[test]
fn the_line_has_number_phase_and_worker() {
    assert_eq!(card().line(&look(Lang::Ko)), "C-1  호출확정  W-3 김*수 010-****-0003  냉장고");
}

#[test]
fn what_is_missing_is_said_by_name() {
    let waits = CallCard {
        attention: vec!["step_denied".to_owned()],
        short_of: Some("마스크".to_owned()),
        ..card()
    };
    assert_eq!(waits.concerns(&look(Lang::Ko)), ["재고부족: 마스크"]);
    let other = CallCard { short_of: None, ..waits };
    assert_eq!(other.concerns(&look(Lang::En)), ["a step was refused; the call waits"]);
}

#[test]
fn every_head_has_a_cell_and_every_csv_member_exists() {
    assert_eq!(card().cells(&look(Lang::En)).len(), CallCard::HEADS.len());
    let value = serde_json::to_value(card()).unwrap();
    for path in CallCard::CSV {
        // An object that is null today has its members tomorrow.
        let found = path
            .split('.')
            .try_fold(&value, |v, name| if v.is_null() { Some(v) } else { v.get(name) });
        assert!(found.is_some(), "{path}");
    }
}

#[test]
fn a_parked_call_is_accepted_and_a_rejected_one_is_not() {
    let mut card = card();
    for phase in Phase::ALL {
        card.phase = phase;
        assert_eq!(card.accepted(CallId(1)).is_err(), phase == Phase::Rejected, "{phase}");
    }
    card.phase = Phase::Rejected;
    assert_eq!(card.accepted(CallId(1)).unwrap_err().exit(), Exit::Refused);
    card.times = Times { retry: Some(Time(5)), ..Times::default() };
    assert_eq!(card.accepted(CallId(1)).unwrap_err().exit(), Exit::HeldOff);
    card.phase = Phase::Unwinding;
    card.target = Some(Phase::Rejected);
    assert_eq!(card.accepted(CallId(1)).unwrap_err().exit(), Exit::HeldOff);
    card.target = Some(Phase::Canceled);
    assert!(card.accepted(CallId(1)).is_ok());
}
