//! The shipped profiles are what the services they re-implement ask for, and files are read over them.

use super::*;
use ascall_engine::domain::ids::{Millis, Won};
use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::profile::{
    CancelUntil, Does, Fallback, FieldKind, NoticeOn, OnDenied, Position, Price, RequiredBefore,
    ResourceOf, Role, Stage, StepSpec, UnknownProduct,
};
use std::collections::BTreeMap;

fn built_in(name: &str) -> Profile {
    load(&[]).unwrap().into_iter().find(|profile| profile.name == name).unwrap()
}

fn step(profile: &Profile, name: &str) -> StepSpec {
    profile.steps[profile.step(name).unwrap()].clone()
}

/// Which fields there are, of which type, and which of them must be given.
fn fields(profile: &Profile) -> Vec<(String, FieldKind, bool)> {
    profile.fields.iter().map(|f| (f.name.clone(), f.kind, f.required)).collect()
}

fn asked(name: &str, kind: FieldKind, required: bool) -> (String, FieldKind, bool) {
    (name.to_owned(), kind, required)
}

#[test]
fn a_repair_and_a_driver_wait_for_management_and_are_given_to_the_nearest() {
    for name in ["repair", "driver"] {
        let profile = built_in(name);
        let manage = step(&profile, "manage");
        assert_eq!(manage.position, Position::BeforeOpen);
        assert_eq!(manage.deadline_ms, Millis(610));
        assert_eq!(manage.fallback, Fallback::Park);
        let plan = [Stage::Auto { for_ms: Some(Millis::mins(10)), claimable: false }];
        assert_eq!(profile.plan, plan);
        assert_eq!(profile.dispatch.search_ms, Millis::hours(24));
        assert_eq!(profile.park_max_ms, Millis::hours(2));
        assert_eq!(profile.cancel.until, CancelUntil::Assigned);
        assert!(profile.skill_field().is_some() && profile.payment.is_none());
    }
    let skill = built_in("driver").skill_field().cloned().unwrap();
    assert_eq!(
        (skill.one_of.as_slice(), skill.no_skill[0].as_str()),
        (&["자동".to_owned(), "수동".to_owned()][..], "자동",)
    );
}

#[test]
fn a_tutoring_request_is_paid_before_it_is_listed_and_claimed() {
    let profile = built_in("tutoring");
    let payment = step(&profile, "payment");
    assert_eq!((payment.does, payment.position), (Does::Charge, Position::BeforeOpen));
    assert_eq!((payment.fallback, payment.deadline_ms), (Fallback::Reject, Millis(610)));
    assert!(payment.undo, "a refund");
    assert_eq!(profile.payment.unwrap().price, Price::Fixed);
    assert_eq!(profile.plan, [Stage::Claim { for_ms: None }]);
    assert_eq!(profile.appointment.duration_ms, Millis::mins(60));
    assert_eq!(profile.cancel.until, CancelUntil::Assigned);
    assert!(!profile.membership.required);
    assert_eq!(
        fields(&profile),
        [
            asked("cost", FieldKind::Won, true),
            asked("reference", FieldKind::Reference, true),
            asked("tel", FieldKind::Tel, false),
        ]
    );
    assert_eq!(profile.fields[0].label.ko, "가격");
}

