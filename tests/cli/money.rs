//! The ways out by hand: settle, waive, retry; with a profile that has a gate at the end.

use crate::sealed::Sealed;
use crate::settings::{adopt, profile};
use crate::told::{ends, tell};
use insta::assert_snapshot;

fn desk() -> Sealed {
    let mut desk = Sealed::new();
    desk.set("ASCALL_CONFIG", desk.path("config.toml").to_str().unwrap());
    let step = "[[steps]]\nname = \"payment\"\nposition = \"before_complete\"\ndeadline_ms = 610\nfallback = \"park\"\n\n[[plan]]";
    adopt(&desk, &profile(&[("[[plan]]", step)]));
    desk
}

#[test]
fn a_call_whose_end_is_refused_is_settled_by_hand() {
    assert_snapshot!(tell(&desk(), &[
        "worker add --name 김하나 --tel 010-0000-0101",
        "participant fail payment --as denied",
        "request --tel 010-0000-0001 --cost 5000",
        "settle C-1 --by cash --reason 현금",
        "finish C-1",
        "attention list",
        "retry C-1",
        "settle C-1 --by cash",
        "settle C-1 --by card --reason '단말기로 받음' --dry-run",
        "settle C-1 --by card --reason '단말기로 받음'",
        "attention list",
        "settle C-1 --by waive --reason 또",
    ]), @r#"
    $ worker add --name 김하나 --tel 010-0000-0101
    W-1  김*나  010-****-0101  대기
    $ participant fail payment --as denied
    payment  장애 거부
    $ request --tel 010-0000-0001 --cost 5000
    C-1  호출확정  W-1 김*나 010-****-0101
    $ settle C-1 --by cash --reason 현금
    ! error: 호출 C-1은(는) 정산 중이 아니라 배정 상태라서 정산할 수 없습니다 (현금)
    ! hint: 기사가 있습니다: ascall start C-1, ascall reassign C-1 W-1, 또는 ascall release C-1
    = 1
    $ finish C-1
    C-1  정산중  W-1 김*나 010-****-0101  ! 정산이 거부됨
    $ attention list
    번호  대상  이유           시각   담당  할 일
    A-1   C-1   정산이 거부됨  00:00        ascall settle C-1 --by cash --reason …
    $ retry C-1
    C-1  정산중  W-1 김*나 010-****-0101  ! 정산이 거부됨
    $ settle C-1 --by cash
    ! error: 사유가 필요합니다 (settle)
    ! hint: --reason "…"을(를) 더하세요
    = 1
    $ settle C-1 --by card --reason '단말기로 받음' --dry-run
    C-1 직접 정산 payment 카드
    C-1 완료
    C-1 알림 완료 → 고객, W-1
    확인 끝 A-1
    ! 실행하면 일어날 일 (아무것도 바뀌지 않았습니다)
    $ settle C-1 --by card --reason '단말기로 받음'
    C-1  완료  W-1 김*나 010-****-0101
    $ attention list
    ! (없음)
    $ settle C-1 --by waive --reason 또
    ! error: 호출 C-1은(는) 완료 상태라서 할 수 없습니다 (settled)
    ! hint: 끝난 호출은 그대로 둡니다. 이어서 새로 받기: ascall reopen C-1
    = 1
    "#);
}

#[test]
fn an_undo_that_is_refused_can_be_waived() {
    assert_snapshot!(tell(&desk(), &[
        "request --tel 010-0000-0001",
        "participant fail manage --as denied",
        "cancel C-1",
        "attention list",
        "waive C-1 manage",
        "waive C-1 nothing --reason x",
        "waive C-1 manage --reason '관리팀과 통화함'",
        "attention list",
        "verify",
    ]), @r#"
    $ request --tel 010-0000-0001
    C-1  호출중
    $ participant fail manage --as denied
    manage  장애 거부
    $ cancel C-1
    C-1  취소중  ! 되돌리기가 거부됨
    $ attention list
    번호  대상  이유               시각   담당  할 일
    A-1   C-1   되돌리기가 거부됨  00:00        ascall waive C-1 STEP --reason …
    $ waive C-1 manage
    ! error: 사유가 필요합니다 (waive)
    ! hint: --reason "…"을(를) 더하세요
    = 1
    $ waive C-1 nothing --reason x
    ! error: 호출 C-1에 `nothing` 단계가 없습니다 (있는 것: manage, payment)
    ! hint: 단계 보기: ascall status C-1
    = 1
    $ waive C-1 manage --reason '관리팀과 통화함'
    C-1  호출취소
    $ attention list
    ! (없음)
    $ verify
    이상 없음: 기록 10, 사건 26, 호출 1, 행 18
    "#);
}

#[test]
fn a_parked_call_is_tried_again_by_hand() {
    let desk = desk();
    assert_snapshot!(tell(&desk, &[
        "participant stop manage",
        "request --tel 010-0000-0001",
        "retry C-1",
        "participant start manage",
    ]), @"
    $ participant stop manage
    manage  중지
    $ request --tel 010-0000-0001
    C-1  호출(대기접수)
    ! 호출 1건이 기다리고 있습니다. 다음 예정 00:00:00. 계속 돌보려면: ascall serve
    $ retry C-1
    C-1  호출(대기접수)
    ! 호출 1건이 기다리고 있습니다. 다음 예정 00:00:00. 계속 돌보려면: ascall serve
    $ participant start manage
    manage  정상
    ");
    // By then it may have been asked again already; in the end it is open and there is nothing to try.
    crate::told::run(&desk, "retry C-1");
    ends(&desk, 0, "watch C-1 --until open --timeout 10s");
    let said = ends(&desk, 1, "retry C-1");
    assert!(said.contains("다시 시도할 것이 없습니다"), "{said}");
}
