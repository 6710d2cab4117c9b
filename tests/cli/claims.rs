//! The open list: claimed by workers, now or for an appointment; with the lessons that ship.

use crate::sealed::Sealed;
use crate::told::{ends, later, tell};
use insta::assert_snapshot;

/// Two paid lessons on the open list, two teachers.
fn desk() -> Sealed {
    let desk = Sealed::new();
    for line in [
        "worker add --name 김하나 --tel 010-0000-0101 --service tutoring",
        "worker add --name 박두리 --tel 010-0000-0102 --service tutoring",
        "request --profile tutoring --cost 30000 --tel 010-0000-0001 --field reference=m-1",
        "request --profile tutoring --cost 40000 --field reference=m-2",
    ] {
        ends(&desk, 0, line);
    }
    desk
}

#[test]
fn the_first_claim_wins_and_the_second_is_told_by_whom() {
    assert_snapshot!(tell(&desk(), &[
        "list --view open",
        "list --view open --lang en",
        "list --view open -o id",
        "claim C-1 --worker W-1 --dry-run",
        "claim C-1 --worker W-1 --key k1",
        "claim C-1 --worker W-1 --key k1",
        "claim C-1 --worker W-2",
        "claim C-1 --worker W-2 --lang en",
        "list --view open -o id",
        "claim C-2 --worker W-1",
        "claim C-2 --worker W-2 -o json",
        "list --view open",
        "why C-1",
        "start C-1",
        "finish C-1",
        "tail -n 2",
        "verify -o id",
    ]), @r#"
    $ list --view open
    열린 호출 목록
    호출  상태      경과  종류  위치  예약  비용
    C-1   결제완료  0초                     30,000원
    C-2   결제완료  0초                     40,000원
    $ list --view open --lang en
    Open list
    call  phase  age  kind  place  appointment  cost
    C-1   open   0 s                            30,000 won
    C-2   open   0 s                            40,000 won
    $ list --view open -o id
    C-1
    C-2
    $ claim C-1 --worker W-1 --dry-run
    C-1 배정 W-1 (목록에서 선택)
    C-1 알림 배정 → 고객, W-1
    C-1 알림 배정 → 기사, W-1
    ! 실행하면 일어날 일 (아무것도 바뀌지 않았습니다)
    $ claim C-1 --worker W-1 --key k1
    C-1  방문확정  W-1 김*나 010-****-0101
    $ claim C-1 --worker W-1 --key k1
    C-1  방문확정  W-1 김*나 010-****-0101
    ! 이미 처리된 요청이라 다시 하지 않았습니다
    $ claim C-1 --worker W-2
    ! error: 호출 C-1은(는) 이미 W-1 기사가 맡았습니다
    ! hint: 고를 수 있는 호출 보기: ascall list --view open
    = 1
    $ claim C-1 --worker W-2 --lang en
    ! error: call C-1 was taken by W-1
    ! hint: see what can be claimed: ascall list --view open
    = 1
    $ list --view open -o id
    C-2
    $ claim C-2 --worker W-1
    ! error: 기사 W-1은(는) C-1 호출을 맡고 있습니다
    ! hint: 다른 기사를 고르거나 (ascall worker list), 먼저: ascall release C-1
    = 1
    $ claim C-2 --worker W-2 -o json
    {
      "id": "C-2",
      "profile": "tutoring",
      "phase": "assigned",
      "phase_word": "방문확정",
      "target": null,
      "worker": {
        "id": "W-2",
        "name": "박두리",
        "tel": "010-0000-0102"
      },
      "seq": 12,
      "kind": null,
      "cost": 40000,
      "priority": "normal",
      "tel": null,
      "name": null,
      "location": null,
      "point": null,
      "within_m": null,
      "reachable": false,
      "received_at": "0000-00-00T00:00:00.000Z",
      "phase_at": "0000-00-00T00:00:00.000Z",
      "ended_at": null,
      "retry_at": null,
      "held_until": null,
      "parent": null,
      "outcome": null,
      "attention": [],
      "short_of": null,
      "refused": null,
      "visit": null,
      "member": null,
      "claimable": false,
      "money": {
        "due": 40000,
        "captured": 40000,
        "refunded": 0,
        "settled": 0,
        "discount": 0
      },
      "rating": null,
      "disposition": null,
      "fields": {
        "reference": "m-2"
      }
    }
    $ list --view open
    열린 호출 목록
    ! (없음)
    $ why C-1
    00:00:00: W-1 목록에서 선택
    $ start C-1
    C-1  수업중  W-1 김*나 010-****-0101
    $ finish C-1
    C-1  수업완료  W-1 김*나 010-****-0101
    $ tail -n 2
    13  00:00:00  kim  C-1 작업 시작 W-1 · 알림 작업 시작 → 고객, W-1
    14  00:00:00  kim  C-1 작업 종료 W-1, 완료 · 완료 · 알림 완료 → 고객, W-1
    $ verify -o id
    ok
    "#);
}

#[test]
fn a_claim_for_later_reserves_the_worker_who_stays_free_until_then() {
    let desk = desk();
    let (first, beside, second) = (later(26), later(26), later(30));
    assert_snapshot!(tell(&desk, &[
        &format!("claim C-1 --worker W-1 --at '{first}'"),
        &format!("claim C-2 --worker W-1 --at '{beside}'"),
        "list",
        "worker show W-1",
        "worker show W-1 --lang en",
        &format!("reschedule C-1 --at '{second}' --reason '학생이 늦음' --dry-run"),
        &format!("reschedule C-1 --at '{second}' --reason '학생이 늦음'"),
        &format!("claim C-2 --worker W-1 --at '{beside}'"),
        "list -o csv",
        "why C-2",
        "release C-1 --no-show --reason '오지 않음'",
        "status C-1",
        "inbox --worker W-1",
        "cancel C-2 --as customer",
        "status C-2 --lang en",
        "list --all --phase canceled -o id",
        "verify -o id",
    ]), @"
    $ claim C-1 --worker W-1 --at '00-00 00:00'
    C-1  방문확정  W-1 김*나 010-****-0101  예약 00-00 00:00
    $ claim C-2 --worker W-1 --at '00-00 00:00'
    ! error: 기사 W-1은(는) 그 시각에 C-1 예약이 있습니다
    ! hint: 다른 기사나 다른 시각으로. 그 예약: ascall status C-1
    = 1
    $ list
    호출  상태                  접수   종류  위치  고객           기사                     비용      확인 필요
    C-1   방문확정 00-00 00:00  00:00              010-****-0001  W-1 김*나 010-****-0101  30,000원
    C-2   결제완료              00:00                                                      40,000원
    $ worker show W-1
    기사         W-1 김*나 010-****-0101
    현황         대기
    담당 서비스  tutoring
    예약         C-1 00-00 00:00

    호출  상태                  접수   종류  위치  고객           기사                     비용      확인 필요
    C-1   방문확정 00-00 00:00  00:00              010-****-0001  W-1 김*나 010-****-0101  30,000원
    $ worker show W-1 --lang en
    worker       W-1 김*나 010-****-0101
    state        available
    services     tutoring
    appointment  C-1 00-00 00:00

    call  phase                  received  kind  place  customer       worker                   cost        attention
    C-1   scheduled 00-00 00:00  00:00                  010-****-0001  W-1 김*나 010-****-0101  30,000 won
    $ reschedule C-1 --at '00-00 00:00' --reason '학생이 늦음' --dry-run
    C-1 예약 변경 00-00 00:00
    C-1 알림 예약 변경 → 고객, W-1
    C-1 알림 예약 변경 → 기사, W-1
    ! 실행하면 일어날 일 (아무것도 바뀌지 않았습니다)
    $ reschedule C-1 --at '00-00 00:00' --reason '학생이 늦음'
    C-1  방문확정  W-1 김*나 010-****-0101  예약 00-00 00:00
    $ claim C-2 --worker W-1 --at '00-00 00:00'
    C-2  방문확정  W-1 김*나 010-****-0101  예약 00-00 00:00
    $ list -o csv
    id,profile,phase,phase_word,worker_id,worker_name,worker_tel,seq,kind,cost,priority,tel,name,location,received_at,phase_at,ended_at,retry_at,held_until,parent,outcome,attention,short_of,member,visit_from,visit_until,money_due,money_captured,money_settled,money_refunded,money_discount,rating,disposition
    C-1,tutoring,scheduled,방문확정,W-1,김*나,010-****-0101,12,,30000,normal,010-****-0001,,,0000-00-00T00:00:00.000Z,0000-00-00T00:00:00.000Z,,,,,,,,,0000-00-00T00:00:00.000Z,0000-00-00T00:00:00.000Z,30000,30000,0,0,0,,
    C-2,tutoring,scheduled,방문확정,W-1,김*나,010-****-0101,13,,40000,normal,,,,0000-00-00T00:00:00.000Z,0000-00-00T00:00:00.000Z,,,,,,,,,0000-00-00T00:00:00.000Z,0000-00-00T00:00:00.000Z,40000,40000,0,0,0,,
    $ why C-2
    00:00:00: W-1 목록에서 선택  예약 00-00 00:00
    $ release C-1 --no-show --reason '오지 않음'
    C-1  결제완료  예약 00-00 00:00
    $ status C-1
    호출       C-1
    상태       결제완료
    상태 시각  00:00
    서비스     tutoring
    예약       00-00 00:00
    비용       30,000원
    결제       30,000원
    고객       010-****-0001
    이전 기사  W-1 김*나 010-****-0101 (기사 오지 않음, 00:00)
    접수       00:00
    단계       payment 완료
    신청번호: m-1

    순번  시각      사건       내용                              누가  사유
    9     00:00:00  접수                                         kim
                    요청       payment 처리 #1
                    응답       payment 처리 승인 (0 ms)
                    입출금     결제 30,000원
                    접수 확정
                    알림       접수 → 고객
    11    00:00:00  예약       W-1 (목록에서 선택), 00-00 00:00  kim
                    알림       방문 예약 → 고객, W-1
                    알림       방문 예약 → 기사, W-1
    12    00:00:00  예약 변경  00-00 00:00                       kim   학생이 늦음
                    알림       예약 변경 → 고객, W-1
                    알림       예약 변경 → 기사, W-1
    14    00:00:00  배정 해제  W-1, 기사 오지 않음               kim   오지 않음
                    알림       해제 → 기사, W-1
    $ inbox --worker W-1
    시각   호출  받는 이  전달  내용
    00:00  C-1   기사           [방문확정] C-1 00-00 00:00 · 30,000원 · 학생 010-****-0001
    00:00  C-1   기사           [방문변경] C-1 00-00 00:00
    00:00  C-2   기사           [방문확정] C-2 00-00 00:00 · 40,000원 · 학생
    00:00  C-1   기사           [방문취소] C-1 방문이 취소되었습니다.
    $ cancel C-2 --as customer
    C-2  매칭취소
    $ status C-2 --lang en
    call           C-2
    phase          canceled
    since          00:00
    service        tutoring
    appointment    00-00 00:00
    cost           40,000 won
    paid           40,000 won
    refunded       40,000 won
    had it before  W-1 김*나 010-****-0101 (canceled, 00:00)
    received       00:00
    steps          payment undone
    reference: m-2

    seq  time      event              text                        by        reason
    10   00:00:00  received                                       kim
                   asked              payment do #1
                   answered           payment do ok (0 ms)
                   money              captured 40,000 won
                   opened
                   notice suppressed  opened → customer
    13   00:00:00  reserved           W-1 (claimed), 00-00 00:00  kim
                   notice suppressed  scheduled → customer
                   notice             scheduled → worker, W-1
    15   00:00:00  released           W-1, canceled               customer
                   notice             released → worker, W-1
                   unwinding          → canceled (canceled)
                   notice suppressed  canceled → customer
                   asked              payment undo #2
                   answered           payment undo ok (0 ms)
                   money              refunded 40,000 won
                   notice suppressed  refunded → customer
                   ended              canceled
    $ list --all --phase canceled -o id
    C-2
    $ verify -o id
    ok
    ");
}

#[test]
fn while_assignment_is_stopped_the_open_list_is_paused() {
    let desk = desk();
    assert_snapshot!(tell(&desk, &[
        "participant stop assign",
        "claim C-1 --worker W-1",
        "claim C-1 --worker W-1 --lang en",
        "participant start assign",
        "claim C-1 --worker W-1",
    ]), @"
    $ participant stop assign
    assign  중지
    $ claim C-1 --worker W-1
    ! error: `assign`이 중지되어 있어 목록에서 고를 수 없습니다
    ! hint: 다시 시작하기: ascall participant start assign
    = 1
    $ claim C-1 --worker W-1 --lang en
    ! error: `assign` is stopped; the open list is paused
    ! hint: start it again: ascall participant start assign
    = 1
    $ participant start assign
    assign  정상
    $ claim C-1 --worker W-1
    C-1  방문확정  W-1 김*나 010-****-0101
    ");
}

#[test]
fn a_request_for_an_appointment_waits_for_its_day() {
    let desk = Sealed::new();
    let (at, other) = (later(26), later(50));
    ends(&desk, 0, "worker add --name 김하나 --tel 010-0000-0101 --service repair");
    assert_snapshot!(tell(&desk, &[
        &format!("request --tel 010-0000-0001 --kind TV --at '{at}'"),
        &format!("request --tel 010-0000-0002 --field 'visit={at}' --wait open"),
        "list",
        "why C-2",
        "assign C-2 W-1",
        "request --tel 010-0000-0003 --at 25:00",
        "request --tel 010-0000-0003 --field visit=soon",
        "request --tel 010-0000-0003 --at '2020-01-01 10:00'",
        &format!("request --profile tutoring --cost 30000 --field reference=m-1 --at '{at}'"),
        "cancel C-1",
        &format!("reopen C-1 --at '{other}'"),
        "request --profile tutoring --cost 30000 --field reference=m-1",
        "cancel C-4",
        "reopen C-4",
        "cancel C-5",
        "reopen C-5 --field reference=m-9 -o ndjson",
        "list -o id",
    ]), @r#"
    $ request --tel 010-0000-0001 --kind TV --at '00-00 00:00'
    C-1  호출중  TV  예약 00-00 00:00
    $ request --tel 010-0000-0002 --field 'visit=00-00 00:00' --wait open
    C-2  호출중  예약 00-00 00:00
    $ list
    호출  상태                접수   종류  위치  고객           기사  비용  확인 필요
    C-1   호출중 00-00 00:00  00:00  TV          010-****-0001
    C-2   호출중 00-00 00:00  00:00              010-****-0002
    $ why C-2
    아직 배정 결정이 없습니다 (호출중)
    지금 기사 1명: 적합 1
    $ assign C-2 W-1
    C-2  방문예약  W-1 김*나 010-****-0101  예약 00-00 00:00
    $ request --tel 010-0000-0003 --at 00:00
    ! error: `00:00` is not a time (expected a form like `00:00`, `30m` or `00-00 00:00`)
    ! hint: write a clock time (00:00), a span (30m), or a date and a time
    = 2
    $ request --tel 010-0000-0003 --field visit=soon
    ! error: `soon` is not a time (expected a form like `00:00`, `30m` or `00-00 00:00`)
    ! hint: write a clock time (00:00), a span (30m), or a date and a time
    = 2
    $ request --tel 010-0000-0003 --at '00-00 00:00'
    ! error: 예약은 앞으로 1년 안의 시각이어야 합니다
    ! hint: 더 뒤로: --at 00:00, --at +2h 또는 --at "00-00 00:00"
    = 1
    $ request --profile tutoring --cost 30000 --field reference=m-1 --at '00-00 00:00'
    ! error: 프로필 `tutoring`에 `visit` 항목이 없습니다 (있는 것: cost, reference, tel)
    ! hint: 빼거나, 있는 항목 중 하나로 쓰세요
    = 1
    $ cancel C-1
    C-1  호출취소  TV
    $ reopen C-1 --at '00-00 00:00'
    C-3  호출중  TV  예약 00-00 00:00
    $ request --profile tutoring --cost 30000 --field reference=m-1
    C-4  결제완료
    $ cancel C-4
    C-4  매칭취소
    $ reopen C-4
    C-5  결제완료
    $ cancel C-5
    C-5  매칭취소
    $ reopen C-5 --field reference=m-9 -o ndjson
    {"id":"C-6","profile":"tutoring","phase":"open","phase_word":"결제완료","target":null,"worker":null,"seq":17,"kind":null,"cost":30000,"priority":"normal","tel":null,"name":null,"location":null,"point":null,"within_m":null,"reachable":false,"received_at":"0000-00-00T00:00:00.000Z","phase_at":"0000-00-00T00:00:00.000Z","ended_at":null,"retry_at":null,"held_until":null,"parent":"C-5","outcome":null,"attention":[],"short_of":null,"refused":null,"visit":null,"member":null,"claimable":true,"money":{"due":30000,"captured":30000,"refunded":0,"settled":0,"discount":0},"rating":null,"disposition":null,"fields":{}}
    $ list -o id
    C-2
    C-3
    C-6
    "#);
}

#[test]
fn what_cannot_be_claimed_is_refused_with_the_next_thing_to_type() {
    let desk = desk();
    ends(&desk, 0, "worker add --name 이기사 --tel 010-0000-0103 --service repair --off");
    ends(&desk, 0, "request --tel 010-0000-0002 --kind TV");
    assert_snapshot!(tell(&desk, &[
        "claim C-9 --worker W-1",
        "claim C-1 --worker W-9",
        "claim C-1 --worker W-3",
        "claim C-3 --worker W-3",
        "claim C-3 --worker W-1 --lang en",
        "claim C-1 --worker W-1 --at soon",
        "claim C-1 --worker W-1 --at -2h",
        "claim C-1 --worker W-1 --at '2020-01-01 10:00'",
        "claim C-1 --worker W-1 --at '2999-01-01 10:00' --lang en",
        "claim C-1",
        "claim C-1 --worker C-1",
        "reschedule C-1 --at '2020-01-01 10:00'",
        "reschedule C-9 --at 10:00",
        "reschedule C-1",
        "release C-1 --no-show",
        "depart C-1",
        "depart C-9 --lang en",
    ]), @r#"
    $ claim C-9 --worker W-1
    ! error: 호출 C-9이(가) 없습니다
    ! hint: 호출 보기: ascall list --all
    = 1
    $ claim C-1 --worker W-9
    ! error: 기사 W-9이(가) 없습니다
    ! hint: 기사 보기: ascall worker list
    = 1
    $ claim C-1 --worker W-3
    ! error: 기사 W-3은(는) 근무 중이 아닙니다 (퇴근)
    ! hint: 근무로 바꾸기: ascall worker on W-3
    = 1
    $ claim C-3 --worker W-3
    ! error: 호출 C-3은(는) 기사가 직접 고를 수 있는 목록에 없습니다
    ! hint: 고를 수 있는 호출 보기: ascall list --view open, 직접 배정: ascall assign C-3 W-1
    = 1
    $ claim C-3 --worker W-1 --lang en
    ! error: call C-3 is not on the open list
    ! hint: see what can be claimed: ascall list --view open; give it by hand: ascall assign C-3 W-1
    = 1
    $ claim C-1 --worker W-1 --at soon
    ! error: `soon` is not a time (expected a form like `00:00`, `30m` or `00-00 00:00`)
    ! hint: write a clock time (00:00), a span (30m), or a date and a time
    = 2
    $ claim C-1 --worker W-1 --at -2h
    ! error: `-2h` is not a time (expected a form like `00:00`, `30m` or `00-00 00:00`)
    ! hint: write a clock time (00:00), a span (30m), or a date and a time
    = 2
    $ claim C-1 --worker W-1 --at '00-00 00:00'
    ! error: 예약은 앞으로 1년 안의 시각이어야 합니다
    ! hint: 더 뒤로: --at 00:00, --at +2h 또는 --at "00-00 00:00"
    = 1
    $ claim C-1 --worker W-1 --at '00-00 00:00' --lang en
    ! error: an appointment must begin in the future, at most a year ahead
    ! hint: give a later time: --at 00:00, --at +2h or --at "00-00 00:00"
    = 1
    $ claim C-1
    ! error: the following required arguments were not provided:
    !   --worker <W>
    ! Usage: ascall claim --worker <W> <C>
    ! hint: see what it takes with --help
    = 2
    $ claim C-1 --worker C-1
    ! error: invalid value 'C-1' for '--worker <W>': `C-1` is not a worker number (expected a form like `W-1`)
    ! hint: see what it takes with --help
    = 2
    $ reschedule C-1 --at '00-00 00:00'
    ! error: 예약은 앞으로 1년 안의 시각이어야 합니다
    ! hint: 더 뒤로: --at 00:00, --at +2h 또는 --at "00-00 00:00"
    = 1
    $ reschedule C-9 --at 00:00
    ! error: 호출 C-9이(가) 없습니다
    ! hint: 호출 보기: ascall list --all
    = 1
    $ reschedule C-1
    ! error: the following required arguments were not provided:
    !   --at <TIME>
    ! Usage: ascall reschedule --at <TIME> <C>
    ! hint: see what it takes with --help
    = 2
    $ release C-1 --no-show
    ! error: 호출 C-1에 기사가 없습니다
    ! hint: 배정하기: ascall assign C-1 W-1
    = 1
    $ depart C-1
    ! error: 호출 C-1은(는) 배정 대기 상태라서 할 수 없습니다 (departed for)
    ! hint: 먼저 배정하세요: ascall assign C-1 W-1
    = 1
    $ depart C-9 --lang en
    ! error: there is no call C-9
    ! hint: see which there are: ascall list --all
    = 1
    "#);
}