#[test]
fn a_taxi_is_for_members_goes_to_the_first_who_says_yes_and_is_paid_at_the_end() {
    let profile = built_in("taxi");
    let payment = step(&profile, "payment");
    assert_eq!((payment.does, payment.position), (Does::Charge, Position::BeforeComplete));
    let rule = profile.payment.unwrap();
    assert!(rule.price == Price::Metered && rule.limit.is_some());
    assert!(profile.membership.required);
    assert_eq!(profile.cancel.until, CancelUntil::Open);
    let Stage::Broadcast { rings_m, claimable: true, .. } = &profile.plan[0] else {
        panic!("{:?}", profile.plan)
    };
    assert!(rings_m.len() > 1 && profile.plan.iter().all(Stage::is_claimable));
    assert!(profile.plan.len() > 1, "it goes on when nobody near says yes");
    assert_eq!((profile.rewards[0].every, profile.rewards[0].coupon), (10, Won(3_000)));
    assert_eq!(
        fields(&profile),
        [
            asked("tel", FieldKind::Tel, false),
            asked("location", FieldKind::Place, true),
            asked("to", FieldKind::Place, true),
            asked("visit", FieldKind::Time, false),
        ]
    );
    let told = |on, to| profile.notices.iter().filter(|r| (r.on, r.to) == (on, to)).count();
    for on in [NoticeOn::Started, NoticeOn::Finished] {
        assert_eq!(told(on, Role::Friend), 1, "{on:?}");
    }
    let still = profile.still_searching().unwrap();
    assert!(still.every_ms.0.saturating_mul(still.most.into()) <= profile.dispatch.search_ms.0);
}

#[test]
fn an_order_of_the_shop_has_a_delivery_first_and_its_goods_before_it_ships() {
    let profile = built_in("shop");
    let delivery = step(&profile, "delivery");
    assert_eq!((delivery.position, delivery.fallback), (Position::BeforeOpen, Fallback::Park));
    assert_eq!(delivery.bulkhead, Some(1));
    let breaker = delivery.breaker.unwrap();
    assert_eq!((breaker.consecutive_failures, breaker.open_ms), (Some(5), Millis::secs(10)));
    assert_eq!((breaker.failure_rate_pct, breaker.slow_rate_pct), (None, None));
    let stock = step(&profile, "stock");
    assert_eq!((stock.does, stock.position), (Does::Reserve, Position::AfterOpen));
    assert_eq!(stock.required_before, Some(RequiredBefore::Start));
    assert_eq!(stock.on_denied, OnDenied::Wait);
    assert_eq!(profile.stock.as_ref().unwrap().unknown, UnknownProduct::Refuse);
    assert!(matches!(profile.plan[..], [Stage::None { .. }]));
    assert_eq!(profile.cancel.until, CancelUntil::Assigned);
    assert_eq!(
        fields(&profile),
        [
            asked("product", FieldKind::Text, true),
            asked("qty", FieldKind::Count, false),
            asked("reference", FieldKind::Reference, true),
            asked("tel", FieldKind::Tel, false),
        ]
    );
}

#[test]
fn payment_is_one_participant_and_both_who_use_it_protect_it_alike() {
    let mut said: BTreeMap<String, (String, StepSpec)> = BTreeMap::new();
    for profile in load(&[]).unwrap() {
        for step in profile.steps.clone() {
            let by = profile.name.clone();
            let name = step.answerer().to_owned();
            let (first, known) = said.entry(name.clone()).or_insert((by.clone(), step.clone()));
            assert_eq!(known.breaker, step.breaker, "{name} in {first} and {by}");
            assert_eq!(known.bulkhead, step.bulkhead, "{name} in {first} and {by}");
        }
    }
    let breaker = said["payment"].1.breaker.clone().unwrap();
    assert_eq!((breaker.failure_rate_pct, breaker.minimum_calls), (Some(30), 20));
    assert_eq!((breaker.open_ms, breaker.slow_rate_pct), (Millis::secs(5), None));
}

/// The words of SERVICES, line by line; a dash is a phase the line has no word for.
const WORDS: &str = "
phase       repair          driver          tutoring        taxi            shop
received    호출            호출            매칭요청        택시호출        주문
gating      호출            호출            매칭요청        택시호출        주문
parked      호출(대기접수)  호출(대기접수)  매칭요청(대기)  택시호출(대기)  주문(대기)
open        호출중          호출중          결제완료        택시호출        배송준비
scheduled   방문예약        방문예약        방문확정        예약            -
assigned    호출확정        호출확정        방문확정        배정됨          배송배정
in_service  작업중          운행중          수업중          운행시작        배송중
closing     정산중          정산중          정산중          정산중          정산중
completed   완료            완료            수업완료        운행종료        배송완료
unwinding   취소중          취소중          취소중          취소중          취소중
canceled    호출취소        호출취소        매칭취소        호출취소        주문취소
unfilled    미배정          미배정          미배정          미배정          품절취소
rejected    접수불가        접수불가        결제실패        접수불가        접수불가
";

