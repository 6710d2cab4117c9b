//! Goods and the reports: received, held, shipped, written off; what members use the desk for.

use crate::sealed::Sealed;
use crate::told::{ends, tell};
use insta::assert_snapshot;

const ORDER: &str = "request --profile shop --tel 010-0000-0001 --field product=마스크";

#[test]
fn goods_come_in_are_held_by_orders_and_leave_with_them() {
    let desk = Sealed::new();
    assert_snapshot!(tell(&desk, &[
        "stock list",
        "stock receive 마스크 100 --dry-run",
        "stock receive 마스크 100 --key s1",
        "stock receive 마스크 100 --key s1",
        "stock receive 장갑 5 -o json",
        "stock write-off 장갑 2 --reason 찢어짐",
        &format!("{ORDER} --field qty=10 --field reference=o-1"),
        &format!("{ORDER} --field qty=10 --field reference=o-1"),
        &format!("{ORDER} --field qty=11 --field reference=o-1"),
        &format!("{ORDER} --field qty=200 --field reference=o-2"),
        "list",
        "status C-2",
        "stock list",
        "stock list --lang en",
        "stock list -o csv",
        "stock list -o id",
        "cancel C-2",
        "start C-1",
        "stock show 마스크",
        "stock show 마스크 --lang en --limit 1",
        "stock show 마스크 -o ndjson --limit 1",
        "stock write-off 마스크 90 --reason 분실",
        "finish C-1",
        "verify -o id",
    ]), @r#"
    $ stock list
    ! error: 아직 데스크가 없습니다: HERE/desk.redb
    ! hint: 첫 호출을 받으세요: ascall request --tel 010-0000-1234
    = 1
    $ stock receive 마스크 100 --dry-run
    재고 마스크 입고 100
    ! 실행하면 일어날 일 (아무것도 바뀌지 않았습니다)
    $ stock receive 마스크 100 --key s1
    마스크  재고 100  예약 0  가능 100
    $ stock receive 마스크 100 --key s1
    마스크  재고 100  예약 0  가능 100
    ! 이미 처리된 요청이라 다시 하지 않았습니다
    $ stock receive 장갑 5 -o json
    {
      "product": "장갑",
      "on_hand": 5,
      "reserved": 0,
      "available": 5
    }
    $ stock write-off 장갑 2 --reason 찢어짐
    장갑  재고 3  예약 0  가능 3
    $ request --profile shop --tel 010-0000-0001 --field product=마스크 --field qty=10 --field reference=o-1
    C-1  배송준비
    $ request --profile shop --tel 010-0000-0001 --field product=마스크 --field qty=10 --field reference=o-1
    C-1  배송준비
    ! 이미 처리된 요청이라 다시 하지 않았습니다
    $ request --profile shop --tel 010-0000-0001 --field product=마스크 --field qty=11 --field reference=o-1
    ! error: `o-1`은(는) 이미 호출 C-1에 쓰였고, 그때의 요청과 다릅니다
    ! hint: 그때의 요청: ascall status C-1. 새 요청에는 새 번호를 쓰세요
    = 1
    $ request --profile shop --tel 010-0000-0001 --field product=마스크 --field qty=200 --field reference=o-2
    C-2  배송준비  ! 재고부족: 마스크
    $ list
    호출  상태      접수   종류  위치  고객           기사  비용  확인 필요
    C-1   배송준비  00:00              010-****-0001
    C-2   배송준비  00:00              010-****-0001              재고부족: 마스크
    $ status C-2
    호출       C-2
    상태       배송준비
    상태 시각  00:00
    서비스     shop
    고객       010-****-0001
    접수       00:00
    단계       delivery 완료 · stock 거부
    확인 필요  재고부족: 마스크
    상품: 마스크
    수량: 200
    주문번호: o-2

    순번  시각      사건       내용                                           누가  사유
    11    00:00:00  접수                                                      kim
                    요청       delivery 처리 #1
                    응답       delivery 처리 승인 (0 ms)
                    접수 확정
                    알림       접수 → 고객
                    요청       stock 처리 #1
                    응답       stock 처리 거부: short: have 90 of 200 (0 ms)
                    알림       재고 부족 → 고객
                    확인 필요  A-1 단계가 거부되어 기다림
    $ stock list
    상품    재고  예약  가능
    마스크  100   10    90
    장갑    3     0     3
    $ stock list --lang en
    product  on hand  reserved  free
    마스크   100      10        90
    장갑     3        0         3
    $ stock list -o csv
    product,on_hand,reserved,available
    마스크,100,10,90
    장갑,3,0,3
    $ stock list -o id
    마스크
    장갑
    $ cancel C-2
    C-2  주문취소
    $ start C-1
    C-1  배송중
    $ stock show 마스크
    마스크  재고 90  예약 0  가능 90
    순번  시각      사건  수량  호출  재고  가능  누가  사유
    7     00:00:00  입고  100         100   100   kim
    10    00:00:00  예약  10    C-1   100   90    kim
    13    00:00:00  출고  10    C-1   90    90    kim
    $ stock show 마스크 --lang en --limit 1
    마스크  on hand 90  reserved 0  free 90
    seq  time      event    qty  call  on hand  free  by   reason
    13   00:00:00  shipped  10   C-1   90       90    kim
    ! only the newest 1 are shown; all of them: --limit 0
    $ stock show 마스크 -o ndjson --limit 1
    {"product":"마스크","on_hand":90,"reserved":0,"available":90,"moves":[{"seq":13,"at":"0000-00-00T00:00:00.000Z","by":"kim","what":"shipped","qty":10,"call":"C-1","on_hand":90,"available":90,"reason":null}]}
    $ stock write-off 마스크 90 --reason 분실
    마스크  재고 0  예약 0  가능 0
    $ finish C-1
    C-1  배송완료
    $ verify -o id
    ok
    "#);
}

#[test]
fn an_order_waits_for_goods_and_goes_on_when_they_come() {
    let desk = Sealed::new();
    for line in ["stock receive 마스크 5", &format!("{ORDER} --field qty=10 --field reference=o-1")]
    {
        ends(&desk, 0, line);
    }
    assert_snapshot!(tell(&desk, &[
        "status C-1 -o csv",
        "attention list",
        "start C-1",
        "stock receive 마스크 20",
        "retry C-1",
        "list",
        "stock list",
        "start C-1",
    ]), @"
    $ status C-1 -o csv
    id,profile,phase,phase_word,worker_id,worker_name,worker_tel,seq,kind,cost,priority,tel,name,location,received_at,phase_at,ended_at,retry_at,held_until,parent,outcome,attention,short_of,member,visit_from,visit_until,money_due,money_captured,money_settled,money_refunded,money_discount,rating,disposition
    C-1,shop,open,배송준비,,,,8,,,normal,010-0000-0001,,,0000-00-00T00:00:00.000Z,0000-00-00T00:00:00.000Z,,,,,,step_denied,마스크,,,,,0,0,0,0,,
    $ attention list
    번호  대상  이유              시각   담당  할 일
    A-1   C-1   재고부족: 마스크  00:00        ascall stock receive 마스크 N
    $ start C-1
    ! error: 호출 C-1은(는) 먼저 `stock` 단계가 끝나야 합니다
    ! hint: 기다리는 것: ascall status C-1, 지금 다시 시도: ascall retry C-1
    = 1
    $ stock receive 마스크 20
    마스크  재고 25  예약 10  가능 15
    $ retry C-1
    ! error: 호출 C-1에 다시 시도할 것이 없습니다
    ! hint: 상태 보기: ascall status C-1
    = 1
    $ list
    호출  상태      접수   종류  위치  고객           기사  비용  확인 필요
    C-1   배송준비  00:00              010-****-0001
    $ stock list
    상품    재고  예약  가능
    마스크  25    10    15
    $ start C-1
    C-1  배송중
    ");
}

#[test]
fn stock_that_makes_no_sense_is_refused() {
    let desk = Sealed::new();
    ends(&desk, 0, "stock receive 마스크 5");
    assert_snapshot!(tell(&desk, &[
        "stock receive 마스크 0",
        "stock receive 마스크 -5",
        "stock receive 마스크 다섯",
        "stock receive 마스크 99999999999",
        "stock receive '' 5",
        "stock receive 마스크",
        "stock write-off 마스크 2",
        "stock write-off 마스크 9 --reason 없음",
        "stock write-off 마스크 9 --reason 없음 --lang en",
        "stock write-off 두건 1 --reason 없음",
        "stock show 두건",
        "stock show 두건 --lang en",
        "stock show 마스크 --limit -1",
        "request --profile shop --tel 010-0000-0001 --field product=두건 --field reference=o-1",
        "request --profile shop --tel 010-0000-0001 --field product=마스크 --field qty=0 --field reference=o-1",
        "request --profile shop --tel 010-0000-0001 --field product=마스크",
        "request --profile shop --tel 010-0000-0001 --field product=마스크 --field cost=5 --field reference=o-1",
        "request --profile shop --tel 010-0000-0001 --field product=마스크 --field tel=010-0000-0002 --field reference=o-1 --lang en",
    ]), @r#"
    $ stock receive 마스크 0
    ! error: invalid value '0' for '<N>': `0` is not a whole number from 1 on
    ! hint: see what it takes with --help
    = 2
    $ stock receive 마스크 -5
    ! error: invalid value '-5' for '<N>': `-5` is not a whole number from 1 on
    ! hint: see what it takes with --help
    = 2
    $ stock receive 마스크 다섯
    ! error: invalid value '다섯' for '<N>': `다섯` is not a whole number from 1 on
    ! hint: see what it takes with --help
    = 2
    $ stock receive 마스크 99999999999
    ! error: invalid value '99999999999' for '<N>': `99999999999` is not a whole number from 1 on
    ! hint: see what it takes with --help
    = 2
    $ stock receive '' 5
    ! error: invalid value '' for '<P>': nothing stands there
    ! hint: see what it takes with --help
    = 2
    $ stock receive 마스크
    ! error: the following required arguments were not provided:
    !   <N>
    ! Usage: ascall stock receive <P> <N>
    ! hint: see what it takes with --help
    = 2
    $ stock write-off 마스크 2
    ! error: 사유가 필요합니다 (stock write-off)
    ! hint: --reason "…"을(를) 더하세요
    = 1
    $ stock write-off 마스크 9 --reason 없음
    ! error: `마스크` 재고는 5개만 남아 있습니다
    ! hint: 재고 보기: ascall stock list
    = 1
    $ stock write-off 마스크 9 --reason 없음 --lang en
    ! error: only 5 of `마스크` are free
    ! hint: see what there is: ascall stock list
    = 1
    $ stock write-off 두건 1 --reason 없음
    ! error: 상품 `두건`이(가) 없습니다 (있는 것: 마스크)
    ! hint: 먼저 입고하세요: ascall stock receive 두건 10
    = 1
    $ stock show 두건
    ! error: 상품 `두건`이(가) 없습니다 (있는 것: 마스크)
    ! hint: 먼저 입고하세요: ascall stock receive 두건 10
    = 1
    $ stock show 두건 --lang en
    ! error: there is no product `두건` (known: 마스크)
    ! hint: receive it first: ascall stock receive 두건 10
    = 1
    $ stock show 마스크 --limit -1
    ! error: invalid value '-1' for '--limit <N>': `-1` is not a whole number from 0 on
    ! hint: see what it takes with --help
    = 2
    $ request --profile shop --tel 010-0000-0001 --field product=두건 --field reference=o-1
    ! error: 상품 `두건`이(가) 없습니다 (있는 것: 마스크)
    ! hint: 먼저 입고하세요: ascall stock receive 두건 10
    = 1
    $ request --profile shop --tel 010-0000-0001 --field product=마스크 --field qty=0 --field reference=o-1
    ! error: `qty`에 `0`은(는) 쓸 수 없습니다 (쓸 수 있는 값: a whole number from 1 to 1000000)
    ! hint: 쓸 수 있는 값 중 하나로: --field qty=…
    = 1
    $ request --profile shop --tel 010-0000-0001 --field product=마스크
    ! error: 프로필 `shop`에는 `reference` 값이 필요합니다
    ! hint: --field reference=…을(를) 더하세요
    = 1
    $ request --profile shop --tel 010-0000-0001 --field product=마스크 --field cost=5 --field reference=o-1
    ! error: `cost`은(는) 따로 쓰는 값입니다
    ! hint: --field cost=… 대신 --cost …으로 쓰세요
    = 2
    $ request --profile shop --tel 010-0000-0001 --field product=마스크 --field tel=010-0000-0002 --field reference=o-1 --lang en
    ! error: `tel` has a flag of its own
    ! hint: write --tel … instead of --field tel=…
    = 2
    "#);
    let empty = Sealed::new();
    assert_snapshot!(tell(&empty, &[
        "stock list",
        "stock show 마스크",
        "stock write-off 마스크 1 --reason 없음",
        "report usage",
        "report money",
        "member amend M-1 --name 홍길동",
    ]), @"
    $ stock list
    ! error: 아직 데스크가 없습니다: HERE/desk.redb
    ! hint: 첫 호출을 받으세요: ascall request --tel 010-0000-1234
    = 1
    $ stock show 마스크
    ! error: 아직 데스크가 없습니다: HERE/desk.redb
    ! hint: 첫 호출을 받으세요: ascall request --tel 010-0000-1234
    = 1
    $ stock write-off 마스크 1 --reason 없음
    ! error: 아직 데스크가 없습니다: HERE/desk.redb
    ! hint: 첫 호출을 받으세요: ascall request --tel 010-0000-1234
    = 1
    $ report usage
    ! error: 아직 데스크가 없습니다: HERE/desk.redb
    ! hint: 첫 호출을 받으세요: ascall request --tel 010-0000-1234
    = 1
    $ report money
    ! error: 아직 데스크가 없습니다: HERE/desk.redb
    ! hint: 첫 호출을 받으세요: ascall request --tel 010-0000-1234
    = 1
    $ member amend M-1 --name 홍길동
    ! error: 아직 데스크가 없습니다: HERE/desk.redb
    ! hint: 첫 호출을 받으세요: ascall request --tel 010-0000-1234
    = 1
    ");
}

#[test]
fn a_report_adds_up_calls_money_hours_and_places_per_member() {
    let desk = Sealed::new();
    for line in [
        "member add --name 홍길동 --tel 010-0000-0001 --card tok_visa_4242",
        "worker add --name 김하나 --tel 010-0000-0101 --at 37.5663,126.9779 --service taxi",
        "request --profile taxi --member M-1 --from '마포구 공덕동' --field 'to=서울 중구 태평로1가'",
        "assign C-1 W-1",
        "finish C-1 --fare 8000",
        "refund C-1 --amount 1000 --reason 잔돈",
        "request --profile taxi --tel 010-0000-0001 --from 37.5440,126.9510 --field 'to=마포구 공덕동'",
        "cancel C-2",
        "request --tel 010-0000-0009 --cost 5000",
    ] {
        ends(&desk, 0, line);
    }
    assert_snapshot!(tell(&desk, &[
        "report usage",
        "report usage --lang en --member M-1",
        "report usage --profile repair",
        "report usage --profile nothing",
        "report usage --since 2h -o id",
        "report usage --since soon",
        "report usage --since '2999-01-01 00:00'",
        "report money",
    ]), @"
    $ report usage
    회원    이름   호출  완료  취소  미배정  이용 금액  환불     쿠폰  많이 찾는 시각  자주 찾는 곳
    비회원         1     0     0     0       0원        0원      0     0시
    M-1     홍*동  2     1     1     0       7,000원    1,000원  0     0시            서울특별시 마포구 공덕동 2
    $ report usage --lang en --member M-1
    member  name   calls  completed  canceled  unfilled  spend      refunded   coupons  busiest hours  places
    M-1     홍*동  2      1          1         0         7,000 won  1,000 won  0        00:00          서울특별시 마포구 공덕동 2
    $ report usage --profile repair
    회원    이름  호출  완료  취소  미배정  이용 금액  환불  쿠폰  많이 찾는 시각  자주 찾는 곳
    비회원        1     0     0     0       0원        0원   0     0시
    $ report usage --profile nothing
    ! error: 프로필 `nothing`이(가) 없습니다 (있는 것: driver, repair, shop, taxi, tutoring)
    ! hint: --profile로 그중 하나를 고르거나, 설정의 `profiles`에 파일을 더하세요
    = 1
    $ report usage --since 2h -o id
    M-1
    $ report usage --since soon
    ! error: `soon` is not a time (expected a form like `00:00`, `30m` or `00-00 00:00`)
    ! hint: write a clock time (00:00), a span (30m), or a date and a time
    = 2
    $ report usage --since '00-00 00:00'
    ! (없음)
    $ report money
    계정  잔액
    카드  7,000원
    매출  -7,000원
    합계  0원
    ");
    let all = desk.json(&["report", "usage"]);
    let member = all.as_array().unwrap().iter().find(|line| line["member"] == "M-1").unwrap();
    assert_eq!((&member["calls"], &member["completed"]), (&2.into(), &1.into()));
    assert_eq!((&member["spend"], &member["refunded"]), (&7000.into(), &1000.into()));
    let hours: u64 =
        member["hours"].as_array().unwrap().iter().filter_map(serde_json::Value::as_u64).sum();
    assert_eq!(hours, 2);
    let money = desk.json(&["report", "money"]);
    let sum: i64 = money.as_array().unwrap().iter().filter_map(|a| a["balance"].as_i64()).sum();
    assert_eq!(sum, 0, "{money}");
}
