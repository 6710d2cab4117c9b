//! Questions to workers, with a profile of the user's own: accepted, declined, expired, taken back.

use crate::sealed::Sealed;
use crate::settings::{adopt, profile};
use crate::told::{ends, tell};
use insta::assert_snapshot;

fn desk(deadline: &str) -> Sealed {
    let desk = Sealed::new();
    let stage = format!("stage = \"offer\"\ndeadline_ms = {deadline}");
    adopt(&desk, &profile(&[("stage = \"auto\"\nfor_ms = 600_000", &stage)]));
    for line in [
        "worker add --name 김하나 --tel 010-0000-0101 --at 37.5663,126.9779",
        "worker add --name 박두리 --tel 010-0000-0102 --at 37.6000,126.9820",
        "request --tel 010-0000-0001 --location 37.5665,126.9780",
    ] {
        ends(&desk, 0, &format!("--config config.toml {line}"));
    }
    desk
}

#[test]
fn a_worker_declines_and_the_next_accepts() {
    assert_snapshot!(tell(&desk("60_000"), &[
        "offer list",
        "offer list --lang en",
        "offer list -o csv",
        "offer list -o ndjson",
        "offer list -o id",
        "offer decline O-1 --dry-run",
        "offer decline O-1 --reason 멀다 --key d1",
        "offer decline O-1 --reason 멀다 --key d1",
        "offer decline O-1",
        "offer accept O-2 --key a1",
        "offer accept O-2 --lang en",
        "offer list",
        "why C-1",
        "inbox --worker W-1",
    ]), @r#"
    $ offer list
    번호  호출  기사  범위  기한
    O-1   C-1   W-1         00:00:00
    $ offer list --lang en
    id   call  worker  ring  until
    O-1  C-1   W-1           00:00:00
    $ offer list -o csv
    id,call,worker,deadline,workers,ring
    O-1,C-1,W-1,0000-00-00T00:00:00.000Z,W-1,
    $ offer list -o ndjson
    {"id":"O-1","call":"C-1","worker":"W-1","workers":["W-1"],"ring":null,"deadline":"0000-00-00T00:00:00.000Z"}
    $ offer list -o id
    O-1
    $ offer decline O-1 --dry-run
    C-1 제안 거절 O-1 W-1
    C-1 제안 O-2 W-2, 00:00:00
    C-1 알림 제안 → 기사, W-2
    ! 실행하면 일어날 일 (아무것도 바뀌지 않았습니다)
    $ offer decline O-1 --reason 멀다 --key d1
    C-1  호출중
    ! 호출 1건이 기다리고 있습니다. 다음 예정 00:00:00. 계속 돌보려면: ascall serve
    $ offer decline O-1 --reason 멀다 --key d1
    C-1  호출중
    ! 이미 처리된 요청이라 다시 하지 않았습니다
    ! 호출 1건이 기다리고 있습니다. 다음 예정 00:00:00. 계속 돌보려면: ascall serve
    $ offer decline O-1
    ! error: 제안 O-1은(는) 이미 끝났거나 없습니다
    ! hint: 열린 제안 보기: ascall offer list
    = 1
    $ offer accept O-2 --key a1
    C-1  호출확정  W-2 박*리 010-****-0102
    $ offer accept O-2 --lang en
    ! error: offer O-2 is not open any more
    ! hint: see what is open: ascall offer list
    = 1
    $ offer list
    ! (없음)
    $ why C-1
    00:00:00: W-1에게 제안
    기사  거리   이동  쉰 시간  출발       판정
    W-1   24m    2분   0초      기본 위치  제안함
    W-2   3.7km  14분  0초      기본 위치  적합하나 순위에서 밀림
    살펴본 기사: 적합하나 순위에서 밀림 1, 적합 1 (반경 3.7km)
    00:00:00: W-2에게 제안
    기사  거리   이동  쉰 시간  출발       판정
    W-2   3.7km  14분  0초      기본 위치  제안함
    살펴본 기사: 거절했거나 제외됨 1, 적합 1 (반경 3.7km)
    $ inbox --worker W-1
    시각   호출  받는 이  전달  내용
    00:00  C-1   기사           [제안] C-1 37.56,126.97. 수락하시겠습니까?
    "#);
}

#[test]
fn an_offer_nobody_answers_expires_and_the_next_is_asked() {
    let desk = desk("1");
    // Each look does what is due: in the end everybody was asked.
    let ran = crate::told::run(&desk, "watch C-1 --until assigned --timeout 1s");
    assert_eq!(ran.code, Some(6), "{}{}", ran.out, ran.err);
    let tail = desk.ok(&["tail", "-n", "100", "-o", "ndjson"]);
    assert!(tail.contains("offer_expired"), "{tail}");
    assert!(!tail.contains("offer_declined"), "expired is not declined");
    ends(&desk, 1, "offer accept O-1");
    desk.verified();
}

#[test]
fn a_cancel_takes_the_question_back() {
    let desk = desk("60_000");
    assert_snapshot!(tell(&desk, &["cancel C-1", "offer accept O-1", "offer list -o json", "inbox --worker W-1"]), @"
    $ cancel C-1
    C-1  호출취소
    $ offer accept O-1
    ! error: 제안 O-1은(는) 이미 끝났거나 없습니다
    ! hint: 열린 제안 보기: ascall offer list
    = 1
    $ offer list -o json
    []
    $ inbox --worker W-1
    시각   호출  받는 이  전달  내용
    00:00  C-1   기사           [제안] C-1 37.56,126.97. 수락하시겠습니까?
    00:00  C-1   기사           [제안] C-1 제안이 취소되었습니다.
    ");
}