#[test]
fn every_phase_of_every_line_has_its_word() {
    let mut rows = WORDS.trim().lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let head = rows.next().unwrap();
    let rows: Vec<Vec<&str>> = rows.collect();
    assert_eq!(rows.len(), Phase::ALL.len());
    for (at, name) in head.iter().enumerate().skip(1) {
        let profile = built_in(name);
        for row in &rows {
            let phase = Phase::ALL.into_iter().find(|phase| phase.name() == row[0]).unwrap();
            let word = profile.phases.get(&phase);
            assert_eq!(word.map_or("-", |words| &words.ko), row[at], "{name} {phase}");
            let english = phase.name().replace('_', " ");
            assert!(word.is_none_or(|words| words.en == english), "{name} {phase}");
        }
    }
}

#[test]
fn the_customer_is_told_every_step_and_the_worker_what_concerns_them() {
    use NoticeOn::{
        Arrived, Assigned, Canceled, Completed, Opened, Parked, Rejected, Released, Scheduled,
        Started, Unfilled,
    };
    for profile in load(&[]).unwrap() {
        let has = |on, to| profile.notices.iter().any(|rule| rule.on == on && rule.to == to);
        for on in [Opened, Assigned, Started, Completed, Canceled, Unfilled] {
            assert!(has(on, Role::Customer), "{} {on:?}", profile.name);
        }
        for on in [Assigned, Released] {
            assert!(has(on, Role::Worker), "{} {on:?}", profile.name);
        }
        let gated = profile.steps.iter().any(|step| step.position == Position::BeforeOpen);
        let parks = profile
            .steps
            .iter()
            .any(|step| step.position == Position::BeforeOpen && step.fallback == Fallback::Park);
        assert_eq!(has(Rejected, Role::Customer), gated, "{}", profile.name);
        assert_eq!(has(Parked, Role::Customer), parks, "{}", profile.name);
        let visits = profile.name != "shop";
        assert_eq!(has(Scheduled, Role::Customer), visits, "{}", profile.name);
        let comes = ["repair", "driver", "taxi"].contains(&profile.name.as_str());
        assert_eq!(has(Arrived, Role::Customer), comes, "{}", profile.name);
        // A cancel releases the worker too: one change, one message.
        assert!(!has(Released, Role::Customer) && !has(Canceled, Role::Worker));
    }
}

#[test]
fn other_programs_find_each_line_under_the_names_they_know() {
    use ResourceOf::{
        Assignments, Calls, CustomerPage, Gates, Members, Notices, OpenList, Payments, ServiceView,
        Stock, Workers,
    };
    let of = |name: &str| -> Vec<(String, ResourceOf)> {
        let profile = built_in(name);
        profile.resources.into_iter().map(|r| (r.path, r.of)).collect()
    };
    let named = |list: &[(&str, ResourceOf)]| -> Vec<(String, ResourceOf)> {
        list.iter().map(|(path, of)| ((*path).to_owned(), *of)).collect()
    };
    let repair = [("ascalls", Calls), ("asmanages", Gates), ("asassigns", Assignments)];
    assert_eq!(of("repair"), named(&repair));
    let tutoring = [
        ("matches", Calls),
        ("payments", Payments),
        ("visitReqLists", OpenList),
        ("visits", Assignments),
        ("myPages", CustomerPage),
        ("classStatuses", ServiceView),
    ];
    assert_eq!(of("tutoring"), named(&tutoring));
    let taxi = [
        ("memberShips", Members),
        ("calls", Calls),
        ("taxis", Workers),
        ("payments", Payments),
        ("notifies", Notices),
        ("taxiServiceInfos", ServiceView),
    ];
    assert_eq!(of("taxi"), named(&taxi));
    let shop = [
        ("orders", Calls),
        ("deliveries", Gates),
        ("inventories", Stock),
        ("mypages", CustomerPage),
    ];
    assert_eq!(of("shop"), named(&shop));
    let driver = built_in("driver");
    let aliases: Vec<&str> = driver.resources.iter().map(|r| r.aliases[0].as_str()).collect();
    assert_eq!(aliases, ["택시호출s", "택시관리s", "택시할당s"]);
    let services: Vec<&str> = driver.resources.iter().map(|r| r.aliases[1].as_str()).collect();
    assert_eq!(services, ["taxicalls", "taximanages", "taxiassigns"]);
    let labels: Vec<&str> = driver.fields.iter().map(|f| f.label.ko.as_str()).collect();
    for field in ["휴대폰번호", "호출위치", "예상요금"] {
        assert!(labels.contains(&field), "{field}: the names of the original's fields");
    }
}

