//! How it looks: the pages that are read, in three sizes and two languages, empty, busy, failing, without a desk, and at
//! another moment.

use super::*;
use crate::tui::text::width;

/// The page after these keys, in each size.
fn looks(town: fn() -> Town, lang: Lang, keys: &str) -> String {
    let mut out = String::new();
    for size in [(120, 40), (80, 24), (40, 12)] {
        let (mut state, town) = before(town(), lang, size);
        go(&mut state, &town, keys);
        out.push_str(&drawn(&mut state, size));
    }
    out
}

/// The screen, without what is empty below the page.
fn drawn(state: &mut State, (columns, rows): (u16, u16)) -> String {
    let text = shown(state, columns, rows);
    assert_eq!(text.lines().count(), usize::from(rows));
    let most = text.lines().map(width).max().unwrap_or(0);
    assert!(most <= usize::from(columns), "{most} columns of {columns}:\n{text}");
    let mut out = format!("{columns}x{rows}\n");
    let mut empty = 0;
    for line in text.lines() {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        // A long gap says no more than a short one.
        if empty < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[test]
fn a_board_that_is_busy() {
    insta::assert_snapshot!(looks(busy, Lang::Ko, ""), @r#"
    120x40
     1 현황  2 기사  3 서비스  4 알림  5 기록  6 프로필  7 재고  8 회원                                   #35 0초 전  14:00
     ✓ 차단기 정상  호출 8  분당 1건  배정 0ms (99% 0ms)  desk.ascall 을 여기서 열어 둠
    ─ 확인 필요 2 ─────────────────────────────────────────────────────────── C-7 호출중 ───────────────────────────────────
     ! C-3  25분  배정 계획이 끝났으나 기사가 없음  [!] ascall assign C-3 W… [내용] 진행 배정 이유 알림 금액 원본
     ! C-7  23분  배정 계획이 끝났으나 기사가 없음  [!] ascall assign C-7 W… 호출       C-7
                                                                             상태       호출중
    ▌ 호출 8 · 상태순 ────────────────────────────────────────────────────── 상태 시각  13:27
     번호    상태          경과 위치             기사       약속       표시  서비스     repair
     C-7     ○ 호출중      33분 동작구 흑석동               ≤23시간    !배…  종류       식기세척기
     C-3     ○ 호출중      35분 서대문구 북아현…            ≤23시간    !배…  위치       동작구 흑석동
     C-6     ○ 호출중      33분 송파구 문정동               ‖14:30           우선순위   긴급
     C-8     ○ 배송준비    15분 중구 을지로동               ≤6일             고객       노* 010-****-0015
     C-9     ○ 택시호출    10초 마포구 공덕동               ?1 10초          접수       13:27
     C-4     ▸ 호출확정    33분 강남구 삼성동    W-3 박*찬                   단계       manage 완료
     C-2     ● 작업중      55분 용산구 한남동 *… W-2 이*리                   확인 필요  배정 계획이 끝났으나 기사가 없음
     C-5     ◷ 방문예약    33분 종로구 청운동    W-4 최*모  ◷17:00
                                                                             13:27:00  접수  ‹kim› "그렇게 정함"
                                                                                       요청  manage 처리 #1
                                                                                       응답  manage 처리 승인 (0 ms)
                                                                                       접수 확정
                                                                                       알림  접수 → 고객
                                                                                       알맞은 기사 없음
                                                                             13:37:00  배정 계획 끝  ‹자동›
                                                                                       확인 필요  A-2 배정 계획이 끝났으나
                                                                                       기사가 없음

     n 새 호출  a 배정  s 시작  f 완료  x 취소  w 이유  enter 자세히  / 검색  : 명령  ? 도움말  [ 과거로  q 끝내기
    80x24
     1 현황  2  3  4  5  6  7  8                                  #35 0초 전  14:00
     ✓ 차단기 정상  호출 8  분당 1건  배정 0ms (99% 0ms)
    ─ 확인 필요 2 ──────────────────────────────────────────────────────────────────
     ! C-3  25분  배정 계획이 끝났으나 기사가 없음  [!] ascall assign C-3 W-…
     ! C-7  23분  배정 계획이 끝났으나 기사가 없음  [!] ascall assign C-7 W-…

    ▌ 호출 8 · 상태순 ──────────────────────────────────────────────────────────────
     번호    상태          경과 위치       종류     기사         약속        표시
     C-7     ○ 호출중      33분 동작구 흑… 식기세…               ≤23시간     !배정…
     C-3     ○ 호출중      35분 서대문구 … 보일러                ≤23시간     !배정…
     C-6     ○ 호출중      33분 송파구 문… 보일러                ‖14:30
     C-8     ○ 배송준비    15분 중구 을지…                       ≤6일
     C-9     ○ 택시호출    10초 마포구 공…                       ?1 10초
     C-4     ▸ 호출확정    33분 강남구 삼… 에어컨   W-3 박*찬
     C-2     ● 작업중      55분 용산구 한… 냉장고   W-2 이*리
     C-5     ◷ 방문예약    33분 종로구 청… 냉장고   W-4 최*모    ◷17:00

     n 새 호출  a 배정  s 시작  f 완료  x 취소  w 이유  enter 자세히  / 검색
    40x12
     1 현황  2  3  4  5  6  7  8 #35 0초 전
     ✓ 차단기 정상  호출 8  분당 1건
    ─ 확인 필요 2 ──────────────────────────
     ! C-3  25분  배정 계획이 끝났으나 기사…
     ! C-7  23분  배정 계획이 끝났으나 기사…
    ▌ 호출 8 · 상태순 ──────────────────────
     번호  상태        경과 위치
     C-7   ○ 호출중    33분 동작구 흑석동
     C-3   ○ 호출중    35분 서대문구 북아…
     C-6   ○ 호출중    33분 송파구 문정동

     n 새 호출  a 배정  s 시작  f 완료
    "#);
}

#[test]
fn a_board_that_fails() {
    insta::assert_snapshot!(looks(failing, Lang::En, ""), @r#"
    120x40
     1 board  2 workers  3 services  4 messages  5 journal  6 profiles  7 stock  8 members               #46 0 s old  14:00
     ✗ manage open: failures in a row  ✗ payment forced open: 카드사 점검 @kim  ‖ delivery slow 400-620 ms  ‖ manage stopped
    ─ needs somebody 2 ────────────────────────────────────────────────────── C-7 open ─────────────────────────────────────
     ! C-3  25 min  the plan is over and nobody has it  [!] ascall assign C… [facts] timeline why messages money raw
     ! C-7  23 min  the plan is over and nobody has it  [!] ascall assign C… call       C-7
                                                                             phase      open
    ▌ calls 13 · by phase ────────────────────────────────────────────────── since      13:27
     id      phase          age place            worker     promise    mar…  service    repair
     C-7     ○ open      33 min 동작구 흑석동               ≤23 h      !th…  kind       식기세척기
     C-3     ○ open      35 min 서대문구 북아현…            ≤23 h      !th…  place      동작구 흑석동
     C-6     ○ open      33 min 송파구 문정동               ‖14:30           priority   urgent
     C-8     ○ open      15 min 중구 을지로동               ≤6 d             customer   노* 010-****-0015
     C-9     ○ open        10 s 마포구 공덕동               ?1 10 s          received   13:27
     C-10    ‖ parked      10 s 성동구 성수동                                steps      manage done
     C-11    ‖ parked      10 s 광진구 자양동                                attention  the plan is over and nobody has it
     C-12    ‖ parked      10 s 은평구 불광동
     C-13    ‖ parked      10 s 강북구 수유동                                13:27:00  received  ‹kim› "그렇게 정함"
     C-14    ‖ parked      10 s 노원구 상계동                                          asked  manage do #1
     C-4     ↶ unwinding   10 s 강남구 삼성동                                          answered  manage do ok (0 ms)
     C-2     ● in servi… 55 min 용산구 한남동 *… W-2 이*리                             opened
     C-5     ◷ scheduled 33 min 종로구 청운동    W-4 최*모  ◷17:00                     notice  opened → customer
                                                                                       nobody found
                                                                             13:37:00  plan exhausted  ‹clock›
                                                                                       attention raised  A-2 the plan is
                                                                                       over and nobody has it

     n new call  a assign  s start  f finish  x cancel  w why  enter open  / filter  : command  ? help  [ earlier  q quit
    80x24
     1 board  2  3  4  5  6  7  8                                #46 0 s old  14:00
     ✗ manage open: failures in a row  ✗ payment forced open: 카드사 점검 @kim
    ─ needs somebody 2 ─────────────────────────────────────────────────────────────
     ! C-3  25 min  the plan is over and nobody has it  [!] ascall assign C-3 W-…
     ! C-7  23 min  the plan is over and nobody has it  [!] ascall assign C-7 W-…

    ▌ calls 13 · by phase ──────────────────────────────────────────────────────────
     id      phase          age place      kind     worker       promise     marks
     C-7     ○ open      33 min 동작구 흑… 식기세…               ≤23 h       !the …
     C-3     ○ open      35 min 서대문구 … 보일러                ≤23 h       !the …
     C-6     ○ open      33 min 송파구 문… 보일러                ‖14:30
     C-8     ○ open      15 min 중구 을지…                       ≤6 d
     C-9     ○ open        10 s 마포구 공…                       ?1 10 s
     C-10    ‖ parked      10 s 성동구 성… 냉장고
     C-11    ‖ parked      10 s 광진구 자… 냉장고
     C-12    ‖ parked      10 s 은평구 불… 냉장고
     C-13    ‖ parked      10 s 강북구 수… 냉장고
     C-14    ‖ parked      10 s 노원구 상… 냉장고
     C-4     ↶ unwinding   10 s 강남구 삼… 에어컨
     C-2     ● in servi… 55 min 용산구 한… 냉장고   W-2 이*리
     C-5     ◷ scheduled 33 min 종로구 청… 냉장고   W-4 최*모    ◷17:00

     n new call  a assign  s start  f finish  x cancel  w why  enter open  ? help
    40x12
     1 board  2  3  4  5  6  7 …#46 0 s old
     ✗ manage open  ✗ payment forced open
    ─ needs somebody 2 ─────────────────────
     ! C-3  25 min  the plan is over and no…
     ! C-7  23 min  the plan is over and no…
    ▌ calls 13 · by phase ──────────────────
     id    phase        age place
     C-7   ○ open    33 min 동작구 흑석동
     C-3   ○ open    35 min 서대문구 북아…
     C-6   ○ open    33 min 송파구 문정동

     n new call  a assign  s start  w why
    "#);
}

#[test]
fn a_board_with_nothing_to_do() {
    insta::assert_snapshot!(looks(empty, Lang::En, ""), @"
    120x40
     1 board  2 workers  3 services  4 messages  5 journal  6 profiles  7 stock  8 members                #6 0 s old  14:00
     ✓ breakers closed  calls 0  0/min  desk.ascall is open here
    ─ needs somebody 0 ──────────────────────────────────────────────────────  ─────────────────────────────────────────────
     ✓ nothing needs you                                                     no call chosen

    ▌ calls 0 · by phase ───────────────────────────────────────────────────
     no live calls; n takes one

     n new call  enter open  / filter  : command  ? help  [ earlier  q quit
    80x24
     1 board  2  3  4  5  6  7  8                                 #6 0 s old  14:00
     ✓ breakers closed  calls 0  0/min  desk.ascall is open here
    ─ needs somebody 0 ─────────────────────────────────────────────────────────────
     ✓ nothing needs you

    ▌ calls 0 · by phase ───────────────────────────────────────────────────────────
     no live calls; n takes one

     n new call  enter open  / filter  : command  ? help  [ earlier  q quit
    40x12
     1 board  2  3  4  5  6  7  …#6 0 s old
     ✓ breakers closed  calls 0  0/min
    ─ needs somebody 0 ─────────────────────
     ✓ nothing needs you

    ▌ calls 0 · by phase ───────────────────
     no live calls; n takes one

     n new call  enter open  / filter
    ");
}

#[test]
fn a_board_of_the_past() {
    insta::assert_snapshot!(looks(busy, Lang::Ko, "[ ["), @r#"
    120x40
     1 현황  2 기사  3 서비스  4 알림  5 기록  6 프로필  7 재고  8 회원                                       #34  13:58:00
     ◀ 과거 13:58:00 의 현황, 읽기 전용 (Esc: 현재로)
    ─ 확인 필요 2 ─────────────────────────────────────────────────────────── C-7 호출중 ───────────────────────────────────
     ! C-3  23분  배정 계획이 끝났으나 기사가 없음  [!] ascall assign C-3 W… [내용] 진행 배정 이유 알림 금액 원본
     ! C-7  21분  배정 계획이 끝났으나 기사가 없음  [!] ascall assign C-7 W… 호출       C-7
                                                                             상태       호출중
    ▌ 호출 7 · 상태순 ────────────────────────────────────────────────────── 상태 시각  13:27
     번호    상태          경과 위치             기사       약속       표시  서비스     repair
     C-7     ○ 호출중      31분 동작구 흑석동               ≤23시간    !배…  종류       식기세척기
     C-3     ○ 호출중      33분 서대문구 북아현…            ≤23시간    !배…  위치       동작구 흑석동
     C-6     ○ 호출중      31분 송파구 문정동               ‖14:30           우선순위   긴급
     C-8     ○ 배송준비    13분 중구 을지로동               ≤6일             고객       노* 010-****-0015
     C-4     ▸ 호출확정    31분 강남구 삼성동    W-3 박*찬                   접수       13:27
     C-2     ● 작업중      53분 용산구 한남동 *… W-2 이*리                   단계       manage 완료
     C-5     ◷ 방문예약    31분 종로구 청운동    W-4 최*모  ◷17:00           확인 필요  배정 계획이 끝났으나 기사가 없음

                                                                             13:27:00  접수  ‹kim› "그렇게 정함"
                                                                                       요청  manage 처리 #1
                                                                                       응답  manage 처리 승인 (0 ms)
                                                                                       접수 확정
                                                                                       알림  접수 → 고객
                                                                                       알맞은 기사 없음
                                                                             13:37:00  배정 계획 끝  ‹자동›
                                                                                       확인 필요  A-2 배정 계획이 끝났으나
                                                                                       기사가 없음

     w 이유  ] 나중으로  enter 자세히  / 검색  : 명령  ? 도움말  [ 과거로  q 끝내기
    80x24
     1 현황  2  3  4  5  6  7  8                                      #34  13:58:00
     ◀ 과거 13:58:00 의 현황, 읽기 전용 (Esc: 현재로)
    ─ 확인 필요 2 ──────────────────────────────────────────────────────────────────
     ! C-3  23분  배정 계획이 끝났으나 기사가 없음  [!] ascall assign C-3 W-…
     ! C-7  21분  배정 계획이 끝났으나 기사가 없음  [!] ascall assign C-7 W-…

    ▌ 호출 7 · 상태순 ──────────────────────────────────────────────────────────────
     번호    상태          경과 위치       종류     기사         약속        표시
     C-7     ○ 호출중      31분 동작구 흑… 식기세…               ≤23시간     !배정…
     C-3     ○ 호출중      33분 서대문구 … 보일러                ≤23시간     !배정…
     C-6     ○ 호출중      31분 송파구 문… 보일러                ‖14:30
     C-8     ○ 배송준비    13분 중구 을지…                       ≤6일
     C-4     ▸ 호출확정    31분 강남구 삼… 에어컨   W-3 박*찬
     C-2     ● 작업중      53분 용산구 한… 냉장고   W-2 이*리
     C-5     ◷ 방문예약    31분 종로구 청… 냉장고   W-4 최*모    ◷17:00

     w 이유  ] 나중으로  enter 자세히  / 검색  : 명령  ? 도움말  [ 과거로
    40x12
     1 현황  2  3  4  5  6  7 #34  13:58:00
     ◀ 과거 13:58:00 의 현황, 읽기 전용 (Es…
    ─ 확인 필요 2 ──────────────────────────
     ! C-3  23분  배정 계획이 끝났으나 기사…
     ! C-7  21분  배정 계획이 끝났으나 기사…
    ▌ 호출 7 · 상태순 ──────────────────────
     번호  상태        경과 위치
     C-7   ○ 호출중    31분 동작구 흑석동
     C-3   ○ 호출중    33분 서대문구 북아…
     C-6   ○ 호출중    31분 송파구 문정동

     w 이유  ] 나중으로  enter 자세히
    "#);
}

#[test]
fn a_board_whose_desk_is_gone() {
    let (mut state, _) = before(busy(), Lang::Ko, (80, 24));
    state.update(Msg::Lost);
    later(&mut state, "2026-11-21T14:00:30+09:00");
    insta::assert_snapshot!(drawn(&mut state, (80, 24)), @"
    80x24
     1 현황  2  3  4  5  6  7  8                                 #35 30초 전  14:00
     ✗ 연결 끊김 30초, 다시 연결하는 중
    ─ 확인 필요 2 ──────────────────────────────────────────────────────────────────
     ! C-3  26분  배정 계획이 끝났으나 기사가 없음  [!] ascall assign C-3 W-…
     ! C-7  24분  배정 계획이 끝났으나 기사가 없음  [!] ascall assign C-7 W-…

    ▌ 호출 8 · 상태순 ──────────────────────────────────────────────────────────────
     번호    상태          경과 위치       종류     기사         약속        표시
     C-7     ○ 호출중      34분 동작구 흑… 식기세…               ≤23시간     !배정…
     C-3     ○ 호출중      36분 서대문구 … 보일러                ≤23시간     !배정…
     C-6     ○ 호출중      34분 송파구 문… 보일러                ‖14:30
     C-8     ○ 배송준비    16분 중구 을지…                       ≤6일
     C-9     ○ 택시호출    40초 마포구 공…                       ?1 0초
     C-4     ▸ 호출확정    34분 강남구 삼… 에어컨   W-3 박*찬
     C-2     ● 작업중      56분 용산구 한… 냉장고   W-2 이*리
     C-5     ◷ 방문예약    34분 종로구 청… 냉장고   W-4 최*모    ◷17:00

     n 새 호출  a 배정  s 시작  f 완료  x 취소  w 이유  enter 자세히  / 검색
    ");
}

#[test]
fn a_call_that_waits() {
    insta::assert_snapshot!(looks(busy, Lang::En, "enter"), @r#"
    120x40
     1 board  2 workers  3 services  4 messages  5 journal  6 profiles  7 stock  8 members               #35 0 s old  14:00
     ✓ breakers closed  calls 8  1/min  assign 0ms (p99 0ms)  desk.ascall is open here
    ▌ C-7 open ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
     [facts] timeline why messages money raw
     call       C-7                                  13:27:00  received  ‹kim› "그렇게 정함"
     phase      open                                           asked  manage do #1
     since      13:27                                          answered  manage do ok (0 ms)
     service    repair                                         opened
     kind       식기세척기                                     notice  opened → customer
     place      동작구 흑석동                                  nobody found
     priority   urgent                               13:37:00  plan exhausted  ‹clock›
     customer   노* 010-****-0015                              attention raised  A-2 the plan is over and nobody has it
     received   13:27
     steps      manage done
     attention  the plan is over and nobody has it

     n new call  a assign  s start  f finish  x cancel  w why  enter open  / filter  : command  ? help  [ earlier  q quit
    80x24
     1  2  3  4  5  6  7  8                                      #35 0 s old  14:00
     ✓ breakers closed  calls 8  1/min  assign 0ms (p99 0ms)
    ▌ C-7 open ─────────────────────────────────────────────────────────────────────
     [facts] timeline why messages money raw
     call       C-7
     phase      open
     since      13:27
     service    repair
     kind       식기세척기
     place      동작구 흑석동
     priority   urgent
     customer   노* 010-****-0015
     received   13:27
     steps      manage done
     attention  the plan is over and nobody has it

     n new call  a assign  s start  f finish  x cancel  w why  enter open  ? help
    40x12
     1  2  3  4  5  6  7  8     #35 0 s old
     ✓ breakers closed  calls 8  1/min
    ▌ C-7 open ─────────────────────────────
     [facts] · · · · ·
     call       C-7
     phase      open
     since      13:27
     service    repair
     kind       식기세척기
     place      동작구 흑석동

     n new call  a assign  s start  w why
    "#);
}

#[test]
fn why_somebody_has_a_call() {
    insta::assert_snapshot!(looks(busy, Lang::Ko, "G k w"), @"
    120x40
     1 현황  2 기사  3 서비스  4 알림  5 기록  6 프로필  7 재고  8 회원                                   #35 0초 전  14:00
     ✓ 차단기 정상  호출 8  분당 1건  배정 0ms (99% 0ms)  desk.ascall 을 여기서 열어 둠
    ▌ C-2 작업중 ───────────────────────────────────────────────────────────────────────────────────────────────────────────
     내용 진행 [배정 이유] 알림 금액 원본
     13:05:00: W-2 선택
     기사  거리   이동  쉰 시간  출발       판정
     W-2   1.1km  6분   5분      기본 위치  선택됨
     W-4   5.4km  20분  5분      기본 위치  적합하나 순위에서 밀림
     살펴본 기사: 적합하나 순위에서 밀림 1, 적합 1 (반경 5.4km)

     n 새 호출  a 배정  s 시작  f 완료  x 취소  w 이유  enter 자세히  / 검색  : 명령  ? 도움말  [ 과거로  q 끝내기
    80x24
     1  2  3  4  5  6  7  8                                       #35 0초 전  14:00
     ✓ 차단기 정상  호출 8  분당 1건  배정 0ms (99% 0ms)
    ▌ C-2 작업중 ───────────────────────────────────────────────────────────────────
     내용 진행 [배정 이유] 알림 금액 원본
     13:05:00: W-2 선택
     기사  거리   이동  쉰 시간  출발       판정
     W-2   1.1km  6분   5분      기본 위치  선택됨
     W-4   5.4km  20분  5분      기본 위치  적합하나 순위에서 밀림
     살펴본 기사: 적합하나 순위에서 밀림 1, 적합 1 (반경 5.4km)

     n 새 호출  a 배정  s 시작  f 완료  x 취소  w 이유  enter 자세히  / 검색
    40x12
     1  2  3  4  5  6  7  8      #35 0초 전
     ✓ 차단기 정상  호출 8  분당 1건
    ▌ C-2 작업중 ───────────────────────────
     내용 진행 [배정 이유] 알림 금액 원본
     13:05:00: W-2 선택
     기사  거리   이동  쉰 시간  출발      …
     W-2   1.1km  6분   5분      기본 위치 …
     W-4   5.4km  20분  5분      기본 위치 …
     살펴본 기사: 적합하나 순위에서 밀림 1,
     적합 1 (반경 5.4km)

     n 새 호출  a 배정  s 시작  f 완료
    ");
}

#[test]
fn messages() {
    insta::assert_snapshot!(looks(busy, Lang::Ko, "4"), @"
    120x40
     1 현황  2 기사  3 서비스  4 알림  5 기록  6 프로필  7 재고  8 회원                                   #35 0초 전  14:00
     ✓ 차단기 정상  호출 8  분당 1건  배정 0ms (99% 0ms)  desk.ascall 을 여기서 열어 둠
    ▌ 알림 3 · 실패·대기 먼저 ──────────────────────────────────────────────────────────────────────────────────────────────
    ✗ 13:50       C-2      기사 W-1      웹훅     실패   C-2: 용산구 한남동 ***, 냉장고
    ◌ 13:50       C-3      고객          문자     보내…  C-3: 아직 찾고 있습니다
    ✓ 13:50       C-1      고객          데스크   전달   C-1: 김*나 수리기사가 배정되었습니다

    ─ C-2 42/1/S-1/webhook ─────────────────────────────────────────────────────────────────────────────────────────────────
     ✗ 13:50:00  기사  웹훅  실패
       C-2: 용산구 한남동 ***, 냉장고
         13:25:00  웹훅  1  실패  HTTP 상태 503
         13:26:00  웹훅  2  실패

     n 새 호출  a 배정  s 시작  f 완료  x 취소  w 이유  r 다시 보내기  enter 자세히  / 검색  : 명령  ? 도움말  [ 과거로
    80x24
     1  2  3  4 알림  5  6  7  8                                  #35 0초 전  14:00
     ✓ 차단기 정상  호출 8  분당 1건  배정 0ms (99% 0ms)
    ▌ 알림 3 · 실패·대기 먼저 ──────────────────────────────────────────────────────
    ✗ 13:50       C-2      기사 W-1      웹훅     실패   C-2: 용산구 한남동 ***, 냉…
    ◌ 13:50       C-3      고객          문자     보내…  C-3: 아직 찾고 있습니다
    ✓ 13:50       C-1      고객          데스크   전달   C-1: 김*나 수리기사가 배정…

    ─ C-2 42/1/S-1/webhook ─────────────────────────────────────────────────────────
     ✗ 13:50:00  기사  웹훅  실패
       C-2: 용산구 한남동 ***, 냉장고
         13:25:00  웹훅  1  실패  HTTP 상태 503
         13:26:00  웹훅  2  실패

     n 새 호출  a 배정  s 시작  f 완료  x 취소  w 이유  r 다시 보내기  / 검색
    40x12
     1  2  3  4 알림  5  6  7  8 #35 0초 전
     ✓ 차단기 정상  호출 8  분당 1건
    ▌ 알림 3 · 실패·대기 먼저 ──────────────
    ✗ C-2    실패   C-2: 용산구 한남동 ***,…
    ◌ C-3    보내…  C-3: 아직 찾고 있습니다
    ✓ C-1    전달   C-1: 김*나 수리기사가 …

     n 새 호출  a 배정  s 시작  f 완료
    ");
    insta::assert_snapshot!(looks(empty, Lang::En, "4"), @"
    120x40
     1 board  2 workers  3 services  4 messages  5 journal  6 profiles  7 stock  8 members                #6 0 s old  14:00
     ✓ breakers closed  calls 0  0/min  desk.ascall is open here
    ▌ messages 3 · undelivered first ───────────────────────────────────────────────────────────────────────────────────────
    ✗ 13:50       C-2      worker W-1    webhook  dead   C-2: 용산구 한남동 ***, 냉장고
    ◌ 13:50       C-3      customer      sms      owed   C-3: 아직 찾고 있습니다
    ✓ 13:50       C-1      customer      inbox    deliv… C-1: 김*나 수리기사가 배정되었습니다

    ─ C-2 42/1/S-1/webhook ─────────────────────────────────────────────────────────────────────────────────────────────────
     ✗ 13:50:00  worker  webhook  dead
       C-2: 용산구 한남동 ***, 냉장고
         13:25:00  웹훅  1  실패  HTTP 상태 503
         13:26:00  웹훅  2  실패

     n new call  w why  r send again  enter open  / filter  : command  ? help  [ earlier  q quit
    80x24
     1  2  3  4 messages  5  6  7  8                              #6 0 s old  14:00
     ✓ breakers closed  calls 0  0/min  desk.ascall is open here
    ▌ messages 3 · undelivered first ───────────────────────────────────────────────
    ✗ 13:50       C-2      worker W-1    webhook  dead   C-2: 용산구 한남동 ***, 냉…
    ◌ 13:50       C-3      customer      sms      owed   C-3: 아직 찾고 있습니다
    ✓ 13:50       C-1      customer      inbox    deliv… C-1: 김*나 수리기사가 배정…

    ─ C-2 42/1/S-1/webhook ─────────────────────────────────────────────────────────
     ✗ 13:50:00  worker  webhook  dead
       C-2: 용산구 한남동 ***, 냉장고
         13:25:00  웹훅  1  실패  HTTP 상태 503
         13:26:00  웹훅  2  실패

     n new call  w why  r send again  enter open  / filter  : command  ? help
    40x12
     1  2  3  4 messages  5  6  …#6 0 s old
     ✓ breakers closed  calls 0  0/min
    ▌ messages 3 · undelivered first ───────
    ✗ C-2    dead   C-2: 용산구 한남동 ***,…
    ◌ C-3    owed   C-3: 아직 찾고 있습니다
    ✓ C-1    deliv… C-1: 김*나 수리기사가 …

     n new call  w why  r send again
    ");
}

#[test]
#[expect(clippy::too_many_lines, reason = "pictures of the screen")]
fn records() {
    insta::assert_snapshot!(looks(failing, Lang::En, "5 enter"), @r#"
    120x40
     1 board  2 workers  3 services  4 messages  5 journal  6 profiles  7 stock  8 members               #46 0 s old  14:00
     ✗ manage open: failures in a row  ✗ payment forced open: 카드사 점검 @kim  ‖ delivery slow 400-620 ms  ‖ manage stopped
    ▌ journal · follows the end ────────────────────────────────────────────────────────────────────────────────────────────
     39       13:59:50  kim         delivery mode set slow 400-620 ms  "그렇게 정함"
     40       13:59:50  kim         manage mode set stopped  "그렇게 정함"
     41       13:59:50  kim         C-4 released W-3, canceled · notice released → worker, W-3 · unwinding → canceled (canc…
     42       13:59:50  kim         C-10 received · asked manage do #1 · answered manage do unavailable: stopped (0 ms) · p…
     43       13:59:50  kim         C-11 received · asked manage do #1 · answered manage do unavailable: stopped (0 ms) · p…
     44       13:59:50  kim         C-12 received · asked manage do #1 · answered manage do unavailable: stopped (0 ms) · p…
     45       13:59:50  kim         C-13 received · asked manage do #1 · answered manage do unavailable: stopped (0 ms) · m…
     46       13:59:50  kim         C-14 received · parked breaker open · notice parked → customer  "그렇게 정함"
    ─ #46 ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────
     {
       "seq": 46,
       "cursor": "0-46",
       "at": "2026-11-21T04:59:50.000Z",
       "by": "kim",
       "key": null,
       "causation": null,
       "reason": "그렇게 정함",
       "events": [
         {
           "call": 14,
           "event": "call_received",
           "kind": "냉장고",
           "lang": "ko",
           "ordinal": 12,
           "priority": 1,
           "profile": 1,
           "reachable": true,
           "spot": {
             "point": {
               "lat_e6": 37672980,
               "lon_e6": 127070330
             }
           },
           "subject": 23,
           "tel": 23

     n new call  a assign  s start  f finish  x cancel  w why  enter open  / filter  : command  ? help  [ earlier  q quit
    80x24
     1  2  3  4  5 journal  6  7  8                              #46 0 s old  14:00
     ✗ manage open: failures in a row  ✗ payment forced open: 카드사 점검 @kim
    ▌ journal · follows the end ────────────────────────────────────────────────────
     43       13:59:50  kim         C-11 received · asked manage do #1 · answered m…
     44       13:59:50  kim         C-12 received · asked manage do #1 · answered m…
     45       13:59:50  kim         C-13 received · asked manage do #1 · answered m…
     46       13:59:50  kim         C-14 received · parked breaker open · notice pa…
    ─ #46 ──────────────────────────────────────────────────────────────────────────
     {
       "seq": 46,
       "cursor": "0-46",
       "at": "2026-11-21T04:59:50.000Z",
       "by": "kim",
       "key": null,
       "causation": null,
       "reason": "그렇게 정함",
       "events": [
         {
           "call": 14,
           "event": "call_received",
           "kind": "냉장고",
           "lang": "ko",

     n new call  a assign  s start  f finish  x cancel  w why  enter open  ? help
    40x12
     1  2  3  4  5 journal  6  …#46 0 s old
     ✗ manage open  ✗ payment forced open
    ▌ journal · follows the end ────────────
     46 C-14 received · parked breaker open…
    ─ #46 ──────────────────────────────────
     {
       "seq": 46,
       "cursor": "0-46",
       "at": "2026-11-21T04:59:50.000Z",
       "by": "kim",

     n new call  a assign  s start  w why
    "#);
    insta::assert_snapshot!(looks(busy, Lang::Ko, "5 [ ["), @r#"
    120x40
     1 현황  2 기사  3 서비스  4 알림  5 기록  6 프로필  7 재고  8 회원                                       #34  13:58:00
     ◀ 과거 13:58:00 의 현황, 읽기 전용 (Esc: 현재로)
    ▌ 기록 · 끝을 따라감 ───────────────────────────────────────────────────────────────────────────────────────────────────
     1        13:00:00  자동        데스크 시작
     2        13:00:00  kim         T-1 참여자 설정 manage · 프로필 적용 repair  "그렇게 정함"
     3        13:00:00  kim         프로필 적용 driver  "그렇게 정함"
     4        13:00:00  kim         T-2 참여자 설정 payment · 프로필 적용 tutoring  "그렇게 정함"
     5        13:00:00  kim         프로필 적용 taxi  "그렇게 정함"
     6        13:00:00  kim         T-3 참여자 설정 delivery · T-4 참여자 설정 stock · 프로필 적용 shop  "그렇게 정함"
     7        13:00:00  kim         기사 등록 W-1  "그렇게 정함"
     8        13:00:00  kim         기사 등록 W-2  "그렇게 정함"
     9        13:00:00  kim         기사 등록 W-3  "그렇게 정함"
     10       13:00:00  kim         기사 등록 W-4  "그렇게 정함"
     11       13:00:00  kim         기사 등록 W-5  "그렇게 정함"
     12       13:00:00  kim         기사 등록 W-6  "그렇게 정함"
     13       13:00:00  kim         기사 등록 W-7  "그렇게 정함"
     14       13:00:00  kim         기사 등록 W-8  "그렇게 정함"
     15       13:00:00  kim         W-8 근무 변경 퇴근  "그렇게 정함"
     16       13:05:00  kim         재고 마스크 입고 100  "그렇게 정함"
     17       13:05:00  kim         재고 손소독제 입고 8  "그렇게 정함"
     18       13:05:00  kim         재고 마스크 폐기 3  "그렇게 정함"
     19       13:05:00  kim         C-1 접수 · 요청 manage 처리 #1 · 응답 manage 처리 승인 (0 ms) · 접수 확정 · 알림 접수 →…
     20       13:05:00  kim         C-1 작업 시작 W-1 · 알림 작업 시작 → 고객, W-1  "그렇게 정함"
     21       13:05:00  kim         C-2 접수 · 요청 manage 처리 #1 · 응답 manage 처리 승인 (0 ms) · 접수 확정 · 알림 접수 →…
     22       13:05:00  kim         C-2 작업 시작 W-2 · 알림 작업 시작 → 고객, W-2  "그렇게 정함"
     23       13:25:00  kim         C-1 작업 종료 W-1, 완료 · 완료 · 알림 완료 → 고객, W-1  "그렇게 정함"
     24       13:25:00  kim         C-3 접수 · 요청 manage 처리 #1 · 응답 manage 처리 승인 (0 ms) · 접수 확정 · 알림 접수 →…
     25       13:27:00  kim         C-4 접수 · 요청 manage 처리 #1 · 응답 manage 처리 승인 (0 ms) · 접수 확정 · 알림 접수 →…
     26       13:27:00  kim         C-5 접수 17:00 · 요청 manage 처리 #1 · 응답 manage 처리 승인 (0 ms) · 접수 확정 · 알림 …
     27       13:27:00  kim         C-5 예약 W-4 (직접), 17:00 · 알림 방문 예약 → 고객, W-4 · 알림 방문 예약 → 기사, W-4  "…
     28       13:27:00  kim         C-6 접수 · 요청 manage 처리 #1 · 응답 manage 처리 승인 (0 ms) · 접수 확정 · 알림 접수 →…
     29       13:27:00  kim         C-6 보류 14:30  "그렇게 정함"
     30       13:27:00  kim         C-7 접수 · 요청 manage 처리 #1 · 응답 manage 처리 승인 (0 ms) · 접수 확정 · 알림 접수 →…
     31       13:35:00  자동        C-3 배정 계획 끝 · 확인 필요 A-1 배정 계획이 끝났으나 기사가 없음
     32       13:37:00  자동        C-7 배정 계획 끝 · 확인 필요 A-2 배정 계획이 끝났으나 기사가 없음
     33       13:45:00  kim         C-8 접수 · 요청 delivery 처리 #1 · 응답 delivery 처리 승인 (0 ms) · 접수 확정 · 알림 접…
     34       13:45:00  kim         회원 등록 M-1  "그렇게 정함"

     ] 나중으로  enter 자세히  / 검색  : 명령  ? 도움말  [ 과거로  q 끝내기
    80x24
     1  2  3  4  5 기록  6  7  8                                      #34  13:58:00
     ◀ 과거 13:58:00 의 현황, 읽기 전용 (Esc: 현재로)
    ▌ 기록 · 끝을 따라감 ───────────────────────────────────────────────────────────
     16       13:05:00  kim         재고 마스크 입고 100  "그렇게 정함"
     17       13:05:00  kim         재고 손소독제 입고 8  "그렇게 정함"
     18       13:05:00  kim         재고 마스크 폐기 3  "그렇게 정함"
     19       13:05:00  kim         C-1 접수 · 요청 manage 처리 #1 · 응답 manage 처…
     20       13:05:00  kim         C-1 작업 시작 W-1 · 알림 작업 시작 → 고객, W-1 …
     21       13:05:00  kim         C-2 접수 · 요청 manage 처리 #1 · 응답 manage 처…
     22       13:05:00  kim         C-2 작업 시작 W-2 · 알림 작업 시작 → 고객, W-2 …
     23       13:25:00  kim         C-1 작업 종료 W-1, 완료 · 완료 · 알림 완료 → 고…
     24       13:25:00  kim         C-3 접수 · 요청 manage 처리 #1 · 응답 manage 처…
     25       13:27:00  kim         C-4 접수 · 요청 manage 처리 #1 · 응답 manage 처…
     26       13:27:00  kim         C-5 접수 17:00 · 요청 manage 처리 #1 · 응답 man…
     27       13:27:00  kim         C-5 예약 W-4 (직접), 17:00 · 알림 방문 예약 → …
     28       13:27:00  kim         C-6 접수 · 요청 manage 처리 #1 · 응답 manage 처…
     29       13:27:00  kim         C-6 보류 14:30  "그렇게 정함"
     30       13:27:00  kim         C-7 접수 · 요청 manage 처리 #1 · 응답 manage 처…
     31       13:35:00  자동        C-3 배정 계획 끝 · 확인 필요 A-1 배정 계획이 끝…
     32       13:37:00  자동        C-7 배정 계획 끝 · 확인 필요 A-2 배정 계획이 끝…
     33       13:45:00  kim         C-8 접수 · 요청 delivery 처리 #1 · 응답 deliver…
     34       13:45:00  kim         회원 등록 M-1  "그렇게 정함"

     ] 나중으로  enter 자세히  / 검색  : 명령  ? 도움말  [ 과거로  q 끝내기
    40x12
     1  2  3  4  5 기록  6  7 #34  13:58:00
     ◀ 과거 13:58:00 의 현황, 읽기 전용 (Es…
    ▌ 기록 · 끝을 따라감 ───────────────────
     28 C-6 접수 · 요청 manage 처리 #1 · 응…
     29 C-6 보류 14:30
     30 C-7 접수 · 요청 manage 처리 #1 · 응…
     31 C-3 배정 계획 끝 · 확인 필요 A-1 배…
     32 C-7 배정 계획 끝 · 확인 필요 A-2 배…
     33 C-8 접수 · 요청 delivery 처리 #1 · …
     34 회원 등록 M-1

     ] 나중으로  enter 자세히  / 검색
    "#);
}
