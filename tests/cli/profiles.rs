//! Service lines as data: listed, shown, checked, begun; read from files; and their own lists of calls.

use crate::sealed::Sealed;
use crate::settings::{adopt, profile};
use crate::told::{ends, tell};
use insta::assert_snapshot;

#[test]
fn the_lines_are_listed_with_the_version_the_desk_runs_and_where_they_come_from() {
    let desk = Sealed::new();
    adopt(&desk, &profile(&[("\"Repair call\"", "\"Fridges\"")]));
    assert_snapshot!(tell(&desk, &[
        "profile list",
        "--config config.toml profile list --lang en",
        "request --tel 010-0000-0001 -o id",
        "profile list -o csv",
        "--config config.toml profile list --lang en",
        "--config config.toml request --tel 010-0000-0002 -o id",
        "--config config.toml profile list -o ndjson",
        "profile list -o id",
    ]), @r#"
    $ profile list
    서비스    이름           버전  출처       흐름
    repair    수리기사 호출        기본 제공  manage → auto
    driver    대리기사 호출        기본 제공  manage → auto
    tutoring  과외 매칭            기본 제공  payment → claim
    taxi      택시 호출            기본 제공  broadcast, claim, broadcast → payment
    shop      마스크 쇼핑몰        기본 제공  delivery → none + stock
    $ --config config.toml profile list --lang en
    service   title        version  from      way
    repair    Fridges               own.toml  manage → auto
    driver    Driver call           built in  manage → auto
    tutoring  Tutoring              built in  payment → claim
    taxi      Taxi call             built in  broadcast, claim, broadcast → payment
    shop      Mask shop             built in  delivery → none + stock
    $ request --tel 010-0000-0001 -o id
    C-1
    $ profile list -o csv
    name,title,version,current,file,way
    repair,수리기사 호출,P-1,true,,manage → auto
    driver,대리기사 호출,P-2,true,,manage → auto
    tutoring,과외 매칭,P-3,true,,payment → claim
    taxi,택시 호출,P-4,true,,"broadcast, claim, broadcast → payment"
    shop,마스크 쇼핑몰,P-5,true,,delivery → none + stock
    $ --config config.toml profile list --lang en
    service   title        version              from      way
    repair    Fridges      P-1 (changed since)  own.toml  manage → auto
    driver    Driver call  P-2                  built in  manage → auto
    tutoring  Tutoring     P-3                  built in  payment → claim
    taxi      Taxi call    P-4                  built in  broadcast, claim, broadcast → payment
    shop      Mask shop    P-5                  built in  delivery → none + stock
    $ --config config.toml request --tel 010-0000-0002 -o id
    C-2
    $ --config config.toml profile list -o ndjson
    {"name":"repair","title":"수리기사 호출","version":"P-6","current":true,"file":"own.toml","way":"manage → auto"}
    {"name":"driver","title":"대리기사 호출","version":"P-2","current":true,"file":null,"way":"manage → auto"}
    {"name":"tutoring","title":"과외 매칭","version":"P-3","current":true,"file":null,"way":"payment → claim"}
    {"name":"taxi","title":"택시 호출","version":"P-4","current":true,"file":null,"way":"broadcast, claim, broadcast → payment"}
    {"name":"shop","title":"마스크 쇼핑몰","version":"P-5","current":true,"file":null,"way":"delivery → none + stock"}
    $ profile list -o id
    repair
    driver
    tutoring
    taxi
    shop
    "#);
}

#[test]
fn a_line_is_shown_in_the_form_of_its_file_and_read_again() {
    let desk = Sealed::new();
    for name in ["repair", "driver", "tutoring", "taxi", "shop"] {
        let shown = ends(&desk, 0, &format!("profile show {name}"));
        desk.write("shown.toml", &shown);
        assert!(ends(&desk, 0, "profile check shown.toml").contains(&format!("`{name}`")));
        assert_eq!(ends(&desk, 0, &format!("profile show {name} --lang en")), shown);
    }
    let together = ends(&desk, 0, "profile show repair").replace("\"nearest\"", "\"batch\"");
    desk.write("together.toml", &together);
    let said = ends(&desk, 0, "profile check together.toml --lang en");
    assert!(said.contains("are weighed against each other and given out together"), "{said}");
    let json = desk.json(&["profile", "show", "taxi"]);
    assert_eq!(json["payment"]["price"], "metered");
    assert_eq!(json["plan"][0]["rings_m"][2], 6_000);
    assert_snapshot!(tell(&desk, &[
        "profile show shop -o csv",
        "profile show shop -o id",
        "profile show shp",
        "profile show shp --lang en",
        "profile show P-1",
        "request --tel 010-0000-0001 -o id",
        "profile show P-1 -o id",
        "profile show P-99",
        "profile show P-99 --lang en",
    ]), @"
    $ profile show shop -o csv
    name,title_ko,title_en,worker_ko,worker_en
    shop,마스크 쇼핑몰,Mask shop,배송기사,courier
    $ profile show shop -o id
    shop
    $ profile show shp
    ! error: 프로필 `shp`이(가) 없습니다 (있는 것: driver, repair, shop, taxi, tutoring)
    ! hint: --profile로 그중 하나를 고르거나, 설정의 `profiles`에 파일을 더하세요
    = 1
    $ profile show shp --lang en
    ! error: there is no profile `shp` (known: driver, repair, shop, taxi, tutoring)
    ! hint: name one of them with --profile, or add a file to `profiles` in the configuration
    = 1
    $ profile show P-1
    ! error: 아직 데스크가 없습니다: HERE/desk.redb
    ! hint: 첫 호출을 받으세요: ascall request --tel 010-0000-1234
    = 1
    $ request --tel 010-0000-0001 -o id
    C-1
    $ profile show P-1 -o id
    repair
    $ profile show P-99
    ! error: 프로필 버전 P-99이(가) 없습니다
    ! hint: 지금 버전 보기: ascall profile list
    = 1
    $ profile show P-99 --lang en
    ! error: there is no profile version P-99
    ! hint: see which the desk runs: ascall profile list
    = 1
    ");
}

#[test]
fn a_sound_file_is_told_as_the_way_of_a_call() {
    let desk = Sealed::new();
    for name in ["repair", "tutoring", "taxi", "shop"] {
        let shown = ends(&desk, 0, &format!("profile show {name}"));
        desk.write(&format!("{name}.toml"), &shown);
    }
    assert_snapshot!(tell(&desk, &[
        "profile check repair.toml",
        "profile check tutoring.toml --lang en",
        "profile check taxi.toml --lang en",
        "profile check shop.toml",
        "profile check shop.toml -o csv",
        "profile check shop.toml -o id",
    ]), @r#"
    $ profile check repair.toml
    repair.toml: 이상 없음
    `repair`(수리기사 호출) 접수에는 전화번호 값이 필요합니다. 먼저 `manage` 단계가 승인해야 합니다 (기한 610 ms, 응답이 없으면 0시간까지 대기). 수리기사 찾는 순서: 가장 알맞은 기사에게 바로 배정 (10분 동안). 0시간 안에 시작하지 못하면 '미배정'(으)로 끝납니다. '호출확정'까지 취소할 수 있습니다. 알림은 17가지이고 고객, 기사에게 갑니다.
    $ profile check tutoring.toml --lang en
    tutoring.toml: sound
    A call of `tutoring` (Tutoring) must name: price, reference. First `payment` must charge what it costs (within 610 ms; while it is down the caller is sent away with the time to try again). How a teacher is found: workers take it from the open list. What nobody has taken up after 7 d ends as `unfilled`. It may be canceled up to `assigned`. It has 14 notices, for: customer, worker.
    $ profile check taxi.toml --lang en
    taxi.toml: sound
    A call of `taxi` (Taxi call) must name: from, to. Only members may call. How a taxi driver is found: those within 1.5 km, 3.0 km, 6.0 km are asked at once, ring by ring, 0 s each (any worker may claim it meanwhile), then workers take it from the open list (for 2 min), then those within 6.0 km, 12.0 km are asked at once, ring by ring, 0 s each (any worker may claim it meanwhile). What nobody has taken up after 20 min ends as `unfilled`. It may be canceled up to `open`. When the work is over `payment` must charge what it costs; until then it is `closing`. It has 21 notices, for: customer, worker, friend.
    $ profile check shop.toml
    shop.toml: 이상 없음
    `shop`(마스크 쇼핑몰) 접수에는 상품, 주문번호 값이 필요합니다. 먼저 `delivery` 단계가 승인해야 합니다 (기한 610 ms, 응답이 없으면 0시간까지 대기). 배송기사 찾는 순서: 없어도 시작 가능, 0시간 안에 시작해야 함. 그 사이 `stock` 단계가 물품을 확보해야 합니다 (끝나야 시작 가능). 7일 안에 시작하지 못하면 '품절취소'(으)로 끝납니다. '배송배정'까지 취소할 수 있습니다. 알림은 11가지이고 고객, 기사에게 갑니다.
    $ profile check shop.toml -o csv
    ok,file,name,summary
    true,shop.toml,shop,"`shop`(마스크 쇼핑몰) 접수에는 상품, 주문번호 값이 필요합니다. 먼저 `delivery` 단계가 승인해야 합니다 (기한 610 ms, 응답이 없으면 0시간까지 대기). 배송기사 찾는 순서: 없어도 시작 가능, 0시간 안에 시작해야 함. 그 사이 `stock` 단계가 물품을 확보해야 합니다 (끝나야 시작 가능). 7일 안에 시작하지 못하면 '품절취소'(으)로 끝납니다. '배송배정'까지 취소할 수 있습니다. 알림은 11가지이고 고객, 기사에게 갑니다."
    $ profile check shop.toml -o id
    shop
    "#);
    assert_eq!(desk.json(&["profile", "check", "taxi.toml"])["ok"], true);
}

#[test]
fn everything_that_is_wrong_with_a_file_is_told_at_once_with_line_and_nearest() {
    let desk = Sealed::new();
    let slips = profile(&[
        ("park_max_ms", "park_mx_ms"),
        ("fallback = \"park\"", "fallback = \"parc\""),
        ("for_ms = 600_000", "for_mss = 600_000"),
        ("on = \"parked\"", "on = \"parkd\""),
        ("of = \"gates\"", "of = \"gate\""),
    ]);
    desk.write("slips.toml", &slips);
    let unsound = profile(&[
        ("name = \"manage\"", "name = \"assign\"\nbulkhead = 0"),
        (
            "deadline_ms = 610",
            "deadline_ms = 0\n\n[steps.breaker]\nopen_ms = 0\n\n[[plan]]\nstage = \"manual\"",
        ),
        ("fallback = \"park\"\n", ""),
        ("{worker_tel}\", en", "{worker_phone}\", en"),
        ("\"kind\", \"place\"", "\"kind\", \"plase\""),
        ("path = \"asassigns\"", "path = \"as assigns\""),
    ]);
    desk.write("unsound.toml", &unsound);
    desk.write("text.toml", "name = \n");
    adopt(&desk, &slips);
    assert_snapshot!(tell(&desk, &[
        "profile check slips.toml --lang en",
        "profile check unsound.toml --lang en",
        "profile check unsound.toml -o ndjson",
        "profile check text.toml",
        "profile check nothing.toml --lang en",
        "--config config.toml profile check own.toml --lang en",
        "--config config.toml profile list --lang en",
        "--config config.toml list",
    ]), @r#"
    $ profile check slips.toml --lang en
    slips.toml:10: unknown key `park_mx_ms`; did you mean `park_max_ms`?
    slips.toml:65: unknown value `parc`; did you mean `park`?
    slips.toml:70: unknown key `for_mss`; did you mean `for_ms`?
    slips.toml:82: unknown value `parkd`; did you mean `parked`?
    slips.toml:186: unknown value `gate`; did you mean `gates`?
    ! error: slips.toml: 5 faults
    ! hint: every key is explained in docs/profiles.md; a sound one to compare with: ascall profile new NAME
    = 2
    $ profile check unsound.toml --lang en
    unsound.toml:62: `steps[0].name` is `assign`, a name of the desk's own
    unsound.toml:63: `steps[0].bulkhead` is 0, not from 1 to 10000
    unsound.toml:65: `steps[0].deadline_ms` is 0, not from 1 to 600000
    unsound.toml:68: `steps[0].breaker.open_ms` is 0, not from 1 to 86400000
    unsound.toml:74: `plan[1]` is never reached: `plan[0]` goes on for ever
    unsound.toml:100: `notices[2].text.ko` names `worker_phone`, which is not there (known: `call`, `name`, `customer`, `customer_tel`, `worker`, `worker_tel`, `kind`, `place`, `visit`, `cost`, `paid`, `refunded`, `reason`); did you mean `worker_tel`?
    unsound.toml:177: `views[0].columns[4]` names `plase`, which is not there (known: `call`, `phase`, `age`, `customer`, `tel`, `member`, `worker`, `kind`, `place`, `cost`, `paid`, `visit`, `outcome`, `rating`, `attention`); did you mean `phase`?
    unsound.toml:195: `resources[2].path` is `as assigns`, which is no path (letters, digits, `_`, `-`; at most 40)
    ! error: unsound.toml: 8 faults
    ! hint: every key is explained in docs/profiles.md; a sound one to compare with: ascall profile new NAME
    = 2
    $ profile check unsound.toml -o ndjson
    {"ok":false,"file":"unsound.toml","name":null,"summary":null,"faults":[{"file":"unsound.toml","line":62,"at":"steps[0].name","what":"`steps[0].name` is `assign`, a name of the desk's own","nearest":null},{"file":"unsound.toml","line":63,"at":"steps[0].bulkhead","what":"`steps[0].bulkhead` is 0, not from 1 to 10000","nearest":null},{"file":"unsound.toml","line":65,"at":"steps[0].deadline_ms","what":"`steps[0].deadline_ms` is 0, not from 1 to 600000","nearest":null},{"file":"unsound.toml","line":68,"at":"steps[0].breaker.open_ms","what":"`steps[0].breaker.open_ms` is 0, not from 1 to 86400000","nearest":null},{"file":"unsound.toml","line":74,"at":"plan[1]","what":"`plan[1]` is never reached: `plan[0]` goes on for ever","nearest":null},{"file":"unsound.toml","line":100,"at":"notices[2].text.ko","what":"`notices[2].text.ko` names `worker_phone`, which is not there (known: `call`, `name`, `customer`, `customer_tel`, `worker`, `worker_tel`, `kind`, `place`, `visit`, `cost`, `paid`, `refunded`, `reason`)","nearest":"worker_tel"},{"file":"unsound.toml","line":177,"at":"views[0].columns[4]","what":"`views[0].columns[4]` names `plase`, which is not there (known: `call`, `phase`, `age`, `customer`, `tel`, `member`, `worker`, `kind`, `place`, `cost`, `paid`, `visit`, `outcome`, `rating`, `attention`)","nearest":"phase"},{"file":"unsound.toml","line":195,"at":"resources[2].path","what":"`resources[2].path` is `as assigns`, which is no path (letters, digits, `_`, `-`; at most 40)","nearest":null}]}
    ! error: unsound.toml: 잘못된 곳 8군데
    ! hint: 모든 설정은 docs/profiles.md에 있습니다. 올바른 예: ascall profile new NAME
    = 2
    $ profile check text.toml
    text.toml:1: string values must be quoted, expected literal string
    ! error: text.toml: 잘못된 곳 1군데
    ! hint: 모든 설정은 docs/profiles.md에 있습니다. 올바른 예: ascall profile new NAME
    = 2
    $ profile check nothing.toml --lang en
    nothing.toml: cannot be read: No such file or directory (os error 2)
    ! error: nothing.toml: 1 fault
    ! hint: every key is explained in docs/profiles.md; a sound one to compare with: ascall profile new NAME
    = 2
    $ --config config.toml profile check own.toml --lang en
    own.toml:10: unknown key `park_mx_ms`; did you mean `park_max_ms`?
    own.toml:65: unknown value `parc`; did you mean `park`?
    own.toml:70: unknown key `for_mss`; did you mean `for_ms`?
    own.toml:82: unknown value `parkd`; did you mean `parked`?
    own.toml:186: unknown value `gate`; did you mean `gates`?
    ! error: own.toml: 5 faults
    ! hint: every key is explained in docs/profiles.md; a sound one to compare with: ascall profile new NAME
    = 2
    $ --config config.toml profile list --lang en
    ! error: own.toml:10: unknown key `park_mx_ms`
    ! hint: did you mean `park_max_ms`?
    = 2
    $ --config config.toml list
    ! error: own.toml:10: unknown key `park_mx_ms`
    ! hint: did you mean `park_max_ms`?
    = 2
    "#);
    assert!(!desk.store().exists(), "nothing of this opens a desk");
}

#[test]
fn a_new_line_is_begun_from_a_file_that_is_sound() {
    let desk = Sealed::new();
    assert_snapshot!(tell(&desk, &[
        "profile new locksmith --to locksmith.toml",
        "profile check locksmith.toml",
        "profile new locksmith --to locksmith.toml",
        "profile new locksmith --to nowhere/locksmith.toml --lang en",
        "profile new Locksmith",
        "profile new 열쇠 --lang en",
    ]), @"
    $ profile new locksmith --to locksmith.toml
    locksmith.toml 파일을 만들었습니다. 확인: ascall profile check locksmith.toml
    $ profile check locksmith.toml
    locksmith.toml: 이상 없음
    `locksmith`(locksmith) 접수에는 전화번호 값이 필요합니다. 기사 찾는 순서: 가장 알맞은 기사에게 바로 배정 (10분 동안). 0시간 안에 시작하지 못하면 '미배정'(으)로 끝납니다. '배정'까지 취소할 수 있습니다. 알림은 7가지이고 고객, 기사에게 갑니다.
    $ profile new locksmith --to locksmith.toml
    ! error: locksmith.toml 파일이 이미 있습니다
    ! hint: 다른 이름을 쓰세요. 아무것도 쓰지 않았습니다
    = 2
    $ profile new locksmith --to nowhere/locksmith.toml --lang en
    ! error: nowhere/locksmith.toml cannot be written: No such file or directory (os error 2)
    ! hint: name a file in a folder that is there and yours
    = 2
    $ profile new Locksmith
    ! error: `name` is `Locksmith`, which is no name (a lower-case letter, then letters, digits, `_`, `-`; at most 40)
    ! hint: write it in lower case, e.g. locksmith
    = 2
    $ profile new 열쇠 --lang en
    ! error: `name` is `열쇠`, which is no name (a lower-case letter, then letters, digits, `_`, `-`; at most 40)
    ! hint: write it in lower case, e.g. locksmith
    = 2
    ");
    for lang in ["ko", "en"] {
        let text = ends(&desk, 0, &format!("profile new plumber --lang {lang}"));
        assert!(text.contains("\nname = \"plumber\"\n"), "{text}");
        assert!(text.contains("수리") || text.contains("받은 호출") == (lang == "ko"), "{text}");
        desk.write("plumber.toml", &text);
        ends(&desk, 0, "profile check plumber.toml");
    }
}

/// The example of the page about profiles.
fn of_the_page() -> String {
    let page = include_str!("../../docs/profiles.md");
    let example = page.split("```toml\n").nth(1).unwrap();
    example.split("```").next().unwrap().to_owned()
}

#[test]
fn a_sixth_line_written_from_the_page_alone_takes_calls_to_their_end() {
    let desk = Sealed::new();
    adopt(&desk, &of_the_page());
    let config = |line: &str| format!("--config config.toml {line}");
    let lines = [
        "worker add --name 김하나 --tel 010-0000-0101 --at 37.5663,126.9779 --service locksmith --skill safe -o id",
        "worker add --name 박두리 --tel 010-0000-0102 --at 37.5664,126.9780 --service locksmith -o id",
        "request --profile locksmith --tel 010-0000-0001 --location 37.5665,126.9780 --field lock=safe -o id",
        "request --profile locksmith --tel 010-0000-0002 --location 37.5665,126.9780 --field lock=boat --lang en",
        "request --profile locksmith --tel 010-0000-0002 --lang en",
        "offer list -o csv",
        "offer accept O-1",
        "start C-1",
        "finish C-1 --fare 2000000 --lang en",
        "finish C-1 --fare 80000",
        "list --view jobs",
        "list --view jobs --lang en",
        "list --view jobs -o id",
        "inbox --tel 010-0000-0001",
        "verify",
    ];
    let lines: Vec<String> = lines.iter().map(|line| config(line)).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_snapshot!(tell(&desk, &lines), @"
    $ --config config.toml worker add --name 김하나 --tel 010-0000-0101 --at 37.5663,126.9779 --service locksmith --skill safe -o id
    W-1
    $ --config config.toml worker add --name 박두리 --tel 010-0000-0102 --at 37.5664,126.9780 --service locksmith -o id
    W-2
    $ --config config.toml request --profile locksmith --tel 010-0000-0001 --location 37.5665,126.9780 --field lock=safe -o id
    C-1
    $ --config config.toml request --profile locksmith --tel 010-0000-0002 --location 37.5665,126.9780 --field lock=boat --lang en
    ! error: `boat` is not allowed for `lock` (allowed: door, car, safe)
    ! hint: give one of the allowed values: --field lock=…
    = 1
    $ --config config.toml request --profile locksmith --tel 010-0000-0002 --lang en
    ! error: profile `locksmith` needs the field `location`
    ! hint: add --location …
    = 1
    $ --config config.toml offer list -o csv
    id,call,worker,deadline,workers,ring
    O-1,C-1,W-1,0000-00-00T00:00:00.000Z,W-1,
    $ --config config.toml offer accept O-1
    C-1  출동  W-1 김*나 010-****-0101  safe
    $ --config config.toml start C-1
    C-1  작업중  W-1 김*나 010-****-0101  safe
    $ --config config.toml finish C-1 --fare 2000000 --lang en
    ! error: fare must be from 0 to 1000000, not 2000000
    ! hint: give a number inside the limits
    = 1
    $ --config config.toml finish C-1 --fare 80000
    C-1  완료  W-1 김*나 010-****-0101  safe
    $ --config config.toml list --view jobs
    출장 목록
    출장  상태  경과  종류  위치          열쇠기사                 비용      결제
    C-1   완료  0초   safe  37.56,126.97  W-1 김*나 010-****-0101  80,000원  80,000원
    $ --config config.toml list --view jobs --lang en
    Jobs
    job  phase  age  lock  place         locksmith                cost        paid
    C-1  done   0 s  safe  37.56,126.97  W-1 김*나 010-****-0101  80,000 won  80,000 won
    $ --config config.toml list --view jobs -o id
    C-1
    $ --config config.toml inbox --tel 010-0000-0001
    시각   호출  받는 이  전달  내용
    00:00  C-1   고객           김*나 기사가 갑니다. 010-****-0101
    $ --config config.toml verify
    이상 없음: 기록 13, 사건 28, 호출 1, 행 23
    ");
}

#[test]
fn a_changed_file_changes_new_calls_only() {
    let desk = Sealed::new();
    let config = |line: &str| ends(&desk, 0, &format!("--config config.toml {line}"));
    adopt(&desk, &profile(&[]));
    config("request --tel 010-0000-0001 --kind TV");
    adopt(
        &desk,
        &profile(&[
            ("stage = \"auto\"\nfor_ms = 600_000", "stage = \"manual\""),
            ("ko = \"호출중\"", "ko = \"배차대기\""),
            ("ko = \"호출확정\"", "ko = \"배차완료\""),
            ("호출 {call}에 {worker} 수리기사가 배정되었습니다.", "{worker} 기사님이 갑니다."),
        ]),
    );
    config("request --tel 010-0000-0002 --kind TV");
    assert!(config("status C-1").contains("호출중"), "the words of its own version");
    assert!(config("status C-2").contains("배차대기"));
    assert!(config("profile show P-1").contains("stage = \"auto\""));
    let stages = |call: &str| {
        let shown = desk.json(&["--config", "config.toml", "status", call]);
        shown["worker"]["id"].as_str().map(str::to_owned)
    };
    config("worker add --name 김하나 --tel 010-0000-0101 --at 37.5663,126.9779 --skill TV");
    assert_eq!(stages("C-1").as_deref(), Some("W-1"), "its own plan gives it to whoever comes");
    assert_eq!(stages("C-2"), None, "the new plan leaves it to a dispatcher");
    config("worker add --name 박두리 --tel 010-0000-0102 --at 37.5663,126.9779 --skill TV");
    config("assign C-2 W-2");
    assert_snapshot!(tell(&desk, &[
        "--config config.toml list",
        "--config config.toml inbox --tel 010-0000-0001",
        "--config config.toml inbox --tel 010-0000-0002",
        "list",
        "verify",
    ]), @"
    $ --config config.toml list
    호출  상태      접수   종류  위치  고객           기사                     비용  확인 필요
    C-1   호출확정  00:00  TV          010-****-0001  W-1 김*나 010-****-0101
    C-2   배차완료  00:00  TV          010-****-0002  W-2 박*리 010-****-0102
    $ --config config.toml inbox --tel 010-0000-0001
    시각   호출  받는 이  전달  내용
    00:00  C-1   고객           [수리] 호출 C-1 접수되었습니다. 가까운 수리기사를 찾고 있습니다.
    00:00  C-1   고객           [수리] 호출 C-1에 김*나 수리기사가 배정되었습니다. 연락처: 010-****-0101
    $ --config config.toml inbox --tel 010-0000-0002
    시각   호출  받는 이  전달  내용
    00:00  C-2   고객           [수리] 호출 C-2 접수되었습니다. 가까운 수리기사를 찾고 있습니다.
    00:00  C-2   고객           [수리] 박*리 기사님이 갑니다. 연락처: 010-****-0102
    $ list
    호출  상태      접수   종류  위치  고객           기사                     비용  확인 필요
    C-1   호출확정  00:00  TV          010-****-0001  W-1 김*나 010-****-0101
    C-2   배차완료  00:00  TV          010-****-0002  W-2 박*리 010-****-0102
    $ verify
    이상 없음: 기록 12, 사건 32, 호출 2, 행 24
    ");
}

/// Tutoring, a taxi and the shop, each with calls at different places of their lives.
fn services() -> Sealed {
    let desk = Sealed::new();
    for line in [
        "worker add --name 문해솔 --tel 010-0000-0391 --service tutoring",
        "worker add --name 오단비 --tel 010-0000-0491 --at 37.5663,126.9779 --service taxi",
        "member add --name 하은 --tel 010-0000-0401 --card tok-haeun-1 --friend-name 지우 --friend-tel 010-0000-0402",
        "stock receive 마스크 100",
        "request --profile tutoring --tel 010-0000-0301 --name 서연 --cost 50000 --field reference=R-1",
        "request --profile tutoring --tel 010-0000-0302 --name 태오 --cost 60000 --field reference=R-2",
        "request --profile taxi --tel 010-0000-0401 --location 37.5665,126.9780 --field to=37.55,126.97",
        "request --profile shop --tel 010-0000-0501 --field product=마스크 --field qty=10 --field reference=O-1",
        "claim C-1 --worker W-1",
        "start C-1",
        "finish C-1",
        "rate C-1 5",
    ] {
        ends(&desk, 0, line);
    }
    desk
}

#[test]
fn a_service_has_lists_of_its_own_with_its_columns_and_its_calls() {
    assert_snapshot!(tell(&services(), &[
        "list --view class",
        "list --view class --lang en",
        "list --view class -o csv",
        "list --view class -o id",
        "list --view mypage --profile tutoring",
        "list --view mypage --profile shop --lang en",
        "list --view service --lang en",
        "list --view service --phase open -o id",
        "list --view delivery --tel 010-0000-0501",
        "list --view delivery --limit 0 --place 어디",
    ]), @"
    $ list --view class
    수업 현황
    매칭 요청  상태      예약  선생님                   결과  평가
    C-1        수업완료        W-1 문*솔 010-****-0391  완료  5
    $ list --view class --lang en
    Classes
    request  phase      appointment  teacher                  outcome  rating
    C-1      completed               W-1 문*솔 010-****-0391  done     5
    $ list --view class -o csv
    call,phase,visit,worker,outcome,rating
    C-1,completed,,W-1,done,5
    $ list --view class -o id
    C-1
    $ list --view mypage --profile tutoring
    마이페이지
    매칭 요청  신청번호  상태      가격      결제      선생님                   예약  평가
    C-1        R-1       수업완료  50,000원  50,000원  W-1 문*솔 010-****-0391        5
    C-2        R-2       결제완료  60,000원  60,000원
    $ list --view mypage --profile shop --lang en
    My page
    order  order number  phase  product  quantity  courier  rating
    C-4    O-1           open   마스크   10
    $ list --view service --lang en
    Taxi service
    call  phase  age  member  taxi driver  from          to            cost  paid  rating  attention
    C-3   open   0 s  M-1                  37.56,126.97  37.55,126.97
    $ list --view service --phase open -o id
    C-3
    $ list --view delivery --tel 010-0000-0501
    배송 현황
    주문  상태      경과  상품    수량  배송기사  확인 필요
    C-4   배송준비  0초   마스크  10
    $ list --view delivery --limit 0 --place 어디
    배송 현황
    ! (없음)
    ");
}

#[test]
fn the_open_list_has_what_may_be_claimed_and_for_a_worker_what_they_could_claim() {
    let desk = services();
    assert_snapshot!(tell(&desk, &[
        "list --view open",
        "list --view open --lang en -o id",
        "list --view open --profile tutoring",
        "list --view open --profile taxi --lang en",
        "list --view open --profile shop",
        "list --view open --worker W-1",
        "list --view open --worker W-2 -o id",
        "list --view open --worker W-9",
        "worker off W-1",
        "list --view open --worker W-1 -o id",
    ]), @"
    $ list --view open
    열린 호출 목록
    호출  상태      경과  종류  위치          예약  비용
    C-2   결제완료  0초                             60,000원
    C-3   택시호출  0초         37.56,126.97
    $ list --view open --lang en -o id
    C-2
    C-3
    $ list --view open --profile tutoring
    매칭 신청 목록
    매칭 요청  가격      경과  신청번호
    C-2        60,000원  0초   R-2
    $ list --view open --profile taxi --lang en
    Open calls
    call  age  from          to
    C-3   0 s  37.56,126.97  37.55,126.97
    $ list --view open --profile shop
    열린 호출 목록
    ! (없음)
    $ list --view open --worker W-1
    열린 호출 목록
    호출  상태      경과  종류  위치  예약  비용
    C-2   결제완료  0초                     60,000원
    $ list --view open --worker W-2 -o id
    C-3
    $ list --view open --worker W-9
    ! error: 기사 W-9이(가) 없습니다
    ! hint: 기사 보기: ascall worker list
    = 1
    $ worker off W-1
    W-1  문*솔  010-****-0391  퇴근
    $ list --view open --worker W-1 -o id
    ");
    let json = desk.json(&["list", "--view", "open", "--profile", "tutoring"]);
    assert_eq!(json[0]["id"], "C-2");
    assert_eq!(json[0]["claimable"], true);
    assert_eq!(json[0]["fields"]["reference"], "R-2");
}

#[test]
fn a_list_that_nobody_has_is_answered_with_the_nearest() {
    let desk = Sealed::new();
    assert_snapshot!(tell(&desk, &[
        "list --view clas --lang en",
        "list --view clas",
        "list --view zebra --lang en",
        "list --view mypage --lang en",
        "list --view mypage",
        "list --view class --profile taxi --lang en",
        "list --view class --profile nothing --lang en",
        "list --view class --phase open --lang en",
        "list --view class --all",
    ]), @"
    $ list --view clas --lang en
    ! error: there is no view `clas` (known: class, delivery, mypage, open, service, status, work)
    ! hint: did you mean `class`?
    = 2
    $ list --view clas
    ! error: `clas` 목록이 없습니다 (있는 것: class, delivery, mypage, open, service, status, work)
    ! hint: did you mean `class`?
    = 2
    $ list --view zebra --lang en
    ! error: there is no view `zebra` (known: class, delivery, mypage, open, service, status, work)
    ! hint: name one of them, or list without --view
    = 2
    $ list --view mypage --lang en
    ! error: more than one service has a view `mypage`: tutoring, taxi, shop
    ! hint: say which: ascall list --view mypage --profile tutoring
    = 2
    $ list --view mypage
    ! error: `mypage` 목록이 여러 서비스에 있습니다: tutoring, taxi, shop
    ! hint: 하나를 고르세요: ascall list --view mypage --profile tutoring
    = 2
    $ list --view class --profile taxi --lang en
    ! error: there is no view `class` (known: mypage, open, service)
    ! hint: name one of them, or list without --view
    = 2
    $ list --view class --profile nothing --lang en
    ! error: there is no profile `nothing` (known: driver, repair, shop, taxi, tutoring)
    ! hint: name one of them with --profile, or add a file to `profiles` in the configuration
    = 1
    $ list --view class --phase open --lang en
    ! error: the view `class` shows no call that is open
    = 2
    $ list --view class --all
    ! error: the argument '--view <NAME>' cannot be used with '--all'
    ! Usage: ascall list --view <NAME>
    ! hint: see what it takes with --help
    = 2
    ");
}

#[test]
fn a_customers_page_shows_what_their_calls_have_of_appointments_money_and_ratings() {
    assert_snapshot!(tell(&services(), &[
        "list --tel 010-0000-0301 --all",
        "list --tel 010-0000-0302 --lang en",
        "list --member M-1",
        "list --tel 010-0000-0501",
        "list --tel 010-0000-0301 --all -o csv",
    ]), @"
    $ list --tel 010-0000-0301 --all
    호출  상태      접수   종류  위치  고객               기사                     비용      확인 필요  결제      평가
    C-1   수업완료  00:00              010-****-0301 서*  W-1 문*솔 010-****-0391  50,000원             50,000원  5
    $ list --tel 010-0000-0302 --lang en
    call  phase  received  kind  place  customer           worker  cost        attention  paid
    C-2   open   00:00                  010-****-0302 태*          60,000 won             60,000 won
    $ list --member M-1
    호출  상태      접수   종류  위치          고객               기사  비용  확인 필요
    C-3   택시호출  00:00        37.56,126.97  010-****-0401 하*
    $ list --tel 010-0000-0501
    호출  상태      접수   종류  위치  고객           기사  비용  확인 필요
    C-4   배송준비  00:00              010-****-0501
    $ list --tel 010-0000-0301 --all -o csv
    id,profile,phase,phase_word,worker_id,worker_name,worker_tel,seq,kind,cost,priority,tel,name,location,received_at,phase_at,ended_at,retry_at,held_until,parent,outcome,attention,short_of,member,visit_from,visit_until,money_due,money_captured,money_settled,money_refunded,money_discount,rating,disposition
    C-1,tutoring,completed,수업완료,W-1,문*솔,010-****-0391,18,,50000,normal,010-****-0301,서*,,0000-00-00T00:00:00.000Z,0000-00-00T00:00:00.000Z,0000-00-00T00:00:00.000Z,,,,done,,,,,,50000,50000,0,0,0,5,
    ");
}