#[test]
fn a_file_takes_the_place_of_a_built_in_profile_of_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("mine.toml");
    let shorter = BUILT_IN[0].1.replace("park_max_ms = 7_200_000", "park_max_ms = 1");
    std::fs::write(&file, shorter).unwrap();
    let known = known(std::slice::from_ref(&file)).unwrap();
    assert_eq!(known.len(), BUILT_IN.len());
    assert_eq!(known[0].profile.park_max_ms, Millis(1));
    assert_eq!((known[0].file.as_ref(), known[1].file.as_ref()), (Some(&file), None));
}

#[test]
fn two_files_may_not_say_who_they_are_by_one_name() {
    let dir = tempfile::tempdir().unwrap();
    let files = ["one.toml", "two.toml"].map(|name| dir.path().join(name));
    for file in &files {
        std::fs::write(file, BUILT_IN[0].1).unwrap();
    }
    let fault = load(&files).unwrap_err();
    assert_eq!(fault.file, files[1]);
    assert!(fault.line.is_some() && fault.what.contains("one.toml"), "{fault}");
}

#[test]
fn a_bad_file_is_refused_with_line_key_and_the_nearest_key() {
    let line = |text: &str| BUILT_IN[0].1.lines().position(|l| l.starts_with(text)).unwrap() + 1;
    let fault = |from: &str, to: &str| {
        let source = Source::of(Path::new("mine.toml"), &BUILT_IN[0].1.replacen(from, to, 1));
        let mut faults = parse(&source).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults.remove(0)
    };
    let typo = fault("park_max_ms", "park_mx_ms");
    assert_eq!(typo.line, Some(line("park_max_ms")));
    assert_eq!(typo.nearest.as_deref(), Some("park_max_ms"));
    let stage = fault("for_ms = 600_000", "for_mss = 600_000");
    assert_eq!(stage.line, Some(line("for_ms")));
    assert_eq!(stage.nearest.as_deref(), Some("for_ms"));
    let column = fault("\"kind\", \"place\"", "\"knd\", \"place\"");
    assert_eq!(column.at.as_deref(), Some("views[0].columns[3]"));
    assert_eq!(column.nearest.as_deref(), Some("kind"));
    let blank = fault("{worker_tel}\", en", "{worker_tl}\", en");
    assert!(blank.line.is_some() && blank.what.contains("names `worker_tl`"), "{blank}");
    assert_eq!(blank.nearest.as_deref(), Some("worker_tel"));
    let breaker = "name = \"manage\"\nbreaker = { open_ms = 0 }";
    let zero = fault("name = \"manage\"", breaker);
    assert_eq!(zero.at.as_deref(), Some("steps[0].breaker.open_ms"));
    assert_eq!(zero.line, Some(line("name = \"manage\"") + 1));
    let key = "name = \"manage\"\nbreaker = { open_mss = 5 }";
    assert_eq!(fault("name = \"manage\"", key).nearest.as_deref(), Some("open_ms"));
}
