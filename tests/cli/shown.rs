//! What every verb shows, in every form and both languages.

use crate::sealed::Sealed;
use crate::told::tell;
use insta::assert_snapshot;

/// Two workers, and three calls: one assigned, one waiting for a skill nobody has, one canceled.
fn day() -> Sealed {
    let desk = Sealed::new();
    for line in [
        "worker add --name 김하나 --tel 010-0000-0101 --at 37.5663,126.9779 --skill 냉장고 --skill TV",
        "worker add --name 박두리 --tel 010-0000-0102 --at 37.5700,126.9820 --skill TV --service repair",
        "request --tel 010-0000-0001 --name 이고객 --location 37.5665,126.9780 --kind TV --cost 25,500",
        "request --tel 010-0000-0002 --kind 보일러 --priority urgent",
        "request --tel 010-0000-0003 --kind TV",
        "cancel C-3 --reason '고객 변심'",
    ] {
        crate::told::ends(&desk, 0, line);
    }
    desk
}

#[test]
fn a_call_in_every_form() {
    assert_snapshot!(tell(&day(), &[
        "status C-1",
        "status C-1 --lang en",
        "status C-1 -o csv",
        "status C-1 -o id",
        "status C-2 -o ndjson",
        "status C-3 -o json",
    ]), @r#"
    $ status C-1
    호출       C-1
    상태       호출확정
    상태 시각  00:00
    서비스     repair
    종류       TV
    위치       37.56,126.97
    비용       25,500원
    고객       이*객 010-****-0001
    기사       W-1 김*나 010-****-0101
    접수       00:00
    단계       manage 완료

    순번  시각      사건       내용                     누가  사유
    9     00:00:00  접수                                kim
                    요청       manage 처리 #1
                    응답       manage 처리 승인 (0 ms)
                    접수 확정
                    알림       접수 → 고객
                    배정       W-1 (자동, 24m)
                    알림       배정 → 고객, W-1
                    알림       배정 → 기사, W-1
    $ status C-1 --lang en
    call      C-1
    phase     assigned
    since     00:00
    service   repair
    kind      TV
    place     37.56,126.97
    cost      25,500 won
    customer  이*객 010-****-0001
    worker    W-1 김*나 010-****-0101
    received  00:00
    steps     manage done

    seq  time      event     text                      by   reason
    9    00:00:00  received                            kim
                   asked     manage do #1
                   answered  manage do ok (0 ms)
                   opened
                   notice    opened → customer
                   assigned  W-1 (auto, 24 m)
                   notice    assigned → customer, W-1
                   notice    assigned → worker, W-1
    $ status C-1 -o csv
    id,profile,phase,phase_word,worker_id,worker_name,worker_tel,seq,kind,cost,priority,tel,name,location,received_at,phase_at,ended_at,retry_at,held_until,parent,outcome,attention,short_of,member,visit_from,visit_until,money_due,money_captured,money_settled,money_refunded,money_discount,rating,disposition
    C-1,repair,assigned,호출확정,W-1,김하나,010-0000-0101,9,TV,25500,normal,010-0000-0001,이고객,"37.5665,126.9780",0000-00-00T00:00:00.000Z,0000-00-00T00:00:00.000Z,,,,,,,,,,,,0,0,0,0,,
    $ status C-1 -o id
    C-1
    $ status C-2 -o ndjson
    {"id":"C-2","profile":"repair","phase":"open","phase_word":"호출중","target":null,"worker":null,"seq":10,"kind":"보일러","cost":null,"priority":"urgent","tel":"010-0000-0002","name":null,"location":null,"point":null,"within_m":null,"reachable":true,"received_at":"0000-00-00T00:00:00.000Z","phase_at":"0000-00-00T00:00:00.000Z","ended_at":null,"retry_at":null,"held_until":null,"parent":null,"outcome":null,"attention":[],"short_of":null,"refused":null,"visit":null,"member":null,"claimable":false,"money":{"due":null,"captured":0,"refunded":0,"settled":0,"discount":0},"rating":null,"disposition":null,"fields":{},"steps":[{"name":"manage","state":"done"}],"broadcast":null,"place":null,"released":null,"notes":[],"timeline":[{"seq":10,"at":"0000-00-00T00:00:00.000Z","by":"kim","event":"call_received","detail":"","reason":null},{"seq":10,"at":"0000-00-00T00:00:00.000Z","by":"kim","event":"step_asked","detail":"manage 처리 #1","reason":null},{"seq":10,"at":"0000-00-00T00:00:00.000Z","by":"kim","event":"step_answered","detail":"manage 처리 승인 (0 ms)","reason":null},{"seq":10,"at":"0000-00-00T00:00:00.000Z","by":"kim","event":"call_opened","detail":"","reason":null},{"seq":10,"at":"0000-00-00T00:00:00.000Z","by":"kim","event":"notice_issued","detail":"접수 → 고객","reason":null},{"seq":10,"at":"0000-00-00T00:00:00.000Z","by":"kim","event":"nobody_found","detail":"","reason":null}]}
    $ status C-3 -o json
    {
      "id": "C-3",
      "profile": "repair",
      "phase": "canceled",
      "phase_word": "호출취소",
      "target": null,
      "worker": null,
      "seq": 12,
      "kind": "TV",
      "cost": null,
      "priority": "normal",
      "tel": "010-0000-0003",
      "name": null,
      "location": null,
      "point": null,
      "within_m": null,
      "reachable": true,
      "received_at": "0000-00-00T00:00:00.000Z",
      "phase_at": "0000-00-00T00:00:00.000Z",
      "ended_at": "0000-00-00T00:00:00.000Z",
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
        "due": null,
        "captured": 0,
        "refunded": 0,
        "settled": 0,
        "discount": 0
      },
      "rating": null,
      "disposition": null,
      "fields": {},
      "steps": [
        {
          "name": "manage",
          "state": "undone"
        }
      ],
      "broadcast": null,
      "place": null,
      "released": {
        "worker": {
          "id": "W-2",
          "name": "박두리",
          "tel": "010-0000-0102"
        },
        "why": "canceled",
        "at": "0000-00-00T00:00:00.000Z"
      },
      "notes": [],
      "timeline": [
        {
          "seq": 11,
          "at": "0000-00-00T00:00:00.000Z",
          "by": "kim",
          "event": "call_received",
          "detail": "",
          "reason": null
        },
        {
          "seq": 11,
          "at": "0000-00-00T00:00:00.000Z",
          "by": "kim",
          "event": "step_asked",
          "detail": "manage 처리 #1",
          "reason": null
        },
        {
          "seq": 11,
          "at": "0000-00-00T00:00:00.000Z",
          "by": "kim",
          "event": "step_answered",
          "detail": "manage 처리 승인 (0 ms)",
          "reason": null
        },
        {
          "seq": 11,
          "at": "0000-00-00T00:00:00.000Z",
          "by": "kim",
          "event": "call_opened",
          "detail": "",
          "reason": null
        },
        {
          "seq": 11,
          "at": "0000-00-00T00:00:00.000Z",
          "by": "kim",
          "event": "notice_issued",
          "detail": "접수 → 고객",
          "reason": null
        },
        {
          "seq": 11,
          "at": "0000-00-00T00:00:00.000Z",
          "by": "kim",
          "event": "assignment_committed",
          "detail": "W-2 (자동)",
          "reason": null
        },
        {
          "seq": 11,
          "at": "0000-00-00T00:00:00.000Z",
          "by": "kim",
          "event": "notice_issued",
          "detail": "배정 → 고객, W-2",
          "reason": null
        },
        {
          "seq": 11,
          "at": "0000-00-00T00:00:00.000Z",
          "by": "kim",
          "event": "notice_issued",
          "detail": "배정 → 기사, W-2",
          "reason": null
        },
        {
          "seq": 12,
          "at": "0000-00-00T00:00:00.000Z",
          "by": "kim",
          "event": "assignment_released",
          "detail": "W-2, 취소",
          "reason": "고객 변심"
        },
        {
          "seq": 12,
          "at": "0000-00-00T00:00:00.000Z",
          "by": "kim",
          "event": "notice_issued",
          "detail": "해제 → 기사, W-2",
          "reason": "고객 변심"
        },
        {
          "seq": 12,
          "at": "0000-00-00T00:00:00.000Z",
          "by": "kim",
          "event": "call_unwinding",
          "detail": "→ 호출취소 (취소)",
          "reason": "고객 변심"
        },
        {
          "seq": 12,
          "at": "0000-00-00T00:00:00.000Z",
          "by": "kim",
          "event": "notice_issued",
          "detail": "취소 → 고객",
          "reason": "고객 변심"
        },
        {
          "seq": 12,
          "at": "0000-00-00T00:00:00.000Z",
          "by": "kim",
          "event": "step_asked",
          "detail": "manage 되돌리기 #2",
          "reason": "고객 변심"
        },
        {
          "seq": 12,
          "at": "0000-00-00T00:00:00.000Z",
          "by": "kim",
          "event": "step_answered",
          "detail": "manage 되돌리기 승인 (0 ms)",
          "reason": "고객 변심"
        },
        {
          "seq": 12,
          "at": "0000-00-00T00:00:00.000Z",
          "by": "kim",
          "event": "call_ended",
          "detail": "호출취소",
          "reason": "고객 변심"
        }
      ]
    }
    "#);
}

