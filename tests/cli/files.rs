//! Files of many calls and workers: a result per row, taken once however often the file is run.

use crate::sealed::{Ran, Sealed};
use crate::told::{ends, head, tell};
use insta::assert_snapshot;

const CALLS: &str = "tel,name,kind,cost,priority,transmission,profile\n\
    010-0000-0001,이고객,TV,100,,,\n\
    ,이고객,TV,100,,,\n\
    010-0000-0002,,TV,abc,,,\n\
    010-0000-0003,,,,urgent,수동,driver\n\
    010-0000-0004,,TV,1,9,,\n";

#[test]
fn a_bad_row_stops_no_other_and_the_file_can_be_run_again() {
    let desk = Sealed::new();
    desk.write("calls.csv", CALLS);
    assert_snapshot!(tell(&desk, &[
        "request -f calls.csv --dry-run --lang en",
        "request -f calls.csv",
        "request -f calls.csv --lang en",
        "request -f calls.csv -o id",
        "request -f calls.csv -o csv",
    ]), @r#"
    $ request -f calls.csv --dry-run --lang en
    row 2: would_take
    row 3: nobody is named who calls  (add --tel 010-0000-1234, or for a member --member M-1)
    row 4: `abc` is not whole won (expected a form like `25500` or `25,500`)
    row 5: would_take
    row 6: `9` is not a priority (low, normal, high, urgent, or 0 to 3)
    ! 5 rows: 0 taken, 0 already done, 3 refused
    = 1
    $ request -f calls.csv
    줄 2: C-1  호출중  TV
    줄 3: 누구의 호출인지 알 수 없습니다  (--tel 010-0000-1234를 더하거나, 회원이면 --member M-1)
    줄 4: `abc` is not whole won (expected a form like `25500` or `25,500`)
    줄 5: C-2  호출중  수동  긴급
    줄 6: `9` is not a priority (low, normal, high, urgent, or 0 to 3)
    ! 5줄: 접수 2, 이미 처리 0, 거절 3
    = 1
    $ request -f calls.csv --lang en
    row 2: key `calls.csv/hoimfhmieokipome/1` was already used for another request; these differ: lang  (use a new --key for a new request, or the same words for the same one)
    row 3: nobody is named who calls  (add --tel 010-0000-1234, or for a member --member M-1)
    row 4: `abc` is not whole won (expected a form like `25500` or `25,500`)
    row 5: key `calls.csv/libaggnglanheggp/1` was already used for another request; these differ: lang  (use a new --key for a new request, or the same words for the same one)
    row 6: `9` is not a priority (low, normal, high, urgent, or 0 to 3)
    ! 5 rows: 0 taken, 0 already done, 5 refused
    = 1
    $ request -f calls.csv -o id
    C-1
    C-2
    ! 5줄: 접수 0, 이미 처리 2, 거절 3
    = 1
    $ request -f calls.csv -o csv
    row,result,id,call_phase,call_worker_id,error,hint,retry_at,warnings,key
    2,replayed,C-1,open,,,,,,calls.csv/hoimfhmieokipome/1
    3,invalid,,,,nobody is named who calls,"add --tel 010-0000-1234, or for a member --member M-1",,,
    4,invalid,,,,"`abc` is not whole won (expected a form like `25500` or `25,500`)",,,,
    5,replayed,C-2,open,,,,,,calls.csv/libaggnglanheggp/1
    6,invalid,,,,"`9` is not a priority (low, normal, high, urgent, or 0 to 3)",,,,
    ! 5줄: 접수 0, 이미 처리 2, 거절 3
    = 1
    "#);
    let rows = desk.run(&["request", "-f", "calls.csv", "-o", "json"]);
    let rows: serde_json::Value = serde_json::from_str(&rows.out).unwrap();
    assert_eq!((&rows[0]["result"], &rows[1]["result"]), (&"replayed".into(), &"invalid".into()));
    assert_eq!(rows[0]["call"]["tel"], "010-****-0001");
}

#[test]
fn a_file_that_grew_takes_only_what_is_new() {
    let desk = Sealed::new();
    desk.write(
        "calls.ndjson",
        "{\"tel\":\"010-0000-0001\"}\n{\"tel\":\"010-0000-0002\",\"kind\":\"TV\"}\n",
    );
    ends(&desk, 0, "request -f calls.ndjson");
    let before = head(&desk);
    ends(&desk, 0, "request -f calls.ndjson");
    assert_eq!(head(&desk), before, "the same file again changes nothing");
    desk.write(
        "calls.ndjson",
        "{\"tel\":\"010-0000-0000\"}\n{\"tel\":\"010-0000-0001\"}\n{\"tel\":\"010-0000-0002\",\"kind\":\"TV\"}\nnot json\n[1]\n",
    );
    assert_snapshot!(tell(&desk, &["request -f calls.ndjson", "list -o id"]), @"
    $ request -f calls.ndjson
    줄 1: C-3  호출중
    줄 2: C-1  호출중  (이미 처리된 요청이라 다시 하지 않았습니다)
    줄 3: C-2  호출중  TV  (이미 처리된 요청이라 다시 하지 않았습니다)
    줄 4: line 4 is not a JSON object: expected ident at line 1 column 2
    줄 5: line 5 is not a JSON object
    ! 5줄: 접수 1, 이미 처리 2, 거절 2
    = 1
    $ list -o id
    C-1
    C-2
    C-3
    ");
}

#[test]
fn standard_input_is_read_like_a_file() {
    let desk = Sealed::new();
    let csv = b"\xef\xbb\xbftel,kind\r\n010-0000-0001,TV\r\n010-0000-0002,\"a, b\"\r\n";
    let ran: Ran = desk.run_fed(&["request", "-f", "-", "--key", "morning", "-o", "ndjson"], csv);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(ran.out.lines().count(), 2);
    let ran = desk.run_fed(&["request", "-f", "-", "--key", "morning", "-o", "id"], csv);
    assert_eq!(ran.out, "C-1\nC-2\n", "under the same key they are the same calls");
    let json = b"{\"tel\":\"010-0000-0003\"}\n";
    assert_eq!(desk.run_fed(&["request", "-f", "-", "-o", "id"], json).out, "C-3\n");
    assert_eq!(desk.json(&["status", "C-2"])["kind"], "a, b");
}

#[test]
fn workers_from_a_spreadsheet() {
    let desk = Sealed::new();
    let text = "\u{feff}name,tel,at,skills,services,duty\r\n\
        김하나,010-0000-0101,\"37.5663,126.9779\",TV;냉장고,repair,on\r\n\
        박두리,010-0000-0102,중구,TV,,off\r\n\
        최세나,010-0000-0103,,,nowhere,\r\n\
        ,010-0000-0104,,,,\r\n";
    desk.write("workers.csv", text);
    desk.write("odd.csv", "nam,tel\n김하나,010-0000-0101\n");
    assert_snapshot!(tell(&desk, &[
        "worker import workers.csv --dry-run",
        "worker import workers.csv",
        "worker import workers.csv --lang en",
        "worker import workers.csv -o csv",
        "worker import workers.csv -o id",
        "worker import odd.csv --lang en",
        "worker list",
    ]), @r#"
    $ worker import workers.csv --dry-run
    줄 2: would_add
    줄 3: `중구`은(는) 여러 곳일 수 있습니다: 서울특별시 중구, 부산광역시 중구, 대구광역시 중구, 인천광역시 중구, 대전광역시 중구, 울산광역시 중구  (하나를 고르세요. 예: "서울특별시 중구", 또는 LAT,LON)
    줄 4: 프로필 `nowhere`이(가) 없습니다 (있는 것: driver, repair, shop, taxi, tutoring)  (--profile로 그중 하나를 고르거나, 설정의 `profiles`에 파일을 더하세요)
    줄 5: the row has no name
    = 1
    $ worker import workers.csv
    줄 2: W-1  김*나  010-****-0101  대기  TV,냉장고
    줄 3: `중구`은(는) 여러 곳일 수 있습니다: 서울특별시 중구, 부산광역시 중구, 대구광역시 중구, 인천광역시 중구, 대전광역시 중구, 울산광역시 중구  (하나를 고르세요. 예: "서울특별시 중구", 또는 LAT,LON)
    줄 4: 프로필 `nowhere`이(가) 없습니다 (있는 것: driver, repair, shop, taxi, tutoring)  (--profile로 그중 하나를 고르거나, 설정의 `profiles`에 파일을 더하세요)
    줄 5: the row has no name
    = 1
    $ worker import workers.csv --lang en
    row 2: W-1  김*나  010-****-0101  available  TV,냉장고  (this was asked before; nothing was done again)
    row 3: `중구` could be more than one place: 서울특별시 중구, 부산광역시 중구, 대구광역시 중구, 인천광역시 중구, 대전광역시 중구, 울산광역시 중구  (say which, e.g. "서울특별시 중구", or give LAT,LON)
    row 4: there is no profile `nowhere` (known: driver, repair, shop, taxi, tutoring)  (name one of them with --profile, or add a file to `profiles` in the configuration)
    row 5: the row has no name
    = 1
    $ worker import workers.csv -o csv
    row,result,worker_id,error,hint
    2,replayed,W-1,,
    3,invalid,,"`중구` could be more than one place: 서울특별시 중구, 부산광역시 중구, 대구광역시 중구, 인천광역시 중구, 대전광역시 중구, 울산광역시 중구","say which, e.g. ""서울특별시 중구"", or give LAT,LON"
    4,refused,,"there is no profile `nowhere` (known: driver, repair, shop, taxi, tutoring)","name one of them with --profile, or add a file to `profiles` in the configuration"
    5,invalid,,the row has no name,
    = 1
    $ worker import workers.csv -o id
    W-1
    = 1
    $ worker import odd.csv --lang en
    row 2: there is no column `nam` (known: name, tel, at, skills, services, duty, key, worker)  (did you mean `name`?)
    = 1
    $ worker list
    기사  이름   전화           현황  호출  기술       담당 서비스  최근 위치
    W-1   김*나  010-****-0101  대기        TV,냉장고  repair
    "#);
}

#[test]
fn another_encoding_is_refused_with_the_way_to_convert_it() {
    let desk = Sealed::new();
    // `홍길동` in CP949.
    let bytes = b"tel,name\n010-0000-0001,\xc8\xab\xb1\xe6\xb5\xbf\n010-0000-0002,\xea\xb9\x80\n";
    std::fs::write(desk.path("cp949.csv"), bytes).unwrap();
    std::fs::write(desk.path("utf16.csv"), b"\xff\xfet\0e\0l\0\n\0").unwrap();
    assert_snapshot!(tell(&desk, &[
        "request -f cp949.csv --lang en",
        "worker import cp949.csv --lang en",
        "request -f utf16.csv --lang en",
        "list -o id",
    ]), @r#"
$ request -f cp949.csv --lang en
row 2: line 2 is not UTF-8 text  (convert it first: iconv -f CP949 -t UTF-8 OLD > NEW)
row 3: C-1  open
! 2 rows: 1 taken, 0 already done, 1 refused
= 1
$ worker import cp949.csv --lang en
row 2: line 2 is not UTF-8 text  (convert it first: iconv -f CP949 -t UTF-8 OLD > NEW)
row 3: W-1  김*  010-****-0002  committed  C-1
= 1
$ request -f utf16.csv --lang en
! error: utf16.csv is UTF-16 and not UTF-8 text
! hint: convert it first: iconv -f UTF-16 -t UTF-8 OLD > NEW
= 2
$ list -o id
C-1
"#);
}

#[test]
fn a_hundred_thousand_bad_lines_are_each_answered() {
    let desk = Sealed::new();
    let mut text = String::from("tel,cost\n");
    text.extend(std::iter::repeat_n("010-0000-0001,x\n", 100_000));
    desk.write("huge.csv", &text);
    let ran = desk.run(&["request", "-f", "huge.csv", "-o", "csv"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert_eq!(ran.out.lines().count(), 100_001);
    assert!(ran.err.contains("100000"), "{}", ran.err);
}

#[test]
fn a_line_of_a_mebibyte_is_that_lines_fault() {
    let desk = Sealed::new();
    let long = "a".repeat(1 << 20);
    desk.write("long.ndjson", &format!("{{\"tel\":\"{long}\"}}\n{{\"tel\":\"010-0000-0001\"}}\n"));
    desk.write("long.csv", &format!("tel,name\n010-0000-0002,{long}\n010-0000-0003,\n"));
    assert_snapshot!(tell(&desk, &["request -f long.ndjson --lang en", "request -f long.csv --lang en"]), @r#"
$ request -f long.ndjson --lang en
row 1: line 1 is longer than 65536 bytes
row 2: C-1  open
! 2 rows: 1 taken, 0 already done, 1 refused
= 1
$ request -f long.csv --lang en
row 2: name is longer than 200 characters  (shorten it; longer text can be a note: ascall note)
row 3: C-2  open
! 2 rows: 1 taken, 0 already done, 1 refused
= 1
"#);
}
