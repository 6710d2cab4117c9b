//! A taxi from member to rating: broadcast, milestones, the place of the driver, the friend, the money.

use crate::sealed::Sealed;
use crate::told::{ends, tell};
use insta::assert_snapshot;

/// A member and two taxis near the city hall.
fn desk() -> Sealed {
    let desk = Sealed::new();
    for line in [
        "member add --name 홍길동 --tel 010-0000-0001 --card tok_visa_4242 --friend-name 이친구 --friend-tel 010-0000-0002",
        "worker add --name 김하나 --tel 010-0000-0101 --at 37.5663,126.9779 --service taxi",
        "worker add --name 박두리 --tel 010-0000-0102 --at 37.5700,126.9790 --service taxi",
    ] {
        ends(&desk, 0, line);
    }
    desk
}

const CALL: &str =
    "request --profile taxi --member M-1 --from 37.5665,126.9780 --field 'to=마포구 공덕동'";

#[test]
fn members_are_known_by_name_number_card_and_friend() {
    let desk = Sealed::new();
    assert_snapshot!(tell(&desk, &[
        "member list",
        "member add --name 홍길동 --tel 010-0000-0001 --card tok_visa_4242 --friend-name 이친구 --friend-tel 010-0000-0002 --dry-run",
        "member add --name 홍길동 --tel 010-0000-0001 --card tok_visa_4242 --friend-name 이친구 --friend-tel 010-0000-0002 --key m1",
        "member add --name 홍길동 --tel 010-0000-0001 --card tok_visa_4242 --friend-name 이친구 --friend-tel 010-0000-0002 --key m1",
        "member add --name 성춘향 --tel 010-0000-0003",
        "member add --name 이몽룡 --tel 010-0000-0003",
        "member add --name 이몽룡 --tel 010-0000-0003 --lang en",
        "member list",
        "member list --lang en",
        "member list -o csv",
        "member list --limit 1",
        "member list -o ndjson --reveal",
        "member show M-1",
        "member show M-1 -o json",
        "member show --tel 010-0000-0003 --lang en",
        "member amend M-2 --card tok_9999 --name 성춘향이",
        "member amend M-1 --friend-tel 010-0000-0004",
        "member amend M-1 --friend-name 새친구 --tel 010-0000-0005 -o json",
        "tail -n 2",
    ]), @r#"
    $ member list
    ! error: 아직 데스크가 없습니다: HERE/desk.redb
    ! hint: 첫 호출을 받으세요: ascall request --tel 010-0000-1234
    = 1
    $ member add --name 홍길동 --tel 010-0000-0001 --card tok_visa_4242 --friend-name 이친구 --friend-tel 010-0000-0002 --dry-run
    M-1 회원 등록 M-1
    ! 실행하면 일어날 일 (아무것도 바뀌지 않았습니다)
    $ member add --name 홍길동 --tel 010-0000-0001 --card tok_visa_4242 --friend-name 이친구 --friend-tel 010-0000-0002 --key m1
    M-1  홍*동  010-****-0001  tok_…4242  안심 연락처: 이*구 010-****-0002
    $ member add --name 홍길동 --tel 010-0000-0001 --card tok_visa_4242 --friend-name 이친구 --friend-tel 010-0000-0002 --key m1
    M-1  홍*동  010-****-0001  tok_…4242  안심 연락처: 이*구 010-****-0002
    ! 이미 처리된 요청이라 다시 하지 않았습니다
    $ member add --name 성춘향 --tel 010-0000-0003
    M-2  성*향  010-****-0003
    $ member add --name 이몽룡 --tel 010-0000-0003
    ! error: 이 번호는 이미 회원 M-2의 것입니다
    ! hint: 아는 것 바꾸기: ascall member amend M-2 --card …
    = 1
    $ member add --name 이몽룡 --tel 010-0000-0003 --lang en
    ! error: this number already belongs to member M-2
    ! hint: change what is known of them: ascall member amend M-2 --card …
    = 1
    $ member list
    회원  이름   전화           카드       안심 연락처          이용  쿠폰
    M-1   홍*동  010-****-0001  tok_…4242  이*구 010-****-0002  0
    M-2   성*향  010-****-0003                                  0
    $ member list --lang en
    member  name   phone          card       friend               rides  coupons
    M-1     홍*동  010-****-0001  tok_…4242  이*구 010-****-0002  0
    M-2     성*향  010-****-0003                                  0
    $ member list -o csv
    id,name,tel,card,friend_name,friend_tel,rides,coupons
    M-1,홍*동,010-****-0001,tok_…4242,이*구,010-****-0002,0,
    M-2,성*향,010-****-0003,,,,0,
    $ member list --limit 1
    회원  이름   전화           카드  안심 연락처  이용  쿠폰
    M-2   성*향  010-****-0003                     0
    ! 최근 1건만 보였습니다. 모두 보려면: --limit 0
    $ member list -o ndjson --reveal
    {"id":"M-1","name":"홍길동","tel":"010-0000-0001","card":"tok_…4242","friend":{"name":"이친구","tel":"010-0000-0002"},"rides":0,"coupons":[]}
    {"id":"M-2","name":"성춘향","tel":"010-0000-0003","card":null,"friend":null,"rides":0,"coupons":[]}
    $ member show M-1
    회원         M-1
    이름         홍*동
    전화         010-****-0001
    카드         tok_…4242
    안심 연락처  이*구 010-****-0002
    이용         0
    $ member show M-1 -o json
    {
      "id": "M-1",
      "name": "홍길동",
      "tel": "010-0000-0001",
      "card": "tok_…4242",
      "friend": {
        "name": "이친구",
        "tel": "010-0000-0002"
      },
      "rides": 0,
      "coupons": []
    }
    $ member show --tel 010-0000-0003 --lang en
    member  M-2
    name    성*향
    phone   010-****-0003
    rides   0
    $ member amend M-2 --card tok_9999 --name 성춘향이
    M-2  성**이  010-****-0003  tok_…
    $ member amend M-1 --friend-tel 010-0000-0004
    M-1  홍*동  010-****-0001  tok_…4242  안심 연락처: 이*구 010-****-0004
    $ member amend M-1 --friend-name 새친구 --tel 010-0000-0005 -o json
    {
      "id": "M-1",
      "name": "홍길동",
      "tel": "010-0000-0005",
      "card": "tok_…4242",
      "friend": {
        "name": "새친구",
        "tel": "010-0000-0004"
      },
      "rides": 0,
      "coupons": []
    }
    $ tail -n 2
    11  00:00:00  kim  회원 변경 M-1
    12  00:00:00  kim  회원 변경 M-1
    "#);
}

#[test]
fn what_is_not_to_be_known_of_a_member_is_refused() {
    let desk = desk();
    assert_snapshot!(tell(&desk, &[
        "member add --name 이몽룡 --tel 010-0000-0006 --card 4242-4242-4242-4242",
        "member add --name 이몽룡 --tel 010-0000-0006 --card 4242424242424242 --lang en",
        "member add --name 이몽룡 --tel 010-0000-0006 --card 'tok 1' --lang en",
        "member add --name 이몽룡 --tel 010-0000-0006 --friend-name 이친구",
        "member add --name 이몽룡 --tel 010-0000-0006 --friend-tel 동네친구",
        "member add --name 이몽룡",
        "member add --name '' --tel 010-0000-0006",
        "member add --name 이몽룡 --tel ''",
        "member amend M-1",
        "member amend M-9 --name 이몽룡",
        "member amend M-1 --card 4242424242424242",
        "member show M-9",
        "member show --tel 010-0000-0099",
        "member show --tel 010-0000-0099 --lang en",
        "member show",
        "member show C-1",
        "request --profile taxi --member M-9 --from 37.5665,126.9780 --field 'to=마포구 공덕동'",
        "request --profile taxi --tel 010-0000-0099 --from 37.5665,126.9780 --field 'to=마포구 공덕동'",
        "request --profile taxi --member M-1 --from 37.5665,126.9780 --field to=우리집",
        "request --profile taxi --member M-1 --from 37.5665,126.9780 --field to=중구 --lang en",
        "request --profile taxi --member M-1 --field location=중구",
        "request --profile taxi",
        "inbox --member M-9",
        "report usage --member M-9",
        "list --member M-9",
    ]), @r#"
    $ member add --name 이몽룡 --tel 010-0000-0006 --card 4242-4242-4242-4242
    ! error: 카드 번호는 저장하지 않습니다. 결제사의 토큰만 저장합니다
    ! hint: 결제사의 토큰을 쓰세요: --card tok_…
    = 1
    $ member add --name 이몽룡 --tel 010-0000-0006 --card NUMBER --lang en
    ! error: that is a card number; only the payment provider's token for it is kept
    ! hint: give the payment provider's token: --card tok_…
    = 1
    $ member add --name 이몽룡 --tel 010-0000-0006 --card 'tok 1' --lang en
    ! error: a card token is 1 to 200 letters, digits and signs without spaces
    ! hint: give the payment provider's token: --card tok_…
    = 1
    $ member add --name 이몽룡 --tel 010-0000-0006 --friend-name 이친구
    ! error: 안심 연락처에는 전화번호가 필요합니다
    ! hint: --friend-tel 010-0000-0002를 더하세요
    = 1
    $ member add --name 이몽룡 --tel 010-0000-0006 --friend-tel 동네친구
    ! error: a telephone number without any digit
    ! hint: give a number like 010-0000-1234
    = 2
    $ member add --name 이몽룡
    ! error: the following required arguments were not provided:
    !   --tel <TEL>
    ! Usage: ascall member add --name <NAME> --tel <TEL>
    ! hint: see what it takes with --help
    = 2
    $ member add --name '' --tel 010-0000-0006
    ! error: invalid value '' for '--name <NAME>': nothing stands there
    ! hint: see what it takes with --help
    = 2
    $ member add --name 이몽룡 --tel ''
    ! error: a telephone number is empty
    ! hint: give a number like 010-0000-1234
    = 2
    $ member amend M-1
    ! error: the following required arguments were not provided:
    !   <--name <NAME>|--tel <TEL>|--card <TOKEN>|--friend-name <NAME>|--friend-tel <TEL>>
    ! Usage: ascall member amend <--name <NAME>|--tel <TEL>|--card <TOKEN>|--friend-name <NAME>|--friend-tel <TEL>> <M>
    ! hint: see what it takes with --help
    = 2
    $ member amend M-9 --name 이몽룡
    ! error: 회원 M-9이(가) 없습니다
    ! hint: 회원 보기: ascall member list
    = 1
    $ member amend M-1 --card NUMBER
    ! error: 카드 번호는 저장하지 않습니다. 결제사의 토큰만 저장합니다
    ! hint: 결제사의 토큰을 쓰세요: --card tok_…
    = 1
    $ member show M-9
    ! error: 회원 M-9이(가) 없습니다
    ! hint: 회원 보기: ascall member list
    = 1
    $ member show --tel 010-0000-0099
    ! error: 이 번호의 회원이 없습니다
    ! hint: 회원 보기: ascall member list
    = 1
    $ member show --tel 010-0000-0099 --lang en
    ! error: no member has this number
    ! hint: see who there is: ascall member list
    = 1
    $ member show
    ! error: the following required arguments were not provided:
    !   <M|--tel <TEL>>
    ! Usage: ascall member show <M|--tel <TEL>>
    ! hint: see what it takes with --help
    = 2
    $ member show C-1
    ! error: invalid value 'C-1' for '[M]': `C-1` is not a member number (expected a form like `M-1`)
    ! hint: see what it takes with --help
    = 2
    $ request --profile taxi --member M-9 --from 37.5665,126.9780 --field 'to=마포구 공덕동'
    ! error: 회원 M-9이(가) 없습니다
    ! hint: 회원 보기: ascall member list
    = 1
    $ request --profile taxi --tel 010-0000-0099 --from 37.5665,126.9780 --field 'to=마포구 공덕동'
    ! error: `taxi` 호출은 회원만 할 수 있습니다
    ! hint: 회원으로 등록하기: ascall member add --name … --tel …, 회원이면: --member M-1
    = 1
    $ request --profile taxi --member M-1 --from 37.5665,126.9780 --field to=우리집
    ! error: `우리집`은(는) 알 수 없는 위치입니다
    ! hint: 동 이름("마포구 공덕동")이나 LAT,LON(37.5481,126.9550)으로 쓰세요
    = 2
    $ request --profile taxi --member M-1 --from 37.5665,126.9780 --field to=중구 --lang en
    ! error: `중구` could be more than one place:
    !   서울특별시 중구
    !   부산광역시 중구
    !   대구광역시 중구
    !   인천광역시 중구
    !   대전광역시 중구
    !   울산광역시 중구
    ! hint: say which, e.g. "서울특별시 중구", or give LAT,LON
    = 2
    $ request --profile taxi --member M-1 --field location=중구
    ! error: `location`은(는) 따로 쓰는 값입니다
    ! hint: --field location=… 대신 --location …으로 쓰세요
    = 2
    $ request --profile taxi
    ! error: `taxi` 호출은 회원만 할 수 있습니다
    ! hint: 회원으로 등록하기: ascall member add --name … --tel …, 회원이면: --member M-1
    = 1
    $ inbox --member M-9
    ! error: 회원 M-9이(가) 없습니다
    ! hint: 회원 보기: ascall member list
    = 1
    $ report usage --member M-9
    ! error: 회원 M-9이(가) 없습니다
    ! hint: 회원 보기: ascall member list
    = 1
    $ list --member M-9
    ! (없음)
    "#);
}

#[test]
fn a_ride_from_the_call_to_the_rating() {
    let desk = desk();
    assert_snapshot!(tell(&desk, &[
        CALL,
        "list --member M-1",
        "offer list",
        "offer list --worker W-2 -o json",
        "status C-1",
        "why C-1",
        "why C-1 W-2",
        "offer accept O-1",
        "offer accept O-1 --worker W-9",
        "offer decline O-1 --worker W-1 --reason 멀다",
        "offer list",
        "offer accept O-1 --worker W-2",
        "offer accept O-1 --worker W-1",
        "cancel C-1 --as customer",
        "cancel C-1 --as customer --lang en",
        "depart C-1",
        "worker at W-2 37.5600,126.9700",
        "status C-1",
        "arrive C-1",
        "start C-1",
        "status C-1 --lang en",
        "finish C-1",
        "finish C-1 --fare 600000",
        "finish C-1 --fare 12000 --disposition 완료 --dry-run",
        "finish C-1 --fare 12000 --disposition 완료 --key f1",
        "finish C-1 --fare 12000 --disposition 완료 --key f1",
        "rate C-1 5 --text '친절했어요' --key r1",
        "rate C-1 5 --text '친절했어요' --key r1",
        "rate C-1 1",
        "note C-1 --disposition 환불",
        "note C-1 '전화 옴' --disposition 만족 --key n1",
        "note C-1 '전화 옴' --disposition 만족 --key n1",
        "status C-1",
        "worker show W-2",
        "inbox --tel 010-0000-0002",
        "inbox --member M-1 --lang en",
        "inbox --worker W-1",
        "verify -o id",
    ]), @r#"
    $ request --profile taxi --member M-1 --from 37.5665,126.9780 --field 'to=마포구 공덕동'
    C-1  택시호출
    $ list --member M-1
    호출  상태      접수   종류  위치          고객                 기사  비용  확인 필요
    C-1   택시호출  00:00        37.56,126.97  010-****-0001 홍*동
    $ offer list
    번호  호출  기사     범위  기한
    O-1   C-1   W-1 W-2  1     00:00:00
    $ offer list --worker W-2 -o json
    [
      {
        "id": "O-1",
        "call": "C-1",
        "worker": null,
        "workers": [
          "W-1",
          "W-2"
        ],
        "ring": 1,
        "deadline": "0000-00-00T00:00:00.000Z"
      }
    ]
    $ status C-1
    호출       C-1
    상태       택시호출
    상태 시각  00:00
    서비스     taxi
    위치       37.56,126.97
    고객       홍*동 010-****-0001
    회원       M-1
    동시 제안  2명, 1번째 범위, 00:00:00까지
    접수       00:00
    단계       payment 시작 전
    도착지: 서울특별시 마포구 공덕동

    순번  시각      사건       내용                                    누가  사유
    10    00:00:00  접수       M-1                                     kim
                    접수 확정
                    알림       접수 → 고객
                    동시 제안  O-1 기사 2명에게, 1번째 범위, 00:00:00
                    알림       제안 → 기사, 기사 2명
    $ why C-1
    00:00:00: 기사 2명에게 동시 제안, 1번째 범위
    기사  거리  이동  쉰 시간  출발       판정
    W-1   24m   0초  0초      기본 위치  제안함
    W-2   399m  2분   0초      기본 위치  제안함
    살펴본 기사: 적합 2 (반경 1.5km)
    지금 기사 2명: 이미 물어봄 2
    $ why C-1 W-2
    순번 10 당시 W-2: 제안함
    지금 W-2: 이미 물어봄
    $ offer accept O-1
    ! error: 제안 O-1은(는) 여러 기사에게 갔으므로 답한 기사를 밝혀야 합니다
    ! hint: 답한 기사를 쓰세요: ascall offer accept O-1 --worker W-1
    = 1
    $ offer accept O-1 --worker W-9
    ! error: 기사 W-9이(가) 없습니다
    ! hint: 기사 보기: ascall worker list
    = 1
    $ offer decline O-1 --worker W-1 --reason 멀다
    C-1  택시호출
    $ offer list
    번호  호출  기사  범위  기한
    O-1   C-1   W-2   1     00:00:00
    $ offer accept O-1 --worker W-2
    C-1  배정됨  W-2 박*리 010-****-0102
    $ offer accept O-1 --worker W-1
    ! error: 제안 O-1은(는) 기사 W-1에게 가지 않았습니다
    ! hint: 누구에게 물었는지: ascall offer list
    = 1
    $ cancel C-1 --as customer
    ! error: 호출 C-1은(는) W-2 기사가 배정되어 취소할 수 없습니다 (`taxi`은 배정 전까지만 취소)
    ! hint: 담당자 권한으로: ascall cancel C-1 --force --reason …
    = 1
    $ cancel C-1 --as customer --lang en
    ! error: call C-1 already has worker W-2; `taxi` calls can be canceled only before
    ! hint: an operator may: ascall cancel C-1 --force --reason …
    = 1
    $ depart C-1
    C-1  배정됨  W-2 박*리 010-****-0102
    $ worker at W-2 37.5600,126.9700
    W-2  박*리  010-****-0102  배정  C-1
    $ status C-1
    호출       C-1
    상태       배정됨
    상태 시각  00:00
    서비스     taxi
    위치       37.56,126.97
    고객       홍*동 010-****-0001
    회원       M-1
    기사       W-2 박*리 010-****-0102
    기사 위치  37.5600,126.9700 (0초 전), 1.0km, 약 4분
    접수       00:00
    단계       payment 시작 전
    도착지: 서울특별시 마포구 공덕동

    순번  시각      사건          내용                                    누가  사유
    10    00:00:00  접수          M-1                                     kim
                    접수 확정
                    알림          접수 → 고객
                    동시 제안     O-1 기사 2명에게, 1번째 범위, 00:00:00
                    알림          제안 → 기사, 기사 2명
    11    00:00:00  제안 거절     O-1 W-1                                 kim   멀다
    12    00:00:00  제안 수락     O-1 W-2                                 kim
                    동시 제안 끝  O-1 배정됨
                    배정          W-2 (제안 수락)
                    알림          배정 → 고객, W-2
                    알림          배정 → 기사, W-2
    13    00:00:00  출발          W-2                                     kim
                    알림          출발 → 고객, W-2
    $ arrive C-1
    C-1  배정됨  W-2 박*리 010-****-0102
    $ start C-1
    C-1  운행시작  W-2 박*리 010-****-0102
    $ status C-1 --lang en
    call          C-1
    phase         in service
    since         00:00
    service       taxi
    place         37.56,126.97
    customer      홍*동 010-****-0001
    member        M-1
    worker        W-2 박*리 010-****-0102
    worker is at  37.5600,126.9700 (0 s ago)
    received      00:00
    steps         payment not yet
    to: 서울특별시 마포구 공덕동

    seq  time      event           text                           by   reason
    10   00:00:00  received        M-1                            kim
                   opened
                   notice          opened → customer
                   broadcast       O-1 2 asked, ring 1, 00:00:00
                   notices         offered → worker, 2 told
    11   00:00:00  offer declined  O-1 W-1                        kim  멀다
    12   00:00:00  offer accepted  O-1 W-2                        kim
                   broadcast over  O-1 taken
                   assigned        W-2 (offer accepted)
                   notice          assigned → customer, W-2
                   notice          assigned → worker, W-2
    13   00:00:00  en route        W-2                            kim
                   notice          en route → customer, W-2
    15   00:00:00  arrived         W-2                            kim
                   notice          arrived → customer, W-2
    16   00:00:00  work started    W-2                            kim
                   notice          started → customer, W-2
                   notice          started → friend, W-2
    $ finish C-1
    ! error: 호출 C-1은(는) 미터 요금이라서 끝낼 때 요금이 필요합니다
    ! hint: 요금 쓰기: ascall finish C-1 --fare 12000
    = 1
    $ finish C-1 --fare 600000
    ! error: fare은(는) 0에서 500000 사이여야 합니다 (입력: 600000)
    ! hint: 범위 안의 수로 쓰세요
    = 1
    $ finish C-1 --fare 12000 --disposition 완료 --dry-run
    C-1 처리 결과 완료
    C-1 작업 종료 W-2, 완료, 12,000원
    C-1 알림 작업 종료 → 안심 연락처, W-2
    C-1 알림 작업 종료 → 고객, W-2
    C-1 정산 중
    C-1 요청 payment 처리 #1
    C-1 응답 payment 처리 승인 (0 ms)
    C-1 입출금 결제 12,000원
    C-1 완료
    C-1 알림 완료 → 고객, W-2
    ! 실행하면 일어날 일 (아무것도 바뀌지 않았습니다)
    $ finish C-1 --fare 12000 --disposition 완료 --key f1
    C-1  운행종료  W-2 박*리 010-****-0102
    $ finish C-1 --fare 12000 --disposition 완료 --key f1
    C-1  운행종료  W-2 박*리 010-****-0102
    ! 이미 처리된 요청이라 다시 하지 않았습니다
    $ rate C-1 5 --text '친절했어요' --key r1
    C-1  운행종료  W-2 박*리 010-****-0102
    $ rate C-1 5 --text '친절했어요' --key r1
    C-1  운행종료  W-2 박*리 010-****-0102
    ! 이미 처리된 요청이라 다시 하지 않았습니다
    $ rate C-1 1
    ! error: 호출 C-1은(는) 이미 5점으로 평가되었습니다
    ! hint: 평가는 바꿀 수 없습니다. 더 적으려면: ascall note C-1 …
    = 1
    $ note C-1 --disposition 환불
    C-1  운행종료  W-2 박*리 010-****-0102
    $ note C-1 '전화 옴' --disposition 만족 --key n1
    C-1  운행종료  W-2 박*리 010-****-0102
    $ note C-1 '전화 옴' --disposition 만족 --key n1
    C-1  운행종료  W-2 박*리 010-****-0102
    ! 이미 처리된 요청이라 다시 하지 않았습니다
    $ status C-1
    호출       C-1
    상태       운행종료
    상태 시각  00:00
    서비스     taxi
    위치       37.56,126.97
    비용       12,000원
    결제       12,000원
    고객       홍*동 010-****-0001
    회원       M-1
    기사       W-2 박*리 010-****-0102
    접수       00:00
    결과       완료
    처리 결과  만족
    평가       5/5점
    단계       payment 완료
    메모       친절했어요 (kim)
    메모       전화 옴 (kim)
    도착지: 서울특별시 마포구 공덕동

    순번  시각      사건          내용                                    누가  사유
    10    00:00:00  접수          M-1                                     kim
                    접수 확정
                    알림          접수 → 고객
                    동시 제안     O-1 기사 2명에게, 1번째 범위, 00:00:00
                    알림          제안 → 기사, 기사 2명
    11    00:00:00  제안 거절     O-1 W-1                                 kim   멀다
    12    00:00:00  제안 수락     O-1 W-2                                 kim
                    동시 제안 끝  O-1 배정됨
                    배정          W-2 (제안 수락)
                    알림          배정 → 고객, W-2
                    알림          배정 → 기사, W-2
    13    00:00:00  출발          W-2                                     kim
                    알림          출발 → 고객, W-2
    15    00:00:00  도착          W-2                                     kim
                    알림          도착 → 고객, W-2
    16    00:00:00  작업 시작     W-2                                     kim
                    알림          작업 시작 → 고객, W-2
                    알림          작업 시작 → 안심 연락처, W-2
    17    00:00:00  처리 결과     완료                                    kim
    18    00:00:00  작업 종료     W-2, 완료, 12,000원                     kim
                    알림          작업 종료 → 안심 연락처, W-2
                    알림          작업 종료 → 고객, W-2
                    정산 중
                    요청          payment 처리 #1
                    응답          payment 처리 승인 (0 ms)
                    입출금        결제 12,000원
                    완료
                    알림          완료 → 고객, W-2
    19    00:00:00  다시 꺼냄                                             kim
                    평가          5/5, W-2
    20    00:00:00  처리 결과     환불                                    kim
    21    00:00:00  처리 결과     만족                                    kim
    22    00:00:00  메모                                                  kim
    $ worker show W-2
    기사         W-2 박*리 010-****-0102
    현황         대기
    담당 서비스  taxi
    최근 위치    37.5665,126.9780 (00:00)
    평가         5.0/5점 (1)

    호출  상태      접수   종류  위치          고객                 기사                     비용      확인 필요
    C-1   운행종료  00:00        37.56,126.97  010-****-0001 홍*동  W-2 박*리 010-****-0102  12,000원
    $ inbox --tel 010-0000-0002
    시각   호출  받는 이      전달  내용
    00:00  C-1   안심 연락처        [안심] 홍*동 님이 택시로 출발했습니다. 37.56,126.97 → 서울특별시 마포구 공덕동 · 기사 박*리 010-****-0102
    00:00  C-1   안심 연락처        [안심] 홍*동 님이 도착했습니다. (호출 C-1)
    $ inbox --member M-1 --lang en
    time   call  to        delivery  text
    00:00  C-1   customer            [택시] 호출 C-1 접수되었습니다. 가까운 택시를 찾고 있습니다.
    00:00  C-1   customer            [택시] 호출 C-1에 박*리 택시가 배정되었습니다. 연락처: 010-****-0102
    00:00  C-1   customer            [택시] 박*리 택시가 출발지로 가고 있습니다. (호출 C-1)
    00:00  C-1   customer            [택시] 박*리 택시가 출발지에 도착했습니다. (호출 C-1)
    00:00  C-1   customer            [택시] 운행을 시작했습니다. (호출 C-1)
    00:00  C-1   friend              [안심] 홍*동 님이 택시로 출발했습니다. 37.56,126.97 → 서울특별시 마포구 공덕동 · 기사 박*리 010-****-0102
    00:00  C-1   friend              [안심] 홍*동 님이 도착했습니다. (호출 C-1)
    00:00  C-1   customer            [택시] 운행이 끝났습니다. 요금 12,000원을 등록된 카드로 결제합니다. (호출 C-1)
    00:00  C-1   customer            [택시] 호출 C-1 정산이 끝났습니다. 이용해 주셔서 감사합니다. 기사님은 어떠셨나요?
    $ inbox --worker W-1
    시각   호출  받는 이  전달  내용
    00:00  C-1   기사           [호출] C-1 37.56,126.97 → 서울특별시 마포구 공덕동. 수락하시겠습니까?
    $ verify -o id
    ok
    "#);
}

#[test]
fn a_trip_that_cannot_be_charged_is_settled_by_hand() {
    let desk = desk();
    assert_snapshot!(tell(&desk, &[
        CALL,
        "offer accept O-1 --worker W-1",
        "start C-1",
        "participant fail payment --as denied",
        "finish C-1 --fare 9000",
        "attention list",
        "settle C-1 --by cash",
        "settle C-1 --by cash --reason '현금으로 받음' --dry-run",
        "settle C-1 --by cash --reason '현금으로 받음'",
        "status C-1",
        "refund C-1 --reason 돌려줌",
        "report money",
        "verify -o id",
    ]), @r#"
    $ request --profile taxi --member M-1 --from 37.5665,126.9780 --field 'to=마포구 공덕동'
    C-1  택시호출
    $ offer accept O-1 --worker W-1
    C-1  배정됨  W-1 김*나 010-****-0101
    $ start C-1
    C-1  운행시작  W-1 김*나 010-****-0101
    $ participant fail payment --as denied
    payment  장애 거부
    $ finish C-1 --fare 9000
    C-1  정산중  W-1 김*나 010-****-0101  ! 정산이 거부됨
    $ attention list
    번호  대상  이유           시각   담당  할 일
    A-1   C-1   정산이 거부됨  00:00        ascall settle C-1 --by cash --reason …
    $ settle C-1 --by cash
    ! error: 사유가 필요합니다 (settle)
    ! hint: --reason "…"을(를) 더하세요
    = 1
    $ settle C-1 --by cash --reason '현금으로 받음' --dry-run
    C-1 직접 정산 payment 현금
    C-1 입출금 현금 9,000원
    C-1 완료
    C-1 알림 완료 → 고객, W-1
    확인 끝 A-1
    ! 실행하면 일어날 일 (아무것도 바뀌지 않았습니다)
    $ settle C-1 --by cash --reason '현금으로 받음'
    C-1  운행종료  W-1 김*나 010-****-0101
    $ status C-1
    호출       C-1
    상태       운행종료
    상태 시각  00:00
    서비스     taxi
    위치       37.56,126.97
    비용       9,000원
    직접 정산  9,000원
    고객       홍*동 010-****-0001
    회원       M-1
    기사       W-1 김*나 010-****-0101
    접수       00:00
    결과       완료
    단계       payment 직접 정산
    도착지: 서울특별시 마포구 공덕동

    순번  시각      사건          내용                                    누가  사유
    10    00:00:00  접수          M-1                                     kim
                    접수 확정
                    알림          접수 → 고객
                    동시 제안     O-1 기사 2명에게, 1번째 범위, 00:00:00
                    알림          제안 → 기사, 기사 2명
    11    00:00:00  제안 수락     O-1 W-1                                 kim
                    동시 제안 끝  O-1 배정됨, 다른 기사 1명에게 알림
                    알림          제안 취소 → 기사, 기사 1명
                    배정          W-1 (제안 수락)
                    알림          배정 → 고객, W-1
                    알림          배정 → 기사, W-1
    12    00:00:00  작업 시작     W-1                                     kim
                    알림          작업 시작 → 고객, W-1
                    알림          작업 시작 → 안심 연락처, W-1
    14    00:00:00  작업 종료     W-1, 완료, 9,000원                      kim
                    알림          작업 종료 → 안심 연락처, W-1
                    알림          작업 종료 → 고객, W-1
                    정산 중
                    요청          payment 처리 #1
                    응답          payment 처리 거부: 거부 설정 (0 ms)
                    확인 필요     A-1 정산이 거부됨
    15    00:00:00  직접 정산     payment 현금                            kim   현금으로 받음
                    입출금        현금 9,000원
                    완료
                    알림          완료 → 고객, W-1
    $ refund C-1 --reason 돌려줌
    ! error: 호출 C-1에서 더 돌려줄 수 있는 금액은 0원입니다
    ! hint: 받은 돈 보기: ascall status C-1
    = 1
    $ report money
    계정  잔액
    현금  9,000원
    매출  -9,000원
    합계  0원
    $ verify -o id
    ok
    "#);
}

#[test]
fn money_is_given_back_in_parts_and_a_refusal_is_let_go_by_name() {
    let desk = desk();
    for line in [CALL, "offer accept O-1 --worker W-1", "start C-1", "finish C-1 --fare 9000"] {
        ends(&desk, 0, line);
    }
    assert_snapshot!(tell(&desk, &[
        "refund C-1",
        "refund C-1 --amount 10000 --reason 많이",
        "refund C-1 --amount 0 --reason 없음",
        "refund C-1 --amount 반 --reason 반",
        "refund C-9 --reason 없음",
        "refund C-1 --amount 2000 --reason '길을 돌아감' --dry-run",
        "refund C-1 --amount 2000 --reason '길을 돌아감' --key x1",
        "refund C-1 --amount 2000 --reason '길을 돌아감' --key x1",
        "participant fail payment --as denied",
        "refund C-1 --amount 3000 --reason '또'",
        "attention list",
        "status C-1",
        "retry C-1",
        "waive C-1 refund-2 --reason '손님이 괜찮다고 함'",
        "participant start payment",
        "refund C-1 --reason '전부'",
        "refund C-1 --reason '더'",
        "refund C-1 --reason '더' --lang en",
        "status C-1 --lang en",
        "report money",
        "report money --lang en",
        "report money -o csv",
        "report usage",
        "verify -o id",
    ]), @r#"
    $ refund C-1
    ! error: 사유가 필요합니다 (refund)
    ! hint: --reason "…"을(를) 더하세요
    = 1
    $ refund C-1 --amount 10000 --reason 많이
    ! error: 호출 C-1에서 더 돌려줄 수 있는 금액은 9000원입니다
    ! hint: 그 금액까지만: ascall refund C-1 --amount 9000
    = 1
    $ refund C-1 --amount 0 --reason 없음
    ! error: refund은(는) 1에서 10000000000 사이여야 합니다 (입력: 0)
    ! hint: 범위 안의 수로 쓰세요
    = 1
    $ refund C-1 --amount 반 --reason 반
    ! error: invalid value '반' for '--amount <WON>': `반` is not whole won (expected a form like `25500` or `25,500`)
    ! hint: see what it takes with --help
    = 2
    $ refund C-9 --reason 없음
    ! error: 호출 C-9이(가) 없습니다
    ! hint: 호출 보기: ascall list --all
    = 1
    $ refund C-1 --amount 2000 --reason '길을 돌아감' --dry-run
    C-1 다시 꺼냄
    C-1 환불 요청 2,000원
    C-1 요청 환불 1 처리 #1
    C-1 응답 환불 1 처리 승인 (0 ms)
    C-1 입출금 환불 2,000원
    C-1 알림 환불 → 고객, W-1
    ! 실행하면 일어날 일 (아무것도 바뀌지 않았습니다)
    $ refund C-1 --amount 2000 --reason '길을 돌아감' --key x1
    C-1  운행종료  W-1 김*나 010-****-0101
    $ refund C-1 --amount 2000 --reason '길을 돌아감' --key x1
    C-1  운행종료  W-1 김*나 010-****-0101
    ! 이미 처리된 요청이라 다시 하지 않았습니다
    $ participant fail payment --as denied
    payment  장애 거부
    $ refund C-1 --amount 3000 --reason '또'
    C-1  운행종료  W-1 김*나 010-****-0101  ! 환불이 거부됨
    $ attention list
    번호  대상  이유           시각   담당  할 일
    A-1   C-1   환불이 거부됨  00:00        ascall retry C-1
    $ status C-1
    호출       C-1
    상태       운행종료
    상태 시각  00:00
    서비스     taxi
    위치       37.56,126.97
    비용       9,000원
    결제       9,000원
    환불       2,000원
    고객       홍*동 010-****-0001
    회원       M-1
    기사       W-1 김*나 010-****-0101
    접수       00:00
    결과       완료
    단계       payment 완료 · 환불 1 완료 · 환불 2 거부
    확인 필요  환불이 거부됨
    도착지: 서울특별시 마포구 공덕동

    순번  시각      사건          내용                                    누가  사유
    10    00:00:00  접수          M-1                                     kim
                    접수 확정
                    알림          접수 → 고객
                    동시 제안     O-1 기사 2명에게, 1번째 범위, 00:00:00
                    알림          제안 → 기사, 기사 2명
    11    00:00:00  제안 수락     O-1 W-1                                 kim
                    동시 제안 끝  O-1 배정됨, 다른 기사 1명에게 알림
                    알림          제안 취소 → 기사, 기사 1명
                    배정          W-1 (제안 수락)
                    알림          배정 → 고객, W-1
                    알림          배정 → 기사, W-1
    12    00:00:00  작업 시작     W-1                                     kim
                    알림          작업 시작 → 고객, W-1
                    알림          작업 시작 → 안심 연락처, W-1
    13    00:00:00  작업 종료     W-1, 완료, 9,000원                      kim
                    알림          작업 종료 → 안심 연락처, W-1
                    알림          작업 종료 → 고객, W-1
                    정산 중
                    요청          payment 처리 #1
                    응답          payment 처리 승인 (0 ms)
                    입출금        결제 9,000원
                    완료
                    알림          완료 → 고객, W-1
    14    00:00:00  다시 꺼냄                                             kim   길을 돌아감
                    환불 요청     2,000원
                    요청          환불 1 처리 #1
                    응답          환불 1 처리 승인 (0 ms)
                    입출금        환불 2,000원
                    알림          환불 → 고객, W-1
    16    00:00:00  환불 요청     3,000원                                 kim   또
                    요청          환불 2 처리 #1
                    응답          환불 2 처리 거부: 거부 설정 (0 ms)
                    확인 필요     A-1 환불이 거부됨
    $ retry C-1
    C-1  운행종료  W-1 김*나 010-****-0101  ! 환불이 거부됨
    $ waive C-1 refund-2 --reason '손님이 괜찮다고 함'
    C-1  운행종료  W-1 김*나 010-****-0101
    $ participant start payment
    payment  정상
    $ refund C-1 --reason '전부'
    C-1  운행종료  W-1 김*나 010-****-0101
    $ refund C-1 --reason '더'
    ! error: 호출 C-1에서 더 돌려줄 수 있는 금액은 0원입니다
    ! hint: 받은 돈 보기: ascall status C-1
    = 1
    $ refund C-1 --reason '더' --lang en
    ! error: call C-1 has 0 won left to give back
    ! hint: see what was paid: ascall status C-1
    = 1
    $ status C-1 --lang en
    call      C-1
    phase     completed
    since     00:00
    service   taxi
    place     37.56,126.97
    cost      9,000 won
    paid      9,000 won
    refunded  9,000 won
    customer  홍*동 010-****-0001
    member    M-1
    worker    W-1 김*나 010-****-0101
    received  00:00
    outcome   done
    steps     payment done · refund 1 done · refund 2 waived · refund 3 done
    to: 서울특별시 마포구 공덕동

    seq  time      event             text                                       by   reason
    10   00:00:00  received          M-1                                        kim
                   opened
                   notice            opened → customer
                   broadcast         O-1 2 asked, ring 1, 00:00:00
                   notices           offered → worker, 2 told
    11   00:00:00  offer accepted    O-1 W-1                                    kim
                   broadcast over    O-1 taken, 1 without it told
                   notices           withdrawn → worker, 1 told
                   assigned          W-1 (offer accepted)
                   notice            assigned → customer, W-1
                   notice            assigned → worker, W-1
    12   00:00:00  work started      W-1                                        kim
                   notice            started → customer, W-1
                   notice            started → friend, W-1
    13   00:00:00  work finished     W-1, done, 9,000 won                       kim
                   notice            finished → friend, W-1
                   notice            finished → customer, W-1
                   closing
                   asked             payment do #1
                   answered          payment do ok (0 ms)
                   money             captured 9,000 won
                   completed
                   notice            completed → customer, W-1
    14   00:00:00  recalled                                                     kim  길을 돌아감
                   refund asked      2,000 won
                   asked             refund 1 do #1
                   answered          refund 1 do ok (0 ms)
                   money             refunded 2,000 won
                   notice            refunded → customer, W-1
    16   00:00:00  refund asked      3,000 won                                  kim  또
                   asked             refund 2 do #1
                   answered          refund 2 do denied: made to refuse (0 ms)
                   attention raised  A-1 a refund was refused
    17   00:00:00  retried           refund 2                                   kim
                   asked             refund 2 do #2
                   answered          refund 2 do denied: made to refuse (0 ms)
    18   00:00:00  waived            refund 2                                   kim  손님이 괜찮다고 함
    20   00:00:00  refund asked      7,000 won                                  kim  전부
                   asked             refund 3 do #1
                   answered          refund 3 do ok (0 ms)
                   money             refunded 7,000 won
                   notice            refunded → customer, W-1
    $ report money
    계정  잔액
    카드  0원
    매출  0원
    합계  0원
    $ report money --lang en
    account  balance
    card     0 won
    revenue  0 won
    sum      0 won
    $ report money -o csv
    account,balance
    card,0
    revenue,0
    $ report usage
    회원  이름   호출  완료  취소  미배정  이용 금액  환불     쿠폰  많이 찾는 시각  자주 찾는 곳
    M-1   홍*동  1     1     0     0       0원        9,000원  0     0시            서울특별시 중구 태평로1가 1
    $ verify -o id
    ok
    "#);
}

#[test]
fn while_payment_is_down_the_trip_waits_and_is_charged_once() {
    let desk = desk();
    assert_snapshot!(tell(&desk, &[
        CALL,
        "offer accept O-1 --worker W-1",
        "start C-1",
        "participant stop payment",
        "finish C-1 --fare 9000",
        "worker show W-1 -o csv",
        "participant start payment",
    ]), @"
    $ request --profile taxi --member M-1 --from 37.5665,126.9780 --field 'to=마포구 공덕동'
    C-1  택시호출
    $ offer accept O-1 --worker W-1
    C-1  배정됨  W-1 김*나 010-****-0101
    $ start C-1
    C-1  운행시작  W-1 김*나 010-****-0101
    $ participant stop payment
    payment  중지
    $ finish C-1 --fare 9000
    C-1  정산중  W-1 김*나 010-****-0101
    ! 호출 1건이 기다리고 있습니다. 계속 돌보려면: ascall serve
    $ worker show W-1 -o csv
    id,name,tel,availability,call,skills,services,seen_lat,seen_lon,seen_at,idle_since
    W-1,김하나,010-0000-0101,available,,,taxi,37.5665,126.978,0000-00-00T00:00:00.000Z,0000-00-00T00:00:00.000Z
    $ participant start payment
    payment  정상
    ");
    ends(&desk, 0, "watch C-1 --until ended --timeout 20s");
    assert_snapshot!(tell(&desk, &["list --all", "report money", "verify -o id"]), @"
    $ list --all
    호출  상태      접수   종류  위치          고객                 기사                     비용     확인 필요
    C-1   운행종료  00:00        37.56,126.97  010-****-0001 홍*동  W-1 김*나 010-****-0101  9,000원
    $ report money
    계정  잔액
    카드  9,000원
    매출  -9,000원
    합계  0원
    $ verify -o id
    ok
    ");
}

#[test]
fn what_is_said_after_a_ride_is_said_in_a_form_that_is_understood() {
    let desk = desk();
    ends(&desk, 0, CALL);
    assert_snapshot!(tell(&desk, &[
        "rate C-1 0",
        "rate C-1 6",
        "rate C-1 good",
        "rate C-1",
        "rate C-1 5 --text ''",
        "rate C-1 5",
        "rate C-9 5",
        "note C-1",
        "note C-1 --disposition ''",
        "refund C-1 --reason x",
        "offer accept O-9 --worker W-1",
        "offer decline O-1",
        "offer list --worker W-9",
        "finish C-1 --fare x",
        "cancel C-1 --as customer --force --reason x",
        "cancel C-1 --as somebody",
        "cancel C-1 --as customer",
    ]), @"
    $ rate C-1 0
    ! error: invalid value '0' for '<N>': `0` is not a rating (from 1 to 5)
    ! hint: see what it takes with --help
    = 2
    $ rate C-1 6
    ! error: invalid value '6' for '<N>': `6` is not a rating (from 1 to 5)
    ! hint: see what it takes with --help
    = 2
    $ rate C-1 good
    ! error: invalid value 'good' for '<N>': `good` is not a rating (from 1 to 5)
    ! hint: see what it takes with --help
    = 2
    $ rate C-1
    ! error: the following required arguments were not provided:
    !   <N>
    ! Usage: ascall rate <C> <N>
    ! hint: see what it takes with --help
    = 2
    $ rate C-1 5 --text ''
    ! error: invalid value '' for '--text <TEXT>': nothing stands there
    ! hint: see what it takes with --help
    = 2
    $ rate C-1 5
    ! error: 호출 C-1은(는) 배정 대기 상태라서 할 수 없습니다 (rated)
    ! hint: 먼저 배정하세요: ascall assign C-1 W-1
    = 1
    $ rate C-9 5
    ! error: 호출 C-9이(가) 없습니다
    ! hint: 호출 보기: ascall list --all
    = 1
    $ note C-1
    ! error: the following required arguments were not provided:
    !   <TEXT>
    ! Usage: ascall note <C> <TEXT>
    ! hint: see what it takes with --help
    = 2
    $ note C-1 --disposition ''
    ! error: invalid value '' for '--disposition <CODE>': nothing stands there
    ! hint: see what it takes with --help
    = 2
    $ refund C-1 --reason x
    ! error: 호출 C-1은(는) 배정 대기 상태라서 할 수 없습니다 (refunded)
    ! hint: 먼저 배정하세요: ascall assign C-1 W-1
    = 1
    $ offer accept O-9 --worker W-1
    ! error: 제안 O-9은(는) 이미 끝났거나 없습니다
    ! hint: 열린 제안 보기: ascall offer list
    = 1
    $ offer decline O-1
    ! error: 제안 O-1은(는) 여러 기사에게 갔으므로 답한 기사를 밝혀야 합니다
    ! hint: 답한 기사를 쓰세요: ascall offer accept O-1 --worker W-1
    = 1
    $ offer list --worker W-9
    ! error: 기사 W-9이(가) 없습니다
    ! hint: 기사 보기: ascall worker list
    = 1
    $ finish C-1 --fare x
    ! error: invalid value 'x' for '--fare <WON>': `x` is not whole won (expected a form like `25500` or `25,500`)
    ! hint: see what it takes with --help
    = 2
    $ cancel C-1 --as customer --force --reason x
    ! error: the argument '--as <WHO>' cannot be used with '--force'
    ! Usage: ascall cancel --as <WHO> --reason <REASON> <C>
    ! hint: see what it takes with --help
    = 2
    $ cancel C-1 --as somebody
    ! error: invalid value 'somebody' for '--as <WHO>'
    !   [possible values: customer]
    ! hint: see what it takes with --help
    = 2
    $ cancel C-1 --as customer
    C-1  호출취소
    ");
}

#[test]
fn a_watcher_sees_the_driver_come_nearer() {
    let desk = desk();
    ends(&desk, 0, CALL);
    ends(&desk, 0, "offer accept O-1 --worker W-1");
    ends(&desk, 0, "worker at W-1 37.5600,126.9700");
    let seen = desk.run(&["watch", "C-1", "--until", "assigned", "-o", "ndjson"]);
    let places: Vec<&str> =
        seen.out.lines().filter(|line| line.contains("\"worker_place\"")).collect();
    assert_eq!(places.len(), 1, "{}", seen.out);
    assert!(places[0].contains("37.5600,126.9700") && places[0].contains("1.0km"), "{places:?}");
    let status = desk.json(&["status", "C-1"]);
    let place = &status["place"];
    assert_eq!((place["lat"].as_f64(), place["lon"].as_f64()), (Some(37.56), Some(126.97)));
    assert!(place["metres"].as_u64().unwrap() > 900 && place["eta_s"].as_u64().unwrap() > 60);
    assert!(place["age_s"].as_u64().unwrap() < 600);
    ends(&desk, 0, "start C-1");
    let place = &desk.json(&["status", "C-1"])["place"];
    assert!(place["metres"].is_null(), "on the way to somewhere else: {place}");
}