#[test]
fn calls_in_every_form() {
    assert_snapshot!(tell(&day(), &[
        "list",
        "list --lang en --all",
        "list --all -o csv",
        "list -o ndjson",
        "list --all -o id",
        "list --phase canceled -o id",
        "list --worker W-1 -o id",
        "list --tel 010-0000-0002 -o id",
        "list --profile driver",
        "list --place 37.56 -o id",
        "list --since 1h -o id",
        "list --limit 1",
    ]), @r#"
    $ list
    호출  상태           접수   종류    위치          고객                 기사                     비용      확인 필요
    C-1   호출확정       00:00  TV      37.56,126.97  010-****-0001 이*객  W-1 김*나 010-****-0101  25,500원
    C-2   호출중 (긴급)  00:00  보일러                010-****-0002
    $ list --lang en --all
    call  phase          received  kind    place         customer             worker                   cost        attention
    C-1   assigned       00:00     TV      37.56,126.97  010-****-0001 이*객  W-1 김*나 010-****-0101  25,500 won
    C-2   open (urgent)  00:00     보일러                010-****-0002
    C-3   canceled       00:00     TV                    010-****-0003
    $ list --all -o csv
    id,profile,phase,phase_word,worker_id,worker_name,worker_tel,seq,kind,cost,priority,tel,name,location,received_at,phase_at,ended_at,retry_at,held_until,parent,outcome,attention,short_of,member,visit_from,visit_until,money_due,money_captured,money_settled,money_refunded,money_discount,rating,disposition
    C-1,repair,assigned,호출확정,W-1,김*나,010-****-0101,9,TV,25500,normal,010-****-0001,이*객,"37.56,126.97",0000-00-00T00:00:00.000Z,0000-00-00T00:00:00.000Z,,,,,,,,,,,,0,0,0,0,,
    C-2,repair,open,호출중,,,,10,보일러,,urgent,010-****-0002,,,0000-00-00T00:00:00.000Z,0000-00-00T00:00:00.000Z,,,,,,,,,,,,0,0,0,0,,
    C-3,repair,canceled,호출취소,,,,12,TV,,normal,010-****-0003,,,0000-00-00T00:00:00.000Z,0000-00-00T00:00:00.000Z,0000-00-00T00:00:00.000Z,,,,,,,,,,,0,0,0,0,,
    $ list -o ndjson
    {"id":"C-1","profile":"repair","phase":"assigned","phase_word":"호출확정","target":null,"worker":{"id":"W-1","name":"김*나","tel":"010-****-0101"},"seq":9,"kind":"TV","cost":25500,"priority":"normal","tel":"010-****-0001","name":"이*객","location":"37.56,126.97","point":null,"within_m":null,"reachable":true,"received_at":"0000-00-00T00:00:00.000Z","phase_at":"0000-00-00T00:00:00.000Z","ended_at":null,"retry_at":null,"held_until":null,"parent":null,"outcome":null,"attention":[],"short_of":null,"refused":null,"visit":null,"member":null,"claimable":false,"money":{"due":null,"captured":0,"refunded":0,"settled":0,"discount":0},"rating":null,"disposition":null,"fields":{}}
    {"id":"C-2","profile":"repair","phase":"open","phase_word":"호출중","target":null,"worker":null,"seq":10,"kind":"보일러","cost":null,"priority":"urgent","tel":"010-****-0002","name":null,"location":null,"point":null,"within_m":null,"reachable":true,"received_at":"0000-00-00T00:00:00.000Z","phase_at":"0000-00-00T00:00:00.000Z","ended_at":null,"retry_at":null,"held_until":null,"parent":null,"outcome":null,"attention":[],"short_of":null,"refused":null,"visit":null,"member":null,"claimable":false,"money":{"due":null,"captured":0,"refunded":0,"settled":0,"discount":0},"rating":null,"disposition":null,"fields":{}}
    $ list --all -o id
    C-1
    C-2
    C-3
    $ list --phase canceled -o id
    C-3
    $ list --worker W-1 -o id
    C-1
    $ list --tel 010-0000-0002 -o id
    C-2
    $ list --profile driver
    ! (없음)
    $ list --place 37.56 -o id
    C-1
    $ list --since 1h -o id
    C-1
    C-2
    $ list --limit 1
    호출  상태           접수   종류    위치  고객           기사  비용  확인 필요
    C-2   호출중 (긴급)  00:00  보일러        010-****-0002
    ! 최근 1건만 보였습니다. 모두 보려면: --limit 0
    "#);
    let array = day().json(&["list"]);
    assert_eq!(array.as_array().unwrap().len(), 2);
    assert_eq!(array[0]["tel"], "010-****-0001", "a list is masked in JSON too");
}

#[test]
fn workers_in_every_form() {
    assert_snapshot!(tell(&day(), &[
        "worker list",
        "worker list --lang en",
        "worker list -o csv --limit 1",
        "worker list -o ndjson --skill 냉장고",
        "worker list -o id --service repair",
        "worker list -o id --state available",
        "worker show W-1",
        "worker show W-2 -o json",
        "worker add --name 나세나 --tel 010-0000-0103 --off",
        "worker on W-3",
        "worker break W-3 --lang en",
        "worker suspend W-3",
        "worker at W-3 37.5,127.0",
    ]), @r#"
    $ worker list
    기사  이름   전화           현황  호출  기술       담당 서비스  최근 위치
    W-1   김*나  010-****-0101  배정  C-1   TV,냉장고
    W-2   박*리  010-****-0102  대기        TV         repair
    $ worker list --lang en
    worker  name   phone          state      call  skills     services  last seen
    W-1     김*나  010-****-0101  committed  C-1   TV,냉장고
    W-2     박*리  010-****-0102  available        TV         repair
    $ worker list -o csv --limit 1
    id,name,tel,availability,call,skills,services,seen_lat,seen_lon,seen_at,idle_since
    W-1,김*나,010-****-0101,committed,C-1,TV;냉장고,,,,,0000-00-00T00:00:00.000Z
    ! 처음 1명만 보였습니다. 모두 보려면: --limit 0
    $ worker list -o ndjson --skill 냉장고
    {"id":"W-1","name":"김*나","tel":"010-****-0101","availability":"committed","call":"C-1","skills":["TV","냉장고"],"services":[],"home":null,"seen":null,"seen_at":null,"idle_since":"0000-00-00T00:00:00.000Z","self_registered":false}
    $ worker list -o id --service repair
    W-1
    W-2
    $ worker list -o id --state available
    W-2
    $ worker show W-1
    기사  W-1 김*나 010-****-0101
    현황  배정
    호출  C-1
    기술  TV,냉장고

    호출  상태      접수   종류  위치          고객                 기사                     비용      확인 필요
    C-1   호출확정  00:00  TV    37.56,126.97  010-****-0001 이*객  W-1 김*나 010-****-0101  25,500원
    $ worker show W-2 -o json
    {
      "id": "W-2",
      "name": "박두리",
      "tel": "010-0000-0102",
      "availability": "available",
      "call": null,
      "skills": [
        "TV"
      ],
      "services": [
        "repair"
      ],
      "home": {
        "lat": 37.57,
        "lon": 126.982
      },
      "seen": null,
      "seen_at": null,
      "idle_since": "0000-00-00T00:00:00.000Z",
      "self_registered": false,
      "rating": null,
      "reservations": [],
      "offers": [],
      "today": []
    }
    $ worker add --name 나세나 --tel 010-0000-0103 --off
    W-3  나*나  010-****-0103  퇴근
    $ worker on W-3
    W-3  나*나  010-****-0103  대기
    $ worker break W-3 --lang en
    W-3  나*나  010-****-0103  break
    $ worker suspend W-3
    W-3  나*나  010-****-0103  정지
    $ worker at W-3 37.5,127.0
    W-3  나*나  010-****-0103  정지
    "#);
}

#[test]
fn who_got_a_call_and_why() {
    assert_snapshot!(tell(&day(), &[
        "why C-1",
        "why C-1 --lang en",
        "why C-1 W-2",
        "why C-1 W-2 --lang en",
        "why C-2",
        "why C-2 W-1 -o ndjson",
        "why C-2 -o csv",
        "why C-2 -o json",
        "why C-1 -o id",
    ]), @r#"
    $ why C-1
    00:00:00: W-1 선택
    기사  거리  이동  쉰 시간  출발       판정
    W-1   24m   2분   0초      기본 위치  선택됨
    W-2   525m  4분   0초      기본 위치  적합하나 순위에서 밀림
    살펴본 기사: 적합하나 순위에서 밀림 1, 적합 1 (반경 525m)
    $ why C-1 --lang en
    00:00:00: chose W-1
    worker  distance  travel  idle  from  verdict
    W-1     24 m      2 min   0 s   home  chosen
    W-2     525 m     4 min   0 s   home  suitable, but another ranked before
    looked at: suitable, but another ranked before 1, suitable 1 (within 525 m)
    $ why C-1 W-2
    순번 9 당시 W-2: 적합하나 순위에서 밀림
    지금 W-2: 적합
    $ why C-1 W-2 --lang en
    W-2 at seq 9: suitable, but another ranked before
    W-2 now: suitable
    $ why C-2
    00:00:00: 알맞은 기사가 없음
    지금 기사 2명: 기술 없음 2
    $ why C-2 W-1 -o ndjson
    {"call":"C-2","worker":"W-1","seq":10,"verdict":"no_skill","rank":null}
    {"call":"C-2","worker":"W-1","seq":null,"verdict":"no_skill","rank":null}
    $ why C-2 -o csv
    seq,at,how,by,reason,chosen_worker,chosen_metres,chosen_travel_s,radius_m,asked,ring,visit
    10,0000-00-00T00:00:00.000Z,nobody,,,,,,,,,
    $ why C-2 -o json
    [
      {
        "seq": 10,
        "at": "0000-00-00T00:00:00.000Z",
        "how": "nobody",
        "by": null,
        "reason": null,
        "chosen": null,
        "asked": [],
        "ring": null,
        "visit": null,
        "others": [],
        "counts": {},
        "radius_m": null
      }
    ]
    $ why C-1 -o id
    W-1
    "#);
}

#[test]
fn participants_and_breakers_in_every_form() {
    assert_snapshot!(tell(&day(), &[
        "participant list",
        "participant list --lang en",
        "participant list -o csv",
        "participant list -o id",
        "participant slow manage --fixed 400ms --random 100ms",
        "participant fail manage --as lost --lang en",
        "participant stop assign -o ndjson",
        "participant start manage -o json",
        "breaker list",
        "breaker list --lang en",
        "breaker list -o csv",
        "breaker open manage --reason 점검",
        "request --tel 010-0000-0009",
        "breaker list",
        "breaker incidents -o csv",
        "breaker disable manage --lang en",
        "breaker auto manage",
        "breaker close manage",
        "breaker incidents manage -o id",
        "breaker list -o id",
    ]), @r#"
    $ participant list
    참여자    종류       동작  요청 중  대기
    delivery  내장       정상  0/1      0
    manage    내장       정상  0/64     0
    payment   내장       정상  0/64     0
    stock     내장       정상  0/64     0
    assign    배정 단계  정상           1
    $ participant list --lang en
    participant  kind      mode     in flight  waiting
    delivery     built in  running  0/1        0
    manage       built in  running  0/64       0
    payment      built in  running  0/64       0
    stock        built in  running  0/64       0
    assign       stage     running             1
    $ participant list -o csv
    name,kind,mode,delay_ms,delay_random_ms,fails,in_flight,bulkhead,waiting
    delivery,local,running,,,,0,1,0
    manage,local,running,,,,0,64,0
    payment,local,running,,,,0,64,0
    stock,local,running,,,,0,64,0
    assign,stage,running,,,,0,,1
    $ participant list -o id
    delivery
    manage
    payment
    stock
    assign
    $ participant slow manage --fixed 400ms --random 100ms
    manage  느림 400-500 ms
    $ participant fail manage --as lost --lang en
    manage  failing answer lost
    $ participant stop assign -o ndjson
    {"name":"assign","kind":"stage","mode":"stopped","delay_ms":null,"delay_random_ms":null,"fails":null,"in_flight":0,"bulkhead":null,"waiting":1}
    $ participant start manage -o json
    {
      "name": "manage",
      "kind": "local",
      "mode": "running",
      "delay_ms": null,
      "delay_random_ms": null,
      "fails": null,
      "in_flight": 0,
      "bulkhead": 64,
      "waiting": 0
    }
    $ breaker list
    참여자    현황  요청  실패  지연  연속 실패  다시 시도  장애
    delivery  닫힘  0     0     0     0
    manage    닫힘  4     0     0     0
    payment   닫힘  0     0     0     0
    stock     닫힘  0     0     0     0
    $ breaker list --lang en
    participant  state   calls  failed  slow  in a row  try again  incident
    delivery     closed  0      0       0     0
    manage       closed  4      0       0     0
    payment      closed  0      0       0     0
    stock        closed  0      0       0     0
    $ breaker list -o csv
    participant,state,retry_at,reason,calls,failed,slow,consecutive_failures,incident_id
    delivery,closed,,,0,0,0,0,
    manage,closed,,,4,0,0,0,
    payment,closed,,,0,0,0,0,
    stock,closed,,,0,0,0,0,
    $ breaker open manage --reason 점검
    manage  강제 열림  "점검"
    $ request --tel 010-0000-0009
    C-4  호출(대기접수)
    ! 호출 1건이 기다리고 있습니다. 다음 예정 00:00:00. 계속 돌보려면: ascall serve
    $ breaker list
    참여자    현황       요청  실패  지연  연속 실패  다시 시도  장애
    delivery  닫힘       0     0     0     0
    manage    강제 열림  0     0     0     0                     I-1
    payment   닫힘       0     0     0     0
    stock     닫힘       0     0     0     0
    $ breaker incidents -o csv
    id,participant,opened_at,closed_at,why,parked,admitted,expired,lost
    I-1,manage,0000-00-00T00:00:00.000Z,,operator,1,0,0,0
    $ breaker disable manage --lang en
    manage  disabled
    $ breaker auto manage
    manage  닫힘
    $ breaker close manage
    manage  닫힘
    $ breaker incidents manage -o id
    I-1
    $ breaker list -o id
    delivery
    manage
    payment
    stock
    "#);
}

#[test]
fn what_people_were_told_in_every_form() {
    assert_snapshot!(tell(&day(), &[
        "inbox --tel 010-0000-0001",
        "inbox --tel 010-0000-0001 --lang en",
        "inbox --worker W-1 -o csv",
        "inbox --call C-3 -o ndjson",
        "inbox --call C-3 -o id --limit 1",
        "inbox --tel 010-0000-0777",
    ]), @r#"
    $ inbox --tel 010-0000-0001
    시각   호출  받는 이  전달  내용
    00:00  C-1   고객           [수리] 호출 C-1 접수되었습니다. 가까운 수리기사를 찾고 있습니다.
    00:00  C-1   고객           [수리] 호출 C-1에 김*나 수리기사가 배정되었습니다. 연락처: 010-****-0101
    $ inbox --tel 010-0000-0001 --lang en
    time   call  to        delivery  text
    00:00  C-1   customer            [수리] 호출 C-1 접수되었습니다. 가까운 수리기사를 찾고 있습니다.
    00:00  C-1   customer            [수리] 호출 C-1에 김*나 수리기사가 배정되었습니다. 연락처: 010-****-0101
    $ inbox --worker W-1 -o csv
    seq,at,call,to,on,delivery,text,notice,transport
    9,0000-00-00T00:00:00.000Z,C-1,worker,assigned,delivered,"[배정] C-1 TV 37.56,126.97 · 고객 010-****-0001. 연락 후 방문해 주세요.",9/3/S-1/inbox,inbox
    $ inbox --call C-3 -o ndjson
    {"seq":11,"at":"0000-00-00T00:00:00.000Z","call":"C-3","to":"customer","on":"opened","delivery":"delivered","text":"[수리] 호출 C-3 접수되었습니다. 가까운 수리기사를 찾고 있습니다.","notice":"11/1/S-5/inbox","transport":"inbox"}
    {"seq":11,"at":"0000-00-00T00:00:00.000Z","call":"C-3","to":"customer","on":"assigned","delivery":"delivered","text":"[수리] 호출 C-3에 박*리 수리기사가 배정되었습니다. 연락처: 010-****-0102","notice":"11/2/S-5/inbox","transport":"inbox"}
    {"seq":11,"at":"0000-00-00T00:00:00.000Z","call":"C-3","to":"worker","on":"assigned","delivery":"delivered","text":"[배정] C-3 TV · 고객 010-****-0003. 연락 후 방문해 주세요.","notice":"11/3/S-2/inbox","transport":"inbox"}
    {"seq":12,"at":"0000-00-00T00:00:00.000Z","call":"C-3","to":"worker","on":"released","delivery":"delivered","text":"[해제] C-3 배정이 해제되었습니다. 방문하지 않으셔도 됩니다.","notice":"12/4/S-2/inbox","transport":"inbox"}
    {"seq":12,"at":"0000-00-00T00:00:00.000Z","call":"C-3","to":"customer","on":"canceled","delivery":"delivered","text":"[수리] 호출 C-3 취소되었습니다.","notice":"12/14/S-5/inbox","transport":"inbox"}
    $ inbox --call C-3 -o id --limit 1
    C-3
    $ inbox --tel 010-0000-0777
    ! (없음)
    "#);
}

#[test]
fn what_happened_record_by_record() {
    assert_snapshot!(tell(&day(), &[
        "tail",
        "tail --lang en -n 2",
        "tail --from 6 -o id",
        "tail -n 1 -o csv",
        "tail -n 1 -o ndjson",
    ]), @r#"
    $ tail
    1  00:00:00  자동  데스크 시작
    2  00:00:00  자동  T-1 참여자 설정 manage · 프로필 적용 repair
    3  00:00:00  자동  프로필 적용 driver
    4  00:00:00  자동  T-2 참여자 설정 payment · 프로필 적용 tutoring
    5  00:00:00  자동  프로필 적용 taxi
    6  00:00:00  자동  T-3 참여자 설정 delivery · T-4 참여자 설정 stock · 프로필 적용 shop
    7  00:00:00  kim  기사 등록 W-1
    8  00:00:00  kim  기사 등록 W-2
    9  00:00:00  kim  C-1 접수 · 요청 manage 처리 #1 · 응답 manage 처리 승인 (0 ms) · 접수 확정 · 알림 접수 → 고객 · 배정 W-1 (자동, 24m) · 알림 배정 → 고객, W-1 · 알림 배정 → 기사, W-1
    10  00:00:00  kim  C-2 접수 · 요청 manage 처리 #1 · 응답 manage 처리 승인 (0 ms) · 접수 확정 · 알림 접수 → 고객 · 알맞은 기사 없음
    11  00:00:00  kim  C-3 접수 · 요청 manage 처리 #1 · 응답 manage 처리 승인 (0 ms) · 접수 확정 · 알림 접수 → 고객 · 배정 W-2 (자동) · 알림 배정 → 고객, W-2 · 알림 배정 → 기사, W-2
    12  00:00:00  kim  C-3 배정 해제 W-2, 취소 · 알림 해제 → 기사, W-2 · 되돌리는 중 → 호출취소 (취소) · 알림 취소 → 고객 · 요청 manage 되돌리기 #2 · 응답 manage 되돌리기 승인 (0 ms) · 종료 호출취소  "고객 변심"
    $ tail --lang en -n 2
    11  00:00:00  kim  C-3 received · asked manage do #1 · answered manage do ok (0 ms) · opened · notice opened → customer · assigned W-2 (auto) · notice assigned → customer, W-2 · notice assigned → worker, W-2
    12  00:00:00  kim  C-3 released W-2, canceled · notice released → worker, W-2 · unwinding → canceled (canceled) · notice canceled → customer · asked manage undo #2 · answered manage undo ok (0 ms) · ended canceled  "고객 변심"
    $ tail --from 6 -o id
    6
    7
    8
    9
    10
    11
    12
    $ tail -n 1 -o csv
    seq,at,by,key,causation,reason,events
    12,0000-00-00T00:00:00.000Z,kim,,,고객 변심,"{""call"":3,""event"":""assignment_released"",""exclude"":false,""why"":""canceled"",""worker"":2};{""event"":""notice_issued"",""notice"":{""call"":3,""rule"":4,""seq"":12,""to"":2,""transport"":""inbox""},""worker"":2};{""call"":3,""event"":""call_unwinding"",""target"":""canceled"",""why"":""canceled""};{""event"":""notice_issued"",""notice"":{""call"":3,""rule"":14,""seq"":12,""to"":5,""transport"":""inbox""}};{""answer_at"":NUMBER,""attempt"":2,""call"":3,""deadline"":NUMBER,""event"":""step_asked"",""generation"":0,""group"":1,""op"":""undo"",""step"":0};{""attempt"":2,""call"":3,""event"":""step_answered"",""group"":1,""op"":""undo"",""outcome"":""ok"",""step"":0,""took_ms"":0};{""call"":3,""end"":""canceled"",""event"":""call_ended""}"
    $ tail -n 1 -o ndjson
    {"seq":12,"cursor":"0-12","at":"0000-00-00T00:00:00.000Z","by":"kim","key":null,"causation":null,"reason":"고객 변심","events":[{"call":3,"event":"assignment_released","exclude":false,"why":"canceled","worker":2},{"event":"notice_issued","notice":{"call":3,"rule":4,"seq":12,"to":2,"transport":"inbox"},"worker":2},{"call":3,"event":"call_unwinding","target":"canceled","why":"canceled"},{"event":"notice_issued","notice":{"call":3,"rule":14,"seq":12,"to":5,"transport":"inbox"}},{"answer_at":NUMBER,"attempt":2,"call":3,"deadline":NUMBER,"event":"step_asked","generation":0,"group":1,"op":"undo","step":0},{"attempt":2,"call":3,"event":"step_answered","group":1,"op":"undo","outcome":"ok","step":0,"took_ms":0},{"call":3,"end":"canceled","event":"call_ended"}]}
    "#);
}

#[test]
fn the_check_in_every_form() {
    assert_snapshot!(tell(&day(), &[
        "verify",
        "verify --lang en",
        "verify -o csv",
        "verify -o json",
        "verify -o id",
    ]), @r#"
    $ verify
    이상 없음: 기록 12, 사건 41, 호출 3, 행 26
    $ verify --lang en
    verified, no fault: records 12, events 41, calls 3, rows 26
    $ verify -o csv
    ok,records,events,calls,rows,fault_count
    true,12,41,3,26,0
    $ verify -o json
    {
      "ok": true,
      "records": 12,
      "events": 41,
      "calls": 3,
      "rows": 26,
      "fault_count": 0,
      "faults": []
    }
    $ verify -o id
    ok
    "#);
}

#[test]
fn what_a_human_must_decide_in_every_form() {
    let desk = Sealed::new();
    // A plan that is over at once: a dispatcher must choose.
    let text =
        crate::settings::profile(&[("stage = \"auto\"\nfor_ms = 600_000", "stage = \"manual\"")]);
    crate::settings::adopt(&desk, &text);
    assert_snapshot!(tell(&desk, &[
        "--config config.toml request --tel 010-0000-0001 --kind TV",
        "--config config.toml attention list",
        "--config config.toml attention list --lang en",
        "attention list -o csv",
        "attention list -o ndjson",
        "attention list -o id",
        "attention take A-1 --reason 전화함",
        "attention list",
        "attention done A-1",
        "attention list -o json",
    ]), @r#"
    $ --config config.toml request --tel 010-0000-0001 --kind TV
    C-1  호출중  TV  ! 배차 담당자가 정해야 함
    $ --config config.toml attention list
    번호  대상  이유                     시각   담당  할 일
    A-1   C-1   배차 담당자가 정해야 함  00:00        ascall assign C-1 W-…
    $ --config config.toml attention list --lang en
    id   about  why                                since  taken  to do
    A-1  C-1    a dispatcher must choose a worker  00:00         ascall assign C-1 W-…
    $ attention list -o csv
    id,about,concern,raised_at,taken_by,remedy,short_of
    A-1,C-1,needs_dispatcher,0000-00-00T00:00:00.000Z,,ascall assign C-1 W-…,
    $ attention list -o ndjson
    {"id":"A-1","about":"C-1","concern":"needs_dispatcher","raised_at":"0000-00-00T00:00:00.000Z","taken_by":null,"short_of":null,"remedy":"ascall assign C-1 W-…"}
    $ attention list -o id
    A-1
    $ attention take A-1 --reason 전화함
    A-1  C-1  배차 담당자가 정해야 함
    $ attention list
    번호  대상  이유                     시각   담당  할 일
    A-1   C-1   배차 담당자가 정해야 함  00:00  kim   ascall assign C-1 W-…
    $ attention done A-1
    ! error: C-1 상태가 그대로인 동안 확인 항목 A-1을(를) 닫을 수 없습니다
    ! hint: 원인이 해결되면 저절로 닫힙니다: ascall status C-1
    = 1
    $ attention list -o json
    [
      {
        "id": "A-1",
        "about": "C-1",
        "concern": "needs_dispatcher",
        "raised_at": "0000-00-00T00:00:00.000Z",
        "taken_by": "kim",
        "short_of": null,
        "remedy": "ascall assign C-1 W-…"
      }
    ]
    "#);
}

#[test]
fn only_reveal_shows_people_and_it_is_journalled() {
    let desk = day();
    let masked = [
        "list --all",
        "list -o json",
        "worker list -o csv",
        "inbox --call C-1",
        "status C-1",
        "worker show W-1",
        "tail",
    ];
    for line in masked {
        let said = crate::told::ends(&desk, 0, line);
        for secret in ["김하나", "박두리", "이고객", "0000-0001", "0000-0101"] {
            assert!(!said.contains(secret), "{line} tells {secret}\n{said}");
        }
    }
    assert_snapshot!(tell(&desk, &[
        "list --reveal",
        "worker show W-1 --reveal",
        "tail -n 2",
    ]), @"
    $ list --reveal
    호출  상태           접수   종류    위치              고객                  기사                      비용      확인 필요
    C-1   호출확정       00:00  TV      37.5665,126.9780  010-0000-0001 이고객  W-1 김하나 010-0000-0101  25,500원
    C-2   호출중 (긴급)  00:00  보일러                    010-0000-0002
    $ worker show W-1 --reveal
    기사  W-1 김하나 010-0000-0101
    현황  배정
    호출  C-1
    기술  TV,냉장고

    호출  상태      접수   종류  위치              고객                  기사                      비용      확인 필요
    C-1   호출확정  00:00  TV    37.5665,126.9780  010-0000-0001 이고객  W-1 김하나 010-0000-0101  25,500원
    $ tail -n 2
    13  00:00:00  kim  개인정보 열람 list
    14  00:00:00  kim  개인정보 열람 worker show
    ");
    // One object asked for by its number is whole for programs.
    assert_eq!(desk.json(&["status", "C-1"])["name"], "이고객");
}

#[test]
fn a_watcher_sees_each_step_and_leaves_in_time() {
    assert_snapshot!(tell(&day(), &[
        "watch C-1 --until assigned",
        "watch C-2 --timeout 0s",
        "watch C-3 --lang en -o csv",
        "watch C-2 --until in_service --timeout 0s -o id --lang en",
        "request --tel 010-0000-0009 --kind TV --wait assigned --timeout 5s",
        "request --tel 010-0000-0010 --kind TV --wait assigned --timeout 0s --lang en",
        "request --tel 010-0000-0011 --wait open --timeout 5s -o id",
    ]), @r#"
    $ watch C-1 --until assigned
    9  00:00:00  접수  kim
    9  00:00:00  요청  manage 처리 #1  kim
    9  00:00:00  응답  manage 처리 승인 (0 ms)  kim
    9  00:00:00  접수 확정  kim
    9  00:00:00  알림  접수 → 고객  kim
    9  00:00:00  배정  W-1 (자동, 24m)  kim
    9  00:00:00  알림  배정 → 고객, W-1  kim
    9  00:00:00  알림  배정 → 기사, W-1  kim
    $ watch C-2 --timeout 0s
    10  00:00:00  접수  kim
    10  00:00:00  요청  manage 처리 #1  kim
    10  00:00:00  응답  manage 처리 승인 (0 ms)  kim
    10  00:00:00  접수 확정  kim
    10  00:00:00  알림  접수 → 고객  kim
    10  00:00:00  알맞은 기사 없음  kim
    ! error: 호출 C-2은(는) 아직 ended 상태가 아닙니다 (지금 open)
    ! hint: 호출은 계속됩니다. 다시 보기: ascall status C-2
    = 6
    $ watch C-3 --lang en -o csv
    seq,at,by,event,detail,reason
    11,0000-00-00T00:00:00.000Z,kim,call_received,,
    11,0000-00-00T00:00:00.000Z,kim,step_asked,manage do #1,
    11,0000-00-00T00:00:00.000Z,kim,step_answered,manage do ok (0 ms),
    11,0000-00-00T00:00:00.000Z,kim,call_opened,,
    11,0000-00-00T00:00:00.000Z,kim,notice_issued,opened → customer,
    11,0000-00-00T00:00:00.000Z,kim,assignment_committed,W-2 (auto),
    11,0000-00-00T00:00:00.000Z,kim,notice_issued,"assigned → customer, W-2",
    11,0000-00-00T00:00:00.000Z,kim,notice_issued,"assigned → worker, W-2",
    12,0000-00-00T00:00:00.000Z,kim,assignment_released,"W-2, canceled",고객 변심
    12,0000-00-00T00:00:00.000Z,kim,notice_issued,"released → worker, W-2",고객 변심
    12,0000-00-00T00:00:00.000Z,kim,call_unwinding,→ canceled (canceled),고객 변심
    12,0000-00-00T00:00:00.000Z,kim,notice_issued,canceled → customer,고객 변심
    12,0000-00-00T00:00:00.000Z,kim,step_asked,manage undo #2,고객 변심
    12,0000-00-00T00:00:00.000Z,kim,step_answered,manage undo ok (0 ms),고객 변심
    12,0000-00-00T00:00:00.000Z,kim,call_ended,canceled,고객 변심
    $ watch C-2 --until in_service --timeout 0s -o id --lang en
    10
    10
    10
    10
    10
    10
    ! error: call C-2 is not in_service yet: it is open
    ! hint: the call goes on; look again with: ascall status C-2
    = 6
    $ request --tel 010-0000-0009 --kind TV --wait assigned --timeout 5s
    C-4  호출확정  W-2 박*리 010-****-0102  TV
    $ request --tel 010-0000-0010 --kind TV --wait assigned --timeout 0s --lang en
    C-5  open  TV
    ! error: call C-5 is not assigned yet: it is open
    ! hint: the call goes on; look again with: ascall status C-5
    = 6
    $ request --tel 010-0000-0011 --wait open --timeout 5s -o id
    C-6
    "#);
}

#[test]
fn a_follower_sees_what_others_do() {
    use std::io::{BufRead as _, BufReader};
    let desk = day();
    let mut tail = desk.command(&["tail", "--from", "1", "--follow", "-o", "id"]);
    let mut tail = tail.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(tail.stdout.take().unwrap()).lines();
    let seen = lines.next().unwrap().unwrap();
    assert_eq!(seen, "1");
    desk.ok(&["note", "C-1", "문 앞에 두세요"]);
    let head = crate::told::head(&desk).trim().to_owned();
    // A reader that waits needs no clock: it ends when the line comes.
    let found = lines.by_ref().map_while(Result::ok).any(|line| line == head);
    assert!(found);
    tail.kill().unwrap();
    tail.wait().unwrap();
}

#[test]
fn a_completion_script_for_each_shell_names_every_verb() {
    let desk = Sealed::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = desk.ok(&["completions", shell]);
        for verb in ["request", "reassign", "attention", "breaker"] {
            assert!(script.contains(verb), "{shell} {verb}");
        }
    }
    assert!(!desk.store().exists(), "a script needs no desk");
}
