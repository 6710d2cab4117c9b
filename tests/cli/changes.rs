//! What changes a desk: every verb once, and the three flags they share.

use crate::sealed::Sealed;
use crate::told::{ends, head, tell};
use insta::assert_snapshot;

fn desk() -> Sealed {
    let desk = Sealed::new();
    for line in [
        "worker add --name 김하나 --tel 010-0000-0101 --at 37.5663,126.9779 --skill TV",
        "worker add --name 박두리 --tel 010-0000-0102 --at 37.5700,126.9820",
        "request --tel 010-0000-0001 --location 37.5665,126.9780 --kind TV",
        "request --tel 010-0000-0002 --kind 보일러",
    ] {
        ends(&desk, 0, line);
    }
    desk
}

#[test]
fn a_call_from_assigned_to_completed() {
    assert_snapshot!(tell(&desk(), &[
        "arrive C-1",
        "start C-1 --lang en",
        "finish C-1 --outcome partial --fare 30000 -o csv",
        "note C-1 '잘 끝남'",
        "status C-1",
        "reopen C-1 --kind 세탁기 --cost 7000 --location 37.5,127.0 --priority high",
        "status C-3 -o csv",
    ]), @r#"
    $ arrive C-1
    C-1  호출확정  W-1 김*나 010-****-0101  TV
    $ start C-1 --lang en
    C-1  in service  W-1 김*나 010-****-0101  TV
    $ finish C-1 --outcome partial --fare 30000 -o csv
    id,profile,phase,phase_word,worker_id,worker_name,worker_tel,seq,kind,cost,priority,tel,name,location,received_at,phase_at,ended_at,retry_at,held_until,parent,outcome,attention,short_of,member,visit_from,visit_until,money_due,money_captured,money_settled,money_refunded,money_discount,rating,disposition
    C-1,repair,completed,완료,W-1,김하나,010-0000-0101,13,TV,30000,normal,010-0000-0001,,"37.5665,126.9780",0000-00-00T00:00:00.000Z,0000-00-00T00:00:00.000Z,0000-00-00T00:00:00.000Z,,,,partial,,,,,,,0,0,0,0,,
    $ note C-1 '잘 끝남'
    C-1  완료  W-1 김*나 010-****-0101  TV
    $ status C-1
    호출       C-1
    상태       완료
    상태 시각  00:00
    서비스     repair
    종류       TV
    위치       37.56,126.97
    비용       30,000원
    고객       010-****-0001
    기사       W-1 김*나 010-****-0101
    접수       00:00
    결과       일부 완료
    단계       manage 완료
    메모       잘 끝남 (kim)

    순번  시각      사건       내용                      누가  사유
    9     00:00:00  접수                                 kim
                    요청       manage 처리 #1
                    응답       manage 처리 승인 (0 ms)
                    접수 확정
                    알림       접수 → 고객
                    배정       W-1 (자동, 24m)
                    알림       배정 → 고객, W-1
                    알림       배정 → 기사, W-1
    11    00:00:00  도착       W-1                       kim
                    알림       도착 → 고객, W-1
    12    00:00:00  작업 시작  W-1                       kim
                    알림       작업 시작 → 고객, W-1
    13    00:00:00  작업 종료  W-1, 일부 완료, 30,000원  kim
                    완료
                    알림       완료 → 고객, W-1
    14    00:00:00  메모                                 kim
    $ reopen C-1 --kind 세탁기 --cost 7000 --location 37.5,127.0 --priority high
    C-3  호출중  세탁기  높음
    $ status C-3 -o csv
    id,profile,phase,phase_word,worker_id,worker_name,worker_tel,seq,kind,cost,priority,tel,name,location,received_at,phase_at,ended_at,retry_at,held_until,parent,outcome,attention,short_of,member,visit_from,visit_until,money_due,money_captured,money_settled,money_refunded,money_discount,rating,disposition
    C-3,repair,open,호출중,,,,15,세탁기,7000,high,010-0000-0001,,"37.5,127.0",0000-00-00T00:00:00.000Z,0000-00-00T00:00:00.000Z,,,,C-1,,,,,,,,0,0,0,0,,
    "#);
}

#[test]
fn a_call_that_is_changed_on_its_way() {
    assert_snapshot!(tell(&desk(), &[
        "priority C-2 urgent",
        "hold C-2 --until 30m",
        "release C-2",
        "amend C-2 --location 37.51,127.01 --tel 010-0000-0022 --name 최새롬 --kind TV --cost 9,000원",
        "assign C-2 W-2 --reason '가까이 있음'",
        "assign C-2 W-2 --force --reason '가까이 있음'",
        "release C-2 --lang en",
        "reassign C-1 W-2",
        "reassign C-1 W-2 --force --reason 교대",
        "start C-1",
        "worker off W-2",
        "worker off W-2 --after-current",
        "abort C-1 --reason 부품",
        "worker list",
        "worker on W-2",
        "assign C-2 W-2 --force --reason 복귀",
        "start C-2",
        "worker off W-2 --abort 사고",
        "list",
        "cancel C-1",
        "cancel C-1 --lang en",
    ]), @"
    $ priority C-2 urgent
    C-2  호출중  보일러  긴급
    $ hold C-2 --until 30m
    C-2  호출중  보일러  긴급  보류 기한 00:00
    $ release C-2
    C-2  호출중  보일러  긴급
    $ amend C-2 --location 37.51,127.01 --tel 010-0000-0022 --name 최새롬 --kind TV --cost 9,000원
    C-2  호출중  TV  긴급
    $ assign C-2 W-2 --reason '가까이 있음'
    ! error: 기사 W-2은(는) `TV` 기술이 없습니다
    ! hint: 다른 기사를 고르거나 (ascall worker list), --force --reason …을 더하세요
    = 1
    $ assign C-2 W-2 --force --reason '가까이 있음'
    C-2  호출확정  W-2 박*리 010-****-0102  TV  긴급
    $ release C-2 --lang en
    C-2  open  TV  urgent
    $ reassign C-1 W-2
    ! error: 기사 W-2은(는) `TV` 기술이 없습니다
    ! hint: 다른 기사를 고르거나 (ascall worker list), --force --reason …을 더하세요
    = 1
    $ reassign C-1 W-2 --force --reason 교대
    C-1  호출확정  W-2 박*리 010-****-0102  TV
    $ start C-1
    C-1  작업중  W-2 박*리 010-****-0102  TV
    $ worker off W-2
    ! error: 기사 W-2은(는) C-1 작업 중입니다
    ! hint: 작업이 끝나면 퇴근: ascall worker off W-2 --after-current, 중단하려면: --abort REASON
    = 1
    $ worker off W-2 --after-current
    W-2  박*리  010-****-0102  작업  C-1
    $ abort C-1 --reason 부품
    C-1  호출중  TV
    $ worker list
    기사  이름   전화           현황  호출  기술  담당 서비스  최근 위치
    W-1   김*나  010-****-0101  배정  C-2   TV
    W-2   박*리  010-****-0102  퇴근                           37.5665,126.9780 00:00
    $ worker on W-2
    W-2  박*리  010-****-0102  대기
    $ assign C-2 W-2 --force --reason 복귀
    ! error: 호출 C-2은(는) 배정 상태라서 할 수 없습니다 (assigned)
    ! hint: 기사가 있습니다: ascall start C-2, ascall reassign C-2 W-1, 또는 ascall release C-2
    = 1
    $ start C-2
    C-2  작업중  W-1 김*나 010-****-0101  TV  긴급
    $ worker off W-2 --abort 사고
    W-2  박*리  010-****-0102  퇴근
    $ list
    호출  상태           접수   종류  위치          고객                 기사                     비용     확인 필요
    C-1   호출중         00:00  TV    37.56,126.97  010-****-0001
    C-2   작업중 (긴급)  00:00  TV    37.51,127.01  010-****-0022 최*롬  W-1 김*나 010-****-0101  9,000원
    $ cancel C-1
    C-1  호출취소  TV
    $ cancel C-1 --lang en
    C-1  canceled  TV
    ! this was asked before; nothing was done again
    ");
}

#[test]
fn too_late_to_cancel_but_not_for_an_operator() {
    let desk = Sealed::new();
    let text = crate::settings::profile(&[("until = \"assigned\"", "until = \"open\"")]);
    crate::settings::adopt(&desk, &text);
    assert_snapshot!(tell(&desk, &[
        "--config config.toml worker add --name 김하나 --tel 010-0000-0101",
        "--config config.toml request --tel 010-0000-0001",
        "--config config.toml cancel C-1",
        "--config config.toml cancel C-1 --force",
        "--config config.toml cancel C-1 --force --reason 중복",
    ]), @r#"
$ --config config.toml worker add --name 김하나 --tel 010-0000-0101
W-1  김*나  010-****-0101  대기
$ --config config.toml request --tel 010-0000-0001
C-1  호출확정  W-1 김*나 010-****-0101
$ --config config.toml cancel C-1
! error: 호출 C-1은(는) W-1 기사가 배정되어 취소할 수 없습니다 (`repair`은 배정 전까지만 취소)
! hint: 담당자 권한으로: ascall cancel C-1 --force --reason …
= 1
$ --config config.toml cancel C-1 --force
! error: 사유가 필요합니다 (--force)
! hint: --reason "…"을(를) 더하세요
= 1
$ --config config.toml cancel C-1 --force --reason 중복
C-1  호출취소
"#);
}

#[test]
fn a_break_and_a_suspension_wait_for_the_work_or_break_it_off() {
    assert_snapshot!(tell(&desk(), &[
        "start C-1",
        "worker break W-1",
        "worker break W-1 --after-current",
        "finish C-1",
        "worker on W-1",
        "request --tel 010-0000-0003 --kind TV",
        "start C-3",
        "worker suspend W-1 --after-current",
        "worker suspend W-1 --abort 사고",
        "worker on W-1",
        "start C-3",
        "worker break W-1 --abort '급한 일'",
        "tail -n 1",
    ]), @r#"
    $ start C-1
    C-1  작업중  W-1 김*나 010-****-0101  TV
    $ worker break W-1
    ! error: 기사 W-1은(는) C-1 작업 중입니다
    ! hint: 작업이 끝나면 퇴근: ascall worker off W-1 --after-current, 중단하려면: --abort REASON
    = 1
    $ worker break W-1 --after-current
    W-1  김*나  010-****-0101  작업  C-1  TV
    $ finish C-1
    C-1  완료  W-1 김*나 010-****-0101  TV
    $ worker on W-1
    W-1  김*나  010-****-0101  대기  TV
    $ request --tel 010-0000-0003 --kind TV
    C-3  호출확정  W-1 김*나 010-****-0101  TV
    $ start C-3
    C-3  작업중  W-1 김*나 010-****-0101  TV
    $ worker suspend W-1 --after-current
    W-1  김*나  010-****-0101  작업  C-3  TV
    $ worker suspend W-1 --abort 사고
    W-1  김*나  010-****-0101  정지  TV
    ! C-3 배정이 해제되었습니다 (호출중)
    $ worker on W-1
    W-1  김*나  010-****-0101  대기  TV
    $ start C-3
    ! error: 호출 C-3은(는) 배정 대기 상태라서 할 수 없습니다 (started)
    ! hint: 먼저 배정하세요: ascall assign C-3 W-1
    = 1
    $ worker break W-1 --abort '급한 일'
    W-1  김*나  010-****-0101  휴식  TV
    $ tail -n 1
    20  00:00:00  kim  W-1 근무 변경 휴식  "급한 일"
    "#);
}

/// Every verb that changes something, as it would be accepted now.
const CHANGES: &[&str] = &[
    "request --tel 010-0000-0003",
    "cancel C-1",
    "amend C-2 --cost 5",
    "priority C-2 high",
    "hold C-2 --until 30m",
    "release C-1",
    "release C-1 --no-show",
    "note C-1 메모",
    "note C-1 --disposition 완료",
    "assign C-2 W-2 --force --reason 급함",
    "reassign C-1 W-2 --force --reason 교대",
    "depart C-1",
    "arrive C-1",
    "start C-1",
    "finish C-1",
    "finish C-1 --disposition 완료",
    "stock receive 마스크 5",
    "member add --name 홍길동 --tel 010-0000-0009",
    "worker add --name 나세나 --tel 010-0000-0103",
    "worker break W-2",
    "worker off W-2",
    "worker suspend W-2",
    "participant stop manage",
    "participant slow manage --fixed 1ms",
    "participant fail manage",
    "breaker open manage --reason 점검",
    "breaker disable manage",
];

#[test]
fn a_dry_run_says_what_would_happen_and_changes_nothing() {
    let desk = desk();
    let before = head(&desk);
    for line in CHANGES {
        let said = ends(&desk, 0, &format!("{line} --dry-run --lang en"));
        assert!(said.contains("what would happen"), "{line}\n{said}");
        assert!(said.lines().count() > 1, "{line} would do nothing\n{said}");
        let json = ends(&desk, 0, &format!("{line} --dry-run -o json"));
        assert!(json.contains("\"event\""), "{line}\n{json}");
        assert_eq!(head(&desk), before, "{line} changed the desk");
    }
    assert_snapshot!(tell(&desk, &["cancel C-1 --dry-run", "cancel C-1 --dry-run -o ndjson"]), @r#"
    $ cancel C-1 --dry-run
    C-1 배정 해제 W-1, 취소
    C-1 알림 해제 → 기사, W-1
    C-1 되돌리는 중 → 호출취소 (취소)
    C-1 알림 취소 → 고객
    C-1 요청 manage 되돌리기 #2
    C-1 응답 manage 되돌리기 승인 (0 ms)
    C-1 종료 호출취소
    ! 실행하면 일어날 일 (아무것도 바뀌지 않았습니다)
    $ cancel C-1 --dry-run -o ndjson
    {"event":"assignment_released","values":{"call":1,"exclude":false,"why":"canceled","worker":1}}
    {"event":"notice_issued","values":{"notice":{"call":1,"rule":4,"seq":11,"to":1,"transport":"inbox"},"worker":1}}
    {"event":"call_unwinding","values":{"call":1,"target":"canceled","why":"canceled"}}
    {"event":"notice_issued","values":{"notice":{"call":1,"rule":14,"seq":11,"to":3,"transport":"inbox"}}}
    {"event":"step_asked","values":{"answer_at":NUMBER,"attempt":2,"call":1,"deadline":NUMBER,"generation":0,"group":1,"op":"undo","step":0}}
    {"event":"step_answered","values":{"attempt":2,"call":1,"group":1,"op":"undo","outcome":"ok","step":0,"took_ms":0}}
    {"event":"call_ended","values":{"call":1,"end":"canceled"}}
    "#);
}

#[test]
fn the_same_key_is_done_once_whatever_the_verb() {
    // The end of a hold is told from now, so that the same words are another request a moment later.
    for line in CHANGES.iter().filter(|line| !line.contains("--until 30m")) {
        let desk = desk();
        ends(&desk, 0, &format!("{line} --key k1"));
        let (before, told) = (head(&desk), desk.ok(&["list", "--all", "-o", "id"]));
        let said = ends(&desk, 0, &format!("{line} --key k1"));
        assert!(said.contains("이미 처리된 요청이라 다시 하지 않았습니다"), "{line}\n{said}");
        assert_eq!(
            (head(&desk), desk.ok(&["list", "--all", "-o", "id"])),
            (before, told),
            "{line}"
        );
    }
}

#[test]
fn what_overrides_a_rule_needs_a_reason() {
    let desk = desk();
    let before = head(&desk);
    for line in [
        "breaker open manage",
        "breaker open manage --reason ''",
        "assign C-2 W-2 --force",
        "reassign C-1 W-2 --force",
        "waive C-1 manage",
    ] {
        let said = ends(&desk, 1, &format!("{line} --lang en"));
        assert!(said.contains("needs a reason") && said.contains("--reason"), "{line}\n{said}");
    }
    assert_eq!(head(&desk), before);
}

#[test]
fn a_dry_run_about_an_ended_call_says_what_the_order_would_get() {
    let desk = desk();
    ends(&desk, 0, "cancel C-2");
    ends(&desk, 0, "finish C-1");
    for line in ["cancel C-2", "note C-1 '끝난 뒤'", "start C-1", "assign C-2 W-1", "cancel C-9"]
    {
        let would = crate::told::run(&desk, &format!("{line} --dry-run --lang en"));
        let is = crate::told::run(&desk, &format!("{line} --lang en"));
        assert_eq!(would.code, is.code, "{line}\n{}{}\n{}", would.out, would.err, is.err);
        if is.code != Some(0) {
            assert_eq!(would.err, is.err, "{line}");
        }
    }
}

#[test]
fn a_change_that_was_meant_for_another_state_of_the_call_is_refused() {
    let desk = desk();
    for line in [
        "cancel C-1 --seen 1",
        "amend C-1 --cost 1 --seen 1",
        "priority C-1 high --seen 1",
        "hold C-1 --until 10m --seen 1",
        "release C-1 --seen 1",
        "note C-1 x --seen 1",
        "reschedule C-1 --at +2h --seen 1",
        "claim C-1 --worker W-2 --seen 1",
        "assign C-1 W-2 --seen 1",
        "reassign C-1 W-2 --seen 1",
        "depart C-1 --seen 1",
        "arrive C-1 --seen 1",
        "start C-1 --seen 1",
        "finish C-1 --seen 1",
        "abort C-1 --reason x --seen 1",
        "settle C-1 --by cash --reason x --seen 1",
        "refund C-1 --reason x --seen 1",
        "rate C-1 5 --seen 1",
        "waive C-1 manage --reason x --seen 1",
        "retry C-1 --seen 1",
    ] {
        let before = head(&desk);
        let said = ends(&desk, 1, &format!("{line} --lang en"));
        assert!(said.contains("call C-1 has moved on"), "{line}\n{said}");
        assert!(said.contains("ascall status C-1"), "{line}\n{said}");
        assert_eq!(head(&desk), before, "{line} changed the desk");
    }
    let seen = desk.json(&["status", "C-1"])["seq"].clone();
    ends(&desk, 0, &format!("note C-1 x --seen {seen}"));
    ends(&desk, 1, &format!("note C-1 y --seen {seen}"));
}

#[test]
fn a_reason_stands_in_the_record() {
    let desk = desk();
    ends(&desk, 0, "cancel C-1 --reason '고객 변심'");
    let tail = desk.ok(&["tail", "-n", "2", "-o", "ndjson"]);
    assert!(tail.contains("\"reason\":\"고객 변심\""), "{tail}");
}
